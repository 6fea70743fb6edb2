//! A look back in the terminal.

use groundwork_model::evidence::{BacktestMethod, BacktestPartShown, BacktestTable, MethodShown};
use groundwork_monitor::reached;

use super::lines::{indented, wrapped};
use crate::commands::difference_text::{align, plain_table};
use crate::figures::{count, thousands};

/// Returns what to print about a look back.
pub(super) fn text(table: &BacktestTable, every: i32, works: bool) -> String {
    let what = if works { "completed" } else { reached(table.stage) };
    let silent = match table.silent {
        0 => String::new(),
        some => format!("; at {} of them the model was silent", thousands(some)),
    };
    let mut text = wrapped(&format!("Looking back: {}", table.of), "", "  ");
    text.push_str(&wrapped(
        &format!(
            "Forecasts of {what} every {}, each from what was published by then, against what is known on \
             {}: {}{silent}. Seed {}, {} draws.",
            count(usize::try_from(every).unwrap_or(1), "day"),
            table.end,
            count(table.dates as usize, "date"),
            table.seed,
            thousands(table.draws)
        ),
        "",
        "",
    ));
    let noun = if works { "work" } else { "facility" };
    text.push_str(&part("Not due", &table.not_due, noun, "in time", "days"));
    text.push_str(&part("Overdue", &table.overdue, noun, "in time", "days"));
    text.push_str(&part("Without a deadline", &table.without_deadline, noun, "in time", "days"));
    text.push_str(&part("Promises not due", &table.milestones, "promise", "kept", "facilities"));
    text.push_str("\nWhat it comes to\n");
    for finding in &table.findings {
        text.push_str(&wrapped(finding, "  ", "    "));
    }
    text.push_str(&wrapped(
        "Brier: the square of how far the probability was off, 0 is best, always one half is 0.250. CRPS: how \
         far the whole forecast was off; of a single day the days by which it was wrong.",
        "  ",
        "    ",
    ));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn part(name: &str, part: &BacktestPartShown, noun: &str, chance: &str, unit: &str) -> String {
    if part.forecasts == 0 {
        return String::new();
    }
    let subjects = count(usize::try_from(part.subjects).unwrap_or(usize::MAX), noun);
    let forecasts = count(usize::try_from(part.forecasts).unwrap_or(usize::MAX), "forecast");
    let mut header = vec![String::new()];
    header.extend(part.methods.iter().map(|score| method(score.method).to_owned()));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = plain_table(&header);
    let chances = part.methods.first().map_or(0, |score| score.chances);
    if chances > 0 {
        let label = format!("Brier, {chance} ({} came out)", thousands(chances));
        table.add_row(row(label, &part.methods, |score| decimal(score.brier_per_mille, 1000)));
    }
    table.add_row(row(format!("CRPS, {unit}"), &part.methods, |score| {
        decimal(score.crps_tenths, 10)
    }));
    align(&mut table, 1);
    let mut text = format!("\n{name}: {forecasts} of {subjects}\n{table}\n");
    let decided = part.intervals.iter().any(|interval| interval.decided > 0);
    if decided {
        let held = part.intervals.iter().map(|interval| {
            let share =
                (interval.inside * 100 + interval.decided / 2).checked_div(interval.decided);
            let share = share.map_or_else(|| "-".to_owned(), |share| format!("{share} %"));
            format!("{} % held in {share} of {}", interval.per_cent, thousands(interval.decided))
        });
        let held: Vec<String> = held.collect();
        text.push_str(&indented(&format!("intervals: {}", held.join(", "))));
    }
    text
}

fn row(
    label: String,
    methods: &[MethodShown],
    figure: impl Fn(&MethodShown) -> String,
) -> Vec<String> {
    std::iter::once(label).chain(methods.iter().map(figure)).collect()
}

const fn method(method: BacktestMethod) -> &'static str {
    match method {
        BacktestMethod::Model => "model",
        BacktestMethod::AsAnnounced => "as announced",
        BacktestMethod::BaseRate => "base rate",
    }
}

/// Returns a number of thousandths or tenths as people read it.
fn decimal(number: Option<u64>, parts: u64) -> String {
    let digits = if parts == 10 { 1 } else { 3 };
    number.map_or_else(
        || "-".to_owned(),
        |number| format!("{}.{:0digits$}", thousands(number / parts), number % parts),
    )
}
