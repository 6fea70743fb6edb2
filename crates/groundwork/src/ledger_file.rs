//! The ledger of a programme folder: where it lies, how it is opened, and its clock.
//!
//! A ledger on a server has an address in place of a file name; it may hold a password, so that no message names it as
//! it was given.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use groundwork_ledger::{
    Ledger, LedgerError, Moment, PostgresAddress, PostgresStore, SqliteStore, Store, hex,
};
use groundwork_model::{Code, Problem};

use crate::exit::Failure;

/// Name of the ledger in a programme folder.
pub(crate) const LEDGER_FILE: &str = "ledger.db";

/// Is a ledger of any store.
pub(crate) type AnyLedger = Ledger<Box<dyn Store>>;

/// Returns where the ledger lies: where a flag says, or in the folder.
pub(crate) fn location(folder: &Path, flag: Option<&Path>) -> PathBuf {
    flag.map_or_else(|| folder.join(LEDGER_FILE), Path::to_path_buf)
}

/// Returns the address of a ledger, where it lies on a server. A password that the address lacks is taken from
/// `PGPASSWORD`, where others cannot read it.
fn on_server(location: &Path) -> Result<Option<PostgresAddress>, Failure> {
    let Some(text) = location.to_str().filter(|text| PostgresAddress::is_meant(text)) else {
        return Ok(None);
    };
    let password = std::env::var("PGPASSWORD").ok();
    let address = PostgresAddress::read(text, password.as_deref()).map_err(|error| {
        let remedy =
            "Write postgres://USER@HOST/DATABASE?schema=NAME; docs/guide/team-ledger.md says more.";
        Failure::Usage(error.problem().with_remedy(remedy.to_owned()))
    })?;
    match address.root_file() {
        Some(file) => {
            let roots = crate::disk::read(Path::new(file))?;
            Ok(Some(address.with_roots(roots)))
        }
        None => Ok(Some(address)),
    }
}

/// Returns whether a ledger lies on a server.
pub(crate) fn is_on_server(location: &Path) -> bool {
    location.to_str().is_some_and(PostgresAddress::is_meant)
}

/// Returns a ledger's name for people: of one on a server not its address, which may hold a password.
pub(crate) fn name(location: &Path) -> String {
    match on_server(location) {
        Ok(None) => location.display().to_string(),
        Ok(Some(address)) => address.to_string(),
        Err(_) => "the ledger on the server".to_owned(),
    }
}

/// Opens a ledger.
pub(crate) fn open(path: &Path) -> Result<AnyLedger, Failure> {
    if let Some(address) = on_server(path)? {
        let store = PostgresStore::open(&address).map_err(|error| failure(&error))?;
        return Ok(Ledger::new(Box::new(store)));
    }
    if !path.exists() {
        let problem =
            Problem::new(Code::NotALedger, format!("there is no ledger {}", path.display()));
        let remedy = "Check the folder, or say where it lies with --ledger. `groundwork ledger init` makes an empty one, \
                      `groundwork import` makes one as well.";
        return Err(Failure::Input(vec![problem.with_remedy(remedy)]));
    }
    let store = SqliteStore::open(path).or_else(|error| match error {
        LedgerError::Store(_) if !log_beside(path) => {
            // Where the folder is read-only, the ledger can still be read.
            SqliteStore::open_in_read_only_folder(path).map_err(|_| error)
        }
        _ => Err(error),
    });
    Ok(Ledger::new(Box::new(store.map_err(|error| failure(&error))?)))
}

/// Returns whether SQLite's log lies beside a ledger: then the file alone is not all of it.
fn log_beside(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    // Where it cannot be seen whether it is there, it may be.
    std::fs::metadata(log)
        .map_or_else(|error| error.kind() != ErrorKind::NotFound, |log| log.len() > 0)
}

/// Makes a new ledger, which only its owner can read and write.
pub(crate) fn create(path: &Path) -> Result<AnyLedger, Failure> {
    make(path, &hex(&WallClock.salt()))
}

/// Makes a new ledger of that identifier.
pub(crate) fn make(path: &Path, identity: &str) -> Result<AnyLedger, Failure> {
    let store: Box<dyn Store> = if let Some(address) = on_server(path)? {
        Box::new(PostgresStore::create(&address, identity).map_err(|error| failure(&error))?)
    } else {
        reserve(path)?;
        Box::new(SqliteStore::create(path, identity).map_err(|error| failure(&error))?)
    };
    Ok(Ledger::new(store))
}

/// Takes away a new ledger that became no copy: its file, or its tables on a server as long as it has no entry.
pub(crate) fn forget(path: &Path, identity: &str) {
    match on_server(path) {
        // The fault that led here is told; that the server has empty tables as well matters less.
        Ok(Some(address)) => drop(PostgresStore::discard_empty(&address, identity)),
        _ => drop(std::fs::remove_file(path)),
    }
}

/// Makes an empty file for a ledger, which only its owner can read and write; one that is there is left alone.
pub(crate) fn reserve(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let cause = format!("{} is there already", path.display());
            Failure::Usage(
                Problem::new(Code::NotALedger, cause)
                    .with_remedy("Use the ledger that is there, or give another name.".to_owned()),
            )
        }
        _ => Failure::file("cannot make", path, &error),
    })
}

/// Returns how a command fails because of a ledger.
pub(crate) fn failure(error: &LedgerError) -> Failure {
    match error {
        LedgerError::Store(_) | LedgerError::Busy(_) | LedgerError::OutcomeUnknown(_) => {
            Failure::File(error.problem())
        }
        _ => Failure::Input(vec![error.problem()]),
    }
}

/// Gives the time of the machine and chance of the system.
pub(crate) struct WallClock;

impl Moment for WallClock {
    fn now(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn salt(&mut self) -> [u8; 16] {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).expect("the system gives chance");
        salt
    }
}
