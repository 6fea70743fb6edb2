//! The bound of the rules alone, without costs: above 0 it shows that no plan keeps them.
//!
//! It has multipliers of its own, those that the node names and no others. Costs are 0, each person counts once,
//! and who need not be served does not count. Where everybody must be served there is no cut-off, so that every
//! site is near every place: what a site saves with a kind depends on its limit alone. Held goals are rules: their
//! layers count as they do elsewhere.

use std::collections::BTreeMap;

use groundwork_model::certificate::{RulePrice, ScheduleNode};

use super::layers::Times;
use super::prices::Of;
use super::savings::{counted, most_saved};
use super::state::{Savings, State};
use crate::schedules::rules::{Feature, Row};

/// Holds what any site saves with each kind in each period at each limit, and what its features cost.
pub(super) struct Alone<'s, 'a> {
    state: &'s State<'a>,
    /// What each feature of each site costs in prices.
    features: Vec<i128>,
    /// What is saved in each layer of a kind.
    savings: Vec<OfLayer>,
    /// For each floor of coverage what each site saves; empty where it has no price.
    floor_savings: Vec<Vec<i128>>,
    cost: i128,
    minima: Vec<i128>,
}

/// Is what sites save in the layer of a kind.
enum OfLayer {
    /// Every site the same in each period at each limit.
    Everywhere(Vec<i128>),
    /// Some sites in some periods (0-based) at each limit; nothing elsewhere.
    Somewhere(BTreeMap<(usize, usize), Vec<i128>>),
}

impl<'s, 'a> Alone<'s, 'a> {
    /// Prices the schedules left in a state by the multipliers that a node names.
    pub(super) fn of(state: &'s State<'a>, node: &ScheduleNode) -> Self {
        let (world, layers) = (state.pricing.world, state.pricing.layers);
        let mut alone = Self {
            state,
            features: vec![0; world.sites() * state.layout.len()],
            savings: Vec::new(),
            floor_savings: vec![Vec::new(); layers.floors.len()],
            cost: 0,
            minima: Vec::new(),
        };
        alone.price_rules(node);
        for (layer, kind) in layers.kinds.iter().enumerate() {
            let saved = if kind.is_held {
                OfLayer::Somewhere(alone.of_held(layer, node))
            } else {
                let (u, savings) = alone.of_layer(layer, node);
                alone.cost += u;
                OfLayer::Everywhere(savings)
            };
            alone.savings.push(saved);
        }
        alone.minima = (0..world.sites()).map(|site| state.least(site, &alone)).collect();
        alone.cost += alone.minima.iter().sum::<i128>();
        alone
    }

    /// Returns whether no plan is left.
    pub(super) fn is_impossible(&self) -> bool {
        self.cost > 0
    }

    /// Returns whether no plan is left in which a site has one schedule.
    pub(super) fn is_impossible_with(&self, site: usize, added: i128) -> bool {
        self.cost - self.minima[site] + added > 0
    }

    fn price_rules(&mut self, node: &ScheduleNode) {
        for price in &node.prices {
            match self.state.priced.find(&price.of) {
                Some(Of::Row(number)) => {
                    self.price_row(&self.state.priced.rows[number], price.price);
                }
                // The worst future counts nothing here.
                Some(Of::Sum(number)) if number >= self.state.priced.futures => {
                    self.price_row(&self.state.priced.sums[number], price.price);
                }
                Some(Of::Floor(number)) => self.price_floor(number, price.price, node),
                Some(Of::Sum(_)) | None => {}
            }
        }
    }

    fn price_row(&mut self, row: &Row, price: i128) {
        let layout = self.state.layout;
        self.cost -= price * row.most;
        for entry in &row.entries {
            let at = entry.site as usize * layout.len() + layout.index(entry.feature);
            self.features[at] += price * entry.coefficient;
        }
    }

    fn price_floor(&mut self, number: usize, price: i128, node: &ScheduleNode) {
        let pricing = self.state.pricing;
        let layers = pricing.layers;
        let floor = &layers.floors[number];
        self.cost -= price * floor.spared;
        let savings = &mut self.floor_savings[number];
        savings.resize(pricing.world.sites(), 0);
        for (place, radius) in radii_of(node, layers.kinds.len() + number) {
            let u = i128::from(radius).min(price) * i128::from(floor.persons[place]);
            self.cost += u;
            pricing.sites_within(place, floor.reach_m, |site| savings[site] += u);
        }
    }

    /// Returns the sum of all u of a kind, and what sites save.
    fn of_layer(&self, layer: usize, node: &ScheduleNode) -> (i128, Vec<i128>) {
        let layers = self.state.pricing.layers;
        let kind = &layers.kinds[layer];
        let each = layers.periods * kind.limits.len();
        if kind.tariff.unserved.is_some() {
            return (0, vec![0; each]);
        }
        let mut items: Vec<Vec<(u64, u64)>> = vec![Vec::new(); layers.periods];
        for (at, radius) in radii_of(node, layer) {
            let index = at / layers.places;
            items[index].push((radius, kind.persons.at(at % layers.places, index as u32 + 1)));
        }
        let (mut sum, mut savings) = (0, Vec::with_capacity(each));
        for items in items {
            let one = |item: &(u64, u64)| i128::from(item.0) * i128::from(item.1);
            sum += items.iter().map(one).sum::<i128>();
            let saved = most_saved(items, &kind.limits);
            savings.extend(saved.into_iter().map(|one| i128::try_from(one).unwrap_or(i128::MAX)));
        }
        (sum, savings)
    }

    /// Adds all u of a kind under a held goal; returns what sites save.
    fn of_held(
        &mut self,
        layer: usize,
        node: &ScheduleNode,
    ) -> BTreeMap<(usize, usize), Vec<i128>> {
        let (pricing, layers) = (self.state.pricing, self.state.pricing.layers);
        let kind = &layers.kinds[layer];
        let of_layer = |of: Option<Of>| matches!((of, kind.times), (Some(Of::Sum(sum)), Times::Price(own)) if sum == own);
        let named = |price: &&RulePrice| of_layer(self.state.priced.find(&price.of));
        let price = node.prices.iter().find(named).map_or(0, |price| price.price);
        let times = price.unsigned_abs();
        let mut items: BTreeMap<(usize, usize), Vec<(u64, u64)>> = BTreeMap::new();
        for (at, radius) in radii_of(node, layer) {
            let (index, place) = (at / layers.places, at % layers.places);
            let radius = kind.cut(radius, times);
            let persons = kind.persons.at(place, index as u32 + 1);
            if radius == 0 || persons == 0 {
                continue;
            }
            self.cost += counted(kind, index, u128::from(radius) * u128::from(persons));
            pricing.sites_near(kind, place, radius, times, |site, metres| {
                let gain = kind.gain((radius, index), layers.is_own(place, site), metres, times);
                if gain > 0 {
                    items.entry((site, index)).or_default().push((gain, persons));
                }
            });
        }
        let saved = |((site, index), items): ((usize, usize), Vec<(u64, u64)>)| {
            let saved = most_saved(items, &kind.limits);
            let saved = saved.into_iter().map(|one| counted(kind, index, one)).collect();
            ((site, index), saved)
        };
        items.into_iter().map(saved).collect()
    }

    fn floors_saved(&self, site: usize, package: usize, index: usize) -> i128 {
        let pricing = self.state.pricing;
        let offers = &pricing.world.packages[package].offers;
        let floors = pricing.layers.floors.iter().zip(&self.floor_savings);
        floors
            .filter(|(floor, _)| floor.period as usize == index + 1 && offers[floor.kind].is_some())
            .filter_map(|(_, savings)| savings.get(site))
            .sum()
    }
}

/// Returns the radii of a layer that a node names, the last of each position, with their positions.
fn radii_of(node: &ScheduleNode, layer: usize) -> impl Iterator<Item = (usize, u64)> {
    let mut named: BTreeMap<usize, u64> = BTreeMap::new();
    for changes in node.radii.iter().filter(|changes| changes.layer as usize == layer + 1) {
        for (&at, &radius) in changes.changed.iter().zip(&changes.radii) {
            named.insert(at as usize, radius);
        }
    }
    named.into_iter()
}

impl Savings for Alone<'_, '_> {
    fn of(&self, site: usize, package: usize, index: usize, future: usize) -> i128 {
        let layers = self.state.pricing.layers;
        let of_layer = |layer: &usize| {
            let kind = &layers.kinds[*layer];
            let limit = kind.limit_of[package]?;
            match &self.savings[*layer] {
                OfLayer::Everywhere(saved) => Some(saved[index * kind.limits.len() + limit]),
                OfLayer::Somewhere(saved) => Some(saved.get(&(site, index))?[limit]),
            }
        };
        layers.of_futures[future].iter().filter_map(of_layer).sum()
    }

    fn floors(&self, site: usize, package: usize, index: usize) -> i128 {
        self.floors_saved(site, package, index)
    }

    fn feature(&self, site: usize, feature: Feature) -> i128 {
        let layout = self.state.layout;
        self.features[site * layout.len() + layout.index(feature)]
    }
}
