//! Areas of the map, read from GeoJSON text.
//!
//! Reading is forgiving: a feature that is no polygon, or whose id is no place, is left out, and its
//! place is drawn as a point. The input check is where such faults are named.

use serde_json::Value;

use crate::spot::Gazetteer;

/// Holds the areas that belong to spots.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    /// Areas, in the order of the file.
    pub(crate) areas: Vec<Area>,
}

/// Is the area of one spot: polygons, each a list of rings, the outer one first.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    /// Index of the spot.
    pub(crate) spot: usize,
    pub(crate) polygons: Vec<Vec<Ring>>,
}

/// Is a closed line of (longitude, latitude); the last point repeats the first.
pub(crate) type Ring = Vec<(f64, f64)>;

impl Cells {
    /// Returns the areas of the text that belong to spots; the first one where an id repeats.
    pub(crate) fn read(text: Option<&str>, gazetteer: &Gazetteer) -> Self {
        let Some(Ok(document)) = text.map(serde_json::from_str::<Value>) else {
            return Self::default();
        };
        let mut taken = vec![false; gazetteer.spots.len()];
        let features = document.get("features").and_then(Value::as_array);
        let areas = features.into_iter().flatten().filter_map(|feature| area(feature, gazetteer));
        Self {
            areas: areas.filter(|area| !std::mem::replace(&mut taken[area.spot], true)).collect(),
        }
    }

    /// Returns whether there is no area.
    pub(crate) fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// Returns every point of every ring.
    pub(crate) fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.areas.iter().flat_map(|area| area.polygons.iter().flatten().flatten().copied())
    }

    /// Returns the area of each spot.
    pub(crate) fn by_spot(&self, spots: usize) -> Vec<Option<&Area>> {
        let mut found = vec![None; spots];
        for area in &self.areas {
            found[area.spot] = Some(area);
        }
        found
    }
}

fn area(feature: &Value, gazetteer: &Gazetteer) -> Option<Area> {
    let properties = feature.get("properties");
    let property = |key: &str| properties.and_then(|p| p.get(key));
    let ids = [feature.get("id"), property("id"), property("pcode")];
    let spot = ids.into_iter().flatten().filter_map(id_text).find_map(|id| gazetteer.index(&id))?;
    let geometry = feature.get("geometry")?;
    let coordinates = geometry.get("coordinates")?.as_array()?;
    let polygons: Vec<Vec<Ring>> = match geometry.get("type")?.as_str()? {
        "Polygon" => vec![polygon(coordinates)],
        "MultiPolygon" => {
            coordinates.iter().filter_map(Value::as_array).map(|p| polygon(p)).collect()
        }
        _ => return None,
    };
    let polygons: Vec<_> = polygons.into_iter().filter(|rings| !rings.is_empty()).collect();
    (!polygons.is_empty()).then_some(Area { spot, polygons })
}

fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn polygon(rings: &[Value]) -> Vec<Ring> {
    rings.iter().map(ring).take_while(|ring| ring.len() >= 4).collect()
}

fn ring(value: &Value) -> Ring {
    let points = value.as_array().into_iter().flatten();
    let mut ring: Ring =
        points.filter_map(|p| Some((p.get(0)?.as_f64()?, p.get(1)?.as_f64()?))).collect();
    if let (Some(&first), Some(&last)) = (ring.first(), ring.last())
        && first != last
    {
        ring.push(first);
    }
    ring
}

/// Is the largest circle found inside an area; lengths are degrees of latitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Heart {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
    pub(crate) radius: f64,
}

/// Samples along each side of the box in which a heart is sought.
const SAMPLES: usize = 12;

impl Area {
    /// Returns where a label sits best: about the point farthest from the border.
    ///
    /// `cos` is the cosine of the latitude at which the sheet is true to shape.
    pub(crate) fn heart(&self, cos: f64) -> Heart {
        let flat = |ring: &Ring| ring.iter().map(|&(lon, lat)| (lon * cos, lat)).collect();
        let rings: Vec<Ring> = self.polygons.iter().flatten().map(flat).collect();
        let (far, mut frame) =
            (f64::INFINITY, (f64::INFINITY, f64::INFINITY, -f64::INFINITY, -f64::INFINITY));
        for &(x, y) in rings.iter().flatten() {
            frame = (frame.0.min(x), frame.1.min(y), frame.2.max(x), frame.3.max(y));
        }
        let mut best = (-far, frame.0, frame.1);
        for _ in 0..2 {
            best = deepest(&rings, frame, best);
            let (dx, dy) =
                ((frame.2 - frame.0) / SAMPLES as f64, (frame.3 - frame.1) / SAMPLES as f64);
            frame = (best.1 - dx, best.2 - dy, best.1 + dx, best.2 + dy);
        }
        Heart { lon: best.1 / cos, lat: best.2, radius: best.0.max(0.0) }
    }
}

/// Returns the sample of the box that lies deepest inside, with its depth first.
fn deepest(rings: &[Ring], frame: (f64, f64, f64, f64), start: (f64, f64, f64)) -> (f64, f64, f64) {
    let step =
        |low: f64, high: f64, at: usize| low + (high - low) * (at as f64 + 0.5) / SAMPLES as f64;
    let points = (0..SAMPLES * SAMPLES)
        .map(|at| (step(frame.0, frame.2, at % SAMPLES), step(frame.1, frame.3, at / SAMPLES)));
    points.fold(start, |best, (x, y)| {
        let depth = depth(rings, x, y);
        if depth > best.0 { (depth, x, y) } else { best }
    })
}

/// Returns the distance from a point to the border; negative outside.
fn depth(rings: &[Ring], x: f64, y: f64) -> f64 {
    let (mut inside, mut nearest) = (false, f64::INFINITY);
    for pair in rings.iter().flat_map(|ring| ring.windows(2)) {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
        let (dx, dy) = (x2 - x1, y2 - y1);
        let length = (dx * dx + dy * dy).max(1e-18);
        let along = (((x - x1) * dx + (y - y1) * dy) / length).clamp(0.0, 1.0);
        nearest = nearest.min((x - x1 - along * dx).hypot(y - y1 - along * dy));
    }
    if inside { nearest } else { -nearest }
}

/// Returns twice the signed area: positive when the ring runs counter-clockwise.
pub(crate) fn signed_area(ring: &Ring) -> f64 {
    ring.windows(2).map(|pair| pair[0].0 * pair[1].1 - pair[1].0 * pair[0].1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heart_of_an_l_lies_in_its_thick_part() {
        let ring = vec![
            (0.0, 0.0),
            (4.0, 0.0),
            (4.0, 4.0),
            (3.6, 4.0),
            (3.6, 2.0),
            (0.0, 2.0),
            (0.0, 0.0),
        ];
        let area = Area { spot: 0, polygons: vec![vec![ring]] };
        let heart = area.heart(1.0);
        assert!((0.85..=1.2).contains(&heart.radius), "{heart:?}");
        assert!((0.8..=1.2).contains(&heart.lat) && heart.lon < 3.3, "{heart:?}");
    }
}
