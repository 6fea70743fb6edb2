//! On small random problems every answer is tried, by code that is as plain as the rules read.
//!
//! The checker must agree on which answers are allowed and what they are worth, and no certificate,
//! however it is bent, may prove more than the best answer.

use groundwork_model::CoverProof;

use super::common::Stream;
use super::*;

/// Random problems of each kind.
const PROBLEMS: u64 = 250;

/// Attempts to better a certificate, each of which must stay below the best answer.
const STEPS: usize = 60;

/// 12 divides by every demand, so that all shares of costs are whole.
const SHARES: i128 = 12;

/// Returns for each site the period in which it opens, 0 for never: every way to do so.
pub(super) fn all_times(sites: usize, periods: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..sites {
        let longer =
            |times: Vec<usize>| (0..=periods).map(move |time| [times.clone(), vec![time]].concat());
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

pub(super) fn periods(ask: Ask) -> usize {
    if let Ask::Rollout { periods, .. } = ask { periods as usize } else { 1 }
}

/// Returns the cost of a pair by the definition.
pub(super) fn cost(problem: &FieldProblem, client: usize, site: usize) -> i128 {
    let at = client * problem.sites.len() + site;
    match &problem.costs {
        Costs::Matrix(costs) => i128::from(costs[at]),
        Costs::Total(costs) => i128::from(costs[at]),
        Costs::Plane { points, coordinate_scale, rounding } => {
            let (a, b) = (points[client], points[site]);
            let squared = (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
            let exact = (squared as f64).sqrt() / *coordinate_scale as f64;
            let half = if *rounding == Rounding::Round { 0.5 } else { 0.0 };
            (exact + half).floor() as i128
        }
        Costs::Sphere { .. } => panic!("no random problem is on the sphere"),
    }
}

/// Returns the value of the best answer with these times, by the definition of the problem; `None`
/// when there is none.
pub(super) fn best_value(problem: &FieldProblem, times: &[usize]) -> Option<i128> {
    let ask = problem.ask;
    let quotas_kept = (1..=periods(ask)).all(|period| {
        let opens = times.iter().filter(|time| **time == period).count() as u32;
        match ask {
            Ask::PMedian { p } | Ask::PCentre { p } | Ask::Cover { p, .. } => opens <= p,
            Ask::Rollout { quota, exactly: true, .. } => opens == quota,
            Ask::Rollout { quota, .. } => opens <= quota,
            _ => true,
        }
    });
    if !quotas_kept {
        return None;
    }
    let nearest = |client: usize, period: usize| {
        let open = (0..times.len()).filter(|j| (1..=period).contains(&times[*j]));
        open.map(|site| cost(problem, client, site)).min()
    };
    let weight = |client: usize| i128::from(problem.weights[client]);
    let clients = 0..problem.weights.len();
    let present = || clients.clone().filter(|client| weight(*client) > 0);
    let factor = |i: usize| if matches!(problem.costs, Costs::Total(_)) { 1 } else { weight(i) };
    let served = |period: usize| {
        let counted = clients.clone().filter(|client| factor(*client) > 0);
        counted.map(|i| Some(factor(i) * nearest(i, period)?)).sum::<Option<i128>>()
    };
    let opened = (0..times.len()).filter(|site| times[*site] > 0);
    let opening: i128 = opened.map(|site| i128::from(problem.sites[site].opening_cost)).sum();
    let within = |i: usize, reach: u32| nearest(i, 1).is_some_and(|c| c <= i128::from(reach));
    match ask {
        Ask::PMedian { .. } | Ask::Rollout { .. } => (1..=periods(ask)).map(served).sum(),
        Ask::PCentre { .. } => {
            present().map(|i| nearest(i, 1)).try_fold(0, |max: i128, c| Some(max.max(c?)))
        }
        Ask::Cover { reach, .. } => Some(present().filter(|i| within(*i, reach)).map(weight).sum()),
        Ask::SetCover { reach } => {
            let plain = problem.sites.iter().all(|site| site.opening_cost == 0);
            let number = times.iter().filter(|time| **time > 0).count() as i128;
            let all = present().all(|i| within(i, reach));
            all.then_some(if plain { number } else { opening })
        }
        Ask::Ufl => Some(opening + served(1)?),
        Ask::Cfl { single } => {
            let left = problem.sites.iter().zip(times).map(|(site, time)| match site.capacity {
                _ if *time == 0 => 0,
                capacity => capacity.unwrap_or(u64::MAX),
            });
            let shares = best_shares(problem, single, 0, &left.collect::<Vec<_>>())?;
            Some(opening + (shares + SHARES - 1).div_euclid(SHARES))
        }
    }
}

/// Returns the least cost, x 12, of serving the clients from one on with what is left of capacities.
fn best_shares(problem: &FieldProblem, single: bool, client: usize, left: &[u64]) -> Option<i128> {
    let Some(&demand) = problem.weights.get(client) else { return Some(0) };
    let splits = splits(demand, left.len()).into_iter();
    let allowed = splits.filter(|split| {
        let sites = split.iter().filter(|units| **units > 0).count();
        (!single || sites <= 1) && split.iter().zip(left).all(|(units, left)| units <= left)
    });
    let costs = allowed.filter_map(|split| {
        let rest: Vec<_> = left.iter().zip(&split).map(|(left, units)| left - units).collect();
        let share = if matches!(problem.costs, Costs::Total(_)) { i128::from(demand) } else { 1 };
        let of_site = |(site, units): (usize, &u64)| match *units {
            0 => 0,
            units => cost(problem, client, site) * i128::from(units) * SHARES / share,
        };
        let here: i128 = split.iter().enumerate().map(of_site).sum();
        Some(here + best_shares(problem, single, client + 1, &rest)?)
    });
    costs.min()
}

/// Returns every way to take units from sites.
fn splits(units: u64, sites: usize) -> Vec<Vec<u64>> {
    if sites == 0 {
        return if units == 0 { vec![Vec::new()] } else { Vec::new() };
    }
    let first = |taken: u64| {
        splits(units - taken, sites - 1).into_iter().map(move |rest| [vec![taken], rest].concat())
    };
    (0..=units).flat_map(first).collect()
}

fn random_problem(stream: &mut Stream, kind: u64) -> FieldProblem {
    let below = |stream: &mut Stream, number: u64| stream.below(number) as u32;
    let reach = below(stream, 8);
    let p = below(stream, 4);
    let ask = match kind {
        0 => Ask::PMedian { p },
        1 => Ask::PCentre { p },
        2 => Ask::Cover { p, reach },
        3 => Ask::SetCover { reach },
        4 => Ask::Ufl,
        5 => Ask::Cfl { single: stream.chance(50) },
        _ => {
            let (periods, quota) = (1 + below(stream, 2), below(stream, 3));
            Ask::Rollout { periods, quota, exactly: stream.chance(50) }
        }
    };
    let clients = 1 + stream.below(5) as usize;
    let on_plane = stream.chance(30);
    let number = if on_plane { clients } else { 1 + stream.below(4) as usize };
    // Small numbers, so that ties are frequent.
    let pairs = clients * number;
    let costs = match stream.below(2) {
        _ if on_plane => Costs::Plane {
            points: (0..clients)
                .map(|_| (stream.below(90) as i64, stream.below(90) as i64))
                .collect(),
            coordinate_scale: 10,
            rounding: if stream.chance(50) { Rounding::Round } else { Rounding::Floor },
        },
        0 => Costs::Matrix((0..pairs).map(|_| below(stream, 9)).collect()),
        _ => Costs::Total((0..pairs).map(|_| stream.below(12)).collect()),
    };
    let dear = stream.chance(70);
    let site = |stream: &mut Stream| FieldSite {
        opening_cost: if dear { stream.below(10) } else { 0 },
        capacity: stream.chance(80).then(|| stream.below(7)),
    };
    FieldProblem {
        weights: (0..clients).map(|_| stream.below(5)).collect(),
        sites: (0..number).map(|_| site(stream)).collect(),
        costs,
        ask,
        scale: 1,
    }
}

/// Returns the best value of all answers, and asserts that the checker sees each as it is.
fn optimum(problem: &FieldProblem) -> Option<i128> {
    let mut values = Vec::new();
    for times in all_times(problem.sites.len(), periods(problem.ask)) {
        let value = best_value(problem, &times);
        values.extend(value);
        if matches!(problem.ask, Ask::Cfl { .. }) {
            continue;
        }
        let openings = times.iter().zip(1..).filter(|(time, _)| **time > 0);
        let openings: Vec<_> =
            openings.map(|(time, site)| FieldOpening { site, period: *time as u32 }).collect();
        let verdict = Case::new(problem, &openings).verdict();
        assert_eq!(verdict.feasible, value.is_some(), "{problem:?} {times:?} {verdict:?}");
        if value.is_some() {
            assert_eq!(verdict.value, value, "{problem:?} {times:?}");
        }
    }
    let is_cover = matches!(problem.ask, Ask::Cover { .. });
    if is_cover { values.into_iter().max() } else { values.into_iter().min() }
}

/// Returns what a proof proves.
fn proved(problem: &FieldProblem, proof: &Proof) -> Option<i128> {
    let mut case = Case::new(problem, &[]);
    case.answer.value = None;
    case.claim(0, proof.clone()).verdict().bound
}

/// Returns whether a bound is as good as another one, or better.
fn is_as_good(problem: &FieldProblem, bound: i128, other: i128) -> bool {
    if matches!(problem.ask, Ask::Cover { .. }) { bound <= other } else { bound >= other }
}

fn random_proof(stream: &mut Stream, problem: &FieldProblem) -> Proof {
    let clients = problem.weights.len();
    let shift = stream.below(3) as u32;
    let has_quota = !matches!(problem.ask, Ask::SetCover { .. } | Ask::Ufl | Ask::Cfl { .. });
    let is_centre = matches!(problem.ask, Ask::PCentre { .. });
    let price = |stream: &mut Stream| i128::from(stream.below(10)) << shift;
    let prices = |stream: &mut Stream| match has_quota && !is_centre {
        true => (0..periods(problem.ask)).map(|_| price(stream)).collect(),
        false if is_cfl(problem) && stream.chance(60) => vec![-price(stream)],
        false => Vec::new(),
    };
    let radius = |stream: &mut Stream| stream.below(10 << shift);
    let radii = (0..periods(problem.ask)).map(|_| (0..clients).map(|_| radius(stream)).collect());
    let radii: Vec<Vec<u64>> = radii.collect();
    if is_centre && stream.chance(50) {
        let weights = radii.into_iter().next().unwrap();
        let at_least_m = stream.below(10) as u32;
        return Proof::Cover { periods: vec![CoverProof { at_least_m, weights }] };
    }
    let prices = prices(stream);
    if !is_centre && stream.chance(40) {
        return Proof::Lagrangian { shift, prices, radii };
    }
    let at_least = is_centre.then(|| 1 + stream.below(9) as u32);
    Proof::Tree { shift, at_least, prices, radii, nodes: random_nodes(stream, problem) }
}

/// Returns the nodes of a tree that splits some leaves by some sites, and fixes sites at others.
fn random_nodes(stream: &mut Stream, problem: &FieldProblem) -> Vec<TreeNode> {
    let all: Vec<u32> = (0..=periods(problem.ask) as u32).collect();
    let mut nodes: Vec<TreeNode> = Vec::new();
    let mut leaves = vec![(0, vec![all; problem.sites.len()])];
    for _ in 0..stream.below(6) {
        let at = stream.below(leaves.len() as u64) as usize;
        let (parent, times) = leaves.swap_remove(at);
        if stream.chance(40) {
            let (node, below) = random_fixing(stream, parent, times);
            let number = if node.is_some() { nodes.len() as u32 + 1 } else { parent };
            nodes.extend(node);
            leaves.push((number, below));
            continue;
        }
        let site = stream.below(times.len() as u64) as usize;
        let groups = 1 + stream.below(times[site].len() as u64);
        let mut parts = vec![Vec::new(); groups as usize];
        for time in &times[site] {
            parts[stream.below(groups) as usize].push(*time);
        }
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            nodes.push(node(parent, site as u32 + 1, &part));
            let mut below = times.clone();
            below[site] = part;
            leaves.push((nodes.len() as u32, below));
        }
    }
    nodes
}

/// Returns a node that takes times from some sites, if it takes any, and the times that it leaves.
fn random_fixing(
    stream: &mut Stream,
    parent: u32,
    mut times: Vec<Vec<u32>>,
) -> (Option<TreeNode>, Vec<Vec<u32>>) {
    let mut node = TreeNode { parent, ..TreeNode::default() };
    for (times, site) in times.iter_mut().zip(1..) {
        if times.contains(&0) && stream.chance(30) {
            node.closed.push(site);
            *times = vec![0];
        } else if stream.chance(30) {
            let last = times.pop();
            times.retain(|_| stream.chance(50));
            times.extend(last);
            node.kept.push(KeptTimes { site, times: times.clone() });
        }
    }
    let fixes = !node.closed.is_empty() || !node.kept.is_empty();
    (fixes.then_some(node), times)
}

fn is_cfl(problem: &FieldProblem) -> bool {
    matches!(problem.ask, Ask::Cfl { .. })
}

/// Bends one number of a proof, at the root or at a node. Prices of capacities are 0 or below, others 0
/// or above.
fn bend(stream: &mut Stream, problem: &FieldProblem, proof: &mut Proof) {
    let sign = if is_cfl(problem) { -1 } else { 1 };
    let up = stream.chance(50);
    let by = 1 + stream.below(3);
    let bent = |number: u64| if up { number + by } else { number.saturating_sub(by) };
    match proof {
        Proof::Cover { periods } => {
            let weights = &mut periods[0].weights;
            let at = stream.below(weights.len() as u64) as usize;
            weights[at] = bent(weights[at]);
        }
        Proof::Lagrangian { prices, radii, .. } => bend_root(stream, (prices, sign), radii, bent),
        Proof::Schedules { .. } | Proof::ScheduleCover { .. } => {
            unreachable!("a proof of programmes")
        }
        Proof::Grains { fewer, others, .. } => {
            let half = if up { fewer } else { others };
            bend(stream, problem, &mut half.proof);
        }
        Proof::Tree { prices, radii, nodes, .. } => {
            if nodes.is_empty() || stream.chance(30) {
                return bend_root(stream, (prices, sign), radii, bent);
            }
            let at = stream.below(nodes.len() as u64) as usize;
            let clients = radii[0].len() as u64;
            let node = &mut nodes[at];
            if !prices.is_empty() && stream.chance(40) {
                let now = if node.prices.is_empty() { prices.clone() } else { node.prices.clone() };
                node.prices = now;
                let at = stream.below(prices.len() as u64) as usize;
                node.prices[at] = sign * i128::from(bent((sign * node.prices[at]) as u64));
            } else {
                node.changed.push(stream.below(clients * radii.len() as u64) as u32);
                node.radii.push(stream.below(40));
            }
        }
    }
}

fn bend_root(
    stream: &mut Stream,
    (prices, sign): (&mut [i128], i128),
    radii: &mut [Vec<u64>],
    bent: impl Fn(u64) -> u64,
) {
    if !prices.is_empty() && stream.chance(30) {
        let at = stream.below(prices.len() as u64) as usize;
        prices[at] = sign * i128::from(bent((sign * prices[at]) as u64));
    } else {
        let row = stream.below(radii.len() as u64) as usize;
        let at = stream.below(radii[row].len() as u64) as usize;
        radii[row][at] = bent(radii[row][at]);
    }
}

/// Climbs from a random proof, and asserts that no step goes beyond the best answer. Returns whether
/// it got there.
fn climb(stream: &mut Stream, problem: &FieldProblem, best: Option<i128>) -> bool {
    let mut proof = random_proof(stream, problem);
    let mut bound = proved(problem, &proof);
    for _ in 0..STEPS {
        if let (Some(bound), Some(best)) = (bound, best) {
            assert!(is_as_good(problem, best, bound), "{bound} {best} {problem:?} {proof:?}");
        }
        let mut other = proof.clone();
        bend(stream, problem, &mut other);
        let better = proved(problem, &other);
        // Where nothing is proved yet, any way may lead on.
        if bound.is_none() || better.zip(bound).is_some_and(|(a, b)| is_as_good(problem, a, b)) {
            (proof, bound) = (other, better);
        }
    }
    bound.is_some() && bound == best
}

/// Tries random problems of one kind; some of the climbs have to end at the best answer, or the test
/// would say little.
fn try_kind(kind: u64, tight_min: usize) {
    let mut stream = Stream(kind + 1);
    let (mut tight, mut solvable) = (0, 0);
    for _ in 0..PROBLEMS {
        let problem = random_problem(&mut stream, kind);
        let best = optimum(&problem);
        solvable += usize::from(best.is_some());
        for _ in 0..4 {
            tight += usize::from(climb(&mut stream, &problem, best));
        }
    }
    assert!(tight >= tight_min, "kind {kind}: {tight} climbs to the top of {solvable} problems");
}

#[test]
fn no_bound_of_a_median_is_above_the_best() {
    try_kind(0, 100);
}

#[test]
fn no_bound_of_a_centre_is_above_the_best() {
    try_kind(1, 50);
}

#[test]
fn no_bound_of_a_cover_is_below_the_best() {
    try_kind(2, 100);
}

#[test]
fn no_bound_of_a_set_cover_is_above_the_best() {
    try_kind(3, 100);
}

#[test]
fn no_bound_of_facilities_is_above_the_best() {
    try_kind(4, 100);
}

#[test]
fn no_bound_within_capacities_is_above_the_best() {
    try_kind(5, 50);
}

#[test]
fn no_bound_of_a_roll_out_is_above_the_best() {
    try_kind(6, 50);
}

/// Returns what assignments cost, x 12, and whether they keep every rule, by the definition.
fn shares_of(problem: &FieldProblem, open: &[u32], parts: &[FieldAssignment]) -> (bool, i128) {
    let Ask::Cfl { single } = problem.ask else { panic!("only capacities have assignments") };
    let sum = |of: &dyn Fn(&FieldAssignment) -> bool| {
        parts.iter().filter(|part| of(part)).map(|part| part.amount).sum::<u64>()
    };
    let mut kept = parts.iter().all(|part| open.contains(&part.site));
    for (client, demand) in (1..).zip(&problem.weights) {
        kept &= sum(&|part| part.client == client) == *demand;
        let serves = |site: &&u32| sum(&|part| part.client == client && part.site == **site) > 0;
        kept &= !single || open.iter().filter(serves).count() <= 1;
    }
    for (number, site) in (1..).zip(&problem.sites) {
        kept &= site.capacity.is_none_or(|capacity| sum(&|p| p.site == number) <= capacity);
    }
    let cost = |part: &FieldAssignment| {
        let client = part.client as usize - 1;
        let share =
            if matches!(problem.costs, Costs::Total(_)) { problem.weights[client] } else { 1 };
        let whole = cost(problem, client, part.site as usize - 1) * i128::from(part.amount);
        if part.amount == 0 { 0 } else { whole * SHARES / i128::from(share.max(1)) }
    };
    (kept, parts.iter().map(cost).sum())
}

#[test]
fn assignments_are_read_as_the_rules_say() {
    let mut stream = Stream(99);
    let mut feasible = 0;
    for _ in 0..20_000 {
        let problem = random_problem(&mut stream, 5);
        let numbers = 1..=problem.sites.len() as u32;
        let opened: Vec<u32> = numbers.clone().filter(|_| stream.chance(90)).collect();
        let mut parts = Vec::new();
        for (client, demand) in (1..).zip(&problem.weights) {
            let mut left = *demand;
            while left > 0 {
                let site = 1 + stream.below(u64::from(*numbers.end())) as u32;
                let amount = if stream.chance(60) { left } else { 1 };
                parts.push(part(client, site, amount));
                left -= amount;
            }
        }
        if !parts.is_empty() && stream.chance(10) {
            let at = stream.below(parts.len() as u64) as usize;
            parts[at].amount = stream.below(4);
        }
        let (kept, shares) = shares_of(&problem, &opened, &parts);
        let verdict = Case::assigned(&problem, &open(&opened), &parts).verdict();
        assert_eq!(verdict.feasible, kept, "{problem:?} {opened:?} {parts:?} {verdict:?}");
        if kept {
            let costs = opened.iter().map(|site| problem.sites[*site as usize - 1].opening_cost);
            let value = (shares + SHARES - 1).div_euclid(SHARES) + i128::from(costs.sum::<u64>());
            assert_eq!(verdict.value, Some(value));
            feasible += 1;
        }
    }
    assert!(feasible > 1_000, "{feasible}");
}
