//! `replan --from-ledger`: what the ledger says stands, is under way or has not begun, on the four villages of
//! docs/concepts/model.md. In person-km: A alone 14,900; A and D 7,400; A and C 7,200; B and D 6,400.

use std::fs;

use groundwork_model::evidence::{Basis, Draft, Predicate, Stage, Subject};
use groundwork_model::plan::Plan;
use groundwork_model::{Progress, Status};

use crate::evidence::{self, facility, says};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

fn clinic(place: &str, batch: &str) -> Subject {
    Subject { kind: "clinic".to_owned(), ..facility(place, batch) }
}

fn reached(place: &str, stage: Stage, on: &str) -> Draft {
    says(clinic(place, "2030"), Predicate::Stage { stage, reached: true }, on)
}

/// The plan that opens B, then D, is promised; then the ledger is written.
fn promised(more: &str, drafts: &[Draft]) -> Folder {
    let folder = Folder::with(&format!("{FOUR}{more}"), PLACES);
    folder.expect(0, "plan p");
    evidence::write(&folder.path("p/ledger.db"), drafts);
    folder
}

impl Folder {
    /// Returns value and openings of a replan that the checker accepts, and the screen.
    fn replanned(&self, options: &str) -> (i128, String, String) {
        let screen = stdout(&self.expect(0, &format!("replan p {options}")));
        self.expect(0, "verify p p/plans/replan.json");
        let plan: Plan = self.read("p/plans/replan.json");
        assert_eq!(plan.status, Status::Optimal);
        let shown = plan.openings.iter().map(|row| format!("{}{}", row.site, row.period));
        (plan.value, shown.collect::<Vec<_>>().join(" "), screen)
    }
}

#[test]
fn what_is_only_claimed_stands_by_choice() {
    let folder = promised("", &[reached("A", Stage::Inaugurated, "2030-05-01")]);
    let day = "--as-of 2030-06-01 --known-by 2030-06-01";
    // A uses the opening of 2030, so B cannot open then: one change. A then D keeps the promise of D.
    let one = folder.replanned(&format!("--from-ledger claimed {day} --changes 1"));
    assert_eq!((one.0, &*one.1), (22_300_000, "A1 D2"));
    assert!(
        one.2.contains("1 site built, 0 under way, 0 given up, 0 promised and not begun"),
        "{}",
        one.2
    );
    let two = folder.replanned(&format!("--from-ledger claimed {day} --changes 2"));
    assert_eq!((two.0, &*two.1), (22_100_000, "A1 C2"));
    let seen = folder.replanned(&format!("--from-ledger verified {day} --changes 0"));
    assert_eq!((seen.0, &*seen.1), (18_800_000, "B1 D2"));
}

#[test]
fn what_was_not_published_by_then_is_not_known() {
    let folder = promised("", &[reached("A", Stage::Inaugurated, "2030-05-01")]);
    let early = "--from-ledger claimed --as-of 2030-06-01 --known-by 2030-04-30 --changes 0";
    assert_eq!(folder.replanned(early).1, "B1 D2");
}

/// A is under way, B was promised for 2030, which is past, and nobody says that it has begun.
fn late() -> Folder {
    let folder = promised("", &[reached("A", Stage::GroundBroken, "2030-03-01")]);
    let more = "distance = { cut_off_km = 100, unserved_km = 100 }\n";
    let settings = FOUR.replace("openings = 1", "openings = 2") + more;
    fs::write(folder.path("p/programme.toml"), settings).unwrap();
    folder
}

#[test]
fn a_promise_that_has_not_begun_is_void_and_what_is_under_way_opens_next() {
    let folder = late();
    let ask = "--from-ledger claimed --as-of 2031-02-01 --known-by 2031-02-01 --changes 0";
    // In 2030 nobody is served: 1,050 persons count 100 km each. A opens in 2031, D as promised.
    let (value, openings, screen) = folder.replanned(ask);
    assert_eq!((value, &*openings), (112_400_000, "A2 D2"));
    assert!(
        screen.contains("0 sites built, 1 under way, 0 given up, 1 promised and not begun"),
        "{screen}"
    );
    let plan: Plan = folder.read("p/plans/replan.json");
    let replan = plan.question.replan.unwrap();
    assert_eq!(replan.begun_by, 1);
    let ledger = replan.ledger.unwrap();
    assert_eq!(
        (ledger.basis, ledger.stage, ledger.root.entries),
        (Basis::Claimed, Stage::Inaugurated, 1)
    );
    let states: Vec<_> =
        replan.state.iter().map(|row| (&*row.site, row.state, row.period)).collect();
    assert_eq!(states, [("A", Progress::UnderWay, Some(2)), ("B", Progress::NotBegun, None)]);
}

#[test]
fn a_row_of_the_state_takes_the_place_of_what_the_ledger_says() {
    let folder = late();
    fs::write(folder.path("p/state.csv"), "site,state,period\nA,failed,\n").unwrap();
    let ask = "--from-ledger claimed --as-of 2031-02-01 --known-by 2031-02-01 --changes 0 --state p/state.csv";
    let (value, openings, _) = folder.replanned(ask);
    assert_eq!((value, &*openings), (111_400_000, "B2 D2"));
}

#[test]
fn what_no_package_goes_by_is_left_out_and_said_so() {
    let mut mill = reached("A", Stage::Inaugurated, "2030-05-01");
    mill.subject.kind = "mill".to_owned();
    let folder = promised("", &[mill]);
    let day = "--from-ledger claimed --as-of 2030-06-01 --known-by 2030-06-01 --changes 0";
    let (_, openings, screen) = folder.replanned(day);
    assert_eq!(openings, "B1 D2");
    assert!(screen.contains("1 facility left out: no package goes by `mill`"), "{screen}");
    let settings =
        FOUR.replace("kinds = [\"clinic\"] }", "kinds = [\"clinic\"], reported_as = [\"mill\"] }");
    fs::write(folder.path("p/programme.toml"), settings).unwrap();
    let (_, openings, _) = folder
        .replanned("--from-ledger claimed --as-of 2030-06-01 --known-by 2030-06-01 --changes 1");
    assert_eq!(openings, "A1 D2");
}

#[test]
fn options_of_the_ledger_mean_nothing_without_it() {
    let folder = promised("", &[]);
    let refused = stderr(&folder.expect(2, "replan p --built completed"));
    assert!(refused.contains("--from-ledger"), "{refused}");
    let refused = stderr(&folder.expect(2, "replan p --from-ledger claimed --built announced"));
    assert!(refused.contains("completed, inaugurated, operating"), "{refused}");
}
