//! `report --bundle` and `remake`: the same figures and bytes somewhere else, or the first difference.

use std::collections::BTreeMap;
use std::fs;

use groundwork_formats::{pack_bundle, sha256_hex, unpack_bundle};
use groundwork_ledger::{Ledger, SqliteStore};
use groundwork_model::Manifest;
use groundwork_model::evidence::{Draft, Stage};

use crate::evidence::{self, Ticking, WRITTEN, counts, facility, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

type Files = BTreeMap<String, Vec<u8>>;

fn drafts() -> Vec<Draft> {
    let open = says(facility("B", "2030"), reached(Stage::Inaugurated), "2030-05-01");
    vec![
        says(facility("B", "2030"), reached(Stage::GroundBroken), "2030-02-01"),
        open.clone(),
        seen("Visitor", "B2", open),
        counts("2030", 2, Stage::Inaugurated, "2030-06-30"),
    ]
}

/// The four villages with a plan, a ledger of four entries, and the bundle of their report.
fn bundled() -> Folder {
    let folder = Folder::with(FOUR, PLACES);
    folder.expect(0, "plan p");
    evidence::write(&folder.path("p/ledger.db"), &drafts());
    let times = "--as-of 2030-12-31 --known-by 2030-12-31";
    folder.expect(0, &format!("report p {times} --bundle b.zip"));
    folder
}

impl Folder {
    fn unpacked(&self) -> Files {
        unpack_bundle("b.zip", &fs::read(self.path("b.zip")).unwrap()).unwrap()
    }

    /// Packs the files again, as somebody does who knows how, so that the list fits them.
    fn forged(&self, mut files: Files) {
        let mut list: Manifest = serde_json::from_slice(&files["bundle.json"]).unwrap();
        for file in &mut list.files {
            file.sha256 = sha256_hex(&files[&file.path]);
        }
        files.insert("bundle.json".to_owned(), serde_json::to_vec(&list).unwrap());
        fs::write(self.path("b.zip"), pack_bundle(&files).unwrap()).unwrap();
    }

    /// Returns what `remake` says of a bundle that differs.
    fn differs(&self, options: &str) -> String {
        stdout(&self.expect(5, &format!("remake b.zip {options}")))
    }
}

fn replace(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "{path}: {text}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

#[test]
fn a_report_is_made_again_to_the_byte() {
    let folder = bundled();
    let said = stdout(&folder.expect(0, "remake b.zip"));
    assert!(said.contains("ledger 0123456789abcdef: 4 entries"), "{said}");
    assert!(said.contains("1 plan, 1 accepted by the checker"), "{said}");
    assert!(said.contains("2 files made again"), "{said}");
    assert!(said.ends_with("The same: every figure and every byte.\n"), "{said}");
    // What was packed is what the folder has.
    let files = folder.unpacked();
    assert_eq!(files["made/report.html"], fs::read(folder.path("p/report.html")).unwrap());
    assert_eq!(files["programme/places.csv"], PLACES.as_bytes());
    let before = fs::read(folder.path("b.zip")).unwrap();
    folder.expect(0, "report p --as-of 2030-12-31 --known-by 2030-12-31 --bundle b.zip");
    assert_eq!(fs::read(folder.path("b.zip")).unwrap(), before);
}

#[test]
fn a_plan_alone_and_a_ledger_alone_are_made_again() {
    let folder = bundled();
    folder.expect(0, "report p --plan-only --bundle b.zip");
    assert!(!folder.unpacked().contains_key("ledger.jsonl"));
    folder.expect(0, "remake b.zip");
    fs::remove_dir_all(folder.path("p/plans")).unwrap();
    folder.expect(0, "report p --as-of 2030-12-31 --known-by 2030-12-31 --bundle b.zip");
    let said = stdout(&folder.expect(0, "remake b.zip"));
    assert!(said.contains("0 plans, 0 accepted"), "{said}");
}

#[test]
fn a_changed_file_is_named() {
    let folder = bundled();
    let mut files = folder.unpacked();
    replace(&mut files, "programme/places.csv", "400", "401");
    files.insert("programme/more.csv".to_owned(), Vec::new());
    fs::write(folder.path("b.zip"), pack_bundle(&files).unwrap()).unwrap();
    let said = folder.differs("");
    assert!(said.contains("V822 programme/places.csv"), "{said}");
    assert!(said.contains("V822 programme/more.csv: the list does not name it"), "{said}");
    // The checker refuses the plan, which was made from other files.
    assert!(said.contains("V823 plans/plan.json: the checker says: refused"), "{said}");
}

#[test]
fn a_changed_entry_is_named_though_the_list_was_changed_with_it() {
    let folder = bundled();
    let mut files = folder.unpacked();
    replace(&mut files, "ledger.jsonl", "2030-05-01", "2030-03-01");
    folder.forged(files);
    let said = folder.differs("");
    assert!(said.contains("V801 ledger.jsonl: entry 2 is not the one that was written"), "{said}");
}

#[test]
fn a_ledger_that_lost_its_end_is_not_the_one_of_the_root() {
    let folder = bundled();
    let mut files = folder.unpacked();
    let text = String::from_utf8(files["ledger.jsonl"].clone()).unwrap();
    let shorter: String = text.lines().take(4).map(|line| format!("{line}\n")).collect();
    files.insert("ledger.jsonl".to_owned(), shorter.into_bytes());
    folder.forged(files);
    assert!(folder.differs("").contains("V804"));
}

#[test]
fn a_changed_figure_of_the_page_is_named() {
    let folder = bundled();
    let mut files = folder.unpacked();
    replace(&mut files, "made/scorecard.json", "\"counted\": 4", "\"counted\": 5");
    replace(&mut files, "made/report.html", "Four villages", "Five villages");
    folder.forged(files);
    let said = folder.differs("");
    assert!(said.contains("V823 made/scorecard.json: counted: 5 then, 4 now"), "{said}");
    assert!(said.contains("V823 made/report.html: it differs first at byte"), "{said}");
}

#[test]
fn copies_of_one_ledger_part_at_an_entry() {
    let folder = bundled();
    let mut longer = drafts();
    longer.truncate(3);
    longer.push(counts("2030", 7, Stage::Inaugurated, "2030-06-30"));
    evidence::write(&folder.path("mine.db"), &longer);
    let said = folder.differs("--against mine.db");
    assert!(said.contains("entry 4 is the first that differs from mine.db"), "{said}");
    // A copy that goes on is no other ledger.
    evidence::write(&folder.path("theirs.db"), &drafts());
    let mut ledger = Ledger::new(SqliteStore::open(&folder.path("theirs.db")).unwrap());
    let more = counts("2030", 3, Stage::Inaugurated, "2030-12-31");
    ledger.append(&[more], &mut Ticking(WRITTEN + 1_000_000)).unwrap();
    drop(ledger);
    folder.expect(0, "remake b.zip --against theirs.db");
}

#[test]
fn what_is_unpacked_stays_where_it_is_wanted() {
    let folder = bundled();
    folder.expect(0, "remake b.zip --into out");
    folder.expect(0, "status out/programme --as-of 2030-12-31");
    folder.expect(0, "verify out/programme");
    let refused = stderr(&folder.expect(2, "remake b.zip --into out"));
    assert!(refused.contains("is there and not empty"), "{refused}");
}

#[test]
fn the_plan_is_solved_again_where_somebody_asks() {
    let folder = bundled();
    let said = stdout(&folder.expect(0, "remake b.zip --work-limit 1000000"));
    assert!(
        said.contains("solved again: value 18,800,000, bound 18,800,000; the same openings"),
        "{said}"
    );
}

#[test]
fn what_is_no_bundle_is_refused() {
    let folder = bundled();
    for (name, bytes) in [("empty.zip", Vec::new()), ("text.zip", b"no bundle".to_vec())] {
        fs::write(folder.path(name), bytes).unwrap();
        let refused = stderr(&folder.expect(3, &format!("remake {name}")));
        assert!(refused.contains("V821"), "{refused}");
    }
    let other = pack_bundle(&Files::from([("a.txt".to_owned(), Vec::new())])).unwrap();
    fs::write(folder.path("other.zip"), other).unwrap();
    let refused = stderr(&folder.expect(3, "remake other.zip"));
    assert!(refused.contains("it has no bundle.json"), "{refused}");
}

#[test]
fn a_programme_that_can_be_read_no_more_hides_no_other_difference() {
    let folder = bundled();
    let mut files = folder.unpacked();
    replace(&mut files, "programme/places.csv", "id,name", "key,name");
    replace(&mut files, "ledger.jsonl", "2030-05-01", "2030-03-01");
    fs::write(folder.path("b.zip"), pack_bundle(&files).unwrap()).unwrap();
    let said = folder.differs("");
    for code in [
        "V822 programme/places.csv",
        "V822 ledger.jsonl",
        "V801 ledger.jsonl: entry 2",
        "E304 places.csv",
    ] {
        assert!(said.contains(code), "{code}: {said}");
    }
}

#[test]
fn a_bundle_without_a_ledger_is_compared_with_none() {
    let folder = bundled();
    folder.expect(0, "report p --plan-only --bundle b.zip");
    let refused = stderr(&folder.expect(2, "remake b.zip --against p/ledger.db"));
    assert!(refused.contains("has no ledger"), "{refused}");
}
