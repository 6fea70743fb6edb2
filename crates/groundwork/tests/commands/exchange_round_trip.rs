//! A ledger that is exported and brought into an empty one says the same there: nothing that the formats hold is lost.
//!
//! Numbers of entries are those of the ledger that exports; all else is compared byte for byte, in the order of ids.

use std::collections::HashSet;

use groundwork_formats::package::{
    PackageContext, PackageFormat, PackageMapping, package_format, read_package,
};
use groundwork_formats::{read_programme, read_sources};
use groundwork_ledger::{Ledger, MemoryStore, Moment};
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, Entry, EvidenceRules, Medium, Predicate, Published, PublishedFrom,
    Quantity, Relation, RelationKind, Scope, Source, Stage, Subject, Texts, Times, Voice, When,
};
use groundwork_model::programme::Exchange;
use groundwork_model::{Decimal, Programme};
use groundwork_report::{Exchanged, facilities_geojson, oc4ids};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::Value;

const SETTINGS: &str = "
format = 1
name = \"Clinics\"
population = { year = 2020, source = \"census\" }
periods = { first = 2024, count = 2 }
quota = { openings = 1 }
kinds = [{ id = \"clinic\", reach_km = 10 }]
packages = [{ id = \"basic\", kinds = [\"clinic\"] }]
[exchange]
publisher = \"The watch\"
organisation = \"XX-1\"
address = \"https://example.org/projects.json\"
oc4ids_prefix = \"oc4ids-abc123\"
country = \"XX\"
oc4ids_sector = \"health\"
iati_sector = \"12220\"
[[milestones]]
id = \"first\"
batch = \"2024\"
stage = \"inaugurated\"
count = 2
due = \"by 2024-06-30\"
";
const PLACES: &str = "id,name,lat,lon,population\nA,Alpha,47.1,9.5,1200\nB,Beta,47.2,9.6,800\n";
const SOURCES: &str = "\
id,name,behind,independent,letter,digit,carries,reason
gov,The ministry,government,0,D,3,,our judgement
watch,The watch,a foundation,1,B,2,,looks for itself
";

struct Ticking(i64);

impl Moment for Ticking {
    fn now(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }

    fn salt(&mut self) -> [u8; 16] {
        self.0 += 1;
        i128::from(self.0).to_le_bytes()
    }
}

fn programme() -> Programme {
    let checked = read_programme(&mut |name| match name {
        "programme.toml" => Ok(SETTINGS.as_bytes().to_vec()),
        _ => Ok(PLACES.as_bytes().to_vec()),
    });
    let problems = checked.problems;
    checked.programme.unwrap_or_else(|| panic!("{problems:?}"))
}

/// Is a draft in a few numbers.
type Choice = (u8, u8, u8, u8, u8);

fn subject(of: u8) -> Subject {
    let (place, batch) = (["A", "B", "elsewhere"][usize::from(of) % 3], ["2024", "2025", ""]);
    let batch = batch[usize::from(of / 3) % 3];
    Subject {
        scope: Scope::Facility,
        id: format!("{place}/{batch}"),
        place: place.to_owned(),
        kind: "clinic".to_owned(),
        batch: batch.to_owned(),
    }
}

fn drafts(choices: &[Choice]) -> Vec<Draft> {
    let first = date(2024, 1, 1);
    let mut all: Vec<Draft> = Vec::new();
    for (at, &(what, of, day, stage, other)) in choices.iter().enumerate() {
        let on = first.saturating_add(i64::from(day).days());
        let published = on.saturating_add(i64::from(other % 40).days());
        let stage = Stage::ALL[usize::from(stage) % Stage::ALL.len()];
        let unit = CountUnit::ALL[usize::from(other) % 3];
        let number = Quantity {
            number: Some(Decimal::new(i64::from(other), 0)),
            unit: String::new(),
            bound: [Bound::Exactly, Bound::AtLeast, Bound::LessThan, Bound::About]
                [usize::from(of) % 4],
        };
        let (predicate, value) = match what % 8 {
            0 | 1 => (Predicate::Stage { stage, reached: other % 5 > 0 }, None),
            2 => (
                Predicate::Inspection {
                    ready: [None, Some(false), Some(true)][usize::from(other) % 3],
                },
                None,
            ),
            3 => (Predicate::Count { stage, unit }, Some(number)),
            4 => (Predicate::Target { stage, unit }, Some(number)),
            5 => (Predicate::Deadline { stage }, None),
            6 => (Predicate::Statement, None),
            _ => (
                Predicate::Progress { stage, part: "roof".to_owned(), reached: other % 4 > 0 },
                None,
            ),
        };
        let counts = matches!(predicate, Predicate::Count { .. } | Predicate::Target { .. });
        let whole = Subject {
            scope: Scope::Programme,
            id: String::new(),
            place: String::new(),
            kind: "clinic".to_owned(),
            batch: "2024".to_owned(),
        };
        let independent = other % 2 == 0;
        let mut relations = Vec::new();
        if at > 0 && other % 7 == 0 {
            let how = [RelationKind::Retracts, RelationKind::Corrects][usize::from(of) % 2];
            relations.push(Relation { how, entry: u64::from(day) % at as u64 + 1 });
        }
        all.push(Draft {
            key: String::new(),
            subject: if counts && of % 2 == 0 { whole } else { subject(of) },
            predicate,
            value,
            valid: if day % 9 == 0 { When::by(on) } else { When::day(on) },
            published: Published { day: published, from: PublishedFrom::Stated },
            voice: if independent { Voice::Independent } else { Voice::SelfReport },
            grade: independent.then(|| ["B2", "F6", "C3"][usize::from(of) % 3].parse().unwrap()),
            relations,
            related_keys: Vec::new(),
            medium: Medium::Document,
            document: String::new(),
            retrieved: None,
            language: if day % 3 == 0 { "ko".to_owned() } else { String::new() },
            texts: Texts {
                recorded_by: "import".to_owned(),
                source: if independent { "watch" } else { "gov" }.to_owned(),
                url: if day % 2 == 0 { format!("https://example.org/{at}") } else { String::new() },
                title: if day % 4 == 0 { "A report".to_owned() } else { String::new() },
                ..Texts::default()
            },
        });
    }
    all
}

fn ledger(drafts: &[Draft]) -> Ledger<MemoryStore> {
    let mut ledger = Ledger::new(MemoryStore::new("one"));
    ledger.append(drafts, &mut Ticking(1_000)).unwrap();
    ledger
}

/// Returns the entries about facilities that were known by a day and not taken back, as `export` takes them.
fn known(ledger: &mut Ledger<MemoryStore>, day: Date) -> Vec<Entry> {
    let mut all = Vec::new();
    ledger
        .entries(1, &mut |entry| {
            if entry.draft.published.day <= day {
                all.push(entry);
            }
            Ok(())
        })
        .unwrap();
    let mut gone = HashSet::new();
    for entry in all.iter().rev() {
        if !gone.contains(&entry.number) {
            gone.extend(entry.draft.relations.iter().map(|relation| relation.entry));
        }
    }
    all.retain(|entry| {
        !gone.contains(&entry.number) && entry.draft.subject.scope == Scope::Facility
    });
    all
}

fn exported(ledger: &mut Ledger<MemoryStore>, day: Date, format: PackageFormat) -> Vec<u8> {
    let programme = programme();
    let exchange: Exchange = programme.settings.exchange.clone().unwrap();
    let times = Times { as_of: day, known_by: day, recorded_by: None };
    let snapshot = ledger.snapshot(times, &EvidenceRules::default()).unwrap();
    let entries = known(ledger, day);
    let of = Exchanged {
        programme: &programme,
        exchange: &exchange,
        snapshot: &snapshot,
        entries: &entries,
    };
    match format {
        PackageFormat::Oc4ids => oc4ids(&of),
        PackageFormat::Facilities => facilities_geojson(&of),
    }
}

/// Returns an export without numbers of entries, its lists in the order of what they hold.
fn without_numbers(bytes: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    plain(&mut value, "");
    value
}

fn plain(value: &mut Value, within: &str) {
    match value {
        Value::Array(values) => {
            values.iter_mut().for_each(|value| plain(value, within));
            values.sort_by_key(ToString::to_string);
        }
        Value::Object(map) => {
            if matches!(within, "documents" | "observations") {
                map.remove("id");
            }
            map.retain(|key, _| !key.ends_with("_entry"));
            if let Some(Value::String(text)) = map.get_mut("description")
                && let Some(at) = text.find(", entry ")
            {
                text.truncate(at);
            }
            map.iter_mut().for_each(|(key, value)| plain(value, key));
        }
        _ => {}
    }
}

fn sources() -> Vec<Source> {
    read_sources("sources.csv", SOURCES.as_bytes()).0
}

/// Brings an export into an empty ledger.
fn brought_in(bytes: &[u8], format: PackageFormat) -> Ledger<MemoryStore> {
    assert_eq!(package_format(bytes), Some(format));
    let (programme, sources) = (programme(), sources());
    let mut places = programme.places;
    // A place that the programme does not know must not be in the way.
    places.push(groundwork_model::Place { id: "elsewhere".to_owned(), ..places[0].clone() });
    let mapping = PackageMapping::default();
    let context = PackageContext {
        places: Some(&places),
        sources: Some(&sources),
        mapping: &mapping,
        recorded_by: "import",
    };
    let read = read_package("p.json", bytes, format, &context);
    assert_eq!(read.problems, []);
    assert_eq!(read.left_out, []);
    let mut ledger = ledger(&read.drafts);
    let before = ledger.root().unwrap();
    let again = ledger.append(&read.drafts, &mut Ticking(900_000)).unwrap();
    assert!(again.iter().all(|receipt| !receipt.added), "the same package adds nothing");
    assert_eq!(ledger.root().unwrap(), before);
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_the_formats_hold_comes_back(
        choices in prop::collection::vec(any::<Choice>(), 0..24),
        day in 0_i64..330,
    ) {
        let day = date(2024, 1, 1).saturating_add(day.days());
        let mut one = ledger(&drafts(&choices));
        for format in [PackageFormat::Oc4ids, PackageFormat::Facilities] {
            let first = exported(&mut one, day, format);
            let mut other = brought_in(&first, format);
            let second = exported(&mut other, day, format);
            prop_assert_eq!(
                serde_json::to_string_pretty(&without_numbers(&first)).unwrap(),
                serde_json::to_string_pretty(&without_numbers(&second)).unwrap()
            );
        }
    }
}
