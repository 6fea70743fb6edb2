//! The facilities table: what existed before the programme.

use groundwork_model::programme::Facility;

use crate::cells::{self, Cells};
use crate::folder::Folder;
use crate::table::Columns;

const COLUMNS: Columns =
    Columns { required: &["site"], optional: &["name", "opened", "source"], languages: false };

/// Reads the facilities table.
pub(crate) fn read(folder: &mut Folder<'_>, file: Option<&str>) -> Vec<Facility> {
    cells::rows(folder, file, &COLUMNS, facility)
}

fn facility(cells: &mut Cells<'_, '_>) -> Facility {
    Facility {
        row: cells.row(),
        site: cells.id("site"),
        name: cells.optional("name"),
        opened: cells.day("opened"),
        source: cells.optional("source"),
        ..Facility::default()
    }
}
