//! The whole frontier of a benchmark problem: plans and bounds for every number of sites in a range.
//!
//! One list of radii bounds the answers for *all* numbers of sites, best near the one it was climbed for
//! (`bounds`). So radii are climbed on a ladder of numbers, each rung from where its neighbour led, and
//! every number takes the best bound of all of them. Plans go the same way: one greedy path gives a plan
//! for each number, the rungs are searched, neighbours hand their plans on, and between two rungs sites
//! are added to the plan below or taken from the plan above, whichever is better.
//!
//! - `ladder`: the rungs.
//! - `cover`, `cover_ascent`, `coverage`: maximal coverage.
//! - `median`: the p-median.
//! - `chain`: the plans between rungs, and how they differ from one another.
//! - `bounds`: what the radii prove, in integers.
//!
//! Work is done in parts of constant size, and a part that is stopped leaves no trace: the work count
//! alone reproduces any run.

mod bounds;
mod chain;
mod cover;
mod cover_ascent;
mod coverage;
mod ladder;
mod median;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use groundwork_model::field::{Ask, Costs, FieldProblem};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem, StoppedBy};
use rayon::prelude::*;

use crate::bound::Multipliers;
use crate::control::{Control, Event, Options, Phase, Progress};
use crate::field::{Field, Form};
use crate::field_costs::{FieldCosts, LISTED_MAX};
use crate::random::Random;

use self::bounds::{Curve, envelope};
use self::cover::Cover;
use self::median::Median;

/// Is a frontier, with sites numbered from 0.
#[derive(Clone, Debug)]
pub struct FrontierSolution {
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// One step for each number of sites of the range, ascending.
    pub steps: Vec<FrontierStep>,
    /// What proves the bounds: for each list, radii in cost units x 2^-shift, one a client.
    pub multipliers: Vec<(u32, Vec<u64>)>,
    /// Priced pairs.
    pub work: u64,
}

/// Is the answer for one number of sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontierStep {
    /// Largest number of sites that may open.
    pub p: u32,
    /// Exact value of the plan.
    pub value: i128,
    /// Exact bound on the value of every plan.
    pub bound: i128,
    /// Sites that are open here and not at the step before, ascending.
    pub opened: Vec<usize>,
    /// Sites that were open at the step before and are not here.
    pub closed: Vec<usize>,
}

/// Searches for good plans for every number of sites in a range and bounds each of them.
///
/// Of the problem's own number of sites only its being there matters. Whatever stops the search, every
/// number has at least a greedy plan and a bound.
///
/// # Errors
/// A [`Problem`] when the problem is neither p-median nor maximal coverage, when its costs are those of
/// whole clients, when the range is empty or leaves the number of sites, or when the numbers or the table
/// of costs are too large.
pub fn solve_frontier(
    problem: &FieldProblem,
    range: RangeInclusive<u32>,
    options: Options,
    control: &dyn Control,
) -> Result<FrontierSolution, Problem> {
    solve_listed(problem, range, LISTED_MAX, options, control)
}

/// Searches with all pairs in lists, up to so many of them; else they are measured.
fn solve_listed(
    problem: &FieldProblem,
    range: RangeInclusive<u32>,
    listed_max: usize,
    options: Options,
    control: &dyn Control,
) -> Result<FrontierSolution, Problem> {
    let problem = &asked(problem, &range)?;
    let too_large = |cause| Problem::new(Code::NotSolved, cause);
    let costs = FieldCosts::new(problem);
    let field = Field::new(problem, &costs, Form::of(problem), listed_max)
        .ok_or_else(|| too_large("the table of costs has too many entries"))?;
    let frontier = Frontier { field: &field, range, options, control };
    let found = match problem.ask {
        Ask::Cover { .. } => frontier.search(&Cover::new(&field.instance, &field.exact)),
        _ => frontier.search(&Median::new(&field.instance, &field.exact)),
    };
    found.ok_or_else(|| too_large("the numbers of the bounds do not fit 128 bits"))
}

/// Returns the problem of the largest number of sites, if it has a frontier over the range.
fn asked(problem: &FieldProblem, range: &RangeInclusive<u32>) -> Result<FieldProblem, Problem> {
    let (first, last) = (*range.start(), *range.end());
    let ask = match problem.ask {
        Ask::PMedian { .. } => Ask::PMedian { p: last },
        Ask::Cover { reach, .. } => Ask::Cover { p: last, reach },
        _ => {
            let cause = "only p-median and cover have a frontier; the problem is another one";
            return Err(Problem::new(Code::FlagUnfit, cause));
        }
    };
    if matches!(problem.costs, Costs::Total(_)) {
        let cause = "costs of whole clients have no frontier";
        return Err(Problem::new(Code::NotSolved, cause));
    }
    let sites = problem.sites.len();
    if first == 0 || last < first || last as usize > sites {
        let cause = format!("the range {first}..{last} is not within 1..{sites}");
        return Err(Problem::new(Code::FlagOutOfRange, cause));
    }
    Ok(FieldProblem { ask, ..problem.clone() })
}

/// Is a set of at most so many sites, ascending, with its exact cost.
#[derive(Clone, Debug)]
struct Plan {
    sites: Vec<u32>,
    cost: i128,
}

/// Is what the ascent found for a number of sites.
struct Rung {
    p: u32,
    /// Lower bound on the cost, as far as floating point can tell.
    bound: f64,
    radii: Vec<f64>,
    /// Sites that a good plan may open.
    promising: Vec<u32>,
    /// Sites that the relaxation opens, wholly or in part: how much of each.
    fractions: Vec<(u32, f32)>,
}

/// Is what the search needs of a problem. Costs are counted so that less is better.
trait Method: Sync {
    /// Opens one site after the other, each the one that helps most; returns the plan after each.
    fn greedy(&self, most: usize) -> (Vec<Plan>, u64);

    /// Climbs on every rung, with a plan for each of the numbers 1, 2, ..; returns the rungs climbed, at
    /// least one.
    fn climb(&self, rungs: &[u32], path: &[Plan], goes: &mut Goes<'_>) -> Vec<Rung>;

    /// Descends from several plans, and kicks the best of them for so much work; says how much it was.
    fn improve(
        &self,
        starts: &[&[u32]],
        rung: &Rung,
        work_and_seed: (u64, u64),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Plan, u64);

    /// Adds site after site to a plan of `p`; returns the plans of p + 1 up to the second number. Large
    /// problems look at the sites of `pool` alone.
    fn grow(&self, from: &Plan, numbers: (u32, u32), pool: &[u32]) -> Vec<Plan>;

    /// Takes site after site from a plan of `p`; returns the plans of p - 1 down to the second number.
    fn shrink(&self, from: &Plan, numbers: (u32, u32)) -> Vec<Plan>;

    /// Says how much work the kicks on a rung are.
    fn kicks(&self) -> u64;
}

/// Counts work, takes note of a reason to stop, and shows figures.
struct Goes<'a> {
    control: &'a dyn Control,
    limit: u64,
    work: u64,
    stopped_by: Option<StoppedBy>,
    /// Makes a cost what people see.
    shown: &'a dyn Fn(f64) -> f64,
}

impl Goes<'_> {
    /// Returns whether to go on after so much more work.
    fn on(&mut self, more: u64) -> bool {
        if self.stopped_by.is_none() {
            self.stopped_by = if self.work + more >= self.limit {
                Some(StoppedBy::Work)
            } else {
                self.control.stop()
            };
        }
        self.stopped_by.is_none()
    }

    fn done(&mut self, more: u64) {
        self.work += more;
    }

    /// Shows the figures of one number of sites.
    fn show(&self, phase: Phase, plan: &Plan, bound: Option<f64>) {
        let value = (self.shown)(plan.cost as f64);
        let bound = bound.map(self.shown);
        let gap = bound.map(|bound| (value - bound).abs() / value.abs().max(1.0));
        let progress = Progress { phase, value: Some(value), bound, gap, work: self.work };
        self.control.event(&Event::Progress(progress));
    }
}

/// Rungs that are searched side by side; a constant, so that results do not depend on the thread count.
const BATCH: usize = 4;
/// Rounds in which neighbouring rungs hand their plans on.
const ROUNDS: usize = 4;
/// A difference between cost and bound that leaves no room for a better whole number.
const PROVED_BELOW: f64 = 0.999;
/// Radii of coverage lie between 0 and 1: in certificates they are whole numbers of 2^-14.
const COVER_SHIFT: u32 = 14;

struct Frontier<'a> {
    field: &'a Field<'a>,
    range: RangeInclusive<u32>,
    options: Options,
    control: &'a dyn Control,
}

impl Frontier<'_> {
    /// Searches from one number of sites to the next; `None` when numbers are too large.
    fn search(&self, method: &impl Method) -> Option<FrontierSolution> {
        let instance = &self.field.instance;
        self.control.event(&Event::Started {
            places: instance.points,
            candidates: instance.candidates.len(),
            periods: 1,
            pairs: instance.near.pairs(),
        });
        let (first, last) = (*self.range.start(), *self.range.end());
        let shown = |cost: f64| self.field.shown(cost);
        let mut goes = Goes {
            control: self.control,
            limit: self.options.work_limit.unwrap_or(u64::MAX),
            work: 0,
            stopped_by: None,
            shown: &shown,
        };
        let (mut plans, work) = method.greedy(last as usize);
        goes.done(work);
        let rungs = method.climb(&ladder::rungs(first, last), &plans, &mut goes);
        self.improve(method, &rungs, &mut plans, &mut goes);
        chain::fill(method, &rungs, &mut plans);
        chain::never_worse(&mut plans);

        let zeros = vec![0.0; instance.points];
        let lists = rungs.iter().map(|rung| rung.radii.as_slice()).chain([zeros.as_slice()]);
        let curves: Option<Vec<Curve>> = lists.map(|radii| self.curve(radii)).collect();
        let (least, multipliers) = envelope(curves?, first..=last);
        Some(self.solution(&plans, &least, &multipliers, &goes))
    }

    fn curve(&self, radii: &[f64]) -> Option<Curve> {
        let exact = &self.field.exact;
        let shift = if self.field.form.most { COVER_SHIFT } else { exact.shift };
        Curve::of(&self.field.instance, exact, radii, (shift, *self.range.end()))
    }

    /// Searches the rungs: first each for itself, then from what its neighbours found.
    fn improve(
        &self,
        method: &impl Method,
        rungs: &[Rung],
        plans: &mut [Plan],
        goes: &mut Goes<'_>,
    ) {
        let mut random = Random::new(self.options.seed);
        for round in 0..ROUNDS {
            for mut batch in batches(rungs.len(), round) {
                if !goes.on(0) {
                    return;
                }
                batch.retain(|&at| {
                    plans[rungs[at].p as usize - 1].cost as f64 - rungs[at].bound > PROVED_BELOW
                });
                let seeds: Vec<u64> =
                    batch.iter().map(|_| random.below(usize::MAX) as u64).collect();
                let stop = || self.control.stop().is_some();
                let known: &[Plan] = plans;
                let one = |(&at, seed): (&usize, u64)| {
                    let starts = chain::starts(method, rungs, known, at, round);
                    let starts: Vec<&[u32]> = starts.iter().map(Vec::as_slice).collect();
                    method.improve(&starts, &rungs[at], (method.kicks(), seed), &stop)
                };
                let found: Vec<(Plan, u64)> = batch.par_iter().zip(seeds).map(one).collect();
                // What a stop cut short is dropped.
                if stop() {
                    goes.on(0);
                    return;
                }
                for (&at, (plan, work)) in batch.iter().zip(found) {
                    goes.done(work);
                    let known = &mut plans[rungs[at].p as usize - 1];
                    if plan.cost < known.cost {
                        *known = plan;
                    }
                }
                let (gap, rung) = self.widest(rungs, plans);
                goes.show(Phase::Improve, &plans[rung.p as usize - 1], Some(rung.bound));
                if gap <= self.options.gap && self.options.gap > 0.0 {
                    goes.stopped_by.get_or_insert(StoppedBy::Gap);
                }
            }
        }
    }

    /// Returns the widest gap of all rungs, and where it is.
    fn widest<'r>(&self, rungs: &'r [Rung], plans: &[Plan]) -> (f64, &'r Rung) {
        let gap = |rung: &Rung| {
            let value = self.field.shown(plans[rung.p as usize - 1].cost as f64);
            (value - self.field.shown(rung.bound)).abs() / value.abs().max(1.0)
        };
        let gaps = rungs.iter().map(|rung| (gap(rung), rung));
        gaps.max_by(|a, b| a.0.total_cmp(&b.0)).expect("at least one rung is climbed")
    }

    fn solution(
        &self,
        plans: &[Plan],
        least: &[i128],
        multipliers: &[Multipliers],
        goes: &Goes<'_>,
    ) -> FrontierSolution {
        let first = *self.range.start();
        let mut before: &[u32] = &[];
        let mut steps = Vec::with_capacity(least.len());
        for (p, &least) in (first..).zip(least) {
            let plan = &plans[p as usize - 1];
            steps.push(FrontierStep {
                p,
                value: self.field.as_shown(plan.cost),
                bound: self.field.as_shown(least),
                opened: chain::without(&plan.sites, before),
                closed: chain::without(before, &plan.sites),
            });
            before = &plan.sites;
        }
        let order = &self.field.exact.order;
        let list = |multipliers: &Multipliers| {
            (multipliers.shift, multipliers.by_period(1, order).swap_remove(0))
        };
        let proved = steps.iter().all(|step| step.value == step.bound);
        let stopped_by = goes.stopped_by.unwrap_or(StoppedBy::Exhausted);
        FrontierSolution {
            stopped_by: if proved { StoppedBy::Proved } else { stopped_by },
            sense: self.field.form.sense(),
            steps,
            multipliers: multipliers.iter().map(list).collect(),
            work: goes.work,
        }
    }
}

/// Returns the rungs of each batch: upwards and downwards in turn.
fn batches(rungs: usize, round: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..rungs).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order.chunks(BATCH).map(<[usize]>::to_vec).collect()
}
