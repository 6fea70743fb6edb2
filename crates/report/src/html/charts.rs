//! Access and distance, year by year, for the plans of the report.

use groundwork_model::{PeriodOutcome, Plan};

use super::chart::{self, Chart, LINES, Series};
use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{kilometres, whole};
use crate::words;

/// Returns the section with both charts and the table of their figures.
pub(super) fn section(page: &Page) -> String {
    let plans = page.input.plans();
    let (drawn, rest) = plans.split_at(plans.len().min(LINES));
    let periods = page.programme.settings.periods;
    let labels: Vec<String> =
        (1..=periods.count).map(|p| words::period_label(periods, p)).collect();
    let population = page.programme.population().max(1) as f64;
    let access = series(drawn, periods.count, |o| Some(o.access_all as f64 * 100.0 / population));
    let mean = series(drawn, periods.count, |o| Some(o.mean_distance_m? / 1000.0));
    let chart = |title, series, top, unit| {
        let chart = Chart { title, periods: &labels, series, top, unit };
        format!("<h3>{title}</h3>{}", chart::draw(&chart))
    };
    let body = [
        chart("People with access, per cent of all", &access, Some(100.0), "%"),
        chart("Mean distance to the nearest open site, kilometres", &mean, None, "km"),
        left_out(rest.len()),
        page.population_note(),
        table(page, &plans, &labels),
    ];
    wrap_section("years", "Year by year", &body.concat())
}

fn series(
    plans: &[&Plan],
    count: u32,
    value: impl Fn(&PeriodOutcome) -> Option<f64>,
) -> Vec<Series> {
    let one = |plan: &&Plan| {
        let at = |period: u32| plan.outcomes.iter().find(|o| o.period == period);
        let values = (1..=count).map(|period| at(period).and_then(&value)).collect();
        Series { label: words::capital(&plan.label), values }
    };
    plans.iter().map(one).collect()
}

fn left_out(count: usize) -> String {
    match count {
        0 => String::new(),
        n => format!("<p class=\"note\">{n} more in the table below.</p>"),
    }
}

/// Returns the figures of the charts as a table.
fn table(page: &Page, plans: &[&Plan], labels: &[String]) -> String {
    let head: String =
        labels.iter().map(|label| format!("<th scope=\"col\">{}</th>", markup(label))).collect();
    let rows = |measure: fn(&PeriodOutcome) -> String| -> String {
        plans.iter().map(|plan| row(plan, labels.len() as u32, measure)).collect()
    };
    let columns = labels.len() + 1;
    let group = |title: &str| {
        format!(
            "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns}\">{title}</th></tr>"
        )
    };
    format!(
        "<details class=\"more\"><summary>The figures of both charts</summary><div class=\"scroll\" tabindex=\"0\" \
         role=\"region\" aria-label=\"Figures by {}\"><table class=\"figures-table\"><thead><tr><th scope=\"col\">Plan</th>{head}</tr></thead>\
         <tbody>{}{}</tbody><tbody>{}{}</tbody><tbody>{}{}</tbody></table></div>{}</details>",
        words::step_word(page.programme),
        group("People with access"),
        rows(|o| whole(o.access_all)),
        group("Mean distance"),
        rows(|o| o.mean_distance_m.map_or("none".to_owned(), kilometres)),
        group("Sites open"),
        rows(|o| whole(o.open)),
        page.population_note(),
    )
}

fn row(plan: &Plan, count: u32, measure: fn(&PeriodOutcome) -> String) -> String {
    let outcome = |period: u32| plan.outcomes.iter().find(|o| o.period == period);
    let cell = |period: u32| format!("<td>{}</td>", outcome(period).map_or(String::new(), measure));
    let cells: String = (1..=count).map(cell).collect();
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", markup(&words::capital(&plan.label)))
}
