//! Branch and bound: splits the choices by when a site opens, until no part can hold a better plan.
//!
//! A node restricts the periods in which sites may open. It takes its parent's radii, steps up from
//! there, and loses every opening that its reduced cost rules out (solver notes: L(u) + reduced cost of
//! the opening >= value of the best plan). What is relied on is computed in integers from the rounded
//! multipliers, which the node records: the records are the proof, [`Proof::Tree`].
//!
//! The first reduction, at the root, leaves a core of sites; all other nodes price that core alone.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use groundwork_model::{KeptTimes, Proof};
use rayon::prelude::*;

use crate::assignment::NEVER;
use crate::bound::{ExactData, ExactPricing, Multipliers, ceil_shift};
use crate::dual::{Dual, Relaxation, Schedule, step_scale};
use crate::instance::{Candidate, Instance, NO_WINDOW, SiteRows};
use crate::records::{Change, Fixings, Record, Split};
use crate::rows::RowSource;
use crate::search::{Scratch, Timetable};

/// Nodes looked at side by side; a constant, so that results do not depend on the thread count.
const BATCH: usize = 4;
/// How a node steps up from its parent's radii.
const NODE_SCHEDULE: Schedule = Schedule { first: 0.02, last: 0.002, steps: 60 };
/// Changed radii that a tree may record.
const CHANGES_MAX: usize = 20_000_000;

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
pub(crate) struct Standing {
    /// Cost of the best choice.
    pub(crate) value: i128,
    /// No choice costs less.
    pub(crate) least: i128,
    /// Priced pairs.
    pub(crate) work: u64,
}

/// Splits the choices of a problem until `goes_on` says no or nothing better than `best` can be left.
/// `unit` objective units make one of the engine's. `None` when the numbers are too large.
pub(crate) fn close(
    instance: &Instance,
    exact: &ExactData,
    unit: f64,
    relaxation: &Relaxation,
    best: Best,
    goes_on: &mut dyn FnMut(Standing) -> bool,
) -> Option<Closed> {
    let mut tree = Tree::plant(instance, exact, unit, relaxation, best)?;
    tree.grow(goes_on);
    Some(tree.closed())
}

struct Tree<'a> {
    instance: &'a Instance,
    exact: &'a ExactData,
    unit: f64,
    shift: u32,
    /// The problem of the sites that the root leaves.
    core: Instance,
    core_rows: Arc<SiteRows>,
    /// Position in the whole problem of each site of the core.
    kept: Vec<u32>,
    scale: Arc<[f64]>,
    root: Multipliers,
    records: Vec<Record>,
    changes: usize,
    open: BinaryHeap<Node>,
    /// Bounds of nodes that cannot be taken further.
    stuck: Vec<i128>,
    best: Best,
    work: u64,
}

/// Is a part of the choices that is not done with.
#[derive(Clone)]
struct Node {
    /// Its record.
    record: usize,
    /// When the sites of the core may open.
    candidates: Vec<Candidate>,
    /// Multipliers of the nearest node above that has some, in floating point and as recorded.
    relaxation: Arc<Relaxation>,
    multipliers: Arc<Multipliers>,
    /// The bound that they give, times 2^shift.
    bound: i128,
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.cmp(&self.bound).then(other.record.cmp(&self.record))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

/// Is what became of a node.
struct Processed {
    node: Node,
    fate: Fate,
    /// Its multipliers, where they are new.
    multipliers: Option<Arc<Multipliers>>,
    fixings: Fixings,
    children: Vec<Child>,
    found: Option<Best>,
    work: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing better is left in it.
    Closed,
    /// It goes on as its children, or once more after its fixings.
    Open,
    /// Its numbers are too large to go on.
    Stuck,
}

struct Child {
    /// Position in the core of the site that was split.
    site: usize,
    candidates: Vec<Candidate>,
    bound: i128,
}

impl<'a> Tree<'a> {
    /// Returns the tree with its root, of which the multipliers are those of a relaxation.
    fn plant(
        instance: &'a Instance,
        exact: &'a ExactData,
        unit: f64,
        relaxation: &Relaxation,
        best: Best,
    ) -> Option<Self> {
        let shift = exact.fine_shift();
        let root = exact.round(relaxation, shift, unit);
        let pricing = exact.price(instance, &root)?;
        let bound = pricing.bound(&instance.candidates)?;
        let mut candidates = instance.candidates.clone();
        let fixings = fix(&pricing, bound, best.value, &mut candidates, |site| site as u32);
        let kept: Vec<u32> = (0..candidates.len() as u32)
            .filter(|&site| candidates[site as usize].may_open_ever())
            .collect();
        let left: Vec<Candidate> = kept.iter().map(|&site| candidates[site as usize]).collect();
        let core =
            instance.restricted(&kept, left.clone(), |point| reach(instance, relaxation, point));
        let mut tree = Self {
            core_rows: Arc::new(core.rows_within(|_| f64::INFINITY)),
            scale: step_scale(instance, &relaxation.radii).into(),
            root: root.clone(),
            records: Vec::new(),
            changes: 0,
            open: BinaryHeap::new(),
            stuck: Vec::new(),
            work: 0,
            instance,
            exact,
            unit,
            shift,
            core,
            kept,
            best,
        };
        let record = tree.fixed(0, fixings);
        tree.open.push(Node {
            record,
            candidates: left,
            relaxation: Arc::new(relaxation.clone()),
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

    fn grow(&mut self, goes_on: &mut dyn FnMut(Standing) -> bool) {
        while goes_on(self.standing()) && self.changes < CHANGES_MAX {
            let batch = self.next_batch();
            if batch.is_empty() {
                return;
            }
            let done: Vec<Processed> =
                batch.into_par_iter().map(|node| self.process(node)).collect();
            for processed in done {
                self.work += processed.work;
                self.settle(processed);
            }
        }
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

    fn closes(&self, bound: i128) -> bool {
        ceil_shift(bound, self.shift) >= self.best.value
    }

    fn standing(&self) -> Standing {
        let next = self.open.peek().map(|node| node.bound);
        let bounds = self.stuck.iter().copied().chain(next);
        let least =
            bounds.map(|bound| ceil_shift(bound, self.shift)).fold(self.best.value, i128::min);
        Standing { value: self.best.value, least, work: self.work }
    }

    /// Steps up from a node's radii, fixes what can be fixed, and splits what is left.
    fn process(&self, node: Node) -> Processed {
        let instance = Instance { candidates: node.candidates.clone(), ..self.core.clone() };
        let mut processed = Processed {
            node,
            fate: Fate::Closed,
            multipliers: None,
            fixings: Fixings::default(),
            children: Vec::new(),
            found: None,
            work: 0,
        };
        if is_impossible(&instance) {
            return processed;
        }
        if let Some(opens) = decided(&instance) {
            self.meet(&instance, opens, &mut processed);
            return processed;
        }
        let usage = self.raise(&instance, &mut processed);
        if self.closes(processed.node.bound) {
            return processed;
        }
        self.divide(&instance, &usage, &mut processed);
        processed
    }

    /// Gives a node with one choice left the multipliers that prove the value of that choice.
    fn meet(&self, instance: &Instance, opens: Vec<usize>, processed: &mut Processed) {
        let multipliers = self.exact.meeting(instance, &opens, self.shift, self.best.value);
        let bound = self
            .exact
            .price(instance, &multipliers)
            .and_then(|pricing| pricing.bound(&instance.candidates));
        processed.found = self.valued(opens);
        match bound {
            Some(bound) => {
                processed.node.bound = processed.node.bound.max(bound);
                processed.multipliers = Some(Arc::new(multipliers));
            }
            None => processed.fate = Fate::Stuck,
        }
    }

    /// Improves a node's multipliers, and looks for a better plan on the way; returns the share of choices
    /// in which each site was open.
    fn raise(&self, instance: &Instance, processed: &mut Processed) -> Vec<f64> {
        let radii = processed.node.relaxation.radii.clone();
        let mut dual = Dual::with_scale(instance, radii, Arc::clone(&self.scale));
        let target = self.best.value as f64 / (self.unit * self.exact.cost_unit());
        dual.ascend(NODE_SCHEDULE, |dual| dual.best.bound < target);
        processed.work = dual.work;
        processed.found = self.descended(&dual.best);
        let multipliers = self.exact.round(&dual.best, self.shift, self.unit);
        let pricing = self.exact.price(instance, &multipliers);
        let bound = pricing.and_then(|pricing| pricing.bound(&instance.candidates));
        if let Some(bound) = bound.filter(|&bound| bound > processed.node.bound) {
            processed.node.bound = bound;
            processed.node.relaxation = Arc::new(dual.best);
            processed.multipliers = Some(Arc::new(multipliers));
        }
        dual.usage
    }

    /// Fixes what the node's multipliers rule out, and splits the rest in two.
    fn divide(&self, instance: &Instance, usage: &[f64], processed: &mut Processed) {
        let node = &mut processed.node;
        let multipliers = processed.multipliers.as_ref().unwrap_or(&node.multipliers);
        let Some(pricing) = self.exact.price(instance, multipliers) else {
            processed.fate = Fate::Stuck;
            return;
        };
        processed.fixings =
            fix(&pricing, node.bound, self.best.value, &mut node.candidates, |at| self.kept[at]);
        processed.fate = Fate::Open;
        let Some((site, period)) = branching(&node.candidates, usage, instance.periods) else {
            return;
        };
        for candidate in halves(node.candidates[site], period) {
            let mut candidates = node.candidates.clone();
            candidates[site] = candidate;
            let Some(bound) = pricing.bound(&candidates) else {
                processed.fate = Fate::Stuck;
                return;
            };
            processed.children.push(Child { site, candidates, bound: bound.max(node.bound) });
        }
    }

    /// Returns the plan that the choice of a relaxation leads to, if it is better than the best.
    fn descended(&self, relaxation: &Relaxation) -> Option<Best> {
        let assignment = &relaxation.assignment;
        if !assignment.complete {
            return None;
        }
        let rows = RowSource::Listed(Arc::clone(&self.core_rows));
        let mut timetable = Timetable::new(&self.core, rows, assignment.period.clone());
        let all: Vec<u32> = (0..self.core.candidates.len() as u32).collect();
        timetable.descend(&all, &mut Scratch::default(), |_, _| true);
        self.valued(timetable.choice())
    }

    /// Returns a choice of the core with its cost, if it is better than the best.
    fn valued(&self, opens: Vec<usize>) -> Option<Best> {
        let value = self.exact.value(&self.core, &opens)?;
        (value < self.best.value).then_some(Best { opens, value })
    }

    /// Takes over what a node brought.
    fn settle(&mut self, processed: Processed) {
        if let Some(found) = processed.found {
            self.accept(&found);
        }
        let Processed { mut node, multipliers, fixings, children, fate, .. } = processed;
        if let Some(multipliers) = multipliers {
            self.note_multipliers(&mut node, multipliers);
        }
        if fate == Fate::Stuck {
            // Numbers are too large to go on; the node stays as it is, and with it the bound.
            self.stuck.push(node.bound);
            return;
        }
        if fate == Fate::Closed || self.closes(node.bound) {
            return;
        }
        node.record = self.fixed(node.record, fixings);
        if children.is_empty() {
            self.open.push(node);
            return;
        }
        for child in children {
            self.plant_child(&node, child);
        }
    }

    /// Adds a branch below a node; one that is closed already stays a leaf.
    fn plant_child(&mut self, node: &Node, child: Child) {
        let times = times_of(&child.candidates[child.site]);
        let split = Split::Branch { site: self.kept[child.site], times };
        self.records.push(Record { parent: node.record, split, change: None });
        if !self.closes(child.bound) {
            self.open.push(Node {
                record: self.records.len(),
                candidates: child.candidates,
                bound: child.bound,
                relaxation: Arc::clone(&node.relaxation),
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

    /// Takes a better choice of the core.
    fn accept(&mut self, found: &Best) {
        if found.value < self.best.value {
            let mut opens = vec![NEVER; self.instance.candidates.len()];
            for (&site, &period) in self.kept.iter().zip(&found.opens) {
                opens[site as usize] = period;
            }
            self.best = Best { opens, value: found.value };
        }
    }

    fn closed(self) -> Closed {
        let least = self.standing().least;
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

/// Returns how far the core lists sites of a point that are measured: well beyond any radius.
fn reach(instance: &Instance, relaxation: &Relaxation, point: usize) -> u32 {
    let radii = &relaxation.radii[point * instance.periods..(point + 1) * instance.periods];
    let largest = radii.iter().fold(0.0, |most: f64, &radius| most.max(radius));
    (2.0 * largest) as u32 + 1
}

/// Takes from candidates the times that multipliers rule out: those at which no choice costs less than
/// `value`. `number` is what a candidate is called in the fixings.
fn fix(
    pricing: &ExactPricing,
    bound: i128,
    value: i128,
    candidates: &mut [Candidate],
    number: impl Fn(usize) -> u32,
) -> Fixings {
    let mut fixings = Fixings::default();
    for (site, candidate) in candidates.iter_mut().enumerate() {
        if !candidate.may_open_ever() {
            continue;
        }
        let rest = bound - pricing.least(site, candidate);
        let ruled_out = |cost: i128| pricing.whole(rest + cost) >= value;
        let (first, last) = candidate.window;
        let mut left = (first..=last).filter(|&t| !ruled_out(pricing.opened(site, t)));
        let fixed = match left.next() {
            None if candidate.required => continue,
            None => Candidate { window: NO_WINDOW, ..*candidate },
            Some(from) => Candidate {
                window: (from, left.next_back().unwrap_or(from)),
                required: candidate.required || ruled_out(0),
                ..*candidate
            },
        };
        if fixed == *candidate {
            continue;
        }
        if fixed.may_open_ever() {
            fixings.kept.push(KeptTimes { site: number(site), times: times_of(&fixed) });
        } else {
            fixings.closed.push(number(site));
        }
        *candidate = fixed;
    }
    fixings
}

/// Returns the times of a candidate as certificates number them: 0 for never, else periods.
fn times_of(candidate: &Candidate) -> Vec<u32> {
    let (first, last) = candidate.window;
    let never = (!candidate.required).then_some(0);
    never.into_iter().chain((first..=last).map(|t| t as u32 + 1)).collect()
}

/// Returns the only choice that is left, if there is just one.
fn decided(instance: &Instance) -> Option<Vec<usize>> {
    let period = |site: &Candidate| match site.window {
        (first, last) if first > last => Some(NEVER),
        (first, last) if first == last && site.required => Some(first),
        _ => None,
    };
    instance.candidates.iter().map(period).collect()
}

/// Returns whether counting shows that no choice opens its sites so.
fn is_impossible(instance: &Instance) -> bool {
    let required = || instance.candidates.iter().filter(|site| site.required);
    let total: u64 = instance.quotas.iter().map(|&quota| u64::from(quota)).sum();
    let of_period = |t: usize| {
        let only = required().filter(|site| site.window == (t, t)).count() as u64;
        let may =
            instance.candidates.iter().filter(|site| (site.window.0..=site.window.1).contains(&t));
        let quota = u64::from(instance.quotas[t]);
        only > quota || (instance.exactly && (may.count() as u64) < quota)
    };
    required().count() as u64 > total || (0..instance.periods).any(of_period)
}

/// Returns the site to split and the last period of its first half: where the choices of the ascent
/// agree least on whether it is open.
fn branching(candidates: &[Candidate], usage: &[f64], periods: usize) -> Option<(usize, usize)> {
    let mut best = None;
    for (site, candidate) in candidates.iter().enumerate() {
        let (first, last) = candidate.window;
        for t in first..=last {
            if candidate.required && t == last {
                continue;
            }
            let share = usage[site * periods + t];
            let doubt = share.min(1.0 - share);
            if best.is_none_or(|(most, _, _)| doubt > most) {
                best = Some((doubt, site, t));
            }
        }
    }
    best.map(|(_, site, t)| (site, t))
}

/// Splits a candidate: open by a period, or later or never.
fn halves(candidate: Candidate, period: usize) -> [Candidate; 2] {
    let (first, last) = candidate.window;
    let by = Candidate { window: (first, period), required: true, ..candidate };
    let after = if period < last { (period + 1, last) } else { NO_WINDOW };
    [by, Candidate { window: after, ..candidate }]
}
