//! The cells of one row, read as what their columns hold.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::{Amounts, Periods};
use jiff::civil::Date;

use crate::day::day;
use crate::faults::Faults;
use crate::folder::Folder;
use crate::number::{amount, number, persons};
use crate::period::{self, Written};
use crate::places::{split_year, year_of};
use crate::table::{Columns, Row, Table};
use crate::workbook::{self, Sheet};

/// What a cell of a yes-or-no column holds.
pub(crate) const YES_OR_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];

/// Holds the persons of a row who need each kind.
#[derive(Debug, Default)]
pub(crate) struct PersonsByKind {
    /// By kind.
    pub(crate) always: BTreeMap<String, u64>,
    /// By kind, from a year on.
    pub(crate) from: BTreeMap<String, BTreeMap<i16, u64>>,
}

/// Reads the rows of a table of the folder; none when the programme names no such table, or when it
/// cannot be read.
pub(crate) fn rows<T>(
    folder: &mut Folder<'_>,
    file: Option<&str>,
    columns: &Columns,
    read: impl FnMut(&mut Cells<'_, '_>) -> T,
) -> Vec<T> {
    let Some(file) = file else { return Vec::new() };
    if workbook::reference(file).is_some() {
        let Some(sheet) = folder.sheet(file) else { return Vec::new() };
        let table = Table::of_sheet(file, sheet, columns, &mut folder.faults);
        return rows_of_table(table, &mut folder.faults, read);
    }
    let Some(text) = folder.input(file) else { return Vec::new() };
    rows_of_text(file, &text, columns, &mut folder.faults, read)
}

/// Reads the rows of a table from its text.
pub(crate) fn rows_of_text<T>(
    file: &str,
    text: &str,
    columns: &Columns,
    faults: &mut Faults,
    read: impl FnMut(&mut Cells<'_, '_>) -> T,
) -> Vec<T> {
    rows_of_table(Table::read(file, text, columns, faults), faults, read)
}

/// Reads the rows of a table from a sheet.
pub(crate) fn rows_of_sheet<T>(
    file: &str,
    sheet: Sheet,
    columns: &Columns,
    faults: &mut Faults,
    read: impl FnMut(&mut Cells<'_, '_>) -> T,
) -> Vec<T> {
    rows_of_table(Table::of_sheet(file, sheet, columns, faults), faults, read)
}

fn rows_of_table<T>(
    table: Option<Table>,
    faults: &mut Faults,
    mut read: impl FnMut(&mut Cells<'_, '_>) -> T,
) -> Vec<T> {
    let Some(table) = table else { return Vec::new() };
    let read_row = |row| read(&mut Cells { table: &table, row, faults: &mut *faults });
    table.rows.iter().map(read_row).collect()
}

/// Reads the cells of one row and notes their faults.
///
/// Where a cell cannot be read, the reader gives a stand-in that sets off no further rule.
pub(crate) struct Cells<'t, 'f> {
    table: &'t Table,
    row: &'t Row,
    faults: &'f mut Faults,
}

impl<'t> Cells<'t, '_> {
    /// Returns the row in the file.
    pub(crate) fn row(&self) -> u32 {
        self.row.number
    }

    /// Returns the text of a cell; empty where the table has no such column.
    pub(crate) fn text(&self, column: &str) -> &'t str {
        self.table.cell(self.row, column)
    }

    /// Returns whether the table has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.table.has(column)
    }

    /// Returns the names in other languages, by language tag.
    pub(crate) fn names(&self) -> BTreeMap<String, String> {
        let name = |(tag, column): (&str, &str)| Some((tag.to_owned(), self.optional(column)?));
        self.table.family("name").filter_map(name).collect()
    }

    /// Returns the persons of the columns `persons:KIND` and `persons:KIND:YEAR` that are filled.
    pub(crate) fn persons_by_kind(&mut self) -> PersonsByKind {
        let table = self.table;
        let mut all = PersonsByKind::default();
        for (behind, column) in table.family("persons") {
            let Some(persons) = self.persons_if_filled(column) else { continue };
            let (kind, year) = split_year(behind);
            match year.and_then(year_of) {
                None => all.always.insert(kind.to_owned(), persons),
                Some(year) => all.from.entry(kind.to_owned()).or_default().insert(year, persons),
            };
        }
        all
    }

    /// Returns the persons of the columns `population:YEAR` that are filled, by year.
    pub(crate) fn population_by_year(&mut self) -> BTreeMap<i16, u64> {
        let table = self.table;
        let mut all = BTreeMap::new();
        for (year, column) in table.family("population") {
            if let (Some(year), Some(persons)) = (year_of(year), self.persons_if_filled(column)) {
                all.insert(year, persons);
            }
        }
        all
    }

    fn persons_if_filled(&mut self, column: &str) -> Option<u64> {
        (!self.text(column).is_empty()).then(|| self.persons(column))
    }

    /// Returns the amounts of the columns `cost:RESOURCE` that are filled, by resource.
    pub(crate) fn costs(&mut self) -> Amounts {
        let table = self.table;
        let cost =
            |(resource, column): (&str, &str)| Some((resource.to_owned(), self.amount(column)?));
        table.family("cost").filter_map(cost).collect()
    }

    /// Returns the amount of a cell that may be empty; `None` also where it is none.
    fn amount(&mut self, column: &str) -> Option<u64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let refuse = |code| {
            let cause = match code {
                Code::NotAnAmount => format!("`{text}` is not an amount"),
                _ => not_a_number(code, text),
            };
            self.fault(code, column, cause);
        };
        amount(text).map_err(refuse).ok()
    }

    /// Returns the entries of a cell that holds a list, separated by `|`.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        let entries = self.text(column).split('|').map(str::trim);
        entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }

    /// Returns the text of a cell that may be empty.
    pub(crate) fn optional(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Returns the text of a cell that must be filled.
    pub(crate) fn filled(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(
                Code::EmptyCell,
                column,
                format!("the cell is empty; each row needs its {column}"),
            );
        }
        text.to_owned()
    }

    /// Returns the id of the row.
    pub(crate) fn id(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(Code::EmptyId, column, "the row has no id".to_owned());
        }
        text.to_owned()
    }

    /// Returns the number of a cell that may be empty; `None` also where it is none.
    pub(crate) fn number(&mut self, column: &str) -> Option<f64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match number(text, !self.table.comma_separated) {
            Ok(number) => {
                if number.comma {
                    self.note_comma(column, text, number.value);
                }
                Some(number.value)
            }
            Err(code) => {
                self.fault(code, column, not_a_number(code, text));
                None
            }
        }
    }

    /// Returns the number of persons; 1 where the cell has none.
    pub(crate) fn persons(&mut self, column: &str) -> u64 {
        const STAND_IN: u64 = 1;
        let text = self.filled(column);
        if text.is_empty() {
            return STAND_IN;
        }
        persons(&text).unwrap_or_else(|code| {
            self.fault(code, column, not_persons(code, &text));
            STAND_IN
        })
    }

    /// Returns the day of a cell that may be empty; `None` also where it is none.
    pub(crate) fn day(&mut self, column: &str) -> Option<Date> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        day(text).map_err(|cause| self.fault(Code::NotADate, column, cause)).ok()
    }

    /// Returns the period of a cell that may be empty, refusing years outside the programme.
    pub(crate) fn period(&mut self, column: &str, periods: Option<Periods>) -> Option<u32> {
        let text = self.text(column);
        let written = self.written_period(column, periods);
        if let (Some(Written::YearOutside), Some(periods)) = (written, periods) {
            self.fault(Code::PeriodOutside, column, period::outside(text, periods));
        }
        inside(written)
    }

    /// Returns the period of a cell that may be empty; `None` also for a year outside the programme.
    pub(crate) fn period_or_outside(
        &mut self,
        column: &str,
        periods: Option<Periods>,
    ) -> Option<u32> {
        inside(self.written_period(column, periods))
    }

    fn written_period(&mut self, column: &str, periods: Option<Periods>) -> Option<Written> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        period::period(text, periods).map_err(|(code, cause)| self.fault(code, column, cause)).ok()
    }

    /// Returns the value that a cell names, `None` where it is empty or names none.
    pub(crate) fn choice<T: Copy>(&mut self, column: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(column);
        let chosen = choices.iter().find(|(name, _)| *name == text).map(|&(_, value)| value);
        if chosen.is_none() && !text.is_empty() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            self.fault(
                Code::NotAChoice,
                column,
                format!("`{text}` is none of {}", names.join(", ")),
            );
        }
        chosen
    }

    /// Notes a fault of a cell. A row of the wrong width, a column that is not there and a cell without a
    /// value have their fault already.
    pub(crate) fn fault(&mut self, code: Code, column: &str, cause: String) {
        let noted = self.table.is_broken(self.row, column);
        if self.row.sound && self.table.has(column) && !noted {
            self.faults.add(self.placed(Problem::new(code, cause), column));
        }
    }

    fn note_comma(&mut self, column: &str, text: &str, value: f64) {
        let cause = format!("the numbers have decimal commas: `{text}` is read as {value}");
        let problem = self.placed(Problem::new(Code::DecimalCommaRead, cause), column);
        self.faults.add_once(problem);
    }

    fn placed(&self, problem: Problem, column: &str) -> Problem {
        problem.in_file(&self.table.file).at_row(self.row.number).in_column(column)
    }
}

fn inside(written: Option<Written>) -> Option<u32> {
    match written {
        Some(Written::Inside(period)) => Some(period),
        _ => None,
    }
}

fn not_a_number(code: Code, text: &str) -> String {
    match code {
        Code::ThousandsSeparator => format!("`{text}` has separators between its thousands"),
        Code::DecimalComma => {
            format!("`{text}` has a decimal comma, and the table separates cells by commas")
        }
        Code::NotFinite => format!("`{text}` is not a finite number"),
        _ => format!("`{text}` is not a number"),
    }
}

fn not_persons(code: Code, text: &str) -> String {
    match code {
        Code::NegativePopulation => format!("`{text}` persons are fewer than none"),
        Code::FractionalPopulation => format!("`{text}` is not a whole number of persons"),
        Code::AbsurdPopulation => format!("`{text}` persons are more than any country has"),
        _ => not_a_number(code, text),
    }
}
