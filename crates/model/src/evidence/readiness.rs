//! What inspections come to: what was looked at, what holds, what is to be mended.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::rules::EvidenceRules;
use super::snapshot::{Mark, Times};
use super::statement::{Subject, Voice};

/// Is what inspections come to as of a pair of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inspections {
    /// Name of the programme.
    pub programme: String,
    /// As of when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// What counted as verified.
    pub rules: EvidenceRules,
    /// Facilities of which an inspection, an item or a finding speaks, and those of a kind with a checklist, in the order
    /// of their identifiers.
    pub facilities: Vec<FacilityReadiness>,
}

/// Says whether a facility is ready, by the items that its checklist requires.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// Every required item holds.
    Ready,
    /// Some required item does not hold.
    NotReady,
    /// Some required item was not looked at, and none is known not to hold; or there is no checklist.
    NotKnown,
}

/// Is what inspections say of one facility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FacilityReadiness {
    /// The facility.
    pub subject: Subject,
    /// The items of its checklist, then others that were answered.
    pub items: Vec<ItemState>,
    /// Whether it is ready by the answers of those who run the programme, or of nobody known.
    pub claimed: Ready,
    /// Whether it is ready by the answers of somebody independent.
    pub verified: Ready,
    /// What inspectors themselves last said of it: by those who run the programme, and by somebody independent. It is set
    /// apart from what the items come to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<SaidReady>,
    /// What was found, open ones first, by the day on which they are to be mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingState>,
    /// How often something that was mended, or held, was found wanting again.
    pub rework: u32,
    /// The last time that anybody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Mark>,
    /// When it was inaugurated, as claimed or verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Mark>,
    /// Why it was not ready when it opened, where something says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened_before_ready: Vec<Unready>,
}

/// Is an item of a checklist, as it was last answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemState {
    /// Identifier.
    pub id: String,
    /// The question.
    pub words: String,
    /// Whether it must hold before the facility counts as ready.
    pub required: bool,
    /// Whether the checklist has it.
    pub listed: bool,
    /// The last answer of those who run the programme, or of nobody known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Answer>,
    /// The last answer of somebody independent, at the least grade or better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Answer>,
}

/// Is an answer to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// Whether it holds.
    pub holds: bool,
    /// When, and which entry says so.
    #[serde(flatten)]
    pub mark: Mark,
}

/// Is what an inspector said of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SaidReady {
    /// Whether it was found ready.
    pub ready: bool,
    /// When, and which entry says so.
    #[serde(flatten)]
    pub mark: Mark,
    /// On whose behalf.
    pub voice: Voice,
}

/// Is something that an inspection found and that is to be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingState {
    /// What was found, in the words of the one who did; empty where they were erased.
    pub words: String,
    /// When it was found first.
    pub found: Mark,
    /// By when it is to be mended, as it was first said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub due: Option<Date>,
    /// By when it is to be mended, as it was last said, where that is another day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub moved_to: Option<Date>,
    /// When it was last said to be mended; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mended: Option<Mark>,
    /// Whether somebody independent says that it is mended.
    pub mended_verified: bool,
    /// Whether it is open although the day by which it was to be mended at first is past.
    pub overdue: bool,
    /// How often it was found again after it had been mended.
    pub again: u32,
    /// The entries, in the order of their days.
    pub entries: Vec<u64>,
}

/// Is a reason why a facility was not ready when it opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unready {
    /// The item that did not hold; empty where an inspector said so of the whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// When it was said, and by which entry.
    #[serde(flatten)]
    pub mark: Mark,
    /// On whose behalf.
    pub voice: Voice,
}

impl Ready {
    /// Returns the words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady => "not ready",
            Self::NotKnown => "not known",
        }
    }
}
