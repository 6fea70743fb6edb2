//! Places and sites of a programme, indexed, with the distance between any two.

use std::collections::{HashMap, HashSet};

use groundwork_model::programme::SitesFrom;
use groundwork_model::{Programme, SiteRule};

use crate::distance::{Location, metres_between, own_place_metres};

/// Holds the indexed places and sites of a programme. Positions follow the order of the tables.
pub(crate) struct Network {
    pub(crate) places: Vec<Location>,
    pub(crate) sites: Vec<NetworkSite>,
    own_metres: Vec<u32>,
    detour: f64,
    cut_off_m: u32,
    index_of: HashMap<String, usize>,
}

/// Is a site as indexed.
#[derive(Clone, Debug)]
pub(crate) struct NetworkSite {
    pub(crate) id: String,
    pub(crate) location: Location,
    /// The place whose id the site has.
    pub(crate) of_place: Option<usize>,
    /// That place, if the site stands at its own point.
    pub(crate) own_place: Option<usize>,
    pub(crate) rule: SiteRule,
    /// First and last period (0-based) in which it may open.
    pub(crate) window: (usize, usize),
    /// Whether a facility exists here already.
    pub(crate) existing: bool,
}

impl Network {
    /// Indexes the places and sites of a programme.
    pub(crate) fn new(programme: &Programme) -> Self {
        let detour = programme.settings.distance.detour.to_f64();
        let places: Vec<_> = programme.places.iter().map(|p| Location::new(p.lat, p.lon)).collect();
        let own_metres =
            programme.places.iter().map(|p| own_place_metres(p.area_km2, detour)).collect();
        let mut network = Self {
            places,
            sites: Vec::new(),
            own_metres,
            detour,
            cut_off_m: programme.settings.distance.cut_off_m().unwrap_or(u32::MAX),
            index_of: HashMap::new(),
        };
        network.add_sites(programme);
        network
    }

    fn add_sites(&mut self, programme: &Programme) {
        let last = programme.settings.periods.count as usize - 1;
        let place_of: HashMap<&str, usize> =
            programme.places.iter().enumerate().map(|(i, p)| (p.id.as_str(), i)).collect();
        if programme.settings.sites == SitesFrom::Places {
            for (i, place) in programme.places.iter().enumerate() {
                self.push(NetworkSite::at_place(&place.id, i, self.places[i], last));
            }
        }
        for row in &programme.sites {
            let position = self.index_of.get(&row.id).copied().unwrap_or_else(|| {
                let place = place_of.get(row.id.as_str()).copied();
                let i = place.unwrap_or(0);
                let mut site = NetworkSite::at_place(&row.id, i, self.places[i], last);
                site.of_place = place;
                self.push(site)
            });
            let site = &mut self.sites[position];
            site.rule = row.rule;
            site.window = (
                row.earliest.map_or(0, |period| period as usize - 1),
                row.latest.map_or(last, |period| period as usize - 1),
            );
            if let Some((lat, lon)) = row.location {
                site.location = Location::new(lat, lon);
                site.own_place = None;
            }
        }
        let existing: HashSet<&str> =
            programme.facilities.iter().map(|facility| facility.site.as_str()).collect();
        for site in &mut self.sites {
            site.existing = existing.contains(site.id.as_str());
        }
    }

    fn push(&mut self, site: NetworkSite) -> usize {
        self.index_of.insert(site.id.clone(), self.sites.len());
        self.sites.push(site);
        self.sites.len() - 1
    }

    /// Returns the position of a site.
    pub(crate) fn site_index(&self, id: &str) -> Option<usize> {
        self.index_of.get(id).copied()
    }

    /// Takes note that a site may not open, whatever its row says.
    pub(crate) fn forbid(&mut self, id: &str) {
        if let Some(&site) = self.index_of.get(id) {
            self.sites[site].rule = SiteRule::Forbidden;
        }
    }

    /// Returns the metres from a place to a site, or `None` beyond the cut-off.
    pub(crate) fn metres(&self, place: usize, site: usize) -> Option<u32> {
        let to = &self.sites[site];
        let metres = if to.own_place == Some(place) {
            self.own_metres[place]
        } else {
            metres_between(self.places[place], to.location, self.detour)
        };
        (metres <= self.cut_off_m).then_some(metres)
    }

    /// Returns the metres from a site to a point, however far.
    pub(crate) fn metres_to(&self, site: usize, point: Location) -> u32 {
        metres_between(self.sites[site].location, point, self.detour)
    }

    /// Returns the metres beyond which a pair does not exist.
    pub(crate) fn cut_off_m(&self) -> u32 {
        self.cut_off_m
    }

    /// Returns the metres of a place to a site at its own point.
    pub(crate) fn own_metres(&self, place: usize) -> u32 {
        self.own_metres[place]
    }

    /// Returns more metres than there are between any place and site.
    pub(crate) fn farthest_m(&self) -> u32 {
        const HALF_AROUND_M: f64 = 20_015_115.0;
        let own = self.own_metres.iter().copied().max().unwrap_or(0);
        own.max((HALF_AROUND_M * self.detour) as u32) + 1
    }

    /// Returns the detour factor.
    pub(crate) fn detour(&self) -> f64 {
        self.detour
    }
}

impl NetworkSite {
    fn at_place(id: &str, place: usize, location: Location, last: usize) -> Self {
        Self {
            id: id.to_owned(),
            location,
            of_place: Some(place),
            own_place: Some(place),
            rule: SiteRule::Candidate,
            window: (0, last),
            existing: false,
        }
    }
}
