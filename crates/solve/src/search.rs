//! Local search over opening times.
//!
//! One move covers swaps of sites and of times: two sites exchange their periods, "never" being the
//! period after the last. For one incoming site the gain against every partner is found in a single
//! pass over its points, as in the swap evaluation of Resende and Werneck (2007) for the p-median,
//! with a time index: delta(f, j) = sum over t in [tau_f, tau_j) of loss_f(t) - extra_fj(t) - gain_j(t).
//! Where opening costs something, sites also open into spare openings and close.

use rayon::prelude::*;

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE};
use crate::rows::{Neighbours, RowSource};
use crate::space::Row;

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
    /// For the periods a..b, at `a * periods + b - 1`: sites that open in a and were missed least until b when
    /// last looked at.
    missed_little: Vec<[u32; MISSED]>,
    /// Moves since then.
    moves_since: usize,
    /// Of those the site that is missed least now.
    missed_least: Vec<Option<(f64, u32)>>,
    /// Whether `missed_least` still holds.
    settled: bool,
    /// The moves that were made since someone asked.
    trail: Vec<Move>,
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

/// Sites kept in mind for each range of periods as the ones that are missed least.
const MISSED: usize = 8;
/// Open sites times periods up to which all of them are looked at after every move, and moves after which
/// they are looked at otherwise.
const LOOK_ALWAYS: usize = 2000;
const LOOK_EVERY: usize = 1000;

/// What finding a row and the nearest sites of a point counts as work, in pairs.
const ROW_WORK: u64 = 16;
const NEAREST_WORK: u64 = 8;
/// Parts in which sites are looked at side by side, and sites of each; constants, so that results do not
/// depend on the thread count.
const TEAM: usize = 4;
const SITES_EACH: usize = 4;

/// Is a move that was made: a site went from one period to another, and its partner the other way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    site: u32,
    /// [`NO_SITE`] where a spare opening was used or one fell free.
    partner: u32,
    before: usize,
    after: usize,
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
    /// Whether a site is in the queue of those to look at; false between searches.
    queued: Vec<bool>,
    /// The row that is looked at, where it is measured.
    row: Row,
    /// Pairs looked at.
    work: u64,
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
            missed_little: vec![[NO_SITE; MISSED]; periods * periods],
            moves_since: usize::MAX / 2,
            missed_least: vec![None; periods * periods],
            settled: false,
            trail: Vec::new(),
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
        if self.rows.is_unlimited() {
            self.rows.narrow(self.instance, &self.nearest);
        }
        let row = self.rows.take(site);
        let (points, costs) = row.pairs();
        visit(self, points, costs);
        self.rows.put_back(row);
    }

    /// Returns the nearest and the next site, in a period, of the point that a site serves at least cost.
    pub(crate) fn servers_near(&mut self, site: usize, period: usize) -> [u32; 2] {
        let mut home = None;
        self.with_row(site, |_, points, costs| {
            home =
                points.iter().zip(costs).min_by_key(|&(point, cost)| (cost, point)).map(|p| *p.0);
        });
        home.map_or([NO_SITE; 2], |point| {
            let nearest = self.nearest(point as usize, period);
            [nearest.site, nearest.next]
        })
    }

    /// Makes ready for a search from here: sums anew, and finds what is of interest.
    pub(crate) fn prepare(&mut self) {
        self.recount();
        self.rows.narrow(self.instance, &self.nearest);
        self.look_for_missed();
        self.trail.clear();
    }

    /// Returns the moves since the last time.
    pub(crate) fn take_trail(&mut self) -> Vec<Move> {
        std::mem::take(&mut self.trail)
    }

    /// Takes back the moves since the trail was taken; `value` was the value then.
    pub(crate) fn roll_back(&mut self, value: f64) {
        while let Some(Move { site, partner, before, .. }) = self.trail.pop() {
            self.apply(site as usize, Exchange { outgoing: partner, period: before, delta: 0.0 });
            self.trail.pop();
        }
        self.value = value;
    }

    /// Makes moves of another timetable if they can be made here; they are taken back unless they improve it.
    pub(crate) fn replay(&mut self, moves: &[Move]) -> bool {
        let value = self.value;
        self.trail.clear();
        let made = moves.iter().all(|step| self.repeat(*step));
        if made && self.value < value - self.tolerance {
            self.trail.clear();
            return true;
        }
        self.roll_back(value);
        false
    }

    /// Makes one move, if both sites are where they were.
    fn repeat(&mut self, Move { site, partner, before, after }: Move) -> bool {
        let periods = self.instance.periods;
        let fits = self.opens[site as usize] == before
            && match partner {
                NO_SITE => after == periods || self.spare[after] > 0,
                _ => self.opens[partner as usize] == after,
            };
        if fits {
            let exchange = Exchange { outgoing: partner, period: after, delta: 0.0 };
            self.apply(site as usize, exchange);
        }
        fits
    }

    /// Returns the problem.
    pub(crate) fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// Returns what differences of value may be rounding.
    pub(crate) fn tolerance(&self) -> f64 {
        self.tolerance
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
        self.prepare();
        let mut unchanged = 0;
        for (at, &site) in sites.iter().cycle().enumerate() {
            if unchanged >= sites.len() {
                if self.moves_since == 0 {
                    return;
                }
                // What is missed least was not quite known: look once more.
                self.prepare();
                unchanged = 0;
            } else if at % sites.len() == 0 && at > 0 {
                self.prepare();
            }
            unchanged = if self.try_site(site as usize, scratch) { 0 } else { unchanged + 1 };
            if !goes_on(self.work, self.value) {
                return;
            }
        }
    }

    /// Applies improving exchanges of the sites in a queue, and of the neighbours of every site that
    /// moved, until there is none left or `stop` says so. The timetable must be prepared.
    pub(crate) fn settle(
        &mut self,
        queue: &mut Vec<u32>,
        neighbours: &Neighbours,
        scratch: &mut Scratch,
        stop: impl Fn() -> bool,
    ) {
        scratch.queued.resize(self.opens.len(), false);
        queue.retain(|&site| !std::mem::replace(&mut scratch.queued[site as usize], true));
        let mut at = 0;
        while at < queue.len() && !stop() {
            let site = queue[at];
            at += 1;
            scratch.queued[site as usize] = false;
            while let Some(other) = self.improved_by(site as usize, scratch) {
                let moved = [Some(site), (other != NO_SITE).then_some(other)];
                for &near in moved.into_iter().flatten().flat_map(|site| neighbours.of(site)) {
                    if !std::mem::replace(&mut scratch.queued[near as usize], true) {
                        queue.push(near);
                    }
                }
            }
        }
        queue.drain(..).for_each(|site| scratch.queued[site as usize] = false);
    }

    /// As [`Self::settle`], with several sites looked at side by side: pays where rows are long.
    pub(crate) fn settle_together(
        &mut self,
        queue: &mut Vec<u32>,
        neighbours: &Neighbours,
        stop: impl Fn() -> bool,
    ) {
        let mut team: Vec<Scratch> = (0..TEAM).map(|_| Scratch::default()).collect();
        let mut queued = vec![false; self.opens.len()];
        queue.retain(|&site| !std::mem::replace(&mut queued[site as usize], true));
        let mut at = 0;
        while at < queue.len() && !stop() {
            let batch = queue[at..queue.len().min(at + TEAM * SITES_EACH)].to_vec();
            at += batch.len();
            batch.iter().for_each(|&site| queued[site as usize] = false);
            for site in self.improving(&batch, &mut team) {
                // Another one may have moved since it was looked at.
                while let Some(other) = self.improved_by(site as usize, &mut team[0]) {
                    let moved = [Some(site), (other != NO_SITE).then_some(other)];
                    for &near in moved.into_iter().flatten().flat_map(|site| neighbours.of(site)) {
                        if !std::mem::replace(&mut queued[near as usize], true) {
                            queue.push(near);
                        }
                    }
                }
            }
        }
        queue.clear();
    }

    /// Returns those of some sites that have an improving exchange.
    fn improving(&mut self, sites: &[u32], team: &mut [Scratch]) -> Vec<u32> {
        self.make_ready();
        let timetable = &*self;
        let of_one = |(sites, scratch): (&[u32], &mut Scratch)| -> Vec<u32> {
            let improves = |&site: &u32| timetable.offer(site as usize, scratch).is_some();
            sites.iter().copied().filter(improves).collect()
        };
        let parts = sites.par_chunks(SITES_EACH).zip(team.par_iter_mut());
        let found: Vec<Vec<u32>> = parts.map(of_one).collect();
        self.work += team.iter_mut().map(|scratch| std::mem::take(&mut scratch.work)).sum::<u64>();
        found.concat()
    }

    fn try_site(&mut self, site: usize, scratch: &mut Scratch) -> bool {
        self.improved_by(site, scratch).is_some()
    }

    /// Applies the best improving exchange of a site; returns its partner.
    fn improved_by(&mut self, site: usize, scratch: &mut Scratch) -> Option<u32> {
        self.make_ready();
        let best = self.offer(site, scratch);
        self.work += std::mem::take(&mut scratch.work);
        let best = best?;
        self.improve(site, best).then_some(best.outgoing)
    }

    /// Brings up to date what offers are found with.
    fn make_ready(&mut self) {
        if self.rows.is_unlimited() {
            self.rows.narrow(self.instance, &self.nearest);
        }
        self.find_missed_least();
    }

    /// Returns the best improving exchange of a site.
    fn offer(&self, site: usize, scratch: &mut Scratch) -> Option<Exchange> {
        self.closing(site).or_else(|| self.best_exchange(site, scratch))
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
    fn find_missed_least(&mut self) {
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
    fn look_for_missed(&mut self) {
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
        scratch.work += ROW_WORK + points.len() as u64;
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

    /// Applies an exchange and takes it back if rounding made it look better than it is.
    fn improve(&mut self, site: usize, exchange: Exchange) -> bool {
        let (value, until) = (self.value, self.opens[site]);
        self.apply(site, exchange);
        if self.value < value - 0.5 * self.tolerance {
            return true;
        }
        self.apply(site, Exchange { period: until, ..exchange });
        self.trail.truncate(self.trail.len() - 2);
        false
    }

    fn apply(&mut self, site: usize, exchange: Exchange) {
        let before = self.opens[site];
        let (outgoing, after) = (exchange.outgoing, exchange.period);
        self.settled = false;
        self.moves_since += 1;
        self.trail.push(Move { site: site as u32, partner: outgoing, before, after });
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
        if period == 0 {
            self.rows.note_reach(point, old.second, new.second);
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
        let before = row[0].second;
        self.work += NEAREST_WORK;
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
        let now = self.nearest[point * periods].second;
        self.rows.note_reach(point, before, now);
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
