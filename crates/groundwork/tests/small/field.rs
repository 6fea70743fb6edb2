//! Solver and checker on random small benchmark problems: every choice is tried, the checker values it, and
//! the solver must find the best and prove a bound that holds.

use groundwork_model::field::{
    Ask, Costs, FieldAnswer, FieldAssignment, FieldCertificate, FieldOpening, FieldProblem,
    FieldSite, FieldStatus, LatLon, Rounding,
};
use groundwork_model::plan::Sense;
use groundwork_model::{Plan, Proof, StoppedBy};
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

/// Makes set coverings and facility location without capacities.
fn facilities() -> impl Strategy<Value = FieldProblem> {
    let points = proptest::collection::vec((0_i64..40, 0_i64..40, 0_u64..9), 1..6);
    let asks = prop_oneof![Just(Ask::Ufl), (0_u32..30).prop_map(|reach| Ask::SetCover { reach })];
    (points, asks, 0..5, opening_costs()).prop_map(|(points, ask, metric, costs)| {
        with_sites(problem(&points, ask, metric), &costs, &[None; SITES])
    })
}

/// Makes facility location with capacities: few units, so that all ways to serve them can be tried.
fn capacitated(single: bool) -> impl Strategy<Value = FieldProblem> {
    let points = proptest::collection::vec((0_i64..40, 0_i64..40, 0_u64..4), 1..5);
    let capacities = proptest::array::uniform5(proptest::option::weighted(0.9, 0_u64..9));
    let ask = Ask::Cfl { single };
    (points, 0..5, opening_costs(), capacities).prop_map(
        move |(points, metric, costs, capacities)| {
            with_sites(problem(&points, ask, metric), &costs, &capacities)
        },
    )
}

/// Sites that a random problem has at most.
const SITES: usize = 5;

/// Makes opening costs: none at all, small or large ones.
fn opening_costs() -> impl Strategy<Value = [u64; SITES]> {
    prop_oneof![
        Just([0; SITES]),
        proptest::array::uniform5(0_u64..20),
        proptest::array::uniform5(0_u64..200)
    ]
}

fn with_sites(
    mut problem: FieldProblem,
    opening_costs: &[u64; SITES],
    capacities: &[Option<u64>; SITES],
) -> FieldProblem {
    let stated = opening_costs.iter().zip(capacities);
    for (site, (&opening_cost, &capacity)) in problem.sites.iter_mut().zip(stated) {
        *site = FieldSite { opening_cost, capacity };
    }
    problem
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
        3 => Costs::Matrix(table(points).map(|cost| cost as u32).collect()),
        _ => Costs::Total(table(points).collect()),
    };
    FieldProblem {
        weights: points.iter().map(|&(_, _, weight)| weight).collect(),
        sites: vec![FieldSite::default(); points.len()],
        costs,
        ask,
        scale: 1,
    }
}

/// Returns costs that are no distances.
fn table(points: &[(i64, i64, u64)]) -> impl Iterator<Item = u64> + '_ {
    points.iter().flat_map(|a| points.iter().map(move |b| ((a.0 * 7 + b.1 * 3) % 31) as u64))
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
        // A value, right or wrong, makes an answer of no openings too.
        .map(|choice| verify_field(problem, "", &answer(choice, sense, Some(0)), None))
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
    let assigned = |&(client, site, amount): &(usize, usize, u64)| FieldAssignment {
        client: client as u32 + 1,
        site: site as u32 + 1,
        amount,
    };
    let answer = FieldAnswer {
        assignments: solution.assignments.iter().map(assigned).collect(),
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

/// Units into which all shares of costs divide: no demand is above 3.
const SHARES: i128 = 6;

/// Returns the least value of all answers within capacities, by the definition.
fn best_within_capacities(problem: &FieldProblem) -> Option<i128> {
    let sites = problem.sites.len();
    let values = (0..1_usize << sites).filter_map(|mask| {
        let open: Vec<usize> = (0..sites).filter(|site| mask >> site & 1 > 0).collect();
        let room = open.iter().map(|&site| problem.sites[site].capacity.unwrap_or(u64::MAX));
        let shares = best_shares(problem, &open, 0, &room.collect::<Vec<_>>())?;
        let opening = open.iter().map(|&site| i128::from(problem.sites[site].opening_cost));
        Some(opening.sum::<i128>() + (shares + SHARES - 1) / SHARES)
    });
    values.min()
}

/// Returns the least cost, x 6, of serving the clients from one on with the room that is left.
fn best_shares(
    problem: &FieldProblem,
    open: &[usize],
    client: usize,
    room: &[u64],
) -> Option<i128> {
    let Some(&demand) = problem.weights.get(client) else { return Some(0) };
    let single = matches!(problem.ask, Ask::Cfl { single: true });
    let share = if matches!(problem.costs, Costs::Total(_)) { i128::from(demand) } else { 1 };
    let costs = splits(demand, room, single).into_iter().filter_map(|split| {
        let rest: Vec<u64> = room.iter().zip(&split).map(|(room, units)| room - units).collect();
        let served = open.iter().zip(&split).filter(|(_, units)| **units > 0);
        let here = served.map(|(&site, &units)| {
            pair_cost(problem, client, site) * i128::from(units) * SHARES / share
        });
        Some(here.sum::<i128>() + best_shares(problem, open, client + 1, &rest)?)
    });
    costs.min()
}

/// Returns every way to take units from the room of sites.
fn splits(units: u64, room: &[u64], single: bool) -> Vec<Vec<u64>> {
    let Some((&first, others)) = room.split_first() else {
        return if units == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let taken = (0..=units.min(first)).filter(|&taken| !single || taken == 0 || taken == units);
    taken
        .flat_map(|taken| {
            let rest = splits(units - taken, others, single).into_iter();
            rest.map(move |rest| [vec![taken], rest].concat())
        })
        .collect()
}

fn pair_cost(problem: &FieldProblem, client: usize, site: usize) -> i128 {
    let at = client * problem.sites.len() + site;
    match &problem.costs {
        Costs::Matrix(costs) => i128::from(costs[at]),
        Costs::Total(costs) => i128::from(costs[at]),
        // The least cost of a client by itself is what it costs from the only open site.
        _ => {
            let mut weights = vec![0; problem.weights.len()];
            weights[client] = 1;
            let alone = FieldProblem { weights, ask: Ask::PMedian { p: 1 }, ..problem.clone() };
            let open = vec![FieldOpening { site: site as u32 + 1, period: 1 }];
            let verdict = verify_field(&alone, "", &answer(open, Sense::Min, None), None);
            verdict.value.expect("somebody is served")
        }
    }
}

/// Asserts that a solution has the best value, proves it, and is accepted.
fn assert_best(problem: &FieldProblem, solution: FieldSolution, best: Option<i128>) {
    let (answer, certificate) = claimed(solution);
    assert_eq!(answer.value, best, "{answer:?}");
    assert_eq!(answer.bound, best, "{answer:?}");
    let verdict = verify_field(problem, "", &answer, certificate.as_ref());
    assert!(verdict.accepted, "{:?} {answer:?}", verdict.problems);
}

/// A choice that branching leaves alone may leave a point without a site that its tree still lists.
#[test]
fn a_cover_is_proved_where_the_last_choice_covers_nothing() {
    let site = |opening_cost| FieldSite { opening_cost, capacity: None };
    let problem = FieldProblem {
        weights: vec![1; 3],
        sites: vec![site(13), site(63), site(54)],
        costs: Costs::Matrix(vec![8, 22, 1, 0, 14, 24, 21, 4, 14]),
        ask: Ask::SetCover { reach: 14 },
        scale: 1,
    };
    let solution = solve_field(&problem, Options::default(), &Quiet).expect("it is small");
    assert_best(&problem, solution, Some(67));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
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

    #[test]
    fn facilities_are_best_and_the_checker_accepts_them(problem in facilities()) {
        let solution = solve_field(&problem, Options::default(), &Quiet).expect("it is small");
        let best = values(&problem, Sense::Min).into_iter().min();
        if solution.status == FieldStatus::Infeasible {
            prop_assert_eq!(best, None);
            return Ok(());
        }
        assert_best(&problem, solution, best);
    }

    #[test]
    fn split_clients_within_capacities_are_served_best(problem in capacitated(false)) {
        let solution = solve_field(&problem, Options::default(), &Quiet).expect("it is small");
        let best = best_within_capacities(&problem);
        prop_assert_eq!(solution.status == FieldStatus::Infeasible, best.is_none());
        if best.is_none() {
            return Ok(());
        }
        assert_best(&problem, solution, best);
    }

    #[test]
    fn whole_clients_within_capacities_are_served_as_claimed(problem in capacitated(true)) {
        let solution = solve_field(&problem, Options::default(), &Quiet).expect("it is small");
        let best = best_within_capacities(&problem);
        prop_assert!(solution.status != FieldStatus::Infeasible || best.is_none());
        prop_assert_eq!(solution.value.is_some(), best.is_some());
        let Some(best) = best else { return Ok(()) };
        prop_assert!(solution.value >= Some(best) && solution.bound <= Some(best));
        let (answer, certificate) = claimed(solution);
        let verdict = verify_field(&problem, "", &answer, certificate.as_ref());
        prop_assert!(verdict.accepted, "{:?} {:?}", verdict.problems, answer);
    }

    #[test]
    fn what_is_the_same_problem_has_the_same_value(
        problem in prop_oneof![problems(), facilities(), capacitated(false)],
        shift in 1_usize..5,
    ) {
        let Some(problem) = as_table(&problem) else { return Ok(()) };
        let before = solved(&problem);
        prop_assert_eq!(solved(&rotated(&problem, shift)), before);
        let is_cfl = matches!(problem.ask, Ask::Cfl { .. });
        if !is_cfl || !matches!(problem.costs, Costs::Total(_)) {
            prop_assert_eq!(solved(&scaled(&problem, 3)), before.map(|value| match problem.ask {
                Ask::Cover { .. } => value,
                Ask::SetCover { .. } if problem.sites.iter().all(|s| s.opening_cost == 0) => value,
                _ => 3 * value,
            }));
        }
        if let Some(two) = with_a_client_in_two(&problem) {
            prop_assert_eq!(solved(&two), before);
        }
    }
}

/// Returns the value that is proved best; `None` when no answer keeps the rules.
fn solved(problem: &FieldProblem) -> Option<i128> {
    let solution = solve_field(problem, Options::default(), &Quiet).expect("it is small");
    assert!(solution.status == FieldStatus::Infeasible || solution.value == solution.bound);
    solution.value
}

/// Returns the problem if its costs are in a table.
fn as_table(problem: &FieldProblem) -> Option<FieldProblem> {
    matches!(problem.costs, Costs::Matrix(_) | Costs::Total(_)).then(|| problem.clone())
}

/// Numbers clients and sites anew: each moves up by so many places, the last to the front.
fn rotated(problem: &FieldProblem, shift: usize) -> FieldProblem {
    let mut other = problem.clone();
    let (clients, sites) = (problem.weights.len(), problem.sites.len());
    other.weights.rotate_right(shift % clients);
    other.sites.rotate_right(shift % sites);
    fn turned<T: Clone>(costs: &[T], sites: usize, shift: usize) -> Vec<T> {
        let mut rows: Vec<Vec<T>> = costs.chunks(sites).map(<[T]>::to_vec).collect();
        rows.iter_mut().for_each(|row| row.rotate_right(shift % sites));
        let count = rows.len();
        rows.rotate_right(shift % count);
        rows.concat()
    }
    other.costs = match &problem.costs {
        Costs::Matrix(costs) => Costs::Matrix(turned(costs, sites, shift)),
        Costs::Total(costs) => Costs::Total(turned(costs, sites, shift)),
        other => other.clone(),
    };
    other
}

/// Makes all costs so many times as high, and the reach.
fn scaled(problem: &FieldProblem, by: u32) -> FieldProblem {
    let mut other = problem.clone();
    other.sites.iter_mut().for_each(|site| site.opening_cost *= u64::from(by));
    match &mut other.costs {
        Costs::Matrix(costs) => costs.iter_mut().for_each(|cost| *cost *= by),
        Costs::Total(costs) => costs.iter_mut().for_each(|cost| *cost *= u64::from(by)),
        _ => {}
    }
    match &mut other.ask {
        Ask::Cover { reach, .. } | Ask::SetCover { reach } => *reach *= by,
        _ => {}
    }
    other
}

/// Makes two clients of the first that can be divided, with the same costs a unit.
fn with_a_client_in_two(problem: &FieldProblem) -> Option<FieldProblem> {
    let client = problem.weights.iter().position(|&weight| weight > 1)?;
    let Costs::Matrix(costs) = &problem.costs else { return None };
    let row = costs.chunks(problem.sites.len()).nth(client)?;
    let mut other = problem.clone();
    other.weights[client] -= 1;
    other.weights.push(1);
    other.costs = Costs::Matrix([&costs[..], row].concat());
    Some(other)
}

/// Returns facility location of which the values leap: sites open for 900, a client costs 0 to 4 from a few
/// sites and 9,000 from the others.
fn leaping(seed: u64) -> FieldProblem {
    const N: u64 = 40;
    let mut state = seed;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let cost = |_| if draw(N) < 5 { draw(5) } else { 9_000 };
    let costs: Vec<u64> = (0..N * N).map(cost).collect();
    FieldProblem {
        weights: vec![1; N as usize],
        sites: vec![FieldSite { opening_cost: 900, capacity: None }; N as usize],
        costs: Costs::Total(costs),
        ask: Ask::Ufl,
        scale: 1,
    }
}

/// What is proved in halves is accepted, and no search from elsewhere finds better.
#[test]
fn leaping_values_are_proved_in_halves() {
    let mut halves = 0;
    for seed in 0..6 {
        let problem = leaping(seed);
        let solution = solve_field(&problem, Options::default(), &Quiet).expect("a small problem");
        assert_eq!(solution.status, FieldStatus::Optimal, "{seed}");
        let value = solution.value;
        let (answer, certificate) = claimed(solution);
        let verdict = verify_field(&problem, "", &answer, certificate.as_ref());
        assert!(verdict.accepted, "{seed}: {:?}", verdict.problems);
        let proof = certificate.expect("a proved answer").proof;
        halves += usize::from(matches!(proof, Proof::Grains { .. }));
        let other = Options { seed: seed + 100, ..Options::default() };
        let again = solve_field(&problem, other, &Quiet).expect("a small problem");
        assert_eq!(again.value, value, "{seed}");
    }
    assert!(halves > 0, "no problem was divided");
}
