//! What people see: every command's output, exit code and files.

use std::fs;
use std::path::Path;
use std::process::Command;

use groundwork_model::field::FieldAnswer;
use groundwork_model::frontier::{FrontierAnswer, FrontierVerdict};
use groundwork_model::{Certificate, Comparison, Plan, Verdict};

use crate::folder::{Folder, stderr, stdout};

impl Folder {
    /// Copies the shipped example and plans it.
    fn example_planned() -> Self {
        let folder = Self::example(EXAMPLE);
        let planned = folder.run(&["plan", "p", "--progress", "none"]);
        assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));
        folder
    }

    fn write_json(&self, name: &str, value: &impl serde::Serialize) {
        fs::write(self.path(name), serde_json::to_vec(value).unwrap()).unwrap();
    }

    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }
}

/// The shipped example.
const EXAMPLE: &str = "prk-20x10";

#[test]
fn help_teaches() {
    let folder = Folder::empty();
    for command in
        ["", "new", "check", "plan", "verify", "compare", "explain", "solve", "report", "export"]
    {
        let arguments: Vec<&str> =
            [command, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let help = folder.run(&arguments);
        let name = if command.is_empty() { "groundwork" } else { command };
        insta::assert_snapshot!(format!("help_{name}"), stdout(&help));
    }
}

#[test]
fn a_new_empty_folder_plans_as_it_is() {
    let folder = Folder::empty();
    assert_eq!(folder.run(&["new", "fresh"]).status.code(), Some(0));
    let planned = folder.run(&["plan", "fresh", "--progress", "none"]);
    assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));
    let again = folder.run(&["new", "fresh"]);
    assert_eq!(again.status.code(), Some(2), "nothing is written over");
}

#[test]
fn check_says_what_is_wrong_and_where() {
    let folder = Folder::example(EXAMPLE);
    let checked = folder.run(&["check", "p"]);
    assert_eq!(checked.status.code(), Some(0));
    insta::assert_snapshot!("check_example", stdout(&checked));

    folder.replace("p/places.csv", "41.366", "141.366");
    folder.replace("p/programme.toml", "count = 10", "count = \"ten\"");
    let refused = folder.run(&["check", "p"]);
    assert_eq!(refused.status.code(), Some(3));
    insta::assert_snapshot!("check_refused", stdout(&refused));
    let planned = folder.run(&["plan", "p", "--json"]);
    assert_eq!(planned.status.code(), Some(3));
    assert!(stdout(&planned).contains("\"problems\""));
    assert!(!folder.path("p/plans").exists(), "a refused input leaves nothing behind");
}

#[test]
fn the_shipped_programme_is_planned_within_a_tenth_of_a_per_cent() {
    let folder = Folder::example_planned();
    let plan: Plan = folder.read("p/plans/plan.json");
    assert!(plan.gap.unwrap() < 0.001, "gap {:?}", plan.gap);
    let openings: Vec<u32> = plan.outcomes.iter().map(|outcome| outcome.openings).collect();
    assert_eq!(openings, [20, 20, 20, 20, 20, 20, 20, 20, 18, 0]);
    assert!(plan.openings.iter().all(|opening| opening.site != "KP0409"), "Kimhwa exists already");
    insta::assert_snapshot!(
        "plan_example",
        stdout(&folder.run(&["plan", "p", "--progress", "none"]))
    );
}

#[test]
fn the_order_taken_is_a_fact() {
    let folder = Folder::example(EXAMPLE);
    let planned = folder.run(&["plan", "p", "--as-of", "--progress", "none"]);
    assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));
    let plan: Plan = folder.read("p/plans/plan.json");
    let openings: Vec<u32> = plan.outcomes.iter().map(|outcome| outcome.openings).collect();
    assert_eq!(openings, [20, 20, 19, 20, 20, 20, 20, 20, 19, 0]);
    assert_eq!(plan.openings.iter().filter(|opening| opening.fixed).count(), 59);
    let kaesong = plan.openings.iter().find(|opening| opening.site == "KP0803").unwrap();
    assert_eq!((kaesong.year, kaesong.fixed), (2025, true));
    assert_eq!(plan.question.as_of.unwrap().to_string(), "2026-02-09");
}

#[test]
fn compare_sets_five_plans_side_by_side() {
    let folder = Folder::example(EXAMPLE);
    let compared = folder.run(&["compare", "p", "--progress", "none"]);
    assert_eq!(compared.status.code(), Some(0), "{}", stderr(&compared));
    insta::assert_snapshot!("compare_example", stdout(&compared));
    let comparison: Comparison = folder.read("p/plans/comparison.json");
    assert_eq!(comparison.rows.len(), 5);
    for row in &comparison.rows {
        let plan: Plan = folder.read(&format!("p/plans/{}", row.file));
        let openings: Vec<u32> = plan.outcomes.iter().map(|outcome| outcome.openings).collect();
        assert_eq!(openings, comparison.openings, "{}", row.label);
        assert!(comparison.bound <= row.value, "{}", row.label);
        let verified = folder.run(&["verify", "p", &format!("p/plans/{}", row.file)]);
        assert_eq!(verified.status.code(), Some(0), "{}: {}", row.label, stdout(&verified));
    }
}

#[test]
fn tampering_is_refused() {
    let refused = |what: &str, folder: &Folder| {
        let verified = folder.run(&["verify", "p", "--json"]);
        assert_eq!(verified.status.code(), Some(5), "{what}");
        let verdict: Verdict = serde_json::from_slice(&verified.stdout).unwrap();
        assert!(!verdict.accepted && !verdict.problems.is_empty(), "{what}");
    };
    let folder = Folder::example_planned();
    assert_eq!(folder.run(&["verify", "p"]).status.code(), Some(0));
    let plan: Plan = folder.read("p/plans/plan.json");
    let certificate: Certificate = folder.read("p/plans/plan.certificate.json");

    let mut better = plan.clone();
    better.value -= 1;
    folder.write_json("p/plans/plan.json", &better);
    refused("a better value", &folder);

    let mut tighter = plan.clone();
    tighter.bound = tighter.bound.map(|bound| bound + 1);
    folder.write_json("p/plans/plan.json", &tighter);
    refused("a tighter bound", &folder);

    let mut moved = plan.clone();
    moved.openings[0].period = 2;
    folder.write_json("p/plans/plan.json", &moved);
    refused("a moved opening", &folder);

    folder.write_json("p/plans/plan.json", &plan);
    let mut dearer = certificate.clone();
    let groundwork_model::Proof::Lagrangian { prices, .. } = &mut dearer.proof else { panic!() };
    prices[0] += 1 << 40;
    folder.write_json("p/plans/plan.certificate.json", &dearer);
    refused("another price", &folder);

    folder.write_json("p/plans/plan.certificate.json", &certificate);
    folder.replace("p/places.csv", "192680", "192681");
    refused("a changed input", &folder);
}

#[test]
fn a_hand_made_list_is_scored() {
    let folder = Folder::example_planned();
    let plan: Plan = folder.read("p/plans/plan.json");
    let mut list = "site,period,lock\n".to_owned();
    for opening in &plan.openings {
        let lock = if opening.period == 1 { "yes" } else { "no" };
        list.push_str(&format!("{},{},{lock}\n", opening.site, opening.year));
    }
    fs::write(folder.path("mine.csv"), &list).unwrap();
    let arguments =
        ["plan", "p", "--from", "mine.csv", "--out", "scored.json", "--progress", "none"];
    let scored = folder.run(&arguments);
    assert_eq!(scored.status.code(), Some(0), "{}", stderr(&scored));
    let listed: Plan = folder.read("scored.json");
    assert_eq!(listed.value, plan.value);

    let solved = folder.run(&[&arguments[..], &["--re-solve"]].concat());
    assert_eq!(solved.status.code(), Some(0), "{}", stderr(&solved));
    let again: Plan = folder.read("scored.json");
    assert_eq!(again.question.locked.len(), 20);

    // A decision that contradicts a fact can be kept by no plan.
    let fact = ["plan", "p", "--as-of", "--from", "mine.csv", "--re-solve"];
    let contradicted = "site,period,lock\nKP0717,2024,yes\nKP0603,2027,yes\n";
    fs::write(folder.path("mine.csv"), contradicted).unwrap();
    let infeasible = folder.run(&fact);
    assert_eq!(infeasible.status.code(), Some(4), "{}", stderr(&infeasible));
    fs::write(folder.path("mine.csv"), "site,period,lock\nKP0717,2024,yes\n").unwrap();
    let same = folder.run(&fact);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));

    // Everything in the first year breaks its quota, and Kimhwa exists already.
    let crowded = list.replace(",2025,", ",2024,") + "KP0409,2030,no\n";
    fs::write(folder.path("mine.csv"), crowded).unwrap();
    let broken = folder.run(&arguments);
    assert_eq!(broken.status.code(), Some(5));
    let said = stderr(&broken);
    assert!(said.contains("V712") && said.contains("V717"), "{said}");
}

#[test]
fn limits_keep_the_best_plan_so_far() {
    let folder = Folder::example(EXAMPLE);
    let limited =
        folder.run(&["plan", "p", "--work-limit", "1", "--gap", "0", "--progress", "plain"]);
    assert_eq!(limited.status.code(), Some(6), "{}", stderr(&limited));
    let plan: Plan = folder.read("p/plans/plan.json");
    assert!(plan.bound.is_some());
    assert_eq!(folder.run(&["verify", "p"]).status.code(), Some(0));
}

#[test]
fn a_search_that_is_stopped_before_any_plan_writes_none() {
    let folder = Folder::example("prk-budgets");
    let limited = folder.run(&["plan", "p", "--work-limit", "1", "--progress", "none"]);
    assert_eq!(limited.status.code(), Some(7), "{}", stderr(&limited));
    assert!(stderr(&limited).contains("S802") && stdout(&limited).is_empty(), "{limited:?}");
    assert!(!folder.path("p/plans/plan.json").exists());
}

#[test]
fn a_run_stopped_by_work_is_reproduced() {
    let folder = Folder::example(EXAMPLE);
    let run = |threads: &str, out: &str| -> Plan {
        let limit = ["--work-limit", "3000000", "--gap", "0", "--threads", threads];
        let done =
            folder.run(&[&["plan", "p", "--out", out, "--progress", "none"], &limit[..]].concat());
        assert_eq!(done.status.code(), Some(6), "{}", stderr(&done));
        folder.read(out)
    };
    let (one, two) = (run("1", "one.json"), run("2", "two.json"));
    assert_eq!((one.value, one.bound, one.openings), (two.value, two.bound, two.openings));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_best_plan_so_far() {
    let folder = Folder::example(EXAMPLE);
    let child = Command::new(env!("CARGO_BIN_EXE_groundwork"))
        .args(["plan", "p", "--gap", "0", "--time-limit", "50", "--progress", "json"])
        .current_dir(folder.path(""))
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let done = child.wait_with_output().unwrap();
    assert!(stderr(&done).lines().any(|line| line.starts_with('{')), "{}", stderr(&done));
    assert_eq!(done.status.code(), Some(6), "{}", stderr(&done));
    assert_eq!(folder.run(&["verify", "p"]).status.code(), Some(0));
}

#[test]
fn usage_faults_exit_with_2() {
    let folder = Folder::example(EXAMPLE);
    for arguments in [
        &["plan", "p", "--gap", "2"][..],
        &["plan", "p", "--as-of", "2024-13-01"],
        &["plan", "p", "--as-of", "yesterday"],
        &["schema", "nothing"],
        &["check", "nowhere"],
        &["plan", "p/programme.toml"],
        &["verify", "p"],
        &["fly"],
    ] {
        let done = folder.run(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {}", stderr(&done));
    }
}

#[test]
fn a_rule_that_cannot_be_kept_exits_with_4() {
    let folder = Folder::example(EXAMPLE);
    // As of the last day of the programme nothing is free, so a required site comes too late.
    fs::write(folder.path("p/sites.csv"), "id,rule\nKP0101,required\n").unwrap();
    folder.replace("p/programme.toml", "facilities = ", "sites = \"sites.csv\"\nfacilities = ");
    let done = folder.run(&["plan", "p", "--as-of", "2034-01-01"]);
    assert_eq!(done.status.code(), Some(4), "{}", stderr(&done));
}

/// Villages on the equator with two packages, a budget and two floors.
const VILLAGES: &str = r#"
format = 1
name = "Villages"
population = { year = 2030, source = "made up" }
periods = { first = 2030, count = 3 }
distance = { cut_off_km = 40, unserved_km = 60 }
packages = [{ id = "big", kinds = ["clinic:big"] }, { id = "school", kinds = ["school"], cost = { money = 8 } }]
budgets = [{ resource = "money", amount = [MONEY], carry_over = true }]
floors = [{ province = "*", by = 2032, at_least = 1 }, { kind = "clinic", by = 2032, at_least = 2 }]

[[kinds]]
id = "clinic"
reach_km = 12
sizes = [{ id = "big", capacity = 700, cost = { money = 20 }, build = 1 }]

[[kinds]]
id = "school"
reach_km = 8
"#;

fn villages(money: &str) -> Folder {
    let folder = Folder::empty();
    fs::create_dir(folder.path("p")).unwrap();
    fs::write(folder.path("p/programme.toml"), VILLAGES.replace("MONEY", money)).unwrap();
    let places = "id,name,province,lat,lon,population\nA,A,P,0,10,400\nB,B,P,0,10.09,300\n\
                  C,C,Q,0,10.2,200\nD,D,Q,0,10.45,150\n";
    fs::write(folder.path("p/places.csv"), places).unwrap();
    folder
}

#[test]
fn a_programme_with_budgets_and_capacities_is_planned_and_checked() {
    let folder = villages("30, 30, 30");
    let done = folder.run(&["plan", "p", "--gap", "0", "--progress", "none"]);
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    insta::assert_snapshot!("mixed_plan", stdout(&done));
    let plan: Plan = folder.read("p/plans/plan.json");
    assert_eq!(Some(plan.value), plan.bound);
    assert!(!plan.assignments.is_empty());
    assert_eq!(folder.run(&["verify", "p"]).status.code(), Some(0));
    assert_eq!(folder.run(&["report", "p"]).status.code(), Some(0));
}

#[test]
fn rules_that_cannot_be_kept_together_are_named_with_what_helps() {
    let folder = villages("20, 0, 10");
    let done = folder.run(&["plan", "p", "--gap", "0", "--progress", "none"]);
    assert_eq!(done.status.code(), Some(4), "{}", stderr(&done));
    insta::assert_snapshot!("infeasible", stderr(&done));
}

#[test]
fn two_conflicts_are_told_apart_and_mended_together_at_stated_prices() {
    let folder = villages("20, 0, 10");
    let schools = "{ kind = \"school\", province = \"P\", by = 2031, at_least = 2 }]";
    folder.replace("p/programme.toml", "at_least = 2 }]", &format!("at_least = 2 }}, {schools}"));
    folder.replace(
        "p/programme.toml",
        "floors = ",
        "exclusive = [{ sites = [\"A\", \"B\"] }]\nfloors = ",
    );
    let plan = ["plan", "p", "--progress", "none"];
    let done = folder.run(&plan);
    assert_eq!(done.status.code(), Some(4), "{}", stderr(&done));
    insta::assert_snapshot!("infeasible_twice", stderr(&done));

    let prices =
        "repair_prices = { site = 50, period = 20, rule = 500, resources = { money = 3 } }";
    folder.replace("p/programme.toml", "floors = ", &format!("{prices}\nfloors = "));
    let priced = folder.run(&[&plan[..], &["--json"]].concat());
    assert_eq!(priced.status.code(), Some(4), "{}", stderr(&priced));
    let said: serde_json::Value = serde_json::from_slice(&priced.stdout).unwrap();
    let conflict: groundwork_model::Conflict =
        serde_json::from_value(said["conflict"].clone()).unwrap();
    assert_eq!((conflict.rules, conflict.sets.len(), conflict.complete), (5, 2, true));
    // Two clinics and a school by 2031 cost 48, which is 28 x 3 more; the other school less is 50. One clinic and two
    // schools less are 150.
    let prices: Vec<i64> =
        conflict.repairs.iter().map(|repair| repair.price.unwrap().mantissa()).collect();
    assert_eq!(prices[..2], [134, 150]);
    assert!(prices.is_sorted());
    assert!(stderr(&priced).contains("priced by [repair_prices]"), "{}", stderr(&priced));
}

#[test]
fn a_decision_against_a_plain_programme_is_named_as_a_conflict() {
    let folder = Folder::example(EXAMPLE);
    let list = "site,period,lock\nKP0717,2024,yes\nKP0603,2027,yes\n";
    fs::write(folder.path("mine.csv"), list).unwrap();
    let fact = ["plan", "p", "--as-of", "2025-06-01", "--from", "mine.csv", "--re-solve"];
    let done = folder.run(&[&fact[..], &["--progress", "none"]].concat());
    assert_eq!(done.status.code(), Some(4), "{}", stderr(&done));
    insta::assert_snapshot!("infeasible_lock", stderr(&done));
}

#[test]
fn a_read_only_folder_is_said_so() {
    let folder = Folder::example(EXAMPLE);
    fs::write(folder.path("p/plans"), "a file where the folder should be").unwrap();
    let done = folder.run(&["plan", "p", "--progress", "none"]);
    assert_eq!(done.status.code(), Some(1), "{}", stderr(&done));
    assert!(stderr(&done).contains("S801"), "{}", stderr(&done));
}

#[test]
fn exports_and_report_are_written() {
    let folder = Folder::example_planned();
    assert_eq!(folder.run(&["compare", "p", "--progress", "none"]).status.code(), Some(0));
    let report = folder.run(&["report", "p"]);
    assert_eq!(report.status.code(), Some(0), "{}", stderr(&report));
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    assert!(page.contains("CC-BY") && page.contains("2008 census"));
    for format in ["csv", "geojson", "svg"] {
        let exported = folder.run(&["export", "p", "--format", format]);
        assert_eq!(exported.status.code(), Some(0), "{format}");
        assert!(exported.stdout.len() > 1000, "{format}");
    }
    let csv = stdout(&folder.run(&["export", "p", "--format", "csv"]));
    assert_eq!(csv.lines().count(), 179, "178 openings and a header");
    let _: serde_json::Value =
        serde_json::from_slice(&folder.run(&["export", "p", "--format", "geojson"]).stdout)
            .unwrap();
}

#[test]
fn a_benchmark_file_is_solved_and_checked() {
    let folder = Folder::empty();
    let lines: Vec<String> =
        (0..60).map(|i| format!("{} {} {}", (i * 37) % 101, (i * 61) % 97, 1 + i % 5)).collect();
    fs::write(folder.path("points.txt"), lines.join("\n")).unwrap();
    let flags = ["--format", "points", "--periods", "3", "--quota", "4"];
    let solve = [
        &["solve", "points.txt", "--json", "--progress", "none", "--certificate", "c.json"][..],
        &flags,
    ]
    .concat();
    let solved = folder.run(&solve);
    assert_eq!(solved.status.code(), Some(0), "{}", stderr(&solved));
    fs::write(folder.path("a.json"), &solved.stdout).unwrap();
    let answer: FieldAnswer = folder.read("a.json");
    assert_eq!(answer.openings.len(), 12);
    let verify = [
        &["verify", "points.txt", "--solution", "a.json", "--certificate", "c.json", "--json"][..],
        &flags,
    ]
    .concat();
    assert_eq!(folder.run(&verify).status.code(), Some(0));

    let better = FieldAnswer { bound: answer.value.map(|v| v + 1), ..answer };
    folder.write_json("a.json", &better);
    assert_eq!(folder.run(&verify).status.code(), Some(5), "a bound above the value");
    let unknown = folder.run(&["solve", "points.txt"]);
    assert_eq!(unknown.status.code(), Some(2), "no format");
}

/// Writes points by chance, with weights of 1 to 9.
fn write_random_points(folder: &Folder, points: usize) {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let lines =
        (0..points).map(|_| format!("{} {} {}", next() % 1000, next() % 1000, 1 + next() % 9));
    fs::write(folder.path("points.txt"), lines.collect::<Vec<_>>().join("\n")).unwrap();
}

/// What patches bring is accepted: in a proof, and where a tree ends early.
#[test]
fn proofs_with_patches_are_accepted() {
    let proved: &[&str] = &["--periods", "1", "--quota", "60"];
    let ended: &[&str] = &["--periods", "3", "--quota", "20", "--work-limit", "40000000"];
    for (flags, code) in [(proved, 0), (ended, 6)] {
        let folder = Folder::empty();
        write_random_points(&folder, 400);
        let file = ["points.txt", "--format", "points"];
        let solve = ["--json", "--progress", "none", "--certificate", "c.json"];
        let solved = folder.run(&[&["solve"][..], &file, flags, &solve].concat());
        assert_eq!(solved.status.code(), Some(code), "{}", stderr(&solved));
        fs::write(folder.path("a.json"), &solved.stdout).unwrap();
        let certificate = fs::read_to_string(folder.path("c.json")).unwrap();
        assert!(certificate.contains("\"patch\""), "{flags:?}: no patch");
        let answer: FieldAnswer = folder.read("a.json");
        assert_eq!(answer.bound == answer.value, code == 0, "{:?}", answer.bound);
        let with = ["--solution", "a.json", "--certificate", "c.json"];
        let checked = folder.run(&[&["verify"][..], &file, &flags[..4], &with].concat());
        assert_eq!(checked.status.code(), Some(0), "{}", stderr(&checked));
    }
}

/// Writes points among which a few sites cover most.
fn write_points(folder: &Folder) {
    let lines: Vec<String> =
        (0..60).map(|i| format!("{} {} {}", (i * 37) % 101, (i * 61) % 97, 1 + i % 5)).collect();
    fs::write(folder.path("points.txt"), lines.join("\n")).unwrap();
}

#[test]
fn a_frontier_is_drawn_and_checked() {
    let folder = Folder::empty();
    write_points(&folder);
    for flags in [&["--cover", "15", "--frontier", "1..25"][..], &["--frontier", "2..9"]] {
        let file = ["points.txt", "--format", "points"];
        let quiet = ["--progress", "none", "--certificate", "c.json"];
        let solve = [&["solve"][..], &file, flags, &quiet].concat();
        let table = folder.run(&solve);
        assert_eq!(table.status.code(), Some(0), "{}", stderr(&table));
        if flags[0] == "--cover" {
            insta::assert_snapshot!("frontier_cover", stdout(&table));
        } else {
            insta::assert_snapshot!("frontier_pmedian", stdout(&table));
        }
        let solved = folder.run(&[&solve[..], &["--json"]].concat());
        fs::write(folder.path("a.json"), &solved.stdout).unwrap();
        let answer: FrontierAnswer = folder.read("a.json");
        let verify = ["--solution", "a.json", "--certificate", "c.json"];
        let verify = [&["verify"][..], &file, flags, &verify].concat();
        let verified = folder.run(&[&verify[..], &["--json"]].concat());
        assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
        let verdict: FrontierVerdict = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!((verdict.points.len(), verdict.gap), (answer.points.len(), Some(answer.gap)));

        let mut better = answer.clone();
        better.points[1].value += 1;
        folder.write_json("a.json", &better);
        let refused = folder.run(&verify);
        assert_eq!(refused.status.code(), Some(5));
        assert!(stdout(&refused).contains("V705"), "{}", stdout(&refused));
        folder.write_json("a.json", &answer);
        let last = flags.last().unwrap();
        let other = [&verify[..verify.len() - 5], &["1..3"], &verify[verify.len() - 4..]].concat();
        assert_eq!(folder.run(&other).status.code(), Some(5), "{last} is not 1..3");
    }
}

#[test]
fn a_frontier_that_is_stopped_has_every_point() {
    let folder = Folder::empty();
    write_points(&folder);
    let file = ["points.txt", "--format", "points", "--cover", "15", "--frontier", "1..60"];
    let limits = ["--work-limit", "1", "--progress", "none", "--certificate", "c.json", "--json"];
    let solved = folder.run(&[&["solve"][..], &file, &limits].concat());
    assert_eq!(solved.status.code(), Some(6), "{}", stderr(&solved));
    fs::write(folder.path("a.json"), &solved.stdout).unwrap();
    let verify = ["--solution", "a.json", "--certificate", "c.json"];
    let verified = folder.run(&[&["verify"][..], &file, &verify].concat());
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    assert_eq!(folder.read::<FrontierAnswer>("a.json").points.len(), 60);
}

#[test]
fn a_frontier_that_cannot_be_is_refused() {
    let folder = Folder::empty();
    write_points(&folder);
    let refused = |flags: &[&str], code: i32, says: &str| {
        let file = ["solve", "points.txt", "--format", "points", "--progress", "none"];
        let done = folder.run(&[&file[..], flags].concat());
        assert_eq!(done.status.code(), Some(code), "{flags:?}: {}", stderr(&done));
        assert!(stderr(&done).contains(says), "{flags:?}: {}", stderr(&done));
    };
    let cover = ["--cover", "15", "--frontier"];
    refused(&[&cover[..], &["1..9", "--p", "3"]].concat(), 2, "cannot be used with '--p <N>'");
    refused(&[&cover[..], &["9"]].concat(), 2, "expected two whole numbers, as in 1..2000");
    refused(&[&cover[..], &["1..nine"]].concat(), 2, "expected two whole numbers");
    refused(&[&cover[..], &["0..9"]].concat(), 3, "E723, --frontier");
    refused(&[&cover[..], &["9..1"]].concat(), 3, "E723, --frontier");
    refused(&[&cover[..], &["1..61"]].concat(), 3, "the range is 1..61 and the file has 60 sites");
    refused(&["--problem", "pcentre", "--frontier", "1..9"], 3, "E722, --frontier");
    refused(&["--periods", "2", "--quota", "2", "--frontier", "1..9"], 3, "E722, --frontier");
}

#[test]
fn capacities_are_kept_and_the_assignments_written() {
    let folder = Folder::empty();
    // The third client does not fit whole where the others are.
    fs::write(folder.path("w.txt"), "2 3\n5 4\n5 9\n2\n2 8\n2\n2 8\n3\n3 9\n").unwrap();
    let solved = |single: &[&str]| {
        let solve =
            ["solve", "w.txt", "--format", "orlib-cap", "--json", "--certificate", "c.json"];
        let solved = folder.run(&[&solve[..], single].concat());
        assert_eq!(solved.status.code(), Some(0), "{}", stderr(&solved));
        fs::write(folder.path("a.json"), &solved.stdout).unwrap();
        let verify = ["verify", "w.txt", "--format", "orlib-cap", "--solution", "a.json"];
        let verified = folder.run(&[&verify[..], &["--certificate", "c.json"], single].concat());
        assert_eq!(verified.status.code(), Some(0), "{}", stderr(&verified));
        folder.read::<FieldAnswer>("a.json")
    };
    let split = solved(&[]);
    // 4 + 9 to open, 2 + 2, a third of 3 and two thirds of 9.
    assert_eq!((split.value, split.bound), (Some(24), Some(24)));
    let parts = split.assignments.iter().map(|part| (part.client, part.site, part.amount));
    assert_eq!(parts.collect::<Vec<_>>(), [(1, 1, 2), (2, 1, 2), (3, 1, 1), (3, 2, 2)]);
    let single = solved(&["--single"]);
    assert_eq!((single.value, single.assignments.len()), (Some(26), 3));
    assert!(single.bound >= Some(24) && single.bound <= Some(26));
}

#[test]
fn the_readme_tells_the_figures_of_the_comparison() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let folder = Folder::example(EXAMPLE);
    assert_eq!(folder.run(&["compare", "p", "--progress", "none"]).status.code(), Some(0));
    let comparison: Comparison = folder.read("p/plans/comparison.json");
    for row in &comparison.rows {
        let years = row.person_years_of_access.to_string();
        let grouped = format!("{},{},{}", &years[..3], &years[3..6], &years[6..]);
        assert!(readme.contains(&grouped), "{}: {grouped}", row.label);
    }
}

#[test]
fn schemas_and_completions_are_printed() {
    let folder = Folder::empty();
    for name in [
        "programme",
        "plan",
        "certificate",
        "verdict",
        "comparison",
        "difference",
        "explanation",
        "problem",
        "answer",
        "field-certificate",
        "frontier",
        "frontier-certificate",
    ] {
        let schema = folder.run(&["schema", name]);
        let value: serde_json::Value = serde_json::from_slice(&schema.stdout).unwrap();
        assert!(value["$schema"].is_string(), "{name}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&folder.run(&["completions", shell])).contains("groundwork"));
    }
}

#[test]
fn the_shipped_example_lists_every_file() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prk-20x10");
    let folder = Folder::example(EXAMPLE);
    for entry in fs::read_dir(shipped).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // The script is for those who make the example, not for those who use it.
        if entry.path().is_file() && name != "make.py" && !name.starts_with('.') {
            let copy = fs::read(folder.path(&format!("p/{name}"))).unwrap();
            assert_eq!(copy, fs::read(entry.path()).unwrap(), "{name}");
        }
    }
}
