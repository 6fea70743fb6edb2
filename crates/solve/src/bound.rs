//! The exact bound: radii and prices rounded to integers, and what they prove in integers.

use groundwork_model::Proof;
use rayon::prelude::*;

use crate::dual::Relaxation;
use crate::instance::{Instance, SiteRows};

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

/// Is what an integer point of the dual proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExactBound {
    /// The bound on the engine's cost, rounded up.
    pub(crate) least: i128,
    /// Radii are in cost units x 2^-shift.
    pub(crate) shift: u32,
    pub(crate) multipliers: Multipliers,
}

impl ExactBound {
    /// Returns the bound's proof as exchanged.
    pub(crate) fn proof(self) -> Proof {
        let Multipliers { prices, radii } = self.multipliers;
        Proof::Lagrangian { shift: self.shift, prices, radii }
    }
}

impl ExactData {
    /// Returns the exact bound of a relaxation, rounded to integers as coarsely as costs no more than a
    /// small part of the gap, or as `proved` needs. `unit` objective units make one of the engine's.
    pub(crate) fn tightest(
        &self,
        instance: &Instance,
        relaxation: &Relaxation,
        (unit, float_gap): (f64, f64),
        proved: &dyn Fn(i128) -> bool,
    ) -> Option<ExactBound> {
        const SHIFTS: [u32; 4] = [7, 16, 24, 32];
        let mut data = self.clone();
        let mut best = None;
        for shift in SHIFTS.into_iter().filter(|&shift| shift >= self.shift) {
            data.shift = shift;
            let multipliers = data.round(&relaxation.radii, &relaxation.assignment.prices, unit);
            // A finer grain can make numbers too large where a coarser one did not.
            let Some(bound) = data.bound(instance, &multipliers) else { break };
            let lost = relaxation.bound * unit - bound as f64 / 2.0_f64.powi(shift as i32);
            let least = ceil_shift(bound, shift);
            best = Some(ExactBound { least, shift, multipliers });
            if lost <= 0.02 * float_gap || proved(least) {
                break;
            }
        }
        best
    }

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

    /// Returns the bound times 2^shift that the multipliers prove, over every candidate and pair; `None`
    /// when a number is too large.
    pub(crate) fn bound(&self, instance: &Instance, multipliers: &Multipliers) -> Option<i128> {
        let periods = instance.periods;
        let radii: Vec<i128> = (0..instance.points * periods)
            .map(|at| {
                let radius = multipliers.radii[at % periods][at / periods];
                let cap = self.caps[at].map_or(u64::MAX, |cap| u64::from(cap) << self.shift);
                i128::from(radius.min(cap))
            })
            .collect();
        let served = (0..instance.points * periods).try_fold(0_i128, |sum, at| {
            sum.checked_add(self.weight(at / periods, at % periods).checked_mul(radii[at])?)
        })?;
        let paid = instance
            .quotas
            .iter()
            .zip(&multipliers.prices)
            .try_fold(0_i128, |sum, (&quota, price)| {
                sum.checked_add(i128::from(quota).checked_mul(*price)?)
            })?;
        served.checked_sub(paid)?.checked_add(self.sites(instance, &radii, &multipliers.prices)?)
    }

    /// Sums the best choice of every candidate by itself.
    fn sites(&self, instance: &Instance, radii: &[i128], prices: &[i128]) -> Option<i128> {
        let periods = instance.periods;
        let rows = instance.near.rows_within(instance.candidates.len(), |point| {
            let radii = &radii[point * periods..(point + 1) * periods];
            let largest = radii.iter().max().map_or(0, |&v| v);
            (largest as f64 / 2.0_f64.powi(self.shift as i32)).ceil() + 1.0
        });
        (0..instance.candidates.len())
            .into_par_iter()
            .map(|site| self.best_of_site(instance, &rows, site, (radii, prices)))
            .try_reduce(|| 0, i128::checked_add)
    }

    /// Returns the least that one candidate can contribute.
    fn best_of_site(
        &self,
        instance: &Instance,
        rows: &SiteRows,
        site: usize,
        (radii, prices): (&[i128], &[i128]),
    ) -> Option<i128> {
        let periods = instance.periods;
        let mut worth = vec![0_i128; periods + 1];
        for (point, cost) in rows.of(site) {
            let cost = i128::from(cost) << self.shift;
            for (t, total) in worth[..periods].iter_mut().enumerate() {
                let surplus = cost - radii[point * periods + t];
                if surplus < 0 {
                    *total = total.checked_add(self.weight(point, t).checked_mul(surplus)?)?;
                }
            }
        }
        for t in (0..periods).rev() {
            worth[t] = worth[t].checked_add(worth[t + 1])?;
        }
        let mut best = if instance.candidates[site].required { None } else { Some(0) };
        for t in (0..periods).filter(|&t| instance.may_open(site, t)) {
            let opened = worth[t].checked_add(prices[t])?;
            best = Some(best.map_or(opened, |best: i128| best.min(opened)));
        }
        Some(best.unwrap_or(0))
    }
}

/// Returns `bound` / 2^`shift`, rounded up.
pub(crate) fn ceil_shift(bound: i128, shift: u32) -> i128 {
    -((-bound) >> shift)
}
