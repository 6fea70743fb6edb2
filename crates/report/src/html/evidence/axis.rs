//! A span of days on a sheet, with ticks at round dates.

use groundwork_model::evidence::{day_number, day_of};
use jiff::civil::Date;

use crate::escape::markup;
use crate::number::whole;

/// Places days between two edges of a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    first: i32,
    last: i32,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// Is a line of the axis with its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) day: i32,
    pub(super) label: String,
}

impl Axis {
    /// Returns an axis that holds both days whole, with a little room before the first.
    pub(super) fn new(first: i32, last: i32, left: f64, right: f64) -> Self {
        let last = last.max(first);
        let room = ((last - first) / 24).max(7);
        Self { first: first.saturating_sub(room), last: last.saturating_add(1), left, right }
    }

    pub(super) fn x(&self, day: i32) -> f64 {
        let span = f64::from(self.last.saturating_sub(self.first).max(1));
        let part = f64::from(day.saturating_sub(self.first)) / span;
        self.left + (self.right - self.left) * part.clamp(0.0, 1.0)
    }

    /// Draws lines across the sheet at 0, `step`, ... up to `top`, each with its number at the left; `y` says where.
    pub(super) fn levels(&self, top: u64, step: u64, y: &impl Fn(u64) -> f64) -> String {
        let row = |at: u64| {
            let value = at.saturating_mul(step);
            let (y, class) = (y(value), if at == 0 { "axis" } else { "grid" });
            format!(
                "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                self.left,
                self.right,
                self.left - 6.0,
                y + 4.0,
                whole(value)
            )
        };
        (0..=top / step).map(row).collect()
    }

    /// Returns ticks at the first of months or years, as many as there is room for.
    pub(super) fn ticks(&self, room: f64) -> Vec<Tick> {
        let most = ((self.right - self.left) / room).floor().max(1.0) as i32;
        let months = (self.last - self.first) / 30 + 1;
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
        let step = steps.into_iter().find(|step| months / step <= most).unwrap_or(2400);
        let start = day_of(self.first);
        let mut month =
            (i32::from(start.year()) * 12 + i32::from(start.month()) - 1).div_euclid(step) * step;
        let mut ticks = Vec::new();
        while ticks.len() < 60 {
            let Some(day) = first_of(month) else { break };
            let number = day_number(day);
            if number > self.last {
                break;
            }
            if number >= self.first {
                ticks.push(Tick { day: number, label: label(day, ticks.is_empty()) });
            }
            month += step;
        }
        ticks
    }
}

/// Returns a label below the axis, moved in where it would leave the sheet.
pub(super) fn label_below(x: f64, y: f64, width: f64, text: &str) -> String {
    let half = text.chars().count() as f64 * 3.7;
    let (x, anchor) = if x + half > width { (width, "end") } else { (x.max(half), "middle") };
    format!(
        "<text class=\"tick\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        markup(text)
    )
}

fn first_of(month: i32) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    Date::new(year, i8::try_from(month.rem_euclid(12) + 1).ok()?, 1).ok()
}

/// Returns the year in January, else the month; the first of all has both.
fn label(day: Date, first: bool) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS[(day.month() as usize + 11) % 12];
    match (day.month(), first) {
        (1, _) => day.year().to_string(),
        (_, true) => format!("{month} {}", day.year()),
        (_, false) => month.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ticks_stand_at_round_dates_and_the_first_names_its_year() {
        let (from, to) = (date(2024, 12, 20), date(2025, 12, 31));
        let axis = Axis::new(day_number(from), day_number(to), 0.0, 400.0);
        let labels: Vec<String> = axis.ticks(60.0).into_iter().map(|tick| tick.label).collect();
        // The axis ends with the day behind the last, here the first of a year.
        assert_eq!(labels, ["2025", "Apr", "Jul", "Oct", "2026"]);
        let short =
            Axis::new(day_number(date(2025, 3, 1)), day_number(date(2025, 5, 2)), 0.0, 400.0);
        let labels: Vec<String> = short.ticks(60.0).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["Mar 2025", "Apr", "May"]);
        let ages =
            Axis::new(day_number(date(1900, 1, 1)), day_number(date(2025, 1, 1)), 0.0, 400.0);
        assert!(ages.ticks(60.0).len() <= 7);
    }

    #[test]
    fn any_day_lies_on_the_sheet() {
        let axis = Axis::new(i32::MAX - 3, i32::MAX, 10.0, 20.0);
        assert!((10.0..=20.0).contains(&axis.x(i32::MIN)) && axis.ticks(60.0).is_empty());
        let axis = Axis::new(5, 5, 10.0, 20.0);
        assert!((10.0..=20.0).contains(&axis.x(5)));
    }
}
