//! What is wrong with a benchmark file and its flags, and the numbers that are right.

use std::fmt;
use std::ops::RangeInclusive;

use groundwork_model::problem::{Code, Problem};

use super::exact::{Amount, Exact, NotExact};
use super::text::Word;
use crate::faults::Faults;

/// Most faults that are kept: a large file read in the wrong format has one in every word.
const FAULTS_MAX: usize = 10_000;

/// Collects the faults of one benchmark file.
///
/// A number that cannot be read is noted and comes back as `None`, and reading goes on; a file with a
/// fault is refused in the end, so a stand-in is never seen.
pub(super) struct Refusals<'n> {
    file: &'n str,
    faults: Faults,
    added: usize,
}

impl<'n> Refusals<'n> {
    /// Begins with a file in which nothing is wrong yet.
    pub(super) fn new(file: &'n str) -> Self {
        let mut faults = Faults::default();
        faults.open(file);
        Self { file, faults, added: 0 }
    }

    /// Returns the name of the file.
    pub(super) fn name(&self) -> &'n str {
        self.file
    }

    /// Returns the faults, for readers that this format shares with programme folders.
    pub(super) fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Returns whether the file is refused.
    pub(super) fn refused(&self) -> bool {
        self.faults.has_error()
    }

    /// Returns all faults in order.
    pub(super) fn finish(self) -> Vec<Problem> {
        self.faults.finish()
    }

    /// Notes a fault that is placed already, unless there are more than anyone reads.
    pub(super) fn add(&mut self, problem: Problem) {
        if self.added < FAULTS_MAX {
            self.added += 1;
            self.faults.add(problem);
        }
    }

    /// Notes a fault of the whole file.
    pub(super) fn file(&mut self, code: Code, cause: impl Into<String>) {
        self.add(Problem::new(code, cause).in_file(self.file));
    }

    /// Notes a fault of a line.
    pub(super) fn line(&mut self, code: Code, row: u32, cause: impl Into<String>) {
        self.add(Problem::new(code, cause).in_file(self.file).at_row(row));
    }

    /// Notes a fault of a field of a line.
    pub(super) fn field(&mut self, code: Code, row: u32, field: &str, cause: impl Into<String>) {
        self.add(Problem::new(code, cause).in_file(self.file).at_row(row).in_column(field));
    }

    /// Notes what is wrong with a word, `what` being the predicate.
    pub(super) fn word(
        &mut self,
        code: Code,
        word: Word<'_>,
        field: &str,
        what: impl fmt::Display,
    ) {
        let cause = format!("{word}, word {} of the line, {what}", word.nth);
        self.field(code, word.row, field, cause);
    }

    /// Notes a fault of a flag.
    pub(super) fn flag(&mut self, code: Code, flag: &str, cause: impl Into<String>) {
        self.add(Problem::new(code, cause).in_column(flag));
    }

    /// Reads a number of any sign.
    pub(super) fn exact(&mut self, word: Word<'_>, field: &str) -> Option<Exact> {
        match Exact::parse(word.text) {
            Ok(value) => Some(value),
            Err(NotExact::NotANumber) => {
                self.word(Code::BenchmarkNotANumber, word, field, "is not a number");
                None
            }
            Err(NotExact::TooLong) => {
                let what = "has more than 18 digits before or behind the point";
                self.word(Code::BenchmarkOutOfRange, word, field, what);
                None
            }
        }
    }

    /// Reads a number that is not below zero.
    pub(super) fn amount(&mut self, word: Word<'_>, field: &str) -> Option<Amount> {
        let value = self.exact(word, field)?;
        if value.is_negative() {
            self.word(Code::BenchmarkNegative, word, field, "is below zero");
            return None;
        }
        Some(Amount { value, row: word.row })
    }

    /// Reads a whole number within a range; `7500.` is whole.
    pub(super) fn whole(
        &mut self,
        word: Word<'_>,
        field: &str,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let Amount { value, .. } = self.amount(word, field)?;
        if value.places() > 0 {
            self.word(Code::BenchmarkNotWhole, word, field, "is not a whole number");
            return None;
        }
        let whole = value.scaled(0).and_then(|whole| u64::try_from(whole).ok());
        let inside = whole.filter(|whole| range.contains(whole));
        if inside.is_none() {
            let what = format_args!("is not between {} and {}", range.start(), range.end());
            self.word(Code::BenchmarkOutOfRange, word, field, what);
        }
        inside
    }

    /// Reads a whole number from 1 to what 32 bits hold.
    pub(super) fn count(&mut self, word: Word<'_>, field: &str) -> Option<u32> {
        let count = self.whole(word, field, 1..=u64::from(u32::MAX))?;
        u32::try_from(count).ok()
    }

    /// Reads the number of a node, from 1 to `last`.
    pub(super) fn node(&mut self, word: Word<'_>, field: &str, last: u32) -> Option<u32> {
        let node = self.whole(word, field, 0..=u64::MAX)?;
        let inside = u32::try_from(node).ok().filter(|node| (1..=last).contains(node));
        if inside.is_none() {
            let what = format_args!("is not one of the numbers 1 to {last}");
            self.word(Code::BenchmarkNode, word, field, what);
        }
        inside
    }
}
