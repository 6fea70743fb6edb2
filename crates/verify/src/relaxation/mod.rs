//! The relaxation in which each site can be looked at alone, and what it proves.
//!
//! Client i costs, in period t, at least `u_it + sum over open j of min(0, w_it c_ij - u_it)`: if no
//! open site is nearer than the radius the sum is 0, and either nobody serves and there is no answer, or
//! the cost is at least u (which is why radii are first cut down to what everybody is served within
//! anyway); else the nearest site alone brings the sum to w c. Adding this up leaves one number a site,
//! which depends only on when it opens; the best choice of each site alone, with the quotas as prices,
//! is at least as good as any answer. Where capacities rule a site takes clients in parts, and its
//! number is what it saves at most within its capacity: a knapsack.
//!
//! Programmes and benchmark problems fill in one [`Relaxation`]; *client* stands for place. All of it is
//! one pass of whole-number arithmetic, no search:
//!
//! - `shape`: what may be said of sites and multipliers before anything is added up.
//! - `range`: that no sum can leave 128 bits.
//! - `pricing`, `blocks`, `knapsack`: what each site saves.
//! - `lists`: what sites save at several lists of radii that have nothing to do with one another.
//! - `bound`: the bound, kept up to date while multipliers and times change.
//! - `counts`: which times counting alone rules out.
//! - `fewest`: how many sites it takes, where capacities rule.
//! - `reach`: the sites near a client.
//! - `tree`, `walk`: a tree of bounds.
//! - `patch`: parts of a tree that speak of sites of their own.

mod blocks;
mod bound;
mod counts;
mod fewest;
mod knapsack;
mod lists;
mod patch;
mod pricing;
mod range;
mod reach;
mod shape;
mod tree;
mod walk;

use groundwork_model::{Code, Problem};

use self::bound::Bound;
use self::pricing::Pricing;
use self::range::Longest;
use crate::metric::Metric;
use crate::weights::Weights;

pub(crate) use self::lists::{Priced, price_lists};
pub(crate) use self::tree::prove_tree;

/// The largest shift: every whole distance in metres, shifted, fits 64 bits.
pub(crate) const SHIFT_MAX: u32 = 32;

/// Is a problem in the form in which each site can be looked at alone.
pub(crate) struct Relaxation<'a> {
    pub(crate) metric: &'a Metric<'a>,
    pub(crate) tariff: Tariff<'a>,
    /// What a cost of each client counts for; 0 leaves the client out.
    pub(crate) weights: Vec<u64>,
    /// What a cost of each period counts for.
    pub(crate) factors: Vec<u64>,
    pub(crate) caps: Caps,
    pub(crate) quota: Option<Quotas>,
    pub(crate) opening_costs: Vec<u64>,
    pub(crate) capacities: Option<Capacities<'a>>,
    pub(crate) times: SiteTimes,
    /// What clients are called.
    pub(crate) clients_word: &'static str,
}

/// Says what a distance costs one unit of weight.
pub(crate) enum Tariff<'a> {
    /// The distance itself.
    Distance,
    /// Nothing up to this distance; beyond, nobody is served.
    Within(u64),
    /// The kinds of a programme that are out of reach.
    Goal(&'a Weights),
}

/// Says what a client costs at most, for one unit of weight, whatever opens.
pub(crate) enum Caps {
    None,
    /// One for all.
    Uniform(u64),
    /// One for each client and period, client by client; `None` when the client must be served.
    Each(Vec<Option<u64>>),
}

/// Says how many sites may open in each period.
pub(crate) struct Quotas {
    pub(crate) openings: Vec<u64>,
    /// Whether they must be met.
    pub(crate) exactly: bool,
}

/// Says how much sites serve; there is one period.
pub(crate) struct Capacities<'a> {
    /// Units that each site can serve; `None` is without limit.
    pub(crate) of_sites: Vec<Option<u64>>,
    /// Units that each client needs.
    pub(crate) demands: &'a [u64],
    /// Whether costs are for all of a client's demand.
    pub(crate) whole_client: bool,
}

/// Says at which times each site may open, ascending: 0 is never, others are periods.
pub(crate) struct SiteTimes {
    lists: Vec<Vec<u32>>,
    of_site: Vec<u32>,
}

/// Holds the multipliers of a bound as the certificate gives them.
#[derive(Clone, Copy)]
pub(crate) struct Multipliers<'a> {
    pub(crate) shift: u32,
    pub(crate) prices: &'a [i128],
    /// For each period, one radius a client.
    pub(crate) radii: &'a [Vec<u64>],
}

/// Recomputes the cost, rounded up, that no answer beats by these multipliers, whatever they are; and
/// says how many pairs were measured. Every site that must open is expected to
/// have a period in which it may.
///
/// # Errors
///
/// Returns what keeps the multipliers from being evaluated.
pub(crate) fn prove(
    relaxation: &Relaxation<'_>,
    multipliers: Multipliers<'_>,
) -> Result<(i128, u64), Vec<Problem>> {
    relaxation.check(&multipliers)?;
    let longest = Longest::of(relaxation, &multipliers, &[]);
    longest
        .check(relaxation, multipliers.prices, &[], multipliers.shift)
        .map_err(|problem| vec![problem])?;
    let pricing = Pricing::new(relaxation, multipliers.shift, &longest);
    let (bound, pairs) = Bound::new(&pricing, &multipliers);
    Ok((ceil_shifted(bound.cost(), multipliers.shift), pairs))
}

impl SiteTimes {
    /// Lets every site open in any period, or never.
    pub(crate) fn any(sites: usize, periods: usize) -> Self {
        Self { lists: vec![(0..=periods as u32).collect()], of_site: vec![0; sites] }
    }

    /// Takes the times of each site; few of the lists differ.
    pub(crate) fn each(lists: impl Iterator<Item = Vec<u32>>) -> Self {
        let mut known = std::collections::BTreeMap::new();
        let mut times = Self { lists: Vec::new(), of_site: Vec::new() };
        for list in lists {
            let number = *known.entry(list).or_insert_with_key(|list| {
                times.lists.push(list.clone());
                times.lists.len() as u32 - 1
            });
            times.of_site.push(number);
        }
        times
    }

    /// Returns the times of a site; none where nothing is left to choose.
    pub(crate) fn of(&self, site: usize) -> &[u32] {
        &self.lists[self.of_site[site] as usize]
    }
}

/// Returns the smallest whole number that is at least `number` / 2^`shift`.
pub(crate) fn ceil_shifted(number: i128, shift: u32) -> i128 {
    let floor = number >> shift;
    let rest = number - (floor << shift);
    floor + i128::from(rest != 0)
}

pub(crate) fn malformed(cause: impl Into<String>) -> Problem {
    Problem::new(Code::CertificateMalformed, cause)
}

pub(crate) fn too_large() -> Problem {
    malformed("the numbers of the proof do not fit 128 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rounded_up_to_whole_numbers() {
        let rounded = [(256, 8), (257, 8), (-256, 8), (-257, 8), (-1, 8), (7, 0), (-7, 0)]
            .map(|(number, shift)| ceil_shifted(number, shift));
        assert_eq!(rounded, [1, 2, -1, -1, 0, 7, -7]);
        assert_eq!(ceil_shifted(i128::MAX, 1), 1 << 126);
    }
}
