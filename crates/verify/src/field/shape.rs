//! Whether a problem can be computed with at all.
//!
//! Who reads a benchmark file sees to this; the checker looks again, so that the rest need not.

use groundwork_model::field::{Ask, Costs, FieldProblem, Rounding};
use groundwork_model::{Code, Problem};

use crate::plane::whole_distance;

/// Coordinates up to this have squared distances that fit 128 bits, four times over.
pub(crate) const COORDINATE_MAX: u64 = 1 << 60;

/// A roll-out has at most this many periods.
const PERIODS_MAX: u32 = 10_000;

/// Says why a problem cannot be checked.
pub(crate) fn fault(problem: &FieldProblem) -> Option<Problem> {
    let cause =
        lists(problem).or_else(|| points(&problem.costs)).or_else(|| periods(problem.ask))?;
    Some(Problem::new(
        Code::NotThisFormat,
        format!("the benchmark problem cannot be read: {cause}"),
    ))
}

fn lists(problem: &FieldProblem) -> Option<String> {
    let (clients, sites) = (problem.weights.len(), problem.sites.len());
    let pairs = clients.checked_mul(sites);
    let (length, fits) = match &problem.costs {
        Costs::Plane { points, .. } => (points.len(), clients == sites && clients == points.len()),
        Costs::Sphere { points } => (points.len(), clients == sites && clients == points.len()),
        Costs::Matrix(costs) => (costs.len(), pairs == Some(costs.len())),
        Costs::Total(costs) => (costs.len(), pairs == Some(costs.len())),
    };
    let cause = format!("{clients} clients and {sites} sites with {length} points or costs");
    let number = u32::try_from(clients.max(sites)).is_err();
    (!fits || number).then_some(cause)
}

fn points(costs: &Costs) -> Option<String> {
    let Costs::Plane { points, coordinate_scale, .. } = costs else { return None };
    let Some(scale) = u64::try_from(*coordinate_scale).ok().filter(|scale| *scale > 0) else {
        return Some(format!("the coordinate scale {coordinate_scale} is not above 0"));
    };
    let too_large = |number: &i64| number.unsigned_abs() > COORDINATE_MAX;
    if points.iter().any(|(x, y)| too_large(x) || too_large(y)) {
        return Some(format!("a coordinate is beyond {COORDINATE_MAX}"));
    }
    let low = points.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))?;
    let high = points.iter().copied().reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
    let longest = whole_distance(low, high, scale, Rounding::Round);
    let cause = format!("distances up to {longest} do not fit 32 bits");
    (longest > u128::from(u32::MAX)).then_some(cause)
}

fn periods(ask: Ask) -> Option<String> {
    let Ask::Rollout { periods, .. } = ask else { return None };
    let cause = format!("{periods} periods; there are 1 to {PERIODS_MAX}");
    (!(1..=PERIODS_MAX).contains(&periods)).then_some(cause)
}
