//! Cells of a sheet: numbers as numbers, texts as texts, a header that stays in sight.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// Largest whole number of which a spreadsheet keeps every digit.
const WHOLE_MAX: u128 = 999_999_999_999_999;

/// Characters of the widest column.
const WIDEST: usize = 60;

/// Is what a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// A whole number, with a comma between thousands.
    Whole(i128),
    /// A year, a period or another number that is a name: no comma.
    Label(i64),
    /// A number as it is.
    Number(f64),
    /// Kilometres, shown with one decimal.
    Kilometres(f64),
    /// A fraction, shown as per cent.
    Percent(f64),
}

impl Cell {
    /// Returns a text, or an empty cell for an empty one.
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// Returns the number of characters that it shows, about.
    fn width(&self) -> usize {
        match self {
            Self::Empty => 0,
            // A letter of Korean or Chinese takes the room of two.
            Self::Text(text) => {
                text.chars().map(|letter| 1 + usize::from(letter > '\u{2e7f}')).sum()
            }
            Self::Whole(number) => number.to_string().len() * 4 / 3,
            Self::Label(number) => number.to_string().len(),
            Self::Number(number) => number.to_string().len(),
            Self::Kilometres(_) | Self::Percent(_) => 8,
        }
    }
}

/// Holds the looks of cells.
pub(super) struct Styles {
    head: Format,
    whole: Format,
    kilometres: Format,
    percent: Format,
    text: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_border_bottom(FormatBorder::Thin),
            whole: Format::new().set_num_format("#,##0"),
            kilometres: Format::new().set_num_format("#,##0.0"),
            percent: Format::new().set_num_format("0.0###%"),
            // A text that looks like a number or a day stays what it is when somebody edits the cell.
            text: Format::new().set_num_format("@").set_align(FormatAlign::Left),
        }
    }
}

/// Adds a sheet with a header and rows below it.
pub(super) fn add(
    book: &mut Workbook,
    styles: &Styles,
    name: &str,
    header: &[String],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    for (column, title) in header.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, title, &styles.head)?;
        let widest = rows.iter().filter_map(|row| row.get(column)).map(Cell::width).max();
        let width = widest.unwrap_or(0).max(title.chars().count() + 2).min(WIDEST);
        sheet.set_column_width(column as u16, width as f64 + 1.0)?;
    }
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            write(sheet, styles, (at as u32 + 1, column as u16), cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if !rows.is_empty() && !header.is_empty() {
        sheet.autofilter(0, 0, rows.len() as u32, header.len() as u16 - 1)?;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    styles: &Styles,
    (row, column): (u32, u16),
    cell: &Cell,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, text, &styles.text)?;
        }
        Cell::Whole(number) if number.unsigned_abs() > WHOLE_MAX => {
            sheet.write_string(row, column, number.to_string())?;
        }
        Cell::Whole(number) => {
            sheet.write_number_with_format(row, column, *number as f64, &styles.whole)?;
        }
        Cell::Label(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Number(number) if is_kept(*number) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Number(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        Cell::Kilometres(number) => {
            sheet.write_number_with_format(row, column, *number, &styles.kilometres)?;
        }
        Cell::Percent(number) => {
            sheet.write_number_with_format(row, column, *number, &styles.percent)?;
        }
    }
    Ok(())
}

/// Returns whether a number is the same after a spreadsheet has kept 15 digits of it.
fn is_kept(number: f64) -> bool {
    number.is_finite() && format!("{number:.14e}").parse() == Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_more_digits_than_a_spreadsheet_keeps_is_told() {
        assert!(is_kept(47.1) && is_kept(-124.303_2) && is_kept(0.0) && is_kept(1e15));
        assert!(!is_kept(0.1 + 0.2) && !is_kept(f64::NAN));
    }
}
