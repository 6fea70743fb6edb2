//! The faults of one run: collected in any order, handed out by file, row and column, and cut where
//! one fault repeats.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::SHOWN;

use crate::workbook::cell_name;

/// Collects faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Files in the order in which they were first read.
    files: Vec<String>,
    found: Vec<Problem>,
    once: BTreeSet<(Code, Option<String>, Option<String>)>,
    /// Where the tables stand that are sheets, by the name that rules know them by.
    placings: BTreeMap<String, Placing>,
}

/// Says where a table stands that is a sheet of a workbook.
#[derive(Debug)]
pub(crate) struct Placing {
    /// The workbook.
    pub(crate) file: String,
    /// The sheet.
    pub(crate) sheet: String,
    /// The names of its columns, from the first.
    pub(crate) columns: Vec<String>,
}

impl Placing {
    /// Returns a fault with the sheet, and with the cell where it has row and column.
    fn of(&self, problem: Problem) -> Problem {
        let named = |name: &String| self.columns.iter().position(|column| column == name);
        let cell = problem.row.zip(problem.column.as_ref().and_then(named));
        let placed = problem.in_file(&self.file).in_sheet(&self.sheet);
        match cell {
            // What knows its cell already is a cell without a name above it.
            Some((row, column)) if placed.cell.is_none() => placed.in_cell(cell_name(row, column)),
            _ => placed,
        }
    }
}

/// What repeats are counted by: a code in one column of one file.
type Group = (Code, Option<String>, Option<String>);

impl Faults {
    /// Notes that a file is read now, which sets the place of its faults in the output.
    pub(crate) fn open(&mut self, file: &str) {
        if !self.files.iter().any(|known| known == file) {
            self.files.push(file.to_owned());
        }
    }

    /// Says where a table stands: faults of this name are placed so when they are handed out.
    pub(crate) fn place(&mut self, name: &str, placing: Placing) {
        self.placings.insert(name.to_owned(), placing);
    }

    /// Adds a fault.
    pub(crate) fn add(&mut self, problem: Problem) {
        self.found.push(problem);
    }

    /// Adds a fault unless its code was already added so for this file and column.
    pub(crate) fn add_once(&mut self, problem: Problem) {
        if self.once.insert(group(&problem)) {
            self.found.push(problem);
        }
    }

    /// Returns how many faults of this code were found in this file.
    pub(crate) fn count(&self, code: Code, file: &str) -> usize {
        let here =
            |problem: &&Problem| problem.code == code && problem.file.as_deref() == Some(file);
        self.found.iter().filter(here).count()
    }

    /// Removes the faults of one code in one file, because a single one says it better.
    pub(crate) fn withdraw(&mut self, code: Code, file: &str) {
        self.found.retain(|problem| problem.code != code || problem.file.as_deref() != Some(file));
    }

    /// Returns whether any fault is an error.
    pub(crate) fn has_error(&self) -> bool {
        self.found.iter().any(Problem::is_error)
    }

    /// Returns all faults in order, with at most [`SHOWN`] of one code and column.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        let place: BTreeMap<&str, usize> =
            self.files.iter().enumerate().map(|(index, file)| (file.as_str(), index)).collect();
        let rank = |problem: &Problem| {
            let file = problem.file.as_deref().unwrap_or_default();
            place.get(file).copied().unwrap_or(usize::MAX)
        };
        self.found.sort_by(|a, b| {
            let a = (rank(a), &a.file, a.row, &a.column, a.code);
            a.cmp(&(rank(b), &b.file, b.row, &b.column, b.code))
        });
        let placings = self.placings;
        let placed =
            |problem: Problem| match problem.file.as_ref().and_then(|file| placings.get(file)) {
                Some(placing) => placing.of(problem),
                None => problem,
            };
        cut(self.found).into_iter().map(placed).collect()
    }
}

/// Keeps the first [`SHOWN`] of each group and closes the group with the number of the others.
fn cut(found: Vec<Problem>) -> Vec<Problem> {
    let mut total: BTreeMap<Group, usize> = BTreeMap::new();
    for problem in &found {
        *total.entry(group(problem)).or_default() += 1;
    }
    let mut seen: BTreeMap<Group, usize> = BTreeMap::new();
    found
        .into_iter()
        .filter_map(|problem| {
            let key = group(&problem);
            let all = total.get(&key).copied().unwrap_or_default();
            let count = seen.entry(key).or_default();
            *count += 1;
            match *count {
                n if n <= SHOWN => Some(problem),
                n if n == SHOWN + 1 => Some(closing(problem, all - SHOWN)),
                _ => None,
            }
        })
        .collect()
}

/// Turns the first fault that is not shown into the line that counts all of those.
fn closing(mut problem: Problem, more: usize) -> Problem {
    problem.cause = format!("and {more} more of these, from this row on");
    problem
}

fn group(problem: &Problem) -> Group {
    (problem.code, problem.file.clone(), problem.column.clone())
}
