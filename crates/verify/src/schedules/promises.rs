//! Which schedules a replan leaves, and what counts as a change.

use std::collections::BTreeMap;

use groundwork_model::plan::Action;

use super::lists::Schedule;
use super::reading;
use super::world::World;
use crate::replan::Promised;

/// Says what of a site's promises has begun and so stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Frozen {
    pub(super) rows: Vec<Promised>,
}

impl Frozen {
    /// Returns period and package of the opening, if it is frozen.
    pub(super) fn opening(&self) -> Option<(u32, usize)> {
        let open = self.rows.iter().find(|row| row.action == Action::Open)?;
        Some((open.period, open.package))
    }

    /// Returns the period of the upgrade, if it is frozen.
    pub(super) fn turn(&self) -> Option<u32> {
        let turn = self.rows.iter().find(|row| row.action == Action::Upgrade)?;
        Some(turn.period)
    }
}

/// Takes from the schedules of a site those in which something begins that may not, or in which something that
/// was promised and has begun is missing; returns what is frozen.
pub(super) fn narrow(world: &World<'_>, site: usize, list: &mut Vec<Schedule>) -> Frozen {
    let replanned = &world.replanned;
    let mut frozen = Frozen::default();
    if replanned.begun_by == 0 {
        return frozen;
    }
    let is_known = world.fixed.contains_key(&site) || replanned.state.contains_key(&site);
    let mut promises = Vec::new();
    if !is_known && !replanned.failed.contains(&site) {
        promises.extend(replanned.promised.get(&site).into_iter().flatten().copied());
    }
    list.retain(|schedule| {
        let early =
            events(world, site, schedule).filter(|event| event.begins <= replanned.begun_by);
        early.into_iter().all(|event| {
            let is_settled = is_known && event.row.action == Action::Open;
            is_settled || promises.contains(&event.row)
        })
    });
    promises.sort_by_key(|promise| promise.action);
    for promise in promises {
        let keeps = |schedule: &Schedule| {
            let mut events = events(world, site, schedule);
            events.any(|event| event.row == promise && event.begins <= replanned.begun_by)
        };
        if list.iter().any(keeps) {
            list.retain(keeps);
            frozen.rows.push(promise);
        }
    }
    frozen
}

/// Is something that happens by a schedule, and the period in which it begins: 0 for all before the first.
struct Event {
    row: Promised,
    begins: u32,
}

fn events(world: &World<'_>, site: usize, schedule: &Schedule) -> impl Iterator<Item = Event> {
    let event = |action, package: usize, period: u32, build: u32| Event {
        row: Promised { package, period, action },
        begins: period.saturating_sub(build),
    };
    let standing = world.standing[site];
    let opens = (standing.is_none() && !schedule.is_never(world)).then(|| {
        let build = world.packages[schedule.package].build;
        event(Action::Open, schedule.package, schedule.from, build)
    });
    let turns = schedule.turn.map(|(upgrade, period)| {
        let upgrade = &world.upgrades[upgrade];
        event(Action::Upgrade, upgrade.to, period, upgrade.build)
    });
    let may_close = standing.is_some_and(|standing| standing.closes.is_none());
    let closes = (may_close && schedule.until <= world.periods)
        .then(|| event(Action::Close, schedule.package, schedule.until, 0));
    opens.into_iter().chain(turns).chain(closes)
}

/// Returns the promised schedule of each site of which neither facts nor the state speak; `None` where no
/// schedule is what was promised.
pub(super) fn schedules(world: &World<'_>) -> BTreeMap<usize, Option<Schedule>> {
    let replanned = &world.replanned;
    let is_known = |site: &usize| {
        world.fixed.contains_key(site)
            || replanned.state.contains_key(site)
            || replanned.failed.contains(site)
    };
    let promised = replanned.promised.iter().filter(|(site, _)| !is_known(site));
    promised.map(|(site, rows)| (*site, reading::promised(world, *site, rows))).collect()
}
