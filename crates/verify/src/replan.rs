//! What a question says of promises and of what has become of them, in numbers.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::plan::Action;
use groundwork_model::question::{Progress, Promise, Replan, SiteState};
use groundwork_model::{Code, Problem, Question};

use crate::facts::Terms;
use crate::scene::Scene;

/// Holds a replan as far as it can be read; periods are counted from 1.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replanned {
    /// Period and package of each site that is built or under way, and no fact.
    pub(crate) state: BTreeMap<usize, (u32, usize)>,
    /// The sites that have failed, and are no fact.
    pub(crate) failed: BTreeSet<usize>,
    /// The sites that have not begun.
    not_begun: BTreeSet<usize>,
    /// What was promised of each site, in the order of the question; nothing of one that has not begun.
    pub(crate) promised: BTreeMap<usize, Vec<Promised>>,
    /// What was promised and has begun by this period is frozen.
    pub(crate) begun_by: u32,
    /// Promised sites that may have another schedule.
    pub(crate) changes: Option<u32>,
    /// What each of them costs, in the unit of the value.
    pub(crate) price: u64,
    /// Rows that cannot be read.
    pub(crate) problems: Vec<Problem>,
}

/// Is a promise of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Promised {
    pub(crate) package: usize,
    pub(crate) period: u32,
    pub(crate) action: Action,
}

impl Replanned {
    /// Reads the replan of a question, of which the facts are known.
    pub(crate) fn of(scene: &Scene<'_>, question: &Question, terms: &Terms) -> Self {
        let Some(replan) = &question.replan else { return Self::default() };
        let Replan { promised, state, ledger: _, begun_by, changes, price } = replan;
        let mut read = Self {
            begun_by: *begun_by,
            changes: *changes,
            price: price.unwrap_or(0),
            ..Self::default()
        };
        for row in state {
            if let Err(problem) = read.read_state(scene, terms, row) {
                read.problems.push(problem);
            }
        }
        for promise in promised {
            match promise_of(scene, promise) {
                Ok((site, _)) if read.not_begun.contains(&site) => {}
                Ok((site, promise)) => read.promised.entry(site).or_default().push(promise),
                Err(problem) => read.problems.push(problem),
            }
        }
        read
    }

    fn read_state(
        &mut self,
        scene: &Scene<'_>,
        terms: &Terms,
        row: &SiteState,
    ) -> Result<(), Problem> {
        let (site, package) = named(scene, "state", &row.site, row.package.as_deref())?;
        let id = &row.site;
        if scene.sites.rows[site].existing {
            let cause = format!("the state names `{id}`, where a facility stands already");
            return Err(Problem::new(Code::ExistingSiteOpened, cause));
        }
        let told = [&self.failed, &self.not_begun].iter().any(|told| told.contains(&site));
        if told || self.state.contains_key(&site) {
            let cause = format!("the state names `{id}` more than once");
            return Err(Problem::new(Code::SiteOpenedTwice, cause));
        }
        if row.state == Progress::NotBegun {
            self.not_begun.insert(site);
            return Ok(());
        }
        if row.state == Progress::Failed {
            if !terms.fixed.contains_key(&site) {
                self.failed.insert(site);
            }
            return Ok(());
        }
        let Some(period) = row.period else {
            let cause = format!("the state says nothing of the period from which `{id}` serves");
            return Err(Problem::new(Code::OutsideWindow, cause));
        };
        in_range(scene, "state", id, period)?;
        if !terms.fixed.contains_key(&site) {
            self.state.insert(site, (period, package));
        }
        Ok(())
    }
}

fn promise_of(scene: &Scene<'_>, promise: &Promise) -> Result<(usize, Promised), Problem> {
    let Promise { site: id, package, period, action } = promise;
    let (site, package) = named(scene, "promise", id, Some(package))?;
    in_range(scene, "promise", id, *period)?;
    Ok((site, Promised { package, period: *period, action: *action }))
}

/// Returns the numbers of a site and a package; of the first package where none is named.
fn named(
    scene: &Scene<'_>,
    who: &str,
    site: &str,
    package: Option<&str>,
) -> Result<(usize, usize), Problem> {
    let unknown = |cause: String| Problem::new(Code::UnknownSiteInPlan, cause);
    let number = scene.sites.find(site);
    let number = number
        .ok_or_else(|| unknown(format!("the {who} names site `{site}`, which is unknown")))?;
    let package = match package {
        None => 0,
        Some(id) => scene.package_number(id).ok_or_else(|| {
            unknown(format!("the {who} names package `{id}` at `{site}`, which is unknown"))
        })?,
    };
    Ok((number, package))
}

fn in_range(scene: &Scene<'_>, who: &str, site: &str, period: u32) -> Result<(), Problem> {
    if (1..=scene.periods() as u32).contains(&period) {
        return Ok(());
    }
    let cause = format!("the {who} names period {period} at `{site}`, which does not exist");
    Err(Problem::new(Code::OutsideWindow, cause))
}
