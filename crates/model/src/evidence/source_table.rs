//! Who says what: sources, whom they carry, what became of their claims, and where a look would tell most.
//! `docs/concepts/independence.md` says what each figure means.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Root;
use super::rules::EvidenceRules;
use super::snapshot::Times;
use super::stage::Stage;
use super::statement::Grade;

/// Is everything about the sources of a ledger as of a pair of times. Nothing of it is applied: grades and copies are
/// proposed to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceTable {
    /// Name of the programme.
    pub programme: String,
    /// As of when.
    pub times: Times,
    /// Head of the ledger that it was made from.
    pub root: Root,
    /// What counted as verified.
    pub rules: EvidenceRules,
    /// Sources in the order of their identifiers: those of the sources table, and those that entries name.
    pub sources: Vec<SourceScore>,
    /// Who carries whom, as the sources table or the attribution of entries says.
    pub carried: Vec<Carried>,
    /// Words that one source published after another, and nothing says that it carries it.
    pub copies: Vec<CopyFound>,
    /// Of what is claimed, how much was looked at and found.
    pub factors: Vec<VerificationFactor>,
    /// Facilities of which a look would tell most, the first first.
    pub next: Vec<NextInspection>,
}

/// Is one source with its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceScore {
    /// Identifier, as entries name it; empty for entries that name none.
    pub id: String,
    /// Name, as people know it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Who stands behind it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub behind: String,
    /// Whether the sources table has it.
    pub listed: bool,
    /// Whether it looks for itself and is independent of those who run the programme.
    pub independent: bool,
    /// Its grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Why it is graded so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who may have looked where it says something without an attribution of its own: itself, who stands behind it, or
    /// those whom it carries.
    pub identities: Vec<String>,
    /// Number of its entries that count.
    pub entries: u64,
    /// Those of them that come from somebody else, by their attribution or by the sources table.
    pub carried_entries: u64,
    /// Number of its entries that were corrected or taken back.
    pub withdrawn: u64,
    /// Day of publication of its first entry that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub first_heard: Option<Date>,
    /// Day of publication of its last entry that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_heard: Option<Date>,
    /// What became of its claims, for all stages together.
    pub record: TrackRecord,
    /// The same by stage; only stages of which it claimed something.
    pub stages: Vec<StageRecord>,
    /// Another letter of its grade, where the record speaks for one. It is proposed, never applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedGrade>,
}

/// Is what became of claims, by the first look of somebody else after each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrackRecord {
    /// Claims that a facility reached a stage: one for each facility and stage, the first.
    pub claims: u64,
    /// Those that the first look after them found so.
    pub verified: u64,
    /// Those that it found not so.
    pub refuted: u64,
    /// Those that nobody else looked at since.
    pub open: u64,
    /// Share found so, of those looked at, in thousandths; none where fewer than five were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_per_mille: Option<u32>,
    /// Interval of 90 per cent of that share, in thousandths (Wilson 1927).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_per_mille: Option<(u32, u32)>,
}

/// Is what became of claims of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageRecord {
    /// The stage.
    pub stage: Stage,
    /// What became of the claims.
    pub record: TrackRecord,
}

/// Is a grade that a record speaks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedGrade {
    /// The letter, from B to E.
    pub letter: String,
    /// Why, in words.
    pub reason: String,
}

/// Says that one source carries another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Carried {
    /// Who is carried.
    pub from: String,
    /// Who carries it.
    pub by: String,
    /// Whether the sources table says so.
    pub listed: bool,
    /// Number of entries whose attribution says so.
    pub entries: u64,
}

/// Says that a source published words that another had published before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CopyFound {
    /// Who published them first.
    pub from: String,
    /// Who published them later.
    pub by: String,
    /// How many passages.
    pub passages: u64,
    /// The first of them: the entry that had it first.
    pub first: u64,
    /// And the entry that had it later.
    pub later: u64,
    /// Days between the two.
    pub days: i32,
}

/// Is how much of what is claimed of a group was looked at and found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerificationFactor {
    /// What is counted: all, or the facilities of a batch, a kind or a province.
    pub by: FactorBy,
    /// Its name; empty for all, and for those of none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The stage.
    pub stage: Stage,
    /// Facilities of which it is claimed.
    pub claimed: u64,
    /// Those that somebody independent looked at on the day of the claim or later.
    pub looked: u64,
    /// Those that count as verified now.
    pub verified: u64,
    /// The random sample, where the programme says that there is one; what it says of the whole group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleFound>,
}

/// Says by what facilities are gathered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FactorBy {
    /// All of them.
    All,
    /// By batch.
    Batch,
    /// By kind.
    Kind,
    /// By province.
    Province,
}

/// Is what a random sample found in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SampleFound {
    /// Identifier of the sample in `programme.toml`.
    pub id: String,
    /// Claimed facilities of the group that could be drawn.
    pub frame: u64,
    /// Those that were looked at.
    pub drawn: u64,
    /// Those that were found so.
    pub found: u64,
    /// The least and the most of the frame that are so: 90 per cent, exact, for draws without replacement. None with fewer
    /// than five, unless all were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(u64, u64)>,
}

/// Is a facility of which a look would tell much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextInspection {
    /// The facility.
    pub id: String,
    /// Place where it stands.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Batch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// The stage that is claimed.
    pub stage: Stage,
    /// Entry of the claim.
    pub claim: u64,
    /// The probability that a look changes what is verified or denied, in thousandths.
    pub changes_per_mille: u32,
    /// People of the place, by the programme's figures; 0 where it has none.
    pub people: u64,
    /// The promise that most likely stands or falls with this look, and how likely it does, in thousandths; none where no
    /// promise does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseAtStake>,
    /// What it is worth: the people of the place, and those of all places that count toward the promises that stand or fall
    /// with it, each as likely as it is. Persons.
    pub worth: u64,
    /// Why, in words.
    pub reason: String,
}

/// Is a promise that may stand or fall with a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseAtStake {
    /// Identifier of the promise.
    pub id: String,
    /// The probability, in thousandths, that it is found kept if this one is found so and all other claims are looked at,
    /// and not kept if this one is not.
    pub decides_per_mille: u32,
}
