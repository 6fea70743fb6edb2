//! The state of a programme in the field's open formats: OC4IDS 0.9, IATI 2.03, GeoJSON and CSV.
//!
//! Claimed and verified stay apart in each: as milestones of their own, as properties, as columns. Only what the ledger
//! says is written; where a format asks for more, nothing is made up.

mod geojson;
mod iati;
mod oc4ids;
mod table;

use std::collections::HashMap;

use groundwork_model::Programme;
use groundwork_model::evidence::{
    Entry, FacilityState, Mark, Milestone, Snapshot, Stage, StageState,
};
use groundwork_model::programme::Exchange;
use jiff::civil::Date;

pub use self::geojson::facilities_geojson;
pub use self::iati::iati;
pub use self::oc4ids::oc4ids;
pub use self::table::facilities_csv;

/// Is what is exchanged.
#[derive(Clone, Copy, Debug)]
pub struct Exchanged<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// Who publishes.
    pub exchange: &'a Exchange,
    /// The state.
    pub snapshot: &'a Snapshot,
    /// The entries that it rests on, for their documents; may be empty.
    pub entries: &'a [Entry],
}

/// Holds names and points of places, by id, and what was promised.
struct Atlas<'a> {
    places: HashMap<&'a str, (&'a str, (f64, f64))>,
    promised: Vec<Milestone>,
}

impl<'a> Atlas<'a> {
    fn new(programme: &'a Programme) -> Self {
        let places = programme.places.iter();
        let places = places.map(|p| (p.id.as_str(), (p.name.as_str(), (p.lat, p.lon))));
        Self { places: places.collect(), promised: programme.settings.promised() }
    }

    fn name(&self, place: &str) -> Option<&'a str> {
        self.places.get(place).map(|row| row.0)
    }

    /// Returns latitude and longitude.
    fn point(&self, place: &str) -> Option<(f64, f64)> {
        self.places.get(place).map(|row| row.1)
    }

    /// Returns what people call a facility: "Unsan, county-factories, 2024".
    fn title(&self, facility: &FacilityState) -> String {
        let subject = &facility.subject;
        let place = self.name(&subject.place).unwrap_or(&subject.id);
        let parts = [place, &subject.kind, &subject.batch];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// Returns the day by which the programme's milestone for a stage falls due for a facility's batch and kind.
fn due(atlas: &Atlas<'_>, facility: &FacilityState, stage: Stage) -> Option<Date> {
    let own = facility.stage(stage).and_then(|state| state.deadline).map(|mark| mark.day);
    let subject = &facility.subject;
    let fits = |named: &str, has: &str| named.is_empty() || named == has;
    own.or_else(|| {
        let mut milestones = atlas.promised.iter();
        let found = milestones.find(|milestone| {
            milestone.stage == stage
                && !milestone.batch.is_empty()
                && fits(&milestone.batch, &subject.batch)
                && fits(&milestone.kind, &subject.kind)
        });
        found.and_then(|milestone| milestone.due.surely_by())
    })
}

/// Returns both marks of a stage with their names: claimed, then verified.
fn marks(state: &StageState) -> impl Iterator<Item = (&'static str, Mark)> {
    let claimed = state.claimed.map(|mark| ("claimed", mark));
    claimed.into_iter().chain(state.verified.map(|mark| ("verified", mark)))
}
