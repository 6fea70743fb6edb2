//! What is read and changed inside one transaction.
//!
//! The server is far away: entries are sent together, up to a limit, and so are questions that are known beforehand.

use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::Subject;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Row as SqlRow, Statement};

use super::{PostgresStore, schema};
use crate::body::json;
use crate::error::{LedgerError, Result};
use crate::hash::{Hash, hash_of};
use crate::store::{Head, Reader, Row, StoredDocument, Writer};

/// Entries that are sent together.
const MOST_ROWS: usize = 1000;
/// Bytes of entries from which on they are sent.
const MOST_BYTES: usize = 1 << 22;
/// Drafts that come together from which on all subjects are asked for at once.
const LONG: usize = 1000;

const ROW: &str = "SELECT e.number, e.recorded_at, e.key, e.body, e.texts, e.hash, f.fact, f.bears \
    FROM {}.entries e LEFT JOIN {}.facts f ON f.number = e.number WHERE e.number = $1";
const ROWS: &str = "SELECT e.number, e.recorded_at, e.key, e.body, e.texts, e.hash, f.fact, f.bears \
    FROM {}.entries e LEFT JOIN {}.facts f ON f.number = e.number WHERE e.number >= $1 ORDER BY e.number";
/// Returns the number of a subject, which is the next one where it is new; `NUMBER_OF_SOURCE` that of a source.
const NUMBER_OF_SUBJECT: &str = "WITH found AS (SELECT number FROM {}.subjects WHERE mark = $1), \
    added AS (INSERT INTO {}.subjects (number, mark, subject) \
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM {}.subjects), $1, $2 \
        WHERE NOT EXISTS (SELECT FROM found) RETURNING number) \
    SELECT number FROM found UNION ALL SELECT number FROM added";
const NUMBER_OF_SOURCE: &str = "WITH found AS (SELECT number FROM {}.sources WHERE mark = $1), \
    added AS (INSERT INTO {}.sources (number, mark, source) \
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM {}.sources), $1, $2 \
        WHERE NOT EXISTS (SELECT FROM found) RETURNING number) \
    SELECT number FROM found UNION ALL SELECT number FROM added";

/// Is a running transaction.
pub(super) struct Inside<'a> {
    store: &'a mut PostgresStore,
    /// Numbers of subjects and sources that this transaction has met.
    subjects: HashMap<Subject, u32>,
    sources: HashMap<String, u32>,
    /// Whether all subjects were asked for.
    met_all: bool,
    pending: Pending,
    /// Keys that no entry had when they were asked for all at once.
    free: HashSet<String>,
    /// The document that was asked for last.
    document: Option<StoredDocument>,
    /// The entry that was put in last.
    last: Option<(u64, Hash)>,
}

/// Holds what was put in and not sent yet. All numbers are rising.
#[derive(Default)]
struct Pending {
    rows: Vec<Row>,
    keys: HashMap<String, u64>,
    facts: Vec<(i64, Vec<u8>, bool)>,
    bytes: usize,
}

impl Pending {
    /// Says whether something of an entry is waiting to be sent.
    fn touches(&self, number: i64) -> bool {
        // Each row that waits has its fact waiting too.
        let first = self.facts.first().map_or(i64::MAX, |fact| fact.0);
        let last = self.facts.last().map_or(i64::MIN, |fact| fact.0);
        (first..=last).contains(&number)
    }

    fn is_full(&self) -> bool {
        self.facts.len() >= MOST_ROWS || self.bytes >= MOST_BYTES
    }
}

/// Returns a number as PostgreSQL keeps it.
fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| LedgerError::Store("a number is too large".to_owned()))
}

/// Returns a number of an entry, of which PostgreSQL keeps a sign.
fn unsigned(row: &SqlRow, column: usize) -> Result<u64> {
    Ok(row.try_get::<_, i64>(column)?.cast_unsigned())
}

/// Returns by what a text is found.
fn mark(text: &str) -> Hash {
    hash_of(&[text.as_bytes()])
}

fn hash_in(row: &SqlRow, column: usize) -> Result<Hash> {
    let bytes: &[u8] = row.try_get(column)?;
    let damaged = |_| LedgerError::Store(format!("a hash has {} bytes, not 32", bytes.len()));
    bytes.try_into().map_err(damaged)
}

fn row_in(row: &SqlRow) -> Result<Row> {
    Ok(Row {
        number: unsigned(row, 0)?,
        recorded_at: row.try_get(1)?,
        key: row.try_get(2)?,
        body: row.try_get(3)?,
        texts: row.try_get(4)?,
        hash: hash_in(row, 5)?,
        fact: row.try_get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
        bears: row.try_get::<_, Option<bool>>(7)?.unwrap_or_default(),
    })
}

fn document_in(row: &SqlRow) -> Result<StoredDocument> {
    Ok(StoredDocument {
        hash: hash_in(row, 0)?,
        media_type: row.try_get(1)?,
        bytes: row.try_get(2)?,
    })
}

impl<'a> Inside<'a> {
    pub(super) fn new(store: &'a mut PostgresStore) -> Self {
        Self {
            store,
            subjects: HashMap::new(),
            sources: HashMap::new(),
            met_all: false,
            pending: Pending::default(),
            free: HashSet::new(),
            document: None,
            last: None,
        }
    }

    /// Sends what is waiting, and returns the entry that was put in last.
    pub(super) fn finish(mut self) -> Result<Option<(u64, Hash)>> {
        self.send()?;
        Ok(self.last)
    }

    fn statement(&mut self, text: &'static str) -> Result<Statement> {
        if let Some(prepared) = self.store.prepared.get(text) {
            return Ok(prepared.clone());
        }
        let whole = schema::of(&self.store.address.schema, text);
        let prepared = self.store.client.prepare(&whole)?;
        self.store.prepared.insert(text, prepared.clone());
        Ok(prepared)
    }

    fn one(&mut self, text: &'static str, with: &[&(dyn ToSql + Sync)]) -> Result<Option<SqlRow>> {
        let statement = self.statement(text)?;
        Ok(self.store.client.query_opt(&statement, with)?)
    }

    /// Hands out what the server sends, as it comes: nothing of it is gathered here or there.
    fn each(
        &mut self,
        text: &'static str,
        from: Option<i64>,
        each: &mut dyn FnMut(&SqlRow) -> Result<()>,
    ) -> Result<()> {
        self.send()?;
        let statement = self.statement(text)?;
        let mut rows = self.store.client.query_raw(&statement, from)?;
        while let Some(row) = rows.next()? {
            each(&row)?;
        }
        Ok(())
    }

    fn change(&mut self, text: &'static str, with: &[&(dyn ToSql + Sync)]) -> Result<()> {
        let statement = self.statement(text)?;
        self.store.client.execute(&statement, with)?;
        Ok(())
    }

    /// Sends what is waiting.
    fn send(&mut self) -> Result<()> {
        let Pending { rows, facts, .. } = std::mem::take(&mut self.pending);
        if !rows.is_empty() {
            let column = |of: fn(&Row) -> &str| rows.iter().map(of).collect::<Vec<_>>();
            let (bodies, texts) = (column(|row| &row.body), column(|row| &row.texts));
            let numbers = rows.iter().map(|row| signed(row.number)).collect::<Result<Vec<_>>>()?;
            let times: Vec<i64> = rows.iter().map(|row| row.recorded_at).collect();
            let keys: Vec<Option<&str>> = rows.iter().map(|row| row.key.as_deref()).collect();
            let marks: Vec<_> = keys.iter().map(|key| key.map(|key| mark(key).to_vec())).collect();
            let hashes: Vec<&[u8]> = rows.iter().map(|row| &row.hash[..]).collect();
            self.change(
                "INSERT INTO {}.entries (number, recorded_at, key, mark, body, texts, hash) SELECT * FROM unnest(\
                 $1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bytea[])",
                &[&numbers, &times, &keys, &marks, &bodies, &texts, &hashes],
            )?;
        }
        if !facts.is_empty() {
            let numbers: Vec<i64> = facts.iter().map(|fact| fact.0).collect();
            let bytes: Vec<&[u8]> = facts.iter().map(|fact| &fact.1[..]).collect();
            let bears: Vec<bool> = facts.iter().map(|fact| fact.2).collect();
            self.change(
                "INSERT INTO {}.facts (number, fact, bears) \
                 SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::boolean[])",
                &[&numbers, &bytes, &bears],
            )?;
        }
        Ok(())
    }

    /// Sends what is waiting, if something of that entry is.
    fn send_up_to(&mut self, number: i64) -> Result<()> {
        if self.pending.touches(number) { self.send() } else { Ok(()) }
    }

    fn numbered(&mut self, ask: &'static str, text: &str) -> Result<u32> {
        let row = self.one(ask, &[&&mark(text)[..], &text])?;
        let number = row.map(|row| row.try_get::<_, i32>(0)).transpose()?;
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| LedgerError::Store("a subject or source has no number".to_owned()))
    }
}

impl Reader for Inside<'_> {
    fn identity(&mut self) -> Result<String> {
        let row = self.one("SELECT value FROM {}.about WHERE name = 'identity'", &[])?;
        let missing = || LedgerError::Store("the ledger has lost its identifier".to_owned());
        Ok(row.ok_or_else(missing)?.try_get(0)?)
    }

    fn head(&mut self) -> Result<Option<Head>> {
        self.send()?;
        let text = "SELECT number, recorded_at, hash FROM {}.entries ORDER BY number DESC LIMIT 1";
        let head = |row: &SqlRow| {
            let number = unsigned(row, 0)?;
            Ok(Head { number, recorded_at: row.try_get(1)?, hash: hash_in(row, 2)? })
        };
        self.one(text, &[])?.as_ref().map(head).transpose()
    }

    fn row(&mut self, number: u64) -> Result<Option<Row>> {
        let number = signed(number)?;
        self.send_up_to(number)?;
        self.one(ROW, &[&number])?.as_ref().map(row_in).transpose()
    }

    fn rows(&mut self, from: u64, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        self.each(ROWS, Some(signed(from)?), &mut |row| each(row_in(row)?))
    }

    fn facts(
        &mut self,
        bearing: bool,
        each: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let text = if bearing {
            "SELECT number, fact FROM {}.facts WHERE bears ORDER BY number"
        } else {
            "SELECT number, fact FROM {}.facts ORDER BY number"
        };
        self.each(text, None, &mut |row| each(unsigned(row, 0)?, row.try_get(1)?))
    }

    fn fact(&mut self, number: u64) -> Result<Option<Vec<u8>>> {
        let number = signed(number)?;
        self.send_up_to(number)?;
        let row = self.one("SELECT fact FROM {}.facts WHERE number = $1", &[&number])?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    fn subjects(&mut self) -> Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        let text = "SELECT subject FROM {}.subjects ORDER BY number";
        self.each(text, None, &mut |row| {
            let subject = serde_json::from_str(row.try_get(0)?);
            let number = subjects.len() + 1;
            subjects.push(
                subject
                    .map_err(|_| LedgerError::Store(format!("subject {number} cannot be read")))?,
            );
            Ok(())
        })?;
        Ok(subjects)
    }

    fn sources(&mut self) -> Result<Vec<String>> {
        let mut sources = Vec::new();
        let text = "SELECT source FROM {}.sources ORDER BY number";
        self.each(text, None, &mut |row| {
            sources.push(row.try_get(0)?);
            Ok(())
        })?;
        Ok(sources)
    }

    fn number_of_key(&mut self, key: &str) -> Result<Option<u64>> {
        if let Some(number) = self.pending.keys.get(key) {
            return Ok(Some(*number));
        }
        if self.free.contains(key) {
            return Ok(None);
        }
        let text = "SELECT number FROM {}.entries WHERE mark = $1";
        let row = self.one(text, &[&&mark(key)[..]])?;
        row.map(|row| unsigned(&row, 0)).transpose()
    }

    fn document(&mut self, hash: &Hash) -> Result<Option<StoredDocument>> {
        if let Some(document) = self.document.as_ref().filter(|last| last.hash == *hash) {
            return Ok(Some(document.clone()));
        }
        let text = "SELECT hash, media_type, bytes FROM {}.documents WHERE hash = $1";
        self.document = self.one(text, &[&&hash[..]])?.as_ref().map(document_in).transpose()?;
        Ok(self.document.clone())
    }

    fn documents(&mut self, each: &mut dyn FnMut(StoredDocument) -> Result<()>) -> Result<()> {
        let text = "SELECT hash, media_type, bytes FROM {}.documents ORDER BY hash";
        self.each(text, None, &mut |row| each(document_in(row)?))
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        let mut amiss = Vec::new();
        let text = "SELECT number FROM {}.entries WHERE mark IS DISTINCT FROM sha256(convert_to(key, 'UTF8')) \
                    ORDER BY number LIMIT 100";
        self.each(text, None, &mut |row| {
            amiss.push(format!("entry {} is not found by its key", unsigned(row, 0)?));
            Ok(())
        })?;
        Ok(amiss)
    }
}

impl Writer for Inside<'_> {
    fn foresee(&mut self, keys: &[&str]) -> Result<()> {
        self.send()?;
        let marks: Vec<_> = keys.iter().map(|key| mark(key).to_vec()).collect();
        let text = "SELECT key FROM {}.entries WHERE mark = ANY($1::bytea[])";
        let statement = self.statement(text)?;
        let mut taken = HashSet::new();
        for row in self.store.client.query(&statement, &[&marks])? {
            taken.insert(row.try_get::<_, String>(0)?);
        }
        let free = keys.iter().filter(|key| !taken.contains(**key));
        self.free.clear();
        self.free.extend(free.map(|key| (*key).to_owned()));
        if keys.len() >= LONG && !std::mem::replace(&mut self.met_all, true) {
            let statement = self.statement("SELECT number, subject FROM {}.subjects")?;
            for row in self.store.client.query(&statement, &[])? {
                // What cannot be read is found damaged elsewhere.
                let number = u32::try_from(row.try_get::<_, i32>(0)?);
                let subject = serde_json::from_str(row.try_get(1)?);
                if let (Ok(number), Ok(subject)) = (number, subject) {
                    self.subjects.insert(subject, number);
                }
            }
        }
        Ok(())
    }

    fn subject(&mut self, subject: &Subject) -> Result<u32> {
        if let Some(number) = self.subjects.get(subject) {
            return Ok(*number);
        }
        let number = self.numbered(NUMBER_OF_SUBJECT, &json(subject)?)?;
        self.subjects.insert(subject.clone(), number);
        Ok(number)
    }

    fn source(&mut self, source: &str) -> Result<u32> {
        if let Some(number) = self.sources.get(source) {
            return Ok(*number);
        }
        let number = self.numbered(NUMBER_OF_SOURCE, source)?;
        self.sources.insert(source.to_owned(), number);
        Ok(number)
    }

    fn insert(&mut self, row: &Row) -> Result<()> {
        self.last = Some((row.number, row.hash));
        if let Some(key) = &row.key {
            self.free.remove(key);
            self.pending.keys.insert(key.clone(), row.number);
        }
        self.pending.bytes += row.body.len() + row.texts.len();
        // The fact is sent by itself.
        self.pending.rows.push(Row { fact: Vec::new(), ..row.clone() });
        self.put_fact(row.number, &row.fact, row.bears)
    }

    fn erase(&mut self, number: u64, texts: &str, fact: &[u8]) -> Result<()> {
        let number = signed(number)?;
        self.send_up_to(number)?;
        self.change("UPDATE {}.entries SET texts = $2 WHERE number = $1", &[&number, &texts])?;
        self.change("UPDATE {}.facts SET fact = $2 WHERE number = $1", &[&number, &fact])
    }

    fn put_document(&mut self, document: &StoredDocument) -> Result<()> {
        let text = "INSERT INTO {}.documents (hash, media_type, bytes) VALUES ($1, $2, $3) \
                    ON CONFLICT (hash) DO NOTHING";
        self.document = None;
        self.change(text, &[&&document.hash[..], &document.media_type, &document.bytes])
    }

    fn erase_document(&mut self, hash: &Hash) -> Result<()> {
        self.document = None;
        self.change("UPDATE {}.documents SET bytes = NULL WHERE hash = $1", &[&&hash[..]])
    }

    fn clear_index(&mut self) -> Result<()> {
        self.send()?;
        for text in ["DELETE FROM {}.facts", "DELETE FROM {}.subjects", "DELETE FROM {}.sources"] {
            self.change(text, &[])?;
        }
        self.subjects.clear();
        self.sources.clear();
        Ok(())
    }

    fn put_fact(&mut self, number: u64, fact: &[u8], bears: bool) -> Result<()> {
        self.pending.facts.push((signed(number)?, fact.to_vec(), bears));
        if self.pending.is_full() { self.send() } else { Ok(()) }
    }
}
