//! What each site can become at best, whatever the others do.
//!
//! The rules that use this look for programmes that no plan can keep. So in doubt a site can do more here
//! than the rules let it: a fault is then missed, and no good programme is refused.

use std::collections::{HashMap, HashSet};

use super::reports::telling;
use super::sites::{Candidate, candidates, known_sites};
use super::space::Tree;
use crate::decimal::Decimal;
use crate::programme::{Facility, Package, Programme};

/// Metres that two distances may differ by because of rounding.
const ROUNDING_M: f64 = 0.501;

/// Says what a site can become.
pub(super) struct Prospect<'p> {
    /// The site.
    pub(super) site: Candidate<'p>,
    /// Province of the place with the id of the site.
    pub(super) province: Option<&'p str>,
    /// The first period in which it can open with each package of the programme.
    pub(super) opens: Vec<Option<u32>>,
    /// The first period in which it can offer each package, from its opening, by an upgrade or from before.
    pub(super) offers: Vec<Option<u32>>,
    /// The facility that stands there.
    pub(super) facility: Option<&'p Facility>,
    /// The period for which the reports tell of an opening here.
    pub(super) reported: Option<u32>,
}

impl Prospect<'_> {
    /// Returns whether the site can operate in a period with a package that passes a test.
    pub(super) fn operates(&self, period: u32, packages: &[bool]) -> bool {
        let closed = self.facility.and_then(|facility| facility.closes);
        if closed.is_some_and(|closes| closes <= period) {
            return false;
        }
        let fits =
            |(first, fits): (&Option<u32>, &bool)| *fits && first.is_some_and(|t| t <= period);
        self.offers.iter().zip(packages).any(fits)
    }

    /// Returns the first period in which it can open.
    pub(super) fn first_opening(&self) -> Option<u32> {
        self.opens.iter().flatten().min().copied()
    }

    /// Returns whether it is open in every plan, in the last period too: a facility that stays.
    pub(super) fn stays(&self) -> bool {
        self.facility.is_some_and(|facility| facility.closes.is_none() && !facility.may_close)
    }

    /// Returns whether it may come before all rules: a facility, or what reports fix.
    pub(super) fn is_settled(&self) -> bool {
        self.facility.is_some() || self.reported.is_some()
    }
}

/// Returns what each site can become; `None` while the tables are so incomplete that it would mislead.
pub(super) fn prospects(programme: &Programme) -> Option<Vec<Prospect<'_>>> {
    let files = &programme.settings.files;
    let unread = (files.sites.is_some() && programme.sites.is_empty())
        || (files.facilities.is_some() && programme.facilities.is_empty());
    if known_sites(programme).is_empty() || programme.places.is_empty() || unread {
        return None;
    }
    let view = View::of(programme);
    Some(candidates(programme).into_iter().map(|site| view.prospect(site)).collect())
}

/// Returns for each package whether it lists a kind; any does where none is named.
pub(super) fn packages_with(programme: &Programme, kind: Option<&str>) -> Vec<bool> {
    let lists = |package: &Package| kind.is_none_or(|kind| package.lists(kind));
    programme.settings.packages.iter().map(lists).collect()
}

/// Returns the periods that building a package takes: the longest of it and its sizes.
fn building_time(programme: &Programme, package: &Package) -> u32 {
    let sizes = package.listed().filter_map(|(kind, size)| {
        let kind = programme.settings.kinds.iter().find(|known| known.id == kind)?;
        kind.size(size?)
    });
    sizes.map(|size| size.build).max().unwrap_or(0).max(package.build)
}

/// Holds what prospects are made from.
struct View<'p> {
    programme: &'p Programme,
    provinces: HashMap<&'p str, &'p str>,
    facilities: HashMap<&'p str, &'p Facility>,
    reported: HashMap<&'p str, (u32, HashSet<&'p str>)>,
    building: Vec<u32>,
    /// The materials that each package needs, as places in `sources`, with the metres within which.
    needs: Vec<Vec<(usize, f64)>>,
    sources: Vec<Source<'p>>,
}

/// Is where a material is found.
struct Source<'p> {
    material: &'p str,
    ids: HashSet<&'p str>,
    tree: Tree,
}

impl<'p> View<'p> {
    fn of(programme: &'p Programme) -> Self {
        let packages = &programme.settings.packages;
        let mut facilities: HashMap<&str, &Facility> = HashMap::new();
        programme.facilities.iter().for_each(|facility| {
            facilities.entry(&facility.site).or_insert(facility);
        });
        let places = programme.places.iter().filter(|place| !place.province.is_empty());
        let mut view = Self {
            programme,
            provinces: places.map(|place| (place.id.as_str(), place.province.as_str())).collect(),
            facilities,
            reported: reported(programme),
            building: packages.iter().map(|package| building_time(programme, package)).collect(),
            needs: Vec::new(),
            sources: Vec::new(),
        };
        view.needs = packages.iter().map(|package| view.needs_of(package)).collect();
        view
    }

    fn needs_of(&mut self, package: &'p Package) -> Vec<(usize, f64)> {
        let programme = self.programme;
        let detour = programme.settings.distance.detour.to_f64();
        let kinds = programme.settings.kinds.iter().filter(|kind| package.lists(&kind.id));
        let mut needs = Vec::new();
        for need in kinds.flat_map(|kind| &kind.needs) {
            // What is unclear or found nowhere has its own fault.
            let (None, Some(material)) = (&need.kind, &need.material) else { continue };
            let source = self.source(material);
            if !self.sources[source].ids.is_empty() {
                needs.push((source, (metres(need.within_km) + ROUNDING_M) / detour));
            }
        }
        needs
    }

    fn source(&mut self, material: &'p str) -> usize {
        if let Some(known) = self.sources.iter().position(|source| source.material == material) {
            return known;
        }
        let programme = self.programme;
        let has = |materials: &[String]| materials.iter().any(|name| name == material);
        let places = programme.places.iter().filter(|place| has(&place.materials));
        let sites = programme.sites.iter().filter(|site| has(&site.materials));
        let points = places.clone().map(|place| (place.lat, place.lon));
        let own: HashMap<&str, (f64, f64)> = programme
            .places
            .iter()
            .map(|place| (place.id.as_str(), (place.lat, place.lon)))
            .collect();
        let of_sites = sites
            .clone()
            .filter_map(|site| site.location.or_else(|| own.get(site.id.as_str()).copied()));
        let tree = Tree::of(points.chain(of_sites));
        let ids = places
            .map(|place| place.id.as_str())
            .chain(sites.map(|site| site.id.as_str()))
            .collect();
        self.sources.push(Source { material, ids, tree });
        self.sources.len() - 1
    }

    fn prospect(&self, site: Candidate<'p>) -> Prospect<'p> {
        let facility = self.facilities.get(site.id).copied();
        let reported = self.reported.get(site.id).filter(|_| facility.is_none());
        let opens = self.opens(&site, reported);
        let offers = match facility {
            Some(facility) => self.offers_of_facility(facility),
            None => self.with_upgrades(&opens),
        };
        let province = self.provinces.get(site.id).copied();
        let reported = reported.map(|(period, _)| *period);
        Prospect { site, province, opens, offers, facility, reported }
    }

    fn opens(
        &self,
        site: &Candidate<'p>,
        reported: Option<&(u32, HashSet<&str>)>,
    ) -> Vec<Option<u32>> {
        let packages = &self.programme.settings.packages;
        let allowed = self.allowed(site);
        let first = |(index, package): (usize, &Package)| {
            let told = reported.filter(|(_, told)| told.contains(package.id.as_str()));
            let told = told.map(|(period, _)| *period);
            let built = site.window.0.max(self.building[index].saturating_add(1));
            let can = site.is_usable() && allowed[index] && built <= site.window.1;
            [told, can.then_some(built)].into_iter().flatten().min()
        };
        packages.iter().enumerate().map(first).collect()
    }

    /// Returns for each package whether the site may get it and has its materials near.
    fn allowed(&self, site: &Candidate<'p>) -> Vec<bool> {
        let packages = &self.programme.settings.packages;
        // A list of nothing but unknown names has its own fault.
        let known: Vec<&String> = site
            .packages
            .iter()
            .filter(|id| packages.iter().any(|package| &package.id == *id))
            .collect();
        let near = |index: usize| {
            self.needs[index].iter().all(|&(source, within)| self.is_near(site, source, within))
        };
        let may = |(index, package): (usize, &Package)| {
            (known.is_empty() || known.contains(&&package.id)) && near(index)
        };
        packages.iter().enumerate().map(may).collect()
    }

    fn is_near(&self, site: &Candidate<'p>, source: usize, within: f64) -> bool {
        let source = &self.sources[source];
        let located = site.location.0.is_finite() && site.location.1.is_finite();
        !located
            || source.ids.contains(site.id)
            || source.tree.nearest_m(site.location, None).is_some_and(|metres| metres <= within)
    }

    fn offers_of_facility(&self, facility: &Facility) -> Vec<Option<u32>> {
        let packages = &self.programme.settings.packages;
        let own = facility.package.as_deref();
        let own = packages.iter().position(|package| own.is_some_and(|own| own == package.id));
        let own = own.unwrap_or(0);
        let mut offers = vec![None; packages.len()];
        if let Some(first) = offers.get_mut(own) {
            *first = Some(1);
        }
        for (from, to, build) in self.upgrades() {
            if from == own && facility.closes.is_none() {
                offers[to] = earlier(offers[to], build.saturating_add(1));
            }
        }
        offers
    }

    fn with_upgrades(&self, opens: &[Option<u32>]) -> Vec<Option<u32>> {
        let mut offers = opens.to_vec();
        for (from, to, build) in self.upgrades() {
            if let Some(opened) = opens[from] {
                offers[to] = earlier(offers[to], opened.saturating_add(build.max(1)));
            }
        }
        offers
    }

    /// Returns the upgrades between known packages: from, to, and the periods that the work takes.
    fn upgrades(&self) -> impl Iterator<Item = (usize, usize, u32)> {
        let settings = &self.programme.settings;
        let place = |id: &str| settings.packages.iter().position(|package| package.id == id);
        settings.upgrades.iter().filter_map(move |upgrade| {
            Some((place(&upgrade.from)?, place(&upgrade.to)?, upgrade.build))
        })
    }
}

fn earlier(known: Option<u32>, period: u32) -> Option<u32> {
    Some(known.map_or(period, |known| known.min(period)))
}

/// Returns for each site that reports tell of the first period and the packages.
fn reported(programme: &Programme) -> HashMap<&str, (u32, HashSet<&str>)> {
    let mut told: HashMap<&str, (u32, HashSet<&str>)> = HashMap::new();
    for (report, period) in telling(programme).into_iter().flat_map(|(_, reports)| reports) {
        let (first, packages) = told.entry(&report.site).or_insert((period, HashSet::new()));
        *first = period.min(*first);
        packages.insert(&report.package);
    }
    told
}

/// Returns kilometres in metres.
pub(super) fn metres(kilometres: Decimal) -> f64 {
    kilometres.to_f64() * 1000.0
}
