//! How good earlier forecasts would have been, as people and programs read it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::Stage;

/// Is a look back: at many dates a forecast was made of what was published by then, and is compared with what came.
///
/// Forecasts of one facility at many dates are no independent trials, nor are facilities of one batch: figures have no
/// error bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BacktestTable {
    /// Of what: the name of the programme, or of the table of works.
    pub of: String,
    /// The stage that was forecast.
    pub stage: Stage,
    /// Number of draws of each forecast.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
    /// The day up to which it is known what came.
    #[schemars(with = "String")]
    pub end: Date,
    /// Number of dates at which something new was known.
    pub dates: u32,
    /// Number of those at which the model was silent, because too little was known.
    pub silent: u32,
    /// Facilities whose deadline had not passed.
    pub not_due: BacktestPartShown,
    /// Facilities whose deadline had passed; the base rate says nothing of them.
    pub overdue: BacktestPartShown,
    /// Facilities without a deadline: the model alone speaks.
    pub without_deadline: BacktestPartShown,
    /// Promises that were not due.
    pub milestones: BacktestPartShown,
    /// What the figures come to, in words: where the model beats the others, and where it does not.
    pub findings: Vec<String>,
}

/// Is how forecasts of one sort came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BacktestPartShown {
    /// Number of forecasts: each facility (or promise) once for each date at which it was open.
    pub forecasts: u64,
    /// Number of facilities (or promises) that they are about.
    pub subjects: u64,
    /// Of the model: how often what came lay inside.
    pub intervals: Vec<IntervalShown>,
    /// Ways to forecast, all on the same forecasts.
    pub methods: Vec<MethodShown>,
}

/// Is how often what came lay inside an interval of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalShown {
    /// How often it should, in per cent.
    pub per_cent: u32,
    /// How often it did.
    pub inside: u64,
    /// How often it is known whether it did.
    pub decided: u64,
}

/// Is a way to forecast.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum BacktestMethod {
    /// The model's draws.
    Model,
    /// Every facility on its deadline; one that is overdue tomorrow. A promise is kept exactly.
    AsAnnounced,
    /// As many in time as of other batches, and the others not at all.
    BaseRate,
}

/// Is how a way to forecast scored; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MethodShown {
    /// The way.
    pub method: BacktestMethod,
    /// Number of forecasts of "in time" (of a promise: "kept") that have come out.
    pub chances: u64,
    /// Mean Brier score of those, in thousandths; none without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brier_per_mille: Option<u64>,
    /// Number of forecasts of a day (of a promise: of a number).
    pub forecasts: u64,
    /// Mean CRPS of those, in tenths of a day (of a facility); none without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crps_tenths: Option<u64>,
}
