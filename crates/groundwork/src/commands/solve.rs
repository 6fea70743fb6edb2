//! `solve`: a benchmark file of the field.

use groundwork_model::field::{
    FieldAnswer, FieldAssignment, FieldCertificate, FieldOpening, FieldStatus,
};
use groundwork_model::{Plan, StoppedBy};
use groundwork_solve::{FieldSolution, solve_field};

use super::plan::{options_with_gap, peak_rss_bytes, use_threads};
use super::{benchmark, frontier};
use crate::cli::SolveArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::per_cent;
use crate::output;
use crate::progress::Watch;

/// Version of the certificate that this program writes.
const CERTIFICATE_FORMAT: u32 = 1;

pub(crate) fn run(arguments: &SolveArgs) -> Result<Exit, Failure> {
    match arguments.benchmark.frontier {
        Some((first, last)) => frontier::solve(arguments, first..=last),
        None => solve(arguments),
    }
}

/// Answers for one number of sites.
fn solve(arguments: &SolveArgs) -> Result<Exit, Failure> {
    let search = &arguments.search;
    use_threads(search.run.threads);
    let watch = Watch::start(search.run.progress, search.time_limit);
    let (problem, sha256) = benchmark::load(&arguments.file, &arguments.benchmark)?;
    watch.measure(problem.scale, "");
    let options = options_with_gap(search, 0.0);
    let solution =
        solve_field(&problem, options, &watch).map_err(|problem| Failure::Input(vec![problem]))?;
    watch.finish();
    let answer = answer(&solution, problem.scale, watch.seconds());
    if let Some(path) = &arguments.certificate {
        write_certificate(path, &sha256, solution)?;
    }
    if arguments.json {
        output::data(&output::json_pretty(&answer));
    } else {
        output::data(text(&answer).as_bytes());
    }
    if answer.stopped_by == StoppedBy::Time || answer.stopped_by == StoppedBy::Interrupt {
        output::note(&format!("--work-limit {} gives this answer again", answer.work));
    }
    Ok(exit_of(&answer))
}

fn answer(solution: &FieldSolution, scale: u64, seconds: f64) -> FieldAnswer {
    let numbered = |&(site, period): &(usize, usize)| FieldOpening {
        site: site as u32 + 1,
        period: period as u32 + 1,
    };
    let assigned = |&(client, site, amount): &(usize, usize, u64)| FieldAssignment {
        client: client as u32 + 1,
        site: site as u32 + 1,
        amount,
    };
    FieldAnswer {
        status: solution.status,
        stopped_by: solution.stopped_by,
        sense: solution.sense,
        scale,
        value: solution.value,
        bound: solution.bound,
        gap: solution.value.zip(solution.bound).map(|(value, bound)| Plan::gap_of(value, bound)),
        seconds: (seconds * 1000.0).round() / 1000.0,
        work: solution.work,
        peak_rss_bytes: peak_rss_bytes(),
        openings: solution.openings.iter().map(numbered).collect(),
        assignments: solution.assignments.iter().map(assigned).collect(),
    }
}

fn write_certificate(
    path: &std::path::Path,
    sha256: &str,
    solution: FieldSolution,
) -> Result<(), Failure> {
    let Some((bound, proof)) = solution.bound.zip(solution.proof) else {
        output::note("there is no bound, so no certificate is written");
        return Ok(());
    };
    let certificate = FieldCertificate {
        format: CERTIFICATE_FORMAT,
        sha256: sha256.to_owned(),
        value: solution.value,
        bound,
        proof,
    };
    disk::write(path, &output::json_line(&certificate))
}

fn text(answer: &FieldAnswer) -> String {
    let number = |number: Option<i128>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let scale = if answer.scale == 1 { String::new() } else { format!(" / {}", answer.scale) };
    let status = match answer.status {
        FieldStatus::Optimal => "proved best",
        FieldStatus::Feasible => "not proved best",
        FieldStatus::Infeasible => "no answer keeps the rules",
        FieldStatus::Unknown => "no answer found",
    };
    let sites: Vec<String> =
        answer.openings.iter().map(|o| format!("{}:{}", o.site, o.period)).collect();
    format!(
        "{status}\nvalue {}{scale}\nbound {}{scale}\ngap   {}\nsite:period {}\n",
        number(answer.value),
        number(answer.bound),
        answer.gap.map_or_else(|| "-".to_owned(), per_cent),
        sites.join(" "),
    )
}

fn exit_of(answer: &FieldAnswer) -> Exit {
    match answer.status {
        FieldStatus::Infeasible => Exit::Infeasible,
        FieldStatus::Unknown => Exit::StoppedWithoutPlan,
        FieldStatus::Feasible if answer.stopped_by.is_early() => Exit::StoppedWithPlan,
        FieldStatus::Feasible | FieldStatus::Optimal => Exit::Done,
    }
}
