//! `verify`: the checker's word on a plan.

use std::path::Path;

use groundwork_formats::{read_answer, read_field_certificate};
use groundwork_model::field::FieldVerdict;
use groundwork_model::{Plan, Verdict};
use groundwork_verify::verify_field;

use super::{benchmark, frontier};
use crate::cli::VerifyArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{per_cent, thousands, value};
use crate::output;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    match (&arguments.solution, arguments.benchmark.frontier) {
        (Some(solution), None) => verify_answer(arguments, solution),
        (Some(solution), Some((first, last))) => {
            frontier::verify(arguments, solution, first..=last)
        }
        (None, _) => verify_plan(arguments),
    }
}

/// Checks an answer to a benchmark file.
fn verify_answer(arguments: &VerifyArgs, solution: &Path) -> Result<Exit, Failure> {
    let (problem, sha256) = benchmark::load(&arguments.folder, &arguments.benchmark)?;
    let refused = |problem| Failure::Input(vec![problem]);
    let answer = read_answer(&solution.display().to_string(), &disk::read(solution)?);
    let answer = answer.map_err(refused)?;
    let certificate = match &arguments.certificate {
        Some(path) => {
            let read = read_field_certificate(&path.display().to_string(), &disk::read(path)?);
            Some(read.map_err(refused)?)
        }
        None => None,
    };
    let verdict = verify_field(&problem, &sha256, &answer, certificate.as_ref());
    if arguments.json {
        output::data(&output::json_pretty(&verdict));
    } else {
        output::data(answer_text(&verdict).as_bytes());
    }
    Ok(if verdict.accepted { Exit::Done } else { Exit::VerificationFailed })
}

fn answer_text(verdict: &FieldVerdict) -> String {
    let number = |number: Option<i128>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let word = if verdict.accepted { "accepted" } else { "refused" };
    let mut lines = vec![
        word.to_owned(),
        format!("  value {}", number(verdict.value)),
        format!("  bound {}", number(verdict.bound)),
        format!("  gap   {}", verdict.gap.map_or_else(|| "-".to_owned(), per_cent)),
    ];
    lines.extend(verdict.problems.iter().map(output::problem_text));
    lines.join("\n") + "\n"
}

fn verify_plan(arguments: &VerifyArgs) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let plan = disk::load_plan(&path)?;
    let certificate = disk::load_certificate(&path, &plan, arguments.certificate.as_ref())?;
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    if arguments.json {
        output::data(&output::json_pretty(&verdict));
    } else {
        output::data(text(&plan, &verdict).as_bytes());
    }
    Ok(if verdict.accepted { Exit::Done } else { Exit::VerificationFailed })
}

fn text(plan: &Plan, verdict: &Verdict) -> String {
    let mut lines = vec![format!("{}: {}", plan.label, word(verdict))];
    let shown = |number: Option<i128>| {
        number.map_or_else(
            || "not known".to_owned(),
            |number| value(number as f64, verdict.scale, &verdict.unit),
        )
    };
    lines.push(format!("  value   {}", shown(verdict.value)));
    lines.push(format!("  bound   {}", shown(verdict.bound)));
    lines.push(format!("  gap     {}", verdict.gap.map_or_else(|| "-".to_owned(), per_cent)));
    lines.push(format!("  distances measured again: {}", thousands(verdict.pairs)));
    lines.extend(verdict.problems.iter().map(output::problem_text));
    lines.join("\n") + "\n"
}

/// Returns the verdict in a few words.
pub(crate) fn word(verdict: &Verdict) -> &'static str {
    if verdict.accepted {
        "accepted, every rule kept and every claim borne out"
    } else if verdict.feasible {
        "refused, a claim does not hold"
    } else {
        "refused, a rule is broken"
    }
}
