//! Measures the ledger for `bench/ledger.py`, which says what is measured: one command, one line of JSON.
//!
//!     ledger_bench append FOLDER N            N single appends against raw inserts of the same bytes, in turns
//!     ledger_bench import FILE N FACILITIES [COUNTS]
//!                                             N entries in batches, as an import appends them; one in COUNTS (10) counts
//!     ledger_bench snapshot FILE DAY          a snapshot as of a day, in a new process
//!     ledger_bench verify FILE                a look through all entries
//!     ledger_bench single FILE N              N single appends
//!
//! All but the first take the address of a ledger on a server (`postgres://...`) in place of a file.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use groundwork_ledger::{
    Hash, Ledger, Moment, PostgresAddress, PostgresStore, Row, SqliteStore, Store, ZERO, hash_of,
};
use groundwork_model::Decimal;
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, EvidenceRules, Medium, Predicate, Published, PublishedFrom, Quantity,
    Relation, RelationKind, Scope, Stage, Subject, Texts, Times, Voice, When,
};
use jiff::ToSpan as _;
use jiff::civil::date;
use rusqlite::{Connection, TransactionBehavior, params};

/// Appends of one side before the other has its turn.
const TURN: usize = 250;
/// Entries of one transaction of an import.
const BATCH: usize = 10_000;
/// One in so many entries is a count.
const COUNTS: usize = 10;

type Done<T> = Result<T, Box<dyn Error>>;

/// A clock that ticks, and salts that count: the same entries each time.
struct Ticking(i64, u128);

impl Moment for Ticking {
    fn now(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }

    fn salt(&mut self) -> [u8; 16] {
        self.1 += 1;
        self.1.to_le_bytes()
    }
}

fn moment() -> Ticking {
    Ticking(1_700_000_000_000_000, 0)
}

/// The `at`-th report of a programme with so many facilities: twelve years of stages, looks and corrections, with a count
/// in so many entries.
fn report(at: usize, facilities: usize, counts: usize) -> Draft {
    let facility = at % facilities;
    let day = date(2014, 1, 1).saturating_add(i64::try_from(at % 4000).unwrap_or(0).days());
    let stage = Stage::ALL[(at / facilities) % 8];
    let id = format!("facility-{facility:06}");
    let subject = Subject {
        scope: Scope::Facility,
        place: format!("county-{:04}", facility % 2000),
        kind: "clinic".to_owned(),
        batch: format!("{}", 2014 + facility % 12),
        id,
    };
    let predicate = match at % 10 {
        7 => Predicate::Progress { stage, part: "roof".to_owned(), reached: true },
        8 if (at / 10).is_multiple_of((counts / 10).max(1)) => {
            Predicate::Count { stage, unit: CountUnit::Facilities }
        }
        9 => Predicate::Stage { stage, reached: at % 20 != 9 },
        _ => Predicate::Stage { stage, reached: true },
    };
    let counted = matches!(predicate, Predicate::Count { .. });
    let one =
        Quantity { number: Some(Decimal::new(1, 0)), unit: String::new(), bound: Bound::Exactly };
    let withdraws = at % 50 == 49;
    Draft {
        key: format!("report-{at}"),
        subject,
        predicate,
        value: counted.then_some(one),
        valid: When::day(day),
        published: Published { day, from: PublishedFrom::Stated },
        voice: if at.is_multiple_of(3) { Voice::Independent } else { Voice::SelfReport },
        grade: at.is_multiple_of(3).then(|| "B2".parse().ok()).flatten(),
        relations: if withdraws {
            vec![Relation {
                how: RelationKind::Corrects,
                entry: (at as u64).saturating_sub(30).max(1),
            }]
        } else {
            Vec::new()
        },
        related_keys: Vec::new(),
        medium: Medium::Document,
        document: String::new(),
        retrieved: None,
        language: "en".to_owned(),
        texts: Texts {
            recorded_by: "import".to_owned(),
            source: format!("source-{}", at % 40),
            url: format!("https://reports.example/{at}"),
            title: format!("Report {at}: works at county {} go on as planned", facility % 2000),
            ..Texts::default()
        },
    }
}

/// Raw inserts of the same bytes: the same tables, one transaction each, and the hash of the chain.
struct Raw {
    connection: Connection,
    previous: Hash,
}

impl Raw {
    fn create(path: &Path) -> Done<Self> {
        let connection = Connection::open(path)?;
        for (name, value) in
            [("journal_mode", "WAL"), ("synchronous", "FULL"), ("foreign_keys", "ON")]
        {
            connection.pragma_update(None, name, value)?;
        }
        connection.execute_batch(
            "CREATE TABLE entries (number INTEGER PRIMARY KEY, recorded_at INTEGER NOT NULL, key TEXT UNIQUE,
                 body TEXT NOT NULL, texts TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
             CREATE TABLE facts (number INTEGER PRIMARY KEY, fact BLOB NOT NULL, bears INTEGER NOT NULL) STRICT;
             CREATE INDEX bearing ON facts (number) WHERE bears;",
        )?;
        Ok(Self { connection, previous: ZERO })
    }

    fn insert(&mut self, row: &Row) -> Done<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let hash = hash_of(&[b"groundwork entry 1\0", &self.previous, row.body.as_bytes()]);
        let number = i64::try_from(row.number)?;
        transaction
            .prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![number, row.recorded_at, row.key, row.body, row.texts, &hash[..]])?;
        transaction
            .prepare_cached("INSERT INTO facts VALUES (?1, ?2, ?3)")?
            .execute(params![number, row.fact, row.bears])?;
        transaction.commit()?;
        self.previous = hash;
        Ok(())
    }
}

fn append(folder: &Path, count: usize) -> Done<String> {
    let store = SqliteStore::create(&folder.join("ledger.db"), "bench")?;
    let mut ledger = Ledger::new(store);
    let mut raw = Raw::create(&folder.join("raw.db"))?;
    let mut moment = moment();
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for from in (0..count).step_by(TURN) {
        let drafts: Vec<Draft> =
            (from..count.min(from + TURN)).map(|at| report(at, 500, COUNTS)).collect();
        let begun = Instant::now();
        for draft in &drafts {
            ledger.append(std::slice::from_ref(draft), &mut moment)?;
        }
        ours += begun.elapsed();
        let mut rows = Vec::new();
        ledger.store().read(&mut |reader| {
            reader.rows(from as u64 + 1, &mut |row| {
                rows.push(row);
                Ok(())
            })
        })?;
        let begun = Instant::now();
        for row in &rows {
            raw.insert(row)?;
        }
        theirs += begun.elapsed();
        // The same bytes, up to the hash.
        if rows.last().map(|row| row.hash) != Some(raw.previous) {
            return Err("the two sides do not hold the same".into());
        }
    }
    let (ours, theirs) = (ours.as_secs_f64(), theirs.as_secs_f64());
    Ok(format!(
        "{{\"entries\": {count}, \"ledger_s\": {ours:.3}, \"raw_s\": {theirs:.3}, \"ratio\": {:.3}}}",
        ours / theirs
    ))
}

/// Opens a ledger, or makes it.
fn ledger(place: &str, new: bool) -> Done<Ledger<Box<dyn Store>>> {
    let store: Box<dyn Store> = if PostgresAddress::is_meant(place) {
        let address = PostgresAddress::read(place, None)?;
        Box::new(if new {
            PostgresStore::create(&address, "bench")?
        } else {
            PostgresStore::open(&address)?
        })
    } else {
        let path = Path::new(place);
        Box::new(if new { SqliteStore::create(path, "bench")? } else { SqliteStore::open(path)? })
    };
    Ok(Ledger::new(store))
}

fn single(place: &str, count: usize) -> Done<String> {
    let mut ledger = ledger(place, true)?;
    let mut moment = moment();
    let begun = Instant::now();
    for at in 0..count {
        ledger.append(&[report(at, 500, COUNTS)], &mut moment)?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    Ok(format!(
        "{{\"entries\": {count}, \"seconds\": {seconds:.3}, \"peak_kib\": {}}}",
        peak_kib()?
    ))
}

fn import(place: &str, count: usize, facilities: usize, counts: usize) -> Done<String> {
    let begun = Instant::now();
    let mut ledger = ledger(place, true)?;
    let mut moment = moment();
    for from in (0..count).step_by(BATCH) {
        let drafts: Vec<Draft> =
            (from..count.min(from + BATCH)).map(|at| report(at, facilities, counts)).collect();
        ledger.append(&drafts, &mut moment)?;
    }
    drop(ledger);
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(place).map_or(0, |file| file.len());
    Ok(format!(
        "{{\"entries\": {count}, \"seconds\": {seconds:.2}, \"bytes\": {bytes}, \"peak_kib\": {}}}",
        peak_kib()?
    ))
}

fn snapshot(place: &str, day: &str) -> Done<String> {
    let begun = Instant::now();
    let mut ledger = ledger(place, false)?;
    let day = day.parse()?;
    let times = Times { as_of: day, known_by: day, recorded_by: None };
    let snapshot = ledger.snapshot(times, &EvidenceRules::default())?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(format!(
        "{{\"entries\": {}, \"facilities\": {}, \"counted\": {}, \"withdrawn\": {}, \"seconds\": {seconds:.3}, \
         \"peak_kib\": {}}}",
        snapshot.root.entries,
        snapshot.facilities.len(),
        snapshot.counted,
        snapshot.withdrawn,
        peak_kib()?
    ))
}

fn verify(place: &str) -> Done<String> {
    let begun = Instant::now();
    let looked = ledger(place, false)?.verify(&[])?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(format!(
        "{{\"entries\": {}, \"findings\": {}, \"seconds\": {seconds:.2}, \"peak_kib\": {}}}",
        looked.root.entries,
        looked.findings.len(),
        peak_kib()?
    ))
}

/// The most memory that this process held, in KiB.
fn peak_kib() -> Done<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.split_whitespace().next()).ok_or("no peak of memory")?;
    Ok(peak.parse()?)
}

fn main() -> Done<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words[..] {
        ["append", folder, count] => append(Path::new(folder), count.parse()?)?,
        ["import", path, count, facilities] => {
            import(path, count.parse()?, facilities.parse()?, COUNTS)?
        }
        ["import", path, count, facilities, counts] => {
            import(path, count.parse()?, facilities.parse()?, counts.parse()?)?
        }
        ["snapshot", path, day] => snapshot(path, day)?,
        ["single", path, count] => single(path, count.parse()?)?,
        ["verify", path] => verify(path)?,
        _ => {
            return Err("say append, import, snapshot, single or verify, as the source says".into());
        }
    };
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
