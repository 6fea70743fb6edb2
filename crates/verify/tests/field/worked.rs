//! Small problems of every kind, worked by hand.

use groundwork_model::field::LatLon;
use groundwork_model::{Code, CoverProof, GrainHalf};

use super::*;

/// Four clients in two pairs, 4 apart.
const PAIRS: [(i64, u64); 4] = [(0, 1), (1, 1), (5, 1), (6, 1)];

/// Asserts that an answer is accepted, worth `value`, and proved best.
fn assert_optimal(case: &Case, value: i128) {
    let verdict = case.clone().claim(value, case.certificate.clone().unwrap().proof).verdict();
    assert_eq!(verdict.problems, []);
    assert_eq!((verdict.value, verdict.bound, verdict.gap), (Some(value), Some(value), Some(0.0)));
    assert!(verdict.accepted && verdict.feasible);
}

/// Asserts that a proof gives just this bound, and that no better one may be claimed.
fn assert_bound(case: &Case, proof: &Proof, bound: i128) {
    let better = if case.answer.sense == Sense::Min { bound + 1 } else { bound - 1 };
    let verdict = case.clone().claim(bound, proof.clone()).verdict();
    assert_eq!((verdict.bound, verdict.accepted), (Some(bound), true), "{:?}", verdict.problems);
    assert!(!case.clone().claim(better, proof.clone()).verdict().accepted);
}

/// Returns the two sites 2 and 3 of the four clients, worth 2.
fn median() -> Case {
    // u = 8; each site saves 2 + 1 = 3, its price; L = 8 - 2 x 3.
    let proof = lagrangian(0, &[3], &[&[2, 2, 2, 2]]);
    Case::new(&line(&PAIRS, Ask::PMedian { p: 2 }), &open(&[2, 3])).claim(2, proof)
}

#[test]
fn a_median_of_two_pairs() {
    assert_optimal(&median(), 2);
    let case = median();
    // Without price the four sites take 3 each of 8; a price too high costs 2 for each unit.
    assert_bound(&case, &lagrangian(0, &[0], &[&[2, 2, 2, 2]]), -4);
    assert_bound(&case, &lagrangian(0, &[4], &[&[2, 2, 2, 2]]), 0);
    // Halves: u = 3 in all, sites save 1 each: 3 - 2 x 1, x 2^-1, rounded up.
    assert_bound(&case, &lagrangian(1, &[1], &[&[1, 1, 1, 0]]), 1);
}

#[test]
fn weights_multiply_and_zero_weight_counts_for_nothing() {
    let points = [(0, 3), (1, 1), (5, 0), (900, 0)];
    let case = Case::new(&line(&points, Ask::PMedian { p: 1 }), &open(&[1]));
    assert_eq!(case.verdict().value, Some(1));
    // u = 3 + 2; site 1 saves 3 + 1, site 2 saves 2; the radii of nobody are cut.
    let proof = lagrangian(0, &[4], &[&[1, 2, 99, 99]]);
    assert_optimal(&case.claim(1, proof), 1);
}

#[test]
fn a_median_on_the_sphere() {
    // One degree of the equator is 111,195 m.
    let points = [0.0, 1.0, 3.0].map(|lon| LatLon { lat: 0.0, lon }).to_vec();
    let mut problem = line(&[(0, 2), (0, 1), (0, 1)], Ask::PMedian { p: 2 });
    problem.costs = Costs::Sphere { points };
    let case = Case::new(&problem, &open(&[1, 3]));
    assert_eq!(case.verdict().value, Some(111_195));
    // Radii 1.5, 3 and 3 degrees less a metre, say a, b, b: sites 1 and 3 save as much as each other.
    let proof = lagrangian(0, &[222_390], &[&[111_195, 111_195, 222_390]]);
    // u = 222,390 + 111,195 + 222,390; sites save 222,390, 111,195 + 0, 222,390.
    assert_optimal(&case.claim(111_195, proof), 111_195);
}

#[test]
fn a_roll_out_over_two_periods() {
    let ask = Ask::Rollout { periods: 2, quota: 1, exactly: false };
    let opens = [FieldOpening { site: 2, period: 1 }, FieldOpening { site: 4, period: 2 }];
    let case = Case::new(&line(&PAIRS, ask), &opens);
    // 1 + 0 + 4 + 5, then 1 + 0 + 1 + 0. From the first period on sites save 10 + 3 or 12 + 3, from
    // the second on 3: L = 22 + 8 - 15 - 3.
    let proof = lagrangian(0, &[15, 3], &[&[6, 5, 5, 6], &[2, 2, 2, 2]]);
    assert_optimal(&case.claim(12, proof), 12);
}

#[test]
fn a_quota_that_must_be_met_allows_prices_below_zero() {
    let ask = Ask::Rollout { periods: 1, quota: 3, exactly: true };
    let case = Case::new(&line(&PAIRS, ask), &open(&[1, 2, 3]));
    // Nothing saved, and each site would open for -1: L = 3 - 4.
    assert_bound(&case, &lagrangian(0, &[-1], &[&[0, 0, 0, 0]]), -1);
    let free = Ask::Rollout { periods: 1, quota: 3, exactly: false };
    let case = Case::new(&line(&PAIRS, free), &open(&[1, 2, 3]));
    let verdict = case.claim(-1, lagrangian(0, &[-1], &[&[0, 0, 0, 0]])).verdict();
    assert_eq!((verdict.bound, verdict.accepted), (None, false));
}

#[test]
fn the_most_weight_within_reach() {
    let points = [(0, 3), (1, 1), (5, 2), (6, 1)];
    let ask = Ask::Cover { p: 1, reach: 1 };
    let case = Case::new(&line(&points, ask), &open(&[2]));
    // u = 7, no site saves more than the price 4: 3 stay uncovered, 4 of 7 are covered.
    assert_optimal(&case.clone().claim(4, lagrangian(0, &[4], &[&[1, 1, 1, 1]])), 4);
    // Nobody costs more than 1, so radii of 9 are cut to 1.
    assert_optimal(&case.clone().claim(4, lagrangian(0, &[4], &[&[9, 9, 9, 9]])), 4);
    assert_bound(&case, &lagrangian(0, &[0], &[&[0, 0, 0, 0]]), 7);
}

#[test]
fn the_fewest_sites_that_cover_all() {
    let case = Case::new(&line(&PAIRS, Ask::SetCover { reach: 1 }), &open(&[1, 4]));
    assert_optimal(&case.claim(2, lagrangian(0, &[], &[&[1, 0, 1, 0]])), 2);
    // With opening costs 5, 3, 2, 7 the cheapest of each pair; the weights do not count.
    let mut problem = line(&[(0, 9), (1, 9), (5, 9), (6, 0)], Ask::SetCover { reach: 1 });
    problem.sites = sites(&[5, 3, 2, 7]);
    let case = Case::new(&problem, &open(&[2, 3]));
    assert_optimal(&case.claim(5, lagrangian(0, &[], &[&[0, 3, 2, 99]])), 5);
}

fn cover_of_centre(at_least_m: u32, weights: &[u64]) -> Proof {
    Proof::Cover { periods: vec![CoverProof { at_least_m, weights: weights.to_vec() }] }
}

#[test]
fn a_centre_is_proved_by_those_too_far_apart() {
    let case = Case::new(&line(&PAIRS, Ask::PCentre { p: 1 }), &open(&[2]));
    // Nothing lies within less than 5 of both ends.
    assert_optimal(&case.clone().claim(5, cover_of_centre(5, &[1, 0, 0, 1])), 5);
    assert_eq!(case.claim(6, cover_of_centre(6, &[1, 0, 0, 1])).verdict().bound, None);
    let case = Case::new(&line(&PAIRS, Ask::PCentre { p: 2 }), &open(&[1, 3]));
    assert_optimal(&case.clone().claim(1, cover_of_centre(1, &[1, 1, 1, 1])), 1);
    assert_bound(&case, &cover_of_centre(0, &[]), 0);
}

#[test]
fn nobody_is_far_from_a_centre() {
    let points = [(0, 1), (1, 1), (900, 0)];
    let case = Case::new(&line(&points, Ask::PCentre { p: 1 }), &open(&[1]));
    assert_eq!(case.verdict().value, Some(1));
    let verdict = case.claim(1, cover_of_centre(900, &[1, 0, 1])).verdict();
    assert_eq!((verdict.bound, verdict.accepted), (None, false));
}

/// Clients 1 to 7 lie on seven lines of three, any two of which meet in one client.
const LINES: [[u64; 3]; 7] =
    [[1, 2, 4], [2, 3, 5], [3, 4, 6], [4, 5, 7], [5, 6, 1], [6, 7, 2], [7, 1, 3]];

#[test]
fn a_centre_is_proved_by_a_tree() {
    // Site j costs 2 for the clients of line j and 1 for the others. Two sites leave the client in
    // which their lines meet at 2; but a quarter of every site covers each client once, and that is
    // 7/4 sites, so no weights can tell.
    let cost = |client: u64, line: &[u64; 3]| 1 + u32::from(line.contains(&client));
    let costs = (1..=7).flat_map(|client| LINES.iter().map(move |line| cost(client, line)));
    let problem = FieldProblem {
        weights: vec![1; 7],
        sites: sites(&[0; 7]),
        costs: Costs::Matrix(costs.collect()),
        ask: Ask::PCentre { p: 2 },
        scale: 1,
    };
    let case = Case::new(&problem, &open(&[1, 2]));
    assert_eq!(case.verdict().value, Some(2));
    assert_eq!(case.clone().claim(2, cover_of_centre(2, &[1; 7])).verdict().bound, None);
    let tree = |nodes: &[TreeNode], at_least| Proof::Tree {
        shift: 1,
        at_least,
        prices: vec![],
        radii: vec![vec![0; 7]],
        nodes: nodes.to_vec(),
    };
    // Sites 2, 3, 4 and 6 cover client 1. When one is open, the three on its line are left, of which
    // any other site covers two: halves for each make 1 + 3/2 sites. When none is, client 1 has
    // nobody, and may ask for 3 sites.
    let mut nodes = Vec::new();
    for (parent, site) in [(0, 2), (2, 3), (4, 4), (6, 6)] {
        let changed = LINES[site - 1].iter().map(|client| *client as u32 - 1).collect();
        let opened = node(parent, site as u32, &[1]);
        nodes.push(TreeNode { changed, radii: vec![1; 3], ..opened });
        nodes.push(node(parent, site as u32, &[0]));
    }
    nodes[7].changed = vec![0];
    nodes[7].radii = vec![6];
    assert_optimal(&case.clone().claim(2, tree(&nodes, Some(2))), 2);
    nodes[7].radii = vec![4];
    assert_eq!(case.clone().claim(2, tree(&nodes, Some(2))).verdict().bound, None);
    nodes[7].radii = vec![6];
    nodes[4].radii[1] = 0;
    assert_eq!(case.clone().claim(2, tree(&nodes, Some(2))).verdict().bound, None);
    nodes[4].radii[1] = 1;
    // At 3 every site covers all.
    assert_eq!(case.clone().claim(3, tree(&nodes, Some(3))).verdict().bound, None);
    for at_least in [None, Some(0)] {
        assert!(!case.clone().claim(0, tree(&nodes, at_least)).verdict().accepted);
    }
}

/// Returns two sites that cost 3 and 4 to open, for clients of weight 1, 2 and 1.
fn facilities() -> FieldProblem {
    FieldProblem {
        weights: vec![1, 2, 1],
        sites: sites(&[3, 4]),
        costs: Costs::Matrix(vec![1, 5, 1, 5, 6, 1]),
        ask: Ask::Ufl,
        scale: 1,
    }
}

#[test]
fn facilities_without_limit() {
    let case = Case::new(&facilities(), &open(&[1, 2]));
    // 3 + 4 + 1 + 2 + 1. Site 1 saves 1 + 2, site 2 saves 4: both just pay.
    assert_optimal(&case.claim(11, lagrangian(0, &[], &[&[2, 2, 5]])), 11);
    assert_eq!(Case::new(&facilities(), &open(&[1])).verdict().value, Some(12));
    // The same costs, given for whole clients: the radii are for whole clients too.
    let mut problem = facilities();
    problem.costs = Costs::Total(vec![1, 5, 2, 10, 6, 1]);
    let case = Case::new(&problem, &open(&[1, 2]));
    assert_optimal(&case.claim(11, lagrangian(0, &[], &[&[2, 4, 5]])), 11);
}

/// Returns three clients and three sites that open for 10: each serves two clients for 0 or 1, the third for 10.
fn leaping() -> FieldProblem {
    FieldProblem {
        weights: vec![1, 1, 1],
        sites: sites(&[10, 10, 10]),
        costs: Costs::Total(vec![0, 1, 10, 10, 0, 1, 1, 10, 0]),
        ask: Ask::Ufl,
        scale: 1,
    }
}

/// Returns the proof in halves below and from two grains of 10.
fn halves(prices: [i64; 2], fewer: Proof, others: Proof) -> Proof {
    let half = |price, proof| GrainHalf { price, proof: Box::new(proof) };
    let [low, high] = prices;
    Proof::Grains { grain: 10, fewest: 2, fewer: half(low, fewer), others: half(high, others) }
}

#[test]
fn values_that_leap_have_a_proof_in_halves() {
    // Two sites, and nobody far: 10 + 10 + 0 + 0 + 1 = 21, of two grains.
    let case = Case::new(&leaping(), &open(&[1, 2]));
    // u = 15; a site saves 5 for one client and 4 for the next, less than the 10 that it costs.
    assert_bound(&case, &lagrangian(0, &[], &[&[5, 5, 5]]), 15);
    // With 10 more for each grain a site costs 20 and saves 10 + 9: u = 30, and one grain was 10 of it.
    let fewer = lagrangian(0, &[], &[&[10, 10, 10]]);
    // With 9 less it costs 1, and so does the client that is far from it: u = 3, and two grains took off 18.
    let others = lagrangian(0, &[], &[&[1, 1, 1]]);
    assert_bound(&case, &halves([10, -9], fewer.clone(), others.clone()), 20);
    // With 20 more a site costs 30 and saves 15 + 14: 45 - 20 is above 21, which nothing below two grains costs.
    let dearer = lagrangian(0, &[], &[&[15, 15, 15]]);
    let proof = halves([20, -9], dearer, others.clone());
    assert_bound(&case, &proof, 21);
    assert_optimal(&case.claim(21, proof), 21);
    // Prices of the wrong sign, a discount of more than the grain, and halves of halves prove nothing.
    let case = Case::new(&leaping(), &open(&[1, 2]));
    let nested = halves([0, 0], fewer.clone(), halves([0, 0], fewer.clone(), others.clone()));
    for proof in [
        halves([-1, 0], fewer.clone(), others.clone()),
        halves([0, 1], fewer.clone(), others.clone()),
        halves([0, -11], fewer.clone(), others.clone()),
        nested,
    ] {
        let verdict = case.clone().claim(0, proof).verdict();
        assert_eq!(verdict.problems[0].code, Code::CertificateMalformed);
        assert!(!verdict.accepted);
    }
}

/// Returns two clients of demand 2, a cheap site of capacity 3, and a dear one without limit.
fn capacitated(single: bool) -> FieldProblem {
    FieldProblem {
        weights: vec![2, 2],
        sites: vec![
            FieldSite { opening_cost: 1, capacity: Some(3) },
            FieldSite { opening_cost: 5, capacity: None },
        ],
        costs: Costs::Total(vec![2, 6, 3, 4]),
        ask: Ask::Cfl { single },
        scale: 1,
    }
}

/// Returns the tree that proves the best answers of [`capacitated`].
fn tree_of_capacitated() -> Proof {
    Proof::Tree {
        shift: 1,
        at_least: None,
        prices: vec![],
        radii: vec![vec![6, 8]],
        nodes: vec![node(0, 2, &[0]), node(0, 2, &[1])],
    }
}

#[test]
fn capacities_with_split_clients() {
    // 1 + 5 to open, 2 for client 1, and halves of 3 and of 4 for client 2: 11.5, rounded up.
    let parts = [part(1, 1, 2), part(2, 1, 1), part(2, 2, 1)];
    let case = Case::assigned(&capacitated(false), &open(&[1, 2]), &parts);
    // Closed, site 2 leaves too little capacity. Open, it costs 5; site 1 saves 1 on client 1 and
    // has one unit left for client 2, whose two save 1: L = 3 + 4 + 5 + (1 - 1.5) = 11.5.
    assert_optimal(&case.clone().claim(12, tree_of_capacitated()), 12);
    // Without the tree nothing makes site 2 open: L = 7 - 0.5 = 6.5.
    assert_bound(&case, &lagrangian(1, &[], &[&[6, 8]]), 7);
}

#[test]
fn capacities_with_whole_clients() {
    let parts = [part(1, 1, 2), part(2, 2, 2)];
    let case = Case::assigned(&capacitated(true), &open(&[1, 2]), &parts);
    assert_optimal(&case.claim(12, tree_of_capacitated()), 12);
}

#[test]
fn costs_by_unit_within_capacities() {
    let mut problem = capacitated(false);
    problem.costs = Costs::Matrix(vec![1, 3, 2, 2]);
    let parts = [part(1, 1, 2), part(2, 1, 1), part(2, 2, 1)];
    let case = Case::assigned(&problem, &open(&[1, 2]), &parts);
    assert_eq!(case.verdict().value, Some(12));
    // Radii 2 and 2: u = 8; site 1 saves 2 x 1 for client 1: L = 8 + 5 + (1 - 2) with site 2 open.
    let tree = Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![],
        radii: vec![vec![2, 2]],
        nodes: vec![node(0, 2, &[0]), node(0, 2, &[1])],
    };
    assert_optimal(&case.claim(12, tree), 12);
}

#[test]
fn a_tree_changes_multipliers_on_the_way_down() {
    let mut changed = node(2, 3, &[0]);
    changed.prices = vec![3];
    changed.changed = vec![0, 3];
    changed.radii = vec![2, 2];
    let tree = |nodes: Vec<TreeNode>| Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![0],
        radii: vec![vec![0, 2, 2, 0]],
        nodes,
    };
    let case = Case::new(&line(&PAIRS, Ask::PMedian { p: 2 }), &open(&[2, 3]));
    // With the root's multipliers sites 1 to 4 save 1, 2, 2 and 1 of u = 4.
    assert_bound(&case, &tree(vec![]), -2);
    let split = vec![node(0, 2, &[1]), node(0, 2, &[0])];
    // Without site 2 that is 4 - 4; with it, as at the root.
    assert_bound(&case, &tree(split.clone()), -2);
    let mut deeper = split;
    deeper[0].prices = vec![3];
    deeper[0].changed = vec![0, 3];
    deeper[0].radii = vec![2, 2];
    assert_bound(&case, &tree(deeper.clone()), 0);
    // Node 2 splits on site 3: open, the root's multipliers give 4 - 1 - 2 - 1 = 0; closed, its own
    // give 8 - 6.
    deeper.extend([node(2, 3, &[1]), changed]);
    assert_bound(&case, &tree(deeper.clone()), 0);
    deeper[2].prices = vec![3];
    deeper[2].changed = vec![0, 3];
    deeper[2].radii = vec![2, 2];
    assert_optimal(&case.claim(2, tree(deeper)), 2);
}

#[test]
fn leaves_that_no_answer_belongs_to_need_no_bound() {
    // Three open sites are more than two: that leaf would bound nothing.
    let nodes = vec![
        node(0, 1, &[0]),
        node(0, 1, &[1]),
        node(2, 2, &[0]),
        node(2, 2, &[1]),
        node(4, 3, &[0]),
        node(4, 3, &[1]),
    ];
    let tree = Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![3],
        radii: vec![vec![2, 2, 2, 2]],
        nodes,
    };
    assert_optimal(&median().claim(2, tree), 2);
    let problem = line(&PAIRS, Ask::PMedian { p: 0 });
    let mut case = Case::new(&problem, &[]);
    case.answer.value = None;
    case.answer.status = FieldStatus::Infeasible;
    assert_eq!(case.verdict().problems, []);
    assert!(!case.verdict().accepted && !case.verdict().feasible);
}

#[test]
fn a_roll_out_tree_splits_the_periods_of_a_site() {
    let ask = Ask::Rollout { periods: 2, quota: 1, exactly: false };
    let opens = [FieldOpening { site: 2, period: 1 }, FieldOpening { site: 4, period: 2 }];
    let case = Case::new(&line(&PAIRS, ask), &opens);
    let tree = |nodes: &[TreeNode]| Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![15, 3],
        radii: vec![vec![6, 5, 5, 6], vec![2, 2, 2, 2]],
        nodes: nodes.to_vec(),
    };
    let nodes = [node(0, 3, &[1]), node(0, 3, &[0, 2]), node(2, 3, &[2]), node(2, 3, &[0])];
    assert_optimal(&case.clone().claim(12, tree(&nodes)), 12);
    // Some times are missing, one is there twice, and one was lost further up.
    for (index, times) in [(0, &[][..]), (1, &[2]), (1, &[0, 1, 2]), (3, &[0, 1]), (2, &[1])] {
        let mut wrong = nodes.clone();
        wrong[index].times = times.to_vec();
        let verdict = case.clone().claim(12, tree(&wrong)).verdict();
        assert_eq!((verdict.bound, verdict.accepted), (None, false), "{index} {times:?}");
    }
}

#[test]
fn fixed_sites_cost_more_than_free_ones() {
    // Reduced costs: with site 1 open the proof of the median stays at 2, as site 1 just pays; where
    // its price is 1 above what it saves, the bound rises by 1.
    let points = [(0, 1), (1, 1), (5, 1), (6, 1), (7, 1)];
    let case = Case::new(&line(&points, Ask::PMedian { p: 2 }), &open(&[2, 4]));
    let root = |nodes: &[TreeNode]| Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![4],
        radii: vec![vec![3, 2, 2, 2, 2]],
        nodes: nodes.to_vec(),
    };
    // u = 11. Sites 1 to 5 save 4, 4, 3, 4, 3: L = 11 - 8.
    assert_optimal(&case.clone().claim(3, root(&[])), 3);
    let only = [node(0, 3, &[1]), node(0, 3, &[0])];
    assert_optimal(&case.claim(3, root(&only)), 3);
}

#[test]
fn a_tree_is_written_like_this() {
    let text = r#"{"tree":{"shift":1,"prices":[],"radii":[[6,8]],"nodes":[
        {"parent":0,"site":2,"times":[0]},
        {"parent":0,"site":2,"times":[1]}]}}"#;
    let proof: Proof = serde_json::from_str(text).unwrap();
    assert_eq!(proof, tree_of_capacitated());
    let text = r#"{"tree":{"shift":7,"at_least":5,"prices":[-3],"radii":[[1]],"nodes":[
        {"parent":0,"site":1,"times":[0,2],"prices":[4],"changed":[0],"radii":[9]}]}}"#;
    let proof: Proof = serde_json::from_str(text).unwrap();
    let again: Proof = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
    assert_eq!(proof, again);
}
