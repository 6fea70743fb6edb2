//! When it was so, when the public could know it, and the number of a row.

use groundwork_model::Decimal;
use groundwork_model::evidence::{Bound, Published, PublishedFrom, Quantity, When};
use groundwork_model::problem::Code;
use jiff::civil::Date;

use super::mapping::{Statement, StatementRule};
use super::row::Reading;

impl Reading<'_, '_> {
    pub(super) fn date(&mut self, at: usize, rule: &StatementRule) -> Option<When> {
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

    pub(super) fn published(&mut self, valid: &When) -> Option<Published> {
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

    /// Returns the number of the row; a count or target needs one, unless the statement says that none is given.
    pub(super) fn value(&mut self, rule: &StatementRule) -> Option<Option<Quantity>> {
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
}
