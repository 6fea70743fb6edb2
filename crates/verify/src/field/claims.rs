//! Whether answer and certificate say what the checker found.

use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::field::{FieldAnswer, FieldCertificate, FieldProblem, FieldStatus};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Plan, Problem, StoppedBy};

use super::{impossible, sense};
use crate::claims::{format_version, gaps_agree};
use crate::metric::Metric;

/// Returns whether an answer claims that nothing was found, and shows nothing either.
pub(crate) fn says_nothing(answer: &FieldAnswer) -> bool {
    answer.value.is_none() && answer.openings.is_empty() && answer.assignments.is_empty()
}

/// Lists every claim of the answer that does not hold, apart from its bound.
pub(crate) fn of_answer(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    answer: &FieldAnswer,
    found: Option<i128>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(value(answer, found));
    problems.extend(scale(problem, answer));
    problems.extend(direction(problem, answer));
    problems.extend(gap(answer));
    problems.extend(status(answer));
    problems.extend(infeasible(problem, metric, answer));
    problems
}

/// Lists every way in which the certificate speaks of something else than file and answer.
pub(crate) fn of_certificate(
    sha256: &str,
    answer: &FieldAnswer,
    certificate: Option<&FieldCertificate>,
) -> Vec<Problem> {
    let Some(certificate) = certificate else { return Vec::new() };
    let differences = [
        (certificate.sha256 != sha256, "the certificate was made from another file"),
        (certificate.value != answer.value, "certificate and answer claim different values"),
        (Some(certificate.bound) != answer.bound, "certificate and answer claim different bounds"),
    ];
    let differences = differences.into_iter().filter(|(differs, _)| *differs);
    let other = differences.map(|(_, cause)| Problem::new(Code::CertificateOfAnotherPlan, cause));
    let version = format_version("certificate", certificate.format, CERTIFICATE_FORMAT);
    version.into_iter().chain(other).collect()
}

/// Says whether the bound that the answer claims is better than the one proved.
pub(crate) fn of_bound(
    problem: &FieldProblem,
    answer: &FieldAnswer,
    certified: bool,
    proved: Option<i128>,
) -> Option<Problem> {
    let claimed = answer.bound?;
    if !certified {
        let cause = format!("the answer claims the bound {claimed} without a certificate");
        return Some(Problem::new(Code::BoundNotProved, cause));
    }
    // A certificate that proves nothing has been reported with its own fault.
    let proved = proved?;
    let better = match sense(problem.ask) {
        Sense::Min => claimed > proved,
        Sense::Max => claimed < proved,
    };
    let cause = format!("the answer claims the bound {claimed}; the certificate proves {proved}");
    better.then(|| Problem::new(Code::BoundNotProved, cause))
}

fn value(answer: &FieldAnswer, found: Option<i128>) -> Option<Problem> {
    let found = found?;
    let cause = match answer.value {
        Some(claimed) => format!("the answer claims the value {claimed}; it is worth {found}"),
        None => format!("the answer claims no value; it is worth {found}"),
    };
    (answer.value != Some(found)).then(|| Problem::new(Code::ValueWrong, cause))
}

fn scale(problem: &FieldProblem, answer: &FieldAnswer) -> Option<Problem> {
    let (claimed, scale) = (answer.scale, problem.scale);
    let cause = format!("the answer gives the scale as {claimed}; it is {scale}");
    (claimed != scale).then(|| Problem::new(Code::ClaimWrong, cause))
}

fn direction(problem: &FieldProblem, answer: &FieldAnswer) -> Option<Problem> {
    let better = if sense(problem.ask) == Sense::Min { "smaller" } else { "larger" };
    let cause = format!("the answer has the sense wrong: {better} is better");
    (answer.sense != sense(problem.ask)).then(|| Problem::new(Code::ClaimWrong, cause))
}

fn gap(answer: &FieldAnswer) -> Option<Problem> {
    let follows = answer.value.zip(answer.bound).map(|(value, bound)| Plan::gap_of(value, bound));
    let words = |gap: Option<f64>| gap.map_or_else(|| "none".to_owned(), |gap| gap.to_string());
    let (claimed, is) = (words(answer.gap), words(follows));
    let cause = format!("the answer claims the gap {claimed}; value and bound give {is}");
    (!gaps_agree(answer.gap, follows)).then(|| Problem::new(Code::ClaimWrong, cause))
}

fn status(answer: &FieldAnswer) -> Vec<Problem> {
    let has_value = answer.value.is_some();
    let closed = has_value && answer.value == answer.bound;
    let infeasible = answer.status == FieldStatus::Infeasible;
    let mut causes = Vec::new();
    match answer.status {
        FieldStatus::Optimal if !closed => {
            causes.push("the answer claims to be optimal, and its value is not its bound");
        }
        FieldStatus::Feasible if !has_value => {
            causes.push("the answer claims to be feasible, and it has no value");
        }
        FieldStatus::Infeasible | FieldStatus::Unknown if !says_nothing(answer) => {
            causes.push("the answer claims that nothing was found, and it shows something");
        }
        _ => {}
    }
    if answer.stopped_by == StoppedBy::Proved && !closed && !infeasible {
        causes.push("the answer claims to be proved best, and its value is not its bound");
    }
    causes.into_iter().map(|cause| Problem::new(Code::ClaimWrong, cause)).collect()
}

fn infeasible(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    answer: &FieldAnswer,
) -> Option<Problem> {
    let claimed = answer.status == FieldStatus::Infeasible;
    if !claimed || impossible::is_plain(problem, metric) {
        return None;
    }
    let cause = "the answer claims that no answer keeps the rules; counting does not show that";
    Some(Problem::new(Code::ClaimWrong, cause))
}
