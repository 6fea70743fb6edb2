//! What a goal counts: cost of a distance, weight of a person, scale and unit of the value.

use groundwork_model::plan::Sense;
use groundwork_model::programme::PlainGoal;
use groundwork_model::{Goal, Settings};

use crate::discount::period_weights;

/// Is a goal ready for arithmetic.
#[derive(Clone, Debug)]
pub(crate) struct GoalModel {
    pub(crate) goal: PlainGoal,
    /// Reach in metres and factor of each kind of the package.
    kinds: Vec<(u32, u32)>,
    /// Weight of each period.
    pub(crate) period_weights: Vec<u64>,
    /// Value and bound are this many times the unit.
    pub(crate) scale: u64,
    /// Metres that somebody without any site counts with; `None` when everybody must be served.
    pub(crate) unserved_m: Option<u32>,
}

impl GoalModel {
    /// Puts a goal into numbers; the door lets only those in that plain programmes can have.
    pub(crate) fn new(settings: &Settings, goal: Goal) -> Self {
        let weighted = settings.is_weighted();
        let factor = |weight: u32| if weighted { weight } else { 1 };
        let kinds = settings.package_kinds();
        Self {
            goal: goal.plain().unwrap_or_default(),
            kinds: kinds.iter().map(|kind| (kind.reach_m(), factor(kind.weight))).collect(),
            period_weights: period_weights(settings.objective.discount_rate, settings.periods),
            scale: settings.scale_of(goal),
            unserved_m: settings.distance.unserved_m(),
        }
    }

    /// Returns the sum of the factors of the kinds.
    pub(crate) fn factor_sum(&self) -> u32 {
        self.kinds.iter().map(|&(_, factor)| factor).sum()
    }

    /// Returns the weight of a place with so many persons, before the period's.
    pub(crate) fn point_weight(&self, persons: u64) -> u64 {
        match self.goal {
            PlainGoal::Distance => persons * u64::from(self.factor_sum()),
            PlainGoal::Coverage => persons,
            PlainGoal::WorstDistance => u64::from(persons > 0),
        }
    }

    /// Returns the cost of a distance.
    pub(crate) fn cost(&self, metres: u32) -> u32 {
        match self.goal {
            PlainGoal::Distance | PlainGoal::WorstDistance => metres,
            PlainGoal::Coverage => {
                let missed = self.kinds.iter().filter(|&&(reach, _)| metres > reach);
                missed.map(|&(_, factor)| factor).sum()
            }
        }
    }

    /// Returns the cost of having no site; `None` when everybody must be served.
    pub(crate) fn unserved(&self) -> Option<u32> {
        match self.goal {
            PlainGoal::Distance | PlainGoal::WorstDistance => self.unserved_m,
            PlainGoal::Coverage => Some(self.factor_sum()),
        }
    }

    /// Returns a distance beyond which no site costs less than none at all.
    pub(crate) fn useful_metres(&self) -> Option<u32> {
        match self.goal {
            PlainGoal::Distance | PlainGoal::WorstDistance => self.unserved_m,
            PlainGoal::Coverage => self.kinds.iter().map(|&(reach, _)| reach).max(),
        }
    }

    /// Returns the binary digits behind the point of a radius: metres have 7, as a distance is at most
    /// 33,554 km in 32 bits; 0/1 costs have 24.
    pub(crate) fn shift(&self) -> u32 {
        match self.goal {
            PlainGoal::Distance | PlainGoal::WorstDistance => 7,
            PlainGoal::Coverage => 24,
        }
    }

    pub(crate) fn sense(&self) -> Sense {
        if self.goal == PlainGoal::Coverage { Sense::Max } else { Sense::Min }
    }

    pub(crate) fn unit(&self) -> &'static str {
        match self.goal {
            PlainGoal::Distance => "person-metres",
            PlainGoal::Coverage => "persons",
            PlainGoal::WorstDistance => "metres",
        }
    }
}
