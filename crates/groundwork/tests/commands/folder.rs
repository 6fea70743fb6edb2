//! A folder in a temporary place in which commands are run, and the four villages of docs/concepts/model.md.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use groundwork_model::Plan;

/// The settings of the villages.
pub(crate) const FOUR: &str = r#"
format = 1
name = "Four villages"
periods = { first = 2030, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 12 }]
packages = [{ id = "clinic", kinds = ["clinic"] }]
population = { year = 2030, source = "made up" }
"#;

/// The villages: A in the West, the others in the East.
pub(crate) const PLACES: &str = "id,name,province,lat,lon,population
A,A,West,0,10,400
B,B,East,0,10.089932,300
C,C,East,0,10.197850,200
D,D,East,0,10.449660,150
";

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// Makes an empty one.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Makes one with a programme in `p`.
    pub(crate) fn with(settings: &str, places: &str) -> Self {
        let folder = Self::empty();
        fs::create_dir(folder.path("p")).unwrap();
        fs::write(folder.path("p/programme.toml"), settings).unwrap();
        fs::write(folder.path("p/places.csv"), places).unwrap();
        folder
    }

    /// Makes one with a shipped example in `p`.
    pub(crate) fn example(name: &str) -> Self {
        let folder = Self::empty();
        folder.expect(0, &format!("new p --example {name}"));
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_groundwork"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// Runs a command that must end with a code.
    pub(crate) fn expect(&self, code: i32, words: &str) -> Output {
        let done = self.run(&words.split_whitespace().collect::<Vec<_>>());
        assert_eq!(done.status.code(), Some(code), "{words}: {}", stderr(&done));
        done
    }

    /// Returns a plan that the checker accepts.
    pub(crate) fn accepted(&self, name: &str) -> Plan {
        let path = format!("p/plans/{name}.json");
        self.expect(0, &format!("verify p {path}"));
        self.read(&path)
    }

    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> T {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the openings of a plan as `A1 D2`, by period.
pub(crate) fn openings(plan: &Plan) -> String {
    let shown = plan.openings.iter().map(|opening| format!("{}{}", opening.site, opening.period));
    shown.collect::<Vec<_>>().join(" ")
}
