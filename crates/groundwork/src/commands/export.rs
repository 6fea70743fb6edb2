//! `export`: a plan, or what the ledger says, in another form.

use std::io::IsTerminal;

use groundwork_model::{Code, Problem};

use super::evidence::exchange;
use super::evidence::told::{Told, told};
use crate::cli::{ExportArgs, FormatName};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::thousands;
use crate::output;

pub(crate) fn run(arguments: &ExportArgs) -> Result<Exit, Failure> {
    let bytes = match arguments.format {
        FormatName::Oc4ids | FormatName::Iati | FormatName::Facilities | FormatName::Stages => {
            exchange::bytes(arguments)?
        }
        FormatName::Xlsx => workbook(arguments)?,
        _ => of_plan(arguments)?,
    };
    match &arguments.out {
        Some(out) => disk::write(out, &bytes)?,
        None if is_unreadable(arguments.format) => return Err(no_text()),
        None => output::data(&bytes),
    }
    Ok(Exit::Done)
}

/// Returns a plan in another form.
fn of_plan(arguments: &ExportArgs) -> Result<Vec<u8>, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let plan = disk::load_plan(&path)?;
    if plan.inputs != loaded.inputs {
        output::note("note: this plan was made from other files than those of the folder");
    }
    let cells = disk::map_cells(&arguments.folder, &loaded.programme);
    let programme = &loaded.programme;
    Ok(match arguments.format {
        FormatName::Csv => groundwork_report::openings_csv(programme, &plan),
        FormatName::Geojson => groundwork_report::geojson(programme, &plan, cells.as_deref()),
        _ => groundwork_report::svg_map(programme, &plan, cells.as_deref()),
    })
}

/// Entries that a workbook holds at most; those published last stay.
const ENTRIES: usize = 200_000;

/// Returns the plan and what the ledger says as a workbook: both where there are both.
fn workbook(arguments: &ExportArgs) -> Result<Vec<u8>, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let told = told(&arguments.folder, &loaded.programme, &arguments.times, ENTRIES)?;
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let wanted = arguments.plan.is_some() || told.is_none() || path.exists();
    let plan = if wanted { Some(disk::load_plan(&path)?) } else { None };
    if plan.as_ref().is_some_and(|plan| plan.inputs != loaded.inputs) {
        output::note("note: this plan was made from other files than those of the folder");
    }
    let evidence = told.as_ref().map(Told::input);
    if let Some(more) = evidence.map(|of| of.known - of.entries.len() as u64).filter(|n| *n > 0) {
        output::note(&format!("the workbook leaves out {}", entries_words(more)));
    }
    groundwork_report::workbook(&loaded.programme, plan.as_ref(), evidence.as_ref())
        .map_err(|problem| Failure::Input(vec![problem]))
}

fn entries_words(number: u64) -> String {
    format!("{} entries that were published before the others", thousands(number))
}

/// Returns whether the bytes of a format would go to a screen that cannot show them.
fn is_unreadable(format: FormatName) -> bool {
    matches!(format, FormatName::Xlsx) && std::io::stdout().is_terminal()
}

fn no_text() -> Failure {
    let remedy = "Name a file with --out, or send the output to one.";
    let cause = "a workbook is no text that a terminal can show";
    Failure::Usage(Problem::new(Code::FileAccess, cause).with_remedy(remedy))
}
