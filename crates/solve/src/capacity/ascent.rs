//! Ascent of the Lagrangian dual: what each unit of demand is worth, so that the bound is high.
//!
//! With worth v of a unit of each client the bound is `sum d v + sum_j min(0, f_j - saving_j(v))`, where
//! a site that must open has no 0 in its minimum and a closed one counts nothing. At least as many sites
//! open as it takes to serve all demand: where fewer are worth it, the next best are chosen all the same,
//! which is what a price on their number gives. The step follows the
//! smoothed subgradient h <- 0.9 h + 0.1 g, where g is the share of a client that nobody serves, scaled
//! by the starting worth, with a step length that falls geometrically, as for the other problems.

use rayon::prelude::*;

use super::Capacitated;
use super::knapsack::Knapsack;

/// Says what is settled about a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Free,
    /// It is open.
    Open,
    /// It is closed.
    Closed,
}

/// Says how an ascent steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// First step, as a share of the starting worth.
    pub(crate) first: f64,
    /// Last step.
    pub(crate) last: f64,
    /// Number of steps.
    pub(crate) steps: usize,
}

/// Is a point of the dual with what it gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relaxed {
    /// Lower bound on the cost, as far as floating point can tell.
    pub(crate) bound: f64,
    /// What a unit of each client is worth.
    pub(crate) worth: Vec<f64>,
    /// Price of one more site: 0, or below where more have to open than are worth it.
    pub(crate) price: f64,
    /// How often each site was chosen, smoothed over the last steps.
    pub(crate) usage: Vec<f64>,
}

/// Climbs the dual of an instance; keeps its buffers.
#[derive(Clone, Debug)]
pub(crate) struct Ascent<'a> {
    instance: &'a Capacitated,
    demands: Vec<f64>,
    /// One a site, as the chosen ones are visited later.
    knapsacks: Vec<Knapsack>,
    chosen: Vec<bool>,
    /// Price of a unit of capacity of each site at its last visit.
    guesses: Vec<f64>,
    /// Share of each client that nobody serves, at the current point.
    unserved: Vec<f64>,
    direction: Vec<f64>,
    /// Pairs priced so far.
    pub(crate) work: u64,
}

/// Pairs from which on it pays to price sites on several threads.
pub(crate) const WORTH_SHARING: usize = 30_000;

impl<'a> Ascent<'a> {
    pub(crate) fn new(instance: &'a Capacitated) -> Self {
        Self {
            instance,
            demands: instance.demands.iter().map(|&demand| demand as f64).collect(),
            knapsacks: vec![Knapsack::default(); instance.sites()],
            chosen: Vec::new(),
            guesses: vec![0.0; instance.sites()],
            unserved: vec![0.0; instance.clients()],
            direction: vec![0.0; instance.clients()],
            work: 0,
        }
    }

    /// Climbs from a worth, one step at least; ends early once the bound reaches `enough` or `stops(work)` says so.
    pub(crate) fn ascend(
        &mut self,
        (states, start): (&[State], &[f64]),
        (schedule, enough): (Schedule, f64),
        stops: &dyn Fn(u64) -> bool,
    ) -> Relaxed {
        let scale = step_scale(start, &self.demands);
        let decay = (schedule.last / schedule.first).powf(1.0 / schedule.steps.max(2) as f64);
        let mut step = schedule.first;
        let mut worth = start.to_vec();
        let mut best = Relaxed { bound: f64::NEG_INFINITY, ..Relaxed::default() };
        let mut usage: Vec<f64> = Vec::new();
        let fewest = self.instance.fewest(states);
        self.direction.fill(0.0);
        for _ in 0..schedule.steps {
            let now = self.price((states, fewest), &worth);
            note_usage(&mut usage, &self.chosen);
            if now.bound > best.bound {
                best = Relaxed { worth: worth.clone(), ..now };
            }
            if best.bound >= enough || stops(self.work) {
                break;
            }
            let moves = self.direction.iter_mut().zip(&self.unserved).zip(&scale);
            for (worth, ((direction, unserved), scale)) in worth.iter_mut().zip(moves) {
                *direction = 0.9 * *direction + 0.1 * unserved;
                *worth = (*worth + step * scale * *direction).max(0.0);
            }
            step *= decay;
        }
        best.usage = usage;
        best
    }

    /// Returns what a worth gives; leaves the share of each client that nobody serves.
    fn price(&mut self, (states, fewest): (&[State], usize), worth: &[f64]) -> Relaxed {
        let instance = self.instance;
        let reduced = self.reduced_costs(states, worth);
        let price = self.choose((states, fewest), &reduced);
        let mut bound: f64 = worth.iter().zip(&self.demands).map(|(v, d)| v * d).sum();
        self.unserved.fill(1.0);
        for site in (0..instance.sites()).filter(|&site| self.chosen[site]) {
            bound += reduced[site];
            self.knapsacks[site].visit(|client, share| self.unserved[client] -= share);
        }
        Relaxed { bound, price, ..Relaxed::default() }
    }

    /// Returns opening cost less saving of each site; 0 for closed ones.
    fn reduced_costs(&mut self, states: &[State], worth: &[f64]) -> Vec<f64> {
        let (instance, demands) = (self.instance, &self.demands[..]);
        let reduced = |(site, (knapsack, guess)): (usize, (&mut Knapsack, &mut f64))| {
            if states[site] == State::Closed {
                return 0.0;
            }
            let capacity = instance.capacities[site] as f64;
            let costs = (worth, instance.unit_costs_of(site));
            let saving = knapsack.saving(costs, demands, capacity, *guess);
            *guess = saving.price;
            instance.opening_costs[site] as f64 - saving.saved
        };
        let priced = states.iter().filter(|state| **state != State::Closed).count();
        self.work += (priced * worth.len()) as u64;
        if priced * worth.len() < WORTH_SHARING {
            let sites = self.knapsacks.iter_mut().zip(&mut self.guesses);
            return sites.enumerate().map(reduced).collect();
        }
        let sites = self.knapsacks.par_iter_mut().zip(&mut self.guesses);
        sites.enumerate().with_min_len(8).map(reduced).collect()
    }

    /// Chooses open sites, free ones below 0, and the next best until there are `fewest`; returns the price
    /// that has the same effect.
    fn choose(&mut self, (states, fewest): (&[State], usize), reduced: &[f64]) -> f64 {
        let worth_it = |(state, reduced): (&State, &f64)| {
            *state == State::Open || *state == State::Free && *reduced < 0.0
        };
        self.chosen = states.iter().zip(reduced).map(worth_it).collect();
        let count = self.chosen.iter().filter(|chosen| **chosen).count();
        let Some(missing) = fewest.checked_sub(count).filter(|&missing| missing > 0) else {
            return 0.0;
        };
        let idle = |&site: &usize| states[site] == State::Free && !self.chosen[site];
        let mut idle: Vec<usize> = (0..states.len()).filter(idle).collect();
        idle.sort_by(|&a, &b| reduced[a].total_cmp(&reduced[b]));
        idle.truncate(missing);
        idle.iter().for_each(|&site| self.chosen[site] = true);
        idle.last().map_or(0.0, |&site| -reduced[site])
    }
}

/// Smooths which sites are chosen.
fn note_usage(usage: &mut Vec<f64>, chosen: &[bool]) {
    let chosen = chosen.iter().map(|&chosen| f64::from(chosen));
    if usage.is_empty() {
        usage.extend(chosen);
    } else {
        usage.iter_mut().zip(chosen).for_each(|(usage, now)| *usage = 0.95 * *usage + 0.05 * now);
    }
}

/// Returns the step scale of each client: its starting worth, and a tenth of the mean where that is
/// less, so that no client is stuck.
fn step_scale(start: &[f64], demands: &[f64]) -> Vec<f64> {
    let peopled = start.iter().zip(demands).filter(|(_, demand)| **demand > 0.0);
    let (sum, count) =
        peopled.fold((0.0, 0_usize), |(sum, count), (worth, _)| (sum + worth, count + 1));
    let floor = if count > 0 && sum > 0.0 { 0.1 * sum / count as f64 } else { 1.0 };
    start.iter().map(|worth| worth.max(floor)).collect()
}
