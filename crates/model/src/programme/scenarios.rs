//! Several futures of one programme: other numbers of people, other costs, sites that are late or fail.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says how the future may turn out, and what a plan for all of it makes best.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenarios {
    /// Whether the weighted mean or the worst future counts.
    #[serde(default)]
    pub objective: Robustness,
    /// The futures that have a name. Where none is given, there is one, with the numbers as written.
    #[serde(default, rename = "future", skip_serializing_if = "Vec::is_empty")]
    pub futures: Vec<Future>,
    /// How often sites are late or fail: each future is drawn several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delays: Option<Delays>,
}

/// Says which value of a plan counts where there are several futures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Robustness {
    /// The mean over the futures, by their weights.
    #[default]
    Expected,
    /// The worst value of any future.
    WorstCase,
}

/// Is one future.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Future {
    /// Name, unique among futures.
    #[schemars(length(min = 1))]
    pub name: String,
    /// How much it counts in the mean.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub weight: u32,
    /// How many persons need something, in per cent of the numbers as written; the last row that speaks of a place and
    /// kind counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demand: Vec<DemandChange>,
    /// What is due, in per cent of what is written, by resource; 100 where a resource is not named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cost_per_cent: BTreeMap<String, u32>,
    /// Sites that are late or fail; the last row that speaks of a site counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<Late>,
}

/// Changes how many persons need something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandChange {
    /// Persons in per cent of the numbers as written.
    #[schemars(range(max = 1000))]
    pub per_cent: u32,
    /// Kind that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Province that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
}

/// Says which sites are late, and by how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// Periods by which they are late.
    #[serde(default)]
    pub periods: u32,
    /// Whether they never open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
    /// Sites that it speaks of; all of the province when none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// Province that it speaks of; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
}

/// Says how often sites are late or fail, and how many times that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delays {
    /// Per cent of the sites that are in time, one period late, two periods late, ...; the rest never opens.
    #[schemars(length(min = 1))]
    pub late_per_cent: Vec<u32>,
    /// How many times every future is drawn.
    #[schemars(range(min = 1, max = 64))]
    pub samples: u32,
    /// What is drawn: another seed draws other delays.
    #[serde(default)]
    pub seed: u64,
}

const fn one() -> u32 {
    1
}
