//! Rules about the goals of a programme: what each needs, and what none of them uses.

use std::collections::{BTreeSet, HashSet};

use super::limits::costed_resources;
use super::packages::hint;
use super::sites::{Candidate, candidates};
use super::{of_cell, of_key};
use crate::decimal::Decimal;
use crate::problem::{Code, Problem};
use crate::programme::{Goal, Place, Programme};

/// Digits behind the point of the cost of a way and of a tolerance.
const DIGITS: u32 = 6;

/// A person who counts less than half of 2^-20 counts nothing: ln 2^21.
const LOST: f64 = 14.556;

/// Returns each goal with the key that names it.
fn named(programme: &Programme) -> impl Iterator<Item = (Goal, String)> {
    let objective = &programme.settings.objective;
    let then = objective.then.iter().enumerate();
    let then = then.map(|(index, next)| (next.goal, format!("objective.then[{}].goal", index + 1)));
    std::iter::once((objective.goal, "objective.goal".to_owned())).chain(then)
}

fn has(programme: &Programme, goal: Goal) -> bool {
    programme.settings.objective.goals().any(|(known, _)| known == goal)
}

/// E231, E234, E235, E236, E618: a goal cannot be had as the programme is.
pub(super) fn goals_can_be_had(programme: &Programme) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (goal, key) in named(programme) {
        if !seen.insert(goal) {
            let cause = format!("the goal `{}` is there already", goal.name());
            faults.push(of_key(Code::GoalTwice, key, cause));
            continue;
        }
        faults.extend(faults_of_goal(programme, goal, &key));
    }
    faults.extend(several_without_cut_off(programme));
    faults
}

fn faults_of_goal(programme: &Programme, goal: Goal, key: &str) -> Vec<Problem> {
    let fault = match goal {
        Goal::Distance | Goal::Coverage | Goal::WorstDistance => None,
        Goal::SelfSufficiency => no_site_at_home(programme, key),
        Goal::Equity => return equity_unset(programme, key),
        Goal::Cost => cost_of_nothing(programme, key),
    };
    fault.into_iter().collect()
}

fn no_site_at_home(programme: &Programme, key: &str) -> Option<Problem> {
    let unread = programme.settings.files.sites.is_some() && programme.sites.is_empty();
    if programme.places.is_empty() || unread {
        return None;
    }
    let peopled = |place: &&Place| place.most_persons() > 0;
    let homes: HashSet<&str> =
        programme.places.iter().filter(peopled).map(|place| place.id.as_str()).collect();
    let serves = |site: &Candidate<'_>| site.existing || site.is_usable();
    let own = candidates(programme).iter().any(|site| serves(site) && homes.contains(site.id));
    let cause =
        "no site has the id of a place with people, so nobody is ever served in the own place";
    (!own && !homes.is_empty()).then(|| of_key(Code::NoSiteAtHome, key, cause))
}

fn equity_unset(programme: &Programme, key: &str) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    let above_zero = |aversion: &Decimal| aversion.mantissa() > 0;
    match settings.objective.aversion_per_km {
        Some(aversion) if above_zero(&aversion) => {}
        Some(aversion) => {
            let cause = format!("aversion_per_km is {aversion}, and must be above 0");
            faults.push(of_key(Code::AversionMissing, "objective.aversion_per_km", cause));
        }
        None => {
            let cause = "the goal `equity` needs aversion_per_km, and it is not given";
            faults.push(of_key(Code::AversionMissing, key, cause));
        }
    }
    if settings.distance.unserved_m().is_none() {
        let cause =
            "the goal `equity` measures distances against unserved_km, and there is no cut-off";
        faults.push(of_key(Code::GoalsWithoutCutOff, key, cause));
    }
    faults
}

fn cost_of_nothing(programme: &Programme, key: &str) -> Option<Problem> {
    let cause = "the goal `cost` counts a resource, and none is named";
    let missing = programme.settings.objective.resource.is_none();
    missing.then(|| of_key(Code::ResourceMissing, key, cause))
}

fn several_without_cut_off(programme: &Programme) -> Option<Problem> {
    let settings = &programme.settings;
    let cause = "several goals need a cut-off, and there is none";
    (!settings.objective.then.is_empty() && settings.distance.unserved_m().is_none())
        .then(|| of_key(Code::GoalsWithoutCutOff, "objective.then", cause))
}

/// E232: a number of the objective has more digits than are computed with.
pub(super) fn numbers_are_not_too_fine(programme: &Programme) -> Vec<Problem> {
    let objective = &programme.settings.objective;
    let mut numbers = vec![("objective.tolerance_percent".to_owned(), objective.tolerance_percent)];
    numbers
        .extend(objective.per_person_km.map(|cost| ("objective.per_person_km".to_owned(), cost)));
    numbers.extend(objective.then.iter().enumerate().map(|(index, next)| {
        (format!("objective.then[{}].tolerance_percent", index + 1), next.tolerance_percent)
    }));
    let fine = numbers.into_iter().filter(|(_, number)| number.scale() > DIGITS);
    fine.map(|(key, number)| {
        let cause = format!("{number} has {} digits behind the point", number.scale());
        of_key(Code::ObjectiveTooFine, key, cause)
    })
    .collect()
}

/// W209: a key of the objective changes nothing.
pub(super) fn keys_are_used(programme: &Programme) -> Vec<Problem> {
    let objective = &programme.settings.objective;
    let mut idle = Vec::new();
    let mut unused = |key: &str, given: bool, goal: Goal| {
        if given && !has(programme, goal) {
            let cause =
                format!("{key} is of the goal `{}`, which the plan does not have", goal.name());
            idle.push((format!("objective.{key}"), cause));
        }
    };
    unused("resource", objective.resource.is_some(), Goal::Cost);
    unused("per_person_km", objective.per_person_km.is_some(), Goal::Cost);
    unused("aversion_per_km", objective.aversion_per_km.is_some(), Goal::Equity);
    let (key, tolerance) = match objective.then.len() {
        0 => ("objective".to_owned(), objective.tolerance_percent),
        last => (format!("objective.then[{last}]"), objective.then[last - 1].tolerance_percent),
    };
    if tolerance != Decimal::ZERO {
        let cause = format!("no goal stands behind the one that may give up {tolerance} per cent");
        idle.push((format!("{key}.tolerance_percent"), cause));
    }
    idle.into_iter().map(|(key, cause)| of_key(Code::ObjectiveKeyUnused, key, cause)).collect()
}

/// W210: the goal `cost` counts a resource that nothing costs.
pub(super) fn the_resource_is_costed(programme: &Programme) -> Vec<Problem> {
    let Some(resource) = &programme.settings.objective.resource else { return Vec::new() };
    let used = costed_resources(programme);
    if !has(programme, Goal::Cost) || used.contains(resource.as_str()) {
        return Vec::new();
    }
    let cause = format!("nothing costs `{resource}`{}", hint(resource, used.iter().copied()));
    vec![of_key(Code::ResourceUncounted, "objective.resource", cause)]
}

/// W211: under the goal `equity` people who are near count nothing at all.
pub(super) fn aversion_leaves_people_counted(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let (Some(aversion), Some(unserved)) =
        (settings.objective.aversion_per_km, settings.distance.unserved_m())
    else {
        return Vec::new();
    };
    let lost = f64::from(unserved) / 1000.0 - LOST / aversion.to_f64();
    if !has(programme, Goal::Equity) || aversion.mantissa() <= 0 || lost <= 0.0 {
        return Vec::new();
    }
    let cause = format!(
        "with an aversion of {aversion} people nearer than {lost:.1} km count nothing beside those \
         without a site"
    );
    vec![of_key(Code::AversionTooStrong, "objective.aversion_per_km", cause)]
}

/// W513: a column gives persons of a year, and no period takes them.
pub(super) fn years_are_of_the_programme(programme: &Programme) -> Vec<Problem> {
    let periods = programme.settings.periods;
    let labels: Vec<i32> = (1..=periods.count).map(|period| periods.label(period)).collect();
    let mut taken: BTreeSet<(Option<&str>, i16)> = BTreeSet::new();
    let mut there: BTreeSet<(Option<&str>, i16)> = BTreeSet::new();
    for place in programme.places.iter().filter(|place| place.changes()) {
        let of_kinds = place.persons_from.iter().map(|(kind, years)| (Some(kind.as_str()), years));
        for (kind, years) in of_kinds.chain([(None, &place.population_from)]) {
            there.extend(years.keys().map(|&year| (kind, year)));
            let last = |label: &i32| years.keys().rev().find(|&&year| i32::from(year) <= *label);
            taken.extend(labels.iter().filter_map(last).map(|&year| (kind, year)));
        }
    }
    let last = periods.label(periods.count);
    let fault = |&(kind, year): &(Option<&str>, i16)| {
        let column = match kind {
            Some(kind) => format!("persons:{kind}:{year}"),
            None => format!("population:{year}"),
        };
        let why = if i32::from(year) > last {
            format!("the last period begins in {last}")
        } else {
            "a later column comes before each period that it would count for".to_owned()
        };
        let file = &programme.settings.files.places;
        of_cell(Code::PersonsOfNoPeriod, file, 1, &column, format!("the column is unused: {why}"))
    };
    there.difference(&taken).map(fault).collect()
}
