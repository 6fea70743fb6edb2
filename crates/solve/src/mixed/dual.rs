//! The relaxation in floating point: what each site saves at given radii and prices, and the ascent.
//!
//! Everybody's service is relaxed with a radius, every rule between sites with a price; what is left is one
//! choice of a schedule for each site alone. The ascent follows a running mean of subgradients with steps that
//! shrink geometrically, each radius by its own scale (half the way between nearest and second nearest site of a
//! plan), each price by the scale of what a unit of its rule is worth.

use rayon::prelude::*;

use super::problem::{Layer, Mixed};

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
    fn costs_of<'b>(
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
            saved.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            for (size, &limit) in layer.sizes.iter().enumerate() {
                let sum = most_saved(&saved, limit);
                self.set(at, size, period, sum * layer.factors[period] as f64 * worth);
            }
        }
    }
}

/// Returns the most that serving so many persons saves, of places with what one person saves, the largest first.
pub(crate) fn most_saved(saved: &[(f64, f64)], limit: Option<u64>) -> f64 {
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

impl Mixed {
    /// Returns what a unit of cost of a layer is worth: 1 under the goal, the price of its rule where it is held.
    pub(crate) fn worth(&self, layer: &Layer, state: &State) -> f64 {
        layer.held.map_or(1.0, |held| state.prices[self.held[held].rule])
    }

    /// Returns what a site saves for the floors of coverage when it offers their kinds.
    pub(crate) fn floor_savings(
        &self,
        state: &State,
        rows: &Rows,
        site: usize,
        into: &mut Vec<f64>,
    ) {
        into.clear();
        if self.floors.is_empty() {
            return;
        }
        into.resize(self.floors.len(), 0.0);
        for (at, floor) in self.floors.iter().enumerate() {
            let layer = &self.layers[floor.kind];
            let worth = &state.floors[at];
            let price = state.prices[floor.rule];
            if price == 0.0 {
                continue;
            }
            for (place, metres) in rows.of(site) {
                if metres <= layer.reach
                    && let Ok(index) = floor.places.binary_search(&place)
                {
                    let persons = layer.persons[place * self.periods + floor.period];
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
        // What each package saves up to each period.
        let mut sums = vec![0.0; self.offers.len() * (periods + 1)];
        for (package, offers) in self.offers.iter().enumerate() {
            let row = &mut sums[package * (periods + 1)..(package + 1) * (periods + 1)];
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
            for part in &column.parts {
                let row = &sums[part.package * (periods + 1)..];
                value -= row[part.until] - row[part.from];
            }
            for (floor, saved) in self.floors.iter().zip(floors) {
                let package = column.package_in(floor.period);
                if package.is_some_and(|p| self.offers[p].iter().any(|o| o.0 == floor.kind)) {
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
            let persons = &self.layers[floor.kind].persons;
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
            self.floor_savings(state, rows, site, floors);
            let mut best = (f64::INFINITY, 0);
            self.schedule_values(site, &domain[site], state, savings, floors, |schedule, value| {
                if value < best.0 {
                    best = (value, schedule);
                }
            });
            best
        };
        let chosen: Vec<(f64, u32)> = if rows.pairs() * self.periods > 50_000 {
            (0..self.sites())
                .into_par_iter()
                .map_init(
                    || (Savings::empty(self), Vec::new()),
                    |(savings, floors), site| choose(site, savings, floors),
                )
                .collect()
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
            for part in &self.columns[site].schedules[schedule as usize].parts {
                for &(layer, size) in &self.offers[part.package] {
                    self.serve(state, rows, site, (layer, size), part.from..part.until, &mut slope);
                }
            }
        }
        self.slope_of_floors(state, rows, choice, &mut slope);
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
        let periods = self.periods;
        let layer = &self.layers[at];
        let (radii, steps) = (&state.radii[at], &mut slope.radii[at]);
        let limit = layer.sizes[size].filter(|_| layer.limited);
        // What the service saves under a goal that is held, which makes its price fall.
        let mut saved = 0.0;
        if let Some(limit) = limit {
            let row: Vec<(usize, f64)> = rows.costs_of(layer, site).collect();
            for period in offered {
                let served = fill(layer, radii, &row, (period, periods), limit);
                let mut sum = 0.0;
                for (gain, slot, persons) in served {
                    steps[slot] -= persons / layer.persons[slot] as f64;
                    sum += gain * persons;
                }
                saved += sum * layer.factors[period] as f64;
            }
        } else {
            for (place, cost) in rows.costs_of(layer, site) {
                for period in offered.clone() {
                    let slot = place * periods + period;
                    if radii[slot] > cost {
                        steps[slot] -= 1.0;
                        let weight = layer.persons[slot] as f64 * layer.factors[period] as f64;
                        saved += (radii[slot] - cost) * weight;
                    }
                }
            }
        }
        if let Some(held) = layer.held {
            slope.prices[self.held[held].rule] -= saved;
        }
    }

    fn slope_of_floors(&self, state: &State, rows: &Rows, choice: &[u32], slope: &mut State) {
        for (at, floor) in self.floors.iter().enumerate() {
            let layer = &self.layers[floor.kind];
            for (site, &schedule) in choice.iter().enumerate() {
                let package =
                    self.columns[site].schedules[schedule as usize].package_in(floor.period);
                if !package.is_some_and(|p| self.offers[p].iter().any(|o| o.0 == floor.kind)) {
                    continue;
                }
                for (place, metres) in rows.of(site) {
                    if metres <= layer.reach
                        && let Ok(index) = floor.places.binary_search(&place)
                    {
                        slope.floors[at][index] -= 1.0;
                    }
                }
            }
            let price = state.prices[floor.rule];
            let mut rise = -(floor.may_miss as f64);
            for (index, &place) in floor.places.iter().enumerate() {
                let rest = slope.floors[at][index];
                if state.floors[at][index] >= price && rest > 0.0 {
                    rise += layer.persons[place * self.periods + floor.period] as f64 * rest;
                }
            }
            slope.prices[floor.rule] = rise;
        }
    }

    /// Brings a state into its limits.
    pub(crate) fn clip(&self, state: &mut State, rows: &Rows) {
        let periods = self.periods;
        for (layer, radii) in self.layers.iter().zip(&mut state.radii) {
            let most = layer.unserved.map_or(f64::INFINITY, |unserved| unserved as f64);
            for (place, row) in radii.chunks_mut(periods).enumerate() {
                let most = most.min(layer.tariff.most_below(rows.limits[place]));
                for radius in row {
                    *radius = radius.clamp(0.0, most);
                }
            }
        }
        for (rule, price) in self.rules.iter().zip(&mut state.prices) {
            if !rule.exactly {
                *price = price.max(0.0);
            }
        }
        for (floor, worth) in self.floors.iter().zip(&mut state.floors) {
            let price = state.prices[floor.rule];
            worth.iter_mut().for_each(|w| *w = w.clamp(0.0, price));
        }
    }
}

/// Returns whom a site serves that may serve so many in a period, those first with whom it saves most: what one of
/// them saves, the position of place and period, and how many.
fn fill(
    layer: &Layer,
    radii: &[f64],
    row: &[(usize, f64)],
    (period, periods): (usize, usize),
    limit: u64,
) -> Vec<(f64, usize, f64)> {
    let mut gains: Vec<(f64, usize)> = row
        .iter()
        .map(|&(place, cost)| (place * periods + period, cost))
        .map(|(slot, cost)| (radii[slot] - cost, slot))
        .filter(|&(gain, slot)| gain > 0.0 && layer.persons[slot] > 0)
        .collect();
    gains.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut room = limit as f64;
    let mut served = Vec::new();
    for (gain, slot) in gains {
        let persons = (layer.persons[slot] as f64).min(room);
        served.push((gain, slot, persons));
        room -= persons;
        if room <= 0.0 {
            break;
        }
    }
    served
}

/// Steps of an ascent and how they shrink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) count: usize,
}

/// Share of the direction that is kept from one step to the next.
const MEMORY: f64 = 0.9;
/// Steps between two lists of rows.
const RELIST: usize = 25;

/// Climbs from a state to better ones.
pub(crate) struct Climb<'a> {
    pub(crate) mixed: &'a Mixed,
    pub(crate) rows: Rows,
    /// What a step of length 1 changes.
    pub(crate) scale: State,
    pub(crate) best: State,
    pub(crate) bound: f64,
    pub(crate) priced: Priced,
    /// How often each site chose each schedule of late.
    pub(crate) shares: Vec<Vec<f32>>,
    pub(crate) work: u64,
}

impl<'a> Climb<'a> {
    pub(crate) fn new(mixed: &'a Mixed, state: State, scale: State) -> Self {
        let rows = Rows::new(mixed, &state);
        let shares = mixed.columns.iter().map(|c| vec![0.0; c.schedules.len()]).collect();
        Self {
            mixed,
            rows,
            scale,
            best: state,
            bound: f64::NEG_INFINITY,
            priced: Priced::default(),
            shares,
            work: 0,
        }
    }

    /// Climbs over a domain; `goes_on(bound, choice)` is asked after each step.
    pub(crate) fn climb(
        &mut self,
        domain: &Domain,
        steps: Steps,
        goes_on: &mut dyn FnMut(f64, &[u32]) -> bool,
    ) {
        let mixed = self.mixed;
        let mut state = self.best.clone();
        let mut direction = zero(&state);
        let mut spread: Vec<f64> = vec![0.0; state.prices.len()];
        let shrink = (steps.last / steps.first).powf(1.0 / steps.count.max(2) as f64);
        let mut length = steps.first;
        self.bound = f64::NEG_INFINITY;
        self.shares.iter_mut().for_each(|shares| shares.fill(0.0));
        let counted = steps.count / 2;
        for step in 0..steps.count {
            if step % RELIST == 0 && step > 0 {
                self.rows = Rows::new(mixed, &state);
            }
            let priced = mixed.price(&state, &self.rows, domain);
            self.work += (self.rows.pairs() * mixed.periods * mixed.layers.len()) as u64 + 1;
            if step >= counted {
                for (shares, &chosen) in self.shares.iter_mut().zip(&priced.choice) {
                    shares[chosen as usize] += 1.0 / (steps.count - counted) as f32;
                }
            }
            let slope = mixed.gradient(&state, &self.rows, &priced.choice);
            let on = goes_on(priced.bound, &priced.choice);
            if priced.bound > self.bound {
                self.bound = priced.bound;
                self.best.clone_from(&state);
                self.priced = priced;
            }
            if !on {
                break;
            }
            self.step(&mut state, &mut direction, &slope, &mut spread, length);
            mixed.clip(&mut state, &self.rows);
            length *= shrink;
        }
    }

    fn step(
        &self,
        state: &mut State,
        direction: &mut State,
        slope: &State,
        spread: &mut [f64],
        length: f64,
    ) {
        let follow = |to: &mut [f64], along: &mut [f64], slope: &[f64], scale: &[f64]| {
            for (((to, along), &slope), &scale) in to.iter_mut().zip(along).zip(slope).zip(scale) {
                *along = MEMORY * *along + (1.0 - MEMORY) * slope;
                *to += length * scale * *along;
            }
        };
        for (at, radii) in state.radii.iter_mut().enumerate() {
            follow(radii, &mut direction.radii[at], &slope.radii[at], &self.scale.radii[at]);
        }
        for (at, worth) in state.floors.iter_mut().enumerate() {
            let scale = vec![self.scale.prices[self.mixed.floors[at].rule]; worth.len()];
            follow(worth, &mut direction.floors[at], &slope.floors[at], &scale);
        }
        for (at, price) in state.prices.iter_mut().enumerate() {
            let slope = slope.prices[at];
            spread[at] = if spread[at] == 0.0 {
                slope.abs()
            } else {
                0.98 * spread[at] + 0.02 * slope.abs()
            };
            if spread[at] > 0.0 {
                let along = &mut direction.prices[at];
                *along = MEMORY * *along + (1.0 - MEMORY) * slope;
                *price += length * self.scale.prices[at] * *along / spread[at];
            }
        }
    }
}

fn zero(state: &State) -> State {
    State {
        radii: state.radii.iter().map(|radii| vec![0.0; radii.len()]).collect(),
        floors: state.floors.iter().map(|worth| vec![0.0; worth.len()]).collect(),
        prices: vec![0.0; state.prices.len()],
    }
}
