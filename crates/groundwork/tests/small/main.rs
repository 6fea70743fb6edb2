//! Solver and checker on thousands of random small programmes and problems, against every choice tried.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(
    dead_code,
    reason = "of the generators and values that the tests of `verify` have, some are used"
)]

#[path = "../../../verify/tests/schedules/choices.rs"]
mod choices;
#[path = "../../../verify/tests/common/mod.rs"]
mod common;
mod conflicts;
mod contested;
mod effects;
mod field;
mod frontier;
#[path = "../../../verify/tests/schedules/futures.rs"]
mod futures;
#[path = "../../../verify/tests/schedules/generator.rs"]
mod generator;
#[path = "../../../verify/tests/schedules/line.rs"]
mod line;
mod mixed;
mod programmes;
mod rules;
#[path = "../../../verify/tests/schedules/values.rs"]
mod values;
