//! Soft choices: instead of the one best choice at some radii, a blend of all good ones.
//!
//! The best choice jumps from step to step, and an ascent that follows it goes to and fro. With entropy added
//! (Nesterov, Mathematical Programming 103, 2005) the choice becomes a share for each site and period, which
//! changes smoothly: site j opens in period t with a share in proportion to exp(-(G_jt + price_t) / heat),
//! against 1 for never, where G_jt is what it costs to have it open from t on, and heat is a share of what the
//! site saves. Prices fill the quotas; they minimise a convex function, by Newton's method from the prices of
//! the best choice. Heat falls with the steps of the ascent, and the blend becomes the best choice.
//!
//! A blend only gives a direction. Bounds are those of best choices.

use rayon::prelude::*;

use crate::instance::Instance;

/// Heat, as a share of what an open site saves, for a step of length 1.
const HEAT: f64 = 0.05;
/// Weight of the latest choice in an average.
const USAGE_STEP: f64 = 0.05;
/// Newton steps for one blend at most.
const NEWTON_MAX: usize = 8;
/// Share of a quota by which it may be missed.
const MISSED: f64 = 0.01;
/// Prices move by so much heat at most in one step.
const MOVE_MAX: f64 = 2.0;
/// Shares below this are 0.
const NEGLIGIBLE: f64 = 1e-3;
/// A site that would have to be so much heat cheaper is left out of sums.
const COLD: f64 = 14.0;
/// Sites that one task looks at.
const SITES_AT_ONCE: usize = 512;

/// Holds the share in which sites are open by each period, for those that are open at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blend {
    periods: usize,
    /// Sites by rising number.
    sites: Vec<u32>,
    shares: Vec<f64>,
}

impl Blend {
    /// Iterates over sites with their share in each period, which does not fall.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.sites.iter().map(|&site| site as usize).zip(self.shares.chunks(self.periods))
    }
}

/// Is an average of choices, the latest counting most.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    periods: usize,
    /// What was open in a period, site-major, times `weight`.
    open: Vec<f64>,
    /// Weight of all choices.
    weight: f64,
}

impl Usage {
    pub(crate) fn new(instance: &Instance) -> Self {
        let open = vec![0.0; instance.candidates.len() * instance.periods];
        Self { periods: instance.periods, open, weight: 0.0 }
    }

    /// Takes a choice in, given when each site opens; `number` is where a site lies in the whole problem.
    pub(crate) fn note(&mut self, opens: &[usize], number: impl Fn(usize) -> usize) {
        let periods = self.periods;
        self.fade();
        for (site, &from) in opens.iter().enumerate().filter(|(_, t)| **t < periods) {
            let open = &mut self.open[number(site) * periods..][..periods];
            open[from..].iter_mut().for_each(|open| *open += USAGE_STEP);
        }
    }

    /// Takes a blend in.
    pub(crate) fn note_blend(&mut self, blend: &Blend, number: impl Fn(usize) -> usize) {
        let periods = self.periods;
        self.fade();
        for (site, shares) in blend.iter() {
            let open = &mut self.open[number(site) * periods..][..periods];
            open.iter_mut().zip(shares).for_each(|(open, share)| *open += USAGE_STEP * share);
        }
    }

    /// Lets what was taken in count less, to make room for another choice.
    fn fade(&mut self) {
        self.open.iter_mut().for_each(|open| *open *= 1.0 - USAGE_STEP);
        self.weight += USAGE_STEP * (1.0 - self.weight);
    }

    /// Returns the share in which each site was open in each period, site-major.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let weight = self.weight.max(USAGE_STEP);
        self.open.iter().map(|open| open / weight).collect()
    }
}

/// Blends the choices that are good when each site is worth so much from each period on (site-major, opening
/// costs included), for a step of some length. `prices` are those of the best choice.
pub(crate) fn blend(instance: &Instance, worth: &[f64], prices: &[f64], step: f64) -> Blend {
    let heat = HEAT * step;
    let mut prices = prices.to_vec();
    // Those of a patch are given.
    let newton = if instance.outside.is_some() { 0 } else { NEWTON_MAX };
    for _ in 0..newton {
        let sums = Sums::of(instance, worth, (&prices, heat));
        if !sums.improve(instance, &mut prices) {
            break;
        }
    }
    shares(instance, worth, (&prices, heat))
}

/// Returns the shares at some prices.
fn shares(instance: &Instance, worth: &[f64], terms: (&[f64], f64)) -> Blend {
    let periods = instance.periods;
    let mut blend = Blend { periods, ..Blend::default() };
    let mut row = vec![0.0; periods];
    for (site, worth) in worth.chunks(periods).enumerate() {
        if fill_shares(instance, site, worth, terms, &mut row).is_none() {
            continue;
        }
        let mut open = 0.0;
        row.iter_mut().for_each(|share| {
            open += *share;
            *share = open;
        });
        if open >= NEGLIGIBLE {
            blend.sites.push(site as u32);
            blend.shares.extend_from_slice(&row);
        }
    }
    blend
}

/// Writes the share in which a site opens in each period, and returns its heat; `None` where shares are next
/// to nothing. `heat` is for what it saves at its best time: sites of early periods save many times what later
/// ones do.
fn fill_shares(
    instance: &Instance,
    site: usize,
    worth: &[f64],
    (prices, heat): (&[f64], f64),
    shares: &mut [f64],
) -> Option<f64> {
    let candidate = &instance.candidates[site];
    let (first, last) = candidate.window;
    let cost = |t: usize| worth[t] + prices[t];
    let usable = || (first..=last).filter(|&t| instance.quotas[t] > 0);
    let best = usable().min_by(|&a, &b| cost(a).total_cmp(&cost(b)))?;
    let heat = heat * (candidate.opening_cost - worth[best]);
    let least = if candidate.required { cost(best) } else { cost(best).min(0.0) };
    if heat <= 0.0 || cost(best) - least > COLD * heat {
        return None;
    }
    shares.fill(0.0);
    let mut sum = if candidate.required { 0.0 } else { libm::exp(least / heat) };
    for t in usable() {
        shares[t] = libm::exp((least - cost(t)) / heat);
        sum += shares[t];
    }
    shares.iter_mut().for_each(|share| *share /= sum);
    Some(heat)
}

/// Holds how much opens in each period, and how that changes with prices.
#[derive(Clone, Debug)]
struct Sums {
    opened: Vec<f64>,
    /// Sum of shares, each over its heat.
    firm: Vec<f64>,
    /// Sum over sites of the product of shares, of two periods, over its heat.
    products: Vec<f64>,
}

impl Sums {
    fn none(periods: usize) -> Self {
        let (opened, firm) = (vec![0.0; periods], vec![0.0; periods]);
        Self { opened, firm, products: vec![0.0; periods * periods] }
    }

    fn of(instance: &Instance, worth: &[f64], terms: (&[f64], f64)) -> Self {
        let periods = instance.periods;
        let of_part = |(part, worth): (usize, &[f64])| {
            let mut sums = Self::none(periods);
            let mut shares = vec![0.0; periods];
            for (at, worth) in worth.chunks(periods).enumerate() {
                let site = part * SITES_AT_ONCE + at;
                if let Some(heat) = fill_shares(instance, site, worth, terms, &mut shares) {
                    sums.add(&shares, heat);
                }
            }
            sums
        };
        let parts = worth.chunks(SITES_AT_ONCE * periods).enumerate();
        if worth.len() <= SITES_AT_ONCE * periods {
            return parts.map(of_part).next().unwrap_or_else(|| Self::none(periods));
        }
        let parts: Vec<_> = parts.collect();
        // Added up in order, so that the sum does not depend on the thread count.
        let sums: Vec<Self> = parts.into_par_iter().map(of_part).collect();
        sums.iter().fold(Self::none(periods), |mut all, sums| {
            all.opened.iter_mut().zip(&sums.opened).for_each(|(a, b)| *a += b);
            all.firm.iter_mut().zip(&sums.firm).for_each(|(a, b)| *a += b);
            all.products.iter_mut().zip(&sums.products).for_each(|(a, b)| *a += b);
            all
        })
    }

    fn add(&mut self, shares: &[f64], heat: f64) {
        let periods = shares.len();
        for (t, &share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            self.opened[t] += share;
            let share = share / heat;
            self.firm[t] += share;
            let row = &mut self.products[t * periods..(t + 1) * periods];
            row.iter_mut().zip(shares).for_each(|(product, other)| *product += share * other);
        }
    }

    /// Moves prices so that quotas are filled; returns whether that was needed.
    fn improve(&self, instance: &Instance, prices: &mut [f64]) -> bool {
        let periods = prices.len();
        let quota = |t: usize| f64::from(instance.quotas[t]);
        let excess: Vec<f64> = (0..periods).map(|t| self.opened[t] - quota(t)).collect();
        // A price that is 0 stays so while its quota is not used up, unless it must be.
        let free: Vec<usize> = (0..periods)
            .filter(|&t| quota(t) > 0.0 && self.firm[t] > 0.0)
            .filter(|&t| instance.exactly || prices[t] > 0.0 || excess[t] > 0.0)
            .collect();
        if free.iter().all(|&t| excess[t].abs() <= MISSED * quota(t)) {
            return false;
        }
        let size = free.len();
        let mut matrix = vec![0.0; size * size];
        for (row, &t) in free.iter().enumerate() {
            for (column, &s) in free.iter().enumerate() {
                matrix[row * size + column] = -self.products[t * periods + s];
            }
            matrix[row * size + row] += self.firm[t] * (1.0 + 1e-3);
        }
        let mut moves: Vec<f64> = free.iter().map(|&t| excess[t]).collect();
        solve(&mut matrix, &mut moves);
        for (&t, &by) in free.iter().zip(&moves) {
            let most = MOVE_MAX * self.opened[t] / self.firm[t];
            let moved = prices[t] + by.clamp(-most, most);
            prices[t] = if instance.exactly { moved } else { moved.max(0.0) };
        }
        true
    }
}

/// Solves a system with a symmetric positive definite matrix in place, by elimination.
fn solve(matrix: &mut [f64], right: &mut [f64]) {
    let size = right.len();
    for pivot in 0..size {
        let diagonal = matrix[pivot * size + pivot].max(f64::MIN_POSITIVE);
        for row in pivot + 1..size {
            let factor = matrix[row * size + pivot] / diagonal;
            for column in pivot..size {
                matrix[row * size + column] -= factor * matrix[pivot * size + column];
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| matrix[row * size + at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row * size + row].max(f64::MIN_POSITIVE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::{NEVER, assign};
    use crate::instance::examples::square;
    use crate::random::Random;

    /// Returns what sites are worth from each period on: more the earlier, by chance.
    fn random_worth(instance: &Instance, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        let mut worth = vec![0.0; instance.candidates.len() * instance.periods];
        for row in worth.chunks_mut(instance.periods) {
            let mut later = 0.0;
            for (t, worth) in row.iter_mut().enumerate().rev() {
                later -= (1 + random.below(1000)) as f64 / (1 + t) as f64;
                *worth = later;
            }
        }
        worth
    }

    #[test]
    fn quotas_are_filled_and_nothing_closes_again() {
        for seed in 0..20 {
            let (instance, _) = square(seed, 300, (1 + seed as usize % 6, 7));
            let worth = random_worth(&instance, seed);
            let prices = assign(&instance, &worth).prices;
            let blend = blend(&instance, &worth, &prices, 1.0);
            for t in 0..instance.periods {
                let open: f64 = blend.iter().map(|(_, shares)| shares[t]).sum();
                let quota = 7.0 * (t + 1) as f64;
                assert!((open - quota).abs() < 0.05 * quota, "{seed}: {open} of {quota} by {t}");
            }
            for (_, shares) in blend.iter() {
                assert!(shares.is_sorted() && shares[instance.periods - 1] < 1.0 + 1e-9);
            }
        }
    }

    #[test]
    fn a_cold_blend_is_the_best_choice() {
        let (instance, _) = square(1, 200, (4, 5));
        let worth = random_worth(&instance, 1);
        let best = assign(&instance, &worth);
        let blend = blend(&instance, &worth, &best.prices, 1e-9);
        // Prices leave two times of one site alike where they decide between them.
        let sure = blend
            .iter()
            .filter(|(_, shares)| shares.iter().all(|share| !(1e-3..1.0 - 1e-3).contains(share)));
        let mut count = 0;
        for (site, shares) in sure {
            let opens = shares.iter().position(|&share| share > 0.5).unwrap_or(NEVER);
            assert_eq!(opens, best.period[site], "site {site}");
            count += 1;
        }
        assert!(count >= 10, "{count} sites are sure");
    }
}
