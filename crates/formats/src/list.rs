//! A hand-made list of sites with their periods, for `plan --from`.

use std::collections::BTreeMap;

use groundwork_model::problem::{Code, Problem};
use groundwork_model::programme::Programme;
use groundwork_model::validation::{known_sites, unknown_package, unknown_site};

use crate::cells::{Cells, YES_OR_NO};
use crate::faults::Faults;
use crate::given::Given;
use crate::table::Columns;

const COLUMNS: Columns =
    Columns { required: &["site", "period"], optional: &["package", "lock"], families: &[] };

/// Is one row of a hand-made list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Row in the file; the header is row 1.
    pub row: u32,
    /// Site.
    pub site: String,
    /// Period, counted from 1.
    pub period: u32,
    /// Package, where one is named.
    pub package: Option<String>,
    /// Whether the row is decided: the solver may not change it.
    pub lock: bool,
}

/// Reads a hand-made list, CSV or the first sheet of a workbook (XLSX): the columns `site`, `period` (a year or a number counted from 1) and
/// perhaps `package` and `lock` (yes or no).
///
/// Rows without fault are returned even beside rows with one. Whether the list keeps the rules of the
/// programme is for the checker to say.
#[must_use]
pub fn read_list(name: &str, bytes: &[u8], programme: &Programme) -> (Vec<ListRow>, Vec<Problem>) {
    let mut faults = Faults::default();
    faults.open(name);
    let given = Given::read(name, bytes, &mut faults);
    let rows = given.map_or_else(Vec::new, |given| {
        given.rows(name, &COLUMNS, &mut faults, |cells| row(cells, programme))
    });
    let rows: Vec<ListRow> = rows.into_iter().flatten().collect();
    note_repeats(name, &rows, &mut faults);
    note_unknown(name, &rows, programme, &mut faults);
    let known = known_sites(programme);
    let rows = rows.into_iter().filter(|row| known.contains(row.site.as_str())).collect();
    (rows, faults.finish())
}

fn row(cells: &mut Cells<'_, '_>, programme: &Programme) -> Option<ListRow> {
    let lock = cells.choice("lock", &YES_OR_NO).unwrap_or(false);
    let site = cells.id("site");
    let filled = !cells.filled("period").is_empty();
    let period = cells.period("period", Some(programme.settings.periods)).filter(|_| filled)?;
    let package = cells.optional("package");
    (!site.is_empty()).then(|| ListRow { row: cells.row(), site, period, package, lock })
}

fn note_repeats(name: &str, rows: &[ListRow], faults: &mut Faults) {
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows {
        if let Some(before) = first.get(row.site.as_str()) {
            let cause = format!("site `{}` is listed in row {before} already", row.site);
            let problem =
                Problem::new(Code::DuplicateId, cause).with_remedy("Keep one of the two rows.");
            faults.add(problem.in_file(name).at_row(row.row).in_column("site"));
        } else {
            first.insert(&row.site, row.row);
        }
    }
}

fn note_unknown(name: &str, rows: &[ListRow], programme: &Programme, faults: &mut Faults) {
    let listed = rows;
    let rows = listed.iter().map(|row| (row.row, row.site.as_str()));
    unknown_site(programme, name, rows).into_iter().for_each(|problem| faults.add(problem));
    let packages = listed.iter().filter_map(|row| Some((row.row, row.package.as_deref()?)));
    unknown_package(programme, name, "package", packages)
        .into_iter()
        .for_each(|problem| faults.add(problem));
}
