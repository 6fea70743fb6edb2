//! `ledger`: makes, shows, checks, copies and mends the ledger of a programme.

use std::path::Path;

use groundwork_ledger::{
    Erasing, LedgerError, SqliteStore, Store, Verification, copy_whole, salvage,
};
use groundwork_model::evidence::{Entry, Root, Scope};
use groundwork_model::{Code, Problem};
use serde::Serialize;

use super::{ledger_merge, ledger_text};
use crate::cli::{
    LedgerCommand, LedgerEraseArgs, LedgerOutArgs, LedgerRecoverArgs, LedgerShowArgs,
    LedgerVerifyArgs, WhereArgs,
};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::ledger_file::{self, AnyLedger, WallClock};
use crate::output;

pub(crate) fn run(command: &LedgerCommand) -> Result<Exit, Failure> {
    match command {
        LedgerCommand::Init(place) => init(place),
        LedgerCommand::Root(place) => root(place),
        LedgerCommand::Verify(arguments) => verify(arguments),
        LedgerCommand::Backup(arguments) => backup(arguments),
        LedgerCommand::Recover(arguments) => recover(arguments),
        LedgerCommand::Show(arguments) => show(arguments),
        LedgerCommand::Erase(arguments) => erase(arguments),
        LedgerCommand::Merge(arguments) => ledger_merge::run(arguments),
    }
}

fn open(place: &WhereArgs) -> Result<AnyLedger, Failure> {
    ledger_file::open(&ledger_file::location(&place.folder, place.ledger.as_deref()))
}

pub(super) fn of_ledger<T>(done: Result<T, LedgerError>) -> Result<T, Failure> {
    done.map_err(|error| ledger_file::failure(&error))
}

fn init(place: &WhereArgs) -> Result<Exit, Failure> {
    if place.ledger.is_none() {
        disk::expect_folder(&place.folder)?;
    }
    let path = ledger_file::location(&place.folder, place.ledger.as_deref());
    let root = of_ledger(ledger_file::create(&path)?.root())?;
    if place.json {
        output::data(&output::json_pretty(&root));
    } else {
        output::data(format!("{}\n", ledger_file::name(&path)).as_bytes());
        output::note("next: groundwork record, or groundwork import");
    }
    Ok(Exit::Done)
}

fn root(place: &WhereArgs) -> Result<Exit, Failure> {
    let root = of_ledger(open(place)?.root())?;
    output::data(&output::json_pretty(&root));
    Ok(Exit::Done)
}

/// Is what `verify --json` prints.
#[derive(Serialize)]
struct Verified<'a> {
    sound: bool,
    root: &'a Root,
    /// How many published roots it was compared with.
    roots: usize,
    problems: Vec<Problem>,
    /// How many more were found than are listed.
    more: u64,
}

fn verify(arguments: &LedgerVerifyArgs) -> Result<Exit, Failure> {
    let published = arguments.root.iter().map(|path| read_root(path));
    let published = published.collect::<Result<Vec<Root>, Failure>>()?;
    let found = of_ledger(open(&arguments.place)?.verify(&published))?;
    let problems = problems(&found);
    let sound = problems.is_empty();
    if arguments.place.json {
        let more = found.more;
        let verified =
            Verified { sound, root: &found.root, roots: published.len(), problems, more };
        output::data(&output::json_pretty(&verified));
    } else {
        output::data(ledger_text::verified(&found, published.len(), &problems).as_bytes());
    }
    Ok(if sound { Exit::Done } else { Exit::VerificationFailed })
}

pub(super) fn problems(found: &Verification) -> Vec<Problem> {
    let of = |finding: &groundwork_ledger::Finding| Problem::new(finding.code, &finding.cause);
    found.findings.iter().map(of).collect()
}

fn read_root(path: &Path) -> Result<Root, Failure> {
    let bytes = disk::read(path)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let problem = Problem::new(Code::NotThisFormat, format!("it is no root: {error}"));
        let problem = problem.in_file(path.display().to_string());
        let remedy = "Give a file that `groundwork ledger root` printed.";
        Failure::Input(vec![problem.with_remedy(remedy)])
    })
}

/// Is what a command prints that wrote a ledger.
#[derive(Serialize)]
struct Written<'a> {
    ledger: String,
    #[serde(flatten)]
    root: &'a Root,
}

fn wrote(path: &Path, root: &Root, json: bool) {
    if json {
        output::data(&output::json_pretty(&Written { ledger: ledger_file::name(path), root }));
    } else {
        let entries = thousands(root.entries);
        let line = format!("{}: entries {entries}, hash {}\n", ledger_file::name(path), root.hash);
        output::data(line.as_bytes());
    }
}

fn backup(arguments: &LedgerOutArgs) -> Result<Exit, Failure> {
    let place = &arguments.place;
    let path = ledger_file::location(&place.folder, place.ledger.as_deref());
    // Opening it first says in plain words what is no ledger.
    let mut ledger = ledger_file::open(&path)?;
    if ledger_file::is_on_server(&path) || ledger_file::is_on_server(&arguments.out) {
        return copy_entries(&mut ledger, &arguments.out, place.json);
    }
    drop(ledger);
    ledger_file::reserve(&arguments.out)?;
    let copied = SqliteStore::open(&path).and_then(|store| store.backup(&arguments.out));
    if let Err(error) = copied {
        let _ = std::fs::remove_file(&arguments.out);
        return Err(ledger_file::failure(&error));
    }
    let root = of_ledger(ledger_file::open(&arguments.out)?.root())?;
    wrote(&arguments.out, &root, place.json);
    Ok(Exit::Done)
}

fn recover(arguments: &LedgerRecoverArgs) -> Result<Exit, Failure> {
    let place = &arguments.place;
    let path = ledger_file::location(&place.folder, place.ledger.as_deref());
    let mut ledger = ledger_file::open(&path)?;
    if let Some(out) = &arguments.out {
        return copy_readable(&mut ledger, out, place.json);
    }
    of_ledger(ledger.reindex())?;
    let root = of_ledger(ledger.root())?;
    wrote(&path, &root, place.json);
    output::note("the index was made anew; `groundwork ledger verify` looks at the rest");
    Ok(Exit::Done)
}

/// Copies a ledger into a new one of the same identifier by `copy`; where that fails, nothing is left of the new one.
fn copied<T>(
    ledger: &mut AnyLedger,
    out: &Path,
    copy: impl FnOnce(&mut AnyLedger, &mut AnyLedger) -> Result<T, LedgerError>,
) -> Result<(T, Root), Failure> {
    let mut identity = String::new();
    of_ledger(ledger.store().read(&mut |reader| {
        identity = reader.identity()?;
        Ok(())
    }))?;
    let mut new = ledger_file::make(out, &identity)?;
    let done = copy(ledger, &mut new).and_then(|done| Ok((done, new.root()?)));
    done.map_err(|error| {
        drop(new);
        ledger_file::forget(out, &identity);
        ledger_file::failure(&error)
    })
}

/// Copies a ledger entry by entry, to a server or from there: all of it or nothing.
fn copy_entries(ledger: &mut AnyLedger, out: &Path, json: bool) -> Result<Exit, Failure> {
    let ((), root) = copied(ledger, out, |from, into| copy_whole(from.store(), into.store()))?;
    wrote(out, &root, json);
    Ok(Exit::Done)
}

/// Copies what can be read into a new ledger of the same identifier.
fn copy_readable(ledger: &mut AnyLedger, out: &Path, json: bool) -> Result<Exit, Failure> {
    let (done, root) = copied(ledger, out, |from, into| salvage(from.store(), into.store()))?;
    wrote(out, &root, json);
    match done.damage {
        Some(damage) => output::note(&format!("what comes behind was not copied: {damage}")),
        None => output::note("all entries were sound and were copied"),
    }
    if done.changed_documents > 0 {
        let left = count(usize::try_from(done.changed_documents).unwrap_or(usize::MAX), "document");
        output::note(&format!("{left} left out that are not the ones that were stored"));
    }
    Ok(Exit::Done)
}

fn show(arguments: &LedgerShowArgs) -> Result<Exit, Failure> {
    let mut ledger = open(&arguments.place)?;
    let mut shown = Vec::new();
    for number in &arguments.entry {
        shown.push(of_ledger(ledger.entry(*number))?);
    }
    if arguments.entry.is_empty() {
        let head = of_ledger(ledger.root())?.entries;
        let from = arguments.last.map_or(1, |last| head.saturating_sub(last) + 1);
        of_ledger(ledger.entries(from, &mut |entry| {
            if is_about(&entry, arguments.subject.as_deref()) {
                shown.push(entry);
            }
            Ok(())
        }))?;
    }
    if arguments.place.json {
        output::data(&output::json_pretty(&shown));
        return Ok(Exit::Done);
    }
    let text: Vec<String> = shown.iter().map(ledger_text::entry).collect();
    output::data(text.join("\n").as_bytes());
    if shown.is_empty() {
        output::note("no entry fits");
    }
    Ok(Exit::Done)
}

fn is_about(entry: &Entry, subject: Option<&str>) -> bool {
    let own = &entry.draft.subject;
    match subject {
        None => true,
        Some("programme") => own.scope == Scope::Programme,
        Some(subject) => own.id == subject || own.place == subject,
    }
}

fn erase(arguments: &LedgerEraseArgs) -> Result<Exit, Failure> {
    let mut ledger = open(&arguments.place)?;
    let erasing = Erasing { by: &arguments.by, reason: &arguments.reason };
    let done = ledger.erase(arguments.entry, &arguments.text, erasing, &mut WallClock);
    let receipt = of_ledger(done)?;
    let entry = of_ledger(ledger.entry(receipt.number))?;
    if arguments.place.json {
        output::data(&output::json_pretty(&entry));
    } else {
        output::data(ledger_text::entry(&entry).as_bytes());
    }
    Ok(Exit::Done)
}
