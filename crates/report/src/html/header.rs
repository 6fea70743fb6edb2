//! Title, promise, the figures to remember, and what a reader must know.

use std::fmt::Write;

use groundwork_model::{PeriodOutcome, Verdict};

use super::{Page, list, section, shell};
use crate::escape::{markup, web_address};
use crate::number::{kilometres, share, whole};
use crate::words;

/// Returns the title with the promise and what this report shows.
pub(super) fn masthead(page: &Page) -> String {
    let settings = &page.programme.settings;
    let promise = match settings.description.trim() {
        "" => String::new(),
        text => format!("<p class=\"promise\">{} {}</p>", markup(text), source(&settings.source)),
    };
    format!(
        "<header class=\"masthead\"><p class=\"kicker\">Plan and proof</p><h1>{}</h1>{promise}\
         <p class=\"about\"><b>{}</b>: {} The programme allows {}. Sought: {}.</p>{}</header>",
        markup(&settings.name),
        markup(&words::capital(&page.plan.label)),
        markup(&words::question_words(page.plan)),
        markup(&words::quota_words(settings)),
        words::goal_words(settings.objective.goal),
        shell::contents(page),
    )
}

/// Returns the figures to remember.
pub(super) fn headline(page: &Page) -> String {
    let settings = &page.programme.settings;
    let mut figures: String =
        remembered(&page.plan.outcomes).into_iter().map(|o| access(page, o)).collect();
    figures.push_str(&distance(page));
    figures.push_str(&figure(
        "gap",
        "Gap to the best possible plan",
        &words::gap_figure(page.plan),
        &words::gap_words(page.plan),
    ));
    figures.push_str(&verdict(page.input.verdict));
    let meaning = format!(
        "Access means {}{}.",
        words::access_meaning(settings),
        match words::package_words(settings).as_str() {
            "" => String::new(),
            kinds => format!(" ({kinds})"),
        }
    );
    let body = format!(
        "<dl class=\"figures\">{figures}</dl><p class=\"note\">{}</p>{}",
        markup(&meaning),
        page.population_note()
    );
    section("headline", "In short", &body)
}

/// Returns the sentences that a reader must know; nothing when there are none.
pub(super) fn findings(page: &Page) -> String {
    if page.input.findings.is_empty() {
        return String::new();
    }
    section("findings", "What to know first", &list("findings", page.input.findings))
}

fn source(source: &str) -> String {
    match (source.trim(), web_address(source.trim())) {
        ("", _) => String::new(),
        (_, Some(address)) => {
            let host = address.split('/').nth(2).unwrap_or(address);
            format!(
                "<a class=\"source\" rel=\"noreferrer noopener\" href=\"{}\">Source: {}</a>",
                markup(address),
                markup(host)
            )
        }
        (title, None) => format!("<span class=\"source\">Source: {}</span>", markup(title)),
    }
}

/// Returns the first, the middle and the last period.
fn remembered(outcomes: &[PeriodOutcome]) -> Vec<&PeriodOutcome> {
    let last = outcomes.len().saturating_sub(1);
    let mut positions = vec![0, last / 2, last];
    positions.dedup();
    positions.into_iter().filter_map(|position| outcomes.get(position)).collect()
}

fn access(page: &Page, outcome: &PeriodOutcome) -> String {
    let population = page.programme.population();
    let label = format!("People with access in {}", page.label(outcome.period));
    let explained = format!(
        "{} of {} people; {} sites open",
        share(outcome.access_all, population),
        whole(population),
        whole(outcome.open)
    );
    figure("access", &label, &whole(outcome.access_all), &explained)
}

fn distance(page: &Page) -> String {
    let outcomes = &page.plan.outcomes;
    let mean = |outcome: Option<&PeriodOutcome>| {
        outcome.and_then(|o| o.mean_distance_m).map_or("none".to_owned(), kilometres)
    };
    let (first, last) = (outcomes.first(), outcomes.last());
    let number = match outcomes.len() {
        0 | 1 => mean(last),
        _ => format!("{} \u{2192} {}", mean(first).trim_end_matches("\u{a0}km"), mean(last)),
    };
    let years =
        [first, last].into_iter().flatten().map(|o| page.label(o.period)).collect::<Vec<_>>();
    let explained =
        format!("from a person's place to the nearest open site, {}", years.join(" and "));
    figure("distance", "Mean distance", &number, &explained)
}

fn verdict(verdict: Option<&Verdict>) -> String {
    let (number, explained) = match verdict {
        None => ("Not checked", "This report was made without the checker's verdict.".to_owned()),
        Some(v) if v.accepted => (
            "Accepted",
            format!(
                "A separate checker recomputed {} distances; every rule and every claim holds.",
                whole(v.pairs)
            ),
        ),
        Some(v) => {
            let mut text = String::new();
            let count = v.problems.len();
            let _ = write!(
                text,
                "The checker found {count} {}: ",
                crate::number::plural(count as u64, "fault", "faults")
            );
            text.push_str("see the proof below.");
            ("Not accepted", text)
        }
    };
    figure("verdict", "Checker", number, &explained)
}

fn figure(class: &str, label: &str, number: &str, explained: &str) -> String {
    format!(
        "<div class=\"figure {class}\"><dt>{}</dt><dd><span class=\"number\">{}</span>\
         <span class=\"explained\">{}</span></dd></div>",
        markup(label),
        markup(number),
        markup(explained)
    )
}
