//! Metrics, forecasts and the budget of a project: what was counted, measured, planned and set aside.

use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, Predicate, Published, PublishedFrom, Quantity, Scope, Stage, Subject,
    When,
};
use groundwork_model::problem::Code;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::Gathered;
use super::fields::{Fields, day_of};
use super::project::{Project, remark};
use super::teller::voice_of;

/// Is an observation of a metric or forecast.
struct Observation<'v> {
    id: String,
    number: Option<Decimal>,
    unit: String,
    start: Option<Date>,
    end: Option<Date>,
    dimensions: Option<&'v Map<String, Value>>,
    text: &'v str,
}

impl Observation<'_> {
    /// Returns the date of the observation.
    fn valid(&self) -> When {
        match (self.start, self.end) {
            (Some(start), Some(end)) if start < end => {
                format!("{start}/{end}").parse().unwrap_or_default()
            }
            (_, Some(day)) | (Some(day), None) => When::day(day),
            (None, None) => When::default(),
        }
    }

    fn quantity(&self) -> Option<Quantity> {
        self.number.map(|number| Quantity {
            number: Some(number),
            unit: self.unit.clone(),
            bound: Bound::Exactly,
        })
    }

    /// Returns a text of the dimensions; empty where there is none.
    fn dimension(&self, key: &str) -> &str {
        self.dimensions.and_then(|map| map.get(key)).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Reads metrics, forecasts and the budget of a project.
pub(super) fn read(
    fields: &mut Fields<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) {
    for (list, planned) in [("metrics", false), ("forecasts", true)] {
        for mut metric in fields.objects(list, &mut gathered.notes) {
            let id = metric.id(&mut gathered.notes);
            if id.is_empty() {
                let cause = "the metric has no id";
                metric.fault(&mut gathered.notes, Code::PackageField, "id", cause);
            }
            let title = metric.text("title", &mut gathered.notes).to_owned();
            for mut object in metric.objects("observations", &mut gathered.notes) {
                let seen = observation(&mut object, gathered);
                let told = Told { id: &id, title: &title, planned };
                let draft = if project.own {
                    total(&object, &told, &seen, project, gathered)
                } else {
                    measured(&told, &seen, project, gathered)
                };
                gathered.drafts.extend(draft);
                object.finish(&mut gathered.notes);
            }
            metric.finish(&mut gathered.notes);
        }
    }
    budget(fields, project, gathered);
}

/// Is the metric of an observation.
struct Told<'t> {
    id: &'t str,
    title: &'t str,
    planned: bool,
}

fn observation<'v>(object: &mut Fields<'v>, gathered: &mut Gathered<'_>) -> Observation<'v> {
    let notes = &mut gathered.notes;
    let id = object.id(notes);
    if id.is_empty() {
        object.fault(notes, Code::PackageField, "id", "the observation has no id");
    }
    let mut number = object.number("measure", notes);
    let mut unit = String::new();
    if let Some(mut named) = object.object("unit", notes) {
        named.text("name", notes).clone_into(&mut unit);
        named.known("id");
        named.known("scheme");
        named.finish(notes);
    }
    if let Some(mut value) = object.object("value", notes) {
        number = value.number("amount", notes).or(number);
        let currency = value.text("currency", notes);
        if !currency.is_empty() {
            currency.clone_into(&mut unit);
        }
        value.finish(notes);
    }
    let (mut start, mut end) = (None, None);
    if let Some(mut period) = object.object("period", notes) {
        start = period.day("startDate", notes);
        end = period.day("endDate", notes);
        period.finish(notes);
    }
    let dimensions = object.any("dimensions").and_then(Value::as_object);
    let text = object.text("notes", notes);
    Observation { id, number, unit, start, end, dimensions, text }
}

/// Returns a count or target of a package of this program.
fn total(
    object: &Fields<'_>,
    told: &Told<'_>,
    seen: &Observation<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) -> Option<Draft> {
    let unit = CountUnit::ALL.into_iter().find(|unit| unit.name() == seen.unit);
    let target = told.id.strip_prefix("target-");
    let stage = target.or_else(|| told.id.strip_prefix("count-")).and_then(Stage::from_name);
    let whole = seen.number.filter(|number| number.scale() == 0 && !number.is_negative());
    let (Some(stage), Some(unit), Some(number)) = (stage, unit, whole) else {
        let cause = "it is no count or target of a stage, in places, facilities or plants";
        gathered.notes.fault(Code::PackageField, &object.path, &object.like, cause);
        return None;
    };
    let predicate = match target {
        Some(_) => Predicate::Target { stage, unit },
        None => Predicate::Count { stage, unit },
    };
    gathered.read_as(if target.is_some() { "metrics -> target" } else { "metrics -> count" });
    let valid = match (target.is_some(), seen.end) {
        (true, Some(day)) => When::by(day),
        (false, Some(day)) => When::day(day),
        (_, None) => When::default(),
    };
    let id = format!("{}/{}", told.id, seen.id);
    let mut draft = project.draft("metric", &id, predicate, valid);
    let bound = match seen.dimension("bound") {
        "at-least" => Bound::AtLeast,
        "less-than" => Bound::LessThan,
        "about" => Bound::About,
        _ => Bound::Exactly,
    };
    draft.value = Some(Quantity { number: Some(number), unit: String::new(), bound });
    draft.voice = voice_of(seen.dimension("voice")).unwrap_or(draft.voice);
    // What it verifies stands among the milestones.
    draft.grade = None;
    draft.subject = counted(seen);
    let subject = &draft.subject;
    let id = if subject.scope == Scope::Place { subject.id.as_str() } else { "" };
    let unknown = |place: &&str| {
        let places = project.head.places.as_ref();
        !place.is_empty() && places.is_some_and(|places| !places.contains(place))
    };
    if let Some(place) = [subject.place.as_str(), id].into_iter().find(unknown) {
        let cause = format!("there is no place `{place}`");
        object.unknown_place(&mut gathered.notes, "dimensions", cause);
    }
    if let Some(day) = day_of(seen.dimension("published")) {
        let day = day.min(project.head.published);
        draft.published = Published { day, from: PublishedFrom::Stated };
    }
    Some(draft)
}

/// Returns of what a count speaks.
fn counted(seen: &Observation<'_>) -> Subject {
    let scope = match seen.dimension("scope") {
        "place" => Scope::Place,
        "facility" => Scope::Facility,
        "milestone" => Scope::Milestone,
        _ => Scope::Programme,
    };
    let id = seen.dimension("id").to_owned();
    let scope = if id.is_empty() { Scope::Programme } else { scope };
    Subject {
        scope,
        id,
        place: seen.dimension("place").to_owned(),
        kind: seen.dimension("kind").to_owned(),
        batch: seen.dimension("batch").to_owned(),
    }
}

/// Returns what an observation of somebody else's metric says.
fn measured(
    told: &Told<'_>,
    seen: &Observation<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) -> Option<Draft> {
    let physical = told.id == "physicalProgress";
    let number = seen.number;
    let whole = number.is_some_and(|number| number.times_exact(1).is_some_and(|n| n >= 100));
    let begun = number.is_some_and(|number| number.mantissa() > 0);
    let mut valid = seen.valid();
    let (predicate, said) = match (physical, told.planned) {
        (true, true) if whole && !valid.is_unknown() => {
            valid = valid.latest.map_or(valid, When::by);
            (Predicate::Deadline { stage: Stage::Completed }, "deadline of completed")
        }
        (true, false) if begun => {
            let part = "physical progress".to_owned();
            let stage = Stage::UnderConstruction;
            (Predicate::Progress { stage, part, reached: true }, "progress of under-construction")
        }
        (_, false) if told.id == "financialProgress" => {
            let resource = "financial progress".to_owned();
            (Predicate::Budget { resource }, "budget")
        }
        _ => (Predicate::Statement, "statement with its number"),
    };
    let list = if told.planned { "forecasts" } else { "metrics" };
    gathered.read_as(format!("{list} `{}` -> {said}", super::fields::cut(told.id)));
    let id = format!("{}/{}", told.id, seen.id);
    let mut draft = project.draft(list, &id, predicate, valid);
    draft.value = seen.quantity();
    let name = if told.title.is_empty() { told.id } else { told.title };
    let planned = if told.planned { "planned: " } else { "" };
    remark(&mut draft, &format!("{planned}{name}"));
    for (key, value) in seen.dimensions.into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        remark(&mut draft, &format!("{key}: {value}").replace('\0', " "));
    }
    remark(&mut draft, seen.text);
    Some(draft)
}

/// Reads the amount that was set aside.
fn budget(fields: &mut Fields<'_>, project: &Project<'_, '_>, gathered: &mut Gathered<'_>) {
    let Some(mut budget) = fields.object("budget", &mut gathered.notes) else { return };
    let notes = &mut gathered.notes;
    let approved = budget.day("approvalDate", notes);
    if let Some(mut value) = budget.object("amount", notes) {
        let amount = value.number("amount", notes);
        let currency = value.text("currency", notes).to_owned();
        if amount.is_some() && currency.is_empty() {
            value.fault(notes, Code::PackageField, "currency", "the amount has no currency");
        }
        value.finish(notes);
        if let Some(number) = amount {
            let valid = approved.map_or_else(|| When::by(project.published), When::day);
            let predicate = Predicate::Budget { resource: currency.clone() };
            let mut draft = project.draft("budget", "", predicate, valid);
            draft.value =
                Some(Quantity { number: Some(number), unit: currency, bound: Bound::Exactly });
            gathered.read_as("budget.amount -> budget");
            gathered.drafts.push(draft);
        }
    }
    budget.finish(&mut gathered.notes);
}
