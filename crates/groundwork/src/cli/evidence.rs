//! The commands that say what the ledger comes to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::parse::day;
use super::times::TimesArgs;

/// Say what was promised, claimed and verified as of a day, what is late, and what to look at
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork status my-plan                              today, by all that is known
  groundwork status my-plan --as-of 2024-12-31           that day, as it is known today
  groundwork status my-plan --as-of 2024-12-31 --known-by 2024-12-31     as it was known then
  groundwork status my-plan --at opened-2024             the day of a milestone, meeting or cycle's end, both ways
  groundwork status my-plan --since 2025-12-01 --atom alerts.xml         what is new, as a feed
  groundwork status my-plan --why                        with the entries behind the figures

Named facilities are counted; totals that name nobody stand beside them and are set against them. Claimed
is what those say who run the programme; verified is what somebody independent saw, by the rules in
[evidence] of programme.toml, which are printed. What was promised is [[milestones]].")]
pub(crate) struct StatusArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// On the day of a milestone, a meeting or a cycle's end, by its id: as it was known then beside as it is known now
    #[arg(long, value_name = "ID", conflicts_with_all = ["as_of", "known_by", "since", "atom", "by", "why"])]
    pub(crate) at: Option<String>,
    /// Say what is new since this day, as it was known then
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) since: Option<Date>,
    /// Write the alerts as an Atom feed; with --since those that are new
    #[arg(long, value_name = "FILE")]
    pub(crate) atom: Option<PathBuf>,
    /// Count by batch, kind or province
    #[arg(long, value_enum, default_value = "batch")]
    pub(crate) by: GroupName,
    /// List the entries that each figure rests on
    #[arg(long)]
    pub(crate) why: bool,
    /// Print the scorecard as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupName {
    /// Batch and kind
    Batch,
    /// Kind
    Kind,
    /// Province and kind
    Province,
}

/// Say what changed between two days: in the world, and in what is known of the first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork diff my-plan --from 2024-12-31 --to 2025-12-03
  groundwork diff my-plan --from 2024-12-31 --to 2024-12-31 --known-by 2024-12-31 2025-12-04

The world changed from the first day to the second, by what was published by the second of the days of
--known-by. What is known of the first day changed by what was published from the first of them to the
second. Without --known-by they are the days of --from and --to.")]
pub(crate) struct DiffArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// First day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) from: Date,
    /// Second day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) to: Date,
    /// By what was published by the first of these days, and by the second
    #[arg(long, value_names = ["DATE", "DATE"], num_args = 2, value_parser = day)]
    pub(crate) known_by: Option<Vec<Date>>,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print the difference as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
