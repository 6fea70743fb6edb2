//! The rules that a certificate prices.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::Problem;
use groundwork_model::certificate::{RuleFamily, RuleName, RulePrice};

use super::Given;
use super::layers::Layers;
use crate::relaxation::{malformed, too_large};
use crate::schedules::rules::{self, Entry, Row};
use crate::schedules::world::World;

/// Says what a price is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A row, by its number among those that are priced.
    Row(usize),
    /// A floor of coverage, by its number among the layers of floors.
    Floor(usize),
    /// A held goal, by its number in the question.
    Held(usize),
}

/// Holds every rule that has a price anywhere in a certificate.
pub(super) struct Priced {
    numbers: BTreeMap<RuleName, Of>,
    pub(super) rows: Vec<Row>,
    /// What schedules are charged under each held goal, and what it is held against.
    pub(super) held: Vec<Row>,
    /// What schedules are charged under the goal.
    pub(super) charges: Vec<Entry>,
    /// The largest price of each row, whatever its sign.
    pub(super) largest: Vec<u128>,
    /// The same of each floor of coverage.
    pub(super) largest_of_floors: Vec<u128>,
    /// Least and largest price above 0 of each held goal; `None` where it has none.
    pub(super) range_of_held: Vec<Option<(u128, u128)>>,
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
        let floors = floors.map(|(number, floor)| (floor.name.clone(), Of::Floor(number)));
        let held = (0..world.held.len()).map(|number| (held_name(number), Of::Held(number)));
        let mut priced = Self {
            numbers: floors.chain(held).collect(),
            rows: Vec::new(),
            held: held_rows(world).ok_or_else(too_large)?,
            charges: charges(world).ok_or_else(too_large)?,
            largest: Vec::new(),
            largest_of_floors: vec![0; layers.floors.len()],
            range_of_held: vec![None; world.held.len()],
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
            let is_exact = matches!(number, Of::Row(row) if self.rows[row].is_exact);
            if *price < 0 && !is_exact {
                return Err(malformed(format!(
                    "the price {price} of the rule {} is below 0",
                    words(name)
                )));
            }
            self.count(number, price.unsigned_abs());
        }
        Ok(())
    }

    /// Widens the range of a rule's prices.
    fn count(&mut self, number: Of, price: u128) {
        match number {
            Of::Row(row) => self.largest[row] = self.largest[row].max(price),
            Of::Floor(floor) => {
                self.largest_of_floors[floor] = self.largest_of_floors[floor].max(price);
            }
            Of::Held(held) if price > 0 => {
                let (least, largest) = self.range_of_held[held].unwrap_or((price, price));
                self.range_of_held[held] = Some((least.min(price), largest.max(price)));
            }
            Of::Held(_) => {}
        }
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

/// Names a held goal by its number, counted from 0.
fn held_name(number: usize) -> RuleName {
    RuleName { number: number as u32 + 1, ..rules::bare(RuleFamily::Held) }
}

fn held_rows(world: &World<'_>) -> Option<Vec<Row>> {
    let row = |held: &crate::schedules::world::HeldGoal| {
        let mut entries = Vec::new();
        for site in 0..world.sites() {
            let charged = held.tariff.charged(world, site)?.into_iter();
            entries.extend(charged.map(|(feature, coefficient)| Entry {
                site: site as u32,
                feature,
                coefficient,
            }));
        }
        Some(Row { is_exact: false, most: held.most, entries })
    };
    world.held.iter().map(row).collect()
}

/// Returns what schedules are charged under the goal, with what changes of promises cost.
fn charges(world: &World<'_>) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    for site in 0..world.sites() {
        let charged = world.tariff.charged(world, site)?.into_iter();
        entries.extend(charged.map(|(feature, coefficient)| Entry {
            site: site as u32,
            feature,
            coefficient,
        }));
    }
    let coefficient = world.charge_of_change();
    let changed = world.promised.keys().map(|site| Entry {
        site: *site as u32,
        feature: rules::Feature::Changed,
        coefficient,
    });
    entries.extend(changed.filter(|entry| entry.coefficient > 0));
    Some(entries)
}

/// Writes a name as the certificate does.
fn words(name: &RuleName) -> String {
    serde_json::to_string(name).unwrap_or_default()
}
