//! Patches: parts of a tree side by side, each of which speaks of sites of its own, so that what they
//! bring adds up.
//!
//! An answer belongs to one leaf of each patch of a node. No two patches change the same radius, so the
//! radii of those leaves can be put together, and bound the answer. A site of a patch then adds no less
//! than in the leaf of its own patch: radii that other patches lower make it dearer, and no other patch
//! raises a radius so far that the site saves by it, unless the site may not open. Sites of no patch are at
//! least as dear as at the node, in the same way. What a leaf is above the bound of the node is made of
//! its radii and of the sites of its patch alone.

use std::collections::BTreeMap;

use groundwork_model::{Problem, TreeNode};

use super::malformed;

/// Is the patch that a bound is in, if it is in one: other sites do not follow the radii there.
#[derive(Clone)]
pub(super) struct Patch {
    /// The number of its node; 0 outside of patches.
    number: u32,
    /// For each site, the number of the last patch entered that it is of.
    last_of: Vec<u32>,
    /// Radii that have changed in the patch, by their place in the list of the bound, with what they are
    /// above it.
    above: BTreeMap<usize, u64>,
    passed_site: Option<usize>,
}

impl Patch {
    /// Begins outside of patches.
    pub(super) fn new(sites: usize) -> Self {
        Self { number: 0, last_of: vec![0; sites], above: BTreeMap::new(), passed_site: None }
    }

    /// Enters the patch of a node, with its sites as the node numbers them.
    pub(super) fn enter(&mut self, number: usize, sites: &[u32]) {
        self.number = number as u32;
        for site in sites {
            self.last_of[*site as usize - 1] = self.number;
        }
    }

    /// Leaves the patch, whose radii are back at what they are above it.
    pub(super) fn leave(&mut self) {
        self.number = 0;
        self.above.clear();
    }

    /// Returns whether a site does not follow the radii.
    pub(super) fn is_outside(&self, site: usize) -> bool {
        self.number > 0 && self.last_of[site] != self.number
    }

    /// Takes note of a radius that changes; returns whether it becomes longer than above the patch.
    pub(super) fn has_risen(&mut self, at: usize, before: u64, radius: u64) -> bool {
        self.number > 0 && radius > *self.above.entry(at).or_insert(before)
    }

    /// Takes note that a radius rises past a site that might save more by it.
    pub(super) fn pass(&mut self, site: usize) {
        self.passed_site = Some(site);
    }

    pub(super) fn passed_site(&self) -> Option<usize> {
        self.passed_site
    }
}

/// Returns what a node and its patches prove together: its own bound, and what each patch is above it.
/// The inner `None` is for that no answer belongs to one of them, the outer for a sum that is too large:
/// there is none where [`Longest::check`](super::range::Longest::check) passes, as each radius and each
/// site is in the sum once.
pub(super) fn sum(
    own: Option<i128>,
    patches: impl Iterator<Item = Option<i128>>,
) -> Option<Option<i128>> {
    let Some(own) = own else { return Some(None) };
    let mut sum = own;
    for patch in patches {
        let Some(patch) = patch else { return Some(None) };
        sum = sum.checked_add(patch.checked_sub(own)?)?;
    }
    Some(Some(sum))
}

/// Says what is wrong with the patches of a tree whose nodes are right by themselves.
pub(super) fn faults(nodes: &[TreeNode]) -> Vec<Problem> {
    let patch_of = patch_of(nodes);
    let places = places_fault(nodes, &patch_of);
    if places.is_empty() { shared(nodes, &patch_of) } else { places }
}

/// Returns for each node the number of the patch that it is at or below, 0 for none.
fn patch_of(nodes: &[TreeNode]) -> Vec<usize> {
    let mut patch_of = vec![0; nodes.len() + 1];
    for (node, number) in nodes.iter().zip(1..) {
        patch_of[number] = if is_patch(node) { number } else { patch_of[node.parent as usize] };
    }
    patch_of
}

/// Says which nodes do not stand where they may.
fn places_fault(nodes: &[TreeNode], patch_of: &[usize]) -> Vec<Problem> {
    let mut have_patches = vec![None; nodes.len() + 1];
    let mut faults = Vec::new();
    for (node, number) in nodes.iter().zip(1..) {
        let parent = node.parent as usize;
        let is_mixed = *have_patches[parent].get_or_insert(is_patch(node)) != is_patch(node);
        let mixed = is_mixed.then(|| "of it and its siblings only some are patches".to_owned());
        let above = patch_of[parent].checked_sub(1).map(|index| &nodes[index]);
        let cause = mixed.or_else(|| outside_fault(node, above?));
        faults.extend(cause.map(|cause| malformed(format!("node {number}: {cause}"))));
    }
    faults
}

/// Says what a node below a patch has that is not of the patch.
fn outside_fault(node: &TreeNode, patch: &TreeNode) -> Option<String> {
    if is_patch(node) {
        return Some("it is a patch in a patch".to_owned());
    }
    if !node.prices.is_empty() {
        return Some("it changes prices in a patch".to_owned());
    }
    let branch = (node.site > 0).then_some(node.site);
    let kept = node.kept.iter().map(|kept| kept.site);
    let mut sites = branch.into_iter().chain(node.closed.iter().copied()).chain(kept);
    let foreign = sites.find(|site| patch.patch.binary_search(site).is_err())?;
    Some(format!("it names site {foreign}, which is not of its patch"))
}

/// Says what patches of the same node share.
fn shared(nodes: &[TreeNode], patch_of: &[usize]) -> Vec<Problem> {
    let (mut sites, mut radii) = (Vec::new(), Vec::new());
    let patches = nodes.iter().zip(&patch_of[1..]).filter(|(_, patch)| **patch > 0);
    for (node, &patch) in patches {
        let parent = nodes[patch - 1].parent;
        sites.extend(node.patch.iter().map(|site| (parent, *site, patch)));
        radii.extend(node.changed.iter().map(|radius| (parent, *radius, patch)));
    }
    let sites = in_two(sites).map(|(patch, site)| {
        malformed(format!("node {patch}: site {site} is of another patch too"))
    });
    let radii = in_two(radii).map(|(patch, radius)| {
        malformed(format!("node {patch}: radius {radius} is changed in another patch too"))
    });
    sites.into_iter().chain(radii).collect()
}

/// Returns a thing that two patches of a node have, with one of the patches.
fn in_two(mut things: Vec<(u32, u32, usize)>) -> Option<(usize, u32)> {
    things.sort_unstable();
    let same = |pair: &&[(u32, u32, usize)]| {
        (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) && pair[0].2 != pair[1].2
    };
    things.windows(2).find(same).map(|pair| (pair[1].2, pair[1].1))
}

/// Returns whether a node is a patch.
pub(super) fn is_patch(node: &TreeNode) -> bool {
    !node.patch.is_empty()
}
