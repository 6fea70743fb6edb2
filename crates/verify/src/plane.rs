//! Distances in the plane: whole numbers of the file's unit, exact.

use groundwork_model::field::Rounding;

use crate::near::{BLOCK, Block, NO_PAIR, Space};

/// Lengthens the straight lines that the tree compares, so that the rounding of 53-bit numbers never
/// hides a pair: as a part of the line, and as a part of the largest coordinate.
const LINE_MARGIN: f64 = 1e-9;
const COORDINATE_MARGIN: f64 = 1e-14;

/// Squared distances up to this, four times over, have exact roots in floating point.
const SQUARE_MAX: f64 = (1_u64 << 50) as f64;

/// Coordinates up to this are exact in floating point, and so are their differences.
const SMALL_COORDINATE_MAX: u64 = 1 << 52;

/// Scales up to this divide such roots exactly.
const SMALL_SCALE_MAX: u64 = 1 << 20;

/// From here on 64-bit floats are whole numbers.
const TWO_TO_52: f64 = 4_503_599_627_370_496.0;

/// Measures between points of the plane, every one of them both client and site.
pub(crate) struct Plane<'a> {
    points: &'a [(i64, i64)],
    scale: u64,
    rounding: Rounding,
    margin: f64,
    /// Whether short distances can be computed in floating point.
    is_small: bool,
}

impl<'a> Plane<'a> {
    /// The points are expected within 2^60, and no pair
    /// farther apart than 32 bits say.
    pub(crate) fn new(points: &'a [(i64, i64)], scale: u64, rounding: Rounding) -> Self {
        let largest = points.iter().map(|(x, y)| x.unsigned_abs().max(y.unsigned_abs())).max();
        let largest = largest.unwrap_or(0);
        let margin = largest as f64 * COORDINATE_MARGIN;
        let is_small = largest <= SMALL_COORDINATE_MAX && scale <= SMALL_SCALE_MAX;
        Self { points, scale, rounding, margin, is_small }
    }

    /// Returns the whole distance of two points.
    pub(crate) fn distance(&self, a: usize, b: usize) -> u32 {
        let distance = whole_distance(self.points[a], self.points[b], self.scale, self.rounding);
        u32::try_from(distance).unwrap_or(u32::MAX)
    }

    fn point(&self, number: usize) -> [f64; 3] {
        let (x, y) = self.points[number];
        [x as f64, y as f64, 0.0]
    }
}

impl Space for Plane<'_> {
    fn place(&self, place: usize) -> [f64; 3] {
        self.point(place)
    }

    fn site(&self, site: usize) -> [f64; 3] {
        self.point(site)
    }

    fn chord2_within(&self, metres: u32) -> f64 {
        let line = (f64::from(metres) + 1.0) * self.scale as f64;
        let line = line * (1.0 + LINE_MARGIN) + self.margin;
        line * line
    }

    fn metres_of_chord(&self, place: usize, site: usize, _: f64) -> Option<u32> {
        Some(self.distance(place, site))
    }

    fn metres_of_block(&self, block: &Block, site: usize, metres: &mut [u32; BLOCK]) {
        let squares = block.chords2(&self.point(site));
        // Where there is no place, the point (0, 0) may lie too far away.
        if self.is_small && squares.iter().all(|square| *square <= SQUARE_MAX) {
            small_distances(&squares, self.scale as f64, self.rounding, metres);
        } else {
            for (number, metres) in metres.iter_mut().enumerate() {
                let place = block.places[number];
                *metres = self.points.get(place).map_or(NO_PAIR, |_| self.distance(place, site));
            }
        }
    }
}

/// Returns distances of squared distances that are whole numbers up to [`SQUARE_MAX`], as
/// [`whole_distance`] does, in floating point that is exact.
///
/// The root of a whole number D up to 2^52, as rounded, has the whole part of the true root: just below
/// a whole number k up to 2^26 the true root is at most k - 1/2k, and floats there lie 2^-27 or less
/// apart, so that it does not round to k. Likewise a quotient of whole numbers a / b, with a up to 2^27
/// and b up to 2^21, is at most k - 1/b where it is below k, and floats up to 2^27 lie 2^-26 apart.
fn small_distances(
    squares: &[f64; BLOCK],
    scale: f64,
    rounding: Rounding,
    distances: &mut [u32; BLOCK],
) {
    for (square, distance) in squares.iter().zip(distances) {
        let exact = match rounding {
            Rounding::Floor => whole_part(square.sqrt()) / scale,
            Rounding::Round => (whole_part((4.0 * square).sqrt()) + scale) / (2.0 * scale),
        };
        *distance = (whole_part(exact) + TWO_TO_52).to_bits() as u32;
    }
}

/// Cuts off a number from 0 to 2^51: the sum is the nearest whole number, which may be one too many.
#[inline]
fn whole_part(number: f64) -> f64 {
    let nearest = (number + TWO_TO_52) - TWO_TO_52;
    nearest - if nearest > number { 1.0 } else { 0.0 }
}

/// Returns the distance of two points, in units of `scale`, as a whole number.
///
/// With D the squared distance and s the scale, floor(sqrt(D) / s) is floor(sqrt(D)) / s cut off,
/// and floor(sqrt(D) / s + 1/2) is (floor(sqrt(4 D)) + s) / 2 s cut off: no root is ever rounded.
pub(crate) fn whole_distance(a: (i64, i64), b: (i64, i64), scale: u64, rounding: Rounding) -> u128 {
    let square = |difference: u64| u128::from(difference) * u128::from(difference);
    of_square(square(a.0.abs_diff(b.0)) + square(a.1.abs_diff(b.1)), scale, rounding)
}

fn of_square(squared: u128, scale: u64, rounding: Rounding) -> u128 {
    let scale = u128::from(scale);
    match rounding {
        Rounding::Floor => root(squared) / scale,
        Rounding::Round => (root(4 * squared) + scale) / (2 * scale),
    }
}

/// Returns the square root, cut off; short numbers are several times as fast.
fn root(number: u128) -> u128 {
    u64::try_from(number).map_or_else(|_| number.isqrt(), |short| u128::from(short.isqrt()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::near::{NearPlaces, found_by_blocks};

    #[test]
    fn distances_are_cut_off_or_rounded_half_up() {
        let both = |b, scale| {
            [Rounding::Floor, Rounding::Round].map(|r| whole_distance((0, 0), b, scale, r))
        };
        assert_eq!(both((3, 4), 1), [5, 5]);
        assert_eq!(both((1, 1), 1), [1, 1]);
        // sqrt(7.25) = 2.69
        assert_eq!(both((250, 100), 100), [2, 3]);
        // Just a half rounds up, a hair less does not.
        assert_eq!(both((25, 0), 10), [2, 3]);
        assert_eq!(both((2_499_999, 0), 1_000_000), [2, 2]);
        let far = 1 << 60;
        assert_eq!(both((far, 0), 1), [1 << 60, 1 << 60]);
    }

    #[test]
    fn short_distances_are_exact_in_floating_point() {
        let mut squares = Vec::new();
        for root in (1..200_u64).chain([(1 << 25) - 1, 1 << 25]) {
            squares.extend([
                root * root - 1,
                root * root,
                root * (root + 1),
                root * (root + 1) + 1,
            ]);
        }
        squares.retain(|square| *square as f64 <= SQUARE_MAX);
        for scale in [1, 10, 1_000, SMALL_SCALE_MAX] {
            for rounding in [Rounding::Floor, Rounding::Round] {
                for chunk in squares.chunks(BLOCK) {
                    let mut block = [0.0; BLOCK];
                    block.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from as f64);
                    let mut distances = [0; BLOCK];
                    small_distances(&block, scale as f64, rounding, &mut distances);
                    let whole =
                        chunk.iter().map(|square| of_square(u128::from(*square), scale, rounding));
                    let distances = distances.iter().map(|distance| u128::from(*distance));
                    assert!(whole.zip(distances).all(|(whole, distance)| whole == distance));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_trying_all_pairs_finds(
            base in prop_oneof![Just((0, 0)), (-(1_i64 << 59)..1 << 59, -(1_i64 << 59)..1 << 59)],
            steps in prop::collection::vec((-900..900_i64, -900..900_i64), 1..80),
            limits in prop::collection::vec(prop::option::of(0..200_u32), 80),
            scale in prop_oneof![Just(1_u64), Just(10), Just(1_000)],
            rounding in prop_oneof![Just(Rounding::Floor), Just(Rounding::Round)],
        ) {
            let points: Vec<_> = steps.iter().map(|s| (base.0 + s.0, base.1 + s.1)).collect();
            let plane = Plane::new(&points, scale, rounding);
            let limits = &limits[..points.len()];
            let near = NearPlaces::new(&plane, limits);
            let order: Vec<usize> = near.places().collect();
            for site in 0..points.len() {
                let mut found = Vec::new();
                near.of_site(site, |number, metres| found.push((order[number], metres)));
                found.sort_unstable();
                let all = limits.iter().enumerate().filter_map(|(p, l)| Some((p, (*l)?)));
                let all = all.map(|(p, limit)| (p, plane.distance(p, site), limit));
                let expected: Vec<_> =
                    all.filter(|(_, d, limit)| d <= limit).map(|(p, d, _)| (p, d)).collect();
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(found_by_blocks(&near, site, limits), expected);
                let nearest = order.iter().map(|p| plane.distance(*p, site)).min();
                prop_assert_eq!(near.nearest(site), nearest);
            }
        }
    }
}
