//! Reads the places and areas of a programme's folder, for a look at a report with real shapes.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use groundwork_model::{Facility, Place, Programme};

use crate::data;

/// Reads `places.csv` and `cells.geojson`; the settings are the sample's.
pub(crate) fn read(folder: &Path) -> io::Result<(Programme, String)> {
    let cells = fs::read_to_string(folder.join("cells.geojson"))?;
    let mut reader = csv::Reader::from_path(folder.join("places.csv"))?;
    let header = reader.headers()?.clone();
    let mut places = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record?;
        let cell = |name: &str| {
            header.iter().position(|h| h == name).and_then(|i| record.get(i)).unwrap_or("")
        };
        places.push(Place {
            row: at as u32 + 2,
            id: cell("id").to_owned(),
            name: cell("name").to_owned(),
            names: BTreeMap::from([("ko".to_owned(), cell("name:ko").to_owned())]),
            province: cell("province").to_owned(),
            lat: cell("lat").parse().unwrap_or(f64::NAN),
            lon: cell("lon").parse().unwrap_or(f64::NAN),
            population: cell("population").parse().unwrap_or(0),
            area_km2: cell("area_km2").parse().ok(),
            ..Place::default()
        });
    }
    let settings = data::settings("Regional Development 20x10 (DPR Korea)", 10, 20);
    let facilities = vec![Facility {
        row: 2,
        site: "KP0409".to_owned(),
        name: None,
        opened: None,
        source: None,
        ..Facility::default()
    }];
    Ok((Programme { settings, places, sites: Vec::new(), facilities, reports: Vec::new() }, cells))
}
