//! Of what a row speaks: the place, and the facilities there.

use groundwork_model::evidence::{Scope, Subject};
use groundwork_model::problem::Code;
use groundwork_model::validation::nearest;

use super::mapping::StatementRule;
use super::row::Reading;
use crate::nearest::{is_point, kilometres};

impl Reading<'_, '_> {
    /// Returns of what the row speaks: a subject for each kind of facility that it names.
    pub(super) fn subjects(&mut self, rule: &StatementRule) -> Option<Vec<Subject>> {
        let mapping = self.import.compiled.mapping;
        let place = self.place(rule)?;
        let kinds = self.kinds()?;
        let batch = self.text(self.import.compiled.at.batch).to_owned();
        let scope =
            rule.scope.unwrap_or(match (place.is_empty(), kinds.iter().all(String::is_empty)) {
                (true, _) => Scope::Programme,
                (false, true) => Scope::Place,
                (false, false) => Scope::Facility,
            });
        if place.is_empty() && matches!(scope, Scope::Place | Scope::Facility) {
            let column = mapping.columns.place.as_ref();
            self.fault(Code::RowIncomplete, column, "the row names no place".to_owned());
            return None;
        }
        let own = self.text(self.import.compiled.at.id).to_owned();
        if scope == Scope::Facility && own.is_empty() && mapping.subject.facility.contains("{id}") {
            let column = mapping.columns.id.as_ref();
            self.fault(Code::RowIncomplete, column, "the row has no id of the facility".to_owned());
            return None;
        }
        let id = |kind: &str| match scope {
            Scope::Facility => {
                let id = mapping.subject.facility.replace("{place}", &place);
                let id = id.replace("{batch}", &batch).replace("{kind}", kind);
                id.replace("{id}", &own)
            }
            Scope::Place => place.clone(),
            Scope::Programme | Scope::Milestone => String::new(),
        };
        let of = |kind: &String| Subject {
            scope,
            id: id(kind),
            place: if scope == Scope::Programme { String::new() } else { place.clone() },
            kind: kind.clone(),
            batch: batch.clone(),
        };
        Some(kinds.iter().map(of).collect())
    }

    /// Returns the place of the row; empty for the whole programme.
    fn place(&mut self, rule: &StatementRule) -> Option<String> {
        let import = self.import;
        let compiled = &import.compiled;
        if let Some(place) = &rule.place {
            return self.known_place(place.clone());
        }
        let column = compiled.mapping.columns.place.as_ref();
        let written = self.text(compiled.at.place).to_owned();
        if let Some(at) = compiled.names.iter().position(|test| test.fits(self.cells)) {
            self.uses.names[at] += 1;
            let meant = &compiled.mapping.names[at];
            if !written.is_empty() && written != meant.place {
                let cause = format!(
                    "the row says `{written}`; by the rule `{}` it is `{}`",
                    meant.rule, meant.place
                );
                self.fault(Code::PlaceAgainstName, column, cause);
                return None;
            }
            return self.known_place(meant.place.clone());
        }
        if !written.is_empty() {
            return self.known_place(written);
        }
        if let Some(place) = self.nearest_place() {
            return place;
        }
        let name = self.text(compiled.at.name).to_owned();
        let whole = &compiled.mapping.subject.whole_programme;
        if whole.contains(&name) || (name.is_empty() && whole.is_empty()) {
            self.uses.whole_programme += 1;
            return Some(String::new());
        }
        self.looked_up(&name)
    }

    /// Returns the place nearest to the row's point, where the mapping asks for it and the row has one; none within where
    /// there is none near enough.
    fn nearest_place(&mut self) -> Option<Option<String>> {
        let import = self.import;
        let limit = import.compiled.mapping.subject.nearest_km;
        let at = import.compiled.at;
        let (lat, lon) = (self.text(at.lat).to_owned(), self.text(at.lon).to_owned());
        let places = import.places.as_ref().filter(|_| limit > 0)?;
        if lat.is_empty() && lon.is_empty() {
            return None;
        }
        let columns = &import.compiled.mapping.columns;
        let degrees = |text: &str| text.parse::<f64>().ok();
        let point = degrees(&lat).zip(degrees(&lon)).filter(|(lat, lon)| is_point(*lat, *lon));
        let Some((y, x)) = point else {
            let cause = format!("`{lat}`, `{lon}` are not latitude and longitude in degrees");
            self.fault(Code::CoordinateOutOfRange, columns.lat.as_ref(), cause);
            return Some(None);
        };
        let Some((place, metres)) = places.nearby.to(y, x, u64::from(limit) * 1000) else {
            let cause = format!("no place lies within {limit} km of {lat}, {lon}");
            self.fault(Code::UnknownPlace, columns.lat.as_ref(), cause);
            return Some(None);
        };
        self.uses.nearest(metres);
        self.placed = Some(format!(
            "placed at {}, the nearest place, {} from the point",
            place.id,
            kilometres(metres)
        ));
        Some(Some(place.id.clone()))
    }

    fn known_place(&mut self, place: String) -> Option<String> {
        let import = self.import;
        let Some(places) = &import.places else { return Some(place) };
        if places.ids.contains(place.as_str()) {
            return Some(place);
        }
        let near = nearest(&place, places.ids.iter().copied());
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let column = import.compiled.mapping.columns.place.as_ref();
        self.fault(Code::UnknownPlace, column, format!("there is no place `{place}`{hint}"));
        None
    }

    fn looked_up(&mut self, name: &str) -> Option<String> {
        let import = self.import;
        let column = import.compiled.mapping.columns.name.as_ref();
        let looks = import.compiled.mapping.subject.look_up_names;
        let found = import
            .places
            .as_ref()
            .filter(|_| looks)
            .map(|places| places.by_name.get(name).map_or(&[][..], Vec::as_slice));
        let cause = match found {
            None => format!("`{name}` has no place, and no rule under [[names]] fits the row"),
            Some([]) => {
                format!("no place is called `{name}`, and no rule under [[names]] fits the row")
            }
            Some([(id, _)]) => {
                self.uses.looked_up += 1;
                return Some((*id).to_owned());
            }
            Some(several) => {
                let all: Vec<String> =
                    several.iter().map(|(id, province)| format!("{id} in {province}")).collect();
                format!("{} places are called `{name}`: {}", several.len(), all.join(", "))
            }
        };
        self.fault(Code::NameUnclear, column, cause);
        None
    }

    /// Returns the kinds of facility that the row speaks of; one without a name where it says none.
    fn kinds(&mut self) -> Option<Vec<String>> {
        let compiled = &self.import.compiled;
        let mapping = compiled.mapping;
        let word = self.text(compiled.at.facility).to_owned();
        if compiled.at.facility.is_none() || word.is_empty() {
            return Some(vec![mapping.subject.kind.clone()]);
        }
        if mapping.facilities.is_empty() {
            return Some(vec![word]);
        }
        let Some(kinds) = mapping.facilities.get(&word) else {
            let column = mapping.columns.facility.as_ref();
            self.unknown_word(&word, "[facilities]", column, mapping.facilities.keys());
            return None;
        };
        self.uses.word("facilities", &word, || kinds.all().join(", "));
        Some(kinds.all().to_vec())
    }
}
