//! One row to the drafts of its entries.

use groundwork_model::evidence::{Draft, Grade, KeyRelation, Medium, Quote, Subject, Texts, Voice};
use groundwork_model::problem::Code;
use groundwork_model::validation::nearest;
use sha2::{Digest, Sha256};

use super::findings::Findings;
use super::mapping::Statement;
use super::rows::Cells;
use super::uses::Uses;
use super::{Earlier, Import};

/// Who says it, as a row and the sources table have it.
pub(super) struct Said {
    pub(super) source: String,
    pub(super) voice: Voice,
    pub(super) through: Vec<String>,
    pub(super) medium: Medium,
    pub(super) grade: Option<Grade>,
}

/// Reads one row while its faults are noted.
pub(super) struct Reading<'r, 't> {
    pub(super) import: &'r Import<'t>,
    pub(super) cells: Cells<'r>,
    pub(super) findings: &'r mut Findings,
    pub(super) uses: &'r mut Uses,
    /// How the place was found, where it is the nearest to the row's point.
    pub(super) placed: Option<String>,
}

impl Reading<'_, '_> {
    /// Returns the drafts of the row; none where anything is wrong with it, or where the mapping leaves it out.
    pub(super) fn drafts(&mut self, earlier: &mut Earlier) -> Vec<Draft> {
        let compiled = &self.import.compiled;
        let Some(at) = compiled.statements.iter().position(|test| test.fits(self.cells)) else {
            let cause = "no statement of the mapping fits the row, so nothing says what it means";
            self.fault(Code::RowWithoutStatement, None, cause.to_owned());
            return Vec::new();
        };
        self.uses.statements[at] += 1;
        let rule = &compiled.mapping.statements[at];
        if rule.is == Statement::Skip {
            return Vec::new();
        }
        let subjects = self.subjects(rule);
        let date = self.date(at, rule);
        let said = self.said();
        let value = self.value(rule);
        let published = date.as_ref().and_then(|date| self.published(date));
        let (Some(subjects), Some(valid), Some(said), Some(value), Some(published)) =
            (subjects, date, said, value, published)
        else {
            return Vec::new();
        };
        let key = self.key();
        let several = subjects.len() > 1;
        let mut drafts = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let key = if several { format!("{key}/{}", subject.kind) } else { key.clone() };
            let related_keys = self.related(&subject, &key, earlier);
            drafts.push(Draft {
                key,
                predicate: rule.predicate(),
                value: value.clone(),
                valid: valid.clone(),
                published: published.clone(),
                voice: said.voice,
                grade: said.grade,
                relations: Vec::new(),
                related_keys,
                medium: said.medium,
                document: String::new(),
                retrieved: None,
                language: self.text(compiled.at.language).to_owned(),
                texts: self.texts(&said),
                subject,
            });
        }
        drafts
    }

    pub(super) fn text(&self, column: Option<usize>) -> &str {
        self.cells.text(column)
    }

    pub(super) fn fault(&mut self, code: Code, column: Option<&String>, cause: String) {
        self.findings.add(code, self.cells.row, column.map(String::as_str), cause);
    }

    pub(super) fn unknown_word<'a>(
        &mut self,
        word: &str,
        table: &str,
        column: Option<&String>,
        known: impl Iterator<Item = &'a String>,
    ) {
        let near = nearest(word, known.map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let cause = format!("{table} of the mapping does not explain `{word}`{hint}");
        self.fault(Code::UnknownWord, column, cause);
    }

    /// Returns the keys of the earlier rows of the same subject to which the row relates.
    fn related(&mut self, subject: &Subject, key: &str, earlier: &mut Earlier) -> Vec<KeyRelation> {
        let import = self.import;
        let rules = &import.compiled.mapping.relations;
        let mut found = Vec::new();
        for (at, ((when, to), rule)) in import.compiled.relations.iter().zip(rules).enumerate() {
            if when.fits(self.cells) {
                self.uses.relations[at] += 1;
                let keys = earlier.of(at, subject);
                if keys.is_empty() {
                    let cause = format!(
                        "no earlier row of the same subject fits `to` of relations[{}]",
                        at + 1
                    );
                    self.fault(Code::RelatedRowMissing, None, cause);
                }
                let related =
                    keys.iter().map(|key| KeyRelation { how: rule.how, key: key.clone() });
                found.extend(related);
            }
            if to.fits(self.cells) {
                earlier.put(at, subject, key);
            }
        }
        found
    }

    fn texts(&self, said: &Said) -> Texts {
        let at = self.import.compiled.at;
        let quote = self.text(at.quote);
        Texts {
            recorded_by: self.import.recorded_by.clone(),
            source: said.source.clone(),
            attribution: said.through.clone(),
            url: self.text(at.url).to_owned(),
            title: self.text(at.title).to_owned(),
            quote: (!quote.is_empty()).then(|| Quote { text: quote.to_owned(), start: None }),
            named: self.text(at.name).to_owned(),
            note: [self.text(at.note), self.placed.as_deref().unwrap_or_default()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("; "),
        }
    }

    /// Returns the key by which the row is known again: a hash of what the mapping reads of it.
    fn key(&self) -> String {
        let mut hash = Sha256::new();
        for (name, at) in &self.import.compiled.key {
            hash.update(name.as_bytes());
            hash.update([0x1f]);
            hash.update(self.text(Some(*at)).as_bytes());
            hash.update([0x1e]);
        }
        let mut key = "row:".to_owned();
        for byte in &hash.finalize()[..16] {
            key.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            key.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        key
    }
}
