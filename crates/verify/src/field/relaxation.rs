//! A benchmark problem in the form in which each site can be looked at alone, and what may be said of
//! its sites and multipliers before anything is added up.

use std::collections::BTreeMap;

use groundwork_model::Problem;
use groundwork_model::field::{Ask, Costs, FieldProblem};

use super::malformed;
use super::metric::Metric;
use super::rules::{self, Quota};
use super::value;
use crate::lagrangian::SHIFT_MAX;

/// Is a benchmark problem in the form in which each site can be looked at alone.
pub(crate) struct Relaxation<'a> {
    pub(crate) problem: &'a FieldProblem,
    pub(crate) metric: &'a Metric<'a>,
    /// What a cost of each client counts for; 0 leaves the client out.
    pub(crate) weights: Vec<u64>,
    /// Where it is given, sites within it cost 0 and others do not serve.
    pub(crate) reach: Option<u64>,
    /// What an unserved client costs, for one unit of weight; `None` when all must be served.
    pub(crate) cap: Option<u64>,
    periods: usize,
    pub(crate) quota: Option<Quota>,
    pub(crate) opening_costs: Vec<u64>,
}

/// Holds the multipliers of one bound.
#[derive(Clone, Debug)]
pub(crate) struct Multipliers {
    pub(crate) shift: u32,
    pub(crate) prices: Vec<i128>,
    /// For each period, one radius a client.
    pub(crate) radii: Vec<Vec<u64>>,
}

impl Multipliers {
    pub(crate) fn of(shift: u32, prices: &[i128], radii: &[Vec<u64>]) -> Self {
        Self { shift, prices: prices.to_vec(), radii: radii.to_vec() }
    }
}

/// Says at which times each site may open: 0 is never, others are periods.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    periods: usize,
    /// The sites with fewer times than all, each list ascending.
    pub(crate) restricted: BTreeMap<usize, Vec<u32>>,
}

impl Times {
    /// Returns the times of a problem that restricts no site.
    pub(crate) fn all(periods: usize) -> Self {
        Self { periods, restricted: BTreeMap::new() }
    }

    /// Returns the times of one site, ascending.
    pub(crate) fn of_site(&self, site: usize) -> Vec<u32> {
        let all = || (0..=self.periods as u32).collect();
        self.restricted.get(&site).cloned().unwrap_or_else(all)
    }

    /// Returns whether a site may open at a time.
    pub(crate) fn allows(&self, site: usize, time: u32) -> bool {
        self.restricted.get(&site).is_none_or(|times| times.contains(&time))
    }

    /// Returns whether a site can only stay closed.
    fn is_closed(&self, site: usize) -> bool {
        self.restricted.get(&site).is_some_and(|times| times.iter().all(|time| *time == 0))
    }
}

impl<'a> Relaxation<'a> {
    /// Relaxes what is asked; a p-centre problem has no such relaxation, see
    /// [`of_centre`](Self::of_centre).
    pub(crate) fn of(problem: &'a FieldProblem, metric: &'a Metric<'a>) -> Self {
        let reach = match problem.ask {
            Ask::Cover { reach, .. } | Ask::SetCover { reach } => Some(u64::from(reach)),
            _ => None,
        };
        Self {
            problem,
            metric,
            weights: weights(problem),
            reach,
            cap: matches!(problem.ask, Ask::Cover { .. }).then_some(1),
            periods: rules::periods(problem.ask),
            quota: rules::quota(problem.ask),
            opening_costs: value::opening_costs_counted(problem),
        }
    }

    /// Relaxes the question how many sites it takes that everybody costs at most `reach`.
    pub(crate) fn of_centre(problem: &'a FieldProblem, metric: &'a Metric<'a>, reach: u32) -> Self {
        Self {
            weights: present(problem),
            reach: Some(u64::from(reach)),
            quota: None,
            opening_costs: vec![1; problem.sites.len()],
            ..Self::of(problem, metric)
        }
    }

    pub(crate) fn periods(&self) -> usize {
        self.periods
    }

    pub(crate) fn clients(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn sites(&self) -> usize {
        self.opening_costs.len()
    }

    /// Says why multipliers cannot be evaluated.
    pub(crate) fn check(&self, multipliers: &Multipliers) -> Result<(), Vec<Problem>> {
        let (clients, periods) = (self.clients(), self.periods);
        let mut causes = Vec::new();
        if multipliers.shift > SHIFT_MAX {
            causes.push(format!("the shift {} is above {SHIFT_MAX}", multipliers.shift));
        }
        let rows = multipliers.radii.len();
        if rows != periods {
            causes.push(format!("`radii` has {rows} lists for {periods} periods"));
        }
        let lengths = multipliers.radii.iter().map(Vec::len).enumerate();
        for (index, length) in lengths.filter(|(_, length)| *length != clients) {
            let period = index + 1;
            causes.push(format!("{length} radii for {clients} clients in period {period}"));
        }
        causes.extend(self.prices_fault(&multipliers.prices));
        let problems: Vec<Problem> = causes.into_iter().map(malformed).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Says what is wrong with prices by themselves.
    pub(crate) fn prices_fault(&self, prices: &[i128]) -> Option<String> {
        let needed = if self.quota.is_some() { self.periods } else { 0 };
        if prices.len() != needed {
            return Some(format!("`prices` has {} entries; {needed} are needed", prices.len()));
        }
        let exactly = self.quota.is_some_and(|quota| quota.exactly);
        let negative = prices.iter().find(|price| **price < 0 && !exactly)?;
        Some(format!("the price {negative} is below 0, and the quota need not be met"))
    }

    /// Returns whether counting shows that no answer opens its sites at these times.
    pub(crate) fn is_impossible(&self, times: &Times) -> bool {
        let restricted = || times.restricted.values();
        let open_for_certain = restricted().filter(|times| !times.contains(&0)).count() as u64;
        let quotas_broken = self.quota.is_some_and(|quota| {
            let openings = u64::from(quota.openings);
            let broken = |period: u32| {
                let only = restricted().filter(|times| **times == [period]).count() as u64;
                let lost = restricted().filter(|times| !times.contains(&period)).count();
                let may_open = (self.sites() - lost) as u64;
                only > openings || quota.exactly && may_open < openings
            };
            open_for_certain > openings * self.periods as u64
                || (1..=self.periods as u32).any(broken)
        });
        quotas_broken || self.capacity_is_lacking(times)
    }

    fn capacity_is_lacking(&self, times: &Times) -> bool {
        if !self.has_capacities() {
            return false;
        }
        let demand: u128 = self.problem.weights.iter().map(|demand| u128::from(*demand)).sum();
        let open = (0..self.sites()).filter(|site| !times.is_closed(*site));
        let capacities =
            open.map(|site| self.problem.sites[site].capacity.map_or(demand, u128::from));
        capacities.fold(0, u128::saturating_add) < demand
    }

    /// Returns whether sites have capacities that count.
    pub(crate) fn has_capacities(&self) -> bool {
        matches!(self.problem.ask, Ask::Cfl { .. })
    }
}

/// Returns what a cost of each client counts for.
fn weights(problem: &FieldProblem) -> Vec<u64> {
    let whole_client = matches!(problem.costs, Costs::Total(_));
    match problem.ask {
        Ask::PMedian { .. } | Ask::Rollout { .. } | Ask::Ufl => value::factors(problem),
        Ask::Cover { .. } | Ask::PCentre { .. } => problem.weights.clone(),
        Ask::Cfl { .. } if !whole_client => problem.weights.clone(),
        Ask::SetCover { .. } | Ask::Cfl { .. } => present(problem),
    }
}

/// Returns 1 for each client with weight, 0 for the others.
fn present(problem: &FieldProblem) -> Vec<u64> {
    problem.weights.iter().map(|weight| (*weight).min(1)).collect()
}
