//! What limits the openings: quotas, budgets, floors, ceilings and rules between sites.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metres;
use crate::decimal::Decimal;

/// Says how many openings each period may have. One package at one site is one opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// One number for every period, or a list with one number a period.
    pub openings: PerPeriod,
    /// Whether the number is a ceiling or must be met.
    #[serde(default)]
    pub rule: QuotaRule,
    /// Whether an upgrade counts as an opening.
    #[serde(default)]
    pub count_upgrades: bool,
}

/// Is one number for every period, or a list with one number a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerPeriod {
    /// The same number in every period.
    Same(#[schemars(range(max = 1_000_000))] u32),
    /// One number a period, first period first.
    Each(Vec<u32>),
}

/// Says how a quota binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaRule {
    /// No period opens more. What is left unused does not carry over.
    #[default]
    AtMost,
    /// Every period opens just this number.
    Exactly,
}

/// Says how much of a resource each period may spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Name of the resource, as costs name it.
    #[schemars(length(min = 1))]
    pub resource: String,
    /// One amount for every period, or a list with one amount a period.
    pub amount: AmountPerPeriod,
    /// Whether what a period leaves moves on to the next.
    #[serde(default)]
    pub carry_over: bool,
    /// When what it costs to build falls due.
    #[serde(default)]
    pub due: Due,
}

/// Is one amount for every period, or a list with one amount a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AmountPerPeriod {
    /// The same amount in every period.
    Same(#[schemars(range(max = 1_000_000_000_000_u64))] u64),
    /// One amount a period, first period first.
    Each(#[schemars(inner(range(max = 1_000_000_000_000_u64)))] Vec<u64>),
}

/// Says when what it costs to build falls due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// In the period in which building starts.
    #[default]
    Start,
    /// In the period of the opening.
    Opening,
}

/// Says what must be reached by a period: a number of sites, or a share of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The province that it speaks of; `*` for each province; all of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The kind that it speaks of; any when not given, which a share of people does not allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The period, by number or by a year in it.
    pub by: u32,
    /// Sites that operate in that period, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Per cent of the people within reach of a site in that period, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub coverage: Option<Decimal>,
}

/// Says how many sites may operate in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// The province that it speaks of; `*` for each province; all of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The kind that it speaks of; any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The period, by number or by a year in it.
    pub by: u32,
    /// Sites that operate in that period, at most.
    pub at_most: u32,
}

/// Says how far apart the sites lie that are open in the last period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spacing {
    /// Least distance between two open sites, in kilometres.
    #[schemars(range(min = 0, max = 20_100))]
    pub km: Decimal,
    /// The kind that both offer; any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Lists sites that a rule ties together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSet {
    /// Identifiers of the sites. At least two.
    #[schemars(length(min = 2))]
    pub sites: Vec<String>,
}

/// Says that a site may open in a period only if another opened so many periods before, or earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    /// The site that opens first.
    pub first: String,
    /// The site that opens after it.
    pub then: String,
    /// Periods between the two openings, at least.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub lag: u32,
}

impl AmountPerPeriod {
    /// Returns the amount of each of `periods` periods as written.
    #[must_use]
    pub fn each(&self, periods: u32) -> Vec<u64> {
        match self {
            Self::Same(amount) => vec![*amount; periods as usize],
            Self::Each(amounts) => amounts.clone(),
        }
    }
}

impl Spacing {
    /// Returns the least distance in metres.
    #[must_use]
    pub fn metres(&self) -> u32 {
        metres(self.km)
    }
}

/// Openings of a period that has no quota: more than any table has sites.
pub const NO_QUOTA: u32 = 1_000_000;

impl Default for Quota {
    fn default() -> Self {
        let openings = PerPeriod::Same(NO_QUOTA);
        Self { openings, rule: QuotaRule::AtMost, count_upgrades: false }
    }
}
