//! Who is served by whom when sites follow given schedules, and what that costs.
//!
//! Kinds without limit: the nearest site that offers it, kept up to date while schedules change. Limited kinds:
//! a transportation problem for each kind and period ([`crate::capacity`]), solved anew where offers change.

use std::collections::HashMap;

use rayon::prelude::*;

use super::problem::{Layer, Mixed};
use crate::capacity::transport::Transport;
use crate::capacity::{Capacitated, single};

/// Marks that no site serves.
pub(crate) const NOBODY: u32 = u32::MAX;

/// The nearest and second nearest site of a place for a kind in a period, with metres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Two {
    pub(crate) first: (u32, u32),
    pub(crate) second: (u32, u32),
}

const NONE: Two = Two { first: (NOBODY, NOBODY), second: (NOBODY, NOBODY) };

/// Who goes where with a limited kind in a period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flow {
    /// Place, site and persons.
    pub(crate) parts: Vec<(u32, u32, u64)>,
    /// What one more person of each place would cost.
    pub(crate) worth: Vec<f64>,
    /// Cost of one period, its factor left out; people who must be served and are not count dearly.
    pub(crate) cost: f64,
    /// Prices of capacity, from which the next flow starts.
    prices: Vec<i64>,
}

/// The pairs again, for each place the nearest site first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Near {
    starts: Vec<usize>,
    sites: Vec<u32>,
    metres: Vec<u32>,
    /// For each limited layer, its market with all sites, where that is not too large.
    markets: Vec<Option<Market>>,
}

/// Pairs of places and slots up to which a market holds all sites at once.
const MARKET_MAX: usize = 4_000_000;

impl Near {
    pub(crate) fn new(mixed: &Mixed) -> Self {
        let mut lists: Vec<Vec<(u32, u32)>> = vec![Vec::new(); mixed.places];
        for site in 0..mixed.sites() {
            for (place, metres) in mixed.pairs.of(site) {
                lists[place].push((metres, site as u32));
            }
        }
        let market = |at: usize| {
            let layer = &mixed.layers[at];
            let slots = mixed.sites() * layer.sizes.len();
            let fits = layer.limited && slots * mixed.places <= MARKET_MAX;
            fits.then(|| Market::new(mixed, at, |_, _| true))
        };
        let markets = (0..mixed.layers.len()).map(market).collect();
        let mut near = Self { starts: vec![0], markets, ..Self::default() };
        for mut list in lists {
            list.sort_unstable();
            near.sites.extend(list.iter().map(|pair| pair.1));
            near.metres.extend(list.iter().map(|pair| pair.0));
            near.starts.push(near.sites.len());
        }
        near
    }

    /// Returns a few sites near a site: those near the place that is nearest to it.
    pub(crate) fn around(&self, mixed: &Mixed, site: usize, most: usize) -> Vec<usize> {
        let place = mixed.pairs.of(site).next().map(|(place, _)| place);
        let near = place.into_iter().flat_map(|place| self.of(place));
        near.take(most).map(|(site, _)| site as usize).collect()
    }

    fn of(&self, place: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let range = self.starts[place]..self.starts[place + 1];
        self.sites[range.clone()].iter().copied().zip(self.metres[range].iter().copied())
    }
}

/// Is a list of schedules, one a site, with all that follows.
#[derive(Clone)]
pub(crate) struct Draft<'a> {
    pub(crate) mixed: &'a Mixed,
    near: &'a Near,
    pub(crate) schedules: Vec<u32>,
    /// What the schedules bring to each rule.
    pub(crate) usage: Vec<i64>,
    /// For each layer without limit: nearest sites of each place and period, period by period of a place.
    pub(crate) nearest: Vec<Vec<Two>>,
    /// For each limited layer: who goes where in each period.
    pub(crate) flows: Vec<Vec<Flow>>,
    /// For each floor of coverage: sites that offer the kind within reach of each of its places.
    pub(crate) reached: Vec<Vec<u32>>,
    /// Cost of each layer.
    costs: Vec<f64>,
    /// Sites for which what a change costs is no longer what it was.
    pub(crate) stale: Vec<bool>,
    pub(crate) work: u64,
}

/// What somebody counts with who must be served and is not: more than any distance.
pub(crate) const LOST: f64 = 1e9;

impl<'a> Draft<'a> {
    pub(crate) fn new(mixed: &'a Mixed, near: &'a Near, schedules: Vec<u32>) -> Self {
        let slots = mixed.places * mixed.periods;
        let nearest = |layer: &Layer| if layer.limited { Vec::new() } else { vec![NONE; slots] };
        let flows = |layer: &Layer| {
            if layer.limited { vec![Flow::default(); mixed.periods] } else { Vec::new() }
        };
        let mut draft = Self {
            mixed,
            near,
            usage: vec![0; mixed.rules.len()],
            nearest: mixed.layers.iter().map(nearest).collect(),
            flows: mixed.layers.iter().map(flows).collect(),
            reached: mixed.floors.iter().map(|floor| vec![0; floor.places.len()]).collect(),
            costs: vec![0.0; mixed.layers.len()],
            stale: vec![true; mixed.sites()],
            schedules,
            work: 0,
        };
        draft.build();
        draft
    }

    fn build(&mut self) {
        let mixed = self.mixed;
        for (site, &schedule) in self.schedules.iter().enumerate() {
            for &(rule, brought) in &mixed.brings[site][schedule as usize] {
                self.usage[rule as usize] += brought;
            }
        }
        for site in 0..mixed.sites() {
            self.count_floors(site, self.schedules[site], 1);
        }
        for (at, layer) in mixed.layers.iter().enumerate() {
            if layer.limited {
                let periods: Vec<(usize, usize)> = (0..mixed.periods).map(|t| (at, t)).collect();
                self.send_anew(&periods);
            } else {
                for place in 0..mixed.places {
                    for period in 0..mixed.periods {
                        let two = self.find(at, place, period);
                        self.nearest[at][place * mixed.periods + period] = two;
                    }
                }
            }
            self.costs[at] = self.cost_of(at);
        }
    }

    /// Returns the size in which a site offers a layer in a period.
    pub(crate) fn offers(&self, site: usize, layer: usize, period: usize) -> Option<usize> {
        self.mixed.offered(site, self.schedules[site], layer, period)
    }

    fn find(&mut self, layer: usize, place: usize, period: usize) -> Two {
        let mut two = NONE;
        let mut looked = 0;
        for (site, metres) in self.near.of(place) {
            looked += 1;
            if self.offers(site as usize, layer, period).is_none() {
                continue;
            }
            if two.first.0 == NOBODY {
                two.first = (site, metres);
            } else {
                two.second = (site, metres);
                break;
            }
        }
        self.work += looked;
        two
    }

    /// Returns what somebody costs a layer whose nearest site is so far.
    pub(crate) fn person_cost(layer: &Layer, metres: u32) -> f64 {
        let served = if metres == NOBODY { None } else { layer.cost(metres) };
        match (served, layer.unserved) {
            (Some(cost), Some(unserved)) => f64::from(cost.min(unserved)),
            (Some(cost), None) => f64::from(cost),
            (None, Some(unserved)) => f64::from(unserved),
            (None, None) => LOST,
        }
    }

    fn cost_of(&self, at: usize) -> f64 {
        let (mixed, layer) = (self.mixed, &self.mixed.layers[at]);
        if layer.limited {
            let periods = self.flows[at].iter().zip(&layer.factors);
            return periods.map(|(flow, &factor)| flow.cost * factor as f64).sum();
        }
        let mut sum = 0.0;
        for (place, &persons) in layer.persons.iter().enumerate() {
            let row = &self.nearest[at][place * mixed.periods..(place + 1) * mixed.periods];
            let costs = row.iter().zip(&layer.factors);
            let of_place: f64 =
                costs.map(|(two, &f)| Self::person_cost(layer, two.first.1) * f as f64).sum();
            sum += persons as f64 * of_place;
        }
        sum
    }

    /// Returns the cost of all layers.
    pub(crate) fn cost(&self) -> f64 {
        self.costs.iter().sum()
    }

    /// Returns by how much each rule is missed, those that are.
    pub(crate) fn missed(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        self.mixed.rules.iter().enumerate().filter_map(|(at, rule)| {
            let excess = excess(self.usage[at] - rule.right, rule.exactly);
            (excess > 0).then_some((at, excess))
        })
    }

    /// Returns whether every rule is kept.
    pub(crate) fn keeps_rules(&self) -> bool {
        self.missed().next().is_none() && self.floors_are_kept()
    }

    pub(crate) fn floors_are_kept(&self) -> bool {
        (0..self.mixed.floors.len()).all(|floor| self.short_of(floor) == 0)
    }

    /// Returns the persons of a floor of coverage who are out of reach.
    pub(crate) fn out_of(&self, at: usize) -> u64 {
        let floor = &self.mixed.floors[at];
        let persons = &self.mixed.layers[floor.kind].persons;
        let out = floor.places.iter().zip(&self.reached[at]).filter(|&(_, &sites)| sites == 0);
        out.map(|(&place, _)| persons[place]).sum()
    }

    /// Returns by how many persons a floor of coverage is missed.
    pub(crate) fn short_of(&self, at: usize) -> u64 {
        self.out_of(at).saturating_sub(self.mixed.floors[at].may_miss)
    }

    fn count_floors(&mut self, site: usize, schedule: u32, by: i32) {
        let mixed = self.mixed;
        for (at, floor) in mixed.floors.iter().enumerate() {
            if mixed.offered(site, schedule, floor.kind, floor.period).is_none() {
                continue;
            }
            let reach = mixed.layers[floor.kind].reach;
            for (place, _) in mixed.pairs.of(site).take_while(|&(_, metres)| metres <= reach) {
                if let Ok(index) = floor.places.binary_search(&place) {
                    let count = &mut self.reached[at][index];
                    *count = count.wrapping_add_signed(by);
                    for (site, _) in self.near.of(place).take_while(|&(_, metres)| metres <= reach)
                    {
                        self.stale[site as usize] = true;
                    }
                }
            }
        }
    }

    /// Gives a site another schedule.
    pub(crate) fn set(&mut self, site: usize, schedule: u32) {
        let mixed = self.mixed;
        let before = self.schedules[site];
        if before == schedule {
            return;
        }
        for &(rule, brought) in &mixed.brings[site][before as usize] {
            self.usage[rule as usize] -= brought;
        }
        for &(rule, brought) in &mixed.brings[site][schedule as usize] {
            self.usage[rule as usize] += brought;
        }
        self.stale[site] = true;
        self.count_floors(site, before, -1);
        self.schedules[site] = schedule;
        self.count_floors(site, schedule, 1);
        let mut changed: Vec<(usize, usize)> = Vec::new();
        for at in 0..mixed.layers.len() {
            for period in 0..mixed.periods {
                let was = mixed.offered(site, before, at, period);
                let is = mixed.offered(site, schedule, at, period);
                if mixed.layers[at].limited {
                    changed.extend((was != is).then_some((at, period)));
                } else if was.is_some() != is.is_some() {
                    self.update(at, site, period, is.is_some());
                }
            }
        }
        self.send_anew(&changed);
    }

    /// Solves anew who goes where with limited layers in some periods.
    fn send_anew(&mut self, changed: &[(usize, usize)]) {
        if changed.is_empty() {
            return;
        }
        let this = &*self;
        let flows: Vec<(Flow, u64)> =
            changed.par_iter().map(|&(at, period)| this.flow(at, period)).collect();
        for (&(at, period), (flow, work)) in changed.iter().zip(flows) {
            self.flows[at][period] = flow;
            self.work += work;
        }
        for at in 0..self.mixed.layers.len() {
            if changed.iter().any(|&(layer, _)| layer == at) {
                self.costs[at] = self.cost_of(at);
            }
        }
        self.stale.fill(true);
    }

    /// Takes note that a site offers a layer without limit in a period, or no longer.
    fn update(&mut self, at: usize, site: usize, period: usize, offers: bool) {
        let mixed = self.mixed;
        let layer = &mixed.layers[at];
        let me = site as u32;
        let mut change = 0.0;
        for (place, metres) in mixed.pairs.of(site) {
            self.work += 1;
            let slot = place * mixed.periods + period;
            let two = self.nearest[at][slot];
            let now = if offers {
                if (metres, me) < (two.first.1, two.first.0) {
                    Two { first: (me, metres), second: two.first }
                } else if (metres, me) < (two.second.1, two.second.0) {
                    Two { second: (me, metres), ..two }
                } else {
                    continue;
                }
            } else if two.first.0 == me || two.second.0 == me {
                self.find(at, place, period)
            } else {
                continue;
            };
            self.nearest[at][slot] = now;
            let reach = two.second.1.max(now.second.1);
            for (site, _) in self.near.of(place).take_while(|&(_, metres)| metres <= reach) {
                self.stale[site as usize] = true;
            }
            let cost = |two: Two| Self::person_cost(layer, two.first.1);
            change += layer.persons[place] as f64 * (cost(now) - cost(two));
        }
        self.costs[at] += change * layer.factors[period] as f64;
    }

    /// Returns the sites that offer a layer in a period, with the size.
    fn offered(&self, at: usize, period: usize) -> Vec<(u32, u32)> {
        (0..self.mixed.sites())
            .filter_map(|site| Some((site as u32, self.offers(site, at, period)? as u32)))
            .collect()
    }

    /// Returns who goes where with a limited layer in a period, and the work of it.
    fn flow(&self, at: usize, period: usize) -> (Flow, u64) {
        let layer = &self.mixed.layers[at];
        let offered = self.offered(at, period);
        let work = (self.mixed.places * (offered.len() + 1)) as u64;
        let prices = &self.flows[at][period].prices;
        let flow = match &self.near.markets[at] {
            Some(market) => market.split(layer, &offered, prices),
            None => self.market(at, &offered).split(layer, &offered, &[]),
        };
        (flow, work)
    }

    fn market(&self, at: usize, offered: &[(u32, u32)]) -> Market {
        Market::new(self.mixed, at, |site, size| offered.contains(&(site as u32, size as u32)))
    }

    /// Returns who goes where with a layer in a period where the people of a place stay together.
    pub(crate) fn whole_flow(&self, at: usize, period: usize) -> Flow {
        let layer = &self.mixed.layers[at];
        let offered = self.offered(at, period);
        match &self.near.markets[at] {
            Some(market) => market.whole(layer, &offered),
            None => self.market(at, &offered).whole(layer, &offered),
        }
    }
}

/// Returns by how much a rule is missed.
pub(crate) fn excess(beyond: i64, exactly: bool) -> i64 {
    if exactly { beyond.abs() } else { beyond.max(0) }
}

impl Mixed {
    /// Returns the size in which a site offers a layer in a period under a schedule.
    pub(crate) fn offered(
        &self,
        site: usize,
        schedule: u32,
        layer: usize,
        period: usize,
    ) -> Option<usize> {
        let package = self.columns[site].schedules[schedule as usize].package_in(period)?;
        let mut listed = self.offers[package].iter();
        listed.find(|&&(offered, _)| offered == layer).map(|&(_, size)| size)
    }
}

/// The people and the sites of a limited kind, in all sizes; the last site serves those whom no other does.
#[derive(Clone, Debug)]
struct Market {
    instance: Option<Capacitated>,
    /// Position of each site and size among the sites of the instance.
    slots: HashMap<(u32, u32), usize>,
    /// Site of each slot.
    sites: Vec<u32>,
}

/// What a pair costs that does not exist.
const NO_PAIR: u64 = 4_000_000_000;

impl Market {
    /// Lists the sites that `offers` says may offer the layer in a size.
    fn new(mixed: &Mixed, at: usize, offers: impl Fn(usize, usize) -> bool) -> Self {
        let layer = &mixed.layers[at];
        let total: u64 = layer.persons.iter().sum();
        let mut market = Self { instance: None, slots: HashMap::new(), sites: Vec::new() };
        let mut limits = Vec::new();
        let mut rows: Vec<Vec<u32>> = Vec::new();
        for site in 0..mixed.sites() {
            let mut row = vec![u32::MAX; mixed.places];
            for (place, metres) in mixed.pairs.of(site) {
                row[place] = layer.cost(metres).unwrap_or(u32::MAX);
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
        let lost = layer.unserved.map_or(LOST as u64, u64::from);
        let cost = |client: usize, slot: usize| match rows.get(slot).map(|row| row[client]) {
            None => lost,
            Some(u32::MAX) => NO_PAIR,
            Some(cost) => u64::from(cost),
        };
        market.instance = Capacitated::new(layer.persons.clone(), &limits, false, cost);
        market
    }

    /// Returns the slots of sites with sizes, and the last one.
    fn open(&self, offered: &[(u32, u32)]) -> Vec<usize> {
        let slots = offered.iter().filter_map(|offer| self.slots.get(offer).copied());
        slots.chain([self.sites.len()]).collect()
    }

    /// Sends everybody where it costs least; `prices` are those of a similar problem.
    fn split(&self, layer: &Layer, offered: &[(u32, u32)], prices: &[i64]) -> Flow {
        let Some(instance) = &self.instance else { return nobody(layer) };
        let open = self.open(offered);
        let mut transport = Transport::new(instance);
        if prices.len() == instance.sites() {
            transport.set_prices(prices);
        }
        let Some(cost) = transport.solve(&open) else { return nobody(layer) };
        Flow {
            parts: self.named(instance, &transport.parts()),
            worth: transport.worth(&open),
            prices: transport.prices().to_vec(),
            cost,
        }
    }

    /// Sends the people of each place to one site; not always at least cost.
    fn whole(&self, layer: &Layer, offered: &[(u32, u32)]) -> Flow {
        let Some(instance) = &self.instance else { return nobody(layer) };
        let Some(found) = single::first(instance, &self.open(offered), (1, 0), None) else {
            return nobody(layer);
        };
        let parts = self.named(instance, &found.parts);
        Flow { parts, cost: found.value as f64, ..Flow::default() }
    }

    /// Names the sites of parts; who goes to the last is not served, nor who has no pair.
    fn named(&self, instance: &Capacitated, parts: &[(usize, usize, u64)]) -> Vec<(u32, u32, u64)> {
        let served = parts.iter().filter(|&&(place, slot, _)| {
            slot < self.sites.len() && instance.cost(place, slot) != NO_PAIR
        });
        served.map(|&(place, slot, persons)| (place as u32, self.sites[slot], persons)).collect()
    }
}

fn nobody(layer: &Layer) -> Flow {
    let lost = layer.unserved.map_or(LOST, f64::from);
    let persons: u64 = layer.persons.iter().sum();
    let worth = vec![lost; layer.persons.len()];
    Flow { worth, cost: persons as f64 * lost, ..Flow::default() }
}
