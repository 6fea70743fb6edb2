//! The map of who gains and who loses.

use super::{Page, note};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::svg_map;

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let map = svg_map::embedded_difference(page.difference, &page.gazetteer, &page.cells);
    let settings = &page.settings.map;
    let points = match (page.cells.is_empty(), settings.cells_note.trim()) {
        (true, _) => "The area of a point grows with its population.",
        (false, text) => text,
    };
    let credits = match settings.attribution.as_slice() {
        [] => String::new(),
        credits => format!("Map data: {}", credits.join("; ")),
    };
    let body = format!(
        "<p class=\"lede\">{}</p><div class=\"difference-map\">{map}</div>{}{}{}",
        markup(LEDE),
        note(points),
        note(&credits),
        page.population_note()
    );
    wrap_section("map", "Where", &body)
}

const LEDE: &str = "Each place takes a colour by how much nearer or farther its people come on the mean. A sign stands on each site at which \
    something moves.";
