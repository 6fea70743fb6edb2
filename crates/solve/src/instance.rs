//! The numeric problem that the engine works on: points, candidate sites, periods, costs.
//!
//! Programmes are translated into it ([`crate::translation`]); nothing here knows places or years.
//! Costs are whole numbers in the units of the goal. For each point the candidate sites are listed by
//! rising cost; a list may end early (`complete_below`), and a bound stays valid as long as no radius
//! passes the point where the list ends.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::space::{Below, Row, Space};

/// Marks "no site" where a site's position is expected.
pub(crate) const NO_SITE: u32 = u32::MAX;

/// Is a candidate site: the engine decides when it opens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// First and last period (0-based) in which it may open; [`NO_WINDOW`] where it may not.
    pub(crate) window: (usize, usize),
    /// Whether it must open.
    pub(crate) required: bool,
    /// Cost of opening it, in engine units.
    pub(crate) opening_cost: f64,
    /// Its position in the problem as stated, which a part of the problem keeps.
    pub(crate) origin: u32,
}

/// A window in which no period lies.
pub(crate) const NO_WINDOW: (usize, usize) = (1, 0);

/// Is the numeric problem.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Number of points.
    pub(crate) points: usize,
    /// Number of periods.
    pub(crate) periods: usize,
    /// Weight of point i in period t, at `i * periods + t`.
    pub(crate) weights: Arc<Vec<f64>>,
    /// Cost of point i in period t if no candidate opens; infinite where it would be unserved and
    /// must not be. Does not grow with t.
    pub(crate) caps: Arc<Vec<f64>>,
    /// The candidates.
    pub(crate) candidates: Vec<Candidate>,
    /// Openings of each period.
    pub(crate) quotas: Vec<u32>,
    /// Whether quotas must be met.
    pub(crate) exactly: bool,
    /// What the search charges a point that must be served and is not: more than any plan that serves it
    /// pays for that.
    pub(crate) unserved: u32,
    /// Candidates near each point; empty where there is a space.
    pub(crate) near: Arc<NearLists>,
    /// Where points and sites lie, when pairs are measured instead of listed; points are named by slots.
    pub(crate) space: Option<Arc<Space>>,
    /// The site in space of each candidate.
    pub(crate) members: Arc<Vec<u32>>,
    /// What lies around a patch of a larger problem, where this is one.
    pub(crate) outside: Option<Arc<Outside>>,
}

/// Is what lies around a patch of a problem, settled: prices take the place of quotas.
#[derive(Debug)]
pub(crate) struct Outside {
    /// Price of an opening in each period, in engine units.
    pub(crate) prices: Vec<f64>,
    /// What a candidate of an origin saves, from each period on, for points that are not of the patch: not
    /// above 0, at `origin * periods + t`.
    pub(crate) savings: Vec<f64>,
}

/// Lists, for each point, candidates by rising cost (ties by position).
#[derive(Clone, Debug, Default)]
pub(crate) struct NearLists {
    starts: Vec<usize>,
    sites: Vec<u32>,
    costs: Vec<u32>,
    /// For each point: every candidate that costs less than this is listed.
    pub(crate) complete_below: Vec<u32>,
    /// Larger than every listed cost, and of their size, which keeps the sums of the search exact.
    pub(crate) farthest: u32,
}

/// Lists, for each candidate, points with their cost: the transpose of [`NearLists`].
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteRows {
    starts: Vec<usize>,
    points: Vec<u32>,
    costs: Vec<u32>,
}

impl Candidate {
    /// Returns the candidate at a position, free to open in any of these periods without cost.
    pub(crate) fn free(origin: usize, periods: usize) -> Self {
        let window = (0, periods.saturating_sub(1));
        Self { window, required: false, opening_cost: 0.0, origin: origin as u32 }
    }

    /// Returns whether it may open at all.
    pub(crate) fn may_open_ever(&self) -> bool {
        self.window.0 <= self.window.1
    }
}

impl Instance {
    /// Returns whether a candidate may open in a period.
    pub(crate) fn may_open(&self, site: usize, period: usize) -> bool {
        let (earliest, latest) = self.candidates[site].window;
        (earliest..=latest).contains(&period) && self.quotas[period] > 0
    }

    /// Returns the cost that the search charges a point which no listed candidate serves: its cap, or more
    /// than any listed cost. Never too little, even where a list ends early.
    pub(crate) fn ceiling(&self, point: usize, period: usize) -> u32 {
        let cap = self.caps[point * self.periods + period];
        if cap.is_finite() { cap as u32 } else { self.unserved }
    }

    /// Returns the rows of all candidates that may open, over the pairs that cost less than `radius(i)`.
    pub(crate) fn rows_within(&self, radius: impl Fn(usize) -> f64) -> SiteRows {
        if let Some(space) = &self.space {
            let limits: Vec<u32> = (0..self.points).map(|i| radius(i).ceil() as u32).collect();
            return space.rows_of(&self.members, &Below::new(space, &limits));
        }
        let wanted: Vec<bool> = self.candidates.iter().map(Candidate::may_open_ever).collect();
        self.near.rows_within(&wanted, radius)
    }

    /// Returns what `of_row` makes of the points and costs of every candidate that may open, over the pairs
    /// that cost less than `radius(i)`; rows are not kept where they can be measured.
    pub(crate) fn map_rows<T: Send + Clone + Default>(
        &self,
        radius: impl Fn(usize) -> f64,
        of_row: impl Fn(usize, &[u32], &[u32]) -> T + Sync,
    ) -> Vec<T> {
        self.map_rows_while(radius, of_row, &|| true).unwrap_or_default()
    }

    /// As [`map_rows`](Self::map_rows), as long as `goes_on` says so; `None` where it ended.
    pub(crate) fn map_rows_while<T: Send + Clone + Default>(
        &self,
        radius: impl Fn(usize) -> f64,
        of_row: impl Fn(usize, &[u32], &[u32]) -> T + Sync,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Vec<T>> {
        let Some(space) = &self.space else {
            let rows = self.rows_within(radius);
            let map = |site: usize| of_row(site, rows.row(site).0, rows.row(site).1);
            return Some((0..self.candidates.len()).into_par_iter().map(map).collect());
        };
        let limits: Vec<u32> = (0..self.points).map(|i| radius(i).ceil() as u32).collect();
        let below = Below::new(space, &limits);
        let mut place = vec![NO_SITE; space.sites()];
        for (site, &member) in self.members.iter().enumerate() {
            place[member as usize] = site as u32;
        }
        // Neighbours one after the other find their points in the cache.
        let in_order = space.site_order().iter().map(|&member| place[member as usize]);
        let sites: Vec<u32> = in_order
            .filter(|&site| site != NO_SITE && self.candidates[site as usize].may_open_ever())
            .collect();
        let mapped: Option<Vec<T>> = sites
            .par_iter()
            .with_min_len(16)
            .map_init(Row::default, |row, &site| {
                space.row(self.members[site as usize], &below, row);
                goes_on().then(|| of_row(site as usize, row.slots(), row.costs()))
            })
            .collect();
        let mut all = vec![T::default(); self.candidates.len()];
        for (site, value) in sites.into_iter().zip(mapped?) {
            all[site as usize] = value;
        }
        Some(all)
    }

    /// Returns the problem with these candidates alone, measured as here.
    pub(crate) fn with_sites(&self, kept: &[u32]) -> Self {
        let candidates = kept.iter().map(|&site| self.candidates[site as usize]).collect();
        let members = kept.iter().map(|&site| self.members[site as usize]).collect();
        Self { candidates, members: Arc::new(members), ..self.clone() }
    }

    /// Returns below which cost every pair of a point is known.
    pub(crate) fn complete_below(&self, point: usize) -> u32 {
        self.near.complete_below.get(point).copied().unwrap_or(u32::MAX)
    }

    /// Returns the problem with these candidates alone, the k-th of which is candidate `kept[k]` here, and
    /// lists of their pairs that cost less than `reach(i)`.
    pub(crate) fn restricted(
        &self,
        kept: &[u32],
        candidates: Vec<Candidate>,
        reach: impl Fn(usize) -> u32,
    ) -> Self {
        let near = match &self.space {
            None => self.near.restricted(kept, self.candidates.len(), reach),
            Some(_) => {
                let limits: Vec<u32> = (0..self.points).map(reach).collect();
                let rows = self.with_sites(kept).rows_within(|point| f64::from(limits[point]));
                NearLists::of_rows(&rows, kept.len(), &limits)
            }
        };
        Self { candidates, near: Arc::new(near), space: None, ..self.clone() }
    }

    /// Returns the number of openings over all periods that the candidates can fill.
    pub(crate) fn openings_max(&self) -> usize {
        let total: u64 = self.quotas.iter().map(|&quota| u64::from(quota)).sum();
        (total as usize).min(self.candidates.len())
    }
}

impl NearLists {
    /// Builds the lists of `points` points in parallel: `list(i)` gives the candidates of point i in
    /// any order, and the cost below which nothing is missing.
    pub(crate) fn build(
        points: usize,
        list: impl Fn(usize) -> (Vec<(u32, u32)>, u32) + Sync,
    ) -> Self {
        let rows: Vec<_> = (0..points)
            .into_par_iter()
            .map(|i| {
                let (mut row, complete) = list(i);
                row.sort_unstable_by_key(|&(site, cost)| (cost, site));
                (row, complete)
            })
            .collect();
        let mut lists = Self { starts: vec![0], ..Self::default() };
        for (row, complete) in rows {
            lists.sites.extend(row.iter().map(|&(site, _)| site));
            lists.costs.extend(row.iter().map(|&(_, cost)| cost));
            lists.starts.push(lists.sites.len());
            lists.complete_below.push(complete);
        }
        lists.farthest = lists.costs.iter().max().map_or(1, |&cost| cost.saturating_add(1));
        lists
    }

    /// Returns the lists of these candidates alone, numbered in the order of `kept`, as far as `reach(i)`.
    fn restricted(&self, kept: &[u32], candidates: usize, reach: impl Fn(usize) -> u32) -> Self {
        let mut position = vec![NO_SITE; candidates];
        for (at, &site) in kept.iter().enumerate() {
            position[site as usize] = at as u32;
        }
        let mut lists = Self { starts: vec![0], farthest: self.farthest, ..Self::default() };
        for point in 0..self.complete_below.len() {
            let reach = reach(point);
            let range = self.starts[point]..self.starts[point + 1];
            let all = self.costs[range].last().is_none_or(|&cost| cost < reach);
            let complete = self.complete_below[point];
            lists.complete_below.push(if all { complete } else { complete.min(reach) });
            for (site, cost) in self.of(point).take_while(|&(_, cost)| cost < reach) {
                if position[site as usize] != NO_SITE {
                    lists.sites.push(position[site as usize]);
                    lists.costs.push(cost);
                }
            }
            lists.starts.push(lists.sites.len());
        }
        lists
    }

    /// Returns the lists of the pairs in rows, which hold all that cost less than `below[i]`.
    pub(crate) fn of_rows(rows: &SiteRows, candidates: usize, below: &[u32]) -> Self {
        let mut lists: Vec<Vec<(u32, u32)>> = vec![Vec::new(); below.len()];
        for site in 0..candidates {
            for (point, cost) in rows.of(site) {
                lists[point].push((site as u32, cost));
            }
        }
        let mut near = Self::build(below.len(), |point| (lists[point].clone(), below[point]));
        near.farthest = near.farthest.max(below.iter().copied().max().unwrap_or(0));
        near
    }

    /// Returns the lists of some points with every cost replaced by what `cost` makes of it; pairs for
    /// which it says `None` are dropped. It must not reverse the order of costs.
    pub(crate) fn derive(
        &self,
        points: &[usize],
        cost: impl Fn(u32, u32) -> Option<u32> + Sync,
    ) -> Self {
        Self::build(points.len(), |at| {
            let pairs = self.of(points[at]);
            (pairs.filter_map(|(site, old)| Some((site, cost(site, old)?))).collect(), u32::MAX)
        })
    }

    /// Returns the lists with every cost made 0, and all lists complete that were complete for some cost.
    pub(crate) fn all_at_no_cost(&self) -> Self {
        let mut lists = self.clone();
        lists.costs.fill(0);
        lists.farthest = 1;
        for (point, complete) in lists.complete_below.iter_mut().enumerate() {
            let row = &mut lists.sites[self.starts[point]..self.starts[point + 1]];
            row.sort_unstable();
            // A list that ends early may miss a site.
            *complete = if *complete == u32::MAX { u32::MAX } else { 0 };
        }
        lists
    }

    /// Iterates over the (candidate, cost) pairs of a point, nearest first.
    pub(crate) fn of(&self, point: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let range = self.starts[point]..self.starts[point + 1];
        self.sites[range.clone()].iter().copied().zip(self.costs[range].iter().copied())
    }

    /// Returns the candidates of a point, nearest first.
    pub(crate) fn sites_of(&self, point: usize) -> &[u32] {
        &self.sites[self.starts[point]..self.starts[point + 1]]
    }

    /// Returns the number of listed pairs.
    pub(crate) fn pairs(&self) -> usize {
        self.sites.len()
    }

    /// Returns the rows of the candidates in `wanted` over the pairs that cost less than `radius(i)`.
    fn rows_within(&self, wanted: &[bool], radius: impl Fn(usize) -> f64) -> SiteRows {
        let candidates = wanted.len();
        let points = self.complete_below.len();
        let ends: Vec<usize> = (0..points)
            .map(|i| {
                let costs = &self.costs[self.starts[i]..self.starts[i + 1]];
                let reach = radius(i);
                self.starts[i] + costs.partition_point(|&cost| f64::from(cost) < reach)
            })
            .collect();
        let mut starts = vec![0; candidates + 1];
        for (&start, &end) in self.starts.iter().zip(&ends) {
            for &site in &self.sites[start..end] {
                starts[site as usize + 1] += usize::from(wanted[site as usize]);
            }
        }
        for site in 0..candidates {
            starts[site + 1] += starts[site];
        }
        let total = starts[candidates];
        let mut next = starts.clone();
        let (mut row_points, mut row_costs) = (vec![0; total], vec![0; total]);
        for (i, (&start, &end)) in self.starts.iter().zip(&ends).enumerate() {
            for pair in start..end {
                let site = self.sites[pair] as usize;
                if !wanted[site] {
                    continue;
                }
                let slot = &mut next[site];
                row_points[*slot] = i as u32;
                row_costs[*slot] = self.costs[pair];
                *slot += 1;
            }
        }
        SiteRows { starts, points: row_points, costs: row_costs }
    }
}

impl SiteRows {
    /// Joins rows that lie one after the other: row j is at `starts[j]..starts[j + 1]`.
    pub(crate) fn new(starts: Vec<usize>, points: Vec<u32>, costs: Vec<u32>) -> Self {
        Self { starts, points, costs }
    }

    /// Returns the points of a candidate and their costs.
    pub(crate) fn row(&self, site: usize) -> (&[u32], &[u32]) {
        let range = self.starts[site]..self.starts[site + 1];
        (&self.points[range.clone()], &self.costs[range])
    }

    /// Iterates over the (point, cost) pairs of a candidate.
    pub(crate) fn of(&self, site: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let range = self.starts[site]..self.starts[site + 1];
        let points = self.points[range.clone()].iter().map(|&point| point as usize);
        points.zip(self.costs[range].iter().copied())
    }

    /// Returns where the pairs of a candidate lie among all.
    pub(crate) fn range(&self, site: usize) -> Range<usize> {
        self.starts[site]..self.starts[site + 1]
    }

    /// Returns what `of_pair` makes of the point and the cost of every pair, in order.
    pub(crate) fn map_pairs<T: Send>(&self, of_pair: impl Fn(usize, u32) -> T + Sync) -> Vec<T> {
        let pairs = self.points.par_iter().zip(&self.costs).with_min_len(4096);
        pairs.map(|(&point, &cost)| of_pair(point as usize, cost)).collect()
    }

    /// Returns the number of pairs in all rows.
    pub(crate) fn pairs(&self) -> usize {
        self.points.len()
    }
}

#[cfg(test)]
pub(crate) mod examples {
    //! Problems for tests of the parts of the engine.

    use std::sync::Arc;

    use groundwork_model::field::Rounding;

    use super::{Candidate, Instance, NearLists};
    use crate::bound::ExactData;
    use crate::random::Random;
    use crate::space::Space;

    /// Returns a problem with a site at every point of a square, measured, with its exact data.
    pub(crate) fn square(
        seed: u64,
        points: usize,
        (periods, quota): (usize, u32),
    ) -> (Instance, ExactData) {
        let mut random = Random::new(seed);
        let places: Vec<(i64, i64)> = (0..points)
            .map(|_| (random.below(10_000) as i64, random.below(10_000) as i64))
            .collect();
        let people: Vec<u64> = (0..points).map(|_| 1 + random.below(99) as u64).collect();
        let (space, order) = Space::plane(places.clone(), places, 1, Rounding::Floor).renumbered();
        let in_order: Vec<u64> = order.iter().map(|&at| people[at as usize]).collect();
        let weight = |at: usize| in_order[at / periods] as f64;
        let instance = Instance {
            points,
            periods,
            weights: Arc::new((0..points * periods).map(weight).collect()),
            caps: Arc::new(vec![f64::INFINITY; points * periods]),
            candidates: (0..points).map(|site| Candidate::free(site, periods)).collect(),
            quotas: vec![quota; periods],
            exactly: false,
            unserved: 20_000,
            near: Arc::new(NearLists::default()),
            space: Some(Arc::new(space)),
            members: Arc::new((0..points as u32).collect()),
            outside: None,
        };
        let exact = ExactData {
            point_weights: in_order,
            period_weights: vec![1; periods],
            caps: vec![None; points * periods],
            shift: 7,
            ..ExactData::default()
        };
        (instance, exact)
    }
}
