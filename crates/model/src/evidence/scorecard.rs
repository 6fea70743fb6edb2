//! What a snapshot comes to beside the promises: promised, claimed, verified and late, with the entries behind each.

use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::alert::Alert;
use super::entry::Root;
use super::reconciliation::Reconciliation;
use super::rules::EvidenceRules;
use super::snapshot::{Mark, StageState, Times};
use super::stage::{CountUnit, Stage};
use super::statement::Subject;

/// Is the scoreboard of a programme as of a pair of times.
///
/// Groups and promises count named facilities alone. Totals that name nobody stand in
/// [`reconciliations`](Self::reconciliations), beside them and never mixed with them. The same snapshot and programme
/// give the same scorecard, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scorecard {
    /// Name of the programme.
    pub programme: String,
    /// As of when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// What counted as verified, and how long evidence stays fresh.
    pub rules: EvidenceRules,
    /// Number of entries that counted.
    pub counted: u64,
    /// Number of entries that others had corrected or taken back.
    pub withdrawn: u64,
    /// One for each batch and kind, in their order.
    pub batches: Vec<GroupScore>,
    /// One for each kind.
    pub kinds: Vec<GroupScore>,
    /// One for each province and kind.
    pub provinces: Vec<GroupScore>,
    /// What was promised: the programme's milestones, then the ledger's targets that no milestone repeats.
    pub promises: Vec<PromiseScore>,
    /// Promised, claimed, verified and late, day by day.
    pub series: Vec<Series>,
    /// Every claimed or seen total, set against the facilities that are named.
    pub reconciliations: Vec<Reconciliation>,
    /// What a reader should look at, the gravest first.
    pub alerts: Vec<Alert>,
    /// Every facility, in the order of its first entry.
    pub facilities: Vec<FacilityScore>,
}

/// Counts the named facilities of a batch, a kind or a province.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupScore {
    /// Batch; empty where the group is not of one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind; empty where nothing is said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Province; empty where the group is not of one, or its places have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// Number of named facilities.
    pub facilities: u64,
    /// What they reached, in the order of stages; only stages of which anything is said.
    pub stages: Vec<StageScore>,
}

/// Counts the named facilities of a group at one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageScore {
    /// The stage.
    pub stage: Stage,
    /// The entries on which each claim rests: as many as there are facilities of which it is claimed.
    pub claimed: Vec<u64>,
    /// The entries from which each counts as verified: as many as there are verified facilities.
    pub verified: Vec<u64>,
    /// The entries by which somebody independent denies it last, and nobody has verified it since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<u64>,
    /// Facilities of which it was claimed or verified too long ago to be known still; they are not counted above.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lapsed: u64,
}

/// Sets one promise beside what is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseScore {
    /// Identifier of the milestone, or `entry 12` for a target of the ledger.
    pub id: String,
    /// Entry of the target; none for a milestone of the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Batch that it speaks of; empty for the whole programme.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that it speaks of; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Place that it speaks of; empty for every place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Stage that is to be reached.
    pub stage: Stage,
    /// How many are to reach it.
    pub count: u64,
    /// What is counted.
    pub unit: CountUnit,
    /// Day on which it falls due; none where it has no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub due: Option<Date>,
    /// First day on which reaching it is not early; none where it is never early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub not_before: Option<Date>,
    /// The promise in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// By what is claimed.
    pub claimed: Reached,
    /// By what is verified.
    pub verified: Reached,
}

/// Says how far a promise is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reached {
    /// How many have reached it, in the unit of the promise; none where the named facilities are not counted in it
    /// (plants).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many had reached it when it fell due, or by the day that is looked at where that is earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_due: Option<u64>,
    /// Day on which the last one that was promised reached it; none as long as some are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub day: Option<Date>,
    /// Early, on time, late, ...
    pub schedule: Schedule,
    /// Entries that it rests on.
    pub entries: Vec<u64>,
}

/// Says how something stands against its date.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Reached before the time for which it was promised began.
    Early,
    /// Reached by the day on which it fell due.
    OnTime,
    /// Reached after that day, or not by its end.
    Late,
    /// Not reached, and the day is yet to come.
    NotDue,
    /// Nothing was promised, or without a date, or it cannot be counted.
    Unknown,
}

impl Schedule {
    /// Returns the words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::OnTime => "on time",
            Self::Late => "late",
            Self::NotDue => "not due",
            Self::Unknown => "unknown",
        }
    }
}

/// Is a facility with its three statuses, which are kept apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FacilityScore {
    /// The facility.
    pub subject: Arc<Subject>,
    /// Official status: the furthest stage that is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Stage>,
    /// Evidence status: the furthest stage that is verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Stage>,
    /// Whether it is said to be stalled or cancelled, and nothing was reached since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<Stage>,
    /// Schedule status: one for each promise that speaks of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<FacilitySchedule>,
    /// What is said and seen of its stages.
    pub stages: Vec<StageState>,
    /// Day of publication of the last entry about it.
    #[schemars(with = "String")]
    pub last_heard: Date,
    /// Whether nothing was heard of it for longer than the rules allow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
    /// Number of entries about it that counted.
    pub entries: u64,
}

/// Says how a facility stands against one promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FacilitySchedule {
    /// Number of the promise in the scorecard's list, from 1; 0 for a deadline of the facility's own.
    pub promise: u32,
    /// Stage that is to be reached.
    pub stage: Stage,
    /// Day on which it falls due, with the entry that says so where it is a deadline of the facility's own (else 0).
    pub due: Mark,
    /// By what is claimed.
    pub claimed: Schedule,
    /// By what is verified.
    pub verified: Schedule,
}

/// Is four numbers over time, cumulative, of named facilities and of what was promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Batch; empty for all batches together.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that is counted; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Stage that is counted.
    pub stage: Stage,
    /// What is counted.
    pub unit: CountUnit,
    /// The days on which any of the numbers changes, and the day that is looked at.
    pub points: Vec<SeriesPoint>,
}

/// Is what the four series say at the end of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesPoint {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// How many were to reach the stage by then.
    pub promised: u64,
    /// How many are claimed to have reached it.
    pub claimed: u64,
    /// How many are verified to have reached it.
    pub verified: u64,
    /// How many of those that were promised by then are not claimed to have reached it.
    pub late: u64,
    /// How many of those that were promised by then are not verified to have reached it.
    pub late_unverified: u64,
}

impl Scorecard {
    /// Returns the scorecard of an empty ledger and a programme without a name.
    #[must_use]
    pub fn empty(times: Times) -> Self {
        Self {
            programme: String::new(),
            times,
            root: Root::default(),
            rules: EvidenceRules::default(),
            counted: 0,
            withdrawn: 0,
            batches: Vec::new(),
            kinds: Vec::new(),
            provinces: Vec::new(),
            promises: Vec::new(),
            series: Vec::new(),
            reconciliations: Vec::new(),
            alerts: Vec::new(),
            facilities: Vec::new(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl GroupScore {
    /// Returns the score of a stage.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Option<&StageScore> {
        self.stages.iter().find(|score| score.stage == stage)
    }
}
