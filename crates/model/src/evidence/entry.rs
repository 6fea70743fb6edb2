//! The unit of the ledger: a draft that somebody brings, and the entry that the ledger made of it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::statement::{Grade, KeyRelation, Predicate, Quantity, Relation, Subject, Voice};
use super::when::When;

/// Is what somebody brings to the ledger: all of an entry but what the ledger itself gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Draft {
    /// Key by which the same draft is known again: two drafts with one key are one entry. Empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Of what it speaks.
    pub subject: Subject,
    /// What it states.
    pub predicate: Predicate,
    /// The number that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// When it was so in the world.
    pub valid: When,
    /// When the public could know it.
    pub published: Published,
    /// On whose behalf it speaks.
    pub voice: Voice,
    /// How reliable the source is and how credible the information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Earlier entries that it confirms, denies, corrects, ...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// The same for entries that are named by their key, as drafts of one batch are; the ledger turns them into
    /// [`relations`](Self::relations).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_keys: Vec<KeyRelation>,
    /// What it was taken from.
    #[serde(default)]
    pub medium: Medium,
    /// SHA-256 of the stored document, in hexadecimal digits; empty where none is stored.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// Day on which the document was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub retrieved: Option<Date>,
    /// Language of the document, as BCP 47 has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What can be erased later without breaking the chain.
    #[serde(default)]
    pub texts: Texts,
}

impl Draft {
    /// Returns the day from which it can count: that of publication where it speaks of what is to come (a target, a
    /// deadline, a date, a cycle, a finding that is not mended), else the day by which what it states surely was so. None
    /// where its date begins after the publication and never surely ends.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        let published = self.published.day;
        let ahead = matches!(
            self.predicate,
            Predicate::Target { .. }
                | Predicate::Deadline { .. }
                | Predicate::MilestoneDate { .. }
                | Predicate::PlanCycle
                | Predicate::Finding { mended: false }
        );
        if ahead {
            return Some(published);
        }
        if self.valid.earliest.is_some_and(|first| first > published) {
            return self.valid.latest;
        }
        Some(self.valid.latest.map_or(published, |last| last.min(published)))
    }
}

/// Says when the public could know something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// Where the day is known from.
    pub from: PublishedFrom,
}

/// Says where a day of publication is known from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PublishedFrom {
    /// The document states it.
    Stated,
    /// The document's address contains it.
    Address,
    /// Assumed: the first day that the document proves.
    Assumed,
}

/// Says what an entry was taken from.
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
pub enum Medium {
    /// A page, article or report.
    #[default]
    Document,
    /// A form that somebody filled in.
    Form,
    /// A photo.
    Photo,
    /// A satellite image.
    Satellite,
}

/// Holds what can be erased without breaking the chain: the chain holds a salted hash of each text instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Texts {
    /// Who recorded it: a role, or `import`; never a made-up name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recorded_by: String,
    /// Who publishes it: an `id` of the sources table where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Through whom it came: who spoke first, then who carried it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attribution: Vec<String>,
    /// Address of the document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Title of the document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The sentence that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// The subject as the source names it, where that differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub named: String,
    /// What the person who recorded it adds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Is a passage of a stored document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// The passage, byte for byte.
    pub text: String,
    /// First byte in the stored document; none where no document is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u64>,
}

/// Is a part of [`Texts`] that can be erased by itself.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TextField {
    /// [`Texts::recorded_by`].
    RecordedBy,
    /// [`Texts::source`].
    Source,
    /// [`Texts::attribution`].
    Attribution,
    /// [`Texts::url`].
    Url,
    /// [`Texts::title`].
    Title,
    /// [`Texts::quote`].
    Quote,
    /// [`Texts::named`].
    Named,
    /// [`Texts::note`].
    Note,
}

impl TextField {
    /// Lists all fields, in the order in which the chain holds them.
    pub const ALL: [Self; 8] = [
        Self::RecordedBy,
        Self::Source,
        Self::Attribution,
        Self::Url,
        Self::Title,
        Self::Quote,
        Self::Named,
        Self::Note,
    ];

    /// Returns the name as written in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RecordedBy => "recorded-by",
            Self::Source => "source",
            Self::Attribution => "attribution",
            Self::Url => "url",
            Self::Title => "title",
            Self::Quote => "quote",
            Self::Named => "named",
            Self::Note => "note",
        }
    }
}

/// Is what the ledger keeps: a draft with its number, its time of recording and its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Number, from 1 on, without gaps.
    pub number: u64,
    /// When the ledger learnt it: microseconds since the first of January 1970 (UTC), strictly increasing.
    pub recorded_at: i64,
    /// What was brought.
    #[serde(flatten)]
    pub draft: Draft,
    /// Texts that were erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<TextField>,
    /// Texts of the entry to which it relates that it erased; what is written in its note may be erased itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<TextField>,
    /// Where it was recorded first, where another ledger was merged into this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Hash of the entry before it, in hexadecimal digits; zeros for the first.
    pub previous: String,
    /// Hash of this entry and all before it, in hexadecimal digits.
    pub hash: String,
}

/// Says where an entry was recorded first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// Identifier of that ledger.
    pub ledger: String,
    /// Number of the entry there.
    pub number: u64,
    /// When it was recorded there: microseconds since the first of January 1970 (UTC).
    pub recorded_at: i64,
    /// Hash of the entry there, in hexadecimal digits.
    pub hash: String,
    /// Key of the entry there, where it was given another one here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
}

/// Is the head of a ledger at one time. Once published, it shows any later change of the entries before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Root {
    /// Identifier of the ledger, given when it was made.
    pub ledger: String,
    /// Number of entries.
    pub entries: u64,
    /// When the last one was recorded: microseconds since the first of January 1970 (UTC); 0 where there is none.
    pub recorded_at: i64,
    /// Hash of the last one, in hexadecimal digits; zeros where there is none.
    pub hash: String,
}
