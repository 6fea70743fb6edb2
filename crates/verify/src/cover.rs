//! What a cover certificate proves: in each period, that some place lies at least so far.
//!
//! If every place with people had an open site nearer than r, the open sites would cover all the
//! weight. The sites open in every plan cover what they cover; each further one adds at most what
//! it covers beyond them; and no plan has more than Q further ones. So when the former and the Q
//! largest of the latter stay below the total, one place at least lies r or farther.

use groundwork_model::{Code, CoverProof, Goal, Problem};
use rayon::prelude::*;

use crate::Proved;
use crate::facts::Terms;
use crate::near::NearPlaces;
use crate::scene::Scene;
use crate::service::Service;
use crate::value;

/// Recomputes the bound that the weights prove; a period that proves nothing counts 0.
pub(crate) fn prove(scene: &Scene<'_>, terms: &Terms, proofs: &[CoverProof]) -> Proved {
    let problems = malformed(scene, proofs);
    if !problems.is_empty() {
        return Proved { problems, ..Proved::default() };
    }
    let always = Service::of(scene, &terms.settled_opens(scene));
    let mut proved = Proved { bound: Some(0), problems, pairs: always.pairs };
    for (index, proof) in proofs.iter().enumerate().filter(|(_, proof)| proof.at_least_m > 0) {
        let (holds, pairs) = holds(scene, terms, &always, index, proof);
        proved.pairs += pairs;
        if holds {
            let metres = u128::from(counted_metres(scene, proof.at_least_m));
            let counted = value::counted(scene, index, metres);
            proved.bound = proved.bound.zip(counted).and_then(|(sum, term)| sum.checked_add(term));
        } else {
            proved.problems.push(not_proved(scene, index, proof.at_least_m));
        }
    }
    proved
}

fn malformed(scene: &Scene<'_>, proofs: &[CoverProof]) -> Vec<Problem> {
    let (periods, places) = (scene.periods(), scene.places());
    let mut causes = Vec::new();
    if scene.weights.goal != Goal::WorstDistance {
        causes.push("a cover proof bounds the goal `worst-distance` only".to_owned());
    }
    if proofs.len() != periods {
        causes.push(format!("`periods` has {} entries for {periods} periods", proofs.len()));
    }
    for (index, proof) in proofs.iter().enumerate() {
        let length = proof.weights.len();
        if proof.at_least_m > 0 && length != places {
            let period = index + 1;
            causes.push(format!(
                "the weights of period {period} have {length} entries for {places} places"
            ));
        }
    }
    causes.into_iter().map(|cause| Problem::new(Code::CertificateMalformed, cause)).collect()
}

/// Returns whether the weights of one period prove its distance, and how many pairs were measured.
fn holds(
    scene: &Scene<'_>,
    terms: &Terms,
    always: &Service,
    index: usize,
    proof: &CoverProof,
) -> (bool, u64) {
    // What the always open sites cover is on both sides of the inequality: leave it out of both.
    let left_over: Vec<bool> =
        (0..scene.places()).map(|place| is_left_over(scene, always, place, index, proof)).collect();
    let weights = proof.weights.iter().zip(&left_over).filter(|(_, left_over)| **left_over);
    let total: u128 = weights.map(|(weight, _)| u128::from(*weight)).sum();
    let (mut covered, pairs) = covered_by_sites(scene, terms, index, proof, &left_over);
    covered.sort_unstable_by(|a, b| b.cmp(a));
    let further: u64 = terms.left()[..=index].iter().sum();
    let further = usize::try_from(further).unwrap_or(usize::MAX);
    let most = covered.iter().take(further).fold(0_u128, |sum, site| sum.saturating_add(*site));
    (most < total, pairs)
}

/// Returns whether a place has people and no always open site nearer than the distance to prove.
fn is_left_over(
    scene: &Scene<'_>,
    always: &Service,
    place: usize,
    index: usize,
    proof: &CoverProof,
) -> bool {
    let nearest = always.nearest(place, index);
    scene.persons(place) > 0 && nearest.is_none_or(|metres| metres >= proof.at_least_m)
}

/// Returns the weight of the places left over that each site which may be open covers, and how many
/// pairs were measured.
fn covered_by_sites(
    scene: &Scene<'_>,
    terms: &Terms,
    index: usize,
    proof: &CoverProof,
    left_over: &[bool],
) -> (Vec<u128>, u64) {
    let limit = |left_over: &bool| left_over.then(|| proof.at_least_m - 1);
    let limits: Vec<Option<u32>> = left_over.iter().map(limit).collect();
    let near = NearPlaces::new(&scene.distances, &limits);
    let weights: Vec<u64> = near.places().map(|place| proof.weights[place]).collect();
    let left = terms.left();
    let may_be_open =
        |site: &usize| terms.is_free(scene, *site) && opens_by(scene, &left, *site, index);
    let (covered, pairs): (Vec<u128>, Vec<u64>) = (0..scene.sites.rows.len())
        .into_par_iter()
        .filter(may_be_open)
        .map(|site| {
            let mut covered = 0;
            let pairs = near.of_site(site, |number, _| covered += u128::from(weights[number]));
            (covered, pairs)
        })
        .unzip();
    (covered, pairs.iter().sum())
}

/// Returns whether a free site may be open by a period (0-based).
fn opens_by(scene: &Scene<'_>, left: &[u64], site: usize, index: usize) -> bool {
    let row = &scene.sites.rows[site];
    (0..=index).any(|t| left[t] > 0 && row.window_contains(t as u32 + 1))
}

/// Returns what a place at least this far counts: never more than somebody without a site.
fn counted_metres(scene: &Scene<'_>, at_least_m: u32) -> u64 {
    let metres = u64::from(at_least_m);
    scene.weights.cost_unserved().map_or(metres, |unserved| metres.min(unserved))
}

fn not_proved(scene: &Scene<'_>, index: usize, at_least_m: u32) -> Problem {
    let when = scene.period_name(index);
    let cause = format!(
        "the weights do not prove that some place lies {at_least_m} m or farther in {when}"
    );
    Problem::new(Code::BoundNotProved, cause)
}
