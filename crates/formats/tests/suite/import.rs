//! Tables of reports that are imported: what rows come to, and what is said of faulty ones.

use groundwork_formats::import::{Import, ImportCheck, ImportContext, read_mapping};
use groundwork_formats::{read_programme, read_sources, read_works};
use groundwork_model::evidence::{
    Bound, CountUnit, Draft, Predicate, PublishedFrom, RelationKind, Scope, Source, Stage, Voice,
};
use groundwork_model::programme::Place;
use groundwork_model::{Code, Decimal, Problem};

const PROGRAMME: &str = "\
format = 1
name = \"Clinics\"
[periods]
first = 2024
count = 2
[[kinds]]
id = \"clinic\"
reach_km = 12
[[packages]]
id = \"clinic\"
kinds = [\"clinic\"]
[population]
year = 2020
source = \"made up\"
";

const PLACES: &str = "\
id,name,province,lat,lon,population
A,Alpha,North,47.1,9.5,1200
B,Beta,North,47.2,9.6,900
C,Beta,South,47.3,9.7,800
D,Delta,South,47.4,9.8,700
";

fn places() -> Vec<Place> {
    let checked = read_programme(&mut |name| match name {
        "programme.toml" => Ok(PROGRAMME.as_bytes().to_vec()),
        _ => Ok(PLACES.as_bytes().to_vec()),
    });
    let problems = checked.problems;
    checked.programme.unwrap_or_else(|| panic!("{problems:?}")).places
}

const SOURCES: &str = "\
id,name,behind,independent,letter,digit,carries,reason
gov,The ministry,government,0,D,3,,our judgement
paper,The paper,,0,D,3,gov,prints what the ministry says
watch,The watch,a foundation,1,B,2,,looks for itself
";

fn sources() -> Vec<Source> {
    let (sources, problems) = read_sources("sources.csv", SOURCES.as_bytes());
    assert_eq!(problems, []);
    sources
}

const MAPPING: &str = r#"
format = 1
[columns]
place = "site"
name = "named"
facility = "what"
batch = "year"
date = "date"
date_kind = "how"
count = "count"
source = "who"
independent = "own"
grade = "grade"
url = "page"
note = "note"
[subject]
whole_programme = ["(all)"]
look_up_names = true
[dates]
exact = "{date}"
by = "by {date}"
[published]
address = ["yyyy/mm/dd"]
[facilities]
"clinic" = "clinic"
"clinic and school" = ["clinic", "school"]
[sources]
"ministry" = { source = "gov" }
"paper" = { source = "paper", through = ["gov", "paper"] }
"watch" = { source = "watch" }
"stranger" = { source = "stranger" }
[[names]]
rule = "Beta of the north"
when = { named = ["Beta", "Betta"], province = "North" }
place = "B"
[[statements]]
when = { stage = "opened" }
is = "stage"
stage = "inaugurated"
[[statements]]
when = { stage = "total" }
is = "count"
stage = "inaugurated"
unit = "places"
[[statements]]
when = { stage = "more_than" }
is = "count"
stage = "completed"
unit = "plants"
bound = "at-least"
[[statements]]
when = { stage = "closed" }
is = "stage"
stage = "inaugurated"
holds = false
[[statements]]
when = { stage = "gossip" }
is = "skip"
[[relations]]
when = { stage = "closed" }
how = "denies"
to = { stage = "opened" }
"#;

const HEADER: &str = "site,named,province,what,year,stage,date,how,count,who,own,grade,page,note\n";

/// Reads rows by the mapping; what is wrong, and what they come to.
fn read(mapping: &str, table: &str) -> Result<(ImportCheck, Vec<Draft>), Vec<Problem>> {
    let (places, sources) = (places(), sources());
    let mapping = read_mapping("map.toml", mapping.as_bytes())?;
    let context =
        ImportContext { places: Some(&places), sources: Some(&sources), recorded_by: "import" };
    let import = Import::open("reports.csv", table.as_bytes(), &mapping, &context)?;
    let mut drafts = Vec::new();
    import.each(&mut |_, draft| {
        drafts.push(draft);
        true
    });
    Ok((import.check(), drafts))
}

fn rows(rows: &str) -> (ImportCheck, Vec<Draft>) {
    read(MAPPING, &format!("{HEADER}{rows}")).expect("mapping and header are sound")
}

/// A table with one fault in each row but the first two.
pub(crate) const FAULTS: &str = "\
site,named,province,what,year,stage,date,how,count,who,own,grade,page,note
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,repainted,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
A,Alpha,North,hospital,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
E,Epsilon,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
C,Beta,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
,Beta,South,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/1,
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,1,,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,stranger,,,http://a/2024/05/02/1,
D,Delta,South,clinic,2024,closed,2024-05-01,exact,,watch,1,,http://a/2024/05/02/1,
,(all),,clinic,2024,total,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,Z9,http://a/2024/05/02/1,
A,Alpha,North,clinic,2024,opened,2024-05-41,exact,,ministry,0,,http://a/2024/05/02/1,
,(all),,clinic,2024,total,2024-05-01,exact,2.5,ministry,0,,http://a/2024/05/02/1,
";

const FAULTY_MAPPING: &str = "\
format = 1
[columns]
date = \"date\"
[[statements]]
is = \"progress\"
stage = \"completed\"
";

/// A sources table with one fault in each row but the first.
pub(crate) const FAULTY_SOURCES: &str = "\
id,independent,letter,digit,carries,reason
gov,0,D,3,,our judgement
paper,0,D,3,govt,our judgement
watch,1,B,2,,
";

/// Works of which one says nothing.
const WORKS: &str = "id,begun,ended\na,2024-01-05,2024-03-01\nb,,2024-03-02\n";

/// Returns the problems of the broken table, mapping, sources and works, for the index of errors.
pub(crate) fn problems() -> Vec<(&'static str, &'static str, Vec<Problem>)> {
    let (check, _) = read(MAPPING, FAULTS).expect("mapping and header are sound");
    let mapping = read(FAULTY_MAPPING, FAULTS).expect_err("the mapping is faulty");
    let sources = read_sources("sources.csv", FAULTY_SOURCES.as_bytes()).1;
    vec![
        ("broken import", FAULTS, check.problems),
        ("broken mapping", FAULTY_MAPPING, mapping),
        ("broken sources", FAULTY_SOURCES, sources),
        ("works without a beginning", WORKS, read_works("works.csv", WORKS.as_bytes(), &[], "").1),
    ]
}

#[test]
fn each_faulty_row_is_named_with_its_code_and_no_other() {
    let (check, drafts) = read(MAPPING, FAULTS).expect("mapping and header are sound");
    let found: Vec<(u32, Code)> =
        check.problems.iter().map(|problem| (problem.row.unwrap_or(0), problem.code)).collect();
    let expected = [
        (3, Code::RowTwice),
        (4, Code::RowWithoutStatement),
        (5, Code::UnknownWord),
        (6, Code::UnknownPlace),
        (7, Code::PlaceAgainstName),
        (8, Code::NameUnclear),
        (9, Code::PublishedUnknown),
        (10, Code::SourceUnclear),
        (11, Code::SourceUnclear),
        (12, Code::RelatedRowMissing),
        (13, Code::RowIncomplete),
        (14, Code::NotAGrade),
        (15, Code::NotADate),
        (16, Code::NotANumber),
    ];
    assert_eq!(found, expected);
    assert_eq!(
        (check.rows, drafts.len()),
        (15, 3),
        "the rows 2, 3 and 12 can be read by themselves"
    );
}

#[test]
fn a_row_says_what_its_statement_says() {
    let (check, drafts) = rows(
        "A,Alpha,North,clinic and school,2024,opened,2024-05-01,by,,paper,0,,http://a/2024/05/02/1,seen\n",
    );
    assert_eq!(check.problems, []);
    let [clinic, school] = &drafts[..] else { panic!("{drafts:?}") };
    assert_eq!(
        (clinic.subject.id.as_str(), school.subject.id.as_str()),
        ("A/2024/clinic", "A/2024/school")
    );
    assert_eq!(clinic.subject.scope, Scope::Facility);
    assert_eq!(clinic.predicate, Predicate::Stage { stage: Stage::Inaugurated, reached: true });
    assert_eq!(clinic.valid.to_string(), "by 2024-05-01");
    assert_eq!(clinic.published.day.to_string(), "2024-05-02");
    assert_eq!(clinic.published.from, PublishedFrom::Address);
    assert_eq!(clinic.voice, Voice::SelfReport);
    assert_eq!(clinic.grade.map(|grade| grade.to_string()).as_deref(), Some("D3"));
    assert_eq!(clinic.texts.attribution, ["gov", "paper"]);
    assert_eq!((clinic.texts.source.as_str(), clinic.texts.note.as_str()), ("paper", "seen"));
    assert_ne!(clinic.key, school.key);
}

#[test]
fn plants_are_not_places_and_the_whole_programme_is_no_place() {
    let (_, drafts) = rows(
        ",(all),,clinic,2024+2025,more_than,2026-02-07,by,120,ministry,0,,http://a/2026/02/07/1,\n",
    );
    assert_eq!(drafts[0].subject.scope, Scope::Programme);
    assert_eq!(
        (drafts[0].subject.id.as_str(), drafts[0].subject.batch.as_str()),
        ("", "2024+2025")
    );
    let plants = Predicate::Count { stage: Stage::Completed, unit: CountUnit::Plants };
    assert_eq!(drafts[0].predicate, plants);
    let value = drafts[0].value.as_ref().expect("it has a number");
    assert_eq!((value.number.map(Decimal::mantissa), value.bound), (Some(120), Bound::AtLeast));
}

#[test]
fn a_name_is_resolved_by_a_rule_or_by_being_the_only_one_and_both_are_counted() {
    let (check, drafts) = rows(
        ",Betta,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,\n\
         ,Alpha,,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,\n",
    );
    let ids: Vec<&str> = drafts.iter().map(|draft| draft.subject.place.as_str()).collect();
    assert_eq!(ids, ["B", "A"]);
    let used = |rule: &str| {
        check.uses.iter().find(|used| used.rule.starts_with(rule)).map(|used| used.rows)
    };
    assert_eq!(used("Beta of the north"), Some(1));
    assert_eq!(used("names looked up"), Some(1));
}

#[test]
fn a_row_relates_to_earlier_rows_of_its_subject_only() {
    let (check, drafts) = rows(
        "D,Delta,South,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,\n\
         A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,\n\
         D,Delta,South,clinic,2024,closed,2024-06-01,exact,,watch,1,,http://a/2024/06/02/1,\n\
         D,Delta,South,clinic,2024,gossip,2024-06-01,exact,,watch,1,,http://a/2024/06/02/1,\n",
    );
    assert_eq!(check.problems, []);
    assert_eq!((check.rows, check.drafts), (4, 3), "gossip is left out");
    let [denial] = &drafts[2].related_keys[..] else { panic!("{:?}", drafts[2]) };
    assert_eq!((denial.how, &denial.key), (RelationKind::Denies, &drafts[0].key));
    assert_eq!(drafts[2].voice, Voice::Independent);
}

#[test]
fn the_key_is_that_of_the_content_whatever_the_order_of_columns() {
    let (_, first) = rows(
        "A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,x\n",
    );
    let turned = "note,page,grade,own,who,count,how,date,stage,year,what,province,named,site\n\
                  x,http://a/2024/05/02/1,,0,ministry,,exact,2024-05-01,opened,2024,clinic,North,Alpha,A\n";
    let (_, second) = read(MAPPING, turned).expect("the table is sound");
    assert_eq!(first, second);
    let (_, other) = rows(
        "A,Alpha,North,clinic,2024,opened,2024-05-01,exact,,ministry,0,,http://a/2024/05/02/1,y\n",
    );
    assert_ne!(first[0].key, other[0].key, "another note is another row");
}

#[test]
fn missing_columns_and_faulty_mappings_are_told_at_once() {
    let problems = read(MAPPING, "site,name\nA,Alpha\n").expect_err("columns are missing");
    assert!(problems.len() >= 10, "{problems:?}");
    assert!(
        problems
            .iter()
            .all(|problem| matches!(problem.code, Code::MissingColumn | Code::MisspeltColumn))
    );
    let problems = read(FAULTY_MAPPING, "date\n2024\n").expect_err("the mapping is faulty");
    assert_eq!(problems[0].code, Code::MappingUnsound);
    assert_eq!(
        (problems[0].row, problems[0].column.as_deref()),
        (Some(4), Some("statements[1].what"))
    );
    let unknown = MAPPING.replace("batch = ", "bach = ");
    let problems = read(&unknown, FAULTS).expect_err("the key is misspelt");
    assert!(problems.iter().any(|problem| problem.code == Code::UnknownKey), "{problems:?}");
}

/// A degree of longitude is 75.7 km at this latitude: the first point lies 0.4 km from A, the second 37.9 km.
const FEATURES: &str = r#"{ "type": "FeatureCollection", "features": [
  { "type": "Feature", "id": 7, "geometry": { "type": "Point", "coordinates": [9.505, 47.1] },
    "properties": { "clinic": "At the mill", "opened": "2024-05-01", "beds": 12, "tags": { "a": 1 } } },
  { "type": "Feature", "id": "w8", "geometry": { "type": "Point", "coordinates": [9.0, 47.1] },
    "properties": { "clinic": "Far off", "opened": "2024-06-01" } },
  { "type": "Feature", "id": "w9", "geometry": null, "properties": { "clinic": "Delta", "opened": null } }
] }"#;

const OF_FEATURES: &str = r#"
format = 1
[columns]
id = "@id"
name = "clinic"
date = "opened"
lat = "@lat"
lon = "@lon"
[subject]
facility = "clinic/{id}"
kind = "clinic"
nearest_km = 5
look_up_names = true
[published]
assume = "date"
[sources]
"" = { source = "watch" }
[[statements]]
when = { opened = "*" }
is = "stage"
stage = "inaugurated"
[[statements]]
is = "skip"
"#;

fn of_features(text: &str, map: &str) -> Result<(ImportCheck, Vec<Draft>), Vec<Problem>> {
    let (places, sources) = (places(), sources());
    let mapping = read_mapping("map.toml", map.as_bytes())?;
    let context =
        ImportContext { places: Some(&places), sources: Some(&sources), recorded_by: "import" };
    let import = Import::open("clinics.geojson", text.as_bytes(), &mapping, &context)?;
    let mut drafts = Vec::new();
    import.each(&mut |_, draft| {
        drafts.push(draft);
        true
    });
    Ok((import.check(), drafts))
}

#[test]
fn features_are_rows_at_the_nearest_place_with_the_distance_said() {
    let (check, drafts) = of_features(FEATURES, OF_FEATURES).expect("sound");
    let said: Vec<String> = check
        .problems
        .iter()
        .map(|problem| format!("{} {:?} {}", problem.code, problem.row, problem.cause))
        .collect();
    assert_eq!(said, ["E803 Some(3) no place lies within 5 km of 47.1, 9.0"]);
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!((draft.subject.id.as_str(), draft.subject.place.as_str()), ("clinic/7", "A"));
    assert_eq!(draft.texts.note, "placed at A, the nearest place, 0.4 km from the point");
    assert_eq!(draft.texts.named, "At the mill");
    let of_points = check.uses.iter().find(|rule| rule.rule.starts_with("points within"));
    let of_points = of_points.expect("it is told");
    assert_eq!(
        (of_points.rows, of_points.meaning.as_str()),
        (1, "the nearest place, at most 0.4 km away")
    );
}

#[test]
fn a_broken_collection_of_features_is_refused() {
    let cut = &FEATURES[..FEATURES.len() / 2];
    for text in [cut, "{}", "{\"features\": 3}", "{\"features\": []}", "{\"features\": [7]}"] {
        let found = of_features(text, OF_FEATURES);
        let refused =
            found.as_ref().err().is_some_and(|problems| problems.iter().all(Problem::is_error));
        assert!(refused, "{text}: {found:?}");
    }
    let wide: String = (0..1001).map(|at| format!("\"p{at}\": 1,")).collect();
    let wide = format!("{{\"features\": [{{\"properties\": {{{wide} \"q\": 1}}}}]}}");
    let problems = of_features(&wide, OF_FEATURES).expect_err("too wide");
    assert!(problems[0].cause.contains("more than 1000"), "{problems:?}");
    let without = OF_FEATURES.replace("id = \"@id\"\n", "");
    let problems = of_features(FEATURES, &without).expect_err("no id");
    assert_eq!(problems[0].code, Code::MappingUnsound);
}

#[test]
fn an_id_among_the_properties_stands_where_the_feature_has_none() {
    let text = FEATURES.replace("\"id\": 7,", "").replace("\"beds\": 12", "\"@id\": \"node/7\"");
    let (_, drafts) = of_features(&text, OF_FEATURES).expect("sound");
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!(draft.subject.id, "clinic/node/7");
}

#[test]
fn the_nearest_place_is_not_looked_for_without_a_point() {
    let without = OF_FEATURES.replace("lat = \"@lat\"\nlon = \"@lon\"\n", "");
    let problems = read_mapping("map.toml", without.as_bytes()).expect_err("no point");
    let found: Vec<(Code, Option<&str>)> =
        problems.iter().map(|problem| (problem.code, problem.column.as_deref())).collect();
    let unsound = |key| (Code::MappingUnsound, Some(key));
    assert_eq!(found, [unsound("columns.lat"), unsound("columns.lon")]);
}
