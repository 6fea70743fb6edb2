//! The writers as a caller sees them, on a made-up programme with names that try to break a page.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../examples/sample_report/data.rs"]
mod data;
#[path = "../examples/sample_report/difference.rs"]
mod difference;
#[path = "report/difference.rs"]
mod difference_page;
#[path = "report/evidence.rs"]
mod evidence;
#[path = "report/ledger.rs"]
mod ledger;
#[path = "report/prices_and_promises.rs"]
mod prices_and_promises;

use std::fmt::Write;

use data::{HOSTILE, Order};
use groundwork_model::plan::Method;
use groundwork_model::programme::Stage;
use groundwork_model::{Plan, Programme, QuotaSource, Report, Status};
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
        prices: None,
        scenarios: None,
        findings: &[],
        cells: None,
        commands: &[],
        evidence: None,
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
        comparison: Some(&data::comparison(&programme.populations(), &[plan, &taken, &biggest])),
        prices: Some(&data::prices(plan)),
        scenarios: None,
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
fn a_refused_plan_is_said_to_be_refused_before_anything_else() {
    let (programme, mut plan, _) = small();
    plan.status = Status::Optimal;
    plan.gap = Some(0.0);
    let verdict = data::refusal(&plan, 900);
    let page = text(html(&ReportInput { verdict: Some(&verdict), ..bare(&programme, &plan) }));
    let body = &page[page.find("<body>").unwrap()..page.find("id=\"data\"").unwrap()];
    let banner = body.find("The checker refused this plan").unwrap();
    assert!(banner < body.find("<h1>").unwrap());
    let banner = &body[banner..body.find("</aside>").unwrap()];
    assert!(banner.contains("breaks a rule") && banner.contains("period 2 opens 17 sites"));
    assert!(banner.contains("Bound not proved: claimed 5 &lt; proved 4"));
    let headline = part(&page, "headline");
    assert!(headline.contains("<div class=\"figure verdict refused\">"));
    assert!(headline.contains("\u{2717} Not accepted") && headline.contains("not known"));
    assert!(headline.contains("Claimed, not accepted: people with access in 2024"));
    assert!(!body.contains("Proved best") && !headline.contains("0\u{a0}%<"));
    assert!(body.contains("V706") && !body.contains(">Accepted<"));
    assert!(body.contains("Best order from the start (refused by the checker)"));
    assert_eq!(data_of(&page)["refused"], true);
    assert!(page.contains("<title>Refused: "));
    let accepted = data::verdict(&plan, 900);
    let page = text(html(&ReportInput { verdict: Some(&accepted), ..bare(&programme, &plan) }));
    assert!(!page.contains("<aside") && page.contains("Proved best"));
    assert!(page.contains("<div class=\"figure verdict accepted\">"));
}

/// Returns a section of the page.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page.find(&format!("<section id=\"{id}\"")).unwrap();
    &page[start..start + page[start..].find("</section>").unwrap()]
}

/// Returns the report of the sample with a cut-off, beside the same plan under another label and one
/// without a bound of its own.
fn clinics() -> (Programme, Plan, String) {
    let programme = data::clinics(12, 10);
    let plan = data::plan(&programme, Order::Needy, "best order from the start");
    let mut same = plan.clone();
    same.label = "best order again".to_owned();
    let mut biggest = data::plan(&programme, Order::Biggest, "biggest first");
    (biggest.bound, biggest.gap) = (None, None);
    let page = text(html(&ReportInput {
        verdict: Some(&data::verdict(&plan, 900)),
        others: &[&same, &biggest],
        comparison: Some(&data::comparison(&programme.populations(), &[&same, &biggest])),
        ..bare(&programme, &plan)
    }));
    (programme, plan, page)
}

#[test]
fn people_without_any_site_stand_beside_every_distance() {
    let (programme, plan, page) = clinics();
    let unserved: Vec<String> = plan.outcomes.iter().map(|o| grouped(o.unserved)).collect();
    assert!(plan.outcomes.iter().all(|outcome| outcome.unserved > 0));
    let (first, last) = (unserved.first().unwrap(), unserved.last().unwrap());
    assert!(part(&page, "headline").contains(&format!(
        "of those with a site within 15\u{a0}km. Without any site within 15\u{a0}km: {first} \u{2192} {last} persons"
    )));
    let years = part(&page, "years");
    assert!(years.contains("kilometres, of those with a site within 15\u{a0}km"));
    assert!(years.contains("Persons without any site within 15\u{a0}km"));
    assert!(part(&page, "comparison").contains(&format!("<td>{first} \u{2192} {last}</td>")));
    for persons in unserved {
        assert!(years.contains(&format!("<td>{persons}</td>")));
        assert!(
            part(&page, "openings").contains(&format!("{persons} persons are without any site"))
        );
    }
    assert!(part(&page, "meaning").contains("<dt>Without any site</dt>"));
    // Nobody is left out without a cut-off, and nothing is said of it.
    let (others, ours, cells) = small();
    let page = full(&others, &ours, &cells);
    assert!(!page[..page.find("id=\"data\"").unwrap()].contains("ithout any site"));
    assert!(programme.settings.distance.cut_off_km.is_some());
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let pieces: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|p| std::str::from_utf8(p).unwrap()).collect();
    pieces.join(",")
}

#[test]
fn access_by_kind_is_in_the_table_where_kinds_reach_differently() {
    let (_, plan, page) = clinics();
    let years = part(&page, "years");
    assert!(years.contains("People with access to every kind"));
    for (at, title) in
        ["People within 5\u{a0}km: Primary care", "People within 10\u{a0}km: Birth care"]
            .iter()
            .enumerate()
    {
        assert!(years.contains(title));
        assert!(years.contains(&format!("<td>{}</td>", grouped(plan.outcomes[0].access[at]))));
    }
    let access = "Access means living within reach of an open site for every kind (Primary care 5\u{a0}km and Birth care 10\u{a0}km).";
    assert!(part(&page, "headline").contains(access));
}

#[test]
fn the_same_openings_are_one_plan_under_the_main_label() {
    let (_, plan, page) = clinics();
    let labels: Vec<Value> =
        data_of(&page)["plans"].as_array().unwrap().iter().map(|p| p["label"].clone()).collect();
    assert_eq!(labels, ["Best order from the start", "Biggest first"]);
    assert_eq!(page.matches("est order again").count(), 1);
    assert!(
        part(&page, "comparison")
            .contains("The very same openings: \u{201c}Best order again\u{201d}.")
    );
    assert!(
        part(&page, "comparison")
            .contains("<tr class=\"ours\"><th scope=\"row\">Best order from the start<")
    );
    assert!(!plan.openings.is_empty());
}

#[test]
fn a_plan_without_a_bound_of_its_own_has_the_gap_of_the_comparison() {
    let (_, _, page) = clinics();
    let comparison = part(&page, "comparison");
    assert!(!comparison.contains("is not known"));
    assert!(comparison.contains(
        "The best plan with as many openings as those of the comparison is better by at most"
    ));
    assert!(comparison.contains("The two percentages have different bases"));
}

#[test]
fn values_say_in_what_they_count() {
    let (_, _, page) = clinics();
    let unit = "persons counted once for each period and kind, weighted and discounted";
    for id in ["comparison", "meaning", "proof"] {
        assert!(part(&page, id).contains(unit), "{id}");
    }
}

#[test]
fn what_was_asked_is_true_of_the_programme() {
    let (programme, _, page) = clinics();
    let number = programme.places.len() - programme.facilities.len() - 2;
    let asked = format!(
        "{number} candidate sites could open; by the rules of the sites, 1 only in certain periods, 1 must open and 2 may not open. \
         {} existing facilities serve from the start. The quotas are those of the programme.",
        programme.facilities.len()
    );
    assert!(page.contains(&asked), "{}", &page[page.find("class=\"about\"").unwrap()..][..900]);
    assert!(page.contains(
        "Sought: the most people within reach of an open site, added up over all periods and kinds (Primary care weighs 1 and \
         Birth care 0.5); later periods are discounted by 3\u{a0}% a year."
    ));
    // A programme without rules, its list, and one with reports say other things.
    let (mut programme, mut plan, _) = small();
    programme.facilities.clear();
    let said = |programme: &Programme, plan: &Plan| text(html(&bare(programme, plan)));
    assert!(said(&programme, &plan).contains(
        "</b>: 30 candidate sites could open, none bound to a year. The quotas are those of the programme."
    ));
    plan.question.quotas = QuotaSource::AsTaken;
    assert!(said(&programme, &plan).contains("The quotas are those of the programme."));
    programme.reports.push(Report {
        row: 2,
        site: programme.places[0].id.clone(),
        named: "x".to_owned(),
        package: "factories".to_owned(),
        period: Some(2),
        stage: Stage::Begun,
        date: "2025-03-01".parse().unwrap(),
        source: "made up".to_owned(),
    });
    let page = said(&programme, &plan);
    assert!(
        page.contains(
            "The reports are left aside, as if nothing that they tell of had been built."
        )
    );
    assert!(page.contains(
        "Up to 2025, each year opens at most as many sites as the reports count in it; later quotas are those of the programme."
    ));
    plan.method = Method::Listed;
    plan.question.as_of = Some("2025-12-31".parse().unwrap());
    let page = said(&programme, &plan);
    assert!(page.contains("The openings are those of a list; nothing was chosen. Reports up to 2025-12-31 are taken as facts"));
    assert!(!page.contains("candidate sites could open"));
}

#[test]
fn existing_facilities_lie_beneath_the_openings() {
    let programme = data::clinics(12, 10);
    let plan = data::plan(&programme, Order::Needy, "best order from the start");
    let map = text(svg_map(&programme, &plan, None));
    assert!(
        map.rfind("class=\"stands\"").unwrap() > map.rfind("class=\"dot\"").unwrap(),
        "the legend comes last"
    );
    let drawn = &map[..map.rfind("class=\"stands\"").unwrap()];
    assert!(drawn.rfind("class=\"stands\"").unwrap() < map.find("class=\"dot\"").unwrap());
    assert_eq!(map.matches("class=\"stands\"").count(), programme.facilities.len() + 1);
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

#[test]
fn shares_are_of_the_people_of_each_period() {
    let (mut programme, plan, cells) = small();
    let people = programme.population();
    let periods = programme.settings.periods;
    let last = periods.label(periods.count) as i16;
    for place in &mut programme.places {
        place.population_from.insert(last, 2 * place.population);
    }
    let page = full(&programme, &plan, &cells);
    let data = data_of(&page);
    assert_eq!(data["people"], people);
    assert_eq!(data["peopleIn"][0], people);
    assert_eq!(data["peopleIn"][periods.count as usize - 1], 2 * people);
}

#[test]
fn a_plan_of_equity_shows_its_equivalent() {
    let (mut programme, mut plan, cells) = small();
    assert!(!full(&programme, &plan, &cells).contains("Equally distributed equivalent"));
    let settings = &mut programme.settings;
    settings.objective.goal = groundwork_model::Goal::Equity;
    settings.objective.aversion_per_km = Some("0.1".parse().unwrap());
    settings.objective.discount_rate = groundwork_model::Decimal::ZERO;
    settings.distance.cut_off_km = Some("60".parse().unwrap());
    settings.distance.unserved_km = None;
    settings.kinds.iter_mut().for_each(|kind| kind.weight = 1000);
    // Everybody goes 40 km: 2^20 x exp(-2) = 141,909.
    let counted = u128::from(programme.population())
        * programme.settings.package_kinds().len() as u128
        * u128::from(programme.settings.periods.count);
    plan.value = 141_909 * counted as i128;
    let page = full(&programme, &plan, &cells);
    let at = page.find("Equally distributed equivalent").expect("the figure is there");
    assert!(page[at..at + 120].contains(">40.0\u{a0}km<"), "{}", &page[at..at + 120]);
}
