//! `compare`: the plan beside what planners do by hand and what was really done; or one plan against another.

use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::plan::Method;
use groundwork_model::plan::Sense;
use groundwork_model::{Comparison, ComparisonRow, Plan, Question, QuotaSource};
use groundwork_solve::{Planner, Solution};
use jiff::civil::Date;

use super::difference;
use super::plan::{Made, assemble, options, run_facts, solve, use_threads, write_verified};
use super::question::day;
use super::summary::population_note;
use crate::cli::{CompareArgs, SearchArgs};
use crate::disk::{self, Loaded, PLANS};
use crate::exit::{Exit, Failure};
use crate::figures::{kilometres, per_cent, thousands, value};
use crate::output;
use crate::progress::Watch;

/// Differences below this share of the value are called small.
const SMALL: f64 = 0.005;

pub(crate) fn run(arguments: &CompareArgs) -> Result<Exit, Failure> {
    use_threads(arguments.search.run.threads);
    if let Some((plan, other)) = arguments.plan.as_ref().zip(arguments.other.as_ref()) {
        return difference::run(arguments, plan, other);
    }
    let loaded = disk::load(&arguments.folder)?;
    let as_of = match arguments.as_of.as_deref() {
        Some(text) => Some(day(text, &loaded.programme)?),
        None => loaded.programme.last_report(),
    };
    let mut plans = Vec::new();
    let mut accepted = true;
    for (name, made) in plans_of(&loaded, as_of, &arguments.search)? {
        let file = format!("compare-{name}.json");
        let path = arguments.folder.join(PLANS).join(&file);
        let (plan, verdict) = write_verified(&path, &arguments.folder, &loaded, made)?;
        accepted &= verdict.accepted;
        plans.push((file, plan));
    }
    let comparison = comparison(&loaded, as_of, &plans);
    write(&arguments.folder, &comparison)?;
    if arguments.json {
        output::data(&output::json_pretty(&comparison));
    } else {
        output::data(text(&loaded, &comparison).as_bytes());
    }
    Ok(match accepted {
        false => Exit::VerificationFailed,
        true if plans.iter().any(|(_, plan)| plan.stopped_by.is_early()) => Exit::StoppedWithPlan,
        true => Exit::Done,
    })
}

/// Makes the plans to compare, ours first.
fn plans_of(
    loaded: &Loaded,
    as_of: Option<Date>,
    search: &SearchArgs,
) -> Result<Vec<(&'static str, Made)>, Failure> {
    let common = Question { quotas: QuotaSource::AsTaken, ..Question::default() };
    let mut best = solve(loaded, &common, &[], search)?;
    // Without an order taken the quotas are the programme's own, and there is nothing to say about them.
    let of_the_others =
        if as_of.is_some() { ", with the openings a period of the others" } else { "" };
    best.plan.label = format!("best order from the start{of_the_others}");
    let mut plans = vec![("best", best)];
    if let Some(day) = as_of {
        let taken = Question { as_of: Some(day), ..common.clone() };
        let mut made = solve(loaded, &taken, &[], search)?;
        made.plan.label = format!("order taken until {day}, then its best continuation");
        plans.push(("taken", made));
    }
    let planner = Planner::new(&loaded.programme, &common)
        .map_err(|infeasible| Failure::Infeasible(infeasible.0, None))?;
    let (_, scale, unit) = planner.measure();
    let by_hand = |label: &str, method: Method, find: &dyn Fn(&Watch) -> Solution| {
        let watch = Watch::start(search.run.progress, search.time_limit);
        watch.measure(scale, unit);
        let solution = find(&watch);
        watch.finish();
        let run = run_facts(&solution, &watch, search);
        assemble(loaded, &planner, &common, solution, (label.to_owned(), method), run)
    };
    let Some(plain) = planner.plain() else { return Ok(plans) };
    plans.push((
        "biggest-first",
        by_hand("biggest first", Method::BiggestFirst, &|_| plain.biggest_first()),
    ));
    plans.push(("greedy", by_hand("greedy, one by one", Method::Greedy, &|_| plain.greedy())));
    plans.push((
        "two-step",
        by_hand("two-step: best final set, then its best order", Method::TwoStep, &|watch| {
            plain.two_step(options(search), watch)
        }),
    ));
    Ok(plans)
}

fn comparison(loaded: &Loaded, as_of: Option<Date>, plans: &[(String, Plan)]) -> Comparison {
    let best = &plans[0].1;
    let bound = best.bound.unwrap_or(best.value);
    let populations = loaded.programme.populations();
    let rows: Vec<ComparisonRow> = plans
        .iter()
        .map(|(file, plan)| ComparisonRow {
            label: plan.label.clone(),
            method: plan.method,
            file: file.clone(),
            value: plan.value,
            gap: Plan::gap_of(plan.value, bound),
            worse: worse(best, plan),
            person_years_of_access: plan.person_years_of_access,
            mean_distance_m: plan.mean_distance_m(&populations),
            worst_distance_m: plan.outcomes.last().and_then(|last| last.worst_distance_m),
        })
        .collect();
    Comparison {
        format: 1,
        programme: loaded.programme.settings.name.clone(),
        as_of,
        openings: best.outcomes.iter().map(|outcome| outcome.openings).collect(),
        bound,
        scale: best.scale,
        unit: best.unit.clone(),
        findings: findings(&rows).into_iter().chain(facts_finding(plans)).collect(),
        rows,
    }
}

/// Returns by which share of the first plan's value a plan is worse; below 0 it is better.
fn worse(best: &Plan, plan: &Plan) -> f64 {
    let difference = match best.sense {
        Sense::Min => plan.value - best.value,
        Sense::Max => best.value - plan.value,
    };
    difference as f64 / best.value.abs().max(1) as f64
}

/// Says in sentences which differences are large and which are small.
fn findings(rows: &[ComparisonRow]) -> Vec<String> {
    let best = &rows[0];
    rows[1..]
        .iter()
        .map(|row| {
            let years =
                i128::from(best.person_years_of_access) - i128::from(row.person_years_of_access);
            let access = match years {
                0 => "gives the same person-years of access".to_owned(),
                1.. => format!("gives {} fewer person-years of access", thousands(years)),
                _ => format!(
                    "gives {} more person-years of access, which is not what the goal counts",
                    thousands(-years)
                ),
            };
            let size = match row.worse {
                0.0 => "is as good as the best".to_owned(),
                w if w < 0.0 => format!("is better by {}: give the search more time", per_cent(-w)),
                w if w < SMALL => format!("is worse by {}, a small difference", per_cent(w)),
                w => format!("is worse by {}", per_cent(w)),
            };
            format!("{} {size}; it {access}.", capitalised(&subject(&row.label)))
        })
        .collect()
}

/// Says how the order taken stands in the last year that facts decide.
fn facts_finding(plans: &[(String, Plan)]) -> Option<String> {
    let best = &plans[0].1;
    let taken = plans.iter().map(|(_, plan)| plan).find(|plan| plan.question.as_of.is_some())?;
    let last = taken.openings.iter().filter(|o| o.fixed).map(|o| o.period).max()?;
    let at = last as usize - 1;
    let (ours, theirs) = (best.outcomes.get(at)?, taken.outcomes.get(at)?);
    let difference = i128::from(ours.access_all) - i128::from(theirs.access_all);
    Some(format!(
        "In {}, the last year that facts decide, the order taken gives {} persons access; the best order \
         from the start would have given {} {}.",
        theirs.year,
        thousands(theirs.access_all),
        thousands(difference.abs()),
        if difference >= 0 { "more" } else { "fewer" },
    ))
}

/// Returns a label as the subject of a sentence.
fn subject(label: &str) -> String {
    let phrase = label.split_once(": ").map_or(label, |(name, _)| name);
    match phrase.split_once(", then ") {
        Some((facts, rest)) => format!("the {facts} with {rest}"),
        None => format!("the plan \u{201c}{phrase}\u{201d}"),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn write(folder: &Path, comparison: &Comparison) -> Result<(), Failure> {
    disk::write(&folder.join(PLANS).join("comparison.json"), &output::json_pretty(comparison))
}

/// Returns a difference as a cell: a plan that is better stands out by its sign.
fn share(worse: f64) -> String {
    if worse < 0.0 { format!("-{}", per_cent(-worse)) } else { per_cent(worse) }
}

fn text(loaded: &Loaded, comparison: &Comparison) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["plan", "value", "worse", "person-years of access", "mean", "worst at end"]);
    for row in &comparison.rows {
        table.add_row([
            row.label.clone(),
            value(row.value as f64, comparison.scale, &comparison.unit),
            share(row.worse),
            thousands(row.person_years_of_access),
            row.mean_distance_m.map_or_else(|| "-".to_owned(), kilometres),
            row.worst_distance_m.map_or_else(|| "-".to_owned(), |m| kilometres(f64::from(m))),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let openings: Vec<String> = comparison.openings.iter().map(ToString::to_string).collect();
    format!(
        "{}\nopenings a period, in every plan: {}\n\n{table}\n\nbound {}: no such plan is better by \
         more than {}\n{}\n{}",
        comparison.programme,
        openings.join(" "),
        value(comparison.bound as f64, comparison.scale, &comparison.unit),
        per_cent(comparison.rows[0].gap),
        comparison.findings.join("\n"),
        match population_note(&loaded.programme) {
            "" => String::new(),
            note => format!("Persons: {note}.\n"),
        },
    )
}
