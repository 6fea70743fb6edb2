//! What every store of a ledger can do. The meaning lies in [`crate::Ledger`]; a store keeps rows.

use groundwork_model::evidence::Subject;

use crate::error::Result;
use crate::hash::Hash;

/// Is an entry as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Number, from 1 on, without gaps.
    pub number: u64,
    /// When it was recorded: microseconds since the first of January 1970 (UTC).
    pub recorded_at: i64,
    /// Key by which the draft is known again; none where it has none.
    pub key: Option<String>,
    /// What the hash is taken of, byte for byte (JSON).
    pub body: String,
    /// The texts that can be erased, with their salts (JSON).
    pub texts: String,
    /// Hash of this entry and all before it.
    pub hash: Hash,
    /// The entry in few bytes, for snapshots; made from the body ([`crate::Fact`]).
    pub fact: Vec<u8>,
    /// Whether other entries mean something else because of it ([`crate::Fact::bears_on_others`]).
    pub bears: bool,
}

/// Is the last entry of a ledger, as far as the next one needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// When it was recorded: microseconds since the first of January 1970 (UTC).
    pub recorded_at: i64,
    /// Its hash.
    pub hash: Hash,
}

/// Is a stored document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// What it is, such as `text/html`.
    pub media_type: String,
    /// The bytes; none once they were erased.
    pub bytes: Option<Vec<u8>>,
}

/// Reads from one consistent state of the ledger.
pub trait Reader {
    /// Returns the identifier that the ledger got when it was made.
    ///
    /// # Errors
    ///
    /// Where the store fails; so for every method of this trait.
    fn identity(&mut self) -> Result<String>;
    /// Returns the last entry; none in an empty ledger.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn head(&mut self) -> Result<Option<Head>>;
    /// Returns an entry; none where there is no such number.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn row(&mut self, number: u64) -> Result<Option<Row>>;
    /// Hands out all entries from a number on, in order.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `each` returns.
    fn rows(&mut self, from: u64, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()>;
    /// Hands out the facts of all entries, or of those that bear on others, in order.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `each` returns.
    fn facts(
        &mut self,
        bearing: bool,
        each: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()>;
    /// Returns the fact of one entry.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn fact(&mut self, number: u64) -> Result<Option<Vec<u8>>>;
    /// Returns all subjects; that of number n stands at n - 1.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn subjects(&mut self) -> Result<Vec<Subject>>;
    /// Returns all sources; that of number n stands at n - 1.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn sources(&mut self) -> Result<Vec<String>>;
    /// Returns the number of the entry that has a key.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn number_of_key(&mut self, key: &str) -> Result<Option<u64>>;
    /// Returns a stored document.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn document(&mut self, hash: &Hash) -> Result<Option<StoredDocument>>;
    /// Hands out all stored documents, in the order of their hashes.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `each` returns.
    fn documents(&mut self, each: &mut dyn FnMut(StoredDocument) -> Result<()>) -> Result<()>;
    /// Returns what the store itself finds wrong with its files; empty where nothing is.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn integrity(&mut self) -> Result<Vec<String>>;
}

/// Changes the ledger inside one transaction: all of it or nothing.
pub trait Writer: Reader {
    /// Says which keys will be asked for next, those of a batch or of a part of it, so that a store far away can ask for all of them at
    /// once.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn foresee(&mut self, _keys: &[&str]) -> Result<()> {
        Ok(())
    }
    /// Returns the number of a subject, and keeps it where it is new.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn subject(&mut self, subject: &Subject) -> Result<u32>;
    /// Returns the number of a source, and keeps it where it is new.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn source(&mut self, source: &str) -> Result<u32>;
    /// Adds an entry behind the last one.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn insert(&mut self, row: &Row) -> Result<()>;
    /// Puts other texts and another fact to an entry; for erasing, nothing else.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn erase(&mut self, number: u64, texts: &str, fact: &[u8]) -> Result<()>;
    /// Keeps a document; one that is there already stays as it is.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn put_document(&mut self, document: &StoredDocument) -> Result<()>;
    /// Erases the bytes of a document; its hash stays.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn erase_document(&mut self, hash: &Hash) -> Result<()>;
    /// Forgets all facts, subjects and sources, to make them anew from the entries.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn clear_index(&mut self) -> Result<()>;
    /// Puts the fact of an entry back.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    fn put_fact(&mut self, number: u64, fact: &[u8], bears: bool) -> Result<()>;
}

/// Is what is done in one transaction.
pub type Act<'a> = dyn FnMut(&mut dyn Writer) -> Result<()> + 'a;

/// Is what is read from one state.
pub type Look<'a> = dyn FnMut(&mut dyn Reader) -> Result<()> + 'a;

/// Keeps a ledger.
pub trait Store {
    /// Reads from one consistent state, whatever others write meanwhile.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `look` returns.
    fn read(&mut self, look: &mut Look<'_>) -> Result<()>;
    /// Runs `act` with nobody else writing, and keeps all that it did once it returns; nothing where it fails. What is
    /// kept survives a crash of the process and of the machine. Where others are in the way `act` may run again, on a
    /// later state; what it did before is then forgotten.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `act` returns.
    fn write(&mut self, act: &mut Act<'_>) -> Result<()>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn read(&mut self, look: &mut Look<'_>) -> Result<()> {
        (**self).read(look)
    }

    fn write(&mut self, act: &mut Act<'_>) -> Result<()> {
        (**self).write(act)
    }
}
