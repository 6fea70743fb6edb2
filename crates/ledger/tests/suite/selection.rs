//! Entries of some predicates as of a pair of times: which count, on which day, and what has ended.

use crate::common::{Ticking, day, facility, says};
use groundwork_ledger::{Ledger, MemoryStore, Store as _, What, Writer};
use groundwork_model::evidence::{Draft, Predicate, Relation, RelationKind, Stage, Times};

fn finding(mended: bool, due: &str, published: &str) -> Draft {
    let mut draft = says(facility("a"), Predicate::Finding { mended }, due);
    draft.published.day = day(published);
    draft
}

fn relating(how: RelationKind, entry: u64, on: &str) -> Draft {
    let mut draft = says(facility("a"), Predicate::Note, on);
    draft.relations = vec![Relation { how, entry }];
    draft
}

/// Returns number, day and end of the findings that count.
fn findings(
    ledger: &mut Ledger<MemoryStore>,
    as_of: &str,
    known_by: &str,
) -> Vec<(u64, String, Option<String>)> {
    let times = Times { as_of: day(as_of), known_by: day(known_by), recorded_by: None };
    let wanted =
        ledger.selected(times, &|fact, subject| fact.what == What::Finding && subject.id == "a");
    let row = |one: groundwork_model::evidence::Counted| {
        (one.entry.number, one.day.to_string(), one.ended.map(|day| day.to_string()))
    };
    wanted.expect("a selection").into_iter().map(row).collect()
}

#[test]
fn what_is_to_be_mended_counts_from_its_publication_and_not_from_its_deadline() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let drafts = [
        says(
            facility("a"),
            Predicate::Stage { stage: Stage::Completed, reached: true },
            "2025-01-01",
        ),
        finding(false, "by 2025-06-30", "2025-02-01"),
        finding(false, "by 2025-03-31", "2025-02-02"),
        finding(true, "2025-03-10", "2025-03-20"),
        relating(RelationKind::Retracts, 3, "2025-04-01"),
        relating(RelationKind::Expires, 2, "2025-05-01"),
    ];
    ledger.append(&drafts, &mut Ticking::from(1_000)).expect("appended");
    let open = |number, day: &str| (number, day.to_owned(), None);
    assert_eq!(findings(&mut ledger, "2025-01-31", "2025-12-31"), []);
    let early = [open(2, "2025-02-01"), open(3, "2025-02-02")];
    assert_eq!(findings(&mut ledger, "2025-02-28", "2025-02-28"), early);
    // Mended on the 10th of March; known from the 20th on.
    assert_eq!(findings(&mut ledger, "2025-03-15", "2025-03-15"), early);
    let mended = [early[0].clone(), early[1].clone(), open(4, "2025-03-10")];
    assert_eq!(findings(&mut ledger, "2025-03-15", "2025-03-31"), mended);
    // Taken back on the 1st of April, ended on the 1st of May.
    let now = [(2, "2025-02-01".to_owned(), Some("2025-05-01".to_owned())), open(4, "2025-03-10")];
    assert_eq!(findings(&mut ledger, "2025-06-01", "2025-06-01"), now);
}

#[test]
fn a_fact_that_is_missing_is_an_error_and_no_shorter_selection() {
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    let drafts = ["2025-02-01", "2025-02-02", "2025-02-03"].map(|day| finding(false, day, day));
    ledger.append(&drafts, &mut Ticking::from(1_000)).expect("appended");
    assert_eq!(findings(&mut ledger, "2025-12-31", "2025-12-31").len(), 3);
    let leave_out = |writer: &mut dyn Writer| {
        let facts = [1, 3].map(|number| (number, writer.fact(number)));
        let (subjects, sources) = (writer.subjects()?, writer.sources()?);
        writer.clear_index()?;
        for subject in &subjects {
            writer.subject(subject)?;
        }
        for source in &sources {
            writer.source(source)?;
        }
        for (number, fact) in facts {
            writer.put_fact(number, &fact?.expect("a fact"), false)?;
        }
        Ok(())
    };
    ledger.store().write(&mut |writer| leave_out(writer)).expect("written");
    let times = Times { as_of: day("2025-12-31"), known_by: day("2025-12-31"), recorded_by: None };
    assert!(ledger.selected(times, &|fact, _| fact.what == What::Finding).is_err());
}
