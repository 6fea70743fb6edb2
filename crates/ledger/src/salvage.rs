//! What can be read of a damaged ledger, copied into a new one.

use crate::error::Result;
use crate::hash::{ZERO, hash_of};
use crate::ledger::fact_of;
use crate::sound::read_sound;
use crate::store::{Row, Store, Writer};

/// Says what was copied of a damaged ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvage {
    /// Entries that were copied: all before the first that is damaged.
    pub entries: u64,
    /// What ended it: the damage at the entry behind them; none where the ledger simply ends there.
    pub damage: Option<String>,
    /// Documents that were copied.
    pub documents: u64,
    /// Documents that are not the ones that were stored; they were left out.
    pub changed_documents: u64,
}

/// Copies all entries before the first damaged one into an empty store that was made with the same identifier, byte for
/// byte, with an index made anew. Nothing of the damaged ledger is touched.
///
/// An entry behind a damaged one is not copied: its place in the chain can no longer be shown.
///
/// # Errors
///
/// Where the damaged ledger cannot be read at all, or the new one cannot be written.
pub fn salvage<S: Store, T: Store>(from: &mut S, into: &mut T) -> Result<Salvage> {
    copy(from, into, false)
}

/// Copies a whole ledger into an empty store that was made with the same identifier, byte for byte, or nothing of it.
///
/// # Errors
///
/// Where anything of the ledger is damaged, or the new one cannot be written.
pub fn copy_whole<S: Store, T: Store>(from: &mut S, into: &mut T) -> Result<()> {
    copy(from, into, true).map(drop)
}

fn copy<S: Store, T: Store>(from: &mut S, into: &mut T, whole: bool) -> Result<Salvage> {
    let mut done = Salvage::default();
    into.write(&mut |writer| {
        done = Salvage::default();
        let mut failure = None;
        let read = from.read(&mut |reader| {
            let mut previous = ZERO;
            reader.rows(1, &mut |row| {
                if row.number != done.entries + 1 {
                    let cause = format!("entry {} is missing", done.entries + 1);
                    return Err(crate::LedgerError::Store(cause));
                }
                let sound = read_sound(&row, &previous)?;
                previous = row.hash;
                if let Err(error) = put(writer, &row, &sound) {
                    failure = Some(error);
                    return Err(crate::LedgerError::NoSuchEntry(row.number));
                }
                done.entries += 1;
                Ok(())
            })
        });
        if let Some(error) = failure {
            return Err(error);
        }
        done.damage = read.err().map(|error| error.to_string());
        let mut failure = None;
        let documents = from.read(&mut |reader| {
            reader.documents(&mut |document| {
                let sound =
                    document.bytes.as_ref().is_none_or(|bytes| hash_of(&[bytes]) == document.hash);
                if !sound {
                    done.changed_documents += 1;
                    return Ok(());
                }
                if let Err(error) = writer.put_document(&document) {
                    failure = Some(error);
                    return Err(crate::LedgerError::Store("a document was not copied".to_owned()));
                }
                done.documents += 1;
                Ok(())
            })
        });
        failure.map_or(Ok(()), Err)?;
        if let (Err(error), None) = (documents, &done.damage) {
            done.damage = Some(error.to_string());
        }
        let damage = match done.changed_documents {
            0 => done.damage.clone(),
            _ => Some("a document is another one than was stored".to_owned()),
        };
        match damage.filter(|_| whole) {
            Some(damage) => {
                Err(crate::LedgerError::Store(format!("the copy would not be whole: {damage}")))
            }
            None => Ok(()),
        }
    })?;
    Ok(done)
}

fn put(
    writer: &mut dyn Writer,
    row: &Row,
    (body, texts): &(crate::body::Body, crate::body::SaltedTexts),
) -> Result<()> {
    let fact = fact_of(writer, body, texts)?;
    writer.insert(&Row { fact: fact.to_bytes(), bears: fact.bears_on_others(), ..row.clone() })
}
