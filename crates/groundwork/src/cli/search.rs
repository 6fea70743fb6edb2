//! What is asked and how a search runs: options that several commands share.

use clap::{Args, ValueEnum};
use groundwork_model::Goal;

use super::parse::{LAST_REPORT, day_text, fraction, goal_name, seconds};

/// What is taken as given.
#[derive(Args, Clone, Debug)]
pub(crate) struct GivenArgs {
    /// Take reports up to DATE (YYYY-MM-DD) as facts and plan from there; without DATE, up to the last
    /// report
    #[arg(long, value_name = "DATE", num_args = 0..=1, default_missing_value = LAST_REPORT,
          value_parser = day_text)]
    pub(crate) as_of: Option<String>,
    /// Quotas that bind
    #[arg(long, value_enum, default_value = "as-written")]
    pub(crate) quotas: QuotasName,
}

/// What is to be best.
#[derive(Args, Clone, Debug)]
pub(crate) struct GoalArgs {
    /// Make this goal alone best, in place of those of the programme: distance, coverage, worst-distance,
    /// self-sufficiency, equity or cost
    #[arg(long, value_name = "GOAL", value_parser = goal_name)]
    pub(crate) goal: Option<Goal>,
}

/// What is asked of the programme.
#[derive(Args, Clone, Debug)]
pub(crate) struct QuestionArgs {
    #[command(flatten)]
    pub(crate) given: GivenArgs,
    #[command(flatten)]
    pub(crate) goal: GoalArgs,
    /// Of a programme with scenarios: plan for this future alone, as if it were known beforehand
    #[arg(long, value_name = "NAME", conflicts_with = "no_futures")]
    pub(crate) future: Option<String>,
    /// Of a programme with scenarios: plan for the numbers as written, everything in time
    #[arg(long)]
    pub(crate) no_futures: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum QuotasName {
    /// Those of the programme
    AsWritten,
    /// As many new sites a period as the order taken opened
    AsTaken,
}

/// How a search runs, but for the time that it has.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunArgs {
    /// Stop each search after so many priced pairs; the same number gives the same plan again
    #[arg(long, value_name = "N")]
    pub(crate) work_limit: Option<u64>,
    /// Stop each search when its gap is at most this fraction: 0.01 is one per cent [default: 0.0001 for
    /// programmes, 0 for benchmark files]
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

/// How a search runs.
#[derive(Args, Clone, Debug)]
pub(crate) struct SearchArgs {
    /// Stop each search after so many seconds with the best plan so far
    #[arg(long, value_name = "S", default_value_t = 60.0, value_parser = seconds,
          allow_negative_numbers = true)]
    pub(crate) time_limit: f64,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// How several searches run that share one time limit.
#[derive(Args, Clone, Debug)]
pub(crate) struct SharedSearchArgs {
    /// Stop after so many seconds in all; what is left of them is shared evenly by the searches that are left
    #[arg(long, value_name = "S", default_value_t = 300.0, value_parser = seconds,
          allow_negative_numbers = true)]
    pub(crate) time_limit: f64,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

impl SharedSearchArgs {
    /// Returns how one of the searches runs that has so many seconds.
    pub(crate) fn one(&self, time_limit: f64) -> SearchArgs {
        SearchArgs { time_limit, run: self.run.clone() }
    }
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
