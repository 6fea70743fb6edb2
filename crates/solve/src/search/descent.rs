//! Descents: improving exchanges are applied until none is left.

use rayon::prelude::*;

use super::{Scratch, Timetable};
use crate::instance::NO_SITE;
use crate::rows::Neighbours;

/// Parts in which sites are looked at side by side, and sites of each; constants, so that results do not
/// depend on the thread count.
const TEAM: usize = 4;
const SITES_EACH: usize = 4;

/// Is a queue of sites to look at, each in it once.
pub(crate) struct Agenda {
    sites: Vec<u32>,
    /// Where the next one is.
    at: usize,
    /// Whether a site waits.
    waits: Vec<bool>,
}

impl Agenda {
    /// Returns the queue of some of so many sites.
    pub(crate) fn new(sites: Vec<u32>, all: usize) -> Self {
        Self::with(sites, Vec::new(), all)
    }

    /// As [`Self::new`], using `waits` again, which is false of all sites that it knows.
    fn with(mut sites: Vec<u32>, mut waits: Vec<bool>, all: usize) -> Self {
        waits.resize(all, false);
        sites.retain(|&site| !std::mem::replace(&mut waits[site as usize], true));
        Self { sites, at: 0, waits }
    }

    fn next(&mut self) -> Option<u32> {
        let site = *self.sites.get(self.at)?;
        self.at += 1;
        self.waits[site as usize] = false;
        Some(site)
    }

    fn add(&mut self, sites: &[u32]) {
        for &site in sites {
            if !std::mem::replace(&mut self.waits[site as usize], true) {
                self.sites.push(site);
            }
        }
    }

    /// Returns its parts for another queue.
    fn into_empty(mut self) -> (Vec<u32>, Vec<bool>) {
        while self.next().is_some() {}
        self.sites.clear();
        (self.sites, self.waits)
    }
}

impl Timetable<'_> {
    /// Applies improving exchanges until a whole pass over `sites` finds none; `goes_on` sees the work and
    /// the value after every site and may end it early.
    pub(crate) fn descend(
        &mut self,
        sites: &[u32],
        scratch: &mut Scratch,
        mut goes_on: impl FnMut(u64, f64) -> bool,
    ) {
        self.prepare();
        let mut unchanged = 0;
        for (at, &site) in sites.iter().cycle().enumerate() {
            if unchanged >= sites.len() {
                if self.moves_since == 0 {
                    return;
                }
                // What is missed least was not quite known: look once more.
                self.prepare();
                unchanged = 0;
            } else if at % sites.len() == 0 && at > 0 {
                self.prepare();
            }
            let moved = self.improved_by(site as usize, scratch).is_some();
            unchanged = if moved { 0 } else { unchanged + 1 };
            if !goes_on(self.work, self.value) {
                return;
            }
        }
    }

    /// Applies improving exchanges of the sites in a queue, and of the neighbours of every site that
    /// moved, until there is none left or `stop` says so. The timetable must be prepared.
    pub(crate) fn settle(
        &mut self,
        queue: &mut Vec<u32>,
        neighbours: &Neighbours,
        scratch: &mut Scratch,
        stop: &dyn Fn() -> bool,
    ) {
        let (sites, waits) = (std::mem::take(queue), std::mem::take(&mut scratch.queued));
        let mut agenda = Agenda::with(sites, waits, self.opens.len());
        while !stop()
            && let Some(site) = agenda.next()
        {
            self.exhaust(site, neighbours, scratch, &mut agenda);
        }
        (*queue, scratch.queued) = agenda.into_empty();
    }

    /// As [`Self::settle`], with several sites looked at side by side: pays where rows are long. Ends after so
    /// much work; returns whether there is nothing left.
    pub(crate) fn settle_together(
        &mut self,
        agenda: &mut Agenda,
        neighbours: &Neighbours,
        work: u64,
    ) -> bool {
        let end = self.work + work;
        let mut team: Vec<Scratch> = (0..TEAM).map(|_| Scratch::default()).collect();
        while self.work < end {
            let batch: Vec<u32> =
                std::iter::from_fn(|| agenda.next()).take(TEAM * SITES_EACH).collect();
            if batch.is_empty() {
                return true;
            }
            for site in self.improving(&batch, &mut team) {
                // Another one may have moved since it was looked at.
                self.exhaust(site, neighbours, &mut team[0], agenda);
            }
        }
        false
    }

    /// Applies improving exchanges of a site until it has none; the neighbours of all that moved are to be
    /// looked at.
    fn exhaust(
        &mut self,
        site: u32,
        neighbours: &Neighbours,
        scratch: &mut Scratch,
        agenda: &mut Agenda,
    ) {
        while let Some(other) = self.improved_by(site as usize, scratch) {
            agenda.add(neighbours.of(site));
            if other != NO_SITE {
                agenda.add(neighbours.of(other));
            }
        }
    }

    /// Returns those of some sites that have an improving exchange.
    fn improving(&mut self, sites: &[u32], team: &mut [Scratch]) -> Vec<u32> {
        self.make_ready();
        let timetable = &*self;
        let of_one = |(sites, scratch): (&[u32], &mut Scratch)| -> Vec<u32> {
            let improves = |&site: &u32| timetable.offer(site as usize, scratch).is_some();
            sites.iter().copied().filter(improves).collect()
        };
        let parts = sites.par_chunks(SITES_EACH).zip(team.par_iter_mut());
        let found: Vec<Vec<u32>> = parts.map(of_one).collect();
        self.work += team.iter_mut().map(|scratch| std::mem::take(&mut scratch.work)).sum::<u64>();
        found.concat()
    }

    /// Applies the best improving exchange of a site; returns its partner.
    fn improved_by(&mut self, site: usize, scratch: &mut Scratch) -> Option<u32> {
        self.make_ready();
        let best = self.offer(site, scratch);
        self.work += std::mem::take(&mut scratch.work);
        let best = best?;
        self.improve(site, best).then_some(best.outgoing)
    }

    /// Brings up to date what offers are found with.
    fn make_ready(&mut self) {
        if self.rows.is_unlimited() {
            self.rows.narrow(self.instance, &self.nearest);
        }
        self.find_missed_least();
    }
}
