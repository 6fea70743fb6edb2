//! Programmes that are not plain: several packages, capacities, costs and rules between sites.
//!
//! What happens at a site over all periods is its schedule. A plan picks one schedule for each site, and
//! every rule between sites is a row: a sum over sites of what their schedules bring, held against a
//! number. `docs/concepts/rules.md` says what each rule means; one file a family follows it:
//!
//! - `world`, `packages`, `materials`: the programme in numbers; `tariff`: what a goal counts.
//! - `lists`: the schedules that each site has, in their order; `promises`: which of them a replan leaves.
//! - `reading`: which schedules a plan picks, and which of them a site does not have.
//! - `rules`: the rows; `keeping`: whether a plan keeps them.
//! - `serving`, `assignments`: who is served where.
//! - `value`, `outcomes`: what it gives.
//! - `bound`: what a certificate proves.

mod assignments;
mod bound;
mod futures;
mod keeping;
mod lists;
mod materials;
mod outcomes;
mod packages;
mod promises;
mod reading;
mod rules;
mod serving;
mod tariff;
mod value;
mod world;

use groundwork_model::plan::Served;
use groundwork_model::{Code, Opening, Problem, Proof};

use self::world::World;
use crate::facts::Terms;
use crate::scene::Scene;
use crate::{Proved, Score};

pub(crate) use self::world::World as Schedules;

/// Says what openings and assignments break and what they are worth.
pub(crate) fn score(
    world: &World<'_>,
    terms: &Terms,
    openings: &[Opening],
    assignments: &[Served],
) -> Score {
    let scene = world.scene;
    let reading = reading::read(world, openings);
    let mut score = crate::empty_score(scene, terms);
    (score.scale, score.unit) = (world.tariff.scale, world.tariff.unit.clone());
    score.problems.extend(world.problems.iter().cloned());
    score.problems.extend(reading.problems.iter().cloned());
    if let Some(cause) = &world.refusal {
        score.problems.push(Problem::new(Code::ValueWrong, cause));
        return score;
    }
    if !reading.complete {
        return score;
    }
    let serving = serving::Serving::of(world, &world.own, &reading.schedules, assignments);
    score.problems.extend(keeping::broken(world, &reading.schedules, &serving));
    score.problems.extend(serving.problems.iter().cloned());
    if serving.is_whole {
        match value::value(world, &reading.schedules, std::slice::from_ref(&serving)) {
            Ok(value) => score.value = Some(value),
            Err(problem) => score.problems.push(problem),
        }
        score.problems.extend(keeping::not_held(world, &reading.schedules, &serving));
    }
    score.outcomes = outcomes::outcomes(world, &reading, &serving);
    score.person_years_of_access = crate::outcomes::person_years_of_access(scene, &score.outcomes);
    score.pairs = serving.pairs;
    score
}

/// Recomputes the bound that a proof proves.
pub(crate) fn prove(world: &World<'_>, proof: &Proof) -> Proved {
    match proof {
        Proof::Schedules { shift, prices, radii, nodes } => {
            bound::prove(world, &bound::Given { shift: *shift, prices, radii, nodes })
        }
        _ => {
            let cause = "this programme is not plain: its proof is one by schedules";
            Proved { problems: vec![crate::relaxation::malformed(cause)], ..Proved::default() }
        }
    }
}

/// Returns the year that labels a period (1-based), as people say it.
fn year(scene: &Scene<'_>, period: u32) -> i32 {
    scene.programme.settings.periods.label(period)
}
