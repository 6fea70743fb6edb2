//! Writes made-up reports, for looking at and for the browser test.
//!
//! `cargo run --release -p groundwork-report --example sample_report -- FOLDER` writes `report.html`
//! (187 areas), `refused.html` (the same, refused by the checker), `clinics.html` (points, with a cut-off,
//! kinds of different reach and many facilities) and `large.html` (42,010 points), with the still map, the
//! CSV and the GeoJSON of the first; and `difference.html` and `difference-large.html`, each about two plans of the same.
//! With a second folder that holds `places.csv` and `cells.geojson`, it writes `real.html` from them.

mod data;
mod difference;
mod folder;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use data::Order;
use groundwork_model::{Programme, Status};
use groundwork_report::{
    DifferenceInput, ReportInput, difference_html, geojson, html, openings_csv, svg_map,
};

fn main() -> io::Result<()> {
    let out =
        PathBuf::from(env::args().nth(1).unwrap_or_else(|| "target/sample-report".to_owned()));
    fs::create_dir_all(&out)?;
    let (small, areas) = (data::programme(17, 11, 10, 16), data::cells(17, 11));
    write(&out.join("report.html"), &small, Some(&areas))?;
    let plan = data::plan(&small, Order::Needy, "best order from the start");
    fs::write(out.join("map.svg"), svg_map(&small, &plan, Some(&areas)))?;
    fs::write(out.join("openings.csv"), openings_csv(&small, &plan))?;
    fs::write(out.join("plan.geojson"), geojson(&small, &plan, Some(&areas)))?;
    refused(&out.join("refused.html"), &small, &areas)?;
    clinics(&out.join("clinics.html"))?;
    compared(&out.join("difference.html"), &small, Some(&areas))?;
    let large = data::programme(210, 201, 10, 150);
    let large = Programme { places: large.places[..42_010].to_vec(), ..large };
    write(&out.join("large.html"), &large, None)?;
    let short = data::settings("Regional Development Sample <20x10>", 4, 150);
    compared(&out.join("difference-large.html"), &Programme { settings: short, ..large }, None)?;
    if let Some(real) = env::args().nth(2) {
        let (programme, areas) = folder::read(Path::new(&real))?;
        let plan = data::plan(&programme, Order::Needy, "best order from the start");
        fs::write(out.join("real.svg"), svg_map(&programme, &plan, Some(&areas)))?;
        write(&out.join("real.html"), &programme, Some(&areas))?;
    }
    Ok(())
}

fn write(path: &Path, programme: &Programme, cells: Option<&str>) -> io::Result<()> {
    let plan = data::plan(programme, Order::Needy, "best order from the start");
    let taken = data::plan(programme, Order::Taken, "order taken, as reported, then continued");
    let biggest = data::plan(programme, Order::Biggest, "biggest first");
    let others = [&taken, &biggest];
    let findings = [
        "Five places have names that look like program text; they are shown as written.".to_owned(),
        "No road distances are given: distances are great circles times 1.3.".to_owned(),
    ];
    let input = ReportInput {
        programme,
        plan: &plan,
        verdict: Some(&data::verdict(&plan, 34_969)),
        others: &others,
        comparison: Some(&data::comparison(&programme.populations(), &[&plan, &taken, &biggest])),
        prices: Some(&data::prices(&plan)),
        scenarios: None,
        findings: &findings,
        cells,
        commands: &[
            "groundwork plan sample".to_owned(),
            "groundwork report sample --out report.html".to_owned(),
        ],
        evidence: None,
    };
    fs::write(path, html(&input))
}

/// Writes a report whose plan claims to be proved best and which the checker refuses.
fn refused(path: &Path, programme: &Programme, areas: &str) -> io::Result<()> {
    let mut plan = data::plan(programme, Order::Needy, "best order from the start");
    plan.status = Status::Optimal;
    plan.bound = Some(plan.value);
    plan.gap = Some(0.0);
    let biggest = data::plan(programme, Order::Biggest, "biggest first");
    let page = html(&ReportInput {
        programme,
        plan: &plan,
        verdict: Some(&data::refusal(&plan, 34_969)),
        others: &[&biggest],
        comparison: Some(&data::comparison(&programme.populations(), &[&plan, &biggest])),
        prices: None,
        scenarios: None,
        findings: &[],
        cells: Some(areas),
        commands: &[],
        evidence: None,
    });
    fs::write(path, page)
}

/// Writes the page of what moves between two plans.
fn compared(path: &Path, programme: &Programme, cells: Option<&str>) -> io::Result<()> {
    let before = data::plan(programme, Order::Needy, "best order from the start");
    let mut after =
        data::plan(programme, Order::Biggest, "biggest <first>, then its \"best\" continuation");
    (after.bound, after.gap) = (None, None);
    let page = difference_html(&DifferenceInput {
        programme,
        difference: &difference::difference(programme, &before, &after),
        plans: [&before, &after],
        outcomes: [&before.outcomes, &after.outcomes],
        findings: &[
            "Five places have names that look like program text; they are shown as written."
                .to_owned(),
        ],
        cells,
        commands: &["groundwork compare . plans/plan.json plans/other.json --html difference.html"
            .to_owned()],
    });
    fs::write(path, page)
}

/// Writes a report of points, beside plans of which one is the main plan again.
fn clinics(path: &Path) -> io::Result<()> {
    let programme = data::clinics(34, 26);
    let mut plan = data::plan(&programme, Order::Needy, "replanned, 3 changes of promises at most");
    let opens = |id: &str| plan.openings.iter().any(|opening| opening.site == id);
    let failed = programme.places.iter().find(|place| !opens(&place.id)).map(|place| &place.id);
    plan.question.replan = failed.map(|failed| data::promises(&plan, failed));
    let mut same = plan.clone();
    same.label = "best order from the start, with the openings a year of the others".to_owned();
    let mut biggest = data::plan(
        &programme,
        Order::Biggest,
        "biggest first, without any look at who already has a clinic nearby",
    );
    biggest.bound = None;
    biggest.gap = None;
    let page = html(&ReportInput {
        programme: &programme,
        plan: &plan,
        verdict: Some(&data::verdict(&plan, 77_000)),
        others: &[&same, &biggest],
        comparison: Some(&data::comparison(&programme.populations(), &[&same, &biggest])),
        prices: None,
        scenarios: None,
        findings: &[],
        cells: None,
        commands: &[],
        evidence: None,
    });
    fs::write(path, page)
}
