//! A ledger on a server as people use it: what they see is what a ledger in a file gives, and never a password.

use crate::folder::{Folder, stderr, stdout};

/// Runs a command over a ledger; what it prints holds no password.
fn run(folder: &Folder, code: i32, words: &str, password: &str) -> String {
    let done = folder.expect(code, words);
    let said = stdout(&done) + &stderr(&done);
    assert!(!said.contains(password), "{words}: {said}");
    said
}

#[test]
#[ignore = "needs a server: make test-postgres"]
fn postgres_keeps_the_shipped_reports_as_a_file_does() {
    let url = std::env::var("GROUNDWORK_POSTGRES").unwrap();
    let password = url.split([':', '@']).nth(2).unwrap();
    let schema = format!("shipped_{}", std::process::id());
    let server = format!("{url}?schema={schema}");
    let folder = Folder::example("prk-20x10");
    let run = |code, words: &str| run(&folder, code, words, password);
    let import = "import p/reports.csv --map p/import.toml --folder p";
    let name = format!("schema {schema} of database postgres on 127.0.0.1");
    let said = run(0, &format!("ledger init p --ledger {server}"));
    assert_eq!(said.lines().next().unwrap(), name);
    let tally = |said: &str| said.lines().last().unwrap().to_owned();
    let in_file = tally(&run(0, import)).replace("p/ledger.db", &name);
    assert_eq!(tally(&run(0, &format!("{import} --ledger {server}"))), in_file);
    let again = run(0, &format!("{import} --ledger {server}"));
    assert!(again.contains(": 0 added to schema"), "{again}");
    for day in ["2024-12-31", "2025-12-31"] {
        let ask = format!("status p --as-of {day} --known-by {day}");
        let without_root = |said: String| {
            let lines = said.lines().filter(|line| !line.contains("root "));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let there = run(0, &format!("{ask} --ledger {server}"));
        assert_eq!(without_root(there), without_root(run(0, &ask)));
    }
    // To another schema, and from there into a file: the root stays the same.
    let root = run(0, "ledger root p");
    let moved = format!("{url}?schema=moved_{}", std::process::id());
    run(0, &format!("ledger backup p --out {moved}"));
    assert_eq!(run(0, &format!("ledger root p --ledger {moved}")), root);
    run(0, &format!("ledger backup p --ledger {moved} --out back.db"));
    assert_eq!(run(0, "ledger root p --ledger back.db"), root);
    run(0, "ledger verify p --ledger back.db");
    run(0, &format!("ledger recover p --ledger {moved}"));
    run(0, &format!("ledger verify p --ledger {moved}"));
    let taken = run(3, &format!("ledger backup p --out {moved}"));
    assert!(taken.contains("L805") && taken.contains("holds something already"), "{taken}");
}

#[test]
fn addresses_that_cannot_be_used_are_refused_without_their_password() {
    let folder = Folder::with("", "");
    for (code, address, cause) in [
        (1, "postgres://a:secret@127.0.0.1:1/x", "cannot be reached"),
        (2, "postgres://a:secret@10.0.0.1/x?sslmode=prefer", "might not be encrypted"),
        (2, "postgres://a:secret@localhost/x?schema=A", "`A` is no name of a schema"),
        (2, "postgres://a:secret@localhost:port/x", "cannot be read"),
    ] {
        for command in ["ledger root", "ledger init", "ledger recover"] {
            let said = run(&folder, code, &format!("{command} p --ledger {address}"), "secret");
            assert!(said.contains(cause), "{command} {address}: {said}");
        }
    }
}
