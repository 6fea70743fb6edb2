//! What exchanges bring: for one incoming site the gain against every partner is found in a single pass over
//! its points, as in the swap evaluation of Resende and Werneck (2007) for the p-median, with a time index:
//! delta(f, j) = sum over t in [tau_f, tau_j) of loss_f(t) - extra_fj(t) - gain_j(t).

use super::moves::Exchange;
use super::{MISSED, Nearest, Timetable};
use crate::instance::NO_SITE;
use crate::space::Row;

/// Open sites times periods up to which all of them are looked at after every move, and moves after which
/// they are looked at otherwise.
const LOOK_ALWAYS: usize = 2000;
const LOOK_EVERY: usize = 1000;

/// Holds sums of one evaluation, kept to be used again.
#[derive(Default)]
pub(crate) struct Scratch {
    /// What of the loss of a site an incoming one makes good, site-major; zero between evaluations.
    extra: Vec<f64>,
    gain: Vec<f64>,
    /// Sites with something in `extra`.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
    /// Whether a site waits to be looked at; false between searches.
    pub(super) queued: Vec<bool>,
    /// The row that is looked at, where it is measured.
    row: Row,
    /// Pairs looked at.
    pub(super) work: u64,
}

impl Timetable<'_> {
    /// Returns the best improving exchange of a site.
    pub(super) fn offer(&self, site: usize, scratch: &mut Scratch) -> Option<Exchange> {
        self.closing(site).or_else(|| self.best_exchange(site, scratch))
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

    /// Returns the best improving exchange that brings a site forward.
    fn best_exchange(&self, site: usize, scratch: &mut Scratch) -> Option<Exchange> {
        let until = self.opens[site];
        if until == 0 || !self.instance.candidates[site].may_open_ever() {
            return None;
        }
        self.gain_and_extra(site, until, scratch);
        let mut best: Option<Exchange> = None;
        let mut offer = |outgoing: u32, period: usize, delta: f64| {
            let better = best.is_none_or(|b: Exchange| {
                delta < b.delta || (delta == b.delta && outgoing < b.outgoing)
            });
            if delta < -self.tolerance && better {
                best = Some(Exchange { outgoing, period, delta });
            }
        };
        let periods = self.instance.periods;
        let gain = &scratch.gain;
        for &other in &scratch.touched {
            let from = self.opens[other as usize];
            if from < until && self.allowed(other as usize, site) {
                let row = other as usize * periods;
                let delta: f64 = (from..until)
                    .map(|t| self.loss[row + t] - scratch.extra[row + t] - gain[t])
                    .sum();
                offer(other, from, delta + self.opening_costs_between(site, other as usize));
            }
        }
        for from in 0..until {
            let gained: f64 = gain[from..until].iter().sum();
            if let Some((loss, other)) = self.missed_least[from * periods + until - 1]
                && self.allowed(other as usize, site)
            {
                let opening = self.opening_cost_between(site, until, from);
                offer(other, from, loss - gained + opening);
            }
            if self.spare[from] > 0 && self.instance.may_open(site, from) {
                let opening = self.opening_cost_between(site, until, from);
                offer(NO_SITE, from, opening - gained);
            }
        }
        scratch.clear(periods);
        best
    }

    /// Returns what opening costs change when two sites exchange their periods.
    fn opening_costs_between(&self, site: usize, other: usize) -> f64 {
        let (until, from) = (self.opens[site], self.opens[other]);
        self.opening_cost_between(site, until, from) + self.opening_cost_between(other, from, until)
    }

    /// Finds, for every range of periods, which site that opens at its start is missed least in it and may
    /// give it up. What closing it saves is taken off.
    pub(super) fn find_missed_least(&mut self) {
        if self.settled {
            return;
        }
        let most =
            if self.open.len() * self.instance.periods > LOOK_ALWAYS { LOOK_EVERY } else { 0 };
        if self.moves_since > most {
            self.look_for_missed();
        }
        self.settled = true;
        let periods = self.instance.periods;
        for from in 0..periods {
            for until in from + 1..=periods {
                let at = from * periods + until - 1;
                let sites = self.missed_little[at].iter().take_while(|&&site| site != NO_SITE);
                let here = sites.filter(|&&site| self.opens[site as usize] == from);
                let missed = here.filter_map(|&site| Some((self.missed(site, until)?, site)));
                self.missed_least[at] =
                    missed.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            }
        }
    }

    /// Returns what putting off an open site until a period costs, or closing it; `None` where it may not be.
    fn missed(&self, site: u32, until: usize) -> Option<f64> {
        let periods = self.instance.periods;
        let candidate = self.instance.candidates[site as usize];
        let row = site as usize * periods;
        let loss: f64 = self.loss[row + self.opens[site as usize]..row + until].iter().sum();
        if until == periods {
            return (!candidate.required).then_some(loss - candidate.opening_cost);
        }
        self.instance.may_open(site as usize, until).then_some(loss)
    }

    /// Looks at all open sites for those that are missed least.
    pub(super) fn look_for_missed(&mut self) {
        let periods = self.instance.periods;
        let mut least = vec![[(f64::INFINITY, NO_SITE); MISSED]; periods * periods];
        for &site in &self.open {
            let from = self.opens[site as usize];
            for until in from + 1..=periods {
                let Some(missed) = self.missed(site, until) else { continue };
                let least = &mut least[from * periods + until - 1];
                if (missed, site) < least[MISSED - 1] {
                    let place = least.partition_point(|other| *other < (missed, site));
                    least[place..].rotate_right(1);
                    least[place] = (missed, site);
                }
            }
        }
        for (sites, least) in self.missed_little.iter_mut().zip(least) {
            *sites = least.map(|(_, site)| site);
        }
        self.moves_since = 0;
        self.settled = false;
    }

    /// Finds what opening a site in each period before `until` saves, and what of the loss of the present
    /// nearest site it makes good.
    fn gain_and_extra(&self, site: usize, until: usize, scratch: &mut Scratch) {
        let periods = self.instance.periods;
        scratch.fit(self.opens.len(), periods);
        let mut row = std::mem::take(&mut scratch.row);
        let (points, costs) = self.rows.read(site, &mut row);
        scratch.work += self.rows.work_of_row(points.len());
        for (&point, &cost) in points.iter().zip(costs) {
            let at = point as usize * periods..point as usize * periods + until;
            let weights = &self.instance.weights[at.clone()];
            for (t, (nearest, &weight)) in self.nearest[at].iter().zip(weights).enumerate() {
                // Costs do not rise with the periods: what is too dear now is later, too.
                if cost >= nearest.second {
                    break;
                }
                scratch.add(t, nearest, (cost, weight), periods);
            }
        }
        scratch.row = row;
    }
}

impl Scratch {
    fn fit(&mut self, sites: usize, periods: usize) {
        self.extra.resize(sites * periods, 0.0);
        self.is_touched.resize(sites, false);
        self.gain.clear();
        self.gain.resize(periods, 0.0);
    }

    /// Counts a pair in a period.
    fn add(&mut self, t: usize, nearest: &Nearest, (cost, weight): (u32, f64), periods: usize) {
        if cost < nearest.cost {
            self.gain[t] += weight * f64::from(nearest.cost - cost);
        }
        if nearest.site != NO_SITE {
            let site = nearest.site as usize;
            self.extra[site * periods + t] +=
                weight * f64::from(nearest.second - nearest.cost.max(cost));
            if !std::mem::replace(&mut self.is_touched[site], true) {
                self.touched.push(nearest.site);
            }
        }
    }

    fn clear(&mut self, periods: usize) {
        for site in self.touched.drain(..) {
            let site = site as usize;
            self.extra[site * periods..(site + 1) * periods].fill(0.0);
            self.is_touched[site] = false;
        }
    }
}
