//! What people get in each period, and what is spent.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::PeriodOutcome;
use groundwork_model::plan::KindOutcome;

use super::futures::Future;
use super::lists::Schedule;
use super::reading::Reading;
use super::rules::{Entry, costs};
use super::serving::Serving;
use super::world::World;
use super::year;

/// Returns the figures of every period of a future, in which schedules turn out so.
pub(super) fn outcomes(
    world: &World<'_>,
    reading: &Reading,
    turned_out: &[Schedule],
    serving: &Serving<'_>,
) -> Vec<PeriodOutcome> {
    let mut spent = spent(world, serving.future, &reading.schedules);
    (1..=world.periods)
        .map(|period| {
            let index = period as usize - 1;
            let mut outcome = of_people(world, serving, period);
            outcome.openings = reading.openings[index];
            outcome.open = serving.operating[index].len() as u32;
            outcome.kinds = world
                .listed
                .iter()
                .map(|kind| of_kind(world, turned_out, serving, *kind, period))
                .collect();
            outcome.spent = std::mem::take(&mut spent[index]);
            outcome
        })
        .collect()
}

/// Returns the figures of one period that count people by the nearest sites.
fn of_people(world: &World<'_>, serving: &Serving<'_>, period: u32) -> PeriodOutcome {
    let mut outcome = PeriodOutcome {
        period,
        year: year(world.scene, period),
        access: vec![0; world.listed.len()],
        ..PeriodOutcome::default()
    };
    let mut served: u64 = 0;
    for place in 0..world.scene.places() {
        add_access(world, serving, &mut outcome, place);
        let persons = world.population.at(place, period);
        if persons == 0 {
            continue;
        }
        let Some(metres) = serving.nearest_of_any(place, period) else {
            outcome.unserved = outcome.unserved.saturating_add(persons);
            continue;
        };
        served = served.saturating_add(persons);
        outcome.person_metres += u128::from(persons) * u128::from(metres);
        outcome.worst_distance_m = outcome.worst_distance_m.max(Some(metres));
    }
    outcome.mean_distance_m = (served > 0).then(|| outcome.person_metres as f64 / served as f64);
    outcome
}

fn add_access(world: &World<'_>, serving: &Serving<'_>, outcome: &mut PeriodOutcome, place: usize) {
    let mut has_all = true;
    for (access, &kind) in outcome.access.iter_mut().zip(&world.listed) {
        let facts = &world.kinds[kind];
        let nearest = serving.nearest(kind, place, outcome.period);
        if nearest.is_some_and(|metres| metres <= facts.reach_m) {
            let persons = &serving.future.persons[kind];
            *access = access.saturating_add(persons.at(place, outcome.period));
        } else {
            has_all = false;
        }
    }
    if has_all {
        let persons = world.population.at(place, outcome.period);
        outcome.access_all = outcome.access_all.saturating_add(persons);
    }
}

fn of_kind(
    world: &World<'_>,
    schedules: &[Schedule],
    serving: &Serving<'_>,
    kind: usize,
    period: u32,
) -> KindOutcome {
    let facts = &world.kinds[kind];
    let sites = &serving.offering[kind][period as usize - 1];
    let limit = |site: &usize| {
        let package = schedules[*site].offers(world, period)?;
        world.packages[package].offers[kind].flatten()
    };
    let (mut served, mut person_metres): (u128, u128) = (0, 0);
    for (place, persons) in serving.future.persons[kind].in_period(period).iter().enumerate() {
        let (of_place, metres) = if facts.is_limited {
            serving.assigned.of_place(kind, place, period)
        } else {
            let nearest = serving.nearest(kind, place, period);
            let persons = nearest.map_or(0, |_| u128::from(*persons));
            (persons, persons * u128::from(nearest.unwrap_or(0)))
        };
        served = served.saturating_add(of_place);
        person_metres = person_metres.saturating_add(metres);
    }
    KindOutcome {
        kind: facts.id.to_owned(),
        sites: sites.len() as u32,
        served: u64::try_from(served).unwrap_or(u64::MAX),
        person_metres,
        capacity: sites.iter().map(limit).try_fold(0_u64, |sum, l| Some(sum.saturating_add(l?))),
    }
}

/// Returns what is due in each period of a future, for every resource that a cost names.
fn spent(world: &World<'_>, future: &Future, schedules: &[Schedule]) -> Vec<BTreeMap<String, u64>> {
    let mut spent = vec![BTreeMap::new(); world.periods as usize];
    for resource in resources(world) {
        let mut sums = vec![0_i128; world.periods as usize];
        let due = costs::due(world, resource);
        for (site, schedule) in schedules.iter().enumerate() {
            costs::of_site(world, site, resource, due, |feature, amount, due| {
                let coefficient = future.costs(resource, amount);
                let entry = Entry { site: site as u32, feature, coefficient };
                sums[due as usize - 1] += entry.of(world, schedule);
            });
        }
        for (spent, sum) in spent.iter_mut().zip(sums) {
            spent.insert(resource.to_owned(), u64::try_from(sum).unwrap_or(u64::MAX));
        }
    }
    spent
}

fn resources<'a>(world: &World<'a>) -> BTreeSet<&'a str> {
    let settings = &world.scene.programme.settings;
    let sizes = settings.kinds.iter().flat_map(|kind| &kind.sizes);
    let sizes = sizes.flat_map(|size| [&size.cost, &size.running]);
    let packages = settings.packages.iter().flat_map(|package| [&package.cost, &package.running]);
    let upgrades = settings.upgrades.iter().map(|upgrade| &upgrade.cost);
    let sites = world.scene.programme.sites.iter().map(|site| &site.cost);
    let all = sizes.chain(packages).chain(upgrades).chain(sites);
    all.flat_map(|amounts| amounts.keys().map(String::as_str)).collect()
}
