//! `remake`: a report made again from its bundle, and the first difference where there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use groundwork_formats::{sha256_hex, unpack_bundle};
use groundwork_ledger::{
    Ledger, LedgerError, Parting, SqliteStore, identity_of_lines, parting, read_lines,
};
use groundwork_model::plan::Sense;
use groundwork_model::{
    BUNDLE_FORMAT, BundledLedger, BundledVerdict, Code, Manifest, Opening, Plan, Problem, Promise,
    Status,
};
use serde::Serialize;

use super::layout::{LEDGER, MANIFEST, PROGRAMME, SCORECARD, made_files, verdicts};
use super::remake_text;
use crate::cli::{ProgressName, RemakeArgs, ReportArgs, RunArgs, SearchArgs, TimesArgs};
use crate::commands::plan::{solve, use_threads};
use crate::commands::report;
use crate::disk::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::figures::{count, thousands};
use crate::ledger_file::{self, LEDGER_FILE};
use crate::output;

/// Is one thing that was looked at.
#[derive(Serialize)]
pub(super) struct Step {
    /// What was looked at, and what came of it.
    pub(super) what: String,
    /// What differs; empty where nothing does.
    pub(super) problems: Vec<Problem>,
}

/// Is what `--json` prints.
#[derive(Serialize)]
pub(super) struct Remade {
    pub(super) same: bool,
    pub(super) programme: String,
    pub(super) made_by: String,
    pub(super) steps: Vec<Step>,
}

/// Seconds that no search takes: only its work stops it.
const FOREVER: f64 = 1e9;

type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(arguments: &RemakeArgs) -> Result<Exit, Failure> {
    let name = arguments.bundle.display().to_string();
    let refused = |problem| Failure::Input(vec![problem]);
    let files = unpack_bundle(&name, &disk::read(&arguments.bundle)?).map_err(refused)?;
    let manifest = manifest(&name, &files).map_err(refused)?;
    expect_what_is_asked(arguments, &manifest)?;
    let place = Place::new(arguments.into.as_deref())?;
    place.unpack(&files)?;
    let steps = steps(arguments, &manifest, &files, &place.path.join(PROGRAMME))?;
    let same = steps.iter().all(|step| step.problems.is_empty());
    let remade = Remade { same, programme: manifest.programme, made_by: manifest.version, steps };
    if arguments.json {
        output::data(&output::json_pretty(&remade));
    } else {
        output::data(remake_text::text(&remade).as_bytes());
    }
    if let Some(folder) = &arguments.into {
        output::note(&format!("unpacked into {}", folder.join(PROGRAMME).display()));
    }
    Ok(if same { Exit::Done } else { Exit::VerificationFailed })
}

/// Refuses options that ask for what the bundle does not hold.
fn expect_what_is_asked(arguments: &RemakeArgs, manifest: &Manifest) -> Result<(), Failure> {
    let asked = [
        (arguments.against.is_some(), manifest.ledger.is_some(), "ledger", "--against"),
        (arguments.work_limit.is_some(), manifest.plan.is_some(), "plan", "--work-limit"),
    ];
    let missing = asked.into_iter().find(|(asked, there, ..)| *asked && !there);
    let Some((.., what, option)) = missing else { return Ok(()) };
    let problem = Problem::new(Code::NameUnknown, format!("the bundle has no {what}"));
    Err(Failure::Usage(problem.with_remedy(format!("Leave {option} out."))))
}

/// Looks at everything that a bundle says, in the order in which one thing rests on another.
fn steps(
    arguments: &RemakeArgs,
    manifest: &Manifest,
    files: &Files,
    folder: &Path,
) -> Result<Vec<Step>, Failure> {
    let mut steps = vec![listed(manifest, files)];
    let mut ledger_holds = true;
    if let Some(ledger) = &manifest.ledger {
        let step = chain(ledger, files, &folder.join(LEDGER_FILE))?;
        ledger_holds = step.problems.is_empty();
        steps.push(step);
    }
    if let Some(other) = arguments.against.as_deref().filter(|_| ledger_holds) {
        steps.push(against(&folder.join(LEDGER_FILE), other)?);
    }
    let loaded = match disk::load(folder) {
        Ok(loaded) => loaded,
        Err(failure) => {
            steps.push(refused("the programme, its plans and the page", failure)?);
            return Ok(steps);
        }
    };
    steps.push(checked(manifest, &verdicts(&loaded, files)));
    if ledger_holds {
        let made = pages(manifest, files, folder, &loaded);
        steps.push(made.or_else(|failure| refused("the page", failure))?);
    }
    if let (Some(limit), Some(plan)) = (arguments.work_limit, &manifest.plan) {
        let again = solved(&folder.join(plan), &loaded, limit);
        steps.push(again.or_else(|failure| refused("the plan, solved again", failure))?);
    }
    Ok(steps)
}

/// Returns a step that could not be taken because of what the bundle holds; other failures stay what they are.
fn refused(what: &str, failure: Failure) -> Result<Step, Failure> {
    match failure {
        Failure::File(_) | Failure::Stopped(_) => Err(failure),
        failure => Ok(Step { what: what.to_owned(), problems: failure.problems().to_vec() }),
    }
}

/// Is the folder in which a bundle is unpacked; it goes again unless somebody wants it.
struct Place {
    path: PathBuf,
    _fleeting: Option<tempfile::TempDir>,
}

impl Place {
    fn new(into: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = into else {
            let made = tempfile::tempdir();
            let fleeting =
                made.map_err(|error| Failure::file("cannot write", &std::env::temp_dir(), &error))?;
            return Ok(Self { path: fleeting.path().to_owned(), _fleeting: Some(fleeting) });
        };
        let taken = folder.read_dir().is_ok_and(|mut entries| entries.next().is_some());
        if taken || folder.is_file() {
            let cause = format!("{} is there and not empty", folder.display());
            let problem = Problem::new(Code::FileAccess, cause);
            return Err(Failure::Usage(problem.with_remedy("Name a folder that is new or empty.")));
        }
        Ok(Self { path: folder.to_owned(), _fleeting: None })
    }

    fn unpack(&self, files: &Files) -> Result<(), Failure> {
        files.iter().try_for_each(|(path, bytes)| disk::write(&self.path.join(path), bytes))
    }
}

/// Reads the list of a bundle.
fn manifest(name: &str, files: &Files) -> Result<Manifest, Problem> {
    let refused = |cause: String| Problem::new(Code::BundleUnreadable, cause).in_file(name);
    let bytes = files.get(MANIFEST).ok_or_else(|| refused(format!("it has no {MANIFEST}")))?;
    let manifest: Manifest = serde_json::from_slice(bytes)
        .map_err(|error| refused(format!("its {MANIFEST} is none: {error}")))?;
    if manifest.format != BUNDLE_FORMAT {
        let cause = format!("it has form {}, this program knows {BUNDLE_FORMAT}", manifest.format);
        return Err(refused(cause).with_remedy("Use the version of the program that wrote it."));
    }
    Ok(manifest)
}

/// Compares every file with the SHA-256 in the list.
fn listed(manifest: &Manifest, files: &Files) -> Step {
    let changed = |path: &str, cause: String| {
        Problem::new(Code::BundleFileChanged, cause).in_file(path.to_owned())
    };
    let mut problems = Vec::new();
    for file in &manifest.files {
        match files.get(&file.path).map(|bytes| sha256_hex(bytes)) {
            None => problems.push(changed(&file.path, "it is missing".to_owned())),
            Some(found) if found != file.sha256 => {
                let cause = format!("its SHA-256 is {found}, and the list says {}", file.sha256);
                problems.push(changed(&file.path, cause));
            }
            Some(_) => {}
        }
    }
    let known = |path: &str| manifest.files.iter().any(|file| file.path == path);
    let more = files.keys().filter(|path| *path != MANIFEST && !known(path));
    problems.extend(more.map(|path| changed(path, "the list does not name it".to_owned())));
    Step { what: format!("{} as listed", count(manifest.files.len(), "file")), problems }
}

/// Reads the ledger entry by entry into a file, and looks for anything that is not as it was appended.
fn chain(ledger: &BundledLedger, files: &Files, into: &Path) -> Result<Step, Failure> {
    let what = format!(
        "ledger {}: {} entries, hash {}",
        ledger.root.ledger,
        thousands(ledger.root.entries),
        ledger.root.hash
    );
    let differs = |problem: Problem| Step { what: what.clone(), problems: vec![problem] };
    let bytes = files.get(LEDGER).map_or(&[][..], Vec::as_slice);
    let Ok(text) = std::str::from_utf8(bytes) else {
        let cause = "it is no text".to_owned();
        return Ok(differs(Problem::new(Code::BundleFileChanged, cause).in_file(LEDGER)));
    };
    let mut lines = text.lines();
    let read = identity_of_lines(lines.next().unwrap_or_default()).and_then(|identity| {
        let mut store = SqliteStore::create(into, &identity)?;
        read_lines(&mut lines, &mut store)?;
        Ok(store)
    });
    let store = match read {
        Ok(store) => store,
        Err(error @ LedgerError::Store(_)) => return Err(ledger_file::failure(&error)),
        Err(error) => return Ok(differs(error.problem().in_file(LEDGER))),
    };
    let found = Ledger::new(store).verify(std::slice::from_ref(&ledger.root));
    let found = found.map_err(|error| ledger_file::failure(&error))?;
    let of = |finding: &groundwork_ledger::Finding| Problem::new(finding.code, &finding.cause);
    let mut problems: Vec<Problem> = found.findings.iter().map(of).collect();
    if problems.is_empty() && found.root != ledger.root {
        let cause = format!(
            "it has {} entries and hash {}, and the list says otherwise",
            found.root.entries, found.root.hash
        );
        problems.push(Problem::new(Code::Forked, cause).in_file(LEDGER));
    }
    Ok(Step { what, problems })
}

/// Says where the ledger of the bundle and another copy of it part.
fn against(own: &Path, other: &Path) -> Result<Step, Failure> {
    let mut own = ledger_file::open(own)?;
    let mut theirs = ledger_file::open(other)?;
    let name = ledger_file::name(other);
    let parted = parting(own.store(), theirs.store());
    let problem = match parted.map_err(|error| ledger_file::failure(&error))? {
        None => None,
        Some(Parting::OtherLedger) => {
            let cause = format!("{name} is another ledger, no copy of this one");
            Some(Problem::new(Code::RootOfAnotherLedger, cause))
        }
        Some(Parting::At(number)) => {
            let cause = format!("entry {number} is the first that differs from {name}");
            Some(Problem::new(Code::Forked, cause))
        }
    };
    let what = format!("as far as both go, the same entries as {name}");
    Ok(Step { what, problems: problem.into_iter().collect() })
}

/// Compares what the checker says of the plans with what it said.
fn checked(manifest: &Manifest, found: &[BundledVerdict]) -> Step {
    let mut problems = Vec::new();
    for said in &manifest.verdicts {
        let now = found.iter().find(|verdict| verdict.plan == said.plan);
        if now != Some(said) {
            let figures = |verdict: &BundledVerdict| {
                let number =
                    |number: Option<i128>| number.map_or_else(|| "none".to_owned(), thousands);
                let word = if verdict.accepted { "accepted" } else { "refused" };
                let codes = verdict.problems.join(" ");
                format!(
                    "{word}, value {}, bound {} {codes}",
                    number(verdict.value),
                    number(verdict.bound)
                )
            };
            let now = now.map_or_else(|| "it is no plan".to_owned(), figures);
            let cause = format!(
                "the checker says: {}; it said: {}",
                now.trim_end(),
                figures(said).trim_end()
            );
            problems.push(Problem::new(Code::RemadeOtherwise, cause).in_file(&said.plan));
        }
    }
    let accepted = found.iter().filter(|verdict| verdict.accepted).count();
    let number = manifest.verdicts.len();
    Step {
        what: format!("{}, {accepted} accepted by the checker", count(number, "plan")),
        problems,
    }
}

/// Makes the page again and compares it byte by byte.
fn pages(
    manifest: &Manifest,
    files: &Files,
    folder: &Path,
    loaded: &Loaded,
) -> Result<Step, Failure> {
    let times = manifest.ledger.as_ref().map(|ledger| ledger.times);
    let plan_only = times.is_none();
    let times = times.map_or_else(TimesArgs::default, |times| TimesArgs {
        as_of: Some(times.as_of),
        known_by: Some(times.known_by),
        recorded_by: times.recorded_by,
        ledger: None,
    });
    let made = report::made(
        &ReportArgs {
            folder: folder.to_owned(),
            plan: manifest.plan.as_ref().map(|plan| folder.join(plan)),
            out: None,
            times,
            bundle: None,
            plan_only,
            json: false,
        },
        loaded,
    )?;
    let made = made_files(&made);
    let mut problems = Vec::new();
    let mut bytes = 0;
    for (path, now) in &made {
        bytes += now.len();
        let then = files.get(*path).map_or(&[][..], Vec::as_slice);
        if now != then {
            let difference = remake_text::difference(then, now, *path == SCORECARD);
            problems.push(Problem::new(Code::RemadeOtherwise, difference).in_file(*path));
        }
    }
    let what =
        format!("{} made again, {} bytes", count(made.len(), "file"), thousands(bytes as i128));
    Ok(Step { what, problems })
}

/// Solves the plan again with so many priced pairs; what contradicts the plan is a difference, less luck is none.
fn solved(path: &Path, loaded: &Loaded, limit: u64) -> Result<Step, Failure> {
    let plan: Plan = disk::load_plan(path)?;
    let run = RunArgs {
        work_limit: Some(limit),
        gap: None,
        threads: plan.run.threads as usize,
        seed: plan.run.seed,
        progress: ProgressName::None,
    };
    use_threads(run.threads);
    let promised = plan.question.replan.as_ref().map_or(&[][..], |replan| &replan.promised);
    let known = promised.iter().map(opening).collect::<Vec<_>>();
    let search = SearchArgs { time_limit: FOREVER, run };
    let again = solve(loaded, &plan.question, &known, &search)?.plan;
    if !again.is_found() {
        let what = format!("solved again: no plan found with {} priced pairs", thousands(limit));
        return Ok(Step { what, problems: Vec::new() });
    }
    let bound = |plan: &Plan| plan.bound.map_or_else(|| "none".to_owned(), thousands);
    let what = format!(
        "solved again: value {}, bound {}; {}",
        thousands(again.value),
        bound(&again),
        if again.openings == plan.openings { "the same openings" } else { "other openings" }
    );
    let better = |one: i128, other: i128| match plan.sense {
        Sense::Min => one < other,
        Sense::Max => one > other,
    };
    let beaten = plan.bound.is_some_and(|bound| better(again.value, bound));
    let impossible = again.bound.is_some_and(|bound| better(plan.value, bound));
    let contradicts = plan.status != Status::Infeasible && (beaten || impossible);
    let cause = || format!("the plan says value {}, bound {}", thousands(plan.value), bound(&plan));
    let problem = contradicts.then(|| Problem::new(Code::RemadeOtherwise, cause()));
    Ok(Step { what, problems: problem.into_iter().collect() })
}

/// Returns a promise as an opening to start from.
fn opening(promise: &Promise) -> Opening {
    Opening {
        site: promise.site.clone(),
        package: promise.package.clone(),
        period: promise.period,
        action: promise.action,
        ..Opening::default()
    }
}
