//! Works of a table to look back on, such as contracts.

use jiff::civil::Date;

/// Is one of the works of a table: what is known of it at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Row in the file; the header is row 1.
    pub row: u32,
    /// Identifier, once in a table.
    pub id: String,
    /// Works that share their luck: those that were begun in one year, if the table says nothing else.
    pub batch: String,
    /// What may make it faster or slower than others; empty for nothing.
    pub group: String,
    /// The day on which it began.
    pub begun: Date,
    /// The day by which it was to end, as it was known when it began.
    pub due: Option<Date>,
    /// The day on which it ended; none where it had not.
    pub ended: Option<Date>,
    /// Whether it ended as planned; else it was given up.
    pub completed: bool,
}
