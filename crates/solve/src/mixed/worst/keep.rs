//! Plans that hold what the largest distances come to while another goal is made best.
//!
//! Each moment is a period of a future. In none of them can anybody go farther than what is left of the value that is held
//! when all others are as near as is proved ([`super::cover`]); those limits bound the other goal. Plans are sought under
//! tighter ones, which add up to the value, so that whoever keeps them holds it: first as near as a plan that is known,
//! with an even share of what it leaves; then in the proportions that are best where limits need not add up.

use groundwork_model::certificate::ScheduleCoverProof;
use groundwork_model::{Goal, Plan, Proof, StoppedBy};

use super::limits::Limits;
use super::truth::Truth;
use super::{Worst, truth_of};
use crate::control::{Control, Event, Options, Phase, Progress, Silent};
use crate::mixed::MixedPlanner;
use crate::mixed::found::Found;
use crate::mixed::run::{Closed, Run, Wish};
use crate::mixed::service::Draft;
use crate::planner::{Infeasible, Solution};

/// How often plans are sought in the proportions of limits that need not add up.
const ROUNDS: usize = 3;

/// Searches for the best plan that holds what the largest distances come to, also from schedules that are known to be
/// good, and proves how good it is.
pub(in crate::mixed) fn solve_held(
    planner: &MixedPlanner<'_>,
    (goal, most): (usize, i128),
    known: Option<Vec<u32>>,
    (options, control): (Options, &dyn Control),
) -> Result<Solution, Infeasible> {
    let distances =
        MixedPlanner::new(planner.programme, &planner.question.alone(Goal::WorstDistance))?;
    let levels = Levels::find(&distances, known, most, (options, control))?;
    let truth = truth_of(&distances);
    let limits = Limits::new(&truth, most, &levels.proofs);
    let loosest = limits.loosest();
    let mut keep = Keep {
        planner,
        goal,
        limits,
        options,
        control,
        best: None,
        bound: None,
        work: levels.work,
    };
    let bounding = planner.with_limits(goal, &loosest);
    let mut closed = None;
    if let Some(schedules) = &levels.schedules {
        let first = keep.limits.shared(&levels.metres);
        keep.take_within(&planner.with_limits(goal, &first), schedules.clone());
        // Plans are hard to find where everybody has to be near, so the bound comes first.
        let bound = Run::new(&bounding, keep.rest(), control).bound(schedules);
        keep.work += bound.work;
        keep.bound = Some(bound.bound);
        if first != loosest {
            keep.seek(&first, Some(schedules.clone()));
        }
        closed = Some(bound);
    }
    let start = keep.best.as_ref().map(|best| best.schedules.clone()).or(levels.schedules);
    if closed.is_none() || keep.stopped().is_none() {
        let found = keep.close(&bounding, &truth, most, start.as_deref())?;
        // The bound is never worse than the one before, but where time ended first.
        let before = closed.as_ref().map_or(i128::MIN, |closed: &Closed| closed.bound);
        closed = if found.bound >= before { Some(found) } else { closed };
    }
    let stopped_by = keep.stopped().or(closed.as_ref().map(|closed| closed.stopped_by));
    let stopped_by = stopped_by.unwrap_or(StoppedBy::Exhausted);
    let (Some(found), Some(closed)) = (keep.best.take(), closed) else {
        return Ok(planner.nothing(stopped_by, keep.work));
    };
    let mut solution = planner.solution(&found, stopped_by, keep.work);
    let bound = closed.bound.min(found.cost);
    solution.claim(planner.mixed.shown(bound), with_covers(closed.proof, levels.proofs));
    solution.stop_where_close(options.gap);
    Ok(solution)
}

/// Returns limits that add up to what is held and that a list of schedules keeps with the people sent as near as can be;
/// nothing where it does not hold it.
pub(in crate::mixed) fn limits_of(
    planner: &MixedPlanner<'_>,
    most: i128,
    schedules: &[u32],
) -> Option<Vec<u32>> {
    let alone = planner.question.alone(Goal::WorstDistance);
    let distances = MixedPlanner::new(planner.programme, &alone).ok()?;
    let truth = truth_of(&distances);
    let draft = Draft::new(&distances.mixed, &distances.near, schedules.to_vec());
    let metres = truth.metres(&draft);
    let is_served = truth.moments().all(|moment| truth.worst(&draft, moment).is_some());
    let holds = is_served && truth.total(&metres) <= most;
    holds.then(|| Limits::new(&truth, most, &[]).shared(&metres))
}

fn with_covers(proof: Proof, proofs: Vec<ScheduleCoverProof>) -> Proof {
    match proof {
        Proof::Schedules { shift, prices, radii, nodes, .. } => {
            Proof::Schedules { shift, prices, radii, nodes, covers: proofs }
        }
        other => other,
    }
}

/// Is what is known of the largest distances.
struct Levels {
    /// Schedules that hold the value, where some are known, and their largest distances.
    schedules: Option<Vec<u32>>,
    metres: Vec<u32>,
    /// For each moment, how far somebody goes at least.
    proofs: Vec<ScheduleCoverProof>,
    work: u64,
}

impl Levels {
    /// Looks for a plan whose largest distances come to no more than so much: one that is known, or one that is sought.
    fn find(
        planner: &MixedPlanner<'_>,
        known: Option<Vec<u32>>,
        most: i128,
        (options, control): (Options, &dyn Control),
    ) -> Result<Self, Infeasible> {
        let silent = Silent(control);
        let mut worst = Worst::new(planner, planner, options, &silent);
        let holds = |worst: &Worst<'_>| worst.best.as_ref().is_some_and(|best| best.cost <= most);
        if let Some(known) = &known {
            worst.take(known.clone());
        }
        if !holds(&worst) {
            worst.first_plan(known)?;
        }
        let proofs = worst.prove();
        if !holds(&worst) {
            worst.improve(&proofs);
        }
        let work = worst.work;
        let best = worst.best.take().filter(|best| best.cost <= most);
        let schedules = best.map(|best| best.schedules);
        let metres =
            schedules.as_ref().map_or_else(Vec::new, |schedules| worst.worst_of(schedules));
        Ok(Self { schedules, metres, proofs, work })
    }
}

/// Is a search for plans that hold the value.
struct Keep<'a> {
    planner: &'a MixedPlanner<'a>,
    goal: usize,
    limits: Limits,
    options: Options,
    control: &'a dyn Control,
    best: Option<Found>,
    /// The cost that no plan beats, once that is known.
    bound: Option<i128>,
    work: u64,
}

impl Keep<'_> {
    /// Returns options with the work that is left.
    fn rest(&self) -> Options {
        let left = |limit: u64| limit.saturating_sub(self.work);
        Options { work_limit: self.options.work_limit.map(left), ..self.options }
    }

    /// Returns what stops the search, if anything does.
    fn stopped(&self) -> Option<StoppedBy> {
        let spent = self.rest().work_limit == Some(0);
        spent.then_some(StoppedBy::Work).or_else(|| self.control.stop())
    }

    /// Searches under limits that need not add up, which bounds all plans; then for plans in their proportions.
    fn close(
        &mut self,
        bounding: &MixedPlanner<'_>,
        truth: &Truth<'_>,
        most: i128,
        start: Option<&[u32]>,
    ) -> Result<Closed, Infeasible> {
        let mut closed =
            Run::new(bounding, self.rest(), self.control).close(start.map(<[u32]>::to_vec))?;
        self.work += closed.work;
        if let Some(found) = closed.found.take() {
            let metres = self.metres(truth, &found);
            if truth.total(&metres) <= most {
                self.take(found);
            } else {
                self.approach(truth, metres, start);
            }
        }
        Ok(closed)
    }

    /// Looks for a good plan within limits, from schedules that are known, if there are some.
    fn seek(&mut self, limits: &[u32], known: Option<Vec<u32>>) {
        let limited = self.planner.with_limits(self.goal, limits);
        let run = Run::new(&limited, self.rest(), self.control);
        // That limits are too tight says nothing of the value that they add up to.
        let Ok(sought) = run.seek(&limited.mixed, known, Wish::Good) else { return };
        self.work += sought.work;
        if let Some(schedules) = sought.schedules {
            self.take_within(&limited, schedules);
        }
    }

    /// Takes schedules with the people sent within limits, where they keep them and are the best so far.
    fn take_within(&mut self, limited: &MixedPlanner<'_>, schedules: Vec<u32>) {
        let mut draft = Draft::new(&limited.mixed, &limited.near, schedules);
        if let Some(found) = Found::best_of(&mut draft) {
            self.take(found);
        }
    }

    /// Looks for plans in the proportions of distances that come to more than is held.
    fn approach(&mut self, truth: &Truth<'_>, mut metres: Vec<u32>, start: Option<&[u32]>) {
        for _ in 0..ROUNDS {
            if self.stopped().is_some() {
                return;
            }
            let nearer = self.limits.approaching(&metres);
            let known = self.best.as_ref().map(|best| &best.schedules[..]).or(start);
            let known = known.map(<[u32]>::to_vec);
            self.seek(&self.limits.shared(&nearer), known);
            let Some(best) = &self.best else { return };
            // The next one lies between that of this plan and what it would like.
            let own = self.metres(truth, best);
            for (metres, own) in metres.iter_mut().zip(own) {
                *metres = metres.midpoint(own);
            }
        }
    }

    fn take(&mut self, found: Found) {
        if self.best.as_ref().is_none_or(|best| found.cost < best.cost) {
            self.best = Some(found);
            self.report();
        }
    }

    /// Tells of a better plan.
    fn report(&self) {
        let shown = |cost: i128| self.planner.mixed.shown(cost);
        let value = self.best.as_ref().map(|best| shown(best.cost));
        let bound = self.bound.map(shown);
        self.control.event(&Event::Progress(Progress {
            phase: Phase::Improve,
            value: value.map(|value| value as f64),
            bound: bound.map(|bound| bound as f64),
            gap: value.zip(bound).map(|(value, bound)| Plan::gap_of(value, bound)),
            work: self.work,
        }));
    }

    /// Returns the largest distance of each moment with the people sent as a plan says.
    fn metres(&self, truth: &Truth<'_>, found: &Found) -> Vec<u32> {
        let (mixed, near) = (&self.planner.mixed, &self.planner.near);
        let draft = Draft::new(mixed, near, found.schedules.clone());
        // A plan serves whoever must be served.
        truth.metres_sent(&draft, &found.flows).unwrap_or_default()
    }
}
