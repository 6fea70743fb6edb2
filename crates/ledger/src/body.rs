//! What the chain hashes: the entry without its texts, and a salted hash of each text.
//!
//! A text can be erased and the chain still holds, because the chain never held the text. The salt keeps a short text
//! from being guessed from its hash; it is erased with it.

use std::collections::BTreeMap;

use groundwork_model::evidence::{
    Draft, Entry, Grade, Medium, Origin, Predicate, Published, Quantity, Quote, Relation, Subject,
    TextField, Texts, Voice, When,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{LedgerError, Result};
use crate::hash::{Hash, bytes_of, hash_of, hex, unhex};

/// Stands before everything that is hashed for the chain, so that no other hash is mistaken for one of it.
const CHAIN: &[u8] = b"groundwork entry 1\0";
/// Stands before everything that is hashed for a text.
const TEXT: &[u8] = b"groundwork text 1\0";

/// Is the part of an entry that never changes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Body {
    ledger: String,
    pub(crate) number: u64,
    pub(crate) recorded_at: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    pub(crate) subject: Subject,
    pub(crate) predicate: Predicate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Quantity>,
    pub(crate) valid: When,
    pub(crate) published: Published,
    pub(crate) voice: Voice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grade: Option<Grade>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) relations: Vec<Relation>,
    medium: Medium,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retrieved: Option<Date>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    language: String,
    /// Texts of the entry to which it relates that it erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) redacted: Vec<TextField>,
    /// Where it was recorded first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<Origin>,
    /// Salted hash of each text that is there, in hexadecimal digits.
    texts: BTreeMap<TextField, String>,
}

/// Is a text with its salt, as stored beside the body: `[salt, text]`.
type Salted = (String, String);

/// Holds the texts of an entry as stored; those that were erased are missing.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SaltedTexts(BTreeMap<TextField, Salted>);

/// Returns what is stored for a draft: the body and the texts with their salts.
pub(crate) fn seal(
    draft: &Draft,
    ledger: &str,
    number: u64,
    recorded_at: i64,
    salt: &mut dyn FnMut() -> [u8; 16],
) -> Result<(Body, SaltedTexts)> {
    let mut texts = BTreeMap::new();
    let mut hashes = BTreeMap::new();
    for field in TextField::ALL {
        let Some(text) = text_of(&draft.texts, field)? else { continue };
        let salt = salt();
        hashes.insert(field, hex(&hash_of_text(field, &salt, &text)));
        texts.insert(field, (hex(&salt), text));
    }
    let body = Body {
        ledger: ledger.to_owned(),
        number,
        recorded_at,
        key: draft.key.clone(),
        subject: draft.subject.clone(),
        predicate: draft.predicate.clone(),
        value: draft.value.clone(),
        valid: draft.valid.clone(),
        published: draft.published.clone(),
        voice: draft.voice,
        grade: draft.grade,
        relations: draft.relations.clone(),
        medium: draft.medium,
        document: draft.document.clone(),
        retrieved: draft.retrieved,
        language: draft.language.clone(),
        redacted: Vec::new(),
        origin: None,
        texts: hashes,
    };
    Ok((body, SaltedTexts(texts)))
}

/// Returns the hash of an entry: of the one before it and of its body's bytes.
pub(crate) fn chained(previous: &Hash, body: &str) -> Hash {
    hash_of(&[CHAIN, previous, body.as_bytes()])
}

fn hash_of_text(field: TextField, salt: &[u8; 16], text: &str) -> Hash {
    hash_of(&[TEXT, field.name().as_bytes(), b"\0", salt, text.as_bytes()])
}

/// Returns a field as one text; none where there is nothing in it.
fn text_of(texts: &Texts, field: TextField) -> Result<Option<String>> {
    let plain = |text: &String| (!text.is_empty()).then(|| text.clone());
    Ok(match field {
        TextField::RecordedBy => plain(&texts.recorded_by),
        TextField::Source => plain(&texts.source),
        TextField::Url => plain(&texts.url),
        TextField::Title => plain(&texts.title),
        TextField::Named => plain(&texts.named),
        TextField::Note => plain(&texts.note),
        TextField::Attribution if texts.attribution.is_empty() => None,
        TextField::Attribution => Some(json(&texts.attribution)?),
        TextField::Quote => texts.quote.as_ref().map(json).transpose()?,
    })
}

/// Returns a value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|cause| LedgerError::Store(format!("an entry cannot be written as JSON: {cause}")))
}

impl Body {
    /// Reads a body as stored; none where it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Returns the identifier of the ledger that made it.
    pub(crate) fn ledger(&self) -> &str {
        &self.ledger
    }

    /// Returns the key of the draft; none where it had none.
    pub(crate) fn key(&self) -> Option<&str> {
        (!self.key.is_empty()).then_some(self.key.as_str())
    }

    /// Becomes the body of a copy in another ledger, which says where it was recorded first; with a key of its own
    /// where one is given.
    pub(crate) fn moved(
        self,
        ledger: &str,
        number: u64,
        recorded_at: i64,
        relations: Vec<Relation>,
        hash: &Hash,
        key: Option<String>,
    ) -> Self {
        let first = Origin {
            ledger: self.ledger,
            number: self.number,
            recorded_at: self.recorded_at,
            hash: hex(hash),
            key: String::new(),
        };
        let mut origin = self.origin.unwrap_or(first);
        let key = match key {
            Some(other) => {
                if origin.key.is_empty() {
                    origin.key = self.key;
                }
                other
            }
            None => self.key,
        };
        Self {
            ledger: ledger.to_owned(),
            number,
            recorded_at,
            key,
            relations,
            origin: Some(origin),
            ..self
        }
    }

    /// Returns the hash of the entry where it was recorded first, `own` being that of this entry here.
    pub(crate) fn first_hash(&self, own: &Hash) -> Hash {
        self.origin.as_ref().and_then(|origin| unhex(&origin.hash)).unwrap_or(*own)
    }

    /// Returns the texts that the chain vouches for and that are not those stored, or are missing.
    pub(crate) fn texts_amiss(&self, stored: &SaltedTexts) -> (Vec<TextField>, Vec<TextField>) {
        let (mut changed, mut missing) = (Vec::new(), Vec::new());
        for field in TextField::ALL {
            match (self.texts.get(&field), stored.0.get(&field)) {
                (None, None) => {}
                (Some(_), None) => missing.push(field),
                (None, Some(_)) => changed.push(field),
                (Some(hash), Some((salt, text))) => {
                    let mut bytes = [0; 16];
                    let read = bytes_of(salt, &mut bytes);
                    if !read || hex(&hash_of_text(field, &bytes, text)) != *hash {
                        changed.push(field);
                    }
                }
            }
        }
        (changed, missing)
    }

    /// Returns the entry, with the texts that are stored.
    pub(crate) fn into_entry(self, texts: &SaltedTexts, previous: &Hash, hash: &Hash) -> Entry {
        let erased =
            self.texts.keys().filter(|field| !texts.0.contains_key(field)).copied().collect();
        Entry {
            number: self.number,
            recorded_at: self.recorded_at,
            erased,
            redacted: self.redacted,
            origin: self.origin,
            previous: hex(previous),
            hash: hex(hash),
            draft: Draft {
                key: self.key,
                subject: self.subject,
                predicate: self.predicate,
                value: self.value,
                valid: self.valid,
                published: self.published,
                voice: self.voice,
                grade: self.grade,
                relations: self.relations,
                related_keys: Vec::new(),
                medium: self.medium,
                document: self.document,
                retrieved: self.retrieved,
                language: self.language,
                texts: texts.plain(),
            },
        }
    }
}

impl SaltedTexts {
    /// Reads texts as stored; none where they are none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Takes a text and its salt away; false where it is not there.
    pub(crate) fn erase(&mut self, field: TextField) -> bool {
        self.0.remove(&field).is_some()
    }

    /// Returns the source, where it is there.
    pub(crate) fn source(&self) -> Option<&str> {
        self.0.get(&TextField::Source).map(|(_, text)| text.as_str())
    }

    /// Returns the chain of attribution as it is stored; none where there is none.
    pub(crate) fn chain(&self) -> Option<&str> {
        self.0.get(&TextField::Attribution).map(|(_, text)| text.as_str())
    }

    fn plain(&self) -> Texts {
        let text = |field| self.0.get(&field).map(|(_, text)| text.clone()).unwrap_or_default();
        let attribution = serde_json::from_str(&text(TextField::Attribution)).unwrap_or_default();
        let quote: Option<Quote> = serde_json::from_str(&text(TextField::Quote)).ok();
        Texts {
            recorded_by: text(TextField::RecordedBy),
            source: text(TextField::Source),
            attribution,
            url: text(TextField::Url),
            title: text(TextField::Title),
            quote,
            named: text(TextField::Named),
            note: text(TextField::Note),
        }
    }
}
