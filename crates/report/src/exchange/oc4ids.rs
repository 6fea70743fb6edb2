//! OC4IDS 0.9: one project a facility.
//!
//! A stage is a milestone, once as claimed and once as verified; an own code stands where the open list of milestone
//! codes has none. Counts and targets of the programme are metrics of a project of its own.

use std::collections::HashMap;

use groundwork_model::evidence::{
    Bound, Entry, FacilityState, Scope, Stage, StageState, Subject, Total, TotalKind, Voice,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Atlas, Exchanged, due, marks};

/// Returns a project package.
#[must_use]
pub fn oc4ids(of: &Exchanged<'_>) -> Vec<u8> {
    let atlas = Atlas::new(of.programme);
    let mut reports: HashMap<&Subject, Vec<&Entry>> = HashMap::new();
    for entry in of.entries {
        reports.entry(&entry.draft.subject).or_default().push(entry);
    }
    let project = |facility: &FacilityState| {
        let reports = reports.get(&*facility.subject).map_or(&[][..], Vec::as_slice);
        project(of, &atlas, facility, reports)
    };
    let mut projects = vec![whole_programme(of)];
    projects.extend(of.snapshot.facilities.iter().map(project));
    let package = json!({
        "uri": of.exchange.address,
        "publishedDate": moment(of.snapshot.times.known_by),
        "version": "0.9",
        "publisher": { "name": of.exchange.publisher },
        "projects": projects,
    });
    // Plain data with string keys: this cannot fail.
    serde_json::to_vec_pretty(&package).unwrap_or_default()
}

/// Returns a day as the moment at which it begins.
fn moment(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// Returns the identifier of a project: small letters, digits and hyphens are safe everywhere, others become hyphens.
fn identifier(of: &Exchanged<'_>, id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("{}-{}", of.exchange.oc4ids_prefix, id.chars().map(safe).collect::<String>())
}

fn whole_programme(of: &Exchanged<'_>) -> Value {
    let settings = &of.programme.settings;
    let mut project = json!({
        "id": identifier(of, "programme"),
        "title": settings.name,
        "language": of.exchange.language,
        "sector": [of.exchange.oc4ids_sector],
        "updated": moment(of.snapshot.times.known_by),
        "identifiers": [{ "id": "programme", "scheme": "groundwork-programme" }],
    });
    let fields = as_map(&mut project);
    if !settings.description.is_empty() {
        fields.insert("description".to_owned(), json!(settings.description));
    }
    let metrics: Vec<Value> = [TotalKind::Count, TotalKind::Target]
        .into_iter()
        .flat_map(|what| Stage::ALL.map(|stage| (what, stage)))
        .filter_map(|(what, stage)| metric(of, what, stage))
        .collect();
    if !metrics.is_empty() {
        fields.insert("metrics".to_owned(), json!(metrics));
    }
    project
}

/// Returns all counts, or targets, of a stage as one metric.
fn metric(of: &Exchanged<'_>, what: TotalKind, stage: Stage) -> Option<Value> {
    let totals = of.snapshot.totals.iter();
    let observations: Vec<Value> = totals
        .filter(|total| (total.what, total.stage) == (what, stage) && total.number.is_some())
        .map(observation)
        .collect();
    let (id, title) = match what {
        TotalKind::Target => (format!("target-{}", stage.name()), "Target"),
        _ => (format!("count-{}", stage.name()), "Reported count"),
    };
    let title = format!("{title}: {}", stage.name());
    (!observations.is_empty())
        .then(|| json!({ "id": id, "title": title, "observations": observations }))
}

fn observation(total: &Total) -> Value {
    let subject = &total.subject;
    let mut dimensions = json!({
        "voice": voice(total.voice),
        "batch": subject.batch,
        "published": total.published.to_string(),
    });
    let scope = match subject.scope {
        Scope::Programme => "",
        Scope::Place => "place",
        Scope::Facility => "facility",
        Scope::Milestone => "milestone",
    };
    let told = [
        ("scope", scope),
        ("id", &subject.id),
        ("place", &subject.place),
        ("kind", &subject.kind),
        ("bound", bound(total.bound)),
    ];
    for (key, text) in told.into_iter().filter(|(_, text)| !text.is_empty()) {
        as_map(&mut dimensions).insert(key.to_owned(), json!(text));
    }
    let mut value = json!({
        "id": total.entry.to_string(),
        "measure": total.number.unwrap_or(0).to_string(),
        "unit": { "name": total.unit.name() },
        "dimensions": dimensions,
    });
    if let Some(day) = total.day {
        as_map(&mut value).insert("period".to_owned(), json!({ "endDate": moment(day) }));
    }
    value
}

/// Returns how a number is meant; nothing where it is meant as it stands.
const fn bound(bound: Bound) -> &'static str {
    match bound {
        Bound::AtLeast => "at-least",
        Bound::LessThan => "less-than",
        Bound::About => "about",
        Bound::Exactly | Bound::All | Bound::Several | Bound::Unknown => "",
    }
}

const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    }
}

fn project(
    of: &Exchanged<'_>,
    atlas: &Atlas<'_>,
    facility: &FacilityState,
    reports: &[&Entry],
) -> Value {
    let subject = &facility.subject;
    let mut project = json!({
        "id": identifier(of, &subject.id),
        "title": atlas.title(facility),
        "language": of.exchange.language,
        "sector": [of.exchange.oc4ids_sector],
        "type": "construction",
        "updated": moment(facility.last_heard),
        "identifiers": [{ "id": subject.id, "scheme": "groundwork" }],
    });
    let fields = as_map(&mut project);
    if let Some(status) = status(facility) {
        fields.insert("status".to_owned(), json!(status));
    }
    let classes = [
        ("groundwork-place", &subject.place),
        ("groundwork-kind", &subject.kind),
        ("groundwork-batch", &subject.batch),
    ];
    let classes = classes.into_iter().filter(|(_, id)| !id.is_empty());
    let classes: Vec<Value> =
        classes.map(|(scheme, id)| json!({ "scheme": scheme, "id": id })).collect();
    if !classes.is_empty() {
        fields.insert("additionalClassifications".to_owned(), json!(classes));
    }
    if let Some((lat, lon)) = atlas.point(&subject.place) {
        let location = json!({
            "id": subject.place,
            "description": atlas.name(&subject.place),
            "geometry": { "type": "Point", "coordinates": [lon, lat] },
        });
        fields.insert("locations".to_owned(), json!([location]));
    }
    let milestones: Vec<Value> =
        Stage::ALL.into_iter().flat_map(|stage| milestones(of, atlas, facility, stage)).collect();
    if !milestones.is_empty() {
        fields.insert("milestones".to_owned(), json!(milestones));
    }
    let documents = documents(of, reports);
    if !documents.is_empty() {
        fields.insert("documents".to_owned(), json!(documents));
    }
    project
}

/// Returns the project's status by what is claimed; the list is closed.
fn status(facility: &FacilityState) -> Option<&'static str> {
    let claimed = |stage: Stage| facility.stage(stage).is_some_and(|s| s.claimed.is_some());
    if claimed(Stage::Cancelled) {
        return Some("cancelled");
    }
    Some(match facility.furthest(false)? {
        Stage::Announced => "identification",
        Stage::SiteChosen => "preparation",
        Stage::GroundBroken | Stage::UnderConstruction => "implementation",
        Stage::Operating => "maintenance",
        _ => "completion",
    })
}

/// Returns the type and code of a stage's milestone.
const fn code(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Announced => ("approval", "projectApproval"),
        Stage::SiteChosen => ("approval", "siteChosen"),
        Stage::GroundBroken => ("delivery", "commencement"),
        Stage::UnderConstruction => ("delivery", "construction"),
        Stage::Completed => ("delivery", "completion"),
        Stage::Inspected => ("delivery", "commissioning"),
        Stage::Inaugurated => ("delivery", "inauguration"),
        Stage::Operating => ("delivery", "operation"),
        Stage::Stalled => ("delivery", "stalled"),
        Stage::Cancelled => ("delivery", "cancellation"),
    }
}

fn milestones(
    of: &Exchanged<'_>,
    atlas: &Atlas<'_>,
    facility: &FacilityState,
    stage: Stage,
) -> Vec<Value> {
    let due = due(atlas, facility, stage);
    let state = facility.stage(stage);
    let mut all: Vec<Value> = state
        .into_iter()
        .flat_map(|state| marks(state).map(move |mark| (state, mark)))
        .map(|(state, (how, mark))| {
            let mut value = milestone(of, stage, how, due);
            let fields = as_map(&mut value);
            fields.insert("dateMet".to_owned(), json!(moment(mark.day)));
            fields.insert("status".to_owned(), json!(met(state)));
            let rests = format!("{how}, entry {} of the ledger", mark.entry);
            fields.insert("description".to_owned(), json!(rests));
            value
        })
        .collect();
    let open = state.is_none_or(|state| state.claimed.is_none() && state.verified.is_none());
    if let (true, Some(day)) = (open, due) {
        let mut value = milestone(of, stage, "scheduled", due);
        let missed = day < of.snapshot.times.as_of;
        as_map(&mut value)
            .insert("status".to_owned(), json!(if missed { "notMet" } else { "scheduled" }));
        all.push(value);
    }
    all
}

/// Returns whether a milestone is met: an inspection that found the building not ready meets it in part.
fn met(state: &StageState) -> &'static str {
    if state.ready == Some(false) { "partiallyMet" } else { "met" }
}

fn milestone(of: &Exchanged<'_>, stage: Stage, how: &str, due: Option<Date>) -> Value {
    let (kind, code) = code(stage);
    let mut value = json!({
        "id": format!("{}-{how}", stage.name()),
        "title": format!("{} ({how})", stage.name()),
        "type": kind,
        "code": code,
        "dateModified": moment(of.snapshot.times.known_by),
    });
    if let Some(day) = due {
        as_map(&mut value).insert("dueDate".to_owned(), json!(moment(day)));
    }
    value
}

/// Returns the reports that have an address; this package itself is none.
fn documents(of: &Exchanged<'_>, reports: &[&Entry]) -> Vec<Value> {
    let itself = |url: &str| url == of.exchange.address;
    let addressed = reports.iter().filter(|entry| !entry.draft.texts.url.is_empty());
    addressed
        .filter(|entry| !itself(&entry.draft.texts.url))
        .map(|entry| {
            let texts = &entry.draft.texts;
            let title = if texts.title.is_empty() { &texts.url } else { &texts.title };
            let mut document = json!({
                "id": entry.number.to_string(),
                "documentType": "physicalProgressReport",
                "title": title,
                "url": texts.url,
                "datePublished": moment(entry.draft.published.day),
            });
            let fields = as_map(&mut document);
            if !texts.source.is_empty() {
                fields.insert("author".to_owned(), json!(texts.source));
            }
            if !entry.draft.language.is_empty() {
                fields.insert("language".to_owned(), json!(entry.draft.language));
            }
            document
        })
        .collect()
}

/// Returns the fields of an object that was just made.
fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => unreachable!("only objects are filled in"),
    }
}
