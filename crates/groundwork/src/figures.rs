//! Figures for people: thousands, kilometres, shares.

use groundwork_model::words::counted;
pub(crate) use groundwork_model::words::thousands;

/// Returns a fraction as per cent with as many digits as it needs: 12.3 %, 0.031 %.
pub(crate) fn per_cent(fraction: f64) -> String {
    let share = fraction * 100.0;
    let digits = match share.abs() {
        0.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2,
        s if s >= 0.01 => 3,
        s if s < 1e-6 => return "less than 0.000001 %".to_owned(),
        _ => 6,
    };
    format!("{share:.digits$} %")
}

/// Says how much better a plan may be than one with this gap, a fraction.
pub(crate) fn no_better(gap: f64) -> String {
    // Less than a number is no bound that "by more than" could name.
    let share = per_cent(gap);
    match share.strip_prefix("less than ") {
        Some(least) => format!("no plan is better by {least} or more"),
        None => format!("no plan is better by more than {share}"),
    }
}

/// Returns metres as kilometres with one digit.
pub(crate) fn kilometres(metres: f64) -> String {
    format!("{:.1} km", metres / 1000.0)
}

/// Returns a value of the objective for people: person-metres as (million) person-kilometres.
pub(crate) fn value(value: f64, scale: u64, unit: &str) -> String {
    let value = value / scale as f64;
    match unit {
        "person-metres" if value.abs() >= 1e9 => {
            format!("{} million person-km", grouped(value / 1e9, 3))
        }
        "person-metres" => format!("{} person-km", grouped(value / 1e3, 0)),
        "metres" => kilometres(value),
        // Sums of parts, such as costs: a digit behind the point tells small ones apart.
        _ if value.abs() < 1e3 && value.fract() != 0.0 => format!("{} {unit}", grouped(value, 1)),
        _ => format!("{} {unit}", grouped(value, 0)),
    }
}

/// Says how values of the objective are written in a column: the unit for its heading, and what values are divided
/// by, with how many digits.
pub(crate) struct Column {
    pub(crate) unit: String,
    divisor: f64,
    digits: usize,
}

impl Column {
    /// Returns how to write values up to the largest.
    pub(crate) fn of(largest: i128, scale: u64, unit: &str) -> Self {
        let scale = scale as f64;
        let (unit, unit_of, digits) = match unit {
            "person-metres" if largest as f64 / scale >= 1e9 => ("million person-km", 1e9, 3),
            "person-metres" => ("person-km", 1e3, 0),
            "metres" => ("km", 1e3, 1),
            other => (other, 1.0, 0),
        };
        Self { unit: unit.to_owned(), divisor: unit_of * scale, digits }
    }

    /// Returns a value in the unit of the column, without it.
    pub(crate) fn text(&self, value: i128) -> String {
        grouped(value as f64 / self.divisor, self.digits)
    }

    /// Returns the same of two ends: what is at least so much is never rounded up, and what is not more never down.
    pub(crate) fn ends(&self, least: Option<i128>, most: Option<i128>) -> [Option<String>; 2] {
        let step = self.divisor / 10_f64.powi(self.digits as i32);
        let rounded = |value: i128, round: fn(f64) -> f64| {
            grouped(round(value as f64 / step) * step / self.divisor, self.digits)
        };
        if least == most {
            return [least, most].map(|end| end.map(|value| self.text(value)));
        }
        [least.map(|end| rounded(end, f64::floor)), most.map(|end| rounded(end, f64::ceil))]
    }
}

fn grouped(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = thousands(whole.parse::<i128>().unwrap_or(0));
    let sign = if number < 0.0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Returns a count with its noun: 1 place, 2 places.
pub(crate) fn count(number: usize, noun: &str) -> String {
    counted(number as i128, noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_promise_no_more_than_is_known() {
        let column = Column::of(2_000_000_000, 1, "person-metres");
        let ends = column.ends(Some(1_000_999_999), Some(1_434_146_001));
        assert_eq!(ends.map(Option::unwrap), ["1.000", "1.435"]);
        let exact = column.ends(Some(1_000_999_999), Some(1_000_999_999));
        assert_eq!(exact.map(Option::unwrap), ["1.001", "1.001"]);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(-1_234_567), "-1,234,567");
        assert_eq!(per_cent(0.123), "12.3 %");
        assert_eq!(per_cent(0.000_312), "0.031 %");
        assert_eq!(per_cent(0.0), "0 %");
        assert_eq!(value(4_711_000_000_000.0, 1, "person-metres"), "4,711.000 million person-km");
        assert_eq!(value(1_234_560.0, 100_000, "money"), "12.3 money");
        assert_eq!(value(1_200_000.0, 100_000, "money"), "12 money");
        assert_eq!(value(123_456_000_000.0, 100_000, "money"), "1,234,560 money");
        assert_eq!(count(1, "place"), "1 place");
        assert_eq!(count(1200, "place"), "1,200 places");
    }
}
