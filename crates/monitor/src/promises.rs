//! What was promised, and how far it is kept: by what is claimed, and by what is verified.

use groundwork_model::evidence::{
    CountUnit, FacilitySchedule, FacilityScore, FacilityState, Mark, Milestone, PromiseScore,
    Reached, Schedule, Stage, StageState, Total, TotalKind, day_number,
};
use jiff::civil::Date;

use crate::world::{Cover, Reach, Which, World, by};

/// Is a promise with the facilities that it speaks of.
pub(crate) struct Promise {
    pub(crate) score: PromiseScore,
    pub(crate) cover: Cover,
}

/// Returns the programme's milestones, then the ledger's targets that no milestone repeats.
pub(crate) fn promises(world: &World<'_>, promised: &[Milestone]) -> Vec<Promise> {
    let mut promises: Vec<Promise> =
        promised.iter().map(|milestone| of_milestone(world, milestone)).collect();
    let mut totals: Vec<&Total> = world.snapshot.totals.iter().collect();
    totals.retain(|total| total.what == TotalKind::Target);
    totals.sort_by_key(|total| (total.published, total.entry));
    for total in totals {
        let Some(promise) = of_target(world, total) else { continue };
        let repeated = promises.iter().any(|other| {
            let (a, b) = (&other.score, &promise.score);
            (&a.batch, a.stage, a.unit, a.count, a.due)
                == (&b.batch, b.stage, b.unit, b.count, b.due)
                && (a.kind == b.kind || a.kind.is_empty() || b.kind.is_empty())
        });
        if !repeated {
            promises.push(promise);
        }
    }
    promises
}

fn of_milestone(world: &World<'_>, milestone: &Milestone) -> Promise {
    let cover = Cover {
        batches: world.batches(&milestone.batch),
        kind: milestone.kind.clone(),
        place: String::new(),
    };
    // All of a batch: those that are named, or those that were to be where that is more.
    let count = match milestone.all && milestone.unit != CountUnit::Plants {
        true => milestone.count.max(world.size(&cover, milestone.unit)),
        false => milestone.count,
    };
    let mut score = PromiseScore {
        id: milestone.id.clone(),
        entry: None,
        batch: milestone.batch.clone(),
        kind: milestone.kind.clone(),
        place: String::new(),
        stage: milestone.stage,
        count,
        unit: milestone.unit,
        due: milestone.due.latest,
        not_before: milestone.due.earliest,
        words: milestone.words.clone(),
        claimed: unknown(),
        verified: unknown(),
    };
    measure(world, &cover, &mut score);
    Promise { score, cover }
}

/// Returns a target of the ledger as a promise; none where it counts nothing, was ended, or is of a facility.
fn of_target(world: &World<'_>, total: &Total) -> Option<Promise> {
    if total.ended.is_some() {
        return None;
    }
    let cover = crate::reconcile::cover(world, total)?;
    let mut score = PromiseScore {
        id: format!("entry {}", total.entry),
        entry: Some(total.entry),
        batch: total.subject.batch.clone(),
        kind: total.subject.kind.clone(),
        place: cover.place.clone(),
        stage: total.stage,
        count: total.number?,
        unit: total.unit,
        due: total.day,
        not_before: None,
        words: String::new(),
        claimed: unknown(),
        verified: unknown(),
    };
    measure(world, &cover, &mut score);
    Some(Promise { score, cover })
}

const fn unknown() -> Reached {
    Reached {
        count: None,
        by_due: None,
        day: None,
        schedule: Schedule::Unknown,
        entries: Vec::new(),
    }
}

fn measure(world: &World<'_>, cover: &Cover, score: &mut PromiseScore) {
    if score.unit == CountUnit::Plants {
        return;
    }
    let lists = [Which::Claimed(score.stage), Which::Verified(score.stage)]
        .map(|which| world.reached(cover, which, score.unit));
    let [claimed, verified] = lists.map(|list| reached(&list, score, world.as_of));
    (score.claimed, score.verified) = (claimed, verified);
}

fn reached(list: &[Reach], score: &PromiseScore, as_of: Date) -> Reached {
    let until = score.due.map_or(as_of, |due| due.min(as_of));
    let last = usize::try_from(score.count).ok().and_then(|count| count.checked_sub(1));
    let day = last.and_then(|last| list.get(last)).map(|reach| reach.day);
    let schedule = match score.count {
        0 => Schedule::Unknown,
        _ => schedule(day, score.not_before, score.due, as_of),
    };
    Reached {
        count: Some(list.len() as u64),
        by_due: Some(by(list, until)),
        day,
        schedule,
        entries: list.iter().map(|reach| reach.entry).collect(),
    }
}

/// Says how a day stands against its date.
pub(crate) fn schedule(
    reached: Option<Date>,
    not_before: Option<Date>,
    due: Option<Date>,
    as_of: Date,
) -> Schedule {
    let Some(due) = due else { return Schedule::Unknown };
    match reached {
        Some(day) if not_before.is_some_and(|first| day < first) => Schedule::Early,
        Some(day) if day <= due => Schedule::OnTime,
        Some(_) => Schedule::Late,
        None if due <= as_of => Schedule::Late,
        None => Schedule::NotDue,
    }
}

/// Returns for each facility how it stands against the promises of its batch and its own deadlines.
pub(crate) fn schedules(world: &World<'_>, promises: &[Promise]) -> Vec<Vec<FacilitySchedule>> {
    let mut schedules: Vec<Vec<FacilitySchedule>> =
        world.snapshot.facilities.iter().map(|facility| own(facility, world.as_of)).collect();
    for (number, promise) in (1_u32..).zip(promises) {
        let (score, Some(due)) = (&promise.score, promise.score.due) else { continue };
        if score.batch.is_empty() {
            continue;
        }
        for &at in world.covered(&promise.cover).iter() {
            let state = world.facility(at).stage(score.stage);
            let on = |mark: fn(&StageState) -> Option<Mark>| {
                let day = state.and_then(mark).map(|mark| mark.day);
                schedule(day, score.not_before, Some(due), world.as_of)
            };
            schedules[at as usize].push(FacilitySchedule {
                promise: number,
                stage: score.stage,
                due: Mark { day: due, entry: score.entry.unwrap_or(0) },
                claimed: on(|state| state.claimed),
                verified: on(|state| state.verified),
            });
        }
    }
    schedules
}

fn own(facility: &FacilityState, as_of: Date) -> Vec<FacilitySchedule> {
    let of = |state: &StageState| {
        let due = state.deadline?;
        let on = |mark: Option<Mark>| schedule(mark.map(|m| m.day), None, Some(due.day), as_of);
        let (claimed, verified) = (on(state.claimed), on(state.verified));
        Some(FacilitySchedule { promise: 0, stage: state.stage, due, claimed, verified })
    };
    facility.stages.iter().filter_map(of).collect()
}

/// Returns a facility with its three statuses.
pub(crate) fn facility(
    facility: FacilityState,
    schedule: Vec<FacilitySchedule>,
    as_of: Date,
    silent_days: u32,
) -> FacilityScore {
    let furthest = |holds: fn(&StageState) -> bool| {
        let built = |state: &&StageState| state.stage < Stage::Stalled && holds(state);
        facility.stages.iter().rfind(built).map(|state| state.stage)
    };
    FacilityScore {
        official: furthest(|state| state.claimed.is_some()),
        evidence: furthest(|state| state.verified.is_some()),
        halted: halted(&facility),
        silent: is_silent(&facility, as_of, silent_days),
        schedule,
        last_heard: facility.last_heard,
        entries: facility.entries,
        subject: facility.subject,
        stages: facility.stages,
    }
}

/// Returns whether a facility is said to be stalled or cancelled, and reached nothing since.
pub(crate) fn halted(facility: &FacilityState) -> Option<Stage> {
    let latest = |state: &StageState| state.latest.map_or(i32::MIN, day_number);
    let halts = facility.stages.iter().filter(|state| state.stage >= Stage::Stalled);
    let (day, stage) =
        halts.filter_map(|state| state.latest.map(|_| (latest(state), state.stage))).max()?;
    let built = facility.stages.iter().filter(|state| state.stage < Stage::Stalled);
    let moved = built.map(latest).max().unwrap_or(i32::MIN);
    (moved <= day).then_some(stage)
}

/// Returns whether nothing was heard of a facility for too long. What was cancelled need not be heard of.
pub(crate) fn is_silent(facility: &FacilityState, as_of: Date, silent_days: u32) -> bool {
    let quiet = i64::from(day_number(as_of)) - i64::from(day_number(facility.last_heard));
    quiet > i64::from(silent_days) && halted(facility) != Some(Stage::Cancelled)
}
