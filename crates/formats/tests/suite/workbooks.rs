//! Workbooks: the files of the corpus that are some, and what they give beside tables of text.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read as _, Write as _};

use groundwork_formats::{Checked, read_programme, sha256_hex};
use groundwork_model::Problem;
use proptest::prelude::*;
use proptest::sample::Index;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::corpus::{folders, line};

const SETTINGS: &str = r#"
format = 1
name = "Clinics"
population = { year = 2020, source = "census" }
periods = { first = 2026, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 10 }]
packages = [{ id = "basic", kinds = ["clinic"] }]
distance = { cut_off_km = 60 }
"#;

const PLACES: &str = "id,name,province,lat,lon,population
A,Alpha,North,47.1,9.5,1200
B,Beta,North,47.2,9.6,800
C,Gamma,South,47,9.4,500
";

/// Writes the cells of a CSV into a sheet: numbers as numbers, TRUE and FALSE as such, all else as text.
fn fill(sheet: &mut Worksheet, csv: &str) {
    for (row, line) in csv.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            let (row, column) = (row as u32, column as u16);
            let written = match (cell, cell.parse::<f64>()) {
                ("", _) => continue,
                ("TRUE" | "FALSE", _) => sheet.write_boolean(row, column, cell == "TRUE"),
                (_, Ok(number)) => sheet.write_number(row, column, number),
                _ => sheet.write_string(row, column, cell),
            };
            written.expect("the cell fits");
        }
    }
}

/// Makes a workbook of sheets, by name and CSV, the same bytes each time.
fn book(sheets: &[(&str, &str)], edit: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2020, 1, 1).expect("a day");
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (name, csv) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        fill(sheet, csv);
    }
    edit(&mut book);
    book.save_to_buffer().expect("the workbook is sound")
}

fn with_places(edit: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    book(&[("places", PLACES)], |book| edit(book.worksheet_from_index(0).expect("the sheet")))
}

/// Returns a workbook with each of its parts changed.
fn rewritten(bytes: &[u8], mut edit: impl FnMut(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..archive.len() {
        let mut file = archive.by_index(part).expect("a part");
        let (name, mut content) = (file.name().expect("a name").into_owned(), Vec::new());
        file.read_to_end(&mut content).expect("the part is whole");
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a part");
        writer.write_all(&edit(&name, content)).expect("memory takes all");
    }
    writer.finish().expect("a workbook").into_inner()
}

fn replaced(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    rewritten(bytes, |name, content| {
        if name != part {
            return content;
        }
        let text = String::from_utf8(content).expect("text");
        assert!(text.contains(from), "{from} is not in {text}");
        text.replace(from, to).into_bytes()
    })
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Returns the workbooks of the corpus, by path. They are written with `BLESS=1`.
fn of_corpus() -> Vec<(&'static str, Vec<u8>)> {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let today = ExcelDateTime::from_ymd(2026, 5, 1).expect("a day");
    let cells = with_places(|sheet| {
        sheet.write_formula(1, 3, Formula::new("=B9").set_result("#REF!")).expect("fits");
        sheet.write_datetime_with_format(2, 5, &today, &day).expect("fits");
        sheet.write_formula(3, 5, Formula::new("=2*250").set_result("500.5")).expect("fits");
        sheet.write_string(0, 6, "notes").expect("fits");
        sheet.write_formula(1, 6, Formula::new("=B9").set_result("#N/A")).expect("fits");
    });
    let header = with_places(|sheet| {
        sheet.write_string(0, 7, "materials").expect("fits");
    });
    let merged = with_places(|sheet| {
        sheet.merge_range(1, 2, 2, 2, "North", &Format::new()).expect("fits");
    });
    let large = with_places(|sheet| {
        for row in 10..400 {
            sheet.write_string(row, 16_383, "x").expect("fits");
        }
    });
    let sound = with_places(|_| {});
    let formula = with_places(|sheet| {
        sheet.write_formula(1, 5, Formula::new("=3*400").set_result("1200")).expect("fits");
    });
    let tables = [
        ("places", PLACES),
        ("sites", "id,rule,earliest\nA,required,2026\nB,maybe,2040\n"),
        ("facilities", "site,may_close\nC,TRUE\nX,FALSE\n"),
        ("reports", "site,package,period,stage,date\nA,basic,2026,opened,2026-13-01\n"),
    ];
    vec![
        ("xlsx-cells-odd/places.xlsx", cells),
        ("xlsx-cut-off/places.xlsx", sound[..sound.len() / 2].to_vec()),
        ("xlsx-formula-not-computed/places.xlsx", replaced(&formula, SHEET, "<v>1200</v>", "")),
        ("xlsx-header-empty/places.xlsx", header),
        ("xlsx-merged/places.xlsx", merged),
        ("xlsx-no-rows/places.xlsx", book(&[("places", "id,name,lat,lon,population\n")], |_| {})),
        ("xlsx-not-read/programme.xlsx", sound.clone()),
        ("xlsx-protected/places.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("xlsx-sheet-missing/all.xlsx", book(&[("places", PLACES), ("more", "a\n")], |_| {})),
        ("xlsx-sheet-twice/places.xlsx", sound),
        ("xlsx-too-large/places.xlsx", large),
        ("xlsx-whole-programme/programme.xlsx", book(&tables, |_| {})),
    ]
}

#[test]
fn the_workbooks_of_the_corpus_are_those_made_here() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (path, bytes) in of_corpus() {
        let path = corpus.join(path);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &bytes).expect("the folder is there");
        }
        let there = fs::read(&path).unwrap_or_default();
        assert!(there == bytes, "{} is stale: run with BLESS=1", path.display());
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn check(files: &Files) -> Checked {
    read_programme(&mut |name| {
        files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}

fn folder(settings: &str, others: &[(&str, Vec<u8>)]) -> Files {
    let settings = ("programme.toml", settings.as_bytes().to_vec());
    let all = others.iter().cloned().chain([settings]);
    all.map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(line).collect()
}

/// A programme is the same from tables of text, from one workbook, and from workbooks that are named; only
/// the names of the files differ.
#[test]
fn a_workbook_holds_the_same_programme_as_tables_of_text() {
    let tables = [
        ("places", PLACES),
        ("sites", "id,rule,earliest,cost:money\nA,required,2026,12\nB,,2,\n"),
        ("facilities", "site,name,opened,may_close\nC,Old,2019-02-03,yes\n"),
        (
            "reports",
            "site,package,period,stage,date,source\nA,basic,2026,opened,2026-03-01,paper\n",
        ),
    ];
    let budget = "budgets = [{ resource = \"money\", amount = 40 }]\n";
    let csv = "files = { sites = \"sites.csv\", facilities = \"facilities.csv\", reports = \"reports.csv\" }\n";
    let texts: Vec<(String, Vec<u8>)> =
        tables.iter().map(|(name, csv)| (format!("{name}.csv"), csv.as_bytes().to_vec())).collect();
    let texts: Vec<(&str, Vec<u8>)> =
        texts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let expected = check(&folder(&format!("{SETTINGS}{budget}{csv}"), &texts));
    assert_eq!(lines(&expected.problems), "");
    let expected = expected.programme.expect("without fault");

    let day = Format::new().set_num_format("d mmm yyyy");
    let bytes = book(&tables, |book| {
        // What a spreadsheet makes of the cells: a day is a number, a word a truth, a number a formula.
        let facilities = book.worksheet_from_name("facilities").expect("there");
        let opened = ExcelDateTime::from_ymd(2019, 2, 3).expect("a day");
        facilities.write_datetime_with_format(1, 2, &opened, &day).expect("fits");
        facilities.write_boolean(1, 3, true).expect("fits");
        let places = book.worksheet_from_name("places").expect("there");
        places.write_formula(1, 5, Formula::new("=4*300").set_result("1200")).expect("fits");
    });
    let named = "files = { places = \"all.xlsx#Places\", sites = \"all.xlsx\", facilities = \"all.xlsx\", \
                 reports = \"all.xlsx#reports\" }\n";
    let cases = [(budget.to_owned(), "programme.xlsx"), (format!("{budget}{named}"), "all.xlsx")];
    for (more, file) in cases {
        let checked = check(&folder(&format!("{SETTINGS}{more}"), &[(file, bytes.clone())]));
        assert_eq!(lines(&checked.problems), "");
        let mut programme = checked.programme.expect("without fault");
        assert_eq!(programme.settings.files.sites, Some(format!("{file}#sites")));
        programme.settings.files = expected.settings.files.clone();
        assert_eq!(programme, expected);
        let inputs: Vec<(&str, &str)> =
            checked.inputs.iter().map(|i| (i.path.as_str(), i.sha256.as_str())).collect();
        assert_eq!(inputs[1..], [(file, sha256_hex(&bytes).as_str())], "one file is one input");
    }
}

#[test]
fn faults_name_sheet_and_cell() {
    let places = with_places(|sheet| {
        sheet.write_string(2, 5, "many").expect("fits");
    });
    let found = check(&folder(SETTINGS, &[("programme.xlsx", places)])).problems;
    insta::assert_snapshot!(found[0], @r"error E403 programme.xlsx, sheet places, cell F3, population: `many` is not a number");
    let json = serde_json::to_value(&found[0]).unwrap();
    assert_eq!((&json["file"], &json["sheet"]), (&"programme.xlsx".into(), &"places".into()));
    assert_eq!((&json["cell"], &json["row"]), (&"F3".into(), &3.into()));
    assert_eq!(found.len(), 1);
}

#[test]
fn the_only_sheet_is_read_whatever_its_name() {
    let named = format!("{SETTINGS}files = {{ places = \"p.xlsx\" }}\n");
    let bytes = book(&[("Sheet 1", PLACES)], |_| {});
    assert_eq!(lines(&check(&folder(&named, &[("p.xlsx", bytes)])).problems), "");
}

/// A part that says of itself that it is small and unpacks to much more than is read.
#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let blanks = vec![b' '; 300 << 20];
    let bomb = rewritten(&with_places(|_| {}), |name, mut content| {
        if name == SHEET {
            content.extend_from_slice(&blanks);
        }
        content
    });
    assert!(bomb.len() < 2 << 20, "{} bytes", bomb.len());
    let found = check(&folder(SETTINGS, &[("programme.xlsx", bomb)])).problems;
    assert_eq!(lines(&found), "E110 programme.xlsx - -\n");
}

#[test]
fn cells_named_beyond_the_last_are_a_fault_of_the_file() {
    for (from, to) in [
        ("r=\"A2\"", "r=\"AAAAAAAAAAAAAAAA2\""),
        ("r=\"A2\"", "r=\"A99999999999999999999\""),
        ("<row r=\"2\"", "<row r=\"4294967296\""),
        ("<dimension ref=\"A1:F4\"", "<dimension ref=\"A1:ZZZZZZZZZZ4\""),
    ] {
        let bytes = replaced(&with_places(|_| {}), SHEET, from, to);
        let found = check(&folder(SETTINGS, &[("programme.xlsx", bytes)])).problems;
        assert!(found.iter().any(|one| one.code.as_str() == "E109"), "{to}: {}", lines(&found));
    }
}

fn edits() -> impl Strategy<Value = Vec<(Index, Index, u8, Vec<u8>)>> {
    let telling = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "A1",
        "9999999999",
        "-1",
        "<c>",
        "<v>",
        "t=\"s\"",
        "t=\"e\"",
        "1e999",
        "&#0;",
        "&x;",
        "]]>",
        "<!--",
    ]);
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        telling.prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec((any::<Index>(), any::<Index>(), 0_u8..12, bytes), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_workbooks_are_read_without_panic(edits in edits(), whole in any::<bool>(), cut in any::<Index>()) {
        let sound = with_places(|sheet| {
            sheet.write_formula(1, 5, Formula::new("=3*400").set_result("1200")).unwrap();
            sheet.merge_range(6, 1, 7, 2, "x", &Format::new()).unwrap();
        });
        let change = |mut bytes: Vec<u8>, (_, at, length, new): &(Index, Index, u8, Vec<u8>)| {
            let from = at.index(bytes.len() + 1);
            let to = (from + usize::from(*length)).min(bytes.len());
            bytes.splice(from..to, new.iter().copied());
            bytes
        };
        let mut bytes = if whole {
            // The archive itself.
            edits.iter().fold(sound, change)
        } else {
            // The parts in it, packed again so that the change is reached.
            let mut number = 0;
            let parts = ZipArchive::new(Cursor::new(&sound)).unwrap().len();
            rewritten(&sound, |_, content| {
                let here = edits.iter().filter(|edit| edit.0.index(parts) == number);
                let changed = here.fold(content, change);
                number += 1;
                changed
            })
        };
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        let checked = check(&folder(SETTINGS, &[("programme.xlsx", bytes)]));
        prop_assert_eq!(checked.programme.is_none(), checked.problems.iter().any(Problem::is_error));
    }
}

#[test]
fn every_corpus_workbook_lies_in_a_folder_that_is_tested() {
    let names: Vec<String> = folders().iter().map(|folder| folder.display().to_string()).collect();
    for (path, _) in of_corpus() {
        let folder = path.split('/').next().unwrap();
        assert!(names.iter().any(|name| name.ends_with(folder)), "{folder}");
    }
}
