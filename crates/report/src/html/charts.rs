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
    let populations = page.programme.populations();
    let share = |o: &PeriodOutcome| {
        let all = populations.get((o.period as usize).wrapping_sub(1))?;
        Some(o.access_all as f64 * 100.0 / (*all).max(1) as f64)
    };
    let access = series(page, drawn, periods.count, share);
    let mean = series(page, drawn, periods.count, |o| Some(o.mean_distance_m? / 1000.0));
    let chart = |title: &str, series, top, unit| {
        let chart = Chart { title, periods: &labels, series, top, unit };
        format!("<h3>{}</h3>{}", markup(title), chart::draw(&chart))
    };
    let mean_title =
        format!("Mean distance to the nearest open site, kilometres{}", page.of_those_served());
    let body = [
        chart("People with access, per cent of all", &access, Some(100.0), "%"),
        chart(&mean_title, &mean, None, "km"),
        without_site(page),
        left_out(rest.len()),
        page.population_note(),
        table(page, &plans, &labels),
    ];
    wrap_section("years", "Year by year", &body.concat())
}

fn series(
    page: &Page,
    plans: &[&Plan],
    count: u32,
    value: impl Fn(&PeriodOutcome) -> Option<f64>,
) -> Vec<Series> {
    let one = |plan: &&Plan| {
        let at = |period: u32| plan.outcomes.iter().find(|o| o.period == period);
        let values = (1..=count).map(|period| at(period).and_then(&value)).collect();
        Series { label: page.input.label(plan), values }
    };
    plans.iter().map(one).collect()
}

fn left_out(count: usize) -> String {
    match count {
        0 => String::new(),
        n => format!("<p class=\"note\">{n} more in the table below.</p>"),
    }
}

/// Says whom the chart of distances leaves out; nothing when everybody has a site.
fn without_site(page: &Page) -> String {
    if !page.leaves_some_out() {
        return String::new();
    }
    let text = format!(
        "People without any site{} have no distance and are in no mean; the table below counts them.",
        words::within(&page.programme.settings)
    );
    format!("<p class=\"note\">{}</p>", markup(&text))
}

/// Is one group of rows of the table: a title, and a figure for each plan and period.
type Group<'a> = (String, Box<dyn Fn(&PeriodOutcome) -> String + 'a>);

/// Returns the figures of the charts as a table.
fn table(page: &Page, plans: &[&Plan], labels: &[String]) -> String {
    let head: String =
        labels.iter().map(|label| format!("<th scope=\"col\">{}</th>", markup(label))).collect();
    let columns = labels.len() + 1;
    let group = |(title, measure): &Group| {
        let rows: String =
            plans.iter().map(|plan| row(page, plan, labels.len() as u32, measure)).collect();
        format!(
            "<tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns}\"><span>{}</span></th></tr>{rows}</tbody>",
            markup(title)
        )
    };
    format!(
        "<details class=\"more\"><summary>The figures of both charts</summary><div class=\"scroll\" tabindex=\"0\" \
         role=\"region\" aria-label=\"Figures by {}\"><table class=\"figures-table\"><thead><tr><th scope=\"col\">Plan</th>{head}</tr></thead>\
         {}</table></div>{}</details>",
        words::step_word(page.programme),
        groups(page).iter().map(group).collect::<String>(),
        page.population_note(),
    )
}

fn groups<'a>(page: &Page) -> Vec<Group<'a>> {
    let metres = |metres: Option<f64>| metres.map_or("none".to_owned(), kilometres);
    let settings = &page.programme.settings;
    let served = page.of_those_served();
    let differ = words::reaches_differ(settings);
    let title = if differ { "People with access to every kind" } else { "People with access" };
    let mut groups: Vec<Group> =
        vec![(title.to_owned(), Box::new(|o: &PeriodOutcome| whole(o.access_all)))];
    for (at, kind) in settings.kinds.iter().enumerate().filter(|_| differ) {
        let title = format!("People within {}\u{a0}km: {}", kind.reach_km, kind.label());
        let measure =
            move |o: &PeriodOutcome| o.access.get(at).map_or(String::new(), |n| whole(*n));
        groups.push((title, Box::new(measure)));
    }
    groups.push((format!("Mean distance{served}"), Box::new(move |o| metres(o.mean_distance_m))));
    groups.push((
        format!("Farthest place with people{served}"),
        Box::new(move |o| metres(o.worst_distance_m.map(f64::from))),
    ));
    if page.leaves_some_out() {
        let title = format!("Persons without any site{}", words::within(settings));
        groups.push((title, Box::new(|o| whole(o.unserved))));
    }
    groups.push(("Sites open".to_owned(), Box::new(|o| whole(o.open))));
    groups
}

fn row(page: &Page, plan: &Plan, count: u32, measure: impl Fn(&PeriodOutcome) -> String) -> String {
    let outcome = |period: u32| plan.outcomes.iter().find(|o| o.period == period);
    let cell =
        |period: u32| format!("<td>{}</td>", outcome(period).map_or(String::new(), &measure));
    let cells: String = (1..=count).map(cell).collect();
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", markup(&page.input.label(plan)))
}
