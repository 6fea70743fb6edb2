//! What is built as of a date, forecasts and their calibration, survival curves and the next cycle.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod built;
mod calibration;
mod common;
mod entries;
mod forecast;
mod kaplan_meier;
mod next_cycle;
mod weibull;
