//! What a list of multipliers proves by itself.

use groundwork_model::Problem;
use groundwork_model::field::{Ask, FieldProblem};

use super::metric::Metric;
use super::pricing::Priced;
use super::relaxation::{Multipliers, Relaxation, Times};
use super::{malformed, shown};
use crate::lagrangian::ceil_shifted;

/// Recomputes the bound that the multipliers prove, whatever they are.
///
/// # Errors
///
/// Returns what keeps them from being evaluated.
pub(crate) fn prove(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    shift: u32,
    prices: &[i128],
    radii: &[Vec<u64>],
) -> Result<i128, Vec<Problem>> {
    if matches!(problem.ask, Ask::PCentre { .. }) {
        return Err(vec![malformed("a Lagrangian proof does not bound the p-centre problem")]);
    }
    let relaxation = Relaxation::of(problem, metric);
    let multipliers = Multipliers::of(shift, prices, radii);
    relaxation.check(&multipliers)?;
    let priced = Priced::new(&relaxation, &multipliers);
    let cost = priced.and_then(|priced| priced.bound(&Times::all(relaxation.periods())));
    let bound = cost.and_then(|cost| shown(problem, ceil_shifted(cost, shift)));
    bound.map_err(|problem| vec![problem])
}
