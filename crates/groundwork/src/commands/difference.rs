//! `compare FOLDER PLAN OTHER`: what moves from one plan to another, who gains and who loses.

use std::path::Path;

use groundwork_model::difference::{ComparedPlan, DIFFERENCE_FORMAT};
use groundwork_model::plan::Served;
use groundwork_model::{
    Code, Difference, Outlook, PeriodOutcome, Plan, Problem, Programme, Question, Status,
};
use groundwork_report::DifferenceInput;
use groundwork_solve::{Effects, Planner, changes, moved};

use super::difference_text::text;
use super::{plan, rechecked, report};
use crate::cli::CompareArgs;
use crate::disk::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &CompareArgs, plan: &Path, other: &Path) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let before = rechecked::plan(plan, &loaded)?;
    let after = rechecked::plan(other, &loaded)?;
    expect_one_goal(&loaded, (other, &after), &before)?;
    let revalued = after.question.outlook != before.question.outlook;
    let after = under_one_outlook(&loaded, (other, after), &before)?;
    let difference = difference(&loaded, (plan, &before), (other, &after));
    let notes = if revalued { vec![REVALUED.to_owned()] } else { Vec::new() };
    write_files(arguments, &loaded, &difference, [&before, &after], notes)?;
    if arguments.json {
        output::data(&output::json_pretty(&difference));
    } else {
        output::data(text(&loaded.programme, &difference).as_bytes());
    }
    Ok(Exit::Done)
}

const REVALUED: &str = "The second plan was made for other futures than the first; its value here is that for those of the first, and no \
    bound of it is known.";

/// Writes the page, the map and the table that were asked for.
fn write_files(
    arguments: &CompareArgs,
    loaded: &Loaded,
    difference: &Difference,
    plans: [&Plan; 2],
    notes: Vec<String>,
) -> Result<(), Failure> {
    let cells = disk::map_cells(&arguments.folder, &loaded.programme);
    if let Some(path) = &arguments.html {
        let shown = with_files_in(&arguments.folder, difference);
        let findings = findings(loaded, plans, notes);
        disk::write(path, &page(loaded, &shown, plans, &findings, cells.as_deref()))?;
        output::note(&format!("page written to {}", path.display()));
    }
    if let Some(path) = &arguments.svg {
        let map =
            groundwork_report::difference_map(&loaded.programme, difference, cells.as_deref());
        disk::write(path, &map)?;
        output::note(&format!("map written to {}", path.display()));
    }
    if let Some(path) = &arguments.csv {
        disk::write(path, &groundwork_report::difference_csv(difference))?;
        output::note(&format!("places written to {}", path.display()));
    }
    Ok(())
}

/// Returns what a reader of the page must know first: `notes`, then what each plan's own report says.
fn findings(loaded: &Loaded, plans: [&Plan; 2], notes: Vec<String>) -> Vec<String> {
    let of_plans = plans.map(|plan| report::findings(loaded, &plan.question));
    let mut findings = notes;
    for finding in of_plans.into_iter().flatten() {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// Returns a difference that names its files from the folder on: a page that is sent around should not tell where
/// somebody keeps them.
fn with_files_in(folder: &Path, difference: &Difference) -> Difference {
    let mut shown = difference.clone();
    for plan in [&mut shown.before, &mut shown.after] {
        let file = Path::new(&plan.file);
        let name = || Path::new(file.file_name().unwrap_or_default());
        plan.file = file.strip_prefix(folder).unwrap_or_else(|_| name()).display().to_string();
    }
    shown
}

fn page(
    loaded: &Loaded,
    difference: &Difference,
    plans: [&Plan; 2],
    findings: &[String],
    cells: Option<&str>,
) -> Vec<u8> {
    let outcomes = plans.map(|plan| outcomes(&loaded.programme, plan));
    groundwork_report::difference_html(&DifferenceInput {
        programme: &loaded.programme,
        difference,
        plans,
        outcomes: [&outcomes[0], &outcomes[1]],
        findings,
        cells,
        commands: &[format!(
            "groundwork compare . {} {} --html difference.html",
            difference.before.file, difference.after.file
        )],
    })
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

/// Returns the other plan as it is worth under the futures of the first; values for different futures cannot be compared.
fn under_one_outlook(
    loaded: &Loaded,
    (path, after): (&Path, Plan),
    before: &Plan,
) -> Result<Plan, Failure> {
    if after.question.outlook == before.question.outlook {
        return Ok(after);
    }
    let (programme, name) = (&loaded.programme, path.display());
    let asked = Question { outlook: before.question.outlook.clone(), ..after.question.clone() };
    output::note(&format!(
        "note: {name} was made for other futures; its value is that for those of the first plan"
    ));
    let in_file = |problem: Problem| problem.in_file(name.to_string());
    let planner = Planner::new(programme, &asked)
        .map_err(|infeasible| Failure::Input(infeasible.0.into_iter().map(in_file).collect()))?;
    let lists = planner.assign_in_futures(&after.openings);
    let served: Vec<&[Served]> = lists.iter().map(Vec::as_slice).collect();
    let score = groundwork_verify::verify_choices(programme, &asked, &after.openings, &served);
    let (true, Some(value)) = (score.problems.is_empty(), score.value) else {
        return Err(Failure::Input(score.problems.into_iter().map(in_file).collect()));
    };
    let (assignments, futures) = plan::by_future(&score, lists);
    Ok(Plan {
        question: asked,
        status: Status::Feasible,
        scale: score.scale,
        value,
        bound: None,
        gap: None,
        assignments,
        futures,
        ..after
    })
}

/// Returns what the openings of a plan mean for people, in the numbers as written where it is about futures.
fn effects(programme: &Programme, plan: &Plan) -> Effects {
    if plan.futures.is_empty() {
        return Effects::of(programme, &plan.openings, &plan.assignments);
    }
    let asked = Question { outlook: Outlook::AsWritten, ..plan.question.clone() };
    let planner = Planner::new(programme, &asked);
    let assignments = planner.map(|planner| planner.assign(&plan.openings)).unwrap_or_default();
    Effects::of(programme, &plan.openings, &assignments)
}

/// Returns what people get in each period, counted as [`effects`] counts it.
fn outcomes(programme: &Programme, plan: &Plan) -> Vec<PeriodOutcome> {
    if programme.settings.scenarios.is_none() {
        return plan.outcomes.clone();
    }
    let asked = Question { outlook: Outlook::AsWritten, ..plan.question.clone() };
    let planner = Planner::new(programme, &asked);
    let served = planner.map(|planner| planner.assign(&plan.openings)).unwrap_or_default();
    groundwork_verify::verify_choices(programme, &asked, &plan.openings, &[&served]).outcomes
}

/// Sets two plans of the folder against each other.
fn difference(
    loaded: &Loaded,
    (plan, before): (&Path, &Plan),
    (other, after): (&Path, &Plan),
) -> Difference {
    let programme = &loaded.programme;
    let effects = |plan: &Plan| effects(programme, plan);
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
