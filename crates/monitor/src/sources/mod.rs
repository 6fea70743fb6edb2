//! Who says what, whom they carry, what became of their claims, and where a look would tell most.
//! `docs/concepts/independence.md` is the contract.
//!
//! In reading order: `book` (entries, kept in few bytes), `said` (what an entry says), `record` (what became of claims),
//! `graph` (who carries whom), `copies` (the same words), `factors` (how much of what is claimed was found),
//! `sample` (what a random sample says of all), `next` (where a look would tell most).

mod book;
mod copies;
mod factors;
mod graph;
mod next;
mod record;
mod said;
mod sample;

pub use self::book::SourceBook;
pub use self::next::next_inspections;
