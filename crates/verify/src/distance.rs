//! Distances between places and sites in whole metres.

use std::f64::consts::PI;

use groundwork_model::{Place, Programme};
use libm::{asin, cos, sin};

use crate::near::{BLOCK, Block, NO_PAIR};
use crate::sites::Sites;

/// Mean radius of the Earth in metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Lengthens chord limits, so that rounding never hides a pair that counts. One part in 10^9 of the
/// Earth's radius is 6 mm; the rounding of the chord is a million times smaller.
const CHORD_MARGIN: f64 = 1e-9;

/// Half chords up to this have a short series for the angle: 1,274 km.
const SERIES_HALF_CHORD_MAX: f64 = 0.1;

/// Chords up to this have a shorter one: 255 km.
const NEAR_CHORD_MAX: f64 = 0.04;

/// Chord and haversine agree within 10^-7 m below the limit of the series; closer than this many
/// metres to a rounding step, the definition decides.
const ROUNDING_DOUBT_M: f64 = 1e-4;

/// From here on 64-bit floats are whole numbers.
const TWO_TO_52: f64 = 4_503_599_627_370_496.0;

/// Is a location, prepared for both ways of measuring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    lat_rad: f64,
    lon_rad: f64,
    cos_lat: f64,
    /// The same point on the unit sphere.
    pub(crate) unit: [f64; 3],
}

/// Measures places against sites.
///
/// The *metres* are exact by definition: haversine in a fixed order of operations, times the detour
/// factor, rounded half up. The *chord* through the unit sphere is a cheap stand-in: it decides
/// which pairs need not be measured, and gives the metres of those whose rounding is beyond doubt.
#[derive(Clone)]
pub(crate) struct Distances {
    pub(crate) places: Vec<Point>,
    pub(crate) sites: Vec<Point>,
    own_place: Vec<Option<usize>>,
    own_metres: Vec<u32>,
    detour: f64,
    cut_off_m: Option<u32>,
}

impl Distances {
    pub(crate) fn new(programme: &Programme, sites: &Sites<'_>) -> Self {
        let settings = programme.settings.distance;
        let detour = settings.detour.to_f64();
        Self {
            places: programme.places.iter().map(|p| Point::new(p.lat, p.lon)).collect(),
            sites: sites.rows.iter().map(|s| Point::new(s.location.0, s.location.1)).collect(),
            own_place: sites.rows.iter().map(|site| site.own_place).collect(),
            own_metres: programme.places.iter().map(|place| own_metres(place, detour)).collect(),
            detour,
            cut_off_m: settings.cut_off_m(),
        }
    }

    /// Measures between bare points in degrees, where no site lies in a place of its own.
    pub(crate) fn between(places: &[(f64, f64)], sites: &[(f64, f64)], detour: f64) -> Self {
        let points = |points: &[(f64, f64)]| points.iter().map(|p| Point::new(p.0, p.1)).collect();
        Self {
            places: points(places),
            sites: points(sites),
            own_place: vec![None; sites.len()],
            own_metres: vec![0; places.len()],
            detour,
            cut_off_m: None,
        }
    }

    /// Returns the metres from a place to a site; `None` beyond the cut-off, where no pair exists.
    pub(crate) fn metres(&self, place: usize, site: usize) -> Option<u32> {
        self.metres_of_chord(place, site, self.chord2(place, site))
    }

    /// Returns the same as [`metres`](Self::metres) for a pair whose squared chord is known.
    #[inline]
    pub(crate) fn metres_of_chord(&self, place: usize, site: usize, chord2: f64) -> Option<u32> {
        let metres = if self.own_place[site] == Some(place) {
            self.own_metres[place]
        } else {
            rounded_by_chord(chord2, self.detour).unwrap_or_else(|| {
                let metres = great_circle_m(&self.places[place], &self.sites[site]);
                round_half_up(metres * self.detour)
            })
        };
        self.cut_off_m.is_none_or(|cut_off| metres <= cut_off).then_some(metres)
    }

    /// Fills in the metres from a site to the places of a block, as
    /// [`Space::metres_of_block`](crate::near::Space::metres_of_block) says: by the chord for all at
    /// once, then one by one where that leaves a doubt.
    pub(crate) fn metres_of_block(&self, block: &Block, site: usize, metres: &mut [u32; BLOCK]) {
        let chords2 = block.chords2(&self.sites[site].unit);
        if rounded_by_chords(&chords2, self.detour, metres) {
            for number in 0..BLOCK {
                if rounded_by_chord(chords2[number], self.detour).is_some() {
                    continue;
                }
                let matters = chords2[number] <= block.limits[number];
                let pair = matters
                    .then(|| self.metres_of_chord(block.places[number], site, chords2[number]));
                metres[number] = pair.flatten().unwrap_or(NO_PAIR);
            }
        }
        let own = self.own_place[site];
        if let Some(number) = own.and_then(|own| block.places.iter().position(|p| *p == own)) {
            metres[number] = self.own_metres[block.places[number]];
        }
        if let Some(cut_off) = self.cut_off_m {
            for metres in metres {
                *metres = if *metres <= cut_off { *metres } else { NO_PAIR };
            }
        }
    }

    /// Returns a squared chord that no pair of at most `metres` exceeds.
    pub(crate) fn chord2_within(&self, metres: u32) -> f64 {
        let metres = self.cut_off_m.map_or(metres, |cut_off| metres.min(cut_off));
        let angle = (f64::from(metres) + 0.5) / self.detour / EARTH_RADIUS_M;
        let chord = if angle < PI { 2.0 * sin(angle / 2.0) } else { 2.0 };
        let chord = chord * (1.0 + CHORD_MARGIN) + CHORD_MARGIN;
        chord * chord
    }

    /// Returns the squared chord between a place and a site.
    pub(crate) fn chord2(&self, place: usize, site: usize) -> f64 {
        chord2(&self.places[place].unit, &self.sites[site].unit)
    }
}

#[cfg(test)]
impl Distances {
    /// Returns the metres by the definition alone.
    pub(crate) fn defined_metres(&self, place: usize, site: usize) -> u32 {
        round_half_up(great_circle_m(&self.places[place], &self.sites[site]) * self.detour)
    }
}

impl Point {
    fn new(lat: f64, lon: f64) -> Self {
        let (lat_rad, lon_rad) = (lat * (PI / 180.0), lon * (PI / 180.0));
        let cos_lat = cos(lat_rad);
        let unit = [cos_lat * cos(lon_rad), cos_lat * sin(lon_rad), sin(lat_rad)];
        Self { lat_rad, lon_rad, cos_lat, unit }
    }
}

/// Returns the squared length of the straight line between two points of the unit sphere.
pub(crate) fn chord2(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
}

/// Returns the haversine distance in metres; `libm` gives the same bits on every machine.
fn great_circle_m(from: &Point, to: &Point) -> f64 {
    let sin_lat = sin((to.lat_rad - from.lat_rad) / 2.0);
    let sin_lon = sin((to.lon_rad - from.lon_rad) / 2.0);
    let h = sin_lat * sin_lat + from.cos_lat * to.cos_lat * (sin_lon * sin_lon);
    2.0 * EARTH_RADIUS_M * asin(h.sqrt().min(1.0))
}

/// Returns the rounded metres of a chord where they are certain to be those of the definition.
/// About ten times as fast, which is what makes millions of pairs a matter of a second.
fn rounded_by_chord(chord2: f64, detour: f64) -> Option<u32> {
    let half = chord2.sqrt() / 2.0;
    if half > SERIES_HALF_CHORD_MAX {
        return None;
    }
    let metres = 2.0 * EARTH_RADIUS_M * asin_series(half) * detour + 0.5;
    let whole = metres as u32;
    let rest = metres - f64::from(whole);
    (ROUNDING_DOUBT_M..1.0 - ROUNDING_DOUBT_M).contains(&rest).then_some(whole)
}

/// Does the same for a block; returns whether any rounding is in doubt, in which case that number is
/// not to be used.
fn rounded_by_chords(chords2: &[f64; BLOCK], detour: f64, metres: &mut [u32; BLOCK]) -> bool {
    let scale = EARTH_RADIUS_M * detour;
    let near = |chord2: f64| scale * near_arc(chord2);
    let far = |chord2: f64| 2.0 * scale * asin_series(chord2.sqrt() / 2.0);
    match rounded_up_to(NEAR_CHORD_MAX, chords2, near, metres) {
        (_, true) => {
            let (doubts, beyond) = rounded_up_to(2.0 * SERIES_HALF_CHORD_MAX, chords2, far, metres);
            doubts || beyond
        }
        (doubts, false) => doubts,
    }
}

/// Rounds the metres of chords; returns whether any rounding is in doubt, and whether any chord is
/// longer than the formula is good for.
#[inline]
fn rounded_up_to(
    chord_max: f64,
    chords2: &[f64; BLOCK],
    exact: impl Fn(f64) -> f64,
    metres: &mut [u32; BLOCK],
) -> (bool, bool) {
    let (mut doubts, mut beyond) = (0_u64, 0_u64);
    for (chord2, metres) in chords2.iter().zip(metres) {
        let exact = exact(*chord2);
        // The sum has no room for a fraction, so that its lowest bits are the nearest whole number.
        let shifted = exact + TWO_TO_52;
        let rest = (exact - (shifted - TWO_TO_52)).abs();
        *metres = shifted.to_bits() as u32;
        // What is no number, as where a point is none, is in doubt too.
        doubts |= u64::from(rest.is_nan() | (rest > 0.5 - ROUNDING_DOUBT_M));
        beyond |= u64::from(*chord2 > chord_max * chord_max);
    }
    (doubts > 0, beyond > 0)
}

/// Returns the arc over a chord of up to 0.04 to the last bits: twice the arc sine of half of it, of
/// which the first term left out is below 10^-15 of the sum.
fn near_arc(chord2: f64) -> f64 {
    let beyond = chord2 * (1.0 / 24.0 + chord2 * (3.0 / 640.0 + chord2 * (5.0 / 7_168.0)));
    let chord = chord2.sqrt();
    chord + chord * beyond
}

/// Returns the arc sine of a number up to 0.1 to the last bits: the first term left out is below
/// 2 x 10^-16 of the sum. Pairs of terms are summed apart, because they then need not wait.
fn asin_series(x: f64) -> f64 {
    let y = x * x;
    let (y2, y4) = (y * y, y * y * y * y);
    let low = (1.0 / 6.0 + y * (3.0 / 40.0)) + y2 * (5.0 / 112.0 + y * (35.0 / 1_152.0));
    let high = (63.0 / 2_816.0 + y * (231.0 / 13_312.0)) + y2 * (143.0 / 10_240.0);
    x + x * y * (low + y4 * high)
}

/// Returns what people of a place travel to a site in their own place: the mean distance to the
/// middle of a disc of its area, or 0 where no area is given.
fn own_metres(place: &Place, detour: f64) -> u32 {
    place.area_km2.map_or(0, |area| round_half_up((2.0 / 3.0) * (area * 1e6 / PI).sqrt() * detour))
}

fn round_half_up(metres: f64) -> u32 {
    (metres + 0.5).floor() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Measures between two points in degrees, without detour.
    fn between(a: (f64, f64), b: (f64, f64)) -> u32 {
        round_half_up(great_circle_m(&Point::new(a.0, a.1), &Point::new(b.0, b.1)))
    }

    #[test]
    fn one_degree_of_the_equator_is_a_360th_of_the_circumference() {
        // 2 pi 6,371,008.8 / 360 = 111,195.08
        assert_eq!(between((0.0, 0.0), (0.0, 1.0)), 111_195);
        assert_eq!(between((0.0, 179.5), (0.0, -179.5)), 111_195);
        assert_eq!(between((89.5, 0.0), (89.5, 180.0)), 111_195);
    }

    #[test]
    fn a_quarter_and_a_half_of_the_circumference() {
        // pi 6,371,008.8 / 2 = 10,007,557.2
        assert_eq!(between((0.0, 0.0), (90.0, 0.0)), 10_007_557);
        assert_eq!(between((-90.0, 0.0), (90.0, 0.0)), 20_015_114);
    }

    proptest! {
        #[test]
        fn the_chord_gives_the_metres_of_the_definition(
            lat in -90.0..90.0_f64,
            lon in -180.0..180.0_f64,
            steps in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, 0..8_i32), 64),
            detour in 1.0..10.0_f64,
        ) {
            let near = |&(dlat, dlon, size): &(f64, f64, i32)| {
                let size = 10.0_f64.powi(2 - size);
                ((lat + dlat * size).clamp(-90.0, 90.0), lon + dlon * size)
            };
            let sites: Vec<_> = steps.iter().map(near).collect();
            let distances = Distances::between(&[(lat, lon)], &sites, detour);
            for site in 0..sites.len() {
                prop_assert_eq!(distances.metres(0, site), Some(distances.defined_metres(0, site)));
            }
        }
    }

    #[test]
    fn the_series_is_the_arc_sine() {
        for step in 1..=1_000 {
            let x = f64::from(step) * 1e-4;
            assert!((asin_series(x) - asin(x)).abs() <= 4.0 * f64::EPSILON * x, "{x}");
        }
    }

    #[test]
    fn the_arc_over_a_short_chord_is_the_arc_sine() {
        for step in 1..=1_000 {
            let chord = f64::from(step) * 4e-5;
            let arc = 2.0 * asin(chord / 2.0);
            assert!((near_arc(chord * chord) - arc).abs() <= 8.0 * f64::EPSILON * chord, "{chord}");
        }
    }

    #[test]
    fn halves_round_up() {
        assert_eq!([0.4, 0.5, 1.49, 2.5].map(round_half_up), [0, 1, 1, 3]);
    }

    #[test]
    fn the_own_place_is_two_thirds_of_the_radius_of_its_disc() {
        let mut place = Place {
            row: 2,
            id: String::new(),
            name: String::new(),
            names: std::collections::BTreeMap::new(),
            province: String::new(),
            lat: 0.0,
            lon: 0.0,
            population: 1,
            area_km2: Some(100.0),
            ..Place::default()
        };
        // (2/3) sqrt(10^8 / pi) = 3,761.264; x 1.3 = 4,889.643
        assert_eq!(own_metres(&place, 1.0), 3_761);
        assert_eq!(own_metres(&place, 1.3), 4_890);
        place.area_km2 = None;
        assert_eq!(own_metres(&place, 1.3), 0);
    }
}
