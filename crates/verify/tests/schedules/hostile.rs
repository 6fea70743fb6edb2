//! Whatever stands in a plan or a certificate, the checker answers; and what is altered is refused, or
//! still true.

use groundwork_model::certificate::{
    KeptSchedules, LayerRadii, RuleFamily, RuleName, RulePrice, ScheduleCoverProof, ScheduleNode,
};
use groundwork_model::plan::{Action, Served};
use groundwork_model::{
    Decimal, Goal, Held, Opening, Outlook, Plan, Programme, Progress, Promise, Proof, Question,
    Replan, SiteState,
};
use groundwork_verify::{verify, verify_choices};

use crate::common::{Stream, certify, inputs, plan_in, plan_of};
use crate::generator::{self, site_ids};
use crate::{bounds, choices, futures, values};

/// Random programmes; each meets several plans and certificates.
const PROGRAMMES: u64 = 300;

/// Draws a programme, every third with several futures.
fn drawn(seed: u64, stream: &mut Stream) -> (Programme, Question) {
    if seed % 3 == 2 { generator::with_scenarios(stream) } else { generator::programme(stream) }
}

fn small(stream: &mut Stream) -> u32 {
    if stream.chance(5) { u32::MAX } else { stream.below(5) as u32 }
}

fn number(stream: &mut Stream) -> u64 {
    match stream.below(5) {
        0 => u64::MAX,
        1 => stream.next(),
        2 => 0,
        _ => stream.below(50_000),
    }
}

fn price(stream: &mut Stream) -> i128 {
    match stream.below(8) {
        0 => i128::MAX,
        1 => i128::MIN,
        2 => i128::from(stream.next() as i64) << 60,
        _ => i128::from(stream.below(1_000_000)),
    }
}

fn name(stream: &mut Stream, sound: &[RuleName]) -> RuleName {
    if !sound.is_empty() && stream.chance(70) {
        return sound[stream.below(sound.len() as u64) as usize].clone();
    }
    let families = [
        RuleFamily::Quota,
        RuleFamily::Budget,
        RuleFamily::Floor,
        RuleFamily::Ceiling,
        RuleFamily::Spacing,
        RuleFamily::Exclusive,
        RuleFamily::Together,
        RuleFamily::Precedence,
        RuleFamily::Need,
        RuleFamily::Changes,
        RuleFamily::Held,
        RuleFamily::Future,
    ];
    RuleName {
        rule: families[stream.below(12) as usize],
        number: small(stream),
        period: small(stream),
        province: ["", "north", "*"][stream.below(3) as usize].to_owned(),
        site: small(stream),
        other: small(stream),
        future: if stream.below(4) == 0 { small(stream) } else { 0 },
    }
}

fn prices(stream: &mut Stream, sound: &[RuleName]) -> Vec<RulePrice> {
    let length = stream.below(4);
    (0..length).map(|_| RulePrice { of: name(stream, sound), price: price(stream) }).collect()
}

fn list(stream: &mut Stream) -> Vec<u32> {
    let length = stream.below(4);
    let mut list: Vec<u32> = (0..length).map(|_| small(stream)).collect();
    if stream.chance(80) {
        list.sort_unstable();
        list.dedup();
    }
    list
}

fn node(stream: &mut Stream, number: u32, sound: &[RuleName]) -> ScheduleNode {
    let mut node = ScheduleNode {
        parent: if stream.chance(90) {
            stream.below(u64::from(number)) as u32
        } else {
            small(stream)
        },
        rules_alone: stream.chance(50),
        prices: prices(stream, sound),
        ..ScheduleNode::default()
    };
    if stream.chance(50) {
        node.site = small(stream);
        node.schedules = list(stream);
    } else {
        for _ in 0..stream.below(3) {
            let site = small(stream);
            node.kept.push(KeptSchedules { site, schedules: list(stream) });
        }
    }
    if stream.chance(50) {
        let changed = list(stream);
        let radii = changed.iter().map(|_| self::number(stream)).collect();
        node.radii.push(LayerRadii { layer: 1 + small(stream) % 6, changed, radii });
    }
    node
}

fn covers(stream: &mut Stream, case: &bounds::Case) -> Vec<ScheduleCoverProof> {
    let (programme, sound) = (&case.programme, &case.names);
    let kinds = programme.settings.package_kinds().len();
    let places = programme.places.len();
    let count = programme.settings.periods.count * case.futures as u32;
    let count = count + u32::from(stream.chance(5));
    let period = |_| {
        let places = places + usize::from(stream.chance(5));
        let weights = |_| (0..places).map(|_| number(stream)).collect();
        ScheduleCoverProof {
            weights: (0..kinds).map(weights).collect(),
            at_least_m: if stream.chance(10) { u32::MAX } else { stream.below(60_000) as u32 },
            prices: prices(stream, sound),
        }
    };
    (0..count).map(period).collect()
}

fn proof(stream: &mut Stream, case: &bounds::Case) -> Proof {
    let (layers, sound) = (&case.layers, &case.names);
    let mut radii: Vec<Vec<u64>> =
        layers.iter().map(|length| (0..*length).map(|_| number(stream)).collect()).collect();
    if stream.chance(5) {
        radii.pop();
    }
    if stream.chance(5)
        && let Some(list) = radii.first_mut()
    {
        list.pop();
    }
    let nodes = stream.below(6) as u32;
    Proof::Schedules {
        shift: if stream.chance(90) { stream.below(9) as u32 } else { small(stream).max(20) },
        prices: prices(stream, sound),
        radii,
        nodes: (1..=nodes).map(|number| node(stream, number, sound)).collect(),
        covers: if stream.chance(30) { covers(stream, case) } else { Vec::new() },
    }
}

fn rows(stream: &mut Stream, programme: &Programme) -> Vec<Opening> {
    let ids = site_ids(programme);
    let length = stream.below(5);
    (0..length)
        .map(|_| Opening {
            site: ids[stream.below(ids.len() as u64) as usize].clone(),
            package: format!("package{}", stream.below(4)),
            period: small(stream),
            year: 2024,
            fixed: false,
            action: [Action::Open, Action::Upgrade, Action::Close][stream.below(3) as usize],
        })
        .collect()
}

fn assignments(stream: &mut Stream, programme: &Programme) -> Vec<Served> {
    let ids = site_ids(programme);
    let length = stream.below(5);
    (0..length)
        .map(|_| Served {
            kind: format!("kind{}", stream.below(3)),
            period: small(stream),
            place: format!("p{}", stream.below(5)),
            site: ids[stream.below(ids.len() as u64) as usize].clone(),
            persons: number(stream),
        })
        .collect()
}

#[test]
fn nothing_makes_the_checker_panic() {
    let mut accepted = 0;
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 104_729 + 5);
        let (mut programme, question) = drawn(seed, stream);
        if stream.chance(15) {
            for place in &mut programme.places {
                place.population = number(stream);
            }
        }
        let case = bounds::Case::of(programme, question);
        for _ in 0..15 {
            let rows = rows(stream, &case.programme);
            let served = assignments(stream, &case.programme);
            let mut plan = plan_of(&case.programme, &case.question, &rows, &served);
            let proof = if case.question.goal(&case.programme) == Goal::WorstDistance
                || stream.chance(10)
            {
                Proof::ScheduleCover { periods: covers(stream, &case) }
            } else {
                proof(stream, &case)
            };
            let certificate = certify(&mut plan, 0, proof);
            let verdict = verify(&case.programme, &inputs(), &plan, Some(&certificate));
            assert!(!verdict.accepted || verdict.problems.is_empty());
            accepted += u32::from(verdict.bound.is_some());
        }
    }
    assert!(accepted > 100, "{accepted} proofs could be evaluated");
}

/// Draws a question of which any part may be nonsense.
fn question(stream: &mut Stream, programme: &Programme) -> Question {
    let goals = [
        Goal::Distance,
        Goal::Coverage,
        Goal::WorstDistance,
        Goal::SelfSufficiency,
        Goal::Equity,
        Goal::Cost,
    ];
    let any_goal = |stream: &mut Stream| goals[stream.below(6) as usize];
    let mut question = Question { goal: Some(any_goal(stream)), ..Question::default() };
    for _ in 0..stream.below(3) {
        question.held.push(Held { goal: any_goal(stream), value: price(stream) });
    }
    let mut replan = Replan { begun_by: small(stream), ..Replan::default() };
    for row in rows(stream, programme) {
        let Opening { site, package, period, action, .. } = row;
        let site = if stream.chance(95) { site } else { "nowhere".to_owned() };
        if stream.chance(30) {
            let state = [Progress::Built, Progress::UnderWay, Progress::Failed, Progress::NotBegun];
            let state = state[stream.below(4) as usize];
            let period = stream.chance(90).then_some(period);
            let package = stream.chance(80).then_some(package);
            replan.state.push(SiteState { site, state, package, period });
        } else {
            replan.promised.push(Promise { site, package, period, action });
        }
    }
    replan.changes = stream.chance(50).then(|| small(stream));
    replan.price = stream.chance(50).then(|| number(stream));
    question.replan = stream.chance(80).then_some(replan);
    question.outlook = match stream.below(4) {
        0 => Outlook::AsWritten,
        1 => Outlook::Future(["future0", "draw/1", ""][stream.below(3) as usize].to_owned()),
        _ => Outlook::Together,
    };
    question
}

#[test]
fn no_question_makes_the_checker_panic() {
    let mut answered = 0;
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 7_919 + 13);
        let (mut programme, _) = drawn(seed, stream);
        let objective = &mut programme.settings.objective;
        if stream.chance(30) {
            objective.per_person_km =
                Some(Decimal::new(stream.next() as i64 / 16, small(stream) % 18));
        }
        if stream.chance(30) {
            objective.aversion_per_km =
                Some(Decimal::new(stream.next() as i64 / 16, small(stream) % 18));
        }
        if stream.chance(20) {
            objective.resource = None;
        }
        let question = question(stream, &programme);
        let case = bounds::Case::of(programme, question);
        for _ in 0..8 {
            let rows = rows(stream, &case.programme);
            let served = assignments(stream, &case.programme);
            let mut plan = plan_of(&case.programme, &case.question, &rows, &served);
            let proof = if case.question.goal(&case.programme) == Goal::WorstDistance {
                Proof::ScheduleCover { periods: covers(stream, &case) }
            } else {
                proof(stream, &case)
            };
            let certificate = certify(&mut plan, 0, proof);
            let verdict = verify(&case.programme, &inputs(), &plan, Some(&certificate));
            assert!(!verdict.accepted || verdict.problems.is_empty());
            answered += u32::from(verdict.bound.is_some());
        }
    }
    assert!(answered > 50, "{answered} proofs could be evaluated");
}

/// Gives every future the largest numbers.
fn most_of_all(programme: &mut Programme) {
    let Some(scenarios) = &mut programme.settings.scenarios else { return };
    for future in &mut scenarios.futures {
        future.weight = u32::MAX;
        future.demand.iter_mut().for_each(|row| row.per_cent = u32::MAX);
        future.cost_per_cent.values_mut().for_each(|per_cent| *per_cent = u32::MAX);
        future.late.iter_mut().for_each(|row| row.periods = u32::MAX);
    }
    if let Some(delays) = &mut scenarios.delays {
        delays.late_per_cent.iter_mut().for_each(|share| *share = u32::MAX);
        delays.seed = u64::MAX;
    }
}

#[test]
fn the_largest_crowds_and_costs_do_not_overflow() {
    for seed in 0..60 {
        let stream = &mut Stream(seed * 31 + 7);
        let (mut programme, question) = drawn(seed, stream);
        most_of_all(&mut programme);
        for place in &mut programme.places {
            place.population = u64::MAX;
            place.persons.clear();
            place.population_from.values_mut().for_each(|persons| *persons = u64::MAX);
            place.persons_from.clear();
        }
        for package in &mut programme.settings.packages {
            package.cost = [("money".to_owned(), u64::MAX)].into();
            package.running = [("money".to_owned(), u64::MAX)].into();
        }
        let case = bounds::Case::of(programme, question);
        for _ in 0..10 {
            let rows = rows(stream, &case.programme);
            let served = assignments(stream, &case.programme);
            let mut plan = plan_of(&case.programme, &case.question, &rows, &served);
            let certificate = certify(&mut plan, 0, proof(stream, &case));
            let verdict = verify(&case.programme, &inputs(), &plan, Some(&certificate));
            assert!(!verdict.accepted || verdict.problems.is_empty());
        }
    }
}

/// Changes one thing of a plan.
fn alter(stream: &mut Stream, plan: &mut Plan, programme: &Programme) {
    let ids = site_ids(programme);
    let opening = stream.below(plan.openings.len().max(1) as u64) as usize;
    let served = stream.below(plan.assignments.len().max(1) as u64) as usize;
    let outcome = stream.below(plan.outcomes.len() as u64) as usize;
    let future = stream.below(plan.futures.len().max(1) as u64) as usize;
    if !plan.futures.is_empty() && stream.chance(30) {
        let of_future = &mut plan.futures[future];
        match stream.below(6) {
            0 => of_future.value -= 1,
            1 => of_future.weight += 1,
            2 => of_future.name.push('x'),
            3 => drop(of_future.assignments.pop()),
            4 => {
                for row in &mut of_future.assignments {
                    row.persons += 1;
                }
            }
            _ => drop(plan.futures.remove(future)),
        }
        return;
    }
    match stream.below(13) {
        0 => plan.openings.extend(rows(stream, programme)),
        1 if !plan.openings.is_empty() => drop(plan.openings.remove(opening)),
        2 if !plan.openings.is_empty() => plan.openings[opening].period = 1 + small(stream) % 3,
        3 if !plan.openings.is_empty() => {
            plan.openings[opening].package = format!("package{}", stream.below(3));
        }
        4 if !plan.openings.is_empty() => {
            plan.openings[opening].site = ids[stream.below(ids.len() as u64) as usize].clone();
        }
        5 if !plan.assignments.is_empty() => drop(plan.assignments.remove(served)),
        6 if !plan.assignments.is_empty() => plan.assignments[served].persons += 1,
        7 if !plan.assignments.is_empty() => {
            plan.assignments[served].site = ids[stream.below(ids.len() as u64) as usize].clone();
        }
        8 => plan.value += 1,
        9 => plan.outcomes[outcome].access[0] += 1,
        10 => plan.outcomes[outcome].kinds[0].served += 1,
        11 => drop(plan.outcomes[outcome].spent.insert("money".to_owned(), 77)),
        _ => plan.outcomes[outcome].kinds[0].person_metres += 1,
    }
}

/// Returns what of a plan is checked, without order.
fn content(plan: &Plan) -> (Vec<String>, Vec<Served>, String) {
    let mut openings: Vec<String> = plan.openings.iter().map(|row| format!("{row:?}")).collect();
    openings.sort();
    let mut served = plan.assignments.clone();
    served.sort();
    (openings, served, format!("{:?} {:?} {:?}", plan.value, plan.outcomes, plan.futures))
}

#[test]
fn what_is_altered_is_refused_or_still_true() {
    let (mut tried, mut refused) = (0, 0);
    for seed in 0..PROGRAMMES {
        let stream = &mut Stream(seed * 65_537 + 3);
        let (programme, question) = drawn(seed, stream);
        let Some(plan) = accepted(stream, &programme, &question) else { continue };
        for _ in 0..30 {
            let mut altered = plan.clone();
            alter(stream, &mut altered, &programme);
            if content(&altered) == content(&plan) {
                continue;
            }
            tried += 1;
            let verdict = verify(&programme, &inputs(), &altered, None);
            refused += u32::from(!verdict.accepted);
            if verdict.accepted {
                // Only figures that happen to be the same may stand beside other rows.
                assert_eq!(altered.value, verdict.value.unwrap());
                let told = |plan: &Plan| -> Vec<Vec<Served>> {
                    if question.has_futures(&programme) {
                        plan.futures.iter().map(|future| future.assignments.clone()).collect()
                    } else {
                        vec![plan.assignments.clone()]
                    }
                };
                let lists = told(&altered);
                let slices: Vec<&[Served]> = lists.iter().map(Vec::as_slice).collect();
                let score = verify_choices(&programme, &question, &altered.openings, &slices);
                assert_eq!(
                    (score.problems, score.outcomes),
                    (Vec::new(), altered.outcomes.clone())
                );
                assert_ne!((&altered.openings, lists), (&plan.openings, told(&plan)));
            }
        }
    }
    assert!(tried > 1_000 && refused * 10 > tried * 9, "{refused} of {tried}");
}

/// Draws a plan that the checker accepts.
fn accepted(stream: &mut Stream, programme: &Programme, question: &Question) -> Option<Plan> {
    let schedules = choices::of_sites(programme, question);
    for _ in 0..40 {
        let mut rows = Vec::new();
        for of_site in schedules.iter().filter(|of_site| !of_site.is_empty()) {
            rows.extend(of_site[stream.below(of_site.len() as u64) as usize].iter().cloned());
        }
        for row in &mut rows {
            let locked =
                |l: &groundwork_model::Locked| l.site == row.site && l.period == row.period;
            let reported = question.as_of.is_some()
                && programme.reports.iter().any(|report| report.site == row.site);
            let stands = programme.facilities.iter().any(|facility| facility.site == row.site);
            let settled = reported || question.locked.iter().any(locked);
            let replan = question.replan.as_ref();
            let begun = replan.is_some_and(|replan| {
                let built = replan.state.iter().any(|state| state.site == row.site);
                let promised = |promise: &Promise| {
                    promise.site == row.site
                        && promise.action == Action::Open
                        && (promise.period, &promise.package) == (row.period, &row.package)
                };
                let build = values::build(programme, &row.package);
                let is_early = row.period <= replan.begun_by + build;
                built || (is_early && replan.promised.iter().any(promised))
            });
            row.fixed = row.action == Action::Open && (settled || begun) && !stands;
        }
        let lists = futures::assign(programme, question, &rows, stream);
        let plan = plan_in(programme, question, &rows, &lists);
        if verify(programme, &inputs(), &plan, None).accepted {
            return Some(plan);
        }
    }
    None
}
