//! The open sites among all: a set that changes, and tells the nearest of a point.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::Space;
use super::tree::{Bounds, Position, squared};

/// Is a set of open sites, each with a level, such as the period in which it opens.
#[derive(Clone, Debug)]
pub(crate) struct OpenSites<'a> {
    space: &'a Space,
    /// Level of each slot of a site; [`CLOSED`] where it is not open.
    levels: Vec<u32>,
    /// What is open below each node of the tree of sites.
    nodes: Vec<Open>,
}

/// Sums up the open sites below a node.
#[derive(Clone, Copy, Debug)]
struct Open {
    bounds: Bounds,
    count: u32,
    /// The lowest level.
    level: u32,
    /// The slot, where it is a single site.
    slot: u32,
}

/// Level of a site that is not open.
const CLOSED: u32 = u32::MAX;
/// Marks a queue entry that is a single site: its slot follows. Others are nodes.
const SITE: u32 = 1 << 31;

/// Is a queue of nodes and sites by (bits of squared distance, entry).
type Queue = BinaryHeap<Reverse<(u64, u32)>>;

thread_local! {
    /// Kept for the next query, which then need not allocate.
    static BUFFERS: Cell<(Queue, Vec<(u32, u32)>)> = Cell::default();
}

impl<'a> OpenSites<'a> {
    /// Returns the empty set.
    pub(crate) fn new(space: &'a Space) -> Self {
        let levels = vec![CLOSED; space.sites.len()];
        Self { space, levels, nodes: vec![Open::NONE; 2 * space.sites.leaves] }
    }

    /// Opens a site at a level, or moves it there.
    pub(crate) fn insert(&mut self, site: u32, level: u32) {
        self.set(site, level);
    }

    /// Closes a site.
    pub(crate) fn remove(&mut self, site: u32) {
        self.set(site, CLOSED);
    }

    /// Returns the level of a site, `None` where it is closed.
    pub(crate) fn level(&self, site: u32) -> Option<u32> {
        let level = self.levels[self.space.sites.slots[site as usize] as usize];
        (level != CLOSED).then_some(level)
    }

    /// Returns the number of open sites.
    pub(crate) fn len(&self) -> usize {
        self.nodes[1].count as usize
    }

    /// Calls `visit(site, cost)` for the open sites of a point by (cost, site), cheapest first, until it
    /// breaks or none is left within the cut-off.
    pub(crate) fn nearest(&self, point: u32, mut visit: impl FnMut(u32, u32) -> ControlFlow<()>) {
        self.nearest_below(point, CLOSED, |site, cost, _| match visit(site, cost) {
            ControlFlow::Continue(()) => CLOSED,
            ControlFlow::Break(()) => 0,
        });
    }

    /// Calls `visit(site, cost, level)` for the open sites of a point below a level, cheapest first. What
    /// it returns is the new level below which sites are of interest: it may only fall, and 0 ends.
    ///
    /// To find what serves a point in each period, ask for ever earlier sites: whole parts of the tree
    /// that open too late are then passed over.
    pub(crate) fn nearest_below(
        &self,
        point: u32,
        level: u32,
        visit: impl FnMut(u32, u32, u32) -> u32,
    ) {
        let (mut queue, mut waiting) = BUFFERS.take();
        queue.clear();
        waiting.clear();
        Query::new(self, point, level, visit).run(&mut queue, &mut waiting);
        BUFFERS.set((queue, waiting));
    }

    fn set(&mut self, site: u32, level: u32) {
        let tree = &self.space.sites;
        let slot = tree.slots[site as usize] as usize;
        self.levels[slot] = level;
        let leaf = tree.leaf_of(slot);
        let open = tree.slots_of(leaf).filter(|&slot| self.levels[slot] != CLOSED);
        let singles = open.map(|slot| Open::single(slot, tree.position(slot), self.levels[slot]));
        let mut node = tree.leaves + leaf;
        self.nodes[node] = singles.fold(Open::NONE, Open::with);
        while node > 1 {
            node /= 2;
            self.nodes[node] = self.nodes[2 * node].with(self.nodes[2 * node + 1]);
        }
    }
}

impl Open {
    const NONE: Self = Self { bounds: Bounds::EMPTY, count: 0, level: CLOSED, slot: 0 };

    fn single(slot: usize, position: Position, level: u32) -> Self {
        Self { bounds: Bounds::at(position), count: 1, level, slot: slot as u32 }
    }

    fn with(self, other: Self) -> Self {
        Self {
            bounds: self.bounds.with(other.bounds),
            count: self.count + other.count,
            level: self.level.min(other.level),
            slot: if self.count > 0 { self.slot } else { other.slot },
        }
    }
}

/// Is a search for the sites of one point. Straight distances tell what comes next; a site waits until
/// nothing that comes can cost as little, since rounding makes near distances equal and a site at its own
/// point costs more than its distance.
struct Query<'q, 'a, F> {
    open: &'q OpenSites<'a>,
    point: u32,
    from: Position,
    level: u32,
    visit: F,
}

impl<'q, 'a, F: FnMut(u32, u32, u32) -> u32> Query<'q, 'a, F> {
    fn new(open: &'q OpenSites<'a>, point: u32, level: u32, visit: F) -> Self {
        let points = &open.space.points;
        let from = points.position(points.slots[point as usize] as usize);
        Self { open, point, from, level, visit }
    }

    fn run(&mut self, queue: &mut Queue, waiting: &mut Vec<(u32, u32)>) {
        self.push(1, queue);
        while let Some(Reverse((bits, entry))) = queue.pop() {
            if !waiting.is_empty() {
                let floor = self.open.space.measure.at_least(f64::from_bits(bits));
                if !self.hand_out(waiting, floor) {
                    return;
                }
            }
            if entry & SITE != 0 {
                self.wait(f64::from_bits(bits), (entry & !SITE) as usize, waiting);
            } else {
                self.unfold(entry as usize, queue);
            }
        }
        self.hand_out(waiting, u32::MAX);
    }

    /// Hands out the waiting sites that cost less than `floor`, or all where that is the largest number;
    /// says whether to go on.
    fn hand_out(&mut self, waiting: &mut Vec<(u32, u32)>, floor: u32) -> bool {
        // The cheapest is last.
        while let Some(&(cost, site)) = waiting.last() {
            if cost >= floor && floor != u32::MAX {
                break;
            }
            if cost > self.open.space.cut_off {
                return false;
            }
            waiting.pop();
            let slot = self.open.space.sites.slots[site as usize] as usize;
            let level = self.open.levels[slot];
            if level < self.level {
                self.level = (self.visit)(site, cost, level).min(self.level);
            }
            if self.level == 0 {
                return false;
            }
        }
        true
    }

    /// Lets a site wait for its turn.
    fn wait(&self, squared: f64, slot: usize, waiting: &mut Vec<(u32, u32)>) {
        let site = self.open.space.sites.order[slot];
        let entry = (self.open.space.cost_at(squared, self.point, site), site);
        let place = waiting.partition_point(|&other| other > entry);
        waiting.insert(place, entry);
    }

    /// Queues what is below a node.
    fn unfold(&self, node: usize, queue: &mut Queue) {
        let tree = &self.open.space.sites;
        if node < tree.leaves {
            self.push(2 * node, queue);
            self.push(2 * node + 1, queue);
            return;
        }
        for slot in tree.slots_of(node - tree.leaves) {
            if self.open.levels[slot] < self.level {
                let distance = squared(tree.position(slot), self.from);
                queue.push(Reverse((distance.to_bits(), slot as u32 | SITE)));
            }
        }
    }

    fn push(&self, node: usize, queue: &mut Queue) {
        let open = &self.open.nodes[node];
        if open.level < self.level {
            let entry = if open.count == 1 { open.slot | SITE } else { node as u32 };
            queue.push(Reverse((open.bounds.squared(self.from).to_bits(), entry)));
        }
    }
}
