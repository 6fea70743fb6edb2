//! The ascent on the promising sites alone, for problems with too many pairs to price at every step.
//!
//! Between a few steps on the core every site is priced: that gives the bound, which only counts when all
//! sites do, and shows which further sites the core needs. (Column generation, as in the sifting of
//! Bixby et al. 1992, with sites for columns.) Sites stay in the core: one that is not wanted now is wanted
//! again when its neighbours have lost what they were overpaid.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::assignment::{Assignment, NEVER, assign};
use crate::control::Control;
use crate::dual::{Relaxation, Schedule, bound_of, step_scale};
use crate::instance::Instance;
use crate::lanes::{Cells, Frame, Lane, Pricing, Steps, add_opening_costs};

/// Steps on the core for which its rows are laid out.
const CHUNK: usize = 20;
/// The core is settled when a pricing of all adds no more than this part of it; then the next one waits
/// twice as many chunks, up to so many.
const FEW: usize = 100;
const PAUSE_MAX: usize = 4;
/// Sites that are taken into the core at first, half as many after each further pricing of all: so many for
/// each opening, where that is no more than one in so many of all sites. Many more than open, for the steps
/// between would else climb on what is missing.
const CORE_MIN: usize = 1000;
const CORE_PER_OPENING: usize = 10;
const CORE_SHARE: usize = 12;

/// Is an ascent on a core of sites.
pub(crate) struct CoreDual<'a> {
    instance: &'a Instance,
    control: &'a dyn Control,
    /// The core, by position in the problem.
    pub(crate) kept: Vec<u32>,
    in_core: Vec<bool>,
    frame: Frame,
    /// The best radii so far; their bound counts every site.
    pub(crate) best: Relaxation,
    /// Pairs priced so far.
    pub(crate) work: u64,
}

/// Is where an ascent is, and the direction it goes in.
type Place = (Cells, Vec<Lane>);

impl<'a> CoreDual<'a> {
    /// Starts an ascent at these radii, which also scale its steps, with some sites in the core.
    pub(crate) fn new(
        instance: &'a Instance,
        radii: Vec<f64>,
        sites: &[u32],
        control: &'a dyn Control,
    ) -> Self {
        let period = vec![NEVER; instance.candidates.len()];
        let prices = vec![0.0; instance.periods];
        let assignment = Assignment { period, prices, complete: false };
        let mut core = Self {
            frame: Frame::new(instance, &step_scale(instance, &radii)),
            kept: Vec::new(),
            in_core: vec![false; instance.candidates.len()],
            best: Relaxation { bound: f64::NEG_INFINITY, radii, assignment },
            work: 0,
            instance,
            control,
        };
        sites.iter().for_each(|&site| core.take(site));
        core
    }

    /// Takes the steps of a schedule from the best radii so far; `goes_on` is asked after every one. What a
    /// stop interrupts leaves no trace.
    pub(crate) fn ascend(&mut self, schedule: Schedule, mut goes_on: impl FnMut(&Self) -> bool) {
        let mut place = (Cells::new(self.instance, &self.best.radii), self.frame.no_direction());
        if !self.best.bound.is_finite() {
            let _ = self.price_all(&place.0);
            if !goes_on(self) {
                return;
            }
        }
        let chunks = schedule.steps.div_ceil(CHUNK);
        let ratio = (schedule.last / schedule.first).powf(1.0 / chunks as f64);
        let mut first = schedule.first;
        let (mut pause, mut since) = (1, 0);
        for chunk in 1..=chunks {
            let part = Schedule { first, last: first * ratio, steps: CHUNK };
            first *= ratio;
            let Some(next) = self.climb(part, place, &mut goes_on) else { return };
            place = next;
            since += 1;
            if since == pause || chunk == chunks {
                let fresh = self.price_all(&place.0);
                if !goes_on(self) {
                    return;
                }
                let settled = fresh.is_some_and(|fresh| fresh <= self.kept.len() / FEW);
                pause = if settled { (2 * pause).min(PAUSE_MAX) } else { 1 };
                since = 0;
            }
        }
    }

    /// Takes some steps on the core; `None` when it is not to go on.
    fn climb(
        &mut self,
        schedule: Schedule,
        (cells, direction): Place,
        goes_on: &mut impl FnMut(&Self) -> bool,
    ) -> Option<Place> {
        let core = self.instance.with_sites(&self.kept);
        let frame = self.frame.clone();
        // In the steps between, radii move about so far.
        let room = (0.5 * CHUNK as f64 * schedule.first).clamp(0.02, 0.35);
        let runs = || self.control.stop().is_none();
        let Some(mut steps) = Steps::new(&core, &frame, (cells, direction), room, &runs) else {
            goes_on(self);
            return None;
        };
        self.work += steps.pairs;
        let ratio = (schedule.last / schedule.first).powf(1.0 / schedule.steps as f64);
        let mut step = schedule.first;
        for _ in 0..schedule.steps {
            let choice = assign(&core, &steps.price());
            steps.step(&choice, step);
            self.work += steps.pairs;
            step *= ratio;
            if !goes_on(self) {
                return None;
            }
        }
        Some(steps.into_place())
    }

    /// Prices every site at some radii: keeps them if their bound is the best, and takes the sites that
    /// are worth most into the core. Returns how many were not there yet; `None` when stopped.
    fn price_all(&mut self, cells: &Cells) -> Option<usize> {
        let instance = self.instance;
        let periods = instance.periods;
        let radii = cells.radii();
        let pricing = Pricing::new(cells);
        let farthest = |point: usize| {
            let radii = &radii[point * periods..(point + 1) * periods];
            radii.iter().fold(0.0, |most: f64, &v| most.max(v))
        };
        let pairs = AtomicU64::new(0);
        let of_row = |_, points: &[u32], costs: &[u32]| {
            pairs.fetch_add(points.len() as u64, Ordering::Relaxed);
            pricing.worth(points, costs)
        };
        let rows = instance.map_rows_while(farthest, of_row, &|| self.control.stop().is_none())?;
        self.work += pairs.into_inner();
        let none = vec![0.0; periods];
        let rows = rows.iter().map(|row| if row.is_empty() { &none } else { row });
        let mut worth: Vec<f64> = rows.flatten().copied().collect();
        add_opening_costs(instance, &mut worth);
        let assignment = assign(instance, &worth);
        let bound = bound_of(instance, &radii, &worth, &assignment.prices);
        let before = self.kept.len();
        self.take_in(&worth, &assignment.prices);
        if bound > self.best.bound {
            self.best = Relaxation { bound, radii, assignment };
        }
        Some(self.kept.len() - before)
    }

    fn take_in(&mut self, worth: &[f64], prices: &[f64]) {
        let instance = self.instance;
        let periods = instance.periods;
        let reduced = |site: usize| {
            let usable = (0..periods).filter(|&t| instance.may_open(site, t));
            usable.map(|t| worth[site * periods + t] + prices[t]).fold(f64::INFINITY, f64::min)
        };
        let mut sites: Vec<(f64, u32)> =
            (0..instance.candidates.len()).map(|site| (reduced(site), site as u32)).collect();
        let openings = instance.openings_max().max(1);
        let share = (sites.len() / (CORE_SHARE * openings)).clamp(2, CORE_PER_OPENING);
        let share = if self.kept.is_empty() { share } else { share.div_ceil(2) };
        let core = (share * openings).max(CORE_MIN).min(sites.len());
        sites.select_nth_unstable_by(core - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (at, &(reduced, site)) in sites.iter().enumerate() {
            if at < core || reduced < 0.0 || instance.candidates[site as usize].required {
                self.take(site);
            }
        }
        self.kept.sort_unstable();
    }

    fn take(&mut self, site: u32) {
        if !std::mem::replace(&mut self.in_core[site as usize], true) {
            self.kept.push(site);
        }
    }
}
