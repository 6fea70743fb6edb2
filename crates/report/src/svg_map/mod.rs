//! A still map: areas or sized points, coloured by the year in which they open.

mod difference;
mod legend;
mod shapes;

pub use difference::difference_map;
pub(crate) use difference::embedded_difference;
pub(crate) use legend::wrap;

use groundwork_model::{Plan, Programme};

use crate::cells::Cells;
use crate::escape::markup;
use crate::projection::{Bounds, Projection};
use crate::spot::Gazetteer;
use crate::{palette, words};

/// Width of the sheet in pixels.
pub(crate) const WIDTH: f64 = 800.0;

const TITLE_HEIGHT: f64 = 74.0;
const MARGIN: f64 = 20.0;

/// Returns a still map of a plan as one SVG file: places in the colour of their opening year, with
/// legend, credits and the note on the areas.
///
/// It needs no font, style or script of its own, so it can stand in a README or on a slide.
#[must_use]
pub fn svg_map(programme: &Programme, plan: &Plan, cells: Option<&str>) -> Vec<u8> {
    let gazetteer = Gazetteer::new(programme);
    let cells = Cells::read(cells, &gazetteer);
    let sheet = Sheet::new(programme, plan, &gazetteer, &cells);
    let (body, height) = sheet.draw(TITLE_HEIGHT);
    page(&programme.settings.name, &subtitle(programme, plan), &body, height)
}

/// Returns a whole file from its title and what is drawn below.
fn page(name: &str, subtitle: &str, body: &str, height: f64) -> Vec<u8> {
    let (name, sub) = (markup(name), markup(subtitle));
    let title = [
        text(MARGIN, 34.0, 20.0, &name).replace("<text ", "<text font-weight=\"600\" "),
        text(MARGIN, 58.0, 13.0, &sub),
    ]
    .concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" font-family=\"{FONT}\"><title>{name}: {sub}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fdfcf9\"/>{title}{body}</svg>\n"
    )
    .into_bytes()
}

/// Returns the still map for a page that brings its own title, background and fonts.
pub(crate) fn embedded(
    programme: &Programme,
    plan: &Plan,
    gazetteer: &Gazetteer,
    cells: &Cells,
) -> String {
    let (body, height) = Sheet::new(programme, plan, gazetteer, cells).draw(0.0);
    let label = markup(&format!(
        "Map: {}. The same openings are in the table below.",
        subtitle(programme, plan)
    ));
    format!(
        "<svg class=\"still\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">{body}</svg>"
    )
}

const FONT: &str =
    "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif";

/// Holds everything that the parts of the map draw from.
struct Sheet<'a> {
    programme: &'a Programme,
    plan: &'a Plan,
    gazetteer: &'a Gazetteer<'a>,
    cells: &'a Cells,
    colours: Vec<String>,
}

impl<'a> Sheet<'a> {
    fn new(
        programme: &'a Programme,
        plan: &'a Plan,
        gazetteer: &'a Gazetteer<'a>,
        cells: &'a Cells,
    ) -> Self {
        let colours = palette::light(programme.settings.periods.count as usize);
        Self { programme, plan, gazetteer, cells, colours }
    }

    /// Draws map and legend below `top` and returns them with the height of the whole.
    fn draw(&self, top: f64) -> (String, f64) {
        let bounds = Bounds::around(self.gazetteer, self.cells);
        let height = (WIDTH / bounds.aspect()).clamp(280.0, 880.0);
        let projection = Projection::fit(&bounds, WIDTH, height, MARGIN);
        let shapes = shapes::draw(self, &projection, WIDTH * height);
        let (legend, legend_height) = legend::draw(self);
        let below = top + height;
        let body = format!(
            "<g transform=\"translate(0 {top})\">{shapes}</g><g transform=\"translate(0 {below:.0})\">{legend}</g>"
        );
        (body, (below + legend_height).ceil())
    }

    /// Returns whether some spot neither opens nor has a facility.
    fn never(&self) -> bool {
        let opens = self.gazetteer.opens(self.plan);
        self.gazetteer
            .spots
            .iter()
            .zip(opens)
            .any(|(spot, opens)| opens.is_none() && !spot.existing)
    }

    fn colour(&self, period: u32) -> &str {
        let last = self.colours.len().saturating_sub(1);
        self.colours.get((period.max(1) as usize - 1).min(last)).map_or("#888888", String::as_str)
    }
}

fn subtitle(programme: &Programme, plan: &Plan) -> String {
    let periods = programme.settings.periods;
    let (first, last) = (periods.label(1), words::period_label(periods, periods.count));
    format!("{}; openings from {first} to {last}", plan.label)
}

fn text(x: f64, y: f64, size: f64, escaped: &str) -> String {
    format!(
        "<text class=\"ink\" x=\"{x}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"#22211f\">{escaped}</text>"
    )
}
