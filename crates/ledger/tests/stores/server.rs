//! What holds for a ledger on a server alone: lost connections, turns, schemas.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use groundwork_ledger::{
    Fact, Ledger, LedgerError, PostgresAddress, PostgresStore, SqliteStore, Store as _, copy_whole,
    mark_of_source,
};
use groundwork_model::evidence::{Draft, Stage};
use postgres::{Client, NoTls};

use crate::Postgres;
use crate::common::{facility, reached, says};
use crate::meaning::clock;

fn draft(id: &str) -> Draft {
    let mut draft = says(facility(id), reached(Stage::Completed), "2024-12-20");
    id.clone_into(&mut draft.key);
    draft
}

/// Speaks to the server as somebody else.
fn aside(home: &Postgres) -> Client {
    Client::connect(&home.url, NoTls).expect("connected")
}

fn code(error: &LedgerError) -> String {
    error.problem().code.as_str().to_owned()
}

fn made() -> (Postgres, Ledger<PostgresStore>) {
    let home = Postgres::new();
    let store = PostgresStore::create(&home.address(), "suite").expect("created");
    (home, Ledger::new(store))
}

fn entries(home: &Postgres) -> u64 {
    let mut ledger = Ledger::new(home.open());
    assert_eq!(ledger.verify(&[]).expect("looked through").findings, []);
    ledger.root().expect("a root").entries
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_keeps_ledgers_of_one_database_apart() {
    let ((one, mut first), (two, mut second)) = (made(), made());
    first.append(&[draft("a"), draft("b")], &mut clock()).expect("appended");
    second.append(&[draft("a")], &mut clock()).expect("appended");
    assert_eq!((entries(&one), entries(&two)), (2, 1));
    // A word of SQL is a name like any other.
    let word = Postgres { url: one.url.clone(), schema: "select".to_owned() };
    aside(&one).batch_execute("DROP SCHEMA IF EXISTS \"select\" CASCADE").expect("dropped");
    let store = PostgresStore::create(&word.address(), "suite").expect("created");
    Ledger::new(store).append(&[draft("a")], &mut clock()).expect("appended");
    assert_eq!(entries(&word), 1);
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_opens_nothing_but_a_ledger_of_a_known_form() {
    let (home, _) = made();
    let refused = |result: groundwork_ledger::Result<PostgresStore>| {
        let error = result.expect_err("refused");
        (code(&error), error.to_string())
    };
    let (number, said) = refused(PostgresStore::create(&home.address(), "suite"));
    assert_eq!(number, "L805");
    assert!(said.ends_with("holds something already"), "{said}");
    let missing = Postgres::new();
    let (number, said) = refused(PostgresStore::open(&missing.address()));
    assert_eq!(number, "L805");
    assert!(said.ends_with("is not there, or is empty"), "{said}");
    let mut client = aside(&home);
    for table in ["other (x int)", "about (x int)", "about (name text, value text)"] {
        let of_others = Postgres::new();
        let schema = &of_others.schema;
        client
            .batch_execute(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.{table}"))
            .expect("made");
        let (number, said) = refused(PostgresStore::open(&of_others.address()));
        assert_eq!(number, "L805");
        assert!(said.ends_with("belongs to another program"), "{said}");
        assert_eq!(refused(PostgresStore::create(&of_others.address(), "suite")).0, "L805");
    }
    // A schema that somebody with more rights has made is used.
    let given = Postgres::new();
    client.batch_execute(&format!("CREATE SCHEMA {}", given.schema)).expect("made");
    PostgresStore::create(&given.address(), "suite").expect("created");
    let newer = format!("UPDATE {}.about SET value = '3' WHERE name = 'form'", home.schema);
    client.batch_execute(&newer).expect("changed");
    assert_eq!(refused(PostgresStore::open(&home.address())).0, "L804");
    let wrong = home.url.replace("groundwork:", "groundwork:x");
    let address = PostgresAddress::read(&wrong, None).expect("an address");
    let (number, said) = refused(PostgresStore::open(&address));
    assert_eq!(number, "L801");
    assert!(said.contains("password authentication failed"), "{said}");
    let nobody = PostgresAddress::read("postgres://127.0.0.1:1/x", None).expect("an address");
    let (number, said) = refused(PostgresStore::open(&nobody));
    assert_eq!(number, "L801");
    assert!(said.contains("cannot be reached") && said.contains("refused"), "{said}");
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_waits_for_its_turn_and_then_says_that_others_write() {
    let (home, mut ledger) = made();
    let mut client = aside(&home);
    let mut held = client.transaction().expect("begun");
    held.batch_execute(&format!("LOCK TABLE {}.turn IN EXCLUSIVE MODE", home.schema))
        .expect("held");
    ledger.store().wait_at_most(Duration::from_millis(100)).expect("set");
    let begun = std::time::Instant::now();
    let error = ledger.append(&[draft("a")], &mut clock()).expect_err("busy");
    assert_eq!(code(&error), "L803");
    assert!(begun.elapsed() >= Duration::from_millis(300), "it asked three times");
    assert_eq!(ledger.root().expect("readers do not wait").entries, 0);
    ledger.store().wait_at_most(Duration::from_secs(10)).expect("set");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ledger.append(&[draft("a")], &mut clock()));
        std::thread::sleep(Duration::from_millis(300));
        held.rollback().expect("ended");
        waiting.join().expect("no panic").expect("appended once its turn came");
    });
    assert_eq!(entries(&home), 1);
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_connects_again_between_appends_and_never_inside_one() {
    let (home, mut ledger) = made();
    ledger.append(&[draft("a")], &mut clock()).expect("appended");
    let mut client = aside(&home);
    let mut cut = || {
        let text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 \
                    AND pid <> pg_backend_pid()";
        let cut = client.query(text, &[&format!("%{}%", home.schema)]).expect("cut");
        // The server says so before the connection is gone.
        std::thread::sleep(Duration::from_millis(200));
        cut.len()
    };
    // The last statement of an append names no schema; one that is read does.
    ledger.store().read(&mut |reader| reader.head().map(|_| ())).expect("read");
    cut();
    ledger.append(&[draft("b")], &mut clock()).expect("over a new connection");
    let error = ledger.store().write(&mut |writer| {
        writer.identity()?;
        assert_eq!(cut(), 1);
        writer.source("nobody").map(|_| ())
    });
    assert_eq!(code(&error.expect_err("cut")), "L801");
    assert_eq!(entries(&home), 2);
    ledger.append(&[draft("c")], &mut clock()).expect("over a new connection");
    assert_eq!(entries(&home), 3);
}

/// Passes everything on.
const OPEN: u8 = 0;
/// Cuts the connection when something is to be kept, before the server hears of it; then is open again.
const BEFORE: u8 = 1;
/// The same once the server has heard of it.
const AFTER: u8 = 2;
/// Cuts it then too, and lets nobody in any more.
const AFTER_AND_SHUT: u8 = 3;
/// Lets nobody in.
const SHUT: u8 = 4;

/// Stands between the store and the server, and cuts connections.
fn stand_between(server: String) -> (u16, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let port = listener.local_addr().expect("an address").port();
    let mood = Arc::new(AtomicU8::new(OPEN));
    let of = Arc::clone(&mood);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, mood) = (client.expect("a client"), Arc::clone(&of));
            if mood.load(Ordering::SeqCst) == SHUT {
                continue;
            }
            let server = TcpStream::connect(&server).expect("a server");
            let (mut back, mut there) =
                (server.try_clone().expect("cloned"), client.try_clone().expect("cloned"));
            std::thread::spawn(move || std::io::copy(&mut back, &mut there));
            std::thread::spawn(move || pass(client, server, &mood));
        }
    });
    (port, mood)
}

fn pass(mut client: TcpStream, mut server: TcpStream, mood: &AtomicU8) {
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        let keeps = bytes[..read].windows(8).any(|window| window == b"; COMMIT");
        let now = if keeps { mood.load(Ordering::SeqCst) } else { OPEN };
        if now != OPEN {
            // What the server answers reaches nobody.
            client.shutdown(Shutdown::Both).expect("cut");
            mood.store(if now == AFTER_AND_SHUT { SHUT } else { OPEN }, Ordering::SeqCst);
        }
        if now != BEFORE && server.write_all(&bytes[..read]).is_err() {
            break;
        }
        if now != OPEN {
            std::thread::sleep(Duration::from_millis(300));
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_finds_out_whether_it_was_kept_when_the_connection_is_lost() {
    let (home, _) = made();
    let server = home.url.split(['@', '/']).nth(3).expect("a server").to_owned();
    let (port, mood) = stand_between(server.clone());
    let through = Postgres {
        url: home.url.replace(&server, &format!("127.0.0.1:{port}")),
        schema: home.schema.clone(),
    };
    let mut ledger = Ledger::new(through.open());
    ledger.append(&[draft("a")], &mut clock()).expect("appended");
    mood.store(AFTER, Ordering::SeqCst);
    let receipts = ledger.append(&[draft("b")], &mut clock()).expect("it was kept");
    assert_eq!((receipts[0].number, receipts[0].added), (2, true));
    assert_eq!(entries(&home), 2);
    mood.store(BEFORE, Ordering::SeqCst);
    let error = ledger.append(&[draft("c")], &mut clock()).expect_err("it was not kept");
    assert_eq!(code(&error), "L801", "{error}");
    assert_eq!(entries(&home), 2);
    mood.store(AFTER_AND_SHUT, Ordering::SeqCst);
    let error = ledger.append(&[draft("d")], &mut clock()).expect_err("nobody can be asked");
    assert_eq!(code(&error), "L810", "{error}");
    let error = ledger.append(&[draft("d")], &mut clock()).expect_err("nor reached");
    assert_eq!(code(&error), "L801", "{error}");
    // It was kept, and bringing it again adds nothing.
    mood.store(OPEN, Ordering::SeqCst);
    let receipts = ledger.append(&[draft("d"), draft("e")], &mut clock()).expect("appended");
    let said: Vec<_> = receipts.iter().map(|receipt| (receipt.number, receipt.added)).collect();
    assert_eq!(said, [(3, false), (4, true)]);
    assert_eq!(entries(&home), 4);
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_shows_what_was_changed_behind_its_back() {
    let (home, mut ledger) = made();
    let drafts: Vec<Draft> = ["a", "b", "c", "d"].map(draft).to_vec();
    ledger.append(&drafts, &mut clock()).expect("appended");
    let root = ledger.root().expect("a root");
    let mut client = aside(&home);
    let changes: [(&str, &[(&str, u64)]); 5] = [
        (
            "UPDATE entries SET body = replace(body, '2024-12-20', '2024-12-21') WHERE number = 2",
            &[("V801", 2)],
        ),
        (
            "UPDATE entries SET texts = replace(texts, 'state', 'stage') WHERE number = 3",
            &[("V802", 3), ("V803", 3)],
        ),
        ("UPDATE entries SET mark = NULL WHERE number = 1", &[("L801", 0)]),
        ("UPDATE entries SET hash = '\\x00' WHERE number = 2", &[("L801", 2)]),
        (
            "DELETE FROM entries WHERE number = 4; DELETE FROM facts WHERE number = 4",
            &[("V804", 3)],
        ),
    ];
    for (change, expected) in changes {
        let copy = Postgres::new();
        let (from, to) = (&home.schema, &copy.schema);
        PostgresStore::create(&copy.address(), "suite").expect("created");
        let tables = ["entries", "facts", "subjects", "sources", "documents"];
        for table in tables {
            let text = format!("INSERT INTO {to}.{table} SELECT * FROM {from}.{table}");
            client.batch_execute(&text).expect("copied");
        }
        let published = std::slice::from_ref(&root);
        let mut ledger = Ledger::new(copy.open());
        assert_eq!(ledger.verify(published).expect("looked through").findings, []);
        client.batch_execute(&format!("SET search_path = {to}; {change}")).expect("changed");
        let looked = ledger.verify(published).expect("looked through");
        let found: Vec<_> =
            looked.findings.iter().map(|finding| (finding.code.as_str(), finding.entry)).collect();
        for one in expected {
            assert!(found.contains(one), "{change}: {found:?}");
        }
    }
}

/// Returns the statements that the guide gives for roles.
fn roles_of_the_guide() -> &'static str {
    let guide = include_str!("../../../../docs/guide/team-ledger.md");
    guide.split("```sql").nth(1).and_then(|rest| rest.split("```").next()).expect("statements")
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_holds_people_to_the_roles_of_the_guide() {
    let (home, mut owner) = made();
    let mut named = draft("a");
    named.texts.source = "a witness".to_owned();
    owner.append(&[named, draft("b")], &mut clock()).expect("appended");
    let mut client = aside(&home);
    let suffix = &home.schema;
    let statements = roles_of_the_guide()
        .replace("SCHEMA groundwork", &format!("SCHEMA {suffix}"))
        .replace("groundwork.", &format!("{suffix}."))
        .replace("ledger_", &format!("{suffix}_"));
    client.batch_execute(&statements).expect("the guide's statements");
    let server = home.url.split('@').nth(1).expect("a server");
    let mut as_role = |role: &str| {
        let login = format!("{suffix}_{role}_login");
        let text =
            format!("CREATE ROLE {login} LOGIN PASSWORD 'of-{role}' IN ROLE {suffix}_{role}");
        client.batch_execute(&text).expect("a role");
        let text = format!("postgres://{login}@{server}?schema={suffix}");
        let address = PostgresAddress::read(&text, Some(&format!("of-{role}")));
        Ledger::new(PostgresStore::open(&address.expect("an address")).expect("opened"))
    };
    let mut reader = as_role("reader");
    assert_eq!(reader.verify(&[]).expect("looked through").findings, []);
    let error = reader.append(&[draft("c")], &mut clock()).expect_err("a reader");
    assert_eq!(code(&error), "L801");
    assert!(error.to_string().contains("permission denied"), "{error}");
    let erasing = groundwork_ledger::Erasing { by: "editor", reason: "asked for" };
    let fields = [groundwork_model::evidence::TextField::Source];
    let mut recorder = as_role("recorder");
    recorder.append(&[draft("c")], &mut clock()).expect("appended");
    let error = recorder.erase(1, &fields, erasing, &mut clock()).expect_err("a recorder");
    assert!(error.to_string().contains("permission denied"), "{error}");
    let mut editor = as_role("editor");
    editor.erase(1, &fields, erasing, &mut clock()).expect("erased");
    editor.reindex().expect("made anew");
    assert_eq!(entries(&home), 4);
    for forbidden in [
        "UPDATE entries SET body = ''",
        "UPDATE entries SET hash = ''",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "UPDATE documents SET hash = ''",
        "DROP TABLE entries",
    ] {
        let url = format!("postgres://{suffix}_editor_login:of-editor@{server}");
        let mut client = Client::connect(&url, NoTls).expect("connected");
        let text = format!("SET search_path = {suffix}; {forbidden}");
        let error = client.batch_execute(&text).expect_err("forbidden");
        let said = error.as_db_error().expect("by the server").message().to_owned();
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{said}");
    }
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_keeps_nothing_of_a_copy_that_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let mut from = Ledger::new(SqliteStore::create(&path, "suite").expect("created"));
    from.append(&[draft("a"), draft("b")], &mut clock()).expect("appended");
    drop(from);
    let damaged = rusqlite::Connection::open(&path).expect("opened");
    damaged
        .execute(
            "UPDATE entries SET body = replace(body, 'completed', 'inspected') WHERE number = 2",
            [],
        )
        .expect("changed");
    drop(damaged);
    let home = Postgres::new();
    let mut into = PostgresStore::create(&home.address(), "suite").expect("created");
    let error = copy_whole(&mut SqliteStore::open(&path).expect("opened"), &mut into);
    assert!(error.expect_err("refused").to_string().contains("would not be whole"));
    drop(into);
    assert_eq!(entries(&home), 0, "nothing was copied");
    PostgresStore::discard_empty(&home.address(), "another").expect("asked");
    assert_eq!(entries(&home), 0, "a ledger of another identifier stays");
    PostgresStore::discard_empty(&home.address(), "suite").expect("asked");
    let gone = PostgresStore::open(&home.address()).expect_err("nothing is left");
    assert!(gone.to_string().ends_with("is not there, or is empty"), "{gone}");
    let mut again =
        Ledger::new(PostgresStore::create(&home.address(), "suite").expect("free again"));
    again.append(&[draft("a")], &mut clock()).expect("appended");
    PostgresStore::discard_empty(&home.address(), "suite").expect("asked");
    assert_eq!(entries(&home), 1, "a ledger with entries stays");
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_is_asked_who_it_is_and_nothing_goes_in_the_open() {
    let (home, _) = made();
    let authority = std::env::var("GROUNDWORK_POSTGRES_CA").expect("make test-postgres names it");
    let authority = std::fs::read(authority).expect("a certificate");
    // The certificate is for `localhost`, not for the number.
    let by_number = home.url.clone();
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let open = |url: &str, parameters: &str, roots: Option<&[u8]>| {
        let text = format!("{url}?schema={}{parameters}", home.schema);
        let address = PostgresAddress::read(&text, None).expect("an address");
        let address = match roots {
            Some(roots) => address.with_roots(roots.to_vec()),
            None => address,
        };
        PostgresStore::open(&address)
    };
    let encrypted = || {
        let text = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                    WHERE application_name = 'groundwork' AND ssl AND query LIKE $1";
        let named = format!("%{}%", home.schema);
        aside(&home).query_one(text, &[&named]).expect("asked").get::<_, i64>(0)
    };
    let before = encrypted();
    let held = open(&by_name, "&sslmode=verify-full", Some(&authority)).expect("known by its name");
    assert_eq!(encrypted(), before + 1, "the server sees an encrypted connection");
    drop(held);
    let refused = |result: groundwork_ledger::Result<PostgresStore>| {
        let error = result.expect_err("refused").to_string();
        assert!(error.contains("cannot be reached") && error.contains("certificate"), "{error}");
    };
    refused(open(&by_number, "&sslmode=verify-full", Some(&authority)));
    refused(open(&by_name, "&sslmode=verify-full", None));
    // Encrypted all the same, but anybody may answer.
    open(&by_number, "&sslmode=require", None).expect("encrypted");
    open(&by_number, "", None).expect("on this machine in the open");
    let nothing = open(&by_name, "&sslmode=verify-full", Some(b"no certificate"));
    assert!(nothing.expect_err("refused").to_string().contains("sslrootcert"));
}

/// A ledger that an older version made is brought to the newest form when it is opened, once, and learns the chains of
/// attribution.
#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_brings_an_older_ledger_to_the_newest_form() {
    let (home, mut ledger) = made();
    let mut chained = draft("chained");
    chained.texts.attribution = vec!["agency".to_owned(), "paper".to_owned()];
    ledger.append(&[draft("plain"), chained], &mut clock()).expect("appended");
    drop(ledger);
    let schema = &home.schema;
    let mut client = aside(&home);
    for row in
        client.query(&format!("SELECT number, fact FROM {schema}.facts"), &[]).expect("facts")
    {
        let (number, bytes): (i64, Vec<u8>) = (row.get(0), row.get(1));
        let mut fact = Fact::from_bytes(&bytes).expect("a fact");
        let chain = format!("SELECT source FROM {schema}.sources WHERE number = $1");
        let Some(chain) = client.query_opt(&chain, &[&(fact.chain as i32)]).expect("asked") else {
            continue;
        };
        fact.names ^= mark_of_source(chain.get(0)).rotate_left(8);
        fact.chain = 0;
        let text = format!("UPDATE {schema}.facts SET fact = $2 WHERE number = $1");
        client.execute(&text, &[&number, &fact.to_bytes()]).expect("put back");
    }
    let text = format!(
        "DELETE FROM {schema}.sources WHERE ascii(source) = 31; \
         UPDATE {schema}.about SET value = '1' WHERE name = 'form'"
    );
    client.batch_execute(&text).expect("put back");
    let mut ledger = Ledger::new(home.open());
    assert_eq!(ledger.verify(&[]).expect("looked through").findings, []);
    let form = format!("SELECT value FROM {schema}.about WHERE name = 'form'");
    assert_eq!(client.query_one(&form, &[]).expect("a form").get::<_, String>(0), "2");
    drop(Ledger::new(home.open()));
}
