//! What an entry says: of what, which predicate, which value, by whose voice.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::{CountUnit, Stage};
use crate::decimal::Decimal;

/// Says of what an entry speaks.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Subject {
    /// Whether it is the programme, a place, a facility or a milestone.
    pub scope: Scope,
    /// Its identifier among subjects of its scope; empty for the programme as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Place where it stands; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What it does: a kind or package of the programme, or any word; empty where nothing is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Period or batch that it belongs to, such as `2024`; empty where it belongs to none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
}

/// Is the kind of thing that an entry speaks of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The programme, or one batch of it.
    Programme,
    /// A place.
    Place,
    /// A facility.
    Facility,
    /// A milestone.
    Milestone,
}

/// Says what an entry states. A closed set: what fits none of them is a [`Statement`](Self::Statement).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Predicate {
    /// The facility has reached a stage; with `reached = false`, it has not.
    Stage {
        /// The stage.
        stage: Stage,
        /// Whether it was reached; "seen not to be" is a denial.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        reached: bool,
    },
    /// Part of a stage is done: the frame, the roof. The value may be per cent.
    Progress {
        /// The stage that the part belongs to.
        stage: Stage,
        /// The part, such as `frame`, `roof`, `exterior`.
        part: String,
        /// Whether it was done; "seen not to be begun" is a denial.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        reached: bool,
    },
    /// So many have reached a stage by the date. The value is the number.
    Count {
        /// The stage.
        stage: Stage,
        /// What is counted.
        unit: CountUnit,
    },
    /// So many are to reach a stage by the date. The value is the number.
    Target {
        /// The stage.
        stage: Stage,
        /// What is counted.
        unit: CountUnit,
    },
    /// The subject is to reach a stage by the date.
    Deadline {
        /// The stage.
        stage: Stage,
    },
    /// A meeting, congress or review is on the date.
    MilestoneDate {
        /// How sure it is that the date holds.
        certainty: Certainty,
    },
    /// A plan cycle spans the date.
    PlanCycle,
    /// Somebody looked at it.
    Inspection {
        /// Whether it was found ready; none where that is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ready: Option<bool>,
    },
    /// An item of the checklist holds or does not.
    Readiness {
        /// The item, as the checklist of its kind names it.
        item: String,
        /// Whether it holds.
        holds: bool,
    },
    /// A finding of an inspection, to be mended by the date where one is given.
    Finding {
        /// Whether it is mended.
        mended: bool,
    },
    /// Money or another resource was set aside or spent. The value is how much.
    Budget {
        /// The resource.
        resource: String,
    },
    /// What was delivered during the date's span. The value is how much.
    Output {
        /// The product or service.
        product: String,
    },
    /// Something was seen, or looked for and not seen.
    Observation {
        /// What, such as `heat`, `snow-on-roof`, `material-base`.
        what: String,
        /// Whether it was seen.
        seen: bool,
    },
    /// Somebody said something; the quote says what.
    Statement,
    /// A third party judges; the quote says how.
    Assessment,
    /// It was searched until the date and nothing was found.
    Absence {
        /// What was searched for.
        sought: String,
    },
    /// Says nothing of its own: the entry only relates to others (a retraction, an erasure).
    Note,
}

/// Says how sure a milestone's date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Announced by those who hold it.
    Fixed,
    /// Expected.
    Expected,
    /// Said by somebody, not confirmed.
    Rumoured,
}

/// Is a number with its unit and how it is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    /// The number; none for "all", "several" and "unknown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Decimal>,
    /// Its unit where the predicate names none, such as `per cent`, `t`, `KPW`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// How the number is meant.
    #[serde(default, skip_serializing_if = "is_exact")]
    pub bound: Bound,
}

/// Says how a number is meant.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// This number.
    #[default]
    Exactly,
    /// This number or more ("more than 120" is at least 121 only where the source counts so).
    AtLeast,
    /// Less than this number.
    LessThan,
    /// About this number.
    About,
    /// All of them, no number given.
    All,
    /// Several, no number given.
    Several,
    /// A number that is not known.
    Unknown,
}

/// Says on whose behalf an entry speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// Those who run the programme, whoever carries their words.
    SelfReport,
    /// Somebody independent of them, by looking.
    Independent,
    /// Nobody knows who said it first.
    Unattributed,
}

/// Is an Admiralty grade: how reliable the source is, and how credible this piece of information.
///
/// Written `C3`. F and 6 mean that it cannot be judged, so they lie below every other grade, not in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade {
    /// 0 for A, completely reliable, to 5 for F, cannot be judged.
    source: u8,
    /// 1, confirmed by others, to 6, cannot be judged.
    information: u8,
}

/// Says why a text is not a [`Grade`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a grade: write a letter from A to F and a digit from 1 to 6, such as C3")]
pub struct GradeError(pub String);

impl Grade {
    /// Returns the source's letter, `A` to `F`.
    #[must_use]
    pub const fn letter(self) -> char {
        (b'A' + self.source) as char
    }

    /// Returns the information's digit, 1 to 6.
    #[must_use]
    pub const fn digit(self) -> u8 {
        self.information
    }

    /// Returns whether both parts are at least as good as those of `least`. What cannot be judged never is.
    #[must_use]
    pub const fn reaches(self, least: Self) -> bool {
        let judged = self.source < 5 && self.information < 6;
        judged && self.source <= least.source && self.information <= least.information
    }

    /// Returns both parts in one byte, 1 to 36.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.source * 6 + self.information
    }

    /// Returns the grade of a [`code`](Self::code).
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1..=36 => Some(Self { source: (code - 1) / 6, information: (code - 1) % 6 + 1 }),
            _ => None,
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter(), self.information)
    }
}

impl std::str::FromStr for Grade {
    type Err = GradeError;

    fn from_str(text: &str) -> Result<Self, GradeError> {
        match text.trim().as_bytes() {
            [letter @ b'A'..=b'F', digit @ b'1'..=b'6'] => {
                Ok(Self { source: letter - b'A', information: digit - b'0' })
            }
            _ => Err(GradeError(text.to_owned())),
        }
    }
}

/// Ties an entry to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// How.
    pub how: RelationKind,
    /// Number of the earlier entry.
    pub entry: u64,
}

/// Ties a draft to an earlier one by its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct KeyRelation {
    /// How.
    pub how: RelationKind,
    /// Key of the earlier draft.
    pub key: String,
}

/// Says how an entry relates to an earlier one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// Says the same from another origin.
    Confirms,
    /// Says that it is not so. The earlier entry stands as a claim.
    Denies,
    /// Takes its place: the earlier entry counts no more once this one is known.
    Corrects,
    /// Takes it back: the earlier entry counts no more once this one is known.
    Retracts,
    /// Ends it: a target or deadline holds no more from this entry's date on.
    Expires,
    /// Is a part of what the earlier entry (a target, a count) sums up.
    CountsToward,
    /// Erases texts of it; what it says still counts.
    Redacts,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_exact(bound: &Bound) -> bool {
    *bound == Bound::Exactly
}

impl Serialize for Grade {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Grade {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Grade".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[A-F][1-6]$",
            "format": "grade",
            "description": "Admiralty grade: letter of the source, digit of the information."
        })
    }
}
