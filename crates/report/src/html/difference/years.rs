//! What people get in each period under both plans, and who gains and loses in it.

use groundwork_model::{Change, PeriodOutcome};

use super::table::{self, Column, Table};
use super::{Page, note, signed};
use crate::escape::markup;
use crate::gains::Gains;
use crate::html::chart::{self, Chart, Series};
use crate::html::section as wrap_section;
use crate::number::{kilometres, whole};
use crate::words;

/// Returns the section.
pub(super) fn section(page: &Page) -> String {
    let body = [
        charts(page),
        before_and_after(page),
        left_out(page),
        note(&format!("Access means {}.", words::access_meaning(page.settings))),
        changes(page),
        note(&format!(
            "A row of one {0} judges each place by that {0}; the row of all judges it by everything together. Access is in persons in a row of \
             one {0}, and in person-years elsewhere.",
            page.step()
        )),
        page.population_note(),
    ];
    let heading = format!("{0} by {1}", words::capital(page.step()), page.step());
    wrap_section("years", &heading, &body.concat())
}

fn charts(page: &Page) -> String {
    let periods = page.settings.periods;
    if periods.count < 2 {
        return String::new();
    }
    let labels: Vec<String> = (1..=periods.count).map(|period| page.label(period)).collect();
    let populations = page.programme.populations();
    let share = |o: &PeriodOutcome| {
        let all = populations.get((o.period as usize).wrapping_sub(1))?;
        Some(o.access_all as f64 * 100.0 / (*all).max(1) as f64)
    };
    let access = series(page, share);
    let mean = series(page, |o| Some(o.mean_distance_m? / 1000.0));
    let chart = |title: &str, series: &[Series], top, unit| {
        let chart = Chart { title, periods: &labels, series, top, unit };
        format!("<h3>{}</h3>{}", markup(title), chart::draw(&chart))
    };
    let served = of_those_served(page);
    let title = format!("Mean distance to the nearest open site, kilometres{served}");
    chart("People with access, per cent of all", &access, Some(100.0), "%")
        + &chart(&title, &mean, None, "km")
}

fn series(page: &Page, value: impl Fn(&PeriodOutcome) -> Option<f64>) -> Vec<Series> {
    let labels = [("First", &page.difference.before), ("Second", &page.difference.after)];
    let one = |((word, plan), outcomes): (
        (&str, &groundwork_model::difference::ComparedPlan),
        &[PeriodOutcome],
    )| {
        let at = |period: u32| outcomes.iter().find(|o| o.period == period);
        let values =
            (1..=page.settings.periods.count).map(|period| at(period).and_then(&value)).collect();
        Series { label: format!("{word}: {}", plan.label), values }
    };
    labels.into_iter().zip(page.input.outcomes).map(one).collect()
}

fn of_those_served(page: &Page) -> String {
    match page.leaves_some_out() {
        true => format!(", of those with a site{}", words::within(page.settings)),
        false => String::new(),
    }
}

/// Returns the figures of both plans side by side.
fn before_and_after(page: &Page) -> String {
    let served = of_those_served(page);
    let step = words::capital(page.step());
    let headings = [
        Some("Persons with access".to_owned()),
        Some(format!("Mean distance{served}")),
        Some(format!("Farthest place{served}")),
        page.leaves_some_out()
            .then(|| format!("Persons without any site{}", words::within(page.settings))),
    ];
    let headings: Vec<String> = headings.into_iter().flatten().collect();
    let rows: String = (1..=page.settings.periods.count).map(|period| row(page, period)).collect();
    of_both_plans("What people get under each plan", &step, &headings, &rows)
}

/// Returns a table with a column for each plan below each heading.
pub(super) fn of_both_plans(caption: &str, first: &str, headings: &[String], rows: &str) -> String {
    let groups: Vec<(&str, usize)> = std::iter::once(("", 1))
        .chain(headings.iter().map(|heading| (heading.as_str(), 2)))
        .collect();
    let pair: [Column; 2] = [("First plan", true), ("Second plan", true)];
    let columns: Vec<Column> =
        std::iter::once((first, false)).chain(headings.iter().flat_map(|_| pair)).collect();
    Table { caption, class: "years-table", groups: &groups, columns: &columns }.of(rows)
}

fn row(page: &Page, period: u32) -> String {
    let outcomes = page.input.outcomes.map(|list| list.iter().find(|o| o.period == period));
    let both = |figure: &dyn Fn(&PeriodOutcome) -> String| {
        outcomes
            .map(|outcome| table::number(&outcome.map_or("not known".to_owned(), figure)))
            .concat()
    };
    let metres = |metres: Option<f64>| metres.map_or("none".to_owned(), kilometres);
    let unserved = match page.leaves_some_out() {
        true => both(&|o| whole(o.unserved)),
        false => String::new(),
    };
    format!(
        "<tr><th scope=\"row\">{}</th>{}{}{}{unserved}</tr>",
        page.label(period),
        both(&|o| whole(o.access_all)),
        both(&|o| metres(o.mean_distance_m)),
        both(&|o| metres(o.worst_distance_m.map(f64::from))),
    )
}

/// Says whom mean and farthest place leave out; nothing where everybody has a site.
fn left_out(page: &Page) -> String {
    if !page.leaves_some_out() {
        return String::new();
    }
    note(&format!(
        "People without any site{} have no distance and are in no mean; the last two columns count them.",
        words::within(page.settings)
    ))
}

/// Returns who gains and who loses in each period, over all, and with each kind.
fn changes(page: &Page) -> String {
    let changes = &page.difference.changes;
    let periods = changes.periods.iter().map(|row| &row.change);
    let kinds = changes.kinds.iter().map(|row| &row.change);
    let ways = page.ways_of(periods.chain(kinds).chain([&changes.total]));
    let of_periods: String = changes
        .periods
        .iter()
        .map(|row| change_row(&ways, &page.label(row.period), &row.change))
        .collect();
    let label = |id: &str| {
        page.settings
            .kinds
            .iter()
            .find(|kind| kind.id == id)
            .map_or(id.to_owned(), |kind| kind.label().to_owned())
    };
    let of_kinds: String =
        changes.kinds.iter().map(|row| change_row(&ways, &label(&row.kind), &row.change)).collect();
    let all = change_row(&ways, &format!("All {}s", page.step()), &changes.total);
    let bodies = format!("<tbody>{of_periods}</tbody><tbody class=\"sum\">{all}{of_kinds}</tbody>");
    change_table("Who gains and who loses", &words::capital(page.step()), &ways, &bodies)
}

/// Returns a table of changes with bodies of rows, each a head and [`change_cells`].
pub(super) fn change_table(caption: &str, first: &str, ways: &Gains, bodies: &str) -> String {
    let unit = words::capital(&ways.bare);
    let groups = [("", 1), ("Persons", 3), (&unit, 2), ("Access", 2)];
    let columns: [Column; 8] = [
        (first, false),
        ("Nearer", true),
        ("Farther", true),
        ("The same", true),
        ("Less", true),
        ("More", true),
        ("Gained", true),
        ("Lost", true),
    ];
    Table { caption, class: "changes-table", groups: &groups, columns: &columns }.of_bodies(bodies)
}

fn change_row(ways: &Gains, name: &str, change: &Change) -> String {
    format!("<tr><th scope=\"row\">{}</th>{}</tr>", markup(name), change_cells(ways, change))
}

/// Returns the cells of a change.
pub(super) fn change_cells(ways: &Gains, change: &Change) -> String {
    [
        whole(change.nearer),
        whole(change.farther),
        whole(change.same),
        ways.nearest(signed(change.metres_gained)),
        ways.nearest(signed(change.metres_lost)),
        whole(change.access_gained),
        whole(change.access_lost),
    ]
    .map(|text| table::number(&text))
    .concat()
}
