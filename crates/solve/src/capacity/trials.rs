//! Trials on small random instances, against all choices, and on files of OR-Library where they are.

use std::time::Instant;

use super::ascent::{Relaxed, State};
use super::exact::{self, Exact, Multipliers};
use super::search::Search;
use super::transport::Transport;
use super::tree::{self, Change, Tree};
use super::{Capacitated, Part, single};
use crate::random::Random;

/// Reads a file of OR-Library; its decimals are scaled to whole numbers.
fn read(path: &str, capacity: Option<u64>) -> Option<(Capacitated, u64)> {
    let text = std::fs::read_to_string(path).ok()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let places = words.iter().filter_map(|word| Some(word.split_once('.')?.1.len())).max()?;
    let scaled = |word: &str| -> u64 {
        let (whole, part) = word.split_once('.').unwrap_or((word, ""));
        format!("{whole}{part:0<places$}").parse().expect("a number")
    };
    let whole = |word: &str| -> u64 { word.trim_end_matches('.').parse().expect("a number") };
    let (m, n) = (whole(words[0]) as usize, whole(words[1]) as usize);
    let site = |j: usize| {
        let word = words[2 + 2 * j];
        let room = if word == "capacity" { capacity.expect("a capacity") } else { whole(word) };
        (scaled(words[3 + 2 * j]), Some(room))
    };
    let sites: Vec<(u64, Option<u64>)> = (0..m).map(site).collect();
    let row = |i: usize| 2 + 2 * m + i * (m + 1);
    let demands = (0..n).map(|i| whole(words[row(i)])).collect();
    let cost = |i: usize, j: usize| scaled(words[row(i) + 1 + j]);
    Some((Capacitated::new(demands, &sites, true, cost)?, 10_u64.pow(places as u32)))
}

/// Makes a small instance; now and then with demands, costs or capacities of 0, or one site.
fn small(random: &mut Random) -> Capacitated {
    let (clients, sites) = (random.below(6), 1 + random.below(5));
    let whole_client = random.below(2) == 0;
    let (most, dear) = (1 + random.below(9), [1, 10, 1000, 1_000_000_007][random.below(4)]);
    let demands: Vec<u64> = (0..clients).map(|_| random.below(most + 1) as u64).collect();
    let room = 1 + 2 * demands.iter().sum::<u64>() as usize;
    let mut site = || {
        let capacity = (random.below(6) > 0).then(|| random.below(room) as u64);
        (random.below(2 * dear) as u64, capacity)
    };
    let table: Vec<(u64, Option<u64>)> = (0..sites).map(|_| site()).collect();
    let costs: Vec<u64> = (0..clients * sites).map(|_| random.below(dear) as u64).collect();
    Capacitated::new(demands, &table, whole_client, |i, j| costs[i * sites + j]).expect("it fits")
}

/// Returns the sets of sites that can serve all demand.
fn feasible_sets(instance: &Capacitated) -> Vec<Vec<usize>> {
    let sites = instance.sites();
    let set = |mask: usize| -> Vec<usize> { (0..sites).filter(|j| mask >> j & 1 > 0).collect() };
    let serves = |open: &Vec<usize>| instance.capacity_of(open.iter().copied()) >= instance.total;
    (0..1 << sites).map(set).filter(serves).collect()
}

/// Returns the best value of single assignments to open sites, by trying all.
fn all_singles(instance: &Capacitated, open: &[usize]) -> Option<i128> {
    let peopled = (0..instance.clients()).filter(|&client| instance.demands[client] > 0);
    let mut partial: Vec<Vec<Part>> = vec![Vec::new()];
    for client in peopled {
        let with = |parts: &Vec<Part>, site: usize| {
            let part = (client, site, instance.demands[client]);
            parts.iter().copied().chain([part]).collect::<Vec<Part>>()
        };
        partial = partial.iter().flat_map(|p| open.iter().map(move |&j| with(p, j))).collect();
    }
    partial.retain(|parts| within_capacities(instance, parts));
    partial.iter().map(|parts| instance.value(open, parts)).min()
}

fn within_capacities(instance: &Capacitated, parts: &[Part]) -> bool {
    let mut room = instance.capacities.clone();
    parts.iter().all(|&(_, site, units)| {
        let left = room[site].checked_sub(units);
        room[site] = left.unwrap_or(0);
        left.is_some()
    })
}

/// Checks that all demand is met within the capacities of the open sites.
fn assert_valid(instance: &Capacitated, open: &[usize], parts: &[Part]) {
    assert!(within_capacities(instance, parts));
    let mut got = vec![0; instance.clients()];
    for &(client, site, units) in parts {
        assert!(open.contains(&site) && units > 0);
        got[client] += units;
    }
    assert_eq!(got, instance.demands);
}

/// Recomputes what a tree proves, from nothing but its nodes.
fn proved(instance: &Capacitated, tree: &Tree) -> i128 {
    let mut least = i128::MAX;
    let mut all: Vec<(Vec<State>, Multipliers)> = Vec::new();
    for (number, node) in tree.nodes.iter().enumerate() {
        let root = (vec![State::Free; instance.sites()], Multipliers::default());
        let (mut states, inherited) = if number == 0 { root } else { all[node.parent].clone() };
        match &node.change {
            Change::Root => {}
            Change::Split { site, open } => {
                states[*site] = if *open { State::Open } else { State::Closed };
            }
            Change::Fixed { closed, opened } => {
                for (&site, state) in closed
                    .iter()
                    .map(|site| (site, State::Closed))
                    .chain(opened.iter().map(|site| (site, State::Open)))
                {
                    let mut lost = states.clone();
                    lost[site] = if state == State::Open { State::Closed } else { State::Open };
                    least = least.min(bound(instance, tree.shift, &lost, &inherited));
                }
                closed.iter().for_each(|&site| states[site] = State::Closed);
                opened.iter().for_each(|&site| states[site] = State::Open);
            }
        }
        let multipliers = node.multipliers.clone().unwrap_or(inherited);
        if !tree.nodes.iter().skip(1).any(|child| child.parent == number) {
            least = least.min(bound(instance, tree.shift, &states, &multipliers));
        }
        all.push((states, multipliers));
    }
    least
}

/// Returns the bound of a leaf; the largest number when counting tells that it has no answer.
fn bound(instance: &Capacitated, shift: u32, states: &[State], multipliers: &Multipliers) -> i128 {
    let usable = (0..states.len()).filter(|&site| states[site] != State::Closed);
    if instance.capacity_of(usable) < instance.total {
        return i128::MAX;
    }
    if multipliers.radii.is_empty() {
        return 0;
    }
    Exact::new(instance, shift, states, multipliers.clone()).least(states)
}

/// Returns a point of the dual with nothing but its worth.
fn relaxed(worth: Vec<f64>) -> Relaxed {
    Relaxed { worth, ..Relaxed::default() }
}

/// Searches, proves and checks; returns the value.
fn solved(instance: &Capacitated, seed: u64) -> i128 {
    let mut search = Search::new(instance, seed, None).expect("it can be served");
    search.run(5, |_, _| true);
    let open = search.best.open.clone();
    let mut transport = search.into_transport();
    transport.solve(&open).expect("it can be served");
    let parts = transport.parts();
    assert_valid(instance, &open, &parts);
    let value = instance.value(&open, &parts);
    let tree = tree::prove(
        instance,
        (value, open.clone()),
        relaxed(transport.worth(&open)),
        |_, _, _| true,
        None,
    );
    assert_eq!(tree.bound, tree.best.0);
    assert!(proved(instance, &tree) >= tree.bound);
    assert!(tree.best.0 <= value);
    tree.best.0
}

#[test]
fn small_instances_are_solved_and_proved() {
    let mut random = Random::new(11);
    for trial in 0..600 {
        let mut instance = small(&mut random);
        instance.counts_sites = trial % 3 > 0;
        let sets = feasible_sets(&instance);
        if sets.is_empty() {
            assert!(Search::new(&instance, 1, None).is_none());
            continue;
        }
        let mut transport = Transport::new(&instance);
        let mut value = |open: &Vec<usize>| {
            transport.solve(open).expect("it can be served");
            assert_valid(&instance, open, &transport.parts());
            settled_value(&instance, open, &transport)
        };
        let best = sets.iter().map(&mut value).min();
        assert_eq!(Some(solved(&instance, trial)), best, "trial {trial}");
    }
}

/// Returns the states of sites that are all settled.
fn settled(sites: usize, open: &[usize]) -> Vec<State> {
    let mut states = vec![State::Closed; sites];
    open.iter().for_each(|&site| states[site] = State::Open);
    states
}

/// Returns the value of a solution, which its own prices prove best for its sites.
fn settled_value(instance: &Capacitated, open: &[usize], transport: &Transport<'_>) -> i128 {
    let states = settled(instance.sites(), open);
    let shift = exact::shift(instance);
    let exact = Exact::of_prices(instance, shift, &states, transport.prices());
    let value = instance.value(open, &transport.parts());
    assert_eq!(exact.least(&states), value);
    value
}

#[test]
fn small_single_assignments_are_found() {
    let mut random = Random::new(5);
    let (mut possible, mut best_found) = (0, 0);
    for trial in 0..400 {
        let instance = small(&mut random);
        let values = feasible_sets(&instance).into_iter();
        let best = values.filter_map(|open| all_singles(&instance, &open)).min();
        let found = Search::new(&instance, trial, None).and_then(|mut search| {
            search.run(5, |_, _| true);
            single::best(&instance, &search.pool, (trial, None), None, |_, _| true)
        });
        if let Some(found) = &found {
            assert_valid(&instance, &found.open, &found.parts);
            assert!(Some(found.value) >= best);
        }
        possible += usize::from(best.is_some());
        best_found += usize::from(best.is_some() && found.map(|found| found.value) == best);
    }
    assert!(100 * best_found >= 98 * possible, "{best_found} of {possible}");
}

#[test]
fn transport_starts_from_any_prices() {
    let mut random = Random::new(3);
    let table: Vec<(u64, Option<u64>)> =
        (0..12).map(|_| (5, Some(90 + random.below(40) as u64))).collect();
    let demands: Vec<u64> = (0..60).map(|_| 1 + random.below(20) as u64).collect();
    let costs: Vec<u64> = (0..60 * 12).map(|_| random.below(10_000) as u64).collect();
    let instance = Capacitated::new(demands, &table, true, |i, j| costs[i * 12 + j]).expect("fits");
    let mut warm = Transport::new(&instance);
    for _ in 0..300 {
        let open: Vec<usize> = (0..12).filter(|_| random.below(4) > 0).collect();
        let mut cold = Transport::new(&instance);
        warm.set_price(random.below(12), random.below(5000) as f64);
        let values = (warm.solve(&open), cold.solve(&open));
        assert_eq!(values.0.is_some(), values.1.is_some());
        if values.0.is_some() {
            let value = |solver: &Transport<'_>| settled_value(&instance, &open, solver);
            assert_eq!(value(&warm), value(&cold));
        }
    }
}

/// Published values of each group of files: they differ in the opening cost alone, which is
/// 7500, 12500, 17500 or 25000.
const GROUPS: [(&str, [f64; 4]); 9] = [
    ("cap4", [1_040_444.375, 1_098_000.450, 1_153_000.450, 1_235_500.450]),
    ("cap6", [932_615.750, 977_799.400, 1_014_062.050, 1_045_650.250]),
    ("cap7", [932_615.750, 977_799.400, 1_010_641.450, 1_034_976.975]),
    ("cap8", [838_499.288, 910_889.563, 975_889.563, 1_069_369.525]),
    ("cap9", [796_648.438, 855_733.500, 896_617.538, 946_051.325]),
    ("cap10", [796_648.437, 854_704.200, 893_782.112, 928_941.750]),
    ("cap11", [826_124.713, 901_377.213, 970_567.750, 1_063_356.488]),
    ("cap12", [793_439.563, 852_524.625, 895_302.325, 946_051.325]),
    ("cap13", [793_439.562, 851_495.325, 893_076.712, 928_941.750]),
];

/// Published values of capa, by its capacity; that of the last is the uncapacitated one.
const CAPA: [(u64, f64); 5] = [
    (8000, 19_240_822.449),
    (10_000, 18_438_046.543),
    (12_000, 17_765_201.949),
    (14_000, 17_160_439.012),
    (1_000_000, 17_156_454.478),
];

/// Runs the files of OR-Library in the folder that the environment variable `GROUNDWORK_DATA` names.
#[test]
fn published_values_are_proved() {
    let Ok(folder) = std::env::var("GROUNDWORK_DATA") else { return };
    let file = |name: &str, capacity| read(&format!("{folder}/{name}.txt"), capacity).expect(name);
    let mut trials = vec![("cap51".to_owned(), file("cap51", None), 1_025_208.225)];
    for (group, published) in GROUPS {
        for (place, opening_cost) in [7500, 12_500, 17_500, 25_000].into_iter().enumerate() {
            let (mut instance, scale) = file(&format!("{group}4"), None);
            let costs = instance.opening_costs.iter_mut().filter(|cost| **cost > 0);
            costs.for_each(|cost| *cost = opening_cost * scale);
            trials.push((format!("{group}{}", place + 1), (instance, scale), published[place]));
        }
    }
    for (capacity, published) in CAPA {
        trials.push((format!("capa {capacity}"), file("capa", Some(capacity)), published));
    }
    for (name, (instance, scale), published) in trials {
        for counts_sites in [true, false] {
            let instance = Capacitated { counts_sites, ..instance.clone() };
            let value = report(&instance, scale, &format!("{name} {counts_sites}"));
            assert!((value - published).abs() < 0.01, "{name}: {value}");
        }
    }
}

/// Solves a file, shows figures and returns the value.
#[allow(clippy::print_stdout)] // Its purpose is to show figures.
fn report(instance: &Capacitated, scale: u64, name: &str) -> f64 {
    let shown = |value: i128| value as f64 / scale as f64;
    let (start, mut found) = (Instant::now(), 0.0);
    let mut search = Search::new(instance, 1, None).expect("it can be served");
    let mut value = f64::INFINITY;
    search.run(20, |_, best| {
        if best < value {
            (value, found) = (best, start.elapsed().as_secs_f64());
        }
        true
    });
    let open = search.best.open.clone();
    let searched = start.elapsed().as_secs_f64();
    let single = single::best(instance, &search.pool, (1, None), None, |_, _| true);
    let packed = start.elapsed().as_secs_f64() - searched;
    let mut transport = search.into_transport();
    transport.solve(&open);
    let value = instance.value(&open, &transport.parts());
    let start = Instant::now();
    let start_at = relaxed(transport.worth(&open));
    let tree = tree::prove(
        instance,
        (value, open),
        start_at,
        |_, _, _| start.elapsed().as_secs() < 60,
        None,
    );
    let proof = start.elapsed().as_secs_f64();
    assert!(proved(instance, &tree) >= tree.bound);
    let single = single.map_or(f64::NAN, |single| shown(single.value));
    let nodes = tree.nodes.len();
    let own = tree.nodes.iter().filter(|node| node.multipliers.is_some()).count();
    println!(
        "{name}: value {:.3} bound {:.3}, found {found:.3} s of {searched:.3}, tree {:.3} s, \
         {nodes} nodes, {own} with multipliers; single {single:.3} in {packed:.3} s",
        shown(tree.best.0),
        shown(tree.bound),
        proof,
    );
    shown(tree.best.0)
}

/// Makes an instance as Cornuejols, Sridharan and Thizy (1991) do: places in the unit square, opening costs
/// that grow with the root of the capacity, and `ratio` times as much capacity as demand.
fn random_field(sites: usize, clients: usize, ratio: f64) -> Capacitated {
    let mut random = Random::new((sites + 7 * clients) as u64);
    let mut unit = || random.below(1_000_000) as f64 / 1e6;
    let places: Vec<(f64, f64)> = (0..sites + clients).map(|_| (unit(), unit())).collect();
    let demands: Vec<u64> = (0..clients).map(|_| (5.0 + 30.0 * unit()) as u64).collect();
    let raw: Vec<f64> = (0..sites).map(|_| 10.0 + 150.0 * unit()).collect();
    let scale = ratio * demands.iter().sum::<u64>() as f64 / raw.iter().sum::<f64>();
    let mut site = |raw: &f64| {
        let opening_cost = 1000.0 * (90.0 * unit() + (100.0 + 10.0 * unit()) * raw.sqrt());
        (opening_cost as u64, Some((scale * raw) as u64))
    };
    let table: Vec<(u64, Option<u64>)> = raw.iter().map(&mut site).collect();
    let cost = |i: usize, j: usize| {
        let (a, b) = (places[sites + i], places[j]);
        (10_000.0 * demands[i] as f64 * (a.0 - b.0).hypot(a.1 - b.1)) as u64
    };
    Capacitated::new(demands.clone(), &table, true, cost).expect("it fits")
}

#[test]
fn random_fields_are_proved() {
    for (sites, clients, ratio) in [(20, 40, 3.0), (30, 60, 5.0), (50, 100, 8.0)] {
        solved(&random_field(sites, clients, ratio), 1);
    }
}
