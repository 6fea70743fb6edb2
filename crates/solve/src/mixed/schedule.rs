//! What may happen at a site over all periods, in the order that certificates count it.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::plan::Action;
use groundwork_model::programme::{Facility, Upgrade};
use groundwork_model::{Code, Problem, Programme, Promise, Question, SiteRule};

use crate::facts::{self, Facts};
use crate::network::Network;
use crate::settled::{Settled, build};

/// A package offered from a period on, until before another (0-based).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) package: usize,
    pub(crate) from: usize,
    pub(crate) until: usize,
}

/// Is one thing that may happen at a site. Periods are 0-based.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// What it offers, by time.
    pub(crate) parts: Vec<Part>,
    /// Package and period of its opening; none where it never opens or stood before.
    pub(crate) opening: Option<(usize, usize)>,
    /// Upgrade and the first period after it.
    pub(crate) upgrade: Option<(usize, usize)>,
    /// The period in which a plan closes it.
    pub(crate) closing: Option<usize>,
}

impl Schedule {
    fn never() -> Self {
        Self { parts: Vec::new(), opening: None, upgrade: None, closing: None }
    }

    /// Returns the periods in which its opening, upgrade and closing begin.
    fn begins(&self, calendar: &Calendar<'_>) -> [Option<isize>; 3] {
        let opening =
            self.opening.map(|(package, at)| at as isize - calendar.builds[package] as isize);
        let upgrade =
            self.upgrade.map(|(number, at)| at as isize - calendar.build_of(number) as isize);
        [opening, upgrade, self.closing.map(|at| at as isize)]
    }

    /// Lists what happens: the action, the period and the package; `closed` is that of a facility that closes.
    pub(crate) fn rows(&self, closed: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        rows.extend(self.opening.map(|(package, at)| (Action::Open, at, package)));
        rows.extend(
            self.upgrade
                .map(|(_, at)| (Action::Upgrade, at, self.package_in(at).unwrap_or(usize::MAX))),
        );
        rows.extend(self.closing.map(|at| (Action::Close, at, closed)));
        rows
    }

    /// Returns the package offered in a period.
    pub(crate) fn package_in(&self, period: usize) -> Option<usize> {
        let covers = |part: &&Part| (part.from..part.until).contains(&period);
        self.parts.iter().find(covers).map(|part| part.package)
    }
}

/// Is something that happens at a site: the action, the period and the package.
pub(crate) type Row = (Action, usize, usize);

/// Is a site with its schedules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    pub(crate) schedules: Vec<Schedule>,
    /// Whether a facility exists here.
    pub(crate) existing: bool,
    /// Whether reports fix its opening.
    pub(crate) fact: bool,
    /// Whether a person has locked its opening.
    pub(crate) locked: bool,
    /// The schedule that was promised and counts, if one was; none where it has no such schedule any more.
    promised: Option<Option<usize>>,
    /// The periods of an opening and an upgrade that have begun as promised.
    pub(crate) frozen_opening: Option<usize>,
    pub(crate) frozen_upgrade: Option<usize>,
}

impl Column {
    /// Returns whether a schedule does otherwise than was promised.
    pub(crate) fn is_change(&self, schedule: usize) -> bool {
        self.promised.is_some_and(|promised| promised != Some(schedule))
    }

    /// Returns whether a promise of it counts.
    pub(crate) fn is_promised(&self) -> bool {
        self.promised.is_some()
    }

    /// Returns the package of the facility that stands here, or of its first schedule.
    pub(crate) fn closed_package(&self) -> usize {
        let part = self.schedules.first().and_then(|schedule| schedule.parts.first());
        part.map_or(0, |part| part.package)
    }

    /// Returns whether something other than a plan has settled it.
    pub(crate) fn is_settled(&self) -> bool {
        self.existing || self.fact
    }
}

/// Lists the schedules of sites of one programme and question.
pub(crate) struct Calendar<'a> {
    programme: &'a Programme,
    periods: usize,
    /// First period in which anything may begin.
    first: usize,
    /// Periods between start and opening of each package.
    builds: Vec<usize>,
    /// Positions of the packages before and after each upgrade.
    upgrades: Vec<(&'a Upgrade, usize, usize)>,
    /// Materials that each package needs and how near, in metres.
    needs: Vec<Vec<(&'a str, u32)>>,
    package_of: HashMap<&'a str, usize>,
    settled: Settled<'a>,
}

impl<'a> Calendar<'a> {
    pub(crate) fn new(programme: &'a Programme, question: &'a Question) -> Self {
        let settings = &programme.settings;
        let package_of: HashMap<&str, usize> =
            settings.packages.iter().enumerate().map(|(at, p)| (p.id.as_str(), at)).collect();
        let position = |id: &str| package_of.get(id).copied();
        let upgrades = settings
            .upgrades
            .iter()
            .filter_map(|upgrade| Some((upgrade, position(&upgrade.from)?, position(&upgrade.to)?)))
            .collect();
        let first = question.as_of.map_or(1, |day| facts::first_open_period(settings.periods, day));
        let packages = 0..settings.packages.len();
        let fixed = Facts::of(programme, &Question { replan: None, ..question.clone() }).fixed;
        Self {
            programme,
            periods: settings.periods.count as usize,
            first: first as usize - 1,
            builds: settings.packages.iter().map(|package| build(programme, package)).collect(),
            upgrades,
            needs: packages.map(|package| materials(programme, package)).collect(),
            package_of,
            settled: Settled::of(programme, question, |site| fixed.contains_key(site)),
        }
    }

    /// Takes what has begun as promised off the openings that are free.
    pub(crate) fn use_up(&self, columns: &[Column], counts_upgrades: bool, free: &mut [u32]) {
        for column in columns {
            let upgrade = column.frozen_upgrade.filter(|_| counts_upgrades);
            for period in column.frozen_opening.into_iter().chain(upgrade) {
                free[period] = free[period].saturating_sub(1);
            }
        }
    }

    /// Returns every site with its schedules, and the decisions that no plan can keep.
    pub(crate) fn columns(
        &self,
        network: &Network,
        question: &Question,
    ) -> (Vec<Column>, Vec<Problem>) {
        let facts = self.facts(question);
        let mut locks: BTreeMap<&str, (usize, Option<&str>)> = BTreeMap::new();
        let mut refused = Vec::new();
        for locked in &question.locked {
            let period = (locked.period as usize).wrapping_sub(1);
            let package = locked.package.as_deref().map(|id| self.package_of.get(id).copied());
            let is_fact = facts.get(locked.site.as_str()).is_some_and(|&(with, at)| {
                at == period && package.is_none_or(|package| package == Some(with))
            });
            if is_fact {
                continue;
            }
            locks.insert(&locked.site, (period, locked.package.as_deref()));
            if network.site_index(&locked.site).is_none() {
                refused.push(not_kept(&locked.site, "is unknown"));
            }
        }
        let columns = (0..network.sites.len())
            .map(|site| {
                let mut column = self.column(network, site, &facts);
                let id = &network.sites[site].id;
                if let Some(&lock) = locks.get(id.as_str()) {
                    self.lock(&mut column, lock);
                }
                self.settle(&mut column, id);
                if column.locked && column.schedules.is_empty() {
                    refused
                        .push(not_kept(id, "may not open in the period for which it is decided"));
                }
                self.note_promise(&mut column, &network.sites[site].id);
                column
            })
            .collect();
        (columns, refused)
    }

    fn lock(&self, column: &mut Column, (period, package): (usize, Option<&str>)) {
        let package = package.map(|id| self.package_of.get(id).copied());
        let keeps = |schedule: &Schedule| {
            schedule.opening.is_some_and(|(with, opens)| {
                opens == period && package.is_none_or(|package| package == Some(with))
            })
        };
        column.schedules.retain(keeps);
        column.locked = true;
    }

    /// Returns package and period (0-based) of each site that the reports fix.
    fn facts(&self, question: &Question) -> BTreeMap<&'a str, (usize, usize)> {
        let mut fixed: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let Some(day) = question.as_of else { return fixed };
        for report in facts::counting(self.programme, day) {
            let Some(period) = report.period else { continue };
            let Some(&package) = self.package_of.get(report.package.as_str()) else { continue };
            let now = (period as usize - 1, package);
            let entry = fixed.entry(&report.site).or_insert((package, now.0));
            if now < (entry.1, entry.0) {
                *entry = (now.1, now.0);
            }
        }
        fixed
    }

    fn column(
        &self,
        network: &Network,
        site: usize,
        facts: &BTreeMap<&str, (usize, usize)>,
    ) -> Column {
        let row = &network.sites[site];
        let facility = self.programme.facilities.iter().find(|facility| facility.site == row.id);
        let free = Column::default();
        if let Some(facility) = facility {
            let schedules = self.of_facility(network, site, facility);
            return Column { schedules, existing: true, ..free };
        }
        if let Some(&(package, period)) = facts.get(row.id.as_str()) {
            let schedules = self.opened(network, site, package, period);
            return Column { schedules, fact: true, ..free };
        }
        if let Some(&(package, period)) = self.settled.openings.get(row.id.as_str()) {
            let schedules = self.opened(network, site, package, period as usize - 1);
            return Column { schedules, fact: true, ..free };
        }
        let failed = self.settled.failed.contains(row.id.as_str());
        let mut schedules = Vec::new();
        if failed || row.rule != SiteRule::Required {
            schedules.push(Schedule::never());
        }
        if !failed && row.rule != SiteRule::Forbidden {
            for package in self.allowed(network, site) {
                let earliest = row.window.0.max(self.first + self.builds[package]);
                for period in earliest..=row.window.1 {
                    schedules.extend(self.opened(network, site, package, period));
                }
            }
        }
        Column { schedules, ..free }
    }

    /// Takes the schedules in which what has begun as promised does not go on, or something else begins too early.
    fn settle(&self, column: &mut Column, id: &str) {
        let first = self.settled.begun_by as isize;
        let closed = column.closed_package();
        let has_begun = |schedule: &Schedule, row: &Row| {
            let begins = schedule.begins(self)[row.0 as usize];
            begins.is_some_and(|at| at < first) && schedule.rows(closed).contains(row)
        };
        let promised = self.settled.promised.get(id).into_iter().flatten();
        let mut rows: Vec<Row> = promised.map(|promise| self.row(promise)).collect();
        rows.sort_unstable();
        let mut frozen = [false; 3];
        for row in &rows {
            if column.schedules.iter().any(|schedule| has_begun(schedule, row)) {
                column.schedules.retain(|schedule| has_begun(schedule, row));
                frozen[row.0 as usize] = true;
                match row.0 {
                    Action::Open => {
                        column.fact = true;
                        column.frozen_opening = Some(row.1);
                    }
                    Action::Upgrade => column.frozen_upgrade = Some(row.1),
                    Action::Close => {}
                }
            }
        }
        frozen[Action::Open as usize] |= column.fact;
        column.schedules.retain(|schedule| {
            let begins = schedule.begins(self).into_iter().zip(frozen);
            begins.into_iter().all(|(at, frozen)| frozen || at.is_none_or(|at| at >= first))
        });
    }

    /// Returns a promise as a schedule lists what happens.
    fn row(&self, promise: &Promise) -> Row {
        let package = self.package_of.get(promise.package.as_str()).copied();
        let period = (promise.period as usize).wrapping_sub(1);
        (promise.action, period, package.unwrap_or(usize::MAX))
    }

    /// Takes note of what was promised of a site, where that counts.
    fn note_promise(&self, column: &mut Column, id: &str) {
        let Some(promised) = self.settled.promised.get(id) else { return };
        let mut wanted: Vec<_> = promised.iter().map(|promise| self.row(promise)).collect();
        wanted.sort_unstable();
        let closed = column.closed_package();
        let is_kept = |schedule: &Schedule| schedule.rows(closed) == wanted;
        column.promised = Some(column.schedules.iter().position(is_kept));
    }

    fn build_of(&self, upgrade: usize) -> usize {
        let found = self.upgrades.iter().map(|upgrade| upgrade.0).nth(upgrade);
        found.map_or(0, |upgrade| upgrade.build as usize)
    }

    fn of_facility(&self, network: &Network, site: usize, facility: &Facility) -> Vec<Schedule> {
        let named = facility.package.as_deref().and_then(|id| self.package_of.get(id));
        let package = named.copied().unwrap_or(0);
        let until = |until: usize| Schedule {
            parts: vec![Part { package, from: 0, until }],
            ..Schedule::never()
        };
        if let Some(closes) = facility.closes {
            return vec![until(closes as usize - 1)];
        }
        let mut schedules = vec![until(self.periods)];
        for (number, &(upgrade, from, to)) in self.upgrades.iter().enumerate() {
            let earliest = self.first + upgrade.build as usize;
            if from == package && self.has_materials(network, site, to) {
                schedules.extend(
                    (earliest..self.periods)
                        .map(|at| self.upgraded(&until(self.periods), (number, to), at)),
                );
            }
        }
        if facility.may_close {
            let closed = |at| Schedule { closing: Some(at), ..until(at) };
            schedules.extend((self.first..self.periods).map(closed));
        }
        schedules
    }

    /// Returns an opening, and behind it all that may follow.
    fn opened(
        &self,
        network: &Network,
        site: usize,
        package: usize,
        period: usize,
    ) -> Vec<Schedule> {
        let open = Schedule {
            parts: vec![Part { package, from: period, until: self.periods }],
            opening: Some((package, period)),
            ..Schedule::never()
        };
        let mut schedules = vec![open.clone()];
        for (number, &(upgrade, from, to)) in self.upgrades.iter().enumerate() {
            if from != package || !self.has_materials(network, site, to) {
                continue;
            }
            let earliest = period.max(self.first) + upgrade.build as usize;
            let later = earliest.max(period + 1)..self.periods;
            schedules.extend(later.map(|at| self.upgraded(&open, (number, to), at)));
        }
        schedules
    }

    fn upgraded(&self, before: &Schedule, (upgrade, to): (usize, usize), at: usize) -> Schedule {
        let mut parts = before.parts.clone();
        if let Some(last) = parts.last_mut() {
            last.until = at;
        }
        parts.push(Part { package: to, from: at, until: self.periods });
        parts.retain(|part| part.from < part.until);
        Schedule { parts, upgrade: Some((upgrade, at)), ..before.clone() }
    }

    /// Returns the packages that a site may get.
    fn allowed(&self, network: &Network, site: usize) -> Vec<usize> {
        let id = network.sites[site].id.as_str();
        let row = self.programme.sites.iter().rev().find(|row| row.id == id);
        let listed = row.map_or(&[][..], |row| &row.packages);
        let packages = self.programme.settings.packages.iter().enumerate();
        packages
            .filter(|(_, package)| listed.is_empty() || listed.contains(&package.id))
            .map(|(at, _)| at)
            .filter(|&at| self.has_materials(network, site, at))
            .collect()
    }

    fn has_materials(&self, network: &Network, site: usize, package: usize) -> bool {
        self.needs[package].iter().all(|&(material, within)| {
            has_material(self.programme, network, site, material, within)
        })
    }
}

fn not_kept(id: &str, what: &str) -> Problem {
    let remedy = "Unlock the row, or lock it to a period in which the site may open.";
    Problem::new(Code::DecisionNotKept, format!("`{id}` {what}")).with_remedy(remedy)
}

fn materials(programme: &Programme, package: usize) -> Vec<(&str, u32)> {
    let listed = &programme.settings.packages[package];
    let kinds = programme.settings.kinds.iter().filter(|kind| listed.lists(&kind.id));
    let needs = kinds.flat_map(|kind| &kind.needs);
    needs.filter_map(|need| Some((need.material.as_deref()?, need.within_m()))).collect()
}

fn has_material(
    programme: &Programme,
    network: &Network,
    site: usize,
    material: &str,
    within: u32,
) -> bool {
    let id = &network.sites[site].id;
    let has = |materials: &[String]| materials.iter().any(|found| found == material);
    let places = programme.places.iter().enumerate().filter(|(_, place)| has(&place.materials));
    let rows = programme.sites.iter().filter(|row| has(&row.materials));
    places
        .map(|(at, place)| (&place.id, network.places[at]))
        .chain(rows.filter_map(|row| {
            Some((&row.id, network.sites[network.site_index(&row.id)?].location))
        }))
        .any(|(other, point)| {
            let metres = if other == id { 0 } else { network.metres_to(site, point) };
            metres <= within
        })
}
