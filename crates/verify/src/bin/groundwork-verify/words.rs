//! The verdict in words.

use std::fmt::Write as _;

use groundwork_model::{Problem, Verdict};

/// Returns what was found, as text.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let mut text = headline(verdict);
    let scaled = |number: i128| format!("{} {}", scaled(number, verdict.scale), verdict.unit);
    let rows = [
        ("value", verdict.value.map(scaled)),
        ("bound", verdict.bound.map(scaled)),
        ("gap", verdict.gap.map(|gap| format!("{:.4} %", gap * 100.0))),
        ("pairs re-measured", Some(grouped(u128::from(verdict.pairs)))),
    ];
    for (name, figure) in rows {
        let figure = figure.unwrap_or_else(|| "none".to_owned());
        push_line(&mut text, &format!("  {name:<18} {figure}"));
    }
    text + &list(&verdict.problems)
}

/// Returns why there was nothing to verify, as text.
pub(crate) fn refusal(problems: &[Problem]) -> String {
    format!("not verified: {}\n{}", counted(problems.len()), list(problems))
}

fn headline(verdict: &Verdict) -> String {
    let claims = if verdict.bound.is_some() { "value and bound hold" } else { "the value holds" };
    if verdict.accepted {
        format!("accepted: every rule is kept, {claims}\n")
    } else if verdict.problems.is_empty() {
        "refused: the plan calls itself infeasible\n".to_owned()
    } else {
        format!("refused: {}\n", counted(verdict.problems.len()))
    }
}

fn list(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        push_line(&mut text, &problem.to_string());
        push_line(&mut text, &format!("  {}", problem.remedy));
    }
    text
}

fn push_line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn counted(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

/// Returns an exact number divided by its scale, a power of ten, without losing a digit.
fn scaled(number: i128, scale: u64) -> String {
    let (scale, size) = (u128::from(scale.max(1)), number.unsigned_abs());
    let sign = if number < 0 { "-" } else { "" };
    let whole = grouped(size / scale);
    let fraction = format!("{:0>width$}", size % scale, width = scale.ilog10() as usize);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Returns a number with a comma between thousands.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(scaled(11_119_500, 1), "11,119,500");
        assert_eq!(scaled(11_013_600_105_900, 1_000_000), "11,013,600.1059");
        assert_eq!(scaled(-1_234_500, 1_000), "-1,234.5");
        assert_eq!(scaled(0, 1_000), "0");
        assert_eq!(scaled(7, 1_000_000), "0.000007");
        assert_eq!([grouped(999), grouped(1_000)], ["999", "1,000"]);
    }
}
