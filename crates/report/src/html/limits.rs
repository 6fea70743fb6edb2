//! Floors and ceilings: what is asked, by when, and what the plan has.

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{plural, share, whole};
use crate::operating::{Asked, Limit, limits};

/// Returns the section; nothing where the programme has neither.
pub(super) fn section(page: &Page) -> String {
    let limits = limits(page.programme, page.plan);
    if limits.is_empty() {
        return String::new();
    }
    let missed = limits.iter().filter(|limit| limit.kept() == Some(false)).count() as u64;
    let summary = match missed {
        0 => format!("All {} are kept.", whole(limits.len() as u64)),
        n => format!(
            "{} of {} {} missed.",
            whole(n),
            whole(limits.len() as u64),
            plural(n, "is", "are")
        ),
    };
    let rows: String = limits.iter().map(|limit| row(page, limit)).collect();
    let body = format!(
        "<p>{summary} A share counts the people within reach of a site in any province.</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Floors and ceilings\"><table class=\"limits-table\">\
         <caption>What is asked of each province, and what the plan has</caption>\
         <thead><tr><th scope=\"col\">Province</th><th scope=\"col\">By</th><th scope=\"col\">What</th><th scope=\"col\">Asked</th>\
         <th scope=\"col\">Plan has</th><th scope=\"col\">Kept</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        page.population_note()
    );
    wrap_section("limits", "Floors and ceilings", &body)
}

fn row(page: &Page, limit: &Limit<'_>) -> String {
    let kinds = &page.programme.settings.kinds;
    let kind = limit
        .kind
        .map(|id| kinds.iter().find(|kind| kind.id == id).map_or(id, |kind| kind.label()));
    let sites = |number: u64| format!("{} {}", whole(number), plural(number, "site", "sites"));
    let (what, asked, has) = match &limit.asked {
        Asked::AtLeast(least) => {
            ("sites", format!("at least {}", sites((*least).into())), limit.has.map(sites))
        }
        Asked::AtMost(most) => {
            ("sites", format!("at most {}", sites((*most).into())), limit.has.map(sites))
        }
        Asked::Persons { of, percent, least } => (
            "people within reach",
            format!("at least {percent}\u{a0}% ({})", whole(*least)),
            limit.has.map(|has| format!("{} ({})", share(has, *of), whole(has))),
        ),
    };
    let what = kind.map_or_else(|| what.to_owned(), |kind| format!("{what}: {kind}"));
    let (class, word) = match limit.kept() {
        Some(true) => ("kept", "\u{2713} kept"),
        Some(false) => ("missed", "\u{2717} missed"),
        None => ("", "see the proof"),
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{word}</td></tr>",
        markup(limit.province.unwrap_or("All together")),
        page.label(limit.period),
        markup(&what),
        markup(&asked),
        markup(&has.unwrap_or_else(|| "not counted".to_owned())),
    )
}
