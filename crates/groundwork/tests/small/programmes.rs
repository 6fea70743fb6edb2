//! Solver and checker on random small programmes: every choice is tried, the checker says which ones
//! keep the rules and what they are worth, and the solver must find the best and prove it.

use std::collections::BTreeMap;

use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::plan::{Method, PLAN_FORMAT};
use groundwork_model::programme::{
    Distance, Facility, Files, Goal, Kind, Map, Objective, Package, PerPeriod, Periods, Place,
    Population, Quota, QuotaRule, Report, Settings, Site, SiteRule, SitesFrom, Stage,
};
use groundwork_model::{
    Certificate, Claim, Decimal, Locked, Opening, Plan, Programme, Question, QuotaSource, Run,
};
use groundwork_solve::{Effects, Options, Planner, Quiet, Solution, changes};
use groundwork_verify::{verify, verify_openings};
use jiff::civil::date;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Draw {
    places: Vec<(i32, i32, u64, Option<u32>)>,
    rules: Vec<(usize, u8, usize, usize)>,
    existing: Option<usize>,
    quotas: Vec<u32>,
    exactly: bool,
    goal: Goal,
    cut_off_km: Option<i64>,
    rate_percent: i64,
    reports: Vec<(usize, u32, i16)>,
    as_of: Option<i16>,
    as_taken: bool,
    locked: Option<(usize, u32)>,
}

fn draws() -> impl Strategy<Value = Draw> {
    let place = (0..40, 0..40, 0_u64..900, proptest::option::of(1_u32..3000));
    let rule = (0_usize..5, 0_u8..4, 0_usize..3, 0_usize..3);
    let goals = [Goal::Distance, Goal::Coverage, Goal::WorstDistance];
    let written = (
        proptest::collection::vec(place, 1..6),
        proptest::collection::vec(rule, 0..3),
        proptest::option::weighted(0.4, 0_usize..5),
        proptest::collection::vec(0_u32..3, 1..4),
        proptest::bool::weighted(0.2),
        proptest::sample::select(goals.to_vec()),
        proptest::option::weighted(0.5, 1_i64..300),
        proptest::sample::select(vec![0_i64, 7]),
    );
    let asked = (
        proptest::collection::vec((0_usize..5, 1_u32..4, 2024_i16..2027), 0..3),
        proptest::option::weighted(0.4, 2023_i16..2028),
        any::<bool>(),
        proptest::option::weighted(0.2, (0_usize..5, 1_u32..4)),
    );
    (written, asked).prop_map(|(written, (reports, as_of, as_taken, locked))| {
        let (places, rules, existing, quotas, exactly, goal, cut_off_km, rate_percent) = written;
        Draw {
            places,
            rules,
            existing,
            quotas,
            exactly,
            goal,
            cut_off_km,
            rate_percent,
            reports,
            as_of,
            as_taken,
            locked,
        }
    })
}

fn settings(draw: &Draw) -> Settings {
    let kind = |id: &str, weight, reach| Kind {
        id: id.to_owned(),
        name: String::new(),
        weight,
        reach_km: Decimal::new(reach, 0),
        ..Kind::default()
    };
    Settings {
        format: 1,
        name: "small".to_owned(),
        description: String::new(),
        source: String::new(),
        population: Population::default(),
        periods: Periods { first: 2024, count: draw.quotas.len() as u32, years: 1 },
        quota: Quota {
            openings: PerPeriod::Each(draw.quotas.clone()),
            rule: if draw.exactly { QuotaRule::Exactly } else { QuotaRule::AtMost },
            ..Quota::default()
        },
        kinds: vec![kind("a", 1000, 60), kind("b", 500, 150)],
        packages: vec![Package {
            id: "p".to_owned(),
            name: String::new(),
            kinds: vec!["a".to_owned(), "b".to_owned()],
            ..Package::default()
        }],
        objective: Objective {
            goal: draw.goal,
            discount_rate: Decimal::new(draw.rate_percent, 2),
            ..Objective::default()
        },
        distance: Distance {
            detour: Decimal::new(13, 1),
            cut_off_km: draw.cut_off_km.map(|km| Decimal::new(km, 0)),
            unserved_km: draw.cut_off_km.map(|km| Decimal::new(km + 50, 0)),
        },
        sites: SitesFrom::Places,
        files: Files::default(),
        map: Map::default(),
        ..Settings::default()
    }
}

fn place(i: usize, &(lat, lon, population, area): &(i32, i32, u64, Option<u32>)) -> Place {
    Place {
        row: i as u32 + 2,
        id: format!("p{i}"),
        name: format!("Place {i}"),
        names: BTreeMap::new(),
        province: String::new(),
        lat: f64::from(lat) / 10.0,
        lon: f64::from(lon) / 10.0,
        population,
        area_km2: area.map(f64::from),
        ..Place::default()
    }
}

fn sites(draw: &Draw) -> Vec<Site> {
    let last = draw.quotas.len() - 1;
    let mut sites: BTreeMap<usize, Site> = BTreeMap::new();
    for &(at, rule, a, b) in draw.rules.iter().filter(|rule| rule.0 < draw.places.len()) {
        sites.entry(at).or_insert(Site {
            row: 2,
            id: format!("p{at}"),
            name: None,
            location: None,
            rule: match rule {
                0 => SiteRule::Required,
                1 => SiteRule::Forbidden,
                _ => SiteRule::Candidate,
            },
            earliest: Some(a.min(b).min(last) as u32 + 1),
            latest: Some(a.max(b).min(last) as u32 + 1),
            ..Site::default()
        });
    }
    sites.into_values().collect()
}

fn report(draw: &Draw, &(at, period, year): &(usize, u32, i16)) -> Option<Report> {
    (at < draw.places.len() && period as usize <= draw.quotas.len()).then(|| Report {
        row: 2,
        site: format!("p{at}"),
        named: format!("name of {at} in {period}"),
        package: "p".to_owned(),
        period: Some(period),
        stage: Stage::Begun,
        date: date(year, 6, 30),
        source: String::new(),
    })
}

fn programme(draw: &Draw) -> Programme {
    let sites = sites(draw);
    let existing = draw
        .existing
        .filter(|&at| at < draw.places.len())
        .map(|at| format!("p{at}"))
        .filter(|id| sites.iter().all(|site| site.id != *id));
    let facility = |site| Facility {
        row: 2,
        site,
        name: None,
        opened: None,
        source: None,
        ..Facility::default()
    };
    Programme {
        settings: settings(draw),
        places: draw.places.iter().enumerate().map(|(i, drawn)| place(i, drawn)).collect(),
        sites,
        facilities: existing.map(facility).into_iter().collect(),
        reports: draw.reports.iter().filter_map(|drawn| report(draw, drawn)).collect(),
    }
}

fn question(draw: &Draw) -> Question {
    let locked = draw
        .locked
        .filter(|&(at, period)| at < draw.places.len() && period as usize <= draw.quotas.len())
        .map(|(at, period)| Locked { site: format!("p{at}"), period, ..Locked::default() });
    Question {
        as_of: draw.as_of.map(|year| date(year, 7, 1)),
        quotas: if draw.as_taken { QuotaSource::AsTaken } else { QuotaSource::AsWritten },
        locked: locked.into_iter().collect(),
        ..Question::default()
    }
}

/// Lists every choice of a period, or none, for every place.
fn all_choices(programme: &Programme) -> Vec<Vec<Opening>> {
    let mut choices = vec![Vec::new()];
    for place in &programme.places {
        let mut grown = choices.clone();
        for period in 1..=programme.settings.periods.count {
            for choice in &choices {
                let opening = Opening {
                    site: place.id.clone(),
                    package: "p".to_owned(),
                    period,
                    year: programme.settings.periods.label(period),
                    fixed: false,
                    ..Opening::default()
                };
                grown.push(choice.iter().cloned().chain([opening]).collect());
            }
        }
        choices = grown;
    }
    choices
}

/// Returns the values of all choices that keep every rule, as the checker sees them.
fn values(programme: &Programme, question: &Question) -> Vec<i128> {
    all_choices(programme)
        .iter()
        .map(|choice| verify_openings(programme, question, choice))
        .filter(|score| score.problems.is_empty())
        .filter_map(|score| score.value)
        .collect()
}

/// Makes the exchanged plan and certificate of a solution.
fn exchanged(
    planner: &Planner<'_>,
    question: &Question,
    solution: Solution,
) -> (Plan, Certificate) {
    let (sense, scale, unit) = planner.measure();
    let bound = solution.bound.expect("every goal has a bound");
    let plan = Plan {
        format: PLAN_FORMAT,
        programme: "small".to_owned(),
        label: String::new(),
        method: Method::Optimised,
        inputs: vec![],
        question: question.clone(),
        status: solution.status,
        stopped_by: solution.stopped_by,
        sense,
        scale,
        unit: unit.to_owned(),
        value: solution.value,
        bound: solution.bound,
        gap: solution.gap(),
        openings: solution.openings,
        outcomes: solution.outcomes,
        person_years_of_access: solution.person_years_of_access,
        certificate: None,
        run: Run::default(),
        assignments: Vec::new(),
        futures: Vec::new(),
    };
    let certificate = Certificate {
        format: CERTIFICATE_FORMAT,
        inputs: vec![],
        question: question.clone(),
        claim: Claim { value: plan.value, bound },
        proof: solution.proof.expect("a bound has a proof"),
    };
    (plan, certificate)
}

fn seed() -> u64 {
    std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        // The same cases on every run; PROPTEST_RNG_SEED draws others.
        rng_seed: proptest::test_runner::RngSeed::Fixed(seed()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn the_plan_is_best_and_the_checker_accepts_it(draw in draws()) {
        let (programme, question) = (programme(&draw), question(&draw));
        let values = values(&programme, &question);
        let coverage = draw.goal == Goal::Coverage;
        let best = if coverage { values.iter().max() } else { values.iter().min() };
        let planner = match (Planner::new(&programme, &question), best) {
            (Err(_), best) => {
                prop_assert_eq!(best, None, "refused, and there is a plan");
                return Ok(());
            }
            (Ok(planner), Some(_)) => planner,
            (Ok(_), None) => return Err(TestCaseError::fail("accepted, and there is no plan")),
        };
        let solution = planner.solve(Options::default(), &Quiet).expect("a plan exists");
        let (plan, certificate) = exchanged(&planner, &question, solution);
        let verdict = verify(&programme, &[], &plan, Some(&certificate));
        prop_assert!(verdict.accepted, "{:?}", verdict.problems);
        prop_assert_eq!(Some(&plan.value), best, "bound {:?}", plan.bound);
        if draw.goal != Goal::WorstDistance {
            // Floating point cannot tell values apart that agree in more digits.
            let gap = plan.value.abs_diff(plan.bound.expect("every goal has a bound"));
            prop_assert!(gap as f64 <= 1e-15 * plan.value as f64, "{gap} of {}", plan.value);
        }
        let plain = planner.plain().expect("the programme is plain");
        for by_hand in [plain.biggest_first(), plain.greedy(), plain.two_step(Options::default(), &Quiet)] {
            let score = verify_openings(&programme, &question, &by_hand.openings);
            prop_assert_eq!(score.problems, vec![]);
            prop_assert_eq!(score.value, Some(by_hand.value));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        rng_seed: proptest::test_runner::RngSeed::Fixed(seed()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn gains_and_losses_add_up_to_the_difference_of_the_values(draw in draws(), at in any::<[prop::sample::Index; 2]>()) {
        let mut programme = programme(&draw);
        for kind in &mut programme.settings.kinds {
            kind.weight = 1000;
        }
        let choices = all_choices(&programme);
        let both = at.map(|at| at.get(&choices));
        let effects = both.map(|choice| Effects::of(&programme, choice, &[]));
        let values = both.map(|choice| verify_openings(&programme, &Question::default(), choice).value);
        for (effects, value) in effects.iter().zip(values) {
            prop_assert_eq!(effects.value(&programme, draw.goal), value);
        }
        let changes = changes(&programme, &effects[0], &effects[1]);
        let plain = draw.goal == Goal::Distance && draw.rate_percent == 0;
        if let (true, [Some(one), Some(other)]) = (plain, values) {
            prop_assert_eq!(changes.total.net_metres(), other - one);
        }
        let of_places: i128 = changes.places.iter().map(|place| place.person_metres).sum();
        prop_assert_eq!(changes.total.net_metres(), of_places);
    }
}
