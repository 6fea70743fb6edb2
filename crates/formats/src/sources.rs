//! The sources table: who publishes, how far they can be relied on, and whom they copy.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use groundwork_model::evidence::{Grade, Source};
use groundwork_model::problem::{Code, Problem};

use crate::cells::{self, Cells};
use crate::decode;
use crate::faults::Faults;
use crate::folder::Folder;
use crate::table::Columns;
use crate::workbook;

const COLUMNS: Columns = Columns {
    required: &["id", "independent"],
    optional: &["name", "behind", "letter", "digit", "carries", "reason"],
    families: &[],
};

const INDEPENDENT: [(&str, bool); 4] = [("1", true), ("0", false), ("yes", true), ("no", false)];

/// Reads a sources table: the columns `id`, `independent` (1 or 0) and perhaps `name`, `behind` (who stands behind
/// it), `letter` and `digit` (the grade), `carries` (ids of other sources, separated by `|`) and `reason`.
///
/// Rows without fault are returned even beside rows with one.
#[must_use]
pub fn read_sources(name: &str, bytes: &[u8]) -> (Vec<Source>, Vec<Problem>) {
    let mut faults = Faults::default();
    faults.open(name);
    let text = decode::text(name, bytes, &mut faults);
    let rows = text.map_or_else(Vec::new, |text| {
        cells::rows_of_text(name, &text, &COLUMNS, &mut faults, source)
    });
    let rows = sound(name, rows, &mut faults);
    (rows, faults.finish())
}

/// Returns the rows that could be read, and notes what is wrong with them together.
fn sound(name: &str, rows: Vec<Option<Source>>, faults: &mut Faults) -> Vec<Source> {
    let rows: Vec<Source> = rows.into_iter().flatten().collect();
    note_repeats(name, &rows, faults);
    note_unknown(name, &rows, faults);
    for row in rows.iter().filter(|row| row.grade.is_some() && row.reason.is_empty()) {
        let cause = format!("`{}` is graded, and nothing says why", row.id);
        let problem = Problem::new(Code::GradeWithoutReason, cause).in_file(name);
        faults.add(problem.at_row(row.row).in_column("reason"));
    }
    rows
}

/// Name of the sources table in a programme folder.
pub const SOURCES_FILE: &str = "sources.csv";

/// Name of its sheet in a workbook that holds all tables.
const SHEET: &str = "sources";

/// Reads the sources table of a folder: `sources.csv`, or the sheet `sources` of `programme.xlsx` where the tables lie
/// there; none where the folder has neither. `read` gives the bytes of a file by its relative name.
///
/// Rows without fault are returned even beside rows with one.
#[must_use]
pub fn read_folder_sources(
    read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> (Option<Vec<Source>>, Vec<Problem>) {
    match read(SOURCES_FILE) {
        Ok(bytes) => {
            let (sources, problems) = read_sources(SOURCES_FILE, &bytes);
            return (Some(sources), problems);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let cause = format!("`{SOURCES_FILE}` cannot be read: {error}");
            let problem = Problem::new(Code::FileUnreadable, cause).in_file(SOURCES_FILE);
            return (None, vec![problem]);
        }
    }
    let mut folder = Folder::new(read);
    let Some(name) = workbook::sheet_of_all(&mut folder, SHEET) else {
        return (None, Vec::new());
    };
    let rows = cells::rows(&mut folder, Some(&name), &COLUMNS, source);
    let rows = sound(&name, rows, &mut folder.faults);
    (Some(rows), folder.close(None).problems)
}

fn source(cells: &mut Cells<'_, '_>) -> Option<Source> {
    let id = cells.id("id");
    let filled = !cells.filled("independent").is_empty();
    let independent = cells.choice("independent", &INDEPENDENT).filter(|_| filled);
    let grade = grade(cells);
    let carries = cells.list("carries");
    let text = |column: &str| cells.text(column).to_owned();
    let source = Source {
        row: cells.row(),
        name: if text("name").is_empty() { id.clone() } else { text("name") },
        behind: text("behind"),
        independent: independent?,
        grade: grade?,
        carries,
        reason: text("reason"),
        id,
    };
    (!source.id.is_empty()).then_some(source)
}

/// Returns the grade of a row; none within where the row has none, none at all where it has half of one or no such.
fn grade(cells: &mut Cells<'_, '_>) -> Option<Option<Grade>> {
    let written = format!("{}{}", cells.text("letter"), cells.text("digit"));
    if written.is_empty() {
        return Some(None);
    }
    match written.parse() {
        Ok(grade) => Some(Some(grade)),
        Err(_) => {
            let column = if cells.has("letter") { "letter" } else { "digit" };
            cells.fault(Code::NotAGrade, column, format!("`{written}` is not a grade"));
            None
        }
    }
}

fn note_repeats(name: &str, rows: &[Source], faults: &mut Faults) {
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows {
        if let Some(before) = first.insert(&row.id, row.row) {
            let cause = format!("`{}` is the id of row {before} already", row.id);
            let problem = Problem::new(Code::DuplicateId, cause).in_file(name);
            faults.add(problem.at_row(row.row).in_column("id"));
        }
    }
}

fn note_unknown(name: &str, rows: &[Source], faults: &mut Faults) {
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for row in rows {
        for carried in &row.carries {
            let cause = if *carried == row.id {
                format!("`{carried}` carries itself")
            } else if known.contains(carried.as_str()) {
                continue;
            } else {
                format!("there is no source `{carried}`")
            };
            let problem = Problem::new(Code::UnknownSource, cause).in_file(name);
            faults.add(problem.at_row(row.row).in_column("carries"));
        }
    }
}
