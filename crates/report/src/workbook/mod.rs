//! A plan, what the ledger says, or the tables of a programme, as a workbook (XLSX).
//!
//! `sheet` writes cells, `figures` the sheets of a plan, `evidence` those of the ledger, `tables` those of the programme in
//! the columns in which they are read.

mod evidence;
mod figures;
mod sheet;
mod tables;

use groundwork_model::evidence::Source;
use groundwork_model::{Code, Plan, Problem, Programme};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::evidence_input::EvidenceInput;
use sheet::Styles;

pub use self::tables::tables_csv;

/// Returns a plan as a workbook: summary, openings, figures by period, kind and resource, who is served where; what the
/// ledger says: scorecard, promises, series, stages, totals, alerts, entries and who publishes; and the programme's own
/// tables, in the columns in which they are read. What is not given is left out.
///
/// The workbook can be put into a programme folder as `programme.xlsx`. Numbers are numbers, texts are never
/// formulas, and the same input gives the same bytes.
///
/// # Errors
///
/// [`Code::NoWorkbook`] when a table has more rows, or a text more letters, than a workbook can hold.
pub fn workbook(
    programme: &Programme,
    plan: Option<&Plan>,
    evidence: Option<&EvidenceInput>,
) -> Result<Vec<u8>, Problem> {
    made(|book, styles| {
        if let Some(plan) = plan {
            figures::write(book, styles, programme, plan)?;
        }
        if let Some(evidence) = evidence {
            evidence::write(book, styles, evidence)?;
        }
        tables::write(book, styles, programme)
    })
}

/// Returns the tables of a programme as a workbook, in the columns in which they are read, with a sheet `sources` where
/// there are any.
///
/// # Errors
///
/// [`Code::NoWorkbook`] as for [`workbook`].
pub fn tables_workbook(programme: &Programme, sources: &[Source]) -> Result<Vec<u8>, Problem> {
    made(|book, styles| {
        tables::write(book, styles, programme)?;
        if sources.is_empty() { Ok(()) } else { tables::write_sources(book, styles, sources) }
    })
}

fn made(
    fill: impl FnOnce(&mut Workbook, &Styles) -> Result<(), XlsxError>,
) -> Result<Vec<u8>, Problem> {
    let mut book = Workbook::new();
    let bytes = dated(&mut book)
        .and_then(|()| fill(&mut book, &Styles::new()))
        .and_then(|()| book.save_to_buffer());
    bytes.map_err(|error| {
        Problem::new(Code::NoWorkbook, format!("the workbook cannot be written: {error}"))
    })
}

/// Gives the workbook a date of its own instead of that of the clock.
fn dated(book: &mut Workbook) -> Result<(), XlsxError> {
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    Ok(())
}
