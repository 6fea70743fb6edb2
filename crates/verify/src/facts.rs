//! What a question fixes, decides and leaves free.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::programme::Stage;
use groundwork_model::{Code, Problem, Question, QuotaSource, Report, SiteRule};

use crate::replan::Replanned;
use crate::scene::Scene;

/// Holds the terms on which a plan may choose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// The period (1-based) of each site that the reports fix; in a replan also of those that are built, under way
    /// or frozen.
    pub(crate) fixed: BTreeMap<usize, u32>,
    /// Who fixes those that the reports do not, in words.
    pub(crate) fixed_by: BTreeMap<usize, &'static str>,
    /// The sites that have failed.
    pub(crate) failed: BTreeSet<usize>,
    /// Site and period (1-based) of each decision that is not a fact already.
    pub(crate) locked: BTreeSet<(usize, u32)>,
    /// Openings of each period that facts leave to choice; decisions count among them.
    pub(crate) free: Vec<u64>,
    /// The first period (0-based) in which anything is left to choice.
    pub(crate) first_open: usize,
    /// Decisions that cannot be read.
    pub(crate) problems: Vec<Problem>,
}

/// Derives the terms of a question from the reports, the quotas and the decisions.
pub(crate) fn terms(scene: &Scene<'_>, question: &Question) -> Terms {
    let mut terms = Terms { free: quotas(scene, question), ..Terms::default() };
    if question.as_of.is_some() {
        let counting = counting_reports(scene, question);
        let pairs = counting.iter().map(|&(site, named, period)| ((site, named), period));
        terms.first_open = first_open(scene, question);
        terms.fixed = first_periods(counting.iter().map(|&(site, _, period)| (site, period)));
        match question.quotas {
            QuotaSource::AsWritten => terms.leave_free(&first_periods(pairs)),
            QuotaSource::AsTaken => terms.leave_free(&terms.fixed.clone()),
        }
    }
    terms.lock(scene, question);
    terms
}

/// What fixes a site that is built or under way, as a verdict says it.
pub(crate) const BY_STATE: &str = "the state opens";

/// What fixes a site whose promised opening has begun, as a verdict says it.
pub(crate) const BY_PROMISE: &str = "the promise that has begun opens";

/// Adds what a replan settles to the terms of a plain programme, in which what opens has no building time.
pub(crate) fn replan(scene: &Scene<'_>, terms: &mut Terms, replanned: &Replanned) {
    let mut settled: BTreeMap<usize, (u32, &'static str)> = BTreeMap::new();
    for (&site, promises) in &replanned.promised {
        let frozen = promises.iter().find(|promise| {
            promise.action.is_open()
                && promise.period <= replanned.begun_by
                && terms.may_open(scene, site, promise.period)
        });
        if let Some(promise) = frozen {
            settled.insert(site, (promise.period, BY_PROMISE));
        }
    }
    let state = replanned.state.iter();
    settled.extend(state.map(|(&site, &(period, _))| (site, (period, BY_STATE))));
    settled.retain(|site, _| !replanned.failed.contains(site));
    let begun_by = (replanned.begun_by as usize).min(scene.periods());
    terms.first_open = terms.first_open.max(begun_by);
    terms.leave_free(&settled.iter().map(|(site, (period, _))| (*site, *period)).collect());
    for (site, (period, who)) in settled {
        terms.fixed.insert(site, period);
        terms.fixed_by.insert(site, who);
    }
    terms.failed.clone_from(&replanned.failed);
    let fixed = &terms.fixed;
    terms.locked.retain(|(site, period)| fixed.get(site) != Some(period));
}

impl Terms {
    /// Returns whether a site could open in a period if nothing of a replan were settled.
    fn may_open(&self, scene: &Scene<'_>, site: usize, period: u32) -> bool {
        let row = &scene.sites.rows[site];
        let mut locks = self.locked.iter().filter(|(locked, _)| *locked == site);
        !row.existing
            && row.rule != SiteRule::Forbidden
            && row.window_contains(period)
            && period as usize > self.first_open
            && !self.fixed.contains_key(&site)
            && locks.all(|(_, locked)| *locked == period)
    }

    /// Returns, for each period, the sites that serve from then on in every plan of the question:
    /// existing ones in the first, fixed and locked ones in theirs.
    pub(crate) fn settled_opens(&self, scene: &Scene<'_>) -> Vec<Vec<usize>> {
        let existing = scene.sites.existing().map(|site| (site, 1));
        let fixed = self.fixed.iter().map(|(&site, &period)| (site, period));
        let mut opens = vec![Vec::new(); scene.periods()];
        for (site, period) in existing.chain(fixed).chain(self.locked.iter().copied()) {
            opens[period as usize - 1].push(site);
        }
        opens
    }

    /// Returns site and period of each opening that is a fact or a decision.
    pub(crate) fn settled(&self) -> BTreeSet<(usize, u32)> {
        let fixed = self.fixed.iter().map(|(site, period)| (*site, *period));
        fixed.chain(self.locked.iter().copied()).collect()
    }

    /// Returns the openings of each period that neither facts nor decisions take.
    pub(crate) fn left(&self) -> Vec<u64> {
        let mut left = self.free.clone();
        for (_, period) in &self.locked {
            let number = &mut left[*period as usize - 1];
            *number = number.saturating_sub(1);
        }
        left
    }

    /// Returns whether a plan may choose when, or whether, to open a site.
    pub(crate) fn is_free(&self, scene: &Scene<'_>, site: usize) -> bool {
        let row = &scene.sites.rows[site];
        let decided = self.locked.iter().any(|(locked, _)| *locked == site);
        !row.existing
            && row.rule != SiteRule::Forbidden
            && !decided
            && !self.fixed.contains_key(&site)
            && !self.failed.contains(&site)
    }

    /// Deducts used openings, and everything before the day that the question is asked on.
    fn leave_free<K>(&mut self, used: &BTreeMap<K, u32>) {
        for period in used.values() {
            let number = &mut self.free[*period as usize - 1];
            *number = number.saturating_sub(1);
        }
        let past = self.first_open.min(self.free.len());
        self.free[..past].fill(0);
    }

    /// Reads the decisions.
    fn lock(&mut self, scene: &Scene<'_>, question: &Question) {
        for locked in &question.locked {
            let Some(site) = scene.sites.find(&locked.site) else {
                let cause = format!("the question locks site `{}`, which is unknown", locked.site);
                self.problems.push(Problem::new(Code::UnknownSiteInPlan, cause));
                continue;
            };
            if locked.period == 0 || locked.period as usize > scene.periods() {
                let (id, period) = (&locked.site, locked.period);
                let cause = format!(
                    "the question locks site `{id}` in period {period}, which does not exist"
                );
                self.problems.push(Problem::new(Code::OutsideWindow, cause));
                continue;
            }
            if self.fixed.get(&site) != Some(&locked.period) {
                self.locked.insert((site, locked.period));
            }
        }
    }
}

/// Returns site, place as named, and period of each report that counts.
fn counting_reports<'a>(scene: &Scene<'a>, question: &Question) -> Vec<(usize, &'a str, u32)> {
    let known = |report: &&Report| question.as_of.is_none_or(|day| report.date <= day);
    let reports = scene.programme.reports.iter().filter(known);
    reports.filter_map(|report| counting(scene, report)).collect()
}

/// Returns the package, by its number, of each fixed site: where the reports of its period name
/// several, the first of the programme.
pub(crate) fn packages(
    scene: &Scene<'_>,
    question: &Question,
    fixed: &BTreeMap<usize, u32>,
) -> BTreeMap<usize, usize> {
    let known = |report: &&Report| question.as_of.is_none_or(|day| report.date <= day);
    let mut packages = BTreeMap::new();
    for report in scene.programme.reports.iter().filter(known) {
        let Some((site, _, period)) = counting(scene, report) else { continue };
        let Some(package) = scene.package_number(&report.package) else { continue };
        if fixed.get(&site) == Some(&period) {
            packages
                .entry(site)
                .and_modify(|first: &mut usize| *first = package.min(*first))
                .or_insert(package);
        }
    }
    packages
}

/// Returns site, place as named, and period of a report if it counts.
fn counting<'a>(scene: &Scene<'a>, report: &'a Report) -> Option<(usize, &'a str, u32)> {
    let site = scene.sites.find(&report.site)?;
    let period = report.period.filter(|&p| p >= 1 && p as usize <= scene.periods())?;
    let begun = report.stage >= Stage::Begun && scene.package_number(&report.package).is_some();
    (begun && !scene.sites.rows[site].existing).then_some((site, report.named.as_str(), period))
}

/// Returns the smallest period of each key.
fn first_periods<K: Ord>(reports: impl Iterator<Item = (K, u32)>) -> BTreeMap<K, u32> {
    let mut first = BTreeMap::new();
    for (key, period) in reports {
        first
            .entry(key)
            .and_modify(|known: &mut u32| *known = period.min(*known))
            .or_insert(period);
    }
    first
}

/// Returns the quota of each period: as written, or as many sites as the order taken opened by the last
/// report, whatever day the question is asked on.
fn quotas(scene: &Scene<'_>, question: &Question) -> Vec<u64> {
    let mut quotas: Vec<u64> =
        scene.programme.settings.quotas().iter().map(|&q| u64::from(q)).collect();
    quotas.resize(scene.periods(), 0);
    if question.quotas == QuotaSource::AsTaken {
        let counting = counting_reports(scene, &Question::default());
        let last = counting.iter().map(|report| report.2).max().unwrap_or(0);
        quotas[..last as usize].fill(0);
        for period in
            first_periods(counting.iter().map(|&(site, _, period)| (site, period))).values()
        {
            quotas[*period as usize - 1] += 1;
        }
    }
    quotas
}

/// Returns the first period (0-based) in which a question from a day leaves anything to choice.
fn first_open(scene: &Scene<'_>, question: &Question) -> usize {
    let periods = scene.programme.settings.periods;
    let Some(day) = question.as_of else { return 0 };
    let years = i64::from(day.year()) - i64::from(periods.first);
    usize::try_from(years).map_or(0, |years| years / periods.years.max(1) as usize)
}
