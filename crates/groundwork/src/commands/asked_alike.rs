//! Two plans as answers to one question: what the second is worth to what the first was asked, and what both come to for
//! each goal.

use std::path::Path;

use groundwork_model::difference::GoalChange;
use groundwork_model::plan::Served;
use groundwork_model::{Goal, Plan, Problem, Programme, Question, Status};
use groundwork_solve::Planner;
use groundwork_verify::{Score, verify_choices};

use super::attempt::{score, worth};
use super::plan::by_future;
use crate::exit::Failure;
use crate::output;

/// Returns a plan as it is worth under the goal and the futures of the first one, with what a reader has to know of that:
/// values of two goals, or for other futures, cannot be compared.
pub(super) fn asked_alike(
    programme: &Programme,
    (path, after): (&Path, Plan),
    before: &Plan,
) -> Result<(Plan, Vec<String>), Failure> {
    let (first, own) = (before.question.goal(programme), after.question.goal(programme));
    let other_futures = after.question.outlook != before.question.outlook;
    if own == first && !other_futures {
        return Ok((after, Vec::new()));
    }
    let name = path.display().to_string();
    let notes = told(&name, [first, own], other_futures);
    let asked = if own == first { after.question.clone() } else { after.question.alone(first) };
    let asked = Question { outlook: before.question.outlook.clone(), ..asked };
    let valued = match other_futures {
        true => in_other_futures(programme, &asked, &after),
        false => {
            let score = score(programme, &asked, &after);
            value_of(&score, &after)
                .map(|value| measured(&asked, &score, worth(&after, value, &score)))
        }
    };
    let in_file = |problem: Problem| problem.in_file(name.clone());
    let refused = |problems: Vec<Problem>| problems.into_iter().map(in_file).collect();
    valued.map(|plan| (plan, notes)).map_err(|problems| Failure::Input(refused(problems)))
}

/// Says on the terminal what is valued anew, and returns it for a page.
fn told(name: &str, [first, own]: [Goal; 2], other_futures: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if own != first {
        let (first, own) = (first.name(), own.name());
        output::note(&format!(
            "note: {name} was made for the goal {own}; its value is that for {first}, the goal of the first plan"
        ));
        notes.push(format!(
            "The second plan was made for the goal {own}, the first for {first}; its value here is that for the goal of \
             the first, and no bound of it is known."
        ));
    }
    if other_futures {
        output::note(&format!(
            "note: {name} was made for other futures; its value is that for those of the first plan"
        ));
        notes.push(
            "The second plan was made for other futures than the first; its value here is that for those of the first, \
             and no bound of it is known."
                .to_owned(),
        );
    }
    notes
}

/// Returns a plan of which people go anew in the futures of a question.
fn in_other_futures(
    programme: &Programme,
    asked: &Question,
    plan: &Plan,
) -> Result<Plan, Vec<Problem>> {
    let planner = Planner::new(programme, asked).map_err(|infeasible| infeasible.0)?;
    let lists = planner.assign_in_futures(&plan.openings);
    let served: Vec<&[Served]> = lists.iter().map(Vec::as_slice).collect();
    let score = verify_choices(programme, asked, &plan.openings, &served);
    let value = value_of(&score, plan)?;
    let (assignments, futures) = by_future(&score, lists);
    let plan = Plan { value, assignments, futures, ..plan.clone() };
    Ok(measured(asked, &score, plan))
}

/// Returns the value of a plan, or why it has none: rules may be broken only where the plan says so itself.
fn value_of(score: &Score, plan: &Plan) -> Result<i128, Vec<Problem>> {
    let keeps = score.problems.is_empty() || plan.status == Status::Infeasible;
    score.value.filter(|_| keeps).ok_or_else(|| score.problems.clone())
}

/// Returns a plan with the units of what it is worth, of which no bound is known. It still says for which goal it was made.
fn measured(asked: &Question, score: &Score, plan: Plan) -> Plan {
    let status = match plan.status {
        Status::Infeasible => Status::Infeasible,
        Status::Optimal | Status::Feasible => Status::Feasible,
    };
    Plan {
        question: Question { outlook: asked.outlook.clone(), ..plan.question },
        status,
        sense: score.sense,
        scale: score.scale,
        unit: score.unit.clone(),
        bound: None,
        gap: None,
        ..plan
    }
}

/// Returns what two plans come to for each goal of the programme and of the plans; nothing where there is one goal.
pub(super) fn goals(programme: &Programme, before: &Plan, after: &Plan) -> Vec<GoalChange> {
    let mut goals: Vec<Goal> = programme.settings.objective.goals().map(|(goal, _)| goal).collect();
    for goal in [before, after].map(|plan| plan.question.goal(programme)) {
        if !goals.contains(&goal) {
            goals.push(goal);
        }
    }
    if goals.len() < 2 {
        return Vec::new();
    }
    let of_goal = |goal: Goal| {
        let of = |plan: &Plan| score(programme, &plan.question.alone(goal), plan);
        let (first, second) = (of(before), of(after));
        Some(GoalChange {
            goal,
            before: first.value?,
            after: second.value?,
            sense: first.sense,
            scale: first.scale,
            unit: first.unit,
        })
    };
    goals.into_iter().filter_map(of_goal).collect()
}
