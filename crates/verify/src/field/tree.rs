//! What a tree of bounds proves: the least bound of its leaves, which together are all answers.
//!
//! Nothing is believed about the tree. That children split the times of a site which their parent
//! leaves it, and all of them, is what makes the leaves cover every answer; so it is checked at each
//! node, from the times that the nodes above leave.

use std::collections::BTreeMap;
use std::iter;

use groundwork_model::certificate::TreeNode;
use groundwork_model::field::{Ask, FieldProblem};
use groundwork_model::{Code, Problem};
use rayon::prelude::*;

use super::metric::Metric;
use super::pricing::Priced;
use super::relaxation::{Multipliers, Relaxation, Times};
use super::rules::index;
use super::{centre, malformed, shown};
use crate::lagrangian::ceil_shifted;

/// Recomputes the bound that a tree proves.
///
/// # Errors
///
/// Returns what keeps the tree from being evaluated, or that it proves nothing.
pub(crate) fn prove(
    problem: &FieldProblem,
    metric: &Metric<'_>,
    at_least: Option<u32>,
    root: Multipliers,
    nodes: &[TreeNode],
) -> Result<i128, Vec<Problem>> {
    let one = |problem| vec![problem];
    let relaxation = relaxation(problem, metric, at_least)?;
    relaxation.check(&root)?;
    let tree = Tree::new(&relaxation, root, nodes)?;
    tree.check_partitions().map_err(one)?;
    let cost = tree.bound().map_err(one)?;
    match (problem.ask, at_least) {
        (Ask::PCentre { p }, Some(at_least)) => {
            let proved = cost.is_none_or(|cost| cost > i128::from(p));
            if proved { Ok(i128::from(at_least)) } else { Err(one(centre::not_proved(at_least))) }
        }
        _ => cost.ok_or_else(no_answer).and_then(|cost| shown(problem, cost)).map_err(one),
    }
}

fn relaxation<'a>(
    problem: &'a FieldProblem,
    metric: &'a Metric<'a>,
    at_least: Option<u32>,
) -> Result<Relaxation<'a>, Vec<Problem>> {
    let is_centre = matches!(problem.ask, Ask::PCentre { .. });
    match (is_centre, at_least.map(|at_least| at_least.checked_sub(1))) {
        (false, None) => Ok(Relaxation::of(problem, metric)),
        (true, Some(Some(reach))) => Ok(Relaxation::of_centre(problem, metric, reach)),
        (false, Some(_)) => Err(vec![malformed("`at_least` belongs to the p-centre problem")]),
        (true, _) => {
            Err(vec![malformed("a tree for the p-centre problem needs `at_least` above 0")])
        }
    }
}

/// Is a tree whose nodes can be followed; node 0 is the root.
struct Tree<'a> {
    relaxation: &'a Relaxation<'a>,
    root: Multipliers,
    nodes: &'a [TreeNode],
    children: Vec<Vec<usize>>,
}

impl<'a> Tree<'a> {
    /// Reads the nodes, each by itself.
    fn new(
        relaxation: &'a Relaxation<'a>,
        root: Multipliers,
        nodes: &'a [TreeNode],
    ) -> Result<Self, Vec<Problem>> {
        let faults: Vec<Problem> = nodes
            .iter()
            .zip(1..)
            .filter_map(|(node, number)| {
                let cause = node_fault(relaxation, node, number)?;
                Some(malformed(format!("node {number}: {cause}")))
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut children = vec![Vec::new(); nodes.len() + 1];
        for (node, number) in nodes.iter().zip(1..) {
            children[node.parent as usize].push(number);
        }
        Ok(Self { relaxation, root, nodes, children })
    }

    /// Says at which node the children do not split the times of one site.
    fn check_partitions(&self) -> Result<(), Problem> {
        let inner = (0..self.children.len()).filter(|number| !self.children[*number].is_empty());
        for number in inner {
            let children = || self.children[number].iter().map(|child| &self.nodes[child - 1]);
            let mut sites = children().map(|node| node.site);
            let first = sites.next();
            if sites.any(|site| Some(site) != first) {
                return Err(malformed(format!("the children of node {number} name several sites")));
            }
            let site = first.map_or(0, |site| site as usize - 1);
            let mut times: Vec<u32> = children().flat_map(|node| node.times.clone()).collect();
            times.sort_unstable();
            if times != self.times(number).of_site(site) {
                let cause =
                    format!("the children of node {number} do not split the times of their site");
                return Err(malformed(cause));
            }
        }
        Ok(())
    }

    /// Returns the least bound of the leaves, rounded up; `None` when no answer belongs to any.
    fn bound(&self) -> Result<Option<i128>, Problem> {
        let bounds: Vec<Result<Option<i128>, Problem>> = self
            .leaves_by_multipliers()
            .into_par_iter()
            .map(|(multipliers, leaves)| self.bound_of_leaves(multipliers, &leaves))
            .collect();
        let least = |least: Option<i128>, bound| Ok(least.into_iter().chain(bound?).min());
        bounds.into_iter().try_fold(None, least)
    }

    /// Returns the leaves to which an answer may belong, listed under the node whose multipliers
    /// they have.
    fn leaves_by_multipliers(&self) -> BTreeMap<usize, Vec<Times>> {
        let mut lists: BTreeMap<usize, Vec<Times>> = BTreeMap::new();
        let leaves = (0..self.children.len()).filter(|number| self.children[*number].is_empty());
        for leaf in leaves {
            let times = self.times(leaf);
            if !self.relaxation.is_impossible(&times) {
                lists.entry(self.owner_of_multipliers(leaf)).or_default().push(times);
            }
        }
        lists
    }

    /// Returns the least bound of leaves with the multipliers of one node, which are priced once.
    fn bound_of_leaves(
        &self,
        multipliers: usize,
        leaves: &[Times],
    ) -> Result<Option<i128>, Problem> {
        let multipliers = self.multipliers(multipliers);
        let priced = Priced::new(self.relaxation, &multipliers)?;
        let mut least: Option<i128> = None;
        for times in leaves {
            let bound = ceil_shifted(priced.bound(times)?, multipliers.shift);
            least = least.into_iter().chain([bound]).min();
        }
        Ok(least)
    }

    /// Returns the lowest node, from this one upwards, that changes a multiplier.
    fn owner_of_multipliers(&self, number: usize) -> usize {
        let mut owner = number;
        while owner > 0 && keeps_multipliers(&self.nodes[owner - 1]) {
            owner = self.nodes[owner - 1].parent as usize;
        }
        owner
    }

    /// Returns the nodes from a node up to below the root.
    fn upwards(&self, number: usize) -> impl Iterator<Item = &TreeNode> {
        let node = |number: usize| number.checked_sub(1).map(|index| &self.nodes[index]);
        iter::successors(node(number), move |below| node(below.parent as usize))
    }

    /// Returns the times that a node leaves the sites.
    fn times(&self, number: usize) -> Times {
        let mut times = Times::all(self.relaxation.periods());
        for node in self.upwards(number) {
            // The lowest node speaks last, and it is met first.
            times.restricted.entry(node.site as usize - 1).or_insert_with(|| node.times.clone());
        }
        times
    }

    /// Returns the multipliers of a node.
    fn multipliers(&self, number: usize) -> Multipliers {
        let mut multipliers = self.root.clone();
        let clients = self.relaxation.clients();
        let path: Vec<&TreeNode> = self.upwards(number).collect();
        for node in path.into_iter().rev() {
            if !node.prices.is_empty() {
                multipliers.prices.clone_from(&node.prices);
            }
            for (changed, radius) in node.changed.iter().zip(&node.radii) {
                let changed = *changed as usize;
                multipliers.radii[changed / clients][changed % clients] = *radius;
            }
        }
        multipliers
    }
}

/// Returns whether a node has the multipliers of its parent.
fn keeps_multipliers(node: &TreeNode) -> bool {
    node.prices.is_empty() && node.changed.is_empty()
}

/// Says what is wrong with a node by itself.
fn node_fault(relaxation: &Relaxation<'_>, node: &TreeNode, number: usize) -> Option<String> {
    let (sites, periods) = (relaxation.sites(), relaxation.periods());
    if node.parent as usize >= number {
        return Some(format!("its parent {} does not come before it", node.parent));
    }
    if index(node.site, sites).is_none() {
        return Some(format!("it names site {}; the sites are 1 to {sites}", node.site));
    }
    let ascending = node.times.is_sorted_by(|a, b| a < b);
    let known = node.times.last().is_some_and(|last| *last as usize <= periods);
    if !ascending || !known {
        return Some(format!("its times are not some of 0 to {periods}, ascending"));
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

fn no_answer() -> Problem {
    let cause = "no answer belongs to any leaf of the tree: there is nothing to bound";
    Problem::new(Code::BoundNotProved, cause)
}
