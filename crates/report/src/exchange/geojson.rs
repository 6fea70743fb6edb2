//! Facilities as points with what is claimed and verified of them (RFC 7946).

use groundwork_model::evidence::Stage;
use serde_json::{Map, Value, json};

use super::{Atlas, Exchanged, marks};

/// Returns a feature collection with one feature a facility; without a known place its geometry is null.
#[must_use]
pub fn facilities_geojson(of: &Exchanged<'_>) -> Vec<u8> {
    let atlas = Atlas::new(of.programme);
    let features: Vec<Value> = of
        .snapshot
        .facilities
        .iter()
        .map(|facility| {
            let subject = &facility.subject;
            let mut properties = Map::new();
            let mut put = |name: String, value: Value| properties.insert(name, value);
            put("title".to_owned(), json!(atlas.title(facility)));
            put("place".to_owned(), json!(subject.place));
            put("kind".to_owned(), json!(subject.kind));
            put("batch".to_owned(), json!(subject.batch));
            put("official".to_owned(), json!(facility.furthest(false).map(Stage::name)));
            put("evidence".to_owned(), json!(facility.furthest(true).map(Stage::name)));
            for state in &facility.stages {
                for (how, mark) in marks(state) {
                    put(format!("{}_{how}", state.stage.name()), json!(mark.day.to_string()));
                    put(format!("{}_{how}_entry", state.stage.name()), json!(mark.entry));
                }
            }
            let geometry = atlas
                .point(&subject.place)
                .map(|(lat, lon)| json!({ "type": "Point", "coordinates": [lon, lat] }));
            json!({
                "type": "Feature",
                "id": subject.id,
                "geometry": geometry,
                "properties": properties,
            })
        })
        .collect();
    // A member of our own, which RFC 7946 allows: who says so, and as of when.
    let times = &of.snapshot.times;
    let own = json!({
        "publisher": of.exchange.publisher,
        "as_of": times.as_of.to_string(),
        "known_by": times.known_by.to_string(),
    });
    let collection =
        json!({ "type": "FeatureCollection", "groundwork": own, "features": features });
    // Plain data with string keys: this cannot fail.
    serde_json::to_vec(&collection).unwrap_or_default()
}
