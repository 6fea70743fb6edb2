//! What a tree of bounds proves: the least bound of its leaves, which together are all answers; where a
//! node has patches, what they bring on top of its own bound.
//!
//! Nothing is believed about the tree. That children split the times of a site which their parent
//! leaves it, and all of them, is what makes the leaves cover every answer; so it is checked at each
//! node, from the times that the nodes above leave.

use groundwork_model::{Problem, TreeNode};
use rayon::prelude::*;

use super::bound::Bound;
use super::patch::{self, is_patch};
use super::pricing::Pricing;
use super::range::Longest;
use super::reach::Reach;
use super::walk::Walk;
use super::{Multipliers, Relaxation, ceil_shifted, malformed, too_large};

/// Fewer nodes than this are not worth a walk of their own.
const NODES_A_WALK: usize = 64;

/// Recomputes the cost, rounded up, that no answer beats, as a tree proves it; and says how many pairs
/// were measured at the root. The cost is `None` when no answer belongs to any leaf.
///
/// # Errors
///
/// Returns what keeps the tree from being evaluated.
pub(crate) fn prove_tree(
    relaxation: &Relaxation<'_>,
    root: Multipliers<'_>,
    nodes: &[TreeNode],
) -> Result<(Option<i128>, u64), Vec<Problem>> {
    let one = |problem| vec![problem];
    relaxation.check(&root)?;
    let tree = Tree::new(relaxation, nodes)?;
    let longest = Longest::of(relaxation, &root, nodes);
    longest.check(relaxation, root.prices, nodes, root.shift).map_err(one)?;
    let pricing = Pricing::new(relaxation, root.shift, &longest);
    let reach = Reach::new(relaxation, root.shift, &longest, nodes);
    let (bound, pairs) = Bound::new(&pricing, &root);
    let cost = tree.least_cost(&bound, &reach).map_err(one)?;
    Ok((cost.map(|cost| ceil_shifted(cost, root.shift)), pairs))
}

/// Is a tree whose nodes can be followed; node 0 is the root, and 0 stands for no node elsewhere.
pub(super) struct Tree<'a> {
    nodes: &'a [TreeNode],
    first_child: Vec<usize>,
    next_sibling: Vec<usize>,
}

impl<'a> Tree<'a> {
    /// Reads the nodes, each by itself.
    fn new(relaxation: &Relaxation<'_>, nodes: &'a [TreeNode]) -> Result<Self, Vec<Problem>> {
        let faults: Vec<Problem> = nodes
            .iter()
            .zip(1..)
            .filter_map(|(node, number)| {
                let cause = node_fault(relaxation, node, number)?;
                Some(malformed(format!("node {number}: {cause}")))
            })
            .collect();
        let faults = if faults.is_empty() { patch::faults(nodes) } else { faults };
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut tree = Self {
            nodes,
            first_child: vec![0; nodes.len() + 1],
            next_sibling: vec![0; nodes.len() + 1],
        };
        for (index, node) in nodes.iter().enumerate().rev() {
            let number = index + 1;
            let first = &mut tree.first_child[node.parent as usize];
            tree.next_sibling[number] = std::mem::replace(first, number);
        }
        Ok(tree)
    }

    /// Returns a node; the root has none.
    pub(super) fn node(&self, number: usize) -> Option<&'a TreeNode> {
        number.checked_sub(1).map(|index| &self.nodes[index])
    }

    /// Returns the numbers of the children of a node.
    pub(super) fn children(&self, number: usize) -> impl Iterator<Item = usize> + Clone {
        let some = |number: usize| (number > 0).then_some(number);
        let first = some(self.first_child[number]);
        std::iter::successors(first, move |child| some(self.next_sibling[*child]))
    }

    /// Returns all nodes, each before its children and these before the next of its siblings.
    fn in_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.first_child.len());
        let mut open = vec![0];
        while let Some(number) = open.pop() {
            order.push(number);
            let next = if number > 0 { self.next_sibling[number] } else { 0 };
            // The first child comes before the next sibling, so it goes on top.
            open.extend([next, self.first_child[number]].into_iter().filter(|next| *next > 0));
        }
        order
    }

    /// Returns what the tree proves; `None` when no answer belongs to it. The walks share out the nodes in
    /// order, and each begins by going down to its first.
    fn least_cost(&self, root: &Bound<'_>, reach: &Reach<'_>) -> Result<Option<i128>, Problem> {
        let order = self.in_order();
        let share = order.len().div_ceil(rayon::current_num_threads()).max(NODES_A_WALK);
        let walks: Vec<Result<Vec<Option<i128>>, Problem>> = order
            .par_chunks(share)
            .map(|numbers| Walk::new(self, root.clone(), reach).costs(numbers))
            .collect();
        let walks: Vec<Vec<Option<i128>>> = walks.into_iter().collect::<Result<_, _>>()?;
        let mut costs = vec![None; self.first_child.len()];
        for (number, cost) in order.into_iter().zip(walks.into_iter().flatten()) {
            costs[number] = cost;
        }
        self.combined(costs)
    }

    /// Returns what the root proves, from what each node proves without those below it.
    fn combined(&self, mut costs: Vec<Option<i128>>) -> Result<Option<i128>, Problem> {
        // Children have larger numbers than their parents.
        for number in (0..costs.len()).rev() {
            let below = self.children(number).map(|child| costs[child]);
            let has_patches = self.node(self.first_child[number]).is_some_and(is_patch);
            costs[number] = if has_patches {
                patch::sum(costs[number], below).ok_or_else(too_large)?
            } else {
                below.flatten().chain(costs[number]).min()
            };
        }
        Ok(costs[0])
    }
}

/// Says what is wrong with a node by itself.
fn node_fault(relaxation: &Relaxation<'_>, node: &TreeNode, number: usize) -> Option<String> {
    let periods = relaxation.periods();
    if node.parent as usize >= number {
        return Some(format!("its parent {} does not come before it", node.parent));
    }
    let fault = if is_patch(node) {
        patch_fault(relaxation, node)
    } else {
        restriction_fault(relaxation, node)
    };
    if fault.is_some() {
        return fault;
    }
    if node.changed.len() != node.radii.len() {
        return Some("it does not give one radius for each that changed".to_owned());
    }
    let radii = relaxation.clients() * periods;
    if let Some(changed) = node.changed.iter().find(|changed| **changed as usize >= radii) {
        return Some(format!("it changes radius {changed}; there are {radii}, counted from 0"));
    }
    if node.prices.is_empty() { None } else { relaxation.prices_fault(&node.prices) }
}

/// Says what is wrong with the sites and times that a node names.
fn restriction_fault(relaxation: &Relaxation<'_>, node: &TreeNode) -> Option<String> {
    if !is_fixing(node) {
        return site_fault(relaxation, node.site).or_else(|| times_fault(relaxation, &node.times));
    }
    if node.site != 0 || !node.times.is_empty() {
        return Some("it both branches on a site and fixes sites".to_owned());
    }
    let kept = node.kept.iter().map(|kept| kept.site);
    let mut sites: Vec<u32> = node.closed.iter().copied().chain(kept).collect();
    if let Some(fault) = sites.iter().find_map(|site| site_fault(relaxation, *site)) {
        return Some(fault);
    }
    if let Some(fault) = node.kept.iter().find_map(|kept| times_fault(relaxation, &kept.times)) {
        return Some(fault);
    }
    sites.sort_unstable();
    let twice = sites.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(format!("it fixes site {} more than once", twice[0]))
}

/// Says what is wrong with a patch by itself.
fn patch_fault(relaxation: &Relaxation<'_>, node: &TreeNode) -> Option<String> {
    if relaxation.capacities.is_some() {
        return Some("it is a patch, and capacities rule".to_owned());
    }
    if node.site != 0 || !node.times.is_empty() || is_fixing(node) || !node.prices.is_empty() {
        return Some("a patch neither restricts sites nor changes prices".to_owned());
    }
    if !node.patch.is_sorted_by(|a, b| a < b) {
        return Some("the sites of its patch are not ascending".to_owned());
    }
    node.patch.iter().find_map(|site| site_fault(relaxation, *site))
}

fn site_fault(relaxation: &Relaxation<'_>, number: u32) -> Option<String> {
    let sites = relaxation.sites();
    let index = (number as usize).checked_sub(1).filter(|index| *index < sites);
    let Some(index) = index else {
        return Some(format!("it names site {number}; the sites are 1 to {sites}"));
    };
    let settled = relaxation.times.of(index).is_empty();
    settled.then(|| format!("it names site {number}, of which nothing is left to choose"))
}

fn times_fault(relaxation: &Relaxation<'_>, times: &[u32]) -> Option<String> {
    let periods = relaxation.periods();
    let ascending = times.is_sorted_by(|a, b| a < b);
    let known = times.last().is_some_and(|last| *last as usize <= periods);
    (!ascending || !known).then(|| format!("its times are not some of 0 to {periods}, ascending"))
}

/// Returns whether a node takes times from sites without branching.
pub(super) fn is_fixing(node: &TreeNode) -> bool {
    !node.closed.is_empty() || !node.kept.is_empty()
}
