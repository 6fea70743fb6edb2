//! What no plan could keep, as far as counting shows it without solving.

use std::collections::BTreeMap;

use super::limits::provinces;
use super::names::counted;
use super::prospects::{Prospect, packages_with, prospects};
use super::quotas::list_has_one_number_a_period;
use super::{of_cell, of_key};
use crate::problem::{Code, Problem};
use crate::programme::{Budget, Ceiling, Floor, Goal, Kind, Package, Programme, Site, SiteRule};

/// E610: a floor asks for more sites than can operate by then.
pub(super) fn floors_can_be_met(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let asked = settings.floors.iter().any(|floor| floor.at_least.is_some());
    let Some(all) = asked.then(|| prospects(programme)).flatten() else { return Vec::new() };
    if !list_has_one_number_a_period(programme).is_empty() {
        return Vec::new();
    }
    let floors = settings.floors.iter().enumerate();
    floors.filter_map(|(index, floor)| fault_of_floor(programme, &all, index, floor)).collect()
}

fn fault_of_floor(
    programme: &Programme,
    all: &[Prospect<'_>],
    index: usize,
    floor: &Floor,
) -> Option<Problem> {
    let by = programme.settings.period_named(floor.by)?;
    let least = floor.at_least? as usize;
    let named = floor.province.as_deref().filter(|province| *province != "*");
    if named.is_some_and(|province| !provinces(programme).contains(province)) {
        return None;
    }
    let packages = packages_with(programme, floor.kind.as_deref());
    if !packages.contains(&true) {
        // A kind that no package lists has its own fault.
        return None;
    }
    let can = |province: Option<&str>| {
        let inside = all.iter().filter(|site| province.is_none() || site.province == province);
        most_operating(programme, inside, by, &packages)
    };
    let (province, can) = match floor.province.as_deref() {
        Some("*") => provinces(programme)
            .into_iter()
            .map(|province| (Some(province), can(Some(province))))
            .find(|(_, can)| *can < least)?,
        province => (province, can(province)),
    };
    let whose = province.map(|province| format!(" of {province}")).unwrap_or_default();
    (can < least).then(|| {
        let sites = counted(least, "site");
        let kind = floor.kind.as_deref().map(|kind| format!(" with `{kind}`")).unwrap_or_default();
        let cause =
            format!("{sites}{whose}{kind} must operate in period {by}, and {can} can at most");
        of_key(Code::FloorBeyondSites, format!("floors[{}].at_least", index + 1), cause)
    })
}

/// Returns how many of some sites can operate in a period at most, as windows, building times and quotas
/// let.
fn most_operating<'a>(
    programme: &Programme,
    sites: impl Iterator<Item = &'a Prospect<'a>>,
    by: u32,
    packages: &[bool],
) -> usize {
    let operating = sites.filter(|site| site.operates(by, packages));
    let (standing, new): (Vec<_>, Vec<_>) = operating.partition(|site| site.facility.is_some());
    let first = new.iter().filter_map(|site| site.first_opening()).min().unwrap_or(1);
    standing.len() + most_openings(programme, first, by).min(new.len())
}

/// Returns how many openings quotas and reports together allow in periods from one to another.
pub(super) fn most_openings(programme: &Programme, first: u32, last: u32) -> usize {
    // Facts open whatever the quotas say; a site uses one opening at least.
    let told = programme.reports.iter().filter_map(|report| report.period);
    let mut facts: BTreeMap<u32, usize> = BTreeMap::new();
    told.for_each(|period| *facts.entry(period).or_default() += 1);
    let quotas = programme.settings.quotas();
    let of = |period: u32| {
        let quota = quotas.get(period as usize - 1).copied().unwrap_or_default() as usize;
        quota.max(facts.get(&period).copied().unwrap_or_default())
    };
    (first..=last).map(of).fold(0, usize::saturating_add)
}

/// E611: floors ask for more sites than a ceiling allows.
pub(super) fn floors_are_below_ceilings(programme: &Programme) -> Vec<Problem> {
    let ceilings = &programme.settings.ceilings;
    let Some(all) = (!ceilings.is_empty()).then(|| prospects(programme)).flatten() else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for (index, ceiling) in ceilings.iter().enumerate() {
        let scopes: Vec<Option<&str>> = match ceiling.province.as_deref() {
            Some("*") => provinces(programme).into_iter().map(Some).collect(),
            province => vec![province],
        };
        let fault = scopes.into_iter().find_map(|province| {
            let asked = asked_by_floors(programme, ceiling, province)?;
            let settled = all
                .iter()
                .filter(|site| province.is_none() || site.province == province)
                .filter(|site| site.is_settled())
                .count();
            let most = (ceiling.at_most as usize).max(settled);
            (asked > most).then_some((province, asked, most))
        });
        let Some((province, asked, most)) = fault else { continue };
        let whose = province.map(|province| format!(" in {province}")).unwrap_or_default();
        let cause =
            format!("floors ask for {}{whose}, and {most} may operate", counted(asked, "site"));
        faults.push(of_key(
            Code::FloorAboveCeiling,
            format!("ceilings[{}].at_most", index + 1),
            cause,
        ));
    }
    faults
}

/// Returns how many sites the floors ask for among those that a ceiling counts.
fn asked_by_floors(
    programme: &Programme,
    ceiling: &Ceiling,
    province: Option<&str>,
) -> Option<usize> {
    let by = programme.settings.period_named(ceiling.by)?;
    let closing = |row: &crate::Facility| row.may_close || row.closes.is_some();
    let lasting = !programme.facilities.iter().any(closing)
        && (ceiling.kind.is_none() || programme.settings.upgrades.is_empty());
    let counts = |floor: &&Floor| {
        let period = programme.settings.period_named(floor.by);
        let in_time = period.is_some_and(|period| period == by || (lasting && period < by));
        in_time && (ceiling.kind.is_none() || floor.kind == ceiling.kind)
    };
    let floors = || programme.settings.floors.iter().filter(counts);
    let of_province = |province: &str| {
        let speaks = |floor: &&Floor| {
            floor.province.as_deref().is_some_and(|named| named == "*" || named == province)
        };
        floors().filter(speaks).filter_map(|floor| floor.at_least).max().unwrap_or(0) as usize
    };
    Some(match province {
        Some(province) => of_province(province),
        None => {
            let whole = floors().filter(|floor| floor.province.is_none());
            let whole = whole.filter_map(|floor| floor.at_least).max().unwrap_or(0) as usize;
            whole.max(provinces(programme).into_iter().map(of_province).sum())
        }
    })
}

/// E616: a required site can get no package.
pub(super) fn required_sites_can_open(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.sites else { return Vec::new() };
    let all = prospects(programme).unwrap_or_default();
    let barred = all.iter().filter(|site| {
        site.site.rule == SiteRule::Required
            && site.facility.is_none()
            && !site.opens.is_empty()
            && site.first_opening().is_none()
    });
    let fault = |site: &Prospect<'_>| {
        let cause = format!(
            "site `{}` is required, and no package that it may get can be built there in its window",
            site.site.id
        );
        let row = site.site.row.unwrap_or(1);
        of_cell(Code::RequiredCannotOpen, file, row, "rule", cause)
    };
    barred.map(fault).collect()
}

/// E614: a budget is smaller than what the required sites cost with their cheapest packages.
pub(super) fn budgets_pay_required_sites(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let Some(all) = (!settings.budgets.is_empty()).then(|| prospects(programme)).flatten() else {
        return Vec::new();
    };
    let rows: BTreeMap<&str, &Site> =
        programme.sites.iter().rev().map(|site| (site.id.as_str(), site)).collect();
    let required: Vec<(&Prospect<'_>, &Site)> = all
        .iter()
        .filter(|site| site.site.rule == SiteRule::Required && !site.is_settled())
        .filter_map(|site| Some((site, *rows.get(site.site.id)?)))
        .collect();
    let budgets = settings.budgets.iter().enumerate();
    let fault = |(index, budget): (usize, &Budget)| {
        let least = |(site, row): &(&Prospect<'_>, &Site)| least_cost(programme, site, row, budget);
        let cause =
            overdrawn(programme, budget, &required.iter().filter_map(least).collect::<Vec<_>>())?;
        Some(of_key(Code::BudgetBelowRequired, format!("budgets[{}].amount", index + 1), cause))
    };
    budgets.filter_map(fault).collect()
}

/// Says how a budget is too small for costs of which each is due in one period.
fn overdrawn(programme: &Programme, budget: &Budget, costs: &[u128]) -> Option<String> {
    let periods = programme.settings.periods.count;
    let amounts = budget.amount.each(periods);
    if amounts.len() != periods as usize {
        // A list of the wrong length has its own fault.
        return None;
    }
    let all_periods: u128 = amounts.iter().map(|&amount| u128::from(amount)).sum();
    let once = amounts.iter().max().copied().map_or(0, u128::from);
    let (total, dearest) = (costs.iter().sum::<u128>(), costs.iter().max().copied()?);
    let resource = &budget.resource;
    if total > all_periods {
        let sites = counted(costs.len(), "required site");
        Some(format!(
            "{sites} cost {total} of `{resource}` at least, and all periods have {all_periods}"
        ))
    } else if !budget.carry_over && dearest > once {
        Some(format!(
            "a required site costs {dearest} of `{resource}`, and no period has more than {once}"
        ))
    } else {
        None
    }
}

/// Returns the least that opening a site can cost of a resource; `None` where it cannot open.
fn least_cost(
    programme: &Programme,
    site: &Prospect<'_>,
    row: &Site,
    budget: &Budget,
) -> Option<u128> {
    least_cost_by(programme, site, row, budget, u32::MAX)
}

/// Returns the same for an opening up to a period.
pub(super) fn least_cost_by(
    programme: &Programme,
    site: &Prospect<'_>,
    row: &Site,
    budget: &Budget,
    by: u32,
) -> Option<u128> {
    let settings = &programme.settings;
    let of = |amounts: &crate::programme::Amounts| {
        u128::from(amounts.get(&budget.resource).copied().unwrap_or_default())
    };
    let cost = |package: &Package| {
        let sizes = package.listed().filter_map(|(kind, size)| {
            settings.kinds.iter().find(|known| known.id == kind)?.size(size?)
        });
        of(&package.cost) + of(&row.cost) + sizes.map(|size| of(&size.cost)).sum::<u128>()
    };
    let can = settings
        .packages
        .iter()
        .zip(&site.opens)
        .filter(|(_, opens)| opens.is_some_and(|opens| opens <= by));
    can.map(|(package, _)| cost(package)).min()
}

/// E605, E615: everybody must be served, and in a period nothing offers a kind, or too little.
pub(super) fn kinds_are_served_from_the_start(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let counts = matches!(settings.objective.goal, Goal::Coverage | Goal::SelfSufficiency);
    let must = settings.distance.unserved_m().is_none() && !counts;
    if !must || programme.is_plain() || !list_has_one_number_a_period(programme).is_empty() {
        return Vec::new();
    }
    let all = prospects(programme).unwrap_or_default();
    // Where nothing can ever open there is another fault.
    if !all.iter().any(|site| site.facility.is_some() || site.first_opening().is_some()) {
        return Vec::new();
    }
    settings
        .package_kinds()
        .into_iter()
        .filter_map(|kind| fault_of_service(programme, &all, kind))
        .collect()
}

/// Returns the fault of the first period in which people cannot be served with a kind.
fn fault_of_service(programme: &Programme, all: &[Prospect<'_>], kind: &Kind) -> Option<Problem> {
    let periods = programme.settings.periods.count;
    (1..=periods).find_map(|period| fault_of_service_in(programme, all, kind, period))
}

fn fault_of_service_in(
    programme: &Programme,
    all: &[Prospect<'_>],
    kind: &Kind,
    period: u32,
) -> Option<Problem> {
    let year = programme.settings.periods.label(period);
    let needing = |place: &crate::Place| u128::from(place.persons_in(&kind.id, year));
    let persons: u128 = programme.places.iter().map(needing).sum();
    let mut standing: u128 = 0;
    let mut new = Vec::new();
    for site in all {
        let served = best_capacity(programme, site, kind, period);
        if site.facility.is_some() {
            standing = standing.saturating_add(served);
        } else if served > 0 || site.operates(period, &packages_with(programme, Some(&kind.id))) {
            new.push(served);
        }
    }
    new.sort_unstable_by(|a, b| b.cmp(a));
    new.truncate(most_openings(programme, 1, period));
    let most = new.iter().fold(standing, |sum, served| sum.saturating_add(*served));
    if most >= persons {
        return None;
    }
    let label = &kind.id;
    Some(if most == 0 {
        let cause =
            format!("there is no cut-off, and nothing can offer kind `{label}` in period {period}");
        of_key(Code::NobodyServed, "distance", cause)
    } else {
        let cause = format!(
            "there is no cut-off, {persons} persons need kind `{label}`, and the sites that can be \
             open in period {period} serve {most} at most"
        );
        of_key(Code::CapacityBelowNeed, "distance", cause)
    })
}

/// Returns how many persons a site can serve with a kind in a period at most.
fn best_capacity(programme: &Programme, site: &Prospect<'_>, kind: &Kind, period: u32) -> u128 {
    let packages = &programme.settings.packages;
    let closed =
        site.facility.and_then(|facility| facility.closes).is_some_and(|closes| closes <= period);
    let offers = |first: Option<u32>| !closed && first.is_some_and(|first| first <= period);
    let there = packages.iter().zip(&site.offers).filter(|(_, first)| offers(**first));
    let listed = there.flat_map(|(package, _)| package.listed());
    let sizes = listed.filter(|(id, _)| *id == kind.id).map(|(_, size)| {
        let size = size.and_then(|size| kind.size(size));
        size.and_then(|size| size.persons(kind.demand)).map_or(u128::MAX, u128::from)
    });
    sizes.max().unwrap_or(0)
}
