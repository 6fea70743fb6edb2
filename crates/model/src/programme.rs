//! A programme as a person writes it: `programme.toml` ([`Settings`]) and its tables.
//!
//! `kinds` holds what facilities do and in what sizes and packages, `limits` what limits their openings, `objective`
//! what a plan makes best, `prices` what a change of a rule costs, `tables` the rows of the tables.

mod exchange;
mod kinds;
mod limits;
mod objective;
mod prices;
mod scenarios;
mod tables;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::exchange::{Exchange, ImportFiles};
pub use self::kinds::{Amounts, Assignment, Kind, Need, Package, Size, Upgrade};
pub use self::limits::{
    AmountPerPeriod, Budget, Ceiling, Due, Floor, NO_QUOTA, PerPeriod, Precedence, Quota,
    QuotaRule, SiteSet, Spacing,
};
pub use self::objective::{Goal, NextGoal, Objective, PlainGoal};
pub use self::prices::RepairPrices;
pub use self::scenarios::{Delays, DemandChange, Future, Late, Robustness, Scenarios};
pub use self::tables::{Facility, Place, Report, Site, SiteRule, Stage};
use crate::decimal::Decimal;
use crate::evidence::{
    Checklist, Cycle, EvidenceRules, ForecastRules, MilestoneRule, OutputRule, Sample,
};

/// Holds a person's files as written, read but not yet indexed.
///
/// Rows keep the order of their file; `row` is the line that a spreadsheet shows (the header is 1).
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// What it costs to change rules where no plan keeps all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair_prices: Option<RepairPrices>,
    /// What the plan makes best.
    #[serde(default)]
    pub objective: Objective,
    /// How far a place is from a site.
    #[serde(default)]
    pub distance: Distance,
    /// Where candidate sites come from.
    #[serde(default)]
    pub sites: SitesFrom,
    /// How the future may turn out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<Scenarios>,
    /// What counts as verified, for the ledger.
    #[serde(default)]
    pub evidence: EvidenceRules,
    /// Checks that were a random sample.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
    /// How openings are forecast, from the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<ForecastRules>,
    /// Who publishes the state of the programme in open formats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// Mappings by which tables are brought into the ledger.
    #[serde(default, skip_serializing_if = "ImportFiles::is_empty")]
    pub import: ImportFiles,
    /// What was promised by when, for the scorecard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<MilestoneRule>,
    /// Plan cycles: blocks of periods with targets of their own, and meetings inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cycles: Vec<Cycle>,
    /// What is looked at before facilities of a kind open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklists: Vec<Checklist>,
    /// What facilities of a kind can deliver in a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputRule>,
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

    /// Returns whether a kind is limited: a size with a capacity is one that a package names, so that a plan says who
    /// goes where.
    #[must_use]
    pub fn is_limited(&self, kind: &Kind) -> bool {
        let has_limit = |package: &Package| {
            let listed = package.listed().filter(|(id, _)| *id == kind.id);
            let mut sizes = listed.filter_map(|(_, size)| kind.size(size?));
            sizes.any(|size| size.capacity.is_some())
        };
        self.packages.iter().any(has_limit)
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
    /// Returns the person count of all places, whatever later years say.
    #[must_use]
    pub fn population(&self) -> u64 {
        self.places.iter().map(|place| place.population).sum()
    }

    /// Returns the person count of all places in a period (1-based).
    #[must_use]
    pub fn population_in(&self, period: u32) -> u64 {
        let year = self.settings.periods.label(period);
        self.places.iter().map(|place| place.population_in(year)).sum()
    }

    /// Returns the person count of all places in each period.
    #[must_use]
    pub fn populations(&self) -> Vec<u64> {
        (1..=self.settings.periods.count).map(|period| self.population_in(period)).collect()
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
            && settings.objective.goal.is_plain()
            && self.places.iter().all(|place| place.persons.is_empty() && !place.changes())
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
            repair_prices: None,
            objective: Objective::default(),
            distance: Distance::default(),
            sites: SitesFrom::default(),
            scenarios: None,
            evidence: EvidenceRules::default(),
            samples: Vec::new(),
            forecast: None,
            exchange: None,
            import: ImportFiles::default(),
            milestones: Vec::new(),
            cycles: Vec::new(),
            checklists: Vec::new(),
            outputs: Vec::new(),
            files: Files::default(),
            map: Map::default(),
        }
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

fn zero() -> Decimal {
    Decimal::ZERO
}

fn unity() -> Decimal {
    Decimal::ONE
}

fn places_csv() -> String {
    "places.csv".to_owned()
}
