//! What a tree of bounds proves: the least bound of its leaves, which together are all plans.
//!
//! Nothing is believed about the tree. That children split the schedules of a site which their parent
//! leaves it, and all of them, is what makes the leaves cover every plan; so it is checked at each node,
//! from the schedules that the nodes above leave.

use groundwork_model::Problem;
use groundwork_model::certificate::{LayerRadii, ScheduleNode};

use super::alone::Alone;
use super::layers::Layers;
use super::prices::Of;
use super::state::State;
use crate::relaxation::malformed;
use crate::schedules::world::World;

/// Says what is wrong with nodes, each by itself.
pub(super) fn check(
    world: &World<'_>,
    layers: &Layers<'_>,
    nodes: &[ScheduleNode],
) -> Result<(), Vec<Problem>> {
    let faults: Vec<Problem> = nodes
        .iter()
        .zip(1..)
        .filter_map(|(node, number)| {
            let cause = node_fault(world, layers, node, number)?;
            Some(malformed(format!("node {number}: {cause}")))
        })
        .take(FAULTS_SHOWN)
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A broken certificate may have millions of nodes; nobody reads more than the first few faults.
const FAULTS_SHOWN: usize = 20;

fn node_fault(
    world: &World<'_>,
    layers: &Layers<'_>,
    node: &ScheduleNode,
    number: usize,
) -> Option<String> {
    if node.parent as usize >= number {
        return Some(format!("its parent {} does not come before it", node.parent));
    }
    if node.site > 0 {
        if !node.kept.is_empty() {
            return Some("it both branches on a site and fixes sites".to_owned());
        }
        if let Some(fault) = schedules_fault(world, node.site, &node.schedules) {
            return Some(fault);
        }
    } else if !node.schedules.is_empty() {
        return Some("it has schedules of no site".to_owned());
    }
    let kept = node.kept.iter().find_map(|kept| schedules_fault(world, kept.site, &kept.schedules));
    if kept.is_some() {
        return kept;
    }
    let mut sites: Vec<u32> = node.kept.iter().map(|kept| kept.site).collect();
    sites.sort_unstable();
    if let Some(twice) = sites.windows(2).find(|pair| pair[0] == pair[1]) {
        return Some(format!("it fixes site {} more than once", twice[0]));
    }
    node.radii.iter().find_map(|changes| radii_fault(layers, changes))
}

fn schedules_fault(world: &World<'_>, site: u32, schedules: &[u32]) -> Option<String> {
    let sites = world.sites();
    let Some(list) = (site as usize).checked_sub(1).and_then(|site| world.lists.get(site)) else {
        return Some(format!("it names site {site}; the sites are 1 to {sites}"));
    };
    let is_ascending = schedules.is_sorted_by(|a, b| a < b);
    let is_known = schedules.last().is_some_and(|last| (*last as usize) < list.len());
    (!is_ascending || !is_known).then(|| {
        format!("it does not leave site {site} some of its {} schedules, ascending", list.len())
    })
}

fn radii_fault(layers: &Layers<'_>, changes: &LayerRadii) -> Option<String> {
    let layer = changes.layer;
    let index = (layer as usize).checked_sub(1).filter(|index| *index < layers.len());
    let Some(index) = index else {
        return Some(format!("it names layer {layer}; the layers are 1 to {}", layers.len()));
    };
    if changes.changed.len() != changes.radii.len() {
        return Some(format!("it does not give one radius for each that changed in layer {layer}"));
    }
    let is_ascending = changes.changed.is_sorted_by(|a, b| a < b);
    let known = layers.radii(index);
    let is_known = changes.changed.last().is_none_or(|last| (*last as usize) < known);
    (!is_ascending || !is_known).then(|| {
        format!("it does not change some of the {known} radii of layer {layer}, ascending")
    })
}

/// Returns the least bound of the leaves, x 2^shift; `None` when all are left out.
pub(super) fn least_cost(
    state: &mut State<'_>,
    nodes: &[ScheduleNode],
) -> Result<Option<i128>, Problem> {
    let tree = Tree::new(nodes);
    state.check_sum(0)?;
    if nodes.is_empty() {
        return Ok(Some(state.cost()));
    }
    let mut least = None;
    tree.check_children(0, state)?;
    let mut open: Vec<Step> = tree.children(0).map(Step::Enter).collect();
    let mut undo: Vec<Before> = Vec::new();
    while let Some(step) = open.pop() {
        match step {
            Step::Leave => {
                if let Some(before) = undo.pop() {
                    before.restore(state);
                }
            }
            Step::Enter(number) => {
                let taken = tree.cost_of_taken(number, state);
                least = least.into_iter().chain(taken).min();
                undo.push(Before::of(state, &nodes[number - 1]));
                state.check_sum(number)?;
                tree.check_children(number, state)?;
                if tree.children(number).next().is_none() {
                    least = least.into_iter().chain(leaf_cost(state, &nodes[number - 1])).min();
                }
                open.push(Step::Leave);
                open.extend(tree.children(number).map(Step::Enter));
            }
        }
    }
    Ok(least)
}

/// Is a step of the walk through the tree.
enum Step {
    Enter(usize),
    Leave,
}

/// Returns the bound of a leaf; `None` where the rules alone leave no plan.
fn leaf_cost(state: &State<'_>, node: &ScheduleNode) -> Option<i128> {
    let is_left_out = node.rules_alone && Alone::of(state, node).is_impossible();
    (!is_left_out).then(|| state.cost())
}

/// Is a tree whose nodes can be followed; node 0 is the root, and 0 stands for no node elsewhere.
struct Tree<'a> {
    nodes: &'a [ScheduleNode],
    first_child: Vec<usize>,
    next_sibling: Vec<usize>,
}

impl<'a> Tree<'a> {
    fn new(nodes: &'a [ScheduleNode]) -> Self {
        let none = vec![0; nodes.len() + 1];
        let mut tree = Self { nodes, first_child: none.clone(), next_sibling: none };
        for (index, node) in nodes.iter().enumerate().rev() {
            let number = index + 1;
            let first = &mut tree.first_child[node.parent as usize];
            tree.next_sibling[number] = std::mem::replace(first, number);
        }
        tree
    }

    /// Returns the numbers of the children of a node.
    fn children(&self, number: usize) -> impl Iterator<Item = usize> {
        let some = |number: usize| (number > 0).then_some(number);
        let first = some(self.first_child[number]);
        std::iter::successors(first, move |child| some(self.next_sibling[*child]))
    }

    /// Refuses children that do not share out what their parent leaves.
    fn check_children(&self, number: usize, state: &State<'_>) -> Result<(), Problem> {
        let mut children = self.children(number).map(|child| &self.nodes[child - 1]);
        let Some(first) = children.next() else { return Ok(()) };
        let fault = |cause: &str| Err(malformed(format!("the children of node {number} {cause}")));
        if first.site == 0 {
            if children.next().is_some() {
                return fault("are several, and the first fixes sites");
            }
            let is_left = |site: u32, schedule: &u32| {
                state.kept(site as usize - 1).binary_search(schedule).is_ok()
            };
            let all_left = first
                .kept
                .iter()
                .all(|kept| kept.schedules.iter().all(|schedule| is_left(kept.site, schedule)));
            return if all_left { Ok(()) } else { fault("keep schedules that it does not have") };
        }
        let mut shared = first.schedules.clone();
        for child in children {
            if child.site != first.site {
                return fault("do not branch on one site");
            }
            shared.extend(&child.schedules);
        }
        shared.sort_unstable();
        if shared == state.kept(first.site as usize - 1) {
            return Ok(());
        }
        fault("do not share out the schedules of their site, each once")
    }

    /// Returns the least bound of the schedules that a fixing node takes; the state is that of its parent.
    fn cost_of_taken(&self, number: usize, state: &mut State<'_>) -> Option<i128> {
        let node = &self.nodes[number - 1];
        if node.kept.is_empty() {
            return None;
        }
        state.settle();
        let parent = (node.parent as usize).checked_sub(1).map(|at| &self.nodes[at]);
        let state = &*state;
        let alone =
            parent.filter(|parent| parent.rules_alone).map(|parent| Alone::of(state, parent));
        let mut least = None;
        for kept in &node.kept {
            let site = kept.site as usize - 1;
            let costs = state.offer_costs(site, state);
            let costs_alone = alone.as_ref().map(|alone| state.offer_costs(site, alone));
            for schedule in state.kept(site) {
                if kept.schedules.binary_search(schedule).is_ok() {
                    continue;
                }
                let is_left_out =
                    alone.as_ref().zip(costs_alone.as_ref()).is_some_and(|(alone, costs)| {
                        alone.is_impossible_with(site, state.added(site, *schedule, costs, alone))
                    });
                if !is_left_out {
                    let cost = state.cost_with(site, state.added(site, *schedule, &costs, state));
                    least = least.into_iter().chain(Some(cost)).min();
                }
            }
        }
        least
    }
}

/// Holds what a node changed, as it was before.
struct Before {
    prices: Vec<(Of, i128)>,
    radii: Vec<(usize, usize, u64)>,
    kept: Vec<(usize, Vec<u32>)>,
}

impl Before {
    /// Applies the changes of a node. The multipliers of a marked one are for the rules alone.
    fn of(state: &mut State<'_>, node: &ScheduleNode) -> Self {
        let mut before = Self { prices: Vec::new(), radii: Vec::new(), kept: Vec::new() };
        let (prices, radii) =
            if node.rules_alone { (&[][..], &[][..]) } else { (&node.prices[..], &node.radii[..]) };
        for price in prices {
            if let Some(of) = state.priced.find(&price.of) {
                before.prices.push((of, state.set_price(of, price.price)));
            }
        }
        for changes in radii {
            let layer = changes.layer as usize - 1;
            for (at, radius) in changes.changed.iter().zip(&changes.radii) {
                let at = *at as usize;
                before.radii.push((layer, at, state.set_radius(layer, at, *radius)));
            }
        }
        if node.site > 0 {
            let site = node.site as usize - 1;
            before.kept.push((site, state.set_kept(site, node.schedules.clone())));
        }
        for kept in &node.kept {
            let site = kept.site as usize - 1;
            before.kept.push((site, state.set_kept(site, kept.schedules.clone())));
        }
        state.settle();
        before
    }

    /// Takes the changes back; the next node settles the bound, mostly after changes of its own.
    fn restore(self, state: &mut State<'_>) {
        for (site, kept) in self.kept {
            state.set_kept(site, kept);
        }
        // A layer may be named twice: the first value is the one to come back to.
        for (layer, at, radius) in self.radii.into_iter().rev() {
            state.set_radius(layer, at, radius);
        }
        for (of, price) in self.prices {
            state.set_price(of, price);
        }
    }
}
