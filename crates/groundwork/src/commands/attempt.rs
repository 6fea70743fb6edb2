//! One search of several that share a time limit, and the plan that it ends with.

use std::time::{Duration, Instant};

use groundwork_model::plan::{FutureOutcome, Method, Sense, Served};
use groundwork_model::{Opening, Plan, Problem, Programme, Question, Status, StoppedBy};
use groundwork_solve::Planner;
use groundwork_verify::{Score, verify_choices};

use super::plan::{Made, assemble, options, run_facts};
use crate::cli::SearchArgs;
use crate::disk::Loaded;
use crate::progress::Watch;

/// Shares what is left of a time limit evenly among the searches that are left.
pub(crate) struct Shares {
    started: Instant,
    limit: Duration,
}

impl Shares {
    /// Starts the clock.
    pub(crate) fn start(limit: f64) -> Self {
        let limit = Duration::try_from_secs_f64(limit).unwrap_or(Duration::MAX);
        Self { started: Instant::now(), limit }
    }

    /// Returns the seconds of the next search, which takes `parts` of the `all` that are left.
    pub(crate) fn next(&self, parts: usize, all: usize) -> f64 {
        let left = self.limit.saturating_sub(self.started.elapsed()).as_secs_f64();
        left * parts as f64 / all.max(1) as f64
    }

    /// Returns whether nothing is left.
    pub(crate) fn are_spent(&self) -> bool {
        self.started.elapsed() >= self.limit
    }
}

/// Is how a search ended.
pub(crate) struct Attempt {
    /// The plan with its certificate; `None` where there is none or none was found.
    pub(crate) made: Option<Made>,
    /// Why no plan keeps all rules, where that is shown.
    pub(crate) no_plan: Vec<Problem>,
    pub(crate) stopped_by: StoppedBy,
    pub(crate) seconds: f64,
    pub(crate) work: u64,
}

impl Attempt {
    /// Returns the attempt at a programme of which it is known beforehand that it has no plan.
    pub(crate) fn refused(problems: Vec<Problem>) -> Self {
        let stopped_by = StoppedBy::Proved;
        Self { made: None, no_plan: problems, stopped_by, seconds: 0.0, work: 0 }
    }
}

/// Searches for the best plan of a question from a plan that is known. Where `keeps` says that this plan keeps all
/// rules, the result is never worse: it takes the place of what the search found.
pub(crate) fn attempt(
    loaded: &Loaded,
    question: &Question,
    (known, keeps): (Option<&Plan>, bool),
    search: &SearchArgs,
    label: String,
) -> Attempt {
    let watch = Watch::start(search.run.progress, search.time_limit);
    let planner = match Planner::new(&loaded.programme, question) {
        Ok(planner) => planner,
        Err(infeasible) => return Attempt::refused(infeasible.0),
    };
    let (_, scale, unit) = planner.measure();
    watch.measure(scale, unit);
    let openings: &[Opening] = known.map_or(&[], |plan| &plan.openings);
    let solution = planner.solve_from(openings, options(search), &watch);
    watch.finish();
    let seconds = (watch.seconds() * 1000.0).round() / 1000.0;
    let solution = match solution {
        Ok(solution) => solution,
        Err(infeasible) => return Attempt { seconds, ..Attempt::refused(infeasible.0) },
    };
    let run = run_facts(&solution, &watch, search);
    let (work, stopped_by) = (solution.work, solution.stopped_by);
    let found = assemble(loaded, &planner, question, solution, (label, Method::Optimised), run);
    let made = match known.filter(|_| keeps) {
        Some(known) if is_better(known, &found.plan) => Some(with_plan(found, known)),
        _ if !found.plan.is_found() => None,
        _ => Some(found),
    };
    let stopped_by = made.as_ref().map_or(stopped_by, |made| made.plan.stopped_by);
    Attempt { made, no_plan: Vec::new(), stopped_by, seconds, work }
}

/// Returns what was found, or what a plan does that keeps all rules of the same question, if that is better.
pub(crate) fn better_of(found: Made, known: &Plan) -> Made {
    // The direction is that of the question, not of the plan that is known.
    let known = Plan { sense: found.plan.sense, ..known.clone() };
    if is_better(&known, &found.plan) { with_plan(found, &known) } else { found }
}

/// Returns whether the first of two plans is better.
fn is_better(one: &Plan, other: &Plan) -> bool {
    match one.sense {
        _ if !other.is_found() => true,
        Sense::Min => one.value < other.value,
        Sense::Max => one.value > other.value,
    }
}

/// Puts what a plan does in the place of what was found, and keeps the bound.
fn with_plan(found: Made, known: &Plan) -> Made {
    let Made { plan, certificate } = found;
    let value = known.value;
    let is_proved = plan.bound == Some(value);
    let (status, stopped_by) = match plan.stopped_by {
        _ if is_proved => (Status::Optimal, StoppedBy::Proved),
        StoppedBy::Proved => (Status::Feasible, StoppedBy::Exhausted),
        reason => (Status::Feasible, reason),
    };
    let plan = Plan {
        status,
        stopped_by,
        value,
        gap: plan.bound.map(|bound| Plan::gap_of(value, bound)),
        openings: known.openings.clone(),
        assignments: known.assignments.clone(),
        futures: known.futures.clone(),
        outcomes: known.outcomes.clone(),
        person_years_of_access: known.person_years_of_access,
        ..plan
    };
    let certificate = certificate.map(|mut certificate| {
        certificate.claim.value = value;
        certificate
    });
    Made { plan, certificate }
}

/// Says what a plan is worth under a question, with the rules of a programme; people go where the plan sends them, in
/// each future.
pub(crate) fn score(programme: &Programme, question: &Question, plan: &Plan) -> Score {
    verify_choices(programme, question, &plan.openings, &sent(plan))
}

/// Returns a plan as it is worth under a question that it was scored for; where nobody can be sent in a future, what it
/// had there stays.
pub(crate) fn worth(plan: &Plan, value: i128, score: &Score) -> Plan {
    let futures = plan.futures.iter().zip(&score.futures);
    let futures = futures.map(|(own, scored)| FutureOutcome {
        value: scored.value.unwrap_or(own.value),
        ..own.clone()
    });
    Plan { value, futures: futures.collect(), outcomes: score.outcomes.clone(), ..plan.clone() }
}

/// Returns where a plan sends people, in each future where it is about several.
pub(crate) fn sent(plan: &Plan) -> Vec<&[Served]> {
    match plan.futures.is_empty() {
        true => vec![&plan.assignments],
        false => plan.futures.iter().map(|future| &future.assignments[..]).collect(),
    }
}

/// Returns the persons within reach of every kind in the last period of a plan.
pub(crate) fn access_last(plan: &Plan) -> u64 {
    plan.outcomes.last().map_or(0, |last| last.access_all)
}
