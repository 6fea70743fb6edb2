//! The places table.

use groundwork_model::problem::Code;
use groundwork_model::programme::Place;

use crate::cells::{self, Cells};
use crate::folder::Folder;
use crate::location;
use crate::swapped;
use crate::table::{Columns, Family, NAMES, is_a_name, is_meant};

/// Square kilometres of the largest area that is believed: more than the largest country.
const AREA_MAX: f64 = 20_000_000.0;

const COLUMNS: Columns = Columns {
    required: &["id", "name", "lat", "lon", "population"],
    optional: &["province", "area_km2", "materials"],
    families: &[NAMES, POPULATION, PERSONS],
};

const POPULATION: Family = Family {
    name: "population",
    holds: "persons from a year on",
    takes: is_a_name,
    refuses: refused_year,
    // Tables have columns such as population_density, which mean nothing here.
    guess: |text| year_of(text).is_some(),
    example: "YEAR",
};

const PERSONS: Family = Family {
    name: "persons",
    holds: "persons who need a kind",
    takes: is_a_name,
    refuses: |behind| refused_year(split_year(behind).1?),
    guess: is_meant,
    example: "KIND",
};

/// Years that a column may name.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=9000;

/// Returns the year that a text writes: four digits and nothing else, so that no year has two spellings.
pub(crate) fn year_of(text: &str) -> Option<i16> {
    let plain = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|year| YEARS.contains(year))
}

/// Parts what stands behind `persons:` into the kind and, behind another colon, the year.
pub(crate) fn split_year(behind: &str) -> (&str, Option<&str>) {
    // An id of a kind has no colon.
    match behind.split_once(':') {
        Some((kind, year)) => (kind, Some(year)),
        None => (behind, None),
    }
}

fn refused_year(text: &str) -> Option<(Code, String)> {
    let (first, last) = (YEARS.start(), YEARS.end());
    let cause = || format!("`{text}` is no year from {first} to {last}, written with four digits");
    year_of(text).is_none().then(|| (Code::ColumnYear, cause()))
}

/// Reads the places table.
pub(crate) fn read(folder: &mut Folder<'_>, file: Option<&str>) -> Vec<Place> {
    let places = cells::rows(folder, file, &COLUMNS, place);
    swapped::conclude_from_rows(&mut folder.faults, file, places.len());
    places
}

fn place(cells: &mut Cells<'_, '_>) -> Place {
    let id = cells.id("id");
    let (lat, lon) = location::required(cells);
    let persons = cells.persons_by_kind();
    Place {
        row: cells.row(),
        id,
        name: cells.filled("name"),
        names: cells.names(),
        province: cells.text("province").to_owned(),
        lat,
        lon,
        population: cells.persons("population"),
        persons: persons.always,
        population_from: cells.population_by_year(),
        persons_from: persons.from,
        area_km2: area(cells),
        materials: cells.list("materials"),
    }
}

fn area(cells: &mut Cells<'_, '_>) -> Option<f64> {
    let area = cells.number("area_km2")?;
    if area > 0.0 && area <= AREA_MAX {
        return Some(area);
    }
    let what = if area > 0.0 { "more than any country has" } else { "not more than 0" };
    let text = cells.text("area_km2");
    cells.fault(Code::AreaOutOfRange, "area_km2", format!("an area of `{text}` km2 is {what}"));
    None
}
