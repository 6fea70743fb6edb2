//! Shortest paths of people who make room for one another: from a place to a site with room, and from a site with room
//! to those whom it saves most (Dijkstra 1959, over sites, with lengths that prices keep from being negative).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{NO_SITE, Sending, Ways};

/// Is where a search for a path stands.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Length of the shortest path to each site.
    pub(super) lengths: Vec<i64>,
    /// The site before on the path, who moves, and what a person of them costs then.
    pub(super) from: Vec<(u32, u32, i64)>,
    reached: Vec<u32>,
    pub(super) settled: Vec<u32>,
    queue: BinaryHeap<Reverse<(i64, u32)>>,
    /// For each site, places from which people may come, for as long as it takes to open one site.
    sources: Vec<Sources>,
    listed: Vec<u32>,
    /// Pairs looked at.
    pub(super) work: u64,
}

/// Is the places from which people may come to a site: those whose people cost there, beside what they are worth, less than
/// a limit. While one site opens, nobody becomes worth more, so that no other place joins them.
#[derive(Clone, Debug)]
struct Sources {
    limit: i64,
    places: Vec<(u32, i64)>,
}

/// No search goes on from another's: what is cloned begins with nothing.
impl Clone for Paths {
    fn clone(&self) -> Self {
        Self { work: self.work, ..Self::default() }
    }
}

impl Paths {
    /// Makes room for so many sites.
    pub(super) fn for_sites(mut self, sites: usize) -> Self {
        self.lengths.resize(sites, i64::MAX);
        self.from.resize(sites, (NO_SITE, 0, 0));
        self.sources.resize(sites, Sources { limit: i64::MIN, places: Vec::new() });
        self
    }

    /// Forgets from where people may come.
    pub(super) fn forget_sources(&mut self) {
        for site in self.listed.drain(..) {
            self.sources[site as usize].limit = i64::MIN;
        }
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
pub(super) enum Sent {
    /// Not served.
    Nowhere,
    /// A site at the end of the path has room.
    Room(u32),
    /// A person of a place, at a site at the end of the path, is not served any more.
    InPlaceOf(u32, u32),
}

/// Is where a path begins along which people come to a site with room.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drawn {
    /// At a site that has room then.
    From(u32),
    /// With a person who was not served: of this place, at this site, at that cost.
    Unserved(u32, u32, i64),
}

impl Sending {
    /// Finds the path along which a person more at a site saves most; returns what is lost of its price.
    pub(super) fn path_to(&self, ways: Ways<'_>, site: u32, paths: &mut Paths) -> (i64, Drawn) {
        paths.clear();
        paths.reach(site, 0, (NO_SITE, 0, 0));
        let mut limit = self.prices[site as usize];
        let mut begin = Drawn::From(site);
        while let Some((length, to)) = paths.next(limit) {
            let price = self.prices[to as usize];
            if to != site && length + price < limit {
                (limit, begin) = (length + price, Drawn::From(to));
            }
            let spare = limit - length;
            if paths.sources[to as usize].limit < spare - price {
                self.list_sources(ways, to, spare - price + 2 * spare, paths);
            }
            let sources = std::mem::take(&mut paths.sources[to as usize].places);
            paths.work += sources.len() as u64;
            for &(place, cost) in &sources {
                let at = place as usize;
                let then = length + cost + price - self.worth[at];
                if then >= limit {
                    continue;
                }
                if self.left[at] > 0 {
                    (limit, begin) = (then, Drawn::Unserved(place, to, cost));
                }
                for &from in self.parts[at].iter().filter(|&&from| from != to) {
                    paths.reach(from, then, (to, place, cost));
                }
            }
            paths.sources[to as usize].places = sources;
        }
        (limit, begin)
    }

    /// Lists from where people may come to a site.
    fn list_sources(&self, ways: Ways<'_>, to: u32, limit: i64, paths: &mut Paths) {
        let (rises, most) = (ways.rises(), ways.near.most_near(to, &self.most));
        let sources = &mut paths.sources[to as usize];
        if sources.limit == i64::MIN {
            paths.listed.push(to);
        }
        sources.limit = limit;
        sources.places.clear();
        for (place, cost) in ways.places_of(to) {
            paths.work += 1;
            if rises && cost - most >= limit {
                break;
            }
            if cost - self.worth[place as usize] < limit && self.persons[place as usize] > 0 {
                sources.places.push((place, cost));
            }
        }
    }

    /// Finds where a person more of a place costs least, with all who make room for one another.
    pub(super) fn path_from(
        &mut self,
        ways: Ways<'_>,
        place: u32,
        paths: &mut Paths,
    ) -> (i64, Sent) {
        let unserved = ways.unserved();
        paths.clear();
        let mut best = (unserved, Sent::Nowhere);
        self.reach_from(ways, place, &mut best, paths);
        while let Some((length, site)) = paths.next(best.0) {
            // What a person here costs but for the cost of this site: a link adds what another costs more.
            let before = length - self.prices[site as usize];
            paths.work += self.list_links(ways, site, best.0 - before);
            let of = self.links.of(site);
            let (farthest, cost) = of.farthest;
            if before - cost + unserved < best.0 {
                best = (before - cost + unserved, Sent::InPlaceOf(farthest, site));
            }
            paths.work += of.links.len() as u64;
            for link in &of.links {
                let length = before + link.more + self.prices[link.to as usize];
                if length < best.0 {
                    paths.reach(link.to, length, (site, link.place, link.cost));
                    if self.sites[link.to as usize].room > 0 {
                        best = (length, Sent::Room(link.to));
                    }
                }
            }
        }
        best
    }

    /// Reaches the open sites to which a person of a place can go, up to the best end of a path so far: nobody goes farther
    /// than where there is room.
    fn reach_from(&self, ways: Ways<'_>, place: u32, best: &mut (i64, Sent), paths: &mut Paths) {
        let rises = ways.rises();
        for (site, cost) in ways.marked_of(&self.open, place) {
            paths.work += 1;
            if rises && cost >= best.0 {
                break;
            }
            let length = cost + self.prices[site as usize];
            if length >= best.0 {
                continue;
            }
            paths.reach(site, length, (NO_SITE, place, cost));
            if self.sites[site as usize].room > 0 {
                *best = (length, Sent::Room(site));
            }
        }
    }
}
