//! The table of futures in the terminal.

use comfy_table::{CellAlignment, Table, presets};
use groundwork_model::plan::Sense;
use groundwork_model::programme::Robustness;
use groundwork_model::scenario_table::{FutureRow, OwnPlan, ScenarioTable};
use groundwork_model::{Plan, Status};

use crate::figures::{Column, count, no_better, per_cent, value};

/// Returns the name of a future as it is shown.
pub(super) fn shown(name: &str) -> &str {
    if name.is_empty() { "as written" } else { name }
}

/// Returns what to print.
pub(super) fn text(table: &ScenarioTable) -> String {
    let column = column(table);
    let mut lines = vec![
        format!("{}: what one plan for all futures costs in each", table.programme),
        headline(table),
        String::new(),
        rows(table, &column).to_string(),
        String::new(),
        format!(
            "Values in {}. Alone: the best plan for that future, as if it were known beforehand. As written: the plan \
             for\nthe numbers as written. Loses: how much worse than alone.",
            column.unit
        ),
    ];
    lines.extend(advice(table, &column));
    lines.extend(notes(table));
    lines.join("\n") + "\n"
}

fn headline(table: &ScenarioTable) -> String {
    let plan = &table.together;
    let what = match table.objective {
        Robustness::Expected => "expected value",
        Robustness::WorstCase => "worst case",
    };
    let futures = count(table.asked as usize, "future");
    let worth = value(plan.value as f64, plan.scale, &table.unit);
    format!("  together, {what} of {futures}: {worth}, {}", proof(plan))
}

fn proof(plan: &OwnPlan) -> String {
    match (plan.status, plan.bound) {
        (Status::Optimal, _) => "proved: no plan is better".to_owned(),
        (_, Some(bound)) => no_better(Plan::gap_of(plan.value, bound)),
        _ => "nothing is known about better plans".to_owned(),
    }
}

fn column(table: &ScenarioTable) -> Column {
    let of_row =
        |row: &FutureRow| [Some(row.together), row.own_numbers].into_iter().flatten().max();
    let largest = table.futures.iter().filter_map(of_row).max();
    Column::of(largest.unwrap_or(table.together.value), table.scale, &table.unit)
}

fn rows(table: &ScenarioTable, column: &Column) -> Table {
    let mut shown = Table::new();
    shown.load_style(presets::NOTHING);
    shown.set_header(["future", "weight", "alone", "together", "loses", "as written", "loses"]);
    for row in &table.futures {
        shown.add_row(cells(table, row, column));
    }
    if let Some(row) = summed(table, column).filter(|_| table.futures.len() > 1) {
        shown.add_row(row);
    }
    for column in shown.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    shown
}

fn cells(table: &ScenarioTable, row: &FutureRow, column: &Column) -> [String; 7] {
    let none = || "-".to_owned();
    let alone = row.alone.as_ref().map_or_else(none, |plan| column.text(plan.value));
    let loss = |value: Option<i128>| value.map_or_else(none, |value| loss(table.sense, row, value));
    [
        shown(&row.name).to_owned(),
        row.weight.to_string(),
        alone,
        column.text(row.together),
        loss(Some(row.together)),
        row.own_numbers.map_or_else(none, |value| column.text(value)),
        loss(row.own_numbers),
    ]
}

/// Returns what a plan loses in a future, between a proof and a plan.
fn loss(sense: Sense, row: &FutureRow, value: i128) -> String {
    match row.loss(sense, value) {
        (Some(least), Some(most)) if least == most => per_cent(least),
        (Some(least), Some(most)) => {
            format!("{} to {}", per_cent(least).trim_end_matches(" %"), per_cent(most))
        }
        (Some(least), None) => format!("{} or more", per_cent(least)),
        _ => "-".to_owned(),
    }
}

/// Returns the last row: the mean of each column, or its worst value.
fn summed(table: &ScenarioTable, column: &Column) -> Option<[String; 7]> {
    let (alone, together, as_written) = sums(table)?;
    let text = |number: Option<i128>| number.map_or_else(|| "-".to_owned(), |n| column.text(n));
    let name = match table.objective {
        Robustness::Expected => "mean",
        Robustness::WorstCase => "worst",
    };
    let none = String::new;
    Some([name.to_owned(), none(), text(alone), text(together), none(), text(as_written), none()])
}

/// Is a figure of each column over all futures: alone, together, as written.
type Sums = (Option<i128>, Option<i128>, Option<i128>);

/// Returns mean or worst of each column; nothing unless all futures are done.
fn sums(table: &ScenarioTable) -> Option<Sums> {
    let all = table.futures.len() == table.asked as usize && !table.futures.is_empty();
    let of = |value: &dyn Fn(&FutureRow) -> Option<i128>| over(table, value);
    all.then(|| {
        (
            of(&|row| row.alone.as_ref().map(|plan| plan.value)),
            of(&|row| Some(row.together)),
            of(&|row| row.own_numbers),
        )
    })
}

/// Returns the mean of a value over the futures, or the worst; nothing where a future has none.
fn over(table: &ScenarioTable, value: &dyn Fn(&FutureRow) -> Option<i128>) -> Option<i128> {
    let values: Option<Vec<(i128, i128)>> =
        table.futures.iter().map(|row| Some((i128::from(row.weight), value(row)?))).collect();
    let values = values?;
    match (table.objective, table.sense) {
        (Robustness::Expected, _) => {
            let weights: i128 = values.iter().map(|(weight, _)| weight).sum();
            let sum: i128 = values.iter().map(|(weight, value)| weight * value).sum();
            Some((2 * sum + weights).div_euclid(2 * weights.max(1)))
        }
        (Robustness::WorstCase, Sense::Min) => values.iter().map(|(_, value)| *value).max(),
        (Robustness::WorstCase, Sense::Max) => values.iter().map(|(_, value)| *value).min(),
    }
}

/// Says what planning with the futures brings, and what it would bring to know which one comes.
fn advice(table: &ScenarioTable, column: &Column) -> Vec<String> {
    let Some((alone, Some(together), as_written)) = sums(table) else { return Vec::new() };
    let better = |than: i128, value: i128| match table.sense {
        Sense::Min => than - value,
        Sense::Max => value - than,
    };
    let (what, side) = match table.objective {
        Robustness::Expected => ("the mean", "on the mean"),
        Robustness::WorstCase => ("the worst future", "in the worst future"),
    };
    let figure = |number: i128| format!("{} {}", column.text(number), column.unit);
    let mut lines = Vec::new();
    if let Some(saved) = as_written.map(|value| better(value, together)).filter(|saved| *saved > 0)
    {
        lines.push(format!(
            "Planning for all futures rather than as written makes {what} better by {}.",
            figure(saved)
        ));
    }
    if let Some(lost) = alone.map(|value| better(together, value)).filter(|lost| *lost > 0) {
        lines.push(format!(
            "Who knew beforehand which future comes would do better by {} {side}.",
            figure(lost)
        ));
    }
    lines
}

/// Says what is not known or cannot be.
fn notes(table: &ScenarioTable) -> Vec<String> {
    let mut lines = Vec::new();
    for row in &table.futures {
        let name = shown(&row.name);
        if let Some(problem) = row.broken.first() {
            lines.push(format!("In {name} the plan as written is none: {}.", problem.cause));
        }
        match (row.no_plan.first(), &row.alone) {
            (Some(problem), _) => {
                lines.push(format!("In {name} no plan keeps all rules: {}.", problem.cause));
            }
            (None, None) => lines.push(format!("In {name} no plan was found in time.")),
            _ => {}
        }
    }
    let left = (table.asked as usize).saturating_sub(table.futures.len());
    if left > 0 {
        lines.push(format!("{} not looked at: raise --time-limit.", count(left, "future")));
    }
    lines
}
