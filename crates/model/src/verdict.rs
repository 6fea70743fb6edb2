//! What the checker says of a plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Is what the checker found, from the programme as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Whether the plan keeps every rule and every claim of plan and certificate holds.
    pub accepted: bool,
    /// Whether the plan keeps every rule.
    pub feasible: bool,
    /// Value as recomputed; `None` when it could not be.
    pub value: Option<i128>,
    /// Bound as recomputed from the certificate; `None` without one.
    pub bound: Option<i128>,
    /// Gap as recomputed.
    pub gap: Option<f64>,
    /// Value and bound are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// Pairs of place and site whose distance was recomputed.
    pub pairs: u64,
    /// Everything that does not hold.
    pub problems: Vec<Problem>,
}
