//! Facilities of a snapshot as the forecast sees them, and the promises that speak of its stage.

use std::collections::{BTreeSet, HashMap};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    CountUnit, FacilityState, ForecastGroup, PromiseScore, Snapshot, Stage, StageState, day_number,
};

use super::asked::ForecastAsked;
use crate::forecast::{Case, Check, Cover, Day, ForecastError, History, Mark, Milestone};
use crate::promises::{Promise, halted, promises};
use crate::world::{Which, World, place_of_subject};

/// Is a snapshot as the forecast sees it.
pub(super) struct Seen<'a> {
    pub(super) history: History,
    /// For each case the facility that it is.
    pub(super) facilities: HashMap<String, &'a FacilityState>,
    /// Facilities of which a later stage is said, and this one not.
    pub(super) beyond: Vec<&'a FacilityState>,
    /// Promises of the stage that have a day and count named facilities.
    pub(super) promises: Vec<(PromiseScore, Cover)>,
    /// Kinds that are forecast; empty for all.
    pub(super) kinds: Vec<String>,
    pub(super) group: ForecastGroup,
}

/// Looks at a snapshot.
pub(super) fn seen<'a>(
    snapshot: &'a Snapshot,
    programme: &'a Programme,
    asked: &ForecastAsked,
) -> Result<Seen<'a>, ForecastError> {
    let begins = asked.beginnings()?;
    let promised = programme.settings.promised();
    let world = World::new(snapshot, &promised);
    let speaks = |promise: &Promise| {
        promise.score.stage == asked.stage
            && promise.score.unit != CountUnit::Plants
            && promise.score.due.is_some()
            && promise.score.count > 0
    };
    let promises: Vec<Promise> = promises(&world, &promised).into_iter().filter(speaks).collect();
    let kinds = asked.kinds.clone().unwrap_or_else(|| kinds(&promises));
    let spoken = |kind: &String| kinds.is_empty() || kind.is_empty() || kinds.contains(kind);
    let promises: Vec<Promise> =
        promises.into_iter().filter(|promise| spoken(&promise.score.kind)).collect();
    let ours =
        |facility: &&FacilityState| kinds.is_empty() || kinds.contains(&facility.subject.kind);
    let chosen: Vec<&FacilityState> = snapshot.facilities.iter().filter(ours).collect();
    let from = last_day(snapshot);
    let group = asked.group.unwrap_or_else(|| usual_group(&chosen));
    let provinces: HashMap<&str, &str> =
        programme.places.iter().map(|place| (place.id.as_str(), place.province.as_str())).collect();
    let deadlines = deadlines(&world, &promises);
    let mut made = Seen {
        history: History { cases: Vec::with_capacity(chosen.len()), as_of: from },
        facilities: HashMap::with_capacity(chosen.len()),
        beyond: Vec::new(),
        promises: promises.into_iter().map(of_promise).collect(),
        kinds: kinds.clone(),
        group,
    };
    for (at, facility) in world.facilities().filter(|(_, facility)| ours(facility)) {
        if is_beyond(facility, asked.stage) {
            made.beyond.push(facility);
            continue;
        }
        let subject = &facility.subject;
        let mut case = case(facility, asked.stage, begins);
        case.group = match group {
            ForecastGroup::Kind => subject.kind.clone(),
            ForecastGroup::Province => {
                provinces.get(subject.place.as_str()).copied().unwrap_or_default().to_owned()
            }
            ForecastGroup::None => String::new(),
        };
        let own = facility.stage(asked.stage).and_then(|state| state.deadline);
        let due = own.map(|mark| day_number(mark.day)).or_else(|| deadlines.get(&at).copied());
        // Known by the snapshot, whenever it was published.
        case.deadline = due.map(|day| Mark { day, published: day.min(from) });
        made.add(case, facility);
    }
    Ok(made)
}

impl<'a> Seen<'a> {
    /// Adds a case under a name that no other has.
    fn add(&mut self, mut case: Case, facility: &'a FacilityState) {
        let subject = &facility.subject;
        let parts = [&subject.batch, &subject.kind, &subject.place];
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !self.facilities.contains_key(&case.id) {
                break;
            }
            case.id = format!("{} ({part})", case.id);
        }
        while self.facilities.contains_key(&case.id) {
            case.id.push('+');
        }
        self.facilities.insert(case.id.clone(), facility);
        self.history.cases.push(case);
    }

    /// Returns the promises as milestones, each with the days of its fan.
    pub(super) fn milestones(
        &self,
        fan: impl Fn(&PromiseScore, &Cover) -> Vec<Day>,
    ) -> Vec<Milestone> {
        let of = |(score, cover): &(PromiseScore, Cover)| Milestone {
            id: score.id.clone(),
            cover: cover.clone(),
            least: u32::try_from(score.count).unwrap_or(u32::MAX),
            due: score.due.map_or(self.history.as_of, day_number),
            published: self.history.as_of,
            fan: fan(score, cover),
        };
        self.promises.iter().map(of).collect()
    }
}

/// Returns the kinds of which something was promised by the programme, or else in the ledger; none where a promise speaks
/// of all, or there is none.
fn kinds(promises: &[Promise]) -> Vec<String> {
    let of = |own: bool| -> BTreeSet<&str> {
        let ours = promises.iter().filter(|promise| promise.score.entry.is_none() == own);
        ours.map(|promise| promise.score.kind.as_str()).collect()
    };
    let own = of(true);
    let kinds = if own.is_empty() { of(false) } else { own };
    if kinds.contains("") { Vec::new() } else { kinds.into_iter().map(str::to_owned).collect() }
}

/// Returns the day from which a snapshot looks ahead: the last on which anything was published, at most that of the
/// question.
pub(super) fn last_day(snapshot: &Snapshot) -> Day {
    let asked = snapshot.times.as_of.min(snapshot.times.known_by);
    // What was published later tells of that day as well.
    day_number(snapshot.last_published.map_or(asked, |last| last.min(asked)))
}

fn usual_group(facilities: &[&FacilityState]) -> ForecastGroup {
    let mut kinds = facilities.iter().map(|facility| &facility.subject.kind);
    let first = kinds.next();
    if kinds.any(|kind| Some(kind) != first) {
        ForecastGroup::Kind
    } else {
        ForecastGroup::Province
    }
}

/// Returns for each facility of a promised batch the day on which the first promise that speaks of it falls due.
fn deadlines(world: &World<'_>, promises: &[Promise]) -> HashMap<u32, Day> {
    let mut deadlines = HashMap::new();
    for promise in promises.iter().filter(|promise| !promise.score.batch.is_empty()) {
        let Some(due) = promise.score.due else { continue };
        for &at in world.covered(&promise.cover).iter() {
            deadlines.entry(at).or_insert(day_number(due));
        }
    }
    deadlines
}

fn of_promise(promise: Promise) -> (PromiseScore, Cover) {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let cover = Cover {
        batches: promise.cover.batches,
        kind: some(promise.cover.kind),
        place: some(promise.cover.place),
        places: promise.score.unit == CountUnit::Places,
    };
    (promise.score, cover)
}

/// Returns whether a stage is said that comes only after this one, and this one is not.
fn is_beyond(facility: &FacilityState, stage: Stage) -> bool {
    Which::Either(stage).of(facility).is_none() && Which::Past(stage).of(facility).is_some()
}

/// Returns what is known of a facility. All of it was published by the time of the snapshot.
fn case(facility: &FacilityState, stage: Stage, begins: &[Stage]) -> Case {
    let on = |mark: groundwork_model::evidence::Mark| Mark::on(day_number(mark.day));
    let of = |stage: Stage, mark: fn(&StageState) -> Option<groundwork_model::evidence::Mark>| {
        facility.stage(stage).and_then(mark).map(on)
    };
    let begun = begins.iter().filter_map(|stage| Which::Either(*stage).of(facility)).min();
    let verified = of(stage, |state| state.verified);
    let denied = of(stage, |state| state.denied);
    let looks = [(verified, true), (denied, false)].into_iter();
    let checks = looks.filter_map(|(mark, done)| Some(Check { mark: mark?, done })).collect();
    let cancelled = (halted(facility) == Some(Stage::Cancelled))
        .then(|| facility.stage(Stage::Cancelled).and_then(|state| state.latest))
        .flatten();
    Case {
        id: facility.subject.id.clone(),
        batch: facility.subject.batch.clone(),
        group: String::new(),
        kind: facility.subject.kind.clone(),
        place: place_of_subject(&facility.subject).to_owned(),
        begun: begun.map(on),
        claimed_done: of(stage, |state| state.claimed),
        verified_done: verified,
        checks,
        cancelled: cancelled.map(|day| Mark::on(day_number(day))),
        deadline: None,
    }
}
