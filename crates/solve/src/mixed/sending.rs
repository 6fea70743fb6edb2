//! Who is sent where with a limited kind in a period, kept at least cost while sites come and go.
//!
//! A transportation problem, held with its dual: each site has a price, 0 where it has room, and each place goes where cost and
//! price are least. A site that closes hands its people on, one that opens draws people to it, along shortest paths of
//! people who make room for one another (successive shortest paths, Ahuja, Magnanti and Orlin 1993, section 9.7). Only
//! what lies near is looked at: a path is given up once it costs more than leaving somebody unserved.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::found::Parts;
use super::layers::Layer;
use super::market::Flow;
use super::problem::Mixed;
use super::service::Near;

/// Says where people can go: the pairs of a layer under the goal, which are the same in all periods.
#[derive(Clone, Copy)]
pub(super) struct Ways<'a> {
    pub(super) mixed: &'a Mixed,
    pub(super) near: &'a Near,
    pub(super) layer: &'a Layer,
}

impl Ways<'_> {
    /// Iterates over the sites of a place that are marked, nearest first, with what a person costs there.
    fn marked_of<'b>(
        &'b self,
        marks: &'b [u64],
        place: u32,
    ) -> impl Iterator<Item = (u32, i64)> + 'b {
        let place = place as usize;
        self.near.marked(marks, place).filter_map(move |(site, metres)| {
            let own = self.mixed.is_own(site as usize, place);
            Some((site, self.layer.tariff.cost(metres, own)? as i64))
        })
    }

    /// Iterates over the sites of a place, nearest first, with what a person costs there.
    fn sites_of(&self, place: u32) -> impl Iterator<Item = (u32, i64)> + '_ {
        let place = place as usize;
        self.near.of(place).filter_map(move |(site, metres)| {
            let own = self.mixed.is_own(site as usize, place);
            Some((site, self.layer.tariff.cost(metres, own)? as i64))
        })
    }

    /// Iterates over the places of a site, nearest first, with what a person costs there.
    fn places_of(&self, site: u32) -> impl Iterator<Item = (u32, i64)> + '_ {
        let costs = self.mixed.costs_of((self.layer, 0), site as usize);
        costs.map(|(place, cost)| (place as u32, cost as i64))
    }

    /// Iterates over the sites where a person of a place costs less than so much.
    pub(super) fn sites_within(&self, place: u32, cost: i64) -> impl Iterator<Item = u32> + '_ {
        let near = self.sites_of(place).take_while(move |&(_, at)| !self.rises() || at < cost);
        near.filter(move |&(_, at)| at < cost).map(|(site, _)| site)
    }

    /// Returns whether who is farther costs no less.
    fn rises(&self) -> bool {
        !self.layer.tariff.is_own()
    }

    /// Returns what a person costs who is not served.
    fn unserved(&self) -> i64 {
        self.layer.unserved.unwrap_or(self.layer.lost as u64) as i64
    }
}

/// Marks that there is no site.
const NO_SITE: u32 = u32::MAX;

/// Is what a site offers, nothing where it is not open.
#[derive(Clone, Debug, Default)]
struct Offering {
    room: u64,
    /// Places that are served here: how many, and what each costs.
    members: Vec<(u32, u64, i64)>,
}

/// Holds who goes where.
#[derive(Clone, Debug, Default)]
pub(super) struct Sending {
    persons: Vec<u64>,
    sites: Vec<Offering>,
    /// Price of each site that is open.
    prices: Vec<i64>,
    /// Marks of the pairs of the sites that are open.
    open: Vec<u64>,
    /// Sites of each place.
    parts: Vec<Vec<u32>>,
    /// Persons of each place who are not served.
    left: Vec<u64>,
    /// What one more person of each place would cost.
    worth: Vec<i64>,
    cost: i128,
    /// Places of which the worth changed, with what it was.
    changed: Vec<(u32, i64)>,
    paths: Paths,
}

/// Is where a search for a path stands.
#[derive(Debug, Default)]
struct Paths {
    /// Length of the shortest path to each site.
    lengths: Vec<i64>,
    /// The site before on the path, who moves, and what a person of them costs then.
    from: Vec<(u32, u32, i64)>,
    reached: Vec<u32>,
    settled: Vec<u32>,
    queue: BinaryHeap<Reverse<(i64, u32)>>,
    /// Pairs looked at.
    work: u64,
}

/// No search goes on from another's: what is cloned begins with nothing.
impl Clone for Paths {
    fn clone(&self) -> Self {
        Self { work: self.work, ..Self::default() }
    }
}

impl Paths {
    /// Makes room for so many sites.
    fn for_sites(mut self, sites: usize) -> Self {
        self.lengths.resize(sites, i64::MAX);
        self.from.resize(sites, (NO_SITE, 0, 0));
        self
    }

    fn clear(&mut self) {
        for site in self.reached.drain(..) {
            self.lengths[site as usize] = i64::MAX;
        }
        self.settled.clear();
        self.queue.clear();
    }

    fn reach(&mut self, site: u32, length: i64, from: (u32, u32, i64)) {
        let at = site as usize;
        if length < self.lengths[at] {
            if self.lengths[at] == i64::MAX {
                self.reached.push(site);
            }
            self.lengths[at] = length;
            self.from[at] = from;
            self.queue.push(Reverse((length, site)));
        }
    }

    /// Returns the next site whose path is shorter than the limit.
    fn next(&mut self, limit: i64) -> Option<(i64, u32)> {
        while let Some(Reverse((length, site))) = self.queue.pop() {
            if length >= limit {
                return None;
            }
            // What was reached on a shorter path since stands in the queue again.
            if length == self.lengths[site as usize] {
                self.settled.push(site);
                return Some((length, site));
            }
        }
        None
    }
}

/// Is how a person who goes nowhere yet finds a place.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// Not served.
    Nowhere,
    /// A site at the end of the path has room.
    Room(u32),
    /// A person of a place, at a site at the end of the path, is not served any more.
    InPlaceOf(u32, u32),
}

/// Is where a path begins along which people come to a site with room.
#[derive(Clone, Copy, Debug)]
enum Drawn {
    /// At a site that has room then.
    From(u32),
    /// With a person who was not served: of this place, at this site, at that cost.
    Unserved(u32, u32, i64),
}

impl Sending {
    /// Sends everybody to the sites that are open, each with the persons that it serves.
    pub(super) fn new(ways: Ways<'_>, period: usize, open: &[(u32, u64)]) -> Self {
        let persons: Vec<u64> = ways.mixed.persons_in(ways.layer, period).collect();
        let places = persons.len();
        let mut sending = Self {
            sites: vec![Offering::default(); ways.mixed.sites()],
            prices: vec![0; ways.mixed.sites()],
            open: ways.near.no_marks(),
            parts: vec![Vec::new(); places],
            left: vec![0; places],
            worth: vec![ways.unserved(); places],
            persons,
            ..Self::default()
        };
        for &(site, limit) in open {
            sending.sites[site as usize].room = limit;
            ways.near.mark(ways.mixed, &mut sending.open, site, true);
        }
        let mut paths = Paths::default().for_sites(ways.mixed.sites());
        for place in 0..places as u32 {
            let persons = sending.persons[place as usize];
            sending.send(ways, place, persons, &mut paths);
        }
        sending.changed.clear();
        Self { paths, ..sending }
    }

    /// Returns who goes where, by place and site.
    pub(super) fn parts(&self) -> Parts {
        let mut parts = Vec::with_capacity(self.parts.len());
        for (place, sites) in (0_u32..).zip(&self.parts) {
            let first = parts.len();
            parts.extend(sites.iter().map(|&site| (place, site, self.persons_at(place, site))));
            parts[first..].sort_unstable();
        }
        parts
    }

    /// Returns what everybody costs, and each place's worth.
    pub(super) fn flow(&self) -> Flow {
        let worth = self.worth.iter().map(|&worth| worth as f64).collect();
        Flow { worth, cost: self.cost(), ..Flow::default() }
    }

    pub(super) fn cost(&self) -> f64 {
        self.cost as f64
    }

    /// Returns the pairs looked at since this was asked last.
    pub(super) fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.paths.work)
    }

    /// Returns the places of which the worth changed since this was asked last, with what it is and the most that it was.
    pub(super) fn take_changed(&mut self) -> Vec<(u32, i64, i64)> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 = first.1.max(next.1);
            }
            same
        });
        let with_worth = changed.into_iter().map(|(place, most)| {
            let worth = self.worth[place as usize];
            (place, worth, most.max(worth))
        });
        with_worth.collect()
    }

    /// Closes a site: its people go elsewhere, or are served no more.
    pub(super) fn close(&mut self, ways: Ways<'_>, site: u32) {
        let mut paths = std::mem::take(&mut self.paths).for_sites(self.sites.len());
        ways.near.mark(ways.mixed, &mut self.open, site, false);
        let closed = std::mem::take(&mut self.sites[site as usize]);
        for &(place, persons, cost) in &closed.members {
            self.parts[place as usize].retain(|&other| other != site);
            self.cost -= i128::from(persons) * i128::from(cost);
        }
        for (place, persons, _) in closed.members {
            self.send(ways, place, persons, &mut paths);
        }
        self.paths = paths;
    }

    /// Opens a site that serves so many: people go there for whom that is cheaper, or who are not served yet.
    pub(super) fn open(&mut self, ways: Ways<'_>, site: u32, limit: u64) {
        let at = site as usize;
        let mut paths = std::mem::take(&mut self.paths).for_sites(self.sites.len());
        ways.near.mark(ways.mixed, &mut self.open, site, true);
        let gains = ways.places_of(site).filter(|&(place, _)| self.persons[place as usize] > 0);
        let gain = gains.map(|(place, cost)| self.worth[place as usize] - cost).max();
        self.sites[at].room = limit;
        self.prices[at] = gain.unwrap_or(0).max(0);
        while self.sites[at].room > 0 && self.prices[at] > 0 {
            let (length, begin) = self.path_to(ways, site, &mut paths);
            self.settle(&paths, |price, reached| price - (length - reached), length);
            match begin {
                Drawn::From(other) if other == site => break,
                begin => self.draw(site, begin, ways.unserved(), &paths),
            }
        }
        self.paths = paths;
    }

    /// Finds the path along which a person more at a site saves most; returns what is lost of its price.
    fn path_to(&self, ways: Ways<'_>, site: u32, paths: &mut Paths) -> (i64, Drawn) {
        let (rises, unserved) = (ways.rises(), ways.unserved());
        paths.clear();
        paths.reach(site, 0, (NO_SITE, 0, 0));
        let mut limit = self.prices[site as usize];
        let mut begin = Drawn::From(site);
        while let Some((length, to)) = paths.next(limit) {
            let price = self.prices[to as usize];
            if to != site && length + price < limit {
                (limit, begin) = (length + price, Drawn::From(to));
            }
            for (place, cost) in ways.places_of(to) {
                paths.work += 1;
                if rises && length + cost + price - unserved >= limit {
                    break;
                }
                let at = place as usize;
                let then = length + cost + price - self.worth[at];
                if then >= limit || self.persons[at] == 0 {
                    continue;
                }
                if self.left[at] > 0 {
                    (limit, begin) = (then, Drawn::Unserved(place, to, cost));
                }
                for &from in self.parts[at].iter().filter(|&&from| from != to) {
                    paths.reach(from, then, (to, place, cost));
                }
            }
        }
        (limit, begin)
    }

    /// Moves people along a path to a site with room.
    fn draw(&mut self, site: u32, begin: Drawn, unserved: i64, paths: &Paths) {
        let (mut most, last) = match begin {
            Drawn::Unserved(place, to, _) => (self.left[place as usize], to),
            Drawn::From(last) => (u64::MAX, last),
        };
        most = most.min(self.sites[site as usize].room);
        let mut at = last;
        while at != site {
            let (to, place, _) = paths.from[at as usize];
            most = most.min(self.persons_at(place, at));
            at = to;
        }
        match begin {
            Drawn::Unserved(place, to, cost) => {
                self.left[place as usize] -= most;
                self.cost -= i128::from(most) * i128::from(unserved);
                self.put(place, to, most, cost);
            }
            Drawn::From(last) => self.sites[last as usize].room += most,
        }
        let mut at = last;
        while at != site {
            let (to, place, cost) = paths.from[at as usize];
            self.take(place, at, most);
            self.put(place, to, most, cost);
            at = to;
        }
        self.sites[site as usize].room -= most;
    }

    /// Sends people of a place who go nowhere yet.
    fn send(&mut self, ways: Ways<'_>, place: u32, mut persons: u64, paths: &mut Paths) {
        let unserved = ways.unserved();
        while persons > 0 {
            let (length, end) = self.path_from(ways, place, paths);
            self.settle(paths, |price, reached| price + (length - reached), length);
            self.note(place, length);
            persons -= match end {
                Sent::Nowhere => {
                    self.left[place as usize] += persons;
                    self.cost += i128::from(persons) * i128::from(unserved);
                    persons
                }
                Sent::Room(site) => {
                    let room = self.sites[site as usize].room;
                    let moved = self.push(site, persons.min(room), paths);
                    self.sites[site as usize].room -= moved;
                    moved
                }
                Sent::InPlaceOf(member, site) => {
                    let there = self.persons_at(member, site);
                    let moved = self.push(site, persons.min(there), paths);
                    self.take(member, site, moved);
                    self.left[member as usize] += moved;
                    self.cost += i128::from(moved) * i128::from(unserved);
                    moved
                }
            };
        }
    }

    /// Finds where a person more of a place costs least, with all who make room for one another.
    fn path_from(&self, ways: Ways<'_>, place: u32, paths: &mut Paths) -> (i64, Sent) {
        let (rises, unserved) = (ways.rises(), ways.unserved());
        paths.clear();
        let mut best = (unserved, Sent::Nowhere);
        self.reach_from(ways, place, (NO_SITE, 0, rises), &mut best, paths);
        while let Some((length, site)) = paths.next(best.0) {
            for &(member, ..) in &self.sites[site as usize].members {
                let before = length - self.worth[member as usize];
                if before + unserved < best.0 {
                    best = (before + unserved, Sent::InPlaceOf(member, site));
                }
                self.reach_from(ways, member, (site, before, rises), &mut best, paths);
            }
        }
        best
    }

    /// Reaches the open sites to which a person of a place can go from another site, up to the best end of a path so far:
    /// nobody goes farther than where there is room.
    fn reach_from(
        &self,
        ways: Ways<'_>,
        place: u32,
        (from, before, rises): (u32, i64, bool),
        best: &mut (i64, Sent),
        paths: &mut Paths,
    ) {
        for (site, cost) in ways.marked_of(&self.open, place) {
            paths.work += 1;
            if rises && before + cost >= best.0 {
                break;
            }
            let length = before + cost + self.prices[site as usize];
            if site == from || length >= best.0 {
                continue;
            }
            paths.reach(site, length, (from, place, cost));
            if self.sites[site as usize].room > 0 {
                *best = (length, Sent::Room(site));
            }
        }
    }

    /// Moves people along a path from a place to its last site, at most so many; returns how many.
    fn push(&mut self, last: u32, mut most: u64, paths: &Paths) -> u64 {
        let (mut from, mut place, _) = paths.from[last as usize];
        while from != NO_SITE {
            most = most.min(self.persons_at(place, from));
            (from, place, _) = paths.from[from as usize];
        }
        let mut at = last;
        loop {
            let (from, place, cost) = paths.from[at as usize];
            self.put(place, at, most, cost);
            if from == NO_SITE {
                return most;
            }
            self.take(place, from, most);
            at = from;
        }
    }

    /// Gives the sites of a search their new prices, and who is there the worth that follows.
    fn settle(&mut self, paths: &Paths, price: impl Fn(i64, i64) -> i64, length: i64) {
        for &site in &paths.settled {
            let reached = paths.lengths[site as usize];
            if reached >= length {
                continue;
            }
            let moved = &mut self.prices[site as usize];
            *moved = price(*moved, reached);
            for &(place, _, cost) in &self.sites[site as usize].members {
                let worth = &mut self.worth[place as usize];
                if *worth != cost + *moved {
                    self.changed.push((place, *worth));
                    *worth = cost + *moved;
                }
            }
        }
    }

    fn note(&mut self, place: u32, worth: i64) {
        let was = &mut self.worth[place as usize];
        if *was != worth {
            self.changed.push((place, *was));
            *was = worth;
        }
    }

    fn persons_at(&self, place: u32, site: u32) -> u64 {
        let members = self.sites[site as usize].members.iter();
        members.filter(|member| member.0 == place).map(|member| member.1).sum()
    }

    fn take(&mut self, place: u32, site: u32, persons: u64) {
        let members = &mut self.sites[site as usize].members;
        if let Some(at) = members.iter().position(|member| member.0 == place) {
            self.cost -= i128::from(persons) * i128::from(members[at].2);
            members[at].1 -= persons;
            if members[at].1 == 0 {
                members.swap_remove(at);
                self.parts[place as usize].retain(|&other| other != site);
            }
        }
    }

    fn put(&mut self, place: u32, site: u32, persons: u64, cost: i64) {
        self.cost += i128::from(persons) * i128::from(cost);
        let members = &mut self.sites[site as usize].members;
        match members.iter_mut().find(|member| member.0 == place) {
            Some(member) => member.1 += persons,
            None => {
                members.push((place, persons, cost));
                self.parts[place as usize].push(site);
            }
        }
    }
}
