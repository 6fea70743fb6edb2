//! Goals, numbers that change and goals that are held, worked by hand on the three villages of `worked`:
//! 100, 50 and 20 people at 0, 10 and 30 km; nobody beyond 40 km is served.

use groundwork_model::certificate::{LayerRadii, RuleFamily, RuleName, ScheduleNode};
use groundwork_model::plan::Served;
use groundwork_model::programme::{Due, NextGoal};
use groundwork_model::{Code, Decimal, Goal, Held, Opening, Programme, Question, Site, SiteRule};
use groundwork_verify::{Score, verify_choice};

use crate::common::site;
use crate::line::degrees;
use crate::worked::{
    budget, km, limited, money, name, open, priced, proof, proved_of, served, villages,
};

/// Asks for a goal.
fn of(goal: Goal) -> Question {
    Question { goal: Some(goal), ..Question::default() }
}

/// Asks for a goal while another is held.
fn holding(goal: Goal, held: Goal, value: i128) -> Question {
    Question { held: vec![Held { goal: held, value }], ..of(goal) }
}

fn score(
    programme: &Programme,
    question: &Question,
    rows: &[Opening],
    assignments: &[Served],
) -> Score {
    verify_choice(programme, question, rows, assignments)
}

/// Returns the value of a plan that breaks nothing.
fn value(programme: &Programme, question: &Question, rows: &[Opening]) -> i128 {
    let score = score(programme, question, rows, &[]);
    assert_eq!(score.problems, []);
    score.value.unwrap()
}

fn codes(score: &Score) -> Vec<Code> {
    score.problems.iter().map(|problem| problem.code).collect()
}

/// Returns the villages over one year.
fn one_year() -> Programme {
    let mut programme = villages();
    programme.settings.periods.count = 1;
    programme
}

#[test]
fn numbers_of_persons_are_those_said_last() {
    let mut programme = villages();
    programme.places[0].population_from = [(2027, 200), (2030, 7)].into();
    let of_health = [(2020, 10), (2028, 99)].into();
    programme.places[1].persons_from = [("health".to_owned(), of_health)].into();
    programme.places[2].population_from = [(2026, 30)].into();
    let rows = [open("a", "post", 1)];
    // b needs it with 10 persons in both years, c with 30.
    let score = score(&programme, &Question::default(), &rows, &[]);
    assert_eq!(score.value, Some(2 * (10 * 10_000 + 30 * 30_000)));
    // Within 12 km of a live 100 + 10 who need it in 2026, 200 + 10 in 2027; 150 and 250 people in all.
    let access: Vec<(u64, u64)> =
        score.outcomes.iter().map(|o| (o.access[0], o.access_all)).collect();
    assert_eq!(access, [(110, 150), (210, 250)]);
    assert_eq!(score.outcomes[0].person_metres, 50 * 10_000 + 30 * 30_000);
    assert_eq!(score.outcomes[1].kinds[0].served, 240);
    // Everybody counts: 140 and 240 persons, of whom 110 and 210 are reached.
    assert_eq!(value(&programme, &of(Goal::Coverage), &rows), 320);
}

#[test]
fn a_floor_of_coverage_counts_the_persons_of_its_period() {
    let mut programme = villages();
    programme.places[2].population_from = [(2027, 300)].into();
    let mut floor = groundwork_model::programme::Floor {
        province: None,
        kind: Some("health".to_owned()),
        by: 1,
        at_least: None,
        coverage: Some(km(80)),
    };
    // a reaches 150 of 170 in 2026 and 150 of 450 in 2027.
    programme.settings.floors = vec![floor.clone()];
    let rows = [open("a", "post", 1)];
    assert_eq!(codes(&score(&programme, &Question::default(), &rows, &[])), []);
    floor.by = 2;
    programme.settings.floors = vec![floor];
    assert_eq!(codes(&score(&programme, &Question::default(), &rows, &[])), [Code::FloorMissed]);
}

#[test]
fn self_sufficiency_counts_units_of_the_own_place() {
    let mut programme = villages();
    programme.settings.kinds[0].demand = "1.5".parse().unwrap();
    let question = of(Goal::SelfSufficiency);
    // 15 tenths a person: a in both years, c in the second. b is near a and gets nothing of its own.
    let rows = [open("a", "post", 1), open("c", "post", 2)];
    assert_eq!(value(&programme, &question, &rows), 15 * (100 + 100 + 20));
    let found = score(&programme, &question, &rows, &[]);
    assert_eq!((found.scale, found.unit.as_str()), (10, "units"));
    // The site of c may lie elsewhere, but no farther than the cut-off.
    let c =
        Site { location: Some((0.0, degrees(5))), ..site("c", SiteRule::Candidate, None, None) };
    programme.sites = vec![c];
    assert_eq!(value(&programme, &question, &rows), 15 * 220);
    programme.settings.distance.cut_off_km = Some(km(24));
    assert_eq!(value(&programme, &question, &rows), 15 * 200);
}

#[test]
fn limited_kinds_serve_the_own_place_alone_unless_goals_follow() {
    let mut programme = limited();
    programme.settings.periods.count = 1;
    let question = of(Goal::SelfSufficiency);
    let rows = [open("a", "post", 1)];
    let assignments = [served(1, "a", "a", 40), served(1, "b", "a", 20)];
    let refused = score(&programme, &question, &rows, &assignments);
    assert_eq!(codes(&refused), [Code::AssignmentWrong]);
    let next = NextGoal { goal: Goal::Distance, tolerance_percent: Decimal::ZERO };
    programme.settings.objective.then = vec![next];
    let score = score(&programme, &question, &rows, &assignments);
    // Half a unit each, in tenths.
    assert_eq!((codes(&score), score.value), (Vec::new(), Some(40 * 5)));
}

#[test]
fn equity_counts_the_far_more_than_in_proportion() {
    let mut programme = one_year();
    programme.settings.objective.aversion_per_km = Some("0.1".parse().unwrap());
    // 2^20 x exp(-4), exp(-3) and exp(-1), rounded: 0, 10 and 30 km of 40.
    let (near, middle, far) = (19_205, 52_206, 385_750);
    let question = of(Goal::Equity);
    let found = value(&programme, &question, &[open("a", "post", 1)]);
    assert_eq!(found, 100 * near + 50 * middle + 20 * far);
    let nobody = score(&programme, &question, &[], &[]);
    assert_eq!(nobody.value, Some(170 << 20));
    assert_eq!((nobody.scale, nobody.unit.as_str()), (1 << 20, "persons"));
}

#[test]
fn cost_counts_ways_and_what_falls_due() {
    let mut programme = villages();
    let objective = &mut programme.settings.objective;
    objective.resource = Some("money".to_owned());
    objective.per_person_km = Some("0.02".parse().unwrap());
    programme.settings.kinds[0].weight = 500;
    programme.settings.packages[1].running = money(3);
    // 1,100 person-km a year cost 22, a clinic 10 and 3 a year: 44 + 10 + 6 = 60. Weights do not count.
    let question = of(Goal::Cost);
    let rows = [open("a", "clinic", 1)];
    assert_eq!(value(&programme, &question, &rows), 60 * 100_000);
    let found = score(&programme, &question, &rows, &[]);
    assert_eq!((found.scale, found.unit.as_str()), (100_000, "money"));
    // At 100 per cent a year the second counts half. The clinic opens then and is due a year before; those
    // whom nobody serves in the first year cost 170 x 40 x 0.02 = 136.
    programme.settings.objective.discount_rate = Decimal::ONE;
    programme.settings.packages[1].build = 1;
    let later = [open("a", "clinic", 2)];
    let cost = |due: i128| (136 + due) * 1_000_000 + (22 + 3) * 500_000;
    assert_eq!(value(&programme, &question, &later), cost(10) * 100_000);
    programme.settings.budgets = vec![budget(&[99, 99], false, Due::Opening)];
    assert_eq!(value(&programme, &question, &later), cost(5) * 100_000);
}

#[test]
fn what_a_question_cannot_ask_is_said() {
    let programme = one_year();
    let mut served = one_year();
    served.settings.distance.cut_off_km = None;
    served.settings.objective.aversion_per_km = Some(Decimal::ONE);
    let asked = [
        (&programme, of(Goal::Equity), "aversion_per_km"),
        (&programme, of(Goal::Cost), "needs a resource"),
        (&programme, holding(Goal::Distance, Goal::Coverage, i128::MIN), "does not fit 128 bits"),
        (&served, of(Goal::Equity), "distance.cut_off_km"),
        (&served, holding(Goal::Distance, Goal::Coverage, 1), "everybody must be served"),
    ];
    for (programme, question, words) in asked {
        let found = score(programme, &question, &[open("a", "post", 1)], &[]);
        assert_eq!((codes(&found), found.value), (vec![Code::ValueWrong], None), "{question:?}");
        assert!(found.problems[0].cause.contains(words), "{}", found.problems[0].cause);
        let layers = 1 + question.held.len();
        let proof = proof(Vec::new(), vec![vec![0; 3]; layers], Vec::new());
        let refused = (None, vec![Code::CertificateMalformed]);
        assert_eq!(proved_of(programme, &question, proof), refused);
    }
}

#[test]
fn a_held_goal_is_held() {
    let programme = one_year();
    // b alone: 100 x 10 + 20 x 20 = 1,400 person-km, and 150 persons within 12 km.
    let rows = [open("b", "post", 1)];
    assert_eq!(value(&programme, &holding(Goal::Coverage, Goal::Distance, 1_400_000), &rows), 150);
    let missed = score(&programme, &holding(Goal::Coverage, Goal::Distance, 1_399_999), &rows, &[]);
    assert_eq!(codes(&missed), [Code::HeldGoalMissed]);
    assert_eq!(
        missed.problems[0].cause,
        "the goal `distance` comes to 1400 person-km, and at most 1399.999 person-km was to be held"
    );
    assert_eq!(value(&programme, &holding(Goal::Distance, Goal::Coverage, 150), &rows), 1_400_000);
    let missed = score(&programme, &holding(Goal::Distance, Goal::Coverage, 151), &rows, &[]);
    assert_eq!(codes(&missed), [Code::HeldGoalMissed]);
}

#[test]
fn a_held_goal_counts_who_is_sent_where() {
    let mut programme = limited();
    programme.settings.periods.count = 1;
    let rows = [open("a", "post", 1), open("b", "post", 1)];
    // All 50 of b go to a, beyond what they need: 500 person-km, and 10 of a stay; 110 x 40 stay away.
    let away = [served(1, "a", "a", 10), served(1, "b", "a", 50)];
    let cost = 500_000 + 110 * 40_000;
    let held = |value| holding(Goal::Coverage, Goal::Distance, value);
    let found = score(&programme, &held(cost), &rows, &away);
    assert_eq!((codes(&found), found.value), (Vec::new(), Some(60)));
    assert_eq!(codes(&score(&programme, &held(cost - 1), &rows, &away)), [Code::HeldGoalMissed]);
}

fn held_name(number: u32) -> RuleName {
    RuleName { number, ..name(RuleFamily::Held) }
}

fn quota() -> RuleName {
    RuleName { period: 1, ..name(RuleFamily::Quota) }
}

#[test]
fn a_held_goal_has_layers_and_a_price() {
    let mut programme = one_year();
    programme.settings.packages.truncate(1);
    programme.settings.quota.openings = groundwork_model::programme::PerPeriod::Same(1);
    // One site opens, so that 100 get something in their own place at most. Held at 101 others may not be more than
    // 69. With a price of 1, radii of 1 and 100 for the quota: u = 170, no site pays:
    // L = 170 - 69 - 100 = 1.
    let radii = || vec![vec![0; 3], vec![1; 3]];
    let prices = || vec![priced(held_name(1), 1), priced(quota(), 100)];
    let question = holding(Goal::Distance, Goal::SelfSufficiency, 101);
    let root = proof(prices(), radii(), Vec::new());
    assert_eq!(proved_of(&programme, &question, root), (Some(1), Vec::new()));
    // So no plan keeps the rules; held at 100 one may.
    let layer =
        |radius: u64| LayerRadii { layer: 2, changed: vec![0, 1, 2], radii: vec![radius; 3] };
    let marked = |price_of_quota: i128| ScheduleNode {
        rules_alone: true,
        prices: vec![priced(held_name(1), 1), priced(quota(), price_of_quota)],
        radii: vec![layer(1)],
        ..ScheduleNode::default()
    };
    let alone = |value, price: i128| {
        let question = holding(Goal::Distance, Goal::SelfSufficiency, value);
        let zero = vec![vec![0; 3]; 2];
        proved_of(&programme, &question, proof(Vec::new(), zero, vec![marked(price)]))
    };
    assert_eq!(alone(101, 100), (None, vec![Code::BoundNotProved]));
    assert_eq!(alone(100, 100), (Some(0), Vec::new()));
    // Without a price all sites open, and save all of u: 170 - 69 - 170 is not above 0.
    assert_eq!(alone(101, 0), (Some(0), Vec::new()));
}

#[test]
fn radii_of_a_held_goal_are_cut_by_its_price() {
    let mut programme = one_year();
    for id in ["b", "c"] {
        programme.sites.push(site(id, SiteRule::Forbidden, None, None));
    }
    let question = holding(Goal::Coverage, Goal::Distance, 1_100_000);
    let radii = || vec![vec![0; 3], vec![12_000; 3]];
    let bound = |prices: Vec<_>, nodes: Vec<ScheduleNode>| {
        proved_of(&programme, &question, proof(prices, radii(), nodes)).0
    };
    // At a price of 4, u = 170 x 12,000 and a saves 100 x 12,000; b is 40,000 away by then.
    // L = 2,040,000 - 4,400,000 - 1,200,000 = -3,560,000, and 170 count.
    let four = || vec![priced(held_name(1), 4)];
    assert_eq!(bound(four(), Vec::new()), Some(170 + 3_560_000));
    // At 1, b saves 50 x 2,000 more: L = 2,040,000 - 1,100,000 - 1,300,000 = -360,000.
    let cheaper = |price| ScheduleNode {
        prices: vec![priced(held_name(1), price)],
        ..ScheduleNode::default()
    };
    assert_eq!(bound(four(), vec![cheaper(1)]), Some(170 + 360_000));
    // At 0 nothing counts, whatever the radii.
    assert_eq!(bound(four(), vec![cheaper(0)]), Some(170));
    // Where the price falls and rises again the last one counts.
    let again = ScheduleNode { parent: 1, ..cheaper(4) };
    assert_eq!(bound(four(), vec![cheaper(0), again]), Some(170 + 3_560_000));
}

#[test]
fn charges_count_in_the_bound() {
    let mut programme = one_year();
    let objective = &mut programme.settings.objective;
    objective.resource = Some("money".to_owned());
    programme.settings.packages.remove(0);
    programme.sites = vec![site("a", SiteRule::Required, None, None)];
    let radii = |layers: usize| vec![vec![0; 3]; layers];
    // A clinic costs 10, a thousand times; what people do is bounded by nothing.
    let bare = proof(Vec::new(), radii(1), Vec::new());
    assert_eq!(proved_of(&programme, &of(Goal::Cost), bare).0, Some(10_000));
    // Held at 4,000 with a price of 3: 3 x (10,000 - 4,000).
    let question = holding(Goal::Distance, Goal::Cost, 4_000);
    let root = proof(vec![priced(held_name(1), 3)], radii(2), Vec::new());
    assert_eq!(proved_of(&programme, &question, root).0, Some(18_000));
}

#[test]
fn layers_and_prices_of_held_goals_are_those_of_the_question() {
    let programme = one_year();
    let question = holding(Goal::Coverage, Goal::Distance, 1_000);
    let refused = (None, vec![Code::CertificateMalformed]);
    let tried = |prices, radii| proved_of(&programme, &question, proof(prices, radii, Vec::new()));
    let radii = || vec![vec![0; 3]; 2];
    assert_eq!(tried(Vec::new(), radii()).0, Some(170));
    assert_eq!(tried(Vec::new(), vec![vec![0; 3]]), refused);
    assert_eq!(tried(Vec::new(), vec![vec![0; 3], vec![0; 2]]), refused);
    assert_eq!(tried(Vec::new(), vec![vec![0; 3]; 3]), refused);
    let wrong = [
        vec![priced(held_name(1), -1)],
        vec![priced(held_name(2), 1)],
        vec![priced(held_name(0), 1)],
        vec![priced(RuleName { period: 1, ..held_name(1) }, 1)],
        vec![priced(held_name(1), 1), priced(held_name(1), 1)],
        vec![priced(held_name(1), i128::MAX)],
        vec![priced(name(RuleFamily::Changes), 1)],
    ];
    for prices in wrong {
        assert_eq!(tried(prices.clone(), radii()), refused, "{prices:?}");
    }
}
