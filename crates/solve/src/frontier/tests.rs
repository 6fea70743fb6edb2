//! What is kept up step by step is what a count from nothing gives.

use std::sync::Arc;

use proptest::prelude::*;

use groundwork_model::field::{Ask, Costs, FieldProblem, FieldSite, Rounding};

use super::cover::{Area, Ground};
use super::coverage::{Coverage, Offers};
use super::solve_listed;
use crate::bound::ExactData;
use crate::control::{Options, Quiet};
use crate::instance::{Candidate, Instance, NearLists};
use crate::random::Random;

/// Points on a line, of which each is a site that covers what is near.
fn instance(points: &[(u8, u8)], reach: u8) -> (Instance, ExactData) {
    let n = points.len();
    let near = NearLists::build(n, |i| {
        let covers = |j: &usize| points[i].0.abs_diff(points[*j].0) <= reach;
        ((0..n).filter(covers).map(|j| (j as u32, 0)).collect(), u32::MAX)
    });
    let instance = Instance {
        points: n,
        periods: 1,
        weights: Arc::new(points.iter().map(|point| f64::from(point.1)).collect()),
        caps: Arc::new(vec![1.0; n]),
        candidates: (0..n).map(|j| Candidate::free(j, 1)).collect(),
        quotas: vec![n as u32],
        exactly: false,
        unserved: 1,
        near: Arc::new(near),
        space: None,
        members: Arc::default(),
        outside: None,
    };
    let exact = ExactData {
        point_weights: points.iter().map(|point| u64::from(point.1)).collect(),
        ..ExactData::default()
    };
    (instance, exact)
}

/// Returns what sites cover, counted from nothing.
fn covered(points: &[(u8, u8)], reach: u8, sites: &[u32]) -> i64 {
    let is_near = |point: &&(u8, u8)| {
        sites.iter().any(|&site| points[site as usize].0.abs_diff(point.0) <= reach)
    };
    points.iter().filter(is_near).map(|point| i64::from(point.1)).sum()
}

proptest! {
    #[test]
    fn what_is_covered_is_what_a_count_gives(
        points in proptest::collection::vec((any::<u8>(), any::<u8>()), 1..40),
        reach in 0_u8..60,
        p in 1_usize..6,
        seed in any::<u64>(),
    ) {
        let (instance, exact) = instance(&points, reach);
        let ground = Ground::new(&instance, &exact);
        let all: Vec<u32> = (0..points.len() as u32).collect();
        let area = Area::whole(&ground);
        let mut coverage = Coverage::new(&ground, &[]);
        let mut offers = Offers::new(&mut coverage, all.iter().copied());
        while coverage.open.len() < p.min(points.len()) {
            // Lazy evaluation finds what looking at all sites would.
            let most = all.iter().filter(|&&site| !coverage.is_open(site)).copied();
            let most = most.collect::<Vec<_>>().into_iter().map(|site| coverage.gain(site)).max();
            let Some(best) = offers.best(&mut coverage) else {
                prop_assert!(most.is_none_or(|most| most <= 0));
                break;
            };
            prop_assert_eq!(Some(coverage.gain(best)), most);
            coverage.toggle(best);
        }
        let number = coverage.open.len();
        let greedy = coverage.covered;
        prop_assert_eq!(greedy, covered(&points, reach, &coverage.open));
        coverage.descend(&all, &|| false);
        let descended = coverage.covered;
        coverage.kick((&all, &area), 20_000, &mut Random::new(seed), &|| false);
        prop_assert!(greedy <= descended && descended <= coverage.covered);
        prop_assert_eq!(coverage.covered, covered(&points, reach, &coverage.open));
        prop_assert_eq!(coverage.open.len(), number);
        // No single exchange is left that gains anything.
        coverage.descend(&all, &|| false);
        for &closed in all.iter().filter(|&&site| !coverage.is_open(site)) {
            for at in 0..number {
                let mut sites = coverage.open.clone();
                sites[at] = closed;
                prop_assert!(covered(&points, reach, &sites) <= coverage.covered);
            }
        }
    }
}

#[test]
fn measured_pairs_bound_what_listed_ones_reach() {
    let mut random = Random::new(5);
    let points: Vec<(i64, i64)> =
        (0..90).map(|_| (random.below(300) as i64, random.below(300) as i64)).collect();
    for ask in [Ask::PMedian { p: 1 }, Ask::Cover { p: 1, reach: 40 }] {
        let problem = FieldProblem {
            weights: points.iter().map(|_| random.below(9) as u64).collect(),
            sites: vec![FieldSite::default(); points.len()],
            costs: Costs::Plane {
                points: points.clone(),
                coordinate_scale: 1,
                rounding: Rounding::Floor,
            },
            ask,
            scale: 1,
        };
        let solve = |listed_max: usize| {
            let found = solve_listed(&problem, 1..=40, listed_max, Options::default(), &Quiet);
            found.expect("the problem has a frontier").steps
        };
        let (listed, measured) = (solve(usize::MAX), solve(0));
        let better = if matches!(ask, Ask::PMedian { .. }) { -1 } else { 1 };
        for (one, two) in listed.iter().zip(&measured) {
            assert!((one.bound - two.value) * better >= 0, "{ask:?} {one:?} {two:?}");
            assert!((two.bound - one.value) * better >= 0, "{ask:?} {one:?} {two:?}");
            let apart = (one.value - two.value).abs() as f64 / one.value as f64;
            assert!(apart < 0.02, "{ask:?} {one:?} {two:?}");
        }
    }
}
