//! What people see of `compare` with two plans and of `explain`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use groundwork_model::Difference;

/// Is a folder in a temporary place, with the four villages of docs/concepts/model.md in `p`.
struct Folder(tempfile::TempDir);

const SETTINGS: &str = r#"format = 1
name = "Four villages"
periods = { first = 2030, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 12 }]
packages = [{ id = "clinic", kinds = ["clinic"] }]
population = { year = 2030, source = "made up" }
"#;

const PLACES: &str = "id,name,name:ko,lat,lon,population
A,Anju,안주,0,10,400
B,Paektu,백두,0,10.089932,300
C,Chol,철,0,10.197850,200
D,Tok,덕,0,10.449660,150
";

impl Folder {
    /// Plans the villages: B, then D.
    fn planned() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("p")).unwrap();
        fs::write(folder.path("p/programme.toml"), SETTINGS).unwrap();
        fs::write(folder.path("p/places.csv"), PLACES).unwrap();
        folder.done(&["plan", "p", "--progress", "none"]);
        folder
    }

    /// Scores a list beside the plan.
    fn listed(&self, rows: &str, out: &str) {
        fs::write(self.path("mine.csv"), format!("site,period\n{rows}")).unwrap();
        self.done(&["plan", "p", "--from", "mine.csv", "--out", out, "--progress", "none"]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_groundwork"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// Runs what must succeed, and returns what it prints.
    fn done(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", stderr(&done));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Runs what must end with a code and say something.
    fn refused(&self, arguments: &[&str], code: i32, says: &str) {
        let done = self.run(arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", stderr(&done));
        assert!(stderr(&done).contains(says), "{arguments:?}: {}", stderr(&done));
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn two_plans_are_compared() {
    let folder = Folder::planned();
    folder.listed("A,2030\nB,2031\n", "by-size.json");
    let both = ["compare", "p", "p/plans/plan.json", "by-size.json"];
    insta::assert_snapshot!("difference", folder.done(&both));
    let json = folder.done(&[&both[..], &["--json"]].concat());
    let difference: Difference = serde_json::from_str(&json).unwrap();
    assert_eq!(difference.change, 4_500_000);
    assert_eq!(difference.changes.total.net_metres(), 4_500_000);
    let files = ["--svg", "map.svg", "--csv", "places.csv"];
    folder.done(&[&both[..], &files].concat());
    let table = fs::read_to_string(folder.path("places.csv")).unwrap();
    assert!(table.contains("D,Tok,,150,7500000,20000,45000,1,0\n"), "{table}");
    let map = fs::read_to_string(folder.path("map.svg")).unwrap();
    // Four places; signs of three sites and the five of the legend.
    assert_eq!(map.matches("<circle").count(), 4);
    assert_eq!(map.matches("stroke-width=\"0.9\"").count(), 8);
}

#[test]
fn plans_that_cannot_be_compared_are_refused() {
    let folder = Folder::planned();
    folder.listed("A,2030\nB,2031\n", "by-size.json");
    folder.refused(&["compare", "p", "p/plans/plan.json"], 2, "<OTHER>");
    folder.refused(&["compare", "p", "--svg", "map.svg"], 2, "<OTHER>");
    folder.refused(&["compare", "p", "p/plans/plan.json", "none.json"], 2, "there is no plan");

    // A figure that the checker does not find.
    let plan = fs::read_to_string(folder.path("by-size.json")).unwrap();
    fs::write(folder.path("false.json"), plan.replacen("23300000", "23300001", 1)).unwrap();
    folder.refused(&["compare", "p", "p/plans/plan.json", "false.json"], 3, "V705");

    // The other plan was made for another goal, so from another programme.toml.
    let covering = SETTINGS.replace("periods", "objective = { goal = \"coverage\" }\nperiods");
    fs::write(folder.path("p/programme.toml"), covering).unwrap();
    folder.done(&["plan", "p", "--progress", "none"]);
    folder.refused(
        &["compare", "p", "p/plans/plan.json", "by-size.json"],
        3,
        "V701 by-size.json: the plan was made from another `programme.toml`",
    );
}
