//! The frontier of maximal coverage.

use std::sync::Arc;

use crate::bound::ExactData;
use crate::instance::{Instance, NO_SITE, SiteRows};
use crate::random::Random;

use super::cover_ascent::CoverAscent;
use super::coverage::{Coverage, Offers};
use super::{Goes, Method, Phase, Plan, Rung};

/// Steps of the ascent on the first rung, and on each of the others.
const FIRST_STEPS: usize = 600;
const STEPS: usize = 120;
/// Work of the kicks of one round on a rung: for each pair, at least and at most.
const KICKS_PER_PAIR: u64 = 7;
const KICKS_MIN: u64 = 20_000;
const KICKS_MAX: u64 = 40_000_000;

/// Holds what the search needs of a covering problem.
pub(super) struct Ground {
    rows: Arc<SiteRows>,
    /// Weight of each point.
    pub(super) weights: Vec<i64>,
    /// The sites that cover the point at which each site stands, as far as that is known.
    near: Vec<Vec<u32>>,
}

impl Ground {
    pub(super) fn new(instance: &Instance, exact: &ExactData) -> Self {
        let rows = Arc::new(instance.rows_within(|_| f64::INFINITY));
        let weights = exact.point_weights.iter().map(|&weight| weight as i64).collect();
        let home = homes(instance, exact, &rows);
        let near = |home: &u32| match *home {
            NO_SITE => Vec::new(),
            home => instance.near.sites_of(home as usize).to_vec(),
        };
        let near = home.iter().map(near).collect();
        Self { rows, weights, near }
    }

    pub(super) fn sites(&self) -> usize {
        self.near.len()
    }

    fn pairs(&self) -> u64 {
        self.rows.pairs() as u64
    }

    /// Returns the points that a site covers.
    pub(super) fn row(&self, site: u32) -> &[u32] {
        self.rows.row(site as usize).0
    }

    /// Returns the sites near a site.
    pub(super) fn near(&self, site: u32) -> &[u32] {
        &self.near[site as usize]
    }
}

/// Says which sites a search looks at after a change: those near it, of all or of some.
pub(super) struct Area<'a> {
    ground: &'a Ground,
    /// The sites to look at; all where there are no marks.
    wanted: Vec<bool>,
    /// Of each site to look at the others near it; of those not listed it is found when needed.
    near: Vec<Vec<u32>>,
}

impl<'a> Area<'a> {
    pub(super) fn whole(ground: &'a Ground) -> Self {
        Self { ground, wanted: Vec::new(), near: Vec::new() }
    }

    /// Looks at some sites alone.
    fn of(ground: &'a Ground, sites: &[u32]) -> Self {
        let mut wanted = vec![false; ground.sites()];
        sites.iter().for_each(|&site| wanted[site as usize] = true);
        let mut near = vec![Vec::new(); ground.sites()];
        for &site in sites {
            let wanted = ground.near(site).iter().copied().filter(|&site| wanted[site as usize]);
            near[site as usize] = wanted.collect();
        }
        Self { ground, wanted, near }
    }

    /// Calls `visit` with the sites to look at near a site.
    pub(super) fn near(&self, site: u32, mut visit: impl FnMut(u32)) {
        let all = self.ground.near(site).iter();
        if self.wanted.is_empty() {
            all.for_each(|&near| visit(near));
        } else if self.wanted[site as usize] {
            self.near[site as usize].iter().for_each(|&near| visit(near));
        } else {
            all.filter(|&&near| self.wanted[near as usize]).for_each(|&near| visit(near));
        }
    }
}

/// Returns for each site a point near its middle: the one at which it stands, where clients are sites, else
/// any that it covers.
fn homes(instance: &Instance, exact: &ExactData, rows: &SiteRows) -> Vec<u32> {
    let sites = instance.candidates.len();
    let mut slot: Vec<u32> = (0..sites as u32).collect();
    for (at, &client) in exact.order.iter().enumerate() {
        if let Some(slot) = slot.get_mut(client as usize) {
            *slot = at as u32;
        }
    }
    let home = |site: usize| {
        let row = rows.row(site).0;
        let covers_own = row.binary_search(&slot[site]).is_ok();
        if covers_own { slot[site] } else { row.get(row.len() / 2).copied().unwrap_or(NO_SITE) }
    };
    (0..sites).map(home).collect()
}

/// Is the search on a covering problem.
pub(super) struct Cover {
    ground: Ground,
    total: i64,
}

impl Cover {
    pub(super) fn new(instance: &Instance, exact: &ExactData) -> Self {
        let ground = Ground::new(instance, exact);
        Self { total: ground.weights.iter().sum(), ground }
    }

    fn plan(&self, coverage: &Coverage<'_>) -> Plan {
        Plan { sites: coverage.sites(), cost: i128::from(self.total - coverage.covered) }
    }

    fn every_site(&self) -> std::ops::Range<u32> {
        0..self.ground.sites() as u32
    }
}

impl Method for Cover {
    fn greedy(&self, most: usize) -> (Vec<Plan>, u64) {
        let mut coverage = Coverage::new(&self.ground, &[]);
        let mut offers = Offers::new(&mut coverage, self.every_site());
        let mut plans = Vec::with_capacity(most);
        for _ in 0..most {
            if let Some(site) = offers.best(&mut coverage) {
                coverage.toggle(site);
            }
            plans.push(self.plan(&coverage));
        }
        (plans, coverage.work)
    }

    fn climb(&self, rungs: &[u32], path: &[Plan], goes: &mut Goes<'_>) -> Vec<Rung> {
        let mut ascent = CoverAscent::new(&self.ground);
        let mut climbed = Vec::new();
        for (at, &p) in rungs.iter().enumerate() {
            let steps = if at == 0 && p > 1 { FIRST_STEPS } else { STEPS };
            let before = ascent.work;
            let mut on = true;
            let found = ascent.climb(p as usize, steps, &mut |work| {
                on = goes.on(work - before);
                on
            });
            goes.done(ascent.work - before);
            let bound = self.total as f64 - found.most;
            goes.show(Phase::Bound, &path[p as usize - 1], Some(bound));
            climbed.push(Rung {
                p,
                bound,
                radii: found.radii.iter().map(|&radius| f64::from(radius)).collect(),
                promising: found.promising,
                fractions: found.fractions,
            });
            if !on {
                break;
            }
        }
        climbed
    }

    fn improve(
        &self,
        starts: &[&[u32]],
        rung: &Rung,
        (work, seed): (u64, u64),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Plan, u64) {
        let mut random = Random::new(seed);
        let mut worked = 0;
        let mut best: Option<Coverage<'_>> = None;
        for start in starts {
            let mut coverage = Coverage::new(&self.ground, start);
            self.fill(&mut coverage, rung.p as usize);
            coverage.descend(&rung.promising, stop);
            worked += coverage.work;
            coverage.work = 0;
            if best.as_ref().is_none_or(|best| coverage.covered > best.covered) {
                best = Some(coverage);
            }
        }
        let mut best = best.unwrap_or_else(|| Coverage::new(&self.ground, &[]));
        let area = Area::of(&self.ground, &rung.promising);
        best.kick((&rung.promising, &area), work, &mut random, stop);
        (self.plan(&best), worked + best.work)
    }

    fn grow(&self, from: &Plan, (p, upto): (u32, u32), _: &[u32]) -> Vec<Plan> {
        let mut coverage = Coverage::new(&self.ground, &from.sites);
        let area = Area::whole(&self.ground);
        let mut offers = Offers::new(&mut coverage, self.every_site());
        let mut plans = Vec::new();
        for _ in p..upto {
            if let Some(site) = offers.best(&mut coverage) {
                self.open(&mut coverage, &mut offers, site, &area);
            }
            plans.push(self.plan(&coverage));
        }
        plans
    }

    fn shrink(&self, from: &Plan, (p, downto): (u32, u32)) -> Vec<Plan> {
        let mut coverage = Coverage::new(&self.ground, &from.sites);
        let area = Area::whole(&self.ground);
        let mut plans = Vec::new();
        for p in (downto..p).rev() {
            while coverage.open.len() > p as usize {
                let Some(least) = coverage.missed_least() else { break };
                coverage.toggle(least);
                coverage.settle(&[least], &area, &[]);
            }
            plans.push(self.plan(&coverage));
        }
        plans
    }

    fn kicks(&self) -> u64 {
        (KICKS_PER_PAIR * self.ground.pairs()).clamp(KICKS_MIN, KICKS_MAX)
    }
}

impl Cover {
    /// Opens a site, and exchanges sites near it where that gains something.
    fn open(&self, coverage: &mut Coverage<'_>, offers: &mut Offers, site: u32, area: &Area<'_>) {
        let before = coverage.changes();
        coverage.toggle(site);
        coverage.settle(&[site], area, &[]);
        // Where a site closed, others gain more than they offered.
        let closed: Vec<u32> = coverage.changes_since(before).to_vec();
        for closed in closed.into_iter().filter(|&closed| closed != site) {
            if !coverage.is_open(closed) {
                for &near in self.ground.near(closed) {
                    offers.offer(coverage, near);
                }
            }
        }
    }

    /// Opens the sites that gain most until there are so many, and closes those missed least.
    fn fill(&self, coverage: &mut Coverage<'_>, p: usize) {
        while coverage.open.len() > p {
            let Some(least) = coverage.missed_least() else { return };
            coverage.toggle(least);
        }
        if coverage.open.len() < p {
            let mut offers = Offers::new(coverage, self.every_site());
            while coverage.open.len() < p {
                let Some(site) = offers.best(coverage) else { return };
                coverage.toggle(site);
            }
        }
    }
}
