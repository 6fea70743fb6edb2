//! What is asked of a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::evidence::LedgerState;
use crate::plan::{Action, Sense};
use crate::programme::{Goal, Programme, Robustness};

/// Says what is asked of a programme: what is already fact, and which quotas bind.
///
/// # Facts as of a date
///
/// A report *counts* as of day D when it names a site without an existing facility, a package of
/// the programme and a period, its stage is begun or opened, and its date is D or earlier. Then:
///
/// - A site named by a counting report is *fixed*: it opens in the smallest period of its counting
///   reports, and nowhere else.
/// - Each (site, place as named) pair of the counting reports *uses* one opening of the smallest
///   period of its reports. Two named places inside one site are one fixed opening and use two.
/// - In periods before D's own, nothing is *free*. In D's period and later, quota minus used is free
///   (never below zero). When D lies before the first period everything is free; when it lies after
///   the last, nothing is.
///
/// # Quotas as taken
///
/// The numbers are those of the last report, whatever day D is, so that plans of different days can be
/// compared: for every period up to the last one with a counting report, the quota is the number of
/// sites that the last report fixes in it (named places inside one site count once); later quotas are
/// as written. A fixed site then uses one opening of its period. Without an `as_of`, only the numbers
/// are taken and nothing is fixed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Reports up to this day are facts; `None` asks for the best order from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// Which quotas bind.
    #[serde(default)]
    pub quotas: QuotaSource,
    /// Openings that a person has decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<Locked>,
    /// Which futures count; all together where the programme has scenarios.
    #[serde(default, skip_serializing_if = "Outlook::is_together")]
    pub outlook: Outlook,
    /// The goal; the first of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// Values of other goals that a plan must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// What was promised before, and what has become of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replan: Option<Replan>,
}

impl Question {
    /// Returns the goal that is asked for.
    #[must_use]
    pub fn goal(&self, programme: &Programme) -> Goal {
        self.goal.unwrap_or(programme.settings.objective.goal)
    }

    /// Returns the same question about one goal alone, with none held.
    #[must_use]
    pub fn alone(&self, goal: Goal) -> Self {
        Self { goal: Some(goal), held: Vec::new(), ..self.clone() }
    }

    /// Returns whether it is about futures rather than the numbers as written.
    #[must_use]
    pub fn has_futures(&self, programme: &Programme) -> bool {
        programme.settings.scenarios.is_some() && self.outlook != Outlook::AsWritten
    }

    /// Returns how many times the unit values of a goal are: under the mean of several futures, each counts as often as
    /// it weighs.
    #[must_use]
    pub fn scale_of(&self, programme: &Programme, goal: Goal) -> u64 {
        let scale = programme.settings.scale_of(goal);
        let together = programme.settings.scenarios.as_ref().filter(|_| self.outlook.is_together());
        match together {
            Some(scenarios) if scenarios.objective == Robustness::Expected => {
                let weights = scenarios.named().into_iter().map(|(_, weight)| u64::from(weight));
                scale.saturating_mul(weights.sum::<u64>().max(1))
            }
            _ => scale,
        }
    }

    /// Returns whether the question asks a plain programme for nothing that only others have.
    #[must_use]
    pub fn is_plain(&self, programme: &Programme) -> bool {
        let counts = |replan: &Replan| replan.changes.is_some() || replan.price.is_some();
        self.goal(programme).is_plain()
            && !self.has_futures(programme)
            && self.held.is_empty()
            && !self.replan.as_ref().is_some_and(counts)
    }
}

/// Says which futures of a programme with scenarios count. Without scenarios there is nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outlook {
    /// All of them, as the programme weighs them.
    #[default]
    Together,
    /// None: the numbers as written, everything in time.
    AsWritten,
    /// The one of this name, known beforehand.
    Future(String),
}

impl Outlook {
    /// Returns whether all futures count together.
    #[must_use]
    pub fn is_together(&self) -> bool {
        *self == Self::Together
    }
}

/// Holds a goal at a value: at most that where smaller is better, at least that where larger is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The goal.
    pub goal: Goal,
    /// The value, as many times the unit as values of that goal are.
    pub value: i128,
}

impl Held {
    /// Holds a goal at a value but for so many per cent of it, rounded towards the value.
    #[must_use]
    pub fn of(goal: Goal, value: i128, tolerance_percent: Decimal) -> Self {
        let hundred = 100 * 10_i128.pow(tolerance_percent.scale());
        let share = i128::from(tolerance_percent.mantissa());
        let (whole, rest) = (value.div_euclid(hundred), value.rem_euclid(hundred));
        let given_up = whole * share + (rest * share).div_euclid(hundred);
        let value = match goal.sense() {
            Sense::Min => value + given_up,
            Sense::Max => value - given_up,
        };
        Self { goal, value }
    }
}

/// Says what was promised, what has become of it, and what may change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replan {
    /// What was promised.
    pub promised: Vec<Promise>,
    /// What stands, is being built or has failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<SiteState>,
    /// The ledger that rows of the state were taken from; it says where they come from and changes no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerState>,
    /// What was promised and has begun in this period (1-based) or before stays; 0 when nothing has.
    #[serde(default)]
    pub begun_by: u32,
    /// Promised sites that may have another schedule than promised; any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<u32>,
    /// What each of them costs, in the unit of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<u64>,
}

/// Is something that was promised of a site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Site.
    pub site: String,
    /// Package that it opens with, turns to or offers no longer.
    pub package: String,
    /// Period (1-based).
    pub period: u32,
    /// Whether it opens, is upgraded or closes.
    #[serde(default, skip_serializing_if = "Action::is_open")]
    pub action: Action,
}

/// Says what has become of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteState {
    /// Site.
    pub site: String,
    /// What has become of it.
    pub state: Progress,
    /// Package; the first of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Period (1-based) from which it serves; not for `failed` and `not-begun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
}

/// Says how far a site has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// It serves, or will from its period on.
    Built,
    /// It is being built and will serve from its period on.
    UnderWay,
    /// It will never serve.
    Failed,
    /// It has not begun. What was promised of it is void: it is not kept, and whatever comes instead is no change.
    NotBegun,
}

impl Progress {
    /// Returns whether a site serves, from its period on.
    #[must_use]
    pub const fn serves(self) -> bool {
        matches!(self, Self::Built | Self::UnderWay)
    }
}

/// Says which quotas bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaSource {
    /// The quotas of the programme.
    #[default]
    AsWritten,
    /// As many new sites a period as the order taken opened.
    AsTaken,
}

/// Is an opening that a person has decided: this site opens in this period and in no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Site.
    pub site: String,
    /// Period (1-based).
    pub period: u32,
    /// Package; any that the site may get when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_held_at_whole_numbers_on_the_side_of_its_value() {
        let held =
            |goal, value, tolerance: &str| Held::of(goal, value, tolerance.parse().unwrap()).value;
        // 1.5 % of 1,001 is 15.015.
        assert_eq!(held(Goal::Distance, 1001, "1.5"), 1016);
        assert_eq!(held(Goal::Coverage, 1001, "1.5"), 986);
        assert_eq!(held(Goal::Cost, 7, "0"), 7);
        assert_eq!(held(Goal::SelfSufficiency, 7, "100"), 0);
    }
}
