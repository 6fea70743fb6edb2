//! The columns lat and lon of a row, together.

use groundwork_model::problem::Code;

use crate::cells::Cells;

/// Stands for a location that could not be read; rules about distance pass over it.
const NOWHERE: (f64, f64) = (f64::NAN, f64::NAN);

/// Reads a location that must be there, in degrees.
pub(crate) fn required(cells: &mut Cells<'_, '_>) -> (f64, f64) {
    let filled = [cells.filled("lat"), cells.filled("lon")];
    let (lat, lon) = (cells.number("lat"), cells.number("lon"));
    if filled.iter().any(String::is_empty) {
        return NOWHERE;
    }
    in_range(cells, lat, lon)
}

/// Reads a location that a row may leave empty.
pub(crate) fn optional(cells: &mut Cells<'_, '_>) -> Option<(f64, f64)> {
    let (lat, lon) = (cells.number("lat"), cells.number("lon"));
    match [cells.text("lat"), cells.text("lon")].map(str::is_empty) {
        [true, true] => None,
        [false, false] => Some(in_range(cells, lat, lon)),
        [lat_empty, _] => {
            let column = if lat_empty { "lat" } else { "lon" };
            let other = if lat_empty { "lon" } else { "lat" };
            cells.fault(
                Code::HalfALocation,
                column,
                format!("{column} is empty and {other} is filled"),
            );
            Some(NOWHERE)
        }
    }
}

fn in_range(cells: &mut Cells<'_, '_>, lat: Option<f64>, lon: Option<f64>) -> (f64, f64) {
    let (Some(lat), Some(lon)) = (lat, lon) else { return NOWHERE };
    let (lat_fits, lon_fits) = (lat.abs() <= 90.0, lon.abs() <= 180.0);
    if lat == 0.0 && lon == 0.0 {
        cells.fault(Code::NullIsland, "lat", "lat and lon are both 0".to_owned());
        return NOWHERE;
    }
    if lat_fits && lon_fits {
        return (lat, lon);
    }
    if lat.abs() <= 180.0 && lon.abs() <= 90.0 {
        let cause =
            format!("lat {lat} is no latitude; with lat and lon swapped, both would be in range");
        cells.fault(Code::CoordinatesSwapped, "lat", cause);
        return NOWHERE;
    }
    if !lat_fits {
        cells.fault(
            Code::CoordinateOutOfRange,
            "lat",
            format!("lat {lat} is not between -90 and 90"),
        );
    }
    if !lon_fits {
        cells.fault(
            Code::CoordinateOutOfRange,
            "lon",
            format!("lon {lon} is not between -180 and 180"),
        );
    }
    NOWHERE
}
