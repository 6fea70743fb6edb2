//! Pairs near enough to matter at given radii, listed for each site, layer and period.

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
    pairs: Listed,
    /// Persons of each layer, period by period of a place.
    persons: Vec<Vec<f64>>,
    /// For each layer, how far the pairs of each place and period are complete, in metres.
    limits: Vec<Vec<f64>>,
}

/// Pairs, in columns.
#[derive(Clone, Debug, Default)]
struct Listed {
    /// Position of place and period.
    slots: Vec<u32>,
    metres: Vec<u32>,
}

impl Listed {
    /// Adds a pair over so many metres, where there are people and it can be worth while.
    fn push(&mut self, (layer, period): (&Layer, usize), slot: usize, metres: u32, own: bool) {
        let tariff = layer.tariff_in(period);
        if layer.persons[slot] > 0 && tariff.useful_cost(metres, own).is_some() {
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
    pub(crate) fn len(self) -> usize {
        self.slots.len()
    }

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
        let listed: Vec<(Vec<usize>, Listed)> = if mixed.pairs.len() * layers * periods > MANY {
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
    fn list(&self, mixed: &Mixed, sites: &[u32]) -> (Vec<usize>, Listed) {
        let (mut ends, mut pairs) = (Vec::new(), Listed::default());
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
                    metres.into_iter().for_each(|metres| {
                        pairs.push((layer, period), slot, metres, true);
                    });
                } else {
                    let near = mixed.pairs.of(site as usize);
                    for (place, metres) in near.take_while(|&(_, at)| f64::from(at) < farthest) {
                        let slot = place * self.periods + period;
                        if f64::from(metres) < self.limits[at][slot] {
                            pairs.push((layer, period), slot, metres, false);
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
            tariff: mixed.layers[layer].tariff_in(period),
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
            let pairs = radii.iter().zip(limits).enumerate();
            let tariff = |slot: usize| layer.tariff_in(slot % self.periods);
            pairs.filter(|&(s, (&r, &limit))| r.min(most) > tariff(s).most_below(limit)).count()
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
        layer.tariff_in(slot % periods).metres_below(radius.max(0.0) * ROOM + room)
    };
    radii.iter().enumerate().map(limit).collect()
}
