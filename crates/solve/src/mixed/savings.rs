//! What a site saves at given radii: pairs near enough to matter, and sums over them.

use rayon::prelude::*;

use super::dual::State;
use super::layers::Layer;
use super::problem::Mixed;
use super::tariff::Tariff;

/// Holds the pairs near enough to matter, site by site in the order of [`super::problem::Pairs`]; those of a site layer by
/// layer, period by period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// Positions of the sites in that order.
    positions: Vec<u32>,
    layers: usize,
    periods: usize,
    starts: Vec<usize>,
    pairs: Pairs,
    /// Persons of each layer, period by period of a place.
    persons: Vec<Vec<f64>>,
    /// For each layer, how far the pairs of each place and period are complete, in metres.
    limits: Vec<Vec<f64>>,
}

/// Columns of pairs.
#[derive(Clone, Debug, Default)]
struct Pairs {
    /// Position of place and period.
    slots: Vec<u32>,
    metres: Vec<u32>,
}

impl Pairs {
    /// Adds a pair over so many metres, where there are people and it can be worth while.
    fn push(&mut self, layer: &Layer, slot: usize, metres: u32, own: bool) {
        if layer.persons[slot] > 0 && layer.tariff.useful_cost(metres, own).is_some() {
            self.slots.push(slot as u32);
            self.metres.push(metres);
        }
    }
}

/// The pairs of a site in a layer and a period.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    slots: &'a [u32],
    metres: &'a [u32],
    persons: &'a [f64],
    tariff: &'a Tariff,
}

impl<'a> Row<'a> {
    /// Iterates over position of place and period, what a person costs, and how many there are.
    pub(crate) fn iter(self) -> impl Iterator<Item = (usize, f64, f64)> + 'a {
        self.slots.iter().zip(self.metres).map(move |(&slot, &metres)| {
            // Only pairs that are of use are listed, and of those at home no others.
            let cost = self.tariff.useful_cost(metres, true).unwrap_or(f64::INFINITY);
            (slot as usize, cost, self.persons[slot as usize])
        })
    }
}

/// Radii may grow by this factor, and by this part of the mean of their period, before pairs are listed again.
const ROOM: f64 = 1.25;
const ROOM_OF_MEAN: f64 = 0.5;
/// Of how many radii one may have outgrown its pairs.
const OUTGROWN: usize = 500;
/// Pairs from which on they are listed and priced by several threads, and sites that one of them lists at once.
pub(crate) const MANY: usize = 50_000;
const AT_ONCE: usize = 64;

impl Rows {
    /// Lists the pairs that radii up to a little more than these can use.
    pub(crate) fn new(mixed: &Mixed, state: &State) -> Self {
        let limits = mixed.layers.iter().zip(&state.radii);
        let limits: Vec<Vec<f64>> =
            limits.map(|(layer, radii)| limits_of(layer, radii, mixed.periods)).collect();
        let order = &mixed.pairs.order;
        let mut positions = vec![0; order.len()];
        (0..).zip(order).for_each(|(at, &site)| positions[site as usize] = at);
        let (layers, periods) = (mixed.layers.len(), mixed.periods);
        let of_layer = |layer: &Layer| layer.persons.iter().map(|&n| n as f64).collect();
        let persons = mixed.layers.iter().map(of_layer).collect();
        let mut rows = Self { positions, layers, periods, persons, limits, ..Self::default() };
        rows.starts.push(0);
        let list = |sites: &[u32]| rows.list(mixed, sites);
        let listed: Vec<(Vec<usize>, Pairs)> = if mixed.pairs.len() * layers * periods > MANY {
            order.par_chunks(AT_ONCE).map(list).collect()
        } else {
            vec![list(order)]
        };
        for (ends, pairs) in listed {
            let before = rows.pairs.slots.len();
            rows.starts.extend(ends.into_iter().map(|end| before + end));
            rows.pairs.slots.extend(pairs.slots);
            rows.pairs.metres.extend(pairs.metres);
        }
        rows
    }

    /// Lists the pairs of some sites, and where those of each layer and period end.
    fn list(&self, mixed: &Mixed, sites: &[u32]) -> (Vec<usize>, Pairs) {
        let (mut ends, mut pairs) = (Vec::new(), Pairs::default());
        let all: Vec<(usize, usize, f64)> = (0..self.layers)
            .flat_map(|at| (0..self.periods).map(move |period| (at, period)))
            .map(|(at, period)| (at, period, self.farthest(at, period)))
            .collect();
        for &site in sites {
            for &(at, period, farthest) in &all {
                let layer = &mixed.layers[at];
                if layer.tariff.is_own() {
                    let home = mixed.own_place(site as usize) as usize;
                    let metres =
                        (home < mixed.places).then(|| mixed.metres(site as usize, home)).flatten();
                    let slot = home * self.periods + period;
                    metres.into_iter().for_each(|metres| pairs.push(layer, slot, metres, true));
                } else {
                    let near = mixed.pairs.of(site as usize);
                    for (place, metres) in near.take_while(|&(_, at)| f64::from(at) < farthest) {
                        let slot = place * self.periods + period;
                        if f64::from(metres) < self.limits[at][slot] {
                            pairs.push(layer, slot, metres, false);
                        }
                    }
                }
                ends.push(pairs.slots.len());
            }
        }
        (ends, pairs)
    }

    /// Returns how far any pairs of a layer and a period are complete, in metres.
    fn farthest(&self, layer: usize, period: usize) -> f64 {
        let of_period = self.limits[layer].iter().skip(period).step_by(self.periods);
        of_period.fold(0.0_f64, |a, &b| a.max(b))
    }

    /// Returns the pairs of a site in a layer and a period.
    pub(crate) fn of<'b>(
        &'b self,
        mixed: &'b Mixed,
        (layer, period): (usize, usize),
        site: usize,
    ) -> Row<'b> {
        let at = (self.positions[site] as usize * self.layers + layer) * self.periods + period;
        let range = self.starts[at]..self.starts[at + 1];
        Row {
            slots: &self.pairs.slots[range.clone()],
            metres: &self.pairs.metres[range],
            persons: &self.persons[layer],
            tariff: &mixed.layers[layer].tariff,
        }
    }

    /// Returns how far the pairs of a place and period are complete in a layer, in metres.
    pub(crate) fn limit(&self, layer: usize, slot: usize) -> f64 {
        self.limits[layer][slot]
    }

    /// Returns whether many radii are so large that pairs are missing.
    pub(crate) fn are_outgrown(&self, mixed: &Mixed, state: &State) -> bool {
        let layers = mixed.layers.iter().zip(&state.radii).zip(&self.limits);
        let beyond = |((layer, radii), limits): ((&Layer, &Vec<f64>), &Vec<f64>)| {
            let most = layer.unserved.map_or(f64::INFINITY, |unserved| unserved as f64);
            let pairs = radii.iter().zip(limits);
            pairs.filter(|&(&r, &limit)| r.min(most) > layer.tariff.most_below(limit)).count()
        };
        let slots: usize = state.radii.iter().map(Vec::len).sum();
        layers.map(beyond).sum::<usize>() * OUTGROWN > slots
    }

    /// Returns the pairs of all sites, layers and periods.
    pub(crate) fn pairs(&self) -> usize {
        self.pairs.slots.len()
    }
}

/// Returns how far the pairs of each place and period of a layer are to be complete.
fn limits_of(layer: &Layer, radii: &[f64], periods: usize) -> Vec<f64> {
    let mut means = vec![0.0; periods];
    let share = periods as f64 / radii.len().max(1) as f64;
    for row in radii.chunks(periods) {
        means.iter_mut().zip(row).for_each(|(mean, radius)| *mean += share * radius.max(0.0));
    }
    let limit = |(slot, radius): (usize, &f64)| {
        let room = ROOM_OF_MEAN * means[slot % periods] + 1.0;
        layer.tariff.metres_below(radius.max(0.0) * ROOM + room)
    };
    radii.iter().enumerate().map(limit).collect()
}

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
                    self.gains.list(row.slots.len(), people);
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
