//! What the figures mean.

use super::Page;
use crate::asked;
use crate::html::glossary::{BOUND, GAP, PERSON_YEARS, access, distance, listed};
use crate::html::section as wrap_section;
use crate::words;

/// Returns the section with the terms of this page.
pub(super) fn section(page: &Page) -> String {
    let goal = page.input.plans[0].question.goal(page.programme);
    let value = format!(
        "What the plans make best, as one exact whole number; the page shows it rounded, in {}.",
        asked::unit_words(page.settings, goal)
    );
    let served = match page.leaves_some_out() {
        true => format!(", of those with a site{}", words::within(page.settings)),
        false => String::new(),
    };
    let terms = [
        ("Nearer and farther", NEARER.to_owned()),
        ("Person-km", "Persons times the kilometres that each goes: ten persons who go 3\u{a0}km are 30 person-km.".to_owned()),
        ("Access", access(page.programme)),
        ("Person-years of access", PERSON_YEARS.to_owned()),
        ("Distance", distance(page.settings, &served)),
        ("Value", value),
        ("Bound", BOUND.to_owned()),
        ("Gap", GAP.to_owned()),
    ];
    let terms: Vec<(&str, &str)> =
        terms.iter().map(|(term, text)| (*term, text.as_str())).collect();
    wrap_section("meaning", "What the figures mean", &listed(&terms))
}

const NEARER: &str = "The people of a place are nearer when they go fewer person-km in all that a row covers, and farther when they go more. In \
    one row a place is one of the two or the same, never both.";
