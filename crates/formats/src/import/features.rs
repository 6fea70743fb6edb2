//! The features of a GeoJSON file as rows of a table: their properties are columns, and so are `@id`, `@lat` and `@lon`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::problem::{Code, Problem};
use serde_json::Value;

use crate::collection;
use crate::records::Record;

/// The most columns that features may have together.
const MOST_COLUMNS: usize = 1000;

/// The columns that every file of features has.
const OWN: [&str; 3] = ["@id", "@lat", "@lon"];

/// Returns whether a file is one of features, by how it begins.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// Returns the header and a record for each feature, the first of them in row 2 as below a header.
pub(super) fn records(name: &str, bytes: &[u8]) -> Result<Vec<Record<'static>>, Problem> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let refused = |cause: String| Problem::new(Code::PackageUnreadable, cause).in_file(name);
    let unreadable = |error: &serde_json::Error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
        refused(format!("the file is no collection of features: {error}")).at_row(line)
    };
    let (_, there) = collection::beside(bytes, "features").map_err(|error| unreadable(&error))?;
    if !there {
        return Err(refused("the file is JSON, but has no list `features`".to_owned()));
    }
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut rows = Vec::new();
    collection::each(bytes, "features", &mut |_, feature| {
        let cells = cells(feature);
        if names.len() <= MOST_COLUMNS {
            names.extend(cells.keys().cloned());
        }
        rows.push(cells);
    })
    .map_err(|error| unreadable(&error))?;
    if names.len() > MOST_COLUMNS {
        let cause = format!("its features have more than {MOST_COLUMNS} different properties");
        return Err(refused(cause));
    }
    names.extend(OWN.map(str::to_owned));
    let header = names.iter().map(|name| Cow::Owned(name.clone())).collect();
    let mut records = vec![Record { row: 1, cells: header, unmatched: None }];
    for (at, mut cells) in rows.into_iter().enumerate() {
        let row = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(2);
        let cells =
            names.iter().map(|name| Cow::Owned(cells.remove(name).unwrap_or_default())).collect();
        records.push(Record { row, cells, unmatched: None });
    }
    Ok(records)
}

/// Returns what a feature holds, by column.
fn cells(feature: &Value) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    if let Some(properties) = feature["properties"].as_object() {
        cells.extend(properties.iter().map(|(name, value)| (name.trim().to_owned(), text(value))));
    }
    let id = text(&feature["id"]);
    if !id.is_empty() {
        cells.insert("@id".to_owned(), id);
    }
    let geometry = &feature["geometry"];
    if geometry["type"] == "Point" {
        cells.insert("@lon".to_owned(), text(&geometry["coordinates"][0]));
        cells.insert("@lat".to_owned(), text(&geometry["coordinates"][1]));
    }
    cells
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
