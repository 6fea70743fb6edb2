//! Totals that do not add up.

use groundwork_model::evidence::{AlertKind, EarlierTotal, Reconciliation, Voice};
use groundwork_model::words::thousands;

use super::Found;
use crate::words::{amount, of_batches, reached, units};

/// Returns the totals by those who run the programme, or by nobody known, that are not explained, fell, changed their
/// unit or are contradicted.
pub(super) fn unsound(totals: &[Reconciliation]) -> Vec<Found> {
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
            let text = match (kind, other) {
                (AlertKind::TotalFell, Some(before)) => {
                    format!("{}: fewer than {}.", head(one), told(&before))
                }
                (AlertKind::UnitChanged, Some(before)) => {
                    format!(
                        "{}: the total before it is {}. The two are not compared.",
                        head(one),
                        told(&before)
                    )
                }
                (AlertKind::Contradiction, Some(after)) => {
                    format!("{}: somebody independent counts {}.", head(one), told(&after))
                }
                _ => unexplained(one),
            };
            found.push(Found {
                kind,
                key: format!("total {}", one.entry),
                day: one.day,
                batch: one.batches.join("+"),
                text,
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

fn head(one: &Reconciliation) -> String {
    format!(
        "{} {}{} said on {} (entry {})",
        amount(one.number, one.bound, one.unit),
        reached(one.stage),
        of_batches(&one.batches),
        one.day,
        one.entry
    )
}

fn told(other: &EarlierTotal) -> String {
    format!("{} (entry {}, {})", units(other.number, other.unit), other.entry, other.day)
}

fn unexplained(one: &Reconciliation) -> String {
    let number = |number: Option<u64>| thousands(number.unwrap_or(0));
    format!(
        "{}: {} named at that stage by then, {} at a later one, {} not explained.",
        head(one),
        number(one.matched),
        number(one.further),
        number(one.unexplained)
    )
}
