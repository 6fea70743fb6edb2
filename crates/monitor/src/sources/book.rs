//! The entries of a ledger, kept in few bytes, and what they come to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Entry, EvidenceRules, Origins, Scorecard, Source, SourceScore, SourceTable, Stage, Subject,
    Times, day_number, day_of,
};

use super::said::{How, Said, bearing, is_deniable, of_stage, passage};
use super::{copies, factors, graph, next, record};

/// Takes the entries of a ledger in order, and says what they come to.
#[derive(Debug)]
pub struct SourceBook<'a> {
    times: Times,
    rules: &'a EvidenceRules,
    rows: BTreeMap<&'a str, &'a Source>,
    origins: Origins,
    pub(super) sources: Named<String>,
    pub(super) facilities: Named<Subject>,
    pub(super) identities: Named<BTreeSet<String>>,
    /// What known entries say, in their order.
    pub(super) said: Vec<Said>,
    /// What entries say of stages that others say, by denying those.
    pub(super) denied: Vec<Said>,
    /// Known entries with those that they take out of count.
    withdrawing: Vec<(u64, Vec<u64>)>,
    /// Known independent entries with those that they deny.
    denying: Vec<(u64, Vec<u64>)>,
    pub(super) chains: graph::Chains,
}

/// Numbers things in the order in which they come.
#[derive(Debug)]
pub(super) struct Named<T> {
    places: HashMap<T, u32>,
    pub(super) all: Vec<T>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { places: HashMap::new(), all: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Named<T> {
    pub(super) fn number(&mut self, thing: &T) -> u32 {
        if let Some(place) = self.places.get(thing) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.places.insert(thing.clone(), place);
        self.all.push(thing.clone());
        place
    }

    pub(super) fn find(&self, thing: &T) -> Option<u32> {
        self.places.get(thing).copied()
    }
}

impl<'a> SourceBook<'a> {
    /// Begins one as of a pair of times, by the rules and the sources table of a programme.
    #[must_use]
    pub fn new(times: Times, rules: &'a EvidenceRules, sources: &'a [Source]) -> Self {
        Self {
            times,
            rules,
            rows: sources.iter().map(|source| (source.id.as_str(), source)).collect(),
            origins: Origins::of(sources),
            sources: Named::default(),
            facilities: Named::default(),
            identities: Named::default(),
            said: Vec::new(),
            denied: Vec::new(),
            withdrawing: Vec::new(),
            denying: Vec::new(),
            chains: graph::Chains::new(sources),
        }
    }

    /// Takes the next entry; those that were not known at the times are left out.
    pub fn take(&mut self, entry: &Entry) {
        let draft = &entry.draft;
        let late = self.times.recorded_by.is_some_and(|until| entry.recorded_at > until);
        if draft.published.day > self.times.known_by || late {
            return;
        }
        let (withdraws, denies) = bearing(draft);
        if !withdraws.is_empty() {
            self.withdrawing.push((entry.number, withdraws));
        }
        if !denies.is_empty() {
            self.denying.push((entry.number, denies));
        }
        let texts = &draft.texts;
        let identities = self.origins.identities(&texts.source, &texts.attribution);
        let (of, how) = match of_stage(draft, self.rules) {
            Some((stage, how)) => {
                // What the programme sees of itself verifies nothing, whoever carries it.
                let theirs = how == How::Seen && self.origins.of_programme(&identities);
                let how = if theirs { How::SeenPoorly } else { how };
                (Some((self.facilities.number(&draft.subject), stage)), how)
            }
            None => (None, How::Nothing),
        };
        self.said.push(Said {
            number: entry.number,
            source: self.sources.number(&texts.source),
            origin: self.identities.number(&identities),
            day: draft.day().map_or(i32::MAX, day_number),
            published: day_number(draft.published.day),
            of,
            how,
            deniable: is_deniable(draft),
            carried: self.is_carried(&texts.source, &texts.attribution),
            passage: texts.quote.as_ref().and_then(|quote| passage(&quote.text)),
        });
        self.chains.take(&texts.source, &texts.attribution);
    }

    /// Returns whether an entry comes from somebody else than its source.
    fn is_carried(&self, source: &str, chain: &[String]) -> bool {
        let row = self.rows.get(source);
        match chain.first() {
            Some(first) => first != source && row.is_none_or(|row| row.name != *first),
            None => row.is_some_and(|row| !row.carries.is_empty()),
        }
    }

    /// Returns what the entries come to. `card` is the scorecard of the same ledger, times and rules; `stage` that of which
    /// factors and next looks speak.
    #[must_use]
    pub fn finish(mut self, card: &Scorecard, programme: &Programme, stage: Stage) -> SourceTable {
        let withdrawn = self.withdrawn();
        self.denied = self.denied();
        let as_of = day_number(self.times.as_of);
        let gone: Vec<Said> =
            self.said.iter().filter(|said| withdrawn.contains(&said.number)).cloned().collect();
        let counts = |said: &Said| !withdrawn.contains(&said.number) && said.day <= as_of;
        self.said.retain(counts);
        self.denied.retain(counts);
        let records = record::records(&self);
        let mut ids: BTreeSet<&str> = self.rows.keys().copied().collect();
        ids.extend(self.sources.all.iter().map(String::as_str));
        let mut sources: Vec<SourceScore> = ids.into_iter().map(|id| self.blank(id)).collect();
        let places: HashMap<String, usize> =
            sources.iter().enumerate().map(|(at, score)| (score.id.clone(), at)).collect();
        let place = |source: u32| places[&self.sources.all[source as usize]];
        for said in &self.said {
            heard(&mut sources[place(said.source)], said);
        }
        for said in &gone {
            sources[place(said.source)].withdrawn += 1;
        }
        for (source, (all, stages)) in records {
            let score = &mut sources[place(source)];
            (score.record, score.stages) = (all, stages);
            score.proposed = record::proposed(&all, score.grade);
        }
        let looked = factors::looked(&self, card, stage);
        SourceTable {
            programme: card.programme.clone(),
            times: self.times,
            root: card.root.clone(),
            rules: self.rules.clone(),
            sources,
            carried: self.chains.edges(),
            copies: copies::copies(&self),
            factors: factors::factors(&self, card, programme, stage, &looked),
            next: next::next_inspections(card, programme, stage, &looked),
        }
    }

    fn blank(&self, id: &str) -> SourceScore {
        let row = self.rows.get(id).copied();
        let text = |of: fn(&Source) -> &String| row.map(of).cloned().unwrap_or_default();
        SourceScore {
            id: id.to_owned(),
            name: text(|row| &row.name),
            behind: text(|row| &row.behind),
            listed: row.is_some(),
            independent: row.is_some_and(|row| row.independent),
            grade: row.and_then(|row| row.grade),
            reason: text(|row| &row.reason),
            identities: self.origins.identities(id, &[]).into_iter().collect(),
            entries: 0,
            carried_entries: 0,
            withdrawn: 0,
            first_heard: None,
            last_heard: None,
            record: groundwork_model::evidence::TrackRecord::default(),
            stages: Vec::new(),
            proposed: None,
        }
    }

    /// Returns the entries that count no more; the newest first: one that was itself taken back takes nothing back.
    fn withdrawn(&self) -> BTreeSet<u64> {
        let mut withdrawn = BTreeSet::new();
        for (number, others) in self.withdrawing.iter().rev() {
            if !withdrawn.contains(number) {
                withdrawn.extend(others.iter().copied());
            }
        }
        withdrawn
    }

    /// Returns what entries say that deny others: of each of those, that its stage was not reached.
    fn denied(&self) -> Vec<Said> {
        let find = |number: u64| {
            self.said
                .binary_search_by_key(&number, |said| said.number)
                .ok()
                .map(|at| &self.said[at])
        };
        let mut denied = Vec::new();
        for (number, others) in &self.denying {
            let Some(denier) = find(*number) else { continue };
            for target in others.iter().filter_map(|other| find(*other)) {
                let states = matches!(target.how, How::Claim | How::Seen | How::SeenPoorly);
                if target.deniable && states {
                    denied.push(Said { of: target.of, how: How::Denied, ..denier.clone() });
                }
            }
        }
        denied
    }

    /// Returns the looks at facilities: what was seen, and what was denied, also by denying another entry.
    pub(super) fn looks(&self) -> impl Iterator<Item = ((u32, Stage), &Said)> {
        let all = self.said.iter().chain(&self.denied);
        all.filter(|said| matches!(said.how, How::Seen | How::Denied))
            .filter_map(|said| Some((said.of?, said)))
    }

    /// Returns whether two sets of who may have looked have nobody in common.
    pub(super) fn apart(&self, one: u32, other: u32) -> bool {
        let set = |place: u32| &self.identities.all[place as usize];
        set(one).is_disjoint(set(other))
    }
}

fn heard(score: &mut SourceScore, said: &Said) {
    let day = day_of(said.published);
    score.entries += 1;
    score.carried_entries += u64::from(said.carried);
    score.first_heard = Some(score.first_heard.map_or(day, |first| first.min(day)));
    score.last_heard = Some(score.last_heard.map_or(day, |last| last.max(day)));
}
