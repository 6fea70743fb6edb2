//! What a programme and its figures mean, in sentences that stand beside the figures.

use groundwork_model::plan::{Method, Sense};
use groundwork_model::programme::{PerPeriod, Periods};
use groundwork_model::{
    Goal, Plan, Programme, QuotaRule, QuotaSource, Settings, Status, StoppedBy,
};

use crate::number::{percent_at_most, plural, whole};

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

/// Returns what access means in this programme: "living within 25 km of an open site".
pub(crate) fn access_meaning(settings: &Settings) -> String {
    let kinds = settings.package_kinds();
    let reaches: Vec<String> = kinds.iter().map(|kind| kind.reach_km.to_string()).collect();
    match reaches.split_first() {
        None => "living within reach of an open site".to_owned(),
        Some((first, rest)) if rest.iter().all(|reach| reach == first) => {
            format!("living within {first}\u{a0}km of an open site")
        }
        Some(_) => {
            let each = kinds.iter().map(|k| format!("{} ({}\u{a0}km)", k.label(), k.reach_km));
            format!("living within reach of an open site for {}", list(&each.collect::<Vec<_>>()))
        }
    }
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

/// Returns what the plan makes best, in words.
pub(crate) fn goal_words(goal: Goal) -> &'static str {
    match goal {
        Goal::Distance => {
            "the smallest sum, over all years, of each person's distance to the nearest open site"
        }
        Goal::Coverage => "the most people within reach of an open site, summed over all years",
        Goal::WorstDistance => {
            "the smallest distance of the worst-off place, summed over all years"
        }
    }
}

/// Returns how far a plan can be from the best, in a sentence.
pub(crate) fn gap_words(plan: &Plan) -> String {
    match (plan.status, plan.gap) {
        (Status::Infeasible, _) => "This plan breaks a rule of the programme.".to_owned(),
        (Status::Optimal, _) => {
            "Proved best: no plan that keeps the same rules is better.".to_owned()
        }
        (Status::Feasible, Some(gap)) if gap.is_finite() => {
            format!(
                "No plan that keeps the same rules can be better by more than {}.",
                percent_at_most(gap)
            )
        }
        (Status::Feasible, _) => "How far this plan is from the best is not known.".to_owned(),
    }
}

/// Returns the gap as a figure.
pub(crate) fn gap_figure(plan: &Plan) -> String {
    match (plan.status, plan.gap) {
        (Status::Optimal, _) => "0\u{a0}%".to_owned(),
        (Status::Feasible, Some(gap)) if gap.is_finite() => percent_at_most(gap),
        _ => "not known".to_owned(),
    }
}

/// Returns what was asked of the programme, in a sentence.
pub(crate) fn question_words(plan: &Plan) -> String {
    let facts = match plan.question.as_of {
        Some(day) => format!("reports up to {day} are taken as facts"),
        None => "every place is free to open in any year, as if nothing had been built".to_owned(),
    };
    let quotas = match plan.question.quotas {
        QuotaSource::AsWritten => "the quotas are those of the programme",
        QuotaSource::AsTaken => "as many sites open in each year as really did",
    };
    let locked = match plan.question.locked.len() {
        0 => String::new(),
        n => format!("; {n} {} locked by a person", plural(n as u64, "opening is", "openings are")),
    };
    format!("{}; {quotas}{locked}.", capital(&facts))
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

/// Returns an objective value in its unit; person-metres are shown as person-kilometres.
pub(crate) fn value_words(value: i128, scale: u64, unit: &str) -> String {
    let value = value / i128::from(scale.max(1));
    match unit {
        "person-metres" => format!("{}\u{a0}person-km", whole(value / 1000)),
        "metres" => format!("{}\u{a0}m", whole(value)),
        unit => format!("{} {unit}", whole(value)),
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
