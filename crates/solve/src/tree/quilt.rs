//! The patches of a node, which grow, are divided and are put together in rounds, until what they prove closes the node.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::choices::Choice;
use super::patch::{Grown, Patch};
use super::patches::{Division, Ground, Groups};
use super::shifts::Shifts;
use super::{Best, Standing, Tree, Turn};
use crate::bound::{Multipliers, ceil_shift};
use crate::instance::NO_SITE;
use crate::records::{Change, Record};

/// Sites that are open together in one patch at first, about.
const OPEN_TOGETHER: f64 = 20.0;
/// How many times larger patches are tried.
const LARGER: f64 = 3.0;
/// A part of the gap that is left in trees which ran out of work is much from one in so many on; and how many times
/// longer they are looked at then.
const LEFT_MUCH: i128 = 3;
const LONGER: u64 = 4;
/// How many times smaller patches are whose trees run out of work; not below so many sites that are open together.
const FINER: f64 = 2.5;
const FINEST: f64 = 3.0;
/// Part of the gap that patches need not bring, all together; and where that is more than half a unit.
const SLACK: i128 = 1024;
const SLACK_FINE: i128 = 16_384;

/// Is what the patches of a node bring.
pub(super) struct Patches {
    /// The bound of the node with it, times 2^shift.
    pub(super) bound: i128,
    /// The multipliers that it holds for.
    pub(super) multipliers: Arc<Multipliers>,
    /// The site that stands for the patch of each site, by their numbers in the problem.
    pub(super) firsts: Vec<u32>,
    /// A choice near that of the patches, by places in the core.
    pub(super) opens: Vec<usize>,
    /// The best plan that they came across.
    pub(super) found: Option<Best>,
    /// Whether the node is the first of its tree.
    pub(super) of_first: bool,
    /// Those that bring something.
    grown: Vec<Arc<Grown>>,
    /// The work over its pairs that a patch could take.
    pub(super) per_pair: u64,
    /// Whether they were told to stop.
    pub(super) is_stopped: bool,
    pub(super) work: u64,
}

impl Patches {
    /// Returns how many changes of radii there are.
    pub(super) fn changes(&self) -> usize {
        let of_record = |record: &Record| record.change.as_ref().map_or(0, Change::len);
        let records = self.grown.iter().flat_map(|grown| grown.below.iter().chain([&grown.patch]));
        records.map(of_record).sum()
    }

    /// Adds the patches below a record.
    pub(super) fn record(self, parent: usize, records: &mut Vec<Record>) {
        for grown in self.grown {
            records.push(Record { parent, ..grown.patch.clone() });
            let patch = records.len();
            let below = grown.below.iter().cloned();
            records.extend(below.map(|record| Record { parent: patch + record.parent, ..record }));
        }
    }
}

/// Is the work that patches may take.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// Of all: what is begun below it is done. It is at least so many times what they take at first.
    pub(super) all: u64,
    pub(super) rounds: u64,
}

/// Is a node that is divided into patches.
pub(super) struct Quilt<'q> {
    pub(super) tree: &'q Tree<'q>,
    pub(super) ground: Ground<'q>,
    pub(super) multipliers: Multipliers,
    /// The bound that they give, and that which they gave at first, times 2^shift.
    pub(super) base: i128,
    first_base: i128,
    /// A site of the patch of each point, for each period.
    homes: Vec<u32>,
    /// The site that stands for the patch of each site, or [`NO_SITE`].
    pub(super) firsts: Vec<u32>,
    pub(super) division: Division,
    /// The patches, by the sites that stand for them.
    pub(super) grown: BTreeMap<u32, Arc<Grown>>,
    /// How many sites are open together in one patch, about, as they are put together and as they are divided.
    open_together: f64,
    finest: f64,
    /// The work over its pairs that a patch may take, and the bound when that was raised last.
    per_pair: u64,
    lengthened: i128,
    pub(super) shifts: Shifts,
    /// Choices since patches were put together.
    pub(super) seen: Vec<Choice>,
    /// The best plan that it came across.
    pub(super) found: Option<Best>,
    /// Whether it was told to stop.
    is_stopped: bool,
    /// Work before it, its own, and the part of that which went into descents.
    before: u64,
    pub(super) work: u64,
    pub(super) searching: u64,
}

impl<'q> Quilt<'q> {
    /// Divides the sites of a node, of which the multipliers give the bound `base`.
    pub(super) fn cut(
        tree: &'q Tree<'q>,
        ground: Ground<'q>,
        (multipliers, base): (&Multipliers, i128),
        before: u64,
    ) -> Option<Self> {
        let radii = tree.exact.clipped_short(multipliers)?;
        let homes = ground.homes(&radii, tree.shift);
        let firsts = match &tree.firsts {
            Some(firsts) => ground.divided(firsts),
            None => ground.divide(&radii, tree.shift, &homes, OPEN_TOGETHER),
        };
        let firsts = by_member(firsts);
        let multipliers = Multipliers { radii, ..multipliers.clone() };
        let division = ground.numbered(&firsts, &homes);
        let homes = at_home(&division, ground.instance.periods);
        if division.first.len() < 2 {
            return None;
        }
        Some(Self {
            tree,
            ground,
            multipliers,
            base,
            first_base: base,
            homes,
            firsts,
            division,
            grown: BTreeMap::new(),
            open_together: OPEN_TOGETHER,
            finest: OPEN_TOGETHER,
            per_pair: tree.per_pair,
            lengthened: i128::MIN,
            shifts: Shifts::new(),
            seen: Vec::new(),
            found: None,
            is_stopped: false,
            before,
            work: 0,
            searching: 0,
        })
    }

    /// Lets patches grow and changes what they leave open, as long as there is work left. What `stop` interrupts
    /// leaves no trace; `turn` is asked after each round.
    pub(super) fn sewn(
        mut self,
        budget: Budget,
        stop: &(dyn Fn() -> bool + Sync),
        turn: &mut dyn FnMut(Standing<'_>) -> Turn,
    ) -> Option<Patches> {
        let mut best: Option<Patches> = None;
        let (mut most, mut done) = (None, 0);
        loop {
            self.grow(stop);
            if stop() {
                self.is_stopped = true;
                break;
            }
            done = self.work;
            let most = *most.get_or_insert(budget.all.max(budget.rounds * done));
            let (bound, choice) = (self.bound(), self.choice_of_all());
            self.note_shift();
            if best.as_ref().is_none_or(|best| best.bound < bound) {
                best = Some(self.patches(choice.kept.clone().unwrap_or_default()));
            }
            self.try_choices(choice);
            let highest = best.as_ref().map_or(bound, |best| best.bound);
            let goes_on = self.may_go_on(highest, turn) && !self.is_closed() && self.work <= most;
            if !(goes_on && self.change(stop)) {
                break;
            }
        }
        let Self { found, is_stopped, .. } = self;
        best.map(|best| Patches { work: done, found, is_stopped, ..best })
    }

    /// Changes what patches leave open: their size, where trees ran out of work; else the radii at their seams and
    /// the prices, and where that brings no more, patches are put together. Returns whether anything is changed.
    fn change(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        if self.has_much_left() && (self.split() || self.lengthen()) {
            return true;
        }
        if self.ground.instance.periods == 1 {
            self.shift(stop) || self.join()
        } else {
            // Radii at seams are too many for the choices seen to tell much.
            self.join() || self.shift(stop)
        }
    }

    /// Returns whether no better plan is left, or all is one patch, which is no easier at given prices than with
    /// free ones.
    pub(super) fn is_closed(&self) -> bool {
        ceil_shift(self.bound(), self.tree.grain) >= self.value() || self.division.first.len() < 2
    }

    /// Returns whether much of the gap is left in trees that ran out of work.
    fn has_much_left(&self) -> bool {
        let left: i128 = self.grown.values().map(|grown| grown.left).sum();
        left > 0 && LEFT_MUCH * left > (self.value() << self.tree.grain) - self.bound()
    }

    /// Shows how far it has come; returns whether to go on.
    fn may_go_on(&mut self, bound: i128, turn: &mut dyn FnMut(Standing<'_>) -> Turn) -> bool {
        let tree = self.tree;
        let best = self.found.as_ref().unwrap_or(&tree.best);
        let least = ceil_shift(bound, tree.grain).min(best.value);
        match turn(Standing { best, least, left: &tree.left, work: self.before + self.work }) {
            Turn::Go => {}
            Turn::Better(better) => self.found = Some(better),
            Turn::Stop => self.is_stopped = true,
        }
        !self.is_stopped
    }

    /// Returns the best value known.
    pub(super) fn value(&self) -> i128 {
        let value = self.tree.best.value;
        self.found.as_ref().map_or(value, |found| found.value.min(value))
    }

    fn gap(&self) -> i128 {
        (self.value() << self.tree.grain) - self.base
    }

    pub(super) fn bound(&self) -> i128 {
        self.base + self.grown.values().map(|grown| grown.gain).sum::<i128>()
    }

    /// Grows the patches that are not grown yet.
    pub(super) fn grow(&mut self, stop: &(dyn Fn() -> bool + Sync)) {
        let (division, gap) = (&self.division, self.gap());
        let first_gap = (self.value() << self.tree.grain) - self.first_base;
        // Half a unit, where that is little, so that what is left does not keep the whole open.
        let all = (first_gap / SLACK).min((first_gap / SLACK_FINE).max(1 << self.tree.grain >> 1));
        let slack = all / division.first.len().max(1) as i128 + 1;
        let is_new = |at: usize| !self.grown.contains_key(&division.first[at]);
        let patches = Patch::all(self.tree, &self.ground, division, &self.multipliers, is_new);
        let grow = |(at, patch): (usize, Patch)| {
            let grown = patch.grow(self.tree, &self.ground, (gap, slack), self.per_pair, stop)?;
            Some((division.first[at], grown))
        };
        let grown: Vec<(u32, Grown)> = patches.into_par_iter().filter_map(grow).collect();
        self.work += grown.iter().map(|(_, grown)| grown.work).sum::<u64>();
        self.grown.extend(grown.into_iter().map(|(first, grown)| (first, Arc::new(grown))));
    }

    /// Puts patches together, those first that fit least; returns whether there are any to put together.
    fn join(&mut self) -> bool {
        let misfits = self.misfits();
        if misfits.is_empty() {
            return false;
        }
        let last = self.ground.instance.periods - 1;
        let mut open = vec![0.0; self.firsts.len()];
        let pairs = self.firsts.iter().enumerate().filter(|(_, first)| **first != NO_SITE);
        for (site, &first) in pairs {
            open[first as usize] += self.ground.share(site as u32, last);
        }
        let mut joined = BTreeSet::new();
        let mut groups = Groups::of(open.len(), |patch| open[patch as usize]);
        while joined.is_empty() {
            groups.gather(&misfits, self.open_together);
            for &first in &self.division.first {
                let now = groups.first[first as usize];
                if now != first {
                    joined.extend([now, first]);
                }
            }
            if joined.is_empty() {
                self.open_together *= LARGER;
            }
        }
        self.grown.retain(|first, _| !joined.contains(first));
        for first in self.firsts.iter_mut().filter(|first| **first != NO_SITE) {
            *first = groups.first[*first as usize];
        }
        // Trees that run out of work now are not to be divided again.
        self.finest = 0.0;
        self.number();
        true
    }

    /// Divides the patches whose trees ran out of work; returns whether that makes more of them.
    fn split(&mut self) -> bool {
        self.finest /= FINER;
        if self.finest < FINEST {
            return false;
        }
        let (radii, shift) = (&self.multipliers.radii, self.tree.shift);
        let mut homes = self.ground.homes(radii, shift);
        let finer = self.ground.divide(radii, shift, &homes, self.finest);
        let is_left = |first: u32| self.grown.get(&first).is_some_and(|grown| grown.left > 0);
        let (mut firsts, mut here) = (self.firsts.clone(), BTreeMap::new());
        for (site, first) in firsts.iter_mut().enumerate().filter(|(_, first)| is_left(**first)) {
            *first = *here.entry((*first, finer[site])).or_insert(site as u32);
        }
        let patch_of = |home: u32| self.firsts.get(home as usize).copied().unwrap_or(NO_SITE);
        for (home, &before) in homes.iter_mut().zip(&self.homes) {
            let patch = patch_of(before);
            if !is_left(patch) {
                *home = before;
            } else if patch_of(*home) != patch {
                *home = NO_SITE;
            }
        }
        let division = self.ground.numbered(&firsts, &homes);
        if division.first.len() == self.division.first.len() {
            return false;
        }
        self.grown.retain(|_, grown| grown.left == 0);
        (self.firsts, self.homes) = (firsts, homes);
        self.number();
        true
    }

    /// Looks longer at the patches whose trees ran out of work, unless that brought nothing the last time.
    fn lengthen(&mut self) -> bool {
        let bound = self.bound();
        if bound <= self.lengthened {
            return false;
        }
        self.lengthened = bound;
        self.per_pair *= LONGER;
        self.grown.retain(|_, grown| grown.left == 0);
        self.forget();
        true
    }

    /// Numbers the patches anew; what was known of seams between them no longer holds.
    fn number(&mut self) {
        self.division = self.ground.numbered(&self.firsts, &self.homes);
        self.homes = at_home(&self.division, self.ground.instance.periods);
        self.forget();
    }

    fn forget(&mut self) {
        self.shifts.forget();
        self.seen.clear();
    }

    /// Returns what the patches bring, with a choice near theirs.
    fn patches(&self, opens: Vec<usize>) -> Patches {
        let kept = &self.ground.core.kept;
        let mut firsts = vec![NO_SITE; self.tree.instance.candidates.len()];
        for (&site, &first) in kept.iter().zip(&self.firsts).filter(|(_, first)| **first != NO_SITE)
        {
            firsts[site as usize] = kept[first as usize];
        }
        Patches {
            bound: self.bound(),
            multipliers: Arc::new(self.multipliers.clone()),
            firsts,
            opens,
            found: None,
            of_first: self.tree.is_at_first,
            grown: self.grown.values().filter(|grown| grown.gain > 0).cloned().collect(),
            per_pair: self.per_pair,
            is_stopped: false,
            work: self.work,
        }
    }
}

/// Lets a site of each patch stand for it, the first one.
fn by_member(mut firsts: Vec<u32>) -> Vec<u32> {
    let mut members = vec![NO_SITE; firsts.len()];
    for (site, first) in firsts.iter_mut().enumerate().filter(|(_, first)| **first != NO_SITE) {
        let member = &mut members[*first as usize];
        *member = (*member).min(site as u32);
        *first = *member;
    }
    firsts
}

/// Returns a site of the patch of each point, for each period: a point stays with its patch when others are put
/// together.
fn at_home(division: &Division, periods: usize) -> Vec<u32> {
    let mut member = vec![NO_SITE; division.first.len()];
    for (site, &patch) in division.of_site.iter().enumerate().rev() {
        if let Some(member) = member.get_mut(patch as usize) {
            *member = site as u32;
        }
    }
    let home = |patch: u32| member.get(patch as usize).copied().unwrap_or(NO_SITE);
    let homes = division.of_point.iter().map(|&patch| home(patch));
    homes.flat_map(|home| std::iter::repeat_n(home, periods)).collect()
}

#[cfg(test)]
mod tests {
    use crate::bound::ceil_shift;
    use crate::dual::{Dual, Schedule};
    use crate::instance::examples::square;
    use crate::start;
    use crate::tree::process::{Fate, Processed};
    use crate::tree::{Best, Effort, Settings, Standing, Tree, Turn};

    const CLIMB: Schedule = Schedule { first: 0.5, last: 0.005, steps: 40 };

    /// Runs `look` on what the first node of a tree comes to in so many rounds, with the bound after each of them.
    fn after(rounds: usize, look: impl Fn(&Tree<'_>, &Processed, &[i128])) {
        for (seed, form) in [(0, (1, 45)), (1, (3, 14)), (2, (4, 11))] {
            let (instance, exact) = square(seed, 300, form);
            let opens = start::first(&instance).expect("nothing is required");
            let value = exact.value(&instance, &opens).expect("all are served");
            let mut dual = Dual::new(&instance, vec![1_000.0; 300 * form.0]);
            dual.ascend(CLIMB, |_| true);
            let shift = exact.fine_shift();
            let settings =
                Settings { shift, slack: 0, effort: Effort::Thorough { patching: Some(u64::MAX) } };
            let best = Best { opens, value };
            let mut tree = Tree::plant(&instance, &exact, 1.0, &dual.best, best, settings)
                .expect("small numbers");
            // A brief ascent leaves patches something to bring.
            tree.is_thorough = false;
            let mut bounds = Vec::new();
            let mut turn = |standing: Standing<'_>| {
                bounds.push(standing.least);
                if bounds.len() < rounds { Turn::Go } else { Turn::Stop }
            };
            let processed = loop {
                let node = tree.open.pop().expect("the first node");
                let processed = tree.process(node, &|| false, &mut turn);
                if processed.fate != Fate::Narrowed {
                    break processed;
                }
                tree.settle(processed);
            };
            look(&tree, &processed, &bounds);
        }
    }

    #[test]
    fn a_stop_between_rounds_keeps_what_the_rounds_before_brought() {
        after(1, |tree, processed, bounds| {
            let patches = processed.patches.as_ref().expect("there are patches");
            assert!(patches.is_stopped && bounds.len() == 1);
            assert!(patches.bound > processed.node.bound, "they bring something");
            assert_eq!(ceil_shift(patches.bound, tree.grain), bounds[0]);
        });
    }

    #[test]
    fn rounds_bring_bounds_up_and_plans_down_until_they_meet_or_all_is_tried() {
        after(usize::MAX, |tree, processed, bounds| {
            let patches = processed.patches.as_ref().expect("there are patches");
            assert!(!patches.is_stopped && bounds.len() > 1);
            assert!(bounds.is_sorted(), "{bounds:?}");
            let found = processed.found.as_ref().expect("a better plan");
            assert_eq!(tree.exact.value(tree.instance, &found.opens), Some(found.value));
            assert!(ceil_shift(patches.bound, tree.grain) <= found.value);
            // What the ascent left open far from a plan may be more than what the patches leave.
            let gap = |bound: i128| ((found.value << tree.grain) - bound) as f64;
            let left = gap(patches.bound) / gap(processed.node.bound);
            assert!(left < 0.9, "{left} of the gap is left");
        });
    }
}
