//! Who publishes a package, as the mapping or the sources table has it.

use std::collections::HashMap;

use groundwork_model::evidence::{Grade, Medium, Source, Voice};
use groundwork_model::problem::{Code, Problem};

use super::Gathered;

/// Is who says something.
#[derive(Clone, Debug)]
pub(super) struct Teller {
    pub(super) source: String,
    pub(super) voice: Voice,
    pub(super) grade: Option<Grade>,
    pub(super) through: Vec<String>,
    pub(super) medium: Medium,
}

/// Returns who the publisher is; notes where nothing says on whose behalf they speak.
pub(super) fn of(publisher: &str, path: &str, gathered: &mut Gathered<'_>) -> Teller {
    let context = gathered.context;
    let rule = context.mapping.publishers.get(publisher);
    let id = rule.map_or(publisher, |rule| rule.source.as_str());
    let found = context.sources.and_then(|sources| {
        let named = |source: &&Source| source.id == id || (rule.is_none() && source.name == id);
        sources.iter().find(named)
    });
    let voice = rule.and_then(|rule| rule.voice).or(found.map(Source::voice));
    if voice.is_none() {
        let cause = if context.sources.is_some() {
            format!("sources.csv has no source `{id}`, neither as id nor as name")
        } else {
            format!("nothing says on whose behalf `{id}` speaks, so it is recorded as unattributed")
        };
        if context.sources.is_some() {
            let remedy = "Add the publisher to sources.csv, or name its source and voice under [publishers] of a mapping.";
            let problem = Problem::new(Code::SourceUnclear, cause).with_remedy(remedy);
            gathered.notes.place(problem, path, path);
        } else {
            gathered.notes.fault(Code::PublisherUnknown, path, path, cause);
        }
    }
    Teller {
        source: found.map_or(id, |source| source.id.as_str()).to_owned(),
        voice: voice.unwrap_or(Voice::Unattributed),
        grade: found.and_then(|source| source.grade),
        through: rule.map(|rule| rule.through.clone()).unwrap_or_default(),
        medium: rule.map(|rule| rule.medium).unwrap_or_default(),
    }
}

/// Returns the voice that a package of this program names.
pub(super) fn voice_of(name: &str) -> Option<Voice> {
    match name {
        "self-report" => Some(Voice::SelfReport),
        "independent" => Some(Voice::Independent),
        "unattributed" => Some(Voice::Unattributed),
        _ => None,
    }
}

/// Returns the voice of each source of the table.
pub(super) fn voices(sources: Option<&[Source]>) -> HashMap<&str, Voice> {
    let sources = sources.unwrap_or_default().iter();
    sources.map(|source| (source.id.as_str(), source.voice())).collect()
}
