//! Promises that were missed, passed in silence, or set again.

use std::collections::BTreeMap;

use groundwork_model::evidence::{
    AlertKind, CountUnit, PromiseScore, Schedule, Stage, Subject, Total, TotalKind,
};
use groundwork_model::words::{counted, thousands};
use jiff::civil::Date;

use super::{Found, days};
use crate::promises::Promise;
use crate::words::{reached, units};
use crate::world::World;

/// Returns the promises that were not reached by the day on which they fell due.
pub(super) fn missed(world: &World<'_>, promises: &[Promise]) -> Vec<Found> {
    let mut found = Vec::new();
    for promise in promises {
        let score = &promise.score;
        let (Schedule::Late, Some(due)) = (score.claimed.schedule, score.due) else { continue };
        found.push(Found {
            kind: AlertKind::BrokenMilestone,
            key: score.id.clone(),
            day: due,
            batch: score.batch.clone(),
            text: text(score, due),
            facilities: Vec::new(),
            entries: score.entry.into_iter().chain(score.claimed.entries.iter().copied()).collect(),
        });
        let waited = days(due, world.as_of) > i64::from(world.snapshot.rules.report_days);
        if score.claimed.day.is_none() && waited && !heard_since(world, promise, due) {
            let quiet = counted(days(due, world.as_of), "day");
            found.push(Found {
                kind: AlertKind::MilestoneSilence,
                key: score.id.clone(),
                day: due,
                batch: score.batch.clone(),
                text: format!(
                    "{} passed, and nothing was said of it in the {quiet} since.",
                    promised(score, due)
                ),
                facilities: Vec::new(),
                entries: score.entry.into_iter().collect(),
            });
        }
    }
    found
}

fn text(score: &PromiseScore, due: Date) -> String {
    let words =
        if score.words.is_empty() { String::new() } else { format!(" (\"{}\")", score.words) };
    let by = |number: Option<u64>| thousands(number.unwrap_or(0));
    let mut text = format!(
        "{}{words}: by then claimed {}, verified {}",
        promised(score, due),
        by(score.claimed.by_due),
        by(score.verified.by_due)
    );
    match score.claimed.day {
        Some(day) => text.push_str(&format!(
            "; claimed of all on {day}, {} late",
            counted(days(due, day), "day")
        )),
        None if score.claimed.count == score.claimed.by_due => {}
        None => text.push_str(&format!("; claimed {} up to now", by(score.claimed.count))),
    }
    text + "."
}

fn promised(score: &PromiseScore, due: Date) -> String {
    let of = [score.batch.as_str(), score.kind.as_str()].join(" ");
    let of = if of.trim().is_empty() { String::new() } else { format!(" of {}", of.trim()) };
    format!("{}{of} promised {} by {due}", units(score.count, score.unit), reached(score.stage))
}

/// Returns whether anything was heard of what a promise speaks of after it fell due.
fn heard_since(world: &World<'_>, promise: &Promise, due: Date) -> bool {
    let covered = world.covered(&promise.cover);
    let totals = world.snapshot.totals.iter().filter(|total| total.what == TotalKind::Count);
    covered.iter().any(|at| world.facility(*at).last_heard > due)
        || totals.filter(|total| total.published > due).any(|total| {
            let batches = world.batches(&total.subject.batch);
            batches.is_empty()
                || promise.cover.batches.is_empty()
                || batches.iter().any(|batch| promise.cover.batches.contains(batch))
        })
}

/// Returns the targets and deadlines that were set again with another number or day; the first is kept beside.
pub(super) fn drifted(world: &World<'_>) -> Vec<Found> {
    let mut series: BTreeMap<(&Subject, TotalKind, Stage, CountUnit), Vec<&Total>> =
        BTreeMap::new();
    for total in world.snapshot.totals.iter().filter(|total| total.what != TotalKind::Count) {
        let key = (&*total.subject, total.what, total.stage, total.unit);
        series.entry(key).or_default().push(total);
    }
    let mut found = Vec::new();
    for ((subject, what, stage, _), mut totals) in series {
        totals.sort_by_key(|total| (total.published, total.entry));
        let first = totals[0];
        let mut last = first;
        for total in &totals[1..] {
            if (total.number, total.day) == (last.number, last.day) {
                continue;
            }
            found.push(Found {
                kind: AlertKind::TargetDrifted,
                key: total.entry.to_string(),
                day: total.published,
                batch: subject.batch.clone(),
                text: drift(first, last, total, what, stage),
                facilities: Vec::new(),
                entries: vec![first.entry, total.entry],
            });
            last = total;
        }
    }
    found
}

fn drift(first: &Total, last: &Total, total: &Total, what: TotalKind, stage: Stage) -> String {
    let told = |total: &Total| {
        let number = total.number.map(|number| units(number, total.unit) + " ");
        let day = total.day.map_or_else(|| "without a date".to_owned(), |day| format!("by {day}"));
        format!("{}{} {day}", number.unwrap_or_default(), reached(stage))
    };
    let word = if what == TotalKind::Target { "target" } else { "deadline" };
    let of = match (total.subject.id.as_str(), total.subject.batch.as_str()) {
        ("", "") => String::new(),
        ("", batch) => format!(" of {batch}"),
        (id, _) => format!(" of {id}"),
    };
    let between = if last.entry == first.entry {
        String::new()
    } else {
        format!(", then {} (entry {})", told(last), last.entry)
    };
    format!(
        "The {word}{of} was first {} (entry {}, {}){between}, and is {} since {} (entry {}).",
        told(first),
        first.entry,
        first.published,
        told(total),
        total.published,
        total.entry
    )
}
