//! What a statement of a mapping, or of a person, comes to.

use groundwork_model::evidence::{Predicate, Scope, Stage};

use super::mapping::{Statement, StatementRule};

impl StatementRule {
    /// Returns a statement about every row, with nothing said of it yet.
    #[must_use]
    pub fn of(is: Statement) -> Self {
        Self {
            when: std::collections::BTreeMap::new(),
            is,
            stage: None,
            what: None,
            holds: None,
            unit: None,
            measure: String::new(),
            bound: None,
            date: None,
            date_words: String::new(),
            scope: None,
            place: None,
            why: String::new(),
        }
    }

    /// Returns what a statement states. What it lacks, [`lacks`](Self::lacks) has said.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        let stage = self.stage.unwrap_or(Stage::Announced);
        let what = self.what.clone().unwrap_or_default();
        let holds = self.holds.unwrap_or(true);
        let unit = self.unit.unwrap_or_default();
        match self.is {
            Statement::Stage => Predicate::Stage { stage, reached: holds },
            Statement::Progress => Predicate::Progress { stage, part: what, reached: holds },
            Statement::Count => Predicate::Count { stage, unit },
            Statement::Target => Predicate::Target { stage, unit },
            Statement::Deadline => Predicate::Deadline { stage },
            Statement::Inspection => Predicate::Inspection { ready: self.holds },
            Statement::Readiness => Predicate::Readiness { item: what, holds },
            Statement::Finding => Predicate::Finding { mended: self.holds.unwrap_or(false) },
            Statement::Budget => Predicate::Budget { resource: what },
            Statement::Output => Predicate::Output { product: what },
            Statement::Observation => Predicate::Observation { what, seen: holds },
            Statement::Statement => Predicate::Statement,
            Statement::Assessment => Predicate::Assessment,
            Statement::Absence => Predicate::Absence { sought: what },
            Statement::Skip => Predicate::Note,
        }
    }

    /// Returns what a statement lacks for its kind, each with its key.
    #[must_use]
    pub fn lacks(&self) -> Vec<(&'static str, String)> {
        use Statement as Is;
        let mut found = Vec::new();
        let of_stage =
            matches!(self.is, Is::Stage | Is::Progress | Is::Count | Is::Target | Is::Deadline);
        let of_thing = matches!(
            self.is,
            Is::Progress | Is::Readiness | Is::Budget | Is::Output | Is::Observation | Is::Absence
        );
        if of_stage != self.stage.is_some() && self.is != Is::Skip {
            let cause = if of_stage { "it names no stage" } else { "it takes no stage" };
            found.push(("stage", cause.to_owned()));
        }
        if of_thing && self.what.as_ref().is_none_or(String::is_empty) {
            found.push(("what", "it does not say what".to_owned()));
        }
        if self.scope == Some(Scope::Milestone) {
            found.push(("scope", "milestones stand in programme.toml, not in a table".to_owned()));
        }
        if self
            .date
            .as_ref()
            .is_some_and(|date| date.matches('{').count() != date.matches('}').count())
        {
            found.push(("date", "a brace is not closed".to_owned()));
        }
        found
    }
}
