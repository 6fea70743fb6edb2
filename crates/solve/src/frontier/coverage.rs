//! A choice of sites that cover, changed site by site, and the local search on it.
//!
//! For each point the number of open sites that cover it is kept, and the exclusive or of their names:
//! where one site covers, that is its name. So what closing a site loses is kept up to date too, and one
//! pass over the row of a site that might open finds its best exchange with an open one, as in the swap
//! evaluation of Resende and Werneck (2007) for the p-median. All sums are whole numbers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::instance::NO_SITE;
use crate::random::Random;

use super::cover::{Area, Ground};

/// Sites that one kick opens: at least one, and how many more at most.
const KICK_MORE: usize = 5;

/// Sites that are looked at before somebody is asked whether to stop.
const LOOK_AT_ONCE: usize = 64;

/// Exchanges after which all open sites are looked at for the one missed least.
const LOOK_EVERY: usize = 500;

/// Is a choice of sites with what it covers.
#[derive(Clone)]
pub(super) struct Coverage<'a> {
    ground: &'a Ground,
    points: Vec<Point>,
    /// The open sites, in no order, and the place of each among them.
    pub(super) open: Vec<u32>,
    place: Vec<u32>,
    /// Weight that each open site alone covers.
    loss: Vec<i64>,
    /// The open site that was missed least when last looked at, and exchanges since then.
    least: (Option<u32>, usize),
    /// Weight that is covered.
    pub(super) covered: i64,
    /// What of the loss of an open site an incoming one makes good; zero between evaluations.
    extra: Vec<i64>,
    touched: Vec<u32>,
    /// Sites to look at, and whether each is among them.
    queue: Vec<u32>,
    queued: Vec<bool>,
    /// The sites that opened or closed since the trail was cut.
    trail: Vec<u32>,
    /// Pairs looked at.
    pub(super) work: u64,
}

/// Is what a choice makes of a point; kept together, since rows read all of it.
#[derive(Clone, Copy)]
struct Point {
    /// Open sites that cover it.
    count: u32,
    /// The exclusive or of their names.
    by: u32,
    weight: i64,
}

impl<'a> Coverage<'a> {
    /// Opens some sites.
    pub(super) fn new(ground: &'a Ground, sites: &[u32]) -> Self {
        let candidates = ground.sites();
        let point = |&weight: &i64| Point { count: 0, by: 0, weight };
        let mut coverage = Self {
            ground,
            points: ground.weights.iter().map(point).collect(),
            open: Vec::new(),
            place: vec![NO_SITE; candidates],
            loss: vec![0; candidates],
            least: (None, 0),
            covered: 0,
            extra: vec![0; candidates],
            touched: Vec::new(),
            queue: Vec::new(),
            queued: vec![false; candidates],
            trail: Vec::new(),
            work: 0,
        };
        sites.iter().for_each(|&site| coverage.toggle(site));
        coverage.trail.clear();
        coverage
    }

    /// Returns the open sites, ascending.
    pub(super) fn sites(&self) -> Vec<u32> {
        let mut sites = self.open.clone();
        sites.sort_unstable();
        sites
    }

    pub(super) fn is_open(&self, site: u32) -> bool {
        self.place[site as usize] != NO_SITE
    }

    /// Opens a closed site, or closes an open one.
    pub(super) fn toggle(&mut self, site: u32) {
        self.trail.push(site);
        if self.is_open(site) { self.close(site) } else { self.open(site) }
    }

    /// Returns how many sites opened or closed since the trail was cut.
    pub(super) fn changes(&self) -> usize {
        self.trail.len()
    }

    /// Returns the sites that opened or closed since there were so many.
    pub(super) fn changes_since(&self, before: usize) -> &[u32] {
        &self.trail[before..]
    }

    fn open(&mut self, site: u32) {
        self.place[site as usize] = self.open.len() as u32;
        self.open.push(site);
        let ground = self.ground;
        let mut loss = 0;
        for &point in ground.row(site) {
            let point = &mut self.points[point as usize];
            match point.count {
                0 => loss += point.weight,
                1 => self.loss[point.by as usize] -= point.weight,
                _ => {}
            }
            point.count += 1;
            point.by ^= site;
        }
        self.loss[site as usize] = loss;
        self.covered += loss;
        self.work += ground.row(site).len() as u64;
    }

    fn close(&mut self, site: u32) {
        let place = std::mem::replace(&mut self.place[site as usize], NO_SITE) as usize;
        self.open.swap_remove(place);
        if let Some(&moved) = self.open.get(place) {
            self.place[moved as usize] = place as u32;
        }
        let ground = self.ground;
        for &point in ground.row(site) {
            let point = &mut self.points[point as usize];
            point.count -= 1;
            point.by ^= site;
            if point.count == 1 {
                self.loss[point.by as usize] += point.weight;
            }
        }
        self.covered -= std::mem::take(&mut self.loss[site as usize]);
        self.work += ground.row(site).len() as u64;
    }

    /// Returns what opening a site would cover beside what is covered.
    pub(super) fn gain(&mut self, site: u32) -> i64 {
        let row = self.ground.row(site);
        self.work += row.len() as u64;
        let points = row.iter().map(|&point| self.points[point as usize]);
        points.filter(|point| point.count == 0).map(|point| point.weight).sum()
    }

    /// Returns the open site that is missed least.
    pub(super) fn missed_least(&self) -> Option<u32> {
        self.open.iter().copied().min_by_key(|&site| (self.loss[site as usize], site))
    }

    /// Returns an open site that is missed little: looking at all of them takes as long as many exchanges.
    fn missed_little(&mut self) -> Option<u32> {
        let (least, age) = self.least;
        if age < LOOK_EVERY && least.is_some_and(|least| self.is_open(least)) {
            self.least.1 += 1;
        } else {
            self.least = (self.missed_least(), 0);
        }
        self.least.0
    }

    /// Returns the open site with which a closed one is best exchanged, and what that gains.
    fn partner(&mut self, site: u32) -> Option<(i64, u32)> {
        let little = self.missed_little();
        let ground = self.ground;
        let row = ground.row(site);
        self.work += row.len() as u64;
        let mut gain = 0;
        for &point in row {
            let point = self.points[point as usize];
            match point.count {
                0 => gain += point.weight,
                1 => {
                    let extra = &mut self.extra[point.by as usize];
                    if *extra == 0 {
                        self.touched.push(point.by);
                    }
                    *extra += point.weight;
                }
                _ => {}
            }
        }
        let mut best = little.map(|other| (gain - self.loss[other as usize], Reverse(other)));
        for other in self.touched.drain(..) {
            let extra = std::mem::take(&mut self.extra[other as usize]);
            best = best.max(Some((gain - self.loss[other as usize] + extra, Reverse(other))));
        }
        best.map(|(gain, Reverse(other))| (gain, other))
    }

    /// Makes improving exchanges until no closed site of the ones to look at has any, or `stop` says so.
    pub(super) fn descend(&mut self, sites: &[u32], stop: &dyn Fn() -> bool) {
        let mut unchanged = 0;
        for (at, &site) in sites.iter().cycle().enumerate() {
            if at % LOOK_AT_ONCE == 0 && stop() {
                break;
            }
            if unchanged >= sites.len() {
                // Which site is missed least was not quite known: look once more.
                let least = self.missed_least();
                if self.least.0 == least {
                    break;
                }
                self.least = (least, 0);
                unchanged = 0;
            }
            unchanged += 1;
            if self.exchange(site) {
                unchanged = 0;
            }
        }
        self.trail.clear();
    }

    /// Makes the best exchange of a closed site if it gains anything.
    fn exchange(&mut self, site: u32) -> bool {
        if self.is_open(site) {
            return false;
        }
        let Some((_, other)) = self.partner(site).filter(|&(gain, _)| gain > 0) else {
            return false;
        };
        self.toggle(other);
        self.toggle(site);
        true
    }

    /// Lists the sites near one as such to look at.
    fn look_near(&mut self, site: u32, area: &Area<'_>) {
        let (queue, queued) = (&mut self.queue, &mut self.queued);
        area.near(site, |near| {
            if !std::mem::replace(&mut queued[near as usize], true) {
                queue.push(near);
            }
        });
    }

    /// Makes improving exchanges among the sites near some that changed, and near those that change; a
    /// few sites are not to open.
    pub(super) fn settle(&mut self, changed: &[u32], area: &Area<'_>, barred: &[u32]) {
        for &site in changed {
            self.look_near(site, area);
        }
        let mut at = 0;
        while at < self.queue.len() {
            let site = self.queue[at];
            at += 1;
            self.queued[site as usize] = false;
            if self.is_open(site) || barred.contains(&site) {
                continue;
            }
            let Some((gain, other)) = self.partner(site) else { continue };
            if gain > 0 {
                self.toggle(other);
                self.toggle(site);
                self.look_near(other, area);
                self.look_near(site, area);
            }
        }
        self.queue.clear();
    }

    /// Changes a few sites near one another, settles what is near, and takes all back that covers less
    /// than before; again and again until so much work is done.
    pub(super) fn kick(
        &mut self,
        (active, area): (&[u32], &Area<'_>),
        work: u64,
        random: &mut Random,
        stop: &dyn Fn() -> bool,
    ) {
        let until = self.work + work;
        while self.work < until && !active.is_empty() && !stop() {
            let before = self.covered;
            self.work += 1;
            self.trail.clear();
            let mut site = active[random.below(active.len())];
            for _ in 0..1 + random.below(KICK_MORE) {
                if !self.is_open(site) {
                    self.force(site, random);
                }
                let near = self.ground.near(site);
                if near.is_empty() {
                    break;
                }
                site = near[random.below(near.len())];
            }
            let changed = self.trail.clone();
            // Else the first thing to gain would be to take it all back.
            let closed: Vec<u32> =
                changed.iter().copied().filter(|&site| !self.is_open(site)).collect();
            self.settle(&changed, area, &closed);
            if self.covered < before {
                self.roll_back();
            }
        }
        self.trail.clear();
    }

    /// Opens a closed site for its best partner, or for any open site near it.
    fn force(&mut self, site: u32, random: &mut Random) {
        let near = self.ground.near(site);
        let drawn = near.get(random.below(near.len().max(1))).copied();
        let drawn = drawn.filter(|&drawn| random.below(2) == 0 && self.is_open(drawn));
        let other =
            if drawn.is_some() { drawn } else { self.partner(site).map(|(_, other)| other) };
        if let Some(other) = other {
            self.toggle(other);
            self.toggle(site);
        }
    }

    fn roll_back(&mut self) {
        while let Some(site) = self.trail.pop() {
            self.toggle(site);
            self.trail.pop();
        }
    }
}

/// Holds what opening each site gained when last looked at, which is the most that it gains now as long as
/// no site closes (Minoux 1978); who closes one has to offer its neighbours anew.
pub(super) struct Offers(BinaryHeap<(i64, Reverse<u32>)>);

impl Offers {
    pub(super) fn new(coverage: &mut Coverage<'_>, sites: impl Iterator<Item = u32>) -> Self {
        let mut offers = Self(BinaryHeap::new());
        sites.for_each(|site| offers.offer(coverage, site));
        offers
    }

    /// Takes note of what a closed site gains.
    pub(super) fn offer(&mut self, coverage: &mut Coverage<'_>, site: u32) {
        if !coverage.is_open(site) {
            let gain = coverage.gain(site);
            self.0.push((gain, Reverse(site)));
        }
    }

    /// Returns the closed site that gains most, if any gains something.
    pub(super) fn best(&mut self, coverage: &mut Coverage<'_>) -> Option<u32> {
        while let Some((_, Reverse(site))) = self.0.pop() {
            if coverage.is_open(site) {
                continue;
            }
            let fresh = (coverage.gain(site), Reverse(site));
            if self.0.peek().is_none_or(|next| fresh >= *next) {
                return (fresh.0 > 0).then_some(site);
            }
            self.0.push(fresh);
        }
        None
    }
}
