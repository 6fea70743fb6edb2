//! `ledger merge`: what another ledger holds and this one does not.

use std::path::{Path, PathBuf};

use groundwork_ledger::{Clash, Merged, Merging};
use groundwork_model::{Code, Problem};
use serde::Serialize;

use super::ledger::{of_ledger, problems};
use crate::cli::LedgerMergeArgs;
use crate::exit::{Exit, Failure};
use crate::figures::thousands;
use crate::ledger_file::{self, WallClock};
use crate::output;

/// How many clashes are listed.
const SHOWN: usize = 20;

/// Is what `--json` prints.
#[derive(Serialize)]
struct Told<'a> {
    dry_run: bool,
    into: String,
    from: String,
    /// Entries that were, or would be, appended.
    added: u64,
    /// Entries that were there already.
    known: u64,
    /// Entries of which texts were, or would be, erased.
    erased: u64,
    /// Entries that were appended under a key of their own.
    apart: usize,
    /// Entries of the ledger that grew, and hash of the last.
    root: &'a groundwork_model::evidence::Root,
}

pub(super) fn run(arguments: &LedgerMergeArgs) -> Result<Exit, Failure> {
    let (into_at, from_at) = (place(&arguments.into), place(&arguments.from));
    let mut from = ledger_file::open(&from_at)?;
    let found = of_ledger(from.verify(&[]))?;
    let unsound = problems(&found);
    if !unsound.is_empty() {
        let name = ledger_file::name(&from_at);
        let placed = unsound.into_iter().map(|problem| problem.in_file(&name));
        return Err(Failure::Refused(placed.collect()));
    }
    let mut into = ledger_file::open(&into_at)?;
    let merging = Merging { apart: arguments.theirs_apart, dry_run: arguments.dry_run };
    let merged = of_ledger(into.merge(&mut from, merging, &mut WallClock))?;
    if !merging.apart && !merged.clashes.is_empty() {
        return Err(Failure::Input(clashes(&merged.clashes, &from_at)));
    }
    let root = of_ledger(into.root())?;
    if arguments.json {
        output::data(&output::json_pretty(&Told {
            dry_run: arguments.dry_run,
            into: ledger_file::name(&into_at),
            from: ledger_file::name(&from_at),
            added: merged.added,
            known: merged.known,
            erased: merged.erased,
            apart: merged.clashes.len(),
            root: &root,
        }));
    } else {
        let text = told(&merged, arguments.dry_run, &into_at, &from_at);
        output::data(text.as_bytes());
    }
    Ok(Exit::Done)
}

/// Returns where a ledger lies that is named by itself or by its folder.
fn place(named: &Path) -> PathBuf {
    if !ledger_file::is_on_server(named) && named.is_dir() {
        return ledger_file::location(named, None);
    }
    named.to_path_buf()
}

fn told(merged: &Merged, dry_run: bool, into: &Path, from: &Path) -> String {
    let would = if dry_run { "would be " } else { "" };
    let mut text = format!(
        "{} entries of {}: {} {would}added to {}, {} were there already\n",
        thousands(merged.added + merged.known),
        ledger_file::name(from),
        thousands(merged.added),
        ledger_file::name(into),
        thousands(merged.known)
    );
    let apart = merged.clashes.len() as u64;
    if apart > 0 {
        text.push_str(&format!(
            "{} of them {would}added under a key of their own, because it says something else here\n",
            thousands(apart)
        ));
    }
    if merged.erased > 0 {
        text.push_str(&format!(
            "texts of {} entries {would}erased here, because they were erased there\n",
            thousands(merged.erased)
        ));
    }
    text
}

fn clashes(clashes: &[Clash], from: &Path) -> Vec<Problem> {
    let problem = |clash: &Clash| {
        let cause = format!(
            "entry {} has the key of entry {} here, `{}`, and says something else",
            clash.there, clash.here, clash.key
        );
        let remedy = format!(
            "Look at both with `groundwork ledger show`; correct entry {} if it is wrong. --theirs-apart appends theirs \
             under a key of its own.",
            clash.here
        );
        Problem::new(Code::KeyOfAnotherEntry, cause)
            .in_file(ledger_file::name(from))
            .with_remedy(remedy)
    };
    let mut problems: Vec<Problem> = clashes.iter().take(SHOWN).map(problem).collect();
    if clashes.len() > SHOWN
        && let Some(last) = problems.last_mut()
    {
        last.cause.push_str(&format!(" ({} entries in all)", thousands(clashes.len() as u64)));
    }
    problems
}
