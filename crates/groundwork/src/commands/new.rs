//! `new`: a programme folder from a shipped example, or empty with comments.

use std::io;
use std::path::Path;

use groundwork_formats::{read_folder_sources, read_programme};
use groundwork_model::{Code, Problem};
use serde::Serialize;

use super::next_cycle;
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
    "programme.toml", "places.csv", "facilities.csv", "reports.csv", "sources.csv", "import.toml", "cells.geojson",
    "README.md");

/// The same places with sizes, budgets and floors.
const PRK_BUDGETS: Files =
    files!("../../examples/prk-budgets": "programme.toml", "places.csv", "README.md");

const EMPTY: Files = files!("template": "programme.toml", "places.csv");

#[derive(Serialize)]
struct Written {
    files: Vec<String>,
}

pub(crate) fn run(arguments: &NewArgs) -> Result<Exit, Failure> {
    if let Some(from) = &arguments.next_cycle {
        return next_cycle::run(arguments, from);
    }
    let files = match arguments.example {
        Some(ExampleName::Prk20x10) => PRK_20X10,
        Some(ExampleName::PrkBudgets) => PRK_BUDGETS,
        None => EMPTY,
    };
    let files = if arguments.workbook { as_workbook(files)? } else { as_tables(files) };
    refuse_to_overwrite(&arguments.folder, files.iter().map(|(name, _)| *name))?;
    let mut written = Vec::new();
    for (name, bytes) in &files {
        let path = arguments.folder.join(name);
        disk::write(&path, bytes)?;
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

/// Is what a folder gets: names and bytes.
type Contents = Vec<(&'static str, Vec<u8>)>;

fn as_tables(files: Files) -> Contents {
    files.iter().map(|&(name, text)| (name, text.as_bytes().to_vec())).collect()
}

/// Returns the same programme with all its tables in one workbook.
fn as_workbook(files: Files) -> Result<Contents, Failure> {
    let text = |name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1);
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let checked = read_programme(&mut |name| {
        text(name).map(|text| text.as_bytes().to_vec()).ok_or_else(missing)
    });
    let Some(programme) = checked.programme else { return Err(Failure::Input(checked.problems)) };
    let (sources, _) = read_folder_sources(&mut |name| {
        text(name).map(|text| text.as_bytes().to_vec()).ok_or_else(missing)
    });
    let sources = sources.unwrap_or_default();
    let book = groundwork_report::tables_workbook(&programme, &sources)
        .map_err(|problem| Failure::Input(vec![problem]))?;
    let others = files.iter().filter(|(name, _)| !name.ends_with(".csv"));
    let mut contents: Contents = others
        .map(|&(name, text)| match name {
            "programme.toml" => (name, without_files(text).into_bytes()),
            _ => (name, text.as_bytes().to_vec()),
        })
        .collect();
    contents.insert(1, ("programme.xlsx", book));
    Ok(contents)
}

/// Returns settings that name no tables, so that those of `programme.xlsx` are read.
fn without_files(settings: &str) -> String {
    let mut kept = Vec::new();
    let mut inside = false;
    for line in settings.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[files]";
        }
        if !inside {
            kept.push(line);
        }
    }
    kept.join("\n").trim_end().to_owned() + "\n"
}

/// Refuses to write files of these names into a folder that has one of them.
pub(super) fn refuse_to_overwrite<'n>(
    folder: &Path,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<(), Failure> {
    let there = names.into_iter().map(|name| folder.join(name)).find(|path| path.exists());
    let Some(path) = there else { return Ok(()) };
    let cause = format!("{} is there already", path.display());
    let remedy = "Name a folder that does not exist yet.";
    Err(Failure::Usage(Problem::new(Code::FileAccess, cause).with_remedy(remedy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_holds_what_the_tables_hold() {
        for files in [PRK_20X10, PRK_BUDGETS, EMPTY] {
            let read = |contents: &Contents| {
                let checked = read_programme(&mut |name| {
                    let file = contents.iter().find(|file| file.0 == name);
                    file.map(|file| file.1.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
                });
                let mut programme = checked.programme.expect("the example is sound");
                programme.settings.files = groundwork_model::programme::Files::default();
                programme
            };
            let contents = as_workbook(files).expect("the example fits");
            assert!(contents.iter().all(|(name, _)| !name.ends_with(".csv")));
            assert!(read(&contents) == read(&as_tables(files)), "the same programme");
            let sources = |contents: &Contents| {
                let (sources, problems) = read_folder_sources(&mut |name| {
                    let file = contents.iter().find(|file| file.0 == name);
                    file.map(|file| file.1.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
                });
                assert!(problems.is_empty(), "{problems:?}");
                sources
            };
            assert!(sources(&contents) == sources(&as_tables(files)), "the same sources");
        }
    }

    #[test]
    fn both_examples_have_the_same_places() {
        let places =
            |files: Files| files.iter().find(|file| file.0 == "places.csv").map(|file| file.1);
        assert_eq!(places(PRK_BUDGETS), places(PRK_20X10));
    }
}
