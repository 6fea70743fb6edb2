//! Totals that name nobody, set against the facilities that are named.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::evidence::{
    CountUnit, EarlierTotal, Reconciliation, Scope, Stage, StageCount, Total, TotalKind, Voice,
};
use jiff::civil::Date;

use crate::world::{Cover, Reach, Which, World, by};

/// Totals with something unexplained of which the rest is looked at one by one.
const DETAILED: usize = 100;
/// Facilities and entries that one total lists.
const LISTED: usize = 1000;

/// Sets every count of a programme, batch or place against what is named, in the order of the ledger.
pub(crate) fn reconcile(world: &World<'_>) -> Vec<Reconciliation> {
    let totals = world.snapshot.totals.iter();
    let counts: Vec<(&Total, Date, Cover)> = totals
        .filter(|total| total.what == TotalKind::Count)
        .filter_map(|total| Some((total, total.day?, cover(world, total)?)))
        .collect();
    let mut all: Vec<Reconciliation> =
        counts.iter().map(|(total, day, cover)| against_named(world, total, *day, cover)).collect();
    against_others(&mut all);
    let open =
        all.iter().zip(&counts).enumerate().filter(|(_, (one, _))| one.unexplained > Some(0));
    let largest = largest(&counts);
    let open: Vec<usize> = open.map(|(at, _)| at).collect();
    for at in open.into_iter().rev().take(DETAILED) {
        rest(world, &mut all[at], &counts[at].2);
        all[at].redefined = redefined(world, &counts[at].2, &all[at], &largest);
    }
    all
}

/// Returns the facilities that a total or target can mean; none where it is of a single facility, or of a milestone.
pub(crate) fn cover(world: &World<'_>, total: &Total) -> Option<Cover> {
    let subject = &total.subject;
    let place = match subject.scope {
        Scope::Programme => String::new(),
        Scope::Place => subject.id.clone(),
        Scope::Facility | Scope::Milestone => return None,
    };
    Some(Cover { batches: world.batches(&subject.batch), kind: subject.kind.clone(), place })
}

fn against_named(world: &World<'_>, total: &Total, day: Date, cover: &Cover) -> Reconciliation {
    let list = |which| world.reached(cover, which, total.unit);
    let (matched, past) = (list(Which::Either(total.stage)), list(Which::Past(total.stage)));
    let counted = (total.unit != CountUnit::Plants).then_some(());
    let on = |list: &[Reach]| counted.map(|()| by(list, day));
    let explained = on(&past);
    let unexplained =
        total.number.zip(explained).map(|(number, explained)| number.saturating_sub(explained));
    let missing = unexplained.unwrap_or(0);
    let since = explained.map(|explained| (by(&past, world.as_of) - explained).min(missing));
    let further = explained.zip(on(&matched)).map(|(past, matched)| past - matched);
    let entries = past.iter().take_while(|reach| reach.day <= day).take(LISTED);
    Reconciliation {
        entry: total.entry,
        stage: total.stage,
        unit: total.unit,
        number: total.number,
        bound: total.bound,
        day,
        voice: total.voice,
        batches: cover.batches.clone(),
        kind: cover.kind.clone(),
        place: cover.place.clone(),
        named: world.size(cover, total.unit),
        matched: on(&matched),
        further,
        verified: on(&list(Which::Verified(total.stage))),
        unexplained,
        since: since.filter(|_| missing > 0),
        further_stages: further_stages(world, cover, total, day, further.unwrap_or(0)),
        rest: Vec::new(),
        rest_facilities: Vec::new(),
        redefined: None,
        doubled: doubled(world, cover, total, day),
        unit_changed: None,
        fallen: None,
        contradicted: None,
        entries: entries.map(|reach| reach.entry).collect(),
    }
}

/// Returns how far those came who passed the stage without being named at it. Lists of stages behind one another hold
/// one another, so that differences tell them apart.
fn further_stages(
    world: &World<'_>,
    cover: &Cover,
    total: &Total,
    day: Date,
    further: u64,
) -> Vec<StageCount> {
    if further == 0 {
        return Vec::new();
    }
    let later = [Stage::Inaugurated, Stage::Operating].into_iter();
    let later = [Stage::Completed].into_iter().chain(later).filter(|stage| *stage > total.stage);
    let later: Vec<Stage> = later.collect();
    let past = |stage| by(&world.reached(cover, Which::Past(stage), total.unit), day);
    let mut found = Vec::new();
    for (at, &stage) in later.iter().enumerate() {
        let behind = later.get(at + 1).map_or(0, |next| past(*next));
        let count = (past(stage) - behind).min(further);
        if count > 0 {
            found.push(StageCount { stage, count });
        }
    }
    found
}

/// Holds for each cover, unit and stage the largest total claimed up to a day.
type Largest = HashMap<(Cover, CountUnit, Stage), Vec<(Date, u64)>>;

fn largest(counts: &[(&Total, Date, Cover)]) -> Largest {
    let mut largest = Largest::new();
    for (total, day, cover) in counts {
        let Some(number) = total.number.filter(|_| total.voice != Voice::Independent) else {
            continue;
        };
        let key = (cover.clone(), total.unit, total.stage);
        largest.entry(key).or_default().push((*day, number));
    }
    for list in largest.values_mut() {
        list.sort_unstable();
        let mut most = 0;
        for (_, number) in list {
            most = most.max(*number);
            *number = most;
        }
    }
    largest
}

/// Returns the furthest earlier stage that as many had come to, at least, as the total says: batch by batch those that
/// are named, or those of the largest claimed total where that is more.
fn redefined(
    world: &World<'_>,
    cover: &Cover,
    one: &Reconciliation,
    largest: &Largest,
) -> Option<StageCount> {
    let number = one.number?;
    let batches: Vec<Cover> = match cover.batches.as_slice() {
        [] => vec![cover.clone()],
        all => all.iter().map(|b| Cover { batches: vec![b.clone()], ..cover.clone() }).collect(),
    };
    let claimed = |batch: &Cover, stage: Stage| {
        let list = largest.get(&(batch.clone(), one.unit, stage))?;
        let at = list.partition_point(|(day, _)| *day <= one.day);
        Some(list[at.checked_sub(1)?].1)
    };
    let of = |stage: Stage| {
        let come = |batch: &Cover| {
            let named = by(&world.reached(batch, Which::Far(stage), one.unit), one.day);
            let between = Stage::ALL.into_iter().filter(|s| (stage..one.stage).contains(s));
            between.filter_map(|stage| claimed(batch, stage)).fold(named, u64::max)
        };
        let count = batches.iter().map(come).fold(0, u64::saturating_add);
        StageCount { stage, count }
    };
    let earlier = Stage::ALL.into_iter().rev().filter(|stage| *stage < one.stage);
    earlier.map(of).find(|found| found.count >= number)
}

/// Returns the places in which several facilities passed the stage, where places are counted.
fn doubled(world: &World<'_>, cover: &Cover, total: &Total, day: Date) -> Vec<String> {
    if total.unit != CountUnit::Places {
        return Vec::new();
    }
    let past = Which::Past(total.stage);
    let single = world.reached(cover, past, CountUnit::Facilities);
    if by(&single, day) == by(&world.reached(cover, past, CountUnit::Places), day) {
        return Vec::new();
    }
    let mut seen: HashMap<u32, u32> = HashMap::new();
    let mut twice = Vec::new();
    for reach in single.iter().take_while(|reach| reach.day <= day) {
        let times = seen.entry(world.place_of(reach.facility)).or_insert(0);
        *times += 1;
        if *times == 2 {
            twice.push(world.facility(reach.facility).subject.place.clone());
        }
    }
    twice.sort_unstable();
    twice.truncate(LISTED);
    twice
}

/// Looks one by one at those that are not explained.
fn rest(world: &World<'_>, one: &mut Reconciliation, cover: &Cover) {
    let past = Which::Past(one.stage);
    let there = |mark: Option<groundwork_model::evidence::Mark>| {
        mark.is_some_and(|mark| mark.day <= one.day)
    };
    let covered = world.covered(cover);
    let explained: std::collections::HashSet<u32> = covered
        .iter()
        .filter(|at| there(past.of(world.facility(**at))))
        .map(|at| unit_of(world, *at, one.unit))
        .collect();
    let mut furthest: BTreeMap<u32, Option<Stage>> = BTreeMap::new();
    let mut named = Vec::new();
    for &at in covered.iter().filter(|at| !explained.contains(&unit_of(world, **at, one.unit))) {
        let facility = world.facility(at);
        let mut stages = Stage::ALL.into_iter().rev().filter(|stage| *stage < Stage::Stalled);
        let reached = stages.find(|stage| there(Which::Either(*stage).of(facility)));
        let far = furthest.entry(unit_of(world, at, one.unit)).or_insert(None);
        *far = (*far).max(reached);
        named.push(facility.subject.id.clone());
    }
    let mut counts: BTreeMap<Stage, u64> = BTreeMap::new();
    for stage in furthest.into_values().flatten() {
        *counts.entry(stage).or_insert(0) += 1;
    }
    one.rest = counts.into_iter().rev().map(|(stage, count)| StageCount { stage, count }).collect();
    named.truncate(LISTED);
    one.rest_facilities = named;
}

/// Returns what a facility counts as: itself, or its place.
fn unit_of(world: &World<'_>, at: u32, unit: CountUnit) -> u32 {
    if unit == CountUnit::Places { world.place_of(at) } else { at }
}

/// Sets totals against one another: those that fell, changed their unit, or are contradicted.
fn against_others(all: &mut [Reconciliation]) {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (all[*at].day, all[*at].entry));
    let other = |one: &Reconciliation| {
        let number = one.number?;
        Some(EarlierTotal { entry: one.entry, number, unit: one.unit, day: one.day })
    };
    // By voice, stage and cover: the last total of any unit. By unit and kind as well: the largest.
    let mut last: HashMap<(bool, Stage, Vec<String>, String), EarlierTotal> = HashMap::new();
    let mut largest: HashMap<_, EarlierTotal> = HashMap::new();
    let cover = |one: &Reconciliation| (one.batches.clone(), one.place.clone());
    for &at in &order {
        let one = &all[at];
        let Some(this) = other(one) else { continue };
        let independent = one.voice == Voice::Independent;
        let (batches, place) = cover(one);
        let before = last.insert((independent, one.stage, batches, place), this);
        let most = largest
            .entry((independent, one.stage, one.unit, one.kind.clone(), cover(one)))
            .or_insert(this);
        let (unit_changed, fallen) = (
            before.filter(|before| before.unit != this.unit),
            Some(*most).filter(|most| most.number > this.number),
        );
        if this.number > most.number {
            *most = this;
        }
        all[at].unit_changed = unit_changed;
        all[at].fallen = fallen;
    }
    let mut lower: HashMap<_, (u64, Vec<EarlierTotal>)> = HashMap::new();
    for &at in order.iter().rev() {
        let one = &all[at];
        let Some(this) = other(one) else { continue };
        let key = (one.stage, one.unit, one.kind.clone(), cover(one));
        let (least, seen) = lower.entry(key).or_insert((u64::MAX, Vec::new()));
        if one.voice == Voice::Independent {
            *least = this.number.min(*least);
            seen.push(this);
        } else if *least < this.number {
            all[at].contradicted = seen.iter().find(|seen| seen.number < this.number).copied();
        }
    }
}
