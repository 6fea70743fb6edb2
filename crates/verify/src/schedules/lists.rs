//! The schedules that each site has, in the order of `docs/concepts/rules.md`.

use groundwork_model::SiteRule;

use super::promises::{self, Frozen};
use super::world::{Standing, World};

/// Is what happens at a site over all periods; periods are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    /// The package with which it opens.
    pub(super) package: usize,
    /// The first period in which it operates; behind the last when it never does.
    pub(super) from: u32,
    /// The upgrade and the first period with its package.
    pub(super) turn: Option<(usize, u32)>,
    /// The first period in which it operates no longer.
    pub(super) until: u32,
}

impl Schedule {
    /// Returns the schedule of a site that never opens.
    pub(super) fn never(world: &World<'_>) -> Self {
        let end = world.periods + 1;
        Self { package: 0, from: end, turn: None, until: end }
    }

    /// Returns the schedule of a site that opens and stays so.
    pub(super) fn opening(world: &World<'_>, package: usize, from: u32) -> Self {
        Self { package, from, turn: None, until: world.periods + 1 }
    }

    /// Returns the schedule of a facility that stays as it is.
    pub(super) fn staying(world: &World<'_>, standing: Standing) -> Self {
        let end = world.periods + 1;
        let until = standing.closes.unwrap_or(end).clamp(1, end);
        Self { package: standing.package, from: 1, turn: None, until }
    }

    /// Returns whether the site opens, or has stood before.
    pub(super) fn is_never(&self, world: &World<'_>) -> bool {
        self.from > world.periods
    }

    /// Returns the package that the site offers in a period.
    pub(super) fn offers(&self, world: &World<'_>, period: u32) -> Option<usize> {
        if period < self.from || period >= self.until {
            return None;
        }
        match self.turn {
            Some((upgrade, turned)) if period >= turned => Some(world.upgrades[upgrade].to),
            _ => Some(self.package),
        }
    }
}

/// Returns the schedules of every site, and what of its promises is frozen.
pub(super) fn all(world: &World<'_>) -> (Vec<Vec<Schedule>>, Vec<Frozen>) {
    let of_site = |site| {
        let mut list = of_site(world, site);
        let frozen = promises::narrow(world, site, &mut list);
        (list, frozen)
    };
    (0..world.sites()).map(of_site).unzip()
}

fn of_site(world: &World<'_>, site: usize) -> Vec<Schedule> {
    if let Some(standing) = world.standing[site] {
        return of_standing(world, site, standing);
    }
    if let Some(&(period, package)) = world.fixed.get(&site) {
        return with_turns(world, site, Schedule::opening(world, package, period));
    }
    if let Some(&(period, package)) = world.replanned.state.get(&site) {
        return with_turns(world, site, Schedule::opening(world, package, period));
    }
    if world.replanned.failed.contains(&site) {
        return vec![Schedule::never(world)];
    }
    let row = &world.scene.sites.rows[site];
    let locks: Vec<_> = world.locks.iter().filter(|lock| lock.site == site).collect();
    let mut list = Vec::new();
    if row.rule != SiteRule::Required && locks.is_empty() {
        list.push(Schedule::never(world));
    }
    if row.rule == SiteRule::Forbidden {
        return list;
    }
    for package in (0..world.packages.len()).filter(|package| world.may_get(site, *package)) {
        let build = world.packages[package].build;
        for period in (1..=world.periods).filter(|period| row.window_contains(*period)) {
            let keeps_locks = locks.iter().all(|lock| {
                lock.period == period && lock.package.is_none_or(|locked| locked == package)
            });
            if keeps_locks && starts(period, build, world.first_of_day) {
                list.extend(with_turns(world, site, Schedule::opening(world, package, period)));
            }
        }
    }
    list
}

fn of_standing(world: &World<'_>, site: usize, standing: Standing) -> Vec<Schedule> {
    let stays = Schedule::staying(world, standing);
    if standing.closes.is_some() {
        return vec![stays];
    }
    let mut list = vec![stays];
    list.extend(turns(world, site, stays, 1));
    if standing.may_close {
        let periods = world.first_of_day..=world.periods;
        list.extend(periods.map(|until| Schedule { until, ..stays }));
    }
    list
}

/// Returns a schedule of a new site and, behind it, those with a later upgrade.
fn with_turns(world: &World<'_>, site: usize, opening: Schedule) -> Vec<Schedule> {
    let mut list = vec![opening];
    list.extend(turns(world, site, opening, opening.from + 1));
    list
}

/// Returns a schedule with each upgrade that it can have from a period on.
fn turns(world: &World<'_>, site: usize, before: Schedule, first: u32) -> Vec<Schedule> {
    let earliest = world.first_of_day.max(before.from);
    let mut list = Vec::new();
    for (number, upgrade) in world.upgrades.iter().enumerate() {
        if upgrade.from != before.package || !world.has_materials(site, upgrade.to) {
            continue;
        }
        let periods = first..=world.periods;
        let periods = periods.filter(|period| starts(*period, upgrade.build, earliest));
        list.extend(periods.map(|period| Schedule { turn: Some((number, period)), ..before }));
    }
    list
}

/// Returns whether work that ends in a period can begin so many periods before.
pub(super) fn starts(period: u32, build: u32, earliest: u32) -> bool {
    period.checked_sub(build).is_some_and(|start| start >= earliest.max(1))
}
