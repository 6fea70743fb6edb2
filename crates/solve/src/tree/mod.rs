//! Branch and bound: splits the choices by when a site opens, until no part can hold a better plan.
//!
//! A node restricts the periods in which sites may open. It takes its parent's radii, steps up from
//! there, and loses every opening that its reduced cost rules out (solver notes: L(u) + reduced cost of
//! the opening >= value of the best plan). What is relied on is computed in integers from the rounded
//! multipliers, which the node records: the records are the proof, [`Proof::Tree`].
//!
//! The first reduction, at the root, leaves a core of sites; all other nodes price that core alone. Where it is
//! worth it, the sites of a node are divided into patches with trees of their own ([`patches`]).

mod choices;
mod misfits;
mod node;
mod patch;
mod patches;
mod process;
mod quilt;
mod seams;
mod shifts;

use std::collections::BinaryHeap;
use std::sync::Arc;

use groundwork_model::Proof;
use rayon::prelude::*;

use crate::bound::{ExactData, Multipliers, ceil_shift};
use crate::branch::{Lessons, fix, times_of};
use crate::dual::{Relaxation, step_scale};
use crate::instance::Instance;
use crate::records::{Change, Fixings, Record, Split};
use node::{Child, Core, Node, Times, reach};
use process::{Fate, PATCHES_FIRST, Processed};
use quilt::Patches;

/// Nodes looked at side by side; a constant, so that results do not depend on the thread count.
const BATCH: usize = 4;
/// First step at the root, as a share of the scale.
const STEP_FIRST: f64 = 0.01;
/// Pairs times periods that a node may price, where pairs are measured.
const PAIRS_MAX: usize = 40_000_000;
/// Changed radii that a tree may record.
const CHANGES_MAX: usize = 20_000_000;
/// Numbers that the open nodes may hold together, about.
const HELD_MAX: usize = 300_000_000;

/// Records until patches are looked at again whatever they brought; and where that is less than the gap by such a
/// factor.
const PATCHES_WAIT: usize = 64;
const PATCHES_WAIT_LONG: usize = 1024;
const PATCHES_FEW: i128 = 8;

/// Is what a tree proves, and the better plan that it came across.
pub(crate) struct Closed {
    /// No choice costs less.
    pub(crate) least: i128,
    /// The proof of that.
    pub(crate) proof: Proof,
    /// The best choice known, with its cost.
    pub(crate) best: Best,
}

/// Is a choice with its exact cost.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    /// Period of each candidate, or [`NEVER`].
    pub(crate) opens: Vec<usize>,
    /// Its cost.
    pub(crate) value: i128,
}

/// Is how far a tree has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'t> {
    /// The best choice.
    pub(crate) best: &'t Best,
    /// No choice costs less.
    pub(crate) least: i128,
    /// The sites that a better choice may open.
    pub(crate) left: &'t [u32],
    /// Priced pairs.
    pub(crate) work: u64,
}

/// Says whether a tree goes on.
pub(crate) enum Turn {
    /// It does.
    Go,
    /// It does, with a better choice that was found elsewhere.
    Better(Best),
    /// It does not.
    Stop,
}

/// Returns whether the nodes of a tree on some sites are small enough to look at many of them.
pub(crate) fn is_small_enough(instance: &Instance, sites: &[u32], relaxation: &Relaxation) -> bool {
    if instance.space.is_none() {
        return true;
    }
    let radii = [&relaxation.radii[..]];
    let reach = |point| f64::from(reach(instance.periods, radii, point));
    let pairs = instance.with_sites(sites).map_rows(reach, |_, points, _| points.len());
    pairs.iter().sum::<usize>() * instance.periods <= PAIRS_MAX
}

/// Says how long the first node of a tree is looked at.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    /// No longer than others: there are many trees.
    Brief,
    /// As long as that pays, since all other nodes begin where it ends. Nodes may have patches, which may take
    /// so much work at the first one.
    Thorough { patching: Option<u64> },
}

/// Splits the choices of a problem until `turn` says stop or nothing better than `best` can be left; nodes
/// that `stop` interrupts leave no trace. `unit` objective units make one of the engine's. `None` when the
/// numbers are too large.
pub(crate) fn close(
    instance: &Instance,
    (exact, unit): (&ExactData, f64),
    relaxation: &Relaxation,
    best: Best,
    effort: Effort,
    stop: &(dyn Fn() -> bool + Sync),
    turn: &mut dyn FnMut(Standing<'_>) -> Turn,
) -> Option<Closed> {
    let settings = Settings { shift: exact.fine_shift(), slack: 0, effort };
    let mut tree = Tree::plant(instance, exact, unit, relaxation, best, settings)?;
    tree.grow(stop, turn);
    Some(tree.closed())
}

/// Says how finely a tree counts, and what it looks at.
#[derive(Clone, Copy)]
struct Settings {
    /// Bounds are times 2^shift.
    shift: u32,
    /// By so much less than the best value a bound closes a node, in units of values.
    slack: i128,
    effort: Effort,
}

/// Is what the root proves with patches, where that is all there is yet.
struct Patched {
    bound: i128,
    root: Multipliers,
    records: Vec<Record>,
}

struct Tree<'a> {
    instance: &'a Instance,
    exact: &'a ExactData,
    unit: f64,
    shift: u32,
    /// A whole unit of values is 2^grain units of bounds.
    grain: u32,
    slack: i128,
    lessons: Lessons,
    scale: Arc<[f64]>,
    root: Multipliers,
    records: Vec<Record>,
    changes: usize,
    open: BinaryHeap<Node>,
    /// Bounds of nodes that cannot be taken further.
    stuck: Vec<i128>,
    best: Best,
    /// The sites that the root left.
    left: Vec<u32>,
    work: u64,
    /// The part of the work that went into the search for better plans.
    searching: u64,
    /// Whether only the first node was looked at yet, and not for its patches.
    is_at_first: bool,
    /// Whether it is looked at as long as that pays.
    is_thorough: bool,
    /// Whether nodes are divided into patches, and with how much work at first.
    patches_first: Option<u64>,
    /// The work after the first node, the part of it that went into patches, and what these are taken to bring.
    later: u64,
    patching: u64,
    hope: i128,
    next_patches: usize,
    /// The site that stands for the patch of each site, once there are patches.
    firsts: Option<Vec<u32>>,
    /// The work over its pairs that a patch may take then.
    per_pair: u64,
    patched: Option<Patched>,
}

impl<'a> Tree<'a> {
    /// Returns the tree with its root, of which the multipliers are those of a relaxation.
    fn plant(
        instance: &'a Instance,
        exact: &'a ExactData,
        unit: f64,
        relaxation: &Relaxation,
        best: Best,
        Settings { shift, slack, effort }: Settings,
    ) -> Option<Self> {
        let root = exact.round(relaxation, shift, unit);
        let pricing = exact.price(instance, &root)?;
        let bound = pricing.bound(&instance.candidates)?;
        let mut left = instance.clone();
        let enough = best.value - slack;
        let fixings = fix(&pricing, bound, enough, &mut left.candidates, |site| site as u32);
        let scale: Arc<[f64]> = step_scale(instance, &relaxation.radii).into();
        let reach = |point| reach(instance.periods, [&relaxation.radii, &scale], point);
        let core = Core::of(&left, |site| site, reach);
        let (is_thorough, patching) = match effort {
            Effort::Brief => (false, None),
            Effort::Thorough { patching } => (true, patching),
        };
        let mut tree = Self {
            lessons: Lessons::new(instance.candidates.len(), instance.periods),
            scale: Arc::clone(&scale),
            root: root.clone(),
            left: core.kept.clone(),
            records: Vec::new(),
            changes: 0,
            open: BinaryHeap::new(),
            stuck: Vec::new(),
            work: 0,
            searching: 0,
            is_at_first: true,
            is_thorough,
            patches_first: patching.filter(|_| exact.table.is_none() && !instance.exactly),
            later: 0,
            patching: 0,
            hope: 0,
            next_patches: 0,
            firsts: None,
            per_pair: PATCHES_FIRST,
            patched: None,
            instance,
            exact,
            unit,
            shift,
            grain: shift - exact.value_shift(),
            slack,
            best,
        };
        let record = tree.fixed(0, fixings);
        tree.open.push(Node {
            record,
            times: Times::of(&core.candidates),
            core: Arc::new(core),
            half: None,
            step: STEP_FIRST,
            multipliers: Arc::new(root),
            bound,
        });
        Some(tree)
    }

    /// Adds the record of fixings below another record; returns where the branch goes on.
    fn fixed(&mut self, parent: usize, fixings: Fixings) -> usize {
        if fixings.is_empty() {
            return parent;
        }
        self.records.push(Record { parent, split: Split::Fix(fixings), change: None });
        self.records.len()
    }

    fn grow(
        &mut self,
        stop: &(dyn Fn() -> bool + Sync),
        turn: &mut dyn FnMut(Standing<'_>) -> Turn,
    ) {
        while self.changes < CHANGES_MAX && self.held() < HELD_MAX {
            match turn(self.standing()) {
                Turn::Stop => return,
                Turn::Better(best) => self.best = best,
                Turn::Go => {}
            }
            let batch = self.next_batch();
            if batch.is_empty() {
                return;
            }
            let bounds: Vec<i128> = batch.iter().map(|node| node.bound).collect();
            let is_first = self.is_at_first;
            let done: Vec<Processed> = if is_first {
                batch.into_iter().map(|node| self.process(node, stop, turn)).collect()
            } else {
                let go_on = |node| self.process(node, stop, &mut |_| Turn::Go);
                batch.into_par_iter().map(go_on).collect()
            };
            // Patches of the first node keep what they brought before a stop.
            let is_kept = is_first && done.iter().any(|processed| processed.patches.is_some());
            if stop() && !is_kept {
                self.stuck.extend(bounds);
                return;
            }
            for processed in done {
                let work = processed.work + processed.searching + processed.patching;
                self.work += work;
                if !is_first {
                    self.later += work;
                    self.patching += processed.patching;
                }
                self.searching += processed.searching;
                self.settle(processed);
            }
        }
    }

    /// Returns about how many numbers the open nodes hold: two of them share their multipliers.
    fn held(&self) -> usize {
        let of_node = self.instance.points * self.instance.periods / 2 + self.left.len();
        self.open.len() * of_node
    }

    /// Takes the open nodes with the least bounds; those that are closed by now are dropped.
    fn next_batch(&mut self) -> Vec<Node> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            let Some(node) = self.open.pop() else { break };
            if !self.closes(node.bound) {
                batch.push(node);
            }
        }
        batch
    }

    /// Returns whether a bound is that of a node in which nothing better is left.
    fn closes(&self, bound: i128) -> bool {
        ceil_shift(bound, self.grain) >= self.best.value - self.slack
    }

    /// Returns the least bound of what is left.
    fn least_bound(&self) -> Option<i128> {
        let next = self.open.peek().map(|node| node.bound);
        self.stuck.iter().copied().chain(next).min()
    }

    fn standing(&self) -> Standing<'_> {
        let patched = self.patched.as_ref().map(|patched| patched.bound);
        let least = self.least_bound().map(|bound| {
            ceil_shift(patched.map_or(bound, |patched| patched.max(bound)), self.grain)
        });
        let least = least.map_or(self.best.value, |least| least.min(self.best.value));
        Standing { best: &self.best, least, left: &self.left, work: self.work }
    }

    /// Returns what the tree of a patch proves, times 2^shift.
    fn fine_least(&self) -> i128 {
        let closed = (self.best.value - self.slack) << self.grain;
        self.least_bound().map_or(closed, |least| least.min(closed))
    }

    /// Takes over what a node brought.
    fn settle(&mut self, processed: Processed) {
        if let Some(found) = processed.found.filter(|found| found.value < self.best.value) {
            self.best = found;
        }
        let Processed { mut node, multipliers, free, fixings, children, patches, fate, .. } =
            processed;
        if let Some((half, before)) = node.half {
            self.lessons.note(half, (node.bound - before) as f64 / 2.0_f64.powi(self.shift as i32));
        }
        // Else a node that is looked at again was looked at for its patches, or cannot be split.
        let is_narrowed = fate == Fate::Narrowed;
        let is_patched = patches.as_ref().is_some_and(|patches| self.closes(patches.bound));
        let above = Arc::clone(&node.multipliers);
        let of_patches =
            patches.as_ref().filter(|_| is_patched).map(|p| Arc::clone(&p.multipliers));
        if let Some(multipliers) = of_patches.or(multipliers) {
            self.note_multipliers(&mut node, multipliers);
        }
        if fate == Fate::Stuck {
            // Numbers are too large to go on; the node stays as it is, and with it the bound.
            self.stuck.push(node.bound);
            return;
        }
        if fate == Fate::Closed || self.closes(node.bound) || is_patched {
            let record = self.fixed(node.record, free);
            if let Some(patches) = patches.filter(|_| !self.closes(node.bound)) {
                self.changes += patches.changes();
                patches.record(record, &mut self.records);
            }
            return;
        }
        node.record = self.fixed(node.record, free);
        if let Some(patches) = patches {
            self.keep_patches(&node, &above, patches);
        }
        node.record = self.fixed(node.record, fixings);
        node.half = None;
        self.is_at_first &= is_narrowed;
        if children.is_empty() {
            self.open.push(node);
            return;
        }
        for child in children {
            self.plant_child(&node, child);
        }
    }

    /// Takes over what patches bring that close no node: how much to hope for, and at the root a better bound.
    fn keep_patches(&mut self, node: &Node, above: &Multipliers, patches: Patches) {
        let brought = patches.bound - node.bound;
        let gap = (self.best.value << self.grain) - node.bound;
        let wait = if PATCHES_FEW * brought < gap { PATCHES_WAIT_LONG } else { PATCHES_WAIT };
        self.next_patches = self.records.len() + wait;
        self.hope = if patches.of_first { brought } else { (3 * self.hope + brought) / 4 };
        if !patches.of_first {
            return;
        }
        self.firsts = Some(patches.firsts.clone());
        self.per_pair = patches.per_pair;
        if brought > 0 {
            let bound = patches.bound;
            let (mut root, mut records) = (self.root.clone(), self.records.clone());
            match records.get_mut(node.record.wrapping_sub(1)) {
                None => root = (*patches.multipliers).clone(),
                Some(record) => record.change = Some(Change::between(above, &patches.multipliers)),
            }
            patches.record(node.record, &mut records);
            self.patched = Some(Patched { bound, root, records });
        }
    }

    /// Adds a branch below a node; one that is closed already stays a leaf.
    fn plant_child(&mut self, node: &Node, child: Child) {
        let times = times_of(&child.candidate);
        let split = Split::Branch { site: child.half.site, times };
        self.records.push(Record { parent: node.record, split, change: None });
        if !self.closes(child.bound) {
            self.open.push(Node {
                record: self.records.len(),
                core: Arc::clone(&node.core),
                times: child.times,
                half: Some((child.half, node.bound)),
                step: node.step,
                bound: child.bound,
                multipliers: Arc::clone(&node.multipliers),
            });
        }
    }

    /// Records the multipliers of a node as changes to those above it.
    fn note_multipliers(&mut self, node: &mut Node, multipliers: Arc<Multipliers>) {
        if node.record == 0 {
            self.root = (*multipliers).clone();
        } else {
            let change = Change::between(&node.multipliers, &multipliers);
            self.changes += change.len();
            self.records[node.record - 1].change = Some(change);
        }
        node.multipliers = multipliers;
    }

    fn closed(mut self) -> Closed {
        let least = self.standing().least;
        let patched = self.patched.take();
        if let Some(patched) = patched.filter(|p| self.least_bound().is_some_and(|b| b < p.bound)) {
            (self.root, self.records) = (patched.root, patched.records);
        }
        let (points, periods) = (self.instance.points, self.instance.periods);
        let origin = |site: u32| self.instance.candidates[site as usize].origin + 1;
        let nodes = self
            .records
            .into_iter()
            .map(|record| record.node((points, periods), &self.exact.order, origin));
        let proof = Proof::Tree {
            shift: self.shift,
            at_least: None,
            prices: self.root.prices.clone(),
            radii: self.root.by_period(periods, &self.exact.order),
            nodes: nodes.collect(),
        };
        Closed { least, proof, best: self.best }
    }
}
