//! How large the numbers of a goal can become, so that no sum leaves what is computed with.

use std::collections::HashMap;

use super::of_key;
use super::sites::candidates;
use crate::decimal::Decimal;
use crate::problem::{Code, Problem};
use crate::programme::{Amounts, Goal, Kind, Package, Place, Programme, Size};

/// What one person and one unit of cost count for, and what one site is charged, stay below this.
const FACTOR_BITS: u32 = 62;

/// What one person costs under the goal `cost` stays below this.
const WAY_BITS: u32 = 40;

/// The value of a plan stays below this.
const VALUE_BITS: u32 = 100;

/// Metres of the longest way without a cut-off: half of the earth's circumference.
const FARTHEST_M: f64 = 20_015_115.0;

/// What a person counts under the goal `equity` who is as far as `unserved_km`.
const EQUITY_SCALE: u128 = 1 << 20;

/// E233: the numbers of a goal can become larger than what is computed with.
pub(super) fn numbers_of_goals_are_not_too_large(programme: &Programme) -> Vec<Problem> {
    let goals = programme.settings.objective.goals();
    let faults: Vec<Problem> =
        goals.filter_map(|(goal, _)| fault_of_goal(programme, goal)).collect();
    if faults.is_empty() { of_futures(programme).into_iter().collect() } else { faults }
}

/// Returns the fault (E233) that the futures of a programme make what is added up over them too large.
fn of_futures(programme: &Programme) -> Option<Problem> {
    let settings = &programme.settings;
    let scenarios = settings.scenarios.as_ref()?;
    let draws = scenarios.delays.as_ref().map_or(1, |delays| u128::from(delays.samples));
    let weights = scenarios.futures.iter().map(|future| u128::from(future.weight));
    let weights = weights.sum::<u128>().max(1) * draws;
    let demand = scenarios.futures.iter().flat_map(|future| &future.demand);
    let demand = demand.map(|row| u128::from(row.per_cent));
    let costs = scenarios.futures.iter().flat_map(|future| future.cost_per_cent.values());
    let costs = costs.map(|per_cent| u128::from(*per_cent));
    let times = weights * demand.chain(costs).max().unwrap_or(100).max(100);
    let (factor, value) = largest(programme, settings.objective.goal);
    let too_large_by = |number: u128, bits: u32| (number.saturating_mul(times) / 100) >> bits > 0;
    (too_large_by(factor, FACTOR_BITS) || too_large_by(value, VALUE_BITS)).then(|| {
        let cause = format!(
            "the weights of the futures add up to {weights}, and some have more people or higher costs: values are more \
             than is computed with"
        );
        too_large("scenarios", cause)
    })
}

/// Returns bounds of what one person or site counts, and of the value of a plan, in the numbers as written.
fn largest(programme: &Programme, goal: Goal) -> (u128, u128) {
    let discount = discount_scale(programme);
    let settings = &programme.settings;
    let digits =
        |numbers: &mut dyn Iterator<Item = Decimal>| numbers.map(Decimal::scale).max().unwrap_or(0);
    let unit = match goal {
        Goal::SelfSufficiency => {
            // A demand has 10^6 units at most, of as many parts as its digits tell.
            let digits = digits(&mut settings.kinds.iter().map(|kind| kind.demand));
            10_u128.pow(digits.min(18)) * 1_000_000
        }
        Goal::Equity => EQUITY_SCALE,
        _ => 1,
    };
    let kinds = weights(programme);
    let most = kinds.iter().map(|(_, weight)| *weight).max().unwrap_or(1);
    let weight: u128 = kinds.iter().map(|(_, weight)| weight).sum();
    let persons = person_periods(programme);
    let each = discount.saturating_mul(unit);
    if goal != Goal::Cost {
        let way = if goal == Goal::Distance { farthest_m(programme) } else { 1 };
        let value = each.saturating_mul(weight).saturating_mul(persons).saturating_mul(way);
        return (each.saturating_mul(most), value);
    }
    let rate = settings.objective.per_person_km.unwrap_or(Decimal::ZERO);
    let way = farthest_m(programme).saturating_mul(u128::from(rate.mantissa().unsigned_abs()));
    let ways =
        (kinds.len() as u128).saturating_mul(persons).saturating_mul(way).saturating_mul(discount);
    let times = 1000 * 10_u128.pow(rate.scale().min(18)) * discount;
    let resource = settings.objective.resource.as_deref().unwrap_or_default();
    let charged = most_charged(programme, resource);
    let dearest = charged.iter().copied().max().unwrap_or(0);
    let sum = charged.iter().fold(0, |sum: u128, one| sum.saturating_add(*one));
    (dearest.saturating_mul(times), ways.saturating_add(sum.saturating_mul(times)))
}

/// Returns the fault (E233) that a programme has with a goal.
pub(super) fn fault_of_goal(programme: &Programme, goal: Goal) -> Option<Problem> {
    match goal {
        // The ranges of all numbers keep these small: see the test of the settings.
        Goal::Distance | Goal::Coverage | Goal::WorstDistance => None,
        Goal::SelfSufficiency => of_self_sufficiency(programme),
        Goal::Equity => of_equity(programme),
        Goal::Cost => of_cost(programme),
    }
}

fn too_large(key: &str, cause: String) -> Problem {
    of_key(Code::GoalTooLarge, key, cause)
}

/// Returns what a plan would be worth if everybody counted in each period, one unit of factor each.
fn person_periods(programme: &Programme) -> u128 {
    let most = |place: &Place| u128::from(place.most_persons());
    let persons: u128 = programme.places.iter().map(most).sum();
    persons * u128::from(programme.settings.periods.count)
}

/// Returns what a person of the first period counts for.
fn discount_scale(programme: &Programme) -> u128 {
    if programme.settings.objective.discount_rate.mantissa() == 0 { 1 } else { 1_000_000 }
}

/// Returns the weight of each kind that packages list, as values have it.
fn weights(programme: &Programme) -> Vec<(&Kind, u128)> {
    let kinds = programme.settings.package_kinds();
    let weighted = programme.settings.is_weighted();
    kinds.iter().map(|&kind| (kind, if weighted { u128::from(kind.weight) } else { 1 })).collect()
}

fn of_self_sufficiency(programme: &Programme) -> Option<Problem> {
    let kinds = weights(programme);
    let digits = kinds.iter().map(|(kind, _)| kind.demand.scale()).max().unwrap_or(0);
    let factor = |&(kind, weight): &(&Kind, u128)| {
        let demand = u128::from(kind.demand.mantissa().unsigned_abs())
            .saturating_mul(10_u128.pow(digits.saturating_sub(kind.demand.scale())));
        discount_scale(programme).saturating_mul(weight).saturating_mul(demand)
    };
    let factors: Vec<u128> = kinds.iter().map(factor).collect();
    let largest = factors.iter().copied().max().unwrap_or(0);
    let sum = factors.iter().fold(0, |sum: u128, factor| sum.saturating_add(*factor));
    let value = sum.saturating_mul(person_periods(programme));
    (largest >> FACTOR_BITS > 0 || value >> VALUE_BITS > 0).then(|| {
        let cause = format!(
            "weights, demands with {digits} digits behind the point and the discount make one person \
             count {largest} times; that is more than is computed with"
        );
        too_large("kinds", cause)
    })
}

fn of_equity(programme: &Programme) -> Option<Problem> {
    let weight: u128 = weights(programme).iter().map(|(_, weight)| weight).sum();
    let value = EQUITY_SCALE * discount_scale(programme) * weight;
    let value = value.saturating_mul(person_periods(programme));
    (value >> VALUE_BITS > 0).then(|| {
        let cause =
            "all persons together, with the weights of the kinds, are more than is computed with";
        too_large("kinds", cause.to_owned())
    })
}

fn of_cost(programme: &Programme) -> Option<Problem> {
    let settings = &programme.settings;
    let rate = settings.objective.per_person_km.unwrap_or(Decimal::ZERO);
    let metres = farthest_m(programme);
    let way = metres.saturating_mul(u128::from(rate.mantissa().unsigned_abs()));
    if way >> WAY_BITS > 0 {
        let (km, most) = (metres / 1000, (1_u128 << WAY_BITS) / metres.max(1));
        let cause = format!(
            "a way of {km} km at {rate} is more than is computed with: the digits of per_person_km may be \
             {most} at most"
        );
        return Some(too_large("objective.per_person_km", cause));
    }
    let resource = settings.objective.resource.as_deref()?;
    let times = 1000 * 10_u128.pow(rate.scale().min(18)) * discount_scale(programme);
    let charged = most_charged(programme, resource);
    let dearest = charged.iter().copied().max().unwrap_or(0).saturating_mul(times);
    let ways = weights(programme).len() as u128 * person_periods(programme);
    let ways = ways.saturating_mul(way).saturating_mul(discount_scale(programme));
    let sum = charged.iter().fold(0, |sum: u128, one| sum.saturating_add(*one));
    let value = ways.saturating_add(sum.saturating_mul(times));
    (dearest >> FACTOR_BITS > 0 || value >> VALUE_BITS > 0).then(|| {
        let cause = format!(
            "one site can be charged {} of `{resource}`, and values are {times} times that: more than is \
             computed with",
            dearest / times
        );
        too_large("objective.resource", cause)
    })
}

/// Returns the metres of the longest way that can count.
fn farthest_m(programme: &Programme) -> u128 {
    let distance = programme.settings.distance;
    match distance.unserved_m() {
        Some(metres) => u128::from(metres.max(distance.cut_off_m().unwrap_or(0))),
        None => (FARTHEST_M * distance.detour.to_f64()).ceil() as u128,
    }
}

/// Returns for each site the most that it can be charged of a resource in all periods.
fn most_charged(programme: &Programme, resource: &str) -> Vec<u128> {
    let settings = &programme.settings;
    let of = |amounts: &Amounts| u128::from(amounts.get(resource).copied().unwrap_or_default());
    let sizes = |package: &Package, amounts: fn(&Size) -> &Amounts| -> u128 {
        let listed = package.listed().filter_map(|(kind, size)| {
            settings.kinds.iter().find(|known| known.id == kind)?.size(size?)
        });
        listed.map(|size| of(amounts(size))).sum()
    };
    let packages = || settings.packages.iter();
    let cost = packages().map(|row| of(&row.cost) + sizes(row, |size| &size.cost)).max();
    let running = packages().map(|row| of(&row.running) + sizes(row, |size| &size.running)).max();
    let upgrade = settings.upgrades.iter().map(|upgrade| of(&upgrade.cost)).max();
    let of_all = cost.unwrap_or(0)
        + upgrade.unwrap_or(0)
        + running.unwrap_or(0) * u128::from(settings.periods.count);
    // Of two rows of a site the first counts.
    let own: HashMap<&str, u128> =
        programme.sites.iter().rev().map(|site| (site.id.as_str(), of(&site.cost))).collect();
    let charged = |id: &str| own.get(id).copied().unwrap_or(0);
    candidates(programme).iter().map(|site| of_all + charged(site.id)).collect()
}
