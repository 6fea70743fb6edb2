//! Solver and checker on thousands of random small programmes and problems, against every choice tried.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../../../verify/tests/schedules/choices.rs"]
mod choices;
#[path = "../../../verify/tests/common/mod.rs"]
mod common;
mod conflicts;
mod contested;
mod effects;
mod field;
mod frontier;
#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../../../verify/tests/schedules/futures.rs"]
mod futures;
#[path = "../../../verify/tests/schedules/generator.rs"]
mod generator;
#[path = "../../../verify/tests/schedules/line.rs"]
mod line;
mod mixed;
mod programmes;
mod rules;
#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../../../verify/tests/schedules/values.rs"]
mod values;
