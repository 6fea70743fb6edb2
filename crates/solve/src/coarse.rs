//! A coarse problem in which neighbouring points are one, and what its solution says of the fine one.
//!
//! Radii vary slowly from place to place, so those of a group are nearly right for its members; its plan is
//! a plan of the fine problem as it stands, since coarse sites are sites of the fine problem.

use std::sync::Arc;

use crate::assignment::NEVER;
use crate::instance::{Candidate, Instance};
use crate::space::Space;

/// Points of a group at most: the first of these that leaves enough sites.
const GROUPS: [usize; 3] = [8, 4, 2];
/// Points from which it pays to solve a coarse problem first.
const FINE_FROM: usize = 4_000;
/// Coarse sites needed for each opening, for the coarse problem to say anything.
const SITES_PER_OPENING: usize = 8;

/// Is a coarse problem with how it lies in the fine one.
pub(crate) struct Coarse {
    pub(crate) instance: Instance,
    /// The coarse point of each point.
    group: Vec<u32>,
    /// The candidate that each coarse candidate is.
    sites: Vec<u32>,
    /// The coarse candidates that stand for others.
    fine_sites: usize,
}

impl Coarse {
    /// Returns the coarse problem of a measured one; `None` where it would say little.
    pub(crate) fn of(fine: &Instance) -> Option<Self> {
        let space = fine.space.as_ref().filter(|_| fine.points >= FINE_FROM)?;
        let enough = SITES_PER_OPENING * fine.openings_max();
        GROUPS.iter().find_map(|&most| Self::grouped(fine, space, most, enough))
    }

    /// Returns the coarse problem with groups of at most `most`; `None` where it has too few sites.
    fn grouped(fine: &Instance, space: &Space, most: usize, enough: usize) -> Option<Self> {
        let sites = coarse_sites(fine, space, most);
        if sites.len() < enough {
            return None;
        }
        let first = |at: usize| fine.weights[at * fine.periods];
        let weights: Vec<f64> = (0..fine.points).map(first).collect();
        let groups = space.clusters(&weights, most);
        let points: Vec<u32> = groups.iter().map(|group| group[0]).collect();
        let (space, order) = space.part(&points, &members(fine, &sites)).renumbered();
        let groups: Vec<&[u32]> = order.iter().map(|&at| &*groups[at as usize]).collect();
        let mut group = vec![0; fine.points];
        for (at, members) in groups.iter().enumerate() {
            members.iter().for_each(|&point| group[point as usize] = at as u32);
        }
        let instance = Instance {
            points: groups.len(),
            weights: Arc::new(summed(fine, &groups)),
            caps: Arc::new(averaged_caps(fine, &groups)),
            candidates: sites.iter().map(|&site| fine.candidates[site as usize]).collect(),
            members: Arc::new((0..sites.len() as u32).collect()),
            space: Some(Arc::new(space)),
            ..fine.clone()
        };
        Some(Self { instance, group, sites, fine_sites: fine.candidates.len() })
    }

    /// Returns a coarse choice as one of the fine problem.
    pub(crate) fn choice(&self, coarse: &[usize]) -> Vec<usize> {
        let mut opens = vec![NEVER; self.fine_sites];
        for (&site, &period) in self.sites.iter().zip(coarse) {
            opens[site as usize] = period;
        }
        opens
    }

    /// Returns coarse sites as sites of the fine problem.
    pub(crate) fn sites(&self, coarse: &[u32]) -> Vec<u32> {
        coarse.iter().map(|&site| self.sites[site as usize]).collect()
    }

    /// Returns coarse radii as radii of the fine problem.
    pub(crate) fn radii(&self, coarse: &[f64]) -> Vec<f64> {
        let periods = self.instance.periods;
        let row = |&group: &u32| &coarse[group as usize * periods..(group as usize + 1) * periods];
        self.group.iter().flat_map(row).copied().collect()
    }
}

/// Returns the sites of candidates in space.
fn members(fine: &Instance, sites: &[u32]) -> Vec<u32> {
    sites.iter().map(|&site| fine.members[site as usize]).collect()
}

/// Returns one candidate of every group of neighbouring ones, and all that must open.
fn coarse_sites(fine: &Instance, space: &Space, most: usize) -> Vec<u32> {
    let mut candidate_at = vec![None; space.sites()];
    for (site, &member) in fine.members.iter().enumerate() {
        candidate_at[member as usize] = Some(site as u32);
    }
    let usable = |member: &u32| {
        let site = candidate_at[*member as usize]?;
        fine.candidates[site as usize].may_open_ever().then_some(site)
    };
    let freedom = |site: &u32| {
        let Candidate { window: (first, last), .. } = fine.candidates[*site as usize];
        last - first
    };
    let alike = vec![1.0; space.sites()];
    let mut sites: Vec<u32> = Vec::new();
    for group in space.site_clusters(&alike, most) {
        let mut usable: Vec<u32> = group.iter().filter_map(usable).collect();
        // The first of those with the widest windows: a group lists the most central one first.
        usable.sort_by_key(|site| std::cmp::Reverse(freedom(site)));
        sites.extend(usable.first());
    }
    let required = (0..fine.candidates.len()).filter(|&site| fine.candidates[site].required);
    sites.extend(required.map(|site| site as u32));
    sites.sort_unstable();
    sites.dedup();
    sites
}

/// Returns the weights of groups.
fn summed(fine: &Instance, groups: &[&[u32]]) -> Vec<f64> {
    let periods = fine.periods;
    let weight = |group: &[u32], t: usize| -> f64 {
        group.iter().map(|&point| fine.weights[point as usize * periods + t]).sum()
    };
    let of_group = |group: &&[u32]| (0..periods).map(|t| weight(group, t)).collect::<Vec<_>>();
    groups.iter().flat_map(of_group).collect()
}

/// Returns what nothing costs a group: the weighted mean of its members.
fn averaged_caps(fine: &Instance, groups: &[&[u32]]) -> Vec<f64> {
    let periods = fine.periods;
    let cap = |group: &[u32], t: usize| {
        let (mut weights, mut caps) = (0.0, 0.0);
        for at in group.iter().map(|&point| point as usize * periods + t) {
            let weight = fine.weights[at].max(1e-9);
            weights += weight;
            caps += weight * fine.caps[at];
        }
        caps / weights
    };
    let of_group = |group: &&[u32]| (0..periods).map(|t| cap(group, t)).collect::<Vec<_>>();
    groups.iter().flat_map(of_group).collect()
}
