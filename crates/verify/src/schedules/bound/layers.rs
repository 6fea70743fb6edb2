//! The layers of radii: kinds with their periods, for the goal in each future and for each held goal in each, then
//! floors of coverage.

use groundwork_model::Problem;
use groundwork_model::certificate::RuleName;

use crate::relaxation::malformed;
use crate::schedules::futures::Judging;
use crate::schedules::packages::{Limit, Persons};
use crate::schedules::rules;
use crate::schedules::tariff::Tariff;
use crate::schedules::world::World;

/// Holds all layers in their order.
pub(super) struct Layers<'a> {
    pub(super) periods: usize,
    pub(super) places: usize,
    pub(super) shift: u32,
    /// The kinds of each future under the goal, and the same again under each held goal.
    pub(super) kinds: Vec<KindLayer<'a>>,
    /// For each future the numbers of its layers, those of held goals among them.
    pub(super) of_futures: Vec<Vec<usize>>,
    pub(super) floors: Vec<FloorLayer>,
    /// For each place the site of its id.
    own_sites: &'a [Option<usize>],
}

/// Is the layer of a kind.
///
/// Costs are taken some number of times: 2^shift under the goal, the price of a held goal under that.
pub(super) struct KindLayer<'a> {
    pub(super) tariff: &'a Tariff,
    /// The future, by its number.
    pub(super) future: usize,
    pub(super) times: Times,
    /// Whether it is of a held goal.
    pub(super) is_held: bool,
    pub(super) persons: &'a Persons,
    pub(super) reach_m: u32,
    /// What one person counts for in each period, the weight of the future among it.
    pub(super) factors: Vec<u128>,
    /// How many persons a site can serve at most, each number once.
    pub(super) limits: Vec<Limit>,
    /// For each package the number of its limit, if it offers the kind.
    pub(super) limit_of: Vec<Option<usize>>,
    /// Where the goal of the worst-off is held, how far people may go in each period: who goes farther counts 1.
    ways: Option<&'a [u32]>,
}

/// Says how many times the costs of a layer are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// 2^shift times.
    Whole,
    /// As the price of a sum says, by its number among those that have prices.
    Price(usize),
}

/// Is the layer of a floor of coverage.
pub(super) struct FloorLayer {
    pub(super) name: RuleName,
    pub(super) kind: usize,
    /// Counted from 1.
    pub(super) period: u32,
    pub(super) reach_m: u32,
    /// Persons of each place, 0 for those that it does not speak of.
    pub(super) persons: Vec<u64>,
    /// Persons who may stay out of reach; below 0 where the floor asks for more than all.
    pub(super) spared: i128,
}

/// Returns the number of the sum that a held goal makes up in a future: where the worst future counts, one for each behind
/// those of the futures; else one for all.
fn sum_of_held(world: &World<'_>, goal: usize, future: usize) -> usize {
    match world.futures.judging {
        Judging::Expected => goal,
        Judging::Worst => (goal + 1) * world.futures.list.len() + future,
    }
}

impl<'a> Layers<'a> {
    /// Lists the layers; where the goal of the worst-off is held, with how far people may go in each period of each future.
    pub(super) fn of(world: &'a World<'_>, shift: u32, ways: &'a [u32]) -> Self {
        let mut kinds = Vec::new();
        for number in 0..world.futures.list.len() {
            let times = match world.futures.judging {
                Judging::Expected => Times::Whole,
                Judging::Worst => Times::Price(number),
            };
            let layer = |listed| kind_layer(world, listed, &world.tariff, (number, times));
            kinds.extend((0..world.listed.len()).map(layer));
        }
        for (number, held) in world.held.iter().enumerate() {
            for future in 0..world.futures.list.len() {
                let sum = sum_of_held(world, number, future);
                let of = (future, Times::Price(sum));
                let layer = |listed| KindLayer {
                    is_held: true,
                    ..kind_layer(world, listed, &held.tariff, of)
                };
                let guard = |listed| {
                    let ways = &ways[future * world.periods as usize..][..world.periods as usize];
                    KindLayer {
                        ways: Some(ways),
                        factors: ways.iter().map(|way| u128::from(*way < u32::MAX)).collect(),
                        ..layer(listed)
                    }
                };
                let of_kind = |listed| if held.guards() { guard(listed) } else { layer(listed) };
                kinds.extend((0..world.listed.len()).map(of_kind));
            }
        }
        let of_future = |future: usize| {
            let layers = kinds.iter().enumerate().filter(|(_, kind)| kind.future == future);
            layers.map(|(layer, _)| layer).collect()
        };
        let floors = rules::floor_instances(world);
        Self {
            of_futures: (0..world.futures.list.len()).map(of_future).collect(),
            periods: world.periods as usize,
            places: world.scene.places(),
            shift,
            kinds,
            floors: floors.into_iter().map(|floor| floor_layer(world, &floor)).collect(),
            own_sites: &world.own_sites,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kinds.len() + self.floors.len()
    }

    /// Returns how many radii a layer has.
    pub(super) fn radii(&self, layer: usize) -> usize {
        if layer < self.kinds.len() { self.periods * self.places } else { self.places }
    }

    /// Refuses lists of the wrong length.
    pub(super) fn check(&self, radii: &[Vec<u64>]) -> Result<(), Problem> {
        if radii.len() != self.len() {
            let (given, needed) = (radii.len(), self.len());
            return Err(malformed(format!("`radii` has {given} lists for {needed} layers")));
        }
        for (layer, list) in radii.iter().enumerate() {
            let (given, needed) = (list.len(), self.radii(layer));
            if given != needed {
                let layer = layer + 1;
                return Err(malformed(format!("layer {layer} has {given} radii of {needed}")));
            }
        }
        Ok(())
    }

    /// Returns whether a site has the id of a place.
    pub(super) fn is_own(&self, place: usize, site: usize) -> bool {
        self.own_sites[place] == Some(site)
    }

    /// Returns the metres within which a site may save anything for a place with this radius, as cut.
    pub(super) fn reach(
        &self,
        layer: &KindLayer<'_>,
        place: usize,
        radius: u64,
        times: u128,
    ) -> Option<u32> {
        if layer.tariff.is_of_own_place() && self.own_sites[place].is_none() {
            return None;
        }
        match layer.ways {
            Some(ways) => ways.iter().max().copied().filter(|_| radius > 0),
            None => layer.tariff.metres_below(layer.reach_m, radius, times),
        }
    }
}

impl KindLayer<'_> {
    /// Cuts a radius down to what somebody who is not served costs.
    pub(super) fn cut(&self, radius: u64, times: u128) -> u64 {
        let unserved = if self.ways.is_some() { Some(1) } else { self.tariff.unserved };
        let most = unserved.map(|cost| cost.saturating_mul(times));
        most.and_then(|most| u64::try_from(most).ok()).map_or(radius, |most| radius.min(most))
    }

    /// Returns what a site saves for one person in a period (0-based), before factors; the radius is as cut.
    pub(super) fn gain(
        &self,
        (radius, index): (u64, usize),
        is_own: bool,
        metres: u32,
        times: u128,
    ) -> u64 {
        let cost = match self.ways {
            Some(ways) => u128::from(metres > ways[index]),
            None => self.tariff.cost(self.reach_m, is_own, metres),
        };
        let cost = cost.saturating_mul(times);
        radius.saturating_sub(u64::try_from(cost).unwrap_or(u64::MAX))
    }
}

fn kind_layer<'a>(
    world: &'a World<'_>,
    listed: usize,
    tariff: &'a Tariff,
    (future, times): (usize, Times),
) -> KindLayer<'a> {
    let kind = world.listed[listed];
    let facts = &world.kinds[kind];
    let mut limits: Vec<Limit> = Vec::new();
    let limit_of = world
        .packages
        .iter()
        .map(|package| {
            let limit = package.offers[kind]?;
            Some(limits.iter().position(|known| *known == limit).unwrap_or_else(|| {
                limits.push(limit);
                limits.len() - 1
            }))
        })
        .collect();
    let weight = match world.futures.judging {
        Judging::Expected => u128::from(world.futures.list[future].weight),
        Judging::Worst => 1,
    };
    let factor = |period| tariff.factor(listed, period).saturating_mul(weight);
    KindLayer {
        tariff,
        future,
        times,
        is_held: false,
        persons: &world.futures.list[future].persons[kind],
        reach_m: facts.reach_m,
        factors: (1..=world.periods).map(factor).collect(),
        limits,
        limit_of,
        ways: None,
    }
}

fn floor_layer(world: &World<'_>, floor: &rules::CoverageFloor<'_>) -> FloorLayer {
    let facts = &world.kinds[floor.kind];
    let persons = facts.persons.in_period(floor.period).iter().zip(&floor.places);
    FloorLayer {
        name: floor.name.clone(),
        kind: floor.kind,
        period: floor.period,
        reach_m: facts.reach_m,
        persons: persons.map(|(persons, of)| if *of { *persons } else { 0 }).collect(),
        spared: floor.all - floor.covered,
    }
}
