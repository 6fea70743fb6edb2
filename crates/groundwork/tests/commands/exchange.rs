//! What the ledger says, exported as tables and points, on a small ledger of which every figure is worked by hand; and
//! what is said where nobody publishes. Other people's validators judge the formats in tests/exchange.

use groundwork_ledger::{Ledger, SqliteStore};
use groundwork_model::evidence::{Draft, Predicate, Relation, RelationKind, Stage};
use serde_json::Value;

use crate::evidence::{self, Ticking, WRITTEN, facility, published, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

const PUBLISHER: &str = r#"
[exchange]
publisher = "A monitor"
organisation = "XX-1"
address = "https://example.org/projects.json"
oc4ids_prefix = "oc4ids-abc123"
country = "XX"
oc4ids_sector = "health"
iati_sector = "12220"

[[milestones]]
id = "first"
batch = "1"
stage = "inaugurated"
count = 2
due = "by 2030-06-30"
"#;

/// A was begun and inaugurated as claimed, and seen completed; of B it is only known that it was begun.
fn drafts() -> Vec<Draft> {
    let address = |mut draft: Draft| {
        draft.texts.url = "https://example.org/a?b=1&c=<2>".to_owned();
        draft
    };
    vec![
        says(facility("A", "1"), reached(Stage::GroundBroken), "2030-01-10"),
        address(says(facility("A", "1"), reached(Stage::Inaugurated), "2030-05-20")),
        seen("visitor", "B2", says(facility("A", "1"), reached(Stage::Completed), "2030-05-25")),
        published(
            says(facility("B", "1"), reached(Stage::GroundBroken), "2030-02-01"),
            "2030-07-05",
        ),
    ]
}

fn folder(settings: &str) -> Folder {
    let folder = Folder::with(&format!("{FOUR}{settings}"), PLACES);
    evidence::write(&folder.path("p/ledger.db"), &drafts());
    folder
}

fn exported(folder: &Folder, format: &str, day: &str) -> String {
    let days = format!("--as-of {day} --known-by {day}");
    stdout(&folder.expect(0, &format!("export p --format {format} {days}")))
}

#[test]
fn stages_are_a_table_with_claimed_and_verified_apart() {
    // B was begun in February; that was published in July.
    let june = "facility,place,name,kind,batch,stage,due,claimed,claimed_entry,verified,verified_entry,denied,denied_entry
A/1,A,A,factories,1,ground-broken,,2030-01-10,1,,,,
A/1,A,A,factories,1,completed,,,,2030-05-25,3,,
A/1,A,A,factories,1,inaugurated,2030-06-30,2030-05-20,2,,,,
";
    let folder = folder(PUBLISHER);
    assert_eq!(exported(&folder, "stages", "2030-06-01"), june);
    let july = format!("{june}B/1,B,B,factories,1,ground-broken,,2030-02-01,4,,,,\n");
    assert_eq!(exported(&folder, "stages", "2030-07-05"), july);
}

#[test]
fn facilities_are_points_with_both_statuses() {
    let found: Value =
        serde_json::from_str(&exported(&folder(""), "facilities", "2030-06-01")).unwrap();
    let features = found["features"].as_array().unwrap();
    assert_eq!(features.len(), 1);
    assert_eq!(features[0]["geometry"]["coordinates"], serde_json::json!([10.0, 0.0]));
    let properties = &features[0]["properties"];
    assert_eq!(properties["official"], "inaugurated");
    assert_eq!(properties["evidence"], "completed");
    assert_eq!(properties["inaugurated_claimed"], "2030-05-20");
    assert_eq!(properties["completed_verified_entry"], 3);
}

#[test]
fn projects_carry_promises_marks_and_reports() {
    let found: Value =
        serde_json::from_str(&exported(&folder(PUBLISHER), "oc4ids", "2030-07-05")).unwrap();
    let projects = found["projects"].as_array().unwrap();
    let ids: Vec<&str> = projects.iter().map(|project| project["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["oc4ids-abc123-programme", "oc4ids-abc123-A-1", "oc4ids-abc123-B-1"]);
    let milestones = |project: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = project["milestones"].as_array().unwrap().iter();
        all.map(|one| (text(&one["id"]), text(&one["status"]))).collect()
    };
    let met = |id: &str| (id.to_owned(), "met".to_owned());
    let of_a = ["ground-broken-claimed", "completed-verified", "inaugurated-claimed"];
    assert_eq!(milestones(&projects[1]), of_a.map(met));
    assert_eq!(projects[1]["status"], "completion");
    let missed = ("inaugurated-scheduled".to_owned(), "notMet".to_owned());
    assert_eq!(milestones(&projects[2]), [met("ground-broken-claimed"), missed]);
    assert_eq!(projects[1]["documents"][0]["url"], "https://example.org/a?b=1&c=<2>");
    assert_eq!(projects[1]["documents"].as_array().unwrap().len(), 1, "others have no address");
}

#[test]
fn activities_say_what_is_claimed_and_in_words_what_is_verified() {
    let found = exported(&folder(PUBLISHER), "iati", "2030-06-01");
    let said = "Claimed: ground-broken by 2030-01-10 (entry 1), inaugurated by 2030-05-20 (entry 2). \
                Verified: completed by 2030-05-25 (entry 3).";
    assert!(found.contains(said), "{found}");
    for part in [
        "<iati-identifier>XX-1-A-1</iati-identifier>",
        "<activity-status code=\"3\"/>",
        "<activity-date type=\"2\" iso-date=\"2030-01-10\">",
        "<activity-date type=\"3\" iso-date=\"2030-06-30\">",
        "<activity-date type=\"4\" iso-date=\"2030-05-20\">",
        "<pos>0 10</pos>",
    ] {
        assert!(found.contains(part), "{part} in {found}");
    }
}

#[test]
fn where_nobody_publishes_it_says_what_to_add() {
    let folder = folder("");
    for format in ["oc4ids", "iati"] {
        let said = stderr(&folder.expect(2, &format!("export p --format {format}")));
        assert!(said.contains("E203") && said.contains("[exchange]"), "{said}");
    }
}

#[test]
fn what_was_recorded_later_changes_no_package_of_an_earlier_state() {
    let folder = folder(PUBLISHER);
    let days = "--as-of 2030-07-05 --known-by 2030-07-05";
    let package =
        |more: &str| stdout(&folder.expect(0, &format!("export p --format oc4ids {days} {more}")));
    let early = "--recorded-by 2026-03-01T12:00:00.5Z";
    let before = package(early);
    assert!(before.contains("example.org/a?b=1"), "{before}");
    let mut back = says(facility("A", "1"), Predicate::Note, "2030-06-01");
    back.relations.push(Relation { how: RelationKind::Retracts, entry: 2 });
    let mut ledger = Ledger::new(SqliteStore::open(&folder.path("p/ledger.db")).unwrap());
    ledger.append(&[back], &mut Ticking(WRITTEN + 1_000_000)).unwrap();
    drop(ledger);
    assert_eq!(package(early), before);
    assert!(!package("").contains("example.org/a?b=1"));
}
