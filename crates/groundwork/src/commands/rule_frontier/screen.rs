//! A frontier in the terminal: a table with a small chart.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::rule_frontier::{PointStatus, RuleFrontier, RulePoint};
use groundwork_model::{Programme, StoppedBy};

use crate::figures::{Column, count, per_cent, thousands};

/// Characters of the chart.
const WIDTH: usize = 30;

/// Returns what to print about a frontier.
pub(super) fn text(programme: &Programme, frontier: &RuleFrontier) -> String {
    let figures = frontier.points.iter().flat_map(|point| [point.value, point.bound]);
    let figures: Vec<i128> = figures.flatten().collect();
    let ends = (figures.iter().min().copied(), figures.iter().max().copied());
    let column = Column::of(ends.1.unwrap_or(0), frontier.scale, &frontier.unit);
    let resources = resources(frontier);
    let last = programme.settings.periods.label(programme.settings.periods.count);
    let unit = if frontier.per_cent {
        format!("{}, per cent", frontier.counts)
    } else {
        frontier.counts.clone()
    };
    let mut header = vec![unit, "value".to_owned(), "bound".to_owned(), "gap".to_owned()];
    header.push(format!("access {last}"));
    header.extend(["person-years".to_owned(), "opens".to_owned()]);
    header.extend(resources.iter().map(|resource| format!("{resource} spent")));
    let right = header.len();
    header.push("least".to_owned() + &" ".repeat(WIDTH - 9) + "most");
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for point in &frontier.points {
        let mut cells = row(point, &column, &resources);
        cells.push(match ends {
            (Some(low), Some(high)) => bar(point, low, high),
            _ => String::new(),
        });
        table.add_row(cells);
    }
    for column in table.column_iter_mut().take(right) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!(
        "{}: frontier of {}\n\n{table}\n\n{}",
        frontier.programme,
        frontier.counts,
        notes(frontier, &column)
    )
}

fn resources(frontier: &RuleFrontier) -> Vec<String> {
    let mut names: Vec<String> =
        frontier.points.iter().flat_map(|point| point.spent.keys().cloned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn row(point: &RulePoint, column: &Column, resources: &[String]) -> Vec<String> {
    let none = || "-".to_owned();
    let figure = |number: Option<i128>| number.map_or_else(none, |number| column.text(number));
    let number = |number: Option<u64>| number.map_or_else(none, thousands);
    let gap = match point.status {
        PointStatus::Optimal => "proved".to_owned(),
        PointStatus::Feasible => point.gap.map_or_else(none, per_cent),
        PointStatus::Infeasible => "no plan".to_owned(),
        PointStatus::Refused => "refused".to_owned(),
        PointStatus::Unknown => "not found".to_owned(),
    };
    let mut cells = vec![
        point.x.to_string(),
        figure(point.value),
        figure(point.bound),
        gap,
        number(point.access_last),
        number(point.person_years_of_access),
        number(point.openings.map(u64::from)),
    ];
    cells.extend(resources.iter().map(|resource| number(point.spent.get(resource).copied())));
    cells
}

/// Draws value and bound between the least and the most of the frontier.
fn bar(point: &RulePoint, low: i128, high: i128) -> String {
    let at = |figure: i128| {
        let span = (high - low).max(1) as f64;
        ((figure - low) as f64 / span * (WIDTH - 1) as f64).round() as usize
    };
    let mut cells = [' '; WIDTH];
    if let (Some(value), Some(bound)) = (point.value.map(at), point.bound.map(at)) {
        cells[value.min(bound)..=value.max(bound)].fill('-');
    }
    if let Some(bound) = point.bound {
        cells[at(bound)] = '|';
    }
    if let Some(value) = point.value {
        let together = point.bound.is_none_or(|bound| at(bound) == at(value));
        cells[at(value)] = if together && point.bound.is_some() { '*' } else { 'o' };
    }
    cells.iter().collect::<String>().trim_end().to_owned()
}

fn notes(frontier: &RuleFrontier, column: &Column) -> String {
    let better = match frontier.sense {
        groundwork_model::plan::Sense::Min => "less",
        groundwork_model::plan::Sense::Max => "more",
    };
    let mut lines = vec![format!(
        "Values in {}, {better} is better. Chart: o value, | bound, * both.",
        column.unit
    )];
    let carried =
        |of: fn(&RulePoint) -> bool| frontier.points.iter().filter(|point| of(point)).count();
    let bounds = carried(|point| point.bound_of.is_some() && point.bound.is_some());
    if bounds > 0 {
        lines.push(format!(
            "{} proved by a point with a looser rule.",
            have(bounds, "bound", "is", "are")
        ));
    }
    let plans = carried(|point| point.plan_of.is_some());
    if plans > 0 {
        lines.push(format!(
            "{} that of a point with a tighter rule.",
            have(plans, "plan", "is", "are")
        ));
    }
    for point in &frontier.points {
        if let Some(reason) = point.reasons.first() {
            lines.push(format!("{}: {reason}", point.x));
        } else if point.status == PointStatus::Infeasible {
            let of = point
                .bound_of
                .map_or_else(String::new, |of| format!(", for there is none at {of}"));
            lines.push(format!("{}: no plan keeps all rules{of}.", point.x));
        }
    }
    if let Some(left) = frontier.asked.len().checked_sub(frontier.points.len()).filter(|&n| n > 0) {
        lines.push(format!("{} left: --resume goes on.", have(left, "point", "is", "are")));
    } else if frontier.points.iter().any(|point| point.stopped_by == StoppedBy::Interrupt) {
        lines.push("The last search was interrupted: --resume repeats it.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn have(number: usize, noun: &str, one: &str, many: &str) -> String {
    format!("{} {}", count(number, noun), if number == 1 { one } else { many })
}
