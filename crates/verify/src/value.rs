//! What a plan is worth.

use groundwork_model::{Code, Goal, Problem};

use crate::scene::Scene;
use crate::service::Service;

/// Returns the value of the objective as shown; `None` when somebody who must be served is not.
///
/// # Errors
///
/// A value beyond 128 bits is a fault, never a wrong figure.
pub(crate) fn value(scene: &Scene<'_>, service: &Service) -> Result<Option<i128>, Problem> {
    let mut total: i128 = 0;
    for index in 0..scene.periods() {
        let Some(cost) = period_cost(scene, service, index)? else { return Ok(None) };
        let counted = counted(scene, index, cost).ok_or_else(too_large)?;
        total = total.checked_add(counted).ok_or_else(too_large)?;
    }
    shown(scene, total).ok_or_else(too_large).map(Some)
}

/// Turns a cost into the figure that is shown: coverage shows what is covered instead.
pub(crate) fn shown(scene: &Scene<'_>, cost: i128) -> Option<i128> {
    if scene.weights.goal != Goal::Coverage {
        return Some(cost);
    }
    let mut most: i128 = 0;
    for index in 0..scene.periods() {
        let everybody = u128::from(scene.weights.all_kinds()).checked_mul(population(scene))?;
        most = most.checked_add(counted(scene, index, everybody)?)?;
    }
    most.checked_sub(cost)
}

/// Returns the undiscounted cost of one period: the largest for the goal `worst-distance`, else the
/// sum over persons.
fn period_cost(
    scene: &Scene<'_>,
    service: &Service,
    index: usize,
) -> Result<Option<u128>, Problem> {
    let worst = scene.weights.goal == Goal::WorstDistance;
    let mut total: u128 = 0;
    for place in (0..scene.places()).filter(|&place| scene.persons(place) > 0) {
        let nearest = service.nearest(place, index);
        let Some(cost) = scene.weights.cost_of_nearest(nearest) else { return Ok(None) };
        let cost = u128::from(cost);
        total = if worst {
            total.max(cost)
        } else {
            let of_place = cost * u128::from(scene.persons(place));
            total.checked_add(of_place).ok_or_else(too_large)?
        };
    }
    Ok(Some(total))
}

/// Returns what a cost of one period counts for.
pub(crate) fn counted(scene: &Scene<'_>, index: usize, cost: u128) -> Option<i128> {
    let product = scene.weights.of_period(index).checked_mul(cost)?;
    i128::try_from(product).ok()
}

fn population(scene: &Scene<'_>) -> u128 {
    scene.programme.places.iter().map(|place| u128::from(place.population)).sum()
}

fn too_large() -> Problem {
    Problem::new(Code::ValueWrong, "the value does not fit 128 bits")
        .with_remedy("Use smaller weights, or fewer people or periods.")
}
