//! What counts as verified, when "operating" decays, and what was promised by when: data of the programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::{CountUnit, Stage};
use super::statement::Grade;
use super::when::When;

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
}

impl Default for EvidenceRules {
    fn default() -> Self {
        let c3 = Grade::from_code(15).unwrap_or_else(|| unreachable!("15 is C3"));
        Self { least_grade: c3, origins: 1, operating_days: 180, silent_days: 180, report_days: 30 }
    }
}

/// Is what was promised of a batch by a day, as the programme writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Identifier, unique among milestones.
    pub id: String,
    /// Batch that it speaks of; empty for the whole programme.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that it speaks of; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Stage that is to be reached.
    pub stage: Stage,
    /// How many are to reach it.
    pub count: u64,
    /// What is counted.
    #[serde(default)]
    pub unit: CountUnit,
    /// By when, such as `2024-12-31` or `2024`: it falls due on the last day of this.
    #[serde(with = "written")]
    #[schemars(with = "String", extend("format" = "date-or-span"))]
    pub due: When,
    /// The promise in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where the promise was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

mod written {
    //! Dates of a programme are written as text.

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::When;

    pub(super) fn serialize<S: Serializer>(when: &When, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(when)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<When, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
