//! Rules about what sites can get: packages with their sizes, needs and upgrades.

use std::collections::{BTreeMap, HashSet};

use super::names::nearest;
use super::{SHOWN, of_cell, of_key};
use crate::problem::{Code, Problem};
use crate::programme::{Kind, Need, Programme};

/// Digits behind the point of a demand.
const DEMAND_DIGITS: u32 = 6;

/// Returns the end of a message: what a misspelt name was meant to be.
pub(super) fn hint<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> String {
    nearest(word, options).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// E213: two packages have the same id.
pub(super) fn ids_are_unique(programme: &Programme) -> Vec<Problem> {
    let ids = programme.settings.packages.iter().map(|package| package.id.as_str());
    repeats(Code::DuplicatePackage, "package", ids, |index| format!("packages[{index}].id"))
}

/// E214: two sizes of one kind have the same id.
pub(super) fn sizes_are_unique(programme: &Programme) -> Vec<Problem> {
    let kinds = programme.settings.kinds.iter().enumerate();
    let of_kind = |(index, kind): (usize, &Kind)| {
        let ids = kind.sizes.iter().map(|size| size.id.as_str());
        let key = |size| format!("kinds[{}].sizes[{size}].id", index + 1);
        repeats(Code::DuplicateSize, "size", ids, key)
    };
    kinds.flat_map(of_kind).collect()
}

fn repeats<'k>(
    code: Code,
    noun: &str,
    ids: impl Iterator<Item = &'k str>,
    key: impl Fn(usize) -> String,
) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let again = ids.enumerate().filter(|(_, id)| !seen.insert(*id));
    again
        .map(|(index, id)| of_key(code, key(index + 1), format!("{noun} `{id}` is there already")))
        .collect()
}

/// E215, E216: a package names a size that its kind does not have, or none where it has some.
pub(super) fn packages_name_known_sizes(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    for (package, listed) in settings.packages.iter().enumerate() {
        for (index, (kind, size)) in listed.listed().enumerate() {
            let kind = settings.kinds.iter().find(|known| known.id == kind);
            if let Some((code, cause)) = kind.and_then(|kind| fault_of_size(kind, size)) {
                let key = format!("packages[{}].kinds[{}]", package + 1, index + 1);
                faults.push(of_key(code, key, cause));
            }
        }
    }
    faults
}

fn fault_of_size(kind: &Kind, size: Option<&str>) -> Option<(Code, String)> {
    let ids = || kind.sizes.iter().map(|size| size.id.as_str());
    match size {
        None if kind.sizes.is_empty() => None,
        None => {
            let sizes: Vec<String> = ids().map(|size| format!("`{}:{size}`", kind.id)).collect();
            let cause = format!("kind `{}` has sizes: write {}", kind.id, sizes.join(" or "));
            Some((Code::SizeMissing, cause))
        }
        Some(size) if kind.size(size).is_some() => None,
        Some(size) if kind.sizes.is_empty() => {
            let cause = format!("kind `{}` has no sizes, so none is `{size}`", kind.id);
            Some((Code::UnknownSize, cause))
        }
        Some(size) => {
            let cause = format!("kind `{}` has no size `{size}`{}", kind.id, hint(size, ids()));
            Some((Code::UnknownSize, cause))
        }
    }
}

/// E217: an id contains a mark that separates ids.
pub(super) fn ids_have_no_marks(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let mut faults = Vec::new();
    let mut look = |key: String, id: &str, mark: char| {
        if id.contains(mark) {
            let cause = format!("`{id}` contains `{mark}`, which separates ids");
            faults.push(of_key(Code::MarkInId, key, cause));
        }
    };
    for (index, kind) in settings.kinds.iter().enumerate() {
        look(format!("kinds[{}].id", index + 1), &kind.id, ':');
        for (number, size) in kind.sizes.iter().enumerate() {
            look(format!("kinds[{}].sizes[{}].id", index + 1, number + 1), &size.id, ':');
        }
    }
    for (index, package) in settings.packages.iter().enumerate() {
        look(format!("packages[{}].id", index + 1), &package.id, '|');
    }
    faults
}

/// E212, E218, E219: a need says nothing or two things, or what nothing can meet.
pub(super) fn needs_can_be_met(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, kind) in programme.settings.kinds.iter().enumerate() {
        for (number, need) in kind.needs.iter().enumerate() {
            let key = format!("kinds[{}].needs[{}]", index + 1, number + 1);
            faults.extend(fault_of_need(programme, need, &key));
        }
    }
    faults
}

fn fault_of_need(programme: &Programme, need: &Need, key: &str) -> Option<Problem> {
    let settings = &programme.settings;
    match (&need.kind, &need.material) {
        (Some(_), Some(_)) => {
            let cause = "the need names both a kind and a material";
            Some(of_key(Code::NeedUnclear, key, cause))
        }
        (None, None) => {
            let cause = "the need names neither a kind nor a material";
            Some(of_key(Code::NeedUnclear, key, cause))
        }
        (Some(kind), None) => {
            let key = format!("{key}.kind");
            unknown_kind(programme, kind, &key).or_else(|| {
                let idle = !settings.packages.iter().any(|package| package.lists(kind));
                let cause = format!("kind `{kind}` is in no package");
                idle.then(|| of_key(Code::NeedNowhere, key, cause))
            })
        }
        (None, Some(material)) => {
            let found: Vec<&str> = materials(programme).collect();
            let unread = programme.places.is_empty();
            (!unread && !found.contains(&material.as_str())).then(|| {
                let hint = hint(material, found.iter().copied());
                let cause = format!("no place or site has the material `{material}`{hint}");
                of_key(Code::NeedNowhere, format!("{key}.material"), cause)
            })
        }
    }
}

fn materials(programme: &Programme) -> impl Iterator<Item = &str> {
    let of_places = programme.places.iter().flat_map(|place| &place.materials);
    of_places.chain(programme.sites.iter().flat_map(|site| &site.materials)).map(String::as_str)
}

/// Returns the fault (E212) of a key that names a kind, where there is none of that id.
pub(super) fn unknown_kind(programme: &Programme, kind: &str, key: &str) -> Option<Problem> {
    let known = || programme.settings.kinds.iter().map(|kind| kind.id.as_str());
    if known().any(|id| id == kind) {
        return None;
    }
    let cause = format!("there is no kind `{kind}`{}", hint(kind, known()));
    Some(of_key(Code::UnknownKind, key, cause))
}

/// E220, E221, E222: an upgrade leads nowhere, to where it began, or where another leads.
pub(super) fn upgrades_lead_somewhere(programme: &Programme) -> Vec<Problem> {
    let settings = &programme.settings;
    let known = || settings.packages.iter().map(|package| package.id.as_str());
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (index, upgrade) in settings.upgrades.iter().enumerate() {
        let key = format!("upgrades[{}]", index + 1);
        for (end, id) in [("from", &upgrade.from), ("to", &upgrade.to)] {
            if !known().any(|known| known == id) {
                let cause = format!("there is no package `{id}`{}", hint(id, known()));
                faults.push(of_key(Code::UpgradeUnknown, format!("{key}.{end}"), cause));
            }
        }
        if upgrade.from == upgrade.to {
            let cause = format!("the upgrade leads from `{}` to itself", upgrade.from);
            faults.push(of_key(Code::UpgradeToItself, format!("{key}.to"), cause));
        } else if !seen.insert((&upgrade.from, &upgrade.to)) {
            let (from, to) = (&upgrade.from, &upgrade.to);
            let cause = format!("an upgrade from `{from}` to `{to}` is there already");
            faults.push(of_key(Code::DuplicateUpgrade, key, cause));
        }
    }
    faults
}

/// E230: the demand of a kind has more digits than are computed with.
pub(super) fn demands_are_not_too_fine(programme: &Programme) -> Vec<Problem> {
    let kinds = programme.settings.kinds.iter().enumerate();
    kinds
        .filter(|(_, kind)| kind.demand.scale() > DEMAND_DIGITS)
        .map(|(index, kind)| {
            let cause =
                format!("{} has {} digits behind the point", kind.demand, kind.demand.scale());
            of_key(Code::DemandTooFine, format!("kinds[{}].demand", index + 1), cause)
        })
        .collect()
}

/// W207: a size has less capacity than one person needs.
pub(super) fn sizes_serve_somebody(programme: &Programme) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, kind) in programme.settings.kinds.iter().enumerate() {
        for (number, size) in kind.sizes.iter().enumerate() {
            if size.persons(kind.demand) == Some(0) {
                let key = format!("kinds[{}].sizes[{}].capacity", index + 1, number + 1);
                let cause = format!(
                    "size `{}` delivers {} units and one person needs {}",
                    size.id,
                    size.capacity.unwrap_or_default(),
                    kind.demand
                );
                faults.push(of_key(Code::SizeServesNobody, key, cause));
            }
        }
    }
    faults
}

/// Returns a fault (E504) for each row, given as number and package, whose package is not known.
#[must_use]
pub fn unknown_package<'r>(
    programme: &Programme,
    file: &str,
    column: &str,
    rows: impl Iterator<Item = (u32, &'r str)>,
) -> Vec<Problem> {
    let known: Vec<&str> =
        programme.settings.packages.iter().map(|package| package.id.as_str()).collect();
    let strange = rows.filter(|(_, id)| !id.is_empty() && !known.contains(id));
    let fault = |(row, id): (u32, &str)| {
        let cause =
            format!("the programme has no package `{id}`{}", hint(id, known.iter().copied()));
        of_cell(Code::UnknownPackage, file, row, column, cause)
    };
    strange.map(fault).collect()
}

/// E504: a site may get a package that the programme does not have.
pub(super) fn sites_may_get_known_packages(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.sites else { return Vec::new() };
    let rows = programme
        .sites
        .iter()
        .flat_map(|site| site.packages.iter().map(move |package| (site.row, package.as_str())));
    let mut faults = unknown_package(programme, file, "packages", rows);
    for fault in faults.iter_mut().filter(|fault| fault.cause.contains([',', ';'])) {
        "Separate the packages of a cell by `|`.".clone_into(&mut fault.remedy);
    }
    faults
}

/// E504: a facility offers a package that the programme does not have.
pub(super) fn facilities_offer_known_packages(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.facilities else { return Vec::new() };
    let rows =
        programme.facilities.iter().filter_map(|row| Some((row.row, row.package.as_deref()?)));
    unknown_package(programme, file, "package", rows)
}

/// E510: a facility closes in a period, and a plan may choose another.
pub(super) fn closures_are_clear(programme: &Programme) -> Vec<Problem> {
    let Some(file) = &programme.settings.files.facilities else { return Vec::new() };
    let both = programme.facilities.iter().filter_map(|row| {
        let period = row.closes.filter(|_| row.may_close)?;
        let cause = format!("the facility closes in period {period}, and may_close is yes");
        Some(of_cell(Code::ClosureUnclear, file, row.row, "may_close", cause))
    });
    both.collect()
}

/// E509: a column counts the persons who need a kind that is not known.
pub(super) fn persons_are_of_known_kinds(programme: &Programme) -> Vec<Problem> {
    let known = || programme.settings.kinds.iter().map(|kind| kind.id.as_str());
    let mut columns: BTreeMap<String, &str> = BTreeMap::new();
    for place in &programme.places {
        for kind in place.persons.keys().filter(|kind| !known().any(|id| id == kind.as_str())) {
            columns.entry(format!("persons:{kind}")).or_insert(kind);
        }
        for (kind, years) in &place.persons_from {
            if !known().any(|id| id == kind) {
                let column = |year: &i16| (format!("persons:{kind}:{year}"), kind.as_str());
                columns.extend(years.keys().map(column));
            }
        }
    }
    let fault = |(column, kind): (String, &str)| {
        let cause = format!("there is no kind `{kind}`{}", hint(kind, known()));
        let file = &programme.settings.files.places;
        of_cell(Code::PersonsOfUnknownKind, file, 1, &column, cause)
    };
    columns.into_iter().take(SHOWN).map(fault).collect()
}
