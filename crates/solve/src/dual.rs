//! Ascent of the Lagrangian dual: the search for radii whose bound is high.
//!
//! Each point is relaxed from "served once in every period"; its multiplier is kept as a radius
//! v = u / w, so that only pairs with cost below the radius matter. The step follows the smoothed
//! subgradient h <- 0.9 h + 0.1 g, scaled by the starting radius of each point, with a step length
//! that falls geometrically; restarts from the best radii take smaller steps. It needs no upper bound.

use std::sync::Arc;

use rayon::prelude::*;

use crate::assignment::{Assignment, assign};
use crate::instance::{Instance, SiteRows};
use crate::soft::{Blend, Usage, blend};

/// Says how an ascent steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Schedule {
    /// First step, as a share of the starting radius.
    pub(crate) first: f64,
    /// Last step.
    pub(crate) last: f64,
    /// Number of steps.
    pub(crate) steps: usize,
}

/// Is the state of an ascent.
pub(crate) struct Dual<'a> {
    instance: &'a Instance,
    /// Current radius of point i in period t, at `i * periods + t`.
    radii: Vec<f64>,
    /// Scale of the steps.
    scale: Arc<[f64]>,
    /// Smoothed gradient.
    direction: Vec<f64>,
    /// Largest radius of each point in each period that counts.
    caps: Vec<f64>,
    /// The same, and for which the current rows are complete.
    limits: Vec<f64>,
    rows: SiteRows,
    /// For each pair of the rows, the period from which on it lies beyond reach.
    until: Vec<u8>,
    usage: Usage,
    /// The best radii so far.
    pub(crate) best: Relaxation,
    /// Pairs priced so far.
    pub(crate) work: u64,
}

/// Is a point of the dual with what it gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relaxation {
    /// Lower bound on the value, as far as floating point can tell.
    pub(crate) bound: f64,
    /// Radii, at `i * periods + t`.
    pub(crate) radii: Vec<f64>,
    /// The choice that attains the bound.
    pub(crate) assignment: Assignment,
    /// What is certain of the bound without pricing it in integers, where that takes long.
    pub(crate) sure: Option<Sure>,
}

/// Is a bound that holds whatever floating point did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sure {
    /// The bound.
    pub(crate) bound: f64,
    /// Radii are whole multiples of 2^-shift.
    pub(crate) shift: u32,
}

/// Steps after which the rows are rebuilt around the current radii.
const REBUILD_EVERY: usize = 20;
/// Pairs times periods from which it pays to price in parallel.
const PARALLEL_FROM: usize = 100_000;

impl<'a> Dual<'a> {
    /// Starts an ascent at these radii, which also scale its steps.
    pub(crate) fn new(instance: &'a Instance, radii: Vec<f64>) -> Self {
        let scale = step_scale(instance, &radii);
        Self::with_scale(instance, radii, scale.into())
    }

    /// Starts an ascent at these radii with a given scale of steps.
    pub(crate) fn with_scale(
        instance: &'a Instance,
        mut radii: Vec<f64>,
        scale: Arc<[f64]>,
    ) -> Self {
        let caps = caps_of(instance);
        radii.iter_mut().zip(&caps).for_each(|(radius, &cap)| *radius = radius.clamp(0.0, cap));
        Self {
            instance,
            scale,
            direction: vec![0.0; radii.len()],
            limits: Vec::new(),
            caps,
            rows: SiteRows::default(),
            until: Vec::new(),
            usage: Usage::new(instance),
            best: Relaxation { bound: f64::NEG_INFINITY, ..Relaxation::default() },
            work: 0,
            radii,
        }
    }

    /// Returns the problem.
    pub(crate) fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// Takes the steps of a schedule from the best radii so far; `goes_on` sees the bound after every
    /// step and may end it.
    pub(crate) fn ascend(&mut self, schedule: Schedule, goes_on: impl FnMut(&Self) -> bool) {
        if !self.best.radii.is_empty() {
            self.radii.clone_from(&self.best.radii);
        }
        self.direction.fill(0.0);
        self.climb(schedule, goes_on);
    }

    /// Takes the steps of a schedule from where it is; `goes_on` sees the bound after every step.
    pub(crate) fn climb(&mut self, schedule: Schedule, mut goes_on: impl FnMut(&Self) -> bool) {
        let decay = (schedule.last / schedule.first).powf(1.0 / schedule.steps.max(2) as f64);
        let mut step = schedule.first;
        for k in 0..schedule.steps {
            if k % REBUILD_EVERY == 0 {
                self.rebuild_rows(step);
            }
            let (worth, prices) = self.evaluate();
            let blend = blend(self.instance, &worth, &prices, step);
            self.step(&blend, step);
            step *= decay;
            if !goes_on(self) {
                return;
            }
        }
    }

    /// Prices all candidates at the current radii and keeps them if their bound is the best.
    fn evaluate(&mut self) -> (Vec<f64>, Vec<f64>) {
        let worth = self.price();
        self.work += self.rows.pairs() as u64;
        let assignment = assign(self.instance, &worth);
        let bound = bound_of(self.instance, &self.radii, &worth, &assignment.prices);
        let prices = assignment.prices.clone();
        self.usage.note(&assignment.period, |site| site);
        if bound > self.best.bound {
            let radii = self.radii.clone();
            self.best = Relaxation { bound, radii, assignment, sure: None };
        }
        (worth, prices)
    }

    /// Returns what each candidate is worth when open from each period on.
    fn price(&self) -> Vec<f64> {
        let periods = self.instance.periods;
        let mut worth = vec![0.0; self.instance.candidates.len() * periods];
        let price = |(site, row): (usize, &mut [f64])| {
            if periods == 1 {
                row[0] = self.worth_once(site) + self.instance.candidates[site].opening_cost;
                self.add_outside(site, row);
                return;
            }
            let until = &self.until[self.rows.range(site)];
            for ((point, cost), &until) in self.rows.of(site).zip(until) {
                let cost = f64::from(cost);
                let at = point * periods..point * periods + usize::from(until);
                let radii = &self.radii[at.clone()];
                let weights = &self.instance.weights[at];
                for ((total, &radius), &weight) in row.iter_mut().zip(radii).zip(weights) {
                    *total += weight * (cost - radius).min(0.0);
                }
            }
            row[periods - 1] += self.instance.candidates[site].opening_cost;
            for t in (0..periods - 1).rev() {
                row[t] += row[t + 1];
            }
            self.add_outside(site, row);
        };
        if self.rows.pairs() * periods < PARALLEL_FROM {
            worth.chunks_mut(periods).enumerate().for_each(price);
        } else {
            worth.par_chunks_mut(periods).enumerate().for_each(price);
        }
        worth
    }

    /// Adds what a candidate of a patch saves for points that are not of it.
    fn add_outside(&self, site: usize, row: &mut [f64]) {
        if let Some(outside) = &self.instance.outside {
            let origin = self.instance.candidates[site].origin as usize;
            let savings = &outside.savings[origin * row.len()..];
            row.iter_mut().zip(savings).for_each(|(worth, saving)| *worth += saving);
        }
    }

    /// Returns what a candidate saves where there is one period.
    fn worth_once(&self, site: usize) -> f64 {
        let (radii, weights) = (&self.radii[..], &self.instance.weights[..]);
        let pairs = self.rows.of(site);
        pairs.map(|(point, cost)| weights[point] * (f64::from(cost) - radii[point]).min(0.0)).sum()
    }

    /// Returns the share of the recent choices in which each candidate was open in each period, site-major.
    pub(crate) fn shares(&self) -> Vec<f64> {
        self.usage.shares()
    }

    /// Moves the radii along the smoothed gradient of a blend of choices; each stays between 0 and its limit.
    fn step(&mut self, blend: &Blend, step: f64) {
        let slack = self.slack(blend);
        let moves = self.direction.iter_mut().zip(&slack).zip(self.scale.iter()).zip(&self.limits);
        for (radius, (((direction, slack), scale), limit)) in self.radii.iter_mut().zip(moves) {
            *direction = 0.9 * *direction + 0.1 * slack;
            *radius = (*radius + step * scale * *direction).max(0.0).min(*limit);
        }
    }

    /// Returns by how much less than one site each point is served within its radius.
    fn slack(&self, blend: &Blend) -> Vec<f64> {
        let periods = self.instance.periods;
        let mut slack = vec![1.0; self.radii.len()];
        for (site, shares) in blend.iter() {
            let opens = shares.iter().position(|&share| share > 0.0).unwrap_or(periods);
            let until = &self.until[self.rows.range(site)];
            for ((point, cost), &until) in self.rows.of(site).zip(until) {
                let until = usize::from(until);
                if opens >= until {
                    continue;
                }
                let (cost, at) = (f64::from(cost), point * periods);
                let radii = &self.radii[at + opens..at + until];
                let served = slack[at + opens..at + until].iter_mut().zip(&shares[opens..until]);
                for ((slack, share), radius) in served.zip(radii) {
                    *slack -= if cost < *radius { *share } else { 0.0 };
                }
            }
        }
        slack
    }

    fn rebuild_rows(&mut self, step: f64) {
        let periods = self.instance.periods;
        // In steps between rebuilds radii move about so far.
        let room = (0.5 * REBUILD_EVERY as f64 * step).clamp(0.02, 0.35);
        let pairs = self.radii.iter().zip(self.scale.iter());
        let reach: Vec<f64> = pairs.map(|(radius, scale)| radius + room * scale).collect();
        self.limits = self.caps.iter().zip(&reach).map(|(cap, reach)| cap.min(*reach)).collect();
        let farthest = |point: usize| {
            let reach = &reach[point * periods..(point + 1) * periods];
            reach.iter().fold(0.0, |most: f64, &v| most.max(v))
        };
        self.rows = self.instance.rows_within(farthest);
        self.until = self.rows.map_pairs(|point, cost| {
            let reach = &reach[point * periods..(point + 1) * periods];
            let last = reach.iter().rposition(|&reach| f64::from(cost) < reach);
            last.map_or(0, |last| last as u8 + 1)
        });
        self.work += self.rows.pairs() as u64;
    }
}

/// Returns the largest radii that count: up to what a point costs without any site, and to the end of its list.
fn caps_of(instance: &Instance) -> Vec<f64> {
    let periods = instance.periods;
    let ends = (0..instance.points).map(|point| f64::from(instance.complete_below(point)));
    let slots = ends.flat_map(|end| std::iter::repeat_n(end, periods));
    let cap = |((end, &cap), &weight): ((f64, &f64), &f64)| {
        if weight > 0.0 { cap.min(end) } else { 0.0 }
    };
    slots.zip(instance.caps.iter()).zip(instance.weights.iter()).map(cap).collect()
}

/// Returns the bound of radii, with what each candidate is worth at them and prices.
pub(crate) fn bound_of(instance: &Instance, radii: &[f64], worth: &[f64], prices: &[f64]) -> f64 {
    let multipliers = sum_of_products(radii, &instance.weights);
    let quotas = instance.quotas.iter().zip(prices);
    let paid: f64 = match instance.outside {
        None => quotas.map(|(&quota, price)| f64::from(quota) * price).sum(),
        Some(_) => 0.0,
    };
    let sites: f64 = (0..instance.candidates.len())
        .map(|site| {
            let never = if instance.candidates[site].required { f64::INFINITY } else { 0.0 };
            (0..instance.periods)
                .filter(|&t| instance.may_open(site, t))
                .map(|t| worth[site * instance.periods + t] + prices[t])
                .fold(never, f64::min)
        })
        .sum();
    multipliers - paid + sites
}

/// Returns the sum of products, in several sums at once: one alone would wait for each addition before the next.
fn sum_of_products(a: &[f64], b: &[f64]) -> f64 {
    const SUMS: usize = 8;
    let mut sums = [0.0; SUMS];
    let ((firsts, rest), (seconds, other_rest)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
    for (first, second) in firsts.iter().zip(seconds) {
        for (sum, (a, b)) in sums.iter_mut().zip(first.iter().zip(second)) {
            *sum += a * b;
        }
    }
    let rest: f64 = rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// Returns the step scale of each multiplier: its starting radius, and a tenth of the mean where that
/// is zero, so that no point is stuck.
pub(crate) fn step_scale(instance: &Instance, radii: &[f64]) -> Vec<f64> {
    let (sum, count) = radii
        .iter()
        .zip(instance.weights.iter())
        .filter(|(radius, weight)| **radius > 0.0 && **weight > 0.0)
        .fold((0.0, 0_usize), |(sum, count), (radius, _)| (sum + radius, count + 1));
    let floor = if count > 0 { 0.1 * sum / count as f64 } else { 1.0 };
    radii.iter().map(|&radius| radius.max(floor)).collect()
}
