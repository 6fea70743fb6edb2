//! The command that looks ahead.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use groundwork_model::evidence::{ForecastGroup, Stage};
use jiff::civil::Date;

use super::parse::{column, day, days, moment, stage};

/// Say when what is not open will be, and whether promises will be kept; or how good that was before
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork forecast my-plan                            from the last day on which anything was published
  groundwork forecast my-plan --as-of 2025-06-30         from that day, by what was known then
  groundwork forecast my-plan --backtest                 how good earlier forecasts would have been
  groundwork forecast --backtest --contracts works.csv --columns begun=start,due=planned_end,ended=actual_end

It is of what will be claimed; where enough claims were checked, what somebody who looks will find stands
beside it. What is announced and the base rate (how many of other batches were in time) stand beside the
model, which is silent where too little is known. The same ledger and seed give the same bytes.
docs/concepts/forecast.md says how it is made and where it fails.")]
pub(crate) struct ForecastArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// From this day (YYYY-MM-DD); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Date>,
    /// From what was published by this day; that of --as-of if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) known_by: Option<Date>,
    /// From what the ledger had recorded by then: a day, or a time such as 2025-12-04T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) recorded_by: Option<i64>,
    /// Stage that is forecast; that of [forecast] in programme.toml, or inaugurated, if not given
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub(crate) stage: Option<Stage>,
    /// Kind that is forecast, or all; may be given several times. If not given, those that the programme promises
    #[arg(long = "kind", value_name = "KIND")]
    pub(crate) kinds: Vec<String>,
    /// What facilities are grouped by; some groups may be faster than others
    #[arg(long, value_enum)]
    pub(crate) group: Option<ForecastGroupName>,
    /// Joint draws, from 100 to 1,000,000; 10,000 if not given (2,000 at each date of a backtest)
    #[arg(long, value_name = "N")]
    pub(crate) draws: Option<u32>,
    /// Seed of the draws; 1 if not given
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// List all facilities, not only the first
    #[arg(long)]
    pub(crate) all: bool,
    /// Look back: forecast from many earlier dates, and compare with what came
    #[arg(long)]
    pub(crate) backtest: bool,
    /// Days between the dates of a backtest: 30d
    #[arg(long, value_name = "DAYS", value_parser = days, requires = "backtest")]
    pub(crate) every: Option<i32>,
    /// Look back on this table of works (CSV: id, group, begun, due, ended, status) in place of the ledger
    #[arg(long, value_name = "FILE", requires = "backtest")]
    pub(crate) contracts: Option<PathBuf>,
    /// What the columns of that table are called: id=contract_id,begun=start
    #[arg(long, value_name = "COLUMN=NAME", value_parser = column, value_delimiter = ',', requires = "contracts")]
    pub(crate) columns: Vec<(String, String)>,
    /// Word of the status that says that works ended as planned; with any other they were given up
    #[arg(long, value_name = "WORD", default_value = "Completed", requires = "contracts")]
    pub(crate) completed: String,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print the forecast, or the look back, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForecastGroupName {
    /// By kind
    Kind,
    /// By the province of the place
    Province,
    /// Not at all
    None,
}

impl ForecastGroupName {
    /// Returns the group that is meant.
    pub(crate) const fn group(self) -> ForecastGroup {
        match self {
            Self::Kind => ForecastGroup::Kind,
            Self::Province => ForecastGroup::Province,
            Self::None => ForecastGroup::None,
        }
    }
}
