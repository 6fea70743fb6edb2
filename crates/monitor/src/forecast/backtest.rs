//! How good earlier forecasts would have been.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use super::days::DayCounts;
use super::draws::Drawn;
use super::error::ForecastError;
use super::history::{Case, Day, History};
use super::outcome::{CountDraws, LEVELS, count_quantile};
use super::run::{Prepared, check};
use super::score::{Came, MILLION, brier, crps_of_draws, crps_of_step, within};
use super::settings::{Milestone, Settings, check_milestones};
use super::spells::Bearing;

/// Is a way to forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The model's draws.
    Model,
    /// Every facility opens on its deadline; one that is overdue opens tomorrow. A milestone is met exactly.
    AsAnnounced,
    /// As many open by their deadline as did of those of other batches that were due by then (one that did and one
    /// that did not being added, so that there always is a share), and the others not at all.
    BaseRate,
}

/// Is how a way to forecast scored. Sums are in millionths; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MethodScore {
    /// The way.
    pub method: Method,
    /// Number of forecasts of "open by the deadline" (of a milestone: "met") that have come out.
    pub chances: u64,
    /// Sum of their Brier scores, in millionths.
    pub brier_millionths: u64,
    /// Number of forecasts of a day (of a milestone: of a count).
    pub forecasts: u64,
    /// Sum of their CRPS, in millionths of a day (of a milestone: of a facility).
    pub crps_millionths: u64,
}

impl MethodScore {
    const fn new(method: Method) -> Self {
        Self { method, chances: 0, brier_millionths: 0, forecasts: 0, crps_millionths: 0 }
    }

    /// Returns the mean Brier score in thousandths, rounded; none without any.
    #[must_use]
    pub fn brier_per_mille(&self) -> Option<u64> {
        (self.chances > 0).then(|| (self.brier_millionths / self.chances + 500) / 1000)
    }

    /// Returns the mean CRPS in tenths of a day (of a facility), rounded; none without any.
    #[must_use]
    pub fn crps_tenths(&self) -> Option<u64> {
        (self.forecasts > 0).then(|| (self.crps_millionths / self.forecasts + 50_000) / 100_000)
    }

    fn add(&mut self, other: &Self) {
        self.chances += other.chances;
        self.brier_millionths += other.brier_millionths;
        self.forecasts += other.forecasts;
        self.crps_millionths += other.crps_millionths;
    }
}

/// Is how forecasts of one sort came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BacktestPart {
    /// Number of forecasts: each facility (or milestone) once for each date at which it was open.
    pub forecasts: u64,
    /// Number of facilities (or milestones) that they are about. Forecasts of one facility at many dates are no
    /// independent trials, nor are facilities of one batch.
    pub subjects: u64,
    /// For the intervals of 50, 80 and 95 per cent: how often what came lay inside.
    pub inside: [u64; 3],
    /// For the same: how often that is known. It is not while a facility is not open and the interval has not passed.
    pub decided: [u64; 3],
    /// The model, as announced, and the base rate, all on the same forecasts; milestones have no base rate.
    pub scores: Vec<MethodScore>,
}

impl BacktestPart {
    fn new(methods: &[Method]) -> Self {
        Self {
            forecasts: 0,
            subjects: 0,
            inside: [0; 3],
            decided: [0; 3],
            scores: methods.iter().copied().map(MethodScore::new).collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.forecasts += other.forecasts;
        for interval in 0..3 {
            self.inside[interval] += other.inside[interval];
            self.decided[interval] += other.decided[interval];
        }
        for (own, other) in self.scores.iter_mut().zip(&other.scores) {
            own.add(other);
        }
    }

    fn interval(&mut self, which: usize, inside: Option<bool>) {
        self.decided[which] += u64::from(inside.is_some());
        self.inside[which] += u64::from(inside == Some(true));
    }

    fn chance(&mut self, which: usize, millionths: u128) {
        self.scores[which].chances += 1;
        self.scores[which].brier_millionths += millionths as u64;
    }

    fn day(&mut self, which: usize, millionths: u128) {
        self.scores[which].forecasts += 1;
        self.scores[which].crps_millionths += millionths as u64;
    }
}

/// Is how good forecasts at earlier dates would have been, each from what was published by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backtest {
    /// The last day of the history: what came is known up to it.
    pub end: Day,
    /// Number of dates.
    pub dates: u32,
    /// Number of those at which the model was silent.
    pub silent: u32,
    /// Facilities whose deadline had not passed.
    pub not_due: BacktestPart,
    /// Facilities whose deadline had passed; the base rate says nothing of them.
    pub overdue: BacktestPart,
    /// Facilities without a deadline: the model alone speaks.
    pub without_deadline: BacktestPart,
    /// Milestones that were not due.
    pub milestones: BacktestPart,
}

/// In [`LEVELS`], the ends of the intervals of 50, 80 and 95 per cent.
const INTERVALS: [(usize, usize); 3] = [(3, 5), (2, 6), (0, LEVELS.len() - 1)];

/// Is what came of a case, and how the other ways would have forecast it.
struct Trial {
    case: usize,
    came: Came,
    /// Days ahead of its deadline; 0 and below where it has passed.
    deadline: Option<i32>,
    /// Openings in time and due facilities of other batches, one of either added.
    base_rate: (u128, u128),
}

impl Trial {
    fn score(&self, counts: &DayCounts, as_of: Day) -> BacktestPart {
        let methods: &[Method] = match self.deadline {
            None => &[Method::Model],
            Some(..=0) => &[Method::Model, Method::AsAnnounced],
            Some(_) => &[Method::Model, Method::AsAnnounced, Method::BaseRate],
        };
        let mut part = BacktestPart::new(methods);
        part.forecasts = 1;
        let quantiles = counts.quantiles().map(|day| day.map(|day| (day - as_of) as u32));
        for (which, (low, high)) in INTERVALS.into_iter().enumerate() {
            part.interval(which, within(quantiles[low], quantiles[high], self.came));
        }
        part.day(0, crps_of_draws(counts, self.came));
        let Some(deadline) = self.deadline else { return part };
        let ahead = deadline.max(1) as u32;
        part.day(1, crps_of_step(ahead, 1, 1, self.came));
        if deadline < 1 {
            return part;
        }
        let (in_time, due) = self.base_rate;
        part.day(2, crps_of_step(ahead, in_time, due, self.came));
        if let Some(came) = self.came.by(ahead) {
            let by = counts.by(as_of + deadline);
            part.chance(0, brier(by.into(), counts.draws().into(), came));
            part.chance(1, brier(1, 1, came));
            part.chance(2, brier(in_time, due, came));
        }
        part
    }
}

/// Returns what came of a case after a day, as known at the end.
fn came(case: &Case, after: Day, end: Day) -> Came {
    // An opening that had happened and was not published yet counts as one of the next day.
    let opened = case.done().map(|day| (day - after).max(1) as u32);
    Came { opened, known: (end - after).max(0) as u32 }
}

fn trials(prepared: &Prepared, later: &History, date: Day) -> Vec<Option<Trial>> {
    let cases = prepared.history.cases.iter().zip(&prepared.spells.cases).enumerate();
    cases
        .map(|(index, (case, placed))| {
            let Bearing::Running { .. } = placed.bearing else { return None };
            let key = (&case.batch, &case.id);
            let found = later.cases.binary_search_by(|c| (&c.batch, &c.id).cmp(&key)).ok()?;
            let rate = prepared.base_rates[placed.batch];
            Some(Trial {
                case: index,
                came: came(&later.cases[found], date, later.as_of),
                deadline: case.deadline.map(|mark| mark.day - date),
                base_rate: (u128::from(rate.in_time) + 1, u128::from(rate.due) + 2),
            })
        })
        .collect()
}

/// Is what one date brings.
struct Date {
    parts: [BacktestPart; 4],
    subjects: [Vec<String>; 4],
    silent: bool,
}

fn new_parts() -> [BacktestPart; 4] {
    let all = [Method::Model, Method::AsAnnounced, Method::BaseRate];
    [
        BacktestPart::new(&all),
        BacktestPart::new(&all[..2]),
        BacktestPart::new(&all[..1]),
        BacktestPart::new(&all[..2]),
    ]
}

/// Is what one date knew: the history as it was known then, and the milestones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What was known; its day is the date.
    pub history: History,
    /// The milestones that were known.
    pub milestones: Vec<Milestone>,
}

/// Returns what a history whose marks say when they were published knew at each date before its own day.
#[must_use]
pub fn looks(history: &History, milestones: &[Milestone], dates: &[Day]) -> Vec<Look> {
    let dates: BTreeSet<Day> = dates.iter().copied().filter(|date| *date < history.as_of).collect();
    let known = |date: Day| Look {
        history: history.known_by(date),
        milestones: milestones.iter().filter(|asked| asked.published <= date).cloned().collect(),
    };
    dates.into_iter().map(known).collect()
}

fn look_back(later: &History, look: &Look, settings: &Settings) -> Date {
    let mut result = Date { parts: new_parts(), subjects: Default::default(), silent: false };
    let date = look.history.as_of;
    let prepared = Prepared::of(&look.history, date, settings);
    let trials = trials(&prepared, later, date);
    let comes = |asked: &&Milestone| {
        asked.published <= date && date < asked.due && asked.due <= later.as_of
    };
    let asked = look.milestones.iter().filter(comes);
    let asked: Vec<Milestone> =
        asked.map(|asked| Milestone { fan: Vec::new(), ..asked.clone() }).collect();
    let drawn = prepared.draw(&asked, settings, |case, counts| {
        trials[case].as_ref().map(|trial| trial.score(counts, date))
    });
    let Some(drawn) = drawn else {
        result.silent = true;
        return result;
    };
    for trial in trials.iter().flatten() {
        let which = match trial.deadline {
            Some(1..) => 0,
            Some(_) => 1,
            None => 2,
        };
        let seen = drawn.facilities.binary_search_by_key(&trial.case, |seen| seen.case);
        let seen = seen.ok().and_then(|at| drawn.facilities[at].claimed.as_ref());
        if let Some(Some(part)) = seen {
            result.parts[which].add(part);
            result.subjects[which].push(prepared.history.cases[trial.case].id.clone());
        }
    }
    add_milestones(&mut result, &asked, &drawn, later, settings.draws);
    result
}

fn add_milestones<R>(
    result: &mut Date,
    asked: &[Milestone],
    drawn: &Drawn<R>,
    later: &History,
    draws: u32,
) {
    for (milestone, counts) in asked.iter().zip(&drawn.counts) {
        let counts = &counts.claimed;
        if counts.is_empty() {
            continue;
        }
        let members = milestone.cover.members(&later.cases);
        let ours = later.cases.iter().zip(members).filter(|(_, ours)| *ours);
        let open = ours.filter(|(case, _)| case.done().is_some_and(|day| day <= milestone.due));
        let open = open.count() as u32;
        let part = &mut result.parts[3];
        part.forecasts += 1;
        for (which, (low, high)) in INTERVALS.into_iter().enumerate() {
            let inside = open >= count_quantile(counts, LEVELS[low])
                && open <= count_quantile(counts, LEVELS[high]);
            part.interval(which, Some(inside));
        }
        let met = open >= milestone.least;
        let enough = counts.iter().filter(|count| count.count >= milestone.least);
        let enough: u32 = enough.map(|count| count.draws).sum();
        part.chance(0, brier(enough.into(), draws.into(), met));
        part.chance(1, brier(1, 1, met));
        part.day(0, crps_of_counts(counts, draws, open));
        part.day(1, u128::from(open.abs_diff(milestone.least)) * MILLION);
        result.subjects[3].push(milestone.id.clone());
    }
}

/// Returns the CRPS of a count, in millionths of a facility.
fn crps_of_counts(counts: &[CountDraws], draws: u32, came: u32) -> u128 {
    let draws = u128::from(draws);
    let last = counts.last().map_or(0, |count| count.count).max(came);
    let first = counts.first().map_or(0, |count| count.count).min(came);
    let (mut sum, mut by, mut next) = (0, 0_u128, counts.iter().peekable());
    for number in first..last {
        while let Some(count) = next.next_if(|count| count.count <= number) {
            by += u128::from(count.draws);
        }
        let off = if number >= came { draws - by } else { by };
        sum += off * off;
    }
    MILLION * sum / (draws * draws).max(1)
}

/// Is a backtest in the making: it takes looks a few at a time, so that not all of them need lie in memory.
#[derive(Debug)]
pub struct Backtester<'a> {
    later: History,
    settings: &'a Settings,
    dates: BTreeSet<Day>,
    silent: u32,
    parts: [BacktestPart; 4],
    subjects: [BTreeSet<String>; 4],
}

impl<'a> Backtester<'a> {
    /// Begins one that compares with what a later history knows.
    ///
    /// # Errors
    ///
    /// As of [`forecast`](super::forecast).
    pub fn new(later: &History, settings: &'a Settings) -> Result<Self, ForecastError> {
        settings.check()?;
        check(later)?;
        Ok(Self {
            later: later.known_by(later.as_of),
            settings,
            dates: BTreeSet::new(),
            silent: 0,
            parts: new_parts(),
            subjects: Default::default(),
        })
    }

    /// Forecasts from each of the looks. Of several of one date the first counts, and none that is not before the later
    /// day.
    ///
    /// # Errors
    ///
    /// As of [`forecast`](super::forecast).
    pub fn add(&mut self, looks: &[Look]) -> Result<(), ForecastError> {
        let mut fresh = Vec::with_capacity(looks.len());
        for look in looks {
            check(&look.history)?;
            check_milestones(&look.milestones)?;
            let date = look.history.as_of;
            if date < self.later.as_of && self.dates.insert(date) {
                fresh.push(look);
            }
        }
        let dates: Vec<Date> =
            fresh.par_iter().map(|look| look_back(&self.later, look, self.settings)).collect();
        for date in dates {
            self.silent += u32::from(date.silent);
            for (which, subjects) in date.subjects.into_iter().enumerate() {
                self.parts[which].add(&date.parts[which]);
                self.subjects[which].extend(subjects);
            }
        }
        Ok(())
    }

    /// Returns what all looks come to.
    #[must_use]
    pub fn finish(mut self) -> Backtest {
        for (part, subjects) in self.parts.iter_mut().zip(&self.subjects) {
            part.subjects = subjects.len() as u64;
        }
        let [not_due, overdue, without_deadline, milestones] = self.parts;
        Backtest {
            end: self.later.as_of,
            dates: self.dates.len() as u32,
            silent: self.silent,
            not_due,
            overdue,
            without_deadline,
            milestones,
        }
    }
}

/// Forecasts from each of the looks, and compares with what a later history knows: a [`Backtester`] in one call.
///
/// # Errors
///
/// As of [`forecast`](super::forecast).
pub fn backtest(
    later: &History,
    looks: &[Look],
    settings: &Settings,
) -> Result<Backtest, ForecastError> {
    let mut made = Backtester::new(later, settings)?;
    made.add(looks)?;
    Ok(made.finish())
}
