//! Real limits of a real system: a small disk that fills up, a limit on the size of files, a folder that is read-only.
//! Where the system does not let a test set one up, it says so and is left out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::Ticking;
use crate::sample::{found, open, snapshot, varied};
use groundwork_ledger::{Ledger, SqliteStore};
use groundwork_model::evidence::Draft;

/// Where a child finds its ledger.
const LEDGER: &str = "GROUNDWORK_LEDGER_TO_FILL";

/// Says on the terminal, past the capture of tests, that a test was left out.
fn left_out(what: &str) {
    let words = format!("LEFT OUT: {what} cannot be set up here\n");
    std::io::stderr().write_all(words.as_bytes()).expect("standard error");
}

/// A file system that goes with the test, however it ends.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        run(Command::new("umount").arg(&self.0));
    }
}

/// Runs a command that sets something up; false where it fails.
fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Appends until it is refused, and returns the code and how many entries were acknowledged.
fn fill_up(path: &Path) -> (&'static str, u64) {
    let mut ledger = open(path).expect("opened");
    let mut moment = Ticking::from(1_700_000_000_000_000);
    let mut last = ledger.root().expect("a root").entries;
    for at in 0..100 {
        let mut batch: Vec<Draft> = (at * 200..at * 200 + 200).map(varied).collect();
        for draft in &mut batch {
            draft.texts.note = "a long note ".repeat(40);
        }
        match ledger.append(&batch, &mut moment) {
            Ok(receipts) => last = receipts.last().expect("one").number,
            Err(error) => {
                // It can still be read through the same connection, disk full or not.
                assert_eq!(ledger.root().expect("a root").entries, last);
                snapshot(&mut ledger).expect("a snapshot");
                return (error.problem().code.as_str(), last);
            }
        }
    }
    ("", last)
}

fn whole(path: &Path, entries: u64) {
    let mut ledger = open(path).expect("opened");
    let looked = ledger.verify(&[]).expect("looked through");
    assert_eq!(found(&looked), []);
    assert_eq!(looked.root.entries, entries);
}

#[test]
fn a_disk_of_4_mib_that_fills_up_is_told_and_the_ledger_goes_on_once_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount = ["-t", "tmpfs", "-o", "size=4m", "tmpfs"];
    if !run(Command::new("mount").args(mount).arg(folder.path())) {
        return left_out("a disk of 4 MiB");
    }
    let _mounted = Mounted(folder.path().to_path_buf());
    let path = folder.path().join("ledger.db");
    let ballast = folder.path().join("ballast");
    std::fs::write(&ballast, vec![1; 1 << 20]).expect("room for this");
    drop(Ledger::new(SqliteStore::create(&path, "small").expect("created")));
    let (code, entries) = fill_up(&path);
    assert_eq!(code, "L801");
    assert!(entries >= 200, "{entries}");
    whole(&path, entries);
    std::fs::remove_file(&ballast).expect("room again");
    let mut ledger = open(&path).expect("opened");
    ledger.append(&[varied(90_000)], &mut Ticking::from(1_800_000_000_000_000)).expect("appended");
    drop(ledger);
    whole(&path, entries + 1);
}

#[test]
#[ignore = "runs as the child of the tests beside it"]
fn child_fills() {
    let Some(path) = std::env::var_os(LEDGER) else { return };
    let (code, entries) = fill_up(Path::new(&path));
    std::io::stdout()
        .write_all(format!("\nrefused {code} {entries}\n").as_bytes())
        .expect("a pipe");
}

/// Runs a test of this program as a child behind a line of shell.
fn child(name: &str, before: &str, path: &Path) -> Output {
    let program = std::env::current_exe().expect("this program");
    Command::new("sh")
        .arg("-c")
        .arg(format!("{before} exec \"$0\" --ignored --exact room::{name} --nocapture"))
        .arg(program)
        .env(LEDGER, path)
        .output()
        .expect("a shell")
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_a_process_killed_by_it_leaves_the_ledger_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    drop(SqliteStore::create(&path, "limited").expect("created"));
    // A shell counts in blocks of 512 bytes: 1 MiB.
    let output = child("child_fills", "trap '' XFSZ; ulimit -f 2048 &&", &path);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let refused = said.lines().find_map(|line| line.strip_prefix("refused L801 "));
    let entries: u64 = refused.unwrap_or_else(|| panic!("{output:?}")).parse().expect("a number");
    assert!(entries >= 200);
    whole(&path, entries);
    // Where the signal is not ignored, the system ends the process.
    let output = child("child_fills", "ulimit -f 2048 &&", &path);
    assert!(!output.status.success(), "{output:?}");
    let mut ledger = open(&path).expect("opened");
    assert_eq!(found(&ledger.verify(&[]).expect("looked through")), []);
    let entries = ledger.root().expect("a root").entries.max(entries);
    ledger.append(&[varied(90_000)], &mut Ticking::from(1_800_000_000_000_000)).expect("appended");
    assert_eq!(ledger.root().expect("a root").entries, entries + 1);
}

#[test]
#[ignore = "runs as the child of the test beside it"]
fn child_meets_a_read_only_folder() {
    let Some(path) = std::env::var_os(LEDGER) else { return };
    let mut said = String::new();
    let path = Path::new(&path);
    let error = open(path).expect_err("cannot be written").problem();
    said += &format!("\nopening: {}\n", error.code.as_str());
    let mut ledger = Ledger::new(SqliteStore::open_in_read_only_folder(path).expect("opened"));
    assert_eq!(found(&ledger.verify(&[]).expect("looked through")), []);
    snapshot(&mut ledger).expect("a snapshot");
    said += &format!("\nentries: {}\n", ledger.root().expect("a root").entries);
    let mut moment = Ticking::from(1_800_000_000_000_000);
    let error = ledger.append(&[varied(900)], &mut moment).expect_err("refused").problem();
    said += &format!("\nappending: {}\n", error.code.as_str());
    std::io::stdout().write_all(said.as_bytes()).expect("a pipe");
}

#[test]
fn a_read_only_folder_is_told_and_the_ledger_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crate::sample::sample(folder.path(), 40);
    let mode = |mode: &str, path: &Path| run(Command::new("chmod").arg(mode).arg(path));
    assert!(mode("444", &path) && mode("555", folder.path()));
    // Rights do not bind the administrator, so that the child becomes somebody else.
    let before = "if test $(id -u) = 0; then set -- setpriv --reuid 65534 --clear-groups; fi; \
                  program=$0; run() { exec \"$@\" \"$program\" --ignored --exact \
                  room::child_meets_a_read_only_folder --nocapture; }; run \"$@\";";
    let output = child("none", before, &path);
    assert!(mode("755", folder.path()));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !said.contains("running 1 test") {
        return left_out("a reader without the administrator's rights");
    }
    for line in ["opening: L801", "entries: 40", "appending: L801"] {
        assert!(said.lines().any(|said| said == line), "{line}: {output:?}");
    }
}
