//! A ledger that several hold at once.

use std::panic::{AssertUnwindSafe, catch_unwind};

use groundwork_model::evidence::{Draft, EvidenceRules, Stage, Times};

use crate::Home;
use crate::common::{Ticking, day, facility, reached, says};
use crate::meaning::{clock, sound};

fn draft(id: &str) -> Draft {
    says(facility(id), reached(Stage::Completed), "2024-12-20")
}

pub(crate) fn a_reader_sees_one_state_while_others_write<H: Home>() {
    let (home, mut ledger) = H::create();
    ledger.append(&[draft("a")], &mut clock()).expect("appended");
    let mut other = home.again();
    let mut seen = Vec::new();
    let read = ledger.store().read(&mut |reader| {
        for round in 0..3 {
            let mut facts = 0;
            reader.facts(false, &mut |_, _| {
                facts += 1;
                Ok(())
            })?;
            let head = reader.head()?.map_or(0, |head| head.number);
            seen.push((head, facts, reader.subjects()?.len()));
            other.append(&[draft(&format!("b{round}"))], &mut clock()).expect("others write");
        }
        Ok(())
    });
    read.expect("read");
    assert_eq!(seen, [(1, 1, 1); 3]);
    assert_eq!(sound(&mut ledger).entries, 4, "and sees the rest the next time");
}

pub(crate) fn two_holders_take_turns<H: Home>() {
    let (home, mut ledger) = H::create();
    std::thread::scope(|scope| {
        for at in 0..2 {
            let home = &home;
            scope.spawn(move || {
                let mut ledger = home.again();
                for round in 0..50 {
                    let batch = vec![draft(&format!("facility-{at}-{round}")); round % 3 + 1];
                    ledger.append(&batch, &mut clock()).expect("appended");
                }
            });
        }
    });
    // Rounds 0 to 49 have 17 times 1 entry, 17 times 2 and 16 times 3.
    assert_eq!(sound(&mut ledger).entries, 2 * (17 + 2 * 17 + 3 * 16));
}

pub(crate) fn two_holders_with_one_key_add_one_entry<H: Home>() {
    let (home, mut ledger) = H::create();
    let added: usize = std::thread::scope(|scope| {
        let start = |_| scope.spawn(|| bring(&mut home.again()));
        let started: Vec<_> = (0..4).map(start).collect();
        started.into_iter().map(|thread| thread.join().expect("done")).sum()
    });
    assert_eq!(added, 40);
    assert_eq!(sound(&mut ledger).entries, 40);
}

/// Brings 40 drafts, one after the other, and says how many of them were new.
fn bring(ledger: &mut crate::AnyLedger) -> usize {
    let mut added = 0;
    for round in 0..40 {
        let mut draft = draft("a");
        draft.key = format!("report-{round}");
        let receipts = ledger.append(&[draft], &mut clock()).expect("appended");
        added += usize::from(receipts[0].added);
    }
    added
}

pub(crate) fn a_holder_sees_an_index_that_another_made_anew<H: Home>() {
    let (home, mut ledger) = H::create();
    let mut other = home.again();
    let mut named = draft("a");
    named.texts.source = "a witness".to_owned();
    ledger.append(&[named, draft("b")], &mut clock()).expect("appended");
    other.append(&[draft("b")], &mut clock()).expect("appended");
    let erasing = groundwork_ledger::Erasing { by: "editor", reason: "asked for" };
    let fields = [groundwork_model::evidence::TextField::Source];
    // From here on `state` is the first source, and no more the second.
    ledger.erase(1, &fields, erasing, &mut clock()).expect("erased");
    other.append(&[draft("b"), draft("c")], &mut clock()).expect("appended");
    sound(&mut ledger);
    let end = day("2024-12-31");
    let times = Times { as_of: end, known_by: end, recorded_by: None };
    let state = other.snapshot(times, &EvidenceRules::default()).expect("a snapshot");
    let heard: Vec<u64> = state.facilities.iter().map(|facility| facility.entries).collect();
    assert_eq!(heard, [2, 3, 1], "the entry that erases speaks of a as well");
}

pub(crate) fn a_panic_leaves_nothing_and_the_store_usable<H: Home>() {
    let (home, mut ledger) = H::create();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        ledger.store().write(&mut |writer| {
            writer.subject(&facility("x"))?;
            panic!("on purpose");
        })
    }));
    panicked.expect_err("it panicked");
    ledger.append(&[draft("a")], &mut Ticking::from(9)).expect("appended");
    assert_eq!(sound(&mut home.again()).entries, 1);
}
