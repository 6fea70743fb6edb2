//! The bound of prices, radii and schedules, kept up to date while they change.
//!
//! Every change costs what it touches. All sums are exact, so that changing there and back changes
//! nothing; that they fit has been shown for the largest numbers of the proof.

use std::collections::BTreeSet;

use super::Given;
use super::prices::{Of, Priced};
use super::savings::Pricing;
use crate::schedules::lists::Schedule;
use crate::schedules::rules::{Feature, Layout};

/// Is a bound with all that it is made of; numbers are x 2^shift.
pub(super) struct State<'a> {
    pub(super) pricing: &'a Pricing<'a>,
    pub(super) priced: &'a Priced,
    pub(super) layout: Layout,
    /// The price of each row and of each floor of coverage.
    prices: Vec<i128>,
    floor_prices: Vec<i128>,
    /// The radii of each layer, place by place; those of kinds are cut.
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
    sum_of_u: i128,
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
    /// Returns what a site saves in all with a package in a period (0-based).
    fn of(&self, site: usize, package: usize, index: usize) -> i128;

    /// Returns what a feature of a site costs in prices.
    fn feature(&self, site: usize, feature: Feature) -> i128;
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
        let mut pairs = 0;
        let mut savings = Vec::with_capacity(layers.kinds.len());
        for (layer, radii) in radii.iter().enumerate().take(layers.kinds.len()) {
            let (of_layer, measured) = pricing.savings(layer, radii);
            pairs += measured;
            savings.push(of_layer);
        }
        let mut state = Self {
            pricing,
            priced,
            layout,
            prices: vec![0; priced.rows.len()],
            floor_prices: vec![0; layers.floors.len()],
            radii,
            features: vec![0; sites * layout.len()],
            savings,
            floor_savings: vec![vec![0; sites]; layers.floors.len()],
            kept: world.lists.iter().map(|list| (0..list.len() as u32).collect()).collect(),
            minima: vec![0; sites],
            sum_of_minima: 0,
            sum_of_u: 0,
            sum_of_floor_u: 0,
            priced_numbers: 0,
            stale: Stale {
                sites: Vec::new(),
                is_listed: vec![false; sites],
                savings: BTreeSet::new(),
            },
        };
        state.sum_of_u = state.all_u();
        for price in given.prices {
            if let Some(of) = priced.find(&price.of) {
                state.set_price(of, price.price);
            }
        }
        (0..sites).for_each(|site| state.stale.add(site));
        state.settle();
        (state, pairs)
    }

    /// Returns the cost, x 2^shift, that no plan with these schedules beats.
    pub(super) fn cost(&self) -> i128 {
        self.sum_of_u + self.sum_of_floor_u - self.priced_numbers + self.sum_of_minima
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
        }
    }

    fn set_row_price(&mut self, number: usize, price: i128) -> i128 {
        let before = std::mem::replace(&mut self.prices[number], price);
        let more = price - before;
        if more == 0 {
            return before;
        }
        let row = &self.priced.rows[number];
        self.priced_numbers += more * row.most;
        for entry in &row.entries {
            let site = entry.site as usize;
            let at = site * self.layout.len() + self.layout.index(entry.feature);
            self.features[at] += more * entry.coefficient;
            self.stale.add(site);
        }
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
            None => self.set_kind_radius(layer, at, layers.cut(radius)),
        }
    }

    fn set_kind_radius(&mut self, layer: usize, at: usize, radius: u64) -> u64 {
        let layers = self.pricing.layers;
        let (index, place) = (at / layers.places, at % layers.places);
        let at = place * layers.periods + index;
        let before = std::mem::replace(&mut self.radii[layer][at], radius);
        if before == radius {
            return before;
        }
        let kind = &layers.kinds[layer];
        let one = i128::from(kind.persons[place]) * i128::from(kind.factors[index]);
        if one == 0 {
            return before;
        }
        self.sum_of_u += one * (i128::from(radius) - i128::from(before));
        let limits = kind.limits.len();
        let (savings, stale) = (&mut self.savings[layer], &mut self.stale);
        self.pricing.sites_near(kind, place, radius.max(before), |site, metres| {
            let gain = |radius: u64| i128::from(layers.gain(radius, metres));
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
        before
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
        for (layer, site, index) in std::mem::take(&mut self.stale.savings) {
            if !self.pricing.can_operate[site] {
                continue;
            }
            let saved = self.pricing.savings_of_period(layer, site, index, &self.radii[layer]);
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

    /// Returns for each package the sums, up to each period, of what the site adds by offering it.
    pub(super) fn offer_costs(&self, site: usize, savings: &impl Savings) -> Vec<i128> {
        let Layout { periods, packages, .. } = self.layout;
        let mut costs = Vec::with_capacity(packages * (periods + 1));
        for package in 0..packages {
            let mut sum = 0;
            costs.push(0);
            for index in 0..periods {
                sum += savings.feature(site, Feature::Offer(package, index as u32 + 1));
                sum -= savings.of(site, package, index);
                costs.push(sum);
            }
        }
        costs
    }

    /// Returns what a site adds by one of its schedules.
    pub(super) fn added(
        &self,
        site: usize,
        number: u32,
        offer_costs: &[i128],
        savings: &impl Savings,
    ) -> i128 {
        let world = self.pricing.world;
        let schedule: &Schedule = &world.lists[site][number as usize];
        let mut added = savings.feature(site, Feature::Always);
        if schedule.is_never(world) {
            return added;
        }
        if world.standing[site].is_none() {
            added += savings.feature(site, Feature::Open(schedule.package, schedule.from));
        }
        let over = |package: usize, from: u32, until: u32| {
            let sums = &offer_costs[package * (self.layout.periods + 1)..];
            sums[until as usize - 1] - sums[from as usize - 1]
        };
        match schedule.turn {
            None => added + over(schedule.package, schedule.from, schedule.until),
            Some((upgrade, period)) => {
                let to = world.upgrades[upgrade].to;
                added
                    + savings.feature(site, Feature::Turn(upgrade, period))
                    + over(schedule.package, schedule.from, period)
                    + over(to, period, schedule.until)
            }
        }
    }

    /// Returns what a site saves in floors of coverage with a package in a period (0-based).
    pub(super) fn floors_saved(&self, site: usize, package: usize, index: usize) -> i128 {
        let offers = &self.pricing.world.packages[package].offers;
        let floors = self.pricing.layers.floors.iter().zip(&self.floor_savings);
        floors
            .filter(|(floor, _)| floor.period as usize == index + 1 && offers[floor.kind].is_some())
            .map(|(_, savings)| savings[site])
            .sum()
    }

    fn all_u(&self) -> i128 {
        let layers = self.pricing.layers;
        let mut sum = 0;
        for (kind, radii) in layers.kinds.iter().zip(&self.radii) {
            for (of_place, persons) in radii.chunks(layers.periods.max(1)).zip(kind.persons) {
                for (radius, factor) in of_place.iter().zip(&kind.factors) {
                    // A product without a factor need not fit where the factor is 0.
                    if *factor > 0 {
                        sum += i128::from(*radius) * i128::from(*persons) * i128::from(*factor);
                    }
                }
            }
        }
        sum
    }
}

impl Savings for State<'_> {
    fn of(&self, site: usize, package: usize, index: usize) -> i128 {
        let layers = self.pricing.layers;
        let kinds = layers.kinds.iter().zip(&self.savings);
        let of_kinds: i128 = kinds
            .filter_map(|(kind, savings)| {
                let limit = kind.limit_of[package]?;
                Some(savings[(site * layers.periods + index) * kind.limits.len() + limit])
            })
            .sum();
        of_kinds + self.floors_saved(site, package, index)
    }

    fn feature(&self, site: usize, feature: Feature) -> i128 {
        self.features[site * self.layout.len() + self.layout.index(feature)]
    }
}

/// Turns the radii of a layer place by place, cut where they are of a kind.
fn by_place(pricing: &Pricing<'_>, layer: usize, radii: &[u64]) -> Vec<u64> {
    let layers = pricing.layers;
    if layer >= layers.kinds.len() {
        return radii.to_vec();
    }
    let mut turned = vec![0; radii.len()];
    for (at, radius) in radii.iter().enumerate() {
        let (index, place) = (at / layers.places, at % layers.places);
        turned[place * layers.periods + index] = layers.cut(*radius);
    }
    turned
}
