//! The relaxation in floating point: its value at given radii and prices, and its subgradient.
//!
//! Everybody's service is relaxed with a radius, every rule between sites with a price; what is left is one
//! choice of a schedule for each site alone.

use rayon::prelude::*;

use super::layers::Layer;
use super::problem::Mixed;
use super::rows::{MANY, Row, Rows};
use super::savings::Savings;

/// Holds radii and prices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// For each layer, the radius of each place and period, period by period of a place, in what a person costs.
    pub(crate) radii: Vec<Vec<f64>>,
    /// For each floor of coverage, what one person of each of its places is worth.
    pub(crate) floors: Vec<Vec<f64>>,
    /// The price of each rule.
    pub(crate) prices: Vec<f64>,
}

/// The schedules left to each site.
pub(crate) type Domain = Vec<Vec<u32>>;

/// Is what a state proves and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Priced {
    pub(crate) bound: f64,
    /// The schedule that each site chooses.
    pub(crate) choice: Vec<u32>,
}

impl Mixed {
    /// Returns what a unit of cost of a layer is worth: 1 under the goal, the price of its rule where it is held.
    pub(crate) fn worth(&self, layer: &Layer, state: &State) -> f64 {
        layer.held.map_or(1.0, |held| state.prices[self.held[held].rule])
    }

    /// Returns what a site saves for the floors of coverage when it offers their kinds.
    pub(crate) fn floor_savings(&self, state: &State, site: usize, into: &mut Vec<f64>) {
        into.clear();
        if self.floors.is_empty() {
            return;
        }
        into.resize(self.floors.len(), 0.0);
        for (at, floor) in self.floors.iter().enumerate() {
            let (layer, persons) = (&self.layers[floor.kind], self.floor_persons(floor));
            let worth = &state.floors[at];
            let price = state.prices[floor.rule];
            if price == 0.0 {
                continue;
            }
            for place in self.within(site, layer.reach) {
                if let Ok(index) = floor.places.binary_search(&place) {
                    let persons = persons[place * self.periods + floor.period];
                    into[at] += persons as f64 * worth[index].min(price);
                }
            }
        }
    }

    /// Returns the value of each schedule in a site's domain at given savings and prices.
    pub(crate) fn schedule_values(
        &self,
        site: usize,
        domain: &[u32],
        state: &State,
        savings: &Savings,
        floors: &[f64],
        mut each: impl FnMut(u32, f64),
    ) {
        let periods = self.periods;
        // What each package saves up to each period, in each future.
        let packages = self.offers[0].len();
        let mut sums = vec![0.0; self.offers.len() * packages * (periods + 1)];
        let all = self.offers.iter().flatten();
        for (row, offers) in sums.chunks_exact_mut(periods + 1).zip(all) {
            for period in 0..periods {
                let saved: f64 =
                    offers.iter().map(|&(layer, size)| savings.at(layer, size, period)).sum();
                row[period + 1] = row[period] + saved;
            }
        }
        for &schedule in domain {
            let column = &self.columns[site].schedules[schedule as usize];
            let mut value: f64 = self.brings[site][schedule as usize]
                .iter()
                .map(|&(rule, brought)| state.prices[rule as usize] * brought as f64)
                .sum();
            value += self.charge_of(site, schedule) as f64;
            for future in 0..self.futures.len() {
                for part in self.parts_in(future, site, schedule).iter() {
                    let row = &sums[(future * packages + part.package) * (periods + 1)..];
                    value -= row[part.until] - row[part.from];
                }
            }
            for (floor, saved) in self.floors.iter().zip(floors) {
                let package = column.package_in(floor.period);
                if package.is_some_and(|p| self.offers[0][p].iter().any(|o| o.0 == floor.kind)) {
                    value -= saved;
                }
            }
            each(schedule, value);
        }
    }

    /// Returns what a state says before sites choose.
    fn constant(&self, state: &State) -> f64 {
        let periods = self.periods;
        let mut sum = 0.0;
        for (layer, radii) in self.layers.iter().zip(&state.radii) {
            sum += self.worth(layer, state) * self.radii_sum(layer, radii);
        }
        for (rule, price) in self.rules.iter().zip(&state.prices) {
            sum -= price * rule.right as f64;
        }
        for held in &self.held {
            sum -= state.prices[held.rule] * held.right as f64;
        }
        for (floor, worth) in self.floors.iter().zip(&state.floors) {
            let price = state.prices[floor.rule];
            let persons = self.floor_persons(floor);
            let persons = |place: usize| persons[place * periods + floor.period] as f64;
            let saved = floor.places.iter().zip(worth).map(|(&i, w)| persons(i) * w.min(price));
            sum += saved.sum::<f64>() - price * floor.may_miss as f64;
        }
        sum
    }

    /// Returns the radii of a layer, weighed by persons and factors.
    pub(crate) fn radii_sum(&self, layer: &Layer, radii: &[f64]) -> f64 {
        let of_place = |(radii, persons): (&[f64], &[u64])| -> f64 {
            let slots = radii.iter().zip(persons).zip(&layer.factors);
            slots.map(|((radius, &persons), &f)| radius * persons as f64 * f as f64).sum()
        };
        let places = radii.chunks(self.periods).zip(layer.persons.chunks(self.periods));
        places.map(of_place).sum()
    }

    /// Lets every site choose at a state.
    pub(crate) fn price(&self, state: &State, rows: &Rows, domain: &Domain) -> Priced {
        let choose = |site: usize, savings: &mut Savings, floors: &mut Vec<f64>| {
            savings.price(self, state, rows, site);
            self.floor_savings(state, site, floors);
            let mut best = (f64::INFINITY, 0);
            self.schedule_values(site, &domain[site], state, savings, floors, |schedule, value| {
                if value < best.0 {
                    best = (value, schedule);
                }
            });
            best
        };
        let chosen: Vec<(f64, u32)> = if rows.pairs() > MANY {
            // Neighbours look at the same places, which are near at hand then.
            let of_site = |(savings, floors): &mut (Savings, Vec<f64>), &site: &u32| {
                choose(site as usize, savings, floors)
            };
            let order = &self.pairs.order;
            let ordered: Vec<(f64, u32)> =
                order.par_iter().map_init(|| (Savings::empty(self), Vec::new()), of_site).collect();
            let mut chosen = vec![(0.0, 0); self.sites()];
            order.iter().zip(ordered).for_each(|(&site, best)| chosen[site as usize] = best);
            chosen
        } else {
            let (mut savings, mut floors) = (Savings::empty(self), Vec::new());
            (0..self.sites()).map(|site| choose(site, &mut savings, &mut floors)).collect()
        };
        Priced {
            bound: self.constant(state) + chosen.iter().map(|&(value, _)| value).sum::<f64>(),
            choice: chosen.iter().map(|&(_, schedule)| schedule).collect(),
        }
    }

    /// Returns the subgradient of the bound where each site chooses as it did.
    pub(crate) fn gradient(&self, state: &State, rows: &Rows, choice: &[u32]) -> State {
        let mut slope = State {
            radii: state.radii.iter().map(|radii| vec![1.0; radii.len()]).collect(),
            floors: state.floors.iter().map(|worth| vec![1.0; worth.len()]).collect(),
            prices: self.rules.iter().map(|rule| -(rule.right as f64)).collect(),
        };
        for held in &self.held {
            slope.prices[held.rule] = -(held.right as f64);
        }
        for (layer, radii) in self.layers.iter().zip(&state.radii) {
            if let Some(held) = layer.held {
                slope.prices[self.held[held].rule] += self.radii_sum(layer, radii);
            }
        }
        for (site, &schedule) in choice.iter().enumerate() {
            for &(rule, brought) in &self.brings[site][schedule as usize] {
                slope.prices[rule as usize] += brought as f64;
            }
            self.each_offer(site, schedule, |layer, size, periods| {
                self.serve(state, rows, site, (layer, size), periods, &mut slope);
            });
        }
        self.slope_of_floors(state, choice, &mut slope);
        if self.worst_case {
            // The prices of futures share out one whole: only what one gains over the mean counts.
            let futures = &self.held[self.worsts()];
            let sum: f64 = futures.iter().map(|held| slope.prices[held.rule]).sum();
            let mean = sum / futures.len() as f64;
            futures.iter().for_each(|held| slope.prices[held.rule] -= mean);
        }
        slope
    }

    fn serve(
        &self,
        state: &State,
        rows: &Rows,
        site: usize,
        (at, size): (usize, usize),
        offered: std::ops::Range<usize>,
        slope: &mut State,
    ) {
        let layer = &self.layers[at];
        let (radii, steps) = (&state.radii[at], &mut slope.radii[at]);
        let limit = layer.sizes[size].filter(|_| layer.limited);
        // What the service saves under a goal that is held, which makes its price fall.
        let mut saved = 0.0;
        for period in offered {
            let factor = layer.factors[period] as f64;
            if let Some(limit) = limit {
                for (gain, slot, persons) in fill(rows.of(self, (at, period), site), radii, limit) {
                    steps[slot] -= persons / layer.persons[slot] as f64;
                    saved += gain * persons * factor;
                }
                continue;
            }
            for (slot, cost, persons) in rows.of(self, (at, period), site).iter() {
                if radii[slot] > cost {
                    steps[slot] -= 1.0;
                    saved += (radii[slot] - cost) * persons * factor;
                }
            }
        }
        if let Some(held) = layer.held {
            slope.prices[self.held[held].rule] -= saved;
        }
    }

    fn slope_of_floors(&self, state: &State, choice: &[u32], slope: &mut State) {
        for (at, floor) in self.floors.iter().enumerate() {
            let (layer, persons) = (&self.layers[floor.kind], self.floor_persons(floor));
            for (site, &schedule) in choice.iter().enumerate() {
                let package =
                    self.columns[site].schedules[schedule as usize].package_in(floor.period);
                if !package.is_some_and(|p| self.offers[0][p].iter().any(|o| o.0 == floor.kind)) {
                    continue;
                }
                for place in self.within(site, layer.reach) {
                    if let Ok(index) = floor.places.binary_search(&place) {
                        slope.floors[at][index] -= 1.0;
                    }
                }
            }
            let price = state.prices[floor.rule];
            let mut rise = -(floor.may_miss as f64);
            for (index, &place) in floor.places.iter().enumerate() {
                let rest = slope.floors[at][index];
                if state.floors[at][index] >= price && rest > 0.0 {
                    rise += persons[place * self.periods + floor.period] as f64 * rest;
                }
            }
            slope.prices[floor.rule] = rise;
        }
    }

    /// Makes the prices of futures add up to 1, where the worst counts.
    pub(crate) fn share_out(&self, prices: &mut [f64]) {
        if !self.worst_case {
            return;
        }
        let futures = &self.held[self.worsts()];
        let sum: f64 = futures.iter().map(|held| prices[held.rule]).sum();
        for held in futures {
            let share =
                if sum > 0.0 { prices[held.rule] / sum } else { 1.0 / futures.len() as f64 };
            prices[held.rule] = share;
        }
    }

    /// Brings a state into its limits.
    pub(crate) fn clip(&self, state: &mut State, rows: &Rows) {
        for (at, (layer, radii)) in self.layers.iter().zip(&mut state.radii).enumerate() {
            let most = layer.unserved.map_or(f64::INFINITY, |unserved| unserved as f64);
            for (slot, radius) in radii.iter_mut().enumerate() {
                let tariff = layer.tariff_in(slot % self.periods);
                *radius = radius.clamp(0.0, most.min(tariff.most_below(rows.limit(at, slot))));
            }
        }
        for (rule, price) in self.rules.iter().zip(&mut state.prices) {
            if !rule.exactly {
                *price = price.max(0.0);
            }
        }
        self.share_out(&mut state.prices);
        for (floor, worth) in self.floors.iter().zip(&mut state.floors) {
            let price = state.prices[floor.rule];
            worth.iter_mut().for_each(|w| *w = w.clamp(0.0, price));
        }
    }
}

/// Returns whom a site serves that may serve so many, of its pairs in a period, those first with whom it saves most: what
/// one of them saves, the position of place and period, and how many.
fn fill(row: Row<'_>, radii: &[f64], limit: u64) -> Vec<(f64, usize, f64)> {
    let mut served: Vec<(f64, usize, f64)> = row
        .iter()
        .filter(|&(slot, cost, _)| radii[slot] > cost)
        .map(|(slot, cost, persons)| (radii[slot] - cost, slot, persons))
        .collect();
    let mut room = limit as f64;
    if served.iter().map(|&(_, _, persons)| persons).sum::<f64>() <= room {
        return served;
    }
    served.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    served.retain_mut(|(_, _, persons)| {
        *persons = persons.min(room);
        room -= *persons;
        *persons > 0.0
    });
    served
}
