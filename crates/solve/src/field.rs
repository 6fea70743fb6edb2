//! Benchmark problems of the field on the same engine.
//!
//! A p-median is a roll-out of one period; covering a share of people is one with costs 0 and 1; the
//! p-centre is the goal of the worst-off place; set covering and facility location have opening costs and
//! as many openings as there are sites. Problems with capacities have a method of their own
//! (`capacity`).

use std::sync::Arc;

use groundwork_model::field::{Ask, Costs, FieldProblem, FieldStatus};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem, Proof, StoppedBy};

use crate::assignment::NEVER;
use crate::bound::ExactData;
use crate::capacity;
use crate::control::{Control, Event, Options};
use crate::engine::{self, feasible_choice};
use crate::field_costs::{FieldCosts, LISTED_MAX};
use crate::grains;
use crate::instance::{Candidate, Instance};
use crate::start;
use crate::worst::{self, WorstProblem};

/// Is the answer to a benchmark problem, numbered from 0.
#[derive(Clone, Debug)]
pub struct FieldSolution {
    /// How far the answer got.
    pub status: FieldStatus,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Exact value.
    pub value: Option<i128>,
    /// Exact bound.
    pub bound: Option<i128>,
    /// The proof of the bound.
    pub proof: Option<Proof>,
    /// Site and period of each opening.
    pub openings: Vec<(usize, usize)>,
    /// Client, site and units of demand, where capacities rule; empty elsewhere.
    pub assignments: Vec<(usize, usize, u64)>,
    /// Priced pairs.
    pub work: u64,
}

/// Searches for the best answer to a benchmark problem and proves how good it is.
///
/// # Errors
/// A [`Problem`] when the table of costs or the numbers of the problem are too large.
pub fn solve_field(
    problem: &FieldProblem,
    options: Options,
    control: &dyn Control,
) -> Result<FieldSolution, Problem> {
    if let Ask::Cfl { single } = problem.ask {
        return capacity::field::solve(problem, single, options, control);
    }
    grains::solve(problem, options, control)
}

/// Searches for the best answer to a problem without capacities, in one piece.
///
/// # Errors
/// A [`Problem`] when the table of costs is too large.
pub(crate) fn solve_whole(
    problem: &FieldProblem,
    options: Options,
    control: &dyn Control,
) -> Result<FieldSolution, Problem> {
    let form = Form::of(problem);
    let costs = FieldCosts::new(problem);
    let field = Field::new(problem, &costs, form, LISTED_MAX)
        .ok_or_else(|| Problem::new(Code::NotSolved, "the table of costs has too many entries"))?;
    Ok(field.solve(options, control))
}

/// Is what the asks without capacities have in common.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    periods: usize,
    quota: u32,
    exactly: bool,
    /// Largest cost that covers, where covering is asked.
    reach: Option<u32>,
    /// Whether as much weight as possible is to be covered.
    pub(crate) most: bool,
    worst: bool,
    /// Whether opening costs count, and the number of sites does not.
    opening: bool,
}

impl Form {
    pub(crate) fn of(problem: &FieldProblem) -> Self {
        let plain = Self {
            periods: 1,
            quota: 0,
            exactly: false,
            reach: None,
            most: false,
            worst: false,
            opening: false,
        };
        let facilities = Self { quota: problem.sites.len() as u32, opening: true, ..plain };
        match problem.ask {
            Ask::PMedian { p } => Self { quota: p, ..plain },
            Ask::PCentre { p } => Self { quota: p, worst: true, ..plain },
            Ask::Cover { p, reach } => Self { quota: p, reach: Some(reach), most: true, ..plain },
            Ask::Rollout { periods, quota, exactly } => {
                Self { periods: periods as usize, quota, exactly, ..plain }
            }
            Ask::SetCover { reach } => Self { reach: Some(reach), ..facilities },
            Ask::Ufl | Ask::Cfl { .. } => facilities,
        }
    }

    pub(crate) fn sense(self) -> Sense {
        if self.most { Sense::Max } else { Sense::Min }
    }
}

/// Is a benchmark problem without capacities, ready to be searched.
pub(crate) struct Field<'a> {
    problem: &'a FieldProblem,
    costs: &'a FieldCosts<'a>,
    pub(crate) form: Form,
    /// What a cost of each client counts for.
    weights: Vec<u64>,
    pub(crate) instance: Instance,
    pub(crate) exact: ExactData,
}

impl<'a> Field<'a> {
    /// Translates a problem; `None` where its table of costs is too large.
    pub(crate) fn new(
        problem: &'a FieldProblem,
        costs: &'a FieldCosts<'a>,
        form: Form,
        listed_max: usize,
    ) -> Option<Self> {
        let (clients, periods) = (problem.weights.len(), form.periods);
        let cap = form.most.then_some(1);
        let pairs = costs.pairs(form.reach, form.worst, listed_max)?;
        let weights = weights(problem, form);
        let in_order: Vec<u64> = if pairs.order.is_empty() {
            weights.clone()
        } else {
            pairs.order.iter().map(|&client| weights[client as usize]).collect()
        };
        let opening_costs = opening_costs(problem, form);
        let opening = |site: usize| opening_costs.get(site).map_or(0.0, |&f| f as f64);
        let divisor = costs.divisor() as f64;
        // To serve somebody from a site of its own must cost less than not to.
        let dearest = opening_costs.iter().max().map(|&f| f as f64 / divisor);
        let more = dearest.map_or(0, |dearest| (dearest as u32).saturating_add(1));
        let exact = ExactData {
            point_weights: in_order.clone(),
            period_weights: vec![1; periods],
            caps: vec![cap; clients * periods],
            opening_costs: opening_costs.clone(),
            table: costs.table(form.reach.is_some()),
            outside: None,
            order: pairs.order,
            shift: if form.reach.is_some() { 24 } else { 7 },
        };
        let instance = Instance {
            points: clients,
            periods,
            weights: Arc::new(
                (0..clients * periods).map(|at| in_order[at / periods] as f64).collect(),
            ),
            caps: Arc::new(vec![cap.map_or(f64::INFINITY, f64::from); clients * periods]),
            candidates: (0..problem.sites.len())
                .map(|site| Candidate {
                    opening_cost: opening(site) / divisor,
                    ..Candidate::free(site, periods)
                })
                .collect(),
            quotas: vec![form.quota; periods],
            exactly: form.exactly,
            unserved: pairs.farthest.saturating_add(more),
            near: Arc::new(pairs.near),
            space: pairs.space.map(Arc::new),
            members: Arc::new((0..problem.sites.len() as u32).collect()),
            outside: None,
        };
        Some(Self { problem, costs, form, weights, instance, exact })
    }

    fn solve(&self, options: Options, control: &dyn Control) -> FieldSolution {
        let instance = &self.instance;
        control.event(&Event::Started {
            places: instance.points,
            candidates: instance.candidates.len(),
            periods: instance.periods,
            pairs: instance.near.pairs(),
        });
        let no_worth = vec![0.0; instance.candidates.len() * instance.periods];
        let nothing_fits =
            instance.openings_max() == 0 || feasible_choice(instance, &no_worth).is_none();
        if nothing_fits || self.is_out_of_reach() {
            return self.nothing(FieldStatus::Infeasible);
        }
        if self.form.worst {
            self.solve_worst(options, control)
        } else {
            self.search(options, control)
        }
    }

    /// Returns whether all are to be covered, and some client has no site within reach at all.
    fn is_out_of_reach(&self) -> bool {
        let near = &self.instance.near;
        let alone = |client: usize| {
            let is_whole = near.complete_below[client] == u32::MAX;
            is_whole && near.of(client).next().is_none()
        };
        let present = self.exact.point_weights.iter().map(|&weight| weight > 0);
        let covers_all = self.form.reach.is_some() && !self.form.most;
        covers_all && present.enumerate().any(|(client, present)| present && alone(client))
    }

    fn nothing(&self, status: FieldStatus) -> FieldSolution {
        FieldSolution {
            status,
            stopped_by: StoppedBy::Proved,
            sense: self.form.sense(),
            value: None,
            bound: None,
            proof: None,
            openings: Vec::new(),
            assignments: Vec::new(),
            work: 0,
        }
    }

    fn search(&self, options: Options, control: &dyn Control) -> FieldSolution {
        let instance = &self.instance;
        let first = || start::first(instance);
        let divisor = self.costs.divisor();
        let total = self.total_weight() as f64;
        let shown = |cost: f64| self.shown_of(cost, total);
        // Where the engine has costs rounded, only the tree tells.
        let proved = |value: f64, bound: f64| divisor == 1 && value - bound < 0.999;
        let closing = Some((&self.exact, 1.0));
        let found = engine::search(instance, closing, &first, options, control, &shown, &proved);
        let value = self.value(&found.opens);
        let float_gap = (shown(found.relaxation.bound) - value.unwrap_or(0) as f64).abs();
        let proves = |least: i128| value == Some(self.as_shown(least));
        let sure = found.stopped_by.is_early().then(|| self.exact.sure(&found.relaxation, 1.0));
        let exact = sure.flatten().or_else(|| {
            self.exact.tightest(instance, &found.relaxation, (1.0, float_gap), &proves)
        });
        let mut solution = self.solution(&found.opens, value, found.stopped_by, found.work);
        if let Some(exact) = exact {
            let exact_least = exact.least;
            solution.bound = Some(self.as_shown(exact.least));
            solution.proof = Some(exact.proof(instance.periods, &self.exact.order));
            if let Some(closed) = found.closed.filter(|closed| closed.least > exact_least) {
                solution.bound = Some(self.as_shown(closed.least));
                solution.proof = Some(closed.proof);
            }
        }
        if self.form.opening {
            solution.proof = solution.proof.map(without_prices);
        }
        solution.settled()
    }

    fn solve_worst(&self, options: Options, control: &dyn Control) -> FieldSolution {
        let peopled: Vec<bool> = self.problem.weights.iter().map(|&weight| weight > 0).collect();
        let problem = WorstProblem {
            instance: &self.instance,
            caps: &self.exact.caps,
            peopled: &peopled,
            weights: &[1],
        };
        let found = worst::solve(problem, options, control);
        let value = self.value(&found.opens);
        let mut solution = self.solution(&found.opens, value, found.stopped_by, found.work);
        solution.bound = Some(found.bound);
        solution.proof = Some(Proof::Cover { periods: found.cover });
        solution.settled()
    }

    fn solution(
        &self,
        opens: &[usize],
        value: Option<i128>,
        stopped_by: StoppedBy,
        work: u64,
    ) -> FieldSolution {
        let chosen = opens.iter().enumerate().filter(|&(_, &period)| period != NEVER);
        let mut openings: Vec<(usize, usize)> =
            chosen.map(|(site, &period)| (site, period)).collect();
        openings.sort_by_key(|&(site, period)| (period, site));
        let status = if value.is_some() { FieldStatus::Feasible } else { FieldStatus::Unknown };
        FieldSolution { openings, value, work, stopped_by, ..self.nothing(status) }
    }

    fn total_weight(&self) -> i128 {
        self.problem.weights.iter().map(|&weight| i128::from(weight)).sum()
    }

    /// Returns a cost of the engine in the terms of the value.
    pub(crate) fn shown(&self, cost: f64) -> f64 {
        self.shown_of(cost, self.total_weight() as f64)
    }

    fn shown_of(&self, cost: f64, total: f64) -> f64 {
        if self.form.most { total - cost } else { cost * self.costs.divisor() as f64 }
    }

    /// Returns a bound on the engine's cost in the terms of the value.
    pub(crate) fn as_shown(&self, least: i128) -> i128 {
        if self.form.most { self.total_weight() - least } else { least }
    }

    /// Returns the exact value of a choice; `None` when somebody is not served.
    fn value(&self, opens: &[usize]) -> Option<i128> {
        if self.instance.space.is_some() {
            return self.exact.value(&self.instance, opens);
        }
        let mut total = 0;
        for period in 0..self.form.periods {
            let open: Vec<usize> = (0..opens.len()).filter(|&site| opens[site] <= period).collect();
            let cheapest = self.costs.cheapest(&open);
            total += self.value_of_period(&cheapest)?;
        }
        let opened = opens.iter().zip(&self.exact.opening_costs).filter(|(t, _)| **t != NEVER);
        Some(total + opened.map(|(_, &cost)| i128::from(cost)).sum::<i128>())
    }

    fn value_of_period(&self, cheapest: &[Option<u64>]) -> Option<i128> {
        let weights = self.weights.iter();
        let weights = if self.form.worst { self.problem.weights.iter() } else { weights };
        let served = || weights.clone().map(|&w| i128::from(w)).zip(cheapest);
        if let Some(reach) = self.form.reach {
            let covered = |cost: &Option<u64>| cost.is_some_and(|cost| cost <= reach.into());
            let inside = served().filter(|(_, cost)| covered(cost)).map(|(w, _)| w).sum();
            let all = served().map(|(w, _)| w).sum::<i128>();
            return if self.form.most { Some(inside) } else { (inside == all).then_some(0) };
        }
        let needed = served().filter(|&(weight, _)| weight > 0);
        let costs: Option<Vec<(i128, i128)>> =
            needed.map(|(weight, cost)| Some((weight, i128::from((*cost)?)))).collect();
        let costs = costs?;
        Some(if self.form.worst {
            costs.iter().map(|&(_, cost)| cost).max().unwrap_or(0)
        } else {
            costs.iter().map(|&(weight, cost)| weight * cost).sum()
        })
    }
}

/// Returns the proof of a problem without quotas, which has no prices.
fn without_prices(mut proof: Proof) -> Proof {
    match &mut proof {
        Proof::Lagrangian { prices, .. } => prices.clear(),
        Proof::Tree { prices, nodes, .. } => {
            prices.clear();
            nodes.iter_mut().for_each(|node| node.prices.clear());
        }
        Proof::Cover { .. }
        | Proof::Grains { .. }
        | Proof::Schedules { .. }
        | Proof::ScheduleCover { .. } => {}
    }
    proof
}

/// Returns what a cost of each client counts for.
fn weights(problem: &FieldProblem, form: Form) -> Vec<u64> {
    let whole_client = matches!(problem.costs, Costs::Total(_));
    let weight = |&weight: &u64| match problem.ask {
        Ask::PCentre { .. } => 1,
        Ask::SetCover { .. } => weight.min(1),
        _ if whole_client && !form.most => 1,
        _ => weight,
    };
    problem.weights.iter().map(weight).collect()
}

/// Returns the opening costs that count: those written, or 1 for each where a set covering has none.
fn opening_costs(problem: &FieldProblem, form: Form) -> Vec<u64> {
    let written = problem.sites.iter().map(|site| site.opening_cost);
    match problem.ask {
        Ask::SetCover { .. } if written.clone().all(|cost| cost == 0) => {
            vec![1; problem.sites.len()]
        }
        _ if form.opening => written.collect(),
        _ => Vec::new(),
    }
}

impl FieldSolution {
    /// Returns the solution with status and reason as value and bound have them.
    pub(crate) fn settled(mut self) -> Self {
        if self.value.is_some() && self.value == self.bound {
            self.status = FieldStatus::Optimal;
            self.stopped_by = StoppedBy::Proved;
        } else if self.stopped_by == StoppedBy::Proved {
            self.stopped_by = StoppedBy::Exhausted;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use groundwork_model::field::{FieldSite, Rounding};

    use super::*;
    use crate::control::Quiet;
    use crate::random::Random;

    fn random_problem(seed: u64, ask: Ask) -> FieldProblem {
        let mut random = Random::new(seed);
        let points: Vec<(i64, i64)> =
            (0..40).map(|_| (random.below(60) as i64, random.below(60) as i64)).collect();
        FieldProblem {
            weights: points.iter().map(|_| random.below(9) as u64).collect(),
            sites: vec![FieldSite::default(); points.len()],
            costs: Costs::Plane { points, coordinate_scale: 1, rounding: Rounding::Floor },
            ask,
            scale: 1,
        }
    }

    #[test]
    fn measured_pairs_give_the_answers_of_listed_ones() {
        let asks = [
            Ask::PMedian { p: 5 },
            Ask::Rollout { periods: 3, quota: 2, exactly: false },
            Ask::Cover { p: 3, reach: 11 },
            Ask::SetCover { reach: 14 },
        ];
        for (at, ask) in asks.into_iter().cycle().take(40).enumerate() {
            let problem = random_problem(at as u64, ask);
            let costs = FieldCosts::new(&problem);
            let form = Form::of(&problem);
            let solve = |listed_max: usize| {
                let field = Field::new(&problem, &costs, form, listed_max).expect("a small table");
                field.solve(Options { work_limit: Some(20_000_000), ..Options::default() }, &Quiet)
            };
            let (listed, measured) = (solve(usize::MAX), solve(0));
            assert_eq!(listed.value, measured.value, "{ask:?} {at}");
            assert_eq!(listed.status, FieldStatus::Optimal, "{ask:?} {at}");
            assert_eq!(measured.status, FieldStatus::Optimal, "{ask:?} {at}");
        }
    }
}
