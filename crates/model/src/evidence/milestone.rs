//! What was promised by when, as the programme writes it.

use std::collections::{HashMap, HashSet};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::stage::{CountUnit, Stage};
use super::when::When;
use crate::programme::{NO_QUOTA, Periods, Settings};

/// Is what was promised by a day, as the programme writes it; with `each` it stands for one promise a period or year.
///
/// Where `each` is given, `{year}` in `id`, `batch`, `due` and `words` stands for the year that labels the period,
/// `{last}` for the last year of the period, and `{period}` for its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneRule {
    /// Identifier, unique among milestones, meetings and cycles. A milestone that is written by itself stands in the
    /// place of one of `each` with its id.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Whether it stands for one milestone a period, or one a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
    /// Batch that it speaks of; empty for the whole programme.
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
    /// By when, such as `2024-12-31`, `2024` or `by {year}-12-31`: it falls due on the last day of this.
    #[schemars(extend("format" = "date-or-span-of-each"))]
    pub due: String,
    /// The promise in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Where the promise was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Says for what a milestone is written once and meant each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// For each period of the programme.
    Period,
    /// For each calendar year of the programme.
    Year,
}

/// Says how many are to reach a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Wanted {
    /// So many.
    Number(u64),
    /// As many as a word says.
    Word(WantedWord),
}

/// Says how many are to reach a stage, without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WantedWord {
    /// All that are named, or as many as the quota of the batch's periods where that is more.
    All,
    /// All that are named.
    Named,
}

impl JsonSchema for Wanted {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Wanted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number; `all` for all that are named, or the quota of the batch's periods where that is \
                            more; `named` for all that are named.",
            "anyOf": [
                { "type": "integer", "format": "uint64", "minimum": 0 },
                { "type": "string", "format": "all-or-named" }
            ]
        })
    }
}

/// Is one promise of the programme, with everything that `each` stands for written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Identifier.
    pub id: String,
    /// Cycle of which it is a target; empty where it is of none.
    pub cycle: String,
    /// Batch that it speaks of, or several with `+` between them; empty for the whole programme.
    pub batch: String,
    /// Kind that it speaks of; empty for every kind.
    pub kind: String,
    /// Stage that is to be reached.
    pub stage: Stage,
    /// How many are to reach it at least: the number as written, the quota for `all`, 0 for `named`.
    pub count: u64,
    /// Whether all that are named are to reach it, where they are more than `count`.
    pub all: bool,
    /// What is counted.
    pub unit: CountUnit,
    /// By when: it falls due on the last day of this.
    pub due: When,
    /// The promise in its own words.
    pub words: String,
    /// Where the promise was made.
    pub source: String,
}

impl Wanted {
    /// Reads `all` or `named`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::Word(WantedWord::All)),
            "named" => Some(Self::Word(WantedWord::Named)),
            _ => None,
        }
    }

    /// Returns the least number for a batch, and whether all that are named count where they are more.
    pub(super) fn of(self, batch: &str, settings: &Settings) -> (u64, bool) {
        match self {
            Self::Number(number) => (number, false),
            Self::Word(WantedWord::Named) => (0, true),
            Self::Word(WantedWord::All) => (quota_of(batch, settings), true),
        }
    }
}

/// Returns the quotas of the periods that a batch names, together: those of its years, with `+` behind a year that and
/// all later ones, all periods where it names none. A year without a limit counts nothing.
fn quota_of(batch: &str, settings: &Settings) -> u64 {
    let quotas = settings.quotas();
    let period = |year: &str| settings.periods.period_of_year(year.trim().parse().ok()?);
    let last = settings.periods.count;
    let periods: Vec<u32> = if batch.is_empty() {
        (1..=last).collect()
    } else if let Some(first) = batch.strip_suffix('+') {
        period(first).map_or_else(Vec::new, |first| (first..=last).collect())
    } else {
        let mut periods: Vec<u32> = batch.split('+').filter_map(period).collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    };
    let quota = |period: u32| quotas.get(period as usize - 1).copied();
    let limited = periods.into_iter().filter_map(quota).filter(|quota| *quota != NO_QUOTA);
    limited.map(u64::from).sum()
}

impl MilestoneRule {
    /// Returns what it stands for, in the order of periods.
    #[must_use]
    pub fn written_out(&self, settings: &Settings) -> Vec<Milestone> {
        let periods = settings.periods;
        let Some(each) = self.each else {
            return vec![self.filled(settings, &|text| text.to_owned())];
        };
        let turns: Vec<Turn> = match each {
            Each::Period => {
                (1..=periods.count).map(|period| Turn::of_period(periods, period)).collect()
            }
            Each::Year => {
                let years = periods.label(1)..periods.label(periods.count + 1);
                years.filter_map(|year| Turn::of_year(periods, year)).collect()
            }
        };
        turns.iter().map(|turn| self.filled(settings, &|text| turn.fill(text))).collect()
    }

    fn filled(&self, settings: &Settings, fill: &dyn Fn(&str) -> String) -> Milestone {
        let batch = fill(&self.batch);
        let (count, all) = self.count.of(&batch, settings);
        Milestone {
            id: fill(&self.id),
            cycle: String::new(),
            kind: self.kind.clone(),
            stage: self.stage,
            count,
            all,
            unit: self.unit,
            due: fill(&self.due).parse().unwrap_or_default(),
            words: fill(&self.words),
            source: self.source.clone(),
            batch,
        }
    }
}

/// Is what the braces of a milestone of `each` stand for once.
struct Turn {
    year: i32,
    last: i32,
    period: u32,
}

impl Turn {
    fn of_period(periods: Periods, period: u32) -> Self {
        Self { year: periods.label(period), last: periods.label(period + 1) - 1, period }
    }

    fn of_year(periods: Periods, year: i32) -> Option<Self> {
        Some(Self { year, last: year, period: periods.period_of_year(year)? })
    }

    fn fill(&self, text: &str) -> String {
        fill(text, self.year, self.last, self.period)
    }
}

/// Returns a text with what its braces stand for.
#[must_use]
pub fn fill(text: &str, year: i32, last: i32, period: u32) -> String {
    text.replace("{year}", &year.to_string())
        .replace("{last}", &last.to_string())
        .replace("{period}", &period.to_string())
}

impl Settings {
    /// Returns every promise of the programme with its number written out: the milestones in the order of the file, then
    /// the targets of cycles. One that is written by itself stands in the place of one of `each` with the same id.
    #[must_use]
    pub fn promised(&self) -> Vec<Milestone> {
        let by_itself =
            |id: &str| self.milestones.iter().find(|rule| rule.each.is_none() && rule.id == id);
        let mut all: Vec<Milestone> = Vec::new();
        let mut placed: HashSet<&str> = HashSet::new();
        for rule in &self.milestones {
            if rule.each.is_none() && placed.contains(rule.id.as_str()) {
                continue;
            }
            for milestone in rule.written_out(self) {
                match by_itself(&milestone.id).filter(|_| rule.each.is_some()) {
                    Some(own) if placed.insert(&own.id) => all.extend(own.written_out(self)),
                    Some(_) => {}
                    None => all.push(milestone),
                }
            }
        }
        all.extend(self.cycles.iter().flat_map(|cycle| cycle.promised(self)));
        all
    }

    /// Returns for each target of a cycle the cycle to which it belongs, by the target's id.
    #[must_use]
    pub fn promised_cycles(&self) -> HashMap<String, String> {
        let targets = self.cycles.iter().flat_map(|cycle| cycle.promised(self));
        targets.map(|target| (target.id, target.cycle)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::PerPeriod;

    fn settings(years: u32, quota: PerPeriod) -> Settings {
        let mut settings =
            Settings { periods: Periods { first: 2024, count: 3, years }, ..Settings::default() };
        settings.quota.openings = quota;
        settings
    }

    fn rule(each: Option<Each>) -> MilestoneRule {
        MilestoneRule {
            id: "opened-{year}".to_owned(),
            each,
            batch: "{year}".to_owned(),
            kind: "factories".to_owned(),
            stage: Stage::Inaugurated,
            count: Wanted::Word(WantedWord::All),
            unit: CountUnit::Places,
            due: "by {last}-12-31".to_owned(),
            words: "all of {year}".to_owned(),
            source: String::new(),
        }
    }

    #[test]
    fn one_line_stands_for_each_period_with_its_quota() {
        let settings = settings(2, PerPeriod::Each(vec![20, 10, NO_QUOTA]));
        let all = rule(Some(Each::Period)).written_out(&settings);
        let seen: Vec<_> =
            all.iter().map(|one| (one.id.as_str(), one.count, one.due.to_string())).collect();
        let due = |year: u32| format!("by {year}-12-31");
        let expected = [
            ("opened-2024", 20, due(2025)),
            ("opened-2026", 10, due(2027)),
            ("opened-2028", 0, due(2029)),
        ];
        assert_eq!(seen, expected);
        assert!(all.iter().all(|one| one.all) && all[1].words == "all of 2026");
        let years = rule(Some(Each::Year)).written_out(&settings);
        let seen: Vec<_> = years.iter().map(|one| (one.id.as_str(), one.count)).collect();
        let expected = [
            ("opened-2024", 20),
            ("opened-2025", 20),
            ("opened-2026", 10),
            ("opened-2027", 10),
            ("opened-2028", 0),
            ("opened-2029", 0),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn one_written_by_itself_stands_in_the_place_of_one_of_each() {
        let own =
            MilestoneRule { id: "opened-2025".to_owned(), count: Wanted::Number(7), ..rule(None) };
        let milestones = vec![rule(Some(Each::Period)), own];
        let settings = Settings { milestones, ..settings(1, PerPeriod::Same(20)) };
        let seen: Vec<_> =
            settings.promised().into_iter().map(|one| (one.id, one.count, one.all)).collect();
        let expected =
            [("opened-2024", 20, true), ("opened-2025", 7, false), ("opened-2026", 20, true)];
        assert_eq!(seen, expected.map(|(id, count, all)| (id.to_owned(), count, all)));
    }

    #[test]
    fn the_quota_of_several_batches_is_their_sum() {
        let settings = settings(1, PerPeriod::Each(vec![20, 10, 5]));
        let of = |batch: &str| quota_of(batch, &settings);
        let found = ["2024", "2024+2026", "2025+", "", "pilot", "2030"].map(of);
        assert_eq!(found, [20, 25, 15, 35, 0, 0]);
    }
}
