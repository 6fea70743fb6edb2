//! The areas of the map: a GeoJSON feature collection whose features have the ids of places.

use std::collections::BTreeSet;

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Place;
use serde_json::Value;

use crate::faults::Faults;
use crate::folder::Folder;
use crate::settings::Names;
use crate::swapped::{self, Bounds};

/// How many ids a message names.
const NAMED: usize = 5;

/// Checks the areas, if the programme names any.
pub(crate) fn check(folder: &mut Folder<'_>, names: &Names, places: &[Place]) {
    let Some(file) = names.cells.as_deref() else { return };
    let Some(text) = folder.picture(file) else { return };
    let faults = &mut folder.faults;
    let Some(collection) = parse(file, &text, faults) else { return };
    let features: &[Value] = collection["features"].as_array().map_or(&[], Vec::as_slice);
    for (index, feature) in features.iter().enumerate() {
        if let Some(cause) = shape_fault(feature) {
            let column = format!("features[{}]", index + 1);
            faults.add(Problem::new(Code::NotACellsFile, cause).in_file(file).in_column(column));
        }
    }
    if !places.is_empty() {
        compare(file, features, places, faults);
        let bounds = Bounds::around(features.iter().flat_map(points));
        swapped::check_places(faults, names, places, bounds);
    }
}

fn parse(file: &str, text: &str, faults: &mut Faults) -> Option<Value> {
    let refuse = |cause: String| Problem::new(Code::NotACellsFile, cause).in_file(file);
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            faults.add(refuse(format!("the file is not JSON: {error}")).at_row(line));
            return None;
        }
    };
    if value["type"] != "FeatureCollection" || !value["features"].is_array() {
        faults
            .add(refuse("the file is JSON, but not a FeatureCollection with features".to_owned()));
        return None;
    }
    Some(value)
}

/// Says why a feature is not an area in degrees.
fn shape_fault(feature: &Value) -> Option<String> {
    let geometry = &feature["geometry"];
    let kind = geometry["type"].as_str().unwrap_or("nothing");
    if !matches!(kind, "Polygon" | "MultiPolygon") {
        return Some(format!("the geometry is {kind}, not Polygon or MultiPolygon"));
    }
    let points: Vec<(f64, f64)> = points(feature).collect();
    if points.is_empty() {
        return Some("the area has no points".to_owned());
    }
    let outside = points.iter().find(|(lat, lon)| lat.abs() > 90.0 || lon.abs() > 180.0);
    outside.map(|(lat, lon)| {
        format!("the point [{lon}, {lat}] is not longitude and latitude in degrees")
    })
}

/// Returns the id of a feature: its own, or the property `id` or `pcode`.
fn id_of(feature: &Value) -> Option<String> {
    let properties = &feature["properties"];
    [&feature["id"], &properties["id"], &properties["pcode"]].into_iter().find_map(|id| match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Returns the points (latitude, longitude) of a feature, however deep its rings lie.
fn points(feature: &Value) -> impl Iterator<Item = (f64, f64)> {
    let mut found = Vec::new();
    collect(&feature["geometry"]["coordinates"], &mut found);
    found.into_iter()
}

fn collect(coordinates: &Value, found: &mut Vec<(f64, f64)>) {
    match coordinates.as_array().map(Vec::as_slice) {
        Some([Value::Number(lon), Value::Number(lat), ..]) => {
            found.extend(lat.as_f64().zip(lon.as_f64()));
        }
        Some(parts) => parts.iter().for_each(|part| collect(part, found)),
        None => {}
    }
}

/// Compares the ids of areas and places, both ways.
fn compare(file: &str, features: &[Value], places: &[Place], faults: &mut Faults) {
    let places: BTreeSet<&str> = places.iter().map(|place| place.id.as_str()).collect();
    let areas: Vec<String> = features
        .iter()
        .map(|feature| id_of(feature).unwrap_or_else(|| "(no id)".to_owned()))
        .collect();
    let ids: BTreeSet<&str> = areas.iter().map(String::as_str).collect();
    let strange: Vec<&str> = ids.iter().filter(|id| !places.contains(*id)).copied().collect();
    let bare: Vec<&str> = places.iter().filter(|id| !ids.contains(*id)).copied().collect();
    let mut warn = |code: Code, ids: &[&str], what: &str| {
        if !ids.is_empty() {
            faults.add(Problem::new(code, format!("{what}: {}", some(ids))).in_file(file));
        }
    };
    warn(Code::CellWithoutPlace, &strange, "areas that belong to no place");
    warn(Code::PlaceWithoutCell, &bare, "places that have no area");
}

fn some(ids: &[&str]) -> String {
    let named: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    let more = ids.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &rest
}
