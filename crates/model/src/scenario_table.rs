//! What a plan for all futures is worth in each of them, beside the plans for one future alone: what robustness costs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{InputFile, Sense, Status, StoppedBy};
use crate::problem::Problem;
use crate::programme::Robustness;
use crate::question::Question;

/// Version of the table that this program writes.
pub const SCENARIO_TABLE_FORMAT: u32 = 1;

/// Is what `groundwork scenarios` writes to `plans/scenarios.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioTable {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Every file that it was made from.
    pub inputs: Vec<InputFile>,
    /// What was asked of the plan for all futures; the others ask the same of one future.
    pub question: Question,
    /// Whether the mean or the worst future counts.
    pub objective: Robustness,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Values in one future are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// The plan for all futures; its value is the expected or the worst one.
    pub together: OwnPlan,
    /// The plan for the programme's own numbers, as if no future were known.
    pub own_numbers: Option<OwnPlan>,
    /// Futures that the programme has; more than `futures` has when something stopped the run.
    pub asked: u32,
    /// One row a future, in the order of the programme.
    pub futures: Vec<FutureRow>,
}

/// Is a plan with what is known of better ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPlan {
    /// Its file, beside the table.
    pub file: String,
    /// Whether it is proved best.
    pub status: Status,
    /// Its value.
    pub value: i128,
    /// Value and bound are this many times the unit: that of one future times the sum of the weights where the mean counts.
    pub scale: u64,
    /// No plan of its question is better than this.
    pub bound: Option<i128>,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs.
    pub work: u64,
}

/// Is one future: its own best plan, and what other plans are worth in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FutureRow {
    /// Name of the future.
    pub name: String,
    /// How much it counts in the expected value.
    pub weight: u32,
    /// The plan for this future alone; `None` where none was found or none keeps all rules.
    pub alone: Option<OwnPlan>,
    /// Why no plan keeps all rules in this future, where that is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_plan: Vec<Problem>,
    /// What the plan for all futures is worth in it.
    pub together: i128,
    /// What the plan for the programme's own numbers is worth in it; `None` where it breaks a rule there or leaves
    /// somebody without a site who must have one.
    pub own_numbers: Option<i128>,
    /// The rules that the plan for the programme's own numbers breaks in this future.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<Problem>,
}

impl FutureRow {
    /// Returns what a plan loses in this future against the best plan for it alone, as a fraction of that one's value:
    /// at least, and not more than. Both are known where the plan alone has a value and a bound.
    #[must_use]
    pub fn loss(&self, sense: Sense, value: i128) -> (Option<f64>, Option<f64>) {
        let Some(alone) = &self.alone else { return (None, None) };
        let worse = |than: i128| match sense {
            Sense::Min => value - than,
            Sense::Max => than - value,
        };
        let share = |worse: i128| worse.max(0) as f64 / alone.value.unsigned_abs().max(1) as f64;
        (Some(share(worse(alone.value))), alone.bound.map(|bound| share(worse(bound))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_lies_between_the_plan_alone_and_its_bound() {
        let alone = OwnPlan {
            file: String::new(),
            status: Status::Feasible,
            value: 100,
            scale: 1,
            bound: Some(90),
            stopped_by: StoppedBy::Time,
            seconds: 0.0,
            work: 0,
        };
        let row = FutureRow {
            name: "drought".to_owned(),
            weight: 1,
            alone: Some(alone.clone()),
            no_plan: Vec::new(),
            together: 120,
            own_numbers: None,
            broken: Vec::new(),
        };
        assert_eq!(row.loss(Sense::Min, 120), (Some(0.2), Some(0.3)));
        // Made large: 80 is a fifth below 100, and 105 more might be had.
        let large = FutureRow { alone: Some(OwnPlan { bound: Some(105), ..alone }), ..row.clone() };
        assert_eq!(large.loss(Sense::Max, 80), (Some(0.2), Some(0.25)));
        assert_eq!(FutureRow { alone: None, ..row }.loss(Sense::Min, 1), (None, None));
    }
}
