//! Checks that were a random sample: data of the programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::Stage;

/// Says that what a source looked at was drawn at random from claimed facilities, so that it speaks for all of them.
///
/// Checks of which nothing says so are no random sample: who looks where it is easy, or where something is suspected, sees
/// no mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Identifier, unique among samples.
    pub id: String,
    /// Who looked: the source of the entries.
    pub source: String,
    /// The stage that was looked for.
    pub stage: Stage,
    /// Batch that was drawn from; all where none is named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that was drawn from; all where none is named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Province that was drawn from; all where none is named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// How they were drawn, in words.
    pub how: String,
}
