//! What is printed: data to stdout, all else to stderr, JSON in one form.

use std::io::{self, Write};

use groundwork_model::{Conflict, Problem};
use serde::Serialize;

use crate::commands::conflict;
use crate::exit::Failure;
use crate::figures::count;

/// Writes to stdout; a closed pipe is no fault.
pub(crate) fn data(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Writes a line to stderr.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Returns a value as JSON for people and programs, ending in a newline.
pub(crate) fn json_pretty(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect(ONLY_JSON);
    bytes.push(b'\n');
    bytes
}

/// Returns a value as JSON in one line, for long lists of numbers.
pub(crate) fn json_line(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).expect(ONLY_JSON);
    bytes.push(b'\n');
    bytes
}

const ONLY_JSON: &str = "exchanged types hold only what JSON can say";

/// Is what a failed command prints with `--json`, and `check` always.
#[derive(Serialize)]
pub(crate) struct Problems<'a> {
    pub(crate) problems: &'a [Problem],
    /// Why no plan keeps all rules, where that is what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conflict: Option<&'a Conflict>,
}

/// Prints why a command failed.
pub(crate) fn failure(failure: &Failure, json: bool) {
    let problems = failure.problems();
    if json {
        data(&json_pretty(&Problems { problems, conflict: failure.conflict() }));
    }
    for problem in problems {
        note(&problem_text(problem));
    }
    if let Some(conflict) = failure.conflict() {
        note(&conflict::text(conflict));
    }
    if let Failure::Input(problems) = failure {
        note(&tally(problems));
    }
}

/// Returns a problem as two lines: what and where, and the remedy.
pub(crate) fn problem_text(problem: &Problem) -> String {
    format!("{problem}\n  remedy: {}", problem.remedy)
}

/// Returns how many errors and warnings there are.
pub(crate) fn tally(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    format!("{}, {}", count(errors, "error"), count(problems.len() - errors, "warning"))
}
