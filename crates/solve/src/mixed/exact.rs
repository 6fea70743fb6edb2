//! What multipliers prove, in whole numbers, over every site, schedule and pair.

use groundwork_model::certificate::{LayerRadii, RulePrice};
use rayon::prelude::*;

use super::dual::{Domain, State};
use super::layers::Layer;
use super::problem::Mixed;

/// Holds radii and prices as whole numbers x 2^-shift, in the order of certificates: for each kind the places of
/// the first period, then those of the second; then the floors of coverage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Multipliers {
    pub(crate) radii: Vec<Vec<u64>>,
    pub(crate) prices: Vec<i128>,
}

/// Is what each schedule of each site adds, and what is added before sites choose; x 2^shift.
#[derive(Clone, Debug)]
pub(crate) struct ExactPriced {
    pub(crate) constant: i128,
    /// For each site, one value for each schedule, as it is listed.
    pub(crate) values: Vec<Vec<i128>>,
    shift: u32,
}

impl ExactPriced {
    /// Returns the least value of a site over some of its schedules.
    pub(crate) fn least(&self, site: usize, domain: &[u32]) -> i128 {
        let values = domain.iter().map(|&schedule| self.values[site][schedule as usize]);
        values.min().unwrap_or(0)
    }

    /// Returns the sum before rounding.
    pub(crate) fn sum(&self, domain: &Domain) -> i128 {
        let least = domain.iter().enumerate().map(|(site, domain)| self.least(site, domain));
        self.constant + least.sum::<i128>()
    }

    /// Returns the cost that no plan of a domain beats.
    pub(crate) fn bound(&self, domain: &Domain) -> i128 {
        self.rounded(self.sum(domain))
    }

    /// Returns the smallest whole number at or above a sum.
    pub(crate) fn rounded(&self, sum: i128) -> i128 {
        -((-sum) >> self.shift)
    }
}

impl Mixed {
    /// Returns the binary digits behind the point of radii and prices.
    pub(crate) fn shift(&self) -> u32 {
        let either = self.layers[..self.kinds].iter().any(|layer| layer.tariff.is_either());
        match (either, self.held.is_empty()) {
            (true, true) => 24,
            // Prices of goals that are held can be small fractions of what a person costs.
            (true, false) => 32,
            (false, true) => 10,
            (false, false) => 20,
        }
    }

    /// Returns multipliers without any.
    pub(crate) fn none(&self) -> Multipliers {
        let kinds = self.layers.iter().map(|_| vec![0; self.places * self.periods]);
        let floors = self.floors.iter().map(|_| vec![0; self.places]);
        Multipliers { radii: kinds.chain(floors).collect(), prices: vec![0; self.rules.len()] }
    }

    /// Rounds a state.
    pub(crate) fn whole(&self, state: &State) -> Multipliers {
        let unit = f64::from(self.shift()).exp2();
        let rounded = |value: f64| (value.max(0.0) * unit + 0.5) as u64;
        let kinds = self.layers.iter().zip(&state.radii).map(|(layer, radii)| {
            let worth = self.worth(layer, state);
            let at =
                |place: usize, period: usize| rounded(radii[place * self.periods + period] * worth);
            (0..self.periods)
                .flat_map(|t| (0..self.places).map(move |i| (i, t)))
                .map(|(i, t)| at(i, t))
                .collect()
        });
        let floors = self.floors.iter().zip(&state.floors).map(|(floor, worth)| {
            let mut radii = vec![0; self.places];
            for (&place, &worth) in floor.places.iter().zip(worth) {
                radii[place] = rounded(worth);
            }
            radii
        });
        let price = |(at, &price): (usize, &f64)| {
            let whole = (price * unit).round() as i128;
            if self.rules[at].exactly { whole } else { whole.max(0) }
        };
        let mut prices: Vec<i128> = state.prices.iter().enumerate().map(price).collect();
        if self.worst_case {
            let futures = self.held[self.worsts()].iter().map(|held| held.rule);
            let sum: i128 = futures.clone().map(|rule| prices[rule]).sum();
            let largest = futures.max_by_key(|&rule| prices[rule]);
            if let Some(rule) = largest {
                prices[rule] += (1 << self.shift()) - sum;
            }
        }
        Multipliers { radii: kinds.chain(floors).collect(), prices }
    }

    /// Works out what each schedule of a domain adds; without costs when only rules count.
    pub(crate) fn price_exactly(
        &self,
        multipliers: &Multipliers,
        domain: &Domain,
        rules_alone: bool,
    ) -> ExactPriced {
        let shift = self.shift();
        let uses: Vec<Option<LayerUse<'_>>> = self
            .layers
            .iter()
            .zip(&multipliers.radii)
            .map(|(layer, radii)| {
                let is_held = self.is_of_limit(layer);
                let unit = match layer.held {
                    Some(held) if is_held || !rules_alone => {
                        multipliers.prices[self.held[held].rule]
                    }
                    _ => 1 << shift,
                };
                LayerUse::new(layer, radii, unit, (rules_alone, is_held))
            })
            .collect();
        let mut constant = 0;
        for used in uses.iter().flatten() {
            constant += used.constant(self);
        }
        for (rule, &price) in self.rules.iter().zip(&multipliers.prices) {
            constant -= price * i128::from(rule.right);
        }
        for held in &self.held {
            constant -= multipliers.prices[held.rule] * held.right;
        }
        let floor_radii = &multipliers.radii[self.layers.len()..];
        for (floor, radii) in self.floors.iter().zip(floor_radii) {
            let price = multipliers.prices[floor.rule];
            let persons = self.floor_persons(floor);
            for &place in &floor.places {
                let persons = persons[place * self.periods + floor.period];
                constant += i128::from(persons) * i128::from(radii[place]).min(price);
            }
            constant -= price * i128::from(floor.may_miss);
        }
        let of_site = |site: usize| -> Vec<i128> {
            let saved = self.saved_exactly(&uses, site);
            let floors = self.floors_exactly(multipliers, site);
            let mut values = vec![0; self.columns[site].schedules.len()];
            for &schedule in &domain[site] {
                let charge = if rules_alone { 0 } else { self.charge_of(site, schedule) };
                let value = self.value_exactly(site, schedule, multipliers, &saved, &floors);
                values[schedule as usize] = value + (charge << shift);
            }
            values
        };
        let values = if self.pairs.len() * self.periods > 20_000 {
            (0..self.sites()).into_par_iter().map(of_site).collect()
        } else {
            (0..self.sites()).map(of_site).collect()
        };
        ExactPriced { constant, values, shift }
    }

    fn value_exactly(
        &self,
        site: usize,
        schedule: u32,
        multipliers: &Multipliers,
        saved: &[Vec<Vec<i128>>],
        floors: &[i128],
    ) -> i128 {
        let brought = self.brings[site][schedule as usize].iter();
        let mut value: i128 =
            brought.map(|&(rule, by)| multipliers.prices[rule as usize] * i128::from(by)).sum();
        self.each_offer(site, schedule, |layer, size, periods| {
            if let Some(row) = saved[layer].get(size) {
                value -= row[periods].iter().sum::<i128>();
            }
        });
        for (floor, saved) in self.floors.iter().zip(floors) {
            if self.planned(site, schedule, floor.kind, floor.period).is_some() {
                value -= saved;
            }
        }
        value
    }

    /// Returns what a site saves with each layer and size in each period.
    fn saved_exactly(&self, uses: &[Option<LayerUse<'_>>], site: usize) -> Vec<Vec<Vec<i128>>> {
        uses.iter()
            .map(|used| used.as_ref().map_or_else(Vec::new, |used| used.saved(self, site)))
            .collect()
    }

    fn floors_exactly(&self, multipliers: &Multipliers, site: usize) -> Vec<i128> {
        let floor_radii = &multipliers.radii[self.layers.len()..];
        let of_floor = |(floor, radii): (&super::rules::CoverFloor, &Vec<u64>)| {
            let (layer, persons) = (&self.layers[floor.kind], self.floor_persons(floor));
            let price = multipliers.prices[floor.rule];
            let near = self.pairs.of(site).take_while(|&(_, metres)| metres <= layer.reach);
            near.filter_map(|(place, _)| {
                floor.places.binary_search(&place).ok()?;
                let persons = persons[place * self.periods + floor.period];
                Some(i128::from(persons) * i128::from(radii[place]).min(price))
            })
            .sum()
        };
        self.floors.iter().zip(floor_radii).map(of_floor).collect()
    }

    /// Returns the prices of rules that are not 0, as certificates have them.
    pub(crate) fn named_prices(&self, prices: &[i128], before: Option<&[i128]>) -> Vec<RulePrice> {
        let changed = prices
            .iter()
            .enumerate()
            .filter(|&(at, &price)| before.map_or(price != 0, |before| before[at] != price));
        changed.map(|(at, &price)| RulePrice { of: self.rules[at].name.clone(), price }).collect()
    }

    /// Returns the radii that differ from others, as certificates have them.
    pub(crate) fn changed_radii(&self, radii: &[Vec<u64>], before: &[Vec<u64>]) -> Vec<LayerRadii> {
        let of_layer = |(at, (radii, before)): (usize, (&Vec<u64>, &Vec<u64>))| {
            let differs = |&at: &usize| radii[at] != before[at];
            let changed: Vec<usize> = (0..radii.len()).filter(differs).collect();
            (!changed.is_empty()).then(|| LayerRadii {
                layer: at as u32 + 1,
                radii: changed.iter().map(|&at| radii[at]).collect(),
                changed: changed.iter().map(|&at| at as u32).collect(),
            })
        };
        radii.iter().zip(before).enumerate().filter_map(of_layer).collect()
    }
}

/// Is a layer with its radii, ready for sums: of costs, or of rules alone.
struct LayerUse<'a> {
    layer: &'a Layer,
    radii: &'a [u64],
    /// What one unit of cost comes to.
    unit: i128,
    /// Whether costs and factors do not count.
    bare: bool,
}

impl<'a> LayerUse<'a> {
    /// Returns the layer, unless it adds nothing.
    fn new(
        layer: &'a Layer,
        radii: &'a [u64],
        unit: i128,
        (rules_alone, is_held): (bool, bool),
    ) -> Option<Self> {
        let counts = if is_held { unit > 0 } else { !rules_alone || layer.unserved.is_none() };
        counts.then_some(Self { layer, radii, unit, bare: rules_alone && !is_held })
    }

    fn factor(&self, period: usize) -> i128 {
        if self.bare { 1 } else { i128::from(self.layer.factors[period]) }
    }

    /// Returns the radius, cut to what a person costs at most.
    fn radius(&self, places: usize, place: usize, period: usize) -> i128 {
        let radius = i128::from(self.radii[period * places + place]);
        let most = self.layer.unserved.map(|unserved| i128::from(unserved) * self.unit);
        most.map_or(radius, |most| radius.min(most))
    }

    fn constant(&self, mixed: &Mixed) -> i128 {
        let mut sum = 0;
        for period in 0..mixed.periods {
            let mut of_period = 0;
            for (place, persons) in mixed.persons_in(self.layer, period).enumerate() {
                of_period += i128::from(persons) * self.radius(mixed.places, place, period);
            }
            sum += of_period * self.factor(period);
        }
        sum
    }

    fn saved(&self, mixed: &Mixed, site: usize) -> Vec<Vec<i128>> {
        let layer = self.layer;
        let mut rows = vec![Vec::with_capacity(mixed.periods); layer.sizes.len()];
        let mut gains: Vec<(i128, u64)> = Vec::new();
        for period in 0..mixed.periods {
            gains.clear();
            for (place, cost) in mixed.costs_of((layer, period), site) {
                let cost = if self.bare { 0 } else { i128::from(cost) * self.unit };
                let gain = self.radius(mixed.places, place, period) - cost;
                let persons = layer.persons[place * mixed.periods + period];
                if gain > 0 && persons > 0 {
                    gains.push((gain, persons));
                }
            }
            if layer.limited {
                gains.sort_unstable_by_key(|gain| std::cmp::Reverse(gain.0));
            }
            for (row, limit) in rows.iter_mut().zip(&layer.sizes) {
                let mut room = limit.filter(|_| layer.limited).unwrap_or(u64::MAX);
                let mut sum = 0;
                for &(gain, persons) in &gains {
                    let served = persons.min(room);
                    sum += gain * i128::from(served);
                    room -= served;
                    if room == 0 {
                        break;
                    }
                }
                row.push(sum * self.factor(period));
            }
        }
        rows
    }
}
