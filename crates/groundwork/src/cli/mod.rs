//! The command line: its words, its help, its defaults.
//!
//! `evidence` and `inspect` hold the commands that say what the ledger comes to, `planning` those that make and compare plans,
//! `forecast` that which looks ahead, `sources` that which says who says what, `files` those that make folders and show plans, `ledger` those that fill a ledger and look after it, `benchmark` those that read
//! files of the field; `search` what they share, `parse` how values are read.

mod benchmark;
mod evidence;
mod files;
mod forecast;
mod inspect;
mod ledger;
mod parse;
mod planning;
pub(crate) mod record;
mod search;
mod sources;
mod times;

use clap::{Parser, Subcommand};

pub(crate) use self::benchmark::{BenchmarkArgs, QuotaRuleName, SolveArgs, VerifyArgs};
pub(crate) use self::evidence::{DiffArgs, GroupName, StatusArgs};
pub(crate) use self::files::{
    CheckArgs, CompletionsArgs, ExampleName, ExportArgs, FormatName, NewArgs, RemakeArgs,
    ReportArgs, SchemaArgs,
};
pub(crate) use self::forecast::{ForecastArgs, ForecastGroupName};
pub(crate) use self::inspect::InspectArgs;
pub(crate) use self::ledger::{
    ImportArgs, ImportFormat, LedgerArgs, LedgerCommand, LedgerEraseArgs, LedgerMergeArgs,
    LedgerOutArgs, LedgerRecoverArgs, LedgerShowArgs, LedgerVerifyArgs, WhereArgs,
};
pub(crate) use self::parse::LAST_REPORT;
pub(crate) use self::planning::{
    CompareArgs, ExplainArgs, FrontierArgs, LedgerStateArgs, PlanArgs, PricesArgs, ReplanArgs,
    RuleName, ScenariosArgs,
};
pub(crate) use self::record::{Is, RecordArgs};
pub(crate) use self::search::{
    GivenArgs, GoalArgs, ProgressName, QuestionArgs, QuotasName, RunArgs, SearchArgs,
    SharedSearchArgs,
};
pub(crate) use self::sources::SourcesArgs;
pub(crate) use self::times::TimesArgs;

/// Plans programmes that bring facilities to every part of a region, place by place and year by year,
/// and proves how good the plan is.
#[derive(Debug, Parser)]
#[command(name = "groundwork", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "\
A first plan, on the programme that ships with it:
  groundwork new my-plan --example prk-20x10
  groundwork check my-plan
  groundwork plan my-plan
  groundwork verify my-plan
  groundwork report my-plan

Data goes to stdout, all else to stderr. Exit codes: 0 done, 1 internal, 2 usage, 3 input refused,
4 infeasible, 5 verification failed, 6 stopped with a plan, 7 stopped without.")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a programme folder: a shipped example, or empty tables with comments
    New(NewArgs),
    /// Find everything that is wrong with a programme folder, at once
    Check(CheckArgs),
    /// Plan which site opens in which period, with a value, a bound and a certificate
    Plan(PlanArgs),
    /// Plan again from what there is, with few changes of what was promised
    Replan(ReplanArgs),
    /// Check a plan with code that shares nothing with the solver
    Verify(VerifyArgs),
    /// Set the plan beside the order taken, biggest first, greedy and two-step; or one plan against another
    Compare(CompareArgs),
    /// Solve the programme anew for each number of one rule: what more openings, money or a lower floor bring
    Frontier(FrontierArgs),
    /// Say what one change of each rule would bring: solved anew, with a bound
    Prices(PricesArgs),
    /// Set one plan for all futures beside the best plan of each: what robustness costs
    Scenarios(ScenariosArgs),
    /// Say why a place opens when it does, what moving it costs, and who gains and loses then
    Explain(ExplainArgs),
    /// Say what was promised, claimed and verified as of a day, what is late, and what to look at
    Status(StatusArgs),
    /// Say what changed between two days: in the world, and in what is known of the first
    Diff(DiffArgs),
    /// Say when what is not open will be, and whether promises will be kept; or how good that was before
    Forecast(ForecastArgs),
    /// Say what inspections found and what facilities deliver; print blank forms, and record filled ones
    Inspect(InspectArgs),
    /// Say who says what, whom they carry, what became of their claims, and where a look would tell most
    Sources(SourcesArgs),
    /// Record one entry: by flags, or on a terminal by a form that asks one thing after another
    Record(Box<RecordArgs>),
    Import(ImportArgs),
    /// Make, show, check, copy and mend the ledger of a programme
    Ledger(LedgerArgs),
    /// Solve a benchmark file of the field: p-median, p-centre, covering, facility location, roll-out
    Solve(SolveArgs),
    Report(ReportArgs),
    Remake(RemakeArgs),
    /// Print a plan as CSV, XLSX, GeoJSON or SVG
    Export(ExportArgs),
    /// Print the JSON schema of a file format
    Schema(SchemaArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

impl Command {
    /// Returns whether the command was asked for JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::New(arguments) => arguments.json,
            Self::Check(arguments) => arguments.json,
            Self::Plan(arguments) => arguments.json,
            Self::Replan(arguments) => arguments.json,
            Self::Verify(arguments) => arguments.json,
            Self::Compare(arguments) => arguments.json,
            Self::Frontier(arguments) => arguments.json,
            Self::Prices(arguments) => arguments.json,
            Self::Scenarios(arguments) => arguments.json,
            Self::Explain(arguments) => arguments.json,
            Self::Status(arguments) => arguments.json,
            Self::Diff(arguments) => arguments.json,
            Self::Forecast(arguments) => arguments.json,
            Self::Inspect(arguments) => arguments.json,
            Self::Sources(arguments) => arguments.json,
            Self::Record(arguments) => arguments.json,
            Self::Import(arguments) => arguments.json,
            Self::Ledger(arguments) => arguments.what.json(),
            Self::Solve(arguments) => arguments.json,
            Self::Report(arguments) => arguments.json,
            Self::Remake(arguments) => arguments.json,
            Self::Export(arguments) => arguments.json,
            Self::Schema(_) | Self::Completions(_) => false,
        }
    }
}
