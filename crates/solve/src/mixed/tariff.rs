//! What a person costs under a goal, by the metres to the site that serves.

use std::sync::Arc;

use groundwork_model::Decimal;

/// Says what a person costs who is served over so many metres.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tariff {
    /// Metres, each this much.
    Metres(u64),
    /// Nothing within so many metres; beyond them 1 where there are pairs at all.
    Within { metres: u32, beyond: bool },
    /// Nothing in the own place; elsewhere 1 where there are pairs at all.
    Own { beyond: bool },
    /// What a table says of each metre; its last number of all that are farther.
    Table(Arc<Vec<u32>>),
    /// Metres, where they are no more than so many; farther there are no pairs.
    UpTo(u32),
    /// A power of the metres, [`POWER_UNIT`] for so many; [`FARTHER_MAX`] times as many or more count alike.
    Power { exponent: i32, span: f64 },
}

/// What a person costs under [`Tariff::Power`] who goes just the span: 2^30.
pub(crate) const POWER_UNIT: f64 = 1_073_741_824.0;
/// Spans beyond which a power rises no more.
const FARTHER_MAX: f64 = 2.0;

/// The cost of the farthest under the goal `equity`.
pub(crate) const HARDSHIP: u32 = 1 << 20;

impl Tariff {
    /// Makes the table of the goal `equity`: exp(aversion x (metres - limit) / 1000), times [`HARDSHIP`].
    pub(crate) fn hardship(aversion_per_km: Decimal, limit: u32) -> Self {
        let aversion = aversion_per_km.to_f64();
        let at = |metres: u32| {
            let beyond = f64::from(metres) - f64::from(limit);
            (f64::from(HARDSHIP) * libm::exp(aversion * beyond / 1000.0) + 0.5).floor() as u32
        };
        Self::Table(Arc::new((0..=limit).map(at).collect()))
    }

    /// Returns what a person costs; `None` where there is no such pair.
    pub(crate) fn cost(&self, metres: u32, own: bool) -> Option<u64> {
        match self {
            Self::Metres(rate) => Some(u64::from(metres) * rate),
            Self::Within { metres: within, beyond } => {
                if metres <= *within {
                    Some(0)
                } else {
                    beyond.then_some(1)
                }
            }
            Self::Own { beyond } => {
                if own {
                    Some(0)
                } else {
                    beyond.then_some(1)
                }
            }
            Self::Table(costs) => {
                let last = costs.len().saturating_sub(1);
                costs.get((metres as usize).min(last)).map(|&cost| u64::from(cost))
            }
            Self::UpTo(most) => (metres <= *most).then_some(u64::from(metres)),
            Self::Power { exponent, span } => {
                let spans = (f64::from(metres) / span).min(FARTHER_MAX);
                Some((spans.powi(*exponent) * POWER_UNIT) as u64)
            }
        }
    }

    /// Returns what a person costs where that can be less than not being served.
    pub(crate) fn useful_cost(&self, metres: u32, own: bool) -> Option<f64> {
        match self {
            Self::Metres(rate) => Some(f64::from(metres) * *rate as f64),
            Self::Within { metres: within, .. } => (metres <= *within).then_some(0.0),
            Self::Own { .. } => own.then_some(0.0),
            Self::Table(_) | Self::UpTo(_) | Self::Power { .. } => {
                self.cost(metres, own).map(|cost| cost as f64)
            }
        }
    }

    /// Returns the metres from which on a person costs at least so much.
    pub(crate) fn metres_below(&self, cost: f64) -> f64 {
        match self {
            Self::Metres(0) => f64::INFINITY,
            Self::Metres(rate) => cost / *rate as f64,
            Self::Within { metres, .. } => f64::from(*metres) + 1.0,
            Self::Own { .. } => 0.0,
            Self::Table(costs) => costs.partition_point(|&at| f64::from(at) < cost) as f64,
            Self::UpTo(most) => cost.min(f64::from(*most) + 1.0),
            Self::Power { exponent, span } => {
                let spans = (cost / POWER_UNIT).powf(1.0 / f64::from(*exponent));
                if spans > FARTHER_MAX { f64::INFINITY } else { spans * span + 1.0 }
            }
        }
    }

    /// Returns what a person costs at most whose site is nearer than so many metres, where metres matter.
    pub(crate) fn most_below(&self, metres: f64) -> f64 {
        match self {
            Self::Metres(0) => f64::INFINITY,
            Self::Metres(rate) => metres * *rate as f64,
            Self::Within { .. } | Self::Own { .. } => f64::INFINITY,
            Self::UpTo(most) => metres.min(f64::from(*most)),
            Self::Table(_) | Self::Power { .. } => {
                self.cost(metres as u32, false).map_or(f64::INFINITY, |c| c as f64)
            }
        }
    }

    /// Returns the metres beyond which there are no pairs.
    pub(crate) fn farthest(&self) -> u32 {
        match self {
            Self::Within { metres, beyond: false } | Self::UpTo(metres) => *metres,
            _ => u32::MAX,
        }
    }

    /// Returns whether only the own place counts.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Own { .. })
    }

    /// Returns whether a person costs 0 or 1.
    pub(crate) fn is_either(&self) -> bool {
        matches!(self, Self::Within { .. } | Self::Own { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardship_is_one_at_the_limit_and_a_power_of_e_before_it() {
        // exp(-0.1 x 10) = 0.367879..; 2^20 times that is 385,749.5..
        let tariff = Tariff::hardship("0.1".parse().unwrap(), 20_000);
        assert_eq!(tariff.cost(20_000, false), Some(1 << 20));
        assert_eq!(tariff.cost(10_000, false), Some(385_750));
        assert_eq!(tariff.cost(90_000, false), Some(1 << 20));
    }

    #[test]
    fn a_power_is_one_unit_at_its_span_and_ends_at_twice_that() {
        let tariff = Tariff::Power { exponent: 3, span: 10_000.0 };
        assert_eq!(tariff.cost(10_000, false), Some(1 << 30));
        assert_eq!(tariff.cost(5_000, false), Some(1 << 27));
        assert_eq!(tariff.cost(20_000, false), Some(1 << 33));
        assert_eq!(tariff.cost(90_000, false), Some(1 << 33));
        assert!((tariff.metres_below((1_u64 << 27) as f64) - 5_001.0).abs() < 1e-6);
        assert_eq!(tariff.metres_below((1_u64 << 34) as f64), f64::INFINITY);
    }

    #[test]
    fn what_is_beyond_costs_one_or_is_no_pair() {
        assert_eq!(Tariff::Within { metres: 5, beyond: false }.cost(6, true), None);
        assert_eq!(Tariff::Within { metres: 5, beyond: true }.cost(6, true), Some(1));
        assert_eq!(Tariff::UpTo(5).cost(6, true), None);
        assert_eq!(Tariff::UpTo(5).cost(5, false), Some(5));
        assert_eq!(Tariff::Own { beyond: false }.cost(0, false), None);
        assert_eq!(Tariff::Own { beyond: true }.cost(9, true), Some(0));
    }
}
