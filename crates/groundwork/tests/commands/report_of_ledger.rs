//! The report and the workbook of a ledger as people make them, on four villages of which every figure is worked by hand.

use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use groundwork_model::evidence::{
    Draft, Predicate, Quote, Relation, RelationKind, Scorecard, Stage,
};

use crate::evidence::{self, counts, facility, published, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

const MILESTONE: &str = "
[[milestones]]
id = \"opened\"
batch = \"2024\"
kind = \"factories\"
stage = \"inaugurated\"
count = 3
due = \"by 2024-12-31\"
words = \"three by year's end\"
";

/// A and B are said to be open, and A is seen; C is said, and taken back; three are said to be open in all.
fn drafts() -> Vec<Draft> {
    let open =
        |place: &str, on: &str| says(facility(place, "2024"), reached(Stage::Inaugurated), on);
    let mut quoted = open("A", "2024-12-20");
    quoted.texts.quote = Some(Quote { text: "smoke over the chimney".to_owned(), start: None });
    quoted.texts.url = "https://example.org/a".to_owned();
    let mut back = says(facility("C", "2024"), Predicate::Note, "2025-01-05");
    back.relations = vec![Relation { how: RelationKind::Retracts, entry: 3 }];
    vec![
        quoted,
        open("B", "2025-01-10"),
        open("C", "2024-12-30"),
        back,
        counts("2024", 3, Stage::Inaugurated, "2024-12-31"),
        seen("watchers", "B2", open("A", "2025-01-19")),
        published(open("D", "2025-01-20"), "2025-03-01"),
    ]
}

fn villages() -> Folder {
    let folder = Folder::with(&format!("{FOUR}{MILESTONE}"), PLACES);
    evidence::write(&folder.path("p/ledger.db"), &drafts());
    folder
}

const THEN: &str = "--as-of 2025-02-09 --known-by 2025-02-10";

/// Returns a section of a page without its elements, a line a row.
fn read(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section id=\"{id}\"")).unwrap();
    let section = &page[start..start + page[start..].find("</section>").unwrap()];
    let mut shown = String::new();
    for piece in section.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap();
        match tag.split(' ').next().unwrap() {
            "/tr" | "/p" | "/li" | "/h3" | "/blockquote" => shown.push('\n'),
            "td" => shown.push_str(" | "),
            _ => {}
        }
        shown.push_str(content);
    }
    shown
}

#[test]
fn a_folder_without_a_plan_gives_a_page_with_the_figures_of_status() {
    let folder = villages();
    let done = folder.expect(0, &format!("report p {THEN}"));
    assert!(stderr(&done).contains("there is no plans/plan.json"), "{}", stderr(&done));
    assert_eq!(stdout(&done), "p/report.html\n");
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    let card: Scorecard =
        serde_json::from_slice(&folder.expect(0, &format!("status p --json {THEN}")).stdout)
            .unwrap();
    let group = card.batches.iter().find(|group| group.batch == "2024").unwrap();
    let opened = group.stage(Stage::Inaugurated).unwrap();
    // C was taken back, so that of no stage of it is anything said; D was not published yet.
    assert_eq!((opened.claimed.len(), opened.verified.len(), group.facilities), (2, 1, 3));
    let shown = read(&page, "scorecard");
    assert!(
        shown
            .contains("inaugurated |  | 2 | 1 | \u{2013} | claimed 3 places, 2024-12-31 (entry 5)"),
        "{shown}"
    );
    assert!(shown.contains("2 of 3, 1 when it fell due; late: 1"), "{shown}");
    assert!(shown.contains("\u{201c}three by year&#39;s end\u{201d}"));
    let counted = format!("{} of {} entries counted", card.counted, card.root.entries);
    assert_eq!(counted, "5 of 7 entries counted");
    assert!(shown.contains(&counted), "{shown}");
    let shown = read(&page, "timeline");
    assert!(
        shown.contains("checked 30 days after the claim")
            && shown.contains("unchecked for 30 days"),
        "{shown}"
    );
    let shown = read(&page, "places");
    assert!(
        shown.contains("withdrawn by entry 4") && shown.contains("smoke over the chimney"),
        "{shown}"
    );
    assert!(!page.contains("id=\"entry-7\""), "what was published later is not known");
    assert!(
        page.contains(&card.root.hash)
            && page.contains("report . --as-of 2025-02-09 --known-by 2025-02-10")
    );
    // The same folder gives the same bytes; another day another page.
    folder.expect(0, &format!("report p {THEN} --out again.html"));
    assert!(page == fs::read_to_string(folder.path("again.html")).unwrap());
    folder.expect(0, "report p --as-of 2025-03-02 --known-by 2025-03-02 --out later.html");
    assert!(fs::read_to_string(folder.path("later.html")).unwrap().contains("id=\"entry-7\""));
}

#[test]
fn a_page_of_a_plan_has_the_ledger_unless_somebody_leaves_it_out() {
    let folder = villages();
    folder.expect(0, "plan p --progress none");
    folder.expect(0, &format!("report p {THEN}"));
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    for id in ["headline", "map", "proof", "scorecard", "places"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    folder.expect(0, "report p --plan-only");
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    assert!(page.contains("<section id=\"map\"") && !page.contains("<section id=\"scorecard\""));
    assert!(!page.contains("smoke"));
}

#[test]
fn an_erased_text_is_on_no_page_and_said_to_be_erased() {
    let folder = villages();
    folder.expect(0, "ledger erase p --entry 1 --text quote --by clerk --reason names-a-person");
    let day = "--as-of 2030-01-01 --known-by 2030-01-01";
    folder.expect(0, &format!("report p {day}"));
    let page = fs::read_to_string(folder.path("p/report.html")).unwrap();
    assert!(!page.contains("smoke"));
    assert!(read(&page, "places").contains("erased by entry 8: quote; what it says still counts"));
}

#[test]
fn where_there_is_neither_a_plan_nor_a_ledger_the_remedy_is_told() {
    let folder = Folder::with(FOUR, PLACES);
    let done = folder.expect(2, "report p");
    assert!(stderr(&done).contains("groundwork plan"), "{}", stderr(&done));
    let done = folder.run(&["report", "p", "--known-by", "2025-01-01"]);
    assert_ne!(done.status.code(), Some(0));
    assert!(stderr(&done).contains("there is no ledger"), "{}", stderr(&done));
    let done = folder.expect(2, "report p --plan-only --as-of 2025-01-01");
    assert!(stderr(&done).contains("--plan-only"), "{}", stderr(&done));
    assert!(!folder.path("p/report.html").exists());
}

#[test]
fn a_workbook_of_a_ledger_has_its_figures_with_times_and_root() {
    let folder = villages();
    folder.expect(0, &format!("export p --format xlsx {THEN} --out book.xlsx"));
    let mut book = Xlsx::new(Cursor::new(fs::read(folder.path("book.xlsx")).unwrap())).unwrap();
    let sheets =
        ["scorecard", "promises", "series", "stages", "totals", "alerts", "entries", "places"];
    assert_eq!(book.sheet_names(), sheets);
    let mut rows = |sheet: &str| -> Vec<Vec<String>> {
        let range = book.worksheet_range(sheet).unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    };
    let score = rows("scorecard");
    let opened =
        score.iter().find(|row| row[0] == "batch and kind" && row[5] == "inaugurated").unwrap();
    assert_eq!(opened[1..9], ["2024", "factories", "", "3", "inaugurated", "2", "1", "0"]);
    assert_eq!(opened[10], "1, 2", "the entries of the claims");
    assert_eq!(opened[11..13], ["2025-02-09", "2025-02-10"]);
    assert!(opened[15].starts_with("7 ") && opened[15].len() == 2 + 64, "{}", opened[15]);
    let promise = &rows("promises")[1];
    assert_eq!(promise[0], "opened");
    assert_eq!(promise[9..17], ["2", "1", "", "late", "1", "0", "", "late"]);
    let last = rows("series").pop().unwrap();
    assert_eq!(last[4..10], ["2025-02-09", "3", "2", "1", "1", "2"]);
    let total = &rows("totals")[1];
    // One of three was named by then; the one that was taken back is nobody.
    assert_eq!(total[10..15], ["3", "1", "0", "2", "1"]);
    let entries = rows("entries");
    assert_eq!(entries.len(), 1 + 6);
    assert_eq!(entries[1][17], "smoke over the chimney");
    assert_eq!(entries[3][21], "4", "withdrawn by");
    assert_eq!(entries[4][20], "retracts 3");
}
