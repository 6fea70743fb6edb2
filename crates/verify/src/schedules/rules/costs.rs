//! What openings, upgrades and operation cost, and when it is due.

use groundwork_model::programme::Due;

use super::{Entry, Feature};
use crate::schedules::futures::Future;
use crate::schedules::world::World;

/// Calls `found` with each feature of a site that costs some of a resource, the amount, and the period
/// in which it is due. What fell due before the first period is no part of the programme.
pub(in crate::schedules) fn of_site(
    world: &World<'_>,
    site: usize,
    resource: &str,
    due: Due,
    mut found: impl FnMut(Feature, i128, u32),
) {
    let at_site = world.rows[site].and_then(|row| row.cost.get(resource)).copied().unwrap_or(0);
    let due_in = |period: u32, build: u32| match due {
        Due::Start => period.checked_sub(build).filter(|start| *start >= 1),
        Due::Opening => Some(period),
    };
    let stands = world.standing[site].is_some();
    for (number, package) in world.packages.iter().enumerate() {
        let cost = package.cost.get(resource).copied().unwrap_or(0) + i128::from(at_site);
        let running = package.running.get(resource).copied().unwrap_or(0);
        for period in 1..=world.periods {
            if let Some(due) = due_in(period, package.build).filter(|_| cost > 0 && !stands) {
                found(Feature::Open(number, period), cost, due);
            }
            if running > 0 {
                found(Feature::Offer(number, period), running, period);
            }
        }
    }
    for (number, upgrade) in world.upgrades.iter().enumerate() {
        let Some(cost) = upgrade.cost.get(resource).copied().filter(|cost| *cost > 0) else {
            continue;
        };
        for period in 1..=world.periods {
            if let Some(due) = due_in(period, upgrade.build) {
                found(Feature::Turn(number, period), cost, due);
            }
        }
    }
}

/// Returns what is due of a resource in some periods of a future, as entries of a row.
pub(super) fn entries(
    world: &World<'_>,
    future: &Future,
    resource: &str,
    due: Due,
    periods: &std::ops::RangeInclusive<u32>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for site in 0..world.sites() {
        of_site(world, site, resource, due, |feature, amount, due| {
            if periods.contains(&due) {
                let coefficient = future.costs(resource, amount);
                entries.push(Entry { site: site as u32, feature, coefficient });
            }
        });
    }
    entries
}

/// Returns when what it costs to build falls due, of a resource.
pub(in crate::schedules) fn due(world: &World<'_>, resource: &str) -> Due {
    let budgets = &world.scene.programme.settings.budgets;
    let budget = budgets.iter().find(|budget| budget.resource == resource);
    budget.map_or_else(Due::default, |budget| budget.due)
}
