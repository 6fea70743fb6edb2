//! How an [`Engine`] looks for better plans: descents, walks, kernels and regions.

use groundwork_model::StoppedBy;
use rayon::prelude::*;

use super::{Engine, progress};
use crate::ascent::Ascent;
use crate::bound::ExactData;
use crate::control::{Event, Phase};
use crate::cover_search;
use crate::dual::Relaxation;
use crate::instance::Instance;
use crate::kernel;
use crate::kicks::{self, Ground};
use crate::random::Random;
use crate::region::{Region, Settled};
use crate::rounding;
use crate::search::{Scratch, Timetable};
use crate::start;
use crate::tree::{self, Best, Effort, Standing, Turn};

/// Descents tried side by side; a constant, so that results do not depend on the thread count.
const BATCH: usize = 4;
/// Work of a walk: for every point and period, so that starting it does not count; more of few points.
const WALK_PER_POINT: u64 = 10;
const WALK_OF_FEW: u64 = 200;
const WALK_OF_FEW_MAX: u64 = 200_000;
/// Regions closed side by side; a constant, so that results do not depend on the thread count.
const REGIONS: usize = 16;
/// Work of closing one of them at first, at most, and at least where the ascent took little itself.
pub(super) const REGION_WORK: u64 = 1_000_000;
const REGION_WORK_MAX: u64 = 100_000_000;
const REGION_WORK_MIN: u64 = 10_000;
/// Batches without any gain after which that work doubles.
const REGIONS_STALLED: usize = 6;
/// Sites that kicks try: at most so many, and for every opening.
const ACTIVE_MAX: usize = 2000;
const ACTIVE_PER_OPENING: usize = 20;
/// Batches of descents from what shaken radii recommend in one round.
const SHAKES: usize = 12;

/// Share of choices that a kernel takes for agreement at first, at least and at most; and what it is multiplied
/// by when a kernel is done with before its work is, or not.
pub(super) const DOUBT_FIRST: f64 = 0.02;
const DOUBT_MIN: f64 = 0.0002;
const DOUBT_MAX: f64 = 0.2;
const DOUBT_WIDER: f64 = 0.3;
const DOUBT_CLOSER: f64 = 2.0;

/// Sites of a region at first, at least and at most; and what they are multiplied by after most regions of a
/// batch were closed, or were not.
pub(super) const REGION_FIRST: f64 = 40.0;
const REGION_MIN: f64 = 12.0;
const REGION_MAX: f64 = 400.0;
const REGION_GROWS: f64 = 1.12;
const REGION_SHRINKS: f64 = 0.85;

impl<'a> Engine<'a> {
    pub(super) fn descend_first(&mut self) {
        let (control, shown) = (self.control, self.shown);
        let limit = self.options.work_limit.unwrap_or(u64::MAX);
        let mut stop = None;
        self.best.descend(&self.active, &mut Scratch::default(), |work, value| {
            control.event(&Event::Progress(progress(Phase::Start, shown(value), None, work)));
            stop = control.stop().or((work >= limit).then_some(StoppedBy::Work));
            stop.is_none()
        });
        self.work += self.best.work;
        self.stopped_by = stop;
        self.stopped_at = stop.map(|_| self.work);
        self.report(Phase::Start);
    }

    /// Searches for better covers, where covering is all that is asked.
    pub(super) fn cover_better(&mut self) {
        const STEPS: usize = 20_000;
        const PAIRS_MAX: u64 = 400_000_000;
        let Some(rows) = self.rows.all_rows().cloned() else { return };
        if !cover_search::is_covering(self.instance) {
            return;
        }
        let start = self.work;
        let mut opens = self.best.choice();
        while self.check() && self.work - start < PAIRS_MAX {
            let mut random = Random::new(self.random.below(usize::MAX) as u64);
            let (better, work) =
                cover_search::improve(self.instance, &rows, &opens, STEPS, &mut random);
            self.work += work;
            if better == opens {
                break;
            }
            opens = better;
            self.accept(Timetable::new(self.instance, self.rows.clone(), opens.clone()));
        }
    }

    /// Turns descents and kicks to the sites that the ascent found worth looking at, and those that are open.
    pub(super) fn attend(&mut self, dual: &Ascent<'_>) {
        let (instance, periods) = (self.instance, self.instance.periods);
        let most = ACTIVE_MAX.max(ACTIVE_PER_OPENING * instance.openings_max());
        let mut active = dual.promising(self.best.value, most);
        let open = self.best.opens.iter().enumerate().filter(|(_, t)| **t < periods);
        active.extend(open.map(|(site, _)| site as u32));
        active.sort_unstable();
        active.dedup();
        if active != self.active {
            self.ground = Ground::new(instance, &self.rows, &active);
            self.active = active;
        }
        self.ground.doubt(dual.best(), (&self.best.opens, periods), &dual.shares());
    }

    /// Descends from the choice that attains the bound, and from what the choices on the way to it have most
    /// in common.
    pub(super) fn follow(&mut self, dual: &Ascent<'_>) {
        if self.stopped_by.is_some() {
            return;
        }
        let (instance, relaxation) = (self.instance, dual.best());
        let in_common = rounding::in_common(instance, dual.shares());
        if self.is_large() {
            let complete = relaxation.assignment.complete;
            let advised = || complete.then(|| start::advised(instance, relaxation));
            if let Some(opens) = in_common.or_else(advised) {
                self.follow_one(opens);
            }
            return;
        }
        let advised = relaxation.assignment.complete.then(|| start::advised(instance, relaxation));
        let choices: Vec<Vec<usize>> = advised.into_iter().chain(in_common).collect();
        let (rows, active, control) = (&self.rows, &self.active, self.control);
        let descended = |opens: Vec<usize>| {
            let mut timetable = Timetable::new(instance, rows.clone(), opens);
            timetable.descend(active, &mut Scratch::default(), |_, _| control.stop().is_none());
            timetable
        };
        let tries: Vec<Timetable<'a>> = choices.into_par_iter().map(descended).collect();
        if self.check() {
            tries.into_iter().for_each(|timetable| self.accept(timetable));
        }
    }

    /// Descends from a choice, and keeps what it comes to even when it is stopped: stops are seen between
    /// parts of so much work, so that the work count alone reproduces that.
    pub(super) fn follow_one(&mut self, opens: Vec<usize>) {
        let mut timetable = Timetable::new(self.instance, self.rows.clone(), opens);
        let mut descent = self.ground.descent();
        loop {
            let before = timetable.work;
            let done = descent.go_on(&mut timetable, &self.ground);
            self.work += timetable.work - before;
            if timetable.value < self.best.value {
                self.report_at(Phase::Improve, timetable.value);
            }
            if !self.stand(timetable.value.min(self.best.value)) || done {
                break;
            }
        }
        timetable.work = 0;
        self.accept(timetable);
    }

    /// Descends from what the radii recommend when shaken a little, where sites are open to all.
    pub(super) fn shake(&mut self, relaxation: &Relaxation) {
        if !start::is_open_to_all(self.instance) || relaxation.radii.is_empty() {
            return;
        }
        for _ in 0..SHAKES {
            if self.stopped_by.is_some() {
                return;
            }
            let seeds: Vec<u64> =
                (0..BATCH).map(|_| self.random.below(usize::MAX) as u64).collect();
            let (instance, rows, active, control) =
                (self.instance, &self.rows, &self.active, self.control);
            let shaken = |seed: u64| {
                let opens = start::shaken(instance, &relaxation.radii, &mut Random::new(seed));
                let mut timetable = Timetable::new(instance, rows.clone(), opens);
                let goes_on = |_, _| control.stop().is_none();
                timetable.descend(active, &mut Scratch::default(), goes_on);
                timetable
            };
            let tries: Vec<Timetable<'a>> = seeds.into_par_iter().map(shaken).collect();
            if !self.check() {
                return;
            }
            tries.into_iter().for_each(|timetable| self.accept(timetable));
        }
    }

    /// Kicks the best plan until so much work brought no gain.
    pub(super) fn kick(&mut self, in_vain: u64) {
        self.kicked_in_vain = 0;
        let start = self.kicked;
        while self.stopped_by.is_none()
            && self.kicked_in_vain < in_vain.max(self.walk_work())
            && (!self.is_large() || self.kicked - start < in_vain)
        {
            self.walk();
            self.check();
        }
        self.report(Phase::Improve);
    }

    /// Lets walks start from the best plan.
    pub(super) fn walk(&mut self) {
        let (before, control) = (self.best.value, self.control);
        let stop = || control.stop().is_some();
        let work = self.walk_work();
        let walked = kicks::improve(&mut self.best, &self.ground, work, &mut self.random, &stop);
        let Some(walked) = walked else { return };
        self.work += walked;
        self.kicked += walked;
        self.kicked_in_vain += walked;
        if self.best.value < before {
            self.kicked_in_vain = 0;
            self.report(Phase::Improve);
        }
    }

    /// Returns how much a walk works.
    pub(super) fn walk_work(&self) -> u64 {
        let size = (self.instance.points * self.instance.periods) as u64;
        (WALK_OF_FEW * size).min(WALK_OF_FEW_MAX).max(WALK_PER_POINT * size)
    }

    /// Kicks the best plan of a tree, on the sites that it has left.
    pub(super) fn kick_beside(
        &mut self,
        exact: &ExactData,
        radii: &[f64],
        standing: Standing<'_>,
    ) -> Turn {
        if self.active != standing.left {
            self.active = standing.left.to_vec();
            self.ground = Ground::new(self.instance, &self.rows, &self.active);
        }
        let known = standing.best.value;
        if self.best.choice() != standing.best.opens {
            let opens = standing.best.opens.clone();
            self.best = Timetable::new(self.instance, self.rows.clone(), opens);
        }
        let before = self.best.value;
        if self.random.below(2) == 0 {
            self.walk();
        } else {
            let start = self.work;
            self.settle_regions(radii, self.region_work * REGIONS as u64);
            self.kicked += self.work - start;
        }
        if self.best.value >= before {
            return Turn::Go;
        }
        let opens = self.best.choice();
        match exact.value(self.instance, &opens) {
            Some(value) if value < known => Turn::Better(Best { opens, value }),
            _ => Turn::Go,
        }
    }

    /// Closes problems in which most sites are settled as nearly all choices of an ascent have them.
    pub(super) fn concentrate(&mut self, dual: &Ascent<'_>, budget: u64) {
        let Some((exact, unit)) = self.exact else { return };
        let (instance, control) = (self.instance, self.control);
        let relaxation = dual.best();
        if self.stopped_by.is_some() || !tree::is_small_enough(instance, &self.active, relaxation) {
            return;
        }
        let shares = dual.shares();
        let limit = self.options.work_limit.unwrap_or(u64::MAX).min(self.work + budget);
        let stop = || control.stop().is_some();
        while self.stopped_by.is_none() && self.work < limit && self.doubt >= DOUBT_MIN {
            let opens = self.best.choice();
            let candidates = kernel::narrowed(instance, &shares, &opens, self.doubt);
            let kernel = Instance { candidates, ..instance.clone() };
            let Some(value) = exact.value(instance, &opens) else { return };
            let before = self.work;
            let known = Best { opens, value };
            let mut is_over = false;
            let closed = tree::close(
                &kernel,
                (exact, unit),
                relaxation,
                known,
                Effort::Brief,
                &stop,
                &mut |standing| {
                    self.work = before + standing.work;
                    is_over = self.work >= limit || !self.check();
                    if is_over { Turn::Stop } else { Turn::Go }
                },
            );
            let Some(closed) = closed else { return };
            if closed.best.value < value {
                self.best = Timetable::new(instance, self.rows.clone(), closed.best.opens);
                self.report(Phase::Improve);
            }
            self.work += 1;
            self.doubt *= if is_over { DOUBT_CLOSER } else { DOUBT_WIDER };
            self.doubt = self.doubt.min(DOUBT_MAX);
            self.check();
        }
    }

    /// Closes problems of a few sites near one another, while all others stay as they are.
    pub(super) fn settle_regions(&mut self, radii: &[f64], budget: u64) {
        let Some((exact, unit)) = self.exact else { return };
        let limit = self.options.work_limit.unwrap_or(u64::MAX).min(self.work + budget);
        let control = self.control;
        let stop = || control.stop().is_some();
        // Where sites are open to all, walks and shaken radii find as good plans in a fraction of the time.
        if radii.is_empty() || start::is_open_to_all(self.instance) {
            return;
        }
        while self.check() && self.work < limit {
            self.best.prepare();
            let regions: Vec<Vec<u32>> = (0..REGIONS).map(|at| self.region(at % 2 == 1)).collect();
            let most = self.region_work.min(budget / REGIONS as u64).max(REGION_WORK_MIN);
            let best = &self.best;
            let settled: Vec<Settled> = regions
                .into_par_iter()
                .filter_map(|sites| Region::of(best, exact, sites))
                .map(|region| region.settle(radii, unit, most, &stop))
                .collect();
            if stop() {
                self.check();
                return;
            }
            let before = self.best.value;
            let work = self.best.work;
            self.work += settled.iter().map(|settled| settled.work).sum::<u64>() + 1;
            settled.iter().flat_map(|settled| &settled.better).for_each(|better| {
                self.best.adopt(better);
            });
            self.work += self.best.work - work;
            self.best.work = work;
            let closed = settled.iter().filter(|settled| settled.closed).count();
            let factor = if 2 * closed >= settled.len() { REGION_GROWS } else { REGION_SHRINKS };
            self.region_sites = (self.region_sites * factor).clamp(REGION_MIN, REGION_MAX);
            if self.best.value < before {
                self.regions_in_vain = 0;
                self.report(Phase::Improve);
            } else {
                self.regions_in_vain += 1;
                if self.regions_in_vain == REGIONS_STALLED {
                    self.regions_in_vain = 0;
                    self.region_work = (2 * self.region_work).min(REGION_WORK_MAX);
                    return;
                }
            }
        }
    }

    /// Draws the sites of a region, or of two far apart, between which openings may go.
    pub(super) fn region(&mut self, in_two: bool) -> Vec<u32> {
        let (opens, periods) = (&self.best.opens, self.instance.periods);
        let is_open = |site: u32| opens[site as usize] < periods;
        let most = self.region_sites as usize;
        if !in_two {
            return self.ground.around(is_open, most, &mut self.random);
        }
        let mut sites = self.ground.around(is_open, most / 2, &mut self.random);
        sites.extend(self.ground.around(is_open, most / 2, &mut self.random));
        sites
    }

    pub(super) fn accept(&mut self, timetable: Timetable<'a>) {
        self.work += timetable.work;
        // A smaller difference may be the rounding of another order of sums.
        if timetable.value < self.best.value - 1e-12 * self.best.value.abs() {
            self.best = timetable;
            self.report(Phase::Improve);
        }
    }
}
