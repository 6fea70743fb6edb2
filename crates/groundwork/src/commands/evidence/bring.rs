//! Drafts of a file into the ledger: all of them or none, and, where it is asked for, rows that read otherwise than before
//! as corrections of their earlier entries.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use groundwork_ledger::{LedgerError, Standing, differences};
use groundwork_model::Problem;
use groundwork_model::evidence::{Draft, Entry, Relation, RelationKind};
use serde::Serialize;

use super::lines::safe;
use crate::cli::ImportArgs;
use crate::exit::Failure;
use crate::figures::thousands;
use crate::ledger_file::{self, AnyLedger, WallClock};

/// How many rows that would be refused, or are corrected, are listed.
const SHOWN: usize = 20;

/// Hands out the drafts of a file with their rows, until it is told to stop.
pub(super) type Each<'a> = dyn Fn(&mut dyn FnMut(u32, Draft) -> bool) + 'a;

/// Is a draft that reads otherwise than the entry that a file gave before.
#[derive(Serialize)]
pub(super) struct Change {
    /// Row of the file; 0 where it has none.
    pub(super) row: u32,
    /// Identifier of its subject.
    pub(super) subject: String,
    /// Number of the entry that counts now.
    pub(super) entry: u64,
    /// What is other: the path of each part, before and after.
    pub(super) differences: Vec<(String, String, String)>,
    /// The draft that corrects it.
    #[serde(skip)]
    draft: Draft,
    /// Key of the draft as the file gives it.
    #[serde(skip)]
    key: String,
}

/// Is what became, or would become, of the drafts.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) added: u64,
    pub(super) known: u64,
    /// Those among the added that correct earlier entries.
    pub(super) changes: Vec<Change>,
}

/// Brings all drafts of a file into the ledger, or says what would be done; `refusal` says why a change is refused.
pub(super) fn bring(
    arguments: &ImportArgs,
    path: &Path,
    drafts: u64,
    each: &Each<'_>,
    refusal: &dyn Fn(&Change) -> Problem,
) -> Result<Brought, Failure> {
    let there = ledger_file::is_on_server(path) || path.exists();
    if arguments.dry_run && !there {
        return Ok(Brought { added: drafts, ..Brought::default() });
    }
    let mut ledger = if there { ledger_file::open(path)? } else { ledger_file::create(path)? };
    if !arguments.dry_run && !arguments.correct {
        match append(&mut ledger, each, &HashMap::new()) {
            Ok(brought) => return Ok(brought),
            // Rows that were corrected before are no fault: a closer look tells them apart.
            Err(LedgerError::KeyOfAnotherEntry { .. }) => {}
            Err(error) => return Err(ledger_file::failure(&error)),
        }
    }
    let (weighed, settled) = weigh(&mut ledger, each, arguments.correct)?;
    if !arguments.correct && !weighed.changes.is_empty() {
        return Err(Failure::Input(refused(&weighed.changes, refusal)));
    }
    if arguments.dry_run {
        return Ok(weighed);
    }
    let mut swaps: HashMap<String, Option<Draft>> = HashMap::new();
    let count = settled.len() as u64;
    swaps.extend(settled.into_iter().map(|key| (key, None)));
    let corrected = weighed.changes.iter();
    swaps.extend(corrected.map(|change| (change.key.clone(), Some(change.draft.clone()))));
    let brought =
        append(&mut ledger, each, &swaps).map_err(|error| ledger_file::failure(&error))?;
    Ok(Brought { known: brought.known + count, changes: weighed.changes, ..brought })
}

/// Appends all drafts, some of them exchanged for others or left out.
fn append(
    ledger: &mut AnyLedger,
    each: &Each<'_>,
    swaps: &HashMap<String, Option<Draft>>,
) -> Result<Brought, LedgerError> {
    let tally = ledger.append_each(
        &mut |add| {
            let mut done = Ok(());
            each(&mut |_, draft| {
                done = match swaps.get(&draft.key) {
                    None => add(&draft),
                    Some(Some(other)) => add(other),
                    Some(None) => Ok(()),
                };
                done.is_ok()
            });
            done
        },
        &mut WallClock,
    )?;
    Ok(Brought { added: tally.added, known: tally.known, changes: Vec::new() })
}

/// Says of all drafts what would become of them, and which of them were corrected before and say the same since.
fn weigh(
    ledger: &mut AnyLedger,
    each: &Each<'_>,
    correct: bool,
) -> Result<(Brought, Vec<String>), Failure> {
    let of_ledger = |error: LedgerError| ledger_file::failure(&error);
    let corrections = ledger.corrections().map_err(of_ledger)?;
    let mut brought = Brought::default();
    let mut others = Vec::new();
    let row_of = Cell::new(0);
    let weighed = ledger.standings(
        &mut |add| {
            let mut done = Ok(());
            each(&mut |row, draft| {
                row_of.set(row);
                done = add(&draft);
                done.is_ok()
            });
            done
        },
        &mut |draft, standing| match standing {
            Standing::New => brought.added += 1,
            Standing::Known(entry) if !(correct && corrections.contains_key(&entry)) => {
                brought.known += 1;
            }
            Standing::Known(entry) | Standing::Another(entry) => {
                others.push((row_of.get(), draft.clone(), entry));
            }
        },
    );
    weighed.map_err(of_ledger)?;
    let mut settled = Vec::new();
    for (row, draft, first) in others {
        let chain = chain(ledger, &corrections, &draft.key, first).map_err(of_ledger)?;
        let latest = match chain.last() {
            Some(latest) => latest.clone(),
            None => ledger.entry(first).map_err(of_ledger)?,
        };
        let differences = differences(&latest, &draft).map_err(of_ledger)?;
        if differences.is_empty() {
            brought.known += 1;
            settled.push(draft.key);
            continue;
        }
        brought.added += 1;
        let key = draft.key.clone();
        let subject = draft.subject.id.clone();
        let draft = correcting(draft, first, &chain);
        let entry = latest.number;
        brought.changes.push(Change { row, subject, entry, differences, draft, key });
    }
    Ok((brought, settled))
}

/// Returns the corrections of an entry that an import made before, in their order.
fn chain(
    ledger: &mut AnyLedger,
    corrections: &BTreeMap<u64, Vec<u64>>,
    key: &str,
    first: u64,
) -> Result<Vec<Entry>, LedgerError> {
    let mut chain = Vec::new();
    for number in corrections.get(&first).into_iter().flatten() {
        let entry = ledger.entry(*number)?;
        if entry.draft.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('~')) {
            chain.push(entry);
        }
    }
    Ok(chain)
}

/// Returns the draft as one that corrects the first entry and all its corrections: one that is itself corrected would
/// correct nothing any more.
fn correcting(mut draft: Draft, first: u64, chain: &[Entry]) -> Draft {
    draft.key.push_str(&format!("~{}", chain.len() + 1));
    let earlier = std::iter::once(first).chain(chain.iter().map(|entry| entry.number));
    draft.relations.extend(earlier.map(|entry| Relation { how: RelationKind::Corrects, entry }));
    draft
}

fn refused(changes: &[Change], refusal: &dyn Fn(&Change) -> Problem) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut row = 0;
    for change in changes {
        // A row may come to several entries.
        if (change.row == 0 || change.row != row) && problems.len() < SHOWN {
            row = change.row;
            problems.push(refusal(change));
        }
    }
    if changes.len() > problems.len()
        && let Some(last) = problems.last_mut()
    {
        let all = thousands(changes.len() as u64);
        last.cause.push_str(&format!(" ({all} entries in all)"));
    }
    problems
}

/// Returns corrections before and after, for people.
pub(super) fn corrections_text(changes: &[Change]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut text = "Corrections\n".to_owned();
    for change in changes.iter().take(SHOWN) {
        let row = if change.row > 0 { format!("row {}, ", change.row) } else { String::new() };
        text.push_str(&format!("  {row}entry {} of {}\n", change.entry, safe(&change.subject)));
        for (path, before, after) in &change.differences {
            text.push_str(&format!("      {path}: `{}` -> `{}`\n", safe(before), safe(after)));
        }
    }
    if changes.len() > SHOWN {
        let more = thousands((changes.len() - SHOWN) as u64);
        text.push_str(&format!("  and {more} more\n"));
    }
    text.push('\n');
    text
}
