//! What the figures mean.

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::words;

/// Returns the section with the terms of this report.
pub(super) fn section(page: &Page) -> String {
    let settings = &page.programme.settings;
    let access = format!(
        "Persons {}{}. An opening serves from the first day of its {}.",
        words::access_meaning(settings),
        match settings.package_kinds().len() {
            0 | 1 => "",
            _ => ", for every kind that a site receives",
        },
        words::step_word(page.programme),
    );
    let distance = format!(
        "The great-circle distance times {}, for roads that wind. The mean is over persons, not over places.",
        settings.distance.detour
    );
    let terms: [(&str, &str); 9] = [
        ("Access", &access),
        (
            "Person-years of access",
            "Persons with access, added up over all years: one person with access for three years counts three.",
        ),
        ("Distance", &distance),
        (
            "Value",
            "What the plan makes best, as one exact whole number; the page shows it rounded.",
        ),
        (
            "Bound",
            "A number that no plan with the same rules can beat. It is proved, not estimated.",
        ),
        (
            "Gap",
            "How far the plan\u{2019}s value is from the bound. The best plan lies somewhere between the two, so the plan can be improved by the gap at most, and perhaps not at all.  0\u{a0}% is proved best.",
        ),
        (
            "Certificate",
            "A file with the numbers from which anyone recomputes the bound without the program that found the plan.",
        ),
        (
            "Checker",
            "A separate program that shares no code with the planner. It reads the programme as written, recomputes every figure and says which claims hold.",
        ),
        (
            "Fixed and planned",
            "A fixed opening is a fact from the reports or a person\u{2019}s decision. A planned opening is the plan\u{2019}s choice, and no promise.",
        ),
    ];
    let item = |(term, meaning): &(&str, &str)| {
        format!("<div><dt>{term}</dt><dd>{}</dd></div>", markup(meaning))
    };
    let body = format!("<dl class=\"terms\">{}</dl>", terms.iter().map(item).collect::<String>());
    wrap_section("meaning", "What the figures mean", &body)
}
