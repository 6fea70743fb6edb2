//! What the ledger says as of a pair of times.

use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::rules::EvidenceRules;
use super::stage::{CountUnit, Stage};
use super::statement::{Bound, Subject, Voice};

/// Says which entries count, and on which day the world is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// The state of the world on this day (valid time).
    #[schemars(with = "String")]
    pub as_of: Date,
    /// From what was published up to this day (published time).
    #[schemars(with = "String")]
    pub known_by: Date,
    /// From what this ledger had recorded up to this moment: microseconds since the first of January 1970 (UTC); all
    /// that it holds where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<i64>,
}

/// Is the state of a programme as of a pair of times, made of the entries that counted then.
///
/// The same ledger, times and rules give the same snapshot, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// As of when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// What counted as verified.
    pub rules: EvidenceRules,
    /// Every facility of which an entry that counted speaks, in the order of their first entry.
    pub facilities: Vec<FacilityState>,
    /// Counts, targets and deadlines of the programme, a batch, a place or a facility, in the order of the ledger.
    pub totals: Vec<Total>,
    /// Entries that say on which days meetings and cycles are, in the order of the ledger.
    pub dates: Vec<u64>,
    /// Last day on which an entry that counted was published; none where none counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_published: Option<Date>,
    /// Number of entries that counted.
    pub counted: u64,
    /// Number of entries that others had corrected or taken back.
    pub withdrawn: u64,
}

/// Is what is said and seen of one facility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FacilityState {
    /// The facility.
    pub subject: Arc<Subject>,
    /// What is said and seen of its stages, in the order of stages; only those of which anything is.
    pub stages: Vec<StageState>,
    /// Day of publication of the last entry about it.
    #[schemars(with = "String")]
    pub last_heard: Date,
    /// Number of entries about it that counted.
    pub entries: u64,
}

/// Is what is said and seen of one stage of a facility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageState {
    /// The stage.
    pub stage: Stage,
    /// The first entry by which it surely had been reached, as those say who run the programme, or nobody known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Mark>,
    /// The first entry from which it counts as verified, by the rules of the snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Mark>,
    /// The last entry by which somebody independent says that it was not reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Mark>,
    /// The last day on which anybody says that it was so, for what decays; none where only a deadline or a denial
    /// speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub latest: Option<Date>,
    /// Number of independent origins that saw it, at the least grade or better and after the last denial.
    pub origins: u32,
    /// What the last inspection found that says whether it was ready, where the stage is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
    /// The inspection that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Mark>,
    /// The latest day by which it was to be reached, where an entry set a deadline for this facility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Mark>,
}

/// Is a day, and the entry that it rests on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Mark {
    /// The day by which it surely was so.
    #[schemars(with = "String")]
    pub day: Date,
    /// Number of the entry.
    pub entry: u64,
}

/// Is a count, target or deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Total {
    /// Number of the entry.
    pub entry: u64,
    /// Of what it speaks.
    pub subject: Arc<Subject>,
    /// What it is.
    pub what: TotalKind,
    /// Stage that is counted, or is to be reached.
    pub stage: Stage,
    /// What is counted.
    pub unit: CountUnit,
    /// The number; none for "all", "several" and "unknown", and for deadlines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// How the number is meant.
    pub bound: Bound,
    /// The day by which it surely was so, or on which it falls due; none where it has no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub day: Option<Date>,
    /// When the public could know it.
    #[schemars(with = "String")]
    pub published: Date,
    /// The day from which it held no more, where a later entry ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ended: Option<Date>,
    /// On whose behalf it speaks.
    pub voice: Voice,
    /// Number of the source among the ledger's sources; 0 where none is named.
    pub source: u32,
}

/// Says what a [`Total`] is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TotalKind {
    /// So many have reached the stage.
    Count,
    /// So many are to reach it.
    Target,
    /// It is to be reached by the day.
    Deadline,
}

impl FacilityState {
    /// Returns what is said and seen of a stage.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Option<&StageState> {
        self.stages.iter().find(|state| state.stage == stage)
    }

    /// Returns the last stage, in the order of building, that is claimed or verified; for `verified` only the latter.
    #[must_use]
    pub fn furthest(&self, verified: bool) -> Option<Stage> {
        let holds = |state: &&StageState| {
            state.verified.is_some() || (!verified && state.claimed.is_some())
        };
        let mut built = self.stages.iter().filter(holds).map(|state| state.stage);
        built.rfind(|stage| *stage < Stage::Stalled)
    }
}
