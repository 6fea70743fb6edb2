//! A certificate for more than a hundred thousand points is checked in seconds, without a matrix.

use std::time::Instant;

use super::common::Stream;
use super::*;

const POINTS: usize = 115_475;
const SITES: usize = 20_000;

#[test]
fn a_median_of_a_continent_is_checked_in_seconds() {
    let mut stream = Stream(7);
    let mut coordinate = |to| stream.below(to) as i64;
    let points: Vec<_> = (0..POINTS).map(|_| (coordinate(600_000), coordinate(300_000))).collect();
    let problem = FieldProblem {
        weights: vec![1; POINTS],
        sites: vec![FieldSite::default(); POINTS],
        costs: Costs::Plane {
            points: points.clone(),
            coordinate_scale: 1,
            rounding: Rounding::Floor,
        },
        ask: Ask::PMedian { p: SITES as u32 },
        scale: 1,
    };
    // As many sites as points of a coarse grid; radii of about the distance between two sites.
    let openings: Vec<u32> = (1..=POINTS as u32).step_by(6).take(SITES).collect();
    let spacing = (600_000.0 * 300_000.0 / SITES as f64).sqrt();
    let radius = (spacing * 0.6 * 128.0) as u64;
    let price = i128::from(radius) * 5;
    let proof = lagrangian(7, &[price], &[&vec![radius; POINTS]]);
    let case = Case::new(&problem, &open(&openings));
    let start = Instant::now();
    let verdict = case.clone().claim(0, proof).verdict();
    let seconds = start.elapsed().as_secs_f64();
    assert!(verdict.accepted, "{:?}", verdict.problems);
    let (value, bound) = (verdict.value.unwrap(), verdict.bound.unwrap());
    println!("{POINTS} points, {SITES} sites: value {value}, bound {bound} in {seconds:.2} s");
    assert!(0 < bound && bound <= value);
    assert!(seconds < 20.0, "{seconds}");
}
