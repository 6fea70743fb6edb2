//! What each site saves at given radii.

use rayon::prelude::*;

use super::knapsack::{Item, most_saved};
use super::range::Longest;
use super::{Capacities, Relaxation};
use crate::metric::Near;

/// Finds what sites save; knows which clients a site can ever make a difference to.
pub(super) struct Pricing<'a> {
    pub(super) relaxation: &'a Relaxation<'a>,
    pub(super) shift: u32,
    near: Near<'a>,
    /// The clients in the order in which they are found.
    numbers: Vec<usize>,
}

impl<'a> Pricing<'a> {
    pub(super) fn new(relaxation: &'a Relaxation<'a>, shift: u32, longest: &Longest) -> Self {
        let limit = |client| relaxation.tariff.reach(longest.of_client(client), shift);
        let limits: Vec<Option<u64>> = (0..relaxation.clients()).map(limit).collect();
        let near = relaxation.metric.near(&limits);
        let numbers = near.clients();
        Self { relaxation, shift, near, numbers }
    }

    /// Returns what each site saves from each period on, site by site, and how many pairs were
    /// measured. The radii are cut, and given client by client.
    pub(super) fn savings(&self, radii: &[u64]) -> (Vec<i128>, u64) {
        let relaxation = self.relaxation;
        let clients = Clients::along(&self.numbers, relaxation, radii);
        let rows: Vec<(Vec<i128>, u64)> = (0..relaxation.sites())
            .into_par_iter()
            .map(|site| match self.capacity(site) {
                _ if relaxation.times.of(site).is_empty() => (vec![0; relaxation.periods()], 0),
                Some((capacities, capacity)) => {
                    (vec![self.saving_within(site, capacities, capacity, radii)], 0)
                }
                None => self.savings_of_site(site, &clients),
            })
            .collect();
        let pairs = rows.iter().map(|row| row.1).sum();
        (rows.into_iter().flat_map(|row| row.0).collect(), pairs)
    }

    /// Returns the capacity of a site that has one.
    pub(super) fn capacity(&self, site: usize) -> Option<(&Capacities<'a>, u64)> {
        let capacities = self.relaxation.capacities.as_ref()?;
        Some((capacities, capacities.of_sites[site]?))
    }

    /// Returns what a site saves at most within its capacity; there is one period.
    pub(super) fn saving_within(
        &self,
        site: usize,
        capacities: &Capacities<'_>,
        capacity: u64,
        radii: &[u64],
    ) -> i128 {
        let mut items = Vec::new();
        self.near.of_site(site, |number, distance| {
            let client = self.numbers[number];
            let gain = self.gain(radii[client], distance);
            let demand = capacities.demands[client];
            let share = if capacities.whole_client { demand } else { 1 };
            if gain > 0 {
                items.push(Item { gain, demand, share });
            }
        });
        signed(most_saved(items, capacity))
    }

    fn savings_of_site(&self, site: usize, clients: &Clients) -> (Vec<i128>, u64) {
        let mut savings = vec![0_u128; clients.periods];
        let pairs = self.near.of_site(site, |number, distance| {
            let weight = u128::from(clients.weights[number]);
            for (saving, radius) in savings.iter_mut().zip(clients.radii(number)) {
                *saving += weight * u128::from(self.gain(*radius, distance));
            }
        });
        let mut from_here_on = 0;
        for (saving, factor) in savings.iter_mut().zip(&self.relaxation.factors).rev() {
            from_here_on += *saving * u128::from(*factor);
            *saving = from_here_on;
        }
        (savings.into_iter().map(signed).collect(), pairs)
    }

    /// Returns radius - cost where it is positive.
    fn gain(&self, radius: u64, distance: u64) -> u64 {
        radius.saturating_sub(self.relaxation.tariff.cost(distance) << self.shift)
    }
}

/// Holds weights and radii of the clients in the order in which they are found.
struct Clients {
    periods: usize,
    weights: Vec<u64>,
    radii: Vec<u64>,
}

impl Clients {
    fn along(numbers: &[usize], relaxation: &Relaxation<'_>, radii: &[u64]) -> Self {
        let periods = relaxation.periods();
        let row = |client: &usize| radii[client * periods..][..periods].iter().copied();
        Self {
            periods,
            weights: numbers.iter().map(|client| relaxation.weights[*client]).collect(),
            radii: numbers.iter().flat_map(row).collect(),
        }
    }

    fn radii(&self, number: usize) -> &[u64] {
        &self.radii[number * self.periods..][..self.periods]
    }
}

/// No site saves more than the sum of all u, which fits.
fn signed(saving: u128) -> i128 {
    i128::try_from(saving).unwrap_or(i128::MAX)
}
