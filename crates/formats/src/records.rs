//! Text to records: the cells of a CSV table and the row in which a spreadsheet shows them.
//!
//! The reader is our own because both of what it must do are uncommon: count rows as a spreadsheet
//! does (a line break inside a quoted cell starts no row, a blank line is a row), and go on after a
//! quotation mark that nothing closes.

use std::borrow::Cow;

/// Is one row of a table that has any text in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record<'t> {
    /// Row, counted from 1.
    pub(crate) row: u32,
    /// Cells, without their quotation marks.
    pub(crate) cells: Vec<Cow<'t, str>>,
    /// Beginning of a cell whose quotation marks do not match; the record is then only what its first
    /// line shows when quotation marks mean nothing.
    pub(crate) unmatched: Option<String>,
}

/// Splits a text into records.
pub(crate) fn split(text: &str, separator: char) -> Vec<Record<'_>> {
    let mut records = Vec::new();
    each(text, separator, &mut |record| {
        records.push(record);
        true
    });
    records
}

/// Hands out the records of a text one after the other, until `each` returns false.
pub(crate) fn each<'t>(text: &'t str, separator: char, each: &mut dyn FnMut(Record<'t>) -> bool) {
    let mut scanner = Scanner { rest: text, separator };
    let mut row = 1;
    while !scanner.rest.is_empty() {
        let record = scanner.record_or_line(row);
        let filled = record.cells.iter().any(|cell| !cell.trim().is_empty());
        if filled && !each(record) {
            return;
        }
        row += 1;
    }
}

/// Stands at the beginning of what is not read yet.
struct Scanner<'t> {
    rest: &'t str,
    separator: char,
}

/// Says what ends a cell.
enum End {
    Cell,
    Record,
}

impl<'t> Scanner<'t> {
    fn record_or_line(&mut self, row: u32) -> Record<'t> {
        let start = self.rest;
        match self.record() {
            Ok(cells) => Record { row, cells, unmatched: None },
            Err(cell) => {
                self.rest = start;
                let length = start.find(['\n', '\r']).unwrap_or(start.len());
                let cells = self.take(length).split(self.separator).map(Cow::Borrowed).collect();
                self.end();
                Record { row, cells, unmatched: Some(cell) }
            }
        }
    }

    /// Reads the cells of one record; a fault gives the beginning of the cell.
    fn record(&mut self) -> Result<Vec<Cow<'t, str>>, String> {
        let mut cells = Vec::new();
        loop {
            cells.push(self.cell()?);
            if matches!(self.end(), End::Record) {
                return Ok(cells);
            }
        }
    }

    fn cell(&mut self) -> Result<Cow<'t, str>, String> {
        match self.rest.strip_prefix('"') {
            Some(inside) => self.quoted(inside),
            None => Ok(Cow::Borrowed(self.take(self.plain_len(self.rest)))),
        }
    }

    fn quoted(&mut self, inside: &'t str) -> Result<Cow<'t, str>, String> {
        let mut cell = Cow::Borrowed("");
        let mut rest = inside;
        loop {
            let Some(mark) = rest.find('"') else { return Err(beginning(inside)) };
            cell += &rest[..mark];
            rest = &rest[mark + 1..];
            let Some(after) = rest.strip_prefix('"') else { break };
            cell += "\"";
            rest = after;
        }
        if self.plain_len(rest) > 0 {
            return Err(beginning(inside));
        }
        self.rest = rest;
        Ok(cell)
    }

    /// Steps over a separator or the end of a line: LF, CR LF, or the CR of old systems.
    fn end(&mut self) -> End {
        if let Some(after) = self.rest.strip_prefix(self.separator) {
            self.rest = after;
            return End::Cell;
        }
        let after = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = after.strip_prefix('\n').unwrap_or(after);
        End::Record
    }

    fn plain_len(&self, text: &str) -> usize {
        text.find([self.separator, '\n', '\r']).unwrap_or(text.len())
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

/// Returns enough of a cell to find it by.
fn beginning(cell: &str) -> String {
    let line = cell.lines().next().unwrap_or_default();
    line.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let own = |record: Record<'_>| {
            (record.row, record.cells.into_iter().map(Cow::into_owned).collect())
        };
        split(text, ',').into_iter().map(own).collect()
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        let text = "a,b\r\n\r\n\"x\ny\",\"say \"\"hi\"\"\"\r\nc,d";
        let expected = [(1, vec!["a", "b"]), (3, vec!["x\ny", "say \"hi\""]), (4, vec!["c", "d"])];
        let expected =
            expected.map(|(row, cells)| (row, cells.into_iter().map(str::to_owned).collect()));
        assert_eq!(rows(text), expected);
        assert_eq!(rows("a\rb\r").len(), 2);
    }

    #[test]
    fn reading_goes_on_after_an_open_quotation_mark() {
        let records = split("a,\"b,c\nd,e\n\"f\"g,h\ni,j\n", ',');
        let seen: Vec<_> =
            records.iter().map(|record| (record.row, record.unmatched.is_some())).collect();
        assert_eq!(seen, [(1, true), (2, false), (3, true), (4, false)]);
    }

    proptest! {
        /// Two readers that share no code agree on whatever a writer writes.
        #[test]
        fn what_the_csv_crate_writes_reads_back(table in prop::collection::vec(prop::collection::vec("[a-z\",;\n ]{0,6}", 3), 1..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let kept: Vec<_> = table.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
            let read: Vec<_> = rows(&text).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, kept);
        }
    }
}
