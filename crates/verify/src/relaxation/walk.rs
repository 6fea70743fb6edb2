//! A walk through a tree that keeps one bound up to date: each step changes what its node changes.

use groundwork_model::{Problem, TreeNode};

use super::bound::Bound;
use super::malformed;
use super::patch::is_patch;
use super::reach::Reach;
use super::tree::{Tree, is_fixing};

/// The times of a closed site.
const NEVER: &[u32] = &[0];

/// Stands at a node of a tree.
pub(super) struct Walk<'a> {
    tree: &'a Tree<'a>,
    reach: &'a Reach<'a>,
    bound: Bound<'a>,
    /// The steps from the root to here.
    path: Vec<Step<'a>>,
}

/// Is a step down to a node, with what it has changed.
struct Step<'a> {
    number: usize,
    /// Sites, with the times that they had.
    times: Vec<(usize, &'a [u32])>,
    prices: Option<&'a [i128]>,
    /// Radii, with what they were.
    radii: Vec<(usize, u64)>,
}

impl<'a> Walk<'a> {
    /// Begins at the root, whose bound is given.
    pub(super) fn new(tree: &'a Tree<'a>, bound: Bound<'a>, reach: &'a Reach<'a>) -> Self {
        Self { tree, reach, bound, path: Vec::new() }
    }

    /// Visits nodes in the order of the tree; returns for each what it proves without the nodes below it:
    /// a leaf its bound, a node with patches its own, a node with a fixing child the least bound of the
    /// times taken; `None` when that is nothing, or no answer belongs to it.
    ///
    /// # Errors
    ///
    /// Says at which node the children are not all that their parent leaves, or a radius rises too far.
    pub(super) fn costs(mut self, numbers: &[usize]) -> Result<Vec<Option<i128>>, Problem> {
        let mut costs = Vec::with_capacity(numbers.len());
        for &number in numbers {
            self.go_to(number)?;
            costs.push(self.visit(number)?);
        }
        Ok(costs)
    }

    /// Looks at what hangs below the node that the walk stands at.
    fn visit(&mut self, number: usize) -> Result<Option<i128>, Problem> {
        let (tree, fault) = (self.tree, |cause: &str| malformed(format!("node {number}: {cause}")));
        let children = || tree.children(number).filter_map(|child| tree.node(child));
        let Some(first) = children().next().filter(|first| !is_patch(first)) else {
            return Ok((!self.bound.is_impossible()).then(|| self.bound.cost()));
        };
        if children().any(is_fixing) {
            if children().count() > 1 {
                return Err(fault("it has a fixing child, and that is not the only one"));
            }
            return self.fix(first).map_err(|cause| fault(&cause));
        }
        if children().any(|child| child.site != first.site) {
            return Err(fault("its children name several sites"));
        }
        let mut times: Vec<u32> = children().flat_map(|child| &child.times).copied().collect();
        times.sort_unstable();
        let all = self.bound.times(first.site as usize - 1);
        if times == all {
            Ok(None)
        } else {
            Err(fault("its children do not split the times of their site"))
        }
    }

    /// Returns the least bound of the times that a fixing child of this node takes from sites; each costs
    /// no more than the times of its site.
    fn fix(&mut self, child: &'a TreeNode) -> Result<Option<i128>, String> {
        let mut least = None;
        for (site, kept) in fixed(child) {
            let times = self.bound.times(site);
            if kept.iter().any(|time| times.binary_search(time).is_err()) {
                let number = site + 1;
                return Err(format!(
                    "its child keeps a time of site {number} that it does not have"
                ));
            }
            for time in times.iter().filter(|time| kept.binary_search(time).is_err()) {
                let cost = self.bound.cost_of_time(site, *time);
                least = least.into_iter().chain(cost).min();
            }
        }
        Ok(least)
    }

    /// Goes up as far as needed, then down to a node.
    fn go_to(&mut self, number: usize) -> Result<(), Problem> {
        let mut down = Vec::new();
        let mut next = number;
        // Parents have smaller numbers: whatever stands lower on the path cannot be above the node.
        while next != self.stands_at() {
            if next > self.stands_at() {
                down.push(next);
                next = self.tree.node(next).map_or(0, |node| node.parent as usize);
            } else {
                self.go_up();
            }
        }
        down.into_iter().rev().try_for_each(|number| self.go_down(number))
    }

    fn stands_at(&self) -> usize {
        self.path.last().map_or(0, |step| step.number)
    }

    fn go_down(&mut self, number: usize) -> Result<(), Problem> {
        let Some(node) = self.tree.node(number) else { return Ok(()) };
        if is_patch(node) {
            self.bound.enter_patch(number, &node.patch);
        }
        let times = restricted(node).map(|(site, times)| (site, self.bound.set_times(site, times)));
        let times = times.collect();
        let mut radii = Vec::with_capacity(node.changed.len());
        for (at, radius) in node.changed.iter().zip(&node.radii) {
            let at = *at as usize;
            radii.push((at, self.bound.set_radius(at, *radius, self.reach)));
        }
        let prices = (!node.prices.is_empty()).then(|| self.bound.prices());
        self.bound.settle();
        if prices.is_some() {
            self.bound.set_prices(&node.prices);
        }
        self.path.push(Step { number, times, prices, radii });
        self.bound.passed_site().map_or(Ok(()), |site| {
            let cause = format!("a radius rises past site {}, not of its patch", site + 1);
            Err(malformed(format!("node {number}: {cause}")))
        })
    }

    fn go_up(&mut self) {
        let Some(step) = self.path.pop() else { return };
        // Backwards, as a radius may have been changed twice.
        for (at, radius) in step.radii.into_iter().rev() {
            self.bound.set_radius(at, radius, self.reach);
        }
        for (site, times) in step.times.into_iter().rev() {
            self.bound.set_times(site, times);
        }
        self.bound.settle();
        if let Some(prices) = step.prices {
            self.bound.set_prices(prices);
        }
        if self.tree.node(step.number).is_some_and(is_patch) {
            self.bound.leave_patch();
        }
    }
}

/// Returns the sites whose times a node restricts, with those that it leaves.
fn restricted(node: &TreeNode) -> impl Iterator<Item = (usize, &[u32])> {
    let branch = (node.site as usize).checked_sub(1).map(|site| (site, &*node.times));
    branch.into_iter().chain(fixed(node))
}

/// Returns the sites that a node fixes, with the times that it leaves.
fn fixed(node: &TreeNode) -> impl Iterator<Item = (usize, &[u32])> {
    let closed = node.closed.iter().map(|site| (*site as usize - 1, NEVER));
    closed.chain(node.kept.iter().map(|kept| (kept.site as usize - 1, &*kept.times)))
}
