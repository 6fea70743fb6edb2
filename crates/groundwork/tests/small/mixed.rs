//! Solver and checker on random small programmes that mix all rules: many plans are tried, the checker says which
//! keep the rules and what they are worth, and none may be better than the solver's, or its bound.

use groundwork_model::plan::{Action, Sense, Served};
use groundwork_model::programme::{DemandChange, Future, Robustness, Scenarios};
use groundwork_model::{Goal, Opening, Outlook, Programme, Question, Status};
use groundwork_solve::{Infeasible, Options, Planner, Quiet, Solution};
use groundwork_verify::{verify, verify_choices};

use crate::common::{Stream, certify, inputs, plan_in};
use crate::{choices, contested, futures, generator};

/// Random programmes.
const PROGRAMMES: u64 = 300;

/// Plans of a programme that are tried at most; where there are more, as many are drawn.
const PLANS: usize = 1_000;

/// Work after which the solver gives up.
const WORK: u64 = 20_000_000;

/// Returns the best value of the plans that are tried and keep all rules.
fn best(programme: &Programme, question: &Question, stream: &mut Stream) -> Option<i128> {
    let schedules = choices::of_sites(programme, question);
    let number = schedules.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul);
    let all = number.filter(|number| *number <= PLANS);
    let mut best: Option<i128> = None;
    for at in 0..all.unwrap_or(PLANS) {
        let mut rest = at;
        let mut rows: Vec<Opening> = Vec::new();
        for of_site in schedules.iter().filter(|of_site| !of_site.is_empty()) {
            let number = if all.is_some() { rest } else { stream.next() as usize };
            rows.extend(of_site[number % of_site.len()].iter().cloned());
            rest /= of_site.len();
        }
        let assignments = futures::assign(programme, question, &rows, stream);
        let lists: Vec<&[Served]> = assignments.iter().map(Vec::as_slice).collect();
        let score = verify_choices(programme, question, &rows, &lists);
        let Some(value) = score.value.filter(|_| score.problems.is_empty()) else { continue };
        let is_better = |best| if score.sense == Sense::Min { value < best } else { value > best };
        if best.is_none_or(is_better) {
            best = Some(value);
        }
    }
    best
}

/// Holds a solution against the checker and the best of the plans that were tried.
fn judge(programme: &Programme, question: &Question, solution: &Solution, tried: Option<i128>) {
    let lists: Vec<Vec<Served>> = if question.has_futures(programme) {
        assert!(solution.assignments.is_empty(), "who goes where is said of each future");
        solution.futures.iter().map(|future| future.assignments.clone()).collect()
    } else {
        vec![solution.assignments.clone()]
    };
    let mut plan = plan_in(programme, question, &solution.openings, &lists);
    assert_eq!(plan.value, solution.value, "the value is that of the openings");
    assert_eq!(plan.futures, solution.futures, "and so is that in each future");
    let bound = solution.bound.unwrap();
    let certificate = certify(&mut plan, bound, solution.proof.clone().unwrap());
    let verdict = verify(programme, &inputs(), &plan, Some(&certificate));
    assert!(verdict.accepted, "{:?}", verdict.problems);
    if let Some(tried) = tried {
        let (value, bound, tried) = match plan.sense {
            Sense::Min => (plan.value, bound, tried),
            Sense::Max => (-plan.value, -bound, -tried),
        };
        assert!(bound <= tried, "the bound {bound} is above a plan of {tried}");
        let proved = solution.status == Status::Optimal;
        assert!(!proved || value <= tried, "a plan of {tried} is better than the best, {value}");
    }
}

/// Solves a question within the limit of work.
fn solve(programme: &Programme, question: &Question) -> Result<Solution, Infeasible> {
    let options = Options { work_limit: Some(WORK), ..Options::default() };
    Planner::new(programme, question)?.solve(options, &Quiet)
}

/// Counts how questions were answered.
#[derive(Debug, Default)]
struct Seen {
    proved: u32,
    feasible: u32,
    /// Those of which the plan is as good as the best that was tried.
    attained: u32,
    infeasible: u32,
    unknown: u32,
    /// Of those with a plan: where several futures count, the worst of them, and where futures have lists of who is served.
    futures: u32,
    worst: u32,
    lists: u32,
    /// Of those with a plan: where a budget or a value differs between futures.
    differ: u32,
    alone: u32,
}

impl Seen {
    /// Tries plans of a question, solves it and compares; returns the plan if there is one.
    fn answer(
        &mut self,
        programme: &Programme,
        question: &Question,
        stream: &mut Stream,
    ) -> Option<Solution> {
        let tried = best(programme, question, stream);
        match solve(programme, question) {
            Err(refused) => {
                assert_eq!(tried, None, "refused, and there is a plan: {:?}", refused.0);
                self.infeasible += 1;
                None
            }
            // Who goes where under goals that are held is no question that the search always answers.
            Ok(solution) if solution.status == Status::Infeasible => {
                assert!(
                    !question.held.is_empty(),
                    "stopped without a plan or a proof that there is none"
                );
                self.unknown += 1;
                None
            }
            Ok(solution) => {
                judge(programme, question, &solution, tried);
                self.attained += u32::from(tried == Some(solution.value));
                self.count(programme, question, &solution);
                Some(solution)
            }
        }
    }

    fn count(&mut self, programme: &Programme, question: &Question, solution: &Solution) {
        self.proved += u32::from(solution.status == Status::Optimal);
        self.feasible += 1;
        let futures = &solution.futures;
        let scenarios = programme.settings.scenarios.as_ref();
        let is_worst = scenarios.is_some_and(|all| all.objective == Robustness::WorstCase);
        self.futures += u32::from(futures.len() > 1);
        self.worst += u32::from(futures.len() > 1 && is_worst);
        self.lists += u32::from(futures.iter().any(|future| !future.assignments.is_empty()));
        self.differ += u32::from(futures.windows(2).any(|pair| pair[0].value != pair[1].value));
        self.alone += u32::from(question.outlook != Outlook::Together);
    }
}

#[test]
fn no_plan_is_better_than_the_bound_and_the_checker_accepts_it() {
    let mut stream = Stream(20_240_115);
    let mut seen = Seen::default();
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::programme(&mut stream);
        seen.answer(&programme, &question, &mut stream);
    }
    assert!(seen.unknown * 50 < seen.feasible, "{seen:?}");
    assert!(seen.infeasible > 20 && seen.feasible > 100, "{seen:?}");
    assert!(seen.proved * 4 > seen.feasible * 3, "{seen:?}");
}

#[test]
fn nobody_is_nearer_than_the_bound_of_the_worst_off_and_the_checker_accepts_it() {
    let mut stream = Stream(20_261_129);
    let mut seen = Seen::default();
    for _ in 0..PROGRAMMES / 2 {
        let (programme, question) = generator::worst_off(&mut stream);
        seen.answer(&programme, &question, &mut stream);
    }
    println!("{seen:?}");
    assert!(seen.unknown == 0 && seen.infeasible > 10 && seen.feasible > 50, "{seen:?}");
    assert!(seen.proved * 4 > seen.feasible, "{seen:?}");
}

#[test]
fn nobody_is_nearer_in_futures_than_the_bound_of_the_worst_off_and_the_checker_accepts_it() {
    let mut stream = Stream(20_261_130);
    let mut seen = Seen::default();
    for _ in 0..PROGRAMMES / 2 {
        let (programme, question) = generator::worst_off_in_futures(&mut stream);
        seen.answer(&programme, &question, &mut stream);
    }
    println!("{seen:?}");
    assert!(seen.unknown == 0 && seen.infeasible > 5 && seen.feasible > 50, "{seen:?}");
    assert!(seen.futures > 20 && seen.worst > 10 && seen.lists > 10, "{seen:?}");
    assert!(seen.differ > 5 && seen.alone > 5, "{seen:?}");
}

/// Draws a programme with futures; some of its promises may have begun.
fn with_futures(stream: &mut Stream) -> (Programme, Question) {
    let (programme, mut question) = generator::with_scenarios(stream);
    if let Some(replan) = &mut question.replan {
        replan.begun_by = stream.below(u64::from(programme.settings.periods.count) + 1) as u32;
    }
    (programme, question)
}

#[test]
fn no_plan_for_several_futures_is_better_than_the_bound_and_the_checker_accepts_it() {
    let mut stream = Stream(20_310_407);
    let mut seen = Seen::default();
    for _ in 0..PROGRAMMES {
        let (programme, question) = with_futures(&mut stream);
        seen.answer(&programme, &question, &mut stream);
    }
    println!("{seen:?}");
    assert!(seen.unknown == 0 && seen.infeasible > 20 && seen.feasible > 100, "{seen:?}");
    assert!(seen.proved * 4 > seen.feasible * 3, "{seen:?}");
    assert!(seen.futures > 50 && seen.worst > 20 && seen.lists > 20, "{seen:?}");
    assert!(seen.differ > 40 && seen.alone > 20, "{seen:?}");
}

#[test]
fn no_plan_that_holds_goals_in_several_futures_is_better_than_the_bound() {
    let mut stream = Stream(20_370_523);
    let mut seen = Seen::default();
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::with_goals_held_in_futures(&mut stream);
        seen.answer(&programme, &question, &mut stream);
    }
    println!("{seen:?}");
    assert!(seen.unknown * 20 < seen.feasible, "{seen:?}");
    assert!(seen.infeasible > 20 && seen.feasible > 80, "{seen:?}");
    assert!(seen.proved * 3 > seen.feasible * 2, "{seen:?}");
    assert!(seen.futures > 40 && seen.worst > 20 && seen.lists > 10, "{seen:?}");
}

#[test]
fn no_plan_beside_goals_of_the_worst_off_is_better_than_the_bound() {
    let mut stream = Stream(20_261_201);
    let [mut asked, mut held] = [Seen::default(), Seen::default()];
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::worst_off_among_goals(&mut stream);
        let is_asked = question.goal == Some(Goal::WorstDistance);
        let seen = if is_asked { &mut asked } else { &mut held };
        seen.answer(&programme, &question, &mut stream);
    }
    println!("asked: {asked:?}\nheld: {held:?}");
    for seen in [asked, held] {
        assert!(seen.unknown == 0 && seen.infeasible > 20 && seen.feasible > 50, "{seen:?}");
        assert!(seen.proved * 4 > seen.feasible * 3, "{seen:?}");
        assert!(seen.futures > 5 && seen.worst > 2 && seen.lists > 2, "{seen:?}");
    }
}

/// Counts how plans for all futures do in one of them beside the best plan of that one.
#[derive(Debug, Default)]
struct Robust {
    compared: u32,
    /// Where the plan for all of them is worse than that of the one, and programmes where it is in every one.
    costs: u32,
    compromises: u32,
}

impl Robust {
    /// Compares the plan for all futures with that for each of them alone. A plan for all keeps the rules of each
    /// alone, so that the best plan of one that is known beforehand is at least as good in it.
    fn compare(&mut self, programme: &Programme, question: &Question, joint: &Solution) {
        let mut question = question.clone();
        let mut costs = 0;
        for future in &joint.futures {
            question.outlook = Outlook::Future(future.name.clone());
            let alone = solve(programme, &question).expect("the plan for all of them is one");
            judge(programme, &question, &alone, None);
            assert_eq!(alone.futures[0].value, alone.value, "it counts once");
            let bound = alone.bound.unwrap();
            let loses = match question.goal(programme).sense() {
                Sense::Min => future.value - bound,
                Sense::Max => bound - future.value,
            };
            assert!(loses >= 0, "{} is better than the bound {bound}", future.value);
            self.compared += 1;
            costs += u32::from(loses > 0);
        }
        self.costs += costs;
        self.compromises += u32::from(costs as usize == joint.futures.len());
    }
}

#[test]
fn a_plan_for_all_futures_is_no_better_in_one_than_the_bound_of_that_one_alone() {
    let mut stream = Stream(20_290_818);
    let mut robust = Robust::default();
    for _ in 0..PROGRAMMES / 3 {
        let (programme, mut question) = with_futures(&mut stream);
        question.outlook = Outlook::Together;
        if let Ok(joint) = solve(&programme, &question) {
            robust.compare(&programme, &question, &joint);
        }
    }
    println!("{robust:?}");
    assert!(robust.compared > 100, "{robust:?}");
}

#[test]
fn where_futures_disagree_the_best_plan_for_all_of_them_is_found() {
    let mut stream = Stream(20_350_219);
    let (mut seen, mut robust) = (Seen::default(), Robust::default());
    for _ in 0..PROGRAMMES / 2 {
        let (programme, question) = contested::programme(&mut stream);
        let Some(joint) = seen.answer(&programme, &question, &mut stream) else { continue };
        robust.compare(&programme, &question, &joint);
    }
    println!("{seen:?} {robust:?}");
    assert!(seen.unknown == 0 && seen.proved == seen.feasible, "{seen:?}");
    assert!(seen.attained * 10 > seen.feasible * 9, "{seen:?}");
    assert!(seen.worst > 50 && seen.lists > 25 && seen.differ > 90, "{seen:?}");
    assert!(robust.costs > 80 && robust.compromises > 10, "{robust:?}");
}

#[test]
fn upgrades_of_settled_sites_are_late_and_those_of_facilities_and_frozen_ones_are_not() {
    let mut stream = Stream(20_360_711);
    let mut seen = Seen::default();
    let mut upgraded = 0;
    for _ in 0..PROGRAMMES / 2 {
        let (programme, question) = contested::with_a_settled_site(&mut stream);
        let plan = seen.answer(&programme, &question, &mut stream);
        let turns = |row: &Opening| row.site == "p0" && row.action == Action::Upgrade;
        upgraded += u32::from(plan.is_some_and(|plan| plan.openings.iter().any(turns)));
    }
    println!("{seen:?} {upgraded}");
    assert!(seen.unknown == 0 && seen.proved == seen.feasible, "{seen:?}");
    assert!(seen.attained * 10 > seen.feasible * 9 && upgraded > 40, "{seen:?} {upgraded}");
}

/// Returns futures in which everything is as written, told in several ways.
fn that_change_nothing(objective: Robustness, stream: &mut Stream) -> Scenarios {
    let unchanged = |at: u32| Future {
        name: format!("future{at}"),
        weight: 1 + at,
        demand: vec![
            DemandChange { per_cent: 300, kind: None, province: None },
            DemandChange { per_cent: 100, kind: None, province: None },
        ],
        cost_per_cent: [("money".to_owned(), 100)].into(),
        late: Vec::new(),
    };
    let futures = (0..1 + stream.below(3) as u32).map(unchanged).collect();
    Scenarios { objective, futures, delays: None }
}

#[test]
fn futures_that_change_nothing_change_no_plan() {
    let mut stream = Stream(20_330_101);
    let mut compared = 0;
    for _ in 0..PROGRAMMES / 3 {
        let (mut programme, mut question) = with_futures(&mut stream);
        question.outlook = Outlook::AsWritten;
        let as_written = solve(&programme, &question);
        question.outlook = Outlook::Together;
        for objective in [Robustness::Expected, Robustness::WorstCase] {
            let scenarios = that_change_nothing(objective, &mut stream);
            let weights: u32 = scenarios.futures.iter().map(|future| future.weight).sum();
            let weights = if objective == Robustness::Expected { weights } else { 1 };
            programme.settings.scenarios = Some(scenarios);
            let (Ok(joint), Ok(alone)) = (solve(&programme, &question), &as_written) else {
                assert!(solve(&programme, &question).is_err() && as_written.is_err());
                continue;
            };
            judge(&programme, &question, &joint, None);
            assert!(joint.futures.iter().all(|future| future.value == joint.futures[0].value));
            if joint.status == Status::Optimal && alone.status == Status::Optimal {
                assert_eq!(joint.value, alone.value * i128::from(weights), "{objective:?}");
                compared += 1;
            }
        }
    }
    println!("{compared} compared");
    assert!(compared > 60, "{compared} compared");
}
