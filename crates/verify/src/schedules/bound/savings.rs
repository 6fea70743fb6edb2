//! What each site saves with each kind that it may offer.

use rayon::prelude::*;

use super::layers::{KindLayer, Layers};
use super::prices::Priced;
use super::range;
use crate::distance::Distances;
use crate::near::{NearPlaces, Turned};
use crate::schedules::futures::{self, Late};
use crate::schedules::packages::Limit;
use crate::schedules::world::World;

/// Finds the places that sites save anything for.
pub(super) struct Pricing<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) layers: &'a Layers<'a>,
    /// For each kind the places that can be near a site, and their numbers in that order.
    near: Vec<(NearPlaces<&'a Distances>, Vec<usize>)>,
    /// The sites near a place.
    near_sites: NearPlaces<Turned<&'a Distances>>,
    /// Whether each site can ever operate.
    pub(super) can_operate: Vec<bool>,
    /// For each site how late it can be, and in which futures.
    pub(super) lateness: Vec<Vec<(Late, Vec<usize>)>>,
}

/// Is what places offer a site: the gain of one person, and the persons.
type Items = Vec<(u64, u64)>;

impl<'a> Pricing<'a> {
    pub(super) fn new(
        world: &'a World<'a>,
        layers: &'a Layers<'a>,
        priced: &Priced,
        longest: &[Vec<u64>],
    ) -> Self {
        let distances = &world.scene.distances;
        let near = layers.kinds.iter().zip(longest).map(|(layer, longest)| {
            // The fewer times costs are taken, the farther a radius reaches.
            let least = range::times(layers, priced, layer).map(|times| times.0);
            let limit = |(place, radius): (usize, &u64)| {
                let times = least.filter(|_| layer.persons.most(place) > 0)?;
                // Beyond its own place a site saves nothing there.
                let own = world.own_sites[place].filter(|_| layer.tariff.is_of_own_place());
                let own_m = own.and_then(|site| distances.metres(place, site));
                let reach = layers.reach(layer, place, layer.cut(*radius, times), times)?;
                Some(own_m.map_or(reach, |metres| metres.min(reach)))
            };
            let limits: Vec<Option<u32>> = longest.iter().enumerate().map(limit).collect();
            let near = NearPlaces::new(distances, &limits);
            let numbers = near.places().collect();
            (near, numbers)
        });
        let any = vec![Some(u32::MAX); world.sites()];
        Self {
            world,
            layers,
            near: near.collect(),
            near_sites: NearPlaces::new(Turned(distances), &any),
            can_operate: (0..world.sites()).map(|site| world.has_choice(site)).collect(),
            lateness: (0..world.sites()).map(|site| futures::lateness(world, site)).collect(),
        }
    }

    /// Returns what each site saves with a kind in each period at each of its limits, and how many pairs
    /// were measured. Radii are given place by place, and costs are taken so many times.
    pub(super) fn savings(&self, layer: usize, radii: &[u64], times: u128) -> (Vec<i128>, u64) {
        let each = self.layers.periods * self.layers.kinds[layer].limits.len();
        let rows: Vec<(Vec<i128>, u64)> = (0..self.world.sites())
            .into_par_iter()
            .map(|site| {
                if !self.can_operate[site] {
                    return (vec![0; each], 0);
                }
                let (items, pairs) = self.items(layer, site, radii, times, 0..self.layers.periods);
                (self.saved(layer, items), pairs)
            })
            .collect();
        let pairs = rows.iter().map(|row| row.1).sum();
        (rows.into_iter().flat_map(|row| row.0).collect(), pairs)
    }

    /// Returns what one site saves in one period (0-based) at each limit.
    pub(super) fn savings_of_period(
        &self,
        layer: usize,
        site: usize,
        index: usize,
        radii: &[u64],
        times: u128,
    ) -> Vec<i128> {
        let (mut items, _) = self.items(layer, site, radii, times, index..index + 1);
        let kind = &self.layers.kinds[layer];
        let items = items.pop().unwrap_or_default();
        most_saved(items, &kind.limits).into_iter().map(|one| counted(kind, index, one)).collect()
    }

    /// Calls `found` with each site for which a radius of a place, as cut, may matter, and its distance; of the own
    /// place, where no distance counts, with 0.
    pub(super) fn sites_near(
        &self,
        layer: &KindLayer<'_>,
        place: usize,
        radius: u64,
        times: u128,
        mut found: impl FnMut(usize, u32),
    ) {
        let Some(metres) = self.layers.reach(layer, place, radius, times) else { return };
        if !layer.tariff.is_of_own_place() {
            self.near_sites.within(place, metres, found);
        } else if let Some(site) = self.world.own_sites[place] {
            found(site, 0);
        }
    }

    /// Calls `found` with each site within some metres of a place.
    pub(super) fn sites_within(&self, place: usize, metres: u32, mut found: impl FnMut(usize)) {
        self.near_sites.within(place, metres, |site, _| found(site));
    }

    /// Lists, for each of some periods, what places offer a site.
    fn items(
        &self,
        layer: usize,
        site: usize,
        radii: &[u64],
        times: u128,
        periods: std::ops::Range<usize>,
    ) -> (Vec<Items>, u64) {
        let (near, numbers) = &self.near[layer];
        let kind = &self.layers.kinds[layer];
        let mut items = vec![Items::new(); periods.len()];
        let pairs = near.of_site(site, |number, metres| {
            let place = numbers[number];
            let is_own = self.layers.is_own(place, site);
            let radii = &radii[place * self.layers.periods..][..self.layers.periods];
            for (items, index) in items.iter_mut().zip(periods.clone()) {
                let radius = kind.cut(radii[index], times);
                let gain =
                    if radius > 0 { kind.gain((radius, index), is_own, metres, times) } else { 0 };
                let persons = kind.persons.at(place, index as u32 + 1);
                if gain > 0 && persons > 0 {
                    items.push((gain, persons));
                }
            }
        });
        (items, pairs)
    }

    fn saved(&self, layer: usize, items: Vec<Items>) -> Vec<i128> {
        let kind = &self.layers.kinds[layer];
        let periods = items.into_iter().enumerate();
        periods
            .flat_map(|(index, items)| {
                let saved = most_saved(items, &kind.limits);
                saved.into_iter().map(move |one| counted(kind, index, one))
            })
            .collect()
    }
}

pub(super) fn counted(kind: &KindLayer<'_>, index: usize, one: u128) -> i128 {
    // No site saves more than the sum of all u, which fits; a factor of 0 has no say in it.
    i128::try_from(one.saturating_mul(kind.factors[index])).unwrap_or(i128::MAX)
}

/// Returns the largest sum of gains for each limit of persons: those with the largest gain come first.
pub(super) fn most_saved(mut items: Vec<(u64, u64)>, limits: &[Limit]) -> Vec<u128> {
    let persons: u128 = items.iter().map(|item| u128::from(item.1)).sum();
    let binds = |limit: &Limit| limit.is_some_and(|limit| u128::from(limit) < persons);
    if limits.iter().any(binds) {
        items.sort_unstable_by(|a, b| b.cmp(a));
    }
    limits
        .iter()
        .map(|limit| {
            let mut left = limit.unwrap_or(u64::MAX);
            let is_bound = binds(limit);
            let mut saved: u128 = 0;
            for (gain, persons) in &items {
                let taken = if is_bound { left.min(*persons) } else { *persons };
                saved += u128::from(*gain) * u128::from(taken);
                left = left.saturating_sub(taken);
                if is_bound && left == 0 {
                    break;
                }
            }
            saved
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_who_gain_most_come_first() {
        let items = vec![(3, 10), (9, 2), (5, 4)];
        let saved = most_saved(items, &[None, Some(0), Some(1), Some(5), Some(16), Some(99)]);
        assert_eq!(saved, [68, 0, 9, 33, 68, 68]);
    }
}
