//! What a bundle holds: the files of a report, and what they came to where it was made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{Root, Times};
use crate::plan::InputFile;

/// Version of the format.
pub const BUNDLE_FORMAT: u32 = 1;

/// Lists what a bundle holds, so that anybody can make its figures again and say where they differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Version of the program that made it. Another one may write a page in other words; figures stay.
    pub version: String,
    /// Name of the programme.
    pub programme: String,
    /// Every other file of the bundle, by path, with the SHA-256 of its bytes.
    pub files: Vec<InputFile>,
    /// The plan that the report is of, inside the programme folder; none where it has no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What the checker said of each plan of the folder.
    pub verdicts: Vec<BundledVerdict>,
    /// The ledger; none where the report has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<BundledLedger>,
}

/// Says what the checker said of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BundledVerdict {
    /// The plan, inside the programme folder.
    pub plan: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Its value, as the checker counted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i128>,
    /// Its bound, as the checker proved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<i128>,
    /// Codes of what the checker found wrong, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// Says which ledger a report was made from, and as of when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BundledLedger {
    /// Its head.
    pub root: Root,
    /// As of when.
    pub times: Times,
}
