//! Workbooks (XLSX): bytes to the records that a CSV of the same sheet would give.
//!
//! `guard` says what a file is before anything is unpacked for good, `value` writes a cell as the text that a
//! CSV cell would hold, `naming` says which sheet a name under `[files]` means. Everything behind that is the
//! same for both kinds of tables.

mod guard;
mod naming;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, SheetType, Xlsx, XlsxError};
use groundwork_model::problem::Code;

use crate::records::Record;

pub(crate) use naming::{reference, resolve, sheet_of_all};

/// Cells of a sheet that are read at most, empty ones between filled ones included.
const CELLS_MAX: usize = 5_000_000;

/// Areas of merged cells of a sheet that are read at most.
const MERGED_MAX: usize = 1000;

/// Says why a workbook or a sheet cannot be read.
pub(crate) type Refusal = (Code, String);

/// Is a workbook that could be opened.
pub(crate) struct Workbook {
    xlsx: Xlsx<Cursor<Vec<u8>>>,
    /// Names of the sheets of cells, in the order of the file.
    pub(crate) sheets: Vec<String>,
}

/// Holds what one sheet says.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The rows that have any text in them.
    pub(crate) records: Vec<Record<'static>>,
    /// Cells without a value that could be used, by row (from 1) and column (from 0), with the cause.
    pub(crate) broken: BTreeMap<(u32, usize), String>,
    /// Areas of merged cells: first and last row (from 1), first and last column (from 0).
    pub(crate) merged: Vec<Merged>,
}

/// Is an area of merged cells, ends included: rows counted from 1, columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) rows: (u32, u32),
    pub(crate) columns: (usize, usize),
}

impl Workbook {
    /// Opens a workbook from the bytes of its file.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, Refusal> {
        guard::inspect(&bytes)?;
        let xlsx = guarded(move || Xlsx::new(Cursor::new(bytes)))?;
        let of_cells =
            xlsx.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let sheets = of_cells.map(|sheet| sheet.name.clone()).collect();
        Ok(Self { xlsx, sheets })
    }

    /// Reads a sheet by its name.
    pub(crate) fn sheet(&mut self, name: &str) -> Result<Sheet, Refusal> {
        let xlsx = &mut self.xlsx;
        let cells = guarded(|| cells(xlsx, name))?;
        let merged = guarded(|| xlsx.merge_cells_by_sheet_name(name))?;
        if merged.len() > MERGED_MAX {
            let cause = format!("the sheet has more than {MERGED_MAX} areas of merged cells");
            return Err((Code::WorkbookTooLarge, cause));
        }
        let merged = merged.iter().map(|area| Merged {
            rows: (area.start.0.saturating_add(1), area.end.0.saturating_add(1)),
            columns: (area.start.1 as usize, area.end.1 as usize),
        });
        Ok(Sheet { merged: merged.collect(), ..cells? })
    }
}

/// Runs the foreign reader. It counts cells without a look at overflow, which is a panic in our builds; a file
/// that brings it there is damaged.
fn guarded<T>(read: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Refusal> {
    let damaged = |why: &str| (Code::WorkbookUnreadable, format!("the workbook is damaged: {why}"));
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(XlsxError::Password)) => Err(guard::protected()),
        Ok(Err(error)) => Err(damaged(&error.to_string())),
        Err(_) => Err(damaged("a cell or a row is named beyond the last")),
    }
}

/// Reads the cells of a sheet, row by row.
fn cells(
    xlsx: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
) -> Result<Result<Sheet, Refusal>, XlsxError> {
    let mut reader = xlsx.worksheet_cells_reader(name)?;
    let mut rows: BTreeMap<u32, Vec<Cow<'static, str>>> = BTreeMap::new();
    let mut broken = BTreeMap::new();
    let mut count = 0_usize;
    while let Some(cell) = reader.next_cell_with_formula_metadata()? {
        let (row, column) = (cell.pos.0.saturating_add(1), cell.pos.1 as usize);
        let text = match value::text(&cell.value, cell.formula.is_some()) {
            Ok(text) if text.is_empty() => continue,
            Ok(text) => text,
            Err(cause) => {
                broken.insert((row, column), cause);
                String::new()
            }
        };
        let cells = rows.entry(row).or_default();
        count = count.saturating_add((column + 1).saturating_sub(cells.len()));
        if count > CELLS_MAX {
            let cause = format!("the sheet `{name}` reaches over more than 5,000,000 cells");
            return Ok(Err((Code::WorkbookTooLarge, cause)));
        }
        if cells.len() <= column {
            cells.resize(column + 1, Cow::Borrowed(""));
        }
        cells[column] = Cow::Owned(text);
    }
    Ok(Ok(Sheet { records: records(rows, &broken), broken, merged: Vec::new() }))
}

/// Returns the rows that have anything in them, all as wide as the first, or as wide as they are.
fn records(
    rows: BTreeMap<u32, Vec<Cow<'static, str>>>,
    broken: &BTreeMap<(u32, usize), String>,
) -> Vec<Record<'static>> {
    let filled = |row: u32, cells: &[Cow<'_, str>]| {
        let any_broken = broken.range((row, 0)..=(row, usize::MAX)).next().is_some();
        any_broken || cells.iter().any(|cell| !cell.trim().is_empty())
    };
    let mut width = None;
    let rows = rows.into_iter().filter(|(row, cells)| filled(*row, cells));
    rows.map(|(row, mut cells)| {
        let width = *width.get_or_insert(cells.len());
        if cells.len() < width {
            cells.resize(width, Cow::Borrowed(""));
        }
        Record { row, cells, unmatched: None }
    })
    .collect()
}

/// Returns the name of a cell, as a spreadsheet shows it: row from 1, column from 0.
///
/// `cell_name(7, 2)` is `C7`.
pub(crate) fn cell_name(row: u32, column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    let letters: String = letters.into_iter().map(char::from).collect();
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_a_spreadsheet_does() {
        let names = [
            (1, 0, "A1"),
            (7, 2, "C7"),
            (2, 25, "Z2"),
            (3, 26, "AA3"),
            (9, 701, "ZZ9"),
            (1, 702, "AAA1"),
        ];
        for (row, column, name) in names {
            assert_eq!(cell_name(row, column), name);
        }
        assert_eq!(cell_name(1_048_576, 16_383), "XFD1048576");
    }
}
