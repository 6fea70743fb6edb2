//! What a person says of a package before it is brought in: who its publisher is, and what its words mean.

use std::collections::BTreeMap;

use groundwork_model::evidence::Stage;
use groundwork_model::problem::{Code, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::import::SourceRule;
use crate::toml_file;

/// Says how a package of projects becomes entries of the ledger. All of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageMapping {
    /// Version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Who is meant by the name of a publisher; what sources.csv has under this name or id if not given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub publishers: BTreeMap<String, SourceRule>,
    /// Stage that a project's status stands for, in place of the weakest that it surely says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub statuses: BTreeMap<String, Stage>,
    /// Stage that a milestone's code stands for, beside those that are known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub milestones: BTreeMap<String, Stage>,
    /// What the projects are.
    #[serde(default)]
    pub subject: PackageSubject,
    /// Place of a project, by its id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, String>,
}

/// Says what the projects of a package are, where the package does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PackageSubject {
    /// Kind of facility; none if not given.
    pub kind: String,
    /// Batch or period; none if not given.
    pub batch: String,
    /// How far the place may lie from the point of a project, in kilometres; the nearest one is taken. 0 takes none.
    #[schemars(range(min = 0, max = 1000))]
    pub nearest_km: u32,
}

impl Default for PackageSubject {
    fn default() -> Self {
        Self { kind: String::new(), batch: String::new(), nearest_km: 10 }
    }
}

/// Reads a mapping of packages.
///
/// # Errors
///
/// Everything that is wrong, each with its line and key.
pub fn read_package_mapping(name: &str, bytes: &[u8]) -> Result<PackageMapping, Vec<Problem>> {
    let read = toml_file::read::<PackageMapping>(name, bytes)?;
    let known = |stage: &Stage| !matches!(stage, Stage::Inspected);
    let unfit = read.value.statuses.iter().filter(|(_, stage)| !known(stage));
    let problems: Vec<Problem> = unfit
        .map(|(status, _)| {
            let cause = format!("the status `{status}` says nothing of an inspection");
            read.fault(Code::MappingUnsound, &format!("statuses.{status}"), cause)
        })
        .collect();
    if problems.is_empty() { Ok(read.value) } else { Err(problems) }
}
