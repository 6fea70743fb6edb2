//! `import`: a table of reports into the ledger, by a mapping of its columns.

use std::path::Path;

use groundwork_formats::import::{Import, ImportCheck, ImportContext, RuleUse, read_mapping};
use groundwork_formats::{SETTINGS_FILE, read_sources};
use groundwork_ledger::{LedgerError, Standing};
use groundwork_model::evidence::Source;
use groundwork_model::{Code, Problem, Programme};
use serde::Serialize;

use crate::cli::ImportArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::thousands;
use crate::ledger_file::{self, AnyLedger, WallClock};
use crate::output;

/// Name of the sources table in a programme folder.
pub(crate) const SOURCES_FILE: &str = "sources.csv";

/// How many rows that would be refused are listed.
const SHOWN: usize = 20;

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
    rules: &'a [RuleUse],
    problems: &'a [Problem],
}

pub(crate) fn run(arguments: &ImportArgs) -> Result<Exit, Failure> {
    let programme = programme(&arguments.folder)?;
    let (sources, mut warnings) = sources(&arguments.folder)?;
    let map = disk::read(&arguments.map)?;
    let mapping =
        read_mapping(&arguments.map.display().to_string(), &map).map_err(Failure::Input)?;
    let context = ImportContext {
        places: programme.as_ref().map(|programme| programme.places.as_slice()),
        sources: sources.as_deref(),
        recorded_by: &arguments.by,
    };
    let bytes = disk::read(&arguments.file)?;
    let import = Import::open(&arguments.file.display().to_string(), &bytes, &mapping, &context)
        .map_err(Failure::Input)?;
    let check = import.check();
    if check.problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(check.problems));
    }
    warnings.extend(check.problems.iter().cloned());
    let path = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let there = ledger_file::is_on_server(&path) || path.exists();
    let (added, known) = match (arguments.dry_run, there) {
        (true, false) => (check.drafts, 0),
        (true, true) => compare(&mut ledger_file::open(&path)?, &import, arguments)?,
        (false, _) => {
            let mut ledger =
                if there { ledger_file::open(&path)? } else { ledger_file::create(&path)? };
            append(&mut ledger, &import, arguments)?
        }
    };
    print(arguments, &path, &check, (added, known), &warnings);
    Ok(Exit::Done)
}

/// Reads the programme of the folder, where it is one.
fn programme(folder: &Path) -> Result<Option<Programme>, Failure> {
    disk::expect_folder(folder)?;
    if folder.join(SETTINGS_FILE).exists() {
        return disk::load(folder).map(|loaded| Some(loaded.programme));
    }
    output::note("note: the folder holds no programme, so ids of places are taken as they are");
    Ok(None)
}

/// Reads the sources table of the folder, where it has one.
pub(crate) fn sources(folder: &Path) -> Result<(Option<Vec<Source>>, Vec<Problem>), Failure> {
    let path = folder.join(SOURCES_FILE);
    if !path.exists() {
        return Ok((None, Vec::new()));
    }
    let (sources, problems) = read_sources(SOURCES_FILE, &disk::read(&path)?);
    if problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(problems));
    }
    Ok((Some(sources), problems))
}

/// Appends all drafts; where the ledger refuses one, says of all rows which it would refuse.
fn append(
    ledger: &mut AnyLedger,
    import: &Import<'_>,
    arguments: &ImportArgs,
) -> Result<(u64, u64), Failure> {
    let appended = ledger.append_each(&mut |add| feed(import, add), &mut WallClock);
    match appended {
        Ok(tally) => Ok((tally.added, tally.known)),
        Err(error @ LedgerError::KeyOfAnotherEntry { .. }) => {
            compare(ledger, import, arguments)?;
            Err(ledger_file::failure(&error))
        }
        Err(error) => Err(ledger_file::failure(&error)),
    }
}

/// Hands all drafts over.
fn feed(
    import: &Import<'_>,
    add: &mut dyn FnMut(&groundwork_model::evidence::Draft) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let mut done = Ok(());
    import.each(&mut |_, draft| {
        done = add(&draft);
        done.is_ok()
    });
    done
}

/// Returns how many drafts the ledger would add and knows already; fails where it would refuse any.
fn compare(
    ledger: &mut AnyLedger,
    import: &Import<'_>,
    arguments: &ImportArgs,
) -> Result<(u64, u64), Failure> {
    let (mut added, mut known, mut refused) = (0, 0, 0_usize);
    let mut problems = Vec::new();
    let mut listed = 0;
    let row_of = std::cell::Cell::new(0);
    let compared = ledger.standings(
        &mut |add| {
            let mut done = Ok(());
            import.each(&mut |at, draft| {
                row_of.set(at);
                done = add(&draft);
                done.is_ok()
            });
            done
        },
        &mut |_, standing| match standing {
            Standing::New => added += 1,
            Standing::Known(_) => known += 1,
            Standing::Another(entry) => {
                refused += 1;
                if listed != row_of.get() && problems.len() < SHOWN {
                    listed = row_of.get();
                    problems.push(reads_otherwise(arguments, listed, entry));
                }
            }
        },
    );
    compared.map_err(|error| ledger_file::failure(&error))?;
    if refused > problems.len()
        && let Some(last) = problems.last_mut()
    {
        last.cause.push_str(&format!(" ({} entries in all)", thousands(refused as u64)));
    }
    if problems.is_empty() { Ok((added, known)) } else { Err(Failure::Input(problems)) }
}

fn reads_otherwise(arguments: &ImportArgs, row: u32, entry: u64) -> Problem {
    let cause = format!(
        "the row was imported before, as entry {entry}, and reads otherwise now: the row, the mapping or the grade of \
         its source was changed"
    );
    let problem = Problem::new(Code::KeyOfAnotherEntry, cause);
    problem.in_file(arguments.file.display().to_string()).at_row(row).with_remedy(format!(
        "Look with `groundwork ledger show --entry {entry}`; correct it by an entry of its own, or import into a new ledger."
    ))
}

fn print(
    arguments: &ImportArgs,
    path: &Path,
    check: &ImportCheck,
    (added, known): (u64, u64),
    warnings: &[Problem],
) {
    if arguments.json {
        let imported = Imported {
            dry_run: arguments.dry_run,
            ledger: ledger_file::name(path),
            rows: check.rows,
            entries: check.drafts,
            added,
            known,
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
