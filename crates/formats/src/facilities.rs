//! The facilities table: what existed before the programme.

use groundwork_model::programme::{Facility, Periods};

use crate::cells::{self, Cells, YES_OR_NO};
use crate::folder::Folder;
use crate::table::Columns;

const COLUMNS: Columns = Columns {
    required: &["site"],
    optional: &["name", "opened", "package", "closes", "may_close", "source"],
    families: &[],
};

/// Reads the facilities table.
pub(crate) fn read(
    folder: &mut Folder<'_>,
    file: Option<&str>,
    periods: Option<Periods>,
) -> Vec<Facility> {
    cells::rows(folder, file, &COLUMNS, |cells| facility(cells, periods))
}

fn facility(cells: &mut Cells<'_, '_>, periods: Option<Periods>) -> Facility {
    Facility {
        row: cells.row(),
        site: cells.id("site"),
        name: cells.optional("name"),
        opened: cells.day("opened"),
        package: cells.optional("package"),
        closes: cells.period("closes", periods),
        may_close: cells.choice("may_close", &YES_OR_NO).unwrap_or(false),
        source: cells.optional("source"),
    }
}
