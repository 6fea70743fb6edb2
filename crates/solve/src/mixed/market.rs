//! Who goes where with a limited kind in a period, at least cost: a transportation problem, or one in which the people
//! of a place stay together.
//!
//! Where goals are held, people are sent by a blend of what they cost under the goal and under those; no blend need be
//! the best there is.

use std::collections::HashMap;

use super::layers::Layer;
use super::problem::Mixed;
use crate::capacity::transport::Transport;
use crate::capacity::{Capacitated, single};

/// Who goes where with a limited kind in a period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flow {
    /// Place, site and persons; left out where [`super::sending`] keeps them.
    pub(crate) parts: Vec<(u32, u32, u64)>,
    /// What one more person of each place would cost.
    pub(crate) worth: Vec<f64>,
    /// Cost of one period, its factor left out; people who must be served and are not count dearly.
    pub(crate) cost: f64,
    /// Prices of capacity, from which the next flow starts.
    pub(super) prices: Vec<i64>,
}

/// How much goals that are held count, beside the goal, when those who are not served cost the same under each.
pub(crate) const BLENDS: [f64; 4] = [1.0 / 262_144.0, 0.25, 2.0, 64.0];

/// What those who are not served cost in a blend, without the goals that are held.
const BLENDED: f64 = (1_u64 << 40) as f64;

/// Says what a person of a layer costs, for a market.
struct Price<'a> {
    mixed: &'a Mixed,
    layer: &'a Layer,
    /// What a unit of cost counts under the goal, and under each layer that is held.
    unit: f64,
    held: Vec<(&'a Layer, f64)>,
    period: usize,
}

impl<'a> Price<'a> {
    fn new(mixed: &'a Mixed, (at, period): (usize, usize), blend: usize) -> Self {
        let layer = &mixed.layers[at];
        let most = |layer: &Layer| layer.unserved.map_or(layer.lost, |unserved| unserved as f64);
        // Under a goal that is held nothing is blended.
        let alone = mixed.limits().is_empty() || mixed.is_of_limit(layer);
        let unit = if alone { 1.0 } else { BLENDED / most(layer).max(1.0) };
        let held = mixed.layers.iter();
        let held = held.filter(|other| !alone && mixed.is_of_limit(other) && other.of == at);
        let held = held.map(|other| (other, BLENDS[blend] * BLENDED / most(other).max(1.0)));
        Self { mixed, layer, unit, held: held.collect(), period }
    }

    /// Returns what a person costs at a site, of one that costs so much under the goal.
    fn at(&self, site: usize, place: usize, cost: u64) -> u64 {
        if self.held.is_empty() {
            return cost;
        }
        let held = self.held.iter().map(|&(layer, unit)| {
            let cost = self.mixed.cost((layer, self.period), site, place);
            let cost = cost.or(layer.unserved).unwrap_or(0);
            cost as f64 * unit
        });
        (cost as f64 * self.unit + held.sum::<f64>()).round() as u64
    }

    /// Returns what a person costs who is not served.
    fn unserved(&self) -> u64 {
        let lost = self.layer.unserved.unwrap_or(self.layer.lost as u64);
        if self.held.is_empty() {
            return lost;
        }
        let held = self.held.iter().map(|&(layer, unit)| layer.unserved.unwrap_or(0) as f64 * unit);
        (lost as f64 * self.unit + held.sum::<f64>()).round() as u64
    }

    /// Returns more than any two persons cost.
    fn no_pair(&self) -> u64 {
        4 * self.unserved().max(self.layer.lost as u64)
    }
}

/// The people and the sites of a limited kind, in all sizes; the last site serves those whom no other does.
#[derive(Clone, Debug)]
pub(super) struct Market {
    instance: Option<Capacitated>,
    /// Position of each site and size among the sites of the instance.
    slots: HashMap<(u32, u32), usize>,
    /// Site of each slot.
    sites: Vec<u32>,
    /// What a pair costs that does not exist.
    no_pair: u64,
    /// What a unit of cost under the goal counts.
    unit: f64,
}

/// A layer, a period, and how many periods there are.
type People<'a> = (&'a Layer, usize, usize);

impl Market {
    /// Lists the sites that `offers` says may offer the layer in a size.
    pub(super) fn new(
        mixed: &Mixed,
        (at, period): (usize, usize),
        blend: usize,
        offers: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let layer = &mixed.layers[at];
        let price = Price::new(mixed, (at, period), blend);
        let persons: Vec<u64> = mixed.persons_in(layer, period).collect();
        let total: u64 = persons.iter().sum();
        let mut market = Self {
            instance: None,
            slots: HashMap::new(),
            sites: Vec::new(),
            no_pair: price.no_pair(),
            unit: price.unit,
        };
        let mut limits = Vec::new();
        let mut rows: Vec<Vec<u64>> = Vec::new();
        for site in 0..mixed.sites() {
            let mut row = vec![market.no_pair; mixed.places];
            for (place, cost) in mixed.costs_of((layer, period), site) {
                row[place] = price.at(site, place, cost);
            }
            for (size, &limit) in layer.sizes.iter().enumerate() {
                if offers(site, size) {
                    market.slots.insert((site as u32, size as u32), market.sites.len());
                    market.sites.push(site as u32);
                    limits.push((0, limit));
                    rows.push(row.clone());
                }
            }
        }
        limits.push((0, Some(total)));
        let lost = price.unserved();
        let cost = |client: usize, slot: usize| rows.get(slot).map_or(lost, |row| row[client]);
        market.instance = Capacitated::new(persons, &limits, false, cost);
        market
    }

    /// Returns the slots of sites with sizes, and the last one.
    fn open(&self, offered: &[(u32, u32)]) -> Vec<usize> {
        let slots = offered.iter().filter_map(|offer| self.slots.get(offer).copied());
        slots.chain([self.sites.len()]).collect()
    }

    /// Sends everybody where it costs least; `prices` are those of a similar problem.
    pub(super) fn split(&self, people: People<'_>, offered: &[(u32, u32)], prices: &[i64]) -> Flow {
        let Some(instance) = &self.instance else { return nobody(people) };
        let open = self.open(offered);
        let mut transport = Transport::new(instance);
        if prices.len() == instance.sites() {
            transport.set_prices(prices);
        }
        let Some(cost) = transport.solve(&open) else { return nobody(people) };
        Flow {
            parts: self.named(instance, &transport.parts()),
            worth: transport.worth(&open).into_iter().map(|worth| worth / self.unit).collect(),
            prices: transport.prices().to_vec(),
            cost,
        }
    }

    /// Sends the people of each place to one site; not always at least cost.
    pub(super) fn whole(&self, people: People<'_>, offered: &[(u32, u32)]) -> Flow {
        let Some(instance) = &self.instance else { return nobody(people) };
        let Some(found) = single::first(instance, &self.open(offered), (1, 0), None) else {
            return nobody(people);
        };
        let parts = self.named(instance, &found.parts);
        Flow { parts, cost: found.value as f64, ..Flow::default() }
    }

    /// Names the sites of parts; who goes to the last is not served, nor who has no pair.
    fn named(&self, instance: &Capacitated, parts: &[(usize, usize, u64)]) -> Vec<(u32, u32, u64)> {
        let served = parts.iter().filter(|&&(place, slot, _)| {
            slot < self.sites.len() && instance.cost(place, slot) != self.no_pair
        });
        served.map(|&(place, slot, persons)| (place as u32, self.sites[slot], persons)).collect()
    }
}

fn nobody((layer, period, periods): People<'_>) -> Flow {
    let lost = layer.unserved.map_or(layer.lost, |unserved| unserved as f64);
    let persons: u64 = layer.persons.iter().skip(period).step_by(periods).sum();
    let worth = vec![lost; layer.persons.len() / periods];
    Flow { worth, cost: persons as f64 * lost, ..Flow::default() }
}
