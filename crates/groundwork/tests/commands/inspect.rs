//! Inspections and output as people record and read them, on small ledgers of which every figure is worked by hand.

use std::fs;

use groundwork_model::evidence::{FacilityReadiness, Inspections, Outputs, Ready, Stage};

use crate::evidence::{self, facility, reached, says};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

const CHECKLIST: &str = r#"
[evidence]
least_grade = "C3"

[[checklists]]
kind = "factories"
items = [
    { id = "power", words = "Is there power?" },
    { id = "staff", words = "Is the staff trained?" },
    { id = "first-batch", words = "Was a first batch tested?", required = false },
]

[[outputs]]
kind = "factories"
product = "food"
unit = "t"
capacity = 1460
"#;

const SOURCES: &str = "id,independent,letter,digit,reason\n\
    state,0,C,3,example\n\
    monitor,1,B,2,example\n\
    hearsay,1,E,5,example\n";

/// A, B and C of 2022 have begun; A and B are opened on the 20th of December.
fn folder(settings: &str) -> Folder {
    let folder = Folder::with(&format!("{}{settings}", FOUR.replace("2030", "2022")), PLACES);
    fs::write(folder.path("p/sources.csv"), SOURCES).unwrap();
    let begun =
        |place: &str| says(facility(place, "2022"), reached(Stage::GroundBroken), "2022-02-01");
    let open =
        |place: &str| says(facility(place, "2022"), reached(Stage::Inaugurated), "2022-12-20");
    let drafts = [begun("A"), begun("B"), begun("C"), open("A"), open("B")];
    evidence::write(&folder.path("p/ledger.db"), &drafts);
    folder
}

fn record(folder: &Folder, code: i32, form: &str) -> (String, String) {
    fs::write(folder.path("form.csv"), form).unwrap();
    let done = folder.expect(code, "inspect p --record form.csv --by inspector");
    (stdout(&done), stderr(&done))
}

fn look(folder: &Folder, options: &str) -> Inspections {
    let done = folder.expect(0, &format!("inspect p --json {options}"));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn of<'a>(all: &'a Inspections, id: &str) -> &'a FacilityReadiness {
    all.facilities.iter().find(|one| one.subject.id == id).unwrap()
}

const FORM: &str = "facility,date,source,line,words,answer,due
A/2022,2022-12-01,state,power,,yes,
,,,staff,,no,
,,,first-batch,,,
,,,finding,the roof leaks,open,2022-12-15
,,,seen,heat,yes,
B/2022,2022-12-02,monitor,power,,yes,
,,,staff,,yes,
,,,inspection,,yes,
";

#[test]
fn a_form_of_two_facilities_becomes_entries_once() {
    let folder = folder(CHECKLIST);
    // Of A: that somebody looked, two items, a finding, an observation; of B: two items and that it was found ready.
    let (said, _) = record(&folder, 0, FORM);
    assert_eq!(said, "the form comes to 8 entries: 8 added to p/ledger.db, 0 were there already\n");
    let (said, _) = record(&folder, 0, FORM);
    assert_eq!(said, "the form comes to 8 entries: 0 added to p/ledger.db, 8 were there already\n");
    let (_, said) = record(&folder, 3, &FORM.replace("staff,,no", "staff,,yes"));
    assert!(
        said.contains("form.csv, row 3, answer: the line was recorded before, as entry 8"),
        "{said}"
    );
}

#[test]
fn readiness_is_by_the_required_items_of_each_side() {
    let folder = folder(CHECKLIST);
    record(&folder, 0, FORM);
    let all = look(&folder, "--as-of 2022-12-31");
    let a = of(&all, "A/2022");
    assert_eq!((a.claimed, a.verified), (Ready::NotReady, Ready::NotKnown));
    assert!(a.said.is_empty(), "the inspector said nothing of the whole");
    let b = of(&all, "B/2022");
    assert_eq!((b.claimed, b.verified), (Ready::NotKnown, Ready::Ready));
    assert_eq!((b.said.len(), b.said[0].ready), (1, true));
    let c = of(&all, "C/2022");
    assert_eq!((c.looked, c.claimed, c.items.len()), (None, Ready::NotKnown, 3));
    // A opened on the 20th although its staff was not trained; B was ready.
    let early: Vec<_> =
        a.opened_before_ready.iter().map(|one| (one.item.as_str(), one.mark.entry)).collect();
    assert_eq!(early, [("staff", 8)]);
    assert!(b.opened_before_ready.is_empty());
    // The roof was to be mended by the 15th.
    assert!(a.findings[0].overdue && a.findings[0].due.unwrap().to_string() == "2022-12-15");
    assert!(
        !of(&look(&folder, "--as-of 2022-12-15"), "A/2022").findings[0].overdue,
        "not on the day itself"
    );
    let before = look(&folder, "--as-of 2022-11-30");
    assert!(before.facilities.iter().all(|one| one.looked.is_none()), "nobody had looked yet");
}

#[test]
fn what_was_mended_and_found_again_is_rework() {
    let folder = folder(CHECKLIST);
    record(&folder, 0, FORM);
    let later = "facility,date,source,line,words,answer,due
A/2022,2022-12-10,state,staff,,yes,
,,,finding,The  roof leaks,mended,
A/2022,2023-01-05,monitor,finding,the roof leaks,open,2023-03-01
,,,power,,no,
A/2022,2023-01-06,state,power,,no,
";
    record(&folder, 0, later);
    let all = look(&folder, "--as-of 2023-02-01");
    let a = of(&all, "A/2022");
    let finding = &a.findings[0];
    assert_eq!((a.findings.len(), finding.again, finding.mended), (1, 1, None));
    // The first day counts, so that it is overdue; the day to which it was put off stands beside it.
    assert!(finding.overdue && finding.moved_to.unwrap().to_string() == "2023-03-01");
    // The roof again, and power that held by the state on the 1st of December and does not on the 6th of January.
    assert_eq!(a.rework, 2);
    assert_eq!((a.claimed, a.verified), (Ready::NotReady, Ready::NotReady));
    assert!(a.opened_before_ready.is_empty(), "by the 20th the last answer on staff was yes");
    insta::assert_snapshot!(
        "inspect_table",
        stdout(&folder.expect(0, "inspect p --as-of 2023-02-01 --known-by 2023-02-01"))
    );
    insta::assert_snapshot!(
        "inspect_one",
        stdout(
            &folder
                .expect(0, "inspect p --facility A/2022 --as-of 2023-02-01 --known-by 2023-02-01")
        )
    );
}

#[test]
fn somebody_independent_below_the_least_grade_verifies_nothing() {
    let folder = folder(CHECKLIST);
    record(&folder, 0, &FORM.replace("monitor", "hearsay"));
    let all = look(&folder, "--as-of 2022-12-31");
    let b = of(&all, "B/2022");
    assert_eq!((b.claimed, b.verified), (Ready::NotKnown, Ready::NotKnown));
}

#[test]
fn those_who_run_the_programme_verify_nothing_whatever_voice_they_give() {
    let folder = folder(CHECKLIST);
    let form = "facility,date,source,voice,line,words,answer
B/2022,2022-12-02,state,independent,power,,yes
,,,,staff,,yes
";
    record(&folder, 0, form);
    let b = look(&folder, "--as-of 2022-12-31");
    assert_eq!(of(&b, "B/2022").verified, Ready::NotKnown);
    record(&folder, 0, &form.replace("state", "monitor"));
    let b = look(&folder, "--as-of 2022-12-31");
    assert_eq!(of(&b, "B/2022").verified, Ready::Ready);
}

#[test]
fn every_problem_of_a_form_is_told_at_once_and_nothing_is_written() {
    let folder = folder(CHECKLIST);
    let form = "facility,date,source,line,words,answer,due,place,kind
A/2022,soon,state,power,,yes,,,
B/2022,2022-12-02,nobody,staff,,yes,,,
C/2022,2022-12-02,state,water,,yes,,,
,,,staff,,maybe,,,
,,,finding,,open,,,
,,,power,,yes,,D,
,,,staff,,yes,,,
,,,staff,,yes,,,
X/2022,2022-12-02,state,power,,yes,,,
";
    let (_, said) = record(&folder, 3, form);
    let row = |row: u32, column: &str| said.contains(&format!("row {row}, {column}:"));
    let wanted = [
        (2, "date"),
        (3, "source"),
        (4, "line"),
        (5, "answer"),
        (6, "words"),
        (7, "place"),
        (10, "facility"),
    ];
    for (number, column) in wanted {
        assert!(row(number, column), "row {number}, {column} in\n{said}");
    }
    assert!(said.contains("row 9, line: row 8 answers this line"), "{said}");
    assert!(
        look(&folder, "").facilities.iter().all(|one| one.looked.is_none()),
        "nothing was written"
    );
    let (_, said) = record(&folder, 3, "facility,date,line,answer\nA/2022,2022-12-01,power,yes\n");
    assert!(said.contains("source") && said.contains("words"), "{said}");
}

#[test]
fn a_blank_form_has_the_lines_of_the_checklist_and_what_is_to_be_mended() {
    let folder = folder(CHECKLIST);
    record(&folder, 0, FORM);
    let form = stdout(&folder.expect(0, "inspect p --form A/2022"));
    assert!(form.starts_with(
        "facility,place,kind,batch,date,published,source,voice,line,words,answer,due,note\n"
    ));
    assert!(form.contains("A/2022,A,factories,2022,,,,,power,Is there power?,,,\n"));
    assert!(form.contains("finding,the roof leaks,,2022-12-15,\n"), "{form}");
    // Filled in by a spreadsheet it is read again: nothing in it is answered yet.
    fs::write(folder.path("form.csv"), &form).unwrap();
    let done = folder.expect(0, "inspect p --record form.csv");
    assert!(stderr(&done).contains("no line of the form is answered"));
    let all = stdout(&folder.expect(0, "inspect p --form all --batch 2022"));
    assert_eq!(all.lines().filter(|line| line.contains(",power,")).count(), 3);
    let sheet = stdout(&folder.expect(0, "inspect p --form A/2022 D/2023/factories --sheet"));
    assert!(
        sheet.contains("## A\n")
            && sheet.contains("## D\n")
            && sheet.contains("| power | Is there power? | yes / no |")
    );
    assert!(
        stderr(&folder.expect(2, "inspect p --form A/2023")).contains("Did you mean `A/2022`?")
    );
    assert!(stderr(&folder.expect(2, "inspect p --fill A/2022")).contains("on a terminal"));
}

fn outputs(folder: &Folder) -> Outputs {
    serde_json::from_slice(&folder.expect(0, "inspect p --output --json").stdout).unwrap()
}

const DELIVERED: &str = "facility,date,source,product,amount,unit
A/2022,2022-Q1,state,food,90.5,t
,2022-Q2,state,food,91,t
,2022-05,state,food,40,t
,2022-H1,monitor,food,120,t
,2022-Q3,state,food,7,truck loads
,2022-12-01/2023-01-31,state,food,60,t
";

#[test]
fn output_is_a_share_of_what_can_be_delivered_on_the_days_that_are_known() {
    let folder = folder(&CHECKLIST.replace("least_grade", "operating_share = 0.2\nleast_grade"));
    let (said, _) = record(&folder, 0, DELIVERED);
    assert!(said.starts_with("the form comes to 6 entries: 6 added"), "{said}");
    let all = outputs(&folder);
    let year = all.rows.iter().find(|row| row.period == Some(1) && row.unit == "t").unwrap();
    let claimed = year.claimed.as_ref().unwrap();
    // January to June has 181 days; May by itself is in the second quarter already. Of 1,460 t in 365 days 724 t could be
    // made in 181: 181.5 of them are a quarter.
    assert_eq!(
        (claimed.amount.to_string().as_str(), claimed.days, claimed.share),
        ("181.5", 181, Some(250))
    );
    assert_eq!((claimed.operating, claimed.left_out.len()), (Some(true), 1));
    let verified = year.verified.as_ref().unwrap();
    // 120 of 724 t are 16.5 per cent, less than the fifth that counts as operating.
    assert_eq!((verified.share, verified.operating), (Some(165), Some(false)));
    let loads = all.rows.iter().find(|row| row.unit == "truck loads").unwrap();
    assert_eq!((loads.capacity, loads.capacity_unit.as_deref()), (None, Some("t")));
    assert_eq!(loads.claimed.as_ref().unwrap().share, None, "units are never mixed");
    let across = all.rows.iter().find(|row| row.period.is_none()).unwrap();
    assert_eq!((across.from.to_string(), across.capacity), ("2022-12-01".to_owned(), None));
    insta::assert_snapshot!(
        "output",
        stdout(&folder.expect(0, "inspect p --output --as-of 2023-02-01 --known-by 2023-02-01"))
    );
}

#[test]
fn amounts_and_spans_that_cannot_be_read_are_refused() {
    let folder = folder(CHECKLIST);
    let form = DELIVERED
        .replace("90.5", "-3")
        .replace("2022-Q2", "by 2022-06-30")
        .replace("40,t", "many,t");
    let (_, said) = record(&folder, 3, &form);
    for place in ["row 2, amount", "row 3, date", "row 4, amount"] {
        assert!(said.contains(place), "{place} in\n{said}");
    }
}
