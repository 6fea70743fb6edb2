//! Two ledgers to one: what another ledger holds and this one does not is appended, and says where it was recorded first.
//!
//! An entry is known again by the hash that it had where it was recorded first, so that a merge can be repeated, and two
//! ledgers can be merged into each other; else by its key. First all is compared, then all is written or nothing.

use std::collections::HashMap;

use groundwork_model::evidence::{Draft, Relation, RelationKind, TextField};

use crate::body::{Body, json};
use crate::error::{LedgerError, Result};
use crate::hash::{Hash, ZERO};
use crate::ledger::{Chain, Ledger, Moment, fact_of, forget, index_anew, is_in_index};
use crate::sound::{read_row, read_sound};
use crate::store::{Reader, Row, Store, Writer};

/// Says how two ledgers are merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merging {
    /// Whether an entry of the other ledger whose key says something else here is appended under a key of its own. Else
    /// it is a clash, and nothing is written.
    pub apart: bool,
    /// Whether it is only said what would be done.
    pub dry_run: bool,
}

/// Is an entry of the other ledger whose key belongs to an entry here that says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The key.
    pub key: String,
    /// Number of the entry here.
    pub here: u64,
    /// Number of the entry there.
    pub there: u64,
}

/// Is what became of the entries of the other ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Entries that were, or would be, appended.
    pub added: u64,
    /// Entries that were here already.
    pub known: u64,
    /// Entries here of which texts were, or would be, erased, because they were erased there.
    pub erased: u64,
    /// Clashes; where they are not to be appended apart, nothing was written.
    pub clashes: Vec<Clash>,
}

/// Says what is to be done with an entry of the other ledger.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// It is here already, under this number.
    Known(u64),
    /// It is appended under this number, with a key of its own where the last part says so.
    Add(u64, bool),
}

impl Step {
    const fn number(self) -> u64 {
        match self {
            Self::Known(number) | Self::Add(number, _) => number,
        }
    }
}

impl<S: Store> Ledger<S> {
    /// Appends what `from` holds and this ledger does not: entries with their texts and salts, where they were recorded
    /// first, and the documents that they rest on. Texts that were erased there are erased here too.
    ///
    /// # Errors
    ///
    /// Where an entry of either ledger is damaged, the clock was set back, or a store fails.
    pub fn merge<F: Store>(
        &mut self,
        from: &mut Ledger<F>,
        merging: Merging,
        moment: &mut dyn Moment,
    ) -> Result<Merged> {
        let mut merged = Merged::default();
        if merging.dry_run {
            self.store().read(&mut |into| {
                from.store().read(&mut |from| {
                    merged = plan(into, from, merging)?.merged;
                    Ok(())
                })
            })?;
            return Ok(merged);
        }
        self.store().write(&mut |into| {
            from.store().read(&mut |from| {
                let plan = plan(into, from, merging)?;
                merged = plan.merged;
                if merged.clashes.is_empty() || merging.apart {
                    carry_out(into, from, &plan.steps, moment)?;
                }
                Ok(())
            })
        })?;
        Ok(merged)
    }
}

/// Is what is to be done with each entry of the other ledger, in their order.
struct Plan {
    steps: Vec<Step>,
    merged: Merged,
}

fn plan(into: &mut dyn Reader, from: &mut dyn Reader, merging: Merging) -> Result<Plan> {
    let mut known: HashMap<Hash, u64> = HashMap::new();
    let mut keys: HashMap<String, u64> = HashMap::new();
    let mut last = 0;
    let mut previous = ZERO;
    into.rows(1, &mut |row| {
        let (body, _) = read_sound(&row, &previous)?;
        previous = row.hash;
        known.insert(body.first_hash(&row.hash), row.number);
        keys.extend(body.key().map(|key| (key.to_owned(), row.number)));
        last = row.number;
        Ok(())
    })?;
    let (mut steps, mut merged) = (Vec::new(), Merged::default());
    let mut previous = ZERO;
    let mut redactions = Vec::new();
    from.rows(1, &mut |row| {
        let (body, _) = read_sound(&row, &previous)?;
        previous = row.hash;
        let first = body.first_hash(&row.hash);
        let step = if let Some(number) = known.get(&first) {
            Step::Known(*number)
        } else {
            match body.key().and_then(|key| keys.get(key).copied()) {
                Some(number) if says_the_same(into, number, &row, &steps)? => Step::Known(number),
                Some(number) => {
                    let key = body.key().unwrap_or_default().to_owned();
                    merged.clashes.push(Clash { key, here: number, there: row.number });
                    last += 1;
                    Step::Add(last, true)
                }
                None => {
                    last += 1;
                    Step::Add(last, false)
                }
            }
        };
        match step {
            Step::Known(_) => merged.known += 1,
            Step::Add(number, _) => {
                merged.added += 1;
                known.insert(first, number);
                redactions.extend(redacted_by(&body));
            }
        }
        steps.push(step);
        Ok(())
    })?;
    if !merging.apart && !merged.clashes.is_empty() {
        merged.added -= merged.clashes.len() as u64;
    }
    redactions.sort_unstable();
    redactions.dedup();
    for entry in redactions {
        let Some(Step::Known(here)) = step_of(&steps, entry) else { continue };
        merged.erased += u64::from(!still_there(into, from, here, entry)?.is_empty());
    }
    Ok(Plan { steps, merged })
}

/// Returns the entries whose texts an entry erases.
fn redacted_by(body: &Body) -> impl Iterator<Item = u64> {
    let redacts = |relation: &&Relation| relation.how == RelationKind::Redacts;
    body.relations.iter().filter(redacts).map(|relation| relation.entry)
}

fn step_of(steps: &[Step], entry: u64) -> Option<Step> {
    let at = usize::try_from(entry.checked_sub(1)?).ok()?;
    steps.get(at).copied()
}

/// Returns relations with the numbers that their entries have here.
fn tied(relations: &[Relation], steps: &[Step]) -> Result<Vec<Relation>> {
    let tie = |relation: &Relation| {
        let step = step_of(steps, relation.entry);
        let step = step.ok_or(LedgerError::NoSuchEntry(relation.entry))?;
        Ok(Relation { how: relation.how, entry: step.number() })
    };
    relations.iter().map(tie).collect()
}

/// Returns whether an entry here says the same as one of the other ledger; of texts that were erased in one of them
/// nothing is asked.
fn says_the_same(into: &mut dyn Reader, here: u64, there: &Row, steps: &[Step]) -> Result<bool> {
    let row = into.row(here)?.ok_or(LedgerError::NoSuchEntry(here))?;
    let of = |row: &Row| -> Result<(Draft, Vec<TextField>)> {
        let (body, texts) = read_row(row)?;
        let entry = body.into_entry(&texts, &ZERO, &ZERO);
        Ok((entry.draft, entry.erased))
    };
    let ((mut own, gone_here), (mut other, gone_there)) = (of(&row)?, of(there)?);
    other.relations = tied(&other.relations, steps)?;
    for field in gone_here.iter().chain(&gone_there) {
        forget(&mut own.texts, *field);
        forget(&mut other.texts, *field);
    }
    Ok(own == other)
}

/// Returns the texts that were erased of an entry there, and are still here.
fn still_there(
    into: &mut dyn Reader,
    from: &mut dyn Reader,
    here: u64,
    there: u64,
) -> Result<Vec<TextField>> {
    let entry = |reader: &mut dyn Reader, number: u64| {
        let row = reader.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
        let (body, texts) = read_row(&row)?;
        Ok::<_, LedgerError>(body.into_entry(&texts, &ZERO, &ZERO))
    };
    let (own, other) = (entry(into, here)?, entry(from, there)?);
    let gone = other.erased.into_iter().filter(|field| !own.erased.contains(field));
    Ok(gone.collect())
}

fn carry_out(
    into: &mut dyn Writer,
    from: &mut dyn Reader,
    steps: &[Step],
    moment: &mut dyn Moment,
) -> Result<()> {
    from.documents(&mut |document| into.put_document(&document))?;
    let mut chain = Chain::at_head(into, moment, None)?;
    let identity = from.identity()?;
    let mut redactions = Vec::new();
    from.rows(1, &mut |row| {
        let Some(Step::Add(number, apart)) = step_of(steps, row.number) else { return Ok(()) };
        let (body, texts) = read_row(&row)?;
        let (next, recorded_at) = chain.next(moment)?;
        if next != number {
            return Err(LedgerError::Store("others wrote to the ledger meanwhile".to_owned()));
        }
        redactions.extend(redacted_by(&body));
        let key = if apart { Some(own_key(into, &body, &identity)?) } else { None };
        let relations = tied(&body.relations, steps)?;
        let ledger = chain.ledger().to_owned();
        let body = body.moved(&ledger, number, recorded_at, relations, &row.hash, key);
        chain.put(into, &body, &texts)
    })?;
    let mut in_index = false;
    for there in redactions {
        let Some(step) = step_of(steps, there) else { continue };
        let fields = still_there(into, from, step.number(), there)?;
        if fields.is_empty() {
            continue;
        }
        let row = into.row(step.number())?.ok_or(LedgerError::NoSuchEntry(step.number()))?;
        let (body, mut texts) = read_row(&row)?;
        for field in &fields {
            texts.erase(*field);
        }
        let fact = fact_of(into, &body, &texts)?;
        into.erase(row.number, &json(&texts)?, &fact.to_bytes())?;
        in_index |= is_in_index(&fields);
    }
    if in_index { index_anew(into) } else { Ok(()) }
}

/// Returns a key for an entry whose own key says something else here.
fn own_key(into: &mut dyn Reader, body: &Body, ledger: &str) -> Result<String> {
    let key = format!("{}@{ledger}/{}", body.key().unwrap_or_default(), body.number);
    match into.number_of_key(&key)? {
        None => Ok(key),
        Some(entry) => Err(LedgerError::KeyOfAnotherEntry { draft: 0, entry, key }),
    }
}
