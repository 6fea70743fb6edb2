//! The frontier of a programme: the best plan for each number that one rule may have.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::plan::{InputFile, Sense, StoppedBy};
use crate::problem::Problem;
use crate::question::Question;

/// Version of the frontier of a programme that this program writes and reads.
pub const RULE_FRONTIER_FORMAT: u32 = 1;

/// Is what `groundwork frontier` writes to `plans/frontier.json`: the programme solved anew for each number of one
/// rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFrontier {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Every file of the programme as written.
    pub inputs: Vec<InputFile>,
    /// What is asked at every point.
    pub question: Question,
    /// The rule: `quota`, `budget:RESOURCE`, `floor:NUMBER` or `ceiling:NUMBER`, numbered from 1.
    pub rule: String,
    /// What its numbers count: "openings a period".
    pub counts: String,
    /// Whether the numbers are per cent of what is written for each period.
    pub per_cent: bool,
    /// Whether a larger number is the looser rule.
    pub more_is_looser: bool,
    /// Whether plans and bounds hold for neighbours, so that values and bounds get no worse as the rule is
    /// loosened. Not for a quota that must be met exactly.
    pub monotone: bool,
    /// The numbers that were asked for, ascending.
    pub asked: Vec<Decimal>,
    /// Whether a smaller or a larger value is better.
    pub sense: Sense,
    /// Values and bounds are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// The points that are done, ascending; fewer than asked for when something stopped the run.
    pub points: Vec<RulePoint>,
}

/// Is the answer for one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePoint {
    /// The number.
    pub x: Decimal,
    /// Folder beside this file that holds the programme with this number, its plan and certificate; `None` where
    /// there is no plan.
    pub folder: Option<String>,
    /// What is known.
    pub status: PointStatus,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Value of the plan.
    pub value: Option<i128>,
    /// No plan that keeps the rule with this number is better than this.
    pub bound: Option<i128>,
    /// |value - bound| / max(|value|, 1).
    pub gap: Option<f64>,
    /// The point, by its number, whose plan this is: a tighter rule, so that the plan keeps this one too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_of: Option<Decimal>,
    /// The point, by its number, whose certificate proves the bound, or which has no plan: a looser rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_of: Option<Decimal>,
    /// Persons within reach of every kind in the last period.
    pub access_last: Option<u64>,
    /// Sum over the periods of persons with access to every kind x years.
    pub person_years_of_access: Option<u64>,
    /// Openings of the plan, without upgrades and closures.
    pub openings: Option<u32>,
    /// What is spent over all periods, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spent: BTreeMap<String, u64>,
    /// Why there is no plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Problem>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs.
    pub work: u64,
}

/// Says what is known of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PointStatus {
    /// Value equals bound: no plan is better.
    Optimal,
    /// There is a plan; its distance from the best is at most the gap.
    Feasible,
    /// It is shown that no plan keeps all rules.
    Infeasible,
    /// `check` refuses the programme with this number, for the reasons given.
    Refused,
    /// No plan was found before the search was stopped.
    Unknown,
}
