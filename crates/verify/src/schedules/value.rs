//! What a plan is worth.

use groundwork_model::{Code, Goal, Problem};

use super::serving::Serving;
use super::world::World;

/// Returns the value of the objective as shown. Everybody who must be served is expected to be.
///
/// # Errors
///
/// A value beyond 128 bits is a fault, never a wrong figure.
pub(super) fn value(world: &World<'_>, serving: &Serving) -> Result<i128, Problem> {
    cost(world, serving).and_then(|cost| shown(world, cost)).ok_or_else(too_large)
}

/// Turns a cost into the figure that is shown: coverage shows what is covered instead.
pub(super) fn shown(world: &World<'_>, cost: i128) -> Option<i128> {
    if world.scene.weights.goal != Goal::Coverage {
        return Some(cost);
    }
    let mut everybody: i128 = 0;
    for (kind, _, factor) in counted(world) {
        let persons: u128 = world.kinds[kind].persons.iter().map(|n| u128::from(*n)).sum();
        let all = i128::try_from(persons.checked_mul(factor)?).ok()?;
        everybody = everybody.checked_add(all)?;
    }
    everybody.checked_sub(cost)
}

/// Returns each listed kind in each period, with what one person counts for.
pub(super) fn counted(world: &World<'_>) -> impl Iterator<Item = (usize, u32, u128)> {
    let weights = &world.scene.weights;
    let kinds = world.listed.iter().copied().zip(weights.factors());
    kinds.flat_map(|(kind, factor)| {
        (1..=world.periods)
            .zip(&weights.omega)
            .map(move |(period, omega)| (kind, period, u128::from(factor) * u128::from(*omega)))
    })
}

fn cost(world: &World<'_>, serving: &Serving) -> Option<i128> {
    let mut total: i128 = 0;
    for (kind, period, factor) in counted(world) {
        let cost = cost_of_kind(world, serving, kind, period)?;
        let counted = i128::try_from(cost.checked_mul(factor)?).ok()?;
        total = total.checked_add(counted)?;
    }
    Some(total)
}

/// Returns what one kind costs in one period, each person counting once.
fn cost_of_kind(world: &World<'_>, serving: &Serving, kind: usize, period: u32) -> Option<u128> {
    let facts = &world.kinds[kind];
    let is_coverage = world.scene.weights.goal == Goal::Coverage;
    let unserved = unserved(world);
    let mut total: u128 = 0;
    for (place, persons) in facts.persons.iter().enumerate().filter(|(_, persons)| **persons > 0) {
        let persons = u128::from(*persons);
        let cost = if facts.is_limited {
            let (served, metres) = serving.assigned.of_place(kind, place, period);
            let left = persons.checked_sub(served)?.checked_mul(unserved.unwrap_or(0))?;
            left.checked_add(if is_coverage { 0 } else { metres })?
        } else {
            let nearest = serving.nearest(kind, place, period);
            let cost = nearest.and_then(|metres| match (is_coverage, metres <= facts.reach_m) {
                (false, _) => Some(u128::from(metres)),
                (true, is_covered) => is_covered.then_some(0),
            });
            persons.checked_mul(cost.into_iter().chain(unserved).min()?)?
        };
        total = total.checked_add(cost)?;
    }
    Some(total)
}

/// Returns what somebody who is not served costs; `None` where everybody must be.
pub(super) fn unserved(world: &World<'_>) -> Option<u128> {
    if world.scene.weights.goal == Goal::Coverage {
        return Some(1);
    }
    world.scene.weights.cost_unserved().map(u128::from)
}

fn too_large() -> Problem {
    Problem::new(Code::ValueWrong, "the value does not fit 128 bits")
        .with_remedy("Use smaller weights, or fewer people or periods.")
}
