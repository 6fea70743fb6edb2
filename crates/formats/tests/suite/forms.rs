//! Forms that people fill in: a workbook gives what the same table gives as text; faults are named where they stand.

use groundwork_formats::forms::{Asked, Filled, FormContext, FormDraft, blank_form, read_forms};
use groundwork_formats::{read_programme, read_sources};
use groundwork_model::Problem;
use groundwork_model::evidence::{Predicate, Scope, Source, Subject, Voice};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const SETTINGS: &str = r#"
format = 1
name = "Clinics"
population = { year = 2020, source = "census" }
periods = { first = 2026, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 10 }]
packages = [{ id = "basic", kinds = ["clinic"] }]
distance = { cut_off_km = 60 }
checklists = [{ kind = "clinic", items = [{ id = "power" }, { id = "water" }] }]
"#;

const PLACES: &str = "id,name,province,lat,lon,population\nA,Alpha,North,47.1,9.5,1200\n";

fn read(bytes: &[u8]) -> Result<Filled, Vec<Problem>> {
    read_beside(bytes, None)
}

fn read_beside(bytes: &[u8], sources: Option<&[Source]>) -> Result<Filled, Vec<Problem>> {
    let checked = read_programme(&mut |name| match name {
        "programme.toml" => Ok(SETTINGS.as_bytes().to_vec()),
        _ => Ok(PLACES.as_bytes().to_vec()),
    });
    let programme = checked.programme.expect("the programme is sound");
    let known = [Subject {
        scope: Scope::Facility,
        id: "A/1".to_owned(),
        place: "A".to_owned(),
        kind: "clinic".to_owned(),
        batch: "2026".to_owned(),
    }];
    let context =
        FormContext { programme: &programme, sources, known: &known, recorded_by: "inspector" };
    read_forms("form", bytes, &context)
}

const FORM: &str = "facility,date,source,voice,line,words,answer,due\n\
    A/1,2026-03-01,monitor,independent,power,,yes,\n\
    ,,,,water,,no,\n\
    ,,,,finding,no pump,open,2026-06-30\n";

#[test]
fn empty_cells_are_those_of_the_row_above() {
    let filled = read(FORM.as_bytes()).expect("the form is sound");
    // That somebody looked, two items and a finding.
    let rows: Vec<u32> = filled.drafts.iter().map(|one| one.row).collect();
    assert_eq!(rows, [2, 2, 3, 4]);
    let drafts: Vec<_> = filled.drafts.iter().map(|one| &one.draft).collect();
    assert!(
        drafts.iter().all(|draft| draft.subject.id == "A/1" && draft.voice == Voice::Independent)
    );
    assert_eq!(drafts[0].predicate, Predicate::Inspection { ready: None });
    assert_eq!(
        drafts[2].predicate,
        Predicate::Readiness { item: "water".to_owned(), holds: false }
    );
    // A finding is dated by when it is to be mended, and published with the form.
    assert_eq!(drafts[3].valid.to_string(), "by 2026-06-30");
    assert_eq!(drafts[3].published.day.to_string(), "2026-03-01");
    let keys: std::collections::BTreeSet<&str> =
        drafts.iter().map(|draft| draft.key.as_str()).collect();
    assert_eq!(keys.len(), 4, "each has a key of its own");
}

#[test]
fn a_workbook_gives_what_the_same_table_gives_as_text() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (row, line) in (0_u32..).zip(FORM.lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            let date = ExcelDateTime::parse_from_str(cell).ok().filter(|_| cell.len() == 10);
            match date {
                Some(date) => sheet.write_datetime_with_format(row, column, &date, &day),
                None => sheet.write_string(row, column, cell),
            }
            .expect("the cell fits");
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    assert_eq!(
        read(&bytes).expect("the form is sound"),
        read(FORM.as_bytes()).expect("the form is sound")
    );
    assert!(read(b"PK not a workbook").is_err());
}

#[test]
fn who_says_it_must_be_known_where_there_are_no_sources() {
    let problems =
        read(FORM.replace(",independent,", ",,").as_bytes()).expect_err("nobody knows the voice");
    let told: Vec<(Option<u32>, Option<&str>)> =
        problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
    assert_eq!(
        told,
        [(Some(2), Some("source")), (Some(3), Some("source")), (Some(4), Some("source"))]
    );
    assert!(problems[0].remedy.contains("voice"), "a remedy for forms, not for mappings");
}

const SOURCES: &str = "id,name,behind,independent,letter,digit,carries,reason\n\
    ministry,Another ministry,unification,1,B,2,,our judgement\n\
    agency,The agency,the state,0,D,3,,the word of the programme\n";

#[test]
fn what_is_said_of_a_source_or_a_date_is_kept_no_longer_than_it() {
    let sources = read_sources("sources.csv", SOURCES.as_bytes()).0;
    let form = "facility,date,published,source,voice,grade,line,words,answer\n\
        A/1,2026-03-01,2026-03-05,ministry,unattributed,A1,power,,yes\n\
        ,,,ministry,,,inspection,,yes\n\
        ,,,agency,,,power,,no\n\
        ,2026-09-01,,,,,power,,yes\n";
    let filled = read_beside(form.as_bytes(), Some(&sources)).expect("the form is sound");
    let mut said: Vec<(u32, String, Voice, String, String)> = Vec::new();
    for FormDraft { row, draft } in &filled.drafts {
        let grade = draft.grade.map_or_else(String::new, |grade| grade.to_string());
        let day = draft.published.day.to_string();
        said.push((*row, draft.texts.source.clone(), draft.voice, grade, day));
    }
    said.dedup();
    let row = |row, source: &str, voice, grade: &str, day: &str| {
        (row, source.to_owned(), voice, grade.to_owned(), day.to_owned())
    };
    assert_eq!(
        said,
        [
            row(2, "ministry", Voice::Unattributed, "A1", "2026-03-05"),
            // The same source named again is still the one above.
            row(3, "ministry", Voice::Unattributed, "A1", "2026-03-05"),
            row(4, "agency", Voice::SelfReport, "D3", "2026-03-05"),
            row(5, "agency", Voice::SelfReport, "D3", "2026-09-01"),
        ]
    );
}

#[test]
fn a_cell_that_looks_like_a_formula_gets_an_apostrophe_and_loses_it_again() {
    for words in ["=1+1, pump", "@pump", "-no pump", "'=pump"] {
        let subject = Subject {
            scope: Scope::Facility,
            id: "A/1".to_owned(),
            place: "A".to_owned(),
            kind: "clinic".to_owned(),
            batch: "2026".to_owned(),
        };
        let open = vec![(words.to_owned(), "2026-06-30".to_owned())];
        let asked = Asked { subject, name: "Alpha".to_owned(), checklist: None, open };
        let blank = String::from_utf8(blank_form(&[asked])).expect("text");
        let cell = if words.contains(',') { format!("\"'{words}\"") } else { format!("'{words}") };
        let line = format!("A/1,A,clinic,2026,,,,,finding,{cell},,2026-06-30,\n");
        assert!(blank.contains(&line), "{blank}");
        let answered = format!("A/1,,,,2026-03-01,,monitor,independent,finding,{cell},mended,,\n");
        let filled = read(blank.replace(&line, &answered).as_bytes()).expect("the form is sound");
        let [one] = filled.drafts.as_slice() else { panic!("{filled:?}") };
        assert_eq!(one.draft.texts.note, words);
    }
}
