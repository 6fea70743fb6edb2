//! `verify`: the checker's word on a plan.

use groundwork_model::{Plan, Verdict};

use crate::cli::VerifyArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{per_cent, thousands, value};
use crate::output;

pub(crate) fn run(arguments: &VerifyArgs) -> Result<Exit, Failure> {
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
