//! What a cover certificate proves under the goal of the worst-off: in each period of each future, that somebody goes at
//! least so far for something that they need.
//!
//! If everybody had all that they need nearer than r, sites would hold all the weight by what they offer, each weight at
//! least once; of a limited kind each person has a weight, and a site holds those of no more persons than it serves. What
//! schedules bring to a rule is at most what the rule is held against. So where, with prices for the rules, the best schedule
//! of each site by itself leaves weight over, no plan that keeps the rules is such a plan.

use std::collections::BTreeSet;

use groundwork_model::certificate::{RulePrice, ScheduleCoverProof};
use groundwork_model::{Code, Goal, Problem};
use rayon::prelude::*;

use super::futures::{Future, turns_out};
use super::lists::Schedule;
use super::packages::{Limit, PackageFacts};
use super::rules::{self, Feature, Layout, Row};
use super::value;
use super::world::World;
use crate::Proved;
use crate::near::NearPlaces;
use crate::relaxation::{malformed, too_large};

/// Recomputes the bound that weights and prices prove; a period that proves nothing counts 0.
pub(super) fn prove(world: &World<'_>, proofs: &[ScheduleCoverProof]) -> Proved {
    if world.tariff.goal != Goal::WorstDistance {
        let cause = "a cover proof bounds the goal `worst-distance` only";
        return Proved { problems: vec![malformed(cause)], ..Proved::default() };
    }
    let Shown { distances, problems, pairs } = match show(world, proofs) {
        Ok(shown) => shown,
        Err(problems) => return Proved { problems, ..Proved::default() },
    };
    let of_future = |distances: &[u32]| -> Option<i128> {
        let mut moments = (1..).zip(distances);
        moments.try_fold(0_i128, |sum, (period, metres)| {
            sum.checked_add(counted(world, period, *metres)?)
        })
    };
    let futures = distances.chunks(world.periods as usize);
    let bounds: Option<Vec<i128>> = futures.map(of_future).collect();
    let bound = bounds.and_then(|bounds| value::of_all(world, &bounds).ok());
    let too_large = bound.is_none().then(too_large);
    Proved { bound, problems: problems.into_iter().chain(too_large).collect(), pairs }
}

/// Returns how far somebody goes at least in each period of each future, all of which has to be proved, and how many pairs
/// were measured.
pub(super) fn distances(
    world: &World<'_>,
    proofs: &[ScheduleCoverProof],
) -> Result<(Vec<u32>, u64), Vec<Problem>> {
    let shown = show(world, proofs)?;
    if shown.problems.is_empty() { Ok((shown.distances, shown.pairs)) } else { Err(shown.problems) }
}

/// Is what proofs show.
struct Shown {
    /// In each period how far somebody goes at least, 0 where that is not proved.
    distances: Vec<u32>,
    problems: Vec<Problem>,
    pairs: u64,
}

/// Checks the proofs of all periods of all futures, each by itself.
fn show(world: &World<'_>, proofs: &[ScheduleCoverProof]) -> Result<Shown, Vec<Problem>> {
    let problems = shape(world, proofs);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut shown = Shown { distances: Vec::new(), problems, pairs: 0 };
    let moments = world.futures.list.iter().flat_map(|future| {
        let periods = 1..=world.periods;
        periods.map(move |period| (future, period))
    });
    for (moment, proof) in moments.zip(proofs) {
        let at_least = if proof.at_least_m > 0 {
            let of_moment = Period::new(world, moment, proof).and_then(|period| period.is_proved());
            let (is_proved, pairs) = of_moment.map_err(|problem| vec![problem])?;
            shown.pairs += pairs;
            if !is_proved {
                shown.problems.push(not_proved(world, moment, proof.at_least_m));
            }
            if is_proved { proof.at_least_m } else { 0 }
        } else {
            0
        };
        shown.distances.push(at_least);
    }
    Ok(shown)
}

/// Returns what a distance adds to the bound in a period: never more than somebody without a site counts.
fn counted(world: &World<'_>, period: u32, metres: u32) -> Option<i128> {
    let metres = u128::from(metres);
    let metres = world.tariff.unserved.map_or(metres, |unserved| metres.min(unserved));
    i128::try_from(world.tariff.of_period(period).checked_mul(metres)?).ok()
}

/// Says what is wrong with the form of proofs.
fn shape(world: &World<'_>, proofs: &[ScheduleCoverProof]) -> Vec<Problem> {
    let mut causes = Vec::new();
    if let Some(cause) = &world.refusal {
        causes.push(format!("covers bound nothing here: {cause}"));
    }
    let (futures, periods) = (world.futures.list.len(), world.periods as usize);
    if proofs.len() != futures * periods {
        let given = proofs.len();
        causes.push(format!(
            "`periods` has {given} entries for {periods} periods of {futures} futures"
        ));
    }
    let (kinds, places) = (world.listed.len(), world.scene.places());
    for (entry, proof) in (1..).zip(proofs).filter(|(_, proof)| proof.at_least_m > 0) {
        let lengths_fit = proof.weights.iter().all(|weights| weights.len() == places);
        if proof.weights.len() != kinds || !lengths_fit {
            causes.push(format!(
                "the weights of entry {entry} are not {kinds} lists for the kinds, each of {places} places"
            ));
        }
    }
    let mut problems: Vec<Problem> = causes.into_iter().map(malformed).collect();
    if let Some(site) = world.lists.iter().position(Vec::is_empty) {
        problems.push(super::bound::no_schedule(world, site));
    }
    problems
}

fn not_proved(world: &World<'_>, (future, period): (&Future, u32), at_least_m: u32) -> Problem {
    let when = world.scene.period_name(period as usize - 1);
    let cause = format!(
        "weights and prices do not prove that somebody goes {at_least_m} m or farther for something needed in {when}"
    );
    super::told(world, future, &Problem::new(Code::BoundNotProved, cause))
}

/// Is a weight and how often it counts.
type Weight = (u64, u64);

/// Is the proof of a period of a future with all that its prices come to.
struct Period<'a> {
    world: &'a World<'a>,
    future: &'a Future,
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
        (future, period): (&'a Future, u32),
        proof: &'a ScheduleCoverProof,
    ) -> Result<Self, Problem> {
        let layout = Layout::of(world);
        let features = vec![0; world.sites() * layout.len()];
        let mut of_period = Self { world, future, period, proof, layout, features, most: 0 };
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
                sum = sum.checked_add(self.least(site, held.as_ref()?)?)?;
            }
            Some(sum)
        };
        Ok((sum().ok_or_else(too_large)? > 0, pairs))
    }

    /// Returns the weight of a place for a kind, by its number among those that packages list: that of a person, as often
    /// as there are persons, where the kind is limited; else that of the place, once where somebody needs it.
    fn weight_of(&self, listed: usize, place: usize) -> Weight {
        let kind = self.world.listed[listed];
        let persons = self.future.persons[kind].at(place, self.period);
        let times = if self.world.kinds[kind].is_limited { persons } else { persons.min(1) };
        (self.proof.weights[listed][place], times)
    }

    fn weight(&self) -> Option<i128> {
        let (kinds, places) = (self.world.listed.len(), self.world.scene.places());
        let mut pairs = (0..kinds).flat_map(|kind| (0..places).map(move |place| (kind, place)));
        pairs.try_fold(0_i128, |sum, (kind, place)| {
            let (weight, times) = self.weight_of(kind, place);
            sum.checked_add(i128::from(weight).checked_mul(i128::from(times))?)
        })
    }

    /// Returns, for each site, the weight that it holds with each package of what lies within less than the distance
    /// (`None` beyond 128 bits), and how many pairs were measured.
    fn held(&self) -> (Vec<Option<Vec<i128>>>, u64) {
        let world = self.world;
        let kinds = world.listed.len();
        let weighs = |kind: usize, place: usize| {
            let (weight, times) = self.weight_of(kind, place);
            weight > 0 && times > 0
        };
        let limit =
            |place| (0..kinds).any(|kind| weighs(kind, place)).then(|| self.proof.at_least_m - 1);
        let limits: Vec<Option<u32>> = (0..world.scene.places()).map(limit).collect();
        let near = NearPlaces::new(&world.scene.distances, &limits);
        let places: Vec<usize> = near.places().collect();
        let of_site = |site: usize| {
            let mut weights: Vec<Vec<Weight>> = vec![Vec::new(); kinds];
            let pairs = near.of_site(site, |number, _| {
                for (kind, weights) in weights.iter_mut().enumerate() {
                    weights.push(self.weight_of(kind, places[number]));
                }
            });
            weights.iter_mut().for_each(|weights| weights.sort_unstable_by(|a, b| b.cmp(a)));
            (self.by_package(&weights), pairs)
        };
        let (held, pairs): (Vec<Option<Vec<i128>>>, Vec<u64>) =
            (0..world.sites()).into_par_iter().map(of_site).unzip();
        (held, pairs.iter().sum())
    }

    /// Returns the weight that each package holds of those near a site, by kind, the largest first.
    fn by_package(&self, weights: &[Vec<Weight>]) -> Option<Vec<i128>> {
        let of_package = |package: &PackageFacts<'_>| {
            let listed = self.world.listed.iter().zip(weights);
            let mut offered =
                listed.filter_map(|(kind, weights)| Some((weights, package.offers[*kind]?)));
            offered.try_fold(0_i128, |sum, (weights, limit)| {
                sum.checked_add(heaviest(weights, limit)?)
            })
        };
        self.world.packages.iter().map(of_package).collect()
    }

    /// Returns the least that a site adds over all its schedules, by the weight that it holds with each package.
    fn least(&self, site: usize, held: &[i128]) -> Option<i128> {
        let mut least: Option<i128> = None;
        for schedule in &self.world.lists[site] {
            let turned_out = turns_out(self.world, site, schedule, self.future.late[site]);
            let held =
                turned_out.offers(self.world, self.period).map_or(0, |package| held[package]);
            let added = self.brought(site, schedule)?.checked_sub(held)?;
            least = Some(least.map_or(added, |least| least.min(added)));
        }
        least
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

/// Returns the most that so many persons weigh, of a list with the heaviest first; `None` beyond 128 bits.
fn heaviest(weights: &[Weight], limit: Limit) -> Option<i128> {
    let mut held = 0_i128;
    let mut room = limit;
    for &(weight, times) in weights {
        let served = room.map_or(times, |room| times.min(room));
        held = held.checked_add(i128::from(weight).checked_mul(i128::from(served))?)?;
        room = room.map(|room| room - served);
    }
    Some(held)
}

fn wrong(price: &RulePrice, what: &str) -> Problem {
    let name = serde_json::to_string(&price.of).unwrap_or_default();
    malformed(format!("the rule {name} {what}"))
}
