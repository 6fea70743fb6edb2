//! Whether frontier and certificate say what the checker found.

use std::ops::RangeInclusive;

use groundwork_model::field::FieldProblem;
use groundwork_model::frontier::{
    FRONTIER_CERTIFICATE_FORMAT, FrontierAnswer, FrontierCertificate, FrontierPoint,
};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Plan, Problem, StoppedBy};

use super::super::sense;
use crate::claims::{format_version, gaps_agree};

/// Says whether the points are those of the range, each once and in order.
pub(super) fn of_range(range: RangeInclusive<u32>, points: &[FrontierPoint]) -> Option<Problem> {
    let (first, last) = (*range.start(), *range.end());
    if points.iter().map(|point| point.p).eq(range) {
        return None;
    }
    let cause = format!("the frontier does not have one point for each p of {first}..{last}");
    Some(Problem::new(Code::ClaimWrong, cause))
}

/// Lists every claim of the answer that does not hold, apart from its bounds.
pub(super) fn of_answer(
    problem: &FieldProblem,
    answer: &FrontierAnswer,
    found: &[Option<i128>],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (point, found) in answer.points.iter().zip(found) {
        problems.extend(value(point, *found));
        problems.extend(gap(point));
    }
    let (claimed, scale) = (answer.scale, problem.scale);
    let better = if sense(problem.ask) == Sense::Min { "smaller" } else { "larger" };
    let widest = answer.points.iter().map(|point| point.gap).fold(0.0, f64::max);
    let wrong = [
        (claimed != scale, format!("the frontier gives the scale as {claimed}; it is {scale}")),
        (
            answer.sense != sense(problem.ask),
            format!("the frontier has the sense wrong: {better} is better"),
        ),
        (
            !gaps_agree(Some(answer.gap), Some(widest)),
            format!("the frontier claims the gap {}; the widest is {widest}", answer.gap),
        ),
        (
            answer.stopped_by == StoppedBy::Proved && widest > 0.0,
            "the frontier claims to be proved best, and not every value is its bound".to_owned(),
        ),
    ];
    let wrong = wrong.into_iter().filter(|(is_wrong, _)| *is_wrong);
    problems.extend(wrong.map(|(_, cause)| Problem::new(Code::ClaimWrong, cause)));
    problems
}

/// Lists every way in which the certificate speaks of something else than file and answer.
pub(super) fn of_certificate(
    sha256: &str,
    answer: &FrontierAnswer,
    certificate: Option<&FrontierCertificate>,
) -> Vec<Problem> {
    let Some(certificate) = certificate else { return Vec::new() };
    let version = format_version("certificate", certificate.format, FRONTIER_CERTIFICATE_FORMAT);
    let differences = [
        (certificate.sha256 != sha256, "the certificate was made from another file"),
        (certificate.claims != answer.claims(), "certificate and frontier claim different figures"),
    ];
    let differences = differences.into_iter().filter(|(differs, _)| *differs);
    let other = differences.map(|(_, cause)| Problem::new(Code::CertificateOfAnotherPlan, cause));
    version.into_iter().chain(other).collect()
}

/// Lists every bound that is better than the one proved; none where a certificate proves nothing, which
/// has been reported with its own fault.
pub(super) fn of_bounds(
    problem: &FieldProblem,
    answer: &FrontierAnswer,
    certified: bool,
    proved: &[i128],
) -> Vec<Problem> {
    if !certified {
        let cause = "the frontier claims bounds without a certificate";
        return vec![Problem::new(Code::BoundNotProved, cause)];
    }
    let better = |claimed: i128, proved: i128| match sense(problem.ask) {
        Sense::Min => claimed > proved,
        Sense::Max => claimed < proved,
    };
    let points = answer.points.iter().zip(proved);
    let unproved = points.filter(|(point, proved)| better(point.bound, **proved));
    let fault = |(point, proved): (&FrontierPoint, &i128)| {
        let FrontierPoint { p, bound, .. } = point;
        let cause = format!("at p = {p} the bound {bound} is claimed; {proved} is proved");
        Problem::new(Code::BoundNotProved, cause)
    };
    unproved.map(fault).collect()
}

fn value(point: &FrontierPoint, found: Option<i128>) -> Option<Problem> {
    let (p, claimed, found) = (point.p, point.value, found?);
    let cause = format!("at p = {p} the value {claimed} is claimed; the plan is worth {found}");
    (claimed != found).then(|| Problem::new(Code::ValueWrong, cause))
}

fn gap(point: &FrontierPoint) -> Option<Problem> {
    let follows = Plan::gap_of(point.value, point.bound);
    let (p, claimed) = (point.p, point.gap);
    let cause = format!("at p = {p} the gap {claimed} is claimed; value and bound give {follows}");
    (!gaps_agree(Some(claimed), Some(follows))).then(|| Problem::new(Code::ClaimWrong, cause))
}
