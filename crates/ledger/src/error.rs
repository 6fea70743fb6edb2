//! What can go wrong with a ledger.

use groundwork_model::{Code, Problem};

/// Says why a ledger could not do what it was asked for. Nothing was half-written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed: full disk, missing rights, a damaged file, a server that does not answer.
    #[error("{0}")]
    Store(String),
    /// Others held the ledger for too long.
    #[error("others were writing to the ledger: {0}")]
    Busy(String),
    /// The connection was lost while the server was keeping what it was given.
    #[error(
        "the connection was lost while the server was keeping the entries, so that it is not known whether it did: {0}"
    )]
    OutcomeUnknown(String),
    /// The clock stands before the last entry.
    #[error(
        "the clock says {now} and the last entry was recorded at {last} (microseconds since 1970)"
    )]
    ClockSetBack {
        /// Time of the last entry.
        last: i64,
        /// Time that the clock gives.
        now: i64,
    },
    /// A newer version of the program wrote it.
    #[error("the ledger has form {found}, this program knows {known}")]
    TooNew {
        /// Form of the ledger.
        found: u32,
        /// Newest form that is known here.
        known: u32,
    },
    /// It is there, and it is something else.
    #[error("{0}")]
    NotALedger(String),
    /// A draft relates to an entry that does not stand before it.
    #[error("draft {draft} of the batch relates to entry {entry}, which does not stand before it")]
    RelationToNothing {
        /// Position in the batch, from 1.
        draft: usize,
        /// Number that it names.
        entry: u64,
    },
    /// A key belongs to an entry that says something else.
    #[error(
        "draft {draft} of the batch has the key of entry {entry}, `{key}`, and says something else"
    )]
    KeyOfAnotherEntry {
        /// Position in the batch, from 1.
        draft: usize,
        /// Entry that has the key.
        entry: u64,
        /// The key.
        key: String,
    },
    /// A draft names a document that is not stored.
    #[error("draft {draft} of the batch rests on document {hash}, which is not stored")]
    DocumentMissing {
        /// Position in the batch, from 1.
        draft: usize,
        /// Hash that it names.
        hash: String,
    },
    /// A draft is not whole or contradicts itself.
    #[error("draft {draft} of the batch: {cause}")]
    DraftUnsound {
        /// Position in the batch, from 1.
        draft: usize,
        /// What is wrong with it.
        cause: String,
    },
    /// An entry is not the one that was written.
    #[error(
        "entry {number} is not the one that was written: its hash, its place or a text is another"
    )]
    Changed {
        /// Its number.
        number: u64,
    },
    /// An entry is asked for that is not there.
    #[error("there is no entry {0}")]
    NoSuchEntry(u64),
}

impl LedgerError {
    /// Returns the fault with its code, as people see it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::Store(_) => Code::LedgerUnusable,
            Self::Busy(_) => Code::LedgerBusy,
            Self::OutcomeUnknown(_) => Code::OutcomeUnknown,
            Self::ClockSetBack { .. } => Code::ClockSetBack,
            Self::TooNew { .. } => Code::LedgerTooNew,
            Self::NotALedger(_) => Code::NotALedger,
            Self::RelationToNothing { .. } | Self::NoSuchEntry(_) => Code::RelationToNothing,
            Self::KeyOfAnotherEntry { .. } => Code::KeyOfAnotherEntry,
            Self::DocumentMissing { .. } => Code::DocumentMissing,
            Self::DraftUnsound { .. } => Code::DraftUnsound,
            Self::Changed { .. } => Code::ChainBroken,
        };
        Problem::new(code, self.to_string())
    }
}

/// Is what a ledger's work returns.
pub type Result<T> = std::result::Result<T, LedgerError>;
