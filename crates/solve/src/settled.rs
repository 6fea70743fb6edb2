//! What a replan settles beside the facts of reports; the rules stand in `docs/concepts/rules.md`, Replanning.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::programme::{Package, Size};
use groundwork_model::question::Progress;
use groundwork_model::{Programme, Promise, Question};

/// Holds what has become of promises and sites.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settled<'a> {
    /// Package and period (1-based) of sites that stand or are being built.
    pub(crate) openings: BTreeMap<&'a str, (usize, u32)>,
    /// Sites that will never serve.
    pub(crate) failed: BTreeSet<&'a str>,
    /// What was promised of each site that neither facts nor the state speak of.
    pub(crate) promised: BTreeMap<&'a str, Vec<&'a Promise>>,
    /// What was promised has begun by this period (1-based); 0 when nothing has.
    pub(crate) begun_by: u32,
}

impl<'a> Settled<'a> {
    /// Reads a question; `is_fact` says of which sites facts speak.
    pub(crate) fn of(
        programme: &Programme,
        question: &'a Question,
        is_fact: impl Fn(&str) -> bool,
    ) -> Self {
        let Some(replan) = &question.replan else { return Self::default() };
        let mut settled = Self { begun_by: replan.begun_by, ..Self::default() };
        let existing: BTreeSet<&str> =
            programme.facilities.iter().map(|facility| facility.site.as_str()).collect();
        let packages = &programme.settings.packages;
        let position = |id: &str| packages.iter().position(|package| package.id == id);
        let mut spoken: BTreeSet<&str> = BTreeSet::new();
        for row in &replan.state {
            let site = row.site.as_str();
            if is_fact(site) || existing.contains(site) || !spoken.insert(site) {
                continue;
            }
            let package = row.package.as_deref().map_or(Some(0), position);
            match (row.state, package, row.period) {
                (Progress::Failed, _, _) => {
                    settled.failed.insert(site);
                }
                // Being spoken of is all: its promises are left out below.
                (Progress::NotBegun, _, _) => {}
                (_, Some(package), Some(period)) => {
                    settled.openings.insert(site, (package, period));
                }
                _ => {}
            }
        }
        for promise in &replan.promised {
            let site = promise.site.as_str();
            if !is_fact(site) && !spoken.contains(site) {
                settled.promised.entry(site).or_default().push(promise);
            }
        }
        settled
    }
}

/// Returns the periods between the start of building a package and its opening.
pub(crate) fn build(programme: &Programme, package: &Package) -> usize {
    let sizes = sizes(programme, package).map(|size| size.build);
    sizes.max().unwrap_or(0).max(package.build) as usize
}

/// Iterates over the sizes that a package lists.
pub(crate) fn sizes<'a>(
    programme: &'a Programme,
    package: &'a Package,
) -> impl Iterator<Item = &'a Size> {
    package.listed().filter_map(|(kind, size)| {
        programme.settings.kinds.iter().find(|row| row.id == kind)?.size(size?)
    })
}
