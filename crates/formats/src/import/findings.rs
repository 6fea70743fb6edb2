//! What is wrong with the rows of an import: kept few, counted all, however many rows there are.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::SHOWN;

/// Collects faults of rows, in their order.
#[derive(Debug)]
pub(super) struct Findings {
    file: String,
    kept: Vec<Problem>,
    counts: BTreeMap<(Code, Option<String>), u64>,
    errors: bool,
}

impl Findings {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), kept: Vec::new(), counts: BTreeMap::new(), errors: false }
    }

    /// Adds a fault of a row, in a column where it is one of a cell.
    pub(super) fn add(
        &mut self,
        code: Code,
        row: u32,
        column: Option<&str>,
        cause: impl Into<String>,
    ) {
        let count = self.counts.entry((code, column.map(str::to_owned))).or_default();
        *count += 1;
        let problem = Problem::new(code, cause).in_file(&self.file).at_row(row);
        self.errors |= problem.is_error();
        if *count <= SHOWN as u64 + 1 {
            self.kept.push(match column {
                Some(column) => problem.in_column(column),
                None => problem,
            });
        }
    }

    /// Adds a fault that has its place already.
    pub(super) fn placed(&mut self, problem: Problem) {
        self.errors |= problem.is_error();
        self.kept.push(problem);
    }

    pub(super) const fn has_error(&self) -> bool {
        self.errors
    }

    /// Returns the faults by row and column, with at most [`SHOWN`] of one code and column.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        let mut seen: BTreeMap<(Code, Option<String>), u64> = BTreeMap::new();
        for problem in &mut self.kept {
            let key = (problem.code, problem.column.clone());
            let all = self.counts.get(&key).copied().unwrap_or_default();
            let count = seen.entry(key).or_default();
            *count += 1;
            if *count == SHOWN as u64 + 1 {
                problem.cause =
                    format!("and {} more of these, from this row on", all - SHOWN as u64);
            }
        }
        self.kept.sort_by(|a, b| {
            (&a.file, a.row, &a.column, a.code).cmp(&(&b.file, b.row, &b.column, b.code))
        });
        self.kept
    }
}
