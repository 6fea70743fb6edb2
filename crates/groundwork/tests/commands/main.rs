//! The program as people use it: commands run in folders of their own, and what they print, write and refuse.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod bundle;
mod cli;
mod cycles;
mod evidence;
mod exchange;
mod exchange_round_trip;
mod folder;
mod forecast;
mod frontier_and_prices;
mod import_and_merge;
mod inspect;
mod ledger;
mod planning_for_futures;
mod replan_and_goals;
mod replan_from_ledger;
mod report_of_ledger;
mod scenarios;
mod scorecard_properties;
mod server;
mod sources;
mod status;
mod two_plans;
mod workbook;
