//! `forecast` as people run it, on the reports of the shipped example and on small ledgers of which every figure is worked
//! by hand.

use std::fs;

use groundwork_model::evidence::{
    BacktestMethod, BacktestTable, FacilityStanding, ForecastTable, Stage,
};

use crate::evidence::{self, facility, published, reached, says, seen};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

impl Folder {
    fn forecasts(&self, options: &str) -> ForecastTable {
        let done = self.expect(0, &format!("forecast p --json {options}"));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn said(&self, options: &str) -> String {
        stdout(&self.expect(0, &format!("forecast p {options}")))
    }
}

const TWO_BATCHES: &str = "
[[milestones]]
id = \"first\"
batch = \"2024\"
stage = \"inaugurated\"
count = 3
due = \"by 2024-12-31\"

[[milestones]]
id = \"second\"
batch = \"2025\"
stage = \"inaugurated\"
count = 2
due = \"by 2025-12-31\"
";

/// Three of 2024, of which two opened in time and one late; two of 2025, of which one opened.
fn villages() -> Folder {
    let folder = Folder::with(&format!("{FOUR}{TWO_BATCHES}"), PLACES);
    let opened = |place: &str, batch: &str, day: &str| {
        says(facility(place, batch), reached(Stage::Inaugurated), day)
    };
    let begun = |place: &str, batch: &str, day: &str| {
        says(facility(place, batch), reached(Stage::GroundBroken), day)
    };
    let drafts = [
        begun("A", "2024", "2024-02-01"),
        begun("B", "2024", "2024-02-01"),
        begun("C", "2024", "2024-02-01"),
        opened("A", "2024", "2024-10-01"),
        opened("B", "2024", "2024-12-31"),
        published(opened("C", "2024", "2025-01-20"), "2025-01-25"),
        begun("A", "2025", "2025-02-01"),
        begun("B", "2025", "2025-02-01"),
        opened("A", "2025", "2025-05-01"),
        // What was never said to be opened and operates is beyond the stage; what was given up has no forecast.
        says(facility("D", "2025"), reached(Stage::Operating), "2025-05-02"),
        says(facility("C", "2025"), reached(Stage::Cancelled), "2025-05-03"),
        seen(
            "looker",
            "B2",
            says(facility("A", "2024"), reached(Stage::Inaugurated), "2025-05-04"),
        ),
    ];
    evidence::write(&folder.path("p/ledger.db"), &drafts);
    folder
}

#[test]
fn with_little_known_the_base_rate_stands_alone() {
    let folder = villages();
    let table = folder.forecasts("--as-of 2025-06-30");
    // The last that was published is the look of the fourth of May.
    assert_eq!(table.from.to_string(), "2025-05-04");
    let silence = table.silence.as_deref().unwrap();
    assert!(silence.starts_with("Of 4 facilities it is known"), "{silence}");
    assert!(table.model.is_none() && table.fans.is_empty());
    let [first, second] = table.milestones.as_slice() else { panic!("{:?}", table.milestones) };
    // By the end of 2024 two of three had opened; the third opened on the twentieth of January.
    assert!(first.passed);
    assert_eq!((first.id.as_str(), first.named, first.reached), ("first", 3, 2));
    assert!(!second.passed);
    assert_eq!((second.named, second.reached, second.without_forecast), (3, 1, 1));
    let rate = &second.base_rate;
    assert_eq!((rate.due, rate.in_time), (3, 2));
    // Wilson's interval of 2 in 3 for 1.645 standard errors, worked by hand: 0.2540 to 0.9214.
    assert_eq!(rate.interval_per_mille, Some((253, 922)));
    // One has opened, and of the one that goes on two thirds make one.
    assert_eq!(second.base_rate_count, Some(2));
    assert!(second.met.is_none() && second.claimed.is_none());
    assert_eq!((table.bias.checked, table.bias.found), (1, 1));
    let standing = |id: &str| table.facilities.iter().find(|one| one.id == id).unwrap().standing;
    assert_eq!(standing("A/2025"), FacilityStanding::Reached);
    assert_eq!(standing("B/2025"), FacilityStanding::Running);
    assert_eq!(standing("C/2025"), FacilityStanding::Cancelled);
    assert_eq!(standing("D/2025"), FacilityStanding::Beyond);
    insta::assert_snapshot!("forecast_silent", folder.said("--as-of 2025-06-30"));
}

/// What was published on the 25th of January was not known on the 24th.
#[test]
fn a_forecast_knows_what_was_published_by_its_day() {
    let folder = villages();
    let late = |options: &str| {
        let table = folder.forecasts(options);
        table.facilities.iter().find(|one| one.id == "C/2024").unwrap().standing
    };
    assert_eq!(late("--as-of 2025-01-24"), FacilityStanding::Running);
    assert_eq!(late("--as-of 2025-01-24 --known-by 2025-06-30"), FacilityStanding::Reached);
    assert_eq!(late("--as-of 2025-01-25"), FacilityStanding::Reached);
}

const NOW: &str = "--as-of 2026-02-15";

/// The same entries in another order, on another number of threads, give the same bytes but for the root.
#[test]
fn the_same_ledger_gives_the_same_bytes() {
    let folder = Folder::shipped(|drafts| drafts);
    let once = folder.said(&format!("{NOW} --json --draws 500"));
    for threads in ["1", "3"] {
        let again = std::process::Command::new(env!("CARGO_BIN_EXE_groundwork"))
            .current_dir(folder.path(""))
            .env("RAYON_NUM_THREADS", threads)
            .args(["forecast", "p", "--as-of", "2026-02-15", "--json", "--draws", "500"])
            .output()
            .unwrap();
        assert!(stdout(&again) == once, "{threads} threads");
    }
    let shuffled = Folder::shipped(|mut drafts| {
        drafts.reverse();
        drafts.rotate_left(31);
        drafts
    });
    let mut other = shuffled.forecasts(&format!("{NOW} --draws 500"));
    let table = folder.forecasts(&format!("{NOW} --draws 500"));
    assert_ne!(other.root, table.root);
    other.root = table.root.clone();
    assert!(other == table, "the order of the import matters");
    let seeded = folder.forecasts(&format!("{NOW} --draws 500 --seed 2"));
    assert!(seeded.facilities != table.facilities, "the seed does not matter");
}

#[test]
fn the_third_year_of_the_shipped_programme() {
    let folder = Folder::shipped(|drafts| drafts);
    let table = folder.forecasts(NOW);
    assert_eq!(table.kinds, ["factories"]);
    let third = table.milestones.iter().find(|one| one.id == "opened-2026").unwrap();
    assert_eq!((third.named, third.reached, third.count), (20, 0, 20));
    // One of the first year opened in time, and all of the second.
    assert_eq!((third.base_rate.due, third.base_rate.in_time), (40, 21));
    assert_eq!(third.base_rate_count, Some(11));
    let claimed = third.claimed.as_ref().unwrap();
    let draws: u32 = claimed.distribution.iter().map(|share| share.draws).sum();
    assert_eq!(draws, table.draws);
    let all: u32 =
        claimed.distribution.iter().filter(|share| share.count >= 20).map(|s| s.draws).sum();
    assert_eq!(third.met.as_ref().unwrap().part, all);
    // The fan begins with what is and passes through the milestone on its day.
    let fan = table.fans.iter().find(|fan| fan.milestone == "opened-2026").unwrap();
    assert_eq!(fan.points[0].claimed, [0; 9]);
    let on_the_day = fan.points.iter().find(|point| point.day == fan.due).unwrap();
    assert_eq!(on_the_day.claimed, claimed.quantiles);
    for two in fan.points.windows(2) {
        assert!(two[0].day < two[1].day && two[0].claimed <= two[1].claimed);
    }
    insta::assert_snapshot!("forecast_2026", folder.said(NOW));
}

#[test]
fn what_cannot_be_asked_is_refused_with_its_remedy() {
    let folder = villages();
    let refused = |options: &str| stderr(&folder.expect(2, &format!("forecast p {options}")));
    assert!(refused("--stage announced").contains("S812"));
    assert!(refused("--stage opened").contains("inaugurated"));
    assert!(refused("--draws 5").contains("from 100 to 1,000,000"));
    let kind = refused("--kind clinics");
    assert!(kind.contains("S804") && kind.contains("factories"), "{kind}");
    assert!(refused("--contracts works.csv").contains("--backtest"));
    assert!(refused("--backtest --contracts w.csv --columns start=begun").contains("begun=start"));
    assert!(refused("--backtest --every 0d").contains("30d"));
    fs::remove_file(folder.path("p/ledger.db")).unwrap();
    assert!(stderr(&folder.expect(3, "forecast p")).contains("ledger init"));
}

/// Works of three years, eight a year, each of a hundred days and each ended on the day on which it was due.
fn punctual() -> String {
    let mut table = "no,start,planned,end\n".to_owned();
    for year in 2018..2021 {
        let day = |days: i64| {
            let first = jiff::civil::date(year, 1, 1);
            first.checked_add(jiff::Span::new().days(days)).unwrap()
        };
        for number in 0..8 {
            table.push_str(&format!("{year}-{number},{},{},{}\n", day(0), day(100), day(100)));
        }
    }
    table
}

/// Worked by hand. Dates are every 30 days from the first of January 2018 up to the day before the last end, the tenth of
/// April 2020, 830 days later: 28. The model speaks once two years have ended, 465 days later: at the 12 from day 480 on.
/// Of those three (750, 780, 810) have works that go on, the eight of 2020. As announced is never wrong. The base rate
/// says 17 in 18, as sixteen of sixteen were in time: off by (1/18)^2 = 0.0031.
#[test]
fn works_that_end_when_they_are_due_make_the_announcement_right() {
    let folder = villages();
    fs::write(folder.path("works.csv"), punctual()).unwrap();
    let options =
        "--backtest --contracts works.csv --columns id=no,begun=start,due=planned,ended=end";
    let done = folder.expect(0, &format!("forecast --json {options}"));
    let table: BacktestTable = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((table.dates, table.silent, table.end.to_string().as_str()), (28, 16, "2020-04-10"));
    let part = &table.not_due;
    assert_eq!((part.forecasts, part.subjects, table.overdue.forecasts), (24, 8, 0));
    let of = |method| *part.methods.iter().find(|score| score.method == method).unwrap();
    let announced = of(BacktestMethod::AsAnnounced);
    assert_eq!(
        (announced.chances, announced.brier_per_mille, announced.crps_tenths),
        (24, Some(0), Some(0))
    );
    assert_eq!(of(BacktestMethod::BaseRate).brier_per_mille, Some(3));
    let said = table.findings.join("\n");
    assert!(said.contains("does NOT beat what was announced"), "{said}");
    let screen = stdout(&folder.expect(0, &format!("forecast {options}")));
    insta::assert_snapshot!("backtest_works", screen);
    fs::write(folder.path("works.csv"), "no,start\n1,5 May\n").unwrap();
    let refused =
        folder.expect(3, "forecast --backtest --contracts works.csv --columns id=no,begun=start");
    assert!(stderr(&refused).contains("5 May"));
}

/// At each date the ledger is asked what it knew then: a ledger of few openings is silent throughout, and says so.
#[test]
fn a_look_back_on_a_ledger_of_little_is_silent() {
    let folder = villages();
    let said = folder.said("--backtest --every 60d --as-of 2025-06-30");
    assert!(said.contains("silent throughout"), "{said}");
    let folder = Folder::shipped(|drafts| drafts);
    insta::assert_snapshot!(
        "backtest_example",
        folder.said("--backtest --every 7d --draws 500 --as-of 2026-02-15")
    );
}
