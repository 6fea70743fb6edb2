//! Figures as people read them.

/// Returns a whole number with a comma between thousands.
pub(crate) fn whole(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('\u{2212}');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns metres as kilometres with one decimal and the unit.
pub(crate) fn kilometres(metres: f64) -> String {
    format!("{}\u{a0}km", decimal(metres / 1000.0, 1))
}

/// Returns a number with thousands separators and a fixed number of decimals.
pub(crate) fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = digits.parse::<i128>().map_or_else(|_| digits.to_owned(), whole);
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let sign = if number < 0.0 && !zero { "\u{2212}" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

/// Returns `part` of `whole` as per cent with one decimal; all of it only when nothing is missing.
pub(crate) fn share(part: u64, all: u64) -> String {
    if all == 0 {
        return "0\u{a0}%".to_owned();
    }
    let percent = part as f64 * 100.0 / all as f64;
    let text = match () {
        () if part >= all => "100".to_owned(),
        () if percent >= 99.95 => "over 99.9".to_owned(),
        () if part > 0 && percent < 0.05 => "under 0.1".to_owned(),
        () => format!("{percent:.1}"),
    };
    format!("{text}\u{a0}%")
}

/// Returns a fraction as per cent, never smaller than it is: for "not more than".
pub(crate) fn percent_at_most(fraction: f64) -> String {
    let percent = fraction * 100.0;
    let decimals = decimals_for(percent);
    let step = 10_f64.powi(decimals as i32);
    // A gap that is exact at this many decimals must not be pushed up by its binary tail.
    let up = (percent * step - 1e-9).ceil().max(0.0) / step;
    format!("{}\u{a0}%", decimal(up, decimals))
}

/// Returns a fraction as per cent with about two figures.
pub(crate) fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    format!("{}\u{a0}%", decimal(percent, decimals_for(percent)))
}

fn decimals_for(percent: f64) -> usize {
    match percent.abs() {
        0.0 => 0,
        p if p >= 10.0 => 1,
        p if p >= 0.1 => 2,
        p if p >= 0.01 => 3,
        p if p >= 0.001 => 4,
        _ => 6,
    }
}

/// Returns the noun for this many.
pub(crate) fn plural<'a>(number: u64, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(whole(0_u32), "0");
        assert_eq!(whole(999_u32), "999");
        assert_eq!(whole(1_000_u32), "1,000");
        assert_eq!(whole(-23_349_859_i64), "\u{2212}23,349,859");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(kilometres(1_234_567.0), "1,234.6\u{a0}km");
    }

    #[test]
    fn a_share_is_whole_only_when_it_is() {
        assert_eq!(share(9_999_999, 10_000_000), "over 99.9\u{a0}%");
        assert_eq!(share(10, 10), "100\u{a0}%");
        assert_eq!(share(1, 10_000_000), "under 0.1\u{a0}%");
        assert_eq!(share(1, 3), "33.3\u{a0}%");
    }

    #[test]
    fn at_most_never_rounds_down() {
        assert_eq!(percent_at_most(0.000_301), "0.031\u{a0}%");
        assert_eq!(percent_at_most(0.0003), "0.030\u{a0}%");
        assert_eq!(percent_at_most(0.0), "0\u{a0}%");
        assert_eq!(percent_at_most(0.001_21), "0.13\u{a0}%");
    }
}
