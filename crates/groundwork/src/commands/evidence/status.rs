//! `status`: what the ledger comes to beside the promises, as of a pair of times.

use std::path::Path;

use groundwork_ledger::Moment;
use groundwork_model::evidence::{
    Agenda, Changes, Entry, EvidenceRules, Origins, Scorecard, Snapshot, Times, day_of,
};
use groundwork_model::{Code, Problem, Programme};
use groundwork_monitor::{Names, agenda, changes, feed_identifier, scorecard};
use jiff::civil::Date;
use serde::Serialize;

use super::{import, score_changes, status_agenda, status_at, status_text, status_why};
use crate::cli::{GroupName, StatusArgs};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::count;
use crate::ledger_file::{self, AnyLedger, WallClock};
use crate::output;

/// Is what `--json` prints: the scorecard and, where it was asked for, what is new.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    scorecard: &'a Scorecard,
    agenda: &'a Agenda,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Since<'a>>,
}

#[derive(Serialize)]
struct Since<'a> {
    day: Date,
    #[serde(flatten)]
    changes: &'a Changes,
}

pub(crate) fn run(arguments: &StatusArgs) -> Result<Exit, Failure> {
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    let location = ledger_file::location(&arguments.folder, arguments.times.ledger.as_deref());
    let mut ledger = opened(&arguments.folder, &location)?;
    if let Some(id) = &arguments.at {
        return status_at::run(arguments, id, &mut ledger, programme);
    }
    let today = today();
    let times = arguments.times.times(today);
    let before = match arguments.since {
        Some(since) => Some(earlier(&mut ledger, programme, since, times)?),
        None => None,
    };
    let (card, agenda) = dated(&mut ledger, programme, times)?;
    let new = before.map(|before| (before.times.as_of, changes(&before, &card)));
    if let Some(path) = &arguments.atom {
        let alerts = new.as_ref().map_or(&card.alerts, |(_, changes)| &changes.new_alerts);
        let feed = feed_identifier(&card.root.ledger);
        disk::write(path, &groundwork_report::atom(&card, alerts, &feed))?;
        note_feed(path, alerts.len());
    }
    if arguments.json {
        let since = new.as_ref().map(|(day, changes)| Since { day: *day, changes });
        output::data(&output::json_pretty(&Answer { scorecard: &card, agenda: &agenda, since }));
        return Ok(Exit::Done);
    }
    let names = Names::of(programme);
    let mut text = status_text::text(&card, &names, arguments.by);
    if arguments.by == GroupName::Batch {
        text.push_str(&status_agenda::text(&agenda));
    }
    if let Some((day, changes)) = &new {
        text.push_str(&format!("\nSince {day}, as it was known then\n"));
        text.push_str(&score_changes::text(changes, &names));
    }
    if arguments.why {
        text.push_str(&status_why::why(&card, arguments.by, &mut ledger)?);
    }
    output::data(text.as_bytes());
    Ok(Exit::Done)
}

/// Opens the ledger of a folder for snapshots: it knows whom the sources carry, as the folder's table says.
pub(in crate::commands) fn opened(folder: &Path, location: &Path) -> Result<AnyLedger, Failure> {
    let mut ledger = ledger_file::open(location)?;
    if let (Some(sources), _) = import::sources(folder)? {
        ledger.know_origins(Origins::of(&sources));
    }
    Ok(ledger)
}

/// Returns the scorecard of a ledger as of a pair of times.
pub(in crate::commands) fn taken(
    ledger: &mut AnyLedger,
    programme: &Programme,
    times: Times,
) -> Result<Scorecard, Failure> {
    dated(ledger, programme, times).map(|(card, _)| card)
}

/// Returns the scorecard of a ledger as of a pair of times, with what lies ahead and what has ended.
pub(super) fn dated(
    ledger: &mut AnyLedger,
    programme: &Programme,
    times: Times,
) -> Result<(Scorecard, Agenda), Failure> {
    let rules: &EvidenceRules = &programme.settings.evidence;
    let snapshot = ledger.snapshot(times, rules).map_err(|error| ledger_file::failure(&error))?;
    let said = said(ledger, &snapshot)?;
    let card = scorecard(snapshot, programme);
    let agenda = agenda(programme, &said, &card);
    Ok((card, agenda))
}

/// Returns the entries of a snapshot that say on which days meetings and cycles are.
pub(super) fn said(ledger: &mut AnyLedger, snapshot: &Snapshot) -> Result<Vec<Entry>, Failure> {
    let mut said = Vec::with_capacity(snapshot.dates.len());
    for &number in &snapshot.dates {
        said.push(ledger.entry(number).map_err(|error| ledger_file::failure(&error))?);
    }
    Ok(said)
}

fn earlier(
    ledger: &mut AnyLedger,
    programme: &Programme,
    since: Date,
    times: Times,
) -> Result<Scorecard, Failure> {
    if since > times.as_of || since > times.known_by {
        let cause = format!("--since {since} lies behind the day that is looked at");
        let remedy = "Give a day before --as-of and --known-by.";
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    }
    taken(ledger, programme, Times { as_of: since, known_by: since, ..times })
}

/// Returns the day of the clock (UTC).
pub(in crate::commands) fn today() -> Date {
    let days = WallClock.now().div_euclid(86_400_000_000);
    day_of(i32::try_from(days).unwrap_or(i32::MAX))
}

fn note_feed(path: &Path, alerts: usize) {
    output::note(&format!("wrote {} with {}", path.display(), count(alerts, "alert")));
}
