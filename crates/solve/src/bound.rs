//! The exact bound: radii and prices rounded to integers, and what they prove in integers.

use std::ops::Range;
use std::sync::Arc;

use crate::dual::Relaxation;
use crate::instance::{Candidate, Instance};
use crate::rows::RowSource;
use groundwork_model::Proof;
use rayon::prelude::*;

/// Pairs times periods from which it pays to price in parallel.
const PARALLEL_FROM: usize = 2_000_000;
/// Points that it pays to value together.
const POINTS_EACH: usize = 2048;

/// Holds what the exact bound needs beside the [`Instance`], as integers.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExactData {
    /// Persons (or 1) of each point.
    pub(crate) point_weights: Vec<u64>,
    /// Factor of each period.
    pub(crate) period_weights: Vec<u64>,
    /// Cost cap of point i in period t, at `i * periods + t`; `None` is unbounded.
    pub(crate) caps: Vec<Option<u32>>,
    /// Cost of opening each candidate, by its origin; empty where opening is free.
    pub(crate) opening_costs: Vec<u64>,
    /// The costs, where the engine has them rounded.
    pub(crate) table: Option<Arc<CostTable>>,
    /// What lies around a patch; values are then in objective units x 2^-`shift` of it.
    pub(crate) outside: Option<Arc<ExactOutside>>,
    /// What certificates call each point; empty where they call it the same.
    pub(crate) order: Vec<u32>,
    /// The coarsest grain to try: radii are in cost units x 2^-shift.
    pub(crate) shift: u32,
}

/// Holds exact costs that may be too large for the engine's 32 bits.
#[derive(Debug)]
pub(crate) struct CostTable {
    /// Cost of point i at the candidate of origin j, at `i * candidates + j`; empty where only opening
    /// costs are rounded.
    pub(crate) costs: Vec<u64>,
    /// Number of candidates.
    pub(crate) candidates: usize,
    /// The engine's costs are these divided by `divisor`, cut off.
    pub(crate) divisor: u64,
}

/// Holds what lies around a patch of a problem, in objective units x 2^-`shift`.
#[derive(Debug)]
pub(crate) struct ExactOutside {
    pub(crate) shift: u32,
    /// Price of an opening in each period.
    pub(crate) prices: Vec<i128>,
    /// As [`Outside::savings`](crate::instance::Outside::savings).
    pub(crate) savings: Vec<i128>,
    /// Largest radius of each point in each period, in cost units x 2^-`shift`.
    pub(crate) caps: Vec<u64>,
}

/// Is an integer point of the dual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Multipliers {
    /// Radii are in cost units x 2^-shift.
    pub(crate) shift: u32,
    /// Radius of point i in period t, at `i * periods + t`.
    pub(crate) radii: Vec<u64>,
    /// One price a period.
    pub(crate) prices: Vec<i128>,
}

/// Is what an integer point of the dual proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExactBound {
    /// The bound on the cost, rounded up.
    pub(crate) least: i128,
    pub(crate) multipliers: Multipliers,
}

/// Holds what each candidate adds to the bound at each of its times, times 2^shift.
pub(crate) struct ExactPricing {
    /// Whether anything may open in a period.
    open: Vec<bool>,
    /// A whole unit of values is 2^shift.
    shift: u32,
    /// Everything but the candidates.
    base: i128,
    /// Cost of candidate j opened in period t, at `j * periods + t`.
    costs: Vec<i128>,
}

impl ExactBound {
    /// Returns the bound's proof as exchanged.
    pub(crate) fn proof(self, periods: usize, order: &[u32]) -> Proof {
        let radii = self.multipliers.by_period(periods, order);
        Proof::Lagrangian { shift: self.multipliers.shift, prices: self.multipliers.prices, radii }
    }
}

impl Multipliers {
    /// Returns the radii as certificates list them: for each period, one a point, in their order.
    pub(crate) fn by_period(&self, periods: usize, order: &[u32]) -> Vec<Vec<u64>> {
        let of_period = |t: usize| {
            let radii = self.radii.iter().skip(t).step_by(periods).copied();
            if order.is_empty() {
                return radii.collect();
            }
            let mut listed = vec![0; order.len()];
            for (&point, radius) in order.iter().zip(radii) {
                listed[point as usize] = radius;
            }
            listed
        };
        (0..periods).map(of_period).collect()
    }
}

impl ExactData {
    /// Returns what is certain of a relaxation without pricing it in integers; `None` where nothing is.
    pub(crate) fn sure(&self, relaxation: &Relaxation, unit: f64) -> Option<ExactBound> {
        let sure = relaxation.sure.filter(|sure| sure.shift >= self.shift)?;
        // Rounding a price moves what a site adds, and what an opening pays, by half a grain at most.
        let sites = relaxation.assignment.period.len() as f64;
        let rounded = sites / 2.0_f64.powi(sure.shift as i32);
        let least = (sure.bound * unit * self.cost_unit() - rounded).ceil() as i128;
        Some(ExactBound { least, multipliers: self.round(relaxation, sure.shift, unit) })
    }

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
        let mut best = None;
        for shift in SHIFTS.into_iter().filter(|&shift| shift >= self.shift) {
            let multipliers = self.round(relaxation, shift, unit);
            // A finer grain can make numbers too large where a coarser one did not.
            let Some(pricing) = self.price(instance, &multipliers) else { break };
            let Some(bound) = pricing.bound(&instance.candidates) else { break };
            let lost = relaxation.bound * unit * self.cost_unit()
                - bound as f64 / 2.0_f64.powi(shift as i32);
            let least = ceil_shift(bound, shift);
            best = Some(ExactBound { least, multipliers });
            if lost <= 0.02 * float_gap || proved(least) {
                break;
            }
        }
        best
    }

    /// Returns how many cost units one of the engine's is.
    pub(crate) fn cost_unit(&self) -> f64 {
        self.table.as_ref().map_or(1.0, |table| table.divisor as f64)
    }

    /// Returns the weight of a point in a period.
    pub(crate) fn weight(&self, point: usize, period: usize) -> i128 {
        i128::from(self.point_weights[point]) * i128::from(self.period_weights[period])
    }

    /// Returns the finest grain at which rounding costs less than a hundredth of an objective unit, as
    /// far as there is one.
    pub(crate) fn fine_shift(&self) -> u32 {
        let of_period = self.period_weights.iter().map(|&w| w as f64).sum::<f64>();
        let weight = self.point_weights.iter().map(|&w| w as f64).sum::<f64>() * of_period;
        ((100.0 * weight.max(1.0)).log2().ceil() as u32).clamp(self.shift, 32)
    }

    /// Rounds a relaxation to integers; `unit` objective units make one of the engine's.
    pub(crate) fn round(&self, relaxation: &Relaxation, shift: u32, unit: f64) -> Multipliers {
        let grain = 2.0_f64.powi(shift as i32) * self.cost_unit();
        let radii = relaxation.radii.iter().map(|v| (v * grain) as u64).collect();
        let prices = &relaxation.assignment.prices;
        let prices = match &self.outside {
            Some(outside) => outside.prices.clone(),
            None => prices.iter().map(|price| (price * unit * grain).round() as i128).collect(),
        };
        Multipliers { shift, radii, prices }
    }

    /// Returns radii as the engine has them.
    pub(crate) fn floats(&self, multipliers: &Multipliers) -> Vec<f64> {
        let grain = 2.0_f64.powi(multipliers.shift as i32) * self.cost_unit();
        multipliers.radii.iter().map(|&radius| radius as f64 / grain).collect()
    }

    /// Returns the exact cost of a choice, each point at its cheapest listed candidate; `None` where a
    /// point is left unserved that must be served.
    pub(crate) fn value(&self, instance: &Instance, opens: &[usize]) -> Option<i128> {
        let periods = instance.periods;
        let cheapest = self.cheapest_of(instance, opens);
        let of_point = |point: usize| -> Option<i128> {
            let row = cheapest(point);
            let costs = row.into_iter().enumerate().map(|(t, least)| {
                let weight = self.weight(point, t);
                if weight == 0 { Some(0) } else { Some(weight * i128::from(least?)) }
            });
            costs.sum()
        };
        let points = (0..instance.points).into_par_iter().with_min_len(POINTS_EACH);
        let value: i128 = points.map(of_point).sum::<Option<i128>>()?;
        let opened = opens.iter().zip(&instance.candidates).filter(|(t, _)| **t < periods);
        Some(value + opened.map(|(&t, site)| self.opening(site, t, periods)).sum::<i128>())
    }

    /// Returns what a choice in a patch costs each point in each period.
    pub(crate) fn costs(&self, instance: &Instance, opens: &[usize]) -> Vec<u64> {
        let costs = (0..instance.points).flat_map(self.cheapest_of(instance, opens));
        costs.map(|cost| cost.unwrap_or(u64::MAX)).collect()
    }

    /// Returns what opening a site in a period costs beside what points do.
    fn opening(&self, candidate: &Candidate, period: usize, periods: usize) -> i128 {
        let cost = i128::from(self.opening_cost(candidate)) << self.value_shift();
        let around = self.outside.as_ref().map_or(0, |outside| {
            outside.savings[candidate.origin as usize * periods + period] + outside.prices[period]
        });
        cost + around
    }

    /// Returns the shift of values: 0 but in patches.
    pub(crate) fn value_shift(&self) -> u32 {
        self.outside.as_ref().map_or(0, |outside| outside.shift)
    }

    /// Returns what a point costs at most in a period, in the units of values.
    fn cap(&self, at: usize) -> Option<u64> {
        match &self.outside {
            Some(outside) => Some(outside.caps[at]),
            None => self.caps[at].map(u64::from),
        }
    }

    /// Returns what gives the cost of a point in each period under a choice; `None` where nothing serves it.
    fn cheapest_of<'i>(
        &'i self,
        instance: &'i Instance,
        opens: &'i [usize],
    ) -> impl Fn(usize) -> Vec<Option<u64>> + Sync + 'i {
        let source = instance.space.as_ref().map(|_| RowSource::with_opens(instance, opens));
        move |point| match &source {
            None => self.cheapest(instance, point, opens),
            Some(source) => self.cheapest_measured(instance, point, (source, opens)),
        }
    }

    /// As [`cheapest_of`](Self::cheapest_of), where pairs are listed.
    fn cheapest(&self, instance: &Instance, point: usize, opens: &[usize]) -> Vec<Option<u64>> {
        let periods = instance.periods;
        let mut row: Vec<Option<u64>> =
            (0..periods).map(|t| self.cap(point * periods + t)).collect();
        let mut served_below = u32::MAX;
        for (site, listed) in instance.near.of(point) {
            if listed > served_below {
                break;
            }
            let opens = opens[site as usize].min(periods);
            if opens == 0 {
                // What costs more serves in no period, but listed costs may be cut off alike.
                served_below = served_below.min(listed);
            }
            let cost = self.cost(instance, point, site as usize, listed) << self.value_shift();
            for least in &mut row[opens..] {
                *least = Some(least.map_or(cost, |least| least.min(cost)));
            }
        }
        row
    }

    /// As [`cheapest`](Self::cheapest), where pairs are measured.
    fn cheapest_measured(
        &self,
        instance: &Instance,
        point: usize,
        (source, opens): (&RowSource<'_>, &[usize]),
    ) -> Vec<Option<u64>> {
        let periods = instance.periods;
        let mut row: Vec<Option<u64>> =
            (0..periods).map(|t| self.cap(point * periods + t)).collect();
        let mut first = periods;
        source.nearest(instance, opens, point, |_, cost, opened| {
            for least in &mut row[opened.min(first)..first] {
                *least = Some(least.map_or(u64::from(cost), |least| least.min(cost.into())));
            }
            first = first.min(opened);
            first
        });
        row
    }

    /// Returns the multipliers that prove the cost of one choice among itself alone: each radius the cost
    /// of the point, and for a point that is left unserved so much that the bound passes `value`.
    pub(crate) fn meeting(
        &self,
        instance: &Instance,
        opens: &[usize],
        shift: u32,
        value: i128,
    ) -> Multipliers {
        let enough = u64::try_from(value.max(0)).unwrap_or(u64::MAX >> 32).min(u64::MAX >> 32) + 1;
        let costs = (0..instance.points).flat_map(self.cheapest_of(instance, opens));
        let radii =
            costs.map(|cost| cost.unwrap_or(enough) << (shift - self.value_shift())).collect();
        let prices = match &self.outside {
            Some(outside) => outside.prices.clone(),
            None => vec![0; instance.periods],
        };
        Multipliers { shift, radii, prices }
    }

    fn opening_cost(&self, candidate: &Candidate) -> u64 {
        self.opening_costs.get(candidate.origin as usize).copied().unwrap_or(0)
    }

    /// Returns the exact cost of a pair whose cost in the engine is `listed`.
    fn cost(&self, instance: &Instance, point: usize, site: usize, listed: u32) -> u64 {
        self.table.as_ref().map_or(u64::from(listed), |table| {
            let origin = instance.candidates[site].origin as usize;
            let at = point * table.candidates + origin;
            table.costs.get(at).copied().unwrap_or(u64::from(listed))
        })
    }

    /// Prices every candidate that may open, over all pairs; `None` when a number is too large.
    pub(crate) fn price(
        &self,
        instance: &Instance,
        multipliers: &Multipliers,
    ) -> Option<ExactPricing> {
        let periods = instance.periods;
        let radii = self.clipped(multipliers);
        let known = |at: usize| match instance.complete_below(at / periods) {
            u32::MAX => true,
            end => radii[at] <= i128::from(end) << multipliers.shift,
        };
        if !(0..radii.len()).all(known) {
            return None;
        }
        let served = radii.iter().enumerate().try_fold(0_i128, |sum, (at, radius)| {
            sum.checked_add(self.weight(at / periods, at % periods).checked_mul(*radius)?)
        })?;
        let quotas = instance.quotas.iter().zip(&multipliers.prices);
        let paid = quotas
            .filter(|_| self.outside.is_none())
            .try_fold(0_i128, |sum, (&quota, price)| {
                sum.checked_add(i128::from(quota).checked_mul(*price)?)
            })?;
        let base = served.checked_sub(paid)?;
        let costs = self.costs_of_sites(instance, &radii, multipliers)?;
        let open = instance.quotas.iter().map(|&quota| quota > 0).collect();
        let shift = multipliers.shift - self.value_shift();
        Some(ExactPricing { open, shift, base, costs })
    }

    /// Returns radii as the checker takes them, cut down to caps; `None` where they are too large.
    pub(crate) fn clipped_short(&self, multipliers: &Multipliers) -> Option<Vec<u64>> {
        let radii = self.clipped(multipliers);
        radii.into_iter().map(|radius| u64::try_from(radius).ok()).collect()
    }

    /// Cuts each radius down to the cap of its point.
    fn clipped(&self, multipliers: &Multipliers) -> Vec<i128> {
        let grain = multipliers.shift - self.value_shift();
        let cap = |at: usize| self.cap(at).map_or(u64::MAX, |cap| cap << grain);
        let radii = multipliers.radii.iter().enumerate();
        radii.map(|(at, &radius)| i128::from(radius.min(cap(at)))).collect()
    }

    /// Returns what each candidate costs when opened in each period. Integers, so that the order of the
    /// sums does not matter.
    fn costs_of_sites(
        &self,
        instance: &Instance,
        radii: &[i128],
        multipliers: &Multipliers,
    ) -> Option<Vec<i128>> {
        let mut costs = match self.short_radii(radii, multipliers.shift) {
            Some(short) => {
                let savings = self.short_savings(instance, &short, multipliers.shift);
                savings.into_iter().map(i128::from).collect()
            }
            None => self.long_savings(instance, radii, multipliers.shift)?,
        };
        let around = |candidate: &Candidate, t: usize| {
            let at = candidate.origin as usize * instance.periods + t;
            self.outside.as_ref().map_or(0, |outside| outside.savings[at])
        };
        for (candidate, row) in instance.candidates.iter().zip(costs.chunks_mut(instance.periods)) {
            let mut from_here_on = i128::from(self.opening_cost(candidate)) << multipliers.shift;
            for (t, cost) in row.iter_mut().enumerate().rev() {
                from_here_on = from_here_on.checked_add(*cost)?;
                let price = multipliers.prices.get(t).copied().unwrap_or(0);
                *cost = from_here_on.checked_add(price)?.checked_add(around(candidate, t))?;
            }
        }
        Some(costs)
    }

    /// Returns the radii in 64 bits, where those hold every sum of savings.
    fn short_radii(&self, radii: &[i128], shift: u32) -> Option<Vec<i64>> {
        let periods = self.period_weights.len();
        let weights = (0..radii.len()).map(|at| self.weight(at / periods, at % periods));
        let all = weights.zip(radii).try_fold(0_i128, |sum, (weight, radius)| {
            sum.checked_add(weight.max(1).checked_mul(*radius)?)
        })?;
        let divisor = self.table.as_ref().map_or(1, |table| i128::from(table.divisor));
        // No candidate saves more than all u together, and no cost looked at is above a radius by more
        // than what the listed costs cut off.
        if all.checked_add(divisor << shift)? > i128::from(i64::MAX / 4) {
            return None;
        }
        Some(radii.iter().map(|&radius| radius as i64).collect())
    }

    /// Returns what each candidate adds in each period by itself.
    fn short_savings(&self, instance: &Instance, radii: &[i64], shift: u32) -> Vec<i64> {
        let periods = instance.periods;
        if instance.space.is_some() {
            return self.measured_savings(instance, radii, shift);
        }
        let of_points = |points: Range<usize>| {
            let mut savings = vec![0_i64; instance.candidates.len() * periods];
            for point in points {
                let reach = self.reach(&radii[point * periods..][..periods], shift);
                let near = instance.near.of(point);
                for (site, listed) in near.take_while(|&(_, listed)| u64::from(listed) <= reach) {
                    let row = &mut savings[site as usize * periods..][..periods];
                    self.add_saving(instance, (point, site as usize, listed), (radii, shift), row);
                }
            }
            savings
        };
        if instance.near.pairs() * periods < PARALLEL_FROM {
            return of_points(0..instance.points);
        }
        let chunk = instance.points.div_ceil(rayon::current_num_threads()).max(1);
        let starts: Vec<usize> = (0..instance.points).step_by(chunk).collect();
        let sum = |mut a: Vec<i64>, b: Vec<i64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        starts
            .into_par_iter()
            .map(|start| of_points(start..(start + chunk).min(instance.points)))
            .reduce_with(sum)
            .unwrap_or_default()
    }

    /// As [`Self::short_savings`], where pairs are measured. Most matter in the first periods alone, so those
    /// from which on no radius is above the cost are passed over.
    fn measured_savings(&self, instance: &Instance, radii: &[i64], shift: u32) -> Vec<i64> {
        let periods = instance.periods;
        let mut later = radii.to_vec();
        for row in later.chunks_mut(periods) {
            for t in (1..periods).rev() {
                row[t - 1] = row[t - 1].max(row[t]);
            }
        }
        let of_row = |site: usize, points: &[u32], costs: &[u32]| {
            let mut savings = vec![0_i64; periods];
            for (&point, &cost) in points.iter().zip(costs) {
                let at = point as usize * periods..(point as usize + 1) * periods;
                let (radii, later) = (&radii[at.clone()], &later[at]);
                let cost = (self.cost(instance, point as usize, site, cost) as i64) << shift;
                let weight = self.point_weights[point as usize] as i64;
                for ((saving, &radius), &later) in savings.iter_mut().zip(radii).zip(later) {
                    if later <= cost {
                        break;
                    }
                    *saving += weight * (cost - radius).min(0);
                }
            }
            let weighted = savings.iter().zip(&self.period_weights);
            weighted.map(|(saving, &weight)| saving * weight as i64).collect::<Vec<_>>()
        };
        let farthest = |point: usize| self.reach(&radii[point * periods..][..periods], shift);
        let rows = instance.map_rows(|point| farthest(point) as f64 + 1.0, of_row);
        let none = vec![0; periods];
        let rows = rows.iter().map(|row| if row.is_empty() { &none } else { row });
        rows.flatten().copied().collect()
    }

    /// Returns the largest listed cost at which a point with these radii may still save something.
    fn reach(&self, radii: &[i64], shift: u32) -> u64 {
        let largest = radii.iter().max().map_or(0, |&v| v);
        (largest >> shift) as u64 / self.table.as_ref().map_or(1, |table| table.divisor)
    }

    /// Adds what one pair saves in each period; every number fits.
    fn add_saving(
        &self,
        instance: &Instance,
        (point, site, listed): (usize, usize, u32),
        (radii, shift): (&[i64], u32),
        savings: &mut [i64],
    ) {
        let cost = (self.cost(instance, point, site, listed) as i64) << shift;
        let radii = &radii[point * savings.len()..];
        for (t, (saving, radius)) in savings.iter_mut().zip(radii).enumerate() {
            let surplus = cost - radius;
            if surplus < 0 {
                let weight = self.point_weights[point] * self.period_weights[t];
                *saving += weight as i64 * surplus;
            }
        }
    }

    /// As [`Self::short_savings`] with room for larger numbers; `None` when they are too large still.
    fn long_savings(&self, instance: &Instance, radii: &[i128], shift: u32) -> Option<Vec<i128>> {
        let periods = instance.periods;
        let grain = 2.0_f64.powi(shift as i32) * self.cost_unit();
        let farthest = |point: usize| {
            let radii = &radii[point * periods..(point + 1) * periods];
            let largest = radii.iter().max().map_or(0, |&v| v);
            (largest as f64 / grain).ceil() + 1.0
        };
        let rows = instance.map_rows(farthest, |site, points, costs| {
            let mut savings = vec![0_i128; periods];
            for (&point, &listed) in points.iter().zip(costs) {
                let point = point as usize;
                let cost = i128::from(self.cost(instance, point, site, listed)) << shift;
                for (t, saving) in savings.iter_mut().enumerate() {
                    let surplus = cost - radii[point * periods + t];
                    if surplus < 0 {
                        let weighted = self.weight(point, t).checked_mul(surplus)?;
                        *saving = saving.checked_add(weighted)?;
                    }
                }
            }
            Some(savings)
        });
        let mut all = Vec::with_capacity(rows.len() * periods);
        for (row, candidate) in rows.into_iter().zip(&instance.candidates) {
            match row {
                Some(savings) => all.extend(savings),
                None if candidate.may_open_ever() => return None,
                None => all.extend(std::iter::repeat_n(0, periods)),
            }
        }
        Some(all)
    }
}

impl ExactPricing {
    /// Returns the bound times 2^shift when the candidates may open as given, of which none may more than
    /// when they were priced; `None` when a number is too large.
    pub(crate) fn bound(&self, candidates: &[Candidate]) -> Option<i128> {
        candidates.iter().enumerate().try_fold(self.base, |sum, (site, candidate)| {
            sum.checked_add(self.least(site, candidate))
        })
    }

    /// Returns the least that a candidate adds.
    pub(crate) fn least(&self, site: usize, candidate: &Candidate) -> i128 {
        let (first, last) = candidate.window;
        let usable = (first..=last).filter(|&t| self.open[t]);
        let opened = usable.map(|t| self.opened(site, t)).min();
        match opened {
            Some(opened) if candidate.required => opened,
            Some(opened) => opened.min(0),
            None => 0,
        }
    }

    /// Returns what a candidate adds when it opens in a period.
    pub(crate) fn opened(&self, site: usize, period: usize) -> i128 {
        self.costs[site * self.open.len() + period]
    }

    /// Returns a bound times 2^shift as a whole cost.
    pub(crate) fn whole(&self, bound: i128) -> i128 {
        ceil_shift(bound, self.shift)
    }
}

/// Returns `bound` / 2^`shift`, rounded up.
pub(crate) fn ceil_shift(bound: i128, shift: u32) -> i128 {
    -((-bound) >> shift)
}

#[cfg(test)]
mod tests {
    use crate::instance::examples::square;

    /// The radii that meet a choice are what it costs each point, where pairs are measured too.
    #[test]
    fn meeting_radii_sum_to_the_value_of_a_choice() {
        let (instance, exact) = square(3, 50, (2, 2));
        let mut opens = vec![crate::assignment::NEVER; 50];
        for (site, period) in [(7, 0), (21, 0), (33, 1), (48, 1)] {
            opens[site] = period;
        }
        let value = exact.value(&instance, &opens).expect("all are served");
        let met = exact.meeting(&instance, &opens, 4, value);
        let weighted =
            met.radii.iter().enumerate().map(|(at, &radius)| {
                i128::from(exact.point_weights[at / 2]) * i128::from(radius >> 4)
            });
        assert_eq!(weighted.sum::<i128>(), value);
    }
}
