//! Ledgers of older forms are brought to the newest, and mean what they meant.

use std::path::Path;

use crate::common::{Ticking, day, facility, reached, says, seen_by};
use groundwork_ledger::{Fact, Ledger, SqliteStore, mark_of_source, mark_of_subject, names_of};
use groundwork_model::evidence::{Draft, EvidenceRules, Stage, Times};
use rusqlite::{Connection, params};

fn seen(source: &str, chain: &[&str], on: &str) -> Draft {
    let mut draft = seen_by(source, "B2", says(facility("a"), reached(Stage::Completed), on));
    draft.texts.attribution = chain.iter().map(|name| (*name).to_owned()).collect();
    draft
}

/// Puts a ledger back into form 1: facts without chains of attribution, and none of those among the sources.
fn put_back(path: &Path) {
    let file = Connection::open(path).expect("opened");
    let mut facts = file.prepare("SELECT number, fact FROM facts").expect("facts");
    let facts: Vec<(i64, Vec<u8>)> = facts
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("facts")
        .map(|fact| fact.expect("a fact"))
        .collect();
    let mut sources: Vec<String> = Vec::new();
    for (number, bytes) in facts {
        let mut fact = Fact::from_bytes(&bytes).expect("a fact");
        let source: String = file
            .query_row("SELECT source FROM sources WHERE number = ?1", [fact.source], |r| r.get(0))
            .expect("its source");
        let known = sources.iter().position(|kept| *kept == source);
        let at = known.unwrap_or_else(|| {
            sources.push(source.clone());
            sources.len() - 1
        });
        fact.source = u32::try_from(at + 1).expect("few");
        fact.chain = 0;
        fact.names = names_of(mark_of_subject(&facility("a")), mark_of_source(&source), 0);
        let text = "UPDATE facts SET fact = ?2 WHERE number = ?1";
        file.execute(text, params![number, fact.to_bytes()]).expect("put back");
    }
    file.execute("DELETE FROM sources", []).expect("forgotten");
    for source in sources {
        file.execute("INSERT INTO sources (source) VALUES (?1)", [source]).expect("numbered");
    }
    file.pragma_update(None, "user_version", 1).expect("form 1");
}

fn form(path: &Path) -> i64 {
    let file = Connection::open(path).expect("opened");
    file.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a form")
}

#[test]
fn a_ledger_of_form_1_learns_the_chains_of_attribution() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let drafts = [
        seen("paper-1", &["agency", "paper-1"], "2024-12-01"),
        seen("paper-2", &["agency", "paper-2"], "2024-12-02"),
        seen("ministry", &[], "2024-12-03"),
    ];
    let mut ledger = Ledger::new(SqliteStore::create(&path, "older").expect("created"));
    ledger.append(&drafts, &mut Ticking::from(1_700_000_000_000_000)).expect("appended");
    let root = ledger.root().expect("a root");
    drop(ledger);
    put_back(&path);
    assert_eq!(form(&path), 1);

    let mut ledger = Ledger::new(SqliteStore::open(&path).expect("opened"));
    assert_eq!(form(&path), 2);
    assert_eq!(ledger.root().expect("a root"), root, "no entry has changed");
    assert_eq!(ledger.verify(&[root]).expect("looked through").findings, []);
    let end = day("2024-12-31");
    let times = Times { as_of: end, known_by: end, recorded_by: None };
    let two = EvidenceRules { origins: 2, ..EvidenceRules::default() };
    let snapshot = ledger.snapshot(times, &two).expect("a snapshot");
    let stage = snapshot.facilities[0].stage(Stage::Completed).expect("the stage");
    assert_eq!((stage.origins, stage.verified.map(|mark| mark.entry)), (2, Some(3)));
}

/// What is damaged stays damaged, and is found: bringing it to the newest form hides nothing.
#[test]
fn a_damaged_ledger_of_form_1_is_opened_and_its_damage_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let drafts =
        [seen("paper-1", &["agency"], "2024-12-01"), seen("paper-2", &["agency"], "2024-12-02")];
    let mut ledger = Ledger::new(SqliteStore::create(&path, "older").expect("created"));
    ledger.append(&drafts, &mut Ticking::from(1_700_000_000_000_000)).expect("appended");
    drop(ledger);
    put_back(&path);
    let file = Connection::open(&path).expect("opened");
    file.execute("UPDATE entries SET body = '{}' WHERE number = 1", []).expect("damaged");
    drop(file);
    let mut ledger = Ledger::new(SqliteStore::open(&path).expect("opened"));
    let found = ledger.verify(&[]).expect("looked through").findings;
    assert!(found.iter().any(|finding| finding.entry == 1), "{found:?}");
    assert!(!found.iter().any(|finding| finding.entry == 2 && finding.code.as_str() == "V803"));
}
