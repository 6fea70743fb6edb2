//! The bound of prices, radii and schedules, kept up to date while they change.
//!
//! Every change costs what it touches. All sums are exact, so that changing there and back changes
//! nothing; that they fit has been shown for the largest numbers of the proof.

use std::collections::BTreeSet;

use groundwork_model::Problem;

use super::Given;
use super::layers::Times;
use super::prices::{Of, Priced};
use super::savings::Pricing;
use crate::relaxation::malformed;
use crate::schedules::futures::{self, Late};
use crate::schedules::lists::Schedule;
use crate::schedules::rules::{Feature, Layout, Row};
use crate::schedules::world::World;

/// Is a bound with all that it is made of; numbers are x 2^shift.
pub(super) struct State<'a> {
    pub(super) pricing: &'a Pricing<'a>,
    pub(super) priced: &'a Priced,
    pub(super) layout: Layout,
    /// The price of each row and of each floor of coverage.
    prices: Vec<i128>,
    floor_prices: Vec<i128>,
    sum_prices: Vec<i128>,
    /// The radii of each layer, place by place, as given.
    pub(super) radii: Vec<Vec<u64>>,
    /// What each feature of each site costs in prices.
    features: Vec<i128>,
    /// For each kind what each site saves in each period at each limit.
    savings: Vec<Vec<i128>>,
    /// For each floor of coverage what each site saves.
    floor_savings: Vec<Vec<i128>>,
    /// The schedules left to each site, by number.
    kept: Vec<Vec<u32>>,
    /// The least that each site adds.
    minima: Vec<i128>,
    sum_of_minima: i128,
    /// For each kind the sum of all u.
    u: Vec<i128>,
    sum_of_floor_u: i128,
    priced_numbers: i128,
    stale: Stale,
}

/// Lists what is to be computed again.
struct Stale {
    sites: Vec<usize>,
    is_listed: Vec<bool>,
    /// Layer, site and period (0-based) of kinds that are limited.
    savings: BTreeSet<(usize, usize, usize)>,
    /// Layers of which the price has changed: all that they say.
    layers: BTreeSet<usize>,
}

impl Stale {
    fn add(&mut self, site: usize) {
        if !std::mem::replace(&mut self.is_listed[site], true) {
            self.sites.push(site);
        }
    }
}

/// Tells what a site saves and what its features cost.
pub(super) trait Savings {
    /// Returns what a site saves in a future by offering a package in a period (0-based) of it.
    fn of(&self, site: usize, package: usize, index: usize, future: usize) -> i128;

    /// Returns what a site saves in floors of coverage with a package in a period (0-based), as planned.
    fn floors(&self, site: usize, package: usize, index: usize) -> i128;

    /// Returns what a feature of a site costs in prices.
    fn feature(&self, site: usize, feature: Feature) -> i128;
}

/// Holds for each package the sums up to each period of what a site adds by offering it.
struct Sums {
    periods: usize,
    sums: Vec<i128>,
}

impl Sums {
    /// Returns what a site adds by all that a schedule offers.
    fn of(&self, world: &World<'_>, schedule: &Schedule) -> i128 {
        let end = schedule.until.min(world.periods + 1);
        let over = |package: usize, from: u32, until: u32| {
            let sums = &self.sums[package * (self.periods + 1)..][..=self.periods];
            if from < until { sums[until as usize - 1] - sums[from as usize - 1] } else { 0 }
        };
        match schedule.turn {
            None => over(schedule.package, schedule.from, end),
            Some((upgrade, period)) => {
                let turns = period.min(end);
                let to = world.upgrades[upgrade].to;
                over(schedule.package, schedule.from, turns) + over(to, turns, end)
            }
        }
    }
}

/// Holds what a site adds by offering packages.
pub(super) struct OfferCosts {
    /// By what is planned.
    planned: Sums,
    /// By what turns out in the futures in which it is so late.
    turned_out: Vec<(Late, Sums)>,
}

impl<'a> State<'a> {
    /// Prices all sites, with all their schedules; says how many pairs were measured.
    pub(super) fn new(
        pricing: &'a Pricing<'a>,
        priced: &'a Priced,
        given: &Given<'_>,
    ) -> (Self, u64) {
        let (world, layers) = (pricing.world, pricing.layers);
        let layout = Layout::of(world);
        let sites = world.sites();
        let radii: Vec<Vec<u64>> =
            (0..layers.len()).map(|layer| by_place(pricing, layer, &given.radii[layer])).collect();
        let mut state = Self {
            pricing,
            priced,
            layout,
            prices: vec![0; priced.rows.len()],
            floor_prices: vec![0; layers.floors.len()],
            sum_prices: vec![0; priced.sums.len()],
            radii,
            features: vec![0; sites * layout.len()],
            savings: vec![Vec::new(); layers.kinds.len()],
            floor_savings: vec![vec![0; sites]; layers.floors.len()],
            kept: world.lists.iter().map(|list| (0..list.len() as u32).collect()).collect(),
            minima: vec![0; sites],
            sum_of_minima: 0,
            u: vec![0; layers.kinds.len()],
            sum_of_floor_u: 0,
            priced_numbers: 0,
            stale: Stale {
                sites: Vec::new(),
                is_listed: vec![false; sites],
                savings: BTreeSet::new(),
                layers: BTreeSet::new(),
            },
        };
        for entry in &priced.charges {
            let at = entry.site as usize * layout.len() + layout.index(entry.feature);
            state.features[at] += entry.coefficient << layers.shift;
        }
        for price in given.prices {
            if let Some(of) = priced.find(&price.of) {
                state.set_price(of, price.price);
            }
        }
        let pairs = (0..layers.kinds.len()).map(|layer| state.price_layer(layer)).sum();
        state.stale.layers.clear();
        state.settle();
        (state, pairs)
    }

    /// Returns the cost, x 2^shift, that no plan with these schedules beats.
    pub(super) fn cost(&self) -> i128 {
        self.u.iter().sum::<i128>() + self.sum_of_floor_u - self.priced_numbers + self.sum_of_minima
    }

    /// Refuses prices of futures that do not share out 2^shift, at a node counted from 1; 0 is the root.
    pub(super) fn check_sum(&self, node: usize) -> Result<(), Problem> {
        let whole = 1 << self.pricing.layers.shift;
        let of_futures = &self.sum_prices[..self.priced.futures];
        if of_futures.is_empty() || of_futures.iter().sum::<i128>() == whole {
            return Ok(());
        }
        let cause = format!("the prices of the futures do not add up to {whole} at node {node}");
        Err(malformed(cause))
    }

    /// Returns the schedules left to a site.
    pub(super) fn kept(&self, site: usize) -> &[u32] {
        &self.kept[site]
    }

    /// Changes a price; returns what it was. The bound is right again after [`settle`](Self::settle).
    pub(super) fn set_price(&mut self, of: Of, price: i128) -> i128 {
        match of {
            Of::Row(number) => self.set_row_price(number, price),
            Of::Floor(number) => self.set_floor_price(number, price),
            Of::Sum(number) => self.set_sum_price(number, price),
        }
    }

    /// Returns how many times costs are taken in the layer of a kind.
    fn times(&self, layer: usize) -> u128 {
        match self.pricing.layers.kinds[layer].times {
            Times::Whole => 1 << self.pricing.layers.shift,
            // No price of a sum is below 0.
            Times::Price(sum) => self.sum_prices[sum].unsigned_abs(),
        }
    }

    fn set_sum_price(&mut self, number: usize, price: i128) -> i128 {
        let before = std::mem::replace(&mut self.sum_prices[number], price);
        if price == before {
            return before;
        }
        let kinds = self.pricing.layers.kinds.iter().enumerate();
        let priced = kinds.filter(|(_, kind)| kind.times == Times::Price(number));
        self.stale.layers.extend(priced.map(|(layer, _)| layer));
        self.price_row(&self.priced.sums[number], price - before);
        before
    }

    /// Adds so much to the price of a row.
    fn price_row(&mut self, row: &Row, more: i128) {
        self.priced_numbers += more * row.most;
        for entry in &row.entries {
            let site = entry.site as usize;
            let at = site * self.layout.len() + self.layout.index(entry.feature);
            self.features[at] += more * entry.coefficient;
            self.stale.add(site);
        }
    }

    /// Takes all u and savings of a layer anew; returns how many pairs were measured.
    fn price_layer(&mut self, layer: usize) -> u64 {
        let times = self.times(layer);
        let (savings, pairs) = self.pricing.savings(layer, &self.radii[layer], times);
        self.savings[layer] = savings;
        self.u[layer] = self.u_of_layer(layer, times);
        (0..self.kept.len()).for_each(|site| self.stale.add(site));
        pairs
    }

    fn set_row_price(&mut self, number: usize, price: i128) -> i128 {
        let before = std::mem::replace(&mut self.prices[number], price);
        let more = price - before;
        if more == 0 {
            return before;
        }
        self.price_row(&self.priced.rows[number], more);
        before
    }

    fn set_floor_price(&mut self, number: usize, price: i128) -> i128 {
        let before = std::mem::replace(&mut self.floor_prices[number], price);
        let layers = self.pricing.layers;
        self.priced_numbers += (price - before) * layers.floors[number].spared;
        for place in 0..layers.places {
            let radius = i128::from(self.radii[layers.kinds.len() + number][place]);
            self.add_floor_u(number, place, radius.min(price) - radius.min(before));
        }
        before
    }

    /// Adds to what a place counts in a floor of coverage, for one person.
    fn add_floor_u(&mut self, number: usize, place: usize, more: i128) {
        let floor = &self.pricing.layers.floors[number];
        let more = more * i128::from(floor.persons[place]);
        if more == 0 {
            return;
        }
        self.sum_of_floor_u += more;
        let (savings, stale) = (&mut self.floor_savings[number], &mut self.stale);
        self.pricing.sites_within(place, floor.reach_m, |site| {
            savings[site] += more;
            stale.add(site);
        });
    }

    /// Changes a radius, given by its position in the list of its layer in the certificate; returns what
    /// it was. The bound is right again after [`settle`](Self::settle).
    pub(super) fn set_radius(&mut self, layer: usize, at: usize, radius: u64) -> u64 {
        let layers = self.pricing.layers;
        match layer.checked_sub(layers.kinds.len()) {
            Some(floor) => {
                let before = std::mem::replace(&mut self.radii[layer][at], radius);
                let cut = |radius: u64| i128::from(radius).min(self.floor_prices[floor]);
                self.add_floor_u(floor, at, cut(radius) - cut(before));
                before
            }
            None => self.set_kind_radius(layer, at, radius),
        }
    }

    fn set_kind_radius(&mut self, layer: usize, at: usize, radius: u64) -> u64 {
        let layers = self.pricing.layers;
        let (index, place) = (at / layers.places, at % layers.places);
        let at = place * layers.periods + index;
        let given = std::mem::replace(&mut self.radii[layer][at], radius);
        let (kind, times) = (&layers.kinds[layer], self.times(layer));
        let (before, radius) = (kind.cut(given, times), kind.cut(radius, times));
        let persons = kind.persons.at(place, index as u32 + 1);
        // The rest of a layer of which the price has changed is taken anew as well.
        if before == radius || persons == 0 || self.stale.layers.contains(&layer) {
            return given;
        }
        // With a radius above 0 the product has been seen to fit.
        let factor = i128::try_from(kind.factors[index]).unwrap_or(i128::MAX);
        let one = i128::from(persons).saturating_mul(factor);
        if one == 0 {
            return given;
        }
        self.u[layer] += one * (i128::from(radius) - i128::from(before));
        let limits = kind.limits.len();
        let (savings, stale) = (&mut self.savings[layer], &mut self.stale);
        self.pricing.sites_near(kind, place, radius.max(before), times, |site, metres| {
            let is_own = layers.is_own(place, site);
            let gain = |radius: u64| i128::from(kind.gain((radius, index), is_own, metres, times));
            let more = one * (gain(radius) - gain(before));
            let of_site = &mut savings[(site * layers.periods + index) * limits..][..limits];
            for (saving, limit) in of_site.iter_mut().zip(&kind.limits) {
                if limit.is_none() {
                    *saving += more;
                } else {
                    stale.savings.insert((layer, site, index));
                }
            }
            stale.add(site);
        });
        given
    }

    /// Changes the schedules left to a site; returns what they were. The bound is right again after
    /// [`settle`](Self::settle).
    pub(super) fn set_kept(&mut self, site: usize, kept: Vec<u32>) -> Vec<u32> {
        self.stale.add(site);
        std::mem::replace(&mut self.kept[site], kept)
    }

    /// Computes again what has changed.
    pub(super) fn settle(&mut self) {
        let layers = self.pricing.layers;
        for layer in std::mem::take(&mut self.stale.layers) {
            self.price_layer(layer);
        }
        for (layer, site, index) in std::mem::take(&mut self.stale.savings) {
            if !self.pricing.can_operate[site] {
                continue;
            }
            let (radii, times) = (&self.radii[layer], self.times(layer));
            let saved = self.pricing.savings_of_period(layer, site, index, radii, times);
            let at = (site * layers.periods + index) * saved.len();
            self.savings[layer][at..][..saved.len()].copy_from_slice(&saved);
        }
        while let Some(site) = self.stale.sites.pop() {
            self.stale.is_listed[site] = false;
            let minimum = self.least(site, self);
            self.sum_of_minima += minimum - std::mem::replace(&mut self.minima[site], minimum);
        }
    }

    /// Returns the cost that no plan beats in which a site has one schedule.
    pub(super) fn cost_with(&self, site: usize, added: i128) -> i128 {
        self.cost() - self.minima[site] + added
    }

    /// Returns the least that a site adds by the schedules left to it.
    pub(super) fn least(&self, site: usize, savings: &impl Savings) -> i128 {
        let costs = self.offer_costs(site, savings);
        let added = self.kept[site].iter().map(|number| self.added(site, *number, &costs, savings));
        added.min().unwrap_or(0)
    }

    /// Returns what the site adds by offering each package up to each period.
    pub(super) fn offer_costs(&self, site: usize, savings: &impl Savings) -> OfferCosts {
        let Layout { periods, packages, .. } = self.layout;
        let sums = |of_period: &dyn Fn(usize, usize) -> i128| {
            let mut sums = Sums { periods, sums: Vec::with_capacity(packages * (periods + 1)) };
            for package in 0..packages {
                let mut sum = 0;
                sums.sums.push(0);
                for index in 0..periods {
                    sum += of_period(package, index);
                    sums.sums.push(sum);
                }
            }
            sums
        };
        let planned = sums(&|package, index| {
            let feature = Feature::Offer(package, index as u32 + 1);
            savings.feature(site, feature) - savings.floors(site, package, index)
        });
        let turned_out = self.pricing.lateness[site].iter().map(|(late, futures)| {
            let saved = |package, index| -> i128 {
                futures.iter().map(|f| savings.of(site, package, index, *f)).sum()
            };
            (*late, sums(&|package, index| -saved(package, index)))
        });
        OfferCosts { planned, turned_out: turned_out.collect() }
    }

    /// Returns what a site adds by one of its schedules.
    pub(super) fn added(
        &self,
        site: usize,
        number: u32,
        costs: &OfferCosts,
        savings: &impl Savings,
    ) -> i128 {
        let world = self.pricing.world;
        let schedule: &Schedule = &world.lists[site][number as usize];
        let mut added = savings.feature(site, Feature::Always);
        if world.is_change(site, schedule) {
            added += savings.feature(site, Feature::Changed);
        }
        if schedule.is_never(world) {
            return added;
        }
        if world.standing[site].is_none() {
            added += savings.feature(site, Feature::Open(schedule.package, schedule.from));
        }
        if let Some((upgrade, period)) = schedule.turn {
            added += savings.feature(site, Feature::Turn(upgrade, period));
        }
        added += costs.planned.of(world, schedule);
        let turned_out = costs.turned_out.iter();
        let of_futures = turned_out
            .map(|(late, sums)| sums.of(world, &futures::turns_out(world, site, schedule, *late)));
        added + of_futures.sum::<i128>()
    }

    fn floors_saved(&self, site: usize, package: usize, index: usize) -> i128 {
        let offers = &self.pricing.world.packages[package].offers;
        let floors = self.pricing.layers.floors.iter().zip(&self.floor_savings);
        floors
            .filter(|(floor, _)| floor.period as usize == index + 1 && offers[floor.kind].is_some())
            .map(|(_, savings)| savings[site])
            .sum()
    }

    fn u_of_layer(&self, layer: usize, times: u128) -> i128 {
        let layers = self.pricing.layers;
        let kind = &layers.kinds[layer];
        let mut sum = 0;
        for (place, radii) in self.radii[layer].chunks(layers.periods.max(1)).enumerate() {
            for (index, (radius, factor)) in radii.iter().zip(&kind.factors).enumerate() {
                let radius = kind.cut(*radius, times);
                let persons = kind.persons.at(place, index as u32 + 1);
                // A product without a factor need not fit where the factor is 0.
                if radius > 0 && persons > 0 && *factor > 0 {
                    let factor = i128::try_from(*factor).unwrap_or(i128::MAX);
                    sum += i128::from(radius) * i128::from(persons) * factor;
                }
            }
        }
        sum
    }
}

impl Savings for State<'_> {
    fn of(&self, site: usize, package: usize, index: usize, future: usize) -> i128 {
        let layers = self.pricing.layers;
        let of_layer = |layer: &usize| {
            let kind = &layers.kinds[*layer];
            let limit = kind.limit_of[package]?;
            let at = (site * layers.periods + index) * kind.limits.len() + limit;
            Some(self.savings[*layer][at])
        };
        layers.of_futures[future].iter().filter_map(of_layer).sum()
    }

    fn floors(&self, site: usize, package: usize, index: usize) -> i128 {
        self.floors_saved(site, package, index)
    }

    fn feature(&self, site: usize, feature: Feature) -> i128 {
        self.features[site * self.layout.len() + self.layout.index(feature)]
    }
}

/// Turns the radii of a layer place by place.
fn by_place(pricing: &Pricing<'_>, layer: usize, radii: &[u64]) -> Vec<u64> {
    let layers = pricing.layers;
    if layer >= layers.kinds.len() {
        return radii.to_vec();
    }
    let mut turned = vec![0; radii.len()];
    for (at, radius) in radii.iter().enumerate() {
        let (index, place) = (at / layers.places, at % layers.places);
        turned[place * layers.periods + index] = *radius;
    }
    turned
}
