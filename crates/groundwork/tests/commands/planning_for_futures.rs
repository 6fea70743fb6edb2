//! Plans for several futures, as people make them: figures worked by hand on the four villages of
//! docs/concepts/model.md, each plan re-checked by `verify`.
//!
//! By who serves, in thousands of person-metres a period with the people as written: A alone 14,900 (of B 3,000, of C
//! 4,400, of D 7,500), B alone 12,400 (of A 4,000, of C 2,400, of D 6,000), C alone 16,600 (of A 8,800, of B 3,600, of
//! D 4,200), D alone 37,600; A and C 7,200 (of B 3,000, of D 4,200), A and D 7,400, A and B 8,400, B and D 6,400.
//! The best plan as written opens B, then D: 18,800.

use std::fs;

use groundwork_model::plan::Plan;
use groundwork_model::{Outlook, Status};

use crate::folder::{FOUR, Folder, PLACES, stderr};

/// Makes a folder with the villages, with more settings.
fn villages(more: &str) -> Folder {
    Folder::with(&format!("{FOUR}{more}"), PLACES)
}

/// Makes one in which nobody is served beyond 60 km, and counts as that far.
fn scenarios(objective: &str, futures: &str) -> Folder {
    villages(&with_scenarios("distance = { cut_off_km = 60 }\n", objective, futures))
}

fn with_scenarios(settings: &str, objective: &str, futures: &str) -> String {
    format!("{settings}\n[scenarios]\nobjective = \"{objective}\"\n{futures}")
}

/// Writes futures, each with more of its table.
fn futures(rows: &[(&str, &str)]) -> String {
    let row =
        |(name, more): &(&str, &str)| format!("[[scenarios.future]]\nname = \"{name}\"\n{more}\n");
    rows.iter().map(row).collect()
}

/// Writes futures of this weight in which nothing changes, and one in which B is late or fails.
fn with_b(weight: u32, b: &str) -> String {
    let b = format!("late = [{{ sites = [\"B\"], {b} }}]");
    futures(&[("plain", &format!("weight = {weight}")), ("late", &b)])
}

impl Folder {
    /// Plans, and returns the plan, which must be the best and which the checker accepts.
    fn planned(&self, options: &str) -> Plan {
        self.expect(0, &format!("plan p --gap 0 {options}"));
        let plan = self.accepted("plan");
        assert_eq!(plan.status, Status::Optimal, "{options}");
        assert_eq!(plan.bound, Some(plan.value), "{options}");
        plan
    }
}

/// Returns openings as `A1 D2`, by period.
fn openings(plan: &Plan) -> String {
    let mut rows: Vec<_> = plan.openings.iter().map(|row| (row.period, &row.site)).collect();
    rows.sort();
    let shown = rows.iter().map(|(period, site)| format!("{site}{period}"));
    shown.collect::<Vec<_>>().join(" ")
}

/// Returns the openings, the values in the futures and the value, in thousands.
fn thousands(plan: &Plan) -> (String, Vec<i128>, i128) {
    let whole = |value: i128| {
        assert_eq!(value % 1_000, 0);
        value / 1_000
    };
    let each = plan.futures.iter().map(|future| whole(future.value)).collect();
    (openings(plan), each, whole(plan.value))
}

/// Of the West, that is A, two and a half times as many (1,000); of the East half as many again (450, 300 and 225).
const WEST: &str = "demand = [{ province = \"West\", per_cent = 250 }]\n";
const EAST: &str = "demand = [{ province = \"East\", per_cent = 150 }]\n";

#[test]
fn the_mean_the_worst_case_and_each_future_alone_have_plans_of_their_own() {
    let two = futures(&[("west", WEST), ("east", EAST)]);
    let together = scenarios("expected", &two);
    // B, then D. West: 10,000 of A, 2,400 and 6,000; then without D's: 18,400 + 12,400. East: 4,000, 3,600 and 9,000;
    // then without D's: 16,600 + 7,600.
    let plan = together.planned("");
    assert_eq!(thousands(&plan), ("B1 D2".into(), vec![30_800, 24_200], 55_000));
    assert_eq!(plan.scale, 2);
    let told: Vec<(&str, u32)> =
        plan.futures.iter().map(|future| (future.name.as_str(), future.weight)).collect();
    assert_eq!(told, [("west", 1), ("east", 1)]);
    assert_eq!(plan.question.outlook, Outlook::Together);

    // Alone. West: A, then C as written, 14,900 + 7,200, as nobody of A goes anywhere. East: as above.
    let west = together.planned("--future west");
    assert_eq!(thousands(&west), ("A1 C2".into(), vec![22_100], 22_100));
    assert_eq!(west.question.outlook, Outlook::Future("west".to_owned()));
    let east = together.planned("--future east");
    assert_eq!(thousands(&east), ("B1 D2".into(), vec![24_200], 24_200));
    let as_written = together.planned("--no-futures");
    assert_eq!(thousands(&as_written), ("B1 D2".into(), vec![], 18_800));
    assert_eq!(as_written.question.outlook, Outlook::AsWritten);

    // B, then A: 18,400 + 2,400 + 6,000 in the west, 16,600 + 3,600 + 9,000 in the east. It is the best of no future
    // and not in the mean, but its worst is.
    let worst = scenarios("worst-case", &two).planned("");
    assert_eq!(thousands(&worst), ("B1 A2".into(), vec![26_800, 29_200], 29_200));
    assert_eq!(worst.scale, 1);
}

#[test]
fn weights_count_in_the_mean_and_not_in_the_worst_case() {
    let two = futures(&[("west", &format!("weight = 2\n{WEST}")), ("east", EAST)]);
    // A, then C: 22,100 in the west. East: 4,500, 6,600 and 11,250; then 4,500 and 6,300 of D.
    let plan = scenarios("expected", &two).planned("");
    assert_eq!(thousands(&plan), ("A1 C2".into(), vec![22_100, 33_150], 2 * 22_100 + 33_150));
    assert_eq!(plan.scale, 3);
    let worst = scenarios("worst-case", &two).planned("");
    assert_eq!(thousands(&worst), ("B1 A2".into(), vec![26_800, 29_200], 29_200));
}

#[test]
fn a_site_that_may_be_late_or_fail_is_chosen_only_where_that_is_unlikely_enough() {
    // Where B is late, all 1,050 count 60 km in the first period: 63,000, then 6,400. B, then D is 3,300 better than
    // A, then C as planned and 47,300 worse where B is late: 14 x 3,300 is less than that, 15 x 3,300 more.
    let late = |weight| scenarios("expected", &with_b(weight, "periods = 1"));
    let safe = ("A1 C2".into(), vec![22_100, 22_100], 15 * 22_100);
    assert_eq!(thousands(&late(14).planned("")), safe);
    let daring = ("B1 D2".into(), vec![18_800, 69_400], 15 * 18_800 + 69_400);
    assert_eq!(thousands(&late(15).planned("")), daring);
    // Where B fails, D alone serves later: 63,000 + 37,600, which is 78,500 worse; between 23 and 24 x 3,300.
    let fails = |weight| scenarios("expected", &with_b(weight, "fails = true"));
    let safe = ("A1 C2".into(), vec![22_100, 22_100], 24 * 22_100);
    assert_eq!(thousands(&fails(23).planned("")), safe);
    let daring = ("B1 D2".into(), vec![18_800, 100_600], 24 * 18_800 + 100_600);
    assert_eq!(thousands(&fails(24).planned("")), daring);
    // One future is known beforehand.
    let alone = fails(24).planned("--future late");
    assert_eq!(thousands(&alone), ("A1 C2".into(), vec![22_100], 22_100));
}

#[test]
fn delays_are_drawn_from_seed_number_and_site() {
    // The first 8 bytes of `printf 'groundwork delay 1\0004\0002\000B' | sha256sum` are e9a249a89ac5b6da, 91
    // hundredths of 2^64: behind 60 and 25, so that B fails in the second draw. In the same way
    //   draw 1: A 8b8c.. (54), B 7be2.. (48) and C 7c94.. (48) in time, D e4a4.. (89) fails;
    //   draw 2: A 0a07.. (3) and C 9983.. (59) in time, D b574.. (70) a period late, B fails;
    //   draw 3: A 3a86.. (22) and D 2c03.. (17) in time, B ec77.. (92) and C e4d4.. (89) fail.
    let drawn = "delays = { late_per_cent = [60, 25], samples = 3, seed = 4 }\n";
    let folder = scenarios("expected", drawn);
    let plan = folder.planned("");
    // A, then C, which fails in the third draw: 14,900 twice.
    let mean = ("A1 C2".into(), vec![22_100, 22_100, 29_800], 74_000);
    assert_eq!(thousands(&plan), mean);
    let names: Vec<&str> = plan.futures.iter().map(|future| future.name.as_str()).collect();
    assert_eq!(names, ["draw/1", "draw/2", "draw/3"]);
    // Alone: without D, B and C are 12,400 + 4,000 of A + 4,200 of D; without B and C, A and D are 14,900 + 7,400.
    let alone = |name: &str| thousands(&folder.planned(&format!("--future {name}")));
    assert_eq!(alone("draw/1"), ("B1 C2".into(), vec![20_600], 20_600));
    assert_eq!(alone("draw/2"), ("A1 C2".into(), vec![22_100], 22_100));
    assert_eq!(alone("draw/3"), ("A1 D2".into(), vec![22_300], 22_300));
    // Each future that is named is drawn as often, with the same draws: the West counts for nothing under these plans.
    let named = format!(
        "{}\n[scenarios.delays]\nlate_per_cent = [60, 25]\nsamples = 3\nseed = 4\n",
        futures(&[("plain", "weight = 2"), ("west", WEST)])
    );
    let plan = scenarios("expected", &named).planned("");
    let names: Vec<&str> = plan.futures.iter().map(|future| future.name.as_str()).collect();
    assert_eq!(names, ["plain/1", "plain/2", "plain/3", "west/1", "west/2", "west/3"]);
    let each = vec![22_100, 22_100, 29_800, 22_100, 22_100, 29_800];
    assert_eq!(thousands(&plan), ("A1 C2".into(), each, 3 * 74_000));
}

#[test]
fn coverage_is_worst_where_it_is_least() {
    // Each village covers itself alone. In the west the East has a tenth (30, 20 and 15), in the east nobody lives in
    // the West. A, then B: 800 + 30 and 300; B, then A: 60 + 400 and 600; B, then C: 80 and 600 + 200.
    let kind = FOUR.replace("reach_km = 12", "reach_km = 9");
    let two = futures(&[
        ("west", "demand = [{ province = \"East\", per_cent = 10 }]"),
        ("east", "demand = [{ province = \"West\", per_cent = 0 }]"),
    ]);
    let folder = |objective: &str| {
        let goal = "objective = { goal = \"coverage\" }\n";
        Folder::with(&format!("{kind}{}", with_scenarios(goal, objective, &two)), PLACES)
    };
    let shown = |plan: &Plan| {
        let each: Vec<i128> = plan.futures.iter().map(|future| future.value).collect();
        (openings(plan), each, plan.value)
    };
    let mean = folder("expected");
    assert_eq!(shown(&mean.planned("")), ("A1 B2".into(), vec![830, 300], 1_130));
    assert_eq!(shown(&mean.planned("--future west")), ("A1 B2".into(), vec![830], 830));
    assert_eq!(shown(&mean.planned("--future east")), ("B1 C2".into(), vec![800], 800));
    let worst = folder("worst-case").planned("");
    assert_eq!(shown(&worst), ("B1 A2".into(), vec![460, 600], 460));
}

/// Makes a folder in which B costs 9 of 10 a period and the others less, and a future in which all of it is dearer.
fn dear(per_cent: u32, quota: &str) -> Folder {
    let two =
        futures(&[("plain", ""), ("dear", &format!("cost_per_cent = {{ money = {per_cent} }}"))]);
    let budget = "budgets = [{ resource = \"money\", amount = 10 }]\n\
                  files = { sites = \"sites.csv\" }\n";
    let settings = format!("{FOUR}{}", with_scenarios(budget, "expected", &two));
    let folder = Folder::with(&settings.replace("openings = 1", quota), PLACES);
    let sites = "id,cost:money\nA,6\nB,9\nC,6\nD,6\n";
    fs::write(folder.path("p/sites.csv"), sites).unwrap();
    folder
}

#[test]
fn a_budget_is_kept_in_each_future_with_costs_rounded_up() {
    let one = "openings = 1";
    // 9 x 111 / 100 is 9.99, that is 10; 9 x 112 / 100 is 10.08, that is 11.
    let within = ("B1 D2".into(), vec![18_800, 18_800], 37_600);
    assert_eq!(thousands(&dear(111, one).planned("")), within);
    let beyond = dear(112, one);
    assert_eq!(thousands(&beyond.planned("")), ("A1 C2".into(), vec![22_100, 22_100], 44_200));
    assert_eq!(thousands(&beyond.planned("--future plain")).0, "B1 D2");
    assert_eq!(thousands(&beyond.planned("--future dear")).0, "A1 C2");
    assert_eq!(thousands(&beyond.planned("--no-futures")).0, "B1 D2");
}

#[test]
fn a_plan_that_no_future_can_pay_is_refused_with_the_budget() {
    // 6 x 170 / 100 is 10.2, that is 11; everybody must be served, so that something has to open.
    let folder = dear(170, "openings = 1");
    let said = stderr(&folder.expect(4, "plan p"));
    assert!(said.contains("money"), "{said}");
    folder.expect(4, "plan p --future dear");
    folder.expect(0, "plan p --future plain");
}

#[test]
fn what_falls_due_counts_as_it_does_in_each_future() {
    // An opening costs 50, a person and kilometre 0.01. B: 50 + 2 x 124, and 25 more where it is dear; B, then D:
    // 100 + 124 + 64, and 50 more. Beside two of equal weight 298 + 323 is less than 288 + 338.
    let settings = "objective = { goal = \"cost\", resource = \"money\", per_person_km = 0.01 }\n\
                    distance = { cut_off_km = 60 }\n";
    let folder = |weight: u32, objective: &str| {
        let dearer = "cost_per_cent = { money = 150 }";
        let two = futures(&[("plain", &format!("weight = {weight}")), ("dear", dearer)]);
        let villages =
            FOUR.replace("kinds = [\"clinic\"]", "kinds = [\"clinic\"], cost = { money = 50 }");
        assert_ne!(villages, FOUR);
        Folder::with(&format!("{villages}{}", with_scenarios(settings, objective, &two)), PLACES)
    };
    // Values are 1,000 x 100 times the unit.
    let shown = |plan: &Plan| {
        let each: Vec<i128> = plan.futures.iter().map(|future| future.value / 100_000).collect();
        (openings(plan), each, plan.value / 100_000)
    };
    let plan = folder(1, "expected").planned("");
    assert_eq!(shown(&plan), ("B1".into(), vec![298, 323], 621));
    assert_eq!(plan.scale, 2 * 100_000);
    let plan = folder(3, "expected").planned("");
    assert_eq!(shown(&plan), ("B1 D2".into(), vec![288, 338], 1_202));
    let plan = folder(3, "worst-case").planned("");
    assert_eq!(shown(&plan), ("B1".into(), vec![298, 323], 323));
}

#[test]
fn who_goes_where_is_decided_in_each_future() {
    // One site with room for 700 opens in the first period. A: 400 + 300, and 350 count 60 km, 3,000 + 21,000; where
    // half as many need it, all of them, 7,450. B: 300 + 400 and 350 of 60 km, 4,000 + 21,000; with half, 6,200.
    let limited = FOUR
        .replace("reach_km = 12", "reach_km = 12, sizes = [{ id = \"small\", capacity = 700 }]")
        .replace("kinds = [\"clinic\"]", "kinds = [\"clinic:small\"]")
        .replace("openings = 1", "openings = [1, 0]");
    let two = futures(&[("plain", ""), ("half", "demand = [{ per_cent = 50 }]")]);
    let distance = "distance = { cut_off_km = 60 }\n";
    let folder = |objective: &str| {
        Folder::with(&format!("{limited}{}", with_scenarios(distance, objective, &two)), PLACES)
    };
    let mean = folder("expected").planned("");
    assert_eq!(thousands(&mean), ("B1".into(), vec![50_000, 12_400], 62_400));
    assert!(mean.assignments.is_empty());
    let sent = |at: usize| {
        let rows = mean.futures[at].assignments.iter().filter(|row| row.period == 1);
        rows.map(|row| (row.place.as_str(), row.persons)).collect::<Vec<_>>()
    };
    assert_eq!(sent(0), [("A", 400), ("B", 300)]);
    assert_eq!(sent(1), [("A", 200), ("B", 150), ("C", 100), ("D", 75)]);
    let worst = folder("worst-case").planned("");
    assert_eq!(thousands(&worst), ("A1".into(), vec![48_000, 14_900], 48_000));
}

#[test]
fn a_future_that_is_not_there_is_refused_with_those_that_are() {
    let folder = scenarios("expected", &futures(&[("west", WEST), ("east", EAST)]));
    let said = stderr(&folder.expect(2, "plan p --future wets"));
    assert!(said.contains("`wets`") && said.contains("`west`"), "{said}");
    let none = villages("");
    let said = stderr(&none.expect(2, "plan p --future west"));
    assert!(said.contains("`west`"), "{said}");
}

/// The cases of docs/concepts/rules.md: nobody lives in A, or 1,200 people.
#[test]
fn goals_in_order_are_held_in_each_future_or_in_the_mean_of_all() {
    let two = futures(&[
        ("leaves", "demand = [{ province = \"West\", per_cent = 0 }]"),
        ("returns", "demand = [{ province = \"West\", per_cent = 300 }]"),
    ]);
    let one_period = FOUR.replace("count = 2", "count = 1");
    let planned = |objective: &str, per_cent: u32, then: &str| {
        let settings = format!(
            "objective = {{ goal = \"distance\", tolerance_percent = {per_cent}, then = [{{ goal = \"{then}\" }}] }}\n\
             distance = {{ cut_off_km = 60 }}\n"
        );
        let settings = format!("{one_period}{}", with_scenarios(&settings, objective, &two));
        let folder = Folder::with(&settings, PLACES);
        let plan = folder.planned("");
        let first: Plan = folder.read("p/plans/goal-1.json");
        folder.expect(0, "verify p p/plans/goal-1.json");
        (openings(&first), first.value, openings(&plan), plan.value, plan.question.held[0].value)
    };
    let worst = |per_cent| planned("worst-case", per_cent, "coverage");
    assert_eq!(worst(37), ("A1".into(), 14_900_000, "B1".into(), 500, 20_413_000));
    assert_eq!(worst(36), ("A1".into(), 14_900_000, "A1".into(), 300, 20_264_000));
    let mean = |per_cent| planned("expected", per_cent, "self-sufficiency");
    assert_eq!(mean(4), ("B1".into(), 28_800_000, "A1".into(), 1_200, 29_952_000));
    assert_eq!(mean(3), ("B1".into(), 28_800_000, "B1".into(), 600, 29_664_000));
}
