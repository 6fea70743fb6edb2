//! The ascent on the promising sites alone, for problems with too many pairs to price at every step.
//!
//! Between a few steps on the core every site is priced: that gives the bound, which only counts when all
//! sites do, and shows which further sites the core needs. (Column generation, as in the sifting of
//! Bixby et al. 1992, with sites for columns.) Sites stay in the core: one that is not wanted now is wanted
//! again when its neighbours have lost what they were overpaid.

use crate::assignment::{Assignment, NEVER, assign};
use crate::control::Control;
use crate::dual::{Relaxation, Schedule, Sure, bound_of, step_scale};
use crate::instance::Instance;
use crate::lanes::{Cells, Frame, Lane, Steps, WORTH_ERROR, add_opening_costs, worth_of_all};
use crate::soft::{Usage, blend};

/// Steps on the core for which its rows are laid out.
const CHUNK: usize = 20;
/// The core is settled when a pricing of all adds no more than this part of it; then the next one waits
/// twice as many chunks, up to so many.
const FEW: usize = 10;
const PAUSE_MAX: usize = 4;
/// Sites that are taken into the core at first, half as many after each further pricing of all: so many for
/// each opening, where that is no more than one in so many of all sites. Many more than open, for the steps
/// between would else climb on what is missing.
const CORE_MIN: usize = 1000;
const CORE_PER_OPENING: usize = 10;
const CORE_SHARE: usize = 12;

/// How many times more sites the core has than are left where these are few.
const NARROW: usize = 4;

/// Is an ascent on a core of sites.
pub(crate) struct CoreDual<'a> {
    instance: &'a Instance,
    control: &'a dyn Control,
    /// The core, by position in the problem.
    pub(crate) kept: Vec<u32>,
    in_core: Vec<bool>,
    frame: Frame,
    usage: Usage,
    /// Radii are priced as whole multiples of 2^-shift.
    shift: u32,
    /// The best radii so far; their bound counts every site.
    pub(crate) best: Relaxation,
    /// The least reduced cost of every site there.
    pub(crate) reduced: Vec<f64>,
    /// The value of the best plan where an ascent may end once few sites are left that better ones may open.
    pub(crate) known: Option<f64>,
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
            usage: Usage::new(instance),
            shift: grain_of(&radii),
            best: Relaxation { bound: f64::NEG_INFINITY, radii, assignment, sure: None },
            reduced: Vec::new(),
            known: None,
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
            let _ = self.price_all(&mut place.0);
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
                let fresh = self.price_all(&mut place.0);
                if !goes_on(self) || self.known.is_some_and(|known| self.is_narrow(known)) {
                    return;
                }
                let settled = fresh.is_some_and(|fresh| fresh <= self.kept.len() / FEW);
                pause = if settled { (2 * pause).min(PAUSE_MAX) } else { 1 };
                since = 0;
            }
        }
    }

    /// Returns whether a choice better than `value` may open so few sites that they are a small part of the core.
    pub(crate) fn is_narrow(&self, value: f64) -> bool {
        let gap = value - self.best.bound;
        let left = self.reduced.iter().filter(|&&cost| cost < gap).count();
        NARROW * left <= self.kept.len()
    }

    /// Returns the share of the recent choices in which each candidate was open in each period, site-major.
    pub(crate) fn shares(&self) -> Vec<f64> {
        self.usage.shares()
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
            let worth = steps.price();
            let best = assign(&core, &worth);
            let blend = blend(&core, &worth, &best.prices, step);
            self.usage.note_blend(&blend, |site| self.kept[site] as usize);
            steps.step(&blend, step);
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
    fn price_all(&mut self, cells: &mut Cells) -> Option<usize> {
        let instance = self.instance;
        cells.cut_to_grain(self.shift);
        let (mut worth, pairs) = worth_of_all(instance, cells, &|| self.control.stop().is_none())?;
        self.work += pairs;
        let radii = cells.radii();
        // No true saving is larger than this.
        let most: Vec<f64> = worth.iter().map(|worth| worth * (1.0 + WORTH_ERROR)).collect();
        add_opening_costs(instance, &mut worth);
        let assignment = assign(instance, &worth);
        let bound = bound_of(instance, &radii, &worth, &assignment.prices);
        let sure = cells.are_exact().then(|| self.sure(&radii, most, &assignment.prices));
        let before = self.kept.len();
        let reduced = least_reduced(instance, &worth, &assignment.prices);
        self.take_in(&reduced);
        if bound > self.best.bound {
            self.best = Relaxation { bound, radii, assignment, sure };
            self.reduced = reduced;
        }
        Some(self.kept.len() - before)
    }

    /// Returns the bound that holds when no site saves more than `most` says.
    fn sure(&self, radii: &[f64], mut most: Vec<f64>, prices: &[f64]) -> Sure {
        /// What sums in double precision may be off by, as a share of what is summed.
        const SUMS: f64 = 1e-11;
        add_opening_costs(self.instance, &mut most);
        let bound = bound_of(self.instance, radii, &most, prices);
        let of_radii = radii.iter().zip(self.instance.weights.iter()).map(|(v, w)| v * w);
        Sure { bound: bound - SUMS * of_radii.sum::<f64>(), shift: self.shift }
    }

    /// Takes the sites of least reduced cost into the core, and all that must open.
    fn take_in(&mut self, reduced: &[f64]) {
        let instance = self.instance;
        let mut sites: Vec<(f64, u32)> =
            reduced.iter().zip(0..).map(|(&cost, site)| (cost, site)).collect();
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

/// Returns the least reduced cost of every candidate over the periods in which it may open, given what it is
/// worth from each period on; infinite where it may not open.
pub(crate) fn least_reduced(instance: &Instance, worth: &[f64], prices: &[f64]) -> Vec<f64> {
    let periods = instance.periods;
    let of_site = |site: usize| {
        let usable = (0..periods).filter(|&t| instance.may_open(site, t));
        usable.map(|t| worth[site * periods + t] + prices[t]).fold(f64::INFINITY, f64::min)
    };
    (0..instance.candidates.len()).map(of_site).collect()
}

/// Returns the grain, as a shift, that is small beside the radii: coarse where they are wide, since the numbers
/// of a proof grow with it.
fn grain_of(radii: &[f64]) -> u32 {
    /// Radii are about so many grains wide.
    const GRAINS: f64 = (1 << 20) as f64;
    let mean = radii.iter().sum::<f64>() / radii.len().max(1) as f64;
    ((GRAINS / mean.max(1e-3)).log2().ceil().max(0.0) as u32).clamp(7, 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Quiet;
    use crate::dual::Dual;
    use crate::instance::examples::square;

    const SCHEDULE: Schedule = Schedule { first: 0.1, last: 0.001, steps: 200 };

    /// Returns radii as wide as half the distance that a site has to cover.
    fn radii(instance: &Instance) -> Vec<f64> {
        let of_period = |t: usize| 10_000.0 / f64::from(instance.quotas[0] * (t as u32 + 1)).sqrt();
        (0..instance.points * instance.periods).map(|at| of_period(at % instance.periods)).collect()
    }

    #[test]
    fn what_is_sure_is_never_above_the_exact_bound_and_near_it() {
        for (seed, form) in [(1, (1, 5)), (2, (3, 4)), (3, (6, 2)), (4, (9, 3))] {
            let (instance, exact) = square(seed, 300, form);
            let mut core = CoreDual::new(&instance, radii(&instance), &[], &Quiet);
            for steps in [20, 40, 100] {
                core.ascend(Schedule { steps, ..SCHEDULE }, |_| true);
                let sure = exact.sure(&core.best, 1.0).expect("small numbers");
                let priced = exact.price(&instance, &sure.multipliers).expect("small numbers");
                let bound = priced.bound(&instance.candidates).expect("small numbers");
                let least = priced.whole(bound);
                assert!(sure.least <= least, "{seed}, {steps}: {} {least}", sure.least);
                let served = core.best.radii.iter().zip(instance.weights.iter());
                let served: f64 = served.map(|(radius, weight)| radius * weight).sum();
                let lost = (least - sure.least) as f64;
                assert!(lost <= 1.0 + 1e-5 * served, "{seed}, {steps}: {lost} of {served}");
            }
        }
    }

    #[test]
    fn a_core_climbs_as_high_as_all_sites_do() {
        let (instance, _) = square(7, 600, (4, 3));
        let mut core = CoreDual::new(&instance, radii(&instance), &[], &Quiet);
        core.ascend(SCHEDULE, |_| true);
        let mut dual = Dual::new(&instance, radii(&instance));
        dual.ascend(SCHEDULE, |_| true);
        let (core, all) = (core.best.bound, dual.best.bound);
        assert!((core - all).abs() < 1e-3 * all, "{core} {all}");
    }

    #[test]
    fn a_stop_leaves_the_best_radii_as_they_were() {
        let (instance, _) = square(9, 300, (3, 4));
        let mut core = CoreDual::new(&instance, radii(&instance), &[], &Quiet);
        core.ascend(Schedule { steps: 40, ..SCHEDULE }, |_| true);
        let before = core.best.clone();
        let mut asked = 0;
        core.ascend(SCHEDULE, |_| {
            asked += 1;
            asked < 10
        });
        assert_eq!(asked, 10);
        assert_eq!(core.best.bound, before.bound);
        assert_eq!(core.best.radii, before.radii);
    }
}
