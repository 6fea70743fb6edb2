//! `replan`: the best plan from what there is, with few changes of what was promised.

use std::collections::BTreeSet;
use std::path::Path;

use comfy_table::{Table, presets};
use groundwork_formats::read_state;
use groundwork_model::plan::Action;
use groundwork_model::{
    Code, Deed, Departure, Opening, Plan, Problem, Programme, Promise, Promises, Question, Replan,
    SiteState,
};

use super::evidence::built::FromLedger;
use super::goals;
use super::plan::{self, use_threads};
use super::question::{cautions, question};
use crate::cli::ReplanArgs;
use crate::disk::{self, PLANS};
use crate::exit::{Exit, Failure};
use crate::figures::count;
use crate::output;

pub(crate) fn run(arguments: &ReplanArgs) -> Result<Exit, Failure> {
    let default = arguments.folder.join(PLANS).join("replan.json");
    let path = arguments.out.clone().unwrap_or(default);
    disk::expect_json_name(&path)?;
    use_threads(arguments.search.run.threads);
    let loaded = disk::load(&arguments.folder)?;
    let promised =
        disk::load_plan(&disk::plan_path(&arguments.folder, arguments.promised.as_ref()))?;
    if promised.inputs != loaded.inputs {
        output::note("note: the files have changed since the promised plan was made");
    }
    let promises: Vec<Promise> = promised.openings.iter().map(promise).collect();
    let taken = FromLedger::read(arguments, &loaded.programme, &promises)?;
    let mut asked = Question {
        replan: Some(replan(arguments, &loaded.programme, promises, taken.as_ref())?),
        ..question(&arguments.question, &loaded.programme)?
    };
    if taken.is_some() {
        // The day is that of the ledger, which takes the place of the reports.
        asked.as_of = None;
    }
    for caution in cautions(&asked, &loaded.programme) {
        output::note(&format!("note: {caution}"));
    }
    let made = goals::solve_in_order(&loaded, &asked, &promised.openings, &arguments.search)?;
    let source = taken.as_ref().map(FromLedger::words).unwrap_or_default();
    let words = |plan: &Plan| format!("{source}{}", changes_text(&loaded.programme, plan));
    let request = plan::Request {
        path: &path,
        folder: &arguments.folder,
        search: &arguments.search,
        json: arguments.json,
        words: &words,
    };
    plan::finish(&request, &loaded, made)
}

/// Returns what was promised, what has become of it, and what may change.
fn replan(
    arguments: &ReplanArgs,
    programme: &Programme,
    promised: Vec<Promise>,
    taken: Option<&FromLedger>,
) -> Result<Replan, Failure> {
    let begun_by = match arguments.begun_by {
        None => taken.map_or(0, |taken| taken.past),
        Some(number) => programme.settings.period_named(number).ok_or_else(|| {
            let cause = format!("--begun-by {number} is no period of the programme");
            let remedy = "Give the number of a period, or a year that lies in one.";
            Failure::Usage(Problem::new(Code::PeriodOutside, cause).with_remedy(remedy))
        })?,
    };
    let mut rows =
        arguments.state.as_deref().map_or(Ok(Vec::new()), |path| state(path, programme))?;
    let told: BTreeSet<String> = rows.iter().map(|row| row.site.clone()).collect();
    let known = taken.map_or(&[][..], |taken| &taken.state);
    rows.extend(known.iter().filter(|row| !told.contains(&row.site)).cloned());
    Ok(Replan {
        promised,
        state: rows,
        ledger: taken.map(|taken| taken.ledger.clone()),
        begun_by,
        changes: arguments.changes,
        price: arguments.price,
    })
}

fn promise(opening: &Opening) -> Promise {
    Promise {
        site: opening.site.clone(),
        package: opening.package.clone(),
        period: opening.period,
        action: opening.action,
    }
}

fn state(path: &Path, programme: &Programme) -> Result<Vec<SiteState>, Failure> {
    let bytes = disk::read(path)?;
    let (rows, problems) = read_state(&path.display().to_string(), &bytes, programme);
    if problems.iter().any(Problem::is_error) { Err(Failure::Input(problems)) } else { Ok(rows) }
}

/// Sets what was promised beside what is planned now, site by site.
fn changes_text(programme: &Programme, plan: &Plan) -> String {
    let Some(promises) = Promises::of(plan) else { return String::new() };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["site", "promised", "now", ""]);
    for row in &promises.sites {
        let shown = |deeds: &[Deed<'_>]| deeds_words(programme, deeds);
        table.add_row([
            name(programme, row.site),
            shown(&row.promised),
            shown(&row.now),
            row.why.word().to_owned(),
        ]);
    }
    let most = plan.question.replan.as_ref().and_then(|replan| replan.changes);
    let head = format!(
        "{} promised; {}{}, {} new, {} by what happened\n",
        count(promises.promised, "site"),
        count(promises.count(Departure::Changed), "change"),
        most.map_or(String::new(), |most| format!(" of {most} allowed")),
        promises.count(Departure::New),
        promises.count(Departure::Happened)
    );
    if table.row_count() == 0 { format!("{head}\n") } else { format!("{head}{table}\n\n") }
}

fn deeds_words(programme: &Programme, deeds: &[Deed<'_>]) -> String {
    let several = programme.settings.packages.len() > 1;
    let words = deeds.iter().map(|deed| {
        let verb = match deed.action {
            Action::Open => "",
            Action::Upgrade => "turns ",
            Action::Close => "closes ",
        };
        let package = if several { format!(" {}", deed.package) } else { String::new() };
        format!("{verb}{}{package}", programme.settings.periods.label(deed.period))
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// Returns the name of a site with its id.
fn name(programme: &Programme, site: &str) -> String {
    let row = programme.sites.iter().find(|row| row.id == site).and_then(|row| row.name.as_ref());
    let place = programme.places.iter().find(|place| place.id == site).map(|place| &place.name);
    let named = row.or(place).filter(|name| *name != site);
    named.map_or_else(|| site.to_owned(), |name| format!("{name} ({site})"))
}
