//! Multipliers that show which rule a list of schedules breaks: the proof that a leaf holds no plan.

use super::dual::Domain;
use super::exact::Multipliers;
use super::layers::Layer;
use super::market::Market;
use super::problem::Mixed;
use super::rules::CoverFloor;
use super::service::excess;

impl Mixed {
    /// Returns multipliers that show which rule schedules break, if they break one.
    pub(crate) fn ray(&self, schedules: &[u32]) -> Option<Multipliers> {
        self.ray_of_rules(schedules)
            .or_else(|| self.ray_of_floors(schedules))
            .or_else(|| self.ray_of_service(schedules))
            .or_else(|| self.ray_of_goals(schedules))
    }

    /// Shows that a goal cannot be held: with everybody where that costs least under it. People who stay together may
    /// be split here, so that it does not always show.
    fn ray_of_goals(&self, schedules: &[u32]) -> Option<Multipliers> {
        let domain: Domain = schedules.iter().map(|&schedule| vec![schedule]).collect();
        self.limits().find_map(|held| {
            let mut multipliers = self.none();
            multipliers.prices[self.held[held].rule] = 1 << self.shift();
            let layers = self.layers.iter().enumerate();
            for (at, layer) in layers.filter(|(_, layer)| layer.held == Some(held)) {
                let costs = if layer.limited {
                    self.least_of_parts(layer, at, schedules)
                } else {
                    self.least_costs(layer, at, schedules)
                };
                for (slot, &cost) in costs.iter().enumerate() {
                    let (place, period) = (slot / self.periods, slot % self.periods);
                    multipliers.radii[at][period * self.places + place] = cost << self.shift();
                }
            }
            (self.price_exactly(&multipliers, &domain, true).sum(&domain) > 0)
                .then_some(multipliers)
        })
    }

    /// Returns what one more person of each place and period costs a limited layer that is held, where all go where
    /// that costs least under it.
    fn least_of_parts(&self, layer: &Layer, at: usize, schedules: &[u32]) -> Vec<u64> {
        let mut costs = vec![0; self.places * self.periods];
        for period in 0..self.periods {
            let offered: Vec<(u32, u32)> = schedules
                .iter()
                .enumerate()
                .filter_map(|(site, &s)| {
                    Some((site as u32, self.offered(site, s, at, period)? as u32))
                })
                .collect();
            let is_offered = |site, size| offered.contains(&(site as u32, size as u32));
            let market = Market::new(self, (at, period), 0, is_offered);
            let flow = market.split((layer, period, self.periods), &offered, &[]);
            for (place, worth) in flow.worth.into_iter().enumerate() {
                costs[place * self.periods + period] = worth as u64;
            }
        }
        costs
    }

    /// Returns what a person of each place and period costs a layer at least, period by period of a place.
    fn least_costs(&self, layer: &Layer, at: usize, schedules: &[u32]) -> Vec<u64> {
        let mut costs = vec![layer.unserved.unwrap_or(0); self.places * self.periods];
        for (site, &schedule) in schedules.iter().enumerate() {
            let offers = |&period: &usize| self.offered(site, schedule, at, period).is_some();
            for period in (0..self.periods).filter(offers) {
                for (place, cost) in self.costs_of((layer, period), site) {
                    let least = &mut costs[place * self.periods + period];
                    *least = cost.min(*least);
                }
            }
        }
        costs
    }

    fn ray_of_rules(&self, schedules: &[u32]) -> Option<Multipliers> {
        let (at, beyond) = self.rules.iter().enumerate().find_map(|(at, rule)| {
            let brought = schedules.iter().enumerate().map(|(site, &s)| self.brought(site, s, at));
            let beyond = brought.sum::<i64>() - rule.right;
            (self.is_a_sum(at) && excess(beyond, rule.exactly) > 0).then_some((at, beyond))
        })?;
        let mut multipliers = self.none();
        multipliers.prices[at] = i128::from(beyond.signum()) << self.shift();
        Some(multipliers)
    }

    fn ray_of_floors(&self, schedules: &[u32]) -> Option<Multipliers> {
        let floors = self.floors.iter().enumerate();
        let (at, floor, out) = floors
            .map(|(at, floor)| (at, floor, self.out_of_reach(floor, schedules)))
            .find(|(_, floor, out)| self.persons_of(floor, out) > floor.may_miss)?;
        let mut multipliers = self.none();
        multipliers.prices[floor.rule] = 1 << self.shift();
        for place in out {
            multipliers.radii[self.layers.len() + at][place] = 1 << self.shift();
        }
        Some(multipliers)
    }

    fn ray_of_service(&self, schedules: &[u32]) -> Option<Multipliers> {
        let (layer, period, _) = self.musts().into_iter().find(|&(layer, period, persons)| {
            let room = |(site, &schedule): (usize, &u32)| {
                let size = self.offered(site, schedule, layer, period)?;
                Some(self.layers[layer].sizes[size].unwrap_or(u64::MAX))
            };
            let rooms = schedules.iter().enumerate().filter_map(room);
            rooms.fold(0, u64::saturating_add) < persons
        })?;
        let mut multipliers = self.none();
        multipliers.radii[layer] = self.radii_of_all(layer, period);
        Some(multipliers)
    }

    /// Returns radii for everybody who needs a layer in a period, and for nobody else.
    pub(crate) fn radii_of_all(&self, layer: usize, period: usize) -> Vec<u64> {
        let mut radii = vec![0; self.none().radii[layer].len()];
        radii[period * self.places..(period + 1) * self.places].fill(1 << self.shift());
        radii
    }

    /// Returns the places of a floor of coverage that no site reaches.
    fn out_of_reach(&self, floor: &CoverFloor, schedules: &[u32]) -> Vec<usize> {
        let layer: &Layer = &self.layers[floor.kind];
        let mut reached = vec![false; self.places];
        for (site, &schedule) in schedules.iter().enumerate() {
            if self.planned(site, schedule, floor.kind, floor.period).is_none() {
                continue;
            }
            for (place, _) in self.pairs.of(site).take_while(|&(_, metres)| metres <= layer.reach) {
                reached[place] = true;
            }
        }
        floor.places.iter().copied().filter(|&place| !reached[place]).collect()
    }

    fn persons_of(&self, floor: &CoverFloor, places: &[usize]) -> u64 {
        let persons = self.floor_persons(floor);
        places.iter().map(|&place| persons[place * self.periods + floor.period]).sum()
    }
}
