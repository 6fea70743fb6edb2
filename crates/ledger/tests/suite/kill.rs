//! A process that is killed while it appends: what was acknowledged is there, and nothing is half there.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::Ticking;
use crate::sample::{FileLedger, at, entries, found, open, varied};
use groundwork_ledger::{Ledger, SqliteStore};
use groundwork_model::evidence::{Draft, EvidenceRules, Predicate, Root};

/// Where the child finds its ledger.
const LEDGER: &str = "GROUNDWORK_LEDGER_TO_KILL";
/// Rounds with one file, before a new one is begun.
const ROUNDS_OF_A_FILE: u64 = 20;

/// Rounds that are played; `GROUNDWORK_KILLS` sets another number.
fn rounds() -> u64 {
    let set = std::env::var("GROUNDWORK_KILLS").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(200)
}

/// Entries of the child's `at`-th append: every seventh is a batch.
fn size(at: usize) -> u64 {
    if at % 7 == 6 { 3 } else { 1 }
}

/// Appends until it is killed, and says what was acknowledged.
#[test]
#[ignore = "runs as the child of the test beside it"]
fn child() {
    let Some(path) = std::env::var_os(LEDGER) else { return };
    let mut ledger = open(Path::new(&path)).expect("opened");
    let first = ledger.root().expect("a root");
    let mut moment = Ticking::from(first.recorded_at.max(1_700_000_000_000_000));
    let mut next = usize::try_from(first.entries).expect("few");
    let mut out = std::io::stdout();
    for at in 0.. {
        let batch: Vec<Draft> = (0..size(at)).map(|more| varied(next + more as usize)).collect();
        let receipts = ledger.append(&batch, &mut moment).expect("appended");
        next += receipts.len();
        let last = receipts.last().expect("one").number;
        out.write_all(format!("acknowledged {last}\n").as_bytes()).expect("a pipe");
    }
}

/// Runs the child for a while, kills it, and returns how many appends it acknowledged and the last entry's number.
fn run_and_kill(path: &Path, wait: Duration) -> (usize, u64) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "kill::child", "--nocapture"])
        .env(LEDGER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    std::thread::sleep(wait);
    child.kill().expect("killed");
    child.wait().expect("gone");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut numbers = Vec::new();
    for line in out.split(b'\n') {
        let line = String::from_utf8(line.expect("a line")).expect("text");
        if let Some(number) = line.strip_prefix("acknowledged ") {
            numbers.push(number.parse().expect("a number"));
        }
    }
    (numbers.len(), numbers.last().copied().unwrap_or(0))
}

/// Looks through the ledger, and counts what it holds by itself and by its snapshot.
fn inspect(ledger: &mut FileLedger, before: &Root) -> Root {
    let looked = ledger.verify(std::slice::from_ref(before)).expect("looked through");
    assert_eq!(found(&looked), []);
    let listed = entries(ledger).expect("entries");
    let said = ledger.snapshot(at("2025-12-31"), &EvidenceRules::default()).expect("a snapshot");
    let totals = listed.iter().filter(|entry| {
        matches!(entry.draft.predicate, Predicate::Count { .. } | Predicate::Deadline { .. })
    });
    assert_eq!(said.totals.len(), totals.count(), "totals are those of a recount");
    assert_eq!(said.counted, listed.len() as u64);
    let keys: Vec<String> = (0..listed.len()).map(|at| format!("report-{at}")).collect();
    assert!(listed.iter().map(|entry| &entry.draft.key).eq(&keys), "no draft is lost or twice");
    looked.root
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut acknowledged, mut unacknowledged) = (0, 0);
    let mut path = folder.path().to_path_buf();
    let mut root = Root::default();
    for round in 0..rounds() {
        if round % ROUNDS_OF_A_FILE == 0 {
            let _ = std::fs::remove_file(&path);
            path = folder.path().join(format!("{round}.db"));
            let mut new = Ledger::new(SqliteStore::create(&path, "killed").expect("created"));
            root = new.root().expect("a root");
        }
        let wait = Duration::from_micros(4_000 + round.wrapping_mul(7_919) % 90_000);
        let (appends, last) = run_and_kill(&path, wait);
        let mut ledger = open(&path).expect("opened");
        let now = inspect(&mut ledger, &root);
        // The first look may come before the child has begun, so that it acknowledged nothing.
        let kept = last.max(root.entries);
        let more = now.entries - kept;
        assert!(more == 0 || more == size(appends), "round {round}: {more} more than acknowledged");
        acknowledged += kept - root.entries;
        unacknowledged += more;
        // The next write works.
        let next = usize::try_from(now.entries).expect("few");
        let mut moment = Ticking::from(now.recorded_at);
        ledger.append(&[varied(next)], &mut moment).expect("appended");
        root = ledger.root().expect("a root");
        assert_eq!(root.entries, now.entries + 1);
    }
    assert!(
        acknowledged > rounds(),
        "{acknowledged} acknowledged, {unacknowledged} more were kept"
    );
}
