//! The commands that make plans, compare them and say why.

use std::path::PathBuf;

use clap::Args;
use groundwork_model::Decimal;
use groundwork_model::evidence::{Basis, Stage};
use jiff::civil::Date;

use super::parse::{
    LAST_REPORT, basis, built_stage, day, day_text, decimal, fraction, moment, rule_name, step,
};
use super::search::{GivenArgs, GoalArgs, QuestionArgs, SearchArgs, SharedSearchArgs};

/// Plan which site opens in which period, with a value, a bound and a certificate
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork plan my-plan                           the best order from the start
  groundwork plan my-plan --as-of                   from what the last report says is begun
  groundwork plan my-plan --as-of 2024-12-31        from what was known on that day
  groundwork plan my-plan --goal coverage --out coverage.json   another goal, to compare
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
    /// Score a list made by hand: a CSV or workbook with the columns site, period and, if wanted, lock
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
  groundwork replan my-plan --from-ledger verified --as-of 2026-12-31 --changes 3

What was promised and has begun stays: by --begun-by, by the reports of --as-of, or by a state table with
the columns site, state (built, under-way, failed or not-begun), period and, if wanted, package. Of the other
promises at most --changes get another year or package or are dropped, or each costs --price, in the unit
of the value. New sites are no change.

With --from-ledger the ledger says what stands and what is under way, as of --as-of; what was promised by
then and has not begun is void. Rows of --state take the place of what the ledger says of a site. Prints what was promised beside what is planned now; writes
plans/replan.json with its certificate.")]
pub(crate) struct ReplanArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The plan that was promised; plans/plan.json of the folder if not given
    #[arg(long, value_name = "PLAN")]
    pub(crate) promised: Option<PathBuf>,
    /// What stands, is being built or has failed: a CSV or workbook with the columns site, state, period and package
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
    pub(crate) from_ledger: LedgerStateArgs,
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

/// What of the ledger is taken as fact.
#[derive(Args, Clone, Debug)]
pub(crate) struct LedgerStateArgs {
    /// Take what stands and what has begun from the ledger: all that is claimed, or only what is verified
    #[arg(long, value_name = "BASIS", value_parser = basis)]
    pub(crate) from_ledger: Option<Basis>,
    /// From this stage on a facility counts as built: completed, inaugurated or operating; that of the first
    /// milestone, or inaugurated, if not given
    #[arg(long, value_name = "STAGE", requires = "from_ledger", value_parser = built_stage)]
    pub(crate) built: Option<Stage>,
    /// Of the ledger, what was published by this day; today if not given
    #[arg(long, value_name = "DATE", requires = "from_ledger", value_parser = day)]
    pub(crate) known_by: Option<Date>,
    /// Of the ledger, what it had recorded by then: a day, or a time such as 2025-12-04T09:30:00Z
    #[arg(long, value_name = "TIME", requires = "from_ledger", value_parser = moment)]
    pub(crate) recorded_by: Option<i64>,
    /// Ledger: a file, or postgres://USER@HOST/DATABASE?schema=NAME; ledger.db in the folder if not given
    #[arg(long, value_name = "LEDGER", requires = "from_ledger")]
    pub(crate) ledger: Option<PathBuf>,
}

/// Set the plan beside the order taken, biggest first, greedy and two-step; or one plan against another
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork compare my-plan
  groundwork compare my-plan my-plan/plans/compare-best.json my-plan/plans/compare-taken.json
  groundwork compare my-plan old.json new.json --html difference.html
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
    /// Write a page about two plans that opens in any browser, offline: map, moves, gains and losses
    #[arg(long, value_name = "FILE", requires = "other")]
    pub(crate) html: Option<PathBuf>,
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
    #[arg(long, value_name = "FILE", conflicts_with = "goal")]
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

/// Set one plan for all futures beside the best plan of each: what robustness costs
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  groundwork scenarios my-plan
  groundwork scenarios my-plan --time-limit 600 --gap 0.001
  groundwork scenarios my-plan --plan my-plan/plans/plan.json

Of a programme with [scenarios]. Makes the plan for all futures together, one for each future as if it
were known beforehand, and one for the numbers as written; says what each is worth in each future, and
what the plan for all of them loses there. Writes plans/together.json, plans/as-written.json and
plans/future-NAME.json, each of which `groundwork verify` checks, and plans/scenarios.json after each.
Ctrl-C keeps what is done.")]
pub(crate) struct ScenariosArgs {
    /// Programme folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Plan for all futures together to compare with; a new one is made if not given
    #[arg(long, value_name = "FILE", conflicts_with_all = ["as_of", "goal"])]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) given: GivenArgs,
    #[command(flatten)]
    pub(crate) goal: GoalArgs,
    #[command(flatten)]
    pub(crate) search: SharedSearchArgs,
    /// Print the table as JSON
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
