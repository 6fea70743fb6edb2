//! The ledger under reports of every kind, clocks that go wrong, crowds, faults, damage and forgery.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod clock;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod damage;
mod facts;
mod faults;
mod kill;
mod merge;
mod older;
mod portable;
mod room;
#[path = "../common/sample.rs"]
mod sample;
mod selection;
mod tamper;
