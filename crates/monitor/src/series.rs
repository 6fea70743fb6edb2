//! Promised, claimed, verified and late over time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use groundwork_model::evidence::{CountUnit, Series, SeriesPoint, Stage};
use jiff::civil::Date;

use crate::promises::Promise;
use crate::world::{Reach, Which, World, by};

/// Is one promise with who reached it.
struct Line<'a> {
    promise: &'a Promise,
    claimed: Rc<Vec<Reach>>,
    verified: Rc<Vec<Reach>>,
}

/// Returns the series of each batch to which a stage was promised, and of all batches together where there are
/// several. What was promised is what was promised first: a target that was set again does not hide its delay.
pub(crate) fn series(world: &World<'_>, promises: &[Promise]) -> Vec<Series> {
    let mut first: BTreeMap<(&str, Stage, CountUnit), BTreeMap<&str, Line<'_>>> = BTreeMap::new();
    for promise in promises {
        let score = &promise.score;
        if score.unit == CountUnit::Plants || !promise.cover.place.is_empty() || score.due.is_none()
        {
            continue;
        }
        let list = |which| world.reached(&promise.cover, which, score.unit);
        let batches = first.entry((&score.kind, score.stage, score.unit)).or_default();
        batches.entry(&score.batch).or_insert_with(|| Line {
            promise,
            claimed: list(Which::Claimed(score.stage)),
            verified: list(Which::Verified(score.stage)),
        });
    }
    let mut all = Vec::new();
    for ((kind, stage, unit), batches) in first {
        let of = |batch: &str, lines: &[&Line<'_>]| Series {
            batch: batch.to_owned(),
            kind: kind.to_owned(),
            stage,
            unit,
            points: points(lines, world.as_of),
        };
        if batches.len() > 1 && !batches.contains_key("") {
            all.push(of(
                "",
                &apart(batches.values().collect(), |line| &line.promise.cover.batches),
            ));
        }
        all.extend(batches.iter().map(|(batch, line)| of(batch, &[line])));
    }
    all
}

/// Returns promises that share no batch, so that nothing is counted twice: those of few batches first, one of all batches,
/// which names none, last.
pub(crate) fn apart<T>(mut promises: Vec<T>, batches: impl Fn(&T) -> &Vec<String>) -> Vec<T> {
    promises.sort_by_key(|promise| (batches(promise).is_empty(), batches(promise).len()));
    let mut taken: BTreeSet<String> = BTreeSet::new();
    promises.retain(|promise| {
        let batches = batches(promise);
        let fresh = match batches.is_empty() {
            true => taken.is_empty(),
            false => !batches.iter().any(|batch| taken.contains(batch)),
        };
        taken.extend(batches.iter().filter(|_| fresh).cloned());
        fresh
    });
    promises
}

fn points(lines: &[&Line<'_>], as_of: Date) -> Vec<SeriesPoint> {
    let mut days = BTreeSet::from([as_of]);
    for line in lines {
        days.extend(line.promise.score.due.filter(|due| *due <= as_of));
        days.extend(line.claimed.iter().chain(line.verified.iter()).map(|reach| reach.day));
    }
    days.into_iter().map(|day| point(lines, day)).collect()
}

fn point(lines: &[&Line<'_>], day: Date) -> SeriesPoint {
    let mut point =
        SeriesPoint { day, promised: 0, claimed: 0, verified: 0, late: 0, late_unverified: 0 };
    for line in lines {
        let score = &line.promise.score;
        let promised = if score.due.is_some_and(|due| due <= day) { score.count } else { 0 };
        let [claimed, verified] = [&line.claimed, &line.verified].map(|list| by(list, day));
        point.promised = point.promised.saturating_add(promised);
        point.claimed += claimed;
        point.verified += verified;
        point.late = point.late.saturating_add(promised.saturating_sub(claimed));
        point.late_unverified =
            point.late_unverified.saturating_add(promised.saturating_sub(verified));
    }
    point
}
