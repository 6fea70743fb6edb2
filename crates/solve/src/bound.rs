//! The exact bound: radii and prices rounded to integers, and what they prove in integers.

use rayon::prelude::*;

use crate::instance::Instance;

/// Holds what the exact bound needs beside the [`Instance`], as integers.
#[derive(Clone, Debug)]
pub(crate) struct ExactData {
    /// Persons (or 1) of each point.
    pub(crate) point_weights: Vec<u64>,
    /// Factor of each period.
    pub(crate) period_weights: Vec<u64>,
    /// Cost cap of point i in period t, at `i * periods + t`; `None` is unbounded.
    pub(crate) caps: Vec<Option<u32>>,
    /// Radii are in cost units x 2^-shift.
    pub(crate) shift: u32,
}

/// Is an integer point of the dual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Multipliers {
    /// For each period, one radius a point.
    pub(crate) radii: Vec<Vec<u64>>,
    /// One price a period.
    pub(crate) prices: Vec<i128>,
}

impl ExactData {
    /// Returns the weight of a point in a period.
    pub(crate) fn weight(&self, point: usize, period: usize) -> i128 {
        i128::from(self.point_weights[point]) * i128::from(self.period_weights[period])
    }

    /// Rounds radii (point-major) and prices. Prices arrive in engine units; `unit` objective units
    /// make one of those.
    pub(crate) fn round(&self, radii: &[f64], prices: &[f64], unit: f64) -> Multipliers {
        let periods = self.period_weights.len();
        let grain = 2.0_f64.powi(self.shift as i32);
        let radii = (0..periods)
            .map(|t| radii.iter().skip(t).step_by(periods).map(|v| (v * grain) as u64).collect())
            .collect();
        let prices = prices.iter().map(|price| (price * unit * grain).round() as i128).collect();
        Multipliers { radii, prices }
    }

    /// Returns the bound times 2^shift that the multipliers prove, over every candidate and pair.
    pub(crate) fn bound(&self, instance: &Instance, multipliers: &Multipliers) -> i128 {
        let periods = instance.periods;
        let radii: Vec<i128> = (0..instance.points * periods)
            .map(|at| {
                let radius = multipliers.radii[at % periods][at / periods];
                let cap = self.caps[at].map_or(u64::MAX, |cap| u64::from(cap) << self.shift);
                i128::from(radius.min(cap))
            })
            .collect();
        let served: i128 = (0..instance.points * periods)
            .map(|at| self.weight(at / periods, at % periods) * radii[at])
            .sum();
        let paid: i128 = instance
            .quotas
            .iter()
            .zip(&multipliers.prices)
            .map(|(&quota, price)| i128::from(quota) * price)
            .sum();
        served - paid + self.sites(instance, &radii, &multipliers.prices)
    }

    /// Sums the best choice of every candidate by itself.
    fn sites(&self, instance: &Instance, radii: &[i128], prices: &[i128]) -> i128 {
        let periods = instance.periods;
        let rows = instance.near.rows_within(instance.candidates.len(), |point| {
            let radii = &radii[point * periods..(point + 1) * periods];
            let largest = radii.iter().max().map_or(0, |&v| v);
            (largest as f64 / 2.0_f64.powi(self.shift as i32)).ceil() + 1.0
        });
        (0..instance.candidates.len())
            .into_par_iter()
            .map(|site| {
                let mut worth = vec![0_i128; periods + 1];
                for (point, cost) in rows.of(site) {
                    let cost = i128::from(cost) << self.shift;
                    for (t, total) in worth[..periods].iter_mut().enumerate() {
                        let surplus = cost - radii[point * periods + t];
                        if surplus < 0 {
                            *total += self.weight(point, t) * surplus;
                        }
                    }
                }
                for t in (0..periods).rev() {
                    worth[t] += worth[t + 1];
                }
                let never = if instance.candidates[site].required { None } else { Some(0) };
                let opened = (0..periods)
                    .filter(|&t| instance.may_open(site, t))
                    .map(|t| worth[t] + prices[t]);
                opened.chain(never).min().unwrap_or(0)
            })
            .sum()
    }
}

/// Returns `bound` / 2^`shift`, rounded up.
pub(crate) fn ceil_shift(bound: i128, shift: u32) -> i128 {
    -((-bound) >> shift)
}
