//! Local search for set covering: points that stay uncovered for long come to weigh more.
//!
//! Row weighting (Gao, Weise, Li 2015, *An efficient local search heuristic with row weighting for the
//! unicost set covering problem*): take an open site away, open one for an uncovered point drawn at random,
//! and let every point that is still uncovered weigh one more; a choice that covers all is kept, and one
//! site fewer is tried next. A step costs the pairs of the points of two sites.

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE, SiteRows};
use crate::random::Random;
use crate::start;

/// Returns whether a problem is to cover every point at the least opening costs.
pub(crate) fn is_covering(instance: &Instance) -> bool {
    let all_free = || (0..instance.points).all(|i| instance.near.of(i).all(|(_, cost)| cost == 0));
    start::is_open_to_all(instance)
        && instance.caps.iter().all(|cap| cap.is_infinite())
        && all_free()
}

/// Takes so many steps from a choice; returns the best that covers all points, and the pairs looked at.
pub(crate) fn improve(
    instance: &Instance,
    rows: &SiteRows,
    first: &[usize],
    steps: usize,
    random: &mut Random,
) -> (Vec<usize>, u64) {
    let mut cover = Cover::new(instance, rows, first);
    for step in 1..=steps {
        cover.step(step, random);
    }
    (cover.best, cover.work)
}

struct Cover<'a> {
    instance: &'a Instance,
    rows: &'a SiteRows,
    open: Vec<bool>,
    chosen: Vec<u32>,
    /// Open sites that cover each point.
    count: Vec<u32>,
    weight: Vec<f64>,
    /// Weight that opening a site would cover, or that closing it would uncover.
    score: Vec<f64>,
    /// Whether something near a site changed since it was closed.
    may_open: Vec<bool>,
    changed_at: Vec<usize>,
    uncovered: Vec<u32>,
    /// Place of each point in `uncovered`.
    place: Vec<u32>,
    last_opened: u32,
    cost: f64,
    best: Vec<usize>,
    best_cost: f64,
    work: u64,
}

impl<'a> Cover<'a> {
    fn new(instance: &'a Instance, rows: &'a SiteRows, first: &[usize]) -> Self {
        let (sites, points) = (instance.candidates.len(), instance.points);
        let counts = |point: usize| instance.weights[point] > 0.0;
        let mut cover = Self {
            instance,
            rows,
            open: vec![false; sites],
            chosen: Vec::new(),
            count: vec![0; points],
            weight: (0..points).map(|point| f64::from(u8::from(counts(point)))).collect(),
            score: vec![0.0; sites],
            may_open: (0..sites).map(|site| instance.may_open(site, 0)).collect(),
            changed_at: vec![0; sites],
            uncovered: Vec::new(),
            place: vec![NO_SITE; points],
            last_opened: NO_SITE,
            cost: 0.0,
            best: first.to_vec(),
            best_cost: f64::INFINITY,
            work: 0,
        };
        for point in (0..points).filter(|&point| counts(point)) {
            cover.uncover(point);
            for (site, _) in instance.near.of(point) {
                cover.score[site as usize] += 1.0;
            }
        }
        for site in (0..sites).filter(|&site| first[site] != NEVER) {
            cover.open(site);
        }
        cover
    }

    fn step(&mut self, step: usize, random: &mut Random) {
        while self.uncovered.is_empty() {
            self.keep();
            if !self.close_least(step, NO_SITE) {
                return;
            }
        }
        self.close_least(step, self.last_opened);
        let Some(site) = self.for_uncovered(random) else { return };
        if self.cost + self.cost_of(site) < self.best_cost {
            self.open(site);
            self.changed_at[site] = step;
            self.last_opened = site as u32;
            self.weigh();
        }
    }

    fn cost_of(&self, site: usize) -> f64 {
        self.instance.candidates[site].opening_cost
    }

    fn keep(&mut self) {
        if self.cost < self.best_cost {
            self.best_cost = self.cost;
            self.best = self.open.iter().map(|&open| if open { 0 } else { NEVER }).collect();
        }
    }

    /// Closes the open site that uncovers the least weight for its cost; returns whether there was one.
    fn close_least(&mut self, step: usize, but: u32) -> bool {
        let may_close =
            |&&site: &&u32| site != but && !self.instance.candidates[site as usize].required;
        let key = |site: u32| self.score[site as usize] / self.cost_of(site as usize).max(1e-9);
        let least = self.chosen.iter().filter(may_close).min_by(|&&a, &&b| {
            let age = self.changed_at[a as usize].cmp(&self.changed_at[b as usize]);
            key(a).total_cmp(&key(b)).then(age).then(a.cmp(&b))
        });
        let Some(&site) = least else { return false };
        self.close(site as usize);
        self.changed_at[site as usize] = step;
        true
    }

    /// Returns the site that covers the most weight for its cost among those of an uncovered point.
    fn for_uncovered(&self, random: &mut Random) -> Option<usize> {
        if self.uncovered.is_empty() {
            return None;
        }
        let point = self.uncovered[random.below(self.uncovered.len())] as usize;
        let key = |site: usize| self.score[site] / self.cost_of(site).max(1e-9);
        let near = || self.instance.near.of(point).map(|(site, _)| site as usize);
        let order = |&a: &usize, &b: &usize| {
            let age = self.changed_at[b].cmp(&self.changed_at[a]);
            key(a).total_cmp(&key(b)).then(age).then(b.cmp(&a))
        };
        // Where nothing changed near any of them, one must open all the same.
        let changed = near().filter(|&site| self.may_open[site]).max_by(order);
        changed.or_else(|| near().filter(|&site| self.instance.may_open(site, 0)).max_by(order))
    }

    fn open(&mut self, site: usize) {
        self.open[site] = true;
        self.chosen.push(site as u32);
        self.cost += self.cost_of(site);
        let rows = self.rows;
        let mut own = 0.0;
        for (point, _) in rows.of(site) {
            let weight = self.weight[point];
            self.count[point] += 1;
            match self.count[point] {
                1 => {
                    self.cover(point);
                    own += weight;
                    self.add_to_others(point, site, -weight);
                }
                2 => self.add_to_only(point, site, -weight),
                _ => self.free_near(point),
            }
        }
        self.score[site] = own;
    }

    fn close(&mut self, site: usize) {
        self.open[site] = false;
        self.chosen.retain(|&other| other as usize != site);
        self.cost -= self.cost_of(site);
        let rows = self.rows;
        for (point, _) in rows.of(site) {
            let weight = self.weight[point];
            self.count[point] -= 1;
            match self.count[point] {
                0 => {
                    if weight > 0.0 {
                        self.uncover(point);
                    }
                    self.add_to_others(point, site, weight);
                }
                1 => self.add_to_only(point, site, weight),
                _ => self.free_near(point),
            }
        }
        self.may_open[site] = false;
    }

    /// Changes what opening any other site near a point would cover.
    fn add_to_others(&mut self, point: usize, site: usize, weight: f64) {
        for &other in self.instance.near.sites_of(point) {
            self.work += 1;
            if other as usize != site {
                self.score[other as usize] += weight;
                self.may_open[other as usize] = self.instance.may_open(other as usize, 0);
            }
        }
    }

    /// Changes what closing the one other open site near a point would uncover.
    fn add_to_only(&mut self, point: usize, site: usize, weight: f64) {
        for &other in self.instance.near.sites_of(point) {
            self.work += 1;
            let other = other as usize;
            if other != site && self.open[other] {
                self.score[other] += weight;
            }
            self.may_open[other] |= other != site && self.instance.may_open(other, 0);
        }
    }

    fn free_near(&mut self, point: usize) {
        for &other in self.instance.near.sites_of(point) {
            self.work += 1;
            self.may_open[other as usize] |= self.instance.may_open(other as usize, 0);
        }
    }

    /// Lets every uncovered point weigh one more.
    fn weigh(&mut self) {
        for &point in &self.uncovered {
            self.weight[point as usize] += 1.0;
            for &site in self.instance.near.sites_of(point as usize) {
                self.work += 1;
                self.score[site as usize] += 1.0;
            }
        }
    }

    fn uncover(&mut self, point: usize) {
        self.place[point] = self.uncovered.len() as u32;
        self.uncovered.push(point as u32);
    }

    fn cover(&mut self, point: usize) {
        let place = std::mem::replace(&mut self.place[point], NO_SITE);
        if place == NO_SITE {
            return;
        }
        self.uncovered.swap_remove(place as usize);
        if let Some(&moved) = self.uncovered.get(place as usize) {
            self.place[moved as usize] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Candidate, NearLists};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Site j covers the points whose bit is set in `covers[j]`, and every point is covered by its own site.
    fn instance(covers: &[u16], costs: &[u8]) -> Instance {
        let points = covers.len();
        let near = NearLists::build(points, |i| {
            let sites = (0..points).filter(|&j| j == i || covers[j] >> i & 1 == 1);
            (sites.map(|j| (j as u32, 0)).collect(), u32::MAX)
        });
        let candidate =
            |j: usize| Candidate { opening_cost: f64::from(costs[j]), ..Candidate::free(j, 1) };
        Instance {
            members: Arc::default(),
            outside: None,
            space: None,
            points,
            periods: 1,
            weights: Arc::new(vec![1.0; points]),
            caps: Arc::new(vec![f64::INFINITY; points]),
            candidates: (0..points).map(candidate).collect(),
            quotas: vec![points as u32],
            exactly: false,
            unserved: 10,
            near: Arc::new(near),
        }
    }

    /// Returns the cost of a choice, or nothing when it leaves a point uncovered.
    fn cost(instance: &Instance, is_open: impl Fn(usize) -> bool) -> Option<f64> {
        let covered = |i: usize| instance.near.of(i).any(|(site, _)| is_open(site as usize));
        let costs = instance.candidates.iter().enumerate().filter(|(site, _)| is_open(*site));
        (0..instance.points).all(covered).then(|| costs.map(|(_, site)| site.opening_cost).sum())
    }

    proptest! {
        // A search may miss the best cover; that it finds it in these cases should not depend on the day.
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]
        #[test]
        fn small_covers_end_at_the_least_cost(
            sites in proptest::collection::vec((any::<u16>(), 1_u8..4), 1..9),
            weighted in any::<bool>(),
        ) {
            let (covers, costs): (Vec<u16>, Vec<u8>) = sites.into_iter().unzip();
            let costs: Vec<u8> = costs.iter().map(|&cost| if weighted { cost } else { 1 }).collect();
            let instance = instance(&covers, &costs);
            prop_assert!(is_covering(&instance));
            let rows = instance.rows_within(|_| f64::INFINITY);
            let all = vec![0; instance.points];
            let (found, _) = improve(&instance, &rows, &all, 2_000, &mut Random::new(7));
            let least = (0..1_usize << instance.points)
                .filter_map(|set| cost(&instance, |site| set >> site & 1 == 1))
                .fold(f64::INFINITY, f64::min);
            let found = cost(&instance, |site| found[site] == 0);
            prop_assert!(found.is_some(), "the choice leaves points uncovered");
            if !weighted {
                prop_assert_eq!(found, Some(least));
            }
        }
    }
}
