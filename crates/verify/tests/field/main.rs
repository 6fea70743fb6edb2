//! Tests of the checker of answers to benchmark problems.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod brute_force;
mod codes;
mod frontier;
mod hostile;
mod large;
mod patches;
mod trees;
mod worked;

use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::field::{
    Ask, Costs, FieldAnswer, FieldAssignment, FieldCertificate, FieldOpening, FieldProblem,
    FieldSite, FieldStatus, FieldVerdict, Rounding,
};
use groundwork_model::plan::Sense;
use groundwork_model::{KeptTimes, Plan, Proof, StoppedBy, TreeNode};
use groundwork_verify::verify_field;

/// Stands for the hash of a file.
const SHA256: &str = "5eed";

/// Returns points on a line, with weights, where every point is client and site.
fn line(points: &[(i64, u64)], ask: Ask) -> FieldProblem {
    FieldProblem {
        weights: points.iter().map(|point| point.1).collect(),
        sites: vec![FieldSite::default(); points.len()],
        costs: Costs::Plane {
            points: points.iter().map(|point| (point.0, 0)).collect(),
            coordinate_scale: 1,
            rounding: Rounding::Round,
        },
        ask,
        scale: 1,
    }
}

/// Returns sites that cost the given to open.
fn sites(opening_costs: &[u64]) -> Vec<FieldSite> {
    let site = |cost: &u64| FieldSite { opening_cost: *cost, capacity: None };
    opening_costs.iter().map(site).collect()
}

/// Returns openings in the first period.
fn open(sites: &[u32]) -> Vec<FieldOpening> {
    sites.iter().map(|site| FieldOpening { site: *site, period: 1 }).collect()
}

/// Returns an assignment of a part of a client.
fn part(client: u32, site: u32, amount: u64) -> FieldAssignment {
    FieldAssignment { client, site, amount }
}

/// Returns a Lagrangian proof.
fn lagrangian(shift: u32, prices: &[i128], radii: &[&[u64]]) -> Proof {
    let radii = radii.iter().map(|row| row.to_vec()).collect();
    Proof::Lagrangian { shift, prices: prices.to_vec(), radii }
}

/// Returns a node that keeps the multipliers of its parent.
fn node(parent: u32, site: u32, times: &[u32]) -> TreeNode {
    TreeNode { parent, site, times: times.to_vec(), ..TreeNode::default() }
}

/// Returns a node that closes sites and leaves others some times, with the multipliers of its parent.
fn fixing(parent: u32, closed: &[u32], kept: &[(u32, &[u32])]) -> TreeNode {
    let kept = kept.iter().map(|(site, times)| KeptTimes { site: *site, times: times.to_vec() });
    TreeNode { parent, closed: closed.to_vec(), kept: kept.collect(), ..TreeNode::default() }
}

/// Is an answer with its problem and its certificate.
#[derive(Clone, Debug)]
struct Case {
    problem: FieldProblem,
    answer: FieldAnswer,
    certificate: Option<FieldCertificate>,
}

impl Case {
    /// Makes an answer that claims what the checker finds it worth, and no bound.
    fn new(problem: &FieldProblem, openings: &[FieldOpening]) -> Self {
        Self::assigned(problem, openings, &[])
    }

    /// Makes an answer with assignments.
    fn assigned(
        problem: &FieldProblem,
        openings: &[FieldOpening],
        assignments: &[FieldAssignment],
    ) -> Self {
        let is_cover = matches!(problem.ask, Ask::Cover { .. });
        let answer = FieldAnswer {
            status: FieldStatus::Feasible,
            stopped_by: StoppedBy::Time,
            sense: if is_cover { Sense::Max } else { Sense::Min },
            scale: problem.scale,
            value: Some(0),
            bound: None,
            gap: None,
            seconds: 1.0,
            work: 1,
            peak_rss_bytes: 1,
            openings: openings.to_vec(),
            assignments: assignments.to_vec(),
        };
        let mut case = Self { problem: problem.clone(), answer, certificate: None };
        case.answer.value = case.verdict().value.or(Some(0));
        case
    }

    /// Claims a bound and gives a proof of it.
    fn claim(mut self, bound: i128, proof: Proof) -> Self {
        let value = self.answer.value;
        self.answer.bound = Some(bound);
        self.answer.gap = value.map(|value| Plan::gap_of(value, bound));
        (self.answer.status, self.answer.stopped_by) = if value == Some(bound) {
            (FieldStatus::Optimal, StoppedBy::Proved)
        } else {
            (FieldStatus::Feasible, StoppedBy::Time)
        };
        self.certificate = Some(FieldCertificate {
            format: CERTIFICATE_FORMAT,
            sha256: SHA256.to_owned(),
            value,
            bound,
            proof,
        });
        self
    }

    fn verdict(&self) -> FieldVerdict {
        verify_field(&self.problem, SHA256, &self.answer, self.certificate.as_ref())
    }
}
