//! The forecast of openings.
//!
//! In reading order: `history` (what is known), `settings` (what is asked), `kaplan_meier` (the share not open yet, as
//! counted), `spells` (cases as times on one clock), `weibull` (the model with a shock for each batch), `groups` (how
//! groups differ, pulled together), `curve` (the model and the counted share in one curve), `fit` (all of these in
//! turn), `chance` (numbers drawn by counters), `draws` (joint draws of a batch), `days` (drawn days, counted),
//! `bias` (claimed is not done), `base_rate`, `outcome` (what is handed out), `words`, `run` (the forecast), `score` and
//! `backtest` (how good it was).
//!
//! Functions of `libm` and plain arithmetic make the same bytes on every machine. Cases are sorted before anything is
//! summed, and every draw is a function of seed, name and number, so neither the order of the input nor the number of
//! threads matters.

mod backtest;
mod base_rate;
mod bias;
mod chance;
mod curve;
mod days;
mod draws;
mod error;
mod fit;
mod groups;
mod history;
mod kaplan_meier;
mod outcome;
mod run;
mod score;
mod settings;
mod spells;
mod weibull;
mod words;

pub use self::backtest::{
    Backtest, BacktestPart, Backtester, Look, Method, MethodScore, backtest, looks,
};
pub use self::base_rate::BaseRate;
pub use self::bias::ReportingBias;
pub(crate) use self::bias::{NINETY, wilson};
pub use self::error::ForecastError;
pub use self::history::{Case, Check, Day, History, Mark};
pub use self::kaplan_meier::{KaplanMeier, Step};
pub use self::outcome::{
    BatchFactor, Chance, CountDraws, FacilityForecast, FanDay, Forecast, GroupFactor, LEVELS,
    MilestoneForecast, ModelSummary, Quantiles, Silence, Standing, count_quantile,
};
pub use self::run::forecast;
pub use self::settings::{Cover, Milestone, ReferenceClass, Settings};
pub use self::weibull::{Prior, WeibullFit, WeibullParameters, fit_weibull};
pub use self::words::Likelihood;
