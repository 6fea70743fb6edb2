//! What values at some points say of those at others, where they vary smoothly.

use rayon::prelude::*;

use super::Space;
use super::groups::Nearest;
use super::tree::{Position, squared};

/// Points that a value is taken from.
const FROM: usize = 8;
/// Points that one task looks at.
const POINTS_AT_ONCE: usize = 512;
/// Slope is held back by this share of the spread of the points that it is taken from: they may lie on a line.
const RIDGE: f64 = 0.02;

/// Holds, for every point of a space, the points of another one whose values tell its own, with their weights.
#[derive(Clone, Debug)]
pub(crate) struct Smooth {
    of_points: Vec<Vec<(u32, f64)>>,
}

impl Space {
    /// Fits planes to the values at the nearest points of `known`, nearer ones counting more (moving least
    /// squares; Lancaster and Salkauskas, Mathematics of Computation 37, 1981).
    pub(crate) fn smooth_from(&self, known: &Self) -> Smooth {
        let points = (0..self.points.len()).into_par_iter().with_min_len(POINTS_AT_ONCE);
        let of_point = |point: usize| {
            let at = self.points.position(self.points.slots[point] as usize);
            known.weights_at(at)
        };
        Smooth { of_points: points.map(of_point).collect() }
    }

    /// Returns the nearest points of a place with their weights, which add up to 1.
    fn weights_at(&self, at: Position) -> Vec<(u32, f64)> {
        let tree = &self.points;
        let mut nearest = Nearest::new(tree, at, FROM);
        nearest.search(1, u32::MAX);
        let found = nearest.into_sorted();
        let place = |&point: &u32| tree.position(tree.slots[point as usize] as usize);
        let offsets: Vec<Position> =
            found.iter().map(place).map(|x| std::array::from_fn(|a| x[a] - at[a])).collect();
        let spread = offsets.last().map_or(0.0, |&last| squared(last, [0.0; 3]));
        if spread == 0.0 {
            let share = 1.0 / found.len().max(1) as f64;
            return found.into_iter().map(|point| (point, share)).collect();
        }
        let weights: Vec<f64> = offsets
            .iter()
            .map(|&offset| 1.0 / (squared(offset, [0.0; 3]) + spread / FROM as f64))
            .collect();
        found.into_iter().zip(planar(&offsets, &weights)).collect()
    }
}

impl Smooth {
    /// Returns values of all points, so many each, from those of the others.
    pub(crate) fn apply(&self, values: &[f64], each: usize) -> Vec<f64> {
        let row = |of_point: &Vec<(u32, f64)>| {
            let mut row = vec![0.0; each];
            for &(point, weight) in of_point {
                let from = &values[point as usize * each..][..each];
                row.iter_mut().zip(from).for_each(|(value, from)| *value += weight * from);
            }
            row
        };
        self.of_points.iter().flat_map(row).collect()
    }
}

/// Returns the weights with which values at some offsets make the value of a fitted plane at 0.
fn planar(offsets: &[Position], weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let mean: Position = std::array::from_fn(|axis| {
        offsets.iter().zip(weights).map(|(x, w)| x[axis] * w).sum::<f64>() / total
    });
    let centred: Vec<Position> =
        offsets.iter().map(|x| std::array::from_fn(|axis| x[axis] - mean[axis])).collect();
    let mut matrix = [[0.0; 3]; 3];
    for (x, w) in centred.iter().zip(weights) {
        for row in 0..3 {
            for column in 0..3 {
                matrix[row][column] += w * x[row] * x[column];
            }
        }
    }
    let trace = matrix[0][0] + matrix[1][1] + matrix[2][2];
    (0..3).for_each(|axis| matrix[axis][axis] += RIDGE * trace);
    let slope = solved(matrix, mean);
    let of_point = |(x, w): (&Position, &f64)| {
        let along: f64 = (0..3).map(|axis| slope[axis] * x[axis]).sum();
        w / total - w * along
    };
    centred.iter().zip(weights).map(of_point).collect()
}

/// Solves a symmetric positive definite system.
fn solved(matrix: [[f64; 3]; 3], right: Position) -> Position {
    let [a, b, c] = matrix;
    let cross = |x: Position, y: Position| -> Position {
        [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]
    };
    let dot = |x: Position, y: Position| x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
    let (bc, ca, ab) = (cross(b, c), cross(c, a), cross(a, b));
    let determinant = dot(a, bc);
    if determinant <= 0.0 {
        return [0.0; 3];
    }
    std::array::from_fn(|axis| {
        (right[0] * bc[axis] + right[1] * ca[axis] + right[2] * ab[axis]) / determinant
    })
}

#[cfg(test)]
mod tests {
    use groundwork_model::field::Rounding;

    use super::*;
    use crate::random::Random;

    #[test]
    fn planes_are_found_again_nearly_whole_and_constants_wholly() {
        let mut random = Random::new(5);
        let mut places = |count: usize| -> Vec<(i64, i64)> {
            (0..count).map(|_| (random.below(1000) as i64, random.below(1000) as i64)).collect()
        };
        let (fine, coarse) = (places(200), places(400));
        let space = |places: &[(i64, i64)]| {
            Space::plane(places.to_vec(), places.to_vec(), 1, Rounding::Floor)
        };
        let smooth = space(&fine).smooth_from(&space(&coarse));
        let constant = smooth.apply(&vec![3.0; coarse.len()], 1);
        assert!(constant.iter().all(|value| (value - 3.0).abs() < 1e-9));
        let height = |&(x, y): &(i64, i64)| 5.0 + 2.0 * x as f64 - y as f64;
        let values: Vec<f64> = coarse.iter().flat_map(|at| [height(at), 1.0]).collect();
        let found = smooth.apply(&values, 2);
        let inside = |at: &(i64, i64)| (100..900).contains(&at.0) && (100..900).contains(&at.1);
        for (at, value) in fine.iter().zip(found.chunks(2)).filter(|(at, _)| inside(at)) {
            // Without slopes it would be off by up to 100 here.
            assert!((value[0] - height(at)).abs() < 20.0, "{at:?} {} {}", value[0], height(at));
            assert!((value[1] - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn points_at_one_place_share() {
        let space = |count: usize| {
            Space::plane(vec![(4, 4); count], vec![(4, 4); count], 1, Rounding::Floor)
        };
        let smooth = space(3).smooth_from(&space(2));
        assert_eq!(smooth.apply(&[1.0, 2.0], 1), vec![1.5; 3]);
    }
}
