//! How many sites it takes at least that all demand is served.

use super::Relaxation;

/// Counts the fewest sites, largest capacities first, that can serve all demand, of those that may open;
/// is told of every change. A change costs what the count moves by, and the closed sites passed over.
#[derive(Clone)]
pub(super) struct Fewest {
    /// Place of each site in the order of capacities, largest first.
    places: Vec<usize>,
    /// Units that the site at each place serves, all demand at most.
    capacities: Vec<u128>,
    may_open: Vec<bool>,
    demand: u128,
    /// The places below this are counted, where the sites may open.
    end: usize,
    count: usize,
    served: u128,
}

impl Fewest {
    /// Lets every site open; `None` where there are no capacities.
    pub(super) fn new(relaxation: &Relaxation<'_>) -> Option<Self> {
        let capacities = relaxation.capacities.as_ref()?;
        let demand = capacities.demands.iter().map(|demand| u128::from(*demand)).sum();
        let of_site = |site: &Option<u64>| site.map_or(demand, u128::from).min(demand);
        let units: Vec<u128> = capacities.of_sites.iter().map(of_site).collect();
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by_key(|site| std::cmp::Reverse(units[*site]));
        let mut places = vec![0; units.len()];
        order.iter().enumerate().for_each(|(place, site)| places[*site] = place);
        let mut fewest = Self {
            places,
            capacities: order.iter().map(|site| units[*site]).collect(),
            may_open: vec![true; units.len()],
            demand,
            end: 0,
            count: 0,
            served: 0,
        };
        fewest.settle();
        Some(fewest)
    }

    /// Returns the count; all sites that may open where they cannot serve all demand.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Says whether a site may open.
    pub(super) fn set(&mut self, site: usize, may_open: bool) {
        let place = self.places[site];
        if self.may_open[place] == may_open {
            return;
        }
        if place < self.end {
            self.change(place, may_open);
        }
        self.may_open[place] = may_open;
        self.settle();
    }

    /// Counts a place in or out.
    fn change(&mut self, place: usize, is_in: bool) {
        if is_in {
            (self.count, self.served) = (self.count + 1, self.served + self.capacities[place]);
        } else {
            (self.count, self.served) = (self.count - 1, self.served - self.capacities[place]);
        }
    }

    /// Moves the end to where all demand is served for the first time.
    fn settle(&mut self) {
        while self.served < self.demand && self.end < self.places.len() {
            if self.may_open[self.end] {
                self.change(self.end, true);
            }
            self.end += 1;
        }
        while let Some(last) = self.end.checked_sub(1) {
            let may_open = self.may_open[last];
            if may_open && self.served - self.capacities[last] < self.demand {
                return;
            }
            if may_open {
                self.change(last, false);
            }
            self.end = last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_follows_every_change() {
        let capacities = vec![9, 5, 5, 3, 0];
        let order = Fewest {
            places: vec![2, 0, 4, 1, 3],
            may_open: vec![true; 5],
            capacities,
            demand: 10,
            end: 0,
            count: 0,
            served: 0,
        };
        let mut fewest = order.clone();
        fewest.settle();
        let mut state: u64 = 7;
        for _ in 0..2_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            fewest.set((state >> 33) as usize % 5, state >> 62 & 1 > 0);
            let usable = (0..5).filter(|place| fewest.may_open[*place]);
            let units: Vec<u128> = usable.map(|place| order.capacities[place]).collect();
            let enough = (0..=units.len()).find(|k| units[..*k].iter().sum::<u128>() >= 10);
            // A site without capacity may or may not be counted where all do not suffice.
            match enough {
                Some(count) => assert_eq!(fewest.count(), count),
                None => assert!(fewest.count() <= units.len()),
            }
        }
    }
}
