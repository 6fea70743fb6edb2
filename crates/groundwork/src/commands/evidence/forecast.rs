//! `forecast`: when what is not open will be, and whether promises will be kept; with `--backtest` how good that was.

use std::collections::BTreeSet;

use groundwork_model::evidence::{Snapshot, Times};
use groundwork_model::{Code, Problem};
use groundwork_monitor::{ForecastAsked, Names, outlook};

use super::{backtest, forecast_text, status};
use crate::cli::ForecastArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file;
use crate::output;

/// Draws of each forecast of a backtest, if not given.
const DRAWS_BACK: u32 = 2_000;

/// Stands for all kinds.
const ALL: &str = "all";

pub(crate) fn run(arguments: &ForecastArgs) -> Result<Exit, Failure> {
    if let Some(table) = &arguments.contracts {
        let asked = asked(ForecastAsked::of(None), arguments);
        return backtest::of_works(table, &asked, arguments);
    }
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    let asked = asked(ForecastAsked::of(programme.settings.forecast.as_ref()), arguments);
    let location = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = status::opened(&arguments.folder, &location)?;
    let times = times(arguments);
    if arguments.backtest {
        return backtest::of_ledger(&mut ledger, programme, times, &asked, arguments);
    }
    let rules = &programme.settings.evidence;
    let snapshot = ledger.snapshot(times, rules).map_err(|error| ledger_file::failure(&error))?;
    expect_kinds(&snapshot, &asked)?;
    let table = outlook(&snapshot, programme, &asked).map_err(|error| failure(&error))?;
    if arguments.json {
        output::data(&output::json_pretty(&table));
    } else {
        let names = Names::of(programme);
        output::data(forecast_text::text(&table, &names, arguments.all).as_bytes());
    }
    Ok(Exit::Done)
}

/// Returns the times that are asked for: a forecast rests on what could be known on its day, if nothing else is said.
fn times(arguments: &ForecastArgs) -> Times {
    let as_of = arguments.as_of.unwrap_or_else(status::today);
    Times {
        as_of,
        known_by: arguments.known_by.unwrap_or(as_of),
        recorded_by: arguments.recorded_by,
    }
}

/// Returns what is asked for: what the programme says, but for what is said on the command line.
fn asked(mut asked: ForecastAsked, arguments: &ForecastArgs) -> ForecastAsked {
    if arguments.backtest {
        asked.settings.draws = DRAWS_BACK;
    }
    asked.stage = arguments.stage.unwrap_or(asked.stage);
    if !arguments.kinds.is_empty() {
        let all = arguments.kinds.iter().any(|kind| kind == ALL);
        asked.kinds = Some(if all { Vec::new() } else { arguments.kinds.clone() });
    }
    asked.group = arguments.group.map(crate::cli::ForecastGroupName::group).or(asked.group);
    asked.settings.draws = arguments.draws.unwrap_or(asked.settings.draws);
    asked.settings.seed = arguments.seed.unwrap_or(asked.settings.seed);
    asked
}

/// Says which kind that is asked for no facility has.
pub(super) fn expect_kinds(snapshot: &Snapshot, asked: &ForecastAsked) -> Result<(), Failure> {
    let known: BTreeSet<&str> =
        snapshot.facilities.iter().map(|facility| facility.subject.kind.as_str()).collect();
    let mut wanted = asked.kinds.iter().flatten();
    let Some(kind) = wanted.find(|kind| !known.contains(kind.as_str())) else { return Ok(()) };
    let cause = format!("no facility of the ledger is of kind `{kind}`");
    let known: Vec<&str> = known.into_iter().filter(|kind| !kind.is_empty()).collect();
    let remedy = match known.as_slice() {
        [] => "Leave --kind out: no facility is of any kind.".to_owned(),
        known => format!("Name one of: {}; or all.", known.join(", ")),
    };
    Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)))
}

/// Returns how the command fails because of what it was asked for.
pub(super) fn failure(error: &groundwork_monitor::forecast::ForecastError) -> Failure {
    Failure::Usage(error.problem())
}
