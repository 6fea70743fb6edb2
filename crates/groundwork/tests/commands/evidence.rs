//! Ledgers for tests of what people see: entries in few words, and the reports of the shipped example.

use std::fs;
use std::path::Path;

use groundwork_ledger::{Ledger, Moment, SqliteStore};
use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, Medium, Predicate, Published, PublishedFrom, Quantity, Scope, Stage,
    Subject, Texts, Voice, When, day_number, day_of,
};

use crate::folder::Folder;

/// A clock that gives a later microsecond at each look, and salts that count.
pub(crate) struct Ticking(pub(crate) i64);

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

/// Noon of the first of March 2026, when the test ledgers are written.
pub(crate) const WRITTEN: i64 = 1_772_366_400_000_000;

impl Folder {
    /// Makes the shipped example with its milestones and a ledger of what is made of its reports.
    pub(crate) fn shipped(drafts: impl FnOnce(Vec<Draft>) -> Vec<Draft>) -> Self {
        let folder = Self::example("prk-20x10");
        let settings = fs::read_to_string(folder.path("p/programme.toml")).unwrap();
        let settings = settings.split("[[milestones]]").next().unwrap().to_owned() + &milestones();
        fs::write(folder.path("p/programme.toml"), settings).unwrap();
        let _ = fs::remove_file(folder.path("p/ledger.db"));
        write(&folder.path("p/ledger.db"), &drafts(shipped(&folder.path("p/reports.csv"))));
        folder
    }
}

/// Writes a ledger with these entries; the same entries give the same ledger.
pub(crate) fn write(path: &Path, drafts: &[Draft]) {
    let store = SqliteStore::create(path, "0123456789abcdef").unwrap();
    Ledger::new(store).append(drafts, &mut Ticking(WRITTEN)).unwrap();
}

pub(crate) fn subject(scope: Scope, id: &str, place: &str, batch: &str) -> Subject {
    Subject {
        scope,
        id: id.to_owned(),
        place: place.to_owned(),
        kind: if scope == Scope::Place { "" } else { "factories" }.to_owned(),
        batch: batch.to_owned(),
    }
}

/// A facility `PLACE/BATCH`.
pub(crate) fn facility(place: &str, batch: &str) -> Subject {
    subject(Scope::Facility, &format!("{place}/{batch}"), place, batch)
}

pub(crate) fn programme(batch: &str) -> Subject {
    subject(Scope::Programme, "", "", batch)
}

/// What the state says, published on the last day of its date.
pub(crate) fn says(subject: Subject, predicate: Predicate, on: &str) -> Draft {
    let valid: When = on.parse().unwrap();
    let day = valid.latest.or(valid.earliest).unwrap();
    Draft {
        key: String::new(),
        subject,
        predicate,
        value: None,
        valid,
        published: Published { day, from: PublishedFrom::Stated },
        voice: Voice::SelfReport,
        grade: None,
        relations: Vec::new(),
        related_keys: Vec::new(),
        medium: Medium::Document,
        document: String::new(),
        retrieved: None,
        language: String::new(),
        texts: Texts {
            recorded_by: "import".to_owned(),
            source: "state".to_owned(),
            ..Texts::default()
        },
    }
}

pub(crate) fn reached(stage: Stage) -> Predicate {
    Predicate::Stage { stage, reached: true }
}

pub(crate) fn count(number: i64, stage: Stage, unit: CountUnit) -> (Predicate, Quantity) {
    let bound = Bound::Exactly;
    let number = Some(Decimal::new(number, 0));
    (Predicate::Count { stage, unit }, Quantity { number, unit: String::new(), bound })
}

pub(crate) fn counts(batch: &str, number: i64, stage: Stage, on: &str) -> Draft {
    let (predicate, value) = count(number, stage, CountUnit::Places);
    Draft { value: Some(value), ..says(programme(batch), predicate, on) }
}

/// The same as somebody independent saw it, at a grade.
pub(crate) fn seen(source: &str, grade: &str, mut draft: Draft) -> Draft {
    draft.voice = Voice::Independent;
    draft.grade = Some(grade.parse().unwrap());
    source.clone_into(&mut draft.texts.source);
    draft
}

pub(crate) fn published(mut draft: Draft, on: &str) -> Draft {
    draft.published.day = on.parse().unwrap();
    draft
}

/// Milestones of the shipped programme.
pub(crate) fn milestones() -> String {
    let one = |batch: &str| {
        format!(
            "\n[[milestones]]\nid = \"opened-{batch}\"\nbatch = \"{batch}\"\nkind = \"factories\"\n\
             stage = \"inaugurated\"\ncount = 20\ndue = \"{batch}\"\n\
             words = \"all of the year's factories are to open by year's end\"\n"
        )
    };
    ["2024", "2025", "2026"].map(one).concat()
}

/// The reports of the shipped example as entries, by a reading of their stages that is plain enough for a test. What is
/// dated by its event is taken to be published a day later.
pub(crate) fn shipped(reports: &Path) -> Vec<Draft> {
    let text = fs::read_to_string(reports).unwrap();
    text.lines().skip(1).filter_map(|line| report(&cells(line))).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

fn report(cells: &[String]) -> Option<Draft> {
    let [site, _, _, batch, _, _, what, stage, date, date_kind, number, reporter, independent, url] =
        cells.first_chunk()?;
    let factories = what.contains("factories");
    let mut of = match site.as_str() {
        "" => programme(batch),
        site => subject(Scope::Facility, &format!("{site}/{batch}/{what}"), site, batch),
    };
    if factories && !site.is_empty() {
        of.id = format!("{site}/{batch}/factories");
    }
    if !factories {
        of.kind.clone_from(what);
    }
    let unit = if what.contains("plants") { CountUnit::Plants } else { CountUnit::Places };
    let counted = number.parse::<i64>().ok();
    let progress = |part: &str| Predicate::Progress {
        stage: Stage::UnderConstruction,
        part: part.to_owned(),
        reached: true,
    };
    let observed = |seen| Predicate::Observation { what: stage.clone(), seen };
    let (predicate, on) = match stage.as_str() {
        "target_set" => (
            Predicate::Target { stage: Stage::Inaugurated, unit },
            format!("by {}-12-31", batch.get(..4)?),
        ),
        "completed_claim" | "batch_complete_claim" => {
            (Predicate::Count { stage: Stage::Completed, unit }, date.clone())
        }
        "groundbreaking_count" => {
            (Predicate::Count { stage: Stage::GroundBroken, unit }, date.clone())
        }
        "inaugurated_count" if independent == "1" => {
            of = subject(Scope::Facility, "KP0717/2024/factories", "KP0717", "2024");
            (Predicate::Count { stage: Stage::Completed, unit }, date.clone())
        }
        "inaugurated_count" => (Predicate::Count { stage: Stage::Inaugurated, unit }, date.clone()),
        "groundbreaking" => (reached(Stage::GroundBroken), date.clone()),
        "inaugurated" => (reached(Stage::Inaugurated), date.clone()),
        "inspected" => {
            let ready = (site == "KP0721").then_some(false);
            (Predicate::Inspection { ready }, date.clone())
        }
        "operation_outlook" => (Predicate::Assessment, date.clone()),
        "roof_not_started_observed" | "material_base_not_observed" => {
            (observed(false), date.clone())
        }
        other if other.ends_with("heat_observed") || other.starts_with("snow") => {
            (observed(true), date.clone())
        }
        other => (progress(other), date.clone()),
    };
    let mut draft = says(of, predicate, &on);
    let event: When = date.parse().unwrap();
    let late = i32::from(date_kind != "reported");
    draft.published.day = day_of(day_number(event.latest.unwrap()) + late);
    draft.published.from = PublishedFrom::Assumed;
    draft.value = counted.map(|number| Quantity {
        number: Some(Decimal::new(number, 0)),
        unit: String::new(),
        bound: if unit == CountUnit::Plants { Bound::AtLeast } else { Bound::Exactly },
    });
    url.clone_into(&mut draft.texts.url);
    if independent == "1" {
        draft = seen(reporter, "C3", draft);
    }
    reporter.clone_into(&mut draft.texts.source);
    Some(draft)
}
