//! Where a look would tell most.

use std::collections::{BTreeSet, HashMap, HashSet};

use groundwork_model::Programme;
use groundwork_model::evidence::{
    CountUnit, FacilityScore, Mark, NextInspection, PromiseAtStake, PromiseScore, Scorecard, Stage,
    Subject,
};
use groundwork_model::words::thousands;

use super::sample::ways;
use crate::world::place_of_subject;

/// Is a claim that nobody has found to be so.
struct Open<'a> {
    facility: &'a FacilityScore,
    claim: Mark,
    /// Whether anybody has looked since.
    looked: bool,
    /// Whether a look has found since that it was not so.
    denied: bool,
}

/// Returns the facilities of which a stage is claimed and not verified, those first of which a look is worth most.
///
/// A look at a claim that nobody has checked changes the scorecard in any case: it is verified or denied. One at a claim
/// that was denied changes it only where it is found so now. What hangs on it are the people of the place, and the promises
/// that stand or fall with it: those that are kept if this one and just as many of the others are found so as
/// earlier looks make likely; `looked` holds the facilities at which somebody looked since the claim. Worth is persons: those of the place, and those of all places that count toward such a
/// promise, times the probability that it is so. Of equal worth the older claim comes first.
#[must_use]
pub fn next_inspections(
    card: &Scorecard,
    programme: &Programme,
    stage: Stage,
    looked: &HashSet<&Subject>,
) -> Vec<NextInspection> {
    let people: HashMap<&str, u64> =
        programme.places.iter().map(|place| (place.id.as_str(), place.population)).collect();
    let found = found_share(card, stage, looked);
    let open: Vec<Open<'_>> =
        card.facilities.iter().filter_map(|f| open(f, stage, looked)).collect();
    let promises: Vec<AtStake<'_>> = card
        .promises
        .iter()
        .enumerate()
        .filter(|(_, promise)| promise.stage == stage)
        .filter_map(|(at, promise)| AtStake::of(card, at, promise, &open, &people))
        .collect();
    let mut all: Vec<(Mark, NextInspection)> = open
        .iter()
        .map(|one| (one.claim, inspection(one, stage, found, &promises, &people)))
        .collect();
    all.sort_by(|(claim, a), (other, b)| (b.worth, *claim, &a.id).cmp(&(a.worth, *other, &b.id)));
    all.into_iter().map(|(_, next)| next).collect()
}

fn open<'a>(
    facility: &'a FacilityScore,
    stage: Stage,
    looked: &HashSet<&Subject>,
) -> Option<Open<'a>> {
    let state = facility.stages.iter().find(|state| state.stage == stage)?;
    let claim = state.claimed?;
    let denied = state.denied.is_some_and(|denied| denied.day >= claim.day);
    let looked = looked.contains(&*facility.subject);
    state.verified.is_none().then_some(Open { facility, claim, looked, denied })
}

/// Returns the share of claims that looks found so: with half a look of either kind added, so that there always is one.
fn found_share(card: &Scorecard, stage: Stage, looked: &HashSet<&Subject>) -> f64 {
    let (mut found, mut not) = (0.5, 0.5);
    for facility in &card.facilities {
        let state = facility.stages.iter().find(|state| state.stage == stage);
        let Some((state, claim)) = state.and_then(|s| Some((s, s.claimed?))) else { continue };
        let denied = state.denied.is_some_and(|denied| denied.day >= claim.day);
        match looked.contains(&*facility.subject) {
            true if denied && state.verified.is_none() => not += 1.0,
            // Found so, also where too few have seen it for it to be verified.
            true => found += 1.0,
            false => {}
        }
    }
    found / (found + not)
}

/// Is a promise that may stand or fall with a look.
struct AtStake<'a> {
    promise: &'a PromiseScore,
    /// Number of the promise in the scorecard, from 1.
    number: u32,
    /// How many are still to be found so that it is kept.
    lacking: u64,
    /// Claims toward it that nobody has checked, in its unit: of several at one place one, where it counts places.
    unchecked: u64,
    /// People of all places that count toward it.
    people: u64,
}

impl<'a> AtStake<'a> {
    fn of(
        card: &Scorecard,
        at: usize,
        promise: &'a PromiseScore,
        open: &[Open<'_>],
        people: &HashMap<&str, u64>,
    ) -> Option<Self> {
        let number = u32::try_from(at + 1).ok()?;
        let lacking = promise.count.checked_sub(promise.verified.count?)?;
        let covers = |facility: &&FacilityScore| covers(promise, number, facility);
        let places: BTreeSet<&str> = card
            .facilities
            .iter()
            .filter(covers)
            .map(|facility| facility.subject.place.as_str())
            .collect();
        let unchecked = open.iter().filter(|one| !one.denied && covers(&one.facility));
        let unchecked = match promise.unit {
            CountUnit::Places => {
                let places = unchecked.map(|one| place_of_subject(&one.facility.subject));
                places.collect::<BTreeSet<_>>().len() as u64
            }
            _ => unchecked.count() as u64,
        };
        let people = places.iter().filter_map(|place| people.get(place)).sum();
        (lacking > 0).then_some(Self { promise, number, lacking, unchecked, people })
    }

    /// Returns the probability that the promise is found kept if a claim is found so, and not kept if it is not, once all
    /// other claims are checked: that of them all but one of those that are lacking are found so.
    fn decides(&self, one: &Open<'_>, found: f64) -> f64 {
        if !covers(self.promise, self.number, one.facility) {
            return 0.0;
        }
        let others = if one.denied { self.unchecked } else { self.unchecked - 1 };
        let needed = self.lacking - 1;
        if needed > others {
            return 0.0;
        }
        let (needed_f, rest) = (needed as f64, (others - needed) as f64);
        let log =
            ways(others, needed) + needed_f * libm::log(found) + rest * libm::log(1.0 - found);
        libm::exp(log)
    }
}

fn covers(promise: &PromiseScore, number: u32, facility: &FacilityScore) -> bool {
    if !promise.place.is_empty() && promise.place != place_of_subject(&facility.subject) {
        return false;
    }
    if promise.batch.is_empty() {
        return promise.kind.is_empty() || promise.kind == facility.subject.kind;
    }
    facility.schedule.iter().any(|schedule| schedule.promise == number)
}

fn inspection(
    one: &Open<'_>,
    stage: Stage,
    found: f64,
    promises: &[AtStake<'_>],
    people: &HashMap<&str, u64>,
) -> NextInspection {
    let subject = &one.facility.subject;
    let changes = if one.denied { found } else { 1.0 };
    let here = people.get(subject.place.as_str()).copied().unwrap_or(0);
    let mut stake = 0.0;
    let mut first: Option<(f64, &AtStake<'_>)> = None;
    for promise in promises {
        let decides = promise.decides(one, found);
        stake += decides * promise.people as f64;
        if decides > first.map_or(0.0, |(most, _)| most) {
            first = Some((decides, promise));
        }
    }
    let promise = first.map(|(decides, at_stake)| PromiseAtStake {
        id: at_stake.promise.id.clone(),
        decides_per_mille: per_mille(decides),
    });
    let mut next = NextInspection {
        id: subject.id.clone(),
        place: subject.place.clone(),
        batch: subject.batch.clone(),
        stage,
        claim: one.claim.entry,
        changes_per_mille: per_mille(changes),
        people: here,
        promise: promise.filter(|promise| promise.decides_per_mille > 0),
        worth: (changes * (here as f64 + stake) + 0.5) as u64,
        reason: String::new(),
    };
    next.reason = reason(one, &next);
    next
}

fn per_mille(number: f64) -> u32 {
    (number * 1000.0 + 0.5) as u32
}

fn reason(one: &Open<'_>, next: &NextInspection) -> String {
    let checked = if one.denied {
        "found not so since"
    } else if one.looked {
        "found so, by too few to verify it"
    } else {
        "nobody has looked"
    };
    let mut parts =
        vec![format!("claimed for {} (entry {})", one.claim.day, next.claim), checked.to_owned()];
    if next.people > 0 {
        parts.push(format!("{} people", thousands(next.people)));
    }
    if let Some(promise) = &next.promise {
        parts.push(format!(
            "decides {} in {} % of cases",
            promise.id,
            (promise.decides_per_mille + 5) / 10
        ));
    }
    parts.join(", ")
}
