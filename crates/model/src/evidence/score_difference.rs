//! What changed between two dates: in the world, and in what is known of the first date.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::alert::Alert;
use super::snapshot::{Mark, Times};
use super::stage::{CountUnit, Stage};
use super::statement::{Bound, Subject};

/// Is what changed from one pair of times to another, the two kinds of change apart.
///
/// The **world** changed from the first date to the second, by all that is known by the later publication date. Our
/// **knowledge** of the first date changed by what was published from the earlier publication date to the later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreDifference {
    /// Name of the programme.
    pub programme: String,
    /// The first pair of times.
    pub from: Times,
    /// The second pair of times.
    pub to: Times,
    /// What changed in the world.
    pub world: Changes,
    /// What changed in what is known of the first date.
    pub knowledge: Changes,
}

/// Is what differs between two scorecards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Stages of facilities, in the order of facilities and stages.
    pub stages: Vec<StageChange>,
    /// Totals that came or went, in the order of the ledger.
    pub totals: Vec<TotalChange>,
    /// Alerts that are new or speak of more facilities.
    pub new_alerts: Vec<Alert>,
    /// Alerts that are gone.
    pub ended_alerts: Vec<Alert>,
}

/// Is a stage of a facility of which something else is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageChange {
    /// The facility.
    pub subject: Arc<Subject>,
    /// The stage.
    pub stage: Stage,
    /// What changed.
    pub what: StageChangeKind,
    /// Before; none where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Mark>,
    /// After; none where there is nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Mark>,
}

/// Says what changed of a stage.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StageChangeKind {
    /// What is claimed.
    Claimed,
    /// What is verified.
    Verified,
    /// What is denied.
    Denied,
    /// Whether it is still known: evidence before, and none that is fresh after.
    Lapsed,
}

/// Is a total that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotalChange {
    /// Its entry.
    pub entry: u64,
    /// Whether it is new, or no longer counts.
    pub added: bool,
    /// Stage that it counts.
    pub stage: Stage,
    /// What it counts.
    pub unit: CountUnit,
    /// Its number; none for "all", "several" and "unknown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// How the number is meant.
    pub bound: Bound,
    /// Its day.
    #[schemars(with = "String")]
    pub day: jiff::civil::Date,
}
