//! An entry in few bytes, for snapshots of ledgers with millions of entries.
//!
//! Facts are an index: they are made from bodies, can be made anew at any time, and `verify` compares them. A snapshot
//! reads facts alone, so each ends in a checksum of its bytes, and holds one of its subject and source: a flipped bit is
//! met as an error, never as another figure.

use crc32fast::Hasher;
use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, CountUnit, Grade, Predicate, RelationKind, Stage, Subject, Voice, day_number,
};

use crate::body::Body;

/// Stands for "no such day".
pub const NONE_DAY: i32 = i32::MIN;
/// Stands for "no number".
const NONE_NUMBER: i64 = i64::MIN;
/// Bytes of a fact without relations and checksum.
const FIXED: usize = 48;
/// Bytes of the number of a chain of attribution, where there is one.
const CHAIN: usize = 4;
/// Bytes of a relation.
const RELATION: usize = 9;
/// Bytes of the checksum.
const CHECKSUM: usize = 4;

/// Is an entry in few bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Number of its subject in the store.
    pub subject: u32,
    /// Number of its source in the store; 0 where none is named.
    pub source: u32,
    /// Number of its chain of attribution among the sources of the store; 0 where it has none.
    pub chain: u32,
    /// Checksum of the subject, source and chain that the numbers stand for: [`names_of`].
    pub names: u32,
    /// When it was recorded: microseconds since the first of January 1970 (UTC).
    pub recorded_at: i64,
    /// Day of publication (days since the first of January 1970).
    pub published: i32,
    /// First day that its date can mean; [`NONE_DAY`] where there is none.
    pub earliest: i32,
    /// Last day that its date can mean; [`NONE_DAY`] where there is none.
    pub latest: i32,
    /// What it states.
    pub what: What,
    /// Stage that it speaks of, where it speaks of one.
    pub stage: Option<Stage>,
    /// Whether it holds: the stage was reached, the thing was seen, the site was ready; none where that is not said.
    pub holds: Option<bool>,
    /// Unit of a count or target.
    pub unit: CountUnit,
    /// How its number is meant.
    pub bound: Bound,
    /// Its number, rounded down; none where it has none.
    pub number: Option<i64>,
    /// On whose behalf it speaks.
    pub voice: Voice,
    /// Its grade.
    pub grade: Option<Grade>,
    /// What it relates to.
    pub relations: Vec<(RelationKind, u64)>,
}

/// Is what a fact states: a predicate without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the predicate of the same name")]
pub enum What {
    Stage,
    Progress,
    Count,
    Target,
    Deadline,
    MilestoneDate,
    PlanCycle,
    Inspection,
    Readiness,
    Finding,
    Budget,
    Output,
    Observation,
    Statement,
    Assessment,
    Absence,
    Note,
}

/// Lists all of [`What`], in the order of their codes, with the names of the predicates.
const WHATS: [(What, &str); 17] = [
    (What::Stage, "stage"),
    (What::Progress, "progress"),
    (What::Count, "count"),
    (What::Target, "target"),
    (What::Deadline, "deadline"),
    (What::MilestoneDate, "milestone-date"),
    (What::PlanCycle, "plan-cycle"),
    (What::Inspection, "inspection"),
    (What::Readiness, "readiness"),
    (What::Finding, "finding"),
    (What::Budget, "budget"),
    (What::Output, "output"),
    (What::Observation, "observation"),
    (What::Statement, "statement"),
    (What::Assessment, "assessment"),
    (What::Absence, "absence"),
    (What::Note, "note"),
];

impl What {
    /// Returns the name of the predicate, as written in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        WHATS[self as usize].1
    }
}

const BOUNDS: [Bound; 7] = [
    Bound::Exactly,
    Bound::AtLeast,
    Bound::LessThan,
    Bound::About,
    Bound::All,
    Bound::Several,
    Bound::Unknown,
];

const VOICES: [Voice; 3] = [Voice::SelfReport, Voice::Independent, Voice::Unattributed];

const RELATIONS: [RelationKind; 7] = [
    RelationKind::Confirms,
    RelationKind::Denies,
    RelationKind::Corrects,
    RelationKind::Retracts,
    RelationKind::Expires,
    RelationKind::CountsToward,
    RelationKind::Redacts,
];

/// Returns a checksum of a subject.
#[must_use]
pub fn mark_of_subject(subject: &Subject) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&[subject.scope as u8]);
    for text in [&subject.id, &subject.place, &subject.kind, &subject.batch] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize()
}

/// Returns a checksum of a source.
#[must_use]
pub fn mark_of_source(source: &str) -> u32 {
    crc32fast::hash(source.as_bytes())
}

/// Returns the checksum that a fact holds of its subject, its source and its chain of attribution, of which these are the
/// marks; that of no source, as that of no chain, is 0.
#[must_use]
pub const fn names_of(subject: u32, source: u32, chain: u32) -> u32 {
    subject ^ source.rotate_left(16) ^ chain.rotate_left(8)
}

/// Stands before a chain of attribution among the sources, so that no source is taken for one.
const CHAINED: char = '\u{1f}';

/// Returns how a chain of attribution, as it is stored, is called among the sources.
pub(crate) fn name_of_chain(stored: &str) -> String {
    format!("{CHAINED}{stored}")
}

/// Returns the chain of attribution that is called so among the sources; none where it is a source.
pub(crate) fn chain_of_name(name: &str) -> Option<Vec<String>> {
    serde_json::from_str(name.strip_prefix(CHAINED)?).ok()
}

impl Fact {
    /// Makes the fact of a body whose subject has this number, as have its source and its chain of attribution, if there
    /// are any; the chain is called as [`name_of_chain`] says.
    pub(crate) fn of(
        body: &Body,
        subject: u32,
        source: Option<(u32, &str)>,
        chain: Option<(u32, &str)>,
    ) -> Self {
        let (what, stage, holds, unit) = parts_of(&body.predicate);
        let day = |day: Option<jiff::civil::Date>| day.map_or(NONE_DAY, day_number);
        let value = body.value.as_ref();
        Self {
            subject,
            source: source.map_or(0, |(number, _)| number),
            chain: chain.map_or(0, |(number, _)| number),
            names: names_of(
                mark_of_subject(&body.subject),
                source.map_or(0, |(_, name)| mark_of_source(name)),
                chain.map_or(0, |(_, name)| mark_of_source(name)),
            ),
            recorded_at: body.recorded_at,
            published: day_number(body.published.day),
            earliest: day(body.valid.earliest),
            latest: day(body.valid.latest),
            what,
            stage,
            holds,
            unit,
            bound: value.map_or(Bound::Unknown, |value| value.bound),
            number: value.and_then(|value| value.number).map(whole),
            voice: body.voice,
            grade: body.grade,
            relations: body.relations.iter().map(|to| (to.how, to.entry)).collect(),
        }
    }

    /// Returns the day by which what it states surely was so: the last day that its date can mean, or the day on which
    /// it was published where that is earlier. A date behind its publication keeps its last day.
    #[must_use]
    pub fn surely_by(&self) -> i32 {
        let latest = if self.latest == NONE_DAY { i32::MAX } else { self.latest };
        if self.earliest > self.published { latest } else { latest.min(self.published) }
    }

    /// Returns its day: that of publication for what speaks of a day to come (a target, a deadline, the date of a meeting,
    /// a plan cycle, a finding that is to be mended), else the day by which it surely was so.
    #[must_use]
    pub fn day(&self) -> i32 {
        match self.what {
            What::Target | What::Deadline | What::MilestoneDate | What::PlanCycle => self.published,
            What::Finding if self.holds == Some(false) => self.published,
            _ => self.surely_by(),
        }
    }

    /// Returns whether its number is one or more, or none at all; none where that is not said.
    #[must_use]
    pub fn counts_any(&self) -> Option<bool> {
        match (self.bound, self.number) {
            (Bound::All | Bound::Several, _) => Some(true),
            (Bound::Exactly | Bound::About | Bound::AtLeast, Some(1..)) => Some(true),
            (Bound::Exactly | Bound::About, Some(0)) | (Bound::LessThan, Some(1)) => Some(false),
            _ => None,
        }
    }

    /// Returns whether it says of its own subject that a stage was not reached.
    #[must_use]
    pub fn denies_stage(&self) -> bool {
        match self.what {
            What::Stage => self.holds == Some(false),
            What::Count => self.counts_any() == Some(false),
            _ => false,
        }
    }

    /// Returns whether it is evidence that its subject has reached its stage, or is on the way there.
    #[must_use]
    pub fn shows_stage(&self) -> bool {
        match self.what {
            What::Stage | What::Progress => self.holds == Some(true),
            What::Count => self.counts_any() == Some(true),
            What::Inspection | What::Output => true,
            _ => false,
        }
    }

    /// Returns whether other entries mean something else because of it.
    #[must_use]
    pub fn bears_on_others(&self) -> bool {
        !self.relations.is_empty() || self.denies_stage()
    }

    /// Writes the fact in bytes, all numbers with the least byte first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let room = FIXED + CHAIN + RELATION * self.relations.len() + CHECKSUM;
        let mut bytes = Vec::with_capacity(room);
        bytes.extend(self.subject.to_le_bytes());
        bytes.extend(self.source.to_le_bytes());
        bytes.extend(self.recorded_at.to_le_bytes());
        bytes.extend(self.published.to_le_bytes());
        bytes.extend(self.earliest.to_le_bytes());
        bytes.extend(self.latest.to_le_bytes());
        bytes.extend(self.number.unwrap_or(NONE_NUMBER).to_le_bytes());
        bytes.extend([
            self.what as u8,
            self.stage.map_or(u8::MAX, |stage| stage as u8),
            self.holds.map_or(2, u8::from),
            self.unit as u8,
            self.bound as u8,
            self.voice as u8,
            self.grade.map_or(0, Grade::code),
            u8::from(self.chain != 0),
        ]);
        bytes.extend(self.names.to_le_bytes());
        if self.chain != 0 {
            bytes.extend(self.chain.to_le_bytes());
        }
        for (how, entry) in &self.relations {
            bytes.push(*how as u8);
            bytes.extend(entry.to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a fact; none where the bytes are not those that [`to_bytes`](Self::to_bytes) gave.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (bytes, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        if crc32fast::hash(bytes) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (fixed, rest) = bytes.split_at_checked(FIXED)?;
        let codes = &fixed[36..44];
        let (chain, relations) = match codes[7] {
            0 => (0, rest),
            1 => {
                let (chain, relations) = rest.split_first_chunk::<CHAIN>()?;
                (u32::from_le_bytes(*chain), relations)
            }
            // Room for later.
            _ => return None,
        };
        // No chain is written as none.
        if relations.len() % RELATION != 0 || (codes[7] == 1 && chain == 0) {
            return None;
        }
        let number = i64::from_le_bytes(*fixed[28..].first_chunk()?);
        let mut related = Vec::with_capacity(relations.len() / RELATION);
        for relation in relations.chunks_exact(RELATION) {
            let how = *RELATIONS.get(usize::from(relation[0]))?;
            related.push((how, u64::from_le_bytes(*relation[1..].first_chunk()?)));
        }
        Some(Self {
            subject: u32::from_le_bytes(*fixed.first_chunk()?),
            source: u32::from_le_bytes(*fixed[4..].first_chunk()?),
            chain,
            names: u32::from_le_bytes(*fixed[44..].first_chunk()?),
            recorded_at: i64::from_le_bytes(*fixed[8..].first_chunk()?),
            published: i32::from_le_bytes(*fixed[16..].first_chunk()?),
            earliest: i32::from_le_bytes(*fixed[20..].first_chunk()?),
            latest: i32::from_le_bytes(*fixed[24..].first_chunk()?),
            number: (number != NONE_NUMBER).then_some(number),
            what: WHATS.get(usize::from(codes[0]))?.0,
            stage: match codes[1] {
                u8::MAX => None,
                code => Some(*Stage::ALL.get(usize::from(code))?),
            },
            holds: match codes[2] {
                0 => Some(false),
                1 => Some(true),
                2 => None,
                _ => return None,
            },
            unit: *CountUnit::ALL.get(usize::from(codes[3]))?,
            bound: *BOUNDS.get(usize::from(codes[4]))?,
            voice: *VOICES.get(usize::from(codes[5]))?,
            grade: match codes[6] {
                0 => None,
                code => Some(Grade::from_code(code)?),
            },
            relations: related,
        })
    }
}

/// Returns the whole part of a number.
fn whole(number: Decimal) -> i64 {
    number.mantissa().div_euclid(10_i64.saturating_pow(number.scale()))
}

fn parts_of(predicate: &Predicate) -> (What, Option<Stage>, Option<bool>, CountUnit) {
    let places = CountUnit::Places;
    match predicate {
        Predicate::Stage { stage, reached } => (What::Stage, Some(*stage), Some(*reached), places),
        Predicate::Progress { stage, reached, .. } => {
            (What::Progress, Some(*stage), Some(*reached), places)
        }
        Predicate::Count { stage, unit } => (What::Count, Some(*stage), None, *unit),
        Predicate::Target { stage, unit } => (What::Target, Some(*stage), None, *unit),
        Predicate::Deadline { stage } => (What::Deadline, Some(*stage), None, places),
        Predicate::MilestoneDate { .. } => (What::MilestoneDate, None, None, places),
        Predicate::PlanCycle => (What::PlanCycle, None, None, places),
        Predicate::Inspection { ready } => {
            (What::Inspection, Some(Stage::Inspected), *ready, places)
        }
        Predicate::Readiness { holds, .. } => (What::Readiness, None, Some(*holds), places),
        Predicate::Finding { mended } => (What::Finding, None, Some(*mended), places),
        Predicate::Budget { .. } => (What::Budget, None, None, places),
        Predicate::Output { .. } => (What::Output, Some(Stage::Operating), None, places),
        Predicate::Observation { seen, .. } => (What::Observation, None, Some(*seen), places),
        Predicate::Statement => (What::Statement, None, None, places),
        Predicate::Assessment => (What::Assessment, None, None, places),
        Predicate::Absence { .. } => (What::Absence, None, None, places),
        Predicate::Note => (What::Note, None, None, places),
    }
}
