//! `import`, `ledger` and `record` as people run them: the shipped reports, and small ledgers that are damaged.

use std::fs;

use groundwork_ledger::{Ledger, SqliteStore};
use groundwork_model::evidence::{
    Bound, CountUnit, Entry, EvidenceRules, FacilityState, PublishedFrom, Snapshot, Stage, Times,
    Total, TotalKind, Voice,
};
use jiff::civil::Date;
use serde_json::Value;

use crate::folder::{Folder, stderr, stdout};

/// Makes the shipped example and imports its reports.
fn shipped() -> Folder {
    let folder = Folder::example("prk-20x10");
    folder.expect(0, IMPORT);
    folder
}

const IMPORT: &str = "import p/reports.csv --map p/import.toml --folder p";

fn snapshot(folder: &Folder, as_of: &str, known_by: &str) -> Snapshot {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let times = Times { as_of: day(as_of), known_by: day(known_by), recorded_by: None };
    let store = SqliteStore::open(&folder.path("p/ledger.db")).unwrap();
    Ledger::new(store).snapshot(times, &EvidenceRules::default()).unwrap()
}

fn factories<'s>(snapshot: &'s Snapshot, batch: &str) -> Vec<&'s FacilityState> {
    let of = |facility: &&FacilityState| {
        facility.subject.kind == "factories" && facility.subject.batch == batch
    };
    snapshot.facilities.iter().filter(of).collect()
}

/// Returns the places whose stage is claimed, or verified.
fn reached(snapshot: &Snapshot, batch: &str, stage: Stage, verified: bool) -> Vec<String> {
    let holds = |facility: &&&FacilityState| {
        facility.stage(stage).is_some_and(|state| {
            if verified { state.verified.is_some() } else { state.claimed.is_some() }
        })
    };
    let found = factories(snapshot, batch);
    found.iter().filter(holds).map(|facility| facility.subject.place.clone()).collect()
}

/// Returns the claims of completed factories, the last one last.
fn claims(snapshot: &Snapshot) -> Vec<&Total> {
    let of = |total: &&Total| {
        total.what == TotalKind::Count
            && total.stage == Stage::Completed
            && total.voice == Voice::SelfReport
            && total.subject.kind == "factories"
    };
    snapshot.totals.iter().filter(of).collect()
}

fn entries(folder: &Folder) -> Vec<Entry> {
    serde_json::from_slice(&folder.expect(0, "ledger show p --json").stdout).unwrap()
}

#[test]
fn on_the_last_day_of_2024_twenty_were_claimed_completed_one_reported_opened_and_one_verified() {
    let folder = shipped();
    let then = snapshot(&folder, "2024-12-31", "2024-12-31");
    let claimed = claims(&then);
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].number, claimed[0].unit), (Some(20), CountUnit::Places));
    assert_eq!(claimed[0].published.to_string(), "2024-12-21", "the address says so");
    assert_eq!(reached(&then, "2024", Stage::Inaugurated, false), ["KP0717"]);
    let songchon = factories(&then, "2024")
        .into_iter()
        .find(|facility| facility.subject.id == "KP0717/2024/factories")
        .unwrap();
    let opened = songchon.stage(Stage::Inaugurated).unwrap();
    assert_eq!(opened.claimed.unwrap().day.to_string(), "2024-12-20");
    assert_eq!(opened.verified, None, "nobody independent saw the opening");
    assert_eq!(reached(&then, "2024", Stage::Completed, true), ["KP0717"]);
    assert_eq!(reached(&then, "2024", Stage::Inaugurated, true), [""; 0]);
    assert_eq!(reached(&then, "2024", Stage::GroundBroken, false).len(), 20);
}

#[test]
fn on_the_third_of_december_2025_forty_were_claimed_and_twenty_had_no_reported_opening() {
    let folder = shipped();
    let before = snapshot(&folder, "2025-12-03", "2025-12-03");
    assert!(claims(&before).iter().all(|claim| claim.number != Some(40)), "printed on the 4th");
    let then = snapshot(&folder, "2025-12-03", "2025-12-04");
    let last = *claims(&then).last().unwrap();
    assert_eq!((last.number, last.unit, last.bound), (Some(40), CountUnit::Places, Bound::Exactly));
    assert_eq!(last.subject.batch, "2024+2025");
    assert_eq!(reached(&then, "2024", Stage::Inaugurated, false).len(), 20);
    // Rangrim, Sinpho and Sepho have no report of a ground-breaking.
    assert_eq!(factories(&then, "2025").len(), 17);
    assert_eq!(reached(&then, "2025", Stage::Inaugurated, false), [""; 0]);
    for stage in Stage::ALL {
        assert_eq!(reached(&then, "2025", stage, true), [""; 0], "{}", stage.name());
    }
    let now = snapshot(&folder, "2026-02-28", "2026-02-28");
    assert_eq!(reached(&now, "2025", Stage::Inaugurated, false).len(), 20);
    let plants = *claims(&now).last().unwrap();
    assert_eq!(
        (plants.number, plants.unit, plants.bound),
        (Some(120), CountUnit::Plants, Bound::AtLeast)
    );
    assert_eq!(factories(&now, "2026").len(), 20);
}

#[test]
fn names_and_kinds_are_kept_apart() {
    let folder = shipped();
    let entries = entries(&folder);
    // 22 rows name three kinds and 11 name two: 174 + 44 + 11.
    assert_eq!(entries.len(), 229);
    let about = |id: &str| entries.iter().filter(|entry| entry.draft.subject.id == id).count();
    assert!(about("KP0617/2024/factories") > 0 && about("KP0720/2025/paper-mill") > 0);
    assert_eq!(about("KP0720/2025/factories"), 0, "the other Unsan received a paper mill");
    assert!(about("KP0603/2024/factories") > 0 && about("KP0603/2025/hospital") > 0);
    assert!(about("KP0803/2025/factories") > 0 && about("KP0803/2026/factories") > 0);
    let denial =
        entries.iter().find(|entry| entry.draft.texts.note.starts_with("roof work not begun"));
    let denied = &denial.unwrap().draft.relations[..];
    assert_eq!(denied.len(), 1);
    let roof = &entries[usize::try_from(denied[0].entry).unwrap() - 1];
    assert_eq!(roof.draft.valid.to_string(), "by 2024-07-19");
    assert_eq!(roof.draft.subject.place, "KP0717");
    let assumed = |entry: &&Entry| entry.draft.published.from == PublishedFrom::Assumed;
    assert!(entries.iter().filter(assumed).count() > 20);
    let base =
        entries.iter().find(|entry| entry.draft.subject.kind == "raw-material-base").unwrap();
    assert_eq!(
        base.draft.published.day.to_string(),
        "2024-07-23",
        "the note of another row of that page"
    );
}

#[test]
fn the_same_file_twice_adds_nothing_and_a_changed_row_is_named() {
    let folder = shipped();
    let root = stdout(&folder.expect(0, "ledger root p"));
    let again: Value =
        serde_json::from_slice(&folder.expect(0, &format!("{IMPORT} --json")).stdout).unwrap();
    assert_eq!((again["added"].as_u64(), again["known"].as_u64()), (Some(0), Some(229)));
    assert_eq!(stdout(&folder.expect(0, "ledger root p")), root);
    let table = fs::read_to_string(folder.path("p/reports.csv")).unwrap();
    let changed = table.replacen("roof work not begun", "roof work was not begun", 1);
    fs::write(folder.path("p/reports.csv"), changed).unwrap();
    let refused = stderr(&folder.expect(3, IMPORT));
    assert!(refused.contains("L807 p/reports.csv, row 64"), "{refused}");
    assert_eq!(stdout(&folder.expect(0, "ledger root p")), root);
}

#[test]
fn a_dry_run_shows_the_rules_and_writes_nothing() {
    let folder = Folder::example("prk-20x10");
    let shown = stdout(&folder.expect(0, &format!("{IMPORT} --dry-run")));
    insta::assert_snapshot!("import_dry_run", shown);
    assert!(!folder.path("p/ledger.db").exists());
}

#[test]
fn one_faulty_row_keeps_all_out() {
    let folder = Folder::example("prk-20x10");
    let table = fs::read_to_string(folder.path("p/reports.csv")).unwrap();
    let faulty = table.replacen("KP0717,Songchon", "KP0718x,Songchon", 1);
    fs::write(folder.path("faulty.csv"), faulty).unwrap();
    let words = "import faulty.csv --map p/import.toml --folder p";
    let refused = stderr(&folder.expect(3, words));
    assert!(
        refused.contains("E803 faulty.csv, row 30, site: there is no place `KP0718x`"),
        "{refused}"
    );
    assert!(!folder.path("p/ledger.db").exists());
}

#[test]
fn a_published_root_shows_what_was_cut_off_or_written_anew() {
    let folder = shipped();
    fs::write(folder.path("root.json"), folder.expect(0, "ledger root p").stdout).unwrap();
    let sound = stdout(&folder.expect(0, "ledger verify p --root root.json"));
    assert!(sound.contains("Sound") && sound.contains("agrees with 1 published root"), "{sound}");
    fs::remove_file(folder.path("p/ledger.db")).unwrap();
    folder.expect(0, IMPORT);
    let other = stdout(&folder.expect(5, "ledger verify p --root root.json"));
    assert!(other.contains("V808"), "{other}");
}

#[test]
fn a_backup_is_the_same_ledger_and_is_never_written_over() {
    let folder = shipped();
    folder.expect(0, "ledger backup p --out copy.db");
    let root = stdout(&folder.expect(0, "ledger root p"));
    assert_eq!(stdout(&folder.expect(0, "ledger root p --ledger copy.db")), root);
    folder.expect(2, "ledger backup p --out copy.db");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path("copy.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_can_be_read_of_a_damaged_ledger_is_copied() {
    let folder = shipped();
    let file = rusqlite::Connection::open(folder.path("p/ledger.db")).unwrap();
    file.execute("UPDATE entries SET body = replace(body, '202', '203') WHERE number = 100", [])
        .unwrap();
    file.close().unwrap();
    let before = fs::read(folder.path("p/ledger.db")).unwrap();
    let found = stdout(&folder.expect(5, "ledger verify p"));
    assert!(found.contains("V801"), "{found}");
    let copied = folder.expect(0, "ledger recover p --out copy.db");
    assert!(stdout(&copied).contains("entries 99,"), "{}", stdout(&copied));
    assert_eq!(fs::read(folder.path("p/ledger.db")).unwrap(), before);
    folder.expect(0, "ledger verify p --ledger copy.db");
}

#[test]
fn an_entry_is_recorded_shown_and_its_quote_erased() {
    let folder = shipped();
    let done = folder.run(&[
        "record",
        "p",
        "--is",
        "stage",
        "--stage",
        "operating",
        "--facility",
        "KP0717/2024/factories",
        "--place",
        "KP0717",
        "--kind",
        "factories",
        "--batch",
        "2024",
        "--date",
        "2025-03-01",
        "--published",
        "2025-03-02",
        "--source",
        "rfa",
        "--quote",
        "smoke was seen",
        "--by",
        "monitor",
    ]);
    assert!(done.status.success(), "{}", stderr(&done));
    let shown = stdout(&folder.expect(0, "ledger show p --entry 230"));
    assert!(shown.contains("independent, grade C3") && shown.contains("smoke was seen"), "{shown}");
    let now = snapshot(&folder, "2025-03-02", "2025-03-02");
    assert_eq!(reached(&now, "2024", Stage::Operating, true), ["KP0717"]);
    folder.expect(0, "ledger erase p --entry 230 --text quote --by clerk --reason names-a-person");
    let shown = stdout(&folder.expect(0, "ledger show p --entry 230"));
    assert!(!shown.contains("smoke") && shown.contains("erased       quote"), "{shown}");
    folder.expect(0, "ledger verify p");
}

#[test]
fn what_is_missing_of_an_entry_is_told_at_once() {
    let folder = Folder::example("prk-20x10");
    folder.expect(0, "ledger init p");
    let refused = stderr(&folder.expect(3, "record p --is progress --source nobody"));
    for part in
        ["--stage", "--what", "sources.csv has no source `nobody`", "--voice", "--date", "--by"]
    {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    folder.expect(2, "record p");
    folder.expect(2, "ledger init p");
}
