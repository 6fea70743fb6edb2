//! Who goes where with a limited kind in a period, so that the farthest goes as little as can be: a transportation
//! problem with a bottleneck.
//!
//! It starts from where a draft sends people. As long as those who go farthest find room nearer, others making room along
//! paths (augmenting paths in a network of those ways alone), they are sent there; when they find none, nobody can do better.
//! Where the people of a place stay together, places are packed, the largest first, with a search of limited length.

use std::collections::VecDeque;

use super::packing::{self, Item};
use crate::mixed::found::Parts;
use crate::mixed::layers::Layer;
use crate::mixed::nearest::Near;
use crate::mixed::problem::Mixed;
use crate::mixed::sending::{Sending, Ways};
use crate::mixed::service::Draft;
use crate::mixed::tariff::Tariff;

/// Marks that there is no site.
const NO_SITE: u32 = u32::MAX;

/// Is who goes to a site from a place.
#[derive(Clone, Copy, Debug)]
struct Member {
    place: u32,
    persons: u64,
    metres: u32,
}

/// Says how a site was reached on a path: by whom, from which site, and how far it is from them.
#[derive(Clone, Copy, Debug)]
struct Step {
    place: u32,
    from: u32,
    metres: u32,
}

/// Is who goes where.
pub(super) struct Crowd<'a> {
    mixed: &'a Mixed,
    near: &'a Near,
    layer: &'a Layer,
    period: usize,
    persons: Vec<u64>,
    /// Persons that each site serves; `None` where it does not offer the kind.
    limits: Vec<Option<u64>>,
    rooms: Vec<u64>,
    members: Vec<Vec<Member>>,
    /// Persons of each place who go nowhere.
    left: Vec<u64>,
    /// How each site was reached, of those listed behind.
    steps: Vec<Option<Step>>,
    reached: Vec<u32>,
    /// Pairs looked at.
    pub(super) work: u64,
}

impl<'a> Crowd<'a> {
    /// Sends the people of a layer in a period by the schedules of a draft.
    pub(super) fn sent(
        mixed: &'a Mixed,
        near: &'a Near,
        (layer, period): (usize, usize),
        draft: &Draft<'_>,
    ) -> Self {
        let mut crowd = Self::nowhere(mixed, near, (layer, period), draft);
        crowd.follow(&draft.split_parts(layer, period));
        crowd.spread();
        if crowd.layer.whole {
            crowd.pack();
            if crowd.metres().is_none() && crowd.layer.unserved.is_none() {
                let parts = draft.whole_flow(layer, period).parts;
                crowd.clear();
                crowd.follow(&parts);
            }
        }
        crowd
    }

    fn nowhere(
        mixed: &'a Mixed,
        near: &'a Near,
        (at, period): (usize, usize),
        draft: &Draft<'_>,
    ) -> Self {
        let layer = &mixed.layers[at];
        let persons: Vec<u64> = mixed.persons_in(layer, period).collect();
        let all: u64 = persons.iter().sum();
        let limit = |site: usize| {
            let size = draft.offers(site, at, period)?;
            Some(layer.sizes[size].unwrap_or(all).min(all))
        };
        let limits: Vec<Option<u64>> = (0..mixed.sites()).map(limit).collect();
        Self {
            mixed,
            near,
            layer,
            period,
            rooms: limits.iter().map(|limit| limit.unwrap_or(0)).collect(),
            members: vec![Vec::new(); limits.len()],
            steps: vec![None; limits.len()],
            reached: Vec::new(),
            left: persons.clone(),
            limits,
            persons,
            work: 0,
        }
    }

    /// Returns whether anybody needs the kind.
    pub(super) fn is_any(&self) -> bool {
        self.persons.iter().any(|&persons| persons > 0)
    }

    /// Returns the largest distance; `None` where somebody is not served.
    pub(super) fn metres(&self) -> Option<u32> {
        self.left.iter().all(|&left| left == 0).then(|| self.farthest())
    }

    fn farthest(&self) -> u32 {
        self.members.iter().flatten().map(|member| member.metres).max().unwrap_or(0)
    }

    /// Returns the places whose people go farthest, or are not served, and all who keep them from nearer sites: somebody
    /// there has to find more room before the largest distance can be less.
    pub(super) fn places(&mut self) -> Vec<usize> {
        let (mut found, most) = match self.metres() {
            None => ((0..self.left.len()).filter(|&place| self.left[place] > 0).collect(), None),
            Some(metres) => (self.at_least(metres), metres.checked_sub(1)),
        };
        if most.is_none() && self.metres().is_some() {
            return found;
        }
        let mut known: Vec<bool> = vec![false; self.left.len()];
        found.iter().for_each(|&place| known[place] = true);
        let mut seen = vec![false; self.members.len()];
        let mut next = 0;
        while next < found.len() {
            for (site, _) in self.within(found[next] as u32, most.unwrap_or(u32::MAX)) {
                if std::mem::replace(&mut seen[site as usize], true) {
                    continue;
                }
                for member in &self.members[site as usize] {
                    if !std::mem::replace(&mut known[member.place as usize], true) {
                        found.push(member.place as usize);
                    }
                }
            }
            next += 1;
        }
        found
    }

    /// Lists the places of which somebody goes at least so far.
    fn at_least(&self, metres: u32) -> Vec<usize> {
        let far = self.members.iter().flatten().filter(|member| member.metres >= metres);
        let mut places: Vec<usize> = far.map(|member| member.place as usize).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Iterates over the sites that offer the kind within so many metres of a place, nearest first.
    fn within(&self, place: u32, most: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let near = self.near.of(place as usize).take_while(move |&(_, metres)| metres <= most);
        near.filter(|&(site, _)| self.limits[site as usize].is_some())
    }

    /// Sends everybody nowhere.
    fn clear(&mut self) {
        self.left.clone_from(&self.persons);
        self.members.iter_mut().for_each(Vec::clear);
        for (room, limit) in self.rooms.iter_mut().zip(&self.limits) {
            *room = limit.unwrap_or(0);
        }
    }

    /// Sends people as a list says.
    fn follow(&mut self, parts: &Parts) {
        for &(place, site, persons) in parts {
            let metres = self.near.of(place as usize).find(|&(other, _)| other == site);
            let Some((_, metres)) = metres else { continue };
            self.put(Step { place, from: NO_SITE, metres }, site, persons);
            self.rooms[site as usize] -= persons;
            self.left[place as usize] -= persons;
        }
    }

    /// Sends as many as have room, the farthest no farther than must be.
    fn spread(&mut self) {
        let waiting: Vec<u32> =
            (0..self.left.len() as u32).filter(|&place| self.left[place as usize] > 0).collect();
        for place in waiting {
            self.seat(place, u32::MAX);
        }
        let Some(mut most) = self.metres() else { return };
        let least = self.least();
        while most > least {
            let before = (self.members.clone(), self.rooms.clone());
            let lifted = self.lift(most);
            if !lifted.into_iter().all(|place| self.seat(place, most - 1)) {
                (self.members, self.rooms) = before;
                self.left.fill(0);
                return;
            }
            most = self.farthest();
        }
    }

    /// Returns the largest distance to the nearest site.
    fn least(&self) -> u32 {
        let peopled = (0..self.persons.len()).filter(|&place| self.persons[place] > 0);
        let nearest = |place: usize| self.within(place as u32, u32::MAX).next();
        peopled.filter_map(nearest).map(|(_, metres)| metres).max().unwrap_or(0)
    }

    /// Takes away those who go at least so far; returns their places.
    fn lift(&mut self, metres: u32) -> Vec<u32> {
        let mut lifted = Vec::new();
        for (members, room) in self.members.iter_mut().zip(&mut self.rooms) {
            members.retain(|member| {
                let goes = member.metres >= metres;
                if goes {
                    lifted.push(member.place);
                    self.left[member.place as usize] += member.persons;
                    *room += member.persons;
                }
                !goes
            });
        }
        lifted
    }

    /// Sends all people of a place who go nowhere to sites within so many metres, others making room; returns whether
    /// all have found some.
    fn seat(&mut self, place: u32, most: u32) -> bool {
        while self.left[place as usize] > 0 {
            let Some(end) = self.path(place, most) else { return false };
            self.push(place, end);
        }
        true
    }

    /// Finds a site with room to which a path leads from a place.
    fn path(&mut self, place: u32, most: u32) -> Option<u32> {
        for site in self.reached.drain(..) {
            self.steps[site as usize] = None;
        }
        let mut queue = VecDeque::from([(place, NO_SITE)]);
        let mut work = 0;
        let mut end = None;
        'all: while let Some((place, from)) = queue.pop_front() {
            let near = self.near.of(place as usize).take_while(|&(_, metres)| metres <= most);
            for (site, metres) in near {
                work += 1;
                let at = site as usize;
                if self.limits[at].is_none() || self.steps[at].is_some() {
                    continue;
                }
                self.steps[at] = Some(Step { place, from, metres });
                self.reached.push(site);
                if self.rooms[at] > 0 {
                    end = Some(site);
                    break 'all;
                }
                queue.extend(self.members[at].iter().map(|member| (member.place, site)));
            }
        }
        self.work += work;
        end
    }

    /// Moves people along the path to a site with room.
    fn push(&mut self, place: u32, end: u32) {
        let steps: Vec<(Step, u32)> = self.steps_to(end);
        let mut most = self.left[place as usize].min(self.rooms[end as usize]);
        for (step, _) in steps.iter().filter(|(step, _)| step.from != NO_SITE) {
            most = most.min(self.persons_at(step.place, step.from));
        }
        for (step, to) in steps {
            self.put(step, to, most);
            if step.from != NO_SITE {
                self.take(step.place, step.from, most);
            }
        }
        self.rooms[end as usize] -= most;
        self.left[place as usize] -= most;
    }

    fn steps_to(&self, end: u32) -> Vec<(Step, u32)> {
        let mut steps = Vec::new();
        let mut at = end;
        while let Some(step) = self.steps.get(at as usize).copied().flatten() {
            steps.push((step, at));
            at = step.from;
        }
        steps
    }

    fn persons_at(&self, place: u32, site: u32) -> u64 {
        let members = self.members[site as usize].iter();
        members.filter(|member| member.place == place).map(|member| member.persons).sum()
    }

    fn put(&mut self, step: Step, site: u32, persons: u64) {
        let members = &mut self.members[site as usize];
        match members.iter_mut().find(|member| member.place == step.place) {
            Some(member) => member.persons += persons,
            None => members.push(Member { place: step.place, persons, metres: step.metres }),
        }
    }

    fn take(&mut self, place: u32, site: u32, persons: u64) {
        let members = &mut self.members[site as usize];
        members.iter_mut().filter(|m| m.place == place).for_each(|m| m.persons -= persons);
        members.retain(|member| member.persons > 0);
    }

    /// Sends the people of each place to one site, or nowhere.
    fn pack(&mut self) {
        let least = self.metres();
        let items: Vec<Item> = (0..self.persons.len() as u32)
            .filter(|&place| self.persons[place as usize] > 0)
            .map(|place| Item {
                place,
                persons: self.persons[place as usize],
                sites: self.within(place, u32::MAX).collect(),
            })
            .collect();
        self.clear();
        // Where not even parts of places all have room, no whole places have.
        let packed = least.and_then(|least| packing::nearest(&items, &self.rooms, least));
        let (packed, looked) = packed.unwrap_or_else(|| packing::some(&items, &self.rooms));
        self.work += looked;
        for (item, site) in items.iter().zip(packed).filter_map(|(i, site)| Some((i, site?))) {
            self.follow(&vec![(item.place, site, item.persons)]);
        }
    }

    /// Returns the parts, nobody going farther than so many metres, and all together as little as can be. There must be
    /// such.
    pub(super) fn parts_within(&self, most: u32) -> Parts {
        if self.layer.whole {
            return self.parts();
        }
        let tariff = Tariff::UpTo(most);
        let layer = Layer { tariff, unserved: None, ..self.layer.clone() };
        let ways = Ways { mixed: self.mixed, near: self.near, layer: &layer };
        let limits = (0..).zip(&self.limits);
        let open: Vec<(u32, u64)> =
            limits.filter_map(|(site, limit)| Some((site, (*limit)?))).collect();
        Sending::new(ways, self.period, &open).parts()
    }

    fn parts(&self) -> Parts {
        let of_site = |(site, members): (u32, &Vec<Member>)| {
            let parts = members.iter().map(move |member| (member.place, site, member.persons));
            parts.collect::<Parts>()
        };
        let mut parts: Parts = (0..).zip(&self.members).flat_map(of_site).collect();
        parts.sort_unstable();
        parts
    }
}
