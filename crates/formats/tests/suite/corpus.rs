//! The corpus of broken folders: each holds a small programme and the problems that it must show, all
//! of them and no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use groundwork_model::{Code, Problem};

use crate::benchmark::broken;
use crate::{compare_with_file, import, package, read_folder, state};

#[test]
fn every_folder_shows_its_problems_and_no_others() {
    let folders = folders();
    for folder in &folders {
        let found: String = read_folder(folder).problems.iter().map(line).collect();
        compare_with_file(&folder.join("expected.txt"), &found);
    }
    println!("{} folders", folders.len());
    assert!(folders.len() >= 70, "{} folders", folders.len());
}

#[test]
fn every_code_of_inputs_occurs() {
    let of_folders = folders().into_iter().flat_map(|folder| read_folder(&folder).problems);
    let of_benchmarks = broken().into_iter().flat_map(|broken| broken.problems());
    let found: BTreeSet<Code> = of_folders
        .chain(of_benchmarks)
        .chain(state::problems())
        .chain(import::problems().into_iter().flat_map(|(.., problems)| problems))
        .chain(package::problems().into_iter().flat_map(|(.., problems)| problems))
        .map(|problem| problem.code)
        .collect();
    let missing: Vec<&Code> =
        Code::ALL.iter().filter(|code| is_of_inputs(**code) && !found.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_programme_is_handed_out_when_nothing_is_an_error() {
    for folder in folders() {
        let checked = read_folder(&folder);
        let refused = checked.problems.iter().any(Problem::is_error);
        assert_eq!(checked.programme.is_none(), refused, "{}", folder.display());
    }
}

#[test]
fn every_fault_names_a_value_and_a_remedy() {
    for problem in folders().iter().flat_map(|folder| read_folder(folder).problems) {
        assert!(!problem.cause.is_empty() && !problem.remedy.is_empty(), "{problem}");
        assert!(problem.file.is_some(), "{problem}");
    }
}

/// Returns the folders of the corpus, by name.
pub(crate) fn folders() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = fs::read_dir(corpus).expect("the corpus is there");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    folders.sort();
    folders
}

/// Writes a problem as `expected.txt` does: code, file (with the sheet), row and column (with the cell), `-`
/// for what it has not.
pub(crate) fn line(problem: &Problem) -> String {
    let mut file = problem.file.clone().unwrap_or("-".to_owned());
    if let Some(sheet) = &problem.sheet {
        file.push_str(&format!("#{sheet}"));
    }
    let row = problem.row.map_or("-".to_owned(), |row| row.to_string());
    let column = problem.column.as_deref().unwrap_or("-");
    let cell = problem.cell.as_ref().map_or(String::new(), |cell| format!(" {cell}"));
    format!("{} {file} {row} {column}{cell}\n", problem.code)
}

/// Returns whether a code is one that reading a folder or a benchmark file can show.
pub(crate) fn is_of_inputs(code: Code) -> bool {
    code.as_str().starts_with(['E', 'W'])
}
