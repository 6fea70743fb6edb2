//! Small cases worked by hand, with every figure written out.
//!
//! Three places lie on the equator at 0, 1 and 3 degrees, with 100, 50 and 10 people. A degree is
//! 111,195.08 m, so p0-p1 is 111,195 m, p1-p2 222,390 m and p0-p2 333,585 m.

use crate::common::{
    certify, coverage, equator, facility, inputs, kind, opening, plan, programme, site,
    worst_distance,
};
use groundwork_model::programme::SitesFrom;
use groundwork_model::{
    Certificate, CoverProof, KeptTimes, Opening, Plan, Programme, Proof, Question, SiteRule,
    TreeNode, Verdict,
};
use groundwork_verify::{verify, verify_openings};

fn three_places(periods: u32) -> Programme {
    programme(equator(&[(0.0, 100), (1.0, 50), (3.0, 10)]), periods, 1)
}

fn openings(list: &[(&str, u32)]) -> Vec<Opening> {
    list.iter().map(|(site, period)| opening(site, *period)).collect()
}

fn check(programme: &Programme, plan: &Plan, certificate: &Certificate) -> Verdict {
    verify(programme, &inputs(), plan, Some(certificate))
}

/// Returns the value of openings under the plain question.
fn value(programme: &Programme, list: &[(&str, u32)]) -> Option<i128> {
    verify_openings(programme, &Question::default(), &openings(list)).value
}

/// Returns the bound of a proof, whatever the plan.
fn bound(programme: &Programme, proof: Proof) -> Option<i128> {
    let mut plan = plan(programme, &Question::default(), &[]);
    let certificate = certify(&mut plan, 0, proof);
    check(programme, &plan, &certificate).bound
}

fn one_period(shift: u32, price: i128, radii: &[u64]) -> Proof {
    Proof::Lagrangian { shift, prices: vec![price], radii: vec![radii.to_vec()] }
}

#[test]
fn distance_over_two_periods_is_proved_best() {
    let programme = three_places(2);
    // 50 x 111,195 + 10 x 333,585 = 8,895,600, then 10 x 222,390 = 2,223,900.
    let mut plan = plan(&programme, &Question::default(), &openings(&[("p0", 1), ("p1", 2)]));
    assert_eq!(plan.value, 11_119_500);
    assert_eq!((plan.scale, plan.unit.as_str()), (1, "person-metres"));

    // Sum u                 8,000,000 + 5,559,750 + 3,335,850, 11,119,500 + 5,559,750 + 2,223,900
    // Quotas                - 10,000,000 - 3,000,000
    // p0 opens in period 1  10,000,000 - 8,000,000 - 11,119,500 = -9,119,500
    // p1 opens in period 2  3,000,000 - 5,559,750 = -2,559,750
    //    (in period 1       10,000,000 - 5,559,750 - 10 x 111,195 - 5,559,750 = -2,231,450)
    // p2 never              0 (period 1: 10,000,000 - 3,335,850 - 2,223,900 > 0)
    let proof = Proof::Lagrangian {
        shift: 0,
        prices: vec![10_000_000, 3_000_000],
        radii: vec![vec![80_000, 111_195, 333_585], vec![111_195, 111_195, 222_390]],
    };
    let certificate = certify(&mut plan, 11_119_500, proof);
    let verdict = check(&programme, &plan, &certificate);
    assert_eq!(verdict.problems, []);
    assert!(verdict.accepted && verdict.feasible);
    assert_eq!((verdict.value, verdict.bound), (Some(11_119_500), Some(11_119_500)));
    assert_eq!(verdict.gap, Some(0.0));
}

/// Returns the four villages of `docs/concepts/model.md`.
fn four_villages() -> Programme {
    let villages = [(10.0, 400), (10.089932, 300), (10.197850, 200), (10.449660, 150)];
    programme(equator(&villages), 2, 1)
}

#[test]
fn the_example_of_the_certificate_page_is_proved_best() {
    let programme = four_villages();
    let mut plan = plan(&programme, &Question::default(), &openings(&[("p1", 1), ("p3", 2)]));
    let proof = Proof::Lagrangian {
        shift: 0,
        prices: vec![12_400_000, 6_000_000],
        radii: vec![vec![12_000, 12_000, 22_000, 40_000], vec![12_000, 14_000, 17_000, 40_000]],
    };
    let certificate = certify(&mut plan, 18_800_000, proof);
    let verdict = check(&programme, &plan, &certificate);
    assert_eq!((verdict.value, verdict.bound), (Some(18_800_000), Some(18_800_000)));
    assert!(verdict.accepted, "{:#?}", verdict.problems);
}

#[test]
fn the_cover_of_the_certificate_page_holds() {
    let mut programme = four_villages();
    worst_distance(&mut programme);
    let cover =
        |at_least_m, weights: [u64; 4]| CoverProof { at_least_m, weights: weights.to_vec() };
    let periods = vec![cover(28_000, [1, 0, 0, 1]), cover(12_000, [1, 0, 1, 1])];
    assert_eq!(bound(&programme, Proof::Cover { periods }), Some(40_000));
    assert_eq!(value(&programme, &[("p2", 1), ("p3", 2)]), Some(50_000));
}

#[test]
fn the_outcomes_are_counted_by_hand() {
    let mut programme = three_places(2);
    programme.settings.periods.years = 5;
    programme.settings.kinds = vec![kind("clinic", 1000, 120), kind("school", 1000, 10)];
    programme.settings.packages[0].kinds = vec!["school".to_owned(), "clinic".to_owned()];
    let list = openings(&[("p0", 1), ("p1", 2)]);
    let score = verify_openings(&programme, &Question::default(), &list);
    let first = &score.outcomes[0];
    assert_eq!((first.period, first.year, first.openings, first.open), (1, 2024, 1, 1));
    assert_eq!((first.access.as_slice(), first.access_all), (&[150, 100][..], 100));
    assert_eq!((first.unserved, first.person_metres), (0, 8_895_600));
    assert_eq!((first.mean_distance_m, first.worst_distance_m), (Some(55_597.5), Some(333_585)));
    let second = &score.outcomes[1];
    assert_eq!((second.period, second.year, second.openings, second.open), (2, 2029, 1, 2));
    assert_eq!((second.access.as_slice(), second.access_all), (&[150, 150][..], 150));
    // (100 + 150) x 5 years
    assert_eq!(score.person_years_of_access, 1_250);
    // Both kinds count once, so nothing is scaled, and the distance counts for each: 2 x
    // 11,119,500.
    assert_eq!((score.value, score.scale), (Some(22_239_000), 1));
}

#[test]
fn a_discount_scales_by_a_million() {
    let mut programme = three_places(2);
    programme.settings.objective.discount_rate = "0.05".parse().unwrap();
    let score =
        verify_openings(&programme, &Question::default(), &openings(&[("p0", 1), ("p1", 2)]));
    // 8,895,600 x 1,000,000 + 2,223,900 x 952,381
    assert_eq!((score.value, score.scale), (Some(11_013_600_105_900), 1_000_000));
}

#[test]
fn existing_facilities_serve_from_the_first_period() {
    let mut programme = three_places(1);
    programme.facilities = vec![facility("p2")];
    // p1 walks to p2, which is farther than p0; p0 opens.
    assert_eq!(value(&programme, &[]), Some(100 * 333_585 + 50 * 222_390));
    assert_eq!(value(&programme, &[("p0", 1)]), Some(50 * 111_195));
}

#[test]
fn beyond_the_cut_off_people_count_as_unserved() {
    let mut programme = three_places(1);
    programme.settings.distance.cut_off_km = Some("200".parse().unwrap());
    programme.settings.distance.unserved_km = Some("250".parse().unwrap());
    let score = verify_openings(&programme, &Question::default(), &openings(&[("p0", 1)]));
    assert_eq!(score.value, Some(50 * 111_195 + 10 * 250_000));
    let outcome = &score.outcomes[0];
    assert_eq!((outcome.unserved, outcome.person_metres), (10, 5_559_750));
    assert_eq!(
        (outcome.mean_distance_m, outcome.worst_distance_m),
        (Some(37_065.0), Some(111_195))
    );
}

#[test]
fn a_pair_just_at_the_cut_off_exists() {
    let mut programme = three_places(1);
    programme.settings.distance.unserved_km = Some("200".parse().unwrap());
    programme.settings.distance.cut_off_km = Some("111.195".parse().unwrap());
    assert_eq!(value(&programme, &[("p0", 1)]), Some(50 * 111_195 + 10 * 200_000));
    programme.settings.distance.cut_off_km = Some("111.194".parse().unwrap());
    assert_eq!(value(&programme, &[("p0", 1)]), Some(50 * 200_000 + 10 * 200_000));
}

#[test]
fn a_site_nearer_by_a_metre_is_the_nearest() {
    let mut programme = programme(equator(&[(0.0, 1)]), 1, 2);
    programme.settings.sites = SitesFrom::Table;
    for (id, metres) in [("far", 100.0), ("near", 99.0)] {
        let mut row = site(id, SiteRule::Candidate, None, None);
        row.location = Some((0.0, metres / 111_195.08));
        programme.sites.push(row);
    }
    assert_eq!(value(&programme, &[("far", 1)]), Some(100));
    assert_eq!(value(&programme, &[("far", 1), ("near", 1)]), Some(99));
}

#[test]
fn the_own_place_counts_with_its_area() {
    let mut programme = three_places(1);
    programme.settings.distance.detour = "1.3".parse().unwrap();
    programme.places[0].area_km2 = Some(100.0);
    // Own place 4,890 m; one degree x 1.3 = 144,553.6, three degrees x 1.3 = 433,660.8.
    assert_eq!(value(&programme, &[("p0", 1)]), Some(100 * 4_890 + 50 * 144_554 + 10 * 433_661));
    // A site of the place's id with its own coordinates is measured like any other.
    programme.sites = vec![site("p0", SiteRule::Candidate, None, None)];
    programme.sites[0].location = Some((0.0, 1.0));
    assert_eq!(value(&programme, &[("p0", 1)]), Some(100 * 144_554 + 10 * 289_107));
}

#[test]
fn coverage_is_proved_best() {
    let mut programme = three_places(1);
    programme.settings.kinds = vec![kind("clinic", 1000, 120)];
    coverage(&mut programme);
    let mut plan = plan(&programme, &Question::default(), &openings(&[("p1", 1)]));
    assert_eq!((plan.value, plan.unit.as_str()), (150, "persons"));
    // u = 100 + 50 + 10 at radius 1 = 16 / 2^4; p0 and p1 save 150 each, p2 10; at a price of 150
    // nothing is worth opening: L = 160 - 150 = 10 people out of reach, so 150 within.
    let certificate = certify(&mut plan, 150, one_period(4, 150 << 4, &[16, 16, 16]));
    let verdict = check(&programme, &plan, &certificate);
    assert_eq!(verdict.problems, []);
    assert_eq!((verdict.bound, verdict.accepted), (Some(150), true));
}

#[test]
fn coverage_weighs_kinds_per_thousand() {
    let mut programme = three_places(1);
    programme.settings.kinds = vec![kind("clinic", 1000, 120), kind("school", 500, 10)];
    programme.settings.packages[0].kinds = vec!["clinic".to_owned(), "school".to_owned()];
    coverage(&mut programme);
    let score = verify_openings(&programme, &Question::default(), &openings(&[("p0", 1)]));
    // p0 has both: 100 x 1,500; p1 the clinic: 50 x 1,000; p2 nothing.
    assert_eq!((score.value, score.scale), (Some(200_000), 1_000));
    // Nothing claimed, nothing proved: the bound is everybody, 160 x 1,500.
    assert_eq!(bound(&programme, one_period(0, 0, &[0, 0, 0])), Some(240_000));
}

#[test]
fn worst_distance_is_proved_best() {
    let mut programme = three_places(1);
    worst_distance(&mut programme);
    let mut plan = plan(&programme, &Question::default(), &openings(&[("p1", 1)]));
    assert_eq!((plan.value, plan.unit.as_str()), (222_390, "metres"));
    // Within less than 222,390 m no site covers both p0 and p2, and only one site opens.
    let proof = |at_least_m| Proof::Cover {
        periods: vec![CoverProof { at_least_m, weights: vec![1, 0, 1] }],
    };
    let certificate = certify(&mut plan, 222_390, proof(222_390));
    let verdict = check(&programme, &plan, &certificate);
    assert_eq!(verdict.problems, []);
    assert_eq!((verdict.bound, verdict.accepted), (Some(222_390), true));
    // One metre more is not proved: p1 covers both.
    assert_eq!(bound(&programme, proof(222_391)), Some(0));
}

#[test]
fn places_without_people_prove_nothing() {
    let mut programme = programme(equator(&[(0.0, 0), (1.0, 50), (3.0, 10)]), 1, 1);
    let radii = [u64::MAX, 0, 0];
    assert_eq!(bound(&programme, one_period(7, 0, &radii)), Some(0));
    worst_distance(&mut programme);
    let weights = vec![9, 0, 1];
    let proof = Proof::Cover { periods: vec![CoverProof { at_least_m: 200_000, weights }] };
    assert_eq!(bound(&programme, proof), Some(0));
}

#[test]
fn a_radius_beyond_what_being_unserved_costs_is_clipped() {
    // One person, one site 100 m away, and nobody counts with more than 30 m. A radius of 90 m
    // would prove 90 where 30 is best, because the site saves nothing below 100.
    let mut programme = programme(equator(&[(0.0, 1)]), 1, 1);
    programme.settings.sites = SitesFrom::Table;
    programme.settings.distance.unserved_km = Some("0.03".parse().unwrap());
    programme.sites = vec![site("well", SiteRule::Candidate, None, None)];
    programme.sites[0].location = Some((0.0, 100.0 / 111_195.08));
    assert_eq!(value(&programme, &[("well", 1)]), Some(30));
    assert_eq!(bound(&programme, one_period(7, 0, &[90 << 7])), Some(30));
    programme.settings.distance.cut_off_km = Some("0.03".parse().unwrap());
    assert_eq!(value(&programme, &[("well", 1)]), Some(30));
    assert_eq!(bound(&programme, one_period(7, 0, &[90 << 7])), Some(30));
    // An existing facility caps as well.
    programme.settings.distance.cut_off_km = None;
    programme.settings.distance.unserved_km = None;
    programme.facilities = vec![facility("well")];
    assert_eq!(bound(&programme, one_period(7, 0, &[900 << 7])), Some(100));
}

#[test]
fn a_required_site_has_no_never() {
    let mut programme = three_places(1);
    // Site p2 must open: with u = 0 and a price of 5 everywhere, L = -5 + 5 + 0 + 0.
    programme.sites = vec![site("p2", SiteRule::Required, None, None)];
    assert_eq!(bound(&programme, one_period(0, 5, &[0, 0, 0])), Some(0));
    programme.sites[0].rule = SiteRule::Candidate;
    assert_eq!(bound(&programme, one_period(0, 5, &[0, 0, 0])), Some(-5));
}

#[test]
fn a_forbidden_site_saves_nothing() {
    let mut programme = three_places(1);
    // u = 100 for p0; only p0 itself saves it.
    assert_eq!(bound(&programme, one_period(0, 0, &[1, 0, 0])), Some(0));
    programme.sites = vec![site("p0", SiteRule::Forbidden, None, None)];
    assert_eq!(bound(&programme, one_period(0, 0, &[1, 0, 0])), Some(100));
}

#[test]
fn a_window_keeps_a_site_from_saving_early() {
    let mut programme = three_places(2);
    let radii = || vec![vec![1, 0, 0], vec![0, 0, 0]];
    let proof = || Proof::Lagrangian { shift: 0, prices: vec![0, 0], radii: radii() };
    assert_eq!(bound(&programme, proof()), Some(0));
    programme.sites = vec![site("p0", SiteRule::Candidate, Some(2), None)];
    assert_eq!(bound(&programme, proof()), Some(100));
}

#[test]
fn a_place_just_so_far_from_an_existing_site_is_left_over() {
    let mut programme = three_places(1);
    worst_distance(&mut programme);
    programme.facilities = vec![facility("p0")];
    programme.sites = vec![
        site("p1", SiteRule::Forbidden, None, None),
        site("p2", SiteRule::Forbidden, None, None),
    ];
    let cover = |at_least_m| {
        let weights = vec![0, 1, 0];
        Proof::Cover { periods: vec![CoverProof { at_least_m, weights }] }
    };
    assert_eq!(bound(&programme, cover(111_195)), Some(111_195));
    assert_eq!(bound(&programme, cover(111_196)), Some(0));
}

/// Returns the tree with the multipliers of [`distance_over_two_periods_is_proved_best`].
fn tree(nodes: &[TreeNode]) -> Proof {
    Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![10_000_000, 3_000_000],
        radii: vec![vec![80_000, 111_195, 333_585], vec![111_195, 111_195, 222_390]],
        nodes: nodes.to_vec(),
    }
}

fn branch(parent: u32, site: u32, times: &[u32]) -> TreeNode {
    TreeNode { parent, site, times: times.to_vec(), ..TreeNode::default() }
}

fn fixing(parent: u32, closed: &[u32], kept: &[(u32, &[u32])]) -> TreeNode {
    let kept = kept.iter().map(|(site, times)| KeptTimes { site: *site, times: times.to_vec() });
    TreeNode { parent, closed: closed.to_vec(), kept: kept.collect(), ..TreeNode::default() }
}

#[test]
fn a_tree_of_a_programme() {
    let programme = three_places(2);
    let bound = |nodes: &[TreeNode]| bound(&programme, tree(nodes));
    assert_eq!(bound(&[]), Some(11_119_500));
    // p2 adds 4,440,250 in period 1 and 776,100 in period 2; p1 in period 1 328,300 more than in 2.
    assert_eq!(bound(&[fixing(0, &[3], &[(2, &[0, 2])])]), Some(11_119_500));
    assert_eq!(bound(&[fixing(0, &[], &[(3, &[1])])]), Some(11_119_500));
    assert_eq!(bound(&[branch(0, 3, &[1, 2]), branch(0, 3, &[0])]), Some(11_119_500));
    // With p0 in period 1 it saves 9,119,500; in period 2 8,119,500; and nothing when never.
    let nodes = [branch(0, 1, &[1]), branch(0, 1, &[0, 2]), fixing(1, &[3], &[(2, &[2])])];
    assert_eq!(bound(&nodes[..2]), Some(11_119_500));
    assert_eq!(bound(&nodes), Some(11_119_500));
    // Both times of p0 but never: the quota of period 1 has no room for p1 then.
    let nodes = [fixing(0, &[], &[(1, &[1])]), fixing(1, &[], &[(2, &[1])])];
    assert_eq!(bound(&nodes[..1]), Some(11_119_500));
    assert_eq!(bound(&nodes), Some(11_119_500));
}

#[test]
fn patches_of_a_programme() {
    let programme = three_places(2);
    let bound = |nodes: &[TreeNode]| bound(&programme, tree(nodes));
    let patch = |site, changed: &[u32], radii: &[u64]| TreeNode {
        patch: vec![site],
        changed: changed.to_vec(),
        radii: radii.to_vec(),
        ..TreeNode::default()
    };
    // Place p0 asks for 10,000 less in period 1, and p0 saves as much less: in period 1 or 2 it adds the same.
    assert_eq!(bound(&[patch(1, &[0], &[70_000])]), Some(11_119_500));
    // In a patch of p1 the site p0 saves what it did. The patch of p2 brings nothing.
    assert_eq!(bound(&[patch(2, &[0], &[70_000]), patch(3, &[], &[])]), Some(10_119_500));
    let split = [1, 2, 0].map(|time| branch(1, 2, &[time]));
    assert_eq!(bound(&[&[patch(2, &[], &[])], &split[..]].concat()), Some(11_119_500));
    // p1 opens 111,195 from p0, p0 itself at 0.
    assert_eq!(bound(&[patch(1, &[0], &[111_196])]), None);
    assert_eq!(bound(&[patch(2, &[0], &[80_001])]), None);
}

#[test]
fn a_tree_of_a_programme_that_covers() {
    let mut programme = three_places(1);
    coverage(&mut programme);
    programme.settings.kinds = vec![kind("clinic", 1000, 112)];
    let tree = |price, nodes: &[TreeNode]| Proof::Tree {
        shift: 0,
        at_least: None,
        prices: vec![price],
        radii: vec![vec![1, 1, 1]],
        nodes: nodes.to_vec(),
    };
    let bound = |price, nodes: &[TreeNode]| bound(&programme, tree(price, nodes));
    // u = 160; p0 and p1 save 150 each, p2 saves 10. At the price 100: 160 - 100 - 50 - 50 = -40.
    assert_eq!(bound(100, &[]), Some(200));
    // Without p0 10 are left; with it nobody else may open: 160 - 100 - 50.
    let nodes = [branch(0, 1, &[0]), branch(0, 1, &[1]), fixing(2, &[2, 3], &[])];
    assert_eq!(bound(100, &nodes), Some(150));
    assert_eq!(bound(100, &nodes[..2]), Some(200));
    assert_eq!(bound(150, &[fixing(0, &[1, 2, 3], &[])]), Some(150));
}

#[test]
fn a_tree_names_only_sites_that_are_left_to_choose() {
    let mut programme = three_places(2);
    programme.sites = vec![
        site("p0", SiteRule::Forbidden, None, None),
        site("p1", SiteRule::Required, None, None),
        site("p2", SiteRule::Candidate, Some(2), None),
    ];
    let mut stands = programme.clone();
    stands.sites.clear();
    stands.facilities = vec![facility("p0")];
    let proved =
        |programme: &Programme, nodes: &[TreeNode]| bound(programme, tree(nodes)).is_some();
    for nodes in [
        [branch(0, 2, &[1]), branch(0, 2, &[2])],
        [branch(0, 3, &[0]), branch(0, 3, &[2])],
        [fixing(0, &[3], &[(2, &[1])]), fixing(1, &[], &[(2, &[1])])],
    ] {
        assert!(proved(&programme, &nodes), "{nodes:?}");
    }
    for nodes in [
        vec![fixing(0, &[1], &[])],
        vec![fixing(0, &[2], &[])],
        vec![fixing(0, &[], &[(3, &[0, 1])])],
        vec![branch(0, 3, &[0]), branch(0, 3, &[1, 2])],
        vec![branch(0, 2, &[0, 1]), branch(0, 2, &[2])],
    ] {
        assert!(!proved(&programme, &nodes), "{nodes:?}");
    }
    assert!(!proved(&stands, &[fixing(0, &[1], &[])]));
    assert!(proved(&stands, &[fixing(0, &[2], &[])]));
}
