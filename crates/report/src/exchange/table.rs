//! Facilities and stages as CSV: one row a facility and stage.

use groundwork_model::evidence::Mark;

use super::{Atlas, Exchanged, due};
use crate::escape::spreadsheet_text;

/// Returns a table with the columns facility, place, name, kind, batch, stage, due, claimed, claimed_entry, verified,
/// verified_entry, denied, denied_entry. Days are ISO dates; what is not known is empty.
#[must_use]
pub fn facilities_csv(of: &Exchanged<'_>) -> Vec<u8> {
    let atlas = Atlas::new(of.programme);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "facility",
        "place",
        "name",
        "kind",
        "batch",
        "stage",
        "due",
        "claimed",
        "claimed_entry",
        "verified",
        "verified_entry",
        "denied",
        "denied_entry",
    ];
    // Writing to memory cannot fail.
    let _ = writer.write_record(head);
    for facility in &of.snapshot.facilities {
        let subject = &facility.subject;
        for state in &facility.stages {
            let mut row: Vec<String> = [
                subject.id.as_str(),
                &subject.place,
                atlas.name(&subject.place).unwrap_or(""),
                &subject.kind,
                &subject.batch,
                state.stage.name(),
            ]
            .into_iter()
            .map(spreadsheet_text)
            .collect();
            row.push(
                due(&atlas, facility, state.stage).map_or_else(String::new, |d| d.to_string()),
            );
            for mark in [state.claimed, state.verified, state.denied] {
                row.extend(of_mark(mark));
            }
            let _ = writer.write_record(&row);
        }
    }
    writer.into_inner().unwrap_or_default()
}

fn of_mark(mark: Option<Mark>) -> [String; 2] {
    mark.map_or_else(Default::default, |mark| [mark.day.to_string(), mark.entry.to_string()])
}
