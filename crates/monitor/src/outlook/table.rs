//! The forecast as it is shown.

use groundwork_model::Programme;
use groundwork_model::evidence::{
    BaseRateShown, BatchOutlook, ClaimsChecked, CountOutlook, CountShare, FORECAST_LEVELS,
    FacilityOutlook, FacilityStanding, FacilityState, FanPoint, ForecastFan, ForecastModel,
    ForecastTable, GroupPace, MilestoneOutlook, Probability, PromiseScore, Snapshot, day_number,
    day_of,
};
use jiff::civil::Date;

use super::asked::ForecastAsked;
use super::cases::{Seen, seen};
use super::days::fan_days;
use super::limits::{limits, silence};
use crate::forecast::{
    BaseRate, Chance, CountDraws, Cover, FacilityForecast, FanDay, Forecast, ForecastError, LEVELS,
    MilestoneForecast, ModelSummary, Quantiles, Standing, count_quantile, forecast,
};
use crate::world::Which;

/// Promises that get a fan: the first due.
const FANS: usize = 24;

/// Returns the forecast of a snapshot: when the named facilities that have not reached the stage will be said to, and
/// whether promises will be kept.
///
/// # Errors
///
/// When nothing leads to the stage, or a setting is outside its limits. A ledger that says too little is no error: the
/// forecast says so in [`ForecastTable::silence`].
pub fn outlook(
    snapshot: &Snapshot,
    programme: &Programme,
    asked: &ForecastAsked,
) -> Result<ForecastTable, ForecastError> {
    let seen = seen(snapshot, programme, asked)?;
    let from = seen.history.as_of;
    let fanned = fanned(&seen);
    let milestones = seen.milestones(|score, _| match score.due {
        Some(due) if fanned.contains(&score.id) => fan_days(from, day_number(due)),
        _ => Vec::new(),
    });
    let said = forecast(&seen.history, &milestones, &asked.settings)?;
    Ok(ForecastTable {
        programme: programme.settings.name.clone(),
        times: snapshot.times,
        root: snapshot.root.clone(),
        rules: snapshot.rules.clone(),
        stage: asked.stage,
        from: day_of(from),
        kinds: seen.kinds.clone(),
        group: seen.group,
        draws: said.draws,
        seed: said.seed,
        levels_per_mille: FORECAST_LEVELS.to_vec(),
        milestones: of_milestones(&seen, &said),
        fans: fans(&seen, &said),
        facilities: facilities(&seen, &said, asked),
        batches: said.batches.iter().map(of_batch).collect(),
        bias: bias(&said),
        limits: limits(&seen, &said, snapshot),
        silence: said.silence.map(silence),
        model: said.model.map(|model| of_model(model, said.reference)),
    })
}

/// Returns the promises of which some facility has not reached the stage: the first due, as many as are shown.
fn fanned(seen: &Seen<'_>) -> Vec<String> {
    let cases = &seen.history.cases;
    let open = |(_, cover): &&(PromiseScore, Cover)| {
        let members = cover.members(cases);
        cases
            .iter()
            .zip(members)
            .any(|(case, ours)| ours && case.done().is_none() && case.cancelled.is_none())
    };
    let mut running: Vec<&(PromiseScore, Cover)> = seen.promises.iter().filter(open).collect();
    running.sort_by_key(|(score, _)| score.due);
    running.into_iter().take(FANS).map(|(score, _)| score.id.clone()).collect()
}

fn of_milestones(seen: &Seen<'_>, said: &Forecast) -> Vec<MilestoneOutlook> {
    let both = seen.promises.iter().zip(&said.milestones);
    both.map(|((score, cover), said_of)| of_milestone(seen, score, cover, said_of)).collect()
}

fn of_milestone(
    seen: &Seen<'_>,
    score: &PromiseScore,
    cover: &Cover,
    said: &MilestoneForecast,
) -> MilestoneOutlook {
    let from = seen.history.as_of;
    let cases = &seen.history.cases;
    let members = cover.members(cases);
    let lost = cases
        .iter()
        .zip(&members)
        .filter(|(case, ours)| **ours && case.done().is_none() && case.cancelled.is_some());
    let lost = lost.count() as u32;
    // Of a promise of the whole programme there is no other batch: all count.
    let rate = BaseRate::of_others(cases, &cover.batches, from);
    let open = |case: &crate::forecast::Case| case.done().is_none() && case.cancelled.is_none();
    let left = cases.iter().zip(&members).filter(|(case, ours)| **ours && open(case)).count();
    let share = (rate.due > 0 && said.due > from).then(|| {
        let (part, whole) = (u64::from(rate.in_time), u64::from(rate.due));
        said.open + ((left as u64 * part * 2 + whole) / (2 * whole)) as u32
    });
    // Where too few are named, those that nobody has named decide, and they are not in the draws.
    let sayable = u64::from(said.facilities) >= score.count || said.due <= from;
    MilestoneOutlook {
        id: score.id.clone(),
        entry: score.entry,
        batch: score.batch.clone(),
        kind: score.kind.clone(),
        count: score.count,
        unit: score.unit,
        due: day_of(said.due),
        words: score.words.clone(),
        passed: said.due <= from,
        named: said.facilities,
        reached: said.open,
        without_forecast: said.without_beginning + lost,
        claimed: said.claimed.as_deref().map(count),
        met: said.met.filter(|_| sayable).map(probability),
        verified: said.verified.as_deref().map(count),
        met_verified: said.met_verified.filter(|_| sayable).map(probability),
        base_rate: base_rate(rate),
        base_rate_count: share,
    }
}

/// Returns the fans, the first due first.
fn fans(seen: &Seen<'_>, said: &Forecast) -> Vec<ForecastFan> {
    let both = seen.promises.iter().zip(&said.milestones);
    let drawn = both.filter(|(_, said)| !said.fan.is_empty());
    let mut fans: Vec<ForecastFan> = drawn
        .map(|((score, _), said)| ForecastFan {
            milestone: score.id.clone(),
            batch: score.batch.clone(),
            kind: score.kind.clone(),
            unit: score.unit,
            count: score.count,
            due: day_of(said.due),
            points: said.fan.iter().map(point).collect(),
        })
        .collect();
    fans.sort_by_key(|fan| fan.due);
    fans
}

fn point(day: &FanDay) -> FanPoint {
    let at = |counts: &Vec<CountDraws>| {
        FORECAST_LEVELS.iter().map(|level| count_quantile(counts, *level)).collect()
    };
    FanPoint {
        day: day_of(day.day),
        claimed: at(&day.claimed),
        verified: day.verified.as_ref().map(at),
    }
}

fn count(counts: &[CountDraws]) -> CountOutlook {
    let draws: u64 = counts.iter().map(|one| u64::from(one.draws)).sum();
    let sum: u64 = counts.iter().map(|one| u64::from(one.draws) * u64::from(one.count)).sum();
    CountOutlook {
        expected_tenths: (sum * 20 + draws) / (2 * draws).max(1),
        quantiles: FORECAST_LEVELS.iter().map(|level| count_quantile(counts, *level)).collect(),
        distribution: counts
            .iter()
            .map(|one| CountShare { count: one.count, draws: one.draws })
            .collect(),
    }
}

fn probability(chance: Chance) -> Probability {
    let word = chance.word.words().to_owned();
    Probability { part: chance.part, draws: chance.draws, word }
}

fn base_rate(rate: BaseRate) -> BaseRateShown {
    BaseRateShown {
        due: rate.due,
        in_time: rate.in_time,
        interval_per_mille: rate.interval_per_mille,
    }
}

/// Returns the facilities by batch and identifier, those that are beyond the stage among them.
fn facilities(seen: &Seen<'_>, said: &Forecast, asked: &ForecastAsked) -> Vec<FacilityOutlook> {
    let named = |one: &FacilityForecast| {
        seen.facilities.get(&one.id).map(|facility| of_facility(facility, one))
    };
    let mut all: Vec<FacilityOutlook> = said.facilities.iter().filter_map(named).collect();
    all.extend(seen.beyond.iter().map(|facility| {
        let since = Which::Past(asked.stage).of(facility).map(|mark| mark.day);
        FacilityOutlook { since, ..blank(facility, FacilityStanding::Beyond) }
    }));
    all.sort_by(|a, b| (&a.batch, &a.id, &a.kind).cmp(&(&b.batch, &b.id, &b.kind)));
    all
}

fn blank(facility: &FacilityState, standing: FacilityStanding) -> FacilityOutlook {
    let subject = &facility.subject;
    FacilityOutlook {
        id: subject.id.clone(),
        place: subject.place.clone(),
        kind: subject.kind.clone(),
        batch: subject.batch.clone(),
        standing,
        since: None,
        assumed: false,
        deadline: None,
        claimed: None,
        verified: None,
        in_time: None,
    }
}

fn of_facility(facility: &FacilityState, said: &FacilityForecast) -> FacilityOutlook {
    let (standing, since, assumed) = match said.standing {
        Standing::Done { day, .. } => (FacilityStanding::Reached, Some(day), false),
        Standing::Cancelled { day } => (FacilityStanding::Cancelled, Some(day), false),
        Standing::Running { begun, assumed } => (FacilityStanding::Running, Some(begun), assumed),
        Standing::NoBeginning => (FacilityStanding::NoBeginning, None, false),
    };
    let days = |quantiles: &Quantiles| -> Vec<Option<Date>> {
        quantiles.iter().map(|day| day.map(day_of)).collect()
    };
    FacilityOutlook {
        since: since.map(day_of),
        assumed,
        deadline: said.deadline.map(day_of),
        claimed: said.claimed.as_ref().map(days),
        verified: said.verified.as_ref().map(days),
        in_time: said.in_time.map(probability),
        ..blank(facility, standing)
    }
}

fn of_batch(batch: &crate::forecast::BatchFactor) -> BatchOutlook {
    BatchOutlook {
        batch: batch.batch.clone(),
        reached: batch.opened,
        expected_tenths: (batch.expected_per_mille + 50) / 100,
        factor_per_mille: batch.factor_per_mille,
        base_rate: base_rate(batch.base_rate),
    }
}

const fn bias(said: &Forecast) -> ClaimsChecked {
    ClaimsChecked {
        checked: said.bias.checked,
        found: said.bias.found,
        least: said.bias.least,
        share_per_mille: said.bias.factor_per_mille,
        interval_per_mille: said.bias.interval_per_mille,
        lag_days: said.bias.lag_days,
    }
}

fn of_model(model: ModelSummary, reference: Option<String>) -> ForecastModel {
    let pace = |group: crate::forecast::GroupFactor| GroupPace {
        group: group.group,
        factor_per_mille: group.factor_per_mille,
    };
    ForecastModel {
        name: "Weibull curve with a shock for each batch, blended with the counted curve \
               (Kaplan and Meier)"
            .to_owned(),
        planned_time: model.planned_time,
        reached: model.opened,
        running: model.running,
        unsound: model.unsound,
        shape_per_mille: model.shape_per_mille,
        median_per_mille: model.median_per_mille,
        variance_per_mille: model.variance_per_mille,
        group_worth: model.group_worth,
        groups: model.groups.into_iter().map(pace).collect(),
        reference,
    }
}

// What is shown is what is drawn.
const _: () = {
    let mut at = 0;
    while at < LEVELS.len() {
        assert!(LEVELS[at] == FORECAST_LEVELS[at]);
        at += 1;
    }
};
