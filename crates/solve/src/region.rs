//! A few sites near one another, and the problem of when they open while all others stay as they are: it has the
//! points that one of them may serve, and what those would cost otherwise as caps (variable neighbourhood
//! decomposition, Hansen, Mladenović and Perez-Brito, Journal of Heuristics 7, 2001; here each part is closed by
//! branch and bound).

use std::sync::Arc;

use crate::assignment::NEVER;
use crate::bound::ExactData;
use crate::dual::{Dual, Relaxation, Schedule};
use crate::instance::{Candidate, Instance, NearLists};
use crate::rows::RowSource;
use crate::search::Timetable;
use crate::space::Row;
use crate::start;
use crate::tree::{self, Best, Effort, Turn};

/// Steps of the ascent before a part is closed.
const CLIMB: Schedule = Schedule { first: 0.02, last: 0.002, steps: 60 };

/// Is a part of a problem around some of its sites.
pub(crate) struct Region {
    /// The sites, ascending.
    sites: Vec<u32>,
    /// The points, ascending.
    points: Vec<u32>,
    instance: Instance,
    exact: ExactData,
    /// When its sites open in the plan known.
    opens: Vec<usize>,
}

/// Is what closing a region brought.
pub(crate) struct Settled {
    /// The sites with their periods, where those are better than before.
    pub(crate) better: Option<Vec<(u32, usize)>>,
    /// Whether nothing better is left.
    pub(crate) closed: bool,
    pub(crate) work: u64,
}

impl Region {
    /// Cuts a region out of a problem and a plan; `None` where its costs are rounded or nobody is near.
    pub(crate) fn of(
        timetable: &Timetable<'_>,
        exact: &ExactData,
        mut sites: Vec<u32>,
    ) -> Option<Self> {
        if exact.table.as_ref().is_some_and(|table| table.divisor > 1) {
            return None;
        }
        sites.sort_unstable();
        sites.dedup();
        let points = points_near(timetable.rows(), &sites);
        if points.is_empty() {
            return None;
        }
        let caps: Vec<Option<u32>> = points
            .iter()
            .flat_map(|&point| cost_without(timetable, &sites, point as usize))
            .collect();
        let (instance, opens) = part(timetable, &sites, &points, &caps);
        let exact = ExactData {
            point_weights: points
                .iter()
                .map(|&point| exact.point_weights[point as usize])
                .collect(),
            period_weights: exact.period_weights.clone(),
            caps,
            opening_costs: exact.opening_costs.clone(),
            table: None,
            outside: None,
            order: Vec::new(),
            shift: exact.shift,
        };
        Some(Self { sites, points, instance, exact, opens })
    }

    /// Looks for better periods with so much work.
    pub(crate) fn settle(
        &self,
        radii: &[f64],
        unit: f64,
        work: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Settled {
        let mut settled = Settled { better: None, closed: false, work: 1 };
        let Some(value) = self.exact.value(&self.instance, &self.opens) else { return settled };
        let relaxation = self.relaxation(radii, work, stop);
        settled.work += relaxation.1;
        let known = Best { opens: self.opens.clone(), value };
        let mut seen = 0;
        let closed = tree::close(
            &self.instance,
            (&self.exact, unit),
            &relaxation.0,
            known,
            Effort::Brief,
            stop,
            &mut |standing| {
                seen = standing.work;
                if seen < work { Turn::Go } else { Turn::Stop }
            },
        );
        settled.work += seen;
        let Some(closed) = closed else { return settled };
        settled.closed = closed.least >= closed.best.value;
        if closed.best.value < value {
            let periods = closed.best.opens.iter().map(|&period| period.min(self.instance.periods));
            settled.better = Some(self.sites.iter().copied().zip(periods).collect());
        }
        settled
    }

    fn relaxation(
        &self,
        radii: &[f64],
        work: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Relaxation, u64) {
        let periods = self.instance.periods;
        let of_point = |&point: &u32| {
            let at = point as usize * periods;
            radii[at..at + periods].iter().copied()
        };
        let radii: Vec<f64> = self.points.iter().flat_map(of_point).collect();
        let mut dual = Dual::new(&self.instance, radii);
        dual.ascend(CLIMB, |dual| dual.work < work && !stop());
        (dual.best.clone(), dual.work)
    }
}

/// Returns the points to which one of the sites is nearer than what serves them, or serves them.
fn points_near(rows: &RowSource<'_>, sites: &[u32]) -> Vec<u32> {
    let mut buffer = Row::default();
    let mut points = Vec::new();
    for &site in sites {
        points.extend_from_slice(rows.read(site as usize, &mut buffer).0);
    }
    points.sort_unstable();
    points.dedup();
    points
}

/// Returns what a point costs in each period without the sites of a region; `None` where it would not be served.
fn cost_without(timetable: &Timetable<'_>, sites: &[u32], point: usize) -> Vec<Option<u32>> {
    let instance = timetable.instance();
    let periods = instance.periods;
    let cap = |cap: &f64| cap.is_finite().then_some(*cap as u32);
    let mut row: Vec<Option<u32>> =
        instance.caps[point * periods..(point + 1) * periods].iter().map(cap).collect();
    let mut first = periods;
    timetable.rows().nearest(instance, &timetable.opens, point, |site, cost, opened| {
        if sites.binary_search(&site).is_err() {
            for least in &mut row[opened.min(first)..first] {
                *least = Some(least.map_or(cost, |least| least.min(cost)));
            }
            first = first.min(opened);
        }
        first
    });
    row
}

fn part(
    timetable: &Timetable<'_>,
    sites: &[u32],
    points: &[u32],
    caps: &[Option<u32>],
) -> (Instance, Vec<usize>) {
    let whole = timetable.instance();
    let periods = whole.periods;
    let opens: Vec<usize> = sites.iter().map(|&site| timetable.opens[site as usize]).collect();
    let most = |k: usize| {
        let row = caps[k * periods..(k + 1) * periods].iter();
        row.map(|cap| cap.unwrap_or(u32::MAX)).max().unwrap_or(0)
    };
    let list = |k: usize| (near(whole, sites, points[k] as usize, most(k)), u32::MAX);
    let candidates: Vec<Candidate> =
        sites.iter().map(|&site| whole.candidates[site as usize]).collect();
    let weight = |&point: &u32| {
        let at = point as usize * periods;
        whole.weights[at..at + periods].iter().copied()
    };
    let quotas = (0..periods).map(|period| {
        if start::is_open_to_all(whole) {
            sites.len() as u32
        } else {
            opens.iter().filter(|&&opened| opened == period).count() as u32
        }
    });
    let instance = Instance {
        points: points.len(),
        periods,
        weights: Arc::new(points.iter().flat_map(weight).collect()),
        caps: Arc::new(caps.iter().map(|cap| cap.map_or(f64::INFINITY, f64::from)).collect()),
        candidates,
        quotas: quotas.collect(),
        exactly: whole.exactly,
        unserved: whole.unserved,
        near: Arc::new(NearLists::build(points.len(), list)),
        space: None,
        members: Arc::new((0..sites.len() as u32).collect()),
        outside: None,
    };
    let never = |&period: &usize| if period < periods { period } else { NEVER };
    let opens = opens.iter().map(never).collect();
    (instance, opens)
}

/// Returns which of the sites, by their place among them, cost a point less than `most`, with the costs.
fn near(whole: &Instance, sites: &[u32], point: usize, most: u32) -> Vec<(u32, u32)> {
    let numbered = sites.iter().enumerate();
    match &whole.space {
        Some(space) => numbered
            .filter_map(|(k, &site)| {
                let cost = space.cost(point as u32, whole.members[site as usize])?;
                (cost < most).then_some((k as u32, cost))
            })
            .collect(),
        None => {
            let listed = whole.near.of(point).take_while(|&(_, cost)| cost < most);
            let place = |(site, cost)| Some((sites.binary_search(&site).ok()? as u32, cost));
            listed.filter_map(place).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::examples::square;
    use crate::random::Random;

    /// Calls `visit` for every way in which sites exchange their periods.
    fn for_each_exchange(
        opens: &mut Vec<usize>,
        sites: &[u32],
        periods: &mut Vec<usize>,
        visit: &mut dyn FnMut(&[usize]),
    ) {
        let Some((&site, others)) = sites.split_first() else { return visit(opens) };
        let mut tried = Vec::new();
        for at in 0..periods.len() {
            let period = periods[at];
            if !tried.contains(&period) {
                tried.push(period);
                periods.swap_remove(at);
                opens[site as usize] = period;
                for_each_exchange(opens, others, periods, visit);
                periods.push(period);
                let last = periods.len() - 1;
                periods.swap(at, last);
            }
        }
    }

    /// What a closed region and all ways to exchange its periods come to is the same.
    #[test]
    fn a_closed_region_has_nothing_better_left() {
        for seed in 0..12 {
            let (instance, exact) = square(seed, 60, (2, 3));
            let first = start::first(&instance).expect("nothing is required");
            let mut random = Random::new(seed);
            let open = (0..60).filter(|&site| first[site as usize] < 2);
            let mut sites: Vec<u32> = open.collect();
            sites.extend((0..3).map(|_| random.below(60) as u32));
            let mut best = Timetable::new(&instance, RowSource::of(&instance), first.clone());
            best.prepare();
            let region = Region::of(&best, &exact, sites).expect("points near");
            let radii = vec![1_000.0; 120];
            let settled = region.settle(&radii, 1.0, u64::MAX, &|| false);
            assert!(settled.closed, "{seed}");
            if let Some(better) = &settled.better {
                assert!(best.adopt(better), "{seed}");
            }
            let (mut opens, mut least) = (first.clone(), i128::MAX);
            let mut periods: Vec<usize> =
                region.sites.iter().map(|&site| first[site as usize]).collect();
            let value = |opens: &[usize]| exact.value(&instance, opens).expect("all are served");
            for_each_exchange(&mut opens, &region.sites, &mut periods, &mut |opens| {
                least = least.min(value(opens));
            });
            assert_eq!(value(&best.choice()), least, "{seed}");
            for period in 0..2 {
                assert_eq!(best.opens.iter().filter(|&&opens| opens == period).count(), 3);
            }
        }
    }
}
