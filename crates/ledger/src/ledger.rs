//! The ledger: appends, erases, and hands out entries. What a store keeps means what this module says.

use groundwork_model::evidence::{
    Draft, Entry, Origins, Predicate, Relation, RelationKind, Root, Scope, TextField, Texts,
};

use crate::body::{Body, SaltedTexts, chained, json, seal};
use crate::error::{LedgerError, Result};
use crate::fact::{Fact, name_of_chain};
use crate::hash::{ZERO, hash_of, unhex};
use crate::sound::{entry_of, read_row, read_sound, sound_entry, sound_head, sound_root};
use crate::store::{Head, Reader, Row, Store, StoredDocument, Writer};

/// How far the clock may stand before the last entry without being refused, in microseconds: several processes on one
/// machine read it in another order than they write, and a batch gives its entries times of their own.
const TOLERANCE: i64 = 5_000_000;

/// Gives the ledger what it has none of by itself: the time and chance.
pub trait Moment {
    /// Returns the time: microseconds since the first of January 1970 (UTC).
    fn now(&mut self) -> i64;
    /// Returns bytes that nobody can guess.
    fn salt(&mut self) -> [u8; 16];
}

/// Says what became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of the entry.
    pub number: u64,
    /// Whether it is new; a draft whose key is known already adds nothing.
    pub added: bool,
}

/// Is an append-only ledger over a store.
#[derive(Debug)]
pub struct Ledger<S> {
    store: S,
    /// The last entry that this ledger itself appended, with the ledger's identifier: it is known to be sound.
    appended: Option<(String, Head)>,
    /// Whom sources carry, as far as the caller knows.
    pub(crate) origins: Origins,
}

impl<S: Store> Ledger<S> {
    /// Returns the ledger that a store keeps.
    pub fn new(store: S) -> Self {
        Self { store, appended: None, origins: Origins::default() }
    }

    /// Says whom sources carry and who stands behind them, so that snapshots count copies as what they are. Where nothing
    /// is said, each source is an origin of its own, and so is who speaks first in a chain of attribution.
    pub fn know_origins(&mut self, origins: Origins) {
        self.origins = origins;
    }

    /// Returns the store.
    pub const fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// Appends drafts, all of them or none, and says what became of each. Once this returns they survive a crash of
    /// the process and of the machine.
    ///
    /// # Errors
    ///
    /// Where a draft relates to no earlier entry, has the key of an entry that says something else, is not whole, or
    /// rests on a document that is not stored; where the clock was set back; where the store fails.
    pub fn append(&mut self, drafts: &[Draft], moment: &mut dyn Moment) -> Result<Vec<Receipt>> {
        self.append_with(drafts, &[], moment)
    }

    /// Appends drafts together with the documents that they rest on, in one transaction.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    pub fn append_with(
        &mut self,
        drafts: &[Draft],
        documents: &[StoredDocument],
        moment: &mut dyn Moment,
    ) -> Result<Vec<Receipt>> {
        let mut receipts = Vec::new();
        let (before, mut after) = (self.appended.take(), None);
        self.store.write(&mut |writer| {
            receipts = Vec::with_capacity(drafts.len());
            documents.iter().try_for_each(|document| writer.put_document(document))?;
            let mut chain = Chain::at_head(writer, moment, before.as_ref())?;
            foresee(writer, drafts)?;
            for (at, draft) in drafts.iter().enumerate() {
                receipts.push(chain.add(writer, draft, at + 1, moment)?);
            }
            after = Some((chain.ledger, chain.head));
            Ok(())
        })?;
        self.appended = after;
        Ok(receipts)
    }

    /// Erases texts of an entry, and records that it was done, by which role and why. What the entry says still counts.
    ///
    /// # Errors
    ///
    /// Where there is no such entry, the clock was set back, or the store fails.
    pub fn erase(
        &mut self,
        number: u64,
        fields: &[TextField],
        erasing: Erasing<'_>,
        moment: &mut dyn Moment,
    ) -> Result<Receipt> {
        let mut receipt = Receipt { number: 0, added: false };
        self.store.write(&mut |writer| {
            let row = writer.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
            let (body, mut texts) = read_row(&row)?;
            for field in fields {
                texts.erase(*field);
            }
            let named = [TextField::Source, TextField::Attribution];
            let name_goes = named.iter().any(|field| fields.contains(field));
            let fact = fact_of(writer, &body, &texts)?;
            writer.erase(number, &json(&texts)?, &fact.to_bytes())?;
            if name_goes {
                // The index names sources and chains of attribution as well.
                index_anew(writer)?;
            }
            let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
            let draft = Draft {
                key: String::new(),
                predicate: Predicate::Note,
                value: None,
                relations: vec![Relation { how: RelationKind::Redacts, entry: number }],
                document: String::new(),
                texts: Texts {
                    recorded_by: erasing.by.to_owned(),
                    note: format!("erased {}: {}", names.join(", "), erasing.reason),
                    ..Texts::default()
                },
                ..body.into_entry(&texts, &ZERO, &ZERO).draft
            };
            let mut chain = Chain::at_head(writer, moment, None)?;
            receipt = chain.add_erasing(writer, &draft, 1, fields, moment)?;
            Ok(())
        })?;
        Ok(receipt)
    }

    /// Returns the head, to be published.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn root(&mut self) -> Result<Root> {
        let mut root = None;
        self.store.read(&mut |reader| {
            root = Some(sound_root(reader)?);
            Ok(())
        })?;
        root.ok_or_else(|| LedgerError::Store("the ledger cannot be read".to_owned()))
    }

    /// Returns an entry.
    ///
    /// # Errors
    ///
    /// Where there is no such number, or the store fails.
    pub fn entry(&mut self, number: u64) -> Result<Entry> {
        let mut found = None;
        self.store.read(&mut |reader| {
            let row = reader.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
            let before = if number > 1 { reader.row(number - 1)? } else { None };
            found = Some(sound_entry(&row, &before.map_or(ZERO, |row| row.hash))?);
            Ok(())
        })?;
        found.ok_or(LedgerError::NoSuchEntry(number))
    }

    /// Hands out all entries from a number on, in order, of one state of the ledger.
    ///
    /// # Errors
    ///
    /// Where the store fails, or what `each` returns.
    pub fn entries(&mut self, from: u64, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        self.store.read(&mut |reader| {
            let before = if from > 1 { reader.row(from - 1)? } else { None };
            let mut previous = before.map_or(ZERO, |row| row.hash);
            reader.rows(from, &mut |row| {
                let entry = sound_entry(&row, &previous)?;
                previous = row.hash;
                each(entry)
            })
        })
    }

    /// Makes the index (facts, subjects, sources) anew from the entries.
    ///
    /// # Errors
    ///
    /// Where an entry is damaged, because an index made of it would give other figures without a word; where the file
    /// itself is damaged, because entries may be missing from it; where the store fails.
    pub fn reindex(&mut self) -> Result<()> {
        self.store.write(&mut |writer| {
            if let Some(cause) = writer.integrity()?.first() {
                return Err(LedgerError::Store(format!(
                    "the file is damaged, and the index is left as it is: restore a backup ({cause})"
                )));
            }
            index_anew(writer)
        })
    }
}

pub(crate) fn index_anew(writer: &mut dyn Writer) -> Result<()> {
    writer.clear_index()?;
    let head = writer.head()?.map_or(0, |head| head.number);
    let mut previous = ZERO;
    for number in 1..=head {
        let row = writer.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
        let (body, texts) = read_sound(&row, &previous)?;
        previous = row.hash;
        let fact = fact_of(writer, &body, &texts)?;
        writer.put_fact(number, &fact.to_bytes(), fact.bears_on_others())?;
    }
    Ok(())
}

/// Says who erases texts, and why.
#[derive(Clone, Copy, Debug)]
pub struct Erasing<'a> {
    /// The role.
    pub by: &'a str,
    /// The reason.
    pub reason: &'a str,
}

/// Is the end of the chain, to which entries are added inside one transaction.
pub(crate) struct Chain {
    ledger: String,
    head: Head,
}

impl Chain {
    /// Begins at the last entry; where it is not the one that is known to be sound, it is checked.
    pub(crate) fn at_head(
        writer: &mut dyn Writer,
        moment: &mut dyn Moment,
        sound: Option<&(String, Head)>,
    ) -> Result<Self> {
        let known = match sound {
            Some((ledger, head)) if writer.head()? == Some(*head) => Some((ledger.clone(), *head)),
            _ => None,
        };
        let (ledger, head) = if let Some(known) = known {
            known
        } else {
            let ledger = writer.identity()?;
            let head = sound_head(writer, &ledger)?;
            (ledger, head.unwrap_or(Head { number: 0, recorded_at: 0, hash: ZERO }))
        };
        let now = moment.now();
        if now.saturating_add(TOLERANCE) < head.recorded_at {
            return Err(LedgerError::ClockSetBack { last: head.recorded_at, now });
        }
        Ok(Self { ledger, head })
    }

    /// Returns the number of the last entry.
    pub(crate) const fn last(&self) -> u64 {
        self.head.number
    }

    /// Adds a draft, `at` being its position in the batch.
    pub(crate) fn add(
        &mut self,
        writer: &mut dyn Writer,
        draft: &Draft,
        at: usize,
        moment: &mut dyn Moment,
    ) -> Result<Receipt> {
        self.add_erasing(writer, draft, at, &[], moment)
    }

    /// The same of a draft that erases texts of the entry to which it relates.
    fn add_erasing(
        &mut self,
        writer: &mut dyn Writer,
        draft: &Draft,
        at: usize,
        redacted: &[TextField],
        moment: &mut dyn Moment,
    ) -> Result<Receipt> {
        let resolved;
        let draft = if draft.related_keys.is_empty() {
            draft
        } else {
            resolved = resolve(writer, draft, at)?;
            &resolved
        };
        self.check(writer, draft, at)?;
        if let Some(known) = known(writer, draft, at)? {
            return Ok(Receipt { number: known, added: false });
        }
        let (number, recorded_at) = self.next(moment)?;
        let (mut body, texts) =
            seal(draft, &self.ledger, number, recorded_at, &mut || moment.salt())?;
        body.redacted = redacted.to_vec();
        self.put(writer, &body, &texts)?;
        Ok(Receipt { number, added: true })
    }

    /// Returns number and time of the next entry.
    pub(crate) fn next(&self, moment: &mut dyn Moment) -> Result<(u64, i64)> {
        let last = self.head.recorded_at;
        let recorded_at = moment.now().max(last.saturating_add(1));
        if recorded_at == last {
            return Err(LedgerError::ClockSetBack { last, now: last });
        }
        Ok((self.head.number.saturating_add(1), recorded_at))
    }

    /// Returns the identifier of the ledger.
    pub(crate) fn ledger(&self) -> &str {
        &self.ledger
    }

    /// Puts an entry behind the last one, of which it has the next number and a later time.
    pub(crate) fn put(
        &mut self,
        writer: &mut dyn Writer,
        body: &Body,
        texts: &SaltedTexts,
    ) -> Result<()> {
        let fact = fact_of(writer, body, texts)?;
        let written = json(body)?;
        let row = Row {
            number: body.number,
            recorded_at: body.recorded_at,
            key: body.key().map(str::to_owned),
            hash: chained(&self.head.hash, &written),
            body: written,
            texts: json(texts)?,
            fact: fact.to_bytes(),
            bears: fact.bears_on_others(),
        };
        writer.insert(&row)?;
        self.head = Head { number: row.number, recorded_at: row.recorded_at, hash: row.hash };
        Ok(())
    }

    fn check(&self, writer: &mut dyn Writer, draft: &Draft, at: usize) -> Result<()> {
        let unsound =
            |cause: &str| LedgerError::DraftUnsound { draft: at, cause: cause.to_owned() };
        if draft.subject.id.is_empty() && draft.subject.scope != Scope::Programme {
            return Err(unsound("its subject has no identifier"));
        }
        if draft.texts.recorded_by.is_empty() {
            return Err(unsound("nobody says who recorded it (a role, or `import`)"));
        }
        if draft.key.contains('\0') || draft.texts.source.contains('\0') {
            return Err(unsound("its key or its source holds a zero byte"));
        }
        if matches!(draft.predicate, Predicate::Count { .. } | Predicate::Target { .. }) {
            let number = draft.value.as_ref().and_then(|value| value.number);
            if number.is_some_and(|number| number.is_negative() || number.scale() > 0) {
                return Err(unsound(
                    "it counts, and its number is not a whole number of 0 or more",
                ));
            }
        }
        for relation in &draft.relations {
            if relation.entry == 0 || relation.entry > self.head.number {
                return Err(LedgerError::RelationToNothing { draft: at, entry: relation.entry });
            }
        }
        if draft.document.is_empty() {
            return Ok(());
        }
        let missing = || LedgerError::DocumentMissing { draft: at, hash: draft.document.clone() };
        let hash = unhex(&draft.document).ok_or_else(missing)?;
        let document = writer.document(&hash)?.ok_or_else(missing)?;
        let quote = draft.texts.quote.as_ref();
        let placed = quote.and_then(|quote| Some((quote.start?, quote.text.as_bytes())));
        if let (Some((start, text)), Some(bytes)) = (placed, &document.bytes) {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            if bytes.get(start..).is_none_or(|rest| !rest.starts_with(text)) {
                return Err(unsound("its quote does not stand in the document at that byte"));
            }
        }
        Ok(())
    }
}

/// Returns the entry that has the draft's key and says the same.
pub(crate) fn known(reader: &mut dyn Reader, draft: &Draft, at: usize) -> Result<Option<u64>> {
    if draft.key.is_empty() {
        return Ok(None);
    }
    let Some(number) = reader.number_of_key(&draft.key)? else { return Ok(None) };
    let row = reader.row(number)?.ok_or(LedgerError::NoSuchEntry(number))?;
    let kept = entry_of(&row, &ZERO)?;
    let mut brought = draft.clone();
    for field in &kept.erased {
        forget(&mut brought.texts, *field);
    }
    if kept.draft == brought {
        return Ok(Some(number));
    }
    Err(LedgerError::KeyOfAnotherEntry { draft: at, entry: number, key: draft.key.clone() })
}

/// Tells the store which keys are going to be asked for.
pub(crate) fn foresee(writer: &mut dyn Writer, drafts: &[Draft]) -> Result<()> {
    let keys = drafts.iter().map(|draft| draft.key.as_str());
    let keys: Vec<&str> = keys.filter(|key| !key.is_empty()).collect();
    if keys.len() > 1 { writer.foresee(&keys) } else { Ok(()) }
}

/// Returns the draft with numbers in place of the keys of those that it relates to.
pub(crate) fn resolve(reader: &mut dyn Reader, draft: &Draft, at: usize) -> Result<Draft> {
    let mut draft = draft.clone();
    for related in std::mem::take(&mut draft.related_keys) {
        let entry = reader.number_of_key(&related.key)?.ok_or_else(|| {
            let cause = format!("it relates to the key `{}`, which no entry has", related.key);
            LedgerError::DraftUnsound { draft: at, cause }
        })?;
        draft.relations.push(Relation { how: related.how, entry });
    }
    Ok(draft)
}

pub(crate) fn forget(texts: &mut Texts, field: TextField) {
    match field {
        TextField::RecordedBy => texts.recorded_by.clear(),
        TextField::Source => texts.source.clear(),
        TextField::Attribution => texts.attribution.clear(),
        TextField::Url => texts.url.clear(),
        TextField::Title => texts.title.clear(),
        TextField::Quote => texts.quote = None,
        TextField::Named => texts.named.clear(),
        TextField::Note => texts.note.clear(),
    }
}

pub(crate) fn fact_of(writer: &mut dyn Writer, body: &Body, texts: &SaltedTexts) -> Result<Fact> {
    let subject = writer.subject(&body.subject)?;
    let source = match texts.source() {
        Some(name) => Some((writer.source(name)?, name)),
        None => None,
    };
    let chain = texts.chain().map(name_of_chain);
    let chain = match &chain {
        Some(name) => Some((writer.source(name)?, name.as_str())),
        None => None,
    };
    Ok(Fact::of(body, subject, source, chain))
}

/// Puts the chains of attribution into an index that was made before it held any. What is damaged is left as it is: it
/// is found where it is looked for.
pub(crate) fn index_chains(writer: &mut dyn Writer) -> Result<()> {
    let mut chained = Vec::new();
    writer.rows(1, &mut |row| {
        if SaltedTexts::read(&row.texts).is_some_and(|texts| texts.chain().is_some()) {
            chained.push(row.number);
        }
        Ok(())
    })?;
    for number in chained {
        let Some(row) = writer.row(number)? else { continue };
        let (Ok((body, texts)), Some(old)) = (read_row(&row), Fact::from_bytes(&row.fact)) else {
            continue;
        };
        let new = fact_of(writer, &body, &texts)?;
        let mut before = new.clone();
        before.chain = 0;
        before.names = old.names;
        if before == old {
            writer.erase(number, &row.texts, &new.to_bytes())?;
        }
    }
    Ok(())
}

/// Returns a document to be stored, with its hash.
#[must_use]
pub fn document_of(media_type: &str, bytes: Vec<u8>) -> StoredDocument {
    let hash = hash_of(&[&bytes]);
    StoredDocument { hash, media_type: media_type.to_owned(), bytes: Some(bytes) }
}
