//! Local search over sets of open sites: open one, close one, exchange two.
//!
//! Every move is first judged by a bound that the prices of the current assignment give (what clients pay
//! at the remaining sites, less what the new site saves at most); those that it does not rule out are
//! priced exactly, as transportation problems that start from the current prices. Kicks exchange a few
//! sites by chance.

use super::Capacitated;
use super::gate::Gate;
use super::knapsack::Knapsack;
use super::transport::Transport;
use crate::random::Random;

/// Is a set of open sites with its cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// The open sites, ascending.
    pub(crate) open: Vec<usize>,
    /// Cost as far as floating point can tell.
    pub(crate) value: f64,
}

/// Searches sets of open sites.
pub(crate) struct Search<'a> {
    instance: &'a Capacitated,
    gate: Option<&'a Gate<'a>>,
    demands: Vec<f64>,
    transport: Transport<'a>,
    knapsack: Knapsack,
    random: Random,
    current: Choice,
    /// Prices of the current assignment.
    prices: Vec<i64>,
    /// The best so far.
    pub(crate) best: Choice,
    /// Prices of its assignment.
    best_prices: Vec<i64>,
    /// Good choices, best first, for whoever needs more than the best.
    pub(crate) pool: Vec<Choice>,
    /// Pairs looked at so far.
    work: u64,
}

/// Choices that the pool holds.
const POOL: usize = 64;

/// Is a change of the open sites with what it costs at least.
#[derive(Clone, Copy, Debug)]
struct Move {
    closes: Option<usize>,
    opens: Option<usize>,
    least: f64,
    /// Price of a unit of capacity of the site that opens.
    price: f64,
}

impl<'a> Search<'a> {
    /// Starts from a greedy choice; its value is infinite where the gate has broken off its assignment.
    /// `None` when all sites together cannot serve all demand.
    pub(crate) fn new(
        instance: &'a Capacitated,
        seed: u64,
        gate: Option<&'a Gate<'a>>,
    ) -> Option<Self> {
        let mut search = Self {
            instance,
            gate,
            demands: instance.demands.iter().map(|&demand| demand as f64).collect(),
            transport: Transport::new(instance),
            knapsack: Knapsack::default(),
            random: Random::new(seed),
            current: Choice { open: Vec::new(), value: f64::INFINITY },
            prices: vec![0; instance.sites()],
            best: Choice { open: Vec::new(), value: f64::INFINITY },
            best_prices: vec![0; instance.sites()],
            pool: Vec::new(),
            work: 0,
        };
        let open = search.greedy()?;
        search.transport.guard(gate);
        search.best.open.clone_from(&open);
        search.adopt(open);
        Some(search)
    }

    /// Counts work that was done elsewhere.
    pub(crate) fn note_work(&mut self, work: u64) {
        self.work += work;
    }

    pub(crate) fn work(&self) -> u64 {
        self.work + self.transport.work
    }

    /// Returns what a unit of each client costs at the best choice, prices included.
    pub(crate) fn worth(&mut self) -> Vec<f64> {
        self.transport.set_prices(&self.best_prices);
        self.transport.worth(&self.best.open)
    }

    /// Tries the sites that are open most often, each with a share from 0 to 1: those above a half, and
    /// more until all demand can be served.
    pub(crate) fn try_usage(&mut self, usage: &[f64]) {
        let instance = self.instance;
        let mut order: Vec<usize> = (0..usage.len()).collect();
        order.sort_by(|&a, &b| usage[b].total_cmp(&usage[a]));
        let (mut open, mut room) = (Vec::new(), 0);
        for site in order {
            if usage[site] <= 0.5 && room >= instance.total {
                break;
            }
            open.push(site);
            room += instance.capacities[site];
        }
        open.sort_unstable();
        let before = self.current.clone();
        self.adopt(open);
        if self.current.value > before.value {
            self.current = before;
            self.prices.copy_from_slice(&self.best_prices);
        }
    }

    /// Returns the transportation problem, with the prices of the best choice and no gate.
    pub(crate) fn into_transport(mut self) -> Transport<'a> {
        self.transport.guard(None);
        self.transport.set_prices(&self.best_prices);
        self.transport
    }

    /// Opens, one by one, the site that saves most at current worth for its opening cost, until the sites
    /// can serve all demand; once the gate is closed, the largest.
    fn greedy(&mut self) -> Option<Vec<usize>> {
        let instance = self.instance;
        let sites = instance.sites();
        if instance.capacity_of(0..sites) < instance.total {
            return None;
        }
        let worth: Vec<f64> = self.dearest().iter().map(|dearest| dearest + 1.0).collect();
        let mut left = self.demands.clone();
        let mut open = Vec::new();
        // What a site saves only falls as others open: an old figure is enough to pass it over.
        let room = (0..sites).filter(|&site| instance.capacities[site] > 0);
        let mut gains: Vec<(f64, usize)> = room.map(|site| (f64::INFINITY, site)).collect();
        while instance.capacity_of(open.iter().copied()) < instance.total {
            if self.gate.is_some_and(|gate| !gate.goes_on(self.work)) {
                self.open_largest(&mut open);
                break;
            }
            let best = self.take_best(&mut gains, &worth, &left)?;
            self.knapsack.visit(|client, share| left[client] *= 1.0 - share);
            open.push(best);
        }
        // Whatever breaks off from here on, the choice stands.
        if let Some(gate) = self.gate {
            gate.goes_on(self.work);
        }
        open.sort_unstable();
        Some(open)
    }

    /// Takes out the site that gains most, where each gain is at most the listed one; its knapsack is left
    /// filled.
    fn take_best(
        &mut self,
        gains: &mut Vec<(f64, usize)>,
        worth: &[f64],
        left: &[f64],
    ) -> Option<usize> {
        gains.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut best: Option<(f64, usize)> = None;
        for at in (0..gains.len()).rev() {
            if best.is_some_and(|best| best.0 >= gains[at].0) {
                break;
            }
            let gain = self.gain(gains[at].1, worth, left);
            gains[at].0 = gain;
            if best.is_none_or(|best| gain > best.0) {
                best = Some((gain, at));
            }
        }
        let (_, site) = gains.swap_remove(best?.1);
        self.gain(site, worth, left);
        Some(site)
    }

    /// Returns what opening a site saves with the demand that is left, less its cost.
    fn gain(&mut self, site: usize, worth: &[f64], left: &[f64]) -> f64 {
        let instance = self.instance;
        let costs = (worth, instance.unit_costs_of(site));
        let capacity = instance.capacities[site] as f64;
        self.work += worth.len() as u64;
        self.knapsack.saving(costs, left, capacity, 0.0).saved - instance.opening_costs[site] as f64
    }

    /// Opens the largest sites until all demand can be served.
    fn open_largest(&self, open: &mut Vec<usize>) {
        let closed = (0..self.instance.sites()).filter(|site| !open.contains(site));
        let mut closed: Vec<usize> = closed.collect();
        closed.sort_by_key(|&site| self.instance.capacities[site]);
        while self.instance.capacity_of(open.iter().copied()) < self.instance.total
            && let Some(site) = closed.pop()
        {
            open.push(site);
        }
    }

    /// Makes a choice the current one.
    fn adopt(&mut self, open: Vec<usize>) {
        if let Some(value) = self.transport.solve(&open) {
            self.prices.copy_from_slice(self.transport.prices());
            self.note(&open, value);
            self.current = Choice { open, value };
            if self.is_better(self.best.value, value) {
                self.best = self.current.clone();
                self.best_prices.clone_from(&self.prices);
            }
        }
    }

    /// Keeps a choice in the pool if it is among the best.
    fn note(&mut self, open: &[usize], value: f64) {
        let place = self.pool.partition_point(|choice| choice.value < value);
        let same = |choice: &Choice| choice.value == value && choice.open == open;
        if place < POOL && !self.pool[place..].iter().take_while(|c| c.value == value).any(same) {
            self.pool.insert(place, Choice { open: open.to_vec(), value });
            self.pool.truncate(POOL);
        }
    }

    /// Returns whether a value is below another by more than rounding.
    fn is_better(&self, old: f64, new: f64) -> bool {
        new < old - 1e-12 * old.abs() - 1e-9 || old == f64::INFINITY
    }

    /// Searches until `rounds` kicks in a row found nothing, or `goes_on(work, value)` says no.
    pub(crate) fn run(&mut self, rounds: usize, mut goes_on: impl FnMut(u64, f64) -> bool) {
        let mut idle = 0;
        if goes_on(self.work(), self.best.value) {
            self.descend(&mut goes_on);
        }
        let mut base = self.current.clone();
        while idle < rounds && goes_on(self.work(), self.best.value) {
            let before = self.best.value;
            self.kick(&base);
            self.descend(&mut goes_on);
            idle = if self.best.value < before { 0 } else { idle + 1 };
            // A slightly worse choice may be the next base, so that the search does not stand still.
            let tolerance = 0.002 * self.best.value.abs();
            if self.current.value <= base.value || self.current.value < self.best.value + tolerance
            {
                base = self.current.clone();
            }
        }
    }

    /// Makes improving moves until there is none.
    fn descend(&mut self, goes_on: &mut impl FnMut(u64, f64) -> bool) {
        while self.improve(goes_on) {}
    }

    /// Makes the first move, in the order of their bounds, that improves.
    fn improve(&mut self, goes_on: &mut impl FnMut(u64, f64) -> bool) -> bool {
        let mut moves = self.moves(goes_on);
        moves.sort_by(|a, b| a.least.total_cmp(&b.least));
        for step in moves {
            if !goes_on(self.work(), self.best.value) {
                return false;
            }
            let open = changed(&self.current.open, step);
            self.transport.set_prices(&self.prices);
            if let Some(site) = step.opens {
                self.transport.set_price(site, step.price);
            }
            let value = self.transport.solve(&open);
            let Some(value) = value else { continue };
            self.note(&open, value);
            if self.is_better(self.current.value, value) {
                self.adopt(open);
                return true;
            }
        }
        false
    }

    /// Lists the moves that may improve.
    fn moves(&mut self, goes_on: &mut impl FnMut(u64, f64) -> bool) -> Vec<Move> {
        let mut moves = Vec::new();
        let open = self.current.open.clone();
        self.transport.set_prices(&self.prices);
        self.list_moves(&open, None, &mut moves);
        for &closes in &open {
            if !goes_on(self.work(), self.best.value) {
                break;
            }
            self.list_moves(&open, Some(closes), &mut moves);
        }
        moves
    }

    /// Lists the moves that close a given site, or none.
    fn list_moves(&mut self, open: &[usize], closes: Option<usize>, moves: &mut Vec<Move>) {
        let instance = self.instance;
        let kept: Vec<usize> = open.iter().copied().filter(|&site| Some(site) != closes).collect();
        let capacity = instance.capacity_of(kept.iter().copied());
        let worth = if kept.is_empty() { self.dearest() } else { self.transport.worth(&kept) };
        let paid = |&site: &usize| self.transport.price(site) * instance.capacities[site] as f64;
        let least = instance.opening_cost_of(&kept) - kept.iter().map(paid).sum::<f64>()
            + worth.iter().zip(&self.demands).map(|(v, d)| v * d).sum::<f64>();
        self.work += (kept.len() * worth.len()) as u64;
        let limit = self.current.value;
        if closes.is_some() && capacity >= instance.total && self.is_better(limit, least) {
            moves.push(Move { closes, opens: None, least, price: 0.0 });
        }
        for site in (0..instance.sites()).filter(|site| !open.contains(site)) {
            if capacity + instance.capacities[site] < instance.total {
                continue;
            }
            let (costs, room) =
                ((&worth[..], instance.unit_costs_of(site)), instance.capacities[site]);
            let saving = self.knapsack.saving(costs, &self.demands, room as f64, 0.0);
            let least = least + instance.opening_costs[site] as f64 - saving.saved;
            self.work += worth.len() as u64;
            if self.is_better(limit, least) {
                moves.push(Move { closes, opens: Some(site), least, price: saving.price });
            }
        }
    }

    /// Returns a worth that no unit exceeds.
    fn dearest(&self) -> Vec<f64> {
        let mut dearest = vec![0.0_f64; self.demands.len()];
        for site in 0..self.instance.sites() {
            let costs = self.instance.unit_costs_of(site);
            dearest.iter_mut().zip(costs).for_each(|(most, cost)| *most = most.max(*cost));
        }
        dearest
    }

    /// Exchanges a few sites of a choice by chance and adds sites until they can serve all demand.
    fn kick(&mut self, base: &Choice) {
        let sites = self.instance.sites();
        let mut open = base.open.clone();
        let times = 1 + self.random.below(3);
        for _ in 0..times.min(open.len()) {
            open.swap_remove(self.random.below(open.len()));
        }
        let capacity = |open: &[usize]| self.instance.capacity_of(open.iter().copied());
        let mut added = 0;
        while open.len() < sites && (added < times || capacity(&open) < self.instance.total) {
            let site = self.random.below(sites);
            if !open.contains(&site) {
                open.push(site);
                added += 1;
            }
        }
        open.sort_unstable();
        self.adopt(open);
    }
}

/// Returns the open sites after a move, ascending.
fn changed(open: &[usize], step: Move) -> Vec<usize> {
    let kept = open.iter().copied().filter(|&site| Some(site) != step.closes);
    let mut open: Vec<usize> = kept.chain(step.opens).collect();
    open.sort_unstable();
    open
}
