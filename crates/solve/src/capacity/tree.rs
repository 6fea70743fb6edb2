//! Branch and bound on the sites: what remains of the gap is closed by deciding them one by one.
//!
//! A node settles some sites. Its multipliers climb from those of its parent; with them sites are settled
//! by reduced costs (a site whose opening would lift the bound to the value may be closed, and the other
//! way round), which makes a node of its own, and the climb goes on. A node is closed by its bound, by
//! counting (the sites that may open cannot serve all demand), or, once all sites are settled, by the
//! prices of the transportation problem, whose dual is the bound itself. Everything that closes a node or
//! settles a site is computed in whole numbers.

use rayon::prelude::*;

use super::Capacitated;
use super::ascent::{Ascent, Relaxed, Schedule, State};
use super::exact::{self, Exact, Multipliers};
use super::gate::Gate;
use super::transport::Transport;

/// First climb at the root.
pub(crate) const ROOT: Schedule = Schedule { first: 0.2, last: 0.002, steps: 400 };
/// Climb at a node below, and of the root from there.
const NODE: Schedule = Schedule { first: 0.03, last: 0.002, steps: 80 };
/// A node climbs on while a climb takes so much off the gap.
const SHRINKS: f64 = 0.75;
/// Nodes that are worked on at a time, however many threads there are.
const BATCH: usize = 8;
/// Radii that a tree may record.
const RADII_MAX: usize = 20_000_000;

/// Is a node of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Number of the parent; that of the root is its own.
    pub(crate) parent: usize,
    pub(crate) change: Change,
    /// Multipliers of the node; `None` where they are the parent's.
    pub(crate) multipliers: Option<Multipliers>,
}

/// Says what a node settles that its parent leaves free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing: it is the root.
    Root,
    /// One site; its sibling settles it the other way.
    Split {
        /// The site.
        site: usize,
        /// Whether it is open.
        open: bool,
    },
    /// Sites whose other state is ruled out by the parent's multipliers. The node has no siblings.
    Fixed {
        /// Sites that are closed.
        closed: Vec<usize>,
        /// Sites that are open.
        opened: Vec<usize>,
    },
}

/// Is what a tree proves.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// The multipliers are x 2^-`shift`.
    pub(crate) shift: u32,
    /// The nodes, parents before their children.
    pub(crate) nodes: Vec<Node>,
    /// No answer costs less.
    pub(crate) bound: i128,
    /// Value of the best answer, and its open sites.
    pub(crate) best: (i128, Vec<usize>),
    /// Pairs priced.
    pub(crate) work: u64,
}

/// Is a leaf that is not closed yet.
#[derive(Clone, Debug)]
struct Leaf {
    number: usize,
    states: Vec<State>,
    /// Where its climb starts.
    worth: Vec<f64>,
    /// Exact bound by the parent's multipliers.
    bound: i128,
}

/// Is what became of a leaf: nodes in a chain, the first of them its own, and how it ends.
struct Worked {
    chain: Vec<(Option<Multipliers>, Change)>,
    states: Vec<State>,
    end: End,
    /// Answer met on the way.
    found: Option<(i128, Vec<usize>)>,
}

enum End {
    /// It has no better answer than this; all that it needs to be closed unless this is too little.
    Bound(i128),
    /// It has no answer at all.
    Impossible,
    /// It is split at a site, with the bounds of its two states, open and closed.
    Split { site: usize, bounds: (i128, i128), worth: Vec<f64> },
}

/// Proves, from the best answer known and a point of the dual to start from, how good answers can be. `goes_on(work, value, bound)` may end the search. The gate, with the
/// work before, may do so in the climb at the root, of which all steps are kept, and break off the work on
/// nodes below, which is dropped.
pub(crate) fn prove<'a>(
    instance: &'a Capacitated,
    best: (i128, Vec<usize>),
    start: Relaxed,
    mut goes_on: impl FnMut(u64, i128, i128) -> bool,
    gate: Option<(&'a Gate<'a>, u64)>,
) -> Tree {
    let mut climbers: Vec<Climber<'a>> = Vec::new();
    let mut growth = Growth::new(instance, best, start);
    while growth.bound() < growth.tree.best.0 && growth.radii < RADII_MAX {
        if !goes_on(growth.tree.work, growth.tree.best.0, growth.bound()) {
            break;
        }
        let batch = growth.next_leaves();
        if batch.is_empty() {
            break;
        }
        while climbers.len() < batch.len() {
            climbers.push(Climber::new(instance));
        }
        let task = Task { value: growth.tree.best.0, gate };
        let leaves = batch.par_iter().zip(&mut climbers);
        let worked: Vec<Worked> =
            leaves.map(|(leaf, climber)| climber.work_on(leaf, &task)).collect();
        let is_root = batch.iter().any(|leaf| leaf.number == 0);
        if !is_root && gate.is_some_and(|gate| gate.0.has_stopped()) {
            growth.leaves.extend(batch);
            break;
        }
        for (leaf, worked) in batch.iter().zip(worked) {
            growth.take_in(leaf.number, worked);
        }
        // Nodes count too, so that no two rounds have the same work.
        let priced: u64 = climbers.iter().map(Climber::work).sum();
        growth.tree.work = priced + growth.tree.nodes.len() as u64;
    }
    growth.tree.bound = growth.bound();
    growth.tree
}

/// Is a tree that grows.
struct Growth {
    tree: Tree,
    leaves: Vec<Leaf>,
    /// Radii recorded so far.
    radii: usize,
    /// Least bound of leaves that cannot be split further.
    settled: i128,
}

impl Growth {
    fn new(instance: &Capacitated, best: (i128, Vec<usize>), start: Relaxed) -> Self {
        let states = vec![State::Free; instance.sites()];
        let shift = exact::shift(instance);
        let exact = Exact::of_relaxed(instance, shift, &states, &start);
        let bound = exact.least(&states);
        let multipliers = Some(exact.multipliers);
        let root = Node { parent: 0, change: Change::Root, multipliers };
        let tree = Tree { shift, nodes: vec![root], bound, best, work: 0 };
        let leaves = vec![Leaf { number: 0, states, worth: start.worth, bound }];
        Self { tree, leaves, radii: 0, settled: i128::MAX }
    }

    /// Returns what no answer beats.
    fn bound(&self) -> i128 {
        let least = self.leaves.iter().map(|leaf| leaf.bound).min().unwrap_or(i128::MAX);
        least.min(self.settled).min(self.tree.best.0)
    }

    /// Takes out the leaves of least bound.
    fn next_leaves(&mut self) -> Vec<Leaf> {
        let value = self.tree.best.0;
        self.leaves.retain(|leaf| leaf.bound < value);
        self.leaves.sort_by_key(|leaf| std::cmp::Reverse((leaf.bound, leaf.number)));
        self.leaves.split_off(self.leaves.len().saturating_sub(BATCH))
    }

    fn take_in(&mut self, number: usize, worked: Worked) {
        let mut last = number;
        for (place, (multipliers, change)) in worked.chain.into_iter().enumerate() {
            if place > 0 {
                self.tree.nodes.push(Node { parent: last, change, multipliers: None });
                last = self.tree.nodes.len() - 1;
            }
            if let Some(multipliers) = multipliers {
                self.radii += multipliers.radii.len();
                self.tree.nodes[last].multipliers = Some(multipliers);
            }
        }
        if let Some(found) = worked.found.filter(|found| found.0 < self.tree.best.0) {
            self.tree.best = found;
        }
        match worked.end {
            End::Impossible => {}
            End::Bound(bound) => self.settled = self.settled.min(bound),
            End::Split { site, bounds, worth } => {
                for (open, bound) in [(true, bounds.0), (false, bounds.1)] {
                    let mut states = worked.states.clone();
                    states[site] = if open { State::Open } else { State::Closed };
                    let change = Change::Split { site, open };
                    self.tree.nodes.push(Node { parent: last, change, multipliers: None });
                    let number = self.tree.nodes.len() - 1;
                    self.leaves.push(Leaf { number, states, worth: worth.clone(), bound });
                }
            }
        }
    }
}

/// Says what the work on a leaf is for.
struct Task<'a> {
    /// The value to prove.
    value: i128,
    /// May end the work, and knows what was done before.
    gate: Option<(&'a Gate<'a>, u64)>,
}

/// Works on leaves, one at a time.
struct Climber<'a> {
    instance: &'a Capacitated,
    ascent: Ascent<'a>,
    transport: Transport<'a>,
    shift: u32,
}

impl<'a> Climber<'a> {
    fn new(instance: &'a Capacitated) -> Self {
        let (ascent, transport) = (Ascent::new(instance), Transport::new(instance));
        Self { instance, ascent, transport, shift: exact::shift(instance) }
    }

    fn work(&self) -> u64 {
        self.ascent.work + self.transport.work
    }

    /// Closes a leaf, or settles what can be settled and says where to split it.
    fn work_on(&mut self, leaf: &Leaf, task: &Task<'a>) -> Worked {
        let is_root = leaf.number == 0;
        let stops = |work: u64| match task.gate {
            Some((gate, before)) if is_root => !gate.goes_on(before + work),
            Some((gate, _)) => gate.breaks_off(),
            None => false,
        };
        self.transport.guard(task.gate.map(|gate| gate.0).filter(|_| !is_root));
        let mut worked = Worked {
            chain: vec![(None, Change::Root)],
            states: leaf.states.clone(),
            end: End::Impossible,
            found: None,
        };
        let mut worth = leaf.worth.clone();
        let mut gap = f64::INFINITY;
        loop {
            if self.is_impossible(&worked.states) {
                return worked;
            }
            if !worked.states.contains(&State::Free) {
                self.settle(&mut worked);
                return worked;
            }
            // Half a unit is left for what floating point cannot tell.
            let enough = task.value as f64 * (1.0 + 1e-13) - 0.5;
            let from = (&worked.states[..], &worth[..]);
            let relaxed = self.ascent.ascend(from, (NODE, enough), &stops);
            let exact = Exact::of_relaxed(self.instance, self.shift, &worked.states, &relaxed);
            let left = task.value as f64 - relaxed.bound;
            let stopped = task.gate.is_some_and(|gate| gate.0.has_stopped());
            let shrinks = left < SHRINKS * gap && !stopped;
            gap = left;
            if !apply(&mut worked, exact, task.value, shrinks, &relaxed) {
                return worked;
            }
            worth = relaxed.worth;
        }
    }

    /// Returns whether the sites that may open cannot serve all demand.
    fn is_impossible(&self, states: &[State]) -> bool {
        let usable = (0..states.len()).filter(|&site| states[site] != State::Closed);
        self.instance.capacity_of(usable) < self.instance.total
    }

    /// Ends a node whose sites are all settled with the prices of its transportation problem.
    fn settle(&mut self, worked: &mut Worked) {
        let states = &worked.states;
        let open: Vec<usize> = (0..states.len()).filter(|&j| states[j] == State::Open).collect();
        self.transport.solve(&open);
        let prices = self.transport.prices();
        let exact = Exact::of_prices(self.instance, self.shift, states, prices);
        let value = self.instance.value(&open, &self.transport.parts());
        worked.end = End::Bound(exact.least(states));
        worked.found = Some((value, open));
        let last = worked.chain.len() - 1;
        worked.chain[last].0 = Some(exact.multipliers);
    }
}

/// Applies exact bounds to the last node of a chain; returns whether to climb on.
fn apply(worked: &mut Worked, exact: Exact, value: i128, shrinks: bool, relaxed: &Relaxed) -> bool {
    let least = exact.least(&worked.states);
    let bounds = exact.least_of_free(&worked.states);
    let last = worked.chain.len() - 1;
    worked.chain[last].0 = Some(exact.multipliers);
    if least >= value {
        worked.end = End::Bound(least);
        return false;
    }
    let closed: Vec<usize> = bounds.iter().filter(|b| b.1 >= value).map(|b| b.0).collect();
    let opened: Vec<usize> = bounds.iter().filter(|b| b.2 >= value).map(|b| b.0).collect();
    let fixes = !closed.is_empty() || !opened.is_empty();
    if fixes {
        closed.iter().for_each(|&site| worked.states[site] = State::Closed);
        opened.iter().for_each(|&site| worked.states[site] = State::Open);
        worked.chain.push((None, Change::Fixed { closed, opened }));
    }
    let free = bounds.into_iter().filter(|bound| worked.states[bound.0] == State::Free);
    let even = |site: usize| (relaxed.usage[site] - 0.5).abs();
    match free.min_by(|a, b| even(a.0).total_cmp(&even(b.0))) {
        Some((site, open, closed)) if !(fixes && shrinks) => {
            let (bounds, worth) = ((open, closed), relaxed.worth.clone());
            worked.end = End::Split { site, bounds, worth };
            false
        }
        _ => true,
    }
}
