//! The programme and the question in numbers.

use std::collections::{BTreeMap, HashMap};

use groundwork_model::programme::{Facility, Site};
use groundwork_model::{Code, Decimal, Problem, Question};

use super::lists::{self, Schedule};
use super::materials;
use super::packages::{self, KindFacts, PackageFacts, UpgradeFacts};
use crate::distance::Distances;
use crate::facts::{self, Terms};
use crate::near::NearPlaces;
use crate::scene::Scene;

/// Holds everything that rules and bounds are made of.
pub(crate) struct World<'a> {
    pub(super) scene: &'a Scene<'a>,
    /// Number of periods; periods are counted from 1.
    pub(super) periods: u32,
    pub(super) kinds: Vec<KindFacts<'a>>,
    /// The kinds that packages list, in the order of the settings.
    pub(super) listed: Vec<usize>,
    pub(super) packages: Vec<PackageFacts<'a>>,
    pub(super) upgrades: Vec<UpgradeFacts<'a>>,
    /// The row of the sites table of each site, if it has one.
    pub(super) rows: Vec<Option<&'a Site>>,
    /// What stands at each site already.
    pub(super) standing: Vec<Option<Standing>>,
    /// The provinces in the order in which they first appear.
    pub(super) provinces: Vec<&'a str>,
    /// For each kind the sites at which its materials are near.
    materials: Vec<Vec<bool>>,
    /// Distances between the points of sites.
    pub(super) between: Distances,
    pub(super) near_sites: NearPlaces<Distances>,
    /// Period and package of each site that reports fix.
    pub(super) fixed: BTreeMap<usize, (u32, usize)>,
    pub(super) locks: Vec<Lock>,
    /// The first period in which anything may begin.
    pub(super) first_free: u32,
    /// What facts leave of each quota.
    pub(super) free: Vec<u64>,
    /// The schedules of each site.
    pub(super) lists: Vec<Vec<Schedule>>,
    /// Decisions that cannot be read.
    pub(super) problems: Vec<Problem>,
}

/// Is a facility that stands already.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) package: usize,
    pub(super) closes: Option<u32>,
    pub(super) may_close: bool,
}

/// Is a decision that is not a fact already.
#[derive(Clone, Copy)]
pub(super) struct Lock {
    pub(super) site: usize,
    pub(super) period: u32,
    pub(super) package: Option<usize>,
}

impl<'a> World<'a> {
    pub(crate) fn new(scene: &'a Scene<'a>, question: &Question, terms: &Terms) -> Self {
        let settings = &scene.programme.settings;
        let kinds = packages::kinds(scene.programme);
        let points: Vec<(f64, f64)> = scene.sites.rows.iter().map(|site| site.location).collect();
        let between = Distances::between(&points, &points, settings.distance.detour.to_f64());
        let near_sites = NearPlaces::new(between.clone(), &vec![Some(u32::MAX); points.len()]);
        let listed = |number: &usize| {
            settings.packages.iter().any(|package| package.lists(&settings.kinds[*number].id))
        };
        let mut world = Self {
            scene,
            periods: settings.periods.count,
            listed: (0..kinds.len()).filter(listed).collect(),
            kinds,
            packages: packages::packages(settings),
            upgrades: packages::upgrades(settings),
            rows: rows(scene),
            standing: standing(scene),
            provinces: provinces(scene),
            materials: materials::allowed(scene),
            between,
            near_sites,
            fixed: fixed(scene, question, terms),
            locks: Vec::new(),
            first_free: u32::try_from(terms.first_open).unwrap_or(u32::MAX).saturating_add(1),
            free: terms.free.clone(),
            lists: Vec::new(),
            problems: Vec::new(),
        };
        world.lock(question);
        world.lists = lists::all(&world);
        world
    }

    /// Returns the number of sites.
    pub(super) fn sites(&self) -> usize {
        self.scene.sites.rows.len()
    }

    /// Returns whether a site may open with a package, by the sites table and its materials.
    pub(super) fn may_get(&self, site: usize, package: usize) -> bool {
        self.is_named(site, package) && self.has_materials(site, package)
    }

    /// Returns whether the sites table lets a site open with a package.
    pub(super) fn is_named(&self, site: usize, package: usize) -> bool {
        self.rows[site].is_none_or(|row| {
            row.packages.is_empty() || row.packages.iter().any(|id| id == self.packages[package].id)
        })
    }

    /// Returns whether all materials of a package are near a site.
    pub(super) fn has_materials(&self, site: usize, package: usize) -> bool {
        let offers = self.packages[package].offers.iter().enumerate();
        offers.filter(|(_, offer)| offer.is_some()).all(|(kind, _)| self.materials[kind][site])
    }

    /// Returns whether nothing but the first schedule of a site is settled: it stands or is a fact.
    pub(super) fn is_settled(&self, site: usize) -> bool {
        self.standing[site].is_some() || self.fixed.contains_key(&site)
    }

    /// Returns whether a site has a schedule with which it operates.
    pub(super) fn has_choice(&self, site: usize) -> bool {
        self.lists[site].iter().any(|schedule| !schedule.is_never(self))
    }

    /// Returns the packages that list a kind, or all.
    pub(super) fn packages_with(&self, kind: Option<usize>) -> impl Iterator<Item = usize> {
        let packages = self.packages.iter().enumerate();
        let with = packages
            .filter(move |(_, package)| kind.is_none_or(|kind| package.offers[kind].is_some()));
        with.map(|(number, _)| number)
    }

    /// Returns the place of a site: that of the place with its id.
    pub(super) fn place_of(&self, places: &HashMap<&str, usize>, site: usize) -> Option<usize> {
        places.get(self.scene.sites.rows[site].id).copied()
    }

    /// Returns the number of each place by its id.
    pub(super) fn places_by_id(&self) -> HashMap<&'a str, usize> {
        let places = self.scene.programme.places.iter().enumerate();
        places.map(|(number, place)| (place.id.as_str(), number)).collect()
    }

    /// Returns the metres between two sites, which have no cut-off.
    pub(super) fn metres_between(&self, a: usize, b: usize) -> u32 {
        self.between.metres(a, b).unwrap_or(u32::MAX)
    }

    /// Returns whether everybody must be served.
    pub(super) fn must_serve(&self) -> bool {
        self.scene.weights.cost_unserved().is_none()
    }

    /// Returns the number of a package.
    pub(super) fn package(&self, id: &str) -> Option<usize> {
        self.packages.iter().position(|package| package.id == id)
    }

    /// Reads the decisions; sites and periods that cannot be read have been reported with the terms.
    fn lock(&mut self, question: &Question) {
        for locked in &question.locked {
            let Some(site) = self.scene.sites.find(&locked.site) else { continue };
            if locked.period == 0 || locked.period > self.periods {
                continue;
            }
            let package = locked.package.as_deref().map(|id| (id, self.package(id)));
            if let Some((id, None)) = package {
                let cause = format!(
                    "the question locks package `{id}` at `{}`, which is unknown",
                    locked.site
                );
                self.problems.push(Problem::new(Code::UnknownSiteInPlan, cause));
                continue;
            }
            let package = package.and_then(|(_, number)| number);
            let is_fact = self.fixed.get(&site).is_some_and(|fact| {
                fact.0 == locked.period && package.is_none_or(|package| package == fact.1)
            });
            if !is_fact {
                self.locks.push(Lock { site, period: locked.period, package });
            }
        }
    }
}

/// Returns kilometres in whole metres.
pub(super) fn metres(kilometres: Decimal) -> u32 {
    kilometres.times_exact(1000).and_then(|m| u32::try_from(m).ok()).unwrap_or(u32::MAX)
}

fn rows<'a>(scene: &Scene<'a>) -> Vec<Option<&'a Site>> {
    let mut rows = vec![None; scene.sites.rows.len()];
    for row in &scene.programme.sites {
        if let Some(number) = scene.sites.find(&row.id) {
            rows[number] = Some(row);
        }
    }
    rows
}

/// Reads what stands; of two facilities on one site the first counts.
fn standing(scene: &Scene<'_>) -> Vec<Option<Standing>> {
    let packages = &scene.programme.settings.packages;
    let number = |facility: &Facility| {
        let named = facility.package.as_ref();
        named.and_then(|id| packages.iter().position(|package| package.id == *id)).unwrap_or(0)
    };
    let mut standing = vec![None; scene.sites.rows.len()];
    for facility in &scene.programme.facilities {
        if let Some(site) = scene.sites.find(&facility.site) {
            standing[site].get_or_insert(Standing {
                package: number(facility),
                closes: facility.closes,
                may_close: facility.may_close,
            });
        }
    }
    standing
}

fn provinces<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let mut provinces: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for place in &scene.programme.places {
        if !place.province.is_empty() && known.insert(place.province.as_str()) {
            provinces.push(&place.province);
        }
    }
    provinces
}

fn fixed(scene: &Scene<'_>, question: &Question, terms: &Terms) -> BTreeMap<usize, (u32, usize)> {
    let packages = facts::packages(scene, question, &terms.fixed);
    let fixed = terms.fixed.iter();
    fixed
        .map(|(&site, &period)| (site, (period, packages.get(&site).copied().unwrap_or(0))))
        .collect()
}
