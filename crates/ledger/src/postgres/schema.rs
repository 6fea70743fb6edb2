//! The tables of a ledger in PostgreSQL, and the steps from older forms to the newest.
//!
//! In every statement `{}` stands for the schema, whose name was held against a list of allowed characters.

use postgres::{Client, GenericClient};

use super::state;
use crate::error::{LedgerError, Result};

const DUPLICATE_TABLE: &str = "42P07";
const UNDEFINED_COLUMN: &str = "42703";
const UNDEFINED_TABLE: &str = "42P01";
const UNIQUE_VIOLATION: &str = "23505";

/// What `about` says of itself, so that a table of another program is not taken for it.
const PROGRAM: &str = "groundwork ledger";

/// One step from each form to the next; the first makes the tables of form 1.
///
/// Who locks `turn` has the turn to write: whoever may do that can change nothing by it. A mark is the SHA-256 of a text: an index of the texts themselves would refuse long ones.
/// From form 1 to 2 the tables stay as they are, and facts get the chains of attribution.
const STEPS: [&str; 2] = [
    "CREATE TABLE {}.about (name text PRIMARY KEY, value text NOT NULL);
     CREATE TABLE {}.turn ();
     CREATE TABLE {}.entries (
         number bigint PRIMARY KEY,
         recorded_at bigint NOT NULL,
         key text,
         mark bytea UNIQUE,
         body text NOT NULL,
         texts text NOT NULL,
         hash bytea NOT NULL
     );
     CREATE TABLE {}.facts (
         number bigint PRIMARY KEY,
         fact bytea NOT NULL,
         bears boolean NOT NULL
     );
     CREATE INDEX bearing ON {}.facts (number) WHERE bears;
     CREATE TABLE {}.subjects (
         number integer PRIMARY KEY, mark bytea NOT NULL UNIQUE, subject text NOT NULL
     );
     CREATE TABLE {}.sources (
         number integer PRIMARY KEY, mark bytea NOT NULL UNIQUE, source text NOT NULL
     );
     CREATE TABLE {}.documents (hash bytea PRIMARY KEY, media_type text NOT NULL, bytes bytea);",
    "",
];

/// Puts the schema into a statement.
pub(super) fn of(schema: &str, text: &str) -> String {
    text.replace("{}", &format!("\"{schema}\""))
}

/// Newest form that is known here.
pub(super) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Makes the schema, where it is missing, and the tables in it, where it is empty.
pub(super) fn create(client: &mut Client, schema: &str, identity: &str) -> Result<()> {
    let encoding: String = client.query_one("SHOW server_encoding", &[])?.try_get(0)?;
    if encoding != "UTF8" {
        return Err(LedgerError::NotALedger(format!(
            "the database keeps texts as {encoding}; make one with the encoding UTF8"
        )));
    }
    let held = || {
        let cause = format!("the schema {schema} holds something already");
        LedgerError::NotALedger(cause)
    };
    let mut transaction = client.transaction()?;
    let text = "SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid) \
                FROM pg_namespace n WHERE n.nspname = $1";
    let tables = transaction.query_opt(text, &[&schema])?;
    match tables.map(|row| row.try_get::<_, i64>(0)).transpose()? {
        Some(0) => {}
        Some(_) => return Err(held()),
        None => transaction.batch_execute(&of(schema, "CREATE SCHEMA {}"))?,
    }
    for step in STEPS {
        transaction.batch_execute(&of(schema, step)).map_err(|error| match state(&error) {
            // Somebody else makes it at this moment.
            DUPLICATE_TABLE | UNIQUE_VIOLATION => held(),
            _ => error.into(),
        })?;
    }
    let text =
        of(schema, "INSERT INTO {}.about VALUES ('program', $1), ('identity', $2), ('form', $3)");
    transaction.execute(&text, &[&PROGRAM, &identity, &newest().to_string()])?;
    transaction.commit()?;
    Ok(())
}

/// Takes the tables away, where they are those of a ledger of that identifier without any entry or document.
pub(super) fn discard_empty(client: &mut Client, schema: &str, identity: &str) -> Result<()> {
    let mut transaction = client.transaction()?;
    form(&mut transaction, schema)?;
    transaction.batch_execute(&of(schema, super::LOCK))?;
    let text = "SELECT (SELECT value FROM {}.about WHERE name = 'identity') = $1 \
                AND NOT EXISTS (SELECT FROM {}.entries) AND NOT EXISTS (SELECT FROM {}.documents)";
    let empty: Option<bool> = transaction.query_one(&of(schema, text), &[&identity])?.try_get(0)?;
    if empty == Some(true) {
        let tables = "DROP TABLE {}.about, {}.turn, {}.entries, {}.facts, {}.subjects, {}.sources, {}.documents";
        transaction.batch_execute(&of(schema, tables))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Returns the form of the ledger in a schema, and changes nothing.
pub(super) fn form(client: &mut impl GenericClient, schema: &str) -> Result<u32> {
    let other = |cause: &str| LedgerError::NotALedger(format!("the schema {schema} {cause}"));
    let text = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                WHERE n.nspname = $1";
    if client.query_one(text, &[&schema])?.try_get::<_, i64>(0)? == 0 {
        return Err(other("of the database is not there, or is empty"));
    }
    let text = of(schema, "SELECT name::text, value::text FROM {}.about");
    let about = client.query(&text, &[]).map_err(|error| match state(&error) {
        UNDEFINED_TABLE | UNDEFINED_COLUMN => other("belongs to another program"),
        _ => error.into(),
    })?;
    let mut said = std::collections::BTreeMap::new();
    for row in about {
        said.insert(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?);
    }
    if said.get("program").map(String::as_str) != Some(PROGRAM) {
        return Err(other("belongs to another program"));
    }
    let found = said.get("form").and_then(|form| form.parse().ok());
    let found = found.ok_or_else(|| other("does not say which form it has"))?;
    if found > newest() {
        return Err(LedgerError::TooNew { found, known: newest() });
    }
    Ok(found)
}

/// Form from which on facts hold chains of attribution.
pub(super) const CHAINS: u32 = 2;

/// Takes the steps that are missing, inside a transaction that has the turn, and returns the form that was there before.
pub(super) fn take_steps(client: &mut impl GenericClient, schema: &str) -> Result<u32> {
    // Somebody else may have taken the steps in the meantime.
    let found = form(client, schema)?;
    for step in STEPS.iter().skip(found as usize) {
        client.batch_execute(&of(schema, step))?;
    }
    let text = of(schema, "UPDATE {}.about SET value = $1 WHERE name = 'form'");
    client.execute(&text, &[&newest().to_string()])?;
    Ok(found)
}
