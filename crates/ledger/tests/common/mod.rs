//! What the tests of the ledger share: a clock that ticks, and short ways to write drafts.

#![allow(dead_code, reason = "each test program uses its own part")]

use groundwork_ledger::Moment;
use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, Grade, Medium, Predicate, Published, PublishedFrom, Quantity, Scope,
    Stage, Subject, Texts, Voice, When,
};
use jiff::civil::Date;

/// A clock that gives a later microsecond at each look, and salts that count.
#[derive(Debug, Default)]
pub(crate) struct Ticking {
    pub(crate) now: i64,
    salts: u128,
}

impl Ticking {
    pub(crate) fn from(now: i64) -> Self {
        Self { now, salts: 0 }
    }
}

impl Moment for Ticking {
    fn now(&mut self) -> i64 {
        self.now += 1;
        self.now
    }

    fn salt(&mut self) -> [u8; 16] {
        self.salts += 1;
        self.salts.to_le_bytes()
    }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(crate) fn facility(id: &str) -> Subject {
    Subject {
        scope: Scope::Facility,
        id: id.to_owned(),
        place: id.to_owned(),
        kind: "factory".to_owned(),
        batch: "2024".to_owned(),
    }
}

pub(crate) fn programme() -> Subject {
    Subject {
        scope: Scope::Programme,
        id: String::new(),
        place: String::new(),
        kind: String::new(),
        batch: "2024".to_owned(),
    }
}

/// A draft by the state, about a facility, of a day, published on that day.
pub(crate) fn says(subject: Subject, predicate: Predicate, on: &str) -> Draft {
    let valid: When = on.parse().expect("a date");
    let published = valid.latest.or(valid.earliest).expect("a day");
    Draft {
        key: String::new(),
        subject,
        predicate,
        value: None,
        valid,
        published: Published { day: published, from: PublishedFrom::Stated },
        voice: Voice::SelfReport,
        grade: None,
        relations: Vec::new(),
        related_keys: Vec::new(),
        medium: Medium::Document,
        document: String::new(),
        retrieved: None,
        language: String::new(),
        texts: Texts {
            recorded_by: "import".to_owned(),
            source: "state".to_owned(),
            ..Texts::default()
        },
    }
}

pub(crate) fn reached(stage: Stage) -> Predicate {
    Predicate::Stage { stage, reached: true }
}

pub(crate) fn not_reached(stage: Stage) -> Predicate {
    Predicate::Stage { stage, reached: false }
}

/// The same draft as somebody independent says it, at a grade.
pub(crate) fn seen_by(source: &str, grade: &str, mut draft: Draft) -> Draft {
    draft.voice = Voice::Independent;
    draft.grade = Some(grade.parse::<Grade>().expect("a grade"));
    source.clone_into(&mut draft.texts.source);
    draft
}

pub(crate) fn count(number: i64, stage: Stage, on: &str) -> Draft {
    let predicate = Predicate::Count { stage, unit: CountUnit::Places };
    let mut draft = says(programme(), predicate, on);
    draft.value = Some(Quantity {
        number: Some(Decimal::new(number, 0)),
        unit: String::new(),
        bound: Bound::Exactly,
    });
    draft
}

pub(crate) fn published(mut draft: Draft, on: &str) -> Draft {
    draft.published.day = day(on);
    draft
}
