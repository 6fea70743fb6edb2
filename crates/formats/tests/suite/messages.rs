//! What people read: a few messages as printed, and the hand-made list.

use groundwork_formats::{Checked, read_list, read_programme, read_state};
use groundwork_model::Problem;

const SETTINGS: &str = r#"
format = 1
name = "Clinics"
population = { year = 2020, source = "census" }
periods = { first = 2026, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 10 }]
packages = [{ id = "basic", kinds = ["clinic"] }]
"#;

const PLACES: &str = "id,name,lat,lon,population\nA,Alpha,47.1,9.5,1200\nB,Beta,47.2,9.6,800\n";

fn check(settings: &str, places: &str) -> Checked {
    read_programme(&mut |name| {
        Ok(if name == "programme.toml" { settings } else { places }.as_bytes().to_vec())
    })
}

fn printed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n  {}\n", problem.remedy)).collect()
}

#[test]
fn faults_of_all_files_come_in_one_run() {
    let settings =
        SETTINGS.replace("first = 2026", "frist = 2026").replace("openings = 1", "openings = true");
    let places = PLACES.replace("1200", "1 200").replace("9.6", "189.6");
    insta::assert_snapshot!(printed(&check(&settings, &places).problems), @r"
    error E202 programme.toml, row 5, periods.frist: there is no key `periods.frist`; did you mean `periods.first`?
      Correct the spelling, move the key to its table, or remove it.
    error E204 programme.toml, row 6, quota.openings: `true` is not a whole number or a list
      Write a value of the type named; numbers without quotes, texts with.
    error E405 places.csv, row 2, population: `1 200` has separators between its thousands
      Write the digits without separators: 1234567.
    error E410 places.csv, row 3, lon: lon 189.6 is not between -180 and 180
      Write decimal degrees: lat from -90 to 90, lon from -180 to 180.
    ");
}

#[test]
fn a_semicolon_file_is_read_with_its_decimal_commas() {
    let places = PLACES.replace(',', ";").replace('.', ",");
    let checked = check(SETTINGS, &places);
    insta::assert_snapshot!(printed(&checked.problems), @r"
    warning W301 places.csv, row 1: semicolons separate the cells, and are read so
      Nothing to do; a table with commas is read everywhere.
    warning W302 places.csv, row 2, lat: the numbers have decimal commas: `47,1` is read as 47.1
      Check one number of the column on the map.
    warning W302 places.csv, row 2, lon: the numbers have decimal commas: `9,5` is read as 9.5
      Check one number of the column on the map.
    ");
    assert_eq!(checked.programme, check(SETTINGS, PLACES).programme);
}

#[test]
fn lists_and_states_are_read_from_workbooks_as_from_text() {
    let programme = check(SETTINGS, PLACES).programme.unwrap();
    let list = "site,period,package,lock\nA,2026,basic,yes\nB,2,,\n";
    let text = read_list("mine.csv", list.as_bytes(), &programme);
    assert_eq!((text.0.len(), text.1.len()), (2, 0));
    assert_eq!(read_list("mine.xlsx", &workbook(list), &programme), text);
    let state = "site,state,period\nA,built,2026\nB,not-begun,\n";
    let text = read_state("state.csv", state.as_bytes(), &programme);
    assert_eq!((text.0.len(), text.1.len()), (2, 0));
    assert_eq!(read_state("state.xlsx", &workbook(state), &programme), text);
    let (rows, problems) = read_list("mine.xlsx", b"PK no workbook", &programme);
    assert!(rows.is_empty() && problems.len() == 1, "{problems:?}");
}

/// Returns a table as the first sheet of a workbook, numbers as numbers.
fn workbook(table: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0_u32..).zip(table.lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number),
                Err(_) => sheet.write_string(row, column, cell),
            }
            .expect("the cell fits");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn a_list_is_read_row_by_row() {
    let programme = check(SETTINGS, PLACES).programme.unwrap();
    let list = "site,period,package,lock\nA,2026,basic,yes\nB,2,,\nBeta,1,bsic,no\nA,2029,,maybe\n";
    let (rows, problems) = read_list("mine.csv", list.as_bytes(), &programme);
    let rows: Vec<_> =
        rows.iter().map(|row| (row.row, row.site.as_str(), row.period, row.lock)).collect();
    assert_eq!(rows, [(2, "A", 1, true), (3, "B", 2, false)]);
    insta::assert_snapshot!(printed(&problems), @r"
    error E504 mine.csv, row 4, package: the programme has no package `bsic`; did you mean `basic`?
      Correct the id, or leave the cell empty if no package of the programme is meant.
    error E502 mine.csv, row 4, site: `Beta` is neither a place nor a site; did you mean `B`?
      Correct the id, or add the site.
    error E414 mine.csv, row 5, lock: `maybe` is none of `yes`, `no`
      Write one of the values named.
    error E417 mine.csv, row 5, period: `2029` is outside the programme: it has the periods 1 to 2, the years 2026 to 2027
      Choose a period of the programme, or change [periods].
    ");
}

#[test]
fn faults_of_nested_tables_name_line_and_key() {
    let settings = SETTINGS.replace(
        r#"kinds = [{ id = "clinic", reach_km = 10 }]"#,
        "kinds = [{ id = \"clinic\", reach_km = 10, capacity = 5, sizes = [\n{ id = \"s\", cost = { money = -1 } },\n{ id = \"l\", cost = 3 }] }]",
    );
    let settings =
        format!("{settings}[[budgets]]\nresource = \"money\"\namount = [1, 1.5]\ncarry = true\n");
    insta::assert_snapshot!(printed(&check(&settings, PLACES).problems), @r"
    error E202 programme.toml, row 7, kinds[1].capacity: there is no key `kinds[1].capacity`; did you mean `kinds.sizes.capacity`?
      Correct the spelling, move the key to its table, or remove it.
    error E205 programme.toml, row 8, kinds[1].sizes[1].cost.money: `-1` is outside the range; it takes a number from 0 to 1000000000000
      Write a number inside the range named.
    error E204 programme.toml, row 9, kinds[1].sizes[2].cost: `3` is not a table
      Write a value of the type named; numbers without quotes, texts with.
    error E204 programme.toml, row 13, budgets[1].amount[2]: `1.5` is not a whole number
      Write a value of the type named; numbers without quotes, texts with.
    error E202 programme.toml, row 14, budgets[1].carry: there is no key `budgets[1].carry`
      Correct the spelling, move the key to its table, or remove it.
    ");
}
