//! Who is sent where with a limited kind in a period, kept at least cost while sites come and go.
//!
//! A transportation problem, held with its dual: each site has a price, 0 where it has room, and each place goes where cost and
//! price are least. A site that closes hands its people on, one that opens draws people to it, along shortest paths of
//! people who make room for one another (successive shortest paths, Ahuja, Magnanti and Orlin 1993, section 9.7). Only
//! what lies near is looked at: a path is given up once it costs more than leaving somebody unserved.
//!
//! `paths` finds them, `links` remembers what it costs least to hand somebody on from one site to another, and `journal`
//! what a change was made of, so that it is undone at once.

mod journal;
mod links;
mod paths;

use super::found::Parts;
use super::layers::Layer;
use super::market::Flow;
use super::nearest::Near;
use super::problem::Mixed;
use journal::Journal;
use links::Links;
use paths::{Drawn, Paths, Sent};

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
/// Price of a site that is not open: nobody can pay it.
const CLOSED: i64 = i64::MAX / 4;

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
    /// Price of each site.
    prices: Vec<i64>,
    /// Marks of the pairs of the sites that are open.
    open: Vec<u64>,
    /// Sites of each place.
    parts: Vec<Vec<u32>>,
    /// Persons of each place who are not served.
    left: Vec<u64>,
    /// What one more person of each place would cost.
    worth: Vec<i64>,
    /// For each block of places, no less than the most that any of them is worth.
    most: Vec<i64>,
    cost: i128,
    /// Places of which the worth changed since that was asked last, and for each place the most that it was before.
    changed: Vec<u32>,
    was_most: Vec<i64>,
    paths: Paths,
    links: Links,
    journal: Journal,
}

impl Sending {
    /// Sends everybody to the sites that are open, each with the persons that it serves.
    pub(super) fn new(ways: Ways<'_>, period: usize, open: &[(u32, u64)]) -> Self {
        let persons: Vec<u64> = ways.mixed.persons_in(ways.layer, period).collect();
        let places = persons.len();
        let mut sending = Self {
            sites: vec![Offering::default(); ways.mixed.sites()],
            prices: vec![CLOSED; ways.mixed.sites()],
            open: ways.near.no_marks(),
            parts: vec![Vec::new(); places],
            left: vec![0; places],
            worth: vec![ways.unserved(); places],
            was_most: vec![i64::MIN; places],
            links: Links::new(ways.mixed.sites()),
            journal: Journal::new(ways.mixed.sites(), places),
            persons,
            ..Self::default()
        };
        for &(site, limit) in open {
            (sending.sites[site as usize].room, sending.prices[site as usize]) = (limit, 0);
            ways.near.mark(ways.mixed, &mut sending.open, site, true);
        }
        let mut paths = Paths::default().for_sites(ways.mixed.sites());
        for place in 0..places as u32 {
            let persons = sending.persons[place as usize];
            sending.send(ways, place, persons, &mut paths);
        }
        sending.take_changed();
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
        let changed = std::mem::take(&mut self.changed);
        let with_worth = changed.into_iter().map(|place| {
            let worth = self.worth[place as usize];
            let most = std::mem::replace(&mut self.was_most[place as usize], i64::MIN);
            (place, worth, most.max(worth))
        });
        with_worth.collect()
    }

    /// Changes what a site offers: `None` where it closes, else how many it serves. It can be undone as long as it is among
    /// so many of the last changes.
    pub(super) fn change(&mut self, ways: Ways<'_>, site: u32, limit: Option<u64>, kept: usize) {
        let is_open = self.prices[site as usize] < CLOSED;
        self.journal.begin(site, is_open, self.cost);
        self.journal.keep(kept);
        let mut paths = std::mem::take(&mut self.paths).for_sites(self.sites.len());
        if is_open {
            self.close(ways, site, &mut paths);
        }
        if let Some(limit) = limit {
            self.open(ways, site, limit, &mut paths);
        }
        self.paths = paths;
    }

    /// Closes a site: its people go elsewhere, or are served no more.
    fn close(&mut self, ways: Ways<'_>, site: u32, paths: &mut Paths) {
        ways.near.mark(ways.mixed, &mut self.open, site, false);
        self.links.forget(site);
        self.set_price(site, CLOSED);
        let closed = std::mem::take(&mut self.sites[site as usize]);
        for &(place, persons, cost) in &closed.members {
            self.journal.note_member(site, place, cost, persons);
            self.parts[place as usize].retain(|&other| other != site);
            self.cost -= i128::from(persons) * i128::from(cost);
        }
        for (place, persons, _) in closed.members {
            self.send(ways, place, persons, paths);
        }
    }

    /// Opens a site that serves so many: people go there for whom that is cheaper, or who are not served yet.
    fn open(&mut self, ways: Ways<'_>, site: u32, limit: u64, paths: &mut Paths) {
        let at = site as usize;
        ways.near.mark(ways.mixed, &mut self.open, site, true);
        ways.near.most_of_blocks(&self.worth, &mut self.most);
        let (rises, most) = (ways.rises(), ways.near.most_near(site, &self.most));
        let mut gain = 0;
        for (place, cost) in ways.places_of(site) {
            if rises && most - cost <= gain {
                break;
            }
            if self.persons[place as usize] > 0 {
                gain = gain.max(self.worth[place as usize] - cost);
            }
        }
        self.set_price(site, gain);
        paths.forget_sources();
        self.sites[at].room = limit;
        self.link_to(ways, site);
        while self.sites[at].room > 0 && self.prices[at] > 0 {
            let (length, begin) = self.path_to(ways, site, paths);
            self.settle(paths, |price, reached| price - (length - reached), length);
            match begin {
                Drawn::From(other) if other == site => break,
                begin => self.draw(site, begin, ways.unserved(), paths),
            }
        }
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
                self.set_left(place, self.left[place as usize] - most);
                self.cost -= i128::from(most) * i128::from(unserved);
                self.put(place, to, most, cost);
            }
            Drawn::From(last) => self.set_room(last, self.sites[last as usize].room + most),
        }
        let mut at = last;
        while at != site {
            let (to, place, cost) = paths.from[at as usize];
            self.take(place, at, most);
            self.put(place, to, most, cost);
            at = to;
        }
        self.set_room(site, self.sites[site as usize].room - most);
    }

    /// Sends people of a place who go nowhere yet.
    fn send(&mut self, ways: Ways<'_>, place: u32, mut persons: u64, paths: &mut Paths) {
        let unserved = ways.unserved();
        while persons > 0 {
            let (length, end) = self.path_from(ways, place, paths);
            self.settle(paths, |price, reached| price + (length - reached), length);
            self.set_worth(place, length);
            persons -= match end {
                Sent::Nowhere => {
                    self.set_left(place, self.left[place as usize] + persons);
                    self.cost += i128::from(persons) * i128::from(unserved);
                    persons
                }
                Sent::Room(site) => {
                    let room = self.sites[site as usize].room;
                    let moved = self.push(site, persons.min(room), paths);
                    self.set_room(site, room - moved);
                    moved
                }
                Sent::InPlaceOf(member, site) => {
                    let there = self.persons_at(member, site);
                    let moved = self.push(site, persons.min(there), paths);
                    self.take(member, site, moved);
                    self.set_left(member, self.left[member as usize] + moved);
                    self.cost += i128::from(moved) * i128::from(unserved);
                    moved
                }
            };
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
            let at = site as usize;
            let reached = paths.lengths[at];
            if reached >= length {
                continue;
            }
            let price = price(self.prices[at], reached);
            self.set_price(site, price);
            let members = std::mem::take(&mut self.sites[at].members);
            members.iter().for_each(|&(place, _, cost)| self.set_worth(place, cost + price));
            self.sites[at].members = members;
        }
    }

    fn set_price(&mut self, site: u32, price: i64) {
        let was = &mut self.prices[site as usize];
        self.journal.note_site(site, *was, self.sites[site as usize].room);
        *was = price;
    }

    fn set_room(&mut self, site: u32, room: u64) {
        let was = &mut self.sites[site as usize].room;
        self.journal.note_site(site, self.prices[site as usize], *was);
        *was = room;
    }

    fn set_worth(&mut self, place: u32, worth: i64) {
        let was = &mut self.worth[place as usize];
        if *was != worth {
            self.journal.note_place(place, *was, self.left[place as usize]);
            let most = &mut self.was_most[place as usize];
            if *most == i64::MIN {
                self.changed.push(place);
            }
            *most = (*most).max(*was);
            *was = worth;
        }
    }

    fn set_left(&mut self, place: u32, left: u64) {
        let was = &mut self.left[place as usize];
        self.journal.note_place(place, self.worth[place as usize], *was);
        *was = left;
    }

    fn persons_at(&self, place: u32, site: u32) -> u64 {
        let members = self.sites[site as usize].members.iter();
        members.filter(|member| member.0 == place).map(|member| member.1).sum()
    }

    fn take(&mut self, place: u32, site: u32, persons: u64) {
        let members = &mut self.sites[site as usize].members;
        if let Some(at) = members.iter().position(|member| member.0 == place) {
            let (_, there, cost) = members[at];
            self.journal.note_member(site, place, cost, there);
            self.cost -= i128::from(persons) * i128::from(cost);
            members[at].1 -= persons;
            if members[at].1 == 0 {
                members.swap_remove(at);
                self.parts[place as usize].retain(|&other| other != site);
                self.links.leave(site, place);
            }
        }
    }

    fn put(&mut self, place: u32, site: u32, persons: u64, cost: i64) {
        self.cost += i128::from(persons) * i128::from(cost);
        let members = &mut self.sites[site as usize].members;
        let there = members.iter_mut().find(|member| member.0 == place);
        self.journal.note_member(site, place, cost, there.as_ref().map_or(0, |member| member.1));
        match there {
            Some(member) => member.1 += persons,
            None => {
                members.push((place, persons, cost));
                self.parts[place as usize].push(site);
                self.links.come(site, place);
            }
        }
    }
}
