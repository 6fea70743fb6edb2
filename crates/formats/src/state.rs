//! What has become of sites, for a replan: `replan --state`.

use std::collections::{BTreeMap, HashSet};

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;
use groundwork_model::question::{Progress, SiteState};
use groundwork_model::validation::{known_sites, never_opens, unknown_package, unknown_site};

use crate::cells::Cells;
use crate::faults::Faults;
use crate::given::Given;
use crate::table::Columns;

const COLUMNS: Columns = Columns {
    required: &["site", "state"],
    optional: &["package", "period", "note", "source"],
    families: &[],
};

const STATES: [(&str, Progress); 6] = [
    ("built", Progress::Built),
    ("under-way", Progress::UnderWay),
    ("under way", Progress::UnderWay),
    ("failed", Progress::Failed),
    ("not-begun", Progress::NotBegun),
    ("not begun", Progress::NotBegun),
];

/// Is a row whose site is filled.
struct Row {
    row: u32,
    site: String,
    package: Option<String>,
    /// What it says of the site; `None` where a cell could not be read.
    state: Option<SiteState>,
}

/// Reads the state of a replan, CSV or the first sheet of a workbook (XLSX): the columns `site`, `state` (built, under-way, failed or not-begun), `period`
/// (a year or a number counted from 1; not for a site that has failed or not begun) and perhaps `package`. The columns `note`
/// and `source` are for people.
///
/// Rows without fault are returned even beside rows with one.
#[must_use]
pub fn read_state(
    name: &str,
    bytes: &[u8],
    programme: &Programme,
) -> (Vec<SiteState>, Vec<Problem>) {
    let mut faults = Faults::default();
    faults.open(name);
    let given = Given::read(name, bytes, &mut faults);
    let rows = given.map_or_else(Vec::new, |given| {
        given.rows(name, &COLUMNS, &mut faults, |cells| row(cells, programme))
    });
    let rows: Vec<Row> = rows.into_iter().flatten().collect();
    note_repeats(name, &rows, &mut faults);
    let mut found = never_opens(programme, name, sites(&rows));
    found.extend(unknown_site(programme, name, sites(&rows)));
    let packages = rows.iter().filter_map(|row| Some((row.row, row.package.as_deref()?)));
    found.extend(unknown_package(programme, name, "package", packages));
    let faulty: HashSet<Option<u32>> = found.iter().map(|problem| problem.row).collect();
    found.into_iter().for_each(|problem| faults.add(problem));
    let known = known_sites(programme);
    let good = rows.into_iter().filter(|row| !faulty.contains(&Some(row.row)));
    let states = good.filter_map(|row| row.state).filter(|row| known.contains(row.site.as_str()));
    (first_of_each(states), faults.finish())
}

fn sites(rows: &[Row]) -> impl Iterator<Item = (u32, &str)> {
    rows.iter().map(|row| (row.row, row.site.as_str()))
}

fn row(cells: &mut Cells<'_, '_>, programme: &Programme) -> Option<Row> {
    let site = cells.id("site");
    cells.filled("state");
    let progress = cells.choice("state", &STATES);
    let package = cells.optional("package");
    let written = cells.text("period").to_owned();
    let period = cells.period("period", Some(programme.settings.periods));
    let fits = match progress {
        None => false,
        Some(Progress::Failed) => refuse_more(cells, "has failed", &written, package.as_deref()),
        Some(Progress::NotBegun) => {
            refuse_more(cells, "has not begun", &written, package.as_deref())
        }
        Some(Progress::Built | Progress::UnderWay) if written.is_empty() => {
            let cause = "the cell is empty; a site that is built or under way needs its period";
            missing_period(cells, cause);
            false
        }
        Some(_) => period.is_some(),
    };
    let state = progress.filter(|_| fits).map(|state| SiteState {
        site: site.clone(),
        state,
        package: package.clone(),
        period,
    });
    (!site.is_empty()).then(|| Row { row: cells.row(), site, package, state })
}

/// Refuses what a site that has failed or not begun cannot have; returns whether there is nothing of it.
fn refuse_more(cells: &mut Cells<'_, '_>, what: &str, period: &str, package: Option<&str>) -> bool {
    for (column, text) in [("period", period), ("package", package.unwrap_or_default())] {
        if !text.is_empty() {
            let cause = format!("the site {what}, and its {column} is `{text}`");
            cells.fault(Code::FailedWithPeriod, column, cause);
        }
    }
    period.is_empty() && package.is_none()
}

/// Says that the period is missing, in its column or, where the table has none, in that of the state.
fn missing_period(cells: &mut Cells<'_, '_>, cause: &str) {
    let column = if cells.has("period") { "period" } else { "state" };
    let cause = if column == "period" {
        cause
    } else {
        "a site that is built or under way needs its period, and the table has no such column"
    };
    cells.fault(Code::EmptyCell, column, cause.to_owned());
}

fn note_repeats(name: &str, rows: &[Row], faults: &mut Faults) {
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows {
        let before = *first.entry(row.site.as_str()).or_insert(row.row);
        if before != row.row {
            let cause = format!("site `{}` is told of in row {before} already", row.site);
            let problem =
                Problem::new(Code::DuplicateId, cause).with_remedy("Keep one of the two rows.");
            faults.add(problem.in_file(name).at_row(row.row).in_column("site"));
        }
    }
}

fn first_of_each(states: impl Iterator<Item = SiteState>) -> Vec<SiteState> {
    let mut seen = HashSet::new();
    states.filter(|state| seen.insert(state.site.clone())).collect()
}
