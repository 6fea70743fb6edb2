//! The entries of some predicates that count as of a pair of times, with all that they say.
//!
//! A snapshot keeps what grows with facilities alone. Dates of meetings, answers of inspections and what was delivered
//! need the entries themselves; they are asked for by themselves, so that a snapshot does not carry them.

use groundwork_model::evidence::{Counted, Subject, Times, day_number, day_of};

use crate::error::{LedgerError, Result};
use crate::fact::Fact;
use crate::hash::ZERO;
use crate::ledger::Ledger;
use crate::snapshot::{Census, Ties, known};
use crate::sound::{index_damaged, sound_entry, sound_root, unreadable};
use crate::store::{Reader, Store};

impl<S: Store> Ledger<S> {
    /// Returns the entries that count as of `times` and are wanted, in the order of the ledger. Those that others had
    /// corrected or taken back do not count.
    ///
    /// The cost grows with the number of entries, memory with that of the wanted ones.
    ///
    /// # Errors
    ///
    /// Where the store fails, or the index or a wanted entry is damaged.
    pub fn selected(
        &mut self,
        times: Times,
        wanted: &dyn Fn(&Fact, &Subject) -> bool,
    ) -> Result<Vec<Counted>> {
        let origins = self.origins.clone();
        let mut selected = Vec::new();
        self.store().read(&mut |reader| {
            let root = sound_root(reader)?;
            let found = numbers(reader, root.entries, &times, wanted)?;
            selected.reserve(found.len());
            for (number, day, ended) in found {
                let row = reader.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
                let before = if number > 1 { reader.row(number - 1)? } else { None };
                let entry = sound_entry(&row, &before.map_or(ZERO, |row| row.hash))?;
                let texts = &entry.draft.texts;
                // Who an entry is attributed to, or else who publishes it.
                let publisher =
                    if texts.attribution.is_empty() { texts.source.as_str() } else { "" };
                let theirs =
                    origins.of_programme(&origins.identities(publisher, &texts.attribution));
                let ended = ended.map(day_of);
                selected.push(Counted { entry, day: day_of(day), ended, theirs });
            }
            Ok(())
        })?;
        Ok(selected)
    }
}

/// Returns the numbers of the wanted entries, each with its day and the day of its end; `entries` is how many there are
/// of all.
fn numbers(
    reader: &mut dyn Reader,
    entries: u64,
    times: &Times,
    wanted: &dyn Fn(&Fact, &Subject) -> bool,
) -> Result<Vec<(u64, i32, Option<i32>)>> {
    let as_of = day_number(times.as_of);
    let ties = Ties::read(reader, times)?;
    let (subjects, sources) = (reader.subjects()?, reader.sources()?);
    let mut census = Census::new(&subjects, &sources);
    let mut found = Vec::new();
    reader.facts(false, &mut |number, bytes| {
        let fact = Fact::from_bytes(bytes).ok_or_else(|| unreadable(number))?;
        census.take(number, &fact)?;
        if fact.day() > as_of || !known(&fact, times) || ties.withdrawn.contains(&number) {
            return Ok(());
        }
        let subject = (fact.subject as usize).checked_sub(1).and_then(|at| subjects.get(at));
        let subject = subject.ok_or_else(|| index_damaged(number))?;
        if wanted(&fact, subject) {
            let ended = ties.ended.get(&number).copied().filter(|day| *day <= as_of);
            found.push((number, fact.day(), ended));
        }
        Ok(())
    })?;
    census.finish(entries, ties.bearing)?;
    Ok(found)
}
