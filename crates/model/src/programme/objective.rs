//! What a plan makes best.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::zero;
use crate::decimal::Decimal;
use crate::plan::Sense;

/// Says what the plan makes best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// The goal.
    #[serde(default)]
    pub goal: Goal,
    /// Yearly rate by which later periods count less: 0.05 is five per cent. 0 counts all alike.
    #[serde(default = "zero")]
    #[schemars(range(min = 0, max = 10))]
    pub discount_rate: Decimal,
    /// What the goal `cost` counts: a resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What one person and kilometre costs in a period under the goal `cost`, in that resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub per_person_km: Option<Decimal>,
    /// How much worse a kilometre is for somebody who has one more to go, under the goal `equity`: 0.1 makes it about ten
    /// per cent worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 10))]
    pub aversion_per_km: Option<Decimal>,
    /// Per cent of its best value that the goal may give up for those in `then`.
    #[serde(default = "zero")]
    #[schemars(range(min = 0, max = 100))]
    pub tolerance_percent: Decimal,
    /// Goals that are made best after this one, in their order, while those before are held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<NextGoal>,
}

/// Is a goal behind the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextGoal {
    /// The goal.
    pub goal: Goal,
    /// Per cent of its best value that it may give up for the goals behind it.
    #[serde(default = "zero")]
    #[schemars(range(min = 0, max = 100))]
    pub tolerance_percent: Decimal,
}

/// Names a goal.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Least person-weighted distance to the nearest open site, summed over the periods.
    #[default]
    Distance,
    /// Most people within reach, summed over the periods and kinds.
    Coverage,
    /// Least distance of the worst-off place, summed over the periods.
    WorstDistance,
    /// Most units that people get in their own place, summed over the periods and kinds.
    SelfSufficiency,
    /// Least equally distributed equivalent of the distance (Kolm and Pollak).
    Equity,
    /// Least cost of sites and ways together, summed over the periods.
    Cost,
}

/// Names a goal that plain programmes can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainGoal {
    /// As [`Goal::Distance`].
    #[default]
    Distance,
    /// As [`Goal::Coverage`].
    Coverage,
    /// As [`Goal::WorstDistance`].
    WorstDistance,
}

impl Goal {
    /// All goals.
    pub const ALL: [Self; 6] = [
        Self::Distance,
        Self::Coverage,
        Self::WorstDistance,
        Self::SelfSufficiency,
        Self::Equity,
        Self::Cost,
    ];

    /// Returns whether a smaller or a larger value is better.
    #[must_use]
    pub const fn sense(self) -> Sense {
        match self {
            Self::Coverage | Self::SelfSufficiency => Sense::Max,
            Self::Distance | Self::WorstDistance | Self::Equity | Self::Cost => Sense::Min,
        }
    }

    /// Returns the goal as one that plain programmes can have, if it is one.
    #[must_use]
    pub const fn plain(self) -> Option<PlainGoal> {
        match self {
            Self::Distance => Some(PlainGoal::Distance),
            Self::Coverage => Some(PlainGoal::Coverage),
            Self::WorstDistance => Some(PlainGoal::WorstDistance),
            Self::SelfSufficiency | Self::Equity | Self::Cost => None,
        }
    }

    /// Returns whether plain programmes can have it.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        self.plain().is_some()
    }

    /// Returns the name that files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Distance => "distance",
            Self::Coverage => "coverage",
            Self::WorstDistance => "worst-distance",
            Self::SelfSufficiency => "self-sufficiency",
            Self::Equity => "equity",
            Self::Cost => "cost",
        }
    }
}

impl Default for Objective {
    fn default() -> Self {
        Self {
            goal: Goal::Distance,
            discount_rate: Decimal::ZERO,
            resource: None,
            per_person_km: None,
            aversion_per_km: None,
            tolerance_percent: Decimal::ZERO,
            then: Vec::new(),
        }
    }
}

impl Objective {
    /// Returns all goals with their tolerances, in order.
    pub fn goals(&self) -> impl Iterator<Item = (Goal, Decimal)> + '_ {
        let first = std::iter::once((self.goal, self.tolerance_percent));
        first.chain(self.then.iter().map(|next| (next.goal, next.tolerance_percent)))
    }
}
