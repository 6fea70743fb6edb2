//! The mapping file: read, held against its schema, and looked through for rules that cannot be used.

use groundwork_model::problem::{Code, Problem};

use super::mapping::Mapping;
use crate::toml_file::{self, TomlFile};

/// Is a mapping with the file that it stands in.
#[derive(Clone, Debug)]
pub struct MappingFile {
    /// What the file says.
    pub mapping: Mapping,
    file: TomlFile<()>,
}

impl MappingFile {
    /// Returns a fault of a key of the mapping.
    pub(super) fn fault(&self, code: Code, key: &str, cause: impl Into<String>) -> Problem {
        self.file.fault(code, key, cause)
    }
}

/// Reads a mapping; none where anything is wrong with it.
///
/// # Errors
///
/// Everything that is wrong, each with its line and key.
pub fn read_mapping(name: &str, bytes: &[u8]) -> Result<MappingFile, Vec<Problem>> {
    let (mapping, file) = toml_file::read::<Mapping>(name, bytes)?.into_parts();
    let file = MappingFile { mapping, file };
    let problems = unsound(&file);
    if problems.is_empty() { Ok(file) } else { Err(problems) }
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
    let named = ["{place}", "{batch}", "{kind}", "{id}"];
    let rest = named.iter().fold(id.clone(), |rest, name| rest.replace(name, ""));
    if id.is_empty() || rest.contains(['{', '}']) {
        let cause = format!(
            "`{id}` may hold {{place}}, {{batch}}, {{kind}} and {{id}}, and must not be empty"
        );
        problems.push(file.fault(Code::MappingUnsound, "subject.facility", cause));
    }
    if id.contains("{id}") && file.mapping.columns.id.is_none() {
        let cause = "subject.facility holds {id}, and no column has it";
        problems.push(file.fault(Code::MappingUnsound, "columns.id", cause));
    }
    let columns = &file.mapping.columns;
    if file.mapping.subject.nearest_km > 0 {
        for (key, column) in [("columns.lat", &columns.lat), ("columns.lon", &columns.lon)] {
            if column.is_none() {
                let cause =
                    "subject.nearest_km looks for the nearest place, and no column has the point";
                problems.push(file.fault(Code::MappingUnsound, key, cause));
            }
        }
    }
    problems
}
