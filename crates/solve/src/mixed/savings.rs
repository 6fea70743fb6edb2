//! What a site saves at given radii.

use super::dual::State;
use super::problem::Mixed;
use super::rows::Rows;

/// People for whom a site is cheaper than what they count with: what one of them saves, and how many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gains {
    each: Vec<f64>,
    persons: Vec<f64>,
}

/// Sums that are kept side by side, so that they need not wait for one another.
const LANES: usize = 4;
/// How near the least sum must be, as a share, and after how many looks it is near enough.
const EXACT: f64 = 1e-13;
const LOOKS: usize = 64;

impl Gains {
    /// Lists those of so many who save something: with what they count, what they cost and how many they are.
    pub(crate) fn list(&mut self, count: usize, all: impl Iterator<Item = (f64, f64, f64)>) {
        self.each.resize(count, 0.0);
        self.persons.resize(count, 0.0);
        let (each, people) = (&mut self.each[..], &mut self.persons[..]);
        let mut listed = 0;
        for (radius, cost, persons) in all.take(count) {
            // Each is written and most are written over: faster than to ask first.
            (each[listed], people[listed]) = (radius - cost, persons);
            listed += usize::from(radius > cost);
        }
        self.each.truncate(listed);
        self.persons.truncate(listed);
    }

    /// Says the most that each size saves.
    pub(crate) fn most(&self, sizes: &[Option<u64>], mut each: impl FnMut(usize, f64)) {
        let all = self.beyond(0.0);
        for (size, limit) in sizes.iter().enumerate() {
            let limit = limit.map_or(f64::INFINITY, |limit| limit as f64);
            each(size, if all.1 <= limit { all.0 } else { self.most_within(limit, all) });
        }
    }

    /// Returns the most that serving so many persons saves, fewer than there are. It is the least over all prices of
    /// what the persons cost and what everybody saves beyond the price: convex in the price and made of straight lines, so
    /// that the crossing of a line that falls and one that rises leads to the least of them (Kelley 1960).
    fn most_within(&self, limit: f64, (saved, persons): (f64, f64)) -> f64 {
        let (mut falls, mut rises) = ((saved, limit - persons), (0.0, limit));
        let mut least = f64::INFINITY;
        for _ in 0..LOOKS {
            let price = (falls.0 - rises.0) / (rises.1 - falls.1);
            let at_least = falls.0 + falls.1 * price;
            let (saved, served) = self.beyond(price);
            least = least.min(saved + limit * price);
            if least - at_least <= EXACT * least {
                break;
            }
            let slope = limit - served;
            let line = (saved + served * price, slope);
            if slope < 0.0 {
                falls = line;
            } else {
                rises = line;
            }
        }
        least
    }

    /// Returns what people save beyond a price, and how many do.
    fn beyond(&self, price: f64) -> (f64, f64) {
        let (mut saved, mut served) = ([0.0; LANES], [0.0; LANES]);
        let (gains, more) = self.each.as_chunks::<LANES>();
        let (persons, others) = self.persons.as_chunks::<LANES>();
        for (gains, persons) in gains.iter().zip(persons) {
            for lane in 0..LANES {
                let gain = (gains[lane] - price).max(0.0);
                saved[lane] += gain * persons[lane];
                served[lane] += if gain > 0.0 { persons[lane] } else { 0.0 };
            }
        }
        for (lane, (gain, persons)) in more.iter().zip(others).enumerate() {
            let gain = (gain - price).max(0.0);
            saved[lane] += gain * persons;
            served[lane] += if gain > 0.0 { *persons } else { 0.0 };
        }
        (saved.iter().sum(), served.iter().sum())
    }
}

/// What a site saves: for each layer and size, period by period.
pub(crate) struct Savings {
    periods: usize,
    /// Position of the first size of each layer.
    first: Vec<usize>,
    pub(crate) of: Vec<f64>,
    /// Room for those who save something.
    gains: Gains,
}

impl Savings {
    pub(crate) fn empty(mixed: &Mixed) -> Self {
        let mut first = Vec::new();
        let mut sizes = 0;
        for layer in &mixed.layers {
            first.push(sizes);
            sizes += layer.sizes.len();
        }
        let of = vec![0.0; sizes * mixed.periods];
        Self { periods: mixed.periods, first, of, gains: Gains::default() }
    }

    pub(crate) fn at(&self, layer: usize, size: usize, period: usize) -> f64 {
        self.of[(self.first[layer] + size) * self.periods + period]
    }

    /// Works out what a site saves at the radii of a state.
    pub(crate) fn price(&mut self, mixed: &Mixed, state: &State, rows: &Rows, site: usize) {
        let periods = self.periods;
        for (at, (layer, radii)) in mixed.layers.iter().zip(&state.radii).enumerate() {
            let worth = mixed.worth(layer, state);
            let first = self.first[at];
            if worth == 0.0 {
                self.of[first * periods..(first + layer.sizes.len()) * periods].fill(0.0);
                continue;
            }
            for period in 0..periods {
                let row = rows.of(mixed, (at, period), site);
                let people = row.iter().map(|(slot, cost, persons)| (radii[slot], cost, persons));
                let factor = layer.factors[period] as f64 * worth;
                if layer.limited {
                    self.gains.list(row.len(), people);
                    self.gains.most(&layer.sizes, |size, sum| {
                        self.of[(first + size) * periods + period] = sum * factor;
                    });
                } else {
                    let sum: f64 = people.map(|(r, c, persons)| persons * (r - c).max(0.0)).sum();
                    for size in 0..layer.sizes.len() {
                        self.of[(first + size) * periods + period] = sum * factor;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Gains;

    /// Serves those first who save most.
    fn in_order(people: &[(f64, f64, f64)], limit: u64) -> f64 {
        let mut gains: Vec<(f64, f64)> = people.iter().map(|&(r, c, n)| (r - c, n)).collect();
        gains.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut room = limit as f64;
        let useful = gains.into_iter().filter(|&(gain, _)| gain > 0.0);
        let of = |(gain, persons): (f64, f64)| {
            let served = persons.min(room);
            room -= served;
            gain * served
        };
        useful.map(of).sum()
    }

    proptest! {
        #[test]
        fn the_price_of_capacity_finds_what_an_order_would(
            people in prop::collection::vec((0..200_u32, 0..200_u32, 0..50_u32), 0..40),
            limits in prop::collection::vec(0..1500_u64, 1..4),
        ) {
            let people: Vec<(f64, f64, f64)> =
                people.iter().map(|&(r, c, n)| (f64::from(r), f64::from(c), f64::from(n))).collect();
            let mut gains = Gains::default();
            gains.list(people.len(), people.iter().copied());
            let sizes: Vec<Option<u64>> =
                limits.iter().copied().map(Some).chain([None]).collect();
            gains.most(&sizes, |size, saved| {
                let right = in_order(&people, sizes[size].unwrap_or(u64::MAX));
                assert!((saved - right).abs() <= 1e-9 * right.max(1.0), "{saved} for {right}");
            });
        }
    }
}
