//! The provinces: what their people get under both plans, and who gains and loses.

use groundwork_model::difference::ProvinceChange;

use super::table;
use super::years::{change_cells, change_table, of_both_plans};
use super::{Page, note};
use crate::escape::markup;
use crate::html::section as wrap_section;
use crate::number::{kilometres, whole};

/// Rows of each table at most.
const MOST: usize = 300;

/// Returns the section; nothing where the programme has one province or none.
pub(super) fn section(page: &Page) -> String {
    let provinces = &page.difference.changes.provinces;
    if provinces.len() < 2 {
        return String::new();
    }
    let shown = &provinces[..provinces.len().min(MOST)];
    let tables = figures(page, shown)
        + &changes(page, shown)
        + &table::left_out(provinces.len(), MOST, "changes.provinces of groundwork compare --json");
    let what = format!(
        "The mean is that of a person\u{2019}s way over all {}s and kinds; access is in person-years.",
        page.step()
    );
    let body = table::listed(&tables) + &note(&what) + &page.population_note();
    wrap_section("provinces", "Province by province", &body)
}

fn name(province: &ProvinceChange) -> &str {
    if province.province.is_empty() { "(none)" } else { &province.province }
}

fn figures(page: &Page, provinces: &[ProvinceChange]) -> String {
    let last = page.label(page.settings.periods.count);
    let headings = [
        "Person-years of access".to_owned(),
        "Mean way".to_owned(),
        format!("Farthest place in {last}"),
    ];
    let metres = |metres: Option<f64>| metres.map_or_else(|| "none".to_owned(), kilometres);
    let row = |row: &ProvinceChange| {
        let cells = [
            whole(row.access_before),
            whole(row.access_after),
            metres(row.before_m),
            metres(row.after_m),
            metres(row.worst_before_m.map(f64::from)),
            metres(row.worst_after_m.map(f64::from)),
        ];
        let cells = cells.map(|text| table::number(&text)).concat();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", markup(name(row)))
    };
    let rows: String = provinces.iter().map(row).collect();
    of_both_plans("What people get under each plan, by province", "Province", &headings, &rows)
}

fn changes(page: &Page, provinces: &[ProvinceChange]) -> String {
    let ways = page.ways_of(provinces.iter().map(|row| &row.change));
    let row = |row: &ProvinceChange| {
        format!(
            "<tr><th scope=\"row\">{}</th>{}</tr>",
            markup(name(row)),
            change_cells(&ways, &row.change)
        )
    };
    let rows: String = provinces.iter().map(row).collect();
    let caption = "Who gains and who loses, by province";
    change_table(caption, "Province", &ways, &format!("<tbody>{rows}</tbody>"))
}
