//! How often each rule of a mapping was used, so that nothing is resolved in silence.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mapping::{Mapping, Statement, StatementRule, When};
use crate::nearest::kilometres;

/// Is a rule of a mapping, with the number of rows that it was used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleUse {
    /// Table of the mapping: `names`, `statements`, `relations`, `facilities`, `sources`, `dates`, `published`, `subject`.
    pub table: String,
    /// The rule, in a few words.
    pub rule: String,
    /// What it did.
    pub meaning: String,
    /// Number of rows.
    pub rows: u64,
}

/// Counts uses while rows are read.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) names: Vec<u64>,
    pub(super) statements: Vec<u64>,
    pub(super) relations: Vec<u64>,
    /// By where the day is known from: stated, address, assumed.
    pub(super) published: [u64; 3],
    pub(super) whole_programme: u64,
    pub(super) looked_up: u64,
    /// Rows at the nearest place, and the longest of their distances in metres.
    nearest: (u64, u64),
    words: BTreeMap<&'static str, BTreeMap<String, (String, u64)>>,
}

impl Uses {
    pub(super) fn of(mapping: &Mapping) -> Self {
        Self {
            names: vec![0; mapping.names.len()],
            statements: vec![0; mapping.statements.len()],
            relations: vec![0; mapping.relations.len()],
            ..Self::default()
        }
    }

    /// Counts a row at the nearest place.
    pub(super) fn nearest(&mut self, metres: u64) {
        self.nearest = (self.nearest.0 + 1, self.nearest.1.max(metres));
    }

    /// Counts a word of a table of the mapping.
    pub(super) fn word(
        &mut self,
        table: &'static str,
        word: &str,
        meaning: impl FnOnce() -> String,
    ) {
        let words = self.words.entry(table).or_default();
        if let Some((_, rows)) = words.get_mut(word) {
            *rows += 1;
        } else {
            words.insert(word.to_owned(), (meaning(), 1));
        }
    }

    /// Returns the rules with their numbers of rows, those of names first.
    pub(super) fn list(&self, mapping: &Mapping) -> Vec<RuleUse> {
        let mut all = Vec::new();
        let mut put = |table: &str, rule: String, meaning: String, rows: u64| {
            all.push(RuleUse { table: table.to_owned(), rule, meaning, rows });
        };
        for (rule, rows) in mapping.names.iter().zip(&self.names) {
            put("names", rule.rule.clone(), rule.place.clone(), *rows);
        }
        if mapping.subject.look_up_names {
            let meaning = "the only place of that name".to_owned();
            put(
                "subject",
                "names looked up in the places table".to_owned(),
                meaning,
                self.looked_up,
            );
        }
        if mapping.subject.nearest_km > 0 {
            let rule = format!("points within {} km of a place", mapping.subject.nearest_km);
            let (rows, farthest) = self.nearest;
            let meaning = format!("the nearest place, at most {} away", kilometres(farthest));
            put("subject", rule, meaning, rows);
        }
        let whole = mapping.subject.whole_programme.join(", ");
        let whole = if whole.is_empty() { "no place and no name".to_owned() } else { whole };
        put("subject", whole, "the whole programme".to_owned(), self.whole_programme);
        for (rule, rows) in mapping.statements.iter().zip(&self.statements) {
            put("statements", fits(&rule.when), states(rule), *rows);
        }
        for (rule, rows) in mapping.relations.iter().zip(&self.relations) {
            let how = format!("{:?}", rule.how).to_lowercase();
            put(
                "relations",
                fits(&rule.when),
                format!("{how} rows with {}", fits(&rule.to)),
                *rows,
            );
        }
        for (table, words) in &self.words {
            for (word, (meaning, rows)) in words {
                put(table, word.clone(), meaning.clone(), *rows);
            }
        }
        let from = ["stated by the document or its note", "found in the address", "assumed"];
        for (from, rows) in from.iter().zip(self.published) {
            put("published", (*from).to_owned(), "day of publication".to_owned(), rows);
        }
        all
    }
}

/// Returns which rows a rule fits, in words.
fn fits(when: &When) -> String {
    if when.is_empty() {
        return "every other row".to_owned();
    }
    let part = |(column, words): (&String, &super::mapping::Words)| {
        format!("{column} = {}", words.all().join(" or "))
    };
    when.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Returns what a statement makes of a row, in words.
fn states(rule: &StatementRule) -> String {
    let mut text = match rule.is {
        Statement::Skip => "left out".to_owned(),
        is => format!("{is:?}").to_lowercase(),
    };
    if let Some(stage) = rule.stage {
        text.push_str(&format!(" {}", stage.name()));
    }
    if let Some(what) = &rule.what {
        text.push_str(&format!(": {what}"));
    }
    if let Some(unit) = rule.unit {
        text.push_str(&format!(", in {}", unit.name()));
    }
    if rule.holds == Some(false) {
        text.push_str(", not so");
    }
    if let Some(place) = &rule.place {
        text.push_str(&format!(", at {place}"));
    }
    text
}
