//! What lies ahead and what ended: the programme's meetings, cycles and milestones, with what the ledger says of their
//! dates.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Agenda, CountUnit, Cycle, CycleRow, CycleScore, DueBy, Entry, Event, EventDate, EventKind,
    Predicate, PromiseScore, Reached, Scope, Scorecard, Stage, When,
};
use jiff::civil::Date;

use crate::alerts::days;
use crate::series::apart;
use crate::world::batches_of;

/// Returns what lies ahead and what has ended as of the times of a scorecard.
///
/// `said` holds the entries that count of which the predicate is `milestone-date` or `plan-cycle`. What was published last
/// is the date of a meeting or cycle; what was said first, by the programme where it says anything, is kept beside it.
#[must_use]
pub fn agenda(programme: &Programme, said: &[Entry], card: &Scorecard) -> Agenda {
    let settings = &programme.settings;
    let as_of = card.times.as_of;
    let mut dates = Dates::of(said);
    let mut events = Vec::new();
    for cycle in &settings.cycles {
        events.push(dates.event(
            (EventKind::CycleEnd, &cycle.id, cycle.label(), ""),
            Some(written(&cycle.span, &cycle.words, &cycle.source)),
        ));
        for meeting in &cycle.meetings {
            let date = written(&meeting.date, &meeting.words, &meeting.source);
            events.push(dates.event(
                (EventKind::Meeting, &meeting.id, meeting.label(), &cycle.id),
                Some(EventDate { certainty: Some(meeting.certainty), ..date }),
            ));
        }
    }
    for milestone in settings.promised().iter().filter(|milestone| milestone.cycle.is_empty()) {
        events.push(dates.event(
            (EventKind::Milestone, &milestone.id, &milestone.id, ""),
            Some(written(&milestone.due, &milestone.words, &milestone.source)),
        ));
    }
    events.extend(dates.others());
    for event in &mut events {
        look(event, card, as_of);
    }
    events.sort_by(|a, b| order(a).cmp(&order(b)));
    let cycles = cycles(&settings.cycles, &events, card, &settings.promised_cycles());
    Agenda { events, cycles }
}

/// Orders events by day, those without one last.
fn order(event: &Event) -> (Date, EventKind, &str) {
    (event.date.latest.unwrap_or(Date::MAX), event.what, &event.id)
}

fn written(date: &When, words: &str, source: &str) -> EventDate {
    EventDate {
        written: date.to_string(),
        earliest: date.earliest,
        latest: date.latest,
        words: words.to_owned(),
        source: source.to_owned(),
        ..EventDate::default()
    }
}

/// Holds what entries say of dates, by what they speak of.
struct Dates<'a>(BTreeMap<&'a str, (EventKind, Vec<EventDate>)>);

impl<'a> Dates<'a> {
    fn of(said: &'a [Entry]) -> Self {
        let mut entries: Vec<&Entry> = said.iter().collect();
        entries.sort_by_key(|entry| (entry.draft.published.day, entry.number));
        let mut all: BTreeMap<&str, (EventKind, Vec<EventDate>)> = BTreeMap::new();
        for entry in entries {
            let draft = &entry.draft;
            let (what, certainty) = match draft.predicate {
                Predicate::MilestoneDate { certainty } => (EventKind::Meeting, Some(certainty)),
                Predicate::PlanCycle => (EventKind::CycleEnd, None),
                _ => continue,
            };
            if draft.subject.scope != Scope::Milestone {
                continue;
            }
            let mut date = written(&draft.valid, &draft.valid.words, &draft.texts.source);
            (date.certainty, date.entry) = (certainty, Some(entry.number));
            date.published = Some(draft.published.day);
            if let Some(quote) = draft.texts.quote.as_ref().filter(|_| date.words.is_empty()) {
                date.words.clone_from(&quote.text);
            }
            all.entry(&draft.subject.id).or_insert((what, Vec::new())).1.push(date);
        }
        Self(all)
    }

    /// Returns an event with its last date and, where it was another, its first.
    fn event(
        &mut self,
        (what, id, name, cycle): (EventKind, &str, &str, &str),
        own: Option<EventDate>,
    ) -> Event {
        let said = self.0.remove(id).map(|(_, said)| said).unwrap_or_default();
        let mut all: Vec<EventDate> = own.into_iter().chain(said).collect();
        let meaning = |date: &EventDate| (date.earliest, date.latest, date.certainty);
        let moved = all.windows(2).filter(|pair| meaning(&pair[0]) != meaning(&pair[1])).count();
        let date = all.pop().unwrap_or_default();
        let first = all.into_iter().next().filter(|first| meaning(first) != meaning(&date));
        let last = |date: &EventDate| date.latest;
        let drift = first.as_ref().and_then(|first| Some(days(last(first)?, last(&date)?)));
        Event {
            id: id.to_owned(),
            what,
            name: name.to_owned(),
            cycle: cycle.to_owned(),
            date,
            first,
            moved: u32::try_from(moved).unwrap_or(u32::MAX),
            drift_days: drift,
            days_left: None,
            due: Vec::new(),
        }
    }

    /// Returns the meetings and cycles of which the programme says nothing.
    fn others(mut self) -> Vec<Event> {
        let ids: Vec<(&str, EventKind)> =
            self.0.iter().map(|(id, (what, _))| (*id, *what)).collect();
        ids.into_iter().map(|(id, what)| self.event((what, id, id, ""), None)).collect()
    }
}

/// Fills in how many days are left, and what falls due by then and is not kept.
fn look(event: &mut Event, card: &Scorecard, as_of: Date) {
    let Some(last) = event.date.latest else { return };
    let first = event.date.earliest.filter(|_| event.what != EventKind::CycleEnd).unwrap_or(last);
    event.days_left = Some([days(as_of, first), days(as_of, last)]);
    let due = card.promises.iter().filter_map(|promise| {
        let day = promise.due.filter(|day| *day <= last)?;
        let kept = promise.claimed.count.is_some_and(|claimed| claimed >= promise.count);
        (!kept && promise.count > 0).then(|| DueBy {
            promise: promise.id.clone(),
            words: promise.asked(),
            day,
            count: promise.count,
            claimed: promise.claimed.count,
            verified: promise.verified.count,
        })
    });
    event.due = due.collect();
    event.due.sort_by_key(|due| due.day);
}

/// Returns each cycle as of its last day, or as of today while it runs.
fn cycles(
    cycles: &[Cycle],
    events: &[Event],
    card: &Scorecard,
    targets: &HashMap<String, String>,
) -> Vec<CycleScore> {
    if cycles.is_empty() {
        return Vec::new();
    }
    let days = Days::of(card);
    let known = known_batches(card);
    let of = |cycle: &Cycle| {
        let event =
            events.iter().find(|event| event.what == EventKind::CycleEnd && event.id == cycle.id);
        let (from, to) = event.and_then(|event| event.date.earliest.zip(event.date.latest))?;
        let at = to.min(card.times.as_of);
        // Of each batch what was promised first counts, as in the series.
        let mut seen = HashSet::new();
        let mut targets_of: Vec<&PromiseScore> = Vec::new();
        let mut milestones: BTreeMap<_, Vec<(&PromiseScore, Vec<String>)>> = BTreeMap::new();
        for promise in &card.promises {
            let own = targets.get(&promise.id);
            let inside = promise.due.is_some_and(|due| from <= due && due <= to);
            // A target of another cycle may fall due on a day of this one where their dates moved.
            if own.map_or(!inside || promise.entry.is_some(), |of| *of != cycle.id) {
                continue;
            }
            let key = (&promise.batch, &promise.kind, promise.stage, promise.unit);
            if own.is_some() {
                targets_of.push(promise);
            } else if seen.insert(key) {
                let row = milestones.entry((&promise.kind, promise.stage, promise.unit));
                row.or_default().push((promise, batches_of(&promise.batch, &known)));
            }
        }
        let mut rows: Vec<CycleRow> = Vec::new();
        targets_of.into_iter().for_each(|target| add(&mut rows, target, true, &days, at));
        for of_row in milestones.into_values() {
            for (promise, _) in apart(of_row, |(_, batches)| batches) {
                add(&mut rows, promise, false, &days, at);
            }
        }
        rows.sort_by_key(|row| (!row.target, row.kind.clone(), row.stage));
        let (id, name) = (cycle.id.clone(), cycle.label().to_owned());
        Some(CycleScore { id, name, from, to, at, ended: to <= card.times.as_of, rows })
    };
    cycles.iter().filter_map(of).collect()
}

/// Returns the batches that facilities are of or that promises name.
fn known_batches(card: &Scorecard) -> BTreeSet<String> {
    let named = card.facilities.iter().map(|facility| facility.subject.batch.as_str());
    let promised = card.promises.iter().flat_map(|promise| promise.batch.split('+'));
    let all = named.chain(promised.map(str::trim)).filter(|batch| !batch.is_empty());
    all.map(str::to_owned).collect()
}

fn add(rows: &mut Vec<CycleRow>, promise: &PromiseScore, target: bool, days: &Days, at: Date) {
    let key = (target, promise.kind.as_str(), promise.stage, promise.unit);
    let same = |row: &CycleRow| (row.target, row.kind.as_str(), row.stage, row.unit) == key;
    // A target stands by itself; milestones of one kind, stage and unit are of different batches and add up.
    let place = rows.iter().position(|row| !target && same(row)).unwrap_or_else(|| {
        rows.push(row(promise.kind.clone(), promise.stage, promise.unit, target));
        rows.len() - 1
    });
    let row = &mut rows[place];
    let due = if promise.due.is_some_and(|due| due <= at) { promise.count } else { 0 };
    row.promised = row.promised.saturating_add(promise.count);
    row.due = row.due.saturating_add(due);
    row.promises.push(promise.id.clone());
    let [claimed, verified] =
        [&promise.claimed, &promise.verified].map(|side| days.by(side, promise.stage, at));
    let sum = |total: Option<u64>, one: Option<u64>| Some(total.unwrap_or(0).saturating_add(one?));
    (row.claimed, row.verified) = (sum(row.claimed, claimed), sum(row.verified, verified));
    row.late = row.late.saturating_add(claimed.map_or(0, |claimed| due.saturating_sub(claimed)));
    let unseen = verified.map_or(0, |verified| due.saturating_sub(verified));
    row.late_unverified = row.late_unverified.saturating_add(unseen);
}

const fn row(kind: String, stage: Stage, unit: CountUnit, target: bool) -> CycleRow {
    CycleRow {
        target,
        kind,
        stage,
        unit,
        promised: 0,
        due: 0,
        claimed: None,
        verified: None,
        late: 0,
        late_unverified: 0,
        promises: Vec::new(),
    }
}

/// Knows the day of each entry by which a stage was reached.
struct Days(HashMap<(u64, Stage), Date>);

impl Days {
    fn of(card: &Scorecard) -> Self {
        let states = card.facilities.iter().flat_map(|facility| &facility.stages);
        let marks = states.flat_map(|state| {
            [state.claimed, state.verified]
                .into_iter()
                .flatten()
                .map(|mark| ((mark.entry, state.stage), mark.day))
        });
        Self(marks.collect())
    }

    /// Returns how many had reached it by a day; none where they are not counted.
    fn by(&self, side: &Reached, stage: Stage, at: Date) -> Option<u64> {
        side.count?;
        let reached = |entry: &&u64| self.0.get(&(**entry, stage)).is_some_and(|day| *day <= at);
        Some(side.entries.iter().filter(reached).count() as u64)
    }
}
