//! Whatever stands in a plan or a certificate, the checker answers.

use crate::common::{
    certify, coverage, equator, facility, inputs, kind, opening, plan, programme, site,
    worst_distance,
};
use groundwork_model::{
    Code, CoverProof, KeptTimes, Locked, Opening, Programme, Proof, Question, QuotaRule, SiteRule,
    TreeNode, Verdict,
};
use groundwork_verify::verify;
use proptest::prelude::*;

fn programmes() -> Vec<Programme> {
    let plain = programme(equator(&[(0.0, 100), (1.0, 50), (3.0, 10)]), 2, 1);
    let mut exact = plain.clone();
    exact.settings.quota.rule = QuotaRule::Exactly;
    exact.settings.objective.discount_rate = "0.05".parse().unwrap();
    exact.sites = vec![site("p2", SiteRule::Required, None, None)];
    let mut covered = plain.clone();
    coverage(&mut covered);
    covered.settings.kinds = vec![kind("clinic", 1_000_000, 150), kind("school", 0, 10)];
    covered.settings.packages[0].kinds.push("school".to_owned());
    let mut worst = plain.clone();
    worst_distance(&mut worst);
    worst.facilities = vec![facility("p1")];
    worst.settings.distance.cut_off_km = Some("100".parse().unwrap());
    let mut crowded = plain.clone();
    for place in &mut crowded.places {
        place.population = u64::MAX;
    }
    vec![plain, exact, covered, worst, crowded]
}

/// Verifies a proof on top of a plan that is sound otherwise.
fn verdict(
    programme: &Programme,
    question: &Question,
    openings: &[Opening],
    proof: Proof,
) -> Verdict {
    let mut plan = plan(programme, question, openings);
    let certificate = certify(&mut plan, 0, proof);
    verify(programme, &inputs(), &plan, Some(&certificate))
}

fn lists<T: Clone + std::fmt::Debug>(
    number: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Vec<T>> {
    prop_oneof![
        1 => prop::collection::vec(number.clone(), 0..5),
        4 => prop::collection::vec(number, 3),
    ]
}

fn radius() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![Just(0), Just(1), Just(u64::MAX), any::<u64>(), 0..50_000_000_u64]
}

fn price() -> impl Strategy<Value = i128> + Clone {
    prop_oneof![
        Just(0),
        Just(i128::MAX),
        Just(i128::MIN),
        any::<i128>(),
        -1_000..1_000_000_000_i128
    ]
}

fn lagrangian() -> impl Strategy<Value = Proof> {
    let shift = prop_oneof![0..8_u32, 30..70_u32, Just(200), Just(u32::MAX)];
    let prices = prop_oneof![1 => lists(price()), 4 => prop::collection::vec(price(), 2)];
    let radii = prop_oneof![
        1 => prop::collection::vec(lists(radius()), 0..4),
        4 => prop::collection::vec(prop::collection::vec(radius(), 3), 2),
    ];
    (shift, prices, radii).prop_map(|(shift, prices, radii)| Proof::Lagrangian {
        shift,
        prices,
        radii,
    })
}

fn node() -> impl Strategy<Value = TreeNode> {
    let small = || prop_oneof![9 => 0..4_u32, 1 => Just(u32::MAX)];
    let times = || prop::collection::vec(small(), 0..3);
    let kept = (small(), times()).prop_map(|(site, times)| KeptTimes { site, times });
    let branch = (small(), times()).prop_map(|(site, times)| TreeNode {
        site,
        times,
        ..TreeNode::default()
    });
    let fixing = (times(), prop::collection::vec(kept, 0..3)).prop_map(|(closed, kept)| TreeNode {
        closed,
        kept,
        ..TreeNode::default()
    });
    let patch = prop::sample::subsequence(vec![1, 2, 3], 1..=3)
        .prop_map(|patch| TreeNode { patch, ..TreeNode::default() });
    let changes = prop::collection::vec((0..7_u32, radius()), 0..3);
    let prices = prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec(price(), 2)];
    (small(), prop_oneof![branch, fixing, patch], prices, changes).prop_map(
        |(parent, node, prices, changes)| {
            let (changed, radii) = changes.into_iter().unzip();
            TreeNode { parent, prices, changed, radii, ..node }
        },
    )
}

fn tree() -> impl Strategy<Value = Proof> {
    let root = (0..9_u32, prop::collection::vec(0..1_000_000_i128, 2));
    let radii = prop::collection::vec(prop::collection::vec(radius(), 3), 2);
    let nodes = prop::collection::vec(node(), 0..4);
    (root, radii, nodes).prop_map(|((shift, prices), radii, nodes)| Proof::Tree {
        shift,
        at_least: None,
        prices,
        radii,
        nodes,
    })
}

fn cover_of_period() -> impl Strategy<Value = CoverProof> {
    let at_least_m = prop_oneof![Just(0), Just(1), Just(u32::MAX), any::<u32>(), 0..400_000_u32];
    (at_least_m, lists(radius()))
        .prop_map(|(at_least_m, weights)| CoverProof { at_least_m, weights })
}

fn cover() -> impl Strategy<Value = Proof> {
    let periods = prop_oneof![
        1 => prop::collection::vec(cover_of_period(), 0..4),
        4 => prop::collection::vec(cover_of_period(), 2),
    ];
    periods.prop_map(|periods| Proof::Cover { periods })
}

fn period() -> impl Strategy<Value = u32> {
    prop_oneof![0..4_u32, Just(u32::MAX)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_proof_makes_the_checker_panic(
        number in 0..5_usize,
        proof in prop_oneof![lagrangian(), cover(), tree()],
        openings in prop::collection::vec((0..4_usize, period()), 0..4),
        locked in prop::collection::vec((0..4_usize, period()), 0..2),
    ) {
        let programme = &programmes()[number];
        let openings: Vec<_> = openings
            .iter()
            .map(|(place, period)| Opening { period: *period, ..opening(&format!("p{place}"), 1) })
            .collect();
        let locked = locked.iter().map(|(place, period)| Locked {
            site: format!("p{place}"),
            period: *period, ..Locked::default() });
        let question = Question { locked: locked.collect(), ..Question::default() };
        let verdict = verdict(programme, &question, &openings, proof);
        prop_assert!(!verdict.accepted || verdict.problems.is_empty());
    }
}

/// Returns the codes with which a Lagrangian proof for the plain programme is refused.
fn refused(shift: u32, prices: &[i128], radii: &[Vec<u64>]) -> Vec<Code> {
    let proof = Proof::Lagrangian { shift, prices: prices.to_vec(), radii: radii.to_vec() };
    let openings = [opening("p0", 1), opening("p1", 2)];
    let verdict = verdict(&programmes()[0], &Question::default(), &openings, proof);
    assert!(!verdict.accepted);
    verdict.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn numbers_that_do_not_fit_are_refused_as_malformed() {
    let malformed = [Code::CertificateMalformed];
    let zeros = [vec![0; 3], vec![0; 3]];
    assert_eq!(refused(33, &[0, 0], &zeros), malformed);
    assert_eq!(refused(u32::MAX, &[0, 0], &zeros), malformed);
    assert_eq!(refused(0, &[i128::MAX, i128::MAX], &zeros), malformed);
    assert_eq!(refused(0, &[0], &zeros), malformed);
    assert_eq!(refused(0, &[0, 0], &[]), malformed);
    assert_eq!(refused(0, &[i128::MIN, 0], &zeros), malformed);
    // Radii of any size fit while the people are few: they prove little, and that is all.
    let huge = [vec![u64::MAX; 3], vec![u64::MAX; 3]];
    assert_eq!(refused(32, &[0, 0], &huge), [Code::BoundNotProved]);
}

#[test]
fn crowds_that_do_not_fit_are_refused() {
    let programme = &programmes()[4];
    let openings = [opening("p0", 1), opening("p1", 2)];
    let huge = vec![vec![u64::MAX; 3]; 2];
    let proof = Proof::Lagrangian { shift: 0, prices: vec![0, 0], radii: huge };
    let verdict = verdict(programme, &Question::default(), &openings, proof);
    assert!(verdict.problems.iter().any(|problem| problem.code == Code::CertificateMalformed));
    assert_eq!(verdict.bound, None);
}
