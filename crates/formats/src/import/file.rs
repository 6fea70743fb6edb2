//! The mapping file: read, held against its schema, and looked through for rules that cannot be used.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};
use toml::de::DeTable;

use super::mapping::Mapping;
use crate::decode;
use crate::faults::Faults;
use crate::settings::{mend, refused};
use crate::toml_walk::{Walk, line_of};

/// Is a mapping with the file that it stands in.
#[derive(Clone, Debug)]
pub struct MappingFile {
    /// What the file says.
    pub mapping: Mapping,
    name: String,
    lines: BTreeMap<String, u32>,
}

impl MappingFile {
    /// Returns a fault of a key of the mapping.
    pub(super) fn fault(&self, code: Code, key: &str, cause: impl Into<String>) -> Problem {
        let problem = Problem::new(code, cause).in_file(&self.name).in_column(key);
        match line_of(&self.lines, key) {
            Some(line) => problem.at_row(line),
            None => problem,
        }
    }
}

/// Reads a mapping; none where anything is wrong with it.
///
/// # Errors
///
/// Everything that is wrong, each with its line and key.
pub fn read_mapping(name: &str, bytes: &[u8]) -> Result<MappingFile, Vec<Problem>> {
    let mut faults = Faults::default();
    faults.open(name);
    let Some(text) = decode::text(name, bytes, &mut faults) else { return Err(faults.finish()) };
    let (mended, mut problems) = mend(&text);
    let (root, _) = DeTable::parse_recoverable(&mended);
    let schema = schemars::schema_for!(Mapping).to_value();
    let walk = Walk::new(&schema, &mended, root.get_ref());
    if problems.is_empty() {
        problems = walk.problems;
    }
    let mut read = None;
    if problems.is_empty() {
        match toml::from_str::<Mapping>(&text) {
            Ok(mapping) => {
                let file = MappingFile { mapping, name: name.to_owned(), lines: walk.line_of_key };
                problems = unsound(&file);
                read = Some(file);
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

/// Returns what is wrong with statements, whatever the table.
fn unsound(file: &MappingFile) -> Vec<Problem> {
    let statements = file.mapping.statements.iter().enumerate();
    let found = statements.flat_map(|(at, rule)| {
        let key = format!("statements[{}]", at + 1);
        rule.lacks().into_iter().map(move |(inner, cause)| (format!("{key}.{inner}"), cause))
    });
    let mut problems: Vec<Problem> =
        found.map(|(key, cause)| file.fault(Code::MappingUnsound, &key, cause)).collect();
    let id = &file.mapping.subject.facility;
    let rest = id.replace("{place}", "").replace("{batch}", "").replace("{kind}", "");
    if id.is_empty() || rest.contains(['{', '}']) {
        let cause =
            format!("`{id}` may hold {{place}}, {{batch}} and {{kind}}, and must not be empty");
        problems.push(file.fault(Code::MappingUnsound, "subject.facility", cause));
    }
    problems
}
