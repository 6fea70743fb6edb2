//! The goal of the worst-off where programmes are not plain: its value and the covers that bound it, by hand and
//! against every plan of small random programmes.

use groundwork_model::certificate::{RuleFamily, RuleName, RulePrice, ScheduleCoverProof};
use groundwork_model::programme::{Due, Package};
use groundwork_model::{
    Certificate, Code, Decimal, Goal, Opening, Place, Plan, Programme, Proof, Question, QuotaRule,
    Settings, Status,
};
use groundwork_verify::{verify, verify_choice};

use crate::bounds::Case;
use crate::common::{Stream, certify, inputs, plan_of};
use crate::generator;
use crate::line::degrees;
use crate::worked::{budget, kind, km, limited, money, name, open, package, priced, proved_of};

/// Random programmes that are tried, and proofs of each.
const PROGRAMMES: u64 = 250;
const PROOFS: u64 = 60;

/// Returns the case by hand of `docs/concepts/rules.md`: villages at 0, 10, 22 and 50 km, a clinic and a school that
/// cost 2 each and 3 together, and a budget of 3 and then 2.
fn villages() -> Programme {
    let village = |(id, km, population): (&str, u64, u64)| Place {
        id: id.to_owned(),
        lon: degrees(km),
        population,
        ..Place::default()
    };
    let mut settings = Settings {
        kinds: vec![kind("clinic", 12), kind("school", 12)],
        packages: vec![
            package("clinic", &["clinic"], 2, 0),
            package("school", &["school"], 2, 0),
            package("both", &["clinic", "school"], 3, 0),
        ],
        budgets: vec![budget(&[3, 2], false, Due::Start)],
        ..Settings::default()
    };
    settings.kinds[1].weight = 500;
    settings.objective.goal = Goal::WorstDistance;
    settings.periods.first = 2026;
    settings.periods.count = 2;
    settings.distance.cut_off_km = Some(km(60));
    let places = [("a", 0, 400), ("b", 10, 300), ("c", 22, 200), ("d", 50, 150)];
    Programme {
        settings,
        places: places.into_iter().map(village).collect(),
        sites: Vec::new(),
        facilities: Vec::new(),
        reports: Vec::new(),
    }
}

fn best() -> [Opening; 2] {
    [open("c", "both", 1), open("d", "clinic", 2)]
}

fn money_of(period: u32) -> RuleName {
    RuleName { number: 1, period, ..name(RuleFamily::Budget) }
}

/// Returns the proof of 28 km: weight 3 for a and d and each kind, and a price of 2 for money.
fn cover(prices: &[(u32, i128)]) -> ScheduleCoverProof {
    let prices = prices.iter().map(|&(period, price)| priced(money_of(period), price));
    ScheduleCoverProof {
        at_least_m: 28_000,
        weights: vec![vec![3, 0, 0, 3]; 2],
        prices: prices.collect(),
    }
}

fn by_hand() -> Vec<ScheduleCoverProof> {
    vec![cover(&[(1, 2)]), cover(&[(1, 2), (2, 2)])]
}

fn value(programme: &Programme, rows: &[Opening]) -> i128 {
    let score = verify_choice(programme, &Question::default(), rows, &[]);
    assert_eq!(score.problems, []);
    score.value.unwrap()
}

fn bound(periods: Vec<ScheduleCoverProof>) -> (Option<i128>, Vec<Code>) {
    proved_of(&villages(), &Question::default(), Proof::ScheduleCover { periods })
}

/// Returns a proof of one metre in the first period that has these prices, whether it holds or not.
pub(crate) fn with_prices(programme: &Programme, prices: Vec<RulePrice>) -> Proof {
    let kinds = programme.settings.package_kinds().len();
    let weights = vec![vec![1; programme.places.len()]; kinds];
    let mut periods =
        vec![ScheduleCoverProof::default(); programme.settings.periods.count as usize];
    periods[0] = ScheduleCoverProof { at_least_m: 1, weights, prices };
    Proof::ScheduleCover { periods }
}

#[test]
fn the_worst_off_counts_over_all_kinds() {
    let mut programme = villages();
    assert_eq!(value(&programme, &best()), 28_000 + 28_000);
    let at_b = [open("b", "both", 1), open("d", "clinic", 2)];
    assert_eq!(value(&programme, &at_b), 40_000 + 40_000);
    // Without a site somebody counts 60 km.
    assert_eq!(value(&programme, &[]), 120_000);
    // Nobody in d needs a school: c is 22 km from a.
    programme.places[3].persons = [("school".to_owned(), 0)].into();
    assert_eq!(value(&programme, &best()), 28_000 + 22_000);
    // At 100 per cent a year the second counts half.
    programme.settings.objective.discount_rate = Decimal::ONE;
    assert_eq!(value(&programme, &best()), 28_000 * 1_000_000 + 22_000 * 500_000);
}

#[test]
fn one_package_with_all_kinds_has_the_value_of_the_plain_programme() {
    let mut plain = villages();
    plain.settings.packages = vec![package("both", &["clinic", "school"], 0, 0)];
    plain.settings.budgets.clear();
    plain.settings.objective.discount_rate = Decimal::new(5, 2);
    assert!(plain.is_plain());
    let mut other = plain.clone();
    other.settings.packages[0].cost = money(1);
    assert!(!other.is_plain());
    for rows in
        [vec![], vec![open("c", "both", 1)], vec![open("b", "both", 1), open("d", "both", 2)]]
    {
        assert_eq!(value(&plain, &rows), value(&other, &rows));
    }
}

#[test]
fn a_cover_by_hand_proves_the_best_plan() {
    let programme = villages();
    let mut plan = plan_of(&programme, &Question::default(), &best(), &[]);
    let certificate = certify(&mut plan, 56_000, Proof::ScheduleCover { periods: by_hand() });
    plan.status = Status::Optimal;
    plan.stopped_by = groundwork_model::StoppedBy::Proved;
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.value, verdict.bound), (Some(56_000), Some(56_000)));
    // A larger bound is not proved, and a smaller value is not that of the openings.
    let codes = |plan: &Plan, certificate: &Certificate| -> Vec<Code> {
        let verdict = verify(&programme, &inputs(), plan, Some(certificate));
        assert!(!verdict.accepted);
        verdict.problems.iter().map(|problem| problem.code).collect()
    };
    let mut larger = plan.clone();
    let proof = || Proof::ScheduleCover { periods: by_hand() };
    let certificate = certify(&mut larger, 56_001, proof());
    assert!(codes(&larger, &certificate).contains(&Code::BoundNotProved));
    plan.value = 55_999;
    let certificate = certify(&mut plan, 55_999, proof());
    assert_eq!(codes(&plan, &certificate), [Code::ValueWrong]);
}

#[test]
fn what_is_altered_proves_less_or_nothing() {
    assert_eq!(bound(by_hand()), (Some(56_000), vec![]));
    let altered = |alter: &dyn Fn(&mut Vec<ScheduleCoverProof>)| {
        let mut periods = by_hand();
        alter(&mut periods);
        bound(periods)
    };
    let half = (Some(28_000), vec![Code::BoundNotProved]);
    // In the second year 12 > 2 x 3 + 2 x 2. Less weight is 10, another price makes 3 x 3 + 2 x 2.
    assert_eq!(altered(&|p| p[1].weights[0][3] = 1), half);
    assert_eq!(altered(&|p| p[1].prices[0].price = 3), half);
    // At a price of 1 a site holds 6 for 3, and without any for nothing.
    assert_eq!(altered(&|p| p[1].prices[1].price = 1), half);
    assert_eq!(altered(&|p| p[0].prices.clear()), half);
    // d is just 28 km from c: within less than 28,001 m c holds all.
    assert_eq!(altered(&|p| p[1].at_least_m = 28_001), half);
    // A weight where nobody needs the kind does not count.
    let mut nobody = villages();
    nobody.places[3].persons = [("school".to_owned(), 0)].into();
    let proof = Proof::ScheduleCover { periods: by_hand() };
    assert_eq!(proved_of(&nobody, &Question::default(), proof), half);
}

#[test]
fn nobody_counts_more_than_somebody_without_a_site() {
    let mut programme = villages();
    programme.settings.periods.count = 1;
    programme.settings.budgets = vec![budget(&[1], false, Due::Start)];
    // Nothing can open: a kind at d, at a price of 3 for money, is held by nothing that costs 2 or more.
    let periods = vec![ScheduleCoverProof {
        at_least_m: 90_000,
        weights: vec![vec![0, 0, 0, 4], vec![0; 4]],
        prices: vec![priced(money_of(1), 3)],
    }];
    let proof = Proof::ScheduleCover { periods };
    assert_eq!(proved_of(&programme, &Question::default(), proof), (Some(60_000), vec![]));
}

#[test]
fn what_is_no_cover_is_refused() {
    let refused = (None, vec![Code::CertificateMalformed]);
    let altered = |alter: &dyn Fn(&mut Vec<ScheduleCoverProof>)| {
        let mut periods = by_hand();
        alter(&mut periods);
        bound(periods)
    };
    assert_eq!(altered(&|p| drop(p.pop())), refused);
    assert_eq!(altered(&|p| drop(p[0].weights.pop())), refused);
    assert_eq!(altered(&|p| p[0].weights[1].truncate(3)), refused);
    assert_eq!(altered(&|p| p[0].prices[0].price = -1), refused);
    assert_eq!(altered(&|p| p[0].prices.push(priced(money_of(1), 0))), refused);
    assert_eq!(altered(&|p| p[0].prices[0].of = money_of(3)), refused);
    assert_eq!(altered(&|p| p[0].prices[0].price = i128::MAX), refused);
    // A sum over persons is another goal, and plain programmes have proofs of their own.
    let radii = vec![vec![0; 8]; 2];
    let sum = Proof::Schedules { shift: 0, prices: vec![], radii, nodes: vec![] };
    assert_eq!(proved_of(&villages(), &Question::default(), sum), refused);
    let distance = Question { goal: Some(Goal::Distance), ..Question::default() };
    let proof = || Proof::ScheduleCover { periods: by_hand() };
    assert_eq!(proved_of(&villages(), &distance, proof()), refused);
    let mut plain = villages();
    plain.settings.packages.truncate(1);
    plain.settings.packages[0] = Package { cost: money(0), ..plain.settings.packages[0].clone() };
    plain.settings.budgets.clear();
    assert!(plain.is_plain());
    assert_eq!(proved_of(&plain, &Question::default(), proof()), refused);
    let mut capacities = limited();
    capacities.settings.objective.goal = Goal::WorstDistance;
    let zero = Proof::ScheduleCover { periods: vec![ScheduleCoverProof::default(); 2] };
    assert_eq!(proved_of(&capacities, &Question::default(), zero), refused);
}

#[test]
fn a_site_without_any_schedule_leaves_no_plan_to_bound() {
    let mut programme = villages();
    programme.settings.periods.count = 1;
    let late = crate::common::site("a", groundwork_model::SiteRule::Required, Some(1), None);
    let site = groundwork_model::Site { packages: vec!["none".to_owned()], ..late };
    programme.sites = vec![site];
    let proof = Proof::ScheduleCover { periods: vec![ScheduleCoverProof::default()] };
    let mut plan = plan_of(&programme, &Question::default(), &[], &[]);
    let certificate = certify(&mut plan, 0, proof);
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.bound.is_none() && !verdict.accepted);
}

/// Draws a proof of one period: a few places with weight, and prices of some rules.
fn draw_proof(case: &Case, period: usize, stream: &mut Stream) -> Vec<ScheduleCoverProof> {
    let settings = &case.programme.settings;
    let kinds = settings.package_kinds().len();
    let places = case.programme.places.len();
    let mut weight = |_| if stream.chance(50) { stream.below(4) } else { 0 };
    let weights = (0..kinds).map(|_| (0..places).map(&mut weight).collect()).collect();
    let mut prices = Vec::new();
    for of in &case.names {
        let is_exact = of.rule == RuleFamily::Together
            || (of.rule == RuleFamily::Quota && settings.quota.rule == QuotaRule::Exactly);
        if stream.chance(40) {
            let price = stream.below(4) as i128;
            let price = if is_exact && stream.chance(40) { -price } else { price };
            prices.push(RulePrice { of: of.clone(), price });
        }
    }
    let mut periods = vec![ScheduleCoverProof::default(); settings.periods.count as usize];
    let at_least_m = 1_000 * (1 + stream.below(60)) as u32;
    periods[period] = ScheduleCoverProof { at_least_m, weights, prices };
    periods
}

#[test]
fn no_cover_bounds_better_than_the_best_plan() {
    let (mut with_plans, mut bounds, mut met, mut priced, mut without_plans) = (0, 0, 0, 0, 0);
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 6_007 + 3);
        let (programme, question) = generator::worst_off(stream);
        let case = Case::of(programme, question);
        let Some(best) = case.best(stream) else {
            without_plans += 1;
            continue;
        };
        with_plans += 1;
        let count = case.programme.settings.periods.count as usize;
        let mut joined = vec![ScheduleCoverProof::default(); count];
        let mut largest = vec![0; count];
        for at in 0..PROOFS {
            let period = at as usize % count;
            let proof = draw_proof(&case, period, stream);
            let (found, is_whole) = case.bound(Proof::ScheduleCover { periods: proof.clone() });
            let found = found.unwrap_or_else(|| panic!("{seed}: {proof:?}"));
            assert!(is_whole && found <= best, "{seed}: {best} {found} {proof:?}");
            bounds += u32::from(found > 0);
            priced += u32::from(found > 0 && proof[period].prices.iter().any(|p| p.price != 0));
            if found > largest[period] {
                largest[period] = found;
                joined[period] = proof[period].clone();
            }
        }
        let (found, _) = case.bound(Proof::ScheduleCover { periods: joined });
        assert_eq!(found, Some(largest.iter().sum()));
        assert!(found <= Some(best), "{seed}: {best} {found:?}");
        met += u32::from(found == Some(best));
    }
    println!("{with_plans} {without_plans} {bounds} {priced} {met}");
    assert!(with_plans > 100 && bounds > 500 && priced > 300 && met > 20);
    assert!(without_plans > 50);
}
