//! What a goal counts: what a person costs, what schedules are charged, and how its values are read.

use groundwork_model::programme::Due;
use groundwork_model::{Decimal, Goal, Settings};

use super::futures::Future;
use super::rules::{Feature, costs};
use super::world::World;
use crate::weights::{self, Weights};

/// Values of equity are this many times the unit.
const EQUITY_SCALE: u64 = 1 << 20;

/// Holds the numbers of a goal.
pub(super) struct Tariff {
    pub(super) goal: Goal,
    /// What one person and one unit of cost count for, of each kind that packages list in each period.
    factors: Vec<Vec<u128>>,
    price: Price,
    /// What somebody who is not served costs; `None` where everybody must be served.
    pub(super) unserved: Option<u128>,
    charges: Option<Charges>,
    /// Whether each pair within the cut-off exists, and not only those that cost nothing.
    has_all_pairs: bool,
    /// Values are this many times the unit.
    pub(super) scale: u64,
    pub(super) unit: String,
}

/// Says what a person costs at some distance.
enum Price {
    /// So much a metre.
    Metre(u128),
    /// Nothing within the reach of the kind, else 1.
    Reach,
    /// Nothing in the own place, else 1.
    OwnPlace,
    /// The more a metre, the farther.
    Equity { per_km: f64, most_m: u32 },
}

/// Says what is charged of a resource.
struct Charges {
    resource: String,
    /// What one unit of it counts for that is due in each period.
    each: Vec<u128>,
}

impl Tariff {
    /// Reads a goal.
    ///
    /// # Errors
    ///
    /// Says why a question about programmes that are not plain cannot have it.
    pub(super) fn of(settings: &Settings, weights: &Weights, goal: Goal) -> Result<Self, String> {
        let objective = &settings.objective;
        let name = goal.name();
        let metres = || settings.distance.unserved_m().map(u128::from);
        let both = u128::from(weights::discount_scale(settings) * weights::kind_scale(settings));
        let (price, unserved, scale) = match goal {
            Goal::Distance => (Price::Metre(1), metres(), both),
            Goal::Coverage => (Price::Reach, Some(1), both),
            Goal::SelfSufficiency => (Price::OwnPlace, Some(1), both * ten(decimals(settings))),
            Goal::Equity => {
                let most = metres().ok_or_else(|| {
                    format!("the goal `{name}` needs distance.cut_off_km or distance.unserved_km")
                })?;
                let price = equity(settings, most)?;
                (price, Some(u128::from(EQUITY_SCALE)), both * u128::from(EQUITY_SCALE))
            }
            Goal::Cost => {
                let rate = objective.per_person_km.unwrap_or(Decimal::ZERO);
                let each = u128::try_from(rate.mantissa()).map_err(|_| {
                    format!("the goal `{name}` needs a per_person_km of 0 or above")
                })?;
                let scale =
                    1000 * ten(rate.scale()) * u128::from(weights::discount_scale(settings));
                (Price::Metre(each), metres().map(|metres| metres * each), scale)
            }
            Goal::WorstDistance => {
                let scale = u128::from(weights::discount_scale(settings));
                (Price::Metre(1), metres(), scale)
            }
        };
        Ok(Self {
            goal,
            factors: factors(settings, weights, goal),
            price,
            unserved,
            charges: charges(settings, weights, goal)?,
            has_all_pairs: !objective.then.is_empty(),
            scale: u64::try_from(scale)
                .map_err(|_| format!("the scale of the goal `{name}` does not fit 64 bits"))?,
            unit: unit(settings, goal),
        })
    }

    /// Returns a goal of which nothing is counted.
    pub(super) fn unknown(goal: Goal) -> Self {
        Self {
            goal,
            factors: Vec::new(),
            price: Price::Metre(1),
            unserved: Some(0),
            charges: None,
            has_all_pairs: false,
            scale: 1,
            unit: String::new(),
        }
    }

    /// Returns what one person and one unit of cost count for, of a kind by its number among those that
    /// packages list, in a period (from 1).
    pub(super) fn factor(&self, listed: usize, period: u32) -> u128 {
        self.factors[listed][period as usize - 1]
    }

    /// Returns what the largest distance of a period (from 1) counts for, which is the same for all kinds.
    pub(super) fn of_period(&self, period: u32) -> u128 {
        let factors = self.factors.first();
        factors.map_or(0, |factors| factors[period as usize - 1])
    }

    /// Returns what a person costs whom a site serves.
    pub(super) fn cost(&self, reach_m: u32, is_own: bool, metres: u32) -> u128 {
        match self.price {
            Price::Metre(each) => each * u128::from(metres),
            Price::Reach => u128::from(metres > reach_m),
            Price::OwnPlace => u128::from(!is_own),
            Price::Equity { per_km, most_m } => shared(per_km, most_m, metres),
        }
    }

    /// Returns whether a pair within the cut-off exists under this goal.
    pub(super) fn is_pair(&self, reach_m: u32, is_own: bool, metres: u32) -> bool {
        let matters = match self.price {
            Price::Reach => metres <= reach_m,
            Price::OwnPlace => is_own,
            Price::Metre(_) | Price::Equity { .. } => true,
        };
        matters || self.has_all_pairs
    }

    /// Returns whether nobody but a site of the own place is cheaper than being left out.
    pub(super) fn is_of_own_place(&self) -> bool {
        matches!(self.price, Price::OwnPlace)
    }

    /// Returns the most metres at which a person's cost, so many times, may be less than a number.
    pub(super) fn metres_below(&self, reach_m: u32, number: u64, times: u128) -> Option<u32> {
        let number = u128::from(number);
        let is_below = |metres: u32| {
            self.cost(reach_m, true, metres).checked_mul(times).is_some_and(|cost| cost < number)
        };
        match self.price {
            Price::Reach => is_below(reach_m).then_some(reach_m),
            Price::OwnPlace => is_below(0).then_some(u32::MAX),
            Price::Metre(each) => {
                let metre = each.saturating_mul(times);
                let most = number.checked_sub(1)?.checked_div(metre).unwrap_or(u128::MAX);
                Some(u32::try_from(most).unwrap_or(u32::MAX))
            }
            Price::Equity { .. } => {
                // Costs rise with the way, so that halving finds the last one that is below.
                let (mut below, mut above) = (0, u32::MAX);
                if !is_below(0) {
                    return None;
                }
                if is_below(above) {
                    return Some(above);
                }
                while above - below > 1 {
                    let middle = below + (above - below) / 2;
                    if is_below(middle) { below = middle } else { above = middle }
                }
                Some(below)
            }
        }
    }

    /// Returns what schedules of a site are charged in a future, by what they do; `None` beyond 128 bits.
    pub(super) fn charged(
        &self,
        world: &World<'_>,
        future: &Future,
        site: usize,
    ) -> Option<Vec<(Feature, i128)>> {
        let Some(charges) = &self.charges else { return Some(Vec::new()) };
        let due: Due = costs::due(world, &charges.resource);
        let mut charged = Vec::new();
        let mut fits = true;
        costs::of_site(world, site, &charges.resource, due, |feature, amount, due| {
            let each = i128::try_from(charges.each[due as usize - 1]).ok();
            let amount = future.costs(&charges.resource, amount);
            match each.and_then(|each| each.checked_mul(amount)) {
                Some(charge) => charged.push((feature, charge)),
                None => fits = false,
            }
        });
        fits.then_some(charged)
    }
}

fn ten(decimals: u32) -> u128 {
    10_u128.saturating_pow(decimals)
}

/// Returns the most decimals that the demand has of a kind that packages list.
fn decimals(settings: &Settings) -> u32 {
    settings.package_kinds().iter().map(|kind| kind.demand.scale()).max().unwrap_or(0)
}

fn factors(settings: &Settings, weights: &Weights, goal: Goal) -> Vec<Vec<u128>> {
    let kinds = settings.package_kinds();
    let of_kind = |(kind, weight): (&&groundwork_model::programme::Kind, u64)| {
        let demand = u128::try_from(kind.demand.mantissa()).unwrap_or(0)
            * ten(decimals(settings) - kind.demand.scale());
        let weight = match goal {
            Goal::Cost | Goal::WorstDistance => 1,
            Goal::SelfSufficiency => u128::from(weight).saturating_mul(demand),
            _ => u128::from(weight),
        };
        let periods = weights.omega.iter();
        periods.map(|omega| u128::from(*omega).saturating_mul(weight)).collect()
    };
    kinds.iter().zip(weights.factors()).map(of_kind).collect()
}

fn equity(settings: &Settings, most: u128) -> Result<Price, String> {
    let aversion = settings.objective.aversion_per_km;
    let aversion = aversion.filter(|a| a.mantissa() > 0);
    let aversion = aversion.ok_or("the goal `equity` needs an aversion_per_km above 0")?;
    let most_m = u32::try_from(most).unwrap_or(u32::MAX);
    Ok(Price::Equity { per_km: aversion.to_f64(), most_m })
}

/// Returns e(metres) of the rules page.
fn shared(per_km: f64, most_m: u32, metres: u32) -> u128 {
    let nearer = f64::from(metres.min(most_m)) - f64::from(most_m);
    let shared = EQUITY_SCALE as f64 * libm::exp(per_km * nearer / 1000.0);
    (shared + 0.5).floor() as u128
}

fn charges(settings: &Settings, weights: &Weights, goal: Goal) -> Result<Option<Charges>, String> {
    if goal != Goal::Cost {
        return Ok(None);
    }
    let objective = &settings.objective;
    let resource = objective.resource.clone().ok_or("the goal `cost` needs a resource")?;
    let decimals = objective.per_person_km.unwrap_or(Decimal::ZERO).scale();
    let each = |omega: &u64| 1000 * ten(decimals) * u128::from(*omega);
    Ok(Some(Charges { resource, each: weights.omega.iter().map(each).collect() }))
}

fn unit(settings: &Settings, goal: Goal) -> String {
    match goal {
        Goal::Distance => "person-metres".to_owned(),
        Goal::WorstDistance => "metres".to_owned(),
        Goal::Coverage | Goal::Equity => "persons".to_owned(),
        Goal::SelfSufficiency => "units".to_owned(),
        Goal::Cost => settings.objective.resource.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equity_rises_to_one_person_at_the_distance_of_those_without_a_site() {
        // 2^20 x exp(-1) = 385,749.5..; 2^20 x exp(-2) = 141,909.3..
        let e = |metres| shared(0.1, 20_000, metres);
        assert_eq!([e(0), e(10_000), e(20_000), e(90_000)], [141_909, 385_750, 1 << 20, 1 << 20]);
    }

    #[test]
    fn the_last_metre_below_a_number_is_found() {
        let tariff = Tariff {
            goal: Goal::Equity,
            factors: Vec::new(),
            price: Price::Equity { per_km: 0.1, most_m: 20_000 },
            unserved: Some(1 << 20),
            charges: None,
            has_all_pairs: false,
            scale: EQUITY_SCALE,
            unit: String::new(),
        };
        for times in [1, 7] {
            for metres in [0, 1, 999, 10_000, 19_999] {
                let number = 1 + tariff.cost(0, false, metres) as u64 * times as u64;
                let found = tariff.metres_below(0, number, times).unwrap();
                assert!(
                    found >= metres
                        && tariff.cost(0, false, found + 1) > tariff.cost(0, false, metres)
                );
            }
        }
        assert_eq!(tariff.metres_below(0, 141_909, 1), None);
        assert_eq!(tariff.metres_below(0, 2 << 20, 1), Some(u32::MAX));
    }
}
