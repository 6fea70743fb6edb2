//! Several plans of one programme side by side.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Method;

/// Compares plans that open as many new sites a period as one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// Reports up to this day give the order taken.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// Openings a period that every row keeps.
    pub openings: Vec<u32>,
    /// Bound of the common question, in units of value.
    pub bound: i128,
    /// Value and bound are this many times the unit.
    pub scale: u64,
    /// Unit of value / scale.
    pub unit: String,
    /// One row a plan, the optimised one first.
    pub rows: Vec<ComparisonRow>,
    /// What the figures say, in sentences.
    pub findings: Vec<String>,
}

/// Is one plan of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonRow {
    /// What the plan is, in words.
    pub label: String,
    /// How it was made.
    pub method: Method,
    /// Its file, beside the comparison.
    pub file: String,
    /// Value of the objective.
    pub value: i128,
    /// |value - bound| / max(|value|, 1) against the common bound.
    pub gap: f64,
    /// Share of the first row's value by which this plan is worse than the first; below 0 it is better.
    pub worse: f64,
    /// Sum over the periods of persons with access to every kind x years.
    pub person_years_of_access: u64,
    /// Mean distance in metres over persons and periods.
    pub mean_distance_m: Option<f64>,
    /// Largest distance in metres in the last period.
    pub worst_distance_m: Option<u32>,
}
