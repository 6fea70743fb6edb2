//! What certificates of plans for several futures prove, worked by hand.

use groundwork_model::certificate::{RuleFamily, RuleName, RulePrice, ScheduleNode};
use groundwork_model::programme::{Due, Robustness};
use groundwork_model::{Code, Goal, Programme, Proof, Question};
use groundwork_verify::{verify, verify_choice};

use crate::common::{certify, inputs, plan_in};
use crate::scenarios::{dear, expect, four, future, late, needing, values};
use crate::worked::{budget, km, money, open};

/// Returns two villages 10 km apart, of which one gets a post in the one period. As written 100 and 50 persons
/// need it, in the other future 20 and 50.
fn pair(objective: Robustness) -> Programme {
    let mut programme = four();
    programme.places.truncate(2);
    programme.places[1].province = "south".to_owned();
    programme.settings.periods.count = 1;
    programme.settings.packages.truncate(1);
    expect(&mut programme, objective, vec![future("one", 1), needing("two", 1, 20, Some("north"))]);
    programme
}

fn name(rule: RuleFamily) -> RuleName {
    RuleName { rule, number: 0, period: 0, province: String::new(), site: 0, other: 0, future: 0 }
}

fn quota(price: i128) -> RulePrice {
    RulePrice { of: RuleName { period: 1, ..name(RuleFamily::Quota) }, price }
}

fn worst(future: u32, price: i128) -> RulePrice {
    RulePrice { of: RuleName { future, ..name(RuleFamily::Future) }, price }
}

/// Returns the bound of a proof, or the code of the first problem.
fn bound(
    programme: &Programme,
    shift: u32,
    prices: &[RulePrice],
    radii: &[[u64; 2]],
    nodes: &[ScheduleNode],
) -> Result<i128, Code> {
    let mut plan = plan_in(programme, &Question::default(), &[open("a", "post", 1)], &[]);
    let proof = Proof::Schedules {
        shift,
        prices: prices.to_vec(),
        radii: radii.iter().map(|list| list.to_vec()).collect(),
        nodes: nodes.to_vec(),
        covers: Vec::new(),
    };
    let certificate = certify(&mut plan, 0, proof);
    let verdict = verify(programme, &inputs(), &plan, Some(&certificate));
    let malformed = verdict.problems.iter().find(|p| p.code == Code::CertificateMalformed);
    malformed.map_or_else(|| Ok(verdict.bound.unwrap()), |problem| Err(problem.code))
}

#[test]
fn the_mean_has_a_layer_for_each_future() {
    let programme = pair(Robustness::Expected);
    // `a` saves 1,000,000 and 200,000, `b` twice 500,000; all u are 2,200,000.
    let radii = [[10_000, 10_000], [10_000, 10_000]];
    assert_eq!(bound(&programme, 0, &[quota(1_200_000)], &radii, &[]), Ok(1_000_000));
    assert_eq!(values(&programme, &Question::default(), &[open("a", "post", 1)]).1, 1_000);
    // A radius is for one person of one future of weight 1: the second counts twice.
    let mut heavy = programme.clone();
    heavy.settings.scenarios.as_mut().unwrap().futures[1].weight = 2;
    // `a` saves 1,000,000 and 400,000, `b` 500,000 and 1,000,000; all u are 2,900,000.
    assert_eq!(bound(&heavy, 0, &[quota(1_500_000)], &radii, &[]), Ok(1_400_000));
    assert_eq!(bound(&programme, 0, &[], &radii[..1], &[]), Err(Code::CertificateMalformed));
    // The mean has no prices of futures.
    let priced = bound(&programme, 0, &[worst(1, 1)], &radii, &[]);
    assert_eq!(priced, Err(Code::CertificateMalformed));
}

#[test]
fn a_site_saves_nothing_in_a_future_before_it_serves() {
    for periods in [Some(1), None] {
        let mut programme = pair(Robustness::Expected);
        let futures = vec![future("one", 1), late("two", &["a"], periods)];
        expect(&mut programme, Robustness::Expected, futures);
        let of = |site| values(&programme, &Question::default(), &[open(site, "post", 1)]).1;
        assert_eq!((of("a"), of("b")), (500 + 6_000, 1_000 + 1_000));
        // All u are 2,500,000 and 6,000,000. `a` saves 2,000,000 in the first future and nothing in the second,
        // `b` 1,500,000 and 5,000,000.
        let radii = [[20_000, 10_000], [40_000, 40_000]];
        assert_eq!(bound(&programme, 0, &[quota(6_500_000)], &radii, &[]), Ok(2_000_000));
    }
}

#[test]
fn the_worst_future_has_prices_that_share_out_one() {
    let programme = pair(Robustness::WorstCase);
    // With `a` both futures cost 500,000; with `b` the first costs 1,000,000.
    assert_eq!(values(&programme, &Question::default(), &[open("a", "post", 1)]).1, 500);
    let first = [[10_000, 10_000], [0, 0]];
    assert_eq!(bound(&programme, 0, &[quota(1_000_000), worst(1, 1)], &first, &[]), Ok(500_000));
    // Twice all numbers, and a half of each future: `a` saves 1,000,000 + 200,000, `b` 500,000 + 500,000.
    let half = [worst(1, 1), worst(2, 1), quota(1_200_000)];
    let radii = [[10_000, 10_000], [10_000, 10_000]];
    assert_eq!(bound(&programme, 1, &half, &radii, &[]), Ok(500_000));

    let malformed = Err(Code::CertificateMalformed);
    assert_eq!(bound(&programme, 0, &[quota(1_000_000)], &first, &[]), malformed);
    assert_eq!(bound(&programme, 0, &half, &radii, &[]), malformed);
    assert_eq!(bound(&programme, 0, &[worst(1, 2), worst(2, -1)], &radii, &[]), malformed);
    assert_eq!(bound(&programme, 0, &[worst(3, 1)], &radii, &[]), malformed);
    assert_eq!(bound(&programme, 0, &[worst(0, 1)], &radii, &[]), malformed);
    let numbered =
        RulePrice { of: RuleName { number: 1, future: 1, ..name(RuleFamily::Future) }, price: 1 };
    assert_eq!(bound(&programme, 0, &[numbered], &radii, &[]), malformed);

    // Below the root the prices share out one as well; those of a marked node say nothing.
    let node = |prices: &[RulePrice], rules_alone| ScheduleNode {
        rules_alone,
        prices: prices.to_vec(),
        ..ScheduleNode::default()
    };
    let root = [quota(1_000_000), worst(1, 1)];
    let with = |node: ScheduleNode| bound(&programme, 0, &root, &first, &[node]);
    assert_eq!(with(node(&[worst(2, 1)], false)), malformed);
    assert_eq!(with(node(&[worst(2, 1), worst(1, 0)], false)), Ok(-1_000_000));
    assert_eq!(with(node(&[worst(2, 1)], true)), Ok(500_000));
}

#[test]
fn the_worst_of_large_values_is_bounded_from_above() {
    let mut programme = pair(Robustness::WorstCase);
    programme.settings.kinds[0].reach_km = km(5);
    programme.settings.objective.goal = Goal::Coverage;
    // `a` covers 100 or 20, `b` 50 in both. In the second future all are 70: 70 - (70 - 50).
    let score = |site: &str| {
        let rows = [open(site, "post", 1)];
        verify_choice(&programme, &Question::default(), &rows, &[]).value
    };
    assert_eq!((score("a"), score("b")), (Some(20), Some(50)));
    let second = [[0, 0], [1, 1]];
    assert_eq!(bound(&programme, 0, &[quota(50), worst(2, 1)], &second, &[]), Ok(50));
    assert_eq!(bound(&programme, 0, &[worst(1, 1)], &second, &[]), Ok(150));
}

#[test]
fn a_budget_is_named_by_the_first_future_with_its_costs() {
    let mut programme = pair(Robustness::Expected);
    programme.settings.budgets = vec![budget(&[5], false, Due::Start)];
    programme.settings.packages[0].cost = money(10);
    let radii = [[10_000, 10_000]; 4];
    let named = |programme: &Programme, future, futures: usize| {
        let of = RuleName { number: 1, period: 1, future, ..name(RuleFamily::Budget) };
        bound(programme, 0, &[RulePrice { of, price: 1 }], &radii[..futures], &[]).is_ok()
    };
    let which = |programme: &Programme, futures| -> Vec<u32> {
        (0..=5).filter(|future| named(programme, *future, futures)).collect()
    };
    assert_eq!(which(&programme, 2), [0]);
    let futures = vec![dear("one", 130), future("two", 1), dear("three", 120), dear("four", 130)];
    expect(&mut programme, Robustness::Expected, futures);
    assert_eq!(which(&programme, 4), [0, 1, 3]);
    expect(&mut programme, Robustness::Expected, vec![dear("one", 130), dear("two", 130)]);
    assert_eq!(which(&programme, 2), [1]);
    // Nothing can be bought: the price of the budget pays more than anybody saves.
    let of = RuleName { number: 1, period: 1, future: 1, ..name(RuleFamily::Budget) };
    let price = RulePrice { of, price: 300_000 };
    let far = [[40_000, 40_000]; 2];
    // All u are twice 6,000,000. `a` saves twice 5,500,000 and pays 3,900,000, `b` twice 5,000,000; the budget
    // has 5 of 13.
    let expected = 12_000_000 - 5 * 300_000 - (11_000_000 - 3_900_000) - (10_000_000 - 3_900_000);
    assert_eq!(bound(&programme, 0, &[price], &far, &[]), Ok(expected));
}
