//! Ascent of the dual of a maximal coverage, from one number of sites to the next.
//!
//! In fractions y of sites, 0 to 1 each and p together, and a radius v from 0 to 1 for each point, coverage
//! is the saddle point of `sum w (1 - v) + sum_j y_j s_j`, where s_j is the sum of w v over the row of site
//! j. For any v the sum of the p largest s_j in place of the second term bounds what p sites cover. The
//! primal-dual hybrid gradient method (Chambolle and Pock 2011), with a step of its own for each site and
//! point (Pock and Chambolle 2011), goes towards the saddle point from both sides.
//!
//! What one number of sites ends with is nearly right for the next, so a few steps on each rung will do.
//! They are taken on a core: the sites that save nearly enough to be chosen. Every so often all are priced;
//! that gives the bound and shows what the core lacks.
//!
//! Single precision only chooses directions: what the v prove is computed in integers elsewhere.

use rayon::prelude::*;

use super::cover::Ground;

/// Steps from one pricing of all sites to the next.
const ALL_EVERY: usize = 5;
/// A site is in the core if it saves more than this share of what the last one chosen saves.
const CORE_FROM: f32 = 0.995;
/// Weight of the steps of sites against those of points.
const BALANCE: f32 = 0.6;
/// Least scale of the step of a point, as a share of the radius that is enough around it.
const SCALE_MIN: f32 = 0.2;
/// Pairs that it pays to price side by side.
const PARALLEL_FROM: usize = 50_000;

/// Is an ascent that goes from rung to rung.
pub(super) struct CoverAscent<'a> {
    ground: &'a Ground,
    weights: Vec<f32>,
    /// The largest weight that a site covers which covers the point.
    heaviest: Vec<f32>,
    radii: Vec<f32>,
    /// The fraction of each site.
    fractions: Vec<f32>,
    /// How much of the fractions covers each point.
    served: Vec<f32>,
    /// What each site saved when last priced.
    savings: Vec<f32>,
    core: Vec<u32>,
    /// The price of a site that was found last.
    price: f32,
    /// Pairs priced so far.
    pub(super) work: u64,
}

/// Is what the ascent found on a rung.
pub(super) struct Found {
    /// What the best radii allow to be covered, as far as single precision can tell.
    pub(super) most: f64,
    /// The best radii.
    pub(super) radii: Vec<f32>,
    /// Sites that a good choice may open.
    pub(super) promising: Vec<u32>,
    /// The sites with a fraction, and how large it is.
    pub(super) fractions: Vec<(u32, f32)>,
}

/// Holds the lengths of steps.
struct Steps {
    /// For each site of the core, what a difference of savings moves its fraction.
    of_sites: Vec<f32>,
    /// For each point, what a lack of service moves its radius.
    of_points: Vec<f32>,
}

impl<'a> CoverAscent<'a> {
    /// Starts where everybody counts in full, which is best for a single site.
    pub(super) fn new(ground: &'a Ground) -> Self {
        let (points, sites) = (ground.weights.len(), ground.sites());
        let weights: Vec<f32> = ground.weights.iter().map(|&weight| weight as f32).collect();
        let mut heaviest = vec![0.0_f32; points];
        for site in 0..sites as u32 {
            let row = ground.row(site);
            let weight: f32 = row.iter().map(|&point| weights[point as usize]).sum();
            for &point in row {
                let heaviest = &mut heaviest[point as usize];
                *heaviest = heaviest.max(weight);
            }
        }
        Self {
            ground,
            weights,
            heaviest,
            radii: vec![1.0; points],
            fractions: vec![0.0; sites],
            served: vec![0.0; points],
            savings: vec![0.0; sites],
            core: Vec::new(),
            price: 0.0,
            work: 0,
        }
    }

    /// Takes so many steps for `p` sites from where it is; `goes_on` is asked after every step with the
    /// work so far, and ends it after one pricing of all sites at the earliest.
    pub(super) fn climb(
        &mut self,
        p: usize,
        number: usize,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> Found {
        let mut found = self.price_all(p);
        let mut steps = self.steps();
        let mut sum = vec![0.0_f32; self.radii.len()];
        let mut summed = 0;
        let mut on = goes_on(self.work);
        for k in 1..=number {
            if !on {
                break;
            }
            self.step(p as f32, &steps);
            if 2 * k > number {
                sum.iter_mut().zip(&self.radii).for_each(|(sum, radius)| *sum += radius);
                summed += 1;
            }
            if k % ALL_EVERY == 0 || k == number {
                found = better(found, self.price_all(p));
                steps = self.steps();
            } else {
                self.price_core();
            }
            on = goes_on(self.work);
        }
        if on && summed > 0 {
            // The middle of the later steps is often better than any of them.
            let mean = sum.iter().map(|sum| sum / summed as f32).collect();
            let last = std::mem::replace(&mut self.radii, mean);
            found = better(found, self.price_all(p));
            self.radii = last;
        }
        let fraction = |&site: &u32| (site, self.fractions[site as usize]);
        found.fractions = self.core.iter().map(fraction).filter(|pair| pair.1 > 0.0).collect();
        found
    }

    /// Prices every site: finds what can be covered at most, and the core.
    fn price_all(&mut self, p: usize) -> Found {
        let all: Vec<u32> = (0..self.ground.sites() as u32).collect();
        self.core = all;
        self.price_core();
        let (saved, last) = most_saved(&self.savings, p);
        let left = self.radii.iter().zip(&self.ground.weights);
        let left: f64 = left.map(|(&v, &w)| w as f64 * f64::from(1.0 - v)).sum();
        let (savings, fractions) = (&self.savings, &self.fractions);
        let may_open = |&site: &u32| {
            let savings = savings[site as usize];
            fractions[site as usize] > 0.0 || savings > 0.0 && savings >= CORE_FROM * last
        };
        self.core.retain(may_open);
        self.price = last;
        Found {
            most: left + saved,
            radii: self.radii.clone(),
            promising: self.core.clone(),
            fractions: Vec::new(),
        }
    }

    /// Prices the sites of the core.
    fn price_core(&mut self) {
        let ground = self.ground;
        let u: Vec<f32> = self.radii.iter().zip(&self.weights).map(|(v, w)| v * w).collect();
        let price = |&site: &u32| sum_of(ground.row(site), &u);
        let pairs: usize = self.core.iter().map(|&site| ground.row(site).len()).sum();
        self.work += pairs as u64;
        let prices: Vec<f32> = if pairs < PARALLEL_FROM {
            self.core.iter().map(price).collect()
        } else {
            self.core.par_iter().with_min_len(256).map(price).collect()
        };
        for (&site, price) in self.core.iter().zip(prices) {
            self.savings[site as usize] = price;
        }
    }

    /// Finds the lengths of steps around where the ascent is: a site moves as its savings do, as a share of
    /// them; a point as its radius does, as a share of it, and less the more sites of the core cover it.
    fn steps(&self) -> Steps {
        let scaled = self.radii.iter().zip(&self.heaviest);
        let scale = |(&radius, &heaviest): (&f32, &f32)| {
            let enough = if heaviest > 0.0 { (self.price / heaviest).min(1.0) } else { 1.0 };
            radius.max(SCALE_MIN * enough)
        };
        let scale: Vec<f32> = scaled.map(scale).collect();
        let u: Vec<f32> = scale.iter().zip(&self.weights).map(|(v, w)| v * w).collect();
        let mut covering = vec![0_u32; scale.len()];
        let mut of_sites = Vec::with_capacity(self.core.len());
        for &site in &self.core {
            let row = self.ground.row(site);
            row.iter().for_each(|&point| covering[point as usize] += 1);
            let sum = sum_of(row, &u);
            of_sites.push(if sum > 0.0 { BALANCE / sum } else { 0.0 });
        }
        let of_point =
            |(scale, &covering): (&f32, &u32)| scale / (BALANCE * covering.max(1) as f32);
        Steps { of_sites, of_points: scale.iter().zip(&covering).map(of_point).collect() }
    }

    /// Moves fractions and radii once.
    fn step(&mut self, p: f32, steps: &Steps) {
        let moved: Vec<f32> = self
            .core
            .iter()
            .zip(&steps.of_sites)
            .map(|(&site, step)| self.fractions[site as usize] + step * self.savings[site as usize])
            .collect();
        self.price = price_of(&moved, &steps.of_sites, p, self.price);
        let mut ahead = self.served.clone();
        for ((&site, moved), step) in self.core.iter().zip(moved).zip(&steps.of_sites) {
            let fraction = (moved - step * self.price).clamp(0.0, 1.0);
            let change = fraction - std::mem::replace(&mut self.fractions[site as usize], fraction);
            if change == 0.0 {
                continue;
            }
            let row = self.ground.row(site);
            self.work += row.len() as u64;
            for &point in row {
                self.served[point as usize] += change;
                ahead[point as usize] += 2.0 * change;
            }
        }
        let radii = self.radii.iter_mut().zip(&ahead).zip(&steps.of_points);
        for ((radius, served), step) in radii {
            *radius = (*radius + step * (1.0 - served)).clamp(0.0, 1.0);
        }
    }
}

/// Returns what allows less to be covered.
fn better(a: Found, b: Found) -> Found {
    if b.most < a.most { b } else { a }
}

/// Returns the sum of u over a row.
fn sum_of(row: &[u32], u: &[f32]) -> f32 {
    // Two sums need not wait for one another.
    let (pairs, last) = row.as_chunks::<2>();
    let (mut even, mut odd) = (0.0, 0.0);
    for [a, b] in pairs {
        even += u[*a as usize];
        odd += u[*b as usize];
    }
    even + odd + last.iter().map(|&point| u[point as usize]).sum::<f32>()
}

/// Returns what the p sites save together that save most, and what the last of them saves.
fn most_saved(savings: &[f32], p: usize) -> (f64, f32) {
    let mut savings: Vec<f32> = savings.iter().copied().filter(|saved| *saved > 0.0).collect();
    let mut last = 0.0;
    if p > 0 && savings.len() >= p {
        last = *savings.select_nth_unstable_by(p - 1, |a, b| b.total_cmp(a)).1;
        savings.truncate(p);
    }
    (savings.iter().map(|&saved| f64::from(saved)).sum(), last)
}

/// Returns the price at which fractions that moved come to `p` together when each gives up its step times
/// the price, between 0 and 1; 0 where they stay below. Newton's method within bounds.
fn price_of(moved: &[f32], steps: &[f32], p: f32, near: f32) -> f32 {
    let at = |price: f32| {
        let (mut sum, mut slope) = (0.0_f64, 0.0_f64);
        for (moved, step) in moved.iter().zip(steps) {
            let fraction = moved - step * price;
            sum += f64::from(fraction.clamp(0.0, 1.0));
            slope += if fraction > 0.0 && fraction < 1.0 { f64::from(*step) } else { 0.0 };
        }
        (sum - f64::from(p), slope)
    };
    if at(0.0).0 <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0_f32, f32::INFINITY);
    let mut price = near.max(0.0);
    for _ in 0..40 {
        let (excess, slope) = at(price);
        if excess > 0.0 {
            low = price;
        } else {
            high = price;
        }
        if excess.abs() < 1e-4 * f64::from(p) {
            break;
        }
        let newton = price + (excess / slope.max(1e-30)) as f32;
        let inside = slope > 0.0 && newton > low && newton < high;
        price = match (inside, high.is_finite()) {
            (true, _) => newton,
            (false, true) => f32::midpoint(low, high),
            (false, false) => 2.0 * price.max(1e-6),
        };
    }
    price
}
