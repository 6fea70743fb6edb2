//! `sources`: who says what, whom they carry, what became of their claims, and where a look would tell most.

use groundwork_model::Programme;
use groundwork_model::evidence::{Origins, Source, SourceTable, Stage, Times};
use groundwork_monitor::{ForecastAsked, Names, SourceBook, scorecard};

use super::{import, sources_text, status};
use crate::cli::SourcesArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file::{self, AnyLedger};
use crate::output;

pub(crate) fn run(arguments: &SourcesArgs) -> Result<Exit, Failure> {
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    let (sources, warnings) = import::sources(&arguments.folder)?;
    for warning in &warnings {
        output::note(&output::problem_text(warning));
    }
    let sources = sources.unwrap_or_default();
    let location = ledger_file::location(&arguments.folder, arguments.times.ledger.as_deref());
    let mut ledger = ledger_file::open(&location)?;
    let times = arguments.times.times(status::today());
    let usual = ForecastAsked::of(programme.settings.forecast.as_ref()).stage;
    let stage = arguments.stage.unwrap_or(usual);
    let table = taken(&mut ledger, programme, &sources, times, stage)?;
    if arguments.json {
        output::data(&output::json_pretty(&table));
    } else if arguments.dot {
        output::data(sources_text::dot(&table).as_bytes());
    } else {
        let names = Names::of(programme);
        let text = sources_text::text(&table, &names, stage, arguments.next);
        output::data(text.as_bytes());
    }
    Ok(Exit::Done)
}

/// Returns what the entries of a ledger say of its sources.
fn taken(
    ledger: &mut AnyLedger,
    programme: &Programme,
    sources: &[Source],
    times: Times,
    stage: Stage,
) -> Result<SourceTable, Failure> {
    let rules = &programme.settings.evidence;
    ledger.know_origins(Origins::of(sources));
    let failed = |error| ledger_file::failure(&error);
    let snapshot = ledger.snapshot(times, rules).map_err(failed)?;
    let last = snapshot.root.entries;
    let mut book = SourceBook::new(times, rules, sources);
    ledger
        .entries(1, &mut |entry| {
            // What others append meanwhile is not in the snapshot.
            if entry.number <= last {
                book.take(&entry);
            }
            Ok(())
        })
        .map_err(failed)?;
    Ok(book.finish(&scorecard(snapshot, programme), programme, stage))
}
