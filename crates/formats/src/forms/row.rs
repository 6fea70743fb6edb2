//! What every row of a form has: the facility, when, who says it.

use groundwork_model::evidence::{
    Draft, Grade, Medium, Predicate, Published, PublishedFrom, Quantity, Scope, Source, Subject,
    Texts, Voice, When,
};
use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::nearest;

use super::Lookup;
use super::blank::unguarded;
use crate::cells::Cells;

const VOICES: [(&str, Voice); 3] = [
    ("independent", Voice::Independent),
    ("self-report", Voice::SelfReport),
    ("unattributed", Voice::Unattributed),
];

/// Holds the cells that a row takes from the row above where its own are empty and both are of one facility.
#[derive(Clone, Debug, Default)]
pub(super) struct Above {
    facility: String,
    cells: Vec<(&'static str, String)>,
}

/// Most facilities among which a misspelt one is looked for.
const FEW: usize = 2_000;

/// Columns of which an empty cell means the one above.
const KEPT: [&str; 8] = ["place", "kind", "batch", "date", "published", "source", "voice", "grade"];

/// What is said of a source or of a date, and is kept no longer than it.
const TIED: [(&str, &[&str]); 2] = [("source", &["voice", "grade"]), ("date", &["published"])];

impl Above {
    /// Takes a row: returns its facility. An empty cell is of the facility above.
    pub(super) fn take(&mut self, cells: &mut Cells<'_, '_>) -> String {
        let own = unguarded(cells.text("facility"));
        if !own.is_empty() && own != self.facility {
            own.clone_into(&mut self.facility);
            self.cells.clear();
        }
        for (own, of) in TIED {
            let text = unguarded(cells.text(own));
            if !text.is_empty() && text != self.text(own) {
                self.cells.retain(|(name, _)| !of.contains(name));
            }
        }
        for column in KEPT {
            let text = unguarded(cells.text(column));
            if !text.is_empty() {
                self.cells.retain(|(name, _)| *name != column);
                self.cells.push((column, text.to_owned()));
            }
        }
        if self.facility.is_empty() {
            cells.fault(Code::EmptyId, "facility", "the row names no facility".to_owned());
        }
        self.facility.clone()
    }

    /// Returns the text of a cell, or of the last one above it that was filled.
    pub(super) fn text(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text)
    }

    /// Returns the facility with its place, kind and batch: as the ledger knows it, else as the form says.
    pub(super) fn subject(
        &self,
        cells: &mut Cells<'_, '_>,
        lookup: &Lookup<'_>,
    ) -> Option<Subject> {
        let written = ["place", "kind", "batch"].map(|column| (column, self.text(column)));
        if let Some(&known) = lookup.known.get(self.facility.as_str()) {
            let own = [&known.place, &known.kind, &known.batch];
            for ((column, _), own) in written.into_iter().zip(own) {
                let text = unguarded(cells.text(column));
                if !text.is_empty() && text != own {
                    let cause = format!(
                        "the ledger has `{}` with {column} `{own}`, not `{text}`",
                        known.id
                    );
                    cells.fault(Code::PlaceAgainstName, column, cause);
                }
            }
            return Some(known.clone());
        }
        let place = self.text("place");
        if lookup.places.contains(place) {
            let [(_, place), (_, kind), (_, batch)] =
                written.map(|(name, text)| (name, text.to_owned()));
            return Some(Subject {
                scope: Scope::Facility,
                id: self.facility.clone(),
                place,
                kind,
                batch,
            });
        }
        if !self.facility.is_empty() {
            // A misspelt id is looked for among few; among many it would take longer than the form is worth.
            let known = Some(lookup.context.known).filter(|known| known.len() <= FEW);
            let ids = known.into_iter().flatten().map(|subject| subject.id.as_str());
            let meant = nearest(&self.facility, ids);
            let meant =
                meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let cause = format!(
                "the ledger has no facility `{}`, and its place `{place}` is none of the programme{meant}",
                self.facility
            );
            cells.fault(Code::UnknownPlace, "facility", cause);
        }
        None
    }

    /// Returns who says it.
    pub(super) fn origin(&self, cells: &mut Cells<'_, '_>, lookup: &Lookup<'_>) -> Option<Origin> {
        let id = self.text("source");
        if id.is_empty() {
            cells.fault(
                Code::SourceUnclear,
                "source",
                "nothing says who looked or who says so".to_owned(),
            );
            return None;
        }
        let known = lookup.sources.get(id).copied();
        if lookup.context.sources.is_some() && known.is_none() {
            cells.fault(Code::SourceUnclear, "source", format!("sources.csv has no source `{id}`"));
            return None;
        }
        let word = self.text("voice");
        let voice = VOICES.iter().find(|(name, _)| *name == word).map(|(_, voice)| *voice);
        if voice.is_none() && !word.is_empty() {
            let cause = format!("`{word}` is none of `independent`, `self-report`, `unattributed`");
            cells.fault(Code::NotAChoice, "voice", cause);
            return None;
        }
        let Some(voice) = voice.or(known.map(Source::voice)) else {
            let cause = "nothing says on whose behalf it speaks, and the folder has no sources.csv";
            cells.fault(Code::SourceUnclear, "source", cause.to_owned());
            return None;
        };
        let grade = self.text("grade");
        let grade = match grade.parse::<Grade>() {
            _ if grade.is_empty() => known.and_then(|source| source.grade),
            Ok(grade) => Some(grade),
            Err(fault) => {
                cells.fault(Code::NotAGrade, "grade", fault.to_string());
                return None;
            }
        };
        Some(Origin { source: id.to_owned(), voice, grade })
    }

    /// Returns the date of a column that must be filled.
    pub(super) fn date(&self, cells: &mut Cells<'_, '_>, column: &str) -> Option<When> {
        let text = self.text(column);
        if text.is_empty() {
            cells.fault(
                Code::EmptyCell,
                column,
                format!("the cell is empty; each form needs its {column}"),
            );
            return None;
        }
        when(cells, column, text)
    }

    /// Returns the day of publication: its own, else the last day of a date, as assumed.
    pub(super) fn published(&self, cells: &mut Cells<'_, '_>, date: &When) -> Option<Published> {
        let text = self.text("published");
        if text.is_empty() {
            let day = date.latest;
            if day.is_none() {
                let cause = "the date has no last day, and nothing says when it was published";
                cells.fault(Code::PublishedUnknown, "date", cause.to_owned());
            }
            return day.map(|day| Published { day, from: PublishedFrom::Assumed });
        }
        let day =
            crate::day::day(text).map_err(|cause| cells.fault(Code::NotADate, "published", cause));
        day.ok().map(|day| Published { day, from: PublishedFrom::Stated })
    }
}

/// Reads a date with its precision.
pub(super) fn when(cells: &mut Cells<'_, '_>, column: &str, text: &str) -> Option<When> {
    text.parse::<When>()
        .map_err(|fault| cells.fault(Code::NotADate, column, fault.to_string()))
        .ok()
}

/// Says who says it.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) source: String,
    voice: Voice,
    grade: Option<Grade>,
}

/// Is what the entries of one form have in common.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) subject: Subject,
    pub(super) date: When,
    pub(super) published: Published,
    pub(super) origin: Origin,
    pub(super) recorded_by: String,
}

/// Is the same as far as it could be read: what is missing has its fault.
pub(super) struct Head {
    pub(super) subject: Option<Subject>,
    pub(super) date: Option<When>,
    published: Option<Published>,
    origin: Option<Origin>,
    recorded_by: String,
}

impl Head {
    /// Reads the columns that rows of all forms have.
    pub(super) fn read(above: &Above, cells: &mut Cells<'_, '_>, lookup: &Lookup<'_>) -> Self {
        let subject = above.subject(cells, lookup);
        let origin = above.origin(cells, lookup);
        let date = above.date(cells, "date");
        let published = date.as_ref().and_then(|date| above.published(cells, date));
        let recorded_by = lookup.context.recorded_by.to_owned();
        Self { subject, date, published, origin, recorded_by }
    }

    /// Returns all of it; none where something is missing.
    pub(super) fn whole(self) -> Option<Common> {
        let Self { subject, date, published, origin, recorded_by } = self;
        Some(Common {
            subject: subject?,
            date: date?,
            published: published?,
            origin: origin?,
            recorded_by,
        })
    }
}

/// Returns the fault of a row that says again what an earlier one says.
pub(super) fn repeated(name: &str, row: u32, column: &str, cause: String) -> Problem {
    let problem = Problem::new(Code::DuplicateId, cause).in_file(name).at_row(row);
    problem.in_column(column).with_remedy("Keep one of the two rows.")
}

impl Common {
    /// Returns a draft of a form.
    pub(super) fn draft(&self, key: String, predicate: Predicate, note: &str) -> Draft {
        Draft {
            key,
            subject: self.subject.clone(),
            predicate,
            value: None::<Quantity>,
            valid: self.date.clone(),
            published: self.published.clone(),
            voice: self.origin.voice,
            grade: self.origin.grade,
            relations: Vec::new(),
            related_keys: Vec::new(),
            medium: Medium::Form,
            document: String::new(),
            retrieved: None,
            language: String::new(),
            texts: Texts {
                recorded_by: self.recorded_by.clone(),
                source: self.origin.source.clone(),
                note: note.to_owned(),
                ..Texts::default()
            },
        }
    }
}
