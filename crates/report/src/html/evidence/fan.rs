//! A fan: between which numbers 50, 80 and 95 per cent of the draws lie by each day; straight lines join the days that
//! were worked out.

use std::fmt::Write;

use groundwork_model::evidence::{FanPoint, ForecastFan, day_number};

use super::axis::{Axis, label_below};
use super::over_time::scale;
use super::table;
use crate::escape::markup;
use crate::number::whole;

/// Rows of the table of one fan.
const ROWS: usize = 120;

/// The positions of the quantiles between which a band lies, the widest first.
const BANDS: [(&str, usize, usize); 3] = [("b95", 0, 8), ("b80", 2, 6), ("b50", 3, 5)];
const MEDIAN: usize = 4;

pub(super) const KEY: &str = "<ul class=\"signs parts\"><li><span class=\"part b50\"></span>in 50\u{a0}% of draws</li>\
    <li><span class=\"part b80\"></span>in 80\u{a0}%</li><li><span class=\"part b95\"></span>in 95\u{a0}%</li>\
    <li>line: the middle</li><li>\u{25c6} as announced</li><li>\u{25cb} by the base rate</li></ul>";

/// Is a sheet with its margins.
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
}

const WIDE: Frame = Frame { class: "wide", width: 980.0, height: 300.0, left: 50.0, right: 150.0 };
const NARROW: Frame =
    Frame { class: "narrow", width: 350.0, height: 240.0, left: 40.0, right: 16.0 };
const TOP: f64 = 30.0;
const BOTTOM: f64 = 28.0;

/// Draws a fan, with its figures as a table. `base` is the number that the base rate makes.
pub(super) fn draw(fan: &ForecastFan, title: &str, base: Option<u32>) -> String {
    if fan.points.is_empty() {
        return String::new();
    }
    format!(
        "<div class=\"chart fan\">{}{}</div>{}",
        sheet(fan, title, base, &WIDE),
        sheet(fan, title, base, &NARROW),
        figures(fan, title)
    )
}

fn sheet(fan: &ForecastFan, title: &str, base: Option<u32>, frame: &Frame) -> String {
    let (Some(first), Some(last)) = (fan.points.first(), fan.points.last()) else {
        return String::new();
    };
    let due = day_number(fan.due);
    let end = day_number(last.day).max(due);
    let axis = Axis::new(day_number(first.day), end, frame.left, frame.width - frame.right);
    let most = fan.points.iter().flat_map(|point| &point.claimed).max().copied().unwrap_or(0);
    let (top, step) = scale(u64::from(most).max(fan.count));
    let floor = frame.height - BOTTOM;
    let y = |value: u64| floor - (floor - TOP) * value as f64 / top as f64;
    let bands: String = BANDS
        .iter()
        .map(|(class, low, high)| {
            format!(
                "<path class=\"{class}\" d=\"{}\"/>",
                band(&fan.points, &axis, &y, (*low, *high))
            )
        })
        .collect();
    let median = line(&fan.points, &axis, &y, MEDIAN);
    let x = axis.x(due);
    let announced = format!(
        "<path class=\"due\" d=\"M{x:.1} {:.1}V{floor}\"/><path class=\"announced\" d=\"M{x:.1} {:.1}l6 6l-6 6l-6 -6Z\">\
         <title>as announced: {} by {}</title></path>",
        TOP - 12.0,
        y(fan.count) - 6.0,
        whole(fan.count),
        fan.due
    );
    let base = base.map_or_else(String::new, |base| {
        format!(
            "<circle class=\"base\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"5\"><title>by the base rate: {}</title></circle>",
            y(u64::from(base)),
            whole(base)
        )
    });
    let right = axis.x(day_number(last.day));
    let named = if frame.class == "wide" { names(last, right, &y) } else { String::new() };
    format!(
        "<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}{bands}<path class=\"median\" d=\"{median}\"/>\
         {announced}{base}{named}</svg>",
        frame.class,
        frame.width,
        frame.height,
        markup(&format!("Fan chart: {title}. The figures are in the table below.")),
        grid(&axis, frame, (top, step), &y),
    )
}

fn grid(axis: &Axis, frame: &Frame, (top, step): (u64, u64), y: &impl Fn(u64) -> f64) -> String {
    let mut out = axis.levels(top, step, y);
    for tick in axis.ticks(62.0) {
        out.push_str(&label_below(axis.x(tick.day), frame.height - 8.0, frame.width, &tick.label));
    }
    out
}

/// Returns the number at a position of the quantiles; 0 where it is not given.
fn at(point: &FanPoint, position: usize) -> u64 {
    point.claimed.get(position).copied().map_or(0, u64::from)
}

/// Returns the outline of a band: its upper edge from left to right, its lower edge back.
fn band(
    points: &[FanPoint],
    axis: &Axis,
    y: &impl Fn(u64) -> f64,
    (low, high): (usize, usize),
) -> String {
    let mut path = line(points, axis, y, high);
    for point in points.iter().rev() {
        let _ = write!(path, "L{:.1} {:.1}", axis.x(day_number(point.day)), y(at(point, low)));
    }
    path + "Z"
}

fn line(points: &[FanPoint], axis: &Axis, y: &impl Fn(u64) -> f64, position: usize) -> String {
    let mut path = String::new();
    for point in points {
        let pen = if path.is_empty() { 'M' } else { 'L' };
        let _ =
            write!(path, "{pen}{:.1} {:.1}", axis.x(day_number(point.day)), y(at(point, position)));
    }
    path
}

/// Names the middle and the ends of the widest band at the right edge.
fn names(last: &FanPoint, right: f64, y: &impl Fn(u64) -> f64) -> String {
    let (low, middle, high) = (at(last, 0), at(last, MEDIAN), at(last, 8));
    let mut said = vec![(middle, format!("middle {}", whole(middle)))];
    for (value, word) in [(high, "97.5\u{a0}%"), (low, "2.5\u{a0}%")] {
        if (y(value) - y(middle)).abs() >= 16.0 {
            said.push((value, format!("{word} {}", whole(value))));
        }
    }
    let text = |(value, words): &(u64, String)| {
        format!(
            "<text class=\"step-name\" x=\"{:.1}\" y=\"{:.1}\">{words}</text>",
            right + 10.0,
            y(*value) + 4.0
        )
    };
    said.iter().map(text).collect()
}

fn figures(fan: &ForecastFan, title: &str) -> String {
    let every = fan.points.len().div_ceil(ROWS).max(1);
    let last = fan.points.len() - 1;
    let shown = fan.points.iter().enumerate().filter(|(at, _)| at % every == 0 || *at == last);
    let row = |(_, point): (usize, &FanPoint)| {
        let cells: String = [0, 2, 3, MEDIAN, 5, 6, 8]
            .into_iter()
            .map(|position| format!("<td>{}</td>", whole(at(point, position))))
            .collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", point.day)
    };
    let rows: String = shown.map(row).collect();
    let heads = [
        "Day",
        "2.5\u{a0}%",
        "10\u{a0}%",
        "25\u{a0}%",
        "Middle",
        "75\u{a0}%",
        "90\u{a0}%",
        "97.5\u{a0}%",
    ];
    let caption = format!("{title}: the number that is not exceeded in so many draws");
    format!(
        "<details class=\"more\"><summary>The figures of this fan</summary>{}</details>",
        table("fan-table", &caption, &heads, &rows)
    )
}
