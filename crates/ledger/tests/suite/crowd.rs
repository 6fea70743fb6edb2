//! Several processes append to one ledger at once, and are killed at random: nothing that was acknowledged is lost,
//! nothing is there twice, and nobody is turned away.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::{facility, reached, says};
use groundwork_ledger::{
    Ledger, LedgerError, Moment, PostgresAddress, PostgresStore, SqliteStore, Store,
};
use groundwork_model::evidence::{Draft, Stage};

/// Where the children find their ledger, who they are, and what they begin with.
const LEDGER: &str = "GROUNDWORK_CROWDED_LEDGER";
const CHILD: &str = "GROUNDWORK_CROWD_CHILD";
const FROM: &str = "GROUNDWORK_CROWD_FROM";
/// Processes at once.
const PROCESSES: usize = 8;

/// Appends of each process; `GROUNDWORK_CROWD` sets another number.
fn appends() -> usize {
    let set = std::env::var("GROUNDWORK_CROWD").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(100)
}

/// Time and chance of the machine, as the program has them.
struct Wall;

impl Moment for Wall {
    fn now(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        i64::try_from(since.as_micros()).expect("before the year 294247")
    }

    fn salt(&mut self) -> [u8; 16] {
        u128::from_le_bytes(self.now().to_le_bytes().repeat(2).try_into().expect("16"))
            .to_le_bytes()
    }
}

fn open(place: &str) -> Ledger<Box<dyn Store>> {
    let store: Box<dyn Store> = if PostgresAddress::is_meant(place) {
        let address = PostgresAddress::read(place, None).expect("an address");
        Box::new(PostgresStore::open(&address).expect("opened"))
    } else {
        Box::new(SqliteStore::open(place.as_ref()).expect("opened"))
    };
    Ledger::new(store)
}

/// The `at`-th draft of a child: every tenth is one that all of them bring.
fn draft(child: usize, at: usize) -> Draft {
    let shared = at % 10 == 9;
    let name = if shared { format!("all-{at}") } else { format!("{child}-{at}") };
    let mut draft = says(facility(&name), reached(Stage::Completed), "2024-12-20");
    draft.key = name;
    draft
}

/// Appends until it has brought all its drafts, or is killed, and says what was acknowledged.
#[test]
#[ignore = "runs as the child of the tests beside it"]
fn child() {
    let Ok(place) = std::env::var(LEDGER) else { return };
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let (child, from) = (number(CHILD).expect("a child"), number(FROM).expect("a beginning"));
    let mut ledger = open(&place);
    let mut out = std::io::stdout();
    for at in from..appends() {
        let receipts = ledger.append(&[draft(child, at)], &mut Wall).unwrap_or_else(|error| {
            panic!("turned away: {}: {error}", error.problem().code);
        });
        let Some(receipt) = receipts.first() else { panic!("no receipt") };
        out.write_all(format!("acknowledged {at} {}\n", receipt.number).as_bytes())
            .expect("a pipe");
    }
    out.write_all(b"done\n").expect("a pipe");
}

/// What is heard of a child.
enum Heard {
    /// Its draft became that entry.
    Acknowledged(usize, u64),
    /// It brought all of them.
    Done,
    /// It is gone.
    Gone,
}

/// Starts a child that begins with a draft, and listens to it.
fn start(place: &str, child: usize, from: usize, say: &Sender<(usize, Heard)>) -> Child {
    let mut process = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "crowd::child", "--nocapture"])
        .env(LEDGER, place)
        .env(CHILD, child.to_string())
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a child");
    let out = BufReader::new(process.stdout.take().expect("a pipe"));
    let say = say.clone();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let heard = match line.split(' ').collect::<Vec<_>>()[..] {
                // A pipe takes so short a line whole or not at all.
                ["acknowledged", at, number] => {
                    let parsed = at.parse().ok().zip(number.parse().ok());
                    parsed.map(|(at, number)| Heard::Acknowledged(at, number))
                }
                ["done"] => Some(Heard::Done),
                _ => None,
            };
            if let Some(heard) = heard {
                say.send((child, heard)).expect("somebody listens");
            }
        }
        let _ = say.send((child, Heard::Gone));
    });
    process
}

/// Plays until all children are done, killing one of them now and then. Returns the entries that were acknowledged, by
/// child and draft, and how many were killed.
fn play(place: &str) -> (Vec<Vec<u64>>, usize) {
    let (say, heard): (_, Receiver<(usize, Heard)>) = channel();
    let mut acknowledged: Vec<Vec<u64>> = vec![Vec::new(); PROCESSES];
    let mut done = [false; PROCESSES];
    let mut children: Vec<Child> =
        (0..PROCESSES).map(|child| start(place, child, 0, &say)).collect();
    let (mut killed, mut chance, mut said) = (0, 0x9e37_79b9_u64, 0_usize);
    let kill_after = (appends() * PROCESSES / 40).max(1);
    while !done.iter().all(|done| *done) {
        let (child, what) = heard.recv_timeout(Duration::from_secs(120)).expect("they go on");
        match what {
            Heard::Acknowledged(at, number) => {
                assert_eq!(at, acknowledged[child].len(), "child {child} goes on where it was");
                acknowledged[child].push(number);
                said += 1;
                if said.is_multiple_of(kill_after) {
                    chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let victim = usize::try_from(chance >> 40).expect("small") % PROCESSES;
                    if !done[victim] && children[victim].kill().is_ok() {
                        killed += 1;
                    }
                }
            }
            Heard::Done => done[child] = true,
            Heard::Gone => {
                let status = children[child].wait().expect("gone");
                if !done[child] {
                    assert!(status.code().is_none(), "child {child} ended by itself: {status}");
                    children[child] = start(place, child, acknowledged[child].len(), &say);
                }
            }
        }
    }
    for mut child in children {
        child.wait().expect("gone");
    }
    (acknowledged, killed)
}

fn crowd(place: &str) {
    let begun = std::time::Instant::now();
    let (acknowledged, killed) = play(place);
    let mut ledger = open(place);
    let looked = ledger.verify(&[]).expect("looked through");
    assert_eq!(looked.findings, [], "the chain has no gap and no fork");
    let own = appends() - appends() / 10;
    assert_eq!(looked.root.entries, (PROCESSES * own + appends() / 10) as u64);
    let mut keys = vec![String::new()];
    let listed = ledger.entries(1, &mut |entry| {
        assert_eq!(entry.number, keys.len() as u64);
        keys.push(entry.draft.key);
        Ok::<(), LedgerError>(())
    });
    listed.expect("entries");
    for (child, numbers) in acknowledged.iter().enumerate() {
        assert_eq!(numbers.len(), appends());
        for (at, number) in numbers.iter().enumerate() {
            let key = &keys[usize::try_from(*number).expect("small")];
            assert_eq!(*key, draft(child, at).key, "what was acknowledged is there");
        }
    }
    assert!(killed >= 10, "{killed} were killed");
    let seconds = begun.elapsed().as_secs_f64();
    let said = format!("{PROCESSES} x {} appends, {killed} killed: {seconds:.1} s\n", appends());
    std::io::stderr().write_all(said.as_bytes()).expect("written");
}

#[test]
fn a_crowd_over_sqlite_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    drop(SqliteStore::create(&path, "crowd").expect("created"));
    crowd(path.to_str().expect("a plain name"));
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn a_crowd_over_postgres_loses_nothing() {
    let url = std::env::var("GROUNDWORK_POSTGRES").expect("a server: make test-postgres");
    let place = format!("{url}?schema=crowd_{}", std::process::id());
    let address = PostgresAddress::read(&place, None).expect("an address");
    drop(PostgresStore::create(&address, "crowd").expect("created"));
    crowd(&place);
}
