//! The frontier of the p-median, on the local search and the ascent of single problems.

use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::ascent::{self, Ascent};
use crate::assignment::NEVER;
use crate::bound::ExactData;
use crate::dual::Schedule;
use crate::instance::{Instance, NO_SITE, SiteRows};
use crate::kicks::{self, Ground};
use crate::random::Random;
use crate::rows::RowSource;
use crate::search::Timetable;
use crate::start::Offer;

use super::{Goes, Method, Phase, Plan, Rung};

/// How a rung is climbed from a greedy plan, and how from the rung above.
const COLD: Schedule = Schedule { first: 0.1, last: 0.001, steps: 300 };
const WARM: Schedule = Schedule { first: 0.03, last: 0.001, steps: 100 };
/// The same where a step takes long.
const WARM_OF_LARGE: Schedule = Schedule { first: 0.02, last: 0.001, steps: 40 };
/// The rung above is near if it has no more than so many times the sites.
const NEAR: f64 = 1.15;
/// Sites on the greedy path of a large problem, for each that opens.
const POOL_PER_OPENING: usize = 3;
/// Work of the kicks of one round on a rung, for each point.
const KICKS_PER_POINT: u64 = 40;

/// Is the search on a p-median problem.
pub(super) struct Median<'a> {
    instance: &'a Instance,
    exact: &'a ExactData,
    /// All pairs, where they are listed.
    rows: Option<Arc<SiteRows>>,
}

impl<'a> Median<'a> {
    pub(super) fn new(instance: &'a Instance, exact: &'a ExactData) -> Self {
        let rows = instance.space.is_none();
        let rows = rows.then(|| Arc::new(instance.rows_within(|_| f64::INFINITY)));
        Self { instance, exact, rows }
    }

    /// Returns the problem of `p` sites.
    fn of(&self, p: u32) -> Instance {
        Instance { quotas: vec![p], ..self.instance.clone() }
    }

    fn source<'i>(&self, instance: &'i Instance) -> RowSource<'i> {
        match &self.rows {
            Some(rows) => RowSource::listed(Arc::clone(rows)),
            None => RowSource::of(instance),
        }
    }

    fn timetable<'i>(&self, instance: &'i Instance, sites: &[u32]) -> Timetable<'i> {
        let mut opens = vec![NEVER; instance.candidates.len()];
        sites.iter().for_each(|&site| opens[site as usize] = 0);
        Timetable::new(instance, self.source(instance), opens)
    }

    fn plan(&self, timetable: &Timetable<'_>) -> Plan {
        let sites = timetable.opens.iter().enumerate().filter(|(_, opens)| **opens == 0);
        let cost = |(point, &weight): (usize, &u64)| {
            i128::from(weight) * i128::from(timetable.nearest(point, 0).cost)
        };
        Plan {
            sites: sites.map(|(site, _)| site as u32).collect(),
            cost: self.exact.point_weights.iter().enumerate().map(cost).sum(),
        }
    }

    /// Returns the sites that a greedy path may open: all, or some of each neighbourhood of a large problem.
    fn pool(&self, most: usize) -> Vec<u32> {
        let sites = self.instance.candidates.len();
        let Some(space) = &self.instance.space else { return (0..sites as u32).collect() };
        let wanted = (POOL_PER_OPENING * most).clamp(1, sites);
        let group = (sites / wanted).max(1);
        let alike = vec![1.0; space.sites()];
        let groups = space.site_clusters(&alike, group);
        let mut pool: Vec<u32> = groups.iter().filter_map(|group| group.first().copied()).collect();
        pool.sort_unstable();
        pool
    }
}

impl Method for Median<'_> {
    fn greedy(&self, most: usize) -> (Vec<Plan>, u64) {
        let instance = self.of(most as u32);
        let mut timetable = self.timetable(&instance, &[]);
        let plans = self.add(&mut timetable, most, &self.pool(most));
        (plans, timetable.work)
    }

    fn climb(&self, rungs: &[u32], path: &[Plan], goes: &mut Goes<'_>) -> Vec<Rung> {
        let control = goes.control;
        let mut climbed: Vec<Rung> = Vec::new();
        // Radii are short where many sites open, and a step looks at few pairs.
        for &p in rungs.iter().rev() {
            let instance = self.of(p);
            let start = self.start(&instance, climbed.last(), path, goes);
            let schedule = start.schedule;
            let mut ascent = Ascent::new(&instance, start.radii, &start.core, control);
            ascent.ascend(schedule, |_, work| goes.on(work));
            goes.done(ascent.work());
            let kept = ascent.core().to_vec();
            if !ascent.best().bound.is_finite() {
                break;
            }
            let best = ascent.into_best();
            goes.show(Phase::Bound, &path[p as usize - 1], Some(best.bound));
            let opened = best.assignment.period.iter().enumerate().filter(|(_, t)| **t == 0);
            let fractions = opened.map(|(site, _)| (site as u32, 1.0)).collect();
            climbed.push(Rung {
                p,
                bound: best.bound,
                radii: best.radii,
                promising: kept,
                fractions,
            });
            if goes.stopped_by.is_some() {
                break;
            }
        }
        if climbed.is_empty() {
            climbed.push(self.without_radii(rungs[rungs.len() - 1]));
        }
        climbed.reverse();
        climbed
    }

    fn improve(
        &self,
        starts: &[&[u32]],
        rung: &Rung,
        (work, seed): (u64, u64),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Plan, u64) {
        let instance = self.of(rung.p);
        let source = self.source(&instance);
        let active = self.active(rung, starts);
        let ground = Ground::new(&instance, &source, &active);
        let mut worked = 0;
        let mut best: Option<Timetable<'_>> = None;
        for start in starts.iter().filter(|start| !start.is_empty()) {
            let mut timetable = self.timetable(&instance, start);
            ground.descend(&mut timetable, stop);
            worked += timetable.work;
            if best.as_ref().is_none_or(|best| timetable.value < best.value) {
                best = Some(timetable);
            }
        }
        let mut best = best.unwrap_or_else(|| self.timetable(&instance, &[]));
        let mut random = Random::new(seed);
        let kicked = kicks::improve(&mut best, &ground, work, &mut random, stop);
        (self.plan(&best), worked + kicked.unwrap_or(0))
    }

    fn grow(&self, from: &Plan, (p, upto): (u32, u32), pool: &[u32]) -> Vec<Plan> {
        let instance = self.of(upto);
        let mut timetable = self.timetable(&instance, &from.sites);
        let all: Vec<u32>;
        let pool = if self.rows.is_some() {
            all = self.pool(0);
            &all
        } else {
            pool
        };
        self.add(&mut timetable, (upto - p) as usize, pool)
    }

    fn shrink(&self, from: &Plan, (p, downto): (u32, u32)) -> Vec<Plan> {
        let instance = self.of(p);
        let mut timetable = self.timetable(&instance, &from.sites);
        let mut open = from.sites.len();
        let mut plans = Vec::new();
        for p in (downto..p).rev() {
            while open > p as usize {
                timetable.toggle(missed_least(&timetable));
                open -= 1;
            }
            plans.push(self.plan(&timetable));
        }
        plans
    }

    fn kicks(&self) -> u64 {
        KICKS_PER_POINT * self.instance.points as u64
    }
}

impl Median<'_> {
    /// Opens sites of a pool one by one, each the one that helps most; returns the plan after each.
    fn add(&self, timetable: &mut Timetable<'_>, number: usize, pool: &[u32]) -> Vec<Plan> {
        let is_closed = |timetable: &Timetable<'_>, site: u32| timetable.opens[site as usize] > 0;
        let closed: Vec<u32> =
            pool.iter().copied().filter(|&site| is_closed(timetable, site)).collect();
        let mut offers: BinaryHeap<Offer> = closed
            .into_iter()
            .map(|site| Offer { gain: gain(timetable, site), site: site as usize })
            .collect();
        let (mut plans, mut narrow) = (Vec::with_capacity(number), 1);
        for _ in 0..number {
            if let Some(site) = best(timetable, &mut offers) {
                timetable.toggle(site as usize);
            }
            plans.push(self.plan(timetable));
            if plans.len() == narrow {
                // With more sites open fewer pairs are of interest.
                timetable.prepare();
                narrow *= 2;
            }
        }
        plans
    }

    /// Returns where the ascent of a rung starts: where the rung above led, if that is near, else where a
    /// coarse problem leads or a greedy plan lies.
    fn start(
        &self,
        instance: &Instance,
        above: Option<&Rung>,
        path: &[Plan],
        goes: &mut Goes<'_>,
    ) -> Start {
        let p = instance.quotas[0];
        let is_near = |above: &&Rung| f64::from(above.p) <= NEAR * f64::from(p);
        if let Some(above) = above.filter(is_near) {
            let schedule = if self.rows.is_some() { WARM } else { WARM_OF_LARGE };
            return Start { radii: wider(above, p), core: above.promising.clone(), schedule };
        }
        let left = goes.limit.saturating_sub(goes.work);
        if let Some(coarse) = ascent::from_coarse(instance, left, goes.control) {
            goes.done(coarse.work);
            return Start { radii: coarse.radii, core: coarse.core, schedule: ascent::WARM };
        }
        let radii = self.first_radii(instance, &path[p as usize - 1]);
        Start { radii, core: Vec::new(), schedule: COLD }
    }

    fn first_radii(&self, instance: &Instance, plan: &Plan) -> Vec<f64> {
        ascent::radii_between(instance, &self.timetable(instance, &plan.sites))
    }

    /// Returns the rung of a number that was not climbed: no radii prove 0.
    fn without_radii(&self, p: u32) -> Rung {
        let radii = vec![0.0; self.instance.points];
        Rung { p, bound: 0.0, radii, promising: Vec::new(), fractions: Vec::new() }
    }

    /// Returns the sites that a search looks at: all, or the core of a large problem with those that open.
    fn active(&self, rung: &Rung, starts: &[&[u32]]) -> Vec<u32> {
        if self.rows.is_some() || rung.promising.is_empty() {
            return (0..self.instance.candidates.len() as u32).collect();
        }
        let mut active = rung.promising.clone();
        starts.iter().for_each(|start| active.extend_from_slice(start));
        active.sort_unstable();
        active.dedup();
        active
    }
}

/// Is where the ascent of a rung starts.
struct Start {
    radii: Vec<f64>,
    /// Sites that are worth looking at.
    core: Vec<u32>,
    schedule: Schedule,
}

/// Returns the radii of a rung as they should be for fewer sites: in the plane the area of each grows as
/// their number falls.
fn wider(above: &Rung, p: u32) -> Vec<f64> {
    let factor = (f64::from(above.p) / f64::from(p)).sqrt();
    above.radii.iter().map(|radius| radius * factor).collect()
}

fn best(timetable: &mut Timetable<'_>, offers: &mut BinaryHeap<Offer>) -> Option<u32> {
    while let Some(Offer { site, .. }) = offers.pop() {
        let fresh = Offer { gain: gain(timetable, site as u32), site };
        if offers.peek().is_none_or(|next| fresh >= *next) {
            return Some(site as u32);
        }
        offers.push(fresh);
    }
    None
}

fn gain(timetable: &mut Timetable<'_>, site: u32) -> f64 {
    let mut gain = 0.0;
    timetable.with_row(site as usize, |timetable, points, costs| {
        let weights = &timetable.instance().weights;
        for (&point, &cost) in points.iter().zip(costs) {
            let saved = timetable.nearest(point as usize, 0).cost.saturating_sub(cost);
            gain += weights[point as usize] * f64::from(saved);
        }
        timetable.work += points.len() as u64;
    });
    gain
}

/// Returns the open site whose closing costs least.
fn missed_least(timetable: &Timetable<'_>) -> usize {
    let instance = timetable.instance();
    let mut loss = vec![0.0; instance.candidates.len()];
    for point in 0..instance.points {
        let nearest = timetable.nearest(point, 0);
        if nearest.site != NO_SITE {
            let more = f64::from(nearest.second - nearest.cost);
            loss[nearest.site as usize] += instance.weights[point] * more;
        }
    }
    let open = (0..loss.len()).filter(|&site| timetable.opens[site] == 0);
    open.min_by(|&a, &b| loss[a].total_cmp(&loss[b]).then(a.cmp(&b))).unwrap_or(0)
}
