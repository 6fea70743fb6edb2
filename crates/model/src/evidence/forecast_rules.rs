//! How the openings of a programme are forecast: data of the programme.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::forecast_table::ForecastGroup;
use super::stage::Stage;

/// Says how openings are forecast. What is not given is chosen by the program, and printed with the forecast.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ForecastRules {
    /// The stage that is forecast; `inaugurated` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// What facilities are grouped by; by kind if not given, and by province where there is one kind only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<ForecastGroup>,
    /// Number of joint draws; 10,000 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 1_000_000))]
    pub draws: Option<u32>,
    /// Seed of the draws; 1 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// What other programmes of the kind took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<ForecastReference>,
}

/// Is what other programmes of the kind took, as shares of the planned time from the beginning of work to the deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastReference {
    /// What they were.
    pub name: String,
    /// Where the figures come from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Number of facilities that the figures rest on.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub facilities: u32,
    /// Half of them had opened by this share of the planned time, in per cent: 100 is exactly as planned.
    #[schemars(range(min = 1, max = 10_000))]
    pub median_per_cent: u32,
    /// Nine in ten of them had; more than half of them took.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub ninety_per_cent: u32,
}
