//! Futures as people plan for them: figures worked by hand on the four villages of docs/concepts/model.md.

use std::fs;

use groundwork_model::explanation::Shift;
use groundwork_model::plan::Plan;
use groundwork_model::{Goal, ScenarioTable, Status};

use crate::folder::{FOUR, Folder, PLACES, openings, stderr, stdout};

/// One clinic for one year. Without the West A has nobody, else three times as many.
const WEST: &str = r#"
distance = { cut_off_km = 60 }
[[scenarios.future]]
name = "leaves"
demand = [{ province = "West", per_cent = 0 }]
[[scenarios.future]]
name = "returns/2"
demand = [{ province = "West", per_cent = 300 }]
"#;

fn one_year() -> String {
    FOUR.replace("count = 2", "count = 1")
}

impl Folder {
    fn table(&self) -> ScenarioTable {
        self.read("p/plans/scenarios.json")
    }
}

/// Returns value in kilometres and openings of a plan that is proved best.
fn best(plan: &Plan) -> (i128, String) {
    assert_eq!(plan.status, Status::Optimal);
    (plan.value / 1000, openings(plan))
}

#[test]
fn the_mean_and_the_worst_case_choose_as_worked_by_hand() {
    // A 14,900 in both; B 8,400 and 20,400; C 7,800 and 34,200; D 17,600 and 77,600.
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    folder.expect(0, "plan p --gap 0");
    let plan = folder.accepted("plan");
    assert_eq!((best(&plan), plan.scale), ((28_800, "B1".into()), 2));
    let values: Vec<i128> = plan.futures.iter().map(|future| future.value / 1000).collect();
    assert_eq!(values, [8_400, 20_400]);
    let worst = format!("{}\n[scenarios]\nobjective = \"worst-case\"\n{WEST}", one_year());
    let worst = worst.replace("distance = { cut_off_km = 60 }\n", "");
    let folder = Folder::with(&worst, PLACES);
    folder.expect(0, "plan p --gap 0");
    let plan = folder.accepted("plan");
    assert_eq!((best(&plan), plan.scale), ((14_900, "A1".into()), 1));
    // C is best for 24 times the first, as B is for 22 times.
    for (weight, value, site) in [(22, 22 * 8_400 + 20_400, "B1"), (24, 24 * 7_800 + 34_200, "C1")]
    {
        let west =
            WEST.replace("name = \"leaves\"", &format!("name = \"leaves\"\nweight = {weight}"));
        let folder = Folder::with(&format!("{}{west}", one_year()), PLACES);
        folder.expect(0, "plan p --gap 0");
        assert_eq!(best(&folder.accepted("plan")), (value, site.into()));
    }
}

#[test]
fn the_table_sets_one_plan_beside_the_best_of_each_future() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    let done = folder.expect(0, "scenarios p --gap 0 --progress none");
    insta::assert_snapshot!("scenarios", stdout(&done));
    let table = folder.table();
    assert_eq!((table.scale, table.together.scale, table.together.value), (1, 2, 28_800_000));
    let rows: Vec<_> = table
        .futures
        .iter()
        .map(|row| {
            let alone = row.alone.as_ref().unwrap();
            (alone.file.as_str(), alone.value / 1000, row.together / 1000, row.own_numbers)
        })
        .collect();
    let by_hand = [
        ("future-leaves.json", 7_800, 8_400, Some(8_400_000)),
        ("future-returns-2.json", 14_900, 20_400, Some(20_400_000)),
    ];
    assert_eq!(rows, by_hand);
    assert_eq!(best(&folder.accepted("future-leaves")), (7_800, "C1".into()));
    assert_eq!(best(&folder.accepted("future-returns-2")), (14_900, "A1".into()));
    assert_eq!(best(&folder.accepted("as-written")), (12_400, "B1".into()));
    assert_eq!(best(&folder.accepted("together")), (28_800, "B1".into()));
    // The same again from the plan that was made, as JSON.
    let again =
        folder.expect(0, "scenarios p --gap 0 --plan p/plans/together.json --json --progress none");
    let again: ScenarioTable = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again.futures.len(), 2);
    // A plan for one future alone is none to compare with.
    folder.expect(3, "scenarios p --plan p/plans/as-written.json");
    let said = folder.expect(0, "report p p/plans/together.json");
    assert!(stderr(&said).contains("accepted"));
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    assert!(
        page.contains("In each future") && page.contains("returns/2"),
        "no futures in the page"
    );
}

/// B has A, B and C within 12 km, and is best in both futures: 300 + 200, and 1,200 more.
#[test]
fn futures_are_planned_for_another_goal_than_that_of_the_programme() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    folder.expect(0, "scenarios p --gap 0 --goal coverage");
    let plan = folder.accepted("together");
    let values: Vec<i128> = plan.futures.iter().map(|future| future.value).collect();
    assert_eq!((plan.question.goal, values), (Some(Goal::Coverage), vec![500, 1_700]));
    assert_eq!((plan.value, openings(&plan)), (2_200, "B1".into()));
    assert_eq!(folder.accepted("as-written").value, 900);
}

#[test]
fn one_future_is_asked_by_its_name() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    folder.expect(0, "plan p --future leaves --gap 0");
    assert_eq!(best(&folder.accepted("plan")), (7_800, "C1".into()));
    folder.expect(0, "plan p --no-futures --gap 0");
    assert_eq!(best(&folder.accepted("plan")), (12_400, "B1".into()));
    let said = folder.expect(2, "plan p --future leave");
    assert!(stderr(&said).contains("did you mean `leaves`?"), "{}", stderr(&said));
    folder.expect(2, "plan p --future leaves --no-futures");
    // A programme without futures has none to name.
    let bare = Folder::with(FOUR, PLACES);
    bare.expect(2, "plan p --future leaves");
    bare.expect(0, "plan p --no-futures");
    let said = bare.expect(2, "scenarios p");
    assert!(stderr(&said).contains("the programme has no scenarios"), "{}", stderr(&said));
}

#[test]
fn a_late_site_is_worth_its_risk_or_not() {
    // In time B, then D: 18,800. Where B is late 63,000 and 6,400; where it fails 63,000 and 37,600. A, then C: 22,100.
    let cases = [
        (14, "periods = 1", 15 * 22_100, "A1 C2"),
        (15, "periods = 1", 15 * 18_800 + 69_400, "B1 D2"),
        (23, "fails = true", 24 * 22_100, "A1 C2"),
        (24, "fails = true", 24 * 18_800 + 100_600, "B1 D2"),
    ];
    for (weight, late, value, sites) in cases {
        let more = format!(
            "distance = {{ cut_off_km = 60 }}\n[scenarios]\nfuture = [{{ name = \"in time\", weight = {weight} }}, \
             {{ name = \"late\", late = [{{ sites = [\"B\"], {late} }}] }}]\n"
        );
        let folder = Folder::with(&format!("{FOUR}{more}"), PLACES);
        folder.expect(0, "plan p --gap 0");
        assert_eq!(best(&folder.accepted("plan")), (value, sites.into()), "{weight} {late}");
    }
}

#[test]
fn budgets_are_kept_in_every_future_and_the_plan_as_written_is_none_there() {
    let money = "packages = [{ id = \"clinic\", kinds = [\"clinic\"], cost = { money = 10 } }]\n\
        budgets = [{ resource = \"money\", amount = 20 }]\n\
        distance = { cut_off_km = 60 }\n\
        [scenarios]\nfuture = [{ name = \"same\" }, { name = \"dear\", cost_per_cent = { money = 150 } }]\n";
    let four = FOUR.replace("packages = [{ id = \"clinic\", kinds = [\"clinic\"] }]\n", "");
    let four = four.replace("quota = { openings = 1 }\n", "");
    let folder = Folder::with(&format!("{four}{money}"), PLACES);
    folder.expect(0, "scenarios p --gap 0");
    let table = folder.table();
    // Two a year for 20: B and D, then all: 6,400. At 15 one a year, B, then D: 18,800.
    assert_eq!(table.together.value, 2 * 18_800_000);
    let alone = |at: usize| table.futures[at].alone.as_ref().unwrap().value;
    assert_eq!((alone(0), alone(1)), (6_400_000, 18_800_000));
    assert_eq!(table.futures[0].own_numbers, Some(6_400_000));
    assert_eq!(table.futures[1].own_numbers, None);
    assert!(!table.futures[1].broken.is_empty());
}

#[test]
fn a_conflict_names_the_future_in_which_a_budget_is_too_small() {
    let money = "packages = [{ id = \"clinic\", kinds = [\"clinic\"], cost = { money = 10 } }]\n\
        budgets = [{ resource = \"money\", amount = 14 }]\n\
        distance = { cut_off_km = 60 }\n\
        [scenarios]\nfuture = [{ name = \"same\" }, { name = \"dear\", cost_per_cent = { money = 150 } }]\n";
    let four = FOUR.replace("packages = [{ id = \"clinic\", kinds = [\"clinic\"] }]\n", "");
    let quota = "quota = { openings = 1, rule = \"exactly\" }\n";
    let four = four.replace("quota = { openings = 1 }\n", quota);
    let folder = Folder::with(&format!("{four}{money}"), PLACES);
    let said = "150 % of what is written falls due in the future `dear`";
    let together = folder.expect(4, "plan p");
    assert!(stdout(&together).contains(said) || stderr(&together).contains(said), "{together:?}");
    folder.expect(0, "plan p --future same");
    let alone = folder.expect(4, "plan p --future dear");
    assert!(stdout(&alone).contains(said) || stderr(&alone).contains(said), "{alone:?}");
}

#[test]
fn a_list_made_by_hand_is_worth_something_in_each_future() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    fs::write(folder.path("mine.csv"), "site,period\nC,2030\n").unwrap();
    folder.expect(0, "plan p --from mine.csv --gap 0");
    let plan = folder.accepted("plan");
    assert_eq!((plan.value, plan.bound), (42_000_000, Some(28_800_000)));
    let values: Vec<i128> = plan.futures.iter().map(|future| future.value / 1000).collect();
    assert_eq!(values, [7_800, 34_200]);
}

#[test]
fn plans_for_different_futures_are_compared_under_those_of_the_first() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    folder.expect(0, "scenarios p --gap 0");
    let said =
        folder.expect(0, "compare p p/plans/together.json p/plans/future-leaves.json --json");
    let difference: groundwork_model::Difference = serde_json::from_slice(&said.stdout).unwrap();
    // B is left for C: 28,800 and 42,000 person-km over both.
    assert_eq!(difference.change, 42_000_000 - 28_800_000);
    folder.expect(0, "export p p/plans/together.json --format xlsx --out plan.xlsx");
}

/// B alone has 28,800 person-km over both futures: 8,400 and 20,400. A has 14,900 and 14,900, C 7,800 and 34,200.
#[test]
fn a_plan_for_several_futures_is_explained_by_what_it_is_worth_in_them() {
    let folder = Folder::with(&format!("{}{WEST}", one_year()), PLACES);
    folder.expect(0, "plan p --gap 0");
    let said = folder.expect(0, "explain B p --json");
    let told: groundwork_model::Explanation = serde_json::from_slice(&said.stdout).unwrap();
    assert!(told.as_written);
    assert_eq!((told.plan.value, told.saving, told.rank), (28_800_000, None, None));
    // Without it A opens, and not C, which is better as written.
    let without = told.moves.iter().find(|row| row.shift == Shift::Never).unwrap();
    assert_eq!((without.cost_least, without.cost_most), (Some(1_000_000), Some(1_000_000)));
    let costs: Vec<(&str, i128)> =
        told.exchanges.rows.iter().map(|row| (row.with.as_str(), row.cost)).collect();
    assert_eq!(costs, [("A", 1_000_000), ("C", 13_200_000), ("D", 66_400_000)]);
    // As written all 1,050 go to B, of whom 900 are within reach.
    assert_eq!(told.serves[0].persons, 1_050);
    let shown = stdout(&folder.expect(0, "explain B p"));
    assert!(shown.contains("are over the futures of the plan"), "{shown}");
    let other = folder.expect(0, "explain C p --json");
    let told: groundwork_model::Explanation = serde_json::from_slice(&other.stdout).unwrap();
    assert_eq!(told.moves[0].cost_most, Some(13_200_000));
}
