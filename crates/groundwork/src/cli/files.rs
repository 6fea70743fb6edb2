//! The commands that make and check folders, and show plans in other forms.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use groundwork_model::evidence::Basis;

use super::parse::basis;
use super::times::TimesArgs;

/// Make a programme folder: a shipped example, or empty tables with comments
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork new my-plan --example prk-20x10
  groundwork new my-plan --example prk-budgets
  groundwork new clinics
  groundwork new clinics --workbook                 all tables in one workbook, programme.xlsx
  groundwork new plan-9 --next-cycle my-plan --from-cycle plan-8 --from-ledger verified

No file that is there already is written over.")]
pub(crate) struct NewArgs {
    /// Folder to make
    pub(crate) folder: PathBuf,
    /// Copy this shipped example instead of starting empty
    #[arg(long, value_enum)]
    pub(crate) example: Option<ExampleName>,
    /// Put the tables into one workbook, programme.xlsx, a sheet each
    #[arg(long)]
    pub(crate) workbook: bool,
    /// Make the programme of the cycle that follows one of this folder, from what its ledger says at the end of it
    #[arg(long, value_name = "FROM", conflicts_with_all = ["example", "workbook"])]
    pub(crate) next_cycle: Option<PathBuf>,
    /// The cycle that ended, by its id; the one that ended last if not given
    #[arg(long, value_name = "ID", requires = "next_cycle")]
    pub(crate) from_cycle: Option<String>,
    /// What counts as there: what is claimed, or only what is verified; verified if not given
    #[arg(long, value_name = "BASIS", requires = "next_cycle", value_parser = basis)]
    pub(crate) from_ledger: Option<Basis>,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in FROM if not given
    #[arg(long, value_name = "LEDGER", requires = "next_cycle")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print the written files as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExampleName {
    /// 20 cities and counties a year for 10 years, 179 units, with every report
    #[value(name = "prk-20x10")]
    Prk20x10,
    /// The same 179 units with sizes, two budgets and a floor for each province; figures invented
    #[value(name = "prk-budgets")]
    PrkBudgets,
}

/// Find everything that is wrong with a programme folder, at once
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  groundwork check my-plan

Every problem of every file is printed in one run, with its code, file, row, column, cause and remedy.
docs/reference/errors.md explains the codes. Ends with 3 if anything is an error.")]
pub(crate) struct CheckArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Print the problems as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write one self-contained page: map, figures and openings of a plan, and what the ledger says
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork report my-plan --out report.html
  groundwork report my-plan --as-of 2025-12-03 --known-by 2025-12-04
  groundwork report my-plan --bundle my-report.zip      for others to check: groundwork remake

The page needs no network and no other file. With plans/comparison.json (see `groundwork compare`) it
shows the plans side by side. With a ledger it shows what was promised, claimed, verified and late, and
every entry with its source; a folder without a plan gives that alone.")]
pub(crate) struct ReportArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    pub(crate) plan: Option<PathBuf>,
    /// Page to write; report.html in the folder if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Pack the page with all that it was made from into FILE (ZIP), for `groundwork remake` to make it again
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Leave the ledger out
    #[arg(long, conflicts_with_all = ["ledger", "as_of", "known_by", "recorded_by"])]
    pub(crate) plan_only: bool,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Make a report again from its bundle: the same figures and bytes, or the first difference
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork remake report.zip
  groundwork remake report.zip --against my-copy.db    where the two ledgers part, if they do
  groundwork remake report.zip --into folder           keep what is unpacked, to work with it
  groundwork remake report.zip --work-limit 2000000000     solve the plan anew as well

A bundle is what `groundwork report --bundle` packs. Every file is compared with its SHA-256, every entry of
the ledger with its hash, every plan with what the checker said, the page byte by byte. The plan is not solved
again unless --work-limit says how long. Ends with 5 where something differs.")]
pub(crate) struct RemakeArgs {
    /// Bundle
    pub(crate) bundle: PathBuf,
    /// Unpack into this folder, which is new or empty, and leave it there
    #[arg(long, value_name = "FOLDER")]
    pub(crate) into: Option<PathBuf>,
    /// Compare the ledger with this one: a file, or postgres://USER@HOST/DATABASE?schema=NAME
    #[arg(long, value_name = "LEDGER")]
    pub(crate) against: Option<PathBuf>,
    /// Solve the plan of the page again, with so many priced pairs
    #[arg(long, value_name = "N")]
    pub(crate) work_limit: Option<u64>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print a plan as CSV, XLSX, GeoJSON or SVG
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork export my-plan --format csv > openings.csv
  groundwork export my-plan --format xlsx --out plan.xlsx
  groundwork export my-plan --format svg --out map.svg
  groundwork export my-plan --format oc4ids --known-by 2025-12-04 --out projects.json")]
pub(crate) struct ExportArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    pub(crate) plan: Option<PathBuf>,
    /// Format; the last four say what the ledger says, xlsx both, the others what the plan says
    #[arg(long, value_enum)]
    pub(crate) format: FormatName,
    /// Write here instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Print failures as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// The openings as a table
    Csv,
    /// A workbook: summary, openings, figures, money, who is served where, and the programme's tables
    Xlsx,
    /// Places with their opening period
    Geojson,
    /// A map
    Svg,
    /// OC4IDS 0.9: a project for each facility
    Oc4ids,
    /// IATI 2.03: an activity for each facility
    Iati,
    /// Facilities as points, with what is claimed and verified
    Facilities,
    /// Facilities and their stages as a table
    Stages,
}

/// Print the JSON schema of a file format
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Format: programme, plan, certificate, verdict, comparison, difference, explanation, programme-frontier,
    /// price-list, scenario-table, scorecard, score-difference, forecast, backtest, source-table, agenda, inspections,
    /// outputs, bundle, import, package-import, problem and others; a wrong name lists all
    pub(crate) name: String,
}

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  groundwork completions bash > ~/.local/share/bash-completion/completions/groundwork")]
pub(crate) struct CompletionsArgs {
    /// Shell
    pub(crate) shell: clap_complete::Shell,
}
