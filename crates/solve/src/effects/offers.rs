//! What each site offers in each period under a list of openings, read from the programme as written.

use std::collections::HashMap;

use groundwork_model::plan::Action;
use groundwork_model::programme::Kind;
use groundwork_model::{Opening, Programme};

use crate::network::Network;

/// Holds the package that each site offers in each period (0-based), by site.
#[derive(Clone, Debug)]
pub(crate) struct Offers {
    rows: Vec<Vec<Option<usize>>>,
}

impl Offers {
    /// Reads a list; rows with an unknown site, package or period are left out.
    pub(crate) fn of(programme: &Programme, network: &Network, openings: &[Opening]) -> Self {
        let settings = &programme.settings;
        let periods = settings.periods.count as usize;
        let package_of: HashMap<&str, usize> =
            settings.packages.iter().enumerate().map(|(at, p)| (p.id.as_str(), at)).collect();
        let mut rows = vec![vec![None; periods]; network.sites.len()];
        // Of two facilities on one site the first counts, so it is written last.
        for facility in programme.facilities.iter().rev() {
            let Some(site) = network.site_index(&facility.site) else { continue };
            let named = facility.package.as_deref().and_then(|id| package_of.get(id).copied());
            let until = facility.closes.map_or(periods, |closes| closes as usize - 1);
            rows[site] =
                (0..periods).map(|at| (at < until).then_some(named.unwrap_or(0))).collect();
        }
        let mut ordered: Vec<&Opening> = openings.iter().collect();
        ordered.sort_by_key(|opening| (opening.period, opening.action));
        for opening in ordered {
            let Some(site) = network.site_index(&opening.site) else { continue };
            let Some(&package) = package_of.get(opening.package.as_str()) else { continue };
            let from = opening.period as usize;
            if !(1..=periods).contains(&from) {
                continue;
            }
            let offered = (opening.action != Action::Close).then_some(package);
            rows[site][from - 1..].fill(offered);
        }
        Self { rows }
    }

    /// Returns the package of a site in each period.
    pub(crate) fn site(&self, site: usize) -> &[Option<usize>] {
        &self.rows[site]
    }

    /// Iterates over the sites that ever offer anything.
    pub(crate) fn sites(&self) -> impl Iterator<Item = usize> + '_ {
        let ever = |site: &usize| self.rows[*site].iter().any(Option::is_some);
        (0..self.rows.len()).filter(ever)
    }
}

/// Groups the kinds that are listed by the same packages: such kinds are offered by the same sites.
///
/// The answer has for each kind of `package_kinds` the number of its group, and for each group and package
/// whether the package lists its kinds.
pub(crate) fn groups(programme: &Programme) -> (Vec<usize>, Vec<Vec<bool>>) {
    let settings = &programme.settings;
    let mut of_kind = Vec::new();
    let mut lists: Vec<Vec<bool>> = Vec::new();
    for kind in settings.package_kinds() {
        let listed: Vec<bool> =
            settings.packages.iter().map(|package| package.lists(&kind.id)).collect();
        let group = lists.iter().position(|row| *row == listed).unwrap_or_else(|| {
            lists.push(listed);
            lists.len() - 1
        });
        of_kind.push(group);
    }
    (of_kind, lists)
}

/// Returns whether a plan says who goes where for a kind: whether some size that a package lists has a capacity.
pub(crate) fn is_limited(programme: &Programme, kind: &Kind) -> bool {
    programme.settings.is_limited(kind)
}
