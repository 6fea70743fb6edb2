//! The ascent on the promising sites alone, for problems with too many pairs to price at every step.
//!
//! Between a few steps on the core every site is priced: that gives the bound, which only counts when all
//! sites do, and shows which further sites the core needs. (Column generation, as in the sifting of
//! Bixby et al. 1992, with sites for columns.)

use std::sync::atomic::{AtomicU64, Ordering};

use crate::assignment::assign;
use crate::dual::{Dual, Relaxation, Schedule, bound_of, step_scale, worth_of_row};
use crate::instance::Instance;

/// Steps on the core between two pricings of all.
const CHUNK: usize = 20;
/// Sites that are taken into the core after each pricing of all, at least, and for each opening: many more
/// than open, for the steps between would else climb on what is missing.
const CORE_MIN: usize = 1000;
const CORE_PER_OPENING: usize = 10;

/// Is an ascent on a core of sites.
pub(crate) struct CoreDual<'a> {
    instance: &'a Instance,
    /// The core, by position in the problem.
    pub(crate) kept: Vec<u32>,
    in_core: Vec<bool>,
    scale: std::sync::Arc<[f64]>,
    radii: Vec<f64>,
    /// The best radii so far; their bound counts every site.
    pub(crate) best: Relaxation,
    /// Pairs priced so far.
    pub(crate) work: u64,
}

impl<'a> CoreDual<'a> {
    /// Starts an ascent at these radii, which also scale its steps.
    pub(crate) fn new(instance: &'a Instance, radii: Vec<f64>) -> Self {
        let mut core = Self {
            scale: step_scale(instance, &radii).into(),
            kept: Vec::new(),
            in_core: vec![false; instance.candidates.len()],
            best: Relaxation { bound: f64::NEG_INFINITY, ..Relaxation::default() },
            work: 0,
            instance,
            radii,
        };
        core.price_all();
        core
    }

    /// Takes the steps of a schedule from the best radii so far; `goes_on` is asked after every few steps.
    pub(crate) fn ascend(&mut self, schedule: Schedule, mut goes_on: impl FnMut(&Self) -> bool) {
        self.radii.clone_from(&self.best.radii);
        let mut direction = vec![0.0; self.radii.len()];
        let chunks = schedule.steps.div_ceil(CHUNK);
        let ratio = (schedule.last / schedule.first).powf(1.0 / chunks as f64);
        let mut first = schedule.first;
        for _ in 0..chunks {
            let part = Schedule { first, last: first * ratio, steps: CHUNK };
            first *= ratio;
            direction = self.climb(part, direction, &mut goes_on);
            self.price_all();
            if !goes_on(self) {
                return;
            }
        }
    }

    /// Takes some steps on the core.
    fn climb(
        &mut self,
        schedule: Schedule,
        direction: Vec<f64>,
        goes_on: &mut impl FnMut(&Self) -> bool,
    ) -> Vec<f64> {
        let core = self.instance.with_sites(&self.kept);
        let radii = std::mem::take(&mut self.radii);
        let mut dual = Dual::with_scale(&core, radii, self.scale.clone());
        dual.go_on_in(direction);
        let before = self.work;
        dual.climb(schedule, |dual| {
            self.work = before + dual.work;
            goes_on(self)
        });
        let (radii, direction) = dual.into_steps();
        self.radii = radii;
        direction
    }

    /// Prices every site at the current radii: keeps them if their bound is the best, and takes the sites
    /// that are worth most into the core.
    fn price_all(&mut self) {
        let instance = self.instance;
        let periods = instance.periods;
        let radii = &self.radii;
        let farthest = |point: usize| {
            let radii = &radii[point * periods..(point + 1) * periods];
            radii.iter().fold(0.0, |most: f64, &v| most.max(v))
        };
        let pairs = AtomicU64::new(0);
        let worth = instance.map_rows(farthest, |site, points, costs| {
            pairs.fetch_add(points.len() as u64, Ordering::Relaxed);
            worth_of_row(instance, site, (points, costs), radii)
        });
        self.work += pairs.into_inner();
        let worth: Vec<f64> = worth
            .into_iter()
            .flat_map(|row| if row.is_empty() { vec![0.0; periods] } else { row })
            .collect();
        let assignment = assign(instance, &worth);
        let bound = bound_of(instance, radii, &worth, &assignment.prices);
        self.take_in(&worth, &assignment.prices);
        if bound > self.best.bound {
            self.best = Relaxation { bound, radii: self.radii.clone(), assignment };
        }
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
        let share = if self.kept.is_empty() { CORE_PER_OPENING } else { CORE_PER_OPENING / 2 };
        let core = (share * instance.openings_max()).max(CORE_MIN).min(sites.len());
        sites.select_nth_unstable_by(core - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (at, &(reduced, site)) in sites.iter().enumerate() {
            let wanted = at < core || reduced < 0.0;
            let required = instance.candidates[site as usize].required;
            if (wanted || required) && !std::mem::replace(&mut self.in_core[site as usize], true) {
                self.kept.push(site);
            }
        }
        self.kept.sort_unstable();
    }
}
