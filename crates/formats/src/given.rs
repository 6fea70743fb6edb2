//! Tables that people hand over, as CSV or as a workbook.

use groundwork_model::problem::Problem;

use crate::cells::{self, Cells};
use crate::decode;
use crate::faults::Faults;
use crate::table::Columns;
use crate::workbook::{Sheet, Workbook};

/// Is a table as somebody gave it: CSV text, or the first sheet of a workbook (XLSX).
pub(crate) enum Given {
    Text(String),
    Sheet(Sheet),
}

impl Given {
    /// Reads a table; which of the two it is its bytes say.
    pub(crate) fn read(name: &str, bytes: &[u8], faults: &mut Faults) -> Option<Self> {
        if !bytes.starts_with(b"PK") {
            return decode::text(name, bytes, faults).map(Self::Text);
        }
        let read = Workbook::open(bytes.to_vec()).and_then(|mut book| {
            let first = book.sheets.first().cloned().unwrap_or_default();
            book.sheet(&first)
        });
        let sheet =
            read.map_err(|(code, cause)| faults.add(Problem::new(code, cause).in_file(name)));
        sheet.ok().map(Self::Sheet)
    }

    /// Returns whether the header has a column.
    pub(crate) fn has_column(&self, wanted: &str) -> bool {
        let is = |cell: &str| cell.trim().trim_matches('"').eq_ignore_ascii_case(wanted);
        match self {
            Self::Text(text) => {
                let header = text.lines().next().unwrap_or_default();
                header.split([',', ';', '\t']).any(is)
            }
            Self::Sheet(sheet) => {
                sheet.records.first().is_some_and(|header| header.cells.iter().any(|cell| is(cell)))
            }
        }
    }

    /// Reads the rows.
    pub(crate) fn rows<T>(
        self,
        name: &str,
        columns: &Columns,
        faults: &mut Faults,
        read: impl FnMut(&mut Cells<'_, '_>) -> T,
    ) -> Vec<T> {
        match self {
            Self::Text(text) => cells::rows_of_text(name, &text, columns, faults, read),
            Self::Sheet(sheet) => cells::rows_of_sheet(name, sheet, columns, faults, read),
        }
    }
}
