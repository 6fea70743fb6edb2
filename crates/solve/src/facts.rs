//! What the reports fix, and what they leave free, for a question.
//!
//! The rules stand in [`groundwork_model::Question`].

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::plan::Action;
use groundwork_model::programme::{Periods, SitesFrom, Stage};
use groundwork_model::{Programme, Promise, Question, QuotaSource, Report, SiteRule};
use jiff::civil::Date;

use crate::settled::Settled;

/// Holds what is fixed and what is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Sites that open as reported, with their period (1-based), by site id.
    pub(crate) fixed: BTreeMap<String, u32>,
    /// Openings of each period that are still free to choose (locked ones included).
    pub(crate) free: Vec<u32>,
    /// Sites that have failed.
    pub(crate) failed: BTreeSet<String>,
}

impl Facts {
    /// Derives the facts of a question.
    pub(crate) fn of(programme: &Programme, question: &Question) -> Self {
        let periods = programme.settings.periods;
        let known = question.as_of.map(|day| Counted::as_of(programme, day));
        let quotas = match question.quotas {
            QuotaSource::AsWritten => programme.settings.quotas(),
            QuotaSource::AsTaken => quotas_as_taken(programme),
        };
        let mut used = match (&known, question.quotas) {
            (None, _) => vec![0; periods.count as usize],
            (Some(known), QuotaSource::AsWritten) => known.named_by_period(periods),
            (Some(known), QuotaSource::AsTaken) => known.fixed_by_period(periods),
        };
        let mut fixed = known.map(|known| known.fixed).unwrap_or_default();
        let settled = Settled::of(programme, question, |site| fixed.contains_key(site));
        let first_of_day = question.as_of.map_or(1, |day| first_open_period(periods, day));
        let first_open = first_of_day.max(settled.begun_by + 1);
        for (&site, &(_, period)) in &settled.openings {
            fixed.insert(site.to_owned(), period);
            used[period as usize - 1] += 1;
        }
        // Elsewhere the schedules of sites say what has begun.
        if programme.is_plain() && question.is_plain(programme) {
            for (site, period) in frozen_openings(programme, question, &settled, first_of_day) {
                fixed.insert(site, period);
                used[period as usize - 1] += 1;
            }
        }
        let left = |(period, (quota, used)): (u32, (&u32, &u32))| {
            if period < first_open { 0 } else { quota.saturating_sub(*used) }
        };
        let free = (1..=periods.count).zip(quotas.iter().zip(&used)).map(left).collect();
        let failed = settled.failed.iter().map(|&site| site.to_owned()).collect();
        Self { fixed, free, failed }
    }
}

/// Returns the openings of a plain programme that were promised and have begun: site and period, where the site may
/// open so.
fn frozen_openings(
    programme: &Programme,
    question: &Question,
    settled: &Settled<'_>,
    first_of_day: u32,
) -> Vec<(String, u32)> {
    let settings = &programme.settings;
    let existing = |site: &str| programme.facilities.iter().any(|row| row.site == site);
    let from_places = settings.sites == SitesFrom::Places;
    let may_open = |site: &str, period: u32| {
        let row = programme.sites.iter().rev().find(|row| row.id == site);
        let is_place = || from_places && programme.places.iter().any(|place| place.id == site);
        row.map_or_else(is_place, |row| {
            let window = row.earliest.unwrap_or(1)..=row.latest.unwrap_or(settings.periods.count);
            row.rule != SiteRule::Forbidden && window.contains(&period)
        })
    };
    let unlocked = |site: &str, period: u32| {
        question.locked.iter().all(|lock| lock.site != site || lock.period == period)
    };
    let begun = first_of_day..=settled.begun_by.min(settings.periods.count);
    let of_site = |(&site, promises): (&&str, &Vec<&Promise>)| {
        let first = promises.iter().find(|promise| {
            promise.action == Action::Open
                && begun.contains(&promise.period)
                && promise.package == settings.packages[0].id
                && !existing(site)
                && may_open(site, promise.period)
                && unlocked(site, promise.period)
        });
        first.map(|promise| (site.to_owned(), promise.period))
    };
    settled.promised.iter().filter_map(of_site).collect()
}

/// Returns as many openings a period as the order taken has by the last report, later ones as written.
fn quotas_as_taken(programme: &Programme) -> Vec<u32> {
    let mut quotas = programme.settings.quotas();
    let Some(day) = programme.last_report() else { return quotas };
    let counted = Counted::as_of(programme, day);
    let taken = counted.fixed_by_period(programme.settings.periods);
    let last = counted.named.values().max().map_or(0, |&period| period as usize);
    quotas[..last].copy_from_slice(&taken[..last]);
    quotas
}

/// Returns the first period in which anything is still free on this day.
pub(crate) fn first_open_period(periods: Periods, day: Date) -> u32 {
    let year = i32::from(day.year());
    if year < i32::from(periods.first) {
        return 1;
    }
    periods.period_of_year(year).unwrap_or(periods.count + 1)
}

/// Iterates over the reports that count as of a day.
pub(crate) fn counting(programme: &Programme, day: Date) -> impl Iterator<Item = &Report> {
    let existing: BTreeSet<&str> =
        programme.facilities.iter().map(|facility| facility.site.as_str()).collect();
    let packages = &programme.settings.packages;
    programme.reports.iter().filter(move |report| {
        report.date <= day
            && report.stage >= Stage::Begun
            && !existing.contains(report.site.as_str())
            && !report.site.is_empty()
            && packages.iter().any(|package| package.id == report.package)
    })
}

/// Holds what the counting reports of a day say.
struct Counted {
    /// Period of each fixed site.
    fixed: BTreeMap<String, u32>,
    /// Period of each (site, place as named).
    named: BTreeMap<(String, String), u32>,
}

impl Counted {
    fn as_of(programme: &Programme, day: Date) -> Self {
        let mut counted = Self { fixed: BTreeMap::new(), named: BTreeMap::new() };
        for report in counting(programme, day) {
            let Some(period) = report.period else { continue };
            keep_least(&mut counted.fixed, report.site.clone(), period);
            keep_least(&mut counted.named, (report.site.clone(), report.named.clone()), period);
        }
        counted
    }

    fn fixed_by_period(&self, periods: Periods) -> Vec<u32> {
        count_by_period(self.fixed.values(), periods)
    }

    fn named_by_period(&self, periods: Periods) -> Vec<u32> {
        count_by_period(self.named.values(), periods)
    }
}

fn keep_least<K: Ord>(map: &mut BTreeMap<K, u32>, key: K, period: u32) {
    map.entry(key).and_modify(|least| *least = period.min(*least)).or_insert(period);
}

fn count_by_period<'a>(periods_of: impl Iterator<Item = &'a u32>, periods: Periods) -> Vec<u32> {
    let mut counts = vec![0; periods.count as usize];
    for &period in periods_of {
        counts[period as usize - 1] += 1;
    }
    counts
}
