//! A programme as a person writes it: `programme.toml` ([`Settings`]) and its tables.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;

/// Holds a person's files as written, read but not yet indexed.
///
/// Rows keep the order of their file; `row` is the line that a spreadsheet shows (the header is 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// What `programme.toml` says.
    pub settings: Settings,
    /// The rows of the places table.
    pub places: Vec<Place>,
    /// The rows of the sites table; empty when there is none.
    pub sites: Vec<Site>,
    /// The rows of the facilities table: what existed before the programme.
    pub facilities: Vec<Facility>,
    /// The rows of the reports table: what is known to have been begun and opened.
    pub reports: Vec<Report>,
}

/// Is the content of `programme.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Name of the programme, as people know it.
    #[schemars(length(min = 1))]
    pub name: String,
    /// What the programme promises, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where the promise was made: an address or a title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Whom the population figures count, and when.
    #[serde(default)]
    pub population: Population,
    /// The planning periods.
    pub periods: Periods,
    /// How many openings a period may have.
    pub quota: Quota,
    /// What facilities do. At least one.
    #[schemars(length(min = 1))]
    pub kinds: Vec<Kind>,
    /// The kinds that one site receives together. Exactly one package in this version.
    #[schemars(length(min = 1, max = 1))]
    pub packages: Vec<Package>,
    /// What the plan makes best.
    #[serde(default)]
    pub objective: Objective,
    /// How far a place is from a site.
    #[serde(default)]
    pub distance: Distance,
    /// Where candidate sites come from.
    #[serde(default)]
    pub sites: SitesFrom,
    /// Names of the tables, beside `programme.toml`.
    #[serde(default)]
    pub files: Files,
    /// How the report draws the map.
    #[serde(default)]
    pub map: Map,
}

/// Says whom the population column counts; printed beside every figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Year of the census or estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// Who counted, and any caution, as it should stand beside a figure.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Lists the planning periods: `count` periods of `years` years, the first labelled `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// Year of the first period, which labels it.
    #[schemars(range(min = 1000, max = 9000))]
    pub first: i16,
    /// Number of periods.
    #[schemars(range(min = 1, max = 100))]
    pub count: u32,
    /// Years in each period.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100))]
    pub years: u32,
}

/// Says how many openings each period may have. One package at one site is one opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// One number for every period, or a list with one number a period.
    pub openings: PerPeriod,
    /// Whether the number is a ceiling or must be met.
    #[serde(default)]
    pub rule: QuotaRule,
}

/// Is one number for every period, or a list with one number a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PerPeriod {
    /// The same number in every period.
    Same(#[schemars(range(max = 1_000_000))] u32),
    /// One number a period, first period first.
    Each(Vec<u32>),
}

/// Says how a quota binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaRule {
    /// No period opens more. What is left unused does not carry over.
    #[default]
    AtMost,
    /// Every period opens just this number.
    Exactly,
}

/// Says what a facility does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Short identifier, unique among kinds.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Weight in the objective, per thousand: 1000 counts once.
    #[serde(default = "thousand")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub weight: u32,
    /// People within this distance have access, in kilometres.
    #[schemars(range(min = 0, max = 20_100))]
    pub reach_km: Decimal,
}

/// Lists the kinds that one site receives together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Short identifier.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Identifiers of the kinds. At least one.
    #[schemars(length(min = 1))]
    pub kinds: Vec<String>,
}

/// Says what the plan makes best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// The goal.
    #[serde(default)]
    pub goal: Goal,
    /// Yearly rate by which later periods count less: 0.05 is five per cent. 0 counts all alike.
    #[serde(default = "zero")]
    #[schemars(range(min = 0, max = 10))]
    pub discount_rate: Decimal,
}

/// Names a goal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Least person-weighted distance to the nearest open site, summed over the periods.
    #[default]
    Distance,
    /// Most people within reach, summed over the periods and kinds.
    Coverage,
    /// Least distance of the worst-off place, summed over the periods.
    WorstDistance,
}

/// Says how far a place is from a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Distance {
    /// Road distance over great-circle distance: 1.3 is thirty per cent longer.
    #[serde(default = "unity")]
    #[schemars(range(min = 1, max = 10))]
    pub detour: Decimal,
    /// Pairs farther apart than this do not exist, in kilometres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub cut_off_km: Option<Decimal>,
    /// Distance that somebody without any site counts with, in kilometres; at least the cut-off,
    /// which is also its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub unserved_km: Option<Decimal>,
}

/// Says where candidate sites come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SitesFrom {
    /// Every place is a candidate; rows of the sites table amend them (same id) or add more.
    #[default]
    Places,
    /// Only the rows of the sites table are candidates.
    Table,
}

/// Names the tables, beside `programme.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The places table.
    #[serde(default = "places_csv")]
    pub places: String,
    /// The sites table, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<String>,
    /// The facilities table, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facilities: Option<String>,
    /// The reports table, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<String>,
}

/// Says how the report draws the map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// A GeoJSON file of areas whose `id` is a place's id; sized points are drawn without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<String>,
    /// What to say about the areas, for example that they are not real boundaries.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cells_note: String,
    /// Credits that the map must carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attribution: Vec<String>,
}

/// Is a unit with people: a city, county, village. A row of the places table.
#[derive(Clone, Debug, PartialEq)]
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
    /// Area in square kilometres.
    pub area_km2: Option<f64>,
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
#[derive(Clone, Debug, PartialEq)]
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
}

/// Is a facility that existed before the programme; it serves from the first period on and its site
/// cannot open again. A row of the facilities table.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    /// Row in the file.
    pub row: u32,
    /// Site where it stands.
    pub site: String,
    /// Name, when given.
    pub name: Option<String>,
    /// Day on which it opened, when known.
    pub opened: Option<Date>,
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

impl Settings {
    /// Returns the quota of each period as written.
    #[must_use]
    pub fn quotas(&self) -> Vec<u32> {
        match &self.quota.openings {
            PerPeriod::Same(number) => vec![*number; self.periods.count as usize],
            PerPeriod::Each(numbers) => numbers.clone(),
        }
    }

    /// Returns the kinds of the one package, in the order of the settings.
    #[must_use]
    pub fn package_kinds(&self) -> Vec<&Kind> {
        let named = self.packages.first().map_or(&[][..], |package| &package.kinds);
        self.kinds.iter().filter(|kind| named.contains(&kind.id)).collect()
    }
}

impl Periods {
    /// Returns the year that labels a period (1-based).
    #[must_use]
    pub fn label(self, period: u32) -> i32 {
        i32::from(self.first) + (period as i32 - 1) * self.years as i32
    }

    /// Returns the period (1-based) that a year falls into, if any.
    #[must_use]
    pub fn period_of_year(self, year: i32) -> Option<u32> {
        let offset = year - i32::from(self.first);
        if offset < 0 {
            return None;
        }
        let period = offset as u32 / self.years + 1;
        (period <= self.count).then_some(period)
    }
}

impl Kind {
    /// Returns the reach in metres.
    #[must_use]
    pub fn reach_m(&self) -> u32 {
        metres(self.reach_km)
    }

    /// Returns the name, or the identifier where no name is given.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

impl Distance {
    /// Returns the cut-off in metres.
    #[must_use]
    pub fn cut_off_m(&self) -> Option<u32> {
        self.cut_off_km.map(metres)
    }

    /// Returns the distance in metres that somebody without any site counts with; `None` when
    /// everybody must be served.
    #[must_use]
    pub fn unserved_m(&self) -> Option<u32> {
        self.unserved_km.or(self.cut_off_km).map(metres)
    }
}

impl Programme {
    /// Returns the person count of all places.
    #[must_use]
    pub fn population(&self) -> u64 {
        self.places.iter().map(|place| place.population).sum()
    }

    /// Returns the date of the last report, if there is any.
    #[must_use]
    pub fn last_report(&self) -> Option<Date> {
        self.reports.iter().map(|report| report.date).max()
    }
}

/// Returns kilometres in metres; validation refuses lengths that are not whole metres.
fn metres(kilometres: Decimal) -> u32 {
    kilometres.times_exact(1000).and_then(|m| u32::try_from(m).ok()).unwrap_or(u32::MAX)
}

impl Default for Objective {
    fn default() -> Self {
        Self { goal: Goal::Distance, discount_rate: Decimal::ZERO }
    }
}

impl Default for Distance {
    fn default() -> Self {
        Self { detour: Decimal::ONE, cut_off_km: None, unserved_km: None }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self { places: places_csv(), sites: None, facilities: None, reports: None }
    }
}

fn one() -> u32 {
    1
}

fn thousand() -> u32 {
    1000
}

fn zero() -> Decimal {
    Decimal::ZERO
}

fn unity() -> Decimal {
    Decimal::ONE
}

fn places_csv() -> String {
    "places.csv".to_owned()
}
