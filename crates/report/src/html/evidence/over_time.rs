//! Promised, claimed, verified and late over time, as steps: each number holds until the day on which it changes.

use std::fmt::Write;

use groundwork_model::evidence::words::reached;
use groundwork_model::evidence::{Series, SeriesPoint, day_number};

use super::axis::{Axis, label_below};
use super::{Evidence, table};
use crate::escape::markup;
use crate::html::chart::spread;
use crate::html::section as wrap_section;
use crate::number::whole;

/// Series that the page draws, and rows of the table of one.
const DRAWN: usize = 40;
const ROWS: usize = 250;

/// Returns the section; nothing where nothing was promised that can be counted.
pub(super) fn section(of: &Evidence) -> String {
    let series = chosen(&of.card.series);
    if series.is_empty() {
        return String::new();
    }
    let drawn = &series[..series.len().min(DRAWN)];
    let options: String = drawn
        .iter()
        .enumerate()
        .map(|(at, one)| format!("<option value=\"{at}\">{}</option>", markup(&title(one))))
        .collect();
    let select = match drawn.len() {
        1 => String::new(),
        _ => format!(
            "<div class=\"table-tools live\"><div><label for=\"series-choice\">Shown</label>\
             <select id=\"series-choice\">{options}</select></div></div>"
        ),
    };
    let charts: String = drawn.iter().enumerate().map(|(at, one)| part(at, one)).collect();
    let more = match series.len() - drawn.len() {
        0 => String::new(),
        more => format!(
            "<p class=\"note\">{} more: groundwork status --json has all.</p>",
            whole(more as u64)
        ),
    };
    let body = format!(
        "<p>Late: promised by then and not claimed. Where a target was set again the first one counts.</p>\
         {select}{charts}{more}"
    );
    wrap_section("series", "Over time", &body)
}

/// Returns the series, first those of all batches of each kind that move, then the others.
fn chosen(all: &[Series]) -> Vec<&Series> {
    let same = |a: &Series, b: &Series| (&a.kind, a.stage, a.unit) == (&b.kind, b.stage, b.unit);
    let moves = |one: &Series| one.points.iter().any(|p| p.promised + p.claimed + p.verified > 0);
    let rank = |at: usize| {
        let first = !all[..at].iter().any(|before| same(before, &all[at]));
        (!moves(&all[at]), !first)
    };
    let mut order: Vec<usize> = (0..all.len()).filter(|at| !all[*at].points.is_empty()).collect();
    order.sort_by_key(|at| rank(*at));
    order.into_iter().map(|at| &all[at]).collect()
}

fn title(one: &Series) -> String {
    let batch = if one.batch.is_empty() { "all batches" } else { &one.batch };
    let kind = if one.kind.is_empty() { String::new() } else { format!(" with {}", one.kind) };
    format!("{}{kind} {}, {batch}", crate::words::capital(one.unit.name()), reached(one.stage))
}

fn part(at: usize, one: &Series) -> String {
    let title = title(one);
    let open = if at == 0 { " open" } else { "" };
    format!(
        "<details class=\"one-series\"{open}><summary>{0}</summary><h3>{0}</h3><div class=\"chart steps\">{1}{2}{KEY}</div>{3}</details>",
        markup(&title),
        sheet(one, &title, &WIDE),
        sheet(one, &title, &NARROW),
        figures(one, &title),
    )
}

const KEY: &str = "<ul class=\"key\"><li><svg class=\"sample\" viewBox=\"0 0 44 14\" width=\"44\" height=\"14\" aria-hidden=\"true\">\
    <path class=\"step promised\" d=\"M2 7H42\"/></svg>promised</li><li><svg class=\"sample\" viewBox=\"0 0 44 14\" width=\"44\" \
    height=\"14\" aria-hidden=\"true\"><path class=\"step said\" d=\"M2 7H42\"/></svg>claimed</li><li><svg class=\"sample\" \
    viewBox=\"0 0 44 14\" width=\"44\" height=\"14\" aria-hidden=\"true\"><path class=\"step seen\" d=\"M2 7H42\"/></svg>verified</li>\
    <li><svg class=\"sample\" viewBox=\"0 0 44 14\" width=\"44\" height=\"14\" aria-hidden=\"true\"><path class=\"step late\" \
    d=\"M2 7H42\"/></svg>late</li></ul>";

/// Is a sheet with its margins.
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    tick: f64,
    named: bool,
}

const WIDE: Frame = Frame {
    class: "wide",
    width: 980.0,
    height: 330.0,
    left: 50.0,
    right: 150.0,
    tick: 64.0,
    named: true,
};
const NARROW: Frame = Frame {
    class: "narrow",
    width: 350.0,
    height: 260.0,
    left: 40.0,
    right: 12.0,
    tick: 60.0,
    named: false,
};
const TOP: f64 = 34.0;
const BOTTOM: f64 = 28.0;

/// Reads one of the four numbers of a point.
type Read = fn(&SeriesPoint) -> u64;

const LINES: [(&str, &str, Read); 4] = [
    ("promised", "promised", |point| point.promised),
    ("said", "claimed", |point| point.claimed),
    ("seen", "verified", |point| point.verified),
    ("late", "late", |point| point.late),
];

fn sheet(one: &Series, title: &str, frame: &Frame) -> String {
    let (Some(first), Some(last)) = (one.points.first(), one.points.last()) else {
        return String::new();
    };
    let axis = Axis::new(
        day_number(first.day),
        day_number(last.day),
        frame.left,
        frame.width - frame.right,
    );
    let largest =
        LINES.iter().flat_map(|(.., read)| one.points.iter().map(read)).max().unwrap_or(0);
    let (top, step) = scale(largest);
    let base = frame.height - BOTTOM;
    let y = |value: u64| base - (base - TOP) * value as f64 / top as f64;
    let path = |read: Read| {
        let mut path = format!("M{:.1} {:.1}", axis.left, y(0));
        for point in &one.points {
            let _ = write!(path, "H{:.1}V{:.1}", axis.x(day_number(point.day)), y(read(point)));
        }
        path + &format!("H{:.1}", axis.right)
    };
    let late: Read = |point| point.late;
    let area =
        format!("<path class=\"late-area\" d=\"{}V{base:.1}H{:.1}Z\"/>", path(late), axis.left);
    // What is verified lies on top of what is claimed, and both on what was promised.
    let lines: String = [0, 3, 1, 2]
        .into_iter()
        .map(|at| {
            let (class, _, read) = LINES[at];
            format!("<path class=\"step {class}\" d=\"{}\"/>", path(read))
        })
        .collect();
    let names = if frame.named { names(last, axis.right, &y, frame) } else { String::new() };
    let label = format!("Step chart: {title}. The figures are in the table below.");
    format!(
        "<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}{}{area}{lines}{names}</svg>",
        frame.class,
        frame.width,
        frame.height,
        markup(&label),
        grid(&axis, frame, top, step, &y),
        deadlines(one, &axis, base),
    )
}

/// Returns the top of the axis of counts, and the step between its lines.
pub(super) fn scale(largest: u64) -> (u64, u64) {
    let largest = largest.max(1);
    let mut magnitude = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = magnitude.saturating_mul(factor);
            if step.saturating_mul(5) >= largest {
                return (largest.div_ceil(step).saturating_mul(step), step);
            }
        }
        magnitude = magnitude.saturating_mul(10);
    }
}

fn grid(axis: &Axis, frame: &Frame, top: u64, step: u64, y: &impl Fn(u64) -> f64) -> String {
    let mut out = axis.levels(top, step, y);
    for tick in axis.ticks(frame.tick) {
        let x = axis.x(tick.day);
        let base = frame.height - BOTTOM;
        out.push_str(&format!(
            "<line class=\"axis\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{base}\" y2=\"{:.1}\"/>{}",
            base + 5.0,
            label_below(x, base + 20.0, frame.width, &tick.label)
        ));
    }
    out
}

/// Marks the days on which something fell due, with how many; a label too near to the one before gives way.
fn deadlines(one: &Series, axis: &Axis, base: f64) -> String {
    let mut out = String::new();
    let (mut before, mut free) = (0, f64::MIN);
    for point in &one.points {
        let due = point.promised.saturating_sub(before);
        before = point.promised;
        if due == 0 {
            continue;
        }
        let x = axis.x(day_number(point.day));
        out.push_str(&format!("<path class=\"due\" d=\"M{x:.1} {:.1}V{base:.1}\"/>", TOP - 14.0));
        let text = format!("{} due {}", whole(due), point.day);
        let width = text.chars().count() as f64 * 6.4;
        let start = (x - width / 2.0).clamp(axis.left, (axis.right - width).max(axis.left));
        if start > free {
            out.push_str(&format!(
                "<text class=\"tick\" x=\"{start:.1}\" y=\"{:.1}\">{text}</text>",
                TOP - 20.0
            ));
            free = start + width + 8.0;
        }
    }
    out
}

/// Names the lines at their right end, with their last number.
fn names(last: &SeriesPoint, right: f64, y: &impl Fn(u64) -> f64, frame: &Frame) -> String {
    let mut ends: Vec<(usize, u64)> =
        LINES.iter().enumerate().map(|(at, (.., read))| (at, read(last))).collect();
    ends.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let wanted: Vec<f64> = ends.iter().map(|(_, value)| y(*value)).collect();
    let heights = vec![17.0; ends.len()];
    let places = spread(&wanted, &heights, 4.0, frame.height - BOTTOM + 12.0);
    let rows = ends.iter().zip(wanted.iter().zip(places));
    rows.map(|((at, value), (from, to))| {
        let (class, word, _) = LINES[*at];
        format!(
            "<path class=\"leader\" d=\"M{:.1} {from:.1}L{:.1} {to:.1}\"/>\
             <text class=\"step-name {class}\" x=\"{:.1}\" y=\"{:.1}\">{word} {}</text>",
            right + 2.0,
            right + 16.0,
            right + 20.0,
            to + 4.0,
            whole(*value)
        )
    })
    .collect()
}

/// Returns the figures of a chart as a table: every day on which something changes, or the last ones.
fn figures(one: &Series, title: &str) -> String {
    let from = one.points.len().saturating_sub(ROWS);
    let row = |point: &SeriesPoint| {
        let numbers =
            [point.promised, point.claimed, point.verified, point.late, point.late_unverified];
        let cells: String = numbers.iter().map(|n| format!("<td>{}</td>", whole(*n))).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", point.day)
    };
    let rows: String = one.points[from..].iter().map(row).collect();
    let heads = ["Day", "Promised", "Claimed", "Verified", "Late", "Promised and not verified"];
    let caption = match from {
        0 => format!("{title}: at the end of each day on which something changes"),
        more => format!(
            "{title}: the last days on which something changes; {} are before them",
            whole(more as u64)
        ),
    };
    format!(
        "<details class=\"more\"><summary>The figures of this chart</summary>{}</details>",
        table("series-table", &caption, &heads, &rows)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_counts_has_whole_steps_and_holds_the_largest() {
        for (largest, top, step) in
            [(0, 1, 1), (1, 1, 1), (5, 5, 1), (7, 8, 2), (20, 20, 5), (40, 40, 10), (101, 150, 50)]
        {
            assert_eq!(scale(largest), (top, step), "{largest}");
        }
        let (top, step) = scale(u64::MAX);
        assert!(top > 0 && step > 0);
    }
}
