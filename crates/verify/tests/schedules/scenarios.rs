//! Several futures of one plan, worked by hand.
//!
//! Four villages lie on a line at 0, 10, 30 and 40 km and have 100, 50, 20 and 60 people; the first two are the
//! north, the others the south. There are two periods and one kind that reaches 12 km. Nobody beyond 40 km is
//! served; who is not counts as 40 km.

use groundwork_model::plan::{Action, Served};
use groundwork_model::programme::{
    Delays, DemandChange, Due, Future, Late, PerPeriod, Robustness, Scenarios, Size, Upgrade,
};
use groundwork_model::{
    Code, Decimal, Goal, Held, Opening, Outlook, Place, Plan, Programme, Progress, Promise,
    Question, Replan, SiteState,
};
use groundwork_verify::{Score, verify, verify_choice, verify_choices};

use crate::common::{begun, facility, inputs, plan_in};
use crate::line::degrees;
use crate::worked::{budget, ids, kind, money, open, package, served, turn, villages};

/// Returns the four villages, of which one may get the package `post` in each period.
pub(crate) fn four() -> Programme {
    let village = |(index, (km, population)): (usize, (u64, u64))| Place {
        id: ["a", "b", "c", "d"][index].to_owned(),
        province: ["north", "north", "south", "south"][index].to_owned(),
        lon: degrees(km),
        population,
        ..Place::default()
    };
    let at = [(0, 100), (10, 50), (30, 20), (40, 60)];
    let mut programme = villages();
    programme.places = at.into_iter().enumerate().map(village).collect();
    programme.settings.quota.openings = PerPeriod::Same(1);
    programme
}

pub(crate) fn future(name: &str, weight: u32) -> Future {
    Future {
        name: name.to_owned(),
        weight,
        demand: Vec::new(),
        cost_per_cent: std::collections::BTreeMap::new(),
        late: Vec::new(),
    }
}

pub(crate) fn needing(name: &str, weight: u32, per_cent: u32, province: Option<&str>) -> Future {
    let province = province.map(str::to_owned);
    let demand = vec![DemandChange { per_cent, kind: None, province }];
    Future { demand, ..future(name, weight) }
}

pub(crate) fn dear(name: &str, per_cent: u32) -> Future {
    Future { cost_per_cent: [("money".to_owned(), per_cent)].into(), ..future(name, 1) }
}

pub(crate) fn late(name: &str, sites: &[&str], periods: Option<u32>) -> Future {
    let row = Late {
        periods: periods.unwrap_or(0),
        fails: periods.is_none(),
        sites: ids(sites),
        province: None,
    };
    Future { late: vec![row], ..future(name, 1) }
}

pub(crate) fn expect(programme: &mut Programme, objective: Robustness, futures: Vec<Future>) {
    let scenarios = Scenarios { objective, futures, delays: None };
    programme.settings.scenarios = Some(scenarios);
}

fn score(programme: &Programme, rows: &[Opening]) -> Score {
    verify_choice(programme, &Question::default(), rows, &[])
}

fn alone(name: &str) -> Question {
    Question { outlook: Outlook::Future(name.to_owned()), ..Question::default() }
}

/// Returns the value in each future, in thousands, and that by which the plan is judged.
pub(crate) fn values(
    programme: &Programme,
    question: &Question,
    rows: &[Opening],
) -> (Vec<i128>, i128) {
    let score = verify_choice(programme, question, rows, &[]);
    assert!(score.problems.is_empty(), "{:#?}", score.problems);
    let each = score.futures.iter().map(|future| future.value.unwrap() / 1_000).collect();
    (each, score.value.unwrap() / 1_000)
}

fn codes(score: &Score) -> Vec<Code> {
    score.problems.iter().map(|problem| problem.code).collect()
}

/// First `a`, then `d`: 500 + 600 + 2,400, then 500 + 200 person-km.
fn plan() -> Vec<Opening> {
    vec![open("a", "post", 1), open("d", "post", 2)]
}

#[test]
fn persons_change_by_province_and_are_rounded_half_up() {
    let mut programme = four();
    assert_eq!(values(&programme, &Question::default(), &plan()), (vec![], 4_200));
    // More: 30 and 90 in the south give 500 + 900 + 3,600, then 500 + 300. Fewer: 55 and 27.5, that is 28, in
    // the north give 280 + 600 + 2,400, then 280 + 200.
    let futures =
        vec![needing("more", 2, 150, Some("south")), needing("fewer", 1, 55, Some("north"))];
    expect(&mut programme, Robustness::Expected, futures.clone());
    let together = Question::default();
    assert_eq!(values(&programme, &together, &plan()), (vec![5_800, 3_760], 15_360));
    assert_eq!(score(&programme, &plan()).scale, 3);
    let names: Vec<(String, u32)> =
        score(&programme, &plan()).futures.into_iter().map(|f| (f.name, f.weight)).collect();
    assert_eq!(names, [("more".to_owned(), 2), ("fewer".to_owned(), 1)]);

    expect(&mut programme, Robustness::WorstCase, futures);
    assert_eq!(values(&programme, &together, &plan()), (vec![5_800, 3_760], 5_800));
    assert_eq!(score(&programme, &plan()).scale, 1);
    assert_eq!(values(&programme, &alone("fewer"), &plan()), (vec![3_760], 3_760));
    let as_written = Question { outlook: Outlook::AsWritten, ..Question::default() };
    assert_eq!(values(&programme, &as_written, &plan()), (vec![], 4_200));
}

#[test]
fn the_last_row_that_speaks_of_kind_and_place_counts() {
    let mut programme = four();
    let row = |per_cent, kind: Option<&str>, province: Option<&str>| DemandChange {
        per_cent,
        kind: kind.map(str::to_owned),
        province: province.map(str::to_owned),
    };
    let all = row(200, None, None);
    let value = |programme: &mut Programme, demand: &[DemandChange]| {
        let future = Future { demand: demand.to_vec(), ..future("one", 1) };
        expect(programme, Robustness::Expected, vec![future]);
        values(programme, &Question::default(), &plan()).1
    };
    assert_eq!(value(&mut programme, std::slice::from_ref(&all)), 8_400);
    // The south as in `more` above, the north twice: 1,000 + 900 + 3,600 and 1,000 + 300.
    let south = row(150, None, Some("south"));
    assert_eq!(value(&mut programme, &[all.clone(), south.clone()]), 6_800);
    assert_eq!(value(&mut programme, &[south.clone(), all.clone()]), 8_400);
    assert_eq!(
        value(&mut programme, &[all.clone(), row(150, Some("health"), Some("south"))]),
        6_800
    );
    assert_eq!(value(&mut programme, &[all, row(150, Some("school"), None)]), 8_400);
    assert_eq!(value(&mut programme, &[south, row(0, None, None)]), 0);
}

#[test]
fn sites_are_late_or_fail() {
    let mut programme = four();
    let futures = vec![
        future("in time", 1),
        late("slow", &["d"], Some(1)),
        late("slower", &["d"], Some(9)),
        late("without d", &["d"], None),
        late("slow a", &["a"], Some(1)),
        late("without a", &["a"], None),
    ];
    expect(&mut programme, Robustness::WorstCase, futures);
    // Without `d` the second period is as the first: 3,500. With `a` late nobody is served in the first, which
    // is 230 times 40; without `a` the second has 4,000 + 1,500 + 200.
    let (each, worst) = values(&programme, &Question::default(), &plan());
    assert_eq!(each, [4_200, 7_000, 7_000, 7_000, 9_900, 14_900]);
    assert_eq!(worst, 14_900);
    let outcomes = verify_choice(&programme, &alone("slow a"), &plan(), &[]).outcomes;
    assert_eq!((outcomes[0].openings, outcomes[0].open, outcomes[0].access[0]), (1, 0, 0));
    assert_eq!((outcomes[1].openings, outcomes[1].open, outcomes[1].access[0]), (1, 2, 230));
    assert_eq!((outcomes[0].unserved, outcomes[1].unserved), (230, 0));
}

#[test]
fn a_row_of_sites_and_a_province_speaks_of_those_in_both_and_the_last_counts() {
    let mut programme = four();
    let row = |sites: &[&str], province: Option<&str>, periods| Late {
        periods,
        fails: false,
        sites: ids(sites),
        province: province.map(str::to_owned),
    };
    let value = |programme: &mut Programme, rows: &[Late]| {
        let future = Future { late: rows.to_vec(), ..future("one", 1) };
        expect(programme, Robustness::Expected, vec![future]);
        values(programme, &Question::default(), &plan()).1
    };
    assert_eq!(value(&mut programme, &[row(&["a", "d"], Some("south"), 1)]), 7_000);
    assert_eq!(value(&mut programme, &[row(&[], Some("north"), 1)]), 9_900);
    assert_eq!(value(&mut programme, &[row(&[], None, 1)]), 12_700);
    assert_eq!(value(&mut programme, &[row(&[], None, 1), row(&["a"], None, 0)]), 7_000);
}

/// Returns the villages with the packages `post`, and `big` that adds the kind `school`, for coverage.
fn schools() -> Programme {
    let mut programme = four();
    let settings = &mut programme.settings;
    settings.kinds.push(kind("school", 12));
    settings.packages.push(package("big", &["health", "school"], 0, 0));
    settings.upgrades.push(Upgrade {
        from: "post".to_owned(),
        to: "big".to_owned(),
        cost: money(0),
        build: 0,
    });
    settings.objective.goal = Goal::Coverage;
    programme
}

#[test]
fn upgrades_are_late_too_and_what_is_settled_is_not() {
    let mut programme = schools();
    let futures =
        vec![future("in time", 1), late("slow", &["a"], Some(1)), late("without", &["a"], None)];
    expect(&mut programme, Robustness::WorstCase, futures);
    let rows = vec![open("a", "post", 1), turn("a", "big", 2)];
    let each = |programme: &Programme, question: &Question, rows: &[Opening]| -> Vec<i128> {
        let score = verify_choice(programme, question, rows, &[]);
        assert!(score.problems.is_empty(), "{:#?}", score.problems);
        let worst = score.futures.iter().map(|f| f.value.unwrap()).min();
        assert_eq!(score.value, worst);
        score.futures.into_iter().map(|f| f.value.unwrap()).collect()
    };
    // `a` and `b` have 150 people: two periods of health and one of school; one of health; nothing.
    assert_eq!(each(&programme, &Question::default(), &rows), [450, 150, 0]);

    // What reports fix opens in time; the upgrade is a choice and comes later or never.
    let mut reported = programme.clone();
    reported.settings.periods.first = 2026;
    let report = begun("a", "a", 1, "2026-01-05");
    reported.reports = vec![groundwork_model::Report { package: "post".to_owned(), ..report }];
    let as_of = Question { as_of: Some("2026-02-01".parse().unwrap()), ..Question::default() };
    assert_eq!(each(&reported, &as_of, &rows), [450, 300, 300]);

    // The same holds under the state of a replan, and a promise that has begun.
    let row = |state| SiteState {
        site: "a".to_owned(),
        state,
        package: Some("post".to_owned()),
        period: Some(1),
    };
    let state = Replan { state: vec![row(Progress::UnderWay)], ..Replan::default() };
    let state = Question { replan: Some(state), ..Question::default() };
    assert_eq!(each(&programme, &state, &rows), [450, 300, 300]);
    let promise = |package: &str, period, action| Promise {
        site: "a".to_owned(),
        package: package.to_owned(),
        period,
        action,
    };
    let promised = vec![promise("post", 1, Action::Open), promise("big", 2, Action::Upgrade)];
    let begun_by = |begun_by| Question {
        replan: Some(Replan { promised: promised.clone(), begun_by, ..Replan::default() }),
        ..Question::default()
    };
    assert_eq!(each(&programme, &begun_by(0), &rows), [450, 150, 0]);
    assert_eq!(each(&programme, &begun_by(1), &rows), [450, 300, 300]);
    assert_eq!(each(&programme, &begun_by(2), &rows), [450, 450, 450]);

    // Whatever happens to a facility that stands is as planned.
    programme.facilities =
        vec![groundwork_model::Facility { package: Some("post".to_owned()), ..facility("a") }];
    assert_eq!(each(&programme, &Question::default(), &[turn("a", "big", 2)]), [450; 3]);
}

#[test]
fn delays_are_drawn_for_each_future() {
    let mut programme = four();
    let delays = |late_per_cent: &[u32], samples, seed| {
        Some(Delays { late_per_cent: late_per_cent.to_vec(), samples, seed })
    };
    let scenarios = Scenarios { delays: delays(&[60, 30], 2, 1), ..Scenarios::default() };
    programme.settings.scenarios = Some(scenarios);
    let told = |programme: &Programme| -> Vec<(String, i128)> {
        let score = score(programme, &plan());
        assert!(score.problems.is_empty(), "{:#?}", score.problems);
        score.futures.into_iter().map(|f| (f.name, f.value.unwrap() / 1_000)).collect()
    };
    let named = |list: &[(&str, i128)]| -> Vec<(String, i128)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    };
    // With the seed 1 the hundredths of `a` are 63 and 95, those of `d` 27 and 52: `a` is late, then fails.
    assert_eq!(told(&programme), named(&[("draw/1", 9_900), ("draw/2", 14_900)]));

    // Periods of the future and of the draw add up: nobody is served before `a` in the second.
    let scenarios = Scenarios {
        futures: vec![future("in time", 1), late("slow", &["d"], Some(1))],
        delays: delays(&[60, 30], 2, 1),
        ..Scenarios::default()
    };
    programme.settings.scenarios = Some(scenarios);
    assert_eq!(
        told(&programme),
        named(&[
            ("in time/1", 9_900),
            ("in time/2", 14_900),
            ("slow/1", 12_700),
            ("slow/2", 18_400)
        ])
    );
}

#[test]
fn budgets_are_kept_in_each_future() {
    let mut programme = four();
    programme.settings.quota.openings = PerPeriod::Same(2);
    let both = vec![open("a", "clinic", 1), open("d", "clinic", 1)];
    expect(&mut programme, Robustness::Expected, vec![future("calm", 1), dear("dear", 115)]);
    let mut with = |amount| {
        programme.settings.budgets = vec![budget(&[amount, 0], false, Due::Opening)];
        score(&programme, &both)
    };
    // Each clinic costs 11.5, that is 12: 24 in the dear future, 20 in the other.
    assert_eq!(codes(&with(24)), []);
    let exceeded = with(23);
    assert_eq!(codes(&exceeded), [Code::BudgetExceeded]);
    assert_eq!(
        exceeded.problems[0].cause,
        "in the future `dear`: the plan spends 24 of money in 2026, where the budget has 23"
    );
    assert_eq!(codes(&with(19)), [Code::BudgetExceeded, Code::BudgetExceeded]);

    // One future alone has its own costs, and no others.
    let alone = |name: &str| codes(&verify_choice(&programme, &alone(name), &both, &[]));
    assert_eq!(alone("calm"), [Code::BudgetExceeded]);
    programme.settings.budgets = vec![budget(&[20, 0], false, Due::Opening)];
    let alone = |name: &str| codes(&verify_choice(&programme, &self::alone(name), &both, &[]));
    assert_eq!((alone("calm"), alone("dear")), (vec![], vec![Code::BudgetExceeded]));
    let spent = |name: &str| {
        let score = verify_choice(&programme, &self::alone(name), &both, &[]);
        score.outcomes[0].spent["money"]
    };
    assert_eq!((spent("calm"), spent("dear")), (20, 24));
}

#[test]
fn costs_are_those_of_the_future_and_due_as_planned() {
    let mut programme = four();
    let settings = &mut programme.settings;
    settings.objective.goal = Goal::Cost;
    settings.objective.resource = Some("money".to_owned());
    settings.packages[1].running = money(3);
    // 10 + 3 + 3; of these 11.5, 3.45 and 3.45, that is 12, 4 and 4; half of them 5, 1.5 and 1.5.
    let mut slow = late("slow", &["a"], Some(1));
    slow.cost_per_cent = [("money".to_owned(), 50)].into();
    expect(&mut programme, Robustness::Expected, vec![future("calm", 3), dear("dear", 115), slow]);
    let rows = vec![open("a", "clinic", 1)];
    let found = values(&programme, &Question::default(), &rows);
    assert_eq!(found, (vec![16, 20, 9], 3 * 16 + 20 + 9));
    assert_eq!(score(&programme, &rows).scale, 5_000);
}

/// Returns the villages with a size that serves 120 persons.
fn limited() -> Programme {
    let mut programme = four();
    let settings = &mut programme.settings;
    settings.kinds[0].sizes = vec![Size {
        id: "small".to_owned(),
        name: String::new(),
        capacity: Some(120),
        cost: money(0),
        running: money(0),
        build: 0,
    }];
    settings.packages.truncate(1);
    settings.packages[0].kinds = vec!["health:small".to_owned()];
    settings.periods.count = 1;
    programme
}

#[test]
fn who_goes_where_is_decided_in_each_future() {
    let mut programme = limited();
    let futures = vec![
        needing("more", 1, 120, None),
        needing("fewer", 1, 50, None),
        late("late", &["a"], Some(1)),
    ];
    expect(&mut programme, Robustness::Expected, futures);
    let rows = vec![open("a", "post", 1)];
    let row = |place: &str, persons| served(1, place, "a", persons);
    let lists = [vec![row("a", 120)], vec![row("a", 50), row("b", 25), row("c", 10)], vec![]];
    let told = |lists: &[Vec<Served>]| {
        let lists: Vec<&[Served]> = lists.iter().map(Vec::as_slice).collect();
        let score = verify_choices(&programme, &Question::default(), &rows, &lists);
        let problems: Vec<(Code, String)> =
            score.problems.into_iter().map(|p| (p.code, p.cause)).collect();
        (score.futures.into_iter().map(|f| f.value).collect::<Vec<_>>(), problems)
    };
    // More: 60 + 24 + 72 persons stay out, at 40 km. Fewer: 250 + 300, and 30 stay out. Late: all 230.
    let (values, problems) = told(&lists);
    assert_eq!(values, [Some(6_240_000), Some(1_750_000), Some(9_200_000)]);
    assert_eq!(problems, []);

    let mut altered = lists.clone();
    altered[1][0].persons = 51;
    let (values, problems) = told(&altered);
    assert_eq!(values[1], None);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].0, Code::DemandNotMet);
    assert!(problems[0].1.starts_with("in the future `fewer`: 51 persons of `a`"), "{problems:?}");

    let mut altered = lists.clone();
    altered[0].push(row("b", 1));
    let (_, problems) = told(&altered);
    assert_eq!(problems[0].0, Code::CapacityExceeded);
    assert!(problems[0].1.starts_with("in the future `more`"), "{problems:?}");

    let mut altered = lists.clone();
    altered[2].push(row("a", 1));
    let (_, problems) = told(&altered);
    assert_eq!(problems[0].0, Code::AssignmentWrong);
    assert!(problems[0].1.starts_with("in the future `late`"), "{problems:?}");
}

#[test]
fn everybody_must_be_served_in_each_future() {
    let mut programme = limited();
    programme.settings.distance.cut_off_km = None;
    programme.settings.quota.openings = PerPeriod::Same(2);
    expect(
        &mut programme,
        Robustness::WorstCase,
        vec![future("one", 1), needing("two", 1, 110, None)],
    );
    let rows = vec![open("a", "post", 1), open("d", "post", 1)];
    let all = vec![
        served(1, "a", "a", 100),
        served(1, "b", "a", 20),
        served(1, "b", "d", 30),
        served(1, "c", "d", 20),
        served(1, "d", "d", 60),
    ];
    let lists: Vec<&[Served]> = vec![&all, &all];
    let score = verify_choices(&programme, &Question::default(), &rows, &lists);
    assert_eq!(codes(&score), [Code::DemandNotMet]);
    assert!(score.problems[0].cause.starts_with("in the future `two`: 100 of 110 persons of `a`"));
    assert_eq!(score.futures[0].value, Some(200_000 + 900_000 + 200_000));
    assert_eq!((score.futures[1].value, score.value), (None, None));
}

fn accepted(programme: &Programme, question: &Question, plan: &Plan) -> Vec<Code> {
    let verdict = verify(programme, &inputs(), plan, None);
    assert_eq!(verdict.accepted, verdict.problems.is_empty());
    assert_eq!(plan.question, *question);
    verdict.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn a_plan_tells_the_truth_of_each_future() {
    let mut programme = limited();
    let futures = vec![needing("more", 2, 120, None), needing("fewer", 1, 50, None)];
    expect(&mut programme, Robustness::Expected, futures);
    let question = Question::default();
    let rows = vec![open("a", "post", 1)];
    let lists = [vec![served(1, "a", "a", 120)], vec![served(1, "a", "a", 50)]];
    let plan = plan_in(&programme, &question, &rows, &lists);
    assert_eq!(plan.futures[0].assignments, lists[0]);
    assert_eq!(plan.value, 2 * 6_240_000 + 65 * 40_000);
    assert_eq!(accepted(&programme, &question, &plan), []);

    let with = |alter: &dyn Fn(&mut Plan)| {
        let mut plan = plan.clone();
        alter(&mut plan);
        accepted(&programme, &question, &plan)
    };
    assert_eq!(with(&|plan| plan.futures[1].value += 1), [Code::ValueWrong]);
    assert_eq!(with(&|plan| plan.value += 1), [Code::ValueWrong]);
    assert_eq!(with(&|plan| plan.futures[1].weight = 2), [Code::ClaimWrong]);
    assert_eq!(with(&|plan| plan.futures[0].name = "most".to_owned()), [Code::ClaimWrong]);
    assert_eq!(with(&|plan| plan.scale = 1), [Code::ClaimWrong]);
    assert_eq!(with(&|plan| plan.assignments = lists[0].clone()), [Code::AssignmentWrong]);
    // Without its future nobody is served there, and the value is another.
    let dropped = with(&|plan| drop(plan.futures.pop()));
    assert_eq!(dropped, [Code::ValueWrong, Code::ClaimWrong]);
    let more = with(&|plan| plan.futures.push(plan.futures[0].clone()));
    assert_eq!(more, [Code::ClaimWrong]);
    assert!(with(&|plan| plan.futures.swap(0, 1)).contains(&Code::ClaimWrong));
    let served_less = with(&|plan| plan.futures[1].assignments.clear());
    assert_eq!(served_less, [Code::ValueWrong, Code::ValueWrong]);
    // The figures are those of the first future.
    assert_eq!(with(&|plan| plan.outcomes[0].kinds[0].served = 100), [Code::OutcomeWrong]);

    // As written there are no futures.
    let question = Question { outlook: Outlook::AsWritten, ..Question::default() };
    let mut as_written = plan_in(&programme, &question, &rows, &[vec![served(1, "a", "a", 100)]]);
    assert_eq!(accepted(&programme, &question, &as_written), []);
    as_written.futures.clone_from(&plan.futures);
    assert_eq!(accepted(&programme, &question, &as_written), [Code::ClaimWrong]);
}

#[test]
fn changes_of_promises_count_in_each_future() {
    let mut programme = four();
    let futures = vec![future("one", 2), needing("two", 1, 200, None)];
    let promise = Promise {
        site: "b".to_owned(),
        package: "post".to_owned(),
        period: 1,
        action: Action::Open,
    };
    let replan = Replan { promised: vec![promise], price: Some(7_000), ..Replan::default() };
    let question = Question { replan: Some(replan), ..Question::default() };
    expect(&mut programme, Robustness::Expected, futures.clone());
    let found = values(&programme, &question, &plan());
    assert_eq!(found, (vec![4_207, 8_407], 2 * 4_207 + 8_407));
    expect(&mut programme, Robustness::WorstCase, futures);
    assert_eq!(values(&programme, &question, &plan()), (vec![4_207, 8_407], 8_407));
}

#[test]
fn rules_speak_of_the_plan_as_promised() {
    let mut programme = four();
    let floor = groundwork_model::programme::Floor {
        province: Some("south".to_owned()),
        kind: Some("health".to_owned()),
        by: 2,
        at_least: None,
        coverage: Some(Decimal::new(100, 0)),
    };
    programme.settings.floors = vec![floor];
    let futures = vec![late("without", &["d"], None), needing("more", 1, 300, None)];
    expect(&mut programme, Robustness::Expected, futures);
    assert_eq!(codes(&score(&programme, &plan())), []);
    let other = vec![open("a", "post", 1), open("b", "post", 2)];
    let missed = score(&programme, &other);
    assert_eq!(codes(&missed), [Code::FloorMissed]);
    assert!(missed.problems[0].cause.starts_with("0 of 80 persons"), "{:?}", missed.problems);
}

#[test]
fn what_does_not_go_with_futures_is_refused() {
    let mut programme = four();
    expect(&mut programme, Robustness::Expected, vec![future("one", 1)]);
    let refused = |programme: &Programme, question: &Question| {
        let score = verify_choice(programme, question, &plan(), &[]);
        (codes(&score), score.value)
    };
    let no = (vec![Code::ValueWrong], None);
    assert_eq!(refused(&programme, &alone("two")), no);
}

/// Of a, then d: 100 persons of a and 50 of b are within 12 km of a, 60 of d and 20 of c within 12 km of d.
#[test]
fn a_goal_is_held_in_the_mean_of_all_futures_or_in_each() {
    let mut programme = four();
    programme.settings.distance.cut_off_km = Some(Decimal::new(60, 0));
    let futures = || vec![needing("none", 1, 0, Some("north")), needing("twice", 3, 200, None)];
    let holding = |value| {
        let held = vec![Held { goal: Goal::Coverage, value }];
        Question { held, ..Question::default() }
    };
    // North empty: 0 and 80. Twice as many: 300 and 460.
    let mut missed = |objective, value| {
        expect(&mut programme, objective, futures());
        let score = verify_choice(&programme, &holding(value), &plan(), &[]);
        let causes: Vec<String> = score.problems.iter().map(|row| row.cause.clone()).collect();
        (codes(&score), causes.join("; "))
    };
    assert_eq!(missed(Robustness::Expected, 80 + 3 * 760).0, []);
    let (code, cause) = missed(Robustness::Expected, 80 + 3 * 760 + 1);
    assert_eq!(code, [Code::HeldGoalMissed]);
    assert!(cause.contains("comes to 590 persons, and at least 590.25 persons"), "{cause}");
    assert_eq!(missed(Robustness::WorstCase, 80).0, []);
    let (code, cause) = missed(Robustness::WorstCase, 81);
    assert_eq!(code, [Code::HeldGoalMissed]);
    assert!(cause.starts_with("in the future `none`: ") && cause.contains("80 persons"), "{cause}");
    assert_eq!(missed(Robustness::WorstCase, 761).0, [Code::HeldGoalMissed; 2]);
}
