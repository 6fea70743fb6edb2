//! Neighbouring sites, and groups of neighbouring points.

use std::collections::BinaryHeap;

use super::tree::{Position, Tree, squared};
use super::{SITE_LEAF, Space};

impl Space {
    /// Returns the `k` sites nearest to a site in a straight line (ties by the smaller index), nearest
    /// first, without itself.
    pub(crate) fn neighbours(&self, site: u32, k: usize) -> Vec<u32> {
        neighbours(&self.sites, site, k)
    }

    /// Returns some sites, for a look at which of them are near one another.
    pub(crate) fn among(&self, sites: &[u32]) -> Among {
        let position = |&site: &u32| self.sites.position(self.sites.slots[site as usize] as usize);
        let positions: Vec<Position> = sites.iter().map(position).collect();
        Among { tree: Tree::new(&positions, SITE_LEAF) }
    }

    /// Returns groups of neighbouring points, of at most `most` and, where there are as many points, more
    /// than half of it each. The first of a group stands for it: the one nearest to its weighted centre.
    /// Weights are by point.
    pub(crate) fn clusters(&self, weights: &[f64], most: usize) -> Vec<Vec<u32>> {
        clusters(&self.points, weights, most)
    }

    /// Returns groups of neighbouring sites, as [`clusters`](Self::clusters) does of points.
    pub(crate) fn site_clusters(&self, weights: &[f64], most: usize) -> Vec<Vec<u32>> {
        clusters(&self.sites, weights, most)
    }
}

/// Holds some sites, each named by its place in the list that they were given in.
pub(crate) struct Among {
    tree: Tree,
}

impl Among {
    /// Returns the `k` nearest to one of them, nearest first, without itself.
    pub(crate) fn nearest(&self, of: u32, k: usize) -> Vec<u32> {
        neighbours(&self.tree, of, k)
    }
}

fn neighbours(tree: &Tree, site: u32, k: usize) -> Vec<u32> {
    if k == 0 {
        return Vec::new();
    }
    let slot = tree.slots[site as usize] as usize;
    let mut nearest = Nearest::new(tree, tree.position(slot), k);
    nearest.add_leaf(tree.leaf_of(slot), site);
    let mut node = tree.leaves + tree.leaf_of(slot);
    while node > 1 {
        nearest.search(node ^ 1, site);
        node /= 2;
    }
    nearest.into_sorted()
}

fn clusters(of: &Tree, weights: &[f64], most: usize) -> Vec<Vec<u32>> {
    let positions: Vec<Position> =
        of.slots.iter().map(|&slot| of.position(slot as usize)).collect();
    let tree = Tree::new(&positions, most.max(1));
    (0..tree.leaves)
        .map(|leaf| tree.order[tree.slots_of(leaf)].to_vec())
        .filter(|group| !group.is_empty())
        .map(|group| first_central(group, &positions, weights))
        .collect()
}

/// Moves the member nearest to the weighted centre to the front of a group.
fn first_central(mut group: Vec<u32>, positions: &[Position], weights: &[f64]) -> Vec<u32> {
    let total: f64 = group.iter().map(|&at| weights[at as usize]).sum();
    // Where nobody counts, all count the same.
    let weight = |at: u32| if total > 0.0 { weights[at as usize] } else { 1.0 };
    let total = if total > 0.0 { total } else { group.len() as f64 };
    let mut centre = [0.0; 3];
    for &at in &group {
        for (sum, x) in centre.iter_mut().zip(positions[at as usize]) {
            *sum += weight(at) / total * x;
        }
    }
    let distance = |at: u32| squared(positions[at as usize], centre);
    let nearest = (0..group.len())
        .min_by(|&a, &b| distance(group[a]).total_cmp(&distance(group[b])))
        .unwrap_or(0);
    group[..=nearest].rotate_right(1);
    group
}

/// Is a search for the nearest sites of a place.
pub(super) struct Nearest<'a> {
    tree: &'a Tree,
    from: Position,
    k: usize,
    /// The nearest so far by (bits of squared distance, site), farthest on top. The bits of numbers that
    /// are not negative order like the numbers.
    found: BinaryHeap<(u64, u32)>,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(tree: &'a Tree, from: Position, k: usize) -> Self {
        Self { tree, from, k, found: BinaryHeap::with_capacity(k + 1) }
    }

    /// Looks at all sites of a node that can be near enough.
    pub(super) fn search(&mut self, node: usize, but: u32) {
        let distance = self.tree.bounds(node).squared(self.from).to_bits();
        let full = self.found.len() == self.k;
        if full && self.found.peek().is_some_and(|&(farthest, _)| distance > farthest) {
            return;
        }
        if node >= self.tree.leaves {
            self.add_leaf(node - self.tree.leaves, but);
            return;
        }
        let distance = |node: usize| self.tree.bounds(node).squared(self.from);
        let right_first = usize::from(distance(2 * node + 1) < distance(2 * node));
        self.search(2 * node + right_first, but);
        self.search(2 * node + 1 - right_first, but);
    }

    /// Returns those found, nearest first.
    pub(super) fn into_sorted(self) -> Vec<u32> {
        self.found.into_sorted_vec().into_iter().map(|(_, site)| site).collect()
    }

    fn add_leaf(&mut self, leaf: usize, but: u32) {
        for slot in self.tree.slots_of(leaf) {
            let site = self.tree.order[slot];
            if site != but {
                let distance = squared(self.tree.position(slot), self.from);
                self.found.push((distance.to_bits(), site));
                if self.found.len() > self.k {
                    self.found.pop();
                }
            }
        }
    }
}
