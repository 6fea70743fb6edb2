//! A store that fails at its n-th call, for every n: the ledger is the old one or the new one, never half of it; and
//! backups that are made while others write.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{Ticking, facility, reached, says};
use crate::sample::{at, open, snapshot, varied};
use groundwork_ledger::{
    Act, Erasing, Hash, Head, Ledger, LedgerError, Look, MemoryStore, Reader, Result, Row,
    SqliteStore, Store, StoredDocument, Writer, copy_whole, document_of, hex,
};
use groundwork_model::evidence::{Draft, EvidenceRules, Root, Snapshot, Stage, Subject, TextField};

/// Fails at one of its calls.
struct Failing<S> {
    store: S,
    /// Calls until the failure; none where nothing is to fail.
    calls: Option<u64>,
    /// Whether the calls after the failure go on.
    once: bool,
}

/// Is what a failing store hands out: a reader or writer that fails.
struct Inside<'a, T: ?Sized> {
    inner: &'a mut T,
    calls: &'a mut Option<u64>,
    once: bool,
}

impl<T: ?Sized> Inside<'_, T> {
    fn call(&mut self) -> Result<&mut T> {
        if let Some(calls) = self.calls {
            let left = calls.checked_sub(1);
            *self.calls = left.or(Some(0).filter(|_| !self.once));
            left.ok_or_else(|| LedgerError::Store("injected".to_owned()))?;
        }
        Ok(self.inner)
    }
}

impl<S: Store> Store for Failing<S> {
    fn read(&mut self, look: &mut Look<'_>) -> Result<()> {
        let (calls, once) = (&mut self.calls, self.once);
        self.store.read(&mut |reader| look(&mut Inside { inner: reader, calls, once }))
    }

    fn write(&mut self, act: &mut Act<'_>) -> Result<()> {
        let (calls, once) = (&mut self.calls, self.once);
        self.store.write(&mut |writer| {
            let mut inside = Inside { inner: writer, calls, once };
            act(&mut inside)?;
            // The last call is that which keeps it all.
            inside.call().map(|_| ())
        })
    }
}

macro_rules! reader {
    ($inner:ty) => {
        impl Reader for Inside<'_, $inner> {
            fn identity(&mut self) -> Result<String> {
                self.call()?.identity()
            }
            fn head(&mut self) -> Result<Option<Head>> {
                self.call()?.head()
            }
            fn row(&mut self, number: u64) -> Result<Option<Row>> {
                self.call()?.row(number)
            }
            fn rows(&mut self, from: u64, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
                self.call()?.rows(from, each)
            }
            fn facts(
                &mut self,
                bearing: bool,
                each: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
            ) -> Result<()> {
                self.call()?.facts(bearing, each)
            }
            fn fact(&mut self, number: u64) -> Result<Option<Vec<u8>>> {
                self.call()?.fact(number)
            }
            fn subjects(&mut self) -> Result<Vec<Subject>> {
                self.call()?.subjects()
            }
            fn sources(&mut self) -> Result<Vec<String>> {
                self.call()?.sources()
            }
            fn number_of_key(&mut self, key: &str) -> Result<Option<u64>> {
                self.call()?.number_of_key(key)
            }
            fn document(&mut self, hash: &Hash) -> Result<Option<StoredDocument>> {
                self.call()?.document(hash)
            }
            fn documents(
                &mut self,
                each: &mut dyn FnMut(StoredDocument) -> Result<()>,
            ) -> Result<()> {
                self.call()?.documents(each)
            }
            fn integrity(&mut self) -> Result<Vec<String>> {
                self.call()?.integrity()
            }
        }
    };
}

reader!(dyn Reader + '_);
reader!(dyn Writer + '_);

impl Writer for Inside<'_, dyn Writer + '_> {
    fn subject(&mut self, subject: &Subject) -> Result<u32> {
        self.call()?.subject(subject)
    }
    fn source(&mut self, source: &str) -> Result<u32> {
        self.call()?.source(source)
    }
    fn insert(&mut self, row: &Row) -> Result<()> {
        self.call()?.insert(row)
    }
    fn erase(&mut self, number: u64, texts: &str, fact: &[u8]) -> Result<()> {
        self.call()?.erase(number, texts, fact)
    }
    fn put_document(&mut self, document: &StoredDocument) -> Result<()> {
        self.call()?.put_document(document)
    }
    fn erase_document(&mut self, hash: &Hash) -> Result<()> {
        self.call()?.erase_document(hash)
    }
    fn clear_index(&mut self) -> Result<()> {
        self.call()?.clear_index()
    }
    fn put_fact(&mut self, number: u64, fact: &[u8], bears: bool) -> Result<()> {
        self.call()?.put_fact(number, fact, bears)
    }
}

type Deed<S> = fn(&mut Ledger<Failing<S>>) -> Result<()>;

fn moment() -> Ticking {
    Ticking::from(1_750_000_000_000_000)
}

/// A batch as an import brings it: with a document, keys, and an entry that relates to another of the batch.
fn batch() -> (Vec<Draft>, StoredDocument) {
    let page = document_of("text/plain", b"a page of another day".to_vec());
    let mut drafts: Vec<Draft> = (200..206).map(varied).collect();
    drafts[2].document = hex(&page.hash);
    drafts[4].subject = facility("a-new-one");
    "a new source".clone_into(&mut drafts[5].texts.source);
    drafts.push(varied(3));
    (drafts, page)
}

fn import<S: Store>(ledger: &mut Ledger<Failing<S>>) -> Result<()> {
    let (drafts, page) = batch();
    ledger.append_with(&drafts, &[page], &mut moment()).map(|_| ())
}

fn erase<S: Store>(ledger: &mut Ledger<Failing<S>>) -> Result<()> {
    let erasing = Erasing { by: "editor", reason: "asked for" };
    let fields = [TextField::Source, TextField::Title];
    ledger.erase(5, &fields, erasing, &mut moment()).map(|_| ())
}

fn append<S: Store>(ledger: &mut Ledger<Failing<S>>) -> Result<()> {
    let draft = says(facility("only"), reached(Stage::Operating), "2024-12-20");
    ledger.append(&[draft], &mut moment()).map(|_| ())
}

fn reindex<S: Store>(ledger: &mut Ledger<Failing<S>>) -> Result<()> {
    ledger.reindex()
}

/// What a ledger says, once it is found whole.
fn state<S: Store>(ledger: &mut Ledger<Failing<S>>) -> (Root, Snapshot, Vec<String>) {
    assert_eq!(ledger.verify(&[]).expect("looked through").findings, []);
    let mut documents = Vec::new();
    ledger
        .store()
        .read(&mut |reader| {
            reader.documents(&mut |document| {
                documents.push(hex(&document.hash));
                Ok(())
            })
        })
        .expect("documents");
    let snapshot = ledger.snapshot(at("2024-12-31"), &EvidenceRules::default());
    (ledger.root().expect("a root"), snapshot.expect("a snapshot"), documents)
}

/// Does a deed with a failure at each call in turn, and returns how many there are.
fn old_or_new<S: Store>(make: &dyn Fn() -> S, deed: Deed<S>) -> u64 {
    let begin = || {
        let mut ledger = Ledger::new(Failing { store: make(), calls: None, once: false });
        let drafts: Vec<Draft> = (0..30).map(varied).collect();
        ledger.append(&drafts, &mut Ticking::from(1_700_000_000_000_000)).expect("appended");
        ledger
    };
    let mut untouched = begin();
    let old = state(&mut untouched);
    deed(&mut untouched).expect("without a failure");
    let new = state(&mut untouched);
    for calls in 0.. {
        let mut ledger = begin();
        ledger.store().calls = Some(calls);
        let done = deed(&mut ledger);
        ledger.store().calls = None;
        if done.is_ok() {
            assert_eq!(state(&mut ledger), new);
            return calls;
        }
        assert_eq!(state(&mut ledger), old, "after a failure at call {calls}");
        deed(&mut ledger).expect("done again");
        assert_eq!(state(&mut ledger), new, "done again after a failure at call {calls}");
    }
    unreachable!("the deed is done after enough calls")
}

fn memory() -> MemoryStore {
    MemoryStore::new("faults")
}

/// Makes stores in files of one folder, each its own.
fn files(folder: &Path) -> impl Fn() -> SqliteStore {
    let next = std::cell::Cell::new(0);
    move || {
        next.set(next.get() + 1);
        let path = folder.join(format!("{}.db", next.get()));
        SqliteStore::create(&path, "faults").expect("created")
    }
}

#[test]
fn a_call_that_fails_leaves_the_old_ledger_in_memory() {
    let calls = [append, import, erase, reindex].map(|deed| old_or_new(&memory, deed));
    assert!(calls[0] >= 4 && calls[1..].iter().all(|calls| *calls > 20), "{calls:?}");
}

#[test]
fn a_call_that_fails_leaves_the_old_ledger_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let make = files(folder.path());
    let calls = [append, import, erase, reindex].map(|deed| old_or_new(&make, deed));
    assert!(calls[0] >= 4 && calls[1..].iter().all(|calls| *calls > 20), "{calls:?}");
}

#[test]
fn a_batch_with_one_bad_draft_adds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crate::sample::sample(folder.path(), 30);
    let mut ledger = open(&path).expect("opened");
    let (root, before) = (ledger.root().expect("a root"), snapshot(&mut ledger).expect("one"));
    for bad in 0..6 {
        let (mut drafts, page) = batch();
        drafts.pop();
        drafts[bad].texts.recorded_by.clear();
        let error = ledger.append_with(&drafts, &[page], &mut moment()).expect_err("refused");
        assert!(matches!(error, LedgerError::DraftUnsound { draft, .. } if draft == bad + 1));
        assert_eq!(ledger.root().expect("a root"), root);
        assert_eq!(snapshot(&mut ledger).expect("one"), before);
    }
}

#[test]
fn a_connection_does_not_go_by_numbers_that_another_gave_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crate::sample::sample(folder.path(), 30);
    let mut long_lived = open(&path).expect("opened");
    let mut first = says(facility("first"), reached(Stage::Completed), "2024-12-20");
    "the first source".clone_into(&mut first.texts.source);
    let mut second = says(facility("second"), reached(Stage::Completed), "2024-12-20");
    "the second source".clone_into(&mut second.texts.source);
    let mut moment = moment();
    long_lived.append(&[first, second.clone()], &mut moment).expect("appended");
    // Another process erases the first source, so that the second takes its number.
    let erasing = Erasing { by: "editor", reason: "asked for" };
    let mut other = open(&path).expect("opened");
    other.erase(31, &[TextField::Source], erasing, &mut moment).expect("erased");
    long_lived.append(&[second], &mut moment).expect("appended");
    assert_eq!(long_lived.verify(&[]).expect("looked through").findings, []);
    snapshot(&mut long_lived).expect("a snapshot");
}

#[test]
fn backups_made_while_others_write_are_earlier_states_of_the_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crate::sample::sample(folder.path(), 30);
    let stop = AtomicBool::new(false);
    let mut roots: Vec<Root> = Vec::new();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut ledger = open(&path).expect("opened");
            let mut moment = moment();
            for at in 1000.. {
                if stop.load(Ordering::Relaxed) {
                    return at - 1000;
                }
                ledger.append(&[varied(at)], &mut moment).expect("appended");
            }
            0
        });
        for copy in 0..30 {
            let to = folder.path().join(format!("copy-{copy}.db"));
            open(&path).expect("opened").store().backup(&to).expect("copied");
            let mut backup = open(&to).expect("opened");
            assert_eq!(backup.verify(&[]).expect("looked through").findings, [], "copy {copy}");
            snapshot(&mut backup).expect("a snapshot");
            roots.push(backup.root().expect("a root"));
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.join().expect("the writer") > 0, "nothing was written meanwhile");
    });
    let mut source = open(&path).expect("opened");
    assert_eq!(source.verify(&roots).expect("looked through").findings, []);
    let lengths: Vec<u64> = roots.iter().map(|root| root.entries).collect();
    assert!(lengths.is_sorted() && lengths[0] < lengths[29], "{lengths:?}");
}

#[test]
fn a_whole_copy_that_fails_once_anywhere_says_so() {
    let mut ledger = Ledger::new(memory());
    let (drafts, page) = batch();
    let other = document_of("text/plain", b"another page".to_vec());
    ledger.append_with(&drafts, &[page, other], &mut moment()).expect("appended");
    for calls in 0.. {
        let mut into = Failing { store: memory(), calls: Some(calls), once: true };
        let done = copy_whole(ledger.store(), &mut into);
        if into.calls.is_some() {
            done.expect("without a failure");
            assert!(calls > 20, "{calls}");
            return;
        }
        assert!(done.is_err(), "after a failure at call {calls}");
    }
}
