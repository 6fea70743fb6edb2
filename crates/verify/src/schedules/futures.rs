//! How things may turn out: who needs what, what things cost, and which sites serve later than planned.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lists::Schedule;
use super::packages::{KindFacts, Persons};
use super::world::World;

/// Says how many periods later than planned a site serves; `None` where it never does.
pub(super) type Late = Option<u32>;

/// Says how the values that a plan has in the futures make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judging {
    /// Their sum, each times its weight.
    Expected,
    /// The worst of them.
    Worst,
}

/// Is one way in which things may turn out.
pub(super) struct Future {
    /// Its name; empty for the programme's own numbers.
    pub(super) name: String,
    pub(super) weight: u64,
    /// Who needs each kind of the settings.
    pub(super) persons: Vec<Arc<Persons>>,
    /// Hundredths of what costs are otherwise, by resource; 100 where none is named.
    pub(super) per_cent: BTreeMap<String, u32>,
    /// How late each site is.
    pub(super) late: Vec<Late>,
}

impl Future {
    /// Returns the programme's own numbers, in which nothing is late.
    pub(super) fn own(kinds: &[KindFacts<'_>], sites: usize) -> Self {
        Self {
            name: String::new(),
            weight: 1,
            persons: kinds.iter().map(|kind| Arc::clone(&kind.persons)).collect(),
            per_cent: BTreeMap::new(),
            late: vec![Some(0); sites],
        }
    }

    /// Returns what an amount of a resource comes to, rounded up.
    pub(super) fn costs(&self, resource: &str, amount: i128) -> i128 {
        match self.per_cent.get(resource) {
            // An amount is a sum of a few numbers of 64 bits.
            Some(per_cent) => (amount * i128::from(*per_cent) + 99).div_euclid(100),
            None => amount,
        }
    }

    /// Returns the schedules as they turn out.
    pub(super) fn turned_out(&self, world: &World<'_>, schedules: &[Schedule]) -> Vec<Schedule> {
        let late = schedules.iter().zip(&self.late);
        late.map(|(schedule, late)| schedule.turned_out(world, *late)).collect()
    }
}

/// Lists by how many periods a site is late in some future, and in which; those in which it never serves are
/// left out.
pub(super) fn lateness(world: &World<'_>, site: usize) -> Vec<(u32, Vec<usize>)> {
    let mut found: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, future) in world.futures.iter().enumerate() {
        if let Some(late) = future.late[site] {
            found.entry(late).or_default().push(number);
        }
    }
    found.into_iter().collect()
}
