//! What a report is made from.

use groundwork_model::plan::Served;
use groundwork_model::{
    Comparison, ComparisonRow, Plan, PriceList, Programme, ScenarioTable, Status, Verdict,
};

use crate::evidence_input::EvidenceInput;
use crate::number::percent_at_most;
use crate::words::capital;

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
    /// What one change of each rule brings.
    pub prices: Option<&'a PriceList>,
    /// What the plan and others are worth in each future.
    pub scenarios: Option<&'a ScenarioTable>,
    /// Sentences that a reader must know, such as the warnings of the input check.
    pub findings: &'a [String],
    /// GeoJSON text of the map's areas; a feature's `id`, or its property `id` or `pcode`, is the
    /// id of a place. Without it places are drawn as sized points.
    pub cells: Option<&'a str>,
    /// Commands that make this report again.
    pub commands: &'a [String],
    /// What the ledger says; none where the folder has none.
    pub evidence: Option<&'a EvidenceInput<'a>>,
}

impl<'a> ReportInput<'a> {
    /// Returns the main plan and the others, in the order shown. Another plan with the very openings of
    /// the main one is the same plan and is shown once, under the main one's label.
    pub(crate) fn plans(&self) -> Vec<&'a Plan> {
        let others = self.others.iter().copied().filter(|other| !self.is_main(other));
        std::iter::once(self.plan).chain(others).collect()
    }

    /// Returns whether the checker was asked and refused the main plan.
    pub(crate) fn refused(&self) -> bool {
        self.verdict.is_some_and(|verdict| !verdict.accepted)
    }

    /// Returns whether a plan opens what the main one opens. A plan that the checker refused is no
    /// other's equal.
    pub(crate) fn is_main(&self, plan: &Plan) -> bool {
        std::ptr::eq(plan, self.plan) || (!self.refused() && plan.openings == self.plan.openings)
    }

    /// Returns a plan's label as a reader sees it; the main plan's where it is the same.
    pub(crate) fn label(&self, plan: &Plan) -> String {
        match (self.is_main(plan), self.refused()) {
            (true, true) => format!("{} (refused by the checker)", capital(&self.plan.label)),
            (true, false) => capital(&self.plan.label),
            (false, _) => capital(&plan.label),
        }
    }

    /// Returns the other labels of the main plan: those of plans with the very same openings.
    pub(crate) fn also_called(&self) -> Vec<String> {
        let same = self.others.iter().filter(|other| self.is_main(other));
        let labels = same.map(|other| other.label.clone());
        labels.filter(|label| *label != self.plan.label).collect()
    }

    /// Returns the plan of a row of the comparison.
    pub(crate) fn plan_of(&self, row: &ComparisonRow) -> Option<&'a Plan> {
        let others = self.others.iter().copied().chain(std::iter::once(self.plan));
        others.into_iter().find(|plan| is_of(row, plan))
    }

    /// Returns the row of the comparison with a plan's figures.
    pub(crate) fn row_of(&self, plan: &Plan) -> Option<&'a ComparisonRow> {
        let rows = &self.comparison?.rows;
        let own = rows.iter().find(|row| is_of(row, plan));
        own.or_else(|| {
            let same =
                |row: &&ComparisonRow| self.plan_of(row).is_some_and(|other| self.is_main(other));
            rows.iter().filter(|_| self.is_main(plan)).find(same)
        })
    }

    /// Returns how far a plan can be from the best, in a sentence.
    pub(crate) fn gap_words(&self, plan: &Plan) -> String {
        match self.gap(plan) {
            Gap::Refused => {
                "The checker refused this plan: the gap that it claims does not count.".to_owned()
            }
            Gap::Broken => "This plan breaks a rule of the programme.".to_owned(),
            Gap::None => "Proved best: no plan that keeps the same rules is better.".to_owned(),
            Gap::Own(gap) => format!(
                "The best plan that keeps the same rules is better by at most {} of this plan\u{2019}s value.",
                percent_at_most(gap)
            ),
            Gap::Common(gap) => format!(
                "The best plan with as many openings as those of the comparison is better by at most {} of this plan\u{2019}s value.",
                percent_at_most(gap)
            ),
            Gap::Unknown => "How far this plan is from the best is not known.".to_owned(),
        }
    }

    /// Returns the gap as a figure.
    pub(crate) fn gap_figure(&self, plan: &Plan) -> String {
        match self.gap(plan) {
            Gap::None => "0\u{a0}%".to_owned(),
            Gap::Own(gap) | Gap::Common(gap) => percent_at_most(gap),
            Gap::Refused | Gap::Broken | Gap::Unknown => "not known".to_owned(),
        }
    }

    fn gap(&self, plan: &Plan) -> Gap {
        let common = || self.row_of(plan).map(|row| row.gap).filter(|gap| gap.is_finite());
        match (plan.status, plan.gap) {
            _ if self.refused() && self.is_main(plan) => Gap::Refused,
            (Status::Infeasible, _) => Gap::Broken,
            (Status::Optimal, _) => Gap::None,
            (Status::Feasible, Some(gap)) if gap.is_finite() => Gap::Own(gap),
            (Status::Feasible, _) => common().map_or(Gap::Unknown, Gap::Common),
        }
    }
}

/// Returns who is served where: in the first future, where a plan has several.
pub(crate) fn served(plan: &Plan) -> &[Served] {
    plan.futures.first().map_or(&plan.assignments, |future| &future.assignments)
}

/// Says how far a plan is from the best.
enum Gap {
    /// The checker refused the plan.
    Refused,
    /// The plan itself says that it breaks a rule.
    Broken,
    /// Proved best.
    None,
    /// To the bound of the plan's own question.
    Own(f64),
    /// To the common bound of the comparison.
    Common(f64),
    Unknown,
}

fn is_of(row: &ComparisonRow, plan: &Plan) -> bool {
    row.value == plan.value && row.label == plan.label && row.method == plan.method
}
