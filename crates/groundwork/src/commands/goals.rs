//! Several goals in order: each is made best while those before it are held at what they reached.

use std::path::{Path, PathBuf};

use groundwork_model::{Held, Opening, Plan, Question, Status};

use super::attempt::{Shares, better_of, score, worth};
use super::plan::{Made, solve, write_verified};
use super::question::label;
use crate::cli::SearchArgs;
use crate::disk::Loaded;
use crate::exit::Failure;
use crate::output;

/// Makes a plan for each goal of the programme, in order, or for the one that is asked for; the last one is the plan that
/// counts. Goals behind one for
/// which no plan was found in time have none.
pub(crate) fn solve_in_order(
    loaded: &Loaded,
    question: &Question,
    known: &[Opening],
    search: &SearchArgs,
) -> Result<Vec<Made>, Failure> {
    let goals: Vec<_> = loaded.programme.settings.objective.goals().collect();
    if goals.len() == 1 || question.goal.is_some() {
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
        let label = label(question, &loaded.programme);
        made.plan.label = format!("{label}, goal {} ({})", number + 1, goal.name());
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
