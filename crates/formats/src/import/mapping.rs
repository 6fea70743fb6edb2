//! A column mapping as a person writes it: which column holds what, and what its words mean.

use std::collections::BTreeMap;

use groundwork_model::evidence::{Bound, CountUnit, Medium, RelationKind, Scope, Stage, Voice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says how the rows of a table become entries of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Sheet, where the table is in a workbook; the first if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Columns by which a row is known again; every column that the mapping reads if not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Which column holds what.
    pub columns: ImportColumns,
    /// What an entry speaks of.
    #[serde(default)]
    pub subject: SubjectRule,
    /// What the words of `columns.date_kind` mean: a date with `{column}` in place of what a column holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dates: BTreeMap<String, String>,
    /// When the public could know it.
    #[serde(default)]
    pub published: PublishedRule,
    /// What the words of `columns.facility` mean: the kinds of facility that the row speaks of, an entry for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facilities: BTreeMap<String, Words>,
    /// What the words of `columns.source` mean. Where there are none, the column holds ids of sources.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, SourceRule>,
    /// Which place a name means. The first that fits a row counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<NameRule>,
    /// What a row says. The first that fits counts; a row that fits none is refused.
    #[schemars(length(min = 1))]
    pub statements: Vec<StatementRule>,
    /// Which earlier rows a row confirms, denies, corrects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<RelationRule>,
}

/// Names the columns of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportColumns {
    /// Id of the facility, for `{id}` in `subject.facility`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Id of the place; an empty cell means the whole programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Name of the place or thing, as the source gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Word for what stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
    /// Batch or period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// When it was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Word for how the date is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_kind: Option<String>,
    /// Number of a count, target or output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// Word for who says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the source is independent: 1 or 0, yes or no. It is compared with the sources table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub independent: Option<String>,
    /// Grade of the row, where it differs from that of its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Day of publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Address of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Title of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Language of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The sentence that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// What whoever made the table adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Latitude in degrees, for `subject.nearest_km`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<String>,
    /// Longitude in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<String>,
}

/// Says what an entry speaks of. In its texts `{place}`, `{kind}`, `{batch}` and `{id}` stand for what the row says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectRule {
    /// Id of a facility, such as `{place}/{batch}/{kind}`.
    pub facility: String,
    /// Kind where no column names one.
    pub kind: String,
    /// Names that mean the whole programme, such as `(all)`.
    pub whole_programme: Vec<String>,
    /// Whether a name without a place and without a rule is looked up among the names of the places table. It must be
    /// the name of exactly one place there.
    pub look_up_names: bool,
    /// How far the place may lie from the point of a row that names none, in kilometres; the nearest one is taken. 0 takes
    /// none.
    #[schemars(range(min = 0, max = 1000))]
    pub nearest_km: u32,
}

impl Default for SubjectRule {
    fn default() -> Self {
        Self {
            facility: "{place}/{batch}/{kind}".to_owned(),
            kind: String::new(),
            whole_programme: Vec::new(),
            look_up_names: false,
            nearest_km: 0,
        }
    }
}

/// Says when the public could know what a row says. A filled column comes first, then the address, then the note,
/// then what is assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PublishedRule {
    /// Dates that an address may contain, tried in this order.
    pub address: Vec<AddressDate>,
    /// Word in a note behind which the day of publication stands. It holds for all rows of the same address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_word: Option<String>,
    /// What is assumed where nothing says it; such rows are refused if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume: Option<Assumed>,
    /// Days after the assumed day.
    #[schemars(range(min = 0, max = 3650))]
    pub days_after: u32,
    /// Words of `columns.date_kind` whose date is that of the report, so that no days are added.
    pub same_day: Vec<String>,
}

/// Is a way in which an address contains a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AddressDate {
    /// Year, month and day between slashes: 2024/12/21.
    #[serde(rename = "yyyy/mm/dd")]
    Slashes,
    /// Year, month and day between hyphens: 2024-12-21.
    #[serde(rename = "yyyy-mm-dd")]
    Hyphens,
    /// Month, day, year and a time in fourteen digits: 06252024141159.
    #[serde(rename = "mmddyyyyhhmmss")]
    MonthFirst,
    /// Ten digits between other marks: seconds since the first of January 1970 (UTC).
    #[serde(rename = "unix-seconds")]
    UnixSeconds,
}

/// Says what is assumed of a day of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assumed {
    /// The last day of the row's own date.
    Date,
    /// The latest day among the rows of the same address: the page tells of all of them.
    LatestOfAddress,
}

/// Is one word or a list of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Words {
    /// Returns the words.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
    }
}

/// Says which rows a rule fits: what each column named must hold, one of the words. `*` fits every filled cell.
pub(super) type When = BTreeMap<String, Words>;

/// Says who is meant by a word for a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceRule {
    /// Id in the sources table.
    pub source: String,
    /// On whose behalf it speaks; what the sources table says of the source if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// Through whom it came: who spoke first, then who carried it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
    /// What it rests on.
    #[serde(default)]
    pub medium: Medium,
}

/// Says which place a name means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRule {
    /// Title, as it is printed beside the number of rows.
    #[schemars(length(min = 1))]
    pub rule: String,
    /// Rows that it fits.
    pub when: When,
    /// Place that is meant. A row that gives another place is refused.
    pub place: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Says what a row means that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementRule {
    /// Rows that it fits; all if not given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: When,
    /// What the row states.
    pub is: Statement,
    /// Stage that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Part of a stage (`progress`), what was seen (`observation`), searched for (`absence`), delivered (`output`), the
    /// item (`readiness`), the resource (`budget`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Whether it holds: reached, seen, ready. Yes if not given, save for an inspection, where it is not known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    /// What is counted; places if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<CountUnit>,
    /// Unit of a number that counts nothing, such as `t`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub measure: String,
    /// How the number is meant; exactly if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// Date in place of that of the row, with `{column}` in place of what a column holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The source's words for the date.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date_words: String,
    /// Of what it speaks; by default a facility where the row has a place and a kind, a place where it has only that,
    /// else the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Place in place of that of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why it is read so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Is what a row states: a predicate of the ledger, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// Reached a stage.
    Stage,
    /// A part of a stage is done.
    Progress,
    /// So many reached a stage.
    Count,
    /// So many are to reach a stage by the date.
    Target,
    /// Is to reach a stage by the date.
    Deadline,
    /// Was looked at.
    Inspection,
    /// An item of the checklist.
    Readiness,
    /// A finding of an inspection.
    Finding,
    /// Money or another resource.
    Budget,
    /// What was delivered.
    Output,
    /// Something seen, or looked for and not seen.
    Observation,
    /// Somebody said something.
    Statement,
    /// A third party judges.
    Assessment,
    /// Searched and not found.
    Absence,
    /// Nothing: the row is left out, and counted.
    Skip,
}

/// Says to which earlier rows of the same subject a row relates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationRule {
    /// Rows that relate.
    pub when: When,
    /// How.
    pub how: RelationKind,
    /// Rows of the same subject to which they relate; at least one must stand before.
    pub to: When,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}
