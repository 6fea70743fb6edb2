//! The bound that prices and radii prove, and a tree of such bounds.
//!
//! With a price for each rule and a radius for each place the sites fall apart: each takes the best of
//! its schedules alone, and no plan is better than all of these together. All of it is one pass of
//! whole-number arithmetic, no search:
//!
//! - `layers`: the kinds, for each goal, and the floors of coverage, and what radii mean in them.
//! - `prices`: which rules the certificate prices.
//! - `range`: that no sum can leave 128 bits.
//! - `savings`: what a site saves with what it offers.
//! - `state`: the bound, kept up to date while prices, radii and schedules change.
//! - `alone`: the bound of the rules alone.
//! - `tree`: the nodes, each followed from its parent.
//! - `ways`: how far people may go, where the goal of the worst-off is held.

mod alone;
mod layers;
mod prices;
mod range;
mod savings;
mod state;
mod tree;
mod ways;

use groundwork_model::certificate::{RulePrice, ScheduleCoverProof, ScheduleNode};
use groundwork_model::{Code, Goal, Problem};

use self::layers::Layers;
use self::prices::Priced;
use self::savings::Pricing;
use self::state::State;
use super::value;
use super::world::World;
use crate::Proved;
use crate::relaxation::{SHIFT_MAX, ceil_shifted, malformed, too_large};

/// Holds a proof as the certificate gives it.
pub(super) struct Given<'a> {
    pub(super) shift: u32,
    pub(super) prices: &'a [RulePrice],
    pub(super) radii: &'a [Vec<u64>],
    pub(super) nodes: &'a [ScheduleNode],
    /// How far somebody goes at least in each period of each future, where the goal of the worst-off is held.
    pub(super) covers: &'a [ScheduleCoverProof],
}

/// Recomputes the bound that a proof proves, whatever it says.
pub(super) fn prove(world: &World<'_>, given: &Given<'_>) -> Proved {
    match least_cost(world, given) {
        Ok((cost, pairs)) => shown(world, cost, pairs),
        Err(problems) => Proved { problems, ..Proved::default() },
    }
}

fn shown(world: &World<'_>, cost: Option<i128>, pairs: u64) -> Proved {
    let bound = cost.ok_or_else(crate::field::no_answer);
    match bound.and_then(|cost| value::shown(world, cost).ok_or_else(too_large)) {
        Ok(bound) => Proved { bound: Some(bound), problems: Vec::new(), pairs },
        Err(problem) => Proved { bound: None, problems: vec![problem], pairs },
    }
}

/// Returns the least bound of the leaves, rounded up, and how many pairs were measured; `None` when no
/// plan belongs to any leaf.
fn least_cost(world: &World<'_>, given: &Given<'_>) -> Result<(Option<i128>, u64), Vec<Problem>> {
    let one = |problem| vec![problem];
    if let Some(cause) = &world.refusal {
        return Err(one(malformed(format!("schedules bound nothing here: {cause}"))));
    }
    if world.tariff.goal == Goal::WorstDistance {
        let cause =
            "the goal `worst-distance` is no sum over persons: its proof is a cover by schedules";
        return Err(one(malformed(cause)));
    }
    if given.shift > SHIFT_MAX {
        return Err(one(malformed(format!("the shift {} is above {SHIFT_MAX}", given.shift))));
    }
    if let Some(site) = world.lists.iter().position(Vec::is_empty) {
        return Err(one(no_schedule(world, site)));
    }
    let (ways, pairs_of_covers) = ways::left(world, given.covers)?;
    let layers = Layers::of(world, given.shift, &ways);
    layers.check(given.radii).map_err(one)?;
    tree::check(world, &layers, given.nodes)?;
    let priced = Priced::of(world, &layers, given).map_err(one)?;
    let longest = range::longest(&layers, given);
    range::check(world, &layers, &priced, &longest).map_err(one)?;
    let pricing = Pricing::new(world, &layers, &priced, &longest);
    let (mut state, pairs) = State::new(&pricing, &priced, given);
    let cost = tree::least_cost(&mut state, given.nodes).map_err(one)?;
    Ok((cost.map(|cost| ceil_shifted(cost, given.shift)), pairs + pairs_of_covers))
}

/// Says that a site can do nothing that is allowed, so that there is no plan.
pub(super) fn no_schedule(world: &World<'_>, site: usize) -> Problem {
    let id = world.scene.sites.rows[site].id;
    if let Some(lock) = world.locks.iter().find(|lock| lock.site == site) {
        let when = world.scene.period_name(lock.period as usize - 1);
        let cause = format!(
            "the question locks `{id}` in {when}, where it may not open so: no plan keeps every rule"
        );
        return Problem::new(Code::DecisionNotKept, cause);
    }
    let cause =
        format!("`{id}` is required and has no period left to open in: no plan keeps every rule");
    Problem::new(Code::RequiredSiteMissing, cause)
}
