//! What a reader of a scorecard should look at.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is one thing to look at, with the entries that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// Identifier: the same for the same thing at every later day, as a `urn:uuid:`.
    pub id: String,
    /// What it is.
    pub kind: AlertKind,
    /// Day from which it was so.
    #[schemars(with = "String")]
    pub day: Date,
    /// Batch that it speaks of; empty for none or several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// What is the matter, in one sentence or a few.
    pub text: String,
    /// Facilities that it speaks of, by identifier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facilities: Vec<String>,
    /// Entries that it rests on.
    pub entries: Vec<u64>,
}

/// Says what an [`Alert`] is. The order is that of the list: the gravest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// A milestone fell due and was not reached by then, as far as is claimed.
    BrokenMilestone,
    /// A milestone fell due, was not reached, and nothing was heard of its batch since.
    MilestoneSilence,
    /// A total is more than the facilities that are named at its stage or a later one.
    UnexplainedTotal,
    /// A total is lower than an earlier one by the same voice.
    TotalFell,
    /// A total counts another unit than the one before it.
    UnitChanged,
    /// Somebody independent denies what is claimed.
    Contradiction,
    /// A facility was opened although the last inspection found it not ready, or before it was said to be completed.
    OpenedBeforeReady,
    /// An earlier stage is reported after a later one had been claimed.
    WentBackwards,
    /// A target or deadline was set again, with another number or day.
    TargetDrifted,
    /// Nothing was heard of facilities for longer than the rules allow.
    Silence,
    /// Facilities are not known to operate any more: nobody said so again.
    OperationLapsed,
}

impl AlertKind {
    /// Returns the words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::BrokenMilestone => "milestone missed",
            Self::MilestoneSilence => "milestone passed in silence",
            Self::UnexplainedTotal => "total not explained",
            Self::TotalFell => "total fell",
            Self::UnitChanged => "unit changed",
            Self::Contradiction => "contradiction",
            Self::OpenedBeforeReady => "opened before ready",
            Self::WentBackwards => "went backwards",
            Self::TargetDrifted => "target drifted",
            Self::Silence => "silence",
            Self::OperationLapsed => "operation lapsed",
        }
    }
}
