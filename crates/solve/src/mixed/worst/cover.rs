//! The bound of a moment: a distance so large that no plan has everybody nearer to all that they need.
//!
//! Places have a weight for each kind and rules a price; each site takes the schedule that holds most weight for its
//! price. Where all of them together cannot hold all weight, somebody is left (the covering relaxation of the p-centre
//! problem, Minieka 1970, with the rules between sites relaxed by prices; where kinds are limited a site holds the heaviest
//! persons that it has room for). Weights and prices come from a subgradient ascent, the distance from halving; what counts
//! is worked out in whole numbers.

use groundwork_model::certificate::ScheduleCoverProof;
use rayon::prelude::*;

use super::offer::{NOTHING, Offer, Trial};
use super::truth::Truth;
use crate::mixed::problem::Mixed;

/// Steps of an ascent: their length at first and at last, and how many at most and at least.
const LENGTHS: (f64, f64) = (0.3, 0.003);
const STEPS_MAX: u64 = 600;
const STEPS_LEAST: u64 = 60;
/// Work of one ascent at most, unless it has the least number of steps.
const WORK_MAX: u64 = 400_000_000;
/// Share of the direction that is kept from one step to the next.
const MEMORY: f64 = 0.9;

/// Proves distances, moment by moment.
pub(super) struct Covers<'a> {
    mixed: &'a Mixed,
    truth: &'a Truth<'a>,
    /// The distances that can be the worst one, in order.
    distances: Vec<u32>,
    pub(super) work: u64,
}

/// Is what sites come to: the bound, and the schedule that each of them takes.
struct Priced {
    bound: f64,
    choice: Vec<u32>,
}

impl<'a> Covers<'a> {
    pub(super) fn new(mixed: &'a Mixed, truth: &'a Truth<'a>) -> Self {
        let pairs = (0..mixed.sites()).flat_map(|site| mixed.pairs.of(site));
        let mut distances: Vec<u32> =
            pairs.map(|(_, metres)| metres).chain(truth.unserved).collect();
        distances.sort_unstable();
        distances.dedup();
        Self { mixed, truth, distances, work: 0 }
    }

    /// Finds by halving a large distance that can be proved for a moment, none beyond a worst one that a plan has.
    pub(super) fn moment(
        &mut self,
        moment: usize,
        worst: u32,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> ScheduleCoverProof {
        let mut best = ScheduleCoverProof::default();
        let needs = &self.truth.needs[moment];
        if needs.is_empty() {
            return best;
        }
        let mixed = self.mixed;
        let moment = self.truth.moment(moment);
        let package = |site: usize, schedule: u32| {
            let parts = mixed.parts_in(moment.0, site, schedule);
            let mut offered =
                parts.iter().filter(|part| (part.from..part.until).contains(&moment.1));
            offered.next().map_or(NOTHING, |part| part.package)
        };
        let packages: Vec<Vec<usize>> = (0..mixed.sites())
            .map(|site| {
                let schedules = 0..mixed.columns[site].schedules.len() as u32;
                schedules.map(|schedule| package(site, schedule)).collect()
            })
            .collect();
        let trial = Trial { mixed, needs, moment, metres: 0, packages: &packages };
        let mut offer = trial.first_offer();
        let (mut low, mut high) = (0, self.distances.partition_point(|&metres| metres <= worst));
        while low < high && goes_on(self.work) {
            let middle = usize::midpoint(low, high);
            let metres = self.distances[middle];
            let trial = Trial { metres, ..trial };
            match trial.prove(&mut offer, &mut self.work, goes_on) {
                Some(proof) => {
                    best = proof;
                    low = middle + 1;
                }
                None => high = middle,
            }
        }
        best
    }
}

impl Trial<'_> {
    fn first_offer(&self) -> Offer {
        let mut offer = Offer::of(self.mixed, 0.0);
        for (&(layer, place), pace) in self.needs.iter().zip(self.paces()) {
            offer.weights[self.own(layer)][place] = 0.5 * pace;
        }
        offer
    }

    /// Returns how fast the weight of each need changes: of limited kinds that of each person alike.
    fn paces(&self) -> Vec<f64> {
        let mut most = vec![1; self.mixed.layers.len()];
        for &(layer, place) in self.needs {
            most[layer] = most[layer].max(self.persons(layer, place));
        }
        let pace = |&(layer, place): &(usize, usize)| {
            let is_limited = self.mixed.layers[layer].limited;
            let share = self.persons(layer, place) as f64 / most[layer] as f64;
            if is_limited { share } else { 1.0 }
        };
        self.needs.iter().map(pace).collect()
    }

    /// Climbs from an offer until it proves the distance. Where it does, the offer is what has proved it.
    fn prove(
        &self,
        offer: &mut Offer,
        work: &mut u64,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> Option<ScheduleCoverProof> {
        let mixed = self.mixed;
        if self.metres == 0 {
            return None;
        }
        let each = self.work();
        let steps = (WORK_MAX / each).clamp(STEPS_LEAST, STEPS_MAX);
        let scale = self.scale(offer);
        let mut at = offer.clone();
        let mut along = Offer::of(mixed, 0.0);
        let paces = self.paces();
        let mut spread = vec![0.0_f64; mixed.rules.len()];
        let shrink = (LENGTHS.1 / LENGTHS.0).powf(1.0 / steps as f64);
        let mut length = LENGTHS.0;
        for _ in 0..steps {
            let priced = self.price(&at);
            *work += each;
            if priced.bound > 1e-9
                && let Some(proof) = self.proof(&at)
            {
                *offer = at;
                return Some(proof);
            }
            if !goes_on(*work) {
                return None;
            }
            let slope = self.slope(&at, &priced.choice);
            for (&(layer, place), pace) in self.needs.iter().zip(&paces) {
                let own = self.own(layer);
                let along = &mut along.weights[own][place];
                *along = MEMORY * *along + (1.0 - MEMORY) * slope.weights[own][place];
                let weight = &mut at.weights[own][place];
                *weight = (*weight + length * pace * *along).clamp(0.0, 1.0);
            }
            for (rule, row) in mixed.rules.iter().enumerate() {
                let slope = slope.prices[rule];
                spread[rule] = match spread[rule] {
                    0.0 => slope.abs(),
                    spread => 0.98 * spread + 0.02 * slope.abs(),
                };
                if spread[rule] > 0.0 {
                    let along = &mut along.prices[rule];
                    *along = MEMORY * *along + (1.0 - MEMORY) * slope;
                    let price = &mut at.prices[rule];
                    *price += length * scale[rule] * *along / spread[rule];
                    if !row.exactly {
                        *price = price.max(0.0);
                    }
                }
            }
            length *= shrink;
        }
        None
    }

    /// Returns the work of a step: pairs and what schedules bring.
    fn work(&self) -> u64 {
        let pairs = |site: usize| self.near(site).count() as u64;
        let brings: usize = self.mixed.brings.iter().flatten().map(|brings| brings.len() + 1).sum();
        (0..self.mixed.sites()).map(pairs).sum::<u64>() + brings as u64
    }

    fn values<'b>(
        &'b self,
        prices: &'b [f64],
        held: &'b [f64],
        site: usize,
    ) -> impl Iterator<Item = f64> + 'b {
        let schedules = self.packages[site].iter().zip(&self.mixed.brings[site]);
        schedules.map(|(&package, brings)| {
            let priced: f64 =
                brings.iter().map(|&(rule, by)| prices[rule as usize] * by as f64).sum();
            priced - held.get(package).copied().unwrap_or(0.0)
        })
    }

    fn price(&self, offer: &Offer) -> Priced {
        let choose = |site: usize| {
            let held = self.held(offer, site);
            let mut best = (f64::INFINITY, 0);
            for (schedule, value) in (0..).zip(self.values(&offer.prices, &held, site)) {
                if value < best.0 {
                    best = (value, schedule);
                }
            }
            best
        };
        let chosen: Vec<(f64, u32)> = if self.mixed.sites() > 200 {
            (0..self.mixed.sites()).into_par_iter().map(choose).collect()
        } else {
            (0..self.mixed.sites()).map(choose).collect()
        };
        let weights: f64 =
            self.needs.iter().map(|&(layer, place)| offer.weights[self.own(layer)][place]).sum();
        let rules = self.mixed.rules.iter().zip(&offer.prices);
        let rights: f64 = rules.map(|(rule, price)| price * rule.right as f64).sum();
        Priced {
            bound: weights - rights + chosen.iter().map(|chosen| chosen.0).sum::<f64>(),
            choice: chosen.into_iter().map(|chosen| chosen.1).collect(),
        }
    }

    /// Returns the subgradient where each site takes a schedule.
    fn slope(&self, offer: &Offer, choice: &[u32]) -> Offer {
        let mixed = self.mixed;
        let prices = mixed.rules.iter().map(|rule| -(rule.right as f64)).collect();
        let mut slope = Offer { prices, ..Offer::of(mixed, 1.0) };
        for (site, &schedule) in choice.iter().enumerate() {
            for &(rule, by) in &mixed.brings[site][schedule as usize] {
                slope.prices[rule as usize] += by as f64;
            }
            for &(layer, size) in self.offers(self.packages[site][schedule as usize]) {
                let own = self.own(layer);
                let weights = &mut slope.weights[own];
                let fill = |place: usize, share: f64| weights[place] -= share;
                self.fill(&offer.weights[own], site, (layer, size), fill);
            }
        }
        slope
    }

    /// Returns what a unit of each rule is worth, in the median of the schedules that have part in it.
    fn scale(&self, offer: &Offer) -> Vec<f64> {
        let mixed = self.mixed;
        let mut worth: Vec<Vec<f64>> = vec![Vec::new(); mixed.rules.len()];
        for site in 0..mixed.sites() {
            let held = self.held(offer, site);
            let most = held.iter().copied().fold(0.0, f64::max);
            for brings in &mixed.brings[site] {
                for &(rule, by) in brings {
                    worth[rule as usize].push(most / by.abs() as f64);
                }
            }
        }
        let median = |list: &mut Vec<f64>| {
            let middle = list.len() / 2;
            if list.is_empty() {
                0.0
            } else {
                *list.select_nth_unstable_by(middle, f64::total_cmp).1
            }
        };
        let scale: Vec<f64> = worth.iter_mut().map(median).collect();
        let least = scale.iter().copied().filter(|&one| one > 0.0).fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { 1.0 };
        scale.into_iter().map(|one| one.max(1e-3 * least)).collect()
    }
}
