//! `forecast --backtest`: how good earlier forecasts would have been.

use std::path::Path;

use groundwork_formats::read_works;
use groundwork_model::evidence::{BacktestTable, Snapshot, Times, day_number, day_of};
use groundwork_model::{Problem, Programme};
use groundwork_monitor::forecast::{Backtester, looks};
use groundwork_monitor::{ForecastAsked, backtest_table, history_of_works, look};

use super::backtest_text;
use super::forecast::{expect_kinds, failure};
use crate::cli::ForecastArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file::{self, AnyLedger};
use crate::output;

/// Days between the dates, if not given.
const EVERY: i32 = 30;

/// Looks that lie in memory together.
const TOGETHER: usize = 8;

/// Looks back on what a ledger knew at earlier dates, each by what was published by then.
pub(super) fn of_ledger(
    ledger: &mut AnyLedger,
    programme: &Programme,
    times: Times,
    asked: &ForecastAsked,
    arguments: &ForecastArgs,
) -> Result<Exit, Failure> {
    let rules = &programme.settings.evidence;
    let mut taken = |times| ledger.snapshot(times, rules).map_err(|e| ledger_file::failure(&e));
    let last = taken(times)?;
    expect_kinds(&last, asked)?;
    let later = look(&last, programme, asked).map_err(|error| failure(&error))?;
    let mut made =
        Backtester::new(&later.history, &asked.settings).map_err(|error| failure(&error))?;
    let (first, end) = (first_day(&last), later.history.as_of);
    drop(last);
    let mut together = Vec::with_capacity(TOGETHER);
    let step = usize::try_from(arguments.every.unwrap_or(EVERY)).unwrap_or(1);
    for date in (first..end).step_by(step) {
        let day = day_of(date);
        let snapshot = taken(Times { as_of: day, known_by: day, ..times })?;
        together.push(look(&snapshot, programme, asked).map_err(|error| failure(&error))?);
        if together.len() == TOGETHER {
            made.add(&together).map_err(|error| failure(&error))?;
            together.clear();
        }
    }
    made.add(&together).map_err(|error| failure(&error))?;
    let of = programme.settings.name.clone();
    print(&backtest_table(of, &made.finish(), asked), arguments);
    Ok(Exit::Done)
}

/// Returns the first day on which anything was so of a facility.
fn first_day(snapshot: &Snapshot) -> i32 {
    let states = snapshot.facilities.iter().flat_map(|facility| &facility.stages);
    let marks = states.flat_map(|state| [state.claimed, state.verified]).flatten();
    marks.map(|mark| day_number(mark.day)).min().unwrap_or(i32::MAX)
}

/// Looks back on a table of works.
pub(super) fn of_works(
    table: &Path,
    asked: &ForecastAsked,
    arguments: &ForecastArgs,
) -> Result<Exit, Failure> {
    let name = table.display().to_string();
    let bytes = disk::read(table)?;
    let (works, problems) = read_works(&name, &bytes, &arguments.columns, &arguments.completed);
    if problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(problems));
    }
    for problem in &problems {
        output::note(&output::problem_text(problem));
    }
    let later = history_of_works(&works);
    let first = works.iter().map(|work| day_number(work.begun)).min().unwrap_or(i32::MAX);
    let step = usize::try_from(arguments.every.unwrap_or(EVERY)).unwrap_or(1);
    let dates: Vec<i32> = (first..later.as_of).step_by(step).collect();
    let mut made = Backtester::new(&later, &asked.settings).map_err(|error| failure(&error))?;
    for dates in dates.chunks(TOGETHER) {
        made.add(&looks(&later, &[], dates)).map_err(|error| failure(&error))?;
    }
    print(&backtest_table(name, &made.finish(), asked), arguments);
    Ok(Exit::Done)
}

fn print(table: &BacktestTable, arguments: &ForecastArgs) {
    if arguments.json {
        output::data(&output::json_pretty(table));
    } else {
        let every = arguments.every.unwrap_or(EVERY);
        output::data(backtest_text::text(table, every, arguments.contracts.is_some()).as_bytes());
    }
}
