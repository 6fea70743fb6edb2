//! The checker of frontiers: every point for itself, from the file as written.
//!
//! - `plans`: whether the plans are allowed, followed from point to point, and what they are worth.
//! - `bounds`: what the radii of the certificate prove of each number of sites.
//! - `claims`: whether answer and certificate say the same.

mod bounds;
mod claims;
mod plans;

use std::ops::RangeInclusive;

use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::frontier::{
    FrontierAnswer, FrontierCertificate, FrontierFigures, FrontierVerdict,
};
use groundwork_model::{Code, Plan, Problem};

use super::shape;
use crate::metric::Metric;

/// Says whether every plan of a frontier keeps the rules, is worth what it claims, and is bounded as it
/// claims.
///
/// The problem is the one of the largest number of sites; `range` are all that were asked for. `sha256`
/// is that of the file that the problem was read from just now, unpacked. Only p-median and maximal
/// coverage have frontiers; the frontier of another problem is refused.
#[must_use]
pub fn verify_frontier(
    problem: &FieldProblem,
    range: RangeInclusive<u32>,
    sha256: &str,
    answer: &FrontierAnswer,
    certificate: Option<&FrontierCertificate>,
) -> FrontierVerdict {
    let scale = problem.scale;
    if let Some(fault) = shape::fault(problem).or_else(|| without_frontier(problem)) {
        return FrontierVerdict { scale, problems: vec![fault], ..FrontierVerdict::default() };
    }
    let metric = Metric::of(problem);
    let plans = plans::follow(problem, &metric, &answer.points);
    let proved = certificate.map(|certificate| {
        let numbers: Vec<u32> = answer.points.iter().map(|point| point.p).collect();
        bounds::prove(problem, &metric, &certificate.multipliers, &numbers)
    });
    let feasible = plans.problems.is_empty();

    let mut problems = plans.problems;
    problems.extend(claims::of_range(range, &answer.points));
    problems.extend(claims::of_answer(problem, answer, &plans.values));
    problems.extend(claims::of_certificate(sha256, answer, certificate));
    let bounds = match proved {
        None => Vec::new(),
        Some(Ok(bounds)) => bounds,
        Some(Err(more)) => {
            problems.extend(more);
            Vec::new()
        }
    };
    problems.extend(claims::of_bounds(problem, answer, certificate.is_some(), &bounds));

    let points = figures(answer, &plans.values, &bounds);
    FrontierVerdict {
        accepted: feasible && problems.is_empty(),
        feasible,
        gap: points
            .iter()
            .map(|point| point.gap)
            .try_fold(0.0, |widest: f64, gap| Some(widest.max(gap?))),
        scale,
        points,
        problems,
    }
}

fn figures(
    answer: &FrontierAnswer,
    values: &[Option<i128>],
    bounds: &[i128],
) -> Vec<FrontierFigures> {
    let figures = |(at, point): (usize, &groundwork_model::frontier::FrontierPoint)| {
        let (value, bound) = (values[at], bounds.get(at).copied());
        let gap = value.zip(bound).map(|(value, bound)| Plan::gap_of(value, bound));
        FrontierFigures { p: point.p, value, bound, gap }
    };
    answer.points.iter().enumerate().map(figures).collect()
}

fn without_frontier(problem: &FieldProblem) -> Option<Problem> {
    let cause = "only p-median and cover have a frontier; the problem is another one";
    let has_one = matches!(problem.ask, Ask::PMedian { .. } | Ask::Cover { .. });
    (!has_one).then(|| Problem::new(Code::FlagUnfit, cause))
}
