//! Better plans by kicks of a few sites whose neighbours alone answer: at many sites, most of a plan has nothing to do
//! with what changes at one of them.
//!
//! A kick looks only at the sites around two centres, so that what it costs does not grow with the programme: two, for what
//! one saves of a budget the other can spend. As long as that makes plans better nothing is kicked: the neighbours look for
//! better schedules by themselves. Several are tried at once, each of the same plan; those that make it better are then made
//! in turn. There are as many whatever the number of threads, so that the plan is the same.

use rayon::prelude::*;

use super::dual::Domain;
use super::found::Found;
use super::search::{Effort, MANY_SITES, Search, Work};
use crate::random::Random;

/// Sites up to which a tree proves a plan soon where kinds are limited: there all are neighbours.
const FEW_SITES: usize = 50;
/// Sites around each of two centres that answer a kick.
const NEIGHBOURS: usize = 36;
/// Kicks that are tried at once.
pub(super) const LANES: usize = 4;
/// Sites that a kick changes at most.
const STRENGTH: usize = 4;
/// How hard a search among neighbours tries.
const NEARBY: Effort = Effort { chains: 0, tries: 3, firsts: 48, tries_in_twos: 3, rounds: 8 };

/// Is one of several searches that kick the same plan.
struct Lane<'a> {
    search: Search<'a>,
    work: Work<'a>,
    /// The sites that may change, with their schedules; none for all others.
    local: Domain,
}

/// Sites with the schedules that make a plan better.
type Moves = Vec<(usize, u32)>;

impl<'a> Search<'a> {
    /// Returns whether kicks are answered by neighbours alone: where a plan takes long to look at, and each change can be
    /// undone at once.
    pub(super) fn is_shaken_nearby(&self) -> bool {
        let few = if self.is_limited() { FEW_SITES } else { MANY_SITES };
        self.mixed.sites() > few && self.mixed.keeps_sendings()
    }

    /// Kicks a plan here and there, and undoes what does not make it better; `goes_on(work, better)` is asked after every
    /// few.
    pub(super) fn shake_nearby(
        &mut self,
        best: &Found,
        domain: &Domain,
        prices: &[f64],
        goes_on: &mut dyn FnMut(u64, Option<Found>) -> bool,
    ) {
        let free: Vec<usize> = (0..domain.len()).filter(|&site| domain[site].len() > 1).collect();
        if free.is_empty() {
            return;
        }
        let mut lanes: Vec<Lane<'a>> = (0..LANES).map(|_| self.lane(best)).collect();
        let (mut cost, mut in_vain) = (best.cost, 0);
        loop {
            let strength = STRENGTH.min(in_vain);
            let kick = |lane: &mut Lane<'_>| lane.kick((domain, &free), strength, (prices, cost));
            let left = self.limit.saturating_sub(self.work);
            lanes.iter_mut().for_each(|lane| lane.search.may_do(left));
            let tried: Vec<Moves> = lanes.par_iter_mut().map(kick).collect();
            // Lanes that were cut off come to nothing, so that the work of whole ones leads to the same plan again: that of
            // lanes that the clock cuts off does not count.
            if self.control.stop().is_some() {
                goes_on(0, None);
                break;
            }
            if lanes.iter().any(Lane::is_cut_off) {
                let work = lanes.iter_mut().map(Lane::take_work).sum();
                self.work += work;
                goes_on(work, None);
                break;
            }
            in_vain = if tried.iter().all(Vec::is_empty) { in_vain + 1 } else { in_vain / 2 };
            let (taken, better) = lanes[0].take(&tried, cost);
            if let Some(better) = &better {
                cost = better.cost;
                lanes[1..].par_iter_mut().for_each(|lane| lane.make(&taken));
            }
            let work = lanes.iter_mut().map(Lane::take_work).sum();
            self.work += work;
            if !goes_on(work, better) {
                break;
            }
        }
    }

    /// Makes a search of its own, with a draft of its own.
    fn lane(&mut self, best: &Found) -> Lane<'a> {
        let seed = self.random.below(usize::MAX) as u64;
        let mut search = self.clone();
        (search.random, search.effort, search.work) = (Random::new(seed), NEARBY, 0);
        let mut work = self.work_on(&best.schedules);
        work.draft.begin_locally();
        Lane { search, local: vec![Vec::new(); best.schedules.len()], work }
    }
}

impl Lane<'_> {
    /// Kicks a plan at so many sites at most and lets the neighbours answer; returns what makes it better than it was, and
    /// undoes it.
    fn kick(
        &mut self,
        (domain, free): (&Domain, &[usize]),
        strength: usize,
        (prices, cost): (&[f64], i128),
    ) -> Moves {
        let near = self.neighbourhood(free, domain);
        near.iter().for_each(|&site| self.local[site].clone_from(&domain[site]));
        let below = self.work.draft.cost();
        let before: Vec<u32> = near.iter().map(|&site| self.work.draft.schedules[site]).collect();
        self.work.draft.begin_locally();
        for _ in 0..self.search.random.below(strength + 1) {
            let random = &mut self.search.random;
            let site = near[random.below(near.len())];
            let schedule = self.local[site][random.below(self.local[site].len())];
            self.work.draft.set(site, schedule);
        }
        let found = self.search.settle(&mut self.work, &self.local, (prices, true), below);
        near.iter().for_each(|&site| self.local[site].clear());
        let mut moves = Moves::new();
        if found.is_some_and(|found| found.cost < cost) {
            let after = &self.work.draft.schedules;
            let moved = near.iter().zip(before).filter(|&(&site, was)| after[site] != was);
            moves.extend(moved.map(|(&site, _)| (site, after[site])));
        }
        while self.work.draft.undo(true) {}
        moves
    }

    /// Returns sites around two centres by chance.
    fn neighbourhood(&mut self, free: &[usize], domain: &Domain) -> Vec<usize> {
        let mut near: Vec<usize> = Vec::with_capacity(2 * NEIGHBOURS + 2);
        for _ in 0..2 {
            let centre = free[self.search.random.below(free.len())];
            let around = self.search.near.around(self.search.mixed, centre, NEIGHBOURS).into_iter();
            near.extend(around.filter(|&site| domain[site].len() > 1));
            near.push(centre);
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// Makes those moves that make the plan better, one after the other; returns them, and the plan that they come to.
    fn take(&mut self, tried: &[Moves], mut cost: i128) -> (Moves, Option<Found>) {
        let (mut taken, mut best) = (Moves::new(), None);
        for moves in tried.iter().filter(|moves| !moves.is_empty()) {
            self.work.draft.begin_locally();
            self.make(moves);
            let draft = &self.work.draft;
            let found = if draft.keeps_rules() { Found::of(draft) } else { None };
            if let Some(found) = found.filter(|found| found.cost < cost) {
                cost = found.cost;
                taken.extend(moves);
                best = Some(found);
            } else {
                while self.work.draft.undo(true) {}
            }
        }
        (taken, best)
    }

    fn make(&mut self, moves: &Moves) {
        moves.iter().for_each(|&(site, schedule)| self.work.draft.set(site, schedule));
    }

    /// Returns whether its work is spent.
    fn is_cut_off(&self) -> bool {
        self.search.work + self.work.draft.work >= self.search.limit
    }

    fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.search.work) + std::mem::take(&mut self.work.draft.work)
    }
}
