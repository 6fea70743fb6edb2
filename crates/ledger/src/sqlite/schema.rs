//! The tables of a ledger in SQLite, and the steps from older forms to the newest.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{LedgerError, Result};

/// Marks the file as one of ours ("GWLG").
const APPLICATION: i32 = 0x4757_4c47;
/// One step from each form to the next; the first makes the tables of form 1.
/// From form 1 to 2 the tables stay as they are, and facts get the chains of attribution: [`migrate`].
const STEPS: [&str; 2] = [
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE entries (
         number INTEGER PRIMARY KEY,
         recorded_at INTEGER NOT NULL,
         key TEXT UNIQUE,
         body TEXT NOT NULL,
         texts TEXT NOT NULL,
         hash BLOB NOT NULL
     ) STRICT;
     CREATE TABLE facts (
         number INTEGER PRIMARY KEY,
         fact BLOB NOT NULL,
         bears INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX bearing ON facts (number) WHERE bears;
     CREATE TABLE subjects (number INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE) STRICT;
     CREATE TABLE sources (number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE) STRICT;
     CREATE TABLE documents (
         hash BLOB PRIMARY KEY,
         media_type TEXT NOT NULL,
         bytes BLOB
     ) STRICT;",
    "",
];

/// Newest form that is known here.
pub(super) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Makes the tables in an empty file.
pub(super) fn create(connection: &mut Connection, identity: &str) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        return Err(LedgerError::NotALedger("the file holds something already".to_owned()));
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    for step in STEPS {
        transaction.execute_batch(step)?;
    }
    transaction.execute("INSERT INTO about VALUES ('identity', ?1)", [identity])?;
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()?;
    Ok(())
}

/// Returns the form of the ledger in a file, and changes nothing.
pub(super) fn form(connection: &Connection) -> Result<u32> {
    let number =
        |name| -> Result<i64> { Ok(connection.pragma_query_value(None, name, |row| row.get(0))?) };
    if number("application_id")? != i64::from(APPLICATION) {
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        return Err(LedgerError::NotALedger(if tables == 0 {
            "the file is empty".to_owned()
        } else {
            "the file is a database of another program".to_owned()
        }));
    }
    let found = u32::try_from(number("user_version")?).unwrap_or(u32::MAX);
    if found > newest() {
        return Err(LedgerError::TooNew { found, known: newest() });
    }
    Ok(found)
}

/// Form from which on facts hold chains of attribution.
const CHAINS: u32 = 2;

/// Takes the steps that are missing, all of them or none. `chains` puts the chains of attribution into the facts.
pub(super) fn migrate(
    connection: &mut Connection,
    chains: impl FnOnce(&Transaction<'_>) -> Result<()>,
) -> Result<()> {
    if form(connection)? == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Somebody else may have taken the steps in the meantime.
    let found = form(&transaction)?;
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    if found < CHAINS {
        chains(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()?;
    Ok(())
}
