//! Random histories: a snapshot is what the rules say, worked out by a naive model that was written apart from it, and
//! what comes later never changes an earlier answer.

#[path = "../common/mod.rs"]
mod common;
mod naive;

use common::{Ticking, facility, programme, says};
use groundwork_ledger::{Erasing, Ledger, MemoryStore};
use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, Certainty, CountUnit, Draft, Entry, EvidenceRules, Grade, Predicate, Quantity, Relation,
    RelationKind, Scope, Snapshot, Stage, Subject, TextField, Times, Voice,
};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use naive::{Facility, Naive, said};
use proptest::collection::vec;
use proptest::prelude::*;

/// Histories that are tried; `GROUNDWORK_HISTORIES` sets another number.
fn histories() -> u32 {
    let set = std::env::var("GROUNDWORK_HISTORIES").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(10_000)
}

/// A day of three weeks around a new year.
fn a_day(at: u8) -> Date {
    date(2024, 12, 20).saturating_add(i64::from(at % 21).days())
}

fn a_subject() -> impl Strategy<Value = Subject> {
    let other_batch = Subject { batch: "2025".to_owned(), ..facility("a") };
    let place = Subject { scope: Scope::Place, ..facility("a") };
    prop_oneof![
        5 => Just(facility("a")),
        4 => Just(facility("b")),
        1 => Just(other_batch),
        1 => Just(place),
        1 => Just(programme()),
    ]
}

fn a_stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        3 => Just(Stage::Completed),
        2 => Just(Stage::Inspected),
        1 => Just(Stage::Operating),
        1 => Just(Stage::Inaugurated),
    ]
}

fn a_predicate() -> impl Strategy<Value = Predicate> {
    let unit = prop_oneof![Just(CountUnit::Places), Just(CountUnit::Plants)];
    let stage = |reached| move |stage| Predicate::Stage { stage, reached };
    prop_oneof![
        6 => a_stage().prop_map(stage(true)),
        3 => a_stage().prop_map(stage(false)),
        2 => (a_stage(), any::<bool>()).prop_map(|(stage, reached)| Predicate::Progress {
            stage, part: "roof".to_owned(), reached,
        }),
        3 => (a_stage(), unit.clone()).prop_map(|(stage, unit)| Predicate::Count { stage, unit }),
        2 => (a_stage(), unit).prop_map(|(stage, unit)| Predicate::Target { stage, unit }),
        2 => a_stage().prop_map(|stage| Predicate::Deadline { stage }),
        2 => any::<Option<bool>>().prop_map(|ready| Predicate::Inspection { ready }),
        1 => Just(Predicate::Output { product: "soap".to_owned() }),
        1 => any::<bool>().prop_map(|seen| Predicate::Observation { what: "heat".to_owned(), seen }),
        1 => any::<bool>().prop_map(|mended| Predicate::Finding { mended }),
        1 => Just(Predicate::MilestoneDate { certainty: Certainty::Expected }),
        1 => Just(Predicate::PlanCycle),
        1 => Just(Predicate::Absence { sought: "an opening".to_owned() }),
        2 => Just(Predicate::Note),
    ]
}

fn a_value() -> impl Strategy<Value = Option<Quantity>> {
    let quantity = |number: Option<i64>, bound| Quantity {
        number: number.map(|n| Decimal::new(n, 0)),
        unit: String::new(),
        bound,
    };
    let numbered = prop_oneof![
        3 => Just(Bound::Exactly), 1 => Just(Bound::AtLeast), 1 => Just(Bound::LessThan), 1 => Just(Bound::About)
    ];
    prop_oneof![
        1 => Just(None),
        4 => (0_i64..3, numbered).prop_map(move |(n, bound)| Some(quantity(Some(n), bound))),
        1 => prop_oneof![Just(Bound::All), Just(Bound::Several), Just(Bound::Unknown)]
            .prop_map(move |bound| Some(quantity(None, bound))),
    ]
}

/// A date as it is written, around the three weeks.
fn a_date() -> impl Strategy<Value = String> {
    let day = any::<u8>().prop_map(a_day);
    prop_oneof![
        8 => day.clone().prop_map(|day| day.to_string()),
        1 => Just("2024-12".to_owned()),
        1 => Just("2025-Q1".to_owned()),
        1 => Just("2024".to_owned()),
        1 => (day.clone(), day.clone()).prop_map(|(a, b)| format!("{}/{}", a.min(b), a.max(b))),
        1 => day.clone().prop_map(|day| format!("by {day}")),
        1 => day.prop_map(|day| format!("from {day}")),
        1 => Just("unknown".to_owned()),
    ]
}

/// A relation: how, and how far back among the entries before it.
fn a_relation() -> impl Strategy<Value = (RelationKind, u64)> {
    let how = prop_oneof![
        2 => Just(RelationKind::Denies),
        2 => Just(RelationKind::Corrects),
        2 => Just(RelationKind::Retracts),
        2 => Just(RelationKind::Expires),
        1 => Just(RelationKind::Confirms),
        1 => Just(RelationKind::CountsToward),
    ];
    (how, 1_u64..6)
}

prop_compose! {
    /// A draft, with its relations as distances; they are turned into numbers by [`history`].
    fn a_draft()(
        subject in a_subject(),
        predicate in a_predicate(),
        value in a_value(),
        valid in a_date(),
        published in any::<u8>(),
        voice in prop_oneof![Just(Voice::SelfReport), Just(Voice::Independent), Just(Voice::Independent), Just(Voice::Unattributed)],
        grade in prop_oneof![Just("B2"), Just("C3"), Just("C4"), Just("D1"), Just("F1"), Just("A6"), Just("")],
        source in prop_oneof![Just("press"), Just("satellite"), Just("agency"), Just("")],
        chain in prop_oneof![
            4 => Just(&[][..]), 1 => Just(&["agency"][..]), 1 => Just(&["agency", "press"][..]),
            1 => Just(&["witness", "agency"][..]),
        ],
        relations in vec(a_relation(), 0..3),
        erased in prop::option::weighted(0.05, any::<bool>()),
    ) -> (Draft, Vec<(RelationKind, u64)>, Option<bool>) {
        let mut draft = says(subject, predicate, "2024-12-20");
        draft.value = value;
        draft.valid = valid.parse().expect("a date");
        draft.published.day = a_day(published);
        draft.voice = voice;
        draft.grade = grade.parse::<Grade>().ok();
        source.clone_into(&mut draft.texts.source);
        draft.texts.attribution = chain.iter().map(|name: &&str| (*name).to_owned()).collect();
        "a note".clone_into(&mut draft.texts.note);
        (draft, relations, erased)
    }
}

type Step = (Draft, Vec<(RelationKind, u64)>, Option<bool>);

/// Appends the steps; relations that reach before the first entry are left out.
fn history(steps: &[Step], erasing: bool) -> Ledger<MemoryStore> {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let mut moment = Ticking::from(1_000_000);
    for (draft, relations, erased) in steps {
        let entries = ledger.root().expect("a root").entries;
        let mut draft = draft.clone();
        draft.relations = relations
            .iter()
            .filter_map(|(how, back)| {
                let entry = (entries + 1).checked_sub(*back).filter(|entry| *entry > 0)?;
                Some(Relation { how: *how, entry })
            })
            .collect();
        let receipt = ledger.append(&[draft], &mut moment).expect("sound drafts")[0];
        if let (true, Some(source)) = (erasing, erased) {
            let field = if *source { TextField::Source } else { TextField::Note };
            let why = Erasing { by: "editor", reason: "asked for" };
            ledger.erase(receipt.number, &[field], why, &mut moment).expect("erased");
        }
    }
    ledger
}

fn entries_of(ledger: &mut Ledger<MemoryStore>) -> Vec<Entry> {
    let mut entries = Vec::new();
    ledger
        .entries(1, &mut |entry| {
            entries.push(entry);
            Ok(())
        })
        .expect("entries");
    entries
}

/// Compares a snapshot with the naive model.
fn compare(snapshot: &Snapshot, naive: &Naive<'_>) -> Result<(), TestCaseError> {
    let facilities: Vec<Facility> = snapshot
        .facilities
        .iter()
        .map(|state| Facility {
            subject: (*state.subject).clone(),
            last_heard: state.last_heard,
            entries: state.entries,
            stages: state.stages.iter().filter(|stage| said(stage)).cloned().collect(),
        })
        .collect();
    prop_assert_eq!(facilities, naive.facilities());
    let mut totals = snapshot.totals.clone();
    totals.iter_mut().for_each(|total| total.source = 0);
    prop_assert_eq!(totals, naive.totals());
    prop_assert_eq!(&snapshot.dates, &naive.dates());
    prop_assert_eq!(snapshot.last_published, naive.last_published());
    prop_assert_eq!((snapshot.counted, snapshot.withdrawn), naive.numbers());
    Ok(())
}

fn some_rules(origins: u32) -> EvidenceRules {
    EvidenceRules { origins, ..EvidenceRules::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: histories(), ..ProptestConfig::default() })]

    #[test]
    fn snapshots_are_what_the_rules_say(
        steps in vec(a_draft(), 1..16),
        asked in vec((any::<u8>(), any::<u8>(), prop::option::of(0_i64..20)), 1..4),
        origins in 1_u32..3,
    ) {
        let mut ledger = history(&steps, true);
        let entries = entries_of(&mut ledger);
        let rules = some_rules(origins);
        for (as_of, known_by, recorded) in asked {
            let recorded_by = recorded
                .and_then(|at| entries.get(usize::try_from(at).ok()?))
                .map(|entry| entry.recorded_at);
            let times = Times { as_of: a_day(as_of), known_by: a_day(known_by), recorded_by };
            let snapshot = ledger.snapshot(times, &rules).expect("a snapshot");
            compare(&snapshot, &Naive { entries: &entries, times, rules: &rules })?;
        }
    }

    #[test]
    fn what_is_recorded_or_published_later_changes_no_earlier_answer(
        steps in vec(a_draft(), 2..12),
        cut in any::<prop::sample::Index>(),
        as_of in any::<u8>(),
        known_by in any::<u8>(),
    ) {
        let rules = some_rules(1);
        let cut = cut.index(steps.len());
        let mut before = history(&steps[..cut], false);
        let root = before.root().expect("a root");
        let (as_of, known_by) = (a_day(as_of), a_day(known_by));
        // What was recorded later is kept out by the time of recording.
        let mut after = history(&steps, false);
        let times = Times { as_of, known_by, recorded_by: Some(root.recorded_at) };
        let then = before.snapshot(times, &rules).expect("a snapshot");
        let now = after.snapshot(times, &rules).expect("a snapshot");
        prop_assert_eq!(&then, &Snapshot { root: root.clone(), ..now });
        // What was published later is kept out by the day of publication.
        let mut later = steps.clone();
        for (draft, ..) in &mut later[cut..] {
            draft.published.day = known_by.tomorrow().expect("a day");
        }
        let mut after = history(&later, false);
        let times = Times { recorded_by: None, ..times };
        let then = before.snapshot(times, &rules).expect("a snapshot");
        let now = after.snapshot(times, &rules).expect("a snapshot");
        prop_assert_eq!(then, Snapshot { root, ..now });
    }
}
