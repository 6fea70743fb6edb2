//! A programme as a person writes it: `programme.toml` ([`Settings`]) and its tables.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, json_schema};
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
    /// How many openings a period may have; no limit when it is not given.
    #[serde(default)]
    pub quota: Quota,
    /// What facilities do. At least one.
    #[schemars(length(min = 1))]
    pub kinds: Vec<Kind>,
    /// The kinds that one site receives together: a site gets one of its packages. At least one.
    #[schemars(length(min = 1))]
    pub packages: Vec<Package>,
    /// What a site may become once it is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upgrades: Vec<Upgrade>,
    /// What may be spent, one table a resource.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Budget>,
    /// What must be reached by a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub floors: Vec<Floor>,
    /// How many sites may operate in a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ceilings: Vec<Ceiling>,
    /// How far apart open sites must lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spacing: Vec<Spacing>,
    /// Sites of which one at most is open in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusive: Vec<SiteSet>,
    /// Sites that are all open in the end, or none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<SiteSet>,
    /// Sites that open after others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedence: Vec<Precedence>,
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
    /// Whether an upgrade counts as an opening.
    #[serde(default)]
    pub count_upgrades: bool,
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
    /// Units that one person needs in a period; matters where sizes have capacities.
    #[serde(default = "unity")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub demand: Decimal,
    /// Whether the people of a place may be served by several sites, where sizes have capacities.
    #[serde(default)]
    pub assignment: Assignment,
    /// The sizes that a facility of this kind comes in; none when there is one size without limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<Size>,
    /// What must be near a facility of this kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}

/// Says whether the people of a place may be served by several sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// They may be split, person by person.
    #[default]
    Split,
    /// All of them go to one site, or none is served.
    Whole,
}

/// Returns the schema of one amount of a resource: the limit that the columns of amounts have too.
fn amount_schema() -> Schema {
    json_schema!({ "type": "integer", "format": "uint64", "minimum": 0, "maximum": AMOUNT_MAX })
}

/// Most that an amount of a resource is.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

/// Holds an amount of each resource, by name: `{ money = 120, cement = 40 }`.
pub type Amounts = BTreeMap<String, u64>;

/// Is a size of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Short identifier, unique among the sizes of the kind.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Units that it delivers in a period; without limit when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub capacity: Option<u64>,
    /// What it costs to build, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// What it costs in each period that it serves, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub running: Amounts,
    /// Periods between the start of building and the opening.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
}

/// Says what must be near a facility of a kind: another kind, or a raw material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The kind that must be offered near the site in every period that the site offers this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The raw material that a place or site near it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// How near, in kilometres: 0 is the site itself.
    #[serde(default = "zero")]
    #[schemars(range(min = 0, max = 20_100))]
    pub within_km: Decimal,
}

/// Lists the kinds that one site receives together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Short identifier.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Identifiers of the kinds, each once; of a kind with sizes `kind:size`. At least one.
    #[schemars(length(min = 1))]
    pub kinds: Vec<String>,
    /// What it costs to build beside its sizes, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// What it costs in each period that it serves beside its sizes, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub running: Amounts,
    /// Periods between the start of building and the opening, at least those of its sizes.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
}

/// Says that an open site may turn from one package to another, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// Package before.
    pub from: String,
    /// Package after.
    pub to: String,
    /// What it costs, by resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("additionalProperties" = amount_schema()))]
    pub cost: Amounts,
    /// Periods between the start of the work and the first period with the new package.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub build: u32,
}

/// Says how much of a resource each period may spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Name of the resource, as costs name it.
    #[schemars(length(min = 1))]
    pub resource: String,
    /// One amount for every period, or a list with one amount a period.
    pub amount: AmountPerPeriod,
    /// Whether what a period leaves moves on to the next.
    #[serde(default)]
    pub carry_over: bool,
    /// When what it costs to build falls due.
    #[serde(default)]
    pub due: Due,
}

/// Is one amount for every period, or a list with one amount a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AmountPerPeriod {
    /// The same amount in every period.
    Same(#[schemars(range(max = 1_000_000_000_000_u64))] u64),
    /// One amount a period, first period first.
    Each(#[schemars(inner(range(max = 1_000_000_000_000_u64)))] Vec<u64>),
}

/// Says when what it costs to build falls due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// In the period in which building starts.
    #[default]
    Start,
    /// In the period of the opening.
    Opening,
}

/// Says what must be reached by a period: a number of sites, or a share of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The province that it speaks of; `*` for each province; all of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The kind that it speaks of; any when not given, which a share of people does not allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The period, by number or by a year in it.
    pub by: u32,
    /// Sites that operate in that period, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Per cent of the people within reach of a site in that period, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub coverage: Option<Decimal>,
}

/// Says how many sites may operate in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// The province that it speaks of; `*` for each province; all of the programme when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The kind that it speaks of; any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The period, by number or by a year in it.
    pub by: u32,
    /// Sites that operate in that period, at most.
    pub at_most: u32,
}

/// Says how far apart the sites lie that are open in the last period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spacing {
    /// Least distance between two open sites, in kilometres.
    #[schemars(range(min = 0, max = 20_100))]
    pub km: Decimal,
    /// The kind that both offer; any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Lists sites that a rule ties together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSet {
    /// Identifiers of the sites. At least two.
    #[schemars(length(min = 2))]
    pub sites: Vec<String>,
}

/// Says that a site may open in a period only if another opened so many periods before, or earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    /// The site that opens first.
    pub first: String,
    /// The site that opens after it.
    pub then: String,
    /// Periods between the two openings, at least.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub lag: u32,
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

impl Settings {
    /// Returns the quota of each period as written.
    #[must_use]
    pub fn quotas(&self) -> Vec<u32> {
        match &self.quota.openings {
            PerPeriod::Same(number) => vec![*number; self.periods.count as usize],
            PerPeriod::Each(numbers) => numbers.clone(),
        }
    }

    /// Returns the kinds that some package lists, in the order of the settings.
    #[must_use]
    pub fn package_kinds(&self) -> Vec<&Kind> {
        let listed = |kind: &&Kind| self.packages.iter().any(|package| package.lists(&kind.id));
        self.kinds.iter().filter(listed).collect()
    }

    /// Returns the period (1-based) that a number in a rule means: its own, or that of a year.
    #[must_use]
    pub fn period_named(&self, number: u32) -> Option<u32> {
        if (1..=self.periods.count).contains(&number) {
            return Some(number);
        }
        self.periods.period_of_year(i32::try_from(number).ok()?)
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

    /// Returns the size with an id.
    #[must_use]
    pub fn size(&self, id: &str) -> Option<&Size> {
        self.sizes.iter().find(|size| size.id == id)
    }
}

impl Package {
    /// Returns each kind that it lists, with the size where one is named.
    pub fn listed(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.kinds.iter().map(|listed| match listed.split_once(':') {
            Some((kind, size)) => (kind, Some(size)),
            None => (listed.as_str(), None),
        })
    }

    /// Returns whether it lists a kind, in any size.
    #[must_use]
    pub fn lists(&self, kind: &str) -> bool {
        self.listed().any(|(listed, _)| listed == kind)
    }
}

impl Size {
    /// Returns how many persons it serves in a period when each needs `demand` units; `None` without limit.
    ///
    /// ```
    /// # use groundwork_model::programme::Size;
    /// let size: Size = serde_json::from_str(r#"{"id": "small", "capacity": 100}"#).unwrap();
    /// assert_eq!(size.persons("1.5".parse().unwrap()), Some(66));
    /// assert_eq!(size.persons("0".parse().unwrap()), None);
    /// ```
    #[must_use]
    pub fn persons(&self, demand: Decimal) -> Option<u64> {
        let units = u128::try_from(demand.mantissa()).ok().filter(|&units| units > 0)?;
        // A scale is at most 18, and a capacity below 2^64.
        let persons = u128::from(self.capacity?) * 10_u128.pow(demand.scale()) / units;
        Some(u64::try_from(persons).unwrap_or(u64::MAX))
    }
}

impl AmountPerPeriod {
    /// Returns the amount of each of `periods` periods as written.
    #[must_use]
    pub fn each(&self, periods: u32) -> Vec<u64> {
        match self {
            Self::Same(amount) => vec![*amount; periods as usize],
            Self::Each(amounts) => amounts.clone(),
        }
    }
}

impl Place {
    /// Returns the persons who need a kind.
    #[must_use]
    pub fn persons_of(&self, kind: &str) -> u64 {
        self.persons.get(kind).copied().unwrap_or(self.population)
    }
}

impl Need {
    /// Returns how near in metres.
    #[must_use]
    pub fn within_m(&self) -> u32 {
        metres(self.within_km)
    }
}

impl Spacing {
    /// Returns the least distance in metres.
    #[must_use]
    pub fn metres(&self) -> u32 {
        metres(self.km)
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

    /// Returns whether a site gets either nothing or the one package, for good, and nothing but quotas and
    /// the rules of single sites limits which sites do.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let settings = &self.settings;
        let simple = |package: &Package| {
            package.build == 0 && package.cost.is_empty() && package.running.is_empty()
        };
        settings.packages.len() <= 1
            && settings.packages.iter().all(simple)
            && settings.kinds.iter().all(|kind| kind.sizes.is_empty() && kind.needs.is_empty())
            && settings.upgrades.is_empty()
            && settings.budgets.is_empty()
            && settings.floors.is_empty()
            && settings.ceilings.is_empty()
            && settings.spacing.is_empty()
            && settings.exclusive.is_empty()
            && settings.together.is_empty()
            && settings.precedence.is_empty()
            && self.places.iter().all(|place| place.persons.is_empty())
            && self.sites.iter().all(|site| site.packages.is_empty() && site.cost.is_empty())
            && self.facilities.iter().all(|row| row.closes.is_none() && !row.may_close)
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

impl Default for Settings {
    /// Returns settings without a name, a kind or a package, of one period.
    fn default() -> Self {
        Self {
            format: 1,
            name: String::new(),
            description: String::new(),
            source: String::new(),
            population: Population::default(),
            periods: Periods { first: 2000, count: 1, years: 1 },
            quota: Quota::default(),
            kinds: Vec::new(),
            packages: Vec::new(),
            upgrades: Vec::new(),
            budgets: Vec::new(),
            floors: Vec::new(),
            ceilings: Vec::new(),
            spacing: Vec::new(),
            exclusive: Vec::new(),
            together: Vec::new(),
            precedence: Vec::new(),
            objective: Objective::default(),
            distance: Distance::default(),
            sites: SitesFrom::default(),
            files: Files::default(),
            map: Map::default(),
        }
    }
}

/// Openings of a period that has no quota: more than any table has sites.
const NO_QUOTA: u32 = 1_000_000;

impl Default for Quota {
    fn default() -> Self {
        let openings = PerPeriod::Same(NO_QUOTA);
        Self { openings, rule: QuotaRule::AtMost, count_upgrades: false }
    }
}

impl Default for Kind {
    /// Returns a kind without an id that counts once and reaches nobody.
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            weight: thousand(),
            reach_km: Decimal::ZERO,
            demand: Decimal::ONE,
            assignment: Assignment::Split,
            sizes: Vec::new(),
            needs: Vec::new(),
        }
    }
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
