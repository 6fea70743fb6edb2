//! The case by hand of `docs/concepts/rules.md`: villages at 0, 10, 22 and 50 km, a clinic and a school that cost 2
//! each and 3 together, and a budget of 3 and then 2.

use std::collections::BTreeMap;

use groundwork_model::certificate::ScheduleCoverProof;
use groundwork_model::plan::Action;
use groundwork_model::programme::{
    AmountPerPeriod, Assignment, Budget, DemandChange, Due, Floor, Future, Kind, Late, Objective,
    Package, PerPeriod, Place, Robustness, Scenarios, Size,
};
use groundwork_model::{
    Decimal, Goal, Held, Opening, Programme, Proof, Question, Settings, Status, StoppedBy,
};

use crate::effects::{Effects, Exchanges};
use crate::{Infeasible, Options, Planner, Quiet, Solution};

fn villages() -> Programme {
    let kind = |id: &str| Kind { id: id.to_owned(), ..Kind::default() };
    let package = |id: &str, kinds: &[&str], cost: u64| Package {
        id: id.to_owned(),
        kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
        cost: [("money".to_owned(), cost)].into(),
        ..Package::default()
    };
    let mut settings = Settings {
        kinds: vec![kind("clinic"), kind("school")],
        packages: vec![
            package("clinic", &["clinic"], 2),
            package("school", &["school"], 2),
            package("both", &["clinic", "school"], 3),
        ],
        budgets: vec![Budget {
            resource: "money".to_owned(),
            amount: AmountPerPeriod::Each(vec![3, 2]),
            carry_over: false,
            due: Due::Start,
        }],
        objective: Objective { goal: Goal::WorstDistance, ..Objective::default() },
        ..Settings::default()
    };
    settings.periods.first = 2030;
    settings.periods.count = 2;
    settings.distance.cut_off_km = Some(Decimal::new(60, 0));
    let village = |(id, lon, population): (&str, f64, u64)| Place {
        id: id.to_owned(),
        lon,
        population,
        ..Place::default()
    };
    let places =
        [("A", 10.0, 400), ("B", 10.089_932, 300), ("C", 10.197_85, 200), ("D", 10.449_66, 150)];
    Programme {
        settings,
        places: places.into_iter().map(village).collect(),
        ..Programme::default()
    }
}

fn solve(programme: &Programme, question: &Question) -> Result<Solution, Infeasible> {
    Planner::new(programme, question)?.solve(Options::default(), &Quiet)
}

fn best(programme: &Programme) -> Solution {
    match solve(programme, &Question::default()) {
        Ok(solution) => solution,
        Err(refused) => panic!("{refused:?}"),
    }
}

fn rows(solution: &Solution) -> Vec<(&str, &str, u32)> {
    solution.openings.iter().map(|o| (o.site.as_str(), o.package.as_str(), o.period)).collect()
}

#[test]
fn the_case_by_hand_is_solved_and_proved() {
    let mut programme = villages();
    let found = best(&programme);
    assert_eq!((found.value, found.bound), (56_000, Some(56_000)));
    assert_eq!((found.status, found.stopped_by), (Status::Optimal, StoppedBy::Proved));
    assert_eq!(rows(&found)[0], ("C", "both", 1));
    let Some(Proof::ScheduleCover { periods }) = found.proof else { panic!("another proof") };
    let least = |proof: &ScheduleCoverProof| proof.at_least_m;
    assert_eq!(periods.iter().map(least).collect::<Vec<_>>(), [28_000, 28_000]);
    // Nobody in D needs a school: C and then a clinic at D leave nobody farther than 22 km in the second year.
    programme.places[3].persons = [("school".to_owned(), 0)].into();
    let found = best(&programme);
    assert_eq!(found.value, 50_000);
    assert_eq!(rows(&found), [("C", "both", 1), ("D", "clinic", 2)]);
}

#[test]
fn the_unit_of_money_does_not_matter() {
    let mut programme = villages();
    for package in &mut programme.settings.packages {
        package.cost.values_mut().for_each(|cost| *cost *= 1_000_000_000);
    }
    programme.settings.budgets[0].amount =
        AmountPerPeriod::Each(vec![3_000_000_000, 2_000_000_000]);
    let found = best(&programme);
    assert_eq!((found.value, found.bound), (56_000, Some(56_000)));
}

#[test]
fn what_cannot_be_kept_is_shown_and_what_cannot_be_asked_is_refused() {
    let mut programme = villages();
    programme.settings.floors = vec![Floor {
        province: None,
        kind: Some("school".to_owned()),
        by: 2,
        at_least: Some(3),
        coverage: None,
    }];
    assert!(solve(&programme, &Question::default()).is_err());
}

#[test]
fn the_worst_off_is_held_while_another_goal_is_made_best_and_the_other_way_round() {
    let mut programme = crowded();
    programme.settings.kinds[0].sizes[0].capacity = None;
    let asked = |goal: Goal, held: Goal, value: i128| {
        let held = vec![Held { goal: held, value }];
        let question = Question { goal: Some(goal), held, ..Question::default() };
        let found = solve(&programme, &question).unwrap_or_else(|refused| panic!("{refused:?}"));
        let sites = rows(&found).into_iter().map(|row| row.0.to_owned());
        (found.value, found.bound, sites.collect::<Vec<_>>().concat())
    };
    // C, then D: 28 + 22 km, 29,000 person-km. B, then D: 40 + 12 km, 18,800 person-km.
    let distance = |metres| asked(Goal::Distance, Goal::WorstDistance, metres);
    assert_eq!(distance(50_000), (29_000_000, Some(29_000_000), "CD".to_owned()));
    assert_eq!(distance(52_000), (18_800_000, Some(18_800_000), "BD".to_owned()));
    let worst = |metres| asked(Goal::WorstDistance, Goal::Distance, metres);
    // One year by itself could have everybody within 28 km, or two clinics within 12 km.
    assert_eq!(worst(29_000_000), (50_000, Some(40_000), "CD".to_owned()));
    let (value, _, sites) = worst(28_999_999);
    assert_eq!((value, sites), (52_000, "BD".to_owned()));
    let held = vec![Held { goal: Goal::WorstDistance, value: 49_999 }];
    let question = Question { goal: Some(Goal::Distance), held, ..Question::default() };
    let none = solve(&programme, &question);
    assert!(none.is_err() || none.is_ok_and(|found| found.status == Status::Infeasible));
}

/// Returns the case by hand with capacities: a clinic that serves 600 persons, one a year.
fn crowded() -> Programme {
    let mut programme = villages();
    let settings = &mut programme.settings;
    settings.kinds.truncate(1);
    let small = Size { id: "small".to_owned(), capacity: Some(600), ..Size::default() };
    settings.kinds[0].sizes = vec![small];
    settings.packages.truncate(1);
    settings.packages[0].kinds = vec!["clinic:small".to_owned()];
    settings.budgets.clear();
    settings.quota.openings = PerPeriod::Same(1);
    programme
}

#[test]
fn the_case_with_capacities_is_solved_and_proved() {
    for assignment in [Assignment::Split, Assignment::Whole] {
        let mut programme = crowded();
        programme.settings.kinds[0].assignment = assignment;
        let found = best(&programme);
        assert_eq!((found.value, found.bound), (88_000, Some(88_000)), "{assignment:?}");
        assert_eq!(found.status, Status::Optimal);
        let of = |period: u32| found.assignments.iter().filter(move |row| row.period == period);
        let served = |period: u32| of(period).map(|row| row.persons).sum::<u64>();
        assert_eq!((served(1) <= 600, served(2)), (true, 1_050));
        let of_d: Vec<&str> =
            of(2).filter(|row| row.place == "D").map(|row| row.site.as_str()).collect();
        assert_eq!(of_d, ["C"]);
    }
}

#[test]
fn a_list_is_sent_so_that_the_farthest_goes_little() {
    let programme = crowded();
    let question = Question::default();
    let Ok(planner) = Planner::new(&programme, &question) else { panic!("refused") };
    let open = |site: &str, period: u32| Opening {
        site: site.to_owned(),
        package: "clinic".to_owned(),
        period,
        year: 2029 + period as i32,
        fixed: false,
        action: Action::Open,
    };
    let sent = planner.assign(&[open("D", 1), open("A", 2)]);
    let of_second = sent.iter().filter(|row| row.period == 2);
    let rows: Vec<(&str, &str, u64)> =
        of_second.map(|row| (row.place.as_str(), row.site.as_str(), row.persons)).collect();
    // Of 900 in A, B and C 300 go to D: those of C, and 100 of B over 40 km.
    let expected =
        [("A", "A", 400), ("B", "A", 200), ("B", "D", 100), ("C", "D", 200), ("D", "D", 150)];
    assert_eq!(rows, expected);
}

#[test]
fn everybody_must_find_room_where_there_is_no_cut_off() {
    let mut programme = crowded();
    programme.settings.distance.cut_off_km = None;
    // One clinic in the first year has no room for all.
    assert!(solve(&programme, &Question::default()).is_err());
    programme.settings.quota.openings = PerPeriod::Each(vec![2, 1]);
    let found = best(&programme);
    // A and C (or B and C), then D: 100 of B go 12 km.
    assert_eq!((found.value, found.bound), (28_000 + 12_000, Some(28_000 + 12_000)));
}

#[test]
fn exchanges_cost_what_the_value_changes() {
    let programme = villages();
    let found = best(&programme);
    let worth = |openings: &[Opening]| {
        Effects::of(&programme, openings, &[]).value(&programme, Goal::WorstDistance)
    };
    assert_eq!(worth(&found.openings), Some(56_000));
    let exchanges = Exchanges::new(&programme, &found.openings, Goal::WorstDistance);
    assert!(exchanges.is_exact());
    let of_c = exchanges.of_site("C", 9);
    assert_eq!(of_c.len(), 3);
    for exchange in of_c {
        let after = worth(&exchanges.after(&exchange));
        assert_eq!(after, Some(56_000 + exchange.cost), "{exchange:?}");
    }
    // Without C there is one clinic, in the second year: 60 + 60 km.
    assert_eq!(exchanges.saving("C"), Some(64_000));
}

/// Returns a future in which all need so many hundredths, and some sites are so many periods late.
fn future(name: &str, weight: u32, per_cent: u32, late: &[(&str, u32)]) -> Future {
    let row = |&(site, periods): &(&str, u32)| Late {
        periods,
        fails: false,
        sites: vec![site.to_owned()],
        province: None,
    };
    Future {
        name: name.to_owned(),
        weight,
        demand: vec![DemandChange { per_cent, kind: None, province: None }],
        cost_per_cent: BTreeMap::new(),
        late: late.iter().map(row).collect(),
    }
}

#[test]
fn the_case_with_futures_is_solved_and_proved() {
    let mut programme = crowded();
    programme.settings.kinds[0].sizes[0].capacity = None;
    let futures = vec![future("in time", 2, 100, &[]), future("late", 1, 100, &[("C", 1)])];
    let mut expect = |objective: Robustness| {
        let scenarios = Scenarios { objective, futures: futures.clone(), delays: None };
        programme.settings.scenarios = Some(scenarios);
        best(&programme)
    };
    let values = |found: &Solution| -> Vec<i128> {
        found.futures.iter().map(|future| future.value).collect()
    };
    let worst = expect(Robustness::WorstCase);
    assert_eq!((worst.value, worst.bound), (52_000, Some(52_000)));
    assert_eq!(worst.status, Status::Optimal);
    assert_eq!(rows(&worst), [("B", "clinic", 1), ("D", "clinic", 2)]);
    assert_eq!(values(&worst), [52_000, 52_000]);
    let mean = expect(Robustness::Expected);
    assert_eq!((mean.value, mean.bound), (3 * 52_000, Some(2 * 40_000 + 52_000)));
    assert_eq!(values(&mean), [52_000, 52_000]);
}

#[test]
fn people_are_sent_in_each_future_by_itself() {
    let mut programme = crowded();
    let futures = vec![future("now", 1, 100, &[]), future("fewer", 1, 50, &[])];
    let scenarios = Scenarios { objective: Robustness::Expected, futures, delays: None };
    programme.settings.scenarios = Some(scenarios);
    let found = best(&programme);
    // C, then A or B: 60 + 28 km now; where half as many need a clinic 28 + 28 km, and two might leave nobody beyond 12 km.
    assert_eq!((found.value, found.bound), (88_000 + 56_000, Some(88_000 + 40_000)));
    let served = |at: usize, period: u32| -> u64 {
        let rows = found.futures[at].assignments.iter();
        rows.filter(|row| row.period == period).map(|row| row.persons).sum()
    };
    assert_eq!((served(0, 2), served(1, 1), served(1, 2)), (1_050, 525, 525));
    assert_eq!(rows(&found)[0], ("C", "clinic", 1));
}
