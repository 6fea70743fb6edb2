//! A ledger in one SQLite file: the default.
//!
//! Write-ahead log with full synchronisation, so that what was acknowledged survives a crash of the machine. Writers
//! take turns: one that finds another at work waits for it.

mod schema;

use core::time::Duration;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::Path;

use groundwork_model::evidence::Subject;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::body::json;
use crate::error::{LedgerError, Result};
use crate::hash::Hash;
use crate::ledger::index_chains;
use crate::store::{Act, Head, Look, Reader, Row, Store, StoredDocument, Writer};

/// How long a writer waits for others.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps a ledger in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    numbers: RefCell<Numbers>,
    /// What SQLite calls the version of the data: another number once somebody else has written.
    version: i64,
}

/// Numbers of subjects and sources that this connection has met.
#[derive(Debug, Default)]
struct Numbers {
    subjects: HashMap<Subject, u32>,
    sources: HashMap<String, u32>,
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy(error.to_string()),
            Some(NotADatabase) => Self::NotALedger(error.to_string()),
            _ => Self::Store(error.to_string()),
        }
    }
}

impl SqliteStore {
    /// Makes a new ledger of that identifier in a file that is not there yet, or is empty.
    ///
    /// # Errors
    ///
    /// Where the file holds something already, or cannot be written.
    pub fn create(path: &Path, identity: &str) -> Result<Self> {
        let mut connection = Connection::open(path)?;
        settle(&connection)?;
        schema::create(&mut connection, identity)?;
        Ok(Self { connection, numbers: RefCell::default(), version: 0 })
    }

    /// Opens the ledger in a file, and brings it to the newest form where an older version made it.
    ///
    /// # Errors
    ///
    /// Where the file is no ledger, of a newer version, or cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        // Whatever is no ledger of ours stays as it is. Others may be closing it at this moment.
        connection.busy_timeout(PATIENCE)?;
        schema::form(&connection)?;
        settle(&connection)?;
        schema::migrate(&mut connection, |transaction| {
            let numbers = RefCell::default();
            index_chains(&mut Inside { transaction, numbers: &numbers, erased: Cell::default() })
        })?;
        Ok(Self { connection, numbers: RefCell::default(), version: 0 })
    }

    /// Opens a ledger for reading in a folder where nothing can be written, not even the log's index that SQLite wants. The
    /// caller has seen that no log (`-wal`) lies beside the file: what is in a log is not read.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and where an older version made the ledger.
    pub fn open_in_read_only_folder(path: &Path) -> Result<Self> {
        let plain = path.to_str().ok_or_else(|| {
            LedgerError::Store("the name of the file is not written in Unicode".to_owned())
        })?;
        let name = plain.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY
            | rusqlite::OpenFlags::SQLITE_OPEN_URI
            | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        if schema::form(&connection)? < schema::newest() {
            return Err(LedgerError::Store(
                "an older version made the ledger, and it cannot be brought to the newest form where nothing can be \
                 written"
                    .to_owned(),
            ));
        }
        Ok(Self { connection, numbers: RefCell::default(), version: 0 })
    }

    /// Copies the ledger into another file, whatever is written meanwhile; the copy is one whole state.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let mut copy = Connection::open(to)?;
        // Only so is the deletion of the copy's journal safe as well. A journal that comes back after a power cut would
        // undo the copy.
        copy.pragma_update(None, "synchronous", "EXTRA")?;
        let backup = rusqlite::backup::Backup::new(&self.connection, &mut copy)?;
        // In one step: between steps others may write, and each time all would begin anew. Nobody waits for it, because
        // readers of a write-ahead log do not hold writers up.
        backup.run_to_completion(i32::MAX, Duration::from_millis(10), None)?;
        Ok(())
    }
}

/// Sets what every connection needs.
fn settle(connection: &Connection) -> Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // What is erased is overwritten, and damaged pages are met where they are read.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

impl Store for SqliteStore {
    fn read(&mut self, look: &mut Look<'_>) -> Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        look(&mut Inside {
            transaction: &transaction,
            numbers: &self.numbers,
            erased: Cell::default(),
        })
    }

    fn write(&mut self, act: &mut Act<'_>) -> Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if std::mem::replace(&mut self.version, version) != version {
            // Others may have made the index anew, with other numbers.
            *self.numbers.borrow_mut() = Numbers::default();
        }
        let mut inside =
            Inside { transaction: &transaction, numbers: &self.numbers, erased: Cell::default() };
        let done = act(&mut inside);
        let erased = inside.erased.get();
        let done = done.and_then(|()| transaction.commit().map_err(LedgerError::from));
        if done.is_err() {
            // Numbers given in a transaction that was not kept are given again.
            *self.numbers.borrow_mut() = Numbers::default();
        } else if erased {
            // The log still holds what was erased, until it is emptied. Where readers are in the way, the next one to
            // close the ledger does it.
            let emptied =
                self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            drop(emptied);
        }
        done
    }
}

/// Is a running transaction.
struct Inside<'a> {
    transaction: &'a Transaction<'a>,
    numbers: &'a RefCell<Numbers>,
    /// Whether something was erased.
    erased: Cell<bool>,
}

/// Returns a number as SQLite keeps it.
fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| LedgerError::Store("a number is too large".to_owned()))
}

fn hash_in(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get::<_, [u8; 32]>(column)
}

fn row_in(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        recorded_at: row.get(1)?,
        key: row.get(2)?,
        body: row.get(3)?,
        texts: row.get(4)?,
        hash: hash_in(row, 5)?,
        fact: row.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
        bears: row.get::<_, Option<bool>>(7)?.unwrap_or_default(),
    })
}

fn document_in(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredDocument> {
    Ok(StoredDocument { hash: hash_in(row, 0)?, media_type: row.get(1)?, bytes: row.get(2)? })
}

const ROWS: &str = "SELECT e.number, e.recorded_at, e.key, e.body, e.texts, e.hash, f.fact, f.bears \
                    FROM entries e LEFT JOIN facts f ON f.number = e.number";

impl Reader for Inside<'_> {
    fn identity(&mut self) -> Result<String> {
        let text = "SELECT value FROM about WHERE name = 'identity'";
        Ok(self.transaction.prepare_cached(text)?.query_row([], |row| row.get(0))?)
    }

    fn head(&mut self) -> Result<Option<Head>> {
        let text = "SELECT number, recorded_at, hash FROM entries ORDER BY number DESC LIMIT 1";
        let head = self.transaction.prepare_cached(text)?.query_row([], |row| {
            Ok(Head {
                number: row.get::<_, i64>(0)?.cast_unsigned(),
                recorded_at: row.get(1)?,
                hash: hash_in(row, 2)?,
            })
        });
        Ok(head.optional()?)
    }

    fn row(&mut self, number: u64) -> Result<Option<Row>> {
        let text = format!("{ROWS} WHERE e.number = ?1");
        let mut statement = self.transaction.prepare_cached(&text)?;
        Ok(statement.query_row([signed(number)?], row_in).optional()?)
    }

    fn rows(&mut self, from: u64, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let text = format!("{ROWS} WHERE e.number >= ?1 ORDER BY e.number");
        let mut statement = self.transaction.prepare_cached(&text)?;
        let mut rows = statement.query([signed(from)?])?;
        while let Some(row) = rows.next()? {
            each(row_in(row)?)?;
        }
        Ok(())
    }

    fn facts(
        &mut self,
        bearing: bool,
        each: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let text = if bearing {
            "SELECT number, fact FROM facts WHERE bears ORDER BY number"
        } else {
            "SELECT number, fact FROM facts ORDER BY number"
        };
        let mut statement = self.transaction.prepare_cached(text)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let fact = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            each(number.cast_unsigned(), fact)?;
        }
        Ok(())
    }

    fn fact(&mut self, number: u64) -> Result<Option<Vec<u8>>> {
        let text = "SELECT fact FROM facts WHERE number = ?1";
        let mut statement = self.transaction.prepare_cached(text)?;
        Ok(statement.query_row([signed(number)?], |row| row.get(0)).optional()?)
    }

    fn subjects(&mut self) -> Result<Vec<Subject>> {
        let mut statement =
            self.transaction.prepare_cached("SELECT subject FROM subjects ORDER BY number")?;
        let mut rows = statement.query([])?;
        let mut subjects = Vec::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            subjects.push(serde_json::from_str(text).map_err(|_| {
                LedgerError::Store(format!("subject {} cannot be read", subjects.len() + 1))
            })?);
        }
        Ok(subjects)
    }

    fn sources(&mut self) -> Result<Vec<String>> {
        let text = "SELECT source FROM sources ORDER BY number";
        let mut statement = self.transaction.prepare_cached(text)?;
        let sources = statement.query_map([], |row| row.get(0))?;
        Ok(sources.collect::<rusqlite::Result<_>>()?)
    }

    fn number_of_key(&mut self, key: &str) -> Result<Option<u64>> {
        let text = "SELECT number FROM entries WHERE key = ?1";
        let mut statement = self.transaction.prepare_cached(text)?;
        let number: Option<i64> = statement.query_row([key], |row| row.get(0)).optional()?;
        Ok(number.map(i64::cast_unsigned))
    }

    fn document(&mut self, hash: &Hash) -> Result<Option<StoredDocument>> {
        let text = "SELECT hash, media_type, bytes FROM documents WHERE hash = ?1";
        let mut statement = self.transaction.prepare_cached(text)?;
        Ok(statement.query_row([&hash[..]], document_in).optional()?)
    }

    fn documents(&mut self, each: &mut dyn FnMut(StoredDocument) -> Result<()>) -> Result<()> {
        let text = "SELECT hash, media_type, bytes FROM documents ORDER BY hash";
        let mut statement = self.transaction.prepare_cached(text)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(document_in(row)?)?;
        }
        Ok(())
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        let mut statement = self.transaction.prepare("PRAGMA integrity_check(100)")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }
}

impl Inside<'_> {
    /// Returns the number of a text in a table of numbered texts, where it is put if it is new.
    fn numbered(&self, table: &str, column: &str, text: &str) -> Result<u32> {
        let find = format!("SELECT number FROM {table} WHERE {column} = ?1");
        let found = self.transaction.prepare_cached(&find)?.query_row([text], |row| row.get(0));
        if let Some(number) = found.optional()? {
            return Ok(number);
        }
        let add = format!("INSERT INTO {table} ({column}) VALUES (?1)");
        self.transaction.prepare_cached(&add)?.execute([text])?;
        u32::try_from(self.transaction.last_insert_rowid())
            .map_err(|_| LedgerError::Store(format!("too many {table}")))
    }
}

impl Writer for Inside<'_> {
    fn subject(&mut self, subject: &Subject) -> Result<u32> {
        if let Some(number) = self.numbers.borrow().subjects.get(subject) {
            return Ok(*number);
        }
        let number = self.numbered("subjects", "subject", &json(subject)?)?;
        self.numbers.borrow_mut().subjects.insert(subject.clone(), number);
        Ok(number)
    }

    fn source(&mut self, source: &str) -> Result<u32> {
        if let Some(number) = self.numbers.borrow().sources.get(source) {
            return Ok(*number);
        }
        let number = self.numbered("sources", "source", source)?;
        self.numbers.borrow_mut().sources.insert(source.to_owned(), number);
        Ok(number)
    }

    fn insert(&mut self, row: &Row) -> Result<()> {
        let text = "INSERT INTO entries (number, recorded_at, key, body, texts, hash) \
                    VALUES (?1, ?6, ?2, ?3, ?4, ?5)";
        let number = signed(row.number)?;
        let values = params![number, row.key, row.body, row.texts, &row.hash[..], row.recorded_at];
        self.transaction.prepare_cached(text)?.execute(values)?;
        self.put_fact(row.number, &row.fact, row.bears)
    }

    fn erase(&mut self, number: u64, texts: &str, fact: &[u8]) -> Result<()> {
        self.erased.set(true);
        let number = signed(number)?;
        let text = "UPDATE entries SET texts = ?2 WHERE number = ?1";
        self.transaction.prepare_cached(text)?.execute(params![number, texts])?;
        let text = "UPDATE facts SET fact = ?2 WHERE number = ?1";
        self.transaction.prepare_cached(text)?.execute(params![number, fact])?;
        Ok(())
    }

    fn put_document(&mut self, document: &StoredDocument) -> Result<()> {
        let text = "INSERT OR IGNORE INTO documents (hash, media_type, bytes) VALUES (?1, ?2, ?3)";
        let values = params![&document.hash[..], document.media_type, document.bytes];
        self.transaction.prepare_cached(text)?.execute(values)?;
        Ok(())
    }

    fn erase_document(&mut self, hash: &Hash) -> Result<()> {
        self.erased.set(true);
        let text = "UPDATE documents SET bytes = NULL WHERE hash = ?1";
        self.transaction.prepare_cached(text)?.execute([&hash[..]])?;
        Ok(())
    }

    fn clear_index(&mut self) -> Result<()> {
        self.transaction
            .execute_batch("DELETE FROM facts; DELETE FROM subjects; DELETE FROM sources;")?;
        *self.numbers.borrow_mut() = Numbers::default();
        Ok(())
    }

    fn put_fact(&mut self, number: u64, fact: &[u8], bears: bool) -> Result<()> {
        let text = "INSERT INTO facts (number, fact, bears) VALUES (?1, ?2, ?3)";
        self.transaction.prepare_cached(text)?.execute(params![signed(number)?, fact, bears])?;
        Ok(())
    }
}
