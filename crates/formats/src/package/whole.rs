//! A package of projects (OC4IDS 0.9): its heading, then each project.

use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::Voice;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Place;
use jiff::civil::Date;
use serde_json::Value;

use super::fields::{Fields, Notes};
use super::teller::{self, Teller};
use super::{Gathered, PackageRead, project};
use crate::collection;
use crate::nearest::Nearby;

/// The list of projects.
pub(super) const PROJECTS: &str = "projects";

/// Is what all projects of a package share.
pub(super) struct Head<'c> {
    pub(super) publisher: String,
    pub(super) teller: Teller,
    pub(super) published: Date,
    pub(super) address: String,
    pub(super) nearby: Option<Nearby<'c>>,
    /// Ids of the programme's places.
    pub(super) places: Option<HashSet<&'c str>>,
    pub(super) voices: HashMap<&'c str, Voice>,
}

/// Reads a package.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered<'_>) -> PackageRead {
    let mut read = PackageRead::default();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let beside = match collection::beside(bytes, PROJECTS) {
        Ok((beside, true)) => beside,
        Ok((_, false)) => {
            refuse(&mut gathered.notes, "the file is JSON, but has no list `projects`", 0);
            return read;
        }
        Err(error) => {
            unreadable(&mut gathered.notes, &error);
            return read;
        }
    };
    let mut fields = Fields::of(&beside, String::new(), String::new());
    let head = head(&mut fields, gathered, &mut read);
    fields.finish(&mut gathered.notes);
    // Without a heading the projects are read all the same, so that all that is wrong is said at once.
    let mut seen = HashSet::new();
    let done = collection::each(bytes, PROJECTS, &mut |at, value| {
        read.projects += 1;
        let path = format!("{PROJECTS}[{at}]");
        let Value::Object(map) = value else {
            let like = format!("{PROJECTS}[]");
            gathered.notes.fault(Code::PackageField, &path, &like, "a project is an object");
            return;
        };
        let fields = Fields::of(map, path, format!("{PROJECTS}[]"));
        project::read(fields, &head, &mut seen, gathered);
    });
    if let Err(error) = done {
        unreadable(&mut gathered.notes, &error);
    }
    read
}

/// Notes why a file cannot be read at all.
pub(super) fn refuse(notes: &mut Notes, cause: &str, line: usize) {
    let problem = Problem::new(Code::PackageUnreadable, cause);
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    notes.place(if line > 0 { problem.at_row(line) } else { problem }, "", "");
}

/// Notes why a file is no JSON.
pub(super) fn unreadable(notes: &mut Notes, error: &serde_json::Error) {
    refuse(notes, &format!("the file is no such package: {error}"), error.line());
}

fn head<'c>(
    fields: &mut Fields<'_>,
    gathered: &mut Gathered<'c>,
    read: &mut PackageRead,
) -> Head<'c> {
    let address = fields.text("uri", &mut gathered.notes).to_owned();
    let version = fields.text("version", &mut gathered.notes);
    if !version.is_empty() && !version.starts_with("0.9") {
        let cause = format!("the package is of version {version}; 0.9 is read");
        fields.fault(&mut gathered.notes, Code::PackageField, "version", cause);
    }
    let day = fields.day("publishedDate", &mut gathered.notes);
    if day.is_none() {
        let cause = "nothing says when the package was published";
        fields.fault(&mut gathered.notes, Code::PackageField, "publishedDate", cause);
    }
    let mut publisher = String::new();
    if let Some(mut object) = fields.object("publisher", &mut gathered.notes) {
        object.text("name", &mut gathered.notes).clone_into(&mut publisher);
        object.finish(&mut gathered.notes);
    }
    let teller = if publisher.is_empty() {
        let path = "publisher.name";
        gathered.notes.fault(Code::PackageField, path, path, "nothing says who publishes it");
        Teller {
            source: String::new(),
            voice: Voice::Unattributed,
            grade: None,
            through: Vec::new(),
            medium: groundwork_model::evidence::Medium::Document,
        }
    } else {
        teller::of(&publisher, "publisher.name", gathered)
    };
    read.publisher.clone_from(&publisher);
    read.published = day;
    Head {
        publisher,
        teller,
        // Where there is none the package is refused, and nobody sees this day.
        published: day.unwrap_or(Date::MIN),
        address,
        nearby: gathered.context.places.map(Nearby::of),
        places: gathered.context.places.map(ids_of),
        voices: teller::voices(gathered.context.sources),
    }
}

/// Returns the ids of places.
pub(super) fn ids_of(places: &[Place]) -> HashSet<&str> {
    places.iter().map(|place| place.id.as_str()).collect()
}
