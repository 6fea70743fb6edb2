//! `plan`: the best order of openings, with its bound and certificate; or the score of a list.

use std::path::Path;

use groundwork_formats::{ListRow, read_list};
use groundwork_model::certificate::CERTIFICATE_FORMAT;
use groundwork_model::plan::{FutureOutcome, Method, PLAN_FORMAT, Served};
use groundwork_model::{
    Certificate, Claim, Code, Locked, Opening, Plan, Problem, Question, Run, Status, StoppedBy,
    Verdict,
};
use groundwork_solve::{Infeasible, Options, Planner, Solution, conflict};
use groundwork_verify::{FutureScore, Score};

use super::goals;
use super::question::{cautions, label, question};
use super::summary;
use crate::cli::{PlanArgs, SearchArgs};
use crate::disk::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::progress::Watch;

pub(crate) fn run(arguments: &PlanArgs) -> Result<Exit, Failure> {
    let path = disk::plan_path(&arguments.folder, arguments.out.as_ref());
    disk::expect_json_name(&path)?;
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let mut asked = question(&arguments.question, &loaded.programme)?;
    for caution in cautions(&asked, &loaded.programme) {
        output::note(&format!("note: {caution}"));
    }
    let list = arguments.from.as_deref().map(|path| list(path, &loaded)).transpose()?;
    if let Some(rows) = list.as_ref().filter(|_| arguments.re_solve) {
        asked.locked = locked(rows);
    }
    let mut made = goals::solve_in_order(&loaded, &asked, &[], &arguments.search)?;
    if let Some(rows) = list.filter(|_| !arguments.re_solve)
        && let Some(last) = made.pop()
    {
        made.push(scored(&loaded, last, &rows)?);
    }
    let request = Request {
        path: &path,
        folder: &arguments.folder,
        search: &arguments.search,
        json: arguments.json,
        words: &|_| String::new(),
    };
    finish(&request, &loaded, made)
}

/// Says where a plan goes and how it is shown.
pub(crate) struct Request<'a> {
    pub(crate) path: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) search: &'a SearchArgs,
    pub(crate) json: bool,
    /// What else to say of the plan.
    pub(crate) words: &'a dyn Fn(&Plan) -> String,
}

/// Is a plan with its certificate, before it is written.
pub(crate) struct Made {
    pub(crate) plan: Plan,
    pub(crate) certificate: Option<Certificate>,
}

/// Searches for the best plan of a question, also from one that is known.
pub(crate) fn solve(
    loaded: &Loaded,
    question: &Question,
    known: &[Opening],
    search: &SearchArgs,
) -> Result<Made, Failure> {
    // The clock starts before the indexing, which is part of what a person waits for.
    let watch = Watch::start(search.run.progress, search.time_limit);
    let planner = Planner::new(&loaded.programme, question)
        .map_err(|infeasible| why_infeasible(loaded, question, &watch, infeasible))?;
    let (_, scale, unit) = planner.measure();
    watch.measure(scale, unit);
    let solution = planner.solve_from(known, options(search), &watch);
    watch.finish();
    let solution = solution.map_err(|bare| why_infeasible(loaded, question, &watch, bare))?;
    let run = run_facts(&solution, &watch, search);
    Ok(assemble(
        loaded,
        &planner,
        question,
        solution,
        (label(question, &loaded.programme), Method::Optimised),
        run,
    ))
}

/// Names the rules that cannot be kept together, as far as they are found in time.
fn why_infeasible(
    loaded: &Loaded,
    question: &Question,
    watch: &Watch,
    bare: Infeasible,
) -> Failure {
    output::note("no plan keeps all rules; looking for those that cannot be kept together");
    let conflict = conflict(&loaded.programme, question, watch);
    let mut problems = bare.0;
    if !conflict.repairs.is_empty() {
        let bare = problems.iter_mut().filter(|problem| problem.code == Code::NoPlan);
        bare.for_each(|problem| "Take one of the repairs below.".clone_into(&mut problem.remedy));
    }
    Failure::Infeasible(problems, Some(Box::new(conflict)))
}

/// Sets the number of threads for everything that follows; 0 is one for each core.
pub(crate) fn use_threads(threads: usize) {
    // Fails only when the pool exists already, and then it was made from the same option.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
}

/// Gap at which the search for a plan stops unless somebody says otherwise.
const GAP: f64 = 0.0001;

/// Returns the solver's options.
pub(crate) fn options(search: &SearchArgs) -> Options {
    options_with_gap(search, GAP)
}

/// Returns the solver's options, with this gap unless another is asked for.
pub(crate) fn options_with_gap(search: &SearchArgs, gap: f64) -> Options {
    let gap = search.run.gap.unwrap_or(gap);
    Options { gap, work_limit: search.run.work_limit, seed: search.run.seed }
}

/// Returns how a run went.
pub(crate) fn run_facts(solution: &Solution, watch: &Watch, search: &SearchArgs) -> Run {
    Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seconds: (watch.seconds() * 1000.0).round() / 1000.0,
        work: solution.work,
        threads: u32::try_from(rayon::current_num_threads()).unwrap_or(u32::MAX),
        seed: search.run.seed,
        peak_rss_bytes: peak_rss_bytes(),
    }
}

/// Makes a plan and its certificate from what the solver found.
pub(crate) fn assemble(
    loaded: &Loaded,
    planner: &Planner<'_>,
    question: &Question,
    solution: Solution,
    (label, method): (String, Method),
    run: Run,
) -> Made {
    let (sense, scale, unit) = planner.measure();
    let gap = solution.gap();
    let certificate = solution.bound.zip(solution.proof).map(|(bound, proof)| Certificate {
        format: CERTIFICATE_FORMAT,
        inputs: loaded.inputs.clone(),
        question: question.clone(),
        claim: Claim { value: solution.value, bound },
        proof,
    });
    let plan = Plan {
        format: PLAN_FORMAT,
        programme: loaded.programme.settings.name.clone(),
        label,
        method,
        inputs: loaded.inputs.clone(),
        question: question.clone(),
        status: solution.status,
        stopped_by: solution.stopped_by,
        sense,
        scale,
        unit: unit.to_owned(),
        value: solution.value,
        bound: solution.bound,
        gap,
        openings: solution.openings,
        outcomes: solution.outcomes,
        person_years_of_access: solution.person_years_of_access,
        certificate: None,
        run,
        assignments: solution.assignments,
        futures: solution.futures,
    };
    Made { plan, certificate }
}

fn list(path: &Path, loaded: &Loaded) -> Result<Vec<ListRow>, Failure> {
    let bytes = disk::read(path)?;
    let (rows, problems) = read_list(&path.display().to_string(), &bytes, &loaded.programme);
    if problems.iter().any(Problem::is_error) { Err(Failure::Input(problems)) } else { Ok(rows) }
}

fn locked(rows: &[ListRow]) -> Vec<Locked> {
    let kept = rows.iter().filter(|row| row.lock);
    kept.map(|row| Locked {
        site: row.site.clone(),
        period: row.period,
        package: row.package.clone(),
    })
    .collect()
}

/// Replaces the solver's openings by those of a list and keeps the bound.
fn scored(loaded: &Loaded, best: Made, rows: &[ListRow]) -> Result<Made, Failure> {
    let openings = listed_openings(loaded, &best.plan, rows);
    let (programme, question) = (&loaded.programme, &best.plan.question);
    let planner = Planner::new(programme, question)
        .map_err(|infeasible| Failure::Infeasible(infeasible.0, None))?;
    let lists = planner.assign_in_futures(&openings);
    let served: Vec<&[Served]> = lists.iter().map(Vec::as_slice).collect();
    let score = groundwork_verify::verify_choices(programme, question, &openings, &served);
    // Without a value there is nothing to score; the broken rules say why.
    let Some(value) = score.value else { return Err(Failure::Input(score.problems)) };
    let (assignments, futures) = by_future(&score, lists);
    let bound = best.plan.bound;
    let status = match (score.problems.is_empty(), bound == Some(value)) {
        (false, _) => Status::Infeasible,
        (true, true) => Status::Optimal,
        (true, false) => Status::Feasible,
    };
    let stopped_by = match (status, best.plan.stopped_by) {
        (Status::Optimal, _) => StoppedBy::Proved,
        // The search for the bound proved its own plan, not this one.
        (_, StoppedBy::Proved) => StoppedBy::Exhausted,
        (_, reason) => reason,
    };
    let plan = Plan {
        label: "list made by hand".to_owned(),
        method: Method::Listed,
        stopped_by,
        status,
        value,
        gap: bound.map(|bound| Plan::gap_of(value, bound)),
        openings,
        assignments,
        futures,
        outcomes: score.outcomes,
        person_years_of_access: score.person_years_of_access,
        ..best.plan
    };
    let certificate = best.certificate.map(|certificate| Certificate {
        claim: Claim { value, ..certificate.claim },
        ..certificate
    });
    Ok(Made { plan, certificate })
}

/// Shares out who is served where: to the plan where the question has no futures, else to each of them, with what the list
/// comes to there.
pub(crate) fn by_future(
    score: &Score,
    lists: Vec<Vec<Served>>,
) -> (Vec<Served>, Vec<FutureOutcome>) {
    let mut lists = lists.into_iter();
    if score.futures.is_empty() {
        return (lists.next().unwrap_or_default(), Vec::new());
    }
    let futures = score.futures.iter().zip(lists.chain(std::iter::repeat(Vec::new())));
    let outcome = |(future, assignments): (&FutureScore, Vec<Served>)| {
        let (name, weight) = (future.name.clone(), future.weight);
        future.value.map(|value| FutureOutcome { name, weight, value, assignments })
    };
    (Vec::new(), futures.filter_map(outcome).collect())
}

fn listed_openings(loaded: &Loaded, best: &Plan, rows: &[ListRow]) -> Vec<Opening> {
    let settings = &loaded.programme.settings;
    let fixed = |site: &str| best.openings.iter().any(|o| o.fixed && o.site == site);
    let mut openings: Vec<Opening> = rows
        .iter()
        .map(|row| Opening {
            site: row.site.clone(),
            package: row.package.clone().unwrap_or_else(|| settings.packages[0].id.clone()),
            period: row.period,
            year: settings.periods.label(row.period),
            fixed: fixed(&row.site),
            ..Opening::default()
        })
        .collect();
    openings.sort_by_key(|opening| opening.period);
    openings
}

/// Writes the plans of all goals, shows the last, and says how the command ends.
pub(crate) fn finish(
    request: &Request<'_>,
    loaded: &Loaded,
    mut made: Vec<Made>,
) -> Result<Exit, Failure> {
    let last = made.pop().ok_or_else(|| Failure::Infeasible(Vec::new(), None))?;
    let earlier_accepted = goals::write_earlier(request.path, request.folder, loaded, made)?;
    expect_plan(&last.plan, "")?;
    let (plan, verdict) = write_verified(request.path, request.folder, loaded, last)?;
    if request.json {
        output::data(&output::json_pretty(&plan));
    } else {
        let text = summary::text(&loaded.programme, &plan) + &(request.words)(&plan);
        output::data(text.as_bytes());
    }
    for problem in &verdict.problems {
        output::note(&output::problem_text(problem));
    }
    output::note(&format!("checker: {}", super::verify::word(&verdict)));
    output::note(&format!("plan written to {}", request.path.display()));
    if matches!(plan.stopped_by, StoppedBy::Time | StoppedBy::Interrupt) {
        output::note(&again(request.search, &plan));
    }
    Ok(if earlier_accepted { exit_of(&plan, &verdict) } else { Exit::VerificationFailed })
}

/// Refuses a search that ended without a plan, `of` saying for what: there is none to write.
pub(crate) fn expect_plan(plan: &Plan, of: &str) -> Result<(), Failure> {
    if plan.is_found() || plan.method == Method::Listed {
        return Ok(());
    }
    let cause = format!("the search was stopped before there was any plan{of}");
    Err(Failure::Stopped(Problem::new(Code::StoppedWithoutPlan, cause)))
}

/// Says how to get the same plan again without a clock.
fn again(search: &SearchArgs, plan: &Plan) -> String {
    let (work, gap, seed) = (plan.run.work, options(search).gap, search.run.seed);
    format!("--work-limit {work} --gap {gap} --seed {seed} gives this plan again")
}

/// Writes a plan and returns it with the checker's verdict.
pub(crate) fn write_verified(
    path: &Path,
    folder: &Path,
    loaded: &Loaded,
    made: Made,
) -> Result<(Plan, Verdict), Failure> {
    let cells = disk::map_cells(folder, &loaded.programme);
    let Made { plan, certificate } = made;
    let plan =
        disk::write_plan(path, plan, certificate.as_ref(), &loaded.programme, cells.as_deref())?;
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    Ok((plan, verdict))
}

fn exit_of(plan: &Plan, verdict: &Verdict) -> Exit {
    let cut_short = plan.stopped_by.is_early() && plan.method != Method::Listed;
    if !verdict.accepted {
        Exit::VerificationFailed
    } else if cut_short {
        Exit::StoppedWithPlan
    } else {
        Exit::Done
    }
}

/// Returns the largest resident memory so far, where the system tells.
pub(crate) fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
