//! `frontier` and `prices` as people run them: figures worked by hand, files, resuming, stopping, refusals.

use std::fs;
use std::process::Command;

use groundwork_model::rule_frontier::{PointStatus, RuleFrontier, RulePoint};
use groundwork_model::{Goal, Plan, PriceList, StoppedBy};

use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

/// The villages where a clinic costs 10, one fits into the budget of a period, one must stand in the West at once, and B
/// and D exclude each other.
const MONEY: &str = r#"
format = 1
name = "Four villages with money"
periods = { first = 2030, count = 2 }
kinds = [{ id = "clinic", reach_km = 12 }]
packages = [{ id = "clinic", kinds = ["clinic"], cost = { money = 10 } }]
budgets = [{ resource = "money", amount = [10, 10] }]
floors = [{ province = "West", by = 2030, at_least = 1 }]
exclusive = [{ sites = ["B", "D"] }]
population = { year = 2030, source = "made up" }
"#;

/// Makes a folder with the villages under some settings.
fn villages(settings: &str) -> Folder {
    Folder::with(settings, PLACES)
}

impl Folder {
    fn frontier(&self) -> RuleFrontier {
        self.read("p/plans/frontier.json")
    }

    fn write_frontier(&self, frontier: &RuleFrontier) {
        let bytes = serde_json::to_vec(frontier).unwrap();
        fs::write(self.path("p/plans/frontier.json"), bytes).unwrap();
    }

    fn prices(&self) -> PriceList {
        self.read("p/plans/prices.json")
    }

    /// Lets the checker look at the plan of every point.
    fn verify_all(&self, frontier: &RuleFrontier) {
        let folders = frontier.points.iter().filter_map(|point| point.folder.as_ref());
        for folder in folders {
            self.expect(0, &format!("verify p/plans/{folder}"));
        }
    }
}

/// Returns a frontier without what a clock says.
fn timeless(frontier: RuleFrontier) -> RuleFrontier {
    let points = frontier.points.iter().cloned();
    let points = points.map(|point| RulePoint { seconds: 0.0, ..point }).collect();
    RuleFrontier { points, ..frontier }
}

fn values(frontier: &RuleFrontier) -> Vec<Option<i128>> {
    frontier.points.iter().map(|point| point.value).collect()
}

#[test]
fn the_frontier_of_the_quota_is_that_worked_by_hand() {
    let folder = villages(FOUR);
    let done = folder.expect(
        0,
        "frontier p --of quota --from 0 --to 4 --step 1 --gap 0 --progress none --svg f.svg",
    );
    insta::assert_snapshot!("frontier_quota", stdout(&done));
    let frontier = folder.frontier();
    // One a year: B, then D. Two at once: B and D, then all. Three: all but C. Four: all.
    let by_hand = [None, Some(18_800_000), Some(6_400_000), Some(2_400_000), Some(0)];
    assert_eq!(values(&frontier), by_hand);
    assert!(frontier.points[1..].iter().all(|point| point.status == PointStatus::Optimal));
    assert_eq!(frontier.points[0].status, PointStatus::Refused);
    folder.verify_all(&frontier);
    let picture = fs::read_to_string(folder.path("f.svg")).unwrap();
    assert!(picture.starts_with("<svg ") && picture.matches("<circle").count() == 5, "{picture}");
    // The folder of a point is a programme like any other.
    folder.expect(0, "check p/plans/frontier-03");
    folder.expect(0, "report p/plans/frontier-03");
}

#[test]
fn numbers_are_spread_evenly_and_whole_where_the_rule_wants_it() {
    let folder = villages(&MONEY.replace("at_least = 1", "kind = \"clinic\", coverage = 50"));
    let asked = |words: &str| -> Vec<String> {
        let command = format!("frontier p {words} --time-limit 60 --progress none --json");
        let done = folder.run(&command.split_whitespace().collect::<Vec<_>>());
        let frontier: RuleFrontier = serde_json::from_slice(&done.stdout).unwrap();
        frontier.asked.iter().map(ToString::to_string).collect()
    };
    assert_eq!(asked("--of quota --from 1 --to 4 --points 3"), ["1", "2", "4"]);
    assert_eq!(asked("--of quota --from 1 --to 3"), ["1", "2", "3"]);
    assert_eq!(asked("--of budget:money --from 10 --to 25 --step 10"), ["10", "20"]);
    assert_eq!(asked("--of floor:1 --from 0 --to 50 --points 4"), ["0", "16.66", "33.33", "50"]);
    assert_eq!(asked("--of floor:1 --from 12.5 --to 13 --step 0.25"), ["12.5", "12.75", "13"]);
}

#[test]
fn a_tighter_budget_has_no_plan_and_a_looser_one_a_better() {
    let folder = villages(MONEY);
    folder.expect(
        0,
        "frontier p --of budget:money --from 5 --to 25 --step 10 --gap 0 --progress none",
    );
    let frontier = folder.frontier();
    // 5 buy nothing, and somebody must serve; 15 buy one a year, A first, then C. 25 buy A and C at once, and D after
    // them: 300 x 10 + 150 x 28 at first, 300 x 10 in the end.
    assert_eq!(frontier.points[0].status, PointStatus::Infeasible);
    assert!(!frontier.points[0].reasons.is_empty());
    let first_a = 14_900_000;
    let a_and_c = 300_000 * 10 + 150_000 * 28;
    assert_eq!(frontier.points[1].value, Some(first_a + a_and_c));
    assert_eq!(frontier.points[2].value, Some(a_and_c + 300_000 * 10));
    assert_eq!(frontier.points[2].spent["money"], 30);
    folder.verify_all(&frontier);

    // Per cent keep the shape of what is written: 150 per cent of 10 is 15 again.
    folder.expect(
        0,
        "frontier p --of budget:money --from 150 --to 150 --points 1 --scale --gap 0 --progress none",
    );
    assert_eq!(values(&folder.frontier()), [Some(first_a + a_and_c)]);
}

#[test]
fn a_floor_is_tightened_upwards() {
    let folder = villages(MONEY);
    folder.expect(0, "frontier p --of floor:1 --from 0 --to 2 --step 1 --gap 0 --progress none");
    let frontier = folder.frontier();
    // West has one site, so 2 is refused as a floor beyond the sites. With 1, A is first: 14,900 + 7,200. Without,
    // B may be first, then without D: 12,400 + 8,400 with A; that with C is 400 x 10 + 150 x 28 = 8,200.
    let by_hand = [Some(12_400_000 + 8_200_000), Some(14_900_000 + 7_200_000), None];
    assert_eq!(values(&frontier), by_hand);
    assert_eq!(frontier.points[2].status, PointStatus::Infeasible);
    assert!(!frontier.more_is_looser);
}

#[test]
fn a_frontier_that_was_stopped_goes_on_to_the_same_end() {
    let folder = Folder::example("prk-20x10");
    let command = "frontier p --of quota --from 10 --to 40 --step 10 --work-limit 3000000 --gap 0 \
                   --time-limit 1000 --progress none";
    folder.expect(6, command);
    let whole = folder.frontier();
    folder.verify_all(&whole);
    let costs: Vec<i128> = whole.points.iter().map(|point| point.value.unwrap()).collect();
    let bounds: Vec<i128> = whole.points.iter().map(|point| point.bound.unwrap()).collect();
    assert!(costs.is_sorted_by(|a, b| a >= b) && bounds.is_sorted_by(|a, b| a >= b));

    let mut part = whole.clone();
    part.points.truncate(2);
    // The last of them was cut short by a person, so it is no end.
    part.points[1].stopped_by = StoppedBy::Interrupt;
    folder.write_frontier(&part);
    let resumed = folder.expect(6, &format!("{command} --resume"));
    assert!(
        stderr(&resumed).contains("point 1 of 3: 20 openings a period"),
        "{}",
        stderr(&resumed)
    );
    assert_eq!(timeless(folder.frontier()), timeless(whole));

    let other = folder.expect(2, "frontier p --of quota --from 10 --to 50 --step 10 --resume");
    assert!(stderr(&other).contains("the numbers asked for differ"), "{}", stderr(&other));
    let text = fs::read_to_string(folder.path("p/places.csv")).unwrap();
    fs::write(folder.path("p/places.csv"), text.replacen("192680", "192681", 1)).unwrap();
    let other = folder.expect(2, &format!("{command} --resume"));
    assert!(stderr(&other).contains("the files of the programme differ"), "{}", stderr(&other));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_points_that_are_done() {
    let folder = Folder::example("prk-20x10");
    let child = Command::new(env!("CARGO_BIN_EXE_groundwork"))
        .args("frontier p --of quota --from 5 --to 30 --step 5 --gap 0 --progress none".split(' '))
        .args(["--time-limit", "6"])
        .current_dir(folder.path(""))
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    while !folder.path("p/plans/frontier.json").exists() && start.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(6), "{}", stderr(&done));
    let frontier = folder.frontier();
    assert!((1..6).contains(&frontier.points.len()), "{}", frontier.points.len());
    assert!(stdout(&done).contains("--resume goes on"), "{}", stdout(&done));
    folder.verify_all(&frontier);
}

#[test]
fn what_a_frontier_cannot_mean_is_refused() {
    let folder = villages(MONEY);
    for (words, said) in [
        ("--of budget:cement --from 1 --to 2", "Name one of: money."),
        ("--of floor:2 --from 1 --to 2", "the programme has 1"),
        ("--of ceiling:1 --from 1 --to 2", "the programme has 0"),
        ("--of quota --from 3 --to 2", "3 is above 2"),
        ("--of quota --from 1.5 --to 2", "1.5 is no whole number"),
        ("--of quota --from 1 --to 2000000", "above 1000000"),
        ("--of quota --from 1 --to 2 --step 0", "above 0"),
        ("--of quota --from 1 --to 5000 --step 1", "more than 1000 points"),
        ("--of floor:1 --from 1 --to 2 --scale", "not one a period"),
        ("--of quota --from 1 --to 2 --quotas as-taken", "those of the order taken"),
        ("--of quota --from -1 --to 2", "not below 0"),
        ("--of floor:0 --from 1 --to 2", "expected quota, budget:RESOURCE"),
        ("--of speed --from 1 --to 2", "expected quota, budget:RESOURCE"),
    ] {
        let done =
            folder.expect(2, &format!("frontier p {}", words.replace("--from -1", "--from=-1")));
        assert!(stderr(&done).contains(said), "{words}: {}", stderr(&done));
    }
    assert!(!folder.path("p/plans").exists(), "what is refused leaves nothing behind");
}

#[test]
fn prices_are_those_worked_by_hand() {
    let folder = villages(MONEY);
    let done = folder.expect(0, "prices p --gap 0 --step money=10 --progress none");
    insta::assert_snapshot!("prices", stdout(&done));
    let list = folder.prices();
    // As written A is first, then C: 14,900 + 7,200 = 22,100.
    assert_eq!((list.value, list.bound), (22_100_000, Some(22_100_000)));
    let gains: Vec<(&str, i128)> = list
        .prices
        .iter()
        .map(|price| {
            assert_eq!(price.gain_at_least, price.gain_at_most, "{}", price.change);
            (price.rule.as_str(), price.gain_at_least.unwrap())
        })
        .collect();
    // Two a year: A and C, then with D: 7,200 + 3,000. Without the floor: B, then C: 20,600. Without the
    // exclusion A is still first, and then C still the best: nothing.
    let by_hand = [("budgets[1]", 11_900_000), ("floors[1]", 1_500_000), ("exclusive[1]", 0)];
    assert_eq!(gains, by_hand);
    // Each change is a programme that can be checked by itself.
    for price in &list.prices {
        let kept = price.folder.as_ref().unwrap();
        folder.expect(0, &format!("verify p/plans/{kept}"));
        let plan: Plan = folder.read(&format!("p/plans/{kept}/plans/plan.json"));
        assert_eq!((Some(plan.value), plan.bound), (price.value, price.bound), "{kept}");
    }
    let written = fs::read_to_string(folder.path("p/plans/price-01/programme.toml")).unwrap();
    assert!(
        written.starts_with("# Written by `groundwork prices`: the programme with 10 more money")
    );
}

/// B has 900 within 12 km, and with D all 1,050 are: from the second year on, or with two a year from the first.
#[test]
fn prices_of_another_goal_are_those_worked_by_hand() {
    let folder = villages(FOUR);
    folder.expect(0, "prices p --goal coverage --gap 0 --progress none");
    let list = folder.prices();
    assert_eq!((list.question.goal, list.value), (Some(Goal::Coverage), 1_950));
    let [quota] = &list.prices[..] else { panic!("{} prices", list.prices.len()) };
    assert_eq!((quota.value, quota.gain_at_least), (Some(2_100), Some(150)));
    folder.expect(0, "verify p/plans/price-01");
}

#[test]
fn a_given_plan_gives_way_to_a_better_one_that_keeps_the_rules() {
    let folder = villages(&MONEY.replace("exclusive = [{ sites = [\"B\", \"D\"] }]", ""));
    fs::write(folder.path("mine.csv"), "site,period\nA,2030\n").unwrap();
    folder.expect(0, "plan p --from mine.csv --out mine.json --gap 0 --progress none");
    folder.expect(0, "prices p --plan mine.json --gap 0 --step money=10 --progress none");
    let list = folder.prices();
    // A alone costs 14,900 twice, and no plan is below 22,100. Without the floor B, then D costs 18,800. What the
    // changes lead to breaks the rules as written.
    assert_eq!((list.value, list.bound), (29_800_000, Some(22_100_000)));
    let floor = list.prices.iter().find(|price| price.rule == "floors[1]").unwrap();
    assert_eq!((floor.gain_at_least, floor.gain_at_most), (Some(3_300_000), Some(11_000_000)));
    assert!(!floor.is_open());

    // Without an exclusion that costs nothing the best plan is one with the rules as written: A, then C.
    let folder = villages(MONEY);
    fs::write(folder.path("mine.csv"), "site,period\nA,2030\n").unwrap();
    folder.expect(0, "plan p --from mine.csv --out mine.json --gap 0 --progress none");
    folder.expect(0, "prices p --plan mine.json --gap 0 --step money=10 --progress none");
    let list = folder.prices();
    assert_eq!((list.value, list.bound), (22_100_000, Some(22_100_000)));
    let floor = list.prices.iter().find(|price| price.rule == "floors[1]").unwrap();
    assert_eq!((floor.gain_at_least, floor.gain_at_most), (Some(1_500_000), Some(1_500_000)));
    assert_eq!((list.access_last, floor.person_years_gained), (900, Some(200)));

    let text = fs::read_to_string(folder.path("mine.json")).unwrap();
    fs::write(folder.path("mine.json"), text.replace("29800000", "29800001")).unwrap();
    folder.expect(3, "prices p --plan mine.json --progress none");
    folder.expect(2, "prices p --step cement=5 --progress none");
    folder.expect(2, "prices p --step money --progress none");
}

#[test]
fn a_freed_site_and_an_exact_quota_have_prices() {
    let folder = villages(&FOUR.replace(
        "quota = { openings = 1 }",
        "quota = { openings = 1, rule = \"exactly\" }\nfiles = { sites = \"sites.csv\" }",
    ));
    fs::write(folder.path("p/sites.csv"), "id,rule\nB,forbidden\nC,required\n").unwrap();
    folder.expect(0, "prices p --gap 0 --progress none");
    let list = folder.prices();
    let gain = |change: &str| {
        let price = list.prices.iter().find(|price| price.change == change).unwrap();
        assert_eq!(price.gain_at_least, price.gain_at_most, "{change}");
        price.gain_at_least.unwrap()
    };
    // C must open and B must not: A, then C: 14,900 + 300 x 10 + 150 x 28 = 22,100; C, then A: 16,600 + 7,200.
    assert_eq!(list.value, 22_100_000);
    // B, then C: 12,400 + 400 x 10 + 150 x 28 = 20,600.
    assert_eq!(gain("B may open"), 1_500_000);
    // A, then D: 14,900 + 7,400 is no better.
    assert_eq!(gain("C need not open"), 0);
    let freed = list.prices.iter().find(|price| price.change == "B may open").unwrap();
    assert_eq!(freed.folder, None, "it stands in a table");
    assert_eq!(gain("at most the quota, not exactly"), 0);
    // Exactly two a year would need four sites, and three may open.
    let more =
        list.prices.iter().find(|price| price.change == "one opening more a period").unwrap();
    assert_eq!((more.value, more.loosens), (None, false));
}

#[test]
fn the_report_shows_the_prices_of_its_files_and_no_others() {
    let folder = villages(MONEY);
    folder.expect(0, "plan p --gap 0 --progress none");
    folder.expect(0, "report p");
    let page = || fs::read_to_string(folder.path("p/report.html")).unwrap();
    assert!(!page().contains("id=\"prices\""));
    folder.expect(0, "prices p --gap 0 --step money=10 --progress none");
    folder.expect(0, "report p");
    let shown = page();
    let section = &shown[shown.find("<section id=\"prices\"").unwrap()..];
    let section = &section[..section.find("</section>").unwrap()];
    // The figures of the test above, in person-km and in its order.
    let at = |words: &str| section.find(words).unwrap_or_else(|| panic!("{words}: {section}"));
    assert!(at("<td>11,900</td><td>11,900</td>") < at("<td>1,500</td><td>1,500</td>"));
    assert!(at("<td>1,500</td>") < at("brings nothing, proved"));
    assert!(shown.contains("groundwork prices ."));

    fs::write(folder.path("p/programme.toml"), MONEY.replace("[10, 10]", "[10, 20]")).unwrap();
    folder.expect(0, "plan p --gap 0 --progress none");
    let said = stderr(&folder.expect(0, "report p"));
    assert!(
        said.contains("the prices were made from other files than the plan and are left out"),
        "{said}"
    );
    assert!(!page().contains("id=\"prices\""));
    fs::write(folder.path("p/plans/prices.json"), "{}").unwrap();
    let said = stderr(&folder.expect(0, "report p"));
    assert!(said.contains("prices.json is of another programme or version; left out"), "{said}");
}

#[test]
fn help_teaches() {
    let folder = villages(FOUR);
    insta::assert_snapshot!("help_frontier", stdout(&folder.expect(0, "frontier --help")));
    insta::assert_snapshot!("help_prices", stdout(&folder.expect(0, "prices --help")));
}

#[test]
fn what_reports_make_possible_is_planned_as_of_their_day() {
    // Nobody may open in 2030, and everybody must be served: no plan from the start, one as of the day when A opened.
    let folder = villages(
        &FOUR
            .replace("openings = 1", "openings = [0, 1]")
            .replace("population = {", "files = { reports = \"reports.csv\" }\npopulation = {"),
    );
    let row = "site,named,package,period,stage,date\nA,A,clinic,2030,opened,2030-03-01\n";
    fs::write(folder.path("p/reports.csv"), row).unwrap();
    assert!(stdout(&folder.expect(0, "check p")).contains("W605"));
    folder.expect(4, "plan p --progress none");
    folder.expect(0, "plan p --as-of 2030-06-01 --gap 0 --progress none");
    let plan: Plan =
        serde_json::from_slice(&fs::read(folder.path("p/plans/plan.json")).unwrap()).unwrap();
    let openings: Vec<(&str, u32)> =
        plan.openings.iter().map(|row| (row.site.as_str(), row.period)).collect();
    // A alone 14,900, A and C 7,200 person-km.
    assert_eq!(openings, [("A", 1), ("C", 2)]);
    assert_eq!(plan.value, 22_100_000 * i128::from(plan.scale));
    folder.expect(0, "verify p");
}
