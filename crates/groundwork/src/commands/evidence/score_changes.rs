//! What changed between two scorecards, in the terminal.

use std::collections::BTreeMap;

use groundwork_model::evidence::{
    Changes, Stage, StageChange, StageChangeKind, Subject, TotalChange,
};
use groundwork_monitor::{Names, amount, reached};

use super::lines::{indented, wrapped};
use crate::figures::thousands;

/// Totals that the screen lists.
const TOTALS: usize = 10;

/// Alerts that the screen lists.
const ALERTS: usize = 10;

/// Returns the changes in lines, each indented by two.
pub(super) fn text(changes: &Changes, names: &Names<'_>) -> String {
    let mut text = stages(&changes.stages, names);
    for total in changes.totals.iter().take(TOTALS) {
        text.push_str(&indented(&total_line(total)));
    }
    text.push_str(&more(changes.totals.len(), TOTALS, "totals"));
    for (alerts, word) in [(&changes.new_alerts, "new"), (&changes.ended_alerts, "no longer so")] {
        for alert in alerts.iter().take(ALERTS) {
            let line = format!("{word}: {} ({}). {}", alert.kind.words(), alert.day, alert.text);
            text.push_str(&wrapped(&line, "  ", "    "));
        }
        text.push_str(&more(alerts.len(), ALERTS, &format!("alerts that are {word}")));
    }
    if text.is_empty() { indented("nothing changed") } else { text }
}

fn more(number: usize, shown: usize, what: &str) -> String {
    match number.saturating_sub(shown) {
        0 => String::new(),
        more => indented(&format!("and {} more {what}; --json lists all", thousands(more as i128))),
    }
}

/// Says what came, went and was dated otherwise of one stage.
#[derive(Default)]
struct Told<'a> {
    came: Vec<&'a Subject>,
    went: Vec<&'a Subject>,
    moved: Vec<&'a Subject>,
}

fn stages(changes: &[StageChange], names: &Names<'_>) -> String {
    let mut told: BTreeMap<(StageChangeKind, Stage), Told<'_>> = BTreeMap::new();
    for change in changes {
        let told = told.entry((change.what, change.stage)).or_default();
        match (change.before, change.after) {
            (None, _) => told.came.push(&change.subject),
            (_, None) => told.went.push(&change.subject),
            _ => told.moved.push(&change.subject),
        }
    }
    let mut text = String::new();
    for ((what, stage), told) in told {
        let word = match what {
            StageChangeKind::Claimed => "claimed",
            StageChangeKind::Verified => "verified",
            StageChangeKind::Denied => "denied",
            StageChangeKind::Lapsed => "not known any more to be",
        };
        let went = if what == StageChangeKind::Lapsed { "" } else { "no longer " };
        let lists =
            [(told.came, ""), (told.went, went), (told.moved, "with another day or entry, ")];
        for (subjects, how) in lists.into_iter().filter(|(subjects, _)| !subjects.is_empty()) {
            let ids: Vec<String> = subjects.iter().map(|subject| subject.id.clone()).collect();
            let line = format!(
                "{how}{word} {}: {} ({})",
                reached(stage),
                thousands(ids.len() as i128),
                names.facilities(&ids)
            );
            text.push_str(&wrapped(&line, "  ", "    "));
        }
    }
    text
}

fn total_line(total: &TotalChange) -> String {
    format!(
        "{}: {} {}, {} (entry {})",
        if total.added { "a total came" } else { "a total counts no more" },
        amount(total.number, total.bound, total.unit),
        reached(total.stage),
        total.day,
        total.entry
    )
}
