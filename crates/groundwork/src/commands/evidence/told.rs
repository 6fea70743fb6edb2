//! What a report and a workbook say of the ledger, gathered: the scorecard, its words, entries and who publishes.

use std::collections::BTreeMap;
use std::path::Path;

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Agenda, Entry, ForecastTable, Root, Scorecard, Snapshot, Source, Times,
};
use groundwork_monitor::{ForecastAsked, Names, agenda, in_words, outlook, scorecard};
use groundwork_report::{EvidenceInput, KnownEntry};
use jiff::civil::Date;

use super::import::sources;
use super::status::{opened, said, today};
use super::withdrawn::{is_known, taken_back, withdrawn};
use crate::cli::TimesArgs;
use crate::exit::Failure;
use crate::ledger_file::{self, AnyLedger};
use crate::output;

/// Is what the ledger says.
pub(in crate::commands) struct Told {
    pub(in crate::commands) card: Scorecard,
    reconciled: Vec<Vec<String>>,
    entries: Vec<KnownEntry>,
    known: u64,
    sources: Vec<Source>,
    agenda: Agenda,
    forecast: Option<ForecastTable>,
}

impl Told {
    /// Returns it as the writers take it.
    pub(in crate::commands) fn input(&self) -> EvidenceInput<'_> {
        EvidenceInput {
            card: &self.card,
            reconciled: &self.reconciled,
            entries: &self.entries,
            known: self.known,
            sources: &self.sources,
            agenda: Some(&self.agenda),
            forecast: self.forecast.as_ref(),
        }
    }
}

/// Returns what the ledger says, with at most so many entries, those published last; none where the folder has no ledger
/// and nobody asked for one.
pub(in crate::commands) fn told(
    folder: &Path,
    programme: &Programme,
    asked: &TimesArgs,
    most: usize,
) -> Result<Option<Told>, Failure> {
    let location = ledger_file::location(folder, asked.ledger.as_deref());
    if !asked.in_words() && !location.exists() {
        return Ok(None);
    }
    let mut ledger = opened(folder, &location)?;
    let today = today();
    let times = asked.times(today);
    let rules = &programme.settings.evidence;
    let snapshot = ledger.snapshot(times, rules).map_err(|error| ledger_file::failure(&error))?;
    let forecast = forecast(&snapshot, programme);
    let said = said(&mut ledger, &snapshot)?;
    let card = scorecard(snapshot, programme);
    let agenda = agenda(programme, &said, &card);
    let names = Names::of(programme);
    let reconciled = card.reconciliations.iter().map(|one| in_words(one, &names)).collect();
    let (entries, known) = known(&mut ledger, times, &card.root, most)?;
    let sources = sources(folder)?.0.unwrap_or_default();
    Ok(Some(Told { card, reconciled, entries, known, sources, agenda, forecast }))
}

/// Returns the forecast that the programme asks for. Where it asks for what cannot be forecast, the page does without:
/// `groundwork forecast` says why.
fn forecast(snapshot: &Snapshot, programme: &Programme) -> Option<ForecastTable> {
    let asked = ForecastAsked::of(programme.settings.forecast.as_ref());
    match outlook(snapshot, programme, &asked) {
        Ok(table) => Some(table),
        Err(error) => {
            output::note(&format!("the page has no forecast: {error}"));
            None
        }
    }
}

/// Returns the entries that were known at these times, at most so many, with how many there were.
fn known(
    ledger: &mut AnyLedger,
    times: Times,
    root: &Root,
    most: usize,
) -> Result<(Vec<KnownEntry>, u64), Failure> {
    let mut kept: BTreeMap<(Date, u64), Entry> = BTreeMap::new();
    let mut takes: Vec<(u64, u64)> = Vec::new();
    let mut number = 0;
    ledger
        .entries(1, &mut |entry| {
            if !is_known(&entry, times, root) {
                return Ok(());
            }
            number += 1;
            takes.extend(taken_back(&entry.draft).map(|earlier| (entry.number, earlier)));
            kept.insert((entry.draft.published.day, entry.number), entry);
            if kept.len() > most {
                kept.pop_first();
            }
            Ok(())
        })
        .map_err(|error| ledger_file::failure(&error))?;
    let withdrawn = withdrawn(&takes);
    let mut entries: Vec<KnownEntry> = kept
        .into_values()
        .map(|entry| KnownEntry { withdrawn_by: withdrawn.get(&entry.number).copied(), entry })
        .collect();
    entries.sort_by_key(|known| known.entry.number);
    Ok((entries, number))
}
