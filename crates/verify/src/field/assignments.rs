//! Whether the assignments of an answer serve everybody within the capacities, and what they cost.

use std::collections::BTreeMap;

use groundwork_model::field::{Costs, FieldAssignment, FieldProblem};
use groundwork_model::{Code, Problem};

use super::fraction;
use super::rules::index;
use super::value::too_large;
use crate::metric::Metric;

/// Units that clients (rows) get from sites, added up; nothing is kept of 0 units.
type Amounts = BTreeMap<(usize, usize), u128>;

/// Returns what the assignments cost, rounded up from the exact sum.
///
/// # Errors
///
/// Returns every rule that they break, or that the sum does not fit 128 bits.
pub(crate) fn cost(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    open: &[usize],
    assigned: &[FieldAssignment],
    single: bool,
) -> Result<i128, Vec<Problem>> {
    let amounts = read(problem, open, assigned)?;
    let mut broken = demands_not_met(problem, &amounts);
    broken.extend(capacities_exceeded(problem, &amounts));
    if single {
        broken.extend(clients_split(&amounts));
    }
    if !broken.is_empty() {
        return Err(broken);
    }
    costs(problem, metric, &amounts).ok_or_else(|| vec![too_large()])
}

/// Lists assignments in an answer to a problem that has none.
pub(crate) fn unasked(assigned: &[FieldAssignment]) -> Option<Problem> {
    let cause =
        "the answer assigns clients; without capacities everybody goes to the cheapest site";
    (!assigned.is_empty()).then(|| Problem::new(Code::AssignmentWrong, cause))
}

fn read(
    problem: &FieldProblem,
    open: &[usize],
    assigned: &[FieldAssignment],
) -> Result<Amounts, Vec<Problem>> {
    let mut amounts = Amounts::new();
    let mut wrong = Vec::new();
    for assignment in assigned {
        let client = index(assignment.client, problem.weights.len());
        let site = index(assignment.site, problem.sites.len());
        let site = site.filter(|site| open.binary_search(site).is_ok());
        let Some(pair) = client.zip(site) else {
            wrong.push(unknown(assignment, client));
            continue;
        };
        if assignment.amount > 0 {
            *amounts.entry(pair).or_default() += u128::from(assignment.amount);
        }
    }
    if wrong.is_empty() { Ok(amounts) } else { Err(wrong) }
}

fn unknown(assignment: &FieldAssignment, client: Option<usize>) -> Problem {
    let FieldAssignment { client: number, site, .. } = assignment;
    let cause = match client {
        None => format!("client {number} is served; there is none"),
        Some(_) => format!("client {number} is served from site {site}, which is not open"),
    };
    Problem::new(Code::AssignmentWrong, cause)
}

fn demands_not_met(problem: &FieldProblem, amounts: &Amounts) -> Vec<Problem> {
    let mut got = vec![0_u128; problem.weights.len()];
    for ((client, _), amount) in amounts {
        got[*client] += amount;
    }
    let pairs = got.iter().zip(&problem.weights).enumerate();
    let unmet = pairs.filter(|(_, (got, demand))| **got != u128::from(**demand));
    let fault = |(client, (got, demand)): (usize, (&u128, &u64))| {
        let cause = format!("client {} gets {got} units; its demand is {demand}", client + 1);
        Problem::new(Code::DemandNotMet, cause)
    };
    unmet.map(fault).collect()
}

fn capacities_exceeded(problem: &FieldProblem, amounts: &Amounts) -> Vec<Problem> {
    let mut gives = vec![0_u128; problem.sites.len()];
    for ((_, site), amount) in amounts {
        gives[*site] += amount;
    }
    let exceeded = |(site, gives): (usize, &u128)| {
        let capacity = problem.sites[site].capacity?;
        let cause = format!("site {} serves {gives} units; its capacity is {capacity}", site + 1);
        (*gives > u128::from(capacity)).then(|| Problem::new(Code::CapacityExceeded, cause))
    };
    gives.iter().enumerate().filter_map(exceeded).collect()
}

fn clients_split(amounts: &Amounts) -> Vec<Problem> {
    let clients: Vec<usize> = amounts.keys().map(|(client, _)| *client).collect();
    let mut split: Vec<usize> =
        clients.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    split.dedup();
    let fault = |client| {
        let cause = format!("client {} is served by more than one site", client + 1);
        Problem::new(Code::ClientSplit, cause)
    };
    split.into_iter().map(fault).collect()
}

fn costs(problem: &FieldProblem, metric: &Metric<'_>, amounts: &Amounts) -> Option<i128> {
    let whole_client = matches!(problem.costs, Costs::Total(_));
    let mut whole: u128 = 0;
    let mut parts: BTreeMap<u64, u128> = BTreeMap::new();
    for (&(client, site), amount) in amounts {
        let cost = u128::from(metric.cost(client, site)).checked_mul(*amount)?;
        // Demands are met, so that a client with an amount has a demand.
        let share = if whole_client { problem.weights[client] } else { 1 };
        whole = whole.checked_add(cost / u128::from(share))?;
        let part = parts.entry(share).or_default();
        *part = part.checked_add(cost % u128::from(share))?;
    }
    let parts: Vec<_> = parts.into_iter().filter(|(_, part)| *part > 0).collect();
    let whole = whole.checked_add(fraction::sum_rounded_up(&parts)?)?;
    i128::try_from(whole).ok()
}
