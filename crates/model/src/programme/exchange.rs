//! What the field's open formats ask of a publisher.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says who publishes the state of the programme in open formats, and under which identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Name of those who publish.
    #[schemars(length(min = 1))]
    pub publisher: String,
    /// Their identifier in a register of organisations, such as `GB-COH-1234567`; IATI needs it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// What they are, a code of IATI's list of types of organisations: 10 a government, 22 a national and 21 an international
    /// NGO, 40 multilateral, 80 academic, 90 other.
    #[serde(default = "other", skip_serializing_if = "String::is_empty")]
    #[schemars(regex(pattern = "^[0-9]{2}$"), extend("format" = "two-digits"))]
    pub organisation_type: String,
    /// Address at which the file will be found; OC4IDS needs one.
    #[schemars(length(min = 1))]
    pub address: String,
    /// Prefix of project identifiers in OC4IDS, `oc4ids-` and six letters or digits that the standard's help desk hands
    /// out.
    #[schemars(regex(pattern = "^oc4ids-[a-z0-9]{6}$"), extend("format" = "oc4ids-prefix"))]
    pub oc4ids_prefix: String,
    /// Country of the programme: two letters of ISO 3166-1.
    #[schemars(regex(pattern = "^[A-Z]{2}$"), extend("format" = "country"))]
    pub country: String,
    /// Sector for OC4IDS, a code of its list `projectSector`, such as `health` or `economy`.
    pub oc4ids_sector: String,
    /// Sector for IATI, a five-digit code of the OECD's committee for development aid, such as `32161` (agro-industries).
    #[schemars(regex(pattern = "^[0-9]{5}$"), extend("format" = "five-digits"))]
    pub iati_sector: String,
    /// Language of the texts, as BCP 47 has it.
    #[serde(default = "english")]
    pub language: String,
}

/// Names the mappings of the folder, so that `check` looks through them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportFiles {
    /// Files with mappings of tables, beside `programme.toml`.
    #[serde(default)]
    pub mappings: Vec<String>,
}

impl ImportFiles {
    /// Returns whether none is named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }
}

fn other() -> String {
    "90".to_owned()
}

fn english() -> String {
    "en".to_owned()
}
