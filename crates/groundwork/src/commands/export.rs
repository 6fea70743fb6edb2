//! `export`: a plan in another form.

use crate::cli::{ExportArgs, FormatName};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &ExportArgs) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let plan = disk::load_plan(&path)?;
    if plan.inputs != loaded.inputs {
        output::note("note: this plan was made from other files than those of the folder");
    }
    let cells = disk::map_cells(&arguments.folder, &loaded.programme);
    let programme = &loaded.programme;
    let bytes = match arguments.format {
        FormatName::Csv => groundwork_report::openings_csv(programme, &plan),
        FormatName::Geojson => groundwork_report::geojson(programme, &plan, cells.as_deref()),
        FormatName::Svg => groundwork_report::svg_map(programme, &plan, cells.as_deref()),
        FormatName::Xlsx => groundwork_report::workbook(programme, &plan)
            .map_err(|problem| Failure::Input(vec![problem]))?,
    };
    match &arguments.out {
        Some(out) => disk::write(out, &bytes)?,
        None => output::data(&bytes),
    }
    Ok(Exit::Done)
}
