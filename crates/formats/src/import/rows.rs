//! The rows of a table that is imported: handed out one after the other, as often as they are needed, so that a
//! table of a million rows takes little more room than its text.

use std::borrow::Cow;

use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::nearest;

use super::features;
use super::findings::Findings;
use crate::decode;
use crate::faults::Faults;
use crate::records::{self, Record};
use crate::workbook::{Workbook, reference};

/// Is a table whose rows are handed out.
pub(super) struct Rows<'t> {
    pub(super) header: Vec<String>,
    header_row: u32,
    of: Of<'t>,
}

enum Of<'t> {
    Text { text: &'t str, separator: char },
    Sheet(Vec<Record<'static>>),
}

/// Is one row.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    pub(super) row: u32,
    cells: &'r [Cow<'r, str>],
}

impl<'r> Cells<'r> {
    /// Returns the text of a cell without blanks around; empty where there is no such column.
    pub(super) fn text(&self, column: Option<usize>) -> &'r str {
        column.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim())
    }
}

impl<'t> Rows<'t> {
    /// Opens a table: a sheet where the name ends in .xlsx, features where the file begins as JSON, else text.
    pub(super) fn open(
        name: &str,
        bytes: &'t [u8],
        sheet: Option<&str>,
    ) -> Result<Self, Vec<Problem>> {
        let mut faults = Faults::default();
        faults.open(name);
        let of = if reference(name).is_some() {
            sheet_of(name, bytes, sheet, &mut faults).map(Of::Sheet)
        } else if features::is_meant(bytes) {
            Some(Of::Sheet(features::records(name, bytes).map_err(|problem| vec![problem])?))
        } else {
            decode::borrowed(name, bytes, &mut faults).map(|text| {
                let line = text.trim_start().lines().next().unwrap_or_default();
                let count = |mark: &char| line.matches(*mark).count();
                // The last of equals wins, so the comma stands last.
                let separator = ['\t', ';', ','].into_iter().max_by_key(count).unwrap_or(',');
                Of::Text { text, separator }
            })
        };
        let Some(of) = of else { return Err(faults.finish()) };
        let mut rows = Self { header: Vec::new(), header_row: 1, of };
        let mut header = None;
        let mut more = false;
        rows.records(&mut |record| {
            if header.is_none() {
                let names = record.cells.iter().map(|cell| cell.trim().to_owned()).collect();
                header = Some((record.row, names));
            } else {
                more = true;
            }
            !more
        });
        let Some((row, names)) = header.filter(|_| more) else {
            let cause = "the table has no rows below its header";
            return Err(vec![Problem::new(Code::FileEmpty, cause).in_file(name)]);
        };
        (rows.header_row, rows.header) = (row, names);
        while rows.header.last().is_some_and(String::is_empty) {
            rows.header.pop();
        }
        Ok(rows)
    }

    /// Returns where a column stands; notes the fault where there is none, or two.
    pub(super) fn column(&self, name: &str, by: &str, findings: &mut Findings) -> Option<usize> {
        let mut places = self.header.iter().enumerate().filter(|(_, known)| *known == name);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => return Some(at),
            (Some(_), Some(_)) => {
                let cause = format!("two columns are called `{name}`, which {by} reads");
                findings.add(Code::DuplicateColumn, self.header_row, Some(name), cause);
            }
            (None, _) => {
                let (code, hint) = match nearest(name, self.header.iter().map(String::as_str)) {
                    Some(near) => (Code::MisspeltColumn, format!("; did you mean `{near}`?")),
                    None => (Code::MissingColumn, String::new()),
                };
                let cause = format!("there is no column `{name}`, which {by} reads{hint}");
                findings.add(code, self.header_row, Some(name), cause);
            }
        }
        None
    }

    /// Hands out the rows below the header, until `each` returns false. One of the wrong width is noted and left out.
    pub(super) fn each(
        &self,
        findings: &mut Findings,
        each: &mut dyn FnMut(Cells<'_>, &mut Findings) -> bool,
    ) {
        let width = self.header.len();
        let mut first = true;
        self.records(&mut |record| {
            if std::mem::take(&mut first) {
                return true;
            }
            if let Some(cell) = &record.unmatched {
                let cause = format!("nothing closes the quotation mark before `{cell}`");
                findings.add(Code::UnbalancedQuotes, record.row, None, cause);
                return true;
            }
            let filled = record.cells.iter().rposition(|cell| !cell.trim().is_empty());
            let used = filled.map_or(0, |last| last + 1);
            if used > width || record.cells.len() < width {
                let cause = format!("the row has {} cells, the header {width}", record.cells.len());
                findings.add(Code::RaggedRow, record.row, None, cause);
                return true;
            }
            each(Cells { row: record.row, cells: &record.cells }, findings)
        });
    }

    fn records(&self, each: &mut dyn FnMut(&Record<'_>) -> bool) {
        match &self.of {
            Of::Text { text, separator } => records::each(text, *separator, &mut |row| each(&row)),
            Of::Sheet(records) => {
                let _ = records.iter().all(each);
            }
        }
    }
}

fn sheet_of(
    name: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    faults: &mut Faults,
) -> Option<Vec<Record<'static>>> {
    let opened = Workbook::open(bytes.to_vec()).and_then(|mut book| {
        let first = book.sheets.first().cloned().unwrap_or_default();
        book.sheet(sheet.unwrap_or(&first))
    });
    let read = match opened {
        Ok(read) => read,
        Err((code, cause)) => {
            faults.add(Problem::new(code, cause).in_file(name));
            return None;
        }
    };
    for ((row, _), cause) in &read.broken {
        faults.add(Problem::new(Code::CellWithoutValue, cause).in_file(name).at_row(*row));
    }
    for area in read.merged.iter().take(1) {
        let cause = format!("cells of the rows {} to {} are merged", area.rows.0, area.rows.1);
        faults.add(Problem::new(Code::MergedCells, cause).in_file(name).at_row(area.rows.0));
    }
    (!faults.has_error()).then_some(read.records)
}
