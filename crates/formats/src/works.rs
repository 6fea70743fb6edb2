//! A table of works, such as contracts: when each began, was due and ended, to look back on.

use std::collections::BTreeMap;

use groundwork_model::evidence::Work;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::words::counted;

use crate::cells::{self, Cells};
use crate::decode;
use crate::faults::Faults;
use crate::table::Columns;

/// The columns of a table of works.
pub const WORK_COLUMNS: [&str; 7] = ["id", "begun", "batch", "group", "due", "ended", "status"];

const COLUMNS: Columns = Columns {
    required: &["id", "begun"],
    optional: &["batch", "group", "due", "ended", "status"],
    families: &[],
};

/// Reads a table of works: the columns `id`, `begun` (a day; empty where it is not known) and perhaps `batch` (else the
/// year in which it was begun), `group`, `due`, `ended` and `status`.
///
/// `names` says what columns are called in the table, where that is something else: the column first, then its name. Of
/// those with a status, works that ended with another one than `completed` were given up. Works without a beginning say
/// nothing and are left out, with one warning. Rows without fault are returned even beside rows with one.
#[must_use]
pub fn read_works(
    name: &str,
    bytes: &[u8],
    names: &[(String, String)],
    completed: &str,
) -> (Vec<Work>, Vec<Problem>) {
    let mut faults = Faults::default();
    faults.open(name);
    let text = decode::text(name, bytes, &mut faults);
    if let Some(text) = &text {
        for (column, called) in lacking(text, names) {
            let cause =
                format!("the table has no column `{called}`, which is to be read as `{column}`");
            let problem = Problem::new(Code::MissingColumn, cause).in_file(name).in_column(called);
            faults.add(problem.with_remedy("Correct the name: it must be one of the header."));
        }
    }
    let text = text.map(|text| renamed(&text, names));
    let rows = text.map_or_else(Vec::new, |text| {
        let read = |cells: &mut Cells<'_, '_>| work(cells, completed);
        cells::rows_of_text(name, &text, &COLUMNS, &mut faults, read)
    });
    let begun: Vec<Option<Work>> = rows.into_iter().flatten().collect();
    let lacking = begun.iter().filter(|work| work.is_none()).count();
    if lacking > 0 {
        let rows = counted(lacking as u64, "row");
        let cause = format!("{rows} without a day on which works were begun, left out");
        faults
            .add(Problem::new(Code::WorksWithoutBeginning, cause).in_file(name).in_column("begun"));
    }
    let works: Vec<Work> = begun.into_iter().flatten().collect();
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for work in &works {
        if let Some(before) = first.insert(&work.id, work.row) {
            let cause = format!("`{}` is the id of row {before} already", work.id);
            let problem = Problem::new(Code::DuplicateId, cause).in_file(name);
            faults.add(problem.at_row(work.row).in_column("id"));
        }
    }
    (works, faults.finish())
}

/// Returns the header of a table, what separates its cells, and the rest.
fn header_of(text: &str) -> (&str, char, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (header, rest) = text.split_at(end);
    let separator = [',', ';', '\t'].into_iter().max_by_key(|c| header.matches(*c).count());
    (header, separator.unwrap_or(','), rest)
}

fn bare(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

/// Returns the columns whose name the header has not, each with that name.
fn lacking<'n>(text: &str, names: &'n [(String, String)]) -> Vec<&'n (String, String)> {
    let (header, separator, _) = header_of(text);
    let there: Vec<&str> = header.split(separator).map(bare).collect();
    names.iter().filter(|(_, called)| !there.contains(&called.as_str())).collect()
}

/// Returns a table with the columns of its header called as they are read. What is already so called and is not meant
/// is called something else.
fn renamed(text: &str, names: &[(String, String)]) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    let (header, separator, rest) = header_of(text);
    let called = |cell: &str| {
        let bare = bare(cell);
        let meant = names.iter().find(|(_, name)| name == bare).map(|(column, _)| column.clone());
        let taken = names.iter().any(|(column, _)| column == bare);
        meant.unwrap_or_else(|| if taken { format!("{bare}-other") } else { cell.to_owned() })
    };
    let cells: Vec<String> = header.split(separator).map(called).collect();
    cells.join(&separator.to_string()) + rest
}

/// Returns the works of a row; none within where nobody says when they began, none at all where the row has a fault.
fn work(cells: &mut Cells<'_, '_>, completed: &str) -> Option<Option<Work>> {
    // A table without the column says so once.
    if !cells.has("begun") {
        return None;
    }
    let id = cells.id("id");
    let mut day = |column: &str| {
        let filled = !cells.text(column).is_empty();
        let day = cells.day(column);
        (day.is_some() || !filled).then_some(day)
    };
    let (begun, due, ended) = (day("begun"), day("due"), day("ended"));
    let (begun, due, ended) = (begun?, due?, ended?);
    let text = |column: &str| cells.text(column).to_owned();
    let Some(begun) = begun else { return Some(None) };
    let batch = text("batch");
    let status = text("status");
    Some(Some(Work {
        row: cells.row(),
        batch: if batch.is_empty() { format!("{:04}", begun.year()) } else { batch },
        group: text("group"),
        begun,
        due,
        ended,
        completed: status.is_empty() || status == completed,
        id,
    }))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn names(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn columns_are_called_as_one_says() {
        let table = "\"no\",start,group,kind,status,end,planned\n\
                     a,2020-01-05,north,roads,Completed,2020-03-01,2020-02-01\n\
                     b,2020-02-05,north,roads,Terminated,2020-03-01,\n\
                     c,,north,roads,Completed,2020-03-01,\n";
        let names = names(&[
            ("id", "no"),
            ("begun", "start"),
            ("group", "kind"),
            ("ended", "end"),
            ("due", "planned"),
        ]);
        let (works, problems) = read_works("works.csv", table.as_bytes(), &names, "Completed");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].code, Code::WorksWithoutBeginning);
        assert_eq!(works.len(), 2);
        let first = &works[0];
        assert_eq!(
            (first.id.as_str(), first.batch.as_str(), first.group.as_str()),
            ("a", "2020", "roads")
        );
        assert_eq!((first.begun, first.due), (date(2020, 1, 5), Some(date(2020, 2, 1))));
        assert_eq!((first.ended, first.completed), (Some(date(2020, 3, 1)), true));
        assert_eq!((works[1].due, works[1].completed), (None, false));
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let table = "id,begun,ended\na,2020-01-05,5 May\na,2020-01-05,\nb,2020,\nb,2020-01-06,2020-02-30\na,2020-01-09,\n";
        let (works, problems) = read_works("works.csv", table.as_bytes(), &[], "Completed");
        assert_eq!(works.len(), 2);
        let rows: Vec<Option<u32>> = problems.iter().map(|problem| problem.row).collect();
        assert_eq!(rows, [Some(2), Some(4), Some(5), Some(6)], "{problems:?}");
        let (works, problems) = read_works("works.csv", b"name,start\n1,2\n", &[], "Completed");
        assert!(works.is_empty() && problems.len() == 2, "{problems:?}");
    }

    #[test]
    fn a_name_that_the_header_has_not_is_told() {
        let table = "no,start,due,planned\na,2020-01-05,2020-02-01,2020-03-01\n";
        let names = names(&[("id", "no"), ("begun", "start"), ("due", "Planed")]);
        let (_, problems) = read_works("works.csv", table.as_bytes(), &names, "Completed");
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(
            (problem.code, problem.column.as_deref()),
            (Code::MissingColumn, Some("Planed"))
        );
    }
}
