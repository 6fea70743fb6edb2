//! Changes of one schedule, or of two together, that make the true value of a plan better.
//!
//! The value falls only where the largest distance of some moment does (or a charge), so one of the changes brings
//! somebody who is farthest a nearer site, or somebody room who keeps them from one; the other makes room for it among the
//! rules, or helps elsewhere.

use std::collections::HashSet;

use super::truth::{Farthest, Truth};
use crate::mixed::dual::Domain;
use crate::mixed::service::{Draft, excess};

/// Work of changes in twos, in one descent.
const TWOS_MAX: u64 = 200_000_000;

/// Improves a plan that keeps the rules.
pub(super) struct Exchange<'a> {
    truth: &'a Truth<'a>,
    draft: Draft<'a>,
    domain: Domain,
    /// Value, and among equals the cost of the stand-in.
    now: (i128, f64),
    /// Values looked at, each so much work.
    looked: u64,
    /// Pairs looked at before where people were sent.
    sent: u64,
}

impl<'a> Exchange<'a> {
    /// Takes a plan; nothing where it breaks rules.
    pub(super) fn new(truth: &'a Truth<'a>, draft: Draft<'a>) -> Option<Self> {
        let value = truth.value(&draft).filter(|_| draft.keeps_rules())?;
        let now = (value, draft.cost());
        let domain = draft.mixed.all_schedules();
        Some(Self { truth, draft, domain, now, looked: 0, sent: truth.work_of_sending() })
    }

    pub(super) fn work(&self) -> u64 {
        let sent = self.truth.work_of_sending() - self.sent;
        self.draft.work + self.looked * self.truth.work() + sent
    }

    pub(super) fn into_best(self) -> (Vec<u32>, i128) {
        (self.draft.schedules, self.now.0)
    }

    /// Takes better changes as long as there are some; `goes_on(work)` is asked in between.
    pub(super) fn descend(&mut self, goes_on: &mut dyn FnMut(u64) -> bool) {
        let mut in_twos = 0;
        loop {
            let firsts = self.firsts();
            if self.take_one(&firsts, goes_on) {
                continue;
            }
            let before = self.work();
            let is_better = self.take_two(&firsts, TWOS_MAX.saturating_sub(in_twos), goes_on);
            in_twos += self.work() - before;
            if !is_better {
                return;
            }
        }
    }

    /// Lists changes that bring somebody who is farthest a nearer site, or room to somebody who keeps them from one, or
    /// that lower what is charged.
    fn firsts(&self) -> Vec<(usize, u32)> {
        let (draft, truth) = (&self.draft, self.truth);
        let mut firsts = Vec::new();
        let worst: Option<Vec<Farthest>> =
            truth.moments().map(|moment| truth.worst(draft, moment)).collect();
        let worst = worst.unwrap_or_default();
        let metres: Vec<u32> = worst.iter().map(|worst| worst.metres).collect();
        for (moment, worst) in worst.iter().enumerate() {
            if truth.counts(moment) && truth.decides(&metres, moment) {
                self.serving(worst, truth.moment(moment).1, &mut firsts);
            }
        }
        for (site, domain) in self.domain.iter().enumerate() {
            let now = draft.schedules[site];
            let is_cheaper = |&&s: &&u32| self.truth.charged_more(site, now, s) < 0;
            firsts.extend(domain.iter().filter(is_cheaper).map(|&s| (site, s)));
        }
        let mut seen = HashSet::new();
        firsts.retain(|&(site, s)| draft.schedules[site] != s && seen.insert((site, s)));
        firsts
    }

    /// Adds the changes with which a site offers more within reach of those who are farthest.
    fn serving(&self, worst: &Farthest, period: usize, firsts: &mut Vec<(usize, u32)>) {
        let (draft, mixed) = (&self.draft, self.draft.mixed);
        let layer = &mixed.layers[worst.layer];
        let room = |size: Option<usize>| match size {
            Some(_) if !layer.limited => u64::MAX,
            Some(size) => layer.sizes[size].unwrap_or(u64::MAX),
            None => 0,
        };
        let mut seen = vec![false; mixed.sites()];
        for &place in &worst.places {
            let near = draft.sites_near(place).take_while(|&(_, metres)| metres < worst.metres);
            for (site, _) in near {
                let site = site as usize;
                if std::mem::replace(&mut seen[site], true) {
                    continue;
                }
                let now = room(draft.offers(site, worst.layer, period));
                let offers = |&&s: &&u32| room(mixed.offered(site, s, worst.layer, period)) > now;
                firsts.extend(self.domain[site].iter().filter(offers).map(|&s| (site, s)));
            }
        }
    }

    /// Returns whether the draft as it is keeps the rules and is better; then it counts.
    fn is_better(&mut self) -> bool {
        self.looked += 1;
        let Some(value) = self.truth.value_up_to(&self.draft, self.now.0) else { return false };
        let now = (value, self.draft.cost());
        let is_less = now.0 < self.now.0 || now.1 < self.now.1 - 1e-6 * self.now.1.abs();
        if is_less && self.draft.floors_are_kept() && self.draft.goals_are_held() {
            self.now = now;
            return true;
        }
        false
    }

    fn take_one(&mut self, firsts: &[(usize, u32)], goes_on: &mut dyn FnMut(u64) -> bool) -> bool {
        for &(site, schedule) in firsts {
            if !goes_on(self.work()) {
                return false;
            }
            if !self.fits(site, schedule, 0) {
                continue;
            }
            let was = self.draft.schedules[site];
            self.draft.set(site, schedule);
            if self.is_better() {
                return true;
            }
            self.draft.set(site, was);
        }
        false
    }

    fn take_two(
        &mut self,
        firsts: &[(usize, u32)],
        most: u64,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> bool {
        let start = self.work();
        for &(site, schedule) in firsts {
            let was = self.draft.schedules[site];
            self.draft.set(site, schedule);
            let missed = self.draft.missed().count();
            for second in (0..self.domain.len()).filter(|&second| second != site) {
                if self.work() - start > most || !goes_on(self.work()) {
                    self.draft.set(site, was);
                    return false;
                }
                let kept = self.draft.schedules[second];
                for at in 0..self.domain[second].len() {
                    let other = self.domain[second][at];
                    if other == kept || !self.fits(second, other, missed) {
                        continue;
                    }
                    self.draft.set(second, other);
                    if self.is_better() {
                        return true;
                    }
                    self.draft.set(second, kept);
                }
            }
            self.draft.set(site, was);
        }
        false
    }

    /// Returns whether a change leaves no rule missed of which so many are now. Floors of coverage and goals that are held
    /// are not looked at.
    fn fits(&self, site: usize, schedule: u32, missed: usize) -> bool {
        let mixed = self.draft.mixed;
        let now = &mixed.brings[site][self.draft.schedules[site] as usize];
        let then = &mixed.brings[site][schedule as usize];
        let (mut at, mut mended) = ((0, 0), 0);
        loop {
            let (lost, gained) = (now.get(at.0), then.get(at.1));
            let rule = match (lost, gained) {
                (None, None) => return mended == missed,
                (Some(lost), Some(gained)) => lost.0.min(gained.0),
                (Some(one), None) | (None, Some(one)) => one.0,
            };
            let mut by = 0;
            // Goals that are held are looked at with the floors.
            let is_held = mixed.is_held(rule as usize);
            if let Some(&(_, brought)) = lost.filter(|lost| lost.0 == rule) {
                (by, at.0) = (by - brought, at.0 + 1);
            }
            if let Some(&(_, brought)) = gained.filter(|gained| gained.0 == rule) {
                (by, at.1) = (by + brought, at.1 + 1);
            }
            let row = &mixed.rules[rule as usize];
            let beyond = self.draft.usage[rule as usize] - row.right;
            if !is_held && excess(beyond + by, row.exactly) > 0 {
                return false;
            }
            mended += usize::from(!is_held && excess(beyond, row.exactly) > 0);
        }
    }
}
