//! When counting alone shows that no answer opens its sites at certain times.

use super::Relaxation;

/// Counts sites by their times, and is told of every change.
#[derive(Clone)]
pub(super) struct Counts {
    /// Openings allowed in each period; empty without quota.
    openings: Vec<u64>,
    exactly: bool,
    all_openings: u64,
    /// Sites that have times, and not 0.
    certain: u64,
    /// For each period, sites that have that period alone.
    only: Vec<u64>,
    /// For each period, sites that have it.
    may: Vec<u64>,
    /// Periods in which too many sites open, or too few may.
    broken: usize,
    /// Units that the sites serve which have another time than 0; each counts with all demand at most,
    /// so that the sum fits.
    capacity: u128,
    demand: u128,
}

impl Counts {
    /// Counts the sites with all their times.
    pub(super) fn new(relaxation: &Relaxation<'_>) -> Self {
        let quota = relaxation.quota.as_ref();
        let openings = quota.map_or_else(Vec::new, |quota| quota.openings.clone());
        let demands = relaxation.capacities.as_ref().map(|capacities| capacities.demands.iter());
        let mut counts = Self {
            exactly: quota.is_some_and(|quota| quota.exactly),
            all_openings: openings.iter().fold(0, |all: u64, number| all.saturating_add(*number)),
            certain: 0,
            only: vec![0; openings.len()],
            may: vec![0; openings.len()],
            broken: 0,
            capacity: 0,
            demand: demands.map_or(0, |demands| demands.map(|demand| u128::from(*demand)).sum()),
            openings,
        };
        counts.broken = (0..counts.openings.len()).filter(|index| counts.is_broken(*index)).count();
        for site in 0..relaxation.sites() {
            counts.enter(relaxation, site, relaxation.times.of(site));
        }
        counts
    }

    /// Returns whether no answer opens its sites at these times.
    pub(super) fn are_impossible(&self) -> bool {
        let too_many = !self.openings.is_empty() && self.certain > self.all_openings;
        too_many || self.broken > 0 || self.capacity < self.demand
    }

    /// Counts a site with these times in; what has no times is not counted.
    pub(super) fn enter(&mut self, relaxation: &Relaxation<'_>, site: usize, times: &[u32]) {
        self.certain += u64::from(times.first().is_some_and(|first| *first > 0));
        self.capacity += self.capacity_of(relaxation, site, times);
        self.count_periods(times, |number| number + 1);
    }

    /// Takes a site with these times, which has been counted in, out again.
    pub(super) fn leave(&mut self, relaxation: &Relaxation<'_>, site: usize, times: &[u32]) {
        self.certain -= u64::from(times.first().is_some_and(|first| *first > 0));
        self.capacity -= self.capacity_of(relaxation, site, times);
        self.count_periods(times, |number| number - 1);
    }

    fn count_periods(&mut self, times: &[u32], change: impl Fn(u64) -> u64) {
        if self.openings.is_empty() {
            return;
        }
        for index in times.iter().filter_map(|time| (*time as usize).checked_sub(1)) {
            self.broken -= usize::from(self.is_broken(index));
            self.may[index] = change(self.may[index]);
            if times.len() == 1 {
                self.only[index] = change(self.only[index]);
            }
            self.broken += usize::from(self.is_broken(index));
        }
    }

    fn is_broken(&self, index: usize) -> bool {
        let openings = self.openings[index];
        self.only[index] > openings || self.exactly && self.may[index] < openings
    }

    fn capacity_of(&self, relaxation: &Relaxation<'_>, site: usize, times: &[u32]) -> u128 {
        let opens = times.last().is_some_and(|last| *last > 0);
        let Some(capacities) = relaxation.capacities.as_ref().filter(|_| opens) else { return 0 };
        capacities.of_sites[site].map_or(self.demand, u128::from).min(self.demand)
    }
}
