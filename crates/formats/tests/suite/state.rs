//! The state of a replan: which rows are read, and what is said of the others.

use groundwork_formats::read_state;
use groundwork_model::{Problem, Programme, Progress, SiteState};

use crate::read_folder;

/// The folder whose programme the states below are of.
pub(crate) const FOLDER: &str = "state-of-a-replan";

fn programme() -> Programme {
    let corpus = crate::workspace().join("crates/formats/tests/corpus");
    read_folder(&corpus.join(FOLDER)).programme.expect("the folder has no error")
}

fn read(table: &str) -> (Vec<SiteState>, Vec<Problem>) {
    read_state("state.csv", table.as_bytes(), &programme())
}

/// A state with one fault in each row but the second.
pub(crate) const FAULTS: &str = "\
site,state,package,period,source
A,built,basic,2026,visit
Beta,built,,1,
A,failed,,,
D,built,,1,
E,under-way,,2,
C,failed,basic,2027,
B,bilt,,1,
S1,built,,,
S2,built,bsic,1,
S3,under way,,2031,
,built,,1,
S4,,,1,
";

/// Returns the problems of the broken state, for the index of errors.
pub(crate) fn problems() -> Vec<Problem> {
    read(FAULTS).1
}

fn state(site: &str, state: Progress, package: Option<&str>, period: Option<u32>) -> SiteState {
    SiteState { site: site.to_owned(), state, package: package.map(str::to_owned), period }
}

#[test]
fn a_state_is_read_row_by_row() {
    let (rows, problems) = read(
        "site,state,package,period,note\nA,built,basic,2026,\nB,under-way,,2,\nS1,under way,large,3,seen\nC,failed,,,flood\n",
    );
    let expected = [
        state("A", Progress::Built, Some("basic"), Some(1)),
        state("B", Progress::UnderWay, None, Some(2)),
        state("S1", Progress::UnderWay, Some("large"), Some(3)),
        state("C", Progress::Failed, None, None),
    ];
    assert_eq!(rows, expected);
    assert_eq!(problems, []);
}

#[test]
fn failed_sites_alone_need_no_columns_of_periods() {
    let (rows, problems) = read("site;state\nA;failed\nB;failed\n");
    assert_eq!(rows.len(), 2);
    // Semicolons are told of, as in every table.
    assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), ["W301"]);
    let (rows, problems) = read("site,state\nA,failed\nB,built\n");
    assert_eq!(rows.len(), 1);
    assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), ["E401"]);
}

#[test]
fn what_has_not_begun_has_no_period() {
    let (rows, problems) = read("site,state,period\nA,not-begun,\nB,not begun,2026\n");
    assert_eq!(rows, [state("A", Progress::NotBegun, None, None)]);
    assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), ["E512"]);
}

#[test]
fn every_fault_of_a_state_is_told_at_once() {
    let (rows, problems) = read(FAULTS);
    assert_eq!(rows.iter().map(|row| row.site.as_str()).collect::<Vec<_>>(), ["A"]);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}
