//! What lists of radii prove of each number of sites.
//!
//! At the radii of one list every site saves something, and no p sites save more than the p that save
//! most: so the sum of all u less those p savings bounds the cost of every answer, for each p at once.

use groundwork_model::Problem;
use groundwork_model::field::FieldProblem;
use groundwork_model::frontier::FrontierMultipliers;
use rayon::prelude::*;

use super::super::{relaxation, shown};
use crate::metric::Metric;
use crate::relaxation::{Priced, Relaxation, SiteTimes, ceil_shifted, malformed, price_lists};

/// Lists that are priced in one pass over the pairs.
const LISTS_AT_ONCE: usize = 16;

/// Returns the best bound that the lists prove of each number of sites, in units of the value.
///
/// # Errors
///
/// Returns what keeps a list from being evaluated.
pub(super) fn prove(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    lists: &[FrontierMultipliers],
    numbers: &[u32],
) -> Result<Vec<i128>, Vec<Problem>> {
    if lists.is_empty() {
        return Err(vec![malformed("the certificate holds no radii")]);
    }
    let mut best: Vec<Option<i128>> = vec![None; numbers.len()];
    for lists in lists.chunk_by(|a, b| a.shift == b.shift) {
        for lists in lists.chunks(LISTS_AT_ONCE) {
            let shift = lists[0].shift;
            let radii: Vec<&[u64]> = lists.iter().map(|list| list.radii.as_slice()).collect();
            let relaxation = for_lists(problem, metric, lists.len());
            let priced = price_lists(&relaxation, shift, &radii)?;
            let costs: Vec<Vec<i128>> =
                priced.into_par_iter().map(|priced| least(priced, shift, numbers)).collect();
            for costs in costs {
                for (best, cost) in best.iter_mut().zip(costs) {
                    *best = (*best).max(Some(cost));
                }
            }
        }
    }
    let shown = |cost: Option<i128>| shown(problem, cost.unwrap_or(0)).map_err(|fault| vec![fault]);
    best.into_iter().map(shown).collect()
}

/// Relaxes the problem with one period for each list: a period has no more to do with another than one
/// list with another.
fn for_lists<'a>(
    problem: &'a FieldProblem,
    metric: &'a Metric<'a>,
    lists: usize,
) -> Relaxation<'a> {
    Relaxation {
        factors: vec![1; lists],
        quota: None,
        times: SiteTimes::any(problem.sites.len(), lists),
        ..relaxation::of(problem, metric)
    }
}

/// Returns the cost, rounded up, that no answer with so many sites beats, for each number.
fn least(priced: Priced, shift: u32, numbers: &[u32]) -> Vec<i128> {
    let Priced { sum_of_u, mut savings } = priced;
    let most = numbers.iter().max().map_or(0, |most| *most as usize).min(savings.len());
    if most < savings.len() {
        savings.select_nth_unstable_by(most, |a, b| b.cmp(a));
        savings.truncate(most);
    }
    savings.sort_unstable_by(|a, b| b.cmp(a));
    // No saving is below 0, so that more sites never save less.
    let mut saved = vec![0_i128];
    saved.extend(savings.iter().scan(0, |sum, saving| {
        *sum += saving;
        Some(*sum)
    }));
    let of_number = |p: &u32| {
        let saved = saved[(*p as usize).min(saved.len() - 1)];
        ceil_shifted(sum_of_u - saved, shift)
    };
    numbers.iter().map(of_number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_that_save_most_are_taken_off() {
        let priced = || Priced { sum_of_u: 40, savings: vec![3, 9, 0, 6] };
        assert_eq!(least(priced(), 0, &[0, 1, 2, 3, 4, 9]), [40, 31, 25, 22, 22, 22]);
        assert_eq!(least(priced(), 2, &[1, 2]), [8, 7], "31 / 4 and 25 / 4, rounded up");
    }
}
