//! What the entries come to as of a pair of times.
//!
//! One pass over the facts, in their order; what is kept grows with facilities and totals, not with history. The
//! entries that relate to others come first: they say which entries count no more, which are denied, which have ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groundwork_model::evidence::{
    EvidenceRules, FacilityState, Mark, Origins, RelationKind, Root, Scope, Snapshot, Stage,
    StageState, Subject, Times, Total, TotalKind, Voice, day_number, day_of,
};

use crate::error::{LedgerError, Result};
use crate::fact::{Fact, NONE_DAY, What, chain_of_name, mark_of_source, mark_of_subject, names_of};
use crate::ledger::Ledger;
use crate::sound::{index_damaged, sound_root, unreadable};
use crate::store::{Reader, Store};

impl<S: Store> Ledger<S> {
    /// Returns what the entries come to that count as of `times`, by `rules`.
    ///
    /// The cost grows with the number of entries, memory with that of facilities. Every fact is held against its
    /// checksums, and their number against the last entry, so that a damaged file gives an error and no other figures.
    ///
    /// # Errors
    ///
    /// Where the store fails, or the index or the last entry is damaged.
    pub fn snapshot(&mut self, times: Times, rules: &EvidenceRules) -> Result<Snapshot> {
        let mut snapshot = None;
        let origins = self.origins.clone();
        self.store().read(&mut |reader| {
            let root = sound_root(reader)?;
            let ties = Ties::read(reader, &times)?;
            let subjects = reader.subjects()?;
            let sources = reader.sources()?;
            let mut census = Census::new(&subjects, &sources);
            let looked = Looked::new(&sources, &origins);
            let mut pass = Pass::new(&times, rules, subjects, looked);
            reader.facts(false, &mut |number, bytes| {
                let fact = Fact::from_bytes(bytes).ok_or_else(|| unreadable(number))?;
                census.take(number, &fact)?;
                pass.take(number, &fact, &ties);
                Ok(())
            })?;
            census.finish(root.entries, ties.bearing)?;
            snapshot = Some(Snapshot { root, ..pass.finish(&ties) });
            Ok(())
        })?;
        snapshot.ok_or_else(|| LedgerError::Store("the ledger cannot be read".to_owned()))
    }
}

/// Says whether an entry was known at the times that are asked for.
pub(crate) fn known(fact: &Fact, times: &Times) -> bool {
    fact.published <= day_number(times.known_by)
        && times.recorded_by.is_none_or(|until| fact.recorded_at <= until)
}

/// Counts the facts of one pass: that there is one of each entry, in order, that each speaks of the subject and source
/// that it was made for, and that those that bear on others are those that were read before.
pub(crate) struct Census {
    subjects: Vec<u32>,
    sources: Vec<u32>,
    last: u64,
    bearing: Bearing,
}

/// Is how many facts bear on others, and the sum of their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bearing {
    count: u64,
    sum: u64,
}

impl Bearing {
    const fn take(&mut self, number: u64) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(number);
    }
}

impl Census {
    pub(crate) fn new(subjects: &[Subject], sources: &[String]) -> Self {
        Self {
            subjects: subjects.iter().map(mark_of_subject).collect(),
            sources: sources.iter().map(|source| mark_of_source(source)).collect(),
            last: 0,
            bearing: Bearing::default(),
        }
    }

    pub(crate) fn take(&mut self, number: u64, fact: &Fact) -> Result<()> {
        let mark =
            |marks: &[u32], number: u32| marks.get((number as usize).checked_sub(1)?).copied();
        let of = |number: u32| if number == 0 { Some(0) } else { mark(&self.sources, number) };
        let names = mark(&self.subjects, fact.subject).zip(of(fact.source)).zip(of(fact.chain));
        let named = names.is_some_and(|((subject, source), chain)| {
            names_of(subject, source, chain) == fact.names
        });
        if !named || number != self.last.saturating_add(1) {
            return Err(index_damaged(number));
        }
        self.last = number;
        if fact.bears_on_others() {
            self.bearing.take(number);
        }
        Ok(())
    }

    pub(crate) fn finish(&self, entries: u64, bearing: Bearing) -> Result<()> {
        if self.last == entries && self.bearing == bearing {
            return Ok(());
        }
        Err(index_damaged(self.last.min(entries)))
    }
}

/// Holds what known entries say of other entries.
#[derive(Default)]
pub(crate) struct Ties {
    /// All that bear on others, known or not.
    pub(crate) bearing: Bearing,
    /// Entries that count no more: corrected or taken back.
    pub(crate) withdrawn: BTreeSet<u64>,
    /// Day from which an entry holds no more.
    pub(crate) ended: BTreeMap<u64, i32>,
    /// Last denial of the stage that an entry states, by subject and stage.
    denials: BTreeMap<(u32, Stage), (i32, u64)>,
}

impl Ties {
    pub(crate) fn read(reader: &mut dyn Reader, times: &Times) -> Result<Self> {
        let mut relating = Vec::new();
        let mut ties = Self::default();
        reader.facts(true, &mut |number, bytes| {
            let fact = Fact::from_bytes(bytes).ok_or_else(|| unreadable(number))?;
            ties.bearing.take(number);
            if known(&fact, times) {
                relating.push((number, fact));
            }
            Ok(())
        })?;
        let mut denied = Vec::new();
        // The newest first: one that was itself taken back takes nothing back.
        for (number, fact) in relating.into_iter().rev() {
            if ties.withdrawn.contains(&number) {
                continue;
            }
            if let (true, Voice::Independent, Some(stage)) =
                (fact.denies_stage(), fact.voice, fact.stage)
            {
                ties.deny(fact.subject, stage, fact.day(), number, times);
            }
            for (how, entry) in &fact.relations {
                match how {
                    RelationKind::Corrects | RelationKind::Retracts => {
                        ties.withdrawn.insert(*entry);
                    }
                    RelationKind::Expires => {
                        let end = ties.ended.entry(*entry).or_insert(i32::MAX);
                        *end = fact.day().min(*end);
                    }
                    RelationKind::Denies if fact.voice == Voice::Independent => {
                        denied.push((number, fact.day(), *entry));
                    }
                    _ => {}
                }
            }
        }
        for (number, day, entry) in denied {
            let bytes = reader.fact(entry)?.unwrap_or_default();
            let target = Fact::from_bytes(&bytes).ok_or_else(|| unreadable(entry))?;
            if let (What::Stage | What::Inspection | What::Count, Some(stage), true) =
                (target.what, target.stage, target.shows_stage())
            {
                ties.deny(target.subject, stage, day, number, times);
            }
        }
        Ok(ties)
    }

    /// Keeps the last denial up to the day that is asked for; of one day that of the later entry.
    fn deny(&mut self, subject: u32, stage: Stage, day: i32, number: u64, times: &Times) {
        if day > day_number(times.as_of) {
            return;
        }
        let last = self.denials.entry((subject, stage)).or_insert((day, number));
        *last = (day, number).max(*last);
    }
}

/// Knows of each source and chain of attribution who may have looked: identities, as numbers, and whether any of them
/// speaks for those who run the programme.
struct Looked {
    of: Vec<BTreeSet<u32>>,
    programme: Vec<bool>,
}

impl Looked {
    fn new(sources: &[String], origins: &Origins) -> Self {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut number = |identity: String| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(identity).or_insert(next)
        };
        let named = |name: &str| match chain_of_name(name) {
            Some(chain) => origins.identities("", &chain),
            None => origins.identities(name, &[]),
        };
        // Those that name no source are of one, of which nobody knows.
        let nobody = origins.identities("", &[]);
        let all = std::iter::once(nobody).chain(sources.iter().map(|name| named(name)));
        let all: Vec<BTreeSet<String>> = all.collect();
        let programme = all.iter().map(|found| origins.of_programme(found)).collect();
        let of = all.into_iter().map(|found| found.into_iter().map(&mut number).collect());
        Self { of: of.collect(), programme }
    }

    /// Keeps of sights, the earliest first, those that can come from nobody who was counted before, nor from those who run
    /// the programme.
    fn keep_origins(&self, sights: &mut Vec<(u32, i32, u64)>) {
        let theirs = |who: u32| self.programme.get(who as usize).copied().unwrap_or_default();
        sights.retain(|(who, ..)| !theirs(*who));
        if sights.len() < 2 {
            return;
        }
        let mut counted: BTreeSet<u32> = BTreeSet::new();
        sights.retain(|(who, ..)| {
            let Some(identities) = self.of.get(*who as usize) else { return true };
            let fresh = identities.is_disjoint(&counted);
            counted.extend(identities);
            fresh
        });
    }
}

/// Is the state of one pass over the facts.
struct Pass<'a> {
    times: &'a Times,
    as_of: i32,
    rules: &'a EvidenceRules,
    subjects: Vec<Arc<Subject>>,
    looked: Looked,
    /// Place in `facilities` of each subject, from 1 on; 0 where there is none yet.
    places: Vec<u32>,
    facilities: Vec<Gathered>,
    totals: Vec<Total>,
    dates: Vec<u64>,
    last_published: i32,
    counted: u64,
    withdrawn: u64,
}

/// Is what was gathered of one facility.
struct Gathered {
    subject: u32,
    last_heard: i32,
    entries: u64,
    stages: Vec<Seen>,
}

/// Is what was gathered of one stage of a facility. Each pair is a day and the number of an entry.
struct Seen {
    stage: Stage,
    claimed: Option<(i32, u64)>,
    /// The first sight by each independent source or chain of attribution, at the least grade or better and after the last
    /// denial.
    sights: Vec<(u32, i32, u64)>,
    latest: i32,
    /// The last inspection that says whether it was ready.
    ready: Option<(i32, u64, bool)>,
    /// The deadline that was published last.
    deadline: Option<(i32, u64, i32)>,
}

impl<'a> Pass<'a> {
    fn new(
        times: &'a Times,
        rules: &'a EvidenceRules,
        subjects: Vec<Subject>,
        looked: Looked,
    ) -> Self {
        Self {
            times,
            looked,
            as_of: day_number(times.as_of),
            rules,
            places: vec![0; subjects.len()],
            subjects: subjects.into_iter().map(Arc::new).collect(),
            facilities: Vec::new(),
            totals: Vec::new(),
            dates: Vec::new(),
            last_published: NONE_DAY,
            counted: 0,
            withdrawn: 0,
        }
    }

    fn take(&mut self, number: u64, fact: &Fact, ties: &Ties) {
        if fact.day() > self.as_of || !known(fact, self.times) {
            return;
        }
        if ties.withdrawn.contains(&number) {
            self.withdrawn += 1;
            return;
        }
        self.counted += 1;
        self.last_published = self.last_published.max(fact.published);
        let Some(scope) = self.subject(fact).map(|subject| subject.scope) else { return };
        if scope == Scope::Facility {
            self.facility(number, fact, ties);
        }
        match fact.what {
            What::Count | What::Target | What::Deadline => self.total(number, fact, ties),
            What::MilestoneDate | What::PlanCycle => self.dates.push(number),
            _ => {}
        }
    }

    fn subject(&self, fact: &Fact) -> Option<&Arc<Subject>> {
        self.subjects.get((fact.subject as usize).checked_sub(1)?)
    }

    fn facility(&mut self, number: u64, fact: &Fact, ties: &Ties) {
        let place = &mut self.places[fact.subject as usize - 1];
        if *place == 0 {
            self.facilities.push(Gathered {
                subject: fact.subject,
                last_heard: fact.published,
                entries: 0,
                stages: Vec::new(),
            });
            *place = u32::try_from(self.facilities.len()).unwrap_or(u32::MAX);
        }
        let facility = &mut self.facilities[*place as usize - 1];
        facility.last_heard = facility.last_heard.max(fact.published);
        facility.entries += 1;
        let Some(stage) = fact.stage else { return };
        if fact.what != What::Deadline && !fact.shows_stage() {
            return;
        }
        let denied = ties.denials.get(&(fact.subject, stage)).copied();
        facility.seen(stage).take(number, fact, denied, self.rules);
    }

    fn total(&mut self, number: u64, fact: &Fact, ties: &Ties) {
        let (Some(stage), Some(subject)) = (fact.stage, self.subject(fact)) else { return };
        let (what, day) = match fact.what {
            What::Target => (TotalKind::Target, fact.latest),
            What::Deadline => (TotalKind::Deadline, fact.latest),
            _ => (TotalKind::Count, fact.surely_by()),
        };
        let ended = ties.ended.get(&number).filter(|day| **day <= self.as_of);
        let total = Total {
            entry: number,
            subject: Arc::clone(subject),
            what,
            stage,
            unit: fact.unit,
            number: fact.number.and_then(|number| u64::try_from(number).ok()),
            bound: fact.bound,
            day: (day != NONE_DAY).then(|| day_of(day)),
            published: day_of(fact.published),
            ended: ended.map(|day| day_of(*day)),
            voice: fact.voice,
            source: fact.source,
        };
        self.totals.push(total);
    }

    fn finish(mut self, ties: &Ties) -> Snapshot {
        // What was only denied is shown as well.
        for (subject, stage) in ties.denials.keys() {
            let place = (*subject as usize).checked_sub(1).and_then(|at| self.places.get(at));
            if let Some(at) = place.and_then(|place| (*place as usize).checked_sub(1)) {
                self.facilities[at].seen(*stage);
            }
        }
        let origins = self.rules.origins;
        let facilities = self.facilities.into_iter().map(|facility| {
            let mut stages = facility.stages;
            stages.sort_by_key(|seen| seen.stage);
            let of = |seen: Seen| {
                let denied = ties.denials.get(&(facility.subject, seen.stage));
                seen.finish(denied.copied(), origins, &self.looked)
            };
            FacilityState {
                subject: Arc::clone(&self.subjects[facility.subject as usize - 1]),
                stages: stages.into_iter().map(of).collect(),
                last_heard: day_of(facility.last_heard),
                entries: facility.entries,
            }
        });
        Snapshot {
            times: *self.times,
            root: Root::default(),
            rules: self.rules.clone(),
            facilities: facilities.collect(),
            totals: self.totals,
            dates: self.dates,
            last_published: (self.last_published != NONE_DAY).then(|| day_of(self.last_published)),
            counted: self.counted,
            withdrawn: self.withdrawn,
        }
    }
}

impl Gathered {
    fn seen(&mut self, stage: Stage) -> &mut Seen {
        let at = self.stages.iter().position(|seen| seen.stage == stage);
        let at = at.unwrap_or_else(|| {
            self.stages.push(Seen {
                stage,
                claimed: None,
                sights: Vec::new(),
                latest: i32::MIN,
                ready: None,
                deadline: None,
            });
            self.stages.len() - 1
        });
        &mut self.stages[at]
    }
}

impl Seen {
    fn take(
        &mut self,
        number: u64,
        fact: &Fact,
        denied: Option<(i32, u64)>,
        rules: &EvidenceRules,
    ) {
        if fact.what == What::Deadline {
            let known =
                self.deadline.map_or((i32::MIN, 0), |(published, entry, _)| (published, entry));
            if known < (fact.published, number) {
                self.deadline = Some((fact.published, number, fact.latest));
            }
            return;
        }
        let mark = (fact.surely_by(), number);
        self.latest = self.latest.max(mark.0);
        if let (What::Inspection, Some(ready)) = (fact.what, fact.holds) {
            let last = self.ready.map_or((i32::MIN, 0), |(day, entry, _)| (day, entry));
            if last < mark {
                self.ready = Some((mark.0, number, ready));
            }
        }
        if fact.voice != Voice::Independent {
            self.claimed = Some(self.claimed.map_or(mark, |first| first.min(mark)));
        } else if fact.grade.is_some_and(|grade| grade.reaches(rules.least_grade))
            && denied.is_none_or(|denied| denied < mark)
        {
            // Who an entry is attributed to, or else who publishes it.
            let who = if fact.chain == 0 { fact.source } else { fact.chain };
            match self.sights.iter_mut().find(|(known, ..)| *known == who) {
                Some(sight) => (sight.1, sight.2) = (sight.1, sight.2).min(mark),
                None => self.sights.push((who, mark.0, number)),
            }
        }
    }

    fn finish(mut self, denied: Option<(i32, u64)>, origins: u32, looked: &Looked) -> StageState {
        let mark = |(day, entry): (i32, u64)| Mark { day: day_of(day), entry };
        self.sights.sort_by_key(|(_, day, entry)| (*day, *entry));
        looked.keep_origins(&mut self.sights);
        let needed = (origins.max(1) - 1) as usize;
        let verified = self.sights.get(needed).map(|(_, day, entry)| (*day, *entry));
        StageState {
            stage: self.stage,
            claimed: self.claimed.map(mark),
            verified: verified.map(mark),
            denied: denied.map(mark),
            latest: (self.latest != i32::MIN).then(|| day_of(self.latest)),
            origins: u32::try_from(self.sights.len()).unwrap_or(u32::MAX),
            ready: self.ready.map(|(.., ready)| ready),
            looked: self.ready.map(|(day, entry, _)| mark((day, entry))),
            deadline: self
                .deadline
                .filter(|(.., day)| *day != NONE_DAY)
                .map(|(_, entry, day)| mark((day, entry))),
        }
    }
}
