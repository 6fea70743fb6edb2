//! What counts as verified, and when "operating" decays: data of the programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::statement::Grade;
use crate::decimal::Decimal;

/// Says what counts as verified and how long evidence stays fresh; printed with every figure that rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceRules {
    /// Least grade of an independent observation that verifies a stage.
    pub least_grade: Grade,
    /// Number of independent origins that must have seen it.
    #[schemars(range(min = 1, max = 9))]
    pub origins: u32,
    /// Days after which "operating" is not known any more, unless somebody said so again.
    #[schemars(range(min = 1, max = 36500))]
    pub operating_days: u32,
    /// Days without any report after which a facility counts as silent.
    #[schemars(range(min = 1, max = 36500))]
    pub silent_days: u32,
    /// Days after a promise fell due within which a word on it is expected.
    #[schemars(range(min = 1, max = 36500))]
    pub report_days: u32,
    /// Least share of its capacity that a facility must deliver to count as operating, where what it delivers is looked
    /// at; any output counts where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub operating_share: Option<Decimal>,
}

impl Default for EvidenceRules {
    fn default() -> Self {
        let c3 = Grade::from_code(15).unwrap_or_else(|| unreachable!("15 is C3"));
        Self {
            least_grade: c3,
            origins: 1,
            operating_days: 180,
            silent_days: 180,
            report_days: 30,
            operating_share: None,
        }
    }
}
