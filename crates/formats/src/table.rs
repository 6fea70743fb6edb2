//! Text to a table: its separator, header and rows, with the faults of each.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::nearest;

use crate::faults::Faults;
use crate::records::{self, Record};
use crate::workbook::{Merged, Sheet, cell_name};

/// Says which columns a table has.
#[derive(Debug)]
pub(crate) struct Columns {
    /// Columns that must be there.
    pub(crate) required: &'static [&'static str],
    /// Columns that may be there. All others are kept by their owner and ignored.
    pub(crate) optional: &'static [&'static str],
    /// Columns of which there may be many, each with something behind a colon: `name:xx`.
    pub(crate) families: &'static [Family],
}

/// Is a kind of column of which a table may have many: `name:xx`, `persons:KIND`, `cost:RESOURCE`.
#[derive(Debug)]
pub(crate) struct Family {
    /// What stands before the colon.
    pub(crate) name: &'static str,
    /// What its columns hold, for people.
    pub(crate) holds: &'static str,
    /// Returns whether a text may stand behind the colon.
    pub(crate) takes: fn(&str) -> bool,
    /// Says what is wrong with a text that may stand there, with its code.
    pub(crate) refuses: fn(&str) -> Option<(Code, String)>,
    /// Returns whether a text behind another mark than a colon makes one think of the family.
    pub(crate) guess: fn(&str) -> bool,
    /// What to write behind the colon where nothing better is known.
    pub(crate) example: &'static str,
}

/// Refuses nothing that may stand behind the colon.
pub(crate) const fn nothing(_: &str) -> Option<(Code, String)> {
    None
}

/// Takes each text behind another mark as meant.
pub(crate) const fn is_meant(_: &str) -> bool {
    true
}

/// Names in other languages, by language tag.
pub(crate) const NAMES: Family = Family {
    name: "name",
    holds: "names in another language",
    takes: is_language_tag,
    refuses: nothing,
    guess: is_meant,
    example: "xx",
};

/// Holds the columns of a table that are read, as texts without blanks around.
#[derive(Debug)]
pub(crate) struct Table {
    /// File.
    pub(crate) file: String,
    /// Whether a comma separates cells, so that it cannot be part of a number.
    pub(crate) comma_separated: bool,
    /// Rows below the header.
    pub(crate) rows: Vec<Row>,
    columns: BTreeMap<String, usize>,
    /// Cells of a sheet without a value, by row and column.
    broken: BTreeSet<(u32, usize)>,
}

/// Is one row of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Row in the file; the header is row 1.
    pub(crate) number: u32,
    /// Whether the row has as many cells as the header. One that has not keeps what is under its
    /// columns, so that others can refer to its id, and sets off no fault of a cell.
    pub(crate) sound: bool,
    /// Cells, in the order of the header.
    cells: Vec<String>,
}

/// What other programs call a column.
const SPELLINGS: [(&str, &str); 8] = [
    ("latitude", "lat"),
    ("y", "lat"),
    ("longitude", "lon"),
    ("lng", "lon"),
    ("long", "lon"),
    ("x", "lon"),
    ("pop", "population"),
    ("area", "area_km2"),
];

impl Table {
    /// Reads a table from its text; `None` when it has no rows.
    pub(crate) fn read(
        file: &str,
        text: &str,
        columns: &Columns,
        faults: &mut Faults,
    ) -> Option<Self> {
        let separator = separator_of(text, columns);
        note_separator(file, separator, faults);
        let records = records::split(text, separator);
        let source = Source { file, what: "file", comma_separated: separator == ',' };
        Self::of_records(&source, records, columns, faults)
    }

    /// Reads a table from a sheet; `None` when it has no rows.
    pub(crate) fn of_sheet(
        file: &str,
        sheet: Sheet,
        columns: &Columns,
        faults: &mut Faults,
    ) -> Option<Self> {
        let Sheet { records, broken, merged } = sheet;
        note_empty_header(file, records.first(), faults);
        let source = Source { file, what: "sheet", comma_separated: false };
        let mut table = Self::of_records(&source, records, columns, faults)?;
        for (&(row, column), cause) in &broken {
            if let Some(name) = table.column_at(column) {
                let problem = Problem::new(Code::CellWithoutValue, cause).in_file(file);
                faults.add(problem.at_row(row).in_column(name));
            }
        }
        merged.iter().for_each(|area| table.note_merged(*area, faults));
        table.broken = broken.into_keys().collect();
        Some(table)
    }

    fn of_records(
        source: &Source<'_>,
        records: Vec<Record<'_>>,
        columns: &Columns,
        faults: &mut Faults,
    ) -> Option<Self> {
        let &Source { file, what, comma_separated } = source;
        let mut records = records.into_iter();
        let header = records.next();
        let rows: Vec<Record<'_>> = records.collect();
        let Some(header) = header.filter(|_| !rows.is_empty()) else {
            faults.add(
                Problem::new(Code::FileEmpty, format!("the {what} has no rows below its header"))
                    .in_file(file),
            );
            return None;
        };
        if let Some(cell) = &header.unmatched {
            faults.add(unmatched(file, header.row, cell));
            return None;
        }
        let header = Header { file, columns, names: names(&header), row: header.row };
        let columns = header.check(faults);
        let width = header.names.len();
        let rows =
            rows.into_iter().map(|record| row(file, record, width, &columns, faults)).collect();
        let broken = BTreeSet::new();
        Some(Self { file: file.to_owned(), comma_separated, rows, columns, broken })
    }

    /// Returns whether a cell is one of a sheet that has no value.
    pub(crate) fn is_broken(&self, row: &Row, column: &str) -> bool {
        let index = self.columns.get(column);
        index.is_some_and(|&index| self.broken.contains(&(row.number, index)))
    }

    /// Returns the name of the column at a place, if it is read.
    fn column_at(&self, place: usize) -> Option<&str> {
        let here = self.columns.iter().find(|&(_, &index)| index == place);
        here.map(|(name, _)| name.as_str())
    }

    /// Notes an area of merged cells that reaches into the rows and into a column that is read.
    fn note_merged(&self, area: Merged, faults: &mut Faults) {
        let Merged { rows: (first, last), columns: (left, right) } = area;
        let ends = self.rows.last().map_or(0, |row| row.number);
        let touched = self.columns.iter().filter(|&(_, &index)| (left..=right).contains(&index));
        let Some((name, _)) = touched.min_by_key(|&(_, &index)| index) else { return };
        if first <= ends {
            let (from, to) = (cell_name(first, left), cell_name(last, right));
            let cause = format!("the cells {from} to {to} are merged into one");
            let problem = Problem::new(Code::MergedCells, cause).in_file(&self.file);
            faults.add(problem.at_row(first).in_column(name).in_cell(from));
        }
    }

    /// Returns whether the table has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Returns what stands behind the colon in the columns of a family, with the whole name.
    pub(crate) fn family<'t>(&'t self, name: &str) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.columns.keys().filter_map(move |column| {
            Some((column.strip_prefix(name)?.strip_prefix(':')?, column.as_str()))
        })
    }

    /// Returns a cell; an empty text where the table has no such column.
    pub(crate) fn cell<'t>(&self, row: &'t Row, column: &str) -> &'t str {
        let index = self.columns.get(column);
        index.and_then(|&index| row.cells.get(index)).map_or("", String::as_str)
    }
}

/// Says where the rows of a table come from.
struct Source<'s> {
    file: &'s str,
    /// What that is, in a word.
    what: &'static str,
    comma_separated: bool,
}

/// Notes each cell of a header that is empty and has a name to its right.
fn note_empty_header(file: &str, header: Option<&Record<'_>>, faults: &mut Faults) {
    let Some(header) = header else { return };
    let used = names(header).len();
    for (index, _) in
        header.cells.iter().take(used).enumerate().filter(|(_, cell)| cell.trim().is_empty())
    {
        let cell = cell_name(header.row, index);
        let cause =
            format!("the cell {cell} of the header is empty, and columns to its right have names");
        let problem = Problem::new(Code::HeaderCellEmpty, cause).in_file(file);
        faults.add(problem.at_row(header.row).in_cell(cell));
    }
}

/// Returns the separator with which the first line has the most columns that the table knows.
fn separator_of(text: &str, columns: &Columns) -> char {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let known = |separator: char| {
        let names = line.split(separator).map(|name| name.trim().trim_matches('"'));
        names
            .filter(|name| columns.required.contains(name) || columns.optional.contains(name))
            .count()
    };
    // The last of equals wins, so the comma stands last.
    ['\t', ';', ','].into_iter().max_by_key(|&separator| known(separator)).unwrap_or(',')
}

fn note_separator(file: &str, separator: char, faults: &mut Faults) {
    let name = match separator {
        ';' => "semicolons",
        '\t' => "tabs",
        _ => return,
    };
    let cause = format!("{name} separate the cells, and are read so");
    faults.add(Problem::new(Code::OtherSeparator, cause).in_file(file).at_row(1));
}

fn names(header: &Record<'_>) -> Vec<String> {
    let mut names: Vec<String> = header.cells.iter().map(|name| name.trim().to_owned()).collect();
    // A spreadsheet may leave separators behind the last column.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

/// Is the header of a table while it is checked.
struct Header<'h> {
    file: &'h str,
    columns: &'h Columns,
    names: Vec<String>,
    row: u32,
}

impl Header<'_> {
    /// Returns the columns that are read with their places.
    fn check(&self, faults: &mut Faults) -> BTreeMap<String, usize> {
        let mut places = BTreeMap::new();
        for (index, name) in self.names.iter().enumerate().filter(|(_, name)| self.is_read(name)) {
            if let Some(first) = places.insert(name.clone(), index) {
                let cause = format!("columns {} and {} are both `{name}`", first + 1, index + 1);
                faults.add(self.fault(Code::DuplicateColumn, name, cause));
            }
        }
        for wanted in self.columns.required.iter().filter(|&&name| !places.contains_key(name)) {
            faults.add(self.missing(wanted));
        }
        for wanted in self.columns.optional.iter().filter(|&&name| !places.contains_key(name)) {
            if let Some(name) = self.like(wanted) {
                let cause = format!("column `{name}` is ignored; did you mean `{wanted}`?");
                faults.add(self.fault(Code::ColumnNearMiss, name, cause));
            }
        }
        self.note_families(faults);
        self.drop_refused(&mut places, faults);
        places
    }

    /// Takes out the columns of families of which the text behind the colon is refused.
    fn drop_refused(&self, places: &mut BTreeMap<String, usize>, faults: &mut Faults) {
        places.retain(|column, _| {
            let refusal = self.columns.families.iter().find_map(|family| family.refusal(column));
            let kept = refusal.is_none();
            if let Some((code, cause)) = refusal {
                faults.add(self.fault(code, column, cause));
            }
            kept
        });
    }

    fn is_read(&self, name: &str) -> bool {
        self.columns.required.contains(&name)
            || self.columns.optional.contains(&name)
            || self.columns.families.iter().any(|family| family.reads(name))
    }

    fn missing(&self, wanted: &str) -> Problem {
        if let Some(name) = self.like(wanted) {
            let cause =
                format!("column `{name}` seems to be `{wanted}`, which the table must have");
            return self.fault(Code::MisspeltColumn, name, cause);
        }
        let cause = format!("the table has no column `{wanted}`; it has {}", quoted(&self.names));
        self.fault(Code::MissingColumn, wanted, cause)
    }

    /// Returns a column that is not read and looks like the one that is wanted.
    fn like(&self, wanted: &str) -> Option<&str> {
        let unread = || self.names.iter().map(String::as_str).filter(|name| !self.is_read(name));
        let spelt = |name: &&str| SPELLINGS.contains(&(name.to_lowercase().as_str(), wanted));
        unread().find(spelt).or_else(|| nearest(wanted, unread()))
    }

    /// Warns of columns that seem to be of a family and are written in another way: `name_ko`.
    fn note_families(&self, faults: &mut Faults) {
        for name in self.names.iter().filter(|name| !self.is_read(name)) {
            let meant = self.columns.families.iter().find_map(|family| family.meant(name));
            if let Some((family, meant)) = meant {
                let cause =
                    format!("column `{name}` is ignored; {} stand in `{meant}`", family.holds);
                faults.add(self.fault(Code::ColumnNearMiss, name, cause));
            }
        }
    }

    fn fault(&self, code: Code, column: &str, cause: String) -> Problem {
        Problem::new(code, cause).in_file(self.file).at_row(self.row).in_column(column)
    }
}

impl Family {
    fn reads(&self, column: &str) -> bool {
        let behind = column.strip_prefix(self.name).and_then(|rest| rest.strip_prefix(':'));
        behind.is_some_and(self.takes)
    }

    fn refusal(&self, column: &str) -> Option<(Code, String)> {
        let behind = column.strip_prefix(self.name)?.strip_prefix(':')?;
        (self.refuses)(behind)
    }

    /// Returns the column that another spelling means, with the family.
    fn meant(&self, column: &str) -> Option<(&Self, String)> {
        let begins = column.get(..self.name.len())?.eq_ignore_ascii_case(self.name);
        let rest = column.get(self.name.len()..).filter(|_| begins)?;
        let behind = rest.strip_prefix(['_', '-', ' ', ':'])?.trim();
        if !(self.guess)(behind) {
            return None;
        }
        let behind = if (self.takes)(behind) { behind } else { self.example };
        Some((self, format!("{}:{behind}", self.name)))
    }
}

/// Returns whether a text is some name: neither empty nor with blanks around it.
pub(crate) fn is_a_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}

/// Returns whether a text has the form of a language tag: letters, then parts behind hyphens.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Returns the row of a record, with its cells cleaned.
fn row(
    file: &str,
    record: Record<'_>,
    width: usize,
    columns: &BTreeMap<String, usize>,
    faults: &mut Faults,
) -> Row {
    let number = record.row;
    let used =
        record.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let wide = used <= width && record.cells.len() >= width;
    let sound = wide && record.unmatched.is_none();
    let mut cells: Vec<String> = record.cells.into_iter().map(Cow::into_owned).collect();
    if let Some(cell) = record.unmatched {
        faults.add(unmatched(file, number, &cell));
    } else if !wide {
        let count = cells.len().max(used);
        let begins = cells.first().map(String::as_str).unwrap_or_default();
        let cause =
            format!("the row has {count} cells and the header {width}; it begins with `{begins}`");
        faults.add(Problem::new(Code::RaggedRow, cause).in_file(file).at_row(number));
    }
    for (column, &index) in columns {
        let Some(cell) = cells.get_mut(index) else { continue };
        if let Some((code, cause)) = clean(cell).filter(|_| sound) {
            faults.add(Problem::new(code, cause).in_file(file).at_row(number).in_column(column));
        }
    }
    Row { number, sound, cells }
}

fn unmatched(file: &str, row: u32, cell: &str) -> Problem {
    let cause = format!("the quotation mark before `{cell}` is not matched");
    Problem::new(Code::UnbalancedQuotes, cause).in_file(file).at_row(row)
}

/// Removes blanks around a cell and characters that nobody sees, and says so.
fn clean(cell: &mut String) -> Option<(Code, String)> {
    if let Some(hidden) = cell.chars().find(|&letter| is_hidden(letter)) {
        let seen: String = cell.chars().filter(|&letter| !is_hidden(letter)).collect();
        let cause = format!(
            "`{seen}` has the hidden character U+{:04X}{}",
            u32::from(hidden),
            name_of(hidden)
        );
        *cell = seen.trim().to_owned();
        return Some((Code::HiddenCharacter, cause));
    }
    let bare = cell.trim();
    if bare.len() == cell.len() {
        return None;
    }
    let cause = format!("`{cell}` has blanks around it, which are dropped");
    *cell = bare.to_owned();
    Some((Code::BlanksAround, cause))
}

/// Returns whether a character shows nothing: a control, or a mark that only moves other characters.
/// The joiners that Persian and Indic names need are not hidden.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn name_of(hidden: char) -> &'static str {
    match hidden {
        '\0' => " (NUL)",
        '\n' | '\r' => " (line break)",
        '\t' => " (tab)",
        '\u{200b}' => " (zero-width blank)",
        '\u{feff}' => " (byte order mark)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_from_words() {
        for tag in ["ko", "fr", "zh-Hant", "sr-Latn-RS"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in ["", "k", "korean", "ko-", "1a"] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
