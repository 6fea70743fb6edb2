//! `inspect`: readiness, findings and output; blank forms, and filled ones.

use groundwork_ledger::{Fact, What};
use groundwork_model::evidence::{Counted, Inspections, Outputs, Snapshot, Subject, Times};
use groundwork_model::validation::nearest;
use groundwork_model::{Code, Problem, Programme};
use groundwork_monitor::{Names, inspections, outputs};

use super::status::{opened, today};
use super::{inspect_forms, inspect_text, output_text};
use crate::cli::InspectArgs;
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file::{self, AnyLedger};
use crate::output;

pub(crate) fn run(arguments: &InspectArgs) -> Result<Exit, Failure> {
    let loaded = disk::load_to_watch(&arguments.folder)?;
    let programme = &loaded.programme;
    if let Some(file) = &arguments.record {
        return inspect_forms::record(arguments, programme, file);
    }
    if let Some(facility) = &arguments.fill {
        return inspect_forms::fill(arguments, programme, facility);
    }
    let location = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = opened(&arguments.folder, &location)?;
    if !arguments.form.is_empty() {
        return inspect_forms::print(arguments, programme, &mut ledger);
    }
    let names = Names::of(programme);
    if arguments.output {
        let all = delivered(arguments, programme, &mut ledger)?;
        expect_known(arguments, &snapshot(arguments, programme, &mut ledger)?)?;
        if arguments.json {
            output::data(&output::json_pretty(&all));
        } else {
            output::data(
                output_text::text(&all, &names, programme, is_filtered(arguments)).as_bytes(),
            );
        }
        return Ok(Exit::Done);
    }
    let all = looked_at(arguments, programme, &mut ledger)?;
    if let (Some(id), true) = (&arguments.facility, all.facilities.is_empty()) {
        return Err(unknown(id, &snapshot(arguments, programme, &mut ledger)?));
    }
    if arguments.json {
        output::data(&output::json_pretty(&all));
    } else if arguments.facility.is_some() {
        output::data(inspect_text::whole(&all, &names).as_bytes());
    } else {
        output::data(
            inspect_text::table(&all, &names, programme, is_filtered(arguments)).as_bytes(),
        );
    }
    Ok(Exit::Done)
}

/// Returns whether only some facilities are asked for.
const fn is_filtered(arguments: &InspectArgs) -> bool {
    arguments.facility.is_some() || arguments.batch.is_some() || arguments.kind.is_some()
}

/// Returns the times that are asked for.
pub(super) fn times(arguments: &InspectArgs) -> Times {
    let today = today();
    Times {
        as_of: arguments.as_of.unwrap_or(today),
        known_by: arguments.known_by.unwrap_or(today),
        recorded_by: None,
    }
}

/// Returns the snapshot of the times that are asked for.
pub(super) fn snapshot(
    arguments: &InspectArgs,
    programme: &Programme,
    ledger: &mut AnyLedger,
) -> Result<Snapshot, Failure> {
    let rules = &programme.settings.evidence;
    ledger.snapshot(times(arguments), rules).map_err(|error| ledger_file::failure(&error))
}

/// Returns whether a facility is one of those that are asked for.
pub(super) fn asked(arguments: &InspectArgs, subject: &Subject) -> bool {
    let fits =
        |wanted: &Option<String>, has: &str| wanted.as_ref().is_none_or(|wanted| wanted == has);
    fits(&arguments.facility, &subject.id)
        && fits(&arguments.batch, &subject.batch)
        && fits(&arguments.kind, &subject.kind)
}

fn counted(
    arguments: &InspectArgs,
    ledger: &mut AnyLedger,
    whats: &[What],
) -> Result<Vec<Counted>, Failure> {
    let wanted =
        |fact: &Fact, subject: &Subject| whats.contains(&fact.what) && asked(arguments, subject);
    ledger.selected(times(arguments), &wanted).map_err(|error| ledger_file::failure(&error))
}

/// Returns what inspections come to, of the facilities that are asked for.
pub(super) fn looked_at(
    arguments: &InspectArgs,
    programme: &Programme,
    ledger: &mut AnyLedger,
) -> Result<Inspections, Failure> {
    let entries = counted(arguments, ledger, &[What::Inspection, What::Readiness, What::Finding])?;
    let mut snapshot = snapshot(arguments, programme, ledger)?;
    snapshot.facilities.retain(|facility| asked(arguments, &facility.subject));
    Ok(inspections(programme, &entries, &snapshot))
}

fn delivered(
    arguments: &InspectArgs,
    programme: &Programme,
    ledger: &mut AnyLedger,
) -> Result<Outputs, Failure> {
    let entries = counted(arguments, ledger, &[What::Output])?;
    let snapshot = snapshot(arguments, programme, ledger)?;
    Ok(outputs(programme, &entries, &snapshot))
}

/// Refuses a facility that is asked for and that the ledger does not know.
fn expect_known(arguments: &InspectArgs, snapshot: &Snapshot) -> Result<(), Failure> {
    let known = |id: &str| snapshot.facilities.iter().any(|one| one.subject.id == id);
    match &arguments.facility {
        Some(id) if !known(id) => Err(unknown(id, snapshot)),
        _ => Ok(()),
    }
}

/// Returns the failure of a facility that the ledger does not know.
pub(super) fn unknown(id: &str, snapshot: &Snapshot) -> Failure {
    let ids = snapshot.facilities.iter().map(|facility| facility.subject.id.as_str());
    let there = snapshot.facilities.iter().any(|facility| facility.subject.id == id);
    let cause = if there {
        format!("no inspection speaks of `{id}`, and its kind has no checklist")
    } else {
        format!("the ledger has no facility `{id}`")
    };
    let remedy = match nearest(id, ids) {
        Some(meant) if !there => format!("Did you mean `{meant}`?"),
        _ if there => "Write [[checklists]] for its kind into programme.toml.".to_owned(),
        _ => "Write an id as `groundwork inspect` lists them.".to_owned(),
    };
    Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy))
}
