//! `status` and `diff` as people run them, on the reports of the shipped example and on small ledgers of which every
//! figure is worked by hand.

use std::fs;

use groundwork_model::evidence::{
    AlertKind, CountUnit, Draft, GroupScore, Predicate, Reconciliation, Schedule, ScoreDifference,
    Scorecard, Stage, StageCount,
};

use crate::evidence::{self, count, counts, facility, programme, published, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

impl Folder {
    /// Makes the four villages with more settings and a ledger.
    fn villages(settings: &str, drafts: &[Draft]) -> Self {
        let folder = Self::with(&format!("{FOUR}{settings}"), PLACES);
        evidence::write(&folder.path("p/ledger.db"), drafts);
        folder
    }

    fn card(&self, options: &str) -> Scorecard {
        let done = self.expect(0, &format!("status p --json {options}"));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn screen(&self, options: &str) -> String {
        stdout(&self.expect(0, &format!("status p {options}")))
    }
}

fn group<'a>(card: &'a Scorecard, batch: &str) -> &'a GroupScore {
    let found = card.batches.iter().find(|group| group.batch == batch && group.kind == "factories");
    found.unwrap()
}

/// Returns how many are claimed and verified at a stage.
fn figures(group: &GroupScore, stage: Stage) -> (usize, usize) {
    group.stage(stage).map_or((0, 0), |score| (score.claimed.len(), score.verified.len()))
}

fn total(card: &Scorecard, day: &str, number: u64) -> Reconciliation {
    let found = card
        .reconciliations
        .iter()
        .find(|one| one.day.to_string() == day && one.number == Some(number));
    found.unwrap().clone()
}

const THEN: &str = "--as-of 2024-12-31 --known-by 2024-12-31";
const FORTY: &str = "--as-of 2025-12-03 --known-by 2025-12-04";
const NOW: &str = "--as-of 2026-02-15 --known-by 2026-02-15";

#[test]
fn the_first_year_ends_with_twenty_claimed_as_a_total_and_one_opened_by_name() {
    let folder = Folder::shipped(|drafts| drafts);
    let card = folder.card(THEN);
    let batch = group(&card, "2024");
    assert_eq!(batch.facilities, 20);
    assert_eq!(figures(batch, Stage::GroundBroken), (20, 0));
    assert_eq!(figures(batch, Stage::Inaugurated), (1, 0));
    assert_eq!(figures(batch, Stage::Completed), (0, 1));
    let promise = card.promises.iter().find(|promise| promise.id == "opened-2024").unwrap();
    assert_eq!((promise.claimed.count, promise.claimed.schedule), (Some(1), Schedule::Late));
    assert_eq!((promise.verified.count, promise.verified.schedule), (Some(0), Schedule::Late));
    let claim = total(&card, "2024-12-21", 20);
    assert_eq!((claim.matched, claim.further, claim.unexplained), (Some(0), Some(1), Some(19)));
    let last = card.series.iter().find(|one| one.batch == "2024").unwrap().points.last().unwrap();
    assert_eq!((last.promised, last.claimed, last.verified), (20, 1, 0));
    assert_eq!((last.late, last.late_unverified), (19, 20));
    insta::assert_snapshot!("status_2024", folder.screen(THEN));
}

#[test]
fn the_claim_of_forty_leaves_twenty_that_nobody_had_opened() {
    let folder = Folder::shipped(|drafts| drafts);
    let card = folder.card(FORTY);
    let verified: usize =
        group(&card, "2025").stages.iter().map(|score| score.verified.len()).sum();
    assert_eq!(verified, 0, "of the second batch nothing is verified");
    let claim = total(&card, "2025-12-03", 40);
    assert_eq!(claim.batches, ["2024", "2025"]);
    assert_eq!((claim.matched, claim.verified), (Some(1), Some(1)), "Songchon, by the ministry");
    assert_eq!((claim.further, claim.unexplained), (Some(19), Some(20)));
    // 17 of 2025 have a ground-breaking of their own; a total says that all 20 were begun.
    assert_eq!((claim.named, claim.rest_facilities.len()), (37, 17));
    assert_eq!(claim.redefined, Some(StageCount { stage: Stage::GroundBroken, count: 40 }));
    assert_eq!(claim.since, Some(0), "by that day");
    assert_eq!(total(&folder.card(NOW), "2025-12-03", 40).since, Some(20));
    insta::assert_snapshot!("status_2025", folder.screen(FORTY));
}

#[test]
fn a_total_of_plants_is_not_compared_with_places() {
    let folder = Folder::shipped(|drafts| drafts);
    let card = folder.card(NOW);
    let plants = total(&card, "2026-02-07", 120);
    assert_eq!((plants.matched, plants.unexplained), (None, None));
    assert_eq!(plants.unit_changed.map(|before| before.number), Some(40));
    let pukchang = card.alerts.iter().find(|alert| {
        alert.kind == AlertKind::OpenedBeforeReady && alert.text.starts_with("Pukchang")
    });
    assert!(pukchang.unwrap().text.contains("15 days after an inspection found it not ready"));
    insta::assert_snapshot!("status_2026", folder.screen(NOW));
    insta::assert_snapshot!(
        "status_2026_provinces",
        folder.screen(&format!("{NOW} --by province"))
    );
    let why = folder.screen(&format!("{THEN} --why"));
    let behind = why.split("What the figures rest on").nth(1).unwrap();
    insta::assert_snapshot!("status_why", behind);
}

#[test]
fn a_difference_keeps_the_world_and_our_knowledge_apart() {
    let folder = Folder::shipped(|drafts| drafts);
    let words = "diff p --from 2024-12-31 --to 2025-12-03 --known-by 2024-12-31 2025-12-04";
    insta::assert_snapshot!("diff_example", stdout(&folder.expect(0, words)));
    let done = folder.expect(0, &format!("{words} --json"));
    let found: ScoreDifference = serde_json::from_slice(&done.stdout).unwrap();
    let opened = |changes: &groundwork_model::evidence::Changes| {
        let stages = changes.stages.iter();
        stages.filter(|c| c.stage == Stage::Inaugurated && c.before.is_none()).count()
    };
    // 19 places of 2024, and the hospital and the farm of 2025; of 2024 itself nothing new came out.
    assert_eq!((opened(&found.world), opened(&found.knowledge)), (21, 0));
    let refused = folder.expect(2, "diff p --from 2025-12-03 --to 2024-12-31");
    assert!(stderr(&refused).contains("does not lie before"), "{}", stderr(&refused));
}

#[test]
fn what_is_new_is_written_as_a_feed() {
    let folder = Folder::shipped(|drafts| drafts);
    let screen = folder.screen(&format!("{NOW} --since 2025-12-04 --atom feed.xml"));
    let since = screen.split("Since 2025-12-04").nth(1).unwrap();
    insta::assert_snapshot!("status_since", since);
    let feed = fs::read_to_string(folder.path("feed.xml")).unwrap();
    assert!(feed.contains("<id>urn:uuid:") && feed.contains("Pukchang"), "{feed}");
    folder.expect(0, &format!("status p {NOW} --since 2025-12-04 --atom again.xml"));
    assert_eq!(feed, fs::read_to_string(folder.path("again.xml")).unwrap(), "the same bytes");
}

/// Two clinics promised by the end of March 2030 in places A and B.
const PROMISE: &str = r#"
[[milestones]]
id = "m"
batch = "1"
stage = "inaugurated"
count = 2
due = "2030-03"
"#;

#[test]
fn early_on_time_late_and_not_due_are_told_apart() {
    let drafts = [
        says(facility("A", "1"), reached(Stage::Inaugurated), "2030-02-28"),
        says(facility("B", "1"), reached(Stage::GroundBroken), "2030-01-05"),
        says(facility("B", "1"), reached(Stage::Inaugurated), "2030-04-02"),
        seen("visitor", "B2", says(facility("A", "1"), reached(Stage::Inaugurated), "2030-03-31")),
    ];
    let folder = Folder::villages(PROMISE, &drafts);
    let at = |day: &str| {
        let card = folder.card(&format!("--as-of {day} --known-by 2031-01-01"));
        let of = |id: &str| {
            let facility = card.facilities.iter().find(|one| one.subject.id == id).unwrap();
            (facility.schedule[0].claimed, facility.schedule[0].verified)
        };
        (of("A/1"), of("B/1"), card.promises[0].claimed.schedule)
    };
    use Schedule::{Early, Late, NotDue, OnTime};
    assert_eq!(at("2030-03-30"), ((Early, NotDue), (NotDue, NotDue), NotDue));
    assert_eq!(at("2030-03-31"), ((Early, OnTime), (Late, Late), Late));
    let last = folder.card("--as-of 2030-04-10 --known-by 2031-01-01");
    let (claimed, missed) = (&last.promises[0].claimed, &last.alerts[0]);
    assert_eq!((claimed.count, claimed.by_due), (Some(2), Some(1)));
    assert_eq!(claimed.day.unwrap().to_string(), "2030-04-02");
    assert_eq!(missed.kind, AlertKind::BrokenMilestone);
    assert!(missed.text.contains("2 days late"), "{}", missed.text);
}

/// Reports of a batch that contradict one another in every way that alerts know.
fn at_odds() -> Vec<Draft> {
    let not_ready = Predicate::Inspection { ready: Some(false) };
    let denied = Predicate::Stage { stage: Stage::Inaugurated, reached: false };
    let progress = Predicate::Progress {
        stage: Stage::UnderConstruction,
        part: "roof".to_owned(),
        reached: true,
    };
    let target = |number: i64, due: &str, on: &str| {
        let (_, value) = count(number, Stage::Inaugurated, CountUnit::Places);
        let predicate = Predicate::Target { stage: Stage::Inaugurated, unit: CountUnit::Places };
        published(Draft { value: Some(value), ..says(programme("1"), predicate, due) }, on)
    };
    vec![
        target(3, "by 2030-06-30", "2030-01-01"),
        target(3, "by 2030-09-30", "2030-05-01"),
        target(2, "by 2030-12-31", "2030-08-01"),
        says(facility("A", "1"), not_ready, "2030-03-01"),
        says(facility("A", "1"), reached(Stage::Inaugurated), "2030-03-10"),
        seen("visitor", "B2", says(facility("A", "1"), denied, "2030-03-12")),
        says(facility("B", "1"), reached(Stage::Completed), "2030-03-01"),
        says(facility("B", "1"), progress, "2030-03-20"),
        counts("1", 4, Stage::Completed, "2030-03-05"),
        counts("1", 3, Stage::Completed, "2030-03-06"),
    ]
}

#[test]
fn alerts_say_what_does_not_add_up() {
    let folder = Folder::villages("", &at_odds());
    let card = folder.card("--as-of 2030-10-01 --known-by 2030-10-01");
    let texts = |kind: AlertKind| -> Vec<&str> {
        card.alerts.iter().filter(|a| a.kind == kind).map(|a| a.text.as_str()).collect()
    };
    assert_eq!(
        texts(AlertKind::OpenedBeforeReady),
        ["A: inaugurated on 2030-03-10 (entry 5), 9 \
        days after an inspection found it not ready on 2030-03-01 (entry 4); no later one says that it was."]
    );
    assert_eq!(
        texts(AlertKind::WentBackwards),
        ["B: still reported under construction on \
        2030-03-20, after it was claimed completed on 2030-03-01 (entry 7)."]
    );
    assert_eq!(
        texts(AlertKind::Contradiction),
        ["A: claimed inaugurated on 2030-03-10 (entry 5), \
        denied by somebody independent on 2030-03-12 (entry 6)."]
    );
    assert_eq!(
        texts(AlertKind::TotalFell),
        ["3 places completed of 1 said on 2030-03-06 (entry 10): fewer than 4 places (entry 9, \
             2030-03-05)."]
    );
    let drifted = texts(AlertKind::TargetDrifted);
    assert_eq!(
        drifted,
        [
            "The target of 1 was first 3 places inaugurated by 2030-06-30 (entry 1, 2030-01-01), then 3 \
         places inaugurated by 2030-09-30 (entry 2), and is 2 places inaugurated by 2030-12-31 since \
         2030-08-01 (entry 3).",
            "The target of 1 was first 3 places inaugurated by 2030-06-30 (entry 1, 2030-01-01), and is \
         3 places inaugurated by 2030-09-30 since 2030-05-01 (entry 2).",
        ]
    );
    // Silent for more than 180 days on the first of October: last heard of on 12 and 20 March.
    assert_eq!(texts(AlertKind::Silence).len(), 2, "{:?}", texts(AlertKind::Silence));
    // Of the three promised by the end of June one is claimed; so by the end of September.
    assert_eq!(texts(AlertKind::BrokenMilestone).len(), 2);
    // Nothing was heard after March; only the first of the two fell due more than 30 days ago.
    assert_eq!(
        texts(AlertKind::MilestoneSilence),
        [
            "3 places of 1 factories promised inaugurated by 2030-06-30 passed, and nothing was said \
             of it in the 93 days since."
        ]
    );
    // Four said to be completed: B is named, nobody else; A was only inspected.
    let four = total(&card, "2030-03-05", 4);
    assert_eq!((four.matched, four.further, four.unexplained), (Some(1), Some(0), Some(3)));
    assert_eq!(four.rest, [StageCount { stage: Stage::Inspected, count: 1 }]);
    insta::assert_snapshot!(
        "status_alerts",
        folder.screen("--as-of 2030-10-01 --known-by 2030-10-01")
    );
}

#[test]
fn operating_decays_and_is_renewed() {
    let operates = |on: &str| says(facility("A", "1"), reached(Stage::Operating), on);
    let folder = Folder::villages("", &[operates("2030-01-01"), operates("2030-06-01")]);
    let at = |day: &str| {
        let card = folder.card(&format!("--as-of {day} --known-by {day}"));
        let score = group(&card, "1").stage(Stage::Operating).unwrap().clone();
        (score.claimed.len(), score.lapsed)
    };
    assert_eq!(at("2030-05-31"), (1, 0), "150 days");
    assert_eq!(at("2030-11-28"), (1, 0), "180 days after the last word");
    assert_eq!(at("2030-11-29"), (0, 1));
}

#[test]
fn wrong_questions_are_refused_with_a_remedy() {
    let folder = Folder::with(FOUR, PLACES);
    let missing = folder.expect(3, "status p");
    assert!(stderr(&missing).contains("there is no ledger"), "{}", stderr(&missing));
    for words in
        ["status p --as-of 2024", "status p --recorded-by yesterday", "diff p --from 2024-01-01"]
    {
        folder.expect(2, words);
    }
    fs::write(folder.path("p/ledger.db"), "not a ledger").unwrap();
    let other = folder.expect(3, "status p");
    assert!(stderr(&other).contains("L805"), "{}", stderr(&other));
    let empty = Folder::villages("", &[]);
    insta::assert_snapshot!(
        "status_empty",
        empty.screen("--as-of 2030-01-01 --known-by 2030-01-01")
    );
    empty.expect(2, "status p --as-of 2030-01-01 --since 2030-01-02");
}

#[test]
fn a_place_counts_once_and_says_so() {
    let drafts = [
        says(facility("A", "1"), reached(Stage::Completed), "2030-01-01"),
        says(facility("A", "2"), reached(Stage::Completed), "2030-01-02"),
        says(facility("B", "2"), reached(Stage::Inaugurated), "2030-01-03"),
        counts("1+2", 3, Stage::Completed, "2030-01-04"),
        seen("visitor", "B2", counts("1+2", 2, Stage::Completed, "2030-01-05")),
    ];
    let card = Folder::villages("", &drafts).card("--as-of 2030-02-01 --known-by 2030-02-01");
    let claim = total(&card, "2030-01-04", 3);
    assert_eq!((claim.named, claim.matched, claim.further), (2, Some(1), Some(1)));
    assert_eq!((claim.unexplained, claim.doubled), (Some(1), vec!["A".to_owned()]));
    assert_eq!(claim.contradicted.map(|seen| (seen.number, seen.entry)), Some((2, 5)));
}

#[test]
fn what_comes_to_be_known_later_changes_our_knowledge_and_not_the_world() {
    let opened = says(facility("A", "1"), reached(Stage::Inaugurated), "2030-01-01");
    let late = says(facility("B", "1"), reached(Stage::Inaugurated), "2030-01-02");
    let folder = Folder::villages("", &[opened, published(late, "2030-06-01")]);
    let done = folder.expect(0, "diff p --from 2030-01-31 --to 2030-07-01 --json");
    let found: ScoreDifference = serde_json::from_slice(&done.stdout).unwrap();
    let ids = |changes: &groundwork_model::evidence::Changes| -> Vec<String> {
        changes.stages.iter().map(|change| change.subject.id.clone()).collect()
    };
    assert_eq!(ids(&found.world), Vec::<String>::new());
    assert_eq!(ids(&found.knowledge), ["B/1"]);
}

/// The shipped ledger, as `import` makes it of the shipped reports by the shipped mapping.
#[test]
fn the_shipped_ledger_keeps_claimed_opened_and_verified_apart() {
    let folder = Folder::example("prk-20x10");
    let _ = fs::remove_file(folder.path("p/ledger.db"));
    folder.expect(0, "import p/reports.csv --map p/import.toml --folder p");
    let first = folder.card(THEN);
    let batch = group(&first, "2024");
    assert_eq!(figures(batch, Stage::Completed), (0, 1));
    assert_eq!(figures(batch, Stage::Inaugurated), (1, 0));
    assert_eq!(total(&first, "2024-12-21", 20).unexplained, Some(19));
    let second = folder.card(FORTY);
    let verified: usize =
        group(&second, "2025").stages.iter().map(|score| score.verified.len()).sum();
    assert_eq!(verified, 0);
    let claim = total(&second, "2025-12-03", 40);
    assert_eq!((claim.matched, claim.further, claim.unexplained), (Some(1), Some(19), Some(20)));
    let now = folder.card(NOW);
    let of = |id: &str| {
        let promise = now.promises.iter().find(|promise| promise.id == id).unwrap();
        (promise.claimed.schedule, promise.claimed.by_due, promise.verified.count)
    };
    assert_eq!(of("opened-2024"), (Schedule::Late, Some(1), Some(0)));
    assert_eq!(of("opened-2025"), (Schedule::OnTime, Some(20), Some(0)));
    assert_eq!(of("opened-2026"), (Schedule::NotDue, Some(0), Some(0)));
    let unready = now.alerts.iter().filter(|alert| alert.text.contains("found it not ready"));
    assert_eq!(unready.map(|alert| alert.batch.as_str()).collect::<Vec<_>>(), ["2025"]);
}
