//! What two proofs say together of which each holds for the answers with few, or with many, grains of cost.
//!
//! Let F be the grains of an answer and p a price. Every cost raised by p times its grains makes the answer
//! dearer by p F at most (clients may then go elsewhere), so its value is at least (bound of the problem
//! with those costs) - p F. In a half F has an end at which p F is largest.

use groundwork_model::field::{Ask, Costs, FieldProblem};
use groundwork_model::{GrainHalf, Problem, Proof};

use crate::metric::Metric;
use crate::relaxation::{malformed, too_large};

/// Is a proof in two halves, as a certificate has it.
#[derive(Clone, Copy)]
pub(super) struct Grains<'a> {
    pub(super) grain: u64,
    pub(super) fewest: u32,
    pub(super) fewer: &'a GrainHalf,
    pub(super) others: &'a GrainHalf,
}

/// Recomputes the bound that two halves prove.
///
/// # Errors
///
/// Returns what keeps them from being evaluated.
pub(super) fn prove(problem: &FieldProblem, grains: Grains<'_>) -> Result<i128, Vec<Problem>> {
    let Grains { grain, fewest, fewer, others } = grains;
    let causes = faults(problem, &grains);
    if !causes.is_empty() {
        return Err(causes);
    }
    let most_of_fewer = i128::from(fewest) - 1;
    let fewer = of_half(problem, grain, fewer, most_of_fewer)?;
    let others = of_half(problem, grain, others, fewest.into())?;
    Ok(fewer.min(others))
}

fn faults(problem: &FieldProblem, grains: &Grains<'_>) -> Vec<Problem> {
    let Grains { grain, fewest, fewer, others } = grains;
    let whole_client = matches!((problem.ask, &problem.costs), (Ask::Ufl, Costs::Total(_)));
    let discount_fits = others.price <= 0 && others.price.unsigned_abs() <= *grain;
    let nested = [fewer, others].iter().any(|half| matches!(*half.proof, Proof::Grains { .. }));
    let causes = [
        (!whole_client, "grains are for ufl with a cost for each client and site"),
        (*grain == 0, "a grain of 0"),
        (*fewest == 0, "`fewest` is 0, so nothing has fewer grains"),
        (fewer.price < 0, "the price of the answers with fewer grains is below 0"),
        (!discount_fits, "the price of the other answers is not between -grain and 0"),
        (nested, "a half in two halves"),
    ];
    causes.into_iter().filter(|(holds, _)| *holds).map(|(_, cause)| malformed(cause)).collect()
}

/// Returns the bound of the answers of a half; `end` is the number of grains there at which the price
/// takes most.
fn of_half(
    problem: &FieldProblem,
    grain: u64,
    half: &GrainHalf,
    end: i128,
) -> Result<i128, Vec<Problem>> {
    let priced = with_price(problem, grain, half.price).ok_or_else(|| vec![too_large()])?;
    let bound = super::prove(&priced, &Metric::of(&priced), &half.proof)?;
    let taken = i128::from(half.price).checked_mul(end);
    taken.and_then(|taken| bound.checked_sub(taken)).ok_or_else(|| vec![too_large()])
}

/// Returns the problem with a price on every grain of a cost; `None` where a cost gets too large.
fn with_price(problem: &FieldProblem, grain: u64, price: i64) -> Option<FieldProblem> {
    let priced =
        |cost: u64| cost.checked_add_signed(price.checked_mul((cost / grain).try_into().ok()?)?);
    let mut sites = problem.sites.clone();
    for site in &mut sites {
        site.opening_cost = priced(site.opening_cost)?;
    }
    let Costs::Total(costs) = &problem.costs else { return None };
    let costs: Option<Vec<u64>> = costs.iter().map(|&cost| priced(cost)).collect();
    Some(FieldProblem {
        weights: problem.weights.clone(),
        sites,
        costs: Costs::Total(costs?),
        ask: problem.ask,
        scale: problem.scale,
    })
}
