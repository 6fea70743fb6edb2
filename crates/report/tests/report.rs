//! The writers as a caller sees them, on a made-up programme with names that try to break a page.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../examples/sample_report/data.rs"]
mod data;

use std::fmt::Write;

use data::{HOSTILE, Order};
use groundwork_model::{Plan, Programme};
use groundwork_report::{ReportInput, geojson, html, openings_csv, svg_map};
use serde_json::Value;

const ACROSS: usize = 6;
const DOWN: usize = 5;

fn small() -> (Programme, Plan, String) {
    let programme = data::programme(ACROSS, DOWN, 5, 4);
    let plan = data::plan(&programme, Order::Needy, "best order from the start");
    (programme, plan, data::cells(ACROSS, DOWN))
}

fn bare<'a>(programme: &'a Programme, plan: &'a Plan) -> ReportInput<'a> {
    ReportInput {
        programme,
        plan,
        verdict: None,
        others: &[],
        comparison: None,
        findings: &[],
        cells: None,
        commands: &[],
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn full(programme: &Programme, plan: &Plan, cells: &str) -> String {
    let (taken, biggest) = (
        data::plan(programme, Order::Taken, "order taken"),
        data::plan(programme, Order::Biggest, "biggest first"),
    );
    text(html(&ReportInput {
        verdict: Some(&data::verdict(plan, 900)),
        others: &[&taken, &biggest],
        comparison: Some(&data::comparison(&[plan, &taken, &biggest])),
        findings: &["Row 7: a name looks like <b>markup</b>.".to_owned()],
        cells: Some(cells),
        commands: &["groundwork plan 'a & b'".to_owned()],
        ..bare(programme, plan)
    }))
}

fn data_of(page: &str) -> Value {
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    let end = start + page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..end]).unwrap()
}

#[test]
fn the_page_has_its_sections_in_order() {
    let (programme, plan, cells) = small();
    let page = full(&programme, &plan, &cells);
    let mut outline = String::new();
    for piece in page.split('<').filter(|p| {
        ["h1", "h2", "h3", "section", "nav", "main", "table"].iter().any(|t| p.starts_with(t))
    }) {
        let (tag, content) = piece.split_once('>').unwrap_or((piece, ""));
        writeln!(outline, "{tag}: {}", content.trim()).unwrap();
    }
    insta::assert_snapshot!(outline);
}

#[test]
fn hostile_names_stay_text() {
    let (programme, plan, cells) = small();
    let page = full(&programme, &plan, &cells);
    let names = data_of(&page)["places"]["name"].clone();
    for name in HOSTILE {
        assert!(
            names.as_array().unwrap().contains(&Value::from(name)),
            "{name} is in the data as written"
        );
    }
    // Two scripts: the data and the program. No other element can have come from a name.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(!page.contains("<img") && !page.contains("<b>markup"));
    assert!(page.contains("&lt;20x10&gt;") && page.contains("a &amp; b"));
    let map = text(svg_map(&programme, &plan, Some(&cells)));
    assert!(!map.contains("<20x10>") && !map.contains("<script"));
}

#[test]
fn the_page_loads_nothing() {
    let (mut programme, plan, cells) = small();
    // Escaped names may look like markup to a search for text.
    programme.places.iter_mut().for_each(|place| place.name.clear());
    let page = full(&programme, &plan, &cells);
    for loader in
        [" src=", "<link", "@import", "url(", "<iframe", "style=\"", "javascript:", " onclick"]
    {
        assert!(!page.contains(loader), "{loader}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("'sha256-").count(), 2);
}

#[test]
fn the_data_holds_what_the_plan_says() {
    let (programme, plan, cells) = small();
    let data = data_of(&full(&programme, &plan, &cells));
    assert_eq!(data["plans"].as_array().unwrap().len(), 3);
    assert_eq!(data["people"], programme.population());
    let ours = &data["plans"][0];
    for (at, outcome) in plan.outcomes.iter().enumerate() {
        assert_eq!(ours["access"][at], outcome.access_all);
        let mean = ours["mean"][at].as_f64().unwrap();
        assert!((mean - outcome.mean_distance_m.unwrap()).abs() < 1e-6);
    }
    for (at, opening) in plan.openings.iter().enumerate() {
        let spot = ours["spot"][at].as_u64().unwrap() as usize;
        assert_eq!(programme.places[spot].id, opening.site);
        assert_eq!(ours["period"][at], opening.period);
    }
    assert_eq!(data["areas"].as_array().unwrap().len(), ACROSS * DOWN);
}

#[test]
fn every_group_of_figures_says_whom_it_counts() {
    let (programme, plan, cells) = small();
    let page = full(&programme, &plan, &cells);
    let note = "Persons: 2008 census, made up for this sample; no later one is published.";
    for id in ["headline", "map", "years", "comparison", "openings"] {
        let start = page.find(&format!("<section id=\"{id}\"")).unwrap();
        let end = start + page[start..].find("</section>").unwrap();
        assert!(page[start..end].contains(note), "{id}");
    }
}

#[test]
fn without_scripts_every_opening_is_in_the_page() {
    let (programme, plan, cells) = small();
    let page = full(&programme, &plan, &cells);
    let still = &page[page.find("<noscript>").unwrap()..page.find("</noscript>").unwrap()];
    assert_eq!(still.matches("planned</td>").count(), plan.openings.len());
    assert!(still.contains("<span lang=\"ko\">"));
}

#[test]
fn a_verdict_that_refuses_is_said_first_and_in_full() {
    let (programme, plan, _) = small();
    let mut verdict = data::verdict(&plan, 900);
    verdict.accepted = false;
    verdict.problems = vec![groundwork_model::Problem::new(
        groundwork_model::Code::BoundNotProved,
        "claimed 5 < proved 4",
    )];
    let page = text(html(&ReportInput { verdict: Some(&verdict), ..bare(&programme, &plan) }));
    assert!(
        page.contains("Not accepted")
            && page.contains("V706")
            && page.contains("claimed 5 &lt; proved 4")
    );
    assert!(!page.contains(">Accepted<"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (programme, plan, cells) = small();
    assert_eq!(full(&programme, &plan, &cells), full(&programme, &plan, &cells));
    assert_eq!(svg_map(&programme, &plan, Some(&cells)), svg_map(&programme, &plan, Some(&cells)));
}

#[test]
fn little_or_broken_input_still_gives_a_page() {
    let (mut programme, mut plan, _) = small();
    for cells in [
        "",
        "{",
        "[]",
        "{\"features\":[{\"id\":\"P00000\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[1]]]}}]}",
    ] {
        let page = text(html(&ReportInput { cells: Some(cells), ..bare(&programme, &plan) }));
        assert_eq!(data_of(&page)["areas"], Value::from(Vec::<Value>::new()), "{cells}");
    }
    plan.openings[0].site = "nowhere".to_owned();
    plan.outcomes.clear();
    programme.places.truncate(1);
    programme.facilities.clear();
    assert!(html(&bare(&programme, &plan)).ends_with(b"</html>\n"));
    programme.places.clear();
    assert!(html(&bare(&programme, &plan)).ends_with(b"</html>\n"));
    assert!(svg_map(&programme, &plan, None).ends_with(b"</svg>\n"));
}

#[test]
fn the_still_map_carries_note_credits_and_years() {
    let (programme, plan, cells) = small();
    let map = text(svg_map(&programme, &plan, Some(&cells)));
    for needed in [
        "Stand-in cells, not real boundaries: each",
        "Points: made up for this sample",
        "2024",
        "2028",
        "2008 census",
    ] {
        assert!(map.contains(needed), "{needed}");
    }
    assert_eq!(map.matches("fill-rule=\"evenodd\"").count(), ACROSS * DOWN);
    let points = text(svg_map(&programme, &plan, None));
    assert!(points.contains("area of a point grows"));
}

#[test]
fn geojson_turns_rings_as_rfc_7946_wants() {
    let (programme, plan, cells) = small();
    let collection: Value =
        serde_json::from_slice(&geojson(&programme, &plan, Some(&cells))).unwrap();
    let features = collection["features"].as_array().unwrap();
    assert_eq!(
        (collection["type"].as_str(), features.len()),
        (Some("FeatureCollection"), ACROSS * DOWN)
    );
    for feature in features {
        let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
        let point = |p: &Value| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap());
        let area: f64 = ring
            .windows(2)
            .map(|w| {
                let (a, b) = (point(&w[0]), point(&w[1]));
                a.0 * b.1 - b.0 * a.1
            })
            .sum();
        assert!(area > 0.0, "outer rings run counter-clockwise");
    }
    let opened = features.iter().filter(|f| !f["properties"]["opening_year"].is_null()).count();
    assert_eq!(opened, plan.openings.len());
    let points: Value = serde_json::from_slice(&geojson(&programme, &plan, None)).unwrap();
    assert_eq!(points["features"][0]["geometry"]["type"], "Point");
}

#[test]
fn openings_csv_is_a_table_that_no_spreadsheet_runs() {
    let (mut programme, mut plan, _) = small();
    plan.openings.truncate(5);
    let site = |at: usize| plan.openings[at].site.clone();
    let names = ["=1+1", "-5", "+cmd", "a,\"b\"", "@x"];
    for (at, name) in names.iter().enumerate() {
        let id = site(at);
        programme.places.iter_mut().find(|place| place.id == id).unwrap().name = (*name).to_owned();
    }
    insta::assert_snapshot!(text(openings_csv(&programme, &plan)));
}

#[test]
fn a_country_of_villages_stays_small() {
    let programme = data::programme(210, 200, 10, 20);
    let plan = data::plan(&programme, Order::Biggest, "biggest first");
    let page = html(&bare(&programme, &plan));
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    assert!(svg_map(&programme, &plan, None).len() < 1_500_000);
    let mut dice = data::Dice::new(1);
    assert!((0.0..1.0).contains(&dice.next()));
}
