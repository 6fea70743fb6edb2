//! What a programme and its figures mean, in sentences that stand beside the figures.

use groundwork_model::plan::{Method, Sense};
use groundwork_model::programme::{PerPeriod, Periods};
use groundwork_model::{Programme, QuotaRule, Settings, StoppedBy};

use crate::number::{plural, whole};

/// Returns whom the persons of every figure are, as it must stand beside them.
pub(crate) fn population_note(settings: &Settings) -> String {
    let source = settings.population.source.trim().trim_end_matches('.');
    match (settings.population.year, source) {
        (None, "") => "The programme does not say whom its population figures count.".to_owned(),
        (Some(year), "") => format!("Persons as counted in {year}."),
        (None, source) => format!("Persons: {source}."),
        (Some(year), source) if source.contains(&year.to_string()) => format!("Persons: {source}."),
        (Some(year), source) => format!("Persons: {year}, {source}."),
    }
}

/// Returns what access means in this programme: "living within 25 km of an open site (schools)".
pub(crate) fn access_meaning(settings: &Settings) -> String {
    let kinds = settings.package_kinds();
    match kinds.first() {
        None => "living within reach of an open site".to_owned(),
        Some(first) if !reaches_differ(settings) => format!(
            "living within {}\u{a0}km of an open site ({})",
            first.reach_km,
            package_words(settings)
        ),
        Some(_) => {
            let each: Vec<String> =
                kinds.iter().map(|k| format!("{} {}\u{a0}km", k.label(), k.reach_km)).collect();
            format!("living within reach of an open site for every kind ({})", list(&each))
        }
    }
}

/// Returns whether the kinds of a site reach differently far, so that access differs by kind.
pub(crate) fn reaches_differ(settings: &Settings) -> bool {
    let kinds = settings.package_kinds();
    kinds.windows(2).any(|pair| pair[0].reach_m() != pair[1].reach_m())
}

/// Returns " within 15 km" where a cut-off parts people from sites that are too far; else nothing.
pub(crate) fn within(settings: &Settings) -> String {
    settings.distance.cut_off_km.map_or(String::new(), |km| format!(" within {km}\u{a0}km"))
}

/// Returns what one site receives: "foodstuffs, garments and daily necessities".
pub(crate) fn package_words(settings: &Settings) -> String {
    let kinds: Vec<String> =
        settings.package_kinds().iter().map(|k| k.label().to_owned()).collect();
    list(&kinds)
}

/// Returns the rule of the quota in a sentence.
pub(crate) fn quota_words(settings: &Settings) -> String {
    let unit = if settings.periods.years == 1 { "year" } else { "period" };
    let rule = match settings.quota.rule {
        QuotaRule::AtMost => "at most",
        QuotaRule::Exactly => "exactly",
    };
    match &settings.quota.openings {
        PerPeriod::Same(n) => {
            format!(
                "{rule} {} {} a {unit}",
                whole(*n),
                plural(u64::from(*n), "opening", "openings")
            )
        }
        PerPeriod::Each(numbers) => {
            let each: Vec<String> = numbers.iter().map(|n| whole(*n)).collect();
            format!("{rule} {} openings, {unit} by {unit}", list(&each))
        }
    }
}

/// Returns how a plan was made.
pub(crate) fn method_words(method: Method) -> &'static str {
    match method {
        Method::Optimised => "optimised",
        Method::Listed => "listed by a person or taken from the reports",
        Method::BiggestFirst => "largest population first",
        Method::Greedy => "one by one, each the best next",
        Method::TwoStep => "best final set first, then its best order",
    }
}

/// Returns why the search ended.
pub(crate) fn stopped_words(stopped: StoppedBy) -> &'static str {
    match stopped {
        StoppedBy::Proved => "the plan was proved best",
        StoppedBy::Gap => "the gap asked for was reached",
        StoppedBy::Time => "the time limit was reached",
        StoppedBy::Work => "the work limit was reached",
        StoppedBy::Interrupt => "a person stopped it",
        StoppedBy::Exhausted => "the method had done all it can",
    }
}

/// Returns which direction of the value is better.
pub(crate) fn sense_words(sense: Sense) -> &'static str {
    match sense {
        Sense::Min => "smaller is better",
        Sense::Max => "larger is better",
    }
}

/// Returns "year" or "period", as people speak of this programme's steps.
pub(crate) fn step_word(programme: &Programme) -> &'static str {
    if programme.settings.periods.years == 1 { "year" } else { "period" }
}

/// Returns a period's label: its year, or its first and last year.
pub(crate) fn period_label(periods: Periods, period: u32) -> String {
    let first = periods.label(period);
    match periods.years {
        1 => first.to_string(),
        years => format!("{first}\u{2013}{}", first + years as i32 - 1),
    }
}

/// Joins words as a sentence does.
pub(crate) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// Returns the text with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
