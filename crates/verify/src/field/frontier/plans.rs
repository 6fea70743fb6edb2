//! The plans of a frontier, followed from point to point.
//!
//! A point says what opens and what closes after the one before. So whether a plan is allowed and what it
//! is worth is found from what changes, as long as every change can be read.

use std::collections::BTreeSet;

use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::frontier::FrontierPoint;
use groundwork_model::{Code, Problem};
use rayon::prelude::*;

use super::super::rules::index;
use super::super::value::{factors, nobody_serves, too_large};
use crate::metric::{Metric, Near};

/// Is what following the plans gives.
pub(super) struct Followed {
    /// The value of each plan; `None` where it cannot be known.
    pub(super) values: Vec<Option<i128>>,
    /// Every rule that is broken.
    pub(super) problems: Vec<Problem>,
}

/// Reads every plan, holds it against the rules and finds its value.
pub(super) fn follow(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    points: &[FrontierPoint],
) -> Followed {
    let mut followed = Followed { values: vec![None; points.len()], problems: Vec::new() };
    let mut open = vec![false; problem.sites.len()];
    let mut worth = Worth::of(problem, metric);
    let mut number = 0_usize;
    for (at, point) in points.iter().enumerate() {
        let changes = match Changes::read(point, &mut open) {
            Ok(changes) => changes,
            Err(problems) => {
                // What follows is told as changes of a plan that is not known.
                followed.problems.extend(problems);
                return followed;
            }
        };
        number = number + changes.opened.len() - changes.closed.len();
        followed.problems.extend(too_many(point.p, number));
        worth.change(&changes, &open);
        match worth.value() {
            Ok(value) => followed.values[at] = Some(value),
            Err(fault) => followed.problems.push(fault),
        }
    }
    followed
}

/// Holds the sites, from 0, that open and close at a point.
struct Changes {
    opened: Vec<usize>,
    closed: Vec<usize>,
}

impl Changes {
    /// Reads the changes of a point and makes them.
    fn read(point: &FrontierPoint, open: &mut [bool]) -> Result<Self, Vec<Problem>> {
        let (sites, p) = (open.len(), point.p);
        let mut problems = Vec::new();
        let unknown = |site: u32| {
            let cause = format!("site {site} is named at p = {p}; the sites are 1 to {sites}");
            Problem::new(Code::UnknownSiteInPlan, cause)
        };
        let mut changes = Self { opened: Vec::new(), closed: Vec::new() };
        for &site in &point.closed {
            match index(site, sites) {
                None => problems.push(unknown(site)),
                Some(at) if !std::mem::replace(&mut open[at], false) => {
                    let cause = format!("site {site} closes at p = {p}, and it is not open");
                    problems.push(Problem::new(Code::UnknownSiteInPlan, cause));
                }
                Some(at) => changes.closed.push(at),
            }
        }
        let closed: BTreeSet<u32> = point.closed.iter().copied().collect();
        for &site in &point.opened {
            match index(site, sites) {
                None => problems.push(unknown(site)),
                Some(at) if std::mem::replace(&mut open[at], true) || closed.contains(&site) => {
                    let cause = format!("site {site} opens at p = {p}, and it was open before");
                    problems.push(Problem::new(Code::SiteOpenedTwice, cause));
                }
                Some(at) => changes.opened.push(at),
            }
        }
        if problems.is_empty() { Ok(changes) } else { Err(problems) }
    }
}

fn too_many(p: u32, number: usize) -> Option<Problem> {
    let cause = format!("{number} sites are open at p = {p}");
    (number > p as usize).then(|| Problem::new(Code::QuotaExceeded, cause))
}

/// Holds what the open sites give, kept up to date while they change.
enum Worth<'a> {
    Covered(Covered<'a>),
    Served(Served<'a>),
}

/// Counts for each client the open sites within its reach.
struct Covered<'a> {
    weights: &'a [u64],
    near: Near<'a>,
    /// The clients in the order in which they are found.
    clients: Vec<usize>,
    sites: Vec<u32>,
    covered: i128,
}

/// Holds for each client the cost of its cheapest open site.
struct Served<'a> {
    metric: &'a Metric<'a>,
    factors: Vec<u64>,
    cheapest: Vec<Option<u64>>,
}

impl<'a> Worth<'a> {
    fn of(problem: &'a FieldProblem, metric: &'a Metric<'a>) -> Self {
        let Ask::Cover { reach, .. } = problem.ask else {
            let cheapest = vec![None; problem.weights.len()];
            return Self::Served(Served { metric, factors: factors(problem), cheapest });
        };
        let reach = u64::from(reach);
        let limits: Vec<Option<u64>> =
            problem.weights.iter().map(|weight| (*weight > 0).then_some(reach)).collect();
        let near = metric.near(&limits);
        let clients = near.clients();
        let sites = vec![0; clients.len()];
        Self::Covered(Covered { weights: &problem.weights, near, clients, sites, covered: 0 })
    }

    fn change(&mut self, changes: &Changes, open: &[bool]) {
        match self {
            Self::Covered(covered) => covered.change(changes),
            Self::Served(served) => served.change(changes, open),
        }
    }

    fn value(&self) -> Result<i128, Problem> {
        match self {
            Self::Covered(covered) => Ok(covered.covered),
            Self::Served(served) => served.value(),
        }
    }
}

impl Covered<'_> {
    fn change(&mut self, changes: &Changes) {
        let Self { weights, near, clients, sites, covered } = self;
        for &site in &changes.opened {
            near.of_site(site, |number, _| {
                let first = sites[number] == 0;
                sites[number] += 1;
                *covered += if first { i128::from(weights[clients[number]]) } else { 0 };
            });
        }
        for &site in &changes.closed {
            near.of_site(site, |number, _| {
                sites[number] -= 1;
                let last = sites[number] == 0;
                *covered -= if last { i128::from(weights[clients[number]]) } else { 0 };
            });
        }
    }
}

impl Served<'_> {
    fn change(&mut self, changes: &Changes, open: &[bool]) {
        let clients = self.cheapest.len();
        if !changes.closed.is_empty() {
            let open: Vec<usize> = (0..open.len()).filter(|site| open[*site]).collect();
            self.cheapest = self.metric.nearest(clients, &open);
            return;
        }
        let metric = self.metric;
        self.cheapest.par_iter_mut().enumerate().for_each(|(client, cheapest)| {
            let costs = changes.opened.iter().map(|site| metric.cost(client, *site));
            *cheapest = cheapest.iter().copied().chain(costs).min();
        });
    }

    fn value(&self) -> Result<i128, Problem> {
        let mut total: i128 = 0;
        let counted = self.factors.iter().zip(&self.cheapest).enumerate();
        for (client, (factor, cheapest)) in counted.filter(|(_, (factor, _))| **factor > 0) {
            let cost = cheapest.ok_or_else(|| nobody_serves(client, 0))?;
            let cost = i128::try_from(u128::from(*factor) * u128::from(cost)).ok();
            total = cost.and_then(|cost| total.checked_add(cost)).ok_or_else(too_large)?;
        }
        Ok(total)
    }
}
