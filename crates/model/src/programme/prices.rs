//! What it costs to change a rule where no plan keeps all of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Amounts;
use super::kinds::amount_schema;

/// States what it costs to change rules where no plan keeps all of them. What has no price is offered last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairPrices {
    /// A site by which a floor is lowered or a ceiling raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub site: Option<u64>,
    /// A per cent by which a floor of coverage is lowered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub coverage_percent: Option<u64>,
    /// An opening by which the quota of a period changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub opening: Option<u64>,
    /// A unit by which the budget of a period is raised, by resource.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub resources: Amounts,
    /// A period by which a date moves or a lag shortens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub period: Option<u64>,
    /// A kilometre by which a spacing shortens or a need may be farther.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub km: Option<u64>,
    /// A further promise that may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub change: Option<u64>,
    /// A rule that is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub rule: Option<u64>,
}
