//! One patch of a node: its sites, the points that are its own, and its tree.

use std::ops::Range;
use std::sync::Arc;

use super::patches::{Division, Ground};
use super::{Best, Effort, Settings, Tree, Turn};
use crate::assignment::{Assignment, NEVER};
use crate::bound::{ExactData, ExactOutside, Multipliers};
use crate::dual::{Dual, Schedule};
use crate::instance::{Candidate, Instance, NO_SITE, NearLists, Outside};
use crate::records::{Change, Record, Split};

/// The ascent before a patch is split.
const CLIMB: Schedule = Schedule { first: 0.02, last: 0.002, steps: 120 };

/// Is a patch that has not grown a tree yet.
pub(super) struct Patch {
    /// Its sites, by their place in the core.
    sites: Vec<u32>,
    /// Its points.
    points: Vec<u32>,
    instance: Instance,
    exact: ExactData,
    /// The multipliers of the node, as far as they are of its points.
    multipliers: Multipliers,
}

/// Is what the tree of a patch proves.
#[derive(Clone)]
pub(super) struct Grown {
    /// By how much it raises the bound of the node, times 2^shift.
    pub(super) gain: i128,
    /// What its choice comes to, times 2^shift.
    pub(super) value: i128,
    /// The node of the patch, then those below, with 0 for the patch itself where they name a parent.
    pub(super) patch: Record,
    pub(super) below: Vec<Record>,
    pub(super) work: u64,
    /// What is left between its bound and its best choice where it ran out of work, times 2^shift.
    pub(super) left: i128,
    /// Its sites and its points, by their places in the core.
    pub(super) sites: Vec<u32>,
    pub(super) points: Vec<u32>,
    /// The period of each site in its best choice.
    pub(super) opens: Vec<usize>,
    /// What that costs each of its points in each period, times 2^shift.
    pub(super) costs: Vec<u64>,
}

impl Patch {
    /// Returns those patches of a node that `is_wanted`, by their numbers, with its radii as whole numbers.
    pub(super) fn all(
        tree: &Tree<'_>,
        ground: &Ground<'_>,
        division: &Division,
        multipliers: &Multipliers,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Vec<(usize, Self)> {
        let around = around(tree, ground, division, &multipliers.radii);
        let mut sites = vec![Vec::new(); division.first.len()];
        let mut points = vec![Vec::new(); division.first.len()];
        for (members, of) in [(&mut sites, &division.of_site), (&mut points, &division.of_point)] {
            for (member, &patch) in of.iter().enumerate().filter(|(_, patch)| **patch != NO_SITE) {
                members[patch as usize].push(member as u32);
            }
        }
        let members = sites.into_iter().zip(points).enumerate();
        let wanted = members.filter(|(at, (_, points))| !points.is_empty() && is_wanted(*at));
        let cut = |members| Self::of(tree, ground, members, (division, multipliers), &around);
        wanted.map(|(at, members)| (at, cut(members))).collect()
    }

    fn of(
        tree: &Tree<'_>,
        ground: &Ground<'_>,
        (sites, points): (Vec<u32>, Vec<u32>),
        (division, whole): (&Division, &Multipliers),
        around: &[i128],
    ) -> Self {
        let (periods, radii) = (ground.instance.periods, &whole.radii);
        let (mut lists, mut caps) = (Vec::new(), Vec::new());
        for &point in &points {
            let own = &radii[slots(point, periods)];
            let (list, end) = near(ground, division, point, (own, tree.shift));
            lists.push(list);
            let cap = |at: usize| tree.exact.caps[at].map(|cap| u64::from(cap) << tree.shift);
            let known = slots(point, periods).map(|at| cap(at).unwrap_or(u64::MAX));
            caps.extend(own.iter().zip(known).map(|(&radius, cap)| radius.max(end).min(cap)));
        }
        let own = points.iter().flat_map(|&point| &radii[slots(point, periods)]).copied();
        let multipliers =
            Multipliers { shift: tree.shift, radii: own.collect(), prices: whole.prices.clone() };
        let savings = sites.iter().flat_map(|&site| &around[slots(site, periods)]).copied();
        let outside = ExactOutside {
            shift: tree.shift,
            prices: multipliers.prices.clone(),
            savings: savings.collect(),
            caps,
        };
        let instance = part(tree, ground, (&sites, &points), &lists, &outside);
        let exact = exact_part(tree, ground, (&sites, &points), outside);
        Self { sites, points, instance, exact, multipliers }
    }

    /// Splits the patch until it brings `gap`, or what it can but for `slack`, or the work is done.
    pub(super) fn grow(
        &self,
        tree: &Tree<'_>,
        ground: &Ground<'_>,
        (gap, slack): (i128, i128),
        work_per_pair: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Option<Grown> {
        if stop() {
            return None;
        }
        let pricing = self.exact.price(&self.instance, &self.multipliers)?;
        let base = pricing.bound(&self.instance.candidates)?;
        let work = work_per_pair * self.instance.near.pairs() as u64;
        let radii = self.exact.floats(&self.multipliers);
        let mut dual = Dual::new(&self.instance, radii);
        dual.ascend(CLIMB, |dual| dual.work < work && !stop());
        let relaxation = dual.best.clone();
        let best = self.known(tree, ground, &relaxation.assignment, base + gap + slack);
        let settings = Settings { shift: tree.shift, slack, effort: Effort::Brief };
        let mut own =
            Tree::plant(&self.instance, &self.exact, tree.unit, &relaxation, best, settings)?;
        own.grow(stop, &mut |standing| {
            if dual.work + standing.work < work { Turn::Go } else { Turn::Stop }
        });
        let least = own.fine_least();
        let gain = (least - base).max(0);
        let left =
            if own.standing().least < own.best.value - slack { own.best.value - least } else { 0 };
        let spent = dual.work + own.work;
        let opens = self.chosen(self.planned(tree, ground), &own.best, slack);
        Some(self.grown(own, ground, opens, (base, gain, left, spent)))
    }

    /// Returns the choice of the best plan where the patch has none that is better by more than `slack`.
    fn chosen(&self, planned: Vec<usize>, own: &Best, slack: i128) -> Vec<usize> {
        let is_known = own.opens.iter().any(|&period| period != NEVER);
        let value = self.exact.value(&self.instance, &planned);
        let is_better = value.is_none_or(|value| value > own.value + slack);
        if is_known && is_better { own.opens.clone() } else { planned }
    }

    /// Returns the choice of the best plan.
    fn planned(&self, tree: &Tree<'_>, ground: &Ground<'_>) -> Vec<usize> {
        let planned = |&site: &u32| tree.best.opens[ground.core.kept[site as usize] as usize];
        self.sites.iter().map(planned).collect()
    }

    /// Returns the best choice known of the patch, which costs no more than `most`.
    fn known(
        &self,
        tree: &Tree<'_>,
        ground: &Ground<'_>,
        assignment: &Assignment,
        most: i128,
    ) -> Best {
        let planned = self.planned(tree, ground);
        let may = |(candidate, &opens): (&Candidate, &usize)| {
            let (first, last) = candidate.window;
            if opens == NEVER { !candidate.required } else { (first..=last).contains(&opens) }
        };
        let is_left = self.instance.candidates.iter().zip(&planned).all(may);
        let choices = [
            Some(assignment.period.clone()).filter(|_| assignment.complete),
            Some(planned).filter(|_| is_left),
        ];
        let valued = choices.into_iter().flatten().filter_map(|opens| {
            let value = self.exact.value(&self.instance, &opens)?;
            Some(Best { opens, value })
        });
        let none = Best { opens: vec![NEVER; self.sites.len()], value: most };
        valued.fold(none, |best, other| if other.value < best.value { other } else { best })
    }

    /// Returns the records of a tree as those of the node's tree.
    fn grown(
        &self,
        own: Tree<'_>,
        ground: &Ground<'_>,
        opens: Vec<usize>,
        (base, gain, left, work): (i128, i128, i128, u64),
    ) -> Grown {
        let periods = self.instance.periods;
        let number = |site: u32| ground.core.kept[self.sites[site as usize] as usize];
        let place = |at: u32| {
            let (point, period) = (at as usize / periods, at as usize % periods);
            (self.points[point] as usize * periods + period) as u32
        };
        let costs = self.exact.costs(&self.instance, &opens);
        let value = self.exact.value(&self.instance, &opens).unwrap_or(base + gain);
        let change = Change::between(&self.multipliers, &own.root).moved(place);
        let named = (0..self.sites.len() as u32).map(number).collect();
        let patch = Record { parent: 0, split: Split::Patch(named), change: Some(change) };
        let below = own.records.into_iter().map(|record| record.moved(number, place)).collect();
        let (sites, points) = (self.sites.clone(), self.points.clone());
        Grown { gain, value, patch, below, work, left, sites, points, opens, costs }
    }
}

/// Returns where the numbers of a point or site lie, one a period.
fn slots(member: u32, periods: usize) -> Range<usize> {
    member as usize * periods..(member as usize + 1) * periods
}

/// Returns the problem of a patch with these sites and points: whatever opens, no point costs more than a cap.
fn part(
    tree: &Tree<'_>,
    ground: &Ground<'_>,
    (sites, points): (&[u32], &[u32]),
    lists: &[Vec<(u32, u32)>],
    outside: &ExactOutside,
) -> Instance {
    let whole = ground.instance;
    let grain = 2.0_f64.powi(tree.shift as i32);
    let of_engine = |number: &i128| *number as f64 / grain / tree.unit;
    let numbered = |(at, &site): (usize, &u32)| {
        let candidate = whole.candidates[site as usize];
        Candidate { origin: at as u32, ..candidate }
    };
    let weights = points.iter().flat_map(|&point| &whole.weights[slots(point, whole.periods)]);
    let many = sites.len() as u32;
    Instance {
        points: points.len(),
        periods: whole.periods,
        weights: Arc::new(weights.copied().collect()),
        caps: Arc::new(outside.caps.iter().map(|&cap| cap as f64 / grain).collect()),
        candidates: sites.iter().enumerate().map(numbered).collect(),
        quotas: whole.quotas.iter().map(|&quota| if quota > 0 { many } else { 0 }).collect(),
        exactly: false,
        unserved: whole.unserved,
        near: Arc::new(NearLists::build(points.len(), |at| (lists[at].clone(), u32::MAX))),
        space: None,
        members: Arc::new((0..many).collect()),
        outside: Some(Arc::new(Outside {
            prices: outside.prices.iter().map(of_engine).collect(),
            savings: outside.savings.iter().map(of_engine).collect(),
        })),
    }
}

/// Returns the exact data of a patch.
fn exact_part(
    tree: &Tree<'_>,
    ground: &Ground<'_>,
    (sites, points): (&[u32], &[u32]),
    outside: ExactOutside,
) -> ExactData {
    let exact = tree.exact;
    let opening = |&site: &u32| {
        let origin = ground.instance.candidates[site as usize].origin as usize;
        exact.opening_costs.get(origin).copied().unwrap_or(0)
    };
    ExactData {
        point_weights: points.iter().map(|&at| exact.point_weights[at as usize]).collect(),
        period_weights: exact.period_weights.clone(),
        opening_costs: sites.iter().map(opening).collect(),
        outside: Some(Arc::new(outside)),
        shift: exact.shift,
        ..ExactData::default()
    }
}

/// Returns what sites save, from each period on, for points that are not of their patch: not above 0.
fn around(tree: &Tree<'_>, ground: &Ground<'_>, division: &Division, radii: &[u64]) -> Vec<i128> {
    let periods = ground.instance.periods;
    let mut savings = vec![0_i128; ground.instance.candidates.len() * periods];
    for point in 0..ground.instance.points {
        let radii = &radii[point * periods..(point + 1) * periods];
        let most = radii.iter().copied().max().unwrap_or(0);
        let near = ground.instance.near.of(point);
        for (site, cost) in near.take_while(|&(_, cost)| u64::from(cost) << tree.shift < most) {
            if division.of_site[site as usize] == division.of_point[point] {
                continue;
            }
            for (t, &radius) in radii.iter().enumerate() {
                let gain = radius.saturating_sub(u64::from(cost) << tree.shift);
                savings[site as usize * periods + t] -=
                    tree.exact.weight(point, t) * i128::from(gain);
            }
        }
    }
    for row in savings.chunks_mut(periods) {
        for t in (0..periods - 1).rev() {
            row[t] += row[t + 1];
        }
    }
    savings
}

/// Lists the sites of a point's own patch that may matter to it, and says up to which radius, times 2^shift, no
/// other site does.
fn near(
    ground: &Ground<'_>,
    division: &Division,
    point: u32,
    (radii, shift): (&[u64], u32),
) -> (Vec<(u32, u32)>, u64) {
    let instance = ground.instance;
    let own = division.of_point[point as usize];
    let left = || {
        let near = instance.near.of(point as usize);
        near.filter(|&(site, _)| ground.is_left(site))
    };
    let is_own = |site: u32| division.of_site[site as usize] == own;
    let end = u64::from(ground.end(&division.of_site, point as usize, own)) << shift;
    let most = radii.iter().copied().fold(end, u64::max);
    let list = left().take_while(|&(_, cost)| u64::from(cost) << shift < most);
    let list = list.filter(|&(site, _)| is_own(site));
    let placed = list.map(|(site, cost)| (division.place[site as usize], cost));
    (placed.collect(), end)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use groundwork_model::Proof;

    use crate::assignment::NEVER;
    use crate::dual::{Dual, Relaxation, Schedule};
    use crate::instance::examples::square;
    use crate::start;
    use crate::tree::{Best, Effort, Turn, close};

    const CLIMB: Schedule = Schedule { first: 0.5, last: 0.005, steps: 40 };

    /// Returns what a tree proves of a problem, the value of its best choice, and the proof.
    fn closed(seed: u64, patching: Option<u64>) -> (i128, i128, Proof) {
        let forms = [((1, 45), 400), ((3, 14), 220), ((4, 11), 150), ((1, 5), 80), ((2, 4), 60)];
        let (form, points) = forms[seed as usize % forms.len()];
        let (instance, exact) = square(seed, points, form);
        let opens = start::first(&instance).expect("nothing is required");
        let value = exact.value(&instance, &opens).expect("all are served");
        let mut dual = Dual::new(&instance, vec![1_000.0; points * form.0]);
        dual.ascend(CLIMB, |_| true);
        let relaxation: Relaxation = dual.best.clone();
        let known = Best { opens, value };
        let mut highest = 0;
        let go_on = &mut |standing: crate::tree::Standing<'_>| {
            highest = highest.max(standing.least);
            Turn::Go
        };
        let closed = close(
            &instance,
            (&exact, 1.0),
            &relaxation,
            known,
            Effort::Thorough { patching },
            &|| false,
            go_on,
        );
        let closed = closed.expect("small numbers");
        let value = exact.value(&instance, &closed.best.opens).expect("all are served");
        assert!(closed.best.opens.iter().all(|&t| t == NEVER || t < form.0));
        assert_eq!(value, closed.best.value);
        assert!(highest <= value, "{seed}: {highest} was shown of {value}");
        (closed.least, value, closed.proof)
    }

    /// With patches a tree proves the same, and some of them bring something.
    #[test]
    fn trees_prove_the_same_with_patches_and_without() {
        let mut grown = 0;
        // Seed 7 alone would take longer than all others.
        for seed in (0..7).chain(8..10) {
            let (least, value, proof) = closed(seed, Some(1_000_000_000));
            let without = closed(seed, None);
            assert_eq!((least, value), (without.0, without.1), "{seed}");
            assert_eq!(least, value, "{seed}: it is closed");
            let Proof::Tree { nodes, .. } = proof else { panic!("{seed}: no tree") };
            let patches: Vec<_> = nodes.iter().filter(|node| !node.patch.is_empty()).collect();
            for patch in &patches {
                assert!(patch.patch.is_sorted_by(|a, b| a < b) && patch.prices.is_empty());
            }
            let parents: BTreeSet<u32> = patches.iter().map(|patch| patch.parent).collect();
            let of = |parent| patches.iter().filter(move |patch| patch.parent == parent);
            for parent in parents {
                let mut sites: Vec<u32> = of(parent).flat_map(|p| &p.patch).copied().collect();
                let all = sites.len();
                sites.sort_unstable();
                sites.dedup();
                assert_eq!(sites.len(), all, "{seed}: a site in two patches of {parent}");
            }
            grown += patches.len();
        }
        assert!(grown > 0, "no patch brought anything");
    }
}
