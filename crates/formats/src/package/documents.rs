//! Documents to statements with an address.

use std::collections::BTreeSet;

use groundwork_model::evidence::{Predicate, Published, PublishedFrom, Voice, When};
use groundwork_model::problem::Code;

use super::Gathered;
use super::fields::Fields;
use super::project::{Project, remark};

/// Reads the documents of a project.
pub(super) fn read(
    fields: &mut Fields<'_>,
    project: &Project<'_, '_>,
    gathered: &mut Gathered<'_>,
) {
    let mut ids = BTreeSet::new();
    for mut object in fields.objects("documents", &mut gathered.notes) {
        let notes = &mut gathered.notes;
        let id = object.id(notes);
        if id.is_empty() {
            object.fault(notes, Code::PackageField, "id", "the document has no id");
        } else if !ids.insert(id.clone()) {
            let cause = format!("`{id}` is the id of an earlier document of the project");
            object.fault(notes, Code::PackageTwice, "id", cause);
        }
        let url = object.text("url", notes);
        let title = object.text("title", notes);
        let author = object.text("author", notes);
        let language = object.text("language", notes);
        let kind = object.text("documentType", notes);
        let description = object.text("description", notes);
        let day = object.day("datePublished", notes);
        object.finish(notes);
        let mut draft = project.draft("document", &id, Predicate::Statement, When::default());
        if let Some(day) = day {
            // A document that the package lists was known with the package at the latest.
            let day = day.min(project.head.published);
            draft.published = Published { day, from: PublishedFrom::Stated };
        }
        url.clone_into(&mut draft.texts.url);
        if project.own {
            author.clone_into(&mut draft.texts.source);
            let voice = project.head.voices.get(author);
            draft.voice = voice.copied().unwrap_or(Voice::Unattributed);
            draft.grade = None;
            draft.texts.title = if title == url { String::new() } else { title.to_owned() };
        } else {
            title.clone_into(&mut draft.texts.title);
            if !author.is_empty() {
                draft.texts.attribution.insert(0, author.to_owned());
            }
            let kind = if kind.is_empty() { "document" } else { kind };
            remark(&mut draft, kind);
            remark(&mut draft, description);
        }
        language.clone_into(&mut draft.language);
        gathered.read_as("documents -> statement with their address");
        gathered.drafts.push(draft);
    }
}
