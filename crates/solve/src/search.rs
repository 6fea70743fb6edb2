//! Local search over opening times.
//!
//! One move covers swaps of sites and of times: two sites exchange their periods, "never" being the
//! period after the last. For one incoming site the gain against every partner is found in a single
//! pass over its points, as in the swap evaluation of Resende and Werneck (2007) for the p-median,
//! with a time index: delta(f, j) = sum over t in [tau_f, tau_j) of loss_f(t) - extra_fj(t) - gain_j(t).
//! Where opening costs something, sites also open into spare openings and close.

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE};
use crate::rows::{Neighbours, RowSource};

/// Is a choice of periods with, for every point and period, its nearest and second nearest cost.
#[derive(Clone)]
pub(crate) struct Timetable<'a> {
    instance: &'a Instance,
    rows: RowSource<'a>,
    /// Period of each candidate; `periods` where it never opens.
    pub(crate) opens: Vec<usize>,
    nearest: Vec<Nearest>,
    /// What removing a site from a period costs, site-major.
    loss: Vec<f64>,
    /// Openings left in each period.
    spare: Vec<u32>,
    /// The sites that open, in no order.
    open: Vec<u32>,
    /// Position of each site in `open`.
    place: Vec<u32>,
    /// For the periods a..b, at `a * periods + b - 1`: the site that opens in a and is missed least until b.
    missed_least: Vec<Option<(f64, u32)>>,
    /// Whether `missed_least` still holds.
    settled: bool,
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
    /// The next one; [`NO_SITE`] where there is none.
    next: u32,
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

/// Holds sums of one evaluation, kept to be used again.
#[derive(Default)]
pub(crate) struct Scratch {
    /// What of the loss of a site an incoming one makes good, site-major; zero between evaluations.
    extra: Vec<f64>,
    gain: Vec<f64>,
    /// Sites with something in `extra`.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

impl<'a> Timetable<'a> {
    /// Returns the timetable of a choice (`periods` or more meaning never).
    pub(crate) fn new(instance: &'a Instance, rows: RowSource<'a>, opens: Vec<usize>) -> Self {
        let periods = instance.periods;
        let empty = Nearest { cost: 0, second: 0, site: NO_SITE, next: NO_SITE };
        let opens: Vec<usize> = opens.into_iter().map(|period| period.min(periods)).collect();
        let mut timetable = Self {
            instance,
            rows,
            nearest: vec![empty; instance.points * periods],
            loss: vec![0.0; instance.candidates.len() * periods],
            spare: instance.quotas.clone(),
            open: Vec::new(),
            place: vec![NO_SITE; opens.len()],
            missed_least: vec![None; periods * periods],
            settled: false,
            value: 0.0,
            work: 0,
            tolerance: 0.0,
            opens: vec![periods; opens.len()],
        };
        for (site, &period) in opens.iter().enumerate() {
            timetable.set_period(site, period);
            if period < periods {
                timetable.spare[period] = timetable.spare[period].saturating_sub(1);
            }
        }
        for point in 0..instance.points {
            timetable.find_nearest(point);
        }
        timetable.recount();
        timetable
    }

    /// Notes the period of a site.
    fn set_period(&mut self, site: usize, period: usize) {
        let periods = self.instance.periods;
        let (was_open, is_open) = (self.opens[site] < periods, period < periods);
        self.opens[site] = period;
        self.rows.note_period(site, period, periods);
        if is_open && !was_open {
            self.place[site] = self.open.len() as u32;
            self.open.push(site as u32);
        } else if was_open && !is_open {
            let place = self.place[site] as usize;
            self.open.swap_remove(place);
            if let Some(&moved) = self.open.get(place) {
                self.place[moved as usize] = place as u32;
            }
        }
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

    /// Calls `visit` with the points of a site and their costs.
    pub(crate) fn with_row(&mut self, site: usize, visit: impl FnOnce(&mut Self, &[u32], &[u32])) {
        self.rows.refresh(self.instance, &self.nearest);
        let row = self.rows.take(site);
        visit(self, row.points(), row.costs());
        self.rows.put_back(row);
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

    /// Applies improving exchanges until a whole pass over `sites` finds none; `goes_on` sees the work and
    /// the value after every site and may end it early.
    pub(crate) fn descend(
        &mut self,
        sites: &[u32],
        scratch: &mut Scratch,
        mut goes_on: impl FnMut(u64, f64) -> bool,
    ) {
        self.recount();
        let mut unchanged = 0;
        for &site in sites.iter().cycle() {
            if unchanged == sites.len() {
                return;
            }
            unchanged = if self.try_site(site as usize, scratch) { 0 } else { unchanged + 1 };
            if !goes_on(self.work, self.value) {
                return;
            }
        }
    }

    /// Applies improving exchanges of the sites in a queue, and of the neighbours of every site that
    /// moved, until there is none left.
    pub(crate) fn settle(
        &mut self,
        mut queue: Vec<u32>,
        neighbours: &Neighbours,
        scratch: &mut Scratch,
        mut goes_on: impl FnMut() -> bool,
    ) {
        self.recount();
        let mut queued = vec![false; self.opens.len()];
        queue.iter().for_each(|&site| queued[site as usize] = true);
        let mut at = 0;
        while at < queue.len() && goes_on() {
            let site = queue[at];
            at += 1;
            queued[site as usize] = false;
            while let Some(other) = self.improved_by(site as usize, scratch) {
                let moved = [Some(site), (other != NO_SITE).then_some(other)];
                for &near in moved.into_iter().flatten().flat_map(|site| neighbours.of(site)) {
                    if !std::mem::replace(&mut queued[near as usize], true) {
                        queue.push(near);
                    }
                }
            }
        }
    }

    fn try_site(&mut self, site: usize, scratch: &mut Scratch) -> bool {
        self.improved_by(site, scratch).is_some()
    }

    /// Applies the best improving exchange of a site; returns its partner.
    fn improved_by(&mut self, site: usize, scratch: &mut Scratch) -> Option<u32> {
        let best = self.closing(site).or_else(|| self.best_exchange(site, scratch))?;
        self.improve(site, best).then_some(best.outgoing)
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
    fn best_exchange(&mut self, site: usize, scratch: &mut Scratch) -> Option<Exchange> {
        let until = self.opens[site];
        if until == 0 || !self.instance.candidates[site].may_open_ever() {
            return None;
        }
        self.gain_and_extra(site, until, scratch);
        self.find_missed_least();
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
    fn find_missed_least(&mut self) {
        if self.settled {
            return;
        }
        self.settled = true;
        let periods = self.instance.periods;
        self.missed_least.fill(None);
        for &site in &self.open {
            let candidate = self.instance.candidates[site as usize];
            let (from, row) = (self.opens[site as usize], site as usize * periods);
            let mut loss = 0.0;
            for until in from + 1..=periods {
                loss += self.loss[row + until - 1];
                let never = until == periods;
                let gives_up = if never {
                    !candidate.required
                } else {
                    self.instance.may_open(site as usize, until)
                };
                let saved = if never { candidate.opening_cost } else { 0.0 };
                let least = &mut self.missed_least[from * periods + until - 1];
                let offer = (loss - saved, site);
                if gives_up && least.is_none_or(|least| offer < least) {
                    *least = Some(offer);
                }
            }
        }
    }

    /// Finds what opening a site in each period before `until` saves, and what of the loss of the present
    /// nearest site it makes good.
    fn gain_and_extra(&mut self, site: usize, until: usize, scratch: &mut Scratch) {
        let periods = self.instance.periods;
        scratch.fit(self.opens.len(), periods);
        self.with_row(site, |timetable, points, costs| {
            timetable.work += points.len() as u64;
            for (&point, &cost) in points.iter().zip(costs) {
                let at = point as usize * periods..point as usize * periods + until;
                let weights = &timetable.instance.weights[at.clone()];
                for (t, (nearest, &weight)) in timetable.nearest[at].iter().zip(weights).enumerate()
                {
                    // Costs do not rise with the periods: what is too dear now is later, too.
                    if cost >= nearest.second {
                        break;
                    }
                    scratch.add(t, nearest, (cost, weight), periods);
                }
            }
        });
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
        self.settled = false;
        self.set_period(site, after);
        self.value += self.opening_cost_between(site, before, after);
        if outgoing == NO_SITE {
            if after < self.instance.periods {
                self.spare[after] -= 1;
            }
            if before < self.instance.periods {
                self.spare[before] += 1;
            }
        } else {
            let outgoing = outgoing as usize;
            self.value += self.opening_cost_between(outgoing, after, before);
            self.set_period(outgoing, before);
            if after < before {
                self.moved(outgoing, after, before);
            }
        }
        self.moved(site, before, after);
        if outgoing != NO_SITE && before < after {
            self.moved(outgoing as usize, after, before);
        }
    }

    /// Brings the points up to date of a site that moved from one period to another: those that lost it are
    /// looked at anew, those that gained it take it in.
    fn moved(&mut self, site: usize, before: usize, after: usize) {
        let periods = self.instance.periods;
        self.with_row(site, |timetable, points, costs| {
            if before < after {
                for &point in points {
                    let row = point as usize * periods;
                    let lost = timetable.nearest[row + before..row + after]
                        .iter()
                        .any(|nearest| nearest.site == site as u32 || nearest.next == site as u32);
                    if lost {
                        timetable.refresh(point as usize);
                    }
                }
            } else {
                for (&point, &cost) in points.iter().zip(costs) {
                    for t in after..before {
                        timetable.take_in(point as usize, t, (site as u32, cost));
                    }
                }
            }
        });
    }

    /// Lets a site serve a point in a period.
    fn take_in(&mut self, point: usize, period: usize, (site, cost): (u32, u32)) {
        let at = point * self.instance.periods + period;
        let old = self.nearest[at];
        if cost >= old.second || old.site == site || old.next == site {
            return;
        }
        let new = if cost < old.cost {
            Nearest { cost, site, second: old.cost, next: old.site }
        } else {
            Nearest { second: cost, next: site, ..old }
        };
        self.count_one(at, -1.0);
        self.nearest[at] = new;
        self.count_one(at, 1.0);
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
            self.count_one(point * periods + t, sign);
        }
    }

    fn count_one(&mut self, at: usize, sign: f64) {
        let nearest = self.nearest[at];
        let weight = sign * self.instance.weights[at];
        self.value += weight * f64::from(nearest.cost);
        if nearest.site != NO_SITE {
            let periods = self.instance.periods;
            self.loss[nearest.site as usize * periods + at % periods] +=
                weight * f64::from(nearest.second - nearest.cost);
        }
    }

    /// Finds the two nearest open sites of a point in every period, which come by rising cost: a site that
    /// opens in a period serves all later ones.
    fn find_nearest(&mut self, point: usize) {
        let instance = self.instance;
        let periods = instance.periods;
        let row = &mut self.nearest[point * periods..(point + 1) * periods];
        for (t, nearest) in row.iter_mut().enumerate() {
            let ceiling = instance.ceiling(point, t);
            *nearest = Nearest { cost: ceiling, second: ceiling, site: NO_SITE, next: NO_SITE };
        }
        // In periods from `first` on the nearest is known, from `second` on the second nearest.
        let (mut first, mut second) = (periods, periods);
        self.rows.nearest(instance, &self.opens, point, |site, cost, opens| {
            if opens >= second {
                return second;
            }
            let seconds = opens.max(first);
            for nearest in &mut row[seconds..second.max(seconds)] {
                if cost < nearest.second {
                    nearest.second = cost;
                    nearest.next = site;
                }
            }
            for nearest in &mut row[opens.min(first)..first] {
                if cost < nearest.cost {
                    nearest.cost = cost;
                    nearest.site = site;
                }
            }
            second = second.min(seconds);
            first = first.min(opens);
            second
        });
        let farthest = self.nearest[point * periods].second;
        self.rows.note_reach(point, farthest);
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
