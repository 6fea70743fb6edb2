//! The rules that a certificate prices.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::Problem;
use groundwork_model::certificate::{RuleName, RulePrice};

use super::Given;
use super::layers::Layers;
use crate::relaxation::malformed;
use crate::schedules::rules::{self, Row};
use crate::schedules::world::World;

/// Says what a price is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A row, by its number among those that are priced.
    Row(usize),
    /// A floor of coverage, by its number among the layers of floors.
    Floor(usize),
}

/// Holds every rule that has a price anywhere in a certificate.
pub(super) struct Priced {
    numbers: BTreeMap<RuleName, Of>,
    pub(super) rows: Vec<Row>,
    /// The largest price of each row, whatever its sign.
    pub(super) largest: Vec<u128>,
    /// The same of each floor of coverage.
    pub(super) largest_of_floors: Vec<u128>,
}

impl Priced {
    /// Reads all prices.
    ///
    /// # Errors
    ///
    /// Refuses prices of unknown rules, of the wrong sign, or two of one rule.
    pub(super) fn of(
        world: &World<'_>,
        layers: &Layers<'_>,
        given: &Given<'_>,
    ) -> Result<Self, Problem> {
        let floors = layers.floors.iter().enumerate();
        let mut priced = Self {
            numbers: floors
                .map(|(number, floor)| (floor.name.clone(), Of::Floor(number)))
                .collect(),
            rows: Vec::new(),
            largest: Vec::new(),
            largest_of_floors: vec![0; layers.floors.len()],
        };
        priced.read(world, given.prices)?;
        for node in given.nodes {
            priced.read(world, &node.prices)?;
        }
        Ok(priced)
    }

    /// Returns what a price is of; every price has been read.
    pub(super) fn find(&self, name: &RuleName) -> Option<Of> {
        self.numbers.get(name).copied()
    }

    fn read(&mut self, world: &World<'_>, prices: &[RulePrice]) -> Result<(), Problem> {
        let mut named = BTreeSet::new();
        for RulePrice { of: name, price } in prices {
            if !named.insert(name) {
                return Err(malformed(format!("the rule {} has two prices", words(name))));
            }
            let number = match self.find(name) {
                Some(number) => number,
                None => self.add(world, name)?,
            };
            let (largest, is_exact) = match number {
                Of::Row(row) => (&mut self.largest[row], self.rows[row].is_exact),
                Of::Floor(floor) => (&mut self.largest_of_floors[floor], false),
            };
            if *price < 0 && !is_exact {
                return Err(malformed(format!(
                    "the price {price} of the rule {} is below 0",
                    words(name)
                )));
            }
            *largest = price.unsigned_abs().max(*largest);
        }
        Ok(())
    }

    fn add(&mut self, world: &World<'_>, name: &RuleName) -> Result<Of, Problem> {
        let row = rules::row(world, name)
            .ok_or_else(|| malformed(format!("there is no rule {}", words(name))))?;
        let number = Of::Row(self.rows.len());
        self.rows.push(row);
        self.largest.push(0);
        self.numbers.insert(name.clone(), number);
        Ok(number)
    }
}

/// Writes a name as the certificate does.
fn words(name: &RuleName) -> String {
    serde_json::to_string(name).unwrap_or_default()
}
