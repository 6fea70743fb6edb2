//! What the figures mean.

use groundwork_model::{Decimal, Goal, Programme, Settings};

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::{asked, words};

/// Returns the section with the terms of this report.
pub(super) fn section(page: &Page) -> String {
    let settings = &page.programme.settings;
    let access = access(page.programme);
    let distance = distance(settings, &page.of_those_served());
    let value = format!(
        "What the plan makes best, as one exact whole number; the page shows it rounded, in {}.",
        asked::unit_words(settings, page.plan.question.goal(page.programme))
    );
    let without = without_site(page);
    let mut terms: Vec<(&str, &str)> = vec![
        ("Access", &access),
        ("Person-years of access", PERSON_YEARS),
        ("Distance", &distance),
        ("Value", &value),
        ("Bound", BOUND),
        ("Gap", GAP),
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
    if !without.is_empty() {
        terms.insert(3, ("Without any site", &without));
    }
    wrap_section("meaning", "What the figures mean", &listed(&terms))
}

pub(super) const PERSON_YEARS: &str = "Persons with access, added up over all years: one person with access for three years counts three.";
pub(super) const BOUND: &str =
    "A number that no plan with the same rules can beat. It is proved, not estimated.";
pub(super) const GAP: &str = "How far the plan\u{2019}s value is from the bound, in per cent of the plan\u{2019}s own value. The best \
    plan lies somewhere between the two, so the plan can be improved by the gap at most, and perhaps not at all. 0\u{a0}% is proved best.";

/// Returns terms with their meanings, as a list.
pub(super) fn listed(terms: &[(&str, &str)]) -> String {
    let item = |(term, meaning): &(&str, &str)| {
        format!("<div><dt>{term}</dt><dd>{}</dd></div>", markup(meaning))
    };
    format!("<dl class=\"terms\">{}</dl>", terms.iter().map(item).collect::<String>())
}

/// Says what access means.
pub(super) fn access(programme: &Programme) -> String {
    format!(
        "Persons {}. An opening serves from the first day of its {}.",
        words::access_meaning(&programme.settings),
        words::step_word(programme),
    )
}

/// Says how distances are measured; `served` says of whom a mean is, where it leaves people out.
pub(super) fn distance(settings: &Settings, served: &str) -> String {
    let winding = match settings.distance.detour {
        Decimal::ONE => String::new(),
        detour => format!(" times {detour}, for roads that wind"),
    };
    format!(
        "The great-circle distance{winding}. The mean is over persons, not over places{served}."
    )
}

/// Says who is without any site and how they count; nothing when everybody has one.
fn without_site(page: &Page) -> String {
    let settings = &page.programme.settings;
    if !page.leaves_some_out() {
        return String::new();
    }
    let goal = page.plan.question.goal(page.programme);
    let counts = match (goal, settings.distance.unserved_m()) {
        (Goal::SelfSufficiency, _) => String::new(),
        (Goal::Coverage, _) => "In the value they count as out of reach.".to_owned(),
        (_, Some(metres)) => {
            format!("In the value they count with {}\u{a0}km.", Decimal::new(i64::from(metres), 3))
        }
        (_, None) => String::new(),
    };
    format!(
        "Persons with no open site{}. They have no access, and no distance: mean and farthest distance are of those with a site, so these \
         figures can even rise when somebody far away gets a site. The number without any site stands beside them. {counts}",
        words::within(settings)
    )
}
