//! Places on the sphere with their people: a CSV table with the columns `id`, `lon`, `lat` and
//! `persons`, read by the same rules as the places of a programme.

use std::collections::BTreeMap;

use groundwork_model::field::{Costs, LatLon};
use groundwork_model::problem::{Code, Problem};

use super::Stated;
use super::refusals::Refusals;
use crate::cells::{self, Cells};
use crate::table::Columns;
use crate::{location, swapped};

const COLUMNS: Columns =
    Columns { required: &["id", "lon", "lat", "persons"], optional: &[], families: &[] };

/// Is one row.
struct Row {
    row: u32,
    id: String,
    point: LatLon,
    persons: u64,
}

/// Reads the table.
pub(super) fn read(text: &str, refusals: &mut Refusals<'_>) -> Option<Stated> {
    let name = refusals.name();
    let rows = cells::rows_of_text(name, text, &COLUMNS, refusals.faults(), row);
    swapped::conclude_from_rows(refusals.faults(), Some(name), rows.len());
    note_repeats(&rows, refusals);
    if rows.is_empty() || refusals.refused() {
        return None;
    }
    let weights = rows.iter().map(|row| row.persons).collect();
    let points = rows.iter().map(|row| row.point).collect();
    Some(Stated::clients_are_sites(weights, Costs::Sphere { points }, 1))
}

fn row(cells: &mut Cells<'_, '_>) -> Row {
    let id = cells.id("id");
    let (lat, lon) = location::required(cells);
    Row { row: cells.row(), id, point: LatLon { lat, lon }, persons: cells.persons("persons") }
}

fn note_repeats(rows: &[Row], refusals: &mut Refusals<'_>) {
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.id.is_empty()) {
        if let Some(before) = first.get(row.id.as_str()) {
            let cause = format!("id `{}` stands in row {before} already", row.id);
            let problem = Problem::new(Code::DuplicateId, cause).in_file(refusals.name());
            refusals.add(problem.at_row(row.row).in_column("id"));
        } else {
            first.insert(&row.id, row.row);
        }
    }
}
