//! Which sheet of which workbook a name under `[files]` means.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};

use super::Workbook;
use crate::folder::Folder;
use crate::settings::Names;

/// Name of the workbook that holds the tables of a folder whose settings name none.
pub(crate) const NAME: &str = "programme.xlsx";

/// Name of the places table that is read where the settings name none.
const PLACES: &str = "places.csv";

/// Is a name under `[files]` that means a workbook: `places.xlsx`, `programme.xlsx#places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'n> {
    /// The file.
    pub(crate) file: &'n str,
    /// The sheet, where one is named.
    pub(crate) sheet: Option<&'n str>,
}

/// Returns what a name means that is one of a workbook; `None` for all others.
pub(crate) fn reference(name: &str) -> Option<Reference<'_>> {
    const ENDING: &str = ".xlsx";
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(ENDING) && !lower.contains(".xlsx#") {
        return Some(Reference { file: name, sheet: None });
    }
    let at = lower.find(".xlsx#")? + ENDING.len();
    Some(Reference { file: &name[..at], sheet: Some(&name[at + 1..]) })
}

/// Replaces the names of workbooks by those of their sheets, `places.xlsx#places`, and names the sheets of
/// `programme.xlsx` where the settings are silent. The name of a sheet that cannot be found is taken away,
/// with the fault that says why.
pub(crate) fn resolve(folder: &mut Folder<'_>, names: &mut Names) {
    if names.is_silent("places") && whole_programme(folder) {
        names.places = Some(NAME.to_owned());
        let sheets = folder.workbook(NAME).map(|book| book.sheets.clone()).unwrap_or_default();
        for (table, name) in names.tables().into_iter().skip(1) {
            if name.is_none() && sheets.iter().any(|sheet| alike(sheet, table)) {
                names.set(table, Some(format!("{NAME}#{table}")));
            }
        }
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (table, name) in names.tables() {
        let Some(wanted) = name.as_deref().and_then(reference) else { continue };
        let found = sheet(folder, wanted, table);
        let key = found.as_ref().map(|name| name.to_lowercase());
        if let Some(before) = key.and_then(|key| seen.insert(key, table)) {
            let cause = format!("the tables {before} and {table} are the same sheet");
            folder.faults.add(Problem::new(Code::FileNamedTwice, cause).in_file(wanted.file));
            names.set(table, None);
            continue;
        }
        names.set(table, found);
    }
}

/// Returns the full name of a sheet of the workbook that holds all tables, where the tables lie there and it has one.
pub(crate) fn sheet_of_all(folder: &mut Folder<'_>, sheet: &str) -> Option<String> {
    if folder.is_there(PLACES) || !folder.is_there(NAME) {
        return None;
    }
    let book = folder.workbook(NAME)?;
    let found = book.sheets.iter().find(|known| alike(known, sheet))?;
    Some(format!("{NAME}#{found}"))
}

/// Returns whether the tables of a folder without names for them are the sheets of `programme.xlsx`.
fn whole_programme(folder: &mut Folder<'_>) -> bool {
    if !folder.is_there(NAME) {
        return false;
    }
    if !folder.is_there(PLACES) {
        return true;
    }
    if folder.is_packed(NAME) {
        let cause = format!("`{NAME}` is not read, because the folder has `{PLACES}`");
        folder.faults.add(Problem::new(Code::WorkbookUnused, cause).in_file(NAME));
    }
    false
}

/// Returns the full name of the sheet that is meant.
fn sheet(folder: &mut Folder<'_>, wanted: Reference<'_>, table: &str) -> Option<String> {
    let book = folder.workbook(wanted.file)?;
    match chosen(book, wanted.sheet, table) {
        Ok(sheet) => Some(format!("{}#{sheet}", wanted.file)),
        Err(cause) => {
            folder.faults.add(Problem::new(Code::SheetMissing, cause).in_file(wanted.file));
            None
        }
    }
}

fn chosen(book: &Workbook, named: Option<&str>, table: &str) -> Result<String, String> {
    let sheets = &book.sheets;
    let name = named.unwrap_or(table);
    if let Some(sheet) = sheets.iter().find(|sheet| alike(sheet, name)) {
        return Ok(sheet.clone());
    }
    if let ([only], None) = (sheets.as_slice(), named) {
        return Ok(only.clone());
    }
    let there: Vec<String> = sheets.iter().take(12).map(|sheet| format!("`{sheet}`")).collect();
    let there = if there.is_empty() { "no sheet of cells".to_owned() } else { there.join(", ") };
    Err(format!("the workbook has no sheet `{name}`; it has {there}"))
}

/// Returns whether two names mean one sheet: spreadsheets tell none apart by case.
fn alike(sheet: &str, name: &str) -> bool {
    sheet.trim().to_lowercase() == name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_workbooks_are_told_from_others() {
        let cases = [
            ("places.xlsx", Some(("places.xlsx", None))),
            ("tables/All.XLSX", Some(("tables/All.XLSX", None))),
            ("all.xlsx#places", Some(("all.xlsx", Some("places")))),
            ("all.xlsx#a.xlsx#b", Some(("all.xlsx", Some("a.xlsx#b")))),
            ("places.csv", None),
            ("a#b.csv", None),
            ("xlsx", None),
        ];
        for (name, meant) in cases {
            let found = reference(name).map(|found| (found.file, found.sheet));
            assert_eq!(found, meant, "{name}");
        }
    }
}
