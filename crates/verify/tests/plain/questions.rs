//! What reports fix and leave free, case by case.

use crate::common::{begun, equator, facility, opening, programme};
use groundwork_model::programme::{PerPeriod, Stage};
use groundwork_model::{Code, Opening, Programme, Question, QuotaRule, QuotaSource, Report};
use groundwork_verify::verify_openings;

/// Returns five places over three periods, 2024 to 2026, with a quota of 2.
fn five_places(reports: Vec<Report>) -> Programme {
    let places = equator(&[(0.0, 10), (1.0, 10), (2.0, 10), (3.0, 10), (4.0, 10)]);
    Programme { reports, ..programme(places, 3, 2) }
}

fn as_of(day: &str) -> Question {
    Question { as_of: Some(day.parse().unwrap()), ..Question::default() }
}

/// Returns the codes of the rules that openings break.
fn broken(programme: &Programme, question: &Question, openings: &[(&str, u32)]) -> Vec<Code> {
    let openings: Vec<Opening> =
        openings.iter().map(|(site, period)| opening(site, *period)).collect();
    let score = verify_openings(programme, question, &openings);
    score.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn a_report_counts_from_its_day_on() {
    let programme = five_places(vec![begun("p0", "p0", 1, "2024-03-01")]);
    let elsewhere = [("p1", 1)];
    assert_eq!(broken(&programme, &as_of("2024-02-29"), &elsewhere), []);
    assert_eq!(broken(&programme, &as_of("2024-03-01"), &elsewhere), [Code::FactNotKept]);
    assert_eq!(broken(&programme, &Question::default(), &elsewhere), []);
}

#[test]
fn only_building_of_the_package_counts() {
    let report = begun("p0", "p0", 1, "2024-03-01");
    let day = as_of("2024-06-30");
    let broken_by = |report: Report| broken(&five_places(vec![report]), &day, &[("p1", 1)]);
    let fixing = [Code::FactNotKept];
    assert_eq!(broken_by(report.clone()), fixing);
    assert_eq!(broken_by(Report { stage: Stage::Opened, ..report.clone() }), fixing);
    assert_eq!(broken_by(Report { stage: Stage::Announced, ..report.clone() }), []);
    assert_eq!(broken_by(Report { stage: Stage::Other, ..report.clone() }), []);
    assert_eq!(broken_by(Report { package: String::new(), ..report.clone() }), []);
    assert_eq!(broken_by(Report { period: None, ..report.clone() }), []);
    assert_eq!(broken_by(Report { site: String::new(), ..report.clone() }), []);
    let mut existing = five_places(vec![report]);
    existing.facilities = vec![facility("p0")];
    assert_eq!(broken(&existing, &day, &[("p1", 1)]), []);
}

#[test]
fn the_smallest_period_of_the_reports_is_fixed() {
    let reports = vec![begun("p0", "p0", 2, "2024-03-01"), begun("p0", "p0", 1, "2024-04-01")];
    let programme = five_places(reports);
    assert_eq!(broken(&programme, &as_of("2024-06-30"), &[("p0", 1)]), []);
    assert_eq!(broken(&programme, &as_of("2024-03-31"), &[("p1", 1), ("p0", 2)]), []);
}

#[test]
fn two_named_places_in_one_site_use_two_openings() {
    let reports =
        vec![begun("p0", "north", 1, "2024-03-01"), begun("p0", "south", 1, "2024-03-01")];
    let programme = five_places(reports);
    let day = as_of("2024-06-30");
    assert_eq!(broken(&programme, &day, &[("p0", 1), ("p1", 1)]), [Code::QuotaExceeded]);
    // Named twice alike, the site uses one and leaves one.
    let reports =
        vec![begun("p0", "north", 1, "2024-03-01"), begun("p0", "north", 1, "2024-04-01")];
    let programme = five_places(reports);
    assert_eq!(broken(&programme, &day, &[("p0", 1), ("p1", 1)]), []);
}

#[test]
fn a_second_named_place_uses_an_opening_of_its_own_period() {
    let reports =
        vec![begun("p0", "north", 1, "2024-03-01"), begun("p0", "south", 2, "2024-03-01")];
    let programme = five_places(reports);
    let day = as_of("2024-06-30");
    assert_eq!(broken(&programme, &day, &[("p0", 1), ("p1", 1), ("p2", 2)]), []);
    let too_many = [("p0", 1), ("p1", 2), ("p2", 2)];
    assert_eq!(broken(&programme, &day, &too_many), [Code::QuotaExceeded]);
}

#[test]
fn nothing_is_free_before_the_period_of_the_day() {
    let programme = five_places(vec![begun("p0", "p0", 1, "2024-03-01")]);
    let choice = [("p0", 1), ("p1", 1)];
    assert_eq!(broken(&programme, &as_of("2024-12-31"), &choice), []);
    assert_eq!(broken(&programme, &as_of("2025-01-01"), &choice), [Code::QuotaExceeded]);
    let later = [("p0", 1), ("p1", 3)];
    assert_eq!(broken(&programme, &as_of("2026-12-31"), &later), []);
    assert_eq!(broken(&programme, &as_of("2027-01-01"), &later), [Code::QuotaExceeded]);
}

#[test]
fn everything_is_free_when_the_day_lies_before_the_programme() {
    let programme = five_places(Vec::new());
    assert_eq!(broken(&programme, &as_of("2020-01-01"), &[("p0", 1), ("p1", 1)]), []);
}

#[test]
fn a_fact_needs_no_quota_and_no_window() {
    let mut programme = five_places(vec![begun("p0", "p0", 1, "2024-03-01")]);
    programme.settings.quota.openings = PerPeriod::Each(vec![0, 2, 2]);
    programme.sites =
        vec![crate::common::site("p0", groundwork_model::SiteRule::Forbidden, Some(3), None)];
    assert_eq!(broken(&programme, &as_of("2024-06-30"), &[("p0", 1)]), []);
}

#[test]
fn exactly_binds_from_the_period_of_the_day_on() {
    let mut programme = five_places(vec![begun("p0", "p0", 1, "2024-03-01")]);
    programme.settings.quota.rule = QuotaRule::Exactly;
    programme.settings.quota.openings = PerPeriod::Each(vec![2, 1, 1]);
    let day = as_of("2025-06-30");
    assert_eq!(broken(&programme, &day, &[("p0", 1), ("p1", 2), ("p2", 3)]), []);
    assert_eq!(broken(&programme, &day, &[("p0", 1), ("p1", 2)]), [Code::QuotaNotMet]);
    // From the start, the first period must be full as well.
    let start = Question::default();
    assert_eq!(broken(&programme, &start, &[("p0", 1), ("p1", 2), ("p2", 3)]), [Code::QuotaNotMet]);
}

#[test]
fn quotas_as_taken_count_sites_and_fix_nothing() {
    // Taken: p0 in period 1 (with two named places), p1 and p2 in period 2; period 3 is as written.
    let reports = vec![
        begun("p0", "north", 1, "2024-03-01"),
        begun("p0", "south", 1, "2024-03-01"),
        begun("p1", "p1", 2, "2025-03-01"),
        begun("p2", "p2", 2, "2025-03-01"),
    ];
    let programme = five_places(reports);
    let taken = Question { quotas: QuotaSource::AsTaken, ..Question::default() };
    assert_eq!(broken(&programme, &taken, &[("p3", 1), ("p0", 2), ("p1", 2), ("p2", 3)]), []);
    let two_first = [("p3", 1), ("p4", 1)];
    assert_eq!(broken(&programme, &taken, &two_first), [Code::QuotaExceeded]);
    // As of the first reports, the numbers are still those of the last one; only p0 is fixed.
    let early = Question { quotas: QuotaSource::AsTaken, ..as_of("2024-06-30") };
    assert_eq!(broken(&programme, &early, &[("p0", 1), ("p3", 2), ("p4", 2)]), []);
    let other_first = [("p0", 1), ("p3", 1)];
    assert_eq!(broken(&programme, &early, &other_first), [Code::QuotaExceeded]);
}
