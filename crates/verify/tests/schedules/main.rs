//! Tests of the checker on programmes with several packages, capacities, costs and rules between sites.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod bounds;
mod choices;
mod covers;
mod futures;
mod generator;
mod goals;
mod hostile;
mod large;
mod line;
mod replans;
mod scenario_bounds;
mod scenarios;
mod values;
mod worked;
mod worst_futures;
