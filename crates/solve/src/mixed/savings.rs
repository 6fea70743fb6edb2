//! What a site saves at given radii: pairs near enough to matter, and sums over them.

use rayon::prelude::*;

use super::dual::State;
use super::layers::Layer;
use super::problem::Mixed;

/// Pairs near enough to matter, site by site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    starts: Vec<usize>,
    places: Vec<u32>,
    metres: Vec<u32>,
    /// The place with the id of each site.
    own: Vec<u32>,
    /// How far the pairs of each place are complete.
    pub(crate) limits: Vec<f64>,
}

/// Radii may grow by this factor before the rows are listed again.
const ROOM: f64 = 1.25;

impl Rows {
    /// Lists the pairs that radii up to a little more than these can use.
    pub(crate) fn new(mixed: &Mixed, state: &State) -> Self {
        let periods = mixed.periods;
        let mut limits = vec![0.0_f64; mixed.places];
        for (layer, radii) in mixed.layers.iter().zip(&state.radii) {
            for (place, limit) in limits.iter_mut().enumerate() {
                let row = &radii[place * periods..(place + 1) * periods];
                let largest = row.iter().fold(0.0_f64, |a, &b| a.max(b));
                *limit = limit.max(layer.tariff.metres_below(largest * ROOM + 1.0));
            }
        }
        for floor in &mixed.floors {
            for &place in &floor.places {
                let reach = f64::from(mixed.layers[floor.kind].reach) + 1.0;
                limits[place] = limits[place].max(reach);
            }
        }
        let farthest = limits.iter().fold(0.0_f64, |a, &b| a.max(b));
        let own = mixed.layers.iter().any(|layer| layer.tariff.is_own());
        let of_site = |site: usize| -> Vec<(u32, u32)> {
            let near =
                mixed.pairs.of(site).take_while(|&(_, metres)| own || f64::from(metres) < farthest);
            let counts = |place: usize, metres: u32| {
                f64::from(metres) < limits[place] || (own && mixed.is_own(site, place))
            };
            near.filter(|&(place, metres)| counts(place, metres))
                .map(|(place, metres)| (place as u32, metres))
                .collect()
        };
        let lists: Vec<Vec<(u32, u32)>> = if mixed.pairs.len() > 100_000 {
            (0..mixed.sites()).into_par_iter().map(of_site).collect()
        } else {
            (0..mixed.sites()).map(of_site).collect()
        };
        let own = (0..mixed.sites()).map(|site| mixed.own_place(site)).collect();
        let mut rows = Self { starts: vec![0], limits, own, ..Self::default() };
        for list in lists {
            rows.places.extend(list.iter().map(|pair| pair.0));
            rows.metres.extend(list.iter().map(|pair| pair.1));
            rows.starts.push(rows.places.len());
        }
        rows
    }

    pub(crate) fn of(&self, site: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let range = self.starts[site]..self.starts[site + 1];
        let places = self.places[range.clone()].iter().map(|&place| place as usize);
        places.zip(self.metres[range].iter().copied())
    }

    /// Iterates over places and what their people cost at a site, where that can be worth while.
    pub(crate) fn costs_of<'b>(
        &'b self,
        layer: &'b Layer,
        site: usize,
    ) -> impl Iterator<Item = (usize, f64)> + 'b {
        let own = self.own[site] as usize;
        self.of(site).filter_map(move |(place, metres)| {
            Some((place, layer.tariff.useful_cost(metres, place == own)?))
        })
    }

    pub(crate) fn pairs(&self) -> usize {
        self.places.len()
    }
}

/// What a site saves: for each layer and size, period by period.
pub(crate) struct Savings {
    periods: usize,
    /// Position of the first size of each layer.
    first: Vec<usize>,
    pub(crate) of: Vec<f64>,
}

impl Savings {
    pub(crate) fn empty(mixed: &Mixed) -> Self {
        let mut first = Vec::new();
        let mut sizes = 0;
        for layer in &mixed.layers {
            first.push(sizes);
            sizes += layer.sizes.len();
        }
        Self { periods: mixed.periods, first, of: vec![0.0; sizes * mixed.periods] }
    }

    pub(crate) fn at(&self, layer: usize, size: usize, period: usize) -> f64 {
        self.of[(self.first[layer] + size) * self.periods + period]
    }

    fn set(&mut self, layer: usize, size: usize, period: usize, value: f64) {
        self.of[(self.first[layer] + size) * self.periods + period] = value;
    }

    /// Works out what a site saves at the radii of a state.
    pub(crate) fn price(&mut self, mixed: &Mixed, state: &State, rows: &Rows, site: usize) {
        let periods = self.periods;
        for (at, (layer, radii)) in mixed.layers.iter().zip(&state.radii).enumerate() {
            let worth = mixed.worth(layer, state);
            let start = self.first[at] * periods;
            if worth == 0.0 {
                self.of[start..start + layer.sizes.len() * periods].fill(0.0);
                continue;
            }
            if layer.limited {
                let row: Vec<(usize, f64)> = rows.costs_of(layer, site).collect();
                self.price_limited((at, worth), layer, radii, &row);
                continue;
            }
            let sums = &mut self.of[start..start + periods];
            sums.fill(0.0);
            for (place, cost) in rows.costs_of(layer, site) {
                let slots = place * periods..(place + 1) * periods;
                let persons = &layer.persons[slots.clone()];
                for ((sum, &radius), &persons) in sums.iter_mut().zip(&radii[slots]).zip(persons) {
                    *sum += persons as f64 * (radius - cost).max(0.0);
                }
            }
            for (sum, &factor) in sums.iter_mut().zip(&layer.factors) {
                *sum *= factor as f64 * worth;
            }
            let (done, more) = self.of[start..].split_at_mut(periods);
            for size in 1..layer.sizes.len() {
                more[(size - 1) * periods..size * periods].copy_from_slice(done);
            }
        }
    }

    fn price_limited(
        &mut self,
        (at, worth): (usize, f64),
        layer: &Layer,
        radii: &[f64],
        row: &[(usize, f64)],
    ) {
        let periods = self.periods;
        let mut saved: Vec<(f64, f64)> = Vec::new();
        for period in 0..periods {
            saved.clear();
            for &(place, cost) in row {
                let slot = place * periods + period;
                let gain = radii[slot] - cost;
                if gain > 0.0 && layer.persons[slot] > 0 {
                    saved.push((gain, layer.persons[slot] as f64));
                }
            }
            most_saved(&mut saved, &layer.sizes, |size, sum| {
                self.set(at, size, period, sum * layer.factors[period] as f64 * worth);
            });
        }
    }
}

/// Says the most that each size saves, of places with what one person saves and how many there are. Only where a size
/// cannot serve all of them they are put in order.
pub(crate) fn most_saved(
    saved: &mut [(f64, f64)],
    sizes: &[Option<u64>],
    mut each: impl FnMut(usize, f64),
) {
    let persons: f64 = saved.iter().map(|&(_, persons)| persons).sum();
    let too_small = |limit: &Option<u64>| limit.is_some_and(|limit| (limit as f64) < persons);
    if sizes.iter().any(too_small) {
        saved.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    }
    for (size, &limit) in sizes.iter().enumerate() {
        each(size, filled(saved, limit));
    }
}

/// Returns what serving so many persons saves, the first of a list before the others.
fn filled(saved: &[(f64, f64)], limit: Option<u64>) -> f64 {
    let mut room = limit.map_or(f64::INFINITY, |limit| limit as f64);
    let mut sum = 0.0;
    for &(gain, persons) in saved {
        let served = persons.min(room);
        sum += gain * served;
        room -= served;
        if room <= 0.0 {
            break;
        }
    }
    sum
}
