//! What it costs least to hand somebody on from one site to another, remembered from one path to the next: it follows from
//! who is served where, not from prices.
//!
//! A path that leaves a site otherwise has to look at everybody there and at all sites near each of them.

use super::{CLOSED, Sending, Ways};

/// Somebody who can be handed on to a site at least cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) to: u32,
    /// The place, and what a person of it costs at the other site.
    pub(super) place: u32,
    pub(super) cost: i64,
    /// What a person of it costs more there.
    pub(super) more: i64,
}

/// Is where people of a site can be handed on.
#[derive(Clone, Debug, Default)]
pub(super) struct OfSite {
    /// Whether the links are those of all members but the new ones.
    is_listed: bool,
    /// Links that cost more than this are not listed.
    limit: i64,
    pub(super) links: Vec<Link>,
    /// The place from which people come whom the site costs most, and that cost.
    pub(super) farthest: (u32, i64),
    new: Vec<u32>,
}

/// Holds the links of all sites.
#[derive(Debug, Default)]
pub(super) struct Links {
    of: Vec<OfSite>,
    /// Position of a site among the links that are listed, one more; 0 for none.
    positions: Vec<u32>,
    /// Who is farther than this from a site is not listed with it anywhere.
    reach: i64,
}

/// They are found anew where they are asked for: what is cloned begins with none.
impl Clone for Links {
    fn clone(&self) -> Self {
        Self::new(self.of.len())
    }
}

/// By how much more than is asked for links are listed, as a part of it.
const MARGIN: i64 = 4;

impl Links {
    pub(super) fn new(sites: usize) -> Self {
        Self { of: vec![OfSite::default(); sites], positions: vec![0; sites], reach: i64::MIN }
    }

    pub(super) fn of(&self, site: u32) -> &OfSite {
        &self.of[site as usize]
    }

    /// Forgets the links from a site.
    pub(super) fn forget(&mut self, site: u32) {
        let of = &mut self.of[site as usize];
        of.is_listed = false;
        of.new.clear();
    }

    /// Takes note that people of a place come to a site.
    pub(super) fn come(&mut self, site: u32, place: u32) {
        let of = &mut self.of[site as usize];
        if of.is_listed {
            of.new.push(place);
        }
    }

    /// Takes note that nobody of a place is at a site any more.
    pub(super) fn leave(&mut self, site: u32, place: u32) {
        let of = &mut self.of[site as usize];
        if !of.is_listed {
            return;
        }
        of.new.retain(|&new| new != place);
        if of.farthest.0 == place || of.links.iter().any(|link| link.place == place) {
            self.forget(site);
        }
    }
}

impl Sending {
    /// Lists the links of a site that cost no more than a limit, where they are not listed yet.
    pub(super) fn list_links(&mut self, ways: Ways<'_>, site: u32, limit: i64) -> u64 {
        let mut of = std::mem::take(&mut self.links.of[site as usize]);
        let is_short = !of.is_listed || of.limit < limit;
        if is_short {
            of.limit = limit + limit.max(0) / MARGIN;
            of.links.clear();
            of.farthest = (0, -CLOSED);
            of.new.clear();
            of.new.extend(self.sites[site as usize].members.iter().map(|member| member.0));
        }
        let mut looked = 0;
        if !of.new.is_empty() {
            for (at, link) in (1..).zip(&of.links) {
                self.links.positions[link.to as usize] = at;
            }
            for place in std::mem::take(&mut of.new) {
                looked += self.link(ways, (site, place), &mut of);
            }
            of.links.iter().for_each(|link| self.links.positions[link.to as usize] = 0);
        }
        of.is_listed = true;
        self.links.reach = self.links.reach.max(of.farthest.1.saturating_add(of.limit));
        self.links.of[site as usize] = of;
        looked
    }

    /// Lists what people of one place bring to the links of a site.
    fn link(&mut self, ways: Ways<'_>, (site, place): (u32, u32), of: &mut OfSite) -> u64 {
        let here = self.worth[place as usize] - self.prices[site as usize];
        if here > of.farthest.1 {
            of.farthest = (place, here);
        }
        let (rises, mut looked) = (ways.rises(), 0);
        for (to, cost) in ways.marked_of(&self.open, place) {
            looked += 1;
            let more = cost - here;
            if more > of.limit {
                if rises {
                    break;
                }
                continue;
            }
            if to == site {
                continue;
            }
            let link = Link { to, place, cost, more };
            match self.links.positions[to as usize] {
                0 => {
                    of.links.push(link);
                    self.links.positions[to as usize] = of.links.len() as u32;
                }
                at if more < of.links[at as usize - 1].more => of.links[at as usize - 1] = link,
                _ => {}
            }
        }
        looked
    }

    /// Lists a site that opens among the links of all others.
    pub(super) fn link_to(&mut self, ways: Ways<'_>, site: u32) {
        let mut found: Vec<(u32, Link)> = Vec::new();
        let rises = ways.rises();
        for (place, cost) in ways.places_of(site) {
            if rises && cost > self.links.reach {
                break;
            }
            for &from in &self.parts[place as usize] {
                let of = &self.links.of[from as usize];
                let more = cost - (self.worth[place as usize] - self.prices[from as usize]);
                if from == site || !of.is_listed || more > of.limit {
                    continue;
                }
                let link = Link { to: site, place, cost, more };
                match self.links.positions[from as usize] {
                    0 => {
                        found.push((from, link));
                        self.links.positions[from as usize] = found.len() as u32;
                    }
                    at if more < found[at as usize - 1].1.more => found[at as usize - 1].1 = link,
                    _ => {}
                }
            }
        }
        for (from, link) in found {
            self.links.positions[from as usize] = 0;
            let links = &mut self.links.of[from as usize].links;
            match links.iter_mut().find(|link| link.to == site) {
                Some(known) => *known = link,
                None => links.push(link),
            }
        }
    }
}
