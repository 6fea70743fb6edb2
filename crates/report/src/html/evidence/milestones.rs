//! What was promised, in its own words, and how far it is kept: by what is claimed, and by what is verified.

use groundwork_model::evidence::words::reached;
use groundwork_model::evidence::{PromiseScore, Reached, Schedule};

use super::scorecard::of_unit;
use super::{Evidence, table};
use crate::escape::{markup, web_address};
use crate::number::whole;

/// Promises that the page lists.
const ROWS: usize = 200;
/// Entries that it lists behind one of them.
const ENTRIES: usize = 40;

/// Returns the part of the scorecard; nothing where nothing was promised.
pub(super) fn part(of: &Evidence) -> String {
    if of.card.promises.is_empty() {
        return "<p class=\"note\">Nothing was promised: programme.toml has no milestones, and the ledger no targets.</p>"
            .to_owned();
    }
    let rows: String = of.card.promises.iter().take(ROWS).map(|promise| row(of, promise)).collect();
    let more = match of.card.promises.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let heads = ["Promise", "Due", "By what is claimed", "By what is verified"];
    let caption = "Every promise, in its own words, and how far it is kept";
    format!(
        "<h3 id=\"milestones\">Promises and their days</h3>{}{more}",
        table("milestones-table", caption, &heads, &rows)
    )
}

fn row(of: &Evidence, promise: &PromiseScore) -> String {
    let group = [promise.batch.as_str(), promise.kind.as_str()].join(" ");
    let group = match group.trim() {
        "" => String::new(),
        group => format!(" of {group}"),
    };
    let words = match promise.words.as_str() {
        "" => String::new(),
        words => format!("<span class=\"under\">\u{201c}{}\u{201d}</span>", markup(words)),
    };
    format!(
        "<tr><th scope=\"row\">{}{words}<span class=\"under\">{}</span></th><td class=\"day\">{}</td>{}{}</tr>",
        markup(&format!("{}{group} {}", of_unit(promise), reached(promise.stage))),
        from(of, promise),
        promise.due.map_or_else(|| "no date".to_owned(), |due| due.to_string()),
        side(of, promise, &promise.claimed),
        side(of, promise, &promise.verified),
    )
}

/// Says where a promise stands written: in the programme, with its source, or in an entry.
fn from(of: &Evidence, promise: &PromiseScore) -> String {
    if let Some(entry) = promise.entry {
        return format!("a target of the ledger, entry {}", of.number(entry));
    }
    let milestones = of.programme.settings.promised();
    let source = milestones.iter().find(|one| one.id == promise.id).map_or("", |one| &one.source);
    let source = match web_address(source.trim()) {
        Some(address) => {
            let host = address.split('/').nth(2).unwrap_or(address);
            format!(
                ", source <a rel=\"noreferrer noopener\" href=\"{}\">{}</a>",
                markup(address),
                markup(host)
            )
        }
        None if source.trim().is_empty() => String::new(),
        None => format!(", source: {}", markup(source.trim())),
    };
    format!("milestone {}{source}", markup(&promise.id))
}

fn side(of: &Evidence, promise: &PromiseScore, side: &Reached) -> String {
    let class = match side.schedule {
        Schedule::Late => "late",
        Schedule::Early | Schedule::OnTime => "kept",
        Schedule::NotDue | Schedule::Unknown => "open",
    };
    let entries = match side.entries.len() {
        0 => String::new(),
        _ => format!("<span class=\"under\">{}</span>", of.numbers(&side.entries, ENTRIES)),
    };
    format!(
        "<td><span class=\"schedule {class}\">{}</span> {}{entries}</td>",
        side.schedule.words(),
        markup(&promise.kept(side))
    )
}
