//! Plan cycles: blocks of periods with targets of their own, and meetings inside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::milestone::{Milestone, Wanted};
use super::stage::{CountUnit, Stage};
use super::statement::Certainty;
use super::when::{When, written};
use crate::programme::Settings;

/// Is a block of periods that is planned and judged as one, such as a five-year plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// Identifier, unique among milestones, meetings and cycles.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// From when to when, such as `2021/2025` or `2024-04-01/2029-03-31`; it has a first and a last day.
    #[serde(with = "written")]
    #[schemars(with = "String", extend("format" = "date-or-span"))]
    pub span: When,
    /// The cycle in the words of those who adopted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where it was adopted: an address or a title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What is to be reached by its last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<CycleTarget>,
    /// Meetings that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meetings: Vec<Meeting>,
}

/// Is what a cycle is to reach by its last day, of the batches of its periods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CycleTarget {
    /// Identifier, unique among milestones; `CYCLE-1`, `CYCLE-2`, ... where none is given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Batch, or several with `+` between them; those of the periods that begin in the cycle where none is given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub batch: String,
    /// Kind that it speaks of; empty for every kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Stage that is to be reached.
    pub stage: Stage,
    /// How many are to reach it: a number, `all` or `named`.
    pub count: Wanted,
    /// What is counted.
    #[serde(default)]
    pub unit: CountUnit,
    /// The target in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where it was set.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Is a meeting at which a programme is decided or judged: a plenum, a congress, a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// Identifier, unique among milestones, meetings and cycles.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When it is, as exactly as that is known: `2026-02-19`, `2025-12`, `2026-H1`, `unknown`.
    #[serde(with = "written")]
    #[schemars(with = "String", extend("format" = "date-or-span"))]
    pub date: When,
    /// How sure the date is.
    #[serde(default = "expected")]
    pub certainty: Certainty,
    /// The date in the words of those who named it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where it was named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

const fn expected() -> Certainty {
    Certainty::Expected
}

impl Cycle {
    /// Returns the name, or the identifier where no name is given.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// Returns the periods (1-based) of the programme that begin in it. A period of a programme begins on the day of the
    /// year on which the cycle does, so that one from April to March holds years from April to March.
    #[must_use]
    pub fn periods(&self, settings: &Settings) -> Vec<u32> {
        let (Some(first), Some(last)) = (self.span.earliest, self.span.latest) else {
            return Vec::new();
        };
        let periods = settings.periods;
        let begins = |period: &u32| {
            let year = i16::try_from(periods.label(*period)).ok();
            let begins = year.and_then(|year| first.with().year(year).build().ok());
            begins.is_some_and(|day| first <= day && day <= last)
        };
        (1..=periods.count).filter(begins).collect()
    }

    /// Returns its targets as promises that fall due on its last day.
    #[must_use]
    pub fn promised(&self, settings: &Settings) -> Vec<Milestone> {
        let years = self.periods(settings).into_iter().map(|period| settings.periods.label(period));
        let batches = years.map(|year| year.to_string()).collect::<Vec<_>>().join("+");
        let of = |(number, target): (usize, &CycleTarget)| {
            let batch =
                if target.batch.is_empty() { batches.clone() } else { target.batch.clone() };
            let (count, all) = target.count.of(&batch, settings);
            let id = if target.id.is_empty() {
                format!("{}-{number}", self.id)
            } else {
                target.id.clone()
            };
            Milestone {
                id,
                cycle: self.id.clone(),
                batch,
                kind: target.kind.clone(),
                stage: target.stage,
                count,
                all,
                unit: target.unit,
                due: self.span.latest.map_or_else(When::default, When::by),
                words: target.words.clone(),
                source: if target.source.is_empty() { &self.source } else { &target.source }
                    .clone(),
            }
        };
        (1..).zip(&self.targets).map(of).collect()
    }
}

impl Meeting {
    /// Returns the name, or the identifier where no name is given.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Periods;

    #[test]
    fn a_period_belongs_to_the_cycle_in_which_it_begins() {
        let settings = Settings {
            periods: Periods { first: 2024, count: 6, years: 1 },
            ..Settings::default()
        };
        let of = |span: &str| {
            let cycle = Cycle {
                id: "plan".to_owned(),
                name: String::new(),
                span: span.parse().unwrap_or_default(),
                words: String::new(),
                source: String::new(),
                targets: Vec::new(),
                meetings: Vec::new(),
            };
            cycle.periods(&settings)
        };
        assert_eq!(of("2021/2025"), [1, 2]);
        // From April to March: the year 2029 begins in the next one.
        assert_eq!(of("2024-04-01/2029-03-31"), [1, 2, 3, 4, 5]);
        assert_eq!(of("2029-04-01/2034-03-31"), [6]);
        assert_eq!(of("2040/2045"), [0_u32; 0]);
        assert_eq!(of("from 2024-01-01"), [0_u32; 0], "it has no last day");
    }
}
