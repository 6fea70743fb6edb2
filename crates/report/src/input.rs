//! What a report is made from.

use groundwork_model::{Comparison, Plan, Programme, Verdict};

/// Holds what a report is made from.
///
/// Only `programme` and `plan` are needed; a section whose input is absent says so or is left out.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The programme that the plans belong to.
    pub programme: &'a Programme,
    /// The plan that the report is about.
    pub plan: &'a Plan,
    /// What the checker says of `plan`.
    pub verdict: Option<&'a Verdict>,
    /// Plans to show beside it: the order taken, other methods, other questions.
    pub others: &'a [&'a Plan],
    /// The figures of several plans of one question, side by side.
    pub comparison: Option<&'a Comparison>,
    /// Sentences that a reader must know, such as the warnings of the input check.
    pub findings: &'a [String],
    /// GeoJSON text of the map's areas; a feature's `id`, or its property `id` or `pcode`, is the
    /// id of a place. Without it places are drawn as sized points.
    pub cells: Option<&'a str>,
    /// Commands that make this report again.
    pub commands: &'a [String],
}

impl<'a> ReportInput<'a> {
    /// Returns the main plan and the others, in the order shown.
    pub(crate) fn plans(&self) -> Vec<&'a Plan> {
        std::iter::once(self.plan).chain(self.others.iter().copied()).collect()
    }
}
