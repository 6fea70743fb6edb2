//! A small ledger of three facilities, every figure of which can be worked by hand.
//!
//! Three places are promised by the last day of 2024. Alpha is claimed on the 20th of December and seen on the 19th of
//! January, 30 days later; Beta is claimed on the 10th of January and nobody has looked; of Gamma only the ground is
//! seen broken. It is the 9th of February.

use groundwork_model::evidence::{
    Alert, AlertKind, Bound, CountUnit, Draft, Entry, EvidenceRules, FacilitySchedule,
    FacilityScore, GroupScore, Mark, Medium, Predicate, PromiseScore, Published, PublishedFrom,
    Quantity, Quote, Reached, Reconciliation, Relation, RelationKind, Root, Schedule, Scope,
    Scorecard, Series, SeriesPoint, Source, Stage, StageCount, StageScore, StageState, Subject,
    TextField, Texts, Times, Voice,
};
use groundwork_model::{Decimal, Programme};
use groundwork_report::{EvidenceInput, KnownEntry};
use jiff::civil::Date;

/// A text that tries to break out of the page.
pub(crate) const TRAP: &str = "</script><img src=x onerror=1> & \"all\"";

pub(crate) struct Made {
    pub(crate) card: Scorecard,
    pub(crate) reconciled: Vec<Vec<String>>,
    pub(crate) entries: Vec<KnownEntry>,
    pub(crate) sources: Vec<Source>,
}

impl Made {
    pub(crate) fn input(&self) -> EvidenceInput<'_> {
        EvidenceInput {
            card: &self.card,
            reconciled: &self.reconciled,
            entries: &self.entries,
            known: self.entries.len() as u64,
            sources: &self.sources,
            agenda: None,
            forecast: None,
        }
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn mark(text: &str, entry: u64) -> Option<Mark> {
    Some(Mark { day: day(text), entry })
}

fn facility(id: &str, place: &str) -> Subject {
    Subject {
        scope: Scope::Facility,
        id: id.to_owned(),
        place: place.to_owned(),
        kind: "factories".to_owned(),
        batch: "2024".to_owned(),
    }
}

fn state(stage: Stage, claimed: Option<Mark>, verified: Option<Mark>) -> StageState {
    let latest = [claimed, verified].into_iter().flatten().map(|mark| mark.day).max();
    StageState {
        stage,
        claimed,
        verified,
        denied: None,
        latest,
        origins: u32::from(verified.is_some()),
        ready: None,
        looked: None,
        deadline: None,
    }
}

fn scored(
    subject: Subject,
    stages: Vec<StageState>,
    claimed: Schedule,
    verified: Schedule,
) -> FacilityScore {
    let furthest =
        |read: fn(&StageState) -> bool| stages.iter().rfind(|s| read(s)).map(|s| s.stage);
    FacilityScore {
        subject: subject.into(),
        official: furthest(|state| state.claimed.is_some()),
        evidence: furthest(|state| state.verified.is_some()),
        halted: None,
        schedule: vec![FacilitySchedule {
            promise: 1,
            stage: Stage::Inaugurated,
            due: Mark { day: day("2024-12-31"), entry: 0 },
            claimed,
            verified,
        }],
        stages,
        last_heard: day("2025-01-20"),
        silent: false,
        entries: 2,
    }
}

/// Returns the ledger, the first two facilities at places of the programme, the third at none that it knows.
pub(crate) fn made(programme: &Programme) -> Made {
    let (alpha, beta) = (&programme.places[0].id, &programme.places[1].id);
    let names = [format!("{alpha}/2024"), format!("{beta}/2024"), "G 9/<2024>".to_owned()];
    let subjects = [facility(&names[0], alpha), facility(&names[1], beta), facility(&names[2], "")];
    let entries = entries(&subjects);
    Made {
        card: card(&subjects),
        reconciled: vec![vec![
            "3 places inaugurated of 2024, 2024-12-28 (entry 7, self-report).".to_owned(),
            format!("Named as inaugurated by then: 1. {TRAP}"),
        ]],
        entries,
        sources: vec![Source {
            row: 2,
            id: "agency".to_owned(),
            name: format!("The agency {TRAP}"),
            behind: "a ministry".to_owned(),
            independent: false,
            grade: Some("D3".parse().unwrap()),
            carries: Vec::new(),
            reason: "our judgement".to_owned(),
        }],
    }
}

fn card(subjects: &[Subject; 3]) -> Scorecard {
    let [alpha, beta, gamma] = subjects.clone();
    let opened = mark("2024-12-20", 3);
    let facilities = vec![
        scored(
            alpha,
            vec![
                state(Stage::GroundBroken, mark("2024-03-01", 1), None),
                state(Stage::Inaugurated, opened, mark("2025-01-19", 5)),
            ],
            Schedule::OnTime,
            Schedule::Late,
        ),
        scored(
            beta,
            vec![state(Stage::Inaugurated, mark("2025-01-10", 4), None)],
            Schedule::Late,
            Schedule::Late,
        ),
        scored(
            gamma,
            vec![state(Stage::GroundBroken, None, mark("2024-05-01", 2))],
            Schedule::Late,
            Schedule::Late,
        ),
    ];
    let group = GroupScore {
        batch: "2024".to_owned(),
        kind: "factories".to_owned(),
        province: String::new(),
        facilities: 3,
        stages: vec![
            scores(Stage::GroundBroken, &[1], &[2]),
            scores(Stage::Inaugurated, &[3, 4], &[5]),
        ],
    };
    Scorecard {
        programme: "Made by hand".to_owned(),
        times: Times { as_of: day("2025-02-09"), known_by: day("2025-02-10"), recorded_by: None },
        root: Root {
            ledger: "0123456789abcdef".to_owned(),
            entries: 10,
            recorded_at: 1_772_366_400_000_010,
            hash: "ab".repeat(32),
        },
        rules: EvidenceRules::default(),
        counted: 8,
        withdrawn: 1,
        batches: vec![group],
        kinds: Vec::new(),
        provinces: Vec::new(),
        promises: vec![promise()],
        series: vec![series()],
        reconciliations: vec![reconciliation(&subjects[2])],
        alerts: vec![alert(&subjects[1])],
        facilities,
    }
}

fn scores(stage: Stage, claimed: &[u64], verified: &[u64]) -> StageScore {
    StageScore {
        stage,
        claimed: claimed.to_vec(),
        verified: verified.to_vec(),
        denied: Vec::new(),
        lapsed: 0,
    }
}

fn promise() -> PromiseScore {
    let reached = |count, by_due, entries: &[u64]| Reached {
        count: Some(count),
        by_due: Some(by_due),
        day: None,
        schedule: Schedule::Late,
        entries: entries.to_vec(),
    };
    PromiseScore {
        id: "opened-2024".to_owned(),
        entry: None,
        batch: "2024".to_owned(),
        kind: "factories".to_owned(),
        place: String::new(),
        stage: Stage::Inaugurated,
        count: 3,
        unit: CountUnit::Places,
        due: Some(day("2024-12-31")),
        not_before: None,
        words: "<three> & all of them by year's end".to_owned(),
        claimed: reached(2, 1, &[3, 4]),
        verified: reached(1, 0, &[5]),
    }
}

/// Claimed on the 20th, due on the 31st, claimed again on the 10th, seen on the 19th.
fn series() -> Series {
    let point = |on: &str, [promised, claimed, verified, late, late_unverified]: [u64; 5]| {
        SeriesPoint { day: day(on), promised, claimed, verified, late, late_unverified }
    };
    Series {
        batch: "2024".to_owned(),
        kind: "factories".to_owned(),
        stage: Stage::Inaugurated,
        unit: CountUnit::Places,
        points: vec![
            point("2024-12-20", [0, 1, 0, 0, 0]),
            point("2024-12-31", [3, 1, 0, 2, 3]),
            point("2025-01-10", [3, 2, 0, 1, 3]),
            point("2025-01-19", [3, 2, 1, 1, 2]),
            point("2025-02-09", [3, 2, 1, 1, 2]),
        ],
    }
}

/// "3 places" of the 28th of December: one was named by then, two are explained by nobody.
fn reconciliation(rest: &Subject) -> Reconciliation {
    Reconciliation {
        entry: 7,
        stage: Stage::Inaugurated,
        unit: CountUnit::Places,
        number: Some(3),
        bound: Bound::Exactly,
        day: day("2024-12-28"),
        voice: Voice::SelfReport,
        batches: vec!["2024".to_owned()],
        kind: "factories".to_owned(),
        place: String::new(),
        named: 3,
        matched: Some(1),
        further: Some(0),
        verified: Some(0),
        unexplained: Some(2),
        since: Some(1),
        further_stages: Vec::new(),
        rest: vec![StageCount { stage: Stage::GroundBroken, count: 1 }],
        rest_facilities: vec![rest.id.clone()],
        redefined: None,
        doubled: Vec::new(),
        unit_changed: None,
        fallen: None,
        contradicted: None,
        entries: vec![3],
    }
}

fn alert(about: &Subject) -> Alert {
    Alert {
        id: "urn:uuid:1".to_owned(),
        kind: AlertKind::BrokenMilestone,
        day: day("2024-12-31"),
        batch: "2024".to_owned(),
        text: format!("3 places were promised: by then claimed 1. {TRAP}"),
        facilities: vec![about.id.clone()],
        entries: vec![3, 4],
    }
}

fn draft(subject: &Subject, predicate: Predicate, on: &str) -> Draft {
    let valid: groundwork_model::evidence::When = on.parse().unwrap();
    let published = valid.latest.unwrap();
    Draft {
        key: String::new(),
        subject: subject.clone(),
        predicate,
        value: None,
        valid,
        published: Published { day: published, from: PublishedFrom::Stated },
        voice: Voice::SelfReport,
        grade: Some("D3".parse().unwrap()),
        relations: Vec::new(),
        related_keys: Vec::new(),
        medium: Medium::Document,
        document: String::new(),
        retrieved: None,
        language: String::new(),
        texts: Texts {
            recorded_by: "import".to_owned(),
            source: "agency".to_owned(),
            ..Texts::default()
        },
    }
}

fn seen(grade: &str, mut draft: Draft) -> Draft {
    draft.voice = Voice::Independent;
    draft.grade = Some(grade.parse().unwrap());
    draft.medium = Medium::Satellite;
    draft.texts.source = "watchers".to_owned();
    draft
}

fn entries(subjects: &[Subject; 3]) -> Vec<KnownEntry> {
    let [alpha, beta, gamma] = subjects;
    let reached = |stage| Predicate::Stage { stage, reached: true };
    let relates = |how, entry, mut draft: Draft| {
        draft.relations = vec![Relation { how, entry }];
        draft
    };
    let programme = Subject {
        scope: Scope::Programme,
        id: String::new(),
        place: String::new(),
        ..alpha.clone()
    };
    let mut total = draft(
        &programme,
        Predicate::Count { stage: Stage::Inaugurated, unit: CountUnit::Places },
        "2024-12-28",
    );
    total.value = Some(Quantity {
        number: Some(Decimal::new(3, 0)),
        unit: String::new(),
        bound: Bound::Exactly,
    });
    let mut opened = draft(alpha, reached(Stage::Inaugurated), "2024-12-20");
    opened.texts.quote = Some(Quote { text: format!("It opened. {TRAP}"), start: Some(17) });
    opened.texts.url = "https://example.org/a?b=1&c".to_owned();
    opened.texts.title = TRAP.to_owned();
    let mut trap = draft(beta, reached(Stage::Inaugurated), "2025-01-10");
    trap.texts.url = "javascript:alert(1)".to_owned();
    trap.valid = trap.valid.in_words("in the first days of the year");
    let wrong = draft(beta, reached(Stage::GroundBroken), "2024-04-01");
    let looked = seen("C3", draft(alpha, reached(Stage::Inaugurated), "2025-01-19"));
    let weak = seen("E5", draft(beta, reached(Stage::Operating), "2025-02-01"));
    let drafts = [
        draft(alpha, reached(Stage::GroundBroken), "2024-03-01"),
        seen("B2", draft(gamma, reached(Stage::GroundBroken), "2024-05-01")),
        opened,
        trap,
        looked,
        wrong,
        total,
        relates(RelationKind::Retracts, 6, draft(beta, Predicate::Note, "2024-06-01")),
        weak,
        relates(RelationKind::Redacts, 4, draft(beta, Predicate::Note, "2025-02-03")),
    ];
    let known = |(at, draft): (usize, Draft)| {
        let number = at as u64 + 1;
        KnownEntry {
            entry: Entry {
                number,
                recorded_at: 1_772_366_400_000_000 + number as i64,
                draft,
                erased: if number == 4 { vec![TextField::Quote] } else { Vec::new() },
                redacted: Vec::new(),
                origin: None,
                previous: String::new(),
                hash: String::new(),
            },
            withdrawn_by: (number == 6).then_some(8),
        }
    };
    drafts.into_iter().enumerate().map(known).collect()
}
