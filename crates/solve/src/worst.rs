//! The goal of the worst-off place: least sum over the periods of the largest distance.
//!
//! The bound treats every period by itself: with the Q sites that can be open by then, some place must
//! lie at distance r or more when even a fractional cover within less than r needs more than Q sites
//! (the covering relaxation of the p-centre problem, Minieka 1970). The weights that show it are the
//! multipliers of a maximal-coverage problem, found by the same ascent as every other bound.
//!
//! The plan comes from the same local search under a smooth stand-in (a power of the distance, so that
//! far places dominate, with periods weighted alike), followed by exchanges that look at the true value.

use std::sync::Arc;

use groundwork_model::{CoverProof, Plan, StoppedBy};

use crate::assignment::NEVER;
use crate::control::{Control, Event, Options, Phase, Progress};
use crate::dual::{Dual, Schedule};
use crate::engine;
use crate::instance::{Candidate, Instance};
use crate::start;
use crate::worst_search::Exchanges;

/// Powers of the distance that the stand-in is tried with.
const POWERS: [i32; 3] = [3, 6, 9];
/// Largest ratio of distances that the period weights of the stand-in level out.
const SPREAD_MAX: f64 = 20.0;
/// Grain of the cover weights.
const WEIGHT_GRAIN: f64 = 1_048_576.0;

/// Is the problem of the worst-off place, as numbers.
#[derive(Clone, Copy)]
pub(crate) struct WorstProblem<'a> {
    pub(crate) instance: &'a Instance,
    /// Cost cap of point i in period t, at `i * periods + t`; `None` is unbounded.
    pub(crate) caps: &'a [Option<u32>],
    /// Whether anybody lives at a point.
    pub(crate) peopled: &'a [bool],
    /// Weight of each period.
    pub(crate) weights: &'a [u64],
}

/// Is a choice with the proof of its bound.
pub(crate) struct WorstOutcome {
    /// Period of each candidate, or [`NEVER`].
    pub(crate) opens: Vec<usize>,
    /// No choice has a smaller value.
    pub(crate) bound: i128,
    /// The proof, one a period.
    pub(crate) cover: Vec<CoverProof>,
    /// Why the search ended.
    pub(crate) stopped_by: StoppedBy,
    /// Priced pairs.
    pub(crate) work: u64,
}

/// Searches for the choice with the least summed worst distance, and proves a bound.
pub(crate) fn solve(
    problem: WorstProblem<'_>,
    options: Options,
    control: &dyn Control,
) -> WorstOutcome {
    let mut search = Search { problem, options, control, work: 0, stopped_by: None, bound: 0 };
    let (first, worst) = search.first_plan();
    let cover = search.cover_bounds(&worst);
    let least: Vec<u32> = cover.iter().map(|proof| proof.at_least_m).collect();
    search.bound =
        least.iter().zip(problem.weights).map(|(&m, &w)| i128::from(m) * i128::from(w)).sum();
    WorstOutcome {
        opens: search.best_plan(first, &least),
        bound: search.bound,
        cover,
        stopped_by: search.stopped_by.unwrap_or(StoppedBy::Exhausted),
        work: search.work,
    }
}

struct Search<'a> {
    problem: WorstProblem<'a>,
    options: Options,
    control: &'a dyn Control,
    work: u64,
    stopped_by: Option<StoppedBy>,
    bound: i128,
}

/// Is a choice with its value.
type Valued = (Vec<usize>, i128);

impl Search<'_> {
    /// Returns a first plan, and its worst distance in every period: no bound needs to look beyond.
    fn first_plan(&mut self) -> (Valued, Vec<u32>) {
        let instance = self.problem.instance;
        let nothing = vec![NEVER; instance.candidates.len()];
        let first = start::greedy(instance).unwrap_or(nothing);
        let mut exchanges = Exchanges::new(self.problem, first);
        exchanges.descend(&mut |work| self.goes_on(work));
        self.work += exchanges.work();
        let worst = (0..instance.periods).map(|period| exchanges.worst(period)).collect();
        let value = i128::try_from(exchanges.value()).unwrap_or(i128::MAX);
        self.report(value);
        ((exchanges.into_opens(), value), worst)
    }

    /// Returns the best plan found from any of the stand-ins, each followed by exchanges that look at
    /// the true value.
    fn best_plan(&mut self, first: Valued, least: &[u32]) -> Vec<usize> {
        let instance = self.problem.instance;
        if instance.openings_max() == 0 {
            return first.0;
        }
        let mut best = self.exchange(first.0);
        for power in POWERS {
            self.report(best.1);
            if self.stops(best.1) {
                break;
            }
            let smooth = stand_in(instance, least, power);
            let Some(start) = start::greedy(&smooth) else { break };
            let left = self.options.work_limit.map(|limit| limit.saturating_sub(self.work));
            let options = Options { work_limit: left, ..self.options };
            let found = engine::improve(&smooth, start, options, self.control);
            self.work += found.work;
            let improved = self.exchange(found.opens);
            if improved.1 < best.1 {
                best = improved;
            }
        }
        self.stops(best.1);
        self.report(best.1);
        best.0
    }

    /// Improves a choice by exchanges that look at the true value.
    fn exchange(&mut self, opens: Vec<usize>) -> Valued {
        let mut exchanges = Exchanges::new(self.problem, opens);
        exchanges.search(self.options.seed, &mut |work| self.goes_on(work));
        self.work += exchanges.work();
        let value = i128::try_from(exchanges.value()).unwrap_or(i128::MAX);
        (exchanges.into_opens(), value)
    }

    fn report(&self, value: i128) {
        self.control.event(&Event::Progress(Progress {
            phase: Phase::Improve,
            value: Some(value as f64),
            bound: Some(self.bound as f64),
            gap: Some(Plan::gap_of(value, self.bound)),
            work: self.work,
        }));
    }

    /// Returns whether to go on after so much more work, and notes why not.
    fn goes_on(&mut self, more: u64) -> bool {
        let limit = self.options.work_limit.unwrap_or(u64::MAX);
        let control = self.control;
        let spent = self.work + more;
        self.stopped_by = self
            .stopped_by
            .or_else(|| (spent >= limit).then_some(StoppedBy::Work))
            .or_else(|| control.stop());
        self.stopped_by.is_none()
    }

    /// Notes a reason to stop with this value, if there is one.
    fn stops(&mut self, value: i128) -> bool {
        let gap = Plan::gap_of(value, self.bound);
        if self.stopped_by.is_none() && value == self.bound {
            self.stopped_by = Some(StoppedBy::Proved);
        } else if self.stopped_by.is_none() && gap <= self.options.gap {
            self.stopped_by = Some(StoppedBy::Gap);
        }
        !self.goes_on(0)
    }
}

/// Returns the problem whose cost is a power of the distance, scaled to 32 bits.
fn stand_in(instance: &Instance, least: &[u32], power: i32) -> Instance {
    let periods = instance.periods;
    let all: Vec<usize> = (0..instance.points).collect();
    let largest =
        all.iter().flat_map(|&i| instance.near.of(i)).map(|(_, c)| c).max().unwrap_or(1).max(1);
    let span = f64::from(largest);
    let raise = |metres: f64| ((metres / span).min(1.0).powi(power) * 4e9) as u32;
    // Sums over very unequal periods would drown the small ones in rounding.
    let weight =
        |period: usize| (span / f64::from(least[period]).max(span / SPREAD_MAX)).powi(power - 1);
    let near = instance.near.derive(&all, |_, metres| Some(raise(f64::from(metres))));
    Instance {
        weights: Arc::new(
            (0..instance.points * periods)
                .map(|at| instance.weights[at] * weight(at % periods))
                .collect(),
        ),
        caps: Arc::new(
            instance
                .caps
                .iter()
                .map(|&cap| if cap.is_finite() { f64::from(raise(cap)) } else { cap })
                .collect(),
        ),
        unserved: near.farthest,
        near: Arc::new(near),
        ..instance.clone()
    }
}

impl Search<'_> {
    /// Returns a cover proof for every period, none beyond the worst distance of a known plan.
    fn cover_bounds(&mut self, worst: &[u32]) -> Vec<CoverProof> {
        let distances = distances(self.problem);
        let mut proofs: Vec<CoverProof> = Vec::new();
        // A proof of a later period holds for every earlier one, so the search starts from the end.
        for period in (0..self.problem.instance.periods).rev() {
            let nothing = CoverProof { at_least_m: 0, weights: vec![] };
            let known = proofs.last().cloned().unwrap_or(nothing);
            let least = distances.partition_point(|&metres| metres <= known.at_least_m);
            let most = distances.partition_point(|&metres| metres <= worst[period]);
            let open = &distances[least.min(most)..most];
            proofs.push(self.cover_bound(period, known, open));
        }
        proofs.reverse();
        proofs
    }

    /// Finds by bisection a large distance that can be proved for a period.
    fn cover_bound(&mut self, period: usize, known: CoverProof, distances: &[u32]) -> CoverProof {
        let mut best = known;
        let (mut low, mut high) = (0, distances.len());
        while low < high && self.goes_on(0) {
            let middle = usize::midpoint(low, high);
            match self.prove(period, distances[middle]) {
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

/// Returns the distances that can be the worst one, in order: those of listed pairs, and the caps.
fn distances(problem: WorstProblem<'_>) -> Vec<u32> {
    let instance = problem.instance;
    let listed = (0..instance.points).flat_map(|i| instance.near.of(i)).map(|(_, metres)| metres);
    let mut distances: Vec<u32> = listed.chain(problem.caps.iter().copied().flatten()).collect();
    distances.sort_unstable();
    distances.dedup();
    distances
}

impl Search<'_> {
    /// Tries to prove that in a period some place lies at `metres` or farther.
    fn prove(&mut self, period: usize, metres: u32) -> Option<CoverProof> {
        let problem = self.problem;
        let instance = problem.instance;
        let far = |&i: &usize| {
            let cap = problem.caps[i * instance.periods + period];
            let listed = instance.near.complete_below[i] >= metres;
            problem.peopled[i] && listed && cap.is_none_or(|cap| cap >= metres)
        };
        let points: Vec<usize> = (0..instance.points).filter(far).collect();
        if points.is_empty() {
            return None;
        }
        let covering = covering(instance, &points, period, metres);
        let mut dual = Dual::new(&covering, vec![0.5; points.len()]);
        let schedule = Schedule { first: 0.3, last: 0.01, steps: 200 };
        dual.ascend(schedule, |dual| dual.best.bound < 0.01 && self.goes_on(dual.work));
        self.work += dual.work;
        let mut weights = vec![0_u64; instance.points];
        for (&point, radius) in points.iter().zip(&dual.best.radii) {
            weights[point] = (radius * WEIGHT_GRAIN) as u64;
        }
        let holds = holds(&covering, &points, &weights);
        holds.then_some(CoverProof { at_least_m: metres, weights })
    }
}

/// Returns the one-period problem of leaving as few points as possible uncovered within `metres`.
fn covering(instance: &Instance, points: &[usize], period: usize, metres: u32) -> Instance {
    let may_open = |site: usize| (0..=period).any(|t| instance.may_open(site, t));
    let openings: u64 = instance.quotas[..=period].iter().map(|&quota| u64::from(quota)).sum();
    let near = instance
        .near
        .derive(points, |site, old| (old < metres && may_open(site as usize)).then_some(0));
    Instance {
        points: points.len(),
        periods: 1,
        weights: Arc::new(vec![1.0; points.len()]),
        caps: Arc::new(vec![1.0; points.len()]),
        candidates: (0..instance.candidates.len()).map(|site| Candidate::free(site, 1)).collect(),
        quotas: vec![u32::try_from(openings).unwrap_or(u32::MAX)],
        exactly: false,
        unserved: near.farthest,
        near: Arc::new(near),
        space: None,
        members: Arc::default(),
        outside: None,
    }
}

/// Returns whether the Q heaviest sites cover less than everything, in integers.
fn holds(covering: &Instance, points: &[usize], weights: &[u64]) -> bool {
    let mut covered = vec![0_u128; covering.candidates.len()];
    let mut total = 0;
    for (at, &point) in points.iter().enumerate() {
        total += u128::from(weights[point]);
        for (site, _) in covering.near.of(at) {
            covered[site as usize] += u128::from(weights[point]);
        }
    }
    covered.sort_unstable_by(|a, b| b.cmp(a));
    covered.iter().take(covering.quotas[0] as usize).sum::<u128>() < total
}
