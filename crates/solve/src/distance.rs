//! Distances in whole metres, the same bits on every machine.
//!
//! Great circle by the haversine formula on a sphere of radius 6,371,008.8 m (the mean radius of
//! IUGG), with the pure-Rust `libm` functions, times the detour factor, rounded half up.

use std::f64::consts::PI;

/// Mean radius of the Earth in metres.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Is a point on the sphere, ready for distances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location {
    lat: f64,
    lon: f64,
    cos_lat: f64,
}

impl Location {
    /// Returns the point at these degrees.
    pub(crate) fn new(lat_degrees: f64, lon_degrees: f64) -> Self {
        let lat = lat_degrees * (PI / 180.0);
        let lon = lon_degrees * (PI / 180.0);
        Self { lat, lon, cos_lat: libm::cos(lat) }
    }

    /// Returns the point as a unit vector; chords between such vectors order like distances.
    pub(crate) fn unit_vector(self) -> [f64; 3] {
        [
            self.cos_lat * libm::cos(self.lon),
            self.cos_lat * libm::sin(self.lon),
            libm::sin(self.lat),
        ]
    }

    /// Returns the position of the point on a curve through the map on which points near one another mostly are so too
    /// (Morton 1966): the bits of latitude and longitude in turn.
    pub(crate) fn along_a_curve(self) -> u64 {
        let bits = |share: f64| u64::from((share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32);
        let (lat, lon) = (bits(self.lat / PI + 0.5), bits(self.lon / (2.0 * PI) + 0.5));
        (0..32).fold(0, |all, at| {
            all | ((lat >> at) & 1) << (2 * at + 1) | ((lon >> at) & 1) << (2 * at)
        })
    }
}

/// Returns the great-circle distance times `detour`, in metres, rounded half up.
pub(crate) fn metres_between(a: Location, b: Location, detour: f64) -> u32 {
    let sin_lat = libm::sin((b.lat - a.lat) / 2.0);
    let sin_lon = libm::sin((b.lon - a.lon) / 2.0);
    let h = sin_lat * sin_lat + a.cos_lat * b.cos_lat * (sin_lon * sin_lon);
    let arc = 2.0 * EARTH_RADIUS_M * libm::asin(h.sqrt().min(1.0));
    round_half_up(arc * detour)
}

/// Returns the mean distance of people to the centre of their own place of this area, in metres: two
/// thirds of the radius of the circle of that area, times `detour`.
pub(crate) fn own_place_metres(area_km2: Option<f64>, detour: f64) -> u32 {
    let area_m2 = area_km2.unwrap_or(0.0) * 1e6;
    round_half_up((2.0 / 3.0) * (area_m2 / PI).sqrt() * detour)
}

/// Returns a chord of the unit sphere that is no shorter than any whose distance rounds to less than
/// `metres`.
pub(crate) fn chord_reaching(metres: f64, detour: f64) -> f64 {
    let half_angle = (metres + 1.0) / detour / EARTH_RADIUS_M / 2.0;
    if half_angle >= PI / 2.0 { 2.0 } else { 2.0 * libm::sin(half_angle) + 1e-9 }
}

/// Returns the distance times `detour` in metres, not rounded, of two points this chord of the unit sphere
/// apart.
pub(crate) fn chord_metres(chord: f64, detour: f64) -> f64 {
    2.0 * EARTH_RADIUS_M * libm::asin((chord / 2.0).min(1.0)) * detour
}

fn round_half_up(metres: f64) -> u32 {
    // Half the Earth's circumference times the largest detour is below 2^28.
    (metres + 0.5).floor() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_the_equator_is_111_195_metres() {
        let d = metres_between(Location::new(0.0, 0.0), Location::new(0.0, 1.0), 1.0);
        assert_eq!(d, 111_195);
    }

    #[test]
    fn antipodes_are_half_a_circumference_apart() {
        let d = metres_between(Location::new(90.0, 0.0), Location::new(-90.0, 0.0), 1.0);
        assert_eq!(d, 20_015_114);
    }

    #[test]
    fn the_own_place_of_pi_square_kilometres_is_two_thirds_of_a_kilometre_wide() {
        assert_eq!(own_place_metres(Some(PI), 1.0), 667);
        assert_eq!(own_place_metres(None, 1.3), 0);
    }
}
