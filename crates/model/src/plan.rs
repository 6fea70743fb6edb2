//! A plan: which site opens when, with its value, bound, gap and yearly outcomes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::question::Question;

/// Version of the plan format that this program writes.
pub const PLAN_FORMAT: u32 = 1;

/// Is a plan as exchanged in `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format: 1.
    pub format: u32,
    /// Name of the programme.
    pub programme: String,
    /// What this plan is, in words: "best order from the start".
    pub label: String,
    /// How it was made: `optimised`, `listed`, `biggest-first`, `greedy`, `two-step`.
    pub method: Method,
    /// Every file that it was made from.
    pub inputs: Vec<InputFile>,
    /// What was asked.
    pub question: Question,
    /// Whether the plan is proved best.
    pub status: Status,
    /// Why the search ended.
    pub stopped_by: StoppedBy,
    /// Whether a smaller (`min`) or a larger (`max`) value is better.
    pub sense: Sense,
    /// Value and bound are this many times the unit: divide by it before reading.
    pub scale: u64,
    /// Unit of value / scale: `person-metres`, `persons`, `metres`, `units` or, for the goal `cost`, the resource.
    pub unit: String,
    /// Value of the objective, an exact integer.
    pub value: i128,
    /// No plan of this question is better than this, an exact integer; `None` when nothing is known.
    pub bound: Option<i128>,
    /// |value - bound| / max(|value|, 1): 0 is proved best.
    pub gap: Option<f64>,
    /// The openings, by period, then in the order of the sites; upgrades and closures among them.
    /// Existing facilities are not openings.
    pub openings: Vec<Opening>,
    /// Who is served where, for the kinds of which sizes have capacities: by kind, period, place and site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Served>,
    /// Where the question has futures: each of them, in their order, with what the plan comes to in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub futures: Vec<FutureOutcome>,
    /// What people get in each period; of the first future where there are several.
    pub outcomes: Vec<PeriodOutcome>,
    /// Sum over the periods of (persons with access to every kind) x (years in the period).
    pub person_years_of_access: u64,
    /// The certificate of the bound, beside this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<InputFile>,
    /// How the run went. Not part of what `verify` checks.
    pub run: Run,
}

/// Names how a plan was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By the solver.
    Optimised,
    /// By a person, as a list.
    Listed,
    /// Largest population first.
    BiggestFirst,
    /// One by one, each the best next.
    Greedy,
    /// Best final set of sites first, then the best order of that set.
    TwoStep,
}

/// Identifies a file by the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    /// Path inside the programme folder (for a certificate: beside the plan).
    pub path: String,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// Says whether a plan is proved best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Proved best: value equals bound.
    Optimal,
    /// Keeps every rule; its distance from the best is at most the gap.
    Feasible,
    /// Breaks a rule (only a listed plan can).
    Infeasible,
}

/// Says why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StoppedBy {
    /// The plan is proved best.
    Proved,
    /// The gap asked for is reached.
    Gap,
    /// The time limit.
    Time,
    /// The work limit.
    Work,
    /// A person stopped it.
    Interrupt,
    /// The method has done all it can, or there was nothing to search.
    Exhausted,
}

impl StoppedBy {
    /// Returns whether something stopped a run that had more to do.
    #[must_use]
    pub const fn is_early(self) -> bool {
        matches!(self, Self::Time | Self::Work | Self::Interrupt)
    }
}

/// Says which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sense {
    /// Smaller is better.
    Min,
    /// Larger is better.
    Max,
}

/// Is one package opened at one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Site.
    pub site: String,
    /// Package.
    pub package: String,
    /// First period (1-based) that it serves; it serves all of it.
    pub period: u32,
    /// Year that labels the period.
    pub year: i32,
    /// Whether it is a fact or a person's decision rather than the solver's choice.
    pub fixed: bool,
    /// Whether the site opens with the package, turns to it, or stops offering it.
    #[serde(default, skip_serializing_if = "Action::is_open")]
    pub action: Action,
}

/// Says what happens at a site.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It opens with the package.
    #[default]
    Open,
    /// It turns to the package, which it offers from this period on.
    Upgrade,
    /// It offers the package no longer, from this period on.
    Close,
}

impl Action {
    /// Returns whether a site opens.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

/// Says how many persons of a place one site serves with one kind in one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// Kind.
    pub kind: String,
    /// Period (1-based).
    pub period: u32,
    /// Place.
    pub place: String,
    /// Site.
    pub site: String,
    /// Persons; above 0.
    pub persons: u64,
}

/// Says what a plan comes to in one future.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FutureOutcome {
    /// Name of the future.
    pub name: String,
    /// How much it counts in the mean.
    pub weight: u32,
    /// Value of the plan in this future alone, in the unit of the plan's value but for the sum of weights in its scale.
    pub value: i128,
    /// Who is served where in it, for the kinds of which sizes have capacities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Served>,
}

/// Says what people get in one period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodOutcome {
    /// Period (1-based).
    pub period: u32,
    /// Year that labels it.
    pub year: i32,
    /// Openings in this period.
    pub openings: u32,
    /// Sites open in it, existing facilities included.
    pub open: u32,
    /// Persons within reach of each kind, in the order of the programme's kinds.
    pub access: Vec<u64>,
    /// Persons within reach of every kind.
    pub access_all: u64,
    /// Persons without any site within the cut-off.
    pub unserved: u64,
    /// Sum of persons x metres to the nearest open site over the people who have one.
    pub person_metres: u128,
    /// `person_metres` over the people who have a site; `None` when nobody has.
    pub mean_distance_m: Option<f64>,
    /// Largest distance in metres of a place with people that has a site; `None` when none has.
    pub worst_distance_m: Option<u32>,
    /// Figures of each kind, in the order of the programme's kinds; empty where every site offers all of
    /// them without limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindOutcome>,
    /// What is spent, by resource; empty where nothing costs anything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spent: BTreeMap<String, u64>,
}

/// Says what people get of one kind in one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindOutcome {
    /// Kind.
    pub kind: String,
    /// Sites that offer it.
    pub sites: u32,
    /// Persons who need it and have a site: the nearest, or the one that serves them.
    pub served: u64,
    /// Sum of persons x metres over them.
    pub person_metres: u128,
    /// Persons whom the sites can serve; `None` when one of them has no limit.
    pub capacity: Option<u64>,
}

/// Says how a run went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Version of the program.
    pub version: String,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Priced pairs: the counter of `--work-limit`, which reproduces the run.
    pub work: u64,
    /// Threads.
    pub threads: u32,
    /// Seed.
    pub seed: u64,
    /// Largest resident memory in bytes; 0 where the system does not tell.
    pub peak_rss_bytes: u64,
}

impl Plan {
    /// Returns whether there is a plan at all: a search that ended before it had one says this instead of a value.
    #[must_use]
    pub const fn is_found(&self) -> bool {
        self.value != i128::MAX
    }

    /// Returns |value - bound| / max(|value|, 1).
    #[must_use]
    pub fn gap_of(value: i128, bound: i128) -> f64 {
        value.abs_diff(bound) as f64 / value.unsigned_abs().max(1) as f64
    }

    /// Returns the mean distance in metres over persons and periods, each period weighing alike, given
    /// the population of each period; `None` when nobody has a site.
    #[must_use]
    pub fn mean_distance_m(&self, populations: &[u64]) -> Option<f64> {
        let served = |outcome: &PeriodOutcome| {
            let at = (outcome.period as usize).wrapping_sub(1);
            populations.get(at).map_or(0, |all| all.saturating_sub(outcome.unserved))
        };
        let persons: u128 = self.outcomes.iter().map(|o| u128::from(served(o))).sum();
        let metres: u128 = self.outcomes.iter().map(|o| o.person_metres).sum();
        (persons > 0).then(|| metres as f64 / persons as f64)
    }
}
