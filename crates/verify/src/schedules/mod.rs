//! Programmes that are not plain: several packages, capacities, costs and rules between sites.
//!
//! What happens at a site over all periods is its schedule. A plan picks one schedule for each site, and
//! every rule between sites is a row: a sum over sites of what their schedules bring, held against a
//! number. `docs/concepts/rules.md` says what each rule means; one file a family follows it:
//!
//! - `world`, `packages`, `materials`: the programme in numbers; `tariff`: what a goal counts; `futures`: how it may
//!   turn out.
//! - `lists`: the schedules that each site has, in their order; `promises`: which of them a replan leaves.
//! - `reading`: which schedules a plan picks, and which of them a site does not have.
//! - `rules`: the rows; `keeping`: whether a plan keeps them.
//! - `serving`, `assignments`: who is served where.
//! - `value`, `outcomes`: what it gives.
//! - `bound`: what a certificate proves; `cover`: the same for the goal of the worst-off.

mod assignments;
mod bound;
mod cover;
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

use self::futures::Future;
use self::reading::Reading;
use self::serving::Serving;
use self::world::World;
use crate::facts::Terms;
use crate::scene::Scene;
use crate::{FutureScore, Proved, Score};

pub(crate) use self::world::World as Schedules;

/// Says what openings and assignments, one list for each future, break and what they are worth.
pub(crate) fn score(
    world: &World<'_>,
    terms: &Terms,
    openings: &[Opening],
    assignments: &[&[Served]],
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
    let mut worths = Vec::with_capacity(world.futures.list.len());
    for (number, future) in world.futures.list.iter().enumerate() {
        let rows = assignments.get(number).copied().unwrap_or(&[]);
        let worth = in_future(world, &reading, number, rows, &mut score);
        if world.futures.are_asked {
            let (name, weight) = (future.name.clone(), future.weight);
            let value = worth.as_ref().map(|worth| worth.value);
            score.futures.push(FutureScore { name, weight, value });
        }
        worths.extend(worth);
    }
    if worths.len() == world.futures.list.len() {
        let values: Vec<i128> = worths.iter().map(|worth| worth.value).collect();
        match value::of_all(world, &values) {
            Ok(value) => score.value = Some(value),
            Err(problem) => score.problems.push(problem),
        }
        let costs: Vec<Vec<i128>> = worths.into_iter().map(|worth| worth.held).collect();
        score.problems.extend(keeping::not_held(world, &costs));
    }
    score
}

/// Is what a plan comes to in a future.
struct Worth {
    value: i128,
    /// The cost under each goal that is held.
    held: Vec<i128>,
}

/// Adds to a score what a plan breaks and gives in a future, by its number; returns what it comes to there.
fn in_future(
    world: &World<'_>,
    reading: &Reading,
    number: usize,
    assignments: &[Served],
    score: &mut Score,
) -> Option<Worth> {
    let (schedules, future) = (&reading.schedules, &world.futures.list[number]);
    let turned_out = futures::turned_out(world, future, schedules);
    let serving = Serving::of(world, future, &turned_out, assignments);
    score.pairs += serving.pairs;
    if number == 0 {
        if world.futures.are_asked {
            let planned = Serving::of(world, &world.own, schedules, &[]);
            score.pairs += planned.pairs;
            score.problems.extend(keeping::broken(world, schedules, &planned));
        } else {
            score.problems.extend(keeping::broken(world, schedules, &serving));
        }
        score.outcomes = outcomes::outcomes(world, reading, &turned_out, &serving);
        score.person_years_of_access =
            crate::outcomes::person_years_of_access(world.scene, &score.outcomes);
    }
    score.problems.extend(serving.problems.iter().map(|problem| told(world, future, problem)));
    if !serving.is_whole {
        return None;
    }
    let worth = || {
        let value = value::of_future(world, schedules, &serving)?;
        let held = world.held.iter();
        let held = held.map(|goal| value::cost(world, &goal.tariff, schedules, &serving));
        let held = held.collect::<Option<Vec<i128>>>().ok_or_else(value::too_large)?;
        Ok(Worth { value, held })
    };
    worth().map_err(|problem| score.problems.push(problem)).ok()
}

/// Tells a problem of a future with its name.
fn told(world: &World<'_>, future: &Future, problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    if world.futures.are_asked && !future.name.is_empty() {
        problem.cause = format!("in the future `{}`: {}", future.name, problem.cause);
    }
    problem
}

/// Recomputes the bound that a proof proves.
pub(crate) fn prove(world: &World<'_>, proof: &Proof) -> Proved {
    match proof {
        Proof::Schedules { shift, prices, radii, nodes, covers } => {
            bound::prove(world, &bound::Given { shift: *shift, prices, radii, nodes, covers })
        }
        Proof::ScheduleCover { periods } => cover::prove(world, periods),
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
