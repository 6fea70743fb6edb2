//! `explain`: why a site opens when it does, what moving it costs, and which other plans are nearly as good.

mod find;
mod moves;
mod pool;
mod study;
mod text;
mod why;

use std::io::IsTerminal;
use std::path::Path;

use groundwork_model::explanation::{EXPLANATION_FORMAT, Move, Standing, Within};
use groundwork_model::{Code, Explanation, Plan, Problem, Status};
use groundwork_solve::Exchanges;

use self::study::{Kept, Study};
use super::plan::use_threads;
use super::{difference, rechecked};
use crate::cli::{ExplainArgs, ProgressName, RunArgs, SearchArgs, SharedSearchArgs};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(arguments: &ExplainArgs) -> Result<Exit, Failure> {
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let site = find::site(&loaded.programme, &arguments.place)?;
    let path = disk::plan_path(&arguments.folder, arguments.plan.as_ref());
    let plan = rechecked::plan(&path, &loaded)?;
    expect_kept(&path, &plan)?;
    let search = quiet(&arguments.search);
    let study = Study::new(&loaded, &plan, &site, &search, arguments.within);
    let explanation = explained(&study, &path, arguments.within);
    if arguments.json {
        output::data(&output::json_pretty(&explanation));
    } else {
        output::data(text::text(&loaded.programme, &explanation).as_bytes());
    }
    Ok(Exit::Done)
}

/// Refuses a list that breaks rules: there is nothing to say about moving what may not stand.
fn expect_kept(path: &Path, plan: &Plan) -> Result<(), Failure> {
    if plan.status != Status::Infeasible {
        return Ok(());
    }
    let cause = "the list breaks rules, so it is no plan that could be explained";
    let remedy = "Run `groundwork verify` to see the rules, and plan again with --re-solve.";
    let problem = Problem::new(Code::NoPlan, cause).with_remedy(remedy);
    Err(Failure::Input(vec![problem.in_file(path.display().to_string())]))
}

/// Many short runs need no lines of their own where nobody sees a bar.
fn quiet(search: &SharedSearchArgs) -> SearchArgs {
    let lines = search.run.progress == ProgressName::Auto && !std::io::stderr().is_terminal();
    let progress = if lines { ProgressName::None } else { search.run.progress };
    let run = RunArgs { progress, ..search.run.clone() };
    SearchArgs { time_limit: search.time_limit, run }
}

fn explained(study: &Study<'_>, path: &Path, within: f64) -> Explanation {
    let plan = study.plan;
    let index =
        Exchanges::new(study.programme(), &plan.openings, plan.question.goal(study.programme()));
    let standing = why::standing(study);
    let movable = matches!(standing, Standing::Chosen | Standing::Decided | Standing::NotChosen);
    let (exchanges, mut known) =
        if movable { pool::exchanges(study, &index) } else { Default::default() };
    let found = moves::moves(study, standing, &known);
    let (moves, plans): (Vec<Move>, Vec<Option<Kept>>) = found.into_iter().unzip();
    known.extend(plans.into_iter().flatten());

    let mut collector = pool::Collector::new(study);
    // Plans that drop a decision answer another question.
    if standing != Standing::Decided {
        known.iter().for_each(|kept| collector.add(kept));
    }
    collector.add_exchanges(&index);
    let otherwise = if moves.iter().any(|row| row.within == Within::Yes) {
        Within::Yes
    } else if moves::proved_nowhere_else(study, &moves) {
        Within::ProvedNone
    } else {
        Within::NotKnown
    };
    collector.add_runs(within);
    Explanation {
        format: EXPLANATION_FORMAT,
        programme: study.programme().settings.name.clone(),
        inputs: study.loaded.inputs.clone(),
        sense: plan.sense,
        scale: plan.scale,
        unit: plan.unit.clone(),
        plan: difference::compared(path, plan),
        site: study.site.id.clone(),
        name: study.site.name.clone(),
        province: study.site.province.clone(),
        persons: study.site.persons,
        standing,
        steps: plan.openings.iter().filter(|row| row.site == study.site.id).cloned().collect(),
        serves: why::serves(study, &index),
        saving: why::saving(study, &index),
        rank: why::rank(study, &index),
        alone: if standing == Standing::Fact { Vec::new() } else { why::alone(study) },
        moves,
        exchanges,
        pool: collector.pool(within, otherwise),
        as_written: study.is_about_futures(),
    }
}
