//! What lies ahead: meetings, ends of cycles and milestones with what is due by them; and what each cycle came to.

use groundwork_model::evidence::words::reached;
use groundwork_model::evidence::{Certainty, CycleRow, CycleScore, DueBy, Event, EventDate};

use super::{Evidence, folded, table};
use crate::escape::{markup, web_address};
use crate::html::section as wrap_section;
use crate::number::{plural, whole};

/// Events or cycles of one table, and promises that one event lists.
const ROWS: usize = 60;
const DUE: usize = 6;

/// Returns the section; nothing where the programme has neither meetings nor cycles nor milestones.
pub(super) fn section(of: &Evidence) -> String {
    let Some(agenda) = of.input.agenda else { return String::new() };
    let to_come = |event: &&Event| event.days_left.is_none_or(|[_, last]| last >= 0);
    let (ahead, past): (Vec<&Event>, Vec<&Event>) = agenda.events.iter().partition(to_come);
    if agenda.events.is_empty() && agenda.cycles.is_empty() {
        return String::new();
    }
    let coming = match ahead.is_empty() {
        true => "<p>Nothing lies ahead of the day looked at.</p>".to_owned(),
        false => events(of, "Days to come, and what is due by them", &ahead),
    };
    let past = match past.is_empty() {
        true => String::new(),
        false => folded("Days that are past", &events(of, "Days that are past", &past)),
    };
    wrap_section("agenda", "What lies ahead", &[coming, past, cycles(&agenda.cycles)].concat())
}

fn events(of: &Evidence, caption: &str, events: &[&Event]) -> String {
    let rows: String = events.iter().take(ROWS).map(|event| row(of, event)).collect();
    let heads = ["Day", "What", "Moved", "Due by then, and not claimed to be kept"];
    table("agenda-table", caption, &heads, &rows) + &more(events.len())
}

/// Says how many of a list a table of the section leaves out.
fn more(all: usize) -> String {
    match all.saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    }
}

fn row(of: &Evidence, event: &Event) -> String {
    let left = match event.days_left {
        Some([_, 0]) => "<span class=\"under\">that day</span>".to_owned(),
        Some([_, last]) => {
            let number = last.unsigned_abs();
            let word = if last > 0 { "to go" } else { "ago" };
            format!(
                "<span class=\"under\">{} {} {word}</span>",
                whole(number),
                plural(number, "day", "days")
            )
        }
        None => String::new(),
    };
    let due: Vec<String> = event.due.iter().take(DUE).map(due).collect();
    let more = match event.due.len().saturating_sub(DUE) {
        0 => String::new(),
        more => format!("<br>and {} more", whole(more as u64)),
    };
    format!(
        "<tr><th scope=\"row\" class=\"day\">{}{left}</th><td>{}: {}{}</td><td>{}</td><td>{}{more}</td></tr>",
        markup(&event.date.meant()),
        event.what.words(),
        markup(&event.name),
        said(of, &event.date),
        moved(of, event),
        due.join("<br>"),
    )
}

fn due(due: &DueBy) -> String {
    let number = |number: Option<u64>| number.map_or_else(|| "not counted".to_owned(), whole);
    markup(&format!(
        "{}: claimed {}, verified {}",
        due.words,
        number(due.claimed),
        number(due.verified)
    ))
}

/// Says how sure a date is, in which words it was named, and where.
fn said(of: &Evidence, date: &EventDate) -> String {
    let mut parts = Vec::new();
    parts.extend(date.certainty.map(|certainty| sure(certainty).to_owned()));
    if !date.words.is_empty() {
        parts.push(format!("\u{201c}{}\u{201d}", markup(&date.words)));
    }
    parts.extend(date.entry.map(|entry| format!("entry {}", of.number(entry))));
    if let Some(address) = web_address(date.source.trim()) {
        let host = address.split('/').nth(2).unwrap_or(address);
        parts.push(format!(
            "<a rel=\"noreferrer noopener\" href=\"{}\">{}</a>",
            markup(address),
            markup(host)
        ));
    }
    match parts.is_empty() {
        true => String::new(),
        false => format!("<span class=\"under\">{}</span>", parts.join(" \u{b7} ")),
    }
}

const fn sure(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Fixed => "fixed",
        Certainty::Expected => "expected",
        Certainty::Rumoured => "rumoured",
    }
}

/// Says how a date moved since it was first said.
fn moved(of: &Evidence, event: &Event) -> String {
    let Some(first) = &event.first else { return String::new() };
    let drift = match event.drift_days {
        None => "its last day cannot be compared".to_owned(),
        Some(0) => "the same last day".to_owned(),
        Some(days) => {
            let number = days.unsigned_abs();
            let word = if days > 0 { "later" } else { "earlier" };
            format!("{} {} {word}", whole(number), plural(number, "day", "days"))
        }
    };
    format!("{drift}; first said: {}{}", markup(&first.written), said(of, first))
}

/// Returns what each cycle came to; nothing where there is none.
fn cycles(cycles: &[CycleScore]) -> String {
    if cycles.is_empty() {
        return String::new();
    }
    let rows: String = cycles.iter().take(ROWS).map(cycle).collect();
    let heads = ["Cycle", "Asked", "In all", "Due so far", "Claimed", "Verified", "Late"];
    let caption = "Each cycle by its own targets and by the milestones that fall due in it";
    let more = more(cycles.len());
    format!("<h3>Cycles</h3>{}{more}", table("cycles-table", caption, &heads, &rows))
}

fn cycle(cycle: &CycleScore) -> String {
    let state = if cycle.ended { "ended" } else { "runs" };
    let head = format!(
        "<th scope=\"row\">{}<span class=\"under\">{} to {}, {state}; as of {}</span></th>",
        markup(&cycle.name),
        cycle.from,
        cycle.to,
        cycle.at
    );
    if cycle.rows.is_empty() {
        return format!("<tr>{head}<td colspan=\"6\">nothing was promised in it</td></tr>");
    }
    cycle.rows.iter().map(|row| format!("<tr>{head}{}</tr>", cycle_row(row))).collect()
}

fn cycle_row(row: &CycleRow) -> String {
    let by = if row.target { "target" } else { "milestones" };
    let kind = if row.kind.is_empty() { String::new() } else { format!(" with {}", row.kind) };
    let number = |number: Option<u64>| number.map_or_else(|| "not counted".to_owned(), whole);
    format!(
        "<td>{by}: {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}<span class=\"under\">{} not verified</span></td>",
        markup(&format!("{}{kind} {}", row.unit.name(), reached(row.stage))),
        whole(row.promised),
        whole(row.due),
        number(row.claimed),
        number(row.verified),
        whole(row.late),
        whole(row.late_unverified)
    )
}
