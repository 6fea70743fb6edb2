//! What an answer is worth.

use groundwork_model::field::{Ask, Costs, FieldAssignment, FieldProblem};
use groundwork_model::{Code, Problem};

use super::assignments;
use super::rules::Reading;
use crate::metric::Metric;

/// Returns the value; `None`, with what is wrong, when somebody who must be served is not.
///
/// # Errors
///
/// Returns what keeps the value from being known: a client that is not served, assignments that do
/// not add up, or a sum beyond 128 bits.
pub(crate) fn value(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    reading: &Reading,
    assigned: &[FieldAssignment],
) -> Result<i128, Vec<Problem>> {
    let one = |problem| vec![problem];
    let open = reading.open();
    let opening = || opening_costs(problem, &open).map_err(one);
    match problem.ask {
        Ask::PMedian { .. } | Ask::Rollout { .. } => served(problem, metric, reading).map_err(one),
        Ask::Ufl => {
            let served = served(problem, metric, reading).map_err(one)?;
            sum([served, opening()?]).map_err(one)
        }
        Ask::PCentre { .. } => farthest(problem, metric, &open).map_err(one),
        Ask::Cover { reach, .. } => covered(problem, metric, &open, reach).map_err(one),
        Ask::SetCover { reach } => {
            all_covered(problem, metric, &open, reach).map_err(one)?;
            opening()
        }
        Ask::Cfl { single } => {
            let served = assignments::cost(problem, metric, &open, assigned, single)?;
            sum([served, opening()?]).map_err(one)
        }
    }
}

/// Returns what a cost of each client counts for in a sum of costs: its weight, unless the costs are
/// for all of it.
pub(crate) fn factors(problem: &FieldProblem) -> Vec<u64> {
    match problem.costs {
        Costs::Total(_) => vec![1; problem.weights.len()],
        _ => problem.weights.clone(),
    }
}

/// Returns the opening cost of each site that counts: what is written, or 1 for each where a set
/// covering has none.
pub(crate) fn opening_costs_counted(problem: &FieldProblem) -> Vec<u64> {
    let written: Vec<u64> = problem.sites.iter().map(|site| site.opening_cost).collect();
    match problem.ask {
        Ask::SetCover { .. } if written.iter().all(|cost| *cost == 0) => vec![1; written.len()],
        Ask::SetCover { .. } | Ask::Ufl | Ask::Cfl { .. } => written,
        _ => vec![0; written.len()],
    }
}

/// Returns the sum of all weights.
pub(crate) fn total_weight(problem: &FieldProblem) -> i128 {
    problem.weights.iter().map(|weight| i128::from(*weight)).sum()
}

pub(crate) fn too_large() -> Problem {
    Problem::new(Code::ValueWrong, "the value does not fit 128 bits")
        .with_remedy("Use smaller weights or costs.")
}

fn sum(terms: impl IntoIterator<Item = i128>) -> Result<i128, Problem> {
    terms.into_iter().try_fold(0_i128, i128::checked_add).ok_or_else(too_large)
}

fn opening_costs(problem: &FieldProblem, open: &[usize]) -> Result<i128, Problem> {
    let costs = opening_costs_counted(problem);
    sum(open.iter().map(|&site| i128::from(costs[site])))
}

/// Returns the sum over periods and clients of what the cheapest open site costs.
fn served(problem: &FieldProblem, metric: &Metric<'_>, reading: &Reading) -> Result<i128, Problem> {
    let factors = factors(problem);
    let mut best = vec![None; factors.len()];
    let mut total: i128 = 0;
    for (index, opens) in reading.opens.iter().enumerate() {
        if !opens.is_empty() {
            let nearest = metric.nearest(factors.len(), opens);
            best =
                best.into_iter().zip(nearest).map(|(a, b)| a.into_iter().chain(b).min()).collect();
        }
        for (client, &factor) in factors.iter().enumerate().filter(|(_, factor)| **factor > 0) {
            let cost = best[client].ok_or_else(|| nobody_serves(client, index))?;
            let cost = i128::try_from(u128::from(factor) * u128::from(cost)).ok();
            total = cost.and_then(|cost| total.checked_add(cost)).ok_or_else(too_large)?;
        }
    }
    Ok(total)
}

/// Returns the largest cost of a client with weight.
fn farthest(problem: &FieldProblem, metric: &Metric<'_>, open: &[usize]) -> Result<i128, Problem> {
    let nearest = metric.nearest(problem.weights.len(), open);
    let mut farthest = 0;
    for (client, cost) in with_weight(problem, &nearest) {
        farthest = farthest.max(cost.ok_or_else(|| nobody_serves(client, 0))?);
    }
    Ok(i128::from(farthest))
}

/// Returns the weight of the clients within the reach.
fn covered(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    open: &[usize],
    reach: u32,
) -> Result<i128, Problem> {
    let nearest = metric.nearest(problem.weights.len(), open);
    let within = with_weight(problem, &nearest).filter(|(_, cost)| is_within(*cost, reach));
    sum(within.map(|(client, _)| i128::from(problem.weights[client])))
}

fn all_covered(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    open: &[usize],
    reach: u32,
) -> Result<(), Problem> {
    let nearest = metric.nearest(problem.weights.len(), open);
    match with_weight(problem, &nearest).find(|(_, cost)| !is_within(*cost, reach)) {
        None => Ok(()),
        Some((client, _)) => {
            let cause = format!("no open site is within {reach} of client {}", client + 1);
            Err(Problem::new(Code::ClientNotCovered, cause))
        }
    }
}

fn with_weight(
    problem: &FieldProblem,
    nearest: &[Option<u64>],
) -> impl Iterator<Item = (usize, Option<u64>)> {
    let all = nearest.iter().copied().enumerate();
    all.filter(|(client, _)| problem.weights[*client] > 0)
}

fn is_within(cost: Option<u64>, reach: u32) -> bool {
    cost.is_some_and(|cost| cost <= u64::from(reach))
}

pub(crate) fn nobody_serves(client: usize, index: usize) -> Problem {
    let cause = format!("no site is open for client {} in period {}", client + 1, index + 1);
    Problem::new(Code::NobodyServes, cause).with_remedy("Open a site in the first period.")
}
