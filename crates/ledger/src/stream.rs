//! Batches that are handed over draft by draft, so that a million of them need not lie in memory together.

use groundwork_model::evidence::Draft;

use crate::error::{LedgerError, Result};
use crate::ledger::{Chain, Ledger, Moment, foresee, known, resolve};
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
