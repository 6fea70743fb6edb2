//! Who is served in a future: by the nearest site that offers a kind, or as the plan says where kinds are limited.

use groundwork_model::plan::Served;
use groundwork_model::{Code, Problem};
use rayon::prelude::*;

use super::assignments::{self, Assigned};
use super::futures::Future;
use super::lists::Schedule;
use super::world::World;
use crate::scene::Scene;

/// Holds who is served in each period of a future.
pub(super) struct Serving<'a> {
    pub(super) future: &'a Future,
    periods: usize,
    /// For each period the sites that offer each kind of the settings.
    pub(super) offering: Vec<Vec<Vec<usize>>>,
    /// For each kind, place by place, the metres to the nearest site that offers it in each period.
    nearest: Vec<Vec<Option<u32>>>,
    /// For each period the sites that operate.
    pub(super) operating: Vec<Vec<usize>>,
    nearest_of_any: Vec<Option<u32>>,
    /// What the plan says of the kinds that are limited.
    pub(super) assigned: Assigned,
    /// Whether everybody is served who must be, and all assignments can be read.
    pub(super) is_whole: bool,
    pub(super) problems: Vec<Problem>,
    /// Pairs of place and site whose distance was computed.
    pub(super) pairs: u64,
}

impl<'a> Serving<'a> {
    /// Serves by the schedules as they turn out in the future.
    pub(super) fn of(
        world: &World<'_>,
        future: &'a Future,
        schedules: &[Schedule],
        rows: &[Served],
    ) -> Self {
        let periods = world.periods as usize;
        let operating =
            sites_of_periods(world, |site, period| schedules[site].offers(world, period).is_some());
        let offering: Vec<Vec<Vec<usize>>> = (0..world.kinds.len())
            .map(|kind| {
                sites_of_periods(world, |site, period| {
                    let package = schedules[site].offers(world, period);
                    package.is_some_and(|p| world.packages[p].offers[kind].is_some())
                })
            })
            .collect();
        let mut pairs = 0;
        let mut measured = |sites: &[Vec<usize>]| {
            let (nearest, measured) = nearest(world.scene, sites);
            pairs += measured;
            nearest
        };
        let nearest_of_any = measured(&operating);
        let nearest = offering
            .iter()
            .map(|sites| if *sites == operating { nearest_of_any.clone() } else { measured(sites) })
            .collect();
        let (assigned, problems) = assignments::read(world, future, schedules, rows);
        let is_whole = assigned.is_readable;
        let mut serving = Self {
            future,
            periods,
            offering,
            nearest,
            operating,
            nearest_of_any,
            assigned,
            is_whole,
            problems,
            pairs,
        };
        serving.ask_for_all(world);
        serving
    }

    /// Returns the metres from a place to the nearest site that offers a kind in a period (from 1).
    pub(super) fn nearest(&self, kind: usize, place: usize, period: u32) -> Option<u32> {
        self.nearest[kind][place * self.periods + period as usize - 1]
    }

    /// Returns whether a site with the id of a place offers a kind in a period (from 1), within the cut-off.
    pub(super) fn has_own(
        &self,
        world: &World<'_>,
        kind: usize,
        place: usize,
        period: u32,
    ) -> bool {
        let own = world.own_sites[place];
        own.is_some_and(|site| {
            self.offering[kind][period as usize - 1].binary_search(&site).is_ok()
        })
    }

    /// Returns the metres from a place to the nearest site that operates in a period (from 1).
    pub(super) fn nearest_of_any(&self, place: usize, period: u32) -> Option<u32> {
        self.nearest_of_any[place * self.periods + period as usize - 1]
    }

    /// Reports the kinds and periods in which somebody who must be served is not.
    fn ask_for_all(&mut self, world: &World<'_>) {
        if !world.must_serve() {
            return;
        }
        for &kind in &world.listed {
            for period in 1..=world.periods {
                if self.future.persons[kind].sum(period) == 0 {
                    continue;
                }
                let fault = if self.offering[kind][period as usize - 1].is_empty() {
                    Some(nobody_serves(world, kind, period))
                } else if world.kinds[kind].is_limited {
                    self.assigned.too_few(world, self.future, kind, period)
                } else {
                    None
                };
                self.is_whole &= fault.is_none();
                self.problems.extend(fault);
            }
        }
    }
}

fn nobody_serves(world: &World<'_>, kind: usize, period: u32) -> Problem {
    let (id, when) = (world.kinds[kind].id, world.scene.period_name(period as usize - 1));
    let cause = format!("no site offers `{id}` in {when}, and everybody must be served");
    Problem::new(Code::NobodyServes, cause)
}

/// Returns, for each period, the sites of which something holds.
fn sites_of_periods(world: &World<'_>, holds: impl Fn(usize, u32) -> bool) -> Vec<Vec<usize>> {
    (1..=world.periods)
        .map(|period| (0..world.sites()).filter(|site| holds(*site, period)).collect())
        .collect()
}

/// Returns, place by place, the metres to the nearest of the sites of each period, and how many pairs
/// were measured.
fn nearest(scene: &Scene<'_>, sites: &[Vec<usize>]) -> (Vec<Option<u32>>, u64) {
    let steps = steps(sites);
    let rows: Vec<(Vec<Option<u32>>, u64)> =
        (0..scene.places()).into_par_iter().map(|place| of_place(scene, place, &steps)).collect();
    let pairs = rows.iter().map(|row| row.1).sum();
    (rows.into_iter().flat_map(|row| row.0).collect(), pairs)
}

/// Is a period's sites: all of them, or those that came to those of the period before.
struct Step {
    is_fresh: bool,
    sites: Vec<usize>,
}

fn steps(sites: &[Vec<usize>]) -> Vec<Step> {
    let mut before: &[usize] = &[];
    let mut steps = Vec::with_capacity(sites.len());
    for now in sites {
        // Both lists are ascending.
        let is_fresh = !before.iter().all(|site| now.binary_search(site).is_ok());
        let came =
            now.iter().copied().filter(|site| is_fresh || before.binary_search(site).is_err());
        steps.push(Step { is_fresh, sites: came.collect() });
        before = now;
    }
    steps
}

fn of_place(scene: &Scene<'_>, place: usize, steps: &[Step]) -> (Vec<Option<u32>>, u64) {
    let distances = &scene.distances;
    let far = distances.chord2_within(u32::MAX);
    let (mut best, mut limit): (Option<u32>, f64) = (None, far);
    let mut pairs = 0;
    let mut row = Vec::with_capacity(steps.len());
    for step in steps {
        if step.is_fresh {
            (best, limit) = (None, far);
        }
        for &site in &step.sites {
            if distances.chord2(place, site) > limit {
                continue;
            }
            pairs += 1;
            let metres = distances.metres(place, site);
            if let Some(metres) = metres.filter(|m| best.is_none_or(|best| *m < best)) {
                best = Some(metres);
                limit = distances.chord2_within(metres);
            }
        }
        row.push(best);
    }
    (row, pairs)
}
