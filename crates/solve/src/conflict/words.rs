//! Numbers and limits in words of planning.

use groundwork_model::programme::{Future, QuotaRule};
pub(super) use groundwork_model::words::{counted, thousands};
use groundwork_model::{Decimal, Outlook, Programme, Question, QuotaSource};

/// Periods of which each number is named.
const NAMED: usize = 10;

pub(super) fn quota(programme: &Programme, question: &Question) -> String {
    let settings = &programme.settings;
    let numbers: Vec<u64> = settings.quotas().iter().map(|&number| number.into()).collect();
    let taken = match question.quotas {
        QuotaSource::AsTaken => ", periods that reports speak of as many as were taken",
        QuotaSource::AsWritten => "",
    };
    let how = match settings.quota.rule {
        QuotaRule::AtMost => "at most",
        QuotaRule::Exactly => "exactly",
    };
    format!("{how} {}{taken}", per_period(&numbers, "opening"))
}

pub(super) fn budget(programme: &Programme, question: &Question, index: usize) -> String {
    let settings = &programme.settings;
    let budget = &settings.budgets[index];
    let amounts = budget.amount.each(settings.periods.count);
    let carried = if budget.carry_over { ", what is left is carried over" } else { "" };
    let of = format!("the budget of `{}`: {}{carried}", budget.resource, per_period(&amounts, ""));
    of + &dearer(programme, question, &budget.resource)
}

/// Says in which futures that count a resource is due at another share than as written.
fn dearer(programme: &Programme, question: &Question, resource: &str) -> String {
    let Some(scenarios) = &programme.settings.scenarios else { return String::new() };
    let counts = |future: &&Future| match &question.outlook {
        Outlook::Together => true,
        Outlook::AsWritten => false,
        // A draw of a future bears its name and a number.
        Outlook::Future(name) => {
            let rest = name.strip_prefix(future.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    };
    let share = |future: &Future| {
        let per_cent = future.cost_per_cent.get(resource).filter(|share| **share != 100)?;
        Some(format!("; {per_cent} % of what is written falls due in the future `{}`", future.name))
    };
    scenarios.futures.iter().filter(counts).filter_map(share).collect()
}

/// Says numbers period by period: "20 openings a period", "20, 0, 10 by period".
fn per_period(numbers: &[u64], noun: &str) -> String {
    let named = |number: u64| {
        if noun.is_empty() { thousands(number) } else { counted(number, noun) }
    };
    match numbers {
        [first, rest @ ..] if rest.iter().all(|number| number == first) => {
            format!("{} a period", named(*first))
        }
        _ => {
            let shown = numbers.iter().take(NAMED).map(|&number| thousands(number));
            let more = if numbers.len() > NAMED { ", ..." } else { "" };
            let plural = if noun.is_empty() { String::new() } else { format!(" {noun}s") };
            format!("{}{more}{plural} by period", shown.collect::<Vec<_>>().join(", "))
        }
    }
}

pub(super) fn floor(programme: &Programme, index: usize) -> String {
    let floor = &programme.settings.floors[index];
    let whom = whom(floor.province.as_deref());
    let by = year_named(programme, floor.by);
    let kind = floor.kind.as_deref();
    match (floor.at_least, floor.coverage) {
        (Some(number), _) => {
            let with = kind.map(|kind| format!(" with `{kind}`")).unwrap_or_default();
            let sites = counted(number, "site");
            format!("at least {sites}{with} {whom} by {by}")
        }
        (None, share) => {
            let share = share.unwrap_or(Decimal::ZERO);
            let kind = kind.unwrap_or_default();
            format!("{share} per cent of the people {whom} within reach of `{kind}` by {by}")
        }
    }
}

pub(super) fn ceiling(programme: &Programme, index: usize) -> String {
    let ceiling = &programme.settings.ceilings[index];
    let whom = whom(ceiling.province.as_deref());
    let with = ceiling.kind.as_deref().map(|kind| format!(" with `{kind}`")).unwrap_or_default();
    let sites = counted(ceiling.at_most, "site");
    format!("at most {sites}{with} {whom} in {}", year_named(programme, ceiling.by))
}

/// Says of which places a floor or ceiling speaks.
fn whom(province: Option<&str>) -> String {
    match province {
        None => "in all of the programme".to_owned(),
        Some("*") => "in each province".to_owned(),
        Some(name) => format!("in {name}"),
    }
}

pub(super) fn window(programme: &Programme, at: usize) -> String {
    let row = &programme.sites[at];
    let last = programme.settings.periods.count;
    let earliest = row.earliest.filter(|earliest| *earliest > 1);
    let latest = row.latest.filter(|latest| *latest < last);
    let year = |period| year(programme, period);
    let when = match (earliest, latest) {
        (Some(earliest), Some(latest)) => format!("from {} to {}", year(earliest), year(latest)),
        (Some(earliest), None) => format!("from {} on", year(earliest)),
        (None, latest) => format!("until {}", year(latest.unwrap_or(last))),
    };
    format!("site `{}` may open {when} only", row.id)
}

pub(super) fn lock(programme: &Programme, question: &Question, index: usize) -> String {
    let locked = &question.locked[index];
    let with = locked.package.as_deref().map(|id| format!(" with `{id}`")).unwrap_or_default();
    format!("your lock: `{}` opens in {}{with}", locked.site, year(programme, locked.period))
}

/// Returns the year that labels the period that a rule names by number or year.
pub(super) fn year_named(programme: &Programme, number: u32) -> i32 {
    programme.settings.period_named(number).map_or(0, |period| year(programme, period))
}

/// Returns the year that labels a period (1-based).
pub(super) fn year(programme: &Programme, period: u32) -> i32 {
    let first = i64::from(programme.settings.periods.first);
    let years = i64::from(programme.settings.periods.years);
    i32::try_from(first + (i64::from(period) - 1) * years).unwrap_or(i32::MAX)
}

pub(super) fn periods(number: u64) -> String {
    counted(number, "period")
}
