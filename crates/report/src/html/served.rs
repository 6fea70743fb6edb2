//! Who is served where in the last period: one row a site and kind, with the places that it serves.

use std::collections::BTreeMap;

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::input::served as served_by;
use crate::number::{plural, whole};

/// Places that one row names.
const NAMED: usize = 8;

/// Returns the section; nothing where the plan assigns nobody.
pub(super) fn section(page: &Page) -> String {
    let Some(last) = served_by(page.plan).iter().map(|row| row.period).max() else {
        return String::new();
    };
    let mut served: BTreeMap<(usize, &str), Places<'_>> = BTreeMap::new();
    let kinds = &page.programme.settings.kinds;
    for row in served_by(page.plan).iter().filter(|row| row.period == last) {
        let kind = kinds.iter().position(|kind| kind.id == row.kind).unwrap_or(kinds.len());
        served.entry((kind, row.site.as_str())).or_default().push((row.persons, &row.place));
    }
    let groups: String = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let rows: Vec<_> = served.iter().filter(|((of, _), _)| *of == at).collect();
            if rows.is_empty() { String::new() } else { group(page, kind.label(), rows) }
        })
        .collect();
    let body = format!(
        "<p>The people of each place go where the plan sends them, in {}, for the kinds that have capacities. \
         <span class=\"live\">Choose a site on the map to see its lines in any {}.</span></p>{groups}{}",
        page.label(last),
        crate::words::step_word(page.programme),
        page.population_note()
    );
    wrap_section("served", "Who is served where", &body)
}

/// Persons and the place that they come from.
type Places<'a> = Vec<(u64, &'a str)>;

type Row<'r, 'a> = (&'r (usize, &'a str), &'r Places<'a>);

fn group(page: &Page, kind: &str, rows: Vec<Row<'_, '_>>) -> String {
    let mut rows: Vec<(&str, u64, Places<'_>)> = rows
        .into_iter()
        .map(|((_, site), places)| {
            let mut places = places.clone();
            places.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            (*site, places.iter().map(|(persons, _)| persons).sum(), places)
        })
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let number = rows.len() as u64;
    let body: String =
        rows.iter().map(|(site, persons, places)| row(page, site, *persons, places)).collect();
    format!(
        "<details class=\"more\"><summary>{0}: {1} {2}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\
         <table class=\"served-table\"><caption>{0}: persons by site and place</caption><thead><tr><th scope=\"col\">Site</th>\
         <th scope=\"col\">Persons served</th><th scope=\"col\">Places</th><th scope=\"col\">From where, most persons first</th></tr></thead>\
         <tbody>{body}</tbody></table></div></details>",
        markup(kind),
        whole(number),
        plural(number, "site", "sites"),
    )
}

fn row(page: &Page, site: &str, persons: u64, places: &[(u64, &str)]) -> String {
    let name = |id: &str| {
        page.gazetteer.get(id).map_or_else(|| id.to_owned(), |spot| spot.name.to_owned())
    };
    let mut from: Vec<String> = places
        .iter()
        .take(NAMED)
        .map(|(persons, place)| format!("{} {}", name(place), whole(*persons)))
        .collect();
    if let Some(more) = places.len().checked_sub(NAMED).filter(|&more| more > 0) {
        from.push(format!("and {} more", whole(more as u64)));
    }
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
        markup(&name(site)),
        whole(persons),
        whole(places.len() as u64),
        markup(&from.join("; "))
    )
}
