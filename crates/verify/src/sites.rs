//! The candidate sites, read from the places, sites and facilities tables.

use std::collections::{HashMap, HashSet};

use groundwork_model::programme::{Site, SitesFrom};
use groundwork_model::{Place, Programme, SiteRule};

/// Is a candidate location with everything that the tables say about it.
#[derive(Clone, Debug)]
pub(crate) struct SiteRow<'a> {
    pub(crate) id: &'a str,
    /// Latitude and longitude in degrees.
    pub(crate) location: (f64, f64),
    /// The place that the site lies in the middle of: same id, no coordinates of its own.
    pub(crate) own_place: Option<usize>,
    pub(crate) rule: SiteRule,
    pub(crate) earliest: Option<u32>,
    pub(crate) latest: Option<u32>,
    /// Whether a facility stands here already.
    pub(crate) existing: bool,
}

/// Lists the candidate sites in their order, with an index by identifier.
pub(crate) struct Sites<'a> {
    pub(crate) rows: Vec<SiteRow<'a>>,
    index: HashMap<&'a str, usize>,
}

impl<'a> Sites<'a> {
    /// Reads the sites: every place first unless only the table counts, then the table's rows,
    /// which amend a site of the same id or add one.
    pub(crate) fn read(programme: &'a Programme) -> Self {
        let places = places_by_id(programme);
        let mut sites = Self { rows: Vec::new(), index: HashMap::new() };
        if programme.settings.sites == SitesFrom::Places {
            for (number, place) in programme.places.iter().enumerate() {
                sites.put(site_of_place(number, place));
            }
        }
        for row in &programme.sites {
            let place = places.get(row.id.as_str()).map(|&p| (p, &programme.places[p]));
            if let Some(site) = site_of_row(row, place) {
                sites.put(site);
            }
        }
        sites.mark_existing(programme);
        sites
    }

    /// Returns the number of a site.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// Returns the numbers of the sites where a facility stands already.
    pub(crate) fn existing(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().enumerate().filter(|(_, site)| site.existing).map(|(number, _)| number)
    }

    fn put(&mut self, site: SiteRow<'a>) {
        if let Some(&number) = self.index.get(site.id) {
            self.rows[number] = site;
        } else {
            self.index.insert(site.id, self.rows.len());
            self.rows.push(site);
        }
    }

    fn mark_existing(&mut self, programme: &Programme) {
        let standing: HashSet<&str> =
            programme.facilities.iter().map(|facility| facility.site.as_str()).collect();
        for site in &mut self.rows {
            site.existing = standing.contains(site.id);
        }
    }
}

impl SiteRow<'_> {
    /// Returns whether a period (1-based) lies inside the window of the site.
    pub(crate) fn window_contains(&self, period: u32) -> bool {
        self.earliest.is_none_or(|first| first <= period)
            && self.latest.is_none_or(|last| period <= last)
    }
}

fn places_by_id(programme: &Programme) -> HashMap<&str, usize> {
    programme.places.iter().enumerate().map(|(number, place)| (place.id.as_str(), number)).collect()
}

fn site_of_place(number: usize, place: &Place) -> SiteRow<'_> {
    SiteRow {
        id: &place.id,
        location: (place.lat, place.lon),
        own_place: Some(number),
        rule: SiteRule::Candidate,
        earliest: None,
        latest: None,
        existing: false,
    }
}

/// Returns `None` for a row that is nowhere: no coordinates and no place of its id.
fn site_of_row<'a>(row: &'a Site, place: Option<(usize, &Place)>) -> Option<SiteRow<'a>> {
    let own_place = if row.location.is_none() { Some(place?.0) } else { None };
    let location = row.location.or_else(|| place.map(|(_, place)| (place.lat, place.lon)))?;
    Some(SiteRow {
        id: &row.id,
        location,
        own_place,
        rule: row.rule,
        earliest: row.earliest,
        latest: row.latest,
        existing: false,
    })
}
