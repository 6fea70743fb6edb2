//! An object of a package, read key by key: what is not as it should be is a fault with its path, and what nobody reads
//! is counted, so that nothing is dropped in silence.

use std::collections::{BTreeMap, BTreeSet};

use groundwork_model::Decimal;
use groundwork_model::problem::{Code, Problem};
use groundwork_model::validation::SHOWN;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

/// Collects faults and what has no place in the ledger.
#[derive(Debug)]
pub(super) struct Notes {
    file: String,
    kept: Vec<Problem>,
    counts: BTreeMap<(Code, String), u64>,
    left: BTreeMap<String, u64>,
}

impl Notes {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            kept: Vec::new(),
            counts: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    /// Adds a fault at a path; `like` is the path without its numbers.
    pub(super) fn fault(&mut self, code: Code, path: &str, like: &str, cause: impl Into<String>) {
        self.place(Problem::new(code, cause), path, like);
    }

    /// Adds a fault that may have a remedy of its own.
    pub(super) fn place(&mut self, problem: Problem, path: &str, like: &str) {
        let count = self.counts.entry((problem.code, like.to_owned())).or_default();
        *count += 1;
        let mut problem = problem.in_file(&self.file).in_column(path);
        if *count == SHOWN as u64 + 1 {
            // The number of the others is known at the end.
            problem.cause.clear();
            problem.column = Some(like.to_owned());
        }
        if *count <= SHOWN as u64 + 1 {
            self.kept.push(problem);
        }
    }

    /// Counts something that has no place in the ledger.
    pub(super) fn leave(&mut self, what: String, count: u64) {
        *self.left.entry(what).or_default() += count;
    }

    /// Returns the faults in the order of the file, and what was left out by its path.
    pub(super) fn finish(mut self) -> (Vec<Problem>, BTreeMap<String, u64>) {
        for problem in self.kept.iter_mut().filter(|problem| problem.cause.is_empty()) {
            let like = problem.column.clone().unwrap_or_default();
            let all = self.counts.get(&(problem.code, like)).copied().unwrap_or_default();
            problem.cause = format!("and {} more of these", all - SHOWN as u64);
        }
        (self.kept, self.left)
    }
}

/// Is an object whose keys are read one by one.
pub(super) struct Fields<'v> {
    map: &'v Map<String, Value>,
    /// Path, such as `projects[3].milestones[1]`; empty for the package itself.
    pub(super) path: String,
    /// The same without numbers.
    pub(super) like: String,
    read: BTreeSet<&'v str>,
}

impl<'v> Fields<'v> {
    pub(super) fn of(map: &'v Map<String, Value>, path: String, like: String) -> Self {
        Self { map, path, like, read: BTreeSet::new() }
    }

    fn below(&self, key: &str) -> (String, String) {
        let join = |before: &str| {
            if before.is_empty() { key.to_owned() } else { format!("{before}.{key}") }
        };
        (join(&self.path), join(&self.like))
    }

    fn value(&mut self, key: &str) -> Option<&'v Value> {
        let (key, value) = self.map.get_key_value(key)?;
        self.read.insert(key);
        (!value.is_null()).then_some(value)
    }

    /// Adds a fault of a key.
    pub(super) fn fault(&self, notes: &mut Notes, code: Code, key: &str, cause: impl Into<String>) {
        let (path, like) = self.below(key);
        notes.fault(code, &path, &like, cause);
    }

    /// Adds the fault of a place that the programme has not: mappings of packages have no rules for names.
    pub(super) fn unknown_place(&self, notes: &mut Notes, key: &str, cause: impl Into<String>) {
        let (path, like) = self.below(key);
        let problem = Problem::new(Code::UnknownPlace, cause);
        let remedy = "Add the place to places.csv, or correct its id.";
        notes.place(problem.with_remedy(remedy), &path, &like);
    }

    fn wrong(&self, notes: &mut Notes, key: &str, value: &Value, wanted: &str) {
        self.fault(notes, Code::PackageField, key, format!("{} is not {wanted}", shown(value)));
    }

    /// Marks a key as read: what it says is told by others.
    pub(super) fn known(&mut self, key: &str) {
        self.value(key);
    }

    /// Returns a text without blanks around; empty where there is none.
    pub(super) fn text(&mut self, key: &str, notes: &mut Notes) -> &'v str {
        match self.value(key) {
            None => "",
            Some(Value::String(text)) if !text.contains('\0') => text.trim(),
            Some(Value::String(_)) => {
                self.fault(notes, Code::PackageField, key, "the text holds a zero byte");
                ""
            }
            Some(value) => {
                self.wrong(notes, key, value, "a text");
                ""
            }
        }
    }

    /// Returns an identifier: a text, or a whole number; empty where there is none.
    pub(super) fn id(&mut self, notes: &mut Notes) -> String {
        match self.map.get("id") {
            Some(Value::Number(number)) if !number.is_f64() => {
                self.known("id");
                number.to_string()
            }
            _ => self.text("id", notes).to_owned(),
        }
    }

    /// Returns the day of a date, or of a date with a time, as it is written.
    pub(super) fn day(&mut self, key: &str, notes: &mut Notes) -> Option<Date> {
        let text = self.text(key, notes);
        if text.is_empty() {
            return None;
        }
        let day = day_of(text);
        if day.is_none() {
            let cause = format!("`{}` is not a date such as 2024-12-20T00:00:00Z", cut(text));
            self.fault(notes, Code::PackageField, key, cause);
        }
        day
    }

    /// Returns a number, written as one or as a text.
    pub(super) fn number(&mut self, key: &str, notes: &mut Notes) -> Option<Decimal> {
        let value = self.value(key)?;
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let number = text.parse().ok();
        if number.is_none() {
            self.wrong(notes, key, value, "a plain number");
        }
        number
    }

    /// Returns the object of a key.
    pub(super) fn object(&mut self, key: &str, notes: &mut Notes) -> Option<Self> {
        match self.value(key)? {
            Value::Object(map) => {
                let (path, like) = self.below(key);
                Some(Self::of(map, path, like))
            }
            value => {
                self.wrong(notes, key, value, "an object");
                None
            }
        }
    }

    /// Returns the objects of a list.
    pub(super) fn objects(&mut self, key: &str, notes: &mut Notes) -> Vec<Self> {
        let values = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(value) => {
                self.wrong(notes, key, value, "a list");
                return Vec::new();
            }
        };
        let (path, like) = self.below(key);
        let mut objects = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let like = format!("{like}[]");
            match value {
                Value::Object(map) => objects.push(Self::of(map, path, like)),
                _ => notes.fault(
                    Code::PackageField,
                    &path,
                    &like,
                    format!("{} is not an object", shown(value)),
                ),
            }
        }
        objects
    }

    /// Returns what stands under a key, whatever it is.
    pub(super) fn any(&mut self, key: &str) -> Option<&'v Value> {
        self.value(key)
    }

    /// Returns the keys that nobody read.
    pub(super) fn others(&self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.map.iter().filter(|(key, _)| !self.read.contains(key.as_str()))
    }

    /// Counts what nobody read.
    pub(super) fn finish(self, notes: &mut Notes) {
        for (key, value) in self.others() {
            let count = match value {
                Value::Null => 0,
                Value::String(text) => u64::from(!text.is_empty()),
                Value::Array(values) => values.len() as u64,
                Value::Object(map) => u64::from(!map.is_empty()),
                _ => 1,
            };
            if count > 0 {
                notes.leave(self.below(key).1, count);
            }
        }
    }
}

/// Returns the day of a date, or of a date with a time and perhaps a zone.
pub(super) fn day_of(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let day: Date = day.parse().ok()?;
    let local = rest.split(['Z', 'z', '+']).next().unwrap_or_default();
    let local = local.rsplit_once('-').map_or(local, |(time, _)| time);
    let timed = || format!("{day}{local}").parse::<DateTime>().is_ok();
    (rest.is_empty() || (rest.starts_with(['T', 't', ' ']) && timed())).then_some(day)
}

/// Returns a value as it is written, cut where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => format!("`{}`", cut(&value.to_string())),
    }
}

/// Returns the beginning of a text.
pub(super) fn cut(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_and_without_a_time() {
        let day = jiff::civil::date(2024, 12, 20);
        for text in [
            "2024-12-20",
            "2024-12-20T00:00:00Z",
            "2024-12-20T23:59:59.5+09:00",
            "2024-12-20T23:59:59-05:00",
            "2024-12-20 08:00:00",
        ] {
            assert_eq!(day_of(text), Some(day), "{text}");
        }
        for text in
            ["", "2024-12", "2024-13-01", "2024-12-20x", "2024-12-20Tnoon", "20 December 24"]
        {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
