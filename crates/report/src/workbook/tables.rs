//! The programme's own tables, in the columns in which they are read.

use std::collections::BTreeSet;

use groundwork_model::evidence::Source;
use groundwork_model::programme::{Amounts, Facility, Report, SiteRule, Stage};
use groundwork_model::{Place, Programme, Site};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::sheet::{Cell, Styles, add};

/// Is a column: its name and what a row has in it.
type Column<'a, R> = (String, Box<dyn Fn(&R) -> Cell + 'a>);

/// Adds a sheet for each table that the programme has.
pub(super) fn write(
    book: &mut Workbook,
    styles: &Styles,
    programme: &Programme,
) -> Result<(), XlsxError> {
    all(programme)
        .into_iter()
        .try_for_each(|(name, header, rows)| add(book, styles, name, &header, &rows))
}

/// Is a table: its name, its header and its rows.
type Table = (&'static str, Vec<String>, Vec<Vec<Cell>>);

/// Returns each table that the programme has.
fn all(programme: &Programme) -> Vec<Table> {
    let mut tables = vec![table("places", &programme.places, places(&programme.places))];
    if !programme.sites.is_empty() {
        tables.push(table("sites", &programme.sites, sites(programme)));
    }
    if !programme.facilities.is_empty() {
        tables.push(table("facilities", &programme.facilities, facilities(programme)));
    }
    if !programme.reports.is_empty() {
        tables.push(table("reports", &programme.reports, reports(programme)));
    }
    tables
}

/// Returns the tables of a programme, and that of those who publish where there are any, as CSV, by name, in the columns
/// in which they are read.
#[must_use]
pub fn tables_csv(programme: &Programme, publishers: &[Source]) -> Vec<(&'static str, Vec<u8>)> {
    let text = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(number) => number.to_string(),
        Cell::Label(number) => number.to_string(),
        Cell::Number(number) | Cell::Kilometres(number) | Cell::Percent(number) => {
            number.to_string()
        }
    };
    let csv = |(name, header, rows): Table| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing into memory cannot fail.
        let _ = writer.write_record(&header);
        for row in &rows {
            let _ = writer.write_record(row.iter().map(text));
        }
        (name, writer.into_inner().unwrap_or_default())
    };
    let publishers = (!publishers.is_empty()).then(|| sources(publishers));
    all(programme).into_iter().chain(publishers).map(csv).collect()
}

/// Adds the sheet of those who publish.
pub(super) fn write_sources(
    book: &mut Workbook,
    styles: &Styles,
    publishers: &[Source],
) -> Result<(), XlsxError> {
    let (name, header, rows) = sources(publishers);
    add(book, styles, name, &header, &rows)
}

/// Returns the table of those who publish.
fn sources(publishers: &[Source]) -> Table {
    let text = |name: &str, of: fn(&Source) -> &str| {
        column(name, move |source: &Source| Cell::text(of(source)))
    };
    let digit = |source: &Source| {
        source.grade.map_or(Cell::Empty, |grade| Cell::text(&grade.digit().to_string()))
    };
    let letter = |source: &Source| {
        source.grade.map_or(Cell::Empty, |grade| Cell::text(&grade.letter().to_string()))
    };
    let columns = vec![
        text("id", |source| &source.id),
        text("name", |source| &source.name),
        text("behind", |source| &source.behind),
        text("independent", |source| if source.independent { "yes" } else { "no" }),
        column("letter", letter),
        column("digit", digit),
        column("carries", |source: &Source| Cell::text(&source.carries.join("|"))),
        text("reason", |source| &source.reason),
    ];
    table("sources", publishers, columns)
}

/// Returns a table; a column in which no row has anything is left out, unless the table must have it.
fn table<R>(name: &'static str, rows: &[R], columns: Vec<Column<'_, R>>) -> Table {
    const REQUIRED: [&str; 7] = ["id", "name", "lat", "lon", "population", "site", "date"];
    let filled = |(title, cell): &Column<'_, R>| {
        REQUIRED.contains(&title.as_str()) || rows.iter().any(|row| cell(row) != Cell::Empty)
    };
    let columns: Vec<Column<'_, R>> = columns.into_iter().filter(filled).collect();
    let header: Vec<String> = columns.iter().map(|(title, _)| title.clone()).collect();
    let rows: Vec<Vec<Cell>> =
        rows.iter().map(|row| columns.iter().map(|(_, cell)| cell(row)).collect()).collect();
    (name, header, rows)
}

fn column<'a, R>(name: &str, cell: impl Fn(&R) -> Cell + 'a) -> Column<'a, R> {
    (name.to_owned(), Box::new(cell))
}

fn places(places: &[Place]) -> Vec<Column<'_, Place>> {
    let tags: BTreeSet<&String> = places.iter().flat_map(|place| place.names.keys()).collect();
    let kinds: BTreeSet<&String> = places.iter().flat_map(|place| place.persons.keys()).collect();
    let years: BTreeSet<i16> =
        places.iter().flat_map(|place| place.population_from.keys().copied()).collect();
    let later = |place: &'_ Place| {
        let pairs = place.persons_from.iter();
        pairs
            .flat_map(|(kind, years)| years.keys().map(move |year| (kind.clone(), *year)))
            .collect::<Vec<_>>()
    };
    let later: BTreeSet<(String, i16)> = places.iter().flat_map(later).collect();
    let mut columns = vec![
        column("id", |place: &Place| Cell::text(&place.id)),
        column("name", |place: &Place| Cell::text(&place.name)),
    ];
    columns.extend(tags.into_iter().map(|tag| {
        let name = move |place: &Place| Cell::text(place.names.get(tag).map_or("", String::as_str));
        column(&format!("name:{tag}"), name)
    }));
    columns.extend([
        column("province", |place: &Place| Cell::text(&place.province)),
        column("lat", |place: &Place| Cell::Number(place.lat)),
        column("lon", |place: &Place| Cell::Number(place.lon)),
        column("population", |place: &Place| count(Some(&place.population))),
    ]);
    columns.extend(years.into_iter().map(|year| {
        let number = move |place: &Place| count(place.population_from.get(&year));
        column(&format!("population:{year}"), number)
    }));
    columns.extend(kinds.into_iter().map(|kind| {
        column(&format!("persons:{kind}"), move |place: &Place| count(place.persons.get(kind)))
    }));
    columns.extend(later.into_iter().map(|(kind, year)| {
        let title = format!("persons:{kind}:{year}");
        column(&title, move |place: &Place| {
            count(place.persons_from.get(&kind).and_then(|years| years.get(&year)))
        })
    }));
    columns
        .push(column("area_km2", |place: &Place| place.area_km2.map_or(Cell::Empty, Cell::Number)));
    columns.push(column("materials", |place: &Place| list(&place.materials)));
    columns
}

fn sites(programme: &Programme) -> Vec<Column<'_, Site>> {
    let resources: BTreeSet<&String> =
        programme.sites.iter().flat_map(|site| Amounts::keys(&site.cost)).collect();
    let periods = programme.settings.periods;
    let year = move |period: Option<u32>| {
        period.map_or(Cell::Empty, |period| Cell::Label(periods.label(period).into()))
    };
    let degrees = |part: fn((f64, f64)) -> f64| {
        move |site: &Site| {
            site.location.map_or(Cell::Empty, |location| Cell::Number(part(location)))
        }
    };
    let mut columns = vec![
        column("id", |site: &Site| Cell::text(&site.id)),
        column("name", |site: &Site| optional(site.name.as_ref())),
        column("lat", degrees(|location| location.0)),
        column("lon", degrees(|location| location.1)),
        column("rule", |site: &Site| {
            Cell::text(match site.rule {
                SiteRule::Candidate => "",
                SiteRule::Required => "required",
                SiteRule::Forbidden => "forbidden",
            })
        }),
        column("earliest", move |site: &Site| year(site.earliest)),
        column("latest", move |site: &Site| year(site.latest)),
        column("packages", |site: &Site| list(&site.packages)),
    ];
    columns.extend(resources.into_iter().map(|resource| {
        column(&format!("cost:{resource}"), move |site: &Site| count(site.cost.get(resource)))
    }));
    columns.push(column("materials", |site: &Site| list(&site.materials)));
    columns
}

fn facilities(programme: &Programme) -> Vec<Column<'_, Facility>> {
    let periods = programme.settings.periods;
    vec![
        column("site", |row: &Facility| Cell::text(&row.site)),
        column("name", |row: &Facility| optional(row.name.as_ref())),
        column("opened", |row: &Facility| {
            row.opened.map_or(Cell::Empty, |day| Cell::Text(day.to_string()))
        }),
        column("package", |row: &Facility| optional(row.package.as_ref())),
        column("closes", move |row: &Facility| {
            row.closes.map_or(Cell::Empty, |period| Cell::Label(periods.label(period).into()))
        }),
        column("may_close", |row: &Facility| Cell::text(if row.may_close { "yes" } else { "" })),
        column("source", |row: &Facility| optional(row.source.as_ref())),
    ]
}

fn reports(programme: &Programme) -> Vec<Column<'_, Report>> {
    let periods = programme.settings.periods;
    vec![
        column("site", |row: &Report| Cell::text(&row.site)),
        column("named", |row: &Report| Cell::text(&row.named)),
        column("package", |row: &Report| Cell::text(&row.package)),
        column("period", move |row: &Report| {
            row.period.map_or(Cell::Empty, |period| Cell::Label(periods.label(period).into()))
        }),
        column("stage", |row: &Report| Cell::text(stage(row.stage))),
        column("date", |row: &Report| Cell::Text(row.date.to_string())),
        column("source", |row: &Report| Cell::text(&row.source)),
    ]
}

/// Returns a word that is read as the stage; words that name none are not kept.
fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Other => "",
        Stage::Announced => "announced",
        Stage::Begun => "under_construction",
        Stage::Opened => "opened",
    }
}

fn count(number: Option<&u64>) -> Cell {
    number.map_or(Cell::Empty, |&number| Cell::Whole(number.into()))
}

fn optional(text: Option<&String>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::text(text))
}

fn list(entries: &[String]) -> Cell {
    Cell::text(&entries.join("|"))
}
