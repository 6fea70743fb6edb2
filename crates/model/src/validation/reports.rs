//! Rules about the reports table.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::names::{counted, periods_in_words};
use super::of_cell;
use super::packages::unknown_package;
use super::sites::{Candidate, candidates, unknown_site};
use crate::problem::{Code, Problem};
use crate::programme::{Programme, Report, SiteRule, Stage};

/// Years around the programme within which reports are expected.
const YEARS_AROUND: i32 = 100;

/// Returns the file of the reports, and those that tell of a start or an opening of a period.
pub(super) fn telling(
    programme: &Programme,
) -> Option<(&str, impl Iterator<Item = (&Report, u32)>)> {
    let file = programme.settings.files.reports.as_deref()?;
    let packages = &programme.settings.packages;
    let tells = move |report: &&Report| {
        !report.site.is_empty()
            && packages.iter().any(|package| package.id == report.package)
            && report.stage >= Stage::Begun
    };
    let dated = programme.reports.iter().filter(tells);
    Some((file, dated.filter_map(|report| Some((report, report.period?)))))
}

/// E502: a report names a site that is not known.
pub(super) fn sites_are_known(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.reports else { return Vec::new() };
    unknown_site(programme, file, programme.reports.iter().map(|r| (r.row, r.site.as_str())))
}

/// E504: a report names a package that the programme does not have.
pub(super) fn packages_are_known(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.reports else { return Vec::new() };
    let rows = programme.reports.iter().map(|report| (report.row, report.package.as_str()));
    unknown_package(programme, file, "package", rows)
}

/// W507: a report tells of a start or an opening where a facility exists already.
pub(super) fn sites_have_no_facility(programme: &Programme) -> Vec<Problem> {
    let Some((file, reports)) = telling(programme) else { return Vec::new() };
    let existing: HashMap<&str, u32> =
        programme.facilities.iter().map(|f| (f.site.as_str(), f.row)).collect();
    let fault = |(report, _): (&Report, u32)| {
        let row = existing.get(report.site.as_str())?;
        let cause = format!(
            "site `{}` has the facility of row {row}, so the report fixes nothing",
            report.site
        );
        Some(of_cell(Code::ReportOnExisting, file, report.row, "site", cause))
    };
    reports.filter_map(fault).collect()
}

/// W508: the reports name more places for a period than its quota.
pub(super) fn places_keep_the_quota(programme: &Programme) -> Vec<Problem> {
    let Some((file, reports)) = telling(programme) else { return Vec::new() };
    let existing: HashSet<&str> = programme.facilities.iter().map(|f| f.site.as_str()).collect();
    // A place counts for the smallest period that is reported of it.
    let mut first: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for (report, period) in reports.filter(|(report, _)| !existing.contains(report.site.as_str())) {
        let counted = first.entry((&report.site, &report.named)).or_insert(period);
        *counted = period.min(*counted);
    }
    let quotas = programme.settings.quotas();
    let fault = |(index, &quota): (usize, &u32)| {
        let period = index as u32 + 1;
        let named = first.values().filter(|&&counted| counted == period).count();
        let year = programme.settings.periods.label(period);
        (named > quota as usize).then(|| {
            let places = counted(named, "place");
            let cause = format!(
                "the reports name {places} for period {period} ({year}), whose quota is {quota}"
            );
            Problem::new(Code::MorePlacesThanQuota, cause).in_file(file).in_column("period")
        })
    };
    quotas.iter().enumerate().filter_map(fault).collect()
}

/// W509: a report's date lies far away from the programme's years.
pub(super) fn dates_are_near_the_programme(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.reports else { return Vec::new() };
    let periods = programme.settings.periods;
    let expected = periods.label(1) - YEARS_AROUND..=periods.label(periods.count) + YEARS_AROUND;
    let strange = |report: &&Report| !expected.contains(&i32::from(report.date.year()));
    let fault = |report: &Report| {
        let cause =
            format!("{} is more than {YEARS_AROUND} years away from the programme", report.date);
        of_cell(Code::DateFarAway, file, report.row, "date", cause)
    };
    programme.reports.iter().filter(strange).map(fault).collect()
}

/// W510: a report fixes an opening that the sites table rules out. Each site is named once.
pub(super) fn openings_keep_the_rules(programme: &Programme) -> Vec<Problem> {
    let Some((file, reports)) = telling(programme) else { return Vec::new() };
    let sites = candidates(programme);
    let sites: HashMap<&str, &Candidate<'_>> = sites.iter().map(|site| (site.id, site)).collect();
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    for (report, period) in reports {
        let site = sites.get(report.site.as_str()).copied();
        let Some(why) = against(site, &report.package, period) else { continue };
        if told.insert(report.site.as_str()) {
            let cause =
                format!("site `{}` began or opened for period {period}, and {why}", report.site);
            faults.push(of_cell(Code::ReportAgainstRule, file, report.row, "site", cause));
        }
    }
    faults
}

/// Says why a site may not open with a package in a period.
fn against(site: Option<&Candidate<'_>>, package: &str, period: u32) -> Option<String> {
    let Some(site) = site else {
        return Some("is not among the sites of the sites table".to_owned());
    };
    let (earliest, latest) = site.window;
    if site.existing {
        None
    } else if site.rule == SiteRule::Forbidden {
        Some("is forbidden".to_owned())
    } else if period < earliest || period > latest {
        Some(format!("may open in {}", periods_in_words(earliest, latest)))
    } else if !site.packages.is_empty() && !site.packages.iter().any(|listed| listed == package) {
        Some(format!("may not get the package `{package}`"))
    } else {
        None
    }
}
