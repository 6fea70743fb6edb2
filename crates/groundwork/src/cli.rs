//! The command line: its words, its help, its defaults.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use groundwork_formats::{BenchmarkFormat, DistanceName, ProblemName};
use groundwork_model::Decimal;

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
    /// Say why a place opens when it does, what moving it costs, and who gains and loses then
    Explain(ExplainArgs),
    /// Solve a benchmark file of the field: p-median, p-centre, covering, facility location, roll-out
    Solve(SolveArgs),
    /// Write one self-contained page with map, figures and openings
    Report(ReportArgs),
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
            Self::Explain(arguments) => arguments.json,
            Self::Solve(arguments) => arguments.json,
            Self::Report(arguments) => arguments.json,
            Self::Export(arguments) => arguments.json,
            Self::Schema(_) | Self::Completions(_) => false,
        }
    }
}

/// Make a programme folder: a shipped example, or empty tables with comments
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork new my-plan --example prk-20x10
  groundwork new my-plan --example prk-budgets
  groundwork new clinics
  groundwork new clinics --workbook                 all tables in one workbook, programme.xlsx

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

/// What is asked of the programme.
#[derive(Args, Clone, Debug)]
pub(crate) struct QuestionArgs {
    /// Take reports up to DATE (YYYY-MM-DD) as facts and plan from there; without DATE, up to the last
    /// report
    #[arg(long, value_name = "DATE", num_args = 0..=1, default_missing_value = LAST_REPORT,
          value_parser = day_text)]
    pub(crate) as_of: Option<String>,
    /// Quotas that bind
    #[arg(long, value_enum, default_value = "as-written")]
    pub(crate) quotas: QuotasName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum QuotasName {
    /// Those of the programme
    AsWritten,
    /// As many new sites a period as the order taken opened
    AsTaken,
}

/// How a search runs.
#[derive(Args, Clone, Debug)]
pub(crate) struct SearchArgs {
    /// Stop each search after so many seconds with the best plan so far
    #[arg(long, value_name = "S", default_value_t = 60.0, value_parser = seconds,
          allow_negative_numbers = true)]
    pub(crate) time_limit: f64,
    /// Stop after so many priced pairs; the same number gives the same plan again
    #[arg(long, value_name = "N")]
    pub(crate) work_limit: Option<u64>,
    /// Stop when the gap is at most this fraction: 0.01 is one per cent [default: 0.0001 for programmes,
    /// 0 for benchmark files]
    #[arg(long, value_name = "G", value_parser = fraction)]
    pub(crate) gap: Option<f64>,
    /// Threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Seed of the search
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) progress: ProgressName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressName {
    /// A bar on a terminal, plain lines elsewhere
    Auto,
    /// A bar with bound, value, gap and time
    Bar,
    /// A line now and then
    Plain,
    /// One JSON object a line
    Json,
    /// Nothing
    None,
}

/// Plan which site opens in which period, with a value, a bound and a certificate
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork plan my-plan                           the best order from the start
  groundwork plan my-plan --as-of                   from what the last report says is begun
  groundwork plan my-plan --as-of 2024-12-31        from what was known on that day
  groundwork plan my-plan --from mine.csv           a list made by hand: value, gap, broken rules
  groundwork plan my-plan --from mine.csv --re-solve   keep rows with lock=yes, plan the rest

Writes plans/plan.json with its certificate, a CSV and a GeoJSON beside it. Ctrl-C stops the search and
writes the best plan so far, whole.")]
pub(crate) struct PlanArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    /// Score a list made by hand: a CSV with the columns site, period and, if wanted, lock
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// With --from: keep the rows with lock=yes and plan the rest again
    #[arg(long, requires = "from")]
    pub(crate) re_solve: bool,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Write the plan here instead of plans/plan.json
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Plan again from what there is, with few changes of what was promised
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork replan my-plan --begun-by 2026 --changes 3
  groundwork replan my-plan --state state.csv --changes 3
  groundwork replan my-plan --as-of --price 5000000

What was promised and has begun stays: by --begun-by, by the reports of --as-of, or by a state table with
the columns site, state (built, under-way or failed), period and, if wanted, package. Of the other
promises at most --changes get another year or package or are dropped, or each costs --price, in the unit
of the value. New sites are no change. Prints what was promised beside what is planned now; writes
plans/replan.json with its certificate.")]
pub(crate) struct ReplanArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The plan that was promised; plans/plan.json of the folder if not given
    #[arg(long, value_name = "PLAN")]
    pub(crate) promised: Option<PathBuf>,
    /// What stands, is being built or has failed: a CSV with the columns site, state, period and package
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// What was promised and begins in this year or before stays, and nothing else begins by then
    #[arg(long, value_name = "YEAR")]
    pub(crate) begun_by: Option<u32>,
    /// At most so many promised sites may have another year or package, or none
    #[arg(long, value_name = "K", conflicts_with = "price")]
    pub(crate) changes: Option<u32>,
    /// What each such change costs, in the unit of the value
    #[arg(long, value_name = "P")]
    pub(crate) price: Option<u64>,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Write the plan here instead of plans/replan.json
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a benchmark file is read.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Benchmark file")]
pub(crate) struct BenchmarkArgs {
    /// Format: orlib-pmed, tsplib, orlib-cap, ufllib, points (lines `x y w`) or lonlat (CSV
    /// id,lon,lat,persons); .gz is unpacked
    #[arg(long, value_name = "NAME", value_parser = format_name)]
    pub(crate) format: Option<BenchmarkFormat>,
    /// Problem: pmedian, pcentre, cover, setcover, ufl, cfl, rollout or order; guessed from the other
    /// flags if not given
    #[arg(long, value_name = "NAME", value_parser = problem_name)]
    pub(crate) problem: Option<ProblemName>,
    /// Number of sites
    #[arg(long, value_name = "N")]
    pub(crate) p: Option<u32>,
    /// Every number of sites from FIRST to LAST instead of one: a plan and a bound for each, for
    /// pmedian and cover
    #[arg(long, value_name = "FIRST..LAST", value_parser = numbers, conflicts_with = "p")]
    pub(crate) frontier: Option<(u32, u32)>,
    /// Distance: floor, round, euclid or geo; that of the format if not given
    #[arg(long, value_name = "NAME", value_parser = distance_name)]
    pub(crate) distance: Option<DistanceName>,
    /// Number of periods
    #[arg(long, value_name = "T")]
    pub(crate) periods: Option<u32>,
    /// Openings a period
    #[arg(long, value_name = "Q")]
    pub(crate) quota: Option<u32>,
    /// How the quota binds
    #[arg(long, value_enum, default_value = "at-most")]
    pub(crate) quota_rule: QuotaRuleName,
    /// Largest distance that covers, in the units of the file (metres for lonlat)
    #[arg(long, value_name = "R")]
    pub(crate) cover: Option<String>,
    /// Capacity, where the file leaves it open
    #[arg(long, value_name = "C")]
    pub(crate) capacity: Option<u64>,
    /// Each client is served by one site alone
    #[arg(long)]
    pub(crate) single: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum QuotaRuleName {
    /// No period opens more
    AtMost,
    /// Every period opens just this number
    Exactly,
}

/// Solve a benchmark file of the field: p-median, p-centre, covering, facility location, roll-out
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork solve pmed1.txt --format orlib-pmed
  groundwork solve cap41.txt --format orlib-cap --single
  groundwork solve points.txt --format points --periods 10 --quota 20 --certificate proof.json --json
  groundwork solve places.csv.gz --format lonlat --cover 5000 --p 50
  groundwork solve places.csv.gz --format lonlat --cover 5000 --frontier 1..2000

The last one asks what each further site brings: how many people have a site within 5 km, for every
number of sites from 1 to 2000, and how much more any plan could reach. It prints a table; --json holds
every point and every plan.

Sites are numbered from 1 as in the file. docs/reference/benchmark-files.md explains formats and flags.
Check an answer with `groundwork verify FILE --solution ANSWER.json --certificate PROOF.json` and the
same flags.")]
pub(crate) struct SolveArgs {
    /// Benchmark file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) benchmark: BenchmarkArgs,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Write the certificate of the bound here
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Check a plan with code that shares nothing with the solver
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork verify my-plan
  groundwork verify my-plan my-plan/plans/other.json --json

The files must be those that the plan names, every rule must be kept, the value must be right and the
certificate must bear out the bound. Ends with 0 only if all of it holds, else with 5. The small program
groundwork-verify does the same and contains no solver.

With --solution, an answer to a benchmark file is checked in the same way:
  groundwork verify pmed1.txt --format orlib-pmed --solution answer.json --certificate proof.json
With --frontier every point of it is checked.")]
pub(crate) struct VerifyArgs {
    /// Programme folder; with --solution, a benchmark file
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    pub(crate) plan: Option<PathBuf>,
    /// Certificate; the one that the plan names if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Answer of `groundwork solve` to the benchmark file
    #[arg(long, value_name = "FILE", conflicts_with = "plan")]
    pub(crate) solution: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) benchmark: BenchmarkArgs,
    /// Print the verdict as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Set the plan beside the order taken, biggest first, greedy and two-step; or one plan against another
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork compare my-plan
  groundwork compare my-plan my-plan/plans/compare-best.json my-plan/plans/compare-taken.json
  groundwork compare my-plan old.json new.json --svg map.svg --csv places.csv

Without plans it makes them. All open as many new sites a period as the order taken, so that only choice
and order differ. Writes plans/comparison.json and a plan file for each row.

With two plans of the folder it says what moves from the first to the second, who gains, who loses and
by how much. Options of the search and --as-of then mean nothing.")]
pub(crate) struct CompareArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan before
    #[arg(requires = "other", conflicts_with = "as_of")]
    pub(crate) plan: Option<PathBuf>,
    /// Plan after
    pub(crate) other: Option<PathBuf>,
    /// Write a map of who gains and who loses between two plans
    #[arg(long, value_name = "FILE", requires = "other")]
    pub(crate) svg: Option<PathBuf>,
    /// Write a table of who gains and who loses between two plans, one row a place
    #[arg(long, value_name = "FILE", requires = "other")]
    pub(crate) csv: Option<PathBuf>,
    /// Take reports up to DATE as the order taken; up to the last report if not given
    #[arg(long, value_name = "DATE", num_args = 0..=1, default_missing_value = LAST_REPORT,
          value_parser = day_text)]
    pub(crate) as_of: Option<String>,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Print the comparison as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How several searches run that share one time limit.
#[derive(Args, Clone, Debug)]
pub(crate) struct SharedSearchArgs {
    /// Stop after so many seconds in all; what is left of them is shared evenly by the searches that are left
    #[arg(long, value_name = "S", default_value_t = 300.0, value_parser = seconds,
          allow_negative_numbers = true)]
    pub(crate) time_limit: f64,
    /// Stop each search after so many priced pairs; the same number gives the same figures again
    #[arg(long, value_name = "N")]
    pub(crate) work_limit: Option<u64>,
    /// Stop each search when its gap is at most this fraction: 0.01 is one per cent [default: 0.0001]
    #[arg(long, value_name = "G", value_parser = fraction)]
    pub(crate) gap: Option<f64>,
    /// Threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Seed of the searches
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) progress: ProgressName,
}

impl SharedSearchArgs {
    /// Returns how one of the searches runs that has so many seconds.
    pub(crate) fn one(&self, time_limit: f64) -> SearchArgs {
        SearchArgs {
            time_limit,
            work_limit: self.work_limit,
            gap: self.gap,
            threads: self.threads,
            seed: self.seed,
            progress: self.progress,
        }
    }
}

/// Solve the programme anew for each number of one rule: what more openings, money or a lower floor bring
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork frontier my-plan --of quota --from 5 --to 30 --step 5
  groundwork frontier my-plan --of budget:money --from 80 --to 120 --points 5 --scale
  groundwork frontier my-plan --of floor:2 --from 0 --to 80 --step 20 --svg floor.svg

floor:2 is the second [[floors]] table, ceiling:1 the first [[ceilings]] table. At every number the
rule has that number in every period, and all other rules stay as written. Writes plans/frontier.json
after each point, and for each point a folder plans/frontier-NN with the programme as it is then and
its plan; `groundwork verify my-plan/plans/frontier-NN` checks one. Ctrl-C keeps the points that are
done, and --resume goes on from there.")]
pub(crate) struct FrontierArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Rule: quota, budget:RESOURCE, floor:NUMBER or ceiling:NUMBER
    #[arg(long, value_name = "RULE", value_parser = rule_name)]
    pub(crate) of: RuleName,
    /// Least number
    #[arg(long, value_name = "A", value_parser = decimal)]
    pub(crate) from: Decimal,
    /// Largest number
    #[arg(long, value_name = "B", value_parser = decimal)]
    pub(crate) to: Decimal,
    /// A number each S from the least on
    #[arg(long, value_name = "S", value_parser = decimal, conflicts_with = "points")]
    pub(crate) step: Option<Decimal>,
    /// So many numbers, spread evenly; 10 if neither is given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) points: Option<u32>,
    /// Numbers are per cent of what is written, for each period: for quotas and budgets that differ by period
    #[arg(long)]
    pub(crate) scale: bool,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    #[command(flatten)]
    pub(crate) search: SharedSearchArgs,
    /// Go on with plans/frontier.json where it was stopped
    #[arg(long)]
    pub(crate) resume: bool,
    /// Draw values and bounds into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Print the frontier as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Names the rule of a frontier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuleName {
    Quota,
    Budget(String),
    Floor(usize),
    Ceiling(usize),
}

/// Say what one change of each rule would bring: solved anew, with a bound
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork prices my-plan --time-limit 600
  groundwork prices my-plan --step money=20 --step cement=50
  groundwork prices my-plan --plan my-plan/plans/plan.json

Each rule is changed by itself: one opening more a period, a little more of a budget, a floor one
lower or left out, a ceiling one higher, a spacing, exclusion, togetherness or order left out, a
required or forbidden site freed. What it brings lies between two numbers that are proved. Writes
plans/prices.json after each rule. Ctrl-C keeps what is done.")]
pub(crate) struct PricesArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan with the rules as written to compare with; a new one is made if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// So much more of a resource a period; one per cent of its largest amount if not given
    #[arg(long, value_name = "RESOURCE=AMOUNT", value_parser = step)]
    pub(crate) step: Vec<(String, u64)>,
    #[command(flatten)]
    pub(crate) question: QuestionArgs,
    #[command(flatten)]
    pub(crate) search: SharedSearchArgs,
    /// Print the price list as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say why a place opens when it does, what moving it costs, and who gains and loses then
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork explain Kaesong my-plan
  groundwork explain KP0803 my-plan --plan my-plan/plans/other.json --within 0.001

PLACE is an id, or a name in any script that the tables have. The plan is planned again with the place one
period earlier, one later and never (or opened, where it is not): what that costs lies between a bound,
confirmed by the checker, and a plan. Searches go on to proof unless --gap says otherwise. Nothing is
written.")]
#[command(mut_arg("time_limit", |limit| limit.default_value("60")))]
pub(crate) struct ExplainArgs {
    /// Place or site, by id or name
    pub(crate) place: String,
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// A plan counts as nearly as good when its value is worse by at most this fraction
    #[arg(long, value_name = "F", default_value_t = 0.005, value_parser = fraction)]
    pub(crate) within: f64,
    #[command(flatten)]
    pub(crate) search: SharedSearchArgs,
    /// Print the explanation as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write one self-contained page with map, figures and openings
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  groundwork report my-plan --out report.html

The page needs no network and no other file. With plans/comparison.json (see `groundwork compare`) it
shows the plans side by side.")]
pub(crate) struct ReportArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    pub(crate) plan: Option<PathBuf>,
    /// Page to write; report.html in the folder if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print a plan as CSV, XLSX, GeoJSON or SVG
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork export my-plan --format csv > openings.csv
  groundwork export my-plan --format xlsx --out plan.xlsx
  groundwork export my-plan --format svg --out map.svg")]
pub(crate) struct ExportArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan; plans/plan.json of the folder if not named
    pub(crate) plan: Option<PathBuf>,
    /// Format
    #[arg(long, value_enum)]
    pub(crate) format: FormatName,
    /// Write here instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print failures as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatName {
    /// The openings as a table
    Csv,
    /// A workbook: summary, openings, figures, money, who is served where, and the programme's tables
    Xlsx,
    /// Places with their opening period
    Geojson,
    /// A map
    Svg,
}

/// Print the JSON schema of a file format
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Format: programme, plan, certificate, verdict, comparison, difference, explanation, programme-frontier,
    /// price-list or problem; a wrong name lists all
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

fn format_name(text: &str) -> Result<BenchmarkFormat, String> {
    named(BenchmarkFormat::from_name(text), BenchmarkFormat::ALL.iter().map(|name| name.name()))
}

fn problem_name(text: &str) -> Result<ProblemName, String> {
    named(ProblemName::from_name(text), ProblemName::ALL.iter().map(|name| name.name()))
}

fn distance_name(text: &str) -> Result<DistanceName, String> {
    named(DistanceName::from_name(text), DistanceName::ALL.iter().map(|name| name.name()))
}

fn numbers(text: &str) -> Result<(u32, u32), String> {
    let numbers = text.split_once("..").map(|(first, last)| (first.parse(), last.parse()));
    match numbers {
        Some((Ok(first), Ok(last))) => Ok((first, last)),
        _ => Err("expected two whole numbers, as in 1..2000".to_owned()),
    }
}

fn named<'a, T>(found: Option<T>, all: impl Iterator<Item = &'a str>) -> Result<T, String> {
    found.ok_or_else(|| format!("expected one of {}", all.collect::<Vec<_>>().join(", ")))
}

fn rule_name(text: &str) -> Result<RuleName, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number > 0);
    let found = match text.split_once(':') {
        None => (text == "quota").then_some(RuleName::Quota),
        Some(("budget", name)) => (!name.is_empty()).then(|| RuleName::Budget(name.to_owned())),
        Some(("floor", text)) => number(text).map(|number| RuleName::Floor(number - 1)),
        Some(("ceiling", text)) => number(text).map(|number| RuleName::Ceiling(number - 1)),
        Some(_) => None,
    };
    found.ok_or_else(|| {
        "expected quota, budget:RESOURCE, floor:NUMBER or ceiling:NUMBER, as in floor:2".to_owned()
    })
}

fn decimal(text: &str) -> Result<Decimal, String> {
    let number = text.parse::<Decimal>().ok().filter(|number| !number.is_negative());
    // Nine digits behind the point are more than any rule has, and leave room to compute.
    let number = number.filter(|number| number.scale() <= 9);
    number.ok_or_else(|| "expected a number that is not below 0, such as 20 or 62.5".to_owned())
}

fn step(text: &str) -> Result<(String, u64), String> {
    let parts = text.rsplit_once('=').map(|(name, amount)| (name, amount.parse::<u64>()));
    match parts {
        Some((name, Ok(amount)))
            if !name.is_empty() && (1..=1_000_000_000_000).contains(&amount) =>
        {
            Ok((name.to_owned(), amount))
        }
        _ => Err("expected a resource and a whole amount, as in money=1000000".to_owned()),
    }
}

/// What `--as-of` means without a date.
pub(crate) const LAST_REPORT: &str = "last-report";

fn day_text(text: &str) -> Result<String, String> {
    // The civil parser also takes times of day and odd years; a programme needs plain days.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if text == LAST_REPORT || (plain && text.parse::<jiff::civil::Date>().is_ok()) {
        Ok(text.to_owned())
    } else {
        Err("expected a day written YYYY-MM-DD".to_owned())
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    number_from(text, 0.0, 1e9, "seconds")
}

fn fraction(text: &str) -> Result<f64, String> {
    number_from(text, 0.0, 1.0, "a fraction between 0 and 1")
}

fn number_from(text: &str, least: f64, most: f64, what: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("expected {what}")),
    }
}
