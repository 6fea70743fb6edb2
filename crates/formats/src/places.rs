//! The places table.

use groundwork_model::problem::Code;
use groundwork_model::programme::Place;

use crate::cells::{self, Cells};
use crate::folder::Folder;
use crate::location;
use crate::swapped;
use crate::table::{Columns, Family, NAMES, is_a_name};

/// Square kilometres of the largest area that is believed: more than the largest country.
const AREA_MAX: f64 = 20_000_000.0;

const COLUMNS: Columns = Columns {
    required: &["id", "name", "lat", "lon", "population"],
    optional: &["province", "area_km2", "materials"],
    families: &[NAMES, PERSONS],
};

const PERSONS: Family =
    Family { name: "persons", holds: "persons who need a kind", takes: is_a_name, example: "KIND" };

/// Reads the places table.
pub(crate) fn read(folder: &mut Folder<'_>, file: Option<&str>) -> Vec<Place> {
    let places = cells::rows(folder, file, &COLUMNS, place);
    swapped::conclude_from_rows(&mut folder.faults, file, places.len());
    places
}

fn place(cells: &mut Cells<'_, '_>) -> Place {
    let id = cells.id("id");
    let (lat, lon) = location::required(cells);
    Place {
        row: cells.row(),
        id,
        name: cells.filled("name"),
        names: cells.names(),
        province: cells.text("province").to_owned(),
        lat,
        lon,
        population: cells.persons("population"),
        persons: cells.persons_by_kind(),
        population_from: std::collections::BTreeMap::new(),
        persons_from: std::collections::BTreeMap::new(),
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
