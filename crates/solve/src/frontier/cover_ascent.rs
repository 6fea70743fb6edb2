//! Ascent of the dual of a maximal coverage, from one number of sites to the next.
//!
//! With u = w v and v from 0 to 1 for each point, no p sites cover more than
//! `sum (w - u) + (the p largest of the sums of u in the rows of sites)`. The v of one number of sites are
//! nearly right for the next, so a few steps on each rung will do. Between two steps that price every site
//! only those are priced that save nearly enough to be chosen.
//!
//! Single precision only chooses directions: what the v prove is computed in integers elsewhere.

use rayon::prelude::*;

use super::cover::Ground;

/// Says how the ascent of a rung steps; steps are shares of the scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) first: f32,
    pub(super) last: f32,
    pub(super) steps: usize,
}

/// Steps from one pricing of all sites to the next.
const ALL_EVERY: usize = 10;
/// A site is priced in between if it saves more than this share of what the last one chosen saves.
const PRICED_FROM: f32 = 0.75;
/// What a direction keeps from step to step.
const MEMORY: f32 = 0.9;
/// Least scale of a step, as a share of the mean.
const SCALE_MIN: f32 = 0.1;
/// Pairs that it pays to price side by side.
const PARALLEL_FROM: usize = 50_000;
/// Sites whose savings are at least this share of those of the last one chosen are worth looking at.
const PROMISING: f32 = 0.9;

/// Is an ascent that goes from rung to rung.
pub(super) struct CoverAscent<'a> {
    ground: &'a Ground,
    weights: Vec<f32>,
    /// Where the ascent is.
    radii: Vec<f32>,
    direction: Vec<f32>,
    scale: Vec<f32>,
    /// What each site saved when last priced.
    savings: Vec<f32>,
    /// The sites that are priced at every step.
    priced: Vec<u32>,
    /// How often each point is served by the chosen sites.
    served: Vec<u16>,
    /// In how many of the later steps of the rung each site was chosen.
    chosen: Vec<u32>,
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
    /// The sites that were chosen most often.
    pub(super) advised: Vec<u32>,
}

impl<'a> CoverAscent<'a> {
    /// Starts where everybody counts in full, which is best for a single site.
    pub(super) fn new(ground: &'a Ground) -> Self {
        let (points, sites) = (ground.weights.len(), ground.sites());
        Self {
            ground,
            weights: ground.weights.iter().map(|&weight| weight as f32).collect(),
            radii: vec![1.0; points],
            direction: vec![0.0; points],
            scale: vec![1.0; points],
            savings: vec![0.0; sites],
            priced: Vec::new(),
            served: vec![0; points],
            chosen: vec![0; sites],
            work: 0,
        }
    }

    /// Climbs for `p` sites from where it is; `goes_on` is asked after every step with the work so far,
    /// and ends it after one pricing of all sites at the earliest.
    pub(super) fn climb(
        &mut self,
        p: usize,
        pace: Pace,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> Found {
        self.direction.fill(0.0);
        self.chosen.fill(0);
        self.set_scale();
        let decay = (pace.last / pace.first).powf(1.0 / pace.steps.max(2) as f32);
        let mut step = pace.first;
        let mut best: Option<Found> = None;
        for k in 0..=pace.steps {
            let chosen = if k % ALL_EVERY == 0 || k == pace.steps {
                let (most, chosen, last) = self.price_all(p);
                if best.as_ref().is_none_or(|best| most < best.most) {
                    best = Some(self.found(most, last));
                }
                chosen
            } else {
                self.price_some();
                chosen(&self.savings, self.priced.clone(), p).0
            };
            if k == pace.steps || !goes_on(self.work) {
                break;
            }
            if 2 * k >= pace.steps {
                chosen.iter().for_each(|&site| self.chosen[site as usize] += 1);
            }
            self.step(&chosen, step);
            step *= decay;
        }
        let mut found = best.unwrap_or_else(|| self.found(f64::INFINITY, 0.0));
        found.advised = self.advised(p);
        self.radii.clone_from(&found.radii);
        found
    }

    fn set_scale(&mut self) {
        let sum: f64 = self.radii.iter().map(|&radius| f64::from(radius)).sum();
        let least = SCALE_MIN * (sum / self.radii.len().max(1) as f64) as f32;
        let scaled = self.scale.iter_mut().zip(&self.radii);
        scaled.for_each(|(scale, &radius)| *scale = radius.max(least));
    }

    /// Prices every site; returns what can be covered at most, the p sites that save most, and what the
    /// last of them saves.
    fn price_all(&mut self, p: usize) -> (f64, Vec<u32>, f32) {
        let all: Vec<u32> = (0..self.ground.sites() as u32).collect();
        self.priced = all;
        self.price_some();
        let savings = &self.savings;
        let some = self.priced.iter().copied().filter(|&site| savings[site as usize] > 0.0);
        let (chosen, last) = chosen(savings, some.collect(), p);
        let saved: f64 = chosen.iter().map(|&site| f64::from(savings[site as usize])).sum();
        let left = self.radii.iter().zip(&self.ground.weights);
        let left: f64 = left.map(|(&v, &w)| w as f64 * f64::from(1.0 - v)).sum();
        let from = PRICED_FROM * last;
        self.priced.retain(|&site| self.savings[site as usize] > from);
        (left + saved, chosen, last)
    }

    /// Prices the sites that are priced at every step.
    fn price_some(&mut self) {
        let ground = self.ground;
        let u: Vec<f32> = self.radii.iter().zip(&self.weights).map(|(v, w)| v * w).collect();
        let price = |&site: &u32| -> f32 {
            let row = ground.row(site);
            // Two sums need not wait for one another.
            let (pairs, last) = row.as_chunks::<2>();
            let (mut even, mut odd) = (0.0, 0.0);
            for [a, b] in pairs {
                even += u[*a as usize];
                odd += u[*b as usize];
            }
            even + odd + last.iter().map(|&point| u[point as usize]).sum::<f32>()
        };
        let pairs: usize = self.priced.iter().map(|&site| ground.row(site).len()).sum();
        self.work += pairs as u64;
        let prices: Vec<f32> = if pairs < PARALLEL_FROM {
            self.priced.iter().map(price).collect()
        } else {
            self.priced.par_iter().with_min_len(256).map(price).collect()
        };
        for (&site, price) in self.priced.iter().zip(prices) {
            self.savings[site as usize] = price;
        }
    }

    /// Moves the radii along the smoothed subgradient of a choice.
    fn step(&mut self, chosen: &[u32], step: f32) {
        self.served.fill(0);
        for &site in chosen {
            for &point in self.ground.row(site) {
                let served = &mut self.served[point as usize];
                *served = served.saturating_add(1);
            }
        }
        let moves = self.direction.iter_mut().zip(&self.served).zip(&self.scale);
        for (radius, ((direction, &served), scale)) in self.radii.iter_mut().zip(moves) {
            let slack = 1.0 - f32::from(served);
            *direction = MEMORY * *direction + (1.0 - MEMORY) * slack;
            *radius = (*radius + step * scale * *direction).clamp(0.0, 1.0);
        }
    }

    fn found(&self, most: f64, last: f32) -> Found {
        let from = PROMISING * last;
        let promising = (0..self.ground.sites() as u32).filter(|&site| {
            let savings = self.savings[site as usize];
            savings >= from && savings > 0.0
        });
        let promising = promising.collect();
        Found { most, radii: self.radii.clone(), promising, advised: Vec::new() }
    }

    /// Returns the p sites that were chosen most often.
    fn advised(&self, p: usize) -> Vec<u32> {
        let often = |site: &u32| self.chosen[*site as usize];
        let mut sites: Vec<u32> =
            (0..self.ground.sites() as u32).filter(|site| often(site) > 0).collect();
        sites.sort_by_key(|site| (std::cmp::Reverse(often(site)), *site));
        sites.truncate(p);
        sites
    }
}

/// Returns the p sites of some that save most, and what the last of them saves.
fn chosen(savings: &[f32], mut sites: Vec<u32>, p: usize) -> (Vec<u32>, f32) {
    let order =
        |a: &u32, b: &u32| savings[*b as usize].total_cmp(&savings[*a as usize]).then(a.cmp(b));
    let mut last = 0.0;
    if p > 0 && sites.len() >= p {
        let (_, &mut site, _) = sites.select_nth_unstable_by(p - 1, order);
        last = savings[site as usize];
        sites.truncate(p);
    }
    (sites, last)
}
