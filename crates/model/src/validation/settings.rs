//! Rules about `programme.toml` alone.

use std::collections::HashSet;

use super::names::nearest;
use super::of_key;
use crate::decimal::Decimal;
use crate::problem::{Code, Problem};
use crate::programme::{Goal, Kind, Package, Programme};

/// Kinds that are read. With it, and with the ranges of all other numbers, the value of a plan stays
/// below 2^100, and products of the checker fit 128 bits: see the test below.
const KINDS_MAX: usize = 100;

/// Digits behind the point of the discount rate; the factors that come of it have six.
const RATE_DIGITS: u32 = 6;

/// Last year that a date can have.
const YEAR_MAX: i32 = 9999;

/// W201: the programme does not say who counted its population and when.
pub(super) fn population_source_is_named(programme: &Programme) -> Vec<Problem> {
    let population = &programme.settings.population;
    let missing = match (population.year.is_none(), population.source.is_empty()) {
        (false, false) => return Vec::new(),
        (true, true) => {
            ("population", "neither the year nor the source of the population is given")
        }
        (true, false) => ("population.year", "the year of the population is not given"),
        (false, true) => ("population.source", "the source of the population is not given"),
    };
    vec![of_key(Code::PopulationSourceMissing, missing.0, missing.1)]
}

/// E211: two kinds have the same id, or a package lists one kind twice.
pub(super) fn kinds_are_unique(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let kinds = settings.kinds.iter().map(|kind| kind.id.as_str());
    let mut faults = repeats(kinds, |index| format!("kinds[{index}].id"));
    for (package, listed) in settings.packages.iter().enumerate() {
        let key = |index| format!("packages[{}].kinds[{index}]", package + 1);
        faults.extend(repeats(listed.listed().map(|(kind, _)| kind), key));
    }
    faults
}

fn repeats<'k>(ids: impl Iterator<Item = &'k str>, key: impl Fn(usize) -> String) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let again = ids.enumerate().filter(|(_, id)| !seen.insert(*id));
    again
        .map(|(index, id)| {
            of_key(Code::DuplicateKind, key(index + 1), format!("kind `{id}` is there already"))
        })
        .collect()
}

/// E207: there are more kinds than values can be computed with.
pub(super) fn kinds_are_few(programme: &Programme) -> Vec<Problem> {
    let count = programme.settings.kinds.len();
    if count <= KINDS_MAX {
        return Vec::new();
    }
    vec![of_key(
        Code::WrongLength,
        "kinds",
        format!("there are {count} kinds; at most {KINDS_MAX} are read"),
    )]
}

/// E212: a package lists a kind that is not among the kinds.
pub(super) fn packages_list_known_kinds(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let known: Vec<&str> = settings.kinds.iter().map(|kind| kind.id.as_str()).collect();
    let mut faults = Vec::new();
    for (package, listed) in settings.packages.iter().enumerate() {
        for (index, (kind, _)) in
            listed.listed().enumerate().filter(|(_, (kind, _))| !known.contains(kind))
        {
            let hint =
                nearest(kind, known.iter().copied()).map(|id| format!("; did you mean `{id}`?"));
            let key = format!("packages[{}].kinds[{}]", package + 1, index + 1);
            let cause = format!("there is no kind `{kind}`{}", hint.unwrap_or_default());
            faults.push(of_key(Code::UnknownKind, key, cause));
        }
    }
    faults
}

/// W202: a kind is in no package.
pub(super) fn kinds_are_in_the_package(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let listed: HashSet<&str> =
        settings.packages.iter().flat_map(Package::listed).map(|(kind, _)| kind).collect();
    let idle =
        settings.kinds.iter().enumerate().filter(|(_, kind)| !listed.contains(kind.id.as_str()));
    idle.map(|(index, kind)| {
        let cause =
            format!("kind `{}` is in no package, so its reach and weight count nowhere", kind.id);
        of_key(Code::KindInNoPackage, format!("kinds[{}].id", index + 1), cause)
    })
    .collect()
}

/// E205: the last period is later than dates go.
pub(super) fn last_period_is_a_year(programme: &Programme) -> Vec<Problem> {
    let periods = programme.settings.periods;
    let last = periods.label(periods.count) + periods.years as i32 - 1;
    if last <= YEAR_MAX {
        return Vec::new();
    }
    let cause = format!("the last period ends in {last}; years go to {YEAR_MAX}");
    vec![of_key(Code::OutOfRange, "periods.count", cause)]
}

/// E208: a length in kilometres is not a whole number of metres.
pub(super) fn lengths_are_whole_metres(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let kinds = settings.kinds.iter().enumerate();
    let reaches =
        kinds.map(|(index, kind)| (format!("kinds[{}].reach_km", index + 1), Some(kind.reach_km)));
    let distances = [
        ("distance.cut_off_km".to_owned(), settings.distance.cut_off_km),
        ("distance.unserved_km".to_owned(), settings.distance.unserved_km),
    ];
    let needs = settings.kinds.iter().enumerate().flat_map(|(index, kind)| {
        let key = move |number| format!("kinds[{}].needs[{number}].within_km", index + 1);
        kind.needs.iter().enumerate().map(move |(at, need)| (key(at + 1), Some(need.within_km)))
    });
    let spacing = settings.spacing.iter().enumerate();
    let spacing =
        spacing.map(|(index, rule)| (format!("spacing[{}].km", index + 1), Some(rule.km)));
    let lengths = reaches
        .chain(needs)
        .chain(spacing)
        .chain(distances)
        .filter_map(|(key, length)| Some((key, length?)));
    lengths
        .filter(|(_, length)| length.times_exact(1000).is_none())
        .map(|(key, length)| {
            of_key(Code::NotWholeMetres, key, format!("{length} km is not whole metres"))
        })
        .collect()
}

/// E210: the discount rate has more digits than the factors that are computed from it.
pub(super) fn rate_is_not_too_fine(programme: &Programme) -> Vec<Problem> {
    let rate = programme.settings.objective.discount_rate;
    if rate.scale() <= RATE_DIGITS {
        return Vec::new();
    }
    let cause = format!("{rate} has {} digits behind the point", rate.scale());
    vec![of_key(Code::RateTooFine, "objective.discount_rate", cause)]
}

/// E209: somebody without any site counts with less than somebody at the cut-off, or there is none.
pub(super) fn unserved_is_not_below_the_cut_off(programme: &Programme) -> Vec<Problem> {
    let distance = programme.settings.distance;
    let Some(unserved) = distance.unserved_km else { return Vec::new() };
    let cause = match distance.cut_off_km {
        None => format!("unserved_km is {unserved}, and without a cut-off everybody is served"),
        Some(cut_off) if exceeds(cut_off, unserved) => {
            format!("unserved_km is {unserved}, less than the cut-off of {cut_off}")
        }
        Some(_) => return Vec::new(),
    };
    vec![of_key(Code::UnservedBelowCutOff, "distance.unserved_km", cause)]
}

/// W205: all goals count people or units, and `unserved_km` changes nothing.
pub(super) fn unserved_is_used(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let counts = |(goal, _)| matches!(goal, Goal::Coverage | Goal::SelfSufficiency);
    match settings.distance.unserved_km {
        Some(unserved) if settings.objective.goals().all(counts) => {
            let goal = settings.objective.goal.name();
            let cause = format!(
                "unserved_km is {unserved}, and the goal `{goal}` counts people, not distances"
            );
            vec![of_key(Code::UnservedUnused, "distance.unserved_km", cause)]
        }
        _ => Vec::new(),
    }
}

/// W203: the goal is coverage and a kind reaches 0 km.
pub(super) fn kinds_reach_somebody(programme: &Programme) -> Vec<Problem> {
    if !programme.settings.objective.goals().any(|(goal, _)| goal == Goal::Coverage) {
        return Vec::new();
    }
    faults_of_reach(programme, Code::ReachZero, |kind| {
        let cause =
            format!("kind `{}` reaches 0 km, so only people at the very site count", kind.id);
        (kind.reach_km == Decimal::ZERO).then_some(cause)
    })
}

/// W204: the cut-off is shorter than a kind's reach.
pub(super) fn kinds_reach_within_the_cut_off(programme: &Programme) -> Vec<Problem> {
    let Some(cut_off) = programme.settings.distance.cut_off_km else { return Vec::new() };
    faults_of_reach(programme, Code::CutOffBelowReach, |kind| {
        let cause = format!(
            "kind `{}` reaches {} km, beyond the cut-off of {cut_off} km",
            kind.id, kind.reach_km
        );
        exceeds(kind.reach_km, cut_off).then_some(cause)
    })
}

fn faults_of_reach(
    programme: &Programme,
    code: Code,
    fault: impl Fn(&Kind) -> Option<String>,
) -> Vec<Problem> {
    let kinds = programme.settings.kinds.iter().enumerate();
    kinds
        .filter_map(|(index, kind)| {
            Some(of_key(code, format!("kinds[{}].reach_km", index + 1), fault(kind)?))
        })
        .collect()
}

/// E609: the goal is coverage or self-sufficiency and every kind of the packages counts 0.
pub(super) fn some_kind_weighs(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let kinds = settings.package_kinds();
    if kinds.is_empty() {
        return Vec::new();
    }
    let asked = |wanted| settings.objective.goals().any(|(goal, _)| goal == wanted);
    let cause = if !asked(Goal::Coverage) && !asked(Goal::SelfSufficiency) {
        return Vec::new();
    } else if kinds.iter().all(|kind| kind.weight == 0) {
        "every kind of the packages has the weight 0"
    } else if asked(Goal::SelfSufficiency)
        && kinds.iter().all(|kind| kind.weight == 0 || kind.demand == Decimal::ZERO)
    {
        "every kind of the packages has the weight 0 or the demand 0, and the goal \
         `self-sufficiency` counts units"
    } else {
        return Vec::new();
    };
    vec![of_key(Code::WeightsAllZero, "kinds", cause)]
}

fn exceeds(a: Decimal, b: Decimal) -> bool {
    a.to_f64() > b.to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// persons x (metres, or weights of all kinds) x discount scale x periods, each at its limit.
    #[test]
    fn the_largest_value_stays_below_2_to_the_100() {
        let (persons, discount, periods) = (20_000_000_000_u128, 1_000_000, 100);
        let metres = 20_100_000 * 10_u128;
        let weights = KINDS_MAX as u128 * 1_000_000;
        let largest = persons * metres.max(weights) * 1_000 * discount * periods;
        assert!(largest < 1 << 100);
    }
}
