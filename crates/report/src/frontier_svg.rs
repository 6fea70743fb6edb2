//! The frontier of a programme as a still picture: value and bound over the numbers of one rule.

use std::fmt::Write as _;

use groundwork_model::plan::Sense;
use groundwork_model::rule_frontier::{RuleFrontier, RulePoint};

use crate::escape::markup;
use crate::number::decimal;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 104.0;
const RIGHT: f64 = 36.0;
const TOP: f64 = 96.0;
const BOTTOM: f64 = 70.0;
const INK: &str = "#22211f";
const SOFT: &str = "#6a665e";
const VALUE: &str = "#1f4e7d";
const BOUND: &str = "#b4552d";
const FONT: &str =
    "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif";

/// Returns the values and bounds of a frontier as one SVG file: between the two lines lies the best value of every
/// point. Points without a plan are named below the axis.
///
/// It needs no font, style or script of its own, so it can stand in a document or on a slide.
#[must_use]
pub fn frontier_svg(frontier: &RuleFrontier) -> Vec<u8> {
    let axes = Axes::new(frontier);
    let better = match frontier.sense {
        Sense::Min => "less is better",
        Sense::Max => "more is better",
    };
    let name = markup(&frontier.programme);
    let what = markup(&format!("Frontier of {}", frontier.counts));
    let mut body = format!(
        "<text x=\"20\" y=\"32\" font-size=\"19\" font-weight=\"600\" fill=\"{INK}\">{what}</text>\
         <text x=\"20\" y=\"54\" font-size=\"13\" fill=\"{SOFT}\">{name}</text>\
         <text x=\"20\" y=\"80\" font-size=\"12\" fill=\"{SOFT}\">{}, {better}</text>",
        markup(&axes.unit)
    );
    body.push_str(&axes.grid());
    body.push_str(&axes.numbers(frontier));
    body.push_str(&between(&axes, &frontier.points));
    body.push_str(&line(&axes, &frontier.points, |point| point.bound, (BOUND, "6 4")));
    body.push_str(&line(&axes, &frontier.points, |point| point.value, (VALUE, "none")));
    body.push_str(&key());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" role=\"img\" font-family=\"{FONT}\"><title>{what}: {name}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fdfcf9\"/>{body}</svg>\n"
    )
    .into_bytes()
}

/// Turns numbers of the rule and values into points of the sheet.
struct Axes {
    first: f64,
    last: f64,
    low: f64,
    step: f64,
    steps: usize,
    divisor: f64,
    unit: String,
}

impl Axes {
    fn new(frontier: &RuleFrontier) -> Self {
        let figures = frontier.points.iter().flat_map(|point| [point.value, point.bound]);
        let figures: Vec<f64> = figures.flatten().map(|figure| figure as f64).collect();
        let low = figures.iter().copied().fold(f64::INFINITY, f64::min);
        let high = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let scale = frontier.scale.max(1) as f64;
        let (unit, divisor) = match frontier.unit.as_str() {
            "person-metres" if high / scale >= 1e9 => ("million person-km".to_owned(), 1e9 * scale),
            "person-metres" => ("person-km".to_owned(), 1e3 * scale),
            "metres" => ("km".to_owned(), 1e3 * scale),
            other => (other.to_owned(), scale),
        };
        let (low, high) = (low / divisor, high / divisor);
        let step = round_step(((high - low) / 4.0).max(high.abs() / 1e6).max(1e-6));
        let low = (low / step).floor() * step;
        let steps = (((high - low) / step).ceil() as usize).max(1);
        let first = frontier.asked.first().map_or(0.0, |x| x.to_f64());
        let last = frontier.asked.last().map_or(1.0, |x| x.to_f64());
        Self { first, last, low, step, steps, divisor, unit }
    }

    fn x(&self, number: f64) -> f64 {
        let width = WIDTH - LEFT - RIGHT - 40.0;
        if self.last > self.first {
            LEFT + 20.0 + width * (number - self.first) / (self.last - self.first)
        } else {
            LEFT + 20.0 + width / 2.0
        }
    }

    fn y(&self, value: i128) -> f64 {
        let part = (value as f64 / self.divisor - self.low) / (self.step * self.steps as f64);
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - part)
    }

    fn grid(&self) -> String {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let mut out = String::new();
        for at in 0..=self.steps {
            let y = TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - at as f64 / self.steps as f64);
            let colour = if at == 0 { "#8b867b" } else { "#e3ded3" };
            let value = decimal(self.low + at as f64 * self.step, decimals);
            // Writing to a string cannot fail.
            let _ = write!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"end\" fill=\"{SOFT}\">{value}</text>",
                WIDTH - RIGHT,
                LEFT - 8.0,
                y + 4.0,
            );
        }
        out
    }

    /// Names the numbers below the axis, and the points that have no plan.
    fn numbers(&self, frontier: &RuleFrontier) -> String {
        let base = HEIGHT - BOTTOM;
        let widest = frontier.asked.iter().map(|x| x.to_string().len()).max().unwrap_or(1) as f64;
        let room = widest.max(4.0) * 7.5 + 8.0;
        let mut out = String::new();
        let mut free = f64::NEG_INFINITY;
        for number in &frontier.asked {
            let x = self.x(number.to_f64());
            if x < free {
                continue;
            }
            free = x + room;
            let point = frontier.points.iter().find(|point| point.x == *number);
            let _ = write!(
                out,
                "<text x=\"{x:.1}\" y=\"{}\" font-size=\"12\" text-anchor=\"middle\" fill=\"{SOFT}\">{number}</text>",
                base + 18.0
            );
            if point.is_some_and(|point| point.value.is_none()) {
                let _ = write!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\" fill=\"{BOUND}\">no plan</text>",
                    base - 6.0
                );
            }
        }
        let counts = if frontier.per_cent {
            format!("{}, per cent of what is written", frontier.counts)
        } else {
            frontier.counts.clone()
        };
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" font-size=\"13\" text-anchor=\"middle\" fill=\"{INK}\">{}</text>",
            (LEFT + WIDTH - RIGHT) / 2.0,
            base + 44.0,
            markup(&counts)
        );
        out
    }
}

/// Returns the round number that is not below a step.
fn round_step(step: f64) -> f64 {
    let magnitude = 10_f64.powf(step.log10().floor());
    let round = [1.0, 2.0, 5.0].map(|factor| factor * magnitude);
    round.into_iter().find(|round| *round >= step * 0.999_999).unwrap_or(10.0 * magnitude)
}

/// Shades what lies between value and bound, over each stretch of points that have both.
fn between(axes: &Axes, points: &[RulePoint]) -> String {
    let both = |point: &RulePoint| Some((axes.x(point.x.to_f64()), point.value?, point.bound?));
    let mut out = String::new();
    for pair in points.windows(2) {
        let (Some((x0, v0, b0)), Some((x1, v1, b1))) = (both(&pair[0]), both(&pair[1])) else {
            continue;
        };
        let _ = write!(
            out,
            "<path d=\"M{x0:.1} {:.1}L{x1:.1} {:.1}L{x1:.1} {:.1}L{x0:.1} {:.1}Z\" fill=\"{BOUND}\" opacity=\"0.12\"/>",
            axes.y(v0),
            axes.y(v1),
            axes.y(b1),
            axes.y(b0),
        );
    }
    out
}

fn line(
    axes: &Axes,
    points: &[RulePoint],
    figure: impl Fn(&RulePoint) -> Option<i128>,
    (colour, dash): (&str, &str),
) -> String {
    let (mut path, mut marks, mut pen_up) = (String::new(), String::new(), true);
    for point in points {
        let Some(figure) = figure(point) else {
            pen_up = true;
            continue;
        };
        let (x, y) = (axes.x(point.x.to_f64()), axes.y(figure));
        let _ = write!(path, "{}{x:.1} {y:.1}", if pen_up { 'M' } else { 'L' });
        marks.push_str(&mark(x, y, colour));
        pen_up = false;
    }
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>{marks}"
    )
}

/// Draws the mark of a point: a disc for values, a dash for bounds, which stays seen where both meet.
fn mark(x: f64, y: f64, colour: &str) -> String {
    if colour == VALUE {
        format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>")
    } else {
        format!("<path d=\"M{:.1} {y:.1}h16\" stroke=\"{colour}\" stroke-width=\"2.5\"/>", x - 8.0)
    }
}

fn key() -> String {
    let y = 76.0;
    let sample = |x: f64, colour: &str, dash: &str, words: &str| {
        format!(
            "<path d=\"M{x} {y}h34\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>{}\
             <text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{INK}\">{words}</text>",
            mark(x + 17.0, y, colour),
            x + 42.0,
            y + 4.0
        )
    };
    sample(430.0, VALUE, "none", "plan")
        + &sample(530.0, BOUND, "6 4", "bound: no plan is beyond it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_not_below_what_is_needed() {
        let steps = [0.7, 1.0, 1.2, 2.5, 5.1, 130.0].map(round_step);
        assert_eq!(steps, [1.0, 1.0, 2.0, 5.0, 10.0, 200.0]);
    }
}
