//! Moves: sites take each other's periods, and everything that a timetable knows follows.

use super::{Nearest, Timetable};
use crate::instance::NO_SITE;

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
pub(super) struct Exchange {
    /// The site that gives up its period; [`NO_SITE`] when a spare opening is used or one falls free.
    pub(super) outgoing: u32,
    /// Period that the moved site takes; the number of periods when it closes.
    pub(super) period: usize,
    pub(super) delta: f64,
}

impl Timetable<'_> {
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

    pub(super) fn may_close(&self, site: usize) -> bool {
        !self.instance.candidates[site].required && !self.instance.exactly
    }

    /// Moves a site forward into an opening that is left.
    pub(crate) fn bring_forward(&mut self, site: usize, period: usize) {
        self.apply(site, Exchange { outgoing: NO_SITE, period, delta: 0.0 });
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

    /// Gives sites other periods, of which they have as many as before; taken back unless that is better.
    pub(crate) fn adopt(&mut self, wanted: &[(u32, usize)]) -> bool {
        let value = self.value;
        self.trail.clear();
        for (at, &(site, period)) in wanted.iter().enumerate() {
            let site = site as usize;
            if self.opens[site] == period {
                continue;
            }
            let misplaced = |&&(other, wish): &&(u32, usize)| {
                self.opens[other as usize] == period && wish != period
            };
            match wanted[at + 1..].iter().find(misplaced) {
                Some(&(other, _)) => {
                    self.exchange(site, other as usize);
                }
                None => self.toggle(site),
            }
        }
        if self.value < value - self.tolerance {
            self.trail.clear();
            return true;
        }
        self.roll_back(value);
        false
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

    /// Returns what opening a site costs, if it is closed in one of two periods and open in the other.
    pub(super) fn opening_cost_between(&self, site: usize, before: usize, after: usize) -> f64 {
        let periods = self.instance.periods;
        let cost = self.instance.candidates[site].opening_cost;
        match (before == periods, after == periods) {
            (true, false) => cost,
            (false, true) => -cost,
            _ => 0.0,
        }
    }

    /// Applies an exchange and takes it back if rounding made it look better than it is.
    pub(super) fn improve(&mut self, site: usize, exchange: Exchange) -> bool {
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
}
