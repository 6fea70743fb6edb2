//! What may be said of multipliers before anything is added up, and what each single number means.

use groundwork_model::Problem;

use super::{Caps, Multipliers, Relaxation, SHIFT_MAX, Tariff, malformed};

impl Tariff<'_> {
    /// Returns the largest distance at which a site makes any difference to a client with this radius
    /// (x 2^`shift`); `None` when no site does.
    pub(super) fn reach(&self, radius: u64, shift: u32) -> Option<u64> {
        let below = radius.checked_sub(1)? >> shift;
        match self {
            Self::Distance => Some(below),
            Self::Within(reach) => Some(*reach),
            Self::Goal(weights) => weights.metres_below(radius, shift).map(u64::from),
        }
    }

    /// Returns what a distance within the reach costs. It is below the radius, so that it fits 64 bits
    /// with its shift.
    #[inline]
    pub(super) fn cost(&self, distance: u64) -> u64 {
        match self {
            Self::Distance => distance,
            Self::Within(_) => 0,
            Self::Goal(weights) => weights.cost(u32::try_from(distance).unwrap_or(u32::MAX)),
        }
    }
}

impl Relaxation<'_> {
    pub(crate) fn periods(&self) -> usize {
        self.factors.len()
    }

    pub(crate) fn clients(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn sites(&self) -> usize {
        self.opening_costs.len()
    }

    /// Returns the openings allowed in a period (0-based); `None` without limit.
    pub(super) fn openings(&self, index: usize) -> Option<u64> {
        self.quota.as_ref().map(|quota| quota.openings[index])
    }

    /// Returns whether a time is never, or a period in which anything may open.
    pub(super) fn is_usable(&self, time: u32) -> bool {
        (time as usize).checked_sub(1).is_none_or(|index| self.openings(index) != Some(0))
    }

    /// Returns whether a site has a period in which anything may open.
    pub(crate) fn may_open(&self, site: usize) -> bool {
        self.times.of(site).iter().any(|time| *time > 0 && self.is_usable(*time))
    }

    /// Returns whether there are times, and none can be used.
    pub(super) fn are_stuck(&self, times: &[u32]) -> bool {
        !times.is_empty() && !times.iter().any(|time| self.is_usable(*time))
    }

    /// Cuts a radius down to what the client costs at most; who does not count, or not then, gets 0.
    pub(super) fn clip(&self, client: usize, index: usize, radius: u64, shift: u32) -> u64 {
        let cap = match &self.caps {
            Caps::None => None,
            Caps::Uniform(cap) => Some(*cap),
            Caps::Each(caps) => caps[client * self.periods() + index],
        };
        let counts = self.weights[client] > 0 && self.factors[index] > 0;
        let radius = if counts { radius } else { 0 };
        cap.map_or(radius, |cap| clip(radius, cap, shift))
    }

    /// Says why multipliers cannot be evaluated.
    pub(super) fn check(&self, multipliers: &Multipliers<'_>) -> Result<(), Vec<Problem>> {
        let (clients, periods, word) = (self.clients(), self.periods(), self.clients_word);
        let mut causes = Vec::new();
        if multipliers.shift > SHIFT_MAX {
            causes.push(format!("the shift {} is above {SHIFT_MAX}", multipliers.shift));
        }
        let rows = multipliers.radii.len();
        if rows != periods {
            causes.push(format!("`radii` has {rows} lists for {periods} periods"));
        }
        let lengths = multipliers.radii.iter().map(Vec::len).enumerate();
        for (index, length) in lengths.filter(|(_, length)| *length != clients) {
            let period = index + 1;
            causes.push(format!("{length} radii for {clients} {word} in period {period}"));
        }
        causes.extend(self.prices_fault(multipliers.prices));
        let problems: Vec<Problem> = causes.into_iter().map(malformed).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Says what is wrong with prices by themselves.
    pub(super) fn prices_fault(&self, prices: &[i128]) -> Option<String> {
        if self.capacities.is_some() {
            return fewest_fault(prices);
        }
        let needed = if self.quota.is_some() { self.periods() } else { 0 };
        if prices.len() != needed {
            return Some(format!("`prices` has {} entries; {needed} are needed", prices.len()));
        }
        let exactly = self.quota.as_ref().is_some_and(|quota| quota.exactly);
        let negative = prices.iter().find(|price| **price < 0 && !exactly)?;
        Some(format!("the price {negative} is below 0, and the quota need not be met"))
    }
}

/// Says what is wrong with the price for that enough sites open.
fn fewest_fault(prices: &[i128]) -> Option<String> {
    match prices {
        [] => None,
        [price] if *price <= 0 => None,
        [price] => Some(format!("the price {price} is above 0, and more sites may open")),
        _ => Some(format!("`prices` has {} entries; 1 at most is needed", prices.len())),
    }
}

fn clip(radius: u64, cap: u64, shift: u32) -> u64 {
    let cap = u128::from(cap) << shift;
    u64::try_from(cap).map_or(radius, |cap| radius.min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radii_are_clipped_even_where_the_cap_is_beyond_64_bits() {
        assert_eq!(clip(90 << 7, 30, 7), 30 << 7);
        assert_eq!(clip(29 << 7, 30, 7), 29 << 7);
        assert_eq!(clip(u64::MAX, 1 << 33, 32), u64::MAX);
    }
}
