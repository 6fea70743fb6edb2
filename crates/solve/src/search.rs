//! Local search over opening times.
//!
//! One move covers swaps of sites and of times: two sites exchange their periods, "never" being the
//! period after the last. For one incoming site the gain against every partner is found in a single
//! pass over its points, as in the swap evaluation of Resende and Werneck (2007) for the p-median,
//! with a time index: delta(f, j) = sum over t in [tau_f, tau_j) of loss_f(t) - extra_fj(t) - gain_j(t).
//! Where opening costs something, sites also open into spare openings and close.

use std::sync::Arc;

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE, SiteRows};

/// Is a choice of periods with, for every point and period, its nearest and second nearest cost.
#[derive(Clone)]
pub(crate) struct Timetable<'a> {
    instance: &'a Instance,
    rows: Arc<SiteRows>,
    /// Period of each candidate; `periods` where it never opens.
    pub(crate) opens: Vec<usize>,
    nearest: Vec<Nearest>,
    /// What removing a site from a period costs, site-major.
    loss: Vec<f64>,
    /// Openings left in each period.
    spare: Vec<u32>,
    /// Weighted cost over all points and periods.
    pub(crate) value: f64,
    /// Pairs looked at so far.
    pub(crate) work: u64,
    /// Smaller improvements may be rounding.
    tolerance: f64,
}

/// Is what serves a point in a period.
#[derive(Clone, Copy)]
pub(crate) struct Nearest {
    /// Cost of the nearest open site, or of none.
    pub(crate) cost: u32,
    /// Cost of the next one.
    pub(crate) second: u32,
    /// The nearest open candidate; [`NO_SITE`] where none of them serves.
    pub(crate) site: u32,
}

/// Is an improving exchange.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    /// The site that gives up its period; [`NO_SITE`] when a spare opening is used or one falls free.
    outgoing: u32,
    /// Period that the moved site takes; the number of periods when it closes.
    period: usize,
    delta: f64,
}

impl<'a> Timetable<'a> {
    /// Returns the timetable of a choice (`periods` or more meaning never).
    pub(crate) fn new(instance: &'a Instance, rows: Arc<SiteRows>, opens: Vec<usize>) -> Self {
        let periods = instance.periods;
        let empty = Nearest { cost: 0, second: 0, site: NO_SITE };
        let mut spare = instance.quotas.clone();
        let opens: Vec<usize> = opens.into_iter().map(|period| period.min(periods)).collect();
        for &period in opens.iter().filter(|&&period| period < periods) {
            spare[period] = spare[period].saturating_sub(1);
        }
        let mut timetable = Self {
            instance,
            rows,
            nearest: vec![empty; instance.points * periods],
            loss: vec![0.0; instance.candidates.len() * periods],
            spare,
            value: 0.0,
            work: 0,
            tolerance: 0.0,
            opens,
        };
        for point in 0..instance.points {
            timetable.find_nearest(point);
        }
        timetable.recount();
        timetable
    }

    /// Returns the period of each candidate, or [`NEVER`].
    pub(crate) fn choice(&self) -> Vec<usize> {
        let periods = self.instance.periods;
        self.opens.iter().map(|&t| if t < periods { t } else { NEVER }).collect()
    }

    /// Returns what serves a point in a period.
    pub(crate) fn nearest(&self, point: usize, period: usize) -> Nearest {
        self.nearest[point * self.instance.periods + period]
    }

    /// Iterates over the (point, cost) pairs of a site.
    pub(crate) fn row(&self, site: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.rows.of(site)
    }

    /// Returns whether a period has an opening left.
    pub(crate) fn has_spare(&self, period: usize) -> bool {
        self.spare[period] > 0
    }

    /// Opens a closed site where there is an opening left, or closes an open one, whatever that costs.
    pub(crate) fn toggle(&mut self, site: usize) {
        let periods = self.instance.periods;
        let closed = self.opens[site] == periods;
        let fits = |&t: &usize| self.spare[t] > 0 && self.instance.may_open(site, t);
        let period = if closed { (0..periods).find(fits) } else { Some(periods) };
        if let Some(period) = period.filter(|_| closed || self.may_close(site)) {
            self.apply(site, Exchange { outgoing: NO_SITE, period, delta: 0.0 });
        }
    }

    fn may_close(&self, site: usize) -> bool {
        !self.instance.candidates[site].required && !self.instance.exactly
    }

    /// Moves a site forward into an opening that is left.
    pub(crate) fn bring_forward(&mut self, site: usize, period: usize) {
        self.apply(site, Exchange { outgoing: NO_SITE, period, delta: 0.0 });
    }

    /// Applies improving exchanges until a whole pass finds none; `goes_on` sees the work and the value after
    /// every site and may end it early.
    pub(crate) fn descend(&mut self, mut goes_on: impl FnMut(u64, f64) -> bool) {
        self.recount();
        let candidates = self.opens.len();
        let mut scratch = vec![0.0; candidates * self.instance.periods];
        let mut unchanged = 0;
        let mut site = 0;
        while unchanged < candidates {
            let best = self.closing(site).or_else(|| self.best_exchange(site, &mut scratch));
            match best {
                Some(exchange) if self.improve(site, exchange) => unchanged = 0,
                _ => unchanged += 1,
            }
            site = (site + 1) % candidates;
            if !goes_on(self.work, self.value) {
                return;
            }
        }
    }

    /// Exchanges the periods of two sites, whatever that costs, if their windows allow it.
    pub(crate) fn exchange(&mut self, a: usize, b: usize) -> bool {
        let (early, late) = if self.opens[a] <= self.opens[b] { (a, b) } else { (b, a) };
        let period = self.opens[early];
        if period == self.opens[late] || !self.allowed(early, late) {
            return false;
        }
        self.apply(late, Exchange { outgoing: early as u32, period, delta: 0.0 });
        true
    }

    /// Returns whether `early` may take the period of `late` and the other way round.
    pub(crate) fn allowed(&self, early: usize, late: usize) -> bool {
        let instance = self.instance;
        let after = if self.opens[late] == instance.periods {
            !instance.candidates[early].required
        } else {
            instance.may_open(early, self.opens[late])
        };
        after && instance.may_open(late, self.opens[early])
    }

    /// Returns the closing of a site that costs more than it saves.
    fn closing(&self, site: usize) -> Option<Exchange> {
        let (periods, cost) = (self.instance.periods, self.instance.candidates[site].opening_cost);
        if cost <= 0.0 || self.opens[site] == periods || !self.may_close(site) {
            return None;
        }
        let row = site * periods;
        let lost: f64 = self.loss[row + self.opens[site]..row + periods].iter().sum();
        let delta = lost - cost;
        let exchange = Exchange { outgoing: NO_SITE, period: periods, delta };
        (delta < -self.tolerance).then_some(exchange)
    }

    /// Returns what opening a site costs, if it is closed in one of two periods and open in the other.
    fn opening_cost_between(&self, site: usize, before: usize, after: usize) -> f64 {
        let periods = self.instance.periods;
        let cost = self.instance.candidates[site].opening_cost;
        match (before == periods, after == periods) {
            (true, false) => cost,
            (false, true) => -cost,
            _ => 0.0,
        }
    }

    /// Returns the best improving exchange that brings a site forward.
    fn best_exchange(&mut self, site: usize, extra: &mut [f64]) -> Option<Exchange> {
        let until = self.opens[site];
        if until == 0 {
            return None;
        }
        let gain = self.gain_and_extra(site, until, extra);
        let tolerance = self.tolerance;
        let mut best: Option<Exchange> = None;
        let mut offer = |outgoing: u32, period: usize, delta: f64| {
            let better = best.is_none_or(|b: Exchange| {
                delta < b.delta || (delta == b.delta && outgoing < b.outgoing)
            });
            if delta < -tolerance && better {
                best = Some(Exchange { outgoing, period, delta });
            }
        };
        let periods = self.instance.periods;
        for other in 0..self.opens.len() {
            let from = self.opens[other];
            if from < until && self.allowed(other, site) {
                let row = other * periods;
                let delta: f64 =
                    (from..until).map(|t| self.loss[row + t] - extra[row + t] - gain[t]).sum();
                let opening = self.opening_cost_between(site, until, from)
                    + self.opening_cost_between(other, from, until);
                offer(other as u32, from, delta + opening);
            }
        }
        for period in 0..until {
            if self.spare[period] > 0 && self.instance.may_open(site, period) {
                let opening = self.opening_cost_between(site, until, period);
                offer(NO_SITE, period, opening - gain[period..until].iter().sum::<f64>());
            }
        }
        self.clear_extra(site, until, extra);
        best
    }

    /// Returns what opening a site in each period before `until` saves, and adds to `extra` what of the
    /// loss of the present nearest site it makes good.
    fn gain_and_extra(&mut self, site: usize, until: usize, extra: &mut [f64]) -> Vec<f64> {
        let periods = self.instance.periods;
        let mut gain = vec![0.0; periods];
        let mut pairs = 0;
        for (point, cost) in self.rows.of(site) {
            pairs += 1;
            let at = point * periods..point * periods + until;
            let weights = &self.instance.weights[at.clone()];
            for (t, (nearest, &weight)) in self.nearest[at].iter().zip(weights).enumerate() {
                if cost < nearest.cost {
                    gain[t] += weight * f64::from(nearest.cost - cost);
                }
                if cost < nearest.second && nearest.site != NO_SITE {
                    extra[nearest.site as usize * periods + t] +=
                        weight * f64::from(nearest.second - nearest.cost.max(cost));
                }
            }
        }
        self.work += pairs;
        gain
    }

    fn clear_extra(&self, site: usize, until: usize, extra: &mut [f64]) {
        let periods = self.instance.periods;
        for (point, _) in self.rows.of(site) {
            for t in 0..until {
                let nearest = self.nearest[point * periods + t].site;
                if nearest != NO_SITE {
                    extra[nearest as usize * periods + t] = 0.0;
                }
            }
        }
    }

    /// Applies an exchange and takes it back if rounding made it look better than it is.
    fn improve(&mut self, site: usize, exchange: Exchange) -> bool {
        let (value, until) = (self.value, self.opens[site]);
        self.apply(site, exchange);
        if self.value < value - 0.5 * self.tolerance {
            return true;
        }
        self.apply(site, Exchange { period: until, ..exchange });
        false
    }

    fn apply(&mut self, site: usize, exchange: Exchange) {
        let before = self.opens[site];
        let (outgoing, after) = (exchange.outgoing, exchange.period);
        self.opens[site] = after;
        self.value += self.opening_cost_between(site, before, after);
        if outgoing == NO_SITE {
            if after < self.instance.periods {
                self.spare[after] -= 1;
            }
            if before < self.instance.periods {
                self.spare[before] += 1;
            }
        } else {
            self.value += self.opening_cost_between(outgoing as usize, after, before);
            self.opens[outgoing as usize] = before;
        }
        self.update(site, outgoing);
    }

    /// Brings the points up to date that two sites can serve.
    fn update(&mut self, site: usize, other: u32) {
        let rows = Arc::clone(&self.rows);
        for (point, _) in rows.of(site) {
            self.refresh(point);
        }
        if other != NO_SITE {
            for (point, _) in rows.of(other as usize) {
                self.refresh(point);
            }
        }
    }

    fn refresh(&mut self, point: usize) {
        self.count(point, -1.0);
        self.find_nearest(point);
        self.count(point, 1.0);
    }

    /// Sums value and losses anew, free of the rounding that updates leave behind.
    fn recount(&mut self) {
        let periods = self.instance.periods;
        let candidates = self.opens.iter().zip(&self.instance.candidates);
        let open = candidates.filter(|(opens, _)| **opens < periods);
        self.value = open.map(|(_, site)| site.opening_cost).sum();
        self.loss.fill(0.0);
        for point in 0..self.instance.points {
            self.count(point, 1.0);
        }
        self.tolerance = 1e-9 + 1e-13 * self.value.abs();
    }

    /// Adds a point's share (times `sign`) to the value and the losses.
    fn count(&mut self, point: usize, sign: f64) {
        let periods = self.instance.periods;
        for t in 0..periods {
            let nearest = self.nearest[point * periods + t];
            let weight = sign * self.instance.weights[point * periods + t];
            self.value += weight * f64::from(nearest.cost);
            if nearest.site != NO_SITE {
                self.loss[nearest.site as usize * periods + t] +=
                    weight * f64::from(nearest.second - nearest.cost);
            }
        }
    }

    /// Finds the two nearest open sites of a point in every period by one scan of its list: a site
    /// that opens in a period serves all later ones.
    fn find_nearest(&mut self, point: usize) {
        let instance = self.instance;
        let periods = instance.periods;
        let row = &mut self.nearest[point * periods..(point + 1) * periods];
        for (t, nearest) in row.iter_mut().enumerate() {
            let ceiling = instance.ceiling(point, t);
            *nearest = Nearest { cost: ceiling, second: ceiling, site: NO_SITE };
        }
        // In periods from `first` on the nearest is known, from `second` on the second nearest.
        let (mut first, mut second) = (periods, periods);
        for (site, cost) in instance.near.of(point) {
            let opens = self.opens[site as usize];
            if opens >= second {
                continue;
            }
            let seconds = opens.max(first);
            for nearest in &mut row[seconds..second.max(seconds)] {
                nearest.second = nearest.second.min(cost);
            }
            for nearest in &mut row[opens.min(first)..first] {
                if cost < nearest.cost {
                    nearest.cost = cost;
                    nearest.site = site;
                }
            }
            second = second.min(seconds);
            first = first.min(opens);
            if second == 0 {
                break;
            }
        }
    }
}
