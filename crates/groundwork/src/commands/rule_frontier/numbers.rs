//! Which rule a frontier varies, and the numbers that it gets.

use groundwork_model::{Code, Decimal, Problem, Programme, Settings};
use groundwork_solve::Varied;

use crate::cli::{FrontierArgs, RuleName};
use crate::exit::Failure;

/// Most numbers of one frontier.
const POINTS_MAX: i128 = 1000;
/// Numbers where neither a step nor a number of points is given.
const POINTS: u32 = 10;

/// Returns the rule that an option names.
pub(super) fn rule(name: &RuleName, programme: &Programme) -> Result<Varied, Failure> {
    let settings = &programme.settings;
    let missing = |cause: String, remedy: String| {
        Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy))
    };
    let numbered = |table: &str, of: &str, at: usize, count: usize| {
        if at < count {
            return Ok(at);
        }
        let cause = format!("there is no {of} {}: the programme has {count}", at + 1);
        let remedy = format!("Number the [[{table}]] tables of programme.toml from 1.");
        Err(missing(cause, remedy))
    };
    match name {
        RuleName::Quota => Ok(Varied::Quota),
        RuleName::Budget(resource) => {
            let budgets = &settings.budgets;
            let found = budgets.iter().position(|budget| budget.resource == *resource);
            let names: Vec<&str> = budgets.iter().map(|budget| budget.resource.as_str()).collect();
            let remedy = match names.as_slice() {
                [] => "The programme has no budgets; add one under [[budgets]].".to_owned(),
                names => format!("Name one of: {}.", names.join(", ")),
            };
            let cause = format!("there is no budget of `{}`", resource.escape_debug());
            found.map(Varied::Budget).ok_or_else(|| missing(cause, remedy))
        }
        RuleName::Floor(at) => {
            numbered("floors", "floor", *at, settings.floors.len()).map(Varied::Floor)
        }
        RuleName::Ceiling(at) => {
            numbered("ceilings", "ceiling", *at, settings.ceilings.len()).map(Varied::Ceiling)
        }
    }
}

/// Returns the name of a rule as the option takes it.
pub(super) fn name(rule: &RuleName) -> String {
    match rule {
        RuleName::Quota => "quota".to_owned(),
        RuleName::Budget(resource) => format!("budget:{resource}"),
        RuleName::Floor(at) => format!("floor:{}", at + 1),
        RuleName::Ceiling(at) => format!("ceiling:{}", at + 1),
    }
}

/// Returns the numbers that the options ask for, ascending.
pub(super) fn asked(
    arguments: &FrontierArgs,
    rule: Varied,
    settings: &Settings,
) -> Result<Vec<Decimal>, Failure> {
    let FrontierArgs { from, to, step, points, scale, .. } = arguments;
    let refuse = |code, flag: &str, cause: String| {
        Err(Failure::Usage(Problem::new(code, cause).in_column(flag)))
    };
    if *scale && !rule.is_by_period() {
        let cause = "the rule has one number, not one a period, so write the numbers themselves";
        return refuse(Code::FlagUnfit, "--scale", cause.to_owned());
    }
    let is_whole = !scale && !rule.is_share(settings);
    let given = [("--from", Some(*from)), ("--to", Some(*to)), ("--step", *step)];
    for (flag, number) in given.iter().filter_map(|(flag, number)| Some((*flag, (*number)?))) {
        if is_whole && number.scale() > 0 {
            let cause = format!("{number} is no whole number, and the rule takes no other");
            return refuse(Code::FlagOutOfRange, flag, cause);
        }
    }
    let largest = if *scale { 1_000_000 } else { rule.largest(settings) };
    if to.to_f64() > largest as f64 {
        return refuse(Code::FlagOutOfRange, "--to", format!("{to} is above {largest}, the most"));
    }
    let digits = if is_whole { 0 } else { from.scale().max(to.scale()).max(2) };
    let digits = digits.max(step.map_or(0, Decimal::scale));
    let units =
        |number: Decimal| i128::from(number.mantissa()) * 10_i128.pow(digits - number.scale());
    let (low, high) = (units(*from), units(*to));
    if low > high {
        let cause = format!("{from} is above {to}");
        return refuse(Code::FlagOutOfRange, "--from", cause);
    }
    let mut numbers: Vec<i128> = match step {
        Some(step) if units(*step) == 0 => {
            return refuse(Code::FlagOutOfRange, "--step", "the step must be above 0".to_owned());
        }
        Some(step) if (high - low) / units(*step) >= POINTS_MAX => {
            let cause = format!("that makes more than {POINTS_MAX} points");
            return refuse(Code::FlagOutOfRange, "--step", cause);
        }
        Some(step) => (0..).map(|at| low + at * units(*step)).take_while(|&x| x <= high).collect(),
        None => {
            let points = i128::from(points.unwrap_or(POINTS));
            (0..points).map(|at| low + (high - low) * at / (points - 1).max(1)).collect()
        }
    };
    numbers.dedup();
    let number = |units: i128| Decimal::new(i64::try_from(units).unwrap_or(i64::MAX), digits);
    Ok(numbers.into_iter().map(number).collect())
}
