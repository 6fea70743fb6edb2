//! Two ledgers to one: what is appended, what is known again, what is erased, and what is refused.

use std::collections::BTreeMap;

use crate::common::{Ticking, count, facility, not_reached, reached, says, seen_by};
use groundwork_ledger::{
    Clash, Erasing, Ledger, MemoryStore, Merged, Merging, Store as _, document_of, hex,
};
use groundwork_model::evidence::{
    Draft, Entry, EvidenceRules, Relation, RelationKind, Snapshot, Stage, TextField, Times,
};
use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;

type Memory = Ledger<MemoryStore>;

const APART: Merging = Merging { apart: true, dry_run: false };
const DRY: Merging = Merging { apart: false, dry_run: true };

fn ledger(name: &str, drafts: &[Draft], moment: &mut Ticking) -> Memory {
    let mut ledger = Ledger::new(MemoryStore::new(name));
    ledger.append(drafts, moment).expect("appended");
    ledger
}

fn keyed(key: &str, mut draft: Draft) -> Draft {
    key.clone_into(&mut draft.key);
    draft
}

fn merge(into: &mut Memory, from: &mut Memory, moment: &mut Ticking) -> Merged {
    let merged = into.merge(from, Merging::default(), moment).expect("merged");
    assert_eq!(into.verify(&[]).expect("read").findings, [], "sound after a merge");
    merged
}

fn entries(ledger: &mut Memory) -> Vec<Entry> {
    let mut all = Vec::new();
    ledger
        .entries(1, &mut |entry| {
            all.push(entry);
            Ok(())
        })
        .expect("read");
    all
}

fn erase(ledger: &mut Memory, number: u64, fields: &[TextField], moment: &mut Ticking) {
    let erasing = Erasing { by: "editor", reason: "a name" };
    ledger.erase(number, fields, erasing, moment).expect("erased");
}

#[test]
fn what_is_new_is_appended_and_says_where_it_was_recorded_first() {
    let mut moment = Ticking::from(1_000);
    let broken = keyed("k1", says(facility("a"), reached(Stage::GroundBroken), "2024-02-01"));
    let opened = says(facility("a"), reached(Stage::Inaugurated), "2024-12-20");
    let mut into =
        ledger("one", &[count(3, Stage::Completed, "2024-12-01"), broken.clone()], &mut moment);
    let mut denied =
        seen_by("watch", "B2", says(facility("a"), not_reached(Stage::Inaugurated), "2024-12-24"));
    denied.relations.push(Relation { how: RelationKind::Denies, entry: 2 });
    let page = document_of("text/plain", b"a page".to_vec());
    denied.document = hex(&page.hash);
    let mut from = ledger("two", &[broken, opened], &mut moment);
    from.append_with(&[denied], &[page], &mut moment).expect("appended");
    let there = entries(&mut from);

    let dry = into.merge(&mut from, DRY, &mut moment).expect("compared");
    assert_eq!((dry.added, dry.known, entries(&mut into).len()), (2, 1, 2));
    let merged = merge(&mut into, &mut from, &mut moment);
    assert_eq!(merged, Merged { added: 2, known: 1, ..Merged::default() });
    let here = entries(&mut into);
    assert_eq!(here.len(), 4);
    let origin = here[3].origin.clone().expect("it came from elsewhere");
    assert_eq!((origin.ledger.as_str(), origin.number), ("two", 3));
    assert_eq!((&origin.hash, origin.recorded_at), (&there[2].hash, there[2].recorded_at));
    assert!(here[3].recorded_at > there[2].recorded_at, "recorded here when it came");
    // Entry 2 there is entry 3 here.
    assert_eq!(here[3].draft.relations, [Relation { how: RelationKind::Denies, entry: 3 }]);
    assert_eq!(here[3].draft.texts, there[2].draft.texts);
    assert_eq!(here[1].origin, None);

    // Again, and the other way: nothing is known twice.
    assert_eq!(merge(&mut into, &mut from, &mut moment).added, 0);
    assert_eq!(
        merge(&mut from, &mut into, &mut moment),
        Merged { added: 1, known: 3, ..Merged::default() }
    );
    // By way of a third ledger it is still the same entry.
    let mut third = ledger("three", &[], &mut moment);
    merge(&mut third, &mut into, &mut moment);
    let first = entries(&mut third)[3].origin.clone().expect("it came from elsewhere");
    assert_eq!((first.ledger.as_str(), first.number), ("two", 3), "the first ledger is named");
    assert_eq!(merge(&mut from, &mut third, &mut moment).added, 0);
}

#[test]
fn what_is_erased_stays_erased_and_is_erased_here_too() {
    let mut moment = Ticking::from(1_000);
    let told = |name: &str| {
        let mut draft = says(facility(name), reached(Stage::Completed), "2024-12-01");
        draft.texts.note = format!("told by {name}");
        draft
    };
    let mut from = ledger("two", &[told("a"), told("b")], &mut moment);
    erase(&mut from, 1, &[TextField::Note], &mut moment);
    let mut into = ledger("one", &[], &mut moment);
    assert_eq!(merge(&mut into, &mut from, &mut moment).added, 3);
    let here = entries(&mut into);
    assert_eq!(
        (here[0].erased.as_slice(), here[0].draft.texts.note.as_str()),
        (&[TextField::Note][..], "")
    );
    assert_eq!(here[1].draft.texts.note, "told by b");
    // Later the other one erases as well, its source too: that comes along.
    erase(&mut from, 2, &[TextField::Note, TextField::Source], &mut moment);
    let merged = merge(&mut into, &mut from, &mut moment);
    assert_eq!((merged.added, merged.erased), (1, 1));
    let here = entries(&mut into);
    assert_eq!(here[1].draft.texts.note, "");
    assert_eq!(here[1].erased, [TextField::Source, TextField::Note]);
    // What was erased here does not come back.
    let mut copy = ledger("three", &[], &mut moment);
    merge(&mut copy, &mut into, &mut moment);
    assert_eq!(entries(&mut copy)[1].erased.len(), 2);
}

#[test]
fn an_entry_that_erases_names_the_texts_even_when_its_note_is_erased() {
    let mut moment = Ticking::from(1_000);
    let mut draft = says(facility("a"), reached(Stage::Completed), "2024-12-01");
    draft.texts.note = "a name".to_owned();
    let mut ledger = ledger("one", &[draft], &mut moment);
    erase(&mut ledger, 1, &[TextField::Note], &mut moment);
    erase(&mut ledger, 2, &[TextField::Note], &mut moment);
    let all = entries(&mut ledger);
    assert_eq!(all[1].draft.texts.note, "");
    assert_eq!(all[1].redacted, [TextField::Note]);
    assert_eq!(all[1].draft.relations, [Relation { how: RelationKind::Redacts, entry: 1 }]);
    assert_eq!(ledger.verify(&[]).expect("read").findings, []);
}

#[test]
fn a_key_that_says_something_else_refuses_all_or_stands_apart() {
    let mut moment = Ticking::from(1_000);
    let row = |day: &str| keyed("row", says(facility("a"), reached(Stage::Completed), day));
    let mut into = ledger("one", &[row("2024-12-01")], &mut moment);
    let mut denied =
        seen_by("watch", "B2", says(facility("a"), not_reached(Stage::Completed), "2024-12-05"));
    denied.relations.push(Relation { how: RelationKind::Denies, entry: 1 });
    let mut from = ledger("two", &[row("2024-12-02"), denied], &mut moment);
    let refused = merge(&mut into, &mut from, &mut moment);
    assert_eq!(refused.clashes, [Clash { key: "row".to_owned(), here: 1, there: 1 }]);
    assert_eq!(entries(&mut into).len(), 1, "nothing was written");
    let merged = into.merge(&mut from, APART, &mut moment).expect("merged");
    assert_eq!((merged.added, merged.clashes.len()), (2, 1));
    let here = entries(&mut into);
    assert_eq!(here[1].draft.key, "row@two/1");
    assert_eq!(here[1].origin.as_ref().map(|origin| origin.key.as_str()), Some("row"));
    assert_eq!(
        here[2].draft.relations[0].entry, 2,
        "it denies what stood there, not what stands here"
    );
    assert_eq!(into.verify(&[]).expect("read").findings, []);
    assert_eq!(merge(&mut into, &mut from, &mut moment), Merged { known: 2, ..Merged::default() });
}

#[test]
fn a_ledger_that_was_recorded_by_a_clock_ahead_goes_on_in_a_new_one() {
    let mut ahead = Ticking::from(9_000_000_000_000_000);
    let mut old = ledger("old", &[count(1, Stage::Completed, "2024-12-01")], &mut ahead);
    let mut moment = Ticking::from(1_700_000_000_000_000);
    assert!(old.append(&[count(2, Stage::Completed, "2024-12-02")], &mut moment).is_err());
    let mut new = ledger("new", &[], &mut moment);
    merge(&mut new, &mut old, &mut moment);
    new.append(&[count(2, Stage::Completed, "2024-12-02")], &mut moment).expect("appended");
    let all = entries(&mut new);
    assert!(all[0].origin.as_ref().is_some_and(|origin| origin.recorded_at > all[0].recorded_at));
}

/// What a snapshot says, without numbers of entries and without their order.
fn said(snapshot: &Snapshot) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let facilities = snapshot.facilities.iter().map(|facility| {
        let stages = facility.stages.iter().map(|stage| {
            let day = |mark: Option<groundwork_model::evidence::Mark>| mark.map(|mark| mark.day);
            format!(
                "{} claimed {:?} verified {:?} denied {:?} latest {:?} origins {} ready {:?} due {:?}",
                stage.stage.name(),
                day(stage.claimed),
                day(stage.verified),
                day(stage.denied),
                stage.latest,
                stage.origins,
                stage.ready,
                day(stage.deadline)
            )
        });
        (format!("{:?}", facility.subject), stages.collect())
    });
    let mut totals: Vec<String> = snapshot
        .totals
        .iter()
        .map(|total| {
            let number = (total.number, total.bound, total.unit);
            format!(
                "{:?} {:?} {number:?} {:?} {:?}",
                total.what, total.stage, total.day, total.ended
            )
        })
        .collect();
    totals.sort();
    (facilities.collect(), totals)
}

/// Drafts of one monitor: each of a day of its own, with relations to earlier ones.
fn drafts(who: &str, parity: i64, choices: &[(u8, u8, u8)]) -> Vec<Draft> {
    let mut all: Vec<Draft> = Vec::new();
    for (at, &(what, tie, keyed)) in choices.iter().enumerate() {
        let day = date(2024, 1, 1).saturating_add((2 * at as i64 + parity).days()).to_string();
        let subject = facility(["a", "b", "c"][usize::from(what) % 3]);
        let mut draft = match what % 5 {
            0 => says(subject, reached(Stage::Completed), &day),
            1 => seen_by(who, "B2", says(subject, reached(Stage::Completed), &day)),
            2 => seen_by(who, "B2", says(subject, not_reached(Stage::Completed), &day)),
            3 => says(
                subject,
                groundwork_model::evidence::Predicate::Deadline { stage: Stage::Completed },
                &day,
            ),
            _ => count(i64::from(tie), Stage::Completed, &day),
        };
        draft.texts.note = format!("{who} {at}");
        if at > 0 && tie % 3 == 0 {
            let how = [
                RelationKind::Corrects,
                RelationKind::Retracts,
                RelationKind::Expires,
                RelationKind::Denies,
            ];
            let relation = Relation {
                how: how[usize::from(tie / 3) % 4],
                entry: u64::from(tie) % at as u64 + 1,
            };
            draft.relations.push(relation);
        }
        if keyed % 2 == 0 {
            draft.key = format!("{who}-{at}");
        }
        all.push(draft);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_say_the_same_and_a_second_time_adds_nothing(
        of_a in prop::collection::vec(any::<(u8, u8, u8)>(), 0..12),
        of_b in prop::collection::vec(any::<(u8, u8, u8)>(), 0..12),
        shared in prop::collection::vec(any::<u8>(), 0..4),
        gone in prop::option::of((any::<prop::sample::Index>(), any::<bool>())),
    ) {
        let mut moment = Ticking::from(1_000);
        // Reports that both imported.
        let common: Vec<Draft> = shared.iter().enumerate().map(|(at, what)| {
            let day = date(2025, 1, 1).saturating_add((at as i64).days()).to_string();
            keyed(&format!("row-{at}"), count(i64::from(*what), Stage::Completed, &day))
        }).collect();
        let (mut a, mut b) = (drafts("alpha", 0, &of_a), drafts("beta", 1, &of_b));
        a.extend(common.clone());
        b.extend(common);
        let mut a = ledger("a", &a, &mut moment);
        let mut b = ledger("b", &b, &mut moment);
        if let Some((at, whole)) = gone {
            let held = entries(&mut a).len();
            if held > 0 {
                let fields: &[TextField] = if whole { &[TextField::Note, TextField::Source] } else { &[TextField::Note] };
                erase(&mut a, at.index(held) as u64 + 1, fields, &mut moment);
            }
        }
        let mut ab = ledger("ab", &[], &mut moment);
        merge(&mut ab, &mut a, &mut moment);
        let total = ab.root().expect("read").entries;
        let second = merge(&mut ab, &mut b, &mut moment);
        let mut ba = ledger("ba", &[], &mut moment);
        merge(&mut ba, &mut b, &mut moment);
        merge(&mut ba, &mut a, &mut moment);
        prop_assert_eq!(ab.root().expect("read").entries, total + second.added);
        prop_assert_eq!(ab.root().expect("read").entries, ba.root().expect("read").entries);
        for (into, from) in [(&mut ab, &mut a), (&mut ba, &mut b)] {
            let again = merge(into, from, &mut moment);
            prop_assert_eq!((again.added, again.erased), (0, 0));
        }
        for day in ["2024-01-06", "2024-01-20", "2025-06-01"] {
            let day = day.parse().expect("a day");
            let times = Times { as_of: day, known_by: day, recorded_by: None };
            let rules = EvidenceRules::default();
            let one = said(&ab.snapshot(times, &rules).expect("read"));
            let other = said(&ba.snapshot(times, &rules).expect("read"));
            prop_assert_eq!(one, other, "as of {}", day);
        }
    }
}

#[test]
fn nothing_is_merged_into_a_damaged_ledger() {
    let mut moment = Ticking::from(1_000);
    let drafts = [count(3, Stage::Completed, "2024-12-01")];
    let (mut into, mut from) =
        (ledger("one", &drafts, &mut moment), ledger("two", &drafts, &mut moment));
    let source = |texts: &str| texts.replace("state", "stare");
    into.store()
        .write(&mut |writer| {
            let row = writer.row(1)?.expect("the entry");
            assert_ne!(source(&row.texts), row.texts);
            writer.erase(1, &source(&row.texts), &row.fact)
        })
        .expect("damaged");
    assert!(into.merge(&mut from, DRY, &mut moment).is_err());
    assert!(into.merge(&mut from, Merging::default(), &mut moment).is_err());
}
