//! A ledger in memory: the plainest store, which the others are compared with.

use std::collections::BTreeMap;

use groundwork_model::evidence::Subject;

use crate::error::{LedgerError, Result};
use crate::hash::Hash;
use crate::store::{Act, Head, Look, Reader, Row, Store, StoredDocument, Writer};

/// Keeps a ledger in memory.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    identity: String,
    rows: Vec<Row>,
    facts: BTreeMap<u64, (Vec<u8>, bool)>,
    subjects: Vec<Subject>,
    sources: Vec<String>,
    documents: BTreeMap<Hash, StoredDocument>,
}

impl MemoryStore {
    /// Returns an empty ledger of that identifier.
    #[must_use]
    pub fn new(identity: impl Into<String>) -> Self {
        Self {
            identity: identity.into(),
            rows: Vec::new(),
            facts: BTreeMap::new(),
            subjects: Vec::new(),
            sources: Vec::new(),
            documents: BTreeMap::new(),
        }
    }

    fn at(number: u64) -> Option<usize> {
        usize::try_from(number).ok()?.checked_sub(1)
    }

    /// Returns a row as the index has it now: it may have been made anew since the row was put in.
    fn with_fact(&self, row: &Row) -> Row {
        let (fact, bears) = self.facts.get(&row.number).cloned().unwrap_or_default();
        Row { fact, bears, ..row.clone() }
    }
}

impl Store for MemoryStore {
    fn read(&mut self, look: &mut Look<'_>) -> Result<()> {
        look(self)
    }

    fn write(&mut self, act: &mut Act<'_>) -> Result<()> {
        let before = self.clone();
        let done = act(self);
        if done.is_err() {
            *self = before;
        }
        done
    }
}

impl Reader for MemoryStore {
    fn identity(&mut self) -> Result<String> {
        Ok(self.identity.clone())
    }

    fn head(&mut self) -> Result<Option<Head>> {
        let head =
            |row: &Row| Head { number: row.number, recorded_at: row.recorded_at, hash: row.hash };
        Ok(self.rows.last().map(head))
    }

    fn row(&mut self, number: u64) -> Result<Option<Row>> {
        Ok(Self::at(number).and_then(|at| self.rows.get(at)).map(|row| self.with_fact(row)))
    }

    fn rows(&mut self, from: u64, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let from = Self::at(from).unwrap_or(0);
        self.rows.iter().skip(from).try_for_each(|row| each(self.with_fact(row)))
    }

    fn facts(
        &mut self,
        bearing: bool,
        each: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let chosen = self.facts.iter().filter(|(_, (_, bears))| *bears || !bearing);
        chosen.into_iter().try_for_each(|(number, (fact, _))| each(*number, fact))
    }

    fn fact(&mut self, number: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.facts.get(&number).map(|(fact, _)| fact.clone()))
    }

    fn subjects(&mut self) -> Result<Vec<Subject>> {
        Ok(self.subjects.clone())
    }

    fn sources(&mut self) -> Result<Vec<String>> {
        Ok(self.sources.clone())
    }

    fn number_of_key(&mut self, key: &str) -> Result<Option<u64>> {
        let found = self.rows.iter().find(|row| row.key.as_deref() == Some(key));
        Ok(found.map(|row| row.number))
    }

    fn document(&mut self, hash: &Hash) -> Result<Option<StoredDocument>> {
        Ok(self.documents.get(hash).cloned())
    }

    fn documents(&mut self, each: &mut dyn FnMut(StoredDocument) -> Result<()>) -> Result<()> {
        self.documents.values().try_for_each(|document| each(document.clone()))
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Returns the number of an item in a list, behind which it is put where it is new.
fn numbered<T: Clone + PartialEq>(items: &mut Vec<T>, item: &T) -> Result<u32> {
    let at = items.iter().position(|kept| kept == item).unwrap_or_else(|| {
        items.push(item.clone());
        items.len() - 1
    });
    u32::try_from(at + 1).map_err(|_| LedgerError::Store("too many subjects or sources".to_owned()))
}

impl Writer for MemoryStore {
    fn subject(&mut self, subject: &Subject) -> Result<u32> {
        numbered(&mut self.subjects, subject)
    }

    fn source(&mut self, source: &str) -> Result<u32> {
        numbered(&mut self.sources, &source.to_owned())
    }

    fn insert(&mut self, row: &Row) -> Result<()> {
        self.facts.insert(row.number, (row.fact.clone(), row.bears));
        self.rows.push(row.clone());
        Ok(())
    }

    fn erase(&mut self, number: u64, texts: &str, fact: &[u8]) -> Result<()> {
        let row = Self::at(number).and_then(|at| self.rows.get_mut(at));
        let row = row.ok_or(LedgerError::NoSuchEntry(number))?;
        texts.clone_into(&mut row.texts);
        fact.clone_into(&mut row.fact);
        self.facts.insert(number, (fact.to_vec(), row.bears));
        Ok(())
    }

    fn put_document(&mut self, document: &StoredDocument) -> Result<()> {
        self.documents.entry(document.hash).or_insert_with(|| document.clone());
        Ok(())
    }

    fn erase_document(&mut self, hash: &Hash) -> Result<()> {
        if let Some(document) = self.documents.get_mut(hash) {
            document.bytes = None;
        }
        Ok(())
    }

    fn clear_index(&mut self) -> Result<()> {
        self.facts.clear();
        self.subjects.clear();
        self.sources.clear();
        Ok(())
    }

    fn put_fact(&mut self, number: u64, fact: &[u8], bears: bool) -> Result<()> {
        self.facts.insert(number, (fact.to_vec(), bears));
        Ok(())
    }
}
