//! Power cuts, broken and full disks, at every single operation of a piece of work: what was acknowledged is there
//! when the power is back, and the ledger goes on.

#[path = "../common/mod.rs"]
mod common;
mod platter;
#[path = "../common/sample.rs"]
mod sample;
mod shim;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::Ticking;
use groundwork_ledger::{Erasing, Ledger, LedgerError, Result, SqliteStore, document_of, hex};
use groundwork_model::evidence::{Draft, Root, TextField};
use platter::{Dice, Fault, Plan};
use sample::{FileLedger, found, open, snapshot, varied};
use shim::{install, take_disk, with_disk};

/// What was acknowledged of a piece of work.
#[derive(Debug, Default)]
struct Log {
    /// The root after each step.
    roots: Vec<Root>,
    /// Entries that the step under way would add.
    under_way: u64,
    /// Whether the backup was made.
    backed_up: bool,
}

impl Log {
    fn done(&mut self, ledger: &mut FileLedger) -> Result<()> {
        self.roots.push(ledger.root()?);
        self.under_way = 0;
        Ok(())
    }

    fn acknowledged(&self) -> u64 {
        self.roots.last().map_or(0, |root| root.entries)
    }
}

fn ledger_in(folder: &str) -> PathBuf {
    Path::new(folder).join("ledger.db")
}

fn batch(from: u64, size: u64) -> Vec<Draft> {
    (from..from + size).map(|at| varied(usize::try_from(at).expect("small"))).collect()
}

/// Appends what comes next; a step that was done before, or half of it, adds nothing twice.
fn step(ledger: &mut FileLedger, size: u64, moment: &mut Ticking, log: &mut Log) -> Result<()> {
    log.under_way = size;
    let drafts = batch(log.acknowledged(), size);
    let page = document_of("text/plain", drafts[0].key.clone().into_bytes());
    let mut drafts = drafts;
    drafts[0].document = hex(&page.hash);
    ledger.append_with(&drafts, &[page], moment)?;
    log.done(ledger)
}

/// Makes a ledger, appends, erases, closes it, opens it again, backs it up and goes on.
fn work(folder: &str, log: &mut Log) -> Result<()> {
    let path = ledger_in(folder);
    let mut moment = Ticking::from(1_700_000_000_000_000);
    let mut ledger = Ledger::new(SqliteStore::create(&path, "cut")?);
    log.done(&mut ledger)?;
    for size in [1, 1, 3, 1] {
        step(&mut ledger, size, &mut moment, log)?;
    }
    log.under_way = 1;
    let erasing = Erasing { by: "editor", reason: "asked for" };
    ledger.erase(2, &[TextField::Source, TextField::Title], erasing, &mut moment)?;
    log.done(&mut ledger)?;
    drop(ledger);
    let mut ledger = open(&path)?;
    for size in [1, 2] {
        step(&mut ledger, size, &mut moment, log)?;
    }
    ledger.store().backup(&Path::new(folder).join("backup.db"))?;
    log.backed_up = true;
    step(&mut ledger, 1, &mut moment, log)
}

/// Counts the operations of the work without a fault.
fn operations() -> u64 {
    static COUNTED: OnceLock<u64> = OnceLock::new();
    *COUNTED.get_or_init(|| {
        install();
        let mut log = Log::default();
        work("/whole", &mut log).expect("without a fault");
        assert_eq!(log.acknowledged(), 11);
        take_disk("/whole").done
    })
}

/// Checks a ledger against what was acknowledged, and returns how many entries more there are.
fn whole(ledger: &mut FileLedger, log: &Log, how: &str) -> u64 {
    let looked = ledger.verify(&log.roots).expect("looked through");
    assert_eq!(found(&looked), [], "{how}");
    snapshot(ledger).expect("a snapshot");
    let more = looked.root.entries - log.acknowledged();
    assert!(more == 0 || more == log.under_way, "{how}: {more} more than acknowledged");
    more
}

/// Appends one more and checks that it is there.
fn goes_on(ledger: &mut FileLedger, how: &str) {
    let before = ledger.root().expect("a root").entries;
    let mut moment = Ticking::from(1_800_000_000_000_000);
    ledger
        .append(&batch(before + 500, 1), &mut moment)
        .unwrap_or_else(|error| panic!("{how}: {error}"));
    assert_eq!(ledger.root().expect("a root").entries, before + 1, "{how}");
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_that_was_acknowledged() {
    let operations = operations();
    assert!(operations > 100, "{operations} operations");
    let (mut kept, mut lost) = (0, 0);
    for at in 1..=operations + 1 {
        let folder = format!("/cut-{at}");
        let plan = Plan { fault: Fault::PowerCut, at, lasting: true };
        with_disk(&folder, |disk| disk.plan = Some(plan));
        let mut log = Log::default();
        let done = work(&folder, &mut log);
        assert_eq!(done.is_ok(), at > operations || log.acknowledged() == 11, "cut at {at}");
        let disk = take_disk(&folder);
        for way in 0..12 {
            let how = format!("cut at {at}, way {way}");
            let mut dice = Dice::new(at * 100 + way);
            let back = format!("/back-{at}-{way}");
            with_disk(&back, |new| *new = renamed(disk.after_the_cut(&mut dice), &folder, &back));
            match open(&ledger_in(&back)) {
                Ok(mut ledger) => {
                    let more = whole(&mut ledger, &log, &how);
                    (kept, lost) = if more > 0 { (kept + 1, lost) } else { (kept, lost + 1) };
                    goes_on(&mut ledger, &how);
                }
                // Only where not even the making of the ledger was acknowledged.
                Err(error) => assert!(log.roots.is_empty(), "{how}: {error}"),
            }
            if log.backed_up {
                let mut backup = open(&Path::new(&back).join("backup.db")).expect("the backup");
                assert_eq!(backup.root().expect("a root").entries, 10, "{how}");
                assert_eq!(found(&backup.verify(&[]).expect("looked through")), [], "{how}");
            }
            take_disk(&back);
        }
    }
    assert!(kept > 0 && lost > kept, "{kept} times what was under way was kept, {lost} times not");
}

/// The same disk in another folder.
fn renamed(disk: platter::Disk, from: &str, to: &str) -> platter::Disk {
    let name = |name: String| name.replacen(from, to, 1);
    let files = disk.files.into_iter().map(|(old, file)| (name(old), file)).collect();
    platter::Disk { files, ..platter::Disk::default() }
}

/// Does the work with a fault, checks that it was refused clearly, and does it again once the fault is gone.
fn fault_and_again(plan: Plan) -> bool {
    let how = format!("{plan:?}");
    let folder = format!("/fault-{:?}-{}-{}", plan.fault, plan.at, plan.lasting);
    with_disk(&folder, |disk| disk.plan = Some(plan));
    let mut log = Log::default();
    let done = work(&folder, &mut log);
    if let Err(error) = &done {
        assert!(matches!(error, LedgerError::Store(_)), "{how}: {error:?}");
        assert_eq!(error.problem().code.as_str(), "L801");
        let words = error.to_string();
        assert!(!words.is_empty() && !words.contains("transaction within"), "{how}: {words}");
    }
    // The disk is still as bad as it was, and the ledger can be read.
    if let (false, Ok(mut ledger)) = (log.roots.is_empty(), open(&ledger_in(&folder))) {
        whole(&mut ledger, &log, &how);
    }
    // Now there is room again.
    with_disk(&folder, |disk| disk.plan = None);
    if log.roots.is_empty() {
        // What a failed making left behind is empty, and a new ledger is made there.
        if open(&ledger_in(&folder)).is_err() {
            let mut log = Log::default();
            work(&folder, &mut log).unwrap_or_else(|error| panic!("{how}: {error}"));
            assert_eq!(log.acknowledged(), 11, "{how}");
        }
    } else {
        let mut ledger = open(&ledger_in(&folder)).unwrap_or_else(|error| panic!("{how}: {error}"));
        whole(&mut ledger, &log, &how);
        goes_on(&mut ledger, &how);
    }
    take_disk(&folder);
    done.is_err()
}

#[test]
fn a_broken_disk_at_any_operation_is_told_and_the_ledger_goes_on() {
    for lasting in [false, true] {
        let plan = |at| Plan { fault: Fault::Broken, at, lasting };
        let refused = (1..=operations()).filter(|at| fault_and_again(plan(*at))).count();
        assert!(refused > 50, "{refused} refused");
    }
}

#[test]
fn a_full_disk_at_any_operation_is_told_and_the_ledger_goes_on_once_there_is_room() {
    for lasting in [false, true] {
        let plan = |at| Plan { fault: Fault::Full, at, lasting };
        let refused = (1..=operations()).filter(|at| fault_and_again(plan(*at))).count();
        assert!(refused > 50, "{refused} refused");
    }
}

#[test]
fn one_connection_goes_on_after_a_fault_of_any_operation() {
    install();
    for fault in [Fault::Broken, Fault::Full] {
        let mut failed = 0;
        for at in 1..40 {
            let folder = format!("/again-{fault:?}-{at}");
            let how = format!("{fault:?} at {at}");
            let store = SqliteStore::create(&ledger_in(&folder), "again").expect("created");
            let mut ledger = Ledger::new(store);
            let mut moment = Ticking::from(1_700_000_000_000_000);
            ledger.append(&batch(0, 3), &mut moment).expect("appended");
            let root = ledger.root().expect("a root");
            with_disk(&folder, |disk| {
                disk.plan = Some(Plan { fault, at: disk.done + at, lasting: false });
            });
            let first = ledger.append(&batch(3, 4), &mut moment);
            with_disk(&folder, |disk| disk.plan = None);
            if first.is_err() {
                failed += 1;
                assert_eq!(ledger.root().expect("readable"), root, "{how}: nothing of it is seen");
            }
            // Keys make it safe to try again, whatever became of the first try.
            let again = ledger.append(&batch(3, 4), &mut moment);
            let again = again.unwrap_or_else(|error| panic!("{how}: {error}"));
            assert_eq!(
                again.iter().map(|one| one.number).collect::<Vec<_>>(),
                [4, 5, 6, 7],
                "{how}"
            );
            assert_eq!(ledger.root().expect("a root").entries, 7, "{how}");
            assert_eq!(found(&ledger.verify(&[root]).expect("looked through")), [], "{how}");
            drop(ledger);
            take_disk(&folder);
        }
        assert!(failed > 2, "{failed} failed");
    }
}

#[test]
fn the_disk_of_these_tests_forgets_what_was_not_synchronised() {
    let mut disk = platter::Disk::default();
    disk.open("a-wal", true).expect("made");
    disk.write("a-wal", 0, &[1; 512]).expect("written");
    disk.sync("a-wal").expect("safe");
    disk.write("a-wal", 0, &[2; 1024]).expect("written");
    let mut lengths = [0; 3];
    for seed in 1..200 {
        let back = disk.after_the_cut(&mut Dice::new(seed));
        let now = &back.files["a-wal"].now;
        assert!(now.len() == 512 || now.len() == 1024);
        let torn = now.len() == 1024 && now[0] == 1;
        lengths[if torn { 2 } else { usize::from(now.len() == 1024) }] += 1;
    }
    assert!(lengths.iter().all(|times| *times > 5), "{lengths:?}: old, new, torn");
}
