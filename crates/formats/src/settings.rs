//! `programme.toml`.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::{Files, Periods, Settings};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::faults::Faults;
use crate::file_name;
use crate::folder::{Folder, SETTINGS_FILE};
use crate::toml_walk::{Lines, Walk, line_of};
use crate::workbook;

/// How many faults of syntax are shown.
const SYNTAX_FAULTS: usize = 3;

/// Is `programme.toml` as far as it could be read.
pub(crate) struct Written {
    /// The settings; `None` when anything in them is wrong.
    pub(crate) settings: Option<Settings>,
    /// The names of the tables that can be read, whatever else is wrong.
    pub(crate) files: Names,
    /// The line of each key.
    line_of_key: BTreeMap<String, u32>,
}

/// Names the files of the folder; a name that cannot be used is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The places table.
    pub(crate) places: Option<String>,
    /// The sites table.
    pub(crate) sites: Option<String>,
    /// The facilities table.
    pub(crate) facilities: Option<String>,
    /// The reports table.
    pub(crate) reports: Option<String>,
    /// The areas of the map.
    pub(crate) cells: Option<String>,
    /// The tables of which the settings say nothing.
    silent: BTreeSet<&'static str>,
}

impl Names {
    /// Returns whether the settings do not speak of a table.
    pub(crate) fn is_silent(&self, table: &str) -> bool {
        self.silent.contains(table)
    }

    /// Returns the tables with the names of their files, in the order of reading.
    pub(crate) fn tables(&self) -> [(&'static str, Option<String>); 4] {
        [
            ("places", self.places.clone()),
            ("sites", self.sites.clone()),
            ("facilities", self.facilities.clone()),
            ("reports", self.reports.clone()),
        ]
    }

    /// Gives a table another file.
    pub(crate) fn set(&mut self, table: &str, name: Option<String>) {
        match table {
            "places" => self.places = name,
            "sites" => self.sites = name,
            "facilities" => self.facilities = name,
            _ => self.reports = name,
        }
    }

    /// Writes the names into settings, where there are any.
    pub(crate) fn fill(self, files: &mut Files) {
        files.places = self.places.unwrap_or_else(|| std::mem::take(&mut files.places));
        files.sites = self.sites.or_else(|| files.sites.take());
        files.facilities = self.facilities.or_else(|| files.facilities.take());
        files.reports = self.reports.or_else(|| files.reports.take());
    }
}

/// Reads `programme.toml`; `None` when there is none.
pub(crate) fn read(folder: &mut Folder<'_>) -> Option<Written> {
    let text = folder.input(SETTINGS_FILE)?;
    let (mended, mut problems) = mend(&text);
    let (root, _) = DeTable::parse_recoverable(&mended);
    let root = root.get_ref();
    let schema = schemars::schema_for!(Settings).to_value();
    let walk = Walk::new(&schema, &mended, root);
    // What a broken line hides would be reported as missing; the line itself is enough.
    if problems.is_empty() {
        problems = walk.problems;
    }
    let mut settings = None;
    if problems.is_empty() {
        match toml::from_str(&text) {
            Ok(read) => settings = Some(read),
            Err(error) => problems.push(refused(&error, &text, &walk.line_of_key)),
        }
    }
    problems.into_iter().for_each(|problem| folder.faults.add(problem.in_file(SETTINGS_FILE)));
    let files = names(root, &walk.line_of_key, &mut folder.faults);
    Some(Written { settings, files, line_of_key: walk.line_of_key })
}

impl Written {
    /// Returns the periods, when the settings could be read.
    pub(crate) fn periods(&self) -> Option<Periods> {
        self.settings.as_ref().map(|settings| settings.periods)
    }

    /// Returns a fault of a key with the line of the key.
    pub(crate) fn with_line(&self, problem: Problem) -> Problem {
        if problem.file.as_deref() != Some(SETTINGS_FILE) || problem.row.is_some() {
            return problem;
        }
        let key = problem.column.clone().unwrap_or_default();
        match line_of(&self.line_of_key, &key) {
            Some(line) => problem.at_row(line),
            None => problem,
        }
    }
}

/// Returns settings that stand for those that could not be read. Rules about tables see only the
/// names of the files in them.
pub(crate) fn stand_in(names: &Names) -> Settings {
    let files = Files {
        places: names.places.clone().unwrap_or_default(),
        sites: names.sites.clone(),
        facilities: names.facilities.clone(),
        reports: names.reports.clone(),
    };
    Settings { files, ..Settings::default() }
}

/// Blanks the lines that are not TOML, one after the other, so that what stands behind them is read.
pub(crate) fn mend(text: &str) -> (String, Vec<Problem>) {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let mut mended = text.to_owned();
    let mut problems: Vec<Problem> = Vec::new();
    while problems.len() < SYNTAX_FAULTS
        && let Some(problem) = first_syntax_fault(&mended)
    {
        let line = problem.row.unwrap_or(1);
        if problems.last().is_some_and(|before| is_echo(before, &problem)) {
            break;
        }
        problems.push(problem);
        match lines.get_mut(line as usize - 1) {
            Some(broken) if !broken.is_empty() => *broken = "",
            _ => break,
        }
        mended = lines.join("\n");
    }
    (mended, problems)
}

fn first_syntax_fault(text: &str) -> Option<Problem> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let error = errors.iter().min_by_key(|error| start(error))?;
    let (line, column) = Lines::of(text).at(start(error));
    let cause = format!("at character {column}: {}", error.message());
    Some(Problem::new(Code::TomlSyntax, cause).at_row(line))
}

/// Returns whether a fault only repeats the one before: what a list that is never closed does with
/// every line behind it.
fn is_echo(before: &Problem, problem: &Problem) -> bool {
    before.cause == problem.cause && before.row.map(|row| row + 1) == problem.row
}

/// Places what the types refuse although the schema lets it pass: a number of too many digits.
pub(crate) fn refused(
    error: &toml::de::Error,
    text: &str,
    lines: &BTreeMap<String, u32>,
) -> Problem {
    let (line, _) = Lines::of(text).at(error.span().map_or(0, |span| span.start));
    let problem = Problem::new(Code::OutOfRange, error.message()).at_row(line);
    match lines.iter().find(|(_, at)| **at == line) {
        Some((key, _)) => problem.in_column(key),
        None => problem,
    }
}

/// Returns the names of the files, as far as they are usable, whatever else is wrong.
fn names(root: &DeTable<'_>, lines: &BTreeMap<String, u32>, faults: &mut Faults) -> Names {
    let mut seen = BTreeMap::from([(SETTINGS_FILE.to_owned(), "the settings".to_owned())]);
    let mut silent = BTreeSet::new();
    let mut name = |table: &str, key: &'static str, default: Option<&str>| {
        if root.get(table).and_then(|table| table.get_ref().as_table()?.get(key)).is_none() {
            silent.insert(key);
        }
        let name = text_of(root, table, key).or(default)?;
        let key = format!("{table}.{key}");
        let Some(problem) = unusable(name, &key, &mut seen) else { return Some(name.to_owned()) };
        let line = line_of(lines, &key).unwrap_or(1);
        faults.add(problem.in_file(SETTINGS_FILE).in_column(key).at_row(line));
        None
    };
    let named = Names {
        places: name("files", "places", Some("places.csv")),
        sites: name("files", "sites", None),
        facilities: name("files", "facilities", None),
        reports: name("files", "reports", None),
        cells: name("map", "cells", None),
        silent: BTreeSet::new(),
    };
    Names { silent, ..named }
}

/// Returns the fault of a name that leads outside or that another key has given already. Systems
/// differ in whether case tells names apart, so here it does not.
fn unusable(name: &str, key: &str, seen: &mut BTreeMap<String, String>) -> Option<Problem> {
    let (file, sheet) = match workbook::reference(name) {
        Some(found) => (found.file, found.sheet),
        None => (name, None),
    };
    if let Some(why) = file_name::refusal(file) {
        let shown = name.escape_debug();
        return Some(Problem::new(Code::FileNameOutside, format!("`{shown}` {why}")));
    }
    // One workbook may hold several tables, each in the sheet with its name.
    let of_workbook = workbook::reference(name).is_some() && key != "map.cells";
    let sheet = sheet.or(key.strip_prefix("files.").filter(|_| of_workbook));
    let place = sheet.map_or_else(|| file.to_owned(), |sheet| format!("{file}#{sheet}"));
    let first = seen.insert(place.to_lowercase(), key.to_owned())?;
    Some(Problem::new(Code::FileNamedTwice, format!("`{name}` is named by {first} already")))
}

fn text_of<'r>(root: &'r DeTable<'_>, table: &str, key: &str) -> Option<&'r str> {
    root.get(table)?.get_ref().as_table()?.get(key).map(Spanned::get_ref).and_then(DeValue::as_str)
}
