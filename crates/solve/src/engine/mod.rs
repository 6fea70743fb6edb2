//! The search: a first plan, the dual ascent, kicks and descents, in turns until the two sides meet.
//!
//! Stops are taken only between whole steps of the main thread. A batch of kicks that is cut short is
//! dropped, so that the work count alone reproduces any run.

mod improve;

use groundwork_model::StoppedBy;

use crate::ascent::{self, Ascent};
use crate::assignment::{NEVER, assign};
use crate::bound::ExactData;
use crate::control::{Control, Event, Options, Phase, Progress, Silent};
use crate::dual::{Relaxation, Schedule};
use crate::instance::Instance;
use crate::kicks::Ground;
use crate::random::Random;
use crate::rows::RowSource;
use crate::search::Timetable;
use crate::start;
use crate::tree::{self, Best, Closed, Effort, Turn};

/// Walks without any gain after which a round of them ends, where nothing else is done.
const WALKS_STALLED: u64 = 24;
/// Work of the walks without gain, as a share of that of the ascent before them; and of the tree.
const KICKS_OF_ASCENT: f64 = 0.7;
const KICKS_OF_TREE: f64 = 0.25;
/// Work of closing kernels, as a share of that of the ascent before them.
const KERNEL_OF_ASCENT: f64 = 1.0;
/// Work of closing regions, as a share of that of the ascent before them.
const REGIONS_OF_ASCENT: f64 = 2.0;
/// Rounds without any gain after which the method has done all it can.
const STALLED_ROUNDS: usize = 4;

/// Measured points from which an ascent comes before any descent, also without a coarse problem.
const LARGE_FROM: usize = 20_000;
/// First step of the second ascent, as a share of the scale, and least first step of those after it.
const STEP_AGAIN: f64 = 0.01;
const STEP_MIN: f64 = 0.0003;
/// Openings from which on a tree has patches: fewer are not many places far apart.
const PATCHES_FROM: usize = 40;
/// How many times the work before a tree the patches of its first node may take, about.
const PATCHES_OF_WORK: u64 = 64;
/// Part of the gap that a round has to close to be better than branching.
const ROUND_PAYS: f64 = 0.1;
/// Gain of the bound, as a share of the value, that is worth another round.
const BOUND_GAIN: f64 = 1e-6;

/// Is what a search found.
pub(crate) struct Outcome {
    /// Period of each candidate, or [`NEVER`].
    pub(crate) opens: Vec<usize>,
    /// The best relaxation of the whole.
    pub(crate) relaxation: Relaxation,
    /// What branch and bound proves beyond it.
    pub(crate) closed: Option<Closed>,
    /// Why the search ended.
    pub(crate) stopped_by: StoppedBy,
    /// Priced pairs.
    pub(crate) work: u64,
}

/// Translates engine figures for the display.
pub(crate) type Display<'a> = &'a (dyn Fn(f64) -> f64 + Sync);

/// Searches from a first choice of periods. `proved` says whether a bound proves a value best. With the
/// exact data (and the objective units in one of the engine's) branch and bound takes over where the
/// ascent ends.
pub(crate) fn search(
    instance: &Instance,
    exact: Option<(&ExactData, f64)>,
    first: &dyn Fn() -> Option<Vec<usize>>,
    options: Options,
    control: &dyn Control,
    shown: Display<'_>,
    proved: &dyn Fn(f64, f64) -> bool,
) -> Outcome {
    let limit = options.work_limit.unwrap_or(u64::MAX);
    let (first, given, work) = match ascent::from_coarse(instance, limit, control) {
        Some(start) => (start.opens, Some((start.radii, start.core)), start.work),
        None => (first().unwrap_or_else(|| vec![NEVER; instance.candidates.len()]), None, 0),
    };
    let engine = Engine::new(instance, first, options, control, shown, proved);
    Engine { exact, has_coarse: given.is_some(), given, work, ..engine }.run()
}

/// Improves a first choice without a bound, until kicks no longer help; shows nothing.
pub(crate) fn improve(
    instance: &Instance,
    first: Vec<usize>,
    options: Options,
    control: &dyn Control,
) -> Outcome {
    let silent = Silent(control);
    Engine::new(instance, first, options, &silent, &|value| value, &|_, _| false).improve()
}

struct Engine<'a> {
    instance: &'a Instance,
    exact: Option<(&'a ExactData, f64)>,
    rows: RowSource<'a>,
    /// Sites that descents try to bring forward.
    active: Vec<u32>,
    /// What kicks change.
    ground: Ground,
    /// Work of all kicks, and of those since the last gain.
    kicked: u64,
    kicked_in_vain: u64,
    best: Timetable<'a>,
    options: Options,
    control: &'a dyn Control,
    shown: Display<'a>,
    proved: &'a dyn Fn(f64, f64) -> bool,
    bound: f64,
    work: u64,
    /// Radii and core from a coarser problem.
    given: Option<(Vec<f64>, Vec<u32>)>,
    /// Share of choices that the next kernel takes for agreement.
    doubt: f64,
    /// Sites of the next regions, and the work of closing one.
    region_sites: f64,
    region_work: u64,
    /// Batches of regions since one brought a gain or the work changed.
    regions_in_vain: usize,
    /// Whether there was one.
    has_coarse: bool,
    stopped_by: Option<StoppedBy>,
    /// The work at which the stop was seen: as a work limit it stops another run at the same step.
    stopped_at: Option<u64>,
    random: Random,
}

impl<'a> Engine<'a> {
    fn new(
        instance: &'a Instance,
        first: Vec<usize>,
        options: Options,
        control: &'a dyn Control,
        shown: Display<'a>,
        proved: &'a dyn Fn(f64, f64) -> bool,
    ) -> Self {
        let rows = RowSource::of(instance);
        let active: Vec<u32> = (0..instance.candidates.len() as u32).collect();
        Self {
            instance,
            exact: None,
            best: Timetable::new(instance, rows.clone(), first),
            ground: Ground::new(instance, &rows, &active),
            kicked: 0,
            kicked_in_vain: 0,
            active,
            rows,
            options,
            control,
            shown,
            proved,
            bound: f64::NEG_INFINITY,
            work: 0,
            given: None,
            doubt: improve::DOUBT_FIRST,
            region_sites: improve::REGION_FIRST,
            region_work: improve::REGION_WORK,
            regions_in_vain: 0,
            has_coarse: false,
            stopped_by: None,
            stopped_at: None,
            random: Random::new(options.seed),
        }
    }

    fn improve(mut self) -> Outcome {
        self.descend_first();
        while self.stopped_by.is_none() {
            let before = self.best.value;
            self.kick(WALKS_STALLED * self.walk_work());
            if self.best.value >= before {
                self.stopped_by.get_or_insert(StoppedBy::Exhausted);
            }
        }
        self.outcome(Relaxation::default(), None)
    }

    fn outcome(self, mut relaxation: Relaxation, closed: Option<Closed>) -> Outcome {
        if relaxation.bound < 0.0 {
            // Without any multipliers the bound is 0.
            relaxation.bound = 0.0;
            relaxation.sure = None;
            relaxation.radii.fill(0.0);
            relaxation.assignment.prices.fill(0.0);
        }
        Outcome {
            opens: self.best.choice(),
            closed,
            stopped_by: self.stopped_by.unwrap_or(StoppedBy::Exhausted),
            relaxation,
            work: self.stopped_at.unwrap_or(self.work),
        }
    }

    fn run(mut self) -> Outcome {
        let (radii, core, schedule) = match self.given.take() {
            Some((radii, core)) => (radii, core, ascent::WARM),
            None => {
                if !self.is_large() {
                    self.descend_first();
                    self.cover_better();
                }
                (self.first_radii(), Vec::new(), self.first_schedule())
            }
        };
        let mut dual = Ascent::new(self.instance, radii, &core, self.control);
        self.check();
        // A tree looks only at the sites left; so the ascent ends early where these are few.
        dual.end_where_narrow(self.exact.map(|_| self.best.value));
        self.ascend(&mut dual, schedule);
        let mut climbed = dual.work();
        let mut step = STEP_AGAIN;
        let mut stalled = 0;
        let mut closed = None;
        while self.stopped_by.is_none() {
            let before = (self.best.value, self.bound);
            self.attend(&dual);
            self.follow(&dual);
            self.shake(dual.best());
            self.kick((KICKS_OF_ASCENT * climbed as f64) as u64);
            self.concentrate(&dual, (KERNEL_OF_ASCENT * climbed as f64) as u64);
            self.settle_regions(&dual.best().radii, (REGIONS_OF_ASCENT * climbed as f64) as u64);
            if closed.is_none() && self.is_narrow(&dual) {
                closed = self.close(dual.best());
            }
            dual.end_where_narrow(None);
            let before_ascent = dual.work();
            self.ascend(&mut dual, Schedule { first: step, last: step / 30.0, steps: 600 });
            step = (step * 0.6).max(STEP_MIN);
            climbed = dual.work() - before_ascent;
            if closed.is_none() && !self.pays(before.1) {
                closed = self.close(dual.best());
            }
            stalled = if self.gained(before) { 0 } else { stalled + 1 };
            if stalled == STALLED_ROUNDS {
                self.stopped_by.get_or_insert(StoppedBy::Exhausted);
            }
        }
        self.outcome(dual.into_best(), closed)
    }

    /// Returns whether a descent takes longer than an ascent, which then leads to a better one.
    fn is_large(&self) -> bool {
        let many = self.instance.space.is_some() && self.instance.points >= LARGE_FROM;
        many || self.has_coarse
    }

    fn gained(&self, (value, bound): (f64, f64)) -> bool {
        // Relative to the value: a bound that creeps towards 0 gains much relative to itself.
        let worth_a_round = BOUND_GAIN * value.abs().max(1e-3);
        self.best.value < value || self.bound > bound + worth_a_round
    }

    /// Returns whether so few sites are left that a tree, which looks at them alone, steps up much faster than an
    /// ascent does.
    fn is_narrow(&self, dual: &Ascent<'_>) -> bool {
        self.exact.is_some() && self.stopped_by.is_none() && dual.is_narrow(self.best.value)
    }

    /// Returns whether the ascent of a round brought enough for another one to be better than branching. Better
    /// plans come up beside a tree as well.
    fn pays(&self, bound: f64) -> bool {
        self.bound - bound > ROUND_PAYS * (self.best.value - self.bound)
    }

    /// Splits the problem until nothing better can be left or there is a reason to stop.
    fn close(&mut self, relaxation: &Relaxation) -> Option<Closed> {
        let (exact, unit) = self.exact?;
        let whole = unit * exact.cost_unit();
        if self.stopped_by.is_some() {
            return None;
        }
        let (instance, control) = (self.instance, self.control);
        if !tree::is_small_enough(instance, &self.active, relaxation) {
            return None;
        }
        let opens = self.best.choice();
        let value = exact.value(instance, &opens)?;
        let (before, kicked) = (self.work, self.kicked);
        self.kicked_in_vain = 0;
        let first = Best { opens, value };
        let patching =
            (instance.openings_max() >= PATCHES_FROM).then_some(PATCHES_OF_WORK * self.work);
        let stop = || control.stop().is_some();
        let closed = tree::close(
            instance,
            (exact, unit),
            relaxation,
            first,
            Effort::Thorough { patching },
            &stop,
            &mut |standing| {
                self.work = before + standing.work + self.kicked - kicked;
                self.bound = self.bound.max(standing.least as f64 / whole);
                if !self.stand(standing.best.value as f64 / whole) {
                    return Turn::Stop;
                }
                self.report_at(Phase::Bound, standing.best.value as f64 / whole);
                let share = (self.kicked - kicked) as f64 / (standing.work as f64).max(1.0);
                if share >= KICKS_OF_TREE {
                    return Turn::Go;
                }
                let turn = self.kick_beside(exact, &relaxation.radii, standing);
                // A work limit that the kicks reach ends a run where a stop in what comes next would.
                if self.check() { turn } else { Turn::Stop }
            },
        )?;
        // Kicks beside the tree may have found a better plan just as they ended it.
        let value = exact.value(instance, &self.best.choice()).unwrap_or(value);
        if closed.best.value < value {
            self.best = Timetable::new(instance, self.rows.clone(), closed.best.opens.clone());
        }
        self.bound = self.bound.max(closed.least as f64 / whole);
        if closed.least >= closed.best.value.min(value) {
            self.stopped_by = Some(StoppedBy::Proved);
            self.stopped_at = Some(self.work);
        }
        self.check();
        self.report(Phase::Bound);
        Some(closed)
    }

    /// Returns how the first ascent steps. Where opening costs, radii start where sites are just paid for:
    /// the same for all points around a site, of which few have a radius in the end; so they have far to go.
    fn first_schedule(&self) -> Schedule {
        if start::is_open_to_all(self.instance) {
            Schedule { first: 1.0, last: 0.001, steps: 600 }
        } else {
            Schedule { first: 0.1, last: 0.001, steps: 300 }
        }
    }

    /// Starts each radius midway between the nearest and the second nearest open site: smooth, and
    /// nearly right.
    fn first_radii(&self) -> Vec<f64> {
        if self.instance.candidates.iter().any(|site| site.opening_cost > 0.0) {
            return start::paying_radii(self.instance);
        }
        ascent::radii_between(self.instance, &self.best)
    }

    fn ascend(&mut self, dual: &mut Ascent<'_>, schedule: Schedule) {
        if self.stopped_by.is_some() && (dual.best().bound.is_finite() || dual.is_large()) {
            return;
        }
        let before = dual.work();
        let start = self.work;
        // Unless that takes long, a run that is stopped at once takes one step, so that there is a bound.
        dual.ascend(schedule, |bound, work| {
            self.bound = bound;
            self.work = start + work - before;
            self.check();
            self.stopped_by.is_none()
        });
        self.report(Phase::Bound);
    }

    /// Notes a reason to stop, if there is one; returns whether to go on.
    fn check(&mut self) -> bool {
        self.stand(self.best.value)
    }

    /// Notes a reason to stop with a plan of this value, if there is one; returns whether to go on.
    fn stand(&mut self, value: f64) -> bool {
        if self.stopped_by.is_none() {
            let done = (self.proved)(value, self.bound);
            let (value, bound) = ((self.shown)(value), (self.shown)(self.bound));
            let gap = (value - bound).abs() / value.abs().max(1.0);
            let limit = self.options.work_limit.unwrap_or(u64::MAX);
            self.stopped_by = if done {
                Some(StoppedBy::Proved)
            } else if self.options.gap > 0.0 && gap <= self.options.gap {
                Some(StoppedBy::Gap)
            } else if self.work >= limit {
                Some(StoppedBy::Work)
            } else {
                self.control.stop()
            };
            self.stopped_at = self.stopped_by.map(|_| self.work);
        }
        self.stopped_by.is_none()
    }

    fn report(&self, phase: Phase) {
        self.report_at(phase, self.best.value);
    }

    fn report_at(&self, phase: Phase, value: f64) {
        // No multipliers at all prove 0, so no bound below it is worth showing.
        let bound = self.bound.is_finite().then(|| (self.shown)(self.bound.max(0.0)));
        let value = (self.shown)(value);
        self.control.event(&Event::Progress(progress(phase, value, bound, self.work)));
    }
}

/// Returns figures as shown, with their gap.
fn progress(phase: Phase, value: f64, bound: Option<f64>, work: u64) -> Progress {
    let gap = bound.map(|bound| (value - bound).abs() / value.abs().max(1.0));
    Progress { phase, value: Some(value), bound, gap, work }
}

/// Returns a choice that keeps every rule and prefers what `worth` (site-major) says; `None` when no
/// choice keeps the rules.
pub(crate) fn feasible_choice(instance: &Instance, worth: &[f64]) -> Option<Vec<usize>> {
    let choice = assign(instance, worth);
    choice.complete.then_some(choice.period)
}
