//! The rules between sites as rows: a sum over sites of what their schedules bring, and a number.
//!
//! What a schedule brings is told by its features: the opening with a package in a period, the upgrade
//! in a period, and the package that the site offers in each period. A row has a coefficient for each
//! feature of each site that it counts. Whether a site does what was promised is one as well.

pub(super) mod costs;
mod family;

use groundwork_model::certificate::{RuleFamily, RuleName};
use groundwork_model::programme::Floor;

use super::lists::Schedule;
use super::world::World;

pub(super) use self::family::{floor_instances, names_for_all, need_name, row, spacing_name};

/// Is something that a schedule does, which a rule may count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    /// A new site opens with a package in a period.
    Open(usize, u32),
    /// The site turns by an upgrade in a period.
    Turn(usize, u32),
    /// The site offers a package in a period.
    Offer(usize, u32),
    /// Every schedule of the site has this.
    Always,
    /// The site does something else than was promised.
    Changed,
}

/// Is a coefficient of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) site: u32,
    pub(super) feature: Feature,
    pub(super) coefficient: i128,
}

/// Is a rule: the sum of what schedules bring is at most, or exactly, a number. "At least" is written
/// with all signs turned round.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) is_exact: bool,
    pub(super) most: i128,
    pub(super) entries: Vec<Entry>,
}

impl Row {
    /// Returns what schedules bring, one a site.
    pub(super) fn brought(&self, world: &World<'_>, schedules: &[Schedule]) -> i128 {
        self.entries.iter().map(|entry| entry.of(world, &schedules[entry.site as usize])).sum()
    }

    /// Returns what existing facilities and facts bring with their first schedules.
    pub(super) fn settled(&self, world: &World<'_>) -> i128 {
        let entries = self.entries.iter().filter(|e| world.is_settled(e.site as usize));
        entries.filter_map(|e| Some(e.of(world, world.lists[e.site as usize].first()?))).sum()
    }
}

impl Entry {
    /// Returns what a schedule of its site brings.
    pub(super) fn of(&self, world: &World<'_>, schedule: &Schedule) -> i128 {
        let stands = world.standing[self.site as usize].is_some();
        let has = match self.feature {
            Feature::Open(package, period) => {
                !stands && schedule.from == period && schedule.package == package
            }
            Feature::Turn(upgrade, period) => schedule.turn == Some((upgrade, period)),
            Feature::Offer(package, period) => schedule.offers(world, period) == Some(package),
            Feature::Always => true,
            Feature::Changed => world.is_change(self.site as usize, schedule),
        };
        if has { self.coefficient } else { 0 }
    }
}

/// Says where the features of a site stand in a list of numbers.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) periods: usize,
    pub(super) packages: usize,
    pub(super) upgrades: usize,
}

impl Layout {
    pub(super) fn of(world: &World<'_>) -> Self {
        Self {
            periods: world.periods as usize,
            packages: world.packages.len(),
            upgrades: world.upgrades.len(),
        }
    }

    /// Returns the number of features of a site.
    pub(super) fn len(self) -> usize {
        self.periods * (2 * self.packages + self.upgrades) + 2
    }

    pub(super) fn index(self, feature: Feature) -> usize {
        let at = |row: usize, period: u32| row * self.periods + period as usize - 1;
        match feature {
            Feature::Open(package, period) => at(package, period),
            Feature::Offer(package, period) => at(self.packages + package, period),
            Feature::Turn(upgrade, period) => at(2 * self.packages + upgrade, period),
            Feature::Always => self.len() - 1,
            Feature::Changed => self.len() - 2,
        }
    }
}

/// Is a floor of coverage for one province, or for all.
pub(super) struct CoverageFloor<'a> {
    pub(super) name: RuleName,
    pub(super) floor: &'a Floor,
    /// The kind, by its number in the settings.
    pub(super) kind: usize,
    pub(super) period: u32,
    /// Which places it speaks of.
    pub(super) places: Vec<bool>,
    /// Persons who need the kind.
    pub(super) all: i128,
    /// Persons who must have a site.
    pub(super) covered: i128,
}

/// Returns a name with nothing but its family.
pub(super) fn bare(rule: RuleFamily) -> RuleName {
    RuleName { rule, number: 0, period: 0, province: String::new(), site: 0, other: 0, future: 0 }
}
