//! A coarse problem in which neighbouring points are one, and what its solution says of the fine one.
//!
//! Radii vary smoothly from place to place, so those of groups tell those of all points between them. Its plan
//! is a plan of the fine problem as it stands, since coarse sites are sites of the fine problem.

use std::sync::Arc;

use crate::assignment::NEVER;
use crate::instance::{Candidate, Instance};
use crate::space::{Smooth, Space};

/// Points of a group at most: the first of these that leaves enough sites.
const GROUPS: [usize; 3] = [8, 4, 2];
/// Points from which it pays to solve a coarse problem first.
const FINE_FROM: usize = 4_000;
/// Coarse sites needed for each opening, for the coarse problem to say anything.
const SITES_PER_OPENING: usize = 8;

/// Is a coarse problem with how it lies in the fine one.
pub(crate) struct Coarse {
    pub(crate) instance: Instance,
    /// How radii of the fine points follow from those of the coarse ones.
    smooth: Smooth,
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
        let (coarse_space, order) = space.part(&points, &members(fine, &sites)).renumbered();
        let groups: Vec<&[u32]> = order.iter().map(|&at| &*groups[at as usize]).collect();
        let smooth = space.smooth_from(&coarse_space);
        let instance = Instance {
            points: groups.len(),
            weights: Arc::new(summed(fine, &groups)),
            caps: Arc::new(averaged_caps(fine, &groups)),
            candidates: sites.iter().map(|&site| fine.candidates[site as usize]).collect(),
            members: Arc::new((0..sites.len() as u32).collect()),
            outside: None,
            space: Some(Arc::new(coarse_space)),
            ..fine.clone()
        };
        Some(Self { instance, smooth, sites, fine_sites: fine.candidates.len() })
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
        let mut radii = self.smooth.apply(coarse, self.instance.periods);
        // Planes may lead below 0.
        radii.iter_mut().for_each(|radius| *radius = radius.max(0.0));
        radii
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::examples::square;

    #[test]
    fn a_coarse_problem_holds_all_weight_and_its_choices_are_choices_of_the_fine_one() {
        let (mut fine, _) = square(3, FINE_FROM, (2, 10));
        fine.candidates[17].required = true;
        let coarse = Coarse::of(&fine).expect("there are enough points");
        let instance = &coarse.instance;
        assert!(instance.points < fine.points / 2);
        assert_eq!(instance.weights.iter().sum::<f64>(), fine.weights.iter().sum::<f64>());
        assert!(instance.candidates.iter().any(|site| site.required && site.origin == 17));

        let mut choice = vec![NEVER; instance.candidates.len()];
        (choice[0], choice[5]) = (1, 0);
        let opens = coarse.choice(&choice);
        for at in [0, 5] {
            let site = coarse.sites(&[at as u32])[0] as usize;
            assert_eq!(opens[site], choice[at]);
            assert_eq!(fine.candidates[site].origin, instance.candidates[at].origin);
        }
        assert_eq!(opens.iter().filter(|&&period| period != NEVER).count(), 2);

        let fine_radii = coarse.radii(&vec![7.5; instance.points * 2]);
        assert_eq!(fine_radii.len(), fine.points * 2);
        assert!(fine_radii.iter().all(|radius| (radius - 7.5).abs() < 1e-9));
    }

    #[test]
    fn too_few_sites_for_the_openings_make_no_coarse_problem() {
        let (fine, _) = square(3, FINE_FROM, (4, 500));
        assert!(Coarse::of(&fine).is_none());
        let (fine, _) = square(3, FINE_FROM - 1, (2, 10));
        assert!(Coarse::of(&fine).is_none());
    }
}
