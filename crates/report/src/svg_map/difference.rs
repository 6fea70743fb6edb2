//! A still map of who gains and who loses from one plan to another: a file of its own, or a part of a page.

use std::fmt::Write;

use groundwork_model::difference::How;
use groundwork_model::{Difference, PlaceChange, Programme};

use super::{MARGIN, TITLE_HEIGHT, WIDTH, page, shapes, text, wrap};
use crate::cells::Cells;
use crate::escape::markup;
use crate::palette;
use crate::projection::{Bounds, Projection};
use crate::spot::Gazetteer;
use crate::words;

/// From nearer by much to farther by much. Blue and brown stay apart for eyes that see no red or green.
const STEPS: [&str; 7] =
    ["#1f5a96", "#5b93c6", "#b4d0e7", "#efebe2", "#eecb9a", "#cf8f45", "#93540f"];

/// Returns a map of a difference as one SVG file: places coloured by how much nearer (blue) or farther (brown)
/// their people are on the mean of all periods, and a sign on each site of which the opening moves.
#[must_use]
pub fn difference_map(
    programme: &Programme,
    difference: &Difference,
    cells: Option<&str>,
) -> Vec<u8> {
    let gazetteer = Gazetteer::new(programme);
    let cells = Cells::read(cells, &gazetteer);
    let Drawn { drawn, height, widest } = draw(difference, &gazetteer, &cells);
    let (legend, legend_height) = legend(programme, widest, cells.is_empty());
    let below = TITLE_HEIGHT + height;
    let body = format!(
        "<g transform=\"translate(0 {TITLE_HEIGHT})\">{drawn}</g><g transform=\"translate(0 {below:.0})\">{legend}</g>"
    );
    let from = format!("from: {}", difference.before.label);
    let to = markup(&format!("to: {}", difference.after.label));
    let body = text(MARGIN, TITLE_HEIGHT + 2.0, 13.0, &to) + &body;
    page(&programme.settings.name, &from, &body, (below + legend_height).ceil())
}

/// Is a map without its legend.
struct Drawn {
    drawn: String,
    height: f64,
    /// Metres of the last step of colour.
    widest: f64,
}

fn draw(difference: &Difference, gazetteer: &Gazetteer, cells: &Cells) -> Drawn {
    let bounds = Bounds::around(gazetteer, cells);
    let height = (WIDTH / bounds.aspect()).clamp(280.0, 880.0);
    let projection = Projection::fit(&bounds, WIDTH, height, MARGIN);
    let widest = widest(&difference.changes.places);
    let mut drawn = String::new();
    for area in &cells.areas {
        if let Some(place) = difference.changes.places.get(area.spot) {
            let step = step(place, widest);
            let class = format!("area step{step}");
            drawn.push_str(&shapes::area_path(&projection, area, &class, STEPS[step]));
        }
    }
    drawn.push_str(&points(gazetteer, cells, difference, &projection, widest));
    drawn.push_str(&signs(gazetteer, difference, &projection));
    Drawn { drawn, height, widest }
}

/// Returns the map for a page that brings its own title, background and fonts, and its legend as markup, so that its
/// words are as large as those of the page.
pub(crate) fn embedded_difference(
    difference: &Difference,
    gazetteer: &Gazetteer,
    cells: &Cells,
) -> String {
    let Drawn { drawn, height, widest } = draw(difference, gazetteer, cells);
    let label = markup(&format!(
        "Map: who gains and who loses from \u{201c}{}\u{201d} to \u{201c}{}\u{201d}. The tables below have the same in words.",
        difference.before.label, difference.after.label
    ));
    format!(
        "<svg class=\"still\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{label}\">{drawn}</svg>{}",
        key(difference, widest)
    )
}

/// Returns what colours and signs mean, as lists.
fn key(difference: &Difference, widest: f64) -> String {
    let steps: String = step_labels(widest)
        .iter()
        .enumerate()
        .map(|(at, label)| {
            let way = ["", " km nearer", "", "", "", " km farther", ""][at];
            format!(
                "<li><svg viewBox=\"0 0 30 16\" aria-hidden=\"true\"><rect class=\"step{at}\" width=\"30\" height=\"16\" \
                 fill=\"{}\"/></svg>{label}{way}</li>",
                STEPS[at]
            )
        })
        .collect();
    let there = |how: How| difference.moved.iter().any(|moved| moved.how == how);
    let signs: String = SIGNS
        .into_iter()
        .filter(|(how, _)| there(*how))
        .map(|(how, words)| {
            let drawn = sign(how, 8.0, 8.0);
            format!("<li><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">{drawn}</svg>{words}</li>")
        })
        .collect();
    let signs = match signs.as_str() {
        "" => String::new(),
        signs => format!("<ul class=\"map-key moves\">{signs}</ul>"),
    };
    format!("<ul class=\"map-key steps\">{steps}</ul>{signs}")
}

/// What each sign of a site says.
const SIGNS: [(How, &str); 5] = [
    (How::Earlier, "opens earlier"),
    (How::Later, "later"),
    (How::Added, "opens only in the second plan"),
    (How::Dropped, "only in the first"),
    (How::OtherPackage, "with another package"),
];

/// Returns by how many metres the people of a place come farther, on the mean.
fn farther(place: &PlaceChange) -> Option<f64> {
    Some(place.after_m? - place.before_m?)
}

/// Returns the metres of the last step of colour: all but the most extreme twentieth lie below.
fn widest(places: &[PlaceChange]) -> f64 {
    let moves = places.iter().filter_map(farther).map(f64::abs).filter(|&metres| metres >= 1.0);
    let mut metres: Vec<f64> = moves.collect();
    metres.sort_by(f64::total_cmp);
    metres.get(metres.len().saturating_sub(1) * 19 / 20).copied().unwrap_or(1000.0)
}

fn step(place: &PlaceChange, widest: f64) -> usize {
    let middle = STEPS.len() / 2;
    let Some(metres) = farther(place).filter(|metres| metres.abs() >= 0.5) else { return middle };
    // Whoever moves at all is told from those who do not.
    let away = (metres.abs() / widest * 3.0).ceil().clamp(1.0, 3.0) as usize;
    if metres < 0.0 { middle - away } else { middle + away }
}

fn points(
    gazetteer: &Gazetteer,
    cells: &Cells,
    difference: &Difference,
    projection: &Projection,
    widest: f64,
) -> String {
    let areas = cells.by_spot(gazetteer.spots.len());
    let largest = gazetteer.spots.iter().filter_map(|spot| spot.population).max().unwrap_or(1);
    let mut out = String::new();
    for (at, place) in difference.changes.places.iter().enumerate() {
        let Some(spot) = gazetteer.spots.get(at).filter(|_| areas[at].is_none()) else { continue };
        let (x, y) = projection.place(spot.lon, spot.lat);
        let radius = (place.persons as f64 / largest.max(1) as f64).sqrt().mul_add(13.0, 2.5);
        let step = step(place, widest);
        let _ = write!(
            out,
            "<circle class=\"step{step}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{}\" stroke=\"#8d8779\" \
             stroke-width=\"0.5\"/>",
            STEPS[step]
        );
    }
    out
}

fn signs(gazetteer: &Gazetteer, difference: &Difference, projection: &Projection) -> String {
    let mut out = String::new();
    for moved in &difference.moved {
        let Some(spot) = gazetteer.get(&moved.site) else { continue };
        let (lon, lat) = spot.site_location();
        let (x, y) = projection.place(lon, lat);
        out.push_str(&sign(moved.how, x, y));
    }
    out
}

/// Draws a sign around a point; a page may size it by its class.
fn sign(how: How, x: f64, y: f64) -> String {
    let path = match how {
        How::Earlier | How::Added => "M0 -4.5l4 7h-8Z",
        How::Later | How::Dropped => "M0 4.5l4 -7h-8Z",
        How::OtherPackage => "M0 -4l4 4l-4 4l-4 -4Z",
    };
    let (class, fill) = match how {
        How::Added | How::Dropped => ("move one", "#ffffff"),
        _ => ("move", "#22211f"),
    };
    format!(
        "<g transform=\"translate({x:.1} {y:.1})\"><path class=\"{class}\" d=\"{path}\" fill=\"{fill}\" stroke=\"#22211f\" \
         stroke-width=\"0.9\"/></g>"
    )
}

/// Returns what each step of colour means.
fn step_labels(widest: f64) -> [String; STEPS.len()] {
    let kilometres = |part: f64| format!("{:.1}", widest * part / 3000.0);
    [
        format!("over {} km nearer", kilometres(2.0)),
        format!("{} to {}", kilometres(1.0), kilometres(2.0)),
        format!("up to {} km nearer", kilometres(1.0)),
        "the same".to_owned(),
        format!("up to {} km farther", kilometres(1.0)),
        format!("{} to {}", kilometres(1.0), kilometres(2.0)),
        format!("over {} km farther", kilometres(2.0)),
    ]
}

fn legend(programme: &Programme, widest: f64, sized: bool) -> (String, f64) {
    let width = (WIDTH - 2.0 * MARGIN) / STEPS.len() as f64;
    let mut out = String::new();
    for (at, (colour, label)) in STEPS.iter().zip(step_labels(widest)).enumerate() {
        let x = MARGIN + at as f64 * width;
        let _ = write!(
            out,
            "<rect x=\"{x:.1}\" y=\"8\" width=\"{:.1}\" height=\"22\" fill=\"{colour}\"/><text x=\"{:.1}\" \
             y=\"23\" font-size=\"9.5\" text-anchor=\"middle\" fill=\"{}\">{label}</text>",
            width - 1.0,
            x + width / 2.0,
            palette::ink_on(colour),
        );
    }
    let mut x = MARGIN;
    for (how, words) in SIGNS {
        let label = text(12.0, 56.0, 12.0, words);
        let _ =
            write!(out, "<g transform=\"translate({x:.0} 0)\">{}{label}</g>", sign(how, 5.0, 52.0));
        x += 36.0 + words.chars().count() as f64 * 6.4;
    }
    let settings = &programme.settings;
    let mean = "Mean way of a person to the nearest site, over all periods and kinds.".to_owned();
    let area = if sized {
        "The area of a point grows with its population.".to_owned()
    } else {
        settings.map.cells_note.clone()
    };
    let credits = match settings.map.attribution.as_slice() {
        [] => String::new(),
        credits => format!("Map data: {}", credits.join("; ")),
    };
    let mut y = 86.0;
    for note in [mean, area, words::population_note(settings), credits] {
        for line in wrap(&note, 118) {
            out.push_str(&text(MARGIN, y, 11.0, &markup(&line)));
            y += 15.0;
        }
    }
    (out, y + 4.0)
}
