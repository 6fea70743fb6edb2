//! A ledger in a schema of a PostgreSQL database, for several people at once.
//!
//! Writers take turns: each locks an empty table first, and sees what those before it kept. Readers see one state, whatever is
//! written meanwhile. What is acknowledged lies on the server's disk.

mod address;
mod inside;
mod schema;
mod tls;

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;

use postgres::{Client, Statement};

pub use self::address::PostgresAddress;
use self::inside::Inside;
use crate::error::{LedgerError, Result};
use crate::hash::Hash;
use crate::ledger::index_chains;
use crate::store::{Act, Look, Store};

/// How often a writer asks for its turn.
const TURNS: u32 = 3;
/// How long it waits each time.
const PATIENCE: Duration = Duration::from_secs(10);
/// Sets what every connection needs. A machine that is gone gives its turn back after a minute.
const SETTINGS: &str = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; \
    SET tcp_keepalives_count = 3; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
    SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";
/// Waits for the turn to write.
const LOCK: &str = "LOCK TABLE {}.turn IN EXCLUSIVE MODE";

/// Keeps a ledger in a schema of a PostgreSQL database.
pub struct PostgresStore {
    address: PostgresAddress,
    client: Client,
    /// Statements that the server has prepared for this connection.
    prepared: HashMap<&'static str, Statement>,
    /// Whether a transaction was begun and not ended.
    running: bool,
    patience: Duration,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({})", self.address)
    }
}

/// Returns the code that the server gives an error; empty where it comes from elsewhere.
fn state(error: &postgres::Error) -> &str {
    error.code().map_or("", postgres::error::SqlState::code)
}

/// Says whether the connection is gone, so that nobody knows what the server did last.
fn is_lost(error: &postgres::Error) -> bool {
    error.as_db_error().is_none()
        || state(error).starts_with("08")
        || state(error).starts_with("57P")
}

impl From<postgres::Error> for LedgerError {
    fn from(error: postgres::Error) -> Self {
        let said = match error.as_db_error() {
            Some(said) => format!("the server says: {}", said.message()),
            None => {
                let cause = std::error::Error::source(&error);
                cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
            }
        };
        match state(&error) {
            // No turn in time, a conflict with another program's transaction, no room for one more connection.
            "55P03" | "40001" | "40P01" | "53300" => Self::Busy(said),
            _ => Self::Store(said),
        }
    }
}

impl PostgresStore {
    /// Makes a new ledger of that identifier in a schema that is not there yet, or is empty.
    ///
    /// # Errors
    ///
    /// Where the schema holds something already, or the server cannot be reached or does not allow it.
    pub fn create(address: &PostgresAddress, identity: &str) -> Result<Self> {
        let mut client = connect(address, PATIENCE)?;
        schema::create(&mut client, &address.schema, identity)?;
        Ok(Self::over(client, address))
    }

    /// Opens the ledger at an address, and brings it to the newest form where an older version made it.
    ///
    /// # Errors
    ///
    /// Where there is no ledger, or one of a newer version, or the server cannot be reached.
    pub fn open(address: &PostgresAddress) -> Result<Self> {
        let mut store = Self::over(connect(address, PATIENCE)?, address);
        store.migrate()?;
        Ok(store)
    }

    /// Takes the tables of a ledger away that was made and has no entry, so that nothing is left of a copy that failed. The
    /// schema stays. Of a ledger with entries, or of another identifier, nothing is touched.
    ///
    /// # Errors
    ///
    /// Where the server cannot be reached or does not allow it.
    pub fn discard_empty(address: &PostgresAddress, identity: &str) -> Result<()> {
        let mut client = connect(address, PATIENCE)?;
        schema::discard_empty(&mut client, &address.schema, identity)
    }

    fn over(client: Client, address: &PostgresAddress) -> Self {
        Self {
            address: address.clone(),
            client,
            prepared: HashMap::new(),
            running: false,
            patience: PATIENCE,
        }
    }

    /// Brings the ledger to the newest form: all of it or nothing.
    fn migrate(&mut self) -> Result<()> {
        if schema::form(&mut self.client, &self.address.schema)? == schema::newest() {
            return Ok(());
        }
        self.begin("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        match self.take_steps() {
            Ok(()) => self.commit(None),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn take_steps(&mut self) -> Result<()> {
        let schema = self.address.schema.clone();
        self.client.batch_execute(&schema::of(&schema, LOCK))?;
        if schema::take_steps(&mut self.client, &schema)? < schema::CHAINS {
            let mut inside = Inside::new(self);
            index_chains(&mut inside)?;
            inside.finish()?;
        }
        Ok(())
    }

    /// Sets how long a writer waits for each of the three turns that it asks for; 10 seconds unless it is set.
    ///
    /// # Errors
    ///
    /// Where the server cannot be reached.
    pub fn wait_at_most(&mut self, patience: Duration) -> Result<()> {
        self.patience = patience;
        Ok(self.client.batch_execute(&waiting(patience))?)
    }

    /// Begins a transaction, over a new connection where the old one is gone: nothing was asked of it yet.
    fn begin(&mut self, how: &str) -> Result<()> {
        if std::mem::take(&mut self.running) {
            // Somebody panicked in the last one.
            let _ = self.client.batch_execute("ROLLBACK");
        }
        if let Err(error) = self.client.batch_execute(how) {
            if !is_lost(&error) {
                return Err(error.into());
            }
            self.connect_again()?;
            self.client.batch_execute(how)?;
        }
        self.running = true;
        Ok(())
    }

    fn connect_again(&mut self) -> Result<()> {
        self.prepared.clear();
        self.running = false;
        self.client = connect(&self.address, self.patience)?;
        Ok(())
    }

    /// Ends the transaction, and drops what it did.
    fn roll_back(&mut self) {
        // A connection on which even that fails is gone, and the server drops the transaction by itself.
        self.running = self.client.batch_execute("ROLLBACK").is_err();
    }

    /// Keeps what the transaction did. `last` is the entry that it put in last.
    fn commit(&mut self, last: Option<(u64, Hash)>) -> Result<()> {
        // A transaction that has failed ends in silence at COMMIT; the statement before it does not.
        let Err(error) = self.client.batch_execute("SELECT 1; COMMIT") else {
            self.running = false;
            return Ok(());
        };
        if !is_lost(&error) {
            self.roll_back();
            return Err(error.into());
        }
        match self.kept(last) {
            Some(true) => Ok(()),
            Some(false) => Err(error.into()),
            None => Err(LedgerError::OutcomeUnknown(LedgerError::from(error).to_string())),
        }
    }

    /// Finds out whether a transaction was kept whose connection was lost when it was to be kept; none where the server
    /// cannot be asked.
    fn kept(&mut self, last: Option<(u64, Hash)>) -> Option<bool> {
        let (number, hash) = last?;
        self.connect_again().ok()?;
        // Once the turn has come, the lost transaction has ended, in one way or the other.
        self.client.batch_execute("BEGIN").ok()?;
        self.running = true;
        let schema = &self.address.schema;
        self.client.batch_execute(&schema::of(schema, LOCK)).ok()?;
        let text =
            schema::of(schema, "SELECT count(*) FROM {}.entries WHERE number = $1 AND hash = $2");
        let number = i64::try_from(number).ok()?;
        let found = self.client.query_one(&text, &[&number, &&hash[..]]).ok()?;
        let found: i64 = found.try_get(0).ok()?;
        self.roll_back();
        Some(found > 0)
    }

    fn attempt(&mut self, act: &mut Act<'_>) -> Result<()> {
        self.begin("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        let lock = schema::of(&self.address.schema, LOCK);
        // What is read after the turn has come is what those before it kept.
        let locked = self.client.batch_execute(&lock).map_err(LedgerError::from);
        let mut inside = Inside::new(self);
        let done = locked.and_then(|()| act(&mut inside)).and_then(|()| inside.finish());
        match done {
            Ok(last) => self.commit(last),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }
}

/// Sets how long a statement waits for its turn.
fn waiting(patience: Duration) -> String {
    // 0 would be without end.
    format!("SET lock_timeout = {}", patience.as_millis().clamp(1, 1 << 30))
}

/// Connects to the server.
fn connect(address: &PostgresAddress, patience: Duration) -> Result<Client> {
    let reach = |error: LedgerError| match error {
        LedgerError::Store(cause) => {
            LedgerError::Store(format!("{address} cannot be reached: {cause}"))
        }
        other => other,
    };
    let mut client = tls::connect(&address.config, &address.tls).map_err(reach)?;
    client.batch_execute(SETTINGS)?;
    client.batch_execute(&waiting(patience))?;
    Ok(client)
}

impl Store for PostgresStore {
    fn read(&mut self, look: &mut Look<'_>) -> Result<()> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let done = look(&mut Inside::new(self));
        self.roll_back();
        done
    }

    fn write(&mut self, act: &mut Act<'_>) -> Result<()> {
        let mut turn = 1;
        loop {
            match self.attempt(act) {
                Err(LedgerError::Busy(_)) if turn < TURNS => turn += 1,
                done => return done,
            }
        }
    }
}
