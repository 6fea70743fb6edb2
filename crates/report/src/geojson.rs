//! Places and sites with their opening period, as GeoJSON (RFC 7946).

use std::collections::BTreeMap;

use groundwork_model::{Plan, Programme};
use serde::Serialize;

use crate::cells::{Area, Cells, Ring, signed_area};
use crate::spot::{Gazetteer, Opens, Spot};

/// Returns a feature collection with one feature a place, then one a site that is not a place.
///
/// A feature is the place's area when `cells` has it, else its point. `opening_period` and
/// `opening_year` are null where nothing opens. Rings are turned as RFC 7946 wants them; longitudes
/// stay as written.
#[must_use]
pub fn geojson(programme: &Programme, plan: &Plan, cells: Option<&str>) -> Vec<u8> {
    let gazetteer = Gazetteer::new(programme);
    let cells = Cells::read(cells, &gazetteer);
    let areas = cells.by_spot(gazetteer.spots.len());
    let opens = gazetteer.opens(plan);
    let spots = gazetteer.spots.iter().zip(areas).zip(opens);
    let features = spots.map(|((spot, area), opens)| feature(spot, area, opens)).collect();
    let collection = Collection {
        kind: "FeatureCollection",
        programme: &plan.programme,
        plan: &plan.label,
        features,
    };
    // Plain data with string keys: this cannot fail.
    serde_json::to_vec(&collection).unwrap_or_default()
}

#[derive(Serialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    programme: &'a str,
    plan: &'a str,
    features: Vec<Feature<'a>>,
}

#[derive(Serialize)]
struct Feature<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    geometry: Option<Geometry>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Point((f64, f64)),
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

#[derive(Serialize)]
struct Properties<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<&'a BTreeMap<String, String>>,
    province: &'a str,
    population: Option<u64>,
    existing: bool,
    opening_period: Option<u32>,
    opening_year: Option<i32>,
    fixed: Option<bool>,
}

fn feature<'a>(spot: &Spot<'a>, area: Option<&Area>, opens: Option<Opens>) -> Feature<'a> {
    let properties = Properties {
        id: spot.id,
        name: spot.name,
        names: spot.names.filter(|names| !names.is_empty()),
        province: spot.province,
        population: spot.population,
        existing: spot.existing,
        opening_period: opens.map(|o| o.period),
        opening_year: opens.map(|o| o.year),
        fixed: opens.map(|o| o.fixed),
    };
    Feature { kind: "Feature", id: spot.id, geometry: geometry(spot, area), properties }
}

fn geometry(spot: &Spot, area: Option<&Area>) -> Option<Geometry> {
    let Some(area) = area else {
        let (lon, lat) = spot.site_location();
        return (lon.is_finite() && lat.is_finite()).then_some(Geometry::Point((lon, lat)));
    };
    let mut polygons: Vec<Vec<Ring>> = area.polygons.iter().map(|rings| wound(rings)).collect();
    match polygons.len() {
        1 => polygons.pop().map(Geometry::Polygon),
        _ => Some(Geometry::MultiPolygon(polygons)),
    }
}

/// Turns the outer ring counter-clockwise and the holes clockwise.
fn wound(rings: &[Ring]) -> Vec<Ring> {
    let turn = |(position, ring): (usize, &Ring)| {
        let mut ring = ring.clone();
        if (signed_area(&ring) > 0.0) != (position == 0) {
            ring.reverse();
        }
        ring
    };
    rings.iter().enumerate().map(turn).collect()
}
