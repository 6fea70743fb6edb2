//! Claimed totals that name nobody, set against the facilities that are named.

use std::collections::HashMap;

use groundwork_model::evidence::words::{amount, of_batches, reached, voice};
use groundwork_model::evidence::{FacilityScore, Reconciliation, Stage, Voice};

use super::{Evidence, folded, key_of};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{plural, whole};

/// Totals that stand unfolded, and that the page has at most.
const UNFOLDED: usize = 4;
const MOST: usize = 120;
/// Facilities that one part names.
const NAMED: usize = 150;

/// Returns the section; nothing where no total is claimed or seen.
pub(super) fn section(of: &Evidence) -> String {
    let mut all: Vec<(&Reconciliation, &[String])> = of
        .card
        .reconciliations
        .iter()
        .zip(of.input.reconciled)
        .map(|(one, words)| (one, words.as_slice()))
        .collect();
    if all.is_empty() {
        return String::new();
    }
    all.sort_by_key(|(one, _)| std::cmp::Reverse((one.day, one.entry)));
    let (odd, even): (Vec<_>, Vec<_>) = all.iter().partition(|(one, _)| is_odd(one));
    let marks = marks(of);
    let draw = |list: &[&(&Reconciliation, &[String])]| -> String {
        list.iter().take(MOST).map(|(one, words)| item(of, one, words, &marks)).collect()
    };
    let first = odd.len().min(UNFOLDED);
    let more = |number: usize, what: &str| {
        let number = number as u64;
        format!("{} more {} {what}", whole(number), plural(number, "total", "totals"))
    };
    let explained = format!(
        "<p>A total such as \u{201c}40 places\u{201d} names nobody. Here each is set against the facilities that are named, as \
         of its own day. {} of {} totals do not add up.</p>",
        whole(odd.len() as u64),
        whole(all.len() as u64)
    );
    let left_out = match odd.len().saturating_sub(MOST + first) + even.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let body = [
        explained,
        KEY.to_owned(),
        draw(&odd[..first]),
        folded(&more(odd.len() - first, "that do not add up"), &draw(&odd[first..])),
        folded(
            &more(even.len(), "with nothing left unexplained, or that cannot be compared"),
            &draw(&even),
        ),
        left_out,
    ];
    wrap_section("totals", "Totals against names", &body.concat())
}

const KEY: &str = "<ul class=\"signs parts\"><li><span class=\"part matched\"></span>named at that stage</li>\
    <li><span class=\"part further\"></span>named at a later stage only</li>\
    <li><span class=\"part missing\"></span>not explained by anybody named</li></ul>";

/// Returns whether a total says something that the names do not bear out.
fn is_odd(one: &Reconciliation) -> bool {
    one.voice != Voice::Independent
        && (one.unexplained > Some(0)
            || one.unit_changed.is_some()
            || one.fallen.is_some()
            || one.contradicted.is_some())
}

/// Holds by the number of an entry which facilities it is the first mark of, and at which stages.
type Marks<'a> = HashMap<u64, Vec<(&'a FacilityScore, Stage)>>;

fn marks<'a>(of: &Evidence<'a>) -> Marks<'a> {
    let mut marks = Marks::new();
    for facility in &of.card.facilities {
        for state in &facility.stages {
            let both = [state.claimed, state.verified];
            for mark in both.into_iter().flatten() {
                marks.entry(mark.entry).or_default().push((facility, state.stage));
            }
        }
    }
    marks
}

fn item(of: &Evidence, one: &Reconciliation, words: &[String], marks: &Marks) -> String {
    let title = format!(
        "{} {}{}, {}",
        amount(one.number, one.bound, one.unit),
        reached(one.stage),
        of_batches(&one.batches),
        one.day
    );
    let kind = if one.kind.is_empty() { String::new() } else { format!(" \u{b7} {}", one.kind) };
    let who = voice(one.voice);
    // The first line of the words is the headline, which stands above the bar.
    let said = words.iter().skip(1).map(|line| format!("<li>{}</li>", markup(line)));
    format!(
        "<div class=\"total\"><h3>{}</h3><p class=\"explained\">entry {} \u{b7} {who}{}</p>{}<ul class=\"plain\">{}</ul>{}</div>",
        markup(&title),
        of.number(one.entry),
        markup(&kind),
        bar(one),
        said.collect::<String>(),
        behind(of, one, marks)
    )
}

/// Draws how much of the number is explained, and by what; nothing where there is no number to compare.
fn bar(one: &Reconciliation) -> String {
    let (Some(number), Some(matched), Some(further)) = (one.number, one.matched, one.further)
    else {
        return String::new();
    };
    let missing = one.unexplained.unwrap_or(0);
    let all = (matched + further + missing).max(number).max(1);
    // In per cent of the sheet, so that the numbers keep their size where the sheet is narrow.
    let width = |part: u64| part as f64 * 99.0 / all as f64;
    let mut x = 0.5;
    let mut parts = String::new();
    for (class, part) in [("matched", matched), ("further", further), ("missing", missing)] {
        let width = width(part);
        if part > 0 {
            parts.push_str(&format!(
                "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"3\" width=\"{width:.2}%\" height=\"20\"/>"
            ));
            if width >= 7.0 {
                parts.push_str(&format!(
                    "<text class=\"{class}\" x=\"{:.2}%\" y=\"17.5\" text-anchor=\"middle\">{}</text>",
                    x + width / 2.0,
                    whole(part)
                ));
            }
        }
        x += width;
    }
    let mark = |class: &str, number: u64| {
        let x = 0.5 + width(number.min(all));
        format!("<line class=\"{class}\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"26\"/>")
    };
    let end = mark("end", number);
    let fallen = one.fallen.map_or_else(String::new, |before| mark("before", before.number));
    let label = format!(
        "{} named at that stage, {} at a later stage only, {} not explained, of {}",
        whole(matched),
        whole(further),
        whole(missing),
        whole(number)
    );
    format!(
        "<svg class=\"total-bar\" width=\"100%\" height=\"26\" role=\"img\" aria-label=\"{label}\">{parts}{end}{fallen}</svg>"
    )
}

/// Names the facilities behind each part.
fn behind(of: &Evidence, one: &Reconciliation, marks: &Marks) -> String {
    let (mut matched, mut further, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &one.entries {
        let named = marks.get(entry).map_or(&[][..], Vec::as_slice);
        let own = named.iter().find(|(_, stage)| *stage == one.stage);
        let later = named.iter().filter(|(_, stage)| *stage > one.stage);
        match (own, later.max_by_key(|(_, stage)| *stage)) {
            (Some((facility, _)), _) => matched.push(link(of, facility, *entry)),
            (None, Some((facility, stage))) => {
                further.push(format!("{} {}", link(of, facility, *entry), reached(*stage)));
            }
            (None, None) => others.push(of.number(*entry)),
        }
    }
    let rest = one.rest_facilities.iter().map(|id| {
        let key = id.split_once('/').map_or(id.as_str(), |(place, _)| place);
        of.link(key, of.facility_name(id))
    });
    let parts = [
        ("Named at that stage", matched),
        ("Named at a later stage only", further),
        ("Named, and not so far on that day", rest.collect()),
        ("By other entries", others),
    ];
    let parts: String = parts
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(word, list)| {
            let more = match list.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {} more", whole(more as u64)),
            };
            let shown = list.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            format!("<p><b>{word} ({}):</b> {shown}{more}</p>", whole(list.len() as u64))
        })
        .collect();
    folded("Who is behind each part", &parts)
}

fn link(of: &Evidence, facility: &FacilityScore, entry: u64) -> String {
    let name = of.facility_name(&facility.subject.id);
    format!("{} ({})", of.link(&key_of(&facility.subject), name), of.number(entry))
}
