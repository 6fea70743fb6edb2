//! The layers of radii: kinds with their periods, then floors of coverage.

use groundwork_model::certificate::RuleName;
use groundwork_model::{Goal, Problem};

use crate::relaxation::malformed;
use crate::schedules::packages::Limit;
use crate::schedules::rules;
use crate::schedules::value;
use crate::schedules::world::World;

/// Holds all layers in their order.
pub(super) struct Layers<'a> {
    pub(super) periods: usize,
    pub(super) places: usize,
    pub(super) shift: u32,
    pub(super) is_coverage: bool,
    /// The most that a radius counts, x 2^shift; `None` where everybody must be served.
    pub(super) cap: Option<u64>,
    pub(super) kinds: Vec<KindLayer<'a>>,
    pub(super) floors: Vec<FloorLayer>,
}

/// Is the layer of a kind.
pub(super) struct KindLayer<'a> {
    /// Persons of each place.
    pub(super) persons: &'a [u64],
    pub(super) reach_m: u32,
    /// What one person counts for in each period.
    pub(super) factors: Vec<u64>,
    /// How many persons a site can serve at most, each number once.
    pub(super) limits: Vec<Limit>,
    /// For each package the number of its limit, if it offers the kind.
    pub(super) limit_of: Vec<Option<usize>>,
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

impl<'a> Layers<'a> {
    pub(super) fn of(world: &'a World<'_>, shift: u32) -> Self {
        let unserved = value::unserved(world);
        // Metres have 32 bits and the shift is 32 at most.
        let cap = unserved.map(|cost| u64::try_from(cost << shift).unwrap_or(u64::MAX));
        let floors = rules::floor_instances(world);
        Self {
            periods: world.periods as usize,
            places: world.scene.places(),
            shift,
            is_coverage: world.scene.weights.goal == Goal::Coverage,
            cap,
            kinds: world.listed.iter().map(|kind| kind_layer(world, *kind)).collect(),
            floors: floors.into_iter().map(|floor| floor_layer(world, &floor)).collect(),
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

    /// Cuts a radius of a kind down to what somebody who is not served costs.
    pub(super) fn cut(&self, radius: u64) -> u64 {
        self.cap.map_or(radius, |cap| radius.min(cap))
    }

    /// Returns the metres within which a site saves anything for a place with this radius, as cut.
    pub(super) fn reach(&self, layer: &KindLayer<'_>, radius: u64) -> Option<u32> {
        let below = radius.checked_sub(1)? >> self.shift;
        if self.is_coverage {
            return Some(layer.reach_m);
        }
        Some(u32::try_from(below).unwrap_or(u32::MAX))
    }

    /// Returns what a site at a distance within the reach saves for one person, before factors.
    pub(super) fn gain(&self, radius: u64, metres: u32) -> u64 {
        let cost = if self.is_coverage { 0 } else { u64::from(metres) << self.shift };
        radius.saturating_sub(cost)
    }
}

fn kind_layer<'a>(world: &'a World<'_>, kind: usize) -> KindLayer<'a> {
    let facts = &world.kinds[kind];
    let factors = value::counted(world).filter(|counted| counted.0 == kind);
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
    KindLayer {
        persons: &facts.persons,
        reach_m: facts.reach_m,
        // A discount factor is at most 10^6 and so is that of a kind.
        factors: factors.map(|counted| u64::try_from(counted.2).unwrap_or(u64::MAX)).collect(),
        limits,
        limit_of,
    }
}

fn floor_layer(world: &World<'_>, floor: &rules::CoverageFloor<'_>) -> FloorLayer {
    let facts = &world.kinds[floor.kind];
    let persons = facts.persons.iter().zip(&floor.places);
    FloorLayer {
        name: floor.name.clone(),
        kind: floor.kind,
        period: floor.period,
        reach_m: facts.reach_m,
        persons: persons.map(|(persons, of)| if *of { *persons } else { 0 }).collect(),
        spared: floor.all - floor.covered,
    }
}
