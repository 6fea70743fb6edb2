//! Areas and points of the still map.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Sheet;
use crate::cells::Area;
use crate::palette;
use crate::projection::Projection;
use crate::spot::{Opens, Spot};

/// Smallest and largest radius of a point.
const RADIUS: (f64, f64) = (0.8, 15.0);
/// Part of the sheet that all points together cover with ink.
const INK: f64 = 0.05;

/// Draws every spot, the ones that open later than others on top.
pub(super) fn draw(sheet: &Sheet, projection: &Projection, sheet_area: f64) -> String {
    let opens = sheet.gazetteer.opens(sheet.plan);
    let areas = sheet.cells.by_spot(sheet.gazetteer.spots.len());
    let mut out = String::new();
    for area in &sheet.cells.areas {
        out.push_str(&polygon(sheet, projection, area, opens[area.spot]));
    }
    let bare = |at: usize| areas[at].is_none();
    let (closed, open) = points(sheet, projection, sheet_area, &opens, bare);
    out.push_str(&closed);
    out.push_str(&standing(sheet, projection));
    out.push_str(&open);
    for (at, spot) in sheet.gazetteer.spots.iter().enumerate() {
        if !spot.existing {
            out.push_str(&mark(sheet, projection, opens[at], areas[at]));
        }
    }
    out
}

fn polygon(sheet: &Sheet, projection: &Projection, area: &Area, opens: Option<Opens>) -> String {
    let (class, fill) = match opens {
        Some(opens) => ("area", sheet.colour(opens.period)),
        None => ("area never", "#e3ded3"),
    };
    area_path(projection, area, class, fill)
}

/// Draws an area in a colour.
pub(super) fn area_path(projection: &Projection, area: &Area, class: &str, fill: &str) -> String {
    let mut path = String::new();
    for ring in area.polygons.iter().flatten() {
        for (position, &(lon, lat)) in ring.iter().enumerate() {
            let (x, y) = projection.place(lon, lat);
            let letter = if position == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{x:.1} {y:.1}");
        }
        path.push('Z');
    }
    format!(
        "<path class=\"{class}\" d=\"{path}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"#ffffff\" \
         stroke-width=\"0.8\" stroke-linejoin=\"round\"/>"
    )
}

/// Draws points as dots of few paths, one path for all dots of one size and period: those that never
/// open, and those that open.
fn points(
    sheet: &Sheet,
    projection: &Projection,
    sheet_area: f64,
    opens: &[Option<Opens>],
    bare: impl Fn(usize) -> bool,
) -> (String, String) {
    let spots = &sheet.gazetteer.spots;
    let people: u64 = spots.iter().filter_map(|spot| spot.population).sum();
    let factor = (INK * sheet_area / (std::f64::consts::PI * people.max(1) as f64)).sqrt();
    // Key: first what never opens, then large before small, so that no dot hides a smaller one.
    let mut groups: BTreeMap<(bool, i32, u32), String> = BTreeMap::new();
    for (at, spot) in spots.iter().enumerate().filter(|(at, _)| bare(*at)) {
        let opening = opens[at].map_or(0, |o| o.period);
        let floor = if opening > 0 { 2.2 } else { RADIUS.0 };
        let radius = (factor * (spot.population.unwrap_or(0) as f64).sqrt()).clamp(floor, RADIUS.1);
        let (x, y) = projection.place(spot.lon, spot.lat);
        let group =
            groups.entry((opening > 0, -((radius * 2.0).round() as i32), opening)).or_default();
        let _ = write!(group, "M{x:.1} {y:.1}h0");
    }
    let drawn = |opening: bool| -> String {
        let groups = groups.iter().filter(|((opens, _, _), _)| *opens == opening);
        groups
            .map(|(&(_, size, period), path)| dots(sheet, f64::from(-size), period, path))
            .collect()
    };
    (drawn(false), drawn(true))
}

fn dots(sheet: &Sheet, width: f64, period: u32, path: &str) -> String {
    let line = |class: &str, colour: &str, width: f64| {
        format!(
            "<path class=\"{class}\" d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             stroke-linecap=\"round\"/>"
        )
    };
    if period == 0 {
        return line("never-dot", "#b9b2a3", width);
    }
    line("halo", "#ffffff", width + 1.4) + &line("dot", sheet.colour(period), width)
}

/// Draws the existing facilities, beneath the openings and smaller where there are many.
fn standing(sheet: &Sheet, projection: &Projection) -> String {
    let spots = || sheet.gazetteer.spots.iter().filter(|spot| spot.existing);
    let side = (60.0 / (spots().count().max(1) as f64).sqrt()).clamp(3.0, 8.0);
    let draw = |spot: &Spot| {
        let (lon, lat) = spot.site_location();
        let (x, y) = projection.place(lon, lat);
        square(x, y, side)
    };
    spots().map(draw).collect()
}

/// Draws the year's digits, or the sign of a fixed opening.
fn mark(
    sheet: &Sheet,
    projection: &Projection,
    opens: Option<Opens>,
    area: Option<&Area>,
) -> String {
    let (Some(opens), Some(area)) = (opens, area) else { return String::new() };
    let (x, y, room) = projection.heart(area);
    let ink = palette::ink_on(sheet.colour(opens.period));
    if room < if opens.fixed { 10.0 } else { 7.0 } {
        return if opens.fixed && room >= 4.0 { diamond(x, y, ink) } else { String::new() };
    }
    // A fixed opening needs room for its sign beside the digits.
    let wanted = if opens.fixed { (2.0 * room - 8.0) / 1.35 } else { room / 0.85 };
    let size = wanted.clamp(8.5, 12.0);
    let (sign, shift) = match opens.fixed {
        true => (diamond(x - size * 0.58 - 1.5, y, ink), 4.0),
        false => (String::new(), 0.0),
    };
    format!(
        "{sign}<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\" text-anchor=\"middle\" fill=\"{ink}\">{:02}</text>",
        x + shift,
        y + size * 0.36,
        opens.year.rem_euclid(100)
    )
}

/// Draws the sign of a fixed opening.
pub(super) fn diamond(x: f64, y: f64, fill: &str) -> String {
    format!("<path d=\"M{x:.1} {:.1}l3.6 3.6l-3.6 3.6l-3.6 -3.6Z\" fill=\"{fill}\"/>", y - 3.6)
}

/// Draws the sign of an existing facility: a hollow square.
pub(super) fn square(x: f64, y: f64, side: f64) -> String {
    format!(
        "<rect class=\"stands\" x=\"{:.1}\" y=\"{:.1}\" width=\"{side:.1}\" height=\"{side:.1}\" fill=\"none\" stroke=\"#5c5850\" \
         stroke-width=\"{:.1}\"/>",
        x - side / 2.0,
        y - side / 2.0,
        (side / 6.0).clamp(0.7, 1.3)
    )
}
