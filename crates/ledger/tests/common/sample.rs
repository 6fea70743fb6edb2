//! A ledger as tests of damage need it: some of everything, in a file.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::path::{Path, PathBuf};

use groundwork_ledger::{Erasing, Ledger, SqliteStore, Verification, document_of};
use groundwork_model::evidence::{
    Draft, Entry, EvidenceRules, Predicate, Quote, Relation, RelationKind, Snapshot, Stage,
    TextField, Times,
};

use crate::common::{Ticking, count, day, facility, not_reached, reached, says, seen_by};

pub(crate) type FileLedger = Ledger<SqliteStore>;

/// A draft that differs from its neighbours, the `at`-th of a long list.
pub(crate) fn varied(at: usize) -> Draft {
    let subject = || facility(&format!("facility-{}", at % 17));
    let on = format!("2024-{:02}-{:02}", at % 12 + 1, at % 28 + 1);
    let mut draft = match at % 6 {
        0 => says(subject(), reached(Stage::GroundBroken), &on),
        1 => seen_by("satellite", "B2", says(subject(), reached(Stage::Completed), &on)),
        2 => count(i64::try_from(at).expect("small"), Stage::Completed, &on),
        3 => seen_by("visitor", "C3", says(subject(), not_reached(Stage::Completed), &on)),
        4 => says(subject(), Predicate::Deadline { stage: Stage::Inaugurated }, &on),
        _ => says(subject(), Predicate::Inspection { ready: Some(at.is_multiple_of(2)) }, &on),
    };
    draft.key = format!("report-{at}");
    draft.texts.title = format!("Report {at} of the works");
    draft.texts.note = "x".repeat(at * 7 % 90);
    draft
}

/// Appends `count` drafts behind `from` in batches of several sizes, with relations and a document.
pub(crate) fn fill(ledger: &mut FileLedger, from: usize, count: usize, moment: &mut Ticking) {
    let page = document_of("text/plain", b"The factory was opened with a ceremony.".to_vec());
    let mut at = from;
    while at < from + count {
        let size = (at % 5 + 1).min(from + count - at);
        let mut batch: Vec<Draft> = (at..at + size).map(varied).collect();
        if at > 10 {
            let how =
                if at.is_multiple_of(2) { RelationKind::Corrects } else { RelationKind::Denies };
            let entry = u64::try_from(at / 2).expect("small");
            batch[0].relations.push(Relation { how, entry });
        }
        batch[0].document = groundwork_ledger::hex(&page.hash);
        batch[0].texts.quote = Some(Quote { text: "factory was".to_owned(), start: Some(4) });
        ledger.append_with(&batch, std::slice::from_ref(&page), moment).expect("appended");
        at += size;
    }
}

/// A ledger of `count` entries in a new file, one of them with erased texts; it is closed again.
pub(crate) fn sample(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("ledger.db");
    let mut ledger = Ledger::new(SqliteStore::create(&path, "sample").expect("created"));
    let mut moment = Ticking::from(1_700_000_000_000_000);
    fill(&mut ledger, 0, count - 1, &mut moment);
    let erasing = Erasing { by: "editor", reason: "a name" };
    ledger.erase(3, &[TextField::Note], erasing, &mut moment).expect("erased");
    path
}

pub(crate) fn open(path: &Path) -> groundwork_ledger::Result<FileLedger> {
    Ok(Ledger::new(SqliteStore::open(path)?))
}

pub(crate) fn at(text: &str) -> Times {
    Times { as_of: day(text), known_by: day(text), recorded_by: None }
}

/// The snapshot of the end of 2024, when half of the sample's year has been said twice.
pub(crate) fn snapshot(ledger: &mut FileLedger) -> groundwork_ledger::Result<Snapshot> {
    ledger.snapshot(at("2024-12-31"), &EvidenceRules::default())
}

pub(crate) fn entries(ledger: &mut FileLedger) -> groundwork_ledger::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    ledger.entries(1, &mut |entry| {
        entries.push(entry);
        Ok(())
    })?;
    Ok(entries)
}

/// Codes of what was found, with their entries.
pub(crate) fn found(verification: &Verification) -> Vec<(&'static str, u64)> {
    verification.findings.iter().map(|finding| (finding.code.as_str(), finding.entry)).collect()
}
