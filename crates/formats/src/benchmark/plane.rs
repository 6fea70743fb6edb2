//! Points of the plane as whole numbers.

use groundwork_model::field::{Costs, Rounding};
use groundwork_model::problem::Code;

use super::exact::Exact;
use super::flags::DistanceName;
use super::refusals::Refusals;

/// Digits behind the point that the distance `euclid` keeps.
const EUCLID_PLACES: u32 = 3;

/// Widest extent of the points in either direction, in units of their last digit: squared distances
/// then fit 63 bits, and distances 32.
const EXTENT_MAX: i64 = i32::MAX as i64;

/// Farthest from the origin, so that differences fit 64 bits.
const COORDINATE_MAX: u64 = 1_000_000_000_000_000_000;

/// Returns the costs between the points and the scale of the costs.
///
/// Whole units are the rule (`floor`, `round`). `euclid` makes the unit a thousandth of the file's by
/// moving the point of the coordinates, and rounds to that.
pub(super) fn costs(
    points: &[(Exact, Exact)],
    distance: DistanceName,
    refusals: &mut Refusals<'_>,
) -> Option<(Costs, u64)> {
    let (rounding, cost_places) = match distance {
        DistanceName::Floor => (Rounding::Floor, 0),
        DistanceName::Round => (Rounding::Round, 0),
        DistanceName::Euclid => (Rounding::Round, EUCLID_PLACES),
        // The flags of the format have refused it already.
        DistanceName::Geo => return None,
    };
    let finest = points.iter().map(|(x, y)| x.places().max(y.places())).max().unwrap_or(0);
    let places = finest.max(cost_places);
    let Some(points) = scaled(points, places) else {
        let cause = format!(
            "with the {places} digits behind the point that they need, the coordinates extend over \
             more than {EXTENT_MAX} units of the last digit"
        );
        refusals.file(Code::BenchmarkOutOfRange, cause);
        return None;
    };
    let coordinate_scale = 10_i64.pow(places - cost_places);
    Some((Costs::Plane { points, coordinate_scale, rounding }, 10_u64.pow(cost_places)))
}

/// Returns the points x 10^`places`, `None` where they go too far.
fn scaled(points: &[(Exact, Exact)], places: u32) -> Option<Vec<(i64, i64)>> {
    let points: Vec<(i64, i64)> = points
        .iter()
        .map(|(x, y)| Some((x.scaled(places)?, y.scaled(places)?)))
        .collect::<Option<_>>()?;
    let fits = |coordinate: fn(&(i64, i64)) -> i64| {
        let (least, most) = points
            .iter()
            .map(coordinate)
            .fold((i64::MAX, i64::MIN), |(least, most), coordinate| {
                (least.min(coordinate), most.max(coordinate))
            });
        let near = [least, most].iter().all(|end| end.unsigned_abs() <= COORDINATE_MAX);
        near && most - least <= EXTENT_MAX
    };
    (points.is_empty() || (fits(|point| point.0) && fits(|point| point.1))).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(points: &[(&str, &str)], distance: DistanceName) -> Option<(Costs, u64)> {
        let exact = |text| Exact::parse(text).unwrap();
        let points: Vec<_> = points.iter().map(|(x, y)| (exact(x), exact(y))).collect();
        costs(&points, distance, &mut Refusals::new("file"))
    }

    #[test]
    fn coordinates_are_whole_in_the_finest_digit_of_the_file() {
        let points = vec![(1_500, -20), (1, 0)];
        let costs = Costs::Plane { points, coordinate_scale: 1_000, rounding: Rounding::Floor };
        let written = [("1.5", "-0.02"), ("1e-3", "0")];
        assert_eq!(read(&written, DistanceName::Floor), Some((costs, 1)));
    }

    #[test]
    fn euclid_is_a_plane_whose_unit_is_a_thousandth() {
        let whole = Costs::Plane {
            points: vec![(3_000, 4_000)],
            coordinate_scale: 1,
            rounding: Rounding::Round,
        };
        assert_eq!(read(&[("3", "4")], DistanceName::Euclid), Some((whole, 1_000)));
        let fine = Costs::Plane {
            points: vec![(31_234, 40_000)],
            coordinate_scale: 10,
            rounding: Rounding::Round,
        };
        assert_eq!(read(&[("3.1234", "4")], DistanceName::Euclid), Some((fine, 1_000)));
    }

    #[test]
    fn points_too_far_apart_are_refused() {
        let apart = |far| read(&[("0", "0"), ("0", far)], DistanceName::Round).is_some();
        assert!(apart("2147483647"));
        assert!(!apart("2147483648"));
        assert!(!apart("1e18"));
        assert!(!apart("3000000.001"));
        assert!(read(&[("-999999999999999999", "1e18")], DistanceName::Round).is_some());
        assert!(read(&[("1e18", "0.1")], DistanceName::Round).is_none());
    }
}
