//! What a plan is worth under a goal.

use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem};

use super::lists::Schedule;
use super::rules::Entry;
use super::serving::Serving;
use super::tariff::Tariff;
use super::world::World;

/// Returns the value of the objective as shown. Everybody who must be served is expected to be.
///
/// # Errors
///
/// A value beyond 128 bits is a fault, never a wrong figure.
pub(super) fn value(
    world: &World<'_>,
    schedules: &[Schedule],
    serving: &Serving,
) -> Result<i128, Problem> {
    let changes = schedules.iter().enumerate();
    let changes = changes.filter(|(site, schedule)| world.is_change(*site, schedule)).count();
    let cost = || {
        let charged = world.charge_of_change().checked_mul(i128::try_from(changes).ok()?)?;
        cost(world, &world.tariff, schedules, serving)?.checked_add(charged)
    };
    cost().and_then(|cost| shown(world, cost)).ok_or_else(too_large)
}

/// Turns a cost into the figure that is shown: where large values are good, what everybody would count less that.
pub(super) fn shown(world: &World<'_>, cost: i128) -> Option<i128> {
    turned(world, &world.tariff, cost)
}

/// Turns the cost under a goal into its value, and its value into the cost.
pub(super) fn turned(world: &World<'_>, tariff: &Tariff, number: i128) -> Option<i128> {
    if tariff.goal.sense() == Sense::Min {
        return Some(number);
    }
    let mut everybody: i128 = 0;
    for (listed, kind) in world.listed.iter().enumerate() {
        for period in 1..=world.periods {
            let persons = world.kinds[*kind].persons.sum(period);
            let all = persons.checked_mul(tariff.factor(listed, period))?;
            everybody = everybody.checked_add(i128::try_from(all).ok()?)?;
        }
    }
    everybody.checked_sub(number)
}

/// Returns what persons cost and schedules are charged under a goal, without changes of promises.
pub(super) fn cost(
    world: &World<'_>,
    tariff: &Tariff,
    schedules: &[Schedule],
    serving: &Serving,
) -> Option<i128> {
    let mut total: i128 = 0;
    for (listed, kind) in world.listed.iter().enumerate() {
        for period in 1..=world.periods {
            let cost = cost_of_kind(world, tariff, serving, *kind, period)?;
            let counted = cost.checked_mul(tariff.factor(listed, period))?;
            total = total.checked_add(i128::try_from(counted).ok()?)?;
        }
    }
    for (site, schedule) in schedules.iter().enumerate() {
        for (feature, coefficient) in tariff.charged(world, site)? {
            let entry = Entry { site: site as u32, feature, coefficient };
            total = total.checked_add(entry.of(world, schedule))?;
        }
    }
    Some(total)
}

/// Returns what one kind costs in one period, each person counting once.
fn cost_of_kind(
    world: &World<'_>,
    tariff: &Tariff,
    serving: &Serving,
    kind: usize,
    period: u32,
) -> Option<u128> {
    let facts = &world.kinds[kind];
    let assigned =
        if facts.is_limited { serving.assigned.cost(world, tariff, kind, period)? } else { 0 };
    let mut total = assigned;
    let persons = facts.persons.in_period(period).iter().enumerate();
    for (place, persons) in persons.filter(|(_, persons)| **persons > 0) {
        let persons = u128::from(*persons);
        let cost = if facts.is_limited {
            let (served, _) = serving.assigned.of_place(kind, place, period);
            persons.checked_sub(served)?.checked_mul(tariff.unserved.unwrap_or(0))?
        } else {
            let cheapest = if tariff.is_of_own_place() {
                let is_served = serving.has_own(world, kind, place, period);
                is_served.then(|| tariff.cost(facts.reach_m, true, 0))
            } else {
                // No way is cheaper than the shortest.
                let nearest = serving.nearest(kind, place, period);
                nearest.map(|metres| tariff.cost(facts.reach_m, false, metres))
            };
            persons.checked_mul(cheapest.into_iter().chain(tariff.unserved).min()?)?
        };
        total = total.checked_add(cost)?;
    }
    Some(total)
}

pub(super) fn too_large() -> Problem {
    Problem::new(Code::ValueWrong, "the value does not fit 128 bits")
        .with_remedy("Use smaller weights, or fewer people or periods.")
}
