//! Every point of the map: the places, then the sites that are not places.

use std::collections::{BTreeMap, HashMap, HashSet};

use groundwork_model::{Opening, Place, Plan, Programme, Site};

/// Is one point of the map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// Names in other languages, by language tag.
    pub(crate) names: Option<&'a BTreeMap<String, String>>,
    pub(crate) province: &'a str,
    pub(crate) lon: f64,
    pub(crate) lat: f64,
    /// Where its site stands, when not at the place's own point.
    pub(crate) site_at: Option<(f64, f64)>,
    /// Persons in the first period; `None` for a site that is not a place.
    pub(crate) population: Option<u64>,
    pub(crate) area_km2: Option<f64>,
    /// Whether a facility stood here before the programme.
    pub(crate) existing: bool,
}

/// Finds spots by the id of their place or site.
#[derive(Clone, Debug)]
pub(crate) struct Gazetteer<'a> {
    pub(crate) spots: Vec<Spot<'a>>,
    by_id: HashMap<&'a str, usize>,
}

/// Says when one spot opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opens {
    pub(crate) period: u32,
    pub(crate) year: i32,
    pub(crate) fixed: bool,
}

impl<'a> Gazetteer<'a> {
    /// Returns the spots of a programme.
    pub(crate) fn new(programme: &'a Programme) -> Self {
        let existing: HashSet<&str> =
            programme.facilities.iter().map(|f| f.site.as_str()).collect();
        let sites: HashMap<&str, &Site> =
            programme.sites.iter().map(|s| (s.id.as_str(), s)).collect();
        let year = programme.settings.periods.label(1);
        let mut spots: Vec<Spot> = programme
            .places
            .iter()
            .map(|p| of_place(p, sites.get(p.id.as_str()).copied(), year))
            .collect();
        let mut by_id: HashMap<&str, usize> =
            spots.iter().enumerate().map(|(at, spot)| (spot.id, at)).collect();
        for site in &programme.sites {
            if let (false, Some(spot)) = (by_id.contains_key(site.id.as_str()), of_site(site)) {
                by_id.insert(spot.id, spots.len());
                spots.push(spot);
            }
        }
        for spot in &mut spots {
            spot.existing = existing.contains(spot.id);
        }
        Self { spots, by_id }
    }

    /// Returns the index of the spot with this id.
    pub(crate) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Returns the spot with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Spot<'a>> {
        self.index(id).map(|at| &self.spots[at])
    }

    /// Returns when each spot opens in a plan; `None` where it does not.
    pub(crate) fn opens(&self, plan: &Plan) -> Vec<Option<Opens>> {
        let mut opens = vec![None; self.spots.len()];
        // An upgrade or a closure of a site is no opening of it.
        for opening in plan.openings.iter().filter(|opening| opening.action.is_open()) {
            let Opening { site, period, year, fixed, .. } = opening;
            if let Some(at) = self.index(site) {
                opens[at] = Some(Opens { period: *period, year: *year, fixed: *fixed });
            }
        }
        opens
    }

    /// Returns the language tags of all names, in order.
    pub(crate) fn languages(&self) -> Vec<&'a str> {
        let tags: std::collections::BTreeSet<&str> = self
            .spots
            .iter()
            .filter_map(|spot| spot.names)
            .flat_map(|names| names.keys().map(String::as_str))
            .collect();
        tags.into_iter().collect()
    }
}

impl<'a> Spot<'a> {
    /// Returns the name in another language; empty where there is none.
    pub(crate) fn name_in(&self, language: &str) -> &'a str {
        self.names.and_then(|names| names.get(language)).map_or("", String::as_str)
    }

    /// Returns where the site stands.
    pub(crate) fn site_location(&self) -> (f64, f64) {
        self.site_at.unwrap_or((self.lon, self.lat))
    }
}

fn of_place<'a>(place: &'a Place, site: Option<&'a Site>, year: i32) -> Spot<'a> {
    Spot {
        id: &place.id,
        name: site.and_then(|s| s.name.as_deref()).unwrap_or(&place.name),
        names: Some(&place.names),
        province: &place.province,
        lon: place.lon,
        lat: place.lat,
        site_at: site.and_then(|s| s.location).map(|(lat, lon)| (lon, lat)),
        population: Some(place.population_in(year)),
        area_km2: place.area_km2,
        existing: false,
    }
}

fn of_site(site: &Site) -> Option<Spot<'_>> {
    let (lat, lon) = site.location?;
    Some(Spot {
        id: &site.id,
        name: site.name.as_deref().unwrap_or(&site.id),
        names: None,
        province: "",
        lon,
        lat,
        site_at: None,
        population: None,
        area_km2: None,
        existing: false,
    })
}
