//! What multipliers prove of a benchmark problem, by themselves and in a tree.

use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::{Code, Problem, TreeNode};

use super::{centre, relaxation, shown};
use crate::metric::Metric;
use crate::relaxation::{Multipliers, Relaxation, malformed, prove_tree};

/// Recomputes the bound that the multipliers prove, whatever they are.
///
/// # Errors
///
/// Returns what keeps them from being evaluated.
pub(crate) fn prove(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    multipliers: Multipliers<'_>,
) -> Result<i128, Vec<Problem>> {
    if matches!(problem.ask, Ask::PCentre { .. }) {
        return Err(vec![malformed("a Lagrangian proof does not bound the p-centre problem")]);
    }
    let (cost, _) = crate::relaxation::prove(&relaxation::of(problem, metric), multipliers)?;
    shown(problem, cost).map_err(|problem| vec![problem])
}

/// Recomputes the bound that a tree proves.
///
/// # Errors
///
/// Returns what keeps the tree from being evaluated, or that it proves nothing.
pub(crate) fn prove_by_tree(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    at_least: Option<u32>,
    root: Multipliers<'_>,
    nodes: &[TreeNode],
) -> Result<i128, Vec<Problem>> {
    let one = |problem| vec![problem];
    let relaxation = relaxed(problem, metric, at_least)?;
    let (cost, _) = prove_tree(&relaxation, root, nodes)?;
    match (problem.ask, at_least) {
        (Ask::PCentre { p }, Some(at_least)) => {
            let proved = cost.is_none_or(|cost| cost > i128::from(p));
            if proved { Ok(i128::from(at_least)) } else { Err(one(centre::not_proved(at_least))) }
        }
        _ => cost.ok_or_else(no_answer).and_then(|cost| shown(problem, cost)).map_err(one),
    }
}

fn relaxed<'a>(
    problem: &'a FieldProblem,
    metric: &'a Metric<'a>,
    at_least: Option<u32>,
) -> Result<Relaxation<'a>, Vec<Problem>> {
    let is_centre = matches!(problem.ask, Ask::PCentre { .. });
    match (is_centre, at_least.map(|at_least| at_least.checked_sub(1))) {
        (false, None) => Ok(relaxation::of(problem, metric)),
        (true, Some(Some(reach))) => Ok(relaxation::of_centre(problem, metric, reach)),
        (false, Some(_)) => Err(vec![malformed("`at_least` belongs to the p-centre problem")]),
        (true, _) => {
            Err(vec![malformed("a tree for the p-centre problem needs `at_least` above 0")])
        }
    }
}

pub(crate) fn no_answer() -> Problem {
    let cause = "no answer belongs to any leaf of the tree: there is nothing to bound";
    Problem::new(Code::BoundNotProved, cause)
}
