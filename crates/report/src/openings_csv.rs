//! The openings of a plan, one row each, for a spreadsheet.

use groundwork_model::plan::Action;
use groundwork_model::{Opening, Plan, Programme};

use crate::escape::spreadsheet_text;
use crate::spot::Gazetteer;

/// Returns the openings as CSV in UTF-8: `period, year, site, name, name:xx ..., province,
/// population, package, action, fixed`.
///
/// Existing facilities are not openings. A text that a spreadsheet would take for a formula (it
/// starts with `=`, `+`, `-`, `@` or a tab) gets an apostrophe in front; numbers stay numbers.
#[must_use]
pub fn openings_csv(programme: &Programme, plan: &Plan) -> Vec<u8> {
    let gazetteer = Gazetteer::new(programme);
    let languages = gazetteer.languages();
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory with rows of one length cannot fail.
    let _ = writer.write_record(header(&languages));
    for opening in &plan.openings {
        let _ = writer.write_record(row(opening, &gazetteer, &languages));
    }
    writer.into_inner().unwrap_or_default()
}

fn header(languages: &[&str]) -> Vec<String> {
    let names = languages.iter().map(|language| spreadsheet_text(&format!("name:{language}")));
    let head = ["period", "year", "site", "name"].map(str::to_owned);
    let tail = ["province", "population", "package", "action", "fixed"].map(str::to_owned);
    head.into_iter().chain(names).chain(tail).collect()
}

fn row(opening: &Opening, gazetteer: &Gazetteer, languages: &[&str]) -> Vec<String> {
    let spot = gazetteer.get(&opening.site);
    let mut cells = vec![
        opening.period.to_string(),
        opening.year.to_string(),
        spreadsheet_text(&opening.site),
        spreadsheet_text(spot.map_or("", |s| s.name)),
    ];
    cells.extend(
        languages.iter().map(|language| spreadsheet_text(spot.map_or("", |s| s.name_in(language)))),
    );
    cells.push(spreadsheet_text(spot.map_or("", |s| s.province)));
    cells.push(spot.and_then(|s| s.population).map_or(String::new(), |n| n.to_string()));
    cells.push(spreadsheet_text(&opening.package));
    let action = match opening.action {
        Action::Open => "open",
        Action::Upgrade => "upgrade",
        Action::Close => "close",
    };
    cells.push(action.to_owned());
    cells.push(if opening.fixed { "yes" } else { "no" }.to_owned());
    cells
}
