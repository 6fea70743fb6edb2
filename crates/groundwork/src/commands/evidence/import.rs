//! `import`: a table of reports into the ledger, by a mapping of its columns.

use std::path::Path;

use groundwork_formats::import::{Import, ImportCheck, ImportContext, RuleUse, read_mapping};
use groundwork_formats::package::{PackageFormat, package_format};
use groundwork_formats::{SETTINGS_FILE, read_folder_sources};
use groundwork_model::evidence::Source;
use groundwork_model::{Code, Problem, Programme};
use serde::Serialize;

use super::bring::{Brought, Change, Each, bring, corrections_text};
use super::import_package;
use crate::cli::{ImportArgs, ImportFormat};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::thousands;
use crate::ledger_file;
use crate::output;

/// Is what `--json` prints.
#[derive(Serialize)]
struct Imported<'a> {
    dry_run: bool,
    ledger: String,
    rows: u64,
    /// Entries that the rows come to.
    entries: u64,
    /// Those that were, or would be, added.
    added: u64,
    /// Those that were there already.
    known: u64,
    /// Those among the added that correct earlier entries.
    corrections: &'a [Change],
    rules: &'a [RuleUse],
    problems: &'a [Problem],
}

pub(crate) fn run(arguments: &ImportArgs) -> Result<Exit, Failure> {
    let bytes = disk::read(&arguments.file)?;
    let package = match arguments.format {
        Some(ImportFormat::Table) => None,
        Some(ImportFormat::Oc4ids) => Some(PackageFormat::Oc4ids),
        Some(ImportFormat::Facilities) => Some(PackageFormat::Facilities),
        None => package_format(&bytes),
    };
    match package {
        Some(format) => import_package::run(arguments, &bytes, format),
        None => table(arguments, &bytes),
    }
}

/// Brings a table into the ledger.
fn table(arguments: &ImportArgs, bytes: &[u8]) -> Result<Exit, Failure> {
    let Some(map) = &arguments.map else { return Err(no_mapping(&arguments.file)) };
    let programme = programme(&arguments.folder)?;
    let (sources, mut warnings) = sources(&arguments.folder)?;
    let mapping =
        read_mapping(&map.display().to_string(), &disk::read(map)?).map_err(Failure::Input)?;
    let context = ImportContext {
        places: programme.as_ref().map(|programme| programme.places.as_slice()),
        sources: sources.as_deref(),
        recorded_by: &arguments.by,
    };
    let import = Import::open(&arguments.file.display().to_string(), bytes, &mapping, &context)
        .map_err(Failure::Input)?;
    let check = import.check();
    if check.problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(check.problems));
    }
    warnings.extend(check.problems.iter().cloned());
    let path = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let each: &Each<'_> = &|each| import.each(each);
    let refusal = |change: &Change| reads_otherwise(arguments, change);
    let brought = bring(arguments, &path, check.drafts, each, &refusal)?;
    print(arguments, &path, &check, &brought, &warnings);
    Ok(Exit::Done)
}

fn no_mapping(file: &Path) -> Failure {
    let cause = format!(
        "{} is no package that is known by its content, and nothing says what its columns mean",
        file.display()
    );
    let remedy = "Give --map FILE (docs/reference/import.md says how to write one), or --format for a package.";
    Failure::Usage(Problem::new(Code::FlagMissing, cause).with_remedy(remedy))
}

/// Reads the programme of the folder, where it is one.
pub(super) fn programme(folder: &Path) -> Result<Option<Programme>, Failure> {
    disk::expect_folder(folder)?;
    if folder.join(SETTINGS_FILE).exists() {
        return disk::load_to_watch(folder).map(|loaded| Some(loaded.programme));
    }
    output::note("note: the folder holds no programme, so ids of places are taken as they are");
    Ok(None)
}

/// Reads the sources table of the folder, where it has one.
pub(crate) fn sources(folder: &Path) -> Result<(Option<Vec<Source>>, Vec<Problem>), Failure> {
    let (sources, problems) = read_folder_sources(&mut |name| std::fs::read(folder.join(name)));
    if problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(problems));
    }
    Ok((sources, problems))
}

fn reads_otherwise(arguments: &ImportArgs, change: &Change) -> Problem {
    let entry = change.entry;
    let cause = format!(
        "the row was imported before, as entry {entry}, and reads otherwise now: the row, the mapping or the grade of \
         its source was changed"
    );
    let problem = Problem::new(Code::KeyOfAnotherEntry, cause);
    problem.in_file(arguments.file.display().to_string()).at_row(change.row).with_remedy(format!(
        "Look with `groundwork ledger show --entry {entry}`, and with --correct --dry-run at what is other; --correct \
         corrects it by an entry of its own."
    ))
}

fn print(
    arguments: &ImportArgs,
    path: &Path,
    check: &ImportCheck,
    brought: &Brought,
    warnings: &[Problem],
) {
    let (added, known) = (brought.added, brought.known);
    if arguments.json {
        let imported = Imported {
            dry_run: arguments.dry_run,
            ledger: ledger_file::name(path),
            rows: check.rows,
            entries: check.drafts,
            added,
            known,
            corrections: &brought.changes,
            rules: &check.uses,
            problems: warnings,
        };
        output::data(&output::json_pretty(&imported));
        return;
    }
    if arguments.dry_run {
        output::data(rules(&check.uses).as_bytes());
    }
    for problem in warnings {
        output::note(&output::problem_text(problem));
    }
    output::data(corrections_text(&brought.changes).as_bytes());
    let would = if arguments.dry_run { "would be " } else { "" };
    let text = format!(
        "{} rows come to {} entries: {} {would}added to {}, {} were there already\n",
        thousands(check.rows),
        thousands(check.drafts),
        thousands(added),
        ledger_file::name(path),
        thousands(known)
    );
    output::data(text.as_bytes());
}

/// Returns what each rule did, table by table.
fn rules(uses: &[RuleUse]) -> String {
    let mut text = String::new();
    let mut table = "";
    for rule in uses {
        if rule.table != table {
            text.push_str(&format!("{}\n", title(&rule.table)));
            table = &rule.table;
        }
        text.push_str(&format!("{:>7}  {} -> {}\n", thousands(rule.rows), rule.rule, rule.meaning));
    }
    text.push('\n');
    text
}

fn title(table: &str) -> &str {
    match table {
        "names" => "Rows by rule of names",
        "subject" => "Rows without a place",
        "statements" => "Rows by statement",
        "relations" => "Rows that relate to earlier ones",
        "facilities" => "Rows by word for the facility",
        "sources" => "Rows by word for the source",
        "dates" => "Rows by word for the date",
        _ => "Days of publication",
    }
}
