//! What lies ahead and what ended: meetings, cycles and what is due by them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::stage::{CountUnit, Stage};
use super::statement::Certainty;

/// Is an entry that counts as of a pair of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The entry.
    pub entry: Entry,
    /// Its day: that of publication where it speaks of a day to come, else the day by which it surely was so.
    pub day: Date,
    /// The day from which it holds no more, where a later entry ended it.
    pub ended: Option<Date>,
    /// Whether those who run the programme stand behind it, whatever its voice says.
    pub theirs: bool,
}

/// Is what lies ahead of a programme and what has ended, as of a pair of times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agenda {
    /// Meetings, ends of cycles and milestones, by their day; those without one last.
    pub events: Vec<Event>,
    /// The cycles, in the order of the programme, each as of its last day or, while it runs, as of today.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cycles: Vec<CycleScore>,
}

/// Is a day on which a programme is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Identifier of the meeting, the cycle or the milestone.
    pub id: String,
    /// What it is.
    pub what: EventKind,
    /// What people call it.
    pub name: String,
    /// The cycle to which it belongs; empty where it is of none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cycle: String,
    /// Its date as it was last said.
    pub date: EventDate,
    /// Its date as it was first said, where that differs: the programme's own, else that of the first entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<EventDate>,
    /// How often its date was said anew.
    #[serde(default)]
    pub moved: u32,
    /// Days by which its last day moved since it was first said; below 0 where it is earlier now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_days: Option<i64>,
    /// Days to go to the first and to the last day that the date can mean; below 0 where they are past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<[i64; 2]>,
    /// Promises that fall due by its last day and are not claimed to be kept, in the order of their days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueBy>,
}

/// Says what an [`Event`] is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A meeting.
    Meeting,
    /// The last day of a cycle.
    CycleEnd,
    /// The day on which a milestone falls due.
    Milestone,
}

/// Is a date of an event, as it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventDate {
    /// The date as written: `2026-02`, `by 2026-12-31`, `unknown`.
    pub written: String,
    /// First day that it can mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub earliest: Option<Date>,
    /// Last day that it can mean: the day that is taken for the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub latest: Option<Date>,
    /// How sure it is; none of milestones and cycles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// The date in the words of those who named it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where it was named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The entry that says so; none where the programme does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// When the public could know it; none where the programme says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub published: Option<Date>,
}

/// Is a promise that falls due by an event and is not claimed to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueBy {
    /// Identifier of the promise in the scorecard.
    pub promise: String,
    /// What was promised: "20 places of 2024 factories inaugurated by 2024-12-31".
    pub words: String,
    /// Day on which it falls due.
    #[schemars(with = "String")]
    pub day: Date,
    /// How many are to reach the stage.
    pub count: u64,
    /// How many are claimed to have reached it; none where they are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<u64>,
    /// How many are verified to have reached it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<u64>,
}

/// Is a cycle with what was promised to fall due in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CycleScore {
    /// Identifier.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// First day.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day.
    #[schemars(with = "String")]
    pub to: Date,
    /// The day that is looked at: its last, or today while it runs.
    #[schemars(with = "String")]
    pub at: Date,
    /// Whether it has ended.
    pub ended: bool,
    /// What was promised in it, by kind, stage and unit.
    pub rows: Vec<CycleRow>,
}

/// Is what was promised of one kind, stage and unit in a cycle, and what came of it by the day that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CycleRow {
    /// Whether it is the cycle's own target; else the milestones that fall due in it, together.
    pub target: bool,
    /// Kind; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Stage.
    pub stage: Stage,
    /// What is counted.
    pub unit: CountUnit,
    /// How many were to reach the stage in the cycle.
    pub promised: u64,
    /// How many were to reach it by the day that is looked at.
    pub due: u64,
    /// How many of the batches promised are claimed to have reached it by that day; none where they are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<u64>,
    /// How many are verified to have reached it by that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<u64>,
    /// Sum over the promises of what was due and is not claimed.
    pub late: u64,
    /// The same by what is verified.
    pub late_unverified: u64,
    /// The promises that are summed up.
    pub promises: Vec<String>,
}

impl EventKind {
    /// Returns the words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::CycleEnd => "end of the cycle",
            Self::Milestone => "milestone",
        }
    }
}

impl EventDate {
    /// Says which day is meant where the date is not a day.
    #[must_use]
    pub fn meant(&self) -> String {
        let Self { written, earliest, latest, .. } = self;
        match (earliest, latest) {
            (_, None) => format!("{written}: no last day is known"),
            (Some(first), Some(last)) if first == last => last.to_string(),
            (_, Some(last)) if *written == format!("by {last}") => last.to_string(),
            (_, Some(last)) => format!("{written}: its last day, {last}, is meant"),
        }
    }
}
