//! The one rule of a programme that a frontier changes.

use groundwork_model::programme::{AmountPerPeriod, PerPeriod};
use groundwork_model::{Decimal, QuotaRule, Settings};

/// Names a rule with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varied {
    /// The openings of each period.
    Quota,
    /// The amount of a budget in each period, by its number from 0.
    Budget(usize),
    /// What a floor asks, sites or per cent of the people, by its number from 0.
    Floor(usize),
    /// What a ceiling allows, by its number from 0.
    Ceiling(usize),
}

impl Varied {
    /// Returns whether a larger number is the looser rule.
    #[must_use]
    pub fn more_is_looser(self) -> bool {
        !matches!(self, Self::Floor(_))
    }

    /// Returns whether a plan that keeps the rule keeps it also where it is looser: not for a quota that must be
    /// met exactly.
    #[must_use]
    pub fn is_monotone(self, settings: &Settings) -> bool {
        self != Self::Quota || settings.quota.rule == QuotaRule::AtMost
    }

    /// Returns whether the number is a share of people, which may have digits behind the point.
    #[must_use]
    pub fn is_share(self, settings: &Settings) -> bool {
        matches!(self, Self::Floor(at) if settings.floors[at].coverage.is_some())
    }

    /// Returns the largest number that the rule takes.
    #[must_use]
    pub fn largest(self, settings: &Settings) -> i64 {
        match self {
            Self::Quota => 1_000_000,
            Self::Budget(_) => 1_000_000_000_000,
            Self::Floor(_) if self.is_share(settings) => 100,
            Self::Floor(_) | Self::Ceiling(_) => i64::from(u32::MAX),
        }
    }

    /// Returns whether the rule has a number for each period, of which per cent can be taken.
    #[must_use]
    pub fn is_by_period(self) -> bool {
        matches!(self, Self::Quota | Self::Budget(_))
    }

    /// Says what the number counts.
    #[must_use]
    pub fn words(self, settings: &Settings) -> String {
        match self {
            Self::Quota => "openings a period".to_owned(),
            Self::Budget(at) => format!("{} a period", settings.budgets[at].resource),
            Self::Floor(at) if self.is_share(settings) => {
                format!("per cent within reach, floor {}", at + 1)
            }
            Self::Floor(at) => format!("sites at least, floor {}", at + 1),
            Self::Ceiling(at) => format!("sites at most, ceiling {}", at + 1),
        }
    }

    /// Sets the number, in every period; digits behind the point are dropped where it is a whole number.
    pub fn set(self, settings: &mut Settings, number: Decimal) {
        let whole = part(1, number, 1);
        let small = u32::try_from(whole).unwrap_or(u32::MAX);
        match self {
            Self::Quota => settings.quota.openings = PerPeriod::Same(small),
            Self::Budget(at) => settings.budgets[at].amount = AmountPerPeriod::Same(whole),
            Self::Floor(at) if self.is_share(settings) => {
                settings.floors[at].coverage = Some(number);
            }
            Self::Floor(at) => settings.floors[at].at_least = Some(small),
            Self::Ceiling(at) => settings.ceilings[at].at_most = small,
        }
    }

    /// Sets each period's number to so many per cent of what is written, rounded down; does nothing to a rule that
    /// has none by period.
    pub fn scale(self, settings: &mut Settings, per_cent: Decimal) {
        let of = |number: u64, most: u64| part(number, per_cent, 100).min(most);
        match self {
            Self::Quota => {
                let each = settings.quotas().into_iter();
                let scaled = each.map(|quota| of(u64::from(quota), 1_000_000) as u32);
                settings.quota.openings = PerPeriod::Each(scaled.collect());
            }
            Self::Budget(at) => {
                let each = settings.budgets[at].amount.each(settings.periods.count).into_iter();
                let scaled = each.map(|amount| of(amount, 1_000_000_000_000));
                settings.budgets[at].amount = AmountPerPeriod::Each(scaled.collect());
            }
            Self::Floor(_) | Self::Ceiling(_) => {}
        }
    }
}

/// Returns number x share / whole, rounded down.
fn part(number: u64, share: Decimal, whole: u128) -> u64 {
    let digits = u128::try_from(share.mantissa()).unwrap_or(0);
    // A number is at most 10^12 and a share has at most 18 digits.
    let part = u128::from(number) * digits / (whole * 10_u128.pow(share.scale()));
    u64::try_from(part).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use groundwork_model::programme::{Budget, Floor};

    use super::*;

    fn settings() -> Settings {
        let mut settings = Settings::default();
        settings.periods.count = 3;
        settings.quota.openings = PerPeriod::Each(vec![10, 15, 0]);
        settings.budgets.push(Budget {
            resource: "money".to_owned(),
            amount: AmountPerPeriod::Same(7),
            carry_over: false,
            due: groundwork_model::programme::Due::Start,
        });
        settings.floors.push(Floor {
            province: None,
            kind: Some("clinic".to_owned()),
            by: 1,
            at_least: None,
            coverage: Some(Decimal::ONE),
        });
        settings
    }

    #[test]
    fn a_number_takes_the_place_of_every_period() {
        let mut settings = settings();
        Varied::Quota.set(&mut settings, Decimal::new(12, 0));
        Varied::Budget(0).set(&mut settings, Decimal::new(9, 0));
        Varied::Floor(0).set(&mut settings, Decimal::new(625, 1));
        assert_eq!(settings.quotas(), [12, 12, 12]);
        assert_eq!(settings.budgets[0].amount.each(3), [9, 9, 9]);
        assert_eq!(settings.floors[0].coverage, Some(Decimal::new(625, 1)));
    }

    #[test]
    fn per_cent_keep_the_periods_apart_and_round_down() {
        let mut settings = settings();
        Varied::Quota.scale(&mut settings, Decimal::new(90, 0));
        Varied::Budget(0).scale(&mut settings, Decimal::new(1505, 1));
        assert_eq!(settings.quotas(), [9, 13, 0]);
        assert_eq!(settings.budgets[0].amount.each(3), [10, 10, 10]);
    }
}
