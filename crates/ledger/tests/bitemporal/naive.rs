//! What entries come to as of a pair of times, written from `docs/concepts/evidence.md` alone: no index, no single pass,
//! every rule a question to the whole list of entries.

use std::collections::BTreeMap;

use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, Entry, EvidenceRules, Mark, Predicate, RelationKind, Scope, Stage, StageState, Subject,
    Times, Total, TotalKind, Voice,
};
use jiff::civil::Date;

/// Entries, the times and the rules.
pub(crate) struct Naive<'a> {
    pub(crate) entries: &'a [Entry],
    pub(crate) times: Times,
    pub(crate) rules: &'a EvidenceRules,
}

/// What is compared of a facility.
#[derive(Debug, PartialEq)]
pub(crate) struct Facility {
    pub(crate) subject: Subject,
    pub(crate) last_heard: Date,
    pub(crate) entries: u64,
    pub(crate) stages: Vec<StageState>,
}

/// The day by which it surely was so; none where it never was.
fn surely(entry: &Entry) -> Option<Date> {
    let valid = &entry.draft.valid;
    let published = entry.draft.published.day;
    if valid.earliest.is_some_and(|from| from > published) {
        return valid.latest;
    }
    Some(valid.latest.map_or(published, |latest| latest.min(published)))
}

fn day(entry: &Entry) -> Option<Date> {
    match entry.draft.predicate {
        Predicate::Target { .. }
        | Predicate::Deadline { .. }
        | Predicate::MilestoneDate { .. }
        | Predicate::PlanCycle
        | Predicate::Finding { mended: false } => Some(entry.draft.published.day),
        _ => surely(entry),
    }
}

/// Whether a count says that there is one or more, or none.
fn any(entry: &Entry) -> Option<bool> {
    let value = entry.draft.value.as_ref()?;
    let number = value.number.map(Decimal::mantissa);
    match value.bound {
        Bound::All | Bound::Several => Some(true),
        Bound::Unknown => None,
        Bound::LessThan => (number? == 1).then_some(false),
        Bound::AtLeast => (number? >= 1).then_some(true),
        Bound::Exactly | Bound::About => Some(number? >= 1),
    }
}

/// The stage that an entry is evidence of.
fn evidence(entry: &Entry) -> Option<Stage> {
    match &entry.draft.predicate {
        Predicate::Stage { stage, reached: true } => Some(*stage),
        Predicate::Progress { stage, reached: true, .. } => Some(*stage),
        Predicate::Inspection { .. } => Some(Stage::Inspected),
        Predicate::Output { .. } => Some(Stage::Operating),
        Predicate::Count { stage, .. } if any(entry) == Some(true) => Some(*stage),
        _ => None,
    }
}

/// The stage of which an entry says by itself that it was not reached.
fn refusal(entry: &Entry) -> Option<Stage> {
    match &entry.draft.predicate {
        Predicate::Stage { stage, reached: false } => Some(*stage),
        Predicate::Count { stage, .. } if any(entry) == Some(false) => Some(*stage),
        _ => None,
    }
}

impl Naive<'_> {
    fn known(&self, entry: &Entry) -> bool {
        entry.draft.published.day <= self.times.known_by
            && self.times.recorded_by.is_none_or(|until| entry.recorded_at <= until)
    }

    fn relates(entry: &Entry, how: RelationKind, to: u64) -> bool {
        entry.draft.relations.iter().any(|relation| relation.how == how && relation.entry == to)
    }

    fn withdrawn(&self, number: u64) -> bool {
        self.entries.iter().any(|entry| {
            (Self::relates(entry, RelationKind::Corrects, number)
                || Self::relates(entry, RelationKind::Retracts, number))
                && self.known(entry)
                && !self.withdrawn(entry.number)
        })
    }

    fn in_time(&self, entry: &Entry) -> bool {
        self.known(entry) && day(entry).is_some_and(|day| day <= self.times.as_of)
    }

    fn counts(&self, entry: &Entry) -> bool {
        self.in_time(entry) && !self.withdrawn(entry.number)
    }

    fn counting(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| self.counts(entry))
    }

    /// Numbers of entries that counted, and of those that were withdrawn.
    pub(crate) fn numbers(&self) -> (u64, u64) {
        let gone = self.entries.iter().filter(|e| self.in_time(e) && self.withdrawn(e.number));
        (self.counting().count() as u64, gone.count() as u64)
    }

    pub(crate) fn facilities(&self) -> Vec<Facility> {
        let mut subjects: Vec<&Subject> = Vec::new();
        for entry in self.counting() {
            let subject = &entry.draft.subject;
            if subject.scope == Scope::Facility && !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        let of = |subject: &Subject| {
            let about = || self.counting().filter(|entry| entry.draft.subject == *subject);
            Facility {
                subject: subject.clone(),
                last_heard: about().map(|e| e.draft.published.day).max().expect("one entry"),
                entries: about().count() as u64,
                stages: Stage::ALL.iter().filter_map(|stage| self.stage(subject, *stage)).collect(),
            }
        };
        subjects.into_iter().map(of).collect()
    }

    /// The last independent word that a stage was not reached.
    fn denied(&self, subject: &Subject, stage: Stage) -> Option<Mark> {
        let says = |entry: &Entry| {
            let by_itself = entry.draft.subject == *subject && refusal(entry) == Some(stage);
            let of_another = self.entries.iter().any(|other| {
                Self::relates(entry, RelationKind::Denies, other.number)
                    && other.draft.subject == *subject
                    && evidence(other) == Some(stage)
                    && matches!(
                        other.draft.predicate,
                        Predicate::Stage { .. }
                            | Predicate::Inspection { .. }
                            | Predicate::Count { .. }
                    )
            });
            entry.draft.voice == Voice::Independent && (by_itself || of_another)
        };
        let denials = self.counting().filter(|entry| says(entry));
        denials.filter_map(|e| Some(Mark { day: day(e)?, entry: e.number })).max()
    }

    fn stage(&self, subject: &Subject, stage: Stage) -> Option<StageState> {
        let about = || self.counting().filter(|entry| entry.draft.subject == *subject);
        let mark = |entry: &Entry| Some(Mark { day: surely(entry)?, entry: entry.number });
        let denied = self.denied(subject, stage);
        let shows = || about().filter(|entry| evidence(entry) == Some(stage));
        let claims = shows().filter(|entry| entry.draft.voice != Voice::Independent);
        // Who spoke first, where it is attributed to anybody; else who publishes it.
        let mut sights: BTreeMap<&str, Mark> = BTreeMap::new();
        for entry in shows().filter(|entry| entry.draft.voice == Voice::Independent) {
            let good = entry.draft.grade.is_some_and(|grade| {
                grade.letter() <= self.rules.least_grade.letter()
                    && grade.digit() <= self.rules.least_grade.digit()
                    && grade.letter() != 'F'
                    && grade.digit() != 6
            });
            let Some(seen) = mark(entry) else { continue };
            if good && denied.is_none_or(|denied| denied < seen) {
                let texts = &entry.draft.texts;
                let who = texts.attribution.first().unwrap_or(&texts.source);
                let first = sights.entry(who).or_insert(seen);
                *first = seen.min(*first);
            }
        }
        let origins = u32::try_from(sights.len()).expect("few");
        let mut sights: Vec<Mark> = sights.into_values().collect();
        sights.sort();
        let inspections = about().filter_map(|entry| match entry.draft.predicate {
            Predicate::Inspection { ready: Some(ready) } if stage == Stage::Inspected => {
                Some((mark(entry)?, ready))
            }
            _ => None,
        });
        let last_look = inspections.max();
        let deadlines = about().filter(
            |entry| matches!(&entry.draft.predicate, Predicate::Deadline { stage: of } if *of == stage),
        );
        let last = deadlines.max_by_key(|entry| (entry.draft.published.day, entry.number));
        let state = StageState {
            stage,
            claimed: claims.filter_map(mark).min(),
            verified: sights.get(self.rules.origins as usize - 1).copied(),
            denied,
            latest: shows().filter_map(surely).max(),
            origins,
            ready: last_look.map(|(_, ready)| ready),
            looked: last_look.map(|(mark, _)| mark),
            deadline: last.and_then(|e| Some(Mark { day: e.draft.valid.latest?, entry: e.number })),
        };
        said(&state).then_some(state)
    }

    /// Counts, targets and deadlines; the number of the source is left at 0.
    pub(crate) fn totals(&self) -> Vec<Total> {
        let of = |entry: &Entry| {
            let unit_of_deadlines = groundwork_model::evidence::CountUnit::Places;
            let (what, stage, unit) = match entry.draft.predicate {
                Predicate::Count { stage, unit } => (TotalKind::Count, stage, unit),
                Predicate::Target { stage, unit } => (TotalKind::Target, stage, unit),
                Predicate::Deadline { stage } => (TotalKind::Deadline, stage, unit_of_deadlines),
                _ => return None,
            };
            let ends = self.entries.iter().filter(|other| {
                Self::relates(other, RelationKind::Expires, entry.number) && self.counts(other)
            });
            let value = entry.draft.value.as_ref();
            Some(Total {
                entry: entry.number,
                subject: entry.draft.subject.clone().into(),
                what,
                stage,
                unit,
                number: value.and_then(|value| value.number).map(|n| n.mantissa().unsigned_abs()),
                bound: value.map_or(Bound::Unknown, |value| value.bound),
                day: if what == TotalKind::Count {
                    surely(entry)
                } else {
                    entry.draft.valid.latest
                },
                published: entry.draft.published.day,
                ended: ends.filter_map(day).min(),
                voice: entry.draft.voice,
                source: 0,
            })
        };
        self.counting().filter_map(of).collect()
    }

    /// Numbers of the entries that say when meetings and cycles are.
    pub(crate) fn dates(&self) -> Vec<u64> {
        let is_date = |entry: &&Entry| {
            matches!(entry.draft.predicate, Predicate::MilestoneDate { .. } | Predicate::PlanCycle)
        };
        self.counting().filter(is_date).map(|entry| entry.number).collect()
    }

    /// Last day on which one of them was published.
    pub(crate) fn last_published(&self) -> Option<Date> {
        self.counting().map(|entry| entry.draft.published.day).max()
    }
}

/// Whether a stage has anything said of it.
pub(crate) fn said(state: &StageState) -> bool {
    state.claimed.is_some()
        || state.verified.is_some()
        || state.denied.is_some()
        || state.latest.is_some()
        || state.ready.is_some()
        || state.deadline.is_some()
}
