//! `solve --frontier` and `verify --frontier`: every number of sites of a range.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::Path;

use groundwork_formats::{read_frontier, read_frontier_certificate};
use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::frontier::{
    FRONTIER_CERTIFICATE_FORMAT, FrontierAnswer, FrontierCertificate, FrontierMultipliers,
    FrontierPoint, FrontierVerdict,
};
use groundwork_model::{Plan, StoppedBy};
use groundwork_solve::{FrontierSolution, FrontierStep, solve_frontier};
use groundwork_verify::verify_frontier;

use super::benchmark;
use super::plan::{options_with_gap, peak_rss_bytes, use_threads};
use crate::cli::{SolveArgs, VerifyArgs};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::{count, per_cent, thousands};
use crate::output;
use crate::progress::Watch;

/// Rows of the table that people see, about.
const ROWS: usize = 20;
/// Rows of round numbers that are enough.
const ROUND_ROWS: usize = 8;
/// Faults that people see at once.
const FAULTS: usize = 20;

/// Answers for every number of sites.
pub(crate) fn solve(arguments: &SolveArgs, range: RangeInclusive<u32>) -> Result<Exit, Failure> {
    let search = &arguments.search;
    use_threads(search.run.threads);
    let watch = Watch::start(search.run.progress, search.time_limit);
    let (problem, sha256) = benchmark::load(&arguments.file, &arguments.benchmark)?;
    watch.measure(problem.scale, "");
    let options = options_with_gap(search, 0.0);
    let solution = solve_frontier(&problem, range, options, &watch)
        .map_err(|problem| Failure::Input(vec![problem]))?;
    watch.finish();
    let answer = answer(&solution, problem.scale, watch.seconds());
    if let Some(path) = &arguments.certificate {
        disk::write(path, &output::json_line(&certificate(&answer, sha256, solution)))?;
    }
    if arguments.json {
        output::data(&output::json_line(&answer));
    } else {
        output::data(text(&problem, &answer).as_bytes());
    }
    if matches!(answer.stopped_by, StoppedBy::Time | StoppedBy::Interrupt) {
        output::note(&format!("--work-limit {} gives this frontier again", answer.work));
    }
    Ok(match answer.stopped_by {
        StoppedBy::Time | StoppedBy::Work | StoppedBy::Interrupt => Exit::StoppedWithPlan,
        StoppedBy::Proved | StoppedBy::Gap | StoppedBy::Exhausted => Exit::Done,
    })
}

/// Checks an answer for every number of sites.
pub(crate) fn verify(
    arguments: &VerifyArgs,
    solution: &Path,
    range: RangeInclusive<u32>,
) -> Result<Exit, Failure> {
    let (problem, sha256) = benchmark::load(&arguments.folder, &arguments.benchmark)?;
    let refused = |problem| Failure::Input(vec![problem]);
    let answer = read_frontier(&solution.display().to_string(), &disk::read(solution)?);
    let answer = answer.map_err(refused)?;
    let certificate = match &arguments.certificate {
        Some(path) => {
            let read = read_frontier_certificate(&path.display().to_string(), &disk::read(path)?);
            Some(read.map_err(refused)?)
        }
        None => None,
    };
    let verdict = verify_frontier(&problem, range, &sha256, &answer, certificate.as_ref());
    if arguments.json {
        output::data(&output::json_line(&verdict));
    } else {
        output::data(verdict_text(&verdict).as_bytes());
    }
    Ok(if verdict.accepted { Exit::Done } else { Exit::VerificationFailed })
}

fn answer(solution: &FrontierSolution, scale: u64, seconds: f64) -> FrontierAnswer {
    let numbered = |sites: &[usize]| sites.iter().map(|&site| site as u32 + 1).collect();
    let point = |step: &FrontierStep| FrontierPoint {
        p: step.p,
        value: step.value,
        bound: step.bound,
        gap: Plan::gap_of(step.value, step.bound),
        opened: numbered(&step.opened),
        closed: numbered(&step.closed),
    };
    let points: Vec<FrontierPoint> = solution.steps.iter().map(point).collect();
    FrontierAnswer {
        stopped_by: solution.stopped_by,
        sense: solution.sense,
        scale,
        gap: points.iter().map(|point| point.gap).fold(0.0, f64::max),
        seconds: (seconds * 1000.0).round() / 1000.0,
        work: solution.work,
        peak_rss_bytes: peak_rss_bytes(),
        points,
    }
}

fn certificate(
    answer: &FrontierAnswer,
    sha256: String,
    solution: FrontierSolution,
) -> FrontierCertificate {
    let lists = solution.multipliers.into_iter();
    FrontierCertificate {
        format: FRONTIER_CERTIFICATE_FORMAT,
        sha256,
        claims: answer.claims(),
        multipliers: lists.map(|(shift, radii)| FrontierMultipliers { shift, radii }).collect(),
    }
}

fn text(problem: &FieldProblem, answer: &FrontierAnswer) -> String {
    let covers = matches!(problem.ask, Ask::Cover { .. });
    let weight: u128 = problem.weights.iter().map(|&weight| u128::from(weight)).sum();
    let (value, share) = if covers { ("covered", "of all") } else { ("cost", "mean") };
    let scale = if answer.scale == 1 { String::new() } else { format!(" / {}", answer.scale) };
    let shown = shown(answer.points.len(), |at| answer.points[at].p);
    let row = |at: usize| {
        let point = &answer.points[at];
        let each = point.value as f64 / (weight as f64).max(1.0);
        let share =
            if covers { per_cent(each) } else { format!("{:.1}", each / answer.scale as f64) };
        let figures = [thousands(point.value), share, thousands(point.bound), per_cent(point.gap)];
        (thousands(point.p), figures)
    };
    let mut text = String::new();
    let mut line = |p: &str, [value, share, bound, gap]: [&str; 4]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{p:>7}  {value:>20}  {share:>9}  {bound:>20}  {gap:>9}");
    };
    line("sites", [value, share, "bound", "gap"]);
    for (p, [value, share, bound, gap]) in shown.iter().map(|&at| row(at)) {
        line(&p, [&value, &share, &bound, &gap]);
    }
    let _ = writeln!(
        text,
        "{}, widest gap {}{}\n--json prints every point, and which sites each plan opens and closes",
        count(answer.points.len(), "number") + " of sites",
        per_cent(answer.gap),
        if scale.is_empty() { scale } else { format!("; values{scale}") },
    );
    text
}

/// Returns which of the points people see: those of round numbers, or evenly many of a narrow range; all
/// of few, the first and the last always.
fn shown(points: usize, p: impl Fn(usize) -> u32) -> Vec<usize> {
    if points <= ROWS {
        return (0..points).collect();
    }
    let is_round = |at: usize| {
        let mut p = p(at);
        while p.is_multiple_of(10) && p > 0 {
            p /= 10;
        }
        matches!(p, 1 | 2 | 3 | 5 | 7 | 15)
    };
    let is_end = |at: usize| at == 0 || at == points - 1;
    let round: Vec<usize> = (0..points).filter(|&at| is_round(at) || is_end(at)).collect();
    if round.len() >= ROUND_ROWS {
        return round;
    }
    (0..ROWS).map(|at| at * (points - 1) / (ROWS - 1)).collect()
}

fn verdict_text(verdict: &FrontierVerdict) -> String {
    let word = if verdict.accepted { "accepted" } else { "refused" };
    let mut lines = vec![
        word.to_owned(),
        format!("  points     {}", thousands(verdict.points.len() as i128)),
        format!("  widest gap {}", verdict.gap.map_or_else(|| "-".to_owned(), per_cent)),
    ];
    let faults = verdict.problems.iter();
    lines.extend(faults.take(FAULTS).map(output::problem_text));
    if let Some(more) = verdict.problems.len().checked_sub(FAULTS + 1) {
        lines.push(format!("and {} more", count(more + 1, "problem")));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_round_numbers() {
        let of = |first: u32, last: u32| -> Vec<u32> {
            let p = |at: usize| first + at as u32;
            shown((last - first + 1) as usize, p).into_iter().map(p).collect()
        };
        let to_2000 =
            [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000];
        assert_eq!(of(1, 2000), to_2000);
        assert_eq!(of(4, 9), [4, 5, 6, 7, 8, 9]);
        let narrow = of(500, 690);
        assert_eq!((narrow.len(), narrow[0], narrow[19]), (20, 500, 690));
    }
}
