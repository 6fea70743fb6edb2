//! `replan`, and several goals in order, as people run them: figures worked by hand on the four villages of
//! docs/concepts/model.md.

use std::fs;

use groundwork_model::{Goal, Held, Status};

use crate::folder::{FOUR, Folder, PLACES, openings, stderr, stdout};

/// Makes a folder with the villages, with more settings.
fn villages(more: &str) -> Folder {
    Folder::with(&format!("{FOUR}{more}"), PLACES)
}

impl Folder {
    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("p").join(name), text).unwrap();
    }

    /// Returns the value of a replan with these options, and its openings as `A1 D2`.
    fn replan(&self, options: &str) -> (i128, String) {
        self.expect(0, &format!("replan p {options}"));
        let plan = self.accepted("replan");
        assert_eq!(plan.status, Status::Optimal);
        (plan.value, openings(&plan))
    }
}

/// The best plan opens B, then D: 18,800 person-km. Without B, in person-km:
/// A alone 14,900, C alone 16,600; A and D 4 x 10 of B + 22 of C = 7,400; A and C 3,000 + 28 of D = 7,200.
fn without_b() -> Folder {
    let folder = villages("");
    folder.expect(0, "plan p");
    assert_eq!(openings(&folder.accepted("plan")), "B1 D2");
    folder.write("state.csv", "site,state,period\nB,failed,\n");
    folder
}

#[test]
fn a_promise_that_may_not_change_stays_and_one_that_may_goes_where_that_is_better() {
    let folder = without_b();
    let state = "--state p/state.csv";
    // A then D keeps the promise of D; A then C is better by 200 person-km.
    assert_eq!(folder.replan(&format!("{state} --changes 0")), (22_300_000, "A1 D2".into()));
    assert_eq!(folder.replan(&format!("{state} --changes 1")), (22_100_000, "A1 C2".into()));
    assert_eq!(folder.replan(state), (22_100_000, "A1 C2".into()));
}

/// A has 400 in both years; then C has 200 and D, which was promised, 150.
#[test]
fn a_replan_may_ask_for_another_goal() {
    let folder = without_b();
    let own = "--state p/state.csv --goal self-sufficiency";
    assert_eq!(folder.replan(&format!("{own} --changes 0")), (950, "A1 D2".into()));
    assert_eq!(folder.replan(own), (1_000, "A1 C2".into()));
    assert_eq!(folder.accepted("replan").question.goal, Some(Goal::SelfSufficiency));
}

#[test]
fn a_change_is_made_where_it_brings_more_than_it_costs() {
    let folder = without_b();
    let state = "--state p/state.csv";
    let cheap = folder.replan(&format!("{state} --price 150000"));
    assert_eq!(cheap, (22_100_000 + 150_000, "A1 C2".into()));
    let dear = folder.replan(&format!("{state} --price 250000"));
    assert_eq!(dear, (22_300_000, "A1 D2".into()));
}

#[test]
fn what_has_begun_stays_and_what_is_under_way_is_a_fact() {
    let folder = without_b();
    // B in 2030 has begun; nothing else may begin by then.
    assert_eq!(folder.replan("--begun-by 2030"), (18_800_000, "B1 D2".into()));
    // C is being built for 2030: with it A is best in 2031, 16,600 + 7,200.
    folder.write("late.csv", "site,state,period\nC,under-way,2030\n");
    let late = folder.replan("--state p/late.csv --begun-by 2030");
    // B has begun as well, so that both stand in 2030: 4,000 + 4,200 of D; then D: 4,000.
    assert_eq!(late, (8_200_000 + 4_000_000, "B1 C1 D2".into()));
}

#[test]
fn too_few_changes_are_named_with_the_number_that_would_do() {
    let folder = without_b();
    folder.write("state.csv", "site,state,period\nB,built,2031\n");
    // B takes the opening of 2031 that was promised to D, which has to change.
    let said = folder.expect(4, "replan p --state p/state.csv --changes 0");
    let said = stderr(&said);
    assert!(said.contains("replan.changes") && said.contains("1 further"), "{said}");
    assert_eq!(folder.replan("--state p/state.csv --changes 1").1.matches('B').count(), 1);
}

#[test]
fn a_state_that_cannot_be_read_is_refused_with_its_rows() {
    let folder = without_b();
    folder.write("state.csv", "site,state,period\nX,built,2030\nA,ready,2030\n");
    let said = folder.expect(3, "replan p --state p/state.csv");
    let said = stderr(&said);
    assert!(said.contains("row 2") && said.contains("row 3"), "{said}");
    folder.expect(2, "replan p --begun-by 1999");
}

#[test]
fn a_later_goal_takes_what_the_tolerance_of_the_first_leaves() {
    // Coverage at best is B, then D: 900 + 1,050. A tenth less is 1,755, which only plans that open B first have.
    // Of these B, then A serves most people in their own place: 300 + 700.
    let folder = villages(
        "objective = { goal = \"coverage\", tolerance_percent = 10, then = [{ goal = \"self-sufficiency\" }] }\n\
         distance = { cut_off_km = 60 }\n",
    );
    folder.expect(0, "plan p");
    let first = folder.accepted("goal-1");
    assert_eq!((first.value, openings(&first)), (1950, "B1 D2".into()));
    let last = folder.accepted("plan");
    assert_eq!((last.value, openings(&last)), (1000, "B1 A2".into()));
    assert_eq!(last.question.held, [Held { goal: Goal::Coverage, value: 1755 }]);
    assert_eq!(last.status, Status::Optimal);
}

#[test]
fn nobody_is_left_far_behind_and_then_ways_are_short_or_the_other_way_round() {
    // C, then D: 28 + 22 km at worst and 29,000 person-km. B, then D: 40 + 12 km and 18,800.
    let planned = |objective: &str| {
        let folder =
            villages(&format!("objective = {objective}\ndistance = {{ cut_off_km = 60 }}\n"));
        folder.expect(0, "plan p");
        let [first, last] = ["goal-1", "plan"].map(|name| folder.accepted(name));
        ((first.value, openings(&first)), (last.value, openings(&last)), last.status)
    };
    let fair = |tolerance: &str| {
        planned(&format!(
            "{{ goal = \"worst-distance\", tolerance_percent = {tolerance}, then = [{{ goal = \"distance\" }}] }}"
        ))
    };
    let (first, last, status) = fair("0");
    assert_eq!((first, last), ((50_000, "C1 D2".into()), (29_000_000, "C1 D2".into())));
    assert_eq!(status, Status::Optimal);
    // 4 per cent of 50 km are the 2 km that B needs.
    let (_, last, status) = fair("4");
    assert_eq!((last, status), ((18_800_000, "B1 D2".into()), Status::Optimal));
    let short = |tolerance: &str| {
        planned(&format!(
            "{{ goal = \"distance\", tolerance_percent = {tolerance}, then = [{{ goal = \"worst-distance\" }}] }}"
        ))
    };
    assert_eq!(short("54").1, (52_000, "B1 D2".into()));
    assert_eq!(short("55").1, (50_000, "C1 D2".into()));
}

/// The plans that docs/guide/goals.md names.
#[test]
fn each_goal_has_the_plan_of_the_guide() {
    let planned = |more: &str| {
        let folder = villages(more);
        folder.expect(0, "plan p");
        let plan = folder.accepted("plan");
        assert_eq!(plan.status, Status::Optimal, "{more}");
        (openings(&plan), plan.value / i128::from(plan.scale))
    };
    let own = planned("objective = { goal = \"self-sufficiency\" }\n");
    assert_eq!(own, ("A1 B2".into(), 1100));
    let fair = planned(
        "objective = { goal = \"equity\", aversion_per_km = 0.1 }\ndistance = { cut_off_km = 60 }\n",
    );
    // 1,050 persons and two years at exp(0.1 (16.7 - 60)) each: 27.6 persons as far as 60 km.
    assert_eq!(fair, ("C1 A2".into(), 27));
    // B alone 14,400 and 16,400; B, then D 13,400 and 17,400.
    let money = |clinic: u32| {
        let cost = format!("cost = {{ money = {clinic} }} }}]");
        let folder = villages("");
        let settings = FOUR.replace("[\"clinic\"] }]", &format!("[\"clinic\"], {cost}"));
        let goal = "objective = { goal = \"cost\", resource = \"money\", per_person_km = 0.5 }\n";
        folder.write("programme.toml", &format!("{settings}{goal}"));
        folder.expect(0, "plan p");
        let plan = folder.accepted("plan");
        (openings(&plan), plan.value / i128::from(plan.scale))
    };
    assert_eq!(money(2000), ("B1 D2".into(), 13_400));
    assert_eq!(money(4000), ("B1".into(), 16_400));
}

#[test]
fn a_plan_says_in_what_its_value_counts() {
    let said = |more: &str| {
        let done = villages(more).expect(0, "plan p");
        stdout(&done)
    };
    let fair = said(
        "objective = { goal = \"equity\", aversion_per_km = 0.1 }\ndistance = { cut_off_km = 60 }\n",
    );
    assert!(fair.contains("value 27.6 persons as far as 60 km"), "{fair}");
    assert!(fair.contains("as bad as if everybody went 16.7 km"), "{fair}");
    // The first goal has 18,800 person-km, and 12 per cent more are 21,056.
    let held = said(
        "objective = { goal = \"distance\", tolerance_percent = 12, then = [{ goal = \"self-sufficiency\" }] }\n\
         distance = { cut_off_km = 60 }\n",
    );
    assert!(held.contains("value 1,000 units in the own place"), "{held}");
    assert!(held.contains("holds distance: at most 21,056 person-km"), "{held}");
}

#[test]
fn persons_and_shares_are_of_their_period() {
    let folder = villages("");
    folder.write(
        "places.csv",
        "id,name,lat,lon,population,population:2031\nA,A,0,10,400,500\nB,B,0,10.089932,300,\n\
         C,C,0,10.197850,200,900\nD,D,0,10.449660,150,\n",
    );
    let checked = stdout(&folder.expect(0, "check p"));
    assert!(checked.contains("1,050 persons in 2030 and 1,850 in 2031"), "{checked}");
    let planned = stdout(&folder.expect(0, "plan p"));
    // B, then C: 900 of 1,050 in 2030; all but the 150 of D in 2031, 1,700 of 1,850.
    assert!(planned.contains("85.7 %") && planned.contains("91.9 %"), "{planned}");
    assert!(planned.contains("1,700"), "{planned}");
}
