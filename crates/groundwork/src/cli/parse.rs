//! How values of options are read.

use groundwork_formats::{BenchmarkFormat, DistanceName, ProblemName};
use groundwork_model::evidence::{Basis, Stage};
use groundwork_model::{Decimal, Goal};

use super::planning::RuleName;

pub(super) fn format_name(text: &str) -> Result<BenchmarkFormat, String> {
    named(BenchmarkFormat::from_name(text), BenchmarkFormat::ALL.iter().map(|name| name.name()))
}

pub(super) fn problem_name(text: &str) -> Result<ProblemName, String> {
    named(ProblemName::from_name(text), ProblemName::ALL.iter().map(|name| name.name()))
}

pub(super) fn distance_name(text: &str) -> Result<DistanceName, String> {
    named(DistanceName::from_name(text), DistanceName::ALL.iter().map(|name| name.name()))
}

pub(super) fn numbers(text: &str) -> Result<(u32, u32), String> {
    let numbers = text.split_once("..").map(|(first, last)| (first.parse(), last.parse()));
    match numbers {
        Some((Ok(first), Ok(last))) => Ok((first, last)),
        _ => Err("expected two whole numbers, as in 1..2000".to_owned()),
    }
}

pub(super) fn named<'a, T>(
    found: Option<T>,
    all: impl Iterator<Item = &'a str>,
) -> Result<T, String> {
    found.ok_or_else(|| format!("expected one of {}", all.collect::<Vec<_>>().join(", ")))
}

pub(super) fn rule_name(text: &str) -> Result<RuleName, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number > 0);
    let found = match text.split_once(':') {
        None => (text == "quota").then_some(RuleName::Quota),
        Some(("budget", name)) => (!name.is_empty()).then(|| RuleName::Budget(name.to_owned())),
        Some(("floor", text)) => number(text).map(|number| RuleName::Floor(number - 1)),
        Some(("ceiling", text)) => number(text).map(|number| RuleName::Ceiling(number - 1)),
        Some(_) => None,
    };
    found.ok_or_else(|| {
        "expected quota, budget:RESOURCE, floor:NUMBER or ceiling:NUMBER, as in floor:2".to_owned()
    })
}

pub(super) fn goal_name(text: &str) -> Result<Goal, String> {
    let found = Goal::ALL.into_iter().find(|goal| goal.name() == text);
    named(found, Goal::ALL.iter().map(|goal| goal.name()))
}

pub(super) fn basis(text: &str) -> Result<Basis, String> {
    let all = [Basis::Claimed, Basis::Verified];
    named(all.into_iter().find(|basis| basis.name() == text), all.iter().map(|basis| basis.name()))
}

pub(super) fn built_stage(text: &str) -> Result<Stage, String> {
    let all = Stage::BUILT;
    named(all.into_iter().find(|stage| stage.name() == text), all.iter().map(|stage| stage.name()))
}

pub(super) fn decimal(text: &str) -> Result<Decimal, String> {
    let number = text.parse::<Decimal>().ok().filter(|number| !number.is_negative());
    // Nine digits behind the point are more than any rule has, and leave room to compute.
    let number = number.filter(|number| number.scale() <= 9);
    number.ok_or_else(|| "expected a number that is not below 0, such as 20 or 62.5".to_owned())
}

pub(super) fn step(text: &str) -> Result<(String, u64), String> {
    let parts = text.rsplit_once('=').map(|(name, amount)| (name, amount.parse::<u64>()));
    match parts {
        Some((name, Ok(amount)))
            if !name.is_empty() && (1..=1_000_000_000_000).contains(&amount) =>
        {
            Ok((name.to_owned(), amount))
        }
        _ => Err("expected a resource and a whole amount, as in money=1000000".to_owned()),
    }
}

/// What `--as-of` means without a date.
pub(crate) const LAST_REPORT: &str = "last-report";

pub(crate) fn day(text: &str) -> Result<jiff::civil::Date, String> {
    match day_text(text) {
        Ok(day) if day != LAST_REPORT => day.parse().map_err(|_| WANTS_DAY.to_owned()),
        _ => Err(WANTS_DAY.to_owned()),
    }
}

/// Reads a time as microseconds since the first of January 1970 (UTC); a day means its end.
pub(super) fn moment(text: &str) -> Result<i64, String> {
    if let Ok(day) = day(text) {
        let days = i64::from(groundwork_model::evidence::day_number(day)) + 1;
        return Ok(days * 86_400_000_000 - 1);
    }
    let time = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_microsecond);
    time.map_err(|_| "expected a day, or a time such as 2025-12-04T09:30:00Z".to_owned())
}

const WANTS_DAY: &str = "expected a day written YYYY-MM-DD";

pub(super) fn day_text(text: &str) -> Result<String, String> {
    // The civil parser also takes times of day and odd years; a programme needs plain days.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if text == LAST_REPORT || (plain && text.parse::<jiff::civil::Date>().is_ok()) {
        Ok(text.to_owned())
    } else {
        Err(WANTS_DAY.to_owned())
    }
}

pub(super) fn seconds(text: &str) -> Result<f64, String> {
    number_from(text, 0.0, 1e9, "seconds")
}

pub(super) fn fraction(text: &str) -> Result<f64, String> {
    number_from(text, 0.0, 1.0, "a fraction between 0 and 1")
}

pub(super) fn number_from(text: &str, least: f64, most: f64, what: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("expected {what}")),
    }
}

/// Reads a number of days: 30, or 30d.
pub(super) fn days(text: &str) -> Result<i32, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse::<i32>().ok();
    let number = number.filter(|days| (1..=3_650).contains(days));
    number.ok_or_else(|| "expected a number of days from 1 to 3650, such as 30d".to_owned())
}

/// Reads what a column is called: begun=start.
pub(super) fn column(text: &str) -> Result<(String, String), String> {
    let known = groundwork_formats::WORK_COLUMNS;
    let parts =
        text.split_once('=').filter(|(column, name)| known.contains(column) && !name.is_empty());
    let wanted = || format!("expected one of {} with a name, as in begun=start", known.join(", "));
    parts.map(|(column, name)| (column.to_owned(), name.to_owned())).ok_or_else(wanted)
}

pub(super) fn stage(text: &str) -> Result<Stage, String> {
    named(Stage::from_name(text), Stage::ALL.iter().map(|stage| stage.name()))
}
