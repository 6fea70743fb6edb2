//! The evidence ledger: entries that are only ever added, chained by hashes, and what they come to as of a pair of
//! times. `docs/concepts/evidence.md` is the contract.
//!
//! - [`Ledger`]: appends drafts, erases texts, hands out entries, makes snapshots, looks for anything that was changed.
//! - [`Store`]: what keeps the rows: [`MemoryStore`], the plainest one, [`SqliteStore`] and [`PostgresStore`].
//! - [`Fact`]: an entry in few bytes, so that a snapshot of a million entries takes less than a second.
//!
//! The ledger reads no clock and draws no chance by itself: both come from the caller's [`Moment`].

mod body;
mod error;
mod fact;
mod hash;
mod ledger;
mod memory;
mod merge;
mod portable;
mod postgres;
mod salvage;
mod selection;
mod snapshot;
mod sound;
mod sqlite;
mod store;
mod stream;
mod verify;

pub use self::error::{LedgerError, Result};
pub use self::fact::{Fact, NONE_DAY, What, mark_of_source, mark_of_subject, names_of};
pub use self::hash::{Hash, ZERO, hash_of, hex, unhex};
pub use self::ledger::{Erasing, Ledger, Moment, Receipt, document_of};
pub use self::memory::MemoryStore;
pub use self::merge::{Clash, Merged, Merging};
pub use self::portable::{Parting, identity_of_lines, parting, read_lines, write_lines};
pub use self::postgres::{PostgresAddress, PostgresStore};
pub use self::salvage::{Salvage, copy_whole, salvage};
pub use self::sqlite::SqliteStore;
pub use self::store::{Act, Head, Look, Reader, Row, Store, StoredDocument, Writer};
pub use self::stream::{Feed, Standing, Tally, differences};
pub use self::verify::{Finding, Verification};
