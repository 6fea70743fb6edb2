//! What entries come to beside a scorecard: denials, looks, readiness, output and cycles, worked by hand.

use groundwork_model::evidence::{
    Bound, Checklist, ChecklistItem, CountUnit, Counted, Cycle, Draft, Entry, EvidenceRules,
    FacilityScore, FactorBy, Mark, Medium, Predicate, PromiseScore, Published, PublishedFrom,
    Quantity, Reached, Relation, RelationKind, Root, Schedule, Scope, Scorecard, Snapshot, Source,
    SourceTable, Stage, StageState, Subject, Texts, Times, Voice,
};
use groundwork_model::{Decimal, Programme};
use groundwork_monitor::{SourceBook, agenda, inspections, outputs};
use jiff::civil::{Date, date};

const OPENED: Predicate = Predicate::Stage { stage: Stage::Inaugurated, reached: true };

fn times() -> Times {
    let day = date(2025, 6, 30);
    Times { as_of: day, known_by: day, recorded_by: None }
}

fn facility(id: &str) -> Subject {
    Subject {
        scope: Scope::Facility,
        id: id.to_owned(),
        place: id.to_owned(),
        kind: "factories".to_owned(),
        batch: "2024".to_owned(),
    }
}

/// What the state says of a facility, published on that day.
fn says(id: &str, predicate: Predicate, on: Date) -> Draft {
    Draft {
        key: String::new(),
        subject: facility(id),
        predicate,
        value: None,
        valid: on.to_string().parse().unwrap(),
        published: Published { day: on, from: PublishedFrom::Stated },
        voice: Voice::SelfReport,
        grade: None,
        relations: Vec::new(),
        related_keys: Vec::new(),
        medium: Medium::Document,
        document: String::new(),
        retrieved: None,
        language: String::new(),
        texts: Texts { source: "state".to_owned(), ..Texts::default() },
    }
}

/// The same as somebody independent saw it, at a grade.
fn seen(grade: &str, mut draft: Draft) -> Draft {
    draft.voice = Voice::Independent;
    draft.grade = Some(grade.parse().unwrap());
    "looker".clone_into(&mut draft.texts.source);
    draft
}

fn denies(entries: &[u64], mut draft: Draft) -> Draft {
    let to = |entry: &u64| Relation { how: RelationKind::Denies, entry: *entry };
    draft.relations = entries.iter().map(to).collect();
    draft
}

fn entry(number: usize, draft: Draft) -> Entry {
    Entry {
        number: number as u64,
        recorded_at: number as i64,
        draft,
        erased: Vec::new(),
        redacted: Vec::new(),
        origin: None,
        previous: String::new(),
        hash: String::new(),
    }
}

fn counted(drafts: Vec<Draft>) -> Vec<Counted> {
    let one = |(at, draft): (usize, Draft)| Counted {
        day: draft.day().unwrap(),
        entry: entry(at + 1, draft),
        ended: None,
        theirs: false,
    };
    drafts.into_iter().enumerate().map(one).collect()
}

/// Returns that a facility is claimed to be open.
fn opened(claim: Mark) -> StageState {
    StageState {
        stage: Stage::Inaugurated,
        claimed: Some(claim),
        verified: None,
        denied: None,
        latest: None,
        origins: 0,
        ready: None,
        looked: None,
        deadline: None,
    }
}

fn score(id: &str, batch: &str, claim: Mark) -> FacilityScore {
    FacilityScore {
        subject: Subject { batch: batch.to_owned(), ..facility(id) }.into(),
        official: None,
        evidence: None,
        halted: None,
        schedule: Vec::new(),
        stages: vec![opened(claim)],
        last_heard: claim.day,
        silent: false,
        entries: 1,
    }
}

fn table(drafts: Vec<Draft>, card: &Scorecard) -> SourceTable {
    let source = |id: &str, independent| Source {
        id: id.to_owned(),
        name: id.to_owned(),
        independent,
        ..Source::default()
    };
    let sources = [source("state", false), source("looker", true)];
    let rules = EvidenceRules::default();
    let mut book = SourceBook::new(times(), &rules, &sources);
    for (at, draft) in drafts.into_iter().enumerate() {
        book.take(&entry(at + 1, draft));
    }
    book.finish(card, &Programme::default(), Stage::Inaugurated)
}

fn refuted(drafts: Vec<Draft>) -> (u64, u64, u64) {
    let table = table(drafts, &Scorecard::empty(times()));
    let state = table.sources.into_iter().find(|one| one.id == "state").unwrap().record;
    (state.claims, state.verified, state.refuted)
}

const CLAIM: Date = date(2024, 12, 1);
const LATER: Date = date(2024, 12, 20);

#[test]
fn an_entry_denies_every_claim_that_it_names() {
    let claims = || vec![says("A", OPENED, CLAIM), says("B", OPENED, CLAIM)];
    let with = |denial: Draft| claims().into_iter().chain([denial]).collect();
    let note = || seen("B2", says("A", Predicate::Note, LATER));
    assert_eq!(refuted(with(denies(&[1, 2], note()))), (2, 0, 2));
    // One that saw A open and denies B says both, and so does one that speaks of another stage.
    assert_eq!(refuted(with(denies(&[2], seen("B2", says("A", OPENED, LATER))))), (2, 1, 1));
    let completed = Predicate::Stage { stage: Stage::Completed, reached: false };
    assert_eq!(refuted(with(denies(&[1], seen("B2", says("A", completed, LATER))))), (2, 0, 1));
    // That an amount was not delivered does not say that nothing operates.
    let output = says("A", Predicate::Output { product: "shoes".to_owned() }, CLAIM);
    assert_eq!(refuted(vec![output, denies(&[1], note())]), (1, 0, 0));
}

#[test]
fn a_source_speaks_of_days_to_come_from_the_day_it_publishes() {
    let mut open = says("A", Predicate::Finding { mended: false }, LATER);
    open.valid = "2026-01-01/2026-12-31".parse().unwrap();
    assert_eq!(open.day(), Some(LATER));
    let table = table(vec![open], &Scorecard::empty(times()));
    assert_eq!(table.sources.iter().map(|one| one.entries).sum::<u64>(), 1);
}

/// Two origins are asked for: one that saw it has looked, though it is not verified.
#[test]
fn one_look_of_two_is_a_look() {
    let claim = Mark { day: CLAIM, entry: 1 };
    let mut card = Scorecard::empty(times());
    card.facilities = vec![score("A", "2024", claim), score("B", "2024", claim)];
    // B was seen, and verified, before the claim.
    card.facilities[1].stages[0].verified = Some(Mark { day: date(2024, 11, 1), entry: 4 });
    let drafts = vec![
        says("A", OPENED, CLAIM),
        says("B", OPENED, CLAIM),
        seen("B2", says("A", OPENED, LATER)),
        seen("B2", says("B", OPENED, date(2024, 11, 1))),
    ];
    let table = table(drafts, &card);
    let all = table.factors.iter().find(|one| one.by == FactorBy::All).unwrap();
    assert_eq!((all.claimed, all.looked, all.verified), (2, 1, 1));
    assert!(table.next[0].reason.contains("found so, by too few"), "{}", table.next[0].reason);
}

#[test]
fn words_of_one_day_are_no_copy() {
    let quote = "The county's factories were opened on Friday, in the presence of all.";
    let quoted = |mut draft: Draft| {
        let text = quote.to_owned();
        draft.texts.quote = Some(groundwork_model::evidence::Quote { text, start: None });
        draft
    };
    let copies = |on: Date| {
        let both =
            vec![quoted(says("A", OPENED, CLAIM)), quoted(seen("B2", says("A", OPENED, on)))];
        table(both, &Scorecard::empty(times())).copies.len()
    };
    assert_eq!((copies(CLAIM), copies(LATER)), (0, 1));
}

fn snapshot() -> Snapshot {
    Snapshot {
        times: times(),
        root: Root::default(),
        rules: EvidenceRules::default(),
        facilities: Vec::new(),
        totals: Vec::new(),
        dates: Vec::new(),
        last_published: None,
        counted: 0,
        withdrawn: 0,
    }
}

/// A C3 is the least grade: an E5 hides no B2, and mends nothing.
#[test]
fn low_grades_say_nothing_of_readiness() {
    let mut programme = Programme::default();
    let item = ChecklistItem { id: "power".to_owned(), words: String::new(), required: true };
    programme.settings.checklists =
        vec![Checklist { kind: "factories".to_owned(), items: vec![item] }];
    let mut snapshot = snapshot();
    snapshot.facilities = vec![groundwork_model::evidence::FacilityState {
        subject: facility("A").into(),
        stages: vec![opened(Mark { day: LATER, entry: 9 })],
        last_heard: LATER,
        entries: 1,
    }];
    let power = |holds| Predicate::Readiness { item: "power".to_owned(), holds };
    let mut open = says("A", Predicate::Finding { mended: false }, CLAIM);
    "no power".clone_into(&mut open.texts.note);
    let mended = |grade: &str| {
        let draft = says("A", Predicate::Finding { mended: true }, date(2024, 12, 3));
        Draft { texts: open.texts.clone(), ..seen(grade, draft) }
    };
    let come = |grade: &str| {
        let drafts = vec![
            open.clone(),
            seen("B2", says("A", power(false), CLAIM)),
            seen(grade, says("A", power(true), date(2024, 12, 2))),
            mended(grade),
        ];
        let found = inspections(&programme, &counted(drafts), &snapshot);
        let one = &found.facilities[0];
        let before: Vec<u64> = one.opened_before_ready.iter().map(|why| why.mark.entry).collect();
        (before, one.findings[0].mended_verified)
    };
    assert_eq!(come("E5"), (vec![2], false));
    assert_eq!(come("B2"), (vec![], true));
}

#[test]
fn only_what_was_surely_delivered_is_an_amount() {
    let amount = |bound| {
        let mut draft = says("A", Predicate::Output { product: "shoes".to_owned() }, CLAIM);
        let number = Some(Decimal::new(900, 0));
        draft.value = Some(Quantity { number, unit: "t".to_owned(), bound });
        let rows = outputs(&Programme::default(), &counted(vec![draft]), &snapshot()).rows;
        rows.first().and_then(|row| row.claimed.as_ref()).map(|side| side.amount)
    };
    let known = Some(Decimal::new(900, 0));
    assert_eq!([Bound::Exactly, Bound::About, Bound::AtLeast].map(amount), [known; 3]);
    assert_eq!([Bound::LessThan, Bound::Several].map(amount), [None; 2]);
}

fn promise(id: &str, batch: &str, entries: Vec<u64>) -> PromiseScore {
    let reached = |entries: Vec<u64>| Reached {
        count: Some(entries.len() as u64),
        by_due: None,
        day: None,
        schedule: Schedule::Unknown,
        entries,
    };
    PromiseScore {
        id: id.to_owned(),
        entry: None,
        batch: batch.to_owned(),
        kind: String::new(),
        place: String::new(),
        stage: Stage::Inaugurated,
        count: 1,
        unit: CountUnit::Facilities,
        due: Some(date(2024, 12, 31)),
        not_before: None,
        words: String::new(),
        claimed: reached(entries),
        verified: reached(Vec::new()),
    }
}

/// Two facilities stand: one of 2024, one of 2025. Milestones of 2024, of both, and of all see the first three times.
#[test]
fn milestones_of_a_cycle_count_nothing_twice() {
    let mut programme = Programme::default();
    programme.settings.cycles = vec![Cycle {
        id: "first".to_owned(),
        name: String::new(),
        span: "2024/2025".parse().unwrap(),
        words: String::new(),
        source: String::new(),
        targets: Vec::new(),
        meetings: Vec::new(),
    }];
    let mut card = Scorecard::empty(times());
    card.facilities = vec![
        score("A", "2024", Mark { day: CLAIM, entry: 1 }),
        score("B", "2025", Mark { day: CLAIM, entry: 2 }),
    ];
    card.promises = vec![
        promise("all", "", vec![1, 2]),
        promise("both", "2024+2025", vec![1, 2]),
        promise("one", "2024", vec![1]),
        promise("other", "2025", vec![2]),
    ];
    let row = agenda(&programme, &[], &card).cycles[0].rows[0].clone();
    assert_eq!(row.promises, ["one", "other"]);
    assert_eq!((row.promised, row.claimed), (2, Some(2)));
}

#[test]
fn a_target_of_one_place_says_so() {
    let mut target = promise("entry 7", "2024", Vec::new());
    target.place = "A".to_owned();
    assert_eq!(target.asked(), "1 facility of 2024 at A inaugurated by 2024-12-31");
}
