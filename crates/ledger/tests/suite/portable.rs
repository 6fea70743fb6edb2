//! A ledger as lines of text: it comes back as it was, and the first line that is another one is named.

use crate::sample::{FileLedger, at, entries, open, sample};
use groundwork_ledger::{
    Ledger, LedgerError, MemoryStore, Parting, Store, identity_of_lines, parting, read_lines,
    write_lines,
};
use groundwork_model::evidence::Root;

const ENTRIES: usize = 60;

/// Returns the lines of a store with its root.
fn lines<S: Store>(store: &mut S) -> (Vec<String>, Root) {
    let mut lines = Vec::new();
    let root = write_lines(store, &mut |line| {
        lines.push(line.to_owned());
        Ok(())
    });
    (lines, root.expect("written"))
}

fn opened(folder: &std::path::Path) -> FileLedger {
    open(&sample(folder, ENTRIES)).expect("opened")
}

fn read(lines: &[String]) -> Result<Ledger<MemoryStore>, LedgerError> {
    let mut store = MemoryStore::new(identity_of_lines(&lines[0])?);
    read_lines(&mut lines[1..].iter().map(String::as_str), &mut store)?;
    Ok(Ledger::new(store))
}

#[test]
fn a_ledger_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut ledger = opened(folder.path());
    let (written, root) = lines(ledger.store());
    assert_eq!(written.len(), ENTRIES + 1);
    let mut back = read(&written).expect("sound");
    assert_eq!(back.root().expect("a root"), root);
    assert_eq!(root, ledger.root().expect("a root"));
    let mut own = Vec::new();
    back.entries(1, &mut |entry| {
        own.push(entry);
        Ok(())
    })
    .expect("read");
    assert_eq!(own, entries(&mut ledger).expect("read"));
    assert_eq!(lines(back.store()).0, written);
    assert_eq!(back.verify(&[root]).expect("looked through").findings, []);
    for known_by in ["2024-06-30", "2025-01-01"] {
        let times = at(known_by);
        let rules = groundwork_model::evidence::EvidenceRules::default();
        let snapshot = back.snapshot(times, &rules).expect("a snapshot");
        assert_eq!(snapshot, ledger.snapshot(times, &rules).expect("a snapshot"));
    }
}

/// Every byte of one line changed, one after another: whatever the line then is, it is refused at that entry.
#[test]
fn every_changed_byte_of_a_line_is_found_at_its_entry() {
    let folder = tempfile::tempdir().expect("a folder");
    let (written, _) = lines(opened(folder.path()).store());
    let number = 17;
    for byte in 0..written[number].len() {
        let mut changed = written[number].clone().into_bytes();
        changed[byte] = if changed[byte] == b'0' { b'1' } else { b'0' };
        let mut lines = written.clone();
        lines[number] = String::from_utf8(changed).expect("ASCII");
        match read(&lines).map(|_| ()) {
            Err(LedgerError::Changed { number: 17 }) => {}
            other => panic!("byte {byte}: {other:?} of {}", lines[number]),
        }
    }
}

#[test]
fn lines_that_are_left_out_swapped_or_of_another_ledger_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (written, _) = lines(opened(folder.path()).store());
    let refused = |lines: &[String], at: u64| match read(lines).map(|_| ()) {
        Err(LedgerError::Changed { number }) => assert_eq!(number, at),
        other => panic!("{other:?}"),
    };
    let mut out = written.clone();
    out.remove(9);
    refused(&out, 9);
    let mut swapped = written.clone();
    swapped.swap(20, 21);
    refused(&swapped, 20);
    let mut other = written.clone();
    other[0] = other[0].replace("sample", "simple");
    refused(&other, 1);
    let newer = [written[0].replace(":1,", ":2,")];
    assert!(matches!(read(&newer).map(|_| ()), Err(LedgerError::TooNew { found: 2, known: 1 })));
    assert!(matches!(read(&["{}".to_owned()]).map(|_| ()), Err(LedgerError::NotALedger(_))));
}

#[test]
fn copies_part_at_the_first_entry_that_differs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (written, _) = lines(opened(folder.path()).store());
    let mut whole = read(&written).expect("sound");
    let mut shorter = read(&written[..31]).expect("sound");
    assert_eq!(parting(whole.store(), shorter.store()).expect("compared"), None);
    // Both go on from entry 30, each in its own way.
    let draft = crate::common::count(5, groundwork_model::evidence::Stage::Completed, "2024-03-01");
    shorter
        .append(&[draft], &mut crate::common::Ticking::from(1_900_000_000_000_000))
        .expect("appended");
    let found = parting(whole.store(), shorter.store()).expect("compared");
    assert_eq!(found, Some(Parting::At(31)));
    assert_eq!(parting(shorter.store(), whole.store()).expect("compared"), found);
    let mut other = MemoryStore::new("another");
    assert_eq!(parting(whole.store(), &mut other).expect("compared"), Some(Parting::OtherLedger));
}
