//! The data of the page as JSON: columns of places and of openings, which stay small and parse fast.

use groundwork_model::plan::Action;
use groundwork_model::programme::Package;
use groundwork_model::{Opening, Plan, Programme};
use serde::Serialize;

use super::Page;
use crate::cells::{Area, Ring};
use crate::input::served as served_by;
use crate::projection::{Bounds, unroll};
use crate::spot::Spot;
use crate::{palette, words};

/// Steps of an area's coordinates in one degree.
const GRID: f64 = 10_000.0;

/// Rows of who is served where that the page holds at most.
const SERVED_MAX: usize = 60_000;

/// Returns the data as JSON.
pub(super) fn json(page: &Page) -> String {
    let bounds = Bounds::around(&page.gazetteer, &page.cells);
    let data = Data::new(page, &bounds);
    // Plain data with string keys: this cannot fail.
    serde_json::to_string(&data).unwrap_or_default()
}

#[derive(Serialize)]
struct Data<'a> {
    periods: Vec<String>,
    digits: Vec<String>,
    step: &'static str,
    /// Persons of all places in the first period, by which the map draws its points.
    people: u64,
    /// Persons of all places in each period.
    #[serde(rename = "peopleIn")]
    people_in: Vec<u64>,
    detour: f64,
    #[serde(rename = "cutOff")]
    cut_off: Option<u32>,
    /// " within 15 km" where there is a cut-off; else empty.
    within: String,
    /// Label and reach in metres of each kind that a site receives.
    kinds: Vec<(&'a str, u32)>,
    /// Whether the checker refused the first plan.
    refused: bool,
    /// West, south, east, north in degrees.
    frame: [f64; 4],
    light: Vec<String>,
    dark: Vec<String>,
    grid: f64,
    places: Columns<'a>,
    /// Names of the packages; empty where there is only one.
    packages: Vec<&'a str>,
    plans: Vec<PlanData>,
    /// Who is served where in the first plan; `None` where nobody is assigned, or too many rows say so.
    served: Option<ServedData>,
    areas: Vec<AreaData>,
}

/// Holds the spots, one column a property.
#[derive(Serialize)]
struct Columns<'a> {
    id: Vec<&'a str>,
    name: Vec<&'a str>,
    languages: Vec<(&'a str, Vec<&'a str>)>,
    provinces: Vec<&'a str>,
    province: Vec<usize>,
    /// Persons; -1 for a site that is not a place.
    persons: Vec<i64>,
    lon: Vec<f64>,
    lat: Vec<f64>,
    /// Distance in metres to a site in the own place; empty when it is 0 everywhere.
    own: Vec<u32>,
    existing: Vec<usize>,
    /// (spot, longitude, latitude) of sites that stand elsewhere than their place's point.
    moved: Vec<(usize, f64, f64)>,
}

#[derive(Serialize)]
struct PlanData {
    label: String,
    spot: Vec<usize>,
    period: Vec<u32>,
    /// Positions of fixed openings in `spot`.
    fixed: Vec<usize>,
    /// Position of the package of each opening; empty where there is only one.
    package: Vec<Option<usize>>,
    /// (spot, period, 1 for an upgrade and 2 for a closure, position of the package).
    changes: Vec<(usize, u32, u8, Option<usize>)>,
    opened: Vec<u32>,
    open: Vec<u32>,
    access: Vec<u64>,
    unserved: Vec<u64>,
    mean: Vec<Option<f64>>,
    worst: Vec<Option<u32>>,
}

/// Holds who is served where, one column a property; places and sites are spots.
#[derive(Serialize)]
struct ServedData {
    kinds: Vec<String>,
    kind: Vec<usize>,
    period: Vec<u32>,
    place: Vec<usize>,
    site: Vec<usize>,
    persons: Vec<u64>,
}

/// Is the area of one spot: rings of steps from point to point, in 1 / `grid` degrees.
#[derive(Serialize)]
struct AreaData {
    spot: usize,
    /// Longitude and latitude of the label, and the room around it in degrees of latitude.
    heart: [f64; 3],
    rings: Vec<Vec<i32>>,
}

impl<'a> Data<'a> {
    fn new(page: &'a Page, bounds: &Bounds) -> Self {
        let settings = &page.programme.settings;
        let periods = settings.periods;
        let count = periods.count as usize;
        Self {
            periods: (1..=periods.count).map(|p| words::period_label(periods, p)).collect(),
            digits: (1..=periods.count)
                .map(|p| format!("{:02}", periods.label(p).rem_euclid(100)))
                .collect(),
            step: words::step_word(page.programme),
            people: page.programme.population_in(1),
            people_in: page.programme.populations(),
            detour: settings.distance.detour.to_f64(),
            cut_off: settings.distance.cut_off_m(),
            within: words::within(settings),
            kinds: settings.package_kinds().iter().map(|k| (k.label(), k.reach_m())).collect(),
            refused: page.input.refused(),
            frame: [bounds.west, bounds.south, bounds.east, bounds.north],
            light: palette::light(count),
            dark: palette::dark(count),
            grid: GRID,
            places: Columns::new(page, bounds.seam),
            packages: match settings.packages.as_slice() {
                [] | [_] => Vec::new(),
                all => all.iter().map(package_label).collect(),
            },
            served: ServedData::new(page),
            plans: page.input.plans().into_iter().map(|plan| PlanData::new(page, plan)).collect(),
            areas: page.cells.areas.iter().map(|area| AreaData::new(area, bounds)).collect(),
        }
    }
}

impl<'a> Columns<'a> {
    fn new(page: &'a Page, seam: bool) -> Self {
        let spots = &page.gazetteer.spots;
        let language = |tag: &'a str| (tag, spots.iter().map(|spot| spot.name_in(tag)).collect());
        let (provinces, province) = coded(spots.iter().map(|spot| spot.province));
        let moved = |(at, spot): (usize, &Spot)| {
            spot.site_at.map(|(lon, lat)| (at, degrees(unroll(lon, seam)), degrees(lat)))
        };
        Self {
            id: spots.iter().map(|spot| spot.id).collect(),
            name: spots.iter().map(|spot| spot.name).collect(),
            languages: page.gazetteer.languages().into_iter().map(language).collect(),
            provinces,
            province,
            persons: spots.iter().map(|spot| spot.population.map_or(-1, |n| n as i64)).collect(),
            lon: spots.iter().map(|spot| degrees(unroll(spot.lon, seam))).collect(),
            lat: spots.iter().map(|spot| degrees(spot.lat)).collect(),
            own: own_distances(page.programme, spots),
            existing: (0..spots.len()).filter(|&at| spots[at].existing).collect(),
            moved: spots.iter().enumerate().filter_map(moved).collect(),
        }
    }
}

impl PlanData {
    fn new(page: &Page, plan: &Plan) -> Self {
        let all = plan.openings.iter().filter_map(|o| Some((page.gazetteer.index(&o.site)?, o)));
        type Placed<'p> = Vec<(usize, &'p Opening)>;
        let (known, changed): (Placed<'_>, Placed<'_>) =
            all.partition(|(_, opening)| opening.action.is_open());
        let packages = &page.programme.settings.packages;
        let package = |o: &Opening| packages.iter().position(|package| package.id == o.package);
        let change = |(at, o): &(usize, &Opening)| {
            let action = if o.action == Action::Upgrade { 1 } else { 2 };
            (*at, o.period, action, package(o))
        };
        let outcomes = &plan.outcomes;
        Self {
            label: page.input.label(plan),
            spot: known.iter().map(|(at, _)| *at).collect(),
            period: known.iter().map(|(_, o)| o.period).collect(),
            fixed: (0..known.len()).filter(|&at| known[at].1.fixed).collect(),
            package: match packages.len() {
                0 | 1 => Vec::new(),
                _ => known.iter().map(|(_, o)| package(o)).collect(),
            },
            changes: changed.iter().map(change).collect(),
            opened: outcomes.iter().map(|o| o.openings).collect(),
            open: outcomes.iter().map(|o| o.open).collect(),
            access: outcomes.iter().map(|o| o.access_all).collect(),
            unserved: outcomes.iter().map(|o| o.unserved).collect(),
            mean: outcomes.iter().map(|o| o.mean_distance_m).collect(),
            worst: outcomes.iter().map(|o| o.worst_distance_m).collect(),
        }
    }
}

impl ServedData {
    fn new(page: &Page) -> Option<Self> {
        let rows = served_by(page.plan);
        if rows.is_empty() || rows.len() > SERVED_MAX {
            return None;
        }
        let kinds = &page.programme.settings.kinds;
        let spot = |id: &str| page.gazetteer.index(id);
        let known: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                let kind = kinds.iter().position(|kind| kind.id == row.kind)?;
                Some((kind, row.period, spot(&row.place)?, spot(&row.site)?, row.persons))
            })
            .collect();
        Some(Self {
            kinds: kinds.iter().map(|kind| kind.label().to_owned()).collect(),
            kind: known.iter().map(|row| row.0).collect(),
            period: known.iter().map(|row| row.1).collect(),
            place: known.iter().map(|row| row.2).collect(),
            site: known.iter().map(|row| row.3).collect(),
            persons: known.iter().map(|row| row.4).collect(),
        })
    }
}

/// Returns the name of a package, or its id where it has none.
pub(super) fn package_label(package: &Package) -> &str {
    if package.name.is_empty() { &package.id } else { &package.name }
}

impl AreaData {
    fn new(area: &Area, bounds: &Bounds) -> Self {
        let (seam, heart) = (bounds.seam, area.heart(bounds.cos()));
        let rings = area.polygons.iter().flatten().map(|ring| steps(ring, seam)).collect();
        let heart = [degrees(unroll(heart.lon, seam)), degrees(heart.lat), degrees(heart.radius)];
        Self { spot: area.spot, heart, rings }
    }
}

fn steps(ring: &Ring, seam: bool) -> Vec<i32> {
    let mut last = (0, 0);
    let mut steps = Vec::with_capacity(ring.len() * 2);
    for &(lon, lat) in ring {
        let point = ((unroll(lon, seam) * GRID).round() as i32, (lat * GRID).round() as i32);
        steps.extend([point.0 - last.0, point.1 - last.1]);
        last = point;
    }
    steps
}

/// Returns each distinct text once, in order of appearance, and for each text its position there.
fn coded<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<&'a str>, Vec<usize>) {
    let mut positions = std::collections::HashMap::new();
    let mut distinct = Vec::new();
    let mut codes = Vec::new();
    for text in texts {
        let code = *positions.entry(text).or_insert_with(|| {
            distinct.push(text);
            distinct.len() - 1
        });
        codes.push(code);
    }
    (distinct, codes)
}

/// Returns the distance of people to a site in their own place: two thirds of the radius of a circle
/// as large as the place.
fn own_distances(programme: &Programme, spots: &[Spot]) -> Vec<u32> {
    let detour = programme.settings.distance.detour.to_f64();
    let own = |spot: &Spot| {
        let area = spot.area_km2.unwrap_or(0.0);
        (2.0 / 3.0 * (area / std::f64::consts::PI).sqrt() * detour * 1000.0).round() as u32
    };
    let distances: Vec<u32> = spots.iter().map(own).collect();
    if distances.iter().all(|&metres| metres == 0) { Vec::new() } else { distances }
}

/// Returns degrees to the metre, which keeps the page small.
fn degrees(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}
