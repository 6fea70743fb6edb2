//! Workbooks from end to end: what `export` writes is read by a foreign reader and by `check`, and a plan made
//! from a workbook is checked against its bytes.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use groundwork_formats::read_programme;
use groundwork_model::programme::Files;
use groundwork_model::{Plan, Programme};

use crate::folder::Folder;

impl Folder {
    fn planned_or_stopped(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        let code = output.status.code().unwrap();
        assert!([0, 6].contains(&code), "{code}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn written_plan(&self) -> Plan {
        self.read("p/plans/plan.json")
    }
}

fn programme(folder: &Path) -> Programme {
    let checked = read_programme(&mut |name| fs::read(folder.join(name)));
    let mut programme = checked.programme.unwrap();
    programme.settings.files = Files::default();
    programme
}

/// Returns the rows of a sheet below its header, as texts.
fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().skip(1).map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn an_exported_workbook_holds_the_plan_and_the_programme() {
    let folder = Folder::empty();
    folder.planned_or_stopped(&["new", "p", "--example", "prk-budgets"]);
    folder.planned_or_stopped(&["plan", "p", "--progress", "none", "--work-limit", "100000000"]);
    folder.planned_or_stopped(&["export", "p", "--format", "xlsx", "--out", "plan.xlsx"]);
    folder.planned_or_stopped(&["export", "p", "--format", "xlsx", "--out", "again.xlsx"]);
    let bytes = fs::read(folder.path("plan.xlsx")).unwrap();
    assert!(bytes == fs::read(folder.path("again.xlsx")).unwrap(), "the same bytes each time");

    let plan = folder.written_plan();
    let mut book = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let sheets = ["summary", "openings", "periods", "kinds", "money", "assignments", "places"];
    assert_eq!(book.sheet_names(), sheets);
    let summary = rows(&mut book, "summary");
    let figure = |name: &str| summary.iter().find(|row| row[0] == name).unwrap()[1].clone();
    assert_eq!(figure("Value, exact"), plan.value.to_string());
    assert_eq!(figure("Value"), (plan.value / i128::from(plan.scale) / 1000).to_string());
    let places = plan.inputs.iter().find(|file| file.path == "places.csv").unwrap();
    let note = format!("SHA-256 {}", places.sha256);
    assert!(summary.iter().any(|row| row[1] == "places.csv" && row[2] == note));

    assert_eq!(rows(&mut book, "openings").len(), plan.openings.len());
    assert_eq!(rows(&mut book, "assignments").len(), plan.assignments.len());
    let persons: u64 =
        rows(&mut book, "assignments").iter().map(|row| row[7].parse::<u64>().unwrap()).sum();
    assert_eq!(persons, plan.assignments.iter().map(|row| row.persons).sum::<u64>());
    // The first budget carries over: what is left of all its years is all that it has less all that is spent.
    let money = rows(&mut book, "money");
    let spent: u64 = plan.outcomes.iter().filter_map(|outcome| outcome.spent.get("money")).sum();
    assert_eq!((money[9][0].as_str(), money[9][1].as_str()), ("money", "10"));
    assert_eq!(money[9][6], (4000 - spent).to_string());

    // The workbook as the programme itself, where the settings name no table.
    fs::create_dir(folder.path("q")).unwrap();
    let settings = fs::read_to_string(folder.path("p/programme.toml")).unwrap();
    fs::write(folder.path("q/programme.toml"), settings.replace("places = \"places.csv\"", ""))
        .unwrap();
    fs::write(folder.path("q/programme.xlsx"), &bytes).unwrap();
    assert!(programme(&folder.path("p")) == programme(&folder.path("q")), "the same programme");
}

#[test]
fn a_plan_from_a_workbook_is_checked_against_its_bytes() {
    let folder = Folder::empty();
    folder.planned_or_stopped(&["new", "p", "--workbook"]);
    folder.planned_or_stopped(&["plan", "p", "--progress", "none"]);
    let names: Vec<String> =
        folder.written_plan().inputs.into_iter().map(|file| file.path).collect();
    assert_eq!(names, ["programme.toml", "programme.xlsx"]);
    assert_eq!(folder.run(&["verify", "p"]).status.code(), Some(0));

    // The same cells in other bytes are another file.
    let mut bytes = fs::read(folder.path("p/programme.xlsx")).unwrap();
    bytes.extend_from_slice(b"\n");
    let before = bytes.len();
    assert_eq!(&bytes[before - 3..before - 1], [0, 0], "the archive ends with an empty comment");
    bytes[before - 3] = 1;
    fs::write(folder.path("p/programme.xlsx"), &bytes).unwrap();
    let verdict = folder.run(&["verify", "p"]);
    assert_eq!(verdict.status.code(), Some(5));
    let said = String::from_utf8(verdict.stdout).unwrap();
    assert!(said.contains("V701 programme.xlsx"), "{said}");
}

/// Returns the programme of files, with rows numbered one after the other and no names of files.
fn read(read: &mut dyn FnMut(&str) -> std::io::Result<Vec<u8>>) -> Option<Programme> {
    let mut programme = read_programme(read).programme?;
    programme.settings.files = Files::default();
    programme.places.iter_mut().zip(2..).for_each(|(row, at)| row.row = at);
    programme.sites.iter_mut().zip(2..).for_each(|(row, at)| row.row = at);
    programme.facilities.iter_mut().zip(2..).for_each(|(row, at)| row.row = at);
    programme.reports.iter_mut().zip(2..).for_each(|(row, at)| row.row = at);
    Some(programme)
}

/// Every folder of the corpus that is a programme is the same one as a workbook.
#[test]
fn every_programme_is_the_same_as_a_workbook() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/corpus");
    let mut count = 0;
    for folder in fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()) {
        let Some(expected) = read(&mut |name| fs::read(folder.join(name))) else { continue };
        let bytes = groundwork_report::tables_workbook(&expected, &[]).unwrap();
        let settings = fs::read_to_string(folder.join("programme.toml")).unwrap();
        let mut inside = false;
        let silent = settings.lines().filter(|line| {
            inside = if line.starts_with('[') { line.starts_with("[files]") } else { inside };
            !inside
        });
        let silent: String = silent.map(|line| format!("{line}\n")).collect();
        let again = read(&mut |name| match name {
            "programme.toml" => Ok(silent.clone().into_bytes()),
            "programme.xlsx" => Ok(bytes.clone()),
            "places.csv" => Err(std::io::ErrorKind::NotFound.into()),
            _ => fs::read(folder.join(name)),
        });
        assert!(again.as_ref() == Some(&expected), "{}", folder.display());
        count += 1;
    }
    assert!(count >= 30, "{count} programmes");
}
