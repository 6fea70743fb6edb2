//! The checker of answers to benchmark problems: it believes nothing that an answer says.
//!
//! One file a family of rules:
//!
//! - `shape`: whether the problem can be computed with.
//! - `rules`, `assignments`: whether the answer is allowed.
//! - `value`, `fraction`: what it is worth.
//! - `relaxation`, `lagrangian`, `grains`, `centre`: what the certificate proves.
//! - `impossible`: when no answer keeps the rules.
//! - `claims`: whether answer and certificate say the same.
//! - `frontier`: all of this for every number of sites in a range.

mod assignments;
mod centre;
mod claims;
mod fraction;
mod frontier;
mod grains;
mod impossible;
mod lagrangian;
mod relaxation;
mod rules;
mod shape;
mod value;

use groundwork_model::field::{Ask, FieldAnswer, FieldCertificate, FieldProblem, FieldVerdict};
use groundwork_model::plan::Sense;
use groundwork_model::{Plan, Problem, Proof};

use self::grains::Grains;
use self::rules::Reading;
use crate::metric::Metric;
use crate::relaxation::{Multipliers, malformed, too_large};

pub use self::frontier::verify_frontier;
pub(crate) use self::lagrangian::no_answer;
#[cfg(test)]
pub(crate) use self::relaxation::of as relaxed;

/// Says whether an answer to a benchmark problem keeps every rule, is worth what it claims, and is
/// bounded as it claims.
///
/// `sha256` is that of the file that the problem was read from just now, unpacked.
#[must_use]
pub fn verify_field(
    problem: &FieldProblem,
    sha256: &str,
    answer: &FieldAnswer,
    certificate: Option<&FieldCertificate>,
) -> FieldVerdict {
    let scale = problem.scale;
    if let Some(fault) = shape::fault(problem) {
        return FieldVerdict { scale, problems: vec![fault], ..FieldVerdict::default() };
    }
    let metric = Metric::of(problem);
    let found = Found::of(problem, &metric, answer);
    let proved = certificate.map(|certificate| prove(problem, &metric, &certificate.proof));
    let bound = proved.as_ref().and_then(|proved| proved.as_ref().ok()).copied();
    let feasible = found.problems.is_empty() && found.value.is_some();

    let mut problems = found.problems;
    problems.extend(claims::of_answer(problem, &metric, answer, found.value));
    problems.extend(claims::of_certificate(sha256, answer, certificate));
    problems.extend(claims::of_bound(problem, answer, certificate.is_some(), bound));
    problems.extend(proved.and_then(Result::err).unwrap_or_default());

    FieldVerdict {
        accepted: feasible && problems.is_empty(),
        feasible,
        value: found.value,
        bound,
        gap: found.value.zip(bound).map(|(value, bound)| Plan::gap_of(value, bound)),
        scale,
        problems,
    }
}

/// Is what openings and assignments give.
#[derive(Default)]
struct Found {
    value: Option<i128>,
    problems: Vec<Problem>,
}

impl Found {
    fn of(problem: &FieldProblem, metric: &Metric<'_>, answer: &FieldAnswer) -> Self {
        if claims::says_nothing(answer) {
            return Self::default();
        }
        let reading = Reading::of(problem, &answer.openings);
        let mut problems: Vec<Problem> = reading.problems().collect();
        if !matches!(problem.ask, Ask::Cfl { .. }) {
            problems.extend(assignments::unasked(&answer.assignments));
        }
        if !reading.is_complete() {
            return Self { value: None, problems };
        }
        match value::value(problem, metric, &reading, &answer.assignments) {
            Ok(value) => Self { value: Some(value), problems },
            Err(more) => {
                problems.extend(more);
                Self { value: None, problems }
            }
        }
    }
}

/// Returns the bound that a proof proves, in units of the value.
fn prove(problem: &FieldProblem, metric: &Metric<'_>, proof: &Proof) -> Result<i128, Vec<Problem>> {
    match proof {
        Proof::Lagrangian { shift, prices, radii } => {
            lagrangian::prove(problem, metric, Multipliers { shift: *shift, prices, radii })
        }
        Proof::Cover { periods } => centre::prove(problem, metric, periods),
        Proof::Tree { shift, at_least, prices, radii, nodes } => {
            let root = Multipliers { shift: *shift, prices, radii };
            lagrangian::prove_by_tree(problem, metric, *at_least, root, nodes)
        }
        Proof::Grains { grain, fewest, fewer, others } => {
            grains::prove(problem, Grains { grain: *grain, fewest: *fewest, fewer, others })
        }
        Proof::Schedules { .. } | Proof::ScheduleCover { .. } => {
            Err(vec![malformed("a proof by schedules belongs to a programme")])
        }
    }
}

/// Returns which direction is better.
fn sense(ask: Ask) -> Sense {
    if matches!(ask, Ask::Cover { .. }) { Sense::Max } else { Sense::Min }
}

/// Returns the bound as shown: coverage shows what is covered, not what is left.
fn shown(problem: &FieldProblem, cost: i128) -> Result<i128, Problem> {
    match problem.ask {
        Ask::Cover { .. } => value::total_weight(problem).checked_sub(cost).ok_or_else(too_large),
        _ => Ok(cost),
    }
}
