//! Solver and checker on random small programmes that mix all rules: many plans are tried, the checker says which
//! keep the rules and what they are worth, and none may be better than the solver's, or its bound.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../verify/tests/common/mod.rs"]
mod common;

#[path = "../../verify/tests/schedules/choices.rs"]
mod choices;
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../../verify/tests/schedules/futures.rs"]
mod futures;
#[path = "../../verify/tests/schedules/generator.rs"]
mod generator;
#[path = "../../verify/tests/schedules/line.rs"]
mod line;
#[allow(dead_code, reason = "each test takes what it needs")]
#[path = "../../verify/tests/schedules/values.rs"]
mod values;

use groundwork_model::plan::{Sense, Served};
use groundwork_model::{Opening, Programme, Question, Status};
use groundwork_solve::{Options, Planner, Quiet, Solution};
use groundwork_verify::{verify, verify_choices};

use crate::common::{Stream, certify, inputs, plan_in};

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
fn judge(programme: &Programme, question: &Question, solution: Solution, tried: Option<i128>) {
    let lists: Vec<Vec<Served>> = if question.has_futures(programme) {
        assert!(solution.assignments.is_empty());
        solution.futures.iter().map(|future| future.assignments.clone()).collect()
    } else {
        vec![solution.assignments]
    };
    let mut plan = plan_in(programme, question, &solution.openings, &lists);
    assert_eq!(plan.value, solution.value, "the value is that of the openings");
    assert_eq!(plan.futures, solution.futures, "so are those in each future");
    let bound = solution.bound.unwrap();
    let certificate = certify(&mut plan, bound, solution.proof.unwrap());
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

/// Counts how questions were answered.
#[derive(Debug, Default)]
struct Answers {
    proved: u32,
    feasible: u32,
    infeasible: u32,
    unknown: u32,
}

impl Answers {
    /// Asks a question, and holds the answer against the checker and the plans that are tried.
    fn ask(&mut self, programme: &Programme, question: &Question, stream: &mut Stream) {
        let tried = best(programme, question, stream);
        let options = Options { work_limit: Some(WORK), ..Options::default() };
        let solved =
            Planner::new(programme, question).and_then(|planner| planner.solve(options, &Quiet));
        match solved {
            Err(refused) => {
                assert_eq!(tried, None, "refused, and there is a plan: {:?}", refused.0);
                self.infeasible += 1;
            }
            // Who goes where under goals that are held is no question that the search always answers.
            Ok(solution) if solution.status == Status::Infeasible => {
                assert!(
                    !question.held.is_empty(),
                    "stopped without a plan or a proof that there is none"
                );
                self.unknown += 1;
            }
            Ok(solution) => {
                self.proved += u32::from(solution.status == Status::Optimal);
                self.feasible += 1;
                judge(programme, question, solution, tried);
            }
        }
    }

    fn are_many(&self) {
        let Self { proved, feasible, infeasible, unknown } = self;
        assert!(unknown * 50 < *feasible, "{self:?}");
        assert!(*infeasible > 20 && *feasible > 100 && proved * 4 > feasible * 3, "{self:?}");
    }
}

#[test]
fn no_plan_is_better_than_the_bound_and_the_checker_accepts_it() {
    let (mut stream, mut answers) = (Stream(20_240_115), Answers::default());
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::programme(&mut stream);
        answers.ask(&programme, &question, &mut stream);
    }
    answers.are_many();
}

#[test]
fn no_plan_for_several_futures_is_better_than_the_bound() {
    let (mut stream, mut answers) = (Stream(20_261_128), Answers::default());
    for _ in 0..PROGRAMMES {
        let (programme, question) = generator::with_scenarios(&mut stream);
        answers.ask(&programme, &question, &mut stream);
    }
    println!("{answers:?}");
    answers.are_many();
}
