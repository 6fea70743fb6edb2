//! What a plan is worth under a goal.

use groundwork_model::plan::Sense;
use groundwork_model::{Code, Goal, Problem};

use super::futures::{Future, Judging};
use super::lists::Schedule;
use super::rules::Entry;
use super::serving::Serving;
use super::tariff::Tariff;
use super::world::World;

/// Returns the value of a plan in one future, in the scale of the goal alone. Everybody who must be served is expected
/// to be.
///
/// # Errors
///
/// A value beyond 128 bits is a fault, never a wrong figure.
pub(super) fn of_future(
    world: &World<'_>,
    schedules: &[Schedule],
    serving: &Serving<'_>,
) -> Result<i128, Problem> {
    let changes = schedules.iter().enumerate();
    let changes = changes.filter(|(site, schedule)| world.is_change(*site, schedule)).count();
    let value = || {
        let each = world.charge_of_change() / i128::from(world.futures.scale());
        let charged = each.checked_mul(i128::try_from(changes).ok()?)?;
        let cost = cost(world, &world.tariff, schedules, serving)?.checked_add(charged)?;
        turned(world, serving.future, &world.tariff, cost)
    };
    value().ok_or_else(too_large)
}

/// Returns the value of a plan by those that it has in all futures.
///
/// # Errors
///
/// A value beyond 128 bits is a fault, never a wrong figure.
pub(super) fn of_all(world: &World<'_>, values: &[i128]) -> Result<i128, Problem> {
    let value = match (world.futures.judging, world.tariff.goal.sense()) {
        (Judging::Expected, _) => weighed(world, values),
        (Judging::Worst, Sense::Min) => values.iter().max().copied(),
        (Judging::Worst, Sense::Max) => values.iter().min().copied(),
    };
    value.ok_or_else(too_large)
}

/// Returns the sum of what there is in each future, as often as it weighs.
pub(super) fn weighed(world: &World<'_>, each: &[i128]) -> Option<i128> {
    let mut weighed = each.iter().zip(&world.futures.list);
    weighed.try_fold(0_i128, |sum, (number, future)| {
        sum.checked_add(number.checked_mul(i128::from(future.weight))?)
    })
}

/// Turns a cost of all futures, as a bound has it, into the figure that is shown: where large values are good, what
/// everybody would count less that. The worst cost has that taken off already.
pub(super) fn shown(world: &World<'_>, cost: i128) -> Option<i128> {
    match (world.tariff.goal.sense(), world.futures.judging) {
        (Sense::Min, _) => Some(cost),
        (Sense::Max, Judging::Expected) => taken_off_all(world, &world.tariff)?.checked_sub(cost),
        (Sense::Max, Judging::Worst) => cost.checked_neg(),
    }
}

/// Returns the most that may be a cost for a goal to be held at a value: in each future where the worst of them counts,
/// else in all together, each as often as it weighs.
pub(super) fn most(world: &World<'_>, tariff: &Tariff, value: i128) -> Option<Vec<i128>> {
    match world.futures.judging {
        Judging::Expected if tariff.goal.sense() == Sense::Min => Some(vec![value]),
        Judging::Expected => Some(vec![taken_off_all(world, tariff)?.checked_sub(value)?]),
        Judging::Worst => {
            let futures = world.futures.list.iter();
            futures.map(|future| turned(world, future, tariff, value)).collect()
        }
    }
}

/// Returns what everybody would count in all futures, each as often as it weighs, where large values are good; else 0.
fn taken_off_all(world: &World<'_>, tariff: &Tariff) -> Option<i128> {
    let futures = world.futures.list.iter();
    let each: Option<Vec<i128>> = futures.map(|future| taken_off(world, future, tariff)).collect();
    weighed(world, &each?)
}

/// Turns the cost under a goal in a future into its value, and its value into the cost.
pub(super) fn turned(
    world: &World<'_>,
    future: &Future,
    tariff: &Tariff,
    number: i128,
) -> Option<i128> {
    if tariff.goal.sense() == Sense::Min {
        return Some(number);
    }
    taken_off(world, future, tariff)?.checked_sub(number)
}

/// Returns what everybody would count in a future, where large values are good; else 0.
pub(super) fn taken_off(world: &World<'_>, future: &Future, tariff: &Tariff) -> Option<i128> {
    if tariff.goal.sense() == Sense::Min {
        return Some(0);
    }
    let mut everybody: i128 = 0;
    for (listed, kind) in world.listed.iter().enumerate() {
        for period in 1..=world.periods {
            let persons = future.persons[*kind].sum(period);
            let all = persons.checked_mul(tariff.factor(listed, period))?;
            everybody = everybody.checked_add(i128::try_from(all).ok()?)?;
        }
    }
    Some(everybody)
}

/// Returns what persons cost and schedules are charged under a goal in a future, without changes of promises.
pub(super) fn cost(
    world: &World<'_>,
    tariff: &Tariff,
    schedules: &[Schedule],
    serving: &Serving<'_>,
) -> Option<i128> {
    if tariff.goal == Goal::WorstDistance {
        return farthest(world, tariff, serving);
    }
    let mut total: i128 = 0;
    for (listed, kind) in world.listed.iter().enumerate() {
        for period in 1..=world.periods {
            let cost = cost_of_kind(world, tariff, serving, *kind, period)?;
            let counted = cost.checked_mul(tariff.factor(listed, period))?;
            total = total.checked_add(i128::try_from(counted).ok()?)?;
        }
    }
    for (site, schedule) in schedules.iter().enumerate() {
        for (feature, coefficient) in tariff.charged(world, serving.future, site)? {
            let entry = Entry { site: site as u32, feature, coefficient };
            total = total.checked_add(entry.of(world, schedule))?;
        }
    }
    Some(total)
}

/// Returns the largest distances of all periods, added up as they count. Everybody who must be served is expected to be.
fn farthest(world: &World<'_>, tariff: &Tariff, serving: &Serving<'_>) -> Option<i128> {
    let mut total: i128 = 0;
    for period in 1..=world.periods {
        let mut farthest = 0_u128;
        for kind in &world.listed {
            farthest = farthest.max(if world.kinds[*kind].is_limited {
                farthest_sent(tariff, serving, *kind, period)?
            } else {
                farthest_nearest(tariff, serving, *kind, period)?
            });
        }
        let counted = tariff.of_period(period).checked_mul(farthest)?;
        total = total.checked_add(i128::try_from(counted).ok()?)?;
    }
    Some(total)
}

/// Returns the largest distance to the nearest site that offers a kind.
fn farthest_nearest(
    tariff: &Tariff,
    serving: &Serving<'_>,
    kind: usize,
    period: u32,
) -> Option<u128> {
    let mut farthest = 0_u128;
    let persons = serving.future.persons[kind].in_period(period).iter().enumerate();
    for (place, _) in persons.filter(|(_, persons)| **persons > 0) {
        let metres = serving.nearest(kind, place, period).map(u128::from);
        farthest = farthest.max(metres.into_iter().chain(tariff.unserved).min()?);
    }
    Some(farthest)
}

/// Returns the largest distance over which somebody is sent for a limited kind, or that of somebody who is not served.
fn farthest_sent(tariff: &Tariff, serving: &Serving<'_>, kind: usize, period: u32) -> Option<u128> {
    let mut persons = serving.future.persons[kind].in_period(period).iter().enumerate();
    let served = |place: usize| serving.assigned.of_place(kind, place, period).0;
    let is_left = persons.any(|(place, persons)| served(place) < u128::from(*persons));
    let left = if is_left { tariff.unserved? } else { 0 };
    Some(left.max(u128::from(serving.assigned.farthest(kind, period))))
}

/// Returns what one kind costs in one period, each person counting once.
fn cost_of_kind(
    world: &World<'_>,
    tariff: &Tariff,
    serving: &Serving<'_>,
    kind: usize,
    period: u32,
) -> Option<u128> {
    let facts = &world.kinds[kind];
    let assigned =
        if facts.is_limited { serving.assigned.cost(world, tariff, kind, period)? } else { 0 };
    let mut total = assigned;
    let persons = serving.future.persons[kind].in_period(period).iter().enumerate();
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
