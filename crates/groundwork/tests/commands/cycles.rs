//! Milestones of each year, cycles, meetings and the next cycle, on the four villages; every figure is worked by hand.

use std::fs;

use groundwork_model::evidence::{
    Agenda, Certainty, CycleRow, Draft, Event, EventKind, Predicate, Scope, Scorecard, Stage,
};
use serde::Deserialize;

use crate::evidence::{self, facility, published, reached, says, seen, subject};
use crate::folder::{FOUR, Folder, PLACES, stderr, stdout};

/// Two years with an opening each; a plan of both years with a target of two and a plenum.
const CYCLES: &str = r#"
[[milestones]]
id = "opened-{year}"
each = "year"
batch = "{year}"
kind = "factories"
stage = "inaugurated"
count = "all"
due = "by {year}-12-31"
words = "all of the year's factories are to open by year's end"

[[cycles]]
id = "plan-1"
name = "First plan"
span = "2021/2023"

[[cycles.targets]]
kind = "factories"
stage = "inaugurated"
count = 4

[[cycles.meetings]]
id = "plenum"
name = "December plenum"
date = "2023-12"
certainty = "rumoured"
words = "towards the end of the year"
"#;

#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    card: Scorecard,
    agenda: Agenda,
}

#[derive(Deserialize)]
struct At {
    event: Event,
    then: Option<Scorecard>,
    now: Scorecard,
}

fn milestone_date(id: &str, certainty: Certainty, on: &str, published_on: &str) -> Draft {
    let of = subject(Scope::Milestone, id, "", "");
    let of = groundwork_model::evidence::Subject { kind: String::new(), ..of };
    published(says(of, Predicate::MilestoneDate { certainty }, on), published_on)
}

/// Of 2022 A and B are named and opened, B ten days late and published in February; of 2023 C alone is named.
fn drafts() -> Vec<Draft> {
    let open = |place: &str, batch: &str, on: &str| {
        says(facility(place, batch), reached(Stage::Inaugurated), on)
    };
    vec![
        open("A", "2022", "2022-12-20"),
        published(open("B", "2022", "2023-01-10"), "2023-02-01"),
        seen("monitor", "B2", open("A", "2022", "2023-03-01")),
        says(facility("C", "2023"), reached(Stage::GroundBroken), "2023-02-01"),
        published(open("C", "2023", "2023-12-30"), "2024-01-15"),
        milestone_date("plenum", Certainty::Expected, "2024-01", "2023-10-01"),
        milestone_date("plenum", Certainty::Fixed, "2024-01-20", "2023-12-01"),
        milestone_date("congress", Certainty::Rumoured, "2025", "2023-12-05"),
    ]
}

/// The villages, in which reports call a clinic a factory.
fn settings() -> String {
    let named = FOUR.replace("2030", "2022").replace(
        r#"packages = [{ id = "clinic","#,
        r#"packages = [{ id = "clinic", reported_as = ["factories"],"#,
    );
    format!("{named}{CYCLES}")
}

fn folder() -> Folder {
    let folder = Folder::with(&settings(), PLACES);
    evidence::write(&folder.path("p/ledger.db"), &drafts());
    folder
}

fn answer(folder: &Folder, options: &str) -> Answer {
    serde_json::from_slice(&folder.expect(0, &format!("status p --json {options}")).stdout).unwrap()
}

fn figures(row: &CycleRow) -> (u64, u64, Option<u64>, Option<u64>, u64, u64) {
    (row.promised, row.due, row.claimed, row.verified, row.late, row.late_unverified)
}

#[test]
fn all_of_a_year_are_those_named_or_the_quota_where_that_is_more() {
    let card = answer(&folder(), "--as-of 2023-12-31 --known-by 2023-12-31").card;
    let counts: Vec<_> =
        card.promises.iter().map(|one| (one.id.as_str(), one.count, one.claimed.count)).collect();
    // The quota is one a year; two places are named of 2022, so that two were to open.
    let expected =
        [("opened-2022", 2, Some(2)), ("opened-2023", 1, Some(0)), ("plan-1-1", 4, Some(2))];
    assert_eq!(counts, expected);
    assert_eq!(card.promises[2].batch, "2022+2023");
    // One of two had opened when it fell due, ten days late the other.
    assert_eq!(card.promises[0].claimed.by_due, Some(1));
    let all = card.series.iter().find(|one| one.batch.is_empty()).unwrap().points.last().unwrap();
    assert_eq!(
        (all.promised, all.claimed),
        (3, 2),
        "a target over both years is not counted twice"
    );
}

#[test]
fn a_cycle_is_summed_up_at_its_end_and_today_while_it_runs() {
    let folder = folder();
    let ended = answer(&folder, "--as-of 2024-02-01 --known-by 2024-02-01").agenda.cycles;
    assert!(ended[0].ended && ended[0].at.to_string() == "2023-12-31");
    // The target: four in two years, three claimed by the end, A verified.
    assert!(ended[0].rows[0].target);
    assert_eq!(figures(&ended[0].rows[0]), (4, 4, Some(3), Some(1), 1, 3));
    // The milestones: two of 2022, both there by the end; one of 2023, there on the 30th of December.
    assert_eq!(figures(&ended[0].rows[1]), (3, 3, Some(3), Some(1), 0, 2));
    let running = answer(&folder, "--as-of 2023-01-31 --known-by 2023-01-31").agenda.cycles;
    assert!(!running[0].ended && running[0].at.to_string() == "2023-01-31");
    // By then A alone is known to be named, and one was due by the quota.
    assert_eq!(figures(&running[0].rows[1]), (2, 1, Some(1), Some(0), 0, 1));
}

#[test]
fn a_date_that_moves_keeps_its_first_wording_and_shows_the_drift() {
    let folder = folder();
    let plenum = |by: &str| {
        let agenda = answer(&folder, &format!("--as-of {by} --known-by {by}")).agenda;
        agenda.events.into_iter().find(|event| event.id == "plenum").unwrap()
    };
    let first = plenum("2023-09-30");
    assert_eq!(
        (first.date.written.as_str(), first.date.certainty),
        ("2023-12", Some(Certainty::Rumoured))
    );
    // From the 30th of September 62 days to the first and 92 to the last of December.
    assert_eq!((first.days_left, first.first), (Some([62, 92]), None));
    let now = plenum("2023-12-10");
    assert_eq!(
        (now.date.written.as_str(), now.date.certainty),
        ("2024-01-20", Some(Certainty::Fixed))
    );
    let before = now.first.unwrap();
    assert_eq!(
        (before.written.as_str(), before.words.as_str()),
        ("2023-12", "towards the end of the year")
    );
    // The last day that was meant moved from the 31st of December to the 20th of January.
    assert_eq!((now.moved, now.drift_days), (2, Some(20)));
    let due: Vec<_> = now.due.iter().map(|due| due.promise.as_str()).collect();
    assert_eq!(due, ["opened-2023", "plan-1-1"], "what falls due by then and is not kept");
    let others = answer(&folder, "--as-of 2023-12-10 --known-by 2023-12-10").agenda;
    let congress = others.events.iter().find(|event| event.id == "congress").unwrap();
    assert_eq!(
        (congress.what, congress.date.entry),
        (EventKind::Meeting, Some(8)),
        "known from the ledger alone"
    );
}

#[test]
fn the_day_of_an_event_is_shown_as_it_was_known_then_and_now() {
    let folder = folder();
    let at: At =
        serde_json::from_slice(&folder.expect(0, "status p --json --at plan-1").stdout).unwrap();
    assert_eq!(
        (at.event.what, at.now.times.as_of.to_string()),
        (EventKind::CycleEnd, "2023-12-31".to_owned())
    );
    let then = at.then.unwrap();
    assert_eq!(then.times.known_by.to_string(), "2023-12-31");
    let claimed = |card: &Scorecard| {
        card.promises.iter().find(|one| one.id == "plan-1-1").unwrap().claimed.count
    };
    // C opened on the 30th of December, which was published in January.
    assert_eq!((claimed(&then), claimed(&at.now)), (Some(2), Some(3)));
    insta::assert_snapshot!(
        "status_at",
        stdout(&folder.expect(0, "status p --at opened-2022")).replace(&today(), "TODAY")
    );
    let screen = stdout(&folder.expect(0, "status p --as-of 2023-12-10 --known-by 2023-12-10"));
    let ahead = screen.split("\nAhead").nth(1).unwrap();
    insta::assert_snapshot!("status_ahead", ahead);
}

fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    groundwork_model::evidence::day_of(i32::try_from(now.as_secs() / 86_400).unwrap()).to_string()
}

#[test]
fn an_event_that_is_misspelt_or_has_no_last_day_is_refused() {
    let folder = folder();
    let said = stderr(&folder.expect(2, "status p --at plenun"));
    assert!(said.contains("Did you mean `plenum`?"), "{said}");
    let text = fs::read_to_string(folder.path("p/programme.toml")).unwrap()
        + "\n[[cycles.meetings]]\nid = \"some-day\"\ndate = \"unknown\"\n";
    fs::write(folder.path("p/programme.toml"), text).unwrap();
    let said = stderr(&folder.expect(2, "status p --at some-day"));
    assert!(said.contains("no last day is known"), "{said}");
}

#[test]
fn record_takes_dates_of_meetings_and_spans_of_cycles() {
    let folder = folder();
    let by = "--published 2023-12-20 --source state --voice self-report --by monitor";
    let said =
        stderr(&folder.expect(3, &format!("record p --is milestone-date --date 2024-02 {by}")));
    assert!(said.contains("--milestone is missing"), "{said}");
    let said = stderr(&folder.expect(
        3,
        &format!("record p --is milestone-date --milestone plenum --date 2024-02 {by}"),
    ));
    assert!(said.contains("--certainty is missing"), "{said}");
    folder.expect(
        0,
        &format!(
            "record p --is milestone-date --milestone plenum --certainty fixed --date 2024-02 {by}"
        ),
    );
    folder.expect(0, &format!("record p --is plan-cycle --milestone plan-1 --date 2021/2024 {by}"));
    let agenda = answer(&folder, "--as-of 2024-01-31").agenda;
    let plenum = agenda.events.iter().find(|event| event.id == "plenum").unwrap();
    assert_eq!((plenum.date.written.as_str(), plenum.drift_days), ("2024-02", Some(60)));
    assert_eq!(
        (agenda.cycles[0].to.to_string(), agenda.cycles[0].ended),
        ("2024-12-31".to_owned(), false)
    );
}

#[test]
fn the_next_cycle_starts_from_what_stands_at_the_end_of_the_last() {
    let folder = folder();
    folder.expect(0, "new claimed --next-cycle p --from-ledger claimed");
    folder.expect(0, "check claimed");
    let facilities = fs::read_to_string(folder.path("claimed/facilities.csv")).unwrap();
    let expected = "site,name,opened,package,source\n\
                    A,A,2022-12-20,clinic,inaugurated 2022-12-20 (entry 1 of the ledger)\n\
                    B,B,2023-01-10,clinic,inaugurated 2023-01-10 (entry 2 of the ledger)\n\
                    C,C,2023-12-30,clinic,inaugurated 2023-12-30 (entry 5 of the ledger)\n";
    assert_eq!(facilities, expected);
    let settings = fs::read_to_string(folder.path("claimed/programme.toml")).unwrap();
    assert!(settings.contains("first = 2024") && settings.contains("count = 2"), "{settings}");
    assert!(!settings.contains("[[cycles]]"), "the one that ended is left out");
    folder.expect(0, "plan claimed");
    // By what is verified A alone stands. B and C were not even begun: nobody independent saw that.
    folder.expect(0, "new verified --next-cycle p");
    let facilities = fs::read_to_string(folder.path("verified/facilities.csv")).unwrap();
    assert_eq!(
        facilities,
        "site,name,opened,package,source\nA,A,2023-03-01,clinic,inaugurated 2023-03-01 (entry 3 of the ledger)\n"
    );
    let origin = fs::read_to_string(folder.path("verified/origin.csv")).unwrap();
    assert!(origin.contains("quota.openings,1,"), "{origin}");
    assert!(stderr(&folder.expect(2, "new verified --next-cycle p")).contains("is there already"));
    assert!(stderr(&folder.expect(2, "new x --next-cycle p --from-cycle plan")).contains("plan-1"));
}

#[test]
fn what_was_begun_goes_on_in_the_next_cycle() {
    let folder = Folder::with(&settings(), PLACES);
    let begun = says(facility("D", "2023"), reached(Stage::GroundBroken), "2023-06-01");
    let open = says(facility("A", "2022"), reached(Stage::Inaugurated), "2022-12-20");
    evidence::write(&folder.path("p/ledger.db"), &[begun, open]);
    folder.expect(0, "new next --next-cycle p --from-ledger claimed");
    let reports = fs::read_to_string(folder.path("next/reports.csv")).unwrap();
    let expected = "site,named,package,period,stage,date,source\n\
                    D,D,clinic,2024,under_construction,2023-06-01,ground broken 2023-06-01 (entry 1 of the ledger)\n";
    assert_eq!(reports, expected);
    folder.expect(0, "check next");
    let plan = stdout(&folder.expect(0, "plan next --as-of --json"));
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let first = &plan["openings"][0];
    assert_eq!((first["site"].as_str(), first["period"].as_u64()), (Some("D"), Some(1)), "{plan}");
}

#[test]
fn mappings_by_any_name_go_into_the_next_cycle() {
    let folder = folder();
    let settings = fs::read_to_string(folder.path("p/programme.toml")).unwrap();
    let settings = format!("{settings}\n[import]\nmappings = [\"visits.toml\"]\n");
    fs::write(folder.path("p/programme.toml"), settings).unwrap();
    let mapping = "format = 1\n[columns]\nplace = \"place\"\ndate = \"date\"\n[[statements]]\nwhen = {}\nis = \"statement\"\n";
    fs::write(folder.path("p/visits.toml"), mapping).unwrap();
    folder.expect(0, "check p");
    folder.expect(0, "new next --next-cycle p");
    assert_eq!(fs::read_to_string(folder.path("next/visits.toml")).unwrap(), mapping);
    folder.expect(0, "check next");
    fs::remove_file(folder.path("p/visits.toml")).unwrap();
    // What check would refuse is told at once.
    let said = stderr(&folder.expect(3, "new other --next-cycle p"));
    assert!(said.contains("`visits.toml` is not in the folder"), "{said}");
}

#[test]
fn a_sheet_of_sources_goes_into_the_next_cycle_as_a_table() {
    let folder = Folder::empty();
    folder.expect(0, "new p --example prk-20x10 --workbook");
    folder.expect(0, "ledger init p");
    folder.expect(0, "new next --next-cycle p");
    let sources = fs::read_to_string(folder.path("next/sources.csv")).unwrap();
    assert!(sources.starts_with("id,name,behind,independent,letter,digit,"), "{sources}");
    assert_eq!(sources.lines().filter(|line| line.starts_with("kcna,")).count(), 1);
    folder.expect(0, "check next");
}
