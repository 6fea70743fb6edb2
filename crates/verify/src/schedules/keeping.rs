//! Whether a plan keeps the rules between sites.

use groundwork_model::certificate::{RuleFamily, RuleName};
use groundwork_model::plan::Sense;
use groundwork_model::{Code, Problem};

use super::futures::Judging;
use super::lists::Schedule;
use super::rules::{self, Row};
use super::serving::Serving;
use super::value;
use super::world::{HeldGoal, World, metres};
use super::year;
use crate::near::NearPlaces;

/// Lists every rule between sites that the schedules break.
pub(super) fn broken(
    world: &World<'_>,
    schedules: &[Schedule],
    serving: &Serving<'_>,
) -> Vec<Problem> {
    let mut names = rules::names_for_all(world);
    names.extend(near_pairs(world, schedules));
    names.extend(needs(world, schedules));
    let mut problems: Vec<Problem> = names
        .iter()
        .filter_map(|name| {
            let row = rules::row(world, name)?;
            let brought = row.brought(world, schedules);
            fault(world, schedules, name, &row, brought)
        })
        .collect();
    problems.extend(floors_missed(world, serving));
    problems
}

/// Sites that are too near one another come in pairs, and a plan may open thousands: nobody reads more.
const PAIRS_SHOWN: usize = 100;

/// Names the spacing rules that are broken, as far as they are shown: those of two near sites that
/// operate in the end and are not both settled.
fn near_pairs(world: &World<'_>, schedules: &[Schedule]) -> Vec<RuleName> {
    let mut names = Vec::new();
    for (number, spacing) in (1..).zip(&world.scene.programme.settings.spacing) {
        let Some(below) = metres(spacing.km).checked_sub(1) else { continue };
        let kind = spacing.kind.as_ref().map(|id| world.kinds.iter().position(|k| k.id == id));
        let counts = |site: usize| {
            let package = schedules[site].offers(world, world.periods);
            let offers =
                |kind: usize| package.is_some_and(|p| world.packages[p].offers[kind].is_some());
            kind.map_or(package.is_some(), |kind| kind.is_some_and(offers))
        };
        let sites: Vec<usize> = (0..world.sites()).filter(|site| counts(*site)).collect();
        names.extend(pairs_within(world, number, below, &sites));
    }
    names
}

fn pairs_within(world: &World<'_>, number: u32, metres: u32, sites: &[usize]) -> Vec<RuleName> {
    let mut limits = vec![None; world.sites()];
    for site in sites {
        limits[*site] = Some(metres);
    }
    let near = NearPlaces::new(&world.between, &limits);
    let found: Vec<usize> = near.places().collect();
    let mut names = Vec::new();
    for &site in sites {
        near.of_site(site, |other, _| {
            let other = found[other];
            if site < other && !(world.is_settled(site) && world.is_settled(other)) {
                names.push(rules::spacing_name(number, site, other));
            }
        });
        if names.len() >= PAIRS_SHOWN {
            break;
        }
    }
    names.sort();
    names.truncate(PAIRS_SHOWN);
    names
}

/// Names the needs of the kinds that sites offer.
fn needs(world: &World<'_>, schedules: &[Schedule]) -> Vec<RuleName> {
    let kinds = world.scene.programme.settings.kinds.iter().enumerate();
    let with_needs: Vec<(usize, usize)> = kinds
        .flat_map(|(kind, settings)| {
            let needs = settings.needs.iter().enumerate();
            needs.filter(|(_, need)| need.kind.is_some()).map(move |(need, _)| (kind, need))
        })
        .collect();
    let mut names = Vec::new();
    for (site, schedule) in schedules.iter().enumerate() {
        for period in 1..=world.periods {
            let Some(package) = schedule.offers(world, period) else { continue };
            let offers = &world.packages[package].offers;
            let needed = with_needs.iter().filter(|(kind, _)| offers[*kind].is_some());
            names.extend(needed.map(|(kind, need)| rules::need_name(*kind, *need, site, period)));
        }
    }
    names
}

/// Says in the words of the programme that a row is broken.
fn fault(
    world: &World<'_>,
    schedules: &[Schedule],
    name: &RuleName,
    row: &Row,
    brought: i128,
) -> Option<Problem> {
    let is_broken = brought > row.most || (row.is_exact && brought < row.most);
    if !is_broken {
        return None;
    }
    let (code, cause) = match name.rule {
        RuleFamily::Quota => quota_words(world, name, row, brought),
        RuleFamily::Budget => budget_words(world, name, row, brought),
        RuleFamily::Floor => (Code::FloorMissed, floor_words(world, name, row, brought)),
        RuleFamily::Ceiling => (Code::CeilingExceeded, ceiling_words(world, name, row, brought)),
        RuleFamily::Spacing => (Code::SitesTooNear, spacing_words(world, name)),
        RuleFamily::Exclusive => (Code::SitesExcluded, exclusive_words(world, name, row, brought)),
        RuleFamily::Together => (Code::SitesParted, together_words(world, name, brought)),
        RuleFamily::Precedence => (Code::OrderBroken, precedence_words(world, name)),
        RuleFamily::Need => (Code::NeedNotMet, need_words(world, name)),
        RuleFamily::Changes => {
            (Code::TooManyChanges, changes_words(world, schedules, row, brought))
        }
        // Held goals and futures are no sums over sites alone.
        RuleFamily::Held | RuleFamily::Future => return None,
    };
    Some(Problem::new(code, cause))
}

fn quota_words(world: &World<'_>, name: &RuleName, row: &Row, brought: i128) -> (Code, String) {
    let code = if brought > row.most { Code::QuotaExceeded } else { Code::QuotaNotMet };
    let when = world.scene.period_name(name.period as usize - 1);
    (code, format!("the plan chooses {brought} in {when}, where {} can be chosen", row.most))
}

fn budget_words(world: &World<'_>, name: &RuleName, row: &Row, brought: i128) -> (Code, String) {
    let budget = &world.scene.programme.settings.budgets[name.number as usize - 1];
    let (resource, most) = (&budget.resource, row.most);
    let when = year(world.scene, name.period);
    let up_to = if budget.carry_over { "up to" } else { "in" };
    let named = name.future.checked_sub(1).and_then(|at| world.futures.list.get(at as usize));
    let told = named.filter(|future| !future.name.is_empty());
    let told = told.map_or_else(String::new, |f| format!("in the future `{}`: ", f.name));
    let cause = format!(
        "{told}the plan spends {brought} of {resource} {up_to} {when}, where the budget has {most}"
    );
    (Code::BudgetExceeded, cause)
}

/// Says which sites a floor or ceiling counts: "with `clinic` in `North`".
fn sites_words(name: &RuleName, kind: Option<&str>, province: Option<&str>) -> String {
    let with = kind.map_or_else(String::new, |kind| format!(" with `{kind}`"));
    let province = if name.province.is_empty() { province } else { Some(name.province.as_str()) };
    let within = province.map_or_else(String::new, |province| format!(" in `{province}`"));
    format!("{with}{within}")
}

/// Returns the year of a rule's period.
fn year_by(world: &World<'_>, by: u32) -> i32 {
    let period = world.scene.programme.settings.period_named(by);
    year(world.scene, period.unwrap_or(1))
}

fn floor_words(world: &World<'_>, name: &RuleName, row: &Row, brought: i128) -> String {
    let floor = &world.scene.programme.settings.floors[name.number as usize - 1];
    let sites = sites_words(name, floor.kind.as_deref(), floor.province.as_deref());
    let (number, least, when) = (-brought, -row.most, year_by(world, floor.by));
    format!("{number} sites{sites} operate in {when}, where the floor is {least}")
}

fn ceiling_words(world: &World<'_>, name: &RuleName, row: &Row, brought: i128) -> String {
    let ceiling = &world.scene.programme.settings.ceilings[name.number as usize - 1];
    let sites = sites_words(name, ceiling.kind.as_deref(), ceiling.province.as_deref());
    let (most, when) = (row.most, year_by(world, ceiling.by));
    format!("{brought} sites{sites} operate in {when}, where the ceiling is {most}")
}

/// Returns the id of a site counted from 1.
fn site_id<'a>(world: &World<'a>, number: u32) -> &'a str {
    world.scene.sites.rows[number as usize - 1].id
}

fn spacing_words(world: &World<'_>, name: &RuleName) -> String {
    let (a, b) = (site_id(world, name.site), site_id(world, name.other));
    let metres = world.metres_between(name.site as usize - 1, name.other as usize - 1);
    let least = world.scene.programme.settings.spacing[name.number as usize - 1].km;
    format!(
        "`{a}` and `{b}` are both open in the end and lie {metres} m apart; {least} km is the least"
    )
}

fn exclusive_words(world: &World<'_>, name: &RuleName, row: &Row, brought: i128) -> String {
    let set = &world.scene.programme.settings.exclusive[name.number as usize - 1];
    let (sites, most) = (set.sites.join("`, `"), row.most);
    format!("of `{sites}` {brought} are open in the end; {most} may be")
}

fn together_words(world: &World<'_>, name: &RuleName, brought: i128) -> String {
    let set = &world.scene.programme.settings.together[name.number as usize - 1];
    let first = name.other as usize - 1;
    let (mut open, mut shut) = (&set.sites[first], &set.sites[first + 1]);
    if brought < 0 {
        std::mem::swap(&mut open, &mut shut);
    }
    format!("`{open}` is open in the end and `{shut}`, which belongs with it, is not")
}

fn precedence_words(world: &World<'_>, name: &RuleName) -> String {
    let rule = &world.scene.programme.settings.precedence[name.number as usize - 1];
    let (first, then, lag) = (&rule.first, &rule.then, rule.lag);
    let when = year(world.scene, name.period);
    format!("`{then}` is open in {when}, and `{first}` did not open {lag} or more periods before")
}

fn need_words(world: &World<'_>, name: &RuleName) -> String {
    let kind = &world.scene.programme.settings.kinds[name.number as usize - 1];
    let need = &kind.needs[name.other as usize - 1];
    let needed = need.kind.as_deref().unwrap_or_default();
    let (id, when, within) =
        (site_id(world, name.site), year(world.scene, name.period), need.within_km);
    let kind = &kind.id;
    format!("`{id}` offers `{kind}` in {when}, and nothing within {within} km offers `{needed}`")
}

/// Changed sites that are named; the others are counted.
const CHANGES_SHOWN: usize = 10;

fn changes_words(world: &World<'_>, schedules: &[Schedule], row: &Row, brought: i128) -> String {
    let sites = world.promised.keys().filter(|site| world.is_change(**site, &schedules[**site]));
    let mut ids: Vec<String> =
        sites.map(|site| format!("`{}`", world.scene.sites.rows[*site].id)).collect();
    let others = ids.len().saturating_sub(CHANGES_SHOWN);
    ids.truncate(CHANGES_SHOWN);
    let also = if others > 0 { format!(" and {others} more") } else { String::new() };
    let (ids, most) = (ids.join(", "), row.most);
    format!("{brought} promised sites change, where {most} may: {ids}{also}")
}

/// Lists the goals that a plan does not hold, which has so large a cost under each, future by future.
pub(super) fn not_held(world: &World<'_>, costs: &[Vec<i128>]) -> Vec<Problem> {
    let of_goal = |(number, held): (usize, &HeldGoal)| {
        let costs: Vec<i128> = costs.iter().map(|of_future| of_future[number]).collect();
        let Some(sums) = counted(world, &costs) else { return vec![value::too_large()] };
        let sums = sums.into_iter().zip(&held.most).enumerate();
        let missed = sums.filter(|(_, (cost, most))| cost > *most);
        missed
            .map(|(at, (cost, most))| not_held_words(world, held, at, cost.saturating_sub(*most)))
            .collect()
    };
    world.held.iter().enumerate().flat_map(of_goal).collect()
}

/// Returns what the costs in all futures come to as they count: each alone, or all together.
fn counted(world: &World<'_>, costs: &[i128]) -> Option<Vec<i128>> {
    match world.futures.judging {
        Judging::Worst => Some(costs.to_vec()),
        Judging::Expected => value::weighed(world, costs).map(|sum| vec![sum]),
    }
}

/// Says that a goal costs too much by `beyond`: in one future, by its number, where each has to hold it.
fn not_held_words(world: &World<'_>, held: &HeldGoal, number: usize, beyond: i128) -> Problem {
    let (is_small, value) = (held.tariff.goal.sense() == Sense::Min, held.value);
    let value = if is_small { value.saturating_add(beyond) } else { value.saturating_sub(beyond) };
    let problem = Problem::new(Code::HeldGoalMissed, held_words(held, value));
    match world.futures.judging {
        Judging::Expected => problem,
        Judging::Worst => super::told(world, &world.futures.list[number], &problem),
    }
}

fn held_words(held: &HeldGoal, value: i128) -> String {
    let tariff = &held.tariff;
    let limit = if tariff.goal.sense() == Sense::Min { "at most" } else { "at least" };
    let name = tariff.goal.name();
    // Ways are told in kilometres, as they are read.
    let (unit, scale) = match tariff.unit.strip_suffix("metres") {
        Some(of) => (format!("{of}km"), tariff.scale.saturating_mul(1000)),
        None => (tariff.unit.clone(), tariff.scale),
    };
    let words = |number: i128| format!("{} {unit}", in_units(number, scale));
    let (mut comes_to, mut bound) = (words(value), words(held.value));
    if comes_to == bound {
        // They differ in less than is written.
        comes_to = format!("{comes_to} (as a value, {value})");
        bound = format!("{bound} (as a value, {})", held.value);
    }
    format!("the goal `{name}` comes to {comes_to}, and {limit} {bound} was to be held")
}

/// Writes a value in its unit, to three decimals, cut off.
fn in_units(value: i128, scale: u64) -> String {
    let (magnitude, scale) = (value.unsigned_abs(), u128::from(scale));
    let (whole, rest) = (magnitude / scale, magnitude % scale);
    let sign = if value < 0 { "-" } else { "" };
    let thousandths = rest * 1000 / scale;
    let decimals = format!("{thousandths:03}");
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

fn floors_missed(world: &World<'_>, serving: &Serving<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for floor in rules::floor_instances(world) {
        let kind = &world.kinds[floor.kind];
        let mut covered: i128 = 0;
        let persons = kind.persons.in_period(floor.period).iter().enumerate();
        for (place, persons) in persons.filter(|(place, _)| floor.places[*place]) {
            let nearest = serving.nearest(floor.kind, place, floor.period);
            if nearest.is_some_and(|metres| metres <= kind.reach_m) {
                covered += i128::from(*persons);
            }
        }
        if covered < floor.covered {
            let of = sites_words(&floor.name, None, floor.floor.province.as_deref());
            let (id, all, least) = (kind.id, floor.all, floor.covered);
            let when = year(world.scene, floor.period);
            let cause = format!(
                "{covered} of {all} persons{of} have `{id}` within reach in {when}, where the \
                 floor is {least}"
            );
            problems.push(Problem::new(Code::FloorMissed, cause));
        }
    }
    problems
}
