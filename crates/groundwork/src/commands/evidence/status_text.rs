//! A scorecard in the terminal.

use groundwork_model::evidence::{
    Alert, AlertKind, EvidenceRules, Reconciliation, Scorecard, Series, SeriesPoint, Voice,
};
use groundwork_monitor::{Names, in_words, reached};
use jiff::civil::Date;

use super::lines::{indented, wrapped};
use super::status_groups::{batches, table};
use crate::cli::GroupName;
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Days of the series that the screen shows.
const POINTS: usize = 6;

/// Totals that the screen sets against names: the last ones.
const TOTALS: usize = 3;

/// Series that the screen shows.
const SERIES: usize = 2;

/// Alerts of one kind, and in all, that the screen shows.
const ALERTS: [usize; 2] = [3, 10];

/// Returns what to print about a scorecard.
pub(super) fn text(card: &Scorecard, names: &Names<'_>, by: GroupName) -> String {
    let mut text = headline(card);
    match by {
        GroupName::Batch => text.push_str(&batches(card)),
        GroupName::Kind => text.push_str(&table(&card.kinds, "kind")),
        GroupName::Province => text.push_str(&table(&card.provinces, "province")),
    }
    if by == GroupName::Batch {
        text.push_str(&over_time(&card.series));
        text.push_str(&totals(&card.reconciliations, names));
        text.push_str(&alerts(&card.alerts));
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn headline(card: &Scorecard) -> String {
    let recorded = card.times.recorded_by.map_or_else(String::new, |until| {
        let time = jiff::Timestamp::from_microsecond(until);
        time.map_or_else(|_| String::new(), |time| format!(" and recorded by {time}"))
    });
    let withdrawn = match card.withdrawn {
        0 => String::new(),
        number => format!(", {} withdrawn", thousands(number)),
    };
    let hash: String = card.root.hash.chars().take(12).collect();
    format!(
        "{}\n\
         As of {}, from what was published by {}{recorded}\n\
         {} of {} counted{withdrawn}; root {hash}...\n{}",
        card.programme,
        card.times.as_of,
        card.times.known_by,
        thousands(card.counted),
        count(usize::try_from(card.root.entries).unwrap_or(usize::MAX), "entry"),
        rules(&card.rules),
    )
}

/// Returns the rules behind "verified" and "operating" in a line.
pub(super) fn rules(rules: &EvidenceRules) -> String {
    let sources = match rules.origins {
        1 => "1 independent source".to_owned(),
        more => format!("{more} independent origins"),
    };
    format!(
        "Verified: seen by {sources} of grade {} or better. Operating is known for {}.\n",
        rules.least_grade,
        count(rules.operating_days as usize, "day"),
    )
}

/// Shows the series of all batches together, or of the only one, at the last day of each of the last quarters. Series in
/// which nothing has happened yet are left out.
fn over_time(series: &[Series]) -> String {
    let same = |a: &Series, b: &Series| (&a.kind, a.stage, a.unit) == (&b.kind, b.stage, b.unit);
    let first = |at: &usize| !series[..*at].iter().any(|before| same(before, &series[*at]));
    let moves = |one: &&Series| one.points.iter().any(|p| p.promised + p.claimed + p.verified > 0);
    let chosen = (0..series.len()).filter(first).map(|at| &series[at]).filter(moves);
    let mut text = String::new();
    for one in chosen.take(SERIES) {
        let mut table =
            plain_table(&["day", "promised", "claimed", "verified", "late", "not verified"]);
        for point in quarters(&one.points) {
            table.add_row([
                point.day.to_string(),
                thousands(point.promised),
                thousands(point.claimed),
                thousands(point.verified),
                thousands(point.late),
                thousands(point.late_unverified),
            ]);
        }
        align(&mut table, 1);
        let batch = if one.batch.is_empty() { "all batches" } else { &one.batch };
        let of = if one.kind.is_empty() { String::new() } else { format!(", {}", one.kind) };
        text.push_str(&format!(
            "\nOver time: {} {}{of} ({batch}); late: promised by then and not claimed\n{table}\n",
            one.unit.name(),
            reached(one.stage)
        ));
    }
    text
}

/// Returns what the series says at the end of the last quarters in which it changes, and at its last day.
fn quarters(points: &[SeriesPoint]) -> Vec<&SeriesPoint> {
    let quarter = |day: Date| (day.year(), (day.month() - 1) / 3);
    let mut chosen: Vec<&SeriesPoint> = Vec::new();
    for point in points {
        if chosen.last().is_some_and(|last| quarter(last.day) == quarter(point.day)) {
            chosen.pop();
        }
        chosen.push(point);
    }
    let from = chosen.len().saturating_sub(POINTS);
    chosen.split_off(from)
}

/// Shows the last claimed totals that do not add up against those that are named; where all do, the last.
fn totals(all: &[Reconciliation], names: &Names<'_>) -> String {
    let mut claimed: Vec<&Reconciliation> =
        all.iter().filter(|one| one.voice != Voice::Independent && one.number.is_some()).collect();
    claimed.sort_by_key(|one| (one.day, one.entry));
    let odd = |one: &&Reconciliation| {
        one.unexplained > Some(0)
            || one.unit_changed.is_some()
            || one.fallen.is_some()
            || one.contradicted.is_some()
    };
    let mut chosen: Vec<&Reconciliation> =
        claimed.iter().copied().rev().filter(odd).take(TOTALS).collect();
    if chosen.is_empty() {
        chosen.extend(claimed.last());
    }
    if chosen.is_empty() {
        return String::new();
    }
    let more = match claimed.len() - chosen.len() {
        0 => String::new(),
        more => format!(" (--json has {} more)", thousands(more as i128)),
    };
    let mut text = format!("\nClaimed totals against names{more}\n");
    for one in chosen.into_iter().rev() {
        let lines = in_words(one, names);
        text.push_str(&wrapped(&lines[0], "  ", "    "));
        text.push_str(&wrapped(&lines[1..].join(" "), "    ", "    "));
    }
    text
}

fn alerts(all: &[Alert]) -> String {
    if all.is_empty() {
        return "\nNo alerts\n".to_owned();
    }
    let mut text = format!("\n{}, the gravest first\n", count(all.len(), "alert"));
    let (mut kind, mut of_kind, mut shown): (Option<AlertKind>, usize, usize) = (None, 0, 0);
    for alert in all {
        of_kind = if kind == Some(alert.kind) { of_kind + 1 } else { 1 };
        kind = Some(alert.kind);
        if of_kind > ALERTS[0] || shown == ALERTS[1] {
            continue;
        }
        shown += 1;
        let line = format!("{} ({}): {}", alert.kind.words(), alert.day, alert.text);
        text.push_str(&wrapped(&line, "  ", "    "));
    }
    if shown < all.len() {
        text.push_str(&indented(&format!(
            "and {} more; --json lists all, --since DAY what is new",
            thousands((all.len() - shown) as i128)
        )));
    }
    text
}
