//! The commands of the ledger: what goes into it, and what it comes to.
//!
//! - `record`, `import`, `ledger`: what goes in, and what becomes of the ledger itself.
//! - `status`, `diff`: what it comes to as of a day, and between two.
//! - `built`: what it comes to for a replan.
//! - `told`: the same for `report` and workbooks, with entries and sources.
//! - `forecast`, `backtest`: what will be of it, and how good that was before.
//! - `inspect`: what was looked at before facilities open, and what they deliver; forms of both.
//! - `sources`: who says it, and what became of what they said.
//! - `exchange`: the same in the field's open formats, for `export`.

mod backtest;
mod backtest_text;
mod bring;
pub(crate) mod built;
pub(crate) mod diff;
pub(super) mod exchange;
pub(crate) mod forecast;
mod forecast_text;
pub(crate) mod import;
mod import_package;
pub(crate) mod inspect;
mod inspect_ask;
mod inspect_forms;
mod inspect_text;
pub(crate) mod ledger;
mod ledger_merge;
mod ledger_text;
mod lines;
mod output_text;
pub(crate) mod record;
mod record_form;
mod score_changes;
pub(crate) mod sources;
mod sources_text;
pub(crate) mod status;
mod status_agenda;
mod status_at;
mod status_groups;
mod status_text;
mod status_why;
mod terminal;
pub(super) mod told;
mod withdrawn;
