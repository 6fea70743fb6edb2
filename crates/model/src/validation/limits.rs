//! Rules about budgets, costs, floors and ceilings, each alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::of_cell;
use super::of_key;
use super::packages::{hint, unknown_kind};
use crate::problem::{Code, Problem};
use crate::programme::{AmountPerPeriod, Amounts, Goal, Programme};

/// E223: the list of a budget has not one amount for each period.
pub(super) fn lists_have_one_amount_a_period(programme: &Programme) -> Vec<Problem> {
    let count = programme.settings.periods.count;
    let mut faults = Vec::new();
    for (index, budget) in programme.settings.budgets.iter().enumerate() {
        if let AmountPerPeriod::Each(amounts) = &budget.amount
            && amounts.len() != count as usize
        {
            let (given, key) = (amounts.len(), format!("budgets[{}].amount", index + 1));
            let cause = format!("the list has {given} amounts, and the programme {count} periods");
            faults.push(of_key(Code::BudgetListLength, key, cause));
        }
    }
    faults
}

/// E224: two budgets speak of the same resource.
pub(super) fn budgets_are_unique(programme: &Programme) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let budgets = programme.settings.budgets.iter().enumerate();
    let again = budgets.filter(|(_, budget)| !seen.insert(budget.resource.as_str()));
    again
        .map(|(index, budget)| {
            let cause = format!("resource `{}` has a budget already", budget.resource);
            of_key(Code::DuplicateBudget, format!("budgets[{}].resource", index + 1), cause)
        })
        .collect()
}

/// Returns the costs of the settings, by key.
fn costs(programme: &Programme) -> Vec<(String, &Amounts)> {
    let settings = &programme.settings;
    let mut costs = Vec::new();
    for (index, kind) in settings.kinds.iter().enumerate() {
        for (number, size) in kind.sizes.iter().enumerate() {
            let key = format!("kinds[{}].sizes[{}]", index + 1, number + 1);
            costs.push((format!("{key}.cost"), &size.cost));
            costs.push((format!("{key}.running"), &size.running));
        }
    }
    for (index, package) in settings.packages.iter().enumerate() {
        costs.push((format!("packages[{}].cost", index + 1), &package.cost));
        costs.push((format!("packages[{}].running", index + 1), &package.running));
    }
    for (index, upgrade) in settings.upgrades.iter().enumerate() {
        costs.push((format!("upgrades[{}].cost", index + 1), &upgrade.cost));
    }
    costs
}

/// W206, W512: a cost names a resource that no budget limits.
pub(super) fn costs_have_budgets(programme: &Programme) -> Vec<Problem> {
    let budgets = || programme.settings.budgets.iter().map(|budget| budget.resource.as_str());
    // What a goal counts is no slip of the pen.
    let objective = &programme.settings.objective;
    let counts = objective.goals().any(|(goal, _)| goal == Goal::Cost);
    let counted = objective.resource.as_deref().filter(|_| counts);
    let free =
        |resource: &str| !budgets().any(|known| known == resource) && counted != Some(resource);
    let cause =
        |resource: &str| format!("no budget limits `{resource}`{}", hint(resource, budgets()));
    let mut faults = Vec::new();
    for (key, amounts) in costs(programme) {
        for resource in amounts.keys().filter(|resource| free(resource)) {
            let key = format!("{key}.{resource}");
            faults.push(of_key(Code::CostWithoutBudget, key, cause(resource)));
        }
    }
    let Some(file) = &programme.settings.files.sites else { return faults };
    let columns: BTreeSet<&String> =
        programme.sites.iter().flat_map(|site| site.cost.keys()).collect();
    for resource in columns.into_iter().filter(|resource| free(resource)) {
        let column = format!("cost:{resource}");
        faults.push(of_cell(Code::ColumnWithoutBudget, file, 1, &column, cause(resource)));
    }
    faults
}

/// Returns the resources that anything costs.
pub(super) fn costed_resources(programme: &Programme) -> BTreeSet<&str> {
    let of_settings = costs(programme).into_iter().map(|(_, amounts)| amounts);
    let of_sites = programme.sites.iter().map(|site| &site.cost);
    of_settings.chain(of_sites).flat_map(BTreeMap::keys).map(String::as_str).collect()
}

/// W208: a budget names a resource that nothing costs.
pub(super) fn budgets_are_used(programme: &Programme) -> Vec<Problem> {
    let used = costed_resources(programme);
    let budgets = programme.settings.budgets.iter().enumerate();
    let idle = budgets.filter(|(_, budget)| !used.contains(budget.resource.as_str()));
    idle.map(|(index, budget)| {
        let resource = &budget.resource;
        let hint = hint(resource, used.iter().copied());
        let cause = format!("nothing costs `{resource}`{hint}");
        of_key(Code::BudgetUnused, format!("budgets[{}].resource", index + 1), cause)
    })
    .collect()
}

/// E239: the price list of repairs names a resource without a budget.
pub(super) fn prices_have_budgets(programme: &Programme) -> Vec<Problem> {
    let Some(prices) = &programme.settings.repair_prices else { return Vec::new() };
    let budgets = || programme.settings.budgets.iter().map(|budget| budget.resource.as_str());
    let strange =
        prices.resources.keys().filter(|resource| !budgets().any(|known| known == *resource));
    strange
        .map(|resource| {
            let cause = format!("no budget limits `{resource}`{}", hint(resource, budgets()));
            of_key(Code::PriceWithoutBudget, format!("repair_prices.resources.{resource}"), cause)
        })
        .collect()
}

/// Is what floors and ceilings have in common: whom they speak of and when.
struct Scope<'p> {
    key: String,
    province: Option<&'p str>,
    kind: Option<&'p str>,
    by: u32,
}

fn scopes(programme: &Programme) -> Vec<Scope<'_>> {
    let settings = &programme.settings;
    let floors = settings.floors.iter().enumerate().map(|(index, floor)| Scope {
        key: format!("floors[{}]", index + 1),
        province: floor.province.as_deref(),
        kind: floor.kind.as_deref(),
        by: floor.by,
    });
    let ceilings = settings.ceilings.iter().enumerate().map(|(index, ceiling)| Scope {
        key: format!("ceilings[{}]", index + 1),
        province: ceiling.province.as_deref(),
        kind: ceiling.kind.as_deref(),
        by: ceiling.by,
    });
    floors.chain(ceilings).collect()
}

/// E212, E226, E227: a floor or a ceiling names a kind, a province or a period that is not there.
pub(super) fn limits_speak_of_what_is_there(programme: &Programme) -> Vec<Problem> {
    let provinces = provinces(programme);
    let mut faults = Vec::new();
    for scope in scopes(programme) {
        faults.extend(fault_of_province(programme, &scope, &provinces));
        let kind =
            scope.kind.map(|kind| unknown_kind(programme, kind, &format!("{}.kind", scope.key)));
        faults.extend(kind.flatten());
        if programme.settings.period_named(scope.by).is_none() {
            let periods = programme.settings.periods;
            let last = periods.label(periods.count) + periods.years as i32 - 1;
            let cause = format!(
                "`{}` is none of the periods 1 to {} and no year from {} to {last}",
                scope.by, periods.count, periods.first
            );
            faults.push(of_key(Code::RuleOutsidePeriods, format!("{}.by", scope.key), cause));
        }
    }
    faults
}

/// Returns the provinces that places have.
pub(super) fn provinces(programme: &Programme) -> BTreeSet<&str> {
    let named = programme.places.iter().map(|place| place.province.as_str());
    named.filter(|province| !province.is_empty()).collect()
}

fn fault_of_province(
    programme: &Programme,
    scope: &Scope<'_>,
    known: &BTreeSet<&str>,
) -> Option<Problem> {
    let province = scope.province?;
    let there = known.contains(province) || (province == "*" && !known.is_empty());
    if there || programme.places.is_empty() {
        return None;
    }
    let cause = if known.is_empty() {
        "no place has a province".to_owned()
    } else {
        format!(
            "no place lies in the province `{province}`{}",
            hint(province, known.iter().copied())
        )
    };
    Some(of_key(Code::UnknownProvince, format!("{}.province", scope.key), cause))
}

/// E225, E617: a floor asks for nothing or for two things, or for what no package has.
pub(super) fn floors_are_clear(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    for (index, floor) in settings.floors.iter().enumerate() {
        let key = format!("floors[{}]", index + 1);
        let cause = match (floor.at_least, floor.coverage) {
            (None, None) => "the floor gives neither at_least nor coverage",
            (Some(_), Some(_)) => "the floor gives both at_least and coverage",
            (None, Some(_)) if floor.kind.is_none() => "coverage is of a kind, and none is named",
            _ => "",
        };
        if !cause.is_empty() {
            faults.push(of_key(Code::FloorUnclear, key.as_str(), cause));
        }
        let Some(kind) = &floor.kind else { continue };
        let known = settings.kinds.iter().any(|known| &known.id == kind);
        if known && !settings.packages.iter().any(|package| package.lists(kind)) {
            let cause = format!("kind `{kind}` is in no package");
            faults.push(of_key(Code::FloorOfIdleKind, format!("{key}.kind"), cause));
        }
    }
    faults
}
