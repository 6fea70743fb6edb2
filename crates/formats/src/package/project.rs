//! One project to a facility and its drafts.

use std::collections::HashSet;

use groundwork_model::evidence::{
    Draft, Predicate, Published, PublishedFrom, Scope, Stage, Subject, Texts, Voice, When,
};
use groundwork_model::problem::Code;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::whole::Head;
use super::{Gathered, amounts, documents, milestones};
use crate::nearest::{is_point, kilometres};

/// Scheme of identifiers and classifications of packages that this program wrote.
const OWN: &str = "groundwork";

/// Is a project while its parts are read.
pub(super) struct Project<'p, 'c> {
    pub(super) head: &'p Head<'c>,
    /// Identifier of the project in the package.
    pub(super) id: String,
    pub(super) subject: Subject,
    /// Whether this program wrote it: then its milestones say which are claimed and which verified.
    pub(super) own: bool,
    pub(super) title: String,
    pub(super) language: String,
    /// Day from which the public could know what it says.
    pub(super) published: Date,
    /// What to say of all its entries, such as how its place was found.
    remark: String,
}

impl Project<'_, '_> {
    /// Returns the draft of something that the project says, `what` and `id` telling it from its other parts.
    pub(super) fn draft(&self, what: &str, id: &str, predicate: Predicate, valid: When) -> Draft {
        let teller = &self.head.teller;
        Draft {
            key: self.key(what, id),
            subject: self.subject.clone(),
            predicate,
            value: None,
            valid,
            published: Published { day: self.published, from: PublishedFrom::Stated },
            voice: teller.voice,
            grade: teller.grade,
            relations: Vec::new(),
            related_keys: Vec::new(),
            medium: teller.medium,
            document: String::new(),
            retrieved: None,
            language: self.language.clone(),
            texts: Texts {
                source: teller.source.clone(),
                attribution: teller.through.clone(),
                url: self.head.address.clone(),
                named: self.title.clone(),
                note: self.remark.clone(),
                ..Texts::default()
            },
        }
    }

    /// Returns whether a day on which something was done lies after the package: then it is a plan. Of a package of this
    /// program a day may be so, as its ledger has it.
    pub(super) fn is_to_come(&self, day: Date) -> bool {
        !self.own && day > self.head.published
    }

    /// Returns the key by which a part is known again: publisher, project, part and the day of the package.
    fn key(&self, what: &str, id: &str) -> String {
        let day = self.head.published.to_string();
        let mut hash = Sha256::new();
        for part in [self.head.publisher.as_str(), &self.id, what, id, &day] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits: Vec<String> =
            hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("oc4ids:{}", digits.concat())
    }
}

/// Adds a sentence to the note of a draft.
pub(super) fn remark(draft: &mut Draft, text: &str) {
    let note = &mut draft.texts.note;
    if !note.is_empty() && !text.is_empty() {
        note.push_str("; ");
    }
    note.push_str(text);
}

/// Reads a project.
pub(super) fn read(
    mut fields: Fields<'_>,
    head: &Head<'_>,
    seen: &mut HashSet<String>,
    gathered: &mut Gathered<'_>,
) {
    let id = fields.id(&mut gathered.notes);
    if id.is_empty() {
        fields.fault(&mut gathered.notes, Code::PackageField, "id", "the project has no id");
    } else if !seen.insert(id.clone()) {
        let cause = format!("`{id}` is the id of an earlier project");
        fields.fault(&mut gathered.notes, Code::PackageTwice, "id", cause);
    }
    let named = own_subject(&mut fields, gathered);
    let own = named.is_some();
    let title = fields.text("title", &mut gathered.notes).to_owned();
    let language = fields.text("language", &mut gathered.notes).to_owned();
    let updated = fields.day("updated", &mut gathered.notes);
    // Of a package of this program it is the day of the last report that it rests on.
    let published = updated.filter(|_| own).unwrap_or(head.published).min(head.published);
    let subject = named.unwrap_or_else(|| Subject {
        scope: Scope::Facility,
        id: id.clone(),
        place: String::new(),
        kind: gathered.context.mapping.subject.kind.clone(),
        batch: gathered.context.mapping.subject.batch.clone(),
    });
    let mut project =
        Project { head, id, subject, own, title, language, published, remark: String::new() };
    place(&mut fields, &mut project, gathered);
    let before = gathered.drafts.len();
    if !own {
        status(&mut fields, &project, updated, gathered);
    }
    milestones::read(&mut fields, &project, gathered);
    completion(&mut fields, &project, gathered);
    amounts::read(&mut fields, &project, gathered);
    documents::read(&mut fields, &project, gathered);
    if own {
        // What these say follows from what was read.
        ["status", "sector", "type", "description"].iter().for_each(|key| fields.known(key));
    }
    let latest = gathered.drafts[before..].iter().map(|draft| draft.published.day).max();
    // A package of this program says when it heard last of a facility, also where it does not say what.
    let silent = latest.is_none_or(|latest| own && latest < project.published);
    if silent && project.subject.scope == Scope::Facility {
        gathered.read_as("projects of which nothing else is said -> statement");
        let when = When::by(project.published);
        gathered.drafts.push(project.draft("listed", "", Predicate::Statement, when));
    }
    for draft in &mut gathered.drafts[before..] {
        gathered.context.recorded_by.clone_into(&mut draft.texts.recorded_by);
    }
    fields.finish(&mut gathered.notes);
}

/// Returns what the project is, where this program wrote it: its own identifiers and classes say so.
fn own_subject(fields: &mut Fields<'_>, gathered: &mut Gathered<'_>) -> Option<Subject> {
    let notes = &mut gathered.notes;
    let mut subject = None;
    for mut identifier in fields.objects("identifiers", notes) {
        let scheme = identifier.text("scheme", notes);
        let scope = match scheme {
            OWN => Scope::Facility,
            "groundwork-programme" => Scope::Programme,
            _ => {
                identifier.known("scheme");
                identifier.finish(notes);
                continue;
            }
        };
        let id = identifier.id(notes);
        let id = if scope == Scope::Programme { String::new() } else { id };
        if id.is_empty() && scope == Scope::Facility {
            identifier.fault(notes, Code::PackageField, "id", "the facility has no id");
        }
        let (place, kind, batch) = (String::new(), String::new(), String::new());
        subject = Some(Subject { scope, id, place, kind, batch });
    }
    for mut class in fields.objects("additionalClassifications", notes) {
        let scheme = class.text("scheme", notes).to_owned();
        let own = subject.as_mut().and_then(|subject| match scheme.as_str() {
            "groundwork-place" => Some(&mut subject.place),
            "groundwork-kind" => Some(&mut subject.kind),
            "groundwork-batch" => Some(&mut subject.batch),
            _ => None,
        });
        match own {
            Some(text) => class.id(notes).clone_into(text),
            None => class.finish(notes),
        }
    }
    subject
}

/// Finds the place of a project: the one that a person names, the one that the project itself names, or the nearest.
fn place(fields: &mut Fields<'_>, project: &mut Project<'_, '_>, gathered: &mut Gathered<'_>) {
    let locations = fields.objects("locations", &mut gathered.notes);
    let mapping = gathered.context.mapping;
    let places = &project.head.places;
    let known = |id: &str| places.as_ref().is_none_or(|places| places.contains(id));
    if let Some(place) = mapping.places.get(&project.id) {
        if !known(place) {
            let cause = format!("the mapping names the place `{place}`, which there is not");
            fields.unknown_place(&mut gathered.notes, "id", cause);
        }
        project.subject.place.clone_from(place);
        gathered.read_as("places named by the mapping");
    } else if project.own && !project.subject.place.is_empty() && !known(&project.subject.place) {
        let cause = format!("there is no place `{}`", project.subject.place);
        fields.unknown_place(&mut gathered.notes, "additionalClassifications", cause);
    }
    let mut found: Vec<(String, u64)> = Vec::new();
    let mut points = 0;
    for mut location in locations {
        let notes = &mut gathered.notes;
        let id = location.id(notes);
        let point = point(&mut location, gathered);
        if project.own {
            location.known("description");
        }
        location.finish(&mut gathered.notes);
        if places.is_some() && !id.is_empty() && known(&id) {
            found.push((id, 0));
            continue;
        }
        let Some((lat, lon)) = point else { continue };
        points += 1;
        let limit = u64::from(mapping.subject.nearest_km) * 1000;
        let near = project.head.nearby.as_ref().and_then(|nearby| nearby.to(lat, lon, limit));
        found.extend(near.map(|(place, metres)| (place.id.clone(), metres)));
    }
    if project.own || !project.subject.place.is_empty() || places.is_none() {
        return;
    }
    found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    found.dedup_by(|a, b| a.0 == b.0);
    let said = match found.as_slice() {
        [(place, metres)] => {
            project.subject.place.clone_from(place);
            if *metres > 0 {
                gathered.read_as(format!(
                    "places by the nearest point, at most {} km away",
                    mapping.subject.nearest_km
                ));
                project.remark = format!(
                    "placed at {place}, the nearest place, {} from the project's point",
                    kilometres(*metres)
                );
            } else {
                gathered.read_as("places named by the package");
            }
            return;
        }
        [] if points == 0 => "it has no point, and names no place of the programme".to_owned(),
        [] => format!("no place lies within {} km of its points", mapping.subject.nearest_km),
        several => {
            let ids: Vec<&str> = several.iter().take(5).map(|(id, _)| id.as_str()).collect();
            format!("its points lie at several places: {}", ids.join(", "))
        }
    };
    let cause = format!("the facility is recorded without a place: {said}");
    fields.fault(&mut gathered.notes, Code::PackagePlace, "locations", cause);
}

/// Returns latitude and longitude of a location.
fn point(location: &mut Fields<'_>, gathered: &mut Gathered<'_>) -> Option<(f64, f64)> {
    let mut geometry = location.object("geometry", &mut gathered.notes)?;
    if geometry.text("type", &mut gathered.notes) != "Point" {
        gathered.notes.leave(format!("{}.geometry that is no point", location.like), 1);
        return None;
    }
    let coordinates = geometry.any("coordinates").and_then(Value::as_array);
    let numbers: Vec<f64> = coordinates.into_iter().flatten().filter_map(Value::as_f64).collect();
    match numbers.as_slice() {
        [lon, lat, ..] if is_point(*lat, *lon) => Some((*lat, *lon)),
        _ => {
            let cause = "the point is not [longitude, latitude] in degrees";
            geometry.fault(&mut gathered.notes, Code::PackageField, "coordinates", cause);
            None
        }
    }
}

/// Reads the status as the weakest stage that it surely says, or as the mapping has it.
fn status(
    fields: &mut Fields<'_>,
    project: &Project<'_, '_>,
    updated: Option<Date>,
    gathered: &mut Gathered<'_>,
) {
    let status = fields.text("status", &mut gathered.notes);
    if status.is_empty() {
        return;
    }
    let (stage, why) = match (gathered.context.mapping.statuses.get(status), status) {
        (Some(stage), _) => (*stage, "as the mapping has it"),
        (None, "identification") => (Stage::Announced, ""),
        (None, "preparation") => (Stage::Announced, "a site need not be chosen yet"),
        (None, "implementation") => {
            (Stage::Announced, "it begins with procurement: ground need not be broken yet")
        }
        (None, "completion") => (Stage::Completed, "an opening is not said"),
        (None, "maintenance") => (Stage::Completed, "that it operates is not surely said"),
        (None, "decommissioning" | "decommissioned") => {
            (Stage::Completed, "its end has no stage here")
        }
        (None, "cancelled") => (Stage::Cancelled, ""),
        _ => {
            let cause = format!("`{}` is no status of the standard", super::fields::cut(status));
            fields.fault(&mut gathered.notes, Code::PackageField, "status", cause);
            return;
        }
    };
    gathered.read_as(format!("status `{status}` -> {}", stage.name()));
    let day = updated.unwrap_or(project.head.published).min(project.head.published);
    let predicate = Predicate::Stage { stage, reached: true };
    let mut draft = project.draft("status", "", predicate, When::by(day));
    let said = format!("project status `{status}`");
    remark(&mut draft, &if why.is_empty() { said } else { format!("{said}: {why}") });
    gathered.drafts.push(draft);
}

/// Reads when the project was completed.
fn completion(fields: &mut Fields<'_>, project: &Project<'_, '_>, gathered: &mut Gathered<'_>) {
    let Some(mut completion) = fields.object("completion", &mut gathered.notes) else { return };
    let day = completion.day("endDate", &mut gathered.notes);
    if day.is_some_and(|day| project.is_to_come(day)) {
        let what = format!("{}.endDate after the day of publication", completion.like);
        gathered.notes.leave(what, 1);
    } else if let Some(day) = day {
        gathered.read_as("completion.endDate -> completed");
        let predicate = Predicate::Stage { stage: Stage::Completed, reached: true };
        gathered.drafts.push(project.draft("completion", "", predicate, When::day(day)));
    }
    completion.finish(&mut gathered.notes);
}

/// Returns on whose behalf a mark of a package of this program is.
pub(super) const fn voice_of_mark(verified: bool) -> Voice {
    if verified { Voice::Independent } else { Voice::SelfReport }
}
