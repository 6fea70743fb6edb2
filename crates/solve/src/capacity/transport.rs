//! The cheapest split assignment of all clients to open sites: a transportation problem with few sites
//! and many clients, by successive shortest paths on the sites alone.
//!
//! Prices of the sites say where each client would go; that leaves some sites too full and others not full
//! (unused capacity is a client of its own, which costs nothing anywhere). Units then move along shortest
//! paths from the former to the latter: the length of an arc from site a to b is the least that a client at
//! a costs more at b. Prices that follow the distances keep all lengths from falling below 0 (Edmonds and
//! Karp 1972). Any prices may start it, so that those of a similar set of sites leave little to move.
//!
//! All numbers are whole: unit costs are rounded to 2^-`fraction`, amounts are units.

use super::gate::{self, Gate};
use super::{Capacitated, Part};

/// Marks an arc that no client can take.
const NOBODY: u32 = u32::MAX;

/// Solves transportation problems of one instance; keeps the prices from one to the next.
#[derive(Clone, Debug)]
pub(crate) struct Transport<'a> {
    instance: &'a Capacitated,
    /// What may break off a solution.
    gate: Option<&'a Gate<'a>>,
    /// Price of a unit of capacity of each site x 2^`fraction`.
    prices: Vec<i64>,
    /// The open sites; slots below are places in this list.
    open: Vec<usize>,
    /// Clients of each slot, with their units. The client behind the last is unused capacity.
    members: Vec<Vec<(u32, i64)>>,
    /// Units beyond the capacity of each slot; negative where some are missing.
    excess: Vec<i64>,
    /// For each pair of slots, what moving a unit costs at least, and who moves.
    arcs: Vec<Arc>,
    /// Shortest paths, slot by slot.
    reached: Vec<Reached>,
    /// Pairs looked at so far.
    pub(crate) work: u64,
}

#[derive(Clone, Copy, Debug)]
struct Arc {
    cost: i64,
    client: u32,
}

#[derive(Clone, Copy, Debug)]
struct Reached {
    distance: i64,
    from: u32,
    done: bool,
}

impl<'a> Transport<'a> {
    pub(crate) fn new(instance: &'a Capacitated) -> Self {
        Self {
            instance,
            gate: None,
            prices: vec![0; instance.sites()],
            open: Vec::new(),
            members: Vec::new(),
            excess: Vec::new(),
            arcs: Vec::new(),
            reached: Vec::new(),
            work: 0,
        }
    }

    /// Says what may break off solutions from now on.
    pub(crate) fn guard(&mut self, gate: Option<&'a Gate<'a>>) {
        self.gate = gate;
    }

    /// Sets the price of a unit of a site's capacity, from which the next solution starts.
    pub(crate) fn set_price(&mut self, site: usize, price: f64) {
        self.prices[site] = (price * self.scale()) as i64;
    }

    /// Returns the prices of all sites; those of closed sites are left from earlier solutions.
    pub(crate) fn prices(&self) -> &[i64] {
        &self.prices
    }

    /// Takes over prices.
    pub(crate) fn set_prices(&mut self, prices: &[i64]) {
        self.prices.copy_from_slice(prices);
    }

    fn scale(&self) -> f64 {
        (self.instance.fraction as f64).exp2()
    }

    /// Assigns all clients to these sites at least cost; returns the cost, opening included, or `None`
    /// when the sites cannot serve all demand or the gate breaks it off.
    pub(crate) fn solve(&mut self, open: &[usize]) -> Option<f64> {
        let capacity = self.instance.capacity_of(open.iter().copied());
        if capacity < self.instance.total {
            return None;
        }
        self.open.clear();
        self.open.extend_from_slice(open);
        if !open.is_empty() {
            self.place_clients();
            self.place_unused(capacity - self.instance.total);
            self.find_arcs();
            while self.excess.iter().any(|&excess| excess > 0) {
                if gate::breaks_off(self.gate) {
                    return None;
                }
                self.augment();
            }
            self.settle_prices();
        }
        Some(self.cost())
    }

    /// Puts each client where it costs least at the current prices.
    fn place_clients(&mut self) {
        let instance = self.instance;
        let slots = self.open.len();
        self.members.resize_with(slots.max(self.members.len()), Vec::new);
        self.members.iter_mut().for_each(Vec::clear);
        self.excess.clear();
        self.excess.extend(self.open.iter().map(|&site| -(instance.capacities[site] as i64)));
        let mut best = vec![(i64::MAX, 0_u32); instance.clients()];
        for (&site, slot) in self.open.iter().zip(0..) {
            let price = self.prices[site];
            for (best, cost) in best.iter_mut().zip(instance.fixed_costs_of(site)) {
                if cost + price < best.0 {
                    *best = (cost + price, slot);
                }
            }
        }
        self.work += (slots * instance.clients()) as u64;
        for ((&(_, slot), &demand), client) in best.iter().zip(&instance.demands).zip(0..) {
            if demand > 0 {
                self.members[slot as usize].push((client, demand as i64));
                self.excess[slot as usize] += demand as i64;
            }
        }
    }

    /// Puts unused capacity at the sites of least price: first where there is room.
    fn place_unused(&mut self, unused: u64) {
        let mut left = unused as i64;
        let nobody = self.instance.clients() as u32;
        let least = self.open.iter().map(|&site| self.prices[site]).min();
        let cheapest = |slot: &usize| Some(self.prices[self.open[*slot]]) == least;
        let slots: Vec<usize> = (0..self.open.len()).filter(cheapest).collect();
        for &slot in &slots {
            let units = left.min(-self.excess[slot]);
            if units > 0 {
                self.members[slot].push((nobody, units));
                self.excess[slot] += units;
                left -= units;
            }
        }
        if left > 0 {
            self.gain(slots[0], nobody, left);
            self.excess[slots[0]] += left;
        }
    }

    /// Returns what a client's unit costs more at one slot than at another.
    fn difference(&self, client: u32, from: usize, to: usize) -> i64 {
        let client = client as usize;
        if client == self.instance.clients() {
            return 0;
        }
        let cost = |slot: usize| self.instance.fixed_costs_of(self.open[slot])[client];
        cost(to) - cost(from)
    }

    fn find_arcs(&mut self) {
        let slots = self.open.len();
        self.arcs.clear();
        self.arcs.resize(slots * slots, Arc { cost: i64::MAX, client: NOBODY });
        for from in 0..slots {
            for to in (0..slots).filter(|&to| to != from) {
                self.find_arc(from, to);
            }
        }
    }

    fn find_arc(&mut self, from: usize, to: usize) {
        let mut arc = Arc { cost: i64::MAX, client: NOBODY };
        for &(client, _) in &self.members[from] {
            let cost = self.difference(client, from, to);
            if cost < arc.cost {
                arc = Arc { cost, client };
            }
        }
        self.work += self.members[from].len() as u64;
        let slots = self.open.len();
        self.arcs[from * slots + to] = arc;
    }

    /// Moves units along a shortest path from a site that is too full to one that is not full.
    fn augment(&mut self) {
        let end = self.find_path();
        let length = self.reached[end].distance;
        for (reached, &site) in self.reached.iter().zip(&self.open) {
            self.prices[site] -= reached.distance.min(length);
        }
        let mut units = -self.excess[end];
        let mut start = end;
        while self.reached[start].from != NOBODY {
            let before = self.reached[start].from as usize;
            units = units.min(self.units_on(before, start));
            start = before;
        }
        units = units.min(self.excess[start]);
        self.excess[end] += units;
        self.excess[start] -= units;
        let mut to = end;
        while to != start {
            let from = self.reached[to].from as usize;
            self.shift(from, to, units);
            to = from;
        }
    }

    /// Finds the nearest site that is not full from all that are too full (Dijkstra on the reduced lengths).
    fn find_path(&mut self) -> usize {
        let slots = self.open.len();
        let start = |&excess: &i64| {
            let distance = if excess > 0 { 0 } else { i64::MAX };
            Reached { distance, from: NOBODY, done: false }
        };
        self.reached.clear();
        self.reached.extend(self.excess.iter().map(start));
        loop {
            let open = (0..slots).filter(|&slot| !self.reached[slot].done);
            // As all can be reached, one is left until a site that is not full comes up.
            let slot = open.min_by_key(|&slot| self.reached[slot].distance).unwrap_or(0);
            if self.excess[slot] < 0 {
                return slot;
            }
            self.reached[slot].done = true;
            let (distance, price) = (self.reached[slot].distance, self.prices[self.open[slot]]);
            for to in 0..slots {
                let arc = self.arcs[slot * slots + to];
                if arc.client == NOBODY || self.reached[to].done {
                    continue;
                }
                let length = distance + arc.cost + self.prices[self.open[to]] - price;
                if length < self.reached[to].distance {
                    self.reached[to] = Reached { distance: length, from: slot as u32, done: false };
                }
            }
        }
    }

    /// Returns the units that the client of an arc has at its start.
    fn units_on(&self, from: usize, to: usize) -> i64 {
        let client = self.arcs[from * self.open.len() + to].client;
        let member = self.members[from].iter().find(|member| member.0 == client);
        member.map_or(0, |member| member.1)
    }

    /// Moves units of the client of an arc.
    fn shift(&mut self, from: usize, to: usize, units: i64) {
        let slots = self.open.len();
        let client = self.arcs[from * slots + to].client;
        if let Some(at) = self.members[from].iter().position(|member| member.0 == client) {
            self.members[from][at].1 -= units;
            if self.members[from][at].1 == 0 {
                self.members[from].swap_remove(at);
                for other in (0..slots).filter(|&other| other != from) {
                    if self.arcs[from * slots + other].client == client {
                        self.find_arc(from, other);
                    }
                }
            }
        }
        self.gain(to, client, units);
        for other in (0..slots).filter(|&other| other != to) {
            let cost = self.difference(client, to, other);
            let arc = &mut self.arcs[to * slots + other];
            if cost < arc.cost {
                *arc = Arc { cost, client };
            }
        }
    }

    fn gain(&mut self, slot: usize, client: u32, units: i64) {
        let members = &mut self.members[slot];
        match members.iter_mut().find(|member| member.0 == client) {
            Some(member) => member.1 += units,
            None => members.push((client, units)),
        }
    }

    /// Moves all prices so that the least is 0. Unused capacity lies where it is least.
    fn settle_prices(&mut self) {
        let least = self.open.iter().map(|&site| self.prices[site]).min().unwrap_or(0);
        for &site in &self.open {
            self.prices[site] -= least;
        }
    }

    /// Returns the cost of the solution, opening included, as far as floating point can tell.
    fn cost(&self) -> f64 {
        let mut sum = self.instance.opening_cost_of(&self.open);
        for (&site, members) in self.open.iter().zip(&self.members) {
            let costs = self.instance.unit_costs_of(site);
            let served = members.iter().filter(|member| (member.0 as usize) < costs.len());
            sum +=
                served.map(|&(client, units)| costs[client as usize] * units as f64).sum::<f64>();
        }
        sum
    }

    /// Returns some assignment to open sites that can serve all demand, client by client where it costs
    /// least of what is left.
    pub(crate) fn rough_parts(instance: &Capacitated, open: &[usize]) -> Vec<Part> {
        let mut room: Vec<u64> = open.iter().map(|&site| instance.capacities[site]).collect();
        let mut parts = Vec::new();
        for client in 0..instance.clients() {
            let mut left = instance.demands[client];
            while left > 0 {
                let slots = (0..open.len()).filter(|&slot| room[slot] > 0);
                let Some(slot) = slots.min_by_key(|&slot| instance.cost(client, open[slot])) else {
                    break;
                };
                let units = left.min(room[slot]);
                parts.push((client, open[slot], units));
                (room[slot], left) = (room[slot] - units, left - units);
            }
        }
        parts.sort_unstable();
        parts
    }

    /// Returns who serves whom in the last solution, by client and site.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for (&site, members) in self.open.iter().zip(&self.members) {
            let served =
                members.iter().filter(|member| (member.0 as usize) < self.instance.clients());
            parts.extend(served.map(|&(client, units)| (client as usize, site, units as u64)));
        }
        parts.sort_unstable();
        parts
    }

    /// Returns the price of a unit of a site's capacity.
    pub(crate) fn price(&self, site: usize) -> f64 {
        self.prices[site] as f64 / self.scale()
    }

    /// Returns what a unit of each client costs at the cheapest of some sites, price included.
    pub(crate) fn worth(&self, open: &[usize]) -> Vec<f64> {
        let mut worth = vec![f64::INFINITY; self.instance.clients()];
        for &site in open {
            let price = self.price(site);
            for (worth, cost) in worth.iter_mut().zip(self.instance.unit_costs_of(site)) {
                *worth = worth.min(cost + price);
            }
        }
        worth
    }
}
