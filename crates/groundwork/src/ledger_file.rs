//! The ledger of a programme folder: where it lies, how it is opened, and its clock.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use groundwork_ledger::{Ledger, LedgerError, Moment, SqliteStore, Store, hex};
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

/// Opens a ledger.
pub(crate) fn open(path: &Path) -> Result<AnyLedger, Failure> {
    if !path.exists() {
        let problem =
            Problem::new(Code::NotALedger, format!("there is no ledger {}", path.display()));
        return Err(Failure::File(
            problem
                .with_remedy("Check the name, or make one: `groundwork ledger init`.".to_owned()),
        ));
    }
    let store = SqliteStore::open(path).map_err(|error| failure(&error))?;
    Ok(Ledger::new(Box::new(store)))
}

/// Makes a new ledger, which only its owner can read and write.
pub(crate) fn create(path: &Path) -> Result<AnyLedger, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let cause = format!("{} is there already", path.display());
            Failure::Usage(
                Problem::new(Code::NotALedger, cause)
                    .with_remedy("Use the ledger that is there, or give another name.".to_owned()),
            )
        }
        _ => Failure::file("cannot make", path, &error),
    })?;
    let identity = hex(&WallClock.salt());
    let store = SqliteStore::create(path, &identity).map_err(|error| failure(&error))?;
    Ok(Ledger::new(Box::new(store)))
}

/// Returns how a command fails because of a ledger.
pub(crate) fn failure(error: &LedgerError) -> Failure {
    match error {
        LedgerError::Store(_) | LedgerError::Busy(_) => Failure::File(error.problem()),
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
