//! `new --next-cycle`: the programme folder of the cycle that follows, from what the ledger says at the end of one.

use std::collections::BTreeSet;
use std::path::Path;

use groundwork_formats::{check_evidence, csv_table, read_programme};
use groundwork_model::evidence::{Basis, Cycle, Stage, Times};
use groundwork_model::validation::nearest;
use groundwork_model::{Code, Problem, Programme};
use groundwork_monitor::{Ended, NextCycle, Origin, next_cycle};
use jiff::civil::Date;
use serde::Serialize;

use super::evidence::built::{left_out, stage_of};
use super::evidence::import::sources;
use super::evidence::status;
use super::new::refuse_to_overwrite;
use crate::cli::NewArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::count;
use crate::ledger_file;
use crate::output;

/// Files of the folder that are copied as they are, where there are any.
const COPIED: [&str; 2] = [SOURCES, "import.toml"];

/// The table of those who publish.
const SOURCES: &str = "sources.csv";

/// Is what `--json` prints.
#[derive(Serialize)]
struct Written<'a> {
    files: Vec<String>,
    cycle: &'a str,
    as_of: Date,
    basis: Basis,
    existing: usize,
    begun: usize,
    notes: &'a [String],
    problems: &'a [Problem],
}

pub(crate) fn run(arguments: &NewArgs, from: &Path) -> Result<Exit, Failure> {
    let loaded = disk::load(from)?;
    let programme = &loaded.programme;
    let today = status::today();
    let cycle = cycle(programme, arguments.from_cycle.as_deref(), today)?;
    let location = ledger_file::location(from, arguments.ledger.as_deref());
    let mut ledger = status::opened(from, &location)?;
    let end = cycle.span.latest.unwrap_or(today);
    let as_of = end.min(today);
    let times = Times { as_of, known_by: today, recorded_by: None };
    let card = status::taken(&mut ledger, programme, times)?;
    let basis = arguments.from_ledger.unwrap_or(Basis::Verified);
    let stage = stage_of(programme);
    let ended = Ended { cycle, card: &card, basis, stage };
    let Some(mut next) = next_cycle(programme, &ended) else {
        let cause = format!("no period of the programme begins in `{}`", cycle.id);
        return Err(Failure::Usage(Problem::new(Code::CycleOutsidePeriods, cause)));
    };
    rename(&mut next.programme, programme, cycle);
    let files = files(from, programme, &next, (cycle, as_of, basis, stage))?;
    write(arguments, &files)?;
    let problems = checked(&files);
    tell(arguments, &next, (cycle, as_of, end, basis), &files, &problems);
    if problems.iter().any(Problem::is_error) {
        output::note("the folder is written; these have to be mended before it can be planned:");
        return Err(Failure::Input(problems));
    }
    Ok(Exit::Done)
}

/// Returns the cycle of that id; where none is named, the one that ended last, else the first.
fn cycle<'p>(
    programme: &'p Programme,
    id: Option<&str>,
    today: Date,
) -> Result<&'p Cycle, Failure> {
    let cycles = &programme.settings.cycles;
    let usage = |cause: String, remedy: String| {
        Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy))
    };
    let Some(id) = id else {
        let over = cycles.iter().filter(|cycle| cycle.span.latest.is_some_and(|day| day <= today));
        let last = over.max_by_key(|cycle| cycle.span.latest);
        return last.or(cycles.first()).ok_or_else(|| {
            let remedy =
                "Write [[cycles]] into its programme.toml; docs/guide/cycles.md shows how.";
            usage("the programme has no cycles".to_owned(), remedy.to_owned())
        });
    };
    cycles.iter().find(|cycle| cycle.id == id).ok_or_else(|| {
        let ids = cycles.iter().map(|cycle| cycle.id.as_str());
        let remedy = match nearest(id, ids.clone()) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => format!("Write one of {}.", ids.collect::<Vec<_>>().join(", ")),
        };
        usage(format!("--from-cycle: the programme has no cycle `{id}`"), remedy)
    })
}

/// Gives the next programme a name that tells it apart.
fn rename(next: &mut Programme, before: &Programme, cycle: &Cycle) {
    let periods = next.settings.periods;
    let (first, last) = (periods.label(1), periods.label(periods.count + 1) - 1);
    next.settings.name = format!("{}, {first} to {last}", before.settings.name);
    let after = format!("The periods behind {}.", cycle.label());
    let said = before.settings.description.trim();
    next.settings.description = if said.is_empty() { after } else { format!("{after} {said}") };
}

/// Is what the folder gets: names and bytes.
type Contents = Vec<(String, Vec<u8>)>;

fn files(
    from: &Path,
    before: &Programme,
    next: &NextCycle,
    (cycle, as_of, basis, stage): (&Cycle, Date, Basis, Stage),
) -> Result<Contents, Failure> {
    let mut programme = next.programme.clone();
    let settings = &mut programme.settings;
    settings.files.places = "places.csv".to_owned();
    settings.files.sites = (!programme.sites.is_empty()).then(|| "sites.csv".to_owned());
    settings.files.facilities =
        (!programme.facilities.is_empty()).then(|| "facilities.csv".to_owned());
    settings.files.reports = (!programme.reports.is_empty()).then(|| "reports.csv".to_owned());
    let mut contents: Contents = Vec::new();
    let toml = toml::to_string(&*settings).map_err(|error| {
        let cause = format!("the settings cannot be written: {error}");
        Failure::Input(vec![Problem::new(Code::TomlSyntax, cause)])
    })?;
    let head = format!(
        "# Made from {} at the end of `{}`: what the ledger says as of {as_of}, {}; a facility is built from `{}` on.\n\
         # origin.csv says of each figure where it comes from. Quotas, budgets and rules are those of the programme\n\
         # before, to be changed. `groundwork plan --as-of` plans on from what was begun (reports.csv).\n\n",
        before.settings.name.replace('\n', " "),
        cycle.id,
        match basis {
            Basis::Claimed => "by what is claimed",
            Basis::Verified => "only by what is verified",
        },
        stage.name()
    );
    contents.push(("programme.toml".to_owned(), (head + &toml).into_bytes()));
    // A table of sources is copied as it is; a sheet of them becomes one.
    let sheet = match from.join(SOURCES).is_file() {
        true => Vec::new(),
        false => sources(from)?.0.unwrap_or_default(),
    };
    let tables = groundwork_report::tables_csv(&programme, &sheet);
    contents.extend(tables.into_iter().map(|(name, bytes)| (format!("{name}.csv"), bytes)));
    let cells = programme.settings.map.cells.clone();
    let mappings = programme.settings.import.mappings.iter().cloned();
    let names: BTreeSet<String> =
        COPIED.iter().map(|name| (*name).to_owned()).chain(cells).chain(mappings).collect();
    for name in names {
        let path = from.join(&name);
        if path.is_file() {
            contents.push((name, disk::read(&path)?));
        }
    }
    contents.push(("origin.csv".to_owned(), origins(&next.origins)));
    Ok(contents)
}

fn origins(origins: &[Origin]) -> Vec<u8> {
    let rows = origins.iter().map(|one| [one.file, &one.what, &one.value, &one.from]);
    csv_table([["file", "what", "value", "from"]].into_iter().chain(rows))
}

fn write(arguments: &NewArgs, files: &Contents) -> Result<(), Failure> {
    let names = files.iter().map(|(name, _)| name.as_str());
    refuse_to_overwrite(&arguments.folder, names)?;
    let files = files.iter().map(|(name, bytes)| (arguments.folder.join(name), bytes.clone()));
    disk::write_together(&files.collect::<Vec<_>>())
}

/// Returns what `check` would say of the folder.
fn checked(files: &Contents) -> Vec<Problem> {
    let mut read = |name: &str| {
        let file = files.iter().find(|file| file.0 == name);
        file.map(|file| file.1.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    let checked = read_programme(&mut read);
    let mut problems = checked.problems;
    if let Some(programme) = &checked.programme {
        problems.extend(check_evidence(programme, &mut read));
    }
    problems
}

fn tell(
    arguments: &NewArgs,
    next: &NextCycle,
    (cycle, as_of, end, basis): (&Cycle, Date, Date, Basis),
    files: &Contents,
    problems: &[Problem],
) {
    let folder = arguments.folder.display();
    let names = files.iter().map(|(name, _)| arguments.folder.join(name).display().to_string());
    let (existing, begun) = (next.programme.facilities.len(), next.programme.reports.len());
    if arguments.json {
        output::data(&output::json_pretty(&Written {
            files: names.collect(),
            cycle: &cycle.id,
            as_of,
            basis,
            existing,
            begun,
            notes: &next.notes,
            problems,
        }));
        return;
    }
    let names: Vec<String> = names.collect();
    output::data((names.join("\n") + "\n").as_bytes());
    let word = match basis {
        Basis::Claimed => "claimed",
        Basis::Verified => "verified",
    };
    let told = |number: usize, does: &str| format!("{} {does}", count(number, "facility"));
    output::note(&format!(
        "{}, {} as of {as_of}, as {word}",
        told(existing, if existing == 1 { "exists" } else { "exist" }),
        told(begun, if begun == 1 { "was begun" } else { "were begun" })
    ));
    for (why, number) in left_out(&next.built) {
        output::note(&format!("  {} left out: {why}", count(number, "facility")));
    }
    if as_of < end {
        output::note(&format!("note: {} runs to {end}; the state is that of today", cycle.label()));
    }
    for note in &next.notes {
        output::note(&format!("note: {note}"));
    }
    let as_of = if begun > 0 { " --as-of" } else { "" };
    output::note(&format!("next: groundwork check {folder}, then groundwork plan {folder}{as_of}"));
}
