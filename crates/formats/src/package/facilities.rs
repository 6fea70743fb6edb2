//! Facilities as this program writes them (GeoJSON), to drafts: a draft for each stage that is claimed or verified.

use std::collections::HashSet;

use groundwork_model::evidence::{
    Draft, Predicate, Published, PublishedFrom, Scope, Stage, Subject, Texts, When,
};
use groundwork_model::problem::Code;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::project::voice_of_mark;
use super::teller::{self, Teller};
use super::whole::{ids_of, refuse, unreadable};
use super::{Gathered, PackageRead};
use crate::collection;

/// The list of features.
const FEATURES: &str = "features";

/// Is what all features share.
struct Head<'c> {
    publisher: String,
    teller: Teller,
    published: Date,
    /// Ids of the programme's places.
    places: Option<HashSet<&'c str>>,
}

/// Reads a collection of facilities.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered<'_>) -> PackageRead {
    let mut read = PackageRead::default();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let beside = match collection::beside(bytes, FEATURES) {
        Ok((beside, true)) => beside,
        Ok((_, false)) => {
            refuse(&mut gathered.notes, "the file is JSON, but has no list `features`", 0);
            return read;
        }
        Err(error) => {
            unreadable(&mut gathered.notes, &error);
            return read;
        }
    };
    let mut fields = Fields::of(&beside, String::new(), String::new());
    fields.known("type");
    let Some(head) = head(&mut fields, gathered) else { return read };
    fields.finish(&mut gathered.notes);
    read.publisher.clone_from(&head.publisher);
    read.published = Some(head.published);
    let mut seen = HashSet::new();
    let done = collection::each(bytes, FEATURES, &mut |at, value| {
        read.projects += 1;
        let (path, like) = (format!("{FEATURES}[{at}]"), format!("{FEATURES}[]"));
        match value {
            Value::Object(map) => {
                feature(Fields::of(map, path, like), &head, &mut seen, gathered);
            }
            _ => gathered.notes.fault(Code::PackageField, &path, &like, "a feature is an object"),
        }
    });
    if let Err(error) = done {
        unreadable(&mut gathered.notes, &error);
    }
    read
}

/// Reads who wrote the collection and when; none where this program did not.
fn head<'c>(fields: &mut Fields<'_>, gathered: &mut Gathered<'c>) -> Option<Head<'c>> {
    let own = fields.any("groundwork").and_then(Value::as_object);
    let Some(own) = own else {
        let cause = "the collection was not written by `groundwork export --format facilities`: a mapping must say what \
                     its properties mean (--map)";
        refuse(&mut gathered.notes, cause, 0);
        return None;
    };
    let mut own = Fields::of(own, "groundwork".to_owned(), "groundwork".to_owned());
    let day = own.day("known_by", &mut gathered.notes);
    own.known("as_of");
    let publisher = own.text("publisher", &mut gathered.notes).to_owned();
    let missing = match (day, publisher.is_empty()) {
        (None, _) => Some(("known_by", "nothing says by which day it was known")),
        (_, true) => Some((
            "publisher",
            "nothing says who wrote it: the folder that it came from had no table [exchange]",
        )),
        _ => None,
    };
    if let Some((key, cause)) = missing {
        own.fault(&mut gathered.notes, Code::PackageField, key, cause);
    }
    own.finish(&mut gathered.notes);
    let published = day.filter(|_| !publisher.is_empty())?;
    let teller = teller::of(&publisher, "groundwork.publisher", gathered);
    let places = gathered.context.places.map(ids_of);
    Some(Head { publisher, teller, published, places })
}

fn feature(
    mut fields: Fields<'_>,
    head: &Head<'_>,
    seen: &mut HashSet<String>,
    gathered: &mut Gathered<'_>,
) {
    let notes = &mut gathered.notes;
    let id = fields.id(notes);
    if id.is_empty() {
        fields.fault(notes, Code::PackageField, "id", "the facility has no id");
    } else if !seen.insert(id.clone()) {
        let cause = format!("`{id}` is the id of an earlier facility");
        fields.fault(notes, Code::PackageTwice, "id", cause);
    }
    // The point is that of the place.
    fields.known("geometry");
    fields.known("type");
    let Some(mut properties) = fields.object("properties", notes) else {
        if fields.any("properties").is_none() {
            let cause = "the facility has no properties";
            fields.fault(notes, Code::PackageField, "properties", cause);
        }
        return;
    };
    let title = properties.text("title", notes).to_owned();
    let text = |properties: &mut Fields<'_>, key: &str, gathered: &mut Gathered<'_>| {
        properties.text(key, &mut gathered.notes).to_owned()
    };
    let subject = Subject {
        scope: Scope::Facility,
        id,
        place: text(&mut properties, "place", gathered),
        kind: text(&mut properties, "kind", gathered),
        batch: text(&mut properties, "batch", gathered),
    };
    properties.known("official");
    properties.known("evidence");
    let unknown = head.places.as_ref().is_some_and(|ids| !ids.contains(subject.place.as_str()));
    if unknown && !subject.place.is_empty() {
        let cause = format!("there is no place `{}`", subject.place);
        properties.unknown_place(&mut gathered.notes, "place", cause);
    }
    let before = gathered.drafts.len();
    for stage in Stage::ALL {
        for (how, verified) in [("claimed", false), ("verified", true)] {
            let key = format!("{}_{how}", stage.name());
            properties.known(&format!("{key}_entry"));
            let Some(day) = properties.day(&key, &mut gathered.notes) else { continue };
            gathered.read_as(format!("{how} -> stage of the facility"));
            let predicate = Predicate::Stage { stage, reached: true };
            let mut draft = draft(head, &subject, &title, &key, (predicate, When::day(day)));
            draft.voice = voice_of_mark(verified);
            gathered.drafts.push(draft);
        }
    }
    if gathered.drafts.len() == before {
        gathered.read_as("facilities of which nothing is claimed or verified -> statement");
        let said = (Predicate::Statement, When::by(head.published));
        gathered.drafts.push(draft(head, &subject, &title, "listed", said));
    }
    for draft in &mut gathered.drafts[before..] {
        gathered.context.recorded_by.clone_into(&mut draft.texts.recorded_by);
    }
    properties.finish(&mut gathered.notes);
    fields.finish(&mut gathered.notes);
}

fn draft(
    head: &Head<'_>,
    subject: &Subject,
    title: &str,
    what: &str,
    (predicate, valid): (Predicate, When),
) -> Draft {
    let day = head.published.to_string();
    let mut hash = Sha256::new();
    for part in [head.publisher.as_str(), &subject.id, what, &day] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digits: Vec<String> =
        hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    Draft {
        key: format!("facility:{}", digits.concat()),
        subject: subject.clone(),
        predicate,
        value: None,
        valid,
        published: Published { day: head.published, from: PublishedFrom::Stated },
        voice: head.teller.voice,
        grade: head.teller.grade,
        relations: Vec::new(),
        related_keys: Vec::new(),
        medium: head.teller.medium,
        document: String::new(),
        retrieved: None,
        language: String::new(),
        texts: Texts {
            source: head.teller.source.clone(),
            attribution: head.teller.through.clone(),
            named: title.to_owned(),
            ..Texts::default()
        },
    }
}
