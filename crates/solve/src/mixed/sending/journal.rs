//! What each change of a site was made of, so that it can be undone without sending anybody anew.

use super::Sending;
use super::Ways;

/// Holds what the last changes overwrote.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    frames: Vec<Frame>,
    /// Number of the last change, and of the one that wrote of a site or place last.
    change: u64,
    of_sites: Vec<u64>,
    of_places: Vec<u64>,
}

/// Is what one change overwrote.
#[derive(Clone, Debug)]
struct Frame {
    /// The site that changed, and whether it was open.
    site: u32,
    was_open: bool,
    cost: i128,
    /// Sites with price and room, places with worth and how many are not served, before the change.
    sites: Vec<(u32, i64, u64)>,
    places: Vec<(u32, i64, u64)>,
    /// Sites and places with what a person costs there and how many were sent, before each step.
    members: Vec<(u32, u32, i64, u64)>,
}

impl Journal {
    pub(super) fn new(sites: usize, places: usize) -> Self {
        Self { of_sites: vec![0; sites], of_places: vec![0; places], ..Self::default() }
    }

    /// Begins to write of a change of a site.
    pub(super) fn begin(&mut self, site: u32, was_open: bool, cost: i128) {
        self.change += 1;
        let (sites, places, members) = Default::default();
        self.frames.push(Frame { site, was_open, cost, sites, places, members });
    }

    /// Keeps so many of the last changes.
    pub(super) fn keep(&mut self, changes: usize) {
        let old = self.frames.len().saturating_sub(changes);
        self.frames.drain(..old);
    }

    pub(super) fn note_site(&mut self, site: u32, price: i64, room: u64) {
        if let Some(frame) = self.frames.last_mut()
            && self.of_sites[site as usize] != self.change
        {
            self.of_sites[site as usize] = self.change;
            frame.sites.push((site, price, room));
        }
    }

    pub(super) fn note_place(&mut self, place: u32, worth: i64, left: u64) {
        if let Some(frame) = self.frames.last_mut()
            && self.of_places[place as usize] != self.change
        {
            self.of_places[place as usize] = self.change;
            frame.places.push((place, worth, left));
        }
    }

    pub(super) fn note_member(&mut self, site: u32, place: u32, cost: i64, persons: u64) {
        if let Some(frame) = self.frames.last_mut() {
            frame.members.push((site, place, cost, persons));
        }
    }
}

impl Sending {
    /// Forgets the changes that could be undone.
    pub(in super::super) fn forget_changes(&mut self) {
        self.journal.frames.clear();
    }

    /// Undoes the last change that is kept.
    pub(in super::super) fn undo(&mut self, ways: Ways<'_>) {
        let Some(frame) = self.journal.frames.pop() else { return };
        // Nothing is written of what is undone.
        let kept = std::mem::take(&mut self.journal.frames);
        for (site, place, cost, persons) in frame.members.into_iter().rev() {
            let now = self.persons_at(place, site);
            if persons > now {
                self.put(place, site, persons - now, cost);
            } else {
                self.take(place, site, now - persons);
            }
        }
        for (site, price, room) in frame.sites {
            (self.prices[site as usize], self.sites[site as usize].room) = (price, room);
        }
        for (place, worth, left) in frame.places {
            self.set_worth(place, worth);
            self.left[place as usize] = left;
        }
        self.cost = frame.cost;
        ways.near.mark(ways.mixed, &mut self.open, frame.site, frame.was_open);
        self.journal.frames = kept;
        if frame.was_open {
            self.link_to(ways, frame.site);
        } else {
            self.links.forget(frame.site);
        }
    }
}
