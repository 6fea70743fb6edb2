//! What multipliers prove, in whole numbers: the same sums that a reader of the certificate makes.

use rayon::prelude::*;

use super::Capacitated;
use super::ascent::{Relaxed, State, WORTH_SHARING};
use super::knapsack::{Item, most_saved};

/// The largest shift that a certificate may have.
const SHIFT_MAX: u32 = 32;

/// Is a point of the dual as a certificate states it, all x 2^shift.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Multipliers {
    /// Price of one more site: 0 or below.
    pub(crate) price: i128,
    /// Worth of a whole client where costs are for whole clients, else of a unit.
    pub(crate) radii: Vec<u64>,
}

/// Holds multipliers with what they give, all x 2^shift.
#[derive(Clone, Debug)]
pub(crate) struct Exact {
    shift: u32,
    pub(crate) multipliers: Multipliers,
    /// Sum of weight x radius, less what the price makes of the fewest sites that can serve all demand.
    sum: i128,
    /// What opening each site adds: opening cost and price less saving; `None` for sites that were closed.
    reduced: Vec<Option<i128>>,
}

/// Returns the shift at which every cost that counts fits 64 bits.
pub(crate) fn shift(instance: &Capacitated) -> u32 {
    let largest = (0..instance.sites()).flat_map(|site| instance.costs_of(site)).max();
    // Two digits are left for worths above the largest cost.
    let room = largest.copied().unwrap_or(0).leading_zeros().saturating_sub(2);
    room.min(SHIFT_MAX)
}

impl Exact {
    /// Rounds a point of the dual and prices all sites that are not closed.
    pub(crate) fn of_relaxed(
        instance: &Capacitated,
        shift: u32,
        states: &[State],
        relaxed: &Relaxed,
    ) -> Self {
        let scale = f64::from(shift).exp2();
        let radius = |(worth, &demand): (&f64, &u64)| {
            let units = if instance.whole_client { demand as f64 } else { 1.0 };
            // The cast cuts what is too large; any radius is valid.
            if demand == 0 { 0 } else { (worth * units * scale).clamp(0.0, LARGEST) as u64 }
        };
        let radii = relaxed.worth.iter().zip(&instance.demands).map(radius).collect();
        let price = (relaxed.price * scale) as i128;
        Self::new(instance, shift, states, Multipliers { price, radii })
    }

    /// Takes what each client costs at the cheapest of some sites, with their prices (x 2^`fraction`).
    pub(crate) fn of_prices(
        instance: &Capacitated,
        shift: u32,
        states: &[State],
        prices: &[i64],
    ) -> Self {
        let open = || (0..instance.sites()).filter(|&site| states[site] == State::Open);
        let radius = |client: usize| {
            let demand = instance.demands[client];
            let units = if instance.whole_client { i128::from(demand) } else { 1 };
            let price = |site: usize| {
                let paid = (i128::from(prices[site]) * units) << shift >> instance.fraction;
                (i128::from(instance.cost(client, site)) << shift) + paid
            };
            let least = open().map(price).min().filter(|_| demand > 0).unwrap_or(0);
            least.clamp(0, LARGEST as i128) as u64
        };
        let radii = (0..instance.clients()).map(radius).collect();
        Self::new(instance, shift, states, Multipliers { price: 0, radii })
    }

    /// Prices all sites that are not closed.
    pub(crate) fn new(
        instance: &Capacitated,
        shift: u32,
        states: &[State],
        multipliers: Multipliers,
    ) -> Self {
        let weight = |client: usize| {
            let demand = instance.demands[client];
            i128::from(if instance.whole_client { demand.min(1) } else { demand })
        };
        let radii = multipliers.radii.iter().enumerate();
        let sum: i128 = radii.map(|(client, &u)| i128::from(u) * weight(client)).sum();
        let sum = sum - multipliers.price * instance.fewest(states) as i128;
        let mut exact = Self { shift, multipliers, sum, reduced: Vec::new() };
        let price = |items: &mut Vec<Item>, site: usize| {
            (states[site] != State::Closed).then(|| exact.reduced_cost(instance, site, items))
        };
        let sites = 0..instance.sites();
        let priced = states.iter().filter(|state| **state != State::Closed).count();
        exact.reduced = if priced * instance.clients() < WORTH_SHARING {
            let mut items = Vec::new();
            sites.map(|site| price(&mut items, site)).collect()
        } else {
            sites.into_par_iter().map_init(Vec::new, price).collect()
        };
        exact
    }

    fn reduced_cost(&self, instance: &Capacitated, site: usize, items: &mut Vec<Item>) -> i128 {
        items.clear();
        let clients =
            instance.costs_of(site).iter().zip(&self.multipliers.radii).zip(&instance.demands);
        for ((&cost, &radius), &demand) in clients {
            // A cost that the shift would not fit is above every radius.
            let gain = radius.saturating_sub(cost.saturating_mul(1 << self.shift));
            if gain > 0 && demand > 0 {
                let share = if instance.whole_client { demand } else { 1 };
                items.push(Item { gain, demand, share });
            }
        }
        let saved = most_saved(items, instance.capacities[site]);
        let opening = i128::from(instance.opening_costs[site]) << self.shift;
        opening + self.multipliers.price - saved as i128
    }

    /// Returns what no answer beats whose sites are as stated, rounded up. Sites that were closed when
    /// the multipliers were priced have to be closed.
    pub(crate) fn least(&self, states: &[State]) -> i128 {
        self.rounded_up(
            self.sum + states.iter().enumerate().map(|(j, &s)| self.adds(j, s)).sum::<i128>(),
        )
    }

    /// Returns, for each free site, what no answer beats that has it open and closed.
    pub(crate) fn least_of_free(&self, states: &[State]) -> Vec<(usize, i128, i128)> {
        let all = self.sum + states.iter().enumerate().map(|(j, &s)| self.adds(j, s)).sum::<i128>();
        let free = states.iter().enumerate().filter(|(_, state)| **state == State::Free);
        let with = |site: usize, state| all - self.adds(site, State::Free) + self.adds(site, state);
        free.map(|(site, _)| {
            let (open, closed) = (with(site, State::Open), with(site, State::Closed));
            (site, self.rounded_up(open), self.rounded_up(closed))
        })
        .collect()
    }

    fn adds(&self, site: usize, state: State) -> i128 {
        let reduced = self.reduced[site].unwrap_or(0);
        match state {
            State::Free => reduced.min(0),
            State::Open => reduced,
            State::Closed => 0,
        }
    }

    fn rounded_up(&self, number: i128) -> i128 {
        -((-number) >> self.shift)
    }
}

/// The largest radius, so that sums of differences stay far from overflow.
const LARGEST: f64 = (1_u64 << 62) as f64;
