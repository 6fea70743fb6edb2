//! Finds the site that a person names: by id, or by name in any script.

use groundwork_model::programme::SitesFrom;
use groundwork_model::{Code, Problem, Programme};

use crate::exit::Failure;

/// Is a site, with what it is called.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) province: String,
    /// Persons of its own place.
    pub(super) persons: Option<u64>,
    names: Vec<String>,
}

/// Letters from which on the beginning of a name will do.
const SHORTEST: usize = 2;

/// Suggestions after a name that is not known.
const SUGGESTIONS: usize = 5;

/// Returns the site that a word means: ids go before names, and whole names before the beginning of one.
pub(super) fn site(programme: &Programme, word: &str) -> Result<Named, Failure> {
    let mut sites = all(programme);
    if let Some(at) = sites.iter().position(|site| site.id == word) {
        return Ok(sites.swap_remove(at));
    }
    let wanted = plain(word);
    let fits = |site: &Named| site.called().any(|name| plain(name) == wanted);
    let begins = |site: &Named| site.called().any(|name| plain(name).starts_with(&wanted));
    let mut found: Vec<usize> = (0..sites.len()).filter(|&at| fits(&sites[at])).collect();
    if found.is_empty() && wanted.chars().count() >= SHORTEST {
        found = (0..sites.len()).filter(|&at| begins(&sites[at])).collect();
    }
    match found.as_slice() {
        [at] => Ok(sites.swap_remove(*at)),
        [] => Err(unknown(programme, &sites, word)),
        several => {
            let list: Vec<String> =
                several.iter().take(SUGGESTIONS * 2).map(|&at| label(&sites[at])).collect();
            let more = if several.len() > list.len() { ", and more" } else { "" };
            let cause = format!("{} sites are called `{word}`", several.len());
            let remedy = format!("Name one by its id: {}{more}.", list.join(", "));
            Err(usage(cause, remedy))
        }
    }
}

impl Named {
    /// Iterates over everything that it is called.
    fn called(&self) -> impl Iterator<Item = &String> {
        self.names.iter().chain([&self.id])
    }
}

fn all(programme: &Programme) -> Vec<Named> {
    let mut sites: Vec<Named> = Vec::new();
    if programme.settings.sites == SitesFrom::Places {
        sites.extend(programme.places.iter().map(|place| named(programme, &place.id)));
    }
    for row in &programme.sites {
        if sites.iter().all(|site| site.id != row.id) {
            sites.push(named(programme, &row.id));
        }
    }
    sites
}

fn named(programme: &Programme, id: &str) -> Named {
    let place = programme.places.iter().find(|place| place.id == id);
    let own = programme.sites.iter().find(|row| row.id == id).and_then(|row| row.name.clone());
    let of_place = place.map(|place| place.name.clone());
    let in_scripts = place.into_iter().flat_map(|place| place.names.values().cloned());
    let names: Vec<String> =
        own.iter().cloned().chain(of_place.clone()).chain(in_scripts).collect();
    Named {
        id: id.to_owned(),
        name: own.or(of_place).unwrap_or_else(|| id.to_owned()),
        province: place.map_or_else(String::new, |place| place.province.clone()),
        persons: place.map(|place| place.population),
        names,
    }
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

fn label(site: &Named) -> String {
    match site.province.as_str() {
        "" => format!("{} ({})", site.id, site.name),
        province => format!("{} ({}, {province})", site.id, site.name),
    }
}

fn unknown(programme: &Programme, sites: &[Named], word: &str) -> Failure {
    let wanted = plain(word);
    let is_place = programme
        .places
        .iter()
        .any(|place| plain(&place.id) == wanted || plain(&place.name) == wanted);
    if is_place {
        let cause = format!("`{word}` is a place, and no site: nothing can open there");
        return usage(cause, "Add a row with its id to the sites table.".to_owned());
    }
    let near = |site: &Named| {
        let distances = site.called().map(|name| strsim::osa_distance(&plain(name), &wanted));
        distances.min().unwrap_or(usize::MAX)
    };
    let mut close: Vec<(usize, &Named)> = sites.iter().map(|site| (near(site), site)).collect();
    close.sort_by_key(|(distance, _)| *distance);
    let list: Vec<String> = close.iter().take(SUGGESTIONS).map(|(_, site)| label(site)).collect();
    let cause = format!("no site is called `{word}`, by id or by name");
    usage(cause, format!("The nearest spellings are: {}.", list.join(", ")))
}

fn usage(cause: String, remedy: String) -> Failure {
    Failure::Usage(Problem::new(Code::NameUnknown, cause).with_remedy(remedy))
}
