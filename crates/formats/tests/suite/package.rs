//! Packages that others publish: what they come to, what is left out, and what is said of faulty ones.

use groundwork_formats::package::{
    PackageContext, PackageFormat, PackageMapping, PackageRead, package_format, read_package,
    read_package_mapping,
};
use groundwork_formats::{read_sources, read_works};
use groundwork_model::evidence::{Bound, CountUnit, Draft, Predicate, Scope, Source, Stage, Voice};
use groundwork_model::programme::Place;
use groundwork_model::{Code, Problem};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const SOURCES: &str = "\
id,name,behind,independent,letter,digit,carries,reason
gov,The ministry,government,0,D,3,,our judgement
watch,The watch,a foundation,1,B,2,,looks for itself
";

fn sources() -> Vec<Source> {
    read_sources("sources.csv", SOURCES.as_bytes()).0
}

/// Two places a degree of longitude apart on the equator: 111.2 km.
fn places() -> Vec<Place> {
    let place = |id: &str, lon: f64| Place { id: id.to_owned(), lon, ..Place::default() };
    vec![place("A", 10.0), place("B", 11.0)]
}

fn mapped(package: &Value, mapping: &PackageMapping) -> PackageRead {
    let (places, sources) = (places(), sources());
    let context = PackageContext {
        places: Some(&places),
        sources: Some(&sources),
        mapping,
        recorded_by: "monitor",
    };
    let bytes = serde_json::to_vec(package).expect("plain data");
    let format = package_format(&bytes).unwrap_or(PackageFormat::Oc4ids);
    read_package("p.json", &bytes, format, &context)
}

fn read(package: &Value) -> PackageRead {
    mapped(package, &PackageMapping::default())
}

fn package(projects: &Value) -> Value {
    json!({
        "version": "0.9",
        "uri": "https://example.org/p.json",
        "publishedDate": "2024-07-01T10:00:00Z",
        "publisher": { "name": "The ministry" },
        "projects": projects,
    })
}

/// What a draft says, in a line.
fn line(draft: &Draft) -> String {
    let day = draft.valid.to_string();
    let number = draft.value.as_ref().and_then(|value| value.number);
    let number = number.map(|number| format!(" {number}")).unwrap_or_default();
    let said = match &draft.predicate {
        Predicate::Stage { stage, reached: true } => format!("stage {}", stage.name()),
        Predicate::Stage { stage, reached: false } => format!("not {}", stage.name()),
        Predicate::Progress { stage, part, .. } => format!("part of {}: {part}", stage.name()),
        Predicate::Deadline { stage } => format!("deadline {}", stage.name()),
        Predicate::Inspection { ready } => format!("inspected {ready:?}"),
        Predicate::Budget { resource } => format!("budget {resource}"),
        Predicate::Statement => format!("statement [{}]", draft.texts.note),
        other => format!("{other:?}"),
    };
    format!("{said}{number}, {day}")
}

fn lines(read: &PackageRead) -> Vec<String> {
    assert_eq!(read.problems, []);
    read.drafts.iter().map(line).collect()
}

fn left(read: &PackageRead) -> Vec<(&str, u64)> {
    read.left_out.iter().map(|left| (left.what.as_str(), left.count)).collect()
}

fn at_a() -> Value {
    // 0.02 degrees of longitude: 2.2 km.
    json!([{ "id": "l", "geometry": { "type": "Point", "coordinates": [10.02, 0.0] } }])
}

const FAULTY: &str = r#"{
  "version": "0.9",
  "publishedDate": "2024-07-01T10:00:00Z",
  "publisher": { "name": "The ministry" },
  "projects": [
    { "id": "p", "milestones": [{ "id": "1", "code": "completion", "status": "met", "dateMet": "last May" }] },
    { "id": "p", "status": "completion" }
  ]
}
"#;

const CUT_OFF: &str =
    "{\n  \"version\": \"0.9\",\n  \"projects\": [{ \"id\": \"p\", \"status\": \n";

const OF_NOBODY: &str =
    r#"{ "publishedDate": "2024-07-01", "publisher": { "name": "Works Office" }, "projects": [] }"#;

const NOT_BEGUN: &str = "id,begun,ended\na,2020-01-05,2020-02-01\nb,,2020-03-01\n";

/// Returns the problems of broken packages, and of a table of works, for the index of errors.
pub(crate) fn problems() -> Vec<(&'static str, &'static str, Vec<Problem>)> {
    let (places, mapping) = (places(), PackageMapping::default());
    let broken = [
        ("broken package", FAULTY, Some(sources())),
        ("package cut off", CUT_OFF, Some(sources())),
        ("package of nobody known", OF_NOBODY, None),
    ];
    let read = |(name, text, sources): (&'static str, &'static str, Option<Vec<Source>>)| {
        let context = PackageContext {
            places: Some(&places),
            sources: sources.as_deref(),
            mapping: &mapping,
            recorded_by: "import",
        };
        let read = read_package("p.json", text.as_bytes(), PackageFormat::Oc4ids, &context);
        (name, text, read.problems)
    };
    let works = read_works("works.csv", NOT_BEGUN.as_bytes(), &[], "Completed").1;
    broken.into_iter().map(read).chain([("works not begun", NOT_BEGUN, works)]).collect()
}

#[test]
fn a_project_says_the_weakest_that_it_surely_says() {
    let read = read(&package(&json!([{
        "id": "oc4ids-abc123-1",
        "title": "A clinic",
        "language": "en",
        "status": "implementation",
        "updated": "2024-06-30T00:00:00Z",
        "locations": at_a(),
        "milestones": [
            { "id": "1", "code": "commencement", "status": "met", "dateMet": "2024-02-03T00:00:00Z" },
            { "id": "2", "code": "completion", "status": "partiallyMet", "dateModified": "2024-05-01" },
            { "id": "3", "code": "commissioning", "status": "scheduled", "dueDate": "2024-09-30" },
            { "id": "4", "code": "projectApproval", "dateMet": "2023-12-01" },
            { "id": "5", "code": "inauguration", "status": "notMet", "dateModified": "2024-06-15" },
            { "id": "6", "code": "financialClose", "status": "met", "dateMet": "2023-11-01" },
            { "id": "7", "type": "payment", "status": "met" },
        ],
    }])));
    assert_eq!(
        lines(&read),
        [
            "stage announced, by 2024-06-30",
            "stage ground-broken, 2024-02-03",
            "part of under-construction: completion, in part, by 2024-05-01",
            "deadline inspected, by 2024-09-30",
            "stage announced, 2023-12-01",
            "not inaugurated, 2024-06-15",
        ]
    );
    assert_eq!(
        left(&read),
        [
            ("projects[].milestones[] of type `payment`, without a code", 1),
            ("projects[].milestones[] with code `financialClose`", 1),
        ]
    );
    let first = &read.drafts[0];
    assert_eq!(
        (first.subject.scope, first.subject.id.as_str()),
        (Scope::Facility, "oc4ids-abc123-1")
    );
    assert_eq!((first.subject.place.as_str(), first.subject.kind.as_str()), ("A", ""));
    assert_eq!(first.published.day.to_string(), "2024-07-01");
    assert_eq!((first.voice, first.texts.source.as_str()), (Voice::SelfReport, "gov"));
    assert_eq!(first.grade.map(|grade| grade.to_string()).as_deref(), Some("D3"));
    assert_eq!(first.texts.named, "A clinic");
    assert_eq!(first.texts.url, "https://example.org/p.json");
    let note = &first.texts.note;
    assert!(note.contains("placed at A, the nearest place, 2.2 km from"), "{note}");
    assert!(note.contains("begins with procurement"), "{note}");
}

#[test]
fn statuses_stand_for_the_stage_that_a_person_names() {
    let statuses = [
        ("identification", "announced"),
        ("preparation", "announced"),
        ("implementation", "ground-broken"),
        ("completion", "completed"),
        ("maintenance", "completed"),
        ("decommissioned", "completed"),
        ("cancelled", "cancelled"),
    ];
    let project = |(at, (status, _)): (usize, &(&str, &str))| json!({ "id": format!("p{at}"), "status": status, "locations": at_a() });
    let projects: Vec<Value> = statuses.iter().enumerate().map(project).collect();
    let text = "format = 1\n[statuses]\nimplementation = \"ground-broken\"\n[subject]\nkind = \"clinic\"\n";
    let mapping = read_package_mapping("m.toml", text.as_bytes()).expect("sound");
    let read = mapped(&package(&json!(projects)), &mapping);
    let expected: Vec<String> =
        statuses.iter().map(|(_, stage)| format!("stage {stage}, by 2024-07-01")).collect();
    assert_eq!(lines(&read), expected);
    assert!(read.drafts.iter().all(|draft| draft.subject.kind == "clinic"));
}

#[test]
fn what_is_measured_planned_and_set_aside_keeps_its_number_and_its_reporter() {
    let percent = |id: &str, measure: &str, day: &str| {
        json!({ "id": id, "measure": measure, "unit": { "name": "percent" },
            "dimensions": { "reportedBy": "the engineer" }, "period": { "endDate": day } })
    };
    let read = read(&package(&json!([{
        "id": "p",
        "locations": at_a(),
        "budget": { "amount": { "amount": 1250000.5, "currency": "GBP" }, "approvalDate": "2023-06-24" },
        "metrics": [
            { "id": "physicalProgress", "title": "Physical progress", "observations": [
                percent("1", "50", "2024-05-01"), percent("2", "0", "2024-01-01")] },
            { "id": "jobs", "observations": [{ "id": "1", "measure": 12 }] },
        ],
        "forecasts": [{ "id": "physicalProgress", "title": "Physical progress", "observations": [
            percent("1", "75", "2024-08-01"), percent("2", "100", "2024-10-01")] }],
        "documents": [{ "id": "d", "documentType": "feasibilityStudy", "title": "A study",
            "url": "https://example.org/study.pdf", "datePublished": "2023-02-10", "author": "Jane E.",
            "format": "application/pdf" }],
        "completion": { "endDate": "2024-06-20", "finalScope": "all of it" },
        "parties": [{ "id": "x" }, { "id": "y" }],
    }])));
    assert_eq!(
        lines(&read),
        [
            "stage completed, 2024-06-20",
            "part of under-construction: physical progress 50, 2024-05-01",
            "statement [placed at A, the nearest place, 2.2 km from the project's point; Physical progress; \
         reportedBy: the engineer] 0, 2024-01-01",
            "statement [placed at A, the nearest place, 2.2 km from the project's point; jobs] 12, unknown",
            "statement [placed at A, the nearest place, 2.2 km from the project's point; planned: Physical progress; \
         reportedBy: the engineer] 75, 2024-08-01",
            "deadline completed 100, by 2024-10-01",
            "budget GBP 1250000.5, 2023-06-24",
            "statement [placed at A, the nearest place, 2.2 km from the project's point; feasibilityStudy], unknown",
        ]
    );
    assert_eq!(
        left(&read),
        [
            ("projects[].completion.finalScope", 1),
            ("projects[].documents[].format", 1),
            ("projects[].parties", 2),
        ]
    );
    let document = read.drafts.last().expect("there");
    assert_eq!(document.published.day.to_string(), "2023-02-10");
    assert_eq!(document.texts.attribution, ["Jane E."]);
    assert_eq!(document.texts.url, "https://example.org/study.pdf");
}

#[test]
fn keys_tell_publishers_projects_parts_and_days_apart() {
    let project = json!([{ "id": "p", "status": "completion", "locations": at_a() }]);
    let keys = |package: &Value| -> Vec<String> {
        read(package).drafts.into_iter().map(|draft| draft.key).collect()
    };
    let first = package(&project);
    assert_eq!(keys(&first), keys(&first));
    let mut later = first.clone();
    later["publishedDate"] = json!("2024-08-01");
    let mut other = first.clone();
    other["publisher"]["name"] = json!("The watch");
    let all = [keys(&first), keys(&later), keys(&other)].concat();
    let different: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), different.len()), (3, 3));
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_path() {
    let read = read(&json!({
        "version": "1.1",
        "publishedDate": "last Monday",
        "publisher": { "name": "Nobody we know" },
        "projects": [
            { "id": "p", "status": "nearlyReady", "locations": "here", "milestones": [
                { "id": "1", "code": "completion", "status": "done", "dateMet": 20240101 },
                { "id": "1", "code": "completion", "status": "met" },
                7,
            ] },
            { "id": "p", "budget": { "amount": { "amount": "lots", "currency": "GBP" } } },
            { "title": "no id" },
            "no project",
        ],
    }));
    let found: Vec<String> = read
        .problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.column.clone().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [
            "E822 version",
            "E822 publishedDate",
            "E822 publishedDate",
            "E807 publisher.name",
            "E822 projects[0].locations",
            "W822 projects[0].locations",
            "E822 projects[0].status",
            "E822 projects[0].milestones[2]",
            "E822 projects[0].milestones[0].dateMet",
            "E822 projects[0].milestones[0].status",
            "E823 projects[0].milestones[1].id",
            "E823 projects[1].id",
            "W822 projects[1].locations",
            "E822 projects[1].budget.amount.amount",
            "E822 projects[2].id",
            "W822 projects[2].locations",
            "E822 projects[3]",
        ]
    );
    assert!(read.problems.iter().all(|problem| !problem.remedy.is_empty()));
    assert!(read.problems[0].cause.contains("version 1.1"), "{}", read.problems[0]);
}

#[test]
fn many_faults_of_one_kind_are_counted() {
    let projects: Vec<Value> =
        (0..100).map(|at| json!({ "id": format!("p{at}"), "status": at })).collect();
    let read = read(&package(&json!(projects)));
    let of_status: Vec<_> =
        read.problems.iter().filter(|problem| problem.code == Code::PackageField).collect();
    assert_eq!(of_status.len(), 21);
    assert_eq!(of_status[20].cause, "and 80 more of these");
}

#[test]
fn without_a_sources_table_a_publisher_is_unattributed_and_that_is_said() {
    let mapping = PackageMapping::default();
    let context =
        PackageContext { places: None, sources: None, mapping: &mapping, recorded_by: "import" };
    let bytes = serde_json::to_vec(&package(&json!([{ "id": "p", "status": "completion" }])));
    let bytes = bytes.expect("plain data");
    let read = read_package("p.json", &bytes, PackageFormat::Oc4ids, &context);
    let codes: Vec<Code> = read.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::PublisherUnknown]);
    assert_eq!(read.drafts[0].voice, Voice::Unattributed);
    assert_eq!(read.drafts[0].texts.source, "The ministry");
}

#[test]
fn places_come_from_the_mapping_the_package_or_the_nearest_point_never_in_silence() {
    let point =
        |lon: f64| json!({ "id": "l", "geometry": { "type": "Point", "coordinates": [lon, 0] } });
    let projects = json!([
        { "id": "by-mapping", "locations": [point(10.0)] },
        { "id": "by-id", "locations": [{ "id": "B" }] },
        { "id": "too-far", "locations": [point(10.5)] },
        { "id": "two", "locations": [point(10.0), point(11.0)] },
        { "id": "swapped", "locations": [point(181.0)] },
    ]);
    let text = "format = 1\n[places]\nby-mapping = \"B\"\n[subject]\nnearest_km = 50\n";
    let mapping = read_package_mapping("m.toml", text.as_bytes()).expect("sound");
    let read = mapped(&package(&projects), &mapping);
    let places: Vec<&str> = read.drafts.iter().map(|draft| draft.subject.place.as_str()).collect();
    assert_eq!(places, ["B", "B", "", "", ""]);
    let said: Vec<String> = read.problems.iter().map(|problem| problem.cause.clone()).collect();
    assert_eq!(
        said,
        [
            "the facility is recorded without a place: no place lies within 50 km of its points",
            "the facility is recorded without a place: its points lie at several places: A, B",
            "the point is not [longitude, latitude] in degrees",
            "the facility is recorded without a place: it has no point, and names no place of the programme",
        ]
    );
}

#[test]
fn facilities_of_another_ledger_are_known_by_its_day() {
    let read = read(&json!({
        "type": "FeatureCollection",
        "groundwork": { "publisher": "The watch", "as_of": "2024-06-01", "known_by": "2024-06-02" },
        "features": [
            { "type": "Feature", "id": "A/1", "geometry": null, "properties": {
                "title": "Clinic A", "place": "A", "kind": "clinic", "batch": "1", "official": "completed",
                "evidence": "ground-broken", "completed_claimed": "2024-05-01", "completed_claimed_entry": 7,
                "ground-broken_verified": "2024-02-01", "ground-broken_verified_entry": 3, "colour": "red" } },
            { "type": "Feature", "id": "B/1", "geometry": null, "properties": { "place": "B" } },
        ],
    }));
    assert_eq!(
        lines(&read),
        [
            "stage ground-broken, 2024-02-01",
            "stage completed, 2024-05-01",
            "statement [], by 2024-06-02",
        ]
    );
    assert_eq!(left(&read), [("features[].properties.colour", 1)]);
    let voices: Vec<Voice> = read.drafts.iter().map(|draft| draft.voice).collect();
    assert_eq!(voices[..2], [Voice::Independent, Voice::SelfReport]);
    assert!(read.drafts.iter().all(|draft| draft.published.day.to_string() == "2024-06-02"));
    assert_eq!(read.drafts[0].texts.source, "watch");
}

#[test]
fn counts_of_a_package_of_this_program_keep_their_unit_bound_voice_and_subject() {
    let read = read(&package(&json!([{
        "id": "x-programme",
        "identifiers": [{ "id": "programme", "scheme": "groundwork-programme" }],
        "metrics": [{ "id": "count-completed", "title": "t", "observations": [{
            "id": "12", "measure": "40", "unit": { "name": "places" }, "period": { "endDate": "2024-06-01T00:00:00Z" },
            "dimensions": { "voice": "self-report", "batch": "2024", "published": "2024-06-02", "bound": "at-least",
                "scope": "place", "id": "A", "place": "A", "kind": "clinic" } }] }],
    }])));
    assert_eq!(read.problems, []);
    let [draft] = read.drafts.as_slice() else { panic!("{:?}", read.drafts) };
    let places = CountUnit::Places;
    assert_eq!(draft.predicate, Predicate::Count { stage: Stage::Completed, unit: places });
    assert_eq!(draft.value.as_ref().map(|value| value.bound), Some(Bound::AtLeast));
    assert_eq!((draft.subject.scope, draft.subject.id.as_str()), (Scope::Place, "A"));
    assert_eq!((draft.subject.batch.as_str(), draft.subject.kind.as_str()), ("2024", "clinic"));
    assert_eq!(draft.published.day.to_string(), "2024-06-02");
    assert_eq!(draft.grade, None);
}

#[test]
fn hostile_files_are_refused_with_a_line() {
    let mapping = PackageMapping::default();
    let context =
        PackageContext { places: None, sources: None, mapping: &mapping, recorded_by: "import" };
    let deep = format!("{{\"projects\": [{}", "[".repeat(1_000_000));
    let deeper = format!("{{\"publisher\": {}", "{\"a\":".repeat(1_000_000));
    let endless = format!("{{\"x\": {} }}", "[".repeat(3_000_000));
    let files: [&[u8]; 9] = [
        b"",
        b"[]",
        b"{}",
        b"{\"projects\": 7}",
        b"{\"projects\": []} and more",
        b"\xff\xfe{",
        deep.as_bytes(),
        deeper.as_bytes(),
        endless.as_bytes(),
    ];
    for bytes in files {
        for format in [PackageFormat::Oc4ids, PackageFormat::Facilities] {
            let read = read_package("p.json", bytes, format, &context);
            let refused =
                read.problems.iter().any(|problem| problem.code == Code::PackageUnreadable);
            assert!(
                refused,
                "{}: {:?}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)]),
                read.problems
            );
        }
    }
}

#[test]
fn a_package_is_known_by_what_it_holds_also_where_it_is_cut_off() {
    let cases: [(&str, Option<PackageFormat>); 6] = [
        (r#"{"uri": "x", "projects": [{"id": "#, Some(PackageFormat::Oc4ids)),
        (r#"{"groundwork": {}, "features": ["#, Some(PackageFormat::Facilities)),
        (r#"{"features": []}"#, None),
        (r#"[{"projects": []}]"#, None),
        ("id,projects\n1,2\n", None),
        ("", None),
    ];
    for (text, format) in cases {
        assert_eq!(package_format(text.as_bytes()), format, "{text}");
    }
}

#[test]
fn a_wrong_mapping_is_refused_with_its_line() {
    let text = "format = 1\n[statuses]\ncompletion = \"finished\"\n[subject]\nnearest_km = 5000\n";
    let problems = read_package_mapping("m.toml", text.as_bytes()).expect_err("refused");
    let found: Vec<(Option<u32>, Option<&str>)> =
        problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
    assert_eq!(
        found,
        [(Some(3), Some("statuses.completion")), (Some(5), Some("subject.nearest_km"))]
    );
}

#[test]
fn a_place_that_there_is_not_is_refused_in_packages_of_this_program_too() {
    let count = json!({ "id": "1", "measure": "4", "unit": { "name": "facilities" },
        "dimensions": { "scope": "place", "id": "X", "place": "X" } });
    let own = package(&json!([
        { "id": "x-1", "identifiers": [{ "id": "X/1", "scheme": "groundwork" }],
          "additionalClassifications": [{ "id": "X", "scheme": "groundwork-place" }] },
        { "id": "x-2", "identifiers": [{ "id": "A/1", "scheme": "groundwork" }],
          "additionalClassifications": [{ "id": "A", "scheme": "groundwork-place" }] },
        { "id": "x-programme", "identifiers": [{ "id": "programme", "scheme": "groundwork-programme" }],
          "metrics": [{ "id": "count-completed", "observations": [count] }] },
    ]));
    let facilities = json!({
        "groundwork": { "publisher": "The watch", "known_by": "2024-06-02" },
        "features": [{ "id": "X/1", "properties": { "place": "X" } }],
    });
    let found: Vec<(Code, String)> = [own, facilities]
        .iter()
        .flat_map(|whole| read(whole).problems)
        .inspect(|problem| assert!(problem.remedy.starts_with("Add the place to places.csv")))
        .map(|problem| (problem.code, problem.column.unwrap_or_default()))
        .collect();
    let paths = [
        "projects[0].additionalClassifications",
        "projects[2].metrics[0].observations[0].dimensions",
        "features[0].properties.place",
    ];
    assert_eq!(found, paths.map(|path| (Code::UnknownPlace, path.to_owned())));
}

#[test]
fn what_is_met_after_the_package_is_no_stage_that_was_reached() {
    // The package is of 1 July 2024.
    let read = read(&package(&json!([{
        "id": "p",
        "locations": at_a(),
        "completion": { "endDate": "2024-07-02" },
        "milestones": [
            { "id": "1", "code": "commencement", "status": "met", "dateMet": "2024-07-01" },
            { "id": "2", "code": "completion", "status": "met", "dateMet": "2024-07-02", "dueDate": "2024-08-01" },
            { "id": "3", "code": "operation", "dateMet": "2027-12-01" },
        ],
    }])));
    assert_eq!(
        lines(&read),
        ["stage ground-broken, 2024-07-01", "deadline completed, by 2024-08-01"]
    );
    assert_eq!(
        left(&read),
        [
            ("projects[].completion.endDate after the day of publication", 1),
            ("projects[].milestones[].dateMet after the day of publication", 2),
        ]
    );
}

#[test]
fn a_facility_without_properties_is_not_dropped_in_silence() {
    let read = read(&json!({
        "groundwork": { "publisher": "The watch", "known_by": "2024-06-02" },
        "features": [{ "id": "A/1" }, { "id": "A/2", "properties": null }, { "id": "A/3", "properties": 7 }],
    }));
    let found: Vec<(Code, String)> = read
        .problems
        .into_iter()
        .map(|problem| (problem.code, problem.column.unwrap_or_default()))
        .collect();
    let expected = |at| (Code::PackageField, format!("features[{at}].properties"));
    assert_eq!(found, [0, 1, 2].map(expected));
}

fn a_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~\\x00é]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "2024-01-01",
            "9999-12-31T23:59:59Z",
            "met",
            "notMet",
            "completion",
            "groundwork",
            "groundwork-programme",
            "Point",
            "count-completed",
            "1e999",
            "-0",
            "99999999999999999999"
        ])
        .prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "id",
        "projects",
        "milestones",
        "code",
        "status",
        "dueDate",
        "dateMet",
        "dateModified",
        "metrics",
        "observations",
        "measure",
        "unit",
        "name",
        "dimensions",
        "period",
        "endDate",
        "startDate",
        "locations",
        "geometry",
        "type",
        "coordinates",
        "documents",
        "url",
        "identifiers",
        "scheme",
        "budget",
        "amount",
        "currency",
        "forecasts",
        "completion",
        "properties",
        "completed_claimed",
        "inspected_verified",
        "place",
        "kind",
        "value",
        "updated",
    ]);
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(keys.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_package_makes_the_reader_panic(
        projects in prop::collection::vec(a_value(), 0..4),
        head in a_value(),
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..3),
    ) {
        let mut whole = package(&json!(projects));
        if let (Value::Object(whole), Value::Object(head)) = (&mut whole, head) {
            whole.extend(head.into_iter().filter(|(key, _)| key != "projects"));
        }
        let of_features = json!({
            "features": projects,
            "groundwork": { "publisher": "The ministry", "known_by": "2024-07-01" },
        });
        for value in [whole, of_features] {
            let mut bytes = serde_json::to_vec(&value).expect("plain data");
            for (at, byte) in &edits {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let (places, sources) = (places(), sources());
            let mapping = PackageMapping::default();
            let context = PackageContext {
                places: Some(&places), sources: Some(&sources), mapping: &mapping, recorded_by: "import",
            };
            let _ = package_format(&bytes);
            for format in [PackageFormat::Oc4ids, PackageFormat::Facilities] {
                let read = read_package("p.json", &bytes, format, &context);
                // What is handed out without an error is whole.
                if !read.problems.iter().any(Problem::is_error) {
                    for draft in &read.drafts {
                        prop_assert!(!draft.key.is_empty() && draft.texts.recorded_by == "import");
                        prop_assert!(!draft.subject.id.is_empty() || draft.subject.scope == Scope::Programme);
                        let texts = format!("{:?}", draft.texts);
                        prop_assert!(!texts.contains("\\0"), "{texts}");
                    }
                }
            }
        }
    }
}
