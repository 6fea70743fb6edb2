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
use std::sync::{Arc, OnceLock};

use groundwork_model::Proof;
use rayon::prelude::*;

use crate::assignment::NEVER;
use crate::bound::{ExactData, ExactPricing, Multipliers, ceil_shift};
use crate::branch::{Half, Lessons, decided, fill, fix, halves, is_impossible, times_of};
use crate::dual::{Dual, Relaxation, Schedule, step_scale};
use crate::instance::{Candidate, Instance, NO_WINDOW, SiteRows};
use crate::records::{Change, Fixings, Record, Split};
use crate::rows::RowSource;
use crate::search::{Scratch, Timetable};
use crate::start;

/// Nodes looked at side by side; a constant, so that results do not depend on the thread count.
const BATCH: usize = 4;
/// Steps, as shares of the scale: at the root, shortest, longest.
const STEP_FIRST: f64 = 0.01;
const STEP_MIN: f64 = 0.001;
const STEP_MAX: f64 = 0.1;
/// Steps of an ascent, and how many times shorter the last is than the first.
const STEPS: usize = 60;
const STEP_FALLS: f64 = 10.0;
/// When more than this share of the steps raises the bound, the steps of the children are longer; when fewer
/// than that, shorter: steps that overshoot come back to where they began.
const RISES_MANY: f64 = 0.4;
const RISES_FEW: f64 = 0.2;
const LONGER: f64 = 1.2;
const SHORTER: f64 = 0.8;
/// Steps after which an ascent looks at what they brought.
const LOOK_EVERY: usize = 20;
/// An ascent ends when the gap is so many times what the last steps brought.
const GIVE_UP: f64 = 12.0;
/// Objective units below the best value at which the float bound of a node is taken to close it.
const CLOSES: f64 = 0.95;
/// Share of the sites of a core that may still open below which a smaller one is cut out.
const CORE_LEFT: f64 = 0.7;
/// Records below which every node looks for a better plan.
const SEARCH_FIRST: usize = 16;
/// Share of the work that later nodes may spend on that.
const SEARCH_SHARE: f64 = 0.3;
/// How many times its largest radius the sites of a point are listed.
const REACH: f64 = 3.0;
/// Changed radii that a tree may record.
const CHANGES_MAX: usize = 20_000_000;
/// Numbers that the open nodes may hold together, about.
const HELD_MAX: usize = 300_000_000;

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

/// Splits the choices of a problem until `turn` says stop or nothing better than `best` can be left.
/// `unit` objective units make one of the engine's. `None` when the numbers are too large.
pub(crate) fn close(
    instance: &Instance,
    exact: &ExactData,
    unit: f64,
    relaxation: &Relaxation,
    best: Best,
    turn: &mut dyn FnMut(Standing<'_>) -> Turn,
) -> Option<Closed> {
    let mut tree = Tree::plant(instance, exact, unit, relaxation, best)?;
    tree.grow(turn);
    Some(tree.closed())
}

struct Tree<'a> {
    instance: &'a Instance,
    exact: &'a ExactData,
    unit: f64,
    shift: u32,
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
}

/// Is the problem of the sites that may open in some part of the tree.
struct Core {
    /// The problem; a node brings the candidates.
    instance: Instance,
    /// The candidates as they were when the core was cut out.
    candidates: Vec<Candidate>,
    /// Position in the whole problem of each site.
    kept: Vec<u32>,
    rows: OnceLock<Arc<SiteRows>>,
    active: Vec<u32>,
}

impl Core {
    /// Returns the core that holds, of the sites of `instance`, those that may open. `number` is where a site
    /// lies in the whole problem.
    fn of(instance: &Instance, number: impl Fn(u32) -> u32, reach: impl Fn(usize) -> u32) -> Self {
        let sites = &instance.candidates;
        let left: Vec<u32> =
            (0..sites.len() as u32).filter(|&site| sites[site as usize].may_open_ever()).collect();
        let candidates = left.iter().map(|&site| sites[site as usize]).collect();
        let instance = instance.restricted(&left, Vec::new(), reach);
        let kept = left.iter().map(|&site| number(site)).collect();
        let active = (0..left.len() as u32).collect();
        Self { instance, candidates, kept, rows: OnceLock::new(), active }
    }

    /// Returns the problem with candidates as some node has them.
    fn with(&self, candidates: Vec<Candidate>) -> Instance {
        Instance { candidates, ..self.instance.clone() }
    }

    /// Returns the choice that a descent from what a relaxation recommends ends at.
    fn descended(&self, relaxation: &Relaxation) -> (Vec<usize>, u64) {
        let instance = self.with(self.candidates.clone());
        let rows = self.rows.get_or_init(|| Arc::new(instance.rows_within(|_| f64::INFINITY)));
        let opens = start::advised(&instance, relaxation);
        // Each opening that radii recommend is chosen by a look at the pairs.
        let opened = opens.iter().filter(|&&period| period != NEVER).count();
        let looks = if start::is_open_to_all(&instance) { opened * rows.pairs() } else { 0 };
        let rows = RowSource::listed(Arc::clone(rows));
        let mut timetable = Timetable::new(&instance, rows, opens);
        timetable.descend(&self.active, &mut Scratch::default(), |_, _| true);
        (timetable.choice(), timetable.work + looks as u64)
    }
}

/// Is a part of the choices that is not done with.
struct Node {
    /// Its record.
    record: usize,
    core: Arc<Core>,
    /// When the sites of the core may open.
    times: Vec<Times>,
    /// The split that it comes from, and the bound before, times 2^shift.
    half: Option<(Half, i128)>,
    /// First step of its ascent, as a share of the scale.
    step: f64,
    /// Multipliers of the nearest node above that has some.
    multipliers: Arc<Multipliers>,
    /// The bound that they give, times 2^shift.
    bound: i128,
}

/// Is when a site may open, as short as open nodes hold it.
#[derive(Clone, Copy)]
struct Times {
    first: u16,
    last: u16,
    required: bool,
}

impl Times {
    fn of(candidates: &[Candidate]) -> Vec<Self> {
        let times = |candidate: &Candidate| Self {
            first: candidate.window.0 as u16,
            last: candidate.window.1 as u16,
            required: candidate.required,
        };
        candidates.iter().map(times).collect()
    }

    /// Returns a candidate that may open at these times.
    fn candidate(self, core: &Candidate) -> Candidate {
        let window = (usize::from(self.first), usize::from(self.last));
        Candidate { window, required: self.required, ..*core }
    }
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
    /// Its pricing at those.
    pricing: Option<ExactPricing>,
    /// What it loses because the quotas are used up.
    free: Fixings,
    /// What it loses by reduced cost.
    fixings: Fixings,
    children: Vec<Child>,
    found: Option<Best>,
    work: u64,
    /// Pairs that the search looked at.
    searching: u64,
}

impl Processed {
    fn of(node: Node) -> Self {
        Self {
            node,
            fate: Fate::Closed,
            multipliers: None,
            pricing: None,
            free: Fixings::default(),
            fixings: Fixings::default(),
            children: Vec::new(),
            found: None,
            work: 0,
            searching: 0,
        }
    }
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
    half: Half,
    /// The site that was split, as it is now.
    candidate: Candidate,
    times: Vec<Times>,
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
        let mut left = instance.clone();
        let fixings = fix(&pricing, bound, best.value, &mut left.candidates, |site| site as u32);
        let scale: Arc<[f64]> = step_scale(instance, &relaxation.radii).into();
        let reach = |point| reach(instance.periods, [&relaxation.radii, &scale], point);
        let core = Core::of(&left, |site| site, reach);
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
            instance,
            exact,
            unit,
            shift,
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

    fn grow(&mut self, turn: &mut dyn FnMut(Standing<'_>) -> Turn) {
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
            let done: Vec<Processed> =
                batch.into_par_iter().map(|node| self.process(node)).collect();
            for processed in done {
                self.work += processed.work + processed.searching;
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

    fn closes(&self, bound: i128) -> bool {
        ceil_shift(bound, self.shift) >= self.best.value
    }

    fn standing(&self) -> Standing<'_> {
        let next = self.open.peek().map(|node| node.bound);
        let bounds = self.stuck.iter().copied().chain(next);
        let least =
            bounds.map(|bound| ceil_shift(bound, self.shift)).fold(self.best.value, i128::min);
        Standing { best: &self.best, least, left: &self.left, work: self.work }
    }

    /// Steps up from a node's radii, fixes what can be fixed, and splits what is left.
    fn process(&self, mut node: Node) -> Processed {
        let times = std::mem::take(&mut node.times);
        let pairs = times.into_iter().zip(&node.core.candidates);
        let mut instance =
            node.core.with(pairs.map(|(times, core)| times.candidate(core)).collect());
        let left = instance.candidates.iter().filter(|site| site.may_open_ever()).count();
        if (left as f64) < CORE_LEFT * instance.candidates.len() as f64 {
            let number = |site: u32| node.core.kept[site as usize];
            let radii = self.exact.floats(&node.multipliers);
            let reach = |point| reach(instance.periods, [&radii, &self.scale], point);
            let core = Core::of(&instance, number, reach);
            instance = core.with(core.candidates.clone());
            node.core = Arc::new(core);
        }
        let mut processed = Processed::of(node);
        if is_impossible(&instance) {
            return processed;
        }
        processed.free = fill(&mut instance, |at| processed.node.core.kept[at]);
        if let Some(opens) = decided(&instance) {
            if self.meet(&instance, &opens, &mut processed) {
                return processed;
            }
            self.raise(&instance, &mut processed);
            if !self.closes(processed.node.bound) {
                processed.fate = Fate::Stuck;
            }
            return processed;
        }
        let shares = self.raise(&instance, &mut processed);
        if self.closes(processed.node.bound) {
            return processed;
        }
        self.divide(instance, &shares, &mut processed);
        processed
    }

    /// Gives a node with one choice left the multipliers that prove the value of that choice; returns whether
    /// that can be done.
    fn meet(&self, instance: &Instance, opens: &[usize], processed: &mut Processed) -> bool {
        processed.found = self.valued(&processed.node.core, instance, opens);
        let met = self.met(instance, opens).or_else(|| {
            // A point may be served from beyond what the core lists.
            let (whole, opens) = self.whole(&processed.node.core, instance, opens);
            self.met(&whole, &opens)
        });
        let Some((multipliers, bound)) = met else { return false };
        processed.node.bound = processed.node.bound.max(bound);
        processed.multipliers = Some(Arc::new(multipliers));
        true
    }

    /// Returns the multipliers that prove the value of the only choice of a problem, with their bound.
    fn met(&self, instance: &Instance, opens: &[usize]) -> Option<(Multipliers, i128)> {
        let multipliers = self.exact.meeting(instance, opens, self.shift, self.best.value);
        let pricing = self.exact.price(instance, &multipliers)?;
        Some((multipliers, pricing.bound(&instance.candidates)?))
    }

    /// Returns the whole problem in which sites may open as in a core, and a choice of the core as one of it.
    fn whole(&self, core: &Core, instance: &Instance, opens: &[usize]) -> (Instance, Vec<usize>) {
        let mut whole = self.instance.clone();
        for candidate in &mut whole.candidates {
            *candidate = Candidate { window: NO_WINDOW, required: false, ..*candidate };
        }
        let mut periods = vec![NEVER; whole.candidates.len()];
        let sites = core.kept.iter().zip(&instance.candidates).zip(opens);
        for ((&site, &candidate), &period) in sites {
            whole.candidates[site as usize] = candidate;
            periods[site as usize] = period;
        }
        (whole, periods)
    }

    /// Improves a node's multipliers, and looks for a better plan on the way; returns the share of choices
    /// in which each site was open.
    fn raise(&self, instance: &Instance, processed: &mut Processed) -> Vec<f64> {
        let radii = self.exact.floats(&processed.node.multipliers);
        let mut dual = Dual::with_scale(instance, radii, Arc::clone(&self.scale));
        self.ascend(&mut dual, &mut processed.node);
        processed.work = dual.work;
        let shares = dual.shares();
        let target = self.target();
        if dual.best.bound < target {
            self.search(instance, &dual.best, processed);
        }
        let multipliers = self.exact.round(&dual.best, self.shift, self.unit);
        let pricing = self.exact.price(instance, &multipliers);
        let bound = pricing.as_ref().and_then(|pricing| pricing.bound(&instance.candidates));
        if let Some(bound) = bound.filter(|&bound| bound > processed.node.bound) {
            processed.node.bound = bound;
            processed.multipliers = Some(Arc::new(multipliers));
            processed.pricing = pricing;
        }
        shares
    }

    /// Returns the float bound that is taken to close a node, in engine units.
    fn target(&self) -> f64 {
        (self.best.value as f64 - CLOSES) / (self.unit * self.exact.cost_unit())
    }

    /// Steps up until a node is closed, or as long as that pays. How many steps raised it tells the
    /// children how far to step.
    fn ascend(&self, dual: &mut Dual<'_>, node: &mut Node) {
        let target = self.target();
        let unit = self.unit * self.exact.cost_unit() * 2.0_f64.powi(self.shift as i32);
        let start = node.bound as f64 / unit;
        let (mut steps, mut rises, mut highest) = (0, 0, start);
        let mut last = f64::NEG_INFINITY;
        let schedule = Schedule { first: node.step, last: node.step / STEP_FALLS, steps: STEPS };
        dual.ascend(schedule, |dual| {
            steps += 1;
            let bound = dual.best.bound;
            if bound > highest {
                rises += 1;
                highest = bound;
            }
            let before = last;
            if steps % LOOK_EVERY == 0 {
                last = bound;
                return bound < target && (target - bound) < GIVE_UP * (bound - before);
            }
            bound < target
        });
        let share = f64::from(rises) / (steps as f64);
        let factor = if share > RISES_MANY {
            LONGER
        } else if share < RISES_FEW {
            SHORTER
        } else {
            1.0
        };
        node.step = (node.step * factor).clamp(STEP_MIN, STEP_MAX);
    }

    /// Fixes what the node's multipliers rule out, and splits the rest in two.
    fn divide(&self, mut instance: Instance, shares: &[f64], processed: &mut Processed) {
        let node = &mut processed.node;
        let pricing =
            processed.pricing.take().or_else(|| self.exact.price(&instance, &node.multipliers));
        let Some(pricing) = pricing else {
            processed.fate = Fate::Stuck;
            return;
        };
        let core = Arc::clone(&node.core);
        let number = |at: usize| core.kept[at];
        let fixings = fix(&pricing, node.bound, self.best.value, &mut instance.candidates, number);
        processed.fixings = fixings;
        processed.fate = Fate::Open;
        let Some((site, period)) = self.lessons.best(&instance.candidates, shares, number) else {
            node.times = Times::of(&instance.candidates);
            return;
        };
        let share = shares[site * instance.periods + period];
        for (open, candidate) in
            [true, false].into_iter().zip(halves(instance.candidates[site], period))
        {
            let mut candidates = instance.candidates.clone();
            candidates[site] = candidate;
            let Some(bound) = pricing.bound(&candidates) else {
                processed.fate = Fate::Stuck;
                return;
            };
            let distance = if open { 1.0 - share } else { share };
            let half = Half { site: number(site), period, open, distance };
            let bound = bound.max(node.bound);
            let times = Times::of(&candidates);
            processed.children.push(Child { half, candidate, times, bound });
        }
    }

    /// Looks for a better plan where the choice of a relaxation is nearly as good as the best, as long as the
    /// ascents take more work; and at the first nodes.
    fn search(&self, instance: &Instance, relaxation: &Relaxation, processed: &mut Processed) {
        let assignment = &relaxation.assignment;
        if !assignment.complete {
            return;
        }
        let node = &processed.node;
        let value = self.exact.value(instance, &assignment.period);
        let gap = self.best.value - ceil_shift(node.bound, self.shift);
        // What radii recommend is worth a look even where the choice leaves points unserved.
        let close = start::is_open_to_all(instance)
            || value.is_some_and(|value| value - self.best.value < gap);
        let may_search = (self.searching as f64) < SEARCH_SHARE * self.work as f64;
        if node.record < SEARCH_FIRST || (close && may_search) {
            let (opens, work) = node.core.descended(relaxation);
            processed.found = self.valued(&node.core, instance, &opens);
            processed.searching = work;
        } else if value.is_some_and(|value| value < self.best.value) {
            processed.found = self.valued(&node.core, instance, &assignment.period);
        }
    }

    /// Returns a choice of a core as one of the whole with its cost, if it is better than the best.
    fn valued(&self, core: &Core, instance: &Instance, opens: &[usize]) -> Option<Best> {
        let value = self.exact.value(instance, opens)?;
        if value >= self.best.value {
            return None;
        }
        let mut whole = vec![NEVER; self.instance.candidates.len()];
        for (&site, &period) in core.kept.iter().zip(opens) {
            whole[site as usize] = period;
        }
        Some(Best { opens: whole, value })
    }

    /// Takes over what a node brought.
    fn settle(&mut self, processed: Processed) {
        if let Some(found) = processed.found.filter(|found| found.value < self.best.value) {
            self.best = found;
        }
        let Processed { mut node, multipliers, free, fixings, children, fate, .. } = processed;
        if let Some((half, before)) = node.half {
            self.lessons.note(half, (node.bound - before) as f64 / 2.0_f64.powi(self.shift as i32));
        }
        if let Some(multipliers) = multipliers {
            self.note_multipliers(&mut node, multipliers);
        }
        if fate == Fate::Stuck {
            // Numbers are too large to go on; the node stays as it is, and with it the bound.
            self.stuck.push(node.bound);
            return;
        }
        if fate == Fate::Closed || self.closes(node.bound) {
            if !free.is_empty() {
                self.fixed(node.record, free);
            }
            return;
        }
        node.record = self.fixed(node.record, free);
        node.record = self.fixed(node.record, fixings);
        node.half = None;
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

/// Returns how far a core lists sites of a point: well beyond any radius. A radius that is 0 may grow.
fn reach(periods: usize, radii: [&[f64]; 2], point: usize) -> u32 {
    let of_point = radii.iter().flat_map(|radii| &radii[point * periods..(point + 1) * periods]);
    let largest = of_point.fold(0.0, |most: f64, &radius| most.max(radius));
    (REACH * largest) as u32 + 1
}
