//! The shipped programme.

use groundwork_model::Problem;

use crate::{read_folder, workspace};

#[test]
fn the_shipped_programme_has_no_error_and_only_warnings_worth_reading() {
    let folder = workspace().join("examples/prk-20x10");
    assert!(folder.join("programme.toml").is_file(), "{} is missing", folder.display());
    let checked = read_folder(&folder);
    let shown: Vec<String> = checked.problems.iter().map(Problem::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"warning W601 programme.toml, row 27, quota.openings: the quotas allow 200 openings and 178 sites can open: filled from the start, periods 1 to 8 open 160, period 9 opens 18 of 20, period 10 none");
    let programme = checked.programme.expect("no problem is an error");
    assert_eq!((programme.places.len(), programme.facilities.len()), (179, 1));
    let inputs: Vec<&str> = checked.inputs.iter().map(|input| input.path.as_str()).collect();
    assert_eq!(inputs, ["programme.toml", "places.csv", "facilities.csv", "reports.csv"]);
}
