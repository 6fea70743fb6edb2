//! A document of TOML held against a JSON Schema: every fault at once, with its line and key.
//!
//! The schema is generated from the Rust types, so what is checked, what is documented and what is
//! read cannot drift apart. Only what such schemas use is understood: `$ref`, `anyOf`, `oneOf` with
//! `const`, `type`, `properties`, `additionalProperties`, `required`, `items`, lengths, ranges, and the `format` of texts.
//!
//! Keys are written with dots, entries of a list are counted from 1: `kinds[2].reach_km`.

use std::collections::{BTreeMap, VecDeque};

use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::nearest;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text_form::unfit;

/// Finds the line of a byte.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// Returns the lines of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self(
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect(),
        )
    }

    /// Returns the line, counted from 1, and the column in bytes, counted from 1.
    pub(crate) fn at(&self, offset: usize) -> (u32, usize) {
        let before = self.0.partition_point(|&end| end < offset);
        let start = before.checked_sub(1).map_or(0, |last| self.0[last] + 1);
        (u32::try_from(before + 1).unwrap_or(u32::MAX), offset.saturating_sub(start) + 1)
    }
}

/// Walks a document.
pub(crate) struct Walk<'s> {
    schema: &'s Value,
    text: &'s str,
    lines: Lines,
    /// What was found.
    pub(crate) problems: Vec<Problem>,
    /// The line of each key.
    pub(crate) line_of_key: BTreeMap<String, u32>,
}

impl<'s> Walk<'s> {
    /// Holds a document against a schema.
    pub(crate) fn new(schema: &'s Value, text: &'s str, root: &DeTable<'_>) -> Self {
        let mut walk = Self {
            schema,
            text,
            lines: Lines::of(text),
            problems: Vec::new(),
            line_of_key: BTreeMap::new(),
        };
        walk.table("", schema, root);
        walk
    }

    fn table(&mut self, path: &str, schema: &'s Value, table: &DeTable<'_>) {
        for (name, value) in table {
            let key = join(path, name.get_ref());
            self.line_of_key.insert(key.clone(), self.lines.at(name.span().start).0);
            // A table with free keys, such as the amounts of resources, has one schema for all of them.
            let free = Some(&schema["additionalProperties"]).filter(|inner| inner.is_object());
            match schema["properties"].get(name.get_ref().as_ref()).or(free) {
                Some(inner) => self.value(&key, inner, value),
                None => self.unknown(&key, name.get_ref(), schema),
            }
        }
        let meant = |name: &str| {
            let unread = table.keys().map(|key| key.get_ref().as_ref());
            nearest(name, unread.filter(|key| schema["properties"].get(key).is_none())).is_some()
        };
        // A misspelt key is told once, as the unknown key that it is.
        let missing =
            strings(&schema["required"]).filter(|&name| !table.contains_key(name) && !meant(name));
        for name in missing {
            let what = self.description(&schema["properties"][name]);
            self.add(Code::MissingKey, &join(path, name), format!("the key is missing. {what}"));
        }
    }

    fn value(&mut self, key: &str, schema: &'s Value, value: &Spanned<DeValue<'_>>) {
        let choices = self.choices(schema);
        let fitting =
            self.branches(schema).into_iter().find(|branch| accepts(branch, value.get_ref()));
        match (value.get_ref(), fitting) {
            (DeValue::String(text), _) if !choices.is_empty() => self.choice(key, text, &choices),
            (_, None) => self.wrong_type(key, schema, value),
            (DeValue::Table(table), Some(branch)) => self.table(key, branch, table),
            (DeValue::Array(list), Some(branch)) => self.list(key, branch, list),
            (DeValue::String(text), Some(branch)) => {
                let count = text.chars().count();
                self.length(key, count, "character", &branch["minLength"], &branch["maxLength"]);
                if let Some(cause) = branch["format"].as_str().and_then(|form| unfit(form, text)) {
                    self.add(Code::TextUnfit, key, cause);
                }
            }
            (_, Some(branch)) => self.range(key, branch, value),
        }
    }

    fn list(&mut self, key: &str, schema: &'s Value, list: &[Spanned<DeValue<'_>>]) {
        self.length(key, list.len(), "entry", &schema["minItems"], &schema["maxItems"]);
        for (index, entry) in list.iter().enumerate() {
            let key = format!("{key}[{}]", index + 1);
            self.line_of_key.insert(key.clone(), self.lines.at(entry.span().start).0);
            self.value(&key, &schema["items"], entry);
        }
    }

    fn choice(&mut self, key: &str, text: &str, choices: &[&str]) {
        if choices.contains(&text) {
            return;
        }
        let meant = nearest(text, choices.iter().copied()).map(did_you_mean).unwrap_or_default();
        let cause = format!("`{text}` is none of {}{meant}", listed(choices));
        self.add(Code::UnknownChoice, key, cause);
    }

    fn length(&mut self, key: &str, count: usize, what: &str, min: &Value, max: &Value) {
        let min = min.as_u64().unwrap_or(0);
        let max = max.as_u64().unwrap_or(u64::MAX);
        if (min..=max).contains(&(count as u64)) {
            return;
        }
        let takes = match (min, max) {
            (min, u64::MAX) => format!("at least {min}"),
            (min, max) if min == max => format!("exactly {min} in this version"),
            (min, max) => format!("{min} to {max}"),
        };
        let plural = if what == "entry" { "entries" } else { "characters" };
        let what = if count == 1 { what } else { plural };
        self.add(Code::WrongLength, key, format!("there are {count} {what}; it takes {takes}"));
    }

    fn range(&mut self, key: &str, schema: &Value, value: &Spanned<DeValue<'_>>) {
        let Some(number) = number_of(value.get_ref()) else { return };
        let (least, most) = bounds(schema);
        if number.is_finite() && least <= number && number <= most {
            return;
        }
        let takes = match (least.is_finite(), most.is_finite()) {
            _ if least == most => format!("just {least}"),
            (true, true) => format!("a number from {least} to {most}"),
            (false, true) => format!("a number of {most} or less"),
            (true, false) => format!("a number of {least} or more"),
            (false, false) => "a finite number".to_owned(),
        };
        let written = self.written(value);
        self.add(
            Code::OutOfRange,
            key,
            format!("{written} is outside the range; it takes {takes}"),
        );
    }

    fn wrong_type(&mut self, key: &str, schema: &'s Value, value: &Spanned<DeValue<'_>>) {
        let branches = self.branches(schema);
        let types = branches.iter().flat_map(|branch| types(branch)).filter(|&name| name != "null");
        let mut words: Vec<&str> = types.map(type_in_words).collect();
        words.dedup();
        let written = self.written(value);
        self.add(Code::WrongType, key, format!("{written} is not {}", words.join(" or ")));
    }

    fn unknown(&mut self, key: &str, name: &str, schema: &'s Value) {
        let here =
            schema["properties"].as_object().into_iter().flatten().map(|(known, _)| known.as_str());
        let table = key.strip_suffix(name).unwrap_or_default();
        let near = nearest(name, here).map(|known| format!("{table}{known}"));
        // A table inside the one in which it stands is meant rather than another one.
        let top = key.split(['.', '[']).next().unwrap_or_default();
        let inside = self.schema["properties"].get(top).filter(|_| top.len() < key.len());
        let inside = inside.and_then(|inner| self.elsewhere(top, inner, name));
        let meant = near.or(inside).or_else(|| self.elsewhere("", self.schema, name));
        let meant = meant.as_deref().map(did_you_mean).unwrap_or_default();
        self.add(Code::UnknownKey, key, format!("there is no key `{key}`{meant}"));
    }

    /// Returns the full key of the table at or inside a path, or of the entries of the list, that has this very name, if
    /// one has; the one with the fewest tables around it.
    fn elsewhere(&self, path: &str, schema: &'s Value, name: &str) -> Option<String> {
        let mut tables = VecDeque::from([(path.to_owned(), schema)]);
        while let Some((path, schema)) = tables.pop_front() {
            let schema = self.resolve(schema);
            if schema["properties"].get(name).is_some() {
                return Some(join(&path, name));
            }
            let keys = schema["properties"].as_object().into_iter().flatten();
            tables.extend(keys.map(|(key, inner)| (join(&path, key), inner)));
            let entries = Some(&schema["items"]).filter(|entries| entries.is_object());
            tables.extend(entries.map(|entries| (path, entries)));
        }
        None
    }

    /// Returns the alternatives of a schema; itself when it has none.
    fn branches(&self, schema: &'s Value) -> Vec<&'s Value> {
        let schema = self.resolve(schema);
        match schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            Some(branches) => branches.iter().flat_map(|branch| self.branches(branch)).collect(),
            None => vec![schema],
        }
    }

    fn choices(&self, schema: &'s Value) -> Vec<&'s str> {
        self.branches(schema).iter().filter_map(|branch| branch["const"].as_str()).collect()
    }

    fn resolve(&self, schema: &'s Value) -> &'s Value {
        let target = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#"));
        target.and_then(|pointer| self.schema.pointer(pointer)).unwrap_or(schema)
    }

    /// Returns the first sentence of what the schema says of a key.
    fn description(&self, schema: &'s Value) -> String {
        let own = schema["description"].as_str();
        let text = own.or_else(|| self.resolve(schema)["description"].as_str()).unwrap_or_default();
        text.split_inclusive(". ").next().unwrap_or_default().trim().replace('\n', " ")
    }

    fn written(&self, value: &Spanned<DeValue<'_>>) -> String {
        match value.get_ref() {
            DeValue::Table(_) => "a table".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            _ => {
                let source = self.text.get(value.span()).unwrap_or_default();
                let line = source.lines().next().unwrap_or_default();
                format!("`{}`", line.chars().take(40).collect::<String>())
            }
        }
    }

    fn add(&mut self, code: Code, key: &str, cause: String) {
        let problem = Problem::new(code, cause).in_column(key);
        self.problems.push(match line_of(&self.line_of_key, key) {
            Some(line) => problem.at_row(line),
            None => problem,
        });
    }
}

/// Returns the line of a key, or of the table that would hold it.
pub(crate) fn line_of(lines: &BTreeMap<String, u32>, key: &str) -> Option<u32> {
    let mut key = key;
    loop {
        if let Some(line) = lines.get(key) {
            return Some(*line);
        }
        key = &key[..key.rfind(['.', '['])?];
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn did_you_mean(name: &str) -> String {
    format!("; did you mean `{name}`?")
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn types(schema: &Value) -> Vec<&str> {
    schema["type"].as_str().into_iter().chain(strings(&schema["type"])).collect()
}

fn accepts(schema: &Value, value: &DeValue<'_>) -> bool {
    let wanted: &[&str] = match value {
        DeValue::String(_) => &["string"],
        DeValue::Integer(_) => &["integer", "number"],
        DeValue::Float(_) => &["number"],
        DeValue::Boolean(_) => &["boolean"],
        DeValue::Array(_) => &["array"],
        DeValue::Table(_) => &["object"],
        DeValue::Datetime(_) => &[],
    };
    types(schema).iter().any(|name| wanted.contains(name))
}

fn type_in_words(name: &str) -> &str {
    match name {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    match value {
        // A whole number that does not even fit 128 bits is outside every range.
        DeValue::Integer(number) => Some(
            i128::from_str_radix(number.as_str(), number.radix())
                .map_or(f64::INFINITY, |n| n as f64),
        ),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// Returns the least and the most that a schema takes, by its range or by its format.
fn bounds(schema: &Value) -> (f64, f64) {
    let (least, most) = match schema["format"].as_str() {
        Some("uint32") => (0.0, f64::from(u32::MAX)),
        // What TOML can write; larger numbers are refused with the line they stand in.
        Some("uint64") => (0.0, i64::MAX as f64),
        Some("int16") => (f64::from(i16::MIN), f64::from(i16::MAX)),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    };
    (schema["minimum"].as_f64().unwrap_or(least), schema["maximum"].as_f64().unwrap_or(most))
}
