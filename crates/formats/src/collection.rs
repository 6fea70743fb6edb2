//! A large object with one long list: what stands beside the list first, then its elements one by one, so that the list
//! never lies in memory as a whole.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::package::PackageFormat;

/// Returns what a file is by the list that it holds.
pub(crate) fn kind_of(bytes: &[u8]) -> Option<PackageFormat> {
    let start = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return None;
    }
    let (mut projects, mut features, mut own) = (false, false, false);
    let mut json = serde_json::Deserializer::from_slice(start);
    let look = Look {
        list: "",
        beside: &mut |key, _| match key {
            "projects" => projects = true,
            "features" => features = true,
            "groundwork" => own = true,
            _ => {}
        },
        each: None,
    };
    // A fault further on is told by whoever reads it.
    let _ = json.deserialize_map(look);
    match (projects, features && own) {
        (true, _) => Some(PackageFormat::Oc4ids),
        (false, true) => Some(PackageFormat::Facilities),
        (false, false) => None,
    }
}

/// Returns what stands beside the list, and whether the list is there.
pub(crate) fn beside(bytes: &[u8], list: &str) -> serde_json::Result<(Map<String, Value>, bool)> {
    let mut found = Map::new();
    let mut there = false;
    let look = Look {
        list,
        beside: &mut |key, value| match value {
            Some(value) => drop(found.insert(key.to_owned(), value)),
            None => there |= key == list,
        },
        each: None,
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    json.deserialize_map(look)?;
    json.end()?;
    Ok((found, there))
}

/// Hands out the elements of the list.
pub(crate) fn each(
    bytes: &[u8],
    list: &str,
    each: &mut dyn FnMut(usize, &Value),
) -> serde_json::Result<()> {
    let look = Look { list, beside: &mut |_, _| {}, each: Some(each) };
    serde_json::Deserializer::from_slice(bytes).deserialize_map(look)
}

/// Takes an element of the list, with its place.
type Each<'l> = dyn FnMut(usize, &Value) + 'l;

/// Looks through an object. Where no list is named, no value is kept.
struct Look<'l> {
    list: &'l str,
    beside: &'l mut dyn FnMut(&str, Option<Value>),
    each: Option<&'l mut Each<'l>>,
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let keep = !self.list.is_empty() && key != self.list && self.each.is_none();
            if keep {
                let value = map.next_value::<Value>()?;
                (self.beside)(&key, Some(value));
            } else if let (true, Some(each)) = (key == self.list, &mut self.each) {
                map.next_value_seed(Elements(&mut **each))?;
            } else {
                (self.beside)(&key, None);
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Elements<'l, 'e>(&'l mut Each<'e>);

impl<'de> DeserializeSeed<'de> for Elements<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut at: usize = 0;
        while let Some(element) = list.next_element::<Value>()? {
            (self.0)(at, &element);
            at = at.checked_add(1).ok_or_else(|| A::Error::custom("the list is too long"))?;
        }
        Ok(())
    }
}
