//! `import` of what others publish: a package of projects (OC4IDS), or the facilities of another ledger (GeoJSON).

use std::path::Path;

use groundwork_formats::package::{
    LeftOut, PackageContext, PackageFormat, PackageMapping, PackageRead, Reading, read_package,
    read_package_mapping,
};
use groundwork_model::{Code, Problem};
use serde::Serialize;

use super::bring::{Brought, Change, Each, bring, corrections_text};
use super::import::{programme, sources};
use crate::cli::ImportArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::ledger_file;
use crate::output;

/// How many things are listed that have no place in the ledger.
const SHOWN: usize = 20;

/// Is what `--json` prints.
#[derive(Serialize)]
struct Imported<'a> {
    dry_run: bool,
    ledger: String,
    publisher: &'a str,
    published: String,
    /// Projects or features.
    projects: u64,
    /// Entries that they come to.
    entries: u64,
    /// Those that were, or would be, added.
    added: u64,
    /// Those that were there already.
    known: u64,
    /// Those among the added that correct earlier entries.
    corrections: &'a [Change],
    readings: &'a [Reading],
    left_out: &'a [LeftOut],
    problems: &'a [Problem],
}

pub(super) fn run(
    arguments: &ImportArgs,
    bytes: &[u8],
    format: PackageFormat,
) -> Result<Exit, Failure> {
    let programme = programme(&arguments.folder)?;
    let (sources, mut problems) = sources(&arguments.folder)?;
    let mapping = match &arguments.map {
        Some(map) => read_package_mapping(&map.display().to_string(), &disk::read(map)?)
            .map_err(Failure::Input)?,
        None => PackageMapping::default(),
    };
    let context = PackageContext {
        places: programme.as_ref().map(|programme| programme.places.as_slice()),
        sources: sources.as_deref(),
        mapping: &mapping,
        recorded_by: &arguments.by,
    };
    let mut read = read_package(&arguments.file.display().to_string(), bytes, format, &context);
    if read.problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(read.problems));
    }
    problems.append(&mut read.problems);
    let path = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let each: &Each<'_> = &|each| {
        let _ = read.drafts.iter().all(|draft| each(0, draft.clone()));
    };
    let refusal = |change: &Change| says_otherwise(arguments, change);
    let brought = bring(arguments, &path, read.drafts.len() as u64, each, &refusal)?;
    let noun = if format == PackageFormat::Oc4ids { "project" } else { "point" };
    print(arguments, &path, &read, &brought, (&problems, noun));
    Ok(Exit::Done)
}

fn says_otherwise(arguments: &ImportArgs, change: &Change) -> Problem {
    let entry = change.entry;
    let cause = format!(
        "of `{}` the package says otherwise than entry {entry}, which a package of the same publisher and day gave: the \
         package, the mapping or the grade of its publisher was changed",
        change.subject
    );
    let remedy = format!(
        "Look with `groundwork ledger show --entry {entry}`. A package that says something new has a day of its own \
         (publishedDate); --correct corrects what was wrong."
    );
    let problem = Problem::new(Code::KeyOfAnotherEntry, cause).with_remedy(remedy);
    problem.in_file(arguments.file.display().to_string())
}

fn print(
    arguments: &ImportArgs,
    path: &Path,
    read: &PackageRead,
    brought: &Brought,
    (warnings, noun): (&[Problem], &str),
) {
    let (added, known) = (brought.added, brought.known);
    let published = read.published.map(|day| day.to_string()).unwrap_or_default();
    let entries = read.drafts.len() as u64;
    if arguments.json {
        let imported = Imported {
            dry_run: arguments.dry_run,
            ledger: ledger_file::name(path),
            publisher: &read.publisher,
            published,
            projects: read.projects,
            entries,
            added,
            known,
            corrections: &brought.changes,
            readings: &read.readings,
            left_out: &read.left_out,
            problems: warnings,
        };
        output::data(&output::json_pretty(&imported));
        return;
    }
    for problem in warnings {
        output::note(&output::problem_text(problem));
    }
    let mut text = String::new();
    if arguments.dry_run {
        text.push_str("Read as\n");
        for reading in &read.readings {
            text.push_str(&format!("{:>7}  {}\n", thousands(reading.count), reading.what));
        }
        text.push('\n');
    }
    text.push_str(&left_out(&read.left_out, arguments.dry_run));
    text.push_str(&corrections_text(&brought.changes));
    let would = if arguments.dry_run { "would be " } else { "" };
    let projects = count(usize::try_from(read.projects).unwrap_or(usize::MAX), noun);
    text.push_str(&format!(
        "{projects} of {}, {published}: {} entries, {} {would}added to {}, {} were there already\n",
        read.publisher,
        thousands(entries),
        thousands(added),
        ledger_file::name(path),
        thousands(known)
    ));
    output::data(text.as_bytes());
}

/// Returns what has no place in the ledger; all of it, or the beginning.
fn left_out(left: &[LeftOut], all: bool) -> String {
    if left.is_empty() {
        return String::new();
    }
    let shown = if all { left.len() } else { SHOWN.min(left.len()) };
    let mut text = "Left out: it has no place in the ledger\n".to_owned();
    for one in &left[..shown] {
        text.push_str(&format!("{:>7}  {}\n", thousands(one.count), one.what));
    }
    if shown < left.len() {
        let more = left.len() - shown;
        text.push_str(&format!("         and {more} more, which --dry-run lists\n"));
    }
    text.push('\n');
    text
}
