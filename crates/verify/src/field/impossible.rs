//! When counting alone shows that no answer keeps the rules.

use groundwork_model::field::{Ask, FieldProblem};

use super::rules;
use super::value::factors;
use crate::metric::Metric;

/// Returns whether plainly no answer keeps the rules. An answer may be impossible without it
/// showing here, as when clients that each go to one site do not fit into the capacities.
pub(crate) fn is_plain(problem: &FieldProblem, metric: &Metric<'_>) -> bool {
    let sites = problem.sites.len() as u64;
    let most = rules::quota(problem.ask).map_or(sites, |quota| sites.min(quota.openings.into()));
    let anybody = problem.weights.iter().any(|weight| *weight > 0);
    match problem.ask {
        Ask::PMedian { .. } | Ask::Ufl => most == 0 && factors(problem).iter().any(|w| *w > 0),
        Ask::PCentre { .. } => most == 0 && anybody,
        Ask::Cover { .. } => false,
        Ask::SetCover { reach } => out_of_reach(problem, metric, reach),
        Ask::Cfl { single } => too_little_capacity(problem, single),
        Ask::Rollout { periods, quota, exactly } => {
            let unserved = most == 0 && factors(problem).iter().any(|w| *w > 0);
            unserved || exactly && u64::from(periods) * u64::from(quota) > sites
        }
    }
}

fn out_of_reach(problem: &FieldProblem, metric: &Metric<'_>, reach: u32) -> bool {
    let all: Vec<usize> = (0..problem.sites.len()).collect();
    let nearest = metric.nearest(problem.weights.len(), &all);
    let far = |cost: Option<u64>| cost.is_none_or(|cost| cost > u64::from(reach));
    nearest.iter().zip(&problem.weights).any(|(cost, weight)| *weight > 0 && far(*cost))
}

fn too_little_capacity(problem: &FieldProblem, single: bool) -> bool {
    let total = |numbers: &mut dyn Iterator<Item = u64>| numbers.map(u128::from).sum::<u128>();
    let demand = total(&mut problem.weights.iter().copied());
    // A site without limit serves all, and more there is not to serve.
    let capacities =
        problem.sites.iter().map(|site| site.capacity.map_or(demand, u128::from).min(demand));
    let largest_demand = problem.weights.iter().copied().max().map_or(0, u128::from);
    let largest = capacities.clone().max().unwrap_or(0);
    let together = capacities.fold(0_u128, u128::saturating_add);
    together < demand || single && largest < largest_demand
}
