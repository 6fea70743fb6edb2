//! `inspect`: what is looked at before facilities open, and what they deliver.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::parse::day;

/// Say what inspections found and what facilities deliver; print blank forms, and record filled ones
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork inspect my-plan                                  readiness of each facility, findings, opened before ready
  groundwork inspect my-plan --facility KP0721/2025/factories     all of one
  groundwork inspect my-plan --form KP0721/2025/factories > form.csv   a blank form, to be filled in a spreadsheet
  groundwork inspect my-plan --form all --batch 2026 --sheet > forms.md     the same to be printed, for a whole batch
  groundwork inspect my-plan --record form.csv --by inspector     filled forms, of one or many facilities
  groundwork inspect my-plan --fill KP0721/2025/factories --by inspector    asked line by line on a terminal
  groundwork inspect my-plan --output                         what was delivered, against what can be

What is looked at is [[checklists]] of programme.toml, what can be delivered [[outputs]]. A row of a form without an
answer says that nobody looked. A table with a column `product` is read as what was delivered.
docs/guide/inspections.md tells the whole story.")]
pub(crate) struct InspectArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Print a blank form of these facilities, by their ids; `all` for every facility whose kind has a checklist
    #[arg(long, value_name = "FACILITY", num_args = 1.., conflicts_with_all = ["record", "fill", "output", "facility"])]
    pub(crate) form: Vec<String>,
    /// Print the blank form as a page to be printed (Markdown) in place of CSV
    #[arg(long, requires = "form")]
    pub(crate) sheet: bool,
    /// Record filled forms: a CSV table, or the first sheet of an XLSX workbook
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fill", "output", "facility"])]
    pub(crate) record: Option<PathBuf>,
    /// Ask for an inspection of this facility line by line, on a terminal
    #[arg(long, value_name = "FACILITY", conflicts_with_all = ["output", "facility"])]
    pub(crate) fill: Option<String>,
    /// Show what was delivered, against what can be
    #[arg(long)]
    pub(crate) output: bool,
    /// Only this facility, with all its items and findings
    #[arg(long, value_name = "ID")]
    pub(crate) facility: Option<String>,
    /// Only facilities of this batch
    #[arg(long)]
    pub(crate) batch: Option<String>,
    /// Only facilities of this kind
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// The world on this day (YYYY-MM-DD); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Date>,
    /// From what was published by this day; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) known_by: Option<Date>,
    /// Role of whoever records a form
    #[arg(long, default_value = "inspector", value_name = "ROLE")]
    pub(crate) by: String,
    /// Say what a form would add, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
