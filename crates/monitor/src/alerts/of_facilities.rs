//! Facilities of which the entries contradict one another, and those of which nothing is heard.

use std::collections::{BTreeMap, HashMap, HashSet};

use groundwork_model::evidence::{
    AlertKind, FacilityState, Mark, Stage, StageState, TotalKind, Voice, day_number, day_of,
};
use groundwork_model::words::counted;
use jiff::civil::Date;

use super::{Found, days};
use crate::groups::lapsed;
use crate::promises::is_silent;
use crate::words::{Names, reached};
use crate::world::{World, either};

/// Returns what is to be said of single facilities.
pub(super) fn each(world: &World<'_>, names: &Names<'_>) -> Vec<Found> {
    let completed = completed_by(world);
    let mut found = Vec::new();
    for (at, facility) in world.facilities() {
        let one = One { facility, names };
        found.extend(facility.stages.iter().filter_map(|state| one.contradiction(state)));
        found.extend(one.not_ready());
        let group = (world.batch_of(at), world.kind_of(at));
        found.extend(one.not_completed(completed.get(&group).copied()));
        found.extend(one.backwards());
    }
    found
}

/// Returns for each batch and kind the first total by which it was said to be completed, in whole or in part.
fn completed_by(world: &World<'_>) -> HashMap<(u32, u32), Mark> {
    let mut first = HashMap::new();
    let totals = world.snapshot.totals.iter().filter(|total| {
        total.what == TotalKind::Count
            && total.stage == Stage::Completed
            && total.voice != Voice::Independent
            && total.number != Some(0)
    });
    let claims: Vec<(Mark, Vec<String>, &str)> = totals
        .filter_map(|total| {
            let mark = Mark { day: total.day?, entry: total.entry };
            Some((mark, world.batches(&total.subject.batch), total.subject.kind.as_str()))
        })
        .collect();
    let mut known = HashSet::new();
    for (at, facility) in world.facilities() {
        let group = (world.batch_of(at), world.kind_of(at));
        if !known.insert(group) {
            continue;
        }
        let (batch, kind) = (facility.subject.batch.as_str(), facility.subject.kind.as_str());
        let about = claims.iter().filter(|(_, batches, of)| {
            (batches.is_empty() || batches.iter().any(|name| name == batch))
                && (of.is_empty() || *of == kind)
        });
        if let Some(mark) = about.map(|(mark, ..)| *mark).min() {
            first.insert(group, mark);
        }
    }
    first
}

struct One<'a> {
    facility: &'a FacilityState,
    names: &'a Names<'a>,
}

impl One<'_> {
    fn name(&self) -> &str {
        self.names.facility(&self.facility.subject.id)
    }

    fn found(&self, kind: AlertKind, key: &str, day: Date, text: String, on: &[Mark]) -> Found {
        Found {
            kind,
            key: format!("{} {key}", self.facility.subject.id),
            day,
            batch: self.facility.subject.batch.clone(),
            text,
            facilities: vec![self.facility.subject.id.clone()],
            entries: on.iter().map(|mark| mark.entry).collect(),
        }
    }

    /// Somebody independent denies a stage that is claimed, and nobody verified it since.
    fn contradiction(&self, state: &StageState) -> Option<Found> {
        let (claimed, denied) = (state.claimed?, state.denied?);
        if state.verified.is_some() {
            return None;
        }
        let word = reached(state.stage);
        let text = format!(
            "{}: claimed {word} on {} (entry {}), denied by somebody independent on {} (entry {}).",
            self.name(),
            claimed.day,
            claimed.entry,
            denied.day,
            denied.entry
        );
        let day = claimed.day.max(denied.day);
        let kind = AlertKind::Contradiction;
        Some(self.found(kind, state.stage.name(), day, text, &[claimed, denied]))
    }

    /// It was opened although the last inspection before that day found it not ready.
    fn not_ready(&self) -> Option<Found> {
        let inspected = self.facility.stage(Stage::Inspected)?;
        let (Some(false), Some(looked)) = (inspected.ready, inspected.looked) else { return None };
        let opened = either(self.facility.stage(Stage::Inaugurated)?)?;
        let text = match days(looked.day, opened.day) {
            after @ 0.. => format!(
                "{}: inaugurated on {} (entry {}), {} after an inspection found it not ready on {} (entry {}); no later \
                 one says that it was.",
                self.name(),
                opened.day,
                opened.entry,
                counted(after, "day"),
                looked.day,
                looked.entry
            ),
            _ => return None,
        };
        let kind = AlertKind::OpenedBeforeReady;
        Some(self.found(kind, "not ready", opened.day, text, &[looked, opened]))
    }

    /// It was opened before anybody said that it was completed: by name, or in a total of its batch.
    fn not_completed(&self, total: Option<Mark>) -> Option<Found> {
        let opened = either(self.facility.stage(Stage::Inaugurated)?)?;
        let named = self.facility.stage(Stage::Completed).and_then(either);
        let first = named.into_iter().chain(total).min()?;
        if first.day <= opened.day {
            return None;
        }
        let whose = if Some(first) == named { "it" } else { "its batch" };
        let text = format!(
            "{}: inaugurated on {} (entry {}), {} before {whose} was first said to be completed on {} (entry {}).",
            self.name(),
            opened.day,
            opened.entry,
            counted(days(opened.day, first.day), "day"),
            first.day,
            first.entry
        );
        let kind = AlertKind::OpenedBeforeReady;
        Some(self.found(kind, "not completed", first.day, text, &[opened, first]))
    }

    /// An earlier stage of building is reported after a later one had been claimed.
    fn backwards(&self) -> Option<Found> {
        let later = [Stage::Completed, Stage::Inaugurated, Stage::Operating];
        let claimed = later
            .into_iter()
            .filter_map(|stage| Some((self.facility.stage(stage)?.claimed?, stage)));
        let (claim, stage) = claimed.min()?;
        let earlier = self.facility.stages.iter().filter(|state| state.stage < Stage::Completed);
        let last = earlier.filter_map(|state| Some((state.latest?, state.stage))).max()?;
        if last.0 <= claim.day {
            return None;
        }
        let text = format!(
            "{}: still reported {} on {}, after it was claimed {} on {} (entry {}).",
            self.name(),
            reached(last.1),
            last.0,
            reached(stage),
            claim.day,
            claim.entry
        );
        Some(self.found(AlertKind::WentBackwards, stage.name(), last.0, text, &[claim]))
    }
}

/// Returns what is said of the facilities of a batch and kind together: silence, and operation that is not known any
/// more.
pub(super) fn together(world: &World<'_>, names: &Names<'_>) -> Vec<Found> {
    let rules = &world.snapshot.rules;
    let mut quiet: BTreeMap<(u32, u32, bool), Vec<&FacilityState>> = BTreeMap::new();
    let mut stale: BTreeMap<(u32, u32), Vec<&FacilityState>> = BTreeMap::new();
    for (at, facility) in world.facilities() {
        let (batch, kind) = (world.batch_of(at), world.kind_of(at));
        if is_silent(facility, world.as_of, rules.silent_days) {
            let opened = [Stage::Inaugurated, Stage::Operating]
                .into_iter()
                .any(|stage| facility.stage(stage).and_then(either).is_some());
            quiet.entry((batch, kind, opened)).or_default().push(facility);
        }
        let operating = facility.stage(Stage::Operating);
        if operating.is_some_and(|state| lapsed(state, world.as_of, rules)) {
            stale.entry((batch, kind)).or_default().push(facility);
        }
    }
    let name = |batch: u32, kind: u32| {
        (world.batch_names.names[batch as usize], world.kind_names.names[kind as usize])
    };
    let after = |day: Date, wait: u32| {
        day_of(day_number(day).saturating_add(i32::try_from(wait).unwrap_or(i32::MAX)))
    };
    let ids = |all: &[&FacilityState]| -> Vec<String> {
        all.iter().map(|facility| facility.subject.id.clone()).collect()
    };
    let mut found = Vec::new();
    for ((batch, kind, opened), all) in quiet {
        let Some(last) = all.iter().map(|facility| facility.last_heard).max() else { continue };
        let (batch, kind) = name(batch, kind);
        let which = if opened { "opened" } else { "not yet opened" };
        let days = counted(rules.silent_days, "day");
        found.push(Found {
            kind: AlertKind::Silence,
            key: format!("{batch}\0{kind}\0{opened}"),
            day: after(last, rules.silent_days + 1),
            batch: batch.to_owned(),
            text: format!(
                "{}: nothing was heard for more than {days} ({which}, last heard of on {last}): {}.",
                group(batch, kind, all.len()),
                names.facilities(&ids(&all))
            ),
            facilities: ids(&all),
            entries: Vec::new(),
        });
    }
    for ((batch, kind), all) in stale {
        let (batch, kind) = name(batch, kind);
        let latest = |facility: &&FacilityState| facility.stage(Stage::Operating)?.latest;
        let Some(last) = all.iter().filter_map(latest).max() else { continue };
        let days = counted(rules.operating_days, "day");
        found.push(Found {
            kind: AlertKind::OperationLapsed,
            key: format!("{batch}\0{kind}"),
            day: after(last, rules.operating_days + 1),
            batch: batch.to_owned(),
            text: format!(
                "{}: said to operate more than {days} ago, and not since: {}.",
                group(batch, kind, all.len()),
                names.facilities(&ids(&all))
            ),
            facilities: ids(&all),
            entries: Vec::new(),
        });
    }
    found
}

fn group(batch: &str, kind: &str, number: usize) -> String {
    let number = if number == 1 {
        "1 facility".to_owned()
    } else {
        format!("{} facilities", groundwork_model::words::thousands(number as u64))
    };
    let parts = [number.as_str(), if batch.is_empty() { "" } else { "of" }, batch];
    let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if kind.is_empty() { words.join(" ") } else { format!("{} ({kind})", words.join(" ")) }
}
