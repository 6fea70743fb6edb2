//! Who publishes, how far they can be relied on, and whom they copy: the sources table of a programme folder.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::statement::{Grade, Voice};

/// Is one who publishes, as a row of the sources table says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Row in the file; the header is row 1.
    pub row: u32,
    /// Identifier, as entries name it.
    pub id: String,
    /// Name, as people know it.
    pub name: String,
    /// Who stands behind it: an owner, a ministry, a party; empty where nobody is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub behind: String,
    /// Whether it looks for itself and is independent of those who run the programme.
    pub independent: bool,
    /// How reliable it is, and how credible what it says usually is. A judgement; `reason` says whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Whom it copies: identifiers of other sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<String>,
    /// Why it is graded so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Source {
    /// Returns on whose behalf it speaks: its own where it is independent, else theirs who run the programme.
    #[must_use]
    pub const fn voice(&self) -> Voice {
        if self.independent { Voice::Independent } else { Voice::SelfReport }
    }
}
