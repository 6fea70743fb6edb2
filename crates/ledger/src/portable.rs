//! A ledger as lines of text, an entry a line, with the very bytes that its hash is taken of: it can be sent, read and
//! checked anywhere, whatever store it came from.
//!
//! The first line names the form and the ledger, each other one is an entry in order:
//!
//! ```text
//! {"groundwork_ledger":1,"ledger":"9f3c..."}
//! {"number":1,"body":"{\"ledger\":...","texts":{"source":["salt","text"]},"hash":"b1f0..."}
//! ```
//!
//! Stored documents stay at home: entries name them by their hashes.

use groundwork_model::evidence::Root;
use serde::{Deserialize, Serialize};

use crate::body::{Body, SaltedTexts, json};
use crate::error::{LedgerError, Result};
use crate::hash::{Hash, ZERO, hex, unhex};
use crate::ledger::fact_of;
use crate::sound::{read_sound, root_at};
use crate::store::{Head, Reader, Row, Store};

/// Version of the form.
const FORM: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    groundwork_ledger: u32,
    ledger: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    body: String,
    texts: SaltedTexts,
    hash: String,
}

/// Hands out a ledger line by line, without line ends, and returns its root. What is damaged is refused.
///
/// # Errors
///
/// Where an entry is damaged, the store fails, or what `each` returns.
pub fn write_lines<S: Store>(
    store: &mut S,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Root> {
    let mut root = None;
    store.read(&mut |reader| {
        let ledger = reader.identity()?;
        each(&json(&Title { groundwork_ledger: FORM, ledger: ledger.clone() })?)?;
        let mut previous = ZERO;
        let mut last = None;
        reader.rows(1, &mut |row| {
            let (_, texts) = read_sound(&row, &previous)?;
            previous = row.hash;
            last = Some(Head { number: row.number, recorded_at: row.recorded_at, hash: row.hash });
            each(&json(&Line { number: row.number, body: row.body, texts, hash: hex(&row.hash) })?)
        })?;
        root = Some(root_at(ledger, last));
        Ok(())
    })?;
    root.ok_or_else(|| LedgerError::Store("the ledger cannot be read".to_owned()))
}

/// Returns the identifier of the ledger whose first line this is.
///
/// # Errors
///
/// Where it is none, or of a form that is not known here.
pub fn identity_of_lines(first: &str) -> Result<String> {
    let title: Title = serde_json::from_str(first)
        .map_err(|error| LedgerError::NotALedger(format!("it is no ledger in lines: {error}")))?;
    if title.groundwork_ledger > FORM {
        return Err(LedgerError::TooNew { found: title.groundwork_ledger, known: FORM });
    }
    Ok(title.ledger)
}

/// Reads the lines behind the first into an empty store that was made with the ledger's identifier, and checks each: its
/// place, its hash and those of its texts. All of it is kept, or nothing.
///
/// # Errors
///
/// At the first entry that is not the one that was written ([`LedgerError::Changed`]), or where the store fails.
pub fn read_lines<T: Store>(lines: &mut dyn Iterator<Item = &'_ str>, into: &mut T) -> Result<u64> {
    let mut lines = Some(lines);
    let mut number = 0;
    into.write(&mut |writer| {
        let lines =
            lines.take().ok_or_else(|| LedgerError::Busy("the store is used".to_owned()))?;
        let ledger = writer.identity()?;
        let mut previous = ZERO;
        for line in lines {
            number += 1;
            let changed = || LedgerError::Changed { number };
            let row = row_of(line, number, &ledger).ok_or_else(changed)?;
            let (body, texts) = read_sound(&row, &previous).map_err(|_| changed())?;
            let fact = fact_of(writer, &body, &texts)?;
            previous = row.hash;
            writer.insert(&Row { fact: fact.to_bytes(), bears: fact.bears_on_others(), ..row })?;
        }
        Ok(())
    })?;
    Ok(number)
}

/// Returns the row of a line; none where it is not that of this number and ledger.
fn row_of(line: &str, number: u64, ledger: &str) -> Option<Row> {
    let line: Line = serde_json::from_str(line).ok()?;
    let body = Body::read(&line.body)?;
    if line.number != number || body.number != number || body.ledger() != ledger {
        return None;
    }
    Some(Row {
        number,
        recorded_at: body.recorded_at,
        key: body.key().map(str::to_owned),
        texts: json(&line.texts).ok()?,
        hash: unhex(&line.hash)?,
        body: line.body,
        fact: Vec::new(),
        bears: false,
    })
}

/// Says where two copies of one ledger part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parting {
    /// They are copies of two ledgers.
    OtherLedger,
    /// The first entry that one has and the other has otherwise, or not at all.
    At(u64),
}

/// Returns where two copies of one ledger part; none where one continues the other or both are alike.
///
/// # Errors
///
/// Where a store fails.
pub fn parting<A: Store, B: Store>(one: &mut A, other: &mut B) -> Result<Option<Parting>> {
    let mut found = None;
    one.read(&mut |one| {
        other.read(&mut |other| {
            if one.identity()? != other.identity()? {
                found = Some(Parting::OtherLedger);
                return Ok(());
            }
            found = first_unlike(one, other)?.map(Parting::At);
            Ok(())
        })
    })?;
    Ok(found)
}

/// Returns the first number at which hashes differ, among those that both have.
fn first_unlike(one: &mut dyn Reader, other: &mut dyn Reader) -> Result<Option<u64>> {
    let length = |head: Option<Head>| head.map_or(0, |head| head.number);
    let common = length(one.head()?).min(length(other.head()?));
    let hash = |reader: &mut dyn Reader, number: u64| -> Result<Option<Hash>> {
        Ok(reader.row(number)?.map(|row| row.hash))
    };
    // Each hash holds all before it, so that the first difference can be searched for by halves.
    let (mut alike, mut unlike) = (0, common + 1);
    while alike + 1 < unlike {
        let middle = alike + (unlike - alike) / 2;
        if hash(one, middle)? == hash(other, middle)? {
            alike = middle;
        } else {
            unlike = middle;
        }
    }
    Ok((unlike <= common).then_some(unlike))
}
