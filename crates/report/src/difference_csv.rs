//! Who gains and who loses from one plan to another, one row a place, for a spreadsheet.

use groundwork_model::{Difference, PlaceChange};

use crate::escape::spreadsheet_text;

/// Returns the places as CSV in UTF-8: `place, name, province, population, person_metres_change, mean_before_m,
/// mean_after_m, access_before, access_after`, and `person_metres_change:KIND` for each kind where kinds differ.
///
/// Below 0 is nearer. Means are whole metres, over periods and kinds; access is in periods. Texts are made safe as
/// in [`openings_csv`](crate::openings_csv).
#[must_use]
pub fn difference_csv(difference: &Difference) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let places = &difference.changes.places;
    let kinds = places.first().map_or(&[][..], |place| &place.kinds);
    let head = [
        "place",
        "name",
        "province",
        "population",
        "person_metres_change",
        "mean_before_m",
        "mean_after_m",
        "access_before",
        "access_after",
    ];
    let of_kinds = kinds.iter().map(|kind| format!("person_metres_change:{}", kind.kind));
    // Writing to memory with rows of one length cannot fail.
    let _ = writer.write_record(head.map(str::to_owned).into_iter().chain(of_kinds));
    for place in places {
        let _ = writer.write_record(row(place));
    }
    writer.into_inner().unwrap_or_default()
}

fn row(place: &PlaceChange) -> Vec<String> {
    let metres = |mean: Option<f64>| mean.map_or_else(String::new, |mean| format!("{mean:.0}"));
    let mut cells = vec![
        spreadsheet_text(&place.place),
        spreadsheet_text(&place.name),
        spreadsheet_text(&place.province),
        place.persons.to_string(),
        place.person_metres.to_string(),
        metres(place.before_m),
        metres(place.after_m),
        place.access_before.to_string(),
        place.access_after.to_string(),
    ];
    cells.extend(place.kinds.iter().map(|kind| kind.person_metres.to_string()));
    cells
}
