//! What sites save at several lists of radii, in one pass over the pairs.

use groundwork_model::Problem;

use super::bound::cut_radii;
use super::pricing::Pricing;
use super::range::Longest;
use super::{Multipliers, Relaxation};

/// Is what one list of radii makes of clients and sites; numbers are x 2^shift.
pub(crate) struct Priced {
    /// The sum of all u.
    pub(crate) sum_of_u: i128,
    /// What each site saves; 0 or more.
    pub(crate) savings: Vec<i128>,
}

/// Prices every site at each of some lists of radii, one client after the other. The relaxation has a
/// period of factor 1 for each list, and neither quota nor capacities.
///
/// # Errors
///
/// Returns what keeps the lists from being evaluated.
pub(crate) fn price_lists(
    relaxation: &Relaxation<'_>,
    shift: u32,
    lists: &[&[u64]],
) -> Result<Vec<Priced>, Vec<Problem>> {
    let radii: Vec<Vec<u64>> = lists.iter().map(|list| list.to_vec()).collect();
    let multipliers = Multipliers { shift, prices: &[], radii: &radii };
    relaxation.check(&multipliers)?;
    let longest = Longest::of(relaxation, &multipliers, &[]);
    longest.check(relaxation, &[], &[], shift).map_err(|problem| vec![problem])?;
    let pricing = Pricing::new(relaxation, shift, &longest);
    let radii = cut_radii(&pricing, &multipliers);
    let (savings, _) = pricing.savings(&radii);

    let periods = relaxation.periods();
    let mut priced: Vec<Priced> = lists
        .iter()
        .map(|_| Priced { sum_of_u: 0, savings: Vec::with_capacity(relaxation.sites()) })
        .collect();
    for (radii, weight) in radii.chunks(periods).zip(&relaxation.weights) {
        for (priced, radius) in priced.iter_mut().zip(radii) {
            priced.sum_of_u += i128::from(*radius) * i128::from(*weight);
        }
    }
    for of_site in savings.chunks(periods) {
        // Savings come summed from each period on; here each counts by itself.
        let later = of_site[1..].iter().chain(&[0]);
        for ((priced, from_here_on), later) in priced.iter_mut().zip(of_site).zip(later) {
            priced.savings.push(from_here_on - later);
        }
    }
    Ok(priced)
}
