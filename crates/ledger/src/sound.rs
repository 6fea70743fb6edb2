//! Reads rows, and refuses those that are damaged: what a file does not hold as it was written is no entry.

use groundwork_model::evidence::{Entry, Root};

use crate::body::{Body, SaltedTexts, chained};
use crate::error::{LedgerError, Result};
use crate::hash::{Hash, ZERO, hex};
use crate::store::{Head, Reader, Row};

/// Returns the error of an entry that is damaged.
pub(crate) fn unreadable(number: u64) -> LedgerError {
    LedgerError::Store(format!(
        "entry {number} cannot be read: the file is damaged (`groundwork ledger verify` says how far)"
    ))
}

/// Returns the error of an index that does not say what the entries say.
pub(crate) fn index_damaged(number: u64) -> LedgerError {
    LedgerError::Store(format!(
        "the index is damaged at entry {number} (`groundwork ledger verify` says how far, `recover` makes it anew)"
    ))
}

/// Reads what a row holds.
pub(crate) fn read_row(row: &Row) -> Result<(Body, SaltedTexts)> {
    let body = Body::read(&row.body).filter(|body| body.number == row.number);
    let texts = SaltedTexts::read(&row.texts);
    body.zip(texts).ok_or_else(|| unreadable(row.number))
}

/// Returns the entry of a row, `previous` being the hash of the one before it.
pub(crate) fn entry_of(row: &Row, previous: &Hash) -> Result<Entry> {
    let (body, texts) = read_row(row)?;
    Ok(body.into_entry(&texts, previous, &row.hash))
}

/// Reads what a row holds, once its hash and those of its texts are found right.
pub(crate) fn read_sound(row: &Row, previous: &Hash) -> Result<(Body, SaltedTexts)> {
    let (body, texts) = read_row(row)?;
    let (changed, _) = body.texts_amiss(&texts);
    if chained(previous, &row.body) != row.hash || !changed.is_empty() {
        return Err(unreadable(row.number));
    }
    Ok((body, texts))
}

/// Returns the entry of a row, once its hash and those of its texts are found right.
pub(crate) fn sound_entry(row: &Row, previous: &Hash) -> Result<Entry> {
    let (body, texts) = read_sound(row, previous)?;
    Ok(body.into_entry(&texts, previous, &row.hash))
}

/// Returns the last entry, once its hash is found to be that of its content and the index ends with it too: nothing is
/// put behind a damaged one, and no root is published of it.
pub(crate) fn sound_head<R: Reader + ?Sized>(
    reader: &mut R,
    identity: &str,
) -> Result<Option<Head>> {
    let Some(head) = reader.head()? else {
        return if reader.fact(1)?.is_none() { Ok(None) } else { Err(unreadable(1)) };
    };
    let damaged = || unreadable(head.number);
    let before = head.number.checked_sub(1).ok_or_else(damaged)?;
    let previous = match before {
        0 => ZERO,
        before => reader.row(before)?.ok_or_else(|| unreadable(before))?.hash,
    };
    let row = reader.row(head.number)?.ok_or_else(damaged)?;
    let body = Body::read(&row.body).ok_or_else(damaged)?;
    let sound = chained(&previous, &row.body) == head.hash
        && (body.number, body.recorded_at) == (head.number, head.recorded_at)
        && body.ledger() == identity;
    let next = head.number.saturating_add(1);
    let indexed = reader.fact(head.number)?.is_some() && reader.fact(next)?.is_none();
    match (sound, indexed) {
        (true, true) => Ok(Some(head)),
        (true, false) => Err(index_damaged(head.number)),
        _ => Err(damaged()),
    }
}

/// Returns the root of the state that a reader sees, once its last entry is found sound.
pub(crate) fn sound_root(reader: &mut dyn Reader) -> Result<Root> {
    let identity = reader.identity()?;
    let head = sound_head(reader, &identity)?;
    Ok(root_at(identity, head))
}

/// Returns the root that a head stands for.
pub(crate) fn root_at(ledger: String, head: Option<Head>) -> Root {
    let head = head.unwrap_or(Head { number: 0, recorded_at: 0, hash: ZERO });
    Root { ledger, entries: head.number, recorded_at: head.recorded_at, hash: hex(&head.hash) }
}
