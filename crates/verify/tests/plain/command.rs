//! The program from outside: what it prints and how it ends.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{certify, opening, plan};
use groundwork_formats::{read_programme, sha256_hex};
use groundwork_model::{Certificate, InputFile, Plan, Programme, Proof, Question, Verdict};
use tempfile::TempDir;

const SETTINGS: &str = r#"
format = 1
name = "Three places"
population = { year = 2024, source = "made up" }
periods = { first = 2024, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 10 }]
packages = [{ id = "clinic", kinds = ["clinic"] }]
"#;

const PLACES: &str = "id,name,lat,lon,population\n\
    p0,A,0,10,100\n\
    p1,B,0,11,50\n\
    p2,C,0,13,10\n";

/// Is a programme folder with a plan that is proved best.
struct Folder {
    dir: TempDir,
    plan: Plan,
    certificate: Certificate,
}

impl Folder {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("programme.toml"), SETTINGS).unwrap();
        fs::write(dir.path().join("places.csv"), PLACES).unwrap();
        let (programme, inputs) = read(dir.path());
        let openings = [opening("p0", 1), opening("p1", 2)];
        let mut plan = plan(&programme, &Question::default(), &openings);
        plan.inputs = inputs;
        let proof = Proof::Lagrangian {
            shift: 0,
            prices: vec![10_000_000, 3_000_000],
            radii: vec![vec![80_000, 111_195, 333_585], vec![111_195, 111_195, 222_390]],
        };
        let certificate = certify(&mut plan, 11_119_500, proof);
        let mut folder = Self { dir, plan, certificate };
        folder.write();
        folder
    }

    /// Writes plan and certificate so that they belong together.
    fn write(&mut self) {
        let bytes = serde_json::to_vec(&self.certificate).unwrap();
        fs::write(self.dir.path().join("plan.certificate.json"), &bytes).unwrap();
        let sha256 = sha256_hex(&bytes);
        self.plan.certificate =
            Some(InputFile { path: "plan.certificate.json".to_owned(), sha256 });
        self.write_plan();
    }

    fn write_plan(&self) {
        let bytes = serde_json::to_vec(&self.plan).unwrap();
        fs::write(self.dir.path().join("plan.json"), bytes).unwrap();
    }

    fn run(&self, options: &[&str]) -> Output {
        let path = self.dir.path();
        program().arg(path).arg(path.join("plan.json")).args(options).output().unwrap()
    }
}

fn read(folder: &Path) -> (Programme, Vec<InputFile>) {
    let checked = read_programme(&mut |name| fs::read(folder.join(name)));
    (checked.programme.unwrap(), checked.inputs)
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_groundwork-verify"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn codes(output: &Output) -> Vec<&'static str> {
    let verdict: Verdict = serde_json::from_slice(&output.stdout).unwrap();
    verdict.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn a_sound_plan_is_accepted() {
    let output = Folder::new().run(&[]);
    let expected = "\
accepted: every rule is kept, value and bound hold
  value              11,119,500 person-metres
  bound              11,119,500 person-metres
  gap                0.0000 %
  pairs re-measured  14
";
    assert_eq!(stdout(&output), expected);
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_verdict_comes_as_json() {
    let output = Folder::new().run(&["--json"]);
    let verdict: Verdict = serde_json::from_slice(&output.stdout).unwrap();
    assert!(verdict.accepted);
    assert_eq!((verdict.value, verdict.bound), (Some(11_119_500), Some(11_119_500)));
}

#[test]
fn a_changed_table_is_named() {
    let folder = Folder::new();
    fs::write(folder.dir.path().join("places.csv"), format!("{PLACES}\n")).unwrap();
    let output = folder.run(&[]);
    assert_eq!(output.status.code(), Some(5));
    let text = stdout(&output);
    assert!(text.starts_with("refused: 1 problem\n"), "{text}");
    assert!(text.contains("error V701 places.csv: the bytes are not those"), "{text}");
    assert!(
        text.ends_with("  Plan again, or bring back the file that the plan names.\n"),
        "{text}"
    );
}

#[test]
fn a_certificate_of_other_bytes_is_refused() {
    let folder = Folder::new();
    let path = folder.dir.path().join("plan.certificate.json");
    let pretty = serde_json::to_vec_pretty(&folder.certificate).unwrap();
    fs::write(path, pretty).unwrap();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V703"], Some(5)));
}

#[test]
fn another_certificate_can_be_given() {
    let mut folder = Folder::new();
    let path = folder.dir.path().join("plan.certificate.json");
    let moved = folder.dir.path().join("moved.json");
    fs::rename(path, &moved).unwrap();
    assert_eq!(folder.run(&[]).status.code(), Some(3));
    assert_eq!(folder.run(&["--certificate", moved.to_str().unwrap()]).status.code(), Some(0));
    folder.plan.certificate = None;
    folder.write_plan();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V706"], Some(5)));
}

#[test]
fn a_certificate_elsewhere_is_not_looked_for() {
    let mut folder = Folder::new();
    let named = folder.plan.certificate.as_mut().unwrap();
    named.path = "../plan.certificate.json".to_owned();
    folder.write_plan();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V703", "V706"], Some(5)));
}

#[test]
fn what_is_no_plan_is_refused() {
    let folder = Folder::new();
    fs::write(folder.dir.path().join("plan.json"), "{\"format\": 1}").unwrap();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V702"], Some(5)));
    let hostile = "[".repeat(100_000);
    fs::write(folder.dir.path().join("plan.json"), hostile).unwrap();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V702"], Some(5)));
}

#[test]
fn what_is_no_certificate_is_refused() {
    let folder = Folder::new();
    fs::write(folder.dir.path().join("plan.certificate.json"), "null").unwrap();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["V703", "V702", "V706"], Some(5)));
}

#[test]
fn a_folder_with_errors_is_refused_as_input() {
    let folder = Folder::new();
    fs::remove_file(folder.dir.path().join("places.csv")).unwrap();
    let output = folder.run(&[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(3), String::new()));
    let text = stderr(&output);
    assert!(text.starts_with("not verified: 1 problem\nerror E101 places.csv"), "{text}");
    assert_eq!(codes(&folder.run(&["--json"])), ["E101"]);
}

#[test]
fn a_missing_plan_is_refused_as_input() {
    let folder = Folder::new();
    fs::remove_file(folder.dir.path().join("plan.json")).unwrap();
    let output = folder.run(&["--json"]);
    assert_eq!((codes(&output), output.status.code()), (vec!["S801"], Some(3)));
}

#[test]
fn wrong_usage_is_explained() {
    let output = program().arg("only-a-folder").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(text.starts_with("error: a folder and a plan are needed; 1 given\n\nUsage:"), "{text}");
    let output = program().arg("--help").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("Usage: groundwork-verify FOLDER PLAN.json"));
}
