//! `compare FOLDER PLAN OTHER`: what moves from one plan to another, who gains and who loses.

use std::path::Path;

use groundwork_model::difference::{ComparedPlan, DIFFERENCE_FORMAT};
use groundwork_model::{Difference, Outlook, PeriodOutcome, Plan, Programme, Question};
use groundwork_report::DifferenceInput;
use groundwork_solve::{Effects, Planner, changes, moved};

use super::asked_alike::{asked_alike, goals};
use super::difference_text::text;
use super::{rechecked, report};
use crate::cli::CompareArgs;
use crate::disk::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &CompareArgs, plan: &Path, other: &Path) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let before = rechecked::plan(plan, &loaded)?;
    let after = rechecked::plan(other, &loaded)?;
    let programme = &loaded.programme;
    // As the files say it: below, the second plan may be taken under other futures.
    let same_question = before.question == after.question;
    let (after, notes) = asked_alike(programme, (other, after), &before)?;
    let difference = difference(&loaded, (plan, &before), (other, &after));
    let difference = Difference { same_question, ..difference };
    write_files(arguments, &loaded, &difference, [&before, &after], notes)?;
    if arguments.json {
        output::data(&output::json_pretty(&difference));
    } else {
        output::data(text(&loaded.programme, &difference).as_bytes());
    }
    Ok(Exit::Done)
}

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
        goals: goals(programme, before, after),
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
