//! Bytes to programmes, plans and certificates, with every fault at once.
//!
//! [`read_programme`] reads a whole folder through a function that the caller gives, and returns the
//! programme together with everything that is wrong with it: each [`Problem`] names its file, row and
//! column, the value, the cause and the remedy. A fault in one file never hides those of another, and
//! one run finds them all: a cell that cannot be read is replaced by a stand-in that sets off no
//! further rule, and a programme with an error is not handed out.
//!
//! Reading goes outside in: bytes (`decode`, `workbook`), then rows (`records`, `table`), then cells (`cells`,
//! `number`, `day`, `period`), then what one table means (`places`, `sites`, `facilities`, `reports`).
//! Rules that need the whole programme are in [`groundwork_model::validation`].
//!
//! [`benchmark`] reads the location problems of the field in the same manner.
//!
//! [`import`] reads tables of reports for the ledger by a column mapping, [`package`] what others publish in open formats,
//! [`read_sources`] who publishes them, [`read_works`] tables of works to look back on.
//!
//! [`forms`] reads what people fill in: inspections, and what facilities delivered.
//!
//! This crate opens no file, prints nothing and reads no clock.

mod areas;
pub mod benchmark;
mod bundle;
mod cells;
mod collection;
mod csv_table;
mod day;
mod decode;
mod exchange;
mod facilities;
mod faults;
mod file_name;
mod folder;
pub mod forms;
mod given;
pub mod import;
mod list;
mod location;
mod nearest;
mod number;
pub mod package;
mod period;
mod places;
mod records;
mod reports;
mod schemas;
mod settings;
mod sites;
mod sources;
mod state;
mod swapped;
mod table;
mod text_form;
mod toml_file;
mod toml_walk;
mod workbook;
mod works;

use std::io;

use groundwork_model::plan::InputFile;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;
use groundwork_model::validation;

pub use benchmark::{
    BenchmarkFlags, BenchmarkFormat, DistanceName, ProblemName, read_benchmark, unpack_benchmark,
};
pub use bundle::{pack_bundle, unpack_bundle};
pub use csv_table::csv_table;
pub use exchange::{
    read_answer, read_certificate, read_field_certificate, read_frontier,
    read_frontier_certificate, read_plan, read_rule_frontier,
};
pub use folder::{SETTINGS_FILE, sha256_hex};
pub use list::{ListRow, read_list};
pub use schemas::schemas;
pub use sources::{SOURCES_FILE, read_folder_sources, read_sources};
pub use state::read_state;
pub use works::{WORK_COLUMNS, read_works};

use faults::Faults;
use folder::Folder;

/// Is what reading a programme folder gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The programme; `None` when anything is an error.
    pub programme: Option<Programme>,
    /// Errors and warnings, by file in the order of reading, then row, then column.
    pub problems: Vec<Problem>,
    /// `programme.toml` and each table that was read, with the SHA-256 of its bytes. The areas of the
    /// map are no input: no figure depends on them.
    pub inputs: Vec<InputFile>,
}

/// Reads a programme folder; `read` gives the bytes of a file of the folder by its relative name.
///
/// # Examples
///
/// ```
/// let checked = groundwork_formats::read_programme(&mut |name| match name {
///     "programme.toml" => Ok(b"format = 2\n".to_vec()),
///     _ => Ok(b"id,name,lat,lon,population\nA,Alpha,47.1,9.5,1200\n".to_vec()),
/// });
/// assert!(checked.programme.is_none());
/// let first = checked.problems[0].to_string();
/// assert!(first.starts_with("error E203 programme.toml"), "{first}");
/// ```
pub fn read_programme(read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Checked {
    read_for(Purpose::Plan, read)
}

/// Reads a programme folder for what its ledger says: every cell is read as [`read_programme`] reads it, but of the rules
/// over the whole only those are applied that places, milestones, cycles and checklists have. A programme that cannot be
/// planned can be watched.
pub fn read_programme_to_watch(read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Checked {
    read_for(Purpose::Watch, read)
}

/// Says what a programme is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Plan,
    Watch,
}

fn read_for(purpose: Purpose, read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Checked {
    let mut folder = Folder::new(read);
    let Some(mut written) = settings::read(&mut folder) else {
        return folder.close(None);
    };
    workbook::resolve(&mut folder, &mut written.files);
    let names = &written.files;
    let periods = written.periods();
    let places = places::read(&mut folder, names.places.as_deref());
    let sites = sites::read(&mut folder, names.sites.as_deref(), periods);
    let facilities = facilities::read(&mut folder, names.facilities.as_deref(), periods);
    let reports = reports::read(&mut folder, names.reports.as_deref(), periods);
    if purpose == Purpose::Plan {
        areas::check(&mut folder, names, &places);
        swapped::check_sites(&mut folder.faults, names, &places, &sites);
    }
    let mut settings = written.settings.clone().unwrap_or_else(|| settings::stand_in(names));
    names.clone().fill(&mut settings.files);
    let programme = Programme { settings, places, sites, facilities, reports };
    apply_rules(&mut folder.faults, &programme, &written, purpose);
    folder.close(written.settings.is_some().then_some(programme))
}

/// Returns what is wrong with the files of a folder that speak of the ledger: the sources table, and the mappings that the
/// settings name.
#[must_use]
pub fn check_evidence(
    programme: &Programme,
    read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> Vec<Problem> {
    let (_, mut problems) = read_folder_sources(read);
    for name in &programme.settings.import.mappings {
        if let Some(why) = file_name::refusal(name) {
            let cause = format!("`{}` {why}", name.escape_debug());
            let problem = Problem::new(Code::FileNameOutside, cause).in_file(SETTINGS_FILE);
            problems.push(problem.in_column("import.mappings"));
            continue;
        }
        match read(name) {
            Ok(bytes) => {
                problems.extend(import::read_mapping(name, &bytes).err().unwrap_or_default());
            }
            Err(error) => {
                let missing = error.kind() == io::ErrorKind::NotFound;
                let (code, cause) = if missing {
                    (Code::FileMissing, format!("`{name}` is not in the folder"))
                } else {
                    (Code::FileUnreadable, format!("`{name}` cannot be read: {error}"))
                };
                let problem = Problem::new(code, cause).in_file(SETTINGS_FILE);
                problems.push(problem.in_column("import.mappings"));
            }
        }
    }
    problems
}

/// Applies the rules that need the whole programme; those that need its settings only when the
/// settings could be read.
fn apply_rules(
    faults: &mut Faults,
    programme: &Programme,
    written: &settings::Written,
    purpose: Purpose,
) {
    let found = match (purpose, written.settings.is_some()) {
        (Purpose::Watch, _) => validation::evidence_rules(programme),
        (Purpose::Plan, false) => validation::table_rules(programme),
        (Purpose::Plan, true) => {
            [validation::table_rules(programme), validation::programme_rules(programme)].concat()
        }
    };
    for problem in found {
        faults.add(written.with_line(problem));
    }
}
