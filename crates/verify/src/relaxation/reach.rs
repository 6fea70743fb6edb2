//! The sites near each client: where a radius changes, only they save more or less.

use groundwork_model::TreeNode;
use rayon::prelude::*;

use super::Relaxation;
use super::range::Longest;
use crate::metric::NearSites;

/// As many pairs are kept; the sites of further clients are looked up each time. About 200 MB.
const PAIRS_KEPT_MAX: usize = 1 << 24;

/// Clients are looked up in groups, so that the limit is noticed in time.
const GROUP: usize = 256;

/// Finds the sites near a client, nearest first where it remembers them.
pub(super) struct Reach<'a> {
    relaxation: &'a Relaxation<'a>,
    shift: u32,
    near: NearSites<'a>,
    kept: Vec<Option<Sites>>,
}

/// Lists sites by what they cost a client, cheapest first.
#[derive(Default)]
struct Sites {
    numbers: Vec<u32>,
    costs: Vec<u64>,
}

impl<'a> Reach<'a> {
    /// Remembers the sites of the clients whose radii the nodes change.
    pub(super) fn new(
        relaxation: &'a Relaxation<'a>,
        shift: u32,
        longest: &Longest,
        nodes: &[TreeNode],
    ) -> Self {
        let near = relaxation.metric.near_sites(relaxation.sites());
        let kept = (0..relaxation.clients()).map(|_| None).collect();
        let mut reach = Self { relaxation, shift, near, kept };
        let mut left = PAIRS_KEPT_MAX;
        for group in changed_clients(relaxation, nodes).chunks(GROUP) {
            let lists: Vec<Sites> =
                group.par_iter().map(|&client| reach.sites(client, longest)).collect();
            let pairs = lists.iter().map(|sites| sites.numbers.len()).sum();
            let Some(rest) = left.checked_sub(pairs) else { break };
            left = rest;
            for (client, sites) in group.iter().zip(lists) {
                reach.kept[*client] = Some(sites);
            }
        }
        reach
    }

    /// Calls `found` with each site that costs a client less than a radius (x 2^shift), and the cost
    /// (x 2^shift).
    pub(super) fn of_client(&self, client: usize, radius: u64, mut found: impl FnMut(usize, u64)) {
        if let Some(sites) = &self.kept[client] {
            let costs = sites.costs.iter().take_while(|cost| **cost < radius);
            for (cost, site) in costs.zip(&sites.numbers) {
                found(*site as usize, *cost);
            }
            return;
        }
        let Some(limit) = self.relaxation.tariff.reach(radius, self.shift) else { return };
        self.near.of_client(client, limit, |site, distance| {
            found(site, self.relaxation.tariff.cost(distance) << self.shift);
        });
    }

    /// Lists the sites that make a difference to a client at its longest radius.
    fn sites(&self, client: usize, longest: &Longest) -> Sites {
        let mut pairs = Vec::new();
        self.of_client(client, longest.of_client(client), |site, cost| {
            pairs.push((cost, site as u32));
        });
        pairs.sort_unstable();
        let (costs, numbers) = pairs.into_iter().unzip();
        Sites { numbers, costs }
    }
}

/// Returns the clients whose radii nodes change, ascending.
fn changed_clients(relaxation: &Relaxation<'_>, nodes: &[TreeNode]) -> Vec<usize> {
    let changed = nodes.iter().flat_map(|node| &node.changed);
    let mut is_changed = vec![false; relaxation.clients()];
    for changed in changed {
        is_changed[*changed as usize % relaxation.clients()] = true;
    }
    (0..is_changed.len()).filter(|client| is_changed[*client]).collect()
}
