//! The goals of a question: what a person costs, what schedules are charged, and what counts how much.

use groundwork_model::plan::Sense;
use groundwork_model::programme::{Due, Kind};
use groundwork_model::{Decimal, Goal, Programme};

use super::futures::{Future, per_cent_of};
use super::rules;
use super::schedule::Schedule;
use super::tariff::{HARDSHIP, Tariff};
use crate::discount::period_weights;
use crate::network::Network;

/// Is a goal of a programme, as numbers.
pub(crate) struct Objective<'a> {
    programme: &'a Programme,
    pub(crate) goal: Goal,
    /// Whether pairs are those of all goals together.
    several: bool,
    /// Whether it is held and no sum over persons: then those count who go farther than their moment allows.
    guards: bool,
}

impl<'a> Objective<'a> {
    pub(crate) fn new(programme: &'a Programme, goal: Goal) -> Self {
        let settings = &programme.settings;
        Self { programme, goal, several: !settings.objective.then.is_empty(), guards: false }
    }

    /// Reads a goal that is held.
    pub(crate) fn held(programme: &'a Programme, goal: Goal) -> Self {
        Self { guards: goal == Goal::WorstDistance, ..Self::new(programme, goal) }
    }

    /// Returns whether those count who go farther than their moment allows.
    pub(crate) fn guards(&self) -> bool {
        self.guards
    }

    pub(crate) fn sense(&self) -> Sense {
        self.goal.sense()
    }

    pub(crate) fn unit(&self) -> &'a str {
        self.programme.settings.unit_of(self.goal)
    }

    /// Returns how many times the unit values are.
    pub(crate) fn scale(&self) -> u64 {
        self.programme.settings.scale_of(self.goal)
    }

    fn rate(&self) -> Decimal {
        self.programme.settings.objective.per_person_km.unwrap_or(Decimal::ZERO)
    }

    /// Returns how many times its resource the goal `cost` counts.
    fn cost_scale(&self) -> u64 {
        1000 * 10_u64.pow(self.rate().scale())
    }

    /// Returns the most decimals of what a person needs.
    fn decimals(&self) -> u32 {
        let kinds = self.programme.settings.package_kinds();
        kinds.iter().map(|kind| kind.demand.scale()).max().unwrap_or(0)
    }

    fn weights(&self) -> Vec<u64> {
        let settings = &self.programme.settings;
        period_weights(settings.objective.discount_rate, settings.periods)
    }

    /// Returns what one person and one unit of cost of a kind count for in each period.
    pub(crate) fn factors(&self, kind: &Kind) -> Vec<u64> {
        if self.guards {
            // Nobody counts before it is said how far people may go.
            return vec![0; self.programme.settings.periods.count as usize];
        }
        let weighted = self.programme.settings.is_weighted();
        let weight = if weighted { u64::from(kind.weight) } else { 1 };
        let factor = match self.goal {
            Goal::Cost | Goal::WorstDistance => 1,
            Goal::SelfSufficiency => {
                let digits = 10_u64.pow(self.decimals() - kind.demand.scale());
                weight * kind.demand.mantissa().unsigned_abs() * digits
            }
            _ => weight,
        };
        self.weights().into_iter().map(|weight| weight * factor).collect()
    }

    /// Returns what a person costs who goes so far for a kind.
    pub(crate) fn tariff(&self, kind: &Kind) -> Tariff {
        let settings = &self.programme.settings;
        if self.guards {
            return Tariff::Within { metres: u32::MAX, beyond: true };
        }
        match self.goal {
            Goal::Distance | Goal::WorstDistance => Tariff::Metres(1),
            Goal::Cost => Tariff::Metres(self.rate().mantissa().unsigned_abs()),
            Goal::Coverage => Tariff::Within { metres: kind.reach_m(), beyond: self.several },
            Goal::SelfSufficiency => Tariff::Own { beyond: self.several },
            Goal::Equity => {
                let aversion = settings.objective.aversion_per_km.unwrap_or(Decimal::ZERO);
                Tariff::hardship(aversion, settings.distance.unserved_m().unwrap_or(0))
            }
        }
    }

    /// Returns what somebody costs who is not served; `None` where everybody must be.
    pub(crate) fn unserved(&self) -> Option<u64> {
        let metres = self.programme.settings.distance.unserved_m().map(u64::from);
        if self.guards {
            return Some(1);
        }
        match self.goal {
            Goal::Coverage | Goal::SelfSufficiency => Some(1),
            Goal::Distance | Goal::WorstDistance => metres,
            Goal::Equity => Some(u64::from(HARDSHIP)),
            Goal::Cost => metres.map(|metres| metres * self.rate().mantissa().unsigned_abs()),
        }
    }

    /// Returns what a schedule of a site is charged in a future.
    pub(crate) fn charge(
        &self,
        network: &Network,
        (site, schedule): (usize, &Schedule),
        future: &Future,
    ) -> i128 {
        let settings = &self.programme.settings;
        let resource = settings.objective.resource.as_deref();
        let (Goal::Cost, Some(resource)) = (self.goal, resource) else { return 0 };
        let budget = settings.budgets.iter().find(|budget| budget.resource == resource);
        let due = budget.map_or(Due::Start, |budget| budget.due);
        let weights = self.weights();
        let all = rules::due(self.programme, network, site, schedule, (resource, due));
        let sum: i128 = all
            .into_iter()
            .filter_map(|(at, amount)| {
                let amount = per_cent_of(amount, future.per_cent(resource));
                Some(i128::from(amount) * i128::from(*weights.get(at)?))
            })
            .sum();
        sum * i128::from(self.cost_scale())
    }

    /// Returns whether schedules are charged.
    pub(crate) fn charges(&self) -> bool {
        self.goal == Goal::Cost
    }
}
