//! Looks through a ledger for anything that is not as it was appended.

use std::collections::BTreeMap;

use groundwork_model::Code;
use groundwork_model::evidence::{RelationKind, Root, Subject};

use crate::body::{Body, SaltedTexts, chained};
use crate::error::Result;
use crate::fact::{Fact, name_of_chain};
use crate::hash::{Hash, ZERO, hash_of, hex, unhex};
use crate::ledger::Ledger;
use crate::sound::root_at;
use crate::store::{Reader, Row, Store};

/// How many findings are kept; the others are counted.
const MOST_FINDINGS: usize = 1000;

/// Is one thing that is not as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code.
    pub code: Code,
    /// The entry; 0 where it is none.
    pub entry: u64,
    /// What is wrong.
    pub cause: String,
}

/// Is what a look through the ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Head of the ledger that was looked through.
    pub root: Root,
    /// What was found, in the order of entries.
    pub findings: Vec<Finding>,
    /// How many more were found than are kept.
    pub more: u64,
}

impl<S: Store> Ledger<S> {
    /// Looks through all entries, texts, documents and the index, and compares with published roots. What cannot be
    /// read is a finding like any other.
    ///
    /// The cost grows with the bytes of the ledger; what is kept in memory grows with subjects, sources, erased texts and
    /// findings.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read at all.
    pub fn verify(&mut self, published: &[Root]) -> Result<Verification> {
        let mut found = None;
        self.store().read(&mut |reader| {
            let mut look = Look::new(reader, published);
            let rows = reader.rows(1, &mut |row| {
                look.entry(&row);
                Ok(())
            });
            if let Err(error) = rows {
                let cause = format!("entry {} cannot be read: {error}", look.expected);
                look.find(Code::LedgerUnusable, look.expected, cause);
            }
            look.finish(reader);
            let head = reader.head().unwrap_or_default();
            let root = root_at(look.ledger, head);
            found = Some(Verification { root, findings: look.findings, more: look.more });
            Ok(())
        })?;
        found.ok_or_else(|| crate::LedgerError::Store("the ledger cannot be read".to_owned()))
    }
}

/// Is the state of a look through a ledger.
struct Look<'a> {
    ledger: String,
    published: &'a [Root],
    subjects: Vec<Subject>,
    sources: Vec<String>,
    expected: u64,
    recorded_at: i64,
    previous: Hash,
    /// Entries of which texts are missing, until an entry that erases them comes.
    missing: BTreeMap<u64, String>,
    findings: Vec<Finding>,
    more: u64,
}

impl<'a> Look<'a> {
    fn new(reader: &mut dyn Reader, published: &'a [Root]) -> Self {
        let mut look = Self {
            ledger: String::new(),
            published,
            subjects: Vec::new(),
            sources: Vec::new(),
            expected: 1,
            recorded_at: i64::MIN,
            previous: ZERO,
            missing: BTreeMap::new(),
            findings: Vec::new(),
            more: 0,
        };
        match reader.integrity() {
            Ok(causes) => {
                for cause in causes {
                    look.find(Code::LedgerUnusable, 0, cause);
                }
            }
            Err(error) => look.find(Code::LedgerUnusable, 0, error.to_string()),
        }
        look.ledger = look.read(reader.identity());
        look.subjects = look.read(reader.subjects());
        look.sources = look.read(reader.sources());
        look
    }

    /// Returns what was read; what could not be is a finding.
    fn read<T: Default>(&mut self, read: Result<T>) -> T {
        read.unwrap_or_else(|error| {
            self.find(Code::LedgerUnusable, 0, error.to_string());
            T::default()
        })
    }

    fn find(&mut self, code: Code, entry: u64, cause: impl Into<String>) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { code, entry, cause: cause.into() });
        } else {
            self.more += 1;
        }
    }

    fn entry(&mut self, row: &Row) {
        let number = row.number;
        if number != self.expected {
            let cause =
                format!("entry {} is missing: entry {number} comes in its place", self.expected);
            self.find(Code::EntryMissing, number, cause);
        }
        self.expected = number.saturating_add(1);
        if chained(&self.previous, &row.body) != row.hash {
            self.find(
                Code::ChainBroken,
                number,
                format!("the hash of entry {number} is not that of its content"),
            );
        }
        self.previous = row.hash;
        self.compare_roots(row);
        let Some(body) = Body::read(&row.body) else {
            self.find(Code::ChainBroken, number, format!("entry {number} cannot be read"));
            return;
        };
        self.content(row, &body);
        self.texts_and_fact(row, &body);
    }

    fn compare_roots(&mut self, row: &Row) {
        for root in self.published {
            if root.entries == row.number && unhex(&root.hash) != Some(row.hash) {
                let cause = format!(
                    "entry {} has the hash {}; the published root says {}",
                    row.number,
                    hex(&row.hash),
                    root.hash
                );
                self.find(Code::Forked, row.number, cause);
            }
        }
    }

    fn content(&mut self, row: &Row, body: &Body) {
        let number = row.number;
        if body.number != number
            || body.recorded_at != row.recorded_at
            || body.key() != row.key.as_deref()
            || body.ledger() != self.ledger
        {
            let cause = format!(
                "entry {number} says that it is entry {} of ledger {}",
                body.number,
                body.ledger()
            );
            self.find(Code::ChainBroken, number, cause);
        }
        if body.recorded_at <= self.recorded_at {
            let cause = format!("entry {number} was not recorded after the one before it");
            self.find(Code::EntryMissing, number, cause);
        }
        self.recorded_at = body.recorded_at;
        for relation in &body.relations {
            if relation.how == RelationKind::Redacts {
                self.missing.remove(&relation.entry);
            }
        }
    }

    fn texts_and_fact(&mut self, row: &Row, body: &Body) {
        let number = row.number;
        let texts = SaltedTexts::read(&row.texts);
        if texts.is_none() {
            self.find(
                Code::TextChanged,
                number,
                format!("the texts of entry {number} cannot be read"),
            );
        }
        let texts = texts.unwrap_or_default();
        let (changed, missing) = body.texts_amiss(&texts);
        for field in changed {
            let cause = format!(
                "the text `{}` of entry {number} is not the one that was recorded",
                field.name()
            );
            self.find(Code::TextChanged, number, cause);
        }
        if let Some(field) = missing.first() {
            self.missing.insert(number, field.name().to_owned());
        }
        let said = Fact::from_bytes(&row.fact).is_some_and(|fact| {
            let subject =
                (fact.subject as usize).checked_sub(1).and_then(|at| self.subjects.get(at));
            let source = (fact.source as usize).checked_sub(1).and_then(|at| self.sources.get(at));
            let chain = (fact.chain as usize).checked_sub(1).and_then(|at| self.sources.get(at));
            let [source, chain] = [source, chain].map(|name| name.map(String::as_str));
            let numbered = [(source, fact.source), (chain, fact.chain)]
                .map(|(name, number)| name.map(|name| (number, name)));
            subject == Some(&body.subject)
                && source == texts.source()
                && chain == texts.chain().map(name_of_chain).as_deref()
                && Fact::of(body, fact.subject, numbered[0], numbered[1]) == fact
                && row.bears == fact.bears_on_others()
        });
        if !said {
            self.find(
                Code::IndexChanged,
                number,
                format!("the index does not say what entry {number} says"),
            );
        }
    }

    fn finish(&mut self, reader: &mut dyn Reader) {
        for (number, field) in std::mem::take(&mut self.missing) {
            let cause =
                format!("the text `{field}` of entry {number} is missing, and no entry erases it");
            self.find(Code::TextChanged, number, cause);
        }
        let entries = self.expected - 1;
        self.index(reader, entries);
        for root in self.published {
            if root.ledger != self.ledger {
                let cause =
                    format!("the root is of ledger {}; this is {}", root.ledger, self.ledger);
                self.find(Code::RootOfAnotherLedger, 0, cause);
            } else if root.entries > entries {
                let cause =
                    format!("the published root has {} entries; here are {entries}", root.entries);
                self.find(Code::TailCut, entries, cause);
            }
        }
        let mut changed = Vec::new();
        let read = reader.documents(&mut |document| {
            if document.bytes.is_some_and(|bytes| hash_of(&[&bytes]) != document.hash) {
                changed.push(hex(&document.hash));
            }
            Ok(())
        });
        self.read(read);
        for hash in changed {
            self.find(Code::DocumentChanged, 0, format!("the document {hash} is another one"));
        }
    }

    /// Compares the index with the number of entries; what it says of each was compared with the entry.
    fn index(&mut self, reader: &mut dyn Reader, entries: u64) {
        for bearing in [false, true] {
            let (mut last, mut amiss) = (0, None);
            let read = reader.facts(bearing, &mut |number, bytes| {
                let bears = Fact::from_bytes(bytes).is_some_and(|fact| fact.bears_on_others());
                let wrong = number <= last
                    || number > entries
                    || if bearing { !bears } else { number != last + 1 };
                amiss = amiss.or(wrong.then_some(number));
                last = number;
                Ok(())
            });
            self.read(read);
            if let Some(number) = amiss {
                let cause = format!(
                    "the index speaks of entry {number}, out of order or where there is none"
                );
                self.find(Code::IndexChanged, number, cause);
            }
        }
    }
}
