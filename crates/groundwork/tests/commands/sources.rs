//! `sources` as people run it, on small ledgers of which every figure is worked by hand.

use std::fs;

use groundwork_model::evidence::{
    Draft, FactorBy, Predicate, Quote, SourceScore, SourceTable, Stage, TrackRecord,
};

use crate::evidence::{self, facility, published, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

const SOURCES: &str = "\
id,name,behind,independent,letter,digit,carries,reason
state,State media,Government,0,D,3,,our judgement
looker,The lookers,,1,B,2,,our judgement
paper,A paper,,1,C,3,state,copies what state media say
ministry,A ministry,Other government,1,B,2,,our judgement
";

const PROMISE: &str = "
[[milestones]]
id = \"two\"
batch = \"2024\"
stage = \"inaugurated\"
count = 2
due = \"by 2024-12-31\"
";

fn folder(settings: &str, drafts: &[Draft]) -> Folder {
    let folder = Folder::with(&format!("{FOUR}{settings}"), PLACES);
    fs::write(folder.path("p/sources.csv"), SOURCES).unwrap();
    evidence::write(&folder.path("p/ledger.db"), drafts);
    folder
}

fn table(folder: &Folder, options: &str) -> SourceTable {
    let done = folder
        .expect(0, &format!("sources p --json --as-of 2025-06-30 --known-by 2025-06-30 {options}"));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn of<'a>(table: &'a SourceTable, id: &str) -> &'a SourceScore {
    table.sources.iter().find(|source| source.id == id).unwrap()
}

fn opened(place: &str, on: &str) -> Draft {
    says(facility(place, "2024"), reached(Stage::Inaugurated), on)
}

fn not_opened(place: &str, on: &str) -> Draft {
    let predicate = Predicate::Stage { stage: Stage::Inaugurated, reached: false };
    says(facility(place, "2024"), predicate, on)
}

fn by(source: &str, chain: &[&str], mut draft: Draft) -> Draft {
    source.clone_into(&mut draft.texts.source);
    draft.texts.attribution = chain.iter().map(|name| (*name).to_owned()).collect();
    draft
}

const DAY: &str = "2024-12-01";

/// Six claims were looked at by somebody else, five of them found so.
#[test]
fn the_first_look_of_somebody_else_decides_a_claim() {
    let looked = |place: &str, on: &str| seen("looker", "B2", opened(place, on));
    let mut drafts: Vec<Draft> =
        ["A", "B", "C", "D", "E", "F", "G", "H", "I"].map(|place| opened(place, DAY)).into();
    drafts.extend(["A", "B", "C", "D"].map(|place| looked(place, "2024-12-20")));
    // A ministry has nobody in common with state media either.
    drafts.push(seen("ministry", "B2", opened("E", "2024-12-21")));
    // Not so at first, and so later: the claim was not so.
    drafts.push(seen("looker", "B2", not_opened("F", "2024-12-10")));
    drafts.push(looked("F", "2025-01-10"));
    // What was seen before the claim says nothing of it, nor does what is graded too low, or what copies the claim.
    drafts.push(seen("looker", "B2", not_opened("G", "2024-11-20")));
    drafts.push(seen("looker", "D4", opened("H", "2024-12-20")));
    drafts.push(seen("paper", "C3", opened("I", "2024-12-20")));
    // Nor does what was seen later in the world and published before the claim was.
    drafts.push(published(opened("J", DAY), "2025-02-01"));
    drafts.push(looked("J", "2024-12-15"));
    let folder = folder("", &drafts);
    let table = table(&folder, "");
    let state = of(&table, "state");
    assert_eq!((state.entries, state.carried_entries), (10, 0));
    // Wilson's interval of 5 in 6 for 1.645 standard errors, worked by hand: 0.4976 to 0.9619.
    let record = TrackRecord {
        claims: 10,
        verified: 5,
        refuted: 1,
        open: 4,
        share_per_mille: Some(833),
        interval_per_mille: Some((497, 962)),
    };
    assert_eq!((state.record, state.stages.len()), (record, 1));
    assert!(state.proposed.is_none(), "the record speaks for no letter");
    // The paper's sight is a claim of its own, at which nobody else has looked.
    let paper = of(&table, "paper");
    assert_eq!((paper.carried_entries, paper.record.claims, paper.record.open), (1, 1, 1));
    assert_eq!(paper.identities, ["Government"]);
    insta::assert_snapshot!(
        "sources",
        stdout(&folder.expect(0, "sources p --as-of 2025-06-30 --known-by 2025-06-30"))
    );
    // Known by the end of 2024: F was found not so, and nobody had said anything of J.
    let then = folder.expect(0, "sources p --json --as-of 2024-12-31 --known-by 2024-12-31");
    let then: SourceTable = serde_json::from_slice(&then.stdout).unwrap();
    assert_eq!((of(&then, "state").record.claims, of(&then, "state").record.refuted), (9, 1));
}

#[test]
fn who_carries_whom_is_told_and_copies_are_proposed() {
    let quote = |mut draft: Draft, text: &str| {
        draft.texts.quote = Some(Quote { text: text.to_owned(), start: None });
        draft
    };
    let words =
        "The factories of the county were opened on Friday, in the presence of all of its people.";
    let same =
        "the factories of the county were opened on friday in the presence of all of its people";
    let drafts = [
        quote(opened("A", DAY), words),
        // The paper is known to carry state media; the gazette is not.
        quote(by("paper", &[], opened("A", "2024-12-02")), same),
        quote(by("gazette", &[], opened("A", "2024-12-05")), same),
        by("gazette", &["A speaker", "state"], opened("B", "2024-12-05")),
        quote(by("gazette", &[], opened("C", "2024-12-05")), "Short."),
        quote(opened("C", DAY), "Short."),
    ];
    let folder = folder("", &drafts);
    let table = table(&folder, "");
    assert_eq!(table.copies.len(), 1);
    let copy = &table.copies[0];
    assert_eq!((copy.from.as_str(), copy.by.as_str(), copy.passages), ("state", "gazette", 1));
    assert_eq!((copy.first, copy.later, copy.days), (1, 3, 4));
    let edges: Vec<(&str, &str, bool, u64)> = table
        .carried
        .iter()
        .map(|edge| (edge.from.as_str(), edge.by.as_str(), edge.listed, edge.entries))
        .collect();
    let wanted = [
        ("A speaker", "state", false, 1),
        ("state", "gazette", false, 1),
        ("state", "paper", true, 0),
    ];
    assert_eq!(edges, wanted);
    assert_eq!((of(&table, "gazette").entries, of(&table, "gazette").carried_entries), (3, 1));
    let dot = stdout(&folder.expect(0, "sources p --dot"));
    assert!(
        dot.contains("\"state\" -> \"paper\";")
            && dot.contains("\"state\" -> \"gazette\" [label=\"1\"];"),
        "{dot}"
    );
    let screen = stdout(&folder.expect(0, "sources p --as-of 2025-06-30 --known-by 2025-06-30"));
    assert!(screen.contains("  A speaker\n    state (1 entry, by attribution alone)\n      gazette (1 entry, by attribution alone)\n      paper\n"), "{screen}");
}

/// Every outcome of all claims that nobody has checked, each as likely as not: in how many of them the promise stands with
/// this one and falls without it.
fn decides(claims: u32, verified: u32, promised: u32) -> u32 {
    let kept = |outcome: u32| outcome.count_ones() + verified >= promised;
    let mut deciding = 0;
    for outcome in 0_u32..1 << (claims - 1) {
        deciding += u32::from(kept(outcome << 1 | 1) != kept(outcome << 1));
    }
    (deciding * 1000 + (1 << (claims - 1)) / 2) >> (claims - 1)
}

#[test]
fn a_look_is_worth_what_hangs_on_it() {
    let claims = ["A", "B", "C", "D"].map(|place| opened(place, DAY));
    let folder_of = |more: &[Draft]| folder(PROMISE, &[&claims[..], more].concat());
    let next = |folder: &Folder| {
        let next = table(folder, "").next;
        let tell = |one: &groundwork_model::evidence::NextInspection| {
            let decides = one.promise.as_ref().map_or(0, |promise| promise.decides_per_mille);
            (one.place.clone(), one.changes_per_mille, decides, one.worth)
        };
        next.iter().map(tell).collect::<Vec<_>>()
    };
    let row = |place: &str, changes, decides, worth| (place.to_owned(), changes, decides, worth);
    // Nobody has looked: each is found so with probability 1/2. Two of four are to be: one decides where exactly one of the
    // three others is found so, 3/8. On the promise hang 400 + 300 + 200 + 150 people.
    assert_eq!(decides(4, 0, 2), 375);
    let wanted = [
        row("A", 1000, 375, 794),
        row("B", 1000, 375, 694),
        row("C", 1000, 375, 594),
        row("D", 1000, 375, 544),
    ];
    assert_eq!(next(&folder_of(&[])), wanted);
    // A was found so and B not: 1/2 again. One more is to be: C decides where D is not found so, 1/2. B decides where neither
    // of the two is, 1/4, and changes anything only if it is found so now.
    let more = [
        seen("looker", "B2", opened("A", "2024-12-20")),
        seen("looker", "B2", not_opened("B", "2024-12-20")),
    ];
    assert_eq!(decides(2, 1, 2), 500);
    assert_eq!(decides(3, 1, 2), 250);
    let wanted = [row("C", 1000, 500, 725), row("D", 1000, 500, 675), row("B", 500, 250, 281)];
    assert_eq!(next(&folder_of(&more)), wanted);
    // Once both are found, the promise hangs on nothing more.
    let more = [
        seen("looker", "B2", opened("A", "2024-12-20")),
        seen("looker", "B2", opened("B", "2024-12-20")),
    ];
    assert_eq!(next(&folder_of(&more)), [row("C", 1000, 0, 200), row("D", 1000, 0, 150)]);
}

#[test]
fn looks_speak_for_all_only_where_they_were_drawn_by_lot() {
    let places: Vec<String> = (0..8).map(|number| format!("P{number}")).collect();
    let mut drafts: Vec<Draft> = places.iter().map(|place| opened(place, DAY)).collect();
    drafts
        .extend(places[..4].iter().map(|place| seen("looker", "B2", opened(place, "2024-12-20"))));
    drafts.push(seen("looker", "B2", not_opened("P4", "2024-12-20")));
    let all = |table: &SourceTable| {
        table.factors.iter().find(|one| one.by == FactorBy::All).unwrap().clone()
    };
    let without = all(&table(&folder("", &drafts), ""));
    assert_eq!((without.claimed, without.looked, without.verified), (8, 5, 4));
    assert!(without.sample.is_none());
    let sample = "[[samples]]\nid = \"audit\"\nsource = \"looker\"\nstage = \"inaugurated\"\nhow = \"by lot\"\n";
    let folder = folder(sample, &drafts);
    let found = all(&table(&folder, "")).sample.unwrap();
    assert_eq!((found.frame, found.drawn, found.found), (8, 5, 4));
    // Of 8, 5 drawn and 4 found. Were 4 so, all 4 would be among the 5 drawn in C(4,4) C(4,1) / C(8,5) = 4/56 = 0.071 of the
    // samples, which is more than 0.05. Were 7 so, 4 or fewer of 5 would be found in C(7,4) C(1,1) / 56 = 35/56. The one that was
    // found not so is not.
    assert_eq!(found.interval, Some((4, 7)));
    let screen = stdout(&folder.expect(0, "sources p --as-of 2025-06-30 --known-by 2025-06-30"));
    assert!(screen.contains("4 to 7 of 8 (90 %); audit: 4 of 5 drawn"), "{screen}");
    assert!(stderr(&folder.expect(2, "sources p --dot --json")).contains("--dot"));
    fs::write(folder.path("p/sources.csv"), "id,independent\na,maybe\n").unwrap();
    assert!(stderr(&folder.expect(3, "sources p")).contains("maybe"));
}
