//! Who says what a row says, and how far they can be relied on.

use groundwork_model::evidence::{Grade, Source, Voice};
use groundwork_model::problem::Code;

use super::row::{Reading, Said};

impl Reading<'_, '_> {
    pub(super) fn said(&mut self) -> Option<Said> {
        let import = self.import;
        let mapping = import.compiled.mapping;
        let column = mapping.columns.source.as_ref();
        let word = self.text(import.compiled.at.source).to_owned();
        let rule = mapping.sources.get(&word);
        if rule.is_none() && !mapping.sources.is_empty() {
            self.unknown_word(&word, "[sources]", column, mapping.sources.keys());
            return None;
        }
        let id = rule.map_or(word.as_str(), |rule| rule.source.as_str());
        let known = import.sources.get(id).copied();
        let voice = rule.and_then(|rule| rule.voice).or(known.map(Source::voice));
        if let (None, Some(_)) = (known, import.has_sources.then_some(())) {
            self.fault(Code::SourceUnclear, column, format!("sources.csv has no source `{id}`"));
            return None;
        }
        let column_says = self.independent()?;
        let Some(voice) = voice.or(column_says) else {
            let cause = format!("nothing says whether the source `{id}` is independent");
            self.fault(Code::SourceUnclear, column, cause);
            return None;
        };
        if column_says
            .is_some_and(|says| (says == Voice::Independent) != (voice == Voice::Independent))
        {
            let name = mapping.columns.independent.as_ref();
            let cause = format!(
                "the row says `{}`, and the source `{id}` is the opposite",
                self.text(import.compiled.at.independent)
            );
            self.fault(Code::SourceUnclear, name, cause);
            return None;
        }
        if !word.is_empty() {
            self.uses.word("sources", &word, || format!("{id}, {}", voice_name(voice)));
        }
        Some(Said {
            source: id.to_owned(),
            voice,
            through: rule.map(|rule| rule.through.clone()).unwrap_or_default(),
            medium: rule.map(|rule| rule.medium).unwrap_or_default(),
            grade: self.grade()?.or(known.and_then(|source| source.grade)),
        })
    }

    /// Returns what the row itself says of the independence of its source.
    fn independent(&mut self) -> Option<Option<Voice>> {
        let at = self.import.compiled.at.independent;
        let said = match self.text(at) {
            "" => None,
            "1" | "yes" => Some(Voice::Independent),
            "0" | "no" => Some(Voice::SelfReport),
            other => {
                let cause = format!("`{other}` is none of `1`, `0`, `yes`, `no`");
                let column = self.import.compiled.mapping.columns.independent.as_ref();
                self.fault(Code::NotAChoice, column, cause);
                return None;
            }
        };
        Some(said)
    }

    fn grade(&mut self) -> Option<Option<Grade>> {
        let text = self.text(self.import.compiled.at.grade);
        if text.is_empty() {
            return Some(None);
        }
        match text.parse::<Grade>() {
            Ok(grade) => Some(Some(grade)),
            Err(error) => {
                let column = self.import.compiled.mapping.columns.grade.as_ref();
                self.fault(Code::NotAGrade, column, error.to_string());
                None
            }
        }
    }
}

const fn voice_name(voice: Voice) -> &'static str {
    match voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    }
}
