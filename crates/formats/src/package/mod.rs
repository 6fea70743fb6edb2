//! Packages that others publish to drafts of entries: projects (OC4IDS 0.9) and the facilities that this program writes
//! as GeoJSON.
//!
//! [`read_package`] reads one through to its end: the drafts, all faults with their paths, and what has no place in the
//! ledger, counted by its path. Nothing is read as more than it surely says; the package's day is the day on which the
//! public could know it. The same package gives the same keys, so that the ledger knows it again.

mod amounts;
mod documents;
mod facilities;
mod fields;
mod mapping;
mod milestones;
mod project;
mod teller;
mod whole;

use std::collections::BTreeMap;

use groundwork_model::evidence::{Draft, Source};
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Place;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::fields::Notes;
pub use self::mapping::{PackageMapping, PackageSubject, read_package_mapping};

/// The most bytes that a package may have.
const MOST_BYTES: usize = 256 << 20;

/// Says what a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageFormat {
    /// Projects: OC4IDS 0.9.
    Oc4ids,
    /// Facilities as points, as this program writes them (GeoJSON).
    Facilities,
}

/// Says against what a package is held.
#[derive(Clone, Copy, Debug)]
pub struct PackageContext<'c> {
    /// Places of the programme; where none are given, facilities get the places that the package itself names.
    pub places: Option<&'c [Place]>,
    /// The sources table; where one is given, the publisher must stand in it or be named by the mapping.
    pub sources: Option<&'c [Source]>,
    /// What a person says of the package.
    pub mapping: &'c PackageMapping,
    /// Who records it: a role, or `import`.
    pub recorded_by: &'c str,
}

/// Is something of a package that has no place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// What it is: its path, without numbers.
    pub what: String,
    /// How often it is there.
    pub count: u64,
}

/// Is how something of a package was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// What was read, and as what.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// Is what reading a package gives.
#[derive(Clone, Debug, Default)]
pub struct PackageRead {
    /// Name of the publisher.
    pub publisher: String,
    /// Day of the package.
    pub published: Option<Date>,
    /// Number of projects or features.
    pub projects: u64,
    /// The drafts; to be used only where no problem is an error.
    pub drafts: Vec<Draft>,
    /// Everything that is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// How things were read.
    pub readings: Vec<Reading>,
    /// What has no place in the ledger.
    pub left_out: Vec<LeftOut>,
}

/// Collects what a package gives while it is read.
struct Gathered<'c> {
    context: PackageContext<'c>,
    notes: Notes,
    drafts: Vec<Draft>,
    readings: BTreeMap<String, u64>,
}

impl Gathered<'_> {
    fn read_as(&mut self, what: impl Into<String>) {
        *self.readings.entry(what.into()).or_default() += 1;
    }
}

/// Returns what a file is by its content: none where it is no package.
#[must_use]
pub fn package_format(bytes: &[u8]) -> Option<PackageFormat> {
    crate::collection::kind_of(bytes)
}

/// Reads a package.
#[must_use]
pub fn read_package(
    name: &str,
    bytes: &[u8],
    format: PackageFormat,
    context: &PackageContext<'_>,
) -> PackageRead {
    let mut gathered = Gathered {
        context: *context,
        notes: Notes::new(name),
        drafts: Vec::new(),
        readings: BTreeMap::new(),
    };
    let mut read = if bytes.len() > MOST_BYTES {
        let cause = format!("the file has {} MiB; at most 256 are read", bytes.len() >> 20);
        let problem = Problem::new(Code::PackageUnreadable, cause);
        gathered.notes.place(problem.with_remedy("Split the package."), "", "");
        PackageRead::default()
    } else {
        match format {
            PackageFormat::Oc4ids => whole::read(bytes, &mut gathered),
            PackageFormat::Facilities => facilities::read(bytes, &mut gathered),
        }
    };
    let (problems, left) = gathered.notes.finish();
    let problems = problems.into_iter().map(|mut problem| {
        problem.column = problem.column.filter(|path| !path.is_empty());
        problem
    });
    read.problems = problems.collect();
    read.drafts = gathered.drafts;
    read.readings =
        gathered.readings.into_iter().map(|(what, count)| Reading { what, count }).collect();
    read.left_out = left.into_iter().map(|(what, count)| LeftOut { what, count }).collect();
    read
}
