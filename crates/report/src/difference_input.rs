//! What the page of a difference is made from.

use groundwork_model::{Difference, PeriodOutcome, Plan, Programme};

/// Holds what the page of a difference is made from.
#[derive(Clone, Copy, Debug)]
pub struct DifferenceInput<'a> {
    /// The programme that both plans belong to.
    pub programme: &'a Programme,
    /// What moves from the first plan to the second, and who gains and who loses.
    pub difference: &'a Difference,
    /// The first and the second plan.
    pub plans: [&'a Plan; 2],
    /// What people get in each period under the first and under the second plan, counted for the same future as the
    /// difference.
    pub outcomes: [&'a [PeriodOutcome]; 2],
    /// Sentences that a reader must know.
    pub findings: &'a [String],
    /// GeoJSON text of the map's areas, as for [`ReportInput`](crate::ReportInput).
    pub cells: Option<&'a str>,
    /// Commands that make this page again.
    pub commands: &'a [String],
}
