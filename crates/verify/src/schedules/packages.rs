//! Kinds, packages and upgrades in numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundwork_model::programme::{Amounts, Assignment, Kind, Package, Settings, Size, Upgrade};
use groundwork_model::{Decimal, Place, Programme};

/// Is what a package offers of a kind: persons that one site serves in a period, `None` without limit.
pub(super) type Limit = Option<u64>;

/// Is a package with its sizes added up.
pub(super) struct PackageFacts<'a> {
    pub(super) id: &'a str,
    /// For each kind of the settings what it offers, if it lists it.
    pub(super) offers: Vec<Option<Limit>>,
    pub(super) cost: Costs<'a>,
    pub(super) running: Costs<'a>,
    pub(super) build: u32,
}

/// Holds amounts of resources, summed.
pub(super) type Costs<'a> = BTreeMap<&'a str, i128>;

/// Is a kind of the settings.
pub(super) struct KindFacts<'a> {
    pub(super) id: &'a str,
    pub(super) reach_m: u32,
    /// Whether the plan says who goes where.
    pub(super) is_limited: bool,
    pub(super) is_whole: bool,
    /// Who needs it, by the programme's own numbers.
    pub(super) persons: Arc<Persons>,
}

/// Holds the persons of each place in each period.
pub(super) struct Persons {
    /// One row where no number ever changes, else one a period.
    rows: Vec<Vec<u64>>,
}

impl Persons {
    /// Counts the persons of each place in the period that a year labels.
    pub(super) fn of(programme: &Programme, count: impl Fn(&Place, i32) -> u64) -> Self {
        let periods = programme.settings.periods;
        let changes = programme.places.iter().any(Place::changes);
        let rows = 1..=if changes { periods.count } else { 1 };
        let row = |period| {
            let year = periods.label(period);
            programme.places.iter().map(|place| count(place, year)).collect()
        };
        Self { rows: rows.map(row).collect() }
    }

    /// Returns the persons of each place in a period (from 1).
    pub(super) fn in_period(&self, period: u32) -> &[u64] {
        &self.rows[(period as usize - 1).min(self.rows.len() - 1)]
    }

    /// Returns the persons of a place in a period (from 1).
    pub(super) fn at(&self, place: usize, period: u32) -> u64 {
        self.in_period(period)[place]
    }

    /// Returns the most persons that a place has in any period.
    pub(super) fn most(&self, place: usize) -> u64 {
        self.rows.iter().map(|row| row[place]).max().unwrap_or(0)
    }

    /// Returns all persons of a period (from 1).
    pub(super) fn sum(&self, period: u32) -> u128 {
        self.in_period(period).iter().map(|persons| u128::from(*persons)).sum()
    }
}

/// Is an upgrade between two known packages.
pub(super) struct UpgradeFacts<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) build: u32,
    pub(super) cost: Costs<'a>,
}

pub(super) fn packages(settings: &Settings) -> Vec<PackageFacts<'_>> {
    settings.packages.iter().map(|package| package_facts(settings, package)).collect()
}

fn package_facts<'a>(settings: &'a Settings, package: &'a Package) -> PackageFacts<'a> {
    let mut facts = PackageFacts {
        id: &package.id,
        offers: vec![None; settings.kinds.len()],
        cost: Costs::new(),
        running: Costs::new(),
        build: package.build,
    };
    add(&mut facts.cost, &package.cost);
    add(&mut facts.running, &package.running);
    for (kind, size) in sizes_of(settings, package) {
        let limit = size.and_then(|size| persons_served(size, settings.kinds[kind].demand));
        facts.offers[kind] = Some(limit);
        if let Some(size) = size {
            add(&mut facts.cost, &size.cost);
            add(&mut facts.running, &size.running);
            facts.build = facts.build.max(size.build);
        }
    }
    facts
}

/// Returns the number of each kind that a package lists, with its size.
fn sizes_of<'a>(
    settings: &'a Settings,
    package: &'a Package,
) -> impl Iterator<Item = (usize, Option<&'a Size>)> {
    package.listed().filter_map(|(kind, size)| {
        let number = settings.kinds.iter().position(|known| known.id == kind)?;
        let sizes = &settings.kinds[number].sizes;
        Some((number, size.and_then(|size| sizes.iter().find(|known| known.id == size))))
    })
}

/// Returns how many whole persons a size serves; `None` without limit.
fn persons_served(size: &Size, demand: Decimal) -> Limit {
    let units = u128::from(size.capacity?);
    let needed = u128::try_from(demand.mantissa()).ok().filter(|needed| *needed > 0)?;
    // A decimal has at most 18 digits behind its point, so that the product fits 128 bits.
    let units = units.saturating_mul(10_u128.saturating_pow(demand.scale()));
    Some(u64::try_from(units / needed).unwrap_or(u64::MAX))
}

pub(super) fn kinds(programme: &Programme) -> Vec<KindFacts<'_>> {
    let settings = &programme.settings;
    let has_capacity = |number: usize| {
        let sizes = settings.packages.iter().flat_map(|package| sizes_of(settings, package));
        let sizes = sizes.filter(|(kind, _)| *kind == number);
        sizes.filter_map(|(_, size)| size).any(|size| size.capacity.is_some())
    };
    let facts = |(number, kind): (usize, &'_ Kind)| KindFacts {
        id: &settings.kinds[number].id,
        reach_m: kind.reach_m(),
        is_limited: has_capacity(number),
        is_whole: kind.assignment == Assignment::Whole,
        persons: Arc::new(Persons::of(programme, |place, year| place.persons_in(&kind.id, year))),
    };
    settings.kinds.iter().enumerate().map(facts).collect()
}

/// Reads the upgrades; one that names an unknown package leads nowhere.
pub(super) fn upgrades(settings: &Settings) -> Vec<UpgradeFacts<'_>> {
    let number = |id: &str| settings.packages.iter().position(|package| package.id == id);
    let facts = |upgrade: &'_ Upgrade| {
        let (from, to) = (number(&upgrade.from)?, number(&upgrade.to)?);
        Some((from, to, upgrade.build))
    };
    let upgrades = settings.upgrades.iter();
    upgrades
        .filter_map(|upgrade| {
            let (from, to, build) = facts(upgrade)?;
            let mut cost = Costs::new();
            add(&mut cost, &upgrade.cost);
            Some(UpgradeFacts { from, to, build, cost })
        })
        .collect()
}

/// Adds amounts to a sum; far fewer than 2^64 amounts of 64 bits are ever added.
pub(super) fn add<'a>(sum: &mut Costs<'a>, amounts: &'a Amounts) {
    for (resource, amount) in amounts {
        *sum.entry(resource).or_default() += i128::from(*amount);
    }
}
