//! Rules about the places table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::of_cell;
use super::space::Tree;
use crate::problem::{Code, Problem};
use crate::programme::{Place, Programme};

/// Persons of all places that are believed.
const TOTAL_MAX: u64 = 20_000_000_000;

/// A place is far from all others when its nearest neighbour is farther than this ...
const FAR_M: f64 = 1_000_000.0;

/// ... and than this many times the median distance to a nearest neighbour.
const FAR_TIMES: f64 = 20.0;

/// E501: two places have the same id.
pub(super) fn ids_are_unique(programme: &Programme) -> Vec<Problem> {
    let rows = programme.places.iter().map(|place| (place.row, place.id.as_str()));
    repeats(&programme.settings.files.places, rows)
}

/// Returns the faults of ids that were seen before, naming the first row.
pub(super) fn repeats<'r>(file: &str, rows: impl Iterator<Item = (u32, &'r str)>) -> Vec<Problem> {
    let mut first: HashMap<&str, u32> = HashMap::new();
    let mut faults = Vec::new();
    for (row, id) in rows.filter(|(_, id)| !id.is_empty()) {
        let before = *first.entry(id).or_insert(row);
        if before != row {
            let cause = format!("id `{id}` is in row {before} already");
            faults.push(of_cell(Code::DuplicateId, file, row, "id", cause));
        }
    }
    faults
}

/// W501: two ids differ only by case or blanks.
pub(super) fn ids_are_not_alike(programme: &Programme) -> Vec<Problem> {
    let bare = |place: &Place| place.id.to_lowercase().split_whitespace().collect::<String>();
    let say = |first: &Place, place: &Place| {
        format!(
            "id `{}` differs from `{}` in row {} only by case or blanks",
            place.id, first.id, first.row
        )
    };
    pairs(programme, Code::IdsAlike, "id", bare, say)
}

/// W502: two places of one province have the same name.
pub(super) fn names_are_unique_in_a_province(programme: &Programme) -> Vec<Problem> {
    let key = |place: &Place| {
        if place.name.is_empty() {
            String::new()
        } else {
            format!("{}\n{}", place.province, place.name)
        }
    };
    let say = |first: &Place, place: &Place| {
        let whose = if place.province.is_empty() {
            String::new()
        } else {
            format!(" of {}", place.province)
        };
        format!("`{}`{whose} is the name of `{}` in row {} too", place.name, first.id, first.row)
    };
    pairs(programme, Code::SameName, "name", key, say)
}

/// W503: two places lie on the very same point.
pub(super) fn points_are_unique(programme: &Programme) -> Vec<Problem> {
    let key = |place: &Place| {
        if located(place) { format!("{} {}", place.lat, place.lon) } else { String::new() }
    };
    let say = |first: &Place, place: &Place| {
        format!("`{}` lies on the point of `{}` in row {}", place.id, first.id, first.row)
    };
    pairs(programme, Code::SamePoint, "lat", key, say)
}

/// Warns of each place whose key an earlier place of another id has; an empty key is none.
fn pairs(
    programme: &Programme,
    code: Code,
    column: &str,
    key: impl Fn(&Place) -> String,
    say: impl Fn(&Place, &Place) -> String,
) -> Vec<Problem> {
    let mut first: HashMap<String, &Place> = HashMap::new();
    let mut faults = Vec::new();
    for place in &programme.places {
        let key = key(place);
        if key.is_empty() {
            continue;
        }
        let before = *first.entry(key).or_insert(place);
        if before.id != place.id {
            let file = &programme.settings.files.places;
            faults.push(of_cell(code, file, place.row, column, say(before, place)));
        }
    }
    faults
}

/// W504: a place lies far away from all others.
pub(super) fn points_are_near_others(programme: &Programme) -> Vec<Problem> {
    let places = &programme.places;
    let tree = Tree::of(places.iter().map(|place| (place.lat, place.lon)));
    let to_nearest = |(index, place): (usize, &Place)| {
        located(place).then(|| tree.nearest_m((place.lat, place.lon), Some(index))).flatten()
    };
    let distances: Vec<Option<f64>> = places.iter().enumerate().map(to_nearest).collect();
    let limit = FAR_M.max(FAR_TIMES * median(distances.iter().flatten().copied().collect()));
    let far = places.iter().enumerate().zip(distances).filter_map(|((index, place), distance)| {
        Some((index, place, distance.filter(|&distance| distance > limit)?))
    });
    far.map(|(index, place, distance)| {
        let swapped =
            swapped_distance(&tree, place, index).filter(|&other| other * FAR_TIMES < distance);
        let hint = swapped.map_or("", |_| "; with lat and lon swapped it would lie among them");
        let cause = format!(
            "`{}` lies {:.0} km from the nearest other place{hint}",
            place.id,
            distance / 1000.0
        );
        of_cell(Code::FarFromAll, &programme.settings.files.places, place.row, "lat", cause)
    })
    .collect()
}

fn swapped_distance(tree: &Tree, place: &Place, index: usize) -> Option<f64> {
    (place.lon.abs() <= 90.0).then(|| tree.nearest_m((place.lon, place.lat), Some(index))).flatten()
}

/// Returns the middle one of some distances; infinity for so few that none stands out.
fn median(mut distances: Vec<f64>) -> f64 {
    if distances.len() < 4 {
        return f64::INFINITY;
    }
    let middle = distances.len() / 2;
    *distances.select_nth_unstable_by(middle, f64::total_cmp).1
}

fn located(place: &Place) -> bool {
    place.lat.is_finite() && place.lon.is_finite()
}

/// E607: nobody lives in any place.
pub(super) fn somebody_lives_somewhere(programme: &Programme) -> Vec<Problem> {
    let places = &programme.places;
    let peopled = |place: &Place| {
        place.population > 0 || place.population_from.values().any(|&persons| persons > 0)
    };
    if places.is_empty() || places.iter().any(peopled) {
        return Vec::new();
    }
    let cause = format!("all {} populations are 0", places.len());
    let file = &programme.settings.files.places;
    vec![Problem::new(Code::PopulationsAllZero, cause).in_file(file).in_column("population")]
}

/// E608: all places together have more people than the earth.
pub(super) fn population_is_believable(programme: &Programme) -> Vec<Problem> {
    let places = &programme.places;
    let always = places.iter().map(|place| place.population).sum();
    let mut totals: BTreeMap<String, u64> = BTreeMap::from([("population".to_owned(), always)]);
    for (kind, persons) in places.iter().flat_map(|place| &place.persons) {
        *totals.entry(format!("persons:{kind}")).or_default() += persons;
    }
    // Where a place has no number of a year, the one before goes on.
    let years: BTreeSet<i16> =
        places.iter().flat_map(|place| place.population_from.keys().copied()).collect();
    for year in years {
        let total = places.iter().map(|place| place.population_in(i32::from(year))).sum();
        totals.insert(format!("population:{year}"), total);
    }
    let of_kinds = places.iter().flat_map(|place| &place.persons_from);
    let of_kinds: BTreeSet<(&str, i16)> = of_kinds
        .flat_map(|(kind, years)| years.keys().map(|&year| (kind.as_str(), year)))
        .collect();
    for (kind, year) in of_kinds {
        let total = places.iter().map(|place| place.persons_in(kind, i32::from(year))).sum();
        totals.insert(format!("persons:{kind}:{year}"), total);
    }
    let file = &programme.settings.files.places;
    let absurd = totals.into_iter().filter(|(_, total)| *total > TOTAL_MAX);
    absurd
        .map(|(column, total)| {
            let cause = format!("all places together have {total} persons");
            Problem::new(Code::TotalPopulationAbsurd, cause).in_file(file).in_column(column)
        })
        .collect()
}
