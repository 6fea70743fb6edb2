//! A total that names nobody, set against the facilities that are named.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::{CountUnit, Stage};
use super::statement::{Bound, Voice};

/// Sets a total against the facilities that are named, as of the day of the total.
///
/// Numbers are in the unit of the total: places count once however many facilities stand there. They are none where
/// the total counts plants, since the facilities that are named are not plants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    /// Entry of the total.
    pub entry: u64,
    /// Stage that it counts.
    pub stage: Stage,
    /// What it counts.
    pub unit: CountUnit,
    /// The number; none for "all", "several" and "unknown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// How the number is meant.
    pub bound: Bound,
    /// The day by which it surely was so.
    #[schemars(with = "String")]
    pub day: Date,
    /// On whose behalf it speaks.
    pub voice: Voice,
    /// Batches that it covers, as far as it says so; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<String>,
    /// Kind that it covers; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Place that it covers; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Named facilities that it can mean.
    pub named: u64,
    /// How many of them are said or seen to have reached that very stage by that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<u64>,
    /// How many more are said or seen to have reached a later stage by that day, and not that one. An inspection is
    /// no later stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<u64>,
    /// How many are verified to have reached that very stage by that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<u64>,
    /// What is left of the number when those matched and further are taken off; 0 where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unexplained: Option<u64>,
    /// How many of those left reached the stage or a later one after that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// Which later stages those are that count as further, each facility or place at its furthest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_stages: Vec<StageCount>,
    /// How far the others had come by that day that the total can mean, each at its furthest. Given for the last
    /// hundred totals with something unexplained; so are the facilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<StageCount>,
    /// Those others: named, and neither matched nor further. At most the first thousand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest_facilities: Vec<String>,
    /// The furthest earlier stage that as many had come to as the total counts, or further: the number fits another
    /// definition. Batch by batch those count that are named, or those of the largest claimed total where that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redefined: Option<StageCount>,
    /// Places in which more than one of the matched or further facilities stands: counted one by one they are more
    /// than places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubled: Vec<String>,
    /// The last total before it that says the same of another unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_changed: Option<EarlierTotal>,
    /// The largest total before it, of the same voice, stage, unit and cover, where that was larger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallen: Option<EarlierTotal>,
    /// The last independent total of the same stage, unit and cover, of that day or later, that counts fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted: Option<EarlierTotal>,
    /// Entries by which facilities are matched or further: the first thousand.
    pub entries: Vec<u64>,
}

/// Says how many facilities have come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// How many, in the unit of the total.
    pub count: u64,
}

/// Is another total that one is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EarlierTotal {
    /// Its entry.
    pub entry: u64,
    /// Its number.
    pub number: u64,
    /// What it counts.
    pub unit: CountUnit,
    /// Its day.
    #[schemars(with = "String")]
    pub day: Date,
}
