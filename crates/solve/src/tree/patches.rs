//! The sites of a node, divided into patches: sites near one another that decide together, as far as radii can
//! tell, who is served by whom.
//!
//! What a relaxation misses is mostly missed in many places that have little to do with one another, and a tree
//! multiplies what it takes to settle each of them. At given prices of openings, patches have nothing in common
//! but the points between them; each of these stays with one patch, and is settled for all others. So each patch
//! has a tree of its own, and what they bring adds up: nodes that divide beside nodes that split (AND and OR
//! nodes; Marinescu and Dechter, Artificial Intelligence 173, 2009, for networks of constraints).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::node::Core;
use crate::instance::{Instance, NO_SITE};

/// Share of choices in which a site is open from which on it counts.
const COUNTS: f64 = 0.01;

/// Is a node whose sites are to be divided.
pub(super) struct Ground<'g> {
    pub(super) core: &'g Core,
    /// The problem of the core with candidates as the node has them.
    pub(super) instance: &'g Instance,
    /// The share of choices in which each site was open in each period, site-major.
    pub(super) shares: &'g [f64],
}

/// Says which sites belong together, and whose points are.
pub(super) struct Division {
    /// The patch of each site, or [`NO_SITE`].
    pub(super) of_site: Vec<u32>,
    /// The place of each site in its patch.
    pub(super) place: Vec<u32>,
    /// The site that stands for each patch.
    pub(super) first: Vec<u32>,
    /// The patch of each point, or [`NO_SITE`].
    pub(super) of_point: Vec<u32>,
}

impl Ground<'_> {
    pub(super) fn share(&self, site: u32, period: usize) -> f64 {
        self.shares[site as usize * self.instance.periods + period]
    }

    pub(super) fn is_left(&self, site: u32) -> bool {
        self.instance.candidates[site as usize].may_open_ever()
    }

    /// Returns the cost below which only sites of a point's own patch serve it, among those that are left.
    pub(super) fn end(&self, of_site: &[u32], point: usize, own: u32) -> u32 {
        let mut left = self.instance.near.of(point).filter(|&(site, _)| self.is_left(site));
        let other = left.find(|&(site, _)| of_site[site as usize] != own).map(|(_, cost)| cost);
        let ends = self.instance.complete_below(point).min(self.instance.near.farthest);
        other.map_or(ends, |cost| cost.min(ends))
    }

    /// Divides the sites that are left as they were divided before, by their numbers in the problem.
    pub(super) fn divided(&self, firsts: &[u32]) -> Vec<u32> {
        let kept = &self.core.kept;
        let mut here = BTreeMap::new();
        let of_site = |(at, &site): (usize, &u32)| match firsts[site as usize] {
            NO_SITE => NO_SITE,
            _ if !self.is_left(at as u32) => NO_SITE,
            first => *here.entry(first).or_insert(at as u32),
        };
        kept.iter().enumerate().map(of_site).collect()
    }

    /// Divides sites, given the radii of the node.
    pub(super) fn divide(
        &self,
        radii: &[u64],
        shift: u32,
        homes: &[u32],
        open_together: f64,
    ) -> Vec<u32> {
        let of_open = self.gathered(radii, shift, homes, open_together);
        let of_site = self.joined(homes, &of_open);
        self.grouped((radii, shift), homes, of_site, open_together)
    }

    /// Returns for each point and period the site within its radius that is open most, or the nearest one.
    pub(super) fn homes(&self, radii: &[u64], shift: u32) -> Vec<u32> {
        let periods = self.instance.periods;
        let home = |at: usize| {
            let (point, t) = (at / periods, at % periods);
            let within = self.within(point, radii[at], shift);
            let open = within.map(|(site, _)| (self.share(site, t), site));
            let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1));
            let most = open.max_by(order).map(|(_, site)| site);
            let nearest = || self.within(point, u64::MAX, 0).next().map(|(site, _)| site);
            most.or_else(nearest).unwrap_or(NO_SITE)
        };
        (0..radii.len()).into_par_iter().with_min_len(256).map(home).collect()
    }

    /// Iterates over the sites left that cost a point less than a radius.
    fn within(
        &self,
        point: usize,
        radius: u64,
        shift: u32,
    ) -> impl Iterator<Item = (u32, u32)> + '_ {
        let near = self.instance.near.of(point);
        near.take_while(move |&(_, cost)| u64::from(cost) << shift < radius)
            .filter(|&(site, _)| self.is_left(site))
    }

    /// Puts sites together that are open in part for the same points, those first between which most is
    /// undecided, as long as patches stay small; returns one site of the patch of each.
    fn gathered(&self, radii: &[u64], shift: u32, homes: &[u32], open_together: f64) -> Vec<u32> {
        let periods = self.instance.periods;
        let sites = self.instance.candidates.len();
        let ties: Vec<(u32, u32, f64)> = (0..radii.len())
            .into_par_iter()
            .with_min_len(256)
            .filter(|&at| homes[at] != NO_SITE && self.instance.weights[at] > 0.0)
            .flat_map_iter(|at| {
                let (home, t) = (homes[at], at % periods);
                let own = self.share(home, t);
                let others = self.within(at / periods, radii[at], shift);
                let others = others.filter(move |&(site, _)| site != home);
                others.filter_map(move |(site, cost)| {
                    let share = self.share(site, t);
                    let left = (radii[at] - (u64::from(cost) << shift)) as f64;
                    let tie = self.instance.weights[at] * own * share * left;
                    (share > COUNTS).then_some((home.min(site), home.max(site), tie))
                })
            })
            .collect();
        let mut groups = Groups::of(sites, |site| self.share(site, periods - 1));
        groups.gather(&summed(ties), open_together);
        groups.first
    }

    /// Puts patches together that reach for the same sites, as long as they stay small.
    fn grouped(
        &self,
        (radii, shift): (&[u64], u32),
        homes: &[u32],
        of_site: Vec<u32>,
        open_together: f64,
    ) -> Vec<u32> {
        let periods = self.instance.periods;
        let last = |point: usize| point * periods + periods - 1;
        let ties: Vec<(u32, u32, f64)> = (0..self.instance.points)
            .into_par_iter()
            .with_min_len(256)
            .filter(|&point| homes[last(point)] != NO_SITE)
            .flat_map_iter(|point| {
                let (radius, of_site) = (radii[last(point)], &of_site);
                let own = of_site[homes[last(point)] as usize];
                let others = self.within(point, radius, shift);
                let others = others
                    .filter(move |&(site, _)| ![own, NO_SITE].contains(&of_site[site as usize]));
                others.map(move |(site, cost)| {
                    let patch = of_site[site as usize];
                    let left = (radius - (u64::from(cost) << shift)) as f64;
                    let tie = self.instance.weights[last(point)] * left;
                    (own.min(patch), own.max(patch), tie)
                })
            })
            .collect();
        let open = |site: u32| self.share(site, periods - 1);
        let mut of_patch = vec![0.0; of_site.len()];
        for site in (0..of_site.len() as u32).filter(|&site| of_site[site as usize] != NO_SITE) {
            of_patch[of_site[site as usize] as usize] += open(site);
        }
        let mut groups = Groups::of(of_site.len(), |patch| of_patch[patch as usize]);
        groups.gather(&summed(ties), open_together);
        let group =
            |patch: u32| if patch == NO_SITE { NO_SITE } else { groups.first[patch as usize] };
        of_site.into_iter().map(group).collect()
    }

    /// Lets the other sites join the patch of the site at which the nearest of their points is at home.
    fn joined(&self, homes: &[u32], of_open: &[u32]) -> Vec<u32> {
        let periods = self.instance.periods;
        let mut nearest = vec![(u32::MAX, NO_SITE); of_open.len()];
        for point in 0..self.instance.points {
            let of_point = &homes[point * periods..(point + 1) * periods];
            let Some(&home) = of_point.iter().rev().find(|home| **home != NO_SITE) else {
                continue;
            };
            for (site, cost) in self.instance.near.of(point) {
                let known = &mut nearest[site as usize];
                if cost < known.0 {
                    *known = (cost, home);
                }
            }
        }
        let counts = |site: u32| self.share(site, periods - 1) > COUNTS;
        let join = |site: u32| match nearest[site as usize].1 {
            _ if !self.is_left(site) => NO_SITE,
            _ if counts(site) => of_open[site as usize],
            NO_SITE => NO_SITE,
            home => of_open[home as usize],
        };
        (0..of_open.len() as u32).map(join).collect()
    }

    /// Numbers the patches, and gives each point to the one in which most of it is at home.
    pub(super) fn numbered(&self, of_site: &[u32], homes: &[u32]) -> Division {
        let mut number = vec![NO_SITE; of_site.len()];
        let mut firsts = Vec::new();
        for &first in of_site.iter().filter(|first| **first != NO_SITE) {
            if number[first as usize] == NO_SITE {
                number[first as usize] = firsts.len() as u32;
                firsts.push(first);
            }
        }
        let numbered = |first: u32| if first == NO_SITE { NO_SITE } else { number[first as usize] };
        let of_site: Vec<u32> = of_site.iter().map(|&first| numbered(first)).collect();
        let of_home = |home: u32| if home == NO_SITE { NO_SITE } else { of_site[home as usize] };
        let of_point = homes.chunks(self.instance.periods).map(|homes| {
            let count = |patch: u32| homes.iter().filter(|&&home| of_home(home) == patch).count();
            let known = homes.iter().map(|&home| of_home(home)).filter(|&patch| patch != NO_SITE);
            known.max_by_key(|&patch| (count(patch), std::cmp::Reverse(patch))).unwrap_or(NO_SITE)
        });
        let mut sites = vec![0_u32; firsts.len()];
        let place = of_site.iter().map(|&patch| {
            let Some(count) = sites.get_mut(patch as usize) else { return 0 };
            *count += 1;
            *count - 1
        });
        let (of_point, place) = (of_point.collect(), place.collect());
        Division { of_site, place, of_point, first: firsts }
    }
}

/// Adds up the ties between the same two, the strongest first.
pub(super) fn summed(mut ties: Vec<(u32, u32, f64)>) -> Vec<(u32, u32, f64)> {
    ties.sort_by_key(|&(a, b, _)| (a, b));
    let mut sums: Vec<(u32, u32, f64)> = Vec::new();
    for (a, b, tie) in ties {
        match sums.last_mut().filter(|last| (last.0, last.1) == (a, b)) {
            Some(last) => last.2 += tie,
            None => sums.push((a, b, tie)),
        }
    }
    sums.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    sums
}

/// Holds things that are put together as long as not too many sites are open in them.
pub(super) struct Groups {
    /// The thing that stands for the group of each.
    pub(super) first: Vec<u32>,
    open: Vec<f64>,
}

impl Groups {
    pub(super) fn of(count: usize, open: impl Fn(u32) -> f64) -> Self {
        let all = 0..count as u32;
        Self { first: all.clone().collect(), open: all.map(open).collect() }
    }

    /// Puts things together along ties, in their order.
    pub(super) fn gather(&mut self, ties: &[(u32, u32, f64)], open_together: f64) {
        for &(a, b, _) in ties {
            let (a, b) = (self.first_of(a) as usize, self.first_of(b) as usize);
            if a != b && self.open[a] + self.open[b] <= open_together {
                self.first[b] = a as u32;
                self.open[a] += self.open[b];
            }
        }
        for at in 0..self.first.len() as u32 {
            self.first[at as usize] = self.first_of(at);
        }
    }

    fn first_of(&mut self, mut at: u32) -> u32 {
        while self.first[at as usize] != at {
            self.first[at as usize] = self.first[self.first[at as usize] as usize];
            at = self.first[at as usize];
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn groups_are_gathered_along_the_strongest_ties_as_long_as_they_are_small() {
        let mut groups = Groups::of(5, |at| if at == 3 { 15.0 } else { 4.0 });
        groups.gather(&[(0, 1, 9.0), (1, 3, 5.0), (1, 2, 3.0), (2, 4, 1.0)], 20.0);
        assert_eq!(groups.first, [0, 0, 0, 3, 0]);
    }
}
