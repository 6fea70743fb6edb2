//! Title, promise, the figures to remember, and what a reader must know.

use groundwork_model::{PeriodOutcome, Settings, Verdict, equivalent_km};

use super::{Page, list, section, shell};
use crate::escape::{markup, web_address};
use crate::number::{kilometres, plural, share, whole};
use crate::{asked, words};

/// Returns the title with the promise and what this report shows; `standing` says as of when it speaks of the ledger.
pub(super) fn masthead(page: &Page, main: &str, standing: &str) -> String {
    let settings = &page.programme.settings;
    let kicker = match (page.input.refused(), standing) {
        (true, _) => "Plan, refused by the checker",
        (false, "") => "Plan and proof",
        (false, _) => "Plan, proof and evidence",
    };
    let evidence = match standing {
        "" => String::new(),
        standing => format!("<p class=\"about\"><b>Evidence</b>: {}</p>", markup(standing)),
    };
    format!(
        "<header class=\"masthead\"><p class=\"kicker\">{kicker}</p><h1>{}</h1>{}\
         <p class=\"about\"><b>{}</b>: {} The programme allows {}. Sought: {}.</p>{evidence}{}</header>",
        markup(&settings.name),
        promise(settings),
        markup(&page.input.label(page.plan)),
        markup(&asked::question_words(page.programme, page.plan)),
        markup(&words::quota_words(settings)),
        markup(&asked::goal_words(settings, page.plan.question.goal(page.programme))),
        shell::contents(main),
    )
}

/// Returns what the programme promises, with its source.
pub(super) fn promise(settings: &Settings) -> String {
    match settings.description.trim() {
        "" => String::new(),
        text => format!("<p class=\"promise\">{} {}</p>", markup(text), source(&settings.source)),
    }
}

/// Returns the figures to remember.
pub(super) fn headline(page: &Page) -> String {
    let settings = &page.programme.settings;
    let mut figures: String =
        remembered(&page.plan.outcomes).into_iter().map(|o| access(page, o)).collect();
    figures.push_str(&distance(page));
    figures.push_str(&equivalent(page));
    figures.push_str(&figure(
        "gap",
        "Gap to the best possible plan",
        &page.input.gap_figure(page.plan),
        &page.input.gap_words(page.plan),
    ));
    figures.push_str(&verdict(page.input.verdict));
    let meaning = format!("Access means {}.", words::access_meaning(settings));
    let body = format!(
        "<dl class=\"figures\">{figures}</dl><p class=\"note\">{}</p>{}",
        markup(&meaning),
        page.population_note()
    );
    let heading =
        if page.input.refused() { "In short: claims of a refused plan" } else { "In short" };
    section("headline", heading, &body)
}

/// Returns the sentences that a reader must know; nothing when there are none.
pub(super) fn findings(page: &Page) -> String {
    known_first(page.input.findings)
}

/// Returns sentences that a reader must know as a section.
pub(super) fn known_first(findings: &[String]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let findings: Vec<String> = findings.iter().map(|text| words::capital(text)).collect();
    section("findings", "What to know first", &list("findings", &findings))
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
    let population = page.programme.population_in(outcome.period);
    let label = format!("People with access in {}", page.label(outcome.period));
    let explained = format!(
        "{} of {} people; {} {} open",
        share(outcome.access_all, population),
        whole(population),
        whole(outcome.open),
        plural(u64::from(outcome.open), "site", "sites"),
    );
    claim(page, "access", &label, &whole(outcome.access_all), &explained)
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
    let mut ends: Vec<&PeriodOutcome> = [first, last].into_iter().flatten().collect();
    ends.dedup_by_key(|outcome| outcome.period);
    let years = ends.iter().map(|o| page.label(o.period)).collect::<Vec<_>>().join(" and ");
    let explained = format!(
        "from a person\u{2019}s place to the nearest open site, {years}{}",
        left_out(page, &ends)
    );
    claim(page, "distance", "Mean distance", &number, &explained)
}

/// Returns the equally distributed equivalent of the distances; nothing for other goals than equity.
fn equivalent(page: &Page) -> String {
    let Some(km) = equivalent_km(page.programme, page.plan) else { return String::new() };
    let explained = "the distance that would be as bad if everybody had it, over all years; those without a \
                     site are in it";
    let label = "Equally distributed equivalent";
    claim(page, "equity", label, &kilometres(km * 1000.0), explained)
}

/// Says whom the mean leaves out: people without any site.
fn left_out(page: &Page, ends: &[&PeriodOutcome]) -> String {
    if page.plan.outcomes.iter().all(|outcome| outcome.unserved == 0) {
        return String::new();
    }
    let within = words::within(&page.programme.settings);
    let persons = ends.iter().map(|o| whole(o.unserved)).collect::<Vec<_>>().join(" \u{2192} ");
    format!(", of those with a site{within}. Without any site{within}: {persons} persons")
}

fn verdict(verdict: Option<&Verdict>) -> String {
    let (class, number, explained) = match verdict {
        None => (
            "verdict",
            "Not checked",
            "This report was made without the checker\u{2019}s verdict.".to_owned(),
        ),
        Some(v) if v.accepted => (
            "verdict accepted",
            "Accepted",
            format!(
                "A separate checker recomputed {} distances; every rule and every claim holds.",
                whole(v.pairs)
            ),
        ),
        Some(v) => {
            let count = v.problems.len() as u64;
            let found = format!(
                "The checker found {} {}: see the proof below.",
                whole(count),
                plural(count, "fault", "faults")
            );
            ("verdict refused", "\u{2717} Not accepted", found)
        }
    };
    figure(class, "Checker", number, &explained)
}

/// Returns a figure that the plan claims, marked as such where the checker refused the plan.
fn claim(page: &Page, class: &str, label: &str, number: &str, explained: &str) -> String {
    if !page.input.refused() {
        return figure(class, label, number, explained);
    }
    let label = format!("\u{2717} Claimed, not accepted: {}", lower(label));
    figure(&format!("{class} claimed"), &label, number, explained)
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Returns a figure to remember.
pub(super) fn figure(class: &str, label: &str, number: &str, explained: &str) -> String {
    format!(
        "<div class=\"figure {class}\"><dt>{}</dt><dd><span class=\"number\">{}</span>\
         <span class=\"explained\">{}</span></dd></div>",
        markup(label),
        markup(number),
        markup(explained)
    )
}
