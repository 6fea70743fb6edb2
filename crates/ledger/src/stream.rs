//! Batches that are handed over draft by draft, so that a million of them need not lie in memory together.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::evidence::{Draft, Entry, RelationKind};
use serde_json::Value;

use crate::error::{LedgerError, Result};
use crate::fact::Fact;
use crate::ledger::{Chain, Ledger, Moment, foresee, forget, known, resolve};
use crate::sound::unreadable;
use crate::store::{Reader, Store};

/// Drafts that are added together.
const TOGETHER: usize = 1000;

/// Hands drafts over, one after the other; it may be called more than once and gives the same drafts then.
pub type Feed<'a> = dyn FnMut(&mut dyn FnMut(&Draft) -> Result<()>) -> Result<()> + 'a;

/// Says what became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries that were added.
    pub added: u64,
    /// Drafts whose entry was there already.
    pub known: u64,
    /// Number of the last entry of the ledger.
    pub last: u64,
}

/// Says what would become of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It would become an entry.
    New,
    /// It is this entry already.
    Known(u64),
    /// Its key belongs to this entry, which says something else: it would be refused.
    Another(u64),
}

impl<S: Store> Ledger<S> {
    /// Appends a batch that is handed over draft by draft: all of it or nothing, as [`append`](Self::append).
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append), and what `feed` returns.
    pub fn append_each(&mut self, feed: &mut Feed<'_>, moment: &mut dyn Moment) -> Result<Tally> {
        let mut tally = Tally::default();
        self.store().write(&mut |writer| {
            tally = Tally::default();
            let mut chain = Chain::at_head(writer, moment, None)?;
            let mut at = 0;
            let mut add = |drafts: &mut Vec<Draft>| {
                foresee(writer, drafts)?;
                for draft in drafts.drain(..) {
                    at += 1;
                    let receipt = chain.add(writer, &draft, at, moment)?;
                    if receipt.added {
                        tally.added += 1;
                    } else {
                        tally.known += 1;
                    }
                }
                Ok(())
            };
            let mut waiting = Vec::new();
            feed(&mut |draft| {
                waiting.push(draft.clone());
                if waiting.len() < TOGETHER { Ok(()) } else { add(&mut waiting) }
            })?;
            add(&mut waiting)?;
            tally.last = chain.last();
            Ok(())
        })?;
        Ok(tally)
    }

    /// Says of each draft of a batch what would become of it, and appends nothing.
    ///
    /// # Errors
    ///
    /// Where the store fails, and what `feed` returns.
    pub fn standings(
        &mut self,
        feed: &mut Feed<'_>,
        each: &mut dyn FnMut(&Draft, Standing),
    ) -> Result<()> {
        self.store().read(&mut |reader| {
            feed(&mut |draft| {
                each(draft, standing(reader, draft)?);
                Ok(())
            })
        })
    }
}

impl<S: Store> Ledger<S> {
    /// Returns the entries that correct another one, by its number, in order.
    ///
    /// # Errors
    ///
    /// Where the store fails, or the index is damaged.
    pub fn corrections(&mut self) -> Result<BTreeMap<u64, Vec<u64>>> {
        let mut found: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        self.store().read(&mut |reader| {
            found.clear();
            reader.facts(true, &mut |number, bytes| {
                let fact = Fact::from_bytes(bytes).ok_or_else(|| unreadable(number))?;
                let corrects = |how: &RelationKind| *how == RelationKind::Corrects;
                for (_, entry) in fact.relations.iter().filter(|(how, _)| corrects(how)) {
                    found.entry(*entry).or_default().push(number);
                }
                Ok(())
            })
        })?;
        Ok(found)
    }
}

/// Returns what in which an entry and a draft differ: the path of each part with both. Their keys and relations are
/// left out, and texts that were erased of the entry.
///
/// # Errors
///
/// Where one of them cannot be written as JSON.
pub fn differences(entry: &Entry, draft: &Draft) -> Result<Vec<(String, String, String)>> {
    let plain = |draft: &Draft| {
        let mut draft = draft.clone();
        draft.key.clear();
        draft.relations.clear();
        draft.related_keys.clear();
        entry.erased.iter().for_each(|field| forget(&mut draft.texts, *field));
        let unfit = |cause: serde_json::Error| LedgerError::Store(cause.to_string());
        serde_json::to_value(&draft).map_err(unfit)
    };
    let (before, after) = (plain(&entry.draft)?, plain(draft)?);
    let mut found = Vec::new();
    compare(&before, &after, "", &mut found);
    Ok(found)
}

fn compare(before: &Value, after: &Value, path: &str, found: &mut Vec<(String, String, String)>) {
    if before == after {
        return;
    }
    let map = |value: &Value| value.as_object().cloned();
    let (old, new) = (map(before), map(after));
    if old.is_none() && new.is_none() {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        found.push((path.to_owned(), text(before), text(after)));
        return;
    }
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        compare(&of(&old), &of(&new), &path, found);
    }
}

fn standing(reader: &mut dyn Reader, draft: &Draft) -> Result<Standing> {
    if draft.key.is_empty() || reader.number_of_key(&draft.key)?.is_none() {
        return Ok(Standing::New);
    }
    let found = resolve(reader, draft, 1).and_then(|draft| known(reader, &draft, 1));
    match found {
        Ok(Some(number)) => Ok(Standing::Known(number)),
        Ok(None) => Ok(Standing::New),
        Err(LedgerError::KeyOfAnotherEntry { entry, .. }) => Ok(Standing::Another(entry)),
        // It relates to a draft that is new itself: the entry that is there relates to none such.
        Err(LedgerError::DraftUnsound { .. }) => {
            Ok(Standing::Another(reader.number_of_key(&draft.key)?.unwrap_or_default()))
        }
        Err(error) => Err(error),
    }
}
