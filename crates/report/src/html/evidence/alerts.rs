//! What a reader should look at, the gravest first.

use groundwork_model::evidence::{Alert, AlertKind};

use super::{Evidence, folded};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};
use crate::words::capital;

/// Alerts of one kind, and in all, that stand unfolded.
const UNFOLDED: [usize; 2] = [4, 12];
/// Alerts that the page has at most.
const MOST: usize = 300;
/// Entries and facilities that one alert lists.
const LISTED: usize = 25;

/// Returns the section.
pub(super) fn section(of: &Evidence) -> String {
    let all = &of.card.alerts;
    if all.is_empty() {
        return wrap_section(
            "alerts",
            "Alerts",
            "<p>Nothing to look at by the rules of this programme.</p>",
        );
    }
    let (mut first, mut rest) = (String::new(), String::new());
    let (mut kind, mut of_kind, mut shown): (Option<AlertKind>, usize, usize) = (None, 0, 0);
    for alert in all.iter().take(MOST) {
        of_kind = if kind == Some(alert.kind) { of_kind + 1 } else { 1 };
        kind = Some(alert.kind);
        if of_kind > UNFOLDED[0] || shown == UNFOLDED[1] {
            rest.push_str(&item(of, alert));
        } else {
            shown += 1;
            first.push_str(&item(of, alert));
        }
    }
    let number = all.len() as u64;
    let left_out = match all.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let folded_number = (all.len().min(MOST) - shown) as u64;
    let rest = if rest.is_empty() { rest } else { format!("<ul class=\"alerts\">{rest}</ul>") };
    let summary =
        format!("{} more {}", whole(folded_number), plural(folded_number, "alert", "alerts"));
    let body = format!(
        "<p>{} {}, the gravest first.</p><ul class=\"alerts\">{first}</ul>{}{left_out}",
        whole(number),
        plural(number, "alert", "alerts"),
        folded(&summary, &rest)
    );
    wrap_section("alerts", "Alerts", &body)
}

fn item(of: &Evidence, alert: &Alert) -> String {
    let grave = if alert.kind <= AlertKind::Contradiction { " grave" } else { "" };
    let mut under = Vec::new();
    if !alert.entries.is_empty() {
        under.push(of.numbers(&alert.entries, LISTED));
    }
    if !alert.facilities.is_empty() {
        let link = |id: &String| {
            let key = id.split_once('/').map_or(id.as_str(), |(place, _)| place);
            of.link(key, of.facility_name(id))
        };
        let named: Vec<String> = alert.facilities.iter().take(LISTED).map(link).collect();
        let more = match alert.facilities.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {} more", whole(more as u64)),
        };
        under.push(format!("{}{more}", named.join(", ")));
    }
    let under = match under.is_empty() {
        true => String::new(),
        false => format!("<span class=\"under\">{}</span>", under.join(" \u{b7} ")),
    };
    format!(
        "<li class=\"alert{grave}\"><b>{}</b> <time>{}</time> {}{under}</li>",
        markup(&capital(alert.kind.words())),
        alert.day,
        markup(&alert.text),
    )
}
