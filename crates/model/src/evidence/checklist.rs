//! What is looked at before a facility opens, and what it can deliver: data of the programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::programme::{Kind, Settings};

/// Is what somebody who inspects facilities of a kind looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Kind of facility, as the ledger names it.
    #[schemars(length(min = 1))]
    pub kind: String,
    /// The items. At least one.
    #[schemars(length(min = 1))]
    pub items: Vec<ChecklistItem>,
}

/// Is an item of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Short identifier, unique in its checklist.
    #[schemars(length(min = 1))]
    pub id: String,
    /// The question that is to be answered with yes or no.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Whether it must hold before the facility counts as ready.
    #[serde(default = "yes")]
    pub required: bool,
}

/// Says what a facility of a kind can deliver of a product in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputRule {
    /// Kind of facility, as the ledger names it.
    #[schemars(length(min = 1))]
    pub kind: String,
    /// Product or service, as entries name it.
    #[schemars(length(min = 1))]
    pub product: String,
    /// Unit of the capacity, such as `t`; what is delivered in another unit is not compared with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Units that it can deliver in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub capacity: Option<u64>,
    /// In place of `capacity`: the size of a kind of the programme of which it is the capacity, as `KIND:SIZE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

const fn yes() -> bool {
    true
}

impl ChecklistItem {
    /// Returns the question, or the identifier where there are no words.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.words.is_empty() { &self.id } else { &self.words }
    }
}

impl OutputRule {
    /// Returns the capacity in a period: its own, or that of the size that it names.
    #[must_use]
    pub fn capacity_in(&self, settings: &Settings) -> Option<u64> {
        self.capacity.or_else(|| {
            let (kind, size) = self.of.as_deref()?.split_once(':')?;
            settings
                .kinds
                .iter()
                .find(|row| row.id == kind)
                .and_then(|row: &Kind| row.size(size))?
                .capacity
        })
    }
}

impl Settings {
    /// Returns the checklist of a kind.
    #[must_use]
    pub fn checklist(&self, kind: &str) -> Option<&Checklist> {
        self.checklists.iter().find(|list| list.kind == kind)
    }
}
