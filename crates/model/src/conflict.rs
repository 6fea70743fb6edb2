//! Why no plan keeps all rules of a programme, and what would help.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;

/// Is why no plan keeps all rules: sets of the person's own rules that cannot be kept together, and repairs.
///
/// A rule is one row or key as written, or one decision of the question. A set is irreducible: no plan keeps all of
/// it, and without any one of its rules some plan keeps the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Rules in play: all that could give way.
    pub rules: u32,
    /// The sets that were found, the smallest first.
    pub sets: Vec<ConflictSet>,
    /// Whether these are all irreducible sets that there are.
    pub complete: bool,
    /// What prices of repairs are.
    pub prices: PricedBy,
    /// Changes that were tried and after which a plan exists, the cheapest first.
    pub repairs: Vec<Repair>,
}

/// Is a set of rules that no plan keeps together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictSet {
    /// The rules; none where what is settled stands against every plan.
    pub rules: Vec<ConflictRule>,
    /// What is no rule and stands against a plan together with them, in words: without it there would be one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// Whether it is shown that each of the rules is needed for the conflict.
    pub irreducible: bool,
}

/// Is a rule as a person wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictRule {
    /// File, as named in the programme folder; none for what the question says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row of a table (the header is row 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Column of a table, or key of `programme.toml` or of the question.
    pub key: String,
    /// What it asks, in words of planning.
    pub words: String,
}

/// Says what the price of a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PricedBy {
    /// The sum of its changes, each as a share of what is written, in per cent. A rule left out is 100.
    Shares,
    /// The prices of `[repair_prices]`.
    Programme,
}

/// Is a change of rules after which a plan exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// What it costs; none where the programme states no price for one of its changes.
    pub price: Option<Decimal>,
    /// The changes, all of them together.
    pub changes: Vec<RuleChange>,
    /// Whether one unit less of any of its changes, with the others as they are, was shown to leave no plan.
    pub least: bool,
    /// The plan that was found with it; none where the search was stopped before the last trial.
    pub plan: Option<RepairedPlan>,
}

/// Is a change of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    /// The rule.
    pub rule: ConflictRule,
    /// What to do, in words.
    pub words: String,
    /// By how many units.
    pub by: Decimal,
    /// The unit.
    pub unit: String,
    /// What it costs; none where the programme states no price for it.
    pub price: Option<Decimal>,
}

/// Says what plan exists with a repair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairedPlan {
    /// Sites that open.
    pub openings: u32,
    /// Value, as many times the unit as `scale` says.
    pub value: i128,
    /// Bound, where one was found.
    pub bound: Option<i128>,
    /// Gap between the two.
    pub gap: Option<f64>,
    /// Value and bound are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
}
