//! The sites table.

use groundwork_model::programme::{Periods, Site, SiteRule};

use crate::cells::{self, Cells};
use crate::folder::Folder;
use crate::location;
use crate::swapped;
use crate::table::{Columns, Family, is_a_name, is_meant, nothing};

const COLUMNS: Columns = Columns {
    required: &["id"],
    optional: &["name", "lat", "lon", "rule", "earliest", "latest", "packages", "materials"],
    families: &[COSTS],
};

const COSTS: Family = Family {
    name: "cost",
    holds: "amounts of a resource",
    takes: is_a_name,
    refuses: nothing,
    guess: is_meant,
    example: "RESOURCE",
};

const RULES: [(&str, SiteRule); 3] = [
    ("candidate", SiteRule::Candidate),
    ("required", SiteRule::Required),
    ("forbidden", SiteRule::Forbidden),
];

/// Reads the sites table.
pub(crate) fn read(
    folder: &mut Folder<'_>,
    file: Option<&str>,
    periods: Option<Periods>,
) -> Vec<Site> {
    let sites = cells::rows(folder, file, &COLUMNS, |cells| site(cells, periods));
    let located = sites.iter().filter(|site| site.location.is_some()).count();
    swapped::conclude_from_rows(&mut folder.faults, file, located);
    sites
}

fn site(cells: &mut Cells<'_, '_>, periods: Option<Periods>) -> Site {
    Site {
        row: cells.row(),
        id: cells.id("id"),
        name: cells.optional("name"),
        location: location::optional(cells),
        rule: cells.choice("rule", &RULES).unwrap_or_default(),
        earliest: cells.period("earliest", periods),
        latest: cells.period("latest", periods),
        packages: cells.list("packages"),
        cost: cells.costs(),
        materials: cells.list("materials"),
    }
}
