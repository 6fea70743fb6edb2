//! Time of recording: strictly in order whatever the clock does; and the same ledger gives the same bytes.

use crate::common::{facility, reached, says};
use crate::sample::{at, open, sample, snapshot};
use groundwork_ledger::{Ledger, LedgerError, MemoryStore, Moment, SqliteStore};
use groundwork_model::evidence::{Draft, EvidenceRules, Stage, TextField, When};
use proptest::prelude::*;

/// A clock that gives the times of a list, the last one on and on.
struct Listed(Vec<i64>);

impl Moment for Listed {
    fn now(&mut self) -> i64 {
        if self.0.len() > 1 { self.0.remove(0) } else { self.0[0] }
    }

    fn salt(&mut self) -> [u8; 16] {
        [7; 16]
    }
}

/// The last microsecond of the year 9999.
const END_OF_9999: i64 = 253_402_300_799_999_999;

fn draft() -> Draft {
    says(facility("a"), reached(Stage::Completed), "2024-12-20")
}

fn times(ledger: &mut Ledger<MemoryStore>) -> Vec<i64> {
    let mut times = Vec::new();
    ledger
        .entries(1, &mut |entry| {
            times.push(entry.recorded_at);
            Ok(())
        })
        .expect("entries");
    times
}

#[test]
fn entries_of_one_microsecond_keep_their_order() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let mut still = Listed(vec![1_000]);
    ledger.append(&[draft(), draft(), draft()], &mut still).expect("appended");
    ledger.append(&[draft()], &mut still).expect("appended");
    assert_eq!(times(&mut ledger), [1_000, 1_001, 1_002, 1_003]);
}

#[test]
fn a_clock_set_back_a_little_keeps_the_order_and_by_more_is_refused() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let now = 1_700_000_000_000_000;
    ledger.append(&[draft()], &mut Listed(vec![now])).expect("appended");
    ledger.append(&[draft()], &mut Listed(vec![now - 5_000_000])).expect("within five seconds");
    assert_eq!(times(&mut ledger), [now, now + 1]);
    // An hour, as a wrong change of clocks would do it, and one microsecond too many.
    for back in [3_600_000_000, 5_000_002] {
        let error = ledger.append(&[draft()], &mut Listed(vec![now - back])).expect_err("refused");
        assert!(matches!(error, LedgerError::ClockSetBack { last, .. } if last == now + 1));
        assert_eq!(error.problem().code.as_str(), "L802");
    }
    assert_eq!(times(&mut ledger), [now, now + 1], "nothing was added");
    ledger.append(&[draft()], &mut Listed(vec![now + 10])).expect("the clock is right again");
    assert_eq!(times(&mut ledger), [now, now + 1, now + 10]);
}

#[test]
fn the_ends_of_time_are_no_panic() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    ledger.append(&[draft()], &mut Listed(vec![-1])).expect("before 1970");
    ledger.append(&[draft()], &mut Listed(vec![END_OF_9999])).expect("the year 9999");
    assert_eq!(times(&mut ledger), [1, END_OF_9999], "the first microsecond is 1");
    let mut last = Ledger::new(MemoryStore::new("test"));
    last.append(&[draft()], &mut Listed(vec![i64::MAX])).expect("the last microsecond there is");
    let error = last.append(&[draft()], &mut Listed(vec![i64::MAX])).expect_err("none behind it");
    assert_eq!(error.problem().code.as_str(), "L802");
    last.append(&[draft()], &mut Listed(vec![i64::MIN])).expect_err("long before it");
}

#[test]
fn dates_of_the_year_9999_and_unknown_ones_keep_their_precision() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let written =
        ["unknown", "9999", "9999-12-31", "by 9999-12-31", "2024-03-31", "from 0001-01-01"];
    for text in written {
        let mut draft = draft();
        draft.valid = text.parse::<When>().expect("a date").in_words(format!("words of {text}"));
        ledger.append(&[draft], &mut Listed(vec![5])).expect("appended");
    }
    for (number, text) in (1..).zip(written) {
        let valid = ledger.entry(number).expect("the entry").draft.valid;
        assert_eq!((valid.to_string(), valid.words), (text.to_owned(), format!("words of {text}")));
    }
    // What is not dated was surely so when it was published; what lies in 9999 was not so before.
    let state = |ledger: &mut Ledger<MemoryStore>, day| {
        let snapshot = ledger.snapshot(at(day), &EvidenceRules::default()).expect("a snapshot");
        snapshot.counted
    };
    // "unknown", "by 9999-12-31", "2024-03-31" and "from 0001" count by the day of publication at the latest.
    assert_eq!(state(&mut ledger, "2024-12-20"), 4);
    assert_eq!(state(&mut ledger, "9999-12-30"), 4);
    assert_eq!(state(&mut ledger, "9999-12-31"), 6);
}

#[test]
fn the_same_ledger_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = sample(folder.path(), 200);
    let json = |snapshot| serde_json::to_string(&snapshot).expect("JSON");
    let mut ledger = open(&path).expect("opened");
    let first = json(snapshot(&mut ledger).expect("a snapshot"));
    assert_eq!(json(snapshot(&mut ledger).expect("a snapshot")), first, "asked again");
    assert_eq!(json(snapshot(&mut open(&path).expect("opened")).expect("a snapshot")), first);
    ledger.reindex().expect("made anew");
    assert_eq!(json(snapshot(&mut ledger).expect("a snapshot")), first, "with the index made anew");
    let copy = folder.path().join("copy.db");
    ledger.store().backup(&copy).expect("copied");
    assert_eq!(json(snapshot(&mut open(&copy).expect("opened")).expect("a snapshot")), first);
    let other = tempfile::tempdir().expect("a folder");
    let mut again = open(&sample(other.path(), 200)).expect("opened");
    assert_eq!(json(snapshot(&mut again).expect("a snapshot")), first, "recorded again");
}

#[test]
fn what_is_erased_is_in_no_file_of_the_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let mut ledger = Ledger::new(SqliteStore::create(&path, "test").expect("created"));
    let mut clock = Listed(vec![5]);
    let mut named = draft();
    named.texts.note = "Kim who must not be named ".repeat(500);
    "a source to be protected".clone_into(&mut named.texts.source);
    ledger.append(&[named, draft()], &mut clock).expect("appended");
    let holds = |words: &str| {
        let files = std::fs::read_dir(folder.path()).expect("a folder");
        files.map(|file| file.expect("a file").path()).any(|file| {
            let bytes = std::fs::read(file).expect("readable");
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
    };
    assert!(holds("must not be named") && holds("source to be protected"));
    let erasing = groundwork_ledger::Erasing { by: "editor", reason: "asked for" };
    let fields = [TextField::Note, TextField::Source];
    ledger.erase(1, &fields, erasing, &mut clock).expect("erased");
    assert!(!holds("must not be named"), "the note is still there");
    assert!(!holds("source to be protected"), "the source is still there");
    assert_eq!(ledger.verify(&[]).expect("looked through").findings, []);
    assert_eq!(ledger.entry(1).expect("the entry").erased, [TextField::Source, TextField::Note]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_walk_of_the_clock_leaves_the_order_strict(
        steps in prop::collection::vec((-8_000_000_i64..8_000_000, 1_usize..4), 1..20),
    ) {
        let mut ledger = Ledger::new(MemoryStore::new("test"));
        let (mut now, mut appended) = (1_700_000_000_000_000, 0);
        for (step, size) in steps {
            now += step;
            let last = times(&mut ledger).last().copied().unwrap_or(i64::MIN);
            let batch = vec![draft(); size];
            let done = ledger.append(&batch, &mut Listed(vec![now]));
            prop_assert_eq!(done.is_ok(), now + 5_000_000 >= last);
            appended += if done.is_ok() { size } else { 0 };
        }
        let times = times(&mut ledger);
        prop_assert_eq!(times.len(), appended);
        prop_assert!(times.is_sorted_by(|a, b| a < b));
    }
}
