//! The reports table: what is known to have been begun and opened.

use groundwork_model::programme::{Periods, Report, Stage};
use jiff::civil::Date;

use crate::cells::{self, Cells};
use crate::folder::Folder;
use crate::table::Columns;

const COLUMNS: Columns = Columns {
    required: &["site", "date"],
    optional: &["named", "package", "period", "stage", "source", "date_kind"],
    families: &[],
};

/// How a date is known. Planning takes the day as it stands; the word is for people.
const DATE_KINDS: [(&str, ()); 5] =
    [("exact", ()), ("reported", ()), ("as_of", ()), ("by", ()), ("month", ())];

/// Reads the reports table.
pub(crate) fn read(
    folder: &mut Folder<'_>,
    file: Option<&str>,
    periods: Option<Periods>,
) -> Vec<Report> {
    cells::rows(folder, file, &COLUMNS, |cells| report(cells, periods))
}

fn report(cells: &mut Cells<'_, '_>, periods: Option<Periods>) -> Report {
    // The word is checked and not kept.
    let _ = cells.choice("date_kind", &DATE_KINDS);
    Report {
        row: cells.row(),
        site: cells.text("site").to_owned(),
        named: cells.text("named").to_owned(),
        package: cells.text("package").to_owned(),
        period: cells.period_or_outside("period", periods),
        stage: stage(cells.text("stage")),
        date: date(cells, periods),
        source: cells.text("source").to_owned(),
    }
}

/// Reads the day of a report; the first of the programme stands in for one that cannot be read.
fn date(cells: &mut Cells<'_, '_>, periods: Option<Periods>) -> Date {
    let filled = !cells.filled("date").is_empty();
    let read = cells.day("date").filter(|_| filled);
    let first = periods.and_then(|periods| Date::new(periods.first, 1, 1).ok());
    read.or(first).unwrap_or(Date::ZERO)
}

/// Returns the stage that a word names. Words that name none are context, not faults: sources have
/// their own.
fn stage(word: &str) -> Stage {
    match word {
        "inaugurated" | "operating" | "opened" => Stage::Opened,
        "groundbreaking" | "foundation_work" | "frame_complete" | "roof_complete"
        | "exterior_finishing" | "final_stage" | "inspected" | "progress_observed"
        | "completed" | "under_construction" => Stage::Begun,
        "announced" | "site_chosen" => Stage::Announced,
        _ => Stage::Other,
    }
}
