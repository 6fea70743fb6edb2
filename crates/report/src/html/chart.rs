//! A line chart as SVG: lines that are told apart by dash and marker, and named where they end.

use std::fmt::Write;

use crate::escape::markup;
use crate::svg_map::wrap;

/// Most lines that one chart can tell apart.
pub(super) const LINES: usize = 8;

/// Is one line.
pub(super) struct Series {
    pub(super) label: String,
    /// One value a period; a gap where there is none.
    pub(super) values: Vec<Option<f64>>,
}

/// Is a chart over the periods, from 0 up.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    pub(super) periods: &'a [String],
    pub(super) series: &'a [Series],
    /// Top of the axis when it is known, such as 100 per cent.
    pub(super) top: Option<f64>,
    /// Unit behind an axis label.
    pub(super) unit: &'a str,
}

/// Is a sheet with its margins.
#[derive(Clone, Copy)]
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    named: bool,
}

const WIDE: Frame =
    Frame { class: "wide", width: 980.0, height: 390.0, left: 50.0, right: 250.0, named: true };
const NARROW: Frame =
    Frame { class: "narrow", width: 350.0, height: 260.0, left: 42.0, right: 14.0, named: false };
/// Most characters in one line of a name.
const LABEL: usize = 30;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;
const DASHES: [&str; LINES] = ["", "7 4", "2 3", "10 3 2 3", "14 4", "4 2", "1 4", "8 2 2 2 2 2"];

/// Returns the chart for wide and for narrow screens, and the key of the narrow one.
pub(super) fn draw(chart: &Chart) -> String {
    format!(
        "<div class=\"chart\">{}{}{}</div>",
        sheet(chart, WIDE),
        sheet(chart, NARROW),
        key(chart)
    )
}

fn sheet(chart: &Chart, frame: Frame) -> String {
    let (top, step) = axis(chart);
    let scale = Scale { frame, top, last: chart.periods.len().saturating_sub(1).max(1) as f64 };
    let lines: String =
        chart.series.iter().enumerate().map(|(at, s)| line(&scale, at, s)).collect();
    let names = if frame.named { names(&scale, chart) } else { String::new() };
    format!(
        "<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}{}{lines}{names}</svg>",
        frame.class,
        frame.width,
        frame.height,
        markup(&format!("Line chart: {}. The figures are in the table below.", chart.title)),
        grid(&scale, step, chart.unit),
        periods(&scale, chart.periods),
    )
}

/// Turns period and value into a point of the sheet.
struct Scale {
    frame: Frame,
    top: f64,
    last: f64,
}

impl Scale {
    fn x(&self, period: usize) -> f64 {
        let width = self.frame.width - self.frame.left - self.frame.right;
        self.frame.left + 8.0 + (width - 16.0) * period as f64 / self.last
    }

    fn y(&self, value: f64) -> f64 {
        let height = self.frame.height - TOP - BOTTOM;
        TOP + height * (1.0 - value / self.top)
    }

    fn right(&self) -> f64 {
        self.frame.width - self.frame.right
    }
}

/// Returns the top of the axis and the step between its lines.
fn axis(chart: &Chart) -> (f64, f64) {
    if let Some(top) = chart.top {
        return (top, top / 4.0);
    }
    let values = chart.series.iter().flat_map(|series| series.values.iter().flatten());
    let largest = values.copied().fold(0.0, f64::max).max(1e-6);
    let magnitude = 10_f64.powf((largest / 4.0).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * magnitude);
    let step = steps.into_iter().find(|step| step * 5.0 >= largest).unwrap_or(largest);
    ((largest / step).ceil() * step, step)
}

fn grid(scale: &Scale, step: f64, unit: &str) -> String {
    let count = (scale.top / step).round() as usize;
    let decimals = usize::from(step.fract().abs() > 1e-9);
    let row = |at: usize| {
        let (value, class) = (at as f64 * step, if at == 0 { "axis" } else { "grid" });
        let y = scale.y(value);
        let unit = if at == count { format!(" {unit}") } else { String::new() };
        format!(
            "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}{unit}</text>",
            scale.frame.left,
            scale.right(),
            scale.frame.left - 6.0,
            y + 4.0,
            crate::number::decimal(value, decimals),
        )
    };
    (0..=count).map(row).collect()
}

fn periods(scale: &Scale, labels: &[String]) -> String {
    let widest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(4) as f64;
    let room = (scale.right() - scale.frame.left) / labels.len().max(1) as f64;
    let every = ((widest * 7.4 + 6.0) / room).ceil().max(1.0) as usize;
    let last = labels.len().saturating_sub(1);
    // The last period is always named; a label too near to it gives way.
    let shown = |at: usize| at == last || (at.is_multiple_of(every) && last - at >= every);
    let label = |(at, text): (usize, &String)| {
        let (x, y) = (scale.x(at), scale.frame.height - 10.0);
        format!(
            "<text class=\"tick\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
            markup(text)
        )
    };
    labels.iter().enumerate().filter(|(at, _)| shown(*at)).map(label).collect()
}

fn line(scale: &Scale, at: usize, series: &Series) -> String {
    let mut path = String::new();
    let mut markers = String::new();
    let mut pen_up = true;
    for (period, value) in series.values.iter().enumerate() {
        let Some(value) = value else {
            pen_up = true;
            continue;
        };
        let (x, y) = (scale.x(period), scale.y(*value));
        let _ = write!(path, "{}{x:.1} {y:.1}", if pen_up { 'M' } else { 'L' });
        pen_up = false;
        markers.push_str(&marker(at, x, y));
    }
    let dash = DASHES[at % LINES];
    format!(
        "<g class=\"line s{}\"><title>{}</title><path d=\"{path}\" stroke-dasharray=\"{}\"/>{markers}</g>",
        at % LINES,
        markup(&series.label),
        if dash.is_empty() { "none" } else { dash },
    )
}

/// Draws the marker of a line: each of the eight has a shape of its own.
fn marker(at: usize, x: f64, y: f64) -> String {
    let shape = match at % LINES {
        0 => return format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.6\"/>"),
        1 => "m-3.4 -3.4h6.8v6.8h-6.8Z",
        2 => "m0 -4.4l4.2 7.4h-8.4Z",
        3 => "m0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6Z",
        4 => "m0 4.4l4.2 -7.4h-8.4Z",
        5 => "m-1.4 -4.4h2.8v3h3v2.8h-3v3h-2.8v-3h-3v-2.8h3Z",
        6 => return format!("<circle class=\"hollow\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.4\"/>"),
        _ => "m-4 -2.4h8v4.8h-8Z",
    };
    format!("<path class=\"marker\" d=\"M{x:.1} {y:.1}{shape}\"/>")
}

/// Names the lines at their right end, moved apart where they would overlap.
fn names(scale: &Scale, chart: &Chart) -> String {
    let last = |series: &Series| series.values.iter().rev().flatten().next().copied();
    let sum = |series: &Series| series.values.iter().flatten().sum::<f64>();
    let mut ends: Vec<(usize, f64)> =
        chart.series.iter().enumerate().filter_map(|(at, s)| Some((at, last(s)?))).collect();
    // From top to bottom; lines that end together keep the order in which they ran.
    let series = |at: usize| &chart.series[at];
    ends.sort_by(|a, b| {
        b.1.total_cmp(&a.1).then_with(|| sum(series(b.0)).total_cmp(&sum(series(a.0))))
    });
    let labels: Vec<&str> = ends.iter().map(|&(at, _)| series(at).label.as_str()).collect();
    let texts = label_lines(&labels, scale.frame.height - 8.0);
    let wanted: Vec<f64> = ends.iter().map(|&(_, value)| scale.y(value)).collect();
    let heights: Vec<f64> = texts.iter().map(|lines| label_height(lines)).collect();
    let places = spread(&wanted, &heights, 4.0, scale.frame.height - 4.0);
    let rows = ends.iter().zip(&texts).zip(wanted.iter().zip(&places));
    rows.map(|((&(at, _), lines), (&from, &to))| name(scale, at, lines, from, to)).collect()
}

fn name(scale: &Scale, at: usize, lines: &[String], from: f64, to: f64) -> String {
    let (start, end) = (scale.right() - 2.0, scale.right() + 18.0);
    let first = to - (lines.len() as f64 - 1.0) * 7.0 + 4.0;
    let line = |(row, text): (usize, &String)| {
        let y = first + row as f64 * 14.0;
        format!("<tspan x=\"{:.1}\" y=\"{y:.1}\">{}</tspan>", end + 13.0, markup(text))
    };
    let text: String = lines.iter().enumerate().map(line).collect();
    format!(
        "<g class=\"name s{}\"><path class=\"leader\" d=\"M{start:.1} {from:.1}L{end:.1} {to:.1}\"/>{}\
         <text>{text}</text></g>",
        at % LINES,
        marker(at, end + 4.0, to),
    )
}

/// Breaks labels into lines, whole where the sheet has room for all of them; else the longest are
/// shortened, which the key and the table make good.
fn label_lines(labels: &[&str], room: f64) -> Vec<Vec<String>> {
    let whole: Vec<Vec<String>> = labels.iter().map(|label| wrap(label, LABEL)).collect();
    let most = whole.iter().map(Vec::len).max().unwrap_or(1);
    let cut = |limit: usize| whole.iter().map(|lines| shortened(lines, limit)).collect::<Vec<_>>();
    let fits =
        |texts: &[Vec<String>]| texts.iter().map(|lines| label_height(lines)).sum::<f64>() <= room;
    let mut limits = (1..=most.max(1)).rev();
    limits.find_map(|limit| Some(cut(limit)).filter(|texts| fits(texts))).unwrap_or_else(|| cut(1))
}

fn shortened(lines: &[String], limit: usize) -> Vec<String> {
    let mut lines = lines.to_vec();
    if lines.len() > limit {
        lines.truncate(limit);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(LABEL - 1).collect::<String>() + "\u{2026}";
        }
    }
    lines
}

fn label_height(lines: &[String]) -> f64 {
    lines.len() as f64 * 14.0 + 6.0
}

/// Moves the middles of boxes apart, keeping their order, inside `low..high`.
pub(super) fn spread(wanted: &[f64], heights: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut places = wanted.to_vec();
    let mut edge = low;
    for (place, height) in places.iter_mut().zip(heights) {
        *place = place.max(edge + height / 2.0);
        edge = *place + height / 2.0;
    }
    let mut edge = high;
    for (place, height) in places.iter_mut().zip(heights).rev() {
        *place = place.min(edge - height / 2.0);
        edge = *place - height / 2.0;
    }
    places
}

fn key(chart: &Chart) -> String {
    let item = |(at, series): (usize, &Series)| {
        format!(
            "<li><svg class=\"sample\" viewBox=\"0 0 44 14\" width=\"44\" height=\"14\" aria-hidden=\"true\">\
             <g class=\"line s{}\"><path d=\"M2 7H42\" stroke-dasharray=\"{}\"/>{}</g></svg>{}</li>",
            at % LINES,
            if at % LINES == 0 { "none" } else { DASHES[at % LINES] },
            marker(at, 22.0, 7.0),
            markup(&series.label)
        )
    };
    let items: String = chart.series.iter().enumerate().map(item).collect();
    format!("<ul class=\"key\">{items}</ul>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_together_are_moved_apart() {
        let places = spread(&[20.0, 20.0, 20.0], &[20.0, 20.0, 20.0], 0.0, 100.0);
        assert_eq!(places, [20.0, 40.0, 60.0]);
        let low = spread(&[95.0, 96.0], &[20.0, 20.0], 0.0, 100.0);
        assert_eq!(low, [70.0, 90.0]);
    }

    #[test]
    fn a_long_name_is_whole_where_there_is_room_and_shortened_where_there_is_none() {
        let long = "best order from the start, with the openings a year of the others";
        let whole = label_lines(&[long, "greedy"], 380.0);
        assert_eq!(whole[0].join(" "), long);
        let eight = label_lines(&[long; 8], 250.0);
        assert!(eight.iter().map(|lines| label_height(lines)).sum::<f64>() <= 250.0);
        assert!(eight[0].last().unwrap().ends_with('\u{2026}'));
        let unbroken = "x".repeat(100);
        assert!(
            label_lines(&[&unbroken], 380.0)[0].iter().all(|line| line.chars().count() <= LABEL)
        );
    }

    #[test]
    fn an_axis_has_round_steps_and_holds_every_value() {
        for largest in [0.3, 7.0, 23.9, 100.0, 101.0, 5321.0] {
            let series = [Series { label: String::new(), values: vec![Some(largest)] }];
            let chart = Chart { title: "", periods: &[], series: &series, top: None, unit: "" };
            let (top, step) = axis(&chart);
            assert!(
                top >= largest && top < largest * 1.6 && (2.0..=6.0).contains(&(top / step)),
                "{largest} {top} {step}"
            );
        }
    }
}
