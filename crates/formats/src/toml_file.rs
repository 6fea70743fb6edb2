//! A file of settings beside `programme.toml`: read, and held against its schema.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::de::DeTable;

use crate::decode;
use crate::faults::Faults;
use crate::settings::{mend, refused};
use crate::toml_walk::{Walk, line_of};

/// Is what a file says, with the line of each key.
#[derive(Clone, Debug)]
pub(crate) struct TomlFile<T> {
    pub(crate) value: T,
    name: String,
    lines: BTreeMap<String, u32>,
}

impl<T> TomlFile<T> {
    /// Returns what the file says, and the file without it.
    pub(crate) fn into_parts(self) -> (T, TomlFile<()>) {
        (self.value, TomlFile { value: (), name: self.name, lines: self.lines })
    }

    /// Returns a fault of a key.
    pub(crate) fn fault(&self, code: Code, key: &str, cause: impl Into<String>) -> Problem {
        let problem = Problem::new(code, cause).in_file(&self.name).in_column(key);
        match line_of(&self.lines, key) {
            Some(line) => problem.at_row(line),
            None => problem,
        }
    }
}

/// Reads a file.
///
/// # Errors
///
/// Everything that is wrong with it, each with its line and key.
pub(crate) fn read<T: DeserializeOwned + JsonSchema>(
    name: &str,
    bytes: &[u8],
) -> Result<TomlFile<T>, Vec<Problem>> {
    let mut faults = Faults::default();
    faults.open(name);
    let Some(text) = decode::text(name, bytes, &mut faults) else { return Err(faults.finish()) };
    let (mended, mut problems) = mend(&text);
    let (root, _) = DeTable::parse_recoverable(&mended);
    let schema = schemars::schema_for!(T).to_value();
    let walk = Walk::new(&schema, &mended, root.get_ref());
    if problems.is_empty() {
        problems = walk.problems;
    }
    let mut read = None;
    if problems.is_empty() {
        match toml::from_str::<T>(&text) {
            Ok(value) => {
                read = Some(TomlFile { value, name: name.to_owned(), lines: walk.line_of_key });
            }
            Err(error) => problems.push(refused(&error, &text, &walk.line_of_key)),
        }
    }
    problems.into_iter().for_each(|problem| faults.add(problem.in_file(name)));
    match read {
        Some(file) if !faults.has_error() => Ok(file),
        _ => Err(faults.finish()),
    }
}
