//! The bound of a list of multipliers: one pass of whole-number arithmetic, no search.
//!
//! Client i costs, in period t, at least `u_it + sum over open j of min(0, w_i c_ij - u_it)`: if no
//! open site is nearer than the radius the sum is 0, and either nobody serves and the answer is none,
//! or the cost is at least u (which is why radii are first cut down to what an unserved client
//! costs); else the nearest site alone brings the sum to w c. Adding this up leaves one number a
//! site, which depends only on when it opens; the best choice of each site alone, with the quotas as
//! prices, is at least as good as any answer. Where capacities rule a site takes clients in parts,
//! and its number is what it saves at most within its capacity: a knapsack.

use groundwork_model::Problem;
use groundwork_model::field::Costs;
use rayon::prelude::*;

use super::knapsack::{Item, most_saved};
use super::metric::Near;
use super::relaxation::{Multipliers, Relaxation, Times};
use crate::lagrangian::too_large;

/// Holds what multipliers give, before it is said when sites may open. All numbers are x 2^shift.
pub(crate) struct Priced<'a> {
    relaxation: &'a Relaxation<'a>,
    multipliers: &'a Multipliers,
    /// What each site saves from each period on, site by site.
    savings: Vec<i128>,
    /// The minimum of each site that may open at any time.
    minima: Vec<i128>,
    /// The bound when all sites may.
    bound_of_all: i128,
}

impl<'a> Priced<'a> {
    /// Prices all sites with multipliers that have passed [`Relaxation::check`].
    ///
    /// # Errors
    ///
    /// A sum beyond 128 bits is a fault, never a wrong figure.
    pub(crate) fn new(
        relaxation: &'a Relaxation<'a>,
        multipliers: &'a Multipliers,
    ) -> Result<Self, Problem> {
        let radii = clipped(relaxation, multipliers);
        let u = sum_of_multipliers(relaxation, &radii).ok_or_else(too_large)?;
        let quotas = priced_quotas(relaxation, multipliers).ok_or_else(too_large)?;
        let near = relaxation.metric.near(&limits(relaxation, &radii, multipliers.shift));
        let clients = Clients::along(&near, relaxation, &radii);
        let shift = multipliers.shift;
        let pricing = SitePricing { relaxation, shift, near: &near, clients: &clients };
        let savings = (0..relaxation.sites()).into_par_iter();
        let savings = savings.flat_map_iter(|site| pricing.savings(site)).collect();
        let mut priced =
            Self { relaxation, multipliers, savings, minima: Vec::new(), bound_of_all: 0 };
        let all = Times::all(relaxation.periods());
        let minima: Option<Vec<i128>> =
            (0..relaxation.sites()).map(|site| priced.minimum(site, &all)).collect();
        priced.minima = minima.ok_or_else(too_large)?;
        let mut sites = priced.minima.iter();
        let bound = u.checked_sub(quotas);
        let bound = bound.and_then(|start| sites.try_fold(start, |sum, m| sum.checked_add(*m)));
        priced.bound_of_all = bound.ok_or_else(too_large)?;
        Ok(priced)
    }

    /// Returns a cost that no answer with these times beats.
    pub(crate) fn bound(&self, times: &Times) -> Result<i128, Problem> {
        let mut bound = Some(self.bound_of_all);
        for &site in times.restricted.keys() {
            let more = self.minimum(site, times).and_then(|m| m.checked_sub(self.minima[site]));
            bound = bound.zip(more).and_then(|(bound, more)| bound.checked_add(more));
        }
        bound.ok_or_else(too_large)
    }

    /// Returns the least that a site adds at its times; `None` when it does not fit.
    fn minimum(&self, site: usize, times: &Times) -> Option<i128> {
        let periods = self.relaxation.periods();
        let opening = i128::from(self.relaxation.opening_costs[site]) << self.multipliers.shift;
        let mut best = times.allows(site, 0).then_some(0);
        for index in (0..periods).filter(|index| times.allows(site, *index as u32 + 1)) {
            let price = self.multipliers.prices.get(index).copied().unwrap_or(0);
            let saved = self.savings[site * periods + index];
            let cost = price.checked_add(opening)?.checked_sub(saved)?;
            best = Some(best.map_or(cost, |best| cost.min(best)));
        }
        best
    }
}

/// Cuts each radius down to what an unserved client costs; clients that do not count get 0.
fn clipped(relaxation: &Relaxation<'_>, multipliers: &Multipliers) -> Vec<Vec<u64>> {
    let cap = relaxation.cap.map_or(u64::MAX, |cap| cap << multipliers.shift);
    let clip = |(radius, weight): (&u64, &u64)| if *weight == 0 { 0 } else { cap.min(*radius) };
    let row = |radii: &Vec<u64>| radii.iter().zip(&relaxation.weights).map(clip).collect();
    multipliers.radii.iter().map(row).collect()
}

/// Returns the sum of all u. Once it is known to fit, so does every part of it that a site can save.
fn sum_of_multipliers(relaxation: &Relaxation<'_>, radii: &[Vec<u64>]) -> Option<i128> {
    let pairs = radii.iter().flat_map(|row| row.iter().zip(&relaxation.weights));
    let u = pairs.map(|(radius, weight)| u128::from(*radius) * u128::from(*weight));
    let mut all = u.map(|u| i128::try_from(u).ok());
    all.try_fold(0_i128, |sum, u| sum.checked_add(u?))
}

/// Returns the sum over the periods of quota x price.
fn priced_quotas(relaxation: &Relaxation<'_>, multipliers: &Multipliers) -> Option<i128> {
    let openings = relaxation.quota.map_or(0, |quota| i128::from(quota.openings));
    let mut terms = multipliers.prices.iter().map(|price| price.checked_mul(openings));
    terms.try_fold(0_i128, |sum, term| sum.checked_add(term?))
}

/// Returns the largest cost at which a site makes any difference to each client.
fn limits(relaxation: &Relaxation<'_>, radii: &[Vec<u64>], shift: u32) -> Vec<Option<u64>> {
    let longest = |client: usize| radii.iter().map(|row| row[client]).max().unwrap_or(0);
    let limit = |client| {
        let below = longest(client).checked_sub(1)? >> shift;
        Some(relaxation.reach.unwrap_or(below))
    };
    (0..relaxation.clients()).map(limit).collect()
}

/// Holds weights and radii of the clients in the order in which they are found.
struct Clients {
    periods: usize,
    numbers: Vec<usize>,
    weights: Vec<u64>,
    radii: Vec<u64>,
}

impl Clients {
    fn along(near: &Near<'_>, relaxation: &Relaxation<'_>, radii: &[Vec<u64>]) -> Self {
        let numbers = near.clients();
        let weights = numbers.iter().map(|client| relaxation.weights[*client]).collect();
        let of_client = |client: &usize| radii.iter().map(|row| row[*client]).collect::<Vec<_>>();
        let radii = numbers.iter().flat_map(of_client).collect();
        Self { periods: relaxation.periods(), numbers, weights, radii }
    }

    fn radii(&self, number: usize) -> &[u64] {
        &self.radii[number * self.periods..][..self.periods]
    }
}

/// Finds what one site saves by itself.
struct SitePricing<'a> {
    relaxation: &'a Relaxation<'a>,
    shift: u32,
    near: &'a Near<'a>,
    clients: &'a Clients,
}

impl SitePricing<'_> {
    /// Returns what the site saves at most from each period on.
    fn savings(&self, site: usize) -> Vec<i128> {
        let capacity = self.relaxation.problem.sites[site].capacity;
        let mut savings = match capacity.filter(|_| self.relaxation.has_capacities()) {
            Some(capacity) => vec![most_saved(self.items(site), capacity)],
            None => self.savings_of_all(site),
        };
        let mut from_here_on = 0;
        for saving in savings.iter_mut().rev() {
            from_here_on += *saving;
            *saving = from_here_on;
        }
        // No site saves more than the sum of all u, which fits.
        savings.into_iter().map(|saving| i128::try_from(saving).unwrap_or(i128::MAX)).collect()
    }

    /// Returns, for each period, the sum over clients of weight x (radius - cost) where positive.
    fn savings_of_all(&self, site: usize) -> Vec<u128> {
        let mut savings = vec![0_u128; self.relaxation.periods()];
        self.near.of_site(site, |number, cost| {
            let weight = u128::from(self.clients.weights[number]);
            for (saving, radius) in savings.iter_mut().zip(self.clients.radii(number)) {
                *saving += weight * u128::from(self.gain(*radius, cost));
            }
        });
        savings
    }

    /// Returns what each client offers a site with a capacity; there is one period.
    fn items(&self, site: usize) -> Vec<Item> {
        let mut items = Vec::new();
        let whole_client = matches!(self.relaxation.problem.costs, Costs::Total(_));
        self.near.of_site(site, |number, cost| {
            let gain = self.gain(self.clients.radii[number], cost);
            let demand = self.relaxation.problem.weights[self.clients.numbers[number]];
            items.push(Item { gain, demand, share: if whole_client { demand } else { 1 } });
        });
        items
    }

    /// Returns radius - cost where it is positive. The limits keep the cost below the longest
    /// radius, so that it fits 64 bits with its shift.
    fn gain(&self, radius: u64, cost: u64) -> u64 {
        let cost = if self.relaxation.reach.is_some() { 0 } else { cost };
        radius.saturating_sub(cost << self.shift)
    }
}
