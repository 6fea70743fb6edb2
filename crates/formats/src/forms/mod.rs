//! Forms that people fill in: what inspections found, and what facilities delivered.
//!
//! A form is a CSV table, a row for each line. [`blank_form`] writes one for facilities, [`read_forms`] reads filled ones:
//! all problems at once with row and column, and no draft where anything is wrong. The same form gives drafts with the
//! same keys, so that a ledger takes it once.

mod blank;
mod inspection;
mod output;
mod row;

use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::{Draft, Source, Subject};
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;

pub use self::blank::{Asked, blank_form, blank_sheet};
use crate::faults::Faults;
use crate::given::Given;

/// Is what forms are read beside.
#[derive(Clone, Copy, Debug)]
pub struct FormContext<'a> {
    /// The programme, for its places and checklists.
    pub programme: &'a Programme,
    /// The rows of its sources table, where it has one.
    pub sources: Option<&'a [Source]>,
    /// Facilities of which the ledger speaks.
    pub known: &'a [Subject],
    /// The role of whoever records the form.
    pub recorded_by: &'a str,
}

/// Finds facilities, places and sources by their identifiers.
struct Lookup<'a> {
    context: FormContext<'a>,
    known: HashMap<&'a str, &'a Subject>,
    places: HashSet<&'a str>,
    sources: HashMap<&'a str, &'a Source>,
}

impl<'a> Lookup<'a> {
    fn of(context: &FormContext<'a>) -> Self {
        let sources = context.sources.unwrap_or_default();
        Self {
            context: *context,
            known: context.known.iter().map(|subject| (subject.id.as_str(), subject)).collect(),
            places: context.programme.places.iter().map(|place| place.id.as_str()).collect(),
            sources: sources.iter().map(|source| (source.id.as_str(), source)).collect(),
        }
    }
}

/// Is a draft with the row of the form that it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormDraft {
    /// Row of the form; the header is row 1.
    pub row: u32,
    /// The draft.
    pub draft: Draft,
}

/// Is what reading a form gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The drafts, in the order of rows.
    pub drafts: Vec<FormDraft>,
    /// Warnings.
    pub problems: Vec<Problem>,
}

/// Reads filled forms: of what facilities delivered where the table has a column `product`, else of inspections. The table
/// is CSV, or the first sheet of a workbook (XLSX).
///
/// # Errors
///
/// Everything that is wrong, each with its row and column.
pub fn read_forms(
    name: &str,
    bytes: &[u8],
    context: &FormContext<'_>,
) -> Result<Filled, Vec<Problem>> {
    let mut faults = Faults::default();
    faults.open(name);
    let Some(given) = Given::read(name, bytes, &mut faults) else { return Err(faults.finish()) };
    let lookup = Lookup::of(context);
    let drafts = if given.has_column("product") {
        output::read(name, given, &lookup, &mut faults)
    } else {
        inspection::read(name, given, &lookup, &mut faults)
    };
    if faults.has_error() {
        return Err(faults.finish().into_iter().map(with_remedy).collect());
    }
    Ok(Filled { drafts, problems: faults.finish() })
}

/// Gives a problem the remedy that fits a form; that of the code speaks of mappings.
fn with_remedy(problem: Problem) -> Problem {
    let remedy = match problem.code {
        Code::UnknownPlace => {
            "Correct the id; of a facility that the ledger does not know yet fill place, kind and batch."
        }
        Code::PlaceAgainstName => {
            "Leave the cell empty, or correct it: the ledger knows the facility."
        }
        Code::SourceUnclear => {
            "Write an id of sources.csv, or add the source there; in a folder without that table fill voice."
        }
        Code::NotADate => {
            "Write a date such as 2025-12-03, 2025-12 or 2025-Q1; the day of publication as YYYY-MM-DD."
        }
        Code::PublishedUnknown => "Fill published with a day, or give a date that has a last day.",
        _ => return problem,
    };
    problem.with_remedy(remedy)
}
