//! Facility location with capacities: each open site serves at most so many units of demand.
//!
//! ```text
//! field -> Capacitated -> search (sets of open sites, priced by transport) -> tree (climb, fix, branch)
//!                         `-> single (one site a client)                      `-> proof
//! ```
//!
//! For given open sites the cheapest split assignment is a transportation problem ([`transport`]); its
//! prices start the Lagrangian relaxation of "each client is served in full" ([`ascent`]), which leaves
//! one continuous knapsack a site ([`knapsack`]). The gap that remains is closed by branching on the
//! sites and fixing them by reduced costs ([`tree`]); what closes a node is computed in integers
//! ([`exact`]). The relaxation goes back to Geoffrion and McBride (1978), the tree search with it to
//! Christofides and Beasley (1983).
//!
//! Inside, clients are priced by the unit of demand: a cost of a whole client is shared out evenly.

pub(crate) mod ascent;
pub(crate) mod exact;
pub(crate) mod field;
pub(crate) mod gate;
pub(crate) mod knapsack;
pub(crate) mod proof;
pub(crate) mod search;
pub(crate) mod single;
pub(crate) mod transport;
pub(crate) mod tree;

#[cfg(test)]
mod trials;

use ascent::State;
use num_bigint::BigUint;

/// Is a part of a client's demand: client, site, units.
pub(crate) type Part = (usize, usize, u64);

/// Is a problem with capacities, ready for fast pricing. Tables are site-major.
#[derive(Clone, Debug)]
pub(crate) struct Capacitated {
    /// Units that each client demands.
    pub(crate) demands: Vec<u64>,
    /// Units that each site can serve, at most [`total`](Self::total).
    pub(crate) capacities: Vec<u64>,
    /// Cost of opening each site.
    pub(crate) opening_costs: Vec<u64>,
    /// Units that all clients demand.
    pub(crate) total: u64,
    /// Whether costs are for all of a client's demand, not for a unit.
    pub(crate) whole_client: bool,
    /// Costs as stated.
    costs: Vec<u64>,
    /// Cost of a unit.
    unit_costs: Vec<f64>,
    /// Cost of a unit x 2^`fraction`, rounded.
    fixed_costs: Vec<i64>,
    /// Binary digits of `fixed_costs` below one.
    pub(crate) fraction: u32,
    /// Whether the bound may count on it that at least so many sites open as it takes to serve all demand.
    pub(crate) counts_sites: bool,
}

impl Capacitated {
    /// Takes a problem apart: demand of each client, (opening cost, capacity) of each site, `None` being
    /// without limit, and `cost(client, site)`. Returns `None` when its numbers are too large.
    pub(crate) fn new(
        demands: Vec<u64>,
        sites: &[(u64, Option<u64>)],
        whole_client: bool,
        cost: impl Fn(usize, usize) -> u64,
    ) -> Option<Self> {
        let total = demands.iter().try_fold(0_u64, |sum, &demand| sum.checked_add(demand))?;
        let capacity = |site: &(u64, Option<u64>)| site.1.unwrap_or(total).min(total);
        let pairs = (0..sites.len()).flat_map(|site| (0..demands.len()).map(move |i| (i, site)));
        let costs: Vec<u64> = pairs.map(|(client, site)| cost(client, site)).collect();
        let mut instance = Self {
            capacities: sites.iter().map(capacity).collect(),
            opening_costs: sites.iter().map(|site| site.0).collect(),
            total,
            whole_client,
            costs,
            unit_costs: Vec::new(),
            fixed_costs: Vec::new(),
            fraction: 0,
            counts_sites: true,
            demands,
        };
        // Differences of capacities, all together, have to fit 64 bits.
        let all: u128 = instance.capacities.iter().map(|&capacity| u128::from(capacity)).sum();
        let fits = all < 1 << 62 && instance.share_out();
        fits.then_some(instance)
    }

    /// Fills the tables of unit costs; says whether sums of them along a path of sites fit 64 bits.
    fn share_out(&mut self) -> bool {
        let clients = self.clients();
        let share =
            |at: usize| if self.whole_client { self.demands[at % clients].max(1) } else { 1 };
        let pairs = || self.costs.iter().enumerate().map(|(at, &cost)| (cost, share(at)));
        let largest = pairs().map(|(cost, share)| cost.div_ceil(share)).max().unwrap_or(0);
        let used = 64 - largest.leading_zeros() + 64 - (self.sites() as u64).leading_zeros();
        let Some(room) = 62_u32.checked_sub(used) else {
            return false;
        };
        let fraction = if self.whole_client { room.min(32) } else { 0 };
        let fixed = |(cost, share): (u64, u64)| {
            let doubled = (u128::from(cost) << (fraction + 1)) / u128::from(share);
            doubled.div_ceil(2) as i64
        };
        let unit = |(cost, share): (u64, u64)| cost as f64 / share as f64;
        let (fixed_costs, unit_costs) = (pairs().map(fixed).collect(), pairs().map(unit).collect());
        (self.fixed_costs, self.unit_costs, self.fraction) = (fixed_costs, unit_costs, fraction);
        true
    }

    pub(crate) fn clients(&self) -> usize {
        self.demands.len()
    }

    pub(crate) fn sites(&self) -> usize {
        self.opening_costs.len()
    }

    /// Returns the cost as stated.
    pub(crate) fn cost(&self, client: usize, site: usize) -> u64 {
        self.costs[site * self.clients() + client]
    }

    /// Returns the stated costs of a site.
    pub(crate) fn costs_of(&self, site: usize) -> &[u64] {
        &self.costs[site * self.clients()..][..self.clients()]
    }

    /// Returns the unit costs of a site.
    pub(crate) fn unit_costs_of(&self, site: usize) -> &[f64] {
        &self.unit_costs[site * self.clients()..][..self.clients()]
    }

    /// Returns the unit costs of a site x 2^`fraction`.
    pub(crate) fn fixed_costs_of(&self, site: usize) -> &[i64] {
        &self.fixed_costs[site * self.clients()..][..self.clients()]
    }

    /// Returns the capacity of some sites together.
    pub(crate) fn capacity_of(&self, sites: impl IntoIterator<Item = usize>) -> u64 {
        sites.into_iter().map(|site| self.capacities[site]).sum()
    }

    /// Returns how many sites it takes at least to serve all demand, of those that are not closed; as many
    /// as there are and one more when they cannot.
    /// 0 where that does not count.
    pub(crate) fn fewest(&self, states: &[State]) -> usize {
        if !self.counts_sites {
            return 0;
        }
        let usable =
            states.iter().zip(&self.capacities).filter(|(state, _)| **state != State::Closed);
        let mut capacities: Vec<u64> = usable.map(|(_, &capacity)| capacity).collect();
        capacities.sort_unstable_by(|a, b| b.cmp(a));
        let mut left = self.total;
        for (&capacity, count) in capacities.iter().zip(0..) {
            if left == 0 {
                return count;
            }
            left = left.saturating_sub(capacity);
        }
        capacities.len() + usize::from(left > 0)
    }

    /// Returns what some sites cost to open.
    pub(crate) fn opening_cost_of(&self, sites: &[usize]) -> f64 {
        sites.iter().map(|&site| self.opening_costs[site] as f64).sum()
    }

    /// Returns the exact cost of open sites and parts, rounded up once.
    pub(crate) fn value(&self, open: &[usize], parts: &[Part]) -> i128 {
        let opening: i128 = open.iter().map(|&site| i128::from(self.opening_costs[site])).sum();
        let mut whole = 0_i128;
        let mut fractions = Vec::new();
        for &(client, site, units) in parts {
            let cost = u128::from(self.cost(client, site)) * u128::from(units);
            let share = if self.whole_client { self.demands[client].max(1) } else { 1 };
            whole += (cost / u128::from(share)) as i128;
            fractions.push(((cost % u128::from(share)) as u64, share));
        }
        fractions.retain(|fraction| fraction.0 > 0);
        opening + whole + rounded_up(&fractions)
    }
}

/// Returns the sum of proper fractions (numerator, denominator), rounded up.
fn rounded_up(fractions: &[(u64, u64)]) -> i128 {
    let mut sum = (BigUint::ZERO, BigUint::from(1_u32));
    for &(numerator, denominator) in fractions {
        sum = (sum.0 * denominator + &sum.1 * numerator, sum.1 * denominator);
    }
    let rounded = (sum.0 + &sum.1 - 1_u32) / sum.1;
    // There are fewer proper fractions than parts, so that their sum fits.
    i128::try_from(rounded).unwrap_or(i128::MAX)
}
