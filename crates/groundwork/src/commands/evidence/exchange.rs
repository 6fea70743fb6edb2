//! What the ledger says, in the field's open formats.

use std::collections::HashSet;

use groundwork_model::evidence::{Entry, Scope, Snapshot};
use groundwork_model::programme::Exchange;
use groundwork_model::{Code, Problem};
use groundwork_report::Exchanged;

use super::status::{opened, today};
use super::withdrawn::{is_known, taken_back, withdrawn};
use crate::cli::{ExportArgs, FormatName};
use crate::disk;
use crate::exit::Failure;
use crate::ledger_file::{self, AnyLedger};

/// Returns the bytes of a format that speaks of the ledger.
pub(in crate::commands) fn bytes(arguments: &ExportArgs) -> Result<Vec<u8>, Failure> {
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    let format = arguments.format;
    let nobody = Exchange::default();
    let exchange = match (&programme.settings.exchange, format) {
        (Some(exchange), _) => exchange,
        (None, FormatName::Facilities | FormatName::Stages) => &nobody,
        (None, _) => return Err(nobody_publishes()),
    };
    let location = ledger_file::location(&arguments.folder, arguments.times.ledger.as_deref());
    let mut ledger = opened(&arguments.folder, &location)?;
    let times = arguments.times.times(today());
    let snapshot = ledger
        .snapshot(times, &programme.settings.evidence)
        .map_err(|error| ledger_file::failure(&error))?;
    let entries =
        if format == FormatName::Oc4ids { known(&mut ledger, &snapshot)? } else { Vec::new() };
    let of = Exchanged { programme, exchange, snapshot: &snapshot, entries: &entries };
    Ok(match format {
        FormatName::Oc4ids => groundwork_report::oc4ids(&of),
        FormatName::Iati => groundwork_report::iati(&of),
        FormatName::Facilities => groundwork_report::facilities_geojson(&of),
        _ => groundwork_report::facilities_csv(&of),
    })
}

/// Returns the entries about facilities that are known at the times that are asked for and were not taken back by then.
fn known(ledger: &mut AnyLedger, snapshot: &Snapshot) -> Result<Vec<Entry>, Failure> {
    let ids: HashSet<&str> =
        snapshot.facilities.iter().map(|facility| facility.subject.id.as_str()).collect();
    let mut entries = Vec::new();
    let mut takes = Vec::new();
    ledger
        .entries(1, &mut |entry| {
            let draft = &entry.draft;
            if !is_known(&entry, snapshot.times, &snapshot.root) {
                return Ok(());
            }
            takes.extend(taken_back(draft).map(|earlier| (entry.number, earlier)));
            if draft.subject.scope == Scope::Facility && ids.contains(draft.subject.id.as_str()) {
                entries.push(entry);
            }
            Ok(())
        })
        .map_err(|error| ledger_file::failure(&error))?;
    let withdrawn = withdrawn(&takes);
    entries.retain(|entry| !withdrawn.contains_key(&entry.number));
    Ok(entries)
}

fn nobody_publishes() -> Failure {
    let cause = "programme.toml does not say who publishes: OC4IDS and IATI need it";
    let remedy = "Add a table [exchange] with publisher, organisation, address, oc4ids_prefix, country, oc4ids_sector \
                  and iati_sector.";
    Failure::Usage(Problem::new(Code::MissingKey, cause).with_remedy(remedy))
}
