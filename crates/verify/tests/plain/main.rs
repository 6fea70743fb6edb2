//! The checker on plans of plain programmes: every code, hand-worked cases, brute force, hostile and large files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod brute_force;
mod codes;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod large;
mod questions;
mod worked;
