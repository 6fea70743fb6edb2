//! A mapping held against the columns of a table, so that a row is read without a search for names.

use std::collections::BTreeSet;

use groundwork_model::problem::Code;

use super::file::MappingFile;
use super::findings::Findings;
use super::mapping::{ImportColumns, Mapping, When};
use super::rows::{Cells, Rows};

/// Is a mapping with the places of the columns that it reads.
pub(super) struct Compiled<'m> {
    pub(super) mapping: &'m Mapping,
    pub(super) at: Places,
    pub(super) names: Vec<Test<'m>>,
    pub(super) statements: Vec<Test<'m>>,
    /// Dates of statements that give one.
    pub(super) dates: Vec<Option<Template>>,
    /// What the words for dates mean.
    pub(super) date_words: Vec<(&'m str, Template)>,
    /// Rows that relate, and rows to which they relate.
    pub(super) relations: Vec<(Test<'m>, Test<'m>)>,
    /// Columns by which a row is known again, in the order of their names.
    pub(super) key: Vec<(String, usize)>,
}

/// Says where the columns stand that hold something by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub(super) id: Option<usize>,
    pub(super) place: Option<usize>,
    pub(super) name: Option<usize>,
    pub(super) facility: Option<usize>,
    pub(super) batch: Option<usize>,
    pub(super) date: Option<usize>,
    pub(super) date_kind: Option<usize>,
    pub(super) count: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) independent: Option<usize>,
    pub(super) grade: Option<usize>,
    pub(super) published: Option<usize>,
    pub(super) url: Option<usize>,
    pub(super) title: Option<usize>,
    pub(super) language: Option<usize>,
    pub(super) quote: Option<usize>,
    pub(super) note: Option<usize>,
    pub(super) lat: Option<usize>,
    pub(super) lon: Option<usize>,
}

/// Says which rows a rule fits.
pub(super) struct Test<'m>(Vec<(usize, &'m [String])>);

impl Test<'_> {
    pub(super) fn fits(&self, cells: Cells<'_>) -> bool {
        self.0.iter().all(|(column, words)| {
            let text = cells.text(Some(*column));
            words.iter().any(|word| word == text || (word == "*" && !text.is_empty()))
        })
    }
}

/// Is a text with places for what columns hold.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Column(usize),
}

impl Template {
    pub(super) fn fill(&self, cells: Cells<'_>) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Column(at) => cells.text(Some(*at)).to_owned(),
        };
        self.0.iter().map(text).collect()
    }
}

/// Holds a mapping against the columns of a table while it is compiled.
struct Compiler<'c> {
    file: &'c MappingFile,
    rows: &'c Rows<'c>,
    findings: &'c mut Findings,
    read: BTreeSet<(String, usize)>,
}

/// Returns the mapping with the places of its columns; what is wrong is noted.
pub(super) fn compile<'m>(
    file: &'m MappingFile,
    rows: &Rows<'_>,
    findings: &mut Findings,
) -> Compiled<'m> {
    let mapping = &file.mapping;
    let mut compiler = Compiler { file, rows, findings, read: BTreeSet::new() };
    let at = compiler.places(&mapping.columns);
    let names = mapping.names.iter().map(|rule| compiler.test(&rule.when, "a rule of [[names]]"));
    let names = names.collect();
    let statements = mapping.statements.iter();
    let statements = statements.map(|rule| compiler.test(&rule.when, "a statement")).collect();
    let dates = mapping.statements.iter().enumerate().map(|(at, rule)| {
        let key = format!("statements[{}].date", at + 1);
        rule.date.as_ref().map(|date| compiler.template(date, &key))
    });
    let dates = dates.collect();
    let date_words = mapping
        .dates
        .iter()
        .map(|(word, date)| (word.as_str(), compiler.template(date, &format!("dates.{word}"))));
    let date_words = date_words.collect();
    let relations = mapping.relations.iter().map(|rule| {
        let by = "a rule of [[relations]]";
        (compiler.test(&rule.when, by), compiler.test(&rule.to, by))
    });
    let relations = relations.collect();
    let key = compiler.key(mapping);
    Compiled { mapping, at, names, statements, dates, date_words, relations, key }
}

impl Compiler<'_> {
    fn column(&mut self, name: &str, by: &str) -> Option<usize> {
        let at = self.rows.column(name, by, self.findings)?;
        self.read.insert((name.to_owned(), at));
        Some(at)
    }

    fn places(&mut self, columns: &ImportColumns) -> Places {
        let mut at = |name: &Option<String>| self.column(name.as_ref()?, "[columns]");
        Places {
            id: at(&columns.id),
            place: at(&columns.place),
            name: at(&columns.name),
            facility: at(&columns.facility),
            batch: at(&columns.batch),
            date: at(&columns.date),
            date_kind: at(&columns.date_kind),
            count: at(&columns.count),
            source: at(&columns.source),
            independent: at(&columns.independent),
            grade: at(&columns.grade),
            published: at(&columns.published),
            url: at(&columns.url),
            title: at(&columns.title),
            language: at(&columns.language),
            quote: at(&columns.quote),
            note: at(&columns.note),
            lat: at(&columns.lat),
            lon: at(&columns.lon),
        }
    }

    fn test<'m>(&mut self, when: &'m When, by: &str) -> Test<'m> {
        let of = |(column, words): (&'m String, &'m super::mapping::Words)| {
            Some((self.column(column, by)?, words.all()))
        };
        Test(when.iter().filter_map(of).collect())
    }

    /// Reads a text in which `{column}` stands for what a column holds.
    fn template(&mut self, text: &str, key: &str) -> Template {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            pieces.push(Piece::Text(before.to_owned()));
            let Some((name, after)) = behind.split_once('}') else {
                let cause = format!("`{text}`: a brace is not closed");
                self.findings.placed(self.file.fault(Code::MappingUnsound, key, cause));
                return Template(pieces);
            };
            if let Some(at) = self.column(name, key) {
                pieces.push(Piece::Column(at));
            }
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Template(pieces)
    }

    fn key(&mut self, mapping: &Mapping) -> Vec<(String, usize)> {
        if mapping.key.is_empty() {
            return self.read.iter().cloned().collect();
        }
        let mut key: Vec<(String, usize)> = mapping
            .key
            .iter()
            .filter_map(|name| Some((name.clone(), self.column(name, "key")?)))
            .collect();
        key.sort();
        key
    }
}
