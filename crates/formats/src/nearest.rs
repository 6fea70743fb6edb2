//! The place nearest to a point.

use groundwork_model::programme::Place;

/// Radius of the Earth in metres, as everywhere in the program.
const EARTH_M: f64 = 6_371_008.8;
/// Metres of one degree of latitude, a little less than it has, so that nothing near is missed.
const DEGREE_M: f64 = 111_000.0;

/// Holds the places of a programme by latitude.
pub(crate) struct Nearby<'p>(Vec<&'p Place>);

impl<'p> Nearby<'p> {
    pub(crate) fn of(places: &'p [Place]) -> Self {
        let mut sorted: Vec<&Place> = places.iter().collect();
        sorted.sort_by(|a, b| a.lat.total_cmp(&b.lat).then_with(|| a.id.cmp(&b.id)));
        Self(sorted)
    }

    /// Returns the place nearest to a point, and its distance in metres, where that is at most `limit_m`; of two as near
    /// as each other the one with the smaller id.
    pub(crate) fn to(&self, lat: f64, lon: f64, limit_m: u64) -> Option<(&'p Place, u64)> {
        if !is_point(lat, lon) {
            return None;
        }
        // Limits are some thousand kilometres at most: exact as floats.
        let degrees = limit_m as f64 / DEGREE_M;
        let first = self.0.partition_point(|place| place.lat < lat - degrees);
        let near = self.0[first..].iter().take_while(|place| place.lat <= lat + degrees);
        near.map(|place| (metres((lat, lon), (place.lat, place.lon)), *place))
            .filter(|(metres, _)| *metres <= limit_m)
            .min_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)))
            .map(|(metres, place)| (place, metres))
    }
}

/// Returns whether latitude and longitude are those of a point on Earth.
pub(crate) fn is_point(lat: f64, lon: f64) -> bool {
    lat.abs() <= 90.0 && lon.abs() <= 180.0
}

/// Returns the great-circle distance of two points (latitude, longitude) in whole metres.
fn metres(a: (f64, f64), b: (f64, f64)) -> u64 {
    let half = |from: f64, to: f64| libm::sin((to - from).to_radians() / 2.0);
    let (lat, lon) = (half(a.0, b.0), half(a.1, b.1));
    let inside = lat * lat + libm::cos(a.0.to_radians()) * libm::cos(b.0.to_radians()) * lon * lon;
    let way = 2.0 * EARTH_M * libm::asin(libm::sqrt(inside.clamp(0.0, 1.0)));
    // At most half the way round the Earth: a small whole number.
    libm::round(way) as u64
}

/// Returns a distance in kilometres with one digit: 3.4 km.
pub(crate) fn kilometres(metres: u64) -> String {
    let tenths = metres.saturating_add(50) / 100;
    format!("{}.{} km", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: &str, lat: f64, lon: f64) -> Place {
        Place { id: id.to_owned(), lat, lon, ..Place::default() }
    }

    #[test]
    fn the_nearest_within_the_limit_is_found() {
        // One degree of latitude is 111,195 m on this Earth; B is as far as A.
        let places = [place("B", 11.0, 20.0), place("A", 9.0, 20.0), place("C", 10.0, 25.0)];
        let nearby = Nearby::of(&places);
        let (found, metres) = nearby.to(10.0, 20.0, 200_000).unwrap_or((&places[0], 0));
        assert_eq!((found.id.as_str(), metres), ("A", 111_195));
        assert!(nearby.to(10.0, 20.0, 111_194).is_none());
        assert!(nearby.to(10.0, 20.0, 111_195).is_some());
        // Across the line where longitudes end.
        let places = [place("W", 0.0, -179.99)];
        let found = Nearby::of(&places).to(0.0, 179.99, 5_000);
        assert_eq!(found.map(|(_, metres)| metres), Some(2_224));
        assert_eq!(kilometres(2_250), "2.3 km");
        assert!(nearby.to(f64::NAN, 0.0, 1_000).is_none());
        assert!(nearby.to(91.0, 0.0, 1_000_000).is_none());
    }
}
