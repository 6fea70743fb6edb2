//! The rules that a certificate prices.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::Problem;
use groundwork_model::certificate::{RuleFamily, RuleName, RulePrice};

use super::Given;
use super::layers::Layers;
use crate::relaxation::{malformed, too_large};
use crate::schedules::futures::{Future, Judging};
use crate::schedules::rules::{self, Entry, Row};
use crate::schedules::tariff::Tariff;
use crate::schedules::value;
use crate::schedules::world::World;

/// Says what a price is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A row, by its number among those that are priced.
    Row(usize),
    /// A floor of coverage, by its number among the layers of floors.
    Floor(usize),
    /// A sum that persons count in: that of a future, or of a held goal; by its number.
    Sum(usize),
}

/// Holds every rule that has a price anywhere in a certificate.
pub(super) struct Priced {
    numbers: BTreeMap<RuleName, Of>,
    pub(super) rows: Vec<Row>,
    /// What schedules are charged in each future where the worst counts, held against what everybody would count
    /// where large values are good; then what they are charged under each held goal, and what it is held against.
    pub(super) sums: Vec<Row>,
    /// How many of the sums are those of futures.
    pub(super) futures: usize,
    /// What schedules are charged under the goal.
    pub(super) charges: Vec<Entry>,
    /// The largest price of each row, whatever its sign.
    pub(super) largest: Vec<u128>,
    /// The same of each floor of coverage.
    pub(super) largest_of_floors: Vec<u128>,
    /// Whether radii say something where a sum has the price 0: everybody must be served.
    counts_zero: bool,
    /// Least and largest price above 0 (or 0, where that counts) of each of these sums; `None` where it has none.
    pub(super) range_of_sums: Vec<Option<(u128, u128)>>,
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
        let sums = sums(world).ok_or_else(too_large)?;
        let names = (0..sums.len()).map(|number| (sum_name(world, number), Of::Sum(number)));
        let mut priced = Self {
            numbers: floors.chain(names).collect(),
            rows: Vec::new(),
            charges: charges(world).ok_or_else(too_large)?,
            largest: Vec::new(),
            largest_of_floors: vec![0; layers.floors.len()],
            range_of_sums: vec![None; sums.len()],
            counts_zero: world.must_serve(),
            futures: if world.futures.judging == Judging::Worst {
                world.futures.list.len()
            } else {
                0
            },
            sums,
        };
        priced.read(world, given.prices)?;
        priced.count_absent(world, given.prices);
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
            Of::Sum(sum) if price > 0 || self.counts_zero => {
                let (least, largest) = self.range_of_sums[sum].unwrap_or((price, price));
                self.range_of_sums[sum] = Some((least.min(price), largest.max(price)));
            }
            Of::Sum(_) => {}
        }
    }

    /// Counts the sums without a price at the root, where those at 0 are of interest.
    fn count_absent(&mut self, world: &World<'_>, prices: &[RulePrice]) {
        for number in 0..self.sums.len() {
            let name = sum_name(world, number);
            if !prices.iter().any(|price| price.of == name) {
                self.count(Of::Sum(number), 0);
            }
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

/// Names a sum by its number, counted from 0.
fn sum_name(world: &World<'_>, number: usize) -> RuleName {
    let count = world.futures.list.len();
    let (goal, future) = (number / count, number as u32 % count as u32 + 1);
    match world.futures.judging {
        Judging::Expected => {
            RuleName { number: number as u32 + 1, ..rules::bare(RuleFamily::Held) }
        }
        Judging::Worst if goal == 0 => RuleName { future, ..rules::bare(RuleFamily::Future) },
        Judging::Worst => RuleName { number: goal as u32, future, ..rules::bare(RuleFamily::Held) },
    }
}

/// Returns the sums that persons count in: where the worst future counts, one for each and then for each held goal one
/// for each; else one for each held goal.
fn sums(world: &World<'_>) -> Option<Vec<Row>> {
    let mut sums = Vec::new();
    let row = |most, entries| Row { is_exact: false, most, entries };
    match world.futures.judging {
        Judging::Worst => {
            for future in &world.futures.list {
                let most = value::taken_off(world, future, &world.tariff)?;
                sums.push(row(most, charged(world, &world.tariff, future)?));
            }
            for held in &world.held {
                for (future, most) in world.futures.list.iter().zip(&held.most) {
                    let most = if held.guards() { 0 } else { *most };
                    sums.push(row(most, charged(world, &held.tariff, future)?));
                }
            }
        }
        Judging::Expected => {
            for held in &world.held {
                let most = if held.guards() { 0 } else { *held.most.first()? };
                sums.push(row(most, charged_in_all(world, &held.tariff)?));
            }
        }
    }
    Some(sums)
}

/// Returns what schedules are charged under a goal in a future.
fn charged(world: &World<'_>, tariff: &Tariff, future: &Future) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    for site in 0..world.sites() {
        let charged = tariff.charged(world, future, site)?.into_iter();
        entries.extend(charged.map(|(feature, coefficient)| Entry {
            site: site as u32,
            feature,
            coefficient,
        }));
    }
    Some(entries)
}

/// Returns what schedules are charged under a goal in all futures, each as often as it weighs.
fn charged_in_all(world: &World<'_>, tariff: &Tariff) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    for future in &world.futures.list {
        for entry in charged(world, tariff, future)? {
            let coefficient = entry.coefficient.checked_mul(i128::from(future.weight))?;
            entries.push(Entry { coefficient, ..entry });
        }
    }
    Some(entries)
}

/// Returns what schedules are charged under the goal whatever the prices, with what changes of promises cost.
fn charges(world: &World<'_>) -> Option<Vec<Entry>> {
    let mut entries = match world.futures.judging {
        Judging::Expected => charged_in_all(world, &world.tariff)?,
        Judging::Worst => Vec::new(),
    };
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
