//! Tables of reports to drafts of entries, by a column mapping that a person writes. Features of a GeoJSON file are rows, their
//! properties columns.
//!
//! [`read_mapping`] reads the mapping; [`Import::open`] holds it against a table; [`Import::check`] looks through all
//! rows and says everything that is wrong, how often each rule was used, and how many drafts there are;
//! [`Import::each`] hands the drafts out one after the other, so that a table of a million rows takes little more room
//! than its text. The same row gives the same key, so that the ledger knows it again.

mod compiled;
mod dates;
mod features;
mod file;
mod findings;
mod mapping;
mod published;
mod row;
mod rows;
mod said;
mod statement;
mod subject;
mod uses;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use groundwork_model::evidence::{Draft, Source, Subject, When};
use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Place;
use jiff::civil::Date;

use self::compiled::Compiled;
pub use self::file::{MappingFile, read_mapping};
use self::findings::Findings;
pub use self::mapping::{
    AddressDate, Assumed, ImportColumns, Mapping, NameRule, PublishedRule, RelationRule,
    SourceRule, Statement, StatementRule, SubjectRule, Words,
};
use self::published::Pages;
use self::row::Reading;
use self::rows::{Cells, Rows};
pub use self::uses::RuleUse;
use self::uses::Uses;
use crate::nearest::Nearby;

/// Says against what a table is held.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'c> {
    /// Places of the programme; where none are given, ids of places are taken as they are written.
    pub places: Option<&'c [Place]>,
    /// The sources table; where none is given, the mapping must say on whose behalf each source speaks.
    pub sources: Option<&'c [Source]>,
    /// Who records it: a role, or `import`.
    pub recorded_by: &'c str,
}

/// Is what a look through a table gives.
#[derive(Clone, Debug)]
pub struct ImportCheck {
    /// Everything that is wrong, by row and column.
    pub problems: Vec<Problem>,
    /// How often each rule was used.
    pub uses: Vec<RuleUse>,
    /// Number of rows.
    pub rows: u64,
    /// Number of drafts.
    pub drafts: u64,
}

/// Is a table with a mapping that fits its columns.
pub struct Import<'t> {
    file: String,
    rows: Rows<'t>,
    compiled: Compiled<'t>,
    places: Option<KnownPlaces<'t>>,
    sources: HashMap<&'t str, &'t Source>,
    has_sources: bool,
    recorded_by: String,
    pages: Pages,
    /// Warnings of opening.
    warnings: Vec<Problem>,
}

/// Holds the places of a programme by id and by name.
struct KnownPlaces<'t> {
    ids: HashSet<&'t str>,
    pub(super) nearby: Nearby<'t>,
    /// Ids and provinces, by name.
    by_name: HashMap<&'t str, Vec<(&'t str, &'t str)>>,
}

impl<'t> KnownPlaces<'t> {
    fn of(places: &'t [Place]) -> Self {
        let mut by_name: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
        for place in places {
            by_name.entry(&place.name).or_default().push((&place.id, place.province.as_str()));
        }
        Self {
            ids: places.iter().map(|place| place.id.as_str()).collect(),
            nearby: Nearby::of(places),
            by_name,
        }
    }
}

/// Holds the keys of the rows to which later rows may relate.
#[derive(Debug, Default)]
struct Earlier(HashMap<(usize, Subject), Vec<String>>);

impl Earlier {
    fn of(&self, rule: usize, subject: &Subject) -> &[String] {
        self.0.get(&(rule, subject.clone())).map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, rule: usize, subject: &Subject, key: &str) {
        self.0.entry((rule, subject.clone())).or_default().push(key.to_owned());
    }
}

impl<'t> Import<'t> {
    /// Holds a mapping against a table: CSV, or a workbook where the name ends in `.xlsx`.
    ///
    /// # Errors
    ///
    /// Where the table cannot be read, or lacks columns that the mapping reads.
    pub fn open(
        name: &str,
        bytes: &'t [u8],
        mapping: &'t MappingFile,
        context: &ImportContext<'t>,
    ) -> Result<Self, Vec<Problem>> {
        let rows = Rows::open(name, bytes, mapping.mapping.sheet.as_deref())?;
        let mut findings = Findings::new(name);
        let compiled = compiled::compile(mapping, &rows, &mut findings);
        if findings.has_error() {
            return Err(findings.finish());
        }
        let sources = context.sources.unwrap_or_default();
        let mut import = Self {
            file: name.to_owned(),
            rows,
            compiled,
            places: context.places.map(KnownPlaces::of),
            sources: sources.iter().map(|source| (source.id.as_str(), source)).collect(),
            has_sources: context.sources.is_some(),
            recorded_by: context.recorded_by.to_owned(),
            pages: Pages::default(),
            warnings: findings.finish(),
        };
        import.pages = import.pages();
        Ok(import)
    }

    /// Looks through all rows.
    #[must_use]
    pub fn check(&self) -> ImportCheck {
        let mut findings = Findings::new(&self.file);
        let mut uses = Uses::of(self.compiled.mapping);
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let (mut rows, mut drafts) = (0, 0);
        self.read(&mut findings, &mut uses, &mut |row, made, findings| {
            rows += 1;
            if let Some(first) = made.first() {
                // Sixteen digits of the key are enough for a warning, and a million rows take little room.
                let digits = first.key.get(4..20).unwrap_or_default();
                match seen.entry(u64::from_str_radix(digits, 16).unwrap_or_default()) {
                    Entry::Occupied(before) => {
                        let before = before.get();
                        let cause =
                            format!("the row says what row {before} says, and adds nothing");
                        findings.add(Code::RowTwice, row, None, cause);
                    }
                    Entry::Vacant(new) => {
                        new.insert(row);
                    }
                }
            }
            drafts += made.len() as u64;
            true
        });
        let mut problems = self.warnings.clone();
        problems.extend(findings.finish());
        ImportCheck { problems, uses: uses.list(self.compiled.mapping), rows, drafts }
    }

    /// Hands out the drafts with the rows that they come from, until `each` returns false. Rows with a fault give none.
    pub fn each(&self, each: &mut dyn FnMut(u32, Draft) -> bool) {
        let mut findings = Findings::new(&self.file);
        let mut uses = Uses::of(self.compiled.mapping);
        self.read(&mut findings, &mut uses, &mut |row, made, _| {
            made.into_iter().all(|draft| each(row, draft))
        });
    }

    fn read(
        &self,
        findings: &mut Findings,
        uses: &mut Uses,
        each: &mut dyn FnMut(u32, Vec<Draft>, &mut Findings) -> bool,
    ) {
        let mut earlier = Earlier::default();
        self.rows.each(findings, &mut |cells, findings| {
            let row = cells.row;
            let reading = Reading { import: self, cells, findings, uses, placed: None };
            let made = { reading }.drafts(&mut earlier);
            each(row, made, findings)
        });
    }

    /// Returns what the rows of each address say of its day of publication.
    fn pages(&self) -> Pages {
        let mut pages = Pages::default();
        let rule = &self.compiled.mapping.published;
        if rule.note_word.is_none() && rule.assume != Some(Assumed::LatestOfAddress) {
            return pages;
        }
        let at = self.compiled.at;
        let mut unused = Findings::new(&self.file);
        self.rows.each(&mut unused, &mut |cells, _| {
            let (url, note) = (cells.text(at.url), cells.text(at.note));
            pages.take(rule, url, note, self.day_of(cells), cells.text(at.date_kind));
            true
        });
        pages
    }

    /// Returns the last day that the row's own date can mean.
    fn day_of(&self, cells: Cells<'_>) -> Option<Date> {
        let at = self.compiled.at;
        let kind = cells.text(at.date_kind);
        let template = self.compiled.date_words.iter().find(|(word, _)| *word == kind);
        let written = match template {
            Some((_, template)) => template.fill(cells),
            None => cells.text(at.date).to_owned(),
        };
        written.parse::<When>().ok()?.latest
    }
}

impl std::fmt::Debug for Import<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import").field("file", &self.file).finish_non_exhaustive()
    }
}
