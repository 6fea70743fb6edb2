//! What plans are worth under the goal of the worst-off, in whole numbers.
//!
//! Each period of each future is a moment. Kinds without limit go to the nearest site; of limited ones the people are
//! sent so that the farthest goes as little as can be ([`Crowd`]).

use std::cell::Cell;

use super::crowd::Crowd;
use crate::mixed::found::Parts;
use crate::mixed::layers::Layer;
use crate::mixed::nearest::Near;
use crate::mixed::problem::Mixed;
use crate::mixed::service::{Draft, NOBODY};

/// Knows who needs what, and what the largest distance of each moment counts.
pub(super) struct Truth<'a> {
    pub(super) mixed: &'a Mixed,
    near: &'a Near,
    /// What a metre counts for in each moment.
    pub(super) weights: Vec<i128>,
    /// Metres that somebody without a site counts with; `None` where everybody must be served.
    pub(super) unserved: Option<u32>,
    /// For each moment the layers and places that somebody needs.
    pub(super) needs: Vec<Vec<(usize, usize)>>,
    /// Pairs looked at where people of limited kinds were sent.
    sent: Cell<u64>,
}

/// Is the largest distance of a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Farthest {
    pub(super) metres: u32,
    /// The layer of those who go so far.
    pub(super) layer: usize,
    /// Them and, of a limited kind, all who keep them from nearer sites; empty where nobody needs anything.
    pub(super) places: Vec<usize>,
}

impl<'a> Truth<'a> {
    pub(super) fn new(mixed: &'a Mixed, near: &'a Near, unserved: Option<u32>) -> Self {
        let moments = (0..mixed.futures.len())
            .flat_map(|future| (0..mixed.periods).map(move |period| (future, period)));
        let of_future = |future: usize| {
            let first = future * mixed.per_future;
            first..first + mixed.per_future
        };
        let needs = |(future, period): (usize, usize)| -> Vec<(usize, usize)> {
            let of_layer = |layer: usize| {
                let persons = mixed.persons_in(&mixed.layers[layer], period).enumerate();
                persons.filter(|&(_, n)| n > 0).map(move |(place, _)| (layer, place))
            };
            of_future(future).flat_map(of_layer).collect()
        };
        let weight = |(future, period): (usize, usize)| -> i128 {
            let first = mixed.layers.get(future * mixed.per_future);
            first.map_or(0, |layer| i128::from(layer.factors[period]))
        };
        Self {
            mixed,
            near,
            weights: moments.clone().map(weight).collect(),
            unserved,
            needs: moments.map(needs).collect(),
            sent: Cell::new(0),
        }
    }

    pub(super) fn moments(&self) -> std::ops::Range<usize> {
        0..self.weights.len()
    }

    /// Returns future and period of a moment.
    pub(super) fn moment(&self, at: usize) -> (usize, usize) {
        (at / self.mixed.periods, at % self.mixed.periods)
    }

    /// Returns a moment before one that differs from it at most in what things cost.
    pub(super) fn alike(&self, moment: usize) -> Option<usize> {
        let (future, period) = self.moment(moment);
        let futures = &self.mixed.futures;
        let before = (0..future).find(|&before| futures[before].serves_as(&futures[future]));
        before.map(|before| before * self.mixed.periods + period)
    }

    /// Returns whether a moment counts at all.
    pub(super) fn counts(&self, moment: usize) -> bool {
        self.weights[moment] > 0
    }

    /// Returns the limited layers of a moment.
    fn limited(&self, moment: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.moment(moment).0 * self.mixed.per_future;
        (first..first + self.mixed.per_future).filter(|&layer| self.mixed.layers[layer].limited)
    }

    /// Returns the largest distance of a moment with those who have it; `None` where somebody must be served and is
    /// not.
    pub(super) fn worst(&self, draft: &Draft<'_>, moment: usize) -> Option<Farthest> {
        let mut worst = self.nearest_worst(draft, moment)?;
        for layer in self.limited(moment) {
            let mut crowd = self.crowd(draft, layer, moment);
            let metres = crowd.metres().or(self.unserved)?;
            if metres > worst.metres || (worst.places.is_empty() && crowd.is_any()) {
                worst = Farthest { metres, layer, places: crowd.places() };
            }
        }
        Some(worst)
    }

    /// Returns the same for the kinds without limit.
    fn nearest_worst(&self, draft: &Draft<'_>, moment: usize) -> Option<Farthest> {
        let period = self.moment(moment).1;
        let mut worst = Farthest::default();
        let needs = self.needs[moment].iter();
        for &(layer, place) in needs.filter(|need| !self.mixed.layers[need.0].limited) {
            let metres = draft.nearest[layer][place * self.mixed.periods + period].first.1;
            let metres = if metres == NOBODY { self.unserved? } else { metres };
            if metres > worst.metres || worst.places.is_empty() {
                worst = Farthest { metres, layer, places: vec![place] };
            }
        }
        Some(worst)
    }

    /// Returns the largest distance of a moment that anybody has to the nearest site, whoever has room there; `None`
    /// where somebody must be served and is not.
    fn least(&self, draft: &Draft<'_>, moment: usize) -> Option<u32> {
        let period = self.moment(moment).1;
        let mut least = 0;
        for &(layer, place) in &self.needs[moment] {
            let nearest = if self.mixed.layers[layer].limited {
                let mut near = self.near.of(place);
                let offers = |site: u32| draft.offers(site as usize, layer, period).is_some();
                near.find(|&(site, _)| offers(site)).map(|(_, metres)| metres)
            } else {
                let metres = draft.nearest[layer][place * self.mixed.periods + period].first.1;
                (metres != NOBODY).then_some(metres)
            };
            least = least.max(nearest.or(self.unserved)?);
        }
        Some(least)
    }

    /// Sends the people of a limited layer.
    fn crowd(&self, draft: &Draft<'_>, layer: usize, moment: usize) -> Crowd<'a> {
        let period = self.moment(moment).1;
        let crowd = Crowd::sent(self.mixed, self.near, (layer, period), draft);
        self.sent.set(self.sent.get() + crowd.work);
        crowd
    }

    /// Returns the value of a draft; `None` where somebody must be served and is not.
    pub(super) fn value(&self, draft: &Draft<'_>) -> Option<i128> {
        self.value_up_to(draft, i128::MAX)
    }

    /// Returns the same where it is at most so much.
    pub(super) fn value_up_to(&self, draft: &Draft<'_>, most: i128) -> Option<i128> {
        let charged = self.charged(&draft.schedules);
        let least = self.moments().map(|moment| self.least(draft, moment));
        let mut metres = least.collect::<Option<Vec<u32>>>()?;
        for moment in self.moments() {
            for layer in self.limited(moment) {
                if self.total(&metres) + charged > most {
                    return None;
                }
                let farthest = self.crowd(draft, layer, moment).metres().or(self.unserved)?;
                metres[moment] = metres[moment].max(farthest);
            }
        }
        Some(self.total(&metres) + charged).filter(|&value| value <= most)
    }

    /// Returns the largest distances of all moments, 0 where somebody must be served and is not.
    pub(super) fn metres(&self, draft: &Draft<'_>) -> Vec<u32> {
        let metres = |moment| self.worst(draft, moment).map_or(0, |worst| worst.metres);
        self.moments().map(metres).collect()
    }

    /// Returns the largest distances of all moments where the people of limited kinds are sent so; `None` where somebody
    /// must be served and is not.
    pub(super) fn metres_sent(&self, draft: &Draft<'_>, flows: &[Vec<Parts>]) -> Option<Vec<u32>> {
        let of_moment = |moment: usize| {
            let period = self.moment(moment).1;
            let mut metres = self.nearest_worst(draft, moment)?.metres;
            for layer in self.limited(moment) {
                metres = metres.max(self.farthest_sent(layer, period, &flows[layer][period])?);
            }
            Some(metres)
        };
        self.moments().map(of_moment).collect()
    }

    /// Returns how far the people of a limited layer go, those among them who go nowhere.
    fn farthest_sent(&self, layer: usize, period: usize, parts: &Parts) -> Option<u32> {
        let mixed = self.mixed;
        let ways =
            parts.iter().map(|&(place, site, _)| mixed.metres(site as usize, place as usize));
        let farthest = ways.flatten().max().unwrap_or(0);
        let served: u64 = parts.iter().map(|part| part.2).sum();
        let all: u64 = mixed.persons_in(&mixed.layers[layer], period).sum();
        if served < all { Some(farthest.max(self.unserved?)) } else { Some(farthest) }
    }

    /// Returns what largest distances of all moments come to.
    pub(super) fn total(&self, metres: &[u32]) -> i128 {
        let sums = self.of_futures(metres).into_iter();
        if self.mixed.worst_case { sums.max().unwrap_or(0) } else { sums.sum() }
    }

    /// Returns what largest distances of all moments come to in each future.
    pub(super) fn of_futures(&self, metres: &[u32]) -> Vec<i128> {
        let counted = metres.iter().zip(&self.weights).map(|(&m, weight)| i128::from(m) * weight);
        let counted: Vec<i128> = counted.collect();
        counted.chunks(self.mixed.periods).map(|future| future.iter().sum()).collect()
    }

    /// Returns whether the value can only fall where that of a moment's future does, or that of all moments counts.
    pub(super) fn decides(&self, metres: &[u32], moment: usize) -> bool {
        let sums = self.of_futures(metres);
        !self.mixed.worst_case || sums.get(self.moment(moment).0) == sums.iter().max()
    }

    /// Returns who goes where with each limited layer in each period: nobody farther than the farthest must, and
    /// together as little as can be.
    pub(super) fn flows(&self, draft: &Draft<'_>) -> Vec<Vec<Parts>> {
        let of_layer = |(at, layer): (usize, &Layer)| -> Vec<Parts> {
            let periods = if layer.limited { 0..self.mixed.periods } else { 0..0 };
            let of_period = |period: usize| {
                let moment = layer.future * self.mixed.periods + period;
                let most = self.worst(draft, moment).map(|worst| worst.metres);
                self.crowd(draft, at, moment).parts_within(most.unwrap_or(u32::MAX))
            };
            periods.map(of_period).collect()
        };
        self.mixed.layers[..self.mixed.kinds].iter().enumerate().map(of_layer).collect()
    }

    /// Returns what schedules are charged.
    pub(super) fn charged(&self, schedules: &[u32]) -> i128 {
        if !self.mixed.charges() {
            return 0;
        }
        schedules.iter().enumerate().map(|(site, &s)| self.mixed.charge_of(site, s)).sum()
    }

    /// Returns what a change of a site's schedule is charged more.
    pub(super) fn charged_more(&self, site: usize, from: u32, to: u32) -> i128 {
        self.mixed.charge_of(site, to) - self.mixed.charge_of(site, from)
    }

    /// Returns how many layers and places a value looks at.
    pub(super) fn work(&self) -> u64 {
        self.needs.iter().map(|needs| needs.len() as u64).sum()
    }

    /// Returns the pairs that were looked at where people were sent.
    pub(super) fn work_of_sending(&self) -> u64 {
        self.sent.get()
    }
}
