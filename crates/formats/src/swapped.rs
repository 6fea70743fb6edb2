//! Latitudes and longitudes swapped in a whole file.
//!
//! Two signs tell: most rows are out of range unless swapped; or, where both ways are in range, the
//! points lie outside the region that another file shows and would lie inside it if swapped.

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::{Place, Site};

use crate::faults::Faults;
use crate::settings::Names;

/// Fewer rows than this are each named alone.
const ROWS_LEAST: usize = 3;

/// Is the least box around points, in degrees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    lat: (f64, f64),
    lon: (f64, f64),
}

impl Bounds {
    /// Returns the least box around points; `None` without any.
    pub(crate) fn around(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        points.filter(|(lat, lon)| lat.is_finite() && lon.is_finite()).fold(
            None,
            |bounds, (lat, lon)| {
                let bounds = bounds.unwrap_or(Self { lat: (lat, lat), lon: (lon, lon) });
                Some(Self { lat: widened(bounds.lat, lat), lon: widened(bounds.lon, lon) })
            },
        )
    }

    /// Returns whether a point lies in the box or near it.
    fn nears(&self, (lat, lon): (f64, f64)) -> bool {
        let within = |(least, most): (f64, f64), value: f64| {
            let margin = 0.5 + 0.1 * (most - least);
            least - margin <= value && value <= most + margin
        };
        within(self.lat, lat) && within(self.lon, lon)
    }
}

fn widened((least, most): (f64, f64), value: f64) -> (f64, f64) {
    (least.min(value), most.max(value))
}

/// Says it once where most rows of a file are out of range unless swapped.
pub(crate) fn conclude_from_rows(faults: &mut Faults, file: Option<&str>, rows: usize) {
    let Some(file) = file else { return };
    let swapped = faults.count(Code::CoordinatesSwapped, file);
    if swapped >= ROWS_LEAST && swapped * 2 > rows {
        faults.withdraw(Code::CoordinatesSwapped, file);
        let cause =
            format!("{swapped} of {rows} rows have a latitude that can only be a longitude");
        faults.add(fault(file, cause));
    }
}

/// Compares places with the areas of the map.
pub(crate) fn check_places(
    faults: &mut Faults,
    names: &Names,
    places: &[Place],
    areas: Option<Bounds>,
) {
    let points: Vec<_> = places.iter().map(|place| (place.lat, place.lon)).collect();
    check(faults, names.places.as_deref(), &points, areas, "the areas of the map");
}

/// Compares the sites table's own locations with the places.
pub(crate) fn check_sites(faults: &mut Faults, names: &Names, places: &[Place], sites: &[Site]) {
    let region = Bounds::around(places.iter().map(|place| (place.lat, place.lon)));
    let points: Vec<_> = sites.iter().filter_map(|site| site.location).collect();
    check(faults, names.sites.as_deref(), &points, region, "the places");
}

fn check(
    faults: &mut Faults,
    file: Option<&str>,
    points: &[(f64, f64)],
    region: Option<Bounds>,
    whose: &str,
) {
    let (Some(file), Some(region)) = (file, region) else { return };
    let total = points.len();
    let near = points.iter().filter(|&&point| region.nears(point)).count();
    let near_swapped = points.iter().filter(|&&(lat, lon)| region.nears((lon, lat))).count();
    // A single point may well lie abroad.
    if total > 1 && near_swapped * 10 >= total * 9 && near * 10 < total {
        let cause = format!(
            "{near} of {total} points lie where {whose} are; with lat and lon swapped {near_swapped} would"
        );
        faults.add(fault(file, cause));
    }
}

fn fault(file: &str, cause: String) -> Problem {
    Problem::new(Code::CoordinatesSwappedInFile, cause).in_file(file).in_column("lat")
}
