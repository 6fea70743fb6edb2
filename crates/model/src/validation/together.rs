//! What floors ask for together, and no budget or quota allows, as far as counting shows it without solving.

use std::collections::HashMap;

use super::conflicts::{floors_can_be_met, least_cost_by, most_openings};
use super::limits::provinces;
use super::names::counted;
use super::of_key;
use super::prospects::{Prospect, packages_with, prospects};
use super::quotas::list_has_one_number_a_period;
use crate::problem::{Code, Problem};
use crate::programme::{Floor, Programme, Site};

/// What opening a new site by a period takes at least.
type Cost<'c> = &'c dyn Fn(&Prospect<'_>, u32) -> u128;

/// Is what floors ask for: new sites, and what they take at least.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    sites: usize,
    cost: u128,
}

/// E629: a budget is smaller than what the sites that floors ask for cost with their cheapest packages.
pub(super) fn budgets_pay_floors(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let counts = settings.floors.iter().any(|floor| floor.at_least.is_some());
    let asked = counts && !settings.budgets.is_empty();
    let Some(all) = asked.then(|| prospects(programme)).flatten() else { return Vec::new() };
    let rows: HashMap<&str, &Site> =
        programme.sites.iter().rev().map(|site| (site.id.as_str(), site)).collect();
    let none = Site::default();
    let mut faults = Vec::new();
    for (index, budget) in settings.budgets.iter().enumerate() {
        let amounts = budget.amount.each(settings.periods.count);
        if amounts.len() != settings.periods.count as usize {
            // A list of the wrong length has its own fault.
            continue;
        }
        let cost = |site: &Prospect<'_>, by: u32| {
            let row = rows.get(site.site.id).copied().unwrap_or(&none);
            least_cost_by(programme, site, row, budget, by).unwrap_or(0)
        };
        let fault = (1..=settings.periods.count).find_map(|by| {
            let had: u128 = amounts[..by as usize].iter().map(|&amount| u128::from(amount)).sum();
            let asked = asked_by(programme, &all, by, &cost);
            (asked.cost > had).then_some((by, had, asked))
        });
        let Some((by, had, asked)) = fault else { continue };
        let (resource, sites) = (&budget.resource, counted(asked.sites, "new site"));
        let cause = format!(
            "floors ask for {sites} by period {by}, which cost {} of `{resource}` at least, and the periods up \
             to then have {had}",
            asked.cost
        );
        let key = format!("budgets[{}].amount", index + 1);
        faults.push(of_key(Code::BudgetBelowFloors, key, cause));
    }
    faults
}

/// E610: the floors of several provinces together ask for more new sites than the quotas let open by then.
pub(super) fn quotas_allow_floors(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let several = settings.floors.iter().any(|floor| floor.at_least.is_some());
    let broken = !list_has_one_number_a_period(programme).is_empty();
    let Some(all) = (several && !broken).then(|| prospects(programme)).flatten() else {
        return Vec::new();
    };
    if !floors_can_be_met(programme).is_empty() {
        return Vec::new();
    }
    let fault = (1..=settings.periods.count).find_map(|by| {
        let asked = asked_by(programme, &all, by, &|_, _| 1).sites;
        let most = most_openings(programme, first_opening(&all), by);
        (asked > most).then_some((by, asked, most))
    });
    let Some((by, asked, most)) = fault else { return Vec::new() };
    let cause = format!(
        "floors ask for {} by period {by}, and the quotas let {most} open until then, counted from the first \
         period in which one can",
        counted(asked, "new site")
    );
    vec![of_key(Code::FloorBeyondSites, "quota.openings", cause)]
}

/// Returns the first period in which any site can open.
fn first_opening(all: &[Prospect<'_>]) -> u32 {
    all.iter().filter_map(Prospect::first_opening).min().unwrap_or(1)
}

/// Returns what the floors up to a period ask for together: those of different provinces speak of different sites.
fn asked_by(programme: &Programme, all: &[Prospect<'_>], by: u32, cost: Cost<'_>) -> Asked {
    let settings = &programme.settings;
    let known = provinces(programme);
    let (mut of_provinces, mut of_all) = (Asked::default(), Asked::default());
    let due = |floor: &&Floor| settings.period_named(floor.by).is_some_and(|period| period <= by);
    for &province in &known {
        let speaks = |floor: &&Floor| {
            floor.province.as_deref().is_some_and(|named| named == "*" || named == province)
        };
        let floors = settings.floors.iter().filter(due).filter(speaks);
        let most = dearest(floors.map(|floor| asked(programme, all, floor, Some(province), cost)));
        of_provinces.sites += most.sites;
        of_provinces.cost += most.cost;
    }
    let whole = settings.floors.iter().filter(due).filter(|floor| floor.province.is_none());
    let whole = dearest(whole.map(|floor| asked(programme, all, floor, None, cost)));
    if whole.cost > of_provinces.cost {
        of_all = whole;
    }
    if of_all.cost > 0 { of_all } else { of_provinces }
}

fn dearest(asked: impl Iterator<Item = Asked>) -> Asked {
    asked.max_by_key(|asked| asked.cost).unwrap_or_default()
}

/// Returns what one floor asks for in one province beside what stands or is reported, at the least cost.
fn asked(
    programme: &Programme,
    all: &[Prospect<'_>],
    floor: &Floor,
    province: Option<&str>,
    cost: Cost<'_>,
) -> Asked {
    let (Some(least), Some(by)) = (floor.at_least, programme.settings.period_named(floor.by))
    else {
        return Asked::default();
    };
    let packages = packages_with(programme, floor.kind.as_deref());
    let can = all
        .iter()
        .filter(|site| province.is_none() || site.province == province)
        .filter(|site| site.operates(by, &packages));
    let (free, new): (Vec<_>, Vec<_>) = can.partition(|site| site.is_settled());
    let mut costs: Vec<u128> = new.into_iter().map(|site| cost(site, by)).collect();
    costs.sort_unstable();
    costs.truncate((least as usize).saturating_sub(free.len()));
    Asked { sites: costs.len(), cost: costs.iter().sum() }
}
