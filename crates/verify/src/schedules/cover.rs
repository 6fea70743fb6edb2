//! What a cover certificate proves under the goal of the worst-off: in each period, that somebody lies at least so far
//! from something that they need.
//!
//! If everybody had all that they need nearer than r, sites would hold all the weight by what they offer, each weight at
//! least once. What schedules bring to a rule is at most what the rule is held against. So where, with prices for the rules, the
//! best schedule of each site by itself leaves weight over, no plan that keeps the rules is such a plan.

use std::collections::BTreeSet;

use groundwork_model::certificate::{RulePrice, ScheduleCoverProof};
use groundwork_model::{Code, Goal, Problem};
use rayon::prelude::*;

use super::lists::Schedule;
use super::rules::{self, Feature, Layout, Row};
use super::world::World;
use crate::Proved;
use crate::near::NearPlaces;
use crate::relaxation::{malformed, too_large};

/// Recomputes the bound that weights and prices prove; a period that proves nothing counts 0.
pub(super) fn prove(world: &World<'_>, proofs: &[ScheduleCoverProof]) -> Proved {
    let problems = shape(world, proofs);
    if !problems.is_empty() {
        return Proved { problems, ..Proved::default() };
    }
    let mut proved = Proved { bound: Some(0), ..Proved::default() };
    for (period, proof) in (1..).zip(proofs).filter(|(_, proof)| proof.at_least_m > 0) {
        match Period::new(world, period, proof).and_then(|of_period| of_period.is_proved()) {
            Ok((is_proved, pairs)) => {
                proved.pairs += pairs;
                if is_proved {
                    proved.bound = proved
                        .bound
                        .and_then(|sum| sum.checked_add(counted(world, period, proof)?));
                } else {
                    proved.problems.push(not_proved(world, period, proof.at_least_m));
                }
            }
            Err(problem) => return Proved { problems: vec![problem], ..Proved::default() },
        }
    }
    if proved.bound.is_none() {
        proved.problems.push(too_large());
    }
    proved
}

/// Returns what the distance of a period adds to the bound: never more than somebody without a site counts.
fn counted(world: &World<'_>, period: u32, proof: &ScheduleCoverProof) -> Option<i128> {
    let metres = u128::from(proof.at_least_m);
    let metres = world.tariff.unserved.map_or(metres, |unserved| metres.min(unserved));
    i128::try_from(world.tariff.of_period(period).checked_mul(metres)?).ok()
}

/// Says what is wrong with the form of a proof.
fn shape(world: &World<'_>, proofs: &[ScheduleCoverProof]) -> Vec<Problem> {
    let mut causes = Vec::new();
    if let Some(cause) = &world.refusal {
        causes.push(format!("covers bound nothing here: {cause}"));
    }
    if world.tariff.goal != Goal::WorstDistance {
        causes.push("a cover proof bounds the goal `worst-distance` only".to_owned());
    }
    if proofs.len() != world.periods as usize {
        let (given, needed) = (proofs.len(), world.periods);
        causes.push(format!("`periods` has {given} entries for {needed} periods"));
    }
    let (kinds, places) = (world.listed.len(), world.scene.places());
    for (period, proof) in (1..).zip(proofs).filter(|(_, proof)| proof.at_least_m > 0) {
        let lengths_fit = proof.weights.iter().all(|weights| weights.len() == places);
        if proof.weights.len() != kinds || !lengths_fit {
            causes.push(format!(
                "the weights of period {period} are not {kinds} lists for the kinds, each of {places} places"
            ));
        }
    }
    let mut problems: Vec<Problem> = causes.into_iter().map(malformed).collect();
    if let Some(site) = world.lists.iter().position(Vec::is_empty) {
        problems.push(super::bound::no_schedule(world, site));
    }
    problems
}

fn not_proved(world: &World<'_>, period: u32, at_least_m: u32) -> Problem {
    let when = world.scene.period_name(period as usize - 1);
    let cause = format!(
        "weights and prices do not prove that somebody is {at_least_m} m or farther from something needed in {when}"
    );
    Problem::new(Code::BoundNotProved, cause)
}

/// Is the proof of a period with all that its prices come to.
struct Period<'a> {
    world: &'a World<'a>,
    period: u32,
    proof: &'a ScheduleCoverProof,
    layout: Layout,
    /// What each feature of each site costs in prices.
    features: Vec<i128>,
    /// What the rules are held against, at their prices.
    most: i128,
}

impl<'a> Period<'a> {
    fn new(
        world: &'a World<'a>,
        period: u32,
        proof: &'a ScheduleCoverProof,
    ) -> Result<Self, Problem> {
        let layout = Layout::of(world);
        let features = vec![0; world.sites() * layout.len()];
        let mut of_period = Self { world, period, proof, layout, features, most: 0 };
        let mut named = BTreeSet::new();
        for price in &proof.prices {
            if !named.insert(&price.of) {
                return Err(wrong(price, "has two prices in one period"));
            }
            let row = rules::row(world, &price.of).ok_or_else(|| wrong(price, "is none"))?;
            if price.price < 0 && !row.is_exact {
                return Err(wrong(price, "has a price below 0"));
            }
            of_period.add(&row, price.price).ok_or_else(too_large)?;
        }
        Ok(of_period)
    }

    fn add(&mut self, row: &Row, price: i128) -> Option<()> {
        self.most = self.most.checked_add(price.checked_mul(row.most)?)?;
        for entry in &row.entries {
            let at = entry.site as usize * self.layout.len() + self.layout.index(entry.feature);
            let more = price.checked_mul(entry.coefficient)?;
            self.features[at] = self.features[at].checked_add(more)?;
        }
        Some(())
    }

    /// Returns whether weight is left over, and how many pairs were measured.
    fn is_proved(&self) -> Result<(bool, u64), Problem> {
        let (held, pairs) = self.held();
        let sum = || {
            let mut sum = self.weight()?.checked_sub(self.most)?;
            for (site, held) in held.iter().enumerate() {
                sum = sum.checked_add(self.least(site, held)?)?;
            }
            Some(sum)
        };
        Ok((sum().ok_or_else(too_large)? > 0, pairs))
    }

    /// Returns the weight of a place for a kind, by its number among those that packages list; 0 where nobody needs it.
    fn weight_of(&self, listed: usize, place: usize) -> i128 {
        let kind = self.world.listed[listed];
        let persons = self.world.kinds[kind].persons.at(place, self.period);
        if persons > 0 { i128::from(self.proof.weights[listed][place]) } else { 0 }
    }

    fn weight(&self) -> Option<i128> {
        let (kinds, places) = (self.world.listed.len(), self.world.scene.places());
        let mut pairs = (0..kinds).flat_map(|kind| (0..places).map(move |place| (kind, place)));
        pairs.try_fold(0_i128, |sum, (kind, place)| sum.checked_add(self.weight_of(kind, place)))
    }

    /// Returns, for each site, the weight of each kind that lies within less than the distance, and how many pairs were
    /// measured.
    fn held(&self) -> (Vec<Vec<i128>>, u64) {
        let world = self.world;
        let kinds = world.listed.len();
        let weighs = |place: usize| (0..kinds).any(|kind| self.weight_of(kind, place) > 0);
        let limit = |place| weighs(place).then(|| self.proof.at_least_m - 1);
        let limits: Vec<Option<u32>> = (0..world.scene.places()).map(limit).collect();
        let near = NearPlaces::new(&world.scene.distances, &limits);
        let places: Vec<usize> = near.places().collect();
        let of_site = |site: usize| {
            let mut held = vec![0_i128; kinds];
            // Fewer than 2^63 numbers of 64 bits fit.
            let pairs = near.of_site(site, |number, _| {
                for (kind, sum) in held.iter_mut().enumerate() {
                    *sum += self.weight_of(kind, places[number]);
                }
            });
            (held, pairs)
        };
        let (held, pairs): (Vec<Vec<i128>>, Vec<u64>) =
            (0..world.sites()).into_par_iter().map(of_site).unzip();
        (held, pairs.iter().sum())
    }

    /// Returns the least that a site adds over all its schedules, by the weight that lies near it for each kind.
    fn least(&self, site: usize, held: &[i128]) -> Option<i128> {
        let mut least: Option<i128> = None;
        for schedule in &self.world.lists[site] {
            let brought = self.brought(site, schedule)?;
            let added = brought.checked_sub(self.held_by(schedule, held)?)?;
            least = Some(least.map_or(added, |least| least.min(added)));
        }
        least
    }

    /// Returns the weight that a schedule holds by what it offers in the period.
    fn held_by(&self, schedule: &Schedule, held: &[i128]) -> Option<i128> {
        let Some(package) = schedule.offers(self.world, self.period) else { return Some(0) };
        let offers = &self.world.packages[package].offers;
        let listed = self.world.listed.iter().zip(held);
        let mut offered = listed.filter(|(kind, _)| offers[**kind].is_some());
        offered.try_fold(0_i128, |sum, (_, held)| sum.checked_add(*held))
    }

    /// Returns what a schedule brings to the rules, at their prices.
    fn brought(&self, site: usize, schedule: &Schedule) -> Option<i128> {
        let world = self.world;
        let mut features = vec![Feature::Always];
        if world.is_change(site, schedule) {
            features.push(Feature::Changed);
        }
        if world.standing[site].is_none() && !schedule.is_never(world) {
            features.push(Feature::Open(schedule.package, schedule.from));
        }
        features.extend(schedule.turn.map(|(upgrade, period)| Feature::Turn(upgrade, period)));
        let offers = |period| Some(Feature::Offer(schedule.offers(world, period)?, period));
        features.extend((1..=world.periods).filter_map(offers));
        let of_site = &self.features[site * self.layout.len()..][..self.layout.len()];
        let mut costs = features.into_iter().map(|feature| of_site[self.layout.index(feature)]);
        costs.try_fold(0_i128, i128::checked_add)
    }
}

fn wrong(price: &RulePrice, what: &str) -> Problem {
    let name = serde_json::to_string(&price.of).unwrap_or_default();
    malformed(format!("the rule {name} {what}"))
}
