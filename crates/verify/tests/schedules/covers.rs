//! The goal of the worst-off where programmes are not plain: its value and the covers that bound it, by hand and
//! against every plan of small random programmes.

use groundwork_model::certificate::{RuleFamily, RuleName, RulePrice, ScheduleCoverProof};
use groundwork_model::plan::Served;
use groundwork_model::programme::{Due, Package, PerPeriod, Size};
use groundwork_model::{
    Certificate, Code, Decimal, Goal, Held, Opening, Place, Plan, Programme, Proof, Question,
    QuotaRule, Settings, Status,
};
use groundwork_verify::{verify, verify_choice};

use crate::bounds::Case;
use crate::common::{Stream, certify, inputs, plan_of};
use crate::generator;
use crate::line::degrees;
use crate::worked::{budget, kind, km, money, name, open, package, priced, proved_of};

/// Random programmes that are tried, and proofs of each.
const PROGRAMMES: u64 = 250;
const PROOFS: u64 = 60;

/// Returns the case by hand of `docs/concepts/rules.md`: villages at 0, 10, 22 and 50 km, a clinic and a school that
/// cost 2 each and 3 together, and a budget of 3 and then 2.
pub(crate) fn villages() -> Programme {
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
pub(crate) fn with_prices(case: &Case, prices: Vec<RulePrice>) -> Proof {
    let kinds = case.programme.settings.package_kinds().len();
    let weights = vec![vec![1; case.programme.places.len()]; kinds];
    let mut periods = nothing(case);
    periods[0] = ScheduleCoverProof { at_least_m: 1, weights, prices };
    Proof::ScheduleCover { periods }
}

/// Returns the entries of a proof for all futures and periods, none of which proves anything.
fn nothing(case: &Case) -> Vec<ScheduleCoverProof> {
    let count = case.programme.settings.periods.count as usize;
    vec![ScheduleCoverProof::default(); count * case.futures]
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
    let sum = Proof::Schedules { shift: 0, prices: vec![], radii, nodes: vec![], covers: vec![] };
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

/// Returns the case by hand with capacities: a clinic that serves 600 persons, one a year.
fn crowded() -> Programme {
    let mut programme = villages();
    let settings = &mut programme.settings;
    settings.kinds.truncate(1);
    let small = Size { id: "small".to_owned(), capacity: Some(600), ..Size::default() };
    settings.kinds[0].sizes = vec![small];
    settings.packages = vec![package("clinic", &["clinic:small"], 0, 0)];
    settings.budgets.clear();
    settings.quota.openings = PerPeriod::Same(1);
    programme
}

/// Returns the bound on distances where the worst-off is held at so many metres: one clinic a year, without capacities.
fn held_at(metres: i128, covers: Vec<ScheduleCoverProof>) -> (Option<i128>, Vec<Code>) {
    let mut programme = crowded();
    programme.settings.kinds[0].sizes[0].capacity = None;
    let held = vec![Held { goal: Goal::WorstDistance, value: metres }];
    let question = Question { goal: Some(Goal::Distance), held, ..Question::default() };
    let quota = |period: u32| RuleName { period, ..name(RuleFamily::Quota) };
    let prices = vec![
        priced(quota(1), 32_550_000),
        priced(quota(2), 9_450_000),
        priced(RuleName { number: 1, ..name(RuleFamily::Held) }, 126_000),
    ];
    let radii = vec![
        vec![22_000, 12_000, 0, 28_000, 22_000, 12_000, 0, 0],
        vec![34_125, 0, 0, 126_000, 0, 0, 0, 63_000],
    ];
    proved_of(
        &programme,
        &question,
        Proof::Schedules { shift: 0, prices, radii, nodes: vec![], covers },
    )
}

/// Somebody goes 28 km in the first year, and 12 in the second.
fn near() -> Vec<ScheduleCoverProof> {
    let quota = |period: u32| priced(RuleName { period, ..name(RuleFamily::Quota) }, 1);
    let proof = |at_least_m: u32, weights: [u64; 4], prices: Vec<RulePrice>| ScheduleCoverProof {
        at_least_m,
        weights: vec![weights.to_vec()],
        prices,
    };
    vec![
        proof(28_000, [1, 0, 0, 1], vec![quota(1)]),
        proof(12_000, [1, 0, 1, 1], vec![quota(1), quota(2)]),
    ]
}

#[test]
fn what_is_left_of_the_worst_distances_bounds_another_goal() {
    // 50 km leave 38 in the first year and 22 in the second: C, then D, 29,000 person-km.
    assert_eq!(held_at(50_000, near()), (Some(29_000_000), vec![]));
    // 52 km leave 40 and 24: B, then D has 18,800. Without covers either year may have all of it.
    for bound in [held_at(52_000, near()), held_at(50_000, vec![])] {
        assert_eq!(bound.1, vec![]);
        assert!(bound.0.is_some_and(|bound| bound <= 18_800_000), "{bound:?}");
    }
}

#[test]
fn covers_of_a_held_goal_have_to_be_proved() {
    let altered = |alter: &dyn Fn(&mut Vec<ScheduleCoverProof>)| {
        let mut periods = near();
        alter(&mut periods);
        held_at(50_000, periods)
    };
    assert_eq!(altered(&|p| p[0].at_least_m = 28_001), (None, vec![Code::BoundNotProved]));
    assert_eq!(altered(&|p| p[1].prices[0].price = 2), (None, vec![Code::BoundNotProved]));
    let malformed = (None, vec![Code::CertificateMalformed]);
    assert_eq!(altered(&|p| drop(p.pop())), malformed);
    assert_eq!(altered(&|p| drop(p[0].weights.pop())), malformed);
    assert_eq!(altered(&|p| p[0].prices[0].price = -1), malformed);
    // Nothing is left where the goal is not held.
    let radii = vec![vec![0; 8]];
    let proof = Proof::Schedules { shift: 0, prices: vec![], radii, nodes: vec![], covers: near() };
    let question = Question { goal: Some(Goal::Distance), ..Question::default() };
    assert_eq!(proved_of(&crowded(), &question, proof), malformed);
}

#[test]
fn a_plan_in_which_somebody_goes_too_far_does_not_hold_the_worst_off() {
    let mut programme = crowded();
    programme.settings.kinds[0].sizes[0].capacity = None;
    let broken = |metres: i128, first: &str| {
        let held = vec![Held { goal: Goal::WorstDistance, value: metres }];
        let question = Question { goal: Some(Goal::Distance), held, ..Question::default() };
        let rows = [open(first, "clinic", 1), open("d", "clinic", 2)];
        let score = verify_choice(&programme, &question, &rows, &[]);
        score.problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(broken(50_000, "c"), []);
    assert_eq!(broken(49_999, "c"), [Code::HeldGoalMissed]);
    assert_eq!(broken(52_000, "b"), []);
    assert_eq!(broken(51_999, "b"), [Code::HeldGoalMissed]);
}

/// Sends people in a period: place, site and persons.
fn sent(period: u32, parts: &[(&str, &str, u64)]) -> Vec<Served> {
    let row = |&(place, site, persons): &(&str, &str, u64)| Served {
        kind: "clinic".to_owned(),
        period,
        place: place.to_owned(),
        site: site.to_owned(),
        persons,
    };
    parts.iter().map(row).collect()
}

/// Returns the best plan of the case with capacities: clinics at a and then c, and who goes where.
fn best_of_crowded() -> ([Opening; 2], Vec<Served>) {
    let rows = [open("a", "clinic", 1), open("c", "clinic", 2)];
    let mut served = sent(1, &[("a", "a", 400), ("b", "a", 200)]);
    let second =
        [("a", "a", 400), ("b", "a", 200), ("b", "c", 100), ("c", "c", 200), ("d", "c", 150)];
    served.extend(sent(2, &second));
    (rows, served)
}

/// Returns the proof of 60 and 28 km: everybody weighs 1, in the second year those of d 4.
fn crowded_by_hand() -> Vec<ScheduleCoverProof> {
    let quota = |period: u32| priced(RuleName { period, ..name(RuleFamily::Quota) }, 600);
    let proof = |at_least_m: u32, of_d: u64, years: u32| ScheduleCoverProof {
        at_least_m,
        weights: vec![vec![1, 1, 1, of_d]],
        prices: (1..=years).map(quota).collect(),
    };
    vec![proof(60_000, 1, 1), proof(28_000, 4, 2)]
}

#[test]
fn who_is_sent_farthest_counts_where_kinds_are_limited() {
    let programme = crowded();
    let (rows, served) = best_of_crowded();
    let question = Question::default();
    let value = |served: &[Served]| {
        let score = verify_choice(&programme, &question, &rows, served);
        let codes: Vec<Code> = score.problems.iter().map(|problem| problem.code).collect();
        (score.value, codes)
    };
    assert_eq!(value(&served), (Some(60_000 + 28_000), vec![]));
    // Whoever is sent past a nearer site counts with the way, and one who stays at home 60 km.
    let mut farther = served.clone();
    (farther[3].persons, farther[4].persons, farther[6].persons) = (199, 101, 149);
    farther.extend(sent(2, &[("d", "a", 1)]));
    assert_eq!(value(&farther), (Some(60_000 + 50_000), vec![]));
    let mut fewer = served.clone();
    fewer[6].persons = 149;
    assert_eq!(value(&fewer), (Some(60_000 + 60_000), vec![]));
    // Without anybody sent everybody is left; nobody is sent to a site that is full, or that is not there.
    assert_eq!(value(&[]), (Some(120_000), vec![]));
    let mut full = served.clone();
    full[2].persons = 401;
    assert!(value(&full).1.contains(&Code::DemandNotMet));
    full[2].persons = 400;
    full[3].persons = 300;
    full[4].persons = 0;
    assert!(value(&full).1.contains(&Code::AssignmentWrong));
    full.remove(4);
    assert_eq!(value(&full).1, [Code::CapacityExceeded]);
}

#[test]
fn a_cover_with_weights_of_persons_proves_the_best_plan() {
    let programme = crowded();
    let (rows, served) = best_of_crowded();
    let mut plan = plan_of(&programme, &Question::default(), &rows, &served);
    let proof = Proof::ScheduleCover { periods: crowded_by_hand() };
    let certificate = certify(&mut plan, 88_000, proof);
    plan.status = Status::Optimal;
    plan.stopped_by = groundwork_model::StoppedBy::Proved;
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.accepted, "{:#?}", verdict.problems);
    assert_eq!((verdict.value, verdict.bound), (Some(88_000), Some(88_000)));
    // Somebody else goes where somebody went: the value is another one.
    plan.assignments[6].persons = 149;
    let verdict = verify(&programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.problems.iter().any(|problem| problem.code == Code::ValueWrong));
}

#[test]
fn weights_of_persons_count_as_often_as_there_is_room() {
    let altered = |alter: &dyn Fn(&mut Programme, &mut Vec<ScheduleCoverProof>)| {
        let (mut programme, mut periods) = (crowded(), crowded_by_hand());
        alter(&mut programme, &mut periods);
        proved_of(&programme, &Question::default(), Proof::ScheduleCover { periods })
    };
    assert_eq!(altered(&|_, _| ()), (Some(88_000), vec![]));
    let second = (Some(28_000), vec![Code::BoundNotProved]);
    let first = (Some(60_000), vec![Code::BoundNotProved]);
    // With room for 1,050 one site holds all; at 1,049 it does not, at a price that is just what it holds.
    let roomy = |capacity: u64, price: i128| {
        altered(&|programme, periods| {
            programme.settings.kinds[0].sizes[0].capacity = Some(capacity);
            periods[0].prices[0].price = price;
        })
    };
    assert_eq!(roomy(1_050, 1_050), (Some(0), vec![Code::BoundNotProved; 2]));
    assert_eq!(roomy(1_049, 1_049).0, Some(60_000));
    // At a weight of 2 for each of d there is 1,200, which two sites hold; at a price of 400 four sites hold 600 for that.
    assert_eq!(altered(&|_, periods| periods[1].weights[0][3] = 2), first);
    assert_eq!(altered(&|_, periods| periods[0].prices[0].price = 400), second);
    // Without anybody in b there are 750: more than one site holds, no more than two do.
    let fewer = altered(&|programme, _| programme.places[1].population = 0);
    assert_eq!(fewer, first);
}

/// Draws a proof of one entry: a few places with weight, and prices of some rules.
fn draw_proof(case: &Case, entry: usize, stream: &mut Stream) -> Vec<ScheduleCoverProof> {
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
    let mut periods = nothing(case);
    let at_least_m = 1_000 * (1 + stream.below(60)) as u32;
    periods[entry] = ScheduleCoverProof { at_least_m, weights, prices };
    periods
}

/// Counts what proofs come to on random programmes.
#[derive(Debug, Default)]
struct Seen {
    with_plans: u32,
    without_plans: u32,
    bounds: u32,
    priced: u32,
    met: u32,
}

impl Seen {
    /// Bends proofs of a programme: none bounds better than its best plan, nor do the best of all entries together.
    fn bend(&mut self, seed: u64, case: &Case, stream: &mut Stream) {
        let Some(best) = case.best(stream) else {
            self.without_plans += 1;
            return;
        };
        self.with_plans += 1;
        let mut joined = nothing(case);
        let mut largest = vec![0; joined.len()];
        for at in 0..PROOFS {
            let entry = at as usize % joined.len();
            let proof = draw_proof(case, entry, stream);
            let (found, is_whole) = case.bound(Proof::ScheduleCover { periods: proof.clone() });
            let found = found.unwrap_or_else(|| panic!("{seed}: {proof:?}"));
            assert!(is_whole && found <= best, "{seed}: {best} {found} {proof:?}");
            self.bounds += u32::from(found > 0);
            let is_priced = proof[entry].prices.iter().any(|p| p.price != 0);
            self.priced += u32::from(found > 0 && is_priced);
            if found > largest[entry] {
                largest[entry] = found;
                joined[entry] = proof[entry].clone();
            }
        }
        let (found, _) = case.bound(Proof::ScheduleCover { periods: joined });
        let periods = case.programme.settings.periods.count as usize;
        let of_futures = largest.chunks(periods).map(|future| future.iter().sum::<i128>());
        let sum = if case.worst > 0 { of_futures.max() } else { Some(of_futures.sum()) };
        assert_eq!(found, sum, "{seed}");
        assert!(found <= Some(best), "{seed}: {best} {found:?}");
        self.met += u32::from(found == Some(best));
    }
}

#[test]
fn no_cover_bounds_better_than_the_best_plan() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 6_007 + 3);
        let (programme, question) = generator::worst_off(stream);
        seen.bend(seed, &Case::of(programme, question), stream);
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 100 && seen.bounds > 500 && seen.priced > 300, "{seen:?}");
    assert!(seen.without_plans > 50 && seen.met > 20, "{seen:?}");
}

#[test]
fn no_cover_of_futures_bounds_better_than_the_best_plan() {
    let mut seen = Seen::default();
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 7_001 + 11);
        let (programme, question) = generator::worst_off_in_futures(stream);
        seen.bend(seed, &Case::of(programme, question), stream);
    }
    println!("{seen:?}");
    assert!(seen.with_plans > 80 && seen.bounds > 300 && seen.priced > 150, "{seen:?}");
    assert!(seen.met > 5, "{seen:?}");
}
