//! Packages of others, corrections, and two ledgers to one, as people run them: figures worked by hand.

use std::fs;

use groundwork_model::evidence::{Entry, RelationKind, Scorecard};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

const SOURCES: &str = "\
id,name,behind,independent,letter,digit,carries,reason
gov,The ministry,government,0,D,3,,our judgement
watch,The watch,a foundation,1,B,2,,looks for itself
";

const MAPPING: &str = r#"
format = 1
key = ["id"]
[columns]
place = "place"
date = "date"
source = "source"
url = "url"
note = "note"
[subject]
facility = "{place}/clinic"
kind = "clinic"
[published]
assume = "date"
[[statements]]
is = "stage"
stage = "inaugurated"
"#;

const TABLE: &str = "\
id,place,date,source,url,note
1,A,2030-02-01,gov,http://a/1,first
2,B,2030-03-01,gov,http://a/2,second
";

const IMPORT: &str = "import p/reports.csv --map p/map.toml --folder p";

fn villages() -> Folder {
    let folder = Folder::with(FOUR, PLACES);
    fs::write(folder.path("p/sources.csv"), SOURCES).unwrap();
    fs::write(folder.path("p/map.toml"), MAPPING).unwrap();
    fs::write(folder.path("p/reports.csv"), TABLE).unwrap();
    folder
}

fn entries(folder: &Folder) -> Vec<Entry> {
    serde_json::from_slice(&folder.expect(0, "ledger show p --json").stdout).unwrap()
}

fn answer(folder: &Folder, words: &str) -> Value {
    serde_json::from_slice(&folder.expect(0, &format!("{words} --json")).stdout).unwrap()
}

/// A package of two projects: one at B by its point, one somewhere else.
fn package(day: &str, met: &str) -> String {
    let at = |lon: f64| json!([{ "id": "l", "geometry": { "type": "Point", "coordinates": [lon, 0.0] } }]);
    let package = json!({
        "version": "0.9",
        "uri": "https://example.org/p.json",
        "publishedDate": format!("{day}T00:00:00Z"),
        "publisher": { "name": "The ministry" },
        "projects": [
            { "id": "x-1", "title": "Clinic at B", "locations": at(10.09), "parties": [{ "id": "1" }], "milestones": [
                { "id": "1", "code": "completion", "status": "met", "dateMet": met, "dueDate": "2030-06-30" }] },
            { "id": "x-2", "title": "Clinic far off", "locations": at(20.0), "status": "implementation" },
        ],
    });
    package.to_string()
}

#[test]
fn a_package_is_brought_in_once_and_says_what_it_left_out() {
    let folder = villages();
    fs::write(folder.path("ministry.json"), package("2030-05-01", "2030-04-20")).unwrap();
    let words = "import ministry.json --folder p";
    let dry = folder.expect(0, &format!("{words} --dry-run"));
    let said = stdout(&dry);
    for part in [
        "      1  milestones of completed that are `met` -> completed\n",
        "      1  status `implementation` -> announced\n",
        "Left out: it has no place in the ledger\n      1  projects[].parties\n",
        "2 projects of The ministry, 2030-05-01: 3 entries, 3 would be added to p/ledger.db",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(stderr(&dry).contains("W822"), "{}", stderr(&dry));
    assert!(!folder.path("p/ledger.db").exists(), "a dry run writes nothing");
    let brought = answer(&folder, words);
    assert_eq!((brought["added"].as_u64(), brought["known"].as_u64()), (Some(3), Some(0)));
    let again = answer(&folder, words);
    assert_eq!((again["added"].as_u64(), again["known"].as_u64()), (Some(0), Some(3)));
    let card: Scorecard = serde_json::from_slice(
        &folder.expect(0, "status p --as-of 2030-05-01 --known-by 2030-05-01 --json").stdout,
    )
    .unwrap();
    assert_eq!(card.facilities.len(), 2);
    let at_b = card.facilities.iter().find(|facility| facility.subject.id == "x-1").unwrap();
    assert_eq!(at_b.subject.place, "B");
    // The same day with another date is refused, a later day adds what it says.
    fs::write(folder.path("ministry.json"), package("2030-05-01", "2030-04-21")).unwrap();
    let refused = stderr(&folder.expect(3, words));
    assert!(refused.contains("L807") && refused.contains("x-1"), "{refused}");
    fs::write(folder.path("ministry.json"), package("2030-06-01", "2030-04-21")).unwrap();
    assert_eq!(answer(&folder, words)["added"].as_u64(), Some(3));
}

#[test]
fn a_package_of_nobody_known_is_refused_at_once_with_all_else() {
    let folder = villages();
    let broken =
        package("2030-05-01", "last week").replace("The ministry", "The Ministry of Works");
    fs::write(folder.path("ministry.json"), broken).unwrap();
    let said = stderr(&folder.expect(3, "import ministry.json --folder p"));
    assert!(said.contains("E807") && said.contains("publisher.name"), "{said}");
    assert!(said.contains("E822") && said.contains("projects[0].milestones[0].dateMet"), "{said}");
    let map = "format = 1\n[publishers.\"The Ministry of Works\"]\nsource = \"gov\"\n";
    fs::write(folder.path("works.toml"), map).unwrap();
    let named =
        package("2030-05-01", "2030-04-20").replace("The ministry", "The Ministry of Works");
    fs::write(folder.path("ministry.json"), named).unwrap();
    folder.expect(0, "import ministry.json --folder p --map works.toml");
    assert_eq!(entries(&folder)[0].draft.texts.source, "gov");
    // A table asks for a mapping.
    let said = stderr(&folder.expect(2, "import p/reports.csv --folder p"));
    assert!(said.contains("--map"), "{said}");
}

#[test]
fn a_changed_row_is_refused_or_becomes_a_correction() {
    let folder = villages();
    folder.expect(0, IMPORT);
    fs::write(folder.path("p/reports.csv"), TABLE.replace("2030-02-01", "2030-02-03")).unwrap();
    let refused = stderr(&folder.expect(3, IMPORT));
    assert!(refused.contains("L807") && refused.contains("--correct"), "{refused}");
    let dry = stdout(&folder.expect(0, &format!("{IMPORT} --correct --dry-run")));
    for part in [
        "row 2, entry 1 of A/clinic",
        "valid.latest: `2030-02-01` -> `2030-02-03`",
        "1 would be added",
    ] {
        assert!(dry.contains(part), "{part} in {dry}");
    }
    assert_eq!(entries(&folder).len(), 2);
    folder.expect(0, &format!("{IMPORT} --correct"));
    let all = entries(&folder);
    let relation = all[2].draft.relations[0];
    assert_eq!((all.len(), relation.how, relation.entry), (3, RelationKind::Corrects, 1));
    // The corrected file is known from here on, with and without the flag.
    for words in [IMPORT.to_owned(), format!("{IMPORT} --correct")] {
        let again = answer(&folder, &words);
        assert_eq!(
            (again["added"].as_u64(), again["known"].as_u64()),
            (Some(0), Some(2)),
            "{words}"
        );
    }
    // A second change, and one back to what it was first: each corrects all before it.
    for (at, date) in ["2030-02-05", "2030-02-01"].iter().enumerate() {
        fs::write(folder.path("p/reports.csv"), TABLE.replace("2030-02-01", date)).unwrap();
        folder.expect(0, &format!("{IMPORT} --correct"));
        let all = entries(&folder);
        let last = all.last().unwrap();
        let earlier: Vec<u64> = last.draft.relations.iter().map(|one| one.entry).collect();
        let expected: Vec<u64> = [1, 3, 4].into_iter().take(at + 2).collect();
        assert_eq!(earlier, expected);
        assert_eq!(last.draft.valid.to_string(), *date);
        let words = "status p --as-of 2030-12-31 --known-by 2030-12-31 --json";
        let card: Value = serde_json::from_slice(&folder.expect(0, words).stdout).unwrap();
        assert_eq!(card["facilities"].as_array().unwrap().len(), 2);
        assert_eq!(card["counted"], 2, "one of them counts");
    }
}

#[test]
fn a_workbook_is_imported_as_a_table_is() {
    let folder = villages();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("visits").unwrap();
    for (row, line) in TABLE.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write_string(row as u32, column as u16, cell).unwrap();
        }
    }
    book.save(folder.path("visits.xlsx")).unwrap();
    folder.expect(0, "import visits.xlsx --map p/map.toml --folder p");
    assert_eq!(entries(&folder).len(), 2);
    let again = answer(&folder, IMPORT);
    assert_eq!(again["known"].as_u64(), Some(2), "the table has the same rows");
}

#[test]
fn check_looks_through_sources_and_the_mappings_that_are_named() {
    let folder = villages();
    folder.expect(0, "check p");
    fs::write(folder.path("p/sources.csv"), SOURCES.replace(",1,B,2", ",perhaps,B,9")).unwrap();
    fs::write(folder.path("p/map.toml"), MAPPING.replace("assume", "asume")).unwrap();
    let named =
        format!("{FOUR}\n[import]\nmappings = [\"map.toml\", \"other.toml\", \"../x.toml\"]\n");
    fs::write(folder.path("p/programme.toml"), named).unwrap();
    let said = stdout(&folder.expect(3, "check p"));
    for part in [
        "sources.csv, row 3, independent",
        "sources.csv, row 3, letter",
        "map.toml, row",
        "did you mean `published.assume`",
        "`other.toml` is not in the folder",
        "leads out of the folder",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn two_ledgers_become_one() {
    let folder = villages();
    folder.expect(0, IMPORT);
    fs::create_dir(folder.path("q")).unwrap();
    for name in ["programme.toml", "places.csv", "sources.csv"] {
        fs::copy(folder.path(&format!("p/{name}")), folder.path(&format!("q/{name}"))).unwrap();
    }
    folder.expect(0, "import p/reports.csv --map p/map.toml --folder q");
    let seen = "record q --is stage --stage inaugurated --facility B/clinic --place B --kind clinic --date 2030-03-02 \
                --published 2030-03-03 --source watch --by monitor --relates confirms:2";
    folder.expect(0, seen);
    let dry = stdout(&folder.expect(0, "ledger merge p q --dry-run"));
    let line = "3 entries of q/ledger.db: 1 would be added to p/ledger.db, 2 were there already\n";
    assert_eq!(dry, line);
    folder.expect(0, "ledger merge p q");
    let all = entries(&folder);
    assert_eq!((all.len(), all[2].origin.as_ref().unwrap().number), (3, 3));
    assert_eq!(all[2].draft.relations[0].entry, 2);
    assert_eq!(answer(&folder, "ledger merge p q")["added"].as_u64(), Some(0));
    assert_eq!(answer(&folder, "ledger merge q p/ledger.db")["added"].as_u64(), Some(0));
    folder.expect(0, "ledger verify p");
    let shown = stdout(&folder.expect(0, "ledger show p --entry 3"));
    assert!(shown.contains("first        entry 3 of ledger"), "{shown}");
    // What they erase goes here too.
    folder.expect(0, "ledger erase q --entry 2 --text note --by editor --reason privacy");
    let merged = answer(&folder, "ledger merge p q");
    assert_eq!((merged["added"].as_u64(), merged["erased"].as_u64()), (Some(1), Some(1)));
    let all = entries(&folder);
    assert_eq!(all[1].draft.texts.note, "");
    assert_eq!(all[3].redacted.len(), 1);
    folder.expect(0, "ledger verify p");
}

#[test]
fn clashes_of_two_ledgers_are_listed_and_a_damaged_one_is_refused() {
    let folder = villages();
    folder.expect(0, IMPORT);
    fs::write(folder.path("p/reports.csv"), TABLE.replace("2030-02-01", "2030-02-03")).unwrap();
    folder.expect(0, "import p/reports.csv --map p/map.toml --folder p --ledger theirs.db");
    let refused = stderr(&folder.expect(3, "ledger merge p theirs.db"));
    assert!(refused.contains("L807") && refused.contains("--theirs-apart"), "{refused}");
    assert_eq!(entries(&folder).len(), 2);
    let merged = answer(&folder, "ledger merge p theirs.db --theirs-apart");
    assert_eq!((merged["added"].as_u64(), merged["apart"].as_u64()), (Some(1), Some(1)));
    let key = &entries(&folder)[2].draft.key;
    assert!(key.contains('@') && key.ends_with("/1"), "{key}");
    assert_eq!(answer(&folder, "ledger merge p theirs.db")["known"].as_u64(), Some(2));
    let damaged = rusqlite::Connection::open(folder.path("theirs.db")).unwrap();
    damaged
        .execute("UPDATE entries SET body = replace(body, '2030-02-03', '2030-02-04')", [])
        .unwrap();
    drop(damaged);
    let refused = stderr(&folder.expect(5, "ledger merge p theirs.db"));
    assert!(refused.contains("V801"), "{refused}");
    folder.expect(3, "ledger merge p nowhere.db");
}
