//! What is done at a node: it steps up from its parent's radii, loses what its reduced costs rule out, looks
//! for a better plan, and is split in two.

use std::sync::Arc;

use super::node::{Child, Core, Node, Times, reach};
use super::patches::Ground;
use super::quilt::{Budget, Patches, Quilt};
use super::{Best, Standing, Tree, Turn};
use crate::assignment::NEVER;
use crate::bound::{ExactPricing, Multipliers, ceil_shift};
use crate::branch::{Half, decided, fill, fix, halves, is_impossible};
use crate::dual::{Dual, Relaxation, Schedule};
use crate::instance::{Candidate, Instance, NO_WINDOW};
use crate::records::Fixings;
use crate::start;

/// Shortest and longest step, as shares of the scale.
const STEP_MIN: f64 = 0.001;
const STEP_MAX: f64 = 0.1;
/// Steps of an ascent, and how many times shorter the last is than the first.
const STEPS: usize = 60;
const STEP_FALLS: f64 = 4.0;
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
/// Where the first node is looked at long: steps of an ascent; the first of them, as a share of the scale; how many
/// times shorter the last is; what the steps of the next ascent are multiplied by; and the part of the gap that an
/// ascent has to close for there to be a next one.
const FIRST_STEPS: usize = 300;
const FIRST_STEP: f64 = 0.004;
const FIRST_FALLS: f64 = 10.0;
const FIRST_SHORTER: f64 = 0.6;
const FIRST_PAYS: f64 = 0.05;
/// Objective units below the best value at which the float bound of a node is taken to close it.
const CLOSES: f64 = 0.95;
/// Share of the sites of a core that may still open below which a smaller one is cut out.
const CORE_LEFT: f64 = 0.7;
/// Records below which every node looks for a better plan.
const SEARCH_FIRST: usize = 16;
/// Share of the work that later nodes may spend on that.
const SEARCH_SHARE: f64 = 0.3;

/// Work over its pairs that a patch may take at first.
pub(super) const PATCHES_FIRST: u64 = 5_000;
/// How many times the work of the ascent of the first node its patches may take, about.
const PATCHES_FIRST_MAX: u64 = 30;
/// The patches of a node are looked at when its gap is less than so many times what those of others brought,
/// and as long as they take less than this share of the work.
const PATCHES_HOPE: f64 = 1.25;
const PATCHES_SHARE: f64 = 0.5;
/// How many times what they take at first patches may take, where that is more.
const PATCHES_ROUNDS: u64 = 4;

/// Is what became of a node.
pub(super) struct Processed {
    pub(super) node: Node,
    pub(super) fate: Fate,
    /// Its multipliers, where they are new.
    pub(super) multipliers: Option<Arc<Multipliers>>,
    /// Its pricing at those.
    pub(super) pricing: Option<ExactPricing>,
    /// What it loses because the quotas are used up.
    pub(super) free: Fixings,
    /// What it loses by reduced cost.
    pub(super) fixings: Fixings,
    pub(super) children: Vec<Child>,
    /// What its patches bring, where they were looked at.
    pub(super) patches: Option<Patches>,
    pub(super) found: Option<Best>,
    pub(super) work: u64,
    /// Pairs that the search looked at.
    pub(super) searching: u64,
    /// And the patches.
    pub(super) patching: u64,
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
            patches: None,
            found: None,
            work: 0,
            searching: 0,
            patching: 0,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing better is left in it.
    Closed,
    /// It goes on as its children, or once more after its fixings.
    Open,
    /// It goes on with fewer sites.
    Narrowed,
    /// Its numbers are too large to go on.
    Stuck,
}

/// Is what ends work: at once, and between its parts.
type Interrupts<'i> = (&'i (dyn Fn() -> bool + Sync), &'i mut dyn FnMut(Standing<'_>) -> Turn);

impl Tree<'_> {
    /// Steps up from a node's radii, fixes what can be fixed, and splits what is left.
    pub(super) fn process(
        &self,
        mut node: Node,
        stop: &(dyn Fn() -> bool + Sync),
        turn: &mut dyn FnMut(Standing<'_>) -> Turn,
    ) -> Processed {
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
                if processed.found.is_none() && !self.closes(processed.node.bound) {
                    processed.fate = Fate::Stuck;
                }
                return processed;
            }
            self.raise(&instance, stop, &mut processed);
            if !self.closes(processed.node.bound) {
                processed.fate = Fate::Stuck;
            }
            return processed;
        }
        let shares = self.raise(&instance, stop, &mut processed);
        if self.closes(processed.node.bound) {
            return processed;
        }
        if self.is_at_first && self.narrow(&instance, &mut processed) {
            return processed;
        }
        self.look_at_patches(&instance, &shares, (stop, turn), &mut processed);
        if processed.patches.as_ref().is_some_and(|patches| patches.is_stopped) {
            processed.fate = Fate::Open;
            processed.node.times = Times::of(&instance.candidates);
            return processed;
        }
        let value =
            processed.found.as_ref().map_or(self.best.value, |f| f.value.min(self.best.value));
        let closes = |bound| ceil_shift(bound, self.grain) >= value - self.slack;
        if processed.patches.as_ref().is_some_and(|patches| closes(patches.bound)) {
            return processed;
        }
        self.divide(instance, &shares, &mut processed);
        processed
    }

    /// Gives a node with one choice left the multipliers that prove the value of that choice; returns whether
    /// that can be done.
    fn meet(&self, instance: &Instance, opens: &[usize], processed: &mut Processed) -> bool {
        let core = &processed.node.core;
        processed.found = self.valued(core, instance, opens);
        let met = self.met(instance, opens).or_else(|| {
            // A point may be served from beyond what the core lists.
            let (whole, opens) = self.whole(core, instance, opens);
            let value = self.exact.value(&whole, &opens).filter(|&value| value < self.best.value);
            processed.found = value.map(|value| Best { opens: opens.clone(), value });
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
    fn raise(
        &self,
        instance: &Instance,
        stop: &(dyn Fn() -> bool + Sync),
        processed: &mut Processed,
    ) -> Vec<f64> {
        let radii = self.exact.floats(&processed.node.multipliers);
        let mut dual = Dual::with_scale(instance, radii, Arc::clone(&self.scale));
        self.ascend(&mut dual, stop, &mut processed.node);
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
        let value_unit = 2.0_f64.powi(self.exact.value_shift() as i32);
        let closes = CLOSES * (self.slack as f64).max(1.0);
        (self.best.value as f64 - closes) / (self.unit * self.exact.cost_unit() * value_unit)
    }

    /// Steps up until a node is closed, or as long as that pays. How many steps raised it tells the
    /// children how far to step.
    fn ascend(&self, dual: &mut Dual<'_>, stop: &(dyn Fn() -> bool + Sync), node: &mut Node) {
        if self.is_at_first && self.is_thorough {
            self.ascend_first(dual, stop, node);
            return;
        }
        let target = self.target();
        let (mut steps, mut rises, mut highest) = (0, 0, self.engine_bound(node));
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
            bound < target && !stop()
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

    /// Returns the bound of a node in engine units.
    fn engine_bound(&self, node: &Node) -> f64 {
        let unit = self.unit * self.exact.cost_unit() * 2.0_f64.powi(self.shift as i32);
        node.bound as f64 / unit
    }

    /// Steps up from the first node with shorter and shorter steps, again and again while that pays.
    fn ascend_first(&self, dual: &mut Dual<'_>, stop: &(dyn Fn() -> bool + Sync), node: &mut Node) {
        let target = self.target();
        let mut highest = self.engine_bound(node);
        let mut first = FIRST_STEP;
        let mut pays = true;
        while pays && highest < target && !stop() {
            let schedule = Schedule { first, last: first / FIRST_FALLS, steps: FIRST_STEPS };
            dual.ascend(schedule, |dual| dual.best.bound < target && !stop());
            let gain = dual.best.bound - highest;
            pays = gain > FIRST_PAYS * (target - highest);
            highest = highest.max(dual.best.bound);
            first *= FIRST_SHORTER;
        }
        node.step = first.max(STEP_MIN);
    }

    /// Fixes what the multipliers of the first node rule out; returns whether so much is gone that what is left
    /// is better looked at anew.
    fn narrow(&self, instance: &Instance, processed: &mut Processed) -> bool {
        let node = &mut processed.node;
        let Some(pricing) = &processed.pricing else { return false };
        let before = instance.candidates.iter().filter(|site| site.may_open_ever()).count();
        let mut candidates = instance.candidates.clone();
        let enough = self.best.value - self.slack;
        let number = |at: usize| node.core.kept[at];
        let fixings = fix(pricing, node.bound, enough, &mut candidates, number);
        let after = candidates.iter().filter(|site| site.may_open_ever()).count();
        if after as f64 >= CORE_LEFT * before as f64 {
            return false;
        }
        processed.fixings = fixings;
        processed.fate = Fate::Narrowed;
        node.times = Times::of(&candidates);
        true
    }

    /// Looks at what the patches of a node bring, at the first node, and where that may be enough.
    fn look_at_patches(
        &self,
        instance: &Instance,
        shares: &[f64],
        (stop, turn): Interrupts<'_>,
        processed: &mut Processed,
    ) {
        let node = &processed.node;
        let Some(first) = self.patches_first else { return };
        let is_first = self.is_at_first;
        let gap = ((self.best.value - 1) << self.grain) - node.bound;
        let hoped = PATCHES_HOPE * self.hope as f64;
        let may_pay = (gap as f64) < hoped || self.records.len() >= self.next_patches;
        let may_work = (self.patching as f64) <= PATCHES_SHARE * self.later as f64;
        if !(is_first || (may_pay && may_work)) {
            return;
        }
        let multipliers = processed.multipliers.as_deref().unwrap_or(&node.multipliers);
        let ground = Ground { core: &node.core, instance, shares };
        let before = self.work + processed.work + processed.searching;
        let Some(quilt) = Quilt::cut(self, ground, (multipliers, node.bound), before) else {
            return;
        };
        let all = if is_first { first.max(PATCHES_FIRST_MAX * processed.work) } else { 0 };
        let budget = Budget { all, rounds: PATCHES_ROUNDS };
        processed.patches = quilt.sewn(budget, stop, turn);
        self.follow_patches(instance, processed);
    }

    /// Takes the best plan that patches came across, or that a descent from their choice ends at.
    fn follow_patches(&self, instance: &Instance, processed: &mut Processed) {
        let Some(patches) = &mut processed.patches else { return };
        processed.patching = patches.work;
        let found = patches.found.take();
        let value = found.as_ref().map_or(self.best.value, |found| found.value);
        let is_over = ceil_shift(patches.bound, self.grain) >= value;
        let mut descended = None;
        if !is_over && !patches.is_stopped && !patches.opens.is_empty() {
            let core = &processed.node.core;
            let (opens, work) = core.descended(std::mem::take(&mut patches.opens));
            processed.searching += work;
            descended = self.valued(core, instance, &opens);
        }
        let all = [processed.found.take(), found, descended];
        processed.found = all.into_iter().flatten().min_by_key(|best| best.value);
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
        let enough = self.best.value - self.slack;
        let fixings = fix(&pricing, node.bound, enough, &mut instance.candidates, number);
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
        let gap = self.best.value - ceil_shift(node.bound, self.grain);
        // What radii recommend is worth a look even where the choice leaves points unserved.
        let close = start::is_open_to_all(instance)
            || value.is_some_and(|value| value - self.best.value < gap);
        let may_search = (self.searching as f64) < SEARCH_SHARE * self.work as f64;
        let is_patch = self.exact.outside.is_some();
        if !is_patch && (node.record < SEARCH_FIRST || (close && may_search)) {
            let (opens, work) = node.core.advised(relaxation);
            processed.found = self.valued(&node.core, instance, &opens);
            processed.searching = work;
        } else if value.is_some_and(|value| value < self.best.value) {
            processed.found = self.valued(&node.core, instance, &assignment.period);
        }
    }

    /// Returns a choice of a core as one of the whole with its cost, if it is better than the best.
    pub(super) fn valued(&self, core: &Core, instance: &Instance, opens: &[usize]) -> Option<Best> {
        let value = self.exact.value(instance, opens);
        if value.is_some_and(|value| value >= self.best.value) {
            return None;
        }
        let mut whole = vec![NEVER; self.instance.candidates.len()];
        for (&site, &period) in core.kept.iter().zip(opens) {
            whole[site as usize] = period;
        }
        // A point may be served from beyond what the core lists.
        let value = value.or_else(|| self.exact.value(self.instance, &whole))?;
        (value < self.best.value).then_some(Best { opens: whole, value })
    }
}
