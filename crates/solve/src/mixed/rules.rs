//! The rules of a programme as sums over sites of what their schedules bring, each at most, or just, a number.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::certificate::{RuleFamily, RuleName};
use groundwork_model::programme::{Due, Package};
use groundwork_model::{Decimal, Programme, Question, QuotaRule};

use super::futures::{Future, per_cent_of};
use super::schedule::{Column, Schedule};
use crate::network::Network;
use crate::settled::{build, sizes};

/// Is a rule: a sum that is at most, or just, its right side. A rule "at least" has all signs turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) name: RuleName,
    pub(crate) right: i64,
    pub(crate) exactly: bool,
}

/// Is a floor of coverage: all but so many of some people have a site that offers a kind within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CoverFloor {
    /// Position of its rule, which schedules bring nothing to.
    pub(crate) rule: usize,
    /// Position of the kind in the programme.
    pub(crate) kind: usize,
    /// Period (0-based).
    pub(crate) period: usize,
    /// Positions of the places that it speaks of.
    pub(crate) places: Vec<usize>,
    /// Persons who may stay out of reach.
    pub(crate) may_miss: u64,
}

/// Says what a schedule brings to a rule.
#[derive(Clone, Debug)]
enum Counts {
    /// Openings of choice in a period, and upgrades if so.
    Quota { period: usize, upgrades: bool },
    /// What is due of a budget in the periods from the first to the last, in per cent of what is written.
    Due { budget: usize, first: usize, last: usize, per_cent: u32 },
    /// Whether it operates in a period, with a kind if one is named; times a factor.
    Operating { period: usize, kind: Option<usize>, factor: i64 },
    /// Whether it has opened by a period, which may lie before all; times a factor.
    Opened { by: isize, factor: i64 },
    /// Whether it is not what was promised.
    Change,
}

/// Holds all rules of a programme.
pub(crate) struct Rulebook {
    pub(crate) rules: Vec<Rule>,
    pub(crate) floors: Vec<CoverFloor>,
    /// For each site and schedule, what it brings to which rules; nothing is left out.
    pub(crate) brings: Vec<Vec<Vec<(u32, i64)>>>,
}

/// Gathers rules.
struct Scribe<'a> {
    programme: &'a Programme,
    network: &'a Network,
    columns: &'a [Column],
    periods: usize,
    kind_of: HashMap<&'a str, usize>,
    /// Whether each package offers each kind of the programme.
    offers: Vec<Vec<bool>>,
    rules: Vec<Rule>,
    floors: Vec<CoverFloor>,
    /// For each site, the rules that it has part in.
    counts: Vec<Vec<(u32, Counts)>>,
}

/// Writes down all rules; `free` is what facts leave of each quota.
pub(crate) fn rulebook(
    programme: &Programme,
    network: &Network,
    columns: &[Column],
    (free, question): (&[u32], &Question),
    futures: &[Future],
) -> Rulebook {
    let settings = &programme.settings;
    let offers = |package: &Package| -> Vec<bool> {
        settings.kinds.iter().map(|kind| package.lists(&kind.id)).collect()
    };
    let mut scribe = Scribe {
        programme,
        network,
        columns,
        periods: settings.periods.count as usize,
        kind_of: settings
            .kinds
            .iter()
            .enumerate()
            .map(|(at, kind)| (kind.id.as_str(), at))
            .collect(),
        offers: settings.packages.iter().map(offers).collect(),
        rules: Vec::new(),
        floors: Vec::new(),
        counts: vec![Vec::new(); columns.len()],
    };
    scribe.quotas(free);
    scribe.budgets(futures);
    scribe.floors();
    scribe.ceilings();
    scribe.spacing();
    scribe.exclusive();
    scribe.together();
    scribe.precedence();
    scribe.needs();
    scribe.changes(question);
    scribe.finish()
}

/// Returns the name of a rule without what does not apply.
pub(crate) fn bare(rule: RuleFamily) -> RuleName {
    RuleName { rule, number: 0, period: 0, province: String::new(), site: 0, other: 0, future: 0 }
}

fn name(rule: RuleFamily, number: usize) -> RuleName {
    RuleName { number: number as u32, ..bare(rule) }
}

fn in_period(name: RuleName, period: usize) -> RuleName {
    RuleName { period: period as u32 + 1, ..name }
}

impl Scribe<'_> {
    fn rule(&mut self, name: RuleName, right: i64, exactly: bool) -> u32 {
        self.rules.push(Rule { name, right, exactly });
        self.rules.len() as u32 - 1
    }

    fn count(&mut self, sites: impl Iterator<Item = usize>, rule: u32, counts: &Counts) {
        for site in sites {
            self.counts[site].push((rule, counts.clone()));
        }
    }

    fn quotas(&mut self, free: &[u32]) {
        let quota = &self.programme.settings.quota;
        let exactly = quota.rule == QuotaRule::Exactly;
        let sites = self.columns.len();
        for (period, &openings) in free.iter().enumerate() {
            if !exactly && openings as usize >= sites * (1 + usize::from(quota.count_upgrades)) {
                continue;
            }
            let rule = self.rule(
                in_period(name(RuleFamily::Quota, 0), period),
                i64::from(openings),
                exactly,
            );
            let counts = Counts::Quota { period, upgrades: quota.count_upgrades };
            self.count(0..sites, rule, &counts);
        }
    }

    fn budgets(&mut self, futures: &[Future]) {
        let settings = &self.programme.settings;
        let futures: Vec<(u32, &Future)> = (1..).zip(futures).collect();
        let mut all: Vec<(usize, u32, u32)> = Vec::new();
        for (at, budget) in settings.budgets.iter().enumerate() {
            for (number, future) in &futures {
                let per_cent = future.per_cent(&budget.resource);
                if !all.iter().any(|&(other, _, known)| (other, known) == (at, per_cent)) {
                    all.push((at, if per_cent == 100 { 0 } else { *number }, per_cent));
                }
            }
        }
        for (at, future, per_cent) in all {
            let budget = &settings.budgets[at];
            let amounts = budget.amount.each(settings.periods.count);
            let mut sum = 0_i64;
            for (period, &amount) in amounts.iter().enumerate() {
                sum += amount as i64;
                let (right, first) =
                    if budget.carry_over { (sum, 0) } else { (amount as i64, period) };
                let of = RuleName { future, ..name(RuleFamily::Budget, at + 1) };
                let rule = self.rule(in_period(of, period), right, false);
                let counts = Counts::Due { budget: at, first, last: period, per_cent };
                self.count(0..self.columns.len(), rule, &counts);
            }
        }
    }

    /// Returns the provinces that a rule speaks of: the name that rules bear, and whom it means.
    fn provinces(&self, named: Option<&String>) -> Vec<(String, Option<String>)> {
        match named.map(String::as_str) {
            None => vec![(String::new(), None)],
            Some("*") => {
                let mut seen: Vec<&str> = Vec::new();
                for place in &self.programme.places {
                    if !place.province.is_empty() && !seen.contains(&place.province.as_str()) {
                        seen.push(&place.province);
                    }
                }
                seen.into_iter().map(|p| (p.to_owned(), Some(p.to_owned()))).collect()
            }
            Some(province) => vec![(String::new(), Some(province.to_owned()))],
        }
    }

    fn is_in(&self, site: usize, province: Option<&str>) -> bool {
        let Some(province) = province else { return true };
        let place = self.network.sites[site].of_place;
        place.is_some_and(|place| self.programme.places[place].province == province)
    }

    fn sites_in(&self, province: Option<&str>) -> Vec<usize> {
        (0..self.columns.len()).filter(|&site| self.is_in(site, province)).collect()
    }

    fn kind(&self, named: Option<&String>) -> Option<usize> {
        named.and_then(|id| self.kind_of.get(id.as_str()).copied())
    }

    fn floors(&mut self) {
        let programme = self.programme;
        for (at, floor) in programme.settings.floors.iter().enumerate() {
            let Some(period) = programme.settings.period_named(floor.by) else { continue };
            let period = period as usize - 1;
            let kind = self.kind(floor.kind.as_ref());
            for (shown, province) in self.provinces(floor.province.as_ref()) {
                let name = RuleName { province: shown, ..name(RuleFamily::Floor, at + 1) };
                if let Some(least) = floor.at_least {
                    let rule = self.rule(name, -i64::from(least), false);
                    let sites = self.sites_in(province.as_deref());
                    let counts = Counts::Operating { period, kind, factor: -1 };
                    self.count(sites.into_iter(), rule, &counts);
                } else if let (Some(share), Some(kind)) = (floor.coverage, kind) {
                    let rule = self.rule(name, 0, false) as usize;
                    let places: Vec<usize> = (0..programme.places.len())
                        .filter(|&place| {
                            province
                                .as_deref()
                                .is_none_or(|name| programme.places[place].province == name)
                        })
                        .collect();
                    let id = &programme.settings.kinds[kind].id;
                    let all: u64 = places
                        .iter()
                        .map(|&at| {
                            programme.places[at]
                                .persons_in(id, programme.settings.periods.label(period as u32 + 1))
                        })
                        .sum();
                    let may_miss = all - percent_of(share, all);
                    self.floors.push(CoverFloor { rule, kind, period, places, may_miss });
                }
            }
        }
    }

    fn ceilings(&mut self) {
        let programme = self.programme;
        for (at, ceiling) in programme.settings.ceilings.iter().enumerate() {
            let Some(period) = programme.settings.period_named(ceiling.by) else { continue };
            let kind = self.kind(ceiling.kind.as_ref());
            for (shown, province) in self.provinces(ceiling.province.as_ref()) {
                let name = RuleName { province: shown, ..name(RuleFamily::Ceiling, at + 1) };
                let rule = self.rule(name, i64::from(ceiling.at_most), false);
                let sites = self.sites_in(province.as_deref());
                let counts = Counts::Operating { period: period as usize - 1, kind, factor: 1 };
                self.count(sites.into_iter(), rule, &counts);
            }
        }
    }

    fn spacing(&mut self) {
        let programme = self.programme;
        let last = self.periods - 1;
        for (at, spacing) in programme.settings.spacing.iter().enumerate() {
            let kind = self.kind(spacing.kind.as_ref());
            let metres = spacing.metres();
            let usable: Vec<usize> = (0..self.columns.len())
                .filter(|&site| self.may_operate(site, last, kind))
                .collect();
            for (index, &site) in usable.iter().enumerate() {
                for &other in &usable[index + 1..] {
                    let point = self.network.sites[other].location;
                    if self.network.metres_to(site, point) >= metres {
                        continue;
                    }
                    let settled = |at: usize| i64::from(self.columns[at].is_settled());
                    let right = (settled(site) + settled(other)).max(1);
                    let rule = self.rule(
                        RuleName {
                            site: site as u32 + 1,
                            other: other as u32 + 1,
                            ..name(RuleFamily::Spacing, at + 1)
                        },
                        right,
                        false,
                    );
                    let counts = Counts::Operating { period: last, kind, factor: 1 };
                    self.count([site, other].into_iter(), rule, &counts);
                }
            }
        }
    }

    fn may_operate(&self, site: usize, period: usize, kind: Option<usize>) -> bool {
        let schedules = &self.columns[site].schedules;
        schedules.iter().any(|schedule| self.operates(schedule, period, kind))
    }

    fn operates(&self, schedule: &Schedule, period: usize, kind: Option<usize>) -> bool {
        let package = schedule.package_in(period);
        package.is_some_and(|package| kind.is_none_or(|kind| self.offers[package][kind]))
    }

    fn exclusive(&mut self) {
        let programme = self.programme;
        for (at, set) in programme.settings.exclusive.iter().enumerate() {
            let sites: Vec<usize> =
                set.sites.iter().filter_map(|id| self.network.site_index(id)).collect();
            let settled = sites.iter().filter(|&&site| self.columns[site].is_settled()).count();
            let rule =
                self.rule(name(RuleFamily::Exclusive, at + 1), (settled as i64).max(1), false);
            let counts = Counts::Operating { period: self.periods - 1, kind: None, factor: 1 };
            self.count(sites.into_iter(), rule, &counts);
        }
    }

    fn together(&mut self) {
        let programme = self.programme;
        for (at, set) in programme.settings.together.iter().enumerate() {
            let sites: Vec<usize> =
                set.sites.iter().filter_map(|id| self.network.site_index(id)).collect();
            for (place, pair) in sites.windows(2).enumerate() {
                if pair.iter().all(|&site| self.columns[site].is_settled()) {
                    continue;
                }
                let rule = self.rule(
                    RuleName { other: place as u32 + 1, ..name(RuleFamily::Together, at + 1) },
                    0,
                    true,
                );
                for (&site, factor) in pair.iter().zip([1, -1]) {
                    let counts = Counts::Operating { period: self.periods - 1, kind: None, factor };
                    self.count(std::iter::once(site), rule, &counts);
                }
            }
        }
    }

    fn precedence(&mut self) {
        let programme = self.programme;
        for (at, order) in programme.settings.precedence.iter().enumerate() {
            let ends =
                (self.network.site_index(&order.first), self.network.site_index(&order.then));
            let (Some(first), Some(then)) = ends else { continue };
            for period in 0..self.periods {
                let name = in_period(name(RuleFamily::Precedence, at + 1), period);
                let rule = self.rule(name, 0, false);
                let by = period as isize;
                let lag = order.lag as isize;
                self.count(std::iter::once(then), rule, &Counts::Opened { by, factor: 1 });
                let counts = Counts::Opened { by: by - lag, factor: -1 };
                self.count(std::iter::once(first), rule, &counts);
                self.allow_settled(rule, &[then, first]);
            }
        }
    }

    fn needs(&mut self) {
        let programme = self.programme;
        for (kind, row) in programme.settings.kinds.iter().enumerate() {
            for (number, need) in row.needs.iter().enumerate() {
                let Some(needed) = self.kind(need.kind.as_ref()) else { continue };
                for site in 0..self.columns.len() {
                    let near = self.sites_within(site, need.within_m());
                    for period in 0..self.periods {
                        if !self.may_operate(site, period, Some(kind)) {
                            continue;
                        }
                        let name = RuleName {
                            site: site as u32 + 1,
                            other: number as u32 + 1,
                            ..in_period(name(RuleFamily::Need, kind + 1), period)
                        };
                        let rule = self.rule(name, 0, false);
                        let wants = Counts::Operating { period, kind: Some(kind), factor: 1 };
                        self.count(std::iter::once(site), rule, &wants);
                        let has = Counts::Operating { period, kind: Some(needed), factor: -1 };
                        self.count(near.iter().copied(), rule, &has);
                        let mut sites = near.clone();
                        sites.push(site);
                        self.allow_settled(rule, &sites);
                    }
                }
            }
        }
    }

    fn changes(&mut self, question: &Question) {
        let most = question.replan.as_ref().and_then(|replan| replan.changes);
        let Some(most) = most else { return };
        let rule = self.rule(bare(RuleFamily::Changes), i64::from(most), false);
        let promised: Vec<usize> =
            (0..self.columns.len()).filter(|&site| self.columns[site].is_promised()).collect();
        self.count(promised.into_iter(), rule, &Counts::Change);
    }

    fn sites_within(&self, site: usize, metres: u32) -> Vec<usize> {
        let near = |&other: &usize| {
            other == site
                || self.network.metres_to(site, self.network.sites[other].location) <= metres
        };
        (0..self.columns.len()).filter(near).collect()
    }

    /// Raises the right side of a rule to what settled sites bring to it.
    fn allow_settled(&mut self, rule: u32, sites: &[usize]) {
        let mut sites = sites.to_vec();
        sites.sort_unstable();
        sites.dedup();
        let brought: i64 = sites
            .iter()
            .filter(|&&site| self.columns[site].is_settled())
            .map(|&site| self.brought(site, rule))
            .sum();
        let rule = &mut self.rules[rule as usize];
        rule.right = rule.right.max(brought);
    }

    /// Returns what a settled site brings to a rule with the first of its schedules.
    fn brought(&self, site: usize, rule: u32) -> i64 {
        let Some(first) = self.columns[site].schedules.first() else { return 0 };
        let counts = self.counts[site].iter().filter(|(of, _)| *of == rule);
        counts.map(|(_, counts)| self.value(site, (0, first), counts)).sum()
    }

    fn value(&self, site: usize, (at, schedule): (usize, &Schedule), counts: &Counts) -> i64 {
        match *counts {
            Counts::Change => i64::from(self.columns[site].is_change(at)),
            Counts::Quota { period, upgrades } => {
                let opens = schedule.opening.is_some_and(|(_, at)| at == period);
                let frozen = self.columns[site].frozen_upgrade == Some(period);
                let turns =
                    upgrades && schedule.upgrade.is_some_and(|(_, at)| at == period) && !frozen;
                i64::from(opens && !self.columns[site].fact) + i64::from(turns)
            }
            Counts::Due { budget, first, last, per_cent } => {
                let budget = &self.programme.settings.budgets[budget];
                let of = (budget.resource.as_str(), budget.due);
                let due = due(self.programme, self.network, site, schedule, of);
                let due = due.iter().filter(|(at, _)| (first..=last).contains(at));
                due.map(|&(_, amount)| per_cent_of(amount, per_cent)).sum()
            }
            Counts::Operating { period, kind, factor } => {
                factor * i64::from(self.operates(schedule, period, kind))
            }
            Counts::Opened { by, factor } => {
                let opened = self.columns[site].existing
                    || schedule.opening.is_some_and(|(_, at)| at as isize <= by);
                factor * i64::from(opened)
            }
        }
    }

    fn finish(mut self) -> Rulebook {
        let settled: Vec<usize> =
            (0..self.columns.len()).filter(|&site| self.columns[site].is_settled()).collect();
        let mut brought: BTreeMap<u32, i64> = BTreeMap::new();
        for &site in &settled {
            let Some(first) = self.columns[site].schedules.first() else { continue };
            for (rule, counts) in &self.counts[site] {
                let family = self.rules[*rule as usize].name.rule;
                if matches!(family, RuleFamily::Budget | RuleFamily::Ceiling) {
                    *brought.entry(*rule).or_default() += self.value(site, (0, first), counts);
                }
            }
        }
        for (rule, sum) in brought {
            let rule = &mut self.rules[rule as usize];
            rule.right = rule.right.max(sum);
        }
        let brings = (0..self.columns.len()).map(|site| self.of_site(site)).collect();
        Rulebook { rules: self.rules, floors: self.floors, brings }
    }

    fn of_site(&self, site: usize) -> Vec<Vec<(u32, i64)>> {
        let of_schedule = |(at, schedule): (usize, &Schedule)| {
            let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
            for (rule, counts) in &self.counts[site] {
                *sums.entry(*rule).or_default() += self.value(site, (at, schedule), counts);
            }
            sums.into_iter().filter(|&(_, sum)| sum != 0).collect()
        };
        self.columns[site].schedules.iter().enumerate().map(of_schedule).collect()
    }
}

/// Returns so many per cent of a number of persons, rounded up.
fn percent_of(share: Decimal, persons: u64) -> u64 {
    let hundred = 100 * 10_u128.pow(share.scale());
    let share = u128::from(share.mantissa().unsigned_abs()) * u128::from(persons);
    share.div_ceil(hundred) as u64
}

/// Returns period (0-based) and amount of all that is due of a resource.
pub(crate) fn due(
    programme: &Programme,
    network: &Network,
    site: usize,
    schedule: &Schedule,
    (resource, due): (&str, Due),
) -> Vec<(usize, i64)> {
    let settings = &programme.settings;
    let amount =
        |amounts: &BTreeMap<String, u64>| amounts.get(resource).map_or(0, |&amount| amount as i64);
    let mut spending = Vec::new();
    if let Some((package, opens)) = schedule.opening {
        let package = &settings.packages[package];
        let build = build(programme, package);
        let id = &network.sites[site].id;
        let own = programme.sites.iter().rev().find(|row| row.id == *id);
        let sum = amount(&package.cost)
            + sizes(programme, package).map(|size| amount(&size.cost)).sum::<i64>()
            + own.map_or(0, |row| amount(&row.cost));
        // What a fact began before the first period is due in none.
        let at = if due == Due::Start { opens.checked_sub(build) } else { Some(opens) };
        spending.extend(at.map(|at| (at, sum)));
    }
    if let Some((upgrade, there)) = schedule.upgrade {
        let upgrade = &settings.upgrades[upgrade];
        let at = if due == Due::Start { there - upgrade.build as usize } else { there };
        spending.push((at, amount(&upgrade.cost)));
    }
    for part in &schedule.parts {
        let package = &settings.packages[part.package];
        let running = amount(&package.running)
            + sizes(programme, package).map(|size| amount(&size.running)).sum::<i64>();
        if running != 0 {
            spending.extend((part.from..part.until).map(|at| (at, running)));
        }
    }
    spending
}
