//! How far people may go in each period of each future where the goal of the worst-off is held.
//!
//! The largest distances, each as often as it counts, add up to no more than the value that is held. So none of them is
//! more than what the least of all others leaves. What is proved of the least is proved by covers, as under that goal.

use groundwork_model::Problem;
use groundwork_model::certificate::ScheduleCoverProof;

use crate::relaxation::{malformed, too_large};
use crate::schedules::cover;
use crate::schedules::futures::Judging;
use crate::schedules::world::{HeldGoal, World};

/// Returns how far people may go in each period, all periods of the first future first, and how many pairs were measured;
/// the largest number where they may go as far as there are sites, or nowhere. Empty where the goal is not held.
pub(super) fn left(
    world: &World<'_>,
    covers: &[ScheduleCoverProof],
) -> Result<(Vec<u32>, u64), Vec<Problem>> {
    let Some(held) = world.held.iter().find(|held| held.guards()) else {
        if covers.is_empty() {
            return Ok((Vec::new(), 0));
        }
        return Err(vec![malformed(
            "there are `covers`, and the goal `worst-distance` is not held",
        )]);
    };
    let (least, pairs) = if covers.is_empty() {
        (vec![0; world.futures.list.len() * world.periods as usize], 0)
    } else {
        cover::distances(world, covers)?
    };
    let ways = of_moments(world, held, &least).ok_or_else(|| vec![too_large()])?;
    Ok((ways, pairs))
}

/// Returns how far people may go where in each period somebody goes so far at least; `None` beyond 128 bits.
fn of_moments(world: &World<'_>, held: &HeldGoal, least: &[u32]) -> Option<Vec<u32>> {
    let unserved = held.tariff.unserved.map_or(u32::MAX, |m| u32::try_from(m).unwrap_or(u32::MAX));
    let periods = world.periods as usize;
    let weight = |moment: usize| -> Option<i128> {
        let counts = held.tariff.of_period((moment % periods) as u32 + 1);
        let often = match world.futures.judging {
            Judging::Expected => u128::from(world.futures.list[moment / periods].weight),
            Judging::Worst => 1,
        };
        i128::try_from(counts.checked_mul(often)?).ok()
    };
    let weights: Vec<i128> = (0..least.len()).map(weight).collect::<Option<_>>()?;
    let least = |moment: usize| i128::from(least[moment].min(unserved));
    // Where the worst future counts, the value is held in each of them.
    let together = if held.most.len() > 1 { periods } else { weights.len().max(1) };
    let mut left = held.most.clone();
    for (moment, weight) in weights.iter().enumerate() {
        let sum = &mut left[moment / together];
        *sum = sum.checked_sub(weight.checked_mul(least(moment))?)?;
    }
    let way = |(moment, weight): (usize, &i128)| -> Option<u32> {
        let Some(more) = left[moment / together].checked_div_euclid(*weight) else {
            return Some(u32::MAX);
        };
        let metres = least(moment).checked_add(more)?.max(0);
        Some(u32::try_from(metres).ok().filter(|metres| *metres < unserved).unwrap_or(u32::MAX))
    };
    weights.iter().enumerate().map(way).collect()
}
