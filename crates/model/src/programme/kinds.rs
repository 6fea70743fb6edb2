//! What facilities do, in which sizes, together in which packages, and what they may become.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

use super::metres;
use crate::decimal::Decimal;

/// Says what a facility does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Short identifier, unique among kinds.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Weight in the objective, per thousand: 1000 counts once.
    #[serde(default = "thousand")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub weight: u32,
    /// People within this distance have access, in kilometres.
    #[schemars(range(min = 0, max = 20_100))]
    pub reach_km: Decimal,
    /// Units that one person needs in a period; matters where sizes have capacities.
    #[serde(default = "super::unity")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub demand: Decimal,
    /// Whether the people of a place may be served by several sites, where sizes have capacities.
    #[serde(default)]
    pub assignment: Assignment,
    /// The sizes that a facility of this kind comes in; none when there is one size without limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<Size>,
    /// What must be near a facility of this kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}

/// Says whether the people of a place may be served by several sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// They may be split, person by person.
    #[default]
    Split,
    /// All of them go to one site, or none is served.
    Whole,
}

/// Returns the schema of one amount of a resource: the limit that the columns of amounts have too.
pub(super) fn amount_schema() -> Schema {
    json_schema!({ "type": "integer", "format": "uint64", "minimum": 0, "maximum": AMOUNT_MAX })
}

/// Most that an amount of a resource is.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

/// Holds an amount of each resource, by name: `{ money = 120, cement = 40 }`.
pub type Amounts = BTreeMap<String, u64>;

/// Is a size of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Short identifier, unique among the sizes of the kind.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Units that it delivers in a period; without limit when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub capacity: Option<u64>,
    /// What it costs to build, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// What it costs in each period that it serves, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub running: Amounts,
    /// Periods between the start of building and the opening.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
}

/// Says what must be near a facility of a kind: another kind, or a raw material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The kind that must be offered near the site in every period that the site offers this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The raw material that a place or site near it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// How near, in kilometres: 0 is the site itself.
    #[serde(default = "super::zero")]
    #[schemars(range(min = 0, max = 20_100))]
    pub within_km: Decimal,
}

/// Lists the kinds that one site receives together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Short identifier.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Identifiers of the kinds, each once; of a kind with sizes `kind:size`. At least one.
    #[schemars(length(min = 1))]
    pub kinds: Vec<String>,
    /// What it costs to build beside its sizes, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// What it costs in each period that it serves beside its sizes, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub running: Amounts,
    /// Periods between the start of building and the opening, at least those of its sizes.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
    /// Words by which entries of the ledger call a facility that is this package, beside its `id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_as: Vec<String>,
}

/// Says that an open site may turn from one package to another, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// Package before.
    pub from: String,
    /// Package after.
    pub to: String,
    /// What it costs, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// Periods between the start of the work and the first period with the new package.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
}

impl Kind {
    /// Returns the reach in metres.
    #[must_use]
    pub fn reach_m(&self) -> u32 {
        metres(self.reach_km)
    }

    /// Returns the name, or the identifier where no name is given.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// Returns the size with an id.
    #[must_use]
    pub fn size(&self, id: &str) -> Option<&Size> {
        self.sizes.iter().find(|size| size.id == id)
    }
}

impl Package {
    /// Returns each kind that it lists, with the size where one is named.
    pub fn listed(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.kinds.iter().map(|listed| match listed.split_once(':') {
            Some((kind, size)) => (kind, Some(size)),
            None => (listed.as_str(), None),
        })
    }

    /// Returns whether it lists a kind, in any size.
    #[must_use]
    pub fn lists(&self, kind: &str) -> bool {
        self.listed().any(|(listed, _)| listed == kind)
    }
}

impl Size {
    /// Returns how many persons it serves in a period when each needs `demand` units; `None` without limit.
    ///
    /// ```
    /// # use groundwork_model::programme::Size;
    /// let size: Size = serde_json::from_str(r#"{"id": "small", "capacity": 100}"#).unwrap();
    /// assert_eq!(size.persons("1.5".parse().unwrap()), Some(66));
    /// assert_eq!(size.persons("0".parse().unwrap()), None);
    /// ```
    #[must_use]
    pub fn persons(&self, demand: Decimal) -> Option<u64> {
        let units = u128::try_from(demand.mantissa()).ok().filter(|&units| units > 0)?;
        // A scale is at most 18, and a capacity below 2^64.
        let persons = u128::from(self.capacity?) * 10_u128.pow(demand.scale()) / units;
        Some(u64::try_from(persons).unwrap_or(u64::MAX))
    }
}

impl Need {
    /// Returns how near in metres.
    #[must_use]
    pub fn within_m(&self) -> u32 {
        metres(self.within_km)
    }
}

impl Default for Kind {
    /// Returns a kind without an id that counts once and reaches nobody.
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            weight: thousand(),
            reach_km: Decimal::ZERO,
            demand: Decimal::ONE,
            assignment: Assignment::Split,
            sizes: Vec::new(),
            needs: Vec::new(),
        }
    }
}

fn thousand() -> u32 {
    1000
}
