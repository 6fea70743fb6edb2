//! `new`: a programme folder from a shipped example, or empty with comments.

use std::path::Path;

use groundwork_model::{Code, Problem};
use serde::Serialize;

use crate::cli::{ExampleName, NewArgs};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::output;

type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($folder:literal: $($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../", $folder, "/", $name)))),+]
    };
}

/// The first shipped example.
const PRK_20X10: Files = files!("../../examples/prk-20x10":
    "programme.toml", "places.csv", "facilities.csv", "reports.csv", "cells.geojson", "README.md");

/// The same places with sizes, budgets and floors.
const PRK_BUDGETS: Files =
    files!("../../examples/prk-budgets": "programme.toml", "places.csv", "README.md");

const EMPTY: Files = files!("template": "programme.toml", "places.csv");

#[derive(Serialize)]
struct Written {
    files: Vec<String>,
}

pub(crate) fn run(arguments: &NewArgs) -> Result<Exit, Failure> {
    let files = match arguments.example {
        Some(ExampleName::Prk20x10) => PRK_20X10,
        Some(ExampleName::PrkBudgets) => PRK_BUDGETS,
        None => EMPTY,
    };
    refuse_to_overwrite(&arguments.folder, files)?;
    let mut written = Vec::new();
    for (name, text) in files {
        let path = arguments.folder.join(name);
        disk::write(&path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    if arguments.json {
        output::data(&output::json_pretty(&Written { files: written }));
    } else {
        output::data((written.join("\n") + "\n").as_bytes());
        output::note(&format!("next: groundwork check {}", arguments.folder.display()));
    }
    Ok(Exit::Done)
}

fn refuse_to_overwrite(folder: &Path, files: Files) -> Result<(), Failure> {
    let there = files.iter().map(|(name, _)| folder.join(name)).find(|path| path.exists());
    let Some(path) = there else { return Ok(()) };
    let cause = format!("{} is there already", path.display());
    let remedy = "Name a folder that does not exist yet.";
    Err(Failure::Usage(Problem::new(Code::FileAccess, cause).with_remedy(remedy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_examples_have_the_same_places() {
        let places =
            |files: Files| files.iter().find(|file| file.0 == "places.csv").map(|file| file.1);
        assert_eq!(places(PRK_BUDGETS), places(PRK_20X10));
    }
}
