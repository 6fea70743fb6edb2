//! From the schedules of a plan to openings and who is served where, and from a list back to schedules.

use groundwork_model::plan::{Action, Served};
use groundwork_model::{Goal, Opening};

use super::MixedPlanner;
use super::found::Found;
use super::service::Draft;
use super::worst;

impl MixedPlanner<'_> {
    /// Sends people to the sites of a list of openings; see [`Planner::assign`](crate::Planner::assign).
    pub(crate) fn assign(&self, openings: &[Opening]) -> Vec<Vec<Served>> {
        let schedules: Option<Vec<u32>> =
            (0..self.mixed.sites()).map(|site| self.listed(site, openings)).collect();
        let Some(schedules) = schedules else { return Vec::new() };
        if self.goal == Goal::WorstDistance {
            let found = worst::sent(self, schedules);
            return found.map_or_else(Vec::new, |found| self.assignments_by_future(&found));
        }
        if let Some((goal, most)) = self.worst_distance_held()
            && let Some(limits) = worst::limits_of(self, most, &schedules)
        {
            let limited = self.with_limits(goal, &limits);
            let mut draft = Draft::new(&limited.mixed, &limited.near, schedules.clone());
            if let Some(found) = Found::best_of(&mut draft) {
                return self.assignments_by_future(&found);
            }
        }
        let mut draft = Draft::new(&self.mixed, &self.near, schedules);
        // A list that breaks rules is sent as well: how it fares is part of what is said of it.
        let found = Found::best_of(&mut draft).or_else(|| Found::served(&draft));
        found.map_or_else(Vec::new, |found| self.assignments_by_future(&found))
    }

    /// Returns the schedules of a list of openings from which a search can start: a site that cannot do what the
    /// list says has the first of its schedules. Nothing where there is no list.
    pub(super) fn start(&self, openings: &[Opening]) -> Option<Vec<u32>> {
        let of_site = |site| self.listed(site, openings).unwrap_or(0);
        (!openings.is_empty()).then(|| (0..self.mixed.sites()).map(of_site).collect())
    }

    /// Returns the schedule of a site that does what a list says of it, and no more.
    fn listed(&self, site: usize, openings: &[Opening]) -> Option<u32> {
        let id = &self.network.sites[site].id;
        let packages = &self.programme.settings.packages;
        let mut wanted: Vec<(Action, usize, usize)> = openings
            .iter()
            .filter(|opening| opening.site == *id)
            .filter_map(|opening| {
                let package = packages.iter().position(|row| row.id == opening.package)?;
                Some((opening.action, (opening.period as usize).checked_sub(1)?, package))
            })
            .collect();
        wanted.sort_unstable();
        let column = &self.mixed.columns[site];
        let closed = column.closed_package();
        let found = column.schedules.iter().position(|schedule| schedule.rows(closed) == wanted);
        found.map(|at| at as u32)
    }

    /// Returns the openings, upgrades and closures of a plan, by period, then in the order of the sites.
    pub(super) fn openings(&self, best: &Found) -> Vec<Opening> {
        let settings = &self.programme.settings;
        let mut rows: Vec<(u32, Action, usize, usize, bool)> = Vec::new();
        for (site, &number) in best.schedules.iter().enumerate() {
            let column = &self.mixed.columns[site];
            let schedule = &column.schedules[number as usize];
            let settled = column.fact || column.locked;
            if let Some((package, period)) = schedule.opening {
                rows.push((period as u32 + 1, Action::Open, site, package, settled));
            }
            if let Some((_, period)) = schedule.upgrade {
                let package = schedule.package_in(period).unwrap_or(0);
                rows.push((period as u32 + 1, Action::Upgrade, site, package, false));
            }
            if let Some(period) = schedule.closing {
                let package = column.closed_package();
                rows.push((period as u32 + 1, Action::Close, site, package, false));
            }
        }
        rows.sort_by_key(|row| (row.0, row.2, row.1));
        rows.into_iter()
            .map(|(period, action, site, package, fixed)| Opening {
                site: self.network.sites[site].id.clone(),
                package: settings.packages[package].id.clone(),
                period,
                year: settings.periods.label(period),
                fixed,
                action,
            })
            .collect()
    }

    /// Returns who is served where with limited kinds; nothing where the question has futures.
    pub(super) fn assignments(&self, best: &Found) -> Vec<Served> {
        if self.has_futures { Vec::new() } else { self.assignments_in(best, 0) }
    }

    /// Returns the same for each future.
    pub(super) fn assignments_by_future(&self, best: &Found) -> Vec<Vec<Served>> {
        (0..self.mixed.futures.len()).map(|future| self.assignments_in(best, future)).collect()
    }

    fn assignments_in(&self, best: &Found, future: usize) -> Vec<Served> {
        let settings = &self.programme.settings;
        let mut served = Vec::new();
        let layers = self.mixed.layers.iter().zip(&best.flows);
        for (layer, flows) in layers.filter(|(layer, _)| layer.future == future) {
            for (period, parts) in flows.iter().enumerate() {
                let mut parts = parts.clone();
                parts.sort_unstable();
                served.extend(parts.into_iter().map(|(place, site, persons)| Served {
                    kind: settings.kinds[layer.kind].id.clone(),
                    period: period as u32 + 1,
                    place: self.programme.places[place as usize].id.clone(),
                    site: self.network.sites[site as usize].id.clone(),
                    persons,
                }));
            }
        }
        served
    }
}
