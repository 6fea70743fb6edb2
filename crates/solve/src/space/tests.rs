//! Everything against a look at every pair.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use groundwork_model::field::Rounding;

use super::{Below, NOWHERE, OpenSites, Row, Space};
use crate::distance::{Location, metres_between};
use crate::field_costs::plane_cost;
use crate::random::Random;

/// Points in degrees that are hard for chords: poles, date line, antipodes, duplicates, millimetres.
const HARD: [(f64, f64); 14] = [
    (90.0, 0.0),
    (-90.0, 0.0),
    (90.0, 77.0),
    (0.0, 180.0),
    (0.0, -180.0),
    (0.0, 0.0),
    (0.0, 0.000_004_5),
    (0.000_000_01, 0.0),
    (48.85, 2.35),
    (48.85, 2.35),
    (-48.85, -177.65),
    (48.850_01, 2.35),
    (89.999_999, 179.999_999),
    (-12.0, 179.999_999),
];

/// Returns a number of [0, 1).
fn unit(random: &mut Random) -> f64 {
    random.below(1 << 40) as f64 / (1_u64 << 40) as f64
}

/// Returns places around a centre, some of them at the same point or metres apart, with the hard ones.
fn places(random: &mut Random, count: usize, spread: f64) -> Vec<Location> {
    let (lat, lon) = (120.0 * unit(random) - 60.0, 360.0 * unit(random) - 180.0);
    let mut degrees: Vec<(f64, f64)> = HARD.to_vec();
    while degrees.len() < count {
        let copy = degrees[random.below(degrees.len())];
        degrees.push(match random.below(8) {
            0 => copy,
            1 => (copy.0.min(89.0) + 1e-5 * unit(random), copy.1 + 1e-5 * unit(random)),
            _ => (
                (lat + spread * (unit(random) - 0.5)).clamp(-90.0, 90.0),
                lon + spread * (unit(random) - 0.5),
            ),
        });
    }
    // What comes first must not be what is sorted first.
    for at in (1..degrees.len()).rev() {
        degrees.swap(at, random.below(at + 1));
    }
    degrees.into_iter().map(|(lat, lon)| Location::new(lat, lon)).collect()
}

/// Is a space with a plain function that says the same.
struct Case {
    space: Space,
    exact: Box<dyn Fn(u32, u32) -> Option<u32>>,
}

impl Case {
    fn sphere(seed: u64, spread: f64, detour: f64, cut_off: u32) -> Self {
        let random = &mut Random::new(seed);
        let points = places(random, 300 + random_len(seed), spread);
        // Every other site stands at a point of its own; the rest are elsewhere.
        let own = |site: usize| site.is_multiple_of(2).then_some((site as u32, 7 * site as u32));
        let mut sites = places(random, 200, spread);
        (0..sites.len()).step_by(2).for_each(|site| sites[site] = points[site]);
        let space = Space::sphere(points.clone(), sites.clone(), detour)
            .with_own((0..sites.len()).map(own))
            .with_cut_off(cut_off);
        let exact = move |point: u32, site: u32| {
            let cost = match own(site as usize) {
                Some((own, cost)) if own == point => cost,
                _ => metres_between(points[point as usize], sites[site as usize], detour),
            };
            (cost <= cut_off).then_some(cost)
        };
        Self { space, exact: Box::new(exact) }
    }

    fn plane(seed: u64, width: i64, scale: i64, rounding: Rounding) -> Self {
        let random = &mut Random::new(seed);
        let mut at = |width: i64| random.below(width as usize) as i64 - width / 3;
        let points: Vec<_> = (0..300 + random_len(seed)).map(|_| (at(width), at(width))).collect();
        let sites: Vec<_> = (0..150).map(|_| (at(width), at(width))).collect();
        let space = Space::plane(points.clone(), sites.clone(), scale, rounding);
        let exact = move |point: u32, site: u32| {
            Some(plane_cost(points[point as usize], sites[site as usize], scale, rounding))
        };
        Self { space, exact: Box::new(exact) }
    }

    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for seed in 0..4 {
            cases.push(Self::sphere(seed, 0.001, 1.0, u32::MAX));
            cases.push(Self::sphere(seed + 10, 8.0, 1.3, u32::MAX));
            cases.push(Self::sphere(seed + 20, 50.0, 1.0, 800_000));
            cases.push(Self::sphere(seed + 30, 360.0, 1.7, u32::MAX));
            for rounding in [Rounding::Floor, Rounding::Round] {
                cases.push(Self::plane(seed, 12, 1, rounding));
                cases.push(Self::plane(seed, 60, 2, rounding));
                cases.push(Self::plane(seed, 1000, 10, rounding));
                cases.push(Self::plane(seed, 1 << 24, 1, rounding));
                cases.push(Self::plane(seed, 400_000_000, 1000, rounding));
                cases.push(Self::plane(seed, 1 << 40, 1 << 20, rounding));
                cases.push(Self::plane(seed, 1 << 45, 1, rounding));
                cases.push(Self::plane(seed, 1 << 55, 1 << 30, rounding));
            }
        }
        cases
    }

    /// Returns limits by slot: of the size of costs, often the cost of a pair or one more, and 0.
    fn limits(&self, random: &mut Random) -> Vec<u32> {
        let share = 1 + random.below(8) as u32;
        let sites = self.space.sites();
        (self.space.order().iter())
            .map(|&point| {
                let mut cost = || (self.exact)(point, random.below(sites) as u32).unwrap_or(90);
                let (a, b) = (cost(), cost());
                match random.below(8) {
                    0 => 0,
                    1 => a,
                    2 => a.saturating_add(1),
                    3 => random.below(3) as u32,
                    4 if share == 1 => u32::MAX,
                    _ => a.min(b) / share,
                }
            })
            .collect()
    }

    /// Returns the row of a site by looking at every point.
    fn row(&self, site: u32, limits: &[u32]) -> Vec<(u32, u32)> {
        (0..)
            .zip(self.space.order().iter().zip(limits))
            .filter_map(|(slot, (&point, &limit))| Some((slot, (self.exact)(point, site)?, limit)))
            .filter(|&(_, cost, limit)| cost < limit)
            .map(|(slot, cost, _)| (slot, cost))
            .collect()
    }
}

/// Returns lengths that fill the leaves of the tree differently.
fn random_len(seed: u64) -> usize {
    Random::new(seed).below(400)
}

#[test]
fn costs_are_those_of_the_exact_functions() {
    for case in Case::all() {
        for point in 0..case.space.points() as u32 {
            for site in (point % 3..case.space.sites() as u32).step_by(3) {
                assert_eq!(case.space.cost(point, site), (case.exact)(point, site));
            }
        }
    }
}

#[test]
fn costs_are_exact_where_metres_turn() {
    for (at, detour) in [1.0, 1.3, 1.7, 0.77].into_iter().enumerate() {
        let random = &mut Random::new(at as u64);
        let sites = places(random, 60, 360.0);
        let points: Vec<_> = sites.iter().flat_map(|&site| turns(random, site, detour)).collect();
        let space = Space::sphere(points.clone(), sites.clone(), detour);
        let per_site = points.len() / sites.len();
        for (number, &point) in points.iter().enumerate() {
            let site = number / per_site;
            let exact = metres_between(point, sites[site], detour);
            assert_eq!(space.cost(number as u32, site as u32), Some(exact));
            let below: Vec<u32> = vec![exact; points.len()];
            let mut row = Row::default();
            if number.is_multiple_of(97) {
                space.row(site as u32, &Below::new(&space, &below), &mut row);
                let less = |&&at: &&Location| metres_between(at, sites[site], detour) < exact;
                assert_eq!(row.slots().len(), points.iter().filter(less).count());
            }
        }
    }
}

/// Returns points so near to a whole number of metres and a half from a site that the last bits of their
/// latitude decide: pairs of neighbouring numbers on both sides of a turn, at all distances.
fn turns(random: &mut Random, site: Location, detour: f64) -> Vec<Location> {
    let mut found = Vec::new();
    while found.len() < 400 {
        let lon = 360.0 * unit(random) - 180.0;
        let mut near = 176.0 * unit(random) - 88.0;
        let width = 10.0_f64.powf(-6.0 * unit(random));
        let metres = |lat: f64| metres_between(Location::new(lat, lon), site, detour);
        let (mut far, first) = (near + width, metres(near));
        if metres(far) == first {
            continue;
        }
        loop {
            let middle = f64::midpoint(near, far);
            if middle == near || middle == far {
                break;
            }
            *if metres(middle) == first { &mut near } else { &mut far } = middle;
        }
        found.extend([near, far, near - 1e-13, far + 1e-13].map(|lat| Location::new(lat, lon)));
    }
    found
}

#[test]
fn costs_are_exact_at_halves_of_a_wide_plane() {
    for rounding in [Rounding::Floor, Rounding::Round] {
        let random = &mut Random::new(7);
        let sites = vec![(0, 0), (400_000_000, 400_000_000)];
        let points: Vec<(i64, i64)> = (0..20_000)
            .map(|_| (500 * random.below(800_000) as i64, random.below(3) as i64 - 1))
            .collect();
        let space = Space::plane(points.clone(), sites.clone(), 1000, rounding);
        for (number, &point) in points.iter().enumerate() {
            let exact = plane_cost(point, sites[0], 1000, rounding);
            assert_eq!(space.cost(number as u32, 0), Some(exact));
        }
    }
}

#[test]
fn rows_hold_every_point_below_its_limit() {
    let random = &mut Random::new(1);
    let mut row = Row::default();
    for case in Case::all() {
        for _ in 0..3 {
            let limits = case.limits(random);
            let below = Below::new(&case.space, &limits);
            for site in 0..case.space.sites() as u32 {
                case.space.row(site, &below, &mut row);
                let found: Vec<_> =
                    row.slots().iter().copied().zip(row.costs().iter().copied()).collect();
                assert_eq!(found, case.row(site, &limits));
            }
        }
    }
}

#[test]
fn rows_of_a_list_follow_the_list() {
    let random = &mut Random::new(2);
    for case in Case::all() {
        let limits = case.limits(random);
        let below = Below::new(&case.space, &limits);
        let sites: Vec<u32> = (0..40).map(|_| random.below(case.space.sites()) as u32).collect();
        let kept = case.space.rows_of(&sites, &below);
        let passed = Mutex::new(vec![Vec::new(); sites.len()]);
        case.space.for_each_row(&sites, &below, |position, slots, costs| {
            let row = slots.iter().copied().zip(costs.iter().copied()).collect();
            passed.lock().unwrap()[position] = row;
        });
        let passed = passed.into_inner().unwrap();
        for (position, &site) in sites.iter().enumerate() {
            let expected = case.row(site, &limits);
            let kept: Vec<_> = kept.of(position).map(|(slot, cost)| (slot as u32, cost)).collect();
            assert_eq!(kept, expected);
            assert_eq!(passed[position], expected);
        }
    }
}

#[test]
fn open_sites_come_by_cost_and_index() {
    let random = &mut Random::new(3);
    for case in Case::all() {
        let sites = case.space.sites();
        let mut open = OpenSites::new(&case.space);
        let mut levels = vec![None; sites];
        for round in 0..40 {
            for _ in 0..1 + random.below(10) {
                let site = random.below(sites);
                levels[site] = (random.below(3) > 0).then(|| random.below(5) as u32);
                match levels[site] {
                    Some(level) => open.insert(site as u32, level),
                    None => open.remove(site as u32),
                }
            }
            assert_eq!(open.len(), levels.iter().flatten().count());
            let point = random.below(case.space.points()) as u32;
            let all = by_cost(&case, point, &levels);
            let most = if round % 2 == 0 { usize::MAX } else { 1 + random.below(4) };
            let mut found = Vec::new();
            open.nearest(point, |site, cost| {
                found.push((cost, site));
                if found.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let expected: Vec<_> =
                all.iter().take(most).map(|&(cost, site, _)| (cost, site)).collect();
            assert_eq!(found, expected);
            assert_eq!(ever_earlier(&open, point), records(&all));
        }
    }
}

/// Returns (cost, site, level) of the open sites of a point, cheapest first.
fn by_cost(case: &Case, point: u32, levels: &[Option<u32>]) -> Vec<(u32, u32, u32)> {
    let mut all: Vec<_> = (0..)
        .zip(levels)
        .filter_map(|(site, &level)| Some(((case.exact)(point, site)?, site, level?)))
        .collect();
    all.sort_unstable();
    all
}

/// Returns the sites that open before every cheaper one, as the set tells them.
fn ever_earlier(open: &OpenSites<'_>, point: u32) -> Vec<(u32, u32, u32)> {
    let mut found = Vec::new();
    open.nearest_below(point, u32::MAX, |site, cost, level| {
        assert_eq!(open.level(site), Some(level));
        found.push((cost, site, level));
        level
    });
    found
}

fn records(all: &[(u32, u32, u32)]) -> Vec<(u32, u32, u32)> {
    let mut least = u32::MAX;
    let earlier = all.iter().copied().filter(|&(_, _, level)| {
        let earlier = level < least;
        least = least.min(level);
        earlier
    });
    earlier.collect()
}

#[test]
fn neighbours_are_the_nearest_sites() {
    for case in Case::all() {
        let sites = &case.space.sites;
        let position = |site: u32| sites.position(sites.slots[site as usize] as usize);
        for site in (0..sites.len() as u32).step_by(7) {
            let mut others: Vec<u32> =
                (0..sites.len() as u32).filter(|&other| other != site).collect();
            let distance = |other: u32| super::squared(position(other), position(site));
            others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
            for k in [0, 1, 5, 40, 1000] {
                let nearest = &others[..k.min(others.len())];
                assert_eq!(case.space.neighbours(site, k), nearest);
            }
        }
    }
}

#[test]
fn groups_part_the_points() {
    for case in Case::all() {
        let points = case.space.points();
        let weights: Vec<f64> = (0..points).map(|point| (point % 3) as f64).collect();
        let groups = case.space.clusters(&weights, 8);
        assert!(groups.iter().all(|group| (4..=8).contains(&group.len())));
        let mut all: Vec<u32> = groups.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..points as u32));
    }
}

#[test]
fn the_first_of_a_group_is_nearest_to_its_centre() {
    let points = vec![(0, 0), (10, 0), (4, 0), (100, 0), (101, 0), (102, 0)];
    let space = Space::plane(points.clone(), points, 1, Rounding::Round);
    let groups = space.clusters(&[1.0, 9.0, 1.0, 0.0, 0.0, 0.0], 3);
    assert_eq!(groups, [[1, 0, 2], [4, 3, 5]]);
}

#[test]
fn a_space_is_renumbered_by_slot() {
    for seed in 0..3 {
        let case = Case::sphere(seed, 5.0, 1.3, u32::MAX);
        let (space, old) = case.space.clone().renumbered();
        assert!(space.order().iter().copied().eq(0..old.len() as u32));
        for (slot, &point) in (0..).zip(&old) {
            for site in 0..space.sites() as u32 {
                assert_eq!(space.cost(slot, site), (case.exact)(point, site));
            }
        }
        let own = |at: usize| (space.own[at].0, case.space.own[at].0);
        assert!((0..space.sites()).all(|at| match own(at) {
            (NOWHERE, NOWHERE) => true,
            (slot, point) => old[slot as usize] == point,
        }));
    }
}

#[test]
fn few_points_are_no_trouble() {
    for count in 0..4 {
        let points: Vec<_> = (0..count).map(|at| (at, 0)).collect();
        let space = Space::plane(points.clone(), points, 1, Rounding::Round);
        let sites: Vec<u32> = (0..count as u32).collect();
        let below = Below::new(&space, &vec![9; count as usize]);
        assert_eq!(space.rows_of(&sites, &below).pairs() as i64, count * count);
        assert_eq!(space.clusters(&vec![1.0; count as usize], 8).concat().len() as i64, count);
        let open = OpenSites::new(&space);
        sites.iter().for_each(|&point| open.nearest(point, |_, _| unreachable!()));
    }
}

/// Prints what a pass costs on places from a table with columns `lat` and `lon`, named by the variable
/// `GROUNDWORK_PLACES`: `cargo test --release -p groundwork-solve pricing_speed -- --ignored --nocapture`.
#[test]
#[ignore = "prints times"]
fn pricing_speed() {
    let points = read_places(&std::env::var("GROUNDWORK_PLACES").expect("a path"));
    let start = Instant::now();
    let (space, _) = Space::sphere(points.clone(), points, 1.3).renumbered();
    println!("{} points, tree {:?}", space.points(), start.elapsed());
    for open in [20, 200, 2000] {
        let limits = limits_of_spread(&space, open);
        let start = Instant::now();
        let below = Below::new(&space, &limits);
        println!("{open} open; limits prepared in {:?}", start.elapsed());
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| time_pass(&space, &below, threads));
        }
    }
}

fn read_places(path: &str) -> Vec<Location> {
    let table = std::fs::read_to_string(path).unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let column = |name| names.iter().position(|&column| column == name).unwrap();
    let (lat, lon) = (column("lat"), column("lon"));
    lines.map(|row| Location::new(row[lat].parse().unwrap(), row[lon].parse().unwrap())).collect()
}

/// Returns (d1 + d2) / 2 of every slot to sites spread over the points.
fn limits_of_spread(space: &Space, count: usize) -> Vec<u32> {
    let step = space.points() / count;
    let mut open = OpenSites::new(space);
    (0..count).for_each(|at| open.insert((at * step) as u32, 0));
    let start = Instant::now();
    let limits = (space.order().iter())
        .map(|&point| {
            let (mut sum, mut left) = (0, 2);
            open.nearest(point, |_, cost| {
                (sum, left) = (sum + cost, left - 1);
                if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            sum / 2
        })
        .collect();
    println!("two nearest: {:?} a point", start.elapsed() / space.points() as u32);
    limits
}

fn time_pass(space: &Space, below: &Below, threads: usize) {
    let sites: Vec<u32> = (0..space.sites() as u32).collect();
    let pairs = AtomicU64::new(0);
    let pass = || {
        pairs.store(0, Ordering::Relaxed);
        space.for_each_row(&sites, below, |_, slots, _| {
            pairs.fetch_add(slots.len() as u64, Ordering::Relaxed);
        });
    };
    let took = least_time(5, pass);
    let pairs = pairs.into_inner();
    println!("{threads} threads: {pairs} pairs, pass {took:?}, {:.2} ns a pair", ns(took, pairs));
    let took = least_time(2, || assert_eq!(space.rows_of(&sites, below).pairs() as u64, pairs));
    println!("{threads} threads: rows kept, {:.2} ns a pair", ns(took, pairs));
}

/// Returns the shortest time of a few runs: others may use the machine.
fn least_time(runs: usize, mut run: impl FnMut()) -> Duration {
    let times = (0..runs).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    times.min().unwrap()
}

fn ns(took: Duration, pairs: u64) -> f64 {
    took.as_nanos() as f64 / pairs as f64
}
