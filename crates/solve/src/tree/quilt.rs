//! The patches of a node, put together where what they choose does not fit, and prices at which they fill the quotas.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::patch::{Grown, Patch};
use super::patches::{Division, Ground, Groups, summed};
use super::{Best, Standing, Tree, Turn};
use crate::assignment::{NEVER, assign};
use crate::bound::{Multipliers, ceil_shift};
use crate::dual::{Dual, Schedule};
use crate::instance::{Instance, NO_SITE, Outside};
use crate::records::{Change, Record};

/// Sites that are open together in one patch at first, about.
const OPEN_TOGETHER: f64 = 20.0;
/// How many times larger patches are tried.
const LARGER: f64 = 3.0;
/// Misfits below such a part of the gap do not count.
const FEW: f64 = 1000.0;
/// A part of the gap that is left in trees which ran out of work is much from one in so many on; and how many times
/// longer they are looked at then.
const LEFT_MUCH: i128 = 3;
const LONGER: u64 = 4;
/// Prices fall with the number of openings to such a power, about.
const FALLS: f64 = 1.5;
/// Times that prices move, and how often that may fail in a row; and the ascent after that.
const MOVES: usize = 8;
const FAILURES: i32 = 2;
const REPRICED: Schedule = Schedule { first: 0.01, last: 0.001, steps: 60 };
/// Share of the work that descents from the choices of patches may take.
const SEARCH_SHARE: f64 = 0.1;
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
    grown: Vec<Grown>,
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
            records.push(Record { parent, ..grown.patch });
            let patch = records.len();
            let below = grown.below.into_iter();
            records.extend(below.map(|record| Record { parent: patch + record.parent, ..record }));
        }
    }
}

/// Is the work that patches may take.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// Of one patch, over its pairs.
    pub(super) per_pair: u64,
    /// Of all: what is begun below it is done.
    pub(super) all: u64,
}

/// Is a node that is divided into patches.
pub(super) struct Quilt<'q> {
    tree: &'q Tree<'q>,
    ground: Ground<'q>,
    multipliers: Multipliers,
    /// The bound that they give, times 2^shift.
    base: i128,
    homes: Vec<u32>,
    /// The site that stands for the patch of each site, or [`NO_SITE`].
    firsts: Vec<u32>,
    division: Division,
    /// The patches, by the sites that stand for them.
    grown: BTreeMap<u32, Grown>,
    open_together: f64,
    /// The best plan that it came across.
    found: Option<Best>,
    /// Whether it was told to stop.
    is_stopped: bool,
    /// Work before it, its own, and the part of that which went into descents.
    before: u64,
    work: u64,
    searching: u64,
}

/// Is what prices came to: the bound, and by how many openings quotas are passed.
struct Point {
    prices: Vec<i128>,
    bound: i128,
    over: Vec<i64>,
    opens: Vec<usize>,
}

/// Says which patches serve a point.
#[derive(Default)]
struct Service {
    /// The cost of the nearest open site, and its patch.
    nearest: Option<(u64, u32)>,
    /// The patches of others that are open within its radius, and what those save.
    others: Vec<(u32, u64)>,
    /// The patch of the nearest site of another patch that may open.
    next: Option<u32>,
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
        let multipliers = Multipliers { radii, ..multipliers.clone() };
        let division = ground.numbered(&firsts, &homes);
        if division.first.len() < 2 {
            return None;
        }
        let open_together = OPEN_TOGETHER;
        let (grown, found, work) = (BTreeMap::new(), None, 0);
        Some(Self {
            tree,
            ground,
            multipliers,
            base,
            homes,
            firsts,
            division,
            grown,
            open_together,
            found,
            is_stopped: false,
            before,
            work,
            searching: 0,
        })
    }

    /// Lets patches grow, puts those together that do not fit, looks longer at those that are not closed, and moves
    /// prices, as long as there is work left. What `stop` interrupts leaves no trace; `turn` is asked after each round.
    pub(super) fn sewn(
        mut self,
        budget: Budget,
        stop: &(dyn Fn() -> bool + Sync),
        turn: &mut dyn FnMut(Standing<'_>) -> Turn,
    ) -> Option<Patches> {
        let mut best: Option<Patches> = None;
        let (mut seen, mut per_pair, mut done) = (Vec::new(), budget.per_pair, 0);
        let mut stuck = i128::MIN;
        loop {
            self.grow(per_pair, stop);
            if stop() {
                self.is_stopped = true;
                break;
            }
            done = self.work;
            let (point, kept) = (self.point(), self.kept_choice());
            self.try_choice(kept.as_deref());
            self.try_choice(self.between(&point, &seen).as_deref());
            self.descend(kept.as_deref());
            if best.as_ref().is_none_or(|best| best.bound < point.bound) {
                best = Some(self.patches(kept.unwrap_or_default(), per_pair));
            }
            let highest = best.as_ref().map_or(point.bound, |best| best.bound);
            if !self.may_go_on(highest, turn) || self.is_closed() || self.work > budget.all {
                break;
            }
            if self.join(&self.misfits()) {
                seen.clear();
            } else if stuck < self.bound() && self.has_much_left(&point) {
                stuck = self.bound();
                per_pair *= LONGER;
                self.grown.retain(|_, grown| grown.left == 0);
            } else {
                seen.push(point);
                let Some(prices) = self.next_prices(&seen) else { break };
                if !self.reprice(prices, stop) {
                    break;
                }
            }
        }
        let Self { found, is_stopped, .. } = self;
        best.map(|best| Patches { work: done, found, is_stopped, ..best })
    }

    /// Returns whether no better plan is left, or all is one patch, which is no easier at given prices than with
    /// free ones.
    fn is_closed(&self) -> bool {
        ceil_shift(self.bound(), self.tree.grain) >= self.value() || self.division.first.len() < 2
    }

    /// Returns whether much of the gap is left in trees that ran out of work, or quotas are met but for those.
    fn has_much_left(&self, point: &Point) -> bool {
        let left: i128 = self.grown.values().map(|grown| grown.left).sum();
        let gap = (self.value() << self.tree.grain) - point.bound;
        left > 0 && (point.over.iter().all(|&over| over == 0) || LEFT_MUCH * left > gap)
    }

    /// Returns what the prices came to.
    fn point(&self) -> Point {
        let prices = self.multipliers.prices.clone();
        Point { prices, bound: self.bound(), over: self.over(), opens: self.choice() }
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
    fn value(&self) -> i128 {
        let value = self.tree.best.value;
        self.found.as_ref().map_or(value, |found| found.value.min(value))
    }

    fn gap(&self) -> i128 {
        (self.value() << self.tree.grain) - self.base
    }

    fn bound(&self) -> i128 {
        self.base + self.grown.values().map(|grown| grown.gain).sum::<i128>()
    }

    /// Keeps a choice of the core if it is the best known.
    fn try_choice(&mut self, opens: Option<&[usize]>) {
        let Some(opens) = opens else { return };
        let found = self.tree.valued(self.ground.core, self.ground.instance, opens);
        self.found = found.filter(|found| found.value < self.value()).or(self.found.take());
    }

    /// Descends from a choice of the core, as long as that takes a small part of the work.
    fn descend(&mut self, opens: Option<&[usize]>) {
        let may_search = self.searching as f64 <= SEARCH_SHARE * self.work as f64;
        let Some(opens) = opens.filter(|_| may_search && !self.is_closed()) else { return };
        let (opens, work) = self.ground.core.descended(opens.to_vec());
        self.searching += work;
        self.work += work;
        self.try_choice(Some(&opens));
    }

    /// Returns a choice that keeps the quotas: patch by patch that of a point, or of an earlier one that passes quotas
    /// which this one leaves, or leaves those that it passes.
    fn between(&self, point: &Point, seen: &[Point]) -> Option<Vec<usize>> {
        let is_opposed = |other: &&Point| {
            let products = point.over.iter().zip(&other.over).map(|(a, b)| a * b);
            products.sum::<i64>() < 0
        };
        let other = seen.iter().rev().find(is_opposed)?;
        let norm = |over: &[i64]| over.iter().map(|over| over * over).sum::<i64>();
        let (mut opens, mut over) = (point.opens.clone(), point.over.clone());
        for grown in self.grown.values() {
            let sites = || grown.sites.iter().map(|&site| site as usize);
            let mut next = over.clone();
            for (period, change) in sites().flat_map(|at| [(opens[at], -1), (other.opens[at], 1)]) {
                if let Some(over) = next.get_mut(period) {
                    *over += change;
                }
            }
            if norm(&next) < norm(&over) {
                sites().for_each(|at| opens[at] = other.opens[at]);
                over = next;
            }
        }
        over.iter().all(|&over| over <= 0).then_some(opens)
    }

    /// Grows the patches that are not grown yet.
    fn grow(&mut self, per_pair: u64, stop: &(dyn Fn() -> bool + Sync)) {
        let (division, gap) = (&self.division, self.gap());
        // Half a unit, where that is little, so that what is left does not keep the whole open.
        let all = (gap / SLACK).min((gap / SLACK_FINE).max(1 << self.tree.grain >> 1));
        let slack = all / division.first.len().max(1) as i128 + 1;
        let is_new = |at: usize| !self.grown.contains_key(&division.first[at]);
        let patches = Patch::all(self.tree, &self.ground, division, &self.multipliers, is_new);
        let grow = |(at, patch): (usize, Patch)| {
            let grown = patch.grow(self.tree, &self.ground, (gap, slack), per_pair, stop)?;
            Some((division.first[at], grown))
        };
        let grown: Vec<(u32, Grown)> = patches.into_par_iter().filter_map(grow).collect();
        self.work += grown.iter().map(|(_, grown)| grown.work).sum::<u64>();
        self.grown.extend(grown);
    }

    /// Returns the choice of all patches together, by places in the core.
    fn choice(&self) -> Vec<usize> {
        let mut opens = vec![NEVER; self.ground.instance.candidates.len()];
        for grown in self.grown.values() {
            for (&site, &period) in grown.sites.iter().zip(&grown.opens) {
                opens[site as usize] = period;
            }
        }
        opens
    }

    /// Returns by how many openings that passes the quota of each period; below 0 where some are left.
    fn over(&self) -> Vec<i64> {
        let quotas = &self.ground.instance.quotas;
        let mut over: Vec<i64> = quotas.iter().map(|&quota| -i64::from(quota)).collect();
        for period in self.choice() {
            if let Some(over) = over.get_mut(period) {
                *over += 1;
            }
        }
        let prices = &self.multipliers.prices;
        over.iter()
            .zip(prices)
            .map(|(&over, &price)| if price == 0 { over.max(0) } else { over })
            .collect()
    }

    /// Returns between which patches points are that cost more under the choice of all than their own patch
    /// counts, and by how much in engine units.
    fn misfits(&self) -> Vec<(u32, u32, f64)> {
        let opens = self.choice();
        let of_patch = |(&first, grown): (&u32, &Grown)| {
            let periods = self.ground.instance.periods;
            let mut misfits = Vec::new();
            for (&point, costs) in grown.points.iter().zip(grown.costs.chunks(periods)) {
                for (t, &counted) in costs.iter().enumerate() {
                    self.add_misfits((first, point, t), counted, &opens, &mut misfits);
                }
            }
            misfits
        };
        let mut misfits = summed(self.grown.par_iter().flat_map_iter(of_patch).collect());
        let few = ((self.value() << self.tree.grain) - self.bound()) as f64 / FEW;
        misfits.retain(|(_, _, lost)| lost * self.tree.unit > few);
        misfits
    }

    /// Adds what a point costs more in a period, under the choice of all, than its own patch counts.
    fn add_misfits(
        &self,
        (own, point, t): (u32, u32, usize),
        counted: u64,
        opens: &[usize],
        misfits: &mut Vec<(u32, u32, f64)>,
    ) {
        let slot = point as usize * self.ground.instance.periods + t;
        let weight = self.ground.instance.weights[slot];
        if weight <= 0.0 {
            return;
        }
        let radius = self.multipliers.radii[slot];
        let Service { nearest, others, next } = self.service((own, point, t), radius, opens);
        let saved: u64 = others.iter().map(|(_, saved)| saved).sum();
        let cap =
            self.tree.exact.caps[slot].map_or(u64::MAX, |cap| u64::from(cap) << self.tree.shift);
        // One that nothing listed serves goes far.
        let most = counted.max(radius).saturating_mul(4).min(cap);
        let (cost, by) = nearest.unwrap_or((most, NO_SITE));
        let lost = weight * (cost.min(most) as f64 + saved as f64 - counted as f64);
        if lost <= 0.0 {
            return;
        }
        let mut add = |patch: u32, lost: f64| misfits.push((own.min(patch), own.max(patch), lost));
        let by = Some(by).filter(|&by| by != own && by != NO_SITE);
        match by.or(next) {
            _ if saved > 0 => {
                others.iter().for_each(|&(by, part)| add(by, lost * part as f64 / saved as f64));
            }
            Some(by) => add(by, lost),
            None => {}
        }
    }

    /// Returns which patches serve a point in a period under a choice.
    fn service(&self, (own, point, t): (u32, u32, usize), radius: u64, opens: &[usize]) -> Service {
        let mut service = Service::default();
        for (site, cost) in self.ground.instance.near.of(point as usize) {
            let cost = u64::from(cost) << self.tree.shift;
            if cost >= radius && service.nearest.is_some() && service.next.is_some() {
                break;
            }
            let patch = self.firsts[site as usize];
            let is_other = patch != own && patch != NO_SITE;
            if opens[site as usize] <= t {
                service.nearest.get_or_insert((cost, patch));
                if is_other && cost < radius {
                    service.others.push((patch, radius - cost));
                }
            }
            if is_other && self.ground.is_left(site) {
                service.next.get_or_insert(patch);
            }
        }
        service
    }

    /// Puts patches together, those first that fit least; returns whether there are any to put together.
    fn join(&mut self, misfits: &[(u32, u32, f64)]) -> bool {
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
            groups.gather(misfits, self.open_together);
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
        self.division = self.ground.numbered(&self.firsts, &self.homes);
        true
    }

    /// Returns the prices to try next: where what the last two on either side promise meets, or one step on.
    fn next_prices(&self, seen: &[Point]) -> Option<Vec<i128>> {
        let last = seen.last()?;
        let norm: i64 = last.over.iter().map(|over| over * over).sum();
        if norm == 0 || seen.len() > MOVES {
            return None;
        }
        let best = seen.iter().map(|point| point.bound).max()?;
        let value = self.value() << self.tree.grain;
        if let ([price], [over]) = (&last.prices[..], &last.over[..]) {
            let across = seen.iter().rev().find(|point| point.over[0].signum() == -over.signum());
            if let Some(other) = across {
                // b + o (x - p) of both are the same at x.
                let (p, q) = (*price as f64, other.prices[0] as f64);
                let (o, r) = (*over as f64, other.over[0] as f64);
                let x = ((other.bound - last.bound) as f64 + o * p - r * q) / (o - r);
                let promised = o * (x - p) - (best - last.bound) as f64;
                if promised < (value - best) as f64 / SLACK as f64 {
                    return None;
                }
                return Some(vec![(x.round() as i128).max(0)]);
            }
        }
        let (at, highest) = seen.iter().enumerate().max_by_key(|(_, point)| point.bound)?;
        let failed = (seen.len() - 1 - at) as i32;
        if failed > FAILURES {
            return None;
        }
        // Prices fall about so fast with the number of openings; and no better bound is farther away than the step.
        let norm: i64 = highest.over.iter().map(|over| over * over).sum();
        let step = (value - highest.bound) as f64 / norm as f64;
        let moved = |((&price, &over), &quota): ((&i128, &i64), &u32)| {
            let over = over as f64 * 0.5_f64.powi(failed);
            let fall = FALLS * price as f64 / f64::from(quota.max(1));
            price + (over * if price > 0 { step.min(fall) } else { step }) as i128
        };
        let pairs = highest.prices.iter().zip(&highest.over);
        let moved = pairs.zip(&self.ground.instance.quotas).map(moved);
        Some(moved.map(|price| price.max(0)).collect())
    }

    /// Takes other prices, and radii that go with them; returns whether that can be done.
    fn reprice(&mut self, prices: Vec<i128>, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        if self.multipliers.prices == prices {
            return false;
        }
        let (tree, whole) = (self.tree, self.ground.instance);
        let grain = 2.0_f64.powi(tree.shift as i32) * tree.unit;
        let origins = tree.instance.candidates.iter().map(|site| site.origin).max().unwrap_or(0);
        let instance = Instance {
            outside: Some(Arc::new(Outside {
                prices: prices.iter().map(|&price| price as f64 / grain).collect(),
                savings: vec![0.0; (origins as usize + 1) * whole.periods],
            })),
            ..whole.clone()
        };
        let radii = tree.exact.floats(&self.multipliers);
        let mut dual = Dual::with_scale(&instance, radii, Arc::clone(&tree.scale));
        dual.ascend(REPRICED, |_| !stop());
        self.work += dual.work;
        let rounded = tree.exact.round(&dual.best, tree.shift, tree.unit);
        let multipliers = Multipliers { prices, ..rounded };
        let pricing = tree.exact.price(whole, &multipliers);
        let base = pricing.and_then(|pricing| pricing.bound(&whole.candidates));
        let (Some(base), Some(radii)) = (base, tree.exact.clipped_short(&multipliers)) else {
            return false;
        };
        self.base = base;
        self.multipliers = Multipliers { radii, ..multipliers };
        self.homes = self.ground.homes(&self.multipliers.radii, tree.shift);
        self.division = self.ground.numbered(&self.firsts, &self.homes);
        self.grown.clear();
        true
    }

    /// Returns a choice that keeps the quotas and is as near as may be to that of the patches.
    fn kept_choice(&self) -> Option<Vec<usize>> {
        let (instance, prices) = (self.ground.instance, &self.multipliers.prices);
        let pricing = self.tree.exact.price(instance, &self.multipliers)?;
        let periods = instance.periods;
        let worth =
            |at: usize| (pricing.opened(at / periods, at % periods) - prices[at % periods]) as f64;
        let mut worth: Vec<f64> = (0..instance.candidates.len() * periods).map(worth).collect();
        let most = worth.iter().fold(1.0, |most: f64, worth| most.max(-worth));
        for (site, period) in self.choice().into_iter().enumerate().filter(|(_, p)| *p != NEVER) {
            worth[site * periods + period] -= 4.0 * most;
        }
        let assignment = assign(instance, &worth);
        assignment.complete.then_some(assignment.period)
    }

    /// Returns what the patches bring, with a choice near theirs.
    fn patches(&self, opens: Vec<usize>, per_pair: u64) -> Patches {
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
            per_pair,
            is_stopped: false,
            work: self.work,
        }
    }
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
