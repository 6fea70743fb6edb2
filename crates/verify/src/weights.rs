//! What a person counts: discount factors, kinds, the cost of a distance, and the scale of values.

use groundwork_model::plan::Sense;
use groundwork_model::programme::PlainGoal;
use groundwork_model::{Decimal, Goal, Programme, Settings};
use num_bigint::BigUint;

/// Discount factors are this many times their value, rounded half up.
const DISCOUNT_SCALE: u64 = 1_000_000;

/// Kind weights are per thousand.
const KIND_SCALE: u64 = 1_000;

/// Holds the numbers of the objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weights {
    pub(crate) goal: Goal,
    /// Discount factor of each period.
    pub(crate) omega: Vec<u64>,
    /// Reach in metres and factor of each kind of the package.
    kinds: Vec<(u32, u64)>,
    /// Metres that somebody without a site counts with.
    unserved_m: Option<u32>,
    /// Value and bound are this many times the unit.
    pub(crate) scale: u64,
}

impl Weights {
    pub(crate) fn of(programme: &Programme, goal: Goal) -> Self {
        let settings = &programme.settings;
        let rate = settings.objective.discount_rate;
        let kind_scale = if goal == Goal::WorstDistance { 1 } else { kind_scale(settings) };
        Self {
            goal,
            omega: discount_factors(rate, settings.periods.count, settings.periods.years),
            kinds: kind_factors(settings),
            unserved_m: settings.distance.unserved_m(),
            scale: discount_scale(settings) * kind_scale,
        }
    }

    /// Returns the sum of the kinds' factors.
    pub(crate) fn all_kinds(&self) -> u64 {
        self.kinds.iter().map(|(_, factor)| factor).sum()
    }

    /// Returns the factor of each kind that packages list.
    pub(crate) fn factors(&self) -> impl Iterator<Item = u64> {
        self.kinds.iter().map(|(_, factor)| *factor)
    }

    /// Returns what one person and one unit of cost count for in a period (0-based).
    pub(crate) fn of_period(&self, index: usize) -> u128 {
        let kinds = if self.goal == Goal::Distance { self.all_kinds() } else { 1 };
        u128::from(self.omega[index]) * u128::from(kinds)
    }

    /// Returns the goal by which distances cost; questions with another goal have tariffs of their own.
    fn plain(&self) -> PlainGoal {
        self.goal.plain().unwrap_or_default()
    }

    /// Returns what one person served at this distance costs.
    pub(crate) fn cost(&self, metres: u32) -> u64 {
        match self.plain() {
            PlainGoal::Distance | PlainGoal::WorstDistance => u64::from(metres),
            PlainGoal::Coverage => self.out_of_reach(metres),
        }
    }

    /// Returns what one person without a site costs, which is also the most that anybody costs;
    /// `None` when everybody must be served.
    pub(crate) fn cost_unserved(&self) -> Option<u64> {
        match self.plain() {
            PlainGoal::Distance | PlainGoal::WorstDistance => self.unserved_m.map(u64::from),
            PlainGoal::Coverage => Some(self.all_kinds()),
        }
    }

    /// Returns what one person costs whose nearest open site is this far; `None` when that person
    /// must be served and is not.
    pub(crate) fn cost_of_nearest(&self, nearest: Option<u32>) -> Option<u64> {
        let served = nearest.map(|metres| self.cost(metres));
        served.into_iter().chain(self.cost_unserved()).min()
    }

    /// Returns the largest distance that costs less than `limit` / 2^`shift`; `None` when none
    /// does.
    pub(crate) fn metres_below(&self, limit: u64, shift: u32) -> Option<u32> {
        match self.plain() {
            PlainGoal::Distance | PlainGoal::WorstDistance => {
                let metres = limit.checked_sub(1)? >> shift;
                Some(u32::try_from(metres).unwrap_or(u32::MAX))
            }
            PlainGoal::Coverage => {
                let below =
                    |metres: u32| u128::from(self.cost(metres)) << shift < u128::from(limit);
                self.kinds.iter().map(|kind| kind.0).filter(|&metres| below(metres)).max()
            }
        }
    }

    /// Returns which direction is better.
    pub(crate) fn sense(&self) -> Sense {
        self.goal.sense()
    }

    /// Returns the unit of a value.
    pub(crate) fn unit(&self) -> &'static str {
        match self.plain() {
            PlainGoal::Distance => "person-metres",
            PlainGoal::Coverage => "persons",
            PlainGoal::WorstDistance => "metres",
        }
    }

    /// Returns the summed factors of the kinds that do not reach this far.
    fn out_of_reach(&self, metres: u32) -> u64 {
        self.kinds.iter().filter(|(reach, _)| metres > *reach).map(|(_, factor)| factor).sum()
    }
}

/// Returns how many times their value discount factors are.
pub(crate) fn discount_scale(settings: &Settings) -> u64 {
    if settings.objective.discount_rate == Decimal::ZERO { 1 } else { DISCOUNT_SCALE }
}

/// Returns how many times their value the factors of kinds are.
pub(crate) fn kind_scale(settings: &Settings) -> u64 {
    if weights_are_plain(settings) { 1 } else { KIND_SCALE }
}

/// Returns whether every kind of the package counts once, so that no kind needs a factor.
fn weights_are_plain(settings: &Settings) -> bool {
    settings.package_kinds().iter().all(|kind| u64::from(kind.weight) == KIND_SCALE)
}

fn kind_factors(settings: &Settings) -> Vec<(u32, u64)> {
    let plain = weights_are_plain(settings);
    let factor = |weight: u32| if plain { 1 } else { u64::from(weight) };
    settings.package_kinds().iter().map(|kind| (kind.reach_m(), factor(kind.weight))).collect()
}

/// Returns the discount factor of each period: 10^6 (1 + rate)^-(years before the period), rounded
/// half up from the exact fraction; 1 for all when the rate is 0.
fn discount_factors(rate: Decimal, periods: u32, years: u32) -> Vec<u64> {
    if rate == Decimal::ZERO {
        return vec![1; periods as usize];
    }
    // 1 + rate = grown / ten, two whole numbers.
    let ten = BigUint::from(10_u32).pow(rate.scale());
    let grown = &ten + BigUint::from(u64::try_from(rate.mantissa()).unwrap_or(0));
    (0..periods).map(|before| discount_factor(&ten, &grown, before * years)).collect()
}

fn discount_factor(ten: &BigUint, grown: &BigUint, years: u32) -> u64 {
    let numerator = ten.pow(years) * DISCOUNT_SCALE;
    let denominator = grown.pow(years);
    let rounded: BigUint = (numerator * 2_u32 + &denominator) / (denominator * 2_u32);
    u64::try_from(rounded).unwrap_or(DISCOUNT_SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discount_factors_are_rounded_half_up_from_exact_fractions() {
        // 1/1.05 = 0.952380952.., 1/1.1025 = 0.907029478..
        let rate = "0.05".parse().unwrap();
        assert_eq!(discount_factors(rate, 3, 1), [1_000_000, 952_381, 907_029]);
        assert_eq!(discount_factors(rate, 2, 2), [1_000_000, 907_029]);
        // 10^6 / 64 = 15,625; 10^6 / 128 = 7,812.5, which rounds up.
        let factors = discount_factors(Decimal::ONE, 8, 1);
        assert_eq!(factors[6..], [15_625, 7_813]);
    }

    #[test]
    fn without_a_rate_nothing_is_scaled() {
        assert_eq!(discount_factors(Decimal::ZERO, 3, 5), [1, 1, 1]);
    }

    #[test]
    fn a_long_horizon_at_a_fine_rate_ends_in_nothing() {
        let rate = "9.99999999999999999".parse().unwrap();
        assert_eq!(discount_factors(rate, 100, 100)[99], 0);
    }

    #[test]
    fn coverage_costs_the_kinds_out_of_reach() {
        let weights = Weights {
            goal: Goal::Coverage,
            omega: vec![1],
            kinds: vec![(5_000, 2), (20_000, 3)],
            unserved_m: None,
            scale: 1_000,
        };
        let costs = [5_000, 5_001, 20_000, 20_001].map(|metres| weights.cost(metres));
        assert_eq!(costs, [0, 2, 2, 5]);
        assert_eq!(weights.cost_of_nearest(None), Some(5));
        assert_eq!(weights.metres_below(0, 4), None);
        assert_eq!(weights.metres_below(1, 4), Some(5_000));
        assert_eq!(weights.metres_below(32, 4), Some(5_000));
        assert_eq!(weights.metres_below(33, 4), Some(20_000));
    }

    #[test]
    fn distances_below_a_radius_are_whole_metres() {
        let weights = Weights {
            goal: Goal::Distance,
            omega: vec![1],
            kinds: vec![(0, 1)],
            unserved_m: None,
            scale: 1,
        };
        assert_eq!(weights.metres_below(0, 7), None);
        assert_eq!(weights.metres_below(128, 7), Some(0));
        assert_eq!(weights.metres_below(129, 7), Some(1));
        assert_eq!(weights.metres_below(u64::MAX, 0), Some(u32::MAX));
    }
}
