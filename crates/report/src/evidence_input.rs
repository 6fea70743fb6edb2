//! What a report says of the ledger is made from.

use groundwork_model::evidence::{Agenda, Entry, ForecastTable, Scorecard, Source};

/// Holds what a report says of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceInput<'a> {
    /// What the ledger comes to beside the promises, as of its times.
    pub card: &'a Scorecard,
    /// Each of the scorecard's reconciliations in words, in their order: a headline, then what is to be said.
    pub reconciled: &'a [Vec<String>],
    /// Entries that were known at these times, in the order of their numbers: all of them, or those published last.
    pub entries: &'a [KnownEntry],
    /// How many entries were known: more than are given where they would make too large a page.
    pub known: u64,
    /// Who publishes, and how they are graded.
    pub sources: &'a [Source],
    /// Meetings and cycles, and what is due by them; none where nobody asked.
    pub agenda: Option<&'a Agenda>,
    /// When what is not open will be; none where nobody asked, or nothing can be forecast.
    pub forecast: Option<&'a ForecastTable>,
}

/// Is an entry that was known, and whether a later one took its place.
#[derive(Clone, Debug)]
pub struct KnownEntry {
    /// The entry.
    pub entry: Entry,
    /// Number of the entry by which it was corrected or taken back, and counts no more.
    pub withdrawn_by: Option<u64>,
}
