//! The ascent of a whole problem: on all its sites or on a core, and from coarse problems to finer ones.

use crate::assignment::NEVER;
use crate::coarse::Coarse;
use crate::control::Control;
use crate::core::{CoreDual, least_reduced};
use crate::dual::{Dual, Relaxation, Schedule};
use crate::instance::Instance;
use crate::lanes::{Cells, add_opening_costs, worth_of_all};
use crate::rounding;
use crate::rows::RowSource;
use crate::search::Timetable;
use crate::start;

/// Pairs times periods from which an ascent prices a core of sites alone.
const CORE_FROM: u64 = 1_500_000;
/// How an ascent steps from the radii of a coarser problem.
pub(crate) const WARM: Schedule = Schedule { first: 0.03, last: 0.001, steps: 140 };
/// How the ascents of coarse problems step from still coarser ones.
const MIDDLE: Schedule = Schedule { first: 0.03, last: 0.001, steps: 100 };
/// How the ascent of the coarsest problem steps.
const COLD: Schedule = Schedule { first: 0.1, last: 0.001, steps: 200 };

/// Is where the ascent of a problem starts, as coarser ones see it.
pub(crate) struct Start {
    /// A choice.
    pub(crate) opens: Vec<usize>,
    pub(crate) radii: Vec<f64>,
    /// Sites worth looking at.
    pub(crate) core: Vec<u32>,
    /// Pairs priced to find them.
    pub(crate) work: u64,
}

/// Climbs on coarse problems, each from where the one before led, up to a limit of work; `None` where
/// there is none.
pub(crate) fn from_coarse(fine: &Instance, limit: u64, control: &dyn Control) -> Option<Start> {
    let coarse = Coarse::of(fine)?;
    let instance = &coarse.instance;
    let (start, schedule) = match from_coarse(instance, limit, control) {
        Some(start) => (start, MIDDLE),
        None => (start_of(instance), COLD),
    };
    let goes_on = |work: u64| start.work + work < limit && control.stop().is_none();
    let mut ascent = Ascent::new(instance, start.radii, &start.core, control);
    if goes_on(0) {
        ascent.ascend(schedule, |_, work| goes_on(work));
    }

    let climbed = ascent.work();
    let core = coarse.sites(ascent.core());
    let in_common = rounding::in_common(instance, ascent.shares()).filter(|_| climbed > 0);
    let best = ascent.into_best();
    let opens = match in_common {
        Some(opens) => opens,
        None if best.assignment.complete => best.assignment.period,
        None => start.opens,
    };
    let (opens, radii) = (coarse.choice(&opens), coarse.radii(&best.radii));
    Some(Start { opens, radii, core, work: start.work + climbed })
}

/// Returns a first choice with the radii between its sites.
fn start_of(instance: &Instance) -> Start {
    let opens = start::first(instance).unwrap_or_else(|| vec![NEVER; instance.candidates.len()]);
    let timetable = Timetable::new(instance, RowSource::of(instance), opens);
    let radii = radii_between(instance, &timetable);
    Start { opens: timetable.choice(), radii, core: Vec::new(), work: timetable.work }
}

/// Returns radii midway between the nearest and the second nearest open site: smooth, and nearly right.
pub(crate) fn radii_between(instance: &Instance, choice: &Timetable<'_>) -> Vec<f64> {
    let periods = instance.periods;
    let midway = |at: usize| {
        let nearest = choice.nearest(at / periods, at % periods);
        f64::midpoint(f64::from(nearest.cost), f64::from(nearest.second))
    };
    (0..instance.points * periods).map(midway).collect()
}

/// Is the ascent, on all sites at once or on a core of them.
pub(crate) enum Ascent<'a> {
    All(Dual<'a>),
    Core(CoreDual<'a>),
}

impl<'a> Ascent<'a> {
    pub(crate) fn new(
        instance: &'a Instance,
        radii: Vec<f64>,
        core: &[u32],
        control: &'a dyn Control,
    ) -> Self {
        if instance.space.is_some() && pairs_within(instance, &radii) >= CORE_FROM {
            Self::Core(CoreDual::new(instance, radii, core, control))
        } else {
            Self::All(Dual::new(instance, radii))
        }
    }

    /// Lets ascents end once a choice better than `value` may open few sites only, or never by that.
    pub(crate) fn end_where_narrow(&mut self, value: Option<f64>) {
        if let Self::Core(core) = self {
            core.known = value;
        }
    }

    /// Returns whether a choice better than `value` may open few sites only, of those that a step looks at.
    pub(crate) fn is_narrow(&self, value: f64) -> bool {
        match self {
            Self::All(_) => false,
            Self::Core(core) => core.is_narrow(value),
        }
    }

    /// Returns the sites that a choice better than `value` may open, as far as the best radii tell; of more than
    /// `most` those that are worth most.
    pub(crate) fn promising(&self, value: f64, most: usize) -> Vec<u32> {
        let reduced = match self {
            Self::All(dual) => &reduced_costs(dual.instance(), &dual.best),
            Self::Core(core) => &core.reduced,
        };
        let gap = value - self.best().bound;
        let sites = (0_u32..).zip(reduced).map(|(site, &cost)| (cost, site));
        let mut sites: Vec<(f64, u32)> = sites.filter(|&(cost, _)| cost < gap).collect();
        if sites.len() > most {
            sites.select_nth_unstable_by(most, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            sites.truncate(most);
        }
        sites.into_iter().map(|(_, site)| site).collect()
    }

    /// Returns whether a step takes long.
    pub(crate) fn is_large(&self) -> bool {
        matches!(self, Self::Core(_))
    }

    /// Returns the sites that turned out worth looking at; none where all are looked at.
    pub(crate) fn core(&self) -> &[u32] {
        match self {
            Self::All(_) => &[],
            Self::Core(core) => &core.kept,
        }
    }

    pub(crate) fn best(&self) -> &Relaxation {
        match self {
            Self::All(dual) => &dual.best,
            Self::Core(core) => &core.best,
        }
    }

    /// Returns the share of the recent choices in which each candidate was open in each period, site-major.
    pub(crate) fn shares(&self) -> Vec<f64> {
        match self {
            Self::All(dual) => dual.shares(),
            Self::Core(core) => core.shares(),
        }
    }

    pub(crate) fn into_best(self) -> Relaxation {
        match self {
            Self::All(dual) => dual.best,
            Self::Core(core) => core.best,
        }
    }

    pub(crate) fn work(&self) -> u64 {
        match self {
            Self::All(dual) => dual.work,
            Self::Core(core) => core.work,
        }
    }

    /// Takes the steps of a schedule; `goes_on` sees the bound and the work.
    pub(crate) fn ascend(&mut self, schedule: Schedule, mut goes_on: impl FnMut(f64, u64) -> bool) {
        match self {
            Self::All(dual) => dual.ascend(schedule, |dual| goes_on(dual.best.bound, dual.work)),
            Self::Core(core) => core.ascend(schedule, |core| goes_on(core.best.bound, core.work)),
        }
    }
}

/// Returns about how many pairs lie within the radii, over all periods.
fn pairs_within(instance: &Instance, radii: &[f64]) -> u64 {
    const SAMPLE: usize = 1024;
    let periods = instance.periods;
    let farthest = |point: usize| {
        let radii = &radii[point * periods..(point + 1) * periods];
        radii.iter().fold(0.0, |most: f64, &v| most.max(v))
    };
    let sites = instance.candidates.len();
    let sample: Vec<u32> = (0..sites as u32).step_by(sites.div_ceil(SAMPLE).max(1)).collect();
    let counts =
        instance.with_sites(&sample).map_rows(farthest, |_, points, _| points.len() as u64);
    counts.iter().sum::<u64>() * sites as u64 / sample.len().max(1) as u64 * periods as u64
}

/// Returns the least reduced cost of every candidate at the radii and prices of a relaxation.
fn reduced_costs(instance: &Instance, relaxation: &Relaxation) -> Vec<f64> {
    let cells = Cells::new(instance, &relaxation.radii);
    let prices = &relaxation.assignment.prices;
    let priced = worth_of_all(instance, &cells, &|| true);
    let (mut worth, _) = priced.unwrap_or_default();
    add_opening_costs(instance, &mut worth);
    least_reduced(instance, &worth, prices)
}
