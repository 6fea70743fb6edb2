//! Which schedule a plan picks for each site, and whether the site has it.

use std::collections::BTreeMap;

use groundwork_model::plan::Action;
use groundwork_model::{Code, Opening, Problem, SiteRule};

use super::lists::{Schedule, starts};
use super::world::{Lock, Standing, World};
use crate::facts::{BY_PROMISE, BY_STATE};
use crate::replan::Promised;

/// Holds what a plan picks.
pub(super) struct Reading {
    /// One schedule a site, in the order of the sites.
    pub(super) schedules: Vec<Schedule>,
    /// Openings of each period.
    pub(super) openings: Vec<u32>,
    /// Whether every row could be read.
    pub(super) complete: bool,
    pub(super) problems: Vec<Problem>,
}

/// Lists the rows of one site: package and period of each.
#[derive(Default)]
struct Rows {
    opens: Vec<(usize, u32)>,
    turns: Vec<(usize, u32)>,
    closes: Vec<(usize, u32)>,
}

/// Reads the openings, upgrades and closures of a plan.
pub(super) fn read(world: &World<'_>, openings: &[Opening]) -> Reading {
    let mut reading = Reading {
        schedules: Vec::with_capacity(world.sites()),
        openings: vec![0; world.periods as usize],
        complete: true,
        problems: Vec::new(),
    };
    let mut of_sites: BTreeMap<usize, Rows> = BTreeMap::new();
    for opening in openings {
        match read_row(world, opening) {
            Ok((site, package)) => {
                let rows = of_sites.entry(site).or_default();
                let list = match opening.action {
                    Action::Open => &mut rows.opens,
                    Action::Upgrade => &mut rows.turns,
                    Action::Close => &mut rows.closes,
                };
                list.push((package, opening.period));
                if opening.action.is_open() {
                    reading.openings[opening.period as usize - 1] += 1;
                }
            }
            Err(problem) => reading.refuse(problem),
        }
    }
    for site in 0..world.sites() {
        let rows = of_sites.remove(&site).unwrap_or_default();
        reading.read_site(world, site, &rows);
    }
    reading
}

impl Reading {
    fn refuse(&mut self, problem: Problem) {
        self.complete = false;
        self.problems.push(problem);
    }

    fn read_site(&mut self, world: &World<'_>, site: usize, rows: &Rows) {
        let schedule = match compose(world, site, rows) {
            Ok(schedule) => schedule,
            Err(problem) => {
                self.refuse(problem);
                Schedule::never(world)
            }
        };
        self.schedules.push(schedule);
        if !self.complete {
            return;
        }
        // The list decides; the faults only say why. What is settled has its list whatever a person has locked.
        if world.lists[site].contains(&schedule) {
            let locks = world.locks.iter().filter(|lock| lock.site == site);
            self.problems.extend(locks.filter_map(|l| decision_not_kept(world, l, &schedule)));
            return;
        }
        let faults = faults(world, site, &schedule);
        if faults.is_empty() {
            let id = world.scene.sites.rows[site].id;
            let cause =
                format!("what the plan does at `{id}` is none of the schedules it may have");
            self.problems.push(Problem::new(Code::OutsideWindow, cause));
        }
        self.problems.extend(faults);
    }
}

/// Returns site and package of a row.
fn read_row(world: &World<'_>, opening: &Opening) -> Result<(usize, usize), Problem> {
    let Opening { site: id, package, period, .. } = opening;
    let does = verb(opening.action);
    let unknown = |cause: String| Problem::new(Code::UnknownSiteInPlan, cause);
    let site = world.scene.sites.find(id);
    let site =
        site.ok_or_else(|| unknown(format!("the plan {does} site `{id}`, which is unknown")))?;
    let number = world.package(package).ok_or_else(|| {
        unknown(format!("the plan {does} `{id}` with package `{package}`, which is unknown"))
    })?;
    if *period == 0 || *period > world.periods {
        let cause = format!("the plan {does} `{id}` in period {period}, which does not exist");
        return Err(Problem::new(Code::OutsideWindow, cause));
    }
    Ok((site, number))
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Open => "opens",
        Action::Upgrade => "upgrades",
        Action::Close => "closes",
    }
}

/// Returns the schedule that was promised of a site; `None` where none is like it.
pub(super) fn promised(world: &World<'_>, site: usize, promises: &[Promised]) -> Option<Schedule> {
    let mut rows = Rows::default();
    for promise in promises {
        let list = match promise.action {
            Action::Open => &mut rows.opens,
            Action::Upgrade => &mut rows.turns,
            Action::Close => &mut rows.closes,
        };
        list.push((promise.package, promise.period));
    }
    compose(world, site, &rows).ok()
}

/// Makes one schedule of the rows of a site, allowed or not.
fn compose(world: &World<'_>, site: usize, rows: &Rows) -> Result<Schedule, Problem> {
    let id = world.scene.sites.rows[site].id;
    let fault = |code: Code, cause: &str| Err(Problem::new(code, format!("the plan {cause}")));
    if rows.turns.len() > 1 {
        let times = rows.turns.len();
        return fault(Code::UpgradeNotAllowed, &format!("upgrades `{id}` {times} times"));
    }
    let before = match (world.standing[site], rows.opens.as_slice()) {
        (Some(standing), []) => return compose_standing(world, site, standing, rows),
        (Some(_), _) => {
            let cause = format!("opens `{id}`, where a facility stands already");
            return fault(Code::ExistingSiteOpened, &cause);
        }
        (None, []) if !rows.turns.is_empty() => {
            return fault(Code::UpgradeNotAllowed, &format!("upgrades `{id}` and never opens it"));
        }
        (None, []) => Schedule::never(world),
        (None, [(package, from)]) => Schedule::opening(world, *package, *from),
        (None, several) => {
            let times = several.len();
            return fault(Code::SiteOpenedTwice, &format!("opens `{id}` {times} times"));
        }
    };
    if !rows.closes.is_empty() {
        let cause = format!("closes `{id}`, which is no existing facility");
        return fault(Code::ClosureNotAllowed, &cause);
    }
    turned(world, site, before, rows)
}

fn compose_standing(
    world: &World<'_>,
    site: usize,
    standing: Standing,
    rows: &Rows,
) -> Result<Schedule, Problem> {
    let id = world.scene.sites.rows[site].id;
    let stays = Schedule::staying(world, standing);
    let cause = match rows.closes.as_slice() {
        [] => return turned(world, site, stays, rows),
        [_] if !rows.turns.is_empty() => format!("the plan both upgrades and closes `{id}`"),
        [_] if standing.closes.is_some() => {
            format!("the plan closes `{id}`, whose closing the facilities table settles")
        }
        [(package, until)] if *package == standing.package => {
            return Ok(Schedule { until: *until, ..stays });
        }
        [(package, _)] => {
            let package = world.packages[*package].id;
            format!("the plan closes `{id}` with package `{package}`, which it does not offer")
        }
        several => format!("the plan closes `{id}` {} times", several.len()),
    };
    Err(Problem::new(Code::ClosureNotAllowed, cause))
}

/// Adds the upgrade, if there is one.
fn turned(
    world: &World<'_>,
    site: usize,
    before: Schedule,
    rows: &Rows,
) -> Result<Schedule, Problem> {
    let Some(&(package, period)) = rows.turns.first() else { return Ok(before) };
    let id = world.scene.sites.rows[site].id;
    let fault = |cause: String| Err(Problem::new(Code::UpgradeNotAllowed, cause));
    let standing = world.standing[site];
    if standing.is_some_and(|standing| standing.closes.is_some()) {
        return fault(format!(
            "the plan upgrades `{id}`, whose closing the facilities table settles"
        ));
    }
    if standing.is_none() && period <= before.from {
        return fault(format!("the plan upgrades `{id}` before it is open"));
    }
    let leads = |upgrade: &super::packages::UpgradeFacts<'_>| {
        upgrade.from == before.package && upgrade.to == package
    };
    match world.upgrades.iter().position(leads) {
        Some(upgrade) => Ok(Schedule { turn: Some((upgrade, period)), ..before }),
        None => {
            let (from, to) = (world.packages[before.package].id, world.packages[package].id);
            fault(format!(
                "the plan upgrades `{id}` from `{from}` to `{to}`; no upgrade leads there"
            ))
        }
    }
}

/// Says why a site may not have a schedule.
fn faults(world: &World<'_>, site: usize, schedule: &Schedule) -> Vec<Problem> {
    let mut problems = Vec::new();
    if world.replanned.failed.contains(&site) {
        let id = world.scene.sites.rows[site].id;
        let cause = format!("the plan opens `{id}`, which has failed");
        problems.push(Problem::new(Code::ForbiddenSiteOpened, cause));
        return problems;
    }
    problems.extend(fact_not_kept(world, site, schedule));
    problems.extend(frozen_not_kept(world, site, schedule));
    for lock in world.locks.iter().filter(|lock| lock.site == site) {
        problems.extend(decision_not_kept(world, lock, schedule));
    }
    if world.standing[site].is_none() && world.settled_opening(site).is_none() {
        problems.extend(opening_faults(world, site, schedule));
    }
    problems.extend(turn_faults(world, site, schedule));
    problems.extend(closure_fault(world, site, schedule));
    problems
}

fn fact_not_kept(world: &World<'_>, site: usize, schedule: &Schedule) -> Option<Problem> {
    let (period, package) = world.settled_opening(site)?;
    let who = if world.fixed.contains_key(&site) {
        "the reports open"
    } else if world.replanned.state.contains_key(&site) {
        BY_STATE
    } else {
        BY_PROMISE
    };
    let wanted = (period, Some(package));
    let kept = schedule.from == period && schedule.package == package;
    (!kept).then(|| not_kept(world, site, wanted, schedule, Code::FactNotKept, who))
}

/// Says that an upgrade or a closure does not stay that was promised and has begun.
fn frozen_not_kept(world: &World<'_>, site: usize, schedule: &Schedule) -> Option<Problem> {
    let missing = world.frozen[site].rows.iter().find(|row| match row.action {
        Action::Open => false,
        Action::Upgrade => schedule.turn.is_none_or(|(upgrade, period)| {
            (world.upgrades[upgrade].to, period) != (row.package, row.period)
        }),
        Action::Close => schedule.until != row.period,
    })?;
    let id = world.scene.sites.rows[site].id;
    let when = world.scene.period_name(missing.period as usize - 1);
    let does = verb(missing.action);
    let cause = format!("the promise that has begun {does} `{id}` in {when}; the plan does not");
    Some(Problem::new(Code::FactNotKept, cause))
}

fn decision_not_kept(world: &World<'_>, lock: &Lock, schedule: &Schedule) -> Option<Problem> {
    let stands = world.standing[lock.site].is_some();
    let kept = !stands
        && schedule.from == lock.period
        && lock.package.is_none_or(|package| package == schedule.package);
    let wanted = (lock.period, lock.package);
    (!kept).then(|| {
        not_kept(world, lock.site, wanted, schedule, Code::DecisionNotKept, "the question locks")
    })
}

fn not_kept(
    world: &World<'_>,
    site: usize,
    (period, package): (u32, Option<usize>),
    schedule: &Schedule,
    code: Code,
    who: &str,
) -> Problem {
    let id = world.scene.sites.rows[site].id;
    let when = |period: u32| world.scene.period_name(period as usize - 1);
    let with = package.map_or_else(String::new, |p| format!(" with `{}`", world.packages[p].id));
    let instead = if world.standing[site].is_some() {
        "has a facility there already".to_owned()
    } else if schedule.is_never(world) {
        "never opens it".to_owned()
    } else {
        let package = world.packages[schedule.package].id;
        format!("opens it in {} with `{package}`", when(schedule.from))
    };
    let cause = format!("{who} `{id}` in {}{with}; the plan {instead}", when(period));
    Problem::new(code, cause)
}

/// Says why a new site that no report fixes may not open so.
fn opening_faults(world: &World<'_>, site: usize, schedule: &Schedule) -> Vec<Problem> {
    let row = &world.scene.sites.rows[site];
    let id = row.id;
    if schedule.is_never(world) {
        let cause = format!("the plan never opens `{id}`, which is required");
        let missing = (row.rule == SiteRule::Required)
            .then(|| Problem::new(Code::RequiredSiteMissing, cause));
        return missing.into_iter().collect();
    }
    let mut problems = Vec::new();
    let when = world.scene.period_name(schedule.from as usize - 1);
    if row.rule == SiteRule::Forbidden {
        let cause = format!("the plan opens `{id}`, which is forbidden");
        problems.push(Problem::new(Code::ForbiddenSiteOpened, cause));
    }
    if !row.window_contains(schedule.from) {
        let (first, last) = (row.earliest.unwrap_or(1), row.latest.unwrap_or(world.periods));
        let cause = format!("the plan opens `{id}` in {when}; its periods are {first} to {last}");
        problems.push(Problem::new(Code::OutsideWindow, cause));
    }
    problems.extend(package_fault(world, site, schedule.package));
    let package = &world.packages[schedule.package];
    if !starts(schedule.from, package.build, world.first_free) {
        let (build, first) = (package.build, earliest_words(world));
        let cause = format!(
            "the plan opens `{id}` in {when} with `{}`, which takes {build} periods to build; \
             nothing may begin before {first}",
            package.id
        );
        problems.push(Problem::new(Code::StartTooEarly, cause));
    }
    problems
}

fn earliest_words(world: &World<'_>) -> String {
    world.scene.period_name(world.first_free as usize - 1)
}

/// Says why a new site may not open with a package; the sites table is asked of openings alone.
fn package_fault(world: &World<'_>, site: usize, package: usize) -> Option<Problem> {
    let (id, name) = (world.scene.sites.rows[site].id, world.packages[package].id);
    if world.is_named(site, package) {
        return material_fault(world, site, package);
    }
    let cause =
        format!("the plan gives `{id}` the package `{name}`, which the sites table does not allow");
    Some(Problem::new(Code::PackageNotAllowed, cause))
}

fn material_fault(world: &World<'_>, site: usize, package: usize) -> Option<Problem> {
    let (id, name) = (world.scene.sites.rows[site].id, world.packages[package].id);
    let cause = format!(
        "the plan gives `{id}` the package `{name}`, and a material that it needs is not near"
    );
    (!world.has_materials(site, package)).then(|| Problem::new(Code::PackageNotAllowed, cause))
}

fn turn_faults(world: &World<'_>, site: usize, schedule: &Schedule) -> Vec<Problem> {
    let Some((number, period)) = schedule.turn else { return Vec::new() };
    let upgrade = &world.upgrades[number];
    let id = world.scene.sites.rows[site].id;
    let when = world.scene.period_name(period as usize - 1);
    let mut problems: Vec<Problem> = material_fault(world, site, upgrade.to).into_iter().collect();
    let is_new = world.standing[site].is_none();
    if is_new && !starts(period, upgrade.build, schedule.from) {
        let cause = format!(
            "the upgrade of `{id}` in {when} takes {} periods and would begin before it is open",
            upgrade.build
        );
        problems.push(Problem::new(Code::UpgradeNotAllowed, cause));
    } else if !starts(period, upgrade.build, world.first_free) {
        let cause = format!(
            "the upgrade of `{id}` in {when} takes {} periods; nothing may begin before {}",
            upgrade.build,
            earliest_words(world)
        );
        problems.push(Problem::new(Code::StartTooEarly, cause));
    }
    problems
}

fn closure_fault(world: &World<'_>, site: usize, schedule: &Schedule) -> Option<Problem> {
    let standing = world.standing[site]?;
    if *schedule == (Schedule { turn: schedule.turn, ..Schedule::staying(world, standing) }) {
        return None;
    }
    let id = world.scene.sites.rows[site].id;
    let cause = if !standing.may_close {
        format!("the plan closes `{id}`, which may not be closed")
    } else if schedule.until < world.first_free {
        format!("the plan closes `{id}` before {}, which is past", earliest_words(world))
    } else {
        return None;
    };
    Some(Problem::new(Code::ClosureNotAllowed, cause))
}
