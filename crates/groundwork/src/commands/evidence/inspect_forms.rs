//! Forms of `inspect`: blank ones, filled ones, and one that asks line by line.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use groundwork_formats::forms::{
    Asked, Filled, FormContext, FormDraft, blank_form, blank_sheet, read_forms,
};
use groundwork_ledger::Standing;
use groundwork_model::evidence::{Draft, FindingState, Scope, Snapshot, Subject, Times};
use groundwork_model::{Code, Problem, Programme};
use groundwork_monitor::Names;
use jiff::civil::Date;
use serde::Serialize;

use super::import::sources;
use super::inspect::{asked, looked_at, unknown};
use super::{inspect_ask, ledger_text};
use crate::cli::InspectArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::figures::thousands;
use crate::ledger_file::{self, AnyLedger, WallClock};
use crate::output;

/// Is what `--json` prints of a recorded form.
#[derive(Serialize)]
struct Recorded<'a> {
    dry_run: bool,
    ledger: String,
    /// Entries that the form comes to.
    entries: usize,
    /// Those that were, or would be, added.
    added: usize,
    /// Those that were there already.
    known: usize,
    drafts: Vec<&'a Draft>,
    problems: &'a [Problem],
}

/// Prints a blank form.
pub(super) fn print(
    arguments: &InspectArgs,
    programme: &Programme,
    ledger: &mut AnyLedger,
) -> Result<Exit, Failure> {
    let forms = forms(arguments, programme, ledger)?;
    let bytes = if arguments.sheet {
        blank_sheet(&forms, &programme.settings.name)
    } else {
        blank_form(&forms)
    };
    output::data(&bytes);
    Ok(Exit::Done)
}

fn forms<'a>(
    arguments: &InspectArgs,
    programme: &'a Programme,
    ledger: &mut AnyLedger,
) -> Result<Vec<Asked<'a>>, Failure> {
    let known = everything(programme, ledger)?;
    let mut subjects: Vec<Subject> = Vec::new();
    for id in &arguments.form {
        if id == "all" {
            let listed = |subject: &&Subject| {
                asked(arguments, subject) && programme.settings.checklist(&subject.kind).is_some()
            };
            let all = known.facilities.iter().map(|facility| &*facility.subject);
            subjects.extend(all.filter(listed).cloned());
        } else {
            subjects.push(subject_of(id, &known, programme)?);
        }
    }
    if subjects.is_empty() {
        let cause = "no named facility is of a kind with a checklist, of the batch and kind that were asked for";
        let remedy = "Name facilities by their ids, or write [[checklists]] for their kind into programme.toml.";
        return Err(Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy)));
    }
    let looked = looked_at(arguments, programme, ledger)?;
    let names = Names::of(programme);
    let of = |subject: Subject| {
        let findings = looked.facilities.iter().find(|one| one.subject.id == subject.id);
        let findings = findings.into_iter().flat_map(|one| &one.findings);
        let open = findings.filter(|finding| is_open(finding));
        let due = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        Asked {
            name: names.facility(&subject.id).to_owned(),
            checklist: programme.settings.checklist(&subject.kind),
            open: open.map(|finding| (finding.words.clone(), due(finding.due))).collect(),
            subject,
        }
    };
    let forms: Vec<Asked<'_>> = subjects.into_iter().map(of).collect();
    for form in forms.iter().filter(|form| form.checklist.is_none()) {
        let kind = &form.subject.kind;
        output::note(&format!(
            "note: {}: `{kind}` has no checklist in programme.toml",
            form.subject.id
        ));
    }
    Ok(forms)
}

/// Returns what the ledger says of any day: a form may speak of a facility that is only to come.
fn everything(programme: &Programme, ledger: &mut AnyLedger) -> Result<Snapshot, Failure> {
    let times = Times { as_of: Date::MAX, known_by: Date::MAX, recorded_by: None };
    let rules = &programme.settings.evidence;
    ledger.snapshot(times, rules).map_err(|error| ledger_file::failure(&error))
}

/// Returns a facility as the ledger knows it. One that it does not know yet is read as PLACE/BATCH/KIND.
pub(super) fn subject_of(
    id: &str,
    known: &Snapshot,
    programme: &Programme,
) -> Result<Subject, Failure> {
    if let Some(facility) = known.facilities.iter().find(|facility| facility.subject.id == id) {
        return Ok(Subject::clone(&facility.subject));
    }
    let parts: Vec<&str> = id.split('/').collect();
    let [place, batch, kind] = parts[..] else { return Err(unknown(id, known)) };
    if !programme.places.iter().any(|row| row.id == place) {
        return Err(unknown(id, known));
    }
    output::note(&format!(
        "note: the ledger has no facility `{id}` yet; it is taken to stand in {place}, of batch {batch}, of kind {kind}"
    ));
    Ok(Subject {
        scope: Scope::Facility,
        id: id.to_owned(),
        place: place.to_owned(),
        kind: kind.to_owned(),
        batch: batch.to_owned(),
    })
}

/// Returns whether a finding is still to be mended, and a form can name it: its words may have been erased.
fn is_open(finding: &FindingState) -> bool {
    finding.mended.is_none() && !finding.words.is_empty()
}

/// Records filled forms: all of them, or none where anything is wrong.
pub(super) fn record(
    arguments: &InspectArgs,
    programme: &Programme,
    file: &Path,
) -> Result<Exit, Failure> {
    let bytes = disk::read(file)?;
    let location = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = ledger_file::open(&location)?;
    let name = file.display().to_string();
    let filled = read(arguments, programme, &mut ledger, (&name, &bytes))?;
    append(arguments, &mut ledger, &location, &name, &filled)
}

/// Asks for an inspection line by line, shows what it comes to, and asks before it is written.
pub(super) fn fill(
    arguments: &InspectArgs,
    programme: &Programme,
    facility: &str,
) -> Result<Exit, Failure> {
    if !std::io::stdin().is_terminal() {
        let remedy = "Print a form with --form, fill it in and give it with --record; or run this on a terminal.";
        let problem =
            Problem::new(Code::DraftUnsound, "--fill asks on a terminal, and there is none");
        return Err(Failure::Usage(problem.with_remedy(remedy)));
    }
    let location = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = ledger_file::open(&location)?;
    let known = everything(programme, &mut ledger)?;
    let subject = subject_of(facility, &known, programme)?;
    let list = programme.settings.checklist(&subject.kind);
    let (mut stdin, mut stderr) = (std::io::stdin().lock(), std::io::stderr());
    let looked = looked_at(arguments, programme, &mut ledger)?;
    let own = looked.facilities.iter().filter(|one| one.subject.id == subject.id);
    let open = own.flat_map(|one| &one.findings).filter(|finding| is_open(finding));
    let open: Vec<String> = open.map(|finding| finding.words.clone()).collect();
    let sources = sources(&arguments.folder)?.0;
    let known = inspect_ask::Known { list, open: &open, sources: sources.as_deref() };
    let asked = inspect_ask::ask(&subject, &known, &mut stdin, &mut stderr)?;
    let Some(form) = asked else {
        output::note("nothing was written");
        return Ok(Exit::Done);
    };
    let filled = read(arguments, programme, &mut ledger, ("the answers", &form))?;
    for one in &filled.drafts {
        output::note(&ledger_text::draft(&one.draft));
    }
    if !inspect_ask::agreed(&mut stdin, &mut stderr)? {
        output::note("nothing was written");
        return Ok(Exit::Done);
    }
    append(arguments, &mut ledger, &location, "the answers", &filled)
}

fn read(
    arguments: &InspectArgs,
    programme: &Programme,
    ledger: &mut AnyLedger,
    (name, bytes): (&str, &[u8]),
) -> Result<Filled, Failure> {
    let sources = sources(&arguments.folder)?.0;
    let known: Vec<Subject> = everything(programme, ledger)?
        .facilities
        .into_iter()
        .map(|facility| Arc::unwrap_or_clone(facility.subject))
        .collect();
    let context = FormContext {
        programme,
        sources: sources.as_deref(),
        known: &known,
        recorded_by: &arguments.by,
    };
    read_forms(name, bytes, &context).map_err(Failure::Input)
}

fn append(
    arguments: &InspectArgs,
    ledger: &mut AnyLedger,
    location: &Path,
    name: &str,
    filled: &Filled,
) -> Result<Exit, Failure> {
    let drafts: Vec<Draft> = filled.drafts.iter().map(|one| one.draft.clone()).collect();
    let (added, known) = standing(ledger, name, &filled.drafts)?;
    if !arguments.dry_run && added > 0 {
        ledger.append(&drafts, &mut WallClock).map_err(|error| ledger_file::failure(&error))?;
    }
    if arguments.json {
        output::data(&output::json_pretty(&Recorded {
            dry_run: arguments.dry_run,
            ledger: ledger_file::name(location),
            entries: drafts.len(),
            added,
            known,
            drafts: drafts.iter().collect(),
            problems: &filled.problems,
        }));
        return Ok(Exit::Done);
    }
    for problem in &filled.problems {
        output::note(&output::problem_text(problem));
    }
    if drafts.is_empty() {
        output::note("note: no line of the form is answered");
    }
    let would = if arguments.dry_run { "would be " } else { "" };
    let text = format!(
        "the form comes to {} entries: {} {would}added to {}, {} were there already\n",
        thousands(drafts.len() as u64),
        thousands(added as u64),
        ledger_file::name(location),
        thousands(known as u64)
    );
    output::data(text.as_bytes());
    Ok(Exit::Done)
}

/// Returns how many drafts the ledger would add and knows already; fails where it has an entry of the key that says
/// something else, naming every such row.
fn standing(
    ledger: &mut AnyLedger,
    name: &str,
    drafts: &[FormDraft],
) -> Result<(usize, usize), Failure> {
    let (mut added, mut known) = (0, 0);
    let mut problems: Vec<Problem> = Vec::new();
    let mut at = 0;
    let done = ledger.standings(
        &mut |add| drafts.iter().try_for_each(|one| add(&one.draft)),
        &mut |_, standing| {
            let row = drafts.get(at).map_or(0, |one| one.row);
            at += 1;
            match standing {
                Standing::New => added += 1,
                Standing::Known(_) => known += 1,
                Standing::Another(entry) => problems.push(otherwise(name, row, entry)),
            }
        },
    );
    done.map_err(|error| ledger_file::failure(&error))?;
    if problems.is_empty() { Ok((added, known)) } else { Err(Failure::Input(problems)) }
}

fn otherwise(name: &str, row: u32, entry: u64) -> Problem {
    let cause =
        format!("the line was recorded before, as entry {entry}, and says something else now");
    let problem =
        Problem::new(Code::KeyOfAnotherEntry, cause).in_file(name).at_row(row).in_column("answer");
    problem.with_remedy(format!(
        "Give the day of the new look as its date; or correct the entry: `groundwork record --relates corrects:{entry}`."
    ))
}
