//! One file a command; those of the ledger lie in `evidence`. Each reads as the list of its stages.

mod asked_alike;
mod attempt;
mod benchmark;
mod bundle;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod conflict;
mod difference;
mod difference_text;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod export;
mod frontier;
pub(crate) mod goals;
pub(crate) mod new;
mod next_cycle;
pub(crate) mod plan;
pub(crate) mod prices;
mod question;
mod rechecked;
pub(crate) mod replan;
pub(crate) mod report;
pub(crate) mod rule_frontier;
pub(crate) mod scenarios;
pub(crate) mod schema;
pub(crate) mod solve;
mod summary;
pub(crate) mod verify;

pub(crate) use self::bundle::remake::run as remake;
