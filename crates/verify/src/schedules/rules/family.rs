//! The rows of each family of rules.

use groundwork_model::certificate::{RuleFamily, RuleName};
use groundwork_model::programme::{Floor, Kind, QuotaRule};
use num_bigint::BigUint;

use super::{CoverageFloor, Entry, Feature, Row, bare, costs};
use crate::schedules::world::{World, metres};

/// Returns the row that a name means; `None` where there is no such rule. Floors of coverage have none.
pub(in crate::schedules) fn row(world: &World<'_>, name: &RuleName) -> Option<Row> {
    match name.rule {
        RuleFamily::Quota => quota(world, name),
        RuleFamily::Budget => budget(world, name),
        RuleFamily::Floor => floor(world, name),
        RuleFamily::Ceiling => ceiling(world, name),
        RuleFamily::Spacing => spacing(world, name),
        RuleFamily::Exclusive => exclusive(world, name),
        RuleFamily::Together => together(world, name),
        RuleFamily::Precedence => precedence(world, name),
        RuleFamily::Need => need(world, name),
        RuleFamily::Changes => changes(world, name),
        RuleFamily::Held | RuleFamily::Future => None,
    }
}

/// Returns the names of all rules that do not speak of near sites, and of no floor of coverage.
pub(in crate::schedules) fn names_for_all(world: &World<'_>) -> Vec<RuleName> {
    let settings = &world.scene.programme.settings;
    let periods = || 1..=world.periods;
    let of = |rule: RuleFamily| (1..).map(move |number| RuleName { number, ..bare(rule) });
    let mut names: Vec<RuleName> =
        periods().map(|period| RuleName { period, ..bare(RuleFamily::Quota) }).collect();
    for (name, budget) in of(RuleFamily::Budget).zip(&settings.budgets) {
        for (future, _) in world.futures.of_budget(&budget.resource) {
            let name = RuleName { future, ..name.clone() };
            names.extend(periods().map(|period| RuleName { period, ..name.clone() }));
        }
    }
    for (name, floor) in of(RuleFamily::Floor).zip(&settings.floors) {
        if floor.coverage.is_none() {
            names.extend(of_provinces(world, &name, floor.province.as_deref()));
        }
    }
    for (name, ceiling) in of(RuleFamily::Ceiling).zip(&settings.ceilings) {
        names.extend(of_provinces(world, &name, ceiling.province.as_deref()));
    }
    names.extend(of(RuleFamily::Exclusive).zip(&settings.exclusive).map(|(name, _)| name));
    for (name, set) in of(RuleFamily::Together).zip(&settings.together) {
        let neighbours = (1..).zip(set.sites.windows(2));
        names.extend(neighbours.map(|(other, _)| RuleName { other, ..name.clone() }));
    }
    for (name, _) in of(RuleFamily::Precedence).zip(&settings.precedence) {
        names.extend(periods().map(|period| RuleName { period, ..name.clone() }));
    }
    names.push(bare(RuleFamily::Changes));
    names
}

/// Returns the floors of coverage, one for each province that a floor speaks of.
pub(in crate::schedules) fn floor_instances<'a>(world: &World<'a>) -> Vec<CoverageFloor<'a>> {
    let settings = &world.scene.programme.settings;
    let mut instances = Vec::new();
    for (number, floor) in (1..).zip(&settings.floors) {
        let name = RuleName { number, ..bare(RuleFamily::Floor) };
        for name in of_provinces(world, &name, floor.province.as_deref()) {
            instances.extend(coverage_floor(world, &name, floor));
        }
    }
    instances
}

/// Returns one name for each province where a rule speaks of each, else the name.
fn of_provinces(world: &World<'_>, name: &RuleName, province: Option<&str>) -> Vec<RuleName> {
    if province != Some("*") {
        return vec![name.clone()];
    }
    let named = |province: &&str| RuleName { province: (*province).to_owned(), ..name.clone() };
    world.provinces.iter().map(named).collect()
}

/// Returns the province that a rule of this name speaks of, `None` for all of the programme; nothing at
/// all where the name does not fit the rule.
fn province<'n>(
    world: &World<'_>,
    name: &'n RuleName,
    written: Option<&'n str>,
) -> Option<Option<&'n str>> {
    let fits = |province: &str| world.provinces.contains(&province);
    match written {
        Some("*") => fits(&name.province).then_some(Some(name.province.as_str())),
        written => name.province.is_empty().then_some(written),
    }
}

fn coverage_floor<'a>(
    world: &World<'a>,
    name: &RuleName,
    floor: &'a Floor,
) -> Option<CoverageFloor<'a>> {
    let share = floor.coverage?;
    let kind = kind_number(world, floor.kind.as_deref()?)?;
    let period = world.scene.programme.settings.period_named(floor.by)?;
    let province = province(world, name, floor.province.as_deref())?;
    let places = &world.scene.programme.places;
    let speaks_of: Vec<bool> =
        places.iter().map(|place| province.is_none_or(|p| p == place.province)).collect();
    let persons = world.kinds[kind].persons.in_period(period).iter().zip(&speaks_of);
    let all: i128 = persons.filter(|(_, of)| **of).map(|(persons, _)| i128::from(*persons)).sum();
    let hundredth = BigUint::from(10_u32).pow(share.scale()) * 100_u32;
    let wanted = BigUint::from(all.unsigned_abs()) * share.mantissa().unsigned_abs();
    let covered = (wanted + &hundredth - 1_u32) / hundredth;
    let covered = i128::try_from(covered).unwrap_or(i128::MAX);
    let name = name.clone();
    Some(CoverageFloor { name, floor, kind, period, places: speaks_of, all, covered })
}

fn kind_number(world: &World<'_>, id: &str) -> Option<usize> {
    world.kinds.iter().position(|kind| kind.id == id)
}

fn table<T>(list: &[T], number: u32) -> Option<&T> {
    list.get((number as usize).checked_sub(1)?)
}

/// Returns whether a name says nothing but what a rule of its family needs.
fn is_exact(name: &RuleName, needed: RuleName) -> bool {
    *name == RuleName { rule: name.rule, ..needed }
}

fn is_period(world: &World<'_>, period: u32) -> bool {
    (1..=world.periods).contains(&period)
}

/// Holds a limit as written or as what is settled brings, whichever is more.
fn at_most(world: &World<'_>, entries: Vec<Entry>, most: i128) -> Row {
    let mut row = Row { is_exact: false, most, entries };
    row.most = row.most.max(row.settled(world));
    row
}

fn quota(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let period = name.period;
    let fits = is_exact(name, RuleName { period, ..bare(name.rule) }) && is_period(world, period);
    fits.then(|| {
        let quota = &world.scene.programme.settings.quota;
        let mut entries = Vec::new();
        for site in 0..world.sites() {
            let one = |feature| Entry { site: site as u32, feature, coefficient: 1 };
            // What is frozen is used, and not counted.
            if !world.is_settled(site) {
                let packages = 0..world.packages.len();
                entries.extend(packages.map(|package| one(Feature::Open(package, period))));
            }
            if quota.count_upgrades && !world.has_frozen_turn(site) {
                let upgrades = 0..world.upgrades.len();
                entries.extend(upgrades.map(|upgrade| one(Feature::Turn(upgrade, period))));
            }
        }
        let most = world.free.get(period as usize - 1).copied().unwrap_or(0);
        Row { is_exact: quota.rule == QuotaRule::Exactly, most: i128::from(most), entries }
    })
}

fn budget(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let (number, period, future) = (name.number, name.period, name.future);
    let budget = table(&world.scene.programme.settings.budgets, number)?;
    let fits = is_exact(name, RuleName { number, period, future, ..bare(name.rule) });
    if !fits || !is_period(world, period) {
        return None;
    }
    let futures = world.futures.of_budget(&budget.resource);
    let (_, future) = futures.into_iter().find(|(named, _)| *named == future)?;
    let first = if budget.carry_over { 1 } else { period };
    let amounts = budget.amount.each(world.periods);
    let amounts = amounts.iter().take(period as usize).skip(first as usize - 1);
    let most = amounts.map(|amount| i128::from(*amount)).sum();
    let entries = costs::entries(world, future, &budget.resource, budget.due, &(first..=period));
    Some(at_most(world, entries, most))
}

fn floor(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let number = name.number;
    let floor = table(&world.scene.programme.settings.floors, number)?;
    let least = floor.at_least.filter(|_| floor.coverage.is_none())?;
    let province = province(world, name, floor.province.as_deref())?;
    let fits = RuleName { number, province: name.province.clone(), ..bare(name.rule) };
    if !is_exact(name, fits) {
        return None;
    }
    let entries = operating(world, floor.by, province, floor.kind.as_deref(), -1)?;
    Some(Row { is_exact: false, most: -i128::from(least), entries })
}

fn ceiling(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let number = name.number;
    let ceiling = table(&world.scene.programme.settings.ceilings, number)?;
    let province = province(world, name, ceiling.province.as_deref())?;
    let fits = RuleName { number, province: name.province.clone(), ..bare(name.rule) };
    if !is_exact(name, fits) {
        return None;
    }
    let entries = operating(world, ceiling.by, province, ceiling.kind.as_deref(), 1)?;
    Some(at_most(world, entries, i128::from(ceiling.at_most)))
}

/// Returns entries for the sites of a province that operate in a period, with a kind if one is named.
fn operating(
    world: &World<'_>,
    by: u32,
    province: Option<&str>,
    kind: Option<&str>,
    coefficient: i128,
) -> Option<Vec<Entry>> {
    let period = world.scene.programme.settings.period_named(by)?;
    let places = world.places_by_id();
    let of_province = |site: usize| {
        let place = || world.place_of(&places, site);
        let of = |place: usize| world.scene.programme.places[place].province.as_str();
        province.is_none_or(|province| place().is_some_and(|place| of(place) == province))
    };
    let mut entries = Vec::new();
    for site in (0..world.sites()).filter(|site| of_province(*site)) {
        entries.extend(offering(world, site, period, kind, coefficient)?);
    }
    Some(entries)
}

/// Returns entries for a site that operates in a period, with a kind if one is named; `None` where no
/// kind has that name.
fn offering(
    world: &World<'_>,
    site: usize,
    period: u32,
    kind: Option<&str>,
    coefficient: i128,
) -> Option<Vec<Entry>> {
    let kind = match kind {
        Some(id) => Some(kind_number(world, id)?),
        None => None,
    };
    let entry = |package| Entry {
        site: site as u32,
        feature: Feature::Offer(package, period),
        coefficient,
    };
    let packages = world.packages_with(kind);
    Some(packages.map(entry).collect())
}

/// Names the spacing rule of two sites, in any order.
pub(in crate::schedules) fn spacing_name(number: u32, a: usize, b: usize) -> RuleName {
    let (site, other) = (a.min(b) as u32 + 1, a.max(b) as u32 + 1);
    RuleName { number, site, other, ..bare(RuleFamily::Spacing) }
}

fn site_number(world: &World<'_>, number: u32) -> Option<usize> {
    (number as usize).checked_sub(1).filter(|site| *site < world.sites())
}

fn spacing(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let spacing = table(&world.scene.programme.settings.spacing, name.number)?;
    let (a, b) = (site_number(world, name.site)?, site_number(world, name.other)?);
    let is_near = a < b && world.metres_between(a, b) < metres(spacing.km);
    if !is_near || *name != spacing_name(name.number, a, b) {
        return None;
    }
    let last = world.periods;
    let mut entries = offering(world, a, last, spacing.kind.as_deref(), 1)?;
    entries.extend(offering(world, b, last, spacing.kind.as_deref(), 1)?);
    Some(at_most_one(world, entries, &[a, b]))
}

/// Lets one of some sites operate, or as many as are settled.
fn at_most_one(world: &World<'_>, entries: Vec<Entry>, sites: &[usize]) -> Row {
    let settled = sites.iter().filter(|site| world.is_settled(**site)).count();
    Row { is_exact: false, most: (settled as i128).max(1), entries }
}

fn exclusive(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let number = name.number;
    let set = table(&world.scene.programme.settings.exclusive, number)?;
    if !is_exact(name, RuleName { number, ..bare(name.rule) }) {
        return None;
    }
    let sites: Vec<usize> =
        set.sites.iter().filter_map(|site| world.scene.sites.find(site)).collect();
    let mut entries = Vec::new();
    for site in &sites {
        entries.extend(offering(world, *site, world.periods, None, 1)?);
    }
    Some(at_most_one(world, entries, &sites))
}

fn together(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let (number, other) = (name.number, name.other);
    let set = table(&world.scene.programme.settings.together, number)?;
    let first = (other as usize).checked_sub(1)?;
    let second = other as usize;
    let (first, second) = (set.sites.get(first)?, set.sites.get(second)?);
    let sites = (world.scene.sites.find(first)?, world.scene.sites.find(second)?);
    let fits = is_exact(name, RuleName { number, other, ..bare(name.rule) });
    if !fits || (world.is_settled(sites.0) && world.is_settled(sites.1)) {
        return None;
    }
    let mut entries = offering(world, sites.0, world.periods, None, 1)?;
    entries.extend(offering(world, sites.1, world.periods, None, -1)?);
    Some(Row { is_exact: true, most: 0, entries })
}

fn precedence(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let (number, period) = (name.number, name.period);
    let rule = table(&world.scene.programme.settings.precedence, number)?;
    let fits = is_exact(name, RuleName { number, period, ..bare(name.rule) });
    if !fits || !is_period(world, period) {
        return None;
    }
    let (first, then) = (world.scene.sites.find(&rule.first)?, world.scene.sites.find(&rule.then)?);
    let mut entries = opened_by(world, then, period, 1);
    entries.extend(opened_by(world, first, period.saturating_sub(rule.lag), -1));
    Some(at_most(world, entries, 0))
}

/// Returns entries for a site that has opened by a period, which may lie before the first.
fn opened_by(world: &World<'_>, site: usize, period: u32, coefficient: i128) -> Vec<Entry> {
    let entry = |feature| Entry { site: site as u32, feature, coefficient };
    if world.standing[site].is_some() {
        return vec![entry(Feature::Always)];
    }
    let packages = 0..world.packages.len();
    let opens = packages.flat_map(|package| (1..=period).map(move |t| Feature::Open(package, t)));
    opens.map(entry).collect()
}

fn changes(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let most = i128::from(world.replanned.changes?);
    if *name != bare(RuleFamily::Changes) {
        return None;
    }
    let sites = world.promised.keys();
    let entry =
        |site: &usize| Entry { site: *site as u32, feature: Feature::Changed, coefficient: 1 };
    Some(Row { is_exact: false, most, entries: sites.map(entry).collect() })
}

/// Names what a site needs of a kind in a period, all counted from 0 but the period.
pub(in crate::schedules) fn need_name(
    kind: usize,
    need: usize,
    site: usize,
    period: u32,
) -> RuleName {
    let (number, other, site) = (kind as u32 + 1, need as u32 + 1, site as u32 + 1);
    RuleName { number, period, site, other, ..bare(RuleFamily::Need) }
}

fn need(world: &World<'_>, name: &RuleName) -> Option<Row> {
    let kind: &Kind = table(&world.scene.programme.settings.kinds, name.number)?;
    let need = table(&kind.needs, name.other)?;
    let needed = need.kind.as_deref()?;
    let site = site_number(world, name.site)?;
    if !name.province.is_empty() || name.future != 0 || !is_period(world, name.period) {
        return None;
    }
    let mut entries = offering(world, site, name.period, Some(kind.id.as_str()), 1)?;
    let mut near = vec![site];
    world.near_sites.within(site, metres(need.within_km), |other, _| {
        if other != site {
            near.push(other);
        }
    });
    for other in near {
        entries.extend(offering(world, other, name.period, Some(needed), -1)?);
    }
    Some(at_most(world, entries, 0))
}
