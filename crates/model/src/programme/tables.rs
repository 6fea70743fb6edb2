//! The rows of the tables: places, sites, facilities, reports.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Amounts;

/// Is a unit with people: a city, county, village. A row of the places table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Row in the file.
    pub row: u32,
    /// Identifier, unique among places.
    pub id: String,
    /// Name.
    pub name: String,
    /// Names in other languages: the columns `name:xx`, by language tag.
    pub names: BTreeMap<String, String>,
    /// Province, region or other unit above; empty when not given.
    pub province: String,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
    /// Persons.
    pub population: u64,
    /// Persons who need a kind, where they are not the whole population: the columns `persons:KIND`.
    pub persons: BTreeMap<String, u64>,
    /// Persons from a year on: the columns `population:YEAR`.
    pub population_from: BTreeMap<i16, u64>,
    /// Persons who need a kind from a year on, by kind: the columns `persons:KIND:YEAR`.
    pub persons_from: BTreeMap<String, BTreeMap<i16, u64>>,
    /// Area in square kilometres.
    pub area_km2: Option<f64>,
    /// Raw materials found here.
    pub materials: Vec<String>,
}

/// Says whether a site may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SiteRule {
    /// May open.
    #[default]
    Candidate,
    /// Must open.
    Required,
    /// Must not open.
    Forbidden,
}

/// Is a candidate location. A row of the sites table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    /// Row in the file.
    pub row: u32,
    /// Identifier, unique among sites; a place's id amends the site of that place.
    pub id: String,
    /// Name, when it differs from its place's.
    pub name: Option<String>,
    /// Latitude and longitude in degrees, when they differ from its place's.
    pub location: Option<(f64, f64)>,
    /// Whether it may be used.
    pub rule: SiteRule,
    /// First period (1-based) in which it may open.
    pub earliest: Option<u32>,
    /// Last period (1-based) in which it may open.
    pub latest: Option<u32>,
    /// Identifiers of the packages that it may get; empty when it may get any.
    pub packages: Vec<String>,
    /// What opening it costs beside its package, by resource: the columns `cost:RESOURCE`.
    pub cost: Amounts,
    /// Raw materials found here.
    pub materials: Vec<String>,
}

/// Is a facility that existed before the programme; it serves from the first period on and its site
/// cannot open again. A row of the facilities table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facility {
    /// Row in the file.
    pub row: u32,
    /// Site where it stands.
    pub site: String,
    /// Name, when given.
    pub name: Option<String>,
    /// Day on which it opened, when known.
    pub opened: Option<Date>,
    /// Package that it offers; the first one when not given.
    pub package: Option<String>,
    /// First period (1-based) in which it no longer serves, when that is decided.
    pub closes: Option<u32>,
    /// Whether a plan may close it.
    pub may_close: bool,
    /// Where this is known from.
    pub source: Option<String>,
}

/// Is one report about the programme. A row of the reports table.
///
/// A row *counts* when it names a site and a package and its stage is ground broken or later; only
/// rows that count fix openings. The others are kept as context.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Row in the file.
    pub row: u32,
    /// Site that it speaks of; empty when it speaks of the programme.
    pub site: String,
    /// The place as the source names it; two names can lie in one site.
    pub named: String,
    /// Package that was begun; empty when the row is about something else.
    pub package: String,
    /// Period (1-based) for which the source counts it; `None` outside the programme.
    pub period: Option<u32>,
    /// Stage as the source gives it.
    pub stage: Stage,
    /// Day of the event: the last day of a month that is known only by its month.
    pub date: Date,
    /// Where this is known from.
    pub source: String,
}

/// Is a stage of building, as far as planning needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not a stage of building: a target, an observation, a claimed total.
    Other,
    /// Announced or chosen; nothing begun.
    Announced,
    /// Ground broken, or anything after it and before the opening.
    Begun,
    /// Inaugurated or operating.
    Opened,
}

impl Place {
    /// Returns the population in the period that a year labels.
    #[must_use]
    pub fn population_in(&self, year: i32) -> u64 {
        until(&self.population_from, year).unwrap_or(self.population)
    }

    /// Returns the persons who need a kind in the period that a year labels.
    #[must_use]
    pub fn persons_in(&self, kind: &str, year: i32) -> u64 {
        let later = self.persons_from.get(kind).and_then(|years| until(years, year));
        later
            .or_else(|| self.persons.get(kind).copied())
            .unwrap_or_else(|| self.population_in(year))
    }

    /// Returns the most persons that any of its columns gives, for any kind and year.
    #[must_use]
    pub fn most_persons(&self) -> u64 {
        let of_kinds = self.persons_from.values().flat_map(BTreeMap::values);
        let later = self.population_from.values().chain(self.persons.values()).chain(of_kinds);
        later.copied().max().unwrap_or(0).max(self.population)
    }

    /// Returns whether its number of persons changes in the course of the programme.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.population_from.is_empty() || !self.persons_from.is_empty()
    }
}

/// Returns the last number up to a year.
fn until(numbers: &BTreeMap<i16, u64>, year: i32) -> Option<u64> {
    let before = numbers.iter().take_while(|&(&from, _)| i32::from(from) <= year);
    before.last().map(|(_, &number)| number)
}
