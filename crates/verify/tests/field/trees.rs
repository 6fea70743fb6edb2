//! Trees with fixings, worked by hand, and trees of many nodes.

use std::time::Instant;

use groundwork_model::Code;

use super::common::Stream;
use super::*;

/// Returns what a tree proves of a problem.
pub(super) fn proved(problem: &FieldProblem, tree: Proof) -> Option<i128> {
    let mut case = Case::new(problem, &[]);
    case.answer.value = None;
    case.claim(0, tree).verdict().bound
}

pub(super) fn tree(shift: u32, prices: &[i128], radii: &[&[u64]], nodes: &[TreeNode]) -> Proof {
    Proof::Tree {
        shift,
        at_least: None,
        prices: prices.to_vec(),
        radii: radii.iter().map(|row| row.to_vec()).collect(),
        nodes: nodes.to_vec(),
    }
}

#[test]
fn fixings_of_a_median() {
    // u = 11; sites 1 to 5 save 4, 4, 3, 4 and 3 at the price 4: L = 11 - 8 = 3, one more with site 3.
    let points = [(0, 1), (1, 1), (5, 1), (6, 1), (7, 1)];
    let problem = line(&points, Ask::PMedian { p: 2 });
    let bound = |nodes: &[TreeNode]| proved(&problem, tree(0, &[4], &[&[3, 2, 2, 2, 2]], nodes));
    assert_eq!(bound(&[fixing(0, &[3, 5], &[])]), Some(3));
    // What is below a fixing node may use other multipliers; the fixings do not: with a price of 1 the
    // rest is at 11 - 2 - 3 x 3 = 0, and with one of 5 at 11 - 10.
    for (price, rest) in [(1, 0), (5, 1)] {
        let mut node = fixing(0, &[3, 5], &[]);
        node.prices = vec![price];
        assert_eq!(bound(&[node]), Some(rest));
    }
    // With the sites 2 and 4 open, site 1 cannot open too, whatever it would save: at the price 3 it
    // saves 4. L is 11 - 6 - 1 - 1 with it and without.
    let nodes = [fixing(0, &[], &[(2, &[1]), (4, &[1])]), fixing(1, &[1, 3, 5], &[])];
    let nodes =
        |number: usize| proved(&problem, tree(0, &[3], &[&[3, 2, 2, 2, 2]], &nodes[..number]));
    // Without site 2 there are sites 1 and 4: 5 - 1 - 1.
    assert_eq!((nodes(1), nodes(2)), (Some(2), Some(3)));
}

#[test]
fn fixings_of_facilities() {
    // Site 1 costs 3 and saves 3, site 2 costs 4 and saves 4, of u = 11. Closed, either would add 0.
    let problem = FieldProblem {
        weights: vec![1, 2, 1],
        sites: sites(&[3, 4, 9]),
        costs: Costs::Matrix(vec![1, 5, 1, 1, 5, 1, 6, 1, 1]),
        ask: Ask::Ufl,
        scale: 1,
    };
    // Site 3 would save 1 + 2 + 4 = 7 and costs 9: it adds 2.
    let radii: &[&[u64]] = &[&[2, 2, 5]];
    assert_eq!(proved(&problem, tree(0, &[], radii, &[fixing(0, &[3], &[])])), Some(11));
    // Below, the clients may ask for 3 each: sites 1 and 2 save 2 + 4 and 2 of 3 + 6 + 3.
    let mut node = fixing(0, &[3], &[]);
    (node.changed, node.radii) = (vec![0, 1, 2], vec![3, 3, 3]);
    assert_eq!(proved(&problem, tree(0, &[], radii, &[node])), Some(9));
    // Site 1 has to open: 0 is taken from it, at 11 - 0 + 0.
    assert_eq!(proved(&problem, tree(0, &[], radii, &[fixing(0, &[], &[(1, &[1])])])), Some(11));
}

#[test]
fn fixings_of_a_roll_out() {
    let ask = Ask::Rollout { periods: 2, quota: 1, exactly: false };
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], ask);
    let bound = |prices: &[i128], nodes: &[TreeNode]| {
        proved(&problem, tree(0, prices, &[&[6, 5, 5, 6], &[2, 2, 2, 2]], nodes))
    };
    // u = 30. In period 1 sites save 6 + 4 + 1 = 11, 5 + 5 + 1 + 1 = 12, 12 and 11; in 2 always 3: from
    // 1 on 14, 15, 15 and 14. At the prices 15 and 3 L is 12, one more with 1 or 4 in period 1.
    assert_eq!(bound(&[15, 3], &[fixing(0, &[2], &[(1, &[0, 2]), (4, &[2])])]), Some(12));
    // At 15 and 4, L is 11; with a site in period 2 it is 12. Site 3 keeps period 1, site 1 opens in 2.
    let nodes = [fixing(0, &[2], &[(3, &[1])]), fixing(1, &[4], &[(1, &[2])])];
    assert_eq!(bound(&[15, 4], &nodes[..1]), Some(11));
    assert_eq!(bound(&[15, 4], &nodes), Some(11));
    // At 14 and 3 sites 2 and 3 are worth 1: L = 30 - 17 - 2 = 11. With site 3 in period 1 there is no
    // room for site 2 or any other.
    let nodes = [fixing(0, &[], &[(3, &[1])]), fixing(1, &[], &[(2, &[0, 2]), (1, &[0, 2])])];
    // 3 taken from period 1: 30 - 17 - 1 = 12 without it.
    assert_eq!(bound(&[14, 3], &nodes[..1]), Some(11));
    assert_eq!(bound(&[14, 3], &nodes), Some(12));
}

#[test]
fn fixings_of_covers() {
    let points = [(0, 3), (1, 1), (5, 2), (6, 1)];
    let problem = line(&points, Ask::Cover { p: 1, reach: 1 });
    // u = 7; sites save 4, 4, 3 and 3 at the price 4: 3 stay uncovered, 4 with site 3 or 4.
    let bound = |nodes: &[TreeNode]| proved(&problem, tree(0, &[4], &[&[1, 1, 1, 1]], nodes));
    assert_eq!(bound(&[fixing(0, &[3, 4], &[])]), Some(4));
    // At the price 3 the sites 1 and 2 are worth 1 each: 2 stay uncovered; with one of them closed, 3.
    let nodes = [fixing(0, &[1], &[]), fixing(1, &[3], &[])];
    let bound = |nodes: &[TreeNode]| proved(&problem, tree(0, &[3], &[&[1, 1, 1, 1]], nodes));
    assert_eq!(bound(&nodes), Some(5));
    // With site 1 open no other can; without it, 3 stay uncovered.
    assert_eq!(bound(&[fixing(0, &[], &[(1, &[1])]), fixing(1, &[2, 3, 4], &[])]), Some(4));

    let problem = line(&points, Ask::SetCover { reach: 1 });
    // Site 2 covers as much as site 1: at halves for the clients 1 to 4 every site saves its cost.
    let bound = |nodes: &[TreeNode]| proved(&problem, tree(1, &[], &[&[1, 1, 1, 1]], nodes));
    assert_eq!(bound(&[fixing(0, &[2, 3], &[])]), Some(2));
    // Without sites 2 and 3 client 1 may ask for 2, as site 1 then adds 2 - 3 of u = 5, in halves.
    let mut node = fixing(0, &[2, 3], &[]);
    (node.changed, node.radii) = (vec![0], vec![2]);
    assert_eq!(bound(&[node]), Some(2));
}

#[test]
fn prices_of_enough_sites() {
    // All serve for nothing; 4 units are asked for, and site 1 alone has 4.
    let site = |opening_cost, capacity| FieldSite { opening_cost, capacity: Some(capacity) };
    let problem = FieldProblem {
        weights: vec![3, 1],
        sites: vec![site(30, 4), site(10, 3), site(10, 3), site(9, 0)],
        costs: Costs::Matrix(vec![0; 8]),
        ask: Ask::Cfl { single: false },
        scale: 1,
    };
    let bound = |price: i128, nodes: &[TreeNode]| {
        proved(&problem, tree(1, &[2 * price], &[&[0, 0]], nodes))
    };
    // One site at least: 10 at its best price, and less at a lower one, which pays for all sites.
    assert_eq!((bound(-10, &[]), bound(-12, &[])), (Some(9), Some(5)));
    assert_eq!((bound(-9, &[]), bound(0, &[])), (Some(9), Some(0)));
    // Without site 1 it takes two of the others; with it, 30 more than the price of 9.
    let split = [node(0, 1, &[0]), node(0, 1, &[1])];
    assert_eq!(bound(-9, &split), Some(18));
    // The fourth has no capacity. Without it two cost 20.
    let nodes = [fixing(0, &[4], &[]), node(1, 1, &[0]), node(1, 1, &[1])];
    let at_ten = |number: usize| {
        let mut nodes = nodes.clone();
        nodes.iter_mut().skip(1).for_each(|node| node.prices = vec![-20]);
        bound(-9, &nodes[..number])
    };
    // What the fixing takes is bounded with the one site of its parent: 9 with the fourth open.
    assert_eq!(at_ten(3), Some(9));
    // Closing site 1 by fixing: 9 + 30 - 9 with it, and two sites below.
    assert_eq!(bound(-9, &[fixing(0, &[1], &[])]), Some(18));
    // With site 2 open below, 1 more than the price; the count goes back as the walk goes up.
    let both = [node(0, 1, &[0]), node(0, 1, &[1]), node(1, 2, &[0]), node(1, 2, &[1])];
    assert_eq!(bound(-9, &both), Some(19));
    let case = Case::new(&problem, &[]).claim(0, lagrangian(0, &[1], &[&[0, 0]]));
    assert!(case.verdict().problems.iter().any(|p| p.code == Code::CertificateMalformed));
    let case = Case::new(&problem, &[]).claim(0, lagrangian(0, &[-1, -1], &[&[0, 0]]));
    assert!(case.verdict().problems.iter().any(|p| p.code == Code::CertificateMalformed));
    let free = FieldProblem { ask: Ask::Ufl, ..problem };
    let case = Case::new(&free, &[]).claim(0, lagrangian(0, &[-1], &[&[0, 0]]));
    assert!(case.verdict().problems.iter().any(|p| p.code == Code::CertificateMalformed));
}

#[test]
fn fixings_of_a_centre() {
    // Two sites within less than 5 of all: one of the pair at each end.
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], Ask::PCentre { p: 1 });
    let bound = |at_least, radii: &[u64], nodes: &[TreeNode]| {
        let proof = Proof::Tree {
            shift: 0,
            at_least: Some(at_least),
            prices: vec![],
            radii: vec![radii.to_vec()],
            nodes: nodes.to_vec(),
        };
        proved(&problem, proof)
    };
    // Clients 1 and 4 ask for one site each, and no site is near both; sites 2 and 3 add nothing.
    assert_eq!(bound(5, &[1, 0, 0, 1], &[fixing(0, &[2, 3], &[])]), Some(5));
    assert_eq!(bound(5, &[0, 1, 0, 1], &[fixing(0, &[2], &[])]), None);
    // Site 3 is near client 2: 4 < 5. Open or closed, the bound is 2 - 1.
    assert_eq!(bound(5, &[0, 1, 0, 1], &[fixing(0, &[], &[(3, &[1])])]), None);
    assert_eq!(bound(6, &[1, 0, 0, 1], &[fixing(0, &[2, 3], &[])]), None);
}

/// Returns a thousand clients that are sites too, in a plane, with every answer left.
fn thousand() -> FieldProblem {
    let mut stream = Stream(11);
    let mut coordinate = || stream.below(10_000) as i64;
    FieldProblem {
        weights: vec![1; 1_000],
        sites: vec![FieldSite::default(); 1_000],
        costs: Costs::Plane {
            points: (0..1_000).map(|_| (coordinate(), coordinate())).collect(),
            coordinate_scale: 1,
            rounding: Rounding::Floor,
        },
        ask: Ask::PMedian { p: 50 },
        scale: 1,
    }
}

#[test]
fn fifty_thousand_nodes_are_checked_in_seconds() {
    let problem = thousand();
    let mut stream = Stream(12);
    let mut nodes = Vec::new();
    // Branches on 800 sites in turn, of which one side goes on; and bushes below the other.
    let mut parent = 0;
    for site in 1..=800 {
        nodes.push(node(parent, site, &[1]));
        let bush = nodes.len() as u32;
        nodes.push(node(parent, site, &[0]));
        parent = nodes.len() as u32;
        let mut open = vec![bush];
        for (further, number) in (801..=1_000).cycle().skip(site as usize % 200).zip(0..62) {
            let below = open[number / 2 % open.len()];
            if !open.is_empty() && number % 2 == 0 {
                nodes.push(node(below, further, &[0]));
                nodes.push(node(below, further, &[1]));
                let at = open.iter().position(|n| *n == below).unwrap();
                open.remove(at);
                open.extend([nodes.len() as u32 - 1, nodes.len() as u32]);
            }
        }
    }
    for node in &mut nodes {
        node.changed = (0..10).map(|_| stream.below(1_000) as u32).collect();
        node.radii = (0..10).map(|_| stream.below(1_200)).collect();
    }
    let start = Instant::now();
    let bound = proved(&problem, tree(0, &[3_000], &[&vec![900; 1_000]], &nodes));
    let seconds = start.elapsed().as_secs_f64();
    println!("{} nodes: bound {bound:?} in {seconds:.2} s", nodes.len());
    assert!(bound.is_some() && nodes.len() > 50_000);
    assert!(seconds < 20.0, "{seconds}");
}

#[test]
fn ten_thousand_fixings_are_checked_at_once() {
    let ask = Ask::Rollout { periods: 10, quota: 5, exactly: true };
    let problem = FieldProblem { ask, ..thousand() };
    let times: Vec<u32> = (0..=10).collect();
    // Each node takes one time from each of a hundred sites; the last leaves each just one.
    let mut nodes = Vec::new();
    for round in 0..10 {
        for group in 0..10 {
            let sites = group * 100 + 1..=group * 100 + 100;
            let kept = sites.map(|site| (site, &times[..10 - round]));
            nodes.push(fixing(nodes.len() as u32, &[], &kept.collect::<Vec<_>>()));
        }
    }
    let rows = vec![vec![900_u64; 1_000]; 10];
    let rows: Vec<&[u64]> = rows.iter().map(Vec::as_slice).collect();
    let start = Instant::now();
    let bound = proved(&problem, tree(0, &[30_000; 10], &rows, &nodes));
    let seconds = start.elapsed().as_secs_f64();
    println!("10,000 fixings: bound {bound:?} in {seconds:.2} s");
    assert!(bound.is_some() && seconds < 10.0, "{seconds}");
}
