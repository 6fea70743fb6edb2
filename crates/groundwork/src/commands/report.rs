//! `report`: one page that holds everything.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use groundwork_model::evidence::LedgerState;
use groundwork_model::evidence::words::time;
use groundwork_model::plan::Method;
use groundwork_model::price_list::PRICE_LIST_FORMAT;
use groundwork_model::scenario_table::{SCENARIO_TABLE_FORMAT, ScenarioTable};
use groundwork_model::{Comparison, Outlook, Plan, PriceList, Question, QuotaSource, Verdict};
use groundwork_report::ReportInput;
use serde::Serialize;

use super::bundle;
use super::evidence::told::{Told, told};
use super::question::cautions;
use crate::cli::ReportArgs;
use crate::disk::{self, Loaded, PLANS};
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::output;

#[derive(Serialize)]
struct Written<'a> {
    report: &'a Path,
    bytes: usize,
    /// Whether the checker accepts the plan; none where the page has no plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<bool>,
    /// The bundle, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle: Option<&'a Path>,
}

/// Entries that a page holds at most; those published last stay.
const ENTRIES: usize = 5000;

pub(crate) fn run(arguments: &ReportArgs) -> Result<Exit, Failure> {
    let loaded = disk::load(&arguments.folder)?;
    let made = made(arguments, &loaded)?;
    let out = arguments.out.clone().unwrap_or_else(|| arguments.folder.join("report.html"));
    let refused = made.verdict.as_ref().filter(|verdict| !verdict.accepted);
    if let Some(verdict) = refused.filter(|_| arguments.out.is_none() && out.exists()) {
        // A refused plan does not take the place of a good page unless somebody asks for it.
        for problem in &verdict.problems {
            output::note(&output::problem_text(problem));
        }
        output::note(&format!("{} is left as it was; --out writes the page", out.display()));
        return Ok(Exit::VerificationFailed);
    }
    disk::write(&out, &made.page)?;
    let accepted = made.verdict.as_ref().map(|verdict| verdict.accepted);
    let bundle = arguments.bundle.as_deref();
    if let Some(path) = bundle {
        bundle::write(path, arguments, &loaded, &made)?;
    }
    let written = Written { report: &out, bytes: made.page.len(), accepted, bundle };
    if arguments.json {
        output::data(&output::json_pretty(&written));
    } else {
        output::data(format!("{}\n", out.display()).as_bytes());
    }
    match &made.verdict {
        Some(verdict) => output::note(&format!("checker: {}", super::verify::word(verdict))),
        None => output::note(
            "there is no plans/plan.json: the page has what the ledger says, and no plan",
        ),
    }
    Ok(if refused.is_none() { Exit::Done } else { Exit::VerificationFailed })
}

/// Is a page, with what it was made from.
pub(super) struct Made {
    pub(super) page: Vec<u8>,
    /// What the checker says of the plan; none where the page has none.
    pub(super) verdict: Option<Verdict>,
    /// What the ledger says; none where the page has none.
    pub(super) told: Option<Told>,
}

/// Makes the page of a folder.
pub(super) fn made(arguments: &ReportArgs, loaded: &Loaded) -> Result<Made, Failure> {
    let folder = &arguments.folder;
    let path = disk::plan_path(folder, arguments.plan.as_ref());
    let told = match arguments.plan_only {
        true => None,
        false => told(folder, &loaded.programme, &arguments.times, ENTRIES)?,
    };
    match told {
        Some(told) if arguments.plan.is_none() && !path.exists() => {
            Ok(without_plan(folder, loaded, told))
        }
        told => of_plan(folder, loaded, &path, told),
    }
}

/// Makes the page of what the ledger says, where there is no plan.
fn without_plan(folder: &Path, loaded: &Loaded, told: Told) -> Made {
    let findings = unplaced(loaded, &told);
    let commands = [ledger_command("groundwork report .", &told)];
    let cells = disk::map_cells(folder, &loaded.programme);
    let page = groundwork_report::evidence_html(
        &loaded.programme,
        &told.input(),
        cells.as_deref(),
        &findings,
        &commands,
    );
    Made { page, verdict: None, told: Some(told) }
}

/// Says how many facilities stand at places that the programme does not know.
fn unplaced(loaded: &Loaded, told: &Told) -> Vec<String> {
    let known: HashSet<&str> =
        loaded.programme.places.iter().map(|place| place.id.as_str()).collect();
    let places = told.card.facilities.iter().map(|facility| facility.subject.place.as_str());
    match places.filter(|place| !place.is_empty() && !known.contains(place)).count() {
        0 => Vec::new(),
        1 => vec!["1 facility stands at a place that the places table does not name.".to_owned()],
        more => vec![format!(
            "{} facilities stand at places that the places table does not name.",
            thousands(more as i128)
        )],
    }
}

/// Returns a command with the times of the evidence, so that it gives the same page on any other day.
fn ledger_command(command: &str, told: &Told) -> String {
    let times = &told.card.times;
    let recorded = times
        .recorded_by
        .map_or_else(String::new, |until| format!(" --recorded-by {}", time(until)));
    format!("{command} --as-of {} --known-by {}{recorded}", times.as_of, times.known_by)
}

fn of_plan(
    folder: &Path,
    loaded: &Loaded,
    path: &Path,
    told: Option<Told>,
) -> Result<Made, Failure> {
    let plan = disk::load_plan(path)?;
    let certificate = disk::load_certificate(path, &plan, None)?;
    let verdict =
        groundwork_verify::verify(&loaded.programme, &loaded.inputs, &plan, certificate.as_ref());
    let comparison = comparison(folder, loaded)?;
    let others = other_plans(folder, comparison.as_ref())?;
    let prices = prices(folder, loaded, &plan)?;
    let scenarios = scenarios(folder, &plan)?;
    let cells = disk::map_cells(folder, &loaded.programme);
    let evidence = told.as_ref().map(Told::input);
    let mut commands = commands(comparison.is_some(), prices.as_ref(), &plan, path);
    if let (Some(told), Some(last)) = (&told, commands.last_mut()) {
        *last = ledger_command(last, told);
    }
    let page = groundwork_report::html(&ReportInput {
        programme: &loaded.programme,
        plan: &plan,
        verdict: Some(&verdict),
        others: &others.iter().collect::<Vec<_>>(),
        comparison: comparison.as_ref(),
        prices: prices.as_ref(),
        scenarios: scenarios.as_ref(),
        findings: &findings(loaded, &plan.question),
        cells: cells.as_deref(),
        commands: &commands,
        evidence: evidence.as_ref(),
    });
    Ok(Made { page, verdict: Some(verdict), told })
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

/// Reads the price list of the folder, if there is one and it was made from the files of the plan.
fn prices(folder: &Path, loaded: &Loaded, plan: &Plan) -> Result<Option<PriceList>, Failure> {
    let path = folder.join(PLANS).join("prices.json");
    if !path.exists() {
        return Ok(None);
    }
    let parsed: Option<PriceList> = serde_json::from_slice(&disk::read(&path)?).ok();
    let own = |list: &PriceList| {
        list.format == PRICE_LIST_FORMAT && list.programme == loaded.programme.settings.name
    };
    let Some(list) = parsed.filter(own) else {
        output::note(&format!("{} is of another programme or version; left out", path.display()));
        return Ok(None);
    };
    if list.inputs != loaded.inputs || list.inputs != plan.inputs {
        output::note(
            "the prices were made from other files than the plan and are left out; run `prices` again",
        );
        return Ok(None);
    }
    Ok(Some(list))
}

/// Reads the table of futures of the folder, if there is one and it was made from the files of the plan.
fn scenarios(folder: &Path, plan: &Plan) -> Result<Option<ScenarioTable>, Failure> {
    let path = folder.join(PLANS).join("scenarios.json");
    if plan.futures.len() < 2 || !path.exists() {
        return Ok(None);
    }
    let parsed: Option<ScenarioTable> = serde_json::from_slice(&disk::read(&path)?).ok();
    let own = |table: &ScenarioTable| {
        table.format == SCENARIO_TABLE_FORMAT && table.inputs == plan.inputs
    };
    let table = parsed.filter(own);
    if table.is_none() {
        output::note(
            "the table of futures was made from other files than the plan and is left out; run `scenarios` again",
        );
    }
    Ok(table)
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

/// Returns what a reader must know first: warnings of the check, cautions, and where distances to one's
/// own place come from.
pub(super) fn findings(loaded: &Loaded, question: &Question) -> Vec<String> {
    let programme = &loaded.programme;
    let mut findings: Vec<String> = loaded.warnings.iter().map(|w| w.cause.clone()).collect();
    findings.extend(cautions(question, programme));
    let without = programme.places.iter().filter(|place| place.area_km2.is_none()).count();
    findings.push(match without {
        0 => "People of a place with a site of its own count with the mean way to the centre of a circle \
              of the place's area."
            .to_owned(),
        _ if without == programme.places.len() => "No place has an area, so people of a place with a \
              site of its own count with 0 km."
            .to_owned(),
        _ => format!(
            "{} without an area: with a site of its own, its people count with 0 km; elsewhere they count \
             with the mean way to the centre of a circle of the place's area.",
            count(without, "place")
        ),
    });
    findings
}

/// Returns the commands that make the report again in the folder.
fn commands(compared: bool, prices: Option<&PriceList>, plan: &Plan, path: &Path) -> Vec<String> {
    let name = path.file_name().map(|name| format!("plans/{}", name.to_string_lossy()));
    let named = name.filter(|name| name != "plans/plan.json");
    let of_plan = |command: &str| match &named {
        Some(name) => format!("groundwork {command} . {name}"),
        None => format!("groundwork {command} ."),
    };
    let make = make(plan, named.as_deref());
    let compare = compared.then(|| "groundwork compare .".to_owned());
    let priced = prices.map(|list| format!("groundwork prices .{}", asked(&list.question)));
    let rest = [of_plan("verify"), of_plan("report")];
    std::iter::once(make).chain(compare).chain(priced).chain(rest).collect()
}

/// Returns the command that makes the plan again, under its name.
fn make(plan: &Plan, named: Option<&str>) -> String {
    let replan = plan.question.replan.as_ref();
    let mut make = match replan {
        Some(_) => "groundwork replan . --promised PROMISED-PLAN.json".to_owned(),
        None => "groundwork plan .".to_owned(),
    };
    if let Some(replan) = replan {
        if let Some(ledger) = &replan.ledger {
            make.push_str(&from_ledger(ledger));
        } else if !replan.state.is_empty() {
            make.push_str(" --state YOUR-STATE.csv");
        }
        let numbers = [
            ("--begun-by", Some(replan.begun_by.into()).filter(|by| *by > 0)),
            ("--changes", replan.changes.map(u64::from)),
            ("--price", replan.price),
        ];
        for (option, number) in numbers {
            if let Some(number) = number {
                make.push_str(&format!(" {option} {number}"));
            }
        }
    }
    make.push_str(&asked(&plan.question));
    if plan.method == Method::Listed || !plan.question.locked.is_empty() {
        make.push_str(" --from YOUR-LIST.csv");
    }
    if !plan.question.locked.is_empty() {
        make.push_str(" --re-solve");
    }
    // Plans of earlier goals are written beside that of the last one.
    let of_goal = format!("goal-{}.json", plan.question.held.len() + 1);
    let last = named.map(|name| match name.strip_suffix(&of_goal) {
        Some("plans/") => "plans/plan.json".to_owned(),
        Some(beside) if beside.ends_with('-') => {
            format!("{}.json", beside.trim_end_matches('-'))
        }
        _ => name.to_owned(),
    });
    let default = if replan.is_some() { "plans/replan.json" } else { "plans/plan.json" };
    match last.filter(|name| name != default) {
        Some(name) => format!("{make} --out {name}"),
        None if replan.is_some() && named.is_none() => format!("{make} --out plans/plan.json"),
        None => make,
    }
}

/// Returns the options that take the state of sites from the ledger as it was taken.
fn from_ledger(ledger: &LedgerState) -> String {
    let LedgerState { basis, stage, times, .. } = ledger;
    let recorded = time(times.recorded_by.unwrap_or(ledger.root.recorded_at));
    format!(
        " --from-ledger {} --built {} --as-of {} --known-by {} --recorded-by {recorded}",
        basis.name(),
        stage.name(),
        times.as_of,
        times.known_by
    )
}

/// Returns the options that ask a question.
fn asked(question: &Question) -> String {
    let as_of = question.as_of.map(|day| format!(" --as-of {day}"));
    let taken = match question.quotas {
        QuotaSource::AsTaken => " --quotas as-taken",
        QuotaSource::AsWritten => "",
    };
    let outlook = match &question.outlook {
        Outlook::Together => String::new(),
        Outlook::AsWritten => " --no-futures".to_owned(),
        Outlook::Future(name) => format!(" --future \"{}\"", name.replace('"', "\\\"")),
    };
    format!("{}{taken}{outlook}", as_of.unwrap_or_default())
}
