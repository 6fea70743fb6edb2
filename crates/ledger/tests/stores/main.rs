//! One suite that every store passes: what a ledger means does not depend on where it lies.
//!
//! Those over PostgreSQL are left out unless they are asked for: `make test-postgres` starts a server for them.

#[path = "../common/mod.rs"]
mod common;
mod meaning;
mod server;
mod shared;

use std::sync::atomic::{AtomicU32, Ordering};

use groundwork_ledger::{Ledger, MemoryStore, PostgresAddress, PostgresStore, SqliteStore, Store};

/// Is a ledger over any store.
pub(crate) type AnyLedger = Ledger<Box<dyn Store>>;

/// Identifier of every ledger of the suite.
pub(crate) const IDENTITY: &str = "suite";

/// Is where a new ledger lies, for one test.
pub(crate) trait Home: Sync {
    /// Makes the ledger.
    fn create() -> (Self, AnyLedger)
    where
        Self: Sized;
    /// Opens it once more.
    fn again(&self) -> AnyLedger;
}

pub(crate) fn boxed(store: impl Store + 'static) -> AnyLedger {
    Ledger::new(Box::new(store))
}

struct Memory;

impl Home for Memory {
    fn create() -> (Self, AnyLedger) {
        (Self, boxed(MemoryStore::new(IDENTITY)))
    }

    fn again(&self) -> AnyLedger {
        unreachable!("a ledger in memory has one holder")
    }
}

struct Sqlite(tempfile::TempDir);

impl Home for Sqlite {
    fn create() -> (Self, AnyLedger) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::create(&folder.path().join("ledger.db"), IDENTITY);
        (Self(folder), boxed(store.expect("created")))
    }

    fn again(&self) -> AnyLedger {
        boxed(SqliteStore::open(&self.0.path().join("ledger.db")).expect("opened"))
    }
}

/// Is a schema of its own on the server that the tests are given.
pub(crate) struct Postgres {
    pub(crate) url: String,
    pub(crate) schema: String,
}

impl Postgres {
    /// Returns a schema that is not there yet.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let url = std::env::var("GROUNDWORK_POSTGRES").expect("a server: make test-postgres");
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { url, schema: format!("suite_{}_{next}", std::process::id()) }
    }

    pub(crate) fn address(&self) -> PostgresAddress {
        let text = format!("{}?schema={}", self.url, self.schema);
        PostgresAddress::read(&text, None).expect("an address")
    }

    pub(crate) fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.address()).expect("opened")
    }
}

impl Home for Postgres {
    fn create() -> (Self, AnyLedger) {
        let home = Self::new();
        let store = PostgresStore::create(&home.address(), IDENTITY).expect("created");
        (home, boxed(store))
    }

    fn again(&self) -> AnyLedger {
        boxed(self.open())
    }
}

/// Makes one test of each function, over a store; all of them with the flags in brackets.
macro_rules! tests {
    ($flags:tt $store:ident, $from:ident: $($name:ident),+ $(,)?) => {
        $(tests! { one $flags $store, $from, $name })+
    };
    (one [$(#[$flag:meta])*] $store:ident, $from:ident, $name:ident) => {
        #[test]
        $(#[$flag])*
        fn $name() {
            crate::$from::$name::<crate::$store>();
        }
    };
}

/// Makes the tests of what holds for any store.
macro_rules! meaning {
    ($store:ident $(, $flag:meta)?) => {
        tests! { [$(#[$flag])?] $store, meaning:
            entries_come_back_as_they_were_brought,
            a_batch_is_kept_whole_or_not_at_all,
            a_draft_with_a_known_key_adds_nothing,
            any_text_is_a_key_but_one_with_a_zero_byte,
            a_batch_relates_to_its_own_drafts_by_key,
            what_is_corrected_or_taken_back_counts_no_more,
            a_snapshot_knows_what_was_known,
            a_stage_is_claimed_denied_and_verified,
            erasing_takes_the_text_and_keeps_what_is_said,
            documents_are_kept_once_and_quotes_are_held_against_them,
            copies_of_one_agency_are_one_origin,
            the_index_can_be_made_anew,
            a_long_batch_is_the_same_everywhere,
            what_fails_leaves_nothing,
        }
    };
}

/// Makes the tests of a ledger that several hold.
macro_rules! shared {
    ($store:ident $(, $flag:meta)?) => {
        tests! { [$(#[$flag])?] $store, shared:
            a_reader_sees_one_state_while_others_write,
            two_holders_take_turns,
            two_holders_with_one_key_add_one_entry,
            a_holder_sees_an_index_that_another_made_anew,
            a_panic_leaves_nothing_and_the_store_usable,
        }
    };
}

mod memory {
    meaning!(Memory);
}

mod sqlite {
    meaning!(Sqlite);
    shared!(Sqlite);
}

mod postgres {
    meaning!(Postgres, ignore = "needs a server: make test-postgres");
    shared!(Postgres, ignore = "needs a server: make test-postgres");
}
