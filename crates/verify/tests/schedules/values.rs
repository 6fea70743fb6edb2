//! What plans are worth, told once more in the plainest way: person by person, cost by cost.

use std::collections::BTreeMap;

use groundwork_model::plan::{Action, Served};
use groundwork_model::programme::{Assignment, Due, Kind, Package};
use groundwork_model::{Decimal, Goal, Opening, Place, Programme, Question};

use crate::generator::site_ids;

/// Is a site that offers a kind in a period.
pub(crate) struct Server {
    pub(crate) id: String,
    at: f64,
    own: bool,
    pub(crate) limit: Option<u64>,
}

/// Returns the package that a site offers in a period when these rows are all that happens.
pub(crate) fn offered<'a>(
    programme: &'a Programme,
    id: &str,
    rows: &'a [Opening],
    period: u32,
) -> Option<&'a str> {
    let facility = programme.facilities.iter().find(|facility| facility.site == id);
    let mut package = facility
        .filter(|f| f.closes.is_none_or(|closes| period < closes))
        .map(|f| f.package.as_deref().unwrap_or(&programme.settings.packages[0].id));
    for row in rows.iter().filter(|row| row.site == id && row.period <= period) {
        package = (row.action != Action::Close).then_some(row.package.as_str());
    }
    package
}

/// Returns how many persons a size serves.
fn limit(kind: &Kind, size: Option<&str>) -> Option<u64> {
    let capacity = kind.sizes.iter().find(|known| Some(known.id.as_str()) == size)?.capacity?;
    if kind.demand == Decimal::ZERO {
        return None;
    }
    let tenths = kind.demand.times_exact(10).unwrap() as u64;
    Some(capacity * 10 / tenths)
}

/// Returns whether the plan says who goes where.
pub(crate) fn is_limited(programme: &Programme, kind: &Kind) -> bool {
    let listed = programme.settings.packages.iter().flat_map(Package::listed);
    let mut sizes = listed.filter(|(id, _)| *id == kind.id).filter_map(|(_, size)| size);
    sizes.any(|size| kind.sizes.iter().any(|s| s.id == size && s.capacity.is_some()))
}

pub(crate) fn servers(
    programme: &Programme,
    openings: &[Opening],
    kind: &Kind,
    period: u32,
) -> Vec<Server> {
    let mut servers = Vec::new();
    for id in site_ids(programme) {
        let Some(package) = offered(programme, &id, openings, period) else { continue };
        let package = programme.settings.packages.iter().find(|p| p.id == package).unwrap();
        let Some((_, size)) = package.listed().find(|(listed, _)| *listed == kind.id) else {
            continue;
        };
        let place = programme.places.iter().find(|place| place.id == id);
        let row = programme.sites.iter().find(|row| row.id == id);
        let location = row.and_then(|row| row.location);
        let at = location.map_or_else(|| place.unwrap().lon, |location| location.1);
        let limit = limit(kind, size);
        servers.push(Server { id, at, own: location.is_none(), limit });
    }
    servers
}

/// Returns what a person of a place costs at a site; `None` where no such pair exists.
pub(crate) fn cost(
    programme: &Programme,
    goal: Goal,
    kind: &Kind,
    place: &Place,
    server: &Server,
) -> Option<u128> {
    let objective = &programme.settings.objective;
    let own_place = server.own && server.id == place.id;
    let km = if own_place { 0.0 } else { (place.lon - server.at).abs() * 111.195_08 };
    let metres = (km * 1_000.0).round() as u32;
    let distance = &programme.settings.distance;
    if distance.cut_off_m().is_some_and(|most| metres > most) {
        return None;
    }
    let or_nothing = |is_free: bool| match is_free {
        true => Some(0),
        false => (!objective.then.is_empty()).then_some(1),
    };
    match goal {
        Goal::Coverage => or_nothing(metres <= kind.reach_m()),
        Goal::SelfSufficiency => or_nothing(server.id == place.id),
        Goal::Equity => Some(equity(programme, metres.min(distance.unserved_m().unwrap()))),
        Goal::Cost => Some(u128::from(metres) * rate(programme).0),
        _ => Some(u128::from(metres)),
    }
}

fn equity(programme: &Programme, metres: u32) -> u128 {
    let most = f64::from(programme.settings.distance.unserved_m().unwrap());
    let aversion = programme.settings.objective.aversion_per_km.unwrap().to_f64();
    let share = (aversion * (f64::from(metres) - most) / 1000.0).exp();
    (share * 1_048_576.0 + 0.5).floor() as u128
}

/// Returns the digits of `per_person_km`, and ten to the number of its decimals.
fn rate(programme: &Programme) -> (u128, u128) {
    let rate = programme.settings.objective.per_person_km.unwrap_or(Decimal::ZERO);
    (rate.mantissa() as u128, 10_u128.pow(rate.scale()))
}

/// Returns what somebody who is not served costs.
pub(crate) fn unserved(programme: &Programme, goal: Goal) -> Option<u128> {
    let metres = programme.settings.distance.unserved_m().map(u128::from);
    match goal {
        Goal::Coverage | Goal::SelfSufficiency => Some(1),
        Goal::Equity => Some(1_048_576),
        Goal::Cost => metres.map(|metres| metres * rate(programme).0),
        _ => metres,
    }
}

/// Returns what one person counts for in the first period, and the factors of the periods.
fn factors(programme: &Programme, goal: Goal, kind: &Kind) -> (u128, Vec<u128>) {
    let settings = &programme.settings;
    let kinds = settings.package_kinds();
    let is_plain = kinds.iter().all(|kind| kind.weight == 1000);
    let weight = if is_plain { 1 } else { u128::from(kind.weight) };
    let most = kinds.iter().map(|kind| kind.demand.scale()).max().unwrap();
    let demand = kind.demand.mantissa() as u128 * 10_u128.pow(most - kind.demand.scale());
    let one = match goal {
        Goal::Cost => 1,
        Goal::SelfSufficiency => weight * demand,
        _ => weight,
    };
    (one, discounts(programme))
}

fn discounts(programme: &Programme) -> Vec<u128> {
    let settings = &programme.settings;
    let periods = settings.periods.count as i32;
    let rate = settings.objective.discount_rate.to_f64();
    let factor = |period: i32| (1e6 / (1.0 + rate).powi(period) + 0.5).floor() as u128;
    (0..periods).map(|period| if rate == 0.0 { 1 } else { factor(period) }).collect()
}

/// Returns the value of a plan under a goal; `None` where somebody must be served and is not.
pub(crate) fn value(
    programme: &Programme,
    question: &Question,
    rows: &[Opening],
    assignments: &[Served],
) -> Option<i128> {
    let people = people(programme, question, rows, assignments)?;
    Some(with_costs(programme, question, rows, people, &BTreeMap::new()))
}

/// Returns what all persons cost, and what they would cost who counted 1 each; `None` where somebody must be served
/// and is not.
pub(crate) fn people(
    programme: &Programme,
    question: &Question,
    rows: &[Opening],
    assignments: &[Served],
) -> Option<(u128, u128)> {
    let goal = question.goal(programme);
    if goal == Goal::WorstDistance {
        return Some((farthest(programme, rows, assignments)?, 0));
    }
    let (mut total, mut all) = (0, 0);
    for kind in programme.settings.package_kinds() {
        let (one, factors) = factors(programme, goal, kind);
        for (factor, period) in factors.iter().zip(1..) {
            let servers = servers(programme, rows, kind, period);
            let year = programme.settings.periods.label(period);
            for place in &programme.places {
                let persons = u128::from(place.persons_in(&kind.id, year));
                let cost = if is_limited(programme, kind) {
                    let served = assignments.iter().filter(|row| {
                        row.kind == kind.id && row.period == period && row.place == place.id
                    });
                    let (mut left, mut sum) = (persons, 0);
                    for row in served {
                        let server = servers.iter().find(|server| server.id == row.site)?;
                        left -= u128::from(row.persons);
                        // Where the goal of the plan has pairs that this one has not, they cost as much as none.
                        let one = cost(programme, goal, kind, place, server);
                        let one = one.or_else(|| unserved(programme, goal))?;
                        sum += u128::from(row.persons) * one;
                    }
                    if left > 0 { sum + left * unserved(programme, goal)? } else { sum }
                } else if persons > 0 {
                    let ways = servers.iter().filter_map(|s| cost(programme, goal, kind, place, s));
                    persons * ways.chain(unserved(programme, goal)).min()?
                } else {
                    0
                };
                total += factor * one * cost;
                all += factor * one * persons;
            }
        }
    }
    Some((total, all))
}

/// Returns the longest way of each period, discounted and added up; `None` where somebody must be served and is not.
fn farthest(programme: &Programme, rows: &[Opening], assignments: &[Served]) -> Option<u128> {
    let mut total = 0;
    for (discount, period) in discounts(programme).into_iter().zip(1..) {
        let mut longest = 0;
        for kind in programme.settings.package_kinds() {
            let servers = servers(programme, rows, kind, period);
            let year = programme.settings.periods.label(period);
            for place in &programme.places {
                let persons = place.persons_in(&kind.id, year);
                let of_place = assignments.iter().filter(|row| {
                    row.kind == kind.id && row.period == period && row.place == place.id
                });
                if persons == 0 {
                    continue;
                }
                if !is_limited(programme, kind) {
                    longest = longest.max(nearest(programme, kind, place, &servers)?);
                    continue;
                }
                if of_place.clone().map(|row| row.persons).sum::<u64>() < persons {
                    longest = longest.max(unserved(programme, Goal::WorstDistance)?);
                }
                longest = longest.max(sent(programme, kind, place, (&servers, of_place))?);
            }
        }
        total += discount * longest;
    }
    Some(total)
}

fn nearest(programme: &Programme, kind: &Kind, place: &Place, servers: &[Server]) -> Option<u128> {
    let ways = servers.iter();
    let ways = ways.filter_map(|s| cost(programme, Goal::WorstDistance, kind, place, s));
    ways.chain(unserved(programme, Goal::WorstDistance)).min()
}

/// Returns the longest way of those whom a list sends from a place to some sites.
fn sent<'a>(
    programme: &Programme,
    kind: &Kind,
    place: &Place,
    (servers, served): (&[Server], impl Iterator<Item = &'a Served>),
) -> Option<u128> {
    let mut longest = 0;
    for row in served {
        let server = servers.iter().find(|server| server.id == row.site)?;
        longest = longest.max(cost(programme, Goal::WorstDistance, kind, place, server)?);
    }
    Some(longest)
}

/// Returns the value by what people cost, with what is charged, in hundredths of the resources.
pub(crate) fn with_costs(
    programme: &Programme,
    question: &Question,
    rows: &[Opening],
    (mut total, all): (u128, u128),
    per_cent: &BTreeMap<String, u32>,
) -> i128 {
    let goal = question.goal(programme);
    let scale = value_scale(programme, goal);
    total += charged(programme, goal, rows, per_cent);
    total += changes(programme, question, rows) * scale * price(question);
    let is_large = matches!(goal, Goal::Coverage | Goal::SelfSufficiency);
    if is_large { all as i128 - total as i128 } else { total as i128 }
}

fn price(question: &Question) -> u128 {
    u128::from(question.replan.as_ref().and_then(|replan| replan.price).unwrap_or(0))
}

fn value_scale(programme: &Programme, goal: Goal) -> u128 {
    let settings = &programme.settings;
    let kinds = settings.package_kinds();
    let discount = if settings.objective.discount_rate == Decimal::ZERO { 1 } else { 1_000_000 };
    let weights = if kinds.iter().all(|kind| kind.weight == 1000) { 1 } else { 1000 };
    let most = kinds.iter().map(|kind| kind.demand.scale()).max().unwrap();
    match goal {
        Goal::Cost => discount * 1000 * rate(programme).1,
        Goal::Equity => discount * weights * 1_048_576,
        Goal::SelfSufficiency => discount * weights * 10_u128.pow(most),
        Goal::WorstDistance => discount,
        _ => discount * weights,
    }
}

/// Returns how many promised sites do something else, those of which facts or the state speak left out.
pub(crate) fn changes(programme: &Programme, question: &Question, rows: &[Opening]) -> u128 {
    let Some(replan) = &question.replan else { return 0 };
    let is_known = |site: &str| {
        let reported = |report: &groundwork_model::Report| {
            report.site == site && question.as_of.is_some_and(|day| report.date <= day)
        };
        let stands = programme.facilities.iter().any(|facility| facility.site == site);
        replan.state.iter().any(|row| row.site == site)
            || (!stands && programme.reports.iter().any(reported))
    };
    let of = |site: &str| -> Vec<(u32, Action, String)> {
        let rows = rows.iter().filter(|row| row.site == site);
        let mut does: Vec<_> =
            rows.map(|row| (row.period, row.action, row.package.clone())).collect();
        does.sort();
        does
    };
    let mut sites: Vec<&str> = replan.promised.iter().map(|row| row.site.as_str()).collect();
    sites.sort_unstable();
    sites.dedup();
    let changed = sites.into_iter().filter(|site| {
        let promised = replan.promised.iter().filter(|row| row.site == *site);
        let mut promised: Vec<_> =
            promised.map(|row| (row.period, row.action, row.package.clone())).collect();
        promised.sort();
        !is_known(site) && promised != of(site)
    });
    changed.count() as u128
}

/// Returns what is charged under the goal `cost`.
fn charged(
    programme: &Programme,
    goal: Goal,
    rows: &[Opening],
    per_cent: &BTreeMap<String, u32>,
) -> u128 {
    if goal != Goal::Cost {
        return 0;
    }
    let resource = programme.settings.objective.resource.as_ref().unwrap();
    let sums = due(programme, rows, resource, per_cent);
    let each = 1000 * rate(programme).1;
    sums.iter().zip(discounts(programme)).map(|(sum, discount)| sum * discount * each).sum()
}

/// Returns what is due of a resource in each period, each part in hundredths, rounded up.
pub(crate) fn due(
    programme: &Programme,
    rows: &[Opening],
    resource: &str,
    per_cent: &BTreeMap<String, u32>,
) -> Vec<u128> {
    let settings = &programme.settings;
    let per_cent = u128::from(per_cent.get(resource).copied().unwrap_or(100));
    let turned = |amount: u128| (amount * per_cent).div_ceil(100);
    let budget = settings.budgets.iter().find(|budget| budget.resource == resource);
    let due = budget.map_or(Due::Start, |budget| budget.due);
    let of = |amounts: &groundwork_model::programme::Amounts| {
        u128::from(amounts.get(resource).copied().unwrap_or(0))
    };
    let package = |id: &str| settings.packages.iter().find(|package| package.id == id).unwrap();
    let sizes = |id: &str| -> Vec<&groundwork_model::programme::Size> {
        let listed = package(id).listed();
        let size = |(kind, size): (&str, Option<&str>)| {
            settings.kinds.iter().find(|known| known.id == kind)?.size(size?)
        };
        listed.filter_map(size).collect()
    };
    let mut sums = vec![0; settings.periods.count as usize];
    let mut add = |period: u32, build: u32, amount: u128| {
        let period = if due == Due::Start { period.checked_sub(build) } else { Some(period) };
        if let Some(period) = period.filter(|period| *period > 0) {
            sums[period as usize - 1] += turned(amount);
        }
    };
    for row in rows {
        let sizes = sizes(&row.package);
        if row.action == Action::Open {
            let build = sizes.iter().map(|size| size.build).max().unwrap_or(0);
            let site = programme.sites.iter().find(|site| site.id == row.site);
            let amount = of(&package(&row.package).cost)
                + sizes.iter().map(|size| of(&size.cost)).sum::<u128>()
                + site.map_or(0, |site| of(&site.cost));
            add(row.period, build.max(package(&row.package).build), amount);
        } else if row.action == Action::Upgrade {
            let before = offered(programme, &row.site, rows, row.period - 1);
            let facility = programme.facilities.iter().find(|f| f.site == row.site);
            let stood = facility.map(|f| f.package.as_deref().unwrap_or(&settings.packages[0].id));
            let from = before.or(stood).unwrap();
            let mut upgrades = settings.upgrades.iter();
            let upgrade = upgrades.find(|u| u.from == from && u.to == row.package).unwrap();
            add(row.period, upgrade.build, of(&upgrade.cost));
        }
    }
    for id in site_ids(programme) {
        for period in 1..=settings.periods.count {
            if let Some(id) = offered(programme, &id, rows, period) {
                let sizes = sizes(id).into_iter().map(|size| of(&size.running)).sum::<u128>();
                sums[period as usize - 1] += turned(of(&package(id).running) + sizes);
            }
        }
    }
    sums
}

/// Returns the periods between the start of building and the opening.
pub(crate) fn build(programme: &Programme, package: &str) -> u32 {
    let settings = &programme.settings;
    let package = settings.packages.iter().find(|known| known.id == package).unwrap();
    let size = |(kind, size): (&str, Option<&str>)| {
        settings.kinds.iter().find(|known| known.id == kind)?.size(size?)
    };
    let sizes = package.listed().filter_map(size).map(|size| size.build);
    sizes.chain([package.build]).max().unwrap()
}

/// Returns whether the people of a place go to one site.
pub(crate) fn is_whole(kind: &Kind) -> bool {
    kind.assignment == Assignment::Whole
}
