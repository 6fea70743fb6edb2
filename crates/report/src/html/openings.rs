//! The table of openings, by year. The script fills it when a year is unfolded; without scripts the
//! whole table stands in the page.

use std::fmt::Write;

use groundwork_model::{Opening, Plan};

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{plural, whole};
use crate::words;

/// Returns the section with the table.
pub(super) fn section(page: &Page) -> String {
    let body = format!(
        "<div class=\"live table-tools\">{}<div><label for=\"filter\">Show only</label><input id=\"filter\" \
         type=\"search\" placeholder=\"name, province or id\" autocomplete=\"off\" spellcheck=\"false\"></div>\
         <p id=\"filtered\" role=\"status\"></p></div><div id=\"opening-years\" class=\"live\"></div>\
         <noscript>{}</noscript>{}{}",
        plan_select(page),
        still(page),
        explained(page),
        page.population_note(),
    );
    wrap_section("openings", "Every opening", &body)
}

/// Returns the choice of the plan; nothing when there is only one.
fn plan_select(page: &Page) -> String {
    let plans = page.input.plans();
    if plans.len() < 2 {
        return String::new();
    }
    let option = |(at, plan): (usize, &&Plan)| {
        format!("<option value=\"{at}\">{}</option>", markup(&page.input.label(plan)))
    };
    let options: String = plans.iter().enumerate().map(option).collect();
    format!(
        "<div><label for=\"table-plan\">Openings of</label><select id=\"table-plan\">{options}</select></div>"
    )
}

fn explained(page: &Page) -> String {
    let fixed = page.input.plans().iter().any(|plan| plan.openings.iter().any(|o| o.fixed));
    if !fixed {
        return String::new();
    }
    "<p class=\"note\">\u{25c6} fixed: reported as begun or opened, or decided by a person; the plan may not move it. \
     \u{25c7} planned: chosen by the plan.</p>"
        .to_owned()
}

/// Returns the table of the main plan for readers without scripts.
fn still(page: &Page) -> String {
    let count = page.programme.settings.periods.count;
    (1..=count).map(|period| year(page, period)).collect()
}

fn year(page: &Page, period: u32) -> String {
    let openings: Vec<&Opening> =
        page.plan.openings.iter().filter(|o| o.period == period).collect();
    if openings.is_empty() {
        return String::new();
    }
    let languages = page.gazetteer.languages();
    let local = if languages.is_empty() { "" } else { "<th scope=\"col\">Local name</th>" };
    let rows: String = openings.iter().map(|opening| row(page, opening, &languages)).collect();
    let number = openings.len() as u64;
    format!(
        "<details class=\"opening-year\" open><summary><b>{0}</b> <span>{1} {2}{3}</span></summary>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Openings of {0}\"><table><thead><tr><th scope=\"col\">Place</th>{local}<th scope=\"col\">Province</th>\
         <th scope=\"col\" class=\"n\">Persons</th><th scope=\"col\">Fixed or planned</th></tr></thead><tbody>{rows}</tbody></table></div></details>",
        page.label(period),
        whole(number),
        plural(number, "opening", "openings"),
        without_site(page, period),
    )
}

/// Returns how many people are without any site in a period; nothing when everybody has one.
fn without_site(page: &Page, period: u32) -> String {
    let outcome = page.plan.outcomes.iter().find(|outcome| outcome.period == period);
    match outcome.map_or(0, |outcome| outcome.unserved) {
        0 => String::new(),
        n => format!(
            " \u{b7} {} {} without any site{} in this {}",
            whole(n),
            plural(n, "person is", "persons are"),
            words::within(&page.programme.settings),
            words::step_word(page.programme),
        ),
    }
}

fn row(page: &Page, opening: &Opening, languages: &[&str]) -> String {
    let spot = page.gazetteer.get(&opening.site);
    let mut local = String::new();
    for language in languages {
        let name = spot.map_or("", |s| s.name_in(language));
        if !name.is_empty() {
            let _ = write!(local, "<span lang=\"{}\">{}</span> ", markup(language), markup(name));
        }
    }
    let local = if languages.is_empty() { local } else { format!("<td>{local}</td>") };
    format!(
        "<tr><th scope=\"row\">{}</th>{local}<td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
        markup(spot.map_or(opening.site.as_str(), |s| s.name)),
        markup(spot.map_or("", |s| s.province)),
        spot.and_then(|s| s.population).map_or(String::new(), whole),
        if opening.fixed { "\u{25c6} fixed" } else { "\u{25c7} planned" },
    )
}
