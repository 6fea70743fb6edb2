//! Rules about the futures of a programme.

use std::collections::HashSet;

use super::limits::{costed_resources, provinces};
use super::packages::{hint, unknown_kind};
use super::sites::known_sites;
use super::{SHOWN, of_key};
use crate::problem::{Code, Problem};
use crate::programme::{Future, Goal, Programme, Scenarios};

/// Futures that are planned for at most, draws included.
const FUTURES_MAX: usize = 64;

/// Most that a number of persons or a cost is of what is written, in per cent.
const PER_CENT_MAX: u32 = 1_000;

/// Most periods by which a site is late; no programme has more periods.
const PERIODS_MAX: u32 = 100;

/// Returns the scenarios with each future and its key.
fn futures(programme: &Programme) -> impl Iterator<Item = (String, &Future)> {
    let scenarios = programme.settings.scenarios.as_ref();
    let listed = scenarios.map_or(&[][..], |scenarios| &scenarios.futures).iter().enumerate();
    listed.map(|(index, future)| (format!("scenarios.future[{}]", index + 1), future))
}

/// E240: two futures have the same name.
pub(super) fn names_are_unique(programme: &Programme) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let again = futures(programme).filter(|(_, future)| !seen.insert(future.name.as_str()));
    again
        .map(|(key, future)| {
            let cause = format!("future `{}` is there already", future.name);
            of_key(Code::DuplicateFuture, format!("{key}.name"), cause)
        })
        .collect()
}

/// E235: sites may be late or fail, and nothing says what somebody without a site counts with.
pub(super) fn lateness_has_a_cut_off(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    // Equity cannot be had without a cut-off anyway.
    let asks = matches!(settings.objective.goal, Goal::Distance | Goal::WorstDistance | Goal::Cost);
    if !asks || settings.distance.unserved_m().is_some() {
        return Vec::new();
    }
    let cause =
        "where sites may be late or fail, somebody may be without any; and there is no cut-off";
    let late = settings.scenarios.as_ref().and_then(late_key);
    late.map(|key| of_key(Code::GoalsWithoutCutOff, key, cause)).into_iter().collect()
}

/// Returns the first key by which a site can be late or fail.
fn late_key(scenarios: &Scenarios) -> Option<String> {
    let of_future = scenarios.futures.iter().enumerate().find_map(|(index, future)| {
        let late = future.late.iter().position(|row| row.fails || row.periods > 0)?;
        Some(format!("scenarios.future[{}].late[{}]", index + 1, late + 1))
    });
    let drawn = scenarios.delays.as_ref();
    let drawn = drawn.filter(|delays| delays.late_per_cent.first() != Some(&100));
    of_future.or_else(|| drawn.map(|_| "scenarios.delays.late_per_cent".to_owned()))
}

/// E207, W212: there are more futures than are planned for, or none at all.
pub(super) fn there_are_some_but_not_too_many(programme: &Programme) -> Vec<Problem> {
    let Some(scenarios) = &programme.settings.scenarios else { return Vec::new() };
    let draws = scenarios.delays.as_ref().map_or(1, |delays| delays.samples as usize);
    if scenarios.futures.is_empty() && scenarios.delays.is_none() {
        let cause = "neither futures nor delays are given, so the one future is that of the numbers as written";
        return vec![of_key(Code::NoFutures, "scenarios", cause)];
    }
    let count = scenarios.futures.len().max(1).saturating_mul(draws);
    if count <= FUTURES_MAX {
        return Vec::new();
    }
    let (key, cause) = match scenarios.futures.len() {
        listed if draws == 1 => ("scenarios.future", format!("there are {listed} futures")),
        listed => (
            "scenarios.delays.samples",
            format!("{} times {draws} draws are {count} futures", listed.max(1)),
        ),
    };
    vec![of_key(Code::WrongLength, key, format!("{cause}; at most {FUTURES_MAX} are planned for"))]
}

/// E205: a number of a future is out of range, or the delays of more than all sites are given.
pub(super) fn numbers_are_in_range(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (key, future) in futures(programme) {
        for (resource, per_cent) in &future.cost_per_cent {
            if *per_cent > PER_CENT_MAX {
                let cause = format!("the number is {per_cent}; it takes 0 to {PER_CENT_MAX}");
                let key = format!("{key}.cost_per_cent.{resource}");
                faults.push(of_key(Code::OutOfRange, key, cause));
            }
        }
        for (index, row) in future.late.iter().enumerate() {
            if row.periods > PERIODS_MAX {
                let cause = format!("the number is {}; it takes 0 to {PERIODS_MAX}", row.periods);
                let key = format!("{key}.late[{}].periods", index + 1);
                faults.push(of_key(Code::OutOfRange, key, cause));
            }
        }
    }
    let delays = programme.settings.scenarios.as_ref().and_then(|all| all.delays.as_ref());
    let shares = delays.map_or(&[][..], |delays| &delays.late_per_cent);
    let sum: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    if sum > 100 {
        let cause = format!("the shares add up to {sum} per cent, and there are only 100");
        faults.push(of_key(Code::OutOfRange, "scenarios.delays.late_per_cent", cause));
    }
    faults
}

/// E242: a row of `late` says that sites open later and that they never do, or it is the first and says nothing.
pub(super) fn lateness_is_clear(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (key, future) in futures(programme) {
        for (index, row) in future.late.iter().enumerate() {
            let cause = match (row.periods, row.fails) {
                (0, false) if index == 0 => {
                    "the sites are neither late nor do they fail".to_owned()
                }
                (0, _) | (_, false) => continue,
                (periods, true) => {
                    format!("the sites are {periods} periods late, and they never open")
                }
            };
            faults.push(of_key(Code::LateUnclear, format!("{key}.late[{}]", index + 1), cause));
        }
    }
    faults
}

/// E212, E226, E502: a future speaks of a kind, a province or a site that is not there.
pub(super) fn they_speak_of_what_is_there(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (key, future) in futures(programme) {
        for (index, row) in future.demand.iter().enumerate() {
            let key = format!("{key}.demand[{}]", index + 1);
            let kind = row.kind.as_ref();
            faults.extend(
                kind.and_then(|kind| unknown_kind(programme, kind, &format!("{key}.kind"))),
            );
            faults.extend(unknown_province(programme, row.province.as_deref(), &key));
        }
        for (index, row) in future.late.iter().enumerate() {
            let key = format!("{key}.late[{}]", index + 1);
            faults.extend(unknown_province(programme, row.province.as_deref(), &key));
            faults.extend(unknown_sites(programme, &row.sites, &key));
        }
    }
    faults
}

fn unknown_province(programme: &Programme, province: Option<&str>, key: &str) -> Option<Problem> {
    let (province, known) = (province?, provinces(programme));
    if known.contains(province) || programme.places.is_empty() {
        return None;
    }
    let cause = match known.is_empty() {
        true => "no place has a province".to_owned(),
        false => {
            let hint = hint(province, known.iter().copied());
            format!("no place lies in the province `{province}`{hint}")
        }
    };
    // A future speaks of all provinces by naming none.
    let remedy = "Write a province of the places table, or leave the key out for all of them.";
    let problem = of_key(Code::UnknownProvince, format!("{key}.province"), cause);
    Some(problem.with_remedy(remedy))
}

fn unknown_sites(programme: &Programme, sites: &[String], key: &str) -> Vec<Problem> {
    let unread = programme.settings.files.sites.is_some() && programme.sites.is_empty();
    if programme.places.is_empty() || unread || sites.is_empty() {
        return Vec::new();
    }
    let known = known_sites(programme);
    let strange = sites.iter().enumerate().filter(|(_, site)| !known.contains(site.as_str()));
    strange
        .take(SHOWN + 1)
        .map(|(index, site)| {
            let hint = hint(site, known.iter().copied());
            let cause = format!("`{site}` is neither a place nor a site{hint}");
            of_key(Code::UnknownSite, format!("{key}.sites[{}]", index + 1), cause)
        })
        .collect()
}

/// W213: a future changes the cost of a resource that nothing costs.
pub(super) fn costs_are_used(programme: &Programme) -> Vec<Problem> {
    let used = costed_resources(programme);
    let strange = futures(programme).flat_map(|(key, future)| {
        let resources = future.cost_per_cent.keys();
        resources
            .filter(|resource| !used.contains(resource.as_str()))
            .map(move |resource| (format!("{key}.cost_per_cent.{resource}"), resource))
    });
    strange
        .map(|(key, resource)| {
            let cause =
                format!("nothing costs `{resource}`{}", hint(resource, used.iter().copied()));
            of_key(Code::FutureCostUnused, key, cause)
        })
        .collect()
}

/// Returns whether what the programme as written cannot keep may be kept in some future, which has fewer people or lower
/// costs: then only a search can tell.
pub(super) fn may_ease(programme: &Programme, code: Code) -> bool {
    match code {
        Code::BudgetBelowRequired | Code::BudgetBelowFloors => futures(programme)
            .any(|(_, future)| future.cost_per_cent.values().any(|share| *share < 100)),
        Code::CapacityBelowNeed | Code::NobodyServed => {
            futures(programme).any(|(_, future)| future.demand.iter().any(|row| row.per_cent < 100))
        }
        _ => false,
    }
}
