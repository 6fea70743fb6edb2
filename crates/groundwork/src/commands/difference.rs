//! `compare FOLDER PLAN OTHER`: what moves from one plan to another, who gains and who loses.

use std::path::Path;

use groundwork_model::difference::{ComparedPlan, DIFFERENCE_FORMAT};
use groundwork_model::{Code, Difference, Plan, Problem};
use groundwork_solve::{Effects, changes, moved};

use super::difference_text::text;
use super::rechecked;
use crate::cli::CompareArgs;
use crate::disk::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &CompareArgs, plan: &Path, other: &Path) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let before = rechecked::plan(plan, &loaded)?;
    let after = rechecked::plan(other, &loaded)?;
    expect_one_goal(&loaded, (other, &after), &before)?;
    let difference = difference(&loaded, (plan, &before), (other, &after));
    if let Some(path) = &arguments.svg {
        let cells = disk::map_cells(&arguments.folder, &loaded.programme);
        let map =
            groundwork_report::difference_map(&loaded.programme, &difference, cells.as_deref());
        disk::write(path, &map)?;
        output::note(&format!("map written to {}", path.display()));
    }
    if let Some(path) = &arguments.csv {
        disk::write(path, &groundwork_report::difference_csv(&difference))?;
        output::note(&format!("places written to {}", path.display()));
    }
    if arguments.json {
        output::data(&output::json_pretty(&difference));
    } else {
        output::data(text(&loaded.programme, &difference).as_bytes());
    }
    Ok(Exit::Done)
}

/// Refuses plans of two goals: the difference of a distance and a number of persons says nothing.
fn expect_one_goal(
    loaded: &Loaded,
    (path, after): (&Path, &Plan),
    before: &Plan,
) -> Result<(), Failure> {
    let goal = |plan: &Plan| plan.question.goal(&loaded.programme);
    if goal(before) == goal(after) {
        return Ok(());
    }
    let (first, second) = (goal(before).name(), goal(after).name());
    let cause = format!("the plan is about the goal `{second}`, the other about `{first}`");
    let problem = Problem::new(Code::GoalsDiffer, cause).in_file(path.display().to_string());
    Err(Failure::Input(vec![problem]))
}

/// Sets two plans of the folder against each other.
fn difference(
    loaded: &Loaded,
    (plan, before): (&Path, &Plan),
    (other, after): (&Path, &Plan),
) -> Difference {
    let programme = &loaded.programme;
    let effects = |plan: &Plan| Effects::of(programme, &plan.openings, &plan.assignments);
    let (moved, unmoved) = moved(programme, &before.openings, &after.openings);
    Difference {
        format: DIFFERENCE_FORMAT,
        programme: programme.settings.name.clone(),
        inputs: loaded.inputs.clone(),
        sense: before.sense,
        scale: before.scale,
        unit: before.unit.clone(),
        before: compared(plan, before),
        after: compared(other, after),
        change: after.value - before.value,
        same_question: before.question == after.question,
        moved,
        unmoved,
        changes: changes(programme, &effects(before), &effects(after)),
    }
}

/// Returns a plan as one of two.
pub(super) fn compared(path: &Path, plan: &Plan) -> ComparedPlan {
    ComparedPlan {
        label: plan.label.clone(),
        file: path.display().to_string(),
        method: plan.method,
        question: plan.question.clone(),
        status: plan.status,
        value: plan.value,
        bound: plan.bound,
        gap: plan.gap,
    }
}
