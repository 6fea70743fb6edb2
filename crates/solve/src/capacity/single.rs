//! Assignments of every client to one site alone, within the capacities.
//!
//! For given open sites the split assignment is rounded (all but a few of its clients are whole), then
//! improved by moving one client or exchanging two. Capacities may be exceeded at a price on the way, which
//! rises until they are not. As the split cost of open sites is a bound on their single cost, choices of
//! sites are tried in that order until the bound rules out the rest.

use std::collections::BTreeSet;

use super::gate::{self, Gate};
use super::search::Choice;
use super::transport::Transport;
use super::{Capacitated, Part};
use crate::random::Random;

/// Is an assignment of each client to one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Single {
    /// Exact value, opening included.
    pub(crate) value: i128,
    /// The sites that serve somebody, ascending.
    pub(crate) open: Vec<usize>,
    /// Who serves whom; clients without demand are left out.
    pub(crate) parts: Vec<Part>,
}

/// Kicks of one of the choices.
const KICKS: usize = 30;
/// Kicks of the best sites in the end.
const MANY_KICKS: usize = 150;
/// Kicks of one of the sets that differ little from the best.
const FEW_KICKS: usize = 8;
/// Sets that differ little from the best that are tried at a time.
const NEIGHBOURS: usize = 200;
/// Times that the price of a unit too much doubles before the sites are given up.
const DOUBLINGS: usize = 40;

/// Returns whether some client's demand is above every capacity, or all demand above all capacities.
pub(crate) fn is_impossible(instance: &Capacitated) -> bool {
    let largest = instance.capacities.iter().max().copied().unwrap_or(0);
    let all = instance.capacity_of(0..instance.sites());
    all < instance.total || instance.demands.iter().any(|&demand| demand > largest)
}

/// Returns the assignment to given sites that rounding and a descent lead to, if it keeps the capacities;
/// where the gate breaks off the descent, that of rounding alone. `before` is the work done before.
pub(crate) fn first<'a>(
    instance: &'a Capacitated,
    open: &'a [usize],
    (seed, before): (u64, u64),
    gate: Option<&'a Gate<'a>>,
) -> Option<Single> {
    let mut transport = Transport::new(instance);
    transport.guard(gate);
    let mut packing = Packing::new(instance, open, &mut transport, gate)?;
    let rounded = packing.is_allowed().then(|| packing.single());
    // The descent is a step of its own.
    let goes_on = gate.is_none_or(|gate| gate.goes_on(before + transport.work));
    let found =
        if goes_on { packing.search(0, &mut Random::new(seed), &mut |_| true) } else { None };
    found.or(rounded)
}

/// Finds a good assignment: to the sites of the choices (best split value first), then to sites that differ
/// in one or two from the best; `None` when none is found, and none is known. `goes_on(work, value)` may
/// end the search between two steps, the gate breaks off one.
pub(crate) fn best<'a>(
    instance: &'a Capacitated,
    choices: &[Choice],
    (seed, known): (u64, Option<Single>),
    gate: Option<&'a Gate<'a>>,
    goes_on: impl FnMut(u64, Option<i128>) -> bool,
) -> Option<Single> {
    if is_impossible(instance) {
        return None;
    }
    let mut transport = Transport::new(instance);
    transport.guard(gate);
    let (random, tried) = (Random::new(seed), BTreeSet::new());
    let mut hunt = Hunt { instance, transport, gate, random, tried, best: known, work: 0, goes_on };
    hunt.try_all(choices.to_vec(), KICKS);
    if hunt.best.is_none() {
        // All sites together leave most room.
        let all = Choice { open: (0..instance.sites()).collect(), value: 0.0 };
        hunt.try_all(vec![all], KICKS);
    }
    while hunt.try_neighbours() {}
    if let Some(best) = &hunt.best {
        let choice = Choice { open: best.open.clone(), value: f64::NEG_INFINITY };
        hunt.tried.remove(&choice.open);
        hunt.try_all(vec![choice], MANY_KICKS);
    }
    hunt.best
}

/// Tries sets of open sites.
struct Hunt<'a, G> {
    instance: &'a Capacitated,
    transport: Transport<'a>,
    gate: Option<&'a Gate<'a>>,
    random: Random,
    tried: BTreeSet<Vec<usize>>,
    best: Option<Single>,
    work: u64,
    goes_on: G,
}

impl<G: FnMut(u64, Option<i128>) -> bool> Hunt<'_, G> {
    fn value(&self) -> Option<i128> {
        self.best.as_ref().map(|best| best.value)
    }

    fn is_ruled_out(&self, split_value: f64) -> bool {
        self.value().is_some_and(|value| split_value >= value as f64)
    }

    fn goes_on(&mut self) -> bool {
        (self.goes_on)(self.work + self.transport.work, self.best.as_ref().map(|best| best.value))
    }

    /// Packs the clients at each choice that the best value does not rule out.
    fn try_all(&mut self, choices: Vec<Choice>, kicks: usize) {
        for choice in choices {
            if self.is_ruled_out(choice.value) || !self.goes_on() {
                break;
            }
            if !self.tried.insert(choice.open.clone()) {
                continue;
            }
            let packing = Packing::new(self.instance, &choice.open, &mut self.transport, self.gate);
            if let Some(mut packing) = packing {
                let (base, known) = (self.work + self.transport.work, self.value());
                let goes_on = &mut self.goes_on;
                let mut goes_on = |work| goes_on(base + work, known);
                let found = packing.search(kicks, &mut self.random, &mut goes_on);
                keep_better(&mut self.best, found);
                self.work += packing.work;
            }
        }
    }

    /// Tries the sets that differ from the best in one or two sites; returns whether any is better.
    fn try_neighbours(&mut self) -> bool {
        let Some(best) = self.best.clone() else { return false };
        let mut choices = Vec::new();
        for closes in best.open.iter().copied().map(Some).chain([None]) {
            let closed = |site: &usize| best.open.binary_search(site).is_err();
            for opens in (0..self.instance.sites()).filter(closed).map(Some).chain([None]) {
                if !self.goes_on() {
                    return false;
                }
                let kept = best.open.iter().copied().filter(|&site| Some(site) != closes);
                let mut open: Vec<usize> = kept.chain(opens).collect();
                open.sort_unstable();
                let value = self.transport.solve(&open);
                choices.extend(value.map(|value| Choice { open, value }));
            }
        }
        choices.retain(|choice| !self.is_ruled_out(choice.value));
        choices.sort_by(|a, b| a.value.total_cmp(&b.value));
        choices.truncate(NEIGHBOURS);
        self.try_all(choices, FEW_KICKS);
        self.value() < Some(best.value)
    }
}

fn keep_better(best: &mut Option<Single>, found: Option<Single>) {
    let known = best.as_ref().map_or(i128::MAX, |best| best.value);
    if let Some(found) = found.filter(|found| found.value < known) {
        *best = Some(found);
    }
}

/// Is an assignment to given open sites; slots are places in their list.
struct Packing<'a> {
    instance: &'a Capacitated,
    gate: Option<&'a Gate<'a>>,
    open: &'a [usize],
    /// Clients with demand.
    clients: Vec<usize>,
    demands: Vec<i64>,
    /// Cost of each of them at each slot, client-major.
    costs: Vec<f64>,
    slot_of: Vec<usize>,
    /// Units left at each slot; negative where there are too many.
    room: Vec<i64>,
    /// Price of a unit too much.
    penalty: f64,
    work: u64,
}

impl<'a> Packing<'a> {
    /// Rounds the split assignment; `None` when the sites cannot serve all demand.
    fn new(
        instance: &'a Capacitated,
        open: &'a [usize],
        transport: &mut Transport<'_>,
        gate: Option<&'a Gate<'a>>,
    ) -> Option<Self> {
        let value = transport.solve(open)?;
        let clients: Vec<usize> =
            (0..instance.clients()).filter(|&client| instance.demands[client] > 0).collect();
        let cost = |client: usize, site: usize| {
            instance.unit_costs_of(site)[client] * instance.demands[client] as f64
        };
        let row = |&client: &usize| open.iter().map(move |&site| cost(client, site));
        let mut packing = Self {
            instance,
            gate,
            open,
            demands: clients.iter().map(|&client| instance.demands[client] as i64).collect(),
            costs: clients.iter().flat_map(row).collect(),
            slot_of: vec![usize::MAX; clients.len()],
            room: open.iter().map(|&site| instance.capacities[site] as i64).collect(),
            penalty: 2.0 * value.abs() / instance.total.max(1) as f64 + 1e-9,
            work: 0,
            clients,
        };
        packing.round(&transport.parts());
        Some(packing)
    }

    /// Places each client at the site of its largest part: whole ones first, then large ones, where they
    /// fit.
    fn round(&mut self, parts: &[Part]) {
        let mut most = vec![(0, 0); self.instance.clients()];
        for &(client, site, units) in parts {
            most[client] = most[client].max((units, site));
        }
        let mut order: Vec<usize> = (0..self.clients.len()).collect();
        let split = |&number: &usize| most[self.clients[number]].0 < self.demands[number] as u64;
        order.sort_by_key(|number| (split(number), -self.demands[*number], *number));
        for number in order {
            let site = most[self.clients[number]].1;
            let slot = self.open.iter().position(|&open| open == site).unwrap_or(0);
            let fits = |slot: &usize| self.room[*slot] >= self.demands[number];
            let cost = |slot: &usize| self.costs[number * self.open.len() + slot];
            let others = (0..self.open.len()).filter(fits);
            let near = others.min_by(|a, b| cost(a).total_cmp(&cost(b)));
            let slot = if fits(&slot) { slot } else { near.unwrap_or(slot) };
            self.slot_of[number] = slot;
            self.room[slot] -= self.demands[number];
        }
    }

    /// Improves and kicks; returns the best assignment that keeps the capacities. `goes_on(work)` is asked
    /// before each kick.
    fn search(
        &mut self,
        kicks: usize,
        random: &mut Random,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> Option<Single> {
        let mut best = self.repaired();
        for _ in 0..kicks {
            let kicks = !self.clients.is_empty() && self.open.len() > 1;
            if !kicks || !goes_on(self.work) {
                break;
            }
            let before = (self.slot_of.clone(), self.room.clone());
            for _ in 0..1 + random.below(4) {
                let (number, slot) =
                    (random.below(self.clients.len()), random.below(self.open.len()));
                self.place(number, slot);
            }
            let found = self.repaired();
            let worse = match (&best, &found) {
                (Some(best), Some(found)) => found.value > best.value,
                (best, None) => best.is_some(),
                (None, Some(_)) => false,
            };
            if worse {
                (self.slot_of, self.room) = before;
            }
            keep_better(&mut best, found);
        }
        best
    }

    /// Improves until no move does, at a rising price of units too much; `None` when some remain, or the
    /// gate breaks it off.
    fn repaired(&mut self) -> Option<Single> {
        let penalty = self.penalty;
        for _ in 0..DOUBLINGS {
            while self.move_one() || self.exchange_two() {
                if gate::breaks_off(self.gate) {
                    return None;
                }
            }
            if self.is_allowed() {
                break;
            }
            self.penalty *= 2.0;
        }
        self.penalty = penalty;
        self.is_allowed().then(|| self.single())
    }

    /// Returns whether every site keeps its capacity.
    fn is_allowed(&self) -> bool {
        self.room.iter().all(|&room| room >= 0)
    }

    /// Returns the price of what a slot has too much when its room changes.
    fn strain(&self, slot: usize, change: i64) -> f64 {
        let too_much = |room: i64| (-room).max(0) as f64;
        self.penalty * (too_much(self.room[slot] + change) - too_much(self.room[slot]))
    }

    fn place(&mut self, number: usize, slot: usize) {
        self.room[self.slot_of[number]] += self.demands[number];
        self.room[slot] -= self.demands[number];
        self.slot_of[number] = slot;
    }

    /// Makes, client by client, the best move to another site; returns whether any improved.
    fn move_one(&mut self) -> bool {
        let slots = self.open.len();
        let mut improved = false;
        for number in 0..self.clients.len() {
            let (from, demand) = (self.slot_of[number], self.demands[number]);
            let costs = &self.costs[number * slots..][..slots];
            let leaves = self.strain(from, demand) - costs[from];
            let delta = |to: usize| costs[to] + leaves + self.strain(to, -demand);
            let moves = (0..slots).filter(|&to| to != from).map(|to| (delta(to), to));
            let best = moves.min_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, to)) = best.filter(|best| best.0 < -tolerance(costs[from])) {
                self.place(number, to);
                improved = true;
            }
        }
        self.work += (slots * self.clients.len()) as u64;
        improved
    }

    /// Exchanges the sites of two clients where that improves; returns whether any did.
    fn exchange_two(&mut self) -> bool {
        let mut improved = false;
        for one in 0..self.clients.len() {
            let gains = |other: usize| (self.exchange_delta(one, other), other);
            let others = (one + 1..self.clients.len()).map(gains);
            let best = others.min_by(|a, b| a.0.total_cmp(&b.0));
            self.work += (self.clients.len() - one) as u64;
            let own = self.costs[one * self.open.len() + self.slot_of[one]];
            if let Some((_, other)) = best.filter(|best| best.0 < -tolerance(own)) {
                let (a, b) = (self.slot_of[one], self.slot_of[other]);
                self.place(one, b);
                self.place(other, a);
                improved = true;
            }
        }
        improved
    }

    fn exchange_delta(&self, one: usize, other: usize) -> f64 {
        let (a, b) = (self.slot_of[one], self.slot_of[other]);
        if a == b {
            return 0.0;
        }
        let cost = |number: usize, slot: usize| self.costs[number * self.open.len() + slot];
        let more = self.demands[one] - self.demands[other];
        let moved = cost(one, b) - cost(one, a) + cost(other, a) - cost(other, b);
        moved + self.strain(a, more) + self.strain(b, -more)
    }

    fn single(&self) -> Single {
        let numbers = 0..self.clients.len();
        let part = |number: usize| {
            let site = self.open[self.slot_of[number]];
            (self.clients[number], site, self.demands[number] as u64)
        };
        let parts: Vec<Part> = numbers.map(part).collect();
        let mut open: Vec<usize> = parts.iter().map(|part| part.1).collect();
        open.sort_unstable();
        open.dedup();
        Single { value: self.instance.value(&open, &parts), open, parts }
    }
}

/// Returns the change that may be rounding.
fn tolerance(cost: f64) -> f64 {
    1e-9 + 1e-12 * cost
}
