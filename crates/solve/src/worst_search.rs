//! Exchanges of opening times that look at the true value of the worst-off place.
//!
//! For one incoming site, the worst distance after an exchange with every partner follows from one pass
//! over the points of a period: points are grouped by the site that serves them, each group keeps its
//! worst distance with that site and without it, and the two worst groups tell the rest.

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE};
use crate::kicks::{Ground, kick};
use crate::random::Random;
use crate::rows::RowSource;
use crate::search::Timetable;
use crate::worst::WorstProblem;

/// Kicks without any gain after which the search ends.
const STALLED_KICKS: usize = 150;

/// Is a choice under exchange.
pub(crate) struct Exchanges<'a> {
    instance: &'a Instance,
    weights: &'a [u64],
    peopled: &'a [bool],
    ground: Ground,
    timetable: Timetable<'a>,
}

/// Holds the worst distance of the points of one group, with its site and without.
#[derive(Clone, Copy, Default)]
struct Group {
    kept: u32,
    lost: u32,
}

impl<'a> Exchanges<'a> {
    pub(crate) fn new(problem: WorstProblem<'a>, opens: Vec<usize>) -> Self {
        let WorstProblem { instance, weights, peopled, .. } = problem;
        let rows = RowSource::of(instance);
        let all: Vec<u32> = (0..instance.candidates.len() as u32).collect();
        let ground = Ground::new(instance, &rows, &all);
        let timetable = Timetable::new(instance, rows, opens);
        Self { instance, weights, peopled, ground, timetable }
    }

    /// Descends, then kicks and descends again until kicks no longer help or `goes_on` (which sees the work)
    /// says no.
    pub(crate) fn search(&mut self, seed: u64, goes_on: &mut dyn FnMut(u64) -> bool) {
        let mut random = Random::new(seed);
        self.descend(goes_on);
        let mut stalled = 0;
        while stalled < STALLED_KICKS && goes_on(self.timetable.work) {
            let (before, value) = (self.timetable.clone(), self.value());
            kick(&self.ground, &mut self.timetable, &mut random, &mut Vec::new());
            self.descend(goes_on);
            let now = self.value();
            stalled = if now < value { 0 } else { stalled + 1 };
            if now > value {
                let work = self.timetable.work;
                self.timetable = before;
                self.timetable.work = work;
            }
        }
    }

    /// Makes improving exchanges until none is left or `goes_on` says no.
    pub(crate) fn descend(&mut self, goes_on: &mut dyn FnMut(u64) -> bool) {
        let candidates = self.instance.candidates.len();
        let mut unchanged = 0;
        let mut site = 0;
        while unchanged < candidates && goes_on(self.timetable.work) {
            unchanged = if self.improve(site) { 0 } else { unchanged + 1 };
            site = (site + 1) % candidates;
        }
    }

    /// Returns the work done, in pairs.
    pub(crate) fn work(&self) -> u64 {
        self.timetable.work
    }

    /// Returns the period of each candidate, or [`NEVER`].
    pub(crate) fn into_opens(self) -> Vec<usize> {
        let periods = self.instance.periods;
        self.timetable.opens.iter().map(|&t| if t < periods { t } else { NEVER }).collect()
    }

    /// Returns the summed worst distance.
    pub(crate) fn value(&self) -> u128 {
        (0..self.instance.periods).map(|t| self.weigh(t, self.worst(t))).sum()
    }

    fn weigh(&self, period: usize, metres: u32) -> u128 {
        u128::from(self.weights[period]) * u128::from(metres)
    }

    /// Returns the worst distance of a period.
    pub(crate) fn worst(&self, period: usize) -> u32 {
        let points = (0..self.instance.points).filter(|&point| self.peopled[point]);
        points.map(|point| self.timetable.nearest(point, period).cost).max().unwrap_or(0)
    }

    /// Makes the best exchange that brings a site forward, if one improves the value.
    fn improve(&mut self, site: usize) -> bool {
        let until = self.timetable.opens[site];
        let mut costs = vec![u32::MAX; self.instance.points];
        self.timetable.with_row(site, |_, points, row| {
            for (&point, &cost) in points.iter().zip(row) {
                costs[point as usize] = cost;
            }
        });
        self.timetable.work += (self.instance.points * until) as u64;
        // Savings of the periods from t on, against every partner.
        let mut saved: Vec<i128> = vec![0; self.instance.candidates.len() + 1];
        let mut best: Option<(i128, usize, usize)> = None;
        for period in (0..until).rev() {
            let before = self.weigh(period, self.worst(period)) as i128;
            let after = self.worst_without(period, &costs);
            for (partner, worst) in after.iter().enumerate() {
                saved[partner] += before - self.weigh(period, *worst) as i128;
                let gain = saved[partner];
                let better = best.is_none_or(|(most, ..)| gain > most);
                if gain > 0 && better && self.may_exchange(partner, site, period) {
                    best = Some((gain, partner, period));
                }
            }
        }
        let Some((_, partner, period)) = best else { return false };
        if partner == self.instance.candidates.len() {
            self.timetable.bring_forward(site, period);
        } else {
            self.timetable.exchange(site, partner);
        }
        true
    }

    /// Returns whether a partner (the last position: an opening that is left) gives up this period.
    fn may_exchange(&self, partner: usize, site: usize, period: usize) -> bool {
        if partner == self.instance.candidates.len() {
            return self.timetable.has_spare(period) && self.instance.may_open(site, period);
        }
        self.timetable.opens[partner] == period && self.timetable.allowed(partner, site)
    }

    /// Returns the worst distance of a period once a site with these costs is open and each partner in
    /// turn is closed (last: none is).
    fn worst_without(&self, period: usize, costs: &[u32]) -> Vec<u32> {
        let candidates = self.instance.candidates.len();
        let mut groups = vec![Group::default(); candidates + 1];
        for (point, &cost) in costs.iter().enumerate().filter(|&(point, _)| self.peopled[point]) {
            let nearest = self.timetable.nearest(point, period);
            let at = if nearest.site == NO_SITE { candidates } else { nearest.site as usize };
            let group = &mut groups[at];
            group.kept = group.kept.max(nearest.cost.min(cost));
            group.lost = group.lost.max(nearest.second.min(cost));
        }
        let (mut worst, mut next, mut of) = (0, 0, candidates);
        for (at, group) in groups.iter().enumerate() {
            if group.kept > worst {
                (worst, next, of) = (group.kept, worst, at);
            } else {
                next = next.max(group.kept);
            }
        }
        let others = |at: usize| if at == of { next } else { worst };
        (0..candidates).map(|at| groups[at].lost.max(others(at))).chain([worst]).collect()
    }
}
