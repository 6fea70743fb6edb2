//! The table of openings, by year. The script fills it when a year is unfolded; without scripts the
//! whole table stands in the page.

use std::fmt::Write;

use groundwork_model::plan::Action;
use groundwork_model::programme::Package;
use groundwork_model::{Opening, Plan};

use super::data::package_label;
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
    let any = |test: fn(&Opening) -> bool| {
        page.input.plans().iter().any(|plan| plan.openings.iter().any(test))
    };
    let mut said = Vec::new();
    if any(|opening| opening.fixed) {
        said.push(
            "\u{25c6} fixed: reported as begun or opened, or decided by a person; the plan may not move it. \
             \u{25c7} planned: chosen by the plan.",
        );
    }
    if any(|opening| opening.action == Action::Upgrade) {
        said.push("\u{2191} upgraded: the site turns to the package named.");
    }
    if any(|opening| opening.action == Action::Close) {
        said.push("\u{2715} closes: the site offers the package no longer.");
    }
    let kinds = match several(page) {
        true => format!("<p class=\"note\">{}</p>", markup(&package_words(page))),
        false => String::new(),
    };
    let signs = if said.is_empty() {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>", said.join(" "))
    };
    signs + &kinds
}

/// Returns what each package brings: "Small set: Foodstuffs (small) and Garments (small)."
fn package_words(page: &Page) -> String {
    let settings = &page.programme.settings;
    let of_package = |package: &Package| {
        let kind = |(id, size): (&str, Option<&str>)| {
            let kind = settings.kinds.iter().find(|kind| kind.id == id);
            let size = size.map(|size| {
                kind.and_then(|kind| kind.size(size))
                    .map_or(size, |found| if found.name.is_empty() { size } else { &found.name })
            });
            let label = kind.map_or(id, |kind| kind.label());
            size.map_or_else(|| label.to_owned(), |size| format!("{label} ({size})"))
        };
        let kinds: Vec<String> = package.listed().map(kind).collect();
        format!("{}: {}.", package_label(package), words::list(&kinds))
    };
    settings.packages.iter().map(of_package).collect::<Vec<_>>().join(" ")
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
    let number = openings.iter().filter(|o| o.action.is_open()).count() as u64;
    format!(
        "<details class=\"opening-year\" open><summary><b>{0}</b> <span>{1} {2}{3}</span></summary>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Openings of {0}\"><table><thead><tr><th scope=\"col\">Place</th>{local}<th scope=\"col\">Province</th>\
         <th scope=\"col\" class=\"n\">Persons</th>{package}<th scope=\"col\">Fixed or planned</th></tr></thead><tbody>{rows}</tbody></table></div></details>",
        page.label(period),
        whole(number),
        plural(number, "opening", "openings"),
        [changes(&openings), without_site(page, period)].concat(),
        package = if several(page) { "<th scope=\"col\">Package</th>" } else { "" },
    )
}

/// Returns whether sites can get different packages.
fn several(page: &Page) -> bool {
    page.programme.settings.packages.len() > 1
}

/// Returns how many sites are upgraded or close; nothing where none is.
fn changes(openings: &[&Opening]) -> String {
    let count = |action: Action| openings.iter().filter(|o| o.action == action).count() as u64;
    let said = |number: u64, one: &'static str, many: &'static str| match number {
        0 => String::new(),
        n => format!(" \u{b7} {} {}", whole(n), plural(n, one, many)),
    };
    said(count(Action::Upgrade), "upgrade", "upgrades")
        + &said(count(Action::Close), "closure", "closures")
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
    let packages = &page.programme.settings.packages;
    let named = packages.iter().find(|package| package.id == opening.package);
    let package = match several(page) {
        true => format!("<td>{}</td>", markup(named.map_or(&opening.package, package_label))),
        false => String::new(),
    };
    format!(
        "<tr><th scope=\"row\">{}</th>{local}<td>{}</td><td class=\"n\">{}</td>{package}<td>{}</td></tr>",
        markup(spot.map_or(opening.site.as_str(), |s| s.name)),
        markup(spot.map_or("", |s| s.province)),
        spot.and_then(|s| s.population).map_or(String::new(), whole),
        match (opening.action, opening.fixed) {
            (Action::Upgrade, _) => "\u{2191} upgraded",
            (Action::Close, _) => "\u{2715} closes",
            (Action::Open, true) => "\u{25c6} fixed",
            (Action::Open, false) => "\u{25c7} planned",
        },
    )
}
