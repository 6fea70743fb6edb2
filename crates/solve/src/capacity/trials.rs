//! Trials on small random instances, against all choices, and on files of OR-Library where they are.

use super::ascent::{Ascent, Schedule, State};
use super::exact::{self, Exact};
use super::search::{Search, settled};
use super::transport::Transport;
use super::tree;
use super::{Capacitated, Part};
use crate::random::Random;
use std::time::Instant;

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

#[test]
#[ignore = "needs files"]
fn measures_the_root() {
    let Ok(data) = std::env::var("GROUNDWORK_DATA") else { return };
    for (name, capacity, optimum) in [
        ("capa", Some(8000), 19_240_822.449),
        ("capa", Some(10000), 18_438_046.543),
        ("capa", Some(12000), 17_765_201.949),
        ("capa", Some(14000), 17_160_439.012),
        ("cap41", None, 1_040_444.375),
        ("cap114", None, 1_063_356.488),
    ] {
        let (instance, scale) = read(&format!("{data}/{name}.txt"), capacity).expect("a file");
        println!(
            "{name} {capacity:?} n {} m {} D {} fraction {} shift {}",
            instance.clients(),
            instance.sites(),
            instance.total,
            instance.fraction,
            exact::shift(&instance)
        );
        let start = Instant::now();
        let mut search = Search::new(&instance, 1).expect("feasible");
        let first = search.best.value / scale as f64;
        search.run(60, |_, _| true);
        println!(
            "  greedy {first} found {} of {optimum} open {} in {:?} work {}",
            search.best.value / scale as f64,
            search.best.open.len(),
            start.elapsed(),
            search.work()
        );
        let best = search.best.clone();
        let mut transport = search.into_transport();
        transport.solve(&best.open);
        let value = instance.value(&best.open, &transport.parts());
        let states = settled(instance.sites(), &best.open);
        let sh = exact::shift(&instance);
        let e = Exact::of_prices(&instance, sh, &states, transport.prices());
        println!("  exact value {value} settled bound {}", e.least(&states));
        for counts in [true, false] {
            let start = Instant::now();
            let mut instance = instance.clone();
            instance.counts_sites = counts;
            let mut last = 0;
            let tree = tree::prove(
                &instance,
                (value, best.open.clone()),
                transport.worth(&best.open),
                |_, v, b| {
                    if start.elapsed().as_secs() > last {
                        last = start.elapsed().as_secs();
                        println!(
                            "    {last} s bound {} gap {:.4}%",
                            b as f64 / scale as f64,
                            100.0 * (v - b) as f64 / v as f64
                        );
                    }
                    start.elapsed().as_secs_f64() < 40.0
                },
            );
            println!(
                "  counts {counts}: nodes {} bound {} value {} {} in {:?}",
                tree.nodes.len(),
                tree.bound,
                tree.best.0,
                if tree.bound == tree.best.0 { "PROVED" } else { "" },
                start.elapsed()
            );
        }
        let states = vec![State::Free; instance.sites()];
        let start_worth = transport.worth(&best.open);
        for (first, last, steps) in [
            (0.1, 0.001, 300),
            (0.2, 0.002, 300),
            (0.3, 0.002, 300),
            (0.3, 0.0005, 300),
            (0.5, 0.001, 300),
            (0.3, 0.0005, 1000),
        ] {
            let start = Instant::now();
            let mut ascent = Ascent::new(&instance);
            let r = ascent.ascend(
                (&states, &start_worth),
                Schedule { first, last, steps },
                f64::INFINITY,
            );
            let v = value as f64;
            let closed = r
                .reduced
                .iter()
                .map(|x| x + r.price)
                .filter(|&x| x > 0.0 && r.bound + x > v - 1.0)
                .count();
            let opened = r
                .reduced
                .iter()
                .map(|x| x + r.price)
                .filter(|&x| x < 0.0 && r.bound - x > v - 1.0)
                .count();
            let u: f64 = r.usage.iter().sum();
            println!(
                "  {first} {last} {steps}: bound {} gap {:.4}% closed {closed} opened {opened} usage {u:.2} {:?}",
                r.bound / scale as f64,
                100.0 * (v - r.bound) / v,
                start.elapsed()
            );
        }
    }
}
