//! Benchmark problems of the field on the same engine.
//!
//! A p-median is a roll-out of one period; covering a share of people is one with costs 0 and 1; the
//! p-centre is the goal of the worst-off place. Problems with opening costs or capacities (set covering,
//! uncapacitated and capacitated facility location) are refused here.

use groundwork_model::field::{Ask, FieldProblem, FieldStatus};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem, Proof, StoppedBy};

use crate::assignment::NEVER;
use crate::bound::ExactData;
use crate::control::{Control, Event, Options};
use crate::engine::{self, feasible_choice};
use crate::field_costs::FieldCosts;
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
    /// Priced pairs.
    pub work: u64,
}

/// Searches for the best answer to a benchmark problem and proves how good it is.
///
/// # Errors
/// A [`Problem`] when the problem is of a kind that this version does not solve, or its table of costs is
/// too large.
pub fn solve_field(
    problem: &FieldProblem,
    options: Options,
    control: &dyn Control,
) -> Result<FieldSolution, Problem> {
    let unsolved = || {
        let cause = "this version does not solve problems with opening costs or capacities";
        Problem::new(Code::NotSolved, cause)
    };
    let form = Form::of(problem.ask).ok_or_else(unsolved)?;
    let costs = FieldCosts::new(problem).ok_or_else(unsolved)?;
    let field = Field::new(problem, &costs, form)
        .ok_or_else(|| Problem::new(Code::NotSolved, "the table of costs has too many entries"))?;
    Ok(field.solve(options, control))
}

/// Is what the asks that this version solves have in common.
#[derive(Clone, Copy)]
struct Form {
    periods: usize,
    quota: u32,
    exactly: bool,
    /// Largest cost that covers, where covering is asked.
    reach: Option<u32>,
    worst: bool,
}

impl Form {
    fn of(ask: Ask) -> Option<Self> {
        let plain = Self { periods: 1, quota: 0, exactly: false, reach: None, worst: false };
        match ask {
            Ask::PMedian { p } => Some(Self { quota: p, ..plain }),
            Ask::PCentre { p } => Some(Self { quota: p, worst: true, ..plain }),
            Ask::Cover { p, reach } => Some(Self { quota: p, reach: Some(reach), ..plain }),
            Ask::Rollout { periods, quota, exactly } => {
                Some(Self { periods: periods as usize, quota, exactly, ..plain })
            }
            Ask::SetCover { .. } | Ask::Ufl | Ask::Cfl { .. } => None,
        }
    }

    fn sense(self) -> Sense {
        if self.reach.is_some() { Sense::Max } else { Sense::Min }
    }
}

struct Field<'a> {
    problem: &'a FieldProblem,
    costs: &'a FieldCosts<'a>,
    form: Form,
    instance: Instance,
    exact: ExactData,
}

impl<'a> Field<'a> {
    fn new(problem: &'a FieldProblem, costs: &'a FieldCosts<'a>, form: Form) -> Option<Self> {
        let (clients, periods) = (problem.weights.len(), form.periods);
        let cap = form.reach.map(|_| 1);
        let near = match form.reach {
            None => costs.lists(None)?,
            Some(reach) => {
                let lists = costs.lists(Some(reach.saturating_add(1)))?;
                let all: Vec<usize> = (0..clients).collect();
                let ends: Vec<u32> = lists.complete_below.clone();
                let mut covering = lists.derive(&all, |_, _| Some(0));
                // A list that ends within reach may miss a site that covers.
                for (complete, end) in covering.complete_below.iter_mut().zip(ends) {
                    *complete = if end > reach { u32::MAX } else { 0 };
                }
                covering
            }
        };
        let weight = |client: usize| if form.worst { 1 } else { problem.weights[client] };
        let exact = ExactData {
            point_weights: (0..clients).map(weight).collect(),
            period_weights: vec![1; periods],
            caps: vec![cap; clients * periods],
            shift: if form.reach.is_some() { 24 } else { 7 },
        };
        let instance = Instance {
            points: clients,
            periods,
            weights: (0..clients * periods).map(|at| weight(at / periods) as f64).collect(),
            caps: vec![cap.map_or(f64::INFINITY, f64::from); clients * periods],
            candidates: vec![
                Candidate { window: (0, periods - 1), required: false };
                problem.sites.len()
            ],
            quotas: vec![form.quota; periods],
            exactly: form.exactly,
            near,
        };
        Some(Self { problem, costs, form, instance, exact })
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
        if instance.openings_max() == 0 || feasible_choice(instance, &no_worth).is_none() {
            return self.nothing(FieldStatus::Infeasible);
        }
        if self.form.worst {
            self.solve_worst(options, control)
        } else {
            self.search(options, control)
        }
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
            work: 0,
        }
    }

    fn search(&self, options: Options, control: &dyn Control) -> FieldSolution {
        let instance = &self.instance;
        let Some(first) = start::greedy(instance) else {
            return self.nothing(FieldStatus::Unknown);
        };
        let total = self.total_weight() as f64;
        let covering = self.form.reach.is_some();
        let shown = |cost: f64| if covering { total - cost } else { cost };
        let proved = |value: f64, bound: f64| value - bound < 0.999;
        let found = engine::search(instance, first, options, control, &shown, &proved);
        let value = self.value(&found.opens);
        let float_gap = (shown(found.relaxation.bound) - value.unwrap_or(0) as f64).abs();
        let proves = |least: i128| value == Some(self.as_shown(least));
        let exact = self.exact.tightest(instance, &found.relaxation, (1.0, float_gap), &proves);
        let mut solution = self.solution(&found.opens, value, found.stopped_by, found.work);
        if let Some(exact) = exact {
            solution.bound = Some(self.as_shown(exact.least));
            solution.proof = Some(exact.proof());
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

    /// Returns a bound on the engine's cost in the terms of the value.
    fn as_shown(&self, least: i128) -> i128 {
        if self.form.reach.is_some() { self.total_weight() - least } else { least }
    }

    /// Returns the exact value of a choice; `None` when somebody is not served.
    fn value(&self, opens: &[usize]) -> Option<i128> {
        let mut total = 0;
        for period in 0..self.form.periods {
            let open: Vec<usize> = (0..opens.len()).filter(|&site| opens[site] <= period).collect();
            let cheapest = self.costs.cheapest(&open);
            total += self.value_of_period(&cheapest)?;
        }
        Some(total)
    }

    fn value_of_period(&self, cheapest: &[Option<u32>]) -> Option<i128> {
        let served = || self.problem.weights.iter().map(|&w| i128::from(w)).zip(cheapest);
        if let Some(reach) = self.form.reach {
            let covered = |cost: &Option<u32>| cost.is_some_and(|cost| cost <= reach);
            return Some(served().filter(|(_, cost)| covered(cost)).map(|(w, _)| w).sum());
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

impl FieldSolution {
    /// Returns the solution with status and reason as value and bound have them.
    fn settled(mut self) -> Self {
        if self.value.is_some() && self.value == self.bound {
            self.status = FieldStatus::Optimal;
            self.stopped_by = StoppedBy::Proved;
        } else if self.stopped_by == StoppedBy::Proved {
            self.stopped_by = StoppedBy::Exhausted;
        }
        self
    }
}
