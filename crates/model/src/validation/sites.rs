//! Rules about the sites and facilities tables.

use std::collections::{HashMap, HashSet};

use super::names::nearest;
use super::space::distance_m;
use super::{SHOWN, of_cell, places};
use crate::problem::{Code, Problem};
use crate::programme::{Place, Programme, Site, SiteRule, SitesFrom};

/// A site farther than this from the place whose id it has is doubted.
const OWN_PLACE_M: f64 = 100_000.0;

/// Is a site as the tables together describe it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate<'p> {
    /// Identifier.
    pub(super) id: &'p str,
    /// Row of the sites table, if it has one.
    pub(super) row: Option<u32>,
    /// Latitude and longitude.
    pub(super) location: (f64, f64),
    /// Whether it may be used.
    pub(super) rule: SiteRule,
    /// First and last period in which it may open.
    pub(super) window: (u32, u32),
    /// Whether a facility exists there already.
    pub(super) existing: bool,
    /// Packages that it may get; any when the list is empty.
    pub(super) packages: &'p [String],
}

impl Candidate<'_> {
    /// Returns whether the site may open.
    pub(super) fn is_usable(&self) -> bool {
        !self.existing && self.rule != SiteRule::Forbidden
    }
}

/// Returns all sites, in the order of the tables. Of two rows with one id the first counts, and a
/// window that is reversed is none.
pub(super) fn candidates(programme: &Programme) -> Vec<Candidate<'_>> {
    let places: HashMap<&str, &Place> =
        programme.places.iter().map(|place| (place.id.as_str(), place)).collect();
    let existing: HashSet<&str> =
        programme.facilities.iter().map(|facility| facility.site.as_str()).collect();
    let mut rows: HashMap<&str, &Site> = HashMap::new();
    let mut ids = Vec::new();
    if programme.settings.sites == SitesFrom::Places {
        ids.extend(programme.places.iter().map(|place| place.id.as_str()));
    }
    for site in &programme.sites {
        rows.entry(&site.id).or_insert(site);
        ids.push(&site.id);
    }
    let mut seen = HashSet::new();
    ids.retain(|id| !id.is_empty() && seen.insert(*id));
    let last = programme.settings.periods.count;
    let one = |id| {
        candidate(id, places.get(id).copied(), rows.get(id).copied(), existing.contains(id), last)
    };
    ids.into_iter().map(one).collect()
}

fn candidate<'p>(
    id: &'p str,
    place: Option<&Place>,
    site: Option<&'p Site>,
    existing: bool,
    last: u32,
) -> Candidate<'p> {
    let own = site.and_then(|site| site.location);
    let location =
        own.or(place.map(|place| (place.lat, place.lon))).unwrap_or((f64::NAN, f64::NAN));
    let earliest = site.and_then(|site| site.earliest).unwrap_or(1);
    let latest = site.and_then(|site| site.latest).unwrap_or(last);
    Candidate {
        id,
        row: site.map(|site| site.row),
        location,
        rule: site.map(|site| site.rule).unwrap_or_default(),
        window: if earliest <= latest { (earliest, latest) } else { (1, last) },
        existing,
        packages: site.map_or(&[], |site| &site.packages),
    }
}

/// Returns every id that a row may name as a site: places and rows of the sites table.
#[must_use]
pub fn known_sites(programme: &Programme) -> HashSet<&str> {
    let places = programme.places.iter().map(|place| place.id.as_str());
    places
        .chain(programme.sites.iter().map(|site| site.id.as_str()))
        .filter(|id| !id.is_empty())
        .collect()
}

/// Returns a fault (E502) for each row, given as number and site, whose site is not known.
///
/// Without any known id, or without the sites table that the settings name, nothing is said: what is
/// missing there has its own fault.
#[must_use]
pub fn unknown_site<'r>(
    programme: &Programme,
    file: &str,
    rows: impl Iterator<Item = (u32, &'r str)>,
) -> Vec<Problem> {
    let known = known_sites(programme);
    let unread = programme.settings.files.sites.is_some() && programme.sites.is_empty();
    if known.is_empty() || programme.places.is_empty() || unread {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (row, site) in rows.filter(|(_, site)| !site.is_empty() && !known.contains(site)) {
        // Likeness to tens of thousands of ids takes time, and only the first faults are shown.
        let like = (faults.len() < SHOWN).then(|| like_site(programme, site)).flatten();
        let hint = like.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
        let cause = format!("`{site}` is neither a place nor a site{hint}");
        faults.push(of_cell(Code::UnknownSite, file, row, "site", cause));
    }
    faults
}

/// Returns a fault (E511) for each row, given as number and site, whose site has an existing facility or is
/// no candidate. Sites that are not known have another fault.
#[must_use]
pub fn never_opens<'r>(
    programme: &Programme,
    file: &str,
    rows: impl Iterator<Item = (u32, &'r str)>,
) -> Vec<Problem> {
    let known = known_sites(programme);
    let existing: HashSet<&str> = programme.facilities.iter().map(|f| f.site.as_str()).collect();
    let candidates: HashSet<&str> = candidates(programme).iter().map(|site| site.id).collect();
    let fault = |(row, site): (u32, &str)| {
        let cause = if existing.contains(site) {
            format!("site `{site}` has an existing facility")
        } else if known.contains(site) && !candidates.contains(site) {
            format!("`{site}` is a place and not among the sites of the sites table")
        } else {
            return None;
        };
        Some(of_cell(Code::StateOfNoCandidate, file, row, "site", cause))
    };
    rows.filter_map(fault).collect()
}

/// Returns the id that a text is like, or the id of the place whose name it is.
fn like_site<'p>(programme: &'p Programme, text: &str) -> Option<&'p str> {
    let named =
        programme.places.iter().find(|place| place.name == text).map(|place| place.id.as_str());
    let places = programme.places.iter().map(|place| place.id.as_str());
    let sites = programme.sites.iter().map(|site| site.id.as_str());
    named.or_else(|| nearest(text, places.chain(sites)))
}

/// E501, E507: two rows of the sites table have the same id; worse when their rules differ.
pub(super) fn ids_are_unique(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.sites else { return Vec::new() };
    let mut first: HashMap<&str, &Site> = HashMap::new();
    for site in &programme.sites {
        first.entry(&site.id).or_insert(site);
    }
    let conflicts =
        |site: &&Site| first.get(site.id.as_str()).is_some_and(|first| first.rule != site.rule);
    let (conflicting, others): (Vec<&Site>, Vec<&Site>) =
        programme.sites.iter().partition(conflicts);
    let mut faults = places::repeats(file, others.iter().map(|site| (site.row, site.id.as_str())));
    for site in conflicting.iter().filter(|site| !site.id.is_empty()) {
        let before = first.get(site.id.as_str()).map_or(site.row, |first| first.row);
        let cause = format!(
            "site `{}` is {} here and something else in row {before}",
            site.id,
            word(site.rule)
        );
        faults.push(of_cell(Code::SiteRulesConflict, file, site.row, "rule", cause));
    }
    faults
}

fn word(rule: SiteRule) -> &'static str {
    match rule {
        SiteRule::Candidate => "a candidate",
        SiteRule::Required => "required",
        SiteRule::Forbidden => "forbidden",
    }
}

/// E503: a site that is no place has no location.
pub(super) fn sites_have_a_location(programme: &Programme) -> Vec<Problem> {
    let (Some(file), false) = (&programme.settings.files.sites, programme.places.is_empty()) else {
        return Vec::new();
    };
    let places: HashSet<&str> = programme.places.iter().map(|place| place.id.as_str()).collect();
    let lost = |site: &&Site| {
        site.location.is_none() && !site.id.is_empty() && !places.contains(site.id.as_str())
    };
    let fault = |(index, site): (usize, &Site)| {
        let like = (index < SHOWN).then(|| nearest(&site.id, places.iter().copied())).flatten();
        let hint = like.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
        let cause = format!("site `{}` is no place, and has neither lat nor lon{hint}", site.id);
        of_cell(Code::SiteWithoutLocation, file, site.row, "id", cause)
    };
    programme.sites.iter().filter(lost).enumerate().map(fault).collect()
}

/// W511: a site lies far away from the place whose id it has.
pub(super) fn sites_are_near_their_place(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.sites else { return Vec::new() };
    let places: HashMap<&str, &Place> =
        programme.places.iter().map(|place| (place.id.as_str(), place)).collect();
    let far = |site: &Site| {
        let place = places.get(site.id.as_str())?;
        let away = distance_m(site.location?, (place.lat, place.lon));
        // A location that could not be read compares as not farther.
        (away > OWN_PLACE_M).then(|| {
            let cause = format!(
                "site `{}` lies {:.0} km from the place of that id",
                site.id,
                away / 1000.0
            );
            of_cell(Code::SiteFarFromPlace, file, site.row, "lat", cause)
        })
    };
    programme.sites.iter().filter_map(far).collect()
}

/// E506: the earliest period of a site comes after its latest.
pub(super) fn windows_are_not_reversed(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.sites else { return Vec::new() };
    let reversed = |site: &Site| {
        let (earliest, latest) = (site.earliest?, site.latest?);
        (earliest > latest).then(|| {
            let cause = format!(
                "site `{}` may open from period {earliest} on, and until {latest}",
                site.id
            );
            of_cell(Code::WindowReversed, file, site.row, "earliest", cause)
        })
    };
    programme.sites.iter().filter_map(reversed).collect()
}

/// E502: a facility stands on a site that is not known.
pub(super) fn facilities_stand_on_known_sites(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.facilities else { return Vec::new() };
    unknown_site(programme, file, programme.facilities.iter().map(|f| (f.row, f.site.as_str())))
}

/// W505: two facilities stand on one site.
pub(super) fn facilities_stand_alone(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.facilities else { return Vec::new() };
    let mut first: HashMap<&str, u32> = HashMap::new();
    let mut faults = Vec::new();
    for facility in programme.facilities.iter().filter(|facility| !facility.site.is_empty()) {
        let before = *first.entry(&facility.site).or_insert(facility.row);
        if before != facility.row {
            let cause = format!("site `{}` has a facility in row {before} already", facility.site);
            faults.push(of_cell(Code::FacilityTwice, file, facility.row, "site", cause));
        }
    }
    faults
}

/// E505: a site with an existing facility is required or forbidden.
pub(super) fn facilities_keep_the_rules(programme: &Programme) -> Vec<Problem> {
    let (Some(file), Some(sites)) =
        (&programme.settings.files.facilities, &programme.settings.files.sites)
    else {
        return Vec::new();
    };
    let rules: HashMap<&str, &Site> =
        programme.sites.iter().map(|site| (site.id.as_str(), site)).collect();
    let ruled = programme.facilities.iter().filter_map(|facility| {
        let site = rules.get(facility.site.as_str())?;
        (site.rule != SiteRule::Candidate).then_some((facility, site))
    });
    ruled
        .map(|(facility, site)| {
            let rule = word(site.rule);
            let cause = format!(
                "site `{}` has this facility, and is {rule} in row {} of {sites}",
                site.id, site.row
            );
            of_cell(Code::FacilityAgainstRule, file, facility.row, "site", cause)
        })
        .collect()
}

/// W506: a facility that is listed as existing opened after the programme began.
pub(super) fn facilities_are_older_than_the_programme(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.facilities else { return Vec::new() };
    let first = programme.settings.periods.first;
    let late = |facility: &crate::Facility| {
        let opened = facility.opened.filter(|opened| opened.year() >= first)?;
        let cause = format!(
            "the facility at `{}` opened on {opened}, and the programme begins in {first}",
            facility.site
        );
        Some(of_cell(Code::FacilityOpenedLate, file, facility.row, "opened", cause))
    };
    programme.facilities.iter().filter_map(late).collect()
}
