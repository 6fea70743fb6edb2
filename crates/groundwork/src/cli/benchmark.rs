//! The commands that read benchmark files of the field, and `verify`, which checks plans as well.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use groundwork_formats::{BenchmarkFormat, DistanceName, ProblemName};

use super::parse::{distance_name, format_name, numbers, problem_name};
use super::search::SearchArgs;

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
