//! From a history to a forecast.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::base_rate::BaseRate;
use super::bias::ReportingBias;
use super::days::{DayCounts, HORIZON};
use super::draws::{Asked, Distribution, Drawn, Source};
use super::error::ForecastError;
use super::fit::{Fit, fit, shrunk};
use super::history::{Case, Day, FARTHEST, History};
use super::outcome::{
    BatchFactor, Chance, CountDraws, FacilityForecast, FanDay, Forecast, GroupFactor,
    MilestoneForecast, ModelSummary, Quantiles, Silence, Standing,
};
use super::settings::Cover;
use super::settings::{Milestone, Settings, check_milestones};
use super::spells::{Bearing, Placed, Spells};

/// Says which case cannot be read.
pub(crate) fn check(history: &History) -> Result<(), ForecastError> {
    let mut seen = BTreeMap::new();
    for case in &history.cases {
        if seen.insert(&case.id, ()).is_some() {
            return Err(ForecastError::CaseTwice(case.id.clone()));
        }
        if let Some(day) = case.days().find(|day| day.saturating_abs() > FARTHEST) {
            return Err(ForecastError::DayTooFar { id: case.id.clone(), day });
        }
    }
    if history.as_of.saturating_abs() > FARTHEST {
        return Err(ForecastError::Setting {
            name: "the day of the forecast",
            value: i64::from(history.as_of),
            limits: "at most 1,000,000 days from 1970-01-01",
        });
    }
    Ok(())
}

/// Is a history as known by a day, with all that is made of it.
pub(crate) struct Prepared {
    pub(crate) history: History,
    pub(crate) spells: Spells,
    pub(crate) bias: ReportingBias,
    pub(crate) base_rates: Vec<BaseRate>,
    /// None where too few openings are known.
    pub(crate) fit: Option<Fit>,
    pub(crate) silence: Option<Silence>,
}

impl Prepared {
    /// Prepares what was known by a day. The history must have been checked.
    pub(crate) fn of(history: &History, by: Day, settings: &Settings) -> Self {
        let history = history.known_by(by);
        let spells = Spells::of(&history);
        let bias = ReportingBias::of(&history.cases, settings);
        let base_rates = BaseRate::of_batches(&history.cases, &spells.batches, by);
        let silence = silence(&spells, settings);
        let fit = silence.is_none().then(|| fit(&spells, settings, range(&spells, by)));
        Self { history, spells, bias, base_rates, fit, silence }
    }

    /// Makes the draws, where the model speaks.
    pub(crate) fn draw<R: Send>(
        &self,
        milestones: &[Milestone],
        settings: &Settings,
        look: impl Fn(usize, &DayCounts) -> R + Sync,
    ) -> Option<Drawn<R>> {
        let fit = self.fit.as_ref()?;
        let source = Source {
            history: &self.history,
            spells: &self.spells,
            fit,
            bias: &self.bias,
            found: self.bias.drawn(settings),
            asked: &asked(&self.history.cases, &self.spells.cases, milestones),
            settings,
        };
        Some(source.draw(look))
    }
}

/// Returns the numbers that are asked for: for each milestone that of its due day, then those of its fan.
fn asked(cases: &[Case], placed: &[Placed], milestones: &[Milestone]) -> Vec<Asked> {
    let mut known: HashMap<&Cover, (Arc<[bool]>, Option<usize>)> = HashMap::new();
    let mut asked = Vec::new();
    for milestone in milestones {
        let (members, batch) = known.entry(&milestone.cover).or_insert_with(|| {
            let members = milestone.cover.members(cases);
            let mut batches = placed.iter().zip(&members).filter(|(_, member)| **member);
            let first = batches.next().map(|(placed, _)| placed.batch);
            let alone = batches.all(|(placed, _)| Some(placed.batch) == first);
            (members.into(), first.filter(|_| alone))
        });
        let days = [milestone.due].into_iter().chain(fan_days(milestone));
        asked.extend(days.map(|due| Asked { members: Arc::clone(members), due, batch: *batch }));
    }
    asked
}

/// Returns the other days that a milestone asks for, ascending, each once.
fn fan_days(milestone: &Milestone) -> Vec<Day> {
    let days: BTreeSet<Day> = milestone.fan.iter().copied().collect();
    days.into_iter().collect()
}

/// Says whether too little is known for the model.
fn silence(spells: &Spells, settings: &Settings) -> Option<Silence> {
    let (done, batches) = (spells.done() as u32, spells.batches_done() as u32);
    if done < settings.least_done {
        return Some(Silence::TooFewOpenings { known: done, least: settings.least_done });
    }
    let least = settings.least_batches;
    (batches < least).then_some(Silence::TooFewBatches { known: batches, least })
}

/// Returns the first and last time on the clock that can matter: half a day, and the horizon for the oldest facility.
fn range(spells: &Spells, as_of: Day) -> (f64, f64) {
    let mut units = (f64::INFINITY, 1.0_f64);
    let mut oldest = 0.0_f64;
    for placed in &spells.cases {
        units = (units.0.min(placed.unit), units.1.max(placed.unit));
        if let Bearing::Running { begun, .. } = placed.bearing {
            oldest = oldest.max(f64::from(as_of - begun));
        }
    }
    let last = (oldest + HORIZON as f64 + 1.0) / units.0.min(units.1);
    (0.5 / units.1, last)
}

fn per_mille(number: f64) -> u64 {
    (number * 1000.0 + 0.5).clamp(0.0, 1e15) as u64
}

fn summary(spells: &Spells, fit: &Fit) -> ModelSummary {
    let parameters = fit.weibull.parameters;
    let opened = spells.done();
    let half = fit.curve.time(libm::log(std::f64::consts::LN_2));
    let groups = spells.groups.iter().enumerate().filter(|_| fit.groups.worth.is_some());
    ModelSummary {
        planned_time: spells.planned,
        opened: opened as u32,
        running: (spells.spells.len() - opened) as u32,
        unsound: spells.unsound,
        shape_per_mille: per_mille(parameters.shape()),
        median_per_mille: per_mille(half),
        variance_per_mille: per_mille(parameters.variance()),
        group_worth: fit.groups.worth.map(|worth| worth as u32),
        groups: groups
            .map(|(index, name)| GroupFactor {
                group: name.clone(),
                factor_per_mille: per_mille(fit.groups.factor(index)),
            })
            .collect(),
    }
}

fn batches(prepared: &Prepared) -> Vec<BatchFactor> {
    let variance = prepared.fit.as_ref().map(|fit| fit.weibull.parameters.variance());
    let of_batch = |(index, name): (usize, &String)| {
        let sums = prepared.fit.as_ref().map_or((0.0, 0.0), |fit| fit.batches[index]);
        BatchFactor {
            batch: name.clone(),
            opened: sums.0 as u32,
            expected_per_mille: per_mille(sums.1),
            factor_per_mille: variance.map_or(1000, |variance| per_mille(shrunk(sums, variance))),
            base_rate: prepared.base_rates[index],
        }
    };
    prepared.spells.batches.iter().enumerate().map(of_batch).collect()
}

fn standing(case: &Case, bearing: Bearing) -> Standing {
    match (case.done(), case.cancelled, bearing) {
        (Some(day), _, _) => Standing::Done { day, verified: case.verified_done.map(|m| m.day) },
        (None, Some(mark), _) => Standing::Cancelled { day: mark.day },
        (None, None, Bearing::Running { begun, assumed }) => Standing::Running { begun, assumed },
        (None, None, _) => Standing::NoBeginning,
    }
}

/// Is what is read off the draws of a facility.
struct Reading {
    quantiles: Quantiles,
    in_time: Option<Chance>,
}

fn facilities(prepared: &Prepared, drawn: Option<&Drawn<Reading>>) -> Vec<FacilityForecast> {
    let cases = prepared.history.cases.iter().zip(&prepared.spells.cases);
    let mut all: Vec<FacilityForecast> = cases
        .map(|(case, placed)| FacilityForecast {
            id: case.id.clone(),
            batch: case.batch.clone(),
            group: case.group.clone(),
            standing: standing(case, placed.bearing),
            deadline: case.deadline.map(|mark| mark.day),
            claimed: None,
            verified: None,
            in_time: None,
        })
        .collect();
    for seen in drawn.iter().flat_map(|drawn| &drawn.facilities) {
        let facility = &mut all[seen.case];
        facility.claimed = seen.claimed.as_ref().map(|reading| reading.quantiles);
        facility.verified = seen.verified.as_ref().map(|reading| reading.quantiles);
        facility.in_time = seen.claimed.as_ref().and_then(|reading| reading.in_time);
    }
    all
}

fn milestone(
    asked: &Milestone,
    members: &[bool],
    facilities: &[FacilityForecast],
    drawn: Option<&[Distribution]>,
    draws: u32,
) -> MilestoneForecast {
    let ours = || facilities.iter().zip(members).filter(|(_, ours)| **ours).map(|(one, _)| one);
    let open = |facility: &&FacilityForecast| matches!(facility.standing, Standing::Done { day, .. } if day <= asked.due);
    let lost = |facility: &&FacilityForecast| facility.standing == Standing::NoBeginning;
    let met = |counts: &Vec<CountDraws>| {
        let enough = counts.iter().filter(|count| count.count >= asked.least);
        Chance::of(enough.map(|count| count.draws).sum(), draws)
    };
    // What nobody is named of has no draws: none is open in any.
    let some = |counts: &Vec<CountDraws>| {
        if counts.is_empty() { vec![CountDraws { count: 0, draws }] } else { counts.clone() }
    };
    let (due, others) = drawn.and_then(<[_]>::split_first).unzip();
    let claimed = due.map(|drawn| some(&drawn.claimed));
    let verified = due.and_then(|drawn| drawn.verified.as_ref()).map(some);
    let fan = fan_days(asked).into_iter().zip(others.unwrap_or_default());
    let fan = fan.map(|(day, drawn)| FanDay {
        day,
        claimed: some(&drawn.claimed),
        verified: drawn.verified.as_ref().map(some),
    });
    MilestoneForecast {
        id: asked.id.clone(),
        least: asked.least,
        due: asked.due,
        facilities: ours().count() as u32,
        open: ours().filter(open).count() as u32,
        without_beginning: ours().filter(lost).count() as u32,
        met: claimed.as_ref().map(met),
        claimed,
        met_verified: verified.as_ref().map(met),
        verified,
        fan: fan.collect(),
    }
}

/// Forecasts when facilities that are not open will be, and whether milestones will be met.
///
/// Only what was published by the history's day counts, of cases as of milestones. The same history, milestones and
/// settings give the same forecast, byte for byte, in whatever order the cases stand and on however many threads.
///
/// # Errors
///
/// When two cases have one identifier, a day lies beyond any calendar, or a setting is outside its limits. A history
/// that says too little is no error: the forecast says so in [`Forecast::silence`].
pub fn forecast(
    history: &History,
    milestones: &[Milestone],
    settings: &Settings,
) -> Result<Forecast, ForecastError> {
    settings.check()?;
    check_milestones(milestones)?;
    check(history)?;
    let milestones: Vec<Milestone> =
        milestones.iter().filter(|asked| asked.published <= history.as_of).cloned().collect();
    let prepared = Prepared::of(history, history.as_of, settings);
    let deadlines: Vec<Option<Day>> =
        prepared.history.cases.iter().map(|case| case.deadline.map(|mark| mark.day)).collect();
    let drawn = prepared.draw(&milestones, settings, |case, counts| Reading {
        quantiles: counts.quantiles(),
        in_time: deadlines[case].map(|day| Chance::of(counts.by(day), counts.draws())),
    });
    let facilities = facilities(&prepared, drawn.as_ref());
    let mut next = 0;
    let of_milestone = |asked: &Milestone| {
        let last = next + 1 + fan_days(asked).len();
        let counts = drawn.as_ref().map(|drawn| &drawn.counts[next..last]);
        next = last;
        let members = asked.cover.members(&prepared.history.cases);
        milestone(asked, &members, &facilities, counts, settings.draws)
    };
    let milestones = milestones.iter().map(of_milestone).collect();
    let used =
        |_: &&super::settings::ReferenceClass| prepared.fit.is_some() && prepared.spells.planned;
    Ok(Forecast {
        as_of: history.as_of,
        draws: settings.draws,
        seed: settings.seed,
        reference: settings.reference.as_ref().filter(used).map(|class| class.name.clone()),
        model: prepared.fit.as_ref().map(|fit| summary(&prepared.spells, fit)),
        silence: prepared.silence,
        batches: batches(&prepared),
        bias: prepared.bias,
        facilities,
        milestones,
    })
}
