//! The goal of the worst-off place in programmes that are not plain: least sum over the periods of the largest
//! distance, over all kinds.
//!
//! Plans come from the search for other goals, under a smooth stand-in: a power of the distance, so that far ones
//! dominate. Every place that needs a kind counts alike; where it is limited, every person. `exchange` then changes
//! schedules by the true value, which `truth` knows; it sends the people of limited kinds by `crowd` and `packing`.
//! `cover` proves the bound, a distance for each period by itself. Where other goals are held, plans hold them, and limited
//! kinds are sent as the best blend of goals says; the bound is that of all plans. `keep` is for the other way round: this
//! goal is held while another is made best, within `limits` of each period.

mod cover;
mod crowd;
mod exchange;
mod keep;
mod limits;
mod offer;
mod packing;
#[cfg(test)]
mod tests;
mod truth;

use groundwork_model::certificate::ScheduleCoverProof;
use groundwork_model::{Goal, Plan, Proof, StoppedBy};

use self::cover::Covers;
use self::exchange::Exchange;
pub(super) use self::keep::{limits_of, solve_held};
use self::truth::{Farthest, Truth};
use super::MixedPlanner;
use super::dual::Domain;
use super::found::Found;
use super::layers::Layer;
use super::problem::Mixed;
use super::run::{Run, Sought, Wish};
use super::scale::{farthest, first_state, scale_of};
use super::search::Search;
use super::service::Draft;
use super::tariff::{POWER_UNIT, Tariff};
use crate::control::{Control, Event, Options, Phase, Progress};
use crate::planner::{Infeasible, Solution};
use crate::random::Random;

/// Power of the distance that the first stand-in has, and powers of those after it.
const FIRST_EXPONENT: i32 = 4;
const EXPONENTS: [i32; 4] = [4, 8, 3, 12];
/// Largest ratio of distances that the factors of the periods level out.
const SPREAD_MAX: f64 = 20.0;
/// Factor of the period that counts most in a stand-in.
const FACTOR_MOST: f64 = 1e6;
/// The span of a stand-in is the largest distance of a known plan, so many times.
const ROOM: f64 = 1.5;
/// Kicks of the best plan under each stand-in.
const KICKS: usize = 24;
/// Changes of a kick beside the one that serves somebody far.
const KICKED_MAX: usize = 3;

/// Looks for the plan with the least summed worst distance, also from schedules that are known to be good, and proves
/// a bound.
pub(super) fn solve(
    planner: &MixedPlanner<'_>,
    known: Option<Vec<u32>>,
    options: Options,
    control: &dyn Control,
) -> Result<Solution, Infeasible> {
    if planner.question.held.is_empty() {
        return solve_by((planner, planner), known, options, control);
    }
    let alone = planner.question.alone(Goal::WorstDistance);
    let bounding = MixedPlanner::new(planner.programme, &alone)?;
    solve_by((planner, &bounding), known, options, control)
}

/// Does the same with a planner for the plan, and one without goals that are held for the bound.
fn solve_by<'a>(
    (planner, bounding): (&'a MixedPlanner<'a>, &'a MixedPlanner<'a>),
    known: Option<Vec<u32>>,
    options: Options,
    control: &'a dyn Control,
) -> Result<Solution, Infeasible> {
    let mut worst = Worst::new(planner, bounding, options, control);
    worst.first_plan(known)?;
    if worst.best.is_none() {
        let stopped_by = worst.stopped.unwrap_or(StoppedBy::Exhausted);
        return Ok(planner.nothing(stopped_by, worst.work));
    }
    let proofs = worst.prove();
    worst.improve(&proofs);
    Ok(worst.solution(proofs))
}

/// Sends people so that the farthest go as little as can be, whatever rules schedules break; nothing where somebody must
/// be served and is not.
pub(super) fn sent(planner: &MixedPlanner<'_>, schedules: Vec<u32>) -> Option<Found> {
    let truth = truth_of(planner);
    let draft = Draft::new(&planner.mixed, &planner.near, schedules);
    let cost = truth.value(&draft)?;
    let flows = truth.flows(&draft);
    Some(Found { schedules: draft.schedules, cost, flows })
}

/// Returns what the largest distances of a plan come to in each future alone.
pub(super) fn in_futures(planner: &MixedPlanner<'_>, plan: &Found) -> Vec<i128> {
    let truth = truth_of(planner);
    let draft = Draft::new(&planner.mixed, &planner.near, plan.schedules.clone());
    // A plan serves whoever must be served.
    let metres = truth.metres_sent(&draft, &plan.flows).unwrap_or_default();
    let weighed = truth.of_futures(&metres).into_iter().enumerate();
    weighed.map(|(at, sum)| sum / i128::from(planner.mixed.weight_of(at))).collect()
}

fn truth_of<'a>(planner: &'a MixedPlanner<'_>) -> Truth<'a> {
    let unserved = planner.programme.settings.distance.unserved_m();
    Truth::new(&planner.mixed, &planner.near, unserved)
}

/// Is a run for the goal of the worst-off.
struct Worst<'a> {
    planner: &'a MixedPlanner<'a>,
    /// The same without goals that are held: what bounds it bounds those who hold them.
    bounding: &'a MixedPlanner<'a>,
    truth: Truth<'a>,
    options: Options,
    control: &'a dyn Control,
    random: Random,
    /// The best plan; who goes where is found at the end where no goals are held.
    best: Option<Found>,
    bound: i128,
    work: u64,
    stopped: Option<StoppedBy>,
}

impl<'a> Worst<'a> {
    fn new(
        planner: &'a MixedPlanner<'a>,
        bounding: &'a MixedPlanner<'a>,
        options: Options,
        control: &'a dyn Control,
    ) -> Self {
        Self {
            planner,
            bounding,
            truth: truth_of(planner),
            options,
            control,
            random: Random::new(options.seed),
            best: None,
            bound: 0,
            work: 0,
            stopped: None,
        }
    }

    /// Takes schedules as they are, where they keep the rules.
    fn take(&mut self, schedules: Vec<u32>) {
        let draft = Draft::new(&self.planner.mixed, &self.planner.near, schedules);
        if self.sends_by_goals() {
            self.take_sent(draft);
        } else if let Some(cost) = self.truth.value(&draft).filter(|_| draft.keeps_rules()) {
            self.best = Some(Found { schedules: draft.schedules, cost, flows: Vec::new() });
        }
    }

    /// Returns whether who goes where with limited kinds decides whether goals are held.
    fn sends_by_goals(&self) -> bool {
        self.planner.mixed.blends() > 1
    }

    /// Takes a plan with the people sent by the blend of goals that is best, where it is the best so far.
    fn take_sent(&mut self, mut draft: Draft<'_>) {
        for blend in 0..draft.mixed.blends() {
            draft.set_blend(blend);
            let found = if draft.keeps_rules() { Found::of(&draft) } else { None };
            let Some(mut found) = found else { continue };
            let Some(metres) = self.truth.metres_sent(&draft, &found.flows) else { continue };
            found.cost = self.truth.total(&metres) + self.truth.charged(&found.schedules);
            if self.best.as_ref().is_none_or(|best| found.cost < best.cost) {
                self.best = Some(found);
                self.report(Phase::Improve);
            }
        }
    }

    fn first_plan(&mut self, known: Option<Vec<u32>>) -> Result<(), Infeasible> {
        let span = farthest(&self.planner.mixed).max(1.0);
        let levels = vec![span; self.truth.weights.len()];
        let stand_in = self.stand_in(FIRST_EXPONENT, span, &levels);
        if let Some(known) = &known {
            self.exchange(&stand_in, known.clone());
        }
        let start = self.best.as_ref().map(|best| best.schedules.clone()).or(known);
        self.seek(&stand_in, start, Wish::Any).map(drop)
    }

    /// Looks for plans under stand-ins that are made by the best so far, each followed by kicks.
    fn improve(&mut self, proofs: &[ScheduleCoverProof]) {
        let domain = self.planner.mixed.all_schedules();
        for exponent in EXPONENTS {
            let Some(best) = &self.best else { return };
            let schedules = best.schedules.clone();
            if self.is_over() {
                return;
            }
            let worst = self.worst_of(&schedules);
            let span = worst.iter().copied().max().unwrap_or(1).max(1);
            let level = |(&worst, proof): (&u32, &ScheduleCoverProof)| {
                f64::midpoint(f64::from(worst), f64::from(proof.at_least_m))
            };
            let levels: Vec<f64> = worst.iter().zip(proofs).map(level).collect();
            let stand_in = self.stand_in(exponent, ROOM * f64::from(span), &levels);
            let Ok(sought) = self.seek(&stand_in, Some(schedules), Wish::Good) else { return };
            self.kick(&stand_in, &sought, &domain, proofs);
        }
        self.is_over();
    }

    /// Returns the largest distance of a plan in each moment.
    fn worst_of(&self, schedules: &[u32]) -> Vec<u32> {
        let draft = Draft::new(&self.planner.mixed, &self.planner.near, schedules.to_vec());
        self.truth.metres(&draft)
    }

    /// Searches under a stand-in, and improves what comes of it by the true value.
    fn seek(
        &mut self,
        stand_in: &Mixed,
        known: Option<Vec<u32>>,
        wish: Wish,
    ) -> Result<Sought, Infeasible> {
        let options = Options { work_limit: self.left(), ..self.options };
        let sought = Run::new(self.planner, options, self.control).seek(stand_in, known, wish)?;
        self.work += sought.work;
        self.stopped = self.stopped.or(sought.stopped);
        if let Some(schedules) = &sought.schedules {
            self.exchange(stand_in, schedules.clone());
        }
        Ok(sought)
    }

    /// Kicks the best plan, leads it back to the rules under a stand-in and improves it, a number of times.
    fn kick(
        &mut self,
        stand_in: &Mixed,
        sought: &Sought,
        domain: &Domain,
        proofs: &[ScheduleCoverProof],
    ) {
        let near = &self.planner.near;
        let nothing = vec![0; stand_in.sites()];
        let state = first_state(stand_in, &Draft::new(stand_in, near, nothing));
        let scale = scale_of(stand_in, &state);
        let mut search = Search::new((stand_in, near), self.control, self.options.seed, &scale);
        for _ in 0..KICKS {
            let Some(best) = &self.best else { return };
            let mut draft = Draft::new(stand_in, near, best.schedules.clone());
            self.kicked(&mut draft, domain, proofs);
            search.may_do(self.left().unwrap_or(u64::MAX));
            let before = search.work;
            let found = search.lead(&draft.schedules, domain, (&sought.prices, true));
            self.work += search.work - before;
            if let Some(found) = found {
                self.exchange(stand_in, found.schedules);
            }
            if self.is_over() {
                return;
            }
        }
    }

    /// Serves somebody who is farthest in some moment where more may be had, and changes some sites around at random.
    fn kicked(&mut self, draft: &mut Draft<'_>, domain: &Domain, proofs: &[ScheduleCoverProof]) {
        let worst = self.truth.moments().map(|moment| self.truth.worst(draft, moment));
        let worst: Vec<Farthest> = worst.collect::<Option<_>>().unwrap_or_default();
        let metres: Vec<u32> = worst.iter().map(|worst| worst.metres).collect();
        let is_open = |&(moment, worst): &(usize, &Farthest)| {
            let decides = self.truth.counts(moment) && self.truth.decides(&metres, moment);
            decides && worst.metres > proofs[moment].at_least_m
        };
        let open: Vec<(usize, &Farthest)> = worst.iter().enumerate().filter(is_open).collect();
        if open.is_empty() {
            return;
        }
        let (moment, worst) = open[self.random.below(open.len())];
        let period = self.truth.moment(moment).1;
        let place = worst.places[self.random.below(worst.places.len())];
        let near = &self.planner.near;
        let serving: Vec<(usize, u32)> = near
            .of(place)
            .take_while(|&(_, other)| other < worst.metres)
            .flat_map(|(site, _)| domain[site as usize].iter().map(move |&s| (site as usize, s)))
            .filter(|&(site, s)| draft.mixed.offered(site, s, worst.layer, period).is_some())
            .collect();
        if serving.is_empty() {
            return;
        }
        let (site, schedule) = serving[self.random.below(serving.len())];
        draft.set(site, schedule);
        let around = near.around(draft.mixed, site, 12);
        for _ in 0..self.random.below(KICKED_MAX + 1) {
            let other = around[self.random.below(around.len())];
            if other != site {
                draft.set(other, domain[other][self.random.below(domain[other].len())]);
            }
        }
    }

    /// Improves schedules that keep the rules by the true value; keeps them where they are the best so far.
    fn exchange(&mut self, stand_in: &Mixed, schedules: Vec<u32>) {
        let draft = Draft::new(stand_in, &self.planner.near, schedules);
        if self.sends_by_goals() {
            self.take_sent(draft);
            return;
        }
        let Some(mut exchange) = Exchange::new(&self.truth, draft) else { return };
        let limit = self.left().unwrap_or(u64::MAX);
        let control = self.control;
        exchange.descend(&mut |work| work < limit && control.stop().is_none());
        self.work += exchange.work();
        let (schedules, cost) = exchange.into_best();
        if self.best.as_ref().is_none_or(|best| cost < best.cost) {
            self.best = Some(Found { schedules, cost, flows: Vec::new() });
            self.report(Phase::Improve);
        }
    }

    /// Returns the problem whose cost is a power of the distance, one for each place that needs a kind, or for each person
    /// where it is limited. In each moment a metre more than its level counts for as much as its weight.
    fn stand_in(&self, exponent: i32, span: f64, levels: &[f64]) -> Mixed {
        let mixed = &self.planner.mixed;
        let share = |level: f64| (span / level.max(span / SPREAD_MAX)).powi(exponent - 1);
        let weights = self.truth.weights.iter().zip(levels);
        let factors: Vec<f64> =
            weights.map(|(&weight, &level)| weight as f64 * share(level)).collect();
        let unit = FACTOR_MOST / factors.iter().copied().fold(1e-9, f64::max);
        let factors: Vec<u64> =
            factors.iter().map(|factor| (factor * unit).ceil() as u64).collect();
        let tariff = Tariff::Power { exponent, span };
        let unserved = self.truth.unserved.and_then(|metres| tariff.cost(metres, false));
        let usual = usual_persons(mixed);
        let persons = |layer: &Layer| -> Vec<u64> {
            let counted = |&n: &u64| if layer.limited { n } else { usual * u64::from(n > 0) };
            layer.persons.iter().map(counted).collect()
        };
        let of_goal = |layer: &Layer| Layer {
            persons: persons(layer),
            factors: factors[layer.future * mixed.periods..][..mixed.periods].to_vec(),
            tariff: tariff.clone(),
            unserved,
            lost: 1024.0 * POWER_UNIT * f64::from(1 << exponent),
            ..layer.clone()
        };
        let of_layer = |layer: &Layer| {
            if mixed.is_of_limit(layer) { layer.clone() } else { of_goal(layer) }
        };
        let charge = POWER_UNIT * f64::from(exponent) / span * unit * usual as f64;
        mixed.with_layers(of_layer, charge)
    }

    /// Proves a distance for each moment, none beyond the worst of the best plan.
    fn prove(&mut self) -> Vec<ScheduleCoverProof> {
        let nothing = Vec::new();
        let worst = self.worst_of(self.best.as_ref().map_or(&nothing, |best| &best.schedules));
        let truth = truth_of(self.bounding);
        let mut covers = Covers::new(&self.bounding.mixed, &truth);
        let mut proofs: Vec<ScheduleCoverProof> = Vec::with_capacity(worst.len());
        for (moment, &worst) in worst.iter().enumerate() {
            let limit = self.left().unwrap_or(u64::MAX);
            let control = self.control;
            let before = covers.work;
            let mut goes_on = |work: u64| work - before < limit && control.stop().is_none();
            proofs.push(match self.truth.alike(moment) {
                Some(known) => proofs[known].clone(),
                None => covers.moment(moment, worst, &mut goes_on),
            });
            self.work += covers.work - before;
            let proved: Vec<u32> = proofs.iter().map(|proof| proof.at_least_m).collect();
            self.bound = self.truth.total(&proved);
            self.report(Phase::Bound);
        }
        proofs
    }

    fn left(&self) -> Option<u64> {
        self.options.work_limit.map(|limit| limit.saturating_sub(self.work))
    }

    /// Returns whether there is no more to do, or something stops the run, and notes why.
    fn is_over(&mut self) -> bool {
        if let Some(value) = self.best.as_ref().map(|best| best.cost)
            && self.stopped.is_none()
        {
            if value == self.bound {
                self.stopped = Some(StoppedBy::Proved);
            } else if Plan::gap_of(value, self.bound) <= self.options.gap {
                self.stopped = Some(StoppedBy::Gap);
            }
        }
        if self.stopped.is_none() {
            let spent = self.left() == Some(0);
            self.stopped = spent.then_some(StoppedBy::Work).or_else(|| self.control.stop());
        }
        self.stopped.is_some()
    }

    fn report(&self, phase: Phase) {
        let value = self.best.as_ref().map(|best| best.cost);
        self.control.event(&Event::Progress(Progress {
            phase,
            value: value.map(|value| value as f64),
            bound: Some(self.bound as f64),
            gap: value.map(|value| Plan::gap_of(value, self.bound)),
            work: self.work,
        }));
    }

    fn solution(mut self, proofs: Vec<ScheduleCoverProof>) -> Solution {
        self.is_over();
        let by_goals = self.sends_by_goals();
        let mut found = self.best.unwrap_or_default();
        if !by_goals {
            let (mixed, near) = (&self.planner.mixed, &self.planner.near);
            found.flows = self.truth.flows(&Draft::new(mixed, near, found.schedules.clone()));
        }
        let stopped_by = self.stopped.unwrap_or(StoppedBy::Exhausted);
        let mut solution = self.planner.solution(&found, stopped_by, self.work);
        solution.claim(self.bound, Proof::ScheduleCover { periods: proofs });
        solution.stop_where_close(self.options.gap);
        solution
    }
}

/// Returns the persons of a place who need a limited kind, in the mean; 1 where no kind is limited.
fn usual_persons(mixed: &Mixed) -> u64 {
    let limited = mixed.layers.iter().filter(|layer| layer.limited);
    let (mut all, mut cells) = (0_u128, 0_u128);
    for &persons in limited.flat_map(|layer| &layer.persons).filter(|persons| **persons > 0) {
        (all, cells) = (all + u128::from(persons), cells + 1);
    }
    (all / cells.max(1)).max(1) as u64
}
