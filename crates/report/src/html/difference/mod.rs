//! The page of a difference: what moves from one plan to another, who gains and who loses.
//!
//! In the order of the page: `plans`, `gains`, `map`, `moves`, `places`, `years`, `provinces`, `terms`, `made_from`; `table` is
//! what their tables share.

mod gains;
mod made_from;
mod map;
mod moves;
mod places;
mod plans;
mod provinces;
mod table;
mod terms;
mod years;

use groundwork_model::{Change, Difference, Goal, Programme, Settings};

use super::{header, shell};
use crate::cells::Cells;
use crate::difference_input::DifferenceInput;
use crate::escape::markup;
use crate::gains::Gains;
use crate::spot::Gazetteer;
use crate::words;

pub(super) const STYLE: &str = include_str!("difference.css");
pub(super) const SCRIPT: &str = include_str!("difference.js");

/// Returns a page about two plans as one HTML file, with the guarantees of [`html`](super::html()): it needs nothing else,
/// every figure is there without scripts, and the same input gives the same bytes.
///
/// Long tables are cut, and say how many rows they leave out and where those are.
#[must_use]
pub fn difference_html(input: &DifferenceInput) -> Vec<u8> {
    let gazetteer = Gazetteer::new(input.programme);
    let cells = Cells::read(input.cells, &gazetteer);
    let page = Page {
        input,
        programme: input.programme,
        settings: &input.programme.settings,
        difference: input.difference,
        gazetteer,
        cells,
    };
    let main = [
        plans::section(&page),
        gains::section(&page),
        header::known_first(input.findings),
        map::section(&page),
        moves::section(&page),
        places::section(&page),
        years::section(&page),
        provinces::section(&page),
        terms::section(&page),
        made_from::section(&page),
    ]
    .concat();
    let name = &page.settings.name;
    let document = shell::Document {
        title: &format!("Two plans compared: {name}"),
        banner: "",
        masthead: &masthead(&page, &main),
        main: &main,
        version: env!("CARGO_PKG_VERSION"),
        data: None,
        styles: &[STYLE],
        scripts: &[SCRIPT],
    };
    shell::wrap(&document).into_bytes()
}

/// Holds what every section draws from.
struct Page<'a> {
    input: &'a DifferenceInput<'a>,
    programme: &'a Programme,
    settings: &'a Settings,
    difference: &'a Difference,
    gazetteer: Gazetteer<'a>,
    cells: Cells,
}

impl Page<'_> {
    /// Returns how person-metres are written beside others up to the largest.
    fn ways(&self, largest: i128) -> Gains {
        Gains::of(self.settings, Goal::Distance, 1, largest)
    }

    /// Returns how the person-metres of rows are written: in one unit, so that they can be compared.
    fn ways_of<'c>(&self, rows: impl IntoIterator<Item = &'c Change>) -> Gains {
        let metres = rows.into_iter().map(|row| row.metres_gained.max(row.metres_lost));
        self.ways(metres.max().map_or(0, signed))
    }

    /// Returns the label of a period.
    fn label(&self, period: u32) -> String {
        words::period_label(self.settings.periods, period)
    }

    /// Returns "year" or "period".
    fn step(&self) -> &'static str {
        words::step_word(self.programme)
    }

    /// Returns whom the persons of a group of figures are, as a paragraph.
    fn population_note(&self) -> String {
        note(&words::population_note(self.settings))
    }

    /// Returns whether somebody is without any site in some period of one of the plans.
    fn leaves_some_out(&self) -> bool {
        self.input.outcomes.iter().any(|of_plan| of_plan.iter().any(|o| o.unserved > 0))
    }
}

fn masthead(page: &Page, main: &str) -> String {
    format!(
        "<header class=\"masthead\"><p class=\"kicker\">Two plans compared</p><h1>{}</h1><p class=\"promise\">{}</p>{}</header>",
        markup(&page.settings.name),
        markup(&plans::verdict(page)),
        shell::contents(main),
    )
}

/// Returns a paragraph that explains figures; `text` is no markup.
fn note(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p class=\"note\">{}</p>", markup(text)) }
}

fn signed(metres: u128) -> i128 {
    i128::try_from(metres).unwrap_or(i128::MAX)
}

/// Returns a number as written with a plus where it is above 0.
fn with_sign(number: i128, written: &str) -> String {
    if number > 0 { format!("+{written}") } else { written.to_owned() }
}
