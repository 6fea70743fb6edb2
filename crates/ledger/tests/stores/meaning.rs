//! What a ledger means, over any store. Figures are worked by hand.

use groundwork_ledger::{Erasing, MemoryStore, StoredDocument, document_of, hash_of, hex};
use groundwork_model::evidence::{
    Draft, Entry, EvidenceRules, KeyRelation, Mark, Origins, Predicate, Quote, Relation,
    RelationKind, Root, Snapshot, Source, Stage, TextField, Times,
};

use crate::common::{
    Ticking, count, day, facility, not_reached, published, reached, says, seen_by,
};
use crate::{AnyLedger, Home, IDENTITY, boxed};

/// Where the clock of the tests begins: its first entry gets one or two microseconds more.
const BEGIN: i64 = 1_700_000_000_000_000;

pub(crate) fn clock() -> Ticking {
    Ticking::from(BEGIN)
}

fn entries(ledger: &mut AnyLedger) -> Vec<Entry> {
    let mut entries = Vec::new();
    let listed = ledger.entries(1, &mut |entry| {
        entries.push(entry);
        Ok(())
    });
    listed.expect("entries");
    entries
}

pub(crate) fn sound(ledger: &mut AnyLedger) -> Root {
    let looked = ledger.verify(&[]).expect("looked through");
    assert_eq!(looked.findings, []);
    looked.root
}

fn snapshot(ledger: &mut AnyLedger, as_of: &str, known_by: &str) -> Snapshot {
    let times = Times { as_of: day(as_of), known_by: day(known_by), recorded_by: None };
    ledger.snapshot(times, &EvidenceRules::default()).expect("a snapshot")
}

/// Numbers of the counts that a snapshot shows, with the entries that say them.
fn counts(snapshot: &Snapshot) -> Vec<(u64, u64)> {
    let of = |total: &groundwork_model::evidence::Total| Some((total.entry, total.number?));
    snapshot.totals.iter().filter_map(of).collect()
}

/// Is what [`counts`] is to give.
type Shown = &'static [(u64, u64)];

fn keyed(key: &str, mut draft: Draft) -> Draft {
    key.clone_into(&mut draft.key);
    draft
}

fn relating(how: RelationKind, entry: u64, mut draft: Draft) -> Draft {
    draft.relations.push(Relation { how, entry });
    draft
}

fn opened(id: &str) -> Draft {
    says(facility(id), reached(Stage::Inaugurated), "2024-12-20")
}

/// The code of the error with which drafts are refused.
fn refused(ledger: &mut AnyLedger, drafts: &[Draft]) -> String {
    let error = ledger.append(drafts, &mut clock()).expect_err("refused");
    error.problem().code.as_str().to_owned()
}

pub(crate) fn entries_come_back_as_they_were_brought<H: Home>() {
    let (_home, mut ledger) = H::create();
    assert_eq!(ledger.root().expect("a root").entries, 0);
    assert_eq!(entries(&mut ledger), []);
    let mut clock = clock();
    let mut korean = opened("\u{c131}\u{cc9c}\u{ad70}");
    korean.texts.title =
        "\u{c131}\u{cc9c}\u{ad70} \u{2014} 'opened'; \"\\\n\u{0}\u{1f3ed}".to_owned();
    korean.texts.quote = Some(Quote { text: "\u{1}".repeat(9000), start: None });
    let drafts = [korean, count(20, Stage::Completed, "2024-12-31"), opened("b")];
    let receipts = ledger.append(&drafts[..2], &mut clock).expect("appended");
    let numbers: Vec<_> = receipts.iter().map(|receipt| (receipt.number, receipt.added)).collect();
    assert_eq!(numbers, [(1, true), (2, true)]);
    assert_eq!(ledger.append(&drafts[2..], &mut clock).expect("appended")[0].number, 3);
    let listed = entries(&mut ledger);
    assert!(listed.iter().map(|entry| &entry.draft).eq(&drafts));
    assert!(listed.iter().map(|entry| entry.number).eq(1..=3));
    assert!(listed.is_sorted_by(|a, b| a.recorded_at < b.recorded_at));
    assert_eq!(listed[0].previous, "0".repeat(64));
    assert!(listed.windows(2).all(|pair| pair[1].previous == pair[0].hash));
    let root = sound(&mut ledger);
    assert_eq!((root.ledger.as_str(), root.entries, &root.hash), (IDENTITY, 3, &listed[2].hash));
    assert_eq!(ledger.entry(2).expect("the entry"), listed[1]);
    assert_eq!(ledger.entry(4).expect_err("none").problem().code.as_str(), "L806");
    let mut late = Vec::new();
    ledger
        .entries(3, &mut |entry| {
            late.push(entry.number);
            Ok(())
        })
        .expect("entries");
    assert_eq!(late, [3]);
}

pub(crate) fn a_batch_is_kept_whole_or_not_at_all<H: Home>() {
    let (_home, mut ledger) = H::create();
    let unsound = relating(RelationKind::Denies, 99, opened("c"));
    assert_eq!(refused(&mut ledger, &[opened("a"), opened("b"), unsound]), "L806");
    assert_eq!(sound(&mut ledger).entries, 0);
    let receipts = ledger.append(&[opened("d")], &mut clock()).expect("appended");
    assert_eq!(receipts[0].number, 1);
    // Nothing is left of the subjects and sources of what was refused.
    let mut subjects = Vec::new();
    ledger
        .store()
        .read(&mut |reader| {
            subjects = reader.subjects()?;
            assert_eq!(reader.sources()?, ["state"]);
            Ok(())
        })
        .expect("read");
    assert_eq!(subjects, [facility("d")]);
    sound(&mut ledger);
}

pub(crate) fn a_draft_with_a_known_key_adds_nothing<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut clock = clock();
    let first = keyed("report-1", opened("a"));
    let twice = [first.clone(), opened("b"), first.clone()];
    let receipts = ledger.append(&twice, &mut clock).expect("appended");
    let said: Vec<_> = receipts.iter().map(|receipt| (receipt.number, receipt.added)).collect();
    assert_eq!(said, [(1, true), (2, true), (1, false)], "twice in one batch");
    let again = ledger.append(std::slice::from_ref(&first), &mut clock).expect("known");
    assert_eq!((again[0].number, again[0].added), (1, false));
    assert_eq!(refused(&mut ledger, &[keyed("report-1", opened("c"))]), "L807");
    let batch = [keyed("report-2", opened("a")), keyed("report-2", opened("b"))];
    assert_eq!(refused(&mut ledger, &batch), "L807", "two in one batch");
    assert_eq!(sound(&mut ledger).entries, 2);
}

pub(crate) fn any_text_is_a_key_but_one_with_a_zero_byte<H: Home>() {
    let (_home, mut ledger) = H::create();
    let long = "k".repeat(20_000);
    let keys = [long.as_str(), "\u{b3c4} '\"\\ %_;", " ", "A", "a"];
    let drafts: Vec<Draft> = keys.iter().map(|key| keyed(key, opened("a"))).collect();
    ledger.append(&drafts, &mut clock()).expect("appended");
    for (number, draft) in (1..).zip(&drafts) {
        let again = ledger.append(std::slice::from_ref(draft), &mut clock()).expect("known");
        assert_eq!((again[0].number, again[0].added), (number, false));
    }
    let mut sourced = opened(&"f".repeat(20_000));
    sourced.texts.source = "s".repeat(20_000);
    ledger.append(&[sourced], &mut clock()).expect("appended");
    assert_eq!(refused(&mut ledger, &[keyed("a\0b", opened("a"))]), "L809");
    let mut sourced = opened("a");
    sourced.texts.source = "a\0b".to_owned();
    assert_eq!(refused(&mut ledger, &[sourced]), "L809");
    assert_eq!(sound(&mut ledger).entries, 6);
}

pub(crate) fn a_batch_relates_to_its_own_drafts_by_key<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut second =
        keyed("denial", says(facility("a"), not_reached(Stage::Completed), "2024-12-22"));
    second.related_keys.push(KeyRelation { how: RelationKind::Denies, key: "claim".to_owned() });
    let first = keyed("claim", says(facility("a"), reached(Stage::Completed), "2024-12-20"));
    assert_eq!(refused(&mut ledger, &[second.clone(), first.clone()]), "L809", "not yet there");
    ledger.append(&[opened("b"), first, second], &mut clock()).expect("appended");
    let related = ledger.entry(3).expect("the entry").draft.relations;
    assert_eq!(related, [Relation { how: RelationKind::Denies, entry: 2 }]);
    sound(&mut ledger);
}

/// 20 of the 20th are corrected to 18 on the 25th; that is taken back on the 28th; on the 30th the taking back is taken
/// back itself.
pub(crate) fn what_is_corrected_or_taken_back_counts_no_more<H: Home>() {
    let (_home, mut ledger) = H::create();
    let said = |number, on| published(count(number, Stage::Completed, "2024-12-20"), on);
    let note = |on| says(facility("a"), Predicate::Note, on);
    let drafts = [
        said(20, "2024-12-20"),
        relating(RelationKind::Corrects, 1, said(18, "2024-12-25")),
        relating(RelationKind::Retracts, 2, note("2024-12-28")),
        relating(RelationKind::Retracts, 3, note("2024-12-30")),
    ];
    for draft in drafts {
        ledger.append(&[draft], &mut clock()).expect("appended");
    }
    let expected: [(&str, Shown, (u64, u64)); 5] = [
        ("2024-12-19", &[], (0, 0)),
        ("2024-12-20", &[(1, 20)], (1, 0)),
        ("2024-12-25", &[(2, 18)], (1, 1)),
        ("2024-12-28", &[(1, 20)], (2, 1)),
        ("2024-12-30", &[(2, 18)], (2, 2)),
    ];
    for (known_by, shown, (counted, withdrawn)) in expected {
        let state = snapshot(&mut ledger, "2024-12-31", known_by);
        assert_eq!(counts(&state), shown, "known by {known_by}");
        assert_eq!((state.counted, state.withdrawn), (counted, withdrawn), "known by {known_by}");
    }
}

/// 20 places were completed on 31 December, as was published in February; 40 by June, as was published in July.
pub(crate) fn a_snapshot_knows_what_was_known<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut clock = clock();
    let late = published(count(20, Stage::Completed, "2024-12-31"), "2025-02-10");
    ledger.append(&[late], &mut clock).expect("appended");
    let between = ledger.root().expect("a root").recorded_at;
    let later = published(count(40, Stage::Completed, "2025-06"), "2025-07-01");
    ledger.append(&[later], &mut clock).expect("appended");
    let expected: [(&str, &str, Shown); 6] = [
        ("2024-12-31", "2024-12-31", &[]),
        ("2024-12-31", "2025-02-10", &[(1, 20)]),
        ("2024-12-30", "2025-12-31", &[]),
        ("2025-06-29", "2025-12-31", &[(1, 20)]),
        ("2025-06-30", "2025-12-31", &[(1, 20), (2, 40)]),
        ("2025-12-31", "2025-06-30", &[(1, 20)]),
    ];
    for (as_of, known_by, shown) in expected {
        let state = snapshot(&mut ledger, as_of, known_by);
        assert_eq!(counts(&state), shown, "as of {as_of}, known by {known_by}");
    }
    let end = day("2025-12-31");
    let times = Times { as_of: end, known_by: end, recorded_by: Some(between) };
    let audit = ledger.snapshot(times, &EvidenceRules::default()).expect("a snapshot");
    assert_eq!(counts(&audit), [(1, 20)], "as this ledger had recorded it");
}

pub(crate) fn a_stage_is_claimed_denied_and_verified<H: Home>() {
    let (_home, mut ledger) = H::create();
    let on = |predicate, on| says(facility("a"), predicate, on);
    let done = Stage::Completed;
    let drafts = [
        on(reached(done), "2024-12-20"),
        seen_by("visitor", "B2", on(not_reached(done), "2024-12-24")),
        seen_by("satellite", "D4", on(reached(done), "2024-12-26")),
        seen_by("satellite", "C3", on(reached(done), "2024-12-28")),
    ];
    ledger.append(&drafts, &mut clock()).expect("appended");
    let at = |ledger: &mut AnyLedger, on| {
        let state = snapshot(ledger, on, on);
        let stage = state.facilities[0].stage(done).expect("the stage").clone();
        (stage.claimed, stage.denied, stage.verified, stage.origins)
    };
    let mark = |on, entry| Some(Mark { day: day(on), entry });
    let claimed = mark("2024-12-20", 1);
    let denied = mark("2024-12-24", 2);
    assert_eq!(at(&mut ledger, "2024-12-23"), (claimed, None, None, 0));
    assert_eq!(at(&mut ledger, "2024-12-24"), (claimed, denied, None, 0));
    assert_eq!(at(&mut ledger, "2024-12-27"), (claimed, denied, None, 0), "D4 is too little");
    let verified = mark("2024-12-28", 4);
    assert_eq!(at(&mut ledger, "2024-12-28"), (claimed, denied, verified, 1));
}

pub(crate) fn erasing_takes_the_text_and_keeps_what_is_said<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut clock = clock();
    let mut named = keyed("report-1", count(20, Stage::Completed, "2024-12-20"));
    named.texts.note = "a name".to_owned();
    named.texts.source = "a witness".to_owned();
    ledger.append(&[named.clone(), opened("a")], &mut clock).expect("appended");
    let before = ledger.root().expect("a root");
    let erasing = Erasing { by: "editor", reason: "asked for" };
    let fields = [TextField::Note, TextField::Source];
    let receipt = ledger.erase(1, &fields, erasing, &mut clock).expect("erased");
    assert_eq!((receipt.number, receipt.added), (3, true));
    let entry = ledger.entry(1).expect("the entry");
    assert_eq!((entry.draft.texts.note.as_str(), entry.draft.texts.source.as_str()), ("", ""));
    assert_eq!(entry.erased, [TextField::Source, TextField::Note]);
    let note = ledger.entry(3).expect("the note").draft;
    assert_eq!(note.relations, [Relation { how: RelationKind::Redacts, entry: 1 }]);
    assert_eq!(note.texts.note, "erased note, source: asked for");
    let looked = ledger.verify(std::slice::from_ref(&before)).expect("looked through");
    assert_eq!(looked.findings, [], "the chain is the one that was published");
    assert_eq!(counts(&snapshot(&mut ledger, "2024-12-31", "2024-12-31")), [(1, 20)]);
    let sources = |ledger: &mut AnyLedger| {
        let mut sources = Vec::new();
        let read = ledger.store().read(&mut |reader| {
            sources = reader.sources()?;
            Ok(())
        });
        read.expect("read");
        sources
    };
    assert_eq!(sources(&mut ledger), ["state"], "the index has forgotten the source");
    // Who brings it again learns that it is known, and brings no text back.
    let again = ledger.append(&[named], &mut clock).expect("known");
    assert_eq!((again[0].number, again[0].added), (1, false));
    assert_eq!(
        ledger.erase(9, &fields, erasing, &mut clock).expect_err("none").problem().code.as_str(),
        "L806"
    );
    sound(&mut ledger);
}

pub(crate) fn documents_are_kept_once_and_quotes_are_held_against_them<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut clock = clock();
    let page = document_of("text/plain", "\u{c131}\u{cc9c} opened\0\u{ff}".as_bytes().to_vec());
    let other = document_of("image/png", vec![0, 255, 10, 13]);
    let mut draft = opened("a");
    draft.document = hex(&page.hash);
    assert_eq!(refused(&mut ledger, std::slice::from_ref(&draft)), "L808");
    // Each of the two Korean letters takes three bytes; the blank behind them is byte 6.
    draft.texts.quote = Some(Quote { text: "opened".to_owned(), start: Some(7) });
    let both = [other.clone(), page.clone()];
    let batch = [draft.clone(), draft.clone()];
    ledger.append_with(&batch, &both, &mut clock).expect("appended");
    draft.texts.quote = Some(Quote { text: "opened".to_owned(), start: Some(6) });
    assert_eq!(refused(&mut ledger, &[draft]), "L809");
    let renamed = StoredDocument { media_type: "text/html".to_owned(), ..page.clone() };
    ledger.append_with(&[], &[renamed], &mut clock).expect("kept");
    let kept = |ledger: &mut AnyLedger| {
        let mut kept = Vec::new();
        let read = ledger.store().read(&mut |reader| {
            reader.documents(&mut |document| {
                kept.push(document);
                Ok(())
            })?;
            assert_eq!(reader.document(&hash_of(&[b"nothing"]))?, None);
            assert_eq!(
                reader.document(&page.hash)?.as_ref(),
                kept.iter().find(|one| one.hash == page.hash)
            );
            Ok(())
        });
        read.expect("read");
        kept
    };
    let mut expected = vec![page.clone(), other.clone()];
    expected.sort_by_key(|document| document.hash);
    assert_eq!(kept(&mut ledger), expected, "in the order of hashes, the first one kept");
    ledger.store().write(&mut |writer| writer.erase_document(&page.hash)).expect("erased");
    for document in &mut expected {
        if document.hash == page.hash {
            document.bytes = None;
        }
    }
    assert_eq!(kept(&mut ledger), expected, "its hash stays");
    assert_eq!(sound(&mut ledger).entries, 2);
}

pub(crate) fn the_index_can_be_made_anew<H: Home>() {
    let (_home, mut ledger) = H::create();
    let drafts: Vec<Draft> = (0..1200).map(|at| opened(&format!("facility-{}", at % 7))).collect();
    ledger.append(&drafts, &mut clock()).expect("appended");
    let before = snapshot(&mut ledger, "2024-12-31", "2024-12-31");
    assert_eq!((before.counted, before.facilities.len()), (1200, 7));
    let lost = ledger.store().write(&mut |writer| writer.clear_index());
    lost.expect("cleared");
    let looked = ledger.verify(&[]).expect("looked through");
    let found = looked.findings.first().expect("found");
    assert_eq!((found.code.as_str(), found.entry), ("V803", 1));
    ledger.reindex().expect("made anew");
    assert_eq!(snapshot(&mut ledger, "2024-12-31", "2024-12-31"), before);
    sound(&mut ledger);
}

/// The same drafts, clock and chance give the same hashes and the same snapshot, wherever the ledger lies.
pub(crate) fn a_long_batch_is_the_same_everywhere<H: Home>() {
    let (_home, mut ledger) = H::create();
    let mut plain = boxed(MemoryStore::new(IDENTITY));
    let draft = |at: usize| {
        let on = format!("2024-{:02}-{:02}", at % 12 + 1, at % 28 + 1);
        let subject = facility(&format!("facility-{}", at % 41));
        let mut draft = match at % 3 {
            0 => says(subject, reached(Stage::Completed), &on),
            1 => seen_by("visitor", "B2", says(subject, not_reached(Stage::Completed), &on)),
            _ => count(i64::try_from(at).expect("small"), Stage::Completed, &on),
        };
        draft.key = if at.is_multiple_of(4) { String::new() } else { format!("report-{at}") };
        draft.texts.source = format!("source-{}", at % 5);
        if at > 100 && at.is_multiple_of(10) {
            draft.relations.push(Relation { how: RelationKind::Denies, entry: at as u64 / 2 });
        }
        draft
    };
    // The second batch brings 300 again, of which those without a key are new.
    for range in [0..1200, 900..2500] {
        let batch: Vec<Draft> = range.map(draft).collect();
        let receipts = ledger.append(&batch, &mut Ticking::from(BEGIN)).expect("appended");
        let expected = plain.append(&batch, &mut Ticking::from(BEGIN)).expect("appended");
        assert_eq!(receipts, expected);
    }
    let root = sound(&mut ledger);
    assert_eq!(root.entries, 2500 + 75);
    assert_eq!(root, plain.root().expect("a root"));
    let state = snapshot(&mut ledger, "2024-12-31", "2024-12-31");
    assert_eq!(state, snapshot(&mut plain, "2024-12-31", "2024-12-31"));
    assert_eq!(entries(&mut ledger), entries(&mut plain));
}

pub(crate) fn what_fails_leaves_nothing<H: Home>() {
    let (_home, mut ledger) = H::create();
    ledger.append(&[opened("a")], &mut clock()).expect("appended");
    let before = ledger.root().expect("a root");
    let failed = ledger.store().write(&mut |writer| {
        writer.subject(&facility("b"))?;
        writer.source("nobody")?;
        writer.put_document(&document_of("text/plain", b"gone".to_vec()))?;
        writer.clear_index()?;
        Err(groundwork_ledger::LedgerError::Store("on purpose".to_owned()))
    });
    assert_eq!(failed.expect_err("it failed").to_string(), "on purpose");
    // What is read may fail half-way too.
    let failed = ledger
        .entries(1, &mut |_| Err(groundwork_ledger::LedgerError::Store("on purpose".to_owned())));
    assert_eq!(failed.expect_err("it failed").to_string(), "on purpose");
    assert_eq!(sound(&mut ledger), before);
    ledger.append(&[opened("b")], &mut clock()).expect("appended");
    assert_eq!(sound(&mut ledger).entries, 2);
}

/// Three papers of one agency, a fourth with an owner of its own, and the ministry: of two origins that are asked for the
/// second comes with the fourth day, whatever stores they lie in.
pub(crate) fn copies_of_one_agency_are_one_origin<H: Home>() {
    let (_home, mut ledger) = H::create();
    let done = Stage::Completed;
    let seen = |source: &str, chain: &[&str], on: &str| {
        let mut draft = seen_by(source, "B2", says(facility("a"), reached(done), on));
        draft.texts.attribution = chain.iter().map(|name| (*name).to_owned()).collect();
        draft
    };
    let drafts = [
        seen("paper-1", &["agency", "paper-1"], "2024-12-01"),
        seen("paper-2", &["agency", "paper-2"], "2024-12-02"),
        seen("paper-3", &[], "2024-12-03"),
        seen("paper-4", &["ministry", "agency", "paper-4"], "2024-12-04"),
        seen("agency", &[], "2024-12-05"),
    ];
    ledger.append(&drafts, &mut clock()).expect("appended");
    let two = EvidenceRules { origins: 2, ..EvidenceRules::default() };
    let end = day("2024-12-31");
    let times = Times { as_of: end, known_by: end, recorded_by: None };
    let stage = |ledger: &mut AnyLedger| {
        let state = ledger.snapshot(times, &two).expect("a snapshot");
        let stage = state.facilities[0].stage(done).expect("the stage").clone();
        (stage.origins, stage.verified.map(|mark| mark.entry))
    };
    // Without a sources table: the agency, the third paper and the ministry.
    assert_eq!(stage(&mut ledger), (3, Some(3)));
    let row = |id: &str, behind: &str, carries: &[&str]| Source {
        row: 2,
        id: id.to_owned(),
        name: id.to_owned(),
        behind: behind.to_owned(),
        independent: true,
        grade: None,
        carries: carries.iter().map(|id| (*id).to_owned()).collect(),
        reason: String::new(),
    };
    // The third paper copies the agency, as the table says.
    let table = [row("agency", "", &[]), row("paper-3", "", &["agency"]), row("ministry", "", &[])];
    ledger.know_origins(Origins::of(&table));
    assert_eq!(stage(&mut ledger), (2, Some(4)));
    // Agency and ministry belong to one government: one origin, which verifies nothing by itself.
    let table = [
        row("agency", "Government", &[]),
        row("paper-3", "", &["agency"]),
        row("ministry", "Government", &[]),
    ];
    ledger.know_origins(Origins::of(&table));
    assert_eq!(stage(&mut ledger), (1, None));
    sound(&mut ledger);
    // What is erased is no longer known: the first paper then speaks for itself.
    let erasing = Erasing { by: "editor", reason: "asked for" };
    ledger.erase(1, &[TextField::Attribution], erasing, &mut clock()).expect("erased");
    assert_eq!(stage(&mut ledger), (2, Some(2)));
    sound(&mut ledger);
}
