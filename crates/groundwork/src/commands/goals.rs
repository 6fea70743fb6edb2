//! Goals: several in order, each made best while those before it are held at what they reached; or one that somebody
//! asks for.

use std::path::{Path, PathBuf};

use groundwork_model::{
    Goal, Held, Opening, Plan, Problem, Programme, Question, Status, validation,
};

use super::attempt::{Shares, better_of, score, worth};
use super::plan::{Made, solve, write_verified};
use crate::cli::SearchArgs;
use crate::disk::Loaded;
use crate::exit::Failure;
use crate::output;

/// Makes a plan for each goal of the programme, in order; the last one is the plan that counts. Goals behind one for
/// which no plan was found in time have none.
pub(crate) fn solve_in_order(
    loaded: &Loaded,
    question: &Question,
    known: &[Opening],
    search: &SearchArgs,
) -> Result<Vec<Made>, Failure> {
    let goals: Vec<_> = loaded.programme.settings.objective.goals().collect();
    if goals.len() == 1 {
        return Ok(vec![solve(loaded, question, known, search)?]);
    }
    let shares = Shares::start(search.time_limit);
    let mut plans: Vec<Made> = Vec::new();
    let mut asked = question.clone();
    for (number, &(goal, tolerance)) in goals.iter().enumerate() {
        output::note(&format!("goal {} of {}: {}", number + 1, goals.len(), goal.name()));
        asked.goal = Some(goal);
        let time_limit = shares.next(1, goals.len() - number);
        let search = SearchArgs { time_limit, ..search.clone() };
        let before = plans.last().map(|made| &made.plan);
        let start = before.map_or(known, |plan| &plan.openings);
        let mut made = solve(loaded, &asked, start, &search)?;
        if let Some(before) = before {
            made = best_of(loaded, &asked, before, made);
        }
        made.plan.label = format!("{}, goal {} ({})", made.plan.label, number + 1, goal.name());
        let found = made.plan.status != Status::Infeasible;
        if found {
            asked.held.push(Held::of(goal, made.plan.value, tolerance));
        }
        plans.push(made);
        if !found {
            break;
        }
    }
    Ok(plans)
}

/// Makes the plan that is best for one goal, whether the programme has it or not.
pub(crate) fn solve_alone(
    loaded: &Loaded,
    question: &Question,
    goal: Goal,
    search: &SearchArgs,
) -> Result<Made, Failure> {
    let problems = missing_for(goal, &loaded.programme);
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    let mut made = solve(loaded, &question.alone(goal), &[], search)?;
    made.plan.label = format!("{}, for the goal {}", made.plan.label, goal.name());
    Ok(made)
}

/// Says why a programme cannot have a goal as it is written.
fn missing_for(goal: Goal, programme: &Programme) -> Vec<Problem> {
    let mut asked = programme.clone();
    asked.settings.objective.goal = goal;
    asked.settings.objective.then.clear();
    let problems = [validation::table_rules(&asked), validation::programme_rules(&asked)].concat();
    problems.into_iter().filter(Problem::is_error).collect()
}

/// Returns what was found, or the plan of the goal before, which holds what that goal reached, if it is better.
fn best_of(loaded: &Loaded, asked: &Question, before: &Plan, found: Made) -> Made {
    let score = score(&loaded.programme, asked, before);
    match score.value.filter(|_| score.problems.is_empty()) {
        Some(value) => better_of(found, &worth(before, value, &score)),
        None => found,
    }
}

/// Writes the plans of all goals but the last beside that of the last, and says whether the checker accepts them.
pub(crate) fn write_earlier(
    path: &Path,
    folder: &Path,
    loaded: &Loaded,
    earlier: Vec<Made>,
) -> Result<bool, Failure> {
    let mut accepted = true;
    for (number, made) in earlier.into_iter().enumerate() {
        let (_, verdict) = write_verified(&beside(path, number + 1), folder, loaded, made)?;
        for problem in &verdict.problems {
            output::note(&output::problem_text(problem));
        }
        accepted &= verdict.accepted;
    }
    Ok(accepted)
}

/// Returns the path of the plan of an earlier goal: `goal-1.json` beside `plan.json`.
fn beside(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let before = if stem == "plan" { String::new() } else { format!("{stem}-") };
    path.with_file_name(format!("{before}goal-{number}.json"))
}
