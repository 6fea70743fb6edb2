//! What planning takes of a scorecard, case by case.

use groundwork_model::evidence::{
    Basis, FacilityScore, Mark, Scope, Scorecard, Stage, StageState, Subject, Times,
};
use groundwork_model::programme::{Facility, Kind, Package, Periods, Place, Settings};
use groundwork_model::{Programme, Progress};
use groundwork_monitor::{Built, Reading, WhyLeftOut, built};
use jiff::civil::{Date, date};

/// Three years from 2030; a clinic, a school, and both together.
fn programme() -> Programme {
    let kind = |id: &str| Kind { id: id.to_owned(), ..Kind::default() };
    let package = |id: &str, kinds: &[&str], words: &[&str]| Package {
        id: id.to_owned(),
        kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
        reported_as: words.iter().map(|&word| word.to_owned()).collect(),
        ..Package::default()
    };
    let place = |id: &str| Place { id: id.to_owned(), ..Place::default() };
    Programme {
        settings: Settings {
            periods: Periods { first: 2030, count: 3, years: 1 },
            kinds: vec![kind("clinic"), kind("school")],
            packages: vec![
                package("both", &["clinic", "school"], &["centre"]),
                package("health", &["clinic"], &["surgery", "centre"]),
            ],
            ..Settings::default()
        },
        places: ["a", "b", "c", "d"].map(place).to_vec(),
        sites: Vec::new(),
        facilities: vec![Facility { site: "d".to_owned(), ..Facility::default() }],
        reports: Vec::new(),
    }
}

/// A facility with the claimed and the verified day of each stage.
fn facility(
    id: &str,
    kind: &str,
    batch: &str,
    stages: &[(Stage, Option<Date>, Option<Date>)],
) -> FacilityScore {
    let place = id.split('/').next().unwrap_or_default().to_owned();
    let mark = |day: Option<Date>| day.map(|day| Mark { day, entry: 7 });
    let state = |&(stage, claimed, verified): &(Stage, Option<Date>, Option<Date>)| StageState {
        stage,
        claimed: mark(claimed),
        verified: mark(verified),
        denied: None,
        latest: None,
        origins: 0,
        ready: None,
        looked: None,
        deadline: None,
    };
    let halted = stages.iter().map(|(stage, ..)| *stage).find(|stage| *stage >= Stage::Stalled);
    FacilityScore {
        subject: Subject {
            scope: Scope::Facility,
            id: id.to_owned(),
            place,
            kind: kind.to_owned(),
            batch: batch.to_owned(),
        }
        .into(),
        official: None,
        evidence: None,
        halted,
        schedule: Vec::new(),
        stages: stages.iter().map(state).collect(),
        last_heard: date(2031, 1, 1),
        silent: false,
        entries: 1,
    }
}

fn read(facilities: &[FacilityScore], basis: Basis, stage: Stage) -> Built {
    let as_of = date(2031, 6, 1);
    let card = Scorecard {
        facilities: facilities.to_vec(),
        ..Scorecard::empty(Times { as_of, known_by: as_of, recorded_by: None })
    };
    built(&card, &programme(), Reading { basis, stage, first_open: 2 })
}

/// Returns site, state, package, period and kinds beyond of each site.
fn shown(found: &Built) -> Vec<String> {
    let row = |row: &groundwork_monitor::BuiltSite| {
        let state = match row.state.state {
            Progress::Built => "built",
            Progress::UnderWay => "under way",
            Progress::Failed => "failed",
            Progress::NotBegun => "not begun",
        };
        let package = row.state.package.as_deref().unwrap_or("-");
        let period = row.state.period.unwrap_or(0);
        format!("{} {state} {package} {period} {}", row.state.site, row.beyond.join("+"))
    };
    found.sites.iter().map(|site| row(site).trim_end().to_owned()).collect()
}

const LATE_2030: Option<Date> = Some(date(2030, 12, 20));
const EARLY_2031: Option<Date> = Some(date(2031, 1, 30));

#[test]
fn whose_word_is_taken_decides_what_is_built() {
    let rows = [
        facility(
            "a/1",
            "health",
            "2030",
            &[(Stage::GroundBroken, LATE_2030, LATE_2030), (Stage::Inaugurated, EARLY_2031, None)],
        ),
        facility("b/1", "health", "2030", &[(Stage::Operating, LATE_2030, EARLY_2031)]),
        facility("c/1", "health", "2032", &[(Stage::UnderConstruction, EARLY_2031, None)]),
    ];
    let claimed = read(&rows, Basis::Claimed, Stage::Inaugurated);
    assert_eq!(shown(&claimed), ["a built health 2", "b built health 1", "c under way health 3"]);
    // Of a only the beginning was seen, and its own year is past; of c nothing.
    let verified = read(&rows, Basis::Verified, Stage::Inaugurated);
    assert_eq!(shown(&verified), ["a under way health 2", "b built health 2"]);
    assert_eq!(verified.sites[0].stage, Stage::GroundBroken);
}

#[test]
fn an_inspection_builds_nothing_and_completion_does_where_it_is_asked_for() {
    let rows = [
        facility("a/1", "health", "2031", &[(Stage::Inspected, EARLY_2031, EARLY_2031)]),
        facility("b/1", "health", "2031", &[(Stage::Completed, EARLY_2031, None)]),
        facility("c/1", "health", "2031", &[(Stage::SiteChosen, EARLY_2031, None)]),
    ];
    let opened = read(&rows, Basis::Claimed, Stage::Inaugurated);
    assert_eq!(shown(&opened), ["a under way health 2", "b under way health 2"]);
    let completed = read(&rows, Basis::Claimed, Stage::Completed);
    assert_eq!(shown(&completed), ["a under way health 2", "b built health 2"]);
}

#[test]
fn facilities_of_one_site_become_one_package() {
    let open = [(Stage::Inaugurated, EARLY_2031, None)];
    let rows = [
        facility("a/1", "clinic", "2031", &open),
        facility("a/2", "school", "2031", &[(Stage::Inaugurated, LATE_2030, None)]),
        facility("b/1", "school", "2031", &open),
        facility("c/1", "surgery", "2031", &[(Stage::Cancelled, EARLY_2031, None)]),
        facility("c/2", "centre", "2031", &[(Stage::GroundBroken, EARLY_2031, None)]),
    ];
    let found = read(&rows, Basis::Claimed, Stage::Inaugurated);
    // The first package in the programme that goes by a word counts: a centre is both.
    assert_eq!(shown(&found), ["a built both 1", "b built both 2 clinic", "c under way both 2"]);
    assert_eq!(found.sites[0].facilities, ["a/1", "a/2"]);
    assert_eq!(found.sites[2].facilities, ["c/2"]);
}

#[test]
fn a_site_whose_facilities_are_all_given_up_has_failed() {
    let rows = [facility(
        "c/1",
        "clinic",
        "2031",
        &[(Stage::GroundBroken, LATE_2030, None), (Stage::Cancelled, EARLY_2031, None)],
    )];
    let found = read(&rows, Basis::Claimed, Stage::Inaugurated);
    assert_eq!(shown(&found), ["c failed - 0"]);
    assert_eq!(found.sites[0].mark.day, date(2031, 1, 30));
}

#[test]
fn what_planning_cannot_use_is_named() {
    let open = [(Stage::Inaugurated, EARLY_2031, None)];
    let rows = [
        facility("nowhere/1", "health", "2031", &open),
        facility("d/1", "health", "2031", &open),
        facility("a/1", "paper mill", "2031", &open),
        facility("b/1", "health", "2031", &[(Stage::Inaugurated, Some(date(2033, 1, 1)), None)]),
    ];
    let found = read(&rows, Basis::Claimed, Stage::Inaugurated);
    assert_eq!(shown(&found), [""; 0]);
    let why: Vec<_> = found.left_out.iter().map(|row| (&*row.facility, row.why.clone())).collect();
    assert_eq!(
        why,
        [
            ("nowhere/1", WhyLeftOut::NoSite),
            ("d/1", WhyLeftOut::Existing),
            ("a/1", WhyLeftOut::NoPackage("paper mill".to_owned())),
            ("b/1", WhyLeftOut::NoPeriod),
        ]
    );
}
