//! Somebody who can write the file: each kind of tampering is found against a published root, with its code.

use std::fs;
use std::path::Path;

use crate::sample::{FileLedger, fill, found, open, sample, snapshot, varied};
use groundwork_ledger::{Hash, Ledger, SqliteStore, ZERO, hash_of};
use groundwork_model::evidence::Root;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::common::Ticking;

/// Entries of the ledger that is tampered with.
const ENTRIES: usize = 60;

/// A ledger, and the root that was published of it.
fn published() -> (TempDir, FileLedger, Root) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = sample(folder.path(), ENTRIES);
    let mut ledger = open(&path).expect("opened");
    let root = ledger.root().expect("a root");
    assert_eq!(root.entries, 60);
    assert_eq!(codes(&mut ledger, &root), [], "the ledger as it was published");
    (folder, ledger, root)
}

fn codes(ledger: &mut FileLedger, root: &Root) -> Vec<(&'static str, u64)> {
    found(&ledger.verify(std::slice::from_ref(root)).expect("looked through"))
}

fn sql(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("ledger.db")).expect("the file")
}

/// Computes all hashes anew, as somebody would who wants the chain to hold.
fn chain_anew(connection: &Connection) {
    let mut bodies = connection
        .prepare("SELECT number, body FROM entries ORDER BY number")
        .expect("a statement");
    let bodies: Vec<(i64, String)> = bodies
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    let mut previous: Hash = ZERO;
    for (number, body) in bodies {
        previous = hash_of(&[b"groundwork entry 1\0", &previous, body.as_bytes()]);
        let text = "UPDATE entries SET hash = ?2 WHERE number = ?1";
        connection.execute(text, params![number, &previous[..]]).expect("updated");
    }
}

#[test]
fn an_edited_entry_is_named_first() {
    let (folder, mut ledger, root) = published();
    let text = "UPDATE entries SET body = replace(body, '2024-', '2023-') WHERE number = 21";
    assert_eq!(sql(&folder).execute(text, []).expect("edited"), 1);
    let codes = codes(&mut ledger, &root);
    // The hash of 21 is not that of its content, and the index was made of another content.
    assert_eq!(codes, [("V801", 21), ("V803", 21)]);
    assert!(ledger.entry(21).is_err(), "a damaged entry is not handed out");
    assert!(ledger.entry(20).is_ok());
}

#[test]
fn an_edited_entry_whose_chain_was_computed_anew_is_not_the_published_one() {
    let (folder, mut ledger, root) = published();
    let connection = sql(&folder);
    let text = "UPDATE entries SET body = replace(body, '2024-', '2023-') WHERE number = 21";
    connection.execute(text, []).expect("edited");
    chain_anew(&connection);
    ledger.reindex().expect("the index is made to fit as well");
    assert_eq!(found(&ledger.verify(&[]).expect("looked")), [], "by itself the chain holds");
    assert_eq!(codes(&mut ledger, &root), [("V805", 60)]);
}

#[test]
fn an_edited_text_is_found() {
    let (folder, mut ledger, root) = published();
    let text =
        "UPDATE entries SET texts = replace(texts, 'Report 9 of', 'Report 8 of') WHERE number = 10";
    assert_eq!(sql(&folder).execute(text, []).expect("edited"), 1);
    assert_eq!(codes(&mut ledger, &root), [("V802", 10)]);
    assert!(ledger.entry(10).is_err(), "a text that is another one is not handed out");
}

#[test]
fn a_text_that_was_taken_away_without_an_entry_is_found() {
    let (folder, mut ledger, root) = published();
    let connection = sql(&folder);
    let read = "SELECT json_remove(texts, '$.title') FROM entries WHERE number = 12";
    let texts: String = connection.query_row(read, [], |row| row.get(0)).expect("texts");
    let text = "UPDATE entries SET texts = ?1 WHERE number = 12";
    connection.execute(text, [texts]).expect("edited");
    assert_eq!(codes(&mut ledger, &root), [("V802", 12)]);
}

#[test]
fn an_edited_index_gives_no_figures_and_is_made_anew() {
    let edits = [
        "UPDATE facts SET fact = (SELECT fact FROM facts WHERE number = 8) WHERE number = 14",
        "DELETE FROM facts WHERE number = 60",
        "INSERT INTO facts SELECT 61, fact, bears FROM facts WHERE number = 8",
        "UPDATE facts SET bears = 0 WHERE number = 16",
        "UPDATE subjects SET subject = replace(subject, 'facility-3', 'facility-9999')",
        "UPDATE sources SET source = 'somebody' WHERE number = 1",
    ];
    let (folder, mut ledger, root) = published();
    let before = snapshot(&mut ledger).expect("a snapshot");
    for edit in edits {
        assert!(sql(&folder).execute(edit, []).expect("edited") > 0, "{edit}");
        let codes = codes(&mut ledger, &root);
        assert!(codes.iter().any(|(code, _)| *code == "V803"), "{edit}: {codes:?}");
        match snapshot(&mut ledger) {
            Ok(snapshot) => assert_eq!(snapshot, before, "{edit}"),
            Err(error) => assert!(error.to_string().contains("damaged"), "{edit}: {error}"),
        }
        ledger.reindex().expect("made anew");
        assert_eq!(self::codes(&mut ledger, &root), [], "{edit}");
        assert_eq!(snapshot(&mut ledger).expect("a snapshot"), before, "{edit}");
    }
}

#[test]
fn a_cut_tail_is_found() {
    let (folder, mut ledger, root) = published();
    let connection = sql(&folder);
    for table in ["entries", "facts"] {
        let cut = format!("DELETE FROM {table} WHERE number > 50");
        connection.execute(&cut, []).expect("cut");
    }
    // The entry that says why a text of 3 is missing went with the tail; the chain by itself still holds.
    assert_eq!(codes(&mut ledger, &root), [("V802", 3), ("V804", 50)]);
}

#[test]
fn a_missing_entry_is_found() {
    let (folder, mut ledger, root) = published();
    sql(&folder).execute("DELETE FROM entries WHERE number = 33", []).expect("cut");
    // 34 comes in its place, and its hash rests on another one.
    let codes = codes(&mut ledger, &root);
    assert_eq!(codes[..2], [("V806", 34), ("V801", 34)]);
}

#[test]
fn an_old_copy_is_found_and_the_new_one_is_not() {
    let (folder, mut ledger, old_root) = published();
    let copy = folder.path().join("old.db");
    ledger.store().backup(&copy).expect("copied");
    fill(&mut ledger, ENTRIES, 8, &mut Ticking::from(1_800_000_000_000_000));
    let new_root = ledger.root().expect("a root");
    assert_eq!(codes(&mut ledger, &old_root), [], "an older root is a prefix");
    let mut old = open(&copy).expect("opened");
    assert_eq!(codes(&mut old, &old_root), []);
    assert_eq!(codes(&mut old, &new_root), [("V804", 60)]);
}

#[test]
fn a_fork_is_found_against_the_root_of_the_other_branch() {
    let (folder, mut ledger, old_root) = published();
    let copy = folder.path().join("fork.db");
    ledger.store().backup(&copy).expect("copied");
    let mut fork = open(&copy).expect("opened");
    let moment = || Ticking::from(1_800_000_000_000_000);
    ledger.append(&[varied(100)], &mut moment()).expect("appended");
    fork.append(&[varied(101)], &mut moment()).expect("appended");
    assert_eq!(codes(&mut fork, &old_root), [], "both go on from the same entries");
    assert_eq!(codes(&mut fork, &ledger.root().expect("a root")), [("V805", 61)]);
    assert_eq!(codes(&mut ledger, &fork.root().expect("a root")), [("V805", 61)]);
}

#[test]
fn a_ledger_written_anew_is_another_one() {
    let (folder, mut ledger, root) = published();
    let path = folder.path().join("anew");
    fs::create_dir(&path).expect("a folder");
    let mut same_name = open(&sample(Path::new(&path), ENTRIES)).expect("opened");
    // The same words, other salts and times would give another head; here even those are the same.
    assert_eq!(same_name.root().expect("a root"), root);
    let store = SqliteStore::create(&folder.path().join("other.db"), "other").expect("created");
    let mut other = Ledger::new(store);
    fill(&mut other, 0, ENTRIES, &mut Ticking::from(1_700_000_000_000_000));
    let codes = codes(&mut other, &root);
    assert_eq!(codes, [("V805", 60), ("V808", 0)]);
    assert_eq!(self::codes(&mut ledger, &root), []);
}

#[test]
fn a_changed_document_is_found() {
    let (folder, mut ledger, root) = published();
    sql(&folder).execute("UPDATE documents SET bytes = X'00'", []).expect("edited");
    assert_eq!(codes(&mut ledger, &root), [("V807", 0)]);
}

#[test]
fn nothing_is_put_behind_a_damaged_head_and_no_root_is_made_of_it() {
    let (folder, mut ledger, _) = published();
    let text = "UPDATE entries SET hash = zeroblob(32) WHERE number = 60";
    sql(&folder).execute(text, []).expect("edited");
    let mut moment = Ticking::from(1_800_000_000_000_000);
    for error in [
        ledger.append(&[varied(100)], &mut moment).expect_err("refused").problem(),
        ledger.root().expect_err("refused").problem(),
        snapshot(&mut ledger).expect_err("refused").problem(),
    ] {
        assert_eq!(error.code.as_str(), "L801");
        assert!(error.cause.contains("entry 60"), "{}", error.cause);
    }
}

#[test]
fn numbers_at_the_edge_of_their_kind_are_refused() {
    for edit in [
        "UPDATE entries SET recorded_at = 9223372036854775807 WHERE number = 60",
        "UPDATE entries SET number = 9223372036854775807 WHERE number = 60",
        "UPDATE entries SET number = -1 WHERE number = 60",
        "UPDATE entries SET number = 0 WHERE number = 1",
        "UPDATE facts SET number = -7 WHERE number = 7",
    ] {
        let (folder, mut ledger, root) = published();
        let before = snapshot(&mut ledger).expect("a snapshot");
        sql(&folder).execute(edit, []).expect("edited");
        let mut moment = Ticking::from(1_800_000_000_000_000);
        assert!(!codes(&mut ledger, &root).is_empty(), "{edit}");
        if let Ok(snapshot) = snapshot(&mut ledger) {
            assert_eq!(snapshot, before, "{edit}");
        }
        let _ = ledger.append(&[varied(100)], &mut moment);
        let _ = ledger.reindex();
    }
}
