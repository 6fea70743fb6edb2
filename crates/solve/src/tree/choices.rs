//! Plans near what patches choose.

use super::quilt::Quilt;
use crate::assignment::{NEVER, assign};

/// Share of the work that descents from the choices of patches may take.
const SEARCH_SHARE: f64 = 0.1;

/// Is a choice of all patches together, and by how many openings it passes quotas.
pub(super) struct Choice {
    over: Vec<i64>,
    opens: Vec<usize>,
    /// A choice near it that keeps the quotas.
    pub(super) kept: Option<Vec<usize>>,
}

impl Quilt<'_> {
    /// Returns the choice of all patches together.
    pub(super) fn choice_of_all(&self) -> Choice {
        let opens = self.choice();
        Choice { over: self.over(&opens), kept: self.kept_choice(&opens), opens }
    }

    /// Tries plans near a choice of all patches.
    pub(super) fn try_choices(&mut self, choice: Choice) {
        let mixed = self.mixed().or_else(|| self.between(&choice));
        self.try_choice(choice.kept.as_deref());
        self.try_choice(mixed.as_deref());
        self.descend(mixed.as_deref().or(choice.kept.as_deref()));
        self.seen.push(Choice { kept: None, ..choice });
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

    /// Returns a choice that keeps the quotas: patch by patch that of one, or of an earlier one that passes quotas
    /// which this one leaves, or leaves those that it passes.
    fn between(&self, choice: &Choice) -> Option<Vec<usize>> {
        let is_opposed = |other: &&Choice| {
            let products = choice.over.iter().zip(&other.over).map(|(a, b)| a * b);
            products.sum::<i64>() < 0
        };
        let other = self.seen.iter().rev().find(is_opposed)?;
        let norm = |over: &[i64]| over.iter().map(|over| over * over).sum::<i64>();
        let (mut opens, mut over) = (choice.opens.clone(), choice.over.clone());
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

    /// Returns the choice that keeps the quota of a single period and is best by what the choices seen of each patch
    /// come to.
    fn mixed(&self) -> Option<Vec<usize>> {
        let instance = self.ground.instance;
        let [quota] = instance.quotas[..] else { return None };
        let seams = self.shifts.seams.as_ref()?;
        seams.mixed(&self.multipliers, quota, instance.candidates.len())
    }

    /// Returns the choice of all patches together, by places in the core.
    pub(super) fn choice(&self) -> Vec<usize> {
        let mut opens = vec![NEVER; self.ground.instance.candidates.len()];
        for grown in self.grown.values() {
            for (&site, &period) in grown.sites.iter().zip(&grown.opens) {
                opens[site as usize] = period;
            }
        }
        opens
    }

    /// Returns by how many openings a choice passes the quota of each period; below 0 where some are left.
    fn over(&self, opens: &[usize]) -> Vec<i64> {
        let quotas = &self.ground.instance.quotas;
        let mut over: Vec<i64> = quotas.iter().map(|&quota| -i64::from(quota)).collect();
        for &period in opens {
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

    /// Returns a choice that keeps the quotas and is as near as may be to that of the patches.
    fn kept_choice(&self, opens: &[usize]) -> Option<Vec<usize>> {
        let (instance, prices) = (self.ground.instance, &self.multipliers.prices);
        let pricing = self.tree.exact.price(instance, &self.multipliers)?;
        let periods = instance.periods;
        let worth =
            |at: usize| (pricing.opened(at / periods, at % periods) - prices[at % periods]) as f64;
        let mut worth: Vec<f64> = (0..instance.candidates.len() * periods).map(worth).collect();
        let most = worth.iter().fold(1.0, |most: f64, worth| most.max(-worth));
        for (site, &period) in opens.iter().enumerate().filter(|(_, p)| **p != NEVER) {
            worth[site * periods + period] -= 4.0 * most;
        }
        let assignment = assign(instance, &worth);
        assignment.complete.then_some(assignment.period)
    }
}
