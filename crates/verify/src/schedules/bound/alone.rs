//! The bound of the rules alone, without costs: above 0 it shows that no plan keeps them.
//!
//! Costs are 0, each person counts once, and who need not be served does not count. Where everybody must
//! be served there is no cut-off, so that every site is near every place: what a site saves with a kind
//! depends on its limit alone.

use super::savings::most_saved;
use super::state::{Savings, State};

/// Holds what any site saves with each kind in each period at each limit.
pub(super) struct Alone<'s, 'a> {
    state: &'s State<'a>,
    savings: Vec<Vec<i128>>,
    cost: i128,
    minima: Vec<i128>,
}

impl<'s, 'a> Alone<'s, 'a> {
    pub(super) fn of(state: &'s State<'a>) -> Self {
        let (world, layers) = (state.pricing.world, state.pricing.layers);
        let mut alone = Self { state, savings: Vec::new(), cost: 0, minima: Vec::new() };
        for layer in 0..layers.kinds.len() {
            let (u, savings) = alone.of_layer(layer);
            alone.cost += u;
            alone.savings.push(savings);
        }
        alone.minima = (0..world.sites()).map(|site| state.least(site, &alone)).collect();
        let minima: i128 = alone.minima.iter().sum();
        alone.cost += state.sum_of_floor_u - state.priced_numbers() + minima;
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

    /// Returns the sum of all u of a kind, and what sites save.
    fn of_layer(&self, layer: usize) -> (i128, Vec<i128>) {
        let layers = self.state.pricing.layers;
        let kind = &layers.kinds[layer];
        let each = layers.periods * kind.limits.len();
        if layers.cap.is_some() {
            return (0, vec![0; each]);
        }
        let (mut sum, mut savings) = (0, Vec::with_capacity(each));
        for index in 0..layers.periods {
            let radius = |place: usize| self.state.radii[layer][place * layers.periods + index];
            let items = kind.persons.iter().enumerate().map(|(place, n)| (radius(place), *n));
            let items: Vec<(u64, u64)> = items.collect();
            let one = |item: &(u64, u64)| i128::from(item.0) * i128::from(item.1);
            sum += items.iter().map(one).sum::<i128>();
            let saved = most_saved(items, &kind.limits);
            savings.extend(saved.into_iter().map(|one| i128::try_from(one).unwrap_or(i128::MAX)));
        }
        (sum, savings)
    }
}

impl Savings for Alone<'_, '_> {
    fn of(&self, site: usize, package: usize, index: usize) -> i128 {
        let kinds = self.state.pricing.layers.kinds.iter().zip(&self.savings);
        let of_kinds: i128 = kinds
            .filter_map(|(kind, savings)| {
                Some(savings[index * kind.limits.len() + kind.limit_of[package]?])
            })
            .sum();
        of_kinds + self.state.floors_saved(site, package, index)
    }
}
