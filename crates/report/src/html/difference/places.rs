//! The places that gain most and those that lose most.

use groundwork_model::PlaceChange;

use super::table::{self, Column, Table};
use super::{Page, note, with_sign};
use crate::escape::markup;
use crate::gains::Gains;
use crate::html::section as wrap_section;
use crate::number::{kilometres, whole};

/// Rows of each table at most.
const MOST: usize = 100;

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let places = &page.difference.changes.places;
    let mut gain: Vec<&PlaceChange> = places.iter().filter(|p| p.person_metres < 0).collect();
    let mut lose: Vec<&PlaceChange> = places.iter().filter(|p| p.person_metres > 0).collect();
    // Of equals the first in the table stays first.
    gain.sort_by_key(|place| place.person_metres);
    lose.sort_by_key(|place| std::cmp::Reverse(place.person_metres));
    let largest = places.iter().map(|place| place.person_metres.saturating_abs()).max();
    let ways = page.ways(largest.unwrap_or(0));
    let tables = [
        side(page, &ways, "Places that gain most", &gain),
        side(page, &ways, "Places that lose most", &lose),
    ]
    .concat();
    let body = match tables.as_str() {
        "" => "<p>No place gains and none loses.</p>".to_owned(),
        tables => {
            let noted = note(&format!(
                "The mean is that of a person\u{2019}s way over all {0}s{1}. With access: the {0}s in which the place has every kind within reach.",
                page.step(),
                if kinds(page) > 1 { " and kinds" } else { "" },
            ));
            table::searched("find-place", "places", tables) + &noted + &page.population_note()
        }
    };
    wrap_section("gaining", "The places that gain and lose most", &body)
}

fn kinds(page: &Page) -> usize {
    page.settings.package_kinds().len()
}

fn side(page: &Page, ways: &Gains, caption: &str, places: &[&PlaceChange]) -> String {
    if places.is_empty() {
        return String::new();
    }
    let shown = &places[..places.len().min(MOST)];
    let rows: String = shown.iter().map(|place| row(page, ways, place)).collect();
    let unit = crate::words::capital(&ways.bare);
    let columns: [Column; 7] = [
        ("Place", false),
        ("Persons", true),
        (&unit, true),
        ("First plan", true),
        ("Second plan", true),
        ("First plan", true),
        ("Second plan", true),
    ];
    let with_access = format!("{}s with access", crate::words::capital(page.step()));
    let groups = [("", 3), ("Mean way", 2), (&with_access, 2)];
    let table = Table { caption, class: "places-table", groups: &groups, columns: &columns };
    table.of(&rows) + &table::left_out(places.len(), MOST, "the table of groundwork compare --csv")
}

fn row(page: &Page, ways: &Gains, place: &PlaceChange) -> String {
    let mean = |metres: Option<f64>| metres.map_or_else(|| "none".to_owned(), kilometres);
    let metres = place.person_metres;
    format!(
        "<tr>{}{}{}{}{}{}{}</tr>",
        table::named(&place.name, &place.place, &place.province, &kinds_of(page, place)),
        table::number(&whole(place.persons)),
        table::number(&with_sign(metres, &ways.nearest(metres))),
        table::number(&mean(place.before_m)),
        table::number(&mean(place.after_m)),
        table::number(&whole(place.access_before)),
        table::number(&whole(place.access_after)),
    )
}

/// Returns the ways of the kinds that change, where kinds have figures of their own.
fn kinds_of(page: &Page, place: &PlaceChange) -> String {
    place
        .kinds
        .iter()
        .filter(|kind| kind.person_metres != 0)
        .map(|kind| {
            let known = page.settings.kinds.iter().find(|known| known.id == kind.kind);
            let mean = |metres: Option<f64>| metres.map_or_else(|| "none".to_owned(), kilometres);
            format!(
                "<span class=\"under\">{}: {} \u{2192} {}</span>",
                markup(known.map_or(kind.kind.as_str(), |known| known.label())),
                mean(kind.before_m),
                mean(kind.after_m)
            )
        })
        .collect()
}
