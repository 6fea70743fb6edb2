//! What a cover certificate proves of a p-centre problem: that some client costs at least so much.
//!
//! If every client with weight had an open site cheaper than r, the p open sites would cover all the
//! proof's weight. Each covers what it covers; when the p largest of these together stay below the
//! whole, one client at least costs r or more.

use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::{Code, CoverProof, Problem};
use rayon::prelude::*;

use crate::metric::Metric;
use crate::relaxation::malformed;

/// Recomputes what the weights prove.
///
/// # Errors
///
/// Returns what keeps them from being evaluated, or that they prove less than they say.
pub(crate) fn prove(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    proofs: &[CoverProof],
) -> Result<i128, Vec<Problem>> {
    let Ask::PCentre { p } = problem.ask else {
        return Err(vec![malformed("a cover proof bounds the p-centre problem only")]);
    };
    let [proof] = proofs else {
        return Err(vec![malformed(format!("{} cover proofs for 1 period", proofs.len()))]);
    };
    let at_least = proof.at_least_m;
    if at_least == 0 {
        return Ok(0);
    }
    let (length, clients) = (proof.weights.len(), problem.weights.len());
    if length != clients {
        return Err(vec![malformed(format!("{length} weights for {clients} clients"))]);
    }
    if holds(problem, metric, p, proof) {
        Ok(i128::from(at_least))
    } else {
        Err(vec![not_proved(at_least)])
    }
}

pub(crate) fn not_proved(at_least: u32) -> Problem {
    let cause = format!("the certificate does not prove that some client costs {at_least} or more");
    Problem::new(Code::BoundNotProved, cause)
}

fn holds(problem: &FieldProblem, metric: &Metric<'_>, p: u32, proof: &CoverProof) -> bool {
    let counted: Vec<u64> = proof
        .weights
        .iter()
        .zip(&problem.weights)
        .map(|(proof, weight)| if *weight > 0 { *proof } else { 0 })
        .collect();
    let limit = u64::from(proof.at_least_m) - 1;
    let limits: Vec<Option<u64>> =
        counted.iter().map(|weight| (*weight > 0).then_some(limit)).collect();
    let near = metric.near(&limits);
    let weights: Vec<u64> = near.clients().iter().map(|client| counted[*client]).collect();
    let covered_by = |site| {
        let mut covered = 0;
        near.of_site(site, |number, _| covered += u128::from(weights[number]));
        covered
    };
    let mut covered: Vec<u128> = (0..problem.sites.len()).into_par_iter().map(covered_by).collect();
    covered.sort_unstable_by(|a, b| b.cmp(a));
    let most = covered.iter().take(p as usize).fold(0, |sum: u128, site| sum.saturating_add(*site));
    most < counted.iter().map(|weight| u128::from(*weight)).sum()
}
