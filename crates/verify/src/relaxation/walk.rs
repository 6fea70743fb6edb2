//! A walk through a tree that keeps one bound up to date: each step changes what its node changes.

use groundwork_model::{Problem, TreeNode};

use super::bound::Bound;
use super::malformed;
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
    least: Option<i128>,
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
        Self { tree, reach, bound, path: Vec::new(), least: None }
    }

    /// Visits nodes in the order of the tree; returns the least bound of the leaves and fixings among
    /// them, `None` when no answer belongs to any.
    ///
    /// # Errors
    ///
    /// Says at which node the children are not all that their parent leaves.
    pub(super) fn least_cost(mut self, numbers: &[usize]) -> Result<Option<i128>, Problem> {
        for &number in numbers {
            self.go_to(number);
            self.visit(number)?;
        }
        Ok(self.least)
    }

    /// Looks at what hangs below the node that the walk stands at.
    fn visit(&mut self, number: usize) -> Result<(), Problem> {
        let (tree, fault) = (self.tree, |cause: &str| malformed(format!("node {number}: {cause}")));
        let children = || tree.children(number).filter_map(|child| tree.node(child));
        let Some(first) = children().next() else {
            let cost = (!self.bound.is_impossible()).then(|| self.bound.cost());
            self.take(cost);
            return Ok(());
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
            Ok(())
        } else {
            Err(fault("its children do not split the times of their site"))
        }
    }

    /// Takes the bounds of all times that a fixing child of this node takes from sites; each costs no
    /// more than the times of its site.
    fn fix(&mut self, child: &'a TreeNode) -> Result<(), String> {
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
                self.take(cost);
            }
        }
        Ok(())
    }

    fn take(&mut self, cost: Option<i128>) {
        self.least = self.least.into_iter().chain(cost).min();
    }

    /// Goes up as far as needed, then down to a node.
    fn go_to(&mut self, number: usize) {
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
        for number in down.into_iter().rev() {
            self.go_down(number);
        }
    }

    fn stands_at(&self) -> usize {
        self.path.last().map_or(0, |step| step.number)
    }

    fn go_down(&mut self, number: usize) {
        let Some(node) = self.tree.node(number) else { return };
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
    }
}

/// Returns the sites whose times a node restricts, with those that it leaves.
fn restricted(node: &TreeNode) -> impl Iterator<Item = (usize, &[u32])> {
    let branch = (!is_fixing(node)).then(|| (node.site as usize - 1, &*node.times));
    branch.into_iter().chain(fixed(node))
}

/// Returns the sites that a node fixes, with the times that it leaves.
fn fixed(node: &TreeNode) -> impl Iterator<Item = (usize, &[u32])> {
    let closed = node.closed.iter().map(|site| (*site as usize - 1, NEVER));
    closed.chain(node.kept.iter().map(|kept| (kept.site as usize - 1, &*kept.times)))
}
