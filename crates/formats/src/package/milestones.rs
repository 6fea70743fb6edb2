//! Milestones to stages that were reached, and to deadlines.

use std::collections::BTreeSet;

use groundwork_model::evidence::{Draft, Predicate, Stage, When};
use groundwork_model::problem::Code;
use jiff::civil::Date;

use super::Gathered;
use super::fields::{Fields, cut};
use super::project::{Project, remark, voice_of_mark};

/// Returns the stage of a milestone's code: those of the standard, and the own ones of this program.
fn stage_of(code: &str) -> Option<Stage> {
    Some(match code {
        "projectApproval" => Stage::Announced,
        "siteChosen" => Stage::SiteChosen,
        "commencement" => Stage::GroundBroken,
        "construction" => Stage::UnderConstruction,
        "completion" => Stage::Completed,
        "commissioning" => Stage::Inspected,
        "inauguration" => Stage::Inaugurated,
        "operation" => Stage::Operating,
        "stalled" => Stage::Stalled,
        "cancellation" => Stage::Cancelled,
        _ => return None,
    })
}

/// Is a milestone as the package has it.
struct Milestone<'v> {
    id: String,
    stage: Stage,
    status: &'v str,
    due: Option<Date>,
    met: Option<Date>,
    /// Day on which it was last looked at.
    reviewed: Date,
    text: String,
}

/// Reads the milestones of a project.
pub(super) fn read(
    fields: &mut Fields<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) {
    let mut ids = BTreeSet::new();
    let mut deadlines = BTreeSet::new();
    for mut object in fields.objects("milestones", &mut gathered.notes) {
        let id = object.id(&mut gathered.notes);
        if id.is_empty() {
            object.fault(&mut gathered.notes, Code::PackageField, "id", "the milestone has no id");
        } else if !ids.insert(id.clone()) {
            let cause = format!("`{id}` is the id of an earlier milestone of the project");
            object.fault(&mut gathered.notes, Code::PackageTwice, "id", cause);
        }
        let Some(milestone) = milestone(&mut object, id, project, gathered) else { continue };
        object.finish(&mut gathered.notes);
        if let Some(due) = milestone.due
            && deadlines.insert((milestone.stage, due))
        {
            let predicate = Predicate::Deadline { stage: milestone.stage };
            let id = format!("{}/{due}", milestone.stage.name());
            gathered.read_as("milestones with dueDate -> deadline");
            gathered.drafts.push(project.draft("deadline", &id, predicate, When::by(due)));
        }
        let draft = reached(&milestone, project, gathered);
        gathered.drafts.extend(draft);
    }
}

/// Returns what a milestone says; none where nothing says which stage it is.
fn milestone<'v>(
    object: &mut Fields<'v>,
    id: String,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) -> Option<Milestone<'v>> {
    let code = object.text("code", &mut gathered.notes);
    let own = gathered.context.mapping.milestones.get(code).copied();
    let Some(stage) = own.or_else(|| stage_of(code)) else {
        let kind = object.text("type", &mut gathered.notes);
        let what = match (code.is_empty(), kind.is_empty()) {
            (false, _) => format!("with code `{}`", cut(code)),
            (true, false) => format!("of type `{}`, without a code", cut(kind)),
            (true, true) => "without a code".to_owned(),
        };
        gathered.notes.leave(format!("{} {what}", object.like), 1);
        return None;
    };
    let notes = &mut gathered.notes;
    object.known("type");
    object.known("title");
    let mut status = object.text("status", notes);
    let due = object.day("dueDate", notes);
    let mut met = object.day("dateMet", notes);
    let reviewed = object.day("dateModified", notes).unwrap_or(project.head.published);
    let description = object.text("description", notes);
    let text = if project.own { String::new() } else { description.to_owned() };
    if !matches!(status, "" | "met" | "partiallyMet" | "notMet" | "scheduled") {
        let cause = format!("`{}` is no status of a milestone", cut(status));
        object.fault(notes, Code::PackageField, "status", cause);
    }
    if due.is_none() && met.is_none() && matches!(status, "" | "scheduled") {
        notes.leave(format!("{} without any date", object.like), 1);
    }
    if met.is_some_and(|day| project.is_to_come(day)) {
        notes.leave(format!("{}.dateMet after the day of publication", object.like), 1);
        met = None;
        if status != "notMet" {
            status = "scheduled";
        }
    }
    let reviewed = reviewed.min(project.published);
    Some(Milestone { id, stage, status, due, met, reviewed, text })
}

/// Returns what a milestone says of its stage beside the day on which it is due.
fn reached(
    milestone: &Milestone<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) -> Option<Draft> {
    let stage = milestone.stage;
    let status = match (milestone.status, milestone.met) {
        // A day on which it was met is that of one that was met.
        ("", Some(_)) => "met",
        ("", None) | ("scheduled", _) => return None,
        (status, _) => status,
    };
    // A package of this program says so of what nobody claims by the day that it is due.
    if project.own && status == "notMet" {
        return None;
    }
    let (predicate, said) = match (status, stage) {
        ("met", Stage::Inspected) => (Predicate::Inspection { ready: None }, "inspected"),
        ("met", stage) => (Predicate::Stage { stage, reached: true }, stage.name()),
        ("partiallyMet", Stage::Inspected) => {
            (Predicate::Inspection { ready: Some(false) }, "inspected, not ready")
        }
        ("partiallyMet", Stage::Completed) => {
            let part = "completion, in part".to_owned();
            let stage = Stage::UnderConstruction;
            (Predicate::Progress { stage, part, reached: true }, "a part of under-construction")
        }
        ("partiallyMet", _) => (Predicate::Statement, "statement"),
        ("notMet", stage) => (Predicate::Stage { stage, reached: false }, "not reached"),
        _ => return None,
    };
    gathered.read_as(format!("milestones of {} that are `{status}` -> {said}", stage.name()));
    let valid = match (status, milestone.met) {
        ("notMet", _) => When::day(milestone.reviewed),
        (_, Some(day)) => When::day(day),
        (_, None) => When::by(milestone.reviewed),
    };
    let mut draft = project.draft("milestone", &milestone.id, predicate, valid);
    if project.own {
        draft.voice = voice_of_mark(milestone.id.ends_with("-verified"));
    }
    if status == "partiallyMet" && !project.own {
        remark(&mut draft, &format!("milestone of {}, met in part", stage.name()));
    }
    remark(&mut draft, &milestone.text);
    Some(draft)
}
