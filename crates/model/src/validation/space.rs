//! Nearest neighbours on the globe.
//!
//! Points are taken as points in space, where the straight line between two of them grows with the
//! way along the surface; so neither poles nor the date line need care.

/// Mean radius of the earth in metres.
const RADIUS_M: f64 = 6_371_008.8;

/// Is a point on the unit sphere.
type Point = [f64; 3];

/// Finds nearest neighbours: a k-d tree, stored as a list in which the middle of each part splits it.
pub(super) struct Tree {
    points: Vec<(Point, usize)>,
}

impl Tree {
    /// Returns a tree of locations (latitude, longitude); those that are not finite are left out.
    pub(super) fn of(locations: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let finite = |(_, (lat, lon)): &(usize, (f64, f64))| lat.is_finite() && lon.is_finite();
        let indexed = locations.into_iter().enumerate().filter(finite);
        let mut points: Vec<_> =
            indexed.map(|(index, location)| (on_sphere(location), index)).collect();
        arrange(&mut points, 0);
        Self { points }
    }

    /// Returns the metres along the great circle to the nearest location, other than the one with
    /// index `except`; `None` without any.
    pub(super) fn nearest_m(&self, location: (f64, f64), except: Option<usize>) -> Option<f64> {
        let mut best = f64::INFINITY;
        search(&self.points, 0, on_sphere(location), except, &mut best);
        best.is_finite().then(|| 2.0 * RADIUS_M * (best.sqrt() / 2.0).min(1.0).asin())
    }
}

/// Returns the metres along the great circle between two locations.
pub(super) fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    2.0 * RADIUS_M * (chord(on_sphere(a), on_sphere(b)).sqrt() / 2.0).min(1.0).asin()
}

fn on_sphere((lat, lon): (f64, f64)) -> Point {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// Returns the square of the straight distance.
fn chord(a: Point, b: Point) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum()
}

fn arrange(points: &mut [(Point, usize)], depth: usize) {
    if points.len() < 2 {
        return;
    }
    let middle = points.len() / 2;
    let axis = depth % 3;
    points.select_nth_unstable_by(middle, |(a, _), (b, _)| a[axis].total_cmp(&b[axis]));
    let (before, after) = points.split_at_mut(middle);
    arrange(before, depth + 1);
    arrange(&mut after[1..], depth + 1);
}

fn search(
    points: &[(Point, usize)],
    depth: usize,
    target: Point,
    except: Option<usize>,
    best: &mut f64,
) {
    let middle = points.len() / 2;
    let Some(&(point, index)) = points.get(middle) else { return };
    if except != Some(index) {
        *best = best.min(chord(point, target));
    }
    let ahead = target[depth % 3] - point[depth % 3];
    let (before, after) = (&points[..middle], &points[middle + 1..]);
    let (near, far) = if ahead < 0.0 { (before, after) } else { (after, before) };
    search(near, depth + 1, target, except, best);
    if ahead * ahead < *best {
        search(far, depth + 1, target, except, best);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_tree_finds_what_a_scan_finds(points in prop::collection::vec((-90.0..90.0, -180.0..180.0), 2..60)) {
            let tree = Tree::of(points.iter().copied());
            for (index, &point) in points.iter().enumerate() {
                let others = points.iter().enumerate().filter(|(other, _)| *other != index);
                let scanned = others.map(|(_, &other)| distance_m(point, other)).fold(f64::INFINITY, f64::min);
                let found = tree.nearest_m(point, Some(index)).unwrap();
                prop_assert!((found - scanned).abs() < 1e-3, "{found} {scanned}");
            }
        }
    }
}
