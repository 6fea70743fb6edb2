//! What lies ahead and what cycles came to, in the terminal.

use groundwork_model::evidence::{
    Agenda, Certainty, CycleScore, DueBy, Event, EventDate, EventKind,
};
use groundwork_monitor::reached;
use jiff::civil::Date;

use super::lines::{indented, wrapped};
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Meetings and ends of cycles to come that the screen shows.
const AHEAD: usize = 5;

/// Promises that are listed as due by an event.
const DUE: usize = 3;

/// Returns what lies ahead, and a table of all cycles; nothing where the programme has neither.
pub(super) fn text(agenda: &Agenda) -> String {
    let text = ahead(&agenda.events) + &cycles(&agenda.cycles);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Shows meetings and ends of cycles that are not past, and the next milestone.
fn ahead(events: &[Event]) -> String {
    let to_come = |event: &&Event| event.days_left.is_none_or(|[_, last]| last >= 0);
    let of = |milestone: bool| {
        let kind = move |event: &&Event| (event.what == EventKind::Milestone) == milestone;
        events.iter().filter(kind).filter(to_come)
    };
    let mut shown: Vec<&Event> = of(false).take(AHEAD).collect();
    // A milestone without a date lies nowhere.
    shown.extend(of(true).find(|event| event.days_left.is_some()));
    if shown.is_empty() {
        return String::new();
    }
    shown.sort_by_key(|event| event.date.latest.unwrap_or(Date::MAX));
    let mut text = "\nAhead\n".to_owned();
    let mut told = None;
    for event in shown {
        text.push_str(&lines(event, told));
        told = event.date.latest.or(told);
    }
    let hidden = of(false).count().saturating_sub(AHEAD);
    if hidden > 0 {
        let more = match hidden {
            1 => "1 more meeting or end of a cycle".to_owned(),
            more => format!("{} more meetings and ends of cycles", thousands(more as u64)),
        };
        text.push_str(&indented(&format!("and {more}; --json has all")));
    }
    text
}

/// Returns an event in lines: its date with how sure it is, how long it is to go, how it moved, and what is due by it; of
/// that only what is due after a day up to which it was told.
pub(super) fn lines(event: &Event, told: Option<Date>) -> String {
    let name = if event.name == event.id {
        event.id.clone()
    } else {
        format!("{} [{}]", event.name, event.id)
    };
    let date = match (event.what, event.date.latest) {
        (EventKind::CycleEnd, Some(last)) => last.to_string(),
        _ => sure(&event.date),
    };
    let head = format!("{date}: {} {name}{}", event.what.words(), left(event));
    let mut text = wrapped(&head, "  ", "    ");
    for line in notes(event) {
        text.push_str(&wrapped(&line, "    ", "      "));
    }
    let (before, new): (Vec<&DueBy>, Vec<&DueBy>) =
        event.due.iter().partition(|due| told.is_some_and(|told| due.day <= told));
    if !new.is_empty() {
        text.push_str(&wrapped(&due(&new, before.len()), "    ", "      "));
    }
    text
}

/// Returns what is to be known of an event's date: its words, which day is meant, and how it moved.
pub(super) fn notes(event: &Event) -> Vec<String> {
    let mut notes = Vec::new();
    let date = &event.date;
    if !date.words.is_empty() {
        notes.push(format!("\"{}\"{}", date.words, from(date)));
    } else if date.entry.is_some() {
        notes.push(format!("said{}", from(date)));
    }
    let meant = date.meant();
    if Some(&meant) != date.latest.map(|day| day.to_string()).as_ref()
        && event.what != EventKind::CycleEnd
    {
        notes.push(meant);
    }
    if let Some(first) = &event.first {
        let words =
            if first.words.is_empty() { String::new() } else { format!(", \"{}\"", first.words) };
        let drift = match event.drift_days {
            Some(0) => "the same last day".to_owned(),
            Some(days) if days > 0 => format!("{} later now", days_of(days)),
            Some(days) => format!("{} earlier now", days_of(-days)),
            None => "its last day cannot be compared".to_owned(),
        };
        let times = if event.moved > 1 {
            format!(", said anew {} times", event.moved)
        } else {
            String::new()
        };
        notes.push(format!("first said: {}{words}{}; {drift}{times}", sure(first), from(first)));
    }
    notes
}

fn from(date: &EventDate) -> String {
    let entry = date.entry.map(|entry| format!("entry {entry}"));
    let day = date.published.map(|day| format!("published {day}"));
    let parts: Vec<String> = entry.into_iter().chain(day).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn sure(date: &EventDate) -> String {
    let word = match date.certainty {
        Some(Certainty::Fixed) => " (fixed)",
        Some(Certainty::Expected) => " (expected)",
        Some(Certainty::Rumoured) => " (rumoured)",
        None => "",
    };
    format!("{}{word}", date.written)
}

fn left(event: &Event) -> String {
    match event.days_left {
        None => String::new(),
        Some([first, last]) if first == last && last == 0 => ", today".to_owned(),
        Some([first, last]) if first == last && last < 0 => format!(", {} ago", days_of(-last)),
        Some([first, last]) if first == last => format!(", in {}", days_of(last)),
        Some([first, 0]) if first < 0 => ", at the latest today".to_owned(),
        Some([first, last]) if first <= 0 && last >= 0 => {
            format!(", at the latest in {}", days_of(last))
        }
        Some([first, last]) if last < 0 => format!(", {} to {} ago", -last, days_of(-first)),
        Some([first, last]) => format!(", in {first} to {}", days_of(last)),
    }
}

fn days_of(days: i64) -> String {
    count(usize::try_from(days).unwrap_or(usize::MAX), "day")
}

/// Lists the promises that are due; those that fall due last are those of which the event is about.
fn due(all: &[&DueBy], before: usize) -> String {
    let one = |due: &&DueBy| {
        let number = |side: Option<u64>| side.map_or("not counted".to_owned(), thousands);
        format!(
            "{} ({}; claimed {}, verified {})",
            due.words,
            due.promise,
            number(due.claimed),
            number(due.verified)
        )
    };
    let from = all.len().saturating_sub(DUE);
    let mut listed: Vec<String> = all[from..].iter().map(one).collect();
    if from + before > 0 {
        listed.push(format!("and {} due before these", thousands((from + before) as u64)));
    }
    format!("due by then and not claimed to be kept: {}", listed.join("; "))
}

/// Shows what each cycle came to by its end, or comes to today.
fn cycles(all: &[CycleScore]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = "\nCycles; due: promised by that day; late: due and not claimed\n".to_owned();
    for cycle in all {
        let name = if cycle.name == cycle.id {
            cycle.id.clone()
        } else {
            format!("{} [{}]", cycle.name, cycle.id)
        };
        let at = if cycle.ended {
            format!("at its end, {}", cycle.at)
        } else {
            format!("on {}, it runs to {}", cycle.at, cycle.to)
        };
        text.push_str(&wrapped(&format!("{name}, {at}"), "  ", "    "));
        text.push_str(&rows(cycle));
    }
    text
}

fn rows(cycle: &CycleScore) -> String {
    if cycle.rows.is_empty() {
        return indented("  nothing is promised in it");
    }
    let mut table =
        plain_table(&["what", "promised", "due", "claimed", "verified", "late", "not verified"]);
    for row in &cycle.rows {
        let kind = if row.kind.is_empty() { String::new() } else { format!(", {}", row.kind) };
        let side = if row.target { "target: " } else { "" };
        let number = |side: Option<u64>| side.map_or("-".to_owned(), thousands);
        table.add_row([
            format!("{side}{} {}{kind}", row.unit.name(), reached(row.stage)),
            thousands(row.promised),
            thousands(row.due),
            number(row.claimed),
            number(row.verified),
            thousands(row.late),
            thousands(row.late_unverified),
        ]);
    }
    align(&mut table, 1);
    table.to_string().lines().map(|line| format!("   {line}\n")).collect()
}
