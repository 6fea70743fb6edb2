//! Small cases worked by hand, one for each rule.
//!
//! Three villages lie on a line at 0, 10 and 30 km and have 100, 50 and 20 people; there are two periods
//! and one kind that reaches 12 km. Nobody beyond 40 km is served.

use groundwork_model::certificate::{LayerRadii, RuleFamily, RuleName, RulePrice, ScheduleNode};
use groundwork_model::plan::{Action, Served};
use groundwork_model::programme::{
    AmountPerPeriod, Amounts, Assignment, Budget, Ceiling, Due, Floor, Kind, Need, Package,
    PerPeriod, Precedence, SiteSet, Size, Spacing, Upgrade,
};
use groundwork_model::{
    Code, Decimal, Facility, Goal, Locked, Opening, Place, Plan, Programme, Proof, Question,
    QuotaRule, Settings, Site, SiteRule,
};
use groundwork_verify::{Score, verify, verify_choice};

use crate::common::{certify, facility, inputs, plan_of, site};
use crate::line::degrees;

/// Returns the villages `a`, `b` and `c`, a kind `clinic` and the packages `post` and `clinic`, of which
/// the second costs 10 of money.
pub(crate) fn villages() -> Programme {
    let village = |(index, (km, population)): (usize, (u64, u64))| Place {
        id: ["a", "b", "c"][index].to_owned(),
        province: ["north", "north", "south"][index].to_owned(),
        lon: degrees(km),
        population,
        ..Place::default()
    };
    let mut settings = Settings {
        kinds: vec![kind("health", 12)],
        packages: vec![package("post", &["health"], 0, 0), package("clinic", &["health"], 10, 0)],
        ..Settings::default()
    };
    settings.periods.first = 2026;
    settings.periods.count = 2;
    settings.distance.cut_off_km = Some(km(40));
    Programme {
        settings,
        places: [(0, 100), (10, 50), (30, 20)].into_iter().enumerate().map(village).collect(),
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    }
}

pub(crate) fn km(number: i64) -> Decimal {
    Decimal::new(number, 0)
}

pub(crate) fn kind(id: &str, reach: i64) -> Kind {
    Kind { id: id.to_owned(), reach_km: km(reach), ..Kind::default() }
}

pub(crate) fn money(amount: u64) -> Amounts {
    if amount == 0 { Amounts::new() } else { [("money".to_owned(), amount)].into() }
}

pub(crate) fn package(id: &str, kinds: &[&str], cost: u64, build: u32) -> Package {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Package { id: id.to_owned(), kinds, cost: money(cost), build, ..Package::default() }
}

pub(crate) fn budget(amounts: &[u64], carry_over: bool, due: Due) -> Budget {
    let amount = AmountPerPeriod::Each(amounts.to_vec());
    Budget { resource: "money".to_owned(), amount, carry_over, due }
}

fn row(site: &str, package: &str, period: u32, action: Action) -> Opening {
    let year = 2025 + period as i32;
    let (site, package) = (site.to_owned(), package.to_owned());
    Opening { site, package, period, year, fixed: false, action }
}

pub(crate) fn open(site: &str, package: &str, period: u32) -> Opening {
    row(site, package, period, Action::Open)
}

pub(crate) fn turn(site: &str, package: &str, period: u32) -> Opening {
    row(site, package, period, Action::Upgrade)
}

pub(crate) fn close(site: &str, package: &str, period: u32) -> Opening {
    row(site, package, period, Action::Close)
}

pub(crate) fn served(period: u32, place: &str, site: &str, persons: u64) -> Served {
    let (kind, place, site) = ("health".to_owned(), place.to_owned(), site.to_owned());
    Served { kind, period, place, site, persons }
}

fn score(programme: &Programme, rows: &[Opening]) -> Score {
    verify_choice(programme, &Question::default(), rows, &[])
}

fn codes(programme: &Programme, rows: &[Opening]) -> Vec<Code> {
    score(programme, rows).problems.iter().map(|problem| problem.code).collect()
}

pub(crate) fn asked(programme: &Programme, question: &Question, rows: &[Opening]) -> Vec<Code> {
    let score = verify_choice(programme, question, rows, &[]);
    score.problems.iter().map(|problem| problem.code).collect()
}

/// Checks that a plan with these rows is accepted, whole, as its claims tell it.
fn accepts(programme: &Programme, rows: &[Opening]) {
    let plan = plan_of(programme, &Question::default(), rows, &[]);
    let verdict = verify(programme, &inputs(), &plan, None);
    assert!(verdict.accepted, "{:#?}", verdict.problems);
}

pub(crate) fn ids(list: &[&str]) -> Vec<String> {
    list.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn packages_are_known_and_allowed() {
    let mut programme = villages();
    programme.sites =
        vec![Site { packages: ids(&["clinic"]), ..site("a", SiteRule::Candidate, None, None) }];
    accepts(&programme, &[open("a", "clinic", 1), open("b", "post", 2)]);
    assert_eq!(codes(&programme, &[open("a", "post", 1)]), [Code::PackageNotAllowed]);
    assert_eq!(codes(&programme, &[open("a", "school", 1)]), [Code::UnknownSiteInPlan]);
    assert_eq!(codes(&programme, &[open("z", "post", 1)]), [Code::UnknownSiteInPlan]);
    assert_eq!(codes(&programme, &[open("b", "post", 3)]), [Code::OutsideWindow]);
    let twice = [open("b", "post", 1), open("b", "clinic", 2)];
    assert_eq!(codes(&programme, &twice), [Code::SiteOpenedTwice]);
}

#[test]
fn the_rules_of_single_sites_hold() {
    let mut programme = villages();
    programme.sites = vec![
        site("a", SiteRule::Forbidden, None, None),
        site("b", SiteRule::Required, Some(2), None),
    ];
    accepts(&programme, &[open("b", "post", 2)]);
    assert_eq!(codes(&programme, &[]), [Code::RequiredSiteMissing]);
    assert_eq!(codes(&programme, &[open("b", "post", 1)]), [Code::OutsideWindow]);
    let forbidden = [open("a", "post", 1), open("b", "post", 2)];
    assert_eq!(codes(&programme, &forbidden), [Code::ForbiddenSiteOpened]);
    programme.sites.clear();
    programme.facilities = vec![facility("c")];
    assert_eq!(codes(&programme, &[open("c", "post", 1)]), [Code::ExistingSiteOpened]);
}

#[test]
fn building_takes_time() {
    let mut programme = villages();
    programme.settings.packages[1].build = 1;
    accepts(&programme, &[open("a", "clinic", 2)]);
    assert_eq!(codes(&programme, &[open("a", "clinic", 1)]), [Code::StartTooEarly]);
    // As of a day in the second period nothing may begin in the first.
    let question = Question { as_of: Some("2027-02-01".parse().unwrap()), ..Question::default() };
    assert_eq!(asked(&programme, &question, &[open("a", "clinic", 2)]), [Code::StartTooEarly]);
    assert_eq!(asked(&programme, &question, &[open("a", "post", 2)]), []);
}

#[test]
fn a_budget_is_not_overdrawn() {
    let mut programme = villages();
    programme.settings.budgets = vec![budget(&[10, 15], false, Due::Start)];
    programme.sites = vec![Site { cost: money(5), ..site("b", SiteRule::Candidate, None, None) }];
    accepts(&programme, &[open("a", "clinic", 1), open("b", "clinic", 2)]);
    let overdrawn = score(&programme, &[open("b", "clinic", 1), open("a", "clinic", 2)]);
    let causes: Vec<&str> = overdrawn.problems.iter().map(|p| p.cause.as_str()).collect();
    assert_eq!(causes, ["the plan spends 15 of money in 2026, where the budget has 10"]);
    assert_eq!(overdrawn.problems[0].code, Code::BudgetExceeded);
    assert_eq!(overdrawn.outcomes[0].spent, [("money".to_owned(), 15)].into());
    assert_eq!(overdrawn.outcomes[1].spent, [("money".to_owned(), 10)].into());
    // With carry-over two clinics cost 20 of the 25 there are by the second year.
    programme.settings.budgets[0].carry_over = true;
    accepts(&programme, &[open("a", "clinic", 2), open("c", "clinic", 2)]);
    assert_eq!(
        codes(&programme, &[open("a", "clinic", 1), open("c", "clinic", 1)]),
        [Code::BudgetExceeded]
    );
}

#[test]
fn building_is_due_when_it_starts_or_at_the_opening() {
    let mut programme = villages();
    programme.settings.packages[1].build = 1;
    programme.settings.budgets = vec![budget(&[0, 10], false, Due::Opening)];
    accepts(&programme, &[open("a", "clinic", 2)]);
    programme.settings.budgets[0].due = Due::Start;
    assert_eq!(codes(&programme, &[open("a", "clinic", 2)]), [Code::BudgetExceeded]);
}

#[test]
fn what_stands_runs_and_leaves_nothing_of_an_overdrawn_budget() {
    let mut programme = villages();
    programme.settings.packages[0].running = money(3);
    programme.facilities = vec![facility("c")];
    programme.settings.budgets = vec![budget(&[2, 20], false, Due::Start)];
    // The facility costs 3 a year: the first year has 2 and so leaves nothing, but breaks nothing.
    accepts(&programme, &[open("a", "clinic", 2)]);
    assert_eq!(codes(&programme, &[open("a", "clinic", 1)]), [Code::BudgetExceeded]);
    let spent = score(&programme, &[open("a", "clinic", 2)]).outcomes[1].spent.clone();
    assert_eq!(spent, [("money".to_owned(), 13)].into());
}

#[test]
fn sites_are_upgraded_once_and_later() {
    let mut programme = villages();
    programme.settings.upgrades = vec![Upgrade {
        from: "post".to_owned(),
        to: "clinic".to_owned(),
        cost: money(4),
        build: 0,
    }];
    programme.facilities = vec![facility("c")];
    accepts(&programme, &[open("a", "post", 1), turn("a", "clinic", 2)]);
    accepts(&programme, &[turn("c", "clinic", 1)]);
    let refused = [
        vec![turn("a", "clinic", 2)],
        vec![open("a", "post", 2), turn("a", "clinic", 2)],
        vec![open("a", "clinic", 1), turn("a", "post", 2)],
        vec![turn("c", "clinic", 1), turn("c", "clinic", 2)],
    ];
    for rows in refused {
        assert_eq!(codes(&programme, &rows), [Code::UpgradeNotAllowed], "{rows:?}");
    }
    programme.settings.upgrades[0].build = 1;
    accepts(&programme, &[open("a", "post", 1), turn("a", "clinic", 2)]);
    assert_eq!(codes(&programme, &[turn("c", "clinic", 1)]), [Code::StartTooEarly]);
}

#[test]
fn quotas_count_openings_and_upgrades_where_they_say_so() {
    let mut programme = villages();
    programme.settings.upgrades = vec![Upgrade {
        from: "post".to_owned(),
        to: "clinic".to_owned(),
        cost: Amounts::new(),
        build: 0,
    }];
    programme.settings.quota.openings = PerPeriod::Same(1);
    let rows = [open("a", "post", 1), turn("a", "clinic", 2), open("b", "post", 2)];
    accepts(&programme, &rows);
    programme.settings.quota.count_upgrades = true;
    assert_eq!(codes(&programme, &rows), [Code::QuotaExceeded]);
    programme.settings.quota.rule = QuotaRule::Exactly;
    accepts(&programme, &[open("a", "post", 1), turn("a", "clinic", 2)]);
    assert_eq!(codes(&programme, &[open("a", "post", 1)]), [Code::QuotaNotMet]);
}

#[test]
fn facilities_close_where_they_may() {
    let mut programme = villages();
    programme.facilities = vec![Facility { may_close: true, ..facility("c") }];
    accepts(&programme, &[close("c", "post", 2)]);
    let open_sites = |rows: &[Opening], programme: &Programme| {
        score(programme, rows).outcomes.iter().map(|o| o.open).collect::<Vec<_>>()
    };
    assert_eq!(open_sites(&[close("c", "post", 2)], &programme), [1, 0]);
    let twice = [close("c", "post", 1), close("c", "post", 2)];
    assert_eq!(codes(&programme, &twice), [Code::ClosureNotAllowed]);
    assert_eq!(codes(&programme, &[close("c", "clinic", 2)]), [Code::ClosureNotAllowed]);
    assert_eq!(codes(&programme, &[close("a", "post", 2)]), [Code::ClosureNotAllowed]);
    programme.facilities[0].may_close = false;
    assert_eq!(codes(&programme, &[close("c", "post", 2)]), [Code::ClosureNotAllowed]);
    programme.facilities[0].closes = Some(2);
    assert_eq!(codes(&programme, &[close("c", "post", 2)]), [Code::ClosureNotAllowed]);
    assert_eq!(open_sites(&[], &programme), [1, 0]);
}

#[test]
fn floors_count_sites_and_people() {
    let mut programme = villages();
    let floor = |province: &str| Floor {
        province: Some(province.to_owned()),
        kind: None,
        by: 2027,
        at_least: Some(1),
        coverage: None,
    };
    programme.settings.floors = vec![floor("*")];
    accepts(&programme, &[open("a", "post", 1), open("c", "post", 2)]);
    let missed = score(&programme, &[open("a", "post", 1), open("b", "post", 2)]);
    let causes: Vec<&str> = missed.problems.iter().map(|p| p.cause.as_str()).collect();
    assert_eq!(causes, ["0 sites in `south` operate in 2027, where the floor is 1"]);
    assert_eq!(missed.problems[0].code, Code::FloorMissed);
    // 60 per cent of 150 are 90 persons: those of a alone will do, those of b will not.
    programme.settings.floors = vec![Floor {
        kind: Some("health".to_owned()),
        at_least: None,
        coverage: Some(km(60)),
        by: 1,
        ..floor("north")
    }];
    programme.settings.kinds[0].reach_km = km(5);
    accepts(&programme, &[open("a", "post", 1)]);
    assert_eq!(codes(&programme, &[open("b", "post", 1)]), [Code::FloorMissed]);
    // 66.67 per cent are 100.005 persons, so 101.
    programme.settings.floors[0].coverage = Some(Decimal::new(6_667, 2));
    let missed = score(&programme, &[open("a", "post", 1)]);
    let cause = "100 of 150 persons in `north` have `health` within reach in 2026, where the floor \
                 is 101";
    assert_eq!(missed.problems[0].cause, cause);
}

#[test]
fn ceilings_count_sites_and_never_break_on_what_stands() {
    let mut programme = villages();
    programme.settings.ceilings =
        vec![Ceiling { province: Some("north".to_owned()), kind: None, by: 1, at_most: 1 }];
    accepts(&programme, &[open("a", "post", 1), open("b", "post", 2), open("c", "post", 1)]);
    let both = [open("a", "post", 1), open("b", "post", 1)];
    assert_eq!(codes(&programme, &both), [Code::CeilingExceeded]);
    programme.facilities = vec![facility("a"), facility("b")];
    accepts(&programme, &[]);
}

#[test]
fn spacing_holds_in_the_end_below_its_kilometres() {
    let mut programme = villages();
    programme.settings.spacing = vec![Spacing { km: km(10), kind: None }];
    let both = [open("a", "post", 1), open("b", "post", 2)];
    accepts(&programme, &both);
    programme.settings.spacing[0].km = Decimal::new(10_001, 3);
    assert_eq!(codes(&programme, &both), [Code::SitesTooNear]);
    programme.facilities = vec![facility("a"), facility("b")];
    accepts(&programme, &[]);
    programme.facilities[1] = Facility { may_close: true, ..facility("a") };
    programme.facilities.remove(0);
    accepts(&programme, &[close("a", "post", 2), open("b", "post", 1)]);
}

#[test]
fn spacing_of_a_kind_holds_where_both_offer_it() {
    let mut programme = villages();
    programme.settings.kinds.push(kind("school", 25));
    programme.settings.packages.push(package("school", &["school"], 0, 0));
    programme.settings.spacing = vec![Spacing { km: km(15), kind: Some("health".to_owned()) }];
    accepts(&programme, &[open("a", "post", 1), open("b", "school", 1)]);
    accepts(&programme, &[open("a", "post", 1), open("c", "clinic", 1)]);
    let both = [open("a", "post", 1), open("b", "clinic", 1)];
    assert_eq!(codes(&programme, &both), [Code::SitesTooNear]);
    // One of the two that stands does not excuse the other.
    programme.facilities = vec![facility("a")];
    accepts(&programme, &[open("b", "school", 1)]);
    assert_eq!(codes(&programme, &[open("b", "post", 1)]), [Code::SitesTooNear]);
    // A hundred of many pairs are told.
    programme.facilities.clear();
    programme.places = (0..40)
        .map(|number| Place { id: format!("v{number}"), ..programme.places[0].clone() })
        .collect();
    let rows: Vec<Opening> = (0..40).map(|n| open(&format!("v{n}"), "post", 1)).collect();
    assert_eq!(codes(&programme, &rows), vec![Code::SitesTooNear; 100]);
}

#[test]
fn sites_exclude_each_other_or_belong_together() {
    let mut programme = villages();
    programme.settings.exclusive = vec![SiteSet { sites: ids(&["a", "b", "c"]) }];
    accepts(&programme, &[open("a", "post", 1)]);
    let two = [open("a", "post", 1), open("c", "post", 1)];
    assert_eq!(codes(&programme, &two), [Code::SitesExcluded]);
    programme.settings.exclusive.clear();
    programme.settings.together = vec![SiteSet { sites: ids(&["a", "c"]) }];
    accepts(&programme, &[open("a", "post", 1), open("c", "post", 2)]);
    assert_eq!(codes(&programme, &[open("c", "post", 1)]), [Code::SitesParted]);
    programme.facilities = vec![facility("a")];
    assert_eq!(codes(&programme, &[]), [Code::SitesParted]);
}

#[test]
fn one_site_opens_after_another() {
    let mut programme = villages();
    let precedence = Precedence { first: "a".to_owned(), then: "b".to_owned(), lag: 1 };
    programme.settings.precedence = vec![precedence];
    accepts(&programme, &[open("a", "post", 1), open("b", "post", 2)]);
    let at_once = [open("a", "post", 1), open("b", "post", 1)];
    assert_eq!(codes(&programme, &at_once), [Code::OrderBroken]);
    assert_eq!(codes(&programme, &[open("b", "post", 2)]), [Code::OrderBroken]);
    // What has stood has opened before the first period.
    programme.facilities = vec![facility("a")];
    accepts(&programme, &[open("b", "post", 1)]);
    programme.facilities = vec![facility("b")];
    accepts(&programme, &[]);
}

#[test]
fn kinds_need_other_kinds_and_materials() {
    let mut programme = villages();
    programme.settings.kinds.push(kind("surgery", 40));
    let need = Need { kind: Some("health".to_owned()), material: None, within_km: km(10) };
    programme.settings.kinds[1].needs = vec![need];
    programme.settings.packages.push(package("theatre", &["surgery"], 0, 0));
    accepts(&programme, &[open("a", "post", 1), open("b", "theatre", 1)]);
    let late = [open("a", "post", 2), open("b", "theatre", 1)];
    assert_eq!(codes(&programme, &late), [Code::NeedNotMet]);
    let far = [open("a", "post", 1), open("c", "theatre", 1)];
    assert_eq!(codes(&programme, &far), [Code::NeedNotMet, Code::NeedNotMet]);
    let need = Need { kind: None, material: Some("steel".to_owned()), within_km: km(10) };
    programme.settings.kinds[1].needs = vec![need];
    programme.places[0].materials = ids(&["steel"]);
    accepts(&programme, &[open("a", "theatre", 1), open("b", "theatre", 2)]);
    assert_eq!(codes(&programme, &[open("c", "theatre", 1)]), [Code::PackageNotAllowed]);
}

/// Returns the villages where posts serve 60 persons and clinics everybody.
pub(crate) fn limited() -> Programme {
    let mut programme = villages();
    programme.settings.kinds[0].demand = Decimal::new(5, 1);
    programme.settings.kinds[0].sizes = vec![Size {
        id: "small".to_owned(),
        name: String::new(),
        capacity: Some(30),
        cost: Amounts::new(),
        running: Amounts::new(),
        build: 0,
    }];
    programme.settings.packages[0].kinds = ids(&["health:small"]);
    programme
}

#[test]
fn limited_kinds_serve_whom_the_plan_says() {
    let programme = limited();
    let rows = [open("a", "post", 1), open("b", "post", 1)];
    // 60 of a at home, 40 to b, 10 km; 20 of b at home; nobody else.
    let each = |period| {
        [served(period, "a", "a", 60), served(period, "a", "b", 40), served(period, "b", "b", 20)]
    };
    let good: Vec<Served> = each(1).into_iter().chain(each(2)).collect();
    let plan = plan_of(&programme, &Question::default(), &rows, &good);
    let verdict = verify(&programme, &inputs(), &plan, None);
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    // 40 x 10 km, and 50 left over x 40 km.
    assert_eq!(plan.value, 2 * (40 * 10_000 + 50 * 40_000));
    let outcome = &plan.outcomes[0].kinds[0];
    assert_eq!((outcome.sites, outcome.served, outcome.capacity), (2, 120, Some(120)));
    assert_eq!(outcome.person_metres, 400_000);
    let codes = |change: &dyn Fn(&mut Vec<Served>)| {
        let mut assignments = good.clone();
        change(&mut assignments);
        let question = Question::default();
        let score = verify_choice(&programme, &question, &rows, &assignments);
        score.problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    let wrong = [Code::AssignmentWrong];
    assert_eq!(codes(&|rows| rows[0].place = "z".to_owned()), wrong);
    assert_eq!(codes(&|rows| rows[0].site = "z".to_owned()), wrong);
    assert_eq!(codes(&|rows| rows[0].kind = "z".to_owned()), wrong);
    assert_eq!(codes(&|rows| rows[0].site = "c".to_owned()), wrong);
    assert_eq!(codes(&|rows| rows[0].period = 3), wrong);
    assert_eq!(codes(&|rows| rows[0].persons = 0), wrong);
    assert_eq!(codes(&|rows| rows.push(rows[0].clone())), wrong);
    assert_eq!(codes(&|rows| rows[0].persons = 61), [Code::DemandNotMet, Code::CapacityExceeded]);
    assert_eq!(codes(&|rows| rows[2].persons = 21), [Code::CapacityExceeded]);
    assert_eq!(codes(&|rows| rows[0].persons = 1), []);
}

#[test]
fn everybody_must_be_served_without_a_cut_off() {
    let mut programme = limited();
    programme.settings.distance.cut_off_km = None;
    programme.settings.periods.count = 1;
    let codes = |rows: &[Opening], assignments: &[Served]| {
        let score = verify_choice(&programme, &Question::default(), rows, assignments);
        let codes: Vec<Code> = score.problems.iter().map(|problem| problem.code).collect();
        (codes, score.value)
    };
    assert_eq!(codes(&[], &[]), (vec![Code::NobodyServes], None));
    let rows = [open("a", "clinic", 1)];
    assert_eq!(codes(&rows, &[]), (vec![Code::DemandNotMet], None));
    let all = [served(1, "a", "a", 100), served(1, "b", "a", 50), served(1, "c", "a", 20)];
    assert_eq!(codes(&rows, &all), (Vec::new(), Some(50 * 10_000 + 20 * 30_000)));
}

#[test]
fn people_stay_together_where_they_are_whole() {
    let mut programme = limited();
    programme.settings.kinds[0].assignment = Assignment::Whole;
    programme.settings.periods.count = 1;
    let rows = [open("a", "clinic", 1), open("b", "post", 1)];
    let codes = |assignments: &[Served]| {
        let score = verify_choice(&programme, &Question::default(), &rows, assignments);
        score.problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[served(1, "a", "a", 100), served(1, "b", "b", 50)]), []);
    let split = [served(1, "b", "a", 20), served(1, "b", "b", 30)];
    assert_eq!(codes(&split), [Code::ClientSplit]);
    assert_eq!(codes(&[served(1, "b", "b", 49)]), [Code::ClientSplit]);
}

#[test]
fn coverage_counts_those_who_are_served_within_reach() {
    let mut programme = limited();
    programme.settings.objective.goal = Goal::Coverage;
    programme.settings.periods.count = 1;
    let rows = [open("b", "post", 1)];
    let value = |assignments: &[Served]| {
        verify_choice(&programme, &Question::default(), &rows, assignments).value
    };
    assert_eq!(value(&[served(1, "a", "b", 35), served(1, "b", "b", 25)]), Some(60));
    // c lies 20 km away, and the kind reaches 12.
    assert_eq!(value(&[served(1, "c", "b", 20)]), None);
}

#[test]
fn facts_and_decisions_have_packages() {
    let mut programme = villages();
    let mut report = crate::common::begun("a", "A", 1, "2026-03-01");
    report.package = "clinic".to_owned();
    programme.reports = vec![report];
    let as_of = Some("2026-06-01".parse().unwrap());
    let question = Question { as_of, ..Question::default() };
    assert_eq!(asked(&programme, &question, &[open("a", "clinic", 1)]), []);
    assert_eq!(asked(&programme, &question, &[open("a", "post", 1)]), [Code::FactNotKept]);
    assert_eq!(asked(&programme, &question, &[]), [Code::FactNotKept]);
    let locked = |package: Option<&str>| Question {
        locked: vec![Locked {
            site: "b".to_owned(),
            period: 2,
            package: package.map(str::to_owned),
        }],
        ..Question::default()
    };
    let rows = [open("b", "post", 2)];
    assert_eq!(asked(&programme, &locked(None), &rows), []);
    assert_eq!(asked(&programme, &locked(Some("post")), &rows), []);
    assert_eq!(asked(&programme, &locked(Some("clinic")), &rows), [Code::DecisionNotKept]);
    assert_eq!(asked(&programme, &locked(None), &[]), [Code::DecisionNotKept]);
}

#[test]
fn each_kind_counts_for_itself() {
    let mut programme = villages();
    programme.settings.kinds.push(kind("school", 25));
    programme.settings.packages[1].kinds = ids(&["health", "school"]);
    programme.places[1].persons = [("school".to_owned(), 30)].into();
    let score = score(&programme, &[open("a", "post", 1), open("c", "clinic", 1)]);
    // health: b 10 km to a; school: a 30 km, b 20 km to c.
    let one = 50 * 10_000 + 100 * 30_000 + 30 * 20_000;
    assert_eq!(score.value, Some(2 * one));
    let outcome = &score.outcomes[0];
    assert_eq!((outcome.openings, outcome.open), (2, 2));
    assert_eq!((outcome.access.as_slice(), outcome.access_all), (&[170, 50][..], 70));
    assert_eq!((outcome.kinds[1].sites, outcome.kinds[1].served), (1, 150));
    assert_eq!((outcome.kinds[1].person_metres, outcome.kinds[1].capacity), (3_600_000, None));
}

pub(crate) fn name(rule: RuleFamily) -> RuleName {
    RuleName { rule, number: 0, period: 0, province: String::new(), site: 0, other: 0, future: 0 }
}

pub(crate) fn priced(of: RuleName, price: i128) -> RulePrice {
    RulePrice { of, price }
}

/// Returns bound and codes of a proof, whatever the plan.
fn proved(programme: &Programme, proof: Proof) -> (Option<i128>, Vec<Code>) {
    proved_of(programme, &Question::default(), proof)
}

/// Does the same for a question.
pub(crate) fn proved_of(
    programme: &Programme,
    question: &Question,
    proof: Proof,
) -> (Option<i128>, Vec<Code>) {
    let mut plan: Plan = plan_of(programme, question, &[], &[]);
    let certificate = certify(&mut plan, i128::from(i64::MIN), proof);
    let verdict = verify(programme, &inputs(), &plan, Some(&certificate));
    let codes = verdict.problems.iter().map(|problem| problem.code);
    let proof = [Code::CertificateMalformed, Code::BoundNotProved];
    (verdict.bound, codes.filter(|code| proof.contains(code)).collect())
}

pub(crate) fn proof(
    prices: Vec<RulePrice>,
    radii: Vec<Vec<u64>>,
    nodes: Vec<ScheduleNode>,
) -> Proof {
    Proof::Schedules { shift: 0, prices, radii, nodes, covers: vec![] }
}

#[test]
fn a_budget_has_a_price() {
    // One year, 10 of money: one clinic, no posts. Best is a clinic in a: b 10 km, c 30 km, 1,100 in
    // all; in b it is 100 x 10 + 20 x 20 = 1,400.
    let mut programme = villages();
    programme.settings.periods.count = 1;
    programme.settings.packages.remove(0);
    programme.settings.budgets = vec![budget(&[19], false, Due::Start)];
    let value = score(&programme, &[open("a", "clinic", 1)]).value;
    assert_eq!(value, Some(1_100_000));
    // Radii 12, 22 and 30 km: u = 1,200 + 1,100 + 600 = 2,900 thousand. a saves 1,200 + 600 + 0, b 200 +
    // 1,100 + 200, c 0 + 100 + 600. At a price of 180 for each of money a clinic costs 1,800:
    // L = 2,900 - 19 x 180 + 0 = -520; and 2,900 - 10 x 180 = 1,100 if the budget had 10.
    let radii = vec![vec![12_000, 22_000, 30_000]];
    let of = RuleName { number: 1, period: 1, ..name(RuleFamily::Budget) };
    let prices = vec![priced(of.clone(), 180_000)];
    let bound = |programme: &Programme| {
        proved(programme, proof(prices.clone(), radii.clone(), Vec::new())).0
    };
    assert_eq!(bound(&programme), Some(-520_000));
    programme.settings.budgets = vec![budget(&[10], false, Due::Start)];
    assert_eq!(bound(&programme), Some(1_100_000));
    let below = vec![priced(of.clone(), -1)];
    let refused = (None, vec![Code::CertificateMalformed]);
    assert_eq!(proved(&programme, proof(below, radii.clone(), Vec::new())), refused);
    let twice = vec![priced(of.clone(), 1), priced(of, 1)];
    assert_eq!(proved(&programme, proof(twice, radii.clone(), Vec::new())), refused);
    let unknown = vec![priced(RuleName { site: 1, ..name(RuleFamily::Quota) }, 0)];
    assert_eq!(proved(&programme, proof(unknown, radii, Vec::new())), refused);
}

#[test]
fn a_limited_site_saves_within_its_capacity() {
    let mut programme = limited();
    programme.settings.periods.count = 1;
    programme.settings.packages.remove(1);
    for id in ["b", "c"] {
        programme.sites.push(site(id, SiteRule::Forbidden, None, None));
    }
    // Radii of 40 km, which is what the unserved cost: u = 170 x 40. A post in a serves 60 persons of a,
    // who save 40 km each: 6,800 - 2,400 = 4,400 thousand, which is what it costs.
    let bound = proved(&programme, proof(Vec::new(), vec![vec![u64::MAX; 3]], Vec::new())).0;
    assert_eq!(bound, Some(4_400_000));
    let score = verify_choice(
        &programme,
        &Question::default(),
        &[open("a", "post", 1)],
        &[served(1, "a", "a", 60)],
    );
    assert_eq!((score.problems, score.value), (Vec::new(), Some(4_400_000)));
}

#[test]
fn a_floor_of_coverage_has_a_layer_and_a_price() {
    let mut programme = villages();
    programme.settings.periods.count = 1;
    programme.settings.kinds[0].reach_km = km(5);
    programme.settings.packages.remove(0);
    programme.settings.budgets = vec![budget(&[10], false, Due::Start)];
    programme.settings.floors = vec![Floor {
        province: None,
        kind: Some("health".to_owned()),
        by: 1,
        at_least: None,
        coverage: Some(km(90)),
    }];
    // One clinic reaches 100 persons at most and the floor asks for 153. A price of 1 for the floor and
    // of 10 for each of money: u = 170, 17 may stay out of reach, a clinic costs 100 and saves 100 at
    // most. L = 170 - 17 - 100 = 53 of what has no cost at all, so no plan is left.
    let floor = priced(RuleName { number: 1, ..name(RuleFamily::Floor) }, 1);
    let money = RuleName { number: 1, period: 1, ..name(RuleFamily::Budget) };
    let prices = vec![floor, priced(money, 10)];
    let radii = vec![vec![0; 3], vec![9; 3]];
    let root = proof(prices.clone(), radii.clone(), Vec::new());
    assert_eq!(proved(&programme, root).0, Some(53));
    let of_floor = LayerRadii { layer: 2, changed: vec![0, 1, 2], radii: vec![9; 3] };
    let marked = ScheduleNode {
        rules_alone: true,
        prices: prices.clone(),
        radii: vec![of_floor],
        ..ScheduleNode::default()
    };
    let (bound, codes) = proved(&programme, proof(prices.clone(), radii.clone(), vec![marked]));
    assert_eq!((bound, codes), (None, vec![Code::BoundNotProved]));
    // What a marked node does not name is 0, whatever the root has.
    let unnamed = ScheduleNode { rules_alone: true, ..ScheduleNode::default() };
    assert_eq!(proved(&programme, proof(prices, radii, vec![unnamed])).0, Some(53));
}

#[test]
fn a_tree_shares_out_schedules() {
    let mut programme = villages();
    programme.settings.periods.count = 1;
    // Site 1 has never, post and clinic. Without radii the bound of each leaf is 0.
    let branch = |schedules: &[u32]| ScheduleNode {
        site: 1,
        schedules: schedules.to_vec(),
        ..ScheduleNode::default()
    };
    let radii = || vec![vec![0; 3]];
    let codes = |nodes: &[ScheduleNode]| proved(&programme, proof(vec![], radii(), nodes.to_vec()));
    assert_eq!(codes(&[branch(&[0, 2]), branch(&[1])]), (Some(0), Vec::new()));
    let refused = (None, vec![Code::CertificateMalformed]);
    assert_eq!(codes(&[branch(&[0]), branch(&[1])]), refused);
    assert_eq!(codes(&[branch(&[0, 1]), branch(&[1, 2])]), refused);
    assert_eq!(codes(&[branch(&[0, 1]), branch(&[2, 3])]), refused);
    assert_eq!(codes(&[branch(&[1, 0]), branch(&[2])]), refused);
    assert_eq!(codes(&[branch(&[0, 1, 2]), ScheduleNode::default()]), refused);
    assert_eq!(codes(&[ScheduleNode { parent: 1, ..branch(&[0, 1, 2]) }]), refused);
}

#[test]
fn proofs_belong_to_their_programmes() {
    let programme = villages();
    let lagrangian = Proof::Lagrangian { shift: 0, prices: vec![0; 2], radii: vec![vec![0; 3]; 2] };
    assert_eq!(proved(&programme, lagrangian).1, [Code::CertificateMalformed]);
    let mut plain = villages();
    plain.settings.packages.truncate(1);
    assert!(plain.is_plain());
    let schedules = proof(Vec::new(), vec![vec![0; 6]], Vec::new());
    assert_eq!(proved(&plain, schedules).1, [Code::CertificateMalformed]);
    let rows = [open("a", "post", 1), turn("a", "post", 2)];
    assert_eq!(codes(&plain, &rows), [Code::UpgradeNotAllowed]);
    let score = verify_choice(
        &plain,
        &Question::default(),
        &[open("a", "post", 1)],
        &[served(1, "a", "a", 1)],
    );
    assert_eq!(score.problems[0].code, Code::AssignmentWrong);
}
