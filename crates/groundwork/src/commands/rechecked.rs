//! Plans read from files, taken at the checker's word only.

use std::path::Path;

use groundwork_model::{Code, Plan, Problem, Status, Verdict};

use crate::disk::{self, Loaded};
use crate::exit::Failure;
use crate::output;

/// Reads a plan of a folder and checks it again.
///
/// A list that breaks rules passes when it says so itself. A bound without its certificate counts as unknown.
pub(crate) fn plan(path: &Path, loaded: &Loaded) -> Result<Plan, Failure> {
    let mut plan = disk::load_plan(path)?;
    let changed = other_files(path, &plan, loaded);
    if !changed.is_empty() {
        return Err(Failure::Input(changed));
    }
    let certificate = if has_certificate(path, &plan) {
        disk::load_certificate(path, &plan, None)?
    } else {
        forget_bound(path, &mut plan);
        None
    };
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    if holds(&plan, &verdict) { Ok(plan) } else { Err(refused(path, verdict)) }
}

/// Says which files the plan was made from are not those of the folder.
fn other_files(path: &Path, plan: &Plan, loaded: &Loaded) -> Vec<Problem> {
    let named = |files: &[groundwork_model::InputFile], name: &str| {
        files.iter().find(|file| file.path == name).map(|file| file.sha256.clone())
    };
    let mut names: Vec<&str> =
        plan.inputs.iter().chain(&loaded.inputs).map(|file| file.path.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let other = names.into_iter().filter(|name| {
        let (before, now) = (named(&plan.inputs, name), named(&loaded.inputs, name));
        before.is_none() || before != now
    });
    other
        .map(|name| {
            let cause = format!("the plan was made from another `{name}` than that of the folder");
            Problem::new(Code::InputChanged, cause).in_file(path.display().to_string())
        })
        .collect()
}

fn has_certificate(path: &Path, plan: &Plan) -> bool {
    let name = plan.certificate.as_ref().and_then(|file| Path::new(&file.path).file_name());
    name.is_some_and(|name| path.with_file_name(name).is_file())
}

fn forget_bound(path: &Path, plan: &mut Plan) {
    if plan.bound.is_some() {
        output::note(&format!(
            "note: the certificate of {} is not beside it, so its bound counts as unknown",
            path.display()
        ));
    }
    (plan.bound, plan.gap, plan.certificate) = (None, None, None);
    if plan.status == Status::Optimal {
        plan.status = Status::Feasible;
    }
}

fn holds(plan: &Plan, verdict: &Verdict) -> bool {
    let says_so = plan.status == Status::Infeasible && !verdict.feasible;
    verdict.accepted || (says_so && verdict.value == Some(plan.value))
}

fn refused(path: &Path, verdict: Verdict) -> Failure {
    let name = path.display().to_string();
    Failure::Input(verdict.problems.into_iter().map(|p| p.in_file(name.clone())).collect())
}
