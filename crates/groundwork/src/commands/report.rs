//! `report`: one page that holds everything.

use std::path::{Path, PathBuf};

use groundwork_model::{Comparison, Plan};
use groundwork_report::ReportInput;
use serde::Serialize;

use crate::cli::ReportArgs;
use crate::disk::{self, Loaded, PLANS};
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Serialize)]
struct Written<'a> {
    report: &'a Path,
    bytes: usize,
    accepted: bool,
}

pub(crate) fn run(arguments: &ReportArgs) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    let loaded = disk::load(folder)?;
    let path = disk::plan_path(folder, arguments.plan.as_ref());
    let plan = disk::load_plan(&path)?;
    let certificate = disk::load_certificate(&path, &plan, None)?;
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    let comparison = comparison(folder, &loaded)?;
    let others = other_plans(folder, comparison.as_ref())?;
    let cells = disk::map_cells(folder, &loaded.programme);
    let page = groundwork_report::html(&ReportInput {
        programme: &loaded.programme,
        plan: &plan,
        verdict: Some(&verdict),
        others: &others.iter().collect::<Vec<_>>(),
        comparison: comparison.as_ref(),
        findings: &loaded.warnings.iter().map(|w| w.cause.clone()).collect::<Vec<_>>(),
        cells: cells.as_deref(),
        commands: &commands(comparison.is_some(), &plan),
    });
    let out = arguments.out.clone().unwrap_or_else(|| folder.join("report.html"));
    disk::write(&out, &page)?;
    if arguments.json {
        let written = Written { report: &out, bytes: page.len(), accepted: verdict.accepted };
        output::data(&output::json_pretty(&written));
    } else {
        output::data(format!("{}\n", out.display()).as_bytes());
    }
    output::note(&format!("checker: {}", super::verify::word(&verdict)));
    Ok(if verdict.accepted { Exit::Done } else { Exit::VerificationFailed })
}

/// Reads the comparison of the folder, if there is one and it was made from the same files.
fn comparison(folder: &Path, loaded: &Loaded) -> Result<Option<Comparison>, Failure> {
    let path = folder.join(PLANS).join("comparison.json");
    if !path.exists() {
        return Ok(None);
    }
    let bytes = disk::read(&path)?;
    let parsed: Option<Comparison> = serde_json::from_slice(&bytes).ok();
    let current = parsed.filter(|c| c.programme == loaded.programme.settings.name);
    if current.is_none() {
        output::note(&format!("{} is of another programme or version; left out", path.display()));
    }
    let Some(comparison) = current else { return Ok(None) };
    let plans = other_plans(folder, Some(&comparison))?;
    if plans.iter().any(|plan| plan.inputs != loaded.inputs) {
        output::note("the comparison was made from other files and is left out; compare again");
        return Ok(None);
    }
    Ok(Some(comparison))
}

fn other_plans(folder: &Path, comparison: Option<&Comparison>) -> Result<Vec<Plan>, Failure> {
    let rows = comparison.map_or(&[][..], |comparison| &comparison.rows);
    // Only plain names are followed: a comparison may come from somebody else.
    let name = |file: &str| PathBuf::from(file).file_name().map(ToOwned::to_owned);
    rows.iter()
        .filter_map(|row| name(&row.file))
        .map(|name| disk::load_plan(&folder.join(PLANS).join(name)))
        .collect()
}

/// Returns the commands that make the report again in the folder.
fn commands(compared: bool, plan: &Plan) -> Vec<String> {
    let mut plan_command = "groundwork plan .".to_owned();
    if let Some(day) = plan.question.as_of {
        plan_command.push_str(&format!(" --as-of {day}"));
    }
    if plan.question.quotas == groundwork_model::QuotaSource::AsTaken {
        plan_command.push_str(" --quotas as-taken");
    }
    let compare = compared.then(|| "groundwork compare .".to_owned());
    let rest = ["groundwork verify .".to_owned(), "groundwork report .".to_owned()];
    std::iter::once(plan_command).chain(compare).chain(rest).collect()
}
