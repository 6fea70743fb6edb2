//! Better plans: changes of one schedule or two, guided by prices, from plans that keep the rules or do not yet.

use std::collections::HashMap;

use groundwork_model::certificate::RuleFamily;
use rayon::prelude::*;

use super::changes::{Change, Table};
use super::dual::{Domain, State};
use super::found::Found;
use super::nearest::Near;
use super::problem::{HeldGoal, Mixed};
use super::service::{Draft, excess};
use crate::control::Control;
use crate::random::Random;

/// Is a draft with what changes of it cost.
#[derive(Clone)]
pub(super) struct Work<'a> {
    pub(super) draft: Draft<'a>,
    pub(super) tables: Vec<Table>,
}

/// Looks for better plans.
#[derive(Clone)]
pub(crate) struct Search<'a> {
    pub(super) mixed: &'a Mixed,
    pub(super) near: &'a Near,
    pub(super) control: &'a dyn Control,
    /// Work after which to stop.
    pub(super) limit: u64,
    /// Whether some kind is limited, so that the exact cost of a change takes a while.
    is_limited: bool,
    pub(super) effort: Effort,
    pub(super) random: Random,
    /// What a unit of each rule that is missed costs.
    fines: Vec<f64>,
    /// The same for a person of a floor of coverage.
    pub(super) floor_fines: Vec<f64>,
    /// The same for a unit of a goal that is held.
    pub(super) held_fines: Vec<f64>,
    pub(crate) work: u64,
}

/// How many times more than at first who goes farther than is allowed counts: few changes lead back once somebody does.
const GUARD_FINE: f64 = 1e4;
/// Changes that may be the second of two.
const SECOND_CHANGES: usize = 4000;
/// Changes that are made before all are looked at again.
const AT_ONCE: usize = 24;
/// From how many sites on several pairs are made at once, and kicks are answered by neighbours alone.
pub(super) const MANY_SITES: usize = 1000;
/// Factor of fines from one round to the next while a rule is missed.
const FINE_RISES: f64 = 3.0;
/// Says how hard a search tries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// Changes of which the best that follows is looked for.
    pub(super) chains: usize,
    /// Changes of which the exact cost is worked out in vain before the others are given up.
    pub(super) tries: usize,
    /// Changes that are tried together with a second one, and the same for these pairs.
    pub(super) firsts: usize,
    pub(super) tries_in_twos: usize,
    /// Rounds of rising fines after which a plan is given up.
    pub(super) rounds: usize,
}

const PLAIN: Effort = Effort { chains: 24, tries: 6, firsts: 48, tries_in_twos: 6, rounds: 24 };
/// Where the exact cost of a change takes a while.
const LIMITED: Effort = Effort { chains: 4, tries: 3, tries_in_twos: 3, ..PLAIN };
/// Where nobody may go too far: one site opens sooner, and only then another can do without its place. What is not mended
/// soon is not mended.
const GUARDED: Effort = Effort { chains: 200, rounds: 8, ..PLAIN };
/// Sites for each of which there is one more first change of two, and one more pair is tried in vain: at many sites there are
/// many that have nothing to do with one another.
const SITES_A_FIRST: usize = 20;
const SITES_A_TRY: usize = 100;

impl Effort {
    fn of(mixed: &Mixed) -> Self {
        let is_limited = mixed.layers.iter().any(|layer| layer.limited);
        let is_guarded = mixed.held.iter().any(|held| held.guards);
        let effort = match (is_limited, is_guarded) {
            (true, true) => Self { rounds: GUARDED.rounds, ..LIMITED },
            (true, false) => LIMITED,
            (false, true) => GUARDED,
            (false, false) => PLAIN,
        };
        let sites = mixed.sites();
        Self {
            firsts: effort.firsts.max(sites / SITES_A_FIRST),
            tries_in_twos: effort.tries_in_twos.max(sites / SITES_A_TRY),
            ..effort
        }
    }
}

/// Holds what changes bring to rules, and where the rules stand, so that pairs of changes are fined soon.
struct Sheet<'b> {
    search: &'b Search<'b>,
    starts: Vec<usize>,
    moved: Vec<(u32, i64)>,
    /// What each rule is beyond its right.
    beyond: Vec<i64>,
}

impl<'b> Sheet<'b> {
    fn new<'c>(
        search: &'b Search<'b>,
        draft: &Draft<'_>,
        changes: impl Iterator<Item = &'c Change>,
    ) -> Self {
        let rules = search.mixed.rules.iter().zip(&draft.usage);
        let beyond = rules.map(|(rule, usage)| usage - rule.right).collect();
        let mut sheet = Self { search, starts: vec![0], moved: Vec::new(), beyond };
        for change in changes {
            sheet.moved.extend(search.moved(draft, change));
            sheet.starts.push(sheet.moved.len());
        }
        sheet
    }

    /// Puts where the rules stand after a change into `beyond`; returns what their fines are then beside what they were.
    fn with(&self, change: usize, beyond: &mut Vec<i64>) -> f64 {
        beyond.clone_from(&self.beyond);
        let fine = self.fine(change, beyond);
        for &(rule, by) in &self.moved[self.starts[change]..self.starts[change + 1]] {
            beyond[rule as usize] += by;
        }
        fine
    }

    /// Returns what fines change with a change where rules stand so.
    fn fine(&self, change: usize, beyond: &[i64]) -> f64 {
        let moved = &self.moved[self.starts[change]..self.starts[change + 1]];
        let of_rule = |&(rule, by): &(u32, i64)| {
            let (at, exactly) = (rule as usize, self.search.mixed.rules[rule as usize].exactly);
            let more = excess(beyond[at] + by, exactly) - excess(beyond[at], exactly);
            self.search.fines[at] * more as f64
        };
        moved.iter().map(of_rule).sum()
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        (mixed, near): (&'a Mixed, &'a Near),
        control: &'a dyn Control,
        seed: u64,
        scale: &State,
    ) -> Self {
        // Goals that are held have fines of their own, and futures none.
        let mut fines = scale.prices.clone();
        mixed.held.iter().for_each(|held| fines[held.rule] = 0.0);
        let held_fine =
            |held: &HeldGoal| scale.prices[held.rule] * if held.guards { GUARD_FINE } else { 1.0 };
        Self {
            mixed,
            near,
            control,
            limit: u64::MAX,
            is_limited: mixed.layers.iter().any(|layer| layer.limited),
            effort: Effort::of(mixed),
            random: Random::new(seed),
            fines,
            floor_fines: mixed.floors.iter().map(|floor| scale.prices[floor.rule]).collect(),
            held_fines: mixed.held.iter().map(held_fine).collect(),
            work: 0,
        }
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Returns a number from 0 to 1 by chance.
    pub(crate) fn chance(&mut self) -> f32 {
        self.random.below(1 << 20) as f32 / (1 << 20) as f32
    }

    /// Returns whether to stop: the clock or a person says so, or the work is spent, with that of a draft.
    fn is_stopped(&self, draft: &Draft<'_>) -> bool {
        self.work + draft.work >= self.limit || self.control.stop().is_some()
    }

    /// Sets the work that may still be done.
    pub(crate) fn may_do(&mut self, work: u64) {
        self.limit = self.work.saturating_add(work);
    }

    /// Returns how many changes are made before all are looked at again.
    fn at_once(&self) -> usize {
        AT_ONCE.max(self.mixed.sites() / 100)
    }

    /// Begins with a plan of which nothing is known yet.
    pub(super) fn work_on(&self, schedules: &[u32]) -> Work<'a> {
        Work {
            draft: Draft::new(self.mixed, self.near, schedules.to_vec()),
            tables: vec![Table::default(); self.mixed.sites()],
        }
    }

    /// Leads schedules to a plan that keeps all rules, if it finds one, and improves it.
    pub(crate) fn lead(
        &mut self,
        start: &[u32],
        domain: &Domain,
        guide: (&[f64], bool),
    ) -> Option<Found> {
        let mut work = self.work_on(start);
        let found = self.settle(&mut work, domain, guide, f64::INFINITY);
        self.work += std::mem::take(&mut work.draft.work);
        found
    }

    /// Kicks a plan and lets it settle, again and again, from the best so far; says each better one.
    pub(crate) fn shake(
        &mut self,
        best: &Found,
        domain: &Domain,
        prices: &[f64],
        kicks: usize,
        goes_on: &mut dyn FnMut(u64, Option<Found>) -> bool,
    ) {
        let mut base = self.work_on(&best.schedules);
        self.refresh(&mut base, domain);
        let mut cost = best.cost;
        for kick in 0..kicks {
            let mut tried = base.clone();
            self.kick(&mut tried.draft, domain, 2 + kick % 4);
            let start = self.work;
            let found = self.settle(&mut tried, domain, (prices, true), f64::INFINITY);
            self.work += std::mem::take(&mut tried.draft.work);
            let better = found.filter(|found| found.cost < cost);
            if let Some(better) = &better {
                cost = better.cost;
                base = tried;
            }
            if !goes_on(self.work - start, better) {
                return;
            }
        }
    }

    /// Improves a draft, with fines that rise until it keeps the rules; gives up where it costs no less than `below`.
    pub(super) fn settle(
        &mut self,
        work: &mut Work<'a>,
        domain: &Domain,
        (prices, in_twos): (&[f64], bool),
        below: f64,
    ) -> Option<Found> {
        let fines = (self.fines.clone(), self.floor_fines.clone(), self.held_fines.clone());
        for (fine, &price) in self.fines.iter_mut().zip(prices) {
            *fine = fine.max(1.5 * price.abs());
        }
        for (fine, held) in self.held_fines.iter_mut().zip(&self.mixed.held) {
            *fine = fine.max(1.5 * prices[held.rule]);
            self.fines[held.rule] = 0.0;
        }
        let mut found = None;
        for _ in 0..self.effort.rounds {
            self.descend(work, domain, (prices, in_twos));
            // Fines only rise: what costs too much now costs too much when it keeps the rules.
            if self.fined(&work.draft) >= below {
                break;
            }
            if work.draft.keeps_rules() {
                found = Found::of(&work.draft);
                break;
            }
            if self.is_stopped(&work.draft) {
                break;
            }
            let missed: Vec<(usize, i64)> = work.draft.missed().collect();
            for (rule, _) in missed {
                self.fines[rule] *= FINE_RISES;
            }
            for floor in 0..self.mixed.floors.len() {
                if work.draft.short_of(floor) > 0 {
                    self.floor_fines[floor] *= FINE_RISES;
                }
            }
            for held in self.mixed.limits() {
                if work.draft.beyond_held(held) > 0.0 {
                    self.held_fines[held] *= FINE_RISES;
                }
            }
            if self.mixed.limits().any(|held| work.draft.beyond_held(held) > 0.0) {
                let blend = work.draft.blend + 1;
                work.draft.set_blend(blend);
            }
        }
        (self.fines, self.floor_fines, self.held_fines) = fines;
        found
    }

    /// Changes a few sites at random, near one another.
    fn kick(&mut self, draft: &mut Draft<'a>, domain: &Domain, strength: usize) {
        let free: Vec<usize> = (0..domain.len()).filter(|&site| domain[site].len() > 1).collect();
        if free.is_empty() {
            return;
        }
        let center = free[self.random.below(free.len())];
        let near = self.near.around(self.mixed, center, 12);
        let near: Vec<usize> = near.into_iter().filter(|&site| domain[site].len() > 1).collect();
        for _ in 0..strength {
            let site = if near.is_empty() { center } else { near[self.random.below(near.len())] };
            let schedule = domain[site][self.random.below(domain[site].len())];
            draft.set(site, schedule);
        }
    }

    /// Takes the best change, or the best two together, as long as there is one.
    fn descend(&mut self, work: &mut Work<'a>, domain: &Domain, (prices, in_twos): (&[f64], bool)) {
        let mut refused: Vec<(usize, u32)> = Vec::new();
        while !self.is_stopped(&work.draft) {
            let before = self.fined(&work.draft);
            self.refresh(work, domain);
            let changes = self.changes(&work.draft, domain, prices, &work.tables);
            let tolerance = 1e-9 * before.abs().max(1.0);
            let draft = &mut work.draft;
            if self.take_one(draft, &changes, &mut refused, before, tolerance)
                || (in_twos && self.take_two(draft, &changes, prices, before, tolerance))
                || (in_twos && self.take_chain(work, domain, &changes, prices, before, tolerance))
            {
                refused.clear();
                continue;
            }
            return;
        }
    }

    /// Returns the cost of a draft with its fines.
    fn fined(&self, draft: &Draft<'_>) -> f64 {
        let rules: f64 = draft.missed().map(|(rule, by)| self.fines[rule] * by as f64).sum();
        let floors: f64 = (0..self.mixed.floors.len())
            .map(|floor| self.floor_fines[floor] * draft.short_of(floor) as f64)
            .sum();
        let held: f64 =
            self.mixed.limits().map(|held| self.held_fines[held] * draft.beyond_held(held)).sum();
        draft.cost() + rules + floors + held
    }

    /// Returns what a change brings to rules beside what the schedule before does, rule by rule.
    fn moved(&self, draft: &Draft<'_>, change: &Change) -> Vec<(u32, i64)> {
        let brings = &self.mixed.brings[change.site];
        let before = &brings[draft.schedules[change.site] as usize];
        let mut moved: Vec<(u32, i64)> = brings[change.schedule as usize].clone();
        moved.extend(before.iter().map(|&(rule, by)| (rule, -by)));
        moved.sort_unstable();
        moved.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 += next.1;
            }
            same
        });
        moved
    }

    /// Returns what the fines of rules change with a change.
    fn fines_of(&self, draft: &Draft<'_>, change: &Change) -> f64 {
        let fine = |(rule, by): (u32, i64)| {
            let (at, row) = (rule as usize, &self.mixed.rules[rule as usize]);
            let beyond = draft.usage[at] - row.right;
            let more = excess(beyond + by, row.exactly) - excess(beyond, row.exactly);
            self.fines[at] * more as f64
        };
        self.moved(draft, change).into_iter().map(fine).sum()
    }

    /// Returns what room the rules leave at their prices: two changes that cost more than this with their prices
    /// make no plan better that keeps the rules. Without end where some rule is missed.
    fn spare(&self, draft: &Draft<'_>, prices: &[f64]) -> f64 {
        // What the worst future costs is no sum: two changes may help where neither does.
        if self.mixed.worst_case || !draft.keeps_rules() {
            return f64::INFINITY;
        }
        let rules = self.mixed.rules.iter().zip(&draft.usage).zip(prices);
        let is_held = |rule: &super::rules::Rule| rule.name.rule == RuleFamily::Held;
        let room = rules.filter(|((rule, _), _)| !rule.exactly && !is_held(rule));
        let sums: f64 =
            room.map(|((rule, &usage), price)| price * (rule.right - usage) as f64).sum();
        let held = self.mixed.held.iter().enumerate().map(|(at, held)| {
            prices[held.rule] * (held.right as f64 - draft.held_sum(at)).max(0.0)
        });
        sums + held.sum::<f64>()
    }

    fn take_one(
        &mut self,
        draft: &mut Draft<'a>,
        changes: &[Change],
        refused: &mut Vec<(usize, u32)>,
        before: f64,
        tolerance: f64,
    ) -> bool {
        let mut better: Vec<(f64, usize)> = changes
            .iter()
            .enumerate()
            .map(|(at, change)| (change.cost + self.fines_of(draft, change), at))
            .filter(|&(value, at)| {
                value < -tolerance && !refused.contains(&(changes[at].site, changes[at].schedule))
            })
            .collect();
        better.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut tried, mut now) = (0, before);
        let mut taken = Vec::new();
        for &(_, at) in &better {
            if tried == self.effort.tries || self.is_stopped(draft) || taken.len() >= self.at_once()
            {
                break;
            }
            let change = changes[at];
            if taken.contains(&change.site) {
                continue;
            }
            let was = draft.schedules[change.site];
            draft.set(change.site, change.schedule);
            let then = self.fined(draft);
            if then < now - tolerance {
                now = then;
                taken.push(change.site);
                continue;
            }
            draft.set_back(change.site, was);
            tried += 1;
            if taken.is_empty() {
                refused.push((change.site, change.schedule));
            }
        }
        !taken.is_empty()
    }

    /// Makes one of the most promising changes and then the best that follows it, with what it costs then: how a
    /// site takes over from a neighbour.
    fn take_chain(
        &mut self,
        work: &mut Work<'a>,
        domain: &Domain,
        changes: &[Change],
        prices: &[f64],
        before: f64,
        tolerance: f64,
    ) -> bool {
        for first in self.firsts(changes) {
            if self.is_stopped(&work.draft) {
                return false;
            }
            let was = work.draft.schedules[first.site];
            work.draft.set(first.site, first.schedule);
            let replaced = self.refresh(work, domain);
            let now = self.fined(&work.draft);
            let fines = now - work.draft.cost();
            let room = before - tolerance - now + fines;
            let follow = self.changes(&work.draft, domain, prices, &work.tables);
            let best = follow
                .iter()
                .filter(|change| change.cost < room && change.site != first.site)
                .map(|change| (change.cost + self.fines_of(&work.draft, change), change))
                .min_by(|a, b| {
                    a.0.total_cmp(&b.0)
                        .then((a.1.site, a.1.schedule).cmp(&(b.1.site, b.1.schedule)))
                });
            if let Some((value, second)) = best
                && now + value < before - tolerance
            {
                let kept = work.draft.schedules[second.site];
                work.draft.set(second.site, second.schedule);
                if self.fined(&work.draft) < before - tolerance {
                    return true;
                }
                work.draft.set_back(second.site, kept);
            }
            work.draft.set_back(first.site, was);
            for (site, table) in replaced {
                work.tables[site] = table;
            }
            work.draft.stale.iter_mut().zip(domain).for_each(|(stale, of)| *stale &= of.len() < 2);
        }
        false
    }

    /// Returns the most promising changes, at most two a site.
    fn firsts(&self, changes: &[Change]) -> Vec<Change> {
        let mut order: Vec<&Change> = changes.iter().collect();
        let most = self.effort.chains;
        let some = (8 * most).min(order.len());
        if some == 0 {
            return Vec::new();
        }
        let by = |a: &&Change, b: &&Change| {
            a.reduced.total_cmp(&b.reduced).then((a.site, a.schedule).cmp(&(b.site, b.schedule)))
        };
        order.select_nth_unstable_by(some - 1, by);
        order.truncate(some);
        order.sort_unstable_by(by);
        let mut of_site: HashMap<usize, usize> = HashMap::new();
        order.retain(|change| {
            let seen = of_site.entry(change.site).or_default();
            *seen += 1;
            *seen <= 2
        });
        order.into_iter().take(most).copied().collect()
    }

    /// Makes two changes together, or several such pairs where there are many sites.
    fn take_two(
        &mut self,
        draft: &mut Draft<'a>,
        changes: &[Change],
        prices: &[f64],
        before: f64,
        tolerance: f64,
    ) -> bool {
        let pairs = self.pairs(draft, changes, prices, tolerance);
        let at_once = if self.mixed.sites() > MANY_SITES { self.at_once() } else { 1 };
        let (mut tried, mut now) = (0, before);
        let mut taken = Vec::new();
        for (first, second) in pairs {
            if taken.contains(&first.site) || taken.contains(&second.site) {
                continue;
            }
            let was = (draft.schedules[first.site], draft.schedules[second.site]);
            draft.set(first.site, first.schedule);
            draft.set(second.site, second.schedule);
            let then = self.fined(draft);
            if then < now - tolerance {
                now = then;
                taken.extend([first.site, second.site]);
                if taken.len() >= 2 * at_once {
                    break;
                }
                continue;
            }
            draft.set_back(second.site, was.1);
            draft.set_back(first.site, was.0);
            tried += 1;
            let tries =
                if taken.is_empty() { self.effort.tries_in_twos } else { self.effort.tries };
            if tried >= tries || self.is_stopped(draft) {
                break;
            }
        }
        !taken.is_empty()
    }

    /// Returns the most promising changes, each with the best that goes with it, the best pairs first.
    fn pairs(
        &mut self,
        draft: &Draft<'a>,
        changes: &[Change],
        prices: &[f64],
        tolerance: f64,
    ) -> Vec<(Change, Change)> {
        let mut order: Vec<usize> = (0..changes.len()).collect();
        let key = |at: &usize| changes[*at].reduced;
        let by_key = |a: &usize, b: &usize| key(a).total_cmp(&key(b)).then(a.cmp(b));
        let seconds = SECOND_CHANGES.min(order.len());
        if seconds == 0 {
            return Vec::new();
        }
        order.select_nth_unstable_by(seconds - 1, by_key);
        order.truncate(seconds);
        order.sort_unstable_by(by_key);
        let most = self.effort.firsts.min(order.len());
        self.work += (most * seconds) as u64;
        let spare = self.spare(draft, prices);
        // Where no rule is missed, changes can only add fines.
        let fines_rise = draft.missed().next().is_none();
        let sheet = Sheet::new(self, draft, order.iter().map(|&at| &changes[at]));
        let best_of = |beyond: &mut Vec<i64>, (rank, &first): (usize, &usize)| {
            let first_change = &changes[first];
            let fine = sheet.with(rank, beyond);
            let mut best: Option<(f64, usize, usize)> = None;
            for (other, &second) in order.iter().enumerate() {
                let change = &changes[second];
                if first_change.reduced + change.reduced > spare {
                    break;
                }
                if change.site == first_change.site {
                    continue;
                }
                let cost = first_change.cost + change.cost;
                let limit = best.map_or(-tolerance, |best: (f64, usize, usize)| best.0);
                if fines_rise && cost >= limit {
                    continue;
                }
                let value = cost + fine + sheet.fine(other, beyond);
                if value < limit {
                    best = Some((value, first, second));
                }
            }
            best
        };
        let firsts = order[..most].par_iter().enumerate();
        let found = firsts.map_init(Vec::new, best_of);
        let mut pairs: Vec<(f64, usize, usize)> = found.flatten_iter().collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        pairs.into_iter().map(|(_, first, second)| (changes[first], changes[second])).collect()
    }
}
