//! Rules about what was promised by when: milestones, cycles and their meetings.

use std::collections::{HashMap, HashSet};

use super::of_key;
use crate::evidence::{Cycle, MilestoneRule};
use crate::problem::{Code, Problem};
use crate::programme::{Programme, Settings};

/// E244: two of the milestones, targets, cycles and meetings have the same id.
pub(super) fn ids_are_unique(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut faults = Vec::new();
    let mut note = |id: String, what: &'static str, key: String| match seen.get(&id) {
        Some(first) => {
            let cause = format!("`{id}` is the id of a {first} already");
            faults.push(of_key(Code::DuplicateMilestone, key, cause));
        }
        None => {
            seen.insert(id, what);
        }
    };
    let written: HashSet<&str> = settings
        .milestones
        .iter()
        .filter(|rule| rule.each.is_none())
        .map(|rule| rule.id.as_str())
        .collect();
    for (index, rule) in settings.milestones.iter().enumerate() {
        let key = format!("milestones[{}].id", index + 1);
        for milestone in rule.written_out(settings) {
            // One that is written by itself stands in the place of one of each.
            if rule.each.is_none() || !written.contains(milestone.id.as_str()) {
                note(milestone.id, "milestone", key.clone());
            }
        }
    }
    for (index, cycle) in settings.cycles.iter().enumerate() {
        let of = format!("cycles[{}]", index + 1);
        note(cycle.id.clone(), "cycle", format!("{of}.id"));
        for (number, target) in (1..).zip(cycle.promised(settings)) {
            note(target.id, "milestone", format!("{of}.targets[{number}].id"));
        }
        for (number, meeting) in (1..).zip(&cycle.meetings) {
            note(meeting.id.clone(), "meeting", format!("{of}.meetings[{number}].id"));
        }
    }
    faults.dedup_by(|a, b| a.column == b.column && a.cause == b.cause);
    faults
}

/// E243: braces that stand for nothing, because the milestone is not one of `each`, or no such braces are.
pub(super) fn braces_stand_for_something(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    for (index, rule) in settings.milestones.iter().enumerate() {
        let Some(first) = rule.written_out(settings).into_iter().next() else { continue };
        let due = first.due.is_unknown() && rule.due != "unknown";
        let left = |text: &str| text.contains(['{', '}']);
        let odd = [("id", left(&first.id)), ("batch", left(&first.batch)), ("due", due)];
        for (name, _) in odd.into_iter().filter(|(_, odd)| *odd) {
            faults.push(of_key(
                Code::TextUnfit,
                format!("milestones[{}].{name}", index + 1),
                cause_of_braces(rule),
            ));
        }
    }
    faults
}

fn cause_of_braces(rule: &MilestoneRule) -> String {
    let known = "{year}, {last} and {period}";
    match rule.each {
        None => {
            format!("{known} stand for something only beside each = \"period\" or each = \"year\"")
        }
        Some(_) => format!("only {known} stand for something"),
    }
}

/// E245: a cycle has no first or no last day.
pub(super) fn cycles_have_both_ends(programme: &Programme) -> Vec<Problem> {
    each_cycle(&programme.settings, |cycle| {
        let open = cycle.span.earliest.is_none() || cycle.span.latest.is_none();
        open.then(|| {
            let cause = format!("`{}` has no first or no last day", cycle.span);
            (Code::CycleOpen, "span", cause)
        })
    })
}

/// E246: two cycles share days, so that it is not clear to which a period belongs.
pub(super) fn cycles_do_not_overlap(programme: &Programme) -> Vec<Problem> {
    let cycles = &programme.settings.cycles;
    let both = |cycle: &Cycle| cycle.span.earliest.zip(cycle.span.latest);
    let mut faults = Vec::new();
    for (index, cycle) in cycles.iter().enumerate() {
        let Some((first, last)) = both(cycle) else { continue };
        let before = cycles[..index]
            .iter()
            .find(|other| both(other).is_some_and(|(from, to)| from <= last && first <= to));
        if let Some(before) = before {
            let cause =
                format!("{} shares days with {} of `{}`", cycle.span, before.span, before.id);
            faults.push(of_key(Code::CyclesOverlap, format!("cycles[{}].span", index + 1), cause));
        }
    }
    faults
}

/// E247: no period of the programme begins in a cycle.
pub(super) fn cycles_hold_periods(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    each_cycle(settings, |cycle| {
        let ends = cycle.span.earliest.is_some() && cycle.span.latest.is_some();
        let outside = ends && cycle.periods(settings).is_empty();
        outside.then(|| {
            let (first, last) =
                (settings.periods.label(1), settings.periods.label(settings.periods.count));
            let cause =
                format!("no period begins in {}: they are labelled {first} to {last}", cycle.span);
            (Code::CycleOutsidePeriods, "span", cause)
        })
    })
}

/// W606: a meeting lies before its cycle, or more than a year behind it.
pub(super) fn meetings_are_near_their_cycle(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, cycle) in programme.settings.cycles.iter().enumerate() {
        let (Some(first), Some(last)) = (cycle.span.earliest, cycle.span.latest) else { continue };
        let until = last.saturating_add(jiff::Span::new().years(1));
        for (number, meeting) in (1..).zip(&cycle.meetings) {
            let date = &meeting.date;
            let early = date.latest.is_some_and(|day| day < first);
            let late = date.earliest.is_some_and(|day| day > until);
            if early || late {
                let side = if early {
                    "before the cycle begins"
                } else {
                    "more than a year after the cycle ends"
                };
                let cause = format!("{date} lies {side} ({})", cycle.span);
                let key = format!("cycles[{}].meetings[{number}].date", index + 1);
                faults.push(of_key(Code::MeetingOutsideCycle, key, cause));
            }
        }
    }
    faults
}

fn each_cycle(
    settings: &Settings,
    fault: impl Fn(&Cycle) -> Option<(Code, &'static str, String)>,
) -> Vec<Problem> {
    let listed = settings.cycles.iter().enumerate();
    let found = listed.filter_map(|(index, cycle)| {
        let (code, name, cause) = fault(cycle)?;
        Some(of_key(code, format!("cycles[{}].{name}", index + 1), cause))
    });
    found.collect()
}
