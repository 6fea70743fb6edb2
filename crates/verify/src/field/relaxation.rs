//! A benchmark problem in the form in which each site can be looked at alone.

use groundwork_model::field::{Ask, Costs, FieldProblem};

use super::rules;
use super::value;
use crate::metric::Metric;
use crate::relaxation::{Capacities, Caps, Quotas, Relaxation, SiteTimes, Tariff};

/// Relaxes what is asked; a p-centre problem has no such relaxation, see [`of_centre`].
pub(crate) fn of<'a>(problem: &'a FieldProblem, metric: &'a Metric<'a>) -> Relaxation<'a> {
    let tariff = match problem.ask {
        Ask::Cover { reach, .. } | Ask::SetCover { reach } => Tariff::Within(u64::from(reach)),
        _ => Tariff::Distance,
    };
    let is_cover = matches!(problem.ask, Ask::Cover { .. });
    let periods = rules::periods(problem.ask);
    Relaxation {
        metric,
        tariff,
        weights: weights(problem),
        factors: vec![1; periods],
        caps: if is_cover { Caps::Uniform(1) } else { Caps::None },
        quota: rules::quota(problem.ask).map(|quota| Quotas {
            openings: vec![u64::from(quota.openings); periods],
            exactly: quota.exactly,
        }),
        opening_costs: value::opening_costs_counted(problem),
        capacities: capacities(problem),
        times: SiteTimes::any(problem.sites.len(), periods),
        clients_word: "clients",
    }
}

/// Relaxes the question how many sites it takes that everybody costs at most `reach`.
pub(crate) fn of_centre<'a>(
    problem: &'a FieldProblem,
    metric: &'a Metric<'a>,
    reach: u32,
) -> Relaxation<'a> {
    Relaxation {
        tariff: Tariff::Within(u64::from(reach)),
        weights: present(problem),
        quota: None,
        opening_costs: vec![1; problem.sites.len()],
        ..of(problem, metric)
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

fn capacities(problem: &FieldProblem) -> Option<Capacities<'_>> {
    matches!(problem.ask, Ask::Cfl { .. }).then(|| Capacities {
        of_sites: problem.sites.iter().map(|site| site.capacity).collect(),
        demands: &problem.weights,
        whole_client: matches!(problem.costs, Costs::Total(_)),
    })
}
