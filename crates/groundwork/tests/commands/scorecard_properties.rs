//! What holds of every scorecard, whatever the ledger says: verified never exceeds the evidence, what is published later
//! changes no earlier answer, and the order in which entries of one day were recorded does not matter.

use std::collections::BTreeSet;

use groundwork_ledger::{Ledger, MemoryStore};
use groundwork_model::Programme;
use groundwork_model::evidence::{
    Draft, Grade, GroupScore, Predicate, Root, Scorecard, Stage, Times, Voice, day_of,
};
use groundwork_monitor::scorecard;
use proptest::prelude::*;

use crate::evidence::{Ticking, counts, facility, reached, says, seen};

/// First day of the histories: 1 January 2030.
const FIRST: i32 = 21_915;

/// Two clinics promised in batch 1 by day 30.
const SETTINGS: &str = r#"
format = 1
name = "Four villages"
periods = { first = 2030, count = 2 }
quota = { openings = 1 }
kinds = [{ id = "clinic", reach_km = 12 }]
packages = [{ id = "clinic", kinds = ["clinic"] }]
milestones = [{ id = "m", batch = "1", stage = "inaugurated", count = 2, due = "2030-01-31" }]
"#;

const PLACES: &str = "id,name,lat,lon,population\nA,A,0,10,4\nB,B,0,11,3\nC,C,0,12,2\n";

fn programme() -> Programme {
    let read = groundwork_formats::read_programme(&mut |name: &str| match name {
        "programme.toml" => Ok(SETTINGS.as_bytes().to_vec()),
        "places.csv" => Ok(PLACES.as_bytes().to_vec()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    });
    read.programme.unwrap()
}

fn stage() -> impl Strategy<Value = Stage> {
    prop::sample::select(vec![
        Stage::GroundBroken,
        Stage::Completed,
        Stage::Inspected,
        Stage::Inaugurated,
        Stage::Operating,
    ])
}

/// One entry: of a facility or a total; by the state or somebody independent, of any grade.
fn draft(denials: bool) -> impl Strategy<Value = Draft> {
    let place = prop::sample::select(vec!["A", "B", "C"]);
    let batch = prop::sample::select(vec!["1", "2"]);
    let kind = if denials { 0..8_u8 } else { 0..7_u8 };
    let graded = prop::sample::select(vec!["A1", "B2", "C3", "D3", "F6"]);
    (place, batch, kind, stage(), 0..60_i32, 0..20_i32, graded, 0..5_i64).prop_map(
        |(place, batch, kind, stage, day, lag, grade, number)| {
            let on = day_of(FIRST + day).to_string();
            let of = facility(place, batch);
            let mut draft = match kind {
                0..=2 => says(of, reached(stage), &on),
                3 | 4 => seen(&format!("visitor {number}"), grade, says(of, reached(stage), &on)),
                5 => counts(batch, number, stage, &on),
                6 => says(of, Predicate::Inspection { ready: Some(number > 2) }, &on),
                _ => {
                    let denied = Predicate::Stage { stage, reached: false };
                    seen("visitor", grade, says(of, denied, &on))
                }
            };
            draft.published.day = day_of(FIRST + day + lag);
            draft
        },
    )
}

fn card(drafts: &[Draft], as_of: i32, known_by: i32) -> Scorecard {
    let programme = programme();
    let mut ledger = Ledger::new(MemoryStore::new("test"));
    ledger.append(drafts, &mut Ticking(1)).unwrap();
    let times = Times {
        as_of: day_of(FIRST + as_of),
        known_by: day_of(FIRST + known_by),
        recorded_by: None,
    };
    let snapshot = ledger.snapshot(times, &programme.settings.evidence).unwrap();
    scorecard(snapshot, &programme)
}

fn all_groups(card: &Scorecard) -> impl Iterator<Item = &GroupScore> {
    card.batches.iter().chain(&card.kinds).chain(&card.provinces)
}

/// Returns the figures of a scorecard without the numbers of entries, in an order of their own.
fn figures(card: &Scorecard) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for group in all_groups(card) {
        let of = [&group.batch, &group.kind, &group.province];
        for score in &group.stages {
            let sizes = [score.claimed.len(), score.verified.len(), score.denied.len()];
            all.insert(format!("{of:?} {:?} {sizes:?} {}", score.stage, score.lapsed));
        }
    }
    for promise in &card.promises {
        for side in [&promise.claimed, &promise.verified] {
            let told = (side.count, side.by_due, side.day, side.schedule);
            all.insert(format!("{} {told:?}", promise.id));
        }
    }
    all.extend(card.series.iter().map(|series| format!("{series:?}")));
    for one in &card.reconciliations {
        let told = (one.matched, one.further, one.verified, one.unexplained, one.since);
        let rest = (&one.rest, one.redefined, &one.doubled);
        all.insert(format!("{:?} {:?} {:?} {told:?} {rest:?}", one.day, one.stage, one.number));
    }
    for facility in &card.facilities {
        let told = (facility.official, facility.evidence, facility.silent, facility.last_heard);
        let schedule: Vec<_> =
            facility.schedule.iter().map(|one| (one.claimed, one.verified)).collect();
        all.insert(format!("{} {told:?} {schedule:?}", facility.subject.id));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn verified_never_exceeds_the_evidence(
        drafts in prop::collection::vec(draft(true), 0..40),
        as_of in 0..80_i32,
        known_by in 0..80_i32,
    ) {
        let card = card(&drafts, as_of, known_by);
        let least: Grade = "C3".parse().unwrap();
        for group in all_groups(&card) {
            for score in &group.stages {
                let mut seen = BTreeSet::new();
                for number in &score.verified {
                    let draft = &drafts[usize::try_from(*number).unwrap() - 1];
                    prop_assert_eq!(draft.voice, Voice::Independent);
                    prop_assert!(draft.grade.unwrap().reaches(least));
                    prop_assert!(draft.published.day <= day_of(FIRST + known_by));
                    prop_assert!(seen.insert(draft.subject.id.clone()), "a facility counts once");
                }
                prop_assert!(seen.len() as u64 <= group.facilities);
                for number in &score.claimed {
                    let draft = &drafts[usize::try_from(*number).unwrap() - 1];
                    prop_assert_ne!(draft.voice, Voice::Independent);
                }
            }
        }
        for series in &card.series {
            for pair in series.points.windows(2) {
                prop_assert!(pair[0].claimed <= pair[1].claimed, "cumulative");
                prop_assert!(pair[0].verified <= pair[1].verified, "cumulative");
            }
            for point in &series.points {
                prop_assert!(point.late <= point.promised);
                prop_assert!(point.late + point.claimed >= point.promised);
            }
        }
        for one in &card.reconciliations {
            let explained = one.matched.unwrap() + one.further.unwrap();
            prop_assert_eq!(one.unexplained, one.number.map(|n| n.saturating_sub(explained)));
            prop_assert!(explained <= one.named);
        }
    }

    #[test]
    fn what_is_published_later_changes_no_earlier_answer(
        drafts in prop::collection::vec(draft(true), 0..30),
        later in prop::collection::vec(draft(true), 1..10),
        as_of in 0..80_i32,
        known_by in 0..50_i32,
    ) {
        let before = card(&drafts, as_of, known_by);
        let mut more = drafts;
        more.extend(later.into_iter().map(|mut draft| {
            draft.published.day = day_of(FIRST + known_by + 1);
            draft
        }));
        let after = card(&more, as_of, known_by);
        let rootless = |card: Scorecard| Scorecard { root: Root::default(), ..card };
        prop_assert_eq!(rootless(before), rootless(after));
    }

    #[test]
    fn the_order_of_entries_does_not_matter(
        drafts in prop::collection::vec(draft(false), 0..30),
        as_of in 0..80_i32,
        turn in 0..30_usize,
    ) {
        let mut other = drafts.clone();
        other.reverse();
        other.rotate_left(turn % drafts.len().max(1));
        // Of two inspections of one day the later entry says whether it was ready: alerts may differ.
        prop_assert_eq!(figures(&card(&drafts, as_of, 80)), figures(&card(&other, as_of, 80)));
    }
}
