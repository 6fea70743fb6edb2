//! A damaged file: never a panic, never other figures, and a look through the ledger names the first bad entry.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::Ticking;
use crate::sample::{entries, fill, found, open, sample, snapshot};
use groundwork_ledger::Verification;
use groundwork_model::evidence::{Entry, Root, Snapshot};
use tempfile::TempDir;

const PAGE: usize = 4096;

/// A whole ledger, and what it says.
struct Whole {
    folder: TempDir,
    bytes: Vec<u8>,
    snapshot: Snapshot,
    entries: Vec<Entry>,
    root: Root,
}

/// What became of a damaged copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It does not open.
    Closed,
    /// It opens, and a look through it finds something.
    Found,
    /// Nothing that it says was touched.
    Untouched,
}

impl Whole {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = sample(folder.path(), count);
        let mut ledger = open(&path).expect("opened");
        let (snapshot, entries) = (snapshot(&mut ledger), entries(&mut ledger));
        let root = ledger.root().expect("a root");
        drop(ledger);
        Self {
            bytes: fs::read(&path).expect("the file"),
            folder,
            snapshot: snapshot.expect("a snapshot"),
            entries: entries.expect("entries"),
            root,
        }
    }

    /// Puts bytes in place of the ledger, with no log beside it.
    fn put(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("damaged.db");
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(self.folder.path().join(format!("damaged.db{end}")));
        }
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Opens a damaged copy and asks it everything.
    fn fate(&self, bytes: &[u8], how: &str) -> Fate {
        let path = self.put(bytes);
        self.fate_of(&path, how).0
    }

    fn fate_of(&self, path: &Path, how: &str) -> (Fate, Option<Verification>) {
        let Ok(mut ledger) = open(path) else { return (Fate::Closed, None) };
        let (said, listed) = (snapshot(&mut ledger), entries(&mut ledger));
        let looked = ledger.verify(std::slice::from_ref(&self.root));
        let clean = looked.as_ref().is_ok_and(|looked| looked.findings.is_empty());
        match &said {
            Ok(said) => assert_eq!(*said, self.snapshot, "{how}: other figures"),
            Err(_) => assert!(!clean, "{how}: no figures, and nothing found"),
        }
        match &listed {
            Ok(listed) => assert_eq!(*listed, self.entries, "{how}: other entries"),
            Err(_) => assert!(!clean, "{how}: no entries, and nothing found"),
        }
        if let Ok(root) = ledger.root() {
            assert_eq!(root, self.root, "{how}: another root");
        }
        // An index made anew gives the same figures or none.
        if !clean
            && ledger.reindex().is_ok()
            && let Ok(said) = snapshot(&mut ledger)
        {
            assert_eq!(said, self.snapshot, "{how}: other figures from an index made anew");
        }
        (if clean { Fate::Untouched } else { Fate::Found }, looked.ok())
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

#[test]
fn a_flipped_bit_at_2000_offsets_never_gives_other_figures() {
    let whole = Whole::new(150);
    let mut dice = Dice(1);
    let mut fates = [0; 3];
    for _ in 0..2000 {
        let (at, bit) = (dice.below(whole.bytes.len()), dice.below(8));
        let mut bytes = whole.bytes.clone();
        bytes[at] ^= 1 << bit;
        fates[whole.fate(&bytes, &format!("bit {bit} of byte {at}")) as usize] += 1;
    }
    // Half of the pages' bytes or more hold something; the others are free space.
    assert!(fates[Fate::Found as usize] > 1000, "{fates:?} closed, found, untouched");
}

#[test]
fn every_bit_of_the_first_hundred_bytes_may_be_flipped() {
    let whole = Whole::new(12);
    for at in 0..100 {
        for bit in 0..8 {
            let mut bytes = whole.bytes.clone();
            bytes[at] ^= 1 << bit;
            whole.fate(&bytes, &format!("bit {bit} of byte {at}"));
        }
    }
}

#[test]
fn the_first_bad_entry_is_named() {
    let whole = Whole::new(150);
    for entry in [&whole.entries[0], &whole.entries[77], &whole.entries[120]] {
        let words = format!("\"key\":\"{}\"", entry.draft.key);
        let at = whole.bytes.windows(words.len()).position(|bytes| bytes == words.as_bytes());
        let at = at.expect("the body of the entry") + words.len() - 2;
        let mut bytes = whole.bytes.clone();
        bytes[at] ^= 1;
        let (fate, looked) = whole.fate_of(&whole.put(&bytes), &words);
        assert_eq!(fate, Fate::Found);
        let named: Vec<u64> = found(&looked.expect("looked through"))
            .into_iter()
            .filter_map(|(_, number)| (number > 0).then_some(number))
            .collect();
        assert_eq!(named.first(), Some(&entry.number), "{named:?}");
        assert!(named.iter().all(|number| *number == entry.number), "and no other: {named:?}");
    }
}

#[test]
fn a_file_cut_at_any_page_never_gives_other_figures() {
    let whole = Whole::new(150);
    for page in 0..whole.bytes.len() / PAGE {
        for more in [0, 1, PAGE / 2] {
            let cut = page * PAGE + more;
            let fate = whole.fate(&whole.bytes[..cut], &format!("cut at {cut}"));
            assert_ne!(fate, Fate::Untouched, "cut at {cut}");
        }
    }
}

#[test]
fn swapped_pages_never_give_other_figures() {
    let whole = Whole::new(150);
    let pages = whole.bytes.len() / PAGE;
    let mut dice = Dice(2);
    let neighbours = (0..pages - 1).map(|page| (page, page + 1));
    let others: Vec<_> = (0..300).map(|_| (dice.below(pages), dice.below(pages))).collect();
    for (one, other) in neighbours.chain(others).filter(|(one, other)| one != other) {
        let mut bytes = whole.bytes.clone();
        let (low, high) = (one.min(other), one.max(other));
        let (front, back) = bytes.split_at_mut(high * PAGE);
        front[low * PAGE..(low + 1) * PAGE].swap_with_slice(&mut back[..PAGE]);
        let fate = whole.fate(&bytes, &format!("pages {low} and {high} swapped"));
        assert_ne!(fate, Fate::Untouched, "pages {low} and {high} swapped");
    }
}

#[test]
fn random_bytes_are_no_ledger() {
    let whole = Whole::new(12);
    let mut dice = Dice(3);
    for length in [0, 1, 15, 16, 100, 4095, 4096, 40_960] {
        let mut bytes: Vec<u8> =
            (0..length).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
        assert_eq!(whole.fate(&bytes, "random bytes"), Fate::Closed);
        let name = b"SQLite format 3\0";
        let named = name.len().min(length);
        bytes[..named].copy_from_slice(&name[..named]);
        assert_eq!(whole.fate(&bytes, "random bytes behind the right name"), Fate::Closed);
    }
}

/// A ledger of which the last entries lie in the log alone: the bytes of the file, of the log, and its root.
fn in_the_log(path: &Path, from: usize) -> (Vec<u8>, Vec<u8>, Root) {
    let mut ledger = open(path).expect("opened");
    fill(
        &mut ledger,
        from,
        10,
        &mut Ticking::from(1_750_000_000_000_000 + i64::try_from(from).expect("small")),
    );
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let files = (fs::read(path).expect("the file"), fs::read(log).expect("the log"));
    (files.0, files.1, ledger.root().expect("a root"))
}

#[test]
fn a_missing_log_leaves_a_shorter_ledger_that_a_root_shows() {
    let whole = Whole::new(40);
    let path = whole.folder.path().join("ledger.db");
    let (file, log, root) = in_the_log(&path, 40);
    assert_eq!(root.entries, 50);
    // Without the log there are the entries that were there before, with the figures of then.
    let damaged = whole.put(&file);
    assert_eq!(whole.fate_of(&damaged, "the log is missing").0, Fate::Untouched);
    let mut ledger = open(&damaged).expect("opened");
    let looked = ledger.verify(std::slice::from_ref(&root)).expect("looked through");
    assert_eq!(found(&looked), [("V804", 40)]);
    drop(ledger);
    // With it they are all there.
    let damaged = whole.put(&file);
    fs::write(whole.folder.path().join("damaged.db-wal"), log).expect("written");
    let mut ledger = open(&damaged).expect("opened");
    assert_eq!(found(&ledger.verify(std::slice::from_ref(&root)).expect("looked through")), []);
}

#[test]
fn a_log_cut_anywhere_leaves_whole_batches() {
    let whole = Whole::new(40);
    let path = whole.folder.path().join("ledger.db");
    let (file, log, root) = in_the_log(&path, 40);
    let mut lengths = Vec::new();
    for cut in (0..log.len()).step_by(509) {
        let damaged = whole.put(&file);
        fs::write(whole.folder.path().join("damaged.db-wal"), &log[..cut]).expect("written");
        let mut ledger = open(&damaged).expect("opened");
        assert_eq!(found(&ledger.verify(&[]).expect("looked through")), [], "cut at {cut}");
        lengths.push(ledger.root().expect("a root").entries);
    }
    assert!(lengths.is_sorted() && lengths[0] == 40, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length <= root.entries));
}

#[test]
fn an_old_log_beside_a_newer_file_never_gives_other_figures() {
    let whole = Whole::new(40);
    let path = whole.folder.path().join("ledger.db");
    // Figures of every length that the ledger had, to compare with.
    let mut known = vec![(whole.root.clone(), whole.snapshot.clone())];
    let (_, old_log, _) = in_the_log(&path, 40);
    for from in [50, 60] {
        let mut ledger = open(&path).expect("opened");
        known.push((ledger.root().expect("a root"), snapshot(&mut ledger).expect("a snapshot")));
        drop(ledger);
        in_the_log(&path, from);
    }
    let mut ledger = open(&path).expect("opened");
    let root = ledger.root().expect("a root");
    known.push((root.clone(), snapshot(&mut ledger).expect("a snapshot")));
    let backup = whole.folder.path().join("backup.db");
    ledger.store().backup(&backup).expect("copied");
    drop(ledger);
    let damaged = whole.put(&fs::read(&path).expect("the file"));
    fs::write(whole.folder.path().join("damaged.db-wal"), old_log).expect("written");
    if let Ok(mut ledger) = open(&damaged) {
        let looked = ledger.verify(std::slice::from_ref(&root));
        assert!(
            looked.is_ok_and(|looked| !looked.findings.is_empty())
                || ledger.root().is_ok_and(|now| now == root)
        );
        if let (Ok(now), Ok(said)) = (ledger.root(), snapshot(&mut ledger)) {
            assert!(known.contains(&(now, said)), "figures that the ledger never had");
        }
    }
    // What was backed up takes its place.
    let restored = whole.put(&fs::read(&backup).expect("the backup"));
    let mut ledger = open(&restored).expect("opened");
    assert_eq!(found(&ledger.verify(std::slice::from_ref(&root)).expect("looked through")), []);
    assert_eq!((root, snapshot(&mut ledger).expect("a snapshot")), known.pop().expect("the last"));
    fill(&mut ledger, 70, 5, &mut Ticking::from(1_800_000_000_000_000));
    assert_eq!(ledger.root().expect("a root").entries, 75, "and goes on");
}
