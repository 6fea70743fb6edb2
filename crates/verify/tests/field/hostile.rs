//! Whatever stands in an answer or a certificate, the checker answers.

use groundwork_model::field::LatLon;
use groundwork_model::{Code, CoverProof, GrainHalf};
use proptest::prelude::*;

use super::*;

fn problems() -> Vec<FieldProblem> {
    let asks = [
        Ask::PMedian { p: 1 },
        Ask::PCentre { p: u32::MAX },
        Ask::Cover { p: 1, reach: u32::MAX },
        Ask::SetCover { reach: 0 },
        Ask::Ufl,
        Ask::Cfl { single: false },
        Ask::Cfl { single: true },
        Ask::Rollout { periods: 2, quota: u32::MAX, exactly: true },
        Ask::Rollout { periods: 2, quota: 1, exactly: false },
    ];
    let plain = |ask| line(&[(0, 3), (1, 0), (5, 7)], ask);
    let crowded = |ask| {
        let mut problem = line(&[(0, u64::MAX), (-(1 << 30), u64::MAX), (1 << 30, 1)], ask);
        for (site, number) in problem.sites.iter_mut().zip(0..) {
            *site = FieldSite { opening_cost: u64::MAX, capacity: Some(u64::MAX >> number) };
        }
        problem
    };
    let tables = |ask| {
        let mut total = crowded(ask);
        total.costs = Costs::Total(vec![0, 1, u64::MAX, u64::MAX, 5, 6, 7, u64::MAX / 2, 9]);
        total
    };
    let sphere = |ask| {
        let points = [(90.0, 0.0), (0.0, 180.0), (f64::NAN, f64::INFINITY)];
        let points = points.map(|(lat, lon)| LatLon { lat, lon }).to_vec();
        FieldProblem { costs: Costs::Sphere { points }, ..plain(ask) }
    };
    let nothing = |ask| line(&[], ask);
    asks.into_iter()
        .flat_map(|a| [plain(a), crowded(a), tables(a), sphere(a), nothing(a)])
        .collect()
}

fn number() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![Just(0), Just(1), Just(u64::MAX), any::<u64>(), 0..50_u64]
}

fn small() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![9 => 0..4_u32, 1 => Just(u32::MAX), 1 => 0..9_u32]
}

fn price() -> impl Strategy<Value = i128> + Clone {
    prop_oneof![Just(0), Just(i128::MAX), Just(i128::MIN), any::<i128>(), 0..99_i128]
}

fn prices() -> impl Strategy<Value = Vec<i128>> {
    prop::collection::vec(price(), 0..3)
}

fn radii() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let row = prop_oneof![
        1 => prop::collection::vec(number(), 0..5),
        5 => prop::collection::vec(number(), 3),
    ];
    prop::collection::vec(row, 0..3)
}

fn tree_node() -> impl Strategy<Value = TreeNode> {
    let times = prop_oneof![
        Just(vec![0]),
        Just(vec![1]),
        Just(vec![0, 1]),
        Just(vec![1, 2]),
        prop::collection::vec(small(), 0..4),
    ];
    let branch = (small(), times.clone());
    let kept = (small(), times).prop_map(|(site, times)| KeptTimes { site, times });
    let kept = prop::collection::vec(kept, 0..3);
    let fixing = (prop::collection::vec(small(), 0..4), kept);
    let changes = prop::collection::vec((small(), number()), 0..3);
    let odd = prop::option::weighted(0.1, number());
    let patch = prop_oneof![
        9 => prop::sample::subsequence(vec![1, 2, 3], 1..=3),
        1 => prop::collection::vec(small(), 1..4),
    ];
    let restricts = prop_oneof![
        10 => branch.clone().prop_map(|(site, times)| TreeNode { site, times, ..TreeNode::default() }),
        10 => fixing.clone().prop_map(|(closed, kept)| TreeNode { closed, kept, ..TreeNode::default() }),
        10 => patch.clone().prop_map(|patch| TreeNode { patch, ..TreeNode::default() }),
        1 => (branch, fixing, patch).prop_map(|((site, times), (closed, kept), patch)| {
            TreeNode { site, times, closed, kept, patch, ..TreeNode::default() }
        }),
    ];
    (small(), restricts, prop_oneof![4 => Just(vec![]), 1 => prices()], changes, odd).prop_map(
        |(parent, node, prices, changes, odd)| {
            let (changed, mut radii): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
            radii.extend(odd);
            TreeNode { parent, prices, changed, radii, ..node }
        },
    )
}

fn proof() -> impl Strategy<Value = Proof> {
    let price = || prop_oneof![4 => -20_i64..20, 1 => any::<i64>()];
    let half = move || {
        (price(), whole_proof())
            .prop_map(|(price, proof)| GrainHalf { price, proof: Box::new(proof) })
    };
    let grains = (number(), small(), half(), half())
        .prop_map(|(grain, fewest, fewer, others)| Proof::Grains { grain, fewest, fewer, others });
    prop_oneof![5 => whole_proof(), 1 => grains]
}

fn whole_proof() -> impl Strategy<Value = Proof> {
    let shift = || prop_oneof![0..8_u32, 30..70_u32, Just(u32::MAX)];
    let lagrangian = (shift(), prices(), radii())
        .prop_map(|(shift, prices, radii)| Proof::Lagrangian { shift, prices, radii });
    let cover = prop::collection::vec((small(), prop::collection::vec(number(), 0..5)), 0..3)
        .prop_map(|periods| Proof::Cover {
            periods: periods
                .into_iter()
                .map(|(at_least_m, weights)| CoverProof { at_least_m, weights })
                .collect(),
        });
    let nodes = prop::collection::vec(tree_node(), 0..6);
    let tree = (shift(), prop::option::weighted(0.3, small()), prices(), radii(), nodes).prop_map(
        |(shift, at_least, prices, radii, nodes)| Proof::Tree {
            shift,
            at_least,
            prices,
            radii,
            nodes,
        },
    );
    prop_oneof![1 => lagrangian, 1 => cover, 3 => tree]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nothing_makes_the_checker_panic(
        problem in prop::sample::select(problems()),
        openings in prop::collection::vec((small(), small()), 0..4),
        assignments in prop::collection::vec((small(), small(), number()), 0..5),
        value in prop::option::of(price()),
        bound in price(),
        proof in proof(),
    ) {
        let openings: Vec<_> =
            openings.iter().map(|o| FieldOpening { site: o.0, period: o.1 }).collect();
        let assignments: Vec<_> = assignments.iter().map(|a| part(a.0, a.1, a.2)).collect();
        let mut case = Case::assigned(&problem, &openings, &assignments);
        case.answer.value = value;
        let verdict = case.claim(bound, proof).verdict();
        prop_assert!(!verdict.accepted || verdict.problems.is_empty());
    }
}

#[test]
fn long_chains_of_nodes_are_followed() {
    // Site 1 loses a time again and again: it cannot, after the first.
    let problem = line(&[(0, 1), (1, 1), (5, 1), (6, 1)], Ask::PMedian { p: 2 });
    let case = Case::new(&problem, &open(&[2, 3]));
    let mut nodes = vec![node(0, 1, &[0, 1])];
    nodes.extend((1..3_000).map(|parent| node(parent, 1, &[0, 1])));
    let tree = |nodes: Vec<TreeNode>| Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![3],
        radii: vec![vec![2, 2, 2, 2]],
        nodes,
    };
    assert!(case.clone().claim(2, tree(nodes.clone())).verdict().accepted);
    nodes[1_500].times = vec![0];
    let verdict = case.claim(2, tree(nodes)).verdict();
    assert_eq!(verdict.problems[0].code, Code::CertificateMalformed);
}
