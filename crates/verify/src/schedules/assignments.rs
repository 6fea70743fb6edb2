//! Who goes where, as the plan says it of the kinds that are limited.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::plan::Served;
use groundwork_model::{Code, Problem};

use super::futures::Future;
use super::lists::Schedule;
use super::tariff::Tariff;
use super::world::World;

/// Holds what assignments add up to.
pub(super) struct Assigned {
    /// Persons served and the sum of their metres, for each kind, place by place, in each period.
    of_places: Vec<Vec<(u128, u128)>>,
    /// The rows of each kind and period.
    rows: BTreeMap<(usize, u32), Vec<Row>>,
    periods: usize,
    /// Whether every row could be read, and no place has more than its persons.
    pub(super) is_readable: bool,
}

/// Is a row whose names the programme has, with the metres between place and site.
#[derive(Clone, Copy)]
struct Row {
    kind: usize,
    /// Counted from 1.
    period: u32,
    place: usize,
    site: usize,
    persons: u64,
    metres: u32,
}

impl Assigned {
    /// Returns the persons of a place who are served with a limited kind, and the sum of their metres.
    pub(super) fn of_place(&self, kind: usize, place: usize, period: u32) -> (u128, u128) {
        self.of_places[kind][place * self.periods + period as usize - 1]
    }

    /// Returns what those who are served with a kind in a period cost under a goal, each counting once.
    pub(super) fn cost(
        &self,
        world: &World<'_>,
        tariff: &Tariff,
        kind: usize,
        period: u32,
    ) -> Option<u128> {
        let rows = self.rows.get(&(kind, period)).into_iter().flatten();
        let mut costs = rows.map(|row| {
            let is_own = world.is_own(row.place, row.site);
            let one = tariff.cost(world.kinds[kind].reach_m, is_own, row.metres);
            one.checked_mul(u128::from(row.persons))
        });
        costs.try_fold(0_u128, |sum, cost| sum.checked_add(cost?))
    }

    /// Returns the largest distance over which somebody is sent for a kind in a period; 0 where nobody is.
    pub(super) fn farthest(&self, kind: usize, period: u32) -> u32 {
        let rows = self.rows.get(&(kind, period)).into_iter().flatten();
        rows.map(|row| row.metres).max().unwrap_or(0)
    }

    /// Says that somebody who must be served is not.
    pub(super) fn too_few(
        &self,
        world: &World<'_>,
        future: &Future,
        kind: usize,
        period: u32,
    ) -> Option<Problem> {
        let persons = future.persons[kind].in_period(period);
        let served = |place: usize| self.of_place(kind, place, period).0;
        let mut short =
            (0..persons.len()).filter(|place| served(*place) < u128::from(persons[*place]));
        let first = short.next()?;
        let others = short.count();
        let (served, all) = (served(first), persons[first]);
        let id = &world.scene.programme.places[first].id;
        let when = world.scene.period_name(period as usize - 1);
        let also =
            if others > 0 { format!("; so it is in {others} other places") } else { String::new() };
        let cause = format!(
            "{served} of {all} persons of `{id}` are served with `{}` in {when}, and all must \
             be{also}",
            world.kinds[kind].id
        );
        Some(Problem::new(Code::DemandNotMet, cause))
    }
}

/// Adds up the rows; those that cannot be read are left out and reported.
pub(super) fn read(
    world: &World<'_>,
    future: &Future,
    schedules: &[Schedule],
    rows: &[Served],
) -> (Assigned, Vec<Problem>) {
    let periods = world.periods as usize;
    let cells = periods * world.scene.places();
    let cells_of = |kind: &super::packages::KindFacts<'_>| if kind.is_limited { cells } else { 0 };
    let mut assigned = Assigned {
        of_places: world.kinds.iter().map(|kind| vec![(0, 0); cells_of(kind)]).collect(),
        rows: BTreeMap::new(),
        periods,
        is_readable: true,
    };
    let mut problems = Vec::new();
    let mut read = Vec::with_capacity(rows.len());
    let mut known = BTreeSet::new();
    let places = world.places_by_id();
    for served in rows {
        let row = match read_row(world, schedules, &places, served) {
            Ok(row) if known.insert((row.kind, row.period, row.place, row.site)) => row,
            Ok(_) => {
                problems.push(wrong(served, "stands in the plan twice"));
                continue;
            }
            Err(cause) => {
                problems.push(wrong(served, &cause));
                continue;
            }
        };
        let cell = &mut assigned.of_places[row.kind][row.place * periods + row.period as usize - 1];
        cell.0 += u128::from(row.persons);
        cell.1 += u128::from(row.persons) * u128::from(row.metres);
        read.push(row);
    }
    let crowded = too_many(world, future, &assigned, &read);
    assigned.is_readable = problems.is_empty() && crowded.is_empty();
    problems.extend(crowded);
    problems.extend(overfull(world, schedules, &read));
    problems.extend(parted(world, future, &assigned, &read));
    for row in read {
        assigned.rows.entry((row.kind, row.period)).or_default().push(row);
    }
    (assigned, problems)
}

fn wrong(served: &Served, cause: &str) -> Problem {
    let Served { kind, period, place, site, .. } = served;
    let cause =
        format!("the assignment of `{place}` to `{site}` with `{kind}` in period {period} {cause}");
    Problem::new(Code::AssignmentWrong, cause)
}

fn read_row(
    world: &World<'_>,
    schedules: &[Schedule],
    places: &std::collections::HashMap<&str, usize>,
    served: &Served,
) -> Result<Row, String> {
    let kind = world.kinds.iter().position(|kind| kind.id == served.kind);
    let kind = kind.ok_or("names an unknown kind")?;
    if !world.kinds[kind].is_limited {
        return Err("is of a kind without capacities, where people go to the nearest".to_owned());
    }
    let period = served.period;
    if period == 0 || period > world.periods {
        return Err("is of a period that does not exist".to_owned());
    }
    let place = *places.get(served.place.as_str()).ok_or("names an unknown place")?;
    let site = world.scene.sites.find(&served.site).ok_or("names an unknown site")?;
    if served.persons == 0 {
        return Err("is of nobody".to_owned());
    }
    let package = schedules[site].offers(world, period);
    if package.is_none_or(|package| world.packages[package].offers[kind].is_none()) {
        return Err("names a site that does not offer the kind then".to_owned());
    }
    let metres = world.scene.distances.metres(place, site).ok_or("is beyond the cut-off")?;
    let (reach_m, is_own) = (world.kinds[kind].reach_m, world.is_own(place, site));
    if !world.tariff.is_pair(reach_m, is_own, metres) {
        let why = if world.tariff.is_of_own_place() {
            "is of another place than the site's own"
        } else {
            "is beyond the reach of the kind"
        };
        return Err(why.to_owned());
    }
    Ok(Row { kind, period, place, site, persons: served.persons, metres })
}

/// Lists the places of which more persons are served than need the kind.
fn too_many(world: &World<'_>, future: &Future, assigned: &Assigned, rows: &[Row]) -> Vec<Problem> {
    let places: BTreeSet<(usize, u32, usize)> =
        rows.iter().map(|row| (row.kind, row.period, row.place)).collect();
    let mut problems = Vec::new();
    for (kind, period, place) in places {
        let (served, all) =
            (assigned.of_place(kind, place, period).0, future.persons[kind].at(place, period));
        if served > u128::from(all) {
            let id = &world.scene.programme.places[place].id;
            let when = world.scene.period_name(period as usize - 1);
            let kind = world.kinds[kind].id;
            let cause = format!(
                "{served} persons of `{id}` are served with `{kind}` in {when}, where {all} need it"
            );
            problems.push(Problem::new(Code::DemandNotMet, cause));
        }
    }
    problems
}

/// Lists the sites that serve more than they can.
fn overfull(world: &World<'_>, schedules: &[Schedule], rows: &[Row]) -> Vec<Problem> {
    let mut loads: BTreeMap<(usize, u32, usize), u128> = BTreeMap::new();
    for row in rows {
        *loads.entry((row.kind, row.period, row.site)).or_default() += u128::from(row.persons);
    }
    let mut problems = Vec::new();
    for ((kind, period, site), load) in loads {
        let package = schedules[site].offers(world, period);
        let limit = package.and_then(|package| world.packages[package].offers[kind]).flatten();
        let Some(limit) = limit.filter(|limit| load > u128::from(*limit)) else { continue };
        let (id, when) =
            (world.scene.sites.rows[site].id, world.scene.period_name(period as usize - 1));
        let kind = world.kinds[kind].id;
        let cause =
            format!("`{id}` serves {load} persons with `{kind}` in {when}, and can serve {limit}");
        problems.push(Problem::new(Code::CapacityExceeded, cause));
    }
    problems
}

/// Lists the places of which the people are parted, or served in part, where they stay together.
fn parted(world: &World<'_>, future: &Future, assigned: &Assigned, rows: &[Row]) -> Vec<Problem> {
    let mut sites: BTreeMap<(usize, u32, usize), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| world.kinds[row.kind].is_whole) {
        *sites.entry((row.kind, row.period, row.place)).or_default() += 1;
    }
    let mut problems = Vec::new();
    for ((kind, period, place), number) in sites {
        let (served, all) =
            (assigned.of_place(kind, place, period).0, future.persons[kind].at(place, period));
        if number == 1 && served >= u128::from(all) {
            continue;
        }
        let id = &world.scene.programme.places[place].id;
        let when = world.scene.period_name(period as usize - 1);
        let kind = world.kinds[kind].id;
        let cause = format!(
            "{served} of {all} persons of `{id}` go to {number} sites with `{kind}` in {when}; all \
             go to one, or none is served"
        );
        problems.push(Problem::new(Code::ClientSplit, cause));
    }
    problems
}
