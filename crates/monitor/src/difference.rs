//! What changed between two dates.

use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::{
    Alert, Changes, FacilityScore, Mark, Reconciliation, ScoreDifference, Scorecard, Stage,
    StageChange, StageChangeKind, StageState, TotalChange,
};

use crate::groups::lapsed;

/// Returns what changed from `first` to `second`.
///
/// `hindsight` is the first date as the second knows it: as of the same day as `first`, known by the same day as
/// `second`. Between it and `second` the world changed; between `first` and it, what is known.
#[must_use]
pub fn difference(first: &Scorecard, hindsight: &Scorecard, second: &Scorecard) -> ScoreDifference {
    ScoreDifference {
        programme: second.programme.clone(),
        from: first.times,
        to: second.times,
        world: changes(hindsight, second),
        knowledge: changes(first, hindsight),
    }
}

/// Returns what differs from one scorecard to another of the same ledger.
#[must_use]
pub fn changes(before: &Scorecard, after: &Scorecard) -> Changes {
    Changes {
        stages: stages(before, after),
        totals: totals(&before.reconciliations, &after.reconciliations),
        new_alerts: alerts(&after.alerts, &before.alerts),
        ended_alerts: alerts(&before.alerts, &after.alerts),
    }
}

fn stages(before: &Scorecard, after: &Scorecard) -> Vec<StageChange> {
    let by_id = |card: &'_ Scorecard| -> HashMap<String, usize> {
        let all = card.facilities.iter().enumerate();
        all.map(|(at, facility)| (key(facility), at)).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let mut found = Vec::new();
    for facility in &after.facilities {
        let earlier = old.get(&key(facility)).map(|at| &before.facilities[*at]);
        of_facility(earlier, Some(facility), before, after, &mut found);
    }
    for facility in before.facilities.iter().filter(|facility| !new.contains_key(&key(facility))) {
        of_facility(Some(facility), None, before, after, &mut found);
    }
    found
}

/// Tells facilities apart: two subjects may share an identifier only where nothing else of them is the same.
fn key(facility: &FacilityScore) -> String {
    let subject = &facility.subject;
    format!("{}\0{}\0{}\0{}", subject.id, subject.place, subject.kind, subject.batch)
}

/// Picks one mark of a stage.
type MarkOf = fn(&StageState) -> Option<Mark>;

fn of_facility(
    old: Option<&FacilityScore>,
    new: Option<&FacilityScore>,
    before: &Scorecard,
    after: &Scorecard,
    found: &mut Vec<StageChange>,
) {
    let Some(subject) = new.or(old).map(|facility| &facility.subject) else { return };
    let state = |facility: Option<&FacilityScore>, stage: Stage| -> Option<StageState> {
        facility?.stages.iter().find(|state| state.stage == stage).cloned()
    };
    for stage in Stage::ALL {
        let (was, is) = (state(old, stage), state(new, stage));
        let kinds: [(StageChangeKind, MarkOf); 3] = [
            (StageChangeKind::Claimed, |state| state.claimed),
            (StageChangeKind::Verified, |state| state.verified),
            (StageChangeKind::Denied, |state| state.denied),
        ];
        for (what, mark) in kinds {
            let (was, is) = (was.as_ref().and_then(mark), is.as_ref().and_then(mark));
            if was != is {
                let subject = subject.clone();
                found.push(StageChange { subject, stage, what, before: was, after: is });
            }
        }
        let stale = |state: &Option<StageState>, card: &Scorecard| {
            state.as_ref().is_some_and(|state| lapsed(state, card.times.as_of, &card.rules))
        };
        if !stale(&was, before) && stale(&is, after) {
            let what = StageChangeKind::Lapsed;
            let before = is.and_then(|state| crate::world::either(&state));
            found.push(StageChange { subject: subject.clone(), stage, what, before, after: None });
        }
    }
}

fn totals(before: &[Reconciliation], after: &[Reconciliation]) -> Vec<TotalChange> {
    let numbers =
        |all: &[Reconciliation]| -> HashSet<u64> { all.iter().map(|one| one.entry).collect() };
    let (old, new) = (numbers(before), numbers(after));
    let of = |one: &Reconciliation, added| TotalChange {
        entry: one.entry,
        added,
        stage: one.stage,
        unit: one.unit,
        number: one.number,
        bound: one.bound,
        day: one.day,
    };
    let came = after.iter().filter(|one| !old.contains(&one.entry)).map(|one| of(one, true));
    let went = before.iter().filter(|one| !new.contains(&one.entry)).map(|one| of(one, false));
    let mut found: Vec<TotalChange> = came.chain(went).collect();
    found.sort_by_key(|change| change.entry);
    found
}

/// Returns the alerts that are in the first list, and not in the second or there of fewer facilities.
fn alerts(these: &[Alert], those: &[Alert]) -> Vec<Alert> {
    let known: HashMap<&str, &Alert> =
        those.iter().map(|alert| (alert.id.as_str(), alert)).collect();
    let new = |alert: &&Alert| match known.get(alert.id.as_str()) {
        None => true,
        Some(other) if alert.facilities.len() > other.facilities.len() => {
            let had: HashSet<&String> = other.facilities.iter().collect();
            alert.facilities.iter().any(|facility| !had.contains(facility))
        }
        Some(_) => false,
    };
    these.iter().filter(new).cloned().collect()
}
