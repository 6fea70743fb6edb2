//! Totals that do not add up.

use groundwork_model::evidence::{AlertKind, Reconciliation, Voice};

use super::Found;
use crate::words::{Names, in_words};

/// Returns the totals by those who run the programme, or by nobody known, that are not explained, fell, changed their
/// unit or are contradicted.
pub(super) fn unsound(totals: &[Reconciliation], names: &Names<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for one in totals.iter().filter(|one| one.voice != Voice::Independent) {
        let others = [one.fallen, one.unit_changed, one.contradicted];
        let kinds = [
            (one.unexplained > Some(0), AlertKind::UnexplainedTotal, None),
            (one.fallen.is_some(), AlertKind::TotalFell, others[0]),
            (one.unit_changed.is_some(), AlertKind::UnitChanged, others[1]),
            (one.contradicted.is_some(), AlertKind::Contradiction, others[2]),
        ];
        for (_, kind, other) in kinds.into_iter().filter(|(holds, ..)| *holds) {
            let lines = in_words(one, names);
            let said = match kind {
                AlertKind::UnexplainedTotal => &lines[1..lines.len().min(3)],
                _ => &[],
            };
            let word = match kind {
                AlertKind::TotalFell => "Fewer than",
                AlertKind::UnitChanged => "The unit changed",
                _ => "Contradicted",
            };
            let told = lines.iter().filter(|line| !said.is_empty() || line.starts_with(word));
            let said: Vec<&str> = if said.is_empty() {
                told.map(String::as_str).collect()
            } else {
                said.iter().map(String::as_str).collect()
            };
            found.push(Found {
                kind,
                key: format!("total {}", one.entry),
                day: one.day,
                batch: one.batches.join("+"),
                text: format!("{} {}", lines[0], said.join(" ")),
                facilities: match kind {
                    AlertKind::UnexplainedTotal => one.rest_facilities.clone(),
                    _ => Vec::new(),
                },
                entries: std::iter::once(one.entry).chain(other.map(|other| other.entry)).collect(),
            });
        }
    }
    found
}
