//! Local search over opening times.
//!
//! One move covers swaps of sites and of times: two sites exchange their periods, "never" being the
//! period after the last. Where opening costs something, sites also open into spare openings and close.
//! Here is what a choice of periods means for every point; its parts change it ([`moves`]), find what change
//! pays ([`offers`]), and go on until none does ([`descent`]).

mod descent;
mod moves;
mod offers;

use rayon::prelude::*;

use crate::assignment::NEVER;
use crate::instance::{Instance, NO_SITE};
use crate::rows::RowSource;

pub(crate) use descent::Agenda;
pub(crate) use moves::Move;
pub(crate) use offers::Scratch;

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
/// Points of which one task finds the nearest sites at least.
const POINTS_AT_ONCE: usize = 1024;

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
        timetable.find_all_nearest();
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

    /// Returns where it reads pairs.
    pub(crate) fn rows(&self) -> &RowSource<'a> {
        &self.rows
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

    /// Calls `visit` with the points of a site and their costs.
    pub(crate) fn with_row(&mut self, site: usize, visit: impl FnOnce(&mut Self, &[u32], &[u32])) {
        if self.rows.is_unlimited() {
            self.rows.narrow(self.instance, &self.nearest);
        }
        let row = self.rows.take(site);
        let (points, costs) = row.pairs();
        self.work += self.rows.work_of_row(points.len());
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

    fn refresh(&mut self, point: usize) {
        self.count(point, -1.0);
        self.find_nearest(point);
        self.count(point, 1.0);
    }

    fn find_nearest(&mut self, point: usize) {
        let periods = self.instance.periods;
        let row = &mut self.nearest[point * periods..(point + 1) * periods];
        let before = row[0].second;
        self.work += self.rows.work_of_nearest();
        write_nearest(self.instance, (&self.rows, &self.opens), point, row);
        let now = row[0].second;
        self.rows.note_reach(point, before, now);
    }

    /// Finds the nearest sites of all points.
    fn find_all_nearest(&mut self) {
        let (instance, choice) = (self.instance, (&self.rows, &self.opens[..]));
        self.nearest
            .par_chunks_mut(instance.periods)
            .enumerate()
            .with_min_len(POINTS_AT_ONCE)
            .for_each(|(point, row)| write_nearest(instance, choice, point, row));
        self.work += self.rows.work_of_nearest() * instance.points as u64;
    }
}

/// Writes the two nearest open sites of a point in every period, which come by rising cost: a site that
/// opens in a period serves all later ones.
fn write_nearest(
    instance: &Instance,
    (rows, opens): (&RowSource<'_>, &[usize]),
    point: usize,
    row: &mut [Nearest],
) {
    for (t, nearest) in row.iter_mut().enumerate() {
        let ceiling = instance.ceiling(point, t);
        *nearest = Nearest { cost: ceiling, second: ceiling, site: NO_SITE, next: NO_SITE };
    }
    // In periods from `first` on the nearest is known, from `second` on the second nearest.
    let (mut first, mut second) = (row.len(), row.len());
    rows.nearest(instance, opens, point, |site, cost, opens| {
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
}
