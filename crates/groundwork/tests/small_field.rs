//! Solver and checker on random small benchmark problems: every choice is tried, the checker values it, and
//! the solver must find the best and prove a bound that holds.

use groundwork_model::field::{
    Ask, Costs, FieldAnswer, FieldCertificate, FieldOpening, FieldProblem, FieldSite, FieldStatus,
    LatLon, Rounding,
};
use groundwork_model::plan::Sense;
use groundwork_model::{Plan, StoppedBy};
use groundwork_solve::{FieldSolution, Options, Quiet, solve_field};
use groundwork_verify::verify_field;
use proptest::prelude::*;

fn problems() -> impl Strategy<Value = FieldProblem> {
    let points = proptest::collection::vec((0_i64..40, 0_i64..40, 0_u64..9), 1..6);
    let asks =
        prop_oneof![
            (1_u32..4).prop_map(|p| Ask::PMedian { p }),
            (1_u32..4).prop_map(|p| Ask::PCentre { p }),
            (1_u32..4, 0_u32..30).prop_map(|(p, reach)| Ask::Cover { p, reach }),
            (1_u32..4, 1_u32..3, any::<bool>())
                .prop_map(|(periods, quota, exactly)| Ask::Rollout { periods, quota, exactly }),
        ];
    (points, asks, 0..4).prop_map(|(points, ask, metric)| problem(&points, ask, metric))
}

fn problem(points: &[(i64, i64, u64)], ask: Ask, metric: i32) -> FieldProblem {
    let plane = |rounding, coordinate_scale| Costs::Plane {
        points: points.iter().map(|&(x, y, _)| (x, y)).collect(),
        coordinate_scale,
        rounding,
    };
    let costs = match metric {
        0 => plane(Rounding::Floor, 1),
        1 => plane(Rounding::Round, 10),
        2 => Costs::Sphere {
            points: points
                .iter()
                .map(|&(x, y, _)| LatLon { lat: x as f64 / 1e5, lon: y as f64 / 1e5 })
                .collect(),
        },
        _ => Costs::Matrix(
            points
                .iter()
                .flat_map(|a| points.iter().map(move |b| ((a.0 * 7 + b.1 * 3) % 31) as u32))
                .collect(),
        ),
    };
    FieldProblem {
        weights: points.iter().map(|&(_, _, weight)| weight).collect(),
        sites: vec![FieldSite::default(); points.len()],
        costs,
        ask,
        scale: 1,
    }
}

fn periods(ask: Ask) -> u32 {
    if let Ask::Rollout { periods, .. } = ask { periods } else { 1 }
}

/// Makes an answer that claims nothing but its openings and a value.
fn answer(openings: Vec<FieldOpening>, sense: Sense, value: Option<i128>) -> FieldAnswer {
    FieldAnswer {
        status: FieldStatus::Feasible,
        stopped_by: StoppedBy::Exhausted,
        sense,
        scale: 1,
        value,
        bound: None,
        gap: None,
        seconds: 0.0,
        work: 0,
        peak_rss_bytes: 0,
        openings,
        assignments: vec![],
    }
}

/// Returns the values of all choices that keep the rules, as the checker sees them.
fn values(problem: &FieldProblem, sense: Sense) -> Vec<i128> {
    let mut choices = vec![Vec::new()];
    for site in 1..=problem.sites.len() as u32 {
        let with = |choice: &Vec<FieldOpening>, period| {
            choice.iter().copied().chain([FieldOpening { site, period }]).collect()
        };
        let opened: Vec<Vec<FieldOpening>> = choices
            .iter()
            .flat_map(|choice| (1..=periods(problem.ask)).map(move |period| with(choice, period)))
            .collect();
        choices.extend(opened);
    }
    choices
        .into_iter()
        .map(|choice| verify_field(problem, "", &answer(choice, sense, None), None))
        .filter(|verdict| verdict.feasible)
        .filter_map(|verdict| verdict.value)
        .collect()
}

fn claimed(solution: FieldSolution) -> (FieldAnswer, Option<FieldCertificate>) {
    let numbered = |&(site, period): &(usize, usize)| FieldOpening {
        site: site as u32 + 1,
        period: period as u32 + 1,
    };
    let openings = solution.openings.iter().map(numbered).collect();
    let answer = FieldAnswer {
        status: solution.status,
        stopped_by: solution.stopped_by,
        bound: solution.bound,
        gap: solution.value.zip(solution.bound).map(|(v, b)| Plan::gap_of(v, b)),
        ..answer(openings, solution.sense, solution.value)
    };
    let certificate = solution.bound.zip(solution.proof).map(|(bound, proof)| FieldCertificate {
        format: 1,
        sha256: String::new(),
        value: answer.value,
        bound,
        proof,
    });
    (answer, certificate)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 800,
        // The same cases on every run; PROPTEST_RNG_SEED draws others.
        rng_seed: proptest::test_runner::RngSeed::Fixed(
            std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
        ),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn the_answer_is_best_and_the_checker_accepts_it(problem in problems()) {
        let solution = solve_field(&problem, Options::default(), &Quiet).expect("a kind that is solved");
        let sense = solution.sense;
        let values = values(&problem, sense);
        let best = if sense == Sense::Max { values.iter().max() } else { values.iter().min() };
        if solution.status == FieldStatus::Infeasible {
            prop_assert_eq!(best, None);
            return Ok(());
        }
        let (answer, certificate) = claimed(solution);
        prop_assert_eq!(answer.value.as_ref(), best, "{:?}", answer);
        let verdict = verify_field(&problem, "", &answer, certificate.as_ref());
        prop_assert!(verdict.accepted, "{:?} {:?}", verdict.problems, answer);
    }
}
