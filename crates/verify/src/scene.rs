//! The programme as the checker sees it: places, sites, distances and weights.

use groundwork_model::{Goal, Programme};

use crate::distance::Distances;
use crate::sites::Sites;
use crate::weights::Weights;

/// Holds everything that follows from the programme and the goal, whatever else is asked of it.
pub(crate) struct Scene<'a> {
    pub(crate) programme: &'a Programme,
    pub(crate) sites: Sites<'a>,
    pub(crate) distances: Distances,
    pub(crate) weights: Weights,
    /// Persons of each place.
    persons: Vec<u64>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(programme: &'a Programme, goal: Goal) -> Self {
        let sites = Sites::read(programme);
        let distances = Distances::new(programme, &sites);
        let persons = programme.places.iter().map(|place| place.population).collect();
        Self { programme, sites, distances, weights: Weights::of(programme, goal), persons }
    }

    /// Returns the number of periods.
    pub(crate) fn periods(&self) -> usize {
        self.programme.settings.periods.count as usize
    }

    /// Returns the number of places.
    pub(crate) fn places(&self) -> usize {
        self.programme.places.len()
    }

    /// Returns the persons of a place.
    pub(crate) fn persons(&self, place: usize) -> u64 {
        self.persons[place]
    }

    /// Returns the identifier of the one package.
    pub(crate) fn package(&self) -> &'a str {
        self.programme.settings.packages.first().map_or("", |package| &package.id)
    }

    /// Returns the number of a package.
    pub(crate) fn package_number(&self, id: &str) -> Option<usize> {
        self.programme.settings.packages.iter().position(|package| package.id == id)
    }

    /// Names a period (0-based) for people.
    pub(crate) fn period_name(&self, index: usize) -> String {
        let period = index as u32 + 1;
        format!("period {period} ({})", self.programme.settings.periods.label(period))
    }
}
