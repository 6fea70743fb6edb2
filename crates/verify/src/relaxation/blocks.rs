//! What each site saves, for a block of clients at a time, in 32 and 64 bits.
//!
//! This is the same sum as that of [`Pricing::savings`](super::pricing::Pricing::savings), for numbers
//! that are known to fit. Nothing is rounded: costs are whole, radii and weights have 32 bits, a product
//! of two has 64, and the largest sum that can come out is seen to fit 64 bits before anything is added.

use super::{Relaxation, Tariff};
use crate::metric::Near;
use crate::near::{BLOCK, Block, NO_PAIR};

/// Holds weights and radii of the clients, block by block.
pub(super) struct Blocks<'a> {
    relaxation: &'a Relaxation<'a>,
    shift: u32,
    near: &'a Near<'a>,
    blocks: &'a [Block],
    weights: Vec<[u32; BLOCK]>,
    /// For each block and period, the radii, and the squared straight line within which all lie.
    radii: Vec<([u32; BLOCK], f64)>,
}

impl<'a> Blocks<'a> {
    /// Takes the radii, client by client; `None` where a number does not fit.
    pub(super) fn new(
        relaxation: &'a Relaxation<'a>,
        shift: u32,
        near: &'a Near<'a>,
        blocks: &'a [Block],
        radii: &[u64],
    ) -> Option<Self> {
        if !sums_fit(relaxation, radii) {
            return None;
        }
        let short = |number: u64| u32::try_from(number).ok();
        let periods = relaxation.periods();
        let mut taken =
            Self { relaxation, shift, near, blocks, weights: Vec::new(), radii: Vec::new() };
        for block in blocks {
            let row = |of: &dyn Fn(usize) -> u64| {
                let mut row = [0; BLOCK];
                let places = block.places.iter().zip(&mut row);
                for (client, number) in places.filter(|(client, _)| **client != usize::MAX) {
                    *number = short(of(*client))?;
                }
                Some(row)
            };
            taken.weights.push(row(&|client| relaxation.weights[client])?);
            for index in 0..periods {
                let radii = row(&|client| radii[client * periods + index])?;
                let longest = radii.iter().copied().max().unwrap_or(0);
                let reach = relaxation.tariff.reach(u64::from(longest), shift);
                taken.radii.push((radii, reach.map_or(-1.0, |reach| near.chord2_within(reach))));
            }
        }
        Some(taken)
    }

    /// Returns what a site saves in each period, and how many pairs were measured.
    pub(super) fn savings(&self, site: usize) -> (Vec<u64>, u64) {
        let periods = self.relaxation.periods();
        let mut savings = vec![0_u64; periods];
        let pairs = self.near.of_site_by_blocks(self.blocks, site, |number, chord2, distances| {
            let costs = self.costs(distances);
            let weights = &self.weights[number];
            let radii = &self.radii[number * periods..][..periods];
            for (saving, (radii, limit)) in savings.iter_mut().zip(radii) {
                if chord2 <= *limit {
                    *saving += saved(weights, radii, &costs);
                }
            }
        });
        (savings, pairs)
    }

    /// Turns distances into costs x 2^shift; where no site matters, into the largest number.
    #[inline]
    fn costs(&self, distances: &[u32; BLOCK]) -> [u32; BLOCK] {
        let mut costs = [u32::MAX; BLOCK];
        let pairs = costs.iter_mut().zip(distances);
        match self.relaxation.tariff {
            Tariff::Distance => {
                // What is shifted out of 32 bits is no less than any radius. At a shift of 32 that is
                // everything but 0, which stays 0 however it is shifted.
                let longest = u32::MAX.checked_shr(self.shift).unwrap_or(0);
                for (cost, distance) in pairs {
                    *cost = if *distance <= longest {
                        distance.wrapping_shl(self.shift)
                    } else {
                        u32::MAX
                    };
                }
            }
            Tariff::Within(_) | Tariff::Goal(_) => {
                for (cost, distance) in pairs {
                    *cost = self.cost(*distance).unwrap_or(u32::MAX);
                }
            }
        }
        costs
    }

    fn cost(&self, distance: u32) -> Option<u32> {
        let distance = u64::from(distance);
        let is_pair = distance != u64::from(NO_PAIR);
        let is_within =
            !matches!(self.relaxation.tariff, Tariff::Within(reach) if distance > reach);
        let cost = u128::from(self.relaxation.tariff.cost(distance)) << self.shift;
        u32::try_from(cost).ok().filter(|_| is_pair && is_within)
    }
}

/// Returns the sum of weight x (radius - cost) where that is positive.
#[inline]
fn saved(weights: &[u32; BLOCK], radii: &[u32; BLOCK], costs: &[u32; BLOCK]) -> u64 {
    let mut sum = 0_u64;
    for number in 0..BLOCK {
        let gain = radii[number].saturating_sub(costs[number]);
        // Neither the product of two 32-bit numbers nor the sum, which has been seen to fit, wraps.
        sum = sum.wrapping_add(u64::from(weights[number]).wrapping_mul(u64::from(gain)));
    }
    sum
}

/// Returns whether all that a site can save in a period fits 64 bits.
fn sums_fit(relaxation: &Relaxation<'_>, radii: &[u64]) -> bool {
    let periods = relaxation.periods();
    (0..periods).all(|index| {
        let radii = radii.iter().skip(index).step_by(periods).zip(&relaxation.weights);
        let mut products = radii.map(|(radius, weight)| radius.checked_mul(*weight));
        products.try_fold(0_u64, |sum, product| sum.checked_add(product?)).is_some()
    })
}
