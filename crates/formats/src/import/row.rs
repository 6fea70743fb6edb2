//! One row to the drafts of its entries.

use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, Draft, Grade, KeyRelation, Medium, Published, PublishedFrom, Quantity, Quote, Scope,
    Source, Subject, Texts, Voice, When,
};
use groundwork_model::problem::Code;
use groundwork_model::validation::nearest;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::findings::Findings;
use super::mapping::{Statement, StatementRule};
use super::rows::Cells;
use super::uses::Uses;
use super::{Earlier, Import};

/// Who says it, as a row and the sources table have it.
struct Said {
    source: String,
    voice: Voice,
    through: Vec<String>,
    medium: Medium,
    grade: Option<Grade>,
}

/// Reads one row while its faults are noted.
pub(super) struct Reading<'r, 't> {
    pub(super) import: &'r Import<'t>,
    pub(super) cells: Cells<'r>,
    pub(super) findings: &'r mut Findings,
    pub(super) uses: &'r mut Uses,
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

    fn text(&self, column: Option<usize>) -> &str {
        self.cells.text(column)
    }

    fn fault(&mut self, code: Code, column: Option<&String>, cause: String) {
        self.findings.add(code, self.cells.row, column.map(String::as_str), cause);
    }

    /// Returns of what the row speaks: a subject for each kind of facility that it names.
    fn subjects(&mut self, rule: &StatementRule) -> Option<Vec<Subject>> {
        let mapping = self.import.compiled.mapping;
        let place = self.place(rule)?;
        let kinds = self.kinds()?;
        let batch = self.text(self.import.compiled.at.batch).to_owned();
        let scope =
            rule.scope.unwrap_or(match (place.is_empty(), kinds.iter().all(String::is_empty)) {
                (true, _) => Scope::Programme,
                (false, true) => Scope::Place,
                (false, false) => Scope::Facility,
            });
        if place.is_empty() && matches!(scope, Scope::Place | Scope::Facility) {
            let column = mapping.columns.place.as_ref();
            self.fault(Code::RowIncomplete, column, "the row names no place".to_owned());
            return None;
        }
        let id = |kind: &str| match scope {
            Scope::Facility => {
                let id = mapping.subject.facility.replace("{place}", &place);
                id.replace("{batch}", &batch).replace("{kind}", kind)
            }
            Scope::Place => place.clone(),
            Scope::Programme | Scope::Milestone => String::new(),
        };
        let of = |kind: &String| Subject {
            scope,
            id: id(kind),
            place: if scope == Scope::Programme { String::new() } else { place.clone() },
            kind: kind.clone(),
            batch: batch.clone(),
        };
        Some(kinds.iter().map(of).collect())
    }

    /// Returns the place of the row; empty for the whole programme.
    fn place(&mut self, rule: &StatementRule) -> Option<String> {
        let import = self.import;
        let compiled = &import.compiled;
        if let Some(place) = &rule.place {
            return self.known_place(place.clone());
        }
        let column = compiled.mapping.columns.place.as_ref();
        let written = self.text(compiled.at.place).to_owned();
        if let Some(at) = compiled.names.iter().position(|test| test.fits(self.cells)) {
            self.uses.names[at] += 1;
            let meant = &compiled.mapping.names[at];
            if !written.is_empty() && written != meant.place {
                let cause = format!(
                    "the row says `{written}`; by the rule `{}` it is `{}`",
                    meant.rule, meant.place
                );
                self.fault(Code::PlaceAgainstName, column, cause);
                return None;
            }
            return self.known_place(meant.place.clone());
        }
        if !written.is_empty() {
            return self.known_place(written);
        }
        let name = self.text(compiled.at.name).to_owned();
        let whole = &compiled.mapping.subject.whole_programme;
        if whole.contains(&name) || (name.is_empty() && whole.is_empty()) {
            self.uses.whole_programme += 1;
            return Some(String::new());
        }
        self.looked_up(&name)
    }

    fn known_place(&mut self, place: String) -> Option<String> {
        let import = self.import;
        let Some(places) = &import.places else { return Some(place) };
        if places.ids.contains(place.as_str()) {
            return Some(place);
        }
        let near = nearest(&place, places.ids.iter().copied());
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let column = import.compiled.mapping.columns.place.as_ref();
        self.fault(Code::UnknownPlace, column, format!("there is no place `{place}`{hint}"));
        None
    }

    fn looked_up(&mut self, name: &str) -> Option<String> {
        let import = self.import;
        let column = import.compiled.mapping.columns.name.as_ref();
        let looks = import.compiled.mapping.subject.look_up_names;
        let found = import
            .places
            .as_ref()
            .filter(|_| looks)
            .map(|places| places.by_name.get(name).map_or(&[][..], Vec::as_slice));
        let cause = match found {
            None => format!("`{name}` has no place, and no rule under [[names]] fits the row"),
            Some([]) => {
                format!("no place is called `{name}`, and no rule under [[names]] fits the row")
            }
            Some([(id, _)]) => {
                self.uses.looked_up += 1;
                return Some((*id).to_owned());
            }
            Some(several) => {
                let all: Vec<String> =
                    several.iter().map(|(id, province)| format!("{id} in {province}")).collect();
                format!("{} places are called `{name}`: {}", several.len(), all.join(", "))
            }
        };
        self.fault(Code::NameUnclear, column, cause);
        None
    }

    /// Returns the kinds of facility that the row speaks of; one without a name where it says none.
    fn kinds(&mut self) -> Option<Vec<String>> {
        let compiled = &self.import.compiled;
        let mapping = compiled.mapping;
        let word = self.text(compiled.at.facility).to_owned();
        if compiled.at.facility.is_none() || word.is_empty() {
            return Some(vec![mapping.subject.kind.clone()]);
        }
        if mapping.facilities.is_empty() {
            return Some(vec![word]);
        }
        let Some(kinds) = mapping.facilities.get(&word) else {
            let column = mapping.columns.facility.as_ref();
            self.unknown_word(&word, "[facilities]", column, mapping.facilities.keys());
            return None;
        };
        self.uses.word("facilities", &word, || kinds.all().join(", "));
        Some(kinds.all().to_vec())
    }

    fn unknown_word<'a>(
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

    fn date(&mut self, at: usize, rule: &StatementRule) -> Option<When> {
        let compiled = &self.import.compiled;
        let columns = &compiled.mapping.columns;
        let own = self.text(compiled.at.date).to_owned();
        let kind = self.text(compiled.at.date_kind).to_owned();
        let written = if let Some(template) = &compiled.dates[at] {
            template.fill(self.cells)
        } else if own.is_empty() {
            "unknown".to_owned()
        } else if kind.is_empty() || compiled.date_words.is_empty() {
            own
        } else if let Some((_, template)) =
            compiled.date_words.iter().find(|(word, _)| *word == kind)
        {
            let filled = template.fill(self.cells);
            self.uses.word("dates", &kind, || format!("such as `{filled}`"));
            filled
        } else {
            let known: Vec<String> = compiled.mapping.dates.keys().cloned().collect();
            self.unknown_word(&kind, "[dates]", columns.date_kind.as_ref(), known.iter());
            return None;
        };
        match written.parse::<When>() {
            Ok(when) => Some(when.in_words(rule.date_words.clone())),
            Err(error) => {
                self.fault(Code::NotADate, columns.date.as_ref(), error.to_string());
                None
            }
        }
    }

    fn published(&mut self, valid: &When) -> Option<Published> {
        let import = self.import;
        let compiled = &import.compiled;
        let columns = &compiled.mapping.columns;
        let stated = self.text(compiled.at.published).to_owned();
        if !stated.is_empty() {
            let day = stated.parse::<Date>().ok();
            if day.is_none() {
                let cause = format!("`{stated}` is not a day written YYYY-MM-DD");
                self.fault(Code::NotADate, columns.published.as_ref(), cause);
            }
            return day.map(|day| Published { day, from: PublishedFrom::Stated });
        }
        let at = compiled.at;
        let own = import.day_of(self.cells).or(valid.latest);
        let rule = &compiled.mapping.published;
        let (url, note) = (self.text(at.url), self.text(at.note));
        let found = import.pages.day(rule, url, note, own, self.text(at.date_kind));
        match &found {
            Some(found) => self.uses.published[found.from as usize] += 1,
            None => {
                let cause = "nothing says when the public could know it".to_owned();
                self.fault(Code::PublishedUnknown, columns.published.as_ref(), cause);
            }
        }
        found
    }

    fn said(&mut self) -> Option<Said> {
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

    /// Returns the number of the row; a count or target needs one, unless the statement says that none is given.
    fn value(&mut self, rule: &StatementRule) -> Option<Option<Quantity>> {
        let bound = rule.bound.unwrap_or_default();
        let counts = matches!(rule.is, Statement::Count | Statement::Target);
        let unit = match (counts, rule.unit) {
            (false, Some(unit)) => unit.name().to_owned(),
            _ => rule.measure.clone(),
        };
        if matches!(bound, Bound::All | Bound::Several | Bound::Unknown) {
            return Some(Some(Quantity { number: None, unit, bound }));
        }
        let import = self.import;
        let column = import.compiled.mapping.columns.count.as_ref();
        let text = self.text(import.compiled.at.count).to_owned();
        if text.is_empty() {
            if counts {
                self.fault(
                    Code::RowIncomplete,
                    column,
                    "a count or target needs a number".to_owned(),
                );
            }
            return (!counts).then_some(None);
        }
        let number = text.parse::<Decimal>().ok();
        let sound = |number: &Decimal| !counts || (!number.is_negative() && number.scale() == 0);
        let Some(number) = number.filter(sound) else {
            let cause = format!("`{text}` is not a {}number", if counts { "whole " } else { "" });
            self.fault(Code::NotANumber, column, cause);
            return None;
        };
        Some(Some(Quantity { number: Some(number), unit, bound }))
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
            note: self.text(at.note).to_owned(),
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

const fn voice_name(voice: Voice) -> &'static str {
    match voice {
        Voice::SelfReport => "self-report",
        Voice::Independent => "independent",
        Voice::Unattributed => "unattributed",
    }
}
